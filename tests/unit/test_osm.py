"""OpenStreetMap files: what is taken, what is left, and what is told about it."""

from __future__ import annotations

import subprocess
import sys

import osmium
import pytest
import towns

import planner
from planner.errors import NetworkError, PlannerError
from planner.roads import read_network

LINE = {1: (0, 0), 2: (500, 0), 3: (1000, 0), 4: (1500, 0)}


def refusal(path, **options):
    """Return what is said of a file that can't be used."""
    with pytest.raises(NetworkError) as caught:
        read_network(path, **options)
    assert caught.value.file == path
    return str(caught.value)


@pytest.fixture
def town_file(tmp_path):
    def write(nodes, ways, name="town.osm"):
        path = tmp_path / name
        path.write_text(towns.osm_text(nodes, ways), encoding="utf-8")
        return path

    return write


def test_the_summary_counts_what_was_taken_and_why_the_rest_was_left():
    ways = [
        ([1, 2], {}),
        ([2, 3], {"maxspeed": "CN:urban"}),
        ([3, 4], {"maxspeed": "", "maxspeed:conditional": "30 @ wet"}),
        ([3, 4], {"maxspeed": "signals"}),
        ([1, 2], {"highway": "steps"}),
        ([1, 2], {"highway": "track"}),
        ([1, 3], {"access": "no"}),
        ([1, 4], {"oneway": "reversible"}),
        ([2, 4], {"maxspeed": "0"}),
        ([1, 2], {"area": "yes"}),
        ([1, 2], {"highway": "service", "service": "emergency_access"}),
        ([1, 3], {"highway": "", "route": "ferry"}),
        ([1, 3], {"highway": "", "building": "yes"}),
    ]
    counts = towns.network(LINE, ways).source.counts
    told = {key: n for key, n in counts.items() if key.startswith("ways")}
    assert told == {
        "ways_with_limit": 2,
        "ways_with_limit_of_zone": 1,
        # a maxspeed that says no limit stands there, but the speed is a guess all the same
        "ways_with_assumed_speed": 2,
        "ways_with_conditional_limit": 1,
        "ways_out_class": 2,
        "ways_out_access": 1,
        "ways_out_reversible": 1,
        "ways_out_maxspeed_0": 1,
        "ways_out_area": 1,
        "ways_out_emergency_access": 1,
        "ways_out_ferry": 1,
    }


def test_a_road_of_limit_0_is_closed_and_named():
    network = towns.network(LINE, [([1, 2], {}), ([2, 3], {"maxspeed": "0"})])
    assert network.length_m == pytest.approx(500, abs=0.1)
    assert network.source.warnings == ("way 11 has maxspeed=0: taken as closed",)


def test_a_road_may_have_another_speed_each_way_and_be_closed_one_way():
    # 500 m: 72 km/h takes 25 s, 36 km/h 50 s
    ways = [([1, 2], {"maxspeed:backward": "72"}), ([2, 3], {"maxspeed:forward": "0"})]
    network = towns.network(LINE, ways)
    told = {
        (int(network.node_id[a]), int(network.node_id[b])): round(float(t), 1)
        for a, b, t in zip(network.edge_tail, network.edge_head, network.edge_time_s, strict=True)
    }
    assert told == {(1, 2): 50, (2, 1): 25, (3, 2): 50}
    assert network.source.counts["ways_closed_one_way_by_maxspeed_0"] == 1
    assert network.source.warnings == ()


def test_barriers_and_signals_on_roads_are_counted_by_what_they_were_taken_for():
    nodes = {
        1: (0, 0),
        2: (100, 0, {"barrier": "gate"}),
        3: (200, 0, {"barrier": "bollard"}),
        4: (300, 0, {"barrier": "gate", "access": "private"}),
        5: (400, 0, {"highway": "traffic_signals"}),
        6: (500, 0),
        7: (0, 100, {"barrier": "bollard"}),  # not on a road
        8: (0, 200, {"highway": "traffic_signals"}),  # neither
    }
    counts = towns.network(nodes, [([1, 2, 3, 4, 5, 6], {})]).source.counts
    barriers = {key: n for key, n in counts.items() if key.startswith("barriers")}
    assert barriers == {"barriers_open": 1, "barriers_closed": 1, "barriers_local": 1}
    assert counts["signals"] == 1
    ebike = towns.network(nodes, [([1, 2, 3, 4, 5, 6], {})], vehicle="ebike")
    assert ebike.source.counts["barriers_open"] == 2


