"""Lists of stations: which of the sites somebody names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import are_degrees, to_wgs84
from planner.errors import PointsError
from planner.geodesy import metres_per_degree
from planner.pointfiles import Reading, Rows, cut, read_rows
from planner.points import Sites
from planner.scenario.near import did_you_mean, nearest

_ELSEWHERE_M: Final = 100.0
"""A station that a list has farther from its site stands elsewhere: houses and hand-drawn points are off by less."""
_NAMED: Final = 5
"""Rows named one by one; of more, only the number is told."""


class StationList(NamedTuple):
    """Positions of the sites that a list names, ascending; and what to say on it, a sentence each."""

    stations: NDArray[np.int32]
    notes: tuple[str, ...]


def read_station_list(
    path: Path, sites: Sites, *, file: str, id_column: str | None = None, crs: str | None = None
) -> StationList:
    """Return which sites a table names by their ids. Where it says where they stand, that is only compared.

    Parameters
    ----------
    path
        CSV, Excel, or any layer of points.
    sites
        The sites that its ids stand for.
    file
        What to call the table in messages.
    id_column
        What the ids may be called beside ``id`` and its usual names.
    crs
        What the places of the table may be in beside WGS 84.

    Returns
    -------
    StationList
        A site that is named twice counts once, and a note says so. Another note names the rows that stand more than
        100 m from their site.

    Raises
    ------
    PointsError
        The table can't be read or names nothing, or with all rows that name no site.
    """
    columns = None if id_column is None else {"id": id_column}
    reading = Reading(optional=(), columns=columns, is_second=True, has_places=False)
    rows = read_rows(path, reading)
    if not len(rows):
        raise PointsError(file, ["names no station"])
    position = {name: i for i, name in enumerate(sites.id)}
    at = np.array([_position(name, position) for name in rows.text["id"]], dtype=np.int64)
    unknown = np.flatnonzero(at < 0)
    if unknown.size:
        raise PointsError(file, list(_strangers(rows, unknown, sites)))
    stations, first = np.unique(at, return_index=True)
    again = np.setdiff1d(np.arange(len(rows)), first)
    away_m = _away_m(path, reading, rows, at, sites, crs)
    notes = (*_repeated(rows, at, again, sites, file), *_elsewhere(rows, at, away_m, sites, file))
    return StationList(stations.astype(np.int32), notes)


def _position(name: str, position: dict[str, int]) -> int:
    """Return the position of a site; -1 where there is none. Ids may have the quote that keeps spreadsheets from reading a formula."""
    at = position.get(name, -1)
    return position.get(name[1:], -1) if at < 0 and name.startswith("'") else at


def _strangers(rows: Rows, unknown: NDArray[np.intp], sites: Sites) -> Iterator[str]:
    """Yield a sentence on each row that names no site; the nearest one only as far as it is shown."""
    for n, i in enumerate(unknown.tolist()):
        name, where = rows.text["id"][i], f"{rows.unit} {rows.number[i]}"
        if not name:
            yield f"{where}: id is missing"
            continue
        is_shown = PointsError.n_shown is None or n < PointsError.n_shown
        near = did_you_mean(nearest(name, sites.id)) if is_shown else ""
        yield f"{where}: {cut(name)} is no site of {sites.file}{near}"


def _repeated(
    rows: Rows, at: NDArray[np.int64], again: NDArray[np.intp], sites: Sites, file: str
) -> Iterator[str]:
    """Yield the sentence on sites that are named more than once, if there are any."""
    if not again.size:
        return
    told = [f"{cut(sites.id[at[i]])} ({rows.unit} {rows.number[i]})" for i in again]
    yield f"{file}: named more than once, counted once: {_some(told)}"


def _elsewhere(
    rows: Rows,
    at: NDArray[np.int64],
    away_m: NDArray[np.float64],
    sites: Sites,
    file: str,
) -> Iterator[str]:
    """Yield the sentence on rows that stand elsewhere than their sites, if there are any."""
    far = np.flatnonzero(away_m > _ELSEWHERE_M)
    if not far.size:
        return
    told = [
        f"{cut(sites.id[at[i]])} ({rows.unit} {rows.number[i]}, {away_m[i]:,.0f} m)" for i in far
    ]
    yield (
        f"{file}: farther than {_ELSEWHERE_M:g} m from the site of that id in {sites.file}, whose place counts: "
        f"{_some(told)}; do the ids mean the same?"
    )


def _away_m(
    path: Path,
    reading: Reading,
    rows: Rows,
    at: NDArray[np.int64],
    sites: Sites,
    crs: str | None,
) -> NDArray[np.float64]:
    """Return how far each row of a list lies from its site, in metres; NaN where it doesn't say where that is.

    Nobody says what a list is in: WGS 84, as the map exports it, or what the sites were given in, as a part of their table
    is. It is read both ways, and the one that fits counts.
    """
    ways = [replace(reading, has_places=True, crs=way) for way in dict.fromkeys((None, crs))]
    found = [_off_m(path, way, rows, at, sites) for way in ways]
    known = [away for away in found if np.isfinite(away).any()]
    return min(known, key=np.nanmedian, default=np.full(len(rows), np.nan))


def _off_m(
    path: Path, reading: Reading, rows: Rows, at: NDArray[np.int64], sites: Sites
) -> NDArray[np.float64]:
    """Return the same with the coordinates read in one way."""
    off_m = np.full(len(rows), np.nan)
    try:
        placed = read_rows(path, reading)
    except PointsError:  # it has no places, or none that can be told: nothing to compare
        return off_m
    x, y = placed.x, placed.y
    lon, lat = (x, y) if placed.crs is None else to_wgs84(x, y, placed.crs)
    _, i, j = np.intersect1d(rows.number, placed.number, return_indices=True)
    i, j = (k[are_degrees(lon[j], lat[j])] for k in (i, j))
    m_east, m_north = metres_per_degree(sites.lat[at[i]])
    off_m[i] = np.hypot((lon[j] - sites.lon[at[i]]) * m_east, (lat[j] - sites.lat[at[i]]) * m_north)
    return off_m


def _some(told: list[str]) -> str:
    more = len(told) - _NAMED
    return ", ".join(told[:_NAMED]) + (f" and {more} more" if more > 0 else "")
