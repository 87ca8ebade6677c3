"""The p-median model as ladders: what is left of it, for the solver.

Cornuejols, G., Nemhauser, G. and Wolsey, L. (1980): A canonical representation of simple plant location problems and its
applications. SIAM Journal on Algebraic and Discrete Methods 1, 261-272; Elloumi, S. (2010): A tighter formulation of the
p-median problem. Journal of Combinatorial Optimization 19, 69-83.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.placement._ranked import Ranked
from planner.rows import entries, row_of

SEED: Final = 1
"""Where the marks of columns begin; sets of columns are told apart by the sums of their marks, 128 bits each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Rows as ladders of ever dearer columns.

    A rung is a set of columns, the cheapest ones of some row; many rows share it. Whether a plan is *above* a rung, none of
    its columns being in, is a variable, and costs what those rows then pay more for their next column.

    Attributes
    ----------
    base
        Sum of the cheapest costs of all rows.
    step
        Cost of being above each rung, for all its rows together.
    row, cost
        A row of each rung, and what its dearest column there costs.
    first, further
        Steps up from the ground, and from a rung to the next, columns and then rungs as variables: the columns that come
        in with the step and the rung reached (none at the end of a row) with +1, the rung below with -1.
    """

    base: float
    step: NDArray[np.float64]
    row: NDArray[np.int64]
    cost: NDArray[np.float64]
    first: csr_array
    further: csr_array

    def above(self, served: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether a plan that serves the rows at these costs is above each rung."""
        return served[self.row] > self.cost


def ladder(rows: Ranked) -> Ladder:
    """Return the ladders of rows, the rungs that are the same set of columns joined.

    Parameters
    ----------
    rows
        Each row has to be served by one of its columns: behind the last one there is no rung.
    """
    row = row_of(rows.indptr)
    is_last = np.zeros(row.size, dtype=bool)
    is_last[rows.indptr[1:] - 1] = True
    # a rung ends where the next column is dearer, and with the row
    end = np.flatnonzero(is_last | np.append(rows.cost[1:] > rows.cost[:-1], True))
    begin = np.concatenate([[0], end + 1])
    is_rung = ~is_last[end]
    sets = _numbered(rows, row, end)
    names, at = np.unique(sets[is_rung], return_index=True)
    rung = np.where(is_rung, np.searchsorted(names, sets), -1)
    below = np.where(np.diff(row[end], prepend=-1) > 0, -1, np.concatenate([[-1], rung[:-1]]))
    ends = end[is_rung]
    # one step for all rows that make it: told apart by the rung below and the set reached
    _, taken = np.unique(np.column_stack([below, sets, is_rung]), axis=0, return_index=True)
    which, pair = entries(begin, taken)
    climbs, sinks = np.flatnonzero(rung[taken] >= 0), np.flatnonzero(below[taken] >= 0)
    m = rows.n_columns
    steps = csr_array(
        (
            np.repeat([1.0, 1.0, -1.0], [pair.size, climbs.size, sinks.size]),
            (
                np.concatenate([which, climbs, sinks]),
                np.concatenate(
                    [rows.column[pair], m + rung[taken[climbs]], m + below[taken[sinks]]]
                ),
            ),
        ),
        shape=(taken.size, m + names.size),
    )
    return Ladder(
        base=float(rows.cost[rows.indptr[:-1]].sum()),
        step=np.bincount(rung[is_rung], rows.cost[ends + 1] - rows.cost[ends], names.size).astype(
            np.float64
        ),
        row=row[ends[at]],
        cost=rows.cost[ends[at]],
        first=steps[np.flatnonzero(below[taken] < 0)],
        further=steps[sinks],
    )


def _numbered(rows: Ranked, row: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for the columns of each row up to some of its pairs: the same for the same set, in any order."""
    marks = np.random.default_rng(SEED).integers(0, 2**64, (rows.n_columns, 2), dtype=np.uint64)
    sums = np.vstack([np.zeros((1, 2), np.uint64), np.cumsum(marks[rows.column], axis=0)])
    within = sums[end + 1] - sums[rows.indptr[row[end]]]
    return np.unique(within, axis=0, return_inverse=True)[1].reshape(-1)
