"""Which column is which: by our name, by what was told, or by a usual name."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles.reference import table_crs
from planner.pointfiles.rows import Reading, Rows, places_in

logger = logging.getLogger(__name__)

USUAL: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "id": (
        (
            *("编号", "编码", "代码", "站点编号", "驿站编号", "网点编号", "点位编号", "需求点编号"),
            *("站点编码", "网点编码", "点位编码", "唯一编码", "唯一标识", "code", "uid"),
            *("station_id", "site_id", "host_id", "demand_id", "point_id", "osm_id", "poi_id"),
        ),
        ("序号", "no", "no."),
    ),
    "lon": (("longitude", "lng", "long", "经度"),),
    "lat": (("latitude", "纬度"),),
    "weight": (("权重", "人数", "人口", "人口数", "常住人口", "population", "pop"),),
    "name": (
        (
            *("名称", "站点名称", "驿站名称", "网点名称", "点位名称", "场所名称", "地点名称"),
            *("单位名称", "村社名称", "需求点名称", "站点", "title"),
        ),
    ),
    "district": (
        (
            *(
                "街道",
                "乡镇",
                "镇街",
                "乡镇街道",
                "镇(街道)",
                "乡镇(街道)",
                "街道(乡镇)",
                "所属街道",
            ),
            *("所属乡镇", "所属镇街", "township", "subdistrict", "town"),
        ),
        ("区县", "县区", "所属区县", "区域", "所属区域", "辖区", "county"),
    ),
    "kind": (("类型", "类别", "站点类型", "场所类型", "网点类型", "点位类型", "type", "category"),),
    "services": (("服务", "服务内容", "服务项目", "服务设施"),),
    "opening_hours": (("营业时间", "开放时间", "服务时间", "openinghours", "hours"),),
    "existing": (("is_existing", "现有", "已建", "是否已建", "是否现有"),),
    "required": (("is_required", "必选", "必建", "是否必选"),),
    "excluded": (("is_excluded", "排除", "是否排除"),),
}
"""Names that stand for ours without being told, most usual ones first: a later group counts where no earlier one is there."""

_PLANE: Final = {
    "lon": (("x", "x坐标", "横坐标", "easting", "point_x"),),
    "lat": (("y", "y坐标", "纵坐标", "northing", "point_y"),),
}
"""Names of coordinates that may be anything: they count where the CRS is told."""

_LATER_COLUMNS: Final = ("cost", "capacity")
"""Columns of the full format that this version doesn't use; so are those that begin with ``weight_``."""

