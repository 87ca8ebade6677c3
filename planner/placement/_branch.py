"""The cheapest columns, proven: bounds by prices on rows, and branches by columns where these leave a gap."""

from __future__ import annotations

import heapq
import math
import time
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.placement._costs import Costs
from planner.placement._swaps import cheap_columns


class _Pace(NamedTuple):
    """How subgradient steps go.

    The first goes ``length`` times the way to the aim; after ``patience`` steps without progress they get ``shorter``
    by this factor.
    """

    n_steps: int
    length: float
    patience: int
    shorter: float


FIRST: Final = _Pace(n_steps=3_000, length=1.0, patience=20, shorter=0.85)
NEXT: Final = _Pace(n_steps=60, length=0.3, patience=8, shorter=0.7)
"""Steps before the first branch, until they lead no further; and after each, from prices that were nearly the best."""

SHORTEST: Final = 2e-4
"""Steps end when their length is less."""

NEWEST: Final = 0.7
"""Share of the newest subgradient in the direction of a step."""

AVERAGED: Final = 0.1
"""Share of the newest choice in the average of choices."""

SLACK: Final = 0.999
"""Part of the least difference between two costs that a bound has to leave open, so that rounding can't close it."""

MAX_WAITING_BYTES: Final = 1_000_000_000
"""When the branches that wait take more memory than this the search ends."""

TRY_PAIRS: Final = 3e7
"""Pairs that the search looks at that begins from the columns of a bound: some tenths of a second."""

IN: Final = 1
OUT: Final = -1
"""The side of a column that is settled; 0 while it is not."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cheapest:
    """The cheapest columns met, and what none can undercut.

    Attributes
    ----------
    columns
        The columns, ascending; those known before where no cheaper ones were met.
    cost
        What they cost, in units.
    bound
        What no columns cost less than, in units; the cost itself where none are cheaper by as much as was asked for.
    """

    columns: NDArray[np.int32]
    cost: float
    bound: float


def cheapest_columns(
    costs: Costs,
    n_columns: int,
    *,
    known: NDArray[np.int32],
    cost: float,
    more: float,
    n_pairs: float,
    until_s: float,
) -> Cheapest:
    """Return so many columns that serve all rows, the cheapest met, and what none can undercut.

    Whoever pays a row's price for its being served can be paid by each column what the row costs less there: sum of
    prices + the lowest sums over the columns of min(0, cost - price) is a lower bound (Lagrangian relaxation of
    p-median: Cornuejols, Fisher and Nemhauser 1977), raised by subgradient steps (Held, Wolfe and Crowder 1974). A
    column is settled where the other side would lift the bound over the cost of the best columns known (Beasley 1993).
    Where a gap is left, the column most in doubt is in on one branch and out on the other; the branch with the lowest
    bound is next (Narula, Ogbu and Samuelsson 1977).

    Parameters
    ----------
    costs
        What it costs to serve each row by each column.
    n_columns
        How many columns may be in.
    known
        Columns that serve all rows; none where none are known.
    cost
        What they cost, in units.
    more
        By how much others have to cost less to be worth looking for, in units.
    n_pairs
        Pairs of a row and a column to look at before the search ends.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    pairs, columns, n_nodes, n_seen = _pairs(costs), known, 0, 0
    nothing_settled = np.zeros(costs.n_columns, dtype=np.int8)
    waiting = [_Node(-math.inf, 0, nothing_settled, _first_price(costs, known), -1)]
    while waiting and waiting[0].bound < cost - SLACK * more:
        size = len(waiting) * (8 * costs.n_rows + costs.n_columns)
        is_over = n_seen > n_pairs or size > MAX_WAITING_BYTES or time.monotonic() > until_s
        if is_over and n_nodes:
            return Cheapest(columns=columns, cost=cost, bound=waiting[0].bound)
        node = heapq.heappop(waiting)
        for side in _branches(node):
            aim, pace = cost - SLACK * more, NEXT if n_nodes else FIRST
            price = node.price.copy()
            is_in = np.zeros(costs.n_columns, dtype=np.bool_)
            bound, met, in_doubt, seen = _settle(pairs, side, price, n_columns, aim, pace, is_in)
            n_nodes, n_seen = n_nodes + 1, n_seen + seen
            met_columns = np.flatnonzero(is_in).astype(np.int32)
            if n_nodes & (n_nodes - 1) == 0 and met < np.inf and bound < aim:
                n_tried = min(n_columns, costs.n_columns)
                met_columns = cheap_columns(
                    costs, n_tried, first=met_columns, n_pairs=TRY_PAIRS, until_s=until_s
                )
                met = costs.total(met_columns)[1]
            if met < aim:
                columns, cost = met_columns, met
            if n_nodes == 1:
                pairs = _without(pairs, side == OUT)
            if in_doubt >= 0:
                lowest = max(bound, node.bound)
                heapq.heappush(waiting, _Node(lowest, n_nodes, side, price, in_doubt))
    return Cheapest(columns=columns, cost=cost, bound=cost)


