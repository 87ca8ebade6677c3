"""The command isochrones: files in, a file out."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import geopandas
import pyogrio
import pytest
import scenarios
import shapely
import towns

import planner

ROADS = towns.osm_text({1: (0, 0), 2: (3000, 0)}, [([1, 2], {"oneway": "yes"})])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a one-way road of 3 km to the east, and two stations on it."""
    (tmp_path / "roads.osm").write_text(ROADS, encoding="utf-8")
    points = [("北", 1000, 0), ("S2", 2000, 0)]
    lines = [f"{i},{','.join(map(str, towns.degrees(x, y)))}" for i, x, y in points]
    (tmp_path / "s.csv").write_text("\n".join(["id,lon,lat", *lines]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*arguments):
    return scenarios.called("isochrones", *arguments)


def test_a_geopackage_is_written_and_what_is_in_it_told(folder):
    said = told("roads.osm", "s.csv", "--minutes", "1,2")
    assert said.exit_code == 0, said.stderr
    # residential roads with a limit of 36: 25 km/h are 416.7 m a minute, one way
    assert said.stdout.splitlines() == [
        "1 min: 2 areas, 0.8 km of road in all, 0.4 km on average",
        "2 min: 2 areas, 1.7 km of road in all, 0.8 km on average",
        "areas: isochrones.gpkg",
    ]
    layers = [name for name, kind in pyogrio.list_layers("isochrones.gpkg") if kind]
    assert layers == ["isochrones"]
    found = geopandas.read_file("isochrones.gpkg", layer="isochrones")
    assert found.columns.tolist() == ["station", "minutes", "reached_m", "geometry"]
    assert found["station"].tolist() == ["S2", "S2", "北", "北"]
    assert found.crs == "EPSG:4326"
    sites = planner.read_sites("s.csv")
    network = planner.read_network("roads.osm")
    drawn = planner.isochrones(network, sites, [1, 2])
    assert shapely.equals_exact(drawn.geometry, found.geometry, tolerance=0).all()


@pytest.mark.parametrize(
    ("option", "name"),
    [("--nearest", "Isochrones of each station"), ("--together", "Isochrones of all stations")],
)
def test_qgis_opens_a_geopackage_with_a_colour_for_each_number_of_minutes(folder, option, name):
    assert told("roads.osm", "s.csv", option, "--minutes", "1,2.5").exit_code == 0
    (style,) = pyogrio.read_dataframe("isochrones.gpkg", layer="layer_styles").to_dict("records")
    layer = ("f_table_name", "f_geometry_column", "styleName", "useAsDefault")
    assert [style[key] for key in layer] == ["isochrones", "geom", name, True]
    ranges = ET.fromstring(style["styleQML"]).findall(".//range")
    assert [each.get("label") for each in ranges] == ["Within 1 min", "Within 2.5 min"]
    assert [(each.get("lower"), each.get("upper")) for each in ranges] == [
        ("0.0", "1.0"),
        ("1.0", "2.5"),
    ]


def test_geojson_holds_the_same_to_the_last_digit(folder):
    assert told("roads.osm", "s.csv", "-o", "新/a!.geojson", "--minutes", "2.5").exit_code == 0
    (folder / "新" / "a!.geojson").rename("a.geojson")  # with a ! pyogrio doesn't find it
    found = geopandas.read_file("a.geojson")
    network, sites = planner.read_network("roads.osm"), planner.read_sites("s.csv")
    drawn = planner.isochrones(network, sites, [2.5])
    assert shapely.equals_exact(drawn.geometry, found.geometry, tolerance=0).all()
    plain = json.loads((folder / "a.geojson").read_text(encoding="utf-8"))
    lon, lat = plain["features"][0]["geometry"]["coordinates"][0][0][0]
    assert (int(lon), round(lat)) == (120, 30)


def test_together_nearest_and_direction_are_as_in_the_library(folder):
    network, sites = planner.read_network("roads.osm"), planner.read_sites("s.csv")
    for flag, by in (("--together", "together"), ("--nearest", "nearest")):
        options = (flag, "--minutes", "4", "--direction", "from_station", "--width-m", "25")
        assert told("roads.osm", "s.csv", *options, "-o", "a.gpkg").exit_code == 0
        asked = {"by": by, "direction": "from_station", "width_m": 25.0}
        drawn = planner.isochrones(network, sites, [4], **asked)
        found = geopandas.read_file("a.gpkg", layer="isochrones")
        assert found["station"].fillna("").tolist() == drawn["station"].tolist()
        assert shapely.equals_exact(drawn.geometry, found.geometry, tolerance=0).all()
    said = told("roads.osm", "s.csv", "--together", "--minutes", "1")
    assert said.stdout.splitlines()[0] == "1 min: 0.8 km of road within reach"


def test_json_tells_the_file_and_a_row_for_each_area(folder):
    answer = json.loads(told("roads.osm", "s.csv", "--minutes", "1", "--json").stdout)
    assert answer["file"] == "isochrones.gpkg"
    assert answer["stations"] == 2
    assert [row["station"] for row in answer["areas"]] == ["S2", "北"]
    assert answer["areas"][0]["reached_m"] == pytest.approx(416.7, abs=0.5)


def test_equal_inputs_give_equal_bytes(folder):
    for name in ("a.gpkg", "b.gpkg", "a.geojson", "b.geojson"):
        assert told("roads.osm", "s.csv", "-o", name).exit_code == 0
    for kind in ("gpkg", "geojson"):
        assert (folder / f"a.{kind}").read_bytes() == (folder / f"b.{kind}").read_bytes()


def test_stations_off_the_roads_are_told(folder):
    with (folder / "s.csv").open("a", encoding="utf-8") as file:
        file.write("\nFAR,120.0,30.01")
    said = told("roads.osm", "s.csv")
    assert said.exit_code == 0
    assert "1 station farther than 300 m from every road, without an area: FAR (1,109 m)" in (
        said.stderr
    )
    (folder / "s.csv").write_text("id,lon,lat\nFAR,120.0,30.01", encoding="utf-8")
    said = told("roads.osm", "s.csv", "-o", "none.gpkg")
    assert said.exit_code == 3
    assert "s.csv: no station has an area" in said.stderr
    assert not (folder / "none.gpkg").exists()


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (["--minutes", "3,x"], 2, "numbers above 0 parted by commas"),
        (["--minutes", "0"], 2, "numbers above 0"),
        (["--minutes", "1e300"], 2, "none above 100,000"),
        (["--minutes", ""], 2, "numbers above 0"),
        (["--width-m", "0"], 2, "--width-m"),
        (["--direction", "away"], 2, "to_station"),
        (["--together", "--nearest"], 2, "not together with --together"),
        (["--vehicle", "bus"], 3, "no vehicle 'bus'"),
        (["--out", "areas.shp"], 3, "must end in .gpkg or .geojson"),
        (["--crs", "utm"], 3, "utm"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_written(folder, options, code, text):
    said = told("roads.osm", "s.csv", *options)
    assert said.exit_code == code
    assert text in said.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["roads.osm", "s.csv"]


def test_a_file_that_cannot_be_written_is_told_and_an_old_one_stays(folder):
    (folder / "a.gpkg").mkdir()
    said = told("roads.osm", "s.csv", "-o", "b/a.gpkg")
    assert said.exit_code == 0
    (folder / "file").write_text("")
    said = told("roads.osm", "s.csv", "-o", "file/a.gpkg")
    assert said.exit_code == 3
    assert "can't be written" in said.stderr
    before = (folder / "b" / "a.gpkg").read_bytes()
    assert told("roads.osm", "s.csv", "-o", "b/a.gpkg", "--minutes", "x").exit_code == 2
    assert (folder / "b" / "a.gpkg").read_bytes() == before
    assert [path.name for path in (folder / "b").iterdir()] == ["a.gpkg"]
