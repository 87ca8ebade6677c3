"""Max covering: the most demand within the standard for a number of stations (MCLP).

Church, R. and ReVelle, C. (1974): The maximal covering location problem. Papers of the Regional Science Association 32,
101-118.
"""

from __future__ import annotations

import logging
import math
import time
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack

from planner.coverage import Coverage
from planner.placement._bounds import in_heavier, most_bound
from planner.placement._milp import Constraint, minimize
from planner.placement._reduce import Ask, Rows, reduce, restricted, rows_with
from planner.placement._search import heavy_columns, nearer_stations, steps
from planner.placement._spare import with_more_stations
from planner.placement.assess import check_question
from planner.plan import Plan, Status, planned, serve, unmet
from planner.reasons import too_many_kept
from planner.scenario import Goal

_log = logging.getLogger(__name__)

NONE: Final = np.zeros(0, dtype=np.int32)

QUICK_PAIRS: Final = 5e8
"""Pairs that the first search looks at: some tenths of a second."""

LONG_PAIRS: Final = 6e9
"""Pairs that the second search looks at, where the first left a gap: some ten seconds."""

ALIKE: Final = 1e-8
"""Part of all weight that counts as none: rounding of sums, and of the solver."""

FEW_PAIRS: Final = 3_000
"""With no more pairs than this the solver is done before bounds are."""

SOME_PAIRS: Final = 100_000
"""With no more pairs than this the solver is done before a long search is."""

MANY_PAIRS: Final = 1_500_000
"""With more pairs than this the solver does not get beyond its first linear program in minutes."""

NODE_PAIRS: Final = 100_000_000
"""The solver branches until nodes x pairs come to this, which is minutes."""

BOUND_STEPS: Final = (600, 2_400)
"""Subgradient steps before and after the second search."""


def max_covering(coverage: Coverage, *, stations: int, time_limit_s: float = 300.0) -> Plan:
    """Return the plan that covers the most weight with a number of stations.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    stations
        How many stations in all, kept ones included. Where fewer cover all that can be covered, the others shorten
        drives; there are fewer only where no site would.
    time_limit_s
        Guard, in seconds; where it strikes the plan says so.

    Returns
    -------
    Plan
        With the weight of the needs covered as objective and an upper bound on it. Infeasible, with all kept stations,
        where more are kept than allowed. Among equally good plans met, one that no swap of a single station takes to a
        smaller weighted total drive time, then to lower positions.
    """
    check_question(coverage, stations=stations)
    until_s = time.monotonic() + time_limit_s
    n_kept = int(coverage.is_kept.sum())
    if n_kept > stations:
        kept = planned(
            coverage, np.flatnonzero(coverage.is_kept).astype(np.int32), goal=Goal.MAX_COVERING
        )
        return unmet(
            kept,
            goal=Goal.MAX_COVERING,
            status=Status.INFEASIBLE,
            why=(too_many_kept(n_kept, stations),),
            bound=None,
        )
    core = reduce(coverage, Ask.COVER_MOST)
    step = weight_step(coverage.weight)
    columns, bound = _heaviest(core.rows, stations - n_kept, step, until_s)
    chosen = nearer_stations(
        coverage, core.open_rows, core.open_site, core.stations(columns), enough=np.inf
    )
    chosen = with_more_stations(coverage, chosen, stations)
    kept_covered = serve(coverage, core.fixed)[0] >= 0
    return planned(
        coverage,
        chosen,
        goal=Goal.MAX_COVERING,
        bound=math.fsum([*coverage.weight[kept_covered].tolist(), bound]),
        stopped_by="time" if time.monotonic() > until_s else None,
        sizes=core.sizes,
    )


