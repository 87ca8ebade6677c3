"""The words of the sheet, in Chinese and English, and texts of data made fit to print."""

from __future__ import annotations

import unicodedata
from typing import Final

from planner.scenario import Language, Title, Unit
from planner.wording import columns_of

WORDS: Final[dict[str, tuple[str, str]]] = {
    # figures
    "share": ("需求已覆盖", "of demand covered"),
    "stations": ("驿站", "stations"),
    "split": ("新建 {new}，现有 {existing}", "{new} new, {existing} existing"),
    "uncovered": ("未覆盖需求", "not covered"),
    "uncovered_places": ("{n} / {all} 处", "{n} of {all} places"),
    "mean": ("平均车程", "mean drive"),
    "longest": ("最远车程", "longest drive"),
    "roads_share": ("道路已覆盖", "of road covered"),
    "roads_of": ("共 {km} 公里", "of {km} km"),
    "roads_uncovered": ("未覆盖道路", "of road not covered"),
    "roads_coverable": ("候选点可覆盖", "within reach of sites"),
    "worst_point": ("道路上最远一点", "farthest point of road"),
    "km": ("{km} 公里", "{km} km"),
    # legend
    "legend": ("图例", "Legend"),
    "drive_to": ("到驿站的车程，及其需求占比", "Drive to a station, and share of demand"),
    "drive_from": ("从驿站出发的车程，及其需求占比", "Drive from a station, and share of demand"),
    "range": ("{a}–{b} 分钟", "{a}–{b} min"),
    "over": ("超过 {b} 分钟", "over {b} min"),
    "no_road": ("无路可达", "no road"),
    "isochrone": ("等时圈：{n} 分钟内", "isochrone: within {n} min"),
    "new": ("驿站，编号见下表", "station; numbers as below"),
    "existing": ("现有驿站", "existing station"),
    "worst": ("最远 {time}", "farthest {time}"),
    "worst_named": ("{name}：最远 {time}", "{name}: farthest {time}"),
    "worst_key": ("最远的需求点", "farthest demand"),
    "worst_road_key": ("道路上最远一点", "farthest point of road"),
    "road_covered": ("{standard}内可达的道路", "road within {standard}"),
    "road_open": ("超出 {standard}或无路可达的道路", "road beyond {standard}, or no way"),
    # curve
    "curve": ("驿站数量与覆盖的需求", "Number of stations, and demand covered"),
    # table
    "table": ("驿站一览", "Stations"),
    "table_top": (
        "驿站一览：服务需求最多的 {n} 个，共 {all} 个",
        "Stations: the {n} that serve most, of {all}",
    ),
    "name": ("名称", "Name"),
    "served": ("服务", "Served"),
    "mean_s": ("平均", "Mean"),
    "longest_s": ("最远", "Farthest"),
    "only_m": ("独自覆盖公里", "km alone"),
    "no_stations": ("没有驿站。", "There are no stations."),
    # foot
    "draft": ("内部草案", "Internal draft"),
    "approval": ("审图号：{number}", "Map approval no. {number}"),
    "data_of": ("道路数据：{date}", "Road data of {date}"),
    "no_roads": (
        "车程来自表格，图上没有道路",
        "Drive times come from a table; there are no roads to draw",
    ),
    "credit": ("© OpenStreetMap 贡献者（ODbL）", "© OpenStreetMap contributors (ODbL)"),
    "north": ("北", "N"),
}
"""(Chinese, English); ``{…}`` is filled in."""

PERSONS: Final[dict[str, tuple[str, str]]] = {
    "share": ("人员已覆盖", "of people covered"),
    "uncovered": ("未覆盖人数", "people not covered"),
    "drive_to": ("到驿站的车程，及其人员占比", "Drive to a station, and share of people"),
    "drive_from": ("从驿站出发的车程，及其人员占比", "Drive from a station, and share of people"),
    "worst_key": ("车程最远的人员", "people who drive farthest"),
    "curve": ("驿站数量与覆盖的人员", "Number of stations, and people covered"),
    "table_top": (
        "驿站一览：服务人数最多的 {n} 个，共 {all} 个",
        "Stations: the {n} that serve most people, of {all}",
    ),
    "served": ("服务人数", "People"),
}
"""What it says instead where demand is persons."""


def table(language: Language, unit: Unit | None = None) -> dict[str, str]:
    """Return the words of the sheet in a language, for what weights of demand count."""
    both = WORDS | (PERSONS if unit is Unit.PERSONS else {})
    return {key: pair[language is Language.EN] for key, pair in both.items()}


def clean(text: object, most: int = 200) -> str:
    """Return a text of the data on one line, without what steers printers and directions, and cut.

    Parameters
    ----------
    text
        The text, or None.
    most
        So many columns at most; a Chinese letter takes two.
    """
    letters = "" if text is None else str(text)[: 4 * most]
    line = "".join(" " if c in "\t\n\r" else c for c in letters)
    line = "".join(c for c in line if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    line = " ".join(line.split())
    if columns_of(line) <= most:
        return line
    while columns_of(line) > most - 1:
        line = line[:-1]
    return f"{line}…"


def in_language(title: Title | None, language: Language) -> str:
    """Return a text of the scenario in a language, or else in the other."""
    both = ("", "") if title is None else (title.zh or "", title.en or "")
    first, second = both if language is Language.ZH else both[::-1]
    return clean(first or second)


def clock(seconds: float) -> str:
    """Return a time in minutes and seconds: 5:51; a dash for none."""
    if not seconds >= 0:
        return "–"
    m, s = divmod(round(seconds), 60)
    return f"{m:,}:{s:02d}"


def minutes(seconds: float) -> str:
    """Return a boundary in minutes: 2, or 2:24 where it isn't whole."""
    return f"{seconds / 60:.0f}" if seconds % 60 == 0 else clock(seconds)


def amount(value: float) -> str:
    """Return a weight: whole where it is large, with a digit where it is small and not whole."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.1f}"
