"""Traffic signals: which of them stand at one junction, and whom they delay."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.rows import entries, starts
from planner.search import Graph, Task, attached, pairs_within

ONE_JUNCTION_M: Final = 50.0
"""Signals that this much road links, in metres, stand at one junction: a drive waits there once."""
_SAME_M: Final = 1e-6


class Signal(IntEnum):
    """Whom a traffic signal stops."""

    NONE = 0
    ALONG = 1
    """Drives along its way."""
    AGAINST = 2
    """Drives against its way."""
    ALL = 3


def signal_of(direction: str | None) -> Signal:
    """Return whom a signal stops, by its tag ``traffic_signals:direction``."""
    return {"forward": Signal.ALONG, "backward": Signal.AGAINST}.get(direction or "", Signal.ALL)


def is_delayed(
    edge_tail: NDArray[np.int32],
    edge_head: NDArray[np.int32],
    is_along: NDArray[np.bool_],
    length_m: NDArray[np.float64],
    signal: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """Return whether a drive that leaves a junction over each edge has waited at a signal there.

    Parameters
    ----------
    edge_tail, edge_head
        Junctions at both ends of each edge.
    is_along
        Whether the edge leaves along the way that it begins on.
    length_m
        Length of its street, in metres.
    signal
        Whom the signal at each junction stops (a `Signal`).
    """
    if not signal.any():
        return np.zeros(edge_tail.size, dtype=bool)
    place, n_signals = _signalled(edge_tail, edge_head, length_m, signal)
    at = place[edge_tail]
    is_within = (at == place[edge_head]) & (edge_tail != edge_head) & (length_m <= ONE_JUNCTION_M)
    leaves = (at >= 0) & ~is_within
    alone = leaves & (n_signals[at] == 1)
    stops = np.where(is_along, Signal.ALONG, Signal.AGAINST)
    is_stopped = (signal[edge_tail] & stops) != 0
    delayed: NDArray[np.bool_] = leaves & (~alone | is_stopped)
    return delayed


def _signalled(
    edge_tail: NDArray[np.int32],
    edge_head: NDArray[np.int32],
    length_m: NDArray[np.float64],
    signal: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the signalled place that each junction belongs to (-1: none), and how many signals each place has.

    Signals at most 50 m of road apart share a place, and so do the junctions on the shortest roads between them.
    """
    node = np.flatnonzero(signal)
    i, at, metres = _near_signals(edge_tail, edge_head, length_m, node, signal.size)
    signal_at = np.full(signal.size, -1, dtype=np.int64)
    signal_at[node] = np.arange(node.size)
    j = signal_at[at]
    apart = np.flatnonzero((j >= 0) & (i < j))
    links = coo_array((np.ones(apart.size), (i[apart], j[apart])), shape=(node.size, node.size))
    n_places, place_of = connected_components(links, directed=False)
    place = np.full(signal.size, -1, dtype=np.int64)
    place[node] = place_of

    order = np.argsort(at, kind="stable")
    order = order[j[order] < 0]  # junctions that are no signals, with each of the signals near them
    one, other = entries(starts(at[order], signal.size), at[order])
    one, other = order[one], order[other]
    is_pair = i[one] < i[other]
    one, other = one[is_pair], other[is_pair]
    pair, wanted = i[apart] * node.size + j[apart], i[one] * node.size + i[other]
    is_near = np.isin(wanted, pair)
    one, other, wanted = one[is_near], other[is_near], wanted[is_near]
    by_pair = np.argsort(pair)
    straight = metres[apart[by_pair[np.searchsorted(pair[by_pair], wanted)]]]
    is_between = metres[one] + metres[other] <= straight + _SAME_M
    place[at[one[is_between]]] = place_of[i[one[is_between]]]
    return place, np.bincount(place_of, minlength=n_places)


def _near_signals(
    edge_tail: NDArray[np.int32],
    edge_head: NDArray[np.int32],
    length_m: NDArray[np.float64],
    node: NDArray[np.int64],
    n_nodes: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return which signals have which junctions near them, and the metres of road in between."""
    short = np.flatnonzero(length_m <= ONE_JUNCTION_M)
    tail = np.concatenate([edge_tail[short], edge_head[short]])
    head = np.concatenate([edge_head[short], edge_tail[short]])
    metres = np.concatenate([length_m[short], length_m[short]])
    order = np.argsort(tail, kind="stable")
    everywhere = np.arange(n_nodes)
    nothing, no_metres = np.empty(0, dtype=np.int64), np.empty(0)
    task = Task(
        graph=Graph(starts(tail, n_nodes), head[order].astype(np.int32), metres[order]),
        seeds=attached(np.arange(node.size), node, np.zeros(node.size), node.size),
        targets=attached(everywhere, everywhere, np.zeros(n_nodes), n_nodes),
        source_edges=attached(nothing, nothing, no_metres, node.size),
        points_on_edge=attached(nothing, nothing, no_metres, 1),
        source_leg_s=np.zeros(node.size),
        point_leg_s=np.zeros(n_nodes),
    )
    i, at, away_m = pairs_within(task, limit_s=ONE_JUNCTION_M)
    return i.astype(np.int64), at.astype(np.int64), away_m
