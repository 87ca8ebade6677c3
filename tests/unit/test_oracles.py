"""The oracle itself, on cases and towns whose numbers are worked by hand."""

import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import oracles
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

CASES = Path(__file__).parents[1] / "cases"

# --- Towns small enough to draw -----------------------------------------------------------------

# On the equator a degree is 111 319.49 m east and 110 574.28 m north.
EAST_M, NORTH_M = 111_319.49, 110_574.28


def degrees(x_m, y_m=0.0):
    return x_m / EAST_M, y_m / NORTH_M


def write_town(folder, nodes, ways, relations=()):
    """Write a town; a node is (x_m, y_m) or (x_m, y_m, tags), a way is (nodes, tags).

    Ways have the numbers 10, 11 and so on; a way without maxspeed gets 36 km/h, so that with
    speeds="limits" 10 m take 1 s. A relation is (members, tags), a member (role, type, number).
    """

    def tags_xml(tags):
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())

    lines = ['<osm version="0.6">']
    for node, (x_m, y_m, *tags) in nodes.items():
        lon, lat = degrees(x_m, y_m)
        inner = tags_xml(tags[0]) if tags else ""
        lines.append(f'<node id="{node}" lon="{lon:.9f}" lat="{lat:.9f}">{inner}</node>')
    for way, (refs, tags) in enumerate(ways, start=10):
        tags = {"highway": "residential", "maxspeed": "36"} | tags
        refs_xml = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{way}">{refs_xml}{tags_xml(tags)}</way>')
    for number, (members, tags) in enumerate(relations, start=1):
        of = "".join(f'<member role="{r}" type="{t}" ref="{n}"/>' for r, t, n in members)
        tags = {"type": "restriction"} | tags
        lines.append(f'<relation id="{number}">{of}{tags_xml(tags)}</relation>')
    path = folder / "town.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


@pytest.fixture
def town(tmp_path):
    def read(nodes, ways, relations=(), **options):
        path = write_town(tmp_path, nodes, ways, relations)
        options = {"speeds": "limits"} | options
        return oracles.read_roads(path, **options)

    return read


def spots(roads, *points, **options):
    """Return the spots of points given in metres."""
    lon_lat = [degrees(*point) for point in points]
    return oracles.snap(roads, *zip(*lon_lat, strict=True), **options)


def drive_s(roads, start, end, *, access_kph=0):
    """Return the seconds from point to point, None where there is no drive; both directions agree."""
    (a,), (b,) = spots(roads, start), spots(roads, end)
    there = oracles.drive_times(roads, [b], [a], access_kph=access_kph)
    same = oracles.drive_times(roads, [a], [b], direction="from_station", access_kph=access_kph)
    assert there == pytest.approx(same)
    return there.get((0, 0))


def about(seconds):
    return pytest.approx(seconds, abs=0.02)  # node places are whole 1e-7 degrees: 1 cm


# --- Cases ---------------------------------------------------------------------------------------


def case_times(case, *, direction="to_station"):
    """Return the seconds of a case by (demand id, station id), and the station spots."""
    roads = oracles.read_roads(CASES / case / "network.osm", speeds="limits", signal_delay_s=0)
    sites, demand = (pd.read_csv(CASES / case / f"{t}.csv") for t in ("stations", "demand"))
    at_sites, at_demand = (oracles.snap(roads, t["lon"], t["lat"]) for t in (sites, demand))
    times = oracles.drive_times(roads, at_sites, at_demand, direction=direction, access_kph=0)
    return {(demand["id"][i], sites["id"][j]): s for (i, j), s in times.items()}, at_sites


def expected(case):
    text = (CASES / case / "expected.md").read_text(encoding="utf-8")
    return json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])


def one_percent(seconds):
    return pytest.approx(seconds, rel=0.01)


@pytest.mark.parametrize("case", ["C05", "C14", "C16", "C18", "C22", "C84"])
def test_the_case_has_its_right_value(case):
    times, _ = case_times(case)
    right = {key[:-2]: s for key, s in expected(case).items() if re.fullmatch(r"D\d_s", key)}
    assert {d: s for (d, _), s in times.items()} == {d: one_percent(s) for d, s in right.items()}


def test_case_7_goes_round_the_ring_the_right_way():
    right = expected("C07")
    for name, direction in (("to", "to_station"), ("from", "from_station")):
        times, _ = case_times("C07", direction=direction)
        assert times["D1", "S1"] == one_percent(right[name]["D1_s"])
        assert times["D2", "S1"] == one_percent(right[name]["D2_s"])


def test_case_9_a_roundabout_is_one_way():
    right = expected("C09")
    assert case_times("C09")[0]["D1", "S1"] == one_percent(right["to_s"])
    times, _ = case_times("C09", direction="from_station")
    assert times["D1", "S1"] == one_percent(right["from_s"])


def test_case_20_private_roads_are_for_the_last_metres_only():
    times, _ = case_times("C20")
    assert times == {("D1", "S1"): one_percent(200), ("D1", "S2"): one_percent(210)}


def test_case_84_the_station_is_on_the_road_and_not_on_the_footpath():
    _, (station,) = case_times("C84")
    assert station.distance_m == pytest.approx(expected("C84")["snap_m"]["S1"], abs=0.05)


# --- Private roads, gates, pockets ----------------------------------------------------------------


def test_who_starts_or_ends_in_a_compound_may_use_its_roads(town):
    # Open: 1 - 2 - 3 in a row, 500 m each. Private: 2 - 4 - 5 north of 2, 100 m each.
    nodes = {1: (0, 0), 2: (500, 0), 3: (1000, 0), 4: (500, 100), 5: (500, 200)}
    roads = town(nodes, [([1, 2, 3], {}), ([2, 4, 5], {"access": "private"})])
    assert drive_s(roads, (500, 200), (1000, 0)) == about(70)
    assert drive_s(roads, (1000, 0), (500, 200)) == about(70)
    assert drive_s(roads, (500, 150), (500, 50)) == about(10)
    assert drive_s(roads, (0, 0), (500, 0)) == about(50)


def test_a_compound_is_no_short_cut(town):
    # Open: 1 - 3 - 2, 1300 m each (500, 1200). Private: 1 - 4 - 2 straight, 500 m each.
    nodes = {1: (0, 0), 2: (1000, 0), 3: (500, 1200), 4: (500, 0)}
    roads = town(nodes, [([1, 3, 2], {}), ([1, 4, 2], {"motor_vehicle": "destination"})])
    assert drive_s(roads, (0, 0), (1000, 0)) == about(260)  # round by 3
    assert drive_s(roads, (0, 0), (600, 0)) == about(60)
    assert drive_s(roads, (400, 0), (1000, 0)) == about(60)
    assert drive_s(roads, (400, 0), (600, 0)) == about(20)


