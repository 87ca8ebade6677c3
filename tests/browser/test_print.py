"""The map on paper: one sheet, drawn anew, and the screen as before."""

from __future__ import annotations

import re

import pytest
from browser.conftest import Open, Seen
from browser.towns import driven_town, make_demand, make_sites, result_of, scenario, town

from planner.webmap import map_html

pytestmark = pytest.mark.browser

BEGIN = "() => window.dispatchEvent(new Event('beforeprint'))"
END = "() => window.dispatchEvent(new Event('afterprint'))"
VIEW = """() => [stationMap.map.getCenter().toString(), stationMap.map.getZoom(),
    stationMap.map.getSize().toString()]"""


@pytest.fixture
def seen(open_map: Open, town_html: str) -> Seen:
    return open_map(town_html)


def on_paper(seen: Seen) -> str:
    """Return what stands on the sheet."""
    seen.page.evaluate(BEGIN)
    seen.page.emulate_media(media="print")
    return seen.page.locator("#print-sheet").inner_text()


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"prefer_css_page_size": True}, (1191, 842)),  # A3 on its long side, in points
        ({"format": "A4", "landscape": True}, (842, 595)),
    ],
)
def test_it_is_one_page_and_the_screen_is_as_before(
    seen: Seen, options: dict[str, object], size: tuple[int, int]
):
    before = seen.page.evaluate(VIEW)
    pdf = seen.page.pdf(**options)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [(round(float(w)), round(float(h))) for w, h in boxes] == [pytest.approx(size, abs=1)]
    assert seen.page.evaluate(VIEW) == before
    assert seen.page.locator("#print-sheet > *").count() == 0
    assert seen.page.locator("#map_stations").is_visible()
    assert seen.complaints == []


def test_the_sheet_has_the_answer_figures_legend_table_and_credit(seen: Seen):
    seen.page.click("#language")
    answer, rows = seen.text("#says-answer"), seen.page.locator("#stations tbody th").all()
    first = rows[0].inner_text()
    figures = seen.page.locator("#figures").inner_text()
    text = on_paper(seen)
    assert not seen.page.locator("main").is_visible()
    assert answer in text
    assert " ".join(figures.split()) in " ".join(text.split())
    for said in ("Internal draft", "Legend", "Stations", first, "Road data of 2026-10-01"):
        assert said in text
    assert "© OpenStreetMap contributors (ODbL)" in text
    assert "that of the selected station" not in text  # none is selected
    edges = seen.page.evaluate("""() => [...document.querySelectorAll("#print-sheet .answer p")]
        .map((p) => [p.className, getComputedStyle(p).borderLeftWidth])""")
    assert [name for name, width in edges if width != "0px"] == ["answer-more"]


@pytest.mark.slow
def test_it_counts_stations_and_not_the_sites_that_could_be(open_map: Open):
    seen = open_map(map_html(driven_town()))  # 9 of 24 sites
    assert "驿站一览 9 个" in " ".join(on_paper(seen).split())


@pytest.mark.slow
def test_the_table_ends_with_a_whole_row(open_map: Open):
    seen = open_map(map_html(town(n_sites=60, n_stations=60)))
    on_paper(seen)
    frame = seen.page.locator(".print-rows").bounding_box()
    boxes = [row.bounding_box() for row in seen.page.locator(".print-rows > div").all()]
    shown = [box for box in boxes if box["x"] < frame["x"] + frame["width"] / 2]
    assert 5 < len(shown) < 60
    assert max(box["y"] + box["height"] for box in shown) <= frame["y"] + frame["height"] + 0.5


def test_the_picture_is_finer_than_the_screen_and_in_the_shape_of_the_paper(seen: Seen):
    on_paper(seen)
    width, height, shown, inks = seen.page.evaluate("""() => {
        const canvas = document.querySelector("#print-sheet canvas");
        const { width, height } = canvas;
        const dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
        let inks = 0;
        // the discs of the stations are #0b3c5d
        for (let i = 0; i < dots.length; i += 4) {
            if (dots[i] === 11 && dots[i + 1] === 60 && dots[i + 2] === 93) inks++;
        }
        return [width, height, canvas.getBoundingClientRect().width, inks];
    }""")
    assert width > 2000
    assert 1.15 < width / height < 1.35
    assert width > 1.5 * shown
    assert inks > 18 * 500  # 18 discs of 13 pixels across and more, two dots each way


def test_the_button_makes_a_picture_before_it_prints(seen: Seen):
    seen.page.evaluate("""() => { window.print = () => {
        const picture = document.querySelector("#print-sheet img");
        window.printed = picture.complete && picture.naturalWidth;
    }; }""")
    seen.page.click("#print")
    seen.page.wait_for_function("() => window.printed")
    assert seen.page.evaluate("() => window.printed") > 2000
    seen.page.evaluate(END)
    assert seen.page.locator("#print-sheet > *").count() == 0


def test_texts_of_data_are_only_texts_on_paper_too(open_map: Open):
    evil = "<img src=x onerror=alert(1)>\u202e" + "W" * 300
    seen = open_map(
        map_html(
            result_of(
                network=None,
                demand=make_demand([121.0], [30.0], name=[evil], district=[evil]),
                sites=make_sites([121.0], [30.0], name=[evil]),
                stations=[0],
                asked=scenario(title={"en": evil}, notice={"en": evil}),
            )
        )
    )
    text = on_paper(seen)
    assert "<img src=x" in text
    assert seen.page.locator("#print-sheet img").count() == 0
    assert seen.complaints == []
    sheet = seen.page.locator("#print-sheet > svg").bounding_box()
    for selector in (".print-bar", ".print-notice", ".print-body", ".print-foot"):
        box = seen.page.locator(selector).bounding_box()
        assert box["x"] + box["width"] <= sheet["x"] + sheet["width"] + 1, selector
