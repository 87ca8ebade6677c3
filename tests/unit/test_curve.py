"""The curve on towns small enough to work out by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.placement import curve_of, place_on
from planner.placement._bounds import Prices, in_every_heavier, in_heavier, most_by_number
from planner.placement._reduce import Rows
from planner.plan import planned
from planner.scenario import Goal


def near(
    *rows: str,
    weight: Sequence[float] | None = None,
    kept: str = "",
    excluded: str = "",
    n_sites: int | None = None,
) -> Coverage:
    """A coverage from the letters of the sites that cover each need, each 60 s away."""
    pairs = [ord(site) - 65 for row in rows for site in sorted(row)]
    marks = [chr(65 + site) for site in range(n_sites or max(pairs, default=-1) + 1)]
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array(pairs, dtype=np.int32),
        time_s=np.full(len(pairs), 60.0),
        weight=np.ones(len(rows)) if weight is None else np.array(weight, dtype=np.float64),
        n_sites=len(marks),
        is_kept=np.array([mark in kept for mark in marks], dtype=bool),
        is_excluded=np.array([mark in excluded for mark in marks], dtype=bool),
    )


def letters(curve) -> list[str]:
    return ["".join(chr(65 + site) for site in chosen) for chosen in curve.stations]


def test_plans_of_neighbouring_numbers_need_not_be_nested():
    # A covers four needs, B and C three each; B and C together all six: the best two are without the best one
    curve = curve_of(near("AB", "AB", "AC", "AC", "B", "C"))
    assert letters(curve) == ["A", "BC"]
    assert curve.covered_weight.tolist() == curve.bound.tolist() == [4, 6]
    assert curve.gain.tolist() == [4, 2]
    assert curve.gap.tolist() == [0, 0]
    assert curve.status == ("optimal", "optimal")
    assert (curve.n_for_all, curve.n_for_all_bound) == (2, 2)


def test_shares_are_of_all_and_of_what_can_be_covered():
    # 10 of 16 can be covered
    curve = curve_of(near("A", "B", "", weight=[7, 3, 6]))
    assert curve.share_covered.tolist() == [7 / 16, 10 / 16]
    assert curve.share_of_coverable.tolist() == [0.7, 1]
    assert curve.share_bound.tolist() == [7 / 16, 10 / 16]
    assert (curve.weight, curve.coverable_weight) == (16, 10)


def test_kept_stations_are_in_every_plan_and_the_curve_begins_with_them():
    curve = curve_of(near("A", "B", "C", "D", weight=[1, 1, 5, 3], kept="AB"))
    assert curve.n_stations.tolist() == [2, 3, 4]
    assert letters(curve) == ["AB", "ABC", "ABCD"]
    assert curve.gain.tolist() == [2, 5, 3]  # the first: all that it covers


def test_excluded_sites_are_never_stations():
    curve = curve_of(near("A", "AB", "AC", weight=[9, 2, 1], excluded="A"))
    assert letters(curve) == ["B", "BC"]
    assert curve.coverable_weight == 3


def test_needs_that_weigh_nothing_need_no_station():
    curve = curve_of(near("A", "B", weight=[1, 0]))
    assert letters(curve) == ["A"]
    assert curve.n_for_all == 1


@pytest.mark.parametrize(
    "coverage",
    [near(), near("", ""), near("A", excluded="A"), near("A", weight=[0]), near("", n_sites=3)],
)
def test_where_nothing_can_be_covered_one_point_says_so(coverage):
    curve = curve_of(coverage)
    assert curve.n_stations.tolist() == [1]
    assert curve.covered_weight.tolist() == curve.bound.tolist() == [0]
    assert letters(curve) == [""]
    assert (curve.n_for_all, curve.n_for_all_bound) == (0, 0)


def test_shares_are_of_more_where_some_demand_is_no_need():
    curve = curve_of(near("A", "B", weight=[7, 3]), weight=20.0)
    assert curve.share_covered.tolist() == [7 / 20, 10 / 20]
    assert curve.share_bound.tolist() == [7 / 20, 10 / 20]
    assert curve.share_of_coverable.tolist() == [0.7, 1]


def test_however_little_a_need_weighs_all_is_not_covered_without_it():
    # a centimetre of 10,000 km of road is less than the rounding of sums that plans are compared with
    curve = curve_of(near("A", "B", weight=[1e7, 0.01]))
    assert letters(curve) == ["A", "AB"]
    assert (curve.n_for_all, curve.n_for_all_bound) == (2, 2)


def test_without_any_weight_all_of_it_is_covered():
    assert curve_of(near("A", weight=[0])).share_covered.tolist() == [1]


def test_a_last_number_cuts_the_curve_or_goes_on_where_more_covers_no_more():
    coverage = near("A", "B", "C", "AC", weight=[3, 2, 1, 0])
    assert curve_of(coverage, stations=2).covered_weight.tolist() == [3, 5]
    assert curve_of(coverage, stations=2).n_for_all == 3
    assert curve_of(coverage, at_least=2).n_stations.tolist() == [1, 2, 3]
    kept = near("A", "AB", "AC", kept="A")  # A covers all
    assert curve_of(kept).n_stations.tolist() == [1]
    assert curve_of(kept, at_least=3).covered_weight.tolist() == [3, 3, 3]


def test_the_curve_ends_where_every_site_is_a_station():
    coverage = near("A", "B", "C", excluded="C")
    assert curve_of(coverage, stations=50).n_stations.tolist() == [1, 2]
    assert curve_of(coverage, at_least=50).n_stations.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("kept", "last", "said"),
    [
        ("AB", 1, "begins with 2 stations (those kept); it can't end with 1"),
        ("", 0, "begins with 1 station; it can't end with 0"),
    ],
)
def test_an_end_before_the_beginning_is_refused(kept, last, said):
    with pytest.raises(PlacementError) as error:
        curve_of(near("A", "B", "C", kept=kept), stations=last)
    assert said in str(error.value)


def test_a_site_both_kept_and_excluded_is_refused():
    with pytest.raises(PlacementError, match="both kept and excluded"):
        curve_of(near("A", kept="A", excluded="A"))


def test_a_known_plan_and_its_bound_are_taken():
    # D covers less than B and is no column of the core: the plan AD is worth AB
    coverage = near("A", "BD", "B", "C", weight=[4, 2, 1, 1])
    known = planned(coverage, np.array([0, 3], dtype=np.int32), goal=Goal.MAX_COVERING, bound=7.0)
    assert curve_of(coverage, plan=known).covered_weight.tolist() == [4, 7, 8]
    late = curve_of(coverage, plan=known, time_limit_s=0.0)
    assert late.covered_weight[1] == late.bound[1] == 7


def test_a_curve_stopped_by_time_has_plans_and_bounds_of_every_number():
    rng = np.random.default_rng(3)
    rows = ["".join(chr(65 + s) for s in rng.choice(20, 3, replace=False)) for _ in range(60)]
    curve = curve_of(near(*rows), stations=4, time_limit_s=0.0)
    assert curve.stopped_by == "time"
    assert curve.n_stations.tolist() == [1, 2, 3, 4]
    assert (curve.covered_weight > 0).all()
    best = place_on(near(*rows), goal=Goal.MAX_COVERING, stations=4)
    assert curve.covered_weight[-1] <= best.objective <= curve.bound[-1]
    assert set(curve.status) == {"feasible"}


def test_the_table_has_a_row_for_each_number():
    table = curve_of(near("A", "B", "", weight=[7, 3, 6])).to_frame()
    assert table.to_dict("list") == {
        "n_stations": [1, 2],
        "covered_weight": [7, 10],
        "share_covered": [7 / 16, 10 / 16],
        "share_of_coverable": [0.7, 1.0],
        "gain": [7, 3],
        "bound": [7, 10],
        "gap": [0, 0],
        "status": ["optimal", "optimal"],
    }


# --- what prices tell -----------------------------------------------------------------------------


def priced() -> tuple[Rows, Prices]:
    """Three rows of weight 4, 2, 1, each under a column of its own, sold for half their weight."""
    rows = Rows(
        indptr=np.arange(4, dtype=np.int64),
        column=np.arange(3, dtype=np.int32),
        weight=np.array([4.0, 2.0, 1.0]),
        n_columns=3,
    )
    price = rows.weight / 2
    return rows, Prices(bound=5.5, price=price, score=price)


def test_prices_bound_every_number_of_columns():
    # what is kept of the weights, 3.5, and the highest scores of 2, 1, 0.5
    bounds = most_by_number(*priced())
    assert bounds.tolist() == pytest.approx([3.5, 5.5, 6.5, 7], rel=1e-8)
    assert (bounds >= [3.5, 5.5, 6.5, 7]).all()


def test_a_column_is_in_every_heavier_plan_where_the_others_cannot_make_up_for_it():
    # one column: without the first at most 3.5 + 1 = 4.5; with the second in it at most 5.5 - (2 - 1) = 4.5
    _, prices = priced()
    assert in_every_heavier(prices, 1, 4.6).tolist() == [True, False, False]
    assert in_every_heavier(prices, 1, 4.5).tolist() == [False, False, False]
    assert in_heavier(prices, 1, 4.6).tolist() == [True, False, False]
    assert in_every_heavier(prices, 3, 100.0).tolist() == [False, False, False]


def test_the_gap_is_a_share_of_what_is_covered_and_none_is_optimal():
    proven = curve_of(near("A", "B", "", weight=[7, 3, 6]))
    curve = dataclasses.replace(proven, bound=np.array([8.75, 10]))
    assert curve.gap.tolist() == [0.25, 0]
    assert curve.status == ("feasible", "optimal")
    assert curve.share_bound.tolist() == [8.75 / 16, 10 / 16]
