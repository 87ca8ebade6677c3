"""Isochrones as the page draws them: simplified, as rings of whole numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.isochrones import TOGETHER, Areas, StationAreas
from planner.result import Result
from planner.webmap.rings import rings_of

TOLERANCE_DEGREES: Final = 5e-5
"""How far a drawn outline may lie beside the real one: some 5 m, two pixels at the closest zoom but two."""
MOST_POINTS: Final = 200_000
"""With more points than this areas of single stations are left out, so that the page stays small."""

USUAL_WIDTH_M: Final = 40.0
"""How far areas reach to each side of a road where nobody says otherwise."""

Numbers = dict[str, NDArray[np.int64]]


def area_parts(result: Result) -> tuple[dict[str, Any], Numbers]:
    """Return what the page is told about isochrones: their minutes; of each area its station, minutes and rings.

    The areas of all stations together come first (their station is -1), then those of each station where there is room.
    """
    width_m = result.scenario.isochrones.width_m
    stations, n_sites = result.plan.stations, len(result.times.sites)
    return parts_of_areas(result.areas, stations, n_sites, width_m=width_m)


def parts_of_areas(
    areas: StationAreas | None,
    stations: NDArray[np.int32] | NDArray[np.int64],
    n_sites: int,
    *,
    width_m: float = USUAL_WIDTH_M,
) -> tuple[dict[str, Any], Numbers]:
    """Return the same of any areas.

    Parameters
    ----------
    areas
        Areas by the positions of sites.
    stations
        Positions of the sites that the page knows, in its order.
    n_sites
        Number of all sites.
    width_m
        How far areas reach to each side of a reached road.
    """
    if areas is None or not len(areas.together):
        return {"areas": None}, {}
    minutes = np.unique(areas.together.minutes)
    row_of = np.full(n_sites + 1, TOGETHER, dtype=np.int64)  # the last one: of all
    row_of[stations] = np.arange(stations.size)
    together, each = (_numbers(some, minutes, row_of) for some in (areas.together, areas.each))
    has_own = together["area_x"].size + each["area_x"].size <= MOST_POINTS
    numbers = (
        {name: np.concatenate([together[name], each[name]]) for name in together}
        if has_own
        else together
    )
    return {"areas": {"minutes": minutes.tolist(), "width_m": width_m}}, numbers


def _numbers(areas: Areas, minutes: NDArray[np.float64], row_of: NDArray[np.int64]) -> Numbers:
    """Return areas as arrays: station, place of the minutes, number of rings; points of each ring, and all of them."""
    rings = rings_of(areas.geometry, TOLERANCE_DEGREES)
    return {
        "area_station": row_of[areas.station],
        "area_minutes": np.searchsorted(minutes, areas.minutes),
        "area_rings": rings.per_area,
        "area_n": rings.n_points,
        "area_x": rings.x,
        "area_y": rings.y,
    }
