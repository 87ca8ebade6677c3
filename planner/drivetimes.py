"""Drive times between many demand points and many sites: sparse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.errors import PlannerError
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.rows import entries, row_of, starts
from planner.scenario import Direction
from planner.search import Attached, States, Task, attached, nearest, pairs_within, states_of
from planner.snapping import Places, snap
from planner.units import grid, mps

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
    """Drive times of the reachable pairs within the standard.

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
    def from_frame(cls, table: pd.DataFrame, *, max_drive_time_s: float) -> DriveTimes:
        """Return the drive times in a table that came from elsewhere.

        Parameters
        ----------
        table
            Columns demand, site, drive_time_s (seconds); a pair that is missing, or whose time is, is unreachable.
            Each demand point weighs 1 unless a column weight says otherwise.
        max_drive_time_s
            The standard, in seconds; exactly as long counts.
        """
        from planner.timetables import points_of_table, table_times

        demand, sites = points_of_table(table)
        times = table_times(table, demand, sites, file="table")
        return times.within(needs_of(demand, fleet="all", max_drive_time_s=max_drive_time_s))


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

    def within(self, needs: Needs) -> DriveTimes:
        """Return the pairs within the standard of each need."""

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

    def within(self, needs: Needs) -> DriveTimes:
        """Return the pairs of need and site that are at most the standard apart."""
        limit_s = float(needs.max_drive_time_s.max(initial=0.0))
        site, point, time_s = pairs_within(self.task, limit_s=limit_s)
        by_site = csr_array(
            (time_s, point, starts(site, len(self.sites))),
            shape=(len(self.sites), len(self.demand)),
        )
        by_site.sort_indices()
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
    states = states_of(network)
    site_places = snap(network, sites.lon, sites.lat, max_access_m=max_access_m)
    demand_places = snap(network, demand.lon, demand.lat, max_access_m=max_access_m)
    site_leg_s = _leg_s(site_places, access_kph)
    demand_leg_s = _leg_s(demand_places, access_kph)
    is_to_station = Direction(direction) is Direction.TO_STATION
    at_site, at_demand = (_ends, _starts) if is_to_station else (_starts, _ends)
    seeds, source_edges = at_site(network, states, site_places)
    targets, point_edges = at_demand(network, states, demand_places)
    sign = 1.0 if is_to_station else -1.0
    return RoadTimes(
        network=network,
        demand=demand,
        sites=sites,
        demand_places=demand_places,
        site_places=site_places,
        task=Task(
            graph=states.graph(is_reversed=is_to_station),
            seeds=attached(seeds.row, seeds.item, seeds.time_s + site_leg_s[seeds.row], len(sites)),
            targets=attached(
                targets.item,
                targets.row,
                targets.time_s + demand_leg_s[targets.row],
                states.n_states,
            ),
            source_edges=attached(
                source_edges.row, source_edges.item, sign * source_edges.time_s, len(sites)
            ),
            points_on_edge=attached(
                point_edges.item, point_edges.row, sign * point_edges.time_s, network.n_edges
            ),
            source_leg_s=site_leg_s,
            point_leg_s=demand_leg_s,
        ),
    )


def _leg_s(places: Places, access_kph: float) -> NDArray[np.float64]:
    """Return how long the way between each point and the road takes, in seconds."""
    if access_kph == 0.0:
        return np.zeros(len(places))
    return grid(np.where(places.is_off_network, 0.0, places.access_m) / mps(access_kph))


@dataclass(frozen=True, slots=True, eq=False)
class _Hooks:
    """Which states or edges each place hangs on, and the seconds in between."""

    row: NDArray[np.int64]
    item: NDArray[np.int32]
    time_s: NDArray[np.float64]

    def __add__(self, more: _Hooks) -> _Hooks:
        return _Hooks(
            np.concatenate([self.row, more.row]),
            np.concatenate([self.item, more.item]),
            np.concatenate([self.time_s, more.time_s]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _OnEdges:
    """Places within streets, once for each edge of the street."""

    place: NDArray[np.int64]
    edge: NDArray[np.int64]
    from_tail_s: NDArray[np.float64]
    to_head_s: NDArray[np.float64]


def _on_edges(network: RoadNetwork, places: Places) -> _OnEdges:
    """Return where the places within streets lie on the edges there."""
    within = np.flatnonzero((places.street >= 0) & (places.node < 0))
    first_edge = starts(network.edge_street, network.n_streets)
    which, edge = entries(first_edge, places.street[within])
    place = within[which]
    # Measured from the last node of the street, so that both edges of a street share the same rounded number.
    last_s = grid((1.0 - places.share[place]) * network.edge_time_s[edge])
    first_s = network.edge_time_s[edge] - last_s
    is_forward = network.edge_is_forward[edge]
    return _OnEdges(
        place, edge, np.where(is_forward, first_s, last_s), np.where(is_forward, last_s, first_s)
    )


def _starts(network: RoadNetwork, states: States, places: Places) -> tuple[_Hooks, _Hooks]:
    """Return the states that a drive from each place comes to, and the edges it begins on."""
    on = _on_edges(network, places)
    at_node = np.flatnonzero(places.node >= 0)
    node = places.node[at_node]
    # A delay is paid on leaving a junction, but not by a drive that starts there: it begins on the edges out.
    edges_out = starts(network.edge_tail, network.n_nodes)
    out_edge = np.argsort(network.edge_tail, kind="stable")
    delayed = np.flatnonzero(network.node_delay_s[node] > 0.0)
    which, entry = entries(edges_out, node[delayed])
    begins, edge = at_node[delayed[which]], out_edge[entry]
    no_time = np.zeros(at_node.size)
    onto_states = (
        _Hooks(on.place, states.start_state[on.edge], on.to_head_s)
        + _Hooks(at_node, states.free[node], no_time)
        + _Hooks(begins, states.start_state[edge], network.edge_time_s[edge])
    )
    onto_edges = _Hooks(on.place, on.edge.astype(np.int32), on.from_tail_s) + _Hooks(
        begins, edge.astype(np.int32), np.zeros(edge.size)
    )
    return onto_states, onto_edges


def _ends(network: RoadNetwork, states: States, places: Places) -> tuple[_Hooks, _Hooks]:
    """Return the states that a drive to each place comes from, and the edges it ends on."""
    on = _on_edges(network, places)
    arcs_of_edge = starts(states.arc_edge, network.n_edges)
    by_edge = np.argsort(states.arc_edge, kind="stable")
    which, entry = entries(arcs_of_edge, on.edge)
    arc = by_edge[entry]
    enters_s = states.arc_time_s[arc] - network.edge_time_s[states.arc_edge[arc]]
    at_node = np.flatnonzero(places.node >= 0)
    at_which, state = entries(states.of_node, places.node[at_node])
    from_states = _Hooks(
        on.place[which], states.arc_tail[arc], enters_s + on.from_tail_s[which]
    ) + _Hooks(at_node[at_which], state.astype(np.int32), np.zeros(state.size))
    return from_states, _Hooks(on.place, on.edge.astype(np.int32), on.from_tail_s)


def drive_times(
    network: RoadNetwork,
    sites: Sites,
    demand: Demand,
    *,
    max_drive_time_s: float,
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
        Longest drive to report, in seconds; a drive of exactly this long counts.
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
    on_roads = road_times(
        network,
        sites,
        demand,
        direction=direction,
        access_kph=access_kph,
        max_access_m=max_access_m,
    )
    return on_roads.within(needs_of(demand, fleet="all", max_drive_time_s=max_drive_time_s))
