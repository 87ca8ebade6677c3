"""Approaches: what a drive must remember of the edges behind it, because of turns that are barred or take time.

Most junctions ask for nothing: where a drive goes on, and at what cost, is the same however it came. Where a turn is barred
the edge it begins with is remembered; of a restriction over several edges so is each of its beginnings. This is the automaton of
Aho and Corasick (1975) over edges instead of letters.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.rows import starts
from planner.search import Graph, attached, nearest_of_states

STRAIGHT_DEGREES: Final = 45.0
"""A turn by more than this to one side is a turn to the left or right."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Approaches:
    """What is remembered of the edges behind a drive.

    Attributes
    ----------
    edge
        The last edge of each approach.
    of_edge
        The approach of a drive that comes over an edge, whatever was before; -1: none is remembered.
    barred
        Pairs of approach a and edge e that may not follow, as ``a * n_edges + e``, ascending.
    never_back
        Edges after which turning back never pays, so that nobody need try; whether, for each edge.
    onward, onward_to
        Pairs of approach and edge, written likewise, ascending, after which more than the edge alone is remembered, and what.
    """

    edge: NDArray[np.int32]
    of_edge: NDArray[np.int32]
    barred: NDArray[np.int64]
    onward: NDArray[np.int64]
    onward_to: NDArray[np.int32]
    never_back: NDArray[np.bool_]

    def is_barred(self, approach: NDArray[np.int64], edge: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether a drive may not go from an approach (-1: none) onto an edge."""
        return np.isin(approach * self.of_edge.size + edge, self.barred) & (approach >= 0)

    def after(self, approach: NDArray[np.int64], edge: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the approach that an approach (-1: none) and then an edge make; -1: none."""
        then = self.of_edge[edge].astype(np.int64)
        if self.onward.size:
            key = approach * self.of_edge.size + edge
            at = np.minimum(np.searchsorted(self.onward, key), self.onward.size - 1)
            is_longer = (self.onward[at] == key) & (approach >= 0)
            then[is_longer] = self.onward_to[at[is_longer]]
        return then


def approaches_of(network: RoadNetwork) -> Approaches:
    """Return what drives in a network must remember.

    Parameters
    ----------
    network
        The roads of one vehicle.
    """
    start, edge = network.barred_start.tolist(), network.barred_edge.tolist()
    rows = [tuple(edge[a:b]) for a, b in itertools.pairwise(start)]
    delays = network.delays
    longest_turn_s = max(delays.turn_left_s, delays.turn_right_s)
    is_remembered = np.full(network.n_edges, longest_turn_s > 0.0)
    is_remembered[np.array([row[0] for row in rows], dtype=np.int64)] = True
    pays_back = np.zeros(network.n_edges, dtype=bool)
    if rows and delays.u_turn_s:
        pays_back = _where_turning_back_may_pay(network, rows)
    # Who turns back has come over a junction where any turn is quicker than that, unless one was barred near by.
    never_back = ~pays_back & (longest_turn_s > 0.0) & (delays.u_turn_s >= longest_turn_s)
    return _automaton(rows, is_remembered | pays_back, never_back)


def _automaton(
    rows: list[tuple[int, ...]], is_remembered: NDArray[np.bool_], never_back: NDArray[np.bool_]
) -> Approaches:
    """Return the approaches of some edges and of the beginnings of barred rows of edges."""
    n_edges = is_remembered.size
    single = np.flatnonzero(is_remembered)
    of_edge = np.full(n_edges, -1, dtype=np.int32)
    of_edge[single] = np.arange(single.size)
    longer = sorted(
        {row[:n] for row in rows for n in range(2, len(row))}, key=lambda b: (len(b), b)
    )
    number: dict[tuple[int, ...], int] = {(edge,): i for i, edge in enumerate(single.tolist())}
    number |= {beginning: i for i, beginning in enumerate(longer, start=single.size)}
    barred: dict[int, set[int]] = {}
    onward: dict[int, dict[int, int]] = {}
    for row in rows:
        barred.setdefault(number[row[:-1]], set()).add(row[-1])
    for beginning in longer:
        onward.setdefault(number[beginning[:-1]], {})[beginning[-1]] = number[beginning]
    for beginning in longer:  # what holds after the shorter one holds after the longer one too
        rest = next(
            (beginning[i:] for i in range(1, len(beginning)) if beginning[i:] in number), ()
        )
        if rest:
            shorter, here = number[rest], number[beginning]
            barred.setdefault(here, set()).update(barred.get(shorter, ()))
            onward[here] = onward.get(shorter, {}) | onward.get(here, {})
    pairs = sorted((a * n_edges + e, to) for a, edges in onward.items() for e, to in edges.items())
    return Approaches(
        edge=np.concatenate([single, [b[-1] for b in longer]]).astype(np.int32),
        of_edge=of_edge,
        barred=np.array(
            sorted(a * n_edges + e for a, edges in barred.items() for e in edges), dtype=np.int64
        ),
        onward=np.array([key for key, _ in pairs], dtype=np.int64),
        onward_to=np.array([to for _, to in pairs], dtype=np.int32),
        never_back=never_back,
    )


def _where_turning_back_may_pay(
    network: RoadNetwork, rows: list[tuple[int, ...]]
) -> NDArray[np.bool_]:
    """Return the edges that must be remembered so that turning back costs what it should.

    A drive turns back only to come to a junction with a barred turn over another edge, and does best to turn at the first
    junction behind it. So the ways into that one are remembered, and all within the time of a U-turn from there: farther out,
    turning back for nothing takes longer than a U-turn.
    """
    tail, head = network.edge_tail, network.edge_head
    is_barring = np.zeros(network.n_nodes, dtype=bool)
    is_barring[head[[edge for row in rows for edge in row[:-1]]]] = True
    begins = is_barring.copy()
    begins[head[is_barring[tail]]] = True
    order = np.argsort(tail, kind="stable")
    graph = Graph(starts(tail, network.n_nodes), head[order], network.edge_time_s[order])
    node = np.flatnonzero(begins)
    seeds = attached(np.zeros(node.size, np.int64), node, np.zeros(node.size), 1)
    away_s, _ = nearest_of_states(graph, seeds)
    has_reverse = np.bincount(network.edge_street, minlength=network.n_streets) == 2
    may_pay: NDArray[np.bool_] = (
        has_reverse[network.edge_street] & (away_s < network.delays.u_turn_s)[head]
    )
    return may_pay


def turn_delays_s(
    network: RoadNetwork, onto: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how long turning from one edge onto another takes, in seconds.

    Parameters
    ----------
    network
        The roads of one vehicle.
    onto, after
        Edges that follow one another: ``onto`` begins at the junction where ``after`` ends.
    """
    delays = network.delays
    is_back = turns_back(network, onto, after)
    delay_s = np.where(is_back, delays.u_turn_s, 0.0)
    if delays.turn_left_s or delays.turn_right_s:
        turn = turn_degrees(network, onto, after)
        delay_s[~is_back & (turn < -STRAIGHT_DEGREES)] = delays.turn_left_s
        delay_s[~is_back & (turn > STRAIGHT_DEGREES)] = delays.turn_right_s
    return delay_s


def turns_back(
    network: RoadNetwork, onto: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return whether going from one edge onto another is turning back onto the same street."""
    is_back: NDArray[np.bool_] = (network.edge_street[onto] == network.edge_street[after]) & (
        network.edge_is_forward[onto] != network.edge_is_forward[after]
    )
    return is_back


def turn_degrees(
    network: RoadNetwork, onto: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return by how much a drive turns from one edge onto another: to the right positive, -180 to 180, in degrees.

    At an edge without length it does not turn.
    """
    begin, end = network.shape_start[:-1], network.shape_start[1:] - 1
    street, forward = network.edge_street, network.edge_is_forward
    first = np.where(forward, begin[street], end[street] - 1)
    last = np.where(forward, end[street] - 1, begin[street])
    heading = _headings(network, first[onto], forward[onto])
    before = _headings(network, last[after], forward[after])
    return np.nan_to_num((heading - before + 180.0) % 360.0 - 180.0)


def _headings(
    network: RoadNetwork, step: NDArray[np.int64], is_forward: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the compass headings of steps of lines, in degrees; NaN of steps without length."""
    lon, lat = network.shape_lon, network.shape_lat
    east = (lon[step + 1] - lon[step]) * np.cos(np.radians(lat[step]))
    north = lat[step + 1] - lat[step]
    heading = np.degrees(np.arctan2(east, north))
    heading[(east == 0.0) & (north == 0.0)] = np.nan
    return np.where(is_forward, heading, heading + 180.0)
