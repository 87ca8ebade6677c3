"""Lists of stations: which of the sites somebody names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles import Reading, Rows, cut, read_rows
from planner.points import Sites
from planner.scenario.near import did_you_mean, nearest


class StationList(NamedTuple):
    """Positions of the sites that a list names, ascending; and what to say on it, a sentence each."""

    stations: NDArray[np.int32]
    notes: tuple[str, ...]


def read_station_list(
    path: Path, sites: Sites, *, file: str, id_column: str | None = None
) -> StationList:
    """Return which sites a table names by their ids; other columns don't matter.

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

    Returns
    -------
    StationList
        A site that is named twice counts once, and a note says so.

    Raises
    ------
    PointsError
        The table can't be read or names nothing, or with all rows that name no site.
    """
    columns = None if id_column is None else {"id": id_column}
    rows = read_rows(path, Reading(optional=(), columns=columns, is_second=True, has_places=False))
    if not len(rows):
        raise PointsError(file, ["names no station"])
    position = {name: i for i, name in enumerate(sites.id)}
    at = np.array([_position(name, position) for name in rows.text["id"]], dtype=np.int64)
    unknown = np.flatnonzero(at < 0)
    if unknown.size:
        raise PointsError(file, list(_strangers(rows, unknown, sites)))
    stations, first = np.unique(at, return_index=True)
    again = np.setdiff1d(np.arange(len(rows)), first)
    return StationList(stations.astype(np.int32), tuple(_repeated(rows, at, again, sites, file)))


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
    told = ", ".join(f"{cut(sites.id[at[i]])} ({rows.unit} {rows.number[i]})" for i in again[:5])
    more = f" and {again.size - 5} more" if again.size > 5 else ""
    yield f"{file}: named more than once, counted once: {told}{more}"
