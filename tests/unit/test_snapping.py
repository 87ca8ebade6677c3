"""Places: where points meet roads."""

from __future__ import annotations

import numpy as np
import pytest
import towns
from pyproj import Geod

from planner.drivetimes import drive_times
from planner.roads import read_network
from planner.snapping import snap

# one straight street of 1000 m from west to east, drawn eastwards
STREET = {1: (0, 0), 2: (1000, 0)}


@pytest.fixture(scope="module")
def street():
    return towns.network(STREET, [([1, 2], {})])


def snapped(network, *points, **options):
    return snap(network, *towns.lonlat(points), **options)


def where(network, places, i=0):
    """Return the metres along the street, counted from the west."""
    street = places.street[i]
    share = places.share[i]
    first, last = network.shape_start[street], network.shape_start[street + 1] - 1
    runs_east = network.shape_lon[first] < network.shape_lon[last]
    return network.street_length_m[street] * (share if runs_east else 1 - share)


def node_of(network, places, i=0):
    return None if places.node[i] < 0 else int(network.node_id[places.node[i]])


def test_a_point_meets_the_middle_of_a_street_and_not_its_ends(street):
    places = snapped(street, (400, 30))
    assert where(street, places) == pytest.approx(400, abs=0.05)
    assert places.access_m[0] == pytest.approx(30, abs=0.02)
    assert node_of(street, places) is None
    assert (places.lon[0], places.lat[0]) == pytest.approx(towns.degrees(400, 0), abs=1e-6)


def test_a_point_beyond_the_end_meets_the_end(street):
    # 30 m past the end and 40 m off: 50 m
    places = snapped(street, (1030, 40), (-30, -40))
    assert [node_of(street, places, i) for i in (0, 1)] == [2, 1]
    assert places.access_m == pytest.approx([50, 50], abs=0.03)


def test_within_a_centimetre_of_the_end_is_at_the_junction(street):
    # coordinates as OpenStreetMap has them are no finer than a centimetre, so these are not rounded
    lon, lat = towns.degrees(1000, 0)
    for off_m, node in ((0.0, 2), (0.009, 2), (0.011, None)):
        places = snap(street, np.array([lon - off_m / towns.EAST_M]), np.array([lat]))
        assert node_of(street, places) == node, off_m
        assert (places.share[0] in (0.0, 1.0)) == (node is not None)


def test_a_bend_is_no_junction():
    network = towns.network({1: (0, 0), 2: (100, 0), 3: (100, 100)}, [([1, 2, 3], {})])
    places = snapped(network, (100, 0))
    assert node_of(network, places) is None
    assert places.share[0] == pytest.approx(0.5, abs=1e-3)


def test_a_share_is_counted_in_metres_along_all_bends():
    # 300 m east, 100 m north, 100 m east; the point is 50 m before the end: 450 of 500 m
    nodes = {1: (0, 0), 2: (300, 0), 3: (300, 100), 4: (400, 100)}
    network = towns.network(nodes, [([1, 2, 3, 4], {})])
    assert where(network, snapped(network, (350, 110))) == pytest.approx(450, abs=0.05)


def test_a_point_exactly_as_far_as_allowed_is_on_the_network(street):
    # the same point, allowed a tenth of a millimetre more and less than its distance
    (distance_m,) = snapped(street, (400, 120)).access_m
    assert not snapped(street, (400, 120), max_access_m=distance_m).is_off_network[0]
    assert not snapped(street, (400, 120), max_access_m=distance_m + 1e-4).is_off_network[0]
    assert snapped(street, (400, 120), max_access_m=distance_m - 1e-4).is_off_network[0]


def test_farther_than_300_m_is_off_network_with_its_distance(street):
    places = snapped(street, (400, 299), (400, 301), (400, 2500), (1300, 400))
    assert places.is_off_network.tolist() == [False, True, True, True]
    # the last one: sqrt(300^2 + 400^2) from the end
    assert places.access_m == pytest.approx([299, 301, 2500, 500], rel=2e-4)
    off = places.is_off_network
    assert np.isnan(places.share[off]).all()
    assert np.isnan(places.lon[off]).all()
    assert np.isnan(places.lat[off]).all()
    assert (places.node[off] == -1).all()


def test_no_points_meet_nothing(street):
    assert len(snap(street, np.empty(0), np.empty(0))) == 0


# --- Components -------------------------------------------------------------------------------------


# a street of 1000 m, and a loose one 100 m north of it, whose length is told
def with_island(length_m):
    nodes = STREET | {3: (0, 100), 4: (length_m, 100)}
    return towns.network(nodes, [([1, 2], {}), ([3, 4], {})])


def test_points_prefer_a_component_that_matters():
    network = with_island(400)
    places = snapped(network, (200, 90))  # 10 m from the loose street, 90 m from the long one
    assert places.access_m[0] == pytest.approx(90, abs=0.02)
    assert not places.is_on_small_component[0]


def test_500_m_of_street_matter():
    for length_m, access_m in ((499, 90), (501, 10)):
        places = snapped(with_island(length_m), (200, 90))
        assert places.access_m[0] == pytest.approx(access_m, abs=0.02)


def test_where_only_a_small_component_is_within_reach_it_is_taken_and_told():
    places = snapped(with_island(400), (200, 380))
    assert places.access_m[0] == pytest.approx(280, abs=0.1)
    assert places.is_on_small_component[0]
    assert snapped(with_island(400), (200, 410)).is_off_network[0]


