"""Stations switched off and sites switched on in the page: its numbers are those of the library for the same list."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import driven, driven_town, town
from packed import unpack
from typer.testing import CliRunner

from planner.answer import whole_seconds
from planner.answer.words import share
from planner.cli import app
from planner.drivetimes import TableTimes
from planner.result import Result
from planner.scenario import Direction
from planner.timetables import TablePairs
from planner.webmap import drives, map_html
from planner.webmap.content import content
from planner.webmap.drives import site_rows

pytestmark = pytest.mark.browser

FIGURES = (
    *("share", "uncovered_weight", "n_uncovered", "n_stations", "n_existing"),
    *("mean_s", "p95_s", "longest_s", "weight_by_step", "farthest"),
)
STATE = """() => {
    const { data, demand, stations } = window.stationMap.app;
    const of = (rows, values) => Object.fromEntries(rows.map((i) => [stations.id[i], values[i]]));
    const list = (values) => Array.from(values);
    return {
        figures: data.figures, step: list(demand.step), time: list(demand.time),
        station: Array.from(demand.station, (i) => (i < 0 ? null : stations.id[i])),
        weight: of(stations.on, stations.weight), served: of(stations.on, stations.served),
        mean: of(stations.on, stations.mean), longest: of(stations.on, stations.longest),
        farthest: of(stations.on, stations.farthest),
    };
}"""


@pytest.fixture(scope="module")
def result() -> Result:
    return driven_town()


@pytest.fixture(scope="module")
def html(result: Result) -> str:
    return map_html(result)


def expected(stations: list[int]) -> dict[str, Any]:
    """Return the state of a page that was made for these stations from the start."""
    return state_of(driven_town(stations=stations))


def state_of(result: Result) -> dict[str, Any]:
    words, numbers = unpack(content(result))
    told = words | numbers
    ids = result.times.sites.id[site_rows(result)]
    columns = {"weight": told["stations"]["weight"]} | {
        name: told[f"station_{packed}"]
        for name, packed in {
            "served": "n",
            "mean": "mean",
            "longest": "longest",
            "farthest": "farthest",
        }.items()
    }
    return {
        "figures": told["figures"],
        "step": told["demand_step"],
        "time": told["demand_time"],
        "station": [None if i < 0 else ids[i] for i in told["demand_station"]],
    } | {name: dict(zip(ids, values, strict=False)) for name, values in columns.items()}


def switch(seen: Seen, result: Result, sites: list[int]) -> None:
    """Switch sites as a reader does: find each by its id, and press the button of its card."""
    for site in sites:
        seen.page.fill("#search", str(result.times.sites.id[site]))
        seen.page.keyboard.press("Enter")
        seen.page.click("#card-switch")


def test_the_numbers_are_those_of_the_library_for_the_same_stations(
    open_map: Open, html: str, result: Result
):
    seen = open_map(html)
    rng = np.random.default_rng(5)
    now = set(result.plan.stations.tolist())
    for _ in range(4):
        sites = rng.choice(len(result.times.sites), size=3, replace=False).tolist()
        switch(seen, result, sites)
        now ^= set(sites)
        state, wanted = seen.page.evaluate(STATE), expected(sorted(now))
        for name in FIGURES:
            assert state["figures"][name] == pytest.approx(wanted["figures"][name]), name
        for name in ("step", "time", "station", "weight", "served", "mean", "longest", "farthest"):
            assert state[name] == wanted[name], name
        assert seen.figure("share") == wanted["figures"]["share"]
        assert seen.page.locator("tr[data-station]").count() == len(now)
    assert seen.complaints == []
    assert len(seen.requests) == 1


def test_times_from_a_table_are_tried_out_too(open_map: Open, result: Result):
    times = result.source.within(result.times.needs, horizon_s=np.inf)
    pairs = TablePairs(times.need, times.site, times.time_s)
    table = TableTimes(demand=times.demand, sites=times.sites, pairs=pairs)
    plan = result.plan.stations.tolist()
    seen = open_map(map_html(driven(table, Direction.TO_STATION, plan, max_drive_time_s=120.0)))
    other = next(i for i in range(len(times.sites)) if i not in plan)
    switch(seen, result, [plan[0], other])
    now = sorted({*plan[1:], other})
    wanted = state_of(driven(table, Direction.TO_STATION, now, max_drive_time_s=120.0))
    state = seen.page.evaluate(STATE)
    for name in FIGURES:
        assert state["figures"][name] == pytest.approx(wanted["figures"][name]), name
    assert state["time"] == wanted["time"]
    assert state["weight"] == wanted["weight"]


def test_undo_and_back_to_the_plan(open_map: Open, html: str, result: Result):
    seen = open_map(html)
    before = seen.page.evaluate(STATE)
    assert seen.page.is_hidden("#what-if")
    first, second = result.plan.stations[[0, 4]].tolist()
    switch(seen, result, [first])
    one = seen.page.evaluate(STATE)
    switch(seen, result, [second])
    assert "停用 2 个，新增 0 个" in seen.text("#what-if")
    seen.page.click("#what-if-undo")
    assert seen.page.evaluate(STATE) == one
    seen.page.click("#what-if-reset")
    assert seen.page.evaluate(STATE) == before
    assert seen.page.is_hidden("#what-if")


def test_the_bar_tells_the_change_with_a_sign(open_map: Open, html: str, result: Result):
    seen = open_map(html)
    share = float(seen.figure("share").rstrip("%"))
    switch(seen, result, result.plan.stations[:4].tolist())
    after = float(seen.figure("share").rstrip("%"))
    assert after < share
    assert f"▼ −{share - after:.1f}".rstrip("0").rstrip(".") in seen.text(
        "#what-if .is-worse >> nth=0"
    )
    assert seen.page.is_visible("#answer-before")
    seen.page.click("#language")
    assert "4 switched off, 0 switched on" in seen.text("#what-if")


def test_a_card_says_what_a_site_would_add_and_a_station_alone_covers(
    open_map: Open, html: str, result: Result
):
    seen = open_map(html)
    plan = result.plan.stations.tolist()
    other = next(i for i in range(len(result.times.sites)) if i not in plan)
    with_it = expected(sorted([*plan, other]))["figures"]["uncovered_weight"]
    seen.page.fill("#search", str(result.times.sites.id[other]))
    seen.page.keyboard.press("Enter")
    now = seen.page.evaluate(STATE)["figures"]["uncovered_weight"]
    gain = round(now - with_it)
    assert seen.text("#card dl dd >> nth=0") == (f"+{gain:,}" if gain else "0")


def test_the_list_is_exported_as_a_table_that_assess_reads(
    open_map: Open, html: str, result: Result, tmp_path: Path
):
    seen = open_map(html)
    closed = int(result.plan.stations[2])
    switch(seen, result, [closed])
    with seen.page.expect_download() as download:
        seen.page.click("#what-if-export")
    file = tmp_path / "stations.csv"
    download.value.save_as(file)
    table = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    ids = result.times.sites.id
    assert [row["id"] for row in table] == [ids[i] for i in result.plan.stations if i != closed]
    assert float(table[0]["lon"]) == pytest.approx(
        result.times.sites.lon[result.plan.stations[0]], abs=1e-5
    )


FILES_SCENARIO = """
[network]
file = "roads.osm"
[[fleets]]
max_drive_min = 2
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "max-covering"
stations = 4
[isochrones]
minutes = []
"""


def write_town(folder: Path) -> None:
    """Write a scenario: ten by ten junctions 180 m apart with one-way streets, 80 places, 14 hosts of which one stands."""
    rng = np.random.default_rng(11)
    spots = [(120 + 0.00187 * j, 30 + 0.00162 * i) for i in range(10) for j in range(10)]
    rows = [[10 * i + j + 1 for j in range(10)] for i in range(10)]
    ways = [*rows, *map(list, zip(*rows, strict=True))]
    nodes = [f'<node id="{n}" lon="{x:.7f}" lat="{y:.7f}"/>' for n, (x, y) in enumerate(spots, 1)]
    lines = [
        f'<way id="{w}">{"".join(f"""<nd ref="{n}"/>""" for n in way)}<tag k="highway" v="residential"/>'
        f'<tag k="oneway" v="{"yes" if w % 3 == 0 else "no"}"/></way>'
        for w, way in enumerate(ways, 1)
    ]
    (folder / "roads.osm").write_text(f'<osm version="0.6">{"".join(nodes + lines)}</osm>')
    for name, n, more in (("demand", 80, "weight"), ("hosts", 14, "existing")):
        at = rng.uniform([120, 30], [120.0168, 30.0146], (n, 2))
        last = rng.integers(1, 40, n) if more == "weight" else np.arange(n) == 3
        table = [
            f"{name[0]}{i:02},{x:.6f},{y:.6f},{int(v)}"
            for i, ((x, y), v) in enumerate(zip(at, last, strict=True))
        ]
        (folder / f"{name}.csv").write_text("\n".join([f"id,lon,lat,{more}", *table, ""]))
    (folder / "town.toml").write_text(FILES_SCENARIO)


@pytest.mark.slow
def test_the_page_and_assess_tell_the_same_of_the_list_it_exports(
    open_map: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_town(tmp_path)
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> dict[str, Any]:
        told = CliRunner().invoke(app, [*arguments, "--json"])
        assert told.exit_code == 0, told.output
        return dict(json.loads(told.stdout))

    planned = called("plan", "town.toml", "--out", "plan")
    seen = open_map((tmp_path / "plan" / "map.html").read_text("utf-8"))
    others = sorted({f"h{i:02}" for i in range(14)} - set(planned["stations"]))
    for site in (planned["stations"][0], "h03", *others[:2]):
        seen.page.fill("#search", site)
        seen.page.keyboard.press("Enter")
        seen.page.click("#card-switch")
    with seen.page.expect_download() as download:
        seen.page.click("#what-if-export")
    download.value.save_as(tmp_path / "tried.csv")
    found = called("assess", "town.toml", "--stations", "tried.csv", "--out", "tried")
    state = seen.page.evaluate(STATE)
    figures, demand, drives = state["figures"], found["demand"], found["drive_time_s"]
    assert sorted(state["weight"]) == found["stations"]
    assert 0.2 < demand["share_covered"] < 1.0
    assert seen.figure("share") == share(demand["share_covered"])
    assert figures["n_uncovered"] == len(demand["uncovered"])
    assert figures["uncovered_weight"] == demand["weight"] - demand["covered_weight"]
    shown = whole_seconds(np.array([drives["mean"], drives["p95"], drives["max"]]), 120.0)
    assert [figures[name] for name in ("mean_s", "p95_s", "longest_s")] == shown.tolist()
    table = (tmp_path / "tried" / "stations.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) >= 3
    for row in rows:
        assert state["weight"][row["id"]] == float(row["weight_served"])
        assert state["served"][row["id"]] == int(row["n_served"])
    # and the map of the assessment opens with what the other page had come to
    again = open_map((tmp_path / "tried" / "map.html").read_text("utf-8"))
    assert again.page.evaluate(STATE)["time"] == state["time"]


def test_the_address_carries_what_was_tried(open_map: Open, html: str, result: Result):
    seen = open_map(html)
    opened = next(i for i in range(len(result.times.sites)) if i not in result.plan.stations)
    switch(seen, result, [int(result.plan.stations[1]), opened])
    seen.settle()
    state, address = seen.page.evaluate(STATE), seen.page.evaluate("() => location.hash")
    again = open_map(html, address=address)
    assert again.page.evaluate(STATE) == state
    assert again.page.is_visible("#what-if")


def test_a_click_beside_everything_tells_the_nearest_station(
    open_map: Open, html: str, result: Result
):
    seen = open_map(html)
    seen.page.evaluate("() => window.stationMap.map.setZoom(17, { animate: false })")
    network = result.network
    assert network is not None
    at = [float(network.shape_lon[1]), float(network.shape_lat[1])]
    seen.page.evaluate(
        "([lon, lat]) => window.stationMap.map.panTo([lat, lon], { animate: false })", at
    )
    seen.page.evaluate(
        """([lng, lat]) => window.stationMap.map.fire("click", {
        latlng: { lat, lng }, layerPoint: L.point(-5000, -5000) })""",
        at,
    )
    station = seen.text("#card .link")
    seen.settle()
    assert "spot=" in seen.page.evaluate("() => location.hash")
    seen.page.click("#card .link")
    assert station == seen.text("#card h2")
    assert seen.complaints == []


def test_on_paper_it_says_what_was_tried_and_lists_the_stations_that_are_on(
    open_map: Open, html: str, result: Result
):
    seen = open_map(html)
    switch(seen, result, [int(result.plan.stations[0])])
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")
    text = seen.page.locator("#print-sheet").inner_text()
    assert "停用 1 个，新增 0 个" in text
    assert "原方案（试算前）" in text
    assert "撤销" not in text
    assert f"驿站一览 {result.plan.stations.size - 1} 个" in text


def test_where_nothing_can_be_worked_out_nothing_is_offered(open_map: Open):
    seen = open_map(map_html(town(n_side=10, n_demand=60, n_sites=6, n_stations=2)))
    seen.page.click("tr[data-station] >> nth=0")
    assert seen.page.locator("#card-switch").count() == 0
    assert seen.page.locator("#layer-sites").count() == 0


def test_on_a_phone_the_bar_leaves_the_map_and_the_figures_in_sight(
    open_map: Open, html: str, result: Result
):
    seen = open_map(html, size=PHONE)
    switch(seen, result, [int(result.plan.stations[0])])
    bar = seen.page.locator("#what-if").bounding_box()
    assert bar is not None
    assert bar["x"] + bar["width"] <= PHONE[0]
    assert bar["height"] < 140
    assert seen.page.is_visible("#what-if-export")


def test_a_card_says_so_of_a_network_that_is_too_large(open_map: Open, monkeypatch):
    result = driven_town()
    assert result.network is not None
    monkeypatch.setattr(drives, "MOST_EDGES", result.network.n_edges - 1)
    seen = open_map(map_html(result))
    seen.page.click("#stations tbody tr")
    assert "过大" in seen.text(".card-note")
    monkeypatch.undo()
    seen = open_map(map_html(result))
    seen.page.click("#stations tbody tr")
    assert seen.page.locator(".card-note").count() == 0
    assert seen.page.locator("#card-switch").count() == 1
