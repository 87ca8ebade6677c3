"""Needs that each have to be served, and the sites that may serve them, the cheapest first."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.rows import row_of, starts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranked:
    """Rows that each have to be served by a column, and what that costs: sparse.

    Sixteen bytes a pair here, and as many again in a search; a table of a thousand sites and a hundred thousand needs
    takes some gigabytes, and a horizon makes it small again.

    Attributes
    ----------
    indptr, column
        The columns of row i are ``column[indptr[i]:indptr[i + 1]]``, the cheapest first, of equals the lowest first,
        never none.
    cost
        What it costs to serve the row by the column: weight x drive time.
    is_kept
        Columns that are in every plan.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: NDArray[np.float64]
    is_kept: NDArray[np.bool_]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.indptr.size - 1

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return self.is_kept.size

    def served(self, columns: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return what serving each row by the cheapest of some columns costs; infinite where none of them can."""
        is_in = np.zeros(self.n_columns, dtype=bool)
        is_in[columns] = True
        pair = np.flatnonzero(is_in[self.column])
        row = np.searchsorted(self.indptr, pair, side="right") - 1
        is_first = np.diff(row, prepend=-1) != 0
        cost = np.full(self.n_rows, np.inf)
        cost[row[is_first]] = self.cost[pair[is_first]]
        return cost

    def total(self, columns: NDArray[np.int32]) -> float:
        """Return what serving all rows by some columns costs; infinite where they can't serve all."""
        return math.fsum(self.served(columns).tolist())


def ranked(reach: Coverage) -> tuple[Ranked, NDArray[np.int32]]:
    """Return the needs that some site reaches, over all sites but the excluded ones; and the site of each column.

    Behind the cheapest kept site no other is ever used, so those pairs are left out.

    Parameters
    ----------
    reach
        Which needs which sites may serve, and in what time.
    """
    site = np.flatnonzero(~reach.is_excluded).astype(np.int32)
    column_of = np.cumsum(~reach.is_excluded) - 1
    usable = np.flatnonzero(~reach.is_excluded[reach.site])
    need, column = row_of(reach.indptr)[usable], column_of[reach.site[usable]].astype(np.int32)
    time_s = reach.time_s[usable]
    order = np.lexsort((column, time_s, need))
    need, column, time_s = need[order], column[order], time_s[order]
    is_kept = reach.is_kept[site]
    found = Ranked(
        indptr=np.append(np.flatnonzero(np.diff(need, prepend=-1)), need.size).astype(np.int64),
        column=column,
        cost=reach.weight[need] * time_s,
        is_kept=is_kept,
    )
    n_kept_before = np.concatenate([[0], np.cumsum(is_kept[column])])
    is_behind = n_kept_before[:-1] > np.repeat(
        n_kept_before[found.indptr[:-1]], np.diff(found.indptr)
    )
    return with_pairs(found, ~is_behind), site


def with_pairs(rows: Ranked, is_left: NDArray[np.bool_]) -> Ranked:
    """Return the rows with some of their pairs alone; each keeps at least one."""
    row = row_of(rows.indptr)[is_left]
    return replace(
        rows,
        indptr=starts(row, rows.n_rows),
        column=rows.column[is_left],
        cost=rows.cost[is_left],
    )
