"""The second opinion: drives on the raw OpenStreetMap graph, and stations by trying every set.

Slow, plain, and without a line in common with `planner`. It follows "The rules of the road" in
ARCHITECTURE.md by other means: no streets are merged (any two consecutive nodes of a way are an
edge), NetworkX finds the paths, and times are floats without a grid.
"""

import heapq
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import networkx as nx
import numpy as np
import osmium
import shapely
from pyproj import Geod

Tags = Mapping[str, str]
Vehicle = Literal["car", "ebike"]
Direction = Literal["to_station", "from_station"]
Speeds = Literal["limits"] | Mapping[str, float] | None

GEOD: Final = Geod(ellps="WGS84")
AT_JUNCTION_M: Final = 0.01
MATTERS_M: Final = 500.0
SAME: Final = 1e-6  # metres or seconds less than this apart are the same: floats differ, not roads
EQUALLY_NEAR_M: Final = 0.001  # of roads whose distance differs by less the lowest way counts

# --- Who may drive where, and how fast ----------------------------------------------------------

# fmt: off
CLASS_KPH: Final = {
    "car": {
        "motorway": 80, "trunk": 50, "primary": 38, "secondary": 32, "tertiary": 28,
        "unclassified": 25, "residential": 20, "living_street": 10, "service": 12, "road": 20,
        "track": 12, "pedestrian": 6,
    },
    "ebike": {
        "trunk": 22, "primary": 20, "secondary": 20, "tertiary": 20, "unclassified": 20,
        "residential": 18, "living_street": 12, "service": 12, "road": 18, "cycleway": 18,
        "track": 12, "pedestrian": 6, "path": 12, "bridleway": 12, "footway": 8,
    },
}
CLASS_BELOW: Final = {
    "motorway_link": "trunk", "trunk_link": "primary", "primary_link": "secondary",
    "secondary_link": "tertiary", "tertiary_link": "unclassified",
}
ONLY_WHERE_TAGGED: Final = {"track", "pedestrian", "path", "footway", "bridleway"}
ACCESS_KEYS: Final = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "ebike": ("electric_bicycle", "bicycle", "mofa", "moped", "vehicle", "access"),
}
LOCAL: Final = {
    "private", "destination", "customers", "delivery", "residents", "permit", "employees",
    "members", "staff", "visitors", "guests",
}
CLOSED: Final = {
    "no", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi", "hov", "hgv",
    "goods", "coach", "tourist_bus", "use_sidepath", "dismount", "foot",
}
ONEWAY_KEYS: Final = {
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "ebike": ("oneway:bicycle", "oneway:vehicle", "oneway"),
}
CYCLEWAY_KEYS: Final = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
STOPS_ALL: Final = {
    "cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile",
}
STOPS_CARS: Final = {
    "bollard", "block", "planter", "jersey_barrier", "debris", "log", "bus_trap", "sump_buster",
    "motorcycle_barrier",
}
# fmt: on


def _deciding(tags: Tags, vehicle: Vehicle) -> tuple[str | None, str]:
    """Return the access tag that decides and whether it says "open", "local" or "closed"."""
    keys = [key for key in ACCESS_KEYS[vehicle] if key in tags]
    if tags.get("highway") == "cycleway":
        keys = [key for key in keys if key not in ("mofa", "moped")]
    if not keys:
        return None, "open"
    values = {value.strip() for value in tags[keys[0]].split(";")}
    closed = CLOSED | {"bicycle"} if vehicle == "car" else CLOSED
    if values - closed - LOCAL:
        return keys[0], "open"
    return keys[0], "local" if values & LOCAL else "closed"


def _way_status(tags: Tags, vehicle: Vehicle) -> str:
    """Return "open" or "local" for a road, "closed" for all that is none."""
    highway = tags["highway"]
    is_out = (
        CLASS_BELOW.get(highway, highway) not in CLASS_KPH[vehicle]
        or tags.get("area") == "yes"
        or tags.get("service") == "emergency_access"
        or tags.get("route") == "ferry"
        or (vehicle == "ebike" and (highway == "motorway_link" or tags.get("motorroad") == "yes"))
    )
    key, status = _deciding(tags, vehicle)
    is_invited = status == "open" and key not in (None, "access")
    return "closed" if is_out or (highway in ONLY_WHERE_TAGGED and not is_invited) else status


