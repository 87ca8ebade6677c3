"""Demand and Sites: read, checked, in one CRS."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import Crs, Shifted, are_degrees, distance_to_box_m, to_wgs84
from planner.errors import PointsError
from planner.pointfiles import Reading, Rows, cut, numbers, read_rows, shown
from planner.wording import counted

if TYPE_CHECKING:
    import geopandas

_Points = TypeVar("_Points", "Demand", "Sites")

logger = logging.getLogger(__name__)

SAME_PLACE_M: Final = 50.0
"""A host and a station of one id are the same when they lie this near: two surveys differ by as much."""

FAR_OFF_M: Final = 50_000.0
"""Points farther than this from the box round all roads are in another town, or in another CRS."""

MOST_WEIGHT: Final = 1e12
"""No point weighs more: sums of weights have to tell one plan from another."""

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

_MOVED_DEG: Final = 1e-8
"""Degrees that differ by less are the same: a millimetre."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """Where couriers are, ordered by id.

    Attributes
    ----------
    id
        Ids as text (object array), ascending.
    lon, lat
        WGS 84 degrees.
    weight
        How much each point counts, not negative.
    name, district
        Texts for people; empty where not given.
    file
        Where they were read.
    area
        The area that a point stands for, in WGS 84 degrees; None where there is none. None at all where there are no areas.
    notes
        What was guessed, converted or mended on reading, a sentence each.
    """

    id: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]
    name: NDArray[np.object_]
    district: NDArray[np.object_]
    file: str
    area: NDArray[np.object_] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.id.size

    def where(self, kept: NDArray[np.bool_] | NDArray[np.integer]) -> Demand:
        """Return some of the demand points: those at some positions, or where it is true; ordered by id as ever."""
        return _some(self, kept)

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return the demand as points in WGS 84 (EPSG:4326), one row each, ordered by id."""
        return _frame(self)


