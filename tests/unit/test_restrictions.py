"""Turn restrictions: which relations count, what they say, and which edges they bar."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from planner.roads.restrictions import (
    EdgeEnds,
    Relation,
    Restriction,
    barred_edges,
    relation_of,
    restrictions_of,
)
from planner.roads.vehicles import CAR, EBIKE

NO_LEFT = {"type": "restriction", "restriction": "no_left_turn"}
ABC = [("from", "w", 1), ("via", "n", 10), ("to", "w", 2)]


# --- Which relations count --------------------------------------------------------------------------


def counted(tags, members=ABC, vehicle=CAR):
    """Return what a relation that isn't used is counted as."""
    relation, count = relation_of(tags, members, vehicle)
    assert relation is None
    return count


def test_a_restriction_has_a_way_from_a_node_and_a_way_to():
    relation, _ = relation_of(NO_LEFT, ABC, CAR)
    assert relation == Relation("no_left_turn", (1,), (10,), (), (2,))


@pytest.mark.parametrize(
    "members",
    [
        ABC[:2],
        ABC[1:],
        [ABC[0], ABC[2]],
        [*ABC, ("from", "w", 3)],
        [*ABC, ("to", "w", 3)],
        [*ABC, ("via", "n", 11)],
        [*ABC, ("via", "w", 11)],
        [("from", "n", 1), *ABC[1:]],
    ],
)
def test_a_restriction_that_lacks_a_part_or_has_one_twice_is_incomplete(members):
    assert counted(NO_LEFT, members) == "restrictions_incomplete"


def test_only_no_entry_comes_from_several_ways_and_only_no_exit_goes_to_several():
    entry, leave = {"restriction": "no_entry"}, {"restriction": "no_exit"}
    two_from, two_to = [*ABC, ("from", "w", 3)], [*ABC, ("to", "w", 3)]
    assert relation_of(entry, two_from, CAR)[0] == Relation("no_entry", (1, 3), (10,), (), (2,))
    assert relation_of(leave, two_to, CAR)[0] == Relation("no_exit", (1,), (10,), (), (2, 3))
    assert counted(entry, two_to) == counted(leave, two_from) == "restrictions_incomplete"


def test_a_vehicle_that_is_excepted_may_turn():
    but_bicycles = NO_LEFT | {"except": "psv; bicycle"}
    assert counted(but_bicycles, vehicle=EBIKE) == "restrictions_excepted"
    assert relation_of(but_bicycles, ABC, CAR)[0] is not None
    assert counted(NO_LEFT | {"except": "motorcar"}) == "restrictions_excepted"


def test_a_restriction_of_its_own_goes_before_that_of_all():
    own = NO_LEFT | {"restriction:motorcar": "only_straight_on"}
    assert relation_of(own, ABC, CAR)[0].kind == "only_straight_on"
    assert relation_of(own, ABC, EBIKE)[0].kind == "no_left_turn"


def test_a_restriction_of_lorries_is_not_one_of_cars():
    assert counted({"restriction:hgv": "no_left_turn"}) == "restrictions_of_others"


def test_what_holds_at_some_hours_only_is_counted_and_not_applied():
    at_peak = "no_left_turn @ (07:00-09:00)"
    assert counted({"restriction:conditional": at_peak}) == "restrictions_conditional"
    assert counted({"restriction:motorcar:conditional": at_peak}) == "restrictions_conditional"
    assert counted(NO_LEFT | {"hour_on": "07:00"}) == "restrictions_conditional"
    assert relation_of(NO_LEFT | {"restriction:conditional": at_peak}, ABC, CAR)[0] is not None


def test_what_nobody_knows_is_counted_and_not_applied():
    assert counted({"restriction": "give_way"}) == "restrictions_unknown"


# --- Via ways -------------------------------------------------------------------------------------


def turns(relation, nodes_of):
    counts = Counter()
    return restrictions_of([relation], nodes_of, counts), counts


def test_via_ways_are_walked_end_to_end_whatever_their_order_and_direction():
    # 1 comes to 10; 10 - 11 - 12 is way 5 drawn backwards, 12 - 13 way 6; 2 leaves at 13
    nodes_of = {1: [9, 10], 5: [12, 11, 10], 6: [12, 13], 2: [13, 14]}
    found, _ = turns(Relation("no_u_turn", (1,), (), (6, 5), (2,)), nodes_of)
    steps = ((5, 10, 11), (5, 11, 12), (6, 12, 13))
    assert found == (Restriction("no_u_turn", 1, 10, steps, 2),)
    assert found[0].last_node == 13


