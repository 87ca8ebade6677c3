"""Assess: what the stations that stand cover, none chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.errors import PlacementError
from planner.plan import Plan, planned
from planner.scenario import Goal


def assess(coverage: Coverage) -> Plan:
    """Return the plan of the kept stations, or of all sites that are not excluded where none is kept.

    Parameters
    ----------
    coverage
        Which needs which sites cover.

    Returns
    -------
    Plan
        Assessed, with no objective and no bound.
    """
    check_question(coverage)
    standing = coverage.is_kept if coverage.is_kept.any() else ~coverage.is_excluded
    return planned(coverage, np.flatnonzero(standing).astype(np.int32), goal=Goal.ASSESS)


def plan_on(coverage: Coverage, stations: NDArray[np.integer]) -> Plan:
    """Return the plan of some stations as they are given, whatever stands or is excluded.

    Parameters
    ----------
    coverage
        Which needs which sites cover.
    stations
        Positions of the stations, in any order.

    Returns
    -------
    Plan
        Assessed, with no objective and no bound.
    """
    return planned(coverage, np.unique(stations).astype(np.int32), goal=Goal.ASSESS)


def check_question(
    coverage: Coverage, *, stations: int | None = None, min_share: float = 1.0
) -> None:
    """Refuse a question that makes no sense.

    Raises
    ------
    PlacementError
        Where a site is both kept and excluded, the number of stations is negative, or the share is none.
    """
    both = np.flatnonzero(coverage.is_kept & coverage.is_excluded)
    if both.size:
        told = ", ".join(str(site) for site in both[:5].tolist())
        raise PlacementError(
            f"{both.size} sites are both kept and excluded (positions {told}); choose one"
        )
    if stations is not None and stations < 0:
        raise PlacementError(f"stations is {stations}; it can't be less than 0")
    if not 0.0 <= min_share <= 1.0:
        raise PlacementError(f"min_share is {min_share:g}; it lies between 0 and 1")
