"""What the map stands on, and what it must not tell: approval, tiles, few persons."""

from __future__ import annotations

import re

import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import (
    ISLAND,
    ISLET,
    POND,
    SEA,
    WITHIN,
    by_the_sea,
    names,
    persons,
    village,
)

from planner.webmap import map_html

pytestmark = pytest.mark.browser

TILES = {"url": "https://tiles.example.org/w/{z}/{x}/{y}.png", "credit": "© <b>Tiles</b> & Co"}


# ---------------------------------------------------------------------------------------------
# Approval
# ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_calls_itself_a_draft_until_its_number_is_given(open_map: Open):
    draft = open_map(map_html(village([5.0])))
    assert [draft.text("#draft"), draft.text("#credit-draft")] == ["内部草案"] * 2
    approved = open_map(map_html(village([5.0], map={"approval": "浙S(2026)12号"})))
    assert [approved.text("#draft"), approved.text("#credit-draft")] == [
        "审图号：浙S(2026)12号"
    ] * 2
    approved.page.click("#language")
    assert approved.text("#credit-draft") == "Map approval no. 浙S(2026)12号"


# ---------------------------------------------------------------------------------------------
# Persons
# ---------------------------------------------------------------------------------------------


def test_where_demand_is_persons_amounts_say_so(open_map: Open):
    seen = open_map(map_html(village([12.0] * 40, **persons())))
    # 300 s at 6 m/s are 1,800 m: places 0 to 18 are covered, 21 of 40 are not
    assert seen.figure("uncovered") == "252"
    assert seen.text("[data-figure=uncovered] dt") == "未覆盖人数"
    assert "的人员" in seen.text("#says-answer")
    assert "人" in seen.text("#stations thead")
    assert seen.text("#stations tbody td >> nth=1") == "228"
    seen.page.click("#language")
    assert seen.text("[data-figure=uncovered] dt") == "people not covered"
    seen.page.click("#lists summary")
    assert "12 persons" in seen.text("#lists li >> nth=0")


def test_few_persons_are_told_together_with_their_neighbours(open_map: Open):
    # places 0 to 3 have 12 persons together; place 4 has enough, and place 5 joins it
    metres = [0.0, 10.0, 30.0, 40.0, 402.0, 498.0]
    told = village([3.0, 3.0, 3.0, 3.0, 40.0, 2.0], metres=metres, **persons())
    seen = open_map(map_html(told))
    at = [seen.where("place", i) for i in range(6)]
    assert at[4] == at[5]
    assert at[0] == at[1] == at[2] == at[3] != at[4]
    seen.page.mouse.click(*at[5])
    assert seen.text("#card h2") == "村4号"
    assert seen.text("#card .card-figures b >> nth=0") == "1:07至1:23"
    assert seen.text("#card .card-figures b >> nth=1") == "42"
    assert seen.text("#card .card-figures span >> nth=1") == "人数"


def test_a_group_without_a_name_says_how_many_places_it_is(open_map: Open):
    seen = open_map(map_html(village([4.0, 4.0, 4.0], **persons())))
    assert len({seen.where("place", i) for i in range(3)}) == 1
    seen.page.keyboard.press("Escape")
    seen.page.evaluate("() => { location.hash = 'place=%2B1'; }")
    seen.page.wait_for_selector("#card:not([hidden])")
    assert seen.text("#card h2") == "3 处合并"
    assert seen.text("#card .card-figures b >> nth=1") == "12"
    seen.page.click("#language")
    assert seen.text("#card h2") == "3 places together"


@pytest.mark.slow
def test_a_card_says_why_nothing_can_be_tried(open_map: Open):
    result = village([3.0, 12.0, 12.0], **persons())
    seen = open_map(map_html(result))
    seen.page.click("#stations tbody tr")
    assert seen.text(".card-note") == "人数过少的地点合并显示，因此本图不能试算。"
    assert seen.page.locator("#card-switch").count() == 0
    seen.page.click("#language")
    assert "shown merged" in seen.text(".card-note")


def test_the_farthest_place_is_not_named_where_few_persons_are(open_map: Open):
    few = open_map(map_html(village([50.0] * 10 + [2.0], **persons())))
    assert "村" not in few.text("#says-answer")
    many = open_map(map_html(village([50.0] * 10 + [20.0], **persons())))
    assert "村10号" in many.text("#says-answer")


def test_lists_tell_of_a_group_once(open_map: Open):
    # 19 places are covered; the six behind them have 4 persons each
    seen = open_map(map_html(village([20.0] * 19 + [4.0] * 6, **persons())))
    seen.page.click("#lists summary")
    items = seen.page.locator("#lists li")
    items.first.wait_for()
    texts = items.all_text_contents()
    assert len(texts) < 6
    assert sum(int(re.findall(r"(\d+) 人", text)[0]) for text in texts) == 24


# ---------------------------------------------------------------------------------------------
# Tiles
# ---------------------------------------------------------------------------------------------


def with_tiles(open_map: Open, **more: object) -> Seen:
    return open_map(map_html(village([5.0, 5.0], map={"tiles": TILES})), **more)


@pytest.mark.slow
def test_tiles_are_asked_for_only_where_a_scenario_names_them(open_map: Open):
    seen = with_tiles(open_map)
    asked = {re.sub(r"/\d+/-?\d+/-?\d+\.png$", "", url) for url in seen.requests[1:]}
    assert asked == {"https://tiles.example.org/w"}
    plain = open_map(map_html(village([5.0, 5.0])))
    assert len(plain.requests) == 1
    assert plain.page.locator("#layer-tiles").count() == 0


