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

FIRST_STEPS: Final = 3_000
NEXT_STEPS: Final = 60
"""Subgradient steps before the first branch, and after each."""

FIRST_LENGTH: Final = 1.0
NEXT_LENGTH: Final = 0.3
SHORTEST: Final = 2e-4
"""Length of the first step, as a share of the way to the aim, and the length at which steps end."""

PATIENCE: Final = (20, 8)
SHORTER: Final = (0.85, 0.7)
"""After so many steps without progress steps get shorter by this factor: before the first branch, and after."""

NEWEST: Final = 0.7
"""Share of the newest subgradient in the direction of a step."""

AVERAGED: Final = 0.1
"""Share of the newest choice in the average of choices."""

MAX_OPEN_BYTES: Final = 1_000_000_000
"""With open branches as large as this the search for a proof ends."""

FREE, IN, OUT = 0, 1, -1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cheapest:
    """The cheapest columns met, and what no columns can cost less than.

    Attributes
    ----------
    columns
        The columns, ascending; those found before where no cheaper ones were met.
    cost
        What they cost, in units.
    bound
        What no columns can cost less than, in units; the cost itself where nothing is so much cheaper as was asked.
    """

    columns: NDArray[np.int32]
    cost: float
    bound: float


class _Pairs(NamedTuple):
    """Rows of columns, cheapest first; ``otherwise`` is what a row costs without, infinite where it needs one."""

    start: NDArray[np.int64]
    column: NDArray[np.int32]
    cost: Floats
    otherwise: Floats


class _Node(NamedTuple):
    """What is fixed about the columns, and how far that is known to lead."""

    bound: float
    number: int
    side: NDArray[np.int8]
    price: NDArray[np.float32]
    branch: int


def cheapest_columns(
    costs: Costs,
    n_columns: int,
    *,
    found: NDArray[np.int32],
    found_cost: float,
    more: float,
    n_pairs: float,
    until_s: float,
) -> Cheapest:
    """Return so many columns that serve all rows at little cost, and what no columns can cost less than.

    Whoever pays the price of a row to be served gets from each column what the row costs less there: sum of prices +
    the lowest sums over the columns of min(0, cost - price) is a lower bound (Lagrangian relaxation of p-median:
    Cornuejols, Fisher and Nemhauser 1977), raised by subgradient steps (Held, Wolfe and Crowder 1974). A column whose
    coming in or staying out would lift the bound to the aim is settled (Beasley 1993). Where a gap is left, the column
    most in doubt is in in one branch and out in another, and the branch with the lowest bound is next (Narula, Ogbu and
    Samuelsson 1977).

    Parameters
    ----------
    costs
        What it costs to serve each row by each column.
    n_columns
        How many columns may be in.
    found
        Columns known to serve all rows; none where none are known.
    found_cost
        What those cost, in units.
    more
        How much cheaper, in units, columns have to be for their sake to go on.
    n_pairs
        Pairs of a row and a column to look at before the search for a proof ends.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    pairs = _pairs(costs)
    best = Cheapest(columns=found, cost=found_cost, bound=-math.inf)
    side = np.zeros(costs.n_columns, dtype=np.int8)
    node = _Node(-math.inf, 0, side, _first_prices(costs, pairs, found), -1)
    settings = (FIRST_STEPS, FIRST_LENGTH, PATIENCE[0], SHORTER[0])
    open_nodes, n_nodes, looked_at = [node], 1, 0.0
    while open_nodes:
        lowest = open_nodes[0].bound
        size = len(open_nodes) * (5 * costs.n_rows + costs.n_columns)
        is_over = looked_at > n_pairs or size > MAX_OPEN_BYTES or time.monotonic() > until_s
        if n_nodes > 1 and (is_over or lowest >= best.cost - 0.999 * more):
            break
        node = heapq.heappop(open_nodes)
        for settled in (IN, OUT) if node.branch >= 0 else (FREE,):
            side = node.side.copy()
            side[node.branch] = settled if node.branch >= 0 else side[node.branch]
            aim = best.cost - 0.999 * more
            bound, price, branch, pairs_seen = _settle(
                pairs, side, node.price.astype(np.float64), n_columns, best.cost, aim, *settings
            )
            looked_at += pairs_seen
            n_nodes += 1
            met = np.flatnonzero(side == IN).astype(np.int32)
