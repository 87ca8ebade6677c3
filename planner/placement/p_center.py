"""p-center: the shortest longest drive with a number of stations.

Hakimi, S. L. (1964): see p_median; solved as set coverings: Minieka, E. (1970): The m-center problem. SIAM Review 12,
138-139.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.placement._medians import cheap_columns, steps
from planner.placement._ranked import ranked
from planner.placement._serving import not_served, to_serve
from planner.placement.assess import check_question
from planner.placement.set_covering import few_stations
from planner.plan import Plan, longest_drive, planned
from planner.rows import row_of, starts
from planner.scenario import Goal

SEARCH: Final = (20_000, 1e9)
"""Exchanges that shorten the other drives, fewer where they would look at more pairs than this: a second."""


def p_center(
    coverage: Coverage,
    reach: Coverage,
    *,
    stations: int,
    cover_all: bool = False,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan with the shortest longest drive for a number of stations.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    reach
        Which needs which sites can serve, however far.
    stations
        How many stations in all, kept ones included. There are fewer only where no other would shorten a drive.
    cover_all
        Whether every need that can be covered has to be.
    time_limit_s
        Guard, in seconds; where it strikes the plan says so.

    Returns
    -------
    Plan
        With the longest drive of the needs that some site reaches as objective, whatever they weigh, and a lower bound
        on it. Infeasible and undecided as for `p_median`. Of the plans with as short a longest drive, one with few weighted
        drives in all, which no swap of a single station makes fewer, or takes to lower positions.
    """
    check_question(coverage, stations=stations)
    until_s = time.monotonic() + time_limit_s
    duty = to_serve(coverage, reach, cover_all=cover_all)
    found, at_least = few_stations(duty, enough=stations, until_s=until_s)
    if found.size > stations:
        return not_served(
            coverage,
            duty,
            goal=Goal.P_CENTER,
            stations=stations,
            needed=(at_least, found.size),
            cover_all=cover_all,
            until_s=until_s,
        )
    found, bound = _shortest(duty, found, stations, until_s)
    duty = _at_most(duty, longest_drive(duty, found))
    rows, site = ranked(duty)
    columns = cheap_columns(
        rows,
        stations,
        first=np.searchsorted(site, found).astype(np.int32),
        n_steps=steps(rows, stations, SEARCH[1], at_most=SEARCH[0]),
        until_s=until_s,
    )
    return planned(
        coverage,
        site[columns],
        goal=Goal.P_CENTER,
        reach=reach,
        bound=bound,
        stopped_by="time" if time.monotonic() > until_s else None,
        sizes={"given": (reach.n_needs, reach.n_sites), "to serve": (rows.n_rows, rows.n_columns)},
    )


def _shortest(
    duty: Coverage, found: NDArray[np.int32], stations: int, until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return stations with a short longest drive, and the shortest one that may be.

    Whether a longest drive can be had is a set covering: do so few stations cover all within it? The drive times there
    are, from the longest nearest site of anybody on, are halved until the answer turns from no to yes.
    """
    usable = ~duty.is_excluded[duty.site]
    row, time_s = row_of(duty.indptr)[usable], duty.time_s[usable]
    if not row.size:
        return found, 0.0
    nearest_s = np.minimum.reduceat(time_s, np.flatnonzero(np.diff(row, prepend=-1)))
    lengths = np.unique(time_s[time_s >= nearest_s.max()])
    proven = untried = 0  # all before these are too short, and were tried
    shortest = int(np.searchsorted(lengths, longest_drive(duty, found)))
    while untried < shortest and time.monotonic() <= until_s:
        middle = (untried + shortest) // 2
        within = _at_most(duty, float(lengths[middle]))
        some, at_least = few_stations(within, enough=stations, until_s=until_s)
        if some.size <= stations:
            found, shortest = some, int(np.searchsorted(lengths, longest_drive(within, some)))
        else:
            untried = middle + 1
            proven = untried if at_least > stations else proven
    return found, float(lengths[min(proven, shortest)])


def _at_most(duty: Coverage, longest_s: float) -> Coverage:
    """Return the pairs at most so far apart."""
    is_near = duty.time_s <= longest_s
    return replace(
        duty,
        indptr=starts(row_of(duty.indptr)[is_near], duty.n_needs),
        site=duty.site[is_near],
        time_s=duty.time_s[is_near],
    )
