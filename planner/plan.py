"""Plan: the stations chosen, whom each one serves, and what is proven about the choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.coverage import Coverage, reach_of
from planner.drivetimes import DriveTimes
from planner.frames import at_demand, at_stations, need_rows, station_rows
from planner.reasons import Said
from planner.scenario import Goal, SecondGoal

if TYPE_CHECKING:
    import geopandas

ROUNDING: Final = 1e-10
"""Part of an objective by which sums of weights may be off."""

MAX_TOLD: Final = 5
"""Of needs that differ in the same way so many are told."""


class Status(StrEnum):
    """What is proven about a plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNDECIDED = "undecided"
    ASSESSED = "assessed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Then:
    """What a plan is best at beside its goal, among the plans that are as good at that.

    Attributes
    ----------
    goal
        The second goal.
    objective, bound
        What the plan achieves, and what no plan with as many stations can beat.
    """

    goal: SecondGoal
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the objective may be from the best there is, as a share of the objective."""
        return _gap(self.objective, self.bound)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The stations chosen and whom each one serves.

    Attributes
    ----------
    goal
        What the plan is to be best at.
    stations
        Positions of the chosen sites, ascending.
    station_of
        For each need the station that serves it: the nearest that covers it, the lowest position where several are
        equally near; -1 where none covers it.
    drive_time_s
        For each need its drive to that station, in seconds; NaN where none covers it.
    status
        Whether the plan is proven best.
    objective, bound
        What the plan achieves, and what no plan can beat; None where the goal has none, or where the rules of the goal
        are not met.
    stopped_by
        ``"time"`` where the time guard struck, else None.
    why
        Why the plan is infeasible or undecided.
    then
        What the plan is best at beside its goal; None where nothing else was asked.
    sizes
        Rows and columns before and after each reduction, for the log.
    """

    goal: Goal
    stations: NDArray[np.int32]
    station_of: NDArray[np.int32]
    drive_time_s: NDArray[np.float64]
    status: Status
    objective: float | None
    bound: float | None
    stopped_by: str | None = None
    why: tuple[Said, ...] = ()
    then: Then | None = None
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_covered(self) -> NDArray[np.bool_]:
        """Whether some station covers each need."""
        return self.station_of >= 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the plan is infeasible or undecided, in English sentences."""
        return tuple(reason.en for reason in self.why)

    def of_first(self, n_needs: int) -> Plan:
        """Return the same plan told of the first needs only: the others were pieces of road."""
        return replace(
            self, station_of=self.station_of[:n_needs], drive_time_s=self.drive_time_s[:n_needs]
        )

    @property
    def gap(self) -> float | None:
        """How far the objective may be from the best there is, as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        return _gap(self.objective, self.bound)

    def share_covered(self, times: DriveTimes) -> float:
        """Return the covered part of the weight, for the drive times that the plan was made of; 1 where there is none."""
        weight = times.needs.weight
        total = float(weight.sum())
        return float(weight[self.is_covered].sum()) / total if total else 1.0

    def stations_frame(self, times: DriveTimes) -> geopandas.GeoDataFrame:
        """Return the stations as points in WGS 84, a row each, ordered by position.

        Parameters
        ----------
        times
            The drive times that the plan was made of.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns id, name, kind, existing, n_served, weight_served, mean_drive_time_s (by weight), max_drive_time_s
            and geometry; those served are covered, and a station that serves nobody has no drives (NaN).
        """
        return at_stations(station_rows(times, self.stations, self.station_of, self.drive_time_s))

    def demand_frame(self, times: DriveTimes) -> geopandas.GeoDataFrame:
        """Return the needs as points in WGS 84, a row each, with the station of each.

        Parameters
        ----------
        times
            The drive times that the plan was made of. Whoever no station covers has the nearest one that these
            reach: with a horizon of infinity that is however far.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns demand (the id), name, district, weight, fleet, period, station (empty where none is reached),
            drive_time_s (seconds; NaN where none is reached), covered (within the standard) and geometry.
        """
        station, drive_time_s = serve(reach_of(times), self.stations)
        return at_demand(need_rows(times, station, drive_time_s, self.is_covered), times)


def _gap(objective: float, bound: float) -> float:
    return abs(objective - bound) / max(abs(objective), 1e-9)


