"""Set covering: the fewest stations that cover all demand, or a share of it (LSCP).

Toregas, C., Swain, R., ReVelle, C. and Bergman, L. (1971): The location of emergency service facilities. Operations
Research 19, 1363-1373.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.placement._bounds import (
    columns_needed,
    fewest_bound,
    in_fewer,
    in_heavier,
    most_bound,
)
from planner.placement._cheapest import cheapest
from planner.placement._milp import Constraint, minimize
from planner.placement._ranked import ranked
from planner.placement._reduce import Ask, Core, Rows, parts, reduce, restricted, rows_with
from planner.placement._search import few_columns, heavy_columns, nearer_stations, steps
from planner.placement.assess import check_question
from planner.placement.max_covering import max_covering, weight_step
from planner.plan import Plan, Status, Then, planned, serve, then_nearest, unmet
from planner.reasons import ALL_COVERABLE, is_open, needs_more, share_of_coverable
from planner.scenario import Goal, SecondGoal

_log = logging.getLogger(__name__)

NONE: Final = np.zeros(0, dtype=np.int32)

QUICK_STEPS: Final = 3_000
LONG_STEPS: Final = 400_000
"""Exchanges of the first and the second search: milliseconds, and up to some seconds."""

SHARE_PAIRS: Final = 1e9
"""Pairs that the search for a share looks at with each number of columns: a second or two."""

BOUND_STEPS: Final = 800
BOUND_PAIRS: Final = 300_000_000
"""Subgradient steps of a bound, fewer at first where steps x pairs would come to more than this, a second or two."""

FEW_PAIRS: Final = 3_000
"""With no more pairs than this the solver is done before bounds are."""

MANY_PAIRS: Final = 1_500_000
"""With more pairs than this the solver does not get beyond its first linear program in minutes."""

NODE_PAIRS: Final = 100_000_000
"""The solver branches until nodes x pairs come to this, which is minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How far to go for an answer.

    Attributes
    ----------
    n_steps
        Exchanges of the search at most, after the quick ones.
    node_pairs
        The solver branches until nodes x pairs come to this; 0: it isn't asked, but where there are few pairs.
    """

    n_steps: int = LONG_STEPS
    node_pairs: int = NODE_PAIRS


FULL: Final = Effort()


def set_covering(
    coverage: Coverage,
    *,
    stations: int | None = None,
    min_share: float = 1.0,
    then: SecondGoal | None = None,
    max_node_pairs: int = NODE_PAIRS,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan with the fewest stations that cover all coverable needs, or a share of their weight.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    stations
        Upper limit on all stations, kept ones included.
    min_share
        The share of the coverable weight to cover. At 1 every coverable need is covered, one of weight 0 too.
    then
        What to be best at among the plans with as few stations that cover all; only with a share of 1.
    max_node_pairs
        The solver branches until nodes x pairs come to this.
    time_limit_s
        Guard, in seconds; where it strikes the plan says so.

    Returns
    -------
    Plan
        With the number of stations as objective and a lower bound on it. Infeasible where more stations are needed than
        allowed, undecided where neither a plan nor that is found; then the stations are those of the max covering plan
        with the stations allowed. Among equally good plans met, one that no swap of a single station takes to a smaller
        weighted total drive time, then to lower positions.
    """
    check_question(coverage, stations=stations, min_share=min_share)
    if then is not None and min_share != 1.0:
        raise PlacementError("then goes with a min_share of 1 only; leave one of the two out")
    until_s = time.monotonic() + time_limit_s
    if min_share == 1.0:
        found = _all(coverage, max_node_pairs, until_s)
    else:
        found = _share(coverage, min_share, max_node_pairs, until_s)
    stopped_by = "time" if time.monotonic() > until_s else None
    if stations is not None and found.stations.size > stations:
        return _limited(coverage, found, stations, min_share, until_s, stopped_by)
    stations_found, second = found.stations, None
    if then is not None:
        stations_found, second = _nearest_of_as_few(coverage, found.stations, until_s)
    return planned(
        coverage,
        stations_found,
        goal=Goal.SET_COVERING,
        bound=float(found.bound),
        stopped_by=stopped_by,
        then=second,
        sizes=found.sizes,
    )


