"""Geometries: points as they are, areas mended, each area's best point inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.coordinates import Crs, to_wgs84

_POINT: Final = shapely.GeometryType.POINT
_POINTS: Final = shapely.GeometryType.MULTIPOINT
_AREA: Final = shapely.GeometryType.POLYGON
_AREAS: Final = shapely.GeometryType.MULTIPOLYGON


class Shapes(NamedTuple):
    """Points and areas of a layer.

    Attributes
    ----------
    x, y
        Each point, the middle of an area's box; NaN where a geometry is neither.
    fault
        Why it is neither; empty where it is one.
    area
        The areas, None elsewhere; None where there are none at all.
    notes
        What was mended or chosen from several parts.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    fault: NDArray[np.object_]
    area: NDArray[np.object_] | None
    notes: tuple[str, ...]


def points_and_areas(wkb: NDArray[np.object_]) -> Shapes:
    """Return what geometries stand for: a point, the most central one of several, or an area."""
    shapes = shapely.force_2d(shapely.from_wkb(wkb))
    kind = shapely.get_type_id(shapes)
    is_fine = ~shapely.is_empty(shapes) & _are_finite(shapes)
    are_several = is_fine & (kind == _POINTS)
    are_areas = is_fine & ((kind == _AREA) | (kind == _AREAS))
    spots = np.full(len(shapes), None, dtype=object)
    spots[is_fine & (kind == _POINT)] = shapes[is_fine & (kind == _POINT)]
    spots[are_several] = _most_central(shapes[are_several])
    area, n_mended = _mended(shapes, are_areas)
    fault = np.full(len(shapes), "", dtype=object)
    for i in np.flatnonzero(shapely.is_missing(spots) & shapely.is_missing(area)):
        fault[i] = _why_neither(shapes[i])
    box = shapely.bounds(area)
    x = np.where(shapely.is_missing(area), shapely.get_x(spots), box[:, [0, 2]].mean(axis=1))
    y = np.where(shapely.is_missing(area), shapely.get_y(spots), box[:, [1, 3]].mean(axis=1))
    n_several = int((shapely.get_num_geometries(shapes[are_several]) > 1).sum())
    notes = [
        _told(n_several, "row is several points", "rows are several points")
        + ": the most central one is taken"
    ] * bool(n_several)
    notes += [
        _told(n_mended, "outline crosses itself and is", "outlines cross themselves and are")
        + " mended: all that it encloses counts"
    ] * bool(n_mended)
    return Shapes(x, y, fault, area if are_areas.any() else None, tuple(notes))


def _told(n: int, one: str, several: str) -> str:
    return f"1 {one}" if n == 1 else f"{n} {several}"


def _are_finite(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return whether all coordinates of each geometry are numbers."""
    xy, shape = shapely.get_coordinates(shapes, return_index=True)
    are_finite = np.ones(len(shapes), dtype=bool)
    are_finite[shape[~np.isfinite(xy).all(axis=1)]] = False
    return are_finite


def _most_central(several: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return for each group of points the one nearest to their mean; the first of equally near ones."""
    parts, group = shapely.get_parts(several, return_index=True)
    xy = shapely.get_coordinates(parts)
    n = np.bincount(group, minlength=len(several))
    mean = np.column_stack([np.bincount(group, xy[:, k]) / n for k in (0, 1)]) if n.size else xy
    away = ((xy - mean[group]) ** 2).sum(axis=1)
    order = np.lexsort((np.arange(group.size), away, group))
    first: NDArray[np.object_] = parts[order[np.cumsum(n) - n]]
    return first


def _mended(
    shapes: NDArray[np.object_], are_areas: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], int]:
    """Return the areas, none of which crosses itself, and how many did; None where nothing is left, or is no area."""
    area = np.full(len(shapes), None, dtype=object)
    area[are_areas] = shapes[are_areas]
    odd = np.flatnonzero(are_areas & ~shapely.is_valid(shapes))
    area[odd] = [_only_areas(shape) for shape in shapely.make_valid(shapes[odd])]
    area[shapely.area(area) == 0.0] = None
    return area, int((~shapely.is_missing(area[odd])).sum())


