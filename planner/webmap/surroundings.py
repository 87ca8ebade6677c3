"""Water, names of places and districts as the page draws them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.pointfiles.areas import points_inside
from planner.result import Result
from planner.surroundings import Districts, PlaceNames, Surroundings
from planner.webmap.pack import COORDINATES_PER_DEGREE, coordinates
from planner.webmap.rings import Rings, rings_of

FINEST_DEGREES: Final = 3e-5
"""How far a drawn shore may lie beside the real one: some 3 m; farther where the page would grow too large."""
MOST_POINTS: Final = 40_000
"""Shores of more points than this are drawn more coarsely."""
MOST_NAMES: Final = 4_000
"""So many names of places at most; the important ones come first."""

Numbers = dict[str, NDArray[np.int64]]


def surrounding_parts(result: Result) -> tuple[dict[str, Any], Numbers]:
    """Return what the page is told about water, places and districts: words, and arrays of whole numbers."""
    around = result.surroundings
    if around is None:
        return {"surroundings": None}, {}
    names, districts = around.names, around.districts
    shown = slice(0, MOST_NAMES)
    words = {
        "surroundings": {
            "names": {"zh": names.zh[shown].tolist(), "en": names.en[shown].tolist()},
            "districts": districts.name.tolist(),
            "is_coast_known": around.sea_box is not None,
        }
    }
    numbers = _water(around) | _names(names, shown) | _districts(districts)
    return words, numbers


def _water(around: Surroundings) -> Numbers:
    """Return the rings of the sea and those of other water, and the corners of where the coast is known."""
    water = np.array([_together(around.sea), _together(around.water)], dtype=object)
    tolerance = FINEST_DEGREES
    rings = _large_rings(rings_of(water, tolerance), tolerance)
    while rings.x.size > MOST_POINTS:
        tolerance *= 1.5
        rings = _large_rings(rings_of(water, tolerance), tolerance)
    west, south, east, north = around.sea_box or (0.0, 0.0, 0.0, 0.0)
    return {
        "water_rings": rings.per_area,
        "water_n": rings.n_points,
        "water_x": rings.x,
        "water_y": rings.y,
        "sea_box_x": coordinates(np.array([west, east])),
        "sea_box_y": coordinates(np.array([north, south])),
    }


def _together(polygons: NDArray[np.object_]) -> shapely.MultiPolygon:
    """Return polygons as one, which may overlap: as holes turn the other way round, the page can fill them all at once."""
    parts = shapely.orient_polygons(shapely.get_parts(polygons))
    return shapely.multipolygons(parts) if len(parts) else shapely.MultiPolygon()


def _large_rings(rings: Rings, tolerance: float) -> Rings:
    """Return the rings that are large enough to be seen."""
    start = np.append(0, np.cumsum(rings.n_points))
    is_seen = np.zeros(rings.n_points.size, dtype=bool)
    if rings.n_points.size:
        first = start[:-1]
        extent = [
            np.maximum.reduceat(c, first) - np.minimum.reduceat(c, first)
            for c in (rings.x, rings.y)
        ]
        is_seen = np.maximum(*extent) > 4 * COORDINATES_PER_DEGREE * tolerance
    area = np.repeat(np.arange(rings.per_area.size), rings.per_area)
    points = np.repeat(is_seen, rings.n_points)
    return Rings(
        per_area=np.bincount(area[is_seen], minlength=rings.per_area.size),
        n_points=rings.n_points[is_seen],
        x=rings.x[points],
        y=rings.y[points],
    )


def _names(names: PlaceNames, shown: slice) -> Numbers:
    return {
        "name_rank": names.rank[shown],
        "name_x": coordinates(names.lon[shown]),
        "name_y": coordinates(names.lat[shown]),
    }


def _districts(districts: Districts) -> Numbers:
    """Return the rings of districts, and where their names stand."""
    rings = rings_of(districts.area, FINEST_DEGREES)
    lon, lat = points_inside(districts.area) if len(districts.area) else (np.empty(0),) * 2
    return {
        "district_rings": rings.per_area,
        "district_n": rings.n_points,
        "district_x": rings.x,
        "district_y": rings.y,
        "district_name_x": coordinates(lon),
        "district_name_y": coordinates(lat),
    }