def no_demand() -> Demand:
    """Return no demand points, where the roads alone are demand."""
    text, number = np.zeros(0, dtype=object), np.zeros(0)
    return Demand(id=text, lon=number, lat=number, weight=number, name=text, district=text, file="")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sites:
    """Places that may become a station, ordered by id.

    Attributes
    ----------
    id
        Ids as text (object array), ascending.
    lon, lat
        WGS 84 degrees.
    name, kind, services, opening_hours
        Texts as given; empty where not given.
    is_existing
        A station stands here already: it is always kept.
    is_required
        It must become a station.
    is_excluded
        It may not become one.
    file
        Where they were read.
    notes
        What was guessed, converted or mended on reading, a sentence each.
    """

    id: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    services: NDArray[np.object_]
    opening_hours: NDArray[np.object_]
    is_existing: NDArray[np.bool_]
    is_required: NDArray[np.bool_]
    is_excluded: NDArray[np.bool_]
    file: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.id.size

    def where(self, kept: NDArray[np.bool_] | NDArray[np.integer]) -> Sites:
        """Return some of the sites: those at some positions, or where it is true; ordered by id as ever."""
        return _some(self, kept)

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return the sites as points in WGS 84 (EPSG:4326), one row each, ordered by id."""
        return _frame(self)


def read_demand(
    source: Path | str | geopandas.GeoDataFrame,
    *,
    crs: str | None = None,
    layer: str | None = None,
    sheet: str | None = None,
    heading_row: int | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Demand:
    """Return the demand points of a file or GeoDataFrame, checked completely.

    Columns are ``id`` and, in a table, ``lon`` and ``lat``; if they are there, ``weight`` (1 where there is no such
    column), ``name`` and ``district``. Usual names such as ``编号`` or ``longitude`` are understood.

    Parameters
    ----------
    source
        CSV, Excel, a layer of points or areas in any file that geopandas reads, or a GeoDataFrame. For an area its
        best point inside stands.
    crs
        ``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; the file's own if left out, WGS 84 for tables and GeoJSON.
    layer
        Layer of a file with several.
    sheet
        Sheet of a workbook with several.
    heading_row
        Row of a table that names the columns, from 1; the first that does if left out.
    encoding
        Encoding of the text; as the file says, else UTF-8 or GB18030, whichever it is, if left out.
    columns
        Our column names with those of the file.

    Returns
    -------
    Demand
        Ordered by id, in WGS 84.

    Raises
    ------
    PointsError
        With all problems of the file, each with its line or row and id.
    """
    reading = Reading(
        optional=("weight", "name", "district"),
        crs=crs,
        layer=layer,
        sheet=sheet,
        heading_row=heading_row,
        encoding=encoding,
        columns=columns,
    )
    rows = read_rows(source, reading)
    if not len(rows):
        raise PointsError(rows.file, [f"no demand points in {Path(rows.file).name}"])
    faults = _Faults(rows)
    places = _places(rows, faults)
    weight, more_notes = _weights(rows, faults)
    faults.refuse()
    areas = {} if places.area is None else {"area": places.area}
    return Demand(
        **ordered(
            id=rows.text["id"],
            lon=places.lon,
            lat=places.lat,
            weight=weight,
            name=_text(rows, "name"),
            district=_text(rows, "district"),
            **areas,
        ),
        file=rows.file,
        notes=_told(rows, places.notes + more_notes),
    )


def inner_points_note(area: NDArray[np.object_]) -> str:
    """Return the sentence on areas of demand (None where there is none) for which a point inside stands."""
    from planner.pointfiles.areas import area_km2

    n, km2 = sum(a is not None for a in area), math.fsum(area_km2(area))
    size = f"{km2:,.2f}" if km2 < 100 else f"{km2:,.0f}"
    n_parted = sum(a is not None and len(getattr(a, "geoms", "1")) > 1 for a in area)
    parted = f" ({n_parted} of several parts: in the largest)" if n_parted else ""
    return f"{counted(n, 'area')} of {size} km2 in all; a point inside stands for each{parted}"


def read_sites(
    source: Path | str | geopandas.GeoDataFrame,
    *,
    crs: str | None = None,
    layer: str | None = None,
    sheet: str | None = None,
    heading_row: int | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    existing: Path | str | geopandas.GeoDataFrame | None = None,
) -> Sites:
    """Return the sites of a file or GeoDataFrame, checked completely.

    Columns are ``id`` and, in a table, ``lon`` and ``lat``; if they are there, ``name``, ``kind``, ``services``,
    ``opening_hours``, and ``existing``, ``required``, ``excluded`` (true or false, yes or no, 1 or 0, 是 or 否; nothing
    is no).

    Parameters
    ----------
    source
        CSV, Excel, a layer of points or areas in any file that geopandas reads, or a GeoDataFrame.
    crs, layer, sheet, heading_row, encoding, columns
        As in `read_demand`.
    existing
        Further stations, which stand already. A site of the same id within 50 m is marked as existing. The options
        hold for this file too, as far as it doesn't say otherwise itself.

    Returns
    -------
    Sites
        Ordered by id, in WGS 84.

    Raises
    ------
    PointsError
        With all problems of a file, each with its line or row and id.
    """
    reading = Reading(
        optional=("name", "kind", "services", "opening_hours", "existing", "required", "excluded"),
        crs=crs,
        layer=layer,
        sheet=sheet,
        heading_row=heading_row,
        encoding=encoding,
        columns=columns,
    )
    sites = _sites(read_rows(source, reading))
    if existing is None:
        return sites
    second = replace(reading, is_second=True)
    return _with_existing(sites, _sites(read_rows(existing, second), all_stand=True))


def check_against(
    points: Demand | Sites, bounds_lonlat: tuple[float, float, float, float]
) -> list[str]:
    """Return sentences on points far from all roads, for a planner to read; none where all is well.

    Parameters
    ----------
    points
        Demand or sites.
    bounds_lonlat
        The box round all roads: west, south, east, north, in degrees.

    Raises
    ------
    PointsError
        If all points are farther than 50 km from the box: then the files don't belong together.
    """
    distance_m = distance_to_box_m(points.lon, points.lat, bounds_lonlat)
    is_far = distance_m > FAR_OFF_M
    if not is_far.any():
        return []
    hint = "lon and lat swapped?" if _fit_swapped(points, bounds_lonlat) else "check crs and roads"
    if not is_far.all():
        far = np.flatnonzero(is_far)
        some = ", ".join(f"{points.id[i]} ({distance_m[i] / 1000:,.0f} km)" for i in far[:5])
        more = f" and {far.size - 5} more" if far.size > 5 else ""
        limit = f"farther than {FAR_OFF_M / 1000:g} km from all roads"
        return [f"{points.file}: {limit}: {some}{more}; {hint}"]
    i = int(np.argmin(distance_m))
    west, south, east, north = bounds_lonlat
    message = (
        f"all {len(points)} points are far from all roads, the nearest one {points.id[i]} at "
        f"{points.lon[i]:.6g}, {points.lat[i]:.6g} by {distance_m[i] / 1000:,.0f} km; roads lie from "
        f"{west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}; {hint}"
    )
    raise PointsError(points.file, [message])


def _fit_swapped(points: Demand | Sites, box: tuple[float, float, float, float]) -> bool:
    """Return whether all points would lie near a box with longitude and latitude exchanged."""
    if (np.abs(points.lon) > 90.0).any():
        return False
    return bool((distance_to_box_m(points.lat, points.lon, box) <= FAR_OFF_M).all())


# ---------------------------------------------------------------------------------------------
# Checks: all faults of a file, in the order of its rows
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Faults:
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


def _check_ids(rows: Rows, faults: _Faults) -> None:
    ids = rows.text["id"]
    faults.add(ids == "", lambda _: "id is missing")
    if len(set(ids)) == len(rows):
        return
    first: dict[str, int] = {}
    is_again = np.zeros(len(rows), dtype=bool)
    for i, name in enumerate(ids):
        is_again[i] = bool(name) and first.setdefault(name, i) != i
    faults.add(is_again, lambda i: f"the same id as {rows.unit} {rows.number[first[ids[i]]]}")


class _Places(NamedTuple):
    """Where the rows of a file are in WGS 84, their areas, and what to say on it."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    area: NDArray[np.object_] | None
    notes: tuple[str, ...]


