"""Names of all kinds on every page: nothing runs, nothing breaks, and each reads as it is written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from browser.conftest import PHONE, Open, Seen
from browser.test_curve_chart import some_curve
from browser.towns import (
    driven,
    grid_network,
    make_demand,
    make_sites,
    result_of,
    scenario,
    texts,
)
from hostile import HOSTILE

from planner.comparison import compare
from planner.drivetimes import road_times
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.result import Result
from planner.scenario import Direction
from planner.stationlists import read_station_list
from planner.surroundings import Districts, PlaceNames, Surroundings
from planner.webmap import comparison_html, map_html, network_map

pytestmark = pytest.mark.browser

NAMES = sorted(HOSTILE)
N = len(NAMES)
TITLE, NOTICE = HOSTILE[1], HOSTILE[3]
ASKED = {
    "title": {"zh": TITLE, "en": NOTICE},
    "notice": {"zh": NOTICE, "en": TITLE},
    "map": {"approval": HOSTILE[0]},
}


def hostile_network() -> RoadNetwork:
    network = grid_network(6, lon=120.0, lat=30.0)
    names = (*NAMES, *network.names)[: len(network.names) - 1]
    object.__setattr__(network, "names", ("", *names))
    object.__setattr__(network, "street_name", 1 + np.arange(network.n_streets, dtype=np.int32) % N)
    return network


def hostile_points() -> tuple[Demand, Sites]:
    at = np.linspace(0, 0.0075, N)
    demand = make_demand(120 + at, 30 + at[::-1] * 0.85, name=NAMES, district=NAMES[::-1])
    sites = make_sites(
        *(120 + at, 30 + at * 0.85),
        ids=NAMES,
        name=NAMES,
        kind=NAMES,
        services=NAMES,
        hours=NAMES,
        existing=(0,),
    )
    return demand, sites


def hostile_surroundings() -> Surroundings:
    x, y = 120 + np.arange(N) % 5 * 0.0015, 30 + np.arange(N) // 5 * 0.0012
    boxes = np.empty(N, dtype=object)
    boxes[:] = [shapely.box(a, b, a + 0.0015, b + 0.0012) for a, b in zip(x, y, strict=True)]
    none = np.empty(0, dtype=object)
    return Surroundings(
        sea=none,
        sea_box=None,
        water=none,
        names=PlaceNames(zh=texts(NAMES), en=texts(NAMES), rank=np.arange(N) % 4, lon=x, lat=y),
        districts=Districts(name=texts(NAMES), area=boxes),
    )


def hostile_result() -> Result:
    """Return a town in which every text is hostile, with every other site a station."""
    demand, sites = hostile_points()
    source = road_times(hostile_network(), sites, demand)
    result = driven(source, Direction.TO_STATION, list(range(0, N, 2)), **ASKED)
    return replace(result, curve=some_curve(), surroundings=hostile_surroundings())


def assert_harmless(seen: Seen) -> None:
    """Assert that nothing ran, nothing was asked for, and nothing went wrong."""
    page = seen.page
    assert page.evaluate("() => window.__pwned") is None
    assert page.locator("img:not(#paper), main script, iframe, object, embed").count() == 0
    assert page.evaluate("() => document.scripts.length") == 6
    assert [url for url in seen.requests if not url.startswith("blob:")] == seen.requests[:1]
    assert seen.complaints == []


@pytest.fixture(scope="module")
def html() -> str:
    page = map_html(hostile_result())
    # none of it stands in the page in plain
    assert not any(text in page for text in HOSTILE if "pwned" in text)
    return page


def test_names_on_the_map_do_nothing_and_read_as_they_are(open_map: Open, html: str):
    seen = open_map(html)
    page = seen.page
    assert seen.page.text_content("h1") == TITLE
    assert NOTICE in seen.page.text_content("#notice")
    names = page.locator("#stations tbody .name").all_text_contents()
    assert sorted(names) == NAMES[::2]
    districts = page.locator("#district-table tbody .name").all_text_contents()
    assert sorted(districts) == NAMES
    for button in page.locator("#stations .row-button").all():
        button.click()
        name = page.text_content("#card h2")
        assert name in NAMES
        assert name in page.text_content("#card dl")
    for button in ("#stations [data-sort=name]", "#district-table [data-sort=name]"):
        page.click(button)
    page.locator("#district-table .row-button").first.click()
    for text in ("script", "pwned", "{", "🏠", "\\", "\x00", "=HYP"):
        page.fill("#search", text)
        assert page.locator("#found li .name").count() > 0
    page.keyboard.press("Escape")
    page.locator("#kinds button").first.click()
    page.click("#language")
    assert seen.page.text_content("h1") == NOTICE
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#print-sheet .print-row").count() > 2
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    seen.settle()
    assert_harmless(seen)


def test_names_of_a_place_and_of_the_road_by_a_spot_read_as_they_are(open_map: Open, html: str):
    seen = open_map(html)
    for place in (0, N - 1):
        seen.page.fill("#search", f"D{place:05d}")
        seen.page.keyboard.press("Enter")
        assert seen.page.text_content("#card h2") == NAMES[place]
        assert NAMES[::-1][place] in seen.page.text_content("#card dl")
    found = set()
    for east in np.linspace(0.0005, 0.007, 6):
        seen.page.evaluate(
            """(lng) => window.stationMap.map.fire("click", {
                latlng: { lat: 30.0021, lng }, layerPoint: L.point(-5000, -5000) })""",
            120 + east,
        )
        found.add(seen.page.text_content("#card h2"))
    assert len(found) > 2
    assert found <= set(NAMES)
    seen.settle()
    assert_harmless(seen)


def test_names_in_what_is_tried_do_nothing_and_the_list_comes_back_whole(
    open_map: Open, html: str, tmp_path: Path
):
    seen = open_map(html)
    # first one station is closed by its card, then every site that is none is opened
    seen.page.locator("#stations .row-button").first.click()
    closed = seen.page.text_content("#card h2")
    seen.page.click("#card-switch")
    seen.page.evaluate(
        """() => { for (let i = 0; i < window.stationMap.app.stations.n; i++) {
            if (!window.stationMap.app.whatIf.isOn[i]) window.stationMap.app.whatIf.toggle(i);
        } }"""
    )
    seen.page.click("#language")
    assert seen.page.is_visible("#what-if")
    seen.settle()
    again = open_map(html, address=seen.page.evaluate("() => location.hash"))
    assert again.page.locator("#stations tbody tr").count() == N
    with again.page.expect_download() as download:
        again.page.click("#what-if-export")
    download.value.save_as(tmp_path / "list.csv")
    table = list(csv.DictReader(io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig"), "")))
    assert len(table) == N
    assert not any(row[name].startswith(tuple("=+-@＝＋－＠")) for row in table for name in row)
    _, sites = hostile_points()
    found = read_station_list(tmp_path / "list.csv", sites, file="list.csv")
    assert found.stations.tolist() == list(range(N))
    assert closed in NAMES
    for page in (seen, again):
        assert_harmless(page)


@pytest.mark.slow
def test_names_of_runs_and_all_in_them_do_nothing_on_the_page_that_compares(open_map: Open):
    demand, sites = hostile_points()
    runs = [
        result_of(
            network=hostile_network(),
            demand=demand,
            sites=sites,
            stations=list(range(k, N, 2)),
            asked=scenario(**ASKED),
            max_drive_time_s=40.0,
        )
        for k in (0, 1, 0)
    ]
    page_of_runs = comparison_html(compare(runs, names=[HOSTILE[0], HOSTILE[-1], HOSTILE[4]]))
    assert not any(text in page_of_runs for text in HOSTILE if "pwned" in text)
    seen = open_map(page_of_runs)
    page = seen.page
    assert page.locator("#choose-a option").all_text_contents()[0] == HOSTILE[0]
    for row in page.locator("#stations tbody tr").all()[:6]:
        row.click()
        assert page.text_content("#card h2") in NAMES
    page.select_option("#choose-b", index=2)
    page.check("#view-swipe", force=True)
    page.click("#swap")
    for summary in page.locator(".lists summary").all():
        summary.click()
    page.fill("#search", "pwned")
    page.click("#language")
    seen.settle()
    assert_harmless(seen)


def test_names_of_a_network_do_nothing_on_its_map(open_map: Open):
    demand, sites = hostile_points()
    shown = network_map(
        hostile_network(), sites=sites, demand=demand, areas=None, title=TITLE, language="en"
    )
    seen = open_map(str(shown.get_root().render()))
    assert seen.page.text_content("h1") == TITLE
    seen.page.locator("#stations .row-button").first.click()
    assert seen.page.text_content("#card h2") in NAMES
    seen.page.fill("#search", "pwned")
    seen.page.keyboard.press("Enter")
    seen.settle()
    assert_harmless(seen)


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["desk", "phone"])
@pytest.mark.slow
def test_long_and_right_to_left_names_keep_to_their_place(
    open_map: Open, html: str, size: tuple[int, int]
):
    seen = open_map(html, size=size)
    page = seen.page
    if size == PHONE:
        page.click("#grip")
    panel = page.locator("#panel").bounding_box()
    assert panel is not None
    assert panel["width"] == (390 if size == PHONE else 340)
    assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
    assert (
        page.evaluate("() => document.getElementById('panel-body').scrollWidth") <= panel["width"]
    )
    for name in page.locator("#panel .name").all():
        box = name.bounding_box()
        if box is None:
            continue
        assert box["x"] + box["width"] <= panel["width"]
        assert name.evaluate("(e) => getComputedStyle(e).unicodeBidi") == "isolate"
