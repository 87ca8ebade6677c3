"""Good plans fast: row weighting for covering all, exchanges for covering the most, swaps towards nearer stations."""

from __future__ import annotations

import math
import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.coverage import Coverage
from planner.placement._reduce import Rows, by_column

SEED: Final = 1
"""Where chance begins; equal inputs give equal plans."""

HOT: Final = 0.03
COLD: Final = 0.004
"""Temperatures at the beginning and the end of an exchange, as shares of the weight per station."""

STEPS_PER_LOOK: Final = 5_000
"""Exchanges between two looks at the clock."""

MAX_POLISH_PAIRS: Final = 100_000_000
"""Pairs that the swaps towards nearer stations look at before they stop: a second on the largest coverages."""


def few_columns(
    rows: Rows, *, first: NDArray[np.int32], enough: int, n_steps: int, until_s: float
) -> NDArray[np.int32]:
    """Return few columns that cover every row, ascending.

    Parameters
    ----------
    rows
        What to cover.
    first
        Columns that cover every row, to begin from; none: begin greedily.
    enough
        Number of columns at which to stop.
    n_steps
        Number of exchanges after which to stop.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    choice = _nothing_chosen(rows, np.ones(rows.n_rows))
    _take(choice, first.astype(np.int64), rows.n_columns, np.inf)
    is_best = choice.is_in.copy()
    changed, last_in = np.zeros(rows.n_columns, dtype=np.int64), -1
    for step in range(0, n_steps, STEPS_PER_LOOK):
        last = min(step + STEPS_PER_LOOK, n_steps)
        last_in = _row_weighting(
            choice, changed, last_in, enough, step, last, chance_from(SEED + step), is_best
        )
        if int(is_best.sum()) <= enough or time.monotonic() > until_s:
            break
    return np.flatnonzero(is_best).astype(np.int32)


def heavy_columns(
    rows: Rows,
    n_columns: int,
    *,
    first: NDArray[np.int32],
    enough: float,
    n_steps: int,
    until_s: float,
    seed: int = SEED,
) -> NDArray[np.int32]:
    """Return at most so many columns that cover much weight, ascending.

    Parameters
    ----------
    rows
        What to cover.
    n_columns
        Number of columns; fewer are taken only when no other covers more.
    first
        Columns to begin from; the rest is added greedily.
    enough
        Weight at which to stop.
    n_steps
        Number of exchanges after which to stop; 0 for the greedy plan.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    seed
        Where chance begins.
    """
    choice = _nothing_chosen(rows, rows.weight)
    covered = most = _take(choice, first.astype(np.int64), n_columns, enough)
    is_best = choice.is_in.copy()
    chosen = np.flatnonzero(is_best)
    if chosen.size < n_columns or n_columns == 0:
        return chosen.astype(np.int32)
    hot = HOT * float(rows.weight.sum()) / n_columns
    cooling = (COLD / HOT) ** (1.0 / max(n_steps, 1))
    for step in range(0, n_steps, STEPS_PER_LOOK):
        temperature, left = hot * cooling**step, min(STEPS_PER_LOOK, n_steps - step)
        covered, most = _exchange(
            *(choice, chosen, covered, most, enough),
            *(temperature, cooling, left, chance_from(seed + step), is_best),
        )
        if most >= enough or time.monotonic() > until_s:
            break
    return np.flatnonzero(is_best).astype(np.int32)


def steps(rows: Rows, n_pairs: float) -> int:
    """Return how many exchanges look at about so many pairs of a row and a column."""
    if rows.n_rows == 0:
        return 0
    pairs = float(rows.column.size)
    a_step = rows.n_columns + 2.0 * pairs * pairs / (rows.n_columns * rows.n_rows)
    return int(min(n_pairs / a_step, 400.0 * rows.n_columns))


def nearer_stations(
    coverage: Coverage,
    rows: Rows,
    site: NDArray[np.int32],
    stations: NDArray[np.int32],
    *,
    enough: float,
) -> NDArray[np.int32]:
    """Return an equally good plan in which less is driven, and that no station can leave.

    One station at a time is given up or swapped for another site, as long as no less weight of the rows is covered and
    the weighted total drive time falls, or stays and the position falls.

    Parameters
    ----------
    coverage
        Which needs which sites cover, and in what time.
    rows
        What the plan has to cover, over the sites that may be swapped.
    site
        The site of each column.
    stations
        Sites of the plan, ascending.
    enough
        Weight of covered rows at which a station may leave although it covers something that no other does.

    Returns
    -------
    NDArray
        Sites of the plan, ascending.
    """
    is_station = np.zeros(coverage.n_sites, dtype=bool)
    is_station[stations] = True
    drives = _drives(coverage, is_station)
    looked_at = np.zeros(1, dtype=np.int64)
    choice = _nothing_chosen(rows, rows.weight)
    chosen = np.flatnonzero(is_station[site])
    covered = _take(choice, chosen, chosen.size, 0.0)
    _swap_nearer(
        choice,
        drives,
        site.astype(np.int64),
        is_station,
        covered,
        enough,
        MAX_POLISH_PAIRS,
        looked_at,
    )
    return np.flatnonzero(is_station).astype(np.int32)


class _Choice(NamedTuple):
    """Rows, columns and which columns are chosen, with what follows from the choice kept up to date.

    ``worth`` is the weight that the choice gains by a column outside, or loses without a column inside; ``covering`` is
    the sum of the chosen columns of each row, so the column itself where it is one.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    weight: NDArray[np.float64]
    start: NDArray[np.int64]
    row: NDArray[np.int32]
    is_in: NDArray[np.bool_]
    worth: NDArray[np.float64]
    n_covering: NDArray[np.int32]
    covering: NDArray[np.int64]
    uncovered: NDArray[np.int32]
    place: NDArray[np.int32]
    n_uncovered: NDArray[np.int64]


