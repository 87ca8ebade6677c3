"""Demand and Sites: read, checked, in one CRS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.coordinates import distance_to_box_m
from planner.errors import PointsError
from planner.pointfiles import Reading, Rows, read_rows
from planner.pointfiles.checks import Faults, flags_in, located, text_of, told_notes, weights

if TYPE_CHECKING:
    import geopandas

_Points = TypeVar("_Points", "Demand", "Sites")

SAME_PLACE_M: Final = 50.0
"""A host and a station of one id are the same when they lie this near: two surveys differ by as much."""

FAR_OFF_M: Final = 50_000.0
"""Points farther than this from the box round all roads are in another town, or in another CRS."""


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
    faults = Faults(rows)
    places = located(rows, faults)
    weight, more_notes = weights(rows, faults)
    faults.refuse()
    areas = {} if places.area is None else {"area": places.area}
    return Demand(
        **ordered(
            id=rows.text["id"],
            lon=places.lon,
            lat=places.lat,
            weight=weight,
            name=text_of(rows, "name"),
            district=text_of(rows, "district"),
            **areas,
        ),
        file=rows.file,
        notes=told_notes(rows, places.notes + more_notes),
    )


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
# Sites
# ---------------------------------------------------------------------------------------------


def _sites(rows: Rows, *, all_stand: bool = False) -> Sites:
    if not len(rows):
        raise PointsError(rows.file, [f"no stations in {Path(rows.file).name}"])
    faults = Faults(rows)
    places = located(rows, faults)
    is_existing = flags_in(rows, faults, "existing") | all_stand
    is_required = flags_in(rows, faults, "required")
    is_excluded = flags_in(rows, faults, "excluded")
    faults.add(is_existing & is_excluded, lambda _: "existing and excluded at once")
    faults.add(is_required & is_excluded & ~is_existing, lambda _: "required and excluded at once")
    faults.refuse()
    return Sites(
        **ordered(
            id=rows.text["id"],
            lon=places.lon,
            lat=places.lat,
            name=text_of(rows, "name"),
            kind=text_of(rows, "kind"),
            services=text_of(rows, "services"),
            opening_hours=text_of(rows, "opening_hours"),
            is_existing=is_existing,
            is_required=is_required,
            is_excluded=is_excluded,
        ),
        file=rows.file,
        notes=told_notes(rows, places.notes),
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
