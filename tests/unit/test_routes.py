"""Routes: all parts of a drive, which sum up to its drive time exactly."""

import json
from itertools import pairwise

import numpy as np
import pytest
import towns
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.drives import drives_between
from planner.drivetimes import drive_times
from planner.errors import PlannerError
from planner.explained import explained, explained_geojson, explained_json, explained_lines
from planner.network import JunctionDelays
from planner.routes import Delay, DelayKind, Leg, route_between, route_of
from planner.run import run
from planner.runfolder import read_result
from planner.scenario import read_scenario
from planner.snapping import snap

FOREVER_S = 1e6


def parts_s(route):
    """Return the seconds of all parts of a route."""
    return [route.begin.time_s, *(step.time_s for step in route.steps), route.end.time_s]


# --- The law ------------------------------------------------------------------------------------------


@st.composite
def town_with_points(draw):
    town = draw(towns.small_towns())
    vehicle = draw(st.sampled_from(["car", "ebike"]))
    if not towns.is_drivable(town, vehicle):
        vehicle = "ebike" if vehicle == "car" else "car"
    if not towns.is_drivable(town, vehicle):
        return None
    delays = JunctionDelays(
        u_turn_s=draw(st.sampled_from([0.0, 20.0])),
        turn_left_s=draw(st.sampled_from([0.0, 7.0])),
        turn_right_s=draw(st.sampled_from([0.0, 2.5])),
    )
    network = towns.network(*town, vehicle=vehicle, delays=delays)
    return network, draw(towns.points(town)), draw(towns.points(town))


@settings(max_examples=30)
@given(town_with_points(), st.sampled_from(["to_station", "from_station"]))
def test_the_parts_of_every_drive_sum_up_to_its_drive_time(town, direction):
    if town is None:
        return
    network, demand, sites = town
    times = drive_times(
        network,
        towns.sites_at(*sites),
        towns.demand_at(*demand),
        max_drive_time_s=FOREVER_S,
        direction=direction,
    )
    pairs = zip(times.need.tolist(), times.site.tolist(), strict=True)
    asked = dict(zip(pairs, times.time_s.tolist(), strict=True))
    places = snap(network, *towns.lonlat([*demand, *sites]))
    for point in range(len(demand)):
        for site in range(len(sites)):
            begin, end = point, len(demand) + site
            if direction == "from_station":
                begin, end = end, begin
            route = route_of(network, places, begin, end, access_kph=10.0)
            assert (None if route is None else route.time_s) == asked.get((point, site))
            if route is not None:
                assert sum(parts_s(route)) == route.time_s
                hangs_together(route)


def hangs_together(route):
    """Check that each leg begins where the one before ended, and that the route leads from place to place."""
    ends = [(route.begin.place_lon, route.begin.place_lat)]
    for leg in route.legs:
        ends += [(leg.lon[0], leg.lat[0]), (leg.lon[-1], leg.lat[-1])]
        assert leg.time_s > 0.0
        assert leg.length_m > 0.0
    ends.append((route.end.place_lon, route.end.place_lat))
    for one, other in list(pairwise(ends))[::2]:
        # what takes no time is left out: gates, and ends nearer than 1 cm
        assert one == pytest.approx(other, abs=3e-7)


@settings(max_examples=20)
@given(town_with_points())
def test_searches_from_either_end_find_drives_equally_fast(town):
    if town is None:
        return
    network, demand, sites = town
    places = snap(network, *towns.lonlat([*demand, *sites]))
    begin, end = np.divmod(np.arange(len(places) ** 2), len(places))
    together = drives_between(network, places, begin, end, access_kph=10.0)
    for i in range(begin.size):
        one_begin = np.full(2, begin[i]), np.array([end[i], (end[i] + 1) % len(places)])
        one_end = np.array([begin[i], (begin[i] + 1) % len(places)]), np.full(2, end[i])
        for pair in (one_begin, one_end):
            drive = drives_between(network, places, *pair, access_kph=10.0)[0]
            expected = together[i]
            assert (drive is None) == (expected is None)
            assert drive is None or drive.time_s == expected.time_s


