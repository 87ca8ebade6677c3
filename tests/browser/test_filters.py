"""What is covered by district, and stations by kind of host, in the panel and on the map."""

from __future__ import annotations

import numpy as np
import pytest
from browser.conftest import PHONE, Open, Seen
from browser.towns import grid_network, make_demand, make_sites, result_of, town

from planner.webmap import map_html

pytestmark = pytest.mark.browser


def rows(seen: Seen) -> list[list[str]]:
    """Return what the table by district says, a list for each row."""
    found: list[list[str]] = seen.page.evaluate(
        """() => [...document.querySelectorAll("#district-table tbody tr")].map(
            (row) => [...row.children].map((cell) => cell.textContent))"""
    )
    return found


def two_districts(*, district: list[str] | None = None) -> str:
    """Return a map of four points at 60, 120, 351 and 240 s from the only station, and one that no road leads to."""
    east = np.array([360.0, 720.0, 2106.0, 1440.0, 50.0]) / (111_320.0 * np.cos(np.radians(30.0)))
    result = result_of(
        network=grid_network(6, lon=120.0, lat=30.0),
        demand=make_demand(
            120.0 + east,
            np.full(5, 30.0),
            weight=np.array([600.0, 300.0, 100.0, 50.0, 0.0]),
            district=["乙镇", "乙镇", "乙镇", "<b>甲镇", "<b>甲镇"]
            if district is None
            else district,
        ),
        sites=make_sites(np.array([120.0]), np.array([30.0])),
        stations=[0],
        off_network=(4,),
    )
    return map_html(result)


def test_the_table_by_district_says_what_is_covered(open_map: Open):
    # 900 of 1000 in the second town; the farthest there is 351 s away
    seen = open_map(two_districts())
    assert rows(seen) == [
        ["乙镇", "1,000", "90.0%", "100", "5:51"],
        ["<b>甲镇", "50", "100%", "0", "4:00"],
    ]


def test_districts_are_sorted_by_a_click_on_a_heading(open_map: Open):
    seen = open_map(two_districts())
    seen.page.click("#district-table [data-sort=farthest]")
    assert [row[4] for row in rows(seen)] == ["5:51", "4:00"]
    seen.page.click("#district-table [data-sort=farthest]")
    assert [row[4] for row in rows(seen)] == ["4:00", "5:51"]
    heading = seen.page.locator("#district-table [aria-sort=ascending]")
    assert (heading.text_content() or "").startswith("最远")
    seen.page.click("#language")
    assert seen.text("#districts h2") == "By district"
    assert [row[4] for row in rows(seen)] == ["4:00", "5:51"]


def test_a_district_without_a_name_says_so_and_without_any_there_is_no_table(open_map: Open):
    seen = open_map(two_districts(district=["", "", "甲", "甲", "甲"]))
    assert {row[0] for row in rows(seen)} == {"未注明", "甲"}
    none = open_map(two_districts(district=[""] * 5))
    assert not none.page.is_visible("#districts")


@pytest.mark.slow
def test_the_table_by_district_adds_up_as_the_result_does(open_map: Open):
    result = town()
    seen = open_map(map_html(result))
    demand, plan = result.times.demand, result.plan
    found = {row[0]: row for row in rows(seen)}
    assert found.keys() == set(demand.district)
    for name, row in found.items():
        here = demand.district == name
        open_weight = demand.weight[here & ~plan.is_covered].sum()
        assert int(row[1].replace(",", "")) == demand.weight[here].sum()
        assert int(row[3].replace(",", "")) == open_weight
        m, s = map(int, row[4].split(":"))
        slowest = np.nanmax(result.nearest_station.time_s[here & (demand.weight > 0)])
        assert abs(60 * m + s - slowest) < 1.0


@pytest.mark.parametrize("size", [(1440, 900), PHONE])
def test_a_row_shows_its_district_on_the_map_by_keyboard_too(open_map: Open, size: tuple[int, int]):
    seen = open_map(two_districts(), size=size)
    seen.page.focus("#district-table .row-button")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    seen.settle()
    # its two points lie left and right of the middle of the map
    stage = seen.page.locator("#stage").bounding_box()
    assert stage is not None
    (a, _), (b, y) = seen.where("place", 3), seen.where("place", 4)
    assert abs((a + b) / 2 - (stage["x"] + stage["width"] / 2)) < 3
    assert abs(y - (stage["y"] + stage["height"] / 2)) < 3


# ---------------------------------------------------------------------------------------------
# Kinds of host
# ---------------------------------------------------------------------------------------------


def kinds_of(seen: Seen) -> set[str]:
    found: list[str] = seen.page.evaluate(
        """() => [...document.querySelectorAll("#stations tbody .col-kind title")].map((t) => t.textContent)"""
    )
    return set(found)


def test_a_kind_can_be_taken_off_the_map_and_out_of_the_table(seen_town: Seen):
    page = seen_town.page
    n = page.locator("tr[data-station]").count()
    row = page.locator("tr[data-station]", has=page.locator("title", has_text="银行")).first
    station = int(row.get_attribute("data-station") or -1)
    at = seen_town.where("station", station)
    page.click("[data-kind=bank]")
    assert "银行" not in kinds_of(seen_town)
    left = page.locator("tr[data-station]").count()
    assert 0 < left < n
    assert seen_town.text("#station-count") == f"{left} / {n} 个"
    page.mouse.click(*at)
    seen_town.settle()
    assert "station=" not in page.url
    page.keyboard.press("Escape")
    assert page.get_attribute("[data-kind=bank]", "aria-pressed") == "false"
    page.focus("[data-kind=bank]")
    page.keyboard.press("Enter")
    assert page.locator("tr[data-station]").count() == n
    page.mouse.click(*at)
    assert page.get_attribute("#stations .is-selected", "data-station") == str(station)


def test_the_address_keeps_which_kinds_are_off(open_map: Open, seen_town: Seen, town_html: str):
    seen_town.page.click("[data-kind=bank]")
    seen_town.settle()
    address = "#" + seen_town.page.url.split("#")[1]
    assert "without=bank" in address
    again = open_map(town_html, address=address)
    assert "银行" not in kinds_of(again)
    again.page.click("#language")
    assert again.page.get_attribute("[data-kind=bank]", "aria-pressed") == "false"
    assert "bank" in again.text("[data-kind=bank]")


def test_one_kind_alone_has_no_buttons(open_map: Open):
    assert not open_map(two_districts()).page.is_visible("#kinds")


@pytest.fixture
def seen_town(open_map: Open, town_html: str) -> Seen:
    return open_map(town_html)
