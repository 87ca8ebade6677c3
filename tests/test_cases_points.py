"""What users of other tools ran into with files of points: read with the library, as the cases tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
import towns

from planner.errors import PointsError
from planner.pointfiles.areas import area_km2
from planner.points import read_demand, read_sites
from planner.snapping import snap

CASES = Path(__file__).parent / "cases"


def right(case):
    text = (CASES / case / "expected.md").read_text(encoding="utf-8")
    return json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])


def apart_m(lon, lat, other):
    return pyproj.Geod(ellps="WGS84").inv(lon, lat, *other)[2]


def test_c32_an_outline_that_crosses_itself_is_repaired_and_told(tmp_path):
    # the case's area, with an id and a weight as demand has them
    area = json.loads((CASES / "C32" / "area.geojson").read_text(encoding="utf-8"))
    area["features"][0]["properties"] = {"id": "A", "weight": 7}
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(area), encoding="utf-8")
    demand = read_demand(path)
    (km2,) = area_km2(demand.area)
    assert km2 == pytest.approx(right("C32")["area_km2"], rel=0.01)
    inside = geopandas.read_file(CASES / "C32" / "demand.csv")
    points = shapely.points(inside["lon"].astype(float), inside["lat"].astype(float))
    found = inside["id"][shapely.contains(demand.area[0], points)]
    assert found.tolist() == right("C32")["inside"]
    assert any("repaired" in note or "cross" in note for note in demand.notes)
    assert shapely.contains(demand.area[0], shapely.Point(demand.lon[0], demand.lat[0]))


def test_c34_an_area_stands_for_a_point_inside_it():
    path = CASES / "C34" / "stations.geojson"
    sites = read_sites(path)
    assert len(sites) == right("C34")["stations"]
    areas = geopandas.read_file(path).set_index("id").geometry
    at = sites.id.tolist().index("S1")
    assert areas["S1"].contains(shapely.Point(sites.lon[at], sites.lat[at]))


def test_c40_300_m_are_300_m_whichever_way_at_45_degrees_north(tmp_path):
    # a road along a meridian and one along a parallel: points 299 m and 301 m beside them
    m_east, m_north = 78_846.8, 111_131.8  # metres of a degree at 45 N
    text = towns.osm_text({}, []).replace(
        "</osm>",
        '<node id="1" lon="120.00" lat="45.00"/><node id="2" lon="120.00" lat="45.02"/>'
        '<node id="3" lon="120.02" lat="45.02"/>'
        '<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/>'
        '<tag k="highway" v="residential"/></way></osm>',
    )
    path = tmp_path / "roads.osm"
    path.write_text(text, encoding="utf-8")
    from planner.roads import read_network

    network = read_network(path)
    lon = np.array([120.0 - 299 / m_east, 120.0 - 301 / m_east, 120.01, 120.01])
    lat = np.array([45.01, 45.01, 45.02 + 299 / m_north, 45.02 + 301 / m_north])
    places = snap(network, lon, lat, max_access_m=300)
    assert places.is_off_network.tolist() == [False, True, False, True]


def test_c42_metres_are_not_taken_for_degrees():
    path = CASES / "C42" / "stations.shp"
    with pytest.raises(PointsError) as caught:
        read_sites(path)
    assert "has no CRS" in str(caught.value)
    assert "500000" in str(caught.value)
    assert "not degrees" in str(caught.value)
    sites = read_sites(path, crs="EPSG:4549")
    at = sites.id.tolist().index("S1")
    assert [sites.lon[at], sites.lat[at]] == pytest.approx(right("C42")["with_crs"]["S1"], abs=1e-6)


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_c44_coordinates_of_chinese_maps_are_moved_and_others_are_not(system):
    sites = read_sites(CASES / "C44" / f"stations_{system}.csv", crs=system)
    expected = right("C44")
    for name, lon, lat in zip(sites.id, sites.lon, sites.lat, strict=True):
        assert apart_m(lon, lat, expected[name]) <= (expected["tol_m"] if name != "S3" else 1e-6)
    as_they_are = read_sites(CASES / "C44" / f"stations_{system}.csv")
    away_m = apart_m(as_they_are.lon[0], as_they_are.lat[0], expected["S1"])
    assert away_m == pytest.approx(expected[f"offset_{system[:-2]}_m"], abs=2)


def test_c46_utf_8_is_not_taken_for_gb18030():
    assert read_sites(CASES / "C46" / "stations.csv").name.tolist() == right("C46")["names"]


def test_c48_a_code_page_that_is_told_is_believed():
    sites = read_sites(CASES / "C48" / "with_cpg" / "stations.shp", columns={"name": "名称"})
    assert sites.name.tolist() == right("C48")["names"]


def test_c48_without_one_the_encoding_given_is_used_and_else_a_right_guess_is_told():
    path = CASES / "C48" / "no_cpg" / "stations.shp"
    given = read_sites(path, encoding="gbk", columns={"name": "名称"})
    guessed = read_sites(path, columns={"name": "名称"})
    assert given.name.tolist() == guessed.name.tolist() == right("C48")["names"]
    assert not any("GB18030" in note for note in given.notes)
    assert any("GB18030" in note for note in guessed.notes)


def test_c52_ids_of_a_workbook_stay_the_text_they_are():
    sites = read_sites(CASES / "C52" / "stations.xlsx", columns={"id": "station_id"})
    assert sorted(sites.id.tolist()) == sorted(right("C52")["xlsx_ids"])
