"""Checks: all faults of a file of points, in the order of its rows; and what the rows say where there are none."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import Crs, Shifted, are_degrees, to_wgs84
from planner.errors import PointsError
from planner.pointfiles.rows import Rows, cut, numbers, shown
from planner.wording import counted

logger = logging.getLogger(__name__)

_WORDS: Final = {
    **dict.fromkeys(("true", "1", "yes", "y", "是"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否", ""), False),
}
"""What may stand in a column of yes and no."""

_TOTALS: Final = frozenset(
    (
        "合计",
        "总计",
        "小计",
        "共计",
        "总数",
        "合计数",
        "total",
        "totals",
        "subtotal",
        "grandtotal",
        "sum",
    )
)
"""What a row of sums is called, without blanks and colons."""

MOST_WEIGHT: Final = 1e12
"""No point weighs more: sums of weights have to tell one plan from another."""

_MOVED_DEG: Final = 1e-8
"""Degrees that differ by less are the same: a millimetre."""


@dataclass(slots=True)
class Faults:
    """What is wrong with the rows of a file, gathered check by check."""

    rows: Rows
    by_row: list[tuple[int, str]] = field(default_factory=list)
    of_file: list[str] = field(default_factory=list)

    def add(self, is_wrong: NDArray[np.bool_], sentence: Callable[[int], str]) -> None:
        """Note a sentence for each row that is wrong."""
        self.by_row += [(int(i), sentence(int(i))) for i in np.flatnonzero(is_wrong)]

    @property
    def are_any(self) -> bool:
        """Whether anything was noted."""
        return bool(self.by_row or self.of_file)

    def refuse(self) -> None:
        """Raise all that was noted, if there is any; of a row of sums only that it is one."""
        _check_ids(self.rows, self)
        totals = _totals(self.rows, sorted({i for i, _ in self.by_row}))
        by_row = [fault for fault in self.by_row if fault[0] not in totals]
        by_row += [(i, "looks like a row of sums; delete it") for i in totals]
        in_order = sorted(by_row, key=lambda fault: fault[0])
        sentences = [f"{self._row(i)}: {sentence}" for i, sentence in in_order]
        if self.of_file or sentences:
            raise PointsError(self.rows.file, [*self.of_file, *sentences])

    def _row(self, i: int) -> str:
        name = cut(self.rows.text["id"][i])
        return f"{self.rows.unit} {self.rows.number[i]}" + (f" ({name})" if name else "")


def _totals(rows: Rows, faulty: list[int]) -> list[int]:
    """Return which of the faulty rows hold sums: by what they are called, or by a weight that is the sum of those above.

    Only rows that are faulty anyway: there are petrol stations called Total.
    """
    if not faulty:
        return []
    names = [rows.text[column] for column in ("id", "name") if column in rows.text]
    texts = rows.text.get("weight")
    weight = np.zeros(len(rows)) if texts is None else numbers("weight", texts)[0]
    above = np.cumsum(np.nan_to_num(weight)) - np.nan_to_num(weight)
    return [
        i
        for i in faulty
        if any(_is_total(column[i]) for column in names)
        or (not rows.text["id"][i] and i > 1 and weight[i] > 0 and np.isclose(weight[i], above[i]))
    ]


def _is_total(text: str) -> bool:
    return "".join(text.split()).strip(":：").casefold() in _TOTALS


def _check_ids(rows: Rows, faults: Faults) -> None:
    ids = rows.text["id"]
    faults.add(ids == "", lambda _: "id is missing")
    if len(set(ids)) == len(rows):
        return
    first: dict[str, int] = {}
    is_again = np.zeros(len(rows), dtype=bool)
    for i, name in enumerate(ids):
        is_again[i] = bool(name) and first.setdefault(name, i) != i
    faults.add(is_again, lambda i: f"the same id as {rows.unit} {rows.number[first[ids[i]]]}")


class Located(NamedTuple):
    """Where the rows of a file are in WGS 84, their areas, and what to say on it."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    area: NDArray[np.object_] | None
    notes: tuple[str, ...]


def located(rows: Rows, faults: Faults) -> Located:
    """Return where rows are, areas at their best point inside, and note what can't be."""
    faults.add(rows.fault != "", lambda i: str(rows.fault[i]))
    lon, lat = (rows.x, rows.y) if rows.crs is None else to_wgs84(rows.x, rows.y, rows.crs)
    _check_degrees(rows, lon, lat, faults)
    notes = _moved_note(rows, lon, lat)
    if rows.area is None:
        return Located(lon, lat, None, notes)
    from planner.pointfiles.areas import areas_in_wgs84, points_inside

    area = areas_in_wgs84(rows.area, rows.crs)
    is_area = np.array([a is not None for a in rows.area])
    is_cut = is_area & np.isfinite(lon) & np.array([a is None for a in area])
    faults.add(is_cut, lambda _: "reaches outside the CRS")
    if not faults.are_any:  # else nobody asks where the good ones are
        inner_lon, inner_lat = points_inside(area)
        lon, lat = np.where(is_area, inner_lon, lon), np.where(is_area, inner_lat, lat)
        notes += (inner_points_note(area),)
    return Located(lon, lat, area, notes)


