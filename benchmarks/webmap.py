"""The map's page: how large it is, and what a browser works until it can be read, and until it answers."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances import streets_pbf
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

if TYPE_CHECKING:
    from planner.network import RoadNetwork
    from planner.points import Demand, Sites
    from planner.result import Result

SMOKE: Final = "600"
N_SITES: Final = 1_000
N_STATIONS: Final = 78
_N_NODES: Final = {SMOKE: 300, "50k": 19_300, "200k": 76_600}
"""Junctions of the towns; those two have 30,000 and 120,000 roads."""
_N_DEMAND: Final = {SMOKE: 200, "50k": 20_000, "200k": 80_000}
N_VISITS: Final = 4
"""So often a page is opened, each time by a browser of its own; the least figures count."""
_N_CLICKS: Final = 4
_ARGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_READY: Final = 'requestAnimationFrame(() => { document.documentElement.dataset.ready = "true"; });'
_CLICKS: Final = """async (n) => {
    const { whatIf } = window.stationMap.app;
    const took = [];
    for (let row = 0; row < n; row++) {
        const start = performance.now();
        whatIf.toggle(row);
        took.push(performance.now() - start);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return took;
}"""
"""Closes one station after the other; the first time the page makes its graph."""


def result_of(instance: str) -> Result:
    """Return a whole result on a town: drives along its roads, and stations drawn by lot."""
    from planner.coverage import coverage_of
    from planner.drivetimes import needs_of, road_times
    from planner.plan import Goal, planned
    from planner.result import Result
    from planner.roads import read_network
    from planner.scenario import Scenario

    network = read_network(streets_pbf(_N_NODES[instance]))
    rng = np.random.default_rng(2)
    n_sites = min(N_SITES, network.n_nodes // 4)
    demand = _demand(*_near_roads(network, _N_DEMAND[instance], rng), rng)
    sites = _sites(*_near_roads(network, n_sites, rng))
    source = road_times(network, sites, demand)
    needs = needs_of(demand, fleet="all", max_drive_time_s=300.0)
    times = source.within(needs)
    stations = np.sort(rng.choice(n_sites, min(N_STATIONS, n_sites // 3), replace=False))
    plan = planned(coverage_of(times), stations.astype(np.int32), goal=Goal.ASSESS)
    asked = {
        "name": "town",
        "network": {"file": "roads.osm.pbf"},
        "demand": {"file": "demand.csv"},
        "sites": {"file": "sites.csv"},
        "placement": {"goal": "assess"},
        "path": Path("town.toml"),
        "folder": Path(),
    }
    return Result(
        scenario=Scenario.model_validate(asked),
        network=network,
        times=times,
        demand_places=source.demand_places,
        site_places=source.site_places,
        plan=plan,
        nearest_station=source.nearest(needs, np.isin(np.arange(n_sites), stations)),
        nearest_site=source.nearest(needs, ~sites.is_excluded),
        inputs=(),
        source=source,
    )


def _near_roads(
    network: RoadNetwork, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places some 20 m beside points of roads."""
    at = rng.integers(0, network.shape_lon.size, n)
    lon = network.shape_lon[at] + rng.normal(0, 2e-4, n)
    return lon, network.shape_lat[at] + rng.normal(0, 2e-4, n)


def _texts(values: list[str]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _demand(lon: NDArray[np.float64], lat: NDArray[np.float64], rng: np.random.Generator) -> Demand:
    from planner.points import Demand

    n = lon.size
    # in rows as tables of villages are: one district after the other
    district = (np.argsort(np.argsort(lat)) * 11) // n
    rows = np.lexsort((lon, district))
    return Demand(
        id=_texts([f"D{i:05d}" for i in range(n)]),
        lon=lon[rows],
        lat=lat[rows],
        weight=np.rint(rng.gamma(2.0, 12.0, n)),
        name=_texts([f"{i}号村" if i % 5 == 0 else "" for i in range(n)]),
        district=_texts([f"第{k}街道" for k in district[rows]]),
        file="demand.csv",
    )


def _sites(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Sites:
    from planner.points import Sites

    n = lon.size
    kinds = ("bank", "supermarket", "community_centre", "post_office")
    no = np.zeros(n, dtype=bool)
    return Sites(
        id=_texts([f"H{i:04d}" for i in range(n)]),
        lon=lon,
        lat=lat,
        name=_texts([f"骑手驿站{i}" for i in range(n)]),
        kind=_texts([kinds[i % len(kinds)] for i in range(n)]),
        services=_texts(["rest;water;charging" if i % 2 else "" for i in range(n)]),
        opening_hours=_texts(["24/7" if i % 6 == 0 else "08:00-20:00" for i in range(n)]),
        is_existing=np.arange(n) % 40 == 0,
        is_required=no,
        is_excluded=no,
        file="sites.csv",
    )


def _visited(html: str, *, visits: int, answers: bool) -> Answer:
    """Open a page in a browser of its own, several times.

    Returns
    -------
    Answer
        ``page_mb``; ``ready_s``: CPU seconds of all processes of the browser until the page is ready, and ``shown_s``:
        a second later, when all is drawn; ``first_ms`` and ``click_ms``: what the first and the quickest later answer to "what if" takes.
    """
    from playwright.sync_api import sync_playwright

    figures: dict[str, list[float]] = {"page_mb": [len(html.encode("utf-8")) / 1e6]}
    with tempfile.TemporaryDirectory() as into, sync_playwright() as playwright:
        path = Path(into) / "map.html"
        path.write_text(html, encoding="utf-8", newline="\n")
        for _ in range(visits):
            browser = playwright.chromium.launch(executable_path=_chromium(), args=_ARGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.wait_for_timeout(1000)  # it has come to rest
            before = _children_cpu_s()
            page.goto(path.as_uri())
            page.wait_for_function("() => document.documentElement.dataset.ready === 'true'")
            figures.setdefault("ready_s", []).append(_children_cpu_s() - before)
            page.wait_for_timeout(1000)
            figures.setdefault("shown_s", []).append(_children_cpu_s() - before)
            if answers:
                first, *others = page.evaluate(_CLICKS, _N_CLICKS)
                figures.setdefault("first_ms", []).append(first)
                figures.setdefault("click_ms", []).append(min(others))
            browser.close()
    return {name: min(values) for name, values in figures.items()}


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise UnavailableError("needs Chromium")
    return path


def _children_cpu_s() -> float:
    """Return the CPU seconds of all processes that came from this one and are still there."""
    per_s = os.sysconf("SC_CLK_TCK")
    parent, cpu_s = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it is over
        pid = int(folder.name)
        parent[pid] = int(told[1])
        cpu_s[pid] = (int(told[11]) + int(told[12])) / per_s
    ours = os.getpid()
    return sum(cpu_s[pid] for pid in cpu_s if pid != ours and _comes_from(pid, ours, parent))


def _comes_from(pid: int, ancestor: int, parent: dict[int, int]) -> bool:
    while pid in parent and pid != ancestor:
        pid = parent[pid]
    return pid == ancestor


def _prepare(instance: str) -> None:
    _chromium()
    if not Path("/proc/self/stat").is_file():
        raise UnavailableError("needs /proc")
    streets_pbf(_N_NODES[instance])


def _any(_ours: Answer, _other: Answer, _tolerance: float) -> str:
    return ""


def _visits(instance: str) -> int:
    return 1 if instance == SMOKE else N_VISITS


mapping = task(
    name="map",
    does="the map of a plan opened in Chromium",
    cases={
        Level.SMOKE: Case(name=SMOKE, instance=SMOKE),
        Level.MEDIUM: Case(
            name="50k features",
            instance="50k",
            limits=(
                Limit(figure="page_mb", at_most=1.5),
                Limit(figure="ready_s", at_most=1.2),
                Limit(figure="first_ms", at_most=100),
            ),
        ),
        Level.LARGE: Case(
            name="200k features",
            instance="200k",
            limits=(Limit(figure="page_mb", at_most=3.0), Limit(figure="ready_s", at_most=2.0)),
        ),
    },
    prepare=_prepare,
    judge=_any,
)


@mapping.tool(OURS)
def _(instance: str) -> Work:
    from planner.webmap import map_html

    result = result_of(instance)

    def run() -> Answer:
        return _visited(map_html(result), visits=_visits(instance), answers=True)

    return Work(run, lambda found: found, warms_up=False)


@mapping.tool("folium as it is", tolerance=None, largest=Level.MEDIUM)
def _(instance: str) -> Work:
    result = result_of(instance)
    return Work(
        lambda: _visited(_of_folium(result), visits=_visits(instance), answers=False),
        lambda found: found,
        warms_up=False,
    )


@mapping.tool("Leaflet, GeoJSON", tolerance=None)
def _(instance: str) -> Work:
    result = result_of(instance)
    return Work(
        lambda: _visited(_of_leaflet(result), visits=_visits(instance), answers=False),
        lambda found: found,
        warms_up=False,
    )


def _lines(result: Result) -> Any:
    """Return the roads as GeoJSON."""
    network = result.network
    assert network is not None
    xy = np.column_stack([network.shape_lon, network.shape_lat]).round(5)
    start = network.shape_start
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"class": network.classes[network.street_class[i]]},
                "geometry": {
                    "type": "LineString",
                    "coordinates": xy[start[i] : start[i + 1]].tolist(),
                },
            }
            for i in range(network.n_streets)
        ],
    }


