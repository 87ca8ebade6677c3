import json
from dataclasses import replace
from pathlib import Path

import pytest
import towns
from scenarios import write

from planner.findings import finding_lines, findings
from planner.findings.road_lines import road_sections
from planner.findings.roads import roads_found
from planner.run import survey_of
from planner.scenario import Scenario, read_scenario
from planner.wording import section_lines

# A road of 3 km and an unconnected one of 1 km to the north of it, all at 36 km/h, 100 s a kilometre, but for the last
# kilometre of the long one, which has no limit: residential, 20 km/h, 180 s. Two minutes are the standard.
#
#   5 ------------- 6                          D4 (700 m)
#
#   S1    D1        2 (signal)     3           4                S4 (off network), D5 (off network)
#   0     500       1000  S2 1500  2000  D3    3000 m
#                         D2      (gate 2500)  S3
EAST = 0.01036417 / 1000  # degrees per metre at 30 N
ROADS = f"""<osm version="0.6">
<node id="1" lat="30.0" lon="120.0"/>
<node id="2" lat="30.0" lon="{120 + 1000 * EAST:.8f}"><tag k="highway" v="traffic_signals"/></node>
<node id="3" lat="30.0" lon="{120 + 2000 * EAST:.8f}"/>
<node id="7" lat="30.0" lon="{120 + 2500 * EAST:.8f}"><tag k="barrier" v="gate"/></node>
<node id="4" lat="30.0" lon="{120 + 3000 * EAST:.8f}"/>
<node id="5" lat="30.01" lon="120.0"/><node id="6" lat="30.01" lon="{120 + 1000 * EAST:.8f}"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="maxspeed" v="36"/></way>
<way id="11"><nd ref="3"/><nd ref="7"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="12"><nd ref="5"/><nd ref="6"/><tag k="highway" v="tertiary"/><tag k="maxspeed" v="36"/></way>
<way id="13"><nd ref="1"/><nd ref="5"/><tag k="highway" v="steps"/></way>
<way id="14"><nd ref="2"/><nd ref="6"/><tag k="highway" v="service"/><tag k="access" v="no"/></way>
<way id="15"><nd ref="2"/><nd ref="99"/><tag k="highway" v="residential"/></way>
</osm>"""


def spots(rows, columns):
    lines = [f"{i},{120 + east * EAST:.8f},{lat},{more}" for i, east, lat, more in rows]
    return "\n".join([f"id,lon,lat,{columns}", *lines, ""])


DEMAND = spots(
    [
        ("D1", 500, 30.0, "1,楚门"),
        ("D2", 1500, 30.0, "2,楚门"),
        ("D3", 2400, 30.0, "4,玉城"),
        ("D4", 700, 30.01, "8,"),
        ("D5", 3000, 30.03, "16,玉城"),
    ],
    "weight,district",
)
HOSTS = spots(
    [
        ("S1", 0, 30.0, "bank,yes,,"),
        ("S2", 1500, 30.0, "bank,,,"),
        ("S3", 3000, 30.0, "shop,,,yes"),
        ("S4", 3000, 29.97, ",,,"),
    ],
    "kind,existing,required,excluded",
)
SCENARIO = """
[network]
file = "roads.osm"
access_kph = 0
speeds = "limits"
[[fleets]]
name = "riders"
vehicle = "car"
max_drive_min = 2
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
"""


def surveyed(folder, *, placement="", demand=DEMAND, hosts=HOSTS):
    files = {"roads.osm": ROADS, "demand.csv": demand, "hosts.csv": hosts}
    files |= {"town.toml": SCENARIO + placement}
    scenario = read_scenario(write(folder, files) / "town.toml")
    return findings(scenario, survey_of(scenario))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return surveyed(tmp_path_factory.mktemp("town"))


