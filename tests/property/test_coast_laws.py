"""Laws of the sea: what is no land is sea, however the coast is cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.surroundings.coast import sea_of

BOX = (0.0, 0.0, 10.0, 10.0)


@st.composite
def islands(draw: st.DrawFn) -> shapely.Polygon:
    """Return an island like a star, mostly across a side of the box."""
    reach = draw(st.lists(st.integers(5, 60), min_size=4, max_size=12))
    x, y = draw(st.integers(-20, 120)), draw(st.integers(-20, 120))
    turn = 2 * np.pi * np.arange(len(reach)) / len(reach) + 0.1
    return shapely.Polygon(
        np.column_stack(
            [
                x / 10 + np.array(reach) / 10 * np.cos(turn),
                y / 10 + np.array(reach) / 10 * np.sin(turn),
            ]
        )
    )


@given(islands(), st.lists(st.integers(0, 11), max_size=3), st.randoms(use_true_random=False))
def test_the_box_is_island_or_sea(island: shapely.Polygon, cuts: list[int], random):
    box = shapely.box(*BOX)
    land = box.intersection(island)
    assume(0.05 < land.area < 99.9)
    ring = shapely.get_coordinates(island)
    at = sorted({0, len(ring) - 1, *(cut % (len(ring) - 1) for cut in cuts)})
    parts = [shapely.LineString(ring[a : b + 1]) for a, b in pairwise(at)]
    random.shuffle(parts)
    coast = np.empty(len(parts), dtype=object)
    coast[:] = parts
    found = sea_of(coast, BOX)
    assert found is not None
    assert shapely.area(found).sum() == pytest.approx(100.0 - land.area, abs=1e-6)
    assert shapely.intersection(shapely.unary_union(found), land).area < 1e-6