def test_a_point_off_network_tells_the_way_to_any_road_even_a_small_one():
    places = snapped(with_island(400), (200, 900))
    assert places.access_m[0] == pytest.approx(800, abs=0.2)
    assert not places.is_on_small_component[0]


# --- Ties -------------------------------------------------------------------------------------------


def test_of_streets_upon_each_other_the_lowest_way_is_taken():
    # way 10 and way 11 lie upon each other; 11 is fast. Whichever is drawn first, way 10 counts.
    fast = {"maxspeed": "72"}
    for ways in ([([1, 2], {}), ([1, 2], fast)], [([1, 2], fast), ([2, 1], {})]):
        network = towns.network(STREET, ways)
        places = snapped(network, (400, 20))
        assert network.shape_way[network.shape_start[places.street[0]]] == 10


def test_within_a_millimetre_streets_are_equally_near():
    # way 10 runs north of the points, way 11 south of them, each some 20 m away
    nodes = {1: (0, 20), 2: (600, 20), 3: (0, -19.989), 4: (600, -19.989)}
    network = towns.network(nodes, [([1, 2], {}), ([3, 4], {})])
    lon, _ = towns.lonlat([(300, 0)])
    middle = (network.node_lat.max() + network.node_lat.min()) / 2
    nearer_m = 0.0004 / towns.NORTH_M  # 0.4 mm, in degrees: the distances then differ by 0.8 mm

    def way(at):
        return network.shape_way[network.shape_start[snap(network, lon, np.array([at])).street[0]]]

    assert way(middle) == 10
    assert way(middle - nearer_m) == 10
    assert way(middle - 3 * nearer_m) == 11
    assert way(middle + 3 * nearer_m) == 10


def test_a_point_at_a_private_gate_is_at_the_gate_and_on_both_sides_of_it():
    nodes = {1: (0, 0), 2: (500, 0, {"barrier": "gate", "access": "private"}), 3: (1000, 0)}
    network = towns.network(nodes, [([1, 2, 3], {})])
    places = snapped(network, (500, 0))
    is_gate = network.shape_way[network.shape_start[:-1]] == -1
    at = places.node[0]
    meets = (network.street_tail[is_gate] == at) | (network.street_head[is_gate] == at)
    assert meets.sum() == 2  # from there a link of no length leads to either side


# --- The ground -------------------------------------------------------------------------------------


def test_the_nearest_place_is_the_nearest_on_the_ground_also_far_north(tmp_path):
    # a road to the north-east 0.8 km away at 65 N, where a degree of longitude shrinks by a tenth of a permille on the
    # way there: taken in the plane round the point it would be centimetres off
    path = tmp_path / "north.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lon="24.97" lat="65.0"/>'
        '<node id="2" lon="25.01" lat="65.018"/><way id="3"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="residential"/></way></osm>',
        encoding="utf-8",
    )
    places = snap(read_network(path), np.array([25.0]), np.array([65.004]), max_access_m=1000)
    # compared with places along the straight line, 1.4 cm apart
    share = np.linspace(0, 1, 200_001)
    lon, lat = 24.97 + share * 0.04, 65.0 + share * 0.018
    here = np.full(share.size, 25.0), np.full(share.size, 65.004)
    distance_m = Geod(ellps="WGS84").inv(*here, lon, lat)[2]
    assert 600 < distance_m.min() < 1000
    assert places.access_m[0] == pytest.approx(distance_m.min(), abs=0.003)
    nearest = int(np.argmin(distance_m))
    assert places.lat[0] == pytest.approx(lat[nearest], abs=1e-6)


@pytest.mark.parametrize("metres_east", [-0.005, 0.0, 0.005])
def test_a_place_at_a_private_gate_is_on_either_side_of_it(metres_east):
    # A private gate in the middle of a straight road of 1 km at 10 m/s; a public way round. From either end it is 50 s to the
    # gate; round the other way it would be more than 150 s.
    gate = {"barrier": "gate", "access": "private"}
    nodes = {1: (0, 0), 2: (500, 0, gate), 3: (1000, 0), 4: (500, 800)}
    network = towns.network(nodes, [([1, 2, 3], {}), ([1, 4, 3], {})], speeds="limits")
    site, ends = towns.sites_at((500 + metres_east, 0)), towns.demand_at((0, 0), (1000, 0))
    times = drive_times(network, site, ends, max_drive_time_s=300, access_kph=0)
    assert times.time_s == pytest.approx([50.0, 50.0], abs=0.01)


def test_a_gate_does_not_draw_places_that_are_centimetres_away():
    # The road leaves the gate at a slant; the nearest spot is 3 cm along it, though the gate is hardly farther off.
    gate = {"barrier": "gate", "access": "private"}
    nodes = {1: (0, 0, gate), 2: (131, 8), 3: (-500, 0)}
    network = towns.network(nodes, [([1, 2], {}), ([3, 1], {})], speeds="limits")
    places = snap(network, *towns.lonlat([(0, 0.5)]))
    assert places.node.tolist() == [-1]
    from_end = min(places.share[0], 1 - places.share[0])
    assert 0.01 < from_end * network.street_length_m[places.street[0]] < 0.05