def _nearest_of_as_few(
    coverage: Coverage, stations: NDArray[np.int32], until_s: float
) -> tuple[NDArray[np.int32], Then]:
    """Return as few stations that cover all with the least weighted drives in all, and what is proven of those."""
    rows, site = ranked(coverage)
    first = np.searchsorted(site, stations).astype(np.int32)
    columns, bound = cheapest(rows, stations.size, first=first, until_s=until_s)
    nearest = site[columns]
    return nearest, then_nearest(coverage, nearest, bound)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """Stations that meet the rules, how many stations do at least, and the sizes of the reductions."""

    stations: NDArray[np.int32]
    bound: int
    sizes: dict[str, tuple[int, int]]


def _limited(
    coverage: Coverage,
    found: _Found,
    stations: int,
    min_share: float,
    until_s: float,
    stopped_by: str | None,
) -> Plan:
    """Return the plan that covers most with the stations allowed, and why it does not meet the rules."""
    duty = ALL_COVERABLE if min_share == 1.0 else share_of_coverable(min_share)
    if found.bound > stations:
        status = Status.INFEASIBLE
        reason = needs_more(duty, found.bound, stations)
    else:
        status = Status.UNDECIDED
        reason = is_open(duty, found.bound, found.stations.size, stations)
    best = max_covering(
        coverage, stations=stations, time_limit_s=max(until_s - time.monotonic(), 0.0)
    )
    return unmet(
        replace(best, sizes=found.sizes),
        goal=Goal.SET_COVERING,
        status=status,
        why=best.why or (reason,),
        bound=float(found.bound),
        stopped_by=stopped_by if status is Status.UNDECIDED else None,
    )


def few_stations(
    coverage: Coverage, *, enough: int, until_s: float, effort: Effort = FULL
) -> tuple[NDArray[np.int32], int]:
    """Return stations that cover every coverable need, and how many do at least; looks no further once it is decided.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    enough
        Decided means: so few stations were found, or it takes more.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    effort
        How far to go for a decision.
    """
    found = _few(reduce(coverage, Ask.COVER_ALL), enough, effort, until_s)
    return found.stations, found.bound


def _few(core: Core, enough: int, effort: Effort, until_s: float) -> _Found:
    """Return few stations that cover all, and a lower bound; looks no further once so few are found or the bound is higher.

    Parts are proven one by one; the largest comes last and has what the others leave.
    """
    chosen, bound = [], core.fixed.size
    every_row = np.ones(core.rows.n_rows, dtype=bool)
    pieces = sorted(parts(core.rows), key=len)
    for k, columns in enumerate(pieces):
        is_column = np.zeros(core.rows.n_columns, dtype=bool)
        is_column[columns] = True
        fewest, at_least = _fewest(
            restricted(core.rows, every_row, is_column),
            enough - bound if k == len(pieces) - 1 else 0,
            effort,
            until_s,
        )
        chosen.append(columns[fewest])
        bound += at_least
    stations = core.stations(np.concatenate([NONE, *chosen]))
    return _Found(stations=stations, bound=bound, sizes=core.sizes)


def _all(coverage: Coverage, max_node_pairs: int, until_s: float) -> _Found:
    """Return few stations that cover every coverable need."""
    core = reduce(coverage, Ask.COVER_ALL)
    found = _few(core, 0, Effort(node_pairs=max_node_pairs), until_s)
    counted = replace(core.open_rows, weight=np.ones(core.open_rows.n_rows))
    stations = nearer_stations(coverage, counted, core.open_site, found.stations, enough=np.inf)
    return replace(found, stations=stations)


