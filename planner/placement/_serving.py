"""What p-median and p-center ask of every plan: that it serves all who can be served, and what is said where none does."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.placement.max_covering import max_covering
from planner.plan import Plan, Status, unmet
from planner.reasons import COVERING_ALL, REACHING_ALL, is_open, needs_more
from planner.rows import entries, row_of
from planner.scenario import Goal


def to_serve(coverage: Coverage, reach: Coverage, *, cover_all: bool) -> Coverage:
    """Return which sites may serve which needs.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    reach
        Which needs which sites can serve, however far.
    cover_all
        Whether a need that can be covered has to be. Its nearest station then covers it, so the other sites can't serve
        it; the needs that nobody can cover are served by whoever reaches them.
    """
    if not cover_all:
        return reach
    is_bound = coverage.is_coverable
    which, pair = entries(reach.indptr, np.flatnonzero(~is_bound))
    far = np.flatnonzero(~is_bound)[which]
    near = np.flatnonzero(is_bound[row_of(coverage.indptr)])
    need = np.concatenate([row_of(coverage.indptr)[near], far])
    order = np.argsort(need, kind="stable")
    return replace(
        reach,
        indptr=np.concatenate([[0], np.cumsum(np.bincount(need, minlength=reach.n_needs))]),
        site=np.concatenate([coverage.site[near], reach.site[pair]])[order],
        time_s=np.concatenate([coverage.time_s[near], reach.time_s[pair]])[order],
    )


def not_served(
    coverage: Coverage,
    duty: Coverage,
    *,
    goal: Goal,
    stations: int,
    needed: tuple[int, int],
    cover_all: bool,
    until_s: float,
) -> Plan:
    """Return the plan that covers most with the stations allowed, and why they don't serve all.

    Parameters
    ----------
    coverage, duty
        Which needs which sites cover, and which sites may serve which needs.
    goal
        What was asked.
    stations
        How many are allowed.
    needed
        How many it takes at least, and how many were found to do.
    cover_all
        Whether everyone who can be covered has to be.
    until_s
        Guard: when to stop, by the clock of ``time.monotonic``.
    """
    at_least, found = needed
    what = COVERING_ALL if cover_all else REACHING_ALL
    if at_least > stations:
        status = Status.INFEASIBLE
        apart = needs_apart(duty)
        is_seen = apart.size + int(duty.is_kept.sum()) > stations
        reason = needs_more(what, at_least, stations, apart=_names(duty, apart) if is_seen else ())
    else:
        status = Status.UNDECIDED
        reason = is_open(what, at_least, found, stations)
    left_s = max(until_s - time.monotonic(), 0.0)
    best = max_covering(coverage, stations=stations, time_limit_s=left_s)
    return unmet(
        best,
        goal=goal,
        status=status,
        why=best.why or (reason,),
        bound=None,
        stopped_by="time" if status is Status.UNDECIDED and left_s == 0.0 else None,
    )


def needs_apart(duty: Coverage) -> NDArray[np.int64]:
    """Return needs no two of which can be served by one site, nor any by a kept one: each takes a station more.

    They are picked one by one, those with few sites first.
    """
    usable = ~duty.is_excluded[duty.site]
    row = row_of(duty.indptr)[usable]
    n_sites = np.bincount(row, minlength=duty.n_needs)
    is_taken = duty.is_kept.copy()
    apart = []
    for i in np.argsort(n_sites, kind="stable")[np.count_nonzero(n_sites == 0) :].tolist():
        sites = duty.site[duty.indptr[i] : duty.indptr[i + 1]]
        sites = sites[~duty.is_excluded[sites]]
        if not is_taken[sites].any():
            is_taken[sites] = True
            apart.append(i)
    return np.array(sorted(apart), dtype=np.int64)


def _names(duty: Coverage, needs: NDArray[np.int64]) -> list[str]:
    """Return the names of some needs."""
    return [f"need {i}" if duty.name is None else str(duty.name[i]) for i in needs.tolist()]
