"""Plans of little cost fast: columns are exchanged while the choice cools down."""

from __future__ import annotations

import math
import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.placement._ranked import Ranked
from planner.placement._search import SEED, chance_from
from planner.rows import row_of, starts

HOT: Final = 0.05
COLD: Final = 0.002
"""Temperatures at the beginning and the end of an exchange, as shares of the cost per column."""

UNSERVED: Final = 2.0
"""What a row without a column costs beyond its dearest one, in shares of the cost per column."""

STEPS_PER_LOOK: Final = 1_000
"""Exchanges between two looks at the clock."""

MAX_ROUNDS: Final = 100
"""Rounds after which a choice counts as settled."""


def cheap_columns(
    rows: Ranked,
    n_columns: int,
    *,
    first: NDArray[np.int32],
    n_steps: int,
    until_s: float,
    seed: int = SEED,
) -> NDArray[np.int32]:
    """Return at most so many columns that serve the rows at little cost, ascending.

    Parameters
    ----------
    rows
        What to serve.
    n_columns
        Number of columns, the kept ones among them; fewer are taken only where no other saves anything.
    first
        Columns to begin from; the rest is added greedily.
    n_steps
        Number of exchanges after which to stop; 0: only swaps that save something.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    seed
        Where chance begins.

    Returns
    -------
    NDArray
        Columns none of which can be swapped for a smaller cost, or for the same cost and a lower position. They serve
        all rows if any choice that was met did.
    """
    kept = np.flatnonzero(rows.is_kept)
    choice = _nothing_chosen(rows, n_columns)
    for column in np.union1d(kept, first):
        _add(choice, int(column))
    _fill(choice, n_columns)
    movable = np.flatnonzero(choice.is_in & ~rows.is_kept)
    if movable.size and movable.size + kept.size < rows.n_columns:
        _settle(choice, movable, MAX_ROUNDS)
        best = _Best(choice.is_in.copy(), np.array([choice.cost_now[0], choice.n_unserved[0]]))
        hot = HOT * choice.cost_now[0] / n_columns
        cooling = (COLD / HOT) ** (1.0 / max(n_steps, 1))
        for step in range(0, n_steps, STEPS_PER_LOOK):
            n = min(STEPS_PER_LOOK, n_steps - step)
            temperature, chance = hot * cooling**step, chance_from(seed + step)
            _exchange(choice, movable, temperature, cooling, n, chance, best)
            if time.monotonic() > until_s:
                break
        choice = _nothing_chosen(rows, n_columns)
        for column in np.flatnonzero(best.is_in):
            _add(choice, int(column))
        _settle(choice, np.flatnonzero(choice.is_in & ~rows.is_kept), MAX_ROUNDS)
    return np.flatnonzero(choice.is_in).astype(np.int32)


def steps(rows: Ranked, n_columns: int, n_pairs: float, *, at_most: int) -> int:
    """Return how many exchanges look at about so many pairs of a row and a column."""
    n, m, p = float(rows.n_rows), float(rows.n_columns), float(max(n_columns, 1))
    a_step = n + m + 4.0 * rows.column.size / (p * p)
    return int(min(n_pairs / max(a_step, 1.0), at_most))


