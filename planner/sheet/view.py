"""What part of the world the sheet's map shows, in millimetres of paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.geodesy import metres_per_degree
from planner.persons import ShownDemand
from planner.result import Result

MM_PER_PX: Final = 25.4 / 96
"""What the map calls a pixel, on paper."""
LEAST_M: Final = 1500.0
"""The map is at least so wide and high."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A map on paper, north up, in mm from its lower left corner.

    Attributes
    ----------
    width, height
        Of the map, in mm.
    lon, lat
        What lies in its middle.
    mm_per_degree
        Of a degree eastwards and northwards.
    mm_per_m
        The scale.
    shrinks
        How symbols shrink from A3.
    """

    width: float
    height: float
    lon: float
    lat: float
    mm_per_degree: tuple[float, float]
    mm_per_m: float
    shrinks: float

    def x(self, lon: Any) -> Any:
        """Return where degrees of longitude are, in mm from the left."""
        return self.width / 2 + (lon - self.lon) * self.mm_per_degree[0]

    def y(self, lat: Any) -> Any:
        """Return where degrees of latitude are, in mm from below."""
        return self.height / 2 + (lat - self.lat) * self.mm_per_degree[1]

    def xy(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points are, a row of (longitude, latitude) each."""
        return np.column_stack([self.x(lonlat[:, 0]), self.y(lonlat[:, 1])])

    def px(self, pixels: float) -> float:
        """Return what is so many pixels on the screen's map, in mm."""
        return pixels * MM_PER_PX * self.shrinks

    def points(self, pixels: float) -> float:
        """Return what is so many pixels on the screen's map, in points."""
        return pixels * 0.75 * self.shrinks

    @property
    def zoom(self) -> float:
        """The zoom at which the screen's map looks as large."""
        metres_per_px = self.px(1.0) / self.mm_per_m
        return math.log2(156543.03 * math.cos(math.radians(self.lat)) / metres_per_px)

    def sees(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points lie on the map, in mm."""
        return (x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height)


def view_of(
    result: Result,
    demand: ShownDemand,
    *,
    width: float,
    height: float,
    margin: float,
    shrinks: float,
) -> View:
    """Return the view in which all demand, as it is shown, and stations stand, with a margin in mm."""
    lon, lat = _shown(result, demand)
    west, east, south, north = lon.min(), lon.max(), lat.min(), lat.max()
    middle = (south + north) / 2
    per_lon, per_lat = (float(m[0]) for m in metres_per_degree(np.array([middle])))
    wide_m = max((east - west) * per_lon, LEAST_M)
    high_m = max((north - south) * per_lat, LEAST_M)
    mm_per_m = min((width - 2 * margin) / wide_m, (height - 2 * margin) / high_m)
    return View(
        width=width,
        height=height,
        lon=float(west + east) / 2,
        lat=float(middle),
        mm_per_degree=(per_lon * mm_per_m, per_lat * mm_per_m),
        mm_per_m=float(mm_per_m),
        shrinks=shrinks,
    )


def _shown(result: Result, demand: ShownDemand) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points that have to be on the map: demand and stations, or else all roads."""
    sites, stations = result.times.sites, result.plan.stations
    lon = np.concatenate([demand.lon, sites.lon[stations]])
    lat = np.concatenate([demand.lat, sites.lat[stations]])
    if not lon.size and result.network is not None:
        lon, lat = result.network.node_lon, result.network.node_lat
    return (lon, lat) if lon.size else (np.zeros(1), np.zeros(1))
