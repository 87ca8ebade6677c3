"""`compare` as a planner meets it: result folders in, an answer and a folder out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scenarios import BY_TABLE, called, write

NAMES = ["compare.csv", "compare.html", "compare.json"]
# Seconds by a table; five minutes are 300 s. One station covers most at B (13 of 19; 12 at A), two at A and B (18).
#
#        weight    A     B
#   D1      5      9    301
#   D2      4    200      9
#   D3      3    300      9
#   D4      6      -    300
#   D5      1      -     -
FILES = {
    "demand.csv": "id,lon,lat,weight,name,district\nD1,121,28,5,=1+1,north\nD2,121,28,4,,north\n"
    "D3,121,28,3,\x1b[31m红,south\nD4,121,28,6,,south\nD5,121,28,1,,south\n",
    "hosts.csv": "id,lon,lat,name\nA,121,28,东站\nB,121,28,\n",
    "times.csv": "demand,site,drive_time_s\nD1,A,9\nD1,B,301\nD2,A,200\nD2,B,9\nD3,A,300\nD3,B,9\nD4,B,300\n",
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("town"), FILES)
    for n in (1, 2):
        write(folder, {f"s{n}.toml": f'{BY_TABLE}goal = "max-covering"\nstations = {n}\n'})
        told = called("-q", "plan", folder / f"s{n}.toml", "--out", folder / f"run{n}")
        assert told.exit_code == 0
    return folder


@pytest.fixture
def runs(planned, tmp_path, monkeypatch):
    """A folder with two runs, of one station and of two, in which the program is run."""
    folder = tmp_path / "town"
    shutil.copytree(planned, folder)
    monkeypatch.chdir(folder)
    return folder


def test_it_tells_what_changes_and_writes_a_folder(runs):
    told = called("compare", "run1", "run2")
    assert told.exit_code == 0
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert lines[0] == "run1 run2"
    for line in (
        "stations 1 2",
        "covered 68.42 % 94.74 %",
        "not covered, weight 6 1",
        "longest drive 5 min 1 s 5 min",
        "run2 against run1",
        "stations 1 added, 0 removed, 1 kept",
        "added 东站 (A)",
        "gain cover 1 place, weight 5",
        "lose cover 0 places, weight 0",
        "as before 3 places, weight 13",
        "covered in neither 1 place, weight 1",
        "shorter by most -4 min 52 s =1+1 (D1)",
        "districts north: +55.56 points of cover, mean drive -2 min 42 s",
        "placement.stations: 1 in run1, 2 in run2",
        f"map: {Path('runs/compare/compare.html')}",
    ):
        assert line in lines
    assert sorted(path.name for path in (runs / "runs" / "compare").iterdir()) == NAMES


def test_names_of_the_data_cannot_steer_the_terminal(runs):
    told = called("compare", "run2", "run1")
    assert "\x1b" not in told.stdout
    assert "D1" in told.stdout


def test_json_is_all_there_is_on_stdout_and_in_the_folder(runs):
    told = json.loads(called("compare", "run1", "run2", "--json", "--out", "那里").stdout)
    assert told == json.loads((runs / "那里" / "compare.json").read_text(encoding="utf-8"))
    assert told["format"] == "station-planner/comparison/1"
    assert [run["run"] for run in told["runs"]] == ["run1", "run2"]
    assert told["runs"][0]["roads_share_covered"] is None
    (changes,) = told["changes"]
    assert changes["stations"] == {"added": ["A"], "removed": [], "kept": ["B"]}
    assert changes["demand"]["gained"] == {"n": 1, "weight": 5.0}
    assert changes["shorter"][0] | {"name": ""} == {
        "id": "D1",
        "name": "",
        "drive_time_s_first": 301.0,
        "drive_time_s_later": 9.0,
        "change_s": -292.0,
    }
    assert told["asked"] == [{"setting": "placement.stations", "values": [1, 2]}]
    assert told["remarks"] == []


def assignments(folder):
    table = pd.read_csv(folder / "assignments.csv", encoding="utf-8-sig", dtype={"demand": str})
    return table.set_index("demand")


def check_against_assignments(folder, runs):
    """Hold compare.csv and the totals of compare.json to a merge of the runs' own tables."""
    table = pd.read_csv(folder / "compare.csv", encoding="utf-8-sig", dtype={"id": str})
    table = table.set_index("id")
    told = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    tables = [assignments(run) for run in runs]
    for k, one in enumerate(tables, 1):
        assert table.index.tolist() == one.index.tolist()
        for column in ("station", "drive_time_s", "covered"):
            ours, theirs = table[f"{column}_{k}"], one[column]
            assert ((ours == theirs) | (ours.isna() & theirs.isna())).all()
    first, *others = tables
    for k, later in enumerate(others, 2):
        both = pd.merge(first, later, left_index=True, right_index=True, suffixes=("_a", "_b"))
        a, b = both["covered_a"], both["covered_b"]
        more_s = both["drive_time_s_b"] - both["drive_time_s_a"]
        is_in = {
            "gained": ~a & b,
            "lost": a & ~b,
            "uncovered": ~a & ~b,
            "faster": a & b & (more_s < 0),
            "slower": a & b & (more_s > 0),
            "same": a & b & (more_s == 0),
        }
        for change, mask in is_in.items():
            assert both.index[mask].tolist() == table.index[table[f"change_{k}"] == change].tolist()
            assert told["changes"][k - 2]["demand"][change] == {
                "n": int(mask.sum()),
                "weight": pytest.approx(table["weight"][mask].sum()),
            }
        longest = more_s[more_s > 0].max()
        named = told["changes"][k - 2]["longer"]
        assert named[0]["change_s"] == longest if named else np.isnan(longest)


