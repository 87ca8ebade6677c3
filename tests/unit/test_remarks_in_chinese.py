"""Remarks on data in Chinese: what the workbook says of what a run told in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import planner
from planner.handouts.remarks import _SENTENCES, in_chinese

TOLD = [
    (
        (
            "demand.csv: 13 of 2404 demand points are off network, too far from every road: D1 (2,534 m), D2 (12 km) "
            "and 8 more; raise max_access_m if that is wrong"
        ),
        (
            "demand.csv：2404 个需求点中有 13 个离所有道路都太远，未接入路网：D1（2,534 米）、D2（12 公里）等，另有 8 个；"
            "若不对，请调大 max_access_m"
        ),
    ),
    (
        "hosts.csv: 1 of 1 site is off network, too far from every road: H1 (312 m); raise max_access_m if that is wrong",
        "hosts.csv：1 个候选点中有 1 个离所有道路都太远，未接入路网：H1（312 米）；若不对，请调大 max_access_m",
    ),
    (
        "d.csv: 2 demand points are within reach of no site in time: D1 (327 s to S1), D2 (1155 s to S2)",
        "d.csv：有 2 个需求点在标准时间内到不了任何候选点：D1（327 秒到 S1）、D2（1155 秒到 S2）",
    ),
    (
        (
            "list.csv: farther than 100 m from the site of that id in hosts.csv, whose place counts: S1 (line 3, 110 m); "
            "do the ids mean the same?"
        ),
        "list.csv：与 hosts.csv 中同编号候选点相距超过 100 米，以候选点的位置为准：S1（第 3 行，110 米）；请核对编号是否一致",
    ),
    (
        "list.csv: named more than once, counted once: S00001 (line 4)",
        "list.csv：重复列出，只计一次：S00001（第 4 行）",
    ),
    (
        "hosts.csv: stations.csv: columns by their usual names: 编号 taken for id",
        "hosts.csv: stations.csv：按常用列名识别：编号 作 id",
    ),
    (
        "a.gpkg: 3 areas of 12.50 km2 in all; a point inside stands for each (1 of several parts: in the largest)",
        "a.gpkg：3 个面，共 12.50 平方公里；各以其内部一点代表（1 个由多块组成，取最大的一块）",
    ),
    (
        'p.csv: points lie off the roads the way GCJ-02 shifts, by about 512 m; if they come from Amap or Tencent say crs = "gcj02"',
        'p.csv：点位偏离道路，方向和距离（约 512 米）与 GCJ-02 坐标偏移一致；若数据来自 高德或腾讯，请写明 crs = "gcj02"',
    ),
    (
        "no column tells the direction: all lines are one-way as drawn",
        "没有一列说明通行方向：一律视为沿绘制方向单行",
    ),
    ("way 12 has maxspeed=0: taken as closed", "道路 12 标注 maxspeed=0：视为封闭"),
    (
        "7 roads drawn once for each direction: one two-way road each",
        "7 条道路按两个方向各画一次：合为一条双向道路",
    ),
]


@pytest.mark.parametrize(("told", "chinese"), TOLD)
def test_a_remark_is_said_in_chinese_with_its_file_names_and_numbers(told: str, chinese: str):
    assert in_chinese(told) == chinese


def test_what_nobody_put_into_chinese_stays_as_it_is():
    assert in_chinese("a.csv: something new") == "a.csv: something new"


def test_names_of_data_are_only_text():
    name = r"{n} \1 (?P<x>.*) $"
    told = f"d.csv: 1 demand point is without a road to any site (islands, one-way traps): {name}"
    assert in_chinese(told).endswith(f"（如海岛，或有进无出的单行道）：{name}")


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in _SENTENCES])
def test_what_is_put_into_chinese_is_what_the_programs_say(sentence: str, sources: str):
    """Each piece between numbers, names and endings stands in a module that tells it."""
    pieces = re.split(r"\{\w+\}|\([^()]*\)\??|\w\?|\\[()?]|[:;,]", sentence)
    long = [piece.strip() for piece in pieces if len(piece.strip()) > 11]
    assert long
    assert [piece for piece in long if piece not in sources] == []


@pytest.fixture(scope="module")
def sources() -> str:
    """All modules, with strings that go on in the next line as one."""
    folder = Path(planner.__file__).parent
    texts = [
        path.read_text("utf-8")
        for path in sorted(folder.rglob("*.py"))
        if path.parent.name != "handouts"
    ]
    return re.sub(r'"\s*\n\s*\+?\s*f?"', "", "\n".join(texts))
