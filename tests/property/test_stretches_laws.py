"""Parts of streets against sets of small cells: every end lies on a grid, so that a part is just the cells between."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
import towns
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from planner.network import RoadNetwork
from planner.stretches import Stretches, points_at, together, uncovered_parts

N_CELLS = 16
"""Of a street: shares are sixteenths, which floats hold exactly."""
GEOD = Geod(ellps="WGS84")

Part = tuple[int, int, int]
"""Street, first cell, and the cell behind the last."""


@functools.cache
def roads() -> RoadNetwork:
    """A bent street, a straight one, one whose points lie close together, and a road with a gate in its middle."""
    nodes = {
        **{i: (40 * i, (i % 3) * 70) for i in range(1, 7)},
        **{i: (1000 + i / 2, 3) for i in range(10, 20)},
        30: (0, 900),
        31: (500, 900, {"barrier": "gate", "access": "private"}),
        32: (900, 950),
    }
    ways = [([*range(1, 7)], {}), ([*range(10, 20)], {}), ([30, 31, 32], {})]
    return towns.network(nodes, ways)


@st.composite
def some_parts(draw: st.DrawFn) -> list[Part]:
    """Draw parts in any order, also empty ones, ones that meet and ones within others."""
    cell = st.integers(0, N_CELLS)
    street = st.integers(0, roads().n_streets - 1)
    drawn = draw(st.lists(st.tuples(street, cell, cell), max_size=12))
    return [(at, min(a, b), max(a, b)) for at, a, b in drawn]


def stretches(parts: list[Part]) -> Stretches:
    columns = np.array(parts, dtype=np.float64).reshape(-1, 3).T
    return Stretches(
        street=columns[0].astype(np.int32), begin=columns[1] / N_CELLS, end=columns[2] / N_CELLS
    )


def cells(told: Stretches) -> list[tuple[int, int]]:
    """Return the cells of parts, one that is in two parts twice."""
    columns = (told.street, told.begin * N_CELLS, told.end * N_CELLS)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(street, cell) for street, a, b in rows for cell in range(round(a), round(b))]


def are_apart(told: Stretches) -> bool:
    """Return whether parts come in order, have length, and leave room between each other."""
    rows = list(zip(told.street.tolist(), told.begin.tolist(), told.end.tolist(), strict=True))
    has_length = all(begin < end for _, begin, end in rows)
    return has_length and all(
        one[0] < other[0] or (one[0] == other[0] and one[2] < other[1])
        for one, other in itertools.pairwise(rows)
    )


@given(some_parts())
def test_parts_made_one_have_the_same_cells_each_once(parts):
    one = together(stretches(parts))
    assert are_apart(one)
    assert cells(one) == sorted(set(cells(stretches(parts))))


@given(some_parts(), st.randoms(use_true_random=False))
def test_neither_the_order_of_parts_nor_doing_it_twice_matters(parts, chance):
    one = together(stretches(parts))
    shuffled = parts.copy()
    chance.shuffle(shuffled)
    for other in (together(stretches(shuffled)), together(one)):
        assert other.street.tolist() == one.street.tolist()
        assert other.begin.tolist() == one.begin.tolist()
        assert other.end.tolist() == one.end.tolist()


@given(some_parts())
def test_every_cell_of_road_is_covered_or_left_and_none_of_a_gate_is(parts):
    covered = together(stretches(parts))
    left = uncovered_parts(roads(), covered)
    every = {
        (street, cell)
        for street in np.flatnonzero(~roads().is_gate).tolist()
        for cell in range(N_CELLS)
    }
    assert are_apart(left)
    assert set(cells(left)) == every - set(cells(covered))
    # what is left of what is left is what was covered, gates aside
    again = uncovered_parts(roads(), left)
    assert set(cells(again)) == every & set(cells(covered))
    in_all = left.length_m(roads()).sum() + again.length_m(roads()).sum()
    assert in_all == pytest.approx(roads().length_m, rel=1e-12)


def walked(street: int, share: float) -> tuple[float, float]:
    """Return the point at a share of a street: steps are walked one by one until the metres are used up."""
    network = roads()
    line = slice(int(network.shape_start[street]), int(network.shape_start[street + 1]))
    points = list(
        zip(network.shape_lon[line].tolist(), network.shape_lat[line].tolist(), strict=True)
    )
    steps_m = [GEOD.inv(*one, *other)[2] for one, other in itertools.pairwise(points)]
    left_m = share * sum(steps_m)
    for (one, other), step_m in zip(itertools.pairwise(points), steps_m, strict=True):
        if left_m <= step_m:
            part = left_m / step_m if step_m else 0.0
            lon, lat = (a + part * (b - a) for a, b in zip(one, other, strict=True))
            return lon, lat
        left_m -= step_m
    return points[-1]


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=1, max_size=6))
def test_a_share_of_a_street_is_where_one_comes_to_by_walking(asked):
    asked = [(street % roads().n_streets, share) for street, share in asked]
    street, share = (np.array(column) for column in zip(*asked, strict=True))
    lon, lat = points_at(roads(), street, share)
    right = [walked(*one) for one in asked]
    assert list(zip(lon.tolist(), lat.tolist(), strict=True)) == [
        pytest.approx(point, abs=1e-9) for point in right
    ]


@given(some_parts())
def test_ends_and_lines_of_parts_begin_and_end_at_the_same_spots(parts):
    told = together(stretches(parts))
    ends, lines = told.ends(roads()), told.lines(roads())
    n = told.street.size
    for i, line in enumerate(lines):
        spots = [(ends.lon[k], ends.lat[k]) for k in (i, n + i)]
        assert [line.coords[0], line.coords[-1]] == [pytest.approx(p, abs=1e-8) for p in spots]
    at = ends.share.tolist()
    is_at_junction = (ends.node >= 0).tolist()
    assert is_at_junction == [share in (0.0, 1.0) for share in at]