def test_two_compounds_at_one_junction_are_no_short_cut_either(town):
    # As above, and a private spur of 100 m beyond 2: from 1 round by 3, then in.
    nodes = {1: (0, 0), 2: (1000, 0), 3: (500, 1200), 4: (1100, 0)}
    private = {"access": "private"}
    roads = town(nodes, [([1, 3, 2], {}), ([1, 2], private), ([2, 4], private)])
    assert drive_s(roads, (0, 0), (1100, 0)) == about(270)
    assert drive_s(roads, (1100, 0), (0, 0)) == about(270)
    # From within the first compound to within the second: out at 2 (400 m), and in.
    assert drive_s(roads, (600, 0), (1100, 0)) == about(50)


def test_a_private_gate_lets_in_and_not_through(town):
    # 1 - gate - 3 - gate - 5 straight (100, 400, 400, 100 m); round by 6: 1300 m each.
    gate = {"barrier": "gate", "access": "private"}
    nodes = {1: (0, 0), 2: (100, 0, gate), 3: (500, 0), 4: (900, 0, gate), 5: (1000, 0)}
    nodes[6] = (500, 1200)
    roads = town(nodes, [([1, 2, 3, 4, 5], {}), ([1, 6, 5], {})])
    assert drive_s(roads, (0, 0), (1000, 0)) == about(260)
    assert drive_s(roads, (0, 0), (500, 0)) == about(50)  # between the gates is a pocket
    assert drive_s(roads, (500, 0), (1000, 0)) == about(50)
    assert drive_s(roads, (100, 0), (900, 0)) == about(80)  # from gate to gate
    assert drive_s(roads, (50, 0), (950, 0)) == about(270)  # before one gate to behind the other
    assert [round(part_m) for _, part_m in oracles.components(roads)] == [3600]


def test_a_pocket_behind_private_roads_is_reached_but_not_crossed(town):
    # Open 1 - 2, private 2 - 3, open 3 - 4, private 4 - 5, open 5 - 6: 1000, 100, 300, 100, 900 m.
    # 1 and 6 are joined round by 7: 2600 m in all.
    x_m = {1: 0, 2: 1000, 3: 1100, 4: 1400, 5: 1500, 6: 2400}
    nodes = {node: (x, 0) for node, x in x_m.items()} | {7: (1200, -500)}
    private = {"access": "private"}
    ways = [([1, 2], {}), ([2, 3], private), ([3, 4], {}), ([4, 5], private), ([5, 6], {})]
    roads = town(nodes, [*ways, ([1, 7, 6], {})])
    assert [x.is_local for x in roads.segments] == [False, True, True, True, False, False, False]
    assert drive_s(roads, (0, 0), (1250, 0)) == about(125)
    assert drive_s(roads, (1250, 0), (2400, 0)) == about(115)
    assert drive_s(roads, (1000, 0), (1500, 0)) == about(100 + 260 + 90)  # round by 1, 7, 6


def test_a_gate_that_is_locked_or_open(town):
    nodes = {1: (0, 0), 3: (1000, 0), 4: (500, 1200)}
    ways = [([1, 2, 3], {}), ([1, 4, 3], {})]
    for tags, seconds in (
        ({"barrier": "gate"}, 100),
        ({"barrier": "gate", "locked": "yes"}, 260),
        ({"barrier": "gate", "access": "no"}, 260),
        ({"barrier": "gate", "access": "no", "motor_vehicle": "yes"}, 100),
        ({"barrier": "bollard"}, 260),
        ({"barrier": "bollard", "access": "yes"}, 100),
        ({"locked": "yes", "access": "no"}, 100),  # no barrier
    ):
        roads = town(nodes | {2: (500, 0, tags)}, ways)
        assert drive_s(roads, (0, 0), (1000, 0)) == about(seconds), tags


# --- Barriers, components -------------------------------------------------------------------------


def test_a_closed_barrier_parts_the_road(town):
    # 1 - bollard - 3 straight, 600 m each: nobody in a car gets through, an e-bike does.
    nodes = {1: (0, 0), 2: (600, 0, {"barrier": "bollard"}), 3: (1200, 0)}
    ways = [([1, 2, 3], {"maxspeed": "18"})]
    roads = town(nodes, ways)
    assert [round(part_m) for _, part_m in oracles.components(roads)] == [600, 600]
    assert drive_s(roads, (0, 0), (1200, 0)) is None
    assert drive_s(roads, (0, 0), (590, 0)) == about(118)
    assert drive_s(roads, (590, 0), (610, 0)) is None
    assert drive_s(town(nodes, ways, vehicle="ebike"), (0, 0), (1200, 0)) == about(240)


def test_every_way_at_a_closed_barrier_ends_for_itself(town):
    nodes = {1: (0, 0), 2: (600, 0, {"barrier": "block"}), 3: (1200, 0), 4: (600, 700)}
    roads = town(nodes, [([1, 2, 3], {}), ([2, 4], {})])
    assert [round(part_m) for _, part_m in oracles.components(roads)] == [700, 600, 600]
    assert oracles.length_m(roads) == pytest.approx(1900, abs=0.1)


def test_points_go_to_a_component_that_matters_or_say_so(town):
    # Main road 1000 m along y = 0; an island of 400 m at y = 100, x = 0..400.
    nodes = {1: (0, 0), 2: (1000, 0), 3: (0, 100), 4: (400, 100)}
    roads = town(nodes, [([1, 2], {}), ([3, 4], {})])
    near_both, near_island, far = spots(roads, (200, 90), (200, 350), (200, 500))
    assert (near_both.segment, near_both.on_small_component) == (0, False)
    assert near_both.distance_m == pytest.approx(90, abs=0.05)
    assert (near_island.segment, near_island.on_small_component) == (1, True)
    assert near_island.distance_m == pytest.approx(250, abs=0.05)
    assert far.segment is None
    assert far.distance_m == pytest.approx(400, abs=0.05)
    assert oracles.drive_times(roads, [far], [near_both]) == {}
    assert oracles.nearest(roads, [near_both], [far, near_island]) == [None, None]


def test_an_island_of_500_m_matters(town):
    nodes = {1: (0, 0), 2: (1000, 0), 3: (0, 100), 4: (500.1, 100)}
    roads = town(nodes, [([1, 2], {}), ([3, 4], {})])
    assert spots(roads, (200, 90))[0].segment == 1


def test_exactly_the_longest_access_is_near_enough(town):
    roads = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})])
    (spot,) = spots(roads, (500, 250))
    (same,) = spots(roads, (500, 250), max_access_m=spot.distance_m)
    (less,) = spots(roads, (500, 250), max_access_m=spot.distance_m - 0.001)
    assert same == spot
    assert less.segment is None
    assert less.distance_m == spot.distance_m


def test_ways_are_cut_where_nodes_are_missing(town):
    # Node 3 is not in the file: 1 - 2 and 4 - 5 remain.
    nodes = {1: (0, 0), 2: (600, 0), 4: (1200, 0), 5: (1800, 0)}
    roads = town(nodes, [([1, 2, 3, 4, 5], {})])
    assert [round(part_m) for _, part_m in oracles.components(roads)] == [600, 600]
    assert drive_s(roads, (0, 0), (1800, 0)) is None


