"""Cheap plans fast: greedy, then the best swap of one column for another, again and again from shaken plans."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.placement._costs import Costs, by_column

SEED: Final = 1
"""Where chance begins; equal inputs give equal plans."""

MAX_TABLE: Final = 50_000_000
"""With more entries than this the table of swaps does not fit, and the plan stays greedy."""

SHAKES_PER_LOOK: Final = 10
"""Shaken plans between two looks at the clock."""


def cheap_columns(
    costs: Costs, n_columns: int, *, first: NDArray[np.int32], n_pairs: float, until_s: float
) -> NDArray[np.int32]:
    """Return so many columns that leave out few rows, and of those that serve the others at little cost, ascending.

    No swap of a single column leaves out less, costs less, or costs the same with a lower position (interchange of
    Teitz and Bart 1968, with the gains and losses kept up to date as by Resende and Werneck 2007).

    Parameters
    ----------
    costs
        What it costs to serve each row by each column.
    n_columns
        How many columns; no more than there are.
    first
        Columns to begin from; the rest is added greedily.
    n_pairs
        Pairs of a row and a column, and possible swaps, to look at before the last shaken plan; 0 for none.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    fits = n_columns * costs.n_columns <= MAX_TABLE
    served = _nobody_in(costs, n_columns, has_table=fits)
    _add(served, first.astype(np.int64))
    if fits and 0 < n_columns < costs.n_columns:
        best = _descended(served)
        chance = np.full(1, SEED * 0x9E3779B97F4A7C15 % 2**64, dtype=np.uint64)
        while served.looked_at[0] < n_pairs and time.monotonic() <= until_s:
            _shake(served, best, chance, SHAKES_PER_LOOK)
        _descend(served, True)
    return np.flatnonzero(served.is_in).astype(np.int32)


def _descended(served: _Served) -> NDArray[np.int64]:
    """Descend, and return the columns that are in then."""
    _descend(served, False)
    return served.station.copy()


