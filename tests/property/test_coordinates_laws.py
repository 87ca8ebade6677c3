import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from planner.coordinates import Shifted, shifted_to, wgs84_from

systems = st.sampled_from(list(Shifted))
in_china = st.lists(
    st.tuples(st.floats(73.5, 135.1), st.floats(3.4, 53.6)), min_size=1, max_size=20
)


def apart_m(a, b):
    return np.asarray(Geod(ellps="WGS84").inv(*a, *b)[2])


@given(systems, in_china)
def test_who_goes_there_and_back_is_where_they_were(system, places):
    here = tuple(np.array(places).T)
    assert apart_m(wgs84_from(system, *shifted_to(system, *here)), here).max() < 1e-3
    assert apart_m(shifted_to(system, *wgs84_from(system, *here)), here).max() < 1e-3


@given(systems, in_china)
def test_company_does_not_matter(system, places):
    lon, lat = np.array(places).T
    together = np.array(wgs84_from(system, lon, lat)).T
    alone = [np.ravel(wgs84_from(system, lon[i : i + 1], lat[i : i + 1])) for i in range(lon.size)]
    # whoever is found first is corrected along with the others, by less than a micrometre
    assert np.abs(together - alone).max() < 1e-11


@given(systems, in_china)
def test_no_shift_is_more_than_two_kilometres(system, places):
    here = tuple(np.array(places).T)
    assert apart_m(shifted_to(system, *here), here).max() < 2000