def test_a_town_without_roads_has_no_places(town):
    roads = town({1: (0, 0), 2: (600, 0)}, [([1, 2], {"highway": "steps"})])
    (spot,) = spots(roads, (0, 0))
    assert (spot.segment, spot.distance_m) == (None, math.inf)
    assert oracles.components(roads) == []
    assert oracles.length_m(roads) == 0


# --- One-ways, signals, places --------------------------------------------------------------------


def test_a_roundabout_between_two_arms_is_driven_one_way_round(town):
    # Ring E - N - W - S, radius 100 m, anticlockwise: a chord is 141.42 m. Arms W - A, E - B: 500 m.
    nodes = {1: (100, 0), 2: (0, 100), 3: (-100, 0), 4: (0, -100), 5: (-600, 0), 6: (600, 0)}
    ways = [([1, 2, 3, 4, 1], {"junction": "roundabout"}), ([3, 5], {}), ([1, 6], {})]
    roads = town(nodes, ways)
    assert drive_s(roads, (-600, 0), (600, 0)) == about(50 + 28.28 + 50)  # by S
    assert drive_s(roads, (600, 0), (-600, 0)) == about(50 + 28.28 + 50)  # by N
    assert drive_s(roads, (0, 100), (-100, 0)) == about(14.14)
    assert drive_s(roads, (-100, 0), (0, 100)) == about(3 * 14.14)


def test_on_a_one_way_street_who_has_passed_the_station_goes_round(town):
    # A one-way square of 200 m sides; from (50, 0) to (150, 0) 100 m, back 700 m.
    nodes = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200)}
    roads = town(nodes, [([1, 2, 3, 4, 1], {"oneway": "yes"})])
    assert drive_s(roads, (50, 0), (150, 0)) == about(10)
    assert drive_s(roads, (150, 0), (50, 0)) == about(70)
    assert drive_s(roads, (50, 5), (50, -5)) == 0
    assert drive_s(roads, (200, 0), (200, 0)) == 0


def test_a_signal_delays_whoever_drives_through_it(town):
    # 1 - signal - 3 straight, 500 m each.
    nodes = {1: (0, 0), 2: (500, 0, {"highway": "traffic_signals"}), 3: (1000, 0)}
    roads = town(nodes, [([1, 2, 3], {})])
    assert drive_s(roads, (0, 0), (1000, 0)) == about(100 + 12)
    assert drive_s(roads, (400, 0), (600, 0)) == about(20 + 12)
    assert drive_s(roads, (0, 0), (500, 0)) == about(50)
    assert drive_s(roads, (500, 0), (1000, 0)) == about(50)
    assert drive_s(roads, (500, 0), (500, 0)) == 0
    assert drive_s(roads, (499.995, 0), (600, 0)) == about(10)  # within 1 cm: at the signal
    assert drive_s(roads, (499.9, 0), (600, 0)) == about(10.01 + 12)


def test_a_signal_at_a_private_spur_delays_too(town):
    # Open 1 - 2 of 500 m, private 2 - signal - 4 of 100 m each.
    nodes = {1: (0, 0), 2: (500, 0), 3: (600, 0, {"highway": "traffic_signals"}), 4: (700, 0)}
    roads = town(nodes, [([1, 2], {}), ([2, 3, 4], {"access": "private"})])
    assert drive_s(roads, (0, 0), (700, 0)) == about(70 + 12)
    assert drive_s(roads, (700, 0), (0, 0)) == about(70 + 12)
    assert drive_s(roads, (0, 0), (600, 0)) == about(60)
    assert drive_s(roads, (600, 0), (0, 0)) == about(60)
    assert drive_s(roads, (650, 0), (600, 0)) == about(5)
    assert drive_s(roads, (600, 0), (600, 0)) == 0


def test_a_place_within_a_centimetre_of_a_junction_is_at_it(town):
    # One-way from 1 to 2, both-ways 2 - 3. 5 mm before the end one may still go either way in.
    nodes = {1: (0, 0), 2: (600, 0), 3: (1200, 0)}
    roads = town(nodes, [([1, 2], {"oneway": "yes"}), ([2, 3], {})])
    at, before = spots(roads, (599.995, 0), (599.9, 0))
    assert at.point is not None
    assert before.point is None
    assert drive_s(roads, (1200, 0), (599.995, 0)) == about(60)
    assert drive_s(roads, (1200, 0), (599.9, 0)) is None


def test_a_bend_is_no_junction(town):
    # 2 is in the middle of a way, 3 joins two ways that are alike, 4 two that are not.
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (400, 0)}
    roads = town(nodes, [([1, 2, 3], {}), ([4, 3], {}), ([4, 5], {"name": "Harbour Road"})])
    assert {roads.node_of[p] for p in roads.bends} == {2, 3}


def test_one_ways_go_on_in_a_bend_and_meet_at_a_junction(town):
    # 1 > 2 > 3 < 4, the second one drawn from 3 to 2; and a ring, which has to close somewhere.
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0)}
    nodes |= {5: (0, 100), 6: (100, 100), 7: (0, 200)}
    ways = [([1, 2], {"oneway": "yes"}), ([3, 2], {"oneway": "-1"}), ([4, 3], {"oneway": "yes"})]
    roads = town(nodes, [*ways, ([5, 6, 7, 5], {})])
    assert {roads.node_of[p] for p in roads.bends} == {2, 6, 7}


def test_of_parallel_roads_the_fastest_counts(town):
    ways = [([1, 2], {}), ([1, 2], {"maxspeed": "72"}), ([1, 2], {"maxspeed": "18"})]
    roads = town({1: (0, 0), 2: (1000, 0)}, ways)
    assert drive_s(roads, (0, 0), (1000, 0)) == about(50)
    assert oracles.length_m(roads) == pytest.approx(3000, abs=0.1)


def test_the_spot_is_the_nearest_place_on_the_ground(tmp_path):
    # Far north a degree east shrinks quickly. The spot is compared with a thousand places around it.
    lon, lat = 25.0, 65.0
    path = tmp_path / "north.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lon="24.99" lat="64.999"/>'
        '<node id="2" lon="25.012" lat="65.0045"/><way id="3"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="residential"/></way></osm>',
        encoding="utf-8",
    )
    roads = oracles.read_roads(path)
    (spot,) = oracles.snap(roads, [lon], [lat])
    (tail, head) = roads.ends[0]
    shares = spot.share + np.linspace(-0.01, 0.01, 1001)  # 1.2 cm apart
    places = tail + shares[:, None] * (head - tail)
    distances_m = Geod(ellps="WGS84").inv([lon] * 1001, [lat] * 1001, *places.T)[2]
    assert spot.distance_m == pytest.approx(min(distances_m), abs=1e-6)
    # Around the nearest place, the distance is a parabola; its lowest point is the spot, to 1 mm.
    bend, slope, _ = np.polyfit(shares - spot.share, np.square(distances_m), 2)
    assert abs(slope / (2 * bend)) * roads.segments[0].length_m < 0.001


