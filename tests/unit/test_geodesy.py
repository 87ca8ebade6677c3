"""Metres on the ground."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from planner import geodesy
from planner.geodesy import metres_per_degree, step_lengths


def test_steps_are_measured_on_the_ellipsoid_and_lines_do_not_run_into_each_other():
    # Line 0: a degree of the equator (6 378 137 m x pi / 180 = 111 319.491 m), then a degree to the north (the
    # meridian from 0 to 1 is 110 574.389 m). Line 1: two points at one place.
    lon, lat = np.array([0.0, 1.0, 1.0, 50.0, 50.0]), np.array([0.0, 0.0, 1.0, 10.0, 10.0])
    steps = step_lengths(lon, lat, np.array([0, 3, 5]))
    assert steps == pytest.approx([111_319.491, 110_574.389, 0, 0, 0], abs=0.001)


@pytest.mark.parametrize("at_once", [1, 2, 4, 5])
def test_steps_are_the_same_however_many_are_measured_at_once(monkeypatch, at_once):
    lon, lat = np.array([0.0, 1.0, 1.0, 50.0, 51.0]), np.array([0.0, 0.0, 1.0, 10.0, 11.0])
    start = np.array([0, 3, 5])
    steps = step_lengths(lon, lat, start)
    monkeypatch.setattr(geodesy, "_STEPS_AT_ONCE", at_once)
    assert step_lengths(lon, lat, start).tolist() == steps.tolist()


def test_a_degree_on_the_equator():
    # a pi / 180 eastwards; a (1 - e2) pi / 180 = 111 319.491 x (1 - 0.00669438) = 110 574.276 northwards
    east, north = metres_per_degree(np.array([0.0]))
    assert east[0] == pytest.approx(111_319.491, abs=0.001)
    assert north[0] == pytest.approx(110_574.276, abs=0.001)


@pytest.mark.parametrize("lat", [-60.0, 0.0, 28.1, 65.0])
def test_a_degree_is_as_long_as_the_geodesics_say(lat):
    geod = Geod(ellps="WGS84")
    east, north = metres_per_degree(np.array([lat]))
    step = 0.01  # about a kilometre
    along = geod.inv(10.0 - step / 2, lat, 10.0 + step / 2, lat)[2]
    across = geod.inv(10.0, lat - step / 2, 10.0, lat + step / 2)[2]
    assert east[0] * step == pytest.approx(along, rel=1e-6)
    assert north[0] * step == pytest.approx(across, rel=1e-6)
