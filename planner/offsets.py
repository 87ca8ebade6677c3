"""Points that lie off the roads as far and as they would if Chinese map coordinates had been taken for WGS 84."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import Shifted, are_shifted, wgs84_from
from planner.geodesy import metres_per_degree
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.snapping import Places, snap

_CELL_DEG: Final = 0.01
"""Of points in one square of this size, about a kilometre, one is tried: neighbours come nearer to the same road by the same
chance."""
_MOST_TRIED: Final = 300
"""Points that are tried: more tell no more."""
_FEWEST: Final = 10
"""Of fewer points most may come nearer to roads by chance."""
_OFF_M: Final = 25.0
"""Points whose median distance to a road is at most this are where they belong: that is a house beside its street."""
_HOUSE_M: Final = 5.0
"""Nearer than this to a road is not nearer: it is the width of a street."""
_LEAST_CERTAINTY: Final = 4.0
"""How many standard errors the mean gain must be above none. Of points strewn at random one layer in thousands reaches that;
places of northern Anhui in GCJ-02 reach 7, the hosts of the county 16."""
_MOST_LEFT: Final = 0.7
"""Share of the distance to roads (geometric mean) that may be left: less of a gain is none, however certain."""
_MAKERS: Final = {Shifted.GCJ02: "Amap or Tencent", Shifted.BD09: "Baidu"}


def offset_remarks(network: RoadNetwork, points: Demand | Sites, places: Places) -> tuple[str, ...]:
    """Return a sentence if points seem to be in a system of Chinese maps and to have been taken for WGS 84; none if not.

    Parameters
    ----------
    network
        The roads.
    points
        The points as read.
    places
        Where they meet the roads.
    """
    tried = _sample(points.lon, points.lat)
    away_m = places.access_m[tried]
    if tried.size < _FEWEST or np.median(away_m) <= _OFF_M:
        return ()
    lon, lat = points.lon[tried], points.lat[tried]
    moved = {system: wgs84_from(system, lon, lat) for system in Shifted}
    # all at once, for the roads are looked through anew each time
    all_lon, all_lat = (np.concatenate([m[k] for m in moved.values()]) for k in (0, 1))
    found_m = snap(network, all_lon, all_lat, max_access_m=_OFF_M).access_m
    left_m = dict(zip(moved, found_m.reshape(len(moved), -1), strict=True))
    gain = {system: _gain(away_m, left_m[system]) for system in moved}
    system = max(gain, key=lambda s: gain[s][0])
    certainty, share_left = gain[system]
    if certainty < _LEAST_CERTAINTY or share_left > _MOST_LEFT:
        return ()
    return (_sentence(points.file, system, _shift_m(lon, lat, *moved[system])),)


def _sample(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the positions to try: in China, one a square, evenly taken of too many."""
    inside = np.flatnonzero(are_shifted(lon, lat))
    squares = np.floor(np.column_stack([lon[inside], lat[inside]]) / _CELL_DEG)
    _, first = np.unique(squares, axis=0, return_index=True)
    positions = inside[np.sort(first)]
    if positions.size <= _MOST_TRIED:
        return positions
    return positions[np.linspace(0, positions.size - 1, _MOST_TRIED).astype(np.int64)]


def _gain(away_m: NDArray[np.float64], left_m: NDArray[np.float64]) -> tuple[float, float]:
    """Return by how many standard errors points come nearer to roads on the whole, and what share of the distance is left.

    By logarithms: a point that comes from 400 m to 200 m tells as much as one that comes from 40 m to 20 m.
    """
    gain = np.log(away_m + _HOUSE_M) - np.log(left_m + _HOUSE_M)
    error = max(float(gain.std(ddof=1)) / np.sqrt(gain.size), 1e-9)
    return float(gain.mean()) / error, float(np.exp(-gain.mean()))


def _shift_m(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    new_lon: NDArray[np.float64],
    new_lat: NDArray[np.float64],
) -> float:
    m_east, m_north = metres_per_degree(lat)
    return float(np.median(np.hypot((new_lon - lon) * m_east, (new_lat - lat) * m_north)))


def _sentence(file: str, system: Shifted, shift_m: float) -> str:
    return (
        f"{file}: points lie off the roads the way {system.title} shifts, by about {shift_m:,.0f} m; "
        f'if they come from {_MAKERS[system]} say crs = "{system}"'
    )
