"""What users of other tools ran into with isochrones; each case lies in tests/cases with its source and the right value."""

from __future__ import annotations

import itertools

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
import towns
from pyproj import Geod
from test_cases import CASES, Answer, about, right, write_scenario

import planner
from planner.network import JunctionDelays

GEOD = Geod(ellps="WGS84")
WIDTH_M = 40.0


def roads(case):
    """Return the roads of a case, on which time = length / maxspeed and nothing is lost at junctions."""
    nothing = JunctionDelays(signal_s=0.0, u_turn_s=0.0)
    return planner.read_network(CASES / case / "network.osm", speeds="limits", delays=nothing)


def drawn(case, minutes, **options):
    sites = planner.read_sites(CASES / case / "stations.csv")
    return planner.isochrones(roads(case), sites, minutes, access_kph=0.0, **options)


def points(case, name="demand.csv"):
    table = pd.read_csv(CASES / case / name)
    return dict(zip(table.iloc[:, 0], shapely.points(table["lon"], table["lat"]), strict=True))


@pytest.mark.parametrize("way", ["to", "from"])
def test_c07_isochrones_and_the_table_look_the_same_way(tmp_path, way):
    scenario = write_scenario(
        tmp_path, "C07", limit_s=120, direction=f"{way}_station", goal="assess"
    )
    with scenario.open("a", encoding="utf-8") as file:
        file.write("[isochrones]\nminutes = [2]\n")
    answer = Answer(scenario)
    layer = geopandas.read_file(answer.folder / "plan.gpkg", layer="isochrones")
    inside = [name for name, point in points("C07").items() if layer.geometry[0].contains(point)]
    assert inside == answer.covered() == right("C07")[way]["covered"]


def test_c28_road_is_reached_up_to_where_time_is_up(tmp_path):
    expected = right("C28")
    (row,) = drawn("C28", [5]).to_dict("records")
    assert row["reached_m"] == about(expected["reached_m"])
    inside = [name for name, point in points("C28").items() if row["geometry"].contains(point)]
    assert inside == expected["covered_ids"]
    assert Answer(write_scenario(tmp_path, "C28", goal="assess")).covered() == inside
    east_m = (row["geometry"].bounds[2] - 120.0) * towns.EAST_M
    assert east_m == pytest.approx(3000 + WIDTH_M, abs=2)


def test_c30_areas_lie_in_each_other_with_their_station_inside():
    expected = right("C30")
    found = drawn("C30", [60 / 60, 110 / 60, 160 / 60])
    network = roads("C30")
    # the corners of the grid are no junctions, but bends of streets
    nodes = shapely.points(np.unique([network.shape_lon, network.shape_lat], axis=1).T)
    reached = planner.reached_roads(
        network,
        planner.read_sites(CASES / "C30" / "stations.csv"),
        [60 / 60, 110 / 60, 160 / 60],
        access_kph=0.0,
    )
    counts = [int((shapely.distance(nodes, line) < 1e-9).sum()) for line in reached.geometry]
    assert counts == list(expected["nodes"].values())
    assert found.is_valid.all()
    for small, large in itertools.pairwise(found.geometry):
        assert large.covers(small) == expected["nested"]
        assert small.difference(large).is_empty
    (station,) = points("C30", "stations.csv").values()
    assert found.contains(station).all() == expected["station_inside"]


def test_c40_a_width_in_metres_is_as_wide_to_all_sides():
    expected = right("C40")
    (station,) = points("C40", "stations.csv").values()
    # a road of a metre: as good as a point
    nodes = {1: (0.0, 0.0), 2: (1.0, 0.0)}
    text = towns.osm_text(nodes, [([1, 2], {})])
    for node, (lon, lat) in enumerate([(station.x, station.y), (station.x + 1.3e-5, station.y)], 1):
        was = '{:.7f}" lat="{:.7f}'.format(*towns.degrees(*nodes[node]))
        text = text.replace(was, f'{lon:.7f}" lat="{lat:.7f}')
    network = towns._read(text, planner.read_network)
    sites = planner.read_sites(CASES / "C40" / "stations.csv")
    (area,) = planner.isochrones(network, sites, [5], width_m=500.0).geometry
    west, south, east, north = area.bounds
    middle = (south + north) / 2
    assert GEOD.inv(west, middle, east, middle)[2] == pytest.approx(expected["width_m"], rel=0.01)
    assert GEOD.inv(west, south, west, north)[2] == pytest.approx(expected["height_m"], rel=0.01)
    square_m = abs(GEOD.geometry_area_perimeter(area)[0])
    assert square_m / 1e6 == pytest.approx(expected["area_km2"], rel=0.02)


def test_c69_who_is_in_two_catchments_is_in_one_nearest_area_and_once_in_all_together():
    expected = right("C69")
    demand = pd.read_csv(CASES / "C69" / "demand.csv").set_index("id")
    weight = demand["weight"]
    at = points("C69")
    minutes = [105 / 60]

    def weight_in(areas):
        names = [[name for name in at if area.contains(at[name])] for area in areas.geometry]
        return [int(weight[some].sum()) for some in names]

    each = drawn("C69", minutes)
    assert dict(zip(each["station"], weight_in(each), strict=True)) == expected["by_station"]
    assert weight_in(drawn("C69", minutes, by="together")) == [expected["covered_weight"]]
    assert np.sum(weight_in(drawn("C69", minutes, by="nearest"))) == expected["covered_weight"]
