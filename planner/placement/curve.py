"""The curve: the most demand within the standard for each number of stations, from the first to those that cover all.

Each number is a max covering question (Church and ReVelle 1974). Asked together they answer each other: a plan is a good
beginning for the next, and what no plan can beat for one number bounds the others too.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.placement._bounds import (
    Prices,
    in_every_heavier,
    in_heavier,
    most_bound,
    most_by_number,
)
from planner.placement._reduce import Ask, Core, Rows, merged, reduce, restricted, rows_with
from planner.placement._search import heavy_columns, steps
from planner.placement.assess import check_question
from planner.placement.max_covering import (
    ALIKE,
    SOME_PAIRS,
    solve_most,
    weight_step,
    whole_steps,
)
from planner.placement.set_covering import set_covering
from planner.plan import Plan, Status
from planner.scenario import Goal

if TYPE_CHECKING:
    import pandas as pd

NONE: Final = np.zeros(0, dtype=np.int32)

QUICK_PAIRS: Final = 1e7
LONG_PAIRS: Final = 1e8
"""Pairs that a search looks at for one number: at first, and where the solver proved nothing."""

N_SEARCHED: Final = 150
"""Of more numbers than this each is searched for less long, such that all take no longer."""

BOUND_PAIRS: Final = 3e9
BOUND_STEPS: Final = (100, 250)
"""Subgradient steps of a number, fewest and most, such that steps x pairs x numbers come to about so many."""

LEAST_STEPS: Final = 20
"""As many for each number at least. Where that is too few for a good bound, one of several numbers gets them all: its prices
bound the others too."""

FIRST_STEPS: Final = 3
"""As many times more steps for the first prices, which begin from nothing."""

N_NEAR: Final = 3
"""Prices of about so many numbers on either side help to tell which columns may be in a better plan."""

NODE_PAIRS: Final = 20_000_000
COVER_NODE_PAIRS: Final = 5_000_000
"""The solver branches until nodes x pairs come to this, for each number and for covering all: which is seconds."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """How much each number of stations covers, and what no plan can beat.

    Plans of neighbouring numbers need not be nested: the best 11 stations may be without some of the best 10.

    Attributes
    ----------
    n_stations
        How many stations in all, kept ones included: one number after the other. It begins with the kept ones, at least
        with 1.
    covered_weight
        Weight of the needs that the plan with so many stations covers; never less than with fewer.
    bound
        Weight that no plan with so many stations can beat; never less than with fewer.
    stations
        Positions of the stations of each plan, ascending; fewer than there may be only where more would cover no more.
    weight, coverable_weight
        Weight of all needs, and of those that some site covers.
    n_for_all, n_for_all_bound
        Stations of the smallest plan found that covers all coverable weight, and how many do so at least.
    stopped_by
        ``"time"`` where the time guard struck before all was proven, else None.
    """

    n_stations: NDArray[np.int64]
    covered_weight: Floats
    bound: Floats
    stations: tuple[NDArray[np.int32], ...]
    weight: float
    coverable_weight: float
    n_for_all: int
    n_for_all_bound: int
    stopped_by: str | None

    @property
    def share_covered(self) -> Floats:
        """Covered part of all weight, uncoverable included; 1 where there is none."""
        return self._share(self.covered_weight, self.weight)

    @property
    def share_of_coverable(self) -> Floats:
        """Covered part of the coverable weight; 1 where there is none."""
        return self._share(self.covered_weight, self.coverable_weight)

    @property
    def share_bound(self) -> Floats:
        """What no plan can beat, as a part of all weight."""
        return self._share(self.bound, self.weight)

    def _share(self, part: Floats, whole: float) -> Floats:
        return part / whole if whole else np.ones_like(part)

    @property
    def gain(self) -> Floats:
        """Weight that each plan covers more than the one before; the first: all that it covers."""
        return np.diff(self.covered_weight, prepend=0.0)

    @property
    def gap(self) -> Floats:
        """How far each plan may be from the best there is, as a share of what it covers."""
        return (self.bound - self.covered_weight) / np.maximum(self.covered_weight, 1e-9)

    @property
    def status(self) -> tuple[Status, ...]:
        """Whether each plan is proven best."""
        is_proven = (self.bound == self.covered_weight).tolist()
        return tuple(Status.OPTIMAL if proven else Status.FEASIBLE for proven in is_proven)

    def to_frame(self) -> pd.DataFrame:
        """Return the curve as a table, a row for each number of stations; without the stations themselves."""
        import pandas as pd

        return pd.DataFrame(
            {
                "n_stations": self.n_stations,
                "covered_weight": self.covered_weight,
                "share_covered": self.share_covered,
                "share_of_coverable": self.share_of_coverable,
                "gain": self.gain,
                "bound": self.bound,
                "gap": self.gap,
                "status": [status.value for status in self.status],
            }
        )


def curve_of(
    coverage: Coverage,
    *,
    stations: int | None = None,
    at_least: int = 0,
    plan: Plan | None = None,
    weight: float | None = None,
    time_limit_s: float = 300.0,
) -> Curve:
    """Return how much each number of stations covers, with a bound on each.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    stations
        The last number of stations, kept ones included. None: as many as cover all coverable weight.
    at_least
        Without a last number: go on as far as this. Either way the curve ends where every site is a station.
    plan
        A plan that is known already: the curve is nowhere below it.
    weight
        Weight of all demand, which shares are of; more than that of the needs where some demand is none of them, as road that
        no site covers. None: that of the needs.
    time_limit_s
        Guard, in seconds; where it strikes the curve says so.

    Raises
    ------
    PlacementError
        A site is both kept and excluded, or the last number is less than the first.
    """
    check_question(coverage)
    first = max(int(coverage.is_kept.sum()), 1)
    if stations is not None and stations < first:
        raise PlacementError(
            f"the curve begins with {first} {'station' if first == 1 else 'stations (those kept)'}; "
            f"it can't end with {stations}"
        )
    until_s = time.monotonic() + time_limit_s
    core = reduce(coverage, Ask.COVER_MOST)
    n_kept = core.fixed.size
    cover = set_covering(
        _as_coverage(core.rows),
        max_node_pairs=COVER_NODE_PAIRS,
        time_limit_s=time_limit_s / 4,  # a part of it, so that most is left for the points
    )
    n_to_choose = (
        max(cover.stations.size, at_least - n_kept) if stations is None else stations - n_kept
    )
    points = _points(core.rows, min(cover.stations.size, n_to_choose), coverage, until_s)
    points.offer(cover.stations)
    points.lower(_by_cover(core.rows, int(cover.bound or 0), points.n))
    if plan is not None:
        _take_known(points, core, coverage, plan)
    _improve(points)
    last = max(min(n_kept + n_to_choose, n_kept + core.open_site.size), first)
    return _curve(
        coverage,
        core,
        points,
        n_stations=np.arange(first, last + 1),
        n_for_all=n_kept + points.n_for_all(cover.stations.size),
        weight=math.fsum(coverage.weight.tolist()) if weight is None else weight,
        n_for_all_bound=n_kept + int(cover.bound or 0),
        stopped_by=cover.stopped_by,
    )


def _as_coverage(rows: Rows) -> Coverage:
    """Return rows as a coverage of their own: columns are sites, and no drive takes time."""
    none = np.zeros(rows.n_columns, dtype=bool)
    return Coverage(
        indptr=rows.indptr,
        site=rows.column,
        time_s=np.zeros(rows.column.size),
        weight=rows.weight,
        n_sites=rows.n_columns,
        is_kept=none,
        is_excluded=none,
    )


@dataclass(slots=True, kw_only=True, eq=False)
class _Points:
    """The best known for 0, 1, ..., n columns: it only gets better.

    ``price_of`` has the prices found for a number, ``more`` is what a plan has to cover more to be a better one, ``step``
    what all weights are multiples of.
    """

    rows: Rows
    transposed: csr_array
    plan: list[NDArray[np.int32]]
    covered: list[float]
    bound: Floats
    price_of: dict[int, Prices]
    step: float
    more: float
    until_s: float

    @property
    def n(self) -> int:
        """The last number of columns."""
        return len(self.plan) - 1

    @property
    def is_late(self) -> bool:
        """Whether the time guard has struck."""
        return time.monotonic() > self.until_s

    def is_open(self, n: int) -> bool:
        """Whether a better plan of so many columns is not ruled out."""
        return bool(self.bound[n] >= self.covered[n] + self.more / 2)

    def n_for_all(self, n_found: int) -> int:
        """Return how many columns cover every row: so many as were found, or fewer where a plan here does."""
        for n, columns in enumerate(self.plan):
            is_in = np.isin(np.arange(self.rows.n_columns), columns)
            if rows_with(self.rows, is_in).all():
                return n
        return n_found

    def offer(self, columns: NDArray[np.int32]) -> None:
        """Take a plan for its number of columns, where it covers more than the one there."""
        n = columns.size
        covered = self.rows.weight_covered(columns) if n <= self.n else -1.0
        if n <= self.n and covered > self.covered[n]:
            self.plan[n], self.covered[n] = columns, covered

    def lower(self, bound: Floats) -> None:
        """Take bounds for every number where they are lower, as the others follow from them.

        A plan with one column more covers no less, so that a bound of a number bounds all smaller ones.
        """
        whole = [whole_steps(float(value), self.step) for value in bound]
        lowest = np.minimum(self.bound, np.maximum(whole, self.covered))
        self.bound = np.minimum.accumulate(lowest[::-1])[::-1]

    def with_best(self, n: int) -> NDArray[np.int32]:
        """Return the plan of so many columns and the column that covers the most more."""
        columns, is_in, n_covering = self._covering(n)
        gain = self.transposed @ np.where(n_covering == 0, self.rows.weight, 0.0)
        gain[is_in] = -1.0
        return np.union1d(columns, np.argmax(gain)).astype(np.int32)

    def without_least(self, n: int) -> NDArray[np.int32]:
        """Return the plan of so many columns but the one whose loss weighs least."""
        columns, is_in, n_covering = self._covering(n)
        loss = self.transposed @ np.where(n_covering == 1, self.rows.weight, 0.0)
        loss[~is_in] = np.inf
        least = int(np.argmin(loss))
        return np.setdiff1d(columns, [least]).astype(np.int32)

    def _covering(self, n: int) -> tuple[NDArray[np.int32], NDArray[np.bool_], Floats]:
        """Return a plan, whether each column is in it, and how many of its columns cover each row."""
        is_in = np.zeros(self.rows.n_columns, dtype=bool)
        is_in[self.plan[n]] = True
        return self.plan[n], is_in, is_in.astype(np.float64) @ self.transposed

    def share_with_neighbours(self) -> None:
        """Offer each plan with its best addition to the next number, then without its least to the one before."""
        for n in range(self.n):
            self.offer(self.with_best(n))
        for n in range(self.n, 1, -1):
            self.offer(self.without_least(n))


def _points(rows: Rows, n: int, coverage: Coverage, until_s: float) -> _Points:
    """Return plans of 0, 1, ..., n columns, greedy and nested, and the bound that everyone knows."""
    total = math.fsum(rows.weight.tolist())
    step = weight_step(coverage.weight)
    points = _Points(
        rows=rows,
        transposed=rows.matrix.T.tocsr(),
        plan=[NONE] * (n + 1),
        covered=[0.0] + [-1.0] * n,
        bound=np.array([0.0] + [total] * n),
        price_of={},
        step=step,
        more=step or ALIKE * total,
        until_s=until_s,
    )
    for k in range(n):
        points.offer(points.with_best(k))
    return points


def _by_cover(rows: Rows, fewest: int, n: int) -> Floats:
    """Return what 0, 1, ..., n columns can't beat because fewer than some number never cover every row.

    Then they leave out a row, and none is lighter than the lightest.
    """
    total = math.fsum(rows.weight.tolist())
    lightest = float(rows.weight.min()) if rows.n_rows else 0.0
    return np.where(np.arange(n + 1) < fewest, total - lightest * (1 - 1e-9), total)


def _take_known(points: _Points, core: Core, coverage: Coverage, plan: Plan) -> None:
    """Take a plan and its bound, in which sites may stand that the reductions swap for better ones."""
    is_core = np.zeros(core.open_rows.n_columns, dtype=bool)
    is_core[np.searchsorted(core.open_site, core.site)] = True
    by_column = core.open_rows.matrix.tocsc()
    columns = set()
    for site in np.setdiff1d(plan.stations, core.fixed):
        column = np.searchsorted(core.open_site, site)
        its_rows = by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]
        n_shared = core.open_rows.matrix[its_rows].sum(axis=0)
        better = np.flatnonzero((n_shared == its_rows.size) & is_core)
        if its_rows.size and better.size:
            columns.add(int(np.searchsorted(core.site, core.open_site[better[0]])))
    known = np.array(sorted(columns), dtype=np.int32)
    points.offer(known)
    n = plan.stations.size - core.fixed.size
    if plan.goal is Goal.MAX_COVERING and plan.bound is not None and 0 <= n <= points.n:
        by_kept = coverage.weight[_is_covered(coverage, core.fixed)].tolist()
        bound = points.bound.copy()
        bound[: n + 1] = np.minimum(bound[: n + 1], plan.bound - math.fsum(by_kept))
        points.lower(bound)


def _improve(points: _Points) -> None:
    """Find better plans and lower bounds: quickly, then by the solver, then longer where that proved nothing."""
    _search_up(points, QUICK_PAIRS)
    _price(points)
    _search_down(points)
    _prove(points)
    _search_up(points, LONG_PAIRS)
    _price(points)
    points.share_with_neighbours()


def _search_up(points: _Points, n_pairs: float) -> None:
    """Search a better plan of each number, beginning from the one before with its best addition."""
    for n in range(1, points.n + 1):
        points.offer(points.with_best(n - 1))
        _search(points, n, n_pairs, seed=1)


def _search_down(points: _Points) -> None:
    """Search a better plan of each number that is open, beginning from the next one without its least column."""
    for n in range(points.n - 1, 0, -1):
        points.offer(points.without_least(n + 1))
        _search(points, n, QUICK_PAIRS, seed=2)


def _search(points: _Points, n: int, n_pairs: float, *, seed: int) -> None:
    """Search a better plan of so many columns, where one is not ruled out."""
    if points.is_open(n) and not points.is_late:
        found = heavy_columns(
            points.rows,
            n,
            first=points.plan[n],
            enough=float(points.bound[n]) - points.more / 2,
            n_steps=steps(points.rows, n_pairs * min(1.0, N_SEARCHED / points.n)),
            until_s=points.until_s,
            seed=seed,
        )
        points.offer(found)


def _price(points: _Points) -> None:
    """Find prices for each number that is open; they bound all numbers.

    They begin from prices that the number has already, or from those of the one before.
    """
    fewest, most = BOUND_STEPS
    for_each = int(BOUND_PAIRS / max(points.rows.column.size * points.n, 1))
    for_each = min(max(for_each, LEAST_STEPS), most)
    n_steps, every = max(for_each, fewest), math.ceil(fewest / for_each)
    price = None
    for n in range(1, points.n + 1):
        is_passed_over = n > every and n % every
        if is_passed_over or not points.is_open(n) or points.is_late:
            continue
        if n in points.price_of:
            price = points.price_of[n].price
        prices = most_bound(
            points.rows,
            n,
            found=points.covered[n],
            n_steps=n_steps if price is not None else FIRST_STEPS * n_steps,
            until_s=points.until_s,
            first=price,
        )
        price, points.price_of[n] = prices.price, prices
        points.lower(most_by_number(points.rows, prices)[: points.n + 1])


def _prove(points: _Points) -> None:
    """Let the solver look for a better plan of each number that is open, or prove that there is none."""
    for n in range(1, points.n + 1):
        points.offer(points.with_best(n - 1))
        if not points.is_open(n) or points.is_late:
            continue
        bounds = points.bound.copy()
        bounds[n] = max(_solve(points, n), points.covered[n])
        points.lower(bounds)


def _solve(points: _Points, n: int) -> float:
    """Offer the plan of so many columns that the solver finds, and return what no better plan can beat.

    Only what prices leave open is left to it; where that is too much, the bound stays.
    """
    rows = points.rows
    is_fixed, is_left = _decided(points, n)
    fixed, column = np.flatnonzero(is_fixed), np.flatnonzero(is_left)
    is_row = ~rows_with(rows, is_fixed)
    left = merged(restricted(rows, is_row, is_left))
    n_left = n - fixed.size
    if n_left < 0:
        return points.covered[n]
    if left.column.size > SOME_PAIRS:
        return float(points.bound[n])
    by_fixed = math.fsum(rows.weight[~is_row].tolist())
    if n_left == 0 or left.n_rows == 0:
        found, bound = NONE, 0.0
    else:
        found, bound = solve_most(
            left,
            np.ones(left.n_columns, dtype=bool),
            np.flatnonzero(np.isin(column, points.plan[n]))[:n_left].astype(np.int32),
            n_left,
            points.more,
            max_node_pairs=NODE_PAIRS,
            until_s=points.until_s,
        )
    points.offer(np.union1d(fixed, column[found]).astype(np.int32))
    return by_fixed + bound


def _decided(points: _Points, n: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which columns are in every better plan of so many columns than the one known, and which others may be.

    By the prices of the numbers near by, for prices bound every number.
    """
    is_fixed = np.zeros(points.rows.n_columns, dtype=bool)
    may_be_in = np.ones(points.rows.n_columns, dtype=bool)
    better = points.covered[n] + points.more
    for near in sorted(points.price_of, key=lambda priced: abs(priced - n))[: 2 * N_NEAR + 1]:
        prices = points.price_of[near]
        bound = float(most_by_number(points.rows, prices)[n])
        prices = replace(prices, bound=bound)
        is_fixed |= in_every_heavier(prices, n, better)
        may_be_in &= in_heavier(prices, n, better)
    return is_fixed, may_be_in & ~is_fixed