def _heaviest(
    rows: Rows, n_columns: int, step: float, until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return at most so many columns that cover much weight, and what no columns can beat."""
    if rows.n_rows == 0 or n_columns == 0:
        return NONE, 0.0
    total = math.fsum(rows.weight.tolist())
    more = step or ALIKE * total  # a plan has to cover as much more to be a better one
    enough = total - more / 2
    columns, bound, price = NONE, total, None
    may_be_in = np.ones(rows.n_columns, dtype=bool)
    for n_pairs, n_steps in ((QUICK_PAIRS, BOUND_STEPS[0]), (LONG_PAIRS, BOUND_STEPS[1])):
        n = steps(rows, n_pairs)
        met = heavy_columns(rows, n_columns, first=NONE, enough=enough, n_steps=n, until_s=until_s)
        columns = max(columns, met, key=rows.weight_covered)
        covered = rows.weight_covered(columns)
        if covered >= enough:
            return columns, total
        if rows.column.size <= FEW_PAIRS:
            break
        prices = most_bound(
            rows, n_columns, found=covered, n_steps=n_steps, until_s=until_s, first=price
        )
        bound, price = min(bound, whole_steps(prices.bound, step)), prices.price
        may_be_in = in_heavier(prices, n_columns, covered + more)
        may_be_in[columns] = True
        if bound < covered + more / 2:
            return columns, covered
        if time.monotonic() > until_s:
            return columns, bound
        if may_be_in[rows.column].sum() <= SOME_PAIRS:
            break
    if may_be_in[rows.column].sum() > MANY_PAIRS or time.monotonic() > until_s:
        return columns, bound
    found, solver_bound = solve_most(
        rows, may_be_in, columns, n_columns, more, max_node_pairs=NODE_PAIRS, until_s=until_s
    )
    columns = max(columns, found, key=rows.weight_covered)
    covered = rows.weight_covered(columns)
    bound = min(bound, whole_steps(solver_bound, step))
    return columns, bound if bound >= covered + more / 2 else covered


def solve_most(
    rows: Rows,
    is_column: NDArray[np.bool_],
    first: NDArray[np.int32],
    n_columns: int,
    more: float,
    *,
    max_node_pairs: int,
    until_s: float,
) -> tuple[NDArray[np.int32], float]:
    """Return the columns that the solver takes among some, and its bound.

    x says whether a column is in, y which part of a row counts as covered; y needs not be whole, for where x is, y is.

    Parameters
    ----------
    rows
        What to cover.
    is_column
        The columns to choose from.
    first
        Some of them, to begin from.
    n_columns
        How many may be in.
    more
        A plan has to cover as much more to be a better one.
    max_node_pairs
        The solver branches until nodes x pairs come to this.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    left = restricted(rows, np.ones(rows.n_rows, dtype=bool), is_column)
    column = np.flatnonzero(is_column).astype(np.int32)
    n, m = left.n_rows, left.n_columns
    # y <= sum over the columns in that cover the row, for every row
    covered_by_what_is_in = Constraint(
        matrix=hstack([left.matrix, -eye_array(n)], format="csr"), low=0
    )
    # sum of x <= number of columns
    so_many_in = Constraint(matrix=csr_array(np.repeat([1.0, 0.0], [m, n])[None]), high=n_columns)
    x = np.isin(column, first)
    y = rows_with(left, x)
    unit = float(left.weight.max())
    answer = minimize(
        np.concatenate([np.zeros(m), -left.weight / unit]),
        [covered_by_what_is_in, so_many_in],
        n_whole=m,
        start=np.concatenate([x, y]).astype(np.float64),
        gap=0.999 * more / unit,
        time_limit_s=until_s - time.monotonic(),
        max_nodes=max_node_pairs // left.column.size + 1,
    )
    chosen = first if answer.x is None else column[np.flatnonzero(answer.x[:m] > 0.5)]
    return chosen, -answer.bound * unit


def weight_step(weight: NDArray[np.float64]) -> float:
    """Return a number that all weights are whole multiples of: 1, 0.1, 0.01 or 0.001; 0 where none of these is."""
    for per_one in (1, 10, 100, 1000):
        scaled = weight * per_one
        if np.allclose(scaled, np.rint(scaled), rtol=1e-12, atol=1e-9):
            return 1 / per_one
    return 0.0


def whole_steps(bound: float, step: float) -> float:
    """Return an upper bound rounded down to a multiple of the step of the weights."""
    return round(math.floor(bound / step + 1e-4) * step, 3) if step else bound
