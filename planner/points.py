"""Demand and Sites: read, checked, in one CRS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import are_degrees, distance_to_box_m, to_wgs84
from planner.errors import PointsError
from planner.pointfiles import Reading, Rows, cut, numbers, read_rows, shown

if TYPE_CHECKING:
    import geopandas

SAME_PLACE_M: Final = 50.0
"""A host and a station of one id are the same when they lie this near: two surveys differ by as much."""

FAR_OFF_M: Final = 50_000.0
"""Points farther than this from the box round all roads are in another town, or in another CRS."""

_WORDS: Final = {
    **dict.fromkeys(("true", "1", "yes", "y", "是"), True),
    **dict.fromkeys(("false", "0", "no", "n", "否", ""), False),
}
"""What may stand in a column of yes and no."""


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
    """

    id: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]
    name: NDArray[np.object_]
    district: NDArray[np.object_]
    file: str

    def __len__(self) -> int:
        return self.id.size

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return the demand as points in WGS 84 (EPSG:4326), one row each, ordered by id."""
        return _frame(self)


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

    def __len__(self) -> int:
        return self.id.size

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return the sites as points in WGS 84 (EPSG:4326), one row each, ordered by id."""
        return _frame(self)


def read_demand(
    source: Path | str | geopandas.GeoDataFrame,
    *,
    crs: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Demand:
    """Return the demand points of a file or GeoDataFrame, checked completely.

    Columns are ``id`` and, in a CSV, ``lon`` and ``lat``; if they are there, ``weight`` (1 where there is no such
    column), ``name`` and ``district``.

    Parameters
    ----------
    source
        CSV, a layer of points in any file that geopandas reads, or a GeoDataFrame.
    crs
        ``wgs84`` or ``EPSG:n``; the file's own if left out, WGS 84 for CSV and GeoJSON.
    layer
        Layer of a file with several.
    encoding
        Encoding of the text; UTF-8, or as the file says, if left out.
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
        encoding=encoding,
        columns=columns,
    )
    rows = read_rows(source, reading)
    if not len(rows):
        raise PointsError(rows.file, [f"no demand points in {Path(rows.file).name}"])
    faults = _Faults(rows)
    lon, lat = _degrees(rows, faults)
    weight = _weights(rows, faults)
    faults.refuse()
    return Demand(
        **_ordered(
            id=rows.text["id"],
            lon=lon,
            lat=lat,
            weight=weight,
            name=_text(rows, "name"),
            district=_text(rows, "district"),
        ),
        file=rows.file,
    )


def read_sites(
    source: Path | str | geopandas.GeoDataFrame,
    *,
    crs: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    existing: Path | str | geopandas.GeoDataFrame | None = None,
) -> Sites:
    """Return the sites of a file or GeoDataFrame, checked completely.

    Columns are ``id`` and, in a CSV, ``lon`` and ``lat``; if they are there, ``name``, ``kind``, ``services``,
    ``opening_hours``, and ``existing``, ``required``, ``excluded`` (true or false, yes or no, 1 or 0, 是 or 否; nothing
    is no).

    Parameters
    ----------
    source
        CSV, a layer of points in any file that geopandas reads, or a GeoDataFrame.
    crs, layer, encoding, columns
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

    def refuse(self) -> None:
        """Raise all that was noted, if there is any."""
        _check_ids(self.rows, self)
        ordered = sorted(self.by_row, key=lambda fault: fault[0])
        sentences = [f"{self._row(i)}: {sentence}" for i, sentence in ordered]
        if self.of_file or sentences:
            raise PointsError(self.rows.file, [*self.of_file, *sentences])

    def _row(self, i: int) -> str:
        name = cut(self.rows.text["id"][i])
        return f"{self.rows.unit} {self.rows.number[i]}" + (f" ({name})" if name else "")


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


def _degrees(rows: Rows, faults: _Faults) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes, and note what can't be one."""
    faults.add(rows.fault != "", lambda i: str(rows.fault[i]))
    is_there = rows.fault == ""
    lon, lat = (rows.x, rows.y) if rows.crs is None else to_wgs84(rows.x, rows.y, rows.crs)
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
    return lon, lat


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


def _weights(rows: Rows, faults: _Faults) -> NDArray[np.float64]:
    texts = rows.text.get("weight")
    if texts is None:
        return np.ones(len(rows))
    weight, fault = numbers("weight", texts)
    faults.add(fault != "", lambda i: str(fault[i]))
    faults.add(weight < 0, lambda i: f"weight {texts[i]} is negative")
    if not weight.any():
        faults.of_file.append("every weight is 0, so that nothing counts")
    return weight


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
    lon, lat = _degrees(rows, faults)
    is_existing = _flags(rows, faults, "existing") | all_stand
    is_required = _flags(rows, faults, "required")
    is_excluded = _flags(rows, faults, "excluded")
    faults.add(is_existing & is_excluded, lambda _: "existing and excluded at once")
    faults.add(is_required & is_excluded & ~is_existing, lambda _: "required and excluded at once")
    faults.refuse()
    return Sites(
        **_ordered(
            id=rows.text["id"],
            lon=lon,
            lat=lat,
            name=_text(rows, "name"),
            kind=_text(rows, "kind"),
            services=_text(rows, "services"),
            opening_hours=_text(rows, "opening_hours"),
            is_existing=is_existing,
            is_required=is_required,
            is_excluded=is_excluded,
        ),
        file=rows.file,
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
    columns = [f.name for f in fields(Sites) if f.name != "file"]
    return Sites(
        **_ordered(
            **{
                name: np.concatenate([getattr(marked, name), getattr(stations, name)[~is_known]])
                for name in columns
            }
        ),
        file=sites.file,
    )


def _apart_m(a: Sites, i: NDArray[np.int64], b: Sites, j: NDArray[np.int64]) -> NDArray[np.float64]:
    import pyproj

    return np.asarray(pyproj.Geod(ellps="WGS84").inv(a.lon[i], a.lat[i], b.lon[j], b.lat[j])[2])


# ---------------------------------------------------------------------------------------------
# Finished values
# ---------------------------------------------------------------------------------------------


def _ordered(**columns: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return columns ordered by id (plain text order), read-only."""
    ids = columns["id"].tolist()
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    ordered = {name: column[order] for name, column in columns.items()}
    for column in ordered.values():
        column.setflags(write=False)
    return ordered


def _frame(points: Demand | Sites) -> geopandas.GeoDataFrame:
    import geopandas

    columns = {
        f.name: getattr(points, f.name)
        for f in fields(points)
        if f.name not in ("lon", "lat", "file")
    }
    place = geopandas.points_from_xy(points.lon, points.lat)
    return geopandas.GeoDataFrame(columns, geometry=place, crs="EPSG:4326")
