"""The cheapest columns that serve all rows: searched, bounded, and solved where a gap is left."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from planner.placement._bounds import Prices, cheapest_bound, in_cheaper
from planner.placement._ladder import ladder
from planner.placement._medians import cheap_columns, steps
from planner.placement._milp import Constraint, minimize
from planner.placement._prices import Floats
from planner.placement._ranked import Ranked, with_pairs
from planner.placement._tree import search_tree
from planner.placement.max_covering import weight_step
from planner.rows import row_of

SEARCHES: Final = ((20_000, 1e9), (100_000, 5e9))
"""Exchanges of the first and the second search, fewer where they would look at more pairs than this: some seconds."""

BOUND_STEPS: Final = (600, 2_000)
"""Subgradient steps before and after the second search."""

BOUND_PAIRS: Final = 6e9
"""Steps are fewer where steps x pairs would come to more than this, some ten seconds."""

ALIKE: Final = 1e-8
"""Part of all cost that counts as none: rounding of sums, and of the solver."""

SOME_PAIRS: Final = 20_000
"""With no more pairs left than this the solver is done before a long search is."""

FEW_COLUMNS: Final = 25
"""With no more columns than this to choose a tree of decisions is done sooner than a linear program."""

TREE_PAIRS: Final = 10_000_000_000
"""The tree branches until nodes x pairs come to this, which is minutes."""

MANY_PAIRS: Final = 300_000
"""With more pairs left than this the solver does not get far in minutes."""

NODE_PAIRS: Final = 100_000_000
"""The solver branches until nodes x pairs come to this, which is minutes."""

SOLVER_UNITS: Final = 1e4
"""The cost of the best plan found, in the units that the solver counts in."""


def cheapest(
    rows: Ranked, n_columns: int, *, first: NDArray[np.int32], until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return at most so many columns that serve all rows at little cost, and what no such columns can beat.

    Parameters
    ----------
    rows
        What to serve.
    n_columns
        Number of columns, the kept ones among them.
    first
        Columns that serve all rows; they may be fewer.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    if rows.n_rows == 0:
        return np.flatnonzero(rows.is_kept).astype(np.int32), 0.0
    columns, bound, price = first, 0.0, None
    for search, n_bound in zip(SEARCHES, BOUND_STEPS, strict=True):
        n_steps = steps(rows, n_columns, search[1], at_most=search[0])
        met = cheap_columns(rows, n_columns, first=first, n_steps=n_steps, until_s=until_s)
        columns = min(met, columns, key=rows.total)
        cost = rows.total(columns)
        less = cost - max(weight_step(rows.cost), ALIKE * cost)  # what a better plan costs at most
        prices = cheapest_bound(
            rows,
            n_columns,
            found=cost,
            n_steps=int(min(n_bound, BOUND_PAIRS / rows.column.size)),
            until_s=until_s,
            first=_middle_costs(rows, columns) if price is None else price,
        )
        bound, price = max(bound, prices.bound), prices.price
        if bound > less:
            return columns, cost
        left = _left(rows, n_columns, columns, prices, less)
        if left.rows.column.size <= SOME_PAIRS or time.monotonic() > until_s:
            break
    if n_columns - left.must_be_in.sum() <= FEW_COLUMNS:
        found, proven = _branch(left, n_columns, prices.price, cost, less, until_s)
    elif left.rows.column.size <= MANY_PAIRS and time.monotonic() <= until_s:
        found, proven = _solve(left, n_columns, cost, less, until_s)
    else:
        return columns, bound
    bound, step = max(bound, proven), cost - less
    columns = min(columns, found, key=rows.total)
    cost = rows.total(columns)
    return columns, bound if bound <= cost - step else cost


class _Left(NamedTuple):
    """What may be in a better plan: the rows over the columns left, what these are, and which of them must be in."""

    rows: Ranked
    column: NDArray[np.int32]
    must_be_in: NDArray[np.bool_]
    found: NDArray[np.bool_]


def _left(
    rows: Ranked, n_columns: int, found: NDArray[np.int32], prices: Prices, less: float
) -> _Left:
    """Return what may be in a plan that costs at most so much, and the best plan found.

    A plan in which a row costs more than its price costs as much more than the bound.
    """
    may_be_in, must_be_in = in_cheaper(rows, prices, n_columns, less)
    may_be_in[found] = True
    served = rows.served(found)[row_of(rows.indptr)]
    too_dear = prices.bound + rows.cost - prices.price[row_of(rows.indptr)] > less
    left = with_pairs(rows, may_be_in[rows.column] & (~too_dear | (rows.cost <= served)))
    column = np.flatnonzero(may_be_in).astype(np.int32)
    return _Left(
        rows=replace(
            left,
            column=np.searchsorted(column, left.column).astype(np.int32),
            is_kept=rows.is_kept[column],
        ),
        column=column,
        must_be_in=must_be_in[column],
        found=np.isin(column, found),
    )


def _branch(
    left: _Left, n_columns: int, price: Floats, cost: float, less: float, until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return the columns that a tree of decisions finds, and its bound."""
    searched = search_tree(
        left.rows,
        n_columns,
        price=price,
        cost=cost,
        step=cost - less,
        max_nodes=TREE_PAIRS // left.rows.column.size + 1,
        until_s=until_s,
    )
    found = np.flatnonzero(left.found) if searched.columns is None else searched.columns
    return left.column[found], searched.bound


def _solve(
    left: _Left, n_columns: int, cost: float, less: float, until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return the columns that the solver takes, and its bound.

    The variables are whether a column is in, and whether the plan is above a rung; the latter need not be whole.
    """
    rungs = ladder(left.rows)
    m, n = left.column.size, rungs.step.size
    # the columns that come in with a step up + the rung reached >= 1 from the ground, >= the rung below further up
    constraints = [Constraint(matrix=rungs.first, low=1), Constraint(matrix=rungs.further, low=0)]
    # sum of columns <= number of columns
    so_many_in = np.repeat([1.0, 0.0], [m, n])
    constraints.append(Constraint(matrix=csr_array(so_many_in[None]), high=n_columns))
    # sum of the columns that must be in >= their number
    must = np.concatenate([left.must_be_in, np.zeros(n)])
    constraints.append(Constraint(matrix=csr_array(must[None]), low=must.sum()))
    unit = cost / SOLVER_UNITS
    served = left.rows.served(np.flatnonzero(left.found).astype(np.int32))
    answer = minimize(
        np.concatenate([np.zeros(m), rungs.step / unit]),
        constraints,
        n_whole=m,
        start=np.concatenate([left.found, rungs.above(served)]).astype(np.float64),
        gap=0.999 * (cost - less) / unit,
        time_limit_s=until_s - time.monotonic(),
        max_nodes=NODE_PAIRS // left.rows.column.size + 1,
    )
    is_in = left.found if answer.x is None else answer.x[:m] > 0.5
    return left.column[is_in], answer.bound * unit + rungs.base


def _middle_costs(rows: Ranked, columns: NDArray[np.int32]) -> Floats:
    """Return for each row what lies between the costs of its cheapest and its second cheapest column of some."""
    is_in = np.zeros(rows.n_columns, dtype=bool)
    is_in[columns] = True
    pair = np.flatnonzero(is_in[rows.column])
    row = row_of(rows.indptr)[pair]
    cheapest = np.flatnonzero(np.diff(row, prepend=-1))
    second = np.minimum(cheapest + 1, pair.size - 1)
    second = np.where(row[second] == row[cheapest], second, cheapest)
    middle: Floats = (rows.cost[pair[cheapest]] + rows.cost[pair[second]]) / 2
    return middle
