"""Choose stations: each placement model in a file of its own, all of one shape."""

from __future__ import annotations

from planner.coverage import Coverage, coverage_of
from planner.drivetimes import DriveTimes
from planner.errors import PlacementError
from planner.placement.assess import assess
from planner.placement.max_covering import max_covering
from planner.placement.set_covering import set_covering
from planner.plan import Plan
from planner.scenario import Goal

__all__ = ["assess", "coverage_for", "max_covering", "place", "place_on", "set_covering"]


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


def coverage_for(times: DriveTimes, goal: Goal) -> Coverage:
    """Return which needs which sites cover, as a goal sees it: required sites are kept, but in an assessment."""
    return coverage_of(times, keeps_required=goal is not Goal.ASSESS)


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
        coverage_for(times, goal),
        goal=goal,
        stations=stations,
        min_share=min_share,
        time_limit_s=time_limit_s,
    )
