"""The curve on the map, opened in a browser without a network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import town

from planner.placement import Curve, curve
from planner.webmap import map_html

pytestmark = pytest.mark.browser


def some_curve() -> Curve:
    """Return four points from two stations on: 50, 80, 90 and 90 of 100 covered, at most 52, 80, 96 and 96."""
    return Curve(
        n_stations=np.arange(2, 6),
        covered_weight=np.array([50.0, 80.0, 90.0, 90.0]),
        bound=np.array([52.0, 80.0, 96.0, 96.0]),
        stations=tuple(np.arange(n, dtype=np.int32) for n in range(2, 6)),
        weight=100.0,
        coverable_weight=100.0,
        n_for_all=9,
        n_for_all_bound=8,
        stopped_by=None,
    )


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(replace(town(n_demand=60, n_stations=4), curve=some_curve()))


def reads(seen: Seen) -> str:
    shown = seen.text("#curve-reading")
    assert seen.page.get_attribute("#curve-chart", "aria-valuetext") == shown
    return shown


def test_it_is_read_number_by_number_with_the_keys(open_map: Open, html: str):
    seen = open_map(html, address="#lang=en")
    assert reads(seen) == "4 stations: 90.0% (at most 96.0%), the next one adds nothing"
    seen.page.focus("#curve-chart")
    told = []
    for key in ("ArrowLeft", "ArrowLeft", "Home", "End", "ArrowRight"):
        seen.page.keyboard.press(key)
        told.append(reads(seen))
    assert told == [
        "3 stations: 80.0%, the next one adds 10 points",
        "2 stations: 50.0% (at most 52.0%), the next one adds 30 points",
        "2 stations: 50.0% (at most 52.0%), the next one adds 30 points",
        "5 stations: 90.0% (at most 96.0%)",
        "5 stations: 90.0% (at most 96.0%)",
    ]
    values = [
        seen.page.get_attribute("#curve-chart", f"aria-value{k}") for k in ("min", "max", "now")
    ]
    assert values == ["2", "5", "5"]
    # without the focus it is the plan's again
    seen.page.focus("#search")
    assert reads(seen).startswith("4 stations")
    assert seen.complaints == []


def test_the_pointer_reads_the_nearest_number(open_map: Open, html: str):
    seen = open_map(html)
    chart = seen.page.locator("#curve-chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    # from 34 to 300 of 308: three steps
    at = box["x"] + box["width"] * (34 + 266 * 0.3) / 308
    seen.page.mouse.move(at, box["y"] + 40)
    assert reads(seen) == "3 个驿站：80.0%，再增一个多 10 个百分点"
    seen.page.mouse.move(box["x"] + 20, box["y"] - 30)
    assert reads(seen).startswith("4 个驿站")


def test_line_band_and_mark_are_where_the_numbers_are(open_map: Open, html: str):
    seen = open_map(html)
    points = [
        tuple(map(float, point.split(",")))
        for point in seen.page.get_attribute("#curve-chart .best", "points").split()
    ]
    xs, ys = zip(*points, strict=True)
    assert np.diff(xs) == pytest.approx([266 / 3] * 3, abs=0.11)
    # 0 lies at 124, all at 10
    assert ys == pytest.approx([124 - 114 * share for share in (0.5, 0.8, 0.9, 0.9)], abs=0.06)
    band = [
        float(point.split(",")[1])
        for point in seen.page.get_attribute("#curve-chart .band", "points").split()
    ]
    assert band[:4] == pytest.approx([124 - 114 * b for b in (0.52, 0.8, 0.96, 0.96)], abs=0.06)
    dot = seen.page.locator("#curve-chart .plan-dot")
    assert float(dot.get_attribute("cx")) == pytest.approx(xs[2], abs=0.06)
    assert seen.page.locator("#curve-key li").count() == 2


@pytest.mark.slow
def test_a_proven_curve_of_a_run_needs_no_key_and_fits_a_phone(open_map: Open):
    result = town(n_demand=60, n_stations=4)
    found = curve(result.times)
    seen = open_map(map_html(replace(result, curve=found)), size=PHONE)
    seen.page.click("#grip")
    assert seen.page.locator("#curve-key").is_hidden()
    box = seen.page.locator("#curve-chart svg").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    share = f"{100 * found.share_covered[4 - found.n_stations[0]]:.1f}%"
    assert reads(seen).startswith(f"4 个驿站：{share}")
    assert seen.complaints == []


def test_without_a_curve_there_is_no_chart(open_map: Open, town_html: str):
    assert open_map(town_html).page.locator("#curve").is_hidden()
