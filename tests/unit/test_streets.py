"""Streets: where junctions are, what is joined, and what barriers and pockets do."""

from __future__ import annotations

import numpy as np
import pytest
import towns

from planner.network import JunctionDelays

PRIVATE = {"access": "private"}
ONEWAY = {"oneway": "yes"}
GATE = {"barrier": "gate", "access": "private"}
BOLLARD = {"barrier": "bollard"}
SIGNAL = {"highway": "traffic_signals"}
# five nodes in a row, 100 m apart
ROW = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (400, 0)}


def junctions(network):
    return sorted(network.node_id.tolist())


def edges(network):
    """Return the edges as (from node, to node), with the numbers of the source."""
    tail, head = network.node_id[network.edge_tail], network.node_id[network.edge_head]
    return sorted(zip(tail.tolist(), head.tolist(), strict=True))


def local_ways(network):
    """Return the ways that are local streets, gates (-1) apart."""
    first = network.shape_start[:-1][network.street_is_local]
    return sorted({int(way) for way in network.shape_way[first]} - {-1})


# --- Junctions ------------------------------------------------------------------------------------


def test_a_node_in_the_middle_of_a_way_is_no_junction_but_keeps_the_shape():
    network = towns.network(ROW | {3: (200, 100)}, [([1, 2, 3, 4, 5], {})])
    assert junctions(network) == [1, 5]
    assert network.shape_start.tolist() == [0, 5]
    # 100 + 2 x sqrt(100^2 + 100^2) + 100 m
    assert network.street_length_m[0] == pytest.approx(482.84, abs=0.05)


def test_a_road_that_merely_goes_on_in_the_next_way_is_one_street():
    # the second way is drawn the other way round
    network = towns.network(ROW, [([1, 2, 3], {}), ([5, 4, 3], {})])
    assert edges(network) == [(1, 5), (5, 1)]
    assert sorted(set(network.shape_way[:-1].tolist())) == [10, 11]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Main Street"},
        {"highway": "tertiary"},
        {"maxspeed": "50"},
        {"access": "private"},
        {"oneway": "yes"},
    ],
)
def test_where_name_class_speed_access_or_direction_changes_there_is_a_junction(other):
    network = towns.network(ROW, [([1, 2, 3], {}), ([3, 4, 5], other)])
    assert junctions(network) == [1, 3, 5]


def test_other_tags_make_no_junction():
    network = towns.network(ROW, [([1, 2, 3], {}), ([3, 4, 5], {"surface": "asphalt"})])
    assert junctions(network) == [1, 5]


def test_three_roads_that_meet_make_a_junction_even_within_their_ways():
    network = towns.network(ROW | {6: (200, 100)}, [([1, 2, 3, 4, 5], {}), ([3, 6], {})])
    assert junctions(network) == [1, 3, 5, 6]
    assert network.n_streets == 3


def test_ways_that_cross_without_a_node_in_common_do_not_meet():
    nodes = {1: (0, 0), 2: (200, 0), 3: (100, -100), 4: (100, 100)}
    network = towns.network(nodes, [([1, 2], {}), ([3, 4], {})])
    assert network.n_streets == 2
    assert network.component_length_m.size == 2


def test_a_signal_is_a_junction_and_knows_its_delay():
    network = towns.network(
        ROW | {3: (200, 0, SIGNAL)}, [([1, 2, 3, 4, 5], {})], delays=JunctionDelays(signal_s=9)
    )
    assert junctions(network) == [1, 3, 5]
    left = network.node_id[network.edge_tail].tolist()
    delays = sorted(zip(left, network.edge_delay_s.tolist(), strict=True))
    assert delays == [(1, 0), (3, 9), (3, 9), (5, 0)]


def test_an_open_gate_is_a_place_on_the_road_like_any_other():
    network = towns.network(ROW | {3: (200, 0, {"barrier": "gate"})}, [([1, 2, 3, 4, 5], {})])
    assert edges(network) == [(1, 5), (5, 1)]


# --- One-ways -------------------------------------------------------------------------------------


def test_one_ways_in_line_are_one_street():
    network = towns.network(ROW, [([1, 2, 3], ONEWAY), ([3, 4, 5], ONEWAY)])
    assert edges(network) == [(1, 5)]


def test_one_ways_drawn_against_each_other_lead_the_same_way():
    network = towns.network(ROW, [([1, 2, 3], ONEWAY), ([5, 4, 3], {"oneway": "-1"})])
    assert edges(network) == [(1, 5)]
    assert network.edge_time_s.sum() == pytest.approx(40, abs=0.01)


