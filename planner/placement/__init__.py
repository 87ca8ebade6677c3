"""Choose stations: each placement model in a file of its own, all of one shape."""

from __future__ import annotations

from planner.coverage import Coverage, coverage_of
from planner.drivetimes import DriveTimes
from planner.errors import PlacementError
from planner.placement.assess import assess
from planner.placement.curve import Curve, curve_of
from planner.placement.max_covering import max_covering
from planner.placement.set_covering import set_covering
from planner.plan import Plan
from planner.scenario import Goal

__all__ = [
    "Curve",
    "assess",
    "curve",
    "curve_of",
    "max_covering",
    "place",
    "place_on",
    "set_covering",
]


def place_on(
    coverage: Coverage,
    *,
    goal: Goal,
    stations: int | None = None,
    min_share: float = 1.0,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan that is best at a goal.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    goal
        What the plan is to be best at.
    stations
        How many stations in all, kept ones included; for set covering an upper limit.
    min_share
        For set covering: the share of the coverable weight to cover.
    time_limit_s
        Guard, in seconds; where it strikes the plan says so.

    Raises
    ------
    PlacementError
        The question makes no sense: a site is both kept and excluded, or max covering has no number of stations.
    """
    if goal is Goal.SET_COVERING:
        return set_covering(
            coverage, stations=stations, min_share=min_share, time_limit_s=time_limit_s
        )
    if goal is Goal.ASSESS:
        return assess(coverage)
    if stations is None:
        raise PlacementError("max covering needs a number of stations; give stations")
    return max_covering(coverage, stations=stations, time_limit_s=time_limit_s)


def place(
    times: DriveTimes,
    *,
    goal: Goal | str,
    stations: int | None = None,
    min_share: float = 1.0,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan that is best at a goal, for drive times.

    Parameters
    ----------
    times
        Drive times within the standard; the sites in it know which of them stand, are required or are excluded.
    goal
        ``set-covering``, ``max-covering`` or ``assess``.
    stations, min_share, time_limit_s
        As for `place_on`.

    Raises
    ------
    PlacementError
        The question makes no sense.
    """
    if goal not in list(Goal):
        raise PlacementError(f"there is no goal {goal!r}; there are {', '.join(Goal)}")
    goal = Goal(goal)
    return place_on(
        coverage_of(times, keeps_required=goal is not Goal.ASSESS),
        goal=goal,
        stations=stations,
        min_share=min_share,
        time_limit_s=time_limit_s,
    )


def curve(
    times: DriveTimes,
    *,
    stations: int | None = None,
    at_least: int = 0,
    plan: Plan | None = None,
    time_limit_s: float = 300.0,
) -> Curve:
    """Return how much each number of stations covers, for drive times, with a bound on each.

    Parameters
    ----------
    times
        Drive times within the standard; the sites in it know which of them stand, are required or are excluded.
    stations, at_least, plan, time_limit_s
        As for `curve_of`.

    Raises
    ------
    PlacementError
        The question makes no sense.
    """
    return curve_of(
        coverage_of(times),
        stations=stations,
        at_least=at_least,
        plan=plan,
        time_limit_s=time_limit_s,
    )
