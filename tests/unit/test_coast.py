"""The sea beside lines that have land on their left, in a box of 10 by 10."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from planner.surroundings.coast import sea_of

BOX = (0.0, 0.0, 10.0, 10.0)
ISLAND = [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]
"""Turns against the clock: land is inside."""
NORTHWARDS = [(4, -1), (4, 3), (4, 11)]
"""Land in the west, sea in the east."""


def sea(*lines: list[tuple[float, float]]):
    coast = np.empty(len(lines), dtype=object)
    coast[:] = [shapely.LineString(line) for line in lines]
    return sea_of(coast, BOX)


def area(found) -> float:
    return float(shapely.area(found).sum())


def test_without_a_coast_nothing_is_known():
    assert sea() is None


def test_around_an_island_all_is_sea():
    found = sea(ISLAND)
    assert area(found) == 100 - 4
    assert not shapely.contains_xy(found, 5, 5).any()


def test_a_ring_the_other_way_round_holds_water():
    found = sea(ISLAND[::-1])
    assert area(found) == 4
    assert shapely.contains_xy(found, 5, 5).any()


def test_the_sea_is_on_the_right_of_a_coast():
    east, west = sea(NORTHWARDS), sea(NORTHWARDS[::-1])
    assert area(east) == 60
    assert shapely.contains_xy(east, 7, 5).any()
    assert area(west) == 40


def test_a_strait_lies_between_two_coasts():
    found = sea([(3, -1), (3, 11)], [(7, 11), (7, -1)])
    assert area(found) == 40
    assert shapely.contains_xy(found, 5, 5).any()


def test_two_bays_are_two_seas():
    # both coasts come in from the south and go out in the south
    found = sea([(3, -1), (3, 2), (1, 2), (1, -1)][::-1], [(9, -1), (9, 3), (8, 3), (8, -1)][::-1])
    assert sorted(shapely.area(found)) == [3, 4]


def test_a_coast_may_be_cut_anywhere_and_come_in_any_order():
    parts = [NORTHWARDS[1:], NORTHWARDS[:2], ISLAND[2:], ISLAND[:3]]
    moved = [[(x + 3, y) for x, y in part] for part in parts[2:]]
    assert area(sea(*parts[:2], *moved)) == 60 - 4


def test_an_island_across_the_side_of_the_box_is_cut_there():
    across = [(8, 4), (12, 4), (12, 6), (8, 6), (8, 4)]
    assert area(sea(across)) == 100 - 4
    # also where its line begins outside
    assert area(sea([*across[2:], *across[1:3]])) == 100 - 4


def test_a_coast_through_corners_of_the_box_goes_on_along_all_sides():
    # an island that leaves only the south-west
    found = sea([(5, -1), (11, -1), (11, 11), (-1, 11), (-1, 5), (5, 5), (5, -1)])
    assert area(found) == 25


def test_a_lagoon_in_an_island_is_sea_with_islands_in_it():
    outer = [(1, 1), (9, 1), (9, 9), (1, 9), (1, 1)]
    lagoon = [(2, 2), (2, 8), (8, 8), (8, 2), (2, 2)]
    assert area(sea(outer, lagoon, ISLAND)) == (100 - 64) + (36 - 4)


def test_coasts_that_contradict_each_other_tell_nothing():
    assert sea([(3, -1), (3, 11)], [(7, -1), (7, 11)]) is None


def test_an_island_on_land_tells_that_something_is_wrong_unless_it_is_tiny():
    on_land = [(x - 3, y) for x, y in ISLAND]
    assert sea(NORTHWARDS, on_land) is None
    tiny = [(1, 1), (1.05, 1), (1.05, 1.05), (1, 1)]
    assert area(sea(NORTHWARDS, tiny)) == 60


@pytest.mark.parametrize(("end", "is_known"), [(9.2, True), (6.0, False)])
def test_a_coast_is_led_on_to_the_box_from_nearby_only(end, is_known):
    found = sea([(4, -1), (4, end)])
    assert (found is not None) == is_known
    if is_known:
        assert area(found) == 60


def test_a_short_end_that_was_cut_off_does_no_harm():
    assert area(sea(NORTHWARDS, [(8, 5), (8.05, 5.05)])) == 60


def test_an_island_that_lacks_a_little_of_its_shore_is_whole():
    assert area(sea([(4, 4), (6, 4), (6, 6), (4, 6), (4, 4.1)])) == 100 - 4
