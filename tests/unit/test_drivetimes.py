"""Drive times between many points and many sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import towns

from planner.coverage import coverage_of, reach_of
from planner.drivetimes import DriveTimes, TableTimes, drive_times, needs_of, road_times
from planner.errors import InputError, PlannerError
from planner.network import JunctionDelays
from planner.placement import place
from planner.timetables import pairs_of_table, points_of_table

TICK_S = 2.0**-20
PRIVATE = {"access": "private"}
ONEWAY = {"oneway": "yes"}
SIGNAL = {"highway": "traffic_signals"}
GATE = {"barrier": "gate", "access": "private"}
ROAD = {1: (0, 0), 2: (1000, 0)}


def about(seconds):
    return pytest.approx(seconds, abs=0.01)  # a node is known to a centimetre: 1 ms at 10 m/s


def times(network, demand, sites, *, limit_s=10_000.0, access_kph=0.0, **options):
    """Return {(demand, site): seconds} for points in metres."""
    found = drive_times(
        network,
        towns.sites_at(*sites),
        towns.demand_at(*demand),
        max_drive_time_s=limit_s,
        access_kph=access_kph,
        **options,
    )
    return pairs(found)


def pairs(found):
    return dict(
        zip(zip(found.need.tolist(), found.site.tolist(), strict=True), found.time_s, strict=True)
    )


def seconds(network, start, end, **options):
    """Return the seconds of a drive, None where there is none; asked for in both directions."""
    to_station = times(network, [start], [end], **options)
    from_station = times(network, [end], [start], direction="from_station", **options)
    assert to_station == from_station
    return to_station.get((0, 0))


# --- How far ----------------------------------------------------------------------------------------


def test_a_horizon_beyond_the_standard_brings_the_pairs_up_to_it():
    network = towns.network({1: (0, 0), 2: (9000, 0)}, [([1, 2], {})])
    demand, sites = [(0, 0)], [(1000, 0), (3000, 0), (8000, 0)]  # 100, 300 and 800 s at 10 m/s
    near = times(network, demand, sites, limit_s=150)
    assert near == {(0, 0): about(100)}
    farther = times(network, demand, sites, limit_s=150, horizon_s=400)
    assert farther == {(0, 0): about(100), (0, 1): about(300)}
    all_ = times(network, demand, sites, limit_s=150, horizon_s=np.inf)
    assert all_ == {(0, 0): about(100), (0, 1): about(300), (0, 2): about(800)}
    assert (
        times(network, demand, sites, limit_s=150, horizon_s=50) == near
    )  # never nearer than the standard


def test_exactly_as_far_as_the_horizon_counts_in_a_table_too():
    table = pd.DataFrame(
        {"demand": "D1", "site": ["A", "B", "C"], "drive_time_s": [100.0, 300, 301]}
    )
    found = DriveTimes.from_frame(table, max_drive_time_s=100, horizon_s=300)
    assert found.site.tolist() == [0, 1]
    assert coverage_of(found).site.tolist() == [0]
    assert reach_of(found).site.tolist() == [0, 1]
    assert len(DriveTimes.from_frame(table, max_drive_time_s=100, horizon_s=np.inf).site) == 3


@pytest.mark.parametrize("horizon_s", [-1, np.nan])
def test_a_horizon_below_0_is_refused(horizon_s):
    network = towns.network(ROAD, [([1, 2], {})])
    with pytest.raises(PlannerError, match="horizon_s"):
        times(network, [(0, 0)], [(0, 0)], horizon_s=horizon_s)


def test_a_library_user_places_by_all_drives():
    # A is 0, 100 and 290 s away, B 200, 100 and 90 s; within 150 s A covers two and B two
    table = pd.DataFrame(
        {
            "demand": ["D1", "D2", "D3"] * 2,
            "site": ["A"] * 3 + ["B"] * 3,
            "drive_time_s": [0.0, 100, 290, 200, 100, 91],
        }
    )
    found = DriveTimes.from_frame(table, max_drive_time_s=150, horizon_s=np.inf)
    median = place(found, goal="p-median", stations=1)
    assert (median.stations.tolist(), median.objective) == ([0], 390)
    assert median.is_covered.tolist() == [True, True, False]
    assert place(found, goal="p-center", stations=1).objective == 200
    assert place(found, goal="p-median", stations=1, cover_all=True).status == "infeasible"
    assert "D1, D3" in place(found, goal="p-median", stations=1, cover_all=True).reasons[0]


# --- On one street ----------------------------------------------------------------------------------


def test_two_places_on_one_street_drive_along_it_in_either_order():
    network = towns.network(ROAD, [([1, 2], {})])
    assert seconds(network, (200, 0), (700, 0)) == about(50)
    assert seconds(network, (700, 0), (200, 0)) == about(50)
    assert seconds(network, (200, 0), (200, 0)) == 0


def test_on_a_one_way_street_who_is_past_the_station_goes_round():
    # a square of 600 m sides, one-way; from 300 m to 100 m of one side it is 2400 - 200 m
    nodes = {1: (0, 0), 2: (600, 0), 3: (600, 600), 4: (0, 600), 5: (-100, 0)}
    network = towns.network(nodes, [([1, 2, 3, 4, 1], ONEWAY), ([5, 1], {})])
    assert seconds(network, (100, 0), (300, 0)) == about(20)
    assert seconds(network, (300, 0), (100, 0)) == about(220)


def test_on_a_one_way_street_without_return_there_is_no_drive_back():
    network = towns.network(ROAD, [([1, 2], ONEWAY)])
    assert seconds(network, (200, 0), (700, 0)) == about(50)
    assert seconds(network, (700, 0), (200, 0)) is None


def test_the_way_round_may_be_faster_than_the_street_itself():
    # way 10 at 3.6 km/h: 400 m take 400 s; from 300 to 700 m back to 1, over the fast way 11 and back from 2:
    # 300 + 1000 / 10 + 300 = 700 s; from 10 to 990 m: 980 s against 10 + 100 + 10 s
    ways = [([1, 2], {"maxspeed": "3.6"}), ([1, 3, 2], {})]
    network = towns.network(ROAD | {3: (500, 1)}, ways)
    assert seconds(network, (300, -20), (700, -20)) == about(400)
    assert seconds(network, (10, -20), (990, -20)) == about(120)


# --- The standard -----------------------------------------------------------------------------------


def test_a_drive_of_exactly_the_standard_counts_and_a_tick_more_does_not():
    network = towns.network(ROAD, [([1, 2], {})])
    drive_s = seconds(network, (0, 0), (700, 30), access_kph=5)
    assert seconds(network, (0, 0), (700, 30), access_kph=5, limit_s=drive_s) == drive_s
    assert seconds(network, (0, 0), (700, 30), access_kph=5, limit_s=drive_s - TICK_S) is None


def test_on_one_street_too():
    network = towns.network(ROAD, [([1, 2], {})])
    drive_s = seconds(network, (250, 0), (700, 0))
    assert seconds(network, (250, 0), (700, 0), limit_s=drive_s) == drive_s
    assert seconds(network, (250, 0), (700, 0), limit_s=drive_s - TICK_S) is None


def test_a_standard_of_0_s_covers_who_is_there():
    network = towns.network(ROAD, [([1, 2], {})])
    assert times(network, [(0, 0), (1, 0)], [(0, 0)], limit_s=0) == {(0, 0): 0}


@pytest.mark.parametrize("limit_s", [-1.0, float("nan")])
def test_a_standard_below_0_is_refused(limit_s):
    network = towns.network(ROAD, [([1, 2], {})])
    with pytest.raises(PlannerError, match="max_drive_time_s must be 0 or more"):
        times(network, [(0, 0)], [(0, 0)], limit_s=limit_s)


# --- Signals ----------------------------------------------------------------------------------------

SIGNAL_ROAD = {1: (0, 0), 2: (500, 0, SIGNAL), 3: (1000, 0)}


@pytest.fixture(scope="module")
def signal_road():
    return towns.network(SIGNAL_ROAD, [([1, 2, 3], {})])


def test_a_signal_delays_who_drives_through(signal_road):
    assert seconds(signal_road, (0, 0), (1000, 0)) == about(112)
    assert seconds(signal_road, (400, 0), (600, 0)) == about(32)


def test_a_signal_does_not_delay_who_starts_or_ends_there(signal_road):
    assert seconds(signal_road, (500, 0), (1000, 0)) == about(50)
    assert seconds(signal_road, (500, 0), (600, 0)) == about(10)
    assert seconds(signal_road, (0, 0), (500, 0)) == about(50)
    assert seconds(signal_road, (400, 0), (500, 0)) == about(10)
    assert seconds(signal_road, (500, 0), (500, 0)) == 0


def test_a_signal_just_past_the_start_delays(signal_road):
    assert seconds(signal_road, (499.9, 0), (600, 0)) == about(10.01 + 12)


def test_who_comes_round_to_a_signal_waits_there():
    # a one-way ring 2 > 3 > 4 > 2 of 300 + 400 + 500 m that begins at the signal, and an arm of 500 m to 1
    nodes = {1: (-500, 0), 2: (0, 0, SIGNAL), 3: (300, 0), 4: (300, 400)}
    network = towns.network(nodes, [([2, 3, 4, 2], ONEWAY), ([1, 2], {})])
    assert seconds(network, (0, 0), (-500, 0)) == about(50)  # who starts at it leaves at once
    # who starts 100 m into the ring: 200 + 400 + 500 m, the signal, 500 m
    assert seconds(network, (100, 0), (-500, 0)) == about(110 + 12 + 50)


def test_who_starts_at_a_signal_takes_no_private_short_cut_either():
    # once, a drive that began at a signal could begin on any road there: 1 - 2 private, 400 m; 1 - 3 - 2 open,
    # 2 x sqrt(200^2 + 300^2) = 721.1 m
    nodes = {1: (0, 0, SIGNAL), 2: (400, 0), 3: (200, 300)}
    network = towns.network(nodes, [([1, 2], PRIVATE), ([1, 3, 2], {})])
    assert seconds(network, (0, 0), (400, 0)) == about(72.11)
    assert seconds(network, (400, 0), (0, 0)) == about(72.11)
    assert seconds(network, (0, 0), (300, 0)) == about(30)  # but may end on it


def test_a_signal_at_a_gate_delays_once():
    # 1 - gate with signal - 3, 500 m each; the rest of the network, 1 - 4, is longer: 3 is behind the gate
    nodes = {1: (0, 0), 2: (500, 0, GATE | SIGNAL), 3: (1000, 0), 4: (-600, 0)}
    network = towns.network(nodes, [([4, 1, 2], {}), ([2, 3], {})])
    assert seconds(network, (0, 0), (1000, 0)) == about(112)
    assert seconds(network, (1000, 0), (0, 0)) == about(112)
    assert seconds(network, (0, 0), (500, 0)) == about(50)


def test_the_delay_is_an_option():
    network = towns.network(SIGNAL_ROAD, [([1, 2, 3], {})], delays=JunctionDelays(signal_s=0))
    assert seconds(network, (0, 0), (1000, 0)) == about(100)


# --- Direction --------------------------------------------------------------------------------------


def test_direction_says_who_drives():
    # the ring of case 7: 600 m sides, one-way 1 > 2 > 3 > 4 > 1; S at 1, D at 2
    nodes = {1: (0, 0), 2: (600, 0), 3: (600, 600), 4: (0, 600)}
    network = towns.network(nodes, [([1, 2, 3, 4, 1], ONEWAY)])
    assert times(network, [(600, 0)], [(0, 0)])[0, 0] == about(180)
    assert times(network, [(600, 0)], [(0, 0)], direction="from_station")[0, 0] == about(60)


# --- Access -----------------------------------------------------------------------------------------


def test_the_ways_to_the_road_take_time_at_both_ends():
    # 36 m and 72 m at 36 km/h are 3.6 s and 7.2 s; 100 m of road 10 s
    network = towns.network(ROAD, [([1, 2], {})])
    assert seconds(network, (100, 36), (200, -72), access_kph=36) == about(20.8)
    assert seconds(network, (100, 36), (200, -72), access_kph=0) == about(10)


def test_they_are_walked_at_10_kmh_unless_said_otherwise():
    # 50 m at 10 km/h: 18 s
    network = towns.network(ROAD, [([1, 2], {})])
    demand, sites = towns.demand_at((100, 50)), towns.sites_at((200, 0))
    found = drive_times(network, sites, demand, max_drive_time_s=100)
    assert found.time_s == about([28])


def test_off_network_points_have_no_drives():
    network = towns.network(ROAD, [([1, 2], {})])
    demand, sites = [(100, 0), (100, 301)], [(200, -301), (300, 0)]
    assert set(times(network, demand, sites)) == {(0, 1)}
    assert set(times(network, demand, sites, max_access_m=302)) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    (here,) = [(100, 301)]
    assert times(network, [here], [here]) == {}  # even at one spot


# --- Private roads, junctions, parallel roads ----------------------------------------------------------


def test_a_private_road_is_no_short_cut():
    # 10: 1 - 3 - 2 open, 2 x sqrt(500^2 + 500^2) = 1414.2 m; 11: 1 - 2 private, 1000 m
    ways = [([1, 3, 2], {}), ([1, 2], PRIVATE)]
    network = towns.network(ROAD | {3: (500, 500)}, ways)
    assert seconds(network, (0, 0), (1000, 0)) == about(141.42)
    # from within it, either way out
    assert seconds(network, (600, 0), (1000, 0)) == about(40)
    assert seconds(network, (600, 0), (0, 0)) == about(60)
    # and within it
    assert seconds(network, (300, 0), (600, 0)) == about(30)


def test_a_drive_ends_in_a_compound_and_begins_in_one_and_does_not_cross_one():
    # open 1 - 2 - 3, 600 m each; compounds of 100 m behind 2 (4) and between 1 and 3 (over 5)
    nodes = {1: (0, 0), 2: (600, 0), 3: (1200, 0), 4: (600, 100), 5: (600, -300)}
    ways = [([1, 2, 3], {}), ([2, 4], PRIVATE), ([1, 5, 3], PRIVATE | {"maxspeed": "100"})]
    network = towns.network(nodes, ways)
    assert seconds(network, (0, 0), (600, 100)) == about(70)
    assert seconds(network, (600, 100), (0, 0)) == about(70)
    assert seconds(network, (0, 0), (1200, 0)) == about(120)


def test_a_private_gate_is_passed_by_who_lives_behind_it_only():
    # 1 - gate 2 - 3 straight, 500 m each, and a detour 1 - 4 - 3 of 2 x sqrt(500^2 + 800^2) = 1886.8 m
    nodes = {1: (0, 0), 2: (500, 0, GATE), 3: (1000, 0), 4: (500, 800)}
    network = towns.network(nodes, [([1, 2, 3], {}), ([1, 4, 3], {})])
    assert seconds(network, (0, 0), (1000, 0)) == about(188.68)
    assert seconds(network, (0, 0), (500, 0)) == about(50)  # up to the gate from either side
    assert seconds(network, (1000, 0), (500, 0)) == about(50)
    assert seconds(network, (500, 0), (0, 0)) == about(50)


def test_at_a_junction_any_edge_out_and_any_edge_in():
    # one-way 1 > 2, two-way 2 - 3: who is at 2 leaves to 3, and gets in from 1
    nodes = {1: (0, 0), 2: (600, 0), 3: (1200, 0)}
    network = towns.network(nodes, [([1, 2], ONEWAY), ([2, 3], {})])
    assert seconds(network, (600, 0), (1200, 0)) == about(60)
    assert seconds(network, (1200, 0), (600, 0)) == about(60)
    assert seconds(network, (1200, 0), (599.9, 0)) is None


def test_of_parallel_roads_the_fastest_is_driven():
    ways = [([1, 2], {"maxspeed": "18"}), ([1, 2], {"maxspeed": "72"}), ([1, 2], {})]
    network = towns.network(ROAD, ways)
    assert seconds(network, (0, 0), (1000, 0)) == about(50)


def test_islands_are_unreachable_and_that_is_no_number():
    nodes = ROAD | {3: (0, 2000), 4: (1000, 2000)}
    network = towns.network(nodes, [([1, 2], {}), ([3, 4], {})])
    assert set(times(network, [(0, 0), (0, 2000)], [(1000, 0), (1000, 2000)])) == {(0, 0), (1, 1)}


# --- The table ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    network = towns.network(ROAD, [([1, 2], {})])
    demand, sites = towns.demand_at((500, 0), (100, 0), (900, 0)), towns.sites_at((1000, 0), (0, 0))
    return drive_times(network, sites, demand, max_drive_time_s=60, access_kph=0)


def test_pairs_are_ordered_by_site_and_then_by_need(table):
    # site 0 (1000 m): demand 0 (50 s), 2 (10 s, which is reached first); site 1 (0 m): demand 0 (50 s), 1 (10 s)
    assert table.site.tolist() == [0, 0, 1, 1]
    assert table.need.tolist() == [0, 2, 0, 1]
    assert table.time_s == about([50, 10, 50, 10])


def test_a_frame_names_the_pairs(table):
    frame = table.to_frame()
    assert frame.columns.tolist() == ["demand", "site", "drive_time_s"]
    assert frame["demand"].tolist() == ["D00000", "D00002", "D00000", "D00001"]
    assert frame["site"].tolist() == ["S00000", "S00000", "S00001", "S00001"]
    assert frame["drive_time_s"].tolist() == table.time_s.tolist()


def test_a_frame_comes_back_as_it_was(table):
    back = DriveTimes.from_frame(table.to_frame(), max_drive_time_s=60)
    assert (back.to_frame() == table.to_frame()).to_numpy().all()


def test_a_frame_is_cut_at_the_standard_and_holes_are_unreachable():
    frame = pd.DataFrame(
        {
            "demand": ["D1", "D2", "D3", "D4"],
            "site": ["A"] * 4,
            "drive_time_s": [300.0, 300.001, np.nan, 0.0],
        }
    )
    found = DriveTimes.from_frame(frame, max_drive_time_s=300)
    assert found.to_frame()["demand"].tolist() == ["D1", "D4"]
    assert found.demand.id.tolist() == ["D1", "D2", "D3", "D4"]


def test_a_frame_with_a_negative_time_is_refused():
    frame = pd.DataFrame({"demand": ["D1"], "site": ["A"], "drive_time_s": [-1.0]})
    with pytest.raises(InputError, match="no time in seconds"):
        DriveTimes.from_frame(frame, max_drive_time_s=300)


def test_no_demand_or_no_sites_make_no_pairs():
    network = towns.network(ROAD, [([1, 2], {})])
    assert times(network, [], [(0, 0)]) == {}
    assert times(network, [(0, 0)], []) == {}
    assert times(network, [], []) == {}
    nobody = towns.demand_at()
    on_roads = road_times(network, towns.sites_at((0, 0)), nobody)
    needs = needs_of(nobody, fleet="all", max_drive_time_s=300)
    assert on_roads.nearest(needs, np.array([True])).site.size == 0


# --- The nearest --------------------------------------------------------------------------------------


def nearest(network, demand, sites, is_candidate=None):
    points = towns.demand_at(*demand)
    on_roads = road_times(network, towns.sites_at(*sites), points, access_kph=0)
    needs = needs_of(points, fleet="all", max_drive_time_s=1)
    is_candidate = np.ones(len(sites), bool) if is_candidate is None else np.array(is_candidate)
    return on_roads.nearest(needs, is_candidate)


def test_the_nearest_is_found_however_far_the_standard():
    network = towns.network(ROAD, [([1, 2], {})])
    found = nearest(network, [(0, 0), (800, 0)], [(1000, 0), (100, 0)])
    assert found.site.tolist() == [1, 0]
    assert found.time_s == about([10, 20])


def test_only_candidates_are_nearest():
    network = towns.network(ROAD, [([1, 2], {})])
    found = nearest(network, [(0, 0)], [(1000, 0), (100, 0)], [True, False])
    assert found.site.tolist() == [0]
    found = nearest(network, [(0, 0)], [(1000, 0), (100, 0)], [False, False])
    assert found.site.tolist() == [-1]
    assert np.isnan(found.time_s).all()


def test_of_equally_near_sites_the_first_is_nearest():
    network = towns.network(ROAD, [([1, 2], {})])
    same = [(500, 0), (400, 0), (400, 0)]
    assert nearest(network, [(100, 0)], same).site.tolist() == [1]


def test_off_network_has_no_nearest():
    network = towns.network(ROAD, [([1, 2], {})])
    found = nearest(network, [(0, 400), (0, 0)], [(0, 0), (0, 400)])
    assert found.site.tolist() == [-1, 0]


def test_a_table_knows_the_nearest_too():
    frame = pd.DataFrame(
        {
            "demand": ["D1", "D1", "D1", "D2"],
            "site": ["A", "B", "C", "A"],
            "drive_time_s": [900.0, 400.0, 400.0, np.nan],
        }
    )
    demand, sites = points_of_table(frame)
    source = TableTimes(
        demand=demand, sites=sites, pairs=pairs_of_table(frame, demand, sites, file="t")
    )
    needs = needs_of(demand, fleet="all", max_drive_time_s=300)
    found = source.nearest(needs, np.array([True, True, True]))
    assert found.site.tolist() == [1, -1]
    assert found.time_s[0] == 400
    assert np.isnan(found.time_s[1])
    assert source.nearest(needs, np.array([True, False, False])).time_s[0] == 900
