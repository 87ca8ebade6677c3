"""Coverage: which needs which sites cover."""

from __future__ import annotations

import numpy as np
import towns

from planner.coverage import coverage_of
from planner.drivetimes import DriveTimes, needs_of

STANDARD_S = 300.0


def times(*triplets, n_demand, n_sites, weight=None, **flags):
    """Return drive times; a triplet is (demand, site, seconds)."""
    in_order = sorted(triplets, key=lambda t: (t[1], t[0]))
    need, site, time_s = np.array(in_order, dtype=float).reshape(-1, 3).T
    demand = towns.demand_at(*[(0, i) for i in range(n_demand)], weight=weight)
    return DriveTimes(
        need=need.astype(np.int32),
        site=site.astype(np.int32),
        time_s=time_s,
        needs=needs_of(demand, fleet="all", max_drive_time_s=STANDARD_S),
        demand=demand,
        sites=towns.sites_at(*[(0, j) for j in range(n_sites)], **flags),
    )


def rows(cover):
    bounds = zip(cover.indptr[:-1], cover.indptr[1:], strict=True)
    return [list(zip(cover.site[a:b], cover.time_s[a:b], strict=True)) for a, b in bounds]


def test_a_drive_of_exactly_the_standard_covers():
    cover = coverage_of(times((0, 0, STANDARD_S), n_demand=1, n_sites=1))
    assert rows(cover) == [[(0, 300)]]


def test_a_tick_more_does_not():
    cover = coverage_of(times((0, 0, STANDARD_S + 2.0**-20), n_demand=1, n_sites=1))
    assert rows(cover) == [[]]


def test_a_drive_of_no_time_covers():
    assert rows(coverage_of(times((0, 0, 0.0), n_demand=1, n_sites=1))) == [[(0, 0)]]


def test_where_nobody_reaches_anything_nothing_is_covered():
    cover = coverage_of(times(n_demand=2, n_sites=1))
    assert rows(cover) == [[], []]
    assert not cover.is_coverable.any()


def test_rows_are_needs_and_sites_ascend_in_each():
    cover = coverage_of(
        times((2, 0, 50), (0, 0, 10), (2, 3, 40), (0, 1, 5), (0, 3, 400), n_demand=4, n_sites=4)
    )
    assert rows(cover) == [[(0, 10), (1, 5)], [], [(0, 50), (3, 40)], []]
    assert (cover.n_needs, cover.n_sites) == (4, 4)


def test_existing_and_required_sites_are_kept():
    cover = coverage_of(
        times(
            (0, 0, 1),
            n_demand=1,
            n_sites=3,
            is_existing=[1, 0, 0],
            is_required=[0, 1, 0],
            is_excluded=[0, 0, 1],
        )
    )
    assert cover.is_kept.tolist() == [True, True, False]
    assert cover.is_excluded.tolist() == [False, False, True]


def test_a_need_is_coverable_where_a_site_that_is_not_excluded_is_near():
    cover = coverage_of(
        times((0, 0, 1), (1, 1, 1), (2, 0, 1), (2, 1, 1), n_demand=4, n_sites=2, is_excluded=[0, 1])
    )
    assert cover.is_coverable.tolist() == [True, False, True, False]


def test_weights_are_those_of_demand():
    cover = coverage_of(times((0, 0, 1), n_demand=2, n_sites=1, weight=[2.5, 0]))
    assert cover.weight.tolist() == [2.5, 0]
