"""The map, opened in a browser without a network."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import folium
import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario, town

from planner.plan import Status
from planner.reasons import REACHING_ALL, needs_more
from planner.result import Result
from planner.webmap import map_html, station_map, write_map

pytestmark = pytest.mark.browser

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def seen(open_map: Open, town_html: str) -> Seen:
    return open_map(town_html)


# ---------------------------------------------------------------------------------------------
# One file that asks for nothing
# ---------------------------------------------------------------------------------------------


def test_it_asks_for_nothing_but_itself_and_complains_of_nothing(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#zoom-in")
    seen.page.click("#language")
    seen.settle()
    assert [url.split("#")[0] for url in seen.requests] == [seen.page.url.split("#")[0]]
    assert seen.complaints == []


def test_its_own_rules_forbid_to_fetch_anything(seen: Seen):
    blocked = seen.page.evaluate("""() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (e) => done(e.effectiveDirective));
        new Image().src = "https://example.org/x.png";
    })""")
    assert blocked == "img-src"


def test_equal_results_give_equal_bytes(tmp_path: Path):
    write_map(town(), tmp_path / "a.html")
    write_map(town(), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_map_drawn_twice_is_the_same():
    twice = station_map(town())
    assert twice.get_root().render() == twice.get_root().render()


def test_layers_of_analysts_work_without_a_network(open_map: Open):
    ours = station_map(town())
    folium.CircleMarker([28.12, 121.22], radius=9, tooltip="hint", popup="more").add_to(ours)
    folium.Marker([28.11, 121.23], popup=folium.Popup("<b>bold</b>")).add_to(ours)
    folium.Marker([28.13, 121.23], icon=folium.Icon(color="red")).add_to(ours)
    folium.GeoJson(
        {"type": "LineString", "coordinates": [[121.2, 28.1], [121.25, 28.14]]}, name="line"
    ).add_to(ours)
    folium.LayerControl().add_to(ours)
    seen = open_map(ours.get_root().render())
    seen.page.evaluate("""() => map_stations.eachLayer(
        (layer) => layer.setRadius && layer.openPopup())""")
    assert "more" in seen.page.locator(".leaflet-popup-content").all_text_contents()
    seen.page.locator(".leaflet-marker-icon").first.click()
    seen.page.locator(".leaflet-popup-content b", has_text="bold").wait_for()
    assert seen.page.locator(".leaflet-marker-icon").count() == 2
    assert len(seen.requests) == 1
    assert seen.complaints == []


def test_a_notebook_shows_it_in_a_frame(open_map: Open):
    seen = open_map(
        "<!DOCTYPE html><html data-ready='true'><meta charset='utf-8'>"
        f"{station_map(town())._repr_html_()}</html>"
    )
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=true]").wait_for(state="attached")
    frame.locator("#zoom-in").click()
    assert frame.locator("tr[data-station]").count() == 18
    seen.page.wait_for_timeout(400)
    assert seen.complaints == []


# ---------------------------------------------------------------------------------------------
# What it says
# ---------------------------------------------------------------------------------------------


def small_town(**more: object) -> Result:
    """Return four points beside one road at 30 N, a degree of longitude being 96406 m there.

    At 6 m/s along the equator of the plan: D0 and D1 are 60 s and 120 s from H0, D2 is 351 s away, D3 is off network.
    """
    east = np.array([360.0, 720.0, 2106.0, 50.0]) / (111_320.0 * np.cos(np.radians(30.0)))
    return result_of(
        network=grid_network(6, lon=120.0, lat=30.0),
        demand=make_demand(
            120.0 + east,
            np.full(4, 30.0),
            weight=np.array([600.0, 300.0, 99.0, 1.0]),
            name=["", "", "海山乡码头", ""],
        ),
        sites=make_sites(np.array([120.0]), np.array([30.0]), name=["总站"], kind=["bank"]),
        stations=[0],
        off_network=(3,),
        **more,
    )


def test_the_figures_are_those_of_the_result(open_map: Open):
    seen = open_map(map_html(small_town()))
    # 900 of 1000 are within 300 s
    assert seen.figure("share") == "90.0%"
    assert seen.figure("count") == "1"
    assert seen.figure("uncovered") == "100"
    # (600 * 60 + 300 * 120 + 99 * 351) / 999 = 106.86 s over those that reach a station
    assert seen.figure("mean") == "1 分 47 秒"
    # 600 + 300 of 999 are 90.1 %: the 95th hundredth is D2's
    assert seen.figure("p95") == "5 分 51 秒"
    assert seen.figure("longest") == "5 分 51 秒"
    assert (
        seen.text("#says-answer")
        == "1 个驿站在 5 分钟内覆盖 90.0% 的需求，最远 5 分 51 秒（海山乡码头）。"
    )
    assert (
        seen.text("#says-rest")
        == "有 2 处需求，任何候选点都无法在 5 分钟内到达，其中 1 处无路可达。"
    )
    key = [item.strip() for item in seen.page.locator("#split-key li").all_text_contents()]
    assert key == ["0–2 分钟90%", "超过 5 分钟9.9%", "无路可达0.1%"]


def test_it_says_what_is_proven(open_map: Open):
    best = open_map(map_html(town()))
    assert best.text("#says-proof") == "已证明 17 个不够。"
    good = open_map(map_html(town(status=Status.FEASIBLE, bound=16)))
    assert good.text("#says-proof") == "已证明 15 个不够；最多还能少 2 个。"


def test_it_says_why_a_plan_does_not_do_in_both_languages(open_map: Open):
    result = town(status=Status.INFEASIBLE)
    apart = ["D1", "<b>港</b>"]
    why = (needs_more(REACHING_ALL, 20, 18, apart=apart),)
    seen = open_map(map_html(replace(result, plan=replace(result.plan, why=why))))
    assert seen.text("#reasons li") == (
        "服务全部有路可达的需求至少需要 20 个驿站，只允许 18 个。没有候选点能同时服务其中两处：D1、<b>港</b>。"
    )
    seen.page.click("#language")
    assert seen.text("#reasons li") == (
        "Reaching all demand that can be reached needs at least 20 stations; 18 are allowed. "
        "No site serves two of D1, <b>港</b>."
    )
    assert seen.page.locator("#reasons li").count() == 1
    assert seen.complaints == []


def test_it_lists_where_there_is_no_cover_and_why(open_map: Open):
    seen = open_map(map_html(small_town()))
    for name in ("too_far", "off_network"):
        seen.page.click(f"[data-list={name}] summary")
    assert seen.text("[data-list=too_far] li small") == "最近候选点 总站 5 分 51 秒"
    assert seen.text("[data-list=off_network] li small") == "距最近的道路 812 米"
    seen.page.click("[data-list=too_far] li button")
    assert seen.text("#card h2") == "海山乡码头"
    assert "未覆盖" in seen.text(".card-kind")


def test_the_language_changes_without_a_new_page(seen: Seen):
    share, first_row = seen.figure("share"), seen.text("tr[data-station] .name")
    seen.page.click("#language")
    assert seen.page.get_attribute("html", "lang") == "en"
    assert seen.text("#says-answer").startswith(
        f"With 18 stations, {share} of demand is within 5 min"
    )
    assert seen.text("#says-proof") == "Proven: 17 cannot do it."
    assert seen.text("#print") == "Print"
    assert seen.figure("share") == share
    assert seen.text("tr[data-station] .name") == first_row
    seen.page.click("#language")
    assert seen.page.get_attribute("html", "lang") == "zh-CN"
    assert len(seen.requests) == 1


def test_it_opens_in_the_language_of_the_scenario_under_its_title(open_map: Open):
    title = {"zh": "玉环驿站", "en": "Yuhuan stations"}
    seen = open_map(map_html(town(asked=scenario(language="en", title=title))))
    assert seen.text("h1") == seen.page.title() == "Yuhuan stations"
    seen.page.click("#language")
    assert seen.text("h1") == seen.page.title() == "玉环驿站"


def test_no_word_is_missing_in_either_language(seen: Seen):
    for _ in range(2):
        text = seen.page.inner_text("body")
        assert "undefined" not in text
        assert "{" not in text
        seen.page.click("#language")


def test_a_result_from_a_table_of_times_has_a_map_without_roads(open_map: Open):
    seen = open_map(map_html(town(with_roads=False)))
    assert seen.page.locator("#layer-roads").count() == 0
    assert seen.text("#data-date") == "车程来自表格，图上没有道路。"
    assert seen.page.locator("tr[data-station]").count() == 18
    assert seen.complaints == []


def test_nothing_at_all_still_makes_a_page(open_map: Open):
    nothing = np.zeros(0)
    empty = result_of(
        network=None,
        demand=make_demand(nothing, nothing),
        sites=make_sites(nothing, nothing),
        stations=[],
    )
    seen = open_map(map_html(empty))
    assert seen.figure("count") == "0"
    assert seen.figure("longest") == "–"
    assert seen.complaints == []


# ---------------------------------------------------------------------------------------------
# What one can do
# ---------------------------------------------------------------------------------------------


def column(seen: Seen, k: int) -> list[str]:
    return [
        cell.strip()
        for cell in seen.page.locator(f"#stations tbody tr > :nth-child({k})").all_text_contents()
    ]


def test_a_heading_sorts_and_a_second_click_turns_it_round(seen: Seen):
    served = [int(text.replace(",", "")) for text in column(seen, 3)]
    assert served == sorted(served, reverse=True)
    seen.page.click("#stations [data-sort=served]")
    assert [int(text.replace(",", "")) for text in column(seen, 3)] == sorted(served)
    assert seen.page.get_attribute("th.col-served", "aria-sort") == "ascending"
    seen.page.click("#stations [data-sort=farthest]")
    farthest = column(seen, 5)
    assert farthest == sorted(farthest, reverse=True)
    assert seen.page.get_attribute("th.col-served", "aria-sort") == "none"
    seen.page.click("#stations [data-sort=name]")
    assert seen.page.get_attribute("th.col-name", "aria-sort") == "ascending"
    # numbers within names count as numbers
    english = [name for name in column(seen, 2) if name.startswith("Rest")]
    assert english == [f"Rest station {i}" for i in (0, 16, 20, 28, 36)]


def test_a_row_selects_its_station(seen: Seen):
    seen.page.click("tr[data-station] >> nth=2")
    assert seen.text("#card h2") == column(seen, 2)[2]
    assert seen.page.locator("tr.is-selected").count() == 1
    seen.settle()
    assert "station=H0" in seen.page.url
    seen.page.keyboard.press("Escape")
    assert seen.page.is_hidden("#card")
    assert seen.page.locator("tr.is-selected").count() == 0


def test_a_click_on_the_map_selects_the_station_there(seen: Seen):
    seen.page.mouse.click(*seen.where("station", 7))
    name = seen.text("tr[data-station='7'] .name")
    assert seen.text("#card h2") == name
    assert seen.page.locator("tr.is-selected").get_attribute("data-station") == "7"


def test_a_click_on_demand_tells_its_drive(open_map: Open):
    seen = open_map(map_html(small_town()))
    seen.page.mouse.click(*seen.where("place", 2))
    assert seen.text("#card h2") == "海山乡码头"
    assert "5 分 51 秒" in seen.text("#card")
    seen.page.click("#card .link")
    assert seen.text("#card h2") == "总站"


def test_rows_are_walked_with_the_arrow_keys(seen: Seen):
    seen.page.focus("tr[data-station] .row-button >> nth=0")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    assert seen.text("#card h2") == column(seen, 2)[2]
    # one stop of the Tab key for the whole table body
    assert seen.page.locator("#stations tbody [tabindex='0']").count() == 1


def test_search_finds_stations_and_places(seen: Seen):
    seen.page.fill("#search", "rest station 16")
    assert seen.text("#found li .name") == "Rest station 16"
    seen.page.keyboard.press("Enter")
    assert seen.text("#card h2") == "Rest station 16"
    seen.page.fill("#search", "695号")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    assert seen.text("#card h2") == "695号村"
    seen.page.fill("#search", "nowhere")
    assert seen.text("#found") == "没有找到"


def pixel(seen: Seen, pane: str, at: tuple[float, float]) -> list[int]:
    return seen.page.evaluate(
        """([pane, x, y]) => {
            const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
            const box = canvas.getBoundingClientRect();
            return [...canvas.getContext("2d").getImageData(x - box.left, y - box.top, 1, 1).data];
        }""",
        [pane, *at],
    )


def test_switches_hide_layers_without_moving_the_view(seen: Seen):
    station = seen.where("station", 3)
    assert pixel(seen, "marks", (station[0] - 8, station[1]))[3] > 200
    view = seen.page.evaluate("window.stationMap.map.getBounds().toBBoxString()")
    for name in ("stations", "demand", "uncovered", "roads", "names"):
        seen.page.uncheck(f"#layer-{name}")
    assert pixel(seen, "marks", (station[0] - 8, station[1]))[3] == 0
    assert seen.page.evaluate("window.stationMap.map.getBounds().toBBoxString()") == view
    seen.settle()
    assert seen.page.url.endswith("off=stations,demand,uncovered,roads,names")


def test_uncovered_demand_is_drawn_in_its_own_colour(open_map: Open):
    seen = open_map(map_html(small_town()))
    near = pixel(seen, "ground", seen.where("place", 0))
    at = seen.where("place", 2)
    far = pixel(seen, "ground", (at[0] + 4, at[1]))
    assert near[2] > near[0]  # blue
    assert far[0] > far[2]  # vermilion


def test_an_address_brings_back_the_view(open_map: Open, town_html: str):
    first = open_map(town_html)
    first.page.click("#language")
    first.page.click("tr[data-station] >> nth=4")
    first.page.uncheck("#layer-names")
    first.page.click("#zoom-in")
    first.settle()
    again = open_map(town_html, address="#" + first.page.url.split("#")[1])
    bounds = "window.stationMap.map.getBounds().toBBoxString()"
    for seen in (first, again):
        assert not seen.page.is_checked("#layer-names")
        assert seen.page.get_attribute("html", "lang") == "en"
    assert again.text("#card h2") == first.text("#card h2")
    # five digits of a degree
    here, there = (
        np.array(s.page.evaluate(bounds).split(","), dtype=float) for s in (first, again)
    )
    assert np.abs(here - there).max() < 2e-5


@pytest.mark.parametrize("address", ["#at=x/y/z&station=nobody&off=&lang=fr", "#%E0%A4%A", "#=&&="])
def test_an_odd_address_does_no_harm(open_map: Open, town_html: str, address: str):
    seen = open_map(town_html, address=address)
    assert seen.figure("count") == "18"
    assert seen.page.is_hidden("#card")
    assert seen.complaints == []


def test_a_phone_shows_figures_and_map_and_needs_no_sideways_scrolling(
    open_map: Open, town_html: str
):
    seen = open_map(town_html, size=PHONE)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    for name in ("share", "count", "uncovered", "mean", "p95", "longest"):
        box = seen.page.locator(f"[data-figure={name}] dd >> nth=0").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= PHONE[0] - box["width"]
        assert PHONE[1] / 2 < box["y"] < PHONE[1] - box["height"]
    seen.page.click("#grip")
    assert seen.page.get_attribute("#grip", "aria-expanded") == "true"
    seen.page.click("tr[data-station] >> nth=1")
    # the sheet makes room for the map and the card
    assert seen.page.get_attribute("#grip", "aria-expanded") == "false"
    assert seen.page.is_visible("#card h2")
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


# ---------------------------------------------------------------------------------------------
# Order of coordinates, and hostile texts
# ---------------------------------------------------------------------------------------------


def case_town(case: str) -> Result:
    with (CASES / case / "stations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lon, lat = (np.array([float(row[key]) for row in rows]) for key in ("lon", "lat"))
    return result_of(
        network=grid_network(5, lon=120.0, lat=30.0),
        demand=make_demand(lon, lat),
        sites=make_sites(
            lon, lat, ids=[row["id"] for row in rows], name=[row.get("name", "") for row in rows]
        ),
        stations=list(range(len(rows))),
    )


@pytest.mark.slow
def test_c74_twenty_thousand_points_are_drawn_on_a_canvas_and_their_number_is_told(
    open_map: Open, tmp_path: Path
):
    subprocess.run([sys.executable, CASES / "C74" / "make_points.py"], cwd=tmp_path, check=True)
    with (tmp_path / "demand.csv").open(encoding="utf-8", newline="") as file:
        rows = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
    lon, lat = np.array(rows).T
    many = result_of(
        network=grid_network(5, lon=120.0, lat=30.0),
        demand=make_demand(lon, lat),
        sites=make_sites(np.array([120.0]), np.array([30.0])),
        stations=[0],
    )
    seen = open_map(map_html(many))
    seen.page.click("#language")
    places = seen.text("[data-figure=uncovered]").replace(",", "")
    assert re.search(r"\d+ of 20000 places", places)
    assert seen.page.locator(".leaflet-marker-icon, .leaflet-pane path").count() == 0
    seen.page.evaluate(KEEP_PIXELS)
    for layer in ("demand", "uncovered"):
        seen.page.uncheck(f"#layer-{layer}")
    assert seen.page.evaluate(N_CHANGED) > 10_000


KEEP_PIXELS = """() => {
    window.pixels = () => Array.from(document.querySelectorAll("#stage canvas"), (canvas) =>
        new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer));
    window.kept = window.pixels();
}"""
N_CHANGED = """() => window.pixels()
    .map((now, i) => now.reduce((n, pixel, k) => n + (pixel !== window.kept[i][k]), 0))
    .reduce((a, b) => a + b)"""
"""How many pixels of all canvases are another colour than when they were kept."""


def test_c76_the_centre_is_latitude_first():
    lat, lon = station_map(case_town("C76")).location
    assert (round(lat, 3), round(lon, 3)) == (30.0, 120.010)


def test_c76_the_map_looks_at_the_stations(open_map: Open):
    seen = open_map(map_html(case_town("C76")))
    centre = seen.page.evaluate("map_stations.getCenter()")
    assert round(centre["lat"]) == 30
    assert round(centre["lng"]) == 120


class Scripts(HTMLParser):
    """The inline scripts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_in = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_in = tag == "script" and not dict(attrs).get("type")
        self.found += [""] * self.is_in

    def handle_endtag(self, tag: str) -> None:
        self.is_in = self.is_in and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.is_in:
            self.found[-1] += data


def test_c72_names_are_read_as_they_are_written(open_map: Open):
    seen = open_map(map_html(case_town("C72")))
    names = seen.page.locator("tr[data-station] .name").all_text_contents()
    assert sorted(names)[:2] == ["C:\\20190221\\站点", "back`tick ${1+1}"]
    assert "line1" in sorted(names)[2]
    assert seen.complaints == []


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_c72_every_script_is_javascript(tmp_path: Path):
    scripts = Scripts(map_html(case_town("C72"))).found
    assert len(scripts) == 5
    for i, script in enumerate(scripts):
        file = tmp_path / f"{i}.js"
        file.write_text(script, encoding="utf-8")
        subprocess.run(["node", "--check", str(file)], check=True)
