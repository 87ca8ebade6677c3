"""A tree of decisions with a Lagrangian bound at each: for few columns whose linear program is large."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.placement._bounds import ROUNDING
from planner.placement._prices import Floats, Sides, bounded
from planner.placement._ranked import Ranked

FIRST_STEPS: Final = 200
NODE_STEPS: Final = 60
"""Subgradient steps at the root, and at every other node."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """What a tree found.

    Attributes
    ----------
    columns
        The cheapest columns, where some as cheap as asked for were found; else None.
    bound
        What no columns can beat.
    n_nodes
        Nodes looked at.
    """

    columns: NDArray[np.int32] | None
    bound: float
    n_nodes: int


def search_tree(
    rows: Ranked,
    n_columns: int,
    *,
    price: Floats,
    cost: float,
    step: float,
    max_nodes: int,
    until_s: float,
) -> Searched:
    """Return the cheapest columns that serve all rows, if they cost as much less than a plan.

    A node says of some columns that they are in and of others that they are out. Its prices, taken over from the node
    above and improved a little, bound what it costs, and shut out columns for it. Where the bound is too high nothing
    below is looked at; else the column that serves most often is taken in, and then out.

    Parameters
    ----------
    rows
        What to serve; the kept columns are in.
    n_columns
        Number of columns, the kept ones among them.
    price
        Prices of the rows to begin with.
    cost
        Cost of the best plan found.
    step
        By how much a better plan costs less at least.
    max_nodes
        Number of nodes after which to stop.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    best: NDArray[np.int32] | None = None
    stack: list[tuple[Sides, Floats, float]] = [(rows.is_kept.astype(np.int8), price, 0.0)]
    n_nodes = 0
    while stack and n_nodes < max_nodes and time.monotonic() <= until_s:
        side, price, above = stack.pop()
        if above > cost - step:
            continue
        n_nodes += 1
        n_steps = NODE_STEPS if n_nodes > 1 else FIRST_STEPS
        node = bounded(
            rows.indptr, rows.column, rows.cost, side, price, n_columns, cost, cost - step, n_steps
        )
        bound, price, score, often = node
        bound -= ROUNDING * max(abs(bound), cost)
        if bound > cost - step:
            continue
        # scores tell something beside the bound of the same prices only, not beside one from above
        side = _decided(side, score, n_columns, bound, cost - step)
        n_in, n_open = int((side > 0).sum()), int((side == 0).sum())
        if n_in >= n_columns or n_in + n_open <= n_columns:
            columns = np.flatnonzero(side > (0 if n_in >= n_columns else -1)).astype(np.int32)
            total = rows.total(columns)
            if total <= cost - step:
                best, cost = columns, total
            continue
        branch = int(np.argmax(np.where(side == 0, often, -1.0)))
        for way in (-1, 1):  # the last one is looked at first
            below = side.copy()
            below[branch] = way
            stack.append((below, price, max(bound, above)))
    bound = min([cost, *(above for _, _, above in stack)])
    return Searched(columns=best, bound=bound, n_nodes=n_nodes)


def _decided(side: Sides, score: Floats, n_columns: int, bound: float, less: float) -> Sides:
    """Return the sides with those columns in and out that a plan of at most this cost can't do otherwise."""
    is_open = side == 0
    n_free = n_columns - int((side > 0).sum())
    order = np.flatnonzero(is_open)[np.argsort(-score[is_open], kind="stable")]
    if n_free <= 0 or n_free >= order.size:
        return side
    last_in, first_out = score[order[n_free - 1]], score[order[n_free]]
    side = side.copy()
    out, into = order[n_free:], order[:n_free]
    side[out[bound + (last_in - score[out]) > less]] = -1
    side[into[bound + (score[into] - first_out) > less]] = 1
    return side
