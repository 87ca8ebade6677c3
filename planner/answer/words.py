"""The words of the answer, in Chinese and English; counts, shares and times in words."""

from __future__ import annotations

import math
from typing import Final

LANGUAGES: Final = ("zh", "en")

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "zh": {
        "planned": "{stations}在 {standard}内覆盖 {share} 的{what}",
        "assessed": "现有的 {stations}在 {standard}内覆盖 {share} 的{what}",
        "assessed_all": "若全部 {n_stations} 个候选点都设站，{standard}内可覆盖 {share} 的{what}",
        "assessed_list": "名单上的 {stations}在 {standard}内覆盖 {share} 的{what}",
        "of_demand": "需求",
        "of_persons": "人员",
        "of_roads": "道路",
        "roads_too": "，以及 {share} 的道路",
        "farthest": "，最远 {longest}",
        "name_opens": "（",
        "name_closes": "）",
        "stop": "。",
        "optimal_stations": "已证明 {fewer} 个不够。",
        "optimal_max": "已证明：同样多的驿站不可能覆盖更多。",
        "optimal_all": "凡是能覆盖的需求都已覆盖。",
        "optimal_median": "已证明：同样多的驿站不可能使总车程更短。",
        "optimal_center": "已证明：同样多的驿站不可能使最远车程更短。",
        "then_optimal": "已证明：在同样少的驿站中，没有总车程更短的方案。",
        "then_feasible": "在同样少的驿站中，总车程与最短相差不超过 {gap}。",
        "optimal": "已证明没有更好的方案。",
        "feasible_stations": "已证明 {too_few} 个不够；最多还能少 {spare} 个。",
        "feasible_no_bound": "尚未证明最少：最多还能少 {spare} 个。",
        "feasible_max": "尚未证明最优：同样多的驿站最多还能多覆盖 {more} 个百分点。",
        "feasible_median": "尚未证明最优：同样多的驿站，总车程最多还能缩短 {gap}。",
        "feasible_center": "尚未证明最优：同样多的驿站，最远车程不可能短于 {bound}。",
        "feasible_gap": "尚未证明最优：与最优相差不超过 {gap}。",
        "feasible": "尚未证明最优。",
        "infeasible": "已证明无法满足全部要求；这里给出的是能做到的最好方案。",
        "infeasible_p-median": "已证明在允许的驿站数量内达不到要求；这里给出的是覆盖需求最多的方案。",
        "infeasible_p-center": "已证明在允许的驿站数量内达不到要求；这里给出的是覆盖需求最多的方案。",
        "infeasible_set-covering": "已证明在允许的驿站数量内达不到要求；这里给出的是能做到的最好方案。",
        "undecided": "尚无定论：没有找到满足要求的方案，也没有证明不存在；这里给出的是目前最好的方案。",
        "proof_assessed": "这是对现状的评估，没有选新的驿站。",
        "proof_assessed_all": "没有标明现有驿站，因此评估了全部候选点。",
        "proof_assessed_list": "这是对一份给定名单的评估，没有选址。",
        "rest": "有 {places}需求，任何候选点都无法在 {standard}内到达",
        "rest_cut_off": "，其中 {n} 处无路可达",
        "rest_roads": "有 {km} 公里道路（占 {share}），任何候选点都无法在 {standard}内到达。",
        "rest_all_cut_off": "有 {places}需求没有道路通往任何候选点",
        "rest_cut_off_table": "，其中 {n} 处在车程表中没有任何车程",
        "rest_all_cut_off_table": "车程表中没有 {places}需求到任何候选点的车程",
    },
    "en": {
        "planned": "With {stations}, {share} of {what} is within {standard}",
        "assessed": "With the {stations} of today, {share} of {what} is within {standard}",
        "assessed_all": "With a station at each of the {n_stations} sites, {share} of {what} is within {standard}",
        "assessed_list": "With the {stations} of the list, {share} of {what} is within {standard}",
        "of_demand": "demand",
        "of_persons": "the population",
        "of_roads": "all road",
        "roads_too": ", and {share} of all road",
        "farthest": "; the farthest drive takes {longest}",
        "name_opens": " (",
        "name_closes": ")",
        "stop": ".",
        "optimal_stations": "Proven: {fewer} cannot do it.",
        "optimal_max": "Proven: no other choice of as many stations covers more.",
        "optimal_all": "All demand that any site could cover is covered.",
        "optimal_median": "Proven: no other choice of as many stations makes drives shorter in all.",
        "optimal_center": "Proven: no other choice of as many stations makes the farthest drive shorter.",
        "then_optimal": "Proven: with so few stations no other plan makes drives shorter in all.",
        "then_feasible": "With so few stations, drives could be at most {gap} shorter in all.",
        "optimal": "Proven: there is no better plan.",
        "feasible_stations": "Proven: {too_few} cannot do it; at most {spare} fewer might.",
        "feasible_no_bound": "Not proven fewest: at most {spare} fewer might do.",
        "feasible_max": "Not proven best: as many stations could cover at most {more} percentage points more.",
        "feasible_median": "Not proven best: with as many stations, drives could be at most {gap} shorter in all.",
        "feasible_center": "Not proven best: with as many stations, the farthest drive can't be shorter than {bound}.",
        "feasible_gap": "Not proven best: at most {gap} off the best there is.",
        "feasible": "Not proven best.",
        "infeasible": "Proven: the rules cannot all be met. Shown is the best that can be done.",
        "infeasible_p-median": "Proven: the stations allowed are too few. Shown is the plan that covers most.",
        "infeasible_p-center": "Proven: the stations allowed are too few. Shown is the plan that covers most.",
        "infeasible_set-covering": "Proven: the stations allowed are too few. Shown is the best they can do.",
        "undecided": "Undecided: no plan was found that meets the rules, nor a proof that there is none. "
        "Shown is the best so far.",
        "proof_assessed": "This looks at what stands today; no new station was chosen.",
        "proof_assessed_list": "These stations were given; none was chosen.",
        "proof_assessed_all": "No station is marked as existing, so all sites were assessed.",
        "rest": "{places} cannot be reached within {standard} from any candidate site",
        "rest_cut_off": ", {n} of them by no road at all",
        "rest_roads": " {km} km of road ({share}) cannot be reached within {standard} from any candidate site.",
        "rest_all_cut_off": "No road leads from {places} to any candidate site",
        "rest_cut_off_table": ", {n} of them with no time at all in the table",
        "rest_all_cut_off_table": "The table has no drive time of {places} to any candidate site",
    },
}
"""Pieces of the answer, which `planner.answer` puts together."""

