"""Coordinates: from any CRS to WGS 84, the shifted systems of Chinese maps, and numbers that can't be right."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyproj

_Degrees: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Longitudes and latitudes."""

SHIFTED_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""Outside this box (west, south, east, north, in degrees) GCJ-02 and BD-09 are WGS 84. The published converters all use it, so
data that went through one of them did not move there. It holds China with at least a degree to spare on each side, and
parts of its neighbours."""

_KRASSOWSKY_M: Final = 6_378_245.0
_KRASSOWSKY_E2: Final = 0.00669342162296594323
"""Radius and squared eccentricity of the ellipsoid that GCJ-02 measures its shifts on."""
_BD09_WAVE: Final = np.pi * 3000.0 / 180.0
_BD09_MORE: Final = (0.0065, 0.006)
"""What BD-09 adds to longitude and latitude at last, in degrees."""
_SETTLED: Final = 1e-11
"""An inverse is found when its last step is below this, in degrees: a micrometre."""


class CrsError(ValueError):
    """A CRS that nobody knows."""


class Shifted(StrEnum):
    """Systems of Chinese maps: degrees moved by some hundred metres, by another amount at each place."""

    GCJ02 = "gcj02"
    BD09 = "bd09"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants "Gcj02"
        """The name as people write it."""
        return {"gcj02": "GCJ-02", "bd09": "BD-09"}[self.value]


Crs: TypeAlias = "pyproj.CRS | Shifted"


def crs_named(name: str) -> Crs:
    """Return the CRS with a name as in scenario files: ``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``."""
    import pyproj

    if name.lower() in list(Shifted):
        return Shifted(name.lower())
    try:
        return pyproj.CRS.from_user_input("EPSG:4326" if name.lower() == "wgs84" else name)
    except pyproj.exceptions.CRSError as error:
        msg = f'crs {name} is unknown; say "wgs84", "gcj02", "bd09" or "EPSG:n"'
        raise CrsError(msg) from error


def is_wgs84(crs: Crs) -> bool:
    """Return whether coordinates of a CRS are WGS 84 degrees as they are."""
    return not isinstance(crs, Shifted) and crs.equals("EPSG:4326", ignore_axis_order=True)


def to_wgs84(x: NDArray[np.float64], y: NDArray[np.float64], crs: Crs) -> _Degrees:
    """Return coordinates (east, north) of a CRS as WGS 84 degrees; NaN where they lie outside it."""
    import pyproj

    if isinstance(crs, Shifted):
        return wgs84_from(crs, x, y)
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


# ---------------------------------------------------------------------------------------------
# Shifted systems
# ---------------------------------------------------------------------------------------------


def wgs84_from(system: Shifted, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Degrees:
    """Return WGS 84 degrees of points in a shifted system, right to a micrometre.

    The shift is known at places in WGS 84 only, so the place is sought that is shifted to where the point is.

    Parameters
    ----------
    system
        What the points are in.
    lon, lat
        The points in degrees; those outside `SHIFTED_BOX` are left as they are.
    """
    return _where_shifted(lon, lat, _unshifted(_SHIFTS[system]))


def shifted_to(system: Shifted, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Degrees:
    """Return points in WGS 84 as a shifted system has them; those outside `SHIFTED_BOX` are left as they are."""
    return _where_shifted(lon, lat, _SHIFTS[system])


def are_shifted(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether points lie in the box where GCJ-02 and BD-09 differ from WGS 84; its border does."""
    west, south, east, north = SHIFTED_BOX
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


_Shift: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], _Degrees]


def _where_shifted(lon: NDArray[np.float64], lat: NDArray[np.float64], shift: _Shift) -> _Degrees:
    """Return points, those in the box shifted."""
    inside = are_shifted(lon, lat)
    new_lon, new_lat = lon.copy(), lat.copy()
    new_lon[inside], new_lat[inside] = shift(lon[inside], lat[inside])
    return new_lon, new_lat


def _unshifted(shift: _Shift) -> _Shift:
    """Return the inverse of a shift: a step corrects all but a hundredth of the error, so a few are enough."""

    def inverse(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Degrees:
        from_lon, from_lat = lon.copy(), lat.copy()
        for _ in range(30):
            to_lon, to_lat = shift(from_lon, from_lat)
            east, north = lon - to_lon, lat - to_lat
            from_lon += east
            from_lat += north
            if not (np.abs(east) > _SETTLED).any() and not (np.abs(north) > _SETTLED).any():
                break
        return from_lon, from_lat

    return inverse


def _to_gcj02(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Degrees:
    """Return WGS 84 as GCJ-02: the approximation of its secret shift that all converters share."""
    x, y = lon - 105.0, lat - 35.0
    root = 0.1 * np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root
    east_m += (wave + _waves(x, 20.0, 40.0, (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 2.0 * root
    north_m += (wave + _waves(y, 20.0, 40.0, (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    phi = np.radians(lat)
    w = 1.0 - _KRASSOWSKY_E2 * np.sin(phi) ** 2
    m_per_rad_north = _KRASSOWSKY_M * (1.0 - _KRASSOWSKY_E2) / (w * np.sqrt(w))
    m_per_rad_east = _KRASSOWSKY_M / np.sqrt(w) * np.cos(phi)
    return lon + np.degrees(east_m / m_per_rad_east), lat + np.degrees(north_m / m_per_rad_north)


def _waves(
    at: NDArray[np.float64], one: float, three: float, *long: tuple[float, float]
) -> NDArray[np.float64]:
    """Return the sum of waves over degrees: of 2 and 6 degrees, and longer ones as height and half length."""
    waves: NDArray[np.float64] = one * np.sin(np.pi * at) + three * np.sin(np.pi / 3.0 * at)
    for height, half in long:
        waves += height * np.sin(np.pi / half * at)
    return waves


def _to_bd09(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Degrees:
    """Return WGS 84 as BD-09, which is GCJ-02 shifted once more."""
    x, y = _to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD09_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD09_WAVE)
    return radius * np.cos(angle) + _BD09_MORE[0], radius * np.sin(angle) + _BD09_MORE[1]


_SHIFTS: Final[dict[Shifted, _Shift]] = {Shifted.GCJ02: _to_gcj02, Shifted.BD09: _to_bd09}
