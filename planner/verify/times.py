"""The drive times in times.npz."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import Nearest
from planner.verify.again import Again
from planner.verify.notes import Notes, n_of

_FILE: Final = "times.npz"


def check_times(notes: Notes, run: Path, again: Again) -> None:
    """Compare the saved drive times, pair by pair and exactly."""
    try:
        with (run / _FILE).open("rb") as file, np.load(file) as archive:
            saved = {name: archive[name] for name in archive.files}
        notes.differ(_FILE, _wrong_needs(saved, again))
        _compare_pairs(notes, saved, again)
        for name, nearest in (
            ("nearest_station", again.nearest_station),
            ("nearest_site", again.nearest_site),
        ):
            notes.differ(_FILE, _wrong_nearest(name, saved, nearest, again))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        notes.differ(_FILE, [f"can't be read or is not whole ({error})"])
        return
    far = f"within {again.horizon_s:g} s" if math.isfinite(again.horizon_s) else "however far"
    n_times, n_points, n_sites = len(again.time_s), len(again.demand), len(again.sites)
    notes.checked.append(
        f"{n_of(n_times, 'drive time')} of {n_of(n_points, 'demand point')} and {n_of(n_sites, 'site')} {far}, and the nearest station and site of everyone (SciPy's Dijkstra on streets cut at the "
        "places; equal to 2^-20 s)"
    )


def _wrong_needs(saved: Mapping[str, NDArray[Any]], again: Again) -> list[str]:
    """Return a sentence for each column about points, sites and needs that is not as the inputs have it."""
    needs = again.needs
    right = {
        "demand_id": again.demand.id.tolist(),
        "site_id": again.sites.id.tolist(),
        "need_demand": needs.point,
        "need_fleet": needs.fleet,
        "need_period": needs.period,
        "need_weight": needs.weight,
        "need_max_drive_time_s": needs.max_drive_time_s,
        "fleets": needs.fleets,
        "periods": needs.periods,
    }
    return [
        f"{name} is not what the inputs say"
        for name, values in right.items()
        if not np.array_equal(saved[name], values)
    ]


def _compare_pairs(notes: Notes, saved: Mapping[str, NDArray[Any]], again: Again) -> None:
    """Compare the time of each pair of site and point, those that only one of the two has too."""
    sites, demand = again.sites, again.demand
    pairs = list(zip(saved["site"].tolist(), saved["need"].tolist(), strict=True))
    said = dict(zip(pairs, saved["time_s"].tolist(), strict=True))
    if len(said) < len(pairs):
        notes.differ(_FILE, [f"{len(pairs) - len(said)} pairs stand twice"])
    differs = []
    for site, point in sorted(said.keys() | again.time_s.keys()):
        said_s, right_s = said.get((site, point)), again.time_s.get((site, point))
        if said_s != right_s:
            is_known = 0 <= site < len(sites) and 0 <= point < len(demand)
            who = f"{demand.id[point]} and {sites.id[site]}" if is_known else f"{point} and {site}"
            differs.append(f"between {who} it says {_told(said_s)}, and it is {_told(right_s)}")
    notes.differ(_FILE, differs)


def _wrong_nearest(
    name: str, saved: Mapping[str, NDArray[Any]], nearest: Nearest, again: Again
) -> list[str]:
    """Return a sentence for each point whose nearest site, or the time to it, is not the right one."""
    is_site = saved[name] == nearest.site
    is_time = [
        said_s == right_s or (said_s != said_s and right_s != right_s)  # NaN: out of reach for both
        for said_s, right_s in zip(
            saved[f"{name}_time_s"].tolist(), nearest.time_s.tolist(), strict=True
        )
    ]
    sentences = []
    for i in np.flatnonzero(~(is_site & np.array(is_time, dtype=bool))):
        site = again.sites.id[nearest.site[i]] if nearest.site[i] >= 0 else "none"
        sentences.append(f"{name} of {again.demand.id[i]} is {site} ({_told(nearest.time_s[i])})")
    return sentences


def _told(time_s: float | None) -> str:
    if time_s is None:
        return "no such drive"
    return "not reachable" if math.isnan(time_s) else f"{time_s:.6f} s"
