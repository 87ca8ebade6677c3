"""What an official does in passing: points at sites, searches, turns the phone, clicks where a card comes to lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import driven_town, make_demand, make_sites, result_of, texts

from planner.webmap import map_html

pytestmark = pytest.mark.browser

ACTIVE = "() => document.activeElement.id"
MARK = """(i) => {
    const { map, app } = window.stationMap;
    const { lat, lon } = app.stations;
    const canvas = document.querySelectorAll("#stage canvas")[1];
    const dots = canvas.width / parseFloat(canvas.style.width);
    const at = map.latLngToLayerPoint([lat[i] / 1e5, lon[i] / 1e5]).subtract(L.DomUtil.getPosition(canvas));
    return canvas.getContext("2d").getImageData(at.x * dots, at.y * dots, 1, 1).data.slice(0, 3).join();
}"""
"""The colour of the marks where a site stands."""
SITE_GREY = "119,130,140"


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(driven_town())


@pytest.fixture
def seen(open_map: Open, html: str) -> Seen:
    return open_map(html)


def clear_of_stations(seen: Seen) -> int:
    """Return a site with no station within 40 pixels."""
    found: int = seen.page.evaluate("""() => {
        const { positionOf, app } = window.stationMap;
        const { stations } = app;
        const far = (i, k) => Math.hypot(...positionOf("station", i).map((d, axis) => d - positionOf("station", k)[axis]));
        return Array.from(stations.x.keys()).find((i) => !stations.isOn[i] && stations.on.every((k) => far(i, k) > 40));
    }""")
    return found


def test_a_site_under_the_pointer_says_what_it_is(seen: Seen):
    seen.page.check("#layer-sites")
    site = clear_of_stations(seen)
    seen.page.mouse.move(*seen.where("station", site))
    assert seen.page.is_visible("#hover")
    assert "未选的候选点" in seen.text("#hover")
    assert seen.complaints == []


def test_sites_that_are_switched_off_stay_off_when_a_station_is_selected(seen: Seen):
    site = clear_of_stations(seen)
    seen.page.check("#layer-sites")
    assert seen.page.evaluate(MARK, site) == SITE_GREY
    seen.page.uncheck("#layer-sites")
    seen.page.click("tr[data-station] >> nth=0")
    assert seen.page.evaluate(MARK, site) != SITE_GREY


def test_sites_are_shown_while_something_is_tried_and_as_before_afterwards(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#card-switch")
    assert seen.page.is_checked("#layer-sites")
    seen.page.click("#what-if-undo")
    assert not seen.page.is_checked("#layer-sites")
    # who switched them on keeps them
    seen.page.check("#layer-sites")
    seen.page.click("#card-switch")
    seen.page.click("#what-if-reset")
    assert seen.page.is_checked("#layer-sites")


def test_a_station_that_is_tried_without_is_on_the_map_though_sites_are_not(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#card-switch")
    seen.page.uncheck("#layer-sites")
    (closed,) = seen.page.evaluate("() => window.stationMap.app.whatIf.changes")
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate(MARK, closed) == "179,74,0"  # on the stroke that crosses it out
    seen.page.mouse.click(*seen.where("station", closed))
    assert "已停用" in seen.text("#card .card-kind")
    assert seen.page.locator("#legend .closed").count() == 1


def test_a_click_of_the_pointer_leaves_the_focus_and_outlines_nothing(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    assert seen.page.evaluate(ACTIVE) != "card"
    seen.page.mouse.click(*seen.where("station", 1))
    assert seen.page.is_visible("#card")
    assert seen.page.evaluate(ACTIVE) != "card"
    frame = "() => getComputedStyle(document.getElementById('map_stations'), '::after').content"
    assert seen.page.evaluate(frame) == "none"


def test_no_station_at_all_is_no_shorter_drive(open_map: Open):
    seen = open_map(map_html(driven_town(stations=[0])))
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#card-switch")
    told = [each.inner_text().split("\n") for each in seen.page.locator("#what-if dl div").all()]
    assert [words[1] for words in told[1:3]] == ["–", "–"]
    assert seen.page.locator("#what-if .is-better").count() == 0
    assert seen.figure("count") == "0"


@pytest.mark.slow
def test_a_long_title_is_read_from_its_beginning(open_map: Open):
    seen = open_map(
        map_html(driven_town(title={"zh": "很长的标题" * 30, "en": "long"})), size=PHONE
    )
    bar, title = (seen.page.locator(part).bounding_box() for part in (".bar", "#title"))
    assert bar is not None
    assert title is not None
    assert title["y"] >= bar["y"]
    assert title["y"] + title["height"] <= bar["y"] + bar["height"]


# ---------------------------------------------------------------------------------------------
# Search
# ---------------------------------------------------------------------------------------------


def hits(seen: Seen, text: str) -> list[str]:
    seen.page.fill("#search", text)
    return [hit.inner_text().replace("\n", " ") for hit in seen.page.locator("#found li").all()]


def test_search_finds_accents_widths_and_ids_and_tells_how_many_more(open_map: Open):
    n = 60
    result = result_of(
        network=None,
        demand=make_demand(
            np.linspace(121.0, 121.1, n), np.full(n, 28.0), name=["Vila São João"] * n
        ),
        sites=make_sites(
            np.array([121.0, 121.1]), np.array([28.0, 28.0]), name=["南站", "Ｎｏｒｔｈ Gate"]
        ),
        stations=[0, 1],
    )
    seen = open_map(map_html(result), address="#lang=en")
    assert hits(seen, "sao joao")[-1] == "and 48 more: type on to find them"
    assert len(hits(seen, "sao joao")) == 13
    assert hits(seen, "north gate") == ["Ｎｏｒｔｈ Gate station"]
    assert hits(seen, "h000") == ["南站 H000 · station"]
    assert hits(seen, "D00007") == ["Vila São João D00007 · demand"]
    assert hits(seen, "zzz") == ["Nothing found"]


def test_what_is_found_is_seen_whole(open_map: Open, html: str):
    seen = open_map(html, size=(1024, 640))
    assert len(hits(seen, "骑手")) > 8
    found, panel = (seen.page.locator(part).bounding_box() for part in ("#found", "#panel"))
    assert found is not None
    assert panel is not None
    assert found["height"] > 200
    assert found["y"] + found["height"] <= panel["y"] + panel["height"]
    assert seen.page.locator("#search").bounding_box()["y"] > panel["y"]  # type: ignore[index]


def test_escape_first_empties_the_search_and_then_closes_the_card(seen: Seen):
    hits(seen, "Rest station")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate(ACTIVE) == "card"
    seen.page.focus("#search")
    seen.page.keyboard.press("Escape")
    assert (seen.page.input_value("#search"), seen.page.is_visible("#card")) == ("", True)
    seen.page.keyboard.press("Escape")
    assert seen.page.is_hidden("#card")


# ---------------------------------------------------------------------------------------------
# Small frames
# ---------------------------------------------------------------------------------------------

UNDER = """() => {
    const { app, positionOf } = window.stationMap;
    const [x, y] = positionOf("station", app.selected.station);
    const stage = document.getElementById("stage").getBoundingClientRect();
    const card = document.getElementById("card").getBoundingClientRect();
    const isIn = x > 0 && y > 0 && x < stage.width && y < stage.height;
    const [left, top] = [x + stage.left, y + stage.top];
    return !isIn || (left > card.left && left < card.right && top > card.top && top < card.bottom);
}"""
"""Whether the selected station lies under its card, or out of sight."""


@pytest.mark.parametrize(
    "size",
    [
        PHONE,
        pytest.param((667, 375), marks=pytest.mark.slow),
        pytest.param((844, 390), marks=pytest.mark.slow),
    ],
)
def test_a_station_comes_out_from_under_its_card(open_map: Open, html: str, size: tuple[int, int]):
    seen = open_map(html, size=size)
    lowest = seen.page.evaluate("""() => {
        const { app, positionOf } = window.stationMap;
        return app.stations.on.slice().sort((a, b) => positionOf("station", b)[1] - positionOf("station", a)[1])[0];
    }""")
    seen.page.mouse.click(*seen.where("station", lowest))
    assert seen.page.is_visible("#card")
    box = seen.page.locator("#card").bounding_box()
    assert box is not None
    assert box["height"] > 120
    seen.page.wait_for_function(f"() => !({UNDER})()")


@pytest.mark.slow
@pytest.mark.parametrize("size", [(844, 390), (667, 375)])
def test_a_phone_that_is_turned_shows_what_is_tried_whole(
    open_map: Open, html: str, size: tuple[int, int]
):
    seen = open_map(html)
    assert seen.page.get_attribute("#legend", "open") is not None
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#card-switch")
    seen.page.set_viewport_size({"width": size[0], "height": size[1]})
    seen.page.wait_for_function("() => !document.getElementById('legend').open")
    card = seen.page.locator("#card").bounding_box()
    assert card is not None
    for button in ("undo", "reset", "export"):
        box = seen.page.locator(f"#what-if-{button}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["height"] < 36  # its words stand in one line
        assert box["y"] + box["height"] <= card["y"]


@pytest.mark.slow
def test_the_flag_of_the_farthest_place_is_whole_at_the_edge(open_map: Open):
    """Of a row of places the first is farthest, and stands at the left edge of a phone."""
    n = 20
    result = result_of(
        network=None,
        demand=make_demand(np.linspace(121.0, 121.05, n), np.full(n, 28.0)),
        sites=make_sites(np.array([121.05]), np.array([28.0])),
        stations=[0],
    )
    seen = open_map(map_html(result), size=PHONE)
    seen.page.evaluate(
        "() => window.stationMap.map.setView([28.0, 121.01], 14, { animate: false })"
    )
    x, _ = seen.where("place", 0)
    seen.page.evaluate(f"() => window.stationMap.map.panBy([{x - 12}, 0], {{ animate: false }})")
    x, y = seen.where("place", 0)
    assert x == pytest.approx(12, abs=1)
    # the flag is 21 high and its foot 13 above the place; its dark ground begins 4 from the edge
    ends = seen.page.evaluate(
        """(y) => {
        const canvas = document.querySelectorAll("#stage canvas")[1];
        const dots = canvas.width / parseFloat(canvas.style.width);
        const corner = window.stationMap.map.layerPointToContainerPoint(L.DomUtil.getPosition(canvas));
        const stage = document.getElementById("stage").getBoundingClientRect();
        const row = (y - 30 - stage.top - corner.y) * dots;
        const { data } = canvas.getContext("2d").getImageData(-corner.x * dots, row, 390 * dots, 1);
        const dark = Array.from({ length: 390 * dots }, (_, k) => k).filter((k) => data[4 * k] > 160 && data[4 * k + 2] < 40 && data[4 * k + 3] > 200);
        return [dark[0] / dots, dark[dark.length - 1] / dots];
    }""",
        y,
    )
    assert ends[0] == pytest.approx(4, abs=1.5)
    assert ends[1] > 80


@pytest.mark.slow
def test_services_are_told_whole(open_map: Open):
    found = driven_town()
    sites = found.times.sites
    many = ";".join(["rest", "water", "charging", "shelter", "toilet", "food", "wifi", "repair"])
    services = texts([many] * len(sites))
    told = replace(found, times=replace(found.times, sites=replace(sites, services=services)))
    seen = open_map(map_html(told), size=PHONE, address="#lang=en")
    seen.page.mouse.click(*seen.where("station", 0))
    words = seen.page.locator("#card .long-text")
    assert words.inner_text().endswith("Wi-Fi · repair")
    assert words.evaluate(
        "(element) => element.scrollWidth <= element.parentElement.clientWidth + 1"
    )


@pytest.mark.slow
def test_colours_of_the_system_leave_those_of_the_map_in_the_legend(open_map: Open, html: str):
    seen = open_map(html)
    seen.page.emulate_media(forced_colors="active")
    color = "(element) => getComputedStyle(element).backgroundColor"
    assert seen.page.locator("#legend .step-0").evaluate(color) == "rgb(0, 114, 178)"
    assert seen.page.locator("#split-bar .step-0").evaluate(color) == "rgb(0, 114, 178)"
