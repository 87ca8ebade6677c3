"""Isochrones of random towns, against road that the oracle reaches point by point."""

from __future__ import annotations

import itertools

import numpy as np
import oracles
import pytest
import shapely
import towns
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import planner
from planner.isochrones import By

WIDTH_M = 40.0
CELL_M = WIDTH_M / 4
NEARLY_S = 0.01  # of a place a centimetre off: coordinates are no finer
LIMITS = (0.4, 1.0, 2.5)
FEW = settings(max_examples=25)
DIRECTIONS = st.sampled_from(["to_station", "from_station"])


@st.composite
def towns_with_stations(draw):
    """Draw a town with stations, as the planner and as the oracle read it."""
    town = draw(towns.small_towns())
    roads = towns.second_opinion(*town)
    assume(roads.segments)
    places = towns.off_barriers(town, roads, draw(towns.points(town, max_size=3)))
    assume(places)
    return towns.network(*town), roads, places


def along(roads, shares=(0.07, 0.31, 0.5, 0.72, 0.94)):
    """Return spots within all segments that have a length."""
    long = [i for i, segment in enumerate(roads.segments) if segment.length_m > 1.0]
    return [oracles.Spot(i, share, 0.0) for i in long for share in shares]


def lonlat(roads, spots):
    tail, head = np.moveaxis(roads.ends[[spot.segment for spot in spots]], 1, 0)
    share = np.array([spot.share for spot in spots])[:, None]
    return tail + share * (head - tail)


def drives(roads, places, spots, direction):
    """Return the seconds of the oracle's drive between each spot and each station; infinite where there is none."""
    stations = oracles.snap(roads, *towns.lonlat(places))
    found = oracles.drive_times(roads, stations, spots, direction=direction)
    time_s = np.full((len(spots), len(places)), np.inf)
    for (spot, station), seconds in found.items():
        time_s[spot, station] = seconds
    return time_s


def areas(network, places, direction, by):
    """Return the area of each station (0 where all are together) within each limit; empty where there is none."""
    frame = planner.isochrones(
        network, towns.sites_at(*places), LIMITS, width_m=WIDTH_M, by=by, direction=direction
    )
    found = dict(
        zip(zip(frame["station"], frame["minutes"], strict=True), frame.geometry, strict=True)
    )
    ids = [""] if by is By.TOGETHER else [f"S{i:05d}" for i in range(len(places))]
    return [[found.get((i, limit), shapely.MultiPolygon()) for limit in LIMITS] for i in ids]


@FEW
@given(towns_with_stations(), DIRECTIONS, st.sampled_from([By.STATION, By.TOGETHER]))
def test_every_place_on_roads_that_is_reached_is_inside(town, direction, by):
    network, roads, places = town
    spots = along(roads)
    assume(spots)
    time_s = drives(roads, places, spots, direction)
    if by is By.TOGETHER:
        time_s = time_s.min(axis=1, keepdims=True)
    points = shapely.points(lonlat(roads, spots))
    for of_station, own_s in zip(areas(network, places, direction, by), time_s.T, strict=True):
        for limit, area in zip(LIMITS, of_station, strict=True):
            assert shapely.contains_properly(area, points[own_s < 60 * limit - NEARLY_S]).all()


@FEW
@given(towns_with_stations(), DIRECTIONS, st.sampled_from([By.STATION, By.TOGETHER]))
def test_nothing_inside_is_farther_from_reached_road_than_width_and_cell(town, direction, by):
    network, roads, places = town
    # every 3 to 4 metres a spot; the ends of what is reached may lie between two of them
    n = np.arange(0.5, 50) / 50
    spots = along(roads, tuple(n))
    assume(spots)
    at = lonlat(roads, spots) * (towns.EAST_M, towns.NORTH_M)
    length_m = np.array([roads.segments[spot.segment].length_m for spot in spots])
    time_s = drives(roads, places, spots, direction)
    if by is By.TOGETHER:
        time_s = time_s.min(axis=1, keepdims=True)
    for of_station, own_s in zip(areas(network, places, direction, by), time_s.T, strict=True):
        for limit, area in zip(LIMITS, of_station, strict=True):
            is_reached = own_s < 60 * limit + NEARLY_S
            # a spot stands for the road up to half way to the next one, where that is reached
            part_m = length_m / 50 + 0.05
            if area.is_empty:
                continue
            assert is_reached.any() or length_m.max() < 1.0
            corners = shapely.get_coordinates(area) * (towns.EAST_M, towns.NORTH_M)
            tree = shapely.STRtree(shapely.points(at[is_reached]))
            (corner, _), away_m = tree.query_nearest(
                shapely.points(corners), return_distance=True, all_matches=False
            )
            assert corner.size == len(corners)
            assert away_m.max() <= WIDTH_M + CELL_M + part_m.max()
            inside = points_inside(area) * (towns.EAST_M, towns.NORTH_M)
            away_m = tree.query_nearest(
                shapely.points(inside), return_distance=True, all_matches=False
            )[1]
            assert away_m.max(initial=0.0) <= WIDTH_M + CELL_M + part_m.max()


