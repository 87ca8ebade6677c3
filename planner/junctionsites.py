"""Junctions as sites: where a station would have to be built for the demand that no host covers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.journeys import task_between
from planner.network import RoadNetwork
from planner.points import Sites, ordered
from planner.roadcover import covered_parts, spans_of
from planner.rows import entries, starts
from planner.scenario import Direction
from planner.search import nearest
from planner.snapping import Places, junctions
from planner.stretches import uncovered_parts
from planner.units import grid
from planner.wording import counted

KIND: Final = "junction"
"""The kind of host that such a site is said to be."""


def with_junctions(
    sites: Sites,
    network: RoadNetwork,
    site_places: Places,
    demand_places: Places,
    *,
    max_drive_time_s: float,
    direction: Direction,
    access_kph: float,
    covers_roads: bool,
) -> Sites:
    """Return sites with the junctions that cover some demand which no site covers.

    Other junctions are left out: hosts come first. One search from all that is left uncovered, against the usual direction,
    finds them.

    Parameters
    ----------
    sites
        Hosts; excluded ones cover nothing.
    network
        The roads; junctions at barriers, and on components of less than 500 m, are no sites.
    site_places, demand_places
        Where hosts and demand points meet roads.
    max_drive_time_s
        The standard, in seconds; exactly as long counts.
    direction, access_kph
        As for `drive_times`.
    covers_roads
        Whether metres of road are demand too.

    Returns
    -------
    Sites
        Ordered by id. A junction is called ``J`` and its number in the road file, its name is that of its streets; where a host
        has such an id, there are as many more ``J`` as it takes.
    """
    limit_s = grid(max_drive_time_s)
    hosts = site_places.where(~sites.is_excluded)
    task = task_between(network, hosts, demand_places, direction=direction, access_kph=access_kph)
    is_open = ~(nearest(task)[1] <= limit_s) & ~demand_places.is_off_network
    sources = demand_places.where(is_open)
    if covers_roads:
        spans = spans_of(network, hosts, direction=direction, access_kph=access_kph)
        left = uncovered_parts(network, covered_parts(spans, limit_s))
        sources = sources.joined(left.ends(network))
    places = junctions(network)
    back = Direction.FROM_STATION if direction is Direction.TO_STATION else Direction.TO_STATION
    task = task_between(network, sources, places, direction=back, access_kph=access_kph)
    covers = (nearest(task)[1] <= limit_s) & ~places.is_on_small_component
    return _joined(sites, network, np.flatnonzero(covers & ~_are_barriers(network)))


def _are_barriers(network: RoadNetwork) -> NDArray[np.bool_]:
    """Return which junctions are at a barrier: there are several at one spot, and a point is put on any of them."""
    _, copy, n = np.unique(network.node_id, return_inverse=True, return_counts=True)
    is_barrier: NDArray[np.bool_] = n[copy] > 1
    return is_barrier


def _joined(sites: Sites, network: RoadNetwork, node: NDArray[np.int64]) -> Sites:
    prefix = KIND[0].upper()
    while any(str(name).startswith(prefix) for name in sites.id):
        prefix += KIND[0].upper()
    text = np.full(node.size, "", dtype=object)
    no = np.zeros(node.size, dtype=bool)
    junction = {
        "id": np.array([f"{prefix}{i}" for i in network.node_id[node]], dtype=object),
        "lon": network.node_lon[node],
        "lat": network.node_lat[node],
        "name": _names(network, node),
        "kind": np.full(node.size, KIND, dtype=object),
        "services": text,
        "opening_hours": text,
        "is_existing": no,
        "is_required": no,
        "is_excluded": no,
    }
    note = f"{counted(node.size, 'junction')} may be a station where no host covers the demand"
    columns = [f.name for f in fields(Sites) if f.name not in ("file", "notes")]
    both = {name: np.concatenate([getattr(sites, name), junction[name]]) for name in columns}
    return replace(sites, **ordered(**both), notes=(*sites.notes, note))


def _names(network: RoadNetwork, node: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the names of the streets that meet at each junction: ``East Road / Main Street``."""
    end = np.concatenate([network.street_tail, network.street_head])
    name = np.concatenate([network.street_name, network.street_name])
    order = np.argsort(end, kind="stable")
    which, entry = entries(starts(end[order], network.n_nodes), node)
    met: list[set[str]] = [set() for _ in node]
    for i, k in zip(which.tolist(), name[order[entry]].tolist(), strict=True):
        met[i].add(network.names[k])
    return np.array([" / ".join(sorted(names - {""})) for names in met], dtype=object)
