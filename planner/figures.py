"""The figures of a result: what is covered, how far drives are, what is left out and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.frames import Served, served_by
from planner.result import Result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """What a result says in numbers.

    Attributes
    ----------
    n_points, weight
        Demand points and their weight in all.
    n_covered, covered_weight
        Points all of whose needs of positive weight are covered, and the weight of the needs covered.
    n_stations, n_existing
        Stations, and those of them that stand already.
    mean_s, median_s, p95_s, longest_s
        Drive times over the needs that can reach a station, covered or not, by weight, in seconds; NaN where none can.
    farthest
        The need with the longest drive, the first where there are several; None where no station is reachable.
    standard_s
        The longest drive that covers, in seconds.
    """

    n_points: int
    weight: float
    n_covered: int
    covered_weight: float
    n_stations: int
    n_existing: int
    mean_s: float
    median_s: float
    p95_s: float
    longest_s: float
    farthest: int | None
    standard_s: float

    @property
    def share_covered(self) -> float:
        """Covered part of the weight; 1 where there is none."""
        return self.covered_weight / self.weight if self.weight else 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeftOut:
    """The demand points with a need that no station covers; each group holds the next. Positions, ascending.

    Attributes
    ----------
    uncovered
        No station covers one of its needs of positive weight.
    uncoverable
        No site is within the standard.
    unreachable
        No road leads to a site.
    off_network
        No road is near.
    """

    uncovered: NDArray[np.int64]
    uncoverable: NDArray[np.int64]
    unreachable: NDArray[np.int64]
    off_network: NDArray[np.int64]


def figures(result: Result) -> Figures:
    """Return the figures of a result."""
    needs, plan, nearest = result.times.needs, result.plan, result.nearest_station
    counts = (nearest.site >= 0) & (needs.weight > 0)
    time_s, weight = nearest.time_s[counts], needs.weight[counts]
    n_points = len(result.times.demand)
    return Figures(
        n_points=n_points,
        weight=float(needs.weight.sum()),
        n_covered=n_points - left_out(result).uncovered.size,
        covered_weight=float(needs.weight[plan.is_covered].sum()),
        n_stations=plan.stations.size,
        n_existing=int(result.times.sites.is_existing[plan.stations].sum()),
        mean_s=float(np.average(time_s, weights=weight)) if time_s.size else math.nan,
        median_s=quantile(time_s, weight, 0.5),
        p95_s=quantile(time_s, weight, 0.95),
        longest_s=float(time_s.max()) if time_s.size else math.nan,
        farthest=int(np.flatnonzero(counts)[np.argmax(time_s)]) if time_s.size else None,
        standard_s=max(fleet.max_drive_time_s for fleet in result.scenario.fleets),
    )


def slowest_needs(result: Result) -> NDArray[np.int64]:
    """Return for each demand point its slowest need, one without cover before all that are covered; of no needs none."""
    needs, near = result.times.needs, result.nearest_station
    if not len(needs):
        return np.zeros(0, dtype=np.int64)
    time_s = np.where(np.isnan(near.time_s), np.inf, near.time_s)
    # of several needs of a point the last in this order: uncovered after covered, slow after fast
    order = np.lexsort((time_s, ~result.plan.is_covered))
    need = np.zeros(len(result.times.demand), dtype=np.int64)
    need[needs.point[order]] = order
    return need


def station_figures(result: Result) -> Served:
    """Return what each station serves, in the order of the plan's stations."""
    plan = result.plan
    return served_by(result.times, plan.stations, plan.station_of, plan.drive_time_s)


def left_out(result: Result) -> LeftOut:
    """Return the demand points that are not covered, and why."""
    needs, n_points = result.times.needs, len(result.times.demand)
    places, nearest = result.demand_places, result.nearest_site
    is_missed = (needs.weight > 0) & ~result.plan.is_covered
    is_far = is_missed & ~(nearest.time_s <= needs.max_drive_time_s)
    is_cut_off = is_far & (nearest.site < 0)
    is_off = places.is_off_network[needs.point] if places else np.zeros(len(needs), dtype=bool)

    def points(of: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.flatnonzero(np.bincount(needs.point[of], minlength=n_points))

    return LeftOut(
        uncovered=points(is_missed),
        uncoverable=points(is_far),
        unreachable=points(is_cut_off),
        off_network=points(is_cut_off & is_off),
    )


def quantile(values: NDArray[np.float64], weight: NDArray[np.float64], share: float) -> float:
    """Return the least value that at least this share of the weight does not exceed; NaN of none."""
    if not values.size:
        return math.nan
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])