def test_access_takes_time_at_both_ends(town):
    # 36 m and 72 m from the road at 36 km/h: 3.6 s and 7.2 s; 100 m between: 10 s.
    roads = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})])
    assert drive_s(roads, (100, 36), (200, -72), access_kph=36) == about(20.8)
    assert drive_s(roads, (100, 36), (200, -72), access_kph=0) == about(10)


def test_a_drive_of_exactly_the_limit_counts(town):
    roads = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})])
    (demand,), sites = spots(roads, (100, 30)), spots(roads, (400, 0), (700, 0))
    times = oracles.drive_times(roads, sites, [demand])
    limits = {times[0, 0]: {(0, 0)}, times[0, 0] - 0.001: set(), times[0, 1]: {(0, 0), (0, 1)}}
    for limit_s, pairs in limits.items():
        found = oracles.drive_times(roads, sites, [demand], max_drive_time_s=limit_s)
        assert set(found) == pairs


def test_of_equally_near_sites_the_first_is_nearest(town):
    roads = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})])
    sites = spots(roads, (900, 0), (400, 0), (400, 0))
    (answer,) = oracles.nearest(roads, sites, spots(roads, (100, 0)))
    assert answer == (1, about(30))


@given(
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.sampled_from([{}, {"access": "private"}]), min_size=12, max_size=12),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=6),
    st.sampled_from(["to_station", "from_station"]),
)
def test_the_nearest_site_is_the_least_drive_time(tmp_path_factory, oneway, access, points, way):
    # A grid of 3 x 3 junctions, 200 m apart, with 12 streets.
    nodes = {10 * r + c: (200 * c, 200 * r) for r in range(3) for c in range(3)}
    streets = [(n, n + 1) for n in nodes if n + 1 in nodes]
    streets += [(n, n + 10) for n in nodes if n + 10 in nodes]
    tags = [a | ({"oneway": "yes"} if o else {}) for a, o in zip(access, oneway, strict=True)]
    path = write_town(tmp_path_factory.mktemp("grid"), nodes, list(zip(streets, tags, strict=True)))
    roads = oracles.read_roads(path, speeds="limits")
    some = spots(roads, *points)
    sites, demand = some[: len(some) // 2], some[len(some) // 2 :]
    times = oracles.drive_times(roads, sites, demand, direction=way)
    for i, answer in enumerate(oracles.nearest(roads, sites, demand, direction=way)):
        of_sites = {j: times[i, j] for j in range(len(sites)) if (i, j) in times}
        assert (answer is None) == (not of_sites)
        if answer is not None:
            assert answer[1] == pytest.approx(min(of_sites.values()), abs=1e-6)
            assert of_sites[answer[0]] == pytest.approx(answer[1], abs=1e-6)


# --- Signals --------------------------------------------------------------------------------------

SIGNAL = {"highway": "traffic_signals"}


def test_signals_near_each_other_are_one_place_that_is_waited_at_once(town):
    # 1 - signal - signal - 4 straight, 200, 30 and 200 m.
    nodes = {1: (0, 0), 2: (200, 0, SIGNAL), 3: (230, 0, SIGNAL), 4: (430, 0)}
    roads = town(nodes, [([1, 2, 3, 4], {})])
    assert drive_s(roads, (0, 0), (430, 0)) == about(43 + 12)
    assert drive_s(roads, (430, 0), (0, 0)) == about(43 + 12)
    assert drive_s(roads, (0, 0), (230, 0)) == about(23)  # still within the place
    assert drive_s(roads, (200, 0), (430, 0)) == about(23 + 12)  # begins at 2, leaves it at 3
    assert drive_s(roads, (215, 0), (430, 0)) == about(21.5 + 12)
    assert drive_s(roads, (230, 0), (430, 0)) == about(20)


def test_signals_more_than_50_m_apart_are_waited_at_twice(town):
    nodes = {1: (0, 0), 2: (200, 0, SIGNAL), 4: (500, 0)}
    for gap_m, delay_s in ((49, 12), (51, 24)):
        roads = town(nodes | {3: (200 + gap_m, 0, SIGNAL)}, [([1, 2, 3, 4], {})])
        assert drive_s(roads, (0, 0), (500, 0)) == about(50 + delay_s)


def test_who_turns_off_between_two_signals_has_waited_too(town):
    # As above with a side road of 200 m in the middle of the place.
    nodes = {1: (0, 0), 2: (200, 0, SIGNAL), 5: (215, 0), 3: (230, 0, SIGNAL), 4: (430, 0)}
    roads = town(nodes | {6: (215, -200)}, [([1, 2, 5, 3, 4], {}), ([5, 6], {})])
    assert drive_s(roads, (0, 0), (215, -200)) == about(20 + 1.5 + 20 + 12)
    assert drive_s(roads, (215, -200), (0, 0)) == about(20 + 1.5 + 20 + 12)


def test_a_bent_street_within_a_signalled_place_is_free(town):
    # Between the signals a straight street of 30 m, and one of 2 x 20 m over a bend at 6. The
    # straight one is one-way from 3 to 2: eastwards one takes the bent one.
    nodes = {1: (0, 0), 2: (200, 0, SIGNAL), 3: (230, 0, SIGNAL), 4: (430, 0), 6: (215, 13.23)}
    straight = ([3, 2], {"oneway": "yes"})
    roads = town(nodes, [([1, 2], {}), straight, ([3, 4], {}), ([2, 6, 3], {})])
    assert drive_s(roads, (0, 0), (430, 0)) == about(20 + 4 + 20 + 12)


def test_a_signal_for_one_direction_that_stands_alone_delays_that_direction(town):
    for direction, along_s, against_s in (
        ("forward", 112, 100),
        ("backward", 100, 112),
        ("both", 112, 112),
    ):
        signal = SIGNAL | {"traffic_signals:direction": direction}
        roads = town({1: (0, 0), 2: (500, 0, signal), 3: (1000, 0)}, [([1, 2, 3], {})])
        assert drive_s(roads, (0, 0), (1000, 0)) == about(along_s)
        assert drive_s(roads, (1000, 0), (0, 0)) == about(against_s)


def test_of_two_signals_at_one_place_direction_is_no_matter(town):
    signal = SIGNAL | {"traffic_signals:direction": "forward"}
    nodes = {1: (0, 0), 2: (500, 0, signal), 3: (530, 0, SIGNAL), 4: (1000, 0)}
    roads = town(nodes, [([1, 2, 3, 4], {})])
    assert drive_s(roads, (1000, 0), (0, 0)) == about(100 + 12)


# --- Turns ----------------------------------------------------------------------------------------

#         4 --- 5       Streets of 200 m: 10 from 1 to 2, 11 on to 3, 12 from 2 north to 4, and
#         |     |       ROUND (13) from 3 over 5 to 4. Who comes from 1 turns left at 2.
#   1 --- 2 --- 3
CORNER = {1: (0, 0), 2: (200, 0), 3: (400, 0), 4: (200, 200), 5: (400, 200)}
STREETS = [([1, 2], {}), ([2, 3], {}), ([2, 4], {})]
ROUND = ([3, 5, 4], {})


def over(kind, entry, via, leave):
    """Return a restriction over a node (a number), or over ways (a list)."""
    middle = [("via", "node", via)] if isinstance(via, int) else [("via", "way", w) for w in via]
    return [("from", "way", entry), *middle, ("to", "way", leave)], {"restriction": kind}


NO_LEFT = over("no_left_turn", 10, 2, 12)


def test_who_may_not_turn_left_goes_round_the_block(town):
    free, barred = (town(CORNER, [*STREETS, ROUND], turns) for turns in ([], [NO_LEFT]))
    assert drive_s(free, (0, 0), (200, 200)) == about(40)
    assert drive_s(barred, (0, 0), (200, 200)) == about(80)  # by 3 and 5
    assert drive_s(barred, (150, 0), (200, 200)) == about(65)  # who begins on the street too
    assert drive_s(barred, (0, 0), (200, 50)) == about(95)  # and who ends on the other
    assert drive_s(barred, (200, 0), (200, 200)) == about(20)  # not who begins at the junction
    assert drive_s(barred, (0, 0), (200, 0)) == about(20)  # nor who ends there
    assert drive_s(barred, (200, 200), (0, 0)) == about(40)  # nor who comes the other way


def test_turning_back_takes_its_time_at_a_junction_and_is_not_done_in_a_bend(town):
    # No block: on to the dead end at 7, 300 m behind 2, not to the bend at 3. 200 + 2 x 300 + 200 m.
    nodes = CORNER | {7: (500, 0)}
    streets = [([1, 2], {}), ([2, 3, 7], {}), ([2, 4], {})]
    for u_turn_s in (20, 3, 0):
        roads = town(nodes, streets, [NO_LEFT], u_turn_s=u_turn_s)
        assert drive_s(roads, (0, 0), (200, 200)) == about(100 + u_turn_s)


def test_who_turns_back_soon_enough_is_quicker_than_round_the_block(town):
    # A dead end of 10 m at 2 to the south: 200 + 2 x 10 + 200 m and a U-turn, or 800 m.
    nodes, spur = CORNER | {6: (200, -10)}, ([2, 6], {})
    for u_turn_s, seconds in ((20, 62), (30, 72), (50, 80)):
        roads = town(nodes, [*STREETS, ROUND, spur], [NO_LEFT], u_turn_s=u_turn_s)
        assert drive_s(roads, (0, 0), (200, 200)) == about(seconds)


@pytest.mark.parametrize(
    ("tags", "vehicle", "is_barred"),
    [
        ({}, "car", True),
        ({"restriction": "no_straight_on"}, "car", True),  # which turn it is called is no matter
        ({"restriction": "turn_left"}, "car", False),
        ({"type": "route"}, "car", False),
        ({"except": "psv;motorcar"}, "car", False),
        ({"except": "bicycle"}, "car", True),
        ({"except": "bicycle"}, "ebike", False),
        ({"except": "motor_vehicle"}, "motorcycle", False),
        ({"hour_on": "07:00", "hour_off": "09:00"}, "car", False),
        ({"restriction:conditional": "none @ (Su)"}, "car", True),
        ({"restriction": "", "restriction:conditional": "no_left_turn @ (Su)"}, "car", False),
        ({"restriction": "", "restriction:hgv": "no_left_turn"}, "car", False),
        ({"restriction": "", "restriction:motorcar": "no_left_turn"}, "car", True),
        ({"restriction": "", "restriction:motorcar": "no_left_turn"}, "ebike", False),
        ({"restriction:motorcycle": "none"}, "motorcycle", False),
        ({"restriction:motorcycle": "none"}, "car", True),
    ],
)
def test_tags_say_for_whom_a_turn_is_barred(town, tags, vehicle, is_barred):
    members, own = NO_LEFT
    tags = {key: value for key, value in (own | tags).items() if value}
    slow = [(refs, {"maxspeed": "18"}) for refs, _ in [*STREETS, ROUND]]
    roads = town(CORNER, slow, [(members, tags)], vehicle=vehicle)
    assert drive_s(roads, (0, 0), (200, 200)) == about(160 if is_barred else 80)


@pytest.mark.parametrize(
    "turn",
    [
        (NO_LEFT[0][:2], NO_LEFT[1]),  # to nowhere
        ([*NO_LEFT[0], ("from", "way", 11)], NO_LEFT[1]),
        ([*NO_LEFT[0], ("via", "node", 3)], NO_LEFT[1]),
        over("no_left_turn", 10, 3, 12),  # the ways don't meet there
        over("no_left_turn", 10, 2, 99),  # not in the file
    ],
)
def test_what_is_not_whole_bars_nothing(town, turn):
    roads = town(CORNER, [*STREETS, ROUND], [turn])
    assert roads.barred == set()
    assert drive_s(roads, (0, 0), (200, 200)) == about(40)


def test_where_the_way_goes_on_through_the_junction_the_turn_is_unclear(town):
    # One way 1 - 2 - 3: does one turn into 12 from 1 or from 3? If it is one-way, from 1.
    for oneway, seconds in (("no", 40), ("yes", 80)):
        streets = [([1, 2, 3], {"oneway": oneway}), ([5, 4], {}), ([2, 4], {}), ([3, 5], {})]
        roads = town(CORNER, streets, [NO_LEFT])
        assert drive_s(roads, (0, 0), (200, 200)) == about(seconds)


def test_no_entry_comes_from_several_ways(town):
    # Into 12 neither from 10 nor from 11: who is east of 2 goes by 3 and 5.
    members = [("from", "way", 10), ("from", "way", 11), ("via", "node", 2), ("to", "way", 12)]
    roads = town(CORNER, [*STREETS, ROUND], [(members, {"restriction": "no_entry"})])
    assert drive_s(roads, (0, 0), (200, 200)) == about(80)
    assert drive_s(roads, (250, 0), (200, 200)) == about(15 + 40)  # by 2 it would be 25 s


#         4             6 is one-way to 1, and from it one may not turn to 7: who wants to go there
#         |             turns back somewhere, at 2 or, where that is barred, at 3.
#   7 --- 1 --- 2 --- 3         (4 is north of 2.) Streets have 200 m, 6 - 1 has 100 m.
#         |
#         6
FORCED = {1: (0, 0), 2: (200, 0), 3: (400, 0), 4: (200, 200), 6: (0, -100), 7: (-200, 0)}
FORCED_STREETS = [*STREETS, ([6, 1], {"oneway": "yes"}), ([1, 7], {})]
NOT_TO_7 = over("no_entry", 13, 1, 14)


@pytest.mark.parametrize(
    ("turns", "side", "seconds"),
    [
        ([], "right", 70 + 20),
        ([over("no_u_turn", 10, 2, 10)], "right", 110 + 20),
        ([over("no_u_turn", 10, 2, 11)], "right", 70 + 20),  # bars going on, not turning back
        ([NO_LEFT], "right", 110 + 20),  # turning back crosses the same traffic
        ([NO_LEFT], "left", 70 + 20),
        ([over("no_right_turn", 10, 2, 12)], "left", 110 + 20),
        ([over("no_right_turn", 10, 2, 12)], "right", 70 + 20),
        ([over("only_straight_on", 10, 2, 11)], "right", 110 + 20),
        ([over("only_left_turn", 10, 2, 12)], "left", 110 + 20),
        ([over("only_u_turn", 10, 2, 10)], "right", 70 + 20),
    ],
)
def test_turning_back_is_barred_where_that_is_said_and_where_turning_across_is(
    town, turns, side, seconds
):
    roads = town(FORCED, FORCED_STREETS, [NOT_TO_7, *turns], driving_side=side)
    assert drive_s(roads, (0, -100), (-200, 0)) == about(seconds)


def test_the_only_way_on_bars_all_others(town):
    straight, left = over("only_straight_on", 10, 2, 11), over("only_left_turn", 10, 2, 12)
    roads = town(CORNER, [*STREETS, ROUND], [straight])
    assert drive_s(roads, (0, 0), (200, 200)) == about(80)
    assert drive_s(roads, (0, 0), (400, 0)) == about(40)
    # where two are the only ones, both are allowed
    roads = town(CORNER, [*STREETS, ROUND], [straight, left])
    assert drive_s(roads, (0, 0), (200, 200)) == about(40)


#   4 --- 3 --- 5       10 from 1 to 2, 11 over the bridge to 3, 12 on to 4; 13 from 3 to 5 and
#         |             14 from 2 to 6. The bridge has 100 m, 2 - 6 has 150 m, all others 200 m.
#   1 --- 2 --- 6
BRIDGE = {1: (0, 0), 2: (200, 0), 3: (200, 100), 4: (0, 100), 5: (400, 100), 6: (350, 0)}
LANES = [([1, 2], {}), ([2, 3], {}), ([3, 4], {}), ([3, 5], {}), ([2, 6], {})]


def test_a_turn_over_a_way_is_barred_for_those_who_drive_all_of_it(town):
    roads = town(BRIDGE, LANES, [over("no_u_turn", 10, [11], 12)])
    # to 6, back and over the bridge: 200 + 2 x 150 + 100 + 200 m and a U-turn
    assert drive_s(roads, (0, 0), (0, 100)) == about(80 + 20)
    assert drive_s(roads, (100, 0), (0, 100)) == about(70 + 20)
    assert drive_s(roads, (200, 0), (0, 100)) == about(30)
    assert drive_s(roads, (200, 50), (0, 100)) == about(25)
    assert drive_s(roads, (350, 0), (0, 100)) == about(45)
    assert drive_s(roads, (0, 0), (400, 100)) == about(50)
    assert drive_s(roads, (0, 100), (0, 0)) == about(50)


def test_a_turn_over_several_ways_is_barred_as_one_over_a_single_one(town):
    # The bridge is two ways, 2 - 8 drawn southwards and 8 - 3 northwards.
    nodes = BRIDGE | {8: (200, 40)}
    lanes = [LANES[0], ([8, 2], {}), *LANES[2:], ([8, 3], {})]
    roads = town(nodes, lanes, [over("no_u_turn", 10, [11, 15], 12)])
    assert drive_s(roads, (0, 0), (0, 100)) == about(80 + 20)
    assert drive_s(roads, (0, 0), (400, 100)) == about(50)
    assert drive_s(roads, (350, 0), (0, 100)) == about(45)


def test_the_only_way_on_over_a_way_bars_all_others_on_the_way(town):
    roads = town(BRIDGE, LANES, [over("only_right_turn", 10, [11], 13)])
    # to 6 over the bridge, back at 5: 200 + 100 + 2 x 200 + 100 + 150 m
    assert drive_s(roads, (0, 0), (350, 0)) == about(95 + 20)
    # to 4 over the bridge, back at 5: 200 + 100 + 2 x 200 + 200 m
    assert drive_s(roads, (0, 0), (0, 100)) == about(90 + 20)
    assert drive_s(roads, (0, 0), (400, 100)) == about(50)
    assert drive_s(roads, (350, 0), (0, 100)) == about(45)
    assert drive_s(roads, (200, 0), (0, 100)) == about(30)


def test_turns_of_more_than_45_degrees_take_their_time(town):
    # From 1 eastwards to 2, then 200 m each: straight on, left, right, 44 and 46 degrees to the left.
    slight, sharp = ((200 * math.cos(a), 200 * math.sin(a)) for a in np.radians([44, 46]))
    nodes = {1: (-200, 0), 2: (0, 0), 3: (200, 0), 4: (0, 200), 5: (0, -200), 6: slight, 7: sharp}
    streets = [([1, 2], {}), *(([2, node], {}) for node in (3, 4, 5, 6, 7))]
    roads = town(nodes, streets, turn_left_s=7, turn_right_s=3)
    for there, seconds in (
        ((200, 0), 40),
        ((0, 200), 40 + 7),
        ((0, -200), 40 + 3),
        (slight, 40),
        (sharp, 40 + 7),
    ):
        assert drive_s(roads, (-200, 0), there) == about(seconds)
        assert drive_s(roads, (0, 0), there) == about(
            20
        )  # who begins at the junction turns nowhere
    assert drive_s(roads, (0, 200), (-200, 0)) == about(40 + 3)  # back it is a turn to the right


def test_a_bend_is_no_turn(town):
    nodes = {1: (0, 0), 2: (200, 0), 3: (200, 200)}
    roads = town(nodes, [([1, 2, 3], {})], turn_left_s=7)
    assert drive_s(roads, (0, 0), (200, 200)) == about(40)
    renamed = [([1, 2], {}), ([2, 3], {"name": "Harbour Road"})]  # so it is a junction
    assert drive_s(town(nodes, renamed, turn_left_s=7), (0, 0), (200, 200)) == about(40 + 7)


# --- Tags -----------------------------------------------------------------------------------------

SHUT = None  # no road
BOTH, ALONG, AGAINST = (True, True), (True, False), (False, True)


def street(town, tags, vehicle, speeds=None):
    """Return what a street with these tags is: (km/h, is local, directions), or SHUT."""
    tags = {"highway": "residential", "maxspeed": "signals"} | tags
    segments = town(
        {1: (0, 0), 2: (99, 0)}, [([1, 2], tags)], vehicle=vehicle, speeds=speeds
    ).segments
    return (
        SHUT
        if not segments
        else next((max(x.kph), x.is_local, (x.forward, x.backward)) for x in segments)
    )


@pytest.mark.parametrize(
    ("tags", "car", "ebike"),
    [
        ({}, (20, False, BOTH), (18, False, BOTH)),
        ({"highway": "motorway"}, (80, False, ALONG), SHUT),
        ({"highway": "motorway_link"}, (50, False, BOTH), SHUT),
        ({"highway": "tertiary_link"}, (25, False, BOTH), (20, False, BOTH)),
        ({"highway": "trunk", "motorroad": "yes"}, (50, False, BOTH), SHUT),
        ({"highway": "cycleway"}, SHUT, (18, False, BOTH)),
        ({"highway": "cycleway", "moped": "no"}, SHUT, (18, False, BOTH)),
        ({"highway": "path"}, SHUT, SHUT),
        ({"highway": "path", "bicycle": "designated"}, SHUT, (12, False, BOTH)),
        ({"highway": "footway", "bicycle": "dismount"}, SHUT, SHUT),
        ({"highway": "footway", "access": "yes"}, SHUT, SHUT),
        ({"highway": "track"}, SHUT, SHUT),
        ({"highway": "track", "vehicle": "yes"}, (12, False, BOTH), (12, False, BOTH)),
        ({"highway": "track", "motor_vehicle": "private"}, SHUT, SHUT),
        ({"highway": "steps", "bicycle": "yes"}, SHUT, SHUT),
        ({"area": "yes"}, SHUT, SHUT),
        ({"highway": "service", "service": "emergency_access"}, SHUT, SHUT),
        ({"access": "private"}, (20, True, BOTH), (18, True, BOTH)),
        ({"access": "no"}, SHUT, SHUT),
        ({"access": "No "}, SHUT, SHUT),
        ({"access": "no", "bicycle": "yes"}, SHUT, (18, False, BOTH)),
        ({"access": "bicycle"}, SHUT, (18, False, BOTH)),
        ({"access": "no;destination"}, (20, True, BOTH), (18, True, BOTH)),
        ({"access": "destination;permissive"}, (20, False, BOTH), (18, False, BOTH)),
        ({"motorcar": "no", "motor_vehicle": "yes"}, SHUT, (18, False, BOTH)),
        ({"moped": "no"}, (20, False, BOTH), SHUT),
        ({"oneway": "yes"}, (20, False, ALONG), (18, False, ALONG)),
        ({"oneway": "-1"}, (20, False, AGAINST), (18, False, AGAINST)),
        ({"oneway": "reversible"}, SHUT, SHUT),
        ({"oneway": "alternating"}, (20, False, BOTH), (18, False, BOTH)),
        ({"oneway": "yes", "oneway:bicycle": "no"}, (20, False, ALONG), (18, False, BOTH)),
        ({"oneway": "yes", "oneway:motorcar": "no"}, (20, False, BOTH), (18, False, ALONG)),
        (
            {"oneway": "yes", "cycleway:left": "opposite_lane"},
            (20, False, ALONG),
            (18, False, BOTH),
        ),
        ({"junction": "circular"}, (20, False, ALONG), (18, False, ALONG)),
        ({"junction": "roundabout", "oneway": "no"}, (20, False, BOTH), (18, False, BOTH)),
        ({"highway": "motorway", "oneway": "no"}, (80, False, BOTH), SHUT),
    ],
)
def test_tags_say_who_may_drive_where(town, tags, car, ebike):
    assert street(town, tags, "car") == car
    assert street(town, tags, "ebike") == ebike


@pytest.mark.parametrize(
    ("maxspeed", "speeds", "car_kph", "ebike_kph"),
    [
        ("CN:urban", None, 25, 22.5),  # 50: 1.25 x 20, 1.25 x 18
        ("20", None, 17, 17),  # 0.85 x 20
        ("60", None, 25, 22.5),  # 1.25 x 20, 1.25 x 18
        ("60", "limits", 60, 25),
        ("none", "limits", 20, 18),
        ("10 mph", "limits", 16.09344, 16.09344),
        ("10mph", "limits", 16.09344, 16.09344),
        ("5 knots", "limits", 9.26, 9.26),
        ("50;30", "limits", 30, 25),
        ("50; 10 mph; walk", "limits", 6, 6),
        ("60", {"residential": 40}, 50, 25),  # 1.25 x 40; 0.85 x 60 = 51
        ("signals", {"residential": 40}, 40, 25),
        ("signals", {"primary": 40}, 20, 18),
    ],
)
def test_speeds(town, maxspeed, speeds, car_kph, ebike_kph):
    for vehicle, kph in (("car", car_kph), ("ebike", ebike_kph)):
        assert street(town, {"maxspeed": maxspeed}, vehicle, speeds)[0] == pytest.approx(kph)


@pytest.mark.parametrize(
    ("tags", "kph"),
    [
        ({"maxspeed": "cn:urban"}, 50),
        ({"maxspeed": "CN:rural"}, 70),
        ({"maxspeed": "DE:zone30"}, 30),
        ({"maxspeed": "FL:zone:30"}, 30),
        ({"maxspeed": "DE:30"}, 30),
        ({"maxspeed": "zone:20"}, 20),
        ({"maxspeed": "GB:zone20"}, 32.18688),
        ({"maxspeed": "AT:living_street"}, 10),
        ({"maxspeed": "XX:urban"}, 20),  # a zone without a number: the class
        ({"maxspeed": "variable", "zone:maxspeed": "DE:urban"}, 50),  # the first that says one
        ({"maxspeed": "40", "zone:maxspeed": "DE:urban"}, 40),
        ({"maxspeed": "none", "maxspeed:type": "DE:rural"}, 100),
        ({"maxspeed": "none", "source:maxspeed": "2019"}, 20),  # there only zones count
        ({"maxspeed": "40", "maxspeed:motorcar": "60"}, 60),
        ({"maxspeed": "40", "maxspeed:motorcycle": "60"}, 40),
        ({"maxspeed": "40", "maxspeed:hgv": "30"}, 40),
        ({"maxspeed": "40", "maxspeed:conditional": "30 @ (22:00-06:00)"}, 40),
        ({"maxspeed": "120|100|60"}, 60),
    ],
)
def test_limits_come_from_numbers_and_zones(town, tags, kph):
    assert street(town, tags, "car", "limits")[0] == pytest.approx(kph)


def test_each_direction_has_its_own_limit(town):
    tags = {"maxspeed": "36", "maxspeed:backward": "18", "maxspeed:motorcar:forward": "72"}
    roads = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], tags)])
    assert drive_s(roads, (0, 0), (1000, 0)) == about(50)
    assert drive_s(roads, (1000, 0), (0, 0)) == about(200)
    shut = town({1: (0, 0), 2: (1000, 0)}, [([1, 2], {"maxspeed:backward": "0"})])
    assert drive_s(shut, (0, 0), (1000, 0)) == about(100)
    assert drive_s(shut, (1000, 0), (0, 0)) is None


