"""Outlines: areas round lines that can be reckoned by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from pyproj import Geod

from planner.outlines import Grid, Strokes, grid_for, outlines

GEOD = Geod(ellps="WGS84")
WIDTH_M = 40.0
CELL_M = WIDTH_M / 4


def at(x_m, y_m, lat=30.0):
    """Return degrees of a place in metres from 120 E and a latitude, by the ellipsoid."""
    lon, _, _ = GEOD.fwd(120.0, lat, 90.0, x_m)
    _, north, _ = GEOD.fwd(120.0, lat, 0.0, y_m)
    return lon, north


def strokes(*lines, owner=None, lat=30.0):
    points = [at(*point, lat) for line in lines for point in line]
    lon, lat_of = zip(*points, strict=True) if points else ((), ())
    return Strokes(
        start=np.cumsum([0, *map(len, lines)]),
        lon=np.array(lon, dtype=float),
        lat=np.array(lat_of, dtype=float),
        owner=np.array(owner or [0] * len(lines), dtype=np.int32),
    )


def area_round(*lines, lat=30.0, width_m=WIDTH_M):
    drawn = strokes(*lines, lat=lat)
    (found,) = outlines([drawn], grid_for(drawn.lat, width_m=width_m))
    (area,) = found.geometry
    return area


def square_m(area):
    return abs(GEOD.geometry_area_perimeter(area)[0])


def extent_m(area):
    west, south, east, north = area.bounds
    middle = (south + north) / 2
    return GEOD.inv(west, middle, east, middle)[2], GEOD.inv(west, south, west, north)[2]


@pytest.mark.parametrize("heading", [(1000, 0), (0, 1000), (600, 800), (-800, 600)])
def test_a_straight_line_has_a_band_with_round_ends(heading):
    area = area_round([(0, 0), heading])
    # 2 x 40 m x 1000 m and a disc of 40 m
    assert square_m(area) == pytest.approx(80_000 + np.pi * 40**2, rel=0.005)
    width_m, height_m = extent_m(area)
    assert width_m == pytest.approx(abs(heading[0]) + 80, abs=2)
    assert height_m == pytest.approx(abs(heading[1]) + 80, abs=2)


@pytest.mark.parametrize("lat", [-60.0, -1.0, 0.0, 45.0, 68.0])
def test_metres_are_metres_at_every_latitude(lat):
    # C40: a point with 500 m round it is 1000 m by 1000 m, and 0.785 km² large
    area = area_round([(0, 0), (0, 0)], lat=lat, width_m=500.0)
    assert extent_m(area) == pytest.approx((1000, 1000), rel=0.01)
    assert square_m(area) == pytest.approx(np.pi * 500**2, rel=0.02)


def test_a_long_line_is_as_wide_at_both_its_ends():
    # 200 km to the north of 60 N, where a degree of longitude is 5 % shorter than at 60 N
    area = area_round([(0, y_m) for y_m in range(0, 200_001, 5_000)], lat=60.0, width_m=1000.0)
    for y_m in (1000, 199_000):
        _, lat = at(0, y_m, 60.0)
        across = area.intersection(shapely.LineString([(119.0, lat), (121.0, lat)]))
        west, _, east, _ = across.bounds
        assert GEOD.inv(west, lat, east, lat)[2] == pytest.approx(2000, rel=0.01)


def test_cells_are_nowhere_larger_than_a_quarter_of_the_width():
    grid = grid_for(np.array([59.0, 60.0]), width_m=WIDTH_M)
    for lat in (59.0, 59.5, 60.0):
        assert GEOD.inv(0.0, lat, grid.cell_lon, lat)[2] <= CELL_M
        assert GEOD.inv(0.0, lat, 0.0, lat + grid.cell_lat)[2] <= CELL_M


def test_a_block_keeps_its_hole_where_it_is_larger_than_the_width():
    around = [(0, 0), (300, 0), (300, 300), (0, 300), (0, 0)]
    (polygon,) = area_round(around).geoms
    (hole,) = polygon.interiors
    assert square_m(shapely.Polygon(hole)) == pytest.approx(220**2, rel=0.01)
    narrow = [(0, 0), (75, 0), (75, 300), (0, 300), (0, 0)]  # 37.5 m from side to side
    assert not area_round(narrow).geoms[0].interiors


def test_what_stands_in_a_hole_is_an_area_of_its_own():
    around = [(0, 0), (600, 0), (600, 600), (0, 600), (0, 0)]
    inside = [(300, 300), (310, 300)]
    ring, island = sorted(area_round(around, inside).geoms, key=square_m, reverse=True)
    assert len(ring.interiors) == 1
    assert shapely.Polygon(ring.interiors[0]).contains(island)
    assert square_m(island) == pytest.approx(np.pi * 40**2 + 800, rel=0.02)


def test_two_holes_side_by_side_belong_to_one_area():
    ladder = [[(x, 0), (x, 300)] for x in (0, 300, 600)] + [[(0, y), (600, y)] for y in (0, 300)]
    (polygon,) = area_round(*ladder).geoms
    assert len(polygon.interiors) == 2
    assert polygon.is_valid


def test_corners_are_whole_numbers_of_a_billionth_degree():
    area = area_round([(0, 0), (333, 777)])
    billionths = shapely.get_coordinates(area) * 1e9
    assert np.abs(billionths - np.rint(billionths)).max() < 1e-3


def test_more_lines_only_add_to_an_area_and_equal_ones_change_nothing():
    first = strokes([(0, 0), (500, 0)])
    more = strokes([(0, 0), (700, 30)], [(200, -300), (250, 200)])
    grid = grid_for(first.lat, width_m=WIDTH_M)
    small, large, same = (found.geometry[0] for found in outlines([first, more, first], grid))
    assert large.covers(small)
    assert small.difference(large).is_empty
    assert large.equals(same)


def test_areas_of_two_owners_meet_half_way_and_do_not_overlap():
    drawn = strokes([(0, 0), (1000, 0)], [(0, 50), (1000, 50)], owner=[4, 7])
    (found,) = outlines([drawn], grid_for(drawn.lat, width_m=WIDTH_M))
    assert found.owner.tolist() == [4, 7]
    south, north = found.geometry
    assert south.intersection(north).area == 0.0
    assert south.touches(north)
    middle = at(500, 25)[1]
    _, _, _, top = south.intersection(shapely.box(at(100, 0)[0], 29, at(900, 0)[0], 31)).bounds
    assert GEOD.inv(120, top, 120, middle)[2] < 0.5
    # 40 m below the one, half of 50 m between, and half discs at the ends
    assert square_m(south) == pytest.approx(65_000 + np.pi * 800 + 2 * 890, rel=0.01)
    alone = outlines([strokes(*LINES)], grid_for(drawn.lat, width_m=WIDTH_M))[0].geometry[0]
    assert shapely.union(south, north).symmetric_difference(alone).area < 1e-12


LINES = [[(0, 0), (1000, 0)], [(0, 50), (1000, 50)]]


def test_where_several_areas_meet_nothing_is_left_between_them():
    # a star of eight, each its own owner; and crossing lines
    ends = [(400 * np.cos(a), 400 * np.sin(a)) for a in np.arange(8) * np.pi / 4 + 0.1]
    lines = [[(0, 0), end] for end in ends] + [[(-300, 120), (300, 110)]]
    drawn = strokes(*lines, owner=list(range(9)))
    grid = grid_for(drawn.lat, width_m=WIDTH_M)
    (found,) = outlines([drawn], grid)
    assert found.owner.tolist() == list(range(9))
    assert all(area.is_valid for area in found.geometry)
    for one, other in itertools.combinations(found.geometry, 2):
        assert one.intersection(other).area < 1e-18
    together = outlines([strokes(*lines)], grid)[0].geometry[0]
    whole = shapely.union_all(found.geometry)
    assert whole.symmetric_difference(together).area < 1e-14


def test_of_lines_upon_each_other_the_lowest_owner_has_the_area():
    drawn = strokes([(0, 0), (100, 0)], [(0, 0), (100, 0)], owner=[3, 1])
    (found,) = outlines([drawn], grid_for(drawn.lat, width_m=WIDTH_M))
    assert found.owner.tolist() == [1]


def drawn_band_by_band(steps, grid, tiles_at_once):
    found = outlines(steps, grid, tiles_at_once=tiles_at_once)
    return [(step.owner.tolist(), shapely.to_wkb(step.geometry).tolist()) for step in found]


@pytest.mark.parametrize("n_owners", [1, 7])
@pytest.mark.parametrize("seed", range(3))
def test_a_drawing_in_many_bands_is_the_drawing_in_one(monkeypatch, seed, n_owners):
    # tiles are 320 m: 3 km are ten rows of them, and rings and holes run through most
    rng = np.random.default_rng(seed)
    steps = []
    for _ in range(3):
        ends = rng.uniform(0, 3000, (25, 2))
        bends = rng.normal(0, 250, (25, 3, 2)).cumsum(axis=1)
        lines = [
            [tuple(p) for p in (end + bend).tolist()] for end, bend in zip(ends, bends, strict=True)
        ]
        steps.append(strokes(*lines, owner=rng.integers(-1, n_owners - 1, 25).tolist()))
    # the last step adds nothing but in the south, and one has no lines at all
    steps += [strokes(), strokes([(0, 0), (200, 0)], owner=[-1])]
    grid = grid_for(steps[0].lat, width_m=WIDTH_M)
    in_one = drawn_band_by_band(steps, grid, 1_000_000)
    assert len(in_one[0][0]) == n_owners
    rings = shapely.get_rings(shapely.get_parts(shapely.from_wkb(in_one[2][1])))
    assert n_owners > 1 or len(rings) > 20
    for tiles_at_once in (1, 20, 50):
        assert drawn_band_by_band(steps, grid, tiles_at_once) == in_one
    monkeypatch.setattr("planner.chains._CORNERS_TOGETHER", 2000)  # those of a few bands
    monkeypatch.setattr("planner.chains._CORNERS_AT_ONCE", 1000)  # those of one owner or two
    assert drawn_band_by_band(steps, grid, 1) == in_one


def test_holes_in_holes_are_kept_where_bands_cut_all_of_them():
    # squares in each other, 2.4 km, 1.6 km and 0.8 km wide
    squares = [[(-a, -a), (a, -a), (a, a), (-a, a), (-a, -a)] for a in (1200, 800, 400)]
    drawn = strokes(*squares)
    (found,) = outlines([drawn], grid_for(drawn.lat, width_m=WIDTH_M), tiles_at_once=1)
    rings = sorted(found.geometry[0].geoms, key=square_m, reverse=True)
    assert [len(ring.interiors) for ring in rings] == [1, 1, 1]
    for outer, inner in itertools.pairwise(rings):
        assert shapely.Polygon(outer.interiors[0]).contains(inner)
    # four bands of 2 a x 80 m, that share a square of 40 m at each corner and have a quarter of a disc outside
    for ring, a in zip(rings, (1200, 800, 400), strict=True):
        assert square_m(ring) == pytest.approx(8 * a * 80 - 4 * 40**2 + np.pi * 40**2, rel=0.005)


def test_no_lines_have_no_area():
    drawn = strokes()
    (found,) = outlines([drawn], Grid(width_m=40.0, step_lon=100, step_lat=100))
    assert found.owner.size == found.geometry.size == 0


def test_equal_lines_give_equal_bytes_in_whatever_order():
    lines = [[(0, 0), (500, 20)], [(100, -200), (130, 300)], [(40, 40), (400, 260)]]
    one, other = (shapely.to_wkb(area_round(*some)) for some in (lines, lines[::-1]))
    assert one == other
