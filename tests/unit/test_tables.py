import csv
import json
import math
import sqlite3
from contextlib import closing

import numpy as np
import pyogrio
import pytest
from scenarios import write

from planner.figures import quantile
from planner.run import run
from planner.scenario import read_scenario
from planner.tables import summary, write_tables

SCENARIO = """
[drive_times]
file = "times.csv"
[[fleets]]
name = "riders"
max_drive_min = 5
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "{goal}"
"""
# Seconds by a table; five minutes are 300 s. A and B stand, C may be built, X is excluded.
#
#        weight    A     B     C     X
#   P1      1      0   100     -     -     covered by A in no time
#   P2      2    200   100    50     -     covered by B (100 s)
#   P3      4      -   300     -     -     covered by B in exactly the standard
#   P4      8    500   400   200     -     C would cover it: uncovered, but not uncoverable
#   P5     16      -   301     -   100     only an excluded site is within reach: uncoverable
#   P6     32      -     -     -     -     unreachable
#   P7      0    600     -     -     -     weighs nothing: counts as covered
DEMAND = """\
id,lon,lat,weight,name
P1,121.1,28.1,1,a
P2,121.2,28.1,2,b
P3,121.3,28.1,4,c
P4,121.4,28.1,8,d
P5,121.5,28.1,16,e
P6,121.6,28.1,32,f
P7,121.7,28.1,0,g
"""
HOSTS = """\
id,lon,lat,name,kind,existing,excluded
A,121.123456789,28.1,=HYPERLINK("x"),银行,yes,
B,121.2,28.1,"超市, 大",shop,yes,
C,121.3,28.1,,,,
X,121.4,28.1,,,,yes
"""
TIMES = """\
demand,site,drive_time_s
P1,A,0
P1,B,100
P2,A,200
P2,B,100
P2,C,50
P3,B,300
P4,A,500
P4,B,400
P4,C,200
P5,B,301
P5,X,100
P7,A,600
"""


