"""Polygons as the page draws them: rings of whole numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.webmap.pack import coordinates


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


def rings_of(areas: NDArray[np.object_], tolerance: float) -> Rings:
    """Return the rings of areas, simplified.

    Parameters
    ----------
    areas
        Polygons or several each, in WGS 84 degrees.
    tolerance
        How far a drawn outline may lie beside the real one, in degrees.
    """
    plain = shapely.simplify(areas, tolerance, preserve_topology=False)
    polygons, area = shapely.get_parts(plain, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    is_last = np.append(ring[1:] != ring[:-1], True)[: ring.size]
    return Rings(
        per_area=np.bincount(area[polygon], minlength=len(areas)),
        n_points=np.bincount(ring[~is_last], minlength=rings.size),
        x=coordinates(points[~is_last, 0]),
        y=coordinates(points[~is_last, 1]),
    )