def _barrier_status(tags: Tags, vehicle: Vehicle) -> str:
    """Return how a node with a barrier is passed: "open", "local" (as a local road) or "closed"."""
    key, status = _deciding(tags, vehicle)
    if key is not None:
        return status
    if tags.get("locked") == "yes":
        return "local"
    stops = STOPS_ALL | STOPS_CARS if vehicle == "car" else STOPS_ALL
    return "closed" if tags["barrier"] in stops else "open"


def _directions(tags: Tags, vehicle: Vehicle) -> tuple[bool, bool]:
    """Return whether one may drive along the way, and against it."""
    contraflow = any(tags.get(key, "").startswith("opposite") for key in CYCLEWAY_KEYS)
    if vehicle == "ebike" and contraflow and "oneway:bicycle" not in tags:
        return True, True
    tagged = [tags[key] for key in ONEWAY_KEYS[vehicle] if key in tags]
    if not tagged:
        is_ring = tags.get("junction") in ("roundabout", "circular")
        return True, not (is_ring or tags["highway"] == "motorway")
    if tagged[0] == "reversible":
        return False, False
    return tagged[0] not in ("-1", "reverse"), tagged[0] not in ("yes", "true", "1")


def _speed_kph(tags: Tags, vehicle: Vehicle, speeds: Speeds) -> float:
    """Return the speed on a road in km/h; 0 closes it."""
    unit_kph = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
    parts = [part.strip() for part in tags.get("maxspeed", "").split(";")]
    numbers = [
        re.fullmatch(r"(\d+(?:\.\d+)?)(?:\s*(km/h|kmh|kph|mph|knots))?", part) for part in parts
    ]
    limit_kph = min((float(n[1]) * unit_kph[n[2]] for n in numbers if n), default=None)

    below = CLASS_BELOW.get(tags["highway"], tags["highway"])
    own = speeds if isinstance(speeds, Mapping) else {}
    class_kph = own.get(tags["highway"], own.get(below, CLASS_KPH[vehicle][below]))
    if limit_kph is None:
        kph = class_kph
    else:
        kph = limit_kph if speeds == "limits" else min(0.85 * limit_kph, 1.25 * class_kph)
    return min(kph, 25.0) if vehicle == "ebike" else kph


