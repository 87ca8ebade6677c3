"""The pages for people who see little, or use no mouse: no serious fault that axe knows, and all by the keyboard."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest
from browser.conftest import DESK, PHONE, Open, Seen
from browser.test_compare import with_stations
from browser.test_curve_chart import some_curve
from browser.towns import driven_town, grid_network, make_demand, make_sites, town
from PIL import Image

from planner.comparison import compare
from planner.webmap import comparison_html, map_html, network_map

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
GRAVE = ("serious", "critical")
FAULTS = """async (graves) => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter((v) => graves.includes(v.impact)).flatMap((v) => v.nodes.map((node) =>
        `${v.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1, 3).join(" ")}`));
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def faults(seen: Seen, axe: str) -> list[str]:
    """Return all that axe finds serious or critical on the page as it is now."""
    seen.page.evaluate(f"() => {{ {axe} }}")
    return list(seen.page.evaluate(FAULTS, GRAVE))


@pytest.fixture(scope="module")
def html() -> str:
    notice = {"zh": "数据为虚构", "en": "Synthetic data"}
    return map_html(replace(driven_town(notice=notice), curve=some_curve()))


@pytest.fixture(scope="module")
def compared_html() -> str:
    first = town(n_demand=200, n_stations=12)
    few = with_stations(first, [int(i) for i in first.plan.stations[::2]])
    return comparison_html(compare([first, few], names=["today", "few"]))


@pytest.fixture(scope="module")
def plain_html() -> str:
    lon, lat = np.array([121.201, 121.204]), np.array([28.101, 28.104])
    shown = network_map(
        grid_network(8, lon=121.2, lat=28.1),
        sites=make_sites(lon, lat, kind=["bank", ""]),
        demand=make_demand(lon + 0.001, lat),
        areas=None,
        title="路网",
        language="zh",
    )
    return str(shown.get_root().render())


def open_all(seen: Seen) -> None:
    """Open the sheet of a phone, and whatever else is folded."""
    if seen.page.is_visible("#grip"):
        seen.page.click("#grip")
    unfold = "() => document.querySelectorAll('details').forEach((d) => { d.open = true; })"
    seen.page.evaluate(unfold)


# ---------------------------------------------------------------------------------------------
# What axe finds
# ---------------------------------------------------------------------------------------------


@SIZES
def test_axe_finds_nothing_grave_on_the_map(
    open_map: Open, html: str, axe: str, size: tuple[int, int]
):
    seen = open_map(html, size=size, lets_scripts_in=True)
    open_all(seen)
    assert seen.page.is_visible("#curve-chart")
    assert seen.page.is_visible("#legend-body")
    assert faults(seen, axe) == []


@pytest.mark.slow
@SIZES
def test_axe_finds_nothing_grave_on_a_card_and_on_what_is_tried(
    open_map: Open, html: str, axe: str, size: tuple[int, int]
):
    seen = open_map(html, size=size, lets_scripts_in=True, address="#lang=en")
    seen.page.fill("#search", "Rest station 16")
    assert seen.page.is_visible("#found li")
    assert faults(seen, axe) == []
    seen.page.keyboard.press("Enter")
    assert seen.page.is_visible("#card")
    assert faults(seen, axe) == []
    seen.page.click("#card-switch")
    seen.page.evaluate("() => { document.getElementById('panel-body').scrollTop = 0; }")
    assert seen.page.is_visible("#what-if")
    assert seen.page.is_visible("#answer-before")
    assert faults(seen, axe) == []


@pytest.mark.slow
@SIZES
def test_axe_finds_nothing_grave_on_the_page_of_several_runs(
    open_map: Open, compared_html: str, axe: str, size: tuple[int, int]
):
    seen = open_map(compared_html, size=size, lets_scripts_in=True)
    open_all(seen)
    seen.page.click("tr[data-station] .row-button >> nth=0")
    assert seen.page.is_visible("#card")
    assert faults(seen, axe) == []


@SIZES
def test_axe_finds_nothing_grave_on_a_map_of_roads(
    open_map: Open, plain_html: str, axe: str, size: tuple[int, int]
):
    seen = open_map(plain_html, size=size, lets_scripts_in=True)
    open_all(seen)
    assert faults(seen, axe) == []


def test_axe_would_find_a_fault(open_map: Open, html: str, axe: str):
    seen = open_map(html, lets_scripts_in=True)
    for name in ("aria-label", "title"):
        seen.page.evaluate(
            "(name) => document.getElementById('zoom-in').removeAttribute(name)", name
        )
    assert [fault.partition(":")[0] for fault in faults(seen, axe)] == ["button-name"]


# ---------------------------------------------------------------------------------------------
# By the keyboard
# ---------------------------------------------------------------------------------------------

STOPS = """() => {
    const controls = "a[href], button, input, select, summary, [tabindex]";
    const radios = new Set();
    window.stops = Array.from(document.querySelectorAll(controls)).filter((element) => {
        if (element.tabIndex < 0 || element.disabled || !element.getClientRects().length) return false;
        if (element.tagName !== "SUMMARY" && element.closest("details:not([open])")) return false;
        return element.type !== "radio" || element.checked;
    });
    return window.stops.map((e) => e.id || e.className || e.dataset.sort || e.tagName);
}"""
FOCUSED = """() => {
    const element = document.activeElement;
    // a radio button lies unseen on its words, which show the focus for it
    const shown = element.type === "radio" ? element.nextElementSibling : element;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(shown);
    const box = shown.getBoundingClientRect();
    const isInSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    return [window.stops.indexOf(element), outlineStyle, parseFloat(outlineWidth), outlineColor, isInSight];
}"""


