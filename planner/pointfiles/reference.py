"""The CRS of a file: what it tells, or what was told of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import Crs, CrsError, Shifted, are_degrees, crs_named
from planner.errors import PointsError
from planner.pointfiles.rows import Reading

if TYPE_CHECKING:
    import pyproj


def table_crs(file: Path | str, reading: Reading) -> Crs | None:
    """Return the CRS of a table, which tells none itself; None for plain degrees, which need no pyproj."""
    return _named(file, "wgs84" if reading.crs is None else reading.crs)


def layer_crs(
    file: str,
    own: object,
    reading: Reading,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> Crs | None:
    """Return the CRS that a layer tells, or the one that was told for it.

    Raises
    ------
    PointsError
        If there is neither, or they differ. Degrees that Chinese maps have shifted call themselves WGS 84, if anything.
    """
    import pyproj

    told = None if own is None else pyproj.CRS.from_user_input(own)
    given = None if reading.crs is None else _named(file, reading.crs) or crs_named("wgs84")
    if reading.is_second and told is not None:
        given = None
    elif given is not None and Path(file).suffix.lower() in (".geojson", ".json"):
        told = None  # GeoJSON tells none (RFC 7946); GDAL assumes WGS 84
    if told is None and given is None:
        raise PointsError(file, [_no_crs(x, y)])
    if told is not None and given is not None and not _agree(told, given):
        raise PointsError(
            file,
            [f"is in {told.to_string()[:40]}, but crs = {reading.crs} was asked; leave crs out"],
        )
    return told if given is None else given


def _named(file: Path | str, name: str) -> Crs | None:
    if name.lower() == "wgs84":
        return None
    try:
        return crs_named(name)
    except CrsError as error:
        raise PointsError(file, [str(error)]) from error


def _agree(told: pyproj.CRS, given: Crs) -> bool:
    if isinstance(given, Shifted):
        return bool(told.is_geographic)
    return bool(told.equals(given, ignore_axis_order=True))


def _no_crs(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    is_there = np.flatnonzero(np.isfinite(x))
    if not is_there.size:
        return 'has no CRS; say crs = "EPSG:n", or "wgs84" if it is in degrees'
    first = is_there[0]
    sample = f"{x[first]:.10g}, {y[first]:.10g}"
    if are_degrees(x[is_there], y[is_there]).all():
        return f'has no CRS ({sample} may be degrees); say crs = "wgs84" if so, else "EPSG:n"'
    return f'has no CRS, and {sample} are not degrees; say crs = "EPSG:n"'
