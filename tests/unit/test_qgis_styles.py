import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree as ET

import pyogrio
import pytest
from scenarios import write
from towns import osm_text

from planner.layerfiles import write_layers
from planner.qgis_styles import plan_styles
from planner.run import run
from planner.scenario import Language, read_scenario
from planner.tables import write_tables

# A road of 1 km, a hamlet that no road leads to, a station at one end; areas of one and two minutes.
ROADS = osm_text({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})])
FILES = {
    "roads.osm": ROADS,
    "demand.csv": "id,lon,lat,weight\nD1,120.001,30,1\nD2,120.2,30,1\n",
    "hosts.csv": 'id,lon,lat,name,existing\nS1,120,30,"<东> & ""西""",yes\nS2,120.01,30,,\n',
    "town.toml": """
[network]
file = "roads.osm"
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "assess"
[isochrones]
minutes = [1, 2.5]
""",
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("plans"), FILES)
    result = run(read_scenario(folder / "town.toml"))
    found = {}
    for language in Language:
        scenario = result.scenario.model_copy(update={"language": language})
        found[language.value] = folder / language
        found[language.value].mkdir()
        write_tables(replace(result, scenario=scenario), folder / language)
    return found


def rows_of(path):
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM layer_styles ORDER BY id")]


def labels_of(row):
    return {e.get("label") for e in ET.fromstring(row["styleQML"]).iter() if e.get("label")}


def test_every_layer_has_one_default_style_where_qgis_looks_for_it(plans):
    path = plans["zh"] / "plan.gpkg"
    found = rows_of(path)
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    assert len(layers) == 8
    assert [row["f_table_name"] for row in found] == layers
    for row in found:
        info = pyogrio.read_info(path, layer=row["f_table_name"])
        assert row["f_geometry_column"] == info["geometry_name"]
        assert (row["f_table_catalog"], row["f_table_schema"], row["useAsDefault"]) == ("", "", 1)
        assert row["update_time"] == "2000-01-01T00:00:00.000Z"


def test_styles_ask_only_for_columns_that_their_layer_has(plans):
    path = plans["zh"] / "plan.gpkg"
    for row in rows_of(path):
        fields = {*pyogrio.read_info(path, layer=row["f_table_name"])["fields"]}
        root = ET.fromstring(row["styleQML"])
        texts = [value for e in root.iter() for value in (*e.attrib.values(), e.text or "")]
        asked = {name for text in texts for name in re.findall(r'"(\w+)"', text)}
        asked |= {e.get("attr") for e in root.iter("renderer-v2") if e.get("attr")}
        assert asked <= fields
        assert asked or row["f_table_name"] == "uncovered"  # all of it is drawn alike


def test_every_class_has_a_symbol_of_the_kind_of_its_layer(plans):
    path = plans["zh"] / "plan.gpkg"
    kinds = {"Point": "marker", "LineString": "line", "MultiPolygon": "fill"}
    for row in rows_of(path):
        kind = pyogrio.read_info(path, layer=row["f_table_name"])["geometry_type"]
        root = ET.fromstring(row["styleQML"])
        symbols = {s.get("name"): s.get("type") for s in root.iter("symbol")}
        classes = [e.get("symbol") for e in (*root.iter("category"), *root.iter("range"))] or ["0"]
        assert sorted(classes) == sorted(symbols)
        assert {*symbols.values()} == {kinds[kind]}


def test_isochrones_have_a_class_for_each_number_of_minutes_and_the_fewest_lie_on_top(plans):
    row = next(r for r in rows_of(plans["en"] / "plan.gpkg") if r["f_table_name"] == "isochrones")
    root = ET.fromstring(row["styleQML"])
    classes = [(e.get("lower"), e.get("upper"), e.get("label")) for e in root.iter("range")]
    assert classes == [("0.0", "1.0", "Within 1 min"), ("1.0", "2.5", "Within 2.5 min")]
    (clause,) = root.iter("orderByClause")
    assert (clause.text, clause.get("asc")) == ('"minutes"', "0")


def test_only_the_outermost_area_of_all_stations_has_an_outline(plans):
    for layer, outlined in (("isochrones", {"no"}), ("isochrones_together", {"no", "solid"})):
        row = next(r for r in rows_of(plans["en"] / "plan.gpkg") if r["f_table_name"] == layer)
        options = ET.fromstring(row["styleQML"]).iter("Option")
        styles = [e.get("value") for e in options if e.get("name") == "outline_style"]
        assert {*styles} == outlined
        assert styles[0] == "no"


def test_legends_speak_the_language_of_the_scenario(plans):
    zh, en = ({r["f_table_name"]: r for r in rows_of(plans[x] / "plan.gpkg")} for x in plans)
    assert labels_of(zh["stations"]) == {"现有驿站", "新建驿站"}
    assert labels_of(en["stations"]) == {"Existing station", "New station"}
    assert {name: len(labels_of(zh[name])) for name in zh} == {
        name: len(labels_of(en[name])) for name in en
    }
    for name in zh:
        assert not labels_of(zh[name]) & labels_of(en[name])
        assert zh[name]["styleName"] != en[name]["styleName"]


def test_the_demand_layer_says_who_is_covered(plans):
    layer = pyogrio.read_dataframe(plans["zh"] / "plan.gpkg", layer="demand")
    assert dict(zip(layer["id"], layer["covered"], strict=True)) == {"D1": True, "D2": False}


def test_equal_layers_and_styles_give_equal_bytes(plans, tmp_path):
    path = plans["zh"] / "plan.gpkg"
    layers = {
        n: pyogrio.read_dataframe(path, layer=n) for n, kind in pyogrio.list_layers(path) if kind
    }
    for name in ("one.gpkg", "other.gpkg"):
        write_layers(tmp_path / name, layers, plan_styles("zh", [1, 2.5]))
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "other.gpkg").read_bytes()
    assert rows_of(tmp_path / "one.gpkg") == rows_of(path)


def test_a_layer_without_rows_has_no_style(plans, tmp_path):
    stations = pyogrio.read_dataframe(plans["zh"] / "plan.gpkg", layer="stations")
    layers = {"stations": stations, "uncovered": stations.iloc[:0]}
    write_layers(tmp_path / "a.gpkg", layers, plan_styles("zh", []))
    assert [row["f_table_name"] for row in rows_of(tmp_path / "a.gpkg")] == ["stations"]