def serve(
    coverage: Coverage, stations: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return for each need the nearest station that covers it, and the drive time in seconds.

    Parameters
    ----------
    coverage
        Which needs which sites cover, unreduced.
    stations
        Positions of the chosen sites.

    Returns
    -------
    station_of, drive_time_s
        Position of the station, -1 where none covers the need; its drive time, NaN where none does. Of equally near
        ones the lowest position.
    """
    is_station = np.zeros(coverage.n_sites, dtype=bool)
    is_station[stations] = True
    station_of = np.full(coverage.n_needs, -1, dtype=np.int32)
    drive_time_s = np.full(coverage.n_needs, np.nan)
    _take_nearest(
        coverage.indptr, coverage.site, coverage.time_s, is_station, station_of, drive_time_s
    )
    return station_of, drive_time_s


@kernel
def _take_nearest(
    indptr: NDArray[np.int64],
    site: NDArray[np.int32],
    time_s: NDArray[np.float64],
    is_station: NDArray[np.bool_],
    station_of: NDArray[np.int32],
    drive_time_s: NDArray[np.float64],
) -> None:
    """Write down the nearest station of each need that has one; of equally near ones the first."""
    for need in range(station_of.size):
        for pair in range(indptr[need], indptr[need + 1]):
            if is_station[site[pair]] and not time_s[pair] >= drive_time_s[need]:
                station_of[need] = site[pair]
                drive_time_s[need] = time_s[pair]


def drives_in_all(coverage: Coverage, stations: NDArray[np.int32]) -> float:
    """Return the sum of weight x drive time of the needs that some stations serve, in seconds."""
    is_served, drive_time_s = _served(coverage, stations)
    return math.fsum((coverage.weight[is_served] * drive_time_s[is_served]).tolist())


def longest_drive(coverage: Coverage, stations: NDArray[np.int32]) -> float:
    """Return the longest drive of the needs that some stations serve, in seconds; 0 where they serve none."""
    is_served, drive_time_s = _served(coverage, stations)
    return float(drive_time_s[is_served].max(initial=0.0))


def _served(
    coverage: Coverage, stations: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return whether some stations serve each need, and its drive."""
    station_of, drive_time_s = serve(coverage, stations)
    return station_of >= 0, drive_time_s


def planned(
    coverage: Coverage,
    stations: NDArray[np.int32],
    *,
    goal: Goal,
    reach: Coverage | None = None,
    bound: float | None = None,
    stopped_by: str | None = None,
    then: Then | None = None,
    sizes: dict[str, tuple[int, int]] | None = None,
) -> Plan:
    """Return the plan with some stations, its numbers computed from them on the coverage as given.

    Parameters
    ----------
    coverage
        Which needs which sites cover, unreduced.
    stations
        Positions of the chosen sites, ascending.
    goal
        What the plan is to be best at; its rules are met.
    reach
        Which needs which sites can serve, however far: for goals about drives beyond the standard too.
    bound
        What no plan can beat; None where the goal has none.
    stopped_by
        What stopped the proof, told where there is none.
    then
        What the plan is best at beside its goal.
    sizes
        Rows and columns before and after each reduction.

    Returns
    -------
    Plan
        Optimal where the objective is as good as the bound but for rounding, and then the bound is the objective.
    """
    station_of, drive_time_s = serve(coverage, stations)
    objective: float | None = None
    if goal is Goal.SET_COVERING:
        objective = float(stations.size)
    elif goal is Goal.MAX_COVERING:
        objective = math.fsum(coverage.weight[station_of >= 0].tolist())
    elif goal is Goal.P_MEDIAN:
        objective = drives_in_all(reach or coverage, stations)
    elif goal is Goal.P_CENTER:
        objective = longest_drive(reach or coverage, stations)
    status = Status.ASSESSED
    if objective is not None and bound is not None:
        beaten_by = bound - objective if goal is Goal.MAX_COVERING else objective - bound
        status = Status.OPTIMAL if beaten_by <= ROUNDING * abs(objective) else Status.FEASIBLE
    is_open = status is Status.FEASIBLE
    return Plan(
        goal=goal,
        stations=stations,
        station_of=station_of,
        drive_time_s=drive_time_s,
        status=status,
        objective=objective,
        bound=bound if is_open else objective,
        stopped_by=stopped_by if is_open else None,
        then=then,
        sizes=sizes or {},
    )


def then_nearest(coverage: Coverage, stations: NDArray[np.int32], bound: float) -> Then:
    """Return what some stations achieve as those with the least weighted drives in all.

    Parameters
    ----------
    coverage
        Which needs which sites cover, unreduced.
    stations
        Positions of the chosen sites, ascending.
    bound
        What no plan with as many stations can beat.
    """
    total = drives_in_all(coverage, stations)
    is_open = total - bound > ROUNDING * total
    return Then(goal=SecondGoal.P_MEDIAN, objective=total, bound=bound if is_open else total)


def unmet(
    plan: Plan,
    *,
    goal: Goal,
    status: Status,
    why: tuple[Said, ...],
    bound: float | None,
    stopped_by: str | None = None,
) -> Plan:
    """Return the best plan there is as one that does not meet the rules of a goal, with the reasons."""
    return replace(
        plan,
        goal=goal,
        status=status,
        why=why,
        objective=None,
        bound=bound,
        then=None,
        stopped_by=stopped_by,
    )


def check_plan(plan: Plan, coverage: Coverage, reach: Coverage | None = None) -> list[str]:
    """Return what differs when a plan is computed anew from its stations alone, in sentences; none if nothing does.

    Drive times are found station by station, not need by need as in the plan.

    Parameters
    ----------
    plan
        Any plan.
    coverage
        Which needs which sites cover, unreduced.
    reach
        Which needs which sites can serve, however far, for goals about drives beyond the standard too; left out: those
        that they cover.
    """
    wrong = _wrong_stations(plan, coverage)
    if wrong:
        return wrong
    nearest_s, station_of = _nearest(plan, coverage)
    for i in np.flatnonzero(station_of != plan.station_of)[:MAX_TOLD].tolist():
        wrong.append(f"need {i} is served by {station_of[i]}, not by {plan.station_of[i]}.")
    told_s = np.where(np.isnan(plan.drive_time_s), np.inf, plan.drive_time_s)
    for i in np.flatnonzero(nearest_s != told_s)[:MAX_TOLD].tolist():
        wrong.append(f"need {i} drives {nearest_s[i]} s, not {plan.drive_time_s[i]} s.")
    return wrong + _wrong_proof(plan, coverage, reach or coverage)


def _nearest(plan: Plan, coverage: Coverage) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the drive of each need to its nearest station, infinite where none serves it, and that station."""
    by_site = np.argsort(coverage.site, kind="stable")
    first = np.searchsorted(coverage.site[by_site], np.arange(coverage.n_sites + 1))
    need_of_pair = np.repeat(np.arange(coverage.n_needs), np.diff(coverage.indptr))
    nearest_s = np.full(coverage.n_needs, np.inf)
    station_of = np.full(coverage.n_needs, -1)
    for station in sorted(set(plan.stations.tolist())):
        pairs = by_site[first[station] : first[station + 1]]
        needs = need_of_pair[pairs]
        is_nearer = coverage.time_s[pairs] < nearest_s[needs]
        nearest_s[needs[is_nearer]] = coverage.time_s[pairs][is_nearer]
        station_of[needs[is_nearer]] = station
    return nearest_s, station_of


def _wrong_stations(plan: Plan, coverage: Coverage) -> list[str]:
    """Return what is wrong with the set of stations."""
    chosen = plan.stations.tolist()
    if chosen != sorted(set(chosen)) or not set(chosen) <= set(range(coverage.n_sites)):
        return ["stations are not positions of sites, ascending."]
    kept = set(np.flatnonzero(coverage.is_kept).tolist())
    excluded = set(np.flatnonzero(coverage.is_excluded).tolist())
    wrong = [f"site {site} is kept and no station." for site in sorted(kept - set(chosen))]
    wrong += [f"site {site} is excluded and a station." for site in sorted(excluded & set(chosen))]
    return wrong if plan.goal is not Goal.ASSESS or kept else wrong[len(kept - set(chosen)) :]


def _wrong_proof(plan: Plan, coverage: Coverage, reach: Coverage) -> list[str]:
    """Return what is wrong with the objective, the bound and the status."""
    proven = plan.status in (Status.OPTIMAL, Status.FEASIBLE)
    if not proven:
        return [] if plan.objective is None else [f"a plan that is {plan.status} has no objective."]
    if plan.objective is None or plan.bound is None:
        return [f"a plan that is {plan.status} has an objective and a bound."]
    wrong = []
    objective = _objective(plan, coverage, reach)
    if objective != plan.objective:
        wrong.append(f"the objective is {objective}, not {plan.objective}.")
    better = plan.bound < objective if plan.goal is Goal.MAX_COVERING else plan.bound > objective
    if better:
        wrong.append(f"the bound {plan.bound} is passed by the objective {objective}.")
    if (plan.bound == objective) is not (plan.status is Status.OPTIMAL):
        wrong.append(f"{plan.status} is not what objective {objective} and bound {plan.bound} say.")
    return wrong + _wrong_then(plan, coverage)


def _objective(plan: Plan, coverage: Coverage, reach: Coverage) -> float:
    """Return what a plan achieves; infinite where it has to reach a need and doesn't."""
    if plan.goal is Goal.SET_COVERING:
        return float(plan.stations.size)
    if plan.goal is Goal.MAX_COVERING:
        is_covered = _nearest(plan, coverage)[1] >= 0
        return math.fsum(coverage.weight[is_covered].tolist())
    drives_s = _nearest(plan, reach)[0][reach.is_coverable]
    if plan.goal is Goal.P_CENTER:
        return float(drives_s.max(initial=0.0))
    return math.fsum((reach.weight[reach.is_coverable] * drives_s).tolist())


def _wrong_then(plan: Plan, coverage: Coverage) -> list[str]:
    """Return what is wrong with the second objective."""
    if plan.then is None:
        return []
    drives_s, station_of = _nearest(plan, coverage)
    is_covered = station_of >= 0
    total = math.fsum((coverage.weight[is_covered] * drives_s[is_covered]).tolist())
    wrong = []
    if total != plan.then.objective:
        wrong.append(f"the second objective is {total}, not {plan.then.objective}.")
    if plan.then.bound > total:
        wrong.append(f"the second bound {plan.then.bound} is passed by the objective {total}.")
    return wrong
