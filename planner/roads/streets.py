"""Road pieces to streets: junctions found, pieces in between joined, barriers and pockets minded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.compiled import kernel
from planner.geodesy import step_lengths
from planner.network import GATE, RoadNetwork, RoadSummary
from planner.roads.access import Access
from planner.roads.driving_side import driving_side_at
from planner.roads.ends import with_ends_merged
from planner.roads.restrictions import EdgeEnds, Restriction, barred_edges
from planner.roads.rules import RoadRules
from planner.roads.signals import Signal, is_delayed
from planner.rows import starts
from planner.units import grid, mps

_CURVE_BITS: Final = 16
"""Cells of the curve that nodes are numbered along: 2^16 each way."""


class Road(NamedTuple):
    """What a way is to a vehicle.

    Attributes
    ----------
    road_class
        Its highway class.
    is_local
        Whether it serves only the start or the end of a drive.
    along_kph, against_kph
        How fast one drives along it and against it, in km/h; 0: not that way.
    has_limit
        Whether the speed comes from a tagged limit; else it is assumed.
    """

    road_class: str
    is_local: bool
    along_kph: float
    against_kph: float
    has_limit: bool

    @property
    def turned(self) -> Road:
        """The same road, drawn the other way."""
        return self._replace(along_kph=self.against_kph, against_kph=self.along_kph)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadPieces:
    """Roads cut at every point of their lines, before anyone knows where the junctions are.

    Attributes
    ----------
    node_id, node_lon, node_lat
        Number of each point in the source and where it is, WGS 84 degrees.
    signal
        Whether a traffic signal stands there, and whom it stops (a ``Signal``).
    barrier
        How far it can be passed (an ``Access``): open where nothing stands in the way.
    tail, head
        Points at the ends of each piece, in the direction in which its way is drawn.
    road, name
        What each piece is, as positions in ``roads`` and ``names``; the first name is empty.
    way
        Number of its way in the source.
    restrictions
        Turns that the source forbids.
    """

    node_id: NDArray[np.int64]
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    signal: NDArray[np.uint8]
    barrier: NDArray[np.uint8]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    road: NDArray[np.int32]
    name: NDArray[np.int32]
    way: NDArray[np.int64]
    roads: tuple[Road, ...]
    names: tuple[str, ...]
    restrictions: tuple[Restriction, ...] = ()


def network_of(pieces: RoadPieces, *, rules: RoadRules, source: RoadSummary) -> RoadNetwork:
    """Return the road network that pieces make.

    Parameters
    ----------
    pieces
        Roads cut at every point.
    rules
        Who drives, and how.
    source
        What was read; what is found here is added to its counts.

    Returns
    -------
    RoadNetwork
        Junctions are numbered along a space-filling curve, streets by their first junction.
    """
    pieces, source = with_ends_merged(pieces, rules.merge_ends_m, source)
    pieces = _part_at_barriers(_along_curve(pieces))
    chains = _chains(pieces.tail, pieces.head, *_incidences(pieces), _matters(pieces))
    start, point, piece, is_along = chains
    first = piece[start[:-1]]
    road, roads = pieces.road[first], pieces.roads
    along_kph, against_kph, is_local, has_limit = (
        np.array([getattr(r, name) for r in roads])[road]
        for name in ("along_kph", "against_kph", "is_local", "has_limit")
    )
    class_of = [r.road_class for r in roads]
    classes = tuple(dict.fromkeys(class_of))
    shape_lon, shape_lat = pieces.node_lon[point], pieces.node_lat[point]
    length_m = np.add.reduceat(step_lengths(shape_lon, shape_lat, start), start[:-1])
    node, end = np.unique(
        np.concatenate([point[start[:-1]], point[start[1:] - 1]]), return_inverse=True
    )
    tail, head = end[: road.size].astype(np.int32), end[road.size :].astype(np.int32)
    is_pocket = _pockets(tail, head, length_m, ~is_local, node.size)
    component, component_length_m = components(tail, head, length_m, node.size)
    edge_kph = np.column_stack(
        [
            np.where(is_along, along_kph, against_kph),
            np.where(is_along, against_kph, along_kph),
        ]
    )
    street, backward = np.nonzero(edge_kph)
    side = rules.driving_side or driving_side_at(pieces.node_lon, pieces.node_lat)
    counts = Counter(source.counts)
    barred, delayed = _barred_and_delayed(
        pieces, chains, node, street, backward == 0, length_m, side, counts
    )
    found = {
        "junctions": node.size,
        "streets": road.size,
        "edges": street.size,
        "components": component_length_m.size,
        "streets_local": int((is_local | is_pocket).sum()),
        "streets_local_as_pockets": int(is_pocket.sum()),
        "turns_barred": len(barred),
    }
    return RoadNetwork(
        vehicle=rules.vehicle.name,
        node_lon=pieces.node_lon[node],
        node_lat=pieces.node_lat[node],
        node_id=pieces.node_id[node],
        street_tail=tail,
        street_head=head,
        street_length_m=length_m,
        street_class=np.array([classes.index(c) for c in class_of], dtype=np.uint8)[road],
        street_name=pieces.name[first],
        street_is_local=is_local | is_pocket,
        street_has_limit=has_limit,
        shape_start=start,
        shape_lon=shape_lon,
        shape_lat=shape_lat,
        shape_way=pieces.way[piece],
        edge_street=street.astype(np.int32),
        edge_is_forward=backward == 0,
        edge_time_s=grid(length_m[street] / mps(edge_kph[street, backward])),
        edge_delay_s=np.where(delayed, grid(rules.delays.signal_s), 0.0),
        barred_start=np.cumsum([0, *map(len, barred)], dtype=np.int64),
        barred_edge=np.array([edge for row in barred for edge in row], dtype=np.int32),
        delays=rules.delays,
        driving_side=side,
        component=component,
        component_length_m=component_length_m,
        classes=classes,
        names=pieces.names,
        source=replace(source, counts=dict(sorted(counts.items())) | found),
    )


def _barred_and_delayed(
    pieces: RoadPieces,
    chains: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]],
    node: NDArray[np.int32],
    street: NDArray[np.int64],
    is_forward: NDArray[np.bool_],
    length_m: NDArray[np.float64],
    driving_side: str,
    counts: Counter[str],
) -> tuple[list[tuple[int, ...]], NDArray[np.bool_]]:
    """Return the edges that may not follow each other, and whether a signal delays who leaves over each edge."""
    start, _, piece, _ = chains
    edges = _edge_ends(pieces, chains, node, street, is_forward)
    barred = barred_edges(pieces.restrictions, edges, driving_side=driving_side, counts=counts)
    first, last = piece[start[:-1]], piece[start[1:] - 1]
    first_of_edge = np.where(is_forward, first[street], last[street])
    is_along = pieces.tail[first_of_edge] == node[edges.tail]
    signal = pieces.signal[node]
    return barred, is_delayed(edges.tail, edges.head, is_along, length_m[street], signal)


def _edge_ends(
    pieces: RoadPieces,
    chains: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]],
    node: NDArray[np.int32],
    street: NDArray[np.int64],
    is_forward: NDArray[np.bool_],
) -> EdgeEnds:
    """Return how the edges begin and end."""
    start, point, piece, _ = chains
    first, last = start[:-1], start[1:] - 1

    def at(forward: NDArray[np.int64], backward: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(is_forward, forward[street], backward[street])

    tail, head = point[at(first, last)], point[at(last, first)]
    edge_of = np.full((first.size, 2), -1, dtype=np.int32)
    edge_of[street, is_forward.astype(np.int64)] = np.arange(street.size)
    return EdgeEnds(
        tail=np.searchsorted(node, tail).astype(np.int32),
        head=np.searchsorted(node, head).astype(np.int32),
        tail_id=pieces.node_id[tail],
        second_id=pieces.node_id[point[at(first + 1, last - 1)]],
        head_id=pieces.node_id[head],
        first_way=pieces.way[piece[at(first, last)]],
        last_way=pieces.way[piece[at(last, first)]],
        reverse=edge_of[street, (~is_forward).astype(np.int64)],
    )


def _along_curve(pieces: RoadPieces) -> RoadPieces:
    """Return the pieces with nodes numbered along a Z-order curve, so that near ones lie near in memory."""
    code = np.zeros(pieces.node_id.size, dtype=np.uint64)
    for shift, degrees in enumerate((pieces.node_lon, pieces.node_lat)):
        span = max(float(np.ptp(degrees)), 1e-9)
        cell = ((degrees - degrees.min()) / span * (2**_CURVE_BITS - 1)).astype(np.uint64)
        for bit in range(_CURVE_BITS):
            code |= ((cell >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    order = np.argsort(code, kind="stable")
    number = np.empty(order.size, dtype=np.int32)
    number[order] = np.arange(order.size, dtype=np.int32)
    return replace(
        pieces,
        node_id=pieces.node_id[order],
        node_lon=pieces.node_lon[order],
        node_lat=pieces.node_lat[order],
        signal=pieces.signal[order],
        barrier=pieces.barrier[order],
        tail=number[pieces.tail],
        head=number[pieces.head],
    )


def _part_at_barriers(pieces: RoadPieces) -> RoadPieces:
    """Return the pieces parted at barriers.

    Every piece that meets a barrier gets an end of its own there. At a local barrier local roads without length link
    these ends to the barrier; at a closed one nothing does.
    """
    ends = np.concatenate([pieces.tail, pieces.head])
    meets = np.flatnonzero(pieces.barrier[ends] != Access.OPEN)
    barrier_of = ends[meets]
    copy = np.arange(meets.size, dtype=np.int32) + np.int32(pieces.node_id.size)
    ends[meets] = copy
    is_linked = pieces.barrier[barrier_of] == Access.LOCAL
    n_links = int(is_linked.sum())
    gate = Road("service", is_local=True, along_kph=1.0, against_kph=1.0, has_limit=False)
    with_copies = np.concatenate([np.arange(pieces.node_id.size), barrier_of])
    return replace(
        pieces,
        node_id=pieces.node_id[with_copies],
        node_lon=pieces.node_lon[with_copies],
        node_lat=pieces.node_lat[with_copies],
        signal=np.append(pieces.signal, np.zeros(copy.size, np.uint8)),  # a gate delays once
        barrier=pieces.barrier[with_copies],
        tail=np.concatenate([ends[: pieces.tail.size], barrier_of[is_linked]]),
        head=np.concatenate([ends[pieces.tail.size :], copy[is_linked]]),
        road=np.concatenate([pieces.road, np.full(n_links, len(pieces.roads), dtype=np.int32)]),
        name=np.concatenate([pieces.name, np.zeros(n_links, dtype=np.int32)]),
        way=np.concatenate([pieces.way, np.full(n_links, GATE, dtype=np.int64)]),
        roads=(*pieces.roads, gate),
    )


def _incidences(pieces: RoadPieces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which piece ends meet at each node, as sparse rows; end e of piece p is 2 p + e, its tail end first."""
    ends = np.column_stack([pieces.tail, pieces.head]).ravel()
    return starts(ends, pieces.node_id.size), np.argsort(ends, kind="stable")