@pytest.mark.parametrize(
    ("tags", "car_kph", "ebike_kph"),
    [
        ({"surface": "asphalt"}, 20, 18),
        ({"surface": "sett"}, 16, 14.4),
        ({"surface": "gravel"}, 15, 13.5),
        ({"surface": "mud"}, 10, 9),
        ({"surface": "gravel", "maxspeed": "100"}, 18.75, 16.875),  # 1.25 x the class speed
        ({"lanes": "4"}, 22, 18),
        ({"lanes": "3"}, 20, 18),  # one and a half in each direction
        ({"lanes": "2", "oneway": "yes"}, 22, 18),
        ({"lanes": "1"}, 16, 18),
        ({"lanes": "1", "oneway": "yes"}, 20, 18),
        ({"lanes": "1.5"}, 20, 18),
        ({"lanes": "4", "surface": "gravel"}, 16.5, 13.5),
        ({"lanes": "4", "highway": "service"}, 12, 12),
    ],
)
def test_surfaces_and_lanes_make_quick_and_slow(town, tags, car_kph, ebike_kph):
    assert street(town, tags, "car")[0] == pytest.approx(car_kph)
    assert street(town, tags, "ebike")[0] == pytest.approx(ebike_kph)


def test_lanes_count_by_direction(town):
    tags = {"lanes": "3", "lanes:forward": "2", "lanes:backward": "1", "maxspeed": "none"}
    (segment,) = town({1: (0, 0), 2: (99, 0)}, [([1, 2], tags)], speeds=None).segments
    assert segment.kph == pytest.approx((22, 20))


