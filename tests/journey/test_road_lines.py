"""Real road lines and graphs, read a second time by plain means: geopandas, networkx, and nothing of ours.

Read with speeds = "limits" and without delays, so that the time of a street is its length by its limit, else by its class.
What the second reading knows of the rules is written here: which classes and access tags are for cars, and how fast.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
import tomli_w
import towns
from conftest import SHARED
from scenarios import called

import planner
from planner.network import JunctionDelays
from planner.roads import LineLayer

pytestmark = pytest.mark.shared

ROADS = SHARED / "realdata" / "roads"
NO_DELAYS = JunctionDelays(signal_s=0, u_turn_s=0)
GEOD = pyproj.Geod(ellps="WGS84")
KPH = {
    "motorway": 80,
    "trunk": 50,
    "primary": 38,
    "secondary": 32,
    "tertiary": 28,
    "unclassified": 25,
    "residential": 20,
    "living_street": 10,
    "service": 12,
    "road": 20,
    "motorway_link": 50,
    "trunk_link": 38,
    "primary_link": 32,
    "secondary_link": 28,
    "tertiary_link": 25,
}
ORDER = (*KPH, "track", "pedestrian", "path", "footway", "cycleway", "bridleway")
"""Classes that are known; of several on one edge the first of these counts."""


class Street(NamedTuple):
    """A line between two nodes: what it is, and its seconds each way, None where it may not be driven."""

    u: Any
    v: Any
    kind: tuple[Any, ...]
    line: shapely.LineString
    along_s: float | None
    against_s: float | None


def length_m(line: shapely.LineString) -> float:
    return float(GEOD.geometry_length(shapely.force_2d(line)))


# --- The second reading ---------------------------------------------------------------------------


def street(
    u: Any, v: Any, line: shapely.LineString, tags: dict[str, Any], way: int
) -> Street | None:
    """Return a street; way is 1 along the line, -1 against it, 0 both. None: no road for cars."""
    words = [word for word in parts(tags.get("class")) if word in ORDER]
    if not words or words[0] not in KPH:
        return None
    metres, by_class = length_m(line), KPH[words[0]]
    along, against = (lowest(tags.get(key)) or by_class for key in ("ahead", "back"))
    return Street(
        u,
        v,
        kind=(words[0], tags.get("name") or "", along, against),
        line=line,
        along_s=metres / along * 3.6 if way >= 0 else None,
        against_s=metres / against * 3.6 if way <= 0 else None,
    )


def parts(value: Any) -> list[str]:
    """Return the values that a cell holds: one, or several as text."""
    if value is None or value != value:
        return []
    text = str(value)
    values = ast.literal_eval(text) if text.startswith("[") else text.split(";")
    return [str(part).strip() for part in values]


def lowest(value: Any) -> float | None:
    """Return the lowest limit that a cell tells."""
    limits = [float(part) for part in parts(value) if float(part) > 0]
    return min(limits, default=None)


def ends(line: shapely.LineString) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the nodes at the ends of a line: places on a grid of 1e-9 degrees."""
    first, last = shapely.get_coordinates(line)[[0, -1]].round(9).tolist()
    return tuple(first), tuple(last)


def jinan() -> Iterator[Street | None]:
    frame = geopandas.read_file(f"/vsizip/{ROADS}/cn_jinan_roads_shp.zip/edges.shp")
    for row in frame.itertuples():
        yield street(*ends(row.geometry), row.geometry, {"class": row.highway}, 1)


def chengdu() -> Iterator[Street | None]:
    frame = geopandas.read_file(ROADS / "cn_chengdu_core.gpkg", layer="edges")
    for row in frame.itertuples():
        tags = {"class": row.highway, "ahead": row.maxspeed, "back": row.maxspeed}
        name = ";".join(parts(row.name))
        yield street(*ends(row.geometry), row.geometry, tags | {"name": name}, 0)


def numbered(file: str, where: Callable[[Any], bool]) -> Iterator[Street | None]:
    """Return the streets of a file as AequilibraE writes it."""
    for row in geopandas.read_file(ROADS / file, layer="links").itertuples():
        if where(row):
            tags = {"class": row.link_type, "ahead": row.speed_ab, "back": row.speed_ba}
            name = row.name if isinstance(row.name, str) else ""
            way = {0: 0, 1: 1, -1: -1}[row.direction]
            yield street(row.a_node, row.b_node, row.geometry, tags | {"name": name}, way)


def futian() -> Iterator[Street | None]:
    graph = nx.read_graphml(ROADS / "cn_shenzhen_futian_drive.graphml", force_multigraph=True)
    place = {node: (float(d["x"]), float(d["y"])) for node, d in graph.nodes(data=True)}
    for u, v, data in graph.edges(data=True):
        if data.get("access") in ("no", "bus"):
            continue
        line = data.get("geometry")
        line = shapely.from_wkt(line) if line else shapely.LineString([place[u], place[v]])
        limit = data.get("maxspeed")
        tags = {"class": data["highway"], "ahead": limit, "back": limit}
        tags["name"] = ";".join(parts(data.get("name") or data.get("ref")))
        found = street(u, v, line, tags, 1)
        is_private = data.get("access") == "private"
        yield found and found._replace(kind=(*found.kind, is_private))