class _Node(NamedTuple):
    """What is settled about the columns, what they can't undercut then, by which prices, and which is most in doubt."""

    bound: float
    number: int
    side: NDArray[np.int8]
    price: Floats
    in_doubt: int


class _Pairs(NamedTuple):
    """The columns of each row, cheapest first; a row costs ``otherwise`` without, infinitely much where it needs one."""

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: Floats
    otherwise: Floats


def _branches(node: _Node) -> list[NDArray[np.int8]]:
    """Return the sides of the columns on each branch of a node."""
    if node.in_doubt < 0:
        return [node.side]
    branches = [node.side.copy(), node.side.copy()]
    for side, settled in zip(branches, (IN, OUT), strict=True):
        side[node.in_doubt] = settled
    return branches


def _pairs(costs: Costs) -> _Pairs:
    """Return costs as floats."""
    return _Pairs(
        start=costs.indptr,
        column=costs.column,
        cost=costs.cost.astype(np.float64),
        otherwise=np.where(costs.otherwise < 0, np.inf, costs.otherwise),
    )


def _without(pairs: _Pairs, is_out: NDArray[np.bool_]) -> _Pairs:
    """Return the pairs of the other columns."""
    is_pair = ~is_out[pairs.column]
    start = np.concatenate([[0], np.cumsum(is_pair)])[pairs.start]
    return _Pairs(start, pairs.column[is_pair], pairs.cost[is_pair], pairs.otherwise)


def _first_price(costs: Costs, known: NDArray[np.int32]) -> Floats:
    """Return prices to begin from: what each row would cost if the known column that serves it were none.

    Where none are known each row pays its share of the largest of its columns.
    """
    if not known.size:
        size = np.bincount(costs.column, minlength=costs.n_columns)
        has_column = np.diff(costs.indptr) > 0
        price = np.zeros(costs.n_rows)
        first = costs.indptr[:-1][has_column]
        price[has_column] = 1.0 / np.maximum.reduceat(size[costs.column], first)
        return price
    is_in = np.zeros(costs.n_columns, dtype=bool)
    is_in[known] = True
    return _second_cost(_pairs(costs), is_in)


@kernel
def _second_cost(pairs: _Pairs, is_in: NDArray[np.bool_]) -> Floats:
    """Return what each row costs without the column that serves it: by the next one, or the dearest there is."""
    price = np.empty(pairs.otherwise.size)
    for i in range(price.size):
        price[i] = pairs.otherwise[i]
        n = 0
        for k in range(pairs.start[i], pairs.start[i + 1]):
            n += is_in[pairs.column[k]]
            if n == 2 or (k == pairs.start[i + 1] - 1 and price[i] == np.inf):
                price[i] = pairs.cost[k]
                break
    return price


@kernel
def _settle(
    pairs: _Pairs,
    side: NDArray[np.int8],
    price: Floats,
    n_columns: int,
    aim: float,
    pace: _Pace,
    is_in: NDArray[np.bool_],
) -> tuple[float, float, int, int]:
    """Settle columns by prices, and return the bound, the cost of the columns met, the one in doubt, and pairs seen.

    Prices and the sides of columns are changed in place, and so are the columns met. None is in doubt where the bound
    reaches the aim, or all are settled.
    """
    n_free, n_open = 0, n_columns
    number = np.full(side.size, -1, dtype=np.int64)
    column = np.empty(side.size, dtype=np.int64)
    for j in range(side.size):
        if side[j] == IN:
            n_open -= 1
            is_in[j] = True
        elif side[j] == 0:
            number[j] = n_free
            column[n_free] = j
            n_free += 1
    if n_open < 0:
        return np.inf, np.inf, -1, 0
    left, n_seen = _left(pairs, side, number)
    score, average = np.zeros(n_free), np.zeros(n_free)
    n_open = min(n_open, n_free)
    bound, n_more = _raise(left, price, score, average, n_open, aim, pace)
    n_seen += n_more
    in_doubt = -1
    if bound < aim:
        order = np.argsort(score, kind="mergesort")
        for k in range(n_open):
            is_in[column[order[k]]] = True
        last_in = min(score[order[n_open - 1]], 0.0) if n_open > 0 else 0.0
        next_in = min(score[order[n_open]], 0.0) if n_open < n_free else np.inf
        most = -1.0
        for f in range(n_free):
            if n_open == 0 or (score[f] >= last_in and bound + score[f] - last_in >= aim):
                side[column[f]] = OUT
            elif score[f] <= last_in and bound + next_in - score[f] >= aim:
                side[column[f]] = IN
            elif 0.5 - abs(average[f] - 0.5) > most:
                most = 0.5 - abs(average[f] - 0.5)
                in_doubt = column[f]
    return bound, _cost_of(pairs, is_in), in_doubt, n_seen