def test_the_network_is_counted_too():
    # Two streets that meet at 2, one of them private, and a third by itself: 4 + 2 ends less the shared one.
    ways = [([1, 2], {}), ([2, 3], {"access": "private", "oneway": "yes"}), ([4, 5], {})]
    counts = towns.network(LINE | {5: (1500, 300)}, ways).source.counts
    told = ("junctions", "streets", "edges", "components", "streets_local")
    assert [counts[key] for key in told] == [5, 3, 5, 2, 1]


def test_a_way_is_cut_where_the_file_lacks_a_node():
    # 1 - 2 - (missing) - 3 - 4: of 1500 m the middle 500 m are unknown.
    network = towns.network(LINE, [([1, 2, 99, 3, 4], {})])
    assert network.n_streets == 2
    assert network.length_m == pytest.approx(1000, abs=0.1)
    assert network.source.counts["ways_clipped"] == 1
    assert sorted(network.node_id.tolist()) == [1, 2, 3, 4]


def test_ways_of_one_node_and_repeated_nodes_are_no_road():
    network = towns.network(LINE, [([1], {}), ([1, 1, 2, 2, 3], {})])
    assert network.n_streets == 1
    assert network.length_m == pytest.approx(1000, abs=0.1)


def test_nodes_and_roads_keep_their_numbers_names_and_classes():
    ways = [
        ([1, 2], {"name": "Main Street", "ref": "S1"}),
        ([3, 2], {"highway": "secondary", "ref": "S2"}),
        ([3, 4], {}),
    ]
    network = towns.network(LINE, ways)
    told = {
        int(network.shape_way[network.shape_start[i]]): (
            network.names[network.street_name[i]],
            network.classes[network.street_class[i]],
            {int(network.node_id[network.street_tail[i]])}
            | {int(network.node_id[network.street_head[i]])},
        )
        for i in range(network.n_streets)
    }
    assert told == {
        10: ("Main Street", "residential", {1, 2}),
        11: ("S2", "secondary", {2, 3}),
        12: ("", "residential", {3, 4}),
    }


def test_the_speeds_in_force_are_told():
    network = towns.network(LINE, [([1, 2], {})], speeds={"residential": 33})
    assert network.source.speeds_kph["residential"] == 33
    assert network.source.speeds_kph["primary"] == 38
    assert network.source.speeds_kph["tertiary_link"] == 25


def test_the_date_is_that_of_the_newest_road(town_file):
    path = town_file(LINE, [([1, 2], {}), ([2, 3], {"highway": "steps"}), ([3, 4], {})])
    text = path.read_text(encoding="utf-8")
    for way, date in ((10, "2019-05-06"), (11, "2024-01-01"), (12, "2021-02-03")):
        text = text.replace(f'<way id="{way}"', f'<way id="{way}" timestamp="{date}T01:02:03Z"')
    path.write_text(text, encoding="utf-8")
    assert read_network(path).source.date == "2021-02-03"  # the steps of 2024 are no road


def test_a_file_without_dates_has_none():
    assert towns.network(LINE, [([1, 2], {})]).source.date is None


def test_pbf_and_xml_give_the_same_network(town_file, tmp_path):
    path = town_file(LINE, [([1, 2, 3], {"oneway": "yes"}), ([3, 4], {"access": "private"})])
    pbf = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for thing in osmium.FileProcessor(str(path)):
            writer.add(thing)
    xml, binary = read_network(path), read_network(pbf)
    assert binary.edge_time_s.tolist() == xml.edge_time_s.tolist()
    assert binary.node_id.tolist() == xml.node_id.tolist()
    assert binary.street_is_local.tolist() == xml.street_is_local.tolist()


def test_equal_files_give_equal_networks_wherever_they_lie(town_file):
    first = read_network(town_file(LINE, [([1, 2, 3], {}), ([2, 4], {})], "a.osm"))
    second = read_network(town_file(LINE, [([1, 2, 3], {}), ([2, 4], {})], "b.osm"))
    assert first.shape_lon.tobytes() == second.shape_lon.tobytes()
    assert first.edge_time_s.tobytes() == second.edge_time_s.tobytes()