def _fewest(
    rows: Rows, enough: int, effort: Effort, until_s: float
) -> tuple[NDArray[np.int32], int]:
    """Return few columns that cover every row, and how many do at least; no better ones than are enough."""
    columns = few_columns(
        rows, first=NONE, enough=max(enough, 1), n_steps=QUICK_STEPS, until_s=until_s
    )
    bound, may_be_in = 1, np.ones(rows.n_columns, dtype=bool)
    has_few_pairs = rows.column.size <= FEW_PAIRS
    if not has_few_pairs and columns.size > enough:
        n_steps = min(BOUND_STEPS, BOUND_PAIRS // rows.column.size)
        prices = fewest_bound(
            rows, n_found=_wanted(columns, enough) + 1, n_steps=n_steps, until_s=until_s
        )
        bound = max(bound, math.ceil(prices.bound))
        if 0 < enough < bound:
            return columns, bound
        columns = few_columns(
            rows,
            first=columns,
            enough=max(bound, enough),
            n_steps=min(effort.n_steps, 400 * rows.n_columns),
            until_s=until_s,
        )
        if rows.column.size > MANY_PAIRS and effort.n_steps:
            prices = fewest_bound(
                rows,
                n_found=_wanted(columns, enough) + 1,
                n_steps=2 * BOUND_STEPS,
                until_s=until_s,
                first=prices.price,
            )
            bound = max(bound, math.ceil(prices.bound))
        may_be_in = in_fewer(prices, _wanted(columns, enough) + 1)
    is_decided = columns.size <= max(bound, enough) or 0 < enough < bound
    is_hopeless = rows.column.size > MANY_PAIRS or not (has_few_pairs or effort.node_pairs)
    if is_decided or is_hopeless or time.monotonic() > until_s:
        return columns, bound
    node_pairs = NODE_PAIRS if has_few_pairs else effort.node_pairs
    return _solved(rows, columns, enough, bound, may_be_in, node_pairs, until_s)


def _wanted(columns: NDArray[np.int32], enough: int) -> int:
    """Return how many columns a plan has to have at most to be of use: fewer than found, or enough."""
    return min(columns.size - 1, enough) if enough > 0 else columns.size - 1


def _solved(
    rows: Rows,
    columns: NDArray[np.int32],
    enough: int,
    bound: int,
    may_be_in: NDArray[np.bool_],
    node_pairs: int,
    until_s: float,
) -> tuple[NDArray[np.int32], int]:
    """Return what the solver makes of columns that cover every row and of a bound.

    Where no plan of so many columns as are wanted exists, that is all that is asked.
    """
    wanted = _wanted(columns, enough)
    is_near = wanted == columns.size - 1  # what was found then tells the solver what is of no use
    if is_near:
        may_be_in[columns] = True
    left = restricted(rows, np.ones(rows.n_rows, dtype=bool), may_be_in)
    if left.n_rows < rows.n_rows:  # some row has lost all columns that such a plan could have
        return columns, max(bound, wanted + 1)
    # sum over the columns in that cover a row >= 1, for every row
    constraints = [Constraint(matrix=left.matrix, low=1)]
    if not is_near:
        # sum over all columns <= the columns wanted
        constraints.append(Constraint(matrix=csr_array(np.ones((1, left.n_columns))), high=wanted))
    answer = minimize(
        np.ones(left.n_columns),
        constraints,
        n_whole=left.n_columns,
        start=np.isin(np.flatnonzero(may_be_in), columns).astype(np.float64) if is_near else None,
        gap=0.999,
        time_limit_s=until_s - time.monotonic(),
        max_nodes=node_pairs // left.column.size + 1,
    )
    if answer.x is not None:
        is_in = np.zeros(rows.n_columns, dtype=bool)
        is_in[np.flatnonzero(may_be_in)[answer.x > 0.5]] = True
        if is_in.sum() < columns.size and rows_with(rows, is_in).all():
            columns = np.flatnonzero(is_in).astype(np.int32)
    at_least = math.ceil(min(answer.bound, wanted + 1) - 1e-6)
    return columns, max(bound, min(columns.size, at_least))


def _share(coverage: Coverage, min_share: float, max_node_pairs: int, until_s: float) -> _Found:
    """Return few stations that cover a share of the coverable weight."""
    core = reduce(coverage, Ask.COVER_SHARE)
    by_kept = coverage.weight[serve(coverage, core.fixed)[0] >= 0].tolist()
    wanted = needed_weight(coverage, min_share)
    lacking = wanted - math.fsum(by_kept)
    columns, bound = _fewest_for(core.rows, lacking, max_node_pairs, until_s)
    stations = nearer_stations(
        coverage, core.open_rows, core.open_site, core.stations(columns), enough=lacking
    )
    return _Found(stations=stations, bound=core.fixed.size + bound, sizes=core.sizes)


def needed_weight(coverage: Coverage, min_share: float) -> float:
    """Return the weight that has to be covered: a share of the coverable weight, whole where all weights are.

    A part in 10^9 is let go, so that 0.07 x 100 asks for 7 and not for 7.000000000000001.
    """
    wanted = min_share * math.fsum(coverage.weight[coverage.is_coverable].tolist()) * (1 - 1e-9)
    step = weight_step(coverage.weight)
    return wanted if not step else (math.ceil(wanted / step) - 0.01) * step


def _fewest_for(
    rows: Rows, weight: float, max_node_pairs: int, until_s: float
) -> tuple[NDArray[np.int32], int]:
    """Return few columns that cover so much weight, and how many do at least."""
    if weight <= 0.0:
        return NONE, 0
    columns = _search_share(rows, weight, until_s)
    bound, may_be_in = 1, np.ones(rows.n_columns, dtype=bool)
    if rows.column.size > FEW_PAIRS and columns.size > 1:
        bound, may_be_in = _bound_share(rows, weight, columns.size, until_s)
        may_be_in[columns] = True
    if columns.size <= bound or rows.column.size > MANY_PAIRS or time.monotonic() > until_s:
        return columns, bound
    left = restricted(rows, np.ones(rows.n_rows, dtype=bool), may_be_in)
    n, m = left.n_rows, left.n_columns
    # y <= sum over the columns in that cover the row, for every row
    covered_by_what_is_in = Constraint(
        matrix=hstack([left.matrix, -eye_array(n)], format="csr"), low=0
    )
    # sum of weight x y >= the weight to cover, in units of the heaviest row
    in_units = np.concatenate([np.zeros(m), left.weight / left.weight.max()])
    enough_covered = Constraint(matrix=csr_array(in_units[None]), low=weight / left.weight.max())
    x = np.isin(np.flatnonzero(may_be_in), columns)
    answer = minimize(
        np.repeat([1.0, 0.0], [m, n]),
        [covered_by_what_is_in, enough_covered],
        n_whole=m,
        start=np.concatenate([x, rows_with(left, x)]).astype(np.float64),
        gap=0.999,
        time_limit_s=until_s - time.monotonic(),
        max_nodes=max_node_pairs // left.column.size + 1,
    )
    if answer.x is not None:
        met = np.flatnonzero(may_be_in)[answer.x[:m] > 0.5].astype(np.int32)
        if met.size < columns.size and rows.weight_covered(met) >= weight:
            columns = met
    return columns, max(bound, min(columns.size, math.ceil(answer.bound - 1e-6)))


def _search_share(rows: Rows, weight: float, until_s: float) -> NDArray[np.int32]:
    """Return few columns that cover so much weight: one fewer at a time as long as the search finds enough."""
    n_steps = steps(rows, SHARE_PAIRS)
    columns = heavy_columns(
        rows, rows.n_columns, first=NONE, enough=weight, n_steps=0, until_s=until_s
    )
    while columns.size > 1 and time.monotonic() <= until_s:
        fewer = heavy_columns(
            rows, columns.size - 1, first=NONE, enough=weight, n_steps=n_steps, until_s=until_s
        )
        if rows.weight_covered(fewer) < weight:
            break
        columns = fewer
    return columns


def _bound_share(
    rows: Rows, weight: float, n_found: int, until_s: float
) -> tuple[int, NDArray[np.bool_]]:
    """Return how many columns at least cover so much weight, and which may be among fewer than were found."""
    bound, n_columns, price = 1, n_found - 1, None
    may_be_in = np.ones(rows.n_columns, dtype=bool)
    while bound <= n_columns:
        prices = most_bound(
            rows, n_columns, found=weight, n_steps=BOUND_STEPS, until_s=until_s, first=price
        )
        if n_columns == n_found - 1:
            may_be_in = in_heavier(prices, n_columns, weight)
        at_least = min(columns_needed(rows, prices, weight), n_found)
        if at_least <= bound or time.monotonic() > until_s:
            return max(bound, at_least), may_be_in
        bound, n_columns, price = at_least, at_least, prices.price
    return bound, may_be_in