def _nothing_chosen(rows: Rows, weight: NDArray[np.float64]) -> _Choice:
    """Return the empty choice from the columns of rows."""
    start, row = by_column(rows)
    n = rows.n_rows
    return _Choice(
        indptr=rows.indptr,
        column=rows.column,
        weight=weight,
        start=start,
        row=row,
        is_in=np.zeros(rows.n_columns, dtype=np.bool_),
        worth=_weight_of_columns(rows.indptr, rows.column, weight, rows.n_columns),
        n_covering=np.zeros(n, dtype=np.int32),
        covering=np.zeros(n, dtype=np.int64),
        uncovered=np.arange(n, dtype=np.int32),
        place=np.arange(n, dtype=np.int32),
        n_uncovered=np.full(1, n, dtype=np.int64),
    )


@kernel
def _weight_of_columns(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    weight: NDArray[np.float64],
    n_columns: int,
) -> NDArray[np.float64]:
    """Return the weight of the rows of each column."""
    worth = np.zeros(n_columns)
    for i in range(weight.size):
        for pair in range(indptr[i], indptr[i + 1]):
            worth[column[pair]] += weight[i]
    return worth


def chance_from(seed: int) -> np.uint64:
    """Return where a sequence of chance begins; no seed begins it at 0, where it would stay."""
    return np.uint64((seed * 0x9E3779B97F4A7C15 + 1) % 2**64)


@kernel
def _flip(choice: _Choice, moved: int) -> None:
    """Let a column change sides, and tell the columns that it shares rows with."""
    if choice.is_in[moved]:
        choice.is_in[moved] = False
        for k in range(choice.start[moved], choice.start[moved + 1]):
            i = choice.row[k]
            choice.n_covering[i] -= 1
            choice.covering[i] -= moved
            if choice.n_covering[i] == 1:
                choice.worth[choice.covering[i]] += choice.weight[i]
            elif choice.n_covering[i] == 0:
                choice.place[i] = choice.n_uncovered[0]
                choice.uncovered[choice.n_uncovered[0]] = i
                choice.n_uncovered[0] += 1
                for pair in range(choice.indptr[i], choice.indptr[i + 1]):
                    if choice.column[pair] != moved:
                        choice.worth[choice.column[pair]] += choice.weight[i]
    else:
        choice.is_in[moved] = True
        for k in range(choice.start[moved], choice.start[moved + 1]):
            i = choice.row[k]
            choice.n_covering[i] += 1
            choice.covering[i] += moved
            if choice.n_covering[i] == 2:
                choice.worth[choice.covering[i] - moved] -= choice.weight[i]
            elif choice.n_covering[i] == 1:
                choice.n_uncovered[0] -= 1
                other = choice.uncovered[choice.n_uncovered[0]]
                choice.uncovered[choice.place[i]] = other
                choice.place[other] = choice.place[i]
                for pair in range(choice.indptr[i], choice.indptr[i + 1]):
                    if choice.column[pair] != moved:
                        choice.worth[choice.column[pair]] -= choice.weight[i]


