"""Who serves whom follows from the stations, and a plan that says otherwise is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.coverage import Coverage
from planner.plan import Plan, Status, check_plan, planned, serve, unmet
from planner.reasons import ALL_COVERABLE, needs_more
from planner.scenario import Goal


def coverage() -> Coverage:
    """Four needs: the first three within reach of sites 0 and 1 (equally far for need 1), the last of site 2."""
    return Coverage(
        indptr=np.array([0, 2, 4, 5, 6], dtype=np.int64),
        site=np.array([0, 1, 0, 1, 1, 2], dtype=np.int32),
        time_s=np.array([90.0, 60.0, 30.0, 30.0, 0.0, 300.0]),
        weight=np.array([1.0, 2.0, 4.0, 8.0]),
        n_sites=4,
        is_kept=np.array([False, True, False, False]),
        is_excluded=np.array([False, False, False, True]),
    )


def sites(*positions: int) -> np.ndarray:
    return np.array(positions, dtype=np.int32)


def plan() -> Plan:
    return planned(coverage(), sites(0, 1), goal=Goal.MAX_COVERING, bound=15.0)


def test_the_nearest_station_serves_and_of_equals_the_lowest_position():
    station_of, drive_time_s = serve(coverage(), sites(0, 1))
    assert station_of.tolist() == [1, 0, 1, -1]
    assert drive_time_s[:3].tolist() == [60, 30, 0]
    assert np.isnan(drive_time_s[3])


def test_no_stations_serve_nobody():
    station_of, drive_time_s = serve(coverage(), sites())
    assert station_of.tolist() == [-1, -1, -1, -1]
    assert np.isnan(drive_time_s).all()


def test_needs_without_pairs_are_served_by_nobody():
    empty = Coverage(
        indptr=np.zeros(3, dtype=np.int64),
        site=sites(),
        time_s=np.zeros(0),
        weight=np.ones(2),
        n_sites=1,
        is_kept=np.zeros(1, dtype=bool),
        is_excluded=np.zeros(1, dtype=bool),
    )
    assert serve(empty, sites(0))[0].tolist() == [-1, -1]


def test_the_objective_follows_from_the_stations():
    # needs 0, 1, 2 weigh 1 + 2 + 4 = 7 of 15
    assert plan().objective == 7
    assert planned(coverage(), sites(0, 1), goal=Goal.SET_COVERING, bound=1.0).objective == 2
    assert planned(coverage(), sites(0, 1), goal=Goal.ASSESS).objective is None


@pytest.mark.parametrize(
    ("goal", "bound", "status", "gap"),
    [
        (Goal.MAX_COVERING, 7.0, "optimal", 0),
        (Goal.MAX_COVERING, 7.0000000001, "optimal", 0),  # rounding
        (Goal.MAX_COVERING, 6.9999999999, "optimal", 0),
        (Goal.MAX_COVERING, 8.0, "feasible", 1 / 7),
        (Goal.SET_COVERING, 2.0, "optimal", 0),
        (Goal.SET_COVERING, 1.0, "feasible", 1 / 2),
    ],
)
def test_a_plan_is_optimal_where_objective_and_bound_are_equal(goal, bound, status, gap):
    told = planned(coverage(), sites(0, 1), goal=goal, bound=bound, stopped_by="time")
    assert (told.status, told.gap) == (status, gap)
    assert told.stopped_by == (None if status == "optimal" else "time")
    assert check_plan(told, coverage()) == []


def test_a_plan_that_meets_no_rules_keeps_its_stations_and_tells_why():
    told = unmet(
        plan(),
        goal=Goal.SET_COVERING,
        status=Status.INFEASIBLE,
        why=(needs_more(ALL_COVERABLE, 3, 2),),
        bound=3.0,
    )
    assert told.reasons == ("All coverable demand needs at least 3 stations; 2 are allowed.",)
    assert (told.stations.tolist(), told.objective, told.bound, told.gap) == ([0, 1], None, 3, None)
    assert check_plan(told, coverage()) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"stations": sites(1, 0)}, "stations are not positions of sites, ascending."),
        ({"stations": sites(0, 9)}, "stations are not positions of sites, ascending."),
        ({"stations": sites(0)}, "site 1 is kept and no station."),
        ({"stations": sites(1, 3)}, "site 3 is excluded and a station."),
        ({"station_of": sites(1, 1, 1, -1)}, "need 1 is served by 0, not by 1."),
        ({"station_of": sites(1, 0, 1, 2)}, "need 3 is served by -1, not by 2."),
        ({"drive_time_s": np.array([61.0, 30, 0, np.nan])}, "need 0 drives 60.0 s, not 61.0 s."),
        ({"drive_time_s": np.array([60.0, 30, 0, 300])}, "need 3 drives inf s, not 300.0 s."),
        ({"objective": 8.0}, "the objective is 7.0, not 8.0."),
        ({"bound": 6.0}, "the bound 6.0 is passed by the objective 7.0."),
        ({"bound": None}, "a plan that is feasible has an objective and a bound."),
        (
            {"status": Status.OPTIMAL},
            "optimal is not what objective 7.0 and bound 15.0 say.",
        ),
        ({"bound": 7.0}, "feasible is not what objective 7.0 and bound 7.0 say."),
        ({"status": Status.UNDECIDED}, "a plan that is undecided has no objective."),
    ],
)
def test_what_is_wrong_in_a_plan_is_told(changes, complaint):
    assert check_plan(plan(), coverage()) == []
    assert complaint in check_plan(replace(plan(), **changes), coverage())


def test_stations_of_an_assessment_are_the_kept_ones_or_all():
    assert check_plan(planned(coverage(), sites(1), goal=Goal.ASSESS), coverage()) == []
    wrong = check_plan(planned(coverage(), sites(0), goal=Goal.ASSESS), coverage())
    assert wrong == ["site 1 is kept and no station."]
