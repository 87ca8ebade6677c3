"""Turns: states find the drives that a search over whole histories of edges finds."""

import heapq
import itertools
import math
from dataclasses import replace

import numpy as np
import towns
from hypothesis import given
from hypothesis import strategies as st

from planner.approaches import turn_degrees
from planner.network import JunctionDelays
from planner.search import attached, nearest_of_states
from planner.states import states_of
from planner.units import grid

# A block of streets round a square, and one across it: every junction has two or three ways on.
BLOCK = {
    1: (0, 0), 2: (200, 0), 3: (420, 0),
    4: (0, 230), 5: (200, 230), 6: (420, 230),
    7: (200, 300), 8: (560, 230),
}  # fmt: skip
STREETS = [(1, 2), (2, 3), (1, 4), (2, 5), (3, 6), (4, 5), (5, 6), (5, 7), (6, 8)]


@st.composite
def towns_with_barred_turns(draw):
    """Draw a town with turns of two to four edges barred, and with delays."""
    streets = draw(st.lists(st.sampled_from(STREETS), min_size=4, max_size=9, unique=True))
    oneway = st.sampled_from(["", "", "yes", "-1"])
    kph = st.sampled_from(["36", "18", "90"])
    ways = [
        (refs, {"oneway": draw(oneway), "maxspeed": draw(kph), "name": str(i)})
        for i, refs in enumerate(streets)
    ]
    network = towns.network(BLOCK, ways)
    barred = draw(st.lists(walks(network), max_size=5, unique=True))
    delays = JunctionDelays(
        u_turn_s=draw(st.sampled_from([0.0, 3.0, 20.0, 60.0])),
        turn_left_s=draw(st.sampled_from([0.0, 0.0, 7.0])),
        turn_right_s=draw(st.sampled_from([0.0, 0.0, 2.0])),
    )
    rows = sorted(walk for walk in barred if len(walk) > 1)
    return replace(
        network,
        barred_start=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        barred_edge=np.array([edge for row in rows for edge in row], dtype=np.int32),
        delays=delays,
    )


@st.composite
def walks(draw, network):
    """Draw edges that follow one another."""
    edge = draw(st.integers(0, network.n_edges - 1))
    walk = [edge]
    for _ in range(draw(st.integers(1, 3))):
        onward = np.flatnonzero(network.edge_tail == network.edge_head[walk[-1]]).tolist()
        if not onward:
            break
        walk.append(draw(st.sampled_from(onward)))
    return tuple(walk)


def starts(network):
    """Return places within streets, as what `begins` returns."""
    street = st.integers(0, network.n_streets - 1)
    return st.builds(lambda k, x: begins(network, k, x / 8), street, st.integers(1, 7))


def rows_of(network):
    return [
        tuple(network.barred_edge[a:b].tolist())
        for a, b in itertools.pairwise(network.barred_start)
    ]


def turn_s(network, before, onto):
    """Return the seconds of a turn."""
    delays = network.delays
    if (
        network.edge_street[before] == network.edge_street[onto]
        and network.edge_is_forward[before] != network.edge_is_forward[onto]
    ):
        return delays.u_turn_s
    angle = float(turn_degrees(network, np.array([onto]), np.array([before]))[0])
    if angle < -45:
        return delays.turn_left_s
    return delays.turn_right_s if angle > 45 else 0.0


def begins(network, street, share):
    """Return the edges on which a drive begins at a place of a street, with the seconds to their heads."""
    edges = np.flatnonzero(network.edge_street == street).tolist()
    left = [1 - share if network.edge_is_forward[edge] else share for edge in edges]
    return [(float(grid(x * network.edge_time_s[e])), e) for x, e in zip(left, edges, strict=True)]


def by_whole_histories(network, start):
    """Return the seconds from a start to each junction, by a search that forgets nothing that matters."""
    rows = rows_of(network)
    keep = max(map(len, rows), default=2)
    best, done, found = [(time_s, (edge,)) for time_s, edge in start], set(), {}
    heapq.heapify(best)
    while best:
        time_s, history = heapq.heappop(best)
        if history in done:
            continue
        done.add(history)
        here = int(network.edge_head[history[-1]])
        found.setdefault(here, time_s)
        for edge in np.flatnonzero(network.edge_tail == here).tolist():
            longer = (*history, edge)
            if any(longer[-len(row) :] == row for row in rows):
                continue
            onward_s = time_s + turn_s(network, history[-1], edge) + network.edge_time_s[edge]
            heapq.heappush(best, (onward_s, longer[-keep:]))
    return [found.get(v, math.inf) for v in range(network.n_nodes)]


def by_states(network, start):
    """Return the same by the states."""
    states = states_of(network)
    time_s, edge = np.array([s for s, _ in start]), np.array([e for _, e in start])
    seeds = attached(np.zeros(edge.size, np.int64), states.start_state[edge], time_s, 1)
    label, _ = nearest_of_states(states.graph(is_reversed=False), seeds)
    return [float(label[a:b].min()) for a, b in itertools.pairwise(states.of_node.tolist())]


@given(towns_with_barred_turns(), st.data())
def test_states_know_all_that_turns_ask_for(network, data):
    start = data.draw(starts(network))
    assert by_states(network, start) == by_whole_histories(network, start)


@towns.FEWER
@given(towns_with_barred_turns())
def test_where_nothing_is_barred_and_turns_are_free_no_junction_has_more_than_one_state(network):
    free = replace(
        network,
        barred_start=np.zeros(1, dtype=np.int64),
        barred_edge=np.empty(0, dtype=np.int32),
        delays=JunctionDelays(u_turn_s=network.delays.u_turn_s),
    )
    assert states_of(free).n_states == network.n_nodes


@towns.FEWER
@given(towns_with_barred_turns(), st.data())
def test_barring_one_more_turn_makes_no_drive_shorter(network, data):
    rows = rows_of(network)
    fewer = rows[:-1]
    easier = replace(
        network,
        barred_start=np.cumsum([0, *map(len, fewer)], dtype=np.int64),
        barred_edge=np.array([edge for row in fewer for edge in row], dtype=np.int32),
    )
    start = data.draw(starts(network))
    pairs = zip(by_states(easier, start), by_states(network, start), strict=True)
    assert all(easier_s <= s for easier_s, s in pairs)


def test_seconds_are_on_the_grid():
    network = towns.network(BLOCK, [([1, 2, 3], {})], delays=JunctionDelays(u_turn_s=0.1))
    times = states_of(network).arc_time_s
    assert (times == grid(times)).all()