@kernel
def _next(chance: np.uint64) -> np.uint64:
    """Return the number after this one in a sequence of chance (xorshift: Marsaglia 2003)."""
    chance ^= chance << np.uint64(13)
    chance ^= chance >> np.uint64(7)
    chance ^= chance << np.uint64(17)
    return chance


@kernel
def _take(choice: _Choice, first: NDArray[np.int64], n_columns: int, enough: float) -> float:
    """Take some columns, then the ones that cover the most more, and return the weight covered.

    Stops at so many columns, at enough weight, or when no column covers any more.
    """
    covered = 0.0
    for k in range(n_columns):
        best = first[k] if k < first.size else -1
        if k >= first.size and covered < enough:
            for j in range(choice.worth.size):
                heavier = choice.worth[j] > (choice.worth[best] if best >= 0 else 0.0)
                if heavier and not choice.is_in[j]:
                    best = j
        if best < 0:
            break
        covered += choice.worth[best]
        _flip(choice, best)
    return covered


@kernel
def _row_weighting(
    choice: _Choice,
    changed: NDArray[np.int64],
    last_in: int,
    enough: int,
    step: int,
    last_step: int,
    chance: np.uint64,
    is_best: NDArray[np.bool_],
) -> int:
    """Improve a choice of columns, mark those of the smallest cover found, and return which came in last.

    After each cover found a column is given up and the search goes on one column smaller: the column whose loss weighs
    least leaves, the best column of some uncovered row comes in, and rows that stay uncovered grow heavier (row
    weighting local search: Gao, Weise and Li 2015). What came in last does not leave, what left last does not come in.
    """
    while step < last_step:
        if choice.n_uncovered[0] == 0:
            n_chosen = 0
            for j in range(is_best.size):
                is_best[j] = choice.is_in[j]
                n_chosen += is_best[j]
            if n_chosen <= max(enough, 1):
                break
            _flip(choice, _least_inside(choice, changed, last_in))
            continue
        step += 1
        leaving = _least_inside(choice, changed, last_in)
        _flip(choice, leaving)
        chance = _next(chance)
        i = choice.uncovered[int(chance % np.uint64(choice.n_uncovered[0]))]
        coming = leaving  # and remains so where it is the only column of the row
        for pair in range(choice.indptr[i], choice.indptr[i + 1]):
            j = int(choice.column[pair])
            if j == leaving:
                continue
            alike = choice.worth[j] == choice.worth[coming]
            if (
                coming == leaving
                or (alike and changed[j] < changed[coming])
                or choice.worth[j] > choice.worth[coming]
            ):
                coming = j
        _flip(choice, coming)
        changed[leaving] = step
        changed[coming] = step
        last_in = coming
        for k in range(choice.n_uncovered[0]):
            i = choice.uncovered[k]
            choice.weight[i] += 1.0
            for pair in range(choice.indptr[i], choice.indptr[i + 1]):
                choice.worth[choice.column[pair]] += 1.0
    return last_in


@kernel
def _least_inside(choice: _Choice, changed: NDArray[np.int64], stays: int) -> int:
    """Return the column inside whose loss weighs least, of equals the one that changed longest ago.

    One column may be told to stay; it leaves only when it is alone.
    """
    least = -1
    for j in range(choice.worth.size):
        if not choice.is_in[j] or j == stays:
            continue
        if least >= 0 and choice.worth[j] == choice.worth[least] and changed[j] >= changed[least]:
            continue
        if least < 0 or choice.worth[j] <= choice.worth[least]:
            least = j
    return least if least >= 0 else stays


