"""One drive on the map, opened in a browser without a network."""

from __future__ import annotations

import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import town

from planner.routes import Route, route_between
from planner.webmap import DrawnRoute, map_html

pytestmark = pytest.mark.browser

COUNT = """() => Array.from(document.querySelectorAll("#stage canvas"), (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] === 0xa0 && data[i + 1] === 0x26 && data[i + 2] === 0x6f && data[i + 3] === 255) n++;
    }
    return n;
}).reduce((a, b) => a + b, 0)"""
"""Pixels in the colour of the line."""


def drive(begin: tuple[float, float], end: tuple[float, float]) -> Route:
    network = town().network
    assert network is not None
    found = route_between(network, begin, end)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def drawn() -> DrawnRoute:
    network, sites = town().network, town().times.sites
    assert network is not None
    begin = (float(network.node_lon[40]), float(network.node_lat[40]))
    site = int(town().plan.stations[0])
    end = (float(sites.lon[site]), float(sites.lat[site]))
    return DrawnRoute(
        route=drive(begin, end),
        begin="<b>起点</b>",
        end=str(sites.name[site]),
        begin_lonlat=begin,
        end_lonlat=end,
    )


def n_pixels_of_the_line(seen: Seen) -> int:
    return int(seen.page.evaluate(COUNT))


def test_the_usual_map_is_the_same_byte_for_byte():
    assert map_html(town()) == map_html(town(), route=None)
    assert "class Route" not in map_html(town())


def test_the_drive_is_drawn_and_fills_the_view(open_map: Open, drawn: DrawnRoute):
    plain, seen = open_map(map_html(town())), open_map(map_html(town(), route=drawn))
    assert n_pixels_of_the_line(plain) == 0
    assert n_pixels_of_the_line(seen) > 1000
    zoom = "() => window.stationMap.map.getZoom()"
    assert seen.page.evaluate(zoom) > plain.page.evaluate(zoom)
    inside = seen.page.evaluate(
        """(ends) => ends.every(([lon, lat]) => window.stationMap.map.getBounds().contains([lat, lon]))""",
        [drawn.begin_lonlat, drawn.end_lonlat],
    )
    assert inside
    assert seen.complaints == []
    assert len(seen.requests) == 1


def test_the_legend_tells_of_the_drive_in_both_languages(open_map: Open, drawn: DrawnRoute):
    seen = open_map(map_html(town(), route=drawn))
    m, s = divmod(round(drawn.route.time_s), 60)
    assert seen.text("#legend-route") == f"一趟车程：{m} 分 {s} 秒"
    # what data say is text, and never markup
    assert seen.text("#legend-body li >> nth=0") == f"<b>起点</b> → {drawn.end}"
    seen.page.click("#language")
    assert seen.text("#legend-route") == f"One drive: {m} min {s} s"


def test_the_drive_is_still_there_on_a_phone_and_after_a_selection(
    open_map: Open, drawn: DrawnRoute
):
    seen = open_map(map_html(town(), route=drawn), size=PHONE)
    assert n_pixels_of_the_line(seen) > 200
    seen = open_map(map_html(town(), route=drawn))
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.click("#language")
    seen.page.keyboard.press("Escape")
    assert n_pixels_of_the_line(seen) > 500
    assert seen.complaints == []


def test_everything_is_shown_on_demand(open_map: Open, drawn: DrawnRoute):
    seen = open_map(map_html(town(), route=drawn))
    zoom = "() => window.stationMap.map.getZoom()"
    before = seen.page.evaluate(zoom)
    seen.page.click("#whole")
    seen.page.wait_for_function(f"(before) => ({zoom})() < before", arg=before)


def test_a_drive_to_where_one_is_has_only_its_ends(open_map: Open, drawn: DrawnRoute):
    here = drawn.begin_lonlat
    nowhere = DrawnRoute(
        route=drive(here, here), begin="A", end="B", begin_lonlat=here, end_lonlat=here
    )
    seen = open_map(map_html(town(), route=nowhere))
    assert seen.text("#legend-route").startswith("一趟车程")
    assert seen.complaints == []


def test_the_drive_is_on_paper_too_with_its_key(open_map: Open, drawn: DrawnRoute):
    seen = open_map(map_html(town(), route=drawn))
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    sheet = seen.page.locator("#print-sheet")
    assert f"<b>起点</b> → {drawn.end}" in (sheet.locator(".print-legend").text_content() or "")
    n_dots = sheet.locator("canvas").evaluate("""(canvas) => {
        const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let n = 0;
        // the line is #a0266f
        for (let i = 0; i < dots.length; i += 4) n += dots[i] === 160 && dots[i + 1] === 38 && dots[i + 2] === 111;
        return n;
    }""")
    assert n_dots > 2000
    assert seen.complaints == []
