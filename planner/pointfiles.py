"""Files of points as rows: texts, coordinates, and where each row stands in the file."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import CrsError, are_degrees, crs_named
from planner.errors import PointsError

if TYPE_CHECKING:
    import geopandas
    import pyproj

logger = logging.getLogger(__name__)

ALIASES: Final = {
    "lon": ("lon", "longitude", "lng", "经度"),
    "lat": ("lat", "latitude", "纬度"),
}
"""Names of columns that are understood without being told; others only by their own name."""

_LATER_COLUMNS: Final = ("cost", "capacity")
"""Columns of the full format that this version doesn't use; so are those that begin with ``weight_``."""

_ROWS_AT_ONCE: Final = 500
"""Few enough to stay below the garbage collector's threshold and in the cache: ten times faster than 10,000."""
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")

_SEPARATORS: Final = "a comma, semicolon or tab in them"

_TABLES: Final = (".csv", ".tsv", ".txt")
_SHEETS: Final = (".xlsx", ".xls", ".xlsm", ".ods")
_ALWAYS_UTF8: Final = (".geojson", ".json", ".gpkg")
_PARQUET: Final = (".parquet", ".geoparquet", ".feather")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The rows of a file of points, not yet checked.

    Attributes
    ----------
    file
        What was read, for messages.
    unit, number
        Where each row stands: ``line`` 5 of a CSV, ``row`` 2 of a layer.
    text
        Texts by our column names, trimmed, empty where there is nothing; only the columns that are there.
    x, y
        Coordinates, east and north; NaN where there are none.
    fault
        Why a row has no coordinates; empty where it has.
    crs
        CRS of the coordinates.
    """

    file: str
    unit: str
    number: NDArray[np.int64]
    text: dict[str, NDArray[np.object_]]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    fault: NDArray[np.object_]
    crs: pyproj.CRS | None

    def __len__(self) -> int:
        return self.x.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read.

    Attributes
    ----------
    optional
        Our names of the columns that a file may have beside id and place.
    crs
        ``wgs84`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV.
    layer, encoding
        As in scenario files.
    columns
        Our column names with those of the file.
    is_second
        Whether another file comes first and the options were meant for that one: then what the file says of itself
        goes before them.
    """

    optional: tuple[str, ...]
    crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] | None = None
    is_second: bool = False


def read_rows(source: Path | str | geopandas.GeoDataFrame, reading: Reading) -> Rows:
    """Return the rows of a file or of a GeoDataFrame, in their order.

    Raises
    ------
    PointsError
        If the file can't be read, has not the columns, or nobody knows its CRS.
    """
    if not isinstance(source, str | Path):
        return _frame_rows(source, reading)
    path = Path(source)
    suffix = path.suffix.lower()
    if not path.exists():
        raise PointsError(source, ["is not there"])
    if path.is_dir() and suffix != ".gdb":
        raise PointsError(source, ["is a folder, not a file"])
    if suffix in _SHEETS:
        raise PointsError(
            source, ["spreadsheets are not supported in this version; save it as CSV (UTF-8)"]
        )
    if suffix in _TABLES:
        return _table_rows(path, reading)
    if suffix in _PARQUET:
        return _parquet_rows(path, reading)
    return _layer_rows(path, reading)


# ---------------------------------------------------------------------------------------------
# CSV
# ---------------------------------------------------------------------------------------------