@kernel
def _exchange(
    choice: _Choice,
    chosen: NDArray[np.int64],
    covered: float,
    most: float,
    enough: float,
    temperature: float,
    cooling: float,
    n_steps: int,
    chance: np.uint64,
    is_best: NDArray[np.bool_],
) -> tuple[float, float]:
    """Exchange columns, mark those of the heaviest choice met, and return the weight covered now and at most.

    The choice is shaken and cools down: each step gives up a column by chance and takes one in by chance, with odds
    exp(gain / temperature) (heat-bath form of simulated annealing: Kirkpatrick, Gelatt and Vecchi 1983).
    """
    for _ in range(n_steps):
        if most >= enough or choice.n_uncovered[0] == 0:
            break
        chance = _next(chance)
        k = int(chance % np.uint64(chosen.size))
        coming = chosen[k]
        _flip(choice, coming)
        covered -= choice.worth[coming]
        highest = 0.0
        for j in range(choice.worth.size):
            if not choice.is_in[j]:
                highest = max(highest, choice.worth[j])
        luckiest = -np.inf
        for j in range(choice.worth.size):
            # farther below the highest than this nothing has odds worth a throw of the dice
            if choice.is_in[j] or choice.worth[j] < highest - 10.0 * temperature:
                continue
            chance = _next(chance)
            # the largest of gain + temperature x Gumbel noise falls on each column with the odds wanted
            share = (np.float64(chance >> np.uint64(11)) + 0.5) / 9007199254740992.0
            luck = choice.worth[j] - temperature * math.log(-math.log(share))
            if luck > luckiest:
                luckiest = luck
                coming = j
        covered += choice.worth[coming]
        _flip(choice, coming)
        chosen[k] = coming
        temperature *= cooling
        if covered > most:
            most = covered
            for j in range(is_best.size):
                is_best[j] = choice.is_in[j]
    return covered, most


class _Drives(NamedTuple):
    """The pairs by need and by site, and for each need its nearest station, the drive there, and to the next one."""

    indptr: NDArray[np.int64]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
    weight: NDArray[np.float64]
    start: NDArray[np.int64]
    pair: NDArray[np.int32]
    need: NDArray[np.int32]
    serving: NDArray[np.int32]
    nearest_s: NDArray[np.float64]
    second_s: NDArray[np.float64]


def _drives(coverage: Coverage, is_station: NDArray[np.bool_]) -> _Drives:
    """Return the pairs by need and by site, and how the stations serve each need."""
    n = coverage.n_needs
    start, pair, need = _by_site(coverage.indptr, coverage.site, coverage.n_sites)
    drives = _Drives(
        indptr=coverage.indptr,
        site=coverage.site,
        time_s=coverage.time_s,
        weight=coverage.weight.copy(),  # read-only or not, the kernels are compiled once
        start=start,
        pair=pair,
        need=need,
        serving=np.full(n, -1, dtype=np.int32),
        nearest_s=np.full(n, np.inf),
        second_s=np.full(n, np.inf),
    )
    _serve(drives, is_station, np.arange(n, dtype=np.int32))
    return drives