def _only_areas(shape: Any) -> Any:
    """Return what of a mended shape has an extent: lines and points are where it ran back on itself."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(areas) if len(areas) > 1 else (areas or [None])[0]


def _why_neither(shape: Any) -> str:
    if shape is None:
        return "has no geometry"
    if shape.is_empty:
        return "has an empty geometry"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return "has coordinates that are no numbers"
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return "is an area without extent"
    return f"is a {shape.geom_type}; only points and areas are taken"


# ---------------------------------------------------------------------------------------------
# Areas in WGS 84
# ---------------------------------------------------------------------------------------------


def areas_in_wgs84(area: NDArray[np.object_], crs: Crs | None) -> NDArray[np.object_]:
    """Return areas (None where there is none) in WGS 84 degrees, corner by corner; None too where one reaches outside the CRS."""
    if crs is None:
        return area
    moved = _moved(area, lambda x, y, _: to_wgs84(x, y, crs))
    moved[~_are_finite(moved)] = None
    odd = np.flatnonzero(~shapely.is_missing(moved) & ~shapely.is_valid(moved))
    moved[odd] = [_only_areas(shape) for shape in shapely.make_valid(moved[odd])]
    return moved


def points_inside(
    area: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each area in WGS 84 the point farthest from its outline, in its largest part; NaN where there is none.

    The centre of gravity would lie in the court of a building in the shape of a U.
    """
    lat = shapely.bounds(area)[:, [1, 3]].mean(axis=1)
    squeeze = np.cos(np.radians(lat))
    plane = _moved(area, lambda x, y, shape: (x * squeeze[shape], y))
    part = _largest_part(plane)
    is_there = ~shapely.is_missing(part)
    # a hundredth of its width: finer than anyone can tell
    fine = shapely.area(part[is_there]) / np.maximum(shapely.length(part[is_there]), 1e-300) / 50
    spot = np.full(len(area), None, dtype=object)
    spot[is_there] = shapely.get_point(
        shapely.maximum_inscribed_circle(part[is_there], tolerance=fine), 0
    )
    x, y = shapely.get_x(spot) / squeeze, shapely.get_y(spot)
    outside = np.flatnonzero(is_there & ~shapely.contains_xy(area, x, y))
    instead = shapely.point_on_surface(area[outside])
    x[outside], y[outside] = shapely.get_x(instead), shapely.get_y(instead)
    return x, y


def area_km2(area: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the size of areas in WGS 84 on the ellipsoid, in square kilometres; 0 where there is none."""
    import pyproj

    geod = pyproj.Geod(ellps="WGS84")
    turned = shapely.orient_polygons(area)  # so that holes are taken off
    return np.array(
        [0.0 if a is None else abs(geod.geometry_area_perimeter(a)[0]) / 1e6 for a in turned]
    )


_Move = Callable[
    [NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]],
    tuple[NDArray[np.float64], NDArray[np.float64]],
]


def _moved(area: NDArray[np.object_], move: _Move) -> NDArray[np.object_]:
    """Return areas with their corners moved, given the position of the area of each corner."""
    xy, shape = shapely.get_coordinates(area, return_index=True)
    moved: NDArray[np.object_] = area.copy()
    shapely.set_coordinates(moved, np.column_stack(move(xy[:, 0], xy[:, 1], shape)))
    return moved


def _largest_part(area: NDArray[np.object_]) -> NDArray[np.object_]:
    parts, shape = shapely.get_parts(area, return_index=True)
    order = np.lexsort((-shapely.area(parts), shape))
    first = np.unique(shape[order], return_index=True)
    largest = np.full(len(area), None, dtype=object)
    largest[first[0]] = parts[order[first[1]]]
    return largest
