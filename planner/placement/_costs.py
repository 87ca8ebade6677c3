"""What serving each need costs by each site that may be chosen, in whole units, cheapest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.coverage import Coverage
from planner.placement._reduce import Rows
from planner.placement.max_covering import weight_step
from planner.plan import serve
from planner.rows import row_of, starts
from planner.units import TICKS_PER_S

MOST_UNITS: Final = 2.0**52
"""All costs together come to no more units than this, so that sums are exact, in floats too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Costs:
    """What it costs to serve each row by each column.

    Attributes
    ----------
    indptr, column
        The columns that serve row i are ``column[indptr[i]:indptr[i + 1]]``, the cheapest first, of equals the lowest.
    cost
        What each pair costs, in units.
    otherwise
        What each row costs when none of its columns is in: by a kept station. -1 where one of them has to be in.
    n_columns
        Number of columns.
    unit
        Weight x seconds of a unit.
    is_whole
        Whether costs are whole numbers of units; else they are rounded to them.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: NDArray[np.int64]
    otherwise: NDArray[np.int64]
    n_columns: int
    unit: float
    is_whole: bool

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.otherwise.size

    def total(self, columns: NDArray[np.int32]) -> tuple[int, int]:
        """Return how many rows some columns leave out that have to be served, and what serving the others costs."""
        is_in = np.zeros(self.n_columns, dtype=bool)
        is_in[columns] = True
        pair = np.flatnonzero(is_in[self.column])
        row, first = np.unique(row_of(self.indptr)[pair], return_index=True)
        cost = self.otherwise.copy()
        cost[row] = self.cost[pair[first]]
        return int((cost < 0).sum()), int(cost[cost >= 0].sum())


def costs_of(reach: Coverage) -> tuple[Costs, NDArray[np.int32]]:
    """Return what it costs to serve each need by each site that may be chosen, and the site of each column, ascending.

    Needs that no site reaches are left out, and drives no shorter than to a kept station.

    Parameters
    ----------
    reach
        Which needs which sites reach.
    """
    free = ~(reach.is_kept | reach.is_excluded)
    site = np.flatnonzero(free).astype(np.int32)
    kept_s = serve(reach, np.flatnonzero(reach.is_kept).astype(np.int32))[1]
    need = row_of(reach.indptr)
    is_pair = free[reach.site] & ~(reach.time_s >= kept_s[need])
    is_row = reach.is_coverable
    row_number = np.cumsum(is_row) - 1
    row, column = row_number[need[is_pair]], (np.cumsum(free) - 1)[reach.site[is_pair]]
    weight, kept_s = reach.weight[is_row], kept_s[is_row]
    cost, otherwise, unit, is_whole = _in_units(weight, row, reach.time_s[is_pair], kept_s)
    order = np.lexsort((column, cost, row))
    costs = Costs(
        indptr=starts(row, weight.size),
        column=column[order].astype(np.int32),
        cost=cost[order],
        otherwise=otherwise,
        n_columns=site.size,
        unit=unit,
        is_whole=is_whole,
    )
    return costs, site


def costs_of_none_left_out(rows: Rows) -> Costs:
    """Return costs by which columns cost as much as they leave rows without any."""
    return Costs(
        indptr=rows.indptr,
        column=rows.column,
        cost=np.zeros(rows.column.size, dtype=np.int64),
        otherwise=np.ones(rows.n_rows, dtype=np.int64),
        n_columns=rows.n_columns,
        unit=1.0,
        is_whole=True,
    )


def by_column(costs: Costs) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return the rows of each column: where they start, the rows, ascending, and what they cost."""
    pair = np.arange(costs.column.size)
    shape = (costs.n_rows, costs.n_columns)
    turned = csr_array((pair, costs.column, costs.indptr), shape=shape).tocsc()
    return (
        turned.indptr.astype(np.int64),
        turned.indices.astype(np.int32),
        costs.cost[turned.data],
    )


def _in_units(
    weight: NDArray[np.float64],
    row: NDArray[np.int64],
    time_s: NDArray[np.float64],
    kept_s: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], float, bool]:
    """Return the cost of each pair and of the kept stations in units, the unit, and whether they are whole.

    The unit is the largest that all weights times all drive times are whole numbers of. Where there is none, or costs
    would come to too many of it, it is as small as it may be, and costs are rounded.
    """
    known_s = np.where(np.isnan(kept_s), 0.0, kept_s)
    per_need = np.maximum(weight * known_s, 0.0)
    np.maximum.at(per_need, row, weight[row] * time_s)
    all_ = float(per_need.sum())
    coarse = max(all_, 1e-9) / MOST_UNITS
    step, ticks = weight_step(weight), np.concatenate([time_s, known_s]) * TICKS_PER_S
    exact = 0.0
    if step and np.array_equal(ticks, np.rint(ticks)):
        tick = int(np.gcd.reduce(ticks.astype(np.int64))) or 1
        exact = step * tick / TICKS_PER_S
    if exact >= coarse:
        count = np.rint(weight / step).astype(np.int64)
        n_ticks = np.rint(ticks).astype(np.int64) // tick
        cost, kept = count[row] * n_ticks[: time_s.size], count * n_ticks[time_s.size :]
        unit = exact
    else:
        unit = coarse
        cost = np.rint(weight[row] * time_s / unit).astype(np.int64)
        kept = np.rint(weight * known_s / unit).astype(np.int64)
    return cost, np.where(np.isnan(kept_s), -1, kept), unit, exact >= coarse
