"""Stations to spare: where they shorten drives most."""

from __future__ import annotations

import heapq
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.plan import serve
from planner.rows import row_of, starts

FARTHER_THAN_ANY_S: Final = 1e7
"""Stands for the drive of a need that nobody covers yet: more than a hundred days."""


def with_more_stations(
    coverage: Coverage, stations: NDArray[np.int32], n_stations: int
) -> NDArray[np.int32]:
    """Return a plan filled up to a number of stations, each time by the site that shortens drives most.

    A need that no station covers counts as farther than any drive, so that covering it comes first. Gains only shrink as
    stations are added, so most sites need no second look (lazy greedy, Minoux 1978). Of sites that gain the same the
    first is taken; a site that gains nothing is not.

    Parameters
    ----------
    coverage
        Which needs which sites cover, and in what time.
    stations
        Sites of the plan, ascending.
    n_stations
        How many there may be.

    Returns
    -------
    NDArray
        Sites of the plan, ascending.
    """
    if stations.size >= n_stations:
        return stations
    time_s = serve(coverage, stations)[1]
    time_s[np.isnan(time_s)] = FARTHER_THAN_ANY_S
    start = starts(coverage.site, coverage.n_sites)
    by_site = np.argsort(coverage.site, kind="stable")
    need = row_of(coverage.indptr)[by_site]
    drive_s = coverage.time_s[by_site]

    def gain(site: int) -> float:
        pairs = slice(start[site], start[site + 1])
        saved_s = np.maximum(time_s[need[pairs]] - drive_s[pairs], 0.0)
        return float(coverage.weight[need[pairs]] @ saved_s)

    chosen = stations.tolist()
    others = np.setdiff1d(np.flatnonzero(~coverage.is_excluded), stations).tolist()
    heap = [(-gain(site), site) for site in others]
    heapq.heapify(heap)
    while heap and len(chosen) < n_stations:
        site = heap[0][1]
        now = -gain(site)
        if (now, site) > heap[0]:
            heapq.heapreplace(heap, (now, site))
        elif now == 0.0:
            break
        else:
            heapq.heappop(heap)
            chosen.append(site)
            pairs = slice(start[site], start[site + 1])
            time_s[need[pairs]] = np.minimum(time_s[need[pairs]], drive_s[pairs])
    return np.array(sorted(chosen), dtype=np.int32)
