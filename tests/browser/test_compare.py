"""The page of several runs, opened in a browser without a network."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario, town

from planner.comparison import CHANGES, Change, Comparison, Fate, compare
from planner.plan import Status
from planner.result import Result
from planner.webmap import comparison_html

pytestmark = pytest.mark.browser

# how many pixels of some canvases are about of a colour: hatching lets it shine through
PIXELS = """([names, color]) => {
    let n = 0;
    for (const name of names) {
        const canvas = document.querySelector(`.leaflet-${name}-pane canvas`);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let k = 0; k < data.length; k += 4) {
            const off = [0, 1, 2].map((c) => Math.abs(data[k + c] - color[c]));
            if (data[k + 3] === 255 && off[0] + off[1] + off[2] < 40) n++;
        }
    }
    return n;
}"""
CLIPS = """() => ["ground-left", "marks-left", "ground", "marks"].map((name) => {
    const canvas = document.querySelector(`.leaflet-${name}-pane canvas`);
    const [top, right, bottom, left] = (canvas.style.clipPath.match(/-?[\\d.]+/g) || []).map(Number);
    const box = canvas.getBoundingClientRect();
    const stage = document.getElementById("stage").getBoundingClientRect();
    return [box.left + left - stage.left, box.right - right - stage.left];
})"""
INK = [11, 60, 93]
LOST = [213, 94, 0]


def with_stations(result: Result, stations: list[int], **more: object) -> Result:
    """Return the same town with other stations."""
    return result_of(
        network=result.network,
        demand=result.times.demand,
        sites=result.times.sites,
        stations=stations,
        speed_mps=4.0,
        cut_off=(3, 4),
        off_network=(6,),
        **more,
    )


@pytest.fixture(scope="module")
def compared() -> Comparison:
    first = town()
    few = [int(i) for i in first.plan.stations[::2]]
    others = [1, 2, *few[2:]]
    return compare(
        [first, with_stations(first, few), with_stations(first, sorted(set(others)))],
        names=["today", "few", "others"],
    )


@pytest.fixture(scope="module")
def html(compared: Comparison) -> str:
    return comparison_html(compared)


@pytest.fixture
def seen(open_map: Open, html: str) -> Seen:
    return open_map(html)


def cells(seen: Seen, row: str) -> list[str]:
    return [text.strip() for text in seen.page.locator(f"{row} td").all_text_contents()]


def clips(seen: Seen) -> list[tuple[float, float]]:
    """Return from where to where each canvas is seen: ground and marks of the left, then of the right."""
    return [tuple(clip) for clip in seen.page.evaluate(CLIPS)]


def edge(seen: Seen) -> float:
    """Return where the divider stands, in pixels from the left edge of the map."""
    box = seen.page.locator("#divider").bounding_box()
    stage = seen.page.locator("#stage").bounding_box()
    return box["x"] + box["width"] / 2 - stage["x"]


def has_its_sides_apart(seen: Seen) -> bool:
    ground_left, marks_left, ground, marks = clips(seen)
    at = edge(seen)
    return (
        abs(ground_left[1] - at) < 1.5
        and abs(marks_left[1] - at) < 1.5
        and abs(ground[0] - at) < 1.5
        and abs(marks[0] - at) < 1.5
    )


# ---------------------------------------------------------------------------------------------
# What it says
# ---------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_library(seen: Seen, compared: Comparison):
    changes = compared.changes[0]
    for change in CHANGES:
        n, weight = changes.total(change)
        row = f"#totals [data-change={change.value}]"
        if n:
            assert cells(seen, row) == [f"{n:,}", f"{weight:,.0f}"]
    before, after = compared.runs.iloc[0], compared.runs.iloc[1]
    assert changes.total(Change.LOST)[0] > 0
    assert cells(seen, "#figures [data-figure=stations]") == ["18", "9", "−9"]
    shares = [f"{100 * run['share_covered']:.2f}%" for run in (before, after)]
    told = cells(seen, "#figures [data-figure=share]")
    assert told[:2] == shares
    points = 100 * (round(after["share_covered"], 4) - round(before["share_covered"], 4))
    assert told[2] == f"−{abs(points):.2f} 点"
    more = int(after["uncovered_n"] - before["uncovered_n"])
    assert cells(seen, "#figures [data-figure=uncovered_n]")[2] == f"+{more}"
    counts = {fate: len(changes.stations_that_are(fate)) for fate in Fate}
    assert seen.text("#station-count") == (
        f"新增 {counts['added']}，撤销 {counts['removed']}，保留 {counts['kept']}"
    )
    assert seen.page.locator("#stations tbody tr").count() == sum(counts.values())


def test_the_sentence_says_it_in_both_languages(seen: Seen, compared: Comparison):
    after = compared.runs.iloc[1]
    share = f"{100 * after['share_covered']:.2f}%"
    assert seen.text("#says-answer").startswith(
        f"few 用 9 个驿站（比 today 少 9 个），覆盖 {share} 的需求（减少 "
    )
    seen.page.click("#language")
    assert seen.text("#says-answer").startswith(
        f"few has 9 stations (9 fewer than today) and covers {share} of demand ("
    )
    assert seen.page.title() == seen.text("h1") == "Compared: today and few"
    n, _ = compared.changes[0].total(Change.LOST)
    assert f" {n} lose it;" in seen.text("#says-proof")


@pytest.mark.slow
def test_no_word_is_missing_in_either_language_and_view(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    for view in ("swipe", "changes"):
        seen.page.check(f"#view-{view}", force=True)
        for _ in range(2):
            text = seen.page.inner_text("body")
            assert "undefined" not in text
            assert "NaN" not in text
            assert "{" not in text
            seen.page.click("#language")


@pytest.mark.slow
def test_districts_tell_the_right_plan_and_the_change(seen: Seen, compared: Comparison):
    first = compared.changes[0].districts.iloc[0]
    row = "#compared-districts tbody tr:first-child"
    assert seen.text(f"{row} th") == first["district"]
    now, was = (round(first[f"share_covered_{side}"], 4) for side in ("later", "first"))
    assert cells(seen, row)[0] == f"{100 * now:.2f}%−{100 * (was - now):.2f} 点"
    before = seen.page.evaluate("() => window.stationMap.map.getZoom()")
    seen.page.click(f"{row} button")
    seen.settle()
    assert seen.page.evaluate("() => window.stationMap.map.getZoom()") > before


@pytest.mark.slow
def test_another_pair_is_chosen_and_sides_change(seen: Seen, compared: Comparison):
    seen.page.select_option("#choose-b", label="others")
    wanted = compared.between(0, 2)
    n, _ = wanted.total(Change.LOST)
    assert cells(seen, "#totals [data-change=lost]")[0] == f"{n:,}"
    seen.page.click("#swap")
    assert seen.page.input_value("#choose-a") == "2"
    assert cells(seen, "#totals [data-change=gained]")[0] == f"{n:,}"
    counts = {fate: len(wanted.stations_that_are(fate)) for fate in Fate}
    assert f"新增 {counts['removed']}，撤销 {counts['added']}" in seen.text("#station-count")
    # what was lost is gained, point by point, and what was added is removed, row by row
    assert seen.text("[data-list=gained] .count") == f"{n:,}"
    fates = seen.page.locator("#stations td.col-fate span").all_text_contents()
    assert counts["removed"] != counts["added"]
    assert fates.count("新增") == counts["removed"]
    assert fates.count("撤销") == counts["added"]
    # who is chosen on both sides changes places
    seen.page.select_option("#choose-a", label="today")
    assert seen.page.input_value("#choose-b") == "2"


@pytest.mark.slow
def test_a_place_tells_both_drives_and_stations(seen: Seen, compared: Comparison):
    seen.page.click("[data-list=lost] summary")
    seen.page.click("[data-list=lost] li button >> nth=0")
    points = compared.changes[0].points
    lost = points[points["change"] == "lost"]
    worst = lost.sort_values("weight", ascending=False, kind="stable").iloc[0]
    assert seen.text("#card dd bdi >> nth=-1") == worst["id"]
    sides = seen.page.locator("#card .card-side")
    names = dict(
        zip(compared.results[0].times.sites.id, compared.results[0].times.sites.name, strict=True)
    )
    for k, side in enumerate(("first", "later")):
        text = sides.nth(k).inner_text()
        assert names[worst[f"station_{side}"]] in text
        assert ("未覆盖" in text) is (side == "later")


# ---------------------------------------------------------------------------------------------
# What it shows
# ---------------------------------------------------------------------------------------------


def test_the_divider_is_dragged_by_the_mouse_and_parts_the_runs(seen: Seen):
    assert seen.page.locator("#divider").is_hidden()
    seen.page.check("#view-swipe", force=True)
    assert has_its_sides_apart(seen)
    start = edge(seen)
    box = seen.page.locator("#divider").bounding_box()
    # taken beside its middle, so that it must not jump
    x, y = box["x"] + 10, box["y"] + 200
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x - 100, y)
    seen.page.mouse.move(x - 220, y + 30)
    seen.page.mouse.up()
    seen.page.mouse.move(x, y)
    assert edge(seen) == pytest.approx(start - 220, abs=1.5)
    assert has_its_sides_apart(seen)
    assert seen.complaints == []


def test_the_divider_moves_by_keys_and_tells_where_it_is(seen: Seen):
    seen.page.check("#view-swipe", force=True)
    seen.page.focus("#divider")
    told = []
    for key in ("ArrowLeft", "Shift+ArrowRight", "PageUp", "Home", "ArrowLeft", "End"):
        seen.page.keyboard.press(key)
        told.append(int(seen.page.get_attribute("#divider", "aria-valuenow")))
        assert has_its_sides_apart(seen)
    assert told == [48, 58, 68, 0, 0, 100]
    assert seen.page.get_attribute("#divider", "aria-valuetext") == "左侧占 100%"


@pytest.mark.slow
def test_the_sides_stay_apart_when_the_map_moves(seen: Seen):
    seen.page.check("#view-swipe", force=True)
    seen.page.evaluate("() => { window.stationMap.map.panBy([140, 60], { animate: false }); }")
    seen.settle()
    assert has_its_sides_apart(seen)
    seen.page.click("#zoom-in")
    seen.settle()
    assert has_its_sides_apart(seen)


@pytest.mark.slow
def test_each_side_draws_its_own_run(seen: Seen):
    seen.page.check("#view-swipe", force=True)
    left, right = (seen.page.evaluate(PIXELS, [[name], INK]) for name in ("marks-left", "marks"))
    assert left > 1.5 * right > 0  # 18 stations, 9
    lost_left, lost_right = (
        seen.page.evaluate(PIXELS, [[name], LOST]) for name in ("ground-left", "ground")
    )
    assert lost_right > lost_left  # more is uncovered on the right
    seen.page.click("#swap")
    turned = [seen.page.evaluate(PIXELS, [[name], INK]) for name in ("marks-left", "marks")]
    assert turned == [right, left]


def test_what_changes_is_drawn_and_the_legend_names_it(seen: Seen, compared: Comparison):
    lost = seen.page.evaluate(PIXELS, [["ground"], LOST])
    assert lost > 500
    changes = compared.changes[0]
    legend = [text.strip() for text in seen.page.locator("#legend-body li").all_text_contents()]
    words = {
        "gained": "新增覆盖",
        "lost": "失去覆盖",
        "faster": "车程缩短",
        "slower": "车程延长",
        "same": "不变",
        "uncovered": "前后都未覆盖",
    }
    there = [words[change.value] for change in CHANGES if changes.total(change)[0]]
    assert legend == [*there, "撤销", "保留"]  # none is added
    seen.page.uncheck("#layer-uncovered")
    assert seen.page.evaluate(PIXELS, [["ground"], LOST]) == 0
    seen.page.check("#view-swipe", force=True)
    assert "到驿站的车程" in seen.text("#legend-body")


@pytest.mark.slow
def test_the_address_keeps_pair_view_and_divider(seen: Seen, open_map: Open, html: str):
    seen.page.select_option("#choose-a", label="others")
    seen.page.check("#view-swipe", force=True)
    seen.page.focus("#divider")
    seen.page.keyboard.press("PageDown")
    seen.page.click("#language")
    seen.settle()
    address = "#" + seen.page.url.split("#")[1]
    again = open_map(html, address=address)
    assert again.text("h1") == "Compared: others and few"
    assert again.page.get_attribute("#divider", "aria-valuenow") == "40"
    assert again.page.is_checked("#view-swipe")
    assert again.complaints == []


@pytest.mark.slow
def test_on_a_phone_the_divider_is_dragged_by_a_finger(open_map: Open, html: str):
    seen = open_map(html, size=PHONE, address="#view=swipe")
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    start = edge(seen)
    touch = seen.page.context.new_cdp_session(seen.page)
    y = 260
    for kind, x in (("touchStart", start), ("touchMove", start + 40), ("touchMove", start + 90)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert edge(seen) == pytest.approx(start + 90, abs=1.5)
    assert has_its_sides_apart(seen)
    seen.page.click("#grip")
    assert seen.page.locator("#figures").is_visible()
    assert seen.complaints == []


PAPER = """([color, from, to]) => {
    window.dispatchEvent(new Event("afterprint"));
    window.dispatchEvent(new Event("beforeprint"));
    const canvas = document.querySelector("#print-sheet .print-map canvas");
    const [x, width] = [from * canvas.width, (to - from) * canvas.width];
    const { data } = canvas.getContext("2d").getImageData(x, 0, width, canvas.height);
    let n = 0;
    for (let k = 0; k < data.length; k += 4) {
        if (color.every((value, c) => data[k + c] === value)) n++;
    }
    return n;
}"""
"""How many pixels of a strip of the printed map have a colour."""


@pytest.mark.slow
def test_paper_shows_both_sides(seen: Seen):
    """Few on the right has half of the stations of today, and so fewer pixels of their colour."""
    seen.page.check("#view-swipe", force=True)
    seen.page.focus("#divider")
    seen.page.keyboard.press("Home")
    right = [seen.page.evaluate(PAPER, [INK, *part]) for part in ((0.01, 0.35), (0.6, 1))]
    seen.page.keyboard.press("End")
    left = [seen.page.evaluate(PAPER, [INK, *part]) for part in ((0.01, 0.35), (0.6, 0.99))]
    for _ in range(5):
        seen.page.keyboard.press("PageDown")
    assert seen.page.get_attribute("#divider", "aria-valuenow") == "50"
    both = [seen.page.evaluate(PAPER, [INK, *part]) for part in ((0.01, 0.35), (0.6, 1))]
    # a canvas that was read from is drawn in another way, with other edges
    assert both == pytest.approx([left[0], right[1]], rel=0.02)
    assert left[1] > 1.1 * right[1]
    assert left[0] > 1.1 * right[0]


def test_paper_has_the_marks_of_the_map_in_its_tables_and_room_for_stations(seen: Seen):
    in_legend = seen.page.locator("#legend canvas").count()
    seen.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    marks = seen.page.evaluate("""() => [".compared", ".print-row"].map((part) =>
        [...document.querySelectorAll(`#print-sheet ${part} canvas`)].map((canvas) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value) => value > 0);
        }))""")
    changes, stations = marks
    assert len(changes) + 3 >= in_legend > 4  # and the three fates of stations, in their rows
    assert all(changes + stations)
    seen.page.emulate_media(media="print")
    seen_rows = seen.page.evaluate("""() => {
        const column = document.querySelector(".print-rows").getBoundingClientRect();
        return [...document.querySelectorAll(".print-row")].filter((row) =>
            row.getBoundingClientRect().left < column.right && row.getBoundingClientRect().bottom <= column.bottom).length - 1;
    }""")
    assert len(stations) >= seen_rows >= min(len(stations), 8)


# ---------------------------------------------------------------------------------------------
# One file that asks for nothing, whatever the data say
# ---------------------------------------------------------------------------------------------


def test_it_asks_for_nothing_but_itself_and_complains_of_nothing(seen: Seen):
    seen.page.click("tr[data-station] >> nth=0")
    seen.page.check("#view-swipe", force=True)
    seen.page.click("#zoom-in")
    seen.page.click("#language")
    seen.settle()
    assert [url.split("#")[0] for url in seen.requests] == [seen.page.url.split("#")[0]]
    assert seen.complaints == []


@pytest.mark.slow
def test_a_notebook_shows_it_in_a_frame(open_map: Open, compared: Comparison):
    seen = open_map(
        "<!DOCTYPE html><html data-ready='true'><meta charset='utf-8'>"
        f"{compared.map()._repr_html_()}</html>"
    )
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=true]").wait_for(state="attached")
    assert frame.locator("#figures tbody tr").count() > 5
    assert seen.complaints == []


def test_runs_without_roads_other_demand_and_hostile_names_are_shown_as_text(open_map: Open):
    evil = "<img src=x onerror=alert(1)>{{ 7*7 }}"
    demand = make_demand(
        np.array([120.0, 120.01, 120.02]), np.full(3, 30.0), name=[evil] * 3, district=[evil] * 3
    )
    fewer = make_demand(np.array([120.0, 120.01]), np.full(2, 30.0), name=[evil] * 2)
    sites = make_sites(np.array([120.0, 120.02]), np.full(2, 30.0), name=[evil, evil])
    asked = scenario(title={"zh": evil, "en": evil})
    runs = [
        result_of(network=None, demand=some, sites=sites, stations=[k], asked=asked)
        for k, some in enumerate((demand, fewer))
    ]
    html = comparison_html(compare(runs, names=[evil, f"{evil} 2"]))
    assert evil not in html
    seen = open_map(html)
    seen.page.check("#view-swipe", force=True)
    seen.page.click("tr[data-station] >> nth=0")
    assert evil in seen.text("h1")
    assert evil in seen.page.locator("#choose-a option").first.text_content()
    assert "按编号对上 2 处" in seen.text("#remarks")
    assert cells(seen, "#totals [data-change=only_first]") == ["1", "1"]
    assert seen.page.locator("#stage img[src=x]").count() == 0
    assert len(seen.requests) == 1
    assert seen.complaints == []


@pytest.mark.slow
def test_runs_without_demand_or_stations_have_a_page(open_map: Open):
    nothing = make_demand(np.zeros(0), np.zeros(0))
    sites = make_sites(np.array([120.0, 120.02]), np.full(2, 30.0))
    network = grid_network(4, lon=120.0, lat=30.0)
    runs = [
        result_of(network=network, demand=nothing, sites=sites, stations=stations)
        for stations in ([0], [], [0, 1])
    ]
    seen = open_map(comparison_html(compare(runs)))
    seen.page.click("#swap")
    seen.page.select_option("#choose-b", index=2)
    assert cells(seen, "#figures [data-figure=stations]") == ["0", "2", "+2"]
    assert seen.page.locator("#split").is_hidden()
    assert seen.complaints == []


@pytest.mark.slow
def test_other_roads_are_drawn_on_their_side(open_map: Open):
    first = town(n_demand=50)
    other = replace(first, network=grid_network(6, lon=121.2, lat=28.1))
    small = re.search(r'id="packed">(.*?)<', comparison_html(compare([first, first])))[1]
    large = re.search(r'id="packed">(.*?)<', comparison_html(compare([first, other])))[1]
    assert len(large) > len(small)
    seen = open_map(comparison_html(compare([first, other])), address="#view=swipe")
    painted = """(name) => {
        const canvas = document.querySelector(`.leaflet-${name}-pane canvas`);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let n = 0;
        for (let k = 0; k < data.length; k += 4) n += data[k] < 240;
        return n;
    }"""
    left, right = (seen.page.evaluate(painted, name) for name in ("ground-left", "ground"))
    assert left > right


@pytest.mark.slow
def test_a_plan_without_proof_says_so(open_map: Open):
    first = town(n_demand=50)
    unproven = replace(first, plan=replace(first.plan, status=Status.FEASIBLE))
    seen = open_map(comparison_html(compare([first, unproven])))
    assert cells(seen, "#figures [data-figure=status]")[:2] == ["已证最优", "未证最优"]


def test_equal_runs_give_equal_bytes(compared: Comparison, html: str):
    assert comparison_html(compared) == html


@pytest.mark.slow
def test_a_single_station_more_is_counted_as_one(open_map: Open):
    first = town(n_demand=50, n_stations=4)
    more = with_stations(first, sorted({*first.plan.stations.tolist(), 1}))
    seen = open_map(comparison_html(compare([first, more], names=["a", "b"])), address="#lang=en")
    assert seen.text("#says-answer").startswith("b has 5 stations (1 more than a)")