# --- The roads ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """The road between two consecutive nodes of a way."""

    way: int
    tail: int
    head: int
    forward: bool
    backward: bool
    is_local: bool
    kph: float
    kind: tuple[str, str | None]  # class and name
    length_m: float

    @property
    def time_s(self) -> float:
        """Time from end to end, in seconds."""
        return self.length_m / (self.kph / 3.6)

    def ways(self) -> list[tuple[int, int, bool]]:
        """Return both directions: from where, to where, and whether from tail to head."""
        both = ((self.tail, self.head, True), (self.head, self.tail, False))
        return [way for way in both if (self.forward if way[2] else self.backward)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """All roads of a file for one vehicle; segments are in the order of the file.

    A point is a node of a road, or one end at a closed barrier. A drive is local roads (START), then
    open ones, then local ones (END). So a point on an open road is one vertex of the graph, (point,
    OPEN); an inner point, which is a gate or has local roads only, is two: (point, START), from
    where the drive goes on to open roads, and (point, END), from where it never does.
    Drives arrive at a traffic signal at (point, phase, RED), and wait.
    """

    segments: list[Segment]
    ends: np.ndarray  # longitude and latitude of both ends of each segment: (n, 2, 2)
    node_of: list[int]
    inner: set[int]
    signals: set[int]
    bends: set[int]  # all points but junctions
    parts: list[list[int]]  # the segments of each weakly connected component, longest first
    matters: np.ndarray  # for each segment, whether its component has 500 m
    graph: nx.DiGraph
    tree: shapely.STRtree


START, OPEN, END = 0, 1, 2
RED: Final = "red"
Vertex = tuple[int, int] | tuple[int, int, str]


def read_roads(
    path: Path | str,
    *,
    vehicle: Vehicle = "car",
    speeds: Speeds = None,
    signal_delay_s: float = 12.0,
) -> Roads:
    """Return the roads of an OpenStreetMap file, whatever the order of its nodes and ways.

    Parameters
    ----------
    path
        An `.osm.pbf` or `.osm` file.
    vehicle
        Who drives.
    speeds
        Km/h by class, over those of the rules; "limits": the limit, the class where none is tagged.
    signal_delay_s
        Seconds lost at a traffic signal.
    """
    places, special, ways = _read_osm(path)
    passing = {n: _barrier_status(t, vehicle) for n, t in special.items() if "barrier" in t}
    rows, node_of, rings = _rows(places, passing, ways, vehicle, speeds)
    lon_lat = np.array([places[node] for node in node_of]).reshape(-1, 2)
    ends = lon_lat[np.array([row[1:3] for row in rows], dtype=int).reshape(-1, 2)]
    lengths_m = GEOD.inv(*ends[:, 0].T, *ends[:, 1].T)[2]
    segments = [Segment(*row, float(x)) for row, x in zip(rows, lengths_m, strict=True)]
    gates = {p for p, node in enumerate(node_of) if passing.get(node) == "local"}
    signals = {p for p, node in enumerate(node_of) if _is_signal(special.get(node, {}))}
    parts = _parts(segments, range(len(segments)), parted_at=set())
    segments = _with_pockets(segments, parts, gates)
    on_open = {p for x in segments if not x.is_local for p in (x.tail, x.head)}
    inner = set(range(len(node_of))) - on_open | gates
    matters = np.zeros(len(segments), dtype=bool)
    for part in parts:
        matters[part] = _sum_m(segments, part) >= MATTERS_M - SAME
    return Roads(
        segments=segments,
        ends=ends,
        node_of=node_of,
        inner=inner,
        signals=signals,
        bends=_bends(segments) - {p for p, n in enumerate(node_of) if n in special or n in rings},
        parts=parts,
        matters=matters,
        graph=_graph(segments, inner, signals, signal_delay_s),
        tree=shapely.STRtree(shapely.linestrings(ends)),
    )


def _read_osm(path: Path | str) -> tuple[dict, dict[int, Tags], list]:
    """Return where nodes are, the tags of barriers and signals, and ways with tags and name."""
    places, special, ways = {}, {}, []
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY):
        if thing.is_node():
            if not thing.location.valid():
                continue
            places[thing.id] = thing.location.lon, thing.location.lat
        if "highway" not in thing.tags and "barrier" not in thing.tags:
            continue
        tags = {tag.k: tag.v.strip().lower() for tag in thing.tags}
        if thing.is_node() and ("barrier" in tags or _is_signal(tags)):
            special[thing.id] = tags
        elif thing.is_way() and "highway" in tags and len(thing.nodes) > 1:
            nodes = [node.ref for node in thing.nodes]
            ways.append((thing.id, nodes, tags, thing.tags.get("name")))
    return places, special, ways


def _rows(
    places: dict, passing: Mapping[int, str], ways: list, vehicle: Vehicle, speeds: Speeds
) -> tuple[list[tuple], list[int], set[int]]:
    """Return the segments without their lengths, the node of each point, and where rings close."""
    rows, node_of, rings = [], [], set()
    point_of: dict[int, int] = {}

    def point(node: int) -> int:
        if node not in point_of or passing.get(node) == "closed":
            point_of[node] = len(node_of)
            node_of.append(node)
        return point_of[node]

    for way, nodes, tags, name in ways:
        status = _way_status(tags, vehicle)
        kph = _speed_kph(tags, vehicle, speeds) if status != "closed" else 0.0
        forward, backward = _directions(tags, vehicle)
        if kph > 0 and (forward or backward):
            about = (forward, backward, status == "local", kph, (tags["highway"], name))
            for a, b in itertools.pairwise(nodes):
                if a != b and a in places and b in places:
                    rows.append((way, point(a), point(b), *about))
            if nodes[0] == nodes[-1]:
                rings.add(nodes[0])
    return rows, node_of, rings


def _is_signal(tags: Tags) -> bool:
    return tags.get("highway") == "traffic_signals"


def _sum_m(segments: Sequence[Segment], which: Iterable[int]) -> float:
    return math.fsum(segments[s].length_m for s in which)


def _parts(
    segments: Sequence[Segment], which: Sequence[int], *, parted_at: set[int]
) -> list[list[int]]:
    """Return the segments of each weakly connected component, longest first, ties as in the file.

    Segments that meet at a point of `parted_at` are not joined there.
    """
    ends = {
        s: [(p, s if p in parted_at else None) for p in (segments[s].tail, segments[s].head)]
        for s in which
    }
    components = nx.connected_components(nx.Graph(list(ends.values())))
    part_of = {end: part for part, those in enumerate(components) for end in those}
    parts = defaultdict(list)
    for s in which:
        parts[part_of[ends[s][0]]].append(s)
    return sorted(parts.values(), key=lambda part: -_sum_m(segments, part))


