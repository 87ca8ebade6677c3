"""Coverage: which needs which sites cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import DriveTimes
from planner.rows import starts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coverage:
    """Which needs which sites cover, as sparse rows of needs, and what stands already.

    A need is a demand point together with what it needs (its fleet, period, service). Only pairs in which the site
    covers the need are present. Placement knows nothing else about the world.

    Attributes
    ----------
    indptr, site
        The sites that cover need i are ``site[indptr[i]:indptr[i + 1]]``, ascending.
    time_s
        The drive time of each pair, in seconds.
    weight
        How much each need counts, not negative.
    n_sites
        Number of sites.
    is_kept
        Sites that are stations in every plan (existing or required).
    is_excluded
        Sites that are stations in no plan.
    name
        What sentences call each need; None: its position.
    """

    indptr: NDArray[np.int64]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
    weight: NDArray[np.float64]
    n_sites: int
    is_kept: NDArray[np.bool_]
    is_excluded: NDArray[np.bool_]
    name: NDArray[np.object_] | None = None

    @property
    def n_needs(self) -> int:
        """Number of needs."""
        return self.weight.size

    @property
    def is_coverable(self) -> NDArray[np.bool_]:
        """Whether some site that is not excluded covers each need."""
        usable = ~self.is_excluded[self.site]
        row = np.repeat(np.arange(self.n_needs), np.diff(self.indptr))
        return np.bincount(row[usable], minlength=self.n_needs) > 0


def coverage_of(times: DriveTimes, *, keeps_required: bool = True) -> Coverage:
    """Return which needs which sites cover.

    Parameters
    ----------
    times
        Drive times; pairs beyond the standard of their need don't count, a drive of exactly the standard does.
    keeps_required
        Whether required sites are kept, as in a plan, beside the existing ones; in an assessment they aren't.
    """
    needs = times.needs
    within = times.time_s <= needs.max_drive_time_s[times.need]
    return _of_pairs(times, within, keeps_required=keeps_required)


def reach_of(times: DriveTimes, *, keeps_required: bool = True) -> Coverage:
    """Return which needs which sites can serve at all, the standard aside: all pairs that drive times are known of."""
    return _of_pairs(times, np.ones(times.need.size, bool), keeps_required=keeps_required)


def _of_pairs(times: DriveTimes, counts: NDArray[np.bool_], *, keeps_required: bool) -> Coverage:
    """Return the coverage by some of the pairs."""
    needs, sites = times.needs, times.sites
    need, site = times.need[counts], times.site[counts]
    order = np.argsort(need, kind="stable")  # the pairs are ordered by site: so each row is, too
    return Coverage(
        indptr=starts(need, len(needs)),
        site=site[order],
        time_s=times.time_s[counts][order],
        weight=needs.weight,
        n_sites=len(sites),
        is_kept=sites.is_existing | (sites.is_required & keeps_required),
        is_excluded=sites.is_excluded,
        name=times.demand.id[needs.point],
    )
