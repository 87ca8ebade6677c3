"""What the page needs to find the nearest station by itself, so that stations can be tried out on it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import RoadTimes, TableTimes
from planner.network import RoadNetwork
from planner.persons import is_too_small
from planner.result import Result
from planner.rows import entries, row_of
from planner.search import pairs_over_one_edge
from planner.states import States, states_of
from planner.webmap.drawn_graph import DrawnGraph, drawn_graph
from planner.webmap.ends import Ends
from planner.webmap.near_ends import FAR, ranks_of, side_of
from planner.webmap.pack import coordinates

MOST_EDGES: Final = 250_000
"""On larger networks nothing can be tried out: the page would be too large to hand on."""
MOST_PAIRS: Final = 500_000
"""The same for tables of drive times."""
TICKS: Final = 1 << 20
"""Times are whole numbers of such parts of a second; the page is told whole seconds and the rest."""

Numbers = dict[str, NDArray[Any]]


def site_rows(result: Result) -> NDArray[np.int64]:
    """Return the sites that the page knows: first the stations of the plan, then those that could be stations too."""
    sites, stations = result.times.sites, result.plan.stations.astype(np.int64)
    if not (can_search(result) and may_try(result)):
        return stations
    return np.concatenate([stations, np.setdiff1d(np.flatnonzero(~sites.is_excluded), stations)])


def may_try(result: Result) -> bool:
    """Return whether the page may know from where each demand point drives: not where few persons are told of together.

    Nor where there is none.
    """
    demand = result.times.demand
    return len(demand) > 0 and not is_too_small(demand, result.scenario).any()


def why_no_what_if(result: Result) -> str:
    """Return what keeps a page from trying out other stations: ``persons``, ``size``, or nothing that is worth a word."""
    if len(result.times.demand) == 0:
        return ""
    if not may_try(result):
        return "persons"
    return "size" if _is_too_large(result) else ""


def can_search(result: Result) -> bool:
    """Return whether the page can work out drives: a need for each point, and not too much to carry."""
    needs, source = result.times.needs, result.source
    if not np.array_equal(needs.point, np.arange(len(result.times.demand))):
        return False
    has_drives = isinstance(source, TableTimes) or (
        isinstance(source, RoadTimes) and source.network.n_edges > 0
    )
    return has_drives and not _is_too_large(result)


def _is_too_large(result: Result) -> bool:
    source = result.source
    if isinstance(source, RoadTimes):
        return source.network.n_edges > MOST_EDGES
    return isinstance(source, TableTimes) and source.pairs.time_s.size > MOST_PAIRS


def drive_parts(
    result: Result,
    rows: NDArray[np.int64],
    street: NDArray[np.int64],
    ends: Ends,
) -> tuple[dict[str, Any], Numbers]:
    """Return the drives of a result, for a search in the page.

    Parameters
    ----------
    result
        What was found.
    rows
        The sites that the page knows, in its order.
    street, ends
        Of each road line that the page draws its street, and its ends.

    Returns
    -------
    words, numbers
        Sites are told as *sources*: in their own order, by which equally near ones are told apart.
    """
    source = result.source
    if not can_search(result) or source is None:
        return {"drives": None}, {}
    sources = np.sort(rows)
    standard_s = max(fleet.max_drive_time_s for fleet in result.scenario.fleets)
    knows_points = may_try(result)
    words: dict[str, Any] = {
        "standard": [int(part[0]) for part in _parts(np.array([standard_s]))],
        "knows_points": knows_points,
    }
    numbers: Numbers = {"source_row": np.argsort(rows)}
    if isinstance(source, RoadTimes):
        settings = result.scenario.network
        words |= {
            "kind": "roads",
            "to_station": str(result.scenario.fleets[0].direction) == "to_station",
            "access_kph": settings.access_kph if settings else 0.0,
            "max_access_m": settings.max_access_m if settings else 0.0,
        }
        states = states_of(source.network)
        words["n_states"] = states.n_states
        graph = drawn_graph(source.network, states, street, ends.of_road)
        numbers |= _graph(source.network, states, graph) | _sites(source, sources, graph)
        if knows_points:
            words["side"] = side_of(ends)
            numbers |= _points(source, sources, graph, ends)
    elif isinstance(source, TableTimes) and knows_points:
        words["kind"] = "table"
        numbers |= _table(source, sources)
    return {"drives": words}, numbers


def _parts(time_s: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return times as whole seconds and the ticks beside them."""
    ticks = np.rint(time_s * TICKS).astype(np.int64)
    return ticks // TICKS, ticks % TICKS


