"""Roads as demand: covered metres and the worst point of towns that can be reckoned by hand."""

import numpy as np
import pytest
import towns

from planner.roadcover import covered_parts, road_cover, spans_of, worst_point
from planner.scenario import Direction
from planner.snapping import snap
from planner.stretches import uncovered_parts

TO, FROM = Direction.TO_STATION, Direction.FROM_STATION
ROAD = {1: (0, 0), 2: (1000, 0)}  # 100 s long: 36 km/h are 10 m/s
ONEWAY = {"oneway": "yes"}


def at(network, *xs, y=0.0):
    """Return places on a road that lies along y = 0."""
    lon, lat = zip(*(towns.degrees(x, y) for x in xs), strict=True)
    return snap(network, np.array(lon), np.array(lat))


def covered_m(network, stations, standard_s, direction=TO):
    spans = spans_of(network, stations, direction=direction, access_kph=0)
    return float(covered_parts(spans, standard_s).length_m(network).sum())


def test_a_station_in_the_middle_covers_its_road_to_both_sides():
    network = towns.network(ROAD, [([1, 2], {})])
    assert covered_m(network, at(network, 400), 20) == pytest.approx(400, abs=0.1)  # 200 to 600 m
    assert covered_m(network, at(network, 100), 20) == pytest.approx(300, abs=0.1)  # 0 to 300 m
    assert covered_m(network, at(network, 0), 20) == pytest.approx(200, abs=0.1)


def test_on_a_one_way_road_who_is_past_the_station_is_not_covered():
    network = towns.network(ROAD, [([1, 2], ONEWAY)])
    assert covered_m(network, at(network, 400), 20) == pytest.approx(200, abs=0.1)  # 200 to 400 m
    assert covered_m(network, at(network, 400), 20, FROM) == pytest.approx(200, abs=0.1)  # on


def test_from_both_ends_the_middle_stays_uncovered():
    network = towns.network(ROAD, [([1, 2], {})])
    spans = spans_of(network, at(network, 0, 1000), direction=TO, access_kph=0)
    left = uncovered_parts(network, covered_parts(spans, 30))
    assert left.begin == pytest.approx([0.3], abs=1e-4)
    assert left.end == pytest.approx([0.7], abs=1e-4)


def test_reaches_that_meet_are_one_part():
    network = towns.network(ROAD, [([1, 2], {})])
    spans = spans_of(network, at(network, 0, 500, 1000), direction=TO, access_kph=0)
    parts = covered_parts(spans, 60)
    assert (parts.begin.tolist(), parts.end.tolist()) == ([0.0], [1.0])


def test_the_leg_of_the_station_is_part_of_the_drive():
    network = towns.network(ROAD, [([1, 2], {})])
    spans = spans_of(network, at(network, 500, y=50.0), direction=TO, access_kph=18.0)  # 10 s
    assert covered_parts(spans, 30).length_m(network).sum() == pytest.approx(400, abs=0.2)
    assert covered_parts(spans, 9.9).street.size == 0


def test_the_worst_point_lies_where_both_ways_take_as_long():
    network = towns.network(ROAD, [([1, 2], {})])
    worst = worst_point(network, spans_of(network, at(network, 0, 600), direction=TO, access_kph=0))
    assert worst.drive_time_s == pytest.approx(40, abs=0.01)  # the far end, 400 m beyond 600
    assert worst.share == 1.0
    worst = worst_point(
        network, spans_of(network, at(network, 0, 1000), direction=TO, access_kph=0)
    )
    assert worst.drive_time_s == pytest.approx(50, abs=0.01)
    assert (worst.lon, worst.lat) == pytest.approx(towns.degrees(500), abs=1e-6)


def test_the_worst_point_of_a_one_way_ring_is_just_past_the_station():
    ring = {1: (0, 0), 2: (300, 0), 3: (300, 300), 4: (0, 300)}
    network = towns.network(ring, [([1, 2, 3, 4, 1], ONEWAY)])
    spans = spans_of(network, at(network, 150), direction=TO, access_kph=0)
    assert worst_point(network, spans).drive_time_s == pytest.approx(120, abs=0.05)  # all round


def test_roads_that_reach_no_station_are_uncovered_and_not_the_worst():
    island = ROAD | {3: (0, 5000), 4: (700, 5000)}
    network = towns.network(island, [([1, 2], {}), ([3, 4], {})])
    cover = road_cover(
        network,
        at(network, 0, 1000),
        is_station=np.array([True, False]),
        is_candidate=np.array([True, True]),
        max_drive_time_s=60,
        direction=TO,
        access_kph=0,
    )
    assert cover.length_m == pytest.approx(1700, abs=0.5)
    assert cover.covered_m == pytest.approx(600, abs=0.1)
    assert cover.coverable_m == pytest.approx(1000, abs=0.1)
    assert cover.share_covered == cover.covered_m / cover.length_m
    assert cover.worst.drive_time_s == pytest.approx(100, abs=0.05)


def test_where_no_station_is_on_roads_nothing_is_covered_and_nothing_is_worst():
    network = towns.network(ROAD, [([1, 2], {})])
    nobody = at(network, 0).part(0, 0)
    spans = spans_of(network, nobody, direction=TO)
    assert covered_parts(spans, 1e6).street.size == 0
    assert worst_point(network, spans) is None
    assert uncovered_parts(network, covered_parts(spans, 1e6)).length_m(network).sum() == (
        pytest.approx(network.length_m)
    )


def test_exactly_as_long_counts():
    network = towns.network(ROAD, [([1, 2], ONEWAY)])
    spans = spans_of(network, at(network, 1000), direction=TO, access_kph=0)
    worst = worst_point(network, spans).drive_time_s
    whole = covered_parts(spans, worst)
    assert (whole.begin.tolist(), whole.end.tolist()) == ([0.0], [1.0])
    less = covered_parts(spans, worst - 2.0**-20)
    assert less.begin[0] > 0