@kernel
def _by_site(
    indptr: NDArray[np.int64], site: NDArray[np.int32], n_sites: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return where the pairs of each site start, the pairs, and their needs, ascending for each site."""
    start = np.zeros(n_sites + 1, np.int64)
    for j in site:
        start[j + 1] += 1
    start = np.cumsum(start)
    free = start[:-1].copy()
    pairs, needs = np.empty(site.size, np.int32), np.empty(site.size, np.int32)
    for need in range(indptr.size - 1):
        for pair in range(indptr[need], indptr[need + 1]):
            at = free[site[pair]]
            pairs[at] = pair
            needs[at] = need
            free[site[pair]] += 1
    return start, pairs, needs


@kernel
def _serve(drives: _Drives, is_station: NDArray[np.bool_], needs: NDArray[np.int32]) -> None:
    """Find how some needs are served now.

    That is by the nearest station (the lowest position of equals), so far, and the next one so far; infinite where
    there is none.
    """
    for i in needs:
        drives.serving[i] = -1
        drives.nearest_s[i] = np.inf
        drives.second_s[i] = np.inf
        for pair in range(drives.indptr[i], drives.indptr[i + 1]):
            if not is_station[drives.site[pair]]:
                continue
            if drives.time_s[pair] < drives.nearest_s[i]:
                drives.second_s[i] = drives.nearest_s[i]
                drives.nearest_s[i] = drives.time_s[pair]
                drives.serving[i] = drives.site[pair]
            elif drives.time_s[pair] < drives.second_s[i]:
                drives.second_s[i] = drives.time_s[pair]


@kernel
def _needs_of(drives: _Drives, j: int) -> NDArray[np.int32]:
    """Return the needs that a site covers."""
    return drives.need[drives.start[j] : drives.start[j + 1]]


@kernel
def _farther_without(drives: _Drives, leaving: int) -> float:
    """Return by how much the weighted total drive time changes when a station leaves."""
    change = 0.0
    for k in range(drives.start[leaving], drives.start[leaving + 1]):
        i = drives.need[k]
        if drives.serving[i] == leaving:
            left_s = 0.0 if drives.second_s[i] == np.inf else drives.second_s[i]
            change += drives.weight[i] * (left_s - drives.nearest_s[i])
    return change


@kernel
def _nearer_with(drives: _Drives, leaving: int, coming: int) -> float:
    """Return by how much the weighted total drive time changes when a site comes in after a station has left."""
    change = 0.0
    for k in range(drives.start[coming], drives.start[coming + 1]):
        i = drives.need[k]
        before_s = drives.second_s[i] if drives.serving[i] == leaving else drives.nearest_s[i]
        after_s = drives.time_s[drives.pair[k]]
        if before_s == np.inf:
            change += drives.weight[i] * after_s
        elif after_s < before_s:
            change += drives.weight[i] * (after_s - before_s)
    return change


@kernel
def _best_swap(
    choice: _Choice,
    drives: _Drives,
    site: NDArray[np.int64],
    leaving: int,
    lost: float,
    alike_s: float,
    looked_at: NDArray[np.int64],
) -> int:
    """Return the column that comes in for one that left: least driven, then lowest, of those that cover what was lost.

    Drives that differ by rounding alone are alike. The pairs looked at are counted.
    """
    coming = leaving
    best_s = 0.0
    farther_s = _farther_without(drives, site[leaving])
    for j in range(site.size):
        if choice.is_in[j] or j == leaving or choice.worth[j] < lost:
            continue
        change_s = farther_s + _nearer_with(drives, site[leaving], site[j])
        looked_at[0] += drives.start[site[j] + 1] - drives.start[site[j]]
        if change_s < best_s - alike_s or (change_s <= best_s + alike_s and j < coming):
            best_s = change_s
            coming = j
    return coming


@kernel
def _swap_nearer(
    choice: _Choice,
    drives: _Drives,
    site: NDArray[np.int64],
    is_station: NDArray[np.bool_],
    covered: float,
    enough: float,
    max_pairs: int,
    looked_at: NDArray[np.int64],
) -> None:
    """Give up or swap one station at a time, as long as less is driven and no less weight is covered."""
    total_s = 0.0
    for i in range(drives.weight.size):
        if drives.serving[i] >= 0:
            total_s += drives.weight[i] * drives.nearest_s[i]
    slack = 0.0
    for i in range(choice.weight.size):
        slack += choice.weight[i] * 1e-12  # less than this is rounding
    going_on = True
    while going_on:
        going_on = False
        for leaving in range(site.size):
            if not choice.is_in[leaving] or looked_at[0] > max_pairs:
                continue
            loss = choice.worth[leaving]
            _flip(choice, leaving)
            coming = -1
            if loss > slack and covered - loss < enough:
                coming = _best_swap(
                    choice, drives, site, leaving, loss - slack, 1e-12 * total_s, looked_at
                )
            covered -= loss
            if coming >= 0:
                covered += choice.worth[coming]
                _flip(choice, coming)
            if coming != leaving:
                going_on = True
                is_station[site[leaving]] = False
                _serve(drives, is_station, _needs_of(drives, site[leaving]))
                if coming >= 0:
                    is_station[site[coming]] = True
                    _serve(drives, is_station, _needs_of(drives, site[coming]))
