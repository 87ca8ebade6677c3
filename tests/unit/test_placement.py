"""Stations are chosen by the rules, and what is said to be proven is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.placement import greedy_of, place_on
from planner.plan import Plan, check_plan
from planner.scenario import Goal


def town(
    rows: Sequence[dict[int, float]],
    *,
    n_sites: int,
    weight: Sequence[float] | None = None,
    kept: Sequence[int] = (),
    excluded: Sequence[int] = (),
) -> Coverage:
    """A coverage from the drive times of each need, in seconds by site."""
    pairs = [(site, time_s) for row in rows for site, time_s in sorted(row.items())]
    marks = np.arange(n_sites)
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array([site for site, _ in pairs], dtype=np.int32),
        time_s=np.array([time_s for _, time_s in pairs], dtype=np.float64),
        weight=np.ones(len(rows)) if weight is None else np.array(weight, dtype=np.float64),
        n_sites=n_sites,
        is_kept=np.isin(marks, kept),
        is_excluded=np.isin(marks, excluded),
    )


def near(*rows: str, **how: object) -> Coverage:
    """A coverage from the letters of the sites that cover each need, each 60 s away."""
    letters = sorted(set("".join(rows)))
    return town(
        [{ord(site) - 65: 60.0 for site in row} for row in rows],
        n_sites=max([ord(site) - 64 for site in letters], default=0),
        **how,  # type: ignore[arg-type]
    )


def letters(plan: Plan) -> str:
    return "".join(chr(65 + site) for site in plan.stations)


@pytest.mark.parametrize("goal", [g for g in Goal if g is not Goal.ASSESS])
def test_more_stations_than_there_are_sites_may_be_allowed(goal: Goal):
    coverage = near("A", "AB", "C")
    some, many = (place_on(coverage, goal=goal, stations=n) for n in (3, 10**30))
    assert many.stations.tolist() == some.stations.tolist()
    assert (many.objective, many.bound) == (some.objective, some.bound)


# --- greed ----------------------------------------------------------------------------------------


def test_greed_takes_what_covers_most_of_the_rest_and_never_takes_back():
    # A covers four needs, B and C three each; after A two needs are left, one each
    coverage = near("AB", "AB", "AC", "AC", "B", "C")
    assert greedy_of(coverage).tolist() == [0, 1, 2]
    assert greedy_of(coverage, stations=2).tolist() == [0, 1]  # of equal ones the lowest
    assert greedy_of(coverage, stations=0).tolist() == []
    assert greedy_of(near("AB", "AC", weight=[1, 5])).tolist() == [0]
    assert greedy_of(near("AB", "C", "B", weight=[1, 5, 1])).tolist() == [2, 1]


def test_greed_keeps_what_stands_and_leaves_what_is_excluded():
    coverage = near("AB", "AB", "AC", "AC", "B", "C", kept=[2], excluded=[0])
    assert greedy_of(coverage).tolist() == [2, 1]  # C has three of them; B the other three
    assert greedy_of(near("A", kept=[0]), stations=0).tolist() == [0]
    assert greedy_of(near("A", excluded=[0])).tolist() == []
    assert greedy_of(town([{}], n_sites=0)).tolist() == []


# --- set covering --------------------------------------------------------------------------------


def test_greedy_is_not_good_enough():
    # A covers four needs, B and C three each: greedy takes A and needs both others too; B and C are enough
    coverage = near("AB", "AB", "AC", "AC", "B", "C")
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert letters(plan) == "BC"
    assert (plan.status, plan.objective, plan.bound, plan.gap) == ("optimal", 2, 2, 0)


def test_a_ring_of_five_takes_three():
    # every site covers two neighbours of five: two sites cover at most four; the half-and-half bound is 2.5
    plan = place_on(near("AB", "BC", "CD", "DE", "AE"), goal=Goal.SET_COVERING)
    assert (plan.stations.size, plan.status, plan.bound) == (3, "optimal", 3)


def test_kept_stations_count_and_take_part():
    # B stands already and covers what A covers but need 0; C is needed for need 3
    coverage = near("A", "AB", "AB", "C", kept=[1])
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert letters(plan) == "ABC"
    assert plan.objective == 3


def test_a_kept_station_that_covers_nothing_counts():
    coverage = town([{0: 10.0}], n_sites=3, kept=[2])
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert plan.stations.tolist() == [0, 2]
    assert plan.objective == 2


def test_an_excluded_site_is_no_station_and_covers_nobody():
    coverage = near("AB", "AC", "A", excluded=[0])
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert letters(plan) == "BC"
    assert plan.is_covered.tolist() == [True, True, False]  # need 2 had A alone
    assert plan.status == "optimal"


def test_needs_that_nobody_covers_are_set_aside():
    plan = place_on(near("A", "", "A"), goal=Goal.SET_COVERING)
    assert letters(plan) == "A"
    assert plan.station_of.tolist() == [0, -1, 0]
    assert plan.status == "optimal"


def test_needs_of_weight_0_have_to_be_covered_too():
    plan = place_on(near("A", "B", weight=[1, 0]), goal=Goal.SET_COVERING)
    assert letters(plan) == "AB"


@pytest.mark.parametrize(
    ("share", "stations"),
    # weights 6, 3, 1 under A, B, C: A has 6, A and B 9, all 10 of 10
    [(0.0, ""), (0.6, "A"), (0.61, "AB"), (0.9, "AB"), (0.91, "ABC"), (1.0, "ABC")],
)
def test_a_share_is_of_the_coverable_weight_and_exactly_as_much_is_enough(share, stations):
    coverage = near("A", "B", "C", "", weight=[6, 3, 1, 100])
    plan = place_on(coverage, goal=Goal.SET_COVERING, min_share=share)
    assert letters(plan) == stations
    assert (plan.status, plan.bound) == ("optimal", len(stations))


def test_a_share_does_not_creep_over_the_limit():
    # 0.07 x 100 is 7.000000000000001 in floats; 7 is enough
    coverage = near("A", "B", weight=[7, 93], kept=[0])
    assert letters(place_on(coverage, goal=Goal.SET_COVERING, min_share=0.07)) == "A"


def test_a_share_counts_what_kept_stations_cover():
    coverage = near("A", "B", "C", weight=[5, 3, 2], kept=[2])
    # 2 of 10 stand; 7 need A; 8 would need both
    assert letters(place_on(coverage, goal=Goal.SET_COVERING, min_share=0.7)) == "AC"
    assert letters(place_on(coverage, goal=Goal.SET_COVERING, min_share=0.8)) == "ABC"


def test_a_limit_that_is_met_changes_nothing():
    plan = place_on(near("A", "B"), goal=Goal.SET_COVERING, stations=2)
    assert (letters(plan), plan.status) == ("AB", "optimal")


def test_a_limit_below_the_minimum_is_infeasible_and_the_best_there_is_is_given():
    coverage = near("A", "B", "C", weight=[1, 5, 3])
    plan = place_on(coverage, goal=Goal.SET_COVERING, stations=2)
    assert (plan.status, letters(plan)) == ("infeasible", "BC")  # 8 of 9
    assert (plan.objective, plan.bound, plan.gap) == (None, 3, None)
    assert plan.reasons == ("All coverable demand needs at least 3 stations; 2 are allowed.",)
    assert plan.goal == "set-covering"


def test_a_share_beyond_the_limit_says_which_share():
    coverage = near("A", "B", "C", "D")
    plan = place_on(coverage, goal=Goal.SET_COVERING, stations=1, min_share=0.75)
    assert plan.reasons == (
        "A share of 0.75 of the coverable demand needs at least 3 stations; 1 is allowed.",
    )


def test_more_kept_stations_than_allowed_are_infeasible_and_all_stay():
    coverage = near("A", "B", "C", kept=[0, 1])
    for goal in (Goal.SET_COVERING, Goal.MAX_COVERING):
        plan = place_on(coverage, goal=goal, stations=1)
        assert (plan.status, letters(plan), plan.objective) == ("infeasible", "AB", None)
        assert plan.reasons == ("2 stations are kept; 1 is allowed.",)


# --- max covering --------------------------------------------------------------------------------


def test_stations_count_the_kept_ones():
    # E covers 5 and stands; of A (10), B (8) the second may be A alone
    coverage = near("A", "B", "E", weight=[10, 8, 5], kept=[4])
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (letters(plan), plan.objective, plan.bound, plan.status) == ("AE", 15, 15, "optimal")


def test_the_heaviest_single_site_may_be_in_no_best_pair():
    # A covers 6, B and C 5 each and A's rows between them: A with B or C 8 or 9, B with C 10
    coverage = near("AB", "AC", "B", "C", weight=[3, 3, 2, 2])
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (letters(plan), plan.objective) == ("BC", 10)


def test_stations_that_add_no_weight_are_left_out():
    coverage = near("AB", "A", "C", weight=[1, 1, 0])
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=3)
    assert (letters(plan), plan.objective, plan.status) == ("A", 2, "optimal")


def test_no_stations_cover_nothing():
    plan = place_on(near("A", "B"), goal=Goal.MAX_COVERING, stations=0)
    assert (plan.stations.size, plan.objective, plan.bound, plan.gap) == (0, 0, 0, 0)
    assert plan.status == "optimal"


def test_weights_with_decimals_are_proven_too():
    coverage = near("A", "B", "C", weight=[0.1, 0.2, 0.3])
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (letters(plan), plan.objective, plan.status) == ("BC", 0.5, "optimal")


def test_weights_that_are_no_multiples_of_anything_are_proven_too():
    # thirds and sevenths: A 1/3 + 1/7, B 1/3 + 1/11, C 1/7 + 1/11; two of them cover all
    third, seventh, eleventh = 1 / 3, 1 / 7, 1 / 11
    coverage = near("AB", "AC", "BC", weight=[third, seventh, eleventh])
    one = place_on(coverage, goal=Goal.MAX_COVERING, stations=1)
    assert (letters(one), one.objective, one.status) == ("A", third + seventh, "optimal")
    two = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (letters(two), two.status) == ("AB", "optimal")


@pytest.mark.parametrize("heavy", [1e6, 1e9])
def test_a_unit_of_weight_counts_beside_a_heavy_one(heavy):
    # A covers heavy + 3, and B or C 1 more
    coverage = near("AB", "AC", "A", "B", "C", weight=[heavy, 2, 1, 1, 1])
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=2)
    assert (letters(plan), plan.objective, plan.status) == ("AB", heavy + 4, "optimal")
    assert place_on(coverage, goal=Goal.MAX_COVERING, stations=1).objective == heavy + 3


# --- assess --------------------------------------------------------------------------------------


def test_assess_takes_the_stations_that_stand():
    plan = place_on(near("A", "B", "C", kept=[1]), goal=Goal.ASSESS)
    assert letters(plan) == "B"
    assert plan.is_covered.tolist() == [False, True, False]
    assert (plan.status, plan.objective, plan.bound, plan.gap) == ("assessed", None, None, None)


def test_assess_takes_all_sites_but_excluded_ones_where_none_stands():
    plan = place_on(near("A", "B", "C", excluded=[1]), goal=Goal.ASSESS)
    assert letters(plan) == "AC"


# --- ties ----------------------------------------------------------------------------------------


def test_of_equal_covers_the_one_with_less_driving_is_taken():
    # both cover all; A drives 100 + 200 + 290 = 590 s, B 100 + 200 + 250 = 550 s
    coverage = town([{0: 100, 1: 100}, {0: 200, 1: 200}, {0: 290, 1: 250}], n_sites=2)
    assert letters(place_on(coverage, goal=Goal.SET_COVERING)) == "B"
    assert letters(place_on(coverage, goal=Goal.MAX_COVERING, stations=1)) == "B"


def test_driving_counts_by_weight():
    # A drives 3 x 100 + 200 = 500 s, B 3 x 150 + 100 = 550 s, though B is less in sum
    coverage = town([{0: 100, 1: 150}, {0: 200, 1: 100}], n_sites=2, weight=[3, 1])
    assert letters(place_on(coverage, goal=Goal.SET_COVERING)) == "A"


def test_of_equal_driving_the_lowest_positions_are_taken():
    coverage = town([{0: 100, 1: 100}, {0: 200, 1: 200}, {2: 50, 3: 50}], n_sites=4)
    assert letters(place_on(coverage, goal=Goal.SET_COVERING)) == "AC"
    assert letters(place_on(coverage, goal=Goal.MAX_COVERING, stations=2)) == "AC"


def test_a_site_that_covers_no_more_may_be_the_nearer_one():
    # A covers all three, B two of them and nearer: one station has to be A; the reductions drop B, the plan is right
    coverage = town([{0: 200, 1: 10}, {0: 200, 1: 10}, {0: 200}], n_sites=2)
    assert letters(place_on(coverage, goal=Goal.SET_COVERING)) == "A"


def test_a_kept_station_is_not_swapped():
    coverage = town([{0: 100, 1: 1}], n_sites=2, kept=[0])
    assert letters(place_on(coverage, goal=Goal.SET_COVERING)) == "A"


# --- edges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("goal", list(Goal))
def test_no_needs_ask_for_no_stations_but_kept_ones(goal):
    plan = place_on(town([], n_sites=3, kept=[1]), goal=goal, stations=2)
    assert plan.stations.tolist() == [1]
    assert plan.station_of.size == 0


@pytest.mark.parametrize("goal", list(Goal))
def test_no_sites_cover_nobody(goal):
    plan = place_on(town([{}, {}], n_sites=0), goal=goal, stations=2)
    assert plan.stations.size == 0
    assert plan.is_covered.tolist() == [False, False]
    assert plan.status == ("assessed" if goal is Goal.ASSESS else "optimal")


@pytest.mark.parametrize("goal", [Goal.SET_COVERING, Goal.MAX_COVERING])
def test_all_needs_beyond_every_site_ask_for_no_station(goal):
    plan = place_on(town([{}, {}], n_sites=2), goal=goal, stations=2)
    assert (plan.stations.size, plan.objective, plan.status) == (0, 0, "optimal")


@pytest.mark.parametrize("goal", [Goal.SET_COVERING, Goal.MAX_COVERING])
def test_one_site_is_taken_if_it_covers_anybody(goal):
    plan = place_on(town([{0: 0.0}], n_sites=1), goal=goal, stations=1)
    assert plan.stations.tolist() == [0]
    assert plan.drive_time_s.tolist() == [0.0]  # a drive of 0 s is a drive


def test_a_site_both_kept_and_excluded_is_refused():
    coverage = near("A", "B", kept=[1], excluded=[1])
    for goal in Goal:
        with pytest.raises(PlacementError, match="both kept and excluded"):
            place_on(coverage, goal=goal, stations=1)


def test_questions_without_sense_are_refused():
    with pytest.raises(PlacementError, match="number of stations"):
        place_on(near("A"), goal=Goal.MAX_COVERING)
    with pytest.raises(PlacementError, match="less than 0"):
        place_on(near("A"), goal=Goal.MAX_COVERING, stations=-1)
    with pytest.raises(PlacementError, match="between 0 and 1"):
        place_on(near("A"), goal=Goal.SET_COVERING, min_share=1.01)


def test_the_coverage_is_not_changed():
    coverage = random_town(np.random.default_rng(5), kinds=True)
    before = [np.copy(getattr(coverage, name)) for name in ("indptr", "site", "time_s", "weight")]
    for goal in Goal:
        place_on(coverage, goal=goal, stations=3)
    for name, values in zip(("indptr", "site", "time_s", "weight"), before, strict=True):
        assert np.array_equal(getattr(coverage, name), values)


# --- against every plan there is -----------------------------------------------------------------


def random_town(rng: np.random.Generator, *, kinds: bool) -> Coverage:
    """A small town: up to 9 sites, up to 30 needs, some of them beyond every site or of weight 0."""
    n_sites, n_needs = int(rng.integers(1, 10)), int(rng.integers(0, 31))
    covers = rng.random((n_needs, n_sites)) < rng.uniform(0.1, 0.6)
    rows = [{int(j): float(rng.integers(0, 301)) for j in np.flatnonzero(row)} for row in covers]
    weight = rng.integers(0, 8, n_needs) / (10 if rng.random() < 0.3 else 1)
    mark = rng.random(n_sites) if kinds else np.ones(n_sites)
    return town(
        rows,
        n_sites=n_sites,
        weight=weight.tolist(),
        kept=np.flatnonzero(mark < 0.15).tolist(),
        excluded=np.flatnonzero((mark > 0.15) & (mark < 0.3)).tolist(),
    )


def every_plan(coverage: Coverage) -> list[tuple[int, float, bool]]:
    """Number of stations, weight covered, and whether all coverable is covered: of every plan by the rules."""
    covers: list[set[int]] = [set() for _ in range(coverage.n_sites)]
    for i in range(coverage.n_needs):
        for site in coverage.site[coverage.indptr[i] : coverage.indptr[i + 1]]:
            covers[site].add(i)
    kept = np.flatnonzero(coverage.is_kept).tolist()
    free = np.flatnonzero(~coverage.is_kept & ~coverage.is_excluded).tolist()
    coverable = set().union(*(covers[j] for j in kept + free))
    plans = []
    for size in range(len(free) + 1):
        for more in itertools.combinations(free, size):
            covered = set().union(*(covers[j] for j in [*kept, *more]))
            weight = math.fsum(coverage.weight[i] for i in covered)
            plans.append((len(kept) + size, weight, covered == coverable))
    return plans


@pytest.mark.parametrize("seed", range(150))
def test_set_covering_is_as_good_as_the_best_of_every_plan(seed):
    coverage = random_town(np.random.default_rng(seed), kinds=seed % 2 == 1)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    best = min(n for n, _, is_all in every_plan(coverage) if is_all)
    assert (plan.objective, plan.bound, plan.status) == (best, best, "optimal")
    assert plan.is_covered.tolist() == coverage.is_coverable.tolist()
    assert check_plan(plan, coverage) == []


@pytest.mark.parametrize("seed", range(150))
def test_a_share_is_covered_by_as_few_as_the_best_of_every_plan(seed):
    rng = np.random.default_rng(1000 + seed)
    coverage = random_town(rng, kinds=seed % 2 == 1)
    share = float(rng.choice([0.3, 0.5, 0.8, 0.9, 0.95]))
    plan = place_on(coverage, goal=Goal.SET_COVERING, min_share=share)
    total = math.fsum(coverage.weight[coverage.is_coverable])
    best = min(n for n, weight, _ in every_plan(coverage) if weight >= share * total - 1e-9)
    assert (plan.objective, plan.bound, plan.status) == (best, best, "optimal")
    assert math.fsum(coverage.weight[plan.is_covered]) >= share * total - 1e-9
    assert check_plan(plan, coverage) == []


def test_the_solver_takes_no_plan_for_better_than_it_is():
    # with presolve on, HiGHS 1.16 takes the three stations it starts from for two here, and proves no more than two
    coverage = random_town(np.random.default_rng(1118), kinds=False)
    plan = place_on(coverage, goal=Goal.SET_COVERING, min_share=0.95)
    assert (plan.objective, plan.bound, plan.status) == (3, 3, "optimal")


@pytest.mark.parametrize("seed", range(150))
def test_max_covering_is_as_good_as_the_best_of_every_plan(seed):
    rng = np.random.default_rng(2000 + seed)
    coverage = random_town(rng, kinds=seed % 2 == 1)
    stations = int(coverage.is_kept.sum() + rng.integers(0, 5))
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations)
    best = max(weight for n, weight, _ in every_plan(coverage) if n <= stations)
    assert plan.objective == pytest.approx(best, abs=1e-12)
    assert (plan.status, plan.bound) == ("optimal", plan.objective)
    assert plan.stations.size <= stations
    assert check_plan(plan, coverage) == []


@pytest.mark.parametrize("seed", range(60))
def test_a_limit_is_infeasible_exactly_where_no_plan_keeps_it(seed):
    rng = np.random.default_rng(3000 + seed)
    coverage = random_town(rng, kinds=True)
    stations = int(rng.integers(0, 5))
    plan = place_on(coverage, goal=Goal.SET_COVERING, stations=stations)
    plans = every_plan(coverage)
    fewest = min(n for n, _, is_all in plans if is_all)
    assert plan.status == ("optimal" if fewest <= stations else "infeasible")
    if fewest > stations >= coverage.is_kept.sum():
        best = max(weight for n, weight, _ in plans if n <= stations)
        assert math.fsum(coverage.weight[plan.is_covered]) == pytest.approx(best, abs=1e-12)
        assert plan.bound == fewest
    assert check_plan(plan, coverage) == []


# --- larger towns, and the guard -----------------------------------------------------------------


def square(n_needs: int, n_sites: int, reach: float, seed: int = 1) -> Coverage:
    """Needs and sites anywhere in a square; a drive of 300 s reaches a part of its side."""
    rng = np.random.default_rng(seed)
    need, site = rng.random((n_needs, 2)), rng.random((n_sites, 2))
    time_s = np.rint(300 / reach * np.hypot(*(need[:, None] - site[None]).transpose(2, 0, 1)))
    i, j = np.nonzero(time_s <= 300)
    return Coverage(
        indptr=np.searchsorted(i, np.arange(n_needs + 1)).astype(np.int64),
        site=j.astype(np.int32),
        time_s=time_s[i, j],
        weight=rng.integers(1, 20, n_needs).astype(np.float64),
        n_sites=n_sites,
        is_kept=np.zeros(n_sites, dtype=bool),
        is_excluded=np.zeros(n_sites, dtype=bool),
    )


def test_equal_questions_give_equal_plans():
    coverage = square(600, 120, 0.12)
    for goal in (Goal.SET_COVERING, Goal.MAX_COVERING):
        one, two = (place_on(coverage, goal=goal, stations=60) for _ in range(2))
        assert one.stations.tolist() == two.stations.tolist()
        assert (one.objective, one.bound, one.status) == (two.objective, two.bound, two.status)


def test_a_town_of_the_usual_size_is_proven():
    coverage = square(1000, 150, 0.13)
    fewest = place_on(coverage, goal=Goal.SET_COVERING)
    assert fewest.status == "optimal"
    assert check_plan(fewest, coverage) == []
    # with as many stations as cover all, all is covered; with one fewer, not
    n = fewest.stations.size
    total = coverage.weight[coverage.is_coverable].sum()
    assert place_on(coverage, goal=Goal.MAX_COVERING, stations=n).objective == total
    assert place_on(coverage, goal=Goal.MAX_COVERING, stations=n - 1).bound < total


def test_where_the_guard_strikes_there_is_a_plan_a_gap_and_a_word_about_it():
    coverage = square(3000, 400, 0.09)
    for goal, how in (
        (Goal.SET_COVERING, {}),
        (Goal.MAX_COVERING, {"stations": 40}),
        (Goal.SET_COVERING, {"min_share": 0.9}),
    ):
        plan = place_on(coverage, goal=goal, time_limit_s=0.0, **how)
        assert (plan.status, plan.stopped_by) == ("feasible", "time")
        assert plan.gap > 0
        assert check_plan(plan, coverage) == []


def test_no_station_of_a_plan_can_be_swapped_for_less_driving():
    coverage = square(400, 60, 0.2)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    time_s = np.full((coverage.n_needs, coverage.n_sites), np.inf)
    time_s[np.repeat(np.arange(400), np.diff(coverage.indptr)), coverage.site] = coverage.time_s
    time_s, weight = time_s[coverage.is_coverable], coverage.weight[coverage.is_coverable]
    driven = weight @ time_s[:, plan.stations].min(axis=1)
    n_swaps = 0
    for out, into in itertools.product(plan.stations, range(coverage.n_sites)):
        swapped = weight @ time_s[:, [into, *(s for s in plan.stations if s != out)]].min(axis=1)
        assert swapped >= driven
        n_swaps += swapped < np.inf
    assert n_swaps > plan.stations.size  # some swaps cover all too, and drive more
