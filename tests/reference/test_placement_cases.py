"""What users of other tools ran into, at the level of the coverage: tables in seconds, limits inclusive."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from planner.coverage import Coverage
from planner.placement import place_on
from planner.plan import Plan, check_plan
from planner.scenario import Goal, SecondGoal


def table(path: Path, *, standard_s: float) -> tuple[Coverage, list[str], list[str]]:
    """The coverage of a table of drive times, needs and sites sorted by id; and their ids."""
    lines = sorted(
        csv.DictReader(path.read_text().splitlines()), key=lambda line: line["demand_id"]
    )
    sites = sorted(name for name in lines[0] if name != "demand_id")
    time_s = np.array([[float(line[site] or "inf") for site in sites] for line in lines])
    need, site = np.nonzero(time_s <= standard_s)
    weights = path.with_name("weights.csv")
    weight = dict.fromkeys((line["demand_id"] for line in lines), 1.0)
    if weights.is_file():
        weight = {
            row["demand_id"]: float(row["weight"])
            for row in csv.DictReader(weights.read_text().splitlines())
        }
    required = path.with_name("required.csv")
    kept = set(required.read_text().split()[1:]) if required.is_file() else set()
    coverage = Coverage(
        indptr=np.searchsorted(need, np.arange(len(lines) + 1)).astype(np.int64),
        site=site.astype(np.int32),
        time_s=time_s[need, site],
        weight=np.array([weight[line["demand_id"]] for line in lines]),
        n_sites=len(sites),
        is_kept=np.isin(sites, list(kept)),
        is_excluded=np.zeros(len(sites), dtype=bool),
    )
    return coverage, [line["demand_id"] for line in lines], sites


def named(plan: Plan, sites: list[str]) -> list[str]:
    return [sites[position] for position in plan.stations]


def test_c57_who_cannot_be_covered_stops_nobody(cases):
    coverage, needs, sites = table(cases / "C57" / "cost_s.csv", standard_s=300)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert named(plan, sites) == ["A", "C"]
    assert [needs[i] for i in np.flatnonzero(~coverage.is_coverable)] == ["D4"]
    assert plan.status == "optimal"


def test_c57_a_drive_of_exactly_the_standard_covers(cases):
    coverage, _, sites = table(cases / "C57" / "cost_s.csv", standard_s=310)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert named(plan, sites) == ["A", "B", "C"]
    assert plan.is_covered.all()


def test_c59_a_hole_is_no_drive_and_who_needs_a_station_each_is_told(cases):
    reach, _, sites = table(cases / "C59" / "cost_s.csv", standard_s=1e6)
    plan = place_on(reach, goal=Goal.P_MEDIAN, stations=2)
    assert (named(plan, sites), plan.objective, plan.status) == (["A", "B"], 270, "optimal")
    plan = place_on(reach, goal=Goal.P_MEDIAN, stations=1)
    assert (plan.objective, plan.status) == (None, "infeasible")
    assert "need 1, need 2" in plan.reasons[0]  # D2 and D3


def test_c63_only_the_median_counts_weights(cases):
    reach, _, sites = table(cases / "C63" / "cost_s.csv", standard_s=1e6)
    center = place_on(reach, goal=Goal.P_CENTER, stations=1)
    assert (named(center, sites), center.objective, center.status) == (["B"], 200, "optimal")
    median = place_on(reach, goal=Goal.P_MEDIAN, stations=1)
    assert (named(median, sites), median.objective, median.status) == (["A"], 10550, "optimal")


@pytest.mark.parametrize("name", ["cost_s.csv", "cost_s_reordered.csv"])
def test_c65_the_second_goal_decides_by_the_least_total_time(cases, name):
    coverage, _, sites = table(cases / "C65" / name, standard_s=300)
    plan = place_on(coverage, goal=Goal.SET_COVERING, then=SecondGoal.P_MEDIAN)
    assert (named(plan, sites), plan.then.objective, plan.then.bound) == (["B"], 550, 550)


def test_c61_a_station_that_stands_stays_and_counts(cases):
    coverage, _, sites = table(cases / "C61" / "cost_s.csv", standard_s=300)
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (named(plan, sites), plan.objective, plan.status) == (["C", "E"], 35, "optimal")


def test_c61_without_the_requirement_more_is_covered(cases, tmp_path):
    for name in ("cost_s.csv", "weights.csv"):
        (tmp_path / name).write_bytes((cases / "C61" / name).read_bytes())
    coverage, _, sites = table(tmp_path / "cost_s.csv", standard_s=300)
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (named(plan, sites), plan.objective) == (["A", "B"], 40)


@pytest.mark.parametrize("name", ["cost_s.csv", "cost_s_reordered.csv"])
def test_c65_of_two_answers_the_nearer_one_whatever_the_order(cases, name):
    coverage, _, sites = table(cases / "C65" / name, standard_s=300)
    for _ in range(10):
        plan = place_on(coverage, goal=Goal.SET_COVERING)
        assert named(plan, sites) == ["B"]
        assert plan.drive_time_s.sum() == 550
        assert check_plan(plan, coverage) == []


def test_c67_greedy_is_not_taken_for_the_best(cases):
    coverage, _, sites = table(cases / "C67" / "cost_s.csv", standard_s=300)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert (named(plan, sites), plan.status, plan.bound) == (["L", "R"], "optimal", 2)
