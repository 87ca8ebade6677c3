"""Laws that every plan keeps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.coverage import Coverage
from planner.placement import place_on
from planner.plan import Status, check_plan, drives_in_all
from planner.scenario import Goal, SecondGoal

P_MODELS = (Goal.P_MEDIAN, Goal.P_CENTER)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    """Coverages of up to 14 sites and 25 needs, of all shapes, some sites kept and some excluded."""
    n_sites, n_needs = draw(st.integers(0, 14)), draw(st.integers(0, 25))
    rows = [
        sorted(draw(st.sets(st.integers(0, n_sites - 1), max_size=6))) if n_sites else []
        for _ in range(n_needs)
    ]
    n_pairs = sum(map(len, rows))
    times = st.lists(st.integers(0, 300), min_size=n_pairs, max_size=n_pairs)
    weights = st.lists(st.sampled_from([0, 0.5, 1, 2, 7]), min_size=n_needs, max_size=n_needs)
    marks = np.array(
        draw(st.lists(st.sampled_from("---kx"), min_size=n_sites, max_size=n_sites)), dtype="U1"
    )
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array([site for row in rows for site in row], dtype=np.int32),
        time_s=np.array(draw(times), dtype=np.float64),
        weight=np.array(draw(weights), dtype=np.float64),
        n_sites=n_sites,
        is_kept=marks == "k",
        is_excluded=marks == "x",
    )


def covered(coverage: Coverage, is_covered: np.ndarray) -> float:
    return math.fsum(coverage.weight[is_covered])


def shuffled(coverage: Coverage, seed: int) -> Coverage:
    """The same coverage with needs and sites in another order."""
    rng = np.random.default_rng(seed)
    need, place = rng.permutation(coverage.n_needs), rng.permutation(coverage.n_sites)
    rows = []
    for i in need:
        pairs = slice(coverage.indptr[i], coverage.indptr[i + 1])
        rows.append(sorted(zip(place[coverage.site[pairs]], coverage.time_s[pairs], strict=True)))
    back = np.argsort(place)
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array([site for row in rows for site, _ in row], dtype=np.int32),
        time_s=np.array([time_s for row in rows for _, time_s in row], dtype=np.float64),
        weight=coverage.weight[need],
        n_sites=coverage.n_sites,
        is_kept=coverage.is_kept[back],
        is_excluded=coverage.is_excluded[back],
    )


def within(coverage: Coverage, standard_s: float) -> Coverage:
    """The pairs of a coverage that are at most so far apart."""
    is_near = coverage.time_s <= standard_s
    need = np.repeat(np.arange(coverage.n_needs), np.diff(coverage.indptr))[is_near]
    return replace(
        coverage,
        indptr=np.searchsorted(need, np.arange(coverage.n_needs + 1)).astype(np.int64),
        site=coverage.site[is_near],
        time_s=coverage.time_s[is_near],
    )


def best(coverage: Coverage, goal: Goal, stations: int, **how: bool) -> float:
    """What a p-median or p-center of at most so many stations achieves; infinite where none does."""
    near = within(coverage, 150)
    plan = place_on(near, goal=goal, reach=coverage, stations=stations, **how)
    assert check_plan(plan, near, coverage) == []
    assert plan.bound == plan.objective  # small ones are proven, or none both
    return math.inf if plan.objective is None else plan.objective


@given(coverages(), st.sampled_from(P_MODELS), st.integers(0, 8), st.booleans())
def test_more_stations_never_make_drives_longer(coverage, goal, stations, cover_all):
    few, many = (best(coverage, goal, stations + more, cover_all=cover_all) for more in (0, 1))
    assert many <= few


@given(coverages(), st.sampled_from(P_MODELS), st.integers(0, 8))
def test_a_further_rule_never_makes_drives_shorter(coverage, goal, stations):
    assert best(coverage, goal, stations) <= best(coverage, goal, stations, cover_all=True)


@given(coverages(), st.integers(0, 8), st.sampled_from([2, 8, 0.5]))
def test_weights_scale_drives_in_all_and_leave_the_longest_alone(coverage, stations, factor):
    scaled = replace(coverage, weight=coverage.weight * factor)
    assert best(scaled, Goal.P_MEDIAN, stations) == factor * best(coverage, Goal.P_MEDIAN, stations)
    assert best(scaled, Goal.P_CENTER, stations) == best(coverage, Goal.P_CENTER, stations)


@given(coverages(), st.integers(0, 2**32), st.sampled_from(P_MODELS), st.integers(0, 8))
def test_the_order_of_needs_and_sites_changes_no_drives(coverage, seed, goal, stations):
    assert best(shuffled(coverage, seed), goal, stations) == best(coverage, goal, stations)


@given(coverages())
def test_the_second_goal_takes_no_more_stations_and_no_longer_drives(coverage):
    plain = place_on(coverage, goal=Goal.SET_COVERING)
    nearest = place_on(coverage, goal=Goal.SET_COVERING, then=SecondGoal.P_MEDIAN)
    assert check_plan(nearest, coverage) == []
    assert (nearest.objective, nearest.bound) == (plain.objective, plain.bound)
    assert nearest.then.bound == nearest.then.objective <= drives_in_all(coverage, plain.stations)


@given(coverages(), st.sampled_from(list(Goal)), st.integers(0, 8), st.sampled_from([0.5, 0.9, 1]))
def test_a_plan_says_what_follows_from_its_stations(coverage, goal, stations, share):
    plan = place_on(coverage, goal=goal, stations=stations, min_share=share)
    assert check_plan(plan, coverage) == []


@given(coverages(), st.integers(0, 8), st.sampled_from([0.5, 0.9, 1]))
def test_no_bound_is_worse_than_the_objective(coverage, stations, share):
    fewest = place_on(coverage, goal=Goal.SET_COVERING, min_share=share)
    assert fewest.bound <= fewest.objective
    most = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations)
    assert most.status is Status.INFEASIBLE or most.bound >= most.objective


@given(coverages(), st.integers(0, 8))
def test_more_stations_never_cover_less(coverage, stations):
    few = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations)
    many = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations + 1)
    assert covered(coverage, few.is_covered) <= covered(coverage, many.is_covered)


@given(coverages())
def test_a_smaller_share_never_takes_more_stations(coverage):
    numbers = [
        place_on(coverage, goal=Goal.SET_COVERING, min_share=share).stations.size
        for share in (0.0, 0.4, 0.8, 0.95, 1.0)
    ]
    assert numbers == sorted(numbers)


@given(coverages())
def test_the_fewest_stations_for_all_cover_all_and_one_fewer_never_do(coverage):
    fewest = place_on(coverage, goal=Goal.SET_COVERING)
    n = fewest.stations.size
    assert fewest.is_covered.tolist() == coverage.is_coverable.tolist()
    total = covered(coverage, coverage.is_coverable)
    assert place_on(coverage, goal=Goal.MAX_COVERING, stations=n).objective == total
    limited = place_on(coverage, goal=Goal.SET_COVERING, stations=max(n - 1, 0))
    assert limited.status == ("infeasible" if n else "optimal")


@given(coverages(), st.integers(0, 2**32), st.integers(0, 8))
def test_the_order_of_needs_and_sites_changes_no_objective(coverage, seed, stations):
    other = shuffled(coverage, seed)
    for goal, share in (
        (Goal.SET_COVERING, 1.0),
        (Goal.SET_COVERING, 0.8),
        (Goal.MAX_COVERING, 1.0),
    ):
        one = place_on(coverage, goal=goal, stations=stations, min_share=share)
        two = place_on(other, goal=goal, stations=stations, min_share=share)
        assert (one.objective, one.bound, one.status) == (two.objective, two.bound, two.status)


@given(coverages(), st.integers(0, 2**32))
def test_the_order_of_needs_changes_no_stations(coverage, seed):
    order = np.random.default_rng(seed).permutation(coverage.n_needs)
    length = np.diff(coverage.indptr)[order]
    pairs = [np.arange(coverage.indptr[i], coverage.indptr[i + 1]) for i in order]
    pair = np.concatenate([np.zeros(0, dtype=np.int64), *pairs])
    other = Coverage(
        indptr=np.concatenate([[0], np.cumsum(length)]),
        site=coverage.site[pair],
        time_s=coverage.time_s[pair],
        weight=coverage.weight[order],
        n_sites=coverage.n_sites,
        is_kept=coverage.is_kept,
        is_excluded=coverage.is_excluded,
    )
    one, two = (place_on(c, goal=Goal.SET_COVERING) for c in (coverage, other))
    assert one.stations.size == two.stations.size


@given(coverages(), st.integers(0, 8))
def test_a_kept_station_less_never_covers_less(coverage, stations):
    free = Coverage(
        indptr=coverage.indptr,
        site=coverage.site,
        time_s=coverage.time_s,
        weight=coverage.weight,
        n_sites=coverage.n_sites,
        is_kept=np.zeros(coverage.n_sites, dtype=bool),
        is_excluded=coverage.is_excluded,
    )
    bound_to = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations)
    if bound_to.status is not Status.INFEASIBLE:
        most = place_on(free, goal=Goal.MAX_COVERING, stations=stations)
        assert most.objective >= bound_to.objective
    assert (
        place_on(free, goal=Goal.SET_COVERING).objective
        <= place_on(coverage, goal=Goal.SET_COVERING).objective
    )
