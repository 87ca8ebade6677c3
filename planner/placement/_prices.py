"""Prices on rows that are served at a cost: the kernels of their Lagrangian bound."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel

KEPT: Final = 0.9
"""Share of what was that a column keeps with each step in how often it is taken."""

PATIENCE: Final = 5
SHORTER: Final = 0.6
"""After so many steps without progress steps get shorter, by this factor."""

Floats = NDArray[np.float64]

Sides = NDArray[np.int8]
"""For each column 1 where it is in, -1 where it is out, 0 where that is open."""


@kernel
def bounded(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    cost: Floats,
    side: Sides,
    first: Floats,
    n_columns: int,
    aim: float,
    less: float,
    n_steps: int,
) -> tuple[float, Floats, Floats, Floats]:
    """Return a bound for the columns open, the prices and scores it follows from, and how often each column is taken.

    Parameters
    ----------
    indptr, column, cost
        The pairs of a row and a column that may serve it, row after row, the cheapest first.
    side
        Which columns are in, out, or open.
    first
        A price for each row, to begin from.
    n_columns
        Number of columns in a plan, those that are in among them.
    aim
        What a plan costs: steps are as long as it takes to get there.
    less
        The steps end early once the bound is above this: then it is of no more interest.
    n_steps
        Subgradient steps at the most.
    """
    price, direction, often = first.copy(), np.zeros(first.size), np.zeros(side.size)
    best, best_price, best_score = -np.inf, first.copy(), np.zeros(side.size)
    length, n_waited = 0.5, 0
    highest = cost[indptr[1:] - 1] + aim
    for _ in range(n_steps):
        score = scores(indptr, column, cost, price, side.size)
        is_in = _taken(side, score, n_columns)
        bound = price.sum()
        for j in range(side.size):
            bound -= score[j] * is_in[j]
            often[j] = KEPT * often[j] + (1 - KEPT) * is_in[j]
        n_waited += 1
        if bound > best:
            best, n_waited = bound, 0
            best_price[:] = price
            best_score[:] = score
        if best > less:
            break
        if n_waited >= PATIENCE:
            length, n_waited = length * SHORTER, 0
            price[:] = best_price
        direction = (direction + slopes(indptr, column, cost, price, is_in)) / 2
        norm = (direction * direction).sum()
        if norm == 0.0:
            break
        price = price + length * (aim - bound) / norm * direction
        # no use in prices beyond this, and larger ones would drown the bound in rounding
        price = np.minimum(np.maximum(price, 0.0), highest)
    return best, best_price, best_score, often


@kernel
def scores(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    cost: Floats,
    price: Floats,
    n_columns: int,
) -> Floats:
    """Return for each column the sum of what the prices of its rows are above their costs, where they are."""
    score = np.zeros(n_columns)
    for i in range(price.size):
        for pair in range(indptr[i], indptr[i + 1]):
            if cost[pair] >= price[i]:
                break
            score[column[pair]] += price[i] - cost[pair]
    return score


@kernel
def _taken(side: Sides, score: Floats, n_columns: int) -> NDArray[np.bool_]:
    """Return the columns that are in, and so many of the open ones with the highest scores that the number is full."""
    is_in = side > 0
    order = np.argsort(-np.where(side == 0, score, -1.0))
    for k in range(min(n_columns - is_in.sum(), side.size)):
        if side[order[k]] == 0:
            is_in[order[k]] = True
    return is_in


@kernel
def slopes(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    cost: Floats,
    price: Floats,
    is_in: NDArray[np.bool_],
) -> Floats:
    """Return for each row how the bound changes with its price: one less the columns in that serve it for less."""
    slope = np.ones(price.size)
    for i in range(price.size):
        for pair in range(indptr[i], indptr[i + 1]):
            if cost[pair] >= price[i]:
                break
            slope[i] -= is_in[column[pair]]
    return slope
