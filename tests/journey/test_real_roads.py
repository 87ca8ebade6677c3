"""Every OpenStreetMap file of the real data, against a count of our own and against pyrosm; what must hold on some of them.

`counts.py` counts each file way by way, by the rules as they are written. The figures checked in here show any change of the
rules: whoever changes one, looks at what it does to sixteen places. The README of the real data tells kilometres too, of
another filter ("Drive"), which is counted here as well.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import counts
import numpy as np
import oracles
import osmium
import pytest
import shapely
import tomli_w
import towns
from conftest import ROOT, SHARED
from scenarios import called

from planner.drivetimes import drive_times
from planner.network import JunctionDelays, RoadNetwork
from planner.roads import read_network

pytestmark = pytest.mark.shared

ROADS = SHARED / "realdata" / "roads"
SAME_S = 1e-3


class Figures(NamedTuple):
    """What a file comes to for a vehicle: shares are of the kilometres, restrictions those applied."""

    km: float
    junctions: int
    streets: int
    components: int
    longest: float
    one_way: float
    local: float
    restrictions: int
    signals: int


# fmt: off
EXPECTED = {
    ("ad_andorra_2021.osm.pbf", "car"): Figures(515.41, 3_046, 3_763, 8, 0.9969, 0.1759, 0.0172, 63, 4),
    ("br_porto_alegre.osm.pbf", "car"): Figures(1_706.494, 14_623, 20_040, 22, 0.9897, 0.3741, 0.0664, 0, 1531),
    ("bs_bahamas_tile_2018.osm.pbf", "car"): Figures(2_193.043, 13_125, 16_882, 23, 0.7264, 0.0786, 0.0084, 9, 162),
    ("bz_belize_2015.osm.pbf", "car"): Figures(5_733.588, 13_238, 18_252, 27, 0.9833, 0.0129, 0.0051, 3, 0),
    ("cn_bengbu_2017.osm.pbf", "car"): Figures(1_832.096, 2_707, 4_307, 9, 0.9864, 0.5561, 0.0, 0, 0),
    ("cn_huainan_2017.osm.pbf", "car"): Figures(2_564.071, 4_549, 6_075, 30, 0.9655, 0.2657, 0.007, 0, 13),
    ("cn_huainan_2017.osm.pbf", "motorcycle"): Figures(2_364.406, 4_489, 5_992, 29, 0.9706, 0.205, 0.0075, 0, 13),
    ("cn_huainan_2017.osm.pbf", "ebike"): Figures(2_369.02, 4_521, 6_043, 29, 0.9706, 0.2046, 0.0069, 0, 13),
    ("cn_north_anhui_tile_2017.osm.pbf", "car"): Figures(46_791.064, 41_779, 59_063, 194, 0.9829, 0.2401, 0.0008, 23, 344),
    ("de_heidelberg.osm.pbf", "car"): Figures(1_343.793, 12_905, 15_416, 210, 0.8972, 0.1789, 0.1169, 452, 516),
    ("de_heidelberg.osm.pbf", "motorcycle"): Figures(1_288.419, 12_652, 15_240, 161, 0.9002, 0.1449, 0.12, 446, 510),
    ("de_heidelberg.osm.pbf", "ebike"): Figures(1_500.673, 14_306, 17_999, 191, 0.8755, 0.1194, 0.0806, 410, 509),
    ("fi_helsinki_core_2019.osm.pbf", "car"): Figures(28.704, 590, 668, 10, 0.9929, 0.4874, 0.12, 37, 133),
    ("jp_ajishima_island_2017.osm.pbf", "car"): Figures(18.061, 119, 130, 3, 0.9694, 0.0, 0.0, 0, 0),
    ("jp_uku_island_2017.osm.pbf", "car"): Figures(141.719, 440, 614, 3, 0.9751, 0.0, 0.0, 0, 0),
    ("li_liechtenstein_2021.osm.pbf", "car"): Figures(473.974, 4_931, 5_602, 30, 0.9822, 0.0295, 0.0169, 80, 14),
    ("mc_monaco_2021.osm.pbf", "car"): Figures(69.573, 873, 1_091, 14, 0.974, 0.5148, 0.0648, 41, 15),
    ("mc_monaco_2021.osm.pbf", "motorcycle"): Figures(69.573, 870, 1_090, 13, 0.9748, 0.5148, 0.0648, 41, 15),
    ("mc_monaco_2021.osm.pbf", "ebike"): Figures(66.83, 854, 1_070, 15, 0.9724, 0.4965, 0.0346, 41, 15),
    ("pt_porto.osm.pbf", "car"): Figures(9_432.416, 60_152, 81_084, 83, 0.9976, 0.2133, 0.0082, 332, 309),
    ("us_columbus.osm.pbf", "car"): Figures(3_853.741, 19_786, 28_856, 82, 0.9881, 0.1442, 0.0102, 9, 338),
    ("us_west_oakland.osm.bz2", "car"): Figures(7.752, 42, 49, 3, 0.9865, 0.2086, 0.098, 0, 4),
}
OTHER_COUNTS = {  # those of OSMnx's filter "Drive", both ways of a two-way road counted, as the README of the real data tells
    "ad_andorra_2021.osm.pbf": 896, "br_porto_alegre.osm.pbf": 2_255, "bz_belize_2015.osm.pbf": 11_269,
    "cn_bengbu_2017.osm.pbf": 2_642, "cn_huainan_2017.osm.pbf": 4_390, "cn_north_anhui_tile_2017.osm.pbf": 81_986,
    "de_heidelberg.osm.pbf": 2_173, "jp_ajishima_island_2017.osm.pbf": 36, "jp_uku_island_2017.osm.pbf": 284,
    "li_liechtenstein_2021.osm.pbf": 850, "pt_porto.osm.pbf": 16_326, "us_columbus.osm.pbf": 6_428,
}
PYROSM = {  # metres of pyrosm's network "driving", which has no highway=service and nothing private, by ours
    "ad_andorra_2021.osm.pbf": 0.859, "br_porto_alegre.osm.pbf": 0.825, "bs_bahamas_tile_2018.osm.pbf": 0.864,
    "bz_belize_2015.osm.pbf": 0.928, "cn_bengbu_2017.osm.pbf": 0.990, "cn_huainan_2017.osm.pbf": 0.967,
    "cn_north_anhui_tile_2017.osm.pbf": 0.980, "de_heidelberg.osm.pbf": 0.815, "fi_helsinki_core_2019.osm.pbf": 0.736,
    "jp_ajishima_island_2017.osm.pbf": 0.993, "jp_uku_island_2017.osm.pbf": 1.000, "li_liechtenstein_2021.osm.pbf": 0.741,
    "mc_monaco_2021.osm.pbf": 0.790, "pt_porto.osm.pbf": 0.944, "us_columbus.osm.pbf": 0.866,
}
DATES = {  # in the header, else when the newest of the roads was changed; Columbus tells no times
    "ad_andorra_2021.osm.pbf": "2021-10-28", "br_porto_alegre.osm.pbf": "2020-08-12", "bs_bahamas_tile_2018.osm.pbf": "2018-10-23",
    "bz_belize_2015.osm.pbf": "2015-08-23", "cn_bengbu_2017.osm.pbf": "2017-10-01", "cn_huainan_2017.osm.pbf": "2017-09-11",
    "cn_north_anhui_tile_2017.osm.pbf": "2017-10-01", "de_heidelberg.osm.pbf": "2024-09-08",
    "fi_helsinki_core_2019.osm.pbf": "2019-04-06", "jp_ajishima_island_2017.osm.pbf": "2016-07-18",
    "jp_uku_island_2017.osm.pbf": "2016-10-16", "li_liechtenstein_2021.osm.pbf": "2021-10-28",
    "mc_monaco_2021.osm.pbf": "2021-04-21", "pt_porto.osm.pbf": "2015-06-06", "us_columbus.osm.pbf": None,
    "us_west_oakland.osm.bz2": "2016-06-10",
}
# fmt: on
ON_THE_LEFT = {
    "bs_bahamas_tile_2018.osm.pbf",
    "jp_ajishima_island_2017.osm.pbf",
    "jp_uku_island_2017.osm.pbf",
}
LARGE = {
    "br_porto_alegre.osm.pbf",
    "bz_belize_2015.osm.pbf",
    "cn_north_anhui_tile_2017.osm.pbf",
    "de_heidelberg.osm.pbf",
    "pt_porto.osm.pbf",
    "us_columbus.osm.pbf",
}


def cases(keys: Iterable[tuple[str, str]]) -> list[Any]:
    """Return files with vehicles as cases of a test; the large ones are slow."""
    return [
        pytest.param(
            key, id=f"{key[0].split('.')[0]}-{key[1]}", marks=[pytest.mark.slow] * (key[0] in LARGE)
        )
        for key in keys
    ]


# --- Read, and counted ----------------------------------------------------------------------------


@dataclass(frozen=True)
class RealRoads:
    """The roads of a file for one vehicle, read and counted."""

    name: str
    network: RoadNetwork
    pieces: counts.Pieces

    @cached_property
    def counted(self) -> counts.Figures:
        return counts.figures(self.pieces)

    @cached_property
    def way_at(self) -> dict[int, int]:
        """Position of each way among the roads, by its number."""
        return {way.number: i for i, way in enumerate(self.pieces.ways)}

    @property
    def said(self) -> dict[str, int]:
        """What the network says of its making."""
        return self.network.source.counts


@lru_cache(maxsize=1)
def file_of(name: str) -> counts.OsmFile:
    return counts.read_osm(ROADS / name)


@lru_cache(maxsize=3)
def roads_of(name: str, vehicle: str) -> RealRoads:
    network = read_network(ROADS / name, vehicle=vehicle, cache=False)
    return RealRoads(name, network, counts.pieces_of(file_of(name), vehicle))


@pytest.fixture(scope="module", params=cases(EXPECTED))
def roads(request) -> RealRoads:
    return roads_of(*request.param)


def by_car(names: Iterable[str]) -> pytest.MarkDecorator:
    """Let a test look at some files as read for cars; each file is read once for all tests."""
    return pytest.mark.parametrize("roads", cases((name, "car") for name in names), indirect=True)


def n_edges_of(network: RoadNetwork) -> np.ndarray:
    """Return how many directions each street has."""
    return np.bincount(network.edge_street, minlength=network.n_streets)


def test_every_file_of_roads_is_expected():
    there = {path.name for path in ROADS.iterdir() if ".osm." in path.name}
    assert (
        there
        == {name for name, _ in EXPECTED}
        == set(DATES)
        == {*PYROSM, "us_west_oakland.osm.bz2"}
    )


def test_the_roads_are_as_long_as_the_count(roads):
    assert roads.network.length_m == pytest.approx(roads.counted.length_m, rel=1e-9)


def test_they_are_in_as_many_parts_each_as_long(roads):
    told_m = roads.network.component_length_m.tolist()
    assert told_m == pytest.approx(roads.counted.part_m, abs=1e-3)


def test_they_end_at_as_many_places(roads):
    network = roads.network
    n_streets = np.bincount(
        np.concatenate([network.street_tail, network.street_head]), minlength=network.n_nodes
    )
    assert np.count_nonzero(n_streets == 1) == roads.counted.ends


def test_there_are_as_many_junctions_streets_and_edges(roads):
    told = (roads.network.n_nodes, roads.network.n_streets, roads.network.n_edges)
    assert told == (roads.counted.junctions, roads.counted.streets, roads.counted.edges)


def test_as_much_is_one_way_and_as_much_serves_the_ends_of_drives_only(roads):
    network, counted = roads.network, roads.counted
    one_way_m = network.street_length_m[n_edges_of(network) == 1].sum()
    local_m = network.street_length_m[network.street_is_local].sum()
    assert one_way_m == pytest.approx(counted.one_way_m, abs=1e-3)
    assert local_m == pytest.approx(counted.local_m, abs=1e-3)


def test_every_way_is_a_road_or_left_out_for_the_same_reason(roads):
    said, counted = roads.said, roads.counted
    reasons = {
        "access": "closed", "area": "area", "class": "class", "emergency_access": "emergency", "ferry": "ferry",
        "maxspeed_0": "limit 0", "motorroad": "motorroad", "reversible": "reversible",
    }  # fmt: skip
    out = {
        key.removeprefix("ways_out_"): n for key, n in said.items() if key.startswith("ways_out")
    }
    assert {reasons[key]: n for key, n in out.items()} == counted.out
    assert said.get("ways_with_limit", 0) + said["ways_with_assumed_speed"] == counted.ways
    assert said.get("ways_clipped", 0) == counted.clipped
    assert (
        counted.ways + sum(counted.out.values())
        == len(roads.pieces.file.ways) + roads.pieces.file.ferries
    )


def test_barriers_and_signals_are_taken_for_the_same(roads):
    said = {
        access: roads.said.get(f"barriers_{access}", 0) for access in ("open", "local", "closed")
    }
    assert said == {access: roads.counted.barriers.get(access, 0) for access in said}
    assert roads.said["signals"] == roads.counted.signals


OUTCOMES = {
    "applied": "applied", "conditional": "conditional", "of_others": "others", "excepted": "excepted", "unknown": "unknown",
    "incomplete": "incomplete", "without_road": "no road", "unclear": "unclear", "at_barriers": "barrier",
}  # fmt: skip


def test_every_restriction_is_applied_or_counted_for_the_same_reason(roads):
    said = {
        OUTCOMES[key.removeprefix("restrictions_")]: n
        for key, n in roads.said.items()
        if key.startswith("restrictions_")
    }
    assert said == roads.counted.restrictions
    # none gets lost: each relation counts once, but `no_entry` once for each way that it leads from
    relations = roads.pieces.file.relations
    members = [Counter(role for role, of_type, _ in r.members if of_type == "w") for r in relations]
    pairs = [n["from"] * n["to"] for n in members if n["from"] and n["to"]]
    assert len(relations) <= sum(said.values()) <= len(relations) - len(pairs) + sum(pairs)


def test_the_figures_are_those_expected(roads):
    network = roads.network
    one_way_m = network.street_length_m[n_edges_of(network) == 1].sum()
    local_m = network.street_length_m[network.street_is_local].sum()
    told = Figures(
        km=round(network.length_m / 1000, 3),
        junctions=network.n_nodes,
        streets=network.n_streets,
        components=network.component_length_m.size,
        longest=round(network.component_length_m[0] / network.length_m, 4),
        one_way=round(one_way_m / network.length_m, 4),
        local=round(local_m / network.length_m, 4),
        restrictions=roads.said.get("restrictions_applied", 0),
        signals=roads.said["signals"],
    )
    assert told == EXPECTED[roads.name, network.vehicle]


def test_the_readme_of_the_tests_tells_these_figures():
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    told = {(row[0], row[1]): row[2:] for row in cells if len(row) == 11 and ".osm." in row[0]}
    assert told == {
        key: [
            f"{f.km:,.3f}",
            *(f"{n:,}" for n in (f.junctions, f.streets, f.components)),
            *(f"{100 * share:.2f}" for share in (f.longest, f.one_way, f.local)),
            *(f"{n:,}" for n in (f.restrictions, f.signals)),
        ]
        for key, f in EXPECTED.items()
    }


# --- What others count ----------------------------------------------------------------------------


@by_car(OTHER_COUNTS)
def test_the_kilometres_of_the_readme_are_those_of_its_filter(roads):
    metres, _ = counts.plain_drive(roads.pieces.file)
    # its metres are on a sphere, and it takes names of classes apart by patterns
    assert metres / 1000 == pytest.approx(OTHER_COUNTS[roads.name], rel=0.01, abs=0.6)


@by_car(PYROSM)
@pytest.mark.filterwarnings("ignore")  # pyrosm's own
def test_pyrosm_finds_the_same_roads_but_for_what_its_filter_leaves_out(roads):
    pyrosm = pytest.importorskip("pyrosm")
    theirs = pyrosm.OSM(str(ROADS / roads.name)).get_network("driving")
    their_m = dict(zip(theirs["id"].tolist(), theirs["length"].tolist(), strict=True))
    our_m = metres_by_way(roads.network)
    way_of = {way.number: way for way in roads.pieces.file.ways}

    # ways that only we have: service roads, roads for some, roads by invitation, the stubs of clipped ways
    for way in our_m.keys() - their_m.keys():
        tags = way_of[way].tags
        is_private = {"private", "no"} & {tags.get(key) for key in counts.KEYS["car"]}
        is_side_road = "service" in tags or tags["highway"] in {"service", *counts.BY_INVITATION}
        assert is_private or is_side_road or our_m[way] < 1.0, way_of[way]
    # ways that only pyrosm has: classes that are no roads to us, and those for agriculture, buses and the like;
    # of clipped ways what lies outside
    for way in their_m.keys() - our_m.keys():
        kind = counts.road_kind(way_of[way].tags, "car")
        is_clipped = not roads.pieces.file.place.keys() >= {*way_of[way].nodes}
        assert kind in ("class", "closed") or is_clipped, way_of[way]
    # the ways that both have are as long: pyrosm's metres are on a sphere
    both = our_m.keys() & their_m.keys()
    ours, others = (sum(metres[way] for way in both) for metres in (our_m, their_m))
    assert ours == pytest.approx(others, rel=0.003)
    told = sum(their_m.values()) / roads.network.length_m
    assert told == pytest.approx(PYROSM[roads.name], abs=0.001)


def metres_by_way(network: RoadNetwork) -> dict[int, float]:
    """Return the metres of each way that is a road."""
    found: dict[int, float] = defaultdict(float)
    lon, lat, start = network.shape_lon, network.shape_lat, network.shape_start
    goes_on = np.ones(lon.size, dtype=bool)
    goes_on[start[1:] - 1] = False
    k = np.flatnonzero(goes_on)
    steps_m = counts.GEOD.inv(lon[k], lat[k], lon[k + 1], lat[k + 1])[2]
    for way, metres in zip(network.shape_way[k].tolist(), steps_m, strict=True):
        if way >= 0:  # not a gate
            found[way] += metres
    return found


def test_the_date_is_told_where_the_file_tells_it(roads):
    file = roads.pieces.file
    newest = max((file.newest[way.number] for way in roads.pieces.ways), default="")
    told = roads.network.source.date
    assert (told or "") == (file.told_date or newest)[:10]
    if roads.network.vehicle == "car":
        assert told == DATES[roads.name]


def test_one_drives_on_the_side_of_the_country(roads):
    side = "left" if roads.name in ON_THE_LEFT else "right"
    assert roads.network.driving_side == side


# --- Ways to write a file ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2", ".osm.pbf"])
@pytest.mark.parametrize("name", ["us_west_oakland.osm.bz2", "mc_monaco_2021.osm.pbf"])
def test_a_file_reads_the_same_however_it_is_written(tmp_path, name, suffix):
    path = tmp_path / f"town{suffix}"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(ROADS / name)):
            writer.add(thing)
    told, again = read_network(ROADS / name, cache=False), read_network(path, cache=False)
    for field in fields(told):
        if field.name != "source":
            assert np.array_equal(getattr(told, field.name), getattr(again, field.name)), field.name
    assert told.source.counts == again.source.counts


# --- Islands --------------------------------------------------------------------------------------


@by_car(["bs_bahamas_tile_2018.osm.pbf"])
def test_the_islands_of_the_bahamas_are_apart(roads):
    # New Providence, North Andros, Abaco, South Andros, Grand Bahama's east, Mangrove Cay
    islands_km = (roads.network.component_length_m[:6] / 1000).round().tolist()
    assert islands_km == [1593, 322, 114, 70, 29, 26]
    # the README counts 37 parts: without private roads and driveways there are more scraps, 38, of which one
    # is a ring of 35 m that goes lost where a graph is simplified
    _, part_m = counts.plain_drive(roads.pieces.file)
    assert len(part_m) == 38
    assert roads.network.component_length_m.size == 23


@by_car(name for name in sorted(ON_THE_LEFT) if name.startswith("jp_"))
def test_an_island_without_a_bridge_is_read_whole_and_its_ferries_are_no_roads(roads):
    assert roads.network.component_length_m[0] > 0.96 * roads.network.length_m
    assert roads.said["ways_out_ferry"] >= 1


# --- Monaco: tunnels, bridges, one-ways --------------------------------------------------------------


@pytest.fixture(scope="module")
def monaco() -> RealRoads:
    return roads_of("mc_monaco_2021.osm.pbf", "car")


def test_roads_that_cross_on_two_levels_are_not_joined(monaco):
    pieces = monaco.pieces
    lines = shapely.linestrings(ends_of(pieces))
    crossings = shapely.STRtree(lines).query(lines, predicate="crosses").T.tolist()
    crossings = [
        (a, b) for a, b in crossings if a < b and not {*pieces.nodes[a]} & {*pieces.nodes[b]}
    ]
    assert len(crossings) == 83
    network = monaco.network
    ways_at: dict[int, set[int]] = defaultdict(set)
    first, last = network.shape_start[:-1], network.shape_start[1:] - 1
    for node, at in ((network.street_tail, first), (network.street_head, last)):
        for junction, way in zip(node.tolist(), network.shape_way[at].tolist(), strict=True):
            ways_at[junction].add(way)
    for a, b in crossings:
        ways = [pieces.ways[pieces.way[k]] for k in (a, b)]
        levels = [{way.tags.get(key) for key in ("layer", "tunnel", "bridge")} for way in ways]
        assert levels[0] != levels[1]  # what crosses on one level is joined in this file
        at = shapely.intersection(lines[a], lines[b])
        far_m = counts.GEOD.inv(
            np.full(network.n_nodes, at.x),
            np.full(network.n_nodes, at.y),
            network.node_lon,
            network.node_lat,
        )[2]
        for junction in np.flatnonzero(far_m < 2.0).tolist():
            assert not {way.number for way in ways} <= ways_at[junction]


def test_a_seventh_of_monaco_is_tunnels_and_they_are_roads(monaco):
    our_m = metres_by_way(monaco.network)
    tunnels = [w for w in monaco.pieces.file.ways if w.tags.get("tunnel", "no") != "no"]
    assert sum(our_m.get(way.number, 0.0) for way in tunnels) / 1000 == pytest.approx(
        10.267, abs=0.001
    )


@pytest.fixture(scope="module")
def drives(
    monaco,
) -> Callable[[list[counts.Spot], list[counts.Spot]], tuple[np.ndarray, np.ndarray]]:
    """What we say of all drives from some spots to others, and what NetworkX does; without signals."""
    return drives_of(monaco, "no_left_turn")


def drives_of(
    roads: RealRoads, crosses: str
) -> Callable[[list[counts.Spot], list[counts.Spot]], tuple[np.ndarray, np.ndarray]]:
    graph = counts.drive_graph(roads.pieces, u_turn_s=20.0, crosses=crosses)
    delays = JunctionDelays(signal_s=0.0, u_turn_s=20.0)
    network = read_network(
        ROADS / roads.name, vehicle=roads.network.vehicle, delays=delays, cache=False
    )

    def both(starts: list[counts.Spot], ends: list[counts.Spot]) -> tuple[np.ndarray, np.ndarray]:
        (from_lon, from_lat), (to_lon, to_lat) = (
            where(roads.pieces, spots).T for spots in (starts, ends)
        )
        found = drive_times(
            network,
            towns.sites_of(to_lon, to_lat),
            towns.demand_of(from_lon, from_lat),
            max_drive_time_s=1e5,
            access_kph=0,
        )
        ours_s = np.full((len(starts), len(ends)), np.inf)
        ours_s[found.needs.point[found.need], found.site] = found.time_s
        theirs_s = [counts.drive_s(roads.pieces, graph, start, ends) for start in starts]
        return ours_s, np.array(theirs_s)

    return both


def ends_of(pieces: counts.Pieces) -> np.ndarray:
    """Return longitude and latitude of both ends of each piece."""
    return np.array([[pieces.file.place[n] for n in pair] for pair in pieces.nodes.tolist()])


def where(pieces: counts.Pieces, spots: list[counts.Spot]) -> np.ndarray:
    """Return longitude and latitude of spots halfway along pieces."""
    return ends_of(pieces)[[spot.piece for spot in spots]].mean(axis=1)


def piece_near(pieces: counts.Pieces, way: int, lon: float, lat: float) -> counts.Spot:
    """Return the middle of the piece of a way that is nearest to a place."""
    number = np.array([w.number for w in pieces.ways])[pieces.way]
    middle = ends_of(pieces).mean(axis=1)
    far = np.where(number == way, ((middle - (lon, lat)) ** 2).sum(axis=1), np.inf)
    return counts.Spot(int(far.argmin()), 0.5)


# name, then way, lon, lat of one carriageway and of the other: metres apart, and driven against each other
PAIRS = {
    "Avenue d'Ostende": ((4227272, 7.421964, 43.737015), (166399484, 7.422032, 43.737004), 9.1, 42.8),
    "Avenue Princesse Grace": ((4230044, 7.430684, 43.742980), (182700002, 7.430539, 43.742992), 43.1, 4.1),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_to_the_other_side_of_a_one_way_pair_is_as_far_as_the_drawing_says(monaco, drives, name):
    one, other, there_s, back_s = PAIRS[name]
    spots = [piece_near(monaco.pieces, *place) for place in (one, other)]
    ours_s, theirs_s = drives(spots, spots)
    assert (theirs_s[0, 1], theirs_s[1, 0]) == pytest.approx((there_s, back_s), abs=0.1)
    assert ours_s[0, 1] == pytest.approx(theirs_s[0, 1], abs=SAME_S)
    assert ours_s[1, 0] == pytest.approx(theirs_s[1, 0], abs=SAME_S)


def test_all_drives_between_forty_places_of_monaco_are_those_of_networkx(monaco, drives):
    pieces = monaco.pieces
    is_there = ~pieces.is_local & (pieces.part == 0) & (pieces.length_m > 5)
    picked = np.random.default_rng(5).choice(np.flatnonzero(is_there), 40, replace=False)
    spots = [counts.Spot(int(k), 0.5) for k in picked]
    ours_s, theirs_s = drives(spots, spots)
    apart = ~np.eye(40, dtype=bool)
    assert np.isfinite(theirs_s[apart]).sum() > 1200
    assert ours_s[apart].tolist() == pytest.approx(theirs_s[apart].tolist(), abs=SAME_S)
    # one-ways make there and back differ
    assert (
        np.abs(theirs_s - theirs_s.T)[apart & np.isfinite(theirs_s + theirs_s.T)] > 10
    ).mean() > 0.5


# --- Liechtenstein: restrictions over ways -----------------------------------------------------------


@pytest.mark.slow
def test_restrictions_over_ways_bar_just_the_drives_they_speak_of():
    roads = roads_of("li_liechtenstein_2021.osm.pbf", "car")
    pieces = roads.pieces
    turns = [t for t in counts.restrictions(pieces)[0] if len(set(t.junctions)) == 2 and t.drives]
    assert [(t.relation, t.kind, len(t.drives[0])) for t in turns] == [
        (9402486, "no_right_turn", 23),
        (9402487, "no_right_turn", 23),
        (9402488, "no_u_turn", 16),
        (9402489, "no_u_turn", 16),
        (9402492, "no_right_turn", 6),
        (10837377, "no_u_turn", 3),
    ]
    drives_s = [[counts.seconds(pieces, step) for step in turn.drives[0]] for turn in turns]
    starts, ends = ([counts.Spot(turn.drives[0][k][0], 0.5) for turn in turns] for k in (0, -1))
    ours_s, theirs_s = drives_of(roads, "no_left_turn")(starts, ends)
    for i, steps_s in enumerate(drives_s):
        barred_s = sum(steps_s) - (steps_s[0] + steps_s[-1]) / 2
        assert theirs_s[i, i] > barred_s + 1.0  # the way round is longer
        assert ours_s[i].tolist() == pytest.approx(theirs_s[i].tolist(), abs=SAME_S)


# --- Heidelberg: limits ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("vehicle", ["car", "motorcycle", "ebike"])
def test_five_hundred_streets_with_limits_are_driven_as_their_tags_say(vehicle):
    roads = roads_of("de_heidelberg.osm.pbf", vehicle)
    network = roads.network
    tagged = np.flatnonzero(network.street_has_limit & ~network.is_gate)
    picked = np.random.default_rng(7).choice(tagged, 500, replace=False)
    check_speeds(roads, picked)
    limits = [limits_of(roads, street) for street in picked.tolist()]
    speeds = [speeds_of(network, street) for street in picked.tolist()]
    for limit, speed in zip(limits, speeds, strict=True):
        assert all(speed[way] <= 0.85 * limit[way] + 1e-3 for way in speed)
    # some are as fast as the limit allows, on others the class is slower
    is_held = [
        s[w] > 0.85 * limit[w] - 1e-3 for limit, s in zip(limits, speeds, strict=True) for w in s
    ]
    assert 20 < sum(is_held) < 900


@pytest.mark.slow
@pytest.mark.parametrize("vehicle", ["car", "ebike"])
def test_five_hundred_streets_without_limits_are_driven_as_their_class(vehicle):
    roads = roads_of("de_heidelberg.osm.pbf", vehicle)
    untagged = np.flatnonzero(~roads.network.street_has_limit & ~roads.network.is_gate)
    check_speeds(roads, np.random.default_rng(8).choice(untagged, 500, replace=False))


def check_speeds(roads: RealRoads, streets: np.ndarray) -> None:
    """Compare the speeds of streets with those of the tags of their first way."""
    for street in streets.tolist():
        told = speeds_of(roads.network, street)
        way, is_along = way_of(roads, street)
        kind = roads.pieces.kind[way]
        along, against = kind[2:4] if is_along else (kind[3], kind[2])
        worked_out = {name: kph for name, kph in (("forward", along), ("backward", against)) if kph}
        # a time is rounded to a millionth of a second
        assert told == pytest.approx(worked_out, rel=1e-5), roads.pieces.ways[way]


def speeds_of(network: RoadNetwork, street: int) -> dict[str, float]:
    """Return the speed of a street in each direction that is driven, in km/h."""
    edges = np.flatnonzero(network.edge_street == street)
    return {
        "forward" if network.edge_is_forward[e] else "backward": float(
            network.street_length_m[street] / network.edge_time_s[e] * 3.6
        )
        for e in edges
    }


def limits_of(roads: RealRoads, street: int) -> dict[str, float]:
    """Return the limit of a street in both directions, in km/h; infinity where none is tagged."""
    way, is_along = way_of(roads, street)
    limits = [
        counts.limit_kph(roads.pieces.ways[way].tags, roads.network.vehicle, is_along=along)
        for along in (is_along, not is_along)
    ]
    return dict(
        zip(("forward", "backward"), (np.inf if x is None else x for x in limits), strict=True)
    )


def way_of(roads: RealRoads, street: int) -> tuple[int, bool]:
    """Return the way on which a street begins, as a position, and whether the street runs along it."""
    network, pieces = roads.network, roads.pieces
    at = int(network.shape_start[street])
    number = int(network.shape_way[at])
    way = roads.way_at[number]
    line = [pieces.file.place[n] for n in pieces.ways[way].nodes if n in pieces.file.place]
    first, second = (
        (float(network.shape_lon[k]), float(network.shape_lat[k])) for k in (at, at + 1)
    )
    steps = list(itertools.pairwise(line))
    assert ((first, second) in steps) != ((second, first) in steps)
    return way, (first, second) in steps


# --- Heidelberg and Monaco end to end -----------------------------------------------------------------

HOST_KINDS = {
    *(
        "bank",
        "pharmacy",
        "fuel",
        "post_office",
        "cafe",
        "restaurant",
        "fast_food",
        "pub",
        "bar",
        "library",
    ),
    *("community_centre", "townhall", "kindergarten", "school", "university", "police"),
}
HOMES = {"apartments", "residential", "house", "yes"}


def host_kind(tags: counts.Tags) -> str:
    kind = tags.get("amenity", "")
    return "shop" if "shop" in tags else kind if kind in HOST_KINDS else ""


def home_kind(tags: counts.Tags) -> str:
    kind = tags.get("building", "")
    return kind if kind in HOMES else "place" if "place" in tags else ""


def street_kind(tags: counts.Tags) -> str:
    """Return the kind of a street that homes stand on: the extract of Heidelberg has no buildings."""
    kind = tags.get("highway", "")
    return kind if kind in ("residential", "living_street") and "name" in tags else ""


def places_in(path: Path, kind_of: Callable[[counts.Tags], str]) -> Iterator[dict[str, Any]]:
    """Give the nodes and ways of some kind, a way at its middle node."""
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        kind = kind_of(thing.tags) if thing.tags else ""
        if not kind:
            continue
        at = thing.location if thing.is_node() else thing.nodes[len(thing.nodes) // 2].location
        if at.valid():
            number = f"{'n' if thing.is_node() else 'w'}{thing.id}"
            yield {"id": number, "lon": at.lon, "lat": at.lat, "kind": kind}


class Town(NamedTuple):
    """Whose demand is where, and how far it may drive."""

    name: str
    demand_kind: Callable[[counts.Tags], str]
    minutes: float
    marks: tuple[pytest.MarkDecorator, ...] = ()


TOWNS = {
    "monaco": Town("mc_monaco_2021.osm.pbf", home_kind, 2.0),
    "heidelberg": Town("de_heidelberg.osm.pbf", street_kind, 5.0, marks=(pytest.mark.slow,)),
}


@dataclass(frozen=True)
class Run:
    """A scenario that was planned: its folder, its points by position, and its answer."""

    town: Town
    vehicle: str
    folder: Path
    hosts: list[dict[str, Any]]
    demand: list[dict[str, Any]]
    result: dict[str, Any]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((town, vehicle), id=f"{town}-{vehicle}", marks=TOWNS[town].marks)
        for town in TOWNS
        for vehicle in ("car", "ebike")
    ],
)
def planned(request, tmp_path_factory) -> Run:
    town, vehicle = TOWNS[request.param[0]], request.param[1]
    folder = tmp_path_factory.mktemp("town")
    hosts, demand = (
        sorted(places_in(ROADS / town.name, kind), key=lambda row: row["id"])
        for kind in (host_kind, town.demand_kind)
    )
    for name, rows in (("hosts", hosts), ("demand", demand)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    scenario = {
        "network": {"file": str(ROADS / town.name)},
        "fleets": [{"name": "riders", "vehicle": vehicle, "max_drive_min": town.minutes}],
        "demand": {"file": "demand.csv"},
        "sites": {"file": "hosts.csv"},
        "placement": {"goal": "set-covering"},
    }
    (folder / "town.toml").write_text(tomli_w.dumps(scenario), encoding="utf-8")
    told = called("plan", folder / "town.toml", "--out", folder / "run")
    assert told.exit_code == 0, told.output
    result = json.loads((folder / "run" / "result.json").read_text(encoding="utf-8"))
    return Run(town, vehicle, folder / "run", hosts, demand, result)


def test_the_fewest_stations_are_found_and_proven(planned):
    result = planned.result
    assert (result["status"], result["gap"]) == ("optimal", 0.0)
    assert 1 < result["n_stations"] < len(planned.hosts)
    left_out = {row["demand"] for row in result["demand"]["uncoverable"]}
    assert set(result["demand"]["uncovered"]) >= left_out
    assert result["demand"]["share_covered"] > 0.5


def test_the_network_planned_on_is_the_one_counted(planned):
    expected = EXPECTED[planned.town.name, planned.vehicle]
    told = planned.result["network"]
    assert told["length_m"] / 1000 == pytest.approx(expected.km, abs=0.001)
    assert told["components"] == expected.components
    assert told["source_date"] == DATES[planned.town.name]


def test_verify_agrees(planned):
    told = called("verify", planned.folder)
    assert told.exit_code == 0, told.output
    assert "Everything agrees." in told.stdout


def test_the_drives_of_a_sample_are_those_of_the_oracle(planned):
    saved = np.load(planned.folder / "times.npz")
    assert saved["site_id"].tolist() == [row["id"] for row in planned.hosts]
    assert saved["demand_id"].tolist() == [row["id"] for row in planned.demand]
    rng = np.random.default_rng(3)
    sites = rng.choice(len(planned.hosts), 12, replace=False).tolist()
    demand = rng.choice(len(planned.demand), 250, replace=False).tolist()
    need_demand = saved["need_demand"][saved["need"]].tolist()
    pairs = zip(need_demand, saved["site"].tolist(), saved["time_s"].tolist(), strict=True)
    ours = {(demand.index(i), sites.index(j)): s for i, j, s in pairs if i in demand and j in sites}
    roads = oracles.read_roads(ROADS / planned.town.name, vehicle=planned.vehicle)
    spots = [
        oracles.snap(roads, [rows[i]["lon"] for i in picked], [rows[i]["lat"] for i in picked])
        for rows, picked in ((planned.hosts, sites), (planned.demand, demand))
    ]
    limit_s = planned.town.minutes * 60
    theirs = oracles.drive_times(roads, *spots, max_drive_time_s=limit_s + SAME_S)
    assert len(theirs) >= 100
    surely = {pair for pair, s in theirs.items() if s <= limit_s - SAME_S}
    assert surely <= ours.keys() <= theirs.keys()
    assert ours == pytest.approx({pair: theirs[pair] for pair in ours}, abs=SAME_S)
