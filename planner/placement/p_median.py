"""p-median: the least weighted drive time in all with a number of stations.

Hakimi, S. L. (1964): Optimum locations of switching centers and the absolute centers and medians of a graph. Operations
Research 12, 450-459.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from planner.coverage import Coverage
from planner.placement._cheapest import cheapest
from planner.placement._medians import cheap_columns
from planner.placement._ranked import ranked
from planner.placement._serving import not_served, to_serve
from planner.placement.assess import check_question
from planner.placement.set_covering import few_stations
from planner.plan import Plan, planned
from planner.scenario import Goal

NONE: Final = np.zeros(0, dtype=np.int32)


def p_median(
    coverage: Coverage,
    reach: Coverage,
    *,
    stations: int,
    cover_all: bool = False,
    time_limit_s: float = 300.0,
) -> Plan:
    """Return the plan with the least sum of weight x drive time for a number of stations.

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
        With the sum over the needs that some site reaches as objective, and a lower bound on it. Infeasible where so few
        stations can't reach all of those (one of weight 0 too), or cover all coverable ones; undecided where neither a
        plan nor that is found; then the stations are those of the max covering plan. Among equally good plans met, one
        that no swap of a single station takes to lower positions.
    """
    check_question(coverage, stations=stations)
    until_s = time.monotonic() + time_limit_s
    duty = to_serve(coverage, reach, cover_all=cover_all)
    rows, site = ranked(duty)
    first = cheap_columns(rows, stations, first=NONE, n_steps=0, until_s=until_s)
    if first.size > stations or not np.isfinite(rows.total(first)):
        found, at_least = few_stations(duty, enough=stations, until_s=until_s)
        if found.size > stations:
            return not_served(
                coverage,
                duty,
                goal=Goal.P_MEDIAN,
                stations=stations,
                needed=(at_least, found.size),
                cover_all=cover_all,
                until_s=until_s,
            )
        first = np.searchsorted(site, found).astype(np.int32)
    columns, bound = cheapest(rows, stations, first=first, until_s=until_s)
    return planned(
        coverage,
        site[columns],
        goal=Goal.P_MEDIAN,
        reach=reach,
        bound=bound,
        stopped_by="time" if time.monotonic() > until_s else None,
        sizes={"given": (reach.n_needs, reach.n_sites), "to serve": (rows.n_rows, rows.n_columns)},
    )
