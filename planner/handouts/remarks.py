"""Remarks on the data of a run in Chinese: runs tell them in English, and what is saved is what was told then."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"[\d,]+"
_ANY: Final = r".+?"
_LIST: Final = r".+"

_SENTENCES: Final[tuple[tuple[str, str], ...]] = (
    # points and roads
    (
        (
            "{n} of {all} {points}s? (is|are) off network, too far from every road: {list}; "
            "raise max_access_m if that is wrong"
        ),
        "{all} 个{points}中有 {n} 个离所有道路都太远，未接入路网：{list}；若不对，请调大 max_access_m",
    ),
    (
        "{n} {points}s? (is|are) on roads of less than {size} m that no other road meets: {list}",
        "有 {n} 个{points}位于总长不足 {size} 米、不与其他道路相连的路段上：{list}",
    ),
    (
        r"{n} {points}s? (is|are) without a road to any site \(islands, one-way traps\): {list}",
        "有 {n} 个{points}没有道路通往任何候选点（如海岛，或有进无出的单行道）：{list}",
    ),
    (
        "{n} {points}s? (is|are) within reach of no site in time: {list}",
        "有 {n} 个{points}在标准时间内到不了任何候选点：{list}",
    ),
    (
        "points lie off the roads the way {system} shifts, by about {n} m; if they come from {maker} say crs = {crs}",
        "点位偏离道路，方向和距离（约 {n} 米）与 {system} 坐标偏移一致；若数据来自 {maker}，请写明 crs = {crs}",
    ),
    (
        "farther than {size} km from all roads: {list}; {hint}",
        "离所有道路都超过 {size} 公里：{list}；{hint}",
    ),
    (
        "isochrones of {n} stations are drawn together only: single ones are for at most {all}",
        "{n} 个驿站的等时圈只合并绘制：逐站绘制最多 {all} 个驿站",
    ),
    # lists of stations
    ("named more than once, counted once: {list}", "重复列出，只计一次：{list}"),
    (
        "farther than {size} m from the site of that id in {other}, whose place counts: {list}; do the ids mean the same\\?",
        "与 {other} 中同编号候选点相距超过 {size} 米，以候选点的位置为准：{list}；请核对编号是否一致",
    ),
    # files of points
    ("columns by their usual names: {list}", "按常用列名识别：{list}"),
    ("(line|row) {n} taken for the headings", "以第 {n} 行为表头"),
    ("converted from {system} to WGS 84", "坐标已由 {system} 转换为 WGS 84"),
    (
        "text is not UTF-8 and taken for GB18030 {list}; else say encoding = {any}",
        "文本不是 UTF-8，按 GB18030 读取 {list}；若不对，请写明 encoding = {any}",
    ),
    ("{n} texts? ends? within a character, which is left out", "{n} 处文本末尾的字不完整，已略去"),
    (
        "{n} of {all} rows? have no weight, so that every row counts as 1",
        "{all} 行中有 {n} 行没有权重，因此每行都按 1 计",
    ),
    (
        r"{n} areas? of {size} km2 in all; a point inside stands for each \({more} of several parts: in the largest\)",
        "{n} 个面，共 {size} 平方公里；各以其内部一点代表（{more} 个由多块组成，取最大的一块）",
    ),
    (
        "{n} areas? of {size} km2 in all; a point inside stands for each",
        "{n} 个面，共 {size} 平方公里；各以其内部一点代表",
    ),
    (
        r"the weight of {n} areas? \({size} km2\) is spread over {all} points? on the roads within",
        "{n} 个面（{size} 平方公里）的权重已分摊到其内道路上的 {all} 个点",
    ),
    (
        "{n} areas? without a road: {list}; a point inside stands for each",
        "{n} 个面内没有道路：{list}；各以其内部一点代表",
    ),
    (
        "no row is an area, so that there is nothing to spread over roads",
        "没有面数据，无需分摊到道路",
    ),
    (
        "{n} rows? (is|are) several points: the most central one is taken",
        "{n} 行含多个点：取最居中的一个",
    ),
    (
        "{n} outlines? cross(es)? (itself|themselves) and (is|are) mended: all that it encloses counts",
        "{n} 个轮廓自相交，已修复：所围范围全部计入",
    ),
    ("places have no ids; their names are taken", "地点没有编号，以名称代替"),
    (
        "{n} junctions? may be a station where no host covers the demand",
        "在没有场所可覆盖的地方，有 {n} 个路口可作驿站",
    ),
    # roads
    ("way {any} has maxspeed=0: taken as closed", "道路 {any} 标注 maxspeed=0：视为封闭"),
    (
        "{n} ends? of roads joined to another one nearer than {size} m; {more} pieces? of road between them left out",
        "{n} 个道路端点与 {size} 米内的另一端点相接；其间 {more} 段路略去",
    ),
    (
        "{n} ends? of roads joined to another one nearer than {size} m",
        "{n} 个道路端点与 {size} 米内的另一端点相接",
    ),
    (
        (
            "{n} pairs? of road ends at the same spot not connected: {list}; where they are one junction, "
            "say merge_ends_m = {size}"
        ),
        "{n} 对道路端点位置相同却不相连：{list}；若是同一路口，请写明 merge_ends_m = {size}",
    ),
    (
        r"no column tells the class of road \({list} names none\): all are unclassified",
        "没有一列说明道路等级（{list} 中都没有）：一律按未分级道路",
    ),
    (
        "no column tells the class of road: all are unclassified",
        "没有一列说明道路等级：一律按未分级道路",
    ),
    ("the class of road is taken from column {any}", "道路等级取自“{any}”列"),
    ("left out, as no class of road: {list}", "不是道路等级，已略去：{list}"),
    (
        "no column tells the direction: all lines are {way}",
        "没有一列说明通行方向：一律视为{way}",
    ),
    (
        "{n} of {all} lines have no speed in column {any}: driven as fast as their class",
        "{all} 条线中有 {n} 条在“{any}”列没有车速：按道路等级的车速",
    ),
    (
        (
            "{n} of {all} edges made of several ways, whose pieces are lost: of their classes the first counts, "
            "of their limits the lowest; the OpenStreetMap extract itself tells them apart"
        ),
        "{all} 条边中有 {n} 条由多段道路合成，已无法分开：等级取第一个，限速取最低；原始 OpenStreetMap 数据可以分开",
    ),
    (
        (
            "{n} lines? made of several ways, whose pieces are lost: of their classes the first counts, "
            "of their limits the lowest"
        ),
        "{n} 条线由多段道路合成，已无法分开：等级取第一个，限速取最低",
    ),
    (
        "{n} edges without highway: taken as unclassified",
        "{n} 条边没有 highway：按未分级道路",
    ),
    ("{n} rows? without geometry: left out", "{n} 行没有图形：已略去"),
    ("{n} rows? whose geometry is no line: left out", "{n} 行的图形不是线：已略去"),
    (
        "{n} lines? beyond where the CRS is valid: left out",
        "{n} 条线超出坐标系的有效范围：已略去",
    ),
    ("{n} lines? with maxspeed=0: taken as closed", "{n} 条线标注 maxspeed=0：视为封闭"),
    (
        "{n} lines? over the same points as another one that says the same: left out",
        "{n} 条线与另一条完全重复：已略去",
    ),
    (
        "{n} roads? drawn once for each direction: one two-way road each",
        "{n} 条道路按两个方向各画一次：合为一条双向道路",
    ),
    (
        "{n} places? where lines end at a bend of another one: joined",
        "{n} 处线的端点落在另一条线的折点上：已相接",
    ),
    (
        "{n} places? where lines share a bend and none ends: not joined, for nothing tells bridges and tunnels from junctions",
        "{n} 处两线共用折点而都不终止：未相接，因为数据无法区分桥隧与路口",
    ),
)
"""What is told, as a pattern of the whole sentence, and the same in Chinese; what stands in braces comes along."""

_KINDS: Final = dict.fromkeys(("n", "all", "more"), _NUMBER) | {
    "list": _LIST,
    "points": "demand point|site",
}
"""What may stand in braces; anything else is any text."""

_POINTS: Final = {"demand point": "需求点", "site": "候选点"}
_HINTS: Final = {
    "lon and lat swapped?": "经纬度是否颠倒？",
    "check crs and roads": "请检查 crs 和道路数据",
}
_WAYS: Final = {"two-way": "双向", "one-way as drawn": "沿绘制方向单行"}
_MAKERS: Final = {"Amap or Tencent": "高德或腾讯", "Baidu": "百度"}

_MORE: Final = re.compile(rf" and ({_NUMBER}) more$")
_PARTS: Final = (
    (re.compile(r" ?\(([\d,]+) m\)"), r"（\1 米）"),
    (re.compile(r" ?\(([\d,]+) km\)"), r"（\1 公里）"),
    (re.compile(r" ?\(([\d,]+) s to (.+?)\)"), r"（\1 秒到 \2）"),
    (re.compile(r" ?\((?:line|row) ([\d,]+)\)"), r"（第 \1 行）"),
    (re.compile(r" ?\((?:line|row) ([\d,]+), ([\d,]+) m\)"), r"（第 \1 行，\2 米）"),
    (re.compile(r" taken for "), " 作 "),
)


def in_chinese(remark: str) -> str:
    """Return a remark in Chinese, with the file that it begins with; one that nobody put into Chinese as it is."""
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(remark):
            said = {name: text for name, text in found.groupdict().items() if text is not None}
            return _filled(chinese, said)
    return remark


def _filled(chinese: str, said: dict[str, str]) -> str:
    told = _in_words(said)
    file = f"{told['file']}：" if "file" in told else ""
    return file + re.sub(r"\{(\w+)\}", lambda name: told[name.group(1)], chinese)


def _in_words(said: dict[str, str]) -> dict[str, str]:
    told = dict(said)
    if "list" in told:
        told["list"] = _list_in_chinese(told["list"])
    for name, words in (("hint", _HINTS), ("maker", _MAKERS), ("way", _WAYS), ("points", _POINTS)):
        if name in told:
            told[name] = words.get(told[name], told[name])
    return told


def _list_in_chinese(told: str) -> str:
    """Return what is named one by one, and how much more there is."""
    for part, chinese in _PARTS:
        told = part.sub(chinese, told)
    told = _MORE.sub(r" 等，另有 \1 个", told)
    return told.replace("） 等", "）等").replace("）, ", "）、")


def _pattern(sentence: str) -> re.Pattern[str]:
    body = re.sub(
        r"\{([a-z]\w*)\}", lambda name: f"(?P<{name[1]}>{_KINDS.get(name[1], _ANY)})", sentence
    )
    return re.compile(rf"(?:(?P<file>.+?): )?{body}", re.DOTALL)


_PATTERNS: Final = tuple((_pattern(sentence), chinese) for sentence, chinese in _SENTENCES)
