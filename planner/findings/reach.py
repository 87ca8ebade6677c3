"""Findings on reach: who can be covered at all, by how many sites, and which sites nobody can do without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage, coverage_of
from planner.points import Demand, Sites
from planner.run import Survey


def reach_found(survey: Survey) -> dict[str, Any]:
    """Return who can be covered at all, by how many sites, and which sites nobody can do without."""
    times, nearest = survey.times, survey.nearest_site
    demand, sites = times.demand, times.sites
    cover = replace(coverage_of(times), is_excluded=~survey.inputs.may_be_station)
    n_covering = _n_covering(cover)
    is_missed = (n_covering == 0) & (cover.weight > 0)
    is_cut_off = nearest.site < 0
    total = float(cover.weight.sum())
    return {
        "standard_s": survey.standard_s,
        "coverable_n": int(len(demand) - is_missed.sum()),
        "share_coverable": float(cover.weight[~is_missed].sum()) / total if total else 1.0,
        "uncoverable": [
            {
                "demand": demand.id[i],
                "site": sites.id[nearest.site[i]],
                "drive_time_s": float(nearest.time_s[i]),
            }
            for i in np.flatnonzero(is_missed & ~is_cut_off)
        ],
        "unreachable": demand.id[is_missed & is_cut_off].tolist(),
        "sites_per_point": _spread(n_covering[n_covering > 0]),
        "only_site_of": _only_site_of(cover, n_covering, demand, sites),
        "sites_that_cover_nobody": sites.id[covers_nobody(cover)].tolist(),
    }


def _n_covering(cover: Coverage) -> NDArray[np.int64]:
    """Return how many sites that may be a station cover each need."""
    row = np.repeat(np.arange(cover.n_needs), np.diff(cover.indptr))
    counts: NDArray[np.int64] = np.bincount(
        row[~cover.is_excluded[cover.site]], minlength=cover.n_needs
    )
    return counts


def covers_nobody(cover: Coverage) -> NDArray[np.bool_]:
    """Return which sites that may be a station cover no need of positive weight."""
    row = np.repeat(np.arange(cover.n_needs), np.diff(cover.indptr))
    n = np.bincount(cover.site[cover.weight[row] > 0], minlength=cover.is_excluded.size)
    is_idle: NDArray[np.bool_] = (n == 0) & ~cover.is_excluded
    return is_idle


def _spread(counts: NDArray[np.int64]) -> dict[str, float] | None:
    if not counts.size:
        return None
    return {
        "min": int(counts.min()),
        "median": float(np.median(counts)),
        "max": int(counts.max()),
    }


def _only_site_of(
    cover: Coverage, n_covering: NDArray[np.int64], demand: Demand, sites: Sites
) -> dict[str, list[str]]:
    """Return the sites that are the only one for some demand points, each with these points."""
    row = np.repeat(np.arange(cover.n_needs), np.diff(cover.indptr))
    is_alone = ~cover.is_excluded[cover.site] & (n_covering[row] == 1) & (cover.weight[row] > 0)
    only: dict[str, list[str]] = {}
    for site, need in sorted(
        zip(cover.site[is_alone].tolist(), row[is_alone].tolist(), strict=True)
    ):
        only.setdefault(sites.id[site], []).append(demand.id[need])
    return only