def test_speeds_that_differ_by_direction_go_on_however_ways_are_drawn():
    fast, slow = {"maxspeed:forward": "72"}, {"maxspeed:backward": "72"}
    for ways in ([([1, 2, 3], fast), ([3, 4, 5], fast)], [([1, 2, 3], fast), ([5, 4, 3], slow)]):
        network = towns.network(ROW, ways)
        assert edges(network) == [(1, 5), (5, 1)]
        seconds = dict(zip(edges(network), network.edge_time_s.tolist(), strict=True))
        assert seconds == {(1, 5): pytest.approx(20, abs=0.01), (5, 1): pytest.approx(40, abs=0.01)}
    network = towns.network(ROW, [([1, 2, 3], fast), ([5, 4, 3], fast)])
    assert junctions(network) == [1, 3, 5]  # fast to there, slow from there


def test_one_ways_against_each_other_stay_two_streets():
    # > >  < <: both end at 3, nobody drives through
    network = towns.network(ROW, [([1, 2, 3], ONEWAY), ([5, 4, 3], ONEWAY)])
    assert edges(network) == [(1, 3), (5, 3)]
    # < <  > >
    network = towns.network(ROW, [([3, 2, 1], ONEWAY), ([3, 4, 5], ONEWAY)])
    assert edges(network) == [(3, 1), (3, 5)]


def test_a_way_against_its_drawing_has_one_edge_backwards():
    network = towns.network(ROW, [([1, 2, 3, 4, 5], {"oneway": "-1"})])
    assert edges(network) == [(5, 1)]


# --- Rings ----------------------------------------------------------------------------------------

RING = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}


def test_a_ring_that_nothing_meets_starts_and_ends_at_one_of_its_nodes():
    network = towns.network(RING, [([1, 2, 3, 4, 1], {})])
    assert network.n_streets == 1
    assert network.street_tail.tolist() == network.street_head.tolist()
    assert network.length_m == pytest.approx(400, abs=0.05)
    assert network.n_edges == 2


def test_a_ring_of_two_ways_without_a_junction_is_one_street_too():
    network = towns.network(RING, [([1, 2, 3], ONEWAY), ([3, 4, 1], ONEWAY)])
    assert network.n_streets == 1
    assert network.n_edges == 1


def test_a_roundabout_is_cut_at_its_arms():
    nodes = RING | {5: (-100, 0), 6: (200, 100)}
    ways = [([1, 2, 3, 4, 1], {"junction": "roundabout"}), ([5, 1], {}), ([3, 6], {})]
    assert edges(towns.network(nodes, ways)) == [(1, 3), (1, 5), (3, 1), (3, 6), (5, 1), (6, 3)]


def test_a_road_that_passes_a_node_twice_meets_itself_there():
    # a figure of 8 from 1 through the crossing 3
    nodes = {1: (-100, 0), 3: (0, 0), 4: (100, 50), 5: (100, -50)}
    network = towns.network(nodes, [([1, 3, 4, 5, 3], {})])
    assert edges(network) == [(1, 3), (3, 1), (3, 3), (3, 3)]


# --- Parallel roads, segments without length --------------------------------------------------------


def test_parallel_roads_stay_two_streets():
    network = towns.network(ROW, [([1, 5], {}), ([1, 5], {"maxspeed": "72"})])
    assert sorted(network.edge_time_s.tolist()) == pytest.approx([20, 20, 40, 40], abs=0.01)


def test_a_segment_without_length_takes_no_time():
    # 2 and 6 lie at one spot; where the speed changes between them a street of 0 m is left.
    ways = [([1, 2, 6, 3], {}), ([3, 4], {})]
    network = towns.network(ROW | {6: (100, 0)}, ways)
    assert network.length_m == pytest.approx(300, abs=0.05)
    ways = [([1, 2], {}), ([2, 6], {"maxspeed": "72"}), ([6, 3], {})]
    network = towns.network(ROW | {6: (100, 0)}, ways)
    assert sorted(network.street_length_m.tolist()) == pytest.approx([0, 100, 100], abs=0.05)
    assert np.isfinite(network.edge_time_s).all()
    assert sorted(network.edge_time_s.tolist())[:2] == [0, 0]


# --- Barriers -------------------------------------------------------------------------------------


def test_a_closed_barrier_parts_the_road_into_two_ends():
    network = towns.network(ROW | {3: (200, 0, BOLLARD)}, [([1, 2, 3, 4, 5], {})])
    assert edges(network) == [(1, 3), (3, 1), (3, 5), (5, 3)]
    assert network.component_length_m.tolist() == pytest.approx([200, 200], abs=0.05)
    assert network.n_nodes == 4  # two of them number 3