def points_inside(area):
    """Return points of a lattice of some 7 metres that lie in an area."""
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, 7e-5), np.arange(south, north, 7e-5))
    kept = shapely.contains_xy(area, x.ravel(), y.ravel())
    return np.column_stack([x.ravel()[kept], y.ravel()[kept]])


@FEW
@given(towns_with_stations(), DIRECTIONS, st.sampled_from([By.STATION, By.TOGETHER]))
def test_areas_are_valid_and_those_of_fewer_minutes_lie_in_those_of_more(town, direction, by):
    network, _, places = town
    for of_station in areas(network, places, direction, by):
        assert all(area.is_valid for area in of_station)
        for small, large in itertools.pairwise(of_station):
            assert small.is_empty or large.covers(small)
            assert small.difference(large).is_empty


@FEW
@given(towns_with_stations(), DIRECTIONS)
def test_nearest_areas_do_not_overlap_and_are_all_of_the_area_together(town, direction):
    network, _, places = town
    (together,) = areas(network, places, direction, By.TOGETHER)
    nearest = areas(network, places, direction, By.NEAREST)
    for k, whole in enumerate(together):
        own = [of_station[k] for of_station in nearest]
        assert all(area.is_valid for area in own)
        for one, other in itertools.combinations(own, 2):
            assert one.intersection(other).area < 1e-16  # a millionth of a square metre
        union = shapely.union_all(own)
        # distances are kept to a centimetre, and streets cut elsewhere may round to the next one
        assert union.symmetric_difference(whole).area <= 1e-7 * whole.length


@FEW
@given(towns_with_stations(), DIRECTIONS)
def test_road_lies_in_the_area_of_the_station_that_is_nearest_to_it(town, direction):
    network, roads, places = town
    spots = along(roads)
    assume(spots)
    time_s = drives(roads, places, spots, direction)
    best_s = time_s.min(axis=1)
    at = lonlat(roads, spots)
    metres = at * (towns.EAST_M, towns.NORTH_M)
    nearest = areas(network, places, direction, By.NEAREST)
    for k, limit in enumerate(LIMITS):
        for i in np.flatnonzero(best_s < 60 * limit - NEARLY_S):
            # where road of another station is nearer than a cell or two either may have the place
            gap_s = np.sort(time_s[i])[1] - best_s[i] if len(places) > 1 else np.inf
            if gap_s < NEARLY_S or not is_clear(roads, metres, time_s, i):
                continue
            own = int(time_s[i].argmin())
            assert nearest[own][k].contains(shapely.Point(at[i])), (i, own, limit)


def is_clear(roads, metres, time_s, i):
    """Return whether no other station is nearest anywhere within some cells of a spot; its segment may hold a seam."""
    near = np.hypot(*(metres - metres[i]).T) < 60.0
    reached = near & np.isfinite(time_s.min(axis=1))
    return bool((time_s[reached].argmin(axis=1) == time_s[i].argmin()).all())


@FEW
@given(towns_with_stations(), DIRECTIONS, st.sampled_from(list(By)))
def test_reached_metres_are_those_of_the_lines_and_lines_lie_inside(town, direction, by):
    network, _, places = town
    sites = towns.sites_at(*places)
    asked = {"by": by, "direction": direction}
    roads = planner.reached_roads(network, sites, LIMITS, **asked)
    drawn = planner.isochrones(network, sites, LIMITS, width_m=WIDTH_M, **asked)
    rows = {key: i for i, key in enumerate(zip(roads["station"], roads["minutes"], strict=True))}
    for key, metres, area in zip(
        zip(drawn["station"], drawn["minutes"], strict=True),
        drawn["reached_m"],
        drawn.geometry,
        strict=True,
    ):
        row = rows[key]
        line = roads.geometry[row]
        assert metres == roads["reached_m"][row]
        assert oracles.GEOD.geometry_length(line) == pytest.approx(metres, rel=1e-5, abs=0.01)
        if by is not By.NEAREST:
            assert area.covers(line)
