"""Drive times between many demand points and many sites: sparse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.errors import PlannerError
from planner.journeys import task_between
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.rows import row_of, starts
from planner.scenario import Direction
from planner.search import Attached, Task, nearest, pairs_within
from planner.snapping import Places, junctions, snap
from planner.timetables import TablePairs, pairs_of_table, points_of_table
from planner.units import grid

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Needs:
    """Demand points with what each needs: the rows of the coverage.

    Attributes
    ----------
    point
        Position of the demand point of each need.
    fleet, period
        Positions in ``fleets`` and ``periods``.
    weight
        How much each need counts.
    max_drive_time_s
        The standard of each need, in seconds.
    fleets, periods
        Names.
    """

    point: NDArray[np.int32]
    fleet: NDArray[np.int32]
    period: NDArray[np.int32]
    weight: NDArray[np.float64]
    max_drive_time_s: NDArray[np.float64]
    fleets: tuple[str, ...]
    periods: tuple[str, ...] = ("all",)

    def __len__(self) -> int:
        return self.point.size


def needs_of(demand: Demand, *, fleet: str, max_drive_time_s: float) -> Needs:
    """Return the needs of one fleet: one for each demand point."""
    n = len(demand)
    return Needs(
        point=np.arange(n, dtype=np.int32),
        fleet=np.zeros(n, dtype=np.int32),
        period=np.zeros(n, dtype=np.int32),
        weight=demand.weight,
        max_drive_time_s=np.full(n, grid(max_drive_time_s)),
        fleets=(fleet,),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DriveTimes:
    """Drive times of the reachable pairs within the standard, or within a horizon beyond it.

    Attributes
    ----------
    need, site
        Positions of the pair; ordered by site and then by need, no pair twice.
    time_s
        Its drive time in seconds, on the grid.
    needs, demand, sites
        What the positions stand for.
    """

    need: NDArray[np.int32]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
    needs: Needs
    demand: Demand
    sites: Sites

    def to_frame(self) -> pd.DataFrame:
        """Return the pairs as a table: demand, site, drive_time_s."""
        import pandas as pd

        return pd.DataFrame(
            {
                "demand": self.demand.id[self.needs.point[self.need]],
                "site": self.sites.id[self.site],
                "drive_time_s": self.time_s,
            }
        )

    @classmethod
    def from_frame(
        cls,
        table: pd.DataFrame,
        *,
        max_drive_time_s: float,
        horizon_s: float = 0.0,
        demand: Demand | None = None,
        sites: Sites | None = None,
    ) -> DriveTimes:
        """Return the drive times in a table that came from elsewhere.

        Parameters
        ----------
        table
            Columns demand, site, drive_time_s (seconds); a pair that is missing, or whose time is, is unreachable.
            Each demand point weighs 1 unless a column weight says otherwise.
        max_drive_time_s
            The standard, in seconds; exactly as long counts.
        horizon_s
            Pairs up to this far apart are kept too, in seconds; infinite: all.
        demand, sites
            The points that the ids of the table stand for, with their weights and places, and which sites stand, are
            required or excluded; points without a pair are unreachable. Left out: those that the table names, whose
            places nobody knows.

        Raises
        ------
        InputError
            With all problems of the table, each with its row.
        """
        named_demand, named_sites = points_of_table(table)
        demand = named_demand if demand is None else demand
        sites = named_sites if sites is None else sites
        pairs = pairs_of_table(table, demand, sites, file="table")
        needs = needs_of(demand, fleet="all", max_drive_time_s=max_drive_time_s)
        return TableTimes(demand=demand, sites=sites, pairs=pairs).within(
            needs, horizon_s=horizon_s
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearest:
    """The nearest of some sites to each need, however far.

    Attributes
    ----------
    site
        Position of the site, the lowest where several are equally near; -1 where none is reachable.
    time_s
        Drive time in seconds; NaN where none is reachable.
    """

    site: NDArray[np.int32]
    time_s: NDArray[np.float64]


class TimeSource(Protocol):
    """Where drive times come from: roads, or a table."""

    def within(self, needs: Needs, *, horizon_s: float = 0.0) -> DriveTimes:
        """Return the pairs within the standard of each need, or within a horizon where that is farther."""

    def nearest(self, needs: Needs, is_candidate: NDArray[np.bool_]) -> Nearest:
        """Return the nearest of some sites to each need, however far."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadTimes:
    """Demand and sites on roads, ready for searches between them.

    Attributes
    ----------
    network, demand, sites
        What there is.
    demand_places, site_places
        Where the points meet roads.
    task
        Searches from every site to every demand point.
    """

    network: RoadNetwork
    demand: Demand
    sites: Sites
    demand_places: Places
    site_places: Places
    task: Task

    def within(self, needs: Needs, *, horizon_s: float = 0.0) -> DriveTimes:
        """Return the pairs of need and site that are at most the standard apart, or a horizon where that is farther."""
        limit_s = float(needs.max_drive_time_s.max(initial=grid(horizon_s)))
        site, point, time_s = pairs_within(self.task, limit_s=limit_s)
        by_point = csr_array(
            (time_s, point, starts(site, len(self.sites))),
            shape=(len(self.sites), len(self.demand)),
        ).tocsc()
        del point, time_s
        by_site = by_point.tocsr()  # now in the order of the points: in half the time of sorting
        return DriveTimes(
            need=by_site.indices.astype(np.int32),
            site=site,
            time_s=by_site.data,
            needs=needs,
            demand=self.demand,
            sites=self.sites,
        )

    def nearest(self, needs: Needs, is_candidate: NDArray[np.bool_]) -> Nearest:
        """Return the nearest of some sites to each need, however far."""
        task = self.task._replace(
            seeds=_only(self.task.seeds, is_candidate),
            source_edges=_only(self.task.source_edges, is_candidate),
        )
        site, time_s = nearest(task)
        return Nearest(site=site[needs.point], time_s=time_s[needs.point])