def test_the_library_offers_it(town_file):
    network = planner.read_network(town_file(LINE, [([1, 2], {})]), vehicle="ebike")
    assert network.vehicle == "ebike"


# --- Files that can't be used ---------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "roads.osm.pbf").endswith("roads.osm.pbf: there is no such file")


def test_a_file_of_another_kind_is_refused_with_the_kinds_there_are(tmp_path):
    path = tmp_path / "roads.docx"
    path.write_bytes(b"")
    assert "it may be" in refusal(path)


def test_a_vehicle_that_does_not_exist_is_refused_with_those_that_do(town_file):
    path = town_file(LINE, [([1, 2], {})])
    with pytest.raises(PlannerError, match=r"no vehicle 'tram'; there are car, .*ebike"):
        read_network(path, vehicle="tram")


@pytest.mark.parametrize("name", ["roads.osm", "roads.osm.pbf"])
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"these are not the roads you are looking for")
    assert "not readable as OpenStreetMap data" in refusal(path)


def with_latitude(path, lat):
    """Write a town whose first node has another latitude."""
    text = towns.osm_text(LINE, [([1, 2], {})]).replace('lat="30.0000000"', f'lat="{lat}"', 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("lat", ["nan", "1e9", "91"])
def test_a_node_that_is_not_on_earth_is_refused(tmp_path, lat):
    assert "not readable as OpenStreetMap data" in refusal(with_latitude(tmp_path / "a.osm", lat))


def test_no_program_ends_with_a_node_that_is_not_on_earth(tmp_path):
    # one of its own: a writer of osmium that had failed ended it, without a word of ours
    code = "import sys, planner; planner.read_network(sys.argv[1])"
    command = [sys.executable, "-c", code, with_latitude(tmp_path / "a.osm", "91")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith("planner.errors.NetworkError:")


def test_half_a_pbf_is_refused(town_file, tmp_path):
    pbf = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for thing in osmium.FileProcessor(str(town_file(LINE, [([1, 2], {})]))):
            writer.add(thing)
    pbf.write_bytes(pbf.read_bytes()[:-20])
    assert "not readable as OpenStreetMap data" in refusal(pbf)


def test_a_file_without_roads_says_so(town_file):
    path = town_file(LINE, [([1, 2], {"highway": "", "building": "yes"})])
    assert "no way in it has a highway tag" in refusal(path)


def test_a_file_with_footpaths_only_says_how_many(town_file):
    path = town_file(LINE, [([1, 2], {"highway": "footway"}), ([2, 3], {"highway": "steps"})])
    assert "none of its 2 highway ways is a road for a car" in refusal(path)


def test_a_file_with_ways_before_their_nodes_is_to_be_sorted(town_file):
    path = town_file(LINE, [([1, 2], {})])
    lines = path.read_text(encoding="utf-8").splitlines()
    head, nodes, ways, tail = lines[:2], lines[2:6], lines[6:-1], lines[-1:]
    path.write_text("\n".join([*head, *ways, *nodes, *tail]), encoding="utf-8")
    assert "sort it" in refusal(path)


@pytest.mark.parametrize(
    "name",
    ["玉兴路", "5% 坡, 50 m", "a=b@c", "%5408%", "n1x2y3", "T,N w", "x\ty", "🛵 街", "n", "-"],
)
def test_a_name_is_kept_to_the_letter_whatever_is_in_it(name):
    # ways come through as lines of text in which some characters have a meaning
    town = towns.network(
        {1: (0, 0), 2: (500, 0), 3: (500, 500)}, [([1, 2], {"name": name}), ([2, 3], {})]
    )
    assert sorted(town.names) == sorted({"", name})
    named = town.names.index(name)
    assert town.street_name.tolist().count(named) == 1


def test_large_node_numbers_are_kept_exactly(tmp_path):
    # beyond 2^32, as they have been for long; neighbours must not run together
    first = 12_345_678_901
    nodes = {first: (0, 0), first + 1: (500, 0), first + 2: (1000, 0)}
    town = towns.network(nodes, [([first, first + 1], {}), ([first + 1, first + 2], {"name": "b"})])
    assert sorted(town.node_id.tolist()) == [first, first + 1, first + 2]