def _timed(name: str, time_s: NDArray[np.float64]) -> Numbers:
    """Return times as the two arrays that the page puts together again."""
    whole, rest = _parts(time_s)
    return {f"{name}_s": whole, f"{name}_ticks": rest}


def _graph(network: RoadNetwork, states: States, graph: DrawnGraph) -> Numbers:
    """Return edges and the arcs over them.

    Of two edges of a street the second is told as what its time is longer, for mostly it is not; and states as how far
    they are from the first one at the end where the edge begins or ends, for mostly they are that one.
    """
    whole, rest = _parts(network.edge_time_s[graph.edge])
    back = np.flatnonzero(np.diff(graph.road, prepend=-1) == 0)
    order = np.argsort(graph.edge_number[states.arc_edge], kind="stable")
    edge = graph.edge_number[states.arc_edge[order]]
    usual_tail, usual_head = graph.first_state[graph.tail], graph.first_state[graph.head]
    leads_on = states.arc_head[order] >= 0
    head = graph.state_number[states.arc_head[order]] - usual_head[edge]
    return {
        "road_ways": graph.ways,
        "end_states": np.diff(graph.first_state),
        "edge_s": np.delete(whole, back),
        "edge_ticks": np.delete(rest, back),
        "back_s": whole[back] - whole[back - 1],
        "back_ticks": rest[back] - rest[back - 1],
        # where a drive that begins on an edge comes to
        "edge_start": graph.state_number[states.start_state[graph.edge]] - usual_head,
        "arc_edge": edge,
        "arc_tail": graph.state_number[states.arc_tail[order]] - usual_tail[edge],
        "arc_head": np.where(leads_on, head, 0),
        "arc_leads_on": leads_on.astype(np.int64),
        **_timed("arc_delay", states.arc_delay_s[order]),
    }


def _sites(source: RoadTimes, sources: NDArray[np.int64], graph: DrawnGraph) -> Numbers:
    """Return how sites hang on the states, and where on edges they are."""
    task = source.task
    which, seed = entries(task.seeds.start, sources)
    on_edge, place = entries(task.source_edges.start, sources)
    return {
        "seed_n": np.bincount(which, minlength=sources.size),
        "seed_state": graph.state_number[task.seeds.item[seed]],
        **_timed("seed", task.seeds.time_s[seed]),
        "site_on_edge_source": on_edge,
        "site_on_edge": graph.edge_number[task.source_edges.item[place]],
        **_timed("site_from_tail", np.abs(task.source_edges.time_s[place])),
        **_timed("leg", task.source_leg_s[sources]),
    }


def _points(
    source: RoadTimes, sources: NDArray[np.int64], graph: DrawnGraph, ends: Ends
) -> Numbers:
    """Return how demand points hang on the states, and which are on one edge with a site.

    A state is told as how near its end is to the point, among all, and how far behind the first one there it comes.
    """
    task, demand = source.task, source.demand
    point, state = task.targets.item, graph.state_number[row_of(task.targets.start)]
    end = np.searchsorted(graph.first_state, state, side="right") - 1
    x, y = coordinates(demand.lon), coordinates(demand.lat)
    rank = ranks_of(ends, side_of(ends), x, y, point, end)
    order = np.lexsort((state, rank, point))
    is_known = np.full(len(source.sites), -1, dtype=np.int64)
    is_known[sources] = np.arange(sources.size)
    own_site, own_point, own_s = pairs_over_one_edge(task)
    kept = np.flatnonzero(is_known[own_site] >= 0)
    kept = kept[np.lexsort((own_site[kept], own_point[kept]))]
    return {
        "target_point": point[order],
        "target_rank": rank[order],
        "target_state": np.where(rank == FAR, state, state - graph.first_state[end])[order],
        **_timed("target", task.targets.time_s[order]),
        "own_source": is_known[own_site[kept]],
        "own_point": own_point[kept],
        **_timed("own", own_s[kept]),
    }


def _table(source: TableTimes, sources: NDArray[np.int64]) -> Numbers:
    """Return all pairs of a table between points and the sites that the page knows."""
    known = np.full(len(source.sites), -1, dtype=np.int64)
    known[sources] = np.arange(sources.size)
    kept = np.flatnonzero(known[source.pairs.site] >= 0)
    kept = kept[np.lexsort((known[source.pairs.site[kept]], source.pairs.point[kept]))]
    return {
        "pair_point": source.pairs.point[kept],
        "pair_source": known[source.pairs.site[kept]],
        **_timed("pair", source.pairs.time_s[kept]),
    }