def _matters(pieces: RoadPieces) -> NDArray[np.bool_]:
    """Return whether a street ends at each node: all but those where one road merely goes on."""
    start, incident = _incidences(pieces)
    degree = np.diff(start)
    matters: NDArray[np.bool_] = (
        (degree != 2) | (pieces.signal != Signal.NONE) | (pieces.barrier != Access.OPEN)
    )
    if pieces.restrictions:
        turns = {r.node for r in pieces.restrictions} | {r.last_node for r in pieces.restrictions}
        matters |= np.isin(pieces.node_id, list(turns))
    plain = np.flatnonzero(~matters)
    one, other = incident[start[plain]], incident[start[plain] + 1]
    number: dict[Road, int] = {}
    drawn, turned = (
        np.array([number.setdefault(road, len(number)) for road in roads])
        for roads in (pieces.roads, [road.turned for road in pieces.roads])
    )
    onto, out = pieces.road[one // 2], pieces.road[other // 2]  # as a drive over one end meets them
    onto, out = (
        np.where(one % 2 == 1, drawn[onto], turned[onto]),
        np.where(other % 2 == 0, drawn[out], turned[out]),
    )
    is_same_name = pieces.name[one // 2] == pieces.name[other // 2]
    matters[plain] = ~((onto == out) & is_same_name)
    return matters


@kernel
def _chains(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    start: NDArray[np.int64],
    incident: NDArray[np.int64],
    matters: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the streets: where each starts in a list of points, that list, pieces, and whether the first is taken along.

    The piece of a point leads from it to the next (at the last point of a street: to it). Streets run from one node that
    matters to the next. Rings without such a node start and end at one of theirs.
    """
    n_pieces = tail.size
    matters = matters.copy()
    is_taken = np.zeros(n_pieces, np.bool_)
    street_start = np.empty(n_pieces + 1, np.int64)
    point = np.empty(2 * n_pieces, np.int32)
    onto = np.empty(2 * n_pieces, np.int64)
    is_along = np.empty(n_pieces, np.bool_)
    n_streets = 0
    n_points = 0
    n_nodes = start.size - 1
    for turn in range(2):
        for node in range(n_nodes):
            if not matters[node] and turn == 0:
                continue
            for at in range(start[node], start[node + 1]):
                piece = incident[at] // 2
                if is_taken[piece]:
                    continue
                matters[node] = True
                street_start[n_streets] = n_points
                is_along[n_streets] = incident[at] % 2 == 0
                n_streets += 1
                here = node
                point[n_points] = here
                n_points += 1
                while True:
                    is_taken[piece] = True
                    onto[n_points - 1] = piece
                    here = head[piece] if tail[piece] == here else tail[piece]
                    point[n_points] = here
                    onto[n_points] = piece
                    n_points += 1
                    if matters[here]:
                        break
                    onward = incident[start[here]] // 2
                    if onward == piece:
                        onward = incident[start[here] + 1] // 2
                    piece = onward
    street_start[n_streets] = n_points
    return (
        street_start[: n_streets + 1].copy(),
        point[:n_points].copy(),
        onto[:n_points].copy(),
        is_along[:n_streets].copy(),
    )


def _labels(tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int) -> NDArray[np.int32]:
    """Return the weakly connected component of each node."""
    links = coo_array((np.ones(tail.size, dtype=bool), (tail, head)), shape=(n_nodes, n_nodes))
    label: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return label


def components(
    tail: NDArray[np.int32], head: NDArray[np.int32], length_m: NDArray[np.float64], n_nodes: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the component of each node, the longest first, and the metres of street in each."""
    label = _labels(tail, head, n_nodes)
    metres = np.bincount(label[tail], weights=length_m).astype(np.float64)
    order = np.argsort(-metres, kind="stable")
    rank = np.empty(order.size, dtype=np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    return rank[label], metres[order]


def _pockets(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    length_m: NDArray[np.float64],
    is_open: NDArray[np.bool_],
    n_nodes: int,
) -> NDArray[np.bool_]:
    """Return which open streets reach the rest of their network only over local ones."""
    whole = _labels(tail, head, n_nodes)
    part = _labels(tail[is_open], head[is_open], n_nodes)
    n_parts = int(part.max()) + 1
    metres = np.bincount(part[tail[is_open]], weights=length_m[is_open], minlength=n_parts)
    whole_of = np.zeros(n_parts, dtype=np.int64)
    whole_of[part] = whole
    order = np.lexsort((np.arange(n_parts), -metres, whole_of))
    is_longest = np.zeros(n_parts, dtype=bool)
    is_longest[order[np.diff(whole_of[order], prepend=-1) != 0]] = True
    is_pocket: NDArray[np.bool_] = is_open & ~is_longest[part[tail]]
    return is_pocket
