"""Rows of a file: what comes out of every kind of file, and how texts and numbers are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import Crs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The rows of a file of points or areas, not yet checked.

    Attributes
    ----------
    file
        What was read, for messages.
    unit, number
        Where each row stands: ``line`` 5 of a CSV, ``row`` 2 of a layer, ``row`` 7 of a sheet.
    text
        Texts by our column names, trimmed, empty where there is nothing; only the columns that are there.
    x, y
        Coordinates, east and north; NaN where there are none; the middle of an area.
    fault
        Why a row has no coordinates; empty where it has.
    crs
        CRS of the coordinates; None: WGS 84 degrees.
    area
        The area of each row, in the CRS, None where it is a point; None where no row is an area.
    guessed
        Our names of the columns that were guessed.
    notes
        What was guessed, taken for something else or mended, a sentence each.
    """

    file: str
    unit: str
    number: NDArray[np.int64]
    text: dict[str, NDArray[np.object_]]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    fault: NDArray[np.object_]
    crs: Crs | None
    area: NDArray[np.object_] | None = None
    guessed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.x.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read.

    Attributes
    ----------
    optional
        Our names of the columns that a file may have beside id and place.
    needed
        Our names of the columns that a layer must have beside its shapes.
    has_places
        Whether a table must say where its rows are; else nobody asks, and their coordinates are NaN.
    crs
        ``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV and Excel.
    layer, sheet, heading_row, encoding
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
    sheet: str | None = None
    heading_row: int | None = None
    encoding: str | None = None
    columns: Mapping[str, str] | None = None
    is_second: bool = False
    needed: tuple[str, ...] = ("id",)
    has_places: bool = True

    @property
    def needed_of_table(self) -> tuple[str, ...]:
        """Our names of the columns that a table must have."""
        return ("id", "lon", "lat") if self.has_places else ("id",)


def no_rows(file: str, unit: str, notes: tuple[str, ...] = ()) -> Rows:
    """Return the rows of a file that has none."""
    nothing = np.empty(0)
    return Rows(
        file=file,
        unit=unit,
        number=nothing.astype(np.int64),
        text={},
        x=nothing,
        y=nothing,
        fault=nothing.astype(object),
        crs=None,
        notes=notes,
    )


# ---------------------------------------------------------------------------------------------
# Cells
# ---------------------------------------------------------------------------------------------


def objects(values: Sequence[object]) -> NDArray[np.object_]:
    """Return values as an array of objects, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def as_text(value: object) -> str:
    """Return a value as text: 10 and 10.0 are "10", true is "true", nothing is empty."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or str(value) in ("nan", "NaT", "<NA>"):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def joined(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return faults of two kinds, row by row, as one."""
    both = np.flatnonzero((a != "") & (b != ""))
    of_either = np.where(a != "", a, b)
    of_either[both] = a[both] + "; " + b[both]
    return of_either


def places_in(
    texts: Mapping[str, NDArray[np.object_]], n_rows: int, reading: Reading
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Return longitudes and latitudes of a table, and why a row has none; NaN and no fault where nobody asks."""
    if not reading.has_places:
        nowhere = np.full(n_rows, np.nan)
        return nowhere, nowhere, np.full(n_rows, "", dtype=object)
    lon, lon_fault = numbers("lon", texts["lon"])
    lat, lat_fault = numbers("lat", texts["lat"])
    return lon, lat, joined(lon_fault, lat_fault)


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
