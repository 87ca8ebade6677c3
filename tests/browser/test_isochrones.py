"""Isochrones on the map, opened in a browser without a network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import scenario, town

from planner.isochrones import By, StationAreas, areas_of
from planner.result import Result
from planner.scenario import Direction
from planner.snapping import snap
from planner.webmap import areas as webmap_areas
from planner.webmap import map_html

pytestmark = pytest.mark.browser

COUNT = """(which) => {
    const canvas = document.querySelectorAll("#stage canvas")[which];
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = { green: 0, deep: 0, purple: 0 };
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
        if (g - r > 15 && g > b) found[g - r > 45 ? "deep" : "green"]++;
        if (r - g > 20 && b > g && r < 252) found.purple++;
    }
    return found;
}"""
"""Pixels in the tones of the areas: green under the roads, the deeper the fewer minutes; purple that of the selected station."""
GROUND, MARKS = 0, 1


def with_areas(result: Result, minutes: tuple[float, ...] = (1, 2.5)) -> Result:
    """Return a result with the areas of its stations."""
    sites, network = result.times.sites, result.network
    assert network is not None
    places = snap(network, sites.lon, sites.lat)
    of_stations = places.where(np.isin(np.arange(len(sites)), result.plan.stations))
    each, together = (
        areas_of(
            network,
            of_stations,
            minutes,
            width_m=40.0,
            by=by,
            direction=Direction.TO_STATION,
            access_kph=10.0,
        )
        for by in (By.STATION, By.TOGETHER)
    )
    each = replace(each, station=result.plan.stations[each.station])
    return replace(result, areas=StationAreas(each=each, together=together))


@pytest.fixture(scope="module")
def drawn() -> str:
    return map_html(with_areas(town()))


def complaints(seen: Seen) -> list[str]:
    """Return what the page complained about, but for our looking at its canvases so often."""
    return [said for said in seen.complaints if not said.startswith("Canvas2D")]


def pixels(seen: Seen, canvas: int) -> dict[str, int]:
    found: dict[str, int] = seen.page.evaluate(COUNT, canvas)
    return found


def test_areas_lie_under_the_roads_in_two_tones_and_can_be_switched_off(open_map: Open, drawn: str):
    seen = open_map(drawn)
    seen.page.uncheck("#layer-demand")
    on = pixels(seen, GROUND)
    assert on["green"] > 5_000
    assert on["deep"] > 5_000
    view = seen.page.evaluate("() => window.stationMap.map.getCenter().toString()")
    seen.page.uncheck("#layer-isochrones")
    off = pixels(seen, GROUND)
    assert off["green"] + off["deep"] < 50
    assert view == seen.page.evaluate("() => window.stationMap.map.getCenter().toString()")
    seen.page.check("#layer-isochrones")
    assert pixels(seen, GROUND) == on
    assert complaints(seen) == []
    assert len(seen.requests) == 1


def test_the_legend_says_the_minutes_in_both_languages_while_areas_are_shown(
    open_map: Open, drawn: str
):
    seen = open_map(drawn)
    assert "等时圈" in seen.text("#switches")
    assert [seen.text(f"#legend-areas li >> nth={i}") for i in (0, 1)] == [
        "1 分钟内",
        "2:30 分钟内",
    ]
    seen.page.click("#language")
    assert "Isochrones" in seen.text("#switches")
    assert [seen.text(f"#legend-areas li >> nth={i}") for i in (0, 1)] == [
        "within 1 min",
        "within 2:30 min",
    ]
    assert "Isochrones: to a station" in seen.text("#legend-body")
    assert seen.text("#legend-areas li >> nth=2") == "that of the selected station"
    seen.page.uncheck("#layer-isochrones")
    assert seen.page.locator("#legend-areas").count() == 0
    assert "Isochrones" not in seen.text("#legend-body")


def test_a_selected_station_shows_its_own_area(open_map: Open, drawn: str):
    seen = open_map(drawn)
    assert pixels(seen, MARKS)["purple"] < 500
    seen.page.click("tr[data-station] >> nth=2")
    seen.settle()
    own = pixels(seen, MARKS)["purple"]
    seen.page.uncheck("#layer-isochrones")
    without = pixels(seen, MARKS)["purple"]  # its ring and lines are left
    assert own > without + 3_000
    seen.page.check("#layer-isochrones")
    seen.page.keyboard.press("Escape")
    assert pixels(seen, MARKS)["purple"] < 500


def test_the_area_of_a_station_lies_about_that_station(open_map: Open, drawn: str):
    seen = open_map(drawn)
    for row in (0, 5):
        station = int(seen.page.get_attribute(f"tr[data-station] >> nth={row}", "data-station"))
        seen.page.click(f"tr[data-station='{station}']")
        seen.settle()
        x, y = seen.where("station", station)
        seen.page.mouse.move(x, y)
        # mean place of the purple pixels, in pixels of the page
        at = seen.page.evaluate(
            """() => {
            const canvas = document.querySelectorAll("#stage canvas")[1];
            const box = canvas.getBoundingClientRect();
            const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let n = 0, sx = 0, sy = 0;
            for (let i = 0; i < data.length; i += 4) {
                if (data[i] - data[i + 1] > 20 && data[i + 2] > data[i + 1] && data[i] < 252) {
                    n++; sx += (i / 4) % width; sy += Math.floor(i / 4 / width);
                }
            }
            return [box.left + sx / n * box.width / width, box.top + sy / n * box.width / width];
        }"""
        )
        assert np.hypot(at[0] - x, at[1] - y) < 60


def test_the_address_keeps_that_areas_are_off(open_map: Open, drawn: str):
    seen = open_map(drawn)
    seen.page.uncheck("#layer-isochrones")
    seen.settle()
    address = seen.page.evaluate("() => location.hash")
    assert "off=isochrones" in address
    again = open_map(drawn, address=address)
    assert not again.page.is_checked("#layer-isochrones")
    assert pixels(again, GROUND)["deep"] < 50


def test_where_there_are_no_areas_there_is_no_switch(open_map: Open):
    for result in (town(), town(with_roads=False), with_areas(town(n_stations=0))):
        if result.areas is not None:
            assert len(result.areas.together) in (0, 2)
        seen = open_map(map_html(result))
        has_areas = result.areas is not None and len(result.areas.together) > 0
        assert seen.page.locator("#layer-isochrones").count() == int(has_areas)
        assert complaints(seen) == []


def test_areas_are_drawn_on_a_phone_too(open_map: Open, drawn: str):
    seen = open_map(drawn, size=PHONE)
    assert pixels(seen, GROUND)["green"] > 500
    assert complaints(seen) == []


def test_with_too_many_points_the_page_has_only_the_areas_together(open_map: Open, monkeypatch):
    monkeypatch.setattr(webmap_areas, "MOST_POINTS", 100)
    seen = open_map(map_html(with_areas(town(asked=scenario(language="en")))))
    assert pixels(seen, GROUND)["green"] > 1_000
    seen.page.click("tr[data-station] >> nth=2")
    seen.settle()
    before = pixels(seen, MARKS)
    assert seen.page.locator("#legend-areas li").count() == 2  # nor in the legend
    seen.page.uncheck("#layer-isochrones")
    assert pixels(seen, MARKS) == before  # nothing of its own to show
    assert complaints(seen) == []


def test_equal_results_give_an_equal_page(drawn: str):
    assert map_html(with_areas(town())) == drawn
