"""Words that the page of several runs has besides those of the map, in Chinese and English."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "zh": {
        "has": " 用 {stations}",
        "more": "（比 ",
        "more_by": " 多 {n} 个）",
        "fewer_by": " 少 {n} 个）",
        "as_many": "（与 ",
        "as_many_end": " 一样多）",
        "covers": "，覆盖 {share} 的{what}",
        "covers_more": "（增加 {points} 个百分点）",
        "covers_less": "（减少 {points} 个百分点）",
        "covers_same": "（不变）",
        "shorter": "；平均车程缩短 {time}",
        "longer": "；平均车程延长 {time}",
        "as_long": "；平均车程不变",
        "stop": "。",
        "points": "{gained} 处新增覆盖，{lost} 处失去覆盖；{faster} 处车程缩短，{slower} 处车程延长。",
    },
    "en": {
        "has": " has {stations}",
        "more": " (",
        "more_by": "{n} more than ",
        "fewer_by": "{n} fewer than ",
        "as_many": "as many as ",
        "as_many_end": ")",
        "covers": " and covers {share} of {what}",
        "covers_more": " ({points} percentage points more)",
        "covers_less": " ({points} percentage points less)",
        "covers_same": " (as before)",
        "shorter": "; the mean drive is {time} shorter",
        "longer": "; the mean drive is {time} longer",
        "as_long": "; the mean drive is as long",
        "stop": ".",
        "points": "{gained} gain cover, {lost} lose it; {faster} drive shorter, {slower} longer.",
    },
}
"""Pieces of the answer; ``comparison.py`` puts them together."""

UI: Final[dict[str, tuple[str, str]]] = {
    "compare": ("方案对比", "Plans compared"),
    "compare_title": ("方案对比：{a} 与 {b}", "Compared: {a} and {b}"),
    "side_a": ("之前（左）", "Before (left)"),
    "side_b": ("之后（右）", "After (right)"),
    "swap": ("左右互换", "Swap"),
    "view": ("图上显示", "On the map"),
    "view_changes": ("变化", "What changes"),
    "view_swipe": ("左右对照", "Side by side"),
    "divider": ("左右分界线，可用方向键移动", "Divider between the plans; arrow keys move it"),
    "divider_at": ("左侧占 {n}%", "{n}% on the left"),
    # the figures side by side
    "side_by_side": ("主要数字", "In figures"),
    "col_figure": ("指标", "Figure"),
    "col_change": ("变化", "Change"),
    "row_stations": ("驿站", "Stations"),
    "row_new": ("其中新建", "of them new"),
    "row_share": ("需求已覆盖", "Demand covered"),
    "row_uncovered_n": ("未覆盖地点", "Places not covered"),
    "row_uncovered_weight": ("未覆盖需求", "Demand not covered"),
    "row_mean": ("平均车程", "Mean drive"),
    "row_p95": ("95% 在此以内", "95% within"),
    "row_longest": ("最远车程", "Longest drive"),
    "row_roads": ("道路已覆盖", "Road covered"),
    "row_status": ("证明", "Proof"),
    "status_optimal": ("已证最优", "proven best"),
    "status_feasible": ("未证最优", "not proven"),
    "status_infeasible": ("要求无法满足", "rules not met"),
    "status_undecided": ("尚无定论", "undecided"),
    "status_assessed": ("现状评估", "assessed"),
    "points_of": ("{n} 点", "{n} pts"),
    "no_change": ("不变", "same"),
    # what happens to demand
    "changes": ("需求点的变化", "What changes for demand"),
    "change_gained": ("新增覆盖", "gains cover"),
    "change_lost": ("失去覆盖", "loses cover"),
    "change_faster": ("车程缩短", "drives shorter"),
    "change_slower": ("车程延长", "drives longer"),
    "change_same": ("不变", "as before"),
    "change_uncovered": ("前后都未覆盖", "covered in neither"),
    "change_only_later": ("只在右侧方案中", "only in the right plan"),
    "change_only_first": ("只在左侧方案中", "only in the left plan"),
    "places_of": ("{n} 处", "{n}"),
    "col_places": ("地点", "Places"),
    "col_weight": ("需求", "Demand"),
    # stations
    "fate_added": ("新增", "added"),
    "fate_removed": ("撤销", "removed"),
    "fate_kept": ("保留", "kept"),
    "fates": (
        "新增 {added}，撤销 {removed}，保留 {kept}",
        "{added} added, {removed} removed, {kept} kept",
    ),
    "col_fate": ("变化", "Change"),
    "col_before": ("左服务", "Left"),
    "col_after": ("右服务", "Right"),
    "legend_stations": ("驿站", "Stations"),
    # districts, drives, what isn't alike
    "districts": ("各区域：右侧方案与变化", "By district: right plan, and the change"),
    "col_district": ("区域", "District"),
    "col_cover": ("覆盖率", "Covered"),
    "col_drive": ("平均车程", "Mean drive"),
    "no_district": ("（未分区）", "(none)"),
    "list_shorter": ("车程缩短最多", "Drives shortened most"),
    "list_longer": ("车程延长最多", "Drives lengthened most"),
    "list_gained": ("新增覆盖的地点", "Places that gain cover"),
    "list_lost": ("失去覆盖的地点", "Places that lose cover"),
    "list_asked": ("设置不同之处", "Asked differently"),
    "not_alike": ("请注意", "Please note"),
    "nothing_set": ("未设", "not set"),
    "card_before": ("左：{name}", "Left: {name}"),
    "card_after": ("右：{name}", "Right: {name}"),
    "card_serves_left": ("左侧服务", "Serves, left"),
    "card_serves_right": ("右侧服务", "Serves, right"),
    "card_change": ("变化", "Change"),
    "not_in_run": ("不在此方案中", "not in this plan"),
    "is_uncovered": ("未覆盖", "not covered"),
}
"""Words of the page, (Chinese, English); ``{…}`` is filled in by the page."""


def table(language: str) -> dict[str, str]:
    """Return the words that the page has besides, in a language."""
    column = ("zh", "en").index(language)
    return {key: both[column] for key, both in UI.items()}
