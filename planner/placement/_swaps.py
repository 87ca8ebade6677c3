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
    served = _nobody_in(costs, n_columns if fits else 0)
    _add(served, first.astype(np.int64), n_columns)
    if not fits or n_columns in (0, costs.n_columns):
        return np.flatnonzero(served.is_in).astype(np.int32)
    marks = np.zeros(costs.n_rows, dtype=np.int32)
    chance = np.full(1, (SEED * 0x9E3779B97F4A7C15 + 1) % 2**64, dtype=np.uint64)
    _descend(served, marks, alike=False)
    best = served.station.copy()
    while served.looked_at[0] < n_pairs and time.monotonic() <= until_s:
        _shake(served, marks, best, chance, SHAKES_PER_LOOK)
    _return_to(served, marks, best)
    _descend(served, marks, alike=True)
    return np.flatnonzero(served.is_in).astype(np.int32)


class _Served(NamedTuple):
    """Rows and columns by each other, who serves each row, and what every swap would change.

    A row is served by ``first``, at ``now``; without that it would cost ``then``. A row that has to be served and has
    nobody else is *lone* then; what a row costs that nobody serves is ``top``. A column outside saves ``gain`` when
    it comes in; a column inside costs ``loss`` when it leaves, less ``extra`` when the column outside comes for it.
    The same three count rows left out. ``left_out`` is the number of rows left out now and the number of lone rows,
    ``total`` what is paid now.
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
    left_out: NDArray[np.int64]
    total: NDArray[np.int64]
    looked_at: NDArray[np.int64]


def _nobody_in(costs: Costs, n_columns: int) -> _Served:
    """Return how rows are served when no column is in, with a table of swaps for so many columns."""
    n, m = costs.n_rows, costs.n_columns
    must = costs.otherwise < 0
    top = costs.otherwise.copy()
    top[must] = costs.cost[costs.indptr[1:][must] - 1]
    start, row, row_cost = by_column(costs)
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
        loss=np.zeros(n_columns, dtype=np.int64),
        extra=np.zeros((n_columns, m), dtype=np.int64),
        gain_n=np.zeros(m, dtype=np.int32),
        loss_n=np.zeros(n_columns, dtype=np.int32),
        extra_n=np.zeros((n_columns, m), dtype=np.int32),
        left_out=np.array([must.sum(), 0], dtype=np.int64),
        total=np.array([top.sum()], dtype=np.int64),
        looked_at=np.zeros(1, dtype=np.int64),
    )
    _tell_all(served)
    return served


@kernel
def _tell_all(served: _Served) -> None:
    """Tell the columns what the rows would gain by them."""
    for i in range(served.top.size):
        _tell(served, i, 1)


@kernel
def _tell(served: _Served, i: int, sign: int) -> None:
    """Add what a row would change in every swap, or take it away by sign -1."""
    now, then, lone = served.now[i], served.then[i], served.lone[i]
    s = -1
    if served.first[i] >= 0:
        s = served.slot[served.first[i]]
    has_table = s >= 0 and served.loss.size > 0
    if has_table:
        served.loss[s] += sign * (then - now)
        served.loss_n[s] += sign * lone
    for k in range(served.indptr[i], served.indptr[i + 1]):
        c, j = served.cost[k], served.column[k]
        if c >= then and not (lone or s < 0):
            break
        served.looked_at[0] += 1
        if served.is_in[j]:
            continue
        if c < now:
            served.gain[j] += sign * (now - c)
        if s < 0:
            served.gain_n[j] += sign * served.must[i]
        elif has_table:
            served.extra[s, j] += sign * (then - max(c, now))
            served.extra_n[s, j] += sign * lone


@kernel
def _look(served: _Served, i: int) -> None:
    """Find out who serves a row now, and what it would cost without."""
    served.left_out[0] -= served.must[i] and served.first[i] < 0
    served.left_out[1] -= served.lone[i]
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
    served.left_out[0] += served.must[i] and served.first[i] < 0
    served.left_out[1] += served.lone[i]
    served.total[0] += served.now[i]


@kernel
def _add(served: _Served, given: NDArray[np.int64], n_columns: int) -> None:
    """Take some columns in, then those that leave out least, of equals those that save most, up to a number."""
    for s in range(n_columns):
        best = given[s] if s < given.size else -1
        if best < 0:
            for j in range(served.gain.size):
                if served.is_in[j]:
                    continue
                more = served.gain_n[j] - served.gain_n[best] if best >= 0 else 1
                if more > 0 or (more == 0 and served.gain[j] > served.gain[best]):
                    best = j
        for told in (-1, 1):
            for k in range(served.start[best], served.start[best + 1]):
                i = served.row[k]
                if served.row_cost[k] < served.then[i] or served.lone[i] or served.first[i] < 0:
                    _tell(served, i, -1)
                    if told < 0:
                        served.then[i] = -1 - served.then[i]
        # the rows told are marked by a negative cost until they are looked at anew


"""unfinished"""