def test_via_ways_that_lead_nowhere_or_two_ways_are_unclear():
    apart = {1: [9, 10], 5: [11, 12], 2: [12, 13]}
    found, counts = turns(Relation("no_left_turn", (1,), (), (5,), (2,)), apart)
    assert not found
    assert counts == {"restrictions_unclear": 1}
    both_ends = {1: [10, 12], 5: [10, 11, 12], 2: [12, 10]}
    assert turns(Relation("no_left_turn", (1,), (), (5,), (2,)), both_ends)[0] == ()


@pytest.mark.parametrize("missing", [1, 2, 5])
def test_a_restriction_on_a_way_that_is_no_road_bars_nothing(missing):
    nodes_of = {1: [9, 10], 5: [10, 11], 2: [11, 12]}
    del nodes_of[missing]
    found, counts = turns(Relation("no_left_turn", (1,), (), (5,), (2,)), nodes_of)
    assert not found
    assert counts == {"restrictions_without_road": 1}


# --- Edges ----------------------------------------------------------------------------------------

# A crossing: ways 1 to 4 lead from 10, 20, 30, 40 to node 0 in the middle. Edge 2 k goes in over way k + 1, edge 2 k + 1 out.
N_WAYS = 4
OUTER = np.array([10, 20, 30, 40])


def crossing(*, one_way_in=()):
    """Return the edges of the crossing; ways named have no edge out of it."""
    way = np.repeat(np.arange(1, N_WAYS + 1), 2)
    goes_in = np.tile([True, False], N_WAYS)
    kept = goes_in | ~np.isin(way, one_way_in)
    way, goes_in = way[kept], goes_in[kept]
    outer = OUTER[way - 1]
    middle = np.zeros_like(outer)
    reverse = [
        next((j for j in range(way.size) if way[j] == way[i] and j != i), -1)
        for i in range(way.size)
    ]
    tail, head = np.where(goes_in, outer, middle), np.where(goes_in, middle, outer)
    return EdgeEnds(
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        tail_id=tail,
        second_id=head,
        head_id=head,
        first_way=way,
        last_way=way,
        reverse=np.array(reverse, dtype=np.int32),
    )


def barred(*restrictions, driving_side="right", edges=None):
    counts = Counter()
    rows = barred_edges(restrictions, edges or crossing(), driving_side=driving_side, counts=counts)
    return rows, counts


def at_middle(kind, from_way, to_way):
    return Restriction(kind, from_way, 0, (), to_way)


def test_no_turn_bars_one_pair_of_edges():
    rows, counts = barred(at_middle("no_straight_on", 1, 3))
    assert rows == [(0, 5)]
    assert counts == {"restrictions_applied": 1}


def test_a_turn_across_the_traffic_that_is_barred_bars_turning_back_too():
    no_left, no_right = at_middle("no_left_turn", 1, 2), at_middle("no_right_turn", 1, 2)
    assert barred(no_left, driving_side="right")[0] == [(0, 1), (0, 3)]
    assert barred(no_left, driving_side="left")[0] == [(0, 3)]
    assert barred(no_right, driving_side="right")[0] == [(0, 3)]
    assert barred(no_right, driving_side="left")[0] == [(0, 1), (0, 3)]


def test_only_one_turn_bars_all_others_and_turning_back():
    assert barred(at_middle("only_straight_on", 1, 3))[0] == [(0, 1), (0, 3), (0, 7)]


def test_two_turns_that_are_the_only_ones_are_both_allowed():
    only = [at_middle("only_straight_on", 1, 3), at_middle("only_right_turn", 1, 4)]
    assert barred(*only)[0] == [(0, 1), (0, 3)]


def test_no_u_turn_bars_turning_back_onto_the_same_way():
    assert barred(at_middle("no_u_turn", 2, 2))[0] == [(2, 3)]


def test_no_u_turn_on_a_way_that_goes_through_the_node_bars_both_of_its_ends():
    edges = crossing()
    through = np.where(edges.first_way == 3, 1, edges.first_way)  # ways 1 and 3 are one
    edges = EdgeEnds(
        **{
            name: through if name in ("first_way", "last_way") else getattr(edges, name)
            for name in EdgeEnds.__slots__
        }
    )
    assert barred(at_middle("no_u_turn", 1, 1), edges=edges)[0] == [(0, 1), (4, 5)]
    rows, counts = barred(at_middle("no_left_turn", 1, 2), edges=edges)
    assert rows == []
    assert counts == {"restrictions_unclear": 1}


def test_a_turn_that_nobody_could_take_bars_nothing():
    rows, counts = barred(at_middle("only_left_turn", 1, 2), edges=crossing(one_way_in=[2]))
    assert rows == []
    assert counts == {"restrictions_without_road": 1}


def test_where_nobody_can_turn_back_nothing_more_is_barred():
    edges = crossing(one_way_in=[1])
    rows, _ = barred(at_middle("no_left_turn", 1, 2), edges=edges)
    assert [len(row) for row in rows] == [2]
