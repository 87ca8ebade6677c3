"""Metres on the ground: the WGS 84 ellipsoid."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

_WGS84: Final = Geod(ellps="WGS84")
_STEPS_AT_ONCE: Final = 1 << 18
"""More at once would take no less time, and seven columns of memory."""


def step_lengths(
    lon: NDArray[np.float64], lat: NDArray[np.float64], start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the metres from each point of some lines to the next; 0 from the last of a line.

    Parameters
    ----------
    lon, lat
        The points of all lines, one line after the other, WGS 84 degrees.
    start
        Line i has the points ``start[i]`` to ``start[i + 1] - 1``.
    """
    step_m = np.zeros(lon.size)
    for at in range(0, lon.size - 1, _STEPS_AT_ONCE):
        here = slice(at, min(at + _STEPS_AT_ONCE, lon.size - 1))
        there = slice(here.start + 1, here.stop + 1)
        step_m[here] = _WGS84.inv(lon[here], lat[here], lon[there], lat[there])[2]
    step_m[start[1:] - 1] = 0.0
    return step_m


def metres_per_degree(
    lat: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how long a degree is eastwards and northwards at some latitudes, in metres.

    From the radii of curvature of the ellipsoid; good to a millionth within some kilometres.
    """
    sine = np.sin(np.radians(lat))
    w = 1.0 - _WGS84.es * sine**2
    east = _WGS84.a / np.sqrt(w) * np.cos(np.radians(lat))
    north = _WGS84.a * (1.0 - _WGS84.es) / w**1.5
    return np.radians(east), np.radians(north)