def each_once(streets: Iterator[Street | None]) -> list[Street]:
    """Return the streets with both sides of a road as one: equal lines between equal nodes of equal kind."""
    found: dict[Any, Street] = {}
    for one in streets:
        if one is None:
            continue
        backward = one._replace(
            u=one.v,
            v=one.u,
            line=one.line.reverse(),
            along_s=one.against_s,
            against_s=one.along_s,
            kind=from_behind(one.kind),
        )
        keys = [(s.u, s.v, s.kind, shapely.to_wkb(s.line)) for s in (one, backward)]
        if keys[1] in found:
            key, one = keys[1], backward
        else:
            key = keys[0]
        there = found.get(key, one)
        found[key] = there._replace(
            along_s=there.along_s if one.along_s is None else one.along_s,
            against_s=there.against_s if one.against_s is None else one.against_s,
        )
    return list(found.values())


def sizes(streets: list[Street]) -> dict[str, int]:
    """Return how many junctions, streets and edges there are once what merely goes on is joined, and how many parts."""
    at = defaultdict(list)
    for one in streets:
        n_ways = (one.along_s is not None) + (one.against_s is not None)
        at[one.u].append((one.kind, leaves(one.along_s, one.against_s), n_ways))
        at[one.v].append((from_behind(one.kind), leaves(one.against_s, one.along_s), n_ways))
    junctions = [node for node, met in at.items() if not goes_on(met)]
    whole = nx.Graph((one.u, one.v) for one in streets)
    return {
        "junctions": len(junctions),
        "streets": sum(len(at[node]) for node in junctions) // 2,
        "edges": sum(n for node in junctions for _, _, n in at[node]) // 2,
        "components": nx.number_connected_components(whole),
    }


