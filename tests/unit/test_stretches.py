"""Parts of streets: made one where they meet, what is left without them, their ends."""

from __future__ import annotations

import numpy as np
import pytest
import towns

from planner.stretches import Stretches, joined, points_at, together, uncovered_parts

# 100 m to the east, then 300 m to the north; and a road of 200 m apart from it
ROADS = {1: (0, 0), 2: (100, 0), 3: (100, 300), 4: (500, 0), 5: (700, 0)}
WAYS = [([1, 2, 3], {}), ([4, 5], {})]


def parts(*told):
    """Return parts from tuples of street, begin and end."""
    street, begin, end = zip(*told, strict=True) if told else ((), (), ())
    return Stretches(
        street=np.array(street, dtype=np.int32),
        begin=np.array(begin, dtype=np.float64),
        end=np.array(end, dtype=np.float64),
    )


def tuples(stretches):
    columns = (stretches.street, stretches.begin, stretches.end)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def network():
    found = towns.network(ROADS, WAYS)
    assert found.street_length_m.round().tolist() == [400, 200]
    return found


def test_parts_that_meet_or_overlap_are_one():
    told = together(parts((0, 0.5, 0.75), (0, 0.25, 0.5), (0, 0.125, 0.25)))
    assert tuples(told) == [(0, 0.125, 0.75)]
    assert tuples(together(parts((0, 0.0, 0.5), (0, 0.25, 1.0)))) == [(0, 0.0, 1.0)]


def test_a_part_within_a_longer_one_does_not_end_it():
    told = together(parts((0, 0.0, 0.9), (0, 0.1, 0.2), (0, 0.8, 1.0)))
    assert tuples(told) == [(0, 0.0, 1.0)]


def test_a_hair_apart_is_apart():
    hair = np.nextafter(0.5, 1.0)
    assert tuples(together(parts((0, 0.0, 0.5), (0, hair, 1.0)))) == [
        (0, 0.0, 0.5),
        (0, hair, 1.0),
    ]


def test_parts_of_two_streets_stay_two_and_come_by_street():
    told = together(parts((1, 0.0, 0.5), (0, 0.5, 1.0), (1, 0.5, 1.0)))
    assert tuples(told) == [(0, 0.5, 1.0), (1, 0.0, 1.0)]


def test_parts_of_no_length_are_left_out_and_join_nothing():
    assert tuples(together(parts((0, 0.5, 0.5), (0, 1.0, 1.0)))) == []
    assert tuples(together(parts())) == []
    assert tuples(together(parts((0, 0.0, 0.25), (0, 0.3, 0.3), (0, 0.5, 0.75)))) == [
        (0, 0.0, 0.25),
        (0, 0.5, 0.75),
    ]


def test_rows_may_be_any_numbers():
    row = np.array([2**31 - 1, 7, 7], dtype=np.int32)
    found = joined(row, np.array([0.0, 5.0, -3.0]), np.array([1.0, 6.0, 5.0]))
    assert [column.tolist() for column in found] == [[7, 2**31 - 1], [-3.0, 0.0], [6.0, 1.0]]
    assert found[0].dtype == np.int32


def test_what_is_left_is_all_streets_where_nothing_is_covered(network):
    assert tuples(uncovered_parts(network, parts())) == [(0, 0.0, 1.0), (1, 0.0, 1.0)]


def test_what_is_left_begins_and_ends_where_cover_does(network):
    covered = parts((0, 0.0, 0.25), (0, 0.5, 0.75), (1, 0.0, 1.0))
    left = uncovered_parts(network, covered)
    assert tuples(left) == [(0, 0.25, 0.5), (0, 0.75, 1.0)]
    assert left.length_m(network) == pytest.approx([100, 100], abs=0.1)


def test_gates_are_no_part_of_road_whether_covered_or_not():
    gate = {"barrier": "gate", "access": "private"}
    network = towns.network({1: (0, 0), 2: (100, 0, gate), 3: (200, 0)}, [([1, 2, 3], {})])
    whole = [(i, 0.0, 1.0) for i in range(network.n_streets)]
    gates, roads = (
        [part for part in whole if network.is_gate[part[0]] == is_gate] for is_gate in (1, 0)
    )
    assert (len(gates), len(roads)) == (2, 2)  # a gate from either side
    assert tuples(uncovered_parts(network, parts())) == roads
    assert tuples(uncovered_parts(network, parts(*gates))) == roads


def test_a_share_is_of_the_metres_of_the_line_and_not_of_its_points(network):
    # a quarter of 400 m is the bend, five eighths half way up
    lon, lat = points_at(network, np.zeros(5, int), np.array([0.0, 0.125, 0.25, 0.625, 1.0]))
    assert ((lon - 120) * towns.EAST_M).tolist() == pytest.approx([0, 50, 100, 100, 100], abs=0.05)
    assert ((lat - 30) * towns.NORTH_M).tolist() == pytest.approx([0, 0, 0, 150, 300], abs=0.05)


def test_both_ends_of_each_part_are_places_at_junctions_only_at_the_ends_of_streets(network):
    places = parts((0, 0.0, 0.5), (1, 0.25, 1.0)).ends(network)
    assert places.street.tolist() == [0, 1, 0, 1]
    assert places.share.tolist() == [0.0, 0.25, 0.5, 1.0]
    assert places.node.tolist() == [network.street_tail[0], -1, -1, network.street_head[1]]
    assert (places.lon[0], places.lat[0]) == pytest.approx(towns.degrees(0, 0), abs=1e-7)
    assert (places.lon[3], places.lat[3]) == pytest.approx(towns.degrees(700, 0), abs=1e-7)
    assert places.access_m.tolist() == [0.0] * 4


def test_lines_are_cut_out_of_their_streets_with_the_bends_between(network):
    some = parts((0, 0.125, 0.625), (1, 0.0, 1.0))
    bent, straight = some.where(np.array([True, True])).lines(network)
    assert [len(line.coords) for line in (bent, straight)] == [3, 2]
    assert some.where(np.array([1])).street.tolist() == [1]
    more = some.joined_with(parts((1, 0.5, 0.75)))
    assert tuples(more)[:2] == tuples(some)
    assert tuples(more)[2] == (1, 0.5, 0.75)
