"""Isochrones: areas and reached roads of towns that can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
import towns
from browser.towns import driven, scenario
from pyproj import Geod

import planner
from planner.drivetimes import road_times
from planner.errors import PlannerError
from planner.isochrones import MOST_STATIONS, areas_of_plan
from planner.remarks import remarks_on_areas
from planner.scenario import Direction
from planner.tables import layers

GEOD = Geod(ellps="WGS84")
ROAD = {1: (0, 0), 2: (3000, 0)}  # 300 s long: 36 km/h are 10 m/s
ONEWAY = {"oneway": "yes"}
AT_ONCE = {"access_kph": 0.0}


@pytest.fixture
def road():
    return towns.network(ROAD, [([1, 2], {})])


def point(x_m, y_m=0.0):
    return shapely.Point(towns.degrees(x_m, y_m))


def metres_east(lon):
    return (lon - 120.0) * towns.EAST_M


def test_road_is_cut_exactly_where_time_is_up(road):
    sites = towns.sites_at((1000, 0))
    found = planner.reached_roads(road, sites, [1, 2], **AT_ONCE)
    assert found["station"].tolist() == ["S00000", "S00000"]
    assert found["minutes"].tolist() == [1.0, 2.0]
    # 60 s are 600 m to each side; 120 s are 1200 m, of which there are 1000 to the west
    assert found["reached_m"].tolist() == pytest.approx([1200, 2200], abs=0.1)
    west, _, east, _ = found.geometry[0].bounds
    assert (metres_east(west), metres_east(east)) == pytest.approx((400, 1600), abs=0.1)
    assert metres_east(found.geometry[1].bounds[2]) == pytest.approx(2200, abs=0.1)


def test_an_area_reaches_as_far_as_its_width_round_the_road(road):
    (area,) = planner.isochrones(road, towns.sites_at((1000, 0)), [1], **AT_ONCE).geometry
    west, south, east, north = area.bounds
    assert (metres_east(west), metres_east(east)) == pytest.approx((360, 1640), abs=1)
    assert GEOD.inv(120, south, 120, north)[2] == pytest.approx(80, abs=0.5)
    wide = planner.isochrones(road, towns.sites_at((1000, 0)), [1], width_m=150.0, **AT_ONCE)
    assert metres_east(wide.geometry[0].bounds[0]) == pytest.approx(250, abs=2)


def test_the_frame_is_in_degrees_and_ordered_by_station_and_minutes(road):
    sites = towns.sites_at((2000, 0), (1000, 0))
    found = planner.isochrones(road, sites, [3, 1, 3], **AT_ONCE)
    assert found.crs == "EPSG:4326"
    assert found.columns.tolist() == ["station", "minutes", "reached_m", "geometry"]
    rows = list(zip(found["station"], found["minutes"], strict=True))
    assert rows == [("S00000", 1), ("S00000", 3), ("S00001", 1), ("S00001", 3)]
    assert set(found.geom_type) == {"MultiPolygon"}


def test_drives_to_the_station_come_from_the_other_side_than_those_from_it():
    network = towns.network(ROAD, [([1, 2], ONEWAY)])
    sites = towns.sites_at((1000, 0))
    to, away = (
        planner.reached_roads(network, sites, [1], direction=way, **AT_ONCE).geometry[0].bounds
        for way in ("to_station", "from_station")
    )
    assert (metres_east(to[0]), metres_east(to[2])) == pytest.approx((400, 1000), abs=0.1)
    assert (metres_east(away[0]), metres_east(away[2])) == pytest.approx((1000, 1600), abs=0.1)


def test_the_way_to_the_road_takes_time_and_more_than_all_leaves_no_area(road):
    sites = towns.sites_at((1000, 100))  # 100 m at 10 km/h are 36 s
    found = planner.reached_roads(road, sites, [0.5, 1])
    assert found["minutes"].tolist() == [1.0]
    assert found["reached_m"][0] == pytest.approx(480, abs=0.5)  # 24 s to each side
    assert planner.isochrones(road, sites, [0.5, 1])["minutes"].tolist() == [1.0]


def test_who_is_off_network_has_no_area(road):
    sites = towns.sites_at((1000, 350), (1000, 0))
    found = planner.isochrones(road, sites, [1])
    assert found["station"].tolist() == ["S00001"]
    assert len(planner.isochrones(road, towns.sites_at((1000, 350)), [1])) == 0
    assert len(planner.isochrones(road, sites, [1], max_access_m=400.0)) == 1  # 126 s on foot
    nobody = planner.isochrones(road, towns.sites_at(), [1, 2])
    assert nobody.columns.tolist() == ["station", "minutes", "reached_m", "geometry"]
    assert len(nobody) == 0
    assert len(planner.reached_roads(road, towns.sites_at(), [1, 2], by="nearest")) == 0


def test_together_is_one_area_of_all_and_counts_a_street_once(road):
    sites = towns.sites_at((1000, 0), (1500, 0))
    found = planner.isochrones(road, sites, [1], by="together", **AT_ONCE)
    assert found["station"].tolist() == [""]
    assert found["reached_m"][0] == pytest.approx(1700, abs=0.1)  # 400 to 2100 m
    each = planner.isochrones(road, sites, [1], **AT_ONCE)
    assert each["reached_m"].tolist() == pytest.approx([1200, 1200], abs=0.1)
    union = shapely.union_all(each.geometry.to_numpy())
    assert found.geometry[0].symmetric_difference(union).area < 1e-12


def test_nearest_areas_meet_where_both_stations_are_as_far(road):
    sites = towns.sites_at((1000, 0), (1500, 0))
    roads = planner.reached_roads(road, sites, [1], by="nearest", **AT_ONCE)
    assert roads["reached_m"].tolist() == pytest.approx(
        [850, 850], abs=0.1
    )  # to 1250 m, from there
    west, east = planner.isochrones(road, sites, [1], by="nearest", **AT_ONCE).geometry
    assert west.intersection(east).area == 0.0
    assert metres_east(west.bounds[2]) == pytest.approx(1250, abs=10)  # a cell
    assert west.contains(point(1230))
    assert east.contains(point(1270))


def test_of_stations_at_one_place_the_lower_one_is_the_nearest(road):
    sites = towns.sites_at((1000, 0), (1000, 0))
    found = planner.isochrones(road, sites, [1], by="nearest", **AT_ONCE)
    assert found["station"].tolist() == ["S00000"]


def test_a_street_may_have_another_nearest_station_along_than_against():
    # a ring, one way round but for its south, on which both directions are driven: from its middle it is 150 m
    # to A against the ring, and 250 m to B along it
    nodes = {1: (0, 0), 2: (400, 0), 3: (400, 400), 4: (0, 400)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3, 4, 1], ONEWAY)])
    sites = towns.sites_at((50, 0), (400, 100))
    found = planner.reached_roads(network, sites, [10], by="nearest", **AT_ONCE)
    a, b = found.geometry
    # along the south: to A from x - 50, to B from (400 - x) + 100: equal at x = 275
    assert a.distance(point(270)) == pytest.approx(0, abs=1e-6)
    assert b.distance(point(270)) > 0.9 * 5 / towns.EAST_M
    assert b.distance(point(280)) == pytest.approx(0, abs=1e-6)


def test_water_is_crossed_on_the_bridge_only():
    # two banks 400 m apart, one bridge; the station on the south bank
    nodes = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (0, 400), 5: (1000, 400), 6: (2000, 400)}
    ways = [([1, 2, 3], {}), ([4, 5, 6], {}), ([2, 5], {"bridge": "yes"})]
    network = towns.network(nodes, ways)
    (area,) = planner.isochrones(network, towns.sites_at((1000, 0)), [2], **AT_ONCE).geometry
    assert area.contains(point(1000, 200))
    assert area.contains(point(400, 400))
    assert area.contains(point(1600, 400))
    for x in (300, 800, 940, 1060, 1200, 1700):
        assert not area.contains(point(x, 200))
    assert (
        len(shapely.get_rings(area.geoms[0])) == 1
    )  # open to both sides, for nothing is reached at the ends


def test_private_gates_and_empty_streets_have_no_area_of_their_own():
    nodes = {1: (0, 0), 2: (500, 0, {"barrier": "gate", "access": "private"}), 3: (1000, 0)}
    network = towns.network(nodes, [([1, 2, 3], {})])
    found = planner.reached_roads(network, towns.sites_at((0, 0)), [1], **AT_ONCE)
    assert found["reached_m"][0] == pytest.approx(600, abs=0.1)
    assert shapely.length(shapely.get_parts(found.geometry[0])).min() > 0


@pytest.mark.parametrize("minutes", [[], [0], [5, -1], [float("nan")], [float("inf")]])
def test_minutes_that_make_no_sense_are_refused(road, minutes):
    for draw in (planner.isochrones, planner.reached_roads):
        with pytest.raises(PlannerError, match="minutes must be one or more numbers above 0"):
            draw(road, towns.sites_at((0, 0)), minutes)


@pytest.mark.parametrize("width_m", [0, 0.5, -40, float("nan"), float("inf")])
def test_a_width_that_makes_no_sense_is_refused(road, width_m):
    with pytest.raises(PlannerError, match="width_m must be at least 1 metre"):
        planner.isochrones(road, towns.sites_at((0, 0)), [5], width_m=width_m)


def test_equal_inputs_give_equal_bytes(road):
    sites = towns.sites_at((100, 30), (2000, 0))
    for by in ("station", "together", "nearest"):
        one, other = (planner.isochrones(road, sites, by=by) for _ in range(2))
        assert (shapely.to_wkb(one.geometry) == shapely.to_wkb(other.geometry)).all()
        assert np.array_equal(one["reached_m"], other["reached_m"])


@pytest.mark.parametrize(
    ("n", "n_single"), [(MOST_STATIONS, MOST_STATIONS), (MOST_STATIONS + 1, 0)]
)
def test_many_stations_have_an_area_together_only(road, n, n_single):
    sites = towns.sites_at(*[(3000 * i / n, 0) for i in range(n)])
    asked = scenario(isochrones={"minutes": [0.5]})
    source = road_times(road, sites, towns.demand_at((1500, 0)))
    stations = np.arange(n, dtype=np.int32)
    areas = areas_of_plan(asked, road, source.site_places, stations)
    assert areas is not None
    assert len(areas.each) == n_single
    assert areas.together.reached_m.tolist() == pytest.approx([3000], abs=0.1)
    assert len(remarks_on_areas(asked, n)) == (0 if n_single else 1)
    result = replace(driven(source, Direction.TO_STATION, stations.tolist()), areas=areas)
    drawn = {name for name in layers(result) if name.startswith("isochrones")}
    assert drawn == ({"isochrones", "isochrones_together"} if n_single else {"isochrones_together"})
