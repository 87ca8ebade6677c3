"""States and arcs: what a drive may do next."""

import pytest
import towns

from planner.states import states_of

PRIVATE = {"access": "private"}


def arcs(network):
    """Return the arcs as (from, to), a state as its node number, and "in" for who ends in there."""
    states = states_of(network)
    name = [
        (int(number), "in") if k else int(number)
        for i, number in enumerate(network.node_id)
        for k in range(states.of_node[i + 1] - states.of_node[i])
    ]
    ends = zip(states.arc_tail.tolist(), states.arc_head.tolist(), strict=True)
    return sorted(((name[t], name[h]) for t, h in ends if h >= 0), key=str)


def test_open_roads_have_one_state_a_junction():
    network = towns.network({1: (0, 0), 2: (600, 0)}, [([1, 2], {})])
    assert arcs(network) == [(1, 2), (2, 1)]


def test_a_local_junction_has_one_state_for_those_who_leave_and_one_for_those_who_stay():
    # 1 - 2 open, 2 - 3 - 4 private: out over 4, 3, 2; in over 2, 3 in, 4 in; nobody who came in gets out
    nodes = {1: (0, 0), 2: (600, 0), 3: (700, 0), 4: (800, 0), 5: (700, 50)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3, 4], PRIVATE), ([3, 5], PRIVATE)])
    assert arcs(network) == sorted(
        [
            *[(1, 2), (2, 1)],
            *[(4, 3), (3, 4), (5, 3), (3, 5), (3, 2)],
            *[(2, (3, "in")), ((3, "in"), (4, "in")), ((4, "in"), (3, "in"))],
            *[((3, "in"), (5, "in")), ((5, "in"), (3, "in"))],
        ],
        key=str,
    )


def test_a_local_road_between_two_open_ones_is_never_driven_through():
    nodes = {1: (0, 0), 2: (600, 0), 3: (600, 300)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3], {}), ([3, 1], PRIVATE)])
    assert network.n_edges == 4
    assert len(arcs(network)) == 2  # those of the open street 1 - 2 - 3


def test_the_delay_of_a_signal_is_paid_on_leaving_it():
    nodes = {1: (0, 0), 2: (300, 0, {"highway": "traffic_signals"}), 3: (600, 0)}
    network = towns.network(nodes, [([1, 2, 3], {})])
    states = states_of(network)
    left = network.node_id[states.arc_tail]  # one state a junction
    assert states.arc_time_s[left == 2] == pytest.approx([42, 42], abs=0.02)
    assert states.arc_time_s[left != 2] == pytest.approx([30, 30], abs=0.02)