def _with_pockets(
    segments: Sequence[Segment], parts: Iterable[Sequence[int]], gates: set[int]
) -> list[Segment]:
    """Return the segments, local also where open roads reach the rest over local ones only."""
    pockets: set[int] = set()
    for part in parts:
        open_roads = [s for s in part if not segments[s].is_local]
        pockets.update(*_parts(segments, open_roads, parted_at=gates)[1:])
    return [replace(x, is_local=True) if s in pockets else x for s, x in enumerate(segments)]


def _bends(segments: Sequence[Segment]) -> set[int]:
    """Return the points where two segments meet that differ in nothing."""
    meeting = defaultdict(list)
    for x in segments:
        about = (x.kind, x.kph, x.is_local)
        meeting[x.tail].append((about, x.forward, x.backward))
        meeting[x.head].append((about, x.backward, x.forward))
    pairs = {point: those for point, those in meeting.items() if len(those) == 2}
    return {p for p, (one, (about, out, into)) in pairs.items() if one == (about, into, out)}


def _graph(
    segments: Sequence[Segment], inner: set[int], signals: set[int], signal_delay_s: float
) -> nx.DiGraph:
    """Return the graph of all drives that the rules allow, with `time_s` on its edges."""
    graph = nx.DiGraph()
    for x in segments:
        for tail, head, _ in x.ways():
            phases = [(START, END)]
            if x.is_local:
                phases = [(START, START)] * (tail in inner) + [(END, END)] * (head in inner)
            for before, after in phases:
                u, v = _leaving(tail, before, inner), _arriving(head, after, inner, signals)
                known_s = graph.edges[u, v]["time_s"] if graph.has_edge(u, v) else math.inf
                graph.add_edge(u, v, time_s=min(known_s, x.time_s))
    for p in inner:
        graph.add_edge((p, START), (p, END), time_s=0.0)
        if p in signals:
            graph.add_edge((p, START, RED), (p, END, RED), time_s=0.0)
    for p in signals:
        for phase in (START, END) if p in inner else (OPEN,):
            graph.add_edge((p, phase, RED), (p, phase), time_s=signal_delay_s)
            graph.add_edge((p, phase), (p, phase, RED), time_s=0.0)  # for who is there already
    return graph


def _leaving(point: int, phase: int, inner: set[int]) -> Vertex:
    """Return the vertex from which a drive leaves a point."""
    return point, phase if point in inner else OPEN


def _arriving(point: int, phase: int, inner: set[int], signals: set[int]) -> Vertex:
    """Return the vertex at which a drive arrives at a point."""
    vertex = _leaving(point, phase, inner)
    return (*vertex, RED) if point in signals else vertex


def components(roads: Roads) -> list[tuple[list[int], float]]:
    """Return each weakly connected component, its segments and metres, the longest first."""
    return [(part, _sum_m(roads.segments, part)) for part in roads.parts]


def length_m(roads: Roads) -> float:
    """Return the length of all streets in metres, each counted once."""
    return _sum_m(roads.segments, range(len(roads.segments)))


