"""Polygons as rings of whole numbers."""

from __future__ import annotations

import numpy as np
import shapely

from planner.webmap.rings import rings_of


def test_rings_do_not_depend_on_how_many_points_are_looked_at_at_once():
    with_hole = shapely.Polygon(
        [(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (2, 4), (4, 4), (4, 2)]]
    )
    areas = np.array(
        [
            shapely.box(20, 0, 21, 1),
            with_hole,
            None,
            shapely.union(with_hole, shapely.box(30, 0, 31, 1)),
        ],
        dtype=object,
    )
    for points_at_once in (1, 12, 1000):
        rings = rings_of(areas, 1e-5, points_at_once=points_at_once)
        assert rings.per_area.tolist() == [1, 2, 0, 3]
        assert rings.n_points.tolist() == [4] * 6
        assert rings.x.size == rings.y.size == 24
        assert rings.x.reshape(6, 4).max(axis=1).tolist() == [
            *(2_100_000, 900_000, 400_000, 900_000, 400_000, 3_100_000)
        ]
    assert rings_of(areas[:0], 1e-5).per_area.size == 0
