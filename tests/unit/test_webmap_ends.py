"""Ends of roads: told once, and found again by how near they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.webmap.ends import Ends, between_ends, ends_of
from planner.webmap.near_ends import FAR, ranks_of, side_of

NUMBERS = st.integers(-40, 40)


def ends_at(*xy: tuple[int, int]) -> Ends:
    x, y = np.array(xy, dtype=np.int64).reshape(-1, 2).T
    return Ends(of_road=np.empty((0, 2), dtype=np.int64), x=x, y=y)


def test_an_end_is_counted_back_from_the_newest():
    # 1 to 2 by way of 7, 2 to 3, 3 to 1, and a ring at 1
    x = np.array([1, 7, 2, 2, 3, 3, 1, 1, 8, 1])
    n_points = np.array([3, 2, 2, 3])
    ends = ends_of(x, np.zeros(10, dtype=np.int64), n_points)
    assert ends.x.tolist() == [1, 2, 3]
    assert ends.of_road.tolist() == [[0, 1], [1, 2], [2, 0], [0, 0]]
    # known before each: 0, 1, 2, 2, 3, 3, 3, 3
    assert ends.back.tolist() == [0, 0, 1, 0, 1, 3, 3, 3]
    assert x[between_ends(n_points)].tolist() == [7, 8]


def test_nearer_ends_come_first_and_of_equally_near_ones_the_first():
    ends = ends_at((3, 0), (0, 2), (1, 0), (-1, 0))
    rank = ranks_of(ends, 10, np.array([0]), np.array([0]), np.zeros(4, int), np.arange(4))
    assert rank.tolist() == [3, 2, 0, 1]


def test_an_end_two_squares_away_is_far():
    ends = ends_at((9, 9), (29, 9), (30, 9))
    x = np.array([15])  # in the square from 10 to 19
    rank = ranks_of(ends, 10, x, np.array([5]), np.zeros(3, int), np.arange(3))
    assert rank.tolist() == [0, 1, FAR]


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12, unique=True),
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6),
    st.sampled_from([1, 3, 17, None]),
)
def test_ranks_are_those_of_all_ends_in_nine_squares(
    some: list[tuple[int, int]], places: list[tuple[int, int]], side: int | None
):
    ends = ends_at(*some)
    side = side or side_of(ends)
    x, y = np.array(places, dtype=np.int64).reshape(-1, 2).T
    place, end = np.divmod(np.arange(len(places) * len(some)), max(len(some), 1))
    expected = []
    for px, py in places:
        near = [
            ((ex - px) ** 2 + (ey - py) ** 2, i)
            for i, (ex, ey) in enumerate(some)
            if abs(ex // side - px // side) <= 1 and abs(ey // side - py // side) <= 1
        ]
        ranks = {i: rank for rank, (_, i) in enumerate(sorted(near))}
        expected += [ranks.get(i, FAR) for i in range(len(some))]
    assert ranks_of(ends, side, x, y, place, end).tolist() == expected
