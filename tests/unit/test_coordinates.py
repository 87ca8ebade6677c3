import eviltransform
import numpy as np
import pytest
from pyproj import Geod

from planner.coordinates import (
    SHIFTED_BOX,
    CrsError,
    Shifted,
    are_shifted,
    crs_named,
    is_wgs84,
    shifted_to,
    to_wgs84,
    wgs84_from,
)

# longitude, latitude in WGS 84 and in GCJ-02, as published with eviltransform: Shanghai, Shenzhen, Beijing
PUBLISHED = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
]
HERE = np.array([120.15]), np.array([30.28])


def apart_m(lon, lat, other_lon, other_lat):
    return np.asarray(Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)[2])


@pytest.fixture
def published(monkeypatch):
    """The published converters in Python, on the ellipsoid of GCJ-02: they carry another radius than the other languages."""
    monkeypatch.setattr(eviltransform, "earthR", 6_378_245.0)
    return {Shifted.GCJ02: eviltransform.wgs2gcj, Shifted.BD09: eviltransform.wgs2bd}


# --- shifted systems --------------------------------------------------------------------------


@pytest.mark.parametrize(("lon", "lat", "gcj_lon", "gcj_lat"), PUBLISHED)
def test_published_places_are_met_both_ways(lon, lat, gcj_lon, gcj_lat):
    there = shifted_to(Shifted.GCJ02, np.array([lon]), np.array([lat]))
    assert apart_m(*there, [gcj_lon], [gcj_lat])[0] < 1e-6
    back = wgs84_from(Shifted.GCJ02, np.array([gcj_lon]), np.array([gcj_lat]))
    assert apart_m(*back, [lon], [lat])[0] < 1e-3


@pytest.mark.parametrize("system", list(Shifted))
def test_all_of_china_is_shifted_as_by_a_published_converter(published, system):
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(np.arange(73, 136, 0.7), np.arange(3, 54, 0.7))
    )
    expected = np.array([published[system](b, a) for a, b in zip(lon, lat, strict=True)])
    assert apart_m(*shifted_to(system, lon, lat), expected[:, 1], expected[:, 0]).max() < 1e-6


def test_shifts_are_some_hundred_metres():
    assert apart_m(*HERE, *shifted_to(Shifted.GCJ02, *HERE))[0] == pytest.approx(521, abs=1)
    assert apart_m(*HERE, *shifted_to(Shifted.BD09, *HERE))[0] == pytest.approx(1153, abs=1)


@pytest.mark.parametrize("system", list(Shifted))
@pytest.mark.parametrize("convert", [wgs84_from, shifted_to])
def test_outside_the_box_of_the_published_converters_nothing_moves(system, convert):
    west, south, east, north = SHIFTED_BOX
    outside = [(west - 1e-6, 30), (east + 1e-6, 30), (120, south - 1e-6), (120, north + 1e-6)]
    lon, lat = np.array([*outside, (151.2, -33.86), (np.nan, np.nan), (np.inf, 30.0)]).T
    new_lon, new_lat = convert(system, lon, lat)
    assert np.array_equal(new_lon, lon, equal_nan=True)
    assert np.array_equal(new_lat, lat, equal_nan=True)
    border = np.array([west, east, 120.0, 120.0]), np.array([30.0, 30.0, south, north])
    assert are_shifted(*border).all()
    assert (apart_m(*convert(system, *border), *border) > 100).all()


def test_the_meridian_where_the_shift_has_a_kink_does_no_harm():
    lon, lat = np.array([105.0, np.nextafter(105.0, 106.0)]), np.array([35.0, 35.0])
    for system in Shifted:
        assert apart_m(*wgs84_from(system, *shifted_to(system, lon, lat)), lon, lat).max() < 1e-4


def test_the_points_given_are_left_as_they_were():
    lon, lat = HERE[0].copy(), HERE[1].copy()
    wgs84_from(Shifted.BD09, lon, lat)
    assert (lon[0], lat[0]) == (120.15, 30.28)


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title"), [("gcj02", "GCJ-02"), ("GCJ02", "GCJ-02"), ("BD09", "BD-09")]
)
def test_shifted_systems_are_known_by_name_in_any_case(name, title):
    crs = crs_named(name)
    assert isinstance(crs, Shifted)
    assert crs.title == title
    assert not is_wgs84(crs)
    assert apart_m(*to_wgs84(*shifted_to(crs, *HERE), crs), *HERE)[0] < 1e-6


def test_other_systems_are_known_by_their_number():
    assert is_wgs84(crs_named("WGS84"))
    assert is_wgs84(crs_named("EPSG:4326"))
    assert crs_named("epsg:4549").to_epsg() == 4549
    with pytest.raises(CrsError, match=r'is unknown; say "wgs84", "gcj02", "bd09" or "EPSG:n"'):
        crs_named("EPSG:99999")