N_HEADING_ROWS: Final = 20
"""Rows at the top of a table among which the headings are looked for: titles and notes come before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where our columns are.

    Attributes
    ----------
    where
        Position by our name.
    guessed
        The file's name by our name, of those that were guessed.
    """

    where: dict[str, int]
    guessed: dict[str, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on what was guessed, if anything was."""
        taken = ", ".join(f"{theirs} taken for {ours}" for ours, theirs in self.guessed.items())
        return (f"columns by their usual names: {taken}",) if taken else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The row of a table that names its columns.

    Attributes
    ----------
    position
        Which of the first rows it is.
    columns
        Where our columns are.
    """

    position: int
    columns: Columns


def columns_in(
    file: Path | str, header: Sequence[str], needed: tuple[str, ...], reading: Reading
) -> Columns:
    """Return where our columns are, by name: trimmed, in any case and width of letters.

    Raises
    ------
    PointsError
        If a needed column is missing, or nobody knows which of several is meant.
    """
    there = [" ".join(name.split()) for name in header]
    folded = [_folded(name) for name in there]
    wanted = (*needed, *reading.optional)
    where = {ours: at for ours in wanted if (at := _certain(ours, folded, reading)) is not None}
    guesses = {
        ours: _candidates(ours, folded, set(where.values()), reading)
        for ours in wanted
        if ours not in where and not _is_told(ours, reading)
    }
    problems = [
        *_unknown_of_ours(reading),
        *_more_than_once(where, there, folded),
        *_of_several(guesses, there),
    ]
    found = where | {ours: places[0] for ours, places in guesses.items() if places}
    missing = [
        f"{reading.columns[ours]} (for {ours})"
        if reading.columns and ours in reading.columns
        else ours
        for ours in wanted
        if ours not in found and (ours in needed or _is_told(ours, reading))
    ]
    if missing:
        problems.append(_missing_columns(missing, there))
    if problems:
        raise PointsError(file, problems)
    _tell_of_later(file, there, folded)
    guessed = {ours: there[places[0]] for ours, places in guesses.items() if places}
    return Columns(where={ours: found[ours] for ours in wanted if ours in found}, guessed=guessed)


def heading_in(
    file: Path | str,
    rows: Sequence[Sequence[str]],
    needed: tuple[str, ...],
    reading: Reading,
) -> Heading:
    """Return the first of some rows that names all needed columns.

    Where the headings stand in two rows, one over the other, a cell that is empty in the lower one has its name in the upper one.

    Raises
    ------
    PointsError
        If no row does; with what the likeliest row lacks.
    """
    best, best_n = 0, -1
    for i, row in enumerate(rows):
        for header in (row, _under(row, rows[i - 1]) if i else row):
            n = sum(bool(_named(ours, header, reading)) for ours in needed)
            if n == len(needed):
                return Heading(position=i, columns=columns_in(file, header, needed, reading))
            if n > best_n:
                best, best_n = i, n
    return Heading(position=best, columns=columns_in(file, rows[best], needed, reading))


def rows_under(
    columns: Columns,
    texts: Mapping[str, NDArray[np.object_]],
    *,
    path: Path,
    reading: Reading,
    unit: str,
    number: Sequence[int],
    fault: NDArray[np.object_],
    notes: tuple[str, ...],
) -> Rows:
    """Return the rows of a table.

    Parameters
    ----------
    columns
        Where our columns are.
    texts
        What stands in each of them, by our name.
    path, reading
        The file, and how it is read.
    unit, number
        What its rows are called, and their numbers in the file.
    fault
        What is wrong with a row, empty where nothing is; it goes before what is wrong with its place.
    notes
        What was guessed, converted or mended, a sentence each.
    """
    x, y, place_fault = places_in(texts, len(number), reading)
    return Rows(
        file=str(path),
        unit=unit,
        number=np.array(number, dtype=np.int64),
        text={ours: text for ours, text in texts.items() if ours not in ("lon", "lat")},
        x=x,
        y=y,
        fault=np.where(fault == "", place_fault, fault),
        crs=table_crs(path, reading),
        guessed=frozenset(columns.guessed),
        notes=notes,
    )


def _under(lower: Sequence[str], upper: Sequence[str]) -> list[str]:
    filled = [*upper, *[""] * (len(lower) - len(upper))]
    return [cell or above for cell, above in zip(lower, filled, strict=False)]


def _named(ours: str, header: Sequence[str], reading: Reading) -> bool:
    """Return whether a row has a name for one of our columns."""
    folded = [_folded(name) for name in header]
    if any(name in folded for name in _told_names(ours, reading)):
        return True
    return not _is_told(ours, reading) and bool(_candidates(ours, folded, set(), reading))


def _certain(ours: str, folded: list[str], reading: Reading) -> int | None:
    """Return where one of our columns certainly is; None where no name says so."""
    name = next((name for name in _told_names(ours, reading) if name in folded), None)
    return None if name is None else folded.index(name)


def _more_than_once(where: dict[str, int], there: list[str], folded: list[str]) -> list[str]:
    return [
        f"column {there[at]} is there more than once"
        for at in dict.fromkeys(where.values())
        if folded.count(folded[at]) > 1
    ]


def _of_several(guesses: dict[str, list[int]], there: list[str]) -> list[str]:
    return [
        f"columns {' and '.join(there[at] for at in places)} may both be {ours}; "
        f'say which with columns = {{ {ours} = "{there[places[0]]}" }}'
        for ours, places in guesses.items()
        if len(places) > 1
    ]


def _told_names(ours: str, reading: Reading) -> list[str]:
    """Return the names that are certainly meant: what was told, else our own."""
    told = (reading.columns or {}).get(ours)
    own = [] if told is not None and not reading.is_second else [ours]
    return [_folded(name) for name in ([told] if told is not None else []) + own]


def _is_told(ours: str, reading: Reading) -> bool:
    return ours in (reading.columns or {}) and not reading.is_second


def _candidates(ours: str, folded: list[str], taken: set[int], reading: Reading) -> list[int]:
    """Return the columns that may be one of ours by a usual name, of the first group that has any."""
    crs_is_told = reading.crs is not None and reading.crs.lower() != "wgs84"
    groups = USUAL.get(ours, ()) + (_PLANE.get(ours, ()) if crs_is_told else ())
    for group in groups:
        found = [i for i, name in enumerate(folded) if name in group and i not in taken]
        if found:
            return found
    return []


def _folded(name: str) -> str:
    """Return a name without regard to case and width of letters, and blanks in it."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _unknown_of_ours(reading: Reading) -> list[str]:
    known = (*reading.needed, "lon", "lat", *reading.optional)
    return [
        f"columns: {ours} is none of ours; known are {', '.join(known)}"
        for ours in reading.columns or {}
        if ours not in known
    ]


def _missing_columns(missing: Sequence[str], there: Sequence[str]) -> str:
    named = [name for name in there if name]
    listed = ", ".join(named[:20]) + (", …" if len(named) > 20 else "")
    ours = next((name for name in missing if " " not in name), "id")
    return (
        f"no column {', '.join(missing)}; columns there: {listed or 'none'}; "
        f'name yours with columns = {{ {ours} = "…" }}'
    )


def _tell_of_later(file: Path | str, there: Sequence[str], folded: Sequence[str]) -> None:
    later = [
        name
        for name, f in zip(there, folded, strict=True)
        if f in _LATER_COLUMNS or f.startswith("weight_")
    ]
    if later:
        logger.info("%s: not used in this version: column %s", file, ", ".join(later))
