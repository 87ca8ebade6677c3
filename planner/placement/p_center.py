"""p-center: the shortest longest drive with a number of stations.

Hakimi, S. L. (1964): see p_median; solved as set coverings: Minieka, E. (1970): The m-center problem. SIAM Review 12,
138-139.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.placement._medians import cheap_columns, steps
from planner.placement._ranked import ranked
from planner.placement._serving import not_served, to_serve
from planner.placement.assess import check_question
from planner.placement.set_covering import LONG_STEPS, NODE_PAIRS, Effort, few_stations
from planner.plan import Plan, longest_drive, planned
from planner.rows import row_of, starts
from planner.scenario import Goal

SEARCH: Final = (20_000, 1e9)
"""Exchanges that shorten the other drives, fewer where they would look at more pairs than this: a second."""

LONGER: Final = 1.5
"""Each of the first longest drives tried is by this factor longer than the one before."""


class Round(NamedTuple):
    """How far to go for each longest drive, and how many of them may stay open before the next round."""

    effort: Effort
    most_open: int


ROUNDS: Final = (
    Round(Effort(n_steps=0, node_pairs=0), 40),
    Round(Effort(n_steps=LONG_STEPS, node_pairs=0), 8),
    Round(Effort(n_steps=LONG_STEPS, node_pairs=NODE_PAIRS // 50), 6),
    Round(Effort(n_steps=2 * LONG_STEPS, node_pairs=NODE_PAIRS // 3), 2),
)
"""Most longest drives are decided at once; what the quick rounds leave open gets more time: milliseconds, half a second, some
seconds, a minute each."""


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
    found, at_least = _some(duty, stations, until_s)
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
    found, bound = _shortest(_at_most(duty, longest_drive(duty, found)), found, stations, until_s)
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


def _some(duty: Coverage, stations: int, until_s: float) -> tuple[NDArray[np.int32], int]:
    """Return so many stations that serve all, if there are, with a longest drive that is not long; else more, and how many it takes.

    Long drives are tried last: they make for many pairs.
    """
    time_s, longest_s = _usable(duty)
    end_s = time_s.max(initial=0.0)
    while 0.0 < longest_s < end_s and time.monotonic() <= until_s:
        within = _at_most(duty, longest_s)
        found, _ = few_stations(within, enough=stations, until_s=until_s, effort=ROUNDS[0].effort)
        if found.size <= stations:
            return found, 0
        longest_s *= LONGER
    return few_stations(duty, enough=stations, until_s=until_s)


def _shortest(
    duty: Coverage, found: NDArray[np.int32], stations: int, until_s: float
) -> tuple[NDArray[np.int32], float]:
    """Return stations with a short longest drive, and the shortest one that may be.

    Whether a longest drive can be had is a set covering: do so few stations cover all within it? The drive times there
    are, from the longest nearest site of anybody on, are halved until the answer turns from no to yes. Near the turn there may be
    no answer at once: then what lies below and above is halved, and what stays open is asked again, with more effort.
    """
    time_s, at_least_s = _usable(duty)
    if not time_s.size:
        return found, 0.0
    lengths = np.unique(time_s[time_s >= at_least_s])
    proven = 0  # all before these are too short
    shortest = int(np.searchsorted(lengths, longest_drive(duty, found)))
    for effort, most_open in ROUNDS:
        n_open, first_open, last_open = 0, shortest, proven - 1
        while proven < shortest and n_open < most_open and time.monotonic() <= until_s:
            middle = _untried(proven, first_open, last_open, shortest)
            if middle is None:
                break
            within = _at_most(duty, float(lengths[middle]))
            some, at_least = few_stations(within, enough=stations, until_s=until_s, effort=effort)
            if some.size <= stations:
                found, shortest = some, int(np.searchsorted(lengths, longest_drive(within, some)))
                first_open = min(first_open, shortest)
            elif at_least > stations:
                proven = middle + 1
            else:
                n_open += 1
                first_open, last_open = min(first_open, middle), max(last_open, middle)
    return found, float(lengths[min(proven, shortest)])


def _usable(duty: Coverage) -> tuple[NDArray[np.float64], float]:
    """Return the drive times to sites that may be stations, and the longest one of anybody to the nearest of those."""
    usable = ~duty.is_excluded[duty.site]
    row, time_s = row_of(duty.indptr)[usable], duty.time_s[usable]
    if not row.size:
        return time_s, 0.0
    nearest_s = np.minimum.reduceat(time_s, np.flatnonzero(np.diff(row, prepend=-1)))
    return time_s, float(nearest_s.max())


def _untried(proven: int, first_open: int, last_open: int, shortest: int) -> int | None:
    """Return the middle of the wider of two ranges: below all that is open, and above it; None where both are empty."""
    below, above = (proven, min(first_open, shortest)), (max(last_open + 1, proven), shortest)
    low, high = max(below, above, key=lambda ends: ends[1] - ends[0])
    return (low + high) // 2 if low < high else None


def _at_most(duty: Coverage, longest_s: float) -> Coverage:
    """Return the pairs at most so far apart."""
    is_near = duty.time_s <= longest_s
    return replace(
        duty,
        indptr=starts(row_of(duty.indptr)[is_near], duty.n_needs),
        site=duty.site[is_near],
        time_s=duty.time_s[is_near],
    )
