"""Roads as demand from files to the result folder, and covered again by `verify`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyogrio
import pytest
import scenarios
import towns
from conftest import ROOT, SHARED

COUNTY = ROOT / "data" / "yuhuan"
ROADS = SHARED / "realdata" / "roads" / "cn_huainan_2017.osm.pbf"
POIS = SHARED / "realdata" / "poi" / "cn_huainan_poi_2017.csv"

# A road of 1,000 m, 100 s long, and one host at its west end: of 40 s it covers 400 m.


def called(*arguments):
    told = scenarios.called(*arguments)
    assert told.exit_code == 0, told.output
    return told.output


def planned(scenario: Path):
    """Run a scenario, let verify agree, and return the numbers."""
    out = scenario.parent / "run"
    called("plan", scenario, "--out", out)
    assert "Everything agrees." in called("verify", out)
    return json.loads((out / "result.json").read_text(encoding="utf-8"))


@pytest.fixture
def town(tmp_path):
    nodes = {1: (0, 0), 2: (500, 0), 3: (1000, 0)}
    ways = [([1, 2], {}), ([2, 3], {"name": "East Road"})]
    files = {"roads.osm": towns.osm_text(nodes, ways), "town.toml": scenarios.ROADS_ALONE}
    return scenarios.write(tmp_path, files | {"hosts.csv": scenarios.along_the_road(H1=0)})


def test_a_host_covers_the_road_up_to_the_standard(town):
    said = planned(town / "town.toml")
    roads = said["roads"]
    assert (said["demand"], said["stations"], said["status"]) == (None, ["H1"], "optimal")
    assert roads["length_m"] == pytest.approx(1000, abs=0.5)
    assert roads["covered_m"] == roads["coverable_m"] == pytest.approx(400, abs=0.1)
    assert roads["worst"]["drive_time_s"] == pytest.approx(100, abs=0.1)
    assert roads["worst"]["lon"] == pytest.approx(towns.degrees(1000)[0], abs=1e-6)
    assert roads["only_by"] == [{"station": "H1", "length_m": roads["covered_m"]}]
    layer = pyogrio.read_dataframe(town / "run" / "plan.gpkg", layer="roads")
    metres = layer.groupby("covered")["length_m"].sum()
    assert metres[True] == pytest.approx(400, abs=0.1)
    assert metres[False] == pytest.approx(600, abs=0.5)


def test_junctions_cover_what_no_host_does(town):
    text = scenarios.ROADS_ALONE.replace('file = "hosts.csv"', 'file = "hosts.csv"\nroads = true')
    (town / "town.toml").write_text(text, encoding="utf-8")
    said = planned(town / "town.toml")
    # the first 100 m are only within 400 m of the west end, the last 100 m of the east end, the middle of the middle
    assert said["roads"]["covered_m"] == pytest.approx(1000, abs=0.5)
    assert said["n_stations"] == 3
    with (town / "run" / "stations.csv").open(encoding="utf-8-sig", newline="") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}
    assert "junction" in kinds


@pytest.mark.slow
@pytest.mark.shared
def test_huainan_is_covered_metre_by_metre(tmp_path):
    with POIS.open(encoding="utf-8-sig", newline="") as file:
        rows = [f"{i},{r['lon']},{r['lat']}" for i, r in enumerate(csv.DictReader(file))]
    (tmp_path / "hosts.csv").write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    (tmp_path / "huainan.toml").write_text(
        f"[network]\nfile = '{ROADS}'\n[demand]\nroads = true\n[sites]\nfile = 'hosts.csv'\n[placement]\n",
        encoding="utf-8",
    )
    said = planned(tmp_path / "huainan.toml")
    assert said["status"] == "optimal"
    assert said["roads"]["covered_m"] == pytest.approx(said["roads"]["coverable_m"], abs=1e-3)


@pytest.mark.slow
def test_the_county_is_covered_metre_by_metre_beside_its_demand(tmp_path):
    (tmp_path / "county.toml").write_text(
        f"[network]\nfile = '{COUNTY / 'roads.osm.pbf'}'\n[demand]\nfile = '{COUNTY / 'demand.csv'}'\nroads = true\n"
        f"[sites]\nfile = '{COUNTY / 'hosts.csv'}'\n[placement]\n",
        encoding="utf-8",
    )
    said = planned(tmp_path / "county.toml")
    assert said["status"] == "optimal"
    assert said["demand"]["uncovered"] == [u["demand"] for u in said["demand"]["uncoverable"]]
    assert said["roads"]["covered_m"] == pytest.approx(said["roads"]["coverable_m"], abs=1e-3)
