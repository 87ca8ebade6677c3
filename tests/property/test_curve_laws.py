"""Laws that every curve keeps, and brute force over all numbers of stations."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.coverage import Coverage
from planner.placement import curve_of, place_on
from planner.scenario import Goal

curve_module = sys.modules["planner.placement.curve"]


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    """Coverages of up to 9 sites and 18 needs: weights of 0, ties, fractions; sites kept and excluded."""
    n_sites, n_needs = draw(st.integers(0, 9)), draw(st.integers(0, 18))
    site = st.integers(0, max(n_sites - 1, 0))
    rows = [sorted(draw(st.sets(site, max_size=5))) if n_sites else [] for _ in range(n_needs)]
    weights = st.sampled_from([0, 1, 1, 2, 7, 0.25, 1 / 3])
    marks = np.array([draw(st.sampled_from("-----kx")) for _ in range(n_sites)], dtype="U1")
    return coverage_of_rows(rows, [draw(weights) for _ in rows], n_sites, marks)


def coverage_of_rows(rows, weight, n_sites, marks) -> Coverage:
    pairs = [site for row in rows for site in row]
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array(pairs, dtype=np.int32),
        time_s=np.full(len(pairs), 60.0),
        weight=np.array(weight, dtype=np.float64),
        n_sites=n_sites,
        is_kept=marks == "k",
        is_excluded=marks == "x",
    )


def town_of(seed: int, *, n_sites: int, n_needs: int) -> Coverage:
    """Needs and sites in a square, each need covered by the sites near by."""
    rng = np.random.default_rng(seed)
    sites, needs = rng.random((n_sites, 2)), rng.random((n_needs, 2))
    near = np.linalg.norm(needs[:, None] - sites[None], axis=2) < 0.14
    weight = rng.integers(1, 30, n_needs)
    return coverage_of_rows(
        [np.flatnonzero(row).tolist() for row in near],
        weight,
        n_sites,
        np.full(n_sites, "-", dtype="U1"),
    )


def weight_with(coverage: Coverage, stations: set[int]) -> float:
    rows = np.split(coverage.site, coverage.indptr[1:-1]) if coverage.n_needs else []
    return math.fsum(
        weight
        for row, weight in zip(rows, coverage.weight, strict=True)
        if stations & set(row.tolist())
    )


def best_by_force(coverage: Coverage, n: int) -> float:
    """The most weight that n stations cover, all of them tried."""
    kept = set(np.flatnonzero(coverage.is_kept).tolist())
    free = np.flatnonzero(~coverage.is_kept & ~coverage.is_excluded).tolist()
    plans = itertools.combinations(free, min(n - len(kept), len(free)))
    return max(weight_with(coverage, kept | set(plan)) for plan in plans)


@given(coverages())
def test_every_number_of_stations_is_as_good_as_brute_force(coverage):
    curve = curve_of(coverage)
    best = [best_by_force(coverage, n) for n in curve.n_stations.tolist()]
    assert curve.covered_weight.tolist() == pytest.approx(best, rel=1e-12)
    assert set(curve.status) == {"optimal"}
    assert curve.covered_weight[-1] == pytest.approx(curve.coverable_weight, rel=1e-12)
    if curve.n_for_all > curve.n_stations[0]:
        before = curve.covered_weight[curve.n_stations == curve.n_for_all - 1]
        assert before < curve.coverable_weight


@given(coverages(), st.booleans(), st.booleans(), st.booleans())
def test_what_is_told_follows_from_the_stations_and_bounds_hold(
    coverage, is_searched, is_solved, is_each_priced
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curve_module, "BOUND_PAIRS", 3e9 if is_each_priced else 0.0)
        patch.setattr(curve_module, "N_SEARCHED", 150 if is_searched else 0)
        patch.setattr(curve_module, "SOME_PAIRS", 100_000 if is_solved else -1)
        curve = curve_of(coverage)
    kept = set(np.flatnonzero(coverage.is_kept).tolist())
    excluded = set(np.flatnonzero(coverage.is_excluded).tolist())
    for i, n in enumerate(curve.n_stations.tolist()):
        chosen = curve.stations[i].tolist()
        assert chosen == sorted(set(chosen))
        assert len(chosen) <= n
        assert kept <= set(chosen)
        assert not excluded & set(chosen)
        assert curve.covered_weight[i] == pytest.approx(
            weight_with(coverage, set(chosen)), rel=1e-12
        )
        assert curve.bound[i] >= best_by_force(coverage, n) * (1 - 1e-8)
    assert (np.diff(curve.covered_weight) >= 0).all()
    assert (np.diff(curve.bound) >= 0).all()
    assert (curve.bound >= curve.covered_weight).all()
    assert curve.n_stations.tolist() == list(
        range(max(len(kept), 1), int(curve.n_stations[-1]) + 1)
    )


@given(coverages(), st.integers(0, 4))
def test_a_longer_curve_begins_like_a_shorter_one(coverage, more):
    first = max(int(coverage.is_kept.sum()), 1)
    short, long = (curve_of(coverage, stations=first + n) for n in (more, more + 2))
    n = short.n_stations.size
    assert short.covered_weight.tolist() == pytest.approx(long.covered_weight[:n].tolist())
    assert short.n_for_all == long.n_for_all


@given(coverages())
def test_the_curve_ends_where_set_covering_does(coverage):
    weighs = coverage.weight > 0
    rows = np.split(coverage.site, coverage.indptr[1:-1]) if coverage.n_needs else []
    marks = np.where(coverage.is_kept, "k", np.where(coverage.is_excluded, "x", "-"))
    that_weigh = coverage_of_rows(
        [row.tolist() for row, counts in zip(rows, weighs, strict=True) if counts],
        coverage.weight[weighs],
        coverage.n_sites,
        marks,
    )
    fewest = place_on(that_weigh, goal=Goal.SET_COVERING)
    curve = curve_of(coverage)
    assert curve.n_for_all == curve.n_for_all_bound == fewest.stations.size
    assert curve.n_stations[-1] == max(fewest.stations.size, 1)


@settings(max_examples=3)
@given(st.integers(0, 2**32))
def test_every_number_is_as_good_as_max_covering_alone(seed):
    coverage = town_of(seed, n_sites=40, n_needs=300)
    curve = curve_of(coverage, stations=12)
    alone = [
        place_on(coverage, goal=Goal.MAX_COVERING, stations=n) for n in curve.n_stations.tolist()
    ]
    assert curve.covered_weight.tolist() == [plan.objective for plan in alone]
    assert curve.bound.tolist() == [plan.bound for plan in alone]


@pytest.mark.parametrize("bound_pairs", [3e9, 0.0])
@settings(max_examples=2)
@given(st.integers(0, 2**32))
def test_bounds_by_prices_alone_hold_and_are_close(bound_pairs, seed):
    """Prices of each number, and of every fifth one only."""
    coverage = town_of(seed, n_sites=40, n_needs=300)
    best = curve_of(coverage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curve_module, "BOUND_PAIRS", bound_pairs)
        patch.setattr(curve_module, "SOME_PAIRS", -1)  # no solver
        patch.setattr(curve_module, "N_SEARCHED", 0)  # greedy plans
        curve = curve_of(coverage)
    assert (curve.covered_weight <= best.covered_weight).all()
    assert (curve.bound >= best.covered_weight).all()
    assert (curve.bound <= best.covered_weight + 0.05 * curve.weight).all()


@settings(max_examples=2)
@given(st.integers(0, 2**32))
def test_one_solve_with_what_prices_decide_changes_no_optimum(seed):
    """The solver begins from greedy plans and is left only what prices leave open."""
    coverage = town_of(seed, n_sites=45, n_needs=400)
    best = curve_of(coverage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curve_module, "N_SEARCHED", 0)
        curve = curve_of(coverage)
    assert set(best.status) == set(curve.status) == {"optimal"}
    assert curve.covered_weight.tolist() == best.covered_weight.tolist()


def test_equal_inputs_give_equal_curves():
    coverage = town_of(5, n_sites=60, n_needs=500)
    one, two = curve_of(coverage), curve_of(coverage)
    assert [s.tolist() for s in one.stations] == [s.tolist() for s in two.stations]
    assert one.bound.tolist() == two.bound.tolist()