def test_each_way_that_meets_at_a_closed_barrier_ends_for_itself():
    nodes = ROW | {3: (200, 0, BOLLARD), 6: (200, 50)}
    network = towns.network(nodes, [([1, 2, 3, 4, 5], {}), ([3, 6], {})])
    assert network.component_length_m.tolist() == pytest.approx([200, 200, 50], abs=0.05)


def test_a_bollard_is_no_obstacle_for_a_bicycle():
    network = towns.network(ROW | {3: (200, 0, BOLLARD)}, [([1, 3, 5], {})], vehicle="ebike")
    assert edges(network) == [(1, 5), (5, 1)]


def test_a_private_gate_is_a_local_road_without_length():
    network = towns.network(ROW | {3: (200, 0, GATE)}, [([1, 2, 3, 4, 5], {})])
    assert network.component_length_m.tolist() == pytest.approx([400], abs=0.05)
    is_gate = network.shape_way[network.shape_start[:-1]] == -1
    assert network.street_length_m[is_gate].tolist() == [0, 0]
    assert network.street_is_local[is_gate].all()


# --- Local roads and pockets ------------------------------------------------------------------------


def test_private_roads_are_local_and_others_are_not():
    network = towns.network(ROW, [([1, 2], {}), ([2, 3], PRIVATE)])
    assert local_ways(network) == [11]


def test_open_roads_behind_private_ones_are_a_pocket():
    # 1 - 2 open (way 10), 2 - 3 private, 3 - 5 open, 200 m against the 300 m of the first
    nodes = ROW | {1: (-200, 0)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3], PRIVATE), ([3, 4, 5], {})])
    assert local_ways(network) == [11, 12]
    assert network.source.counts["streets_local_as_pockets"] == 1


def test_the_longest_open_part_stays_open_whatever_comes_first():
    # the first open part has 100 m, the second 200 m
    network = towns.network(ROW, [([1, 2], {}), ([2, 3], PRIVATE), ([3, 4, 5], {})])
    assert local_ways(network) == [10, 11]


def test_roads_behind_a_private_gate_are_a_pocket():
    nodes = ROW | {1: (-200, 0), 3: (200, 0, GATE)}
    network = towns.network(nodes, [([1, 2, 3], {}), ([3, 4, 5], {"name": "Inner"})])
    assert local_ways(network) == [11]


def test_islands_are_no_pockets():
    network = towns.network(ROW, [([1, 2], {}), ([3, 4], {}), ([5, 4], PRIVATE)])
    assert local_ways(network) == [12]


def test_a_network_of_private_roads_alone_is_local():
    network = towns.network(ROW, [([1, 2], PRIVATE), ([2, 3], {"access": "customers"})])
    assert network.street_is_local.all()
    assert network.source.counts["streets_local_as_pockets"] == 0


# --- Order, components, times -------------------------------------------------------------------------


def test_components_come_longest_first():
    ways = [([1, 2], {}), ([3, 4, 5], {})]
    network = towns.network(ROW | {5: (500, 0)}, ways)
    assert network.component_length_m.tolist() == pytest.approx([300, 100], abs=0.05)
    of_node = dict(zip(network.node_id.tolist(), network.component.tolist(), strict=True))
    assert of_node == {1: 1, 2: 1, 3: 0, 5: 0}


def test_a_one_way_trap_belongs_to_its_component():
    network = towns.network(ROW, [([1, 2], {}), ([2, 3], ONEWAY)])
    assert network.component.tolist() == [0, 0, 0]


def test_edges_are_ordered_by_street_forward_first():
    network = towns.network(ROW, [([1, 2], {}), ([2, 3], ONEWAY), ([3, 4], {"name": "x"})])
    order = list(zip(network.edge_street.tolist(), ~network.edge_is_forward, strict=True))
    assert order == sorted(order)


def test_a_drive_along_an_edge_is_length_by_speed_on_the_grid():
    # 400 m at 36 km/h: 40 s; the same numbers both ways
    network = towns.network(ROW, [([1, 5], {})])
    assert network.edge_time_s[0] == network.edge_time_s[1]
    assert network.edge_time_s[0] == pytest.approx(network.length_m / 10, abs=2.0**-20)
    assert (network.edge_time_s * 2**20 % 1 == 0).all()


def test_the_order_of_ways_in_the_file_does_not_matter():
    ways = [([1, 2, 3], {}), ([3, 4], ONEWAY), ([4, 5], PRIVATE), ([2, 5], {"maxspeed": "50"})]
    one, other = towns.network(ROW, ways), towns.network(ROW, ways[::-1])
    assert edges(one) == edges(other)
    assert sorted(one.edge_time_s.tolist()) == sorted(other.edge_time_s.tolist())
    assert one.node_id.tolist() == other.node_id.tolist()
