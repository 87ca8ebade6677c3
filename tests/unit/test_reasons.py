"""Reasons say the same in both languages."""

from __future__ import annotations

import re

import pytest

from planner.reasons import (
    ALL_COVERABLE,
    COVERING_ALL,
    REACHING_ALL,
    is_open,
    needs_more,
    share_of_coverable,
    too_many_kept,
)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def test_of_stations_kept_and_allowed_both_numbers_are_told():
    told = too_many_kept(7, 5)
    assert told.en == "7 stations are kept; 5 are allowed."
    assert told.zh == "必须保留的驿站有 7 个，只允许 5 个。"
    assert too_many_kept(2, 1).en == "2 stations are kept; 1 is allowed."


@pytest.mark.parametrize("duty", [ALL_COVERABLE, COVERING_ALL, REACHING_ALL])
def test_a_reason_begins_with_the_duty_and_tells_the_same_numbers_in_both_languages(duty):
    for told in (needs_more(duty, 12, 9), is_open(duty, 10, 12, 11)):
        assert told.en.startswith(duty.en)
        assert told.zh.startswith(duty.zh)
        assert numbers(told.en) == numbers(told.zh)


def test_a_share_is_a_part_of_one_in_english_and_percent_in_chinese():
    told = needs_more(share_of_coverable(0.95), 3, 2)
    assert told.en == (
        "A share of 0.95 of the coverable demand needs at least 3 stations; 2 are allowed."
    )
    assert told.zh == "覆盖可覆盖需求的 95%至少需要 3 个驿站，只允许 2 个。"


def test_who_cannot_be_served_together_is_named_the_first_five_by_name():
    told = needs_more(REACHING_ALL, 2, 1, apart=["D1", "玉环港"])
    assert told.en.endswith("; 1 is allowed. No site serves two of D1, 玉环港.")
    assert told.zh.endswith("，只允许 1 个。没有候选点能同时服务其中两处：D1、玉环港。")
    many = needs_more(REACHING_ALL, 7, 6, apart=[f"D{i}" for i in range(7)])
    assert many.en.endswith("D0, D1, D2, D3, D4 and 2 more.")
    assert many.zh.endswith("D0、D1、D2、D3、D4 等 7 处。")
    assert needs_more(REACHING_ALL, 5, 4, apart=[f"D{i}" for i in range(5)]).zh.endswith("D4。")
