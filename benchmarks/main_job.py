"""The main job as users meet it: whole processes of station-planner."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.instances import ROOT, folder, real_file
from benchmarks.measure import FailedError
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

_HOSTS: Final = frozenset(
    (
        *("bank", "cafe", "community_centre", "convenience", "fast_food", "fuel", "government"),
        *("mall", "marketplace", "pharmacy", "post_office", "public_building", "restaurant"),
        *("supermarket", "townhall"),
    )
)
"""Kinds of place in north Anhui that may take in a station: about 600 of them."""
_SCENARIO: Final = """\
name = "north-anhui"

[network]
file = "{roads}"

[demand]
file = "demand.csv"

[sites]
file = "hosts.csv"

[placement]
goal = "set-covering"
"""


def _planner(*arguments: str | Path, cache: str = "") -> str:
    """Run station-planner in a process of its own; return what it says. A fresh cache makes it a first run."""
    settings = {"STATION_PLANNER_CACHE": cache or str(folder() / "networks")}
    if cache:
        settings["NUMBA_CACHE_DIR"] = cache
    return _process([sys.executable, str(ROOT / "cli.py"), *map(str, arguments)], settings)


def _process(command: list[str], settings: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise FailedError(said[-1])
    return done.stdout


def _scenario(instance: str) -> Path:
    """Return a scenario file: of the demo, or of north Anhui, written where it isn't there."""
    if instance == "yuhuan":
        path = ROOT / "data" / "yuhuan" / "fewest.toml"
        if not path.is_file():
            raise UnavailableError(f"needs {path}")
        return path
    roads = real_file("roads/cn_north_anhui_tile_2017.osm.pbf")
    into = folder() / "north-anhui"
    into.mkdir(exist_ok=True)
    places = _rows(real_file("poi/cn_north_anhui_places_2017.csv"))
    hosts = [
        row for row in _rows(real_file("poi/cn_north_anhui_poi_2017.csv")) if row["value"] in _HOSTS
    ]
    _write_points(into / "demand.csv", places)
    _write_points(into / "hosts.csv", hosts)
    path = into / "scenario.toml"
    path.write_text(_SCENARIO.format(roads=roads.as_posix()), encoding="utf-8")
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _write_points(path: Path, points: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "lon", "lat", "name"])
        # a number may be that of a node and of a way
        ids = [f"{point.get('osm_type', 'node')[0]}{point['osm_id']}" for point in points]
        once = dict(zip(ids, points, strict=True))
        writer.writerows([i, p["lon"], p["lat"], p["name"]] for i, p in once.items())


def _said(said: str) -> Answer:
    return {"n_letters": len(said)}


def _any(_ours: Answer, _other: Answer, _tolerance: float) -> str:
    return ""


starting = task(
    name="help",
    does="station-planner --help, warm",
    cases={
        Level.SMOKE: Case(name="-", instance=""),
        Level.SMALL: Case(name="-", instance="", limits=(Limit(figure="cpu_s", at_most=0.3),)),
    },
    judge=_any,
)
planning = task(
    name="plan",
    does="from scenario to result folder, warm",
    cases={
        Level.SMOKE: Case(name="yuhuan", instance="yuhuan"),
        Level.SMALL: Case(name="yuhuan", instance="yuhuan"),
        Level.MEDIUM: Case(
            name="north Anhui",
            instance="anhui",
            limits=(Limit(figure="cpu_s", at_most=20.0), Limit(figure="peak_mb", at_most=1500)),
        ),
    },
    prepare=_scenario,
    judge=_any,
)
_MAP: Final = Limit(figure="map_mb", at_most=2.0)
demo_first = task(
    name="demo, first run",
    does="the first run after install: kernels compile",
    cases={
        Level.SMALL: Case(
            name="yuhuan", instance="yuhuan", limits=(Limit(figure="cpu_s", at_most=40.0), _MAP)
        )
    },
    prepare=_scenario,
    judge=_any,
)
demo_second = task(
    name="demo, second run",
    does="the same once more",
    cases={
        Level.SMALL: Case(
            name="yuhuan", instance="yuhuan", limits=(Limit(figure="cpu_s", at_most=15.0), _MAP)
        )
    },
    prepare=_scenario,
    judge=_any,
)


@starting.tool(OURS)
def _(_: str) -> Work:
    return Work(lambda: _planner("--help"), _said)


@starting.tool("typer alone")
def _(_: str) -> Work:
    alone = Path(__file__).parent / "peers" / "typer_alone.py"
    return Work(lambda: _process([sys.executable, str(alone), "--help"], {}), _said)


@planning.tool(OURS)
def _(instance: str) -> Work:
    scenario = _scenario(instance)
    out = folder() / f"run-{instance}"
    return Work(lambda: _planner("plan", scenario, "--out", out), lambda _: _size_of(out))


@demo_first.tool(OURS)
def _(_: str) -> Work:
    out = folder() / "run-demo-first"

    def run() -> None:
        with tempfile.TemporaryDirectory() as fresh:
            _planner("demo", "--out", out, cache=fresh)

    return Work(run, lambda _: _size_of(out), warms_up=False)


@demo_second.tool(OURS)
def _(_: str) -> Work:
    out = folder() / "run-demo-second"
    return Work(lambda: _planner("demo", "--out", out), lambda _: _size_of(out))


def _size_of(out: Path) -> Answer:
    """Return the megabytes of a run's map, and the stations of its plan."""
    import json

    n_stations = json.loads((out / "result.json").read_text(encoding="utf-8"))["n_stations"]
    return {"map_mb": (out / "map.html").stat().st_size / 1e6, "n_stations": n_stations}
