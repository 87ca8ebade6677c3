"""Benchmarks: the table has the right ratios, and a tool that answers differently is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.drive_times import stations
from benchmarks.instances import town
from benchmarks.measure import in_this_process, measurements
from benchmarks.placing import centers, curves, medians, same_optimum
from benchmarks.registry import (
    Answer,
    Case,
    Level,
    Limit,
    Measurement,
    Task,
    Tool,
    UnavailableError,
    Work,
    load_tasks,
    same_pairs,
    same_times,
)
from benchmarks.roads_covered import same_number
from benchmarks.table import HEADS, as_text, rows

COUNTING = "count to a number"


def counting(*tools: Tool) -> Task:
    """A task of no use: count to the instance."""
    task = Task(
        name=COUNTING,
        does="counts",
        cases={Level.SMOKE: Case(name="ten", instance=10)},
        prepare=lambda _: None,
        judge=same_times,
    )
    for tool in tools:
        task.tools[tool.name] = tool
    return task


def counter(name: str, numbers: list[float], *, tolerance: float | None = 1e-6) -> Tool:
    work = Work(run=lambda: numbers, answer=lambda found: {"time_s": np.array(found)})
    return Tool(name=name, set_up=lambda _: work, tolerance=tolerance, largest=Level.LARGE)


def took(tool: str, cpu_s: float, *, wall_s: float = 1.0, **others: float) -> Measurement:
    figures = {"cpu_s": cpu_s, "wall_s": wall_s, "peak_mb": 100.0, **others}
    return Measurement(task="t", size="s", tool=tool, figures=figures)


def cells(found: list[Measurement], *limits: Limit) -> dict[str, dict[str, str]]:
    case = Case(name="s", instance=None, limits=limits)
    return {row[2]: dict(zip(HEADS, row, strict=True)) for row in rows(found, {("t", "s"): case})}


def test_two_tools_of_a_task_are_measured_and_agree():
    task = counting(counter("ours", [1.0, 2.0]), counter("peer", [1.0, 2.0 + 1e-7]))
    found = measurements(task, Level.SMOKE, list(task.tools.values()), in_this_process)
    assert [(m.tool, m.is_wrong, m.remark) for m in found] == [
        ("ours", False, ""),
        ("peer", False, ""),
    ]
    assert all(m.figures["cpu_s"] >= 0.0 and m.figures["peak_mb"] > 1.0 for m in found)


def test_ratio_is_processor_time_as_a_multiple_of_ours():
    table = cells([took("ours", 0.5), took("peer", 2.0)])
    assert table["ours"]["CPU / ours"] == "1"
    assert table["peer"]["CPU / ours"] == "4"  # 2.0 / 0.5


def test_a_target_counts_as_reached_at_exactly_its_figure():
    limit = Limit(figure="cpu_s", at_most=0.5)
    assert cells([took("ours", 0.5)], limit)["ours"]["reached?"] == "yes"
    assert cells([took("ours", 0.75)], limit)["ours"]["reached?"] == "no (1.50 x the target)"


def test_a_target_that_is_a_multiple_of_another_tool_looks_at_that_tool():
    limit = Limit(figure="wall_s", at_most=0.55, of="ours", tool="two threads")
    slow = cells([took("ours", 1.0), took("two threads", 1.0, wall_s=0.6)], limit)
    quick = cells([took("ours", 1.0), took("two threads", 1.0, wall_s=0.5)], limit)
    assert slow["two threads"]["reached?"] == "no (0.60 x)"
    assert quick["two threads"]["reached?"] == "yes (0.50 x)"
    assert slow["ours"]["target"] == ""


def test_a_target_that_nobody_measured_is_open():
    limit = Limit(figure="cpu_s", at_most=1.0, of="absent")
    assert cells([took("ours", 1.0)], limit)["ours"]["reached?"] == "?"


def test_columns_are_aligned():
    found = [took("ours", 0.5), took("a longer name", 123.4)]
    lines = as_text(rows(found, {("t", "s"): Case(name="s", instance=None)})).splitlines()
    at = lines[0].index("CPU s") + len("CPU s")
    assert [line[:at].rsplit(maxsplit=1)[-1] for line in lines[1:]] == ["0.5", "123"]


def test_a_tool_with_another_answer_is_wrong():
    task = counting(counter("ours", [1.0, 2.0]), counter("liar", [1.0, 2.5]))
    _, liar = measurements(task, Level.SMOKE, list(task.tools.values()), in_this_process)
    assert liar.is_wrong
    assert liar.remark == "differs from ours: 1 of 2 times differ, by up to 0.5 s"


def test_a_tool_with_another_kind_of_answer_is_not_compared():
    task = counting(counter("ours", [1.0]), counter("other", [7.0], tolerance=None))
    _, other = measurements(task, Level.SMOKE, list(task.tools.values()), in_this_process)
    assert not other.is_wrong


def test_a_missing_tool_is_skipped_and_says_so():
    def set_up(_: object) -> Work:
        raise UnavailableError("pandana is not installed")

    gone = Tool(name="gone", set_up=set_up, tolerance=1e-6, largest=Level.LARGE)
    task = counting(counter("ours", [1.0]), gone)
    _, skipped = measurements(task, Level.SMOKE, list(task.tools.values()), in_this_process)
    assert not skipped.is_wrong
    assert skipped.remark == "skipped: pandana is not installed"
    assert dict(skipped.figures) == {}


def test_a_tool_too_slow_for_a_size_is_not_run():
    def set_up(_: object) -> Work:
        raise AssertionError("it was run")

    slow = Tool(name="slow", set_up=set_up, tolerance=None, largest=Level.SMALL)
    task = replace(
        counting(counter("ours", [1.0]), slow),
        cases={Level.MEDIUM: Case(name="more", instance=None)},
    )
    _, skipped = measurements(task, Level.MEDIUM, list(task.tools.values()), in_this_process)
    assert skipped.remark.startswith("skipped")


def pairs(*triplets: tuple[int, int, float]) -> Answer:
    source, point, time_s = (np.array(column) for column in zip(*triplets, strict=True))
    return {"source": source, "point": point, "time_s": time_s, "limit_s": 300.0, "n_points": 10}


OURS = pairs((0, 1, 20.0), (0, 2, 299.9), (1, 1, 0.0))


def test_pairs_may_come_in_any_order():
    assert same_pairs(OURS, pairs((1, 1, 0.0), (0, 2, 299.9), (0, 1, 20.0)), 1e-6) == ""


@pytest.mark.parametrize(
    ("other", "tolerance", "said"),
    [
        (pairs((0, 1, 20.0), (0, 2, 299.9)), 1e-6, "lacks 1 pairs of 3"),
        (pairs((0, 1, 20.0), (0, 2, 299.9), (1, 1, 0.0), (1, 5, 7.0)), 1e-6, "has besides 1 pairs of 3"),
        (pairs((0, 1, 20.25), (0, 2, 299.9), (1, 1, 0.0)), 1e-6, "1 of 3 times differ, by up to 0.25 s"),
        (pairs((0, 1, 20.0), (0, 1, 20.0), (1, 1, 0.0)), 1e-6, "a pair comes twice"),
        # 299.9 is 0.1 s from the limit: a tool that is right to 0.2 s may take it for 300.1
        (pairs((0, 1, 20.0), (1, 1, 0.0)), 0.2, ""),
        (pairs((0, 1, 20.25), (0, 2, 299.9), (1, 1, 0.0)), 0.25, ""),
    ],
)  # fmt: skip
def test_differing_pairs_are_told(other: Answer, tolerance: float, said: str):
    assert same_pairs(OURS, other, tolerance) == said


def test_unreachable_for_one_and_not_for_the_other_differs():
    assert same_times({"time_s": [np.inf]}, {"time_s": [np.inf]}, 1e-6) == ""
    assert same_times({"time_s": [np.inf]}, {"time_s": [5.0]}, 1e-6) != ""


def test_smoke_size_of_stations_agrees_and_an_altered_drive_time_does_not(
    tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BENCHMARKS_FOLDER", str(tmp_path))
    honest = stations.tools["scipy"]

    def altered(instance: int) -> Work:
        work = honest.set_up(instance)

        def answer(found: object) -> Answer:
            told = dict(work.answer(found))
            return told | {"time_s": np.asarray(told["time_s"]) + 0.001}

        return work._replace(answer=answer)

    tools = [stations.tools["ours"], honest, replace(honest, name="altered", set_up=altered)]
    ours, scipy, liar = measurements(stations, Level.SMOKE, tools, in_this_process)
    assert (ours.is_wrong, scipy.is_wrong, liar.is_wrong) == (False, False, True)
    assert ours.figures["n_pairs"] > 78
    assert "by up to 0.001 s" in liar.remark


def test_every_task_has_a_tool_of_ours_first_and_cases_with_known_tools():
    for task in load_tasks().values():
        assert next(iter(task.tools)) == "ours", task.name
        for case in task.cases.values():
            for limit in case.limits:
                assert limit.tool in task.tools
                assert not limit.of or limit.of in task.tools


def test_a_town_is_equal_for_equal_arguments_and_all_can_reach_all():
    x, _, matrix = town(900, seed=3)
    again_x, _, again = town(900, seed=3)
    assert np.array_equal(x, again_x)
    assert (matrix != again).nnz == 0
    from scipy.sparse.csgraph import connected_components

    assert connected_components(matrix, directed=True, connection="strong")[0] == 1
    assert 500 < x.size <= 900
    # no street is quicker than a straight block at 55 km/h would be from end to end of its shake
    assert matrix.data.min() > 1.5


def told(objective: float, *, is_proven: bool) -> Answer:
    return {"objective": objective, "is_proven": is_proven}


@pytest.mark.parametrize(
    ("ours", "other", "said"),
    [
        (told(84, is_proven=True), told(84, is_proven=True), ""),
        # a peer that was stopped may be worse, one that calls the worse proven is wrong
        (told(84, is_proven=True), told(102, is_proven=False), ""),
        (told(84, is_proven=True), told(102, is_proven=True), "102 is called proven, and 84 is better"),
        (told(84, is_proven=False), told(80, is_proven=False), ""),
        (told(84, is_proven=False), told(80, is_proven=True), "80 is proven, and 84 isn't as good"),
        (told(84, is_proven=True), told(80, is_proven=False), "80 is better than 84, which is called proven"),
    ],
)  # fmt: skip
def test_a_better_plan_than_a_proven_one_is_told(ours: Answer, other: Answer, said: str):
    assert same_optimum(ours, other, 1e-6) == said


def test_stations_that_leave_road_out_are_told_whatever_their_number():
    ours = {"n_stations": 7, "bound": 7, "missed_km": 0.0}
    assert same_number(ours, ours | {"bound": 3.0}, 1e-6) == ""
    assert (
        same_number(ours, ours | {"n_stations": 8, "bound": 8}, 1e-6)
        == "at least 8 stations, where 7 do"
    )
    fewer = ours | {"n_stations": 6, "missed_km": 1.5}
    assert same_number(ours, fewer, 1e-6) == "6 stations, where 7 are needed, 1.5 km missed"


def test_a_target_of_none_at_all_is_missed_by_a_number():
    limit = Limit(figure="n_open", at_most=0)
    assert cells([took("ours", 0.5, n_open=0)], limit)["ours"]["reached?"] == "yes"
    assert cells([took("ours", 0.5, n_open=2)], limit)["ours"]["reached?"] == "no (2)"


def test_placement_of_smoke_size_agrees_with_programs_as_they_are():
    for task in (medians, centers, curves):
        tools = [task.tools["ours"], *(t for name, t in task.tools.items() if "HiGHS" in name)]
        found = measurements(
            task, Level.SMOKE, [t for t in tools if "spopt" not in t.name], in_this_process
        )
        assert len(found) == 2
        assert [(m.tool, m.remark) for m in found if m.remark] == []