TIMES: Final[dict[str, tuple[str, str]]] = {
    "minutes_range": ("{a}–{b} 分钟", "{a}–{b} min"),
    "minutes_over": ("超过 {b} 分钟", "over {b} min"),
    "no_road": ("无路可达", "no road"),
    "min_s": ("{m} 分 {s} 秒", "{m} min {s} s"),
    "min": ("{m} 分钟", "{m} min"),
    "s": ("{s} 秒", "{s} s"),
}
"""Drive times, (Chinese, English); ``{…}`` is filled in."""

_UNITS: Final = {
    "zh": {"station": (" 个驿站", " 个驿站"), "place": (" 处", " 处"), "": ("", "")},
    "en": {"station": (" station", " stations"), "place": (" place", " places"), "": ("", "")},
}


def count(n: int, unit: str, language: str) -> str:
    """Return a count with its unit (``station``, ``place`` or none)."""
    return f"{n:,}{_UNITS[language][unit][n != 1]}"


def share(value: float) -> str:
    """Return a share as a percentage of one digit; only all is 100, and only nothing is 0."""
    percent = round(value * 100, 1)
    if value < 1:
        percent = min(percent, 99.9)
    if value > 0:
        percent = max(percent, 0.1)
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.1f}%"


def duration(seconds: float, language: str) -> str:
    """Return a duration in minutes and seconds."""
    if not math.isfinite(seconds):
        return "–"
    column = LANGUAGES.index(language)
    m, s = divmod(round(seconds), 60)
    key = "s" if m == 0 else "min" if s == 0 else "min_s"
    return TIMES[key][column].format(m=f"{m:,}", s=s)