def _curve(
    coverage: Coverage,
    core: Core,
    points: _Points,
    *,
    n_stations: NDArray[np.int64],
    n_for_all: int,
    n_for_all_bound: int,
    weight: float,
    stopped_by: str | None,
) -> Curve:
    """Return the curve, what is covered computed from the stations on the coverage as given."""
    by_kept = math.fsum(coverage.weight[_is_covered(coverage, core.fixed)].tolist())
    stations: list[NDArray[np.int32]] = []
    covered: list[float] = []
    bound: list[float] = []
    for n in (np.minimum(n_stations - core.fixed.size, points.n)).tolist():
        chosen = core.stations(points.plan[n])
        most = math.fsum(coverage.weight[_is_covered(coverage, chosen)].tolist())
        if covered and most < covered[-1]:  # by rounding: a sum in another order
            chosen, most = stations[-1], covered[-1]
        stations.append(chosen)
        covered.append(most)
        is_open = points.is_open(n)
        bound.append(max(most, by_kept + float(points.bound[n])) if is_open else most)
    lowest = np.minimum.accumulate(np.array(bound)[::-1])[::-1]
    return Curve(
        n_stations=n_stations,
        covered_weight=np.array(covered),
        bound=lowest,
        stations=tuple(stations),
        weight=weight,
        coverable_weight=math.fsum(coverage.weight[coverage.is_coverable].tolist()),
        n_for_all=n_for_all,
        n_for_all_bound=n_for_all_bound,
        stopped_by="time" if points.is_late and bool((lowest > covered).any()) else stopped_by,
    )


def _is_covered(coverage: Coverage, stations: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return whether some of the stations cover each need."""
    is_station = np.zeros(coverage.n_sites, dtype=bool)
    is_station[stations] = True
    n_before = np.concatenate([[0], np.cumsum(is_station[coverage.site])])
    return np.diff(n_before[coverage.indptr]) > 0
