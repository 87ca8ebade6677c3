"""Layers of road lines as rows: geometries, columns, CRS."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from planner.coordinates import Crs, CrsError, Shifted, are_degrees, crs_named
from planner.errors import NetworkError, PointsError
from planner.pointfiles.layers import _openable
from planner.pointfiles.shapefiles import is_untold, text_of_shapefile
from planner.roads.rules import LineLayer
from planner.roads.tagged import texts
from planner.scenario.near import did_you_mean, nearest

if TYPE_CHECKING:
    import geopandas
    import pyproj

logger = logging.getLogger(__name__)

_PARQUET: Final = (".parquet", ".geoparquet")
_GEOJSON: Final = (".geojson", ".json")
FRAME: Final = Path("GeoDataFrame")
"""What messages call a table that came from no file."""
_BAD_CONDITION: Final = (ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError)
"""What pyogrio raises where a condition makes no sense, by driver."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """The rows of a layer.

    Attributes
    ----------
    shapes
        Geometries; None where a row has none.
    number
        Number of each row in the layer.
    columns
        Values by column.
    crs
        Of the coordinates.
    told
        What was assumed in reading.
    """

    shapes: NDArray[np.object_]
    number: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]
    crs: Crs
    told: tuple[str, ...] = ()


def read_layer(path: Path, asked: LineLayer) -> Layer:
    """Return the rows of a layer that are asked for.

    Raises
    ------
    NetworkError
        The file can't be read, nobody knows which layer is meant, or in which CRS it is.
    """
    is_parquet = path.suffix.lower() in _PARQUET
    try:
        return _parquet_layer(path, asked) if is_parquet else _any_layer(path, asked)
    except PointsError as error:
        raise NetworkError(path, error.problems) from error
    except UnicodeError as error:
        raise NetworkError(path, ["can't be read: its text is not UTF-8"]) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        why = str(error).partition(";")[0]
        raise NetworkError(path, [f"can't be read as a layer of road lines ({why})"]) from error


def _any_layer(path: Path, asked: LineLayer) -> Layer:
    """Return the rows of a layer that GDAL reads."""
    with _openable(path) as files, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        layers = [
            (file, inside, named or inside, kind)
            for named, file in files.items()
            for inside, kind in pyogrio.list_layers(file).tolist()
        ]
        name = _layer_name(path, [(shown, kind) for _, _, shown, kind in layers], asked.layer)
        file, inside = next((file, inside) for file, inside, shown, _ in layers if shown == name)
        is_guessed = is_untold(file, pyogrio.read_info(file, layer=inside)["encoding"])
        if is_guessed and asked.where is not None and not asked.where.isascii():
            remedy = 'put a .cpg file beside it that says "GB18030" or what else it is'
            raise NetworkError(
                path, [f"where = {asked.where!r} needs to know its encoding; {remedy}"]
            )
        try:
            meta, number, wkb, values = pyogrio.raw.read(
                file, layer=inside, where=asked.where, return_fids=True
            )
        except _BAD_CONDITION as error:
            if asked.where is None:
                raise
            raise NetworkError(path, [_bad_condition(asked.where, error)]) from error
        columns = dict(zip(map(str, meta["fields"]), values, strict=True))
        columns, told = _as_written(path, columns) if is_guessed else (columns, ())
    for warning in said:
        logger.info("%s: %s", path, warning.message)
    shapes = shapely.from_wkb(wkb)
    return Layer(
        shapes=shapes,
        number=number.astype(np.int64),
        columns=columns,
        crs=_crs(path, meta["crs"], asked.crs, shapes),
        told=told,
    )


def _as_written(
    path: Path, columns: dict[str, NDArray[Any]]
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Return the columns of a shapefile that doesn't say its encoding, in the one they are in, and what to say on it."""
    try:
        return text_of_shapefile(path, columns)
    except PointsError:
        return columns, ("names are shown as Latin-1, for no .cpg file tells the encoding",)


