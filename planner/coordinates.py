"""Coordinates: from any CRS to WGS 84, and numbers that can't be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyproj

_LATER: Final = ("gcj02", "bd09")
"""Chinese systems that this version doesn't convert yet."""


class CrsError(ValueError):
    """A CRS that nobody knows, or that this version can't convert."""


def crs_named(name: str) -> pyproj.CRS:
    """Return the CRS with a name as in scenario files: ``wgs84`` or ``EPSG:n``."""
    import pyproj

    if name.lower() in _LATER:
        msg = f"crs {name} is not supported in this version; convert the file to WGS 84 first"
        raise CrsError(msg)
    try:
        return pyproj.CRS.from_user_input("EPSG:4326" if name.lower() == "wgs84" else name)
    except pyproj.exceptions.CRSError as error:
        msg = f'crs {name} is unknown; say "wgs84" or "EPSG:n"'
        raise CrsError(msg) from error


def is_wgs84(crs: pyproj.CRS) -> bool:
    """Return whether coordinates of a CRS are WGS 84 degrees as they are."""
    return crs.equals("EPSG:4326", ignore_axis_order=True)


def to_wgs84(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: pyproj.CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates (east, north) of a CRS as WGS 84 degrees; NaN where they lie outside it."""
    import pyproj

    if is_wgs84(crs):
        return x, y
    lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    is_inside = np.isfinite(lon) & np.isfinite(lat)
    return np.where(is_inside, lon, np.nan), np.where(is_inside, lat, np.nan)


def are_degrees(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each pair can be a longitude (up to 180 either way) and a latitude (up to 90)."""
    return (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)


def distance_to_box_m(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    box: tuple[float, float, float, float],
) -> NDArray[np.float64]:
    """Return how far points lie outside a box of degrees (west, south, east, north), in metres; 0 inside.

    Measured on the ellipsoid to the nearest longitude and latitude of the box: near enough to tell kilometres.
    """
    import pyproj

    west, south, east, north = box
    nearest_lon, nearest_lat = np.clip(lon, west, east), np.clip(lat, south, north)
    return np.asarray(pyproj.Geod(ellps="WGS84").inv(lon, lat, nearest_lon, nearest_lat)[2])
