"""What no plan can beat: Lagrangian bounds, and the columns that no better plan takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.placement._prices import Floats, scores, slopes
from planner.placement._ranked import Ranked
from planner.placement._reduce import Rows

ROUGH: Final = 0.3
SMOOTH: Final = 0.03
FADING: Final = 0.98
"""Share of the newest subgradient in the direction of a step: from rough to smooth, fading with every step."""

PATIENCE: Final = 10
SHORTER: Final = 0.85
"""After so many steps without progress steps get shorter, by this factor."""

ROUNDING: Final = 1e-9
"""Part of a bound by which it is taken less tight, so that sums of floats can't make it false."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """A price on each row, and the bound that follows.

    Attributes
    ----------
    bound
        What no plan can beat.
    price
        Price of each row.
    score
        Sum of the prices of the rows of each column.
    """

    bound: float
    price: Floats
    score: Floats


def fewest_bound(
    rows: Rows, *, n_found: int, n_steps: int, until_s: float, first: Floats | None = None
) -> Prices:
    """Return prices by which covering every row needs many columns.

    Whoever pays the price of a row when it is covered pays at most ``max(0, score - 1)`` too much to a column, so
    sum of prices - sum over columns of max(0, score - 1) is a lower bound (Lagrangian relaxation of the covering
    rows; subgradient steps of Held, Wolfe and Crowder 1974).

    Parameters
    ----------
    rows
        What to cover.
    n_found
        Number of columns of the best plan found.
    n_steps
        Number of subgradient steps.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    first
        Prices to begin from; none: each row shares the cost of its largest column.
    """
    if first is None:
        size = np.bincount(rows.column, minlength=rows.n_columns)
        first = 1.0 / np.maximum.reduceat(size[rows.column], rows.indptr[:-1])
    matrix, transposed = rows.matrix, rows.matrix.T.tocsr()

    def ask(price: Floats) -> tuple[float, Floats, Floats]:
        score = transposed @ price
        bound = price.sum() - np.maximum(0.0, score - 1.0).sum()
        return -float(bound), score, matrix @ (score > 1.0).astype(np.float64) - 1.0

    prices = _descend(
        ask, first, highest=np.inf, aim=-float(n_found), n_steps=n_steps, until_s=until_s
    )
    return replace(prices, bound=-prices.bound * (1 - ROUNDING))


def most_bound(
    rows: Rows,
    n_columns: int,
    *,
    found: float,
    n_steps: int,
    until_s: float,
    first: Floats | None = None,
) -> Prices:
    """Return prices by which so many columns cover little weight.

    Whoever sells the covering of a row for its price (at most its weight) earns no more from so many columns than their
    highest scores, and what is kept of the weights: sum of (weight - price) + sum of the highest scores is an upper
    bound (Lagrangian relaxation: Galvao and ReVelle 1996).

    Parameters
    ----------
    rows
        What to cover.
    n_columns
        Number of columns.
    found
        Weight that the best plan found covers.
    n_steps
        Number of subgradient steps.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    first
        Prices to begin from; none: half the weights.
    """
    first = rows.weight / 2 if first is None else first
    n_columns = min(n_columns, rows.n_columns)
    matrix, transposed = rows.matrix, rows.matrix.T.tocsr()

    def ask(price: Floats) -> tuple[float, Floats, Floats]:
        score = transposed @ price
        is_chosen = np.zeros(rows.n_columns)
        is_chosen[np.argsort(-score, kind="stable")[:n_columns]] = 1.0
        bound = (rows.weight - price).sum() + score @ is_chosen
        return float(bound), score, matrix @ is_chosen - np.where(price < rows.weight, 1.0, 0.5)

    prices = _descend(ask, first, highest=rows.weight, aim=found, n_steps=n_steps, until_s=until_s)
    return replace(prices, bound=prices.bound * (1 + ROUNDING))


def cheapest_bound(
    rows: Ranked,
    n_columns: int,
    *,
    found: float,
    n_steps: int,
    until_s: float,
    first: Floats,
) -> Prices:
    """Return prices by which serving the rows by so many columns costs much.

    Whoever is paid the price of a row by serving it wins at most what the prices are above the costs: a column's score
    is the sum of that over its rows, and sum of prices - sum of the highest scores is a lower bound (Lagrangian
    relaxation of "every row is served once": Cornuejols, Fisher and Nemhauser 1977).

    Parameters
    ----------
    rows
        What to serve. The kept columns are among the columns whatever their scores.
    n_columns
        Number of columns, kept ones included.
    found
        Cost of the best plan found.
    n_steps
        Number of subgradient steps.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    first
        Prices to begin from.
    """

    def ask(price: Floats) -> tuple[float, Floats, Floats]:
        score = scores(rows.indptr, rows.column, rows.cost, price, rows.n_columns)
        is_in = _highest(np.where(rows.is_kept, np.inf, score), n_columns)
        slope = slopes(rows.indptr, rows.column, rows.cost, price, is_in)
        return float(score[is_in].sum() - price.sum()), score, -slope

    # no use in prices beyond this, and larger ones would drown the bound in rounding
    highest = rows.cost[rows.indptr[1:] - 1] + found
    prices = _descend(ask, first, highest=highest, aim=-found, n_steps=n_steps, until_s=until_s)
    return replace(prices, bound=-prices.bound - ROUNDING * max(abs(prices.bound), found))


def in_cheaper(
    rows: Ranked, prices: Prices, n_columns: int, less: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether each column may be in a plan that costs at most this much, and whether it has to be."""
    if n_columns >= rows.n_columns:
        return np.ones(rows.n_columns, dtype=bool), rows.is_kept
    is_in = _highest(np.where(rows.is_kept, np.inf, prices.score), n_columns)
    if not (is_in & ~rows.is_kept).any():
        return rows.is_kept, rows.is_kept
    last_in, first_out = prices.score[is_in & ~rows.is_kept].min(), prices.score[~is_in].max()
    may_be: NDArray[np.bool_] = is_in | (prices.bound + (last_in - prices.score) <= less)
    must_be: NDArray[np.bool_] = is_in & (prices.bound + (prices.score - first_out) > less)
    return may_be, must_be | rows.is_kept


