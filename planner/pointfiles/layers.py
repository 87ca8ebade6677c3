"""Layers: any file that GDAL reads, GeoParquet, and GeoDataFrames."""

from __future__ import annotations

import codecs
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles import kml
from planner.pointfiles.areas import points_and_areas
from planner.pointfiles.columns import Columns, columns_in
from planner.pointfiles.reference import layer_crs
from planner.pointfiles.rows import Reading, Rows, as_text, objects
from planner.pointfiles.shapefiles import is_untold, text_of_shapefile, unzipped

if TYPE_CHECKING:
    import geopandas

logger = logging.getLogger(__name__)

_ALWAYS_UTF8: Final = (".geojson", ".json", ".gpkg", ".kml", ".kmz")


class _Layer(NamedTuple):
    """What a layer holds: geometries, fields by name, the CRS it tells, what to say on it."""

    wkb: NDArray[np.object_]
    fields: dict[str, NDArray[Any]]
    crs: object
    notes: tuple[str, ...]


def layer_rows(path: Path, reading: Reading) -> Rows:
    """Return the rows of a layer of points or areas.

    Raises
    ------
    PointsError
        If it can't be read, nobody knows which layer is meant, or its text is in an unknown encoding.
    """
    import pyogrio.errors

    encoding = None if path.suffix.lower() in _ALWAYS_UTF8 else reading.encoding
    if encoding and codecs.lookup(encoding).name.startswith("iso8859-"):
        encoding = codecs.lookup(encoding).name.replace("iso8859-", "ISO-8859-")  # as GDAL has it
    opened = kml.readable_kml if path.suffix.lower() in kml.SUFFIXES else _openable
    try:
        with opened(path) as files, warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer = _read_layer(path, files, encoding, reading)
    except (UnicodeError, LookupError) as error:
        remedy = f'not in encoding "{encoding}"' if encoding else "its text is not UTF-8"
        raise PointsError(path, [f"can't be read: {remedy}"]) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        why = str(error).partition(";")[0]
        raise PointsError(path, [f"can't be read as a layer of points ({why})"]) from error
    for warning in said:
        logger.info("%s: %s", path, warning.message)
    return _rows(str(path), layer, reading)


def _read_layer(
    path: Path, files: Mapping[str, Path], encoding: str | None, reading: Reading
) -> _Layer:
    """Return the layer that is meant, of one file or of several shapefiles from an archive."""
    import pyogrio.raw

    layers = [
        (file, inside, named or inside, kind)
        for named, file in files.items()
        for inside, kind in pyogrio.list_layers(file).tolist()
    ]
    name = _layer_of(path, [(shown, kind) for _, _, shown, kind in layers], reading)
    file, inside = next((file, inside) for file, inside, shown, _ in layers if shown == name)
    # GDAL doesn't know all encodings that people name: it hands over bytes as Latin-1
    is_told = encoding is not None and file.suffix.lower() == ".shp"
    read_as = "ISO-8859-1" if is_told else encoding
    meta, _, wkb, values = pyogrio.raw.read(file, layer=inside, encoding=read_as)
    fields = dict(zip(map(str, meta["fields"]), values, strict=True))
    notes: tuple[str, ...] = ()
    if is_told or (encoding is None and is_untold(file, meta["encoding"])):
        fields, notes = text_of_shapefile(path, fields, encoding)
    if path.suffix.lower() in (".geojson", ".json") and not _has_id(fields, reading):
        fields |= _feature_ids(path, len(wkb))
    if path.suffix.lower() in kml.SUFFIXES:
        fields, more = kml.fields_of_kml(fields)
        notes += more
    return _Layer(wkb, fields, meta["crs"], notes)


@contextmanager
def _openable(path: Path) -> Iterator[dict[str, Path]]:
    """Give files that pyogrio can open, by the name they have in an archive; "" outside of one.

    To pyogrio ``!`` parts archives and ``;`` parameters. A file with such a path is copied, with the others of its stem (a
    shapefile is several files), to a folder with a plain name.
    """
    path = path.absolute()
    with tempfile.TemporaryDirectory(prefix="station-planner-") as folder:
        if path.suffix.lower() == ".zip" and (found := unzipped(path, Path(folder))):
            yield found
        elif set("!;") & set(str(path)):
            yield {"": _copied(path, Path(folder))}
        else:
            yield {"": path}