def _moved_note(rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[str, ...]:
    """Return the sentence on a conversion to WGS 84 that moved anything."""
    moved = np.maximum(np.abs(lon - rows.x), np.abs(lat - rows.y))
    if rows.crs is None or not (moved > _MOVED_DEG).any():
        return ()
    return (f"converted from {_crs_name(rows.crs)} to WGS 84",)


def _crs_name(crs: Crs) -> str:
    return crs.title if isinstance(crs, Shifted) else crs.to_string()[:40]


def _check_degrees(
    rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64], faults: Faults
) -> None:
    """Note which longitudes and latitudes can't be one."""
    is_there = rows.fault == ""
    is_outside_crs = is_there & np.isnan(lon)
    faults.add(is_outside_crs, lambda i: f"{_pair(rows.x[i], rows.y[i])} is outside the CRS")
    is_wrong = is_there & ~is_outside_crs & ~are_degrees(lon, lat)
    is_swapped = is_wrong & are_degrees(lat, lon)
    n_there = int(is_there.sum())
    all_swapped = n_there > 1 and bool(is_swapped[is_there].all())
    if n_there and is_wrong.sum() == n_there and (all_swapped or not is_swapped.any()):
        faults.of_file.append(_all_wrong(rows, lon, lat, all_swapped=all_swapped))
    else:
        faults.add(is_wrong, lambda i: _out_of_range(lon[i], lat[i]))
    is_zero = is_there & (lon == 0.0) & (lat == 0.0)
    faults.add(
        is_zero, lambda _: "lon and lat are both 0, which is in the sea off Africa; not known?"
    )


def _pair(x: float, y: float) -> str:
    return f"{x:.12g}, {y:.12g}"


def _out_of_range(lon: float, lat: float) -> str:
    swapped = "; lon and lat swapped?" if are_degrees(np.array(lat), np.array(lon)) else ""
    if abs(lat) > 90.0:
        return f"lat {lat:.12g} is outside -90 to 90{swapped}"
    return f"lon {lon:.12g} is outside -180 to 180{swapped}"


def _all_wrong(
    rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64], *, all_swapped: bool
) -> str:
    i = int(np.flatnonzero(rows.fault == "")[0])
    pair = _pair(lon[i], lat[i])
    if not all_swapped:
        return f'no row has degrees (the first {pair}); say crs = "EPSG:n"'
    remedy = 'columns = { lon = "lat", lat = "lon" }' if rows.unit == "line" else "the order x, y"
    return f"lon and lat swapped? every row is out of range (the first has lon, lat {pair}); mend it, or say {remedy}"


def weights(rows: Rows, faults: Faults) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return weights, and what to say on them: 1 where no column has them, or hardly any row of a guessed one."""
    texts = rows.text.get("weight")
    if texts is None:
        return np.ones(len(rows)), ()
    n_empty = int((texts == "").sum())
    if "weight" in rows.guessed and 2 * n_empty > len(rows):
        why = f"{n_empty} of {counted(len(rows), 'row')} have no weight, so that every row counts as 1"
        return np.ones(len(rows)), (why,)
    weight, fault = numbers("weight", texts)
    faults.add(fault != "", lambda i: str(fault[i]))
    faults.add(weight < 0, lambda i: f"weight {texts[i]} is negative")
    is_much = weight > MOST_WEIGHT
    faults.add(is_much, lambda i: f"weight {texts[i]} is above {MOST_WEIGHT:g}; in a larger unit?")
    if not weight.any():
        faults.of_file.append("every weight is 0, so that nothing counts")
    return weight, ()


def flags_in(rows: Rows, faults: Faults, column: str) -> NDArray[np.bool_]:
    """Return what a column of yes and no says, no where there is none, and note what is neither."""
    texts = rows.text.get(column)
    if texts is None:
        return np.zeros(len(rows), dtype=bool)
    flags = [_WORDS.get(text.casefold()) for text in texts]
    faults.add(
        np.array([flag is None for flag in flags]),
        lambda i: f"{column} is {shown(texts[i])}; write true or false",
    )
    return np.array([flag is True for flag in flags])


def told_notes(rows: Rows, notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return all notes on a file, told to the log too."""
    told = (*rows.notes, *notes)
    for note in told:
        logger.info("%s: %s", rows.file, note)
    return told


def text_of(rows: Rows, column: str) -> NDArray[np.object_]:
    """Return the texts of a column; empty ones where there is none."""
    empty = np.full(len(rows), "", dtype=object)
    return rows.text.get(column, empty)


def inner_points_note(area: NDArray[np.object_]) -> str:
    """Return the sentence on areas of demand (None where there is none) for which a point inside stands."""
    from planner.pointfiles.areas import area_km2

    n, km2 = sum(a is not None for a in area), math.fsum(area_km2(area))
    size = f"{km2:,.2f}" if km2 < 100 else f"{km2:,.0f}"
    n_parted = sum(a is not None and len(getattr(a, "geoms", "1")) > 1 for a in area)
    parted = f" ({n_parted} of several parts: in the largest)" if n_parted else ""
    return f"{counted(n, 'area')} of {size} km2 in all; a point inside stands for each{parted}"