def answered(folder, *, goal="assess", demand=DEMAND, hosts=HOSTS, times=TIMES):
    files = {"demand.csv": demand, "hosts.csv": hosts, "times.csv": times}
    files |= {"s.toml": SCENARIO.format(goal=goal)}
    return run(read_scenario(write(folder, files) / "s.toml"))


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return answered(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="module")
def tables(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_tables(result, folder)
    return folder


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- result.json --------------------------------------------------------------------------------


def test_points_and_weights_are_counted_as_the_contract_says(result):
    told = summary(result)["demand"]
    # covered: P1, P2, P3, and P7, none of whose needs weighs anything; 1 + 2 + 4 of 63 in weight
    assert (told["n"], told["weight"]) == (7, 63)
    assert (told["covered_n"], told["covered_weight"]) == (4, 7)
    assert told["share_covered"] == pytest.approx(7 / 63)


def test_the_lists_of_who_is_left_out_nest(result):
    told = summary(result)["demand"]
    assert told["uncovered"] == ["P4", "P5", "P6"]
    assert told["uncoverable"] == [
        {"demand": "P5", "fleet": "riders", "period": "all", "site": "B", "drive_time_s": 301},
        {"demand": "P6", "fleet": "riders", "period": "all", "site": None, "drive_time_s": None},
    ]
    assert told["unreachable"] == ["P6"]
    assert told["off_network"] == []  # a table knows no roads


def test_drive_times_are_weighed_over_all_who_can_reach_a_station(result):
    told = summary(result)["drive_time_s"]
    # seconds x weight: 0 x 1, 100 x 2, 300 x 4, 400 x 8, 301 x 16; P7 weighs nothing, P6 reaches none
    assert told["mean"] == pytest.approx((0 + 200 + 1200 + 3200 + 4816) / 31)
    # in order: 0 (1), 100 (3), 300 (7), 301 (23): half of 31 is 15.5, 95 % are 29.45
    assert (told["median"], told["p95"], told["max"]) == (301, 400, 400)


def test_an_assessment_has_neither_objective_nor_bound(result):
    told = summary(result)
    assert told["status"] == "assessed"
    assert [told[key] for key in ("objective", "bound", "gap", "stopped_by")] == [None] * 4
    assert (told["stations"], told["n_stations"], told["n_new"]) == (["A", "B"], 2, 0)
    assert told["by_fleet"] == {"riders": {"share_covered": pytest.approx(7 / 63)}}


def test_a_table_has_neither_roads_nor_network(result):
    assert summary(result)["roads"] is None
    assert summary(result)["network"] is None


def test_a_set_covering_counts_its_stations(tmp_path):
    told = summary(answered(tmp_path, goal="set-covering"))
    assert told["status"] == "optimal"
    assert (told["stations"], told["n_stations"], told["n_new"]) == (["A", "B", "C"], 3, 1)
    assert (told["objective"], told["bound"], told["gap"]) == (3, 3, 0)
    assert isinstance(told["objective"], int)
    assert told["demand"]["uncovered"] == ["P5", "P6"]


def test_the_result_is_strict_json(tables):
    def refuse(constant):
        raise AssertionError(constant)

    text = (tables / "result.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=refuse)["format"] == "station-planner/result/1"


def test_nobody_within_reach_of_any_station_gives_none_and_not_nan(tmp_path):
    told = summary(answered(tmp_path, times="demand,site,drive_time_s\nP6,C,1\n"))
    assert told["drive_time_s"] == {"mean": None, "median": None, "p95": None, "max": None}
    assert told["demand"]["covered_n"] == 1  # P7 weighs nothing


# --- CSV ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stations.csv", "assignments.csv"])
def test_tables_begin_with_a_byte_order_mark_and_end_their_lines_alike(tables, name):
    raw = (tables / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


def test_stations_have_the_columns_of_the_contract_and_whom_they_serve(tables):
    a, b = rows(tables / "stations.csv")
    assert list(a) == [
        *("id", "name", "kind", "lon", "lat", "existing"),
        *("n_served", "weight_served", "mean_drive_time_s", "max_drive_time_s"),
    ]
    assert (a["id"], a["kind"], a["existing"], a["lon"]) == ("A", "银行", "true", "121.1234568")
    assert (a["n_served"], a["weight_served"], a["max_drive_time_s"]) == ("1", "1.0", "0.0")
    # P2 and P3 are served by B: (2 x 100 + 4 x 300) / 6 s
    assert (b["n_served"], b["weight_served"], b["max_drive_time_s"]) == ("2", "6.0", "300.0")
    assert float(b["mean_drive_time_s"]) == pytest.approx(1400 / 6)
    assert b["name"] == "超市, 大"


def test_assignments_name_who_serves_or_else_the_nearest_or_nobody(tables):
    told = rows(tables / "assignments.csv")
    assert list(told[0]) == (
        ["demand", "fleet", "period", "station", "drive_time_s", "covered", "access_m"]
    )
    assert [(r["demand"], r["station"], r["drive_time_s"], r["covered"]) for r in told] == [
        ("P1", "A", "0.0", "true"),
        ("P2", "B", "100.0", "true"),
        ("P3", "B", "300.0", "true"),
        ("P4", "B", "400.0", "false"),
        ("P5", "B", "301.0", "false"),
        ("P6", "", "", "false"),
        ("P7", "A", "600.0", "false"),
    ]
    assert {(r["fleet"], r["period"], r["access_m"]) for r in told} == {("riders", "all", "")}


def test_a_station_that_serves_nobody_has_no_times(tmp_path):
    write_tables(answered(tmp_path, times="demand,site,drive_time_s\nP1,A,10\n"), tmp_path)
    serves_nobody = rows(tmp_path / "stations.csv")[1]
    assert (serves_nobody["n_served"], serves_nobody["weight_served"]) == ("0", "0.0")
    assert serves_nobody["mean_drive_time_s"] == serves_nobody["max_drive_time_s"] == ""


def test_a_name_that_looks_like_a_formula_is_harmless(tables):
    assert rows(tables / "stations.csv")[0]["name"] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize("name", ["@SUM(A1)", "+cmd", "-1+1", "\tx"])
def test_whatever_a_spreadsheet_would_compute_is_harmless(tmp_path, name):
    hosts = f'id,lon,lat,kind,existing\n{name.strip()},121,28,"{name}",yes\n'
    result = answered(tmp_path, hosts=hosts, times="demand,site,drive_time_s\n")
    write_tables(result, tmp_path)
    (row,) = rows(tmp_path / "stations.csv")
    assert row["kind"][0] not in "=+-@\t\r"


def test_an_id_that_is_a_negative_number_stays_a_number(tmp_path):
    demand = DEMAND.replace("P1,", "-7,", 1)
    write_tables(answered(tmp_path, demand=demand, times="demand,site,drive_time_s\n"), tmp_path)
    assert rows(tmp_path / "assignments.csv")[0]["demand"] == "-7"


# --- GeoJSON and GeoPackage -----------------------------------------------------------------------


def test_stations_as_geojson_stand_at_longitude_and_latitude_with_plain_names(tables):
    told = json.loads((tables / "stations.geojson").read_text(encoding="utf-8"))
    a, b = told["features"]
    assert a["id"] == "A"
    assert a["geometry"] == {"type": "Point", "coordinates": [121.1234568, 28.1]}
    assert a["properties"]["name"] == '=HYPERLINK("x")'  # no spreadsheet reads this file
    assert a["properties"]["existing"] is True
    assert (b["properties"]["n_served"], b["properties"]["max_drive_time_s"]) == (2, 300)


def test_the_geopackage_has_a_layer_for_each_kind_of_thing(tables):
    found = dict(pyogrio.list_layers(tables / "plan.gpkg").tolist())
    assert found == {
        "stations": "Point",
        "sites": "Point",
        "demand": "Point",
        "assignments": "LineString",
        "uncovered": "Point",
        "layer_styles": None,  # how QGIS draws them
    }


def test_the_geopackage_says_what_the_tables_say(tables):
    path = tables / "plan.gpkg"
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    read = {name: pyogrio.read_dataframe(path, layer=name) for name in layers}
    assert {name: len(layer) for name, layer in read.items()} == {
        "stations": 2,
        "sites": 4,
        "demand": 7,
        "assignments": 6,  # P6 reaches nobody: no line
        "uncovered": 3,
    }
    assert all(layer.crs == "EPSG:4326" for layer in read.values())
    line = read["assignments"].geometry.iloc[3]  # P4 to B
    assert list(line.coords) == [(121.4, 28.1), (121.2, 28.1)]
    assert read["uncovered"]["id"].tolist() == ["P4", "P5", "P6"]


def test_equal_results_give_equal_bytes(result, tables, tmp_path):
    write_tables(result, tmp_path)
    names = sorted(path.name for path in tables.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [n for n in names if (tables / n).read_bytes() != (tmp_path / n).read_bytes()] == []


def test_the_geopackage_does_not_tell_when_it_was_made(tables):
    with closing(sqlite3.connect(tables / "plan.gpkg")) as database:
        changed = {row[0] for row in database.execute("SELECT last_change FROM gpkg_contents")}
    assert changed == {"2000-01-01T00:00:00Z"}


# --- times.npz ----------------------------------------------------------------------------------


def test_times_hold_the_pairs_within_the_standard_and_who_is_nearest(tables):
    with np.load(tables / "times.npz") as saved:
        pairs = list(zip(saved["site"], saved["need"], saved["time_s"], strict=True))
        nearest = saved["nearest_station"].tolist(), saved["nearest_site"].tolist()
        times = saved["nearest_site_time_s"]
    # by site and then by need; P5 to B is 301 s, one too many; P5 to X counts though X is excluded
    assert pairs == [
        (0, 0, 0),
        (0, 1, 200),
        (1, 0, 100),
        (1, 1, 100),
        (1, 2, 300),
        (2, 1, 50),
        (2, 3, 200),
        (3, 4, 100),
    ]
    assert nearest == ([0, 1, 1, 1, 1, -1, 0], [0, 2, 1, 2, 1, -1, 0])
    assert math.isnan(times[5])


# --- Quantiles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "weight", "share", "is_"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.5, 2),  # two of four are enough for a half
        ([4, 3, 2, 1], [1, 1, 1, 1], 0.5, 2),  # in any order
        ([1, 2, 3], [1, 1, 1], 0.5, 2),
        ([1, 2], [1, 9], 0.1, 1),  # exactly a tenth
        ([1, 2], [1, 9], 0.11, 2),
        ([7], [3], 0.95, 7),
        ([1, 2], [0, 1], 0.5, 2),
    ],
)
def test_a_quantile_is_the_least_value_that_enough_weight_does_not_exceed(
    values, weight, share, is_
):
    assert quantile(np.array(values, float), np.array(weight, float), share) == is_


def test_a_quantile_of_nothing_is_nan():
    assert math.isnan(quantile(np.empty(0), np.empty(0), 0.5))