def _table_rows(path: Path, reading: Reading) -> Rows:
    text = _decoded(path, reading.encoding)
    if not text.strip():
        return _no_rows(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(row for row in reader if any(row))
        where = _places_of_columns(path, header, ("id", "lon", "lat"), reading)
        number, cells, too_long = _cells(reader, len(header), list(where.values()))
    except csv.Error as error:
        raise PointsError(
            path, [f"line {reader.line_num} can't be read ({error}); is a quote missing?"]
        ) from error
    texts = dict(zip(where, map(_objects, cells), strict=True))
    x, x_fault = numbers("lon", texts.pop("lon"))
    y, y_fault = numbers("lat", texts.pop("lat"))
    fault = _joined(x_fault, y_fault)
    for i, n_cells in too_long.items():
        fault[i] = (
            f'{n_cells} cells in {len(header)} columns; put "quotes" round texts with {_SEPARATORS}'
        )
    return Rows(
        file=str(path),
        unit="line",
        number=np.array(number, dtype=np.int64),
        text=texts,
        x=x,
        y=y,
        fault=fault,
        crs=_crs(path, "wgs84" if reading.crs is None else reading.crs),
    )


def _no_rows(path: Path) -> Rows:
    nothing = np.empty(0)
    return Rows(
        file=str(path),
        unit="line",
        number=nothing.astype(np.int64),
        text={},
        x=nothing,
        y=nothing,
        fault=nothing.astype(object),
        crs=None,
    )


def _joined(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.object_]:
    both = np.flatnonzero((a != "") & (b != ""))
    joined = np.where(a != "", a, b)
    joined[both] = a[both] + "; " + b[both]
    return joined


def _decoded(path: Path, encoding: str | None) -> str:
    try:
        return path.read_bytes().decode(encoding or "utf-8").removeprefix("\ufeff")
    except OSError as error:
        raise PointsError(path, [f"can't be read: {error.strerror}"]) from error
    except LookupError as error:
        raise PointsError(path, [f'encoding "{encoding}" is unknown; try "gb18030"']) from error
    except UnicodeError as error:
        raise PointsError(path, [_not_in_encoding(path, encoding, error)]) from error


def _not_in_encoding(path: Path, encoding: str | None, error: UnicodeError) -> str:
    content = path.read_bytes()
    line = ""
    if isinstance(error, UnicodeDecodeError):
        line = f"line {content[: error.start].count(10) + 1} is "
    if encoding:
        return f'{line}not readable with encoding = "{encoding}"'
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return 'is UTF-16, not UTF-8; say encoding = "utf-16"'
    return f'{line}not UTF-8; say encoding = "gb18030" if it comes from a Chinese Excel'


def _delimiter(text: str) -> str:
    """Return comma, semicolon or tab, whichever the first line has most of."""
    first = next(line for line in io.StringIO(text, newline="") if line.strip())
    return max(",;\t", key=first.count)


def _cells(
    reader: Any, n_columns: int, wanted: list[int]
) -> tuple[list[int], list[list[str]], dict[int, int]]:
    """Return line numbers, the trimmed cells of some columns, and the rows longer than the header with their lengths.

    In blocks of rows: columns of a block come at once, and only a block with odd rows is looked at row by row.
    """
    number: list[int] = []
    cells: list[list[str]] = [[] for _ in wanted]
    too_long: dict[int, int] = {}
    first_line = reader.line_num + 1
    while block := list(islice(reader, _ROWS_AT_ONCE)):
        lines: Sequence[int] = range(first_line, first_line + len(block))
        if reader.line_num != lines[-1]:
            lines = _first_lines(block, first_line)
        first_line = reader.line_num + 1
        if not all(map(any, block)) or set(map(len, block)) != {n_columns}:
            kept = [(row, line) for row, line in zip(block, lines, strict=True) if any(row)]
            lines = [line for _, line in kept]
            too_long |= {
                len(number) + i: len(row) for i, (row, _) in enumerate(kept) if any(row[n_columns:])
            }
            block = [row[:n_columns] + [""] * (n_columns - len(row)) for row, _ in kept]
        number.extend(lines)
        columns = list(zip(*block, strict=True)) or [()] * n_columns
        for column, i in zip(cells, wanted, strict=True):
            column.extend(map(str.strip, columns[i]))
    return number, cells, too_long


def _first_lines(block: list[list[str]], first_line: int) -> list[int]:
    """Return the line each row begins on, where some texts have line breaks in them."""
    n_lines = [1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in block]
    return list(accumulate(n_lines[:-1], initial=first_line))


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def numbers(
    name: str, texts: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return the numbers that texts are, and why one is not a finite number (it is NaN then)."""
    try:
        found = texts.astype(np.float64)
    except ValueError:
        found = np.array([_as_number(text) for text in texts])
    is_fine = np.isfinite(found)
    fault = np.full(texts.size, "", dtype=object)
    for i in np.flatnonzero(~is_fine):
        fault[i] = f"{name} {_why_no_number(texts[i])}"
    return np.where(is_fine, found, np.nan), fault


def _as_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _why_no_number(text: str) -> str:
    if not text:
        return "is missing"
    if np.isfinite(_as_number(text.replace(",", "."))):
        return f"{shown(text)} is no number; write a point for the comma"
    return f"{shown(text)} is no number"


def shown(text: str) -> str:
    """Return a text from data as it may stand in a message: in quotes, and not too long."""
    return repr(cut(text))


def cut(text: str) -> str:
    """Return a text of at most 40 letters."""
    return text if len(text) <= 40 else f"{text[:39]}…"


# ---------------------------------------------------------------------------------------------
# Which column is which
# ---------------------------------------------------------------------------------------------


def _places_of_columns(
    file: Path | str, header: Sequence[str], needed: tuple[str, ...], reading: Reading
) -> dict[str, int]:
    """Return for our names the position of the column, by name: trimmed, in any case."""
    there = [name.strip() for name in header]
    folded = [name.casefold() for name in there]
    mapping = reading.columns or {}
    wanted = (*needed, *reading.optional)
    known = ("id", "lon", "lat", *reading.optional)
    problems = [
        f"columns: {ours} is none of ours; known are {', '.join(known)}"
        for ours in mapping
        if ours not in known
    ]
    where: dict[str, int] = {}
    missing: list[str] = []
    for ours in wanted:
        theirs = [mapping[ours]] if ours in mapping else []
        if not theirs or reading.is_second:
            theirs += ALIASES.get(ours, (ours,))
        found = next((t.strip().casefold() for t in theirs if t.strip().casefold() in folded), None)
        if found is not None and folded.count(found) > 1:
            problems.append(f"column {there[folded.index(found)]} is there more than once")
        elif found is not None:
            where[ours] = folded.index(found)
        elif ours in mapping:
            missing.append(f"{mapping[ours]} (for {ours})")
        elif ours in needed:
            missing.append(ours)
    if missing:
        problems.append(_missing_columns(missing, there))
    if problems:
        raise PointsError(file, problems)
    later = [n for n, f in zip(there, folded, strict=True) if _comes_later(f)]
    if later:
        logger.info("%s: not used in this version: column %s", file, ", ".join(later))
    return where


def _missing_columns(missing: Sequence[str], there: Sequence[str]) -> str:
    listed = ", ".join(there[:20]) + (", …" if len(there) > 20 else "")
    ours = next((name for name in missing if " " not in name), "id")
    return (
        f"no column {', '.join(missing)}; columns there: {listed or 'none'}; "
        f'name yours with columns = {{ {ours} = "…" }}'
    )


def _comes_later(name: str) -> bool:
    return name in _LATER_COLUMNS or name.startswith("weight_")


# ---------------------------------------------------------------------------------------------
# Layers
# ---------------------------------------------------------------------------------------------


def _layer_rows(path: Path, reading: Reading) -> Rows:
    import pyogrio.errors
    import pyogrio.raw

    encoding = None if path.suffix.lower() in _ALWAYS_UTF8 else reading.encoding
    try:
        with _openable(path) as openable, warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer = _layer(path, pyogrio.list_layers(openable).tolist(), reading)
            meta, fids, wkb, values = pyogrio.raw.read(
                openable, layer=layer, encoding=encoding, return_fids=True
            )
    except (UnicodeError, LookupError) as error:
        remedy = f'not in encoding "{encoding}"' if encoding else "its text is not UTF-8"
        raise PointsError(path, [f"can't be read: {remedy}"]) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        why = str(error).partition(";")[0]
        raise PointsError(path, [f"can't be read as a layer of points ({why})"]) from error
    for warning in said:
        logger.info("%s: %s", path, warning.message)
    fields = dict(zip(map(str, meta["fields"]), values, strict=True))
    if path.suffix.lower() in (".geojson", ".json") and not _has_id(fields, reading):
        fields |= _feature_ids(path, fids.size)
    _refuse_guessed_encoding(path, encoding, meta["encoding"], fields)
    return _rows(str(path), wkb, fields, meta["crs"], reading)


@contextmanager
def _openable(path: Path) -> Iterator[Path]:
    """Give a path that pyogrio understands: to it, ``!`` parts archives and ``;`` parameters.

    Such a file is copied, with the others of its stem (a shapefile is several files), to a folder with a plain name.
    """
    path = path.absolute()
    if not set("!;") & set(str(path)):
        yield path
        return
    stem, _, suffixes = path.name.partition(".")
    with tempfile.TemporaryDirectory(prefix="station-planner-") as folder:
        for part in path.parent.iterdir():
            part_stem, _, part_suffixes = part.name.partition(".")
            if part_stem == stem and part.is_file():
                shutil.copy(part, Path(folder) / f"layer.{part_suffixes}")
        yield Path(folder) / f"layer.{suffixes}"


def _layer(path: Path, layers: list[tuple[str, str | None]], reading: Reading) -> str:
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
    return {"id": _objects(ids)} if len(ids) == n_rows and None not in ids else {}


def _refuse_guessed_encoding(
    path: Path, encoding: str | None, used: str | None, fields: Mapping[str, NDArray[Any]]
) -> None:
    """Refuse text in a shapefile that doesn't say its encoding: GDAL takes it for Latin-1."""
    if encoding is not None or used != "ISO-8859-1":
        return
    texts = [*fields, *(v for a in fields.values() if a.dtype == object for v in a)]
    odd = next((t for t in texts if isinstance(t, str) and not t.isascii()), None)
    if odd is not None:
        why = f"doesn't say its encoding (no .cpg file), and reads like {shown(odd)}"
        raise PointsError(path, [f'{why}; say encoding = "gb18030"'])


def _parquet_rows(path: Path, reading: Reading) -> Rows:
    import geopandas

    read = geopandas.read_feather if path.suffix.lower() == ".feather" else geopandas.read_parquet
    try:
        frame = read(path)
    except ImportError as error:
        raise PointsError(path, ["reading it needs pyarrow; pip install pyarrow"]) from error
    except (ValueError, OSError) as error:
        raise PointsError(path, [f"can't be read as a layer of points ({error})"]) from error
    return _frame_rows(frame, reading, file=str(path))


def _frame_rows(
    frame: geopandas.GeoDataFrame, reading: Reading, *, file: str = "GeoDataFrame"
) -> Rows:
    import shapely

    fields = {str(name): frame[name].to_numpy(dtype=object) for name in frame.columns}
    fields.pop(str(frame.geometry.name), None)
    if frame.index.name is not None and str(frame.index.name) not in fields:
        fields[str(frame.index.name)] = frame.index.to_numpy(dtype=object)
    wkb = shapely.to_wkb(frame.geometry.to_numpy())
    return _rows(file, wkb, fields, frame.crs, reading)


def _rows(
    file: str,
    wkb: NDArray[np.object_],
    fields: Mapping[str, NDArray[Any]],
    own_crs: object,
    reading: Reading,
) -> Rows:
    names = list(fields)
    where = (
        _places_of_columns(file, names, ("id",), reading) if len(wkb) else {}
    )  # an empty GeoJSON has no columns at all
    x, y, fault = _points(wkb)
    return Rows(
        file=file,
        unit="row",
        number=np.arange(1, len(wkb) + 1, dtype=np.int64),
        text={ours: _as_texts(fields[names[i]]) for ours, i in where.items()},
        x=x,
        y=y,
        fault=fault,
        crs=_own_or_given_crs(file, own_crs, reading, x, y) if len(wkb) else None,
    )


def _points(
    wkb: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Return coordinates, NaN where a geometry is not one point, and why it is not."""
    import shapely

    shapes = shapely.from_wkb(wkb)
    n_parts = shapely.get_num_geometries(shapes)
    kind = shapely.get_type_id(shapes)
    is_there = ~shapely.is_empty(shapes)
    is_multi = (kind == shapely.GeometryType.MULTIPOINT) & (n_parts == 1) & is_there
    is_point = (kind == shapely.GeometryType.POINT) & is_there
    points = np.full(len(shapes), None, dtype=object)
    points[is_point] = shapes[is_point]
    points[is_multi] = shapely.get_geometry(shapes[is_multi], 0)
    x, y = shapely.get_x(points), shapely.get_y(points)
    is_fine = np.isfinite(x) & np.isfinite(y)
    fault = np.full(len(shapes), "", dtype=object)
    for i in np.flatnonzero(~is_fine):
        fault[i] = _why_no_point(shapes[i], int(n_parts[i]))
    return np.where(is_fine, x, np.nan), np.where(is_fine, y, np.nan), fault


def _why_no_point(shape: Any, n_parts: int) -> str:
    if shape is None:
        return "has no geometry"
    if shape.is_empty:
        return "has an empty geometry"
    if shape.geom_type == "MultiPoint":
        return f"is {n_parts} points; one a row is wanted"
    if shape.geom_type == "Point":
        return "has coordinates that are no numbers"
    return f"is a {shape.geom_type}; only points are taken in this version"


def _as_texts(values: NDArray[Any]) -> NDArray[np.object_]:
    """Return values as texts: 10 and 10.0 are "10", true is "true", nothing is empty."""
    return _objects([_as_text(value) for value in values.tolist()])


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or str(value) in ("nan", "NaT", "<NA>"):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---------------------------------------------------------------------------------------------
# CRS
# ---------------------------------------------------------------------------------------------


def _crs(file: Path | str, name: str) -> pyproj.CRS | None:
    """Return the CRS of that name; None for plain degrees, which need no pyproj."""
    if name.lower() == "wgs84":
        return None
    try:
        return crs_named(name)
    except CrsError as error:
        raise PointsError(file, [str(error)]) from error


def _own_or_given_crs(
    file: str,
    own: object,
    reading: Reading,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> pyproj.CRS | None:
    """Return the CRS that a file tells, or the one that was given for it; they must not differ."""
    import pyproj

    told = None if own is None else pyproj.CRS.from_user_input(own)
    given = None if reading.crs is None else _crs(file, reading.crs) or crs_named("wgs84")
    if reading.is_second and told is not None:
        given = None
    elif given is not None and Path(file).suffix.lower() in (".geojson", ".json"):
        told = None  # GeoJSON tells none (RFC 7946); GDAL assumes WGS 84
    if told is None and given is None:
        raise PointsError(file, [_no_crs(x, y)])
    if told is not None and given is not None and not told.equals(given, ignore_axis_order=True):
        raise PointsError(
            file,
            [f"is in {told.to_string()[:40]}, but crs = {reading.crs} was asked; leave crs out"],
        )
    return told or given


def _no_crs(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    is_there = np.flatnonzero(np.isfinite(x))
    if not is_there.size:
        return 'has no CRS; say crs = "EPSG:n", or "wgs84" if it is in degrees'
    first = is_there[0]
    sample = f"{x[first]:.10g}, {y[first]:.10g}"
    if are_degrees(x[is_there], y[is_there]).all():
        return f'has no CRS ({sample} may be degrees); say crs = "wgs84" if so, else "EPSG:n"'
    return f'has no CRS, and {sample} are not degrees; say crs = "EPSG:n"'