class _Served(NamedTuple):
    """Rows and columns by each other, who serves each row, and what every swap would change.

    A row is served by ``first``, at ``now``; without that it would cost ``then``. A row that has to be served, but by
    nobody else could be, is ``lone`` then; what a row costs that nobody serves is ``top``. A column outside saves
    ``gain`` when it comes in; the column in a slot costs ``loss`` when it leaves, less ``extra`` when the column
    outside comes for it. The same three with ``_n`` count rows that have to be served and are not.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: NDArray[np.int64]
    start: NDArray[np.int64]
    row: NDArray[np.int32]
    row_cost: NDArray[np.int64]
    top: NDArray[np.int64]
    must: NDArray[np.bool_]
    is_in: NDArray[np.bool_]
    slot: NDArray[np.int32]
    station: NDArray[np.int64]
    first: NDArray[np.int32]
    now: NDArray[np.int64]
    then: NDArray[np.int64]
    lone: NDArray[np.bool_]
    gain: NDArray[np.int64]
    loss: NDArray[np.int64]
    extra: NDArray[np.int64]
    gain_n: NDArray[np.int32]
    loss_n: NDArray[np.int32]
    extra_n: NDArray[np.int32]
    n_left_out: NDArray[np.int64]
    n_lone: NDArray[np.int64]
    total: NDArray[np.int64]
    marked: NDArray[np.int32]
    is_marked: NDArray[np.bool_]
    looked_at: NDArray[np.int64]


def _nobody_in(costs: Costs, n_columns: int, *, has_table: bool) -> _Served:
    """Return how rows are served when none of the slots for columns is filled."""
    n, m = costs.n_rows, costs.n_columns
    must = costs.otherwise < 0
    top = costs.otherwise.copy()
    top[must] = costs.cost[costs.indptr[1:][must] - 1]
    start, row, row_cost = by_column(costs)
    n_slots = n_columns if has_table else 0
    served = _Served(
        indptr=costs.indptr,
        column=costs.column,
        cost=costs.cost,
        start=start,
        row=row,
        row_cost=row_cost,
        top=top,
        must=must,
        is_in=np.zeros(m, dtype=np.bool_),
        slot=np.full(m, -1, dtype=np.int32),
        station=np.full(n_columns, -1, dtype=np.int64),
        first=np.full(n, -1, dtype=np.int32),
        now=top.copy(),
        then=top.copy(),
        lone=np.zeros(n, dtype=np.bool_),
        gain=np.zeros(m, dtype=np.int64),
        loss=np.zeros(n_slots, dtype=np.int64),
        extra=np.zeros((n_slots, m), dtype=np.int64),
        gain_n=np.zeros(m, dtype=np.int32),
        loss_n=np.zeros(n_slots, dtype=np.int32),
        extra_n=np.zeros((n_slots, m), dtype=np.int32),
        n_left_out=np.array([must.sum()], dtype=np.int64),
        n_lone=np.zeros(1, dtype=np.int64),
        total=np.array([top.sum()], dtype=np.int64),
        marked=np.zeros(n, dtype=np.int32),
        is_marked=np.zeros(n, dtype=np.bool_),
        looked_at=np.zeros(1, dtype=np.int64),
    )
    _tell_all(served)
    return served


@kernel
def _tell_all(served: _Served) -> None:
    """Tell the columns what every row would change."""
    for i in range(served.top.size):
        _tell(served, i, 1)


@kernel
def _tell(served: _Served, i: int, sign: int) -> None:
    """Add what a row would change in every swap, or take it away again by sign -1."""
    now, then, lone = served.now[i], served.then[i], served.lone[i]
    nobody = served.first[i] < 0
    s = served.slot[served.first[i]] if not nobody else -1
    if s >= 0:
        served.loss[s] += sign * (then - now)
        served.loss_n[s] += sign * lone
    for k in range(served.indptr[i], served.indptr[i + 1]):
        c, j = served.cost[k], served.column[k]
        if c >= then and not (lone or nobody):
            break
        served.looked_at[0] += 1
        if served.is_in[j]:
            continue
        if c < now:
            served.gain[j] += sign * (now - c)
        if nobody:
            served.gain_n[j] += sign * served.must[i]
        elif s >= 0:
            served.extra[s, j] += sign * (then - max(c, now))
            served.extra_n[s, j] += sign * lone


@kernel
def _look(served: _Served, i: int) -> None:
    """Find out who serves a row now, and what it would cost without."""
    served.n_left_out[0] -= served.must[i] and served.first[i] < 0
    served.n_lone[0] -= served.lone[i]
    served.total[0] -= served.now[i]
    served.first[i] = -1
    served.now[i] = served.top[i]
    served.then[i] = served.top[i]
    served.lone[i] = False
    for k in range(served.indptr[i], served.indptr[i + 1]):
        served.looked_at[0] += 1
        if not served.is_in[served.column[k]]:
            continue
        if served.first[i] < 0:
            served.first[i] = served.column[k]
            served.now[i] = served.cost[k]
            served.lone[i] = served.must[i]
        else:
            served.then[i] = served.cost[k]
            served.lone[i] = False
            break
    served.n_left_out[0] += served.must[i] and served.first[i] < 0
    served.n_lone[0] += served.lone[i]
    served.total[0] += served.now[i]


@kernel
def _change(served: _Served, s: int, coming: int) -> None:
    """Let a column come in for the one in a slot; the slot may be empty."""
    n = 0
    leaving = served.station[s]
    for moved in (leaving, coming):
        if moved < 0:
            continue
        for k in range(served.start[moved], served.start[moved + 1]):
            i = served.row[k]
            matters = served.row_cost[k] <= served.then[i] or served.lone[i] or served.first[i] < 0
            if matters and not served.is_marked[i]:
                served.is_marked[i] = True
                served.marked[n] = i
                n += 1
    for k in range(n):
        _tell(served, served.marked[k], -1)
    if leaving >= 0:
        served.is_in[leaving] = False
        served.slot[leaving] = -1
    served.is_in[coming] = True
    served.station[s] = coming
    served.slot[coming] = s if served.loss.size > 0 else -1
    for k in range(n):
        i = served.marked[k]
        served.is_marked[i] = False
        _look(served, i)
        _tell(served, i, 1)


@kernel
def _add(served: _Served, given: NDArray[np.int64]) -> None:
    """Fill the slots by some columns, then by those that leave out least, of equals by those that save most."""
    for s in range(served.station.size):
        best = given[s] if s < given.size else -1
        if best < 0:
            for j in range(served.gain.size):
                if served.is_in[j]:
                    continue
                more = served.gain_n[j] - served.gain_n[best] if best >= 0 else 1
                if more > 0 or (more == 0 and served.gain[j] > served.gain[best]):
                    best = j
        _change(served, s, best)


@kernel
def _descend(served: _Served, alike: bool) -> None:
    """Do the best swap as long as one leaves out less or costs less; or, where wanted, as much with a lower position."""
    while True:
        best_n, best, slot, coming = 0, 0, -1, -1
        counts = served.n_left_out[0] + served.n_lone[0] > 0
        for s in range(served.station.size):
            loss, leaving = served.loss[s], served.station[s]
            for j in range(served.gain.size):
                more = served.gain[j] + served.extra[s, j] - loss
                more_n = 0
                if counts:
                    more_n = served.gain_n[j] + served.extra_n[s, j] - served.loss_n[s]
                if more_n < best_n or (more_n == best_n and more < best) or served.is_in[j]:
                    continue
                better = more_n > best_n or more > best
                if not better and coming < 0:
                    better = alike and j < leaving
                if better:
                    best_n, best, slot, coming = more_n, more, s, j
        served.looked_at[0] += served.extra.size
        if coming < 0:
            return
        _change(served, slot, coming)


@kernel
def _return_to(served: _Served, best: NDArray[np.int64]) -> None:
    """Swap back to some columns."""
    is_best = np.zeros(served.is_in.size, dtype=np.bool_)
    for j in best:
        is_best[j] = True
    s = 0
    for j in best:
        if served.is_in[j]:
            continue
        while is_best[served.station[s]]:
            s += 1
        _change(served, s, j)


@kernel
def _shake(
    served: _Served, best: NDArray[np.int64], chance: NDArray[np.uint64], n_shakes: int
) -> None:
    """Swap a few columns by chance, descend, and keep what is no worse than the best so far, which is changed in place."""
    left_out, total = served.n_left_out[0], served.total[0]
    for _ in range(n_shakes):
        for _ in range(2 + _below(3, chance)):
            i = _below(served.top.size, chance)
            near = min(
                served.indptr[i + 1] - served.indptr[i],
                2 * served.gain.size // served.station.size + 1,
            )
            if served.first[i] < 0 or near == 0:
                continue
            s = served.slot[served.first[i]]
            coming = np.int64(served.column[served.indptr[i] + _below(near, chance)])
            if not served.is_in[coming]:
                _change(served, s, coming)
        _descend(served, False)
        now_n, now = served.n_left_out[0], served.total[0]
        if now_n < left_out or (now_n == left_out and now <= total):
            left_out, total = now_n, now
            best[:] = served.station
        else:
            _return_to(served, best)


@kernel
def _below(n: int, chance: NDArray[np.uint64]) -> int:
    """Return a whole number below n by chance, and go on in its sequence (xorshift: Marsaglia 2003)."""
    number = chance[0]
    number ^= number << np.uint64(13)
    number ^= number >> np.uint64(7)
    number ^= number << np.uint64(17)
    chance[0] = number
    return np.int64(number % np.uint64(n))
