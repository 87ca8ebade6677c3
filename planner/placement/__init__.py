"""Choose stations: each placement model in a file of its own, all of one shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage, coverage_of, reach_of
from planner.drivetimes import DriveTimes
from planner.errors import PlacementError
from planner.placement.assess import assess, plan_on
from planner.placement.curve import Curve, curve_of
from planner.placement.greedy import greedy_of
from planner.placement.max_covering import max_covering
from planner.placement.p_center import p_center
from planner.placement.p_median import p_median
from planner.placement.set_covering import set_covering
from planner.plan import Plan
from planner.scenario import Goal, SecondGoal

__all__ = [
    "Curve",
    "assess",
    "coverage_for",
    "curve",
    "curve_of",
    "greedy",
    "greedy_of",
    "max_covering",
    "p_center",
    "p_median",
    "place",
    "place_on",
    "plan_of",
    "plan_on",
    "reach_for",
    "set_covering",
]


def place_on(
    coverage: Coverage,
    *,
    goal: Goal,
    reach: Coverage | None = None,
    stations: int | None = None,
    min_share: float = 1.0,
    then: SecondGoal | None = None,
    cover_all: bool = False,
    listed: NDArray[np.integer] | None = None,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan that is best at a goal.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    goal
        What the plan is to be best at.
    reach
        For p-median and p-center: which needs which sites can serve, however far; left out: those that they cover.
    stations
        How many stations in all, kept ones included; for set covering an upper limit.
    min_share
        For set covering: the share of the coverable weight to cover.
    then
        For set covering of all: what to be best at among the plans with as few stations.
    cover_all
        For p-median and p-center: whether every need that can be covered has to be.
    listed
        For an assessment: positions of the stations; left out: those that are kept, else all sites.
    time_limit_s
        Guard, in seconds; where it strikes the plan says so.

    Raises
    ------
    PlacementError
        The question makes no sense: a site is both kept and excluded, or a goal other than set covering has no number of stations.
    """
    if stations is not None:
        stations = min(stations, coverage.n_sites)  # there are no more
    if goal is Goal.SET_COVERING:
        return set_covering(
            coverage, stations=stations, min_share=min_share, then=then, time_limit_s=time_limit_s
        )
    if goal is Goal.ASSESS:
        return assess(coverage) if listed is None else plan_on(coverage, listed)
    if stations is None:
        raise PlacementError(f"{goal} needs a number of stations; give stations")
    if goal is Goal.MAX_COVERING:
        return max_covering(coverage, stations=stations, time_limit_s=time_limit_s)
    choose = p_median if goal is Goal.P_MEDIAN else p_center
    return choose(
        coverage,
        coverage if reach is None else reach,
        stations=stations,
        cover_all=cover_all,
        time_limit_s=time_limit_s,
    )


def coverage_for(times: DriveTimes, goal: Goal) -> Coverage:
    """Return which needs which sites cover, as a goal sees it: required sites are kept, but in an assessment."""
    return coverage_of(times, keeps_required=goal is not Goal.ASSESS)


def reach_for(times: DriveTimes, goal: Goal) -> Coverage | None:
    """Return which needs which sites reach at all, for the goals that look beyond the standard; else None."""
    return reach_of(times) if goal in (Goal.P_MEDIAN, Goal.P_CENTER) else None


def place(
    times: DriveTimes,
    *,
    goal: Goal | str,
    stations: int | None = None,
    min_share: float = 1.0,
    then: SecondGoal | str | None = None,
    cover_all: bool = False,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan that is best at a goal, for drive times.

    Parameters
    ----------
    times
        Drive times; the sites in it know which of them stand, are required or are excluded. p-median and p-center look at
        all of them: with a horizon of infinity those are all there are.
    goal
        ``set-covering``, ``max-covering``, ``p-median``, ``p-center`` or ``assess``.
    stations, min_share, then, cover_all, time_limit_s
        As for `place_on`.

    Raises
    ------
    PlacementError
        The question makes no sense.
    """
    if goal not in list(Goal):
        raise PlacementError(f"there is no goal {goal!r}; there are {', '.join(Goal)}")
    if then is not None and then not in list(SecondGoal):
        raise PlacementError(f"there is no second goal {then!r}; there are {', '.join(SecondGoal)}")
    goal = Goal(goal)
    return place_on(
        coverage_for(times, goal),
        goal=goal,
        reach=reach_for(times, goal),
        stations=stations,
        min_share=min_share,
        then=None if then is None else SecondGoal(then),
        cover_all=cover_all,
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


def greedy(times: DriveTimes, *, stations: int | None = None) -> NDArray[np.int32]:
    """Return sites in the order in which greed takes them: each covers most of what those before it don't.

    A yardstick for plans that are proven; `plan_of` tells what it covers.

    Parameters
    ----------
    times
        Drive times; the sites in it know which of them stand, are required or are excluded.
    stations
        How many sites to take at most, kept ones included; left out: until no site covers anything more.

    Returns
    -------
    NDArray[np.int32]
        Positions; the first n of them are what greed would take if n were all.

    Raises
    ------
    PlacementError
        A site is both kept and excluded, or the number is negative.
    """
    return greedy_of(coverage_of(times), stations=stations)


def plan_of(times: DriveTimes, stations: Sequence[str] | NDArray[np.integer]) -> Plan:
    """Return the plan of some stations as they are given: whom they cover, and how far everyone drives.

    Parameters
    ----------
    times
        Drive times.
    stations
        Ids of sites, or their positions as in ``Plan.stations``, in any order. No other is a station, also none that stands.

    Returns
    -------
    Plan
        Assessed, with no objective and no bound.

    Raises
    ------
    PlacementError
        A station is none of the sites.
    """
    at = np.asarray(stations)
    if not np.issubdtype(at.dtype, np.integer):
        position = {name: i for i, name in enumerate(times.sites.id)}
        at = np.array([position.get(str(name), -1) for name in stations], dtype=np.int64)
    is_unknown = (at < 0) | (at >= len(times.sites))
    unknown = [str(name) for name, is_no in zip(stations, is_unknown, strict=True) if is_no]
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise PlacementError(
            f"no site: {', '.join(unknown[:5])}{more}; give ids or positions of sites"
        )
    return plan_on(coverage_of(times), at)