@kernel
def _left(pairs: _Pairs, side: NDArray[np.int8], number: NDArray[np.int64]) -> tuple[_Pairs, int]:
    """Return the pairs left when some columns are settled, the others renumbered, and how many were seen."""
    n, n_seen, n_left = pairs.otherwise.size, 0, 0
    start = np.zeros(n + 1, dtype=np.int64)
    otherwise = pairs.otherwise.copy()
    column = np.empty(pairs.column.size, dtype=np.int32)
    cost = np.empty(pairs.cost.size)
    for i in range(n):
        for k in range(pairs.start[i], pairs.start[i + 1]):
            n_seen += 1
            j = pairs.column[k]
            if side[j] == IN:
                otherwise[i] = pairs.cost[k]
                break
            if side[j] == 0:
                column[n_left] = number[j]
                cost[n_left] = pairs.cost[k]
                n_left += 1
        start[i + 1] = n_left
    return _Pairs(start, column[:n_left], cost[:n_left], otherwise), n_seen


@kernel
def _raise(
    left: _Pairs,
    price: Floats,
    score: Floats,
    average: Floats,
    n_columns: int,
    aim: float,
    pace: _Pace,
) -> tuple[float, int]:
    """Raise a bound by subgradient steps, and return it and the number of pairs seen.

    Prices come to be those of the highest bound, scores what each column earns by them, and the average how often it
    was chosen of late.
    """
    n = price.size
    now, earned = np.empty(n), np.empty(score.size)
    direction, is_in = np.zeros(n), np.zeros(score.size, dtype=np.bool_)
    for i in range(n):
        now[i] = min(price[i], left.otherwise[i])
        if left.start[i] == left.start[i + 1]:
            now[i] = left.otherwise[i]
            if now[i] == np.inf:
                return np.inf, 0
    best, length, n_waited, n_seen = -np.inf, pace.length, 0, 0
    for _ in range(pace.n_steps):
        bound = now.sum()
        n_seen += _earn(left, now, earned)
        is_in[:] = False
        order = np.argsort(earned)
        for k in range(n_columns):
            if earned[order[k]] < 0.0:
                is_in[order[k]] = True
                bound += earned[order[k]]
        n_waited = 0 if bound > best + 1e-3 * abs(aim - best) else n_waited + 1
        if bound > best:
            best = bound
            price[:] = now
            score[:] = earned
        if best >= aim:
            break
        if n_waited >= pace.patience:
            n_waited = 0
            length *= pace.shorter
            now[:] = price
        for f in range(score.size):
            average[f] += AVERAGED * (is_in[f] - average[f])
        steepness = _turn(left, now, is_in, direction)
        if steepness == 0.0 or length < SHORTEST:
            break
        step = length * (aim - bound) / steepness
        for i in range(n):
            if left.start[i] < left.start[i + 1]:
                lowest = left.cost[left.start[i]]
                now[i] = max(lowest, min(left.otherwise[i], now[i] + step * direction[i]))
    return best, n_seen


@kernel
def _earn(left: _Pairs, price: Floats, earned: Floats) -> int:
    """Add up what each column earns by these prices, and return the number of pairs seen."""
    earned[:] = 0.0
    n_seen = 0
    for i in range(price.size):
        for k in range(left.start[i], left.start[i + 1]):
            if left.cost[k] >= price[i]:
                break
            earned[left.column[k]] += left.cost[k] - price[i]
            n_seen += 1
    return n_seen


@kernel
def _turn(left: _Pairs, price: Floats, is_in: NDArray[np.bool_], direction: Floats) -> float:
    """Turn the direction towards the slope of the bound, and return how steep it is, squared."""
    steepness = 0.0
    for i in range(price.size):
        if left.start[i] == left.start[i + 1]:
            continue
        slope = 1.0
        for k in range(left.start[i], left.start[i + 1]):
            if left.cost[k] >= price[i]:
                break
            slope -= is_in[left.column[k]]
        direction[i] += NEWEST * (slope - direction[i])
        is_stuck = (price[i] >= left.otherwise[i] and direction[i] > 0.0) or (
            price[i] <= left.cost[left.start[i]] and direction[i] < 0.0
        )
        if not is_stuck:
            steepness += direction[i] * direction[i]
    return steepness


@kernel
def _cost_of(pairs: _Pairs, is_in: NDArray[np.bool_]) -> float:
    """Return what some columns cost; infinite where they leave out a row that needs one."""
    total = 0.0
    for i in range(pairs.otherwise.size):
        cost = pairs.otherwise[i]
        for k in range(pairs.start[i], pairs.start[i + 1]):
            if is_in[pairs.column[k]]:
                cost = pairs.cost[k]
                break
        total += cost
    return total