def _layer_name(path: Path, layers: list[tuple[str, str | None]], asked: str | None) -> str:
    """Return the layer to read: the one that was named, or the only one that may have lines."""
    listed = ", ".join(name for name, _ in layers) or "none"
    if asked is not None:
        if asked in (name for name, _ in layers):
            return asked
        near = nearest(asked, [name for name, _ in layers])
        raise NetworkError(
            path, [f"layer {asked} is not there{did_you_mean(near)}; layers there: {listed}"]
        )
    for kinds in (("Line", "Curve"), ("Unknown", "Collection")):
        fitting = [n for n, kind in layers if kind and any(word in kind for word in kinds)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise NetworkError(
                path, [f'several layers ({", ".join(fitting)}); say which with layer = "…"']
            )
    raise NetworkError(path, [f"no layer with lines; layers there: {listed}"])


def _parquet_layer(path: Path, asked: LineLayer) -> Layer:
    import geopandas

    try:
        frame = geopandas.read_parquet(path)
    except ImportError as error:
        raise NetworkError(path, ["reading it needs pyarrow; pip install pyarrow"]) from error
    except ValueError as error:
        raise NetworkError(path, [f"can't be read as a layer of road lines ({error})"]) from error
    return layer_of_frame(path, frame, asked)


def layer_of_frame(path: Path, frame: geopandas.GeoDataFrame, asked: LineLayer) -> Layer:
    """Return the rows of a GeoDataFrame that are asked for, numbered from 1.

    Parameters
    ----------
    path
        What messages call it.
    frame
        The rows; left as they are.
    asked
        Which of them count, in which CRS.

    Raises
    ------
    NetworkError
        Nobody knows in which CRS they are, or a condition isn't understood.
    """
    frame = frame.assign(**{"row number": np.arange(1, len(frame) + 1)})
    if asked.where is not None:
        frame = _rows_where(path, frame, asked.where)
    columns = {str(c): frame[c].to_numpy() for c in frame.columns if c != frame.geometry.name}
    shapes = frame.geometry.to_numpy()
    return Layer(
        shapes=shapes,
        number=columns.pop("row number").astype(np.int64),
        columns=columns,
        crs=_crs(path, frame.crs, asked.crs, shapes),
    )


def _rows_where(path: Path, frame: geopandas.GeoDataFrame, where: str) -> geopandas.GeoDataFrame:
    """Return the rows that meet a condition, by the same SQL as for other layers: by way of a GeoPackage."""
    plain = frame.drop(columns=frame.geometry.name)
    plain = plain.apply(
        lambda column: texts(column.to_numpy(dtype=object)) if column.dtype == object else column
    )
    with TemporaryDirectory(prefix="station-planner-") as folder:
        file = Path(folder) / "lines.gpkg"
        pyogrio.write_dataframe(plain, file, layer="lines")
        try:
            rows = pyogrio.read_dataframe(file, where=where, columns=["row number"])
        except _BAD_CONDITION as error:
            raise NetworkError(path, [_bad_condition(where, error)]) from error
    return frame[frame["row number"].isin(rows["row number"])]


def _bad_condition(where: str, error: Exception) -> str:
    return f"where = {where!r} is not understood; it is a condition as in SQL: type = 'road' AND lanes > 1 ({error})"


# ---------------------------------------------------------------------------------------------
# CRS
# ---------------------------------------------------------------------------------------------


def _crs(path: Path, own: object, asked: str | None, shapes: NDArray[np.object_]) -> Crs:
    """Return the CRS that a layer tells, or the one that was given for it; they must not differ."""
    import pyproj

    if shapes.size == 0:
        raise NetworkError(
            path, ["there is no line in it, or none that meets the condition of where"]
        )
    told = None if own is None else pyproj.CRS.from_user_input(own)
    if asked is None:
        if told is None:
            raise NetworkError(path, [_no_crs(shapes)])
        return told
    try:
        given = crs_named(asked)
    except CrsError as error:
        raise NetworkError(path, [str(error)]) from error
    if told is None or path.suffix.lower() in _GEOJSON:  # which tells none (RFC 7946)
        return given
    # files of shifted coordinates say that they are in plain degrees, for want of another name
    agrees = told.is_geographic if isinstance(given, Shifted) else _same(told, given)
    if not agrees:
        why = f"is in {told.to_string()[:40]}, but crs = {asked} was asked; leave crs out"
        raise NetworkError(path, [why])
    return given


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    return bool(one.equals(other, ignore_axis_order=True))


def _no_crs(shapes: NDArray[np.object_]) -> str:
    x, y = shapely.get_coordinates(shapes[:1]).T
    if x.size == 0:
        return 'has no CRS; say crs = "EPSG:n", or "wgs84" if it is in degrees'
    sample = f"{x[0]:.10g}, {y[0]:.10g}"
    if are_degrees(x, y).all():
        return f'has no CRS ({sample} may be degrees); say crs = "wgs84" if so, else "EPSG:n"'
    return f'has no CRS, and {sample} are not degrees; say crs = "EPSG:n"'
