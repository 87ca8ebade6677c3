"""The shortest-path kernels: many bounded searches in one graph, and the nearest of many sources."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.rows import entries, row_of, starts

_BLOCKS_PER_THREAD: Final = 16
"""Sources are dealt to threads in blocks, so that a thread with short searches takes more of them, and all are done at about one time."""
_ROOM: Final = 1 << 20
"""Pairs that arrays have room for before new ones are made."""


class Graph(NamedTuple):
    """Arcs as sparse rows: those out of state s are ``head[start[s]:start[s + 1]]``, taking ``time_s``."""

    start: NDArray[np.int64]
    head: NDArray[np.int32]
    time_s: NDArray[np.float64]


class Attached(NamedTuple):
    """Sparse rows of (item, seconds): row i is ``item[start[i]:start[i + 1]]``, and so on."""

    start: NDArray[np.int64]
    item: NDArray[np.int32]
    time_s: NDArray[np.float64]


def attached(
    row: NDArray[np.integer], item: NDArray[np.integer], time_s: NDArray[np.float64], n_rows: int
) -> Attached:
    """Return triplets as sparse rows; the order within a row is that of the triplets."""
    order = np.argsort(row, kind="stable")
    return Attached(starts(row, n_rows), item[order].astype(np.int32), time_s[order])


class Task(NamedTuple):
    """Searches to do: from where, to what. Access legs are part of all times.

    Attributes
    ----------
    graph
        Arcs in the direction of the search.
    seeds
        For each source the states it begins at, and the seconds until there.
    targets
        For each state the points that are reached from it, and the seconds from there.
    source_edges, points_on_edge
        For each source its edges, and for each edge its points, with positions on the edge in seconds: from source to
        point over this edge alone it is position of source minus position of point, where that is not negative.
    source_leg_s, point_leg_s
        Access legs, in seconds.
    """

    graph: Graph
    seeds: Attached
    targets: Attached
    source_edges: Attached
    points_on_edge: Attached
    source_leg_s: NDArray[np.float64]
    point_leg_s: NDArray[np.float64]


Pairs = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]
"""Source, point, seconds."""


def pairs_within(task: Task, *, limit_s: float, n_threads: int | None = None) -> Pairs:
    """Return all pairs of source and point that are at most a time apart.

    Parameters
    ----------
    task
        From where, to what.
    limit_s
        Longest time, in seconds; exactly as long counts.
    n_threads
        Threads to search with; as many as there are processors where not given.

    Returns
    -------
    source, point, time_s
        Ordered by source; the points of a source in the order in which they were reached.
    """
    n_sources = task.source_leg_s.size
    n_threads = n_threads or os.cpu_count() or 1
    n_blocks = min(n_threads * _BLOCKS_PER_THREAD, n_sources) if n_threads > 1 else 1
    blocks: SimpleQueue[NDArray[np.int64]] = SimpleQueue()
    for block in np.array_split(_near_each_other(task.seeds), max(n_blocks, 1)):
        blocks.put(block)
    with ThreadPoolExecutor(n_threads) as pool:
        found = list(pool.map(partial(_search, task, limit_s), [blocks] * n_threads))
        counts = np.zeros(n_sources, dtype=np.int64)
        for part in itertools.chain.from_iterable(found):
            counts[part.source] = part.counts
        start = np.concatenate([[0], np.cumsum(counts)])
        point, time_s = np.empty(start[-1], dtype=np.int32), np.empty(start[-1])
        for _ in pool.map(partial(_lay_all, start, point, time_s), found):
            pass
    return np.repeat(np.arange(n_sources, dtype=np.int32), counts), point, time_s


def _near_each_other(seeds: Attached) -> NDArray[np.int64]:
    """Return the sources in the order of the states where they begin: near ones then look at the same memory."""
    begins = np.full(seeds.start.size - 1, -1, dtype=np.int64)
    has_seed = np.diff(seeds.start) > 0
    begins[has_seed] = seeds.item[seeds.start[:-1][has_seed]]
    return np.argsort(begins, kind="stable")


class _Part(NamedTuple):
    """What some sources reach: how many points each, then points and seconds, source after source."""

    source: NDArray[np.int64]
    counts: NDArray[np.int32]
    point: NDArray[np.int32]
    time_s: NDArray[np.float64]


class _Scratch(NamedTuple):
    """What a search writes on; all clean before and after.

    Attributes
    ----------
    label
        Seconds to each state; infinite.
    at_of
        Where each state stands in the heap; -1.
    key, state
        The heap.
    settled
        States in the order in which they were settled.
    best
        Seconds to each point; infinite.
    reached
        Points in the order in which they were reached.
    """

    label: NDArray[np.float64]
    at_of: NDArray[np.int32]
    key: NDArray[np.float64]
    state: NDArray[np.int32]
    settled: NDArray[np.int32]
    best: NDArray[np.float64]
    reached: NDArray[np.int32]


def _clean(task: Task) -> _Scratch:
    """Return what searches of a task may write on, as each leaves it for the next."""
    n_states, n_points = task.graph.start.size - 1, task.point_leg_s.size
    return _Scratch(
        label=np.full(n_states, np.inf),
        at_of=np.full(n_states, -1, dtype=np.int32),
        key=np.empty(n_states),
        state=np.empty(n_states, dtype=np.int32),
        settled=np.empty(n_states, dtype=np.int32),
        best=np.full(n_points, np.inf),
        reached=np.empty(n_points, dtype=np.int32),
    )


def _search(task: Task, limit_s: float, blocks: SimpleQueue[NDArray[np.int64]]) -> list[_Part]:
    """Return what the sources of some blocks reach, in parts that each fit their arrays: of blocks that nobody else has taken."""
    parts: list[_Part] = []
    scratch = None
    point, time_s = np.empty(0, dtype=np.int32), np.empty(0)
    while True:
        try:
            sources = blocks.get_nowait()
        except Empty:
            return parts
        scratch = scratch or _clean(task)
        while sources.size:
            counts = np.zeros(sources.size, dtype=np.int32)
            n_done = _search_block(task, limit_s, _Part(sources, counts, point, time_s), scratch)
            n_pairs = int(counts[:n_done].sum())
            parts.append(
                _Part(sources[:n_done], counts[:n_done], point[:n_pairs], time_s[:n_pairs])
            )
            sources, point, time_s = sources[n_done:], point[n_pairs:], time_s[n_pairs:]
            if sources.size:
                room = max(_ROOM, task.point_leg_s.size)
                point, time_s = np.empty(room, dtype=np.int32), np.empty(room)


def _lay_all(
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    time_s: NDArray[np.float64],
    parts: list[_Part],
) -> None:
    """Put the pairs of some parts where they belong among those of all."""
    for part in parts:
        _lay(part, start, point, time_s)


@kernel
def _lay(
    part: _Part,
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    time_s: NDArray[np.float64],
) -> None:
    """Put the pairs of some sources where they belong among those of all."""
    k = 0
    for i in range(part.source.size):
        at = start[part.source[i]]
        for j in range(part.counts[i]):
            point[at + j] = part.point[k + j]
            time_s[at + j] = part.time_s[k + j]
        k += part.counts[i]


# Positions are unsigned below, as are the numbers reckoned with them: an index that may be negative is tested before each
# look into memory, and that is a fifth of the time.
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_FOUR: Final = np.uint64(4)


@kernel
def _rise(
    key: NDArray[np.float64], state: NDArray[np.int32], at_of: NDArray[np.int32], at: np.uint64
) -> None:
    """Move an entry of the heap up to its place. A parent has four children."""
    moved_key = key[at]
    moved = state[at]
    while at > 0:
        parent = (at - _ONE) >> _TWO
        if key[parent] <= moved_key:
            break
        key[at] = key[parent]
        state[at] = state[parent]
        at_of[np.uint64(state[at])] = at
        at = parent
    key[at] = moved_key
    state[at] = moved
    at_of[np.uint64(moved)] = at


@kernel
def _drop_first(
    key: NDArray[np.float64], state: NDArray[np.int32], at_of: NDArray[np.int32], n: np.uint64
) -> np.uint64:
    """Take the least entry out of a heap of n; return how many are left."""
    at_of[np.uint64(state[0])] = -1
    n -= _ONE
    if n == 0:
        return n
    moved_key = key[n]
    moved = state[n]
    at = np.uint64(0)
    while True:
        child = _FOUR * at + _ONE
        if child >= n:
            break
        least = child
        least_key = key[child]
        for other in range(child + _ONE, min(child + _FOUR, n)):
            if key[other] < least_key:
                least = np.uint64(other)
                least_key = key[other]
        if least_key >= moved_key:
            break
        key[at] = least_key
        state[at] = state[least]
        at_of[np.uint64(state[at])] = at
        at = least
    key[at] = moved_key
    state[at] = moved
    at_of[np.uint64(moved)] = at
    return n


@kernel
def _offer(
    label: NDArray[np.float64],
    at_of: NDArray[np.int32],
    key: NDArray[np.float64],
    state: NDArray[np.int32],
    n: np.uint64,
    s: np.uint64,
    time: float,
) -> np.uint64:
    """Label a state with a better time and put it into a heap of n, or raise it there; return how many are in it."""
    label[s] = time
    at = n
    if at_of[s] < 0:
        state[at] = s
        n += _ONE
    else:
        at = np.uint64(at_of[s])
    key[at] = time
    _rise(key, state, at_of, at)
    return n


@kernel
def _meet(
    best: NDArray[np.float64],
    reached: NDArray[np.int32],
    n: np.uint64,
    point: np.uint64,
    time: float,
) -> np.uint64:
    """Note that a point is reached, if not sooner already; return how many points are."""
    if time < best[point]:
        if best[point] == np.inf:
            reached[n] = point
            n += _ONE
        best[point] = time
    return n


@kernel
def _meet_on_own_edges(
    task: Task,
    source: np.uint64,
    limit_s: float,
    best: NDArray[np.float64],
    reached: NDArray[np.int32],
) -> np.uint64:
    """Note the points that a source reaches over an edge that both are on; return how many they are."""
    own, on_edge = task.source_edges, task.points_on_edge
    n = np.uint64(0)
    for i in range(own.start[source], own.start[source + _ONE]):
        for k in range(on_edge.start[own.item[i]], on_edge.start[own.item[i] + 1]):
            p = on_edge.item[k]
            ahead = own.time_s[i] - on_edge.time_s[k]
            time = task.source_leg_s[source] + ahead + task.point_leg_s[p]
            if ahead >= 0.0 and time <= limit_s:
                n = _meet(best, reached, n, np.uint64(p), time)
    return n


@kernel
def _hand_over(
    best: NDArray[np.float64],
    reached: NDArray[np.int32],
    n_reached: np.uint64,
    part: _Part,
    n_pairs: np.uint64,
) -> bool:
    """Forget the points reached; before that write them behind the pairs that are there, if they fit."""
    fits = n_pairs + n_reached <= np.uint64(part.point.size)
    for i in range(n_reached):
        p = np.uint64(reached[i])
        if fits:
            part.point[n_pairs + i] = p
            part.time_s[n_pairs + i] = best[p]
        best[p] = np.inf
    return bool(fits)


@kernel
def _search_block(task: Task, limit_s: float, part: _Part, scratch: _Scratch) -> int:
    """Search from the sources of a part, one after the other (Dijkstra 1959, on an indexed heap).

    Writes what they reach into the part. Stops before a source whose points don't fit; returns how many are done.
    """
    graph, seeds, targets = task.graph, task.seeds, task.targets
    label, at_of, key, state = scratch.label, scratch.at_of, scratch.key, scratch.state
    settled, best, reached = scratch.settled, scratch.best, scratch.reached
    n_pairs = np.uint64(0)
    for turn in range(part.source.size):
        source = np.uint64(part.source[turn])
        n_reached = _meet_on_own_edges(task, source, limit_s, best, reached)
        n_settled = n = np.uint64(0)
        for i in range(np.uint64(seeds.start[source]), np.uint64(seeds.start[source + _ONE])):
            s = np.uint64(seeds.item[i])
            if seeds.time_s[i] <= limit_s and seeds.time_s[i] < label[s]:
                n = _offer(label, at_of, key, state, n, s, seeds.time_s[i])
        while n > 0:  # all that was put in lies within the limit, so all of it gets settled
            here = np.uint64(state[0])
            so_far = key[0]
            n = _drop_first(key, state, at_of, n)
            settled[n_settled] = here
            n_settled += _ONE
            for k in range(np.uint64(targets.start[here]), np.uint64(targets.start[here + _ONE])):
                time = so_far + targets.time_s[k]
                if time <= limit_s:
                    p = np.uint64(targets.item[k])
                    n_reached = _meet(best, reached, n_reached, p, time)
            for k in range(np.uint64(graph.start[here]), np.uint64(graph.start[here + _ONE])):
                time = so_far + graph.time_s[k]
                if time <= limit_s:
                    s = np.uint64(graph.head[k])
                    if time < label[s]:
                        n = _offer(label, at_of, key, state, n, s, time)
        for i in range(n_settled):
            label[np.uint64(settled[i])] = np.inf
        if not _hand_over(best, reached, n_reached, part, n_pairs):
            return turn
        part.counts[turn] = n_reached
        n_pairs += n_reached
    return part.source.size


def nearest(task: Task) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the nearest source of every point, however far.

    Parameters
    ----------
    task
        From where, to what.

    Returns
    -------
    source, time_s
        For each point the source, of equally near ones the lowest, and the seconds; -1 and NaN where none reaches it.
    """
    label, owner = nearest_of_states(task.graph, task.seeds)
    return _nearest_of_points(
        label, owner, task.targets, pairs_over_one_edge(task), task.point_leg_s.size
    )


