"""The answer in words, in both languages, whatever is proven."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario

from planner.answer import answer, steps_s, whole_seconds, words
from planner.figures import figures, left_out
from planner.plan import Status, Then
from planner.result import Result
from planner.scenario import SecondGoal
from planner.webmap import texts


def street(*, cut_off: tuple[int, ...] = (), **more: object) -> Result:
    """Return ten points of weight 1 in a row eastwards, and three stations on the first, fourth and seventh.

    Points are 1200 m apart at 30 N, which takes 200 s: the ninth is 400 s from the seventh, the tenth 600 s.
    """
    east = 1200.0 * np.arange(10) / (111_320.0 * np.cos(np.radians(30.0)))
    demand = make_demand(
        120.0 + east, np.full(10, 30.0), name=["", *(f"村{i}" for i in range(1, 10))]
    )
    sites = make_sites(demand.lon[[0, 3, 6]], demand.lat[[0, 3, 6]])
    return result_of(
        network=None,
        demand=demand,
        sites=sites,
        stations=[0, 1, 2],
        cut_off=cut_off,
        **more,  # type: ignore[arg-type]
    )


def said(result: Result, language: str, part: str = "answer") -> str:
    pieces = answer(result, figures(result), left_out(result), language)[part]
    return "".join(piece if isinstance(piece, str) else piece["name"] for piece in pieces)


def test_an_assessment_says_what_it_looked_at():
    for placement, zh, en in (
        ({"goal": "assess"}, "若全部 3 个候选点都设站", "With a station at each of the 3 sites"),
        (
            {"goal": "assess", "stations_file": "list.csv"},
            "名单上的 3 个驿站在",
            "With the 3 stations of the list",
        ),
    ):
        asked = scenario(placement=placement)
        assert said(street(asked=asked), "zh").startswith(zh)
        assert said(street(asked=asked), "en").startswith(en)


def test_the_sentence_says_stations_share_and_farthest():
    assert said(street(), "zh") == "3 个驿站在 5 分钟内覆盖 80.0% 的需求，最远 10 分钟（村9）。"
    assert said(street(), "en") == (
        "With 3 stations, 80.0% of demand is within 5 min; the farthest drive takes 10 min (村9)."
    )


def test_an_assessment_speaks_of_what_stands():
    now = street(asked=scenario(goal="assess"), status=Status.ASSESSED)
    sites = replace(now.times.sites, is_existing=np.ones(len(now.times.sites), dtype=bool))
    now = replace(now, times=replace(now.times, sites=sites))
    assert said(now, "zh").startswith("现有的 3 个驿站")
    assert said(now, "en", "proof") == "This looks at what stands today; no new station was chosen."


def test_an_assessment_where_nothing_is_marked_as_standing_speaks_of_all_sites():
    every = street(asked=scenario(goal="assess"), status=Status.ASSESSED)
    assert said(every, "zh").startswith("若全部 3 个候选点都设站")
    assert said(every, "en").startswith("With a station at each of the 3 sites, 80.0% of demand")
    assert said(every, "en", "proof").startswith("No station is marked as existing")


@pytest.mark.parametrize(
    ("status", "bound", "zh", "en"),
    [
        (Status.OPTIMAL, 3, "已证明 2 个不够。", "Proven: 2 cannot do it."),
        # a bound of 1.2 stations is one of 2
        (
            *(Status.FEASIBLE, 1.2, "已证明 1 个不够；最多还能少 1 个。"),
            "Proven: 1 cannot do it; at most 1 fewer might.",
        ),
    ],
)
def test_set_covering_says_how_many_are_too_few(status: Status, bound: float, zh: str, en: str):
    result = street(status=status, bound=bound)
    assert said(result, "zh", "proof") == zh
    assert said(result, "en", "proof") == en


def test_max_covering_says_how_much_more_there_could_be():
    result = street(asked=scenario(goal="max-covering"), status=Status.FEASIBLE)
    plan = dataclasses.replace(result.plan, objective=8.0, bound=8.25)
    result = dataclasses.replace(result, plan=plan)
    # 0.25 of 10 are 2.5 points of a hundred
    assert said(result, "zh", "proof") == "尚未证明最优：同样多的驿站最多还能多覆盖 2.5 个百分点。"
    plan = dataclasses.replace(plan, status=Status.OPTIMAL, bound=8.0)
    best = dataclasses.replace(result, plan=plan)
    # the ninth and tenth could be covered by no site
    assert said(best, "en", "proof") == "All demand that any site could cover is covered."
    site_s = np.minimum(best.nearest_site.time_s, 300.0)
    near = dataclasses.replace(best.nearest_site, time_s=site_s)
    best = dataclasses.replace(best, nearest_site=near)
    assert said(best, "en", "proof") == "Proven: no other choice of as many stations covers more."


@pytest.mark.parametrize(
    ("goal", "status", "bound", "zh", "en"),
    [
        ("p-median", Status.OPTIMAL, 400.0, "不可能使总车程更短", "makes drives shorter in all"),
        ("p-median", Status.FEASIBLE, 390.0, "最多还能缩短 2.5%", "at most 2.5% shorter in all"),
        ("p-center", Status.OPTIMAL, 400.0, "不可能使最远车程更短", "the farthest drive shorter"),
        (
            "p-center",
            Status.FEASIBLE,
            390.0,
            "不可能短于 6 分 30 秒",
            "can't be shorter than 6 min 30 s",
        ),
        ("p-median", Status.INFEASIBLE, None, "覆盖需求最多", "the plan that covers most"),
    ],
)
def test_models_of_drives_say_what_is_proven_of_drives(goal, status, bound, zh, en):
    result = street(asked=scenario(goal=goal), status=status)
    objective = None if bound is None else 400.0
    result = replace(result, plan=replace(result.plan, objective=objective, bound=bound))
    assert zh in said(result, "zh", "proof")
    assert en in said(result, "en", "proof")


def test_a_second_goal_is_told_after_the_first():
    result = street(status=Status.OPTIMAL, bound=3)
    proven = Then(goal=SecondGoal.P_MEDIAN, objective=400.0, bound=400.0)
    told = said(replace(result, plan=replace(result.plan, then=proven)), "en", "proof")
    assert told == (
        "Proven: 2 cannot do it. Proven: with so few stations no other plan makes drives shorter in all."
    )
    open_ = replace(proven, bound=390.0)
    told = said(replace(result, plan=replace(result.plan, then=open_)), "zh", "proof")
    assert told == "已证明 2 个不够。在同样少的驿站中，总车程与最短相差不超过 2.5%。"


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNDECIDED])
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_where_the_rules_are_not_met_it_says_so(status: Status, language: str):
    most = {"zh": "最好", "en": "best"}[language]
    assert most in said(street(status=status), language, "proof")


def test_what_no_site_covers_is_said_with_the_reason():
    # the ninth and tenth are too far; where the first is cut off, too, it is one of three
    assert said(street(), "zh", "rest") == "有 2 处需求，任何候选点都无法在 5 分钟内到达。"
    roads = grid_network(2, lon=120.0, lat=30.0)
    some, none = (replace(street(cut_off=who), network=roads) for who in ((0,), (8, 9)))
    assert said(some, "en", "rest") == (
        "3 places cannot be reached within 5 min from any candidate site, 1 of them by no road at all."
    )
    assert said(none, "zh", "rest") == "有 2 处需求没有道路通往任何候选点。"


def test_where_times_come_from_a_table_no_road_is_blamed():
    some, none = (street(cut_off=who) for who in ((0,), (8, 9)))
    assert said(some, "en", "rest") == (
        "3 places cannot be reached within 5 min from any candidate site, 1 of them with no time at all in the table."
    )
    assert said(none, "zh", "rest") == "车程表中没有 2 处需求到任何候选点的车程。"


def test_where_all_is_covered_nothing_is_added():
    assert said(street(max_drive_time_s=600.0), "zh", "rest") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0.0, "0%"), (0.0001, "0.1%"), (0.5, "50.0%"), (0.9963, "99.6%")],
        *[(0.99999, "99.9%"), (1.0, "100%")],
    ],
)
def test_only_all_is_a_hundred_and_only_nothing_is_nought(value: float, text: str):
    assert words.share(value) == text


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (59.6, "1 分钟", "1 min"),
        (351, "5 分 51 秒", "5 min 51 s"),
        (math.nan, "–", "–"),
    ],
)
def test_durations_are_minutes_and_seconds(seconds: float, zh: str, en: str):
    assert (words.duration(seconds, "zh"), words.duration(seconds, "en")) == (zh, en)


def test_what_is_over_the_standard_stays_over_it():
    times = np.array([299.6, 300.0, 300.0001, 300.6, math.nan])
    assert whole_seconds(times, 300.0).tolist() == [300, 300, 301, 301, -1]


@pytest.mark.parametrize(
    ("standard_s", "steps"),
    [
        (300, [120, 240, 300]),
        (600, [240, 480, 600]),
        (360, [120, 300, 360]),
        (120, [60, 90, 120]),
        (30, [12, 24, 30]),
    ],
)
def test_steps_are_round_minutes_where_they_can_be(standard_s: float, steps: list[int]):
    assert steps_s(standard_s) == steps


def test_both_languages_have_the_same_words():
    assert words.SENTENCES["zh"].keys() == words.SENTENCES["en"].keys()
    both = words.TIMES | texts.UI | texts.PERSONS_UI
    assert all(zh and en for zh, en in both.values())