class _Choice(NamedTuple):
    """Rows, columns and which columns are chosen, with what follows from the choice kept up to date.

    ``at`` is the pair that serves each row (its end where none does) and ``now`` what that costs; ``gain`` is what a
    column outside saves. ``n_more`` is how many of the rows that nobody serves it would.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: NDArray[np.float64]
    start: NDArray[np.int64]
    pair: NDArray[np.int64]
    row: NDArray[np.int32]
    unserved: NDArray[np.float64]
    is_in: NDArray[np.bool_]
    at: NDArray[np.int64]
    now: NDArray[np.float64]
    gain: NDArray[np.float64]
    n_more: NDArray[np.int64]
    cost_now: NDArray[np.float64]
    n_unserved: NDArray[np.int64]


class _Best(NamedTuple):
    """The cheapest choice met, and what it costs and leaves unserved."""

    is_in: NDArray[np.bool_]
    found: NDArray[np.float64]


def _nothing_chosen(rows: Ranked, n_columns: int) -> _Choice:
    """Return the empty choice."""
    row = row_of(rows.indptr)
    pair = np.argsort(rows.column, kind="stable")
    cheapest, dearest = rows.cost[rows.indptr[:-1]], rows.cost[rows.indptr[1:] - 1]
    per_column = (float(cheapest.sum()) + float(dearest.sum())) / 2 / max(n_columns, 1)
    unserved = dearest + max(UNSERVED * per_column, 1.0)
    return _Choice(
        indptr=rows.indptr,
        column=rows.column,
        cost=rows.cost,
        start=starts(rows.column[pair], rows.n_columns),
        pair=pair,
        row=row[pair].astype(np.int32),
        unserved=unserved,
        is_in=np.zeros(rows.n_columns, dtype=np.bool_),
        at=rows.indptr[1:].copy(),
        now=unserved.copy(),
        gain=np.bincount(rows.column, unserved[row] - rows.cost, rows.n_columns).astype(np.float64),
        n_more=np.bincount(rows.column, minlength=rows.n_columns).astype(np.int64),
        cost_now=np.array([unserved.sum()]),
        n_unserved=np.full(1, rows.n_rows),
    )


@kernel
def _drop(choice: _Choice, leaving: int) -> None:
    """Let a column leave: the next cheapest one in serves its rows."""
    choice.is_in[leaving] = False
    for k in range(choice.start[leaving], choice.start[leaving + 1]):
        i = choice.row[k]
        if choice.at[i] != choice.pair[k]:
            continue
        end = choice.indptr[i + 1]
        at = choice.at[i] + 1
        while at < end and not choice.is_in[choice.column[at]]:
            at += 1
        before = choice.now[i]
        after = choice.cost[at] if at < end else choice.unserved[i]
        if at == end:
            choice.n_unserved[0] += 1
            for pair in range(choice.indptr[i], end):
                choice.n_more[choice.column[pair]] += 1
        choice.at[i] = at
        choice.now[i] = after
        choice.cost_now[0] += after - before
        for pair in range(choice.indptr[i], end):
            if choice.cost[pair] >= after:
                break
            choice.gain[choice.column[pair]] += after - max(before, choice.cost[pair])


@kernel
def _add(choice: _Choice, coming: int) -> None:
    """Let a column come in: it serves the rows that are served dearer."""
    choice.is_in[coming] = True
    for k in range(choice.start[coming], choice.start[coming + 1]):
        i = choice.row[k]
        if choice.pair[k] >= choice.at[i]:
            continue
        before, after = choice.now[i], choice.cost[choice.pair[k]]
        if choice.at[i] == choice.indptr[i + 1]:
            choice.n_unserved[0] -= 1
            for pair in range(choice.indptr[i], choice.indptr[i + 1]):
                choice.n_more[choice.column[pair]] -= 1
        choice.at[i] = choice.pair[k]
        choice.now[i] = after
        choice.cost_now[0] += after - before
        for pair in range(choice.indptr[i], choice.indptr[i + 1]):
            if choice.cost[pair] >= before:
                break
            choice.gain[choice.column[pair]] -= before - max(after, choice.cost[pair])


@kernel
def _most_saving(choice: _Choice, alike: float) -> int:
    """Return the column outside that serves most of the rows unserved, of these the one that saves most, then the lowest.

    -1 where none is outside.
    """
    best = -1
    for j in range(choice.gain.size):
        if choice.is_in[j]:
            continue
        if (
            best < 0
            or choice.n_more[j] > choice.n_more[best]
            or (
                choice.n_more[j] == choice.n_more[best]
                and (choice.gain[j] > choice.gain[best] + alike)
            )
        ):
            best = j
    return best


@kernel
def _fill(choice: _Choice, n_columns: int) -> None:
    """Take in the columns that save most, one by one, as long as one saves anything."""
    n = 0
    for j in range(choice.is_in.size):
        n += choice.is_in[j]
    while n < n_columns:
        alike = 1e-12 * choice.cost_now[0]
        best = _most_saving(choice, alike)
        if best < 0 or (choice.n_more[best] == 0 and choice.gain[best] <= alike):
            break
        _add(choice, best)
        n += 1


@kernel
def _settle(choice: _Choice, movable: NDArray[np.int64], max_rounds: int) -> None:
    """Swap one column at a time for the one that saves most instead, until no swap saves or lowers anything."""
    for _ in range(max_rounds):
        going_on = False
        for k in range(movable.size):
            leaving = movable[k]
            alike = 1e-12 * choice.cost_now[0]
            _drop(choice, leaving)
            best = _most_saving(choice, alike)
            is_alike = choice.n_more[best] == choice.n_more[leaving]
            if is_alike and choice.gain[best] <= choice.gain[leaving] + alike and best > leaving:
                best = leaving
            _add(choice, best)
            if best != leaving:
                movable[k] = best
                going_on = True
        if not going_on:
            break


@kernel
def _next(chance: np.uint64) -> np.uint64:
    """Return the number after this one in a sequence of chance (xorshift: Marsaglia 2003)."""
    chance ^= chance << np.uint64(13)
    chance ^= chance >> np.uint64(7)
    chance ^= chance << np.uint64(17)
    return chance


@kernel
def _exchange(
    choice: _Choice,
    movable: NDArray[np.int64],
    temperature: float,
    cooling: float,
    n_steps: int,
    chance: np.uint64,
    best: _Best,
) -> None:
    """Exchange columns, and note the cheapest choice met that leaves the fewest rows unserved.

    The choice is shaken and cools down: each step gives up a column by chance and takes one in by chance, with odds
    exp(gain / temperature) (heat-bath form of simulated annealing: Kirkpatrick, Gelatt and Vecchi 1983).
    """
    for _ in range(n_steps):
        chance = _next(chance)
        k = int(chance % np.uint64(movable.size))
        coming = movable[k]
        _drop(choice, coming)
        highest = -np.inf
        for j in range(choice.gain.size):
            if not choice.is_in[j]:
                highest = max(highest, choice.gain[j])
        luckiest = -np.inf
        for j in range(choice.gain.size):
            # farther below the highest than this nothing has odds worth a throw of the dice
            if choice.is_in[j] or choice.gain[j] < highest - 10.0 * temperature:
                continue
            chance = _next(chance)
            # the largest of gain + temperature x Gumbel noise falls on each column with the odds wanted
            share = (np.float64(chance >> np.uint64(11)) + 0.5) / 9007199254740992.0
            luck = choice.gain[j] - temperature * math.log(-math.log(share))
            if luck > luckiest:
                luckiest = luck
                coming = j
        _add(choice, coming)
        movable[k] = coming
        temperature *= cooling
        n_unserved, cost = choice.n_unserved[0], choice.cost_now[0]
        if n_unserved < best.found[1] or (n_unserved == best.found[1] and cost < best.found[0]):
            best.found[0] = cost
            best.found[1] = n_unserved
            for j in range(best.is_in.size):
                best.is_in[j] = choice.is_in[j]
