"""p-median and p-center: worked by hand, and beside every plan there is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import oracles
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.placement import place, place_on
from planner.placement._bounds import cheapest_bound, in_cheaper
from planner.placement._ladder import ladder
from planner.placement._ranked import Ranked, ranked
from planner.placement._tree import search_tree
from planner.plan import Plan, Status, Then, check_plan
from planner.scenario import Goal, SecondGoal

INF = math.inf
P_MODELS = (Goal.P_MEDIAN, Goal.P_CENTER)


def pairs(
    time_s: np.ndarray,
    *,
    within_s: float = INF,
    weight: object = None,
    kept: object = (),
    excluded: object = (),
) -> Coverage:
    """The pairs of a table of needs x sites that are so near; infinite ones are no pairs."""
    time_s = np.array(time_s, dtype=np.float64)
    n, m = time_s.shape
    need, site = np.nonzero(np.isfinite(time_s) & (time_s <= within_s))
    return Coverage(
        indptr=np.searchsorted(need, np.arange(n + 1)).astype(np.int64),
        site=site.astype(np.int32),
        time_s=time_s[need, site],
        weight=np.ones(n) if weight is None else np.array(weight, dtype=np.float64),
        n_sites=m,
        is_kept=np.isin(np.arange(m), np.array(kept, dtype=np.int64)),
        is_excluded=np.isin(np.arange(m), np.array(excluded, dtype=np.int64)),
    )


def chosen(
    time_s: object, goal: Goal, stations: int, *, within_s: float = 100, **how: object
) -> Plan:
    """The plan for a table; its numbers are checked."""
    cover_all = bool(how.pop("cover_all", False))
    near, reach = pairs(time_s, within_s=within_s, **how), pairs(time_s, **how)  # type: ignore[arg-type]
    plan = place_on(near, goal=goal, reach=reach, stations=stations, cover_all=cover_all)
    assert check_plan(plan, near, reach) == []
    return plan


# sites A, B, C stand at 0, 300 and 1000 s of a road; needs at 0, 100, 300 and 1000
ROAD = [[0, 300, 1000], [100, 200, 900], [300, 0, 700], [1000, 700, 0]]

# --- by hand -------------------------------------------------------------------------------------


def test_one_station_stands_where_drives_are_shortest_in_all():
    # A: 0 + 100 + 300 + 1000 = 1400; B: 300 + 200 + 0 + 700 = 1200; C: 2600
    plan = chosen(ROAD, Goal.P_MEDIAN, 1)
    assert (plan.stations.tolist(), plan.objective, plan.status) == ([1], 1200, "optimal")
    # the needs 300 and 200 s away are driven to as well, though no station covers them within 100 s
    assert plan.is_covered.tolist() == [False, False, True, False]


def test_drives_in_all_count_by_weight():
    # A: 7 x 100 + 300 + 1000 = 2000; B: 7 x 200 + 300 + 700 = 2400
    plan = chosen(ROAD, Goal.P_MEDIAN, 1, weight=[1, 7, 1, 1])
    assert (plan.stations.tolist(), plan.objective) == ([0], 2000)


def test_the_longest_drive_counts_whatever_it_weighs():
    # longest: A 1000, B 700, C 1000; the need at 1000 weighs nothing and drives all the same
    plan = chosen(ROAD, Goal.P_CENTER, 1, weight=[9, 9, 9, 0])
    assert (plan.stations.tolist(), plan.objective, plan.status) == ([1], 700, "optimal")


def test_of_as_short_longest_drives_the_plan_with_less_driving_is_taken():
    # two stations: C for the last need; with A the others drive 0, 100, 300, with B 300, 200, 0: 300 s at the longest
    assert chosen(ROAD, Goal.P_CENTER, 2).stations.tolist() == [0, 2]
    heavy = chosen(ROAD, Goal.P_CENTER, 2, weight=[1, 1, 9, 1])
    assert (heavy.stations.tolist(), heavy.objective) == ([1, 2], 300)


def test_of_equal_plans_the_lowest_positions_are_taken():
    assert chosen([[5, 5, 5], [5, 5, 5]], Goal.P_MEDIAN, 1).stations.tolist() == [0]
    assert chosen([[5, 5, 5], [5, 5, 5]], Goal.P_CENTER, 1).stations.tolist() == [0]


def test_everyone_who_can_be_covered_is_where_that_is_asked():
    # within 100 s A covers the first two, B the third, C the last: two stations leave somebody out, three don't;
    # within 200 s B covers three: B and C are all that do, though A and C drive less by these weights
    assert chosen(ROAD, Goal.P_MEDIAN, 3, cover_all=True).objective == 100
    weight = [9, 9, 1, 1]
    assert chosen(ROAD, Goal.P_MEDIAN, 2, weight=weight).stations.tolist() == [0, 2]
    table = [[0, 200, 1000], *ROAD[1:]]
    plan = chosen(table, Goal.P_MEDIAN, 2, within_s=200, weight=weight, cover_all=True)
    assert (plan.stations.tolist(), plan.objective) == ([1, 2], 9 * 200 + 9 * 200)
    assert plan.is_covered.all()


def test_who_cannot_be_covered_is_reached_nevertheless():
    # nobody covers the second need; only B reaches it
    table = [[50, 90, 10], [INF, 400, INF]]
    plan = chosen(table, Goal.P_MEDIAN, 1, cover_all=True)
    assert (plan.stations.tolist(), plan.objective) == ([1], 490)
    assert chosen(table, Goal.P_CENTER, 1, cover_all=True).objective == 400


def test_who_is_reached_by_no_site_or_by_excluded_ones_only_is_set_aside():
    plan = chosen([[10, 20], [INF, INF], [INF, 5]], Goal.P_MEDIAN, 1, excluded=[1])
    assert (plan.stations.tolist(), plan.objective, plan.status) == ([0], 10, "optimal")


def test_kept_stations_count_and_take_part():
    plan = chosen(ROAD, Goal.P_MEDIAN, 2, kept=[0])
    assert (plan.stations.tolist(), plan.objective) == ([0, 2], 400)
    assert chosen(ROAD, Goal.P_CENTER, 1, kept=[0]).objective == 1000


def test_stations_that_would_shorten_no_drive_are_left_out():
    assert chosen([[10, 20, 30]], Goal.P_MEDIAN, 3).stations.tolist() == [0]
    assert chosen([[10, 20, 30]], Goal.P_CENTER, 3).stations.tolist() == [0]


@pytest.mark.parametrize("goal", P_MODELS)
def test_no_needs_drive_nothing(goal):
    plan = chosen(np.zeros((0, 2)), goal, 1, kept=[1])
    assert (plan.stations.tolist(), plan.objective, plan.bound) == ([1], 0, 0)


# --- what can't be -------------------------------------------------------------------------------


@pytest.mark.parametrize("goal", P_MODELS)
def test_too_few_stations_to_reach_all_are_infeasible_and_the_needs_are_named(goal):
    table = [[100, 200], [INF, 50], [120, INF]]
    near, reach = (replace(pairs(table), name=np.array(["D1", "D2", "D3"], object)) for _ in "ab")
    plan = place_on(near, goal=goal, reach=reach, stations=1)
    assert (plan.status, plan.objective, plan.goal) == (Status.INFEASIBLE, None, goal)
    (reason,) = plan.reasons
    assert reason == (
        "Reaching all demand that can be reached needs at least 2 stations; 1 is allowed. "
        "No site serves two of D2, D3."
    )
    assert plan.stations.size == 1  # the best there is: two of three within the standard


def test_too_few_stations_to_cover_all_are_infeasible_with_the_number_it_takes():
    for goal in P_MODELS:
        plan = chosen(ROAD, goal, 2, cover_all=True)
        assert plan.status is Status.INFEASIBLE
        assert "Covering all coverable demand needs at least 3 stations" in plan.reasons[0]


@pytest.mark.parametrize("goal", P_MODELS)
def test_more_kept_stations_than_allowed_are_infeasible_and_all_stay(goal):
    plan = chosen(ROAD, goal, 1, kept=[0, 1])
    assert (plan.status, plan.stations.tolist()) == (Status.INFEASIBLE, [0, 1])
    assert plan.reasons == ("2 stations are kept; 1 is allowed.",)


def test_questions_without_sense_are_refused():
    with pytest.raises(PlacementError, match="p-median needs a number of stations"):
        place_on(pairs(ROAD), goal=Goal.P_MEDIAN)
    with pytest.raises(PlacementError, match="min_share of 1"):
        place_on(pairs(ROAD), goal=Goal.SET_COVERING, min_share=0.5, then=SecondGoal.P_MEDIAN)
    with pytest.raises(PlacementError, match="no second goal 'p-center'"):
        place(None, goal="set-covering", then="p-center")  # type: ignore[arg-type]


# --- the fewest stations, then the nearest -------------------------------------------------------


def test_of_the_fewest_stations_those_with_the_least_driving_are_taken():
    # A alone or B and C cover all; of the single ones A drives 90 + 90, D 80 + 70
    table = [[90, 10, 500, 80], [90, 500, 10, 70]]
    plan = place_on(pairs(table, within_s=100), goal=Goal.SET_COVERING, then=SecondGoal.P_MEDIAN)
    assert (plan.stations.tolist(), plan.objective, plan.bound) == ([3], 1, 1)
    assert plan.then is not None
    assert (plan.then.goal, plan.then.objective, plan.then.bound) == ("p-median", 150, 150)
    assert plan.then.gap == 0


def test_what_is_wrong_in_a_second_objective_is_told():
    near = pairs([[90, 80]])
    plan = place_on(near, goal=Goal.SET_COVERING, then=SecondGoal.P_MEDIAN)
    wrong = replace(plan, then=Then(goal=SecondGoal.P_MEDIAN, objective=70, bound=85))
    assert check_plan(wrong, near) == [
        "the second objective is 80.0, not 70.",
        "the second bound 85 is passed by the objective 80.0.",
    ]


def test_a_plan_that_does_not_reach_all_has_no_finite_objective():
    near = pairs([[90, 80], [INF, 50]])
    plan = place_on(near, goal=Goal.P_MEDIAN, stations=1)
    wrong = replace(plan, stations=np.array([0], dtype=np.int32))
    assert any("the objective is inf" in sentence for sentence in check_plan(wrong, near))


# --- against every plan there is -----------------------------------------------------------------


def random_table(rng: np.random.Generator) -> tuple[np.ndarray, dict[str, object]]:
    """Up to 13 needs and 9 sites, with ties, drives of 0 s, gaps, weights of 0, kept and excluded sites."""
    n, m = rng.integers(0, 14), rng.integers(1, 10)
    time_s = rng.integers(0, 60, (n, m)) * 10.0
    time_s[rng.random((n, m)) < rng.choice([0, 0.3, 0.6])] = INF
    marks = rng.choice(list("----kx"), m)
    how = {
        "weight": rng.choice([0, 0.5, 1, 2, 7.3], n),
        "kept": np.flatnonzero(marks == "k"),
        "excluded": np.flatnonzero(marks == "x"),
    }
    return time_s, how


@pytest.mark.parametrize("seed", range(120))
def test_plans_are_as_good_as_the_best_of_every_plan(seed):
    rng = np.random.default_rng(seed)
    time_s, how = random_table(rng)
    stations, within_s = int(rng.integers(0, 6)), 200.0
    for cover_all in (False, True):
        best = oracles.best_drives(
            time_s,
            how["weight"],
            stations,
            kept=how["kept"],
            excluded=how["excluded"],
            cover_within_s=within_s if cover_all else None,
        )
        for goal, right in zip(P_MODELS, best, strict=True):
            plan = chosen(time_s, goal, stations, within_s=within_s, cover_all=cover_all, **how)
            if right == INF:
                assert plan.status is Status.INFEASIBLE
                assert plan.objective is None
            else:
                assert plan.status is Status.OPTIMAL
                assert plan.objective == pytest.approx(right, rel=1e-12)
                assert plan.stations.size <= stations


@pytest.mark.parametrize("seed", range(80))
def test_the_nearest_of_the_fewest_are_as_good_as_the_best_of_every_plan(seed):
    time_s, how = random_table(np.random.default_rng(seed))
    near = pairs(time_s, within_s=200, **how)
    plan = place_on(near, goal=Goal.SET_COVERING, then=SecondGoal.P_MEDIAN)
    assert check_plan(plan, near) == []
    fewest = place_on(near, goal=Goal.SET_COVERING).stations.size
    assert plan.stations.size == fewest
    within = np.where(time_s <= 200, time_s, INF)
    best, _ = oracles.best_drives(
        within, how["weight"], fewest, kept=how["kept"], excluded=how["excluded"]
    )
    assert plan.then is not None
    assert plan.then.objective == plan.then.bound == pytest.approx(best, rel=1e-12)


# --- the pieces ----------------------------------------------------------------------------------


def random_rows(rng: np.random.Generator) -> Ranked:
    time_s = rng.integers(0, 9, (rng.integers(1, 12), 7)) * 10.0
    time_s[rng.random(time_s.shape) < 0.3] = INF
    time_s[:, 6] = np.where(np.isfinite(time_s).any(axis=1), time_s[:, 6], 5.0)
    return ranked(pairs(time_s, weight=rng.integers(0, 4, len(time_s))))[0]


def every_choice(rows: Ranked, n_columns: int) -> list[np.ndarray]:
    marks = ((number >> np.arange(rows.n_columns)) & 1 for number in range(2**rows.n_columns))
    plans = [np.flatnonzero(mark).astype(np.int32) for mark in marks]
    kept = set(np.flatnonzero(rows.is_kept).tolist())
    return [p for p in plans if p.size <= n_columns and kept <= set(p.tolist())]


@pytest.mark.parametrize("seed", range(40))
def test_a_ladder_costs_what_its_rows_cost_and_a_plan_may_stand_on_it(seed):
    rng = np.random.default_rng(seed)
    rows = random_rows(rng)
    rungs = ladder(rows)
    for columns in every_choice(rows, 7):
        served = rows.served(columns)
        above = rungs.above(served)
        x = np.concatenate([np.isin(np.arange(rows.n_columns), columns), above]).astype(float)
        may_stand = (rungs.first @ x >= 1).all() and (rungs.further @ x >= 0).all()
        assert may_stand == np.isfinite(served).all()
        if may_stand:
            assert rungs.base + rungs.step @ above == pytest.approx(served.sum())


@pytest.mark.parametrize("seed", range(40))
def test_prices_bound_every_plan_and_never_shut_out_a_better_one(seed):
    rng = np.random.default_rng(seed)
    rows, n_columns = random_rows(rng), int(rng.integers(1, 5))
    rows = replace(rows, is_kept=rng.random(rows.n_columns) < 0.1)
    plans = [p for p in every_choice(rows, n_columns) if np.isfinite(rows.total(p))]
    best = min(map(rows.total, plans), default=INF)
    first = rng.random(rows.n_rows) * 50
    prices = cheapest_bound(
        rows, n_columns, found=min(best, 1e3), n_steps=30, until_s=INF, first=first
    )
    if plans:
        assert prices.bound <= best
        less = best + rng.integers(0, 30)
        may_be_in, must_be_in = in_cheaper(rows, prices, n_columns, less)
        for plan in plans:
            if rows.total(plan) <= less and plan.size == n_columns:
                is_in = np.isin(np.arange(rows.n_columns), plan)
                assert may_be_in[is_in].all()
                assert is_in[must_be_in].all()


@pytest.mark.parametrize("seed", range(60))
def test_a_tree_finds_the_best_of_every_choice_or_that_there_is_no_better_one(seed):
    rng = np.random.default_rng(seed)
    rows, n_columns = random_rows(rng), int(rng.integers(1, 5))
    rows = replace(rows, is_kept=rng.random(rows.n_columns) < 0.1)
    best = min(map(rows.total, every_choice(rows, n_columns)), default=INF)
    ways = {"step": 1.0, "max_nodes": 10_000, "until_s": INF}
    first = rng.random(rows.n_rows) * 50
    if rows.is_kept.sum() > n_columns or best == INF:
        return
    found = search_tree(rows, n_columns, price=first, cost=best + 25.0, **ways)
    assert found.columns is not None
    assert rows.total(found.columns) == found.bound == best
    assert found.columns.size <= n_columns
    none = search_tree(rows, n_columns, price=first, cost=best, **ways)
    assert (none.columns, none.bound) == (None, best)
    cut_short = search_tree(
        rows, n_columns, price=first, cost=best + 25.0, step=1.0, max_nodes=1, until_s=INF
    )
    assert cut_short.bound <= best


MEDIANS = {1: 28241, 2: 21401, 3: 16468}
"""By seed, from the model with a variable for each pair given whole to SciPy's solver."""