def _highest(score: Floats, n_columns: int) -> NDArray[np.bool_]:
    """Return whether each column is among so many of the highest scores."""
    is_in = np.zeros(score.size, dtype=bool)
    is_in[np.argsort(-score, kind="stable")[:n_columns]] = True
    return is_in


def in_fewer(prices: Prices, n_found: int) -> NDArray[np.bool_]:
    """Return whether each column may be in a cover of every row with fewer columns than were found."""
    at_least: Floats = prices.bound + np.maximum(0.0, 1.0 - prices.score)
    return at_least <= float(n_found - 1)


def in_heavier(prices: Prices, n_columns: int, more: float) -> NDArray[np.bool_]:
    """Return whether each column may be in a plan of so many columns that covers this weight or more."""
    if n_columns >= prices.score.size:
        return np.ones(prices.score.size, dtype=bool)
    last_in = np.partition(prices.score, -n_columns)[-n_columns]
    at_most: Floats = prices.bound - np.maximum(0.0, last_in - prices.score)
    return at_most >= more


def in_every_heavier(prices: Prices, n_columns: int, more: float) -> NDArray[np.bool_]:
    """Return whether each column is in every plan of so many columns that covers this weight or more.

    Without it the best of the others has to take its place.
    """
    if n_columns >= prices.score.size:
        return np.zeros(prices.score.size, dtype=bool)
    first_out = np.partition(prices.score, -n_columns - 1)[-n_columns - 1]
    at_most: Floats = prices.bound - np.maximum(0.0, prices.score - first_out)
    return at_most < more


def columns_needed(rows: Rows, prices: Prices, weight: float) -> int:
    """Return how many columns at least cover this weight, by these prices."""
    return int(np.searchsorted(most_by_number(rows, prices), weight))


def most_by_number(rows: Rows, prices: Prices) -> Floats:
    """Return what no 0, 1, 2, ... columns can beat: one bound for each number, all by the same prices.

    The argument of `most_bound` holds whatever the number: n columns earn no more than the n highest scores. So prices
    that were found for one number bound every other too; in the number these bounds are concave.
    """
    kept = float((rows.weight - prices.price).sum())
    best_scores = np.cumsum(np.sort(prices.score)[::-1])
    reach: Floats = (kept + np.concatenate([[0.0], best_scores])) * (1 + ROUNDING)
    return reach


def _descend(
    ask: Callable[[Floats], tuple[float, Floats, Floats]],
    first: Floats,
    *,
    highest: Floats | float,
    aim: float,
    n_steps: int,
    until_s: float,
) -> Prices:
    """Return the prices met with the lowest bound, by smoothed subgradient steps.

    Parameters
    ----------
    ask
        Answers prices with their bound, the scores of the columns, and the slope of the bound in each price.
    first
        Prices to begin from.
    highest
        Prices lie between 0 and this.
    aim
        What the bound can't go below.
    n_steps
        Number of steps.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    price, direction = first, np.zeros_like(first)
    best = Prices(bound=np.inf, price=first, score=np.zeros(0))
    length, n_waited = 0.1, 0
    for step in range(n_steps):
        bound, score, slope = ask(price)
        n_waited = 0 if aim + 0.9999 * (best.bound - aim) > bound else n_waited + 1
        if bound < best.bound:
            best = Prices(bound=bound, price=price, score=score)
        if n_waited >= PATIENCE:
            n_waited = 0
            length *= SHORTER
            price = best.price
        newest = max(SMOOTH, ROUGH * FADING**step)
        direction = direction + newest * (slope - direction)
        stuck = ((price <= 0.0) & (direction > 0.0)) | ((price >= highest) & (direction < 0.0))
        norm = float((direction * direction)[~stuck].sum())
        if norm == 0.0 or best.bound <= aim or time.monotonic() > until_s:
            break
        price = np.clip(price - length * (bound - aim) / norm * direction, 0.0, highest)
    return best