def _copied(path: Path, folder: Path) -> Path:
    stem, _, suffixes = path.name.partition(".")
    for part in path.parent.iterdir():
        part_stem, _, part_suffixes = part.name.partition(".")
        if part_stem == stem and part.is_file():
            shutil.copy(part, folder / f"layer.{part_suffixes}")
    return folder / f"layer.{suffixes}"


def _layer_of(path: Path, layers: list[tuple[str, str | None]], reading: Reading) -> str:
    """Return the layer to read: the one that was named, or the only one with geometry."""
    names = [name for name, _ in layers]
    with_geometry = [name for name, kind in layers if kind is not None]
    listed = ", ".join(names) or "none"
    if reading.layer is not None and not (reading.is_second and len(with_geometry) == 1):
        if reading.layer in with_geometry:
            return reading.layer
        why = "has no geometry" if reading.layer in names else "is not there"
        raise PointsError(path, [f"layer {reading.layer} {why}; layers there: {listed}"])
    if not with_geometry:
        raise PointsError(path, [f"no layer with geometry; layers there: {listed}"])
    if len(with_geometry) > 1:
        raise PointsError(
            path,
            [f'several layers ({", ".join(with_geometry)}); say which with layer = "…"'],
        )
    return with_geometry[0]


# ---------------------------------------------------------------------------------------------
# Ids
# ---------------------------------------------------------------------------------------------


def _has_id(fields: Mapping[str, object], reading: Reading) -> bool:
    return "id" in (reading.columns or {}) or "id" in (name.strip().casefold() for name in fields)


def _feature_ids(path: Path, n_rows: int) -> dict[str, NDArray[np.object_]]:
    """Return the ids that GeoJSON features have beside their properties, where all have one.

    GDAL doesn't tell them from the numbers that it gives itself.
    """
    try:
        features = json.loads(path.read_bytes()).get("features", [])
        ids = [feature.get("id") for feature in features]
    except (ValueError, AttributeError):
        return {}
    return {"id": objects(ids)} if len(ids) == n_rows and None not in ids else {}


# ---------------------------------------------------------------------------------------------
# Frames
# ---------------------------------------------------------------------------------------------


def parquet_rows(path: Path, reading: Reading) -> Rows:
    """Return the rows of a GeoParquet or Feather file."""
    import geopandas

    read = geopandas.read_feather if path.suffix.lower() == ".feather" else geopandas.read_parquet
    try:
        frame = read(path)
    except ImportError as error:
        raise PointsError(path, ["reading it needs pyarrow; pip install pyarrow"]) from error
    except (ValueError, OSError) as error:
        why = str(error).partition(". ")[0]
        raise PointsError(path, [f"can't be read as a layer of points ({why})"]) from error
    return frame_rows(frame, reading, file=str(path))


def frame_rows(
    frame: geopandas.GeoDataFrame, reading: Reading, *, file: str = "GeoDataFrame"
) -> Rows:
    """Return the rows of a GeoDataFrame; a named index is a column too."""
    import shapely

    fields = {str(name): frame[name].to_numpy(dtype=object) for name in frame.columns}
    fields.pop(str(frame.geometry.name), None)
    if frame.index.name is not None and str(frame.index.name) not in fields:
        fields[str(frame.index.name)] = frame.index.to_numpy(dtype=object)
    wkb = shapely.to_wkb(frame.geometry.to_numpy())
    return _rows(file, _Layer(wkb, fields, frame.crs, ()), reading)


def _rows(file: str, layer: _Layer, reading: Reading) -> Rows:
    names = list(layer.fields)
    n = len(layer.wkb)
    # an empty GeoJSON has no columns at all
    columns = (
        columns_in(file, names, reading.needed, reading) if n else Columns(where={}, guessed={})
    )
    shapes = points_and_areas(layer.wkb)
    return Rows(
        file=file,
        unit="row",
        number=np.arange(1, n + 1, dtype=np.int64),
        text={
            ours: objects([as_text(value) for value in layer.fields[names[i]].tolist()])
            for ours, i in columns.where.items()
        },
        x=shapes.x,
        y=shapes.y,
        fault=shapes.fault,
        crs=layer_crs(file, layer.crs, reading, shapes.x, shapes.y) if n else None,
        area=shapes.area,
        guessed=frozenset(columns.guessed),
        notes=(*layer.notes, *columns.notes, *shapes.notes),
    )
