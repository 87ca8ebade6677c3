"""RoadNetwork: what can be derived from its arrays."""

from __future__ import annotations

import numpy as np
import pytest
import towns

NODES = {1: (0, 0), 2: (300, 0), 3: (300, 400)}


def test_edges_leave_and_reach_the_ends_of_their_street():
    network = towns.network(NODES, [([1, 2], {}), ([3, 2], {"oneway": "yes"})])
    tail, head = network.node_id[network.edge_tail], network.node_id[network.edge_head]
    assert sorted(zip(tail.tolist(), head.tolist(), strict=True)) == [(1, 2), (2, 1), (3, 2)]
    assert (network.n_nodes, network.n_streets, network.n_edges) == (3, 2, 3)


def test_a_street_counts_once_in_the_length_however_it_is_driven():
    network = towns.network(NODES, [([1, 2], {}), ([3, 2], {"oneway": "yes"})])
    assert network.length_m == pytest.approx(700, abs=0.05)


def test_the_box_goes_round_shapes_and_not_only_junctions():
    network = towns.network(NODES, [([1, 3, 2], {})])  # 3 is a bend
    assert network.bounds == pytest.approx((120.0, 30.0, *towns.degrees(300, 400)))
    assert network.n_nodes == 2


def test_lines_begin_and_end_at_their_junctions():
    network = towns.network(NODES, [([1, 2], {}), ([2, 3], {"name": "x"})])
    first, last = network.shape_start[:-1], network.shape_start[1:] - 1
    assert np.array_equal(network.shape_lon[first], network.node_lon[network.street_tail])
    assert np.array_equal(network.shape_lat[last], network.node_lat[network.street_head])