@kernel
def _nearest_of_points(
    label: NDArray[np.float64],
    owner: NDArray[np.int32],
    targets: Attached,
    over_one_edge: Pairs,
    n_points: int,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the nearest source of every point, by way of labelled states or over an edge that both are on."""
    nearest_source = np.full(n_points, -1, np.int32)
    nearest_s = np.full(n_points, np.inf)
    source, point, time_s = over_one_edge
    for i in range(source.size):
        p = point[i]
        if (time_s[i], source[i]) < (nearest_s[p], nearest_source[p]):
            nearest_source[p], nearest_s[p] = source[i], time_s[i]
    for s in range(label.size):
        if owner[s] >= 0:
            for k in range(targets.start[s], targets.start[s + 1]):
                p, time = targets.item[k], label[s] + targets.time_s[k]
                if (time, owner[s]) < (nearest_s[p], nearest_source[p]):
                    nearest_source[p], nearest_s[p] = owner[s], time
    for p in range(n_points):
        if nearest_source[p] < 0:
            nearest_s[p] = np.nan
    return nearest_source, nearest_s


def pairs_over_one_edge(task: Task) -> Pairs:
    """Return the pairs of source and point that share an edge, and the time over it alone."""
    own, on_edge = task.source_edges, task.points_on_edge
    pair, k = entries(on_edge.start, own.item)
    ahead = own.time_s[pair] - on_edge.time_s[k]
    source, point = row_of(own.start)[pair].astype(np.int32), on_edge.item[k]
    time_s = task.source_leg_s[source] + ahead + task.point_leg_s[point]
    goes = ahead >= 0.0
    return source[goes], point[goes], time_s[goes]


@kernel
def nearest_of_states(
    graph: Graph, seeds: Attached
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return for every state the seconds to the nearest source, and that source: the lowest of equally near ones.

    Parameters
    ----------
    graph
        Arcs in the direction of the search.
    seeds
        For each source the states it begins at, and the seconds until there.

    Returns
    -------
    time_s, source
        Infinity and -1 where no source reaches the state.
    """
    n_states = graph.start.size - 1
    label = np.full(n_states, np.inf)
    owner = np.full(n_states, -1, np.int32)
    at_of = np.full(n_states, -1, np.int32)
    key = np.empty(n_states, np.float64)
    state = np.empty(n_states, np.int32)
    n = np.uint64(0)
    for source in range(seeds.start.size - 1):
        for i in range(seeds.start[source], seeds.start[source + 1]):
            s = np.uint64(seeds.item[i])
            if seeds.time_s[i] < label[s]:
                owner[s] = source
                n = _offer(label, at_of, key, state, n, s, seeds.time_s[i])
    while n > 0:
        here = np.uint64(state[0])
        so_far = key[0]
        whose = owner[here]
        n = _drop_first(key, state, at_of, n)
        for k in range(np.uint64(graph.start[here]), np.uint64(graph.start[here + _ONE])):
            s = np.uint64(graph.head[k])
            time = so_far + graph.time_s[k]
            # A state that was settled already is taken up again where an arc without length brings a lower source.
            if time < label[s] or (time == label[s] and whose < owner[s]):
                owner[s] = whose
                n = _offer(label, at_of, key, state, n, s, time)
    return label, owner
