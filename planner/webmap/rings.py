"""Polygons as the page draws them: rings of whole numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.webmap.pack import coordinates

POINTS_AT_ONCE: Final = 1 << 20
"""Areas of so many points, or one of more, are looked at before the next: of each point several copies are made."""


class Rings(NamedTuple):
    """The rings of some areas, one after the other; the page closes them itself.

    Attributes
    ----------
    per_area
        How many rings each area has.
    n_points
        How many points each ring has.
    x, y
        All points, in 1e-5 degrees.
    """

    per_area: NDArray[np.int64]
    n_points: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]


def rings_of(
    areas: NDArray[np.object_], tolerance: float, *, points_at_once: int = POINTS_AT_ONCE
) -> Rings:
    """Return the rings of areas, simplified.

    Parameters
    ----------
    areas
        Polygons or several each, in WGS 84 degrees.
    tolerance
        How far a drawn outline may lie beside the real one, in degrees.
    points_at_once
        How many points to have copies of in memory; the rings don't depend on it.
    """
    n_points = np.cumsum(shapely.get_num_coordinates(areas)) // points_at_once
    parts = [
        _rings(some, tolerance) for some in np.split(areas, np.flatnonzero(np.diff(n_points)) + 1)
    ]
    return Rings(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _rings(areas: NDArray[np.object_], tolerance: float) -> Rings:
    polygons, area = shapely.get_parts(areas, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    del polygons
    # as lines: of polygons GEOS would mend what simplifying crosses, for minutes where a sea has thousands of islands
    plain = shapely.simplify(rings, tolerance, preserve_topology=False)
    points, ring = shapely.get_coordinates(plain, return_index=True)
    is_last = np.append(ring[1:] != ring[:-1], True)[: ring.size]
    n_points = np.bincount(ring[~is_last], minlength=rings.size)
    is_area = n_points > 2
    kept = ~is_last & is_area[ring]
    return Rings(
        per_area=np.bincount(area[polygon[is_area]], minlength=len(areas)),
        n_points=n_points[is_area],
        x=coordinates(points[kept, 0]),
        y=coordinates(points[kept, 1]),
    )
