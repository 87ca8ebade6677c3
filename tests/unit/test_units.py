"""Times on a grid that sums keep to exactly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.units import TICKS_PER_S, grid, minutes, mps


def test_a_tick_is_the_2_to_the_minus_20th_of_a_second():
    tick = 2.0**-20
    assert grid(0.6 * tick) == tick
    assert grid(0.4 * tick) == 0.0
    assert grid(1.0 + 0.4 * tick) == 1.0


def test_fractions_of_a_minute_are_the_seconds_they_mean():
    # in floats 4.1 * 60 is below 246 and 5.55 * 60 above 333
    assert minutes(4.1) == 246.0
    assert minutes(5.55) == 333.0
    assert minutes(5) == 300.0


def test_what_is_just_off_a_limit_is_on_it_and_what_is_more_is_not():
    assert grid(300.00000000000006) == 300.0
    assert grid(300.0004) > 300.0


def test_an_array_is_rounded_cell_by_cell_and_a_number_stays_a_number():
    given_s = np.array([0.1, 0.2, np.nan, np.inf])
    gridded = grid(given_s)
    assert gridded.tolist()[:2] == [grid(0.1), grid(0.2)]
    assert np.isnan(gridded[2])
    assert gridded[3] == np.inf
    assert given_s[0] == 0.1
    assert isinstance(grid(0.1), float)


@given(st.lists(st.floats(0, 1e5), min_size=2, max_size=5))
def test_sums_of_gridded_times_do_not_depend_on_their_order(seconds):
    gridded = [grid(s) for s in seconds]
    assert len({sum(order) for order in itertools.permutations(gridded)}) == 1


@given(st.floats(0, 1e6))
def test_rounding_moves_a_time_by_half_a_tick_at_most_and_once(seconds):
    assert abs(grid(seconds) - seconds) <= 0.5 / TICKS_PER_S
    assert grid(grid(seconds)) == grid(seconds)


def test_thirty_six_kmh_are_ten_metres_a_second():
    assert mps(36.0) == pytest.approx(10.0, rel=1e-15)
