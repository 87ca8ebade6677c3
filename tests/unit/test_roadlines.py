"""The lines of parts of streets."""

from __future__ import annotations

import numpy as np
import pytest
import towns

from planner.roadlines import measured

# 100 m to the east, then 300 m to the north
BENT = {1: (0, 0), 2: (100, 0), 3: (100, 300)}


def cut(network, *parts):
    """Return the lines of parts of street 0, as lists of metres."""
    street = np.zeros(len(parts), dtype=np.int32)
    begin, end = (np.array(column, dtype=float) for column in zip(*parts, strict=True))
    lines = measured(network).lines(street, begin, end)
    assert len(lines) == len(parts)
    metres = np.column_stack(
        [(lines.lon - 120.0) * towns.EAST_M, (lines.lat - 30.0) * towns.NORTH_M]
    )
    return [metres[a:b].tolist() for a, b in zip(lines.start[:-1], lines.start[1:], strict=True)]


@pytest.fixture
def bent():
    network = towns.network(BENT, [([1, 2, 3], {})])
    assert network.n_streets == 1
    return network


def near(*points):
    return [pytest.approx(point, abs=0.02) for point in points]


def test_a_whole_street_has_all_its_points(bent):
    assert cut(bent, (0, 1)) == [near((0, 0), (100, 0), (100, 300))]


def test_parts_begin_and_end_at_their_shares_of_the_metres(bent):
    # of 400 m: 50 to 200 m, within the first piece, within the second one
    assert cut(bent, (0.125, 0.5), (0.05, 0.2), (0.5, 1)) == [
        near((50, 0), (100, 0), (100, 100)),
        near((20, 0), (80, 0)),
        near((100, 100), (100, 300)),
    ]


def test_a_part_that_begins_or_ends_at_a_bend_has_it_once(bent):
    share = float(measured(bent).share[1])
    assert share == pytest.approx(0.25, abs=1e-4)
    assert cut(bent, (0, share), (share, 1)) == [
        near((0, 0), (100, 0)),
        near((100, 0), (100, 300)),
    ]


def test_shares_are_those_of_the_ellipsoid():
    # to the north-east over 20 km a degree of longitude shrinks by 0.2 %
    nodes = {1: (0, 0), 2: (5000, 0), 3: (5000, 20_000), 4: (9000, 21_000)}
    network = towns.network(nodes, [([1, 2, 3, 4], {})])
    from pyproj import Geod

    step_m = Geod(ellps="WGS84").line_lengths(network.shape_lon, network.shape_lat)
    right = np.concatenate([[0.0], np.cumsum(step_m)]) / np.sum(step_m)
    assert measured(network).share == pytest.approx(right, abs=1e-6)


def test_streets_without_length_have_two_points_at_one_spot():
    nodes = {1: (0, 0), 2: (0, 0), 3: (50, 0), 4: (0, 50)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3], {}), ([1, 4], {})])
    for street in range(network.n_streets):
        one = np.array([street], dtype=np.int32)
        lines = measured(network).lines(one, np.array([0.0]), np.array([1.0]))
        assert lines.lon.size >= 2
        assert np.isfinite(lines.lon).all()