def test_surfaces_are_no_matter_where_speeds_are_limits_or_the_planner_s_own(town):
    gravel = {"surface": "gravel"}
    assert street(town, gravel, "car", "limits")[0] == 20
    assert street(town, gravel, "car", {"residential": 30})[0] == 30
    assert street(town, gravel, "car", {"primary": 30})[0] == 15


@pytest.mark.parametrize(
    ("tags", "motorcycle"),
    [
        ({}, (22, False, BOTH)),
        ({"highway": "motorway"}, SHUT),
        ({"highway": "motorway_link"}, SHUT),
        ({"highway": "trunk_link"}, (38, False, BOTH)),
        ({"highway": "trunk", "motorroad": "yes"}, SHUT),
        ({"highway": "cycleway", "motorcycle": "yes"}, SHUT),
        ({"highway": "track", "motorcycle": "yes"}, (14, False, BOTH)),
        ({"motorcycle": "no"}, SHUT),
        ({"motorcar": "no"}, (22, False, BOTH)),
        ({"motor_vehicle": "destination"}, (22, True, BOTH)),
        ({"access": "bicycle"}, SHUT),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, (22, False, BOTH)),
        ({"oneway": "yes", "oneway:motorcar": "no"}, (22, False, ALONG)),
    ],
)
def test_a_motorcycle_has_roads_of_its_own(town, tags, motorcycle):
    assert street(town, tags, "motorcycle") == motorcycle


