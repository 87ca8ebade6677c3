"""Tables to hand on: from a saved run to workbook, CSV and GeoParquet."""

import json

import openpyxl
import pytest
from scenarios import BY_TABLE, called, write


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A folder with a saved run: one station, within reach of one of two demand points."""
    monkeypatch.chdir(tmp_path)
    files = {
        "demand.csv": "id,lon,lat,name\nD1,121,28,a\nD2,121,28,a\x01b\n",
        "hosts.csv": "id,lon,lat\nS1,121,28\n",
        "times.csv": "demand,site,drive_time_s\nD1,S1,60\n",
        "town.toml": f'language = "en"{BY_TABLE}',
    }
    write(tmp_path, files)
    assert called("plan", "town.toml", "--out", "run").exit_code == 0
    return tmp_path


def test_the_workbook_is_the_default_beside_the_run_and_says_what_it_could_not_hold(saved):
    said = called("tables", "run")
    assert (said.exit_code, said.stdout) == (0, "run/tables/plan.xlsx\n")
    assert "note: plan.xlsx: 2 texts with characters that no workbook can hold" in said.stderr
    book = openpyxl.load_workbook(saved / "run" / "tables" / "plan.xlsx")
    assert book["Assignments"]["C3"].value == "a\ufffdb"
    assert called("verify", "run").exit_code == 0  # the run is as it was


def test_the_language_may_be_another_than_that_of_the_scenario(saved):
    said = called("tables", "run", "--language", "zh", "--out", "给领导")
    assert said.stdout == "给领导/plan.xlsx\n"
    assert openpyxl.load_workbook(saved / "给领导" / "plan.xlsx").sheetnames[0] == "摘要"


def test_machines_are_told_the_files(saved):
    told = json.loads(called("tables", "run", "--format", "csv", "--json").stdout)
    assert told["files"][:2] == ["run/tables/assignments.csv", "run/tables/districts.csv"]
    assert told["notes"] == []
    assert (saved / told["files"][0]).read_text(encoding="utf-8-sig").startswith("District,")
    told = json.loads(called("tables", "run", "-f", "parquet", "--json").stdout)
    assert told["files"] == ["run/tables/demand.parquet", "run/tables/stations.parquet"]


def test_the_tables_of_the_run_itself_stay_and_what_can_not_be_written_is_told(saved):
    before = (saved / "run" / "stations.csv").read_bytes()
    said = called("tables", "run", "--format", "csv", "--out", "run")
    assert said.exit_code == 3
    assert "error: run: is a result folder; name another one with --out" in said.stderr
    assert (saved / "run" / "stations.csv").read_bytes() == before
    said = called("tables", "run", "--out", "town.toml/below")
    assert said.exit_code == 3
    assert "can't be written" in said.stderr
