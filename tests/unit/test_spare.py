"""Stations to spare go where they shorten drives most."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.coverage import Coverage
from planner.placement import max_covering
from planner.placement._spare import with_more_stations
from planner.plan import serve


def coverage_of(times: list[list[float | None]], weight: list[float], excluded=()) -> Coverage:
    """Return the coverage of a table: a row for each need, None where the site is too far."""
    pairs = [(i, j, t) for i, row in enumerate(times) for j, t in enumerate(row) if t is not None]
    n_sites = len(times[0])
    is_excluded = np.isin(np.arange(n_sites), excluded)
    return Coverage(
        indptr=np.cumsum([0, *(sum(t is not None for t in row) for row in times)]),
        site=np.array([j for _, j, _ in pairs], dtype=np.int32),
        time_s=np.array([t for *_, t in pairs], dtype=np.float64),
        weight=np.array(weight, dtype=np.float64),
        n_sites=n_sites,
        is_kept=np.zeros(n_sites, dtype=bool),
        is_excluded=is_excluded,
    )


# Site 0 covers both needs, from 100 s away. Sites 1 and 2 stand at the needs.
THREE = coverage_of([[100, 0, None], [100, None, 10]], weight=[1, 2])


def test_the_site_that_shortens_drives_most_comes_first():
    # site 1 saves 1 x 100 s, site 2 saves 2 x 90 s
    assert with_more_stations(THREE, np.array([0], dtype=np.int32), 2).tolist() == [0, 2]


def test_max_covering_uses_all_stations_allowed_where_they_shorten_drives():
    plan = max_covering(THREE, stations=3)
    assert plan.stations.tolist() == [0, 1, 2]
    assert (plan.objective, plan.bound) == (3.0, 3.0)


def test_a_site_that_shortens_no_drive_is_not_taken():
    nobody_nearer = coverage_of([[100, 100]], weight=[1])
    assert with_more_stations(nobody_nearer, np.array([0], dtype=np.int32), 2).tolist() == [0]


def test_an_excluded_site_is_not_taken():
    closed = coverage_of([[100, 0, 50]], weight=[1], excluded=[1])
    assert with_more_stations(closed, np.array([0], dtype=np.int32), 3).tolist() == [0, 2]


def test_covering_somebody_comes_before_shortening_drives():
    # site 1 covers the second need for the first time; site 2 saves 10,000 x 99 s
    table = [[100, None, 1], [None, 300, None]]
    some = coverage_of(table, weight=[10_000, 1])
    assert with_more_stations(some, np.array([0], dtype=np.int32), 2).tolist() == [0, 1]


@given(st.data())
def test_each_station_added_is_the_one_that_gains_most(data):
    n_needs, n_sites = data.draw(st.integers(1, 6)), data.draw(st.integers(2, 6))
    time = st.one_of(st.none(), st.integers(0, 300).map(float))
    rows = st.lists(time, min_size=n_sites, max_size=n_sites)
    table = data.draw(st.lists(rows, min_size=n_needs, max_size=n_needs))
    weight = data.draw(st.lists(st.integers(0, 9), min_size=n_needs, max_size=n_needs))
    coverage = coverage_of(table, weight)
    n_stations = data.draw(st.integers(1, n_sites))

    def total_s(stations: list[int]) -> float:
        drives = serve(coverage, np.array(stations, dtype=np.int32))[1]
        return float(np.nan_to_num(drives, nan=1e7) @ coverage.weight)

    chosen = [0]
    for _ in range(n_stations - 1):
        best = min(set(range(n_sites)) - set(chosen), key=lambda j: (total_s([*chosen, j]), j))
        if total_s([*chosen, best]) == total_s(chosen):
            break
        chosen.append(best)
    found = with_more_stations(coverage, np.array([0], dtype=np.int32), n_stations)
    assert found.tolist() == sorted(chosen)
    assert total_s(found.tolist()) == pytest.approx(total_s(chosen))


def test_no_plan_of_max_covering_drives_farther_for_a_further_station():
    rng = np.random.default_rng(5)
    table = np.where(rng.random((30, 8)) < 0.6, rng.integers(1, 300, (30, 8)).astype(float), np.nan)
    coverage = coverage_of(
        [[None if np.isnan(t) else float(t) for t in row] for row in table], [1.0] * 30
    )
    plans = [max_covering(coverage, stations=n) for n in range(4, 9)]
    everyone = plans[0].is_covered.sum()
    totals = [p.drive_time_s[p.is_covered].sum() for p in plans if p.is_covered.sum() == everyone]
    assert len(totals) > 2
    assert all(more <= fewer for fewer, more in itertools.pairwise(totals))