def from_behind(kind: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the kind of a street as it is when it comes the other way: its speeds change places."""
    road_class, name, along_kph, against_kph, *more = kind
    return (road_class, name, against_kph, along_kph, *more)


def leaves(out_s: float | None, in_s: float | None) -> str:
    """Return whether a street is driven out of a node, into it, or both."""
    return "both" if out_s is not None and in_s is not None else "in" if out_s is None else "out"


def goes_on(met: list[tuple[Any, str, int]]) -> bool:
    """Return whether one road merely goes on at a node."""
    if len(met) != 2:
        return False
    (kind, way, _), (other_kind, other_way, _) = met
    class_and_name, other = ((*k[:2], *k[4:]) for k in (kind, other_kind))
    speeds, other_speeds = kind[2:4], other_kind[2:4][::-1]
    if way == "both":
        return class_and_name == other and other_way == "both" and speeds == other_speeds
    same = speeds[way == "in"] == other_speeds[way == "in"]
    return class_and_name == other and {way, other_way} == {"in", "out"} and same


# --- The files ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file, how it is read, and the second reading of it.

    Where a line ends at a bend of another one, we join them there and the second reading does not: at off_by nodes.
    """

    file: str
    streets: Callable[[], Iterator[Street | None]]
    network: dict[str, Any] = field(default_factory=dict)
    off_by: int = 0
    prepare: Callable[[Path], Path] | None = None


AB = {"direction": "direction", "speed": "speed_ab", "speed_back": "speed_ba"}
NUMBERED = AB | {"tail": "a_node", "head": "b_node"}


def without_direction(folder: Path) -> Path:
    """Return a copy of Chengdu that tells no direction: for many of its lines it is lost."""
    frame = geopandas.read_file(ROADS / "cn_chengdu_core.gpkg", layer="edges")
    frame.drop(columns=["oneway", "lanes"]).to_file(folder / "chengdu.gpkg", layer="edges")
    return folder / "chengdu.gpkg"


SOURCES = {
    "futian": Source("cn_shenzhen_futian_drive.graphml", futian),
    "jinan": Source(
        "cn_jinan_roads_shp.zip",
        jinan,
        {"crs": "wgs84", "layer": "edges", "one_way": True},
        off_by=2,
    ),
    "chengdu": Source("cn_chengdu_core.gpkg", chengdu, off_by=1, prepare=without_direction),
    "coquimbo": Source(
        "cl_coquimbo.gpkg",
        lambda: numbered("cl_coquimbo.gpkg", lambda row: row.link_type != "centroid_connector"),
        {"columns": NUMBERED, "where": "link_type <> 'centroid_connector'"},
    ),
    "nauru": Source(
        "nr_nauru.gpkg",
        lambda: numbered("nr_nauru.gpkg", lambda row: "c" in row.modes),
        {"columns": NUMBERED, "where": "modes LIKE '%c%'"},
    ),
}


@cache
def second(name: str) -> list[Street]:
    return each_once(SOURCES[name].streets())


@pytest.fixture(scope="module", params=SOURCES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def network(name, tmp_path_factory):
    source = SOURCES[name]
    path = ROADS / source.file
    if source.prepare is not None:
        path = source.prepare(tmp_path_factory.mktemp(name))
    lines = LineLayer(**source.network)
    return planner.read_network(path, lines=lines, speeds="limits", delays=NO_DELAYS)


def test_there_are_as_many_junctions_streets_edges_and_parts(name, network):
    right, off_by = sizes(second(name)), SOURCES[name].off_by
    ours = {
        "junctions": network.n_nodes,
        "streets": network.n_streets,
        "edges": network.n_edges,
        "components": network.component_length_m.size,
    }
    slack = {"junctions": off_by, "streets": 2 * off_by, "edges": 4 * off_by, "components": 0}
    for what, n in ours.items():
        assert abs(n - right[what]) <= slack[what], (what, n, right[what])


def test_there_is_as_much_road(name, network):
    # lines that lie over one another and differ in class or name count each
    assert network.length_m == pytest.approx(sum(length_m(s.line) for s in second(name)), rel=1e-6)


def test_drives_are_as_long_as_those_of_networkx(name, network):
    graph, place = nx.DiGraph(), {}
    for one in second(name):
        if one.kind[4:] == (True,):  # private: never the way through
            continue
        for u, v, seconds in ((one.u, one.v, one.along_s), (one.v, one.u, one.against_s)):
            if seconds is not None and seconds < graph.get_edge_data(u, v, {"s": math.inf})["s"]:
                graph.add_edge(u, v, s=seconds)
        first, last = shapely.get_coordinates(one.line)[[0, -1]].tolist()
        place |= {one.u: first, one.v: last}
    main = sorted(max(nx.weakly_connected_components(graph), key=len), key=str)
    chosen = [main[i] for i in np.random.default_rng(7).choice(len(main), 30, replace=False)]
    sites, demand = chosen[:20], chosen[20:]
    found = planner.drive_times(
        network,
        towns.sites_of(*np.array([place[node] for node in sites]).T),
        towns.demand_of(*np.array([place[node] for node in demand]).T),
        max_drive_time_s=1e5,
    )
    ours = dict(
        zip(
            zip(found.needs.point[found.need].tolist(), found.site.tolist(), strict=True),
            found.time_s.tolist(),
            strict=True,
        )
    )
    n_compared = 0
    for i, start in enumerate(demand):
        reached = nx.single_source_dijkstra_path_length(graph, start, weight="s")
        for j, end in enumerate(sites):
            assert ((i, j) in ours) == (end in reached), (start, end)
            if end in reached:
                assert ours[i, j] == pytest.approx(reached[end], rel=1e-6, abs=0.01), (start, end)
                n_compared += 1
    assert n_compared > 100


# --- From file to plan ----------------------------------------------------------------------------


ZONES = {
    "file": str(ROADS / "cl_coquimbo.gpkg"),
    "layer": "zones",
    "columns": {"id": "zone_id", "weight": "population"},
}


def points_of(name: str, folder: Path) -> None:
    """Write demand and hosts: places at and near nodes of the roads."""
    rng = np.random.default_rng(11)
    places = np.array([shapely.get_coordinates(s.line)[0] for s in second(name)])
    hosts = places[rng.choice(len(places), 80, replace=False)]
    demand = places[rng.choice(len(places), 150, replace=False)] + rng.normal(0, 5e-4, (150, 2))
    weight = rng.integers(1, 50, len(demand))
    for file, lonlat, more in (
        ("hosts.csv", hosts, {}),
        ("demand.csv", demand, {"weight": weight}),
    ):
        ids = {"id": [f"P{i:03d}" for i in range(len(lonlat))]}
        table = pd.DataFrame(ids | {"lon": lonlat[:, 0], "lat": lonlat[:, 1]} | more)
        table.to_csv(folder / file, index=False)


@pytest.mark.parametrize(
    "town",
    [
        "futian",
        "nauru",
        pytest.param("jinan", marks=pytest.mark.slow),
        pytest.param("coquimbo", marks=pytest.mark.slow),
    ],
)
def test_a_plan_on_real_lines_passes_verify(town, tmp_path):
    points_of(town, tmp_path)
    source = SOURCES[town]
    scenario = {
        "network": {"file": str(ROADS / source.file)} | source.network,
        "fleets": [{"vehicle": "car", "max_drive_min": 6}],
        "demand": ZONES if town == "coquimbo" else {"file": "demand.csv"},
        "sites": {"file": "hosts.csv"},
        "placement": {"goal": "max-covering", "stations": 8},
    }
    (tmp_path / "town.toml").write_text(tomli_w.dumps(scenario), encoding="utf-8")
    told = called("plan", tmp_path / "town.toml", "--out", tmp_path / "out")
    assert told.exit_code == 0, told.output
    verified = called("verify", tmp_path / "out")
    assert verified.exit_code == 0, verified.output
    assert verified.stdout.endswith("\nEverything agrees.\n")