def luminance(color: str) -> float:
    """Return how bright ``rgb(…)`` is, from 0 to 1, as WCAG has it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, bright = sorted([luminance(one), luminance(other)])
    return (bright + 0.05) / (dark + 0.05)


def walk(seen: Seen) -> list[str]:
    """Tab through the page; each control has its turn, in the order of the page, and shows that it has the focus."""
    # from the top of the page, wherever the focus was
    seen.page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); }")
    stops = seen.page.evaluate(STOPS)
    for i, stop in enumerate(stops):
        seen.page.keyboard.press("Tab")
        at, style, width, color, is_in_sight = seen.page.evaluate(FOCUSED)
        assert at == i, stop
        assert (style, is_in_sight) == ("solid", True), stop
        assert width >= 2, stop
        for ground in ("rgb(255, 255, 255)", "rgb(11, 60, 93)"):  # paper, and the bar
            assert contrast(color, ground) >= 3, stop
    return list(stops)


def test_tab_reaches_every_control_of_the_map_and_shows_where_it_is(open_map: Open, html: str):
    seen = open_map(html, address="#lang=en")
    seen.page.fill("#search", "Rest station 16")
    seen.page.keyboard.press("Enter")
    seen.page.click("#card-switch")
    seen.page.fill("#search", "")
    seen.page.evaluate("() => { document.getElementById('panel-body').scrollTop = 0; }")
    stops = walk(seen)
    order = [
        *("print", "language", "curve-chart", "layer-stations", "search", "kind", "row-button"),
        *("map_stations", "what-if-undo", "what-if-export", "card-close", "card-switch"),
        *("zoom-in", "zoom-out", "whole", "credit"),
    ]
    places = [next(i for i, stop in enumerate(stops) if name in stop) for name in order]
    assert places == sorted(places)
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("page", "size"), [("compared_html", DESK), ("plain_html", DESK), ("html", PHONE)]
)
@pytest.mark.slow
def test_tab_reaches_every_control_of_other_pages(
    open_map: Open, request: pytest.FixtureRequest, page: str, size: tuple[int, int]
):
    seen = open_map(request.getfixturevalue(page), size=size)
    if page == "compared_html":
        seen.page.click(".views label >> nth=1")
    stops = walk(seen)
    assert {"language", "search", "zoom-in"} <= set(stops)
    assert {"choose-a", "divider"} <= set(stops) or page != "compared_html"


@pytest.mark.parametrize(
    "control", ["#map_stations", "#stations thead button >> nth=0", "#layer-sites", "#zoom-in"]
)
@pytest.mark.slow
def test_the_mark_of_the_focus_is_not_covered(open_map: Open, html: str, control: str):
    seen = open_map(html)
    seen.page.keyboard.press("Tab")
    seen.page.focus(control)
    box = seen.page.locator(control).bounding_box()
    assert box is not None
    clip = {
        "x": box["x"] - 5,
        "y": box["y"] - 5,
        "width": box["width"] + 10,
        "height": box["height"] + 10,
    }
    clip["height"] = min(clip["height"], DESK[1] - clip["y"])
    clip["width"] = min(clip["width"], DESK[0] - clip["x"])
    picture = Image.open(BytesIO(seen.page.screenshot(clip=clip))).convert("RGB")
    is_mark = np.abs(np.asarray(picture).astype(int) - [0xC9, 0x6D, 0]).sum(axis=2) < 30
    # along all its edges, at least 2 pixels thick; corners are round, and the credit lies over the map's
    for side in (is_mark, is_mark[::-1], is_mark.T, is_mark.T[::-1]):
        thick = side[:12].sum(axis=0) >= 2
        assert thick.sum() >= 0.6 * (thick.size - 10)


def test_escape_closes_the_card_and_the_focus_goes_back(open_map: Open, html: str):
    seen = open_map(html)
    focused = "() => document.activeElement.closest('tr') && document.activeElement.closest('tr').dataset.station"
    seen.page.focus("tr[data-station] .row-button >> nth=0")
    seen.page.keyboard.press("ArrowDown")
    station = seen.page.evaluate(focused)
    assert station is not None
    seen.page.keyboard.press("Enter")
    # who goes by keys goes on in the card, first to the button that closes it
    assert seen.page.evaluate("() => document.activeElement.id") == "card"
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("() => document.activeElement.className") == "card-close"
    seen.page.keyboard.press("Escape")
    assert seen.page.is_hidden("#card")
    assert seen.page.evaluate(focused) == station
    # by its own button too; and where what opened it is gone, the map has it
    seen.page.keyboard.press("Enter")
    seen.page.focus("#card .card-close")
    seen.page.keyboard.press("Enter")
    assert seen.page.is_hidden("#card")
    assert seen.page.evaluate(focused) == station
    seen.page.keyboard.press("Enter")
    seen.page.focus("#card-switch")
    seen.page.keyboard.press("Enter")  # the table is made anew, without this station
    seen.page.keyboard.press("Escape")
    assert seen.page.is_hidden("#card")
    assert seen.page.evaluate("() => document.activeElement.className").startswith("map ")
