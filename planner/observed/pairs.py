"""Measured drive times: read and checked."""

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import are_degrees
from planner.errors import InputError
from planner.pointfiles import numbers
from planner.pointfiles.encodings import read_text
from planner.points import Demand, Sites
from planner.scenario import Direction

if TYPE_CHECKING:
    import pandas as pd

IDS: Final = ("demand", "site")
ENDS: Final = ("from_lon", "from_lat", "to_lon", "to_lat")
_MOST_TOLD: Final = 20
"""Problems that are listed one by one; of more, only their number is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """Pairs of points and the drive times measured between them.

    Attributes
    ----------
    label
        What each pair is called: ``D1 -> S2``, or its line where it has no ids.
    begin, end
        Longitude and latitude of where each drive begins and ends, WGS 84 degrees: two columns.
    time_s
        Measured drive time, in seconds, above 0.
    weight
        How much each pair counts, above 0.
    """

    label: NDArray[np.object_]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    time_s: NDArray[np.float64]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return self.label.size

    def part(self, rows: NDArray[np.int64]) -> Measured:
        """Return some of the pairs."""
        return Measured(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def read_measured(path: Path, demand: Demand, sites: Sites, *, direction: Direction) -> Measured:
    """Return the measured drive times of a CSV file, in the order of its lines.

    Parameters
    ----------
    path
        Columns demand and site (ids), or from_lon, from_lat, to_lon, to_lat (WGS 84 degrees); or all of them, where each
        line tells either. And drive_time_s (seconds, above 0); optional: weight (above 0).
    demand, sites
        The points that ids stand for.
    direction
        Which of demand point and site a drive begins at; from and to are told as driven.

    Raises
    ------
    InputError
        With all problems of the file, each with its line.
    """
    table = _table(path)
    has_ids, has_ends = (set(names) <= set(table.columns) for names in (IDS, ENDS))
    missing = [] if "drive_time_s" in table.columns else ["drive_time_s"]
    if not has_ids and not has_ends:
        missing = [*missing, "demand and site (or from_lon, from_lat, to_lon, to_lat)"]
    if missing:
        have = ", ".join(map(str, table.columns))
        raise InputError(path, [f"no column {' and no column '.join(missing)}; it has {have}"])
    if not len(table):
        raise InputError(path, ["holds no measured drive time"])
    reading = _Reading(table, demand, sites)
    by_id = np.full(len(table), has_ids)
    if has_ids and has_ends:
        by_id = reading.has_any(IDS)
    is_to_station = direction is Direction.TO_STATION
    begin, end = reading.of_points(by_id, is_to_station=is_to_station)
    if has_ends:
        begin[~by_id], end[~by_id] = reading.of_degrees(~by_id)
    time_s = reading.above_0("drive_time_s")
    weight = reading.above_0("weight") if "weight" in table.columns else np.ones(len(table))
    reading.refuse(path)
    return Measured(
        label=reading.labels(by_id, is_to_station=is_to_station),
        begin=begin,
        end=end,
        time_s=time_s,
        weight=weight,
    )


def _table(path: Path) -> pd.DataFrame:
    """Return the lines of a CSV file that hold anything, as texts; the index is the number of the line."""
    import pandas as pd

    text, _ = read_text(path, None)
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        table = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(path, [f"can't be read as a table of drive times: {error}"]) from error
    table = table.rename(columns=str.strip).apply(lambda column: column.str.strip())
    table.index = table.index + 2
    told: pd.DataFrame = table[(table != "").any(axis=1)]
    return told


class _Reading:
    """A table as it is read: what is wrong is gathered line by line."""

    def __init__(self, table: pd.DataFrame, demand: Demand, sites: Sites) -> None:
        self.table, self.demand, self.sites = table, demand, sites
        self.problems: list[tuple[int, str]] = []

    def has_any(self, columns: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which lines have something in some of these columns."""
        has: NDArray[np.bool_] = (self.table[list(columns)] != "").any(axis=1).to_numpy()
        return has

    def of_points(
        self, rows: NDArray[np.bool_], *, is_to_station: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where the drives of some lines begin and end, by the ids there; NaN in the others."""
        ends = []
        for column, points, what in (
            ("demand", self.demand, "demand point"),
            ("site", self.sites, "site"),
        ):
            lonlat = np.full((len(self.table), 2), np.nan)
            if rows.any():
                position = {name: i for i, name in enumerate(points.id)}
                ids = self.table[column].to_numpy()
                at = np.array([position.get(name, -1) for name in ids[rows]], dtype=np.int64)
                lonlat[rows] = np.column_stack([points.lon[at], points.lat[at]])
                for line, name in zip(self._lines(rows)[at < 0], ids[rows][at < 0], strict=True):
                    told = f"{column} {name!r} is no {what} of {points.file}"
                    self._note(line, told if name else f"{column} is missing")
            ends.append(lonlat)
        return (ends[0], ends[1]) if is_to_station else (ends[1], ends[0])

    def of_degrees(
        self, rows: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where the drives of some lines begin and end, by the degrees there."""
        columns = [self._numbers(name, rows) for name in ENDS]
        for first in (0, 2):
            lon, lat = columns[first], columns[first + 1]
            is_odd = np.isfinite(lon) & np.isfinite(lat) & ~are_degrees(lon, lat)
            for line, x, y in zip(self._lines(rows)[is_odd], lon[is_odd], lat[is_odd], strict=True):
                pair = f"{ENDS[first]}, {ENDS[first + 1]}"
                self._note(line, f"{pair} {x:.12g}, {y:.12g} are no degrees")
        return np.column_stack(columns[:2]), np.column_stack(columns[2:])

    def above_0(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers above 0."""
        everywhere = np.ones(len(self.table), dtype=bool)
        values = self._numbers(column, everywhere)
        unit = " seconds" if column == "drive_time_s" else ""
        for line, value in zip(self._lines(values <= 0.0), values[values <= 0.0], strict=True):
            self._note(line, f"{column} {value:g} is not more than 0{unit}")
        return values

    def _numbers(self, column: str, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        found, fault = numbers(column, self.table[column].to_numpy(dtype=object)[rows])
        for line, why in zip(self._lines(rows), fault, strict=True):
            if why:
                self._note(line, str(why))
        return found

    def _lines(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        lines: NDArray[np.int64] = self.table.index.to_numpy()[rows]
        return lines

    def _note(self, line: int, why: str) -> None:
        self.problems.append((int(line), why))

    def refuse(self, path: Path) -> None:
        """Raise all that was noted, if there is any."""
        if self.problems:
            told = [f"line {line}: {why}" for line, why in sorted(self.problems)]
            more = len(told) - _MOST_TOLD
            raise InputError(path, told[:_MOST_TOLD] + ([f"and {more} more"] if more > 0 else []))

    def labels(self, by_id: NDArray[np.bool_], *, is_to_station: bool) -> NDArray[np.object_]:
        """Return what to call each line."""
        label = np.array([f"line {line}" for line in self.table.index], dtype=object)
        if by_id.any():
            first, second = IDS if is_to_station else IDS[::-1]
            ids = self.table[first] + " -> " + self.table[second]
            label[by_id] = ids.to_numpy(dtype=object)[by_id]
        return label
