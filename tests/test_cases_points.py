"""What users of other tools ran into with files of points, through the front door; the right values are read from the cases."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
import tomli_w
import towns
from pyproj import Geod
from typer.testing import CliRunner

from planner.cli import app
from planner.errors import PointsError
from planner.points import read_demand, read_sites
from planner.run import run, survey_of
from planner.scenario import read_scenario

CASES = Path(__file__).parent / "cases"
ROADS = CASES / "C05" / "network.osm"


def right(case: str) -> dict[str, Any]:
    """Return the right values that a case tells."""
    text = (CASES / case / "expected.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", text, flags=re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def write_scenario(
    folder: Path, *, demand: dict[str, Any], sites: dict[str, Any], goal: str = "assess"
) -> Path:
    """Write a scenario on a road of 2 km; files are named with their case."""

    def table(asked: dict[str, Any]) -> dict[str, Any]:
        is_here = (folder / asked["file"]).is_file()
        return asked | {"file": str((folder if is_here else CASES) / asked["file"])}

    scenario = {
        "network": {"file": str(ROADS), "speeds": "limits", "max_access_m": 2000},
        "fleets": [{"vehicle": "car", "max_drive_min": 5}],
        "demand": table(demand),
        "sites": table(sites),
        "placement": {"goal": goal},
    }
    path = folder / "scenario.toml"
    path.write_text(tomli_w.dumps(scenario), encoding="utf-8")
    return path


def write_points(folder: Path, name: str, *metres: tuple[float, float]) -> None:
    """Write points P0, P1, ... at metres."""
    lines = [f"P{i},{lon},{lat}" for i, (lon, lat) in enumerate(towns.degrees(*m) for m in metres)]
    (folder / name).write_text("\n".join(["id,lon,lat", *lines]), encoding="utf-8")


def check(scenario: Path) -> Any:
    return CliRunner().invoke(app, ["check", str(scenario)])


def apart_m(sites: Any, name: str, place: list[float]) -> float:
    at = sites.id.tolist().index(name)
    return float(Geod(ellps="WGS84").inv(sites.lon[at], sites.lat[at], *place)[2])


# --- geometry -----------------------------------------------------------------------------------


def test_c32_an_outline_that_crosses_itself_is_mended_and_its_size_told(tmp_path):
    expected = right("C32")
    write_points(tmp_path, "sites.csv", (0, 0))
    area = json.loads((CASES / "C32" / "area.geojson").read_text(encoding="utf-8"))
    area["features"][0]["properties"]["id"] = "study"
    (tmp_path / "area.geojson").write_text(json.dumps(area), encoding="utf-8")
    told = check(
        write_scenario(tmp_path, demand={"file": "area.geojson"}, sites={"file": "sites.csv"})
    )
    assert told.exit_code == 0
    assert "1 outline crosses itself and is mended" in told.stdout
    found = re.search(r"1 area of ([\d.]+) km2", told.stdout)
    assert found is not None
    assert float(found[1]) == pytest.approx(expected["area_km2"], rel=0.01)
    (mended,) = read_demand(tmp_path / "area.geojson").area
    points = read_demand(CASES / "C32" / "demand.csv")
    inside = shapely.contains_xy(mended, points.lon, points.lat)
    assert points.id[inside].tolist() == expected["inside"]


def test_c32_demand_of_the_mended_area_goes_to_the_roads_in_both_its_parts(tmp_path):
    write_points(tmp_path, "sites.csv", (0, 0))
    text = (CASES / "C32" / "area.geojson").read_text(encoding="utf-8")
    # laid over the road along 30.0 N, which goes through both triangles then
    text = text.replace("30.009021", "30.0045").replace("30.0\n", "29.9955\n")
    (tmp_path / "area.geojson").write_text(text.replace('"name"', '"id"'), encoding="utf-8")
    demand = {"file": "area.geojson", "spread": "roads"}
    inputs = survey_of(
        read_scenario(write_scenario(tmp_path, demand=demand, sites={"file": "sites.csv"}))
    ).inputs
    middle = 120.01036417 / 2 + 60
    assert (inputs.demand.lon < middle).any()
    assert (inputs.demand.lon > middle).any()
    assert inputs.demand.weight.sum() == 1
    assert inputs.demand_places.access_m.max() < 0.1
    assert inputs.demand.id[0] == "study/1"


def test_c34_a_station_mapped_as_an_area_is_inside_it(tmp_path):
    expected = right("C34")
    sites = read_sites(CASES / "C34" / "stations.geojson")
    assert len(sites) == expected["stations"]
    features = json.loads((CASES / "C34" / "stations.geojson").read_text(encoding="utf-8"))
    bank = shapely.geometry.shape(features["features"][0]["geometry"])
    at = sites.id.tolist().index("S1")
    is_inside = bank.contains(shapely.Point(sites.lon[at], sites.lat[at]))
    assert is_inside == expected["S1_point_inside"]
    # and off its walls, not by a hair: the arms are 20 m wide
    assert bank.exterior.distance(shapely.Point(sites.lon[at], sites.lat[at])) * 1e5 > 9


def test_c36_places_without_geometry_are_refused_by_id(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0))
    scenario = write_scenario(
        tmp_path, demand={"file": "demand.csv"}, sites={"file": "C36/stations.geojson"}
    )
    with pytest.raises(PointsError) as caught:
        run(read_scenario(scenario))
    assert [re.findall(r"\((\w+)\)", p)[0] for p in caught.value.problems] == right("C36")[
        "skipped_ids"
    ]


# --- CRS ----------------------------------------------------------------------------------------


def test_c42_a_layer_without_crs_is_refused_and_right_when_told(tmp_path):
    expected = right("C42")
    write_points(tmp_path, "demand.csv", (0, 0))
    sites = {"file": "C42/stations.shp"}
    told = check(write_scenario(tmp_path, demand={"file": "demand.csv"}, sites=sites))
    assert (told.exit_code != 0) == expected["refused_without_crs"]
    assert "stations.shp: has no CRS, and 500000, 3320115.398 are not degrees" in told.stderr
    scenario = write_scenario(
        tmp_path, demand={"file": "demand.csv"}, sites=sites | {"crs": "EPSG:4549"}
    )
    found = survey_of(read_scenario(scenario)).inputs.sites
    at = found.id.tolist().index("S1")
    assert [found.lon[at], found.lat[at]] == pytest.approx(expected["with_crs"]["S1"], abs=1e-6)


@pytest.mark.parametrize(
    ("system", "title", "offset"),
    [("gcj02", "GCJ-02", "offset_gcj_m"), ("bd09", "BD-09", "offset_bd_m")],
)
def test_c44_places_from_chinese_maps_come_to_where_they_are(system, title, offset):
    expected = right("C44")
    path = CASES / "C44" / f"stations_{system}.csv"
    taken_as_they_are = read_sites(path)
    sites = read_sites(path, crs=system)
    for name in set(sites.id) & {"S1", "S2"}:
        assert apart_m(sites, name, expected[name]) < expected["tol_m"]
    off_m = apart_m(taken_as_they_are, "S1", expected["S1"])
    assert off_m == pytest.approx(expected[offset], abs=1)
    assert sites.notes == (f"converted from {title} to WGS 84",)


def test_c44_what_lies_outside_china_does_not_move():
    sites = read_sites(CASES / "C44" / "stations_gcj02.csv", crs="gcj02")
    at = sites.id.tolist().index("S3")
    assert [sites.lon[at], sites.lat[at]] == right("C44")["S3"]


# --- encodings ----------------------------------------------------------------------------------


def test_c46_utf8_is_not_taken_for_gb18030():
    content = (CASES / "C46" / "stations.csv").read_bytes()
    assert content.decode("gb18030")  # it would pass
    sites = read_sites(CASES / "C46" / "stations.csv")
    assert sites.name.tolist() == right("C46")["names"]
    assert sites.notes == ()


def test_c48_the_encoding_of_a_shapefile_is_what_it_says():
    expected = right("C48")
    path = CASES / "C48" / "with_cpg" / "stations.shp"
    assert read_sites(path, columns={"name": expected["field"]}).name.tolist() == expected["names"]


def test_c48_or_what_was_told():
    expected = right("C48")
    path = CASES / "C48" / "no_cpg" / "stations.shp"
    sites = read_sites(path, columns={"name": expected["field"]}, encoding="gbk")
    assert sites.name.tolist() == expected["names"]
    with pytest.raises(PointsError, match='not in encoding "utf-8"'):
        read_sites(path, encoding="utf-8")


def test_c48_or_else_it_is_guessed_aloud(tmp_path):
    expected = right("C48")
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0))
    scenario = write_scenario(
        tmp_path, demand={"file": "demand.csv"}, sites={"file": "C48/no_cpg/stations.shp"}
    )
    found = survey_of(read_scenario(scenario)).inputs.sites
    assert found.name.tolist() == expected["names"]
    told = check(scenario)
    assert told.exit_code == 0
    assert "text is not UTF-8 and taken for GB18030" in told.stdout
    assert f"{expected['field']} taken for name" in told.stdout


# --- tables -------------------------------------------------------------------------------------


def test_c50_of_several_layers_one_is_to_be_named(tmp_path):
    expected = right("C50")
    path = CASES / "C50" / "data.gpkg"
    with pytest.raises(PointsError) as caught:
        read_sites(path)
    assert all(layer in str(caught.value) for layer in expected["layers"])
    assert len(read_sites(path, layer="stations")) == expected["with_layer"]


def test_c52_ids_of_a_workbook_stay_text(tmp_path):
    expected = right("C52")
    path = CASES / "C52" / "stations.xlsx"
    sites = read_sites(path)
    assert sorted(sites.id) == sorted(expected["xlsx_ids"])
    assert sites.notes == ("columns by their usual names: station_id taken for id",)
    wanted = (CASES / "C52" / "required.csv").read_text(encoding="utf-8").split()[1:]
    assert set(wanted) & set(sites.id) == {"001"}  # the other one is only in the CSV


def test_c52_and_so_they_come_out(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    scenario = write_scenario(
        tmp_path,
        demand={"file": "demand.csv"},
        sites={"file": "C52/stations.xlsx"},
        goal="set-covering",
    )
    run(read_scenario(scenario), out=tmp_path / "out")
    text = (tmp_path / "out" / "stations.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert text
    assert {row.split(",")[0] for row in text} <= set(right("C52")["xlsx_ids"])