def test_tiles_from_anywhere_else_are_not_let_in(open_map: Open):
    seen = with_tiles(open_map)
    blocked = seen.page.evaluate("""() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (e) => done(e.blockedURI));
        new Image().src = "https://tiles.example.com/x.png";
    })""")
    assert blocked == "https://tiles.example.com/x.png"


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_tiles_are_credited_and_can_be_switched_off(open_map: Open, size: tuple[int, int]):
    seen = with_tiles(open_map, size=size)
    assert seen.text("#credit-tiles") == TILES["credit"]
    assert seen.page.locator(".leaflet-tile").count() > 0
    if size == PHONE:
        seen.page.click("#grip")
    seen.page.uncheck("#layer-tiles")
    seen.page.wait_for_selector(".leaflet-tile", state="detached")
    seen.settle()
    assert "off=tiles" in seen.page.url


# ---------------------------------------------------------------------------------------------
# Sea, water, districts, names
# ---------------------------------------------------------------------------------------------

COLORS = """(points) => {
    const canvas = document.querySelectorAll("#stage canvas")[0];
    const { map } = window.stationMap;
    const dots = canvas.width / parseFloat(canvas.style.width);
    const corner = L.DomUtil.getPosition(canvas);
    return points.map(([lon, lat]) => {
        const at = map.latLngToLayerPoint([lat, lon]).subtract(corner);
        const [r, g, b] = canvas.getContext("2d").getImageData(at.x * dots, at.y * dots, 1, 1).data;
        return `${r},${g},${b}`;
    });
}"""
"""The colours of the ground at places."""
WATER, LAND = "219,233,244", "250,248,243"


VIEW = "#at=14.5/30.00000/120.00500"


def test_sea_is_sea_and_land_is_land(open_map: Open):
    seen = open_map(map_html(by_the_sea()), address=VIEW)
    found = seen.page.evaluate(COLORS, [SEA, ISLAND, POND, ISLET, WITHIN])
    assert found == [WATER, LAND, WATER, LAND, WATER]


def test_without_a_coast_ponds_are_drawn_and_no_sea(open_map: Open):
    seen = open_map(map_html(by_the_sea(box=False)), address=VIEW)
    assert seen.page.evaluate(COLORS, [SEA, POND]) == [LAND, WATER]


def test_on_paper_land_and_water_stand_in_place_of_tiles(open_map: Open):
    seen = open_map(map_html(by_the_sea(map={"tiles": TILES})), address=VIEW)
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    shares = seen.page.evaluate(
        """(colors) => {
            const canvas = document.querySelector("#print-sheet .print-map canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const n = colors.map(() => 0);
            for (let k = 0; k < data.length; k += 4) {
                const at = colors.indexOf(`${data[k]},${data[k + 1]},${data[k + 2]}`);
                if (at >= 0) n[at]++;
            }
            return n.map((some) => (4 * some) / data.length);
        }""",
        [WATER, LAND],
    )
    # the sea begins 500 m east of the middle, and the view is some 3 km wide
    assert all(0.15 < share < 0.8 for share in shares)


@pytest.mark.slow
def test_borders_of_districts_can_be_switched_off(open_map: Open):
    border = [(120.0, 29.99 + k / 10_000) for k in range(5, 95)]
    seen = open_map(map_html(by_the_sea()), address=VIEW)
    drawn = seen.page.evaluate(COLORS, border)
    seen.page.uncheck("#layer-districts")
    plain = seen.page.evaluate(COLORS, border)
    assert sum(a != b for a, b in zip(drawn, plain, strict=True)) > 40
    seen.settle()
    assert "off=districts" in seen.page.url
    assert open_map(map_html(village([20.0]))).page.locator("#layer-districts").count() == 0


WRITTEN = """() => new Promise((done) => {
    const texts = [];
    const plain = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        texts.push(text);
        return plain.call(this, text, ...at);
    };
    window.stationMap.map.once("moveend", () => setTimeout(() => done(texts), 50));
    window.stationMap.map.panBy([1, 0], { animate: false });
})"""
"""What is written on the map when it is drawn again."""


@pytest.mark.slow
def test_names_of_places_come_by_rank_and_are_written_once(open_map: Open):
    told = names(
        ("大城", "Big City", 0, 120.003, 30.007),
        ("村2号", "Village 2", 2, 120.01, 30.005),
        ("小村", "Hamlet", 3, 119.999, 29.994),
    )
    html = map_html(by_the_sea(names=told))
    seen = open_map(html, address=VIEW)
    written = seen.page.evaluate(WRITTEN)
    assert {"大城", "小村", "甲区", "乙区"} <= set(written)
    assert written.count("村2号") == 1
    seen.page.click("#language")
    assert "Big City" in seen.page.evaluate(WRITTEN)
    afar = open_map(html, address="#at=9/30.00000/120.00500")
    written = set(afar.page.evaluate(WRITTEN))
    assert "小村" not in written


@pytest.mark.slow
def test_nothing_of_it_makes_the_page_complain(open_map: Open):
    seen = open_map(map_html(by_the_sea(names=names(("<b>", "{{x}}", 0, 120.0, 30.0)))), size=PHONE)
    seen.page.click("#zoom-out")
    seen.settle()
    assert [said for said in seen.complaints if not said.startswith("Canvas2D")] == []