# --- Legs, on paper -----------------------------------------------------------------------------------

#         4
#         |  200 m, B, 18 km/h (5 m/s)
#   1 --- 2 ------- 3      A: 100 m and 300 m, limit 36 km/h (10 m/s); a signal at 2
CORNER = {
    1: (0, 0),
    2: (100, 0, {"highway": "traffic_signals"}),
    3: (400, 0),
    4: (100, 200),
}
ROADS = [
    ([1, 2, 3], {"name": "A"}),
    ([2, 4], {"name": "B", "maxspeed": "18", "highway": "tertiary"}),
]


def corner(**options):
    return towns.network(CORNER, ROADS, **options)


def test_legs_are_grouped_by_road_and_delays_stand_between_them():
    route = route_between(corner(), towns.degrees(30, 8), towns.degrees(108, 160), access_kph=3.6)
    # 8 m to the road at 1 m/s; 70 m of A at 10 m/s; the signal; 160 m of B at 5 m/s; 8 m from the road
    assert [step.time_s for step in route.steps] == pytest.approx([7, 12, 32], abs=0.01)
    a, signal, b = route.steps
    assert (a.name, a.road_class, a.has_limit) == ("A", "residential", True)
    assert (b.name, b.road_class, round(b.kph, 1)) == ("B", "tertiary", 18.0)
    assert (signal.kind, signal.time_s) == (DelayKind.SIGNAL, 12.0)
    assert (signal.lon, signal.lat) == towns.degrees(100, 0)
    assert (route.begin.time_s, route.end.time_s) == pytest.approx((8, 8), abs=0.01)
    assert route.length_m == pytest.approx(230, abs=0.1)
    assert route.time_s == pytest.approx(8 + 7 + 12 + 32 + 8, abs=0.05)


def test_edges_of_one_road_are_one_leg():
    nodes = {i: (100 * i, 0) for i in range(1, 5)} | {9: (200, 100)}
    network = towns.network(nodes, [([1, 2, 3, 4], {"name": "A"}), ([2, 9], {"name": "B"})])
    route = route_between(network, towns.degrees(110), towns.degrees(390))
    (leg,) = route.steps
    assert (leg.name, leg.time_s) == ("A", pytest.approx(28, abs=0.01))
    assert leg.lon.tolist() == pytest.approx([towns.degrees(x)[0] for x in (110, 200, 300, 390)])


def test_a_drive_within_one_street_has_one_leg():
    route = route_between(corner(), towns.degrees(390), towns.degrees(150))
    (leg,) = route.steps
    assert leg.length_m == pytest.approx(240, abs=0.1)
    assert leg.lon[0] > leg.lon[-1]


def test_a_drive_to_where_one_is_takes_the_access_legs():
    route = route_between(corner(), towns.degrees(50, 10), towns.degrees(50, 10))
    assert route.steps == ()
    assert route.time_s == 2 * route.begin.time_s > 0


def test_turns_and_turning_back_are_told():
    delays = JunctionDelays(signal_s=0, u_turn_s=20, turn_left_s=5, turn_right_s=3)
    route = route_between(corner(delays=delays), towns.degrees(30), towns.degrees(100, 160))
    assert [d.kind for d in route.delays] == [DelayKind.TURN_LEFT]
    assert route.delays[0].time_s == 5.0
    # of a road that one may not leave to the left one comes back from its end
    ways = [([1, 2], {"name": "A"}), ([2, 3], {"name": "A"}), ROADS[1]]
    rules = [towns.restriction("no_left_turn", 10, 2, 12)]
    barred = towns.network(CORNER, ways, rules, delays=delays)
    route = route_between(barred, towns.degrees(30), towns.degrees(100, 160))
    kinds = [s.kind if isinstance(s, Delay) else s.name for s in route.steps]
    assert kinds == ["A", DelayKind.U_TURN, "A", DelayKind.TURN_RIGHT, "B"]
    assert [d.time_s for d in route.delays] == [20.0, 3.0]