def test_roads_are_told_with_what_was_left_out_and_why(found):
    roads = found["roads"]
    assert (roads["file"], roads["date"], roads["vehicle"]) == ("roads.osm", None, "car")
    # ways 10, 11, 12, and 15, of which one node is not in the file
    assert roads["ways_kept"] == 4
    assert roads["share_with_assumed_speed"] == 0.5  # 11 and 15
    assert roads["ways_dropped"] == {"class": 1, "access": 1}
    assert roads["ways_clipped"] == 1
    assert roads["barriers"] == {"open": 1}
    assert roads["signals"] == 1
    # of 3 km and 1 km of road the last kilometre of the long one has no limit
    assert roads["share_of_length_with_limit"] == pytest.approx(0.75, abs=1e-3)
    assert roads["ways_by_speed"] == {}
    assert roads["speeds_kph"] == {"residential": 20, "tertiary": 28}


def test_roads_are_told_with_how_they_hang_together(found):
    roads = found["roads"]
    # nodes 1, 2 (signal), 3 (speed changes), 4, and 5, 6; streets between them. An open gate changes nothing.
    assert (roads["junctions"], roads["streets"], roads["edges"]) == (6, 4, 8)
    assert roads["component_length_m"] == pytest.approx([3000, 1000], rel=1e-3)
    assert roads["length_m"] == pytest.approx(4000, rel=1e-3)


def test_demand_is_told_with_weights_by_district_and_who_is_off_network(found):
    demand = found["demand"]
    assert (demand["n"], demand["weight"]) == (5, 31)
    assert demand["weight_by_district"] == {"楚门": 3, "玉城": 20}
    # 0.02 degrees of latitude beyond the northern road, 2000 m to its east: less than 3326 m from the southern one
    assert [point["id"] for point in demand["off_network"]] == ["D5"]


def test_sites_are_told_by_kind_and_mark(found):
    sites = found["sites"]
    assert (sites["n"], sites["n_by_kind"]) == (4, {"bank": 2, "shop": 1})
    assert (sites["existing"], sites["required"], sites["excluded"]) == (1, 0, 1)
    assert sites["off_network"] == [{"id": "S4", "access_m": pytest.approx(3325.6, abs=1)}]


def test_reach_tells_who_can_be_covered_and_by_how_many_sites(found):
    reach = found["reach"]
    # D1: S1 50 s, S2 100 s and 12 s at the signal. D2: S2. D3: S2 50 + 72 s, just too far; S3 is excluded.
    assert reach["standard_s"] == 120
    assert reach["coverable_n"] == 2
    assert reach["share_coverable"] == pytest.approx(3 / 31)
    assert reach["sites_per_point"] == {"min": 1, "median": 1.5, "max": 2}
    (too_far,) = reach["uncoverable"]
    assert (too_far["demand"], too_far["site"]) == ("D3", "S2")
    assert too_far["drive_time_s"] == pytest.approx(122, abs=0.1)
    assert reach["unreachable"] == ["D4", "D5"]
    assert reach["only_site_of"] == {"S2": ["D2"]}


def test_what_would_run_has_the_size_of_the_question(tmp_path):
    found = surveyed(tmp_path, placement='goal = "max-covering"\nstations = 2\n')
    assert found["would_run"] == {
        "goal": "max-covering",
        "stations": 2,
        "stations_file": None,
        "n_listed": None,
        "min_share": None,
        "then": None,
        "cover_all": False,
        "fleet": "riders",
        "max_drive_min": 2,
        "direction": "to_station",
        "n_needs": 5,
        "n_sites": 3,
        "n_pairs": 4,  # D1-S1, D1-S2, D2-S2, and D3 to S3, which is excluded
        "pairs_within_min": 2,
    }


def test_a_list_to_assess_is_told_with_what_is_odd_about_it(tmp_path):
    (tmp_path / "list.csv").write_text("id\nS1\nS3\nS1\n")
    found = surveyed(tmp_path, placement='goal = "assess"\nstations_file = "list.csv"\n')
    assert (found["would_run"]["stations_file"], found["would_run"]["n_listed"]) == ("list.csv", 2)
    told = "\n".join(finding_lines(found))
    assert "the stations that list.csv names" in told
    assert "list.csv: named more than once, counted once: S1 (line 4)" in told
    # S3 is excluded, and listed: it covers D3, and is one of four sites
    assert (found["would_run"]["n_sites"], found["reach"]["uncoverable"]) == (4, [])