@pytest.mark.parametrize(
    ("tags", "seconds"),  # of car, motorcycle, ebike: 200 s straight, 520 s round
    [
        ({"barrier": "bollard"}, (520, 200, 200)),
        ({"barrier": "motorcycle_barrier"}, (520, 520, 200)),
        ({"barrier": "fence"}, (520, 520, 520)),
        ({"barrier": "chain"}, (520, 520, 200)),
        ({"barrier": "gate", "foot": "yes"}, (520, 520, 200)),
        ({"barrier": "gate", "foot": "no"}, (200, 200, 200)),
        ({"barrier": "toll_booth", "foot": "yes"}, (200, 200, 200)),
    ],
)
def test_barriers_stop_some_and_not_others(town, tags, seconds):
    nodes = {1: (0, 0), 2: (500, 0, tags), 3: (1000, 0), 4: (500, 1200)}
    ways = [([1, 2, 3], {"maxspeed": "18"}), ([1, 4, 3], {"maxspeed": "18"})]
    for vehicle, s in zip(("car", "motorcycle", "ebike"), seconds, strict=True):
        roads = town(nodes, ways, vehicle=vehicle)
        assert drive_s(roads, (0, 0), (1000, 0)) == about(s), vehicle


def test_a_limit_of_zero_closes_the_road(town):
    assert street(town, {"maxspeed": "0"}, "car") is SHUT
    assert street(town, {}, "car", {"residential": 0}) is SHUT