# --- Places -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a point meets the road: the share of a segment (0 at its tail), or None off network.

    `distance_m` is the way there; off network, to the nearest road. `point` is the point of the
    road where the spot lies: any way out, any way in.
    """

    segment: int | None
    share: float
    distance_m: float
    on_small_component: bool = False
    point: int | None = None


def snap(
    roads: Roads, lon: Sequence[float], lat: Sequence[float], *, max_access_m: float = 300.0
) -> list[Spot]:
    """Return for each point its spot, on the first segment of the file where several are nearest.

    Parameters
    ----------
    roads
        Roads to look on.
    lon, lat
        The points, in degrees.
    max_access_m
        Longest way to a road, in metres; exactly as far counts.
    """
    return [_spot(roads, x, y, max_access_m) for x, y in zip(lon, lat, strict=True)]


def _spot(roads: Roads, lon: float, lat: float, max_access_m: float) -> Spot:
    near, shares, distances_m = _feet(roads, lon, lat, max_access_m)
    for or_small in (False, True):
        allowed = (distances_m <= max_access_m + SAME) & (roads.matters[near] | or_small)
        if allowed.any():
            nearest_m = distances_m[allowed].min()
            equal = np.flatnonzero(allowed & (distances_m <= nearest_m + EQUALLY_NEAR_M))
            k = int(min(equal, key=lambda i: (roads.segments[near[i]].way, distances_m[i])))
            segment, share = int(near[k]), float(shares[k])
            at = _point_at(roads, segment, share)
            return Spot(segment, share, float(distances_m[k]), or_small, at)
    radius_m = max(max_access_m, 1.0)
    while roads.segments and distances_m.min(initial=math.inf) > radius_m:
        radius_m *= 2
        _, _, distances_m = _feet(roads, lon, lat, radius_m)
    return Spot(None, math.nan, float(distances_m.min(initial=math.inf)))


def _feet(
    roads: Roads, lon: float, lat: float, radius_m: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all segments within a radius (and some more), with the nearest share and distance.

    A segment is a straight line in longitude and latitude, and its nearest place is sought in the
    plane that is right halfway to it (so twice). The distance is geodesic.
    """
    here = np.array([lon, lat], dtype=float)
    reach = 1.01 * radius_m / _degree_m(here[1])
    near = np.sort(roads.tree.query(shapely.box(*(here - reach), *(here + reach))))
    tail, along = roads.ends[near, 0], roads.ends[near, 1] - roads.ends[near, 0]
    foot = np.broadcast_to(here, tail.shape)
    for _ in range(2):
        metres = _degree_m((foot[:, 1] + lat) / 2)
        step, way = along * metres, (here - tail) * metres
        square = (step**2).sum(axis=1)
        share = np.clip((way * step).sum(axis=1) / np.where(square > 0, square, 1.0), 0, 1)
        foot = tail + share[:, None] * along
    distance_m = GEOD.inv(np.full(len(foot), lon), np.full(len(foot), lat), *foot.T)[2]
    return near, share, np.asarray(distance_m)


def _degree_m(lat: np.ndarray) -> np.ndarray:
    """Return the metres of a degree east and of a degree north, by the radii of curvature."""
    bulge = 1 - GEOD.es * np.sin(np.radians(lat)) ** 2
    east_m = GEOD.a / np.sqrt(bulge) * np.cos(np.radians(lat))
    north_m = GEOD.a * (1 - GEOD.es) / bulge**1.5
    return np.radians(np.stack([east_m, north_m], axis=-1))


def _point_at(roads: Roads, segment: int, share: float) -> int | None:
    """Return the end of the segment where a spot lies: within 1 cm of a junction, or at a bend."""
    x = roads.segments[segment]
    ends = sorted([(share * x.length_m, x.tail), ((1 - share) * x.length_m, x.head)])
    at = [p for d, p in ends if d <= (SAME if p in roads.bends else AT_JUNCTION_M)]
    return at[0] if at else None


# --- Drives -------------------------------------------------------------------------------------


def drive_times(
    roads: Roads,
    sites: Sequence[Spot],
    demand: Sequence[Spot],
    *,
    direction: Direction = "to_station",
    access_kph: float = 10.0,
    max_drive_time_s: float | None = None,
) -> dict[tuple[int, int], float]:
    """Return the seconds of the fastest drive for each reachable (demand, site).

    Parameters
    ----------
    roads
        Roads to drive on.
    sites, demand
        Where they meet the road.
    direction
        "to_station": from the demand to the site. "from_station": the other way.
    access_kph
        Speed between a point and its spot; 0: no time.
    max_drive_time_s
        Longest drive to report, in seconds; exactly as long counts. None: all.
    """
    limit_s = None if max_drive_time_s is None else max_drive_time_s + SAME
    graph = _graph_from_sites(roads, sites, demand, direction, access_kph)
    times: dict[tuple[int, int], float] = {}
    for j in range(len(sites)):
        reached_s = nx.single_source_dijkstra_path_length(
            graph, ("site", j), cutoff=limit_s, weight="time_s"
        )
        times |= {(v[1], j): time_s for v, time_s in reached_s.items() if v[0] == "demand"}
    return times


def nearest(
    roads: Roads,
    sites: Sequence[Spot],
    demand: Sequence[Spot],
    *,
    direction: Direction = "to_station",
    access_kph: float = 10.0,
) -> list[tuple[int, float] | None]:
    """Return for each demand its nearest site and the seconds there; None if it reaches none.

    One search from all sites at once, by (time, position): on ties the lowest position wins.
    """
    graph = _graph_from_sites(roads, sites, demand, direction, access_kph)
    order = itertools.count()
    queue = [(0.0, j, next(order), ("site", j)) for j in range(len(sites))]
    found: dict[Vertex, tuple[int, float]] = {}
    while queue:
        time_s, j, _, vertex = heapq.heappop(queue)
        if vertex not in found:
            found[vertex] = j, time_s
            for v, edge in graph[vertex].items():
                heapq.heappush(queue, (time_s + edge["time_s"], j, next(order), v))
    return [found.get(("demand", i)) for i in range(len(demand))]