def _places(rows: Rows, faults: _Faults) -> _Places:
    """Return where rows are, areas at their best point inside, and note what can't be."""
    faults.add(rows.fault != "", lambda i: str(rows.fault[i]))
    lon, lat = (rows.x, rows.y) if rows.crs is None else to_wgs84(rows.x, rows.y, rows.crs)
    _check_degrees(rows, lon, lat, faults)
    notes = _moved_note(rows, lon, lat)
    if rows.area is None:
        return _Places(lon, lat, None, notes)
    from planner.pointfiles.areas import areas_in_wgs84, points_inside

    area = areas_in_wgs84(rows.area, rows.crs)
    is_area = np.array([a is not None for a in rows.area])
    is_cut = is_area & np.isfinite(lon) & np.array([a is None for a in area])
    faults.add(is_cut, lambda _: "reaches outside the CRS")
    if not faults.are_any:  # else nobody asks where the good ones are
        inner_lon, inner_lat = points_inside(area)
        lon, lat = np.where(is_area, inner_lon, lon), np.where(is_area, inner_lat, lat)
        notes += (inner_points_note(area),)
    return _Places(lon, lat, area, notes)


def _moved_note(rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[str, ...]:
    """Return the sentence on a conversion to WGS 84 that moved anything."""
    moved = np.maximum(np.abs(lon - rows.x), np.abs(lat - rows.y))
    if rows.crs is None or not (moved > _MOVED_DEG).any():
        return ()
    return (f"converted from {_crs_name(rows.crs)} to WGS 84",)


def _crs_name(crs: Crs) -> str:
    return crs.title if isinstance(crs, Shifted) else crs.to_string()[:40]


def _check_degrees(
    rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64], faults: _Faults
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


def _weights(rows: Rows, faults: _Faults) -> tuple[NDArray[np.float64], tuple[str, ...]]:
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


def _flags(rows: Rows, faults: _Faults, column: str) -> NDArray[np.bool_]:
    texts = rows.text.get(column)
    if texts is None:
        return np.zeros(len(rows), dtype=bool)
    flags = [_WORDS.get(text.casefold()) for text in texts]
    faults.add(
        np.array([flag is None for flag in flags]),
        lambda i: f"{column} is {shown(texts[i])}; write true or false",
    )
    return np.array([flag is True for flag in flags])


def _told(rows: Rows, notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return all notes on a file, told to the log too."""
    told = (*rows.notes, *notes)
    for note in told:
        logger.info("%s: %s", rows.file, note)
    return told


def _text(rows: Rows, column: str) -> NDArray[np.object_]:
    empty = np.full(len(rows), "", dtype=object)
    return rows.text.get(column, empty)


# ---------------------------------------------------------------------------------------------
# Sites
# ---------------------------------------------------------------------------------------------


def _sites(rows: Rows, *, all_stand: bool = False) -> Sites:
    if not len(rows):
        raise PointsError(rows.file, [f"no stations in {Path(rows.file).name}"])
    faults = _Faults(rows)
    places = _places(rows, faults)
    is_existing = _flags(rows, faults, "existing") | all_stand
    is_required = _flags(rows, faults, "required")
    is_excluded = _flags(rows, faults, "excluded")
    faults.add(is_existing & is_excluded, lambda _: "existing and excluded at once")
    faults.add(is_required & is_excluded & ~is_existing, lambda _: "required and excluded at once")
    faults.refuse()
    return Sites(
        **ordered(
            id=rows.text["id"],
            lon=places.lon,
            lat=places.lat,
            name=_text(rows, "name"),
            kind=_text(rows, "kind"),
            services=_text(rows, "services"),
            opening_hours=_text(rows, "opening_hours"),
            is_existing=is_existing,
            is_required=is_required,
            is_excluded=is_excluded,
        ),
        file=rows.file,
        notes=_told(rows, places.notes),
    )


def _with_existing(sites: Sites, stations: Sites) -> Sites:
    """Return sites with the stations that stand: those of a known id mark it, the others come along."""
    position = {name: i for i, name in enumerate(sites.id)}
    at = np.array([position.get(name, -1) for name in stations.id], dtype=np.int64)
    is_known = at >= 0
    known = at[is_known]
    apart_m = _apart_m(sites, known, stations, np.flatnonzero(is_known))
    problems = [
        f"{sites.id[i]} is {distance:,.0f} m from where {stations.file} has it; one id, one place"
        for i, distance in zip(known, apart_m, strict=True)
        if distance > SAME_PLACE_M
    ]
    problems += [
        f"{sites.id[i]} is excluded, but stands already ({stations.file})"
        for i in known[sites.is_excluded[known]]
    ]
    if problems:
        raise PointsError(sites.file, problems)
    is_existing = sites.is_existing.copy()
    is_existing[known] = True
    marked = replace(sites, is_existing=is_existing)
    columns = [f.name for f in fields(Sites) if f.name not in ("file", "notes")]
    return Sites(
        **ordered(
            **{
                name: np.concatenate([getattr(marked, name), getattr(stations, name)[~is_known]])
                for name in columns
            }
        ),
        file=sites.file,
        notes=(*sites.notes, *(f"{Path(stations.file).name}: {note}" for note in stations.notes)),
    )


def _apart_m(a: Sites, i: NDArray[np.int64], b: Sites, j: NDArray[np.int64]) -> NDArray[np.float64]:
    import pyproj

    return np.asarray(pyproj.Geod(ellps="WGS84").inv(a.lon[i], a.lat[i], b.lon[j], b.lat[j])[2])


# ---------------------------------------------------------------------------------------------
# Finished values
# ---------------------------------------------------------------------------------------------


def ordered(**columns: NDArray[Any]) -> dict[str, Any]:
    """Return columns ordered by id (plain text order), read-only."""
    ids = columns["id"].tolist()
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    sorted_columns = {name: column[order] for name, column in columns.items()}
    for column in sorted_columns.values():
        column.setflags(write=False)
    return sorted_columns


def _some(points: _Points, kept: NDArray[np.bool_] | NDArray[np.integer]) -> _Points:
    """Return some points, each once."""
    is_kept = np.zeros(len(points), dtype=bool)
    is_kept[kept] = True
    columns = {f.name: getattr(points, f.name) for f in fields(points)}
    some = {n: c[is_kept] for n, c in columns.items() if isinstance(c, np.ndarray)}
    return replace(points, **ordered(**some))


def _frame(points: Demand | Sites) -> geopandas.GeoDataFrame:
    import geopandas

    columns = {
        f.name: getattr(points, f.name)
        for f in fields(points)
        if f.name not in ("lon", "lat", "file", "area", "notes")
    }
    place = geopandas.points_from_xy(points.lon, points.lat)
    return geopandas.GeoDataFrame(columns, geometry=place, crs="EPSG:4326")
