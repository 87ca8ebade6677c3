"""The shortest-path kernels."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from planner.search import (
    Graph,
    Task,
    attached,
    nearest,
    nearest_of_states,
    pairs_within,
)

NOTHING = (np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))


def graph_of(n, *arcs):
    """Return a graph of n states; an arc is (from, to, seconds)."""
    tail, head, time_s = (np.array(column) for column in zip(*arcs, strict=True))
    return Graph(*attached(tail, head, time_s.astype(float), n))


def task(graph, seeds, targets, *, n_points, own=NOTHING, on_edge=NOTHING, legs=(0.0, 0.0)):
    """Return a task; seeds are (source, state, s), targets (state, point, s)."""
    source, at, seed_s = (np.array(c) for c in zip(*seeds, strict=True))
    state, point, target_s = (np.array(c) for c in zip(*targets, strict=True))
    n_sources = int(source.max()) + 1
    return Task(
        graph=graph,
        seeds=attached(source, at, seed_s.astype(float), n_sources),
        targets=attached(state, point, target_s.astype(float), graph.start.size - 1),
        source_edges=attached(*own, n_sources),
        points_on_edge=attached(*on_edge, 1),
        source_leg_s=np.full(n_sources, legs[0]),
        point_leg_s=np.full(n_points, legs[1]),
    )


def found(pairs):
    source, point, time_s = (column.tolist() for column in pairs)
    assert len(set(zip(source, point, strict=True))) == len(source)  # no pair twice
    return {(s, p): t for s, p, t in zip(source, point, time_s, strict=True)}


# 0 -4-> 1 -4-> 2 -4-> 3, and the long way 0 -9-> 2; a point at each state
LINE = graph_of(4, (0, 1, 4), (1, 2, 4), (2, 3, 4), (0, 2, 9))
AT_EACH = [(state, state, 0) for state in range(4)]


def test_the_limit_itself_still_counts():
    chain = task(LINE, [(0, 0, 0)], AT_EACH, n_points=4)
    assert found(pairs_within(chain, limit_s=8.0)) == {(0, 0): 0, (0, 1): 4, (0, 2): 8}
    assert found(pairs_within(chain, limit_s=8.0 - 2.0**-20)) == {(0, 0): 0, (0, 1): 4}
    assert found(pairs_within(chain, limit_s=12.0))[0, 3] == 12


def test_the_times_of_seeds_and_targets_are_part_of_the_drive():
    # begins 3 s before state 1, ends 2 s after state 2: 3 + 4 + 2
    chain = task(LINE, [(0, 1, 3)], [(2, 0, 2)], n_points=1)
    assert found(pairs_within(chain, limit_s=9.0)) == {(0, 0): 9}
    assert found(pairs_within(chain, limit_s=8.9)) == {}


def test_of_several_seeds_and_targets_the_best_pair_counts():
    # from state 0 at 0 s or state 2 at 1 s, to the point behind 3 (0 s) or 2 (7 s): 1 + 4 + 0
    chain = task(LINE, [(0, 0, 0), (0, 2, 1)], [(3, 0, 0), (2, 0, 7)], n_points=1)
    assert found(pairs_within(chain, limit_s=100.0)) == {(0, 0): 5}


def test_a_source_on_the_edge_of_its_point_need_not_leave_it():
    # source at 7 s, points at 5 s and 8 s on the same edge: 2 s to the first, none to the second (behind it)
    own = (np.array([0]), np.array([0], np.int32), np.array([7.0]))
    on_edge = (np.array([0, 0]), np.array([0, 1], np.int32), np.array([5.0, 8.0]))
    seeds, targets = [(0, 0, 0)], [(3, 0, 0), (3, 1, 0)]
    edge = task(LINE, seeds, targets, n_points=2, own=own, on_edge=on_edge, legs=(0.5, 0.25))
    assert found(pairs_within(edge, limit_s=100.0)) == {(0, 0): 2.75, (0, 1): 12}
    site, time_s = nearest(edge)
    assert site.tolist() == [0, 0]
    assert time_s.tolist() == [2.75, 12]
    # the same place counts as reached
    at = task(
        LINE, seeds, targets, n_points=2, own=own, on_edge=(*on_edge[:2], np.array([7.0, 8.0]))
    )
    assert found(pairs_within(at, limit_s=100.0))[0, 0] == 0


def test_arcs_without_time_are_driven():
    still = graph_of(3, (0, 1, 0), (1, 2, 0))
    chain = task(still, [(0, 0, 0)], [(2, 0, 0)], n_points=1)
    assert found(pairs_within(chain, limit_s=0.0)) == {(0, 0): 0}


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(n_threads):
    seeds = [(source, source % 4, source / 4) for source in range(23)]
    many = task(LINE, seeds, AT_EACH, n_points=4)
    alone, together = (pairs_within(many, limit_s=9.0, n_threads=n) for n in (1, n_threads))
    assert [c.tolist() for c in alone] == [c.tolist() for c in together]


@pytest.mark.parametrize("n_threads", [1, 2])
def test_pairs_that_do_not_fit_into_one_array_are_all_there(monkeypatch, n_threads):
    seeds = [(source, source % 3, source / 4) for source in range(23)]
    many = task(LINE, seeds, AT_EACH, n_points=4)
    at_once = found(pairs_within(many, limit_s=12.0, n_threads=1))
    assert len(at_once) > 50
    monkeypatch.setattr("planner.search._ROOM", 5)  # that of two sources, at most
    assert found(pairs_within(many, limit_s=12.0, n_threads=n_threads)) == at_once


def test_the_nearest_source_of_every_point_however_far():
    # source 0 at state 0, source 1 at state 2
    both = task(LINE, [(0, 0, 0), (1, 2, 0)], AT_EACH, n_points=4)
    site, time_s = nearest(both)
    assert site.tolist() == [0, 0, 1, 1]
    assert time_s.tolist() == [0, 4, 0, 4]


def test_a_point_that_no_source_reaches_has_none():
    # from state 2 nobody comes back to 0 and 1
    one = task(LINE, [(0, 2, 0)], AT_EACH, n_points=4)
    site, time_s = nearest(one)
    assert site.tolist() == [-1, -1, 0, 0]
    assert np.isnan(time_s[:2]).all()


def test_of_equally_near_sources_the_lowest_is_taken_also_over_arcs_without_time():
    # source 1 sits at state 0, source 0 reaches state 0 over an arc of 0 s
    still = graph_of(3, (2, 0, 0), (0, 1, 5))
    both = task(still, [(1, 0, 0), (0, 2, 0)], [(0, 0, 0), (1, 1, 0)], n_points=2)
    assert nearest(both)[0].tolist() == [0, 0]
    label, owner = nearest_of_states(both.graph, both.seeds)
    assert label.tolist() == [0, 5, 0]
    assert owner.tolist() == [0, 0, 0]


def test_random_graphs_agree_with_networkx():
    rng = np.random.default_rng(7)
    n, n_arcs = 40, 130
    tail, head = rng.integers(0, n, (2, n_arcs))
    time_s = rng.integers(0, 30, n_arcs).astype(float)
    other = nx.MultiDiGraph()
    other.add_nodes_from(range(n))
    other.add_weighted_edges_from(zip(tail.tolist(), head.tolist(), time_s.tolist(), strict=True))
    everyone = [(v, v, 0) for v in range(n)]
    mine = Graph(*attached(tail, head, time_s, n))
    pairs = found(pairs_within(task(mine, everyone, everyone, n_points=n), limit_s=60.0))
    theirs = {
        (v, w): s
        for v in range(n)
        for w, s in nx.single_source_dijkstra_path_length(other, v, cutoff=60.0).items()
    }
    assert pairs == theirs