@pytest.mark.parametrize("few", [0, 1000])
def test_tree_and_solver_prove_the_same(few, monkeypatch):
    monkeypatch.setattr("planner.placement._cheapest.FEW_COLUMNS", few)
    for seed, stations in ((1, 4), (2, 7), (3, 12)):
        reach = pairs(square(150, 40, seed=seed))
        plan = place_on(reach, goal=Goal.P_MEDIAN, stations=stations)
        assert check_plan(plan, reach) == []
        assert (plan.status, plan.objective) == ("optimal", MEDIANS[seed])


def test_behind_a_kept_site_no_other_is_looked_at():
    rows, site = ranked(pairs([[10, 20, 30], [30, 20, 10]], kept=[1], excluded=[0]))
    assert site.tolist() == [1, 2]
    assert [
        rows.column[a:b].tolist() for a, b in zip(rows.indptr, rows.indptr[1:], strict=False)
    ] == [
        [0],
        [1, 0],
    ]


# --- towns of the usual size ---------------------------------------------------------------------


def square(n_needs: int, n_sites: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    needs, sites = rng.random((n_needs, 2)), rng.random((n_sites, 2))
    return np.rint(1000 * np.hypot(*(needs[:, None] - sites[None]).transpose(2, 0, 1)))


def test_equal_questions_give_equal_plans():
    table = square(200, 60)
    for goal in P_MODELS:
        one, two = (chosen(table, goal, 8) for _ in range(2))
        assert one.stations.tolist() == two.stations.tolist()
        assert one.bound == two.bound


def test_where_the_guard_strikes_there_is_a_plan_a_gap_and_a_word_about_it():
    reach = pairs(square(300, 80))
    for goal in P_MODELS:
        plan = place_on(reach, goal=goal, stations=6, time_limit_s=1e-9)
        assert plan.status is Status.FEASIBLE
        assert plan.stopped_by == "time"
        assert 0 <= plan.bound < plan.objective
        assert check_plan(plan, reach) == []


def fewest_within(table: np.ndarray, longest_s: float) -> float:
    """How many stations it takes to serve everybody in so much time: one model for SciPy, unreduced."""
    found = milp(
        np.ones(table.shape[1]),
        constraints=LinearConstraint((table <= longest_s).astype(float), lb=1),
        integrality=np.ones(table.shape[1]),
        bounds=Bounds(0, 1),
    )
    return math.inf if found.status == 2 else round(found.fun)


def test_a_second_less_takes_a_station_more():
    table = square(500, 250) * 20
    plan = chosen(table, Goal.P_CENTER, 30)
    assert plan.status is Status.OPTIMAL
    assert fewest_within(table, plan.objective) <= 30
    assert fewest_within(table, plan.objective - 1) > 30


def test_no_station_of_a_plan_can_be_swapped_for_less_driving():
    table = square(300, 50, seed=3)
    plan = chosen(table, Goal.P_MEDIAN, 7)
    for leaving in plan.stations:
        rest = np.setdiff1d(plan.stations, [leaving])
        for coming in range(50):
            drives = table[:, [*rest, coming]].min(axis=1).sum()
            assert drives >= plan.objective