def test_the_table_is_a_merge_of_the_assignments(runs):
    called("compare", "run1", "run2", "run1")
    folder = runs / "runs" / "compare"
    check_against_assignments(folder, [runs / "run1", runs / "run2", runs / "run1"])
    assert "'=1+1" in (folder / "compare.csv").read_text(encoding="utf-8-sig")


def test_equal_runs_give_equal_bytes(runs):
    for out in ("one", "two"):
        called("compare", "run1", "run2", "--out", out)
    for name in NAMES:
        assert (runs / "one" / name).read_bytes() == (runs / "two" / name).read_bytes()


def test_an_older_comparison_is_replaced_and_anything_else_refused(runs):
    called("compare", "run1", "run2", "--out", "out")
    assert called("compare", "run2", "run1", "--out", "out").exit_code == 0
    assert json.loads((runs / "out" / "compare.json").read_text())["runs"][0]["run"] == "run2"
    for folder in ("run1", "."):
        before = sorted(path.name for path in (runs / folder).iterdir())
        told = called("compare", "run1", "run2", "--out", folder)
        assert told.exit_code == 3
        assert "holds something that is no comparison" in told.stderr
        assert sorted(path.name for path in (runs / folder).iterdir()) == before


def test_what_cannot_be_compared_is_said(runs):
    assert called("compare", "run1").exit_code == 2
    assert called("compare", "run1", "nowhere").exit_code == 2
    (runs / "empty").mkdir()
    told = called("compare", "run1", "empty")
    assert told.exit_code == 3
    assert "there is no result.json in it" in told.stderr
    (runs / "demand.csv").write_text(FILES["demand.csv"].replace("D5", "D6"), encoding="utf-8")
    told = called("compare", "run1", "run2")
    assert told.exit_code == 3
    assert "demand.csv changed since this run" in told.stderr
    assert not (runs / "runs").exists()


@pytest.mark.slow
def test_the_county_compared_fits_on_a_stick_and_agrees_with_its_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    county = Path(__file__).parents[2] / "data" / "yuhuan"
    for name in ("fewest", "seventy-eight"):
        assert called("-q", "plan", county / f"{name}.toml", "--out", name).exit_code == 0
    assert called("compare", "fewest", "seventy-eight", "--out", "out").exit_code == 0
    check_against_assignments(tmp_path / "out", [tmp_path / "fewest", tmp_path / "seventy-eight"])
    assert (tmp_path / "out" / "compare.html").stat().st_size < 1_600_000