def test_an_ebike_takes_the_cycleway_and_not_the_motorway(town):
    # Motorway 1 - 2 straight 1000 m, cycleway round by 3 and road round by 4: 1300 m a side.
    nodes = {1: (0, 0), 2: (1000, 0), 3: (500, 1200), 4: (500, -1200)}
    ways = [
        ([1, 2], {"highway": "motorway"}),
        ([1, 3, 2], {"highway": "cycleway", "maxspeed": "20"}),
        ([1, 4, 2], {"highway": "residential", "maxspeed": "18"}),
    ]
    car, ebike = (town(nodes, ways, vehicle=vehicle) for vehicle in ("car", "ebike"))
    assert drive_s(car, (0, 0), (1000, 0)) == about(100)
    assert drive_s(car, (1000, 0), (0, 0)) == about(520)  # 2600 m at 5 m/s
    assert drive_s(ebike, (0, 0), (1000, 0)) == about(468)  # 2600 m at 20 km/h


# --- Stations -------------------------------------------------------------------------------------


def test_the_fewest_stations_are_not_the_greedy_ones():
    # The largest site (2) leaves one need on either side; 0 and 1 cover all six.
    covers = [{0, 1, 2}, {3, 4, 5}, {1, 2, 3, 4}]
    assert oracles.best_cover(covers, 6) == {0, 1}


def test_needs_that_no_site_covers_are_set_aside_and_ties_go_to_the_first():
    assert oracles.best_cover([{0}, {1}, {0, 1}, {1, 0}], 3) == {2}
    assert oracles.best_cover([set(), set()], 2) == set()
    assert oracles.best_cover([], 0) == set()


def test_max_covering_counts_each_need_once():
    # {0, 1} covers needs 0, 1, 2: 6; {0, 2} covers 0, 1, 3: 7; {1, 2} covers 1, 2, 3: 9.
    covers, weights = [{0, 1}, {1, 2}, {3}], [1, 2, 3, 4]
    assert oracles.best_max_cover(covers, weights, 2) == ({1, 2}, 9)
    assert oracles.best_max_cover(covers, weights, 5) == ({0, 1, 2}, 10)
    assert oracles.best_max_cover([{0}, {1}], [1, 1], 1) == ({0}, 1)
    assert oracles.best_max_cover([{0}], [1], 0) == (set(), 0)


@given(st.lists(st.sets(st.integers(0, 6)), max_size=6))
def test_no_smaller_plan_covers_all(covers):
    plan = oracles.best_cover(covers, 7)
    everything = set().union(*covers)
    assert set().union(*(covers[j] for j in plan)) == everything
    for fewer in itertools.combinations(range(len(covers)), max(len(plan) - 1, 0)):
        assert not plan or set().union(*(covers[j] for j in fewer)) != everything