def test_local_parts_are_marked():
    ways = [([1, 2, 3], {"name": "A"}), ([2, 4], {"name": "B", "access": "private"})]
    route = route_between(towns.network(CORNER, ways), towns.degrees(30), towns.degrees(100, 160))
    assert [(leg.name, leg.is_local) for leg in route.legs] == [("A", False), ("B", True)]


def test_an_access_leg_without_speed_takes_no_time():
    route = route_between(corner(), towns.degrees(30, 8), towns.degrees(60, 8), access_kph=0.0)
    assert (route.begin.time_s, route.end.time_s) == (0.0, 0.0)
    assert route.begin.length_m == pytest.approx(8, abs=0.01)


@pytest.mark.parametrize("end", [(400, 800), (800, 301)])
def test_nothing_leads_off_the_network(end):
    assert route_between(corner(), towns.degrees(30), towns.degrees(*end)) is None


def test_nothing_leads_against_a_one_way():
    network = towns.network({1: (0, 0), 2: (900, 0)}, [([1, 2], {"oneway": "yes"})])
    near, far = towns.degrees(100), towns.degrees(700)
    assert route_between(network, near, far).length_m == pytest.approx(600, abs=0.1)
    assert route_between(network, far, near) is None


# --- A drive of a run -----------------------------------------------------------------------------------

SCENARIO = """
[network]
file = "roads.osm"
speeds = "limits"
[[fleets]]
vehicle = "car"
max_drive_min = 1
direction = "{direction}"
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "max-covering"
stations = 1
"""


def csv(rows, columns):
    lines = []
    for name, x, y, *more in rows:
        lon, lat = towns.degrees(x, y)
        lines.append(",".join([name, f"{lon:.7f}", f"{lat:.7f}", *more]))
    return "\n".join([columns, *lines, ""])


def saved(folder, *, direction="to_station"):
    island = {8: (3000, 0), 9: (3600, 0)}
    roads = towns.osm_text(CORNER | island, [*ROADS, ([8, 9], {"name": "C"})])
    (folder / "roads.osm").write_text(roads, encoding="utf-8")
    demand = [
        ("D1", 30, 8, "一"),
        ("D2", 390, 0, ""),
        ("D3", 3300, 0, ""),
        ("D4", 30, 900, ""),
    ]
    (folder / "demand.csv").write_text(csv(demand, "id,lon,lat,name"), encoding="utf-8")
    hosts = [("S1", 108, 160, "楚门"), ("S2", 395, 0, "Bank"), ("S9", 30, 999, "far")]
    (folder / "hosts.csv").write_text(csv(hosts, "id,lon,lat,name"), encoding="utf-8")
    (folder / "town.toml").write_text(SCENARIO.format(direction=direction))
    run(read_scenario(folder / "town.toml"), out=folder / "run")
    return read_result(folder / "run")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("town"))


def test_the_station_that_serves_is_taken_unless_another_site_is_named(result):
    assert result.times.sites.id[result.plan.stations].tolist() == ["S2"]
    assert explained(result, "D1").site == 1
    assert explained(result, "D1", site_id="S1").site == 0


def test_the_sum_is_that_of_the_run(result):
    nearest = result.nearest_station
    for point in (0, 1):
        assert (
            explained(result, result.times.demand.id[point]).route.time_s == nearest.time_s[point]
        )


def test_a_planner_reads(result):
    # to S1: 8 m at 10 km/h 2.9 s; 70 m of A 7 s; the signal; 160 m of B 32 s; 8 m again
    assert explained_lines(explained(result, "D1", site_id="S1")) == [
        "D1 一 -> S1 楚门: 57 s, within the standard of 1 min",
        "  to the road                    8 m  10 km/h                  2.9 s",
        "  A               residential   70 m  36 km/h (from a limit)   7.0 s",
        "  traffic signal                                              12.0 s",
        "  B               tertiary     160 m  18 km/h (from a limit)  32.0 s",
        "  from the road                  8 m  10 km/h                  2.9 s",
        "  sum                                                         56.8 s",
    ]