def _graph_from_sites(
    roads: Roads, sites: Sequence[Spot], demand: Sequence[Spot], direction: Direction, kph: float
) -> nx.DiGraph:
    """Return the graph with vertices ("site", j) and ("demand", i), to be searched from sites."""
    named = {("site", j): spot for j, spot in enumerate(sites)}
    named |= {("demand", i): spot for i, spot in enumerate(demand)}
    first, last = ("demand", "site") if direction == "to_station" else ("site", "demand")
    leg_s = {v: spot.distance_m / (kph / 3.6) if kph else 0.0 for v, spot in named.items()}
    graph = roads.graph.copy()
    graph.add_nodes_from(named)
    ends_on = defaultdict(list)
    for end, spot in named.items():
        if end[0] == last and spot.segment is not None:
            if spot.point is None:
                ends_on[spot.segment].append(end)
            for v, time_s in _doors(roads, spot, starts=False):
                graph.add_edge(v, end, time_s=time_s + leg_s[end])
    for start, spot in named.items():
        if start[0] == first and spot.segment is not None:
            for v, time_s in _doors(roads, spot, starts=True):
                graph.add_edge(start, v, time_s=leg_s[start] + time_s)
            for end in ends_on[spot.segment] if spot.point is None else []:
                for time_s in _on_segment_s(roads, spot, named[end]):
                    graph.add_edge(start, end, time_s=leg_s[start] + time_s + leg_s[end])
    return graph.reverse(copy=False) if direction == "to_station" else graph


def _doors(roads: Roads, spot: Spot, *, starts: bool) -> list[tuple[Vertex, float]]:
    """Return the vertices next to a spot where a drive starts or ends, and the seconds between."""
    if spot.point is not None and starts:
        return [(_leaving(spot.point, START, roads.inner), 0.0)]
    if spot.point is not None:
        return [(_arriving(spot.point, END, roads.inner, roads.signals), 0.0)]
    x, doors = roads.segments[spot.segment], []
    for tail, head, is_along in x.ways():
        done = spot.share if is_along else 1 - spot.share
        if starts:
            vertex = _arriving(head, START if x.is_local else END, roads.inner, roads.signals)
            doors.append((vertex, (1 - done) * x.time_s))
        else:
            vertex = _leaving(tail, END if x.is_local else START, roads.inner)
            doors.append((vertex, done * x.time_s))
    return doors


def _on_segment_s(roads: Roads, start: Spot, end: Spot) -> list[float]:
    """Return the drive between two spots of one segment that stays on it, if there is one.

    A spot that was passed by less than a millionth of a second is reached.
    """
    x = roads.segments[start.segment]
    ahead_s = (end.share - start.share) * x.time_s
    drives_s = [ahead_s if is_along else -ahead_s for _, _, is_along in x.ways()]
    return sorted(max(s, 0.0) for s in drives_s if s >= -SAME)[:1]


# --- Stations -----------------------------------------------------------------------------------


def best_cover(covers: Sequence[set[int]], n_needs: int) -> set[int]:
    """Return the fewest sites that cover every need that some site covers.

    Among equally few the lexicographically smallest. `covers` holds the needs of each site.
    """
    coverable = set().union(*covers) & set(range(n_needs))
    every_plan = (
        plan
        for n_sites in range(len(covers) + 1)
        for plan in itertools.combinations(range(len(covers)), n_sites)
    )
    return set(next(p for p in every_plan if coverable <= set().union(*(covers[j] for j in p))))


def best_max_cover(
    covers: Sequence[set[int]], weights: Sequence[float], p: int
) -> tuple[set[int], float]:
    """Return the `p` sites (all, if there are fewer) that cover most weight, and that weight.

    Among equally good ones the lexicographically smallest.
    """

    def weight(plan: tuple[int, ...]) -> float:
        return math.fsum(weights[i] for i in set().union(*(covers[j] for j in plan)))

    best = max(itertools.combinations(range(len(covers)), min(p, len(covers))), key=weight)
    return set(best), weight(best)
