"""Water and names on their way into the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from browser.towns import make_demand, make_sites, result_of

from planner.result import Result
from planner.surroundings import PlaceNames, Surroundings
from planner.surroundings.layers import no_districts
from planner.surroundings.osm import no_names
from planner.webmap.surroundings import MOST_NAMES, MOST_POINTS, surrounding_parts


def with_water(*water: shapely.Polygon, names: PlaceNames | None = None) -> Result:
    result = result_of(
        network=None,
        demand=make_demand(np.array([120.0]), np.array([30.0])),
        sites=make_sites(np.array([120.0]), np.array([30.0])),
        stations=[0],
    )
    around = Surroundings(
        sea=np.empty(0, dtype=object),
        sea_box=None,
        water=np.array([*water, None], dtype=object)[:-1],
        names=names or no_names(),
        districts=no_districts(),
    )
    return replace(result, surroundings=around)


def test_a_result_that_knows_nothing_around_it_says_so():
    assert surrounding_parts(replace(with_water(), surroundings=None)) == (
        {"surroundings": None},
        {},
    )


def test_what_nobody_can_see_is_left_out():
    pond = shapely.box(120.0, 30.0, 120.00005, 30.00005)  # 5 m
    lake = shapely.box(120.0, 30.0, 120.01, 30.01)
    _, numbers = surrounding_parts(with_water(pond, lake))
    assert numbers["water_rings"].tolist() == [0, 1]
    assert numbers["water_n"].tolist() == [4]


def test_holes_turn_the_other_way_round_whatever_the_data_do():
    lake = shapely.box(120.0, 30.0, 120.01, 30.01)
    islet = shapely.box(120.004, 30.004, 120.006, 30.006)
    for shape in (lake - islet, shapely.Polygon(lake.exterior, [islet.exterior.coords])):
        _, numbers = surrounding_parts(with_water(shape))
        xy = np.column_stack([numbers["water_x"], numbers["water_y"]])
        rings = np.split(xy, np.cumsum(numbers["water_n"])[:-1])
        turns = [bool(shapely.is_ccw(shapely.LinearRing(ring))) for ring in rings]
        assert turns in ([True, False], [False, True])


def test_a_ragged_shore_is_drawn_as_coarsely_as_the_page_needs():
    turn = np.linspace(0, 2 * np.pi, 3 * MOST_POINTS, endpoint=False)
    reach = 1.0 + 0.002 * (np.arange(turn.size) % 2)
    shore = np.column_stack([120 + reach * np.cos(turn), 30 + reach * np.sin(turn)])
    _, numbers = surrounding_parts(with_water(shapely.Polygon(shore)))
    assert 30 < numbers["water_x"].size <= MOST_POINTS


def test_of_too_many_names_the_important_ones_stay():
    n = MOST_NAMES + 10
    texts = np.array([f"n{i}" for i in range(n)], dtype=object)
    names = PlaceNames(
        zh=texts,
        en=texts,
        rank=np.sort(np.arange(n) % 4),
        lon=np.full(n, 120.0),
        lat=np.full(n, 30.0),
    )
    words, numbers = surrounding_parts(with_water(names=names))
    assert words["surroundings"]["names"]["zh"] == [f"n{i}" for i in range(MOST_NAMES)]
    assert numbers["name_rank"].size == MOST_NAMES