@pytest.mark.parametrize(
    ("demand", "site", "said"),
    [
        # the nearest road is the end of B at (100, 200): 70 m and 700 m away, or 799 m
        ("D3", None, "D3: no drive; no road leads to a station (islands, one-way traps)"),
        ("D3", "S1", "D3 -> S1 楚门: no drive; no road leads there (islands, one-way traps)"),
        (
            "D4",
            None,
            "D4: no drive; D4 is off network, 703 m from the nearest road (max_access_m is 300)",
        ),
        (
            "D1",
            "S9",
            "D1 一 -> S9 far: no drive; S9 is off network, 802 m from the nearest road (max_access_m is 300)",
        ),
    ],
)
def test_why_there_is_no_drive_is_said(result, demand, site, said):
    found = explained(result, demand, site_id=site)
    assert explained_lines(found) == [said]
    assert explained_json(found)["drive_time_s"] is None
    assert explained_json(found)["steps"] == []
    with pytest.raises(PlannerError, match="no drive that could be drawn"):
        explained_geojson(found)


def test_unknown_ids_are_named_with_what_is_near(result):
    with pytest.raises(PlannerError, match=r"demand.csv: no demand point 'D11'; did you mean D1\?"):
        explained(result, "D11")
    with pytest.raises(PlannerError, match=r"hosts.csv: no site 'S12'; did you mean"):
        explained(result, "D1", site_id="S12")


def test_json_sums_up_exactly_and_is_strict(result):
    found = explained_json(explained(result, "D1", site_id="S1"))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert sum(step["time_s"] for step in found["steps"]) == found["drive_time_s"]
    assert [step["kind"] for step in found["steps"]] == [
        *("access", "road", "signal", "road", "access"),
    ]
    assert found["why_not"] is None
    assert found["is_within_standard"] is True


def test_geojson_has_a_feature_for_each_part(result):
    found = explained(result, "D1", site_id="S1")
    features = explained_geojson(found)["features"]
    kinds = [feature["geometry"]["type"] for feature in features]
    assert kinds == ["LineString", "LineString", "Point", "LineString", "LineString"]
    assert features[0]["geometry"]["coordinates"][0] == list(towns.degrees(30, 8))
    assert features[-1]["geometry"]["coordinates"][-1] == list(towns.degrees(108, 160))
    assert [f["properties"] for f in features] == explained_json(found)["steps"]


def test_response_teams_drive_from_the_station(tmp_path):
    result = saved(tmp_path, direction="from_station")
    found = explained(result, "D1", site_id="S1")
    assert explained_lines(found)[0].startswith("S1 楚门 -> D1 一: ")
    assert [leg.name for leg in found.route.legs] == ["B", "A"]


def test_a_table_has_no_road_to_show(tmp_path):
    saved(tmp_path)
    (tmp_path / "times.csv").write_text("demand,site,drive_time_s\nD1,S1,60\n")
    rest = SCENARIO.format(direction="to_station").partition("[[fleets]]")[2]
    (tmp_path / "table.toml").write_text(f'[drive_times]\nfile = "times.csv"\n[[fleets]]{rest}')
    result = run(read_scenario(tmp_path / "table.toml"))
    with pytest.raises(PlannerError, match="come from a table: no road to show"):
        explained(result, "D1")


# --- The county -----------------------------------------------------------------------------------------


def test_drives_of_the_county_sum_up_to_those_of_the_run():
    from planner.demo import demo_scenarios
    from planner.run import survey_of

    scenario = read_scenario(demo_scenarios()[0])
    survey = survey_of(scenario)
    source, nearest = survey.inputs.source, survey.nearest_site
    ends = source.sites, source.demand
    lon, lat = (np.concatenate([getattr(e, axis) for e in ends]) for axis in ("lon", "lat"))
    places = snap(source.network, lon, lat)
    point = np.flatnonzero(nearest.site >= 0)[::40]
    begin, end = len(source.sites) + point, nearest.site[point]
    drives = drives_between(source.network, places, begin, end, access_kph=10.0)
    assert [drive.time_s for drive in drives] == nearest.time_s[point].tolist()
    route = route_of(source.network, places, int(begin[0]), int(end[0]), access_kph=10.0)
    assert sum(parts_s(route)) == nearest.time_s[point[0]]
    assert all(isinstance(step, Leg | Delay) for step in route.steps)
