"""Greedy: take the site that covers most of what no station covers yet, again and again. A yardstick, not a plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.placement.assess import check_question
from planner.rows import row_of


def greedy_of(coverage: Coverage, *, stations: int | None = None) -> NDArray[np.int32]:
    """Return sites in the order in which greed takes them.

    The kept sites come first, by position; then whichever covers most weight that none before it does, of equal ones the
    lowest position. It never takes back what it took, so that the first n are what it would take if n were all.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    stations
        How many sites to take at most, kept ones included; left out: until no site covers anything more.

    Raises
    ------
    PlacementError
        A site is both kept and excluded, or the number is negative.
    """
    check_question(coverage, stations=stations)
    need, site = row_of(coverage.indptr), coverage.site
    taken = np.flatnonzero(coverage.is_kept).tolist()
    is_open = np.ones(coverage.n_needs, dtype=bool)
    is_open[need[coverage.is_kept[site]]] = False
    while stations is None or len(taken) < stations:
        more = np.bincount(site, (coverage.weight * is_open)[need], minlength=coverage.n_sites)
        more[coverage.is_excluded] = 0.0
        best = int(np.argmax(more)) if more.size else 0
        if not more.size or more[best] == 0.0:
            break
        taken.append(best)
        is_open[need[site == best]] = False
    return np.array(taken, dtype=np.int32)