def test_what_would_run_tells_how_far_the_goal_looks(tmp_path):
    asked = 'goal = "p-median"\nstations = 2\ncover_all = true\n'
    found = surveyed(tmp_path, placement=asked)
    assert found["would_run"]["pairs_within_min"] is None
    told = "\n".join(finding_lines(found))
    assert "pairs however far" in told
    assert "everyone who can be covered" in told
    near = surveyed(tmp_path, placement=asked + "horizon_min = 2\n")
    assert near["would_run"]["n_pairs"] == 4
    assert "4 pairs within 2 min" in "\n".join(finding_lines(near))
    then = surveyed(tmp_path, placement='then = "p-median"\n')
    assert "drives are shortest in all" in "\n".join(finding_lines(then))


def test_findings_are_strict_json(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_lines_come_in_sections(found):
    lines = finding_lines(found)
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles == [
        *("Roads", "Speeds", "Junctions", "Demand", "Sites", "Reach"),
        *("What would run", "What is odd"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "  file                  roads.osm",
        "  file                  demand.csv (CSV)",
        "  vehicle               car, on the right",
        "  between point, road   that takes no time, at most 300 m",
        "  data of               the file doesn't say",
        "  length                4.0 km of street",
        "  graph                 6 junctions, 4 streets, 8 directed edges",
        "  hangs together        in 2 parts: 3.0 km, 1.0 km; 1.0 km not with the longest",
        "  ways left out         closed by access tags: 1",
        "                        no road for the vehicle by its class (path, steps, construction, ...): 1",
        "  speeds                assumed from the class for 50 % of ways, from their limit for the rest",
        "  limits tagged         for 75.00 % of the length; the speed of the rest is assumed",
        "  a limit means         driving as fast as it says",
        "  by class              residential           3.0 km  20 km/h, limits tagged for 66.67 %",
        "                        tertiary              1.0 km  28 km/h, limits tagged for 100 %",
        "  traffic signals       1; junctions where a drive waits for one as it leaves: 1 (once for all signals of a place)",
        "  delays                a signal 12 s, turning back 20 s",
        "  turn restrictions     none",
        "  way to the road       0 m in the median, 0 m for 95 in 100, at most 0 m",
        "  cover nobody          1 site: S4",
        "  barriers              open: 1",
        "  points                5, of weight 31",
        "  districts             2: 玉城 20, 楚门 3",
        "  kinds                 bank 2, shop 1, none 1",
        "  marked                1 existing, 0 required, 1 excluded",
        "  off network           1: S4 (3,326 m)",
        "  can be covered        2 demand points, 9.68 % of the weight",
        "  too far               1: D3 (122 s to S2)",
        "  no road to a site     1: D4",
        "  sites within reach    1 to 2 for a point, 1.5 in the median",
        "  can't be spared       1, the only site for some: S2 (for D2)",
        "  goal                  set-covering: the fewest stations that cover all who can be covered",
        "  who drives            riders, 2 min to the station",
        "  size                  5 needs x 3 sites, 4 pairs within 2 min",
    ],
)
def test_a_planner_reads(found, line):
    assert line in finding_lines(found)


def test_what_was_made_of_speeds_is_told_with_the_factors(found):
    counts = {"with_lanes_factor": 2, "with_surface_factor": 1_200}
    roads = {
        **found["roads"],
        "ways_by_speed": counts,
        "surface_factors": {"sand": 0.5, "sett": 0.8},
    }
    lines = finding_lines({**found, "roads": roads})
    at = lines.index("  ways with             a class speed changed by the surface: 1,200")
    assert lines[at + 1 : at + 4] == [
        "                        a class speed changed by the number of lanes: 2",
        "  surface factors       sett 0.8, sand 0.5",
        "  lanes factors         1.1 with two or more a direction, 0.8 where both share one",
    ]


def counts_of(**counts):
    """Return what is told of a network with some counts."""
    network = towns.network({1: (0, 0), 2: (900, 0)}, [([1, 2], {})])
    source = replace(network.source, counts=network.source.counts | counts)
    scenario = Scenario.model_validate(
        {
            "name": "town",
            "network": {"file": "roads.osm"},
            "demand": {"file": "demand.csv"},
            "sites": {"file": "hosts.csv"},
            "placement": {},
            "path": Path("town.toml"),
            "folder": Path(),
        }
    )
    return roads_found(scenario, replace(network, source=source))


def rows_of(roads):
    return section_lines(road_sections(roads))


def test_turn_restrictions_are_told_with_what_became_of_them():
    roads = counts_of(
        restrictions_applied=12, restrictions_conditional=3, restrictions_unclear=0, turns_barred=20
    )
    assert roads["turn_restrictions"] == {"applied": 12, "conditional": 3}
    assert roads["turns_barred"] == 20
    lines = rows_of(roads)
    at = lines.index("  turn restrictions     applied: 12")
    assert lines[at + 1 : at + 3] == [
        "                        not applied: they hold only at times: 3",
        "  turns barred          20",
    ]


@pytest.mark.parametrize(
    ("count", "line"),
    [
        ("ends_merged", "  ends of roads         joined to another one near by: 7"),
        ("ends_of_some_new_kind", "  ends of roads         of some new kind: 7"),
        ("ways_out_on_the_moon", "  ways left out         on the moon: 7"),
        ("ways_with_wings", "  ways with             with wings: 7"),
        ("lines_repeated", "  lines                 over the same points as another one that says the same: left out: 7"),
        ("edges_read", "  edges of the graph    read: 7"),
        ("barriers_closed", "  barriers              closed: 7"),
        ("restrictions_of_tomorrow", "  turn restrictions     of tomorrow: 7"),
        ("bridges_up", "  also counted          bridges up: 7"),
    ],
)  # fmt: skip
def test_what_is_counted_is_told_whether_there_are_words_for_it_or_not(count, line):
    roads = counts_of(**{count: 7})
    assert 7 in [n for group in roads.values() if isinstance(group, dict) for n in group.values()]
    assert line in rows_of(roads)


def test_points_are_told_with_how_they_were_read_and_who_shares_a_spot(tmp_path):
    twins = spots([("D1", 500, 30.0, 1), ("D2", 500, 30.0, 0), ("D3", 900, 30.0, 3)], "weight")
    found = surveyed(tmp_path, demand=twins)
    demand = found["demand"]
    assert (demand["format"], demand["told"]) == ("CSV", {})
    assert (demand["n_at_a_shared_spot"], demand["shared_spots"]) == (2, [["D1", "D2"]])
    assert demand["n_without_weight"] == 1
    assert demand["heaviest"] == {"id": "D3", "weight": 3, "share": 0.75}
    assert demand["access_m"]["n_far"] == 0
    assert "  at one spot           2 share theirs with another one: D1+D2" in finding_lines(found)
    assert "  without weight        1 point" in finding_lines(found)


def test_all_that_is_odd_stands_at_the_end(found):
    lines = finding_lines(found)
    assert lines[lines.index("What is odd") + 1 :] == [f"  - {s}" for s in found["remarks"]]
    assert len(found["remarks"]) >= 4
    assert finding_lines({**found, "remarks": []})[-1] == "  nothing"


def test_all_covered_is_100_percent_and_almost_all_is_not(tmp_path):
    near = spots([("D1", 500, 30.0, 1), ("D2", 1500, 30.0, 1)], "weight")
    lines = finding_lines(surveyed(tmp_path, demand=near))
    assert "  can be covered        2 demand points, 100 % of the weight" in lines
    # one of a million can't be covered
    near = spots([("D1", 500, 30.0, 999_999), ("D5", 3000, 30.03, 1)], "weight")
    lines = finding_lines(surveyed(tmp_path, demand=near))
    assert "  can be covered        1 demand point, 99.99 % of the weight" in lines


def test_a_table_of_drive_times_has_no_roads(tmp_path):
    surveyed(tmp_path)
    (tmp_path / "times.csv").write_text("demand,site,drive_time_s\nD1,S1,60\n")
    rest = SCENARIO.partition("[[fleets]]")[2]
    (tmp_path / "town.toml").write_text(f'[drive_times]\nfile = "times.csv"\n[[fleets]]{rest}')
    scenario = read_scenario(tmp_path / "town.toml")
    found = findings(scenario, survey_of(scenario))
    assert (found["roads"], found["drive_times"]) == (None, {"file": "times.csv"})
    assert "Roads" not in finding_lines(found)
    assert "  file                  times.csv" in finding_lines(found)
