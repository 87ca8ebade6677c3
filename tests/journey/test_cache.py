"""The network cache as a planner meets it: equal results, and a command that tells what is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import scenarios

ROOT = Path(__file__).parents[2]
COUNTY = ROOT / "data" / "yuhuan"
STABLE = [
    *("assignments.csv", "map.html", "result.json", "sheet.pdf", "sheet.png"),
    *("stations.csv", "times.npz"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATION_PLANNER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "networks"


def called(*arguments: str | Path) -> str:
    told = scenarios.called(*arguments)
    assert told.exit_code == 0, told.output
    return told.stdout


def planned(out: Path, **settings: str) -> dict[str, bytes]:
    """Plan the county in a process of its own; return what was written that is equal for equal inputs."""
    command = [sys.executable, "cli.py", "-v", "plan", str(COUNTY / "fewest.toml"), "--out", str(out)]  # fmt: skip
    done = subprocess.run(
        command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ("roads taken from the cache" in done.stderr) == (out.name == "again")
    return {name: (out / name).read_bytes() for name in STABLE}


@pytest.mark.slow
def test_results_are_byte_equal_with_the_cache_and_without(tmp_path: Path):
    without = planned(tmp_path / "without", STATION_PLANNER_CACHE="off")
    first, again = planned(tmp_path / "first"), planned(tmp_path / "again")
    for name in STABLE:
        assert first[name] == without[name], name
        assert again[name] == without[name], name


def test_tools_cache_tells_where_networks_are_and_how_many(folder: Path):
    assert called("tools", "cache") == f"{folder}\n0 networks, 0.0 MB\n"
    called("check", COUNTY / "fewest.toml")
    size = sum(entry.stat().st_size for entry in folder.iterdir())
    assert size > 1_000_000
    assert called("tools", "cache") == f"{folder}\n1 network, {size / 1e6:.1f} MB\n"
    told = json.loads(called("tools", "cache", "--json"))
    assert told == {"folder": str(folder), "n_entries": 1, "size_bytes": size}


def test_tools_cache_clear_removes_networks(folder: Path):
    called("check", COUNTY / "fewest.toml")
    said = called("tools", "cache", "--clear")
    assert said.startswith(f"{folder}\n1 network, ")
    assert said.endswith(" MB, removed\n")
    assert list(folder.iterdir()) == []
    assert called("tools", "cache", "--clear") == f"{folder}\n0 networks, 0.0 MB, removed\n"


def test_tools_cache_says_when_nothing_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STATION_PLANNER_CACHE", "off")
    assert called("tools", "cache") == "No networks are kept: STATION_PLANNER_CACHE is off.\n"
    assert json.loads(called("tools", "cache", "--clear", "--json")) == {
        "folder": None,
        "n_entries": 0,
        "size_bytes": 0,
    }


def test_an_edited_road_file_is_noticed(tmp_path: Path, folder: Path):
    for name in ("fewest.toml", "demand.csv", "hosts.csv", "roads.osm.pbf"):
        shutil.copy(COUNTY / name, tmp_path / name)
    called("check", tmp_path / "fewest.toml")
    with (tmp_path / "roads.osm.pbf").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 1000)
    told = scenarios.called("check", tmp_path / "fewest.toml")
    assert told.exit_code == 3
    assert "not readable as OpenStreetMap data" in told.stderr