def _leaflet(name: str) -> str:
    from importlib.resources import files

    return (files("js_lib_leaflet") / "static" / "js_lib_leaflet" / name).read_text("utf-8")


def _of_folium(result: Result) -> str:
    """Return a page as folium writes it: a marker for each point, roads as GeoJSON; only Leaflet comes inside."""
    import folium
    from branca.element import Element

    demand, seconds = result.times.demand, result.nearest_station.time_s
    page = folium.Map(
        [demand.lat.mean(), demand.lon.mean()], zoom_start=11, tiles=None, prefer_canvas=True
    )
    page.default_js, page.default_css = [], []
    folium.GeoJson(_lines(result)).add_to(page)
    for i in range(len(demand)):
        folium.CircleMarker(
            [demand.lat[i], demand.lon[i]], radius=3, tooltip=f"{demand.id[i]}: {seconds[i]:.0f} s"
        ).add_to(page)
    root = page.get_root()
    root.header.add_child(Element(f"<style>{_leaflet('leaflet.css')}</style>"))
    root.header.add_child(Element(f"<script>{_leaflet('leaflet.js')}</script>"))
    return f"{root.render()}<script>{_READY}</script>"


def _of_leaflet(result: Result) -> str:
    """Return a page as one writes it by hand: Leaflet on one canvas, points and roads as GeoJSON."""
    import json

    demand, seconds = result.times.demand, np.nan_to_num(result.nearest_station.time_s, nan=-1)
    points = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": demand.id[i], "seconds": round(float(seconds[i]))},
                "geometry": {
                    "type": "Point",
                    "coordinates": [
                        round(float(demand.lon[i]), 5),
                        round(float(demand.lat[i]), 5),
                    ],
                },
            }
            for i in range(len(demand))
        ],
    }
    centre = [float(demand.lat.mean()), float(demand.lon.mean())]
    script = f"""
        const map = L.map("map", {{ preferCanvas: true }}).setView({centre}, 11);
        L.geoJSON({json.dumps(_lines(result))}).addTo(map);
        L.geoJSON({json.dumps(points)}, {{
            pointToLayer: (_, at) => L.circleMarker(at, {{ radius: 3 }}),
        }}).addTo(map);
        {_READY}"""
    return (
        f"<!DOCTYPE html><style>{_leaflet('leaflet.css')}#map {{ height: 100vh }}</style>"
        f'<div id="map"></div><script>{_leaflet("leaflet.js")}</script><script>{script}</script>'
    )