def _only(rows: Attached, is_kept: NDArray[np.bool_]) -> Attached:
    """Return rows with those emptied that are not kept."""
    row = row_of(rows.start)
    kept = is_kept[row]
    return Attached(starts(row[kept], is_kept.size), rows.item[kept], rows.time_s[kept])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableTimes:
    """Drive times of all pairs that a table has.

    Attributes
    ----------
    demand, sites
        The points that the table speaks of.
    pairs
        All pairs, however far.
    """

    demand: Demand
    sites: Sites
    pairs: TablePairs

    def within(self, needs: Needs, *, horizon_s: float = 0.0) -> DriveTimes:
        """Return the pairs of need and site that are at most the standard apart, or a horizon where that is farther."""
        point, site, time_s = self.pairs
        is_within = time_s <= np.maximum(needs.max_drive_time_s, grid(horizon_s))[point]
        return DriveTimes(
            need=point[is_within],
            site=site[is_within],
            time_s=time_s[is_within],
            needs=needs,
            demand=self.demand,
            sites=self.sites,
        )

    def nearest(self, needs: Needs, is_candidate: NDArray[np.bool_]) -> Nearest:
        """Return the nearest of some sites to each need, however far."""
        point, site, time_s = (column[is_candidate[self.pairs.site]] for column in self.pairs)
        order = np.lexsort((site, time_s, point))
        first = order[np.diff(point[order], prepend=-1) != 0]
        nearest_site = np.full(len(self.demand), -1, dtype=np.int32)
        nearest_time_s = np.full(len(self.demand), np.nan)
        nearest_site[point[first]] = site[first]
        nearest_time_s[point[first]] = time_s[first]
        return Nearest(site=nearest_site[needs.point], time_s=nearest_time_s[needs.point])


def road_times(
    network: RoadNetwork,
    sites: Sites,
    demand: Demand,
    *,
    direction: Direction = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> RoadTimes:
    """Return demand and sites put on roads, ready for searches between them.

    Parameters
    ----------
    network
        Roads to drive on.
    sites, demand
        The points.
    direction
        Whether demand drives to the site, or somebody from the site to the demand.
    access_kph
        Speed between a point and the road, in km/h; 0: that leg takes no time.
    max_access_m
        Farther from a road than this, in metres, a point is off network.
    """
    lon, lat = np.concatenate([sites.lon, demand.lon]), np.concatenate([sites.lat, demand.lat])
    places = snap(network, lon, lat, max_access_m=max_access_m)
    site_places, demand_places = places.part(0, len(sites)), places.part(len(sites), lon.size)
    task = task_between(
        network,
        site_places,
        demand_places,
        direction=Direction(direction),
        access_kph=access_kph,
    )
    return RoadTimes(
        network=network,
        demand=demand,
        sites=sites,
        demand_places=demand_places,
        site_places=site_places,
        task=task,
    )


def drive_times(
    network: RoadNetwork,
    sites: Sites,
    demand: Demand,
    *,
    max_drive_time_s: float,
    horizon_s: float = 0.0,
    direction: Direction = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> DriveTimes:
    """Return the drive times between demand points and sites within a standard.

    Parameters
    ----------
    network
        Roads to drive on.
    sites, demand
        The points.
    max_drive_time_s
        The standard, in seconds; a drive of exactly this long counts.
    horizon_s
        Drives up to this long are reported too, in seconds: infinite for p-median and p-center, which look at every
        reachable pair.
    direction
        Whether demand drives to the site, or somebody from the site to the demand.
    access_kph
        Speed between a point and the road, in km/h; 0: that leg takes no time.
    max_access_m
        Farther from a road than this, in metres, a point is off network: no drive begins or ends there.

    Returns
    -------
    DriveTimes
        The reachable pairs, ordered by site and then by demand point.
    """
    if not max_drive_time_s >= 0.0:
        raise PlannerError(f"max_drive_time_s must be 0 or more, not {max_drive_time_s}")
    if not horizon_s >= 0.0:
        raise PlannerError(f"horizon_s must be 0 or more, not {horizon_s}")
    on_roads = road_times(
        network,
        sites,
        demand,
        direction=direction,
        access_kph=access_kph,
        max_access_m=max_access_m,
    )
    needs = needs_of(demand, fleet="all", max_drive_time_s=max_drive_time_s)
    return on_roads.within(needs, horizon_s=horizon_s)


def nearest_of_junctions(
    network: RoadNetwork,
    sites: Sites,
    *,
    direction: Direction = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> Nearest:
    """Return the nearest site of every junction, however far, in one search.

    Parameters
    ----------
    network
        Roads to drive on.
    sites
        Where drives go to, or come from.
    direction, access_kph, max_access_m
        As for `drive_times`; the junctions themselves have no way to the road.

    Returns
    -------
    Nearest
        In the order of the junctions.
    """
    task = task_between(
        network,
        snap(network, sites.lon, sites.lat, max_access_m=max_access_m),
        junctions(network),
        direction=Direction(direction),
        access_kph=access_kph,
    )
    site, time_s = nearest(task)
    return Nearest(site=site, time_s=time_s)
