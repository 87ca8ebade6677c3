"""Drive times from elsewhere: a table instead of roads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import InputError
from planner.points import Demand, Sites
from planner.units import grid

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final = ("demand", "site", "drive_time_s")
LONGEST_S: Final = 6_000_000.0
"""100,000 minutes, as in scenarios: who has larger numbers for what can't be reached has to leave them out."""
_MOST_TOLD: Final = 20
"""Problems that are listed one by one; of more, only their number is told."""


class TablePairs(NamedTuple):
    """Positions of demand point and site, and seconds on the grid; ordered by site and then by point."""

    point: NDArray[np.int32]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]


def read_pairs(path: Path, demand: Demand, sites: Sites) -> TablePairs:
    """Return the drive times of a CSV file with the columns demand, site and drive_time_s.

    Parameters
    ----------
    path
        The file; a pair that is missing, or whose time is empty, is unreachable.
    demand, sites
        The points that its ids stand for.

    Raises
    ------
    InputError
        With all problems of the file, each with its line.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(path, [f"can't be read as a table of drive times: {error}"]) from error
    return pairs_of_table(table.rename(columns=str.strip), demand, sites, file=path)


def pairs_of_table(
    table: pd.DataFrame, demand: Demand, sites: Sites, *, file: Path | str
) -> TablePairs:
    """Return the drive times of a table, checked completely.

    Parameters
    ----------
    table
        Columns demand, site (ids) and drive_time_s (seconds, or text that says them; empty: unreachable).
    demand, sites
        The points that its ids stand for.
    file
        What to call the table in messages.

    Raises
    ------
    InputError
        With all problems, each with its line (the first row of the table is line 2).
    """
    import pandas as pd

    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        have = ", ".join(map(str, table.columns))
        raise InputError(file, [f"no column {' and no column '.join(missing)}; it has {have}"])
    ids = table.assign(demand=_as_text(table["demand"]), site=_as_text(table["site"]))
    point = pd.Index(demand.id).get_indexer(pd.Index(ids["demand"]))
    site = pd.Index(sites.id).get_indexer(pd.Index(ids["site"]))
    told = table["drive_time_s"]
    is_empty = (told.isna() | (_as_text(told) == "")).to_numpy()
    time_s = pd.to_numeric(told.where(~is_empty), errors="coerce").to_numpy(dtype=np.float64)
    is_wrong = ~is_empty & ~((time_s >= 0.0) & (time_s <= LONGEST_S))
    is_twice = ids.duplicated(["demand", "site"]).to_numpy()
    problems = [
        *_told(table, point < 0, "demand", f"is no demand point of {demand.file}"),
        *_told(table, site < 0, "site", f"is no site of {sites.file}"),
        *_told(
            table,
            is_wrong,
            "drive_time_s",
            f"is no time in seconds, 0 or more and at most {LONGEST_S:.0f}",
        ),
        *_told(table, is_twice, "demand", "has a second time for the same site"),
    ]
    if problems:
        more = len(problems) - _MOST_TOLD
        raise InputError(file, problems[:_MOST_TOLD] + ([f"and {more} more"] if more > 0 else []))
    pair = np.flatnonzero(~is_empty)
    pair = pair[np.lexsort((point[pair], site[pair]))]
    return TablePairs(
        point=point[pair].astype(np.int32),
        site=site[pair].astype(np.int32),
        time_s=grid(time_s[pair]),
    )


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype(str).str.strip()


def _told(
    table: pd.DataFrame, is_wrong: NDArray[np.bool_], column: str, complaint: str
) -> list[str]:
    """Return a sentence for each wrong row."""
    rows = np.flatnonzero(is_wrong)
    return [f"line {row + 2}: {column} '{table[column].iloc[row]}' {complaint}" for row in rows]


def points_of_table(table: pd.DataFrame) -> tuple[Demand, Sites]:
    """Return the demand points and sites that a table of drive times names; nobody knows where they are.

    Parameters
    ----------
    table
        Columns demand and site; a column weight, where there is one, weighs the demand (the first row of a point counts).
    """
    demand_id = np.unique(_as_text(table["demand"]).to_numpy(dtype=object))
    site_id = np.unique(_as_text(table["site"]).to_numpy(dtype=object))
    weight = np.ones(demand_id.size)
    if "weight" in table.columns:
        first = table.assign(demand=_as_text(table["demand"])).drop_duplicates("demand")
        weight = first.set_index("demand")["weight"].loc[demand_id].to_numpy(dtype=np.float64)
    nowhere, no_text = np.full(demand_id.size, np.nan), np.full(demand_id.size, "", dtype=object)
    demand = Demand(
        id=demand_id,
        lon=nowhere,
        lat=nowhere,
        weight=weight,
        name=no_text,
        district=no_text,
        file="table",
    )
    nowhere, no_text = np.full(site_id.size, np.nan), np.full(site_id.size, "", dtype=object)
    nothing = np.zeros(site_id.size, dtype=bool)
    sites = Sites(
        id=site_id,
        lon=nowhere,
        lat=nowhere,
        name=no_text,
        kind=no_text,
        services=no_text,
        opening_hours=no_text,
        is_existing=nothing,
        is_required=nothing,
        is_excluded=nothing,
        file="table",
    )
    return demand, sites
