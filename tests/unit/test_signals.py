"""Traffic signals: whom they delay, and how often."""

from __future__ import annotations

import pytest
import towns

from planner.roads.signals import Signal, signal_of

SIGNAL = {"highway": "traffic_signals"}


def delays(nodes, ways, **options):
    """Return the seconds of waiting on each edge that has any, by its ends."""
    network = towns.network(nodes, ways, **options)
    ends = zip(
        network.node_id[network.edge_tail].tolist(),
        network.node_id[network.edge_head].tolist(),
        strict=True,
    )
    return {e: s for e, s in zip(ends, network.edge_delay_s.tolist(), strict=True) if s}


def row(*metres, signals):
    """Return nodes 1, 2, ... in a row; some are signals."""
    return {i: (x, 0, SIGNAL) if i in signals else (x, 0) for i, x in enumerate(metres, start=1)}


def test_a_drive_waits_on_leaving_a_signal_either_way():
    nodes = row(0, 300, 600, signals={2})
    assert delays(nodes, [([1, 2, 3], {})]) == {(2, 1): 12, (2, 3): 12}


@pytest.mark.parametrize(("metres", "is_one"), [(50, True), (49.9, True), (50.2, False)])
def test_signals_at_most_50_m_of_road_apart_are_waited_at_once(metres, is_one):
    nodes = row(0, 300, 300 + metres, 900, signals={2, 3})
    between = {} if is_one else {(2, 3): 12, (3, 2): 12}
    assert delays(nodes, [([1, 2, 3, 4], {})]) == {(2, 1): 12, (3, 4): 12} | between


def test_a_row_of_near_signals_is_one_place():
    nodes = row(0, 300, 340, 380, 420, 900, signals={2, 3, 4, 5})
    assert delays(nodes, [([1, 2, 3, 4, 5, 6], {})]) == {(2, 1): 12, (5, 6): 12}


def test_signals_at_the_stop_lines_are_waited_at_once_by_who_crosses_the_middle():
    # 1 - S2 - 3 - S4 - 5 along, 6 - S7 - 3 - S8 - 9 across; 3 is the middle and no signal
    nodes = row(0, 280, 300, 320, 600, signals={2, 4}) | {
        6: (300, -300), 7: (300, -20, SIGNAL), 8: (300, 20, SIGNAL), 9: (300, 300),
    }  # fmt: skip
    ways = [([1, 2, 3, 4, 5], {}), ([6, 7, 3, 8, 9], {})]
    assert delays(nodes, ways) == {(2, 1): 12, (4, 5): 12, (7, 6): 12, (8, 9): 12}


def test_a_way_out_of_the_middle_without_a_signal_of_its_own_is_waited_for_too():
    nodes = row(0, 280, 300, 320, 600, signals={2, 4}) | {6: (300, -300)}
    ways = [([1, 2, 3, 4, 5], {}), ([3, 6], {})]
    assert delays(nodes, ways) == {(2, 1): 12, (4, 5): 12, (3, 6): 12}


def test_a_junction_beside_two_signals_and_not_between_them_is_no_part_of_their_place():
    # the side road leaves at 5, 10 m outside of the signals
    nodes = row(0, 300, 330, 600, signals={2, 3}) | {5: (340, 0), 6: (340, 200)}
    ways = [([1, 2, 3, 5, 4], {}), ([5, 6], {})]
    assert delays(nodes, ways) == {(2, 1): 12, (3, 5): 12}


def test_a_way_that_leaves_the_signal_and_comes_back_to_it_is_waited_for():
    # a ring of 300 m from the signal back to it
    nodes = {1: (0, 0), 2: (300, 0, SIGNAL), 3: (400, 0), 4: (400, 50), 5: (300, 50)}
    ring = delays(nodes, [([1, 2], {}), ([2, 3, 4, 5, 2], {})])
    assert ring == {(2, 1): 12, (2, 2): 12}


def test_a_long_way_between_two_signals_of_a_place_is_waited_for():
    # 2 and 3 are 40 m apart, and by a second road 240 m
    nodes = row(0, 300, 340, 600, signals={2, 3}) | {5: (300, 100), 6: (340, 100)}
    ways = [([1, 2, 3, 4], {}), ([2, 5, 6, 3], {"name": "round"})]
    found = delays(nodes, ways)
    assert found == {(2, 1): 12, (3, 4): 12, (2, 3): 12, (3, 2): 12}  # over the long one


def test_signals_near_as_the_crow_flies_but_far_by_road_are_two():
    nodes = {1: (0, 0), 2: (300, 0, SIGNAL), 3: (300, 20, SIGNAL), 4: (0, 20), 5: (600, 0)}
    nodes |= {6: (600, 20)}
    assert len(delays(nodes, [([1, 2, 5], {}), ([4, 3, 6], {}), ([5, 6], {})])) == 4


@pytest.mark.parametrize(
    ("direction", "waits"),
    [
        ("forward", {(2, 3): 12}),
        ("backward", {(2, 1): 12}),
        ("both", {(2, 3): 12, (2, 1): 12}),
    ],
)
def test_a_signal_alone_stops_those_it_faces(direction, waits):
    nodes = row(0, 300, 600, signals=())
    nodes[2] = (300, 0, SIGNAL | {"traffic_signals:direction": direction})
    assert delays(nodes, [([1, 2, 3], {})]) == waits
    turned = {(4 - a, 4 - b): s for (a, b), s in waits.items()}
    nodes_turned = {4 - i: place for i, place in nodes.items()}
    assert delays(nodes_turned, [([3, 2, 1], {})]) == turned


def test_of_several_signals_the_direction_is_not_asked():
    facing = SIGNAL | {"traffic_signals:direction": "forward"}
    nodes = {1: (0, 0), 2: (280, 0, facing), 3: (320, 0, facing), 4: (600, 0)}
    assert delays(nodes, [([1, 2], {}), ([2, 3], {}), ([4, 3], {})]) == {(2, 1): 12, (3, 4): 12}


def test_one_way_carriageways_with_four_signals_are_one_place():
    # two one-way roads east and west 20 m apart, two north and south: a square of signals
    nodes = {
        1: (0, 0), 2: (300, 0, SIGNAL), 3: (320, 0, SIGNAL), 4: (600, 0),
        5: (600, 20), 6: (320, 20, SIGNAL), 7: (300, 20, SIGNAL), 8: (0, 20),
        9: (300, 300), 10: (300, -300), 11: (320, -300), 12: (320, 300),
    }  # fmt: skip
    one_way = {"oneway": "yes"}
    ways = [([1, 2, 3, 4], one_way), ([5, 6, 7, 8], one_way), ([9, 7, 2, 10], one_way)]
    ways += [([11, 3, 6, 12], one_way)]
    assert delays(nodes, ways) == {(3, 4): 12, (7, 8): 12, (2, 10): 12, (6, 12): 12}


def test_what_a_tag_says_of_the_direction():
    assert signal_of("forward") is Signal.ALONG
    assert signal_of("backward") is Signal.AGAINST
    assert signal_of("both") is signal_of(None) is signal_of("left") is Signal.ALL
