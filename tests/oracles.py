"""The second opinion: drives on the raw OpenStreetMap graph, and stations by trying every set.

Slow, plain, and without a line in common with `planner`. It follows "The rules of the road" in
ARCHITECTURE.md by other means: no streets are merged (any two consecutive nodes of a way are a
segment), a vertex of the graph is a segment driven in one direction, so that turns are edges,
NetworkX finds the paths, and times are floats without a grid.
"""

import heapq
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

import networkx as nx
import numpy as np
import osmium
import shapely
from pyproj import Geod

Tags = Mapping[str, str]
Vehicle = Literal["car", "motorcycle", "ebike"]
Direction = Literal["to_station", "from_station"]
Speeds = Literal["limits"] | Mapping[str, float] | None

GEOD: Final = Geod(ellps="WGS84")
AT_JUNCTION_M: Final = 0.01
MATTERS_M: Final = 500.0
ONLY_ZONES: Final = ("maxspeed:type", "source:maxspeed")  # there a number may be a year
ONE_PLACE_M: Final = 50.0  # signals with no more road between them are one signalled place
STRAIGHT_ON_DEG: Final = 45.0  # a change of heading up to that is no turn
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
    "motorcycle": {
        "trunk": 50, "primary": 38, "secondary": 33, "tertiary": 30, "unclassified": 27,
        "residential": 22, "living_street": 12, "service": 14, "road": 22, "track": 14,
        "pedestrian": 6,
    },
    "ebike": {
        "trunk": 22, "primary": 20, "secondary": 20, "tertiary": 20, "unclassified": 20,
        "residential": 18, "living_street": 12, "service": 12, "road": 18, "cycleway": 18,
        "track": 12, "pedestrian": 6, "path": 12, "bridleway": 12, "footway": 8,
    },
}
TOP_KPH: Final = {"car": math.inf, "motorcycle": math.inf, "ebike": 25.0}
CLASS_BELOW: Final = {
    "motorway_link": "trunk", "trunk_link": "primary", "primary_link": "secondary",
    "secondary_link": "tertiary", "tertiary_link": "unclassified",
}
ONLY_WHERE_TAGGED: Final = {"track", "pedestrian", "path", "footway", "bridleway"}
ACCESS_KEYS: Final = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "motorcycle": ("motorcycle", "motor_vehicle", "vehicle", "access"),
    "ebike": ("electric_bicycle", "bicycle", "mofa", "moped", "vehicle", "access"),
}
OWN_KEYS: Final = {vehicle: keys[:-1] for vehicle, keys in ACCESS_KEYS.items()}
LOCAL: Final = {
    "private", "destination", "customers", "delivery", "residents", "permit", "employees",
    "members", "staff", "visitors", "guests", "use_sidepath",
}
CLOSED: Final = {
    "no", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi", "hov", "hgv",
    "goods", "coach", "tourist_bus", "dismount", "foot",
}
ONEWAY_KEYS: Final = {
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "motorcycle": ("oneway:motorcycle", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "ebike": ("oneway:bicycle", "oneway:vehicle", "oneway"),
}
CYCLEWAY_KEYS: Final = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
STOPS_ALL: Final = {
    "cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile",
    "wall", "fence", "guard_rail", "hedge", "hedge_bank", "city_wall", "retaining_wall", "ditch",
}
STOPS_MOTORS: Final = {"motorcycle_barrier"}
OPENED_BY_SOMEBODY: Final = {
    "gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate", "chain",
}
STOPS_CARS: Final = {
    "bollard", "block", "planter", "jersey_barrier", "debris", "log", "bus_trap", "sump_buster",
}
STOPS: Final = {
    "car": STOPS_ALL | STOPS_MOTORS | STOPS_CARS,
    "motorcycle": STOPS_ALL | STOPS_MOTORS,
    "ebike": STOPS_ALL,
}
SURFACE_FACTOR: Final = {
    **dict.fromkeys(
        ("sett", "paving_stones", "cobblestone", "unhewn_cobblestone", "metal", "wood"), 0.8
    ),
    **dict.fromkeys(("compacted", "fine_gravel", "gravel", "pebblestone", "unpaved"), 0.75),
    **dict.fromkeys(
        ("ground", "dirt", "earth", "grass", "grass_paver", "mud", "sand", "woodchips", "snow",
         "ice", "rock"), 0.5,
    ),
}
LANES_COUNT_ON: Final = {
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
}
ZONE_KPH: Final = {  # as the law of each country has it, by its code in lower case
    "cn:urban": 50, "cn:rural": 70, "de:urban": 50, "de:rural": 100, "ad:urban": 50,
    "fr:urban": 50, "fr:rural": 80, "li:urban": 50, "li:rural": 80, "ch:urban": 50, "ch:rural": 80,
    "br:urban": 40, "br:rural": 100, "pt:urban": 50, "pt:rural": 90, "fi:urban": 50, "fi:rural": 80,
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
    closed = CLOSED if vehicle == "ebike" else CLOSED | {"bicycle"}
    if values - closed - LOCAL:
        return keys[0], "open"
    return keys[0], "local" if values & LOCAL else "closed"


def _way_status(tags: Tags, vehicle: Vehicle) -> str:
    """Return "open" or "local" for a road, "closed" for all that is none."""
    highway = tags["highway"]
    is_for_cars = highway == "motorway_link" or tags.get("motorroad") == "yes"
    is_out = (
        CLASS_BELOW.get(highway, highway) not in CLASS_KPH[vehicle]
        or tags.get("area") == "yes"
        or tags.get("service") == "emergency_access"
        or tags.get("route") == "ferry"
        or (vehicle != "car" and is_for_cars)
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
    if tags["barrier"] in STOPS[vehicle]:
        return "closed"
    others = {tags.get("foot", "no"), tags.get("bicycle", "no")} != {"no"}
    needs_key = tags["barrier"] == "chain" or (others and tags["barrier"] in OPENED_BY_SOMEBODY)
    return "local" if needs_key and vehicle != "ebike" else "open"


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


def _speeds_kph(tags: Tags, vehicle: Vehicle, speeds: Speeds) -> tuple[float, float]:
    """Return the speed along a road and against it in km/h; 0 where one may not drive."""
    may = _directions(tags, vehicle)
    both = [
        _speed_kph(tags, vehicle, speeds, way, is_twoway=all(may)) if ok else 0.0
        for ok, way in zip(may, ("forward", "backward"), strict=True)
    ]
    return both[0], both[1]


def _speed_kph(tags: Tags, vehicle: Vehicle, speeds: Speeds, way: str, *, is_twoway: bool) -> float:
    limit_kph = _limit_kph(tags, vehicle, way)
    highway = tags["highway"]
    below = CLASS_BELOW.get(highway, highway)
    own = speeds if isinstance(speeds, Mapping) else {}
    class_kph = own.get(highway, own.get(below, CLASS_KPH[vehicle][below]))
    if speeds != "limits" and highway not in own and below not in own:
        class_kph *= SURFACE_FACTOR.get(tags.get("surface", ""), 1.0)
        class_kph *= _lanes_factor(tags, vehicle, way, is_twoway=is_twoway)
    if limit_kph is None:
        kph = class_kph
    else:
        kph = limit_kph if speeds == "limits" else min(0.85 * limit_kph, 1.25 * class_kph)
    return min(kph, TOP_KPH[vehicle])


def _limit_kph(tags: Tags, vehicle: Vehicle, way: str) -> float | None:
    """Return the limit "forward" or "backward", from the first tag that says one."""
    keys = [f"maxspeed:{key}{end}" for key in OWN_KEYS[vehicle] for end in (f":{way}", "")]
    keys += [f"maxspeed:{way}", "maxspeed", "maxspeed:type", "zone:maxspeed", "source:maxspeed"]
    said = (_said_kph(tags[key], only_zones=key in ONLY_ZONES) for key in keys if key in tags)
    return next((kph for kph in said if kph is not None), None)


def _said_kph(value: str, *, only_zones: bool) -> float | None:
    """Return what a value says: the lowest of its parts that say something."""
    unit_kph = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
    found, is_zone = None, False
    for part in map(str.strip, re.split(r"[;,|]", value)):
        number = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\s*(km/h|kmh|kph|mph|knots))?", part)
        kph = float(number[1]) * unit_kph[number[2]] if number else _zone_kph(part)
        if kph is not None and (found is None or kph < found):
            found, is_zone = kph, not number
    return found if is_zone or not only_zones else None


def _zone_kph(part: str) -> float | None:
    if zone := re.fullmatch(r"(?:([a-z]{2}):(?:zone:?)?|zone:?)(\d+)", part):
        in_miles = zone[1] in ("gb", "uk", "im", "je", "gg", "us", "pr")
        return float(zone[2]) * (1.609344 if in_miles else 1.0)
    if re.fullmatch(r"(?:[a-z]{2}:)?walk", part):
        return 6.0
    if re.fullmatch(r"(?:[a-z]{2}:)?living_street", part):
        return 10.0
    return ZONE_KPH.get(part)


def _lanes_factor(tags: Tags, vehicle: Vehicle, way: str, *, is_twoway: bool) -> float:
    if vehicle == "ebike" or tags["highway"] not in LANES_COUNT_ON:
        return 1.0

    def number(key: str) -> int | None:
        return int(tags[key]) if re.fullmatch(r"\d+", tags.get(key, "")) else None

    lanes, own = number("lanes"), number(f"lanes:{way}")
    if own is None and lanes is not None:
        own = lanes // 2 if is_twoway else lanes
    if own is not None and own >= 2:
        return 1.1
    return 0.8 if is_twoway and lanes == 1 else 1.0


# --- The roads ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """The road between two consecutive nodes of a way."""

    way: int
    tail: int
    head: int
    is_local: bool
    kph: tuple[float, float]  # along and against; 0 where one may not drive
    kind: tuple[str, str | None]  # class and name
    has_limit: bool  # whether its speed comes from a limit
    length_m: float

    @property
    def forward(self) -> bool:
        """Whether one may drive along it."""
        return self.kph[0] > 0

    @property
    def backward(self) -> bool:
        """Whether one may drive against it."""
        return self.kph[1] > 0

    def ways(self) -> list[tuple[int, int, bool]]:
        """Return both directions: from where, to where, and whether from tail to head."""
        both = ((self.tail, self.head, True), (self.head, self.tail, False))
        return [way for way in both if (self.forward if way[2] else self.backward)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """Segments in one direction: arc 2k leads along segment k, arc 2k + 1 against it.

    So the arc back over arc a is `a ^ 1`.
    """

    tail: list[int]
    head: list[int]
    is_local: list[bool]
    time_s: list[float]  # infinite where one may not drive
    heading_deg: list[float]  # from north over east; NaN without length
    leaving: dict[int, list[int]]  # what one may drive, by the point where it begins
    arriving: dict[int, list[int]]  # the same by the point where it ends
    of_way: dict[int, list[int]]  # what one may drive, by way

    def may_drive(self, arc: int) -> bool:
        """Return whether the vehicle may use an arc."""
        return self.time_s[arc] < math.inf


START, OPEN, END = "start", "open", "end"
History = tuple[int, ...]
Vertex = tuple[History, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """What junctions cost, in seconds."""

    signal_s: float
    u_turn_s: float
    turn_left_s: float
    turn_right_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """All roads of a file for one vehicle; segments are in the order of the file.

    A point is a node of a road, or one end at a closed barrier. An inner point is a gate or has
    local roads only.

    A drive is local roads (START), then open ones (OPEN), then local ones (END). A vertex of the
    graph is the end of a drive: the arcs it came over last and its phase. One arc is enough, but
    on the way through turns that are barred over several. The edge to a vertex takes the time of
    passing the junction and of driving the arc.
    """

    segments: list[Segment]
    ends: np.ndarray  # longitude and latitude of both ends of each segment: (n, 2, 2)
    node_of: list[int]
    parts: list[list[int]]  # the segments of each weakly connected component, longest first
    matters: np.ndarray  # for each segment, whether its component has 500 m
    tree: shapely.STRtree
    arcs: Arcs
    inner: set[int]
    gates: set[int]
    bends: set[int]  # all points but junctions
    signals: set[int]
    place_of: dict[int, int]  # the signalled place where a point is
    only_way: dict[int, bool]  # signals for one direction: whether for those who drive along
    barred: set[History]  # arcs that may not be driven one right after the other
    delays: Delays
    graph: nx.DiGraph = field(default_factory=nx.DiGraph)
    ends_of: dict[int, list[Vertex]] = field(default_factory=lambda: defaultdict(list))


def read_roads(
    path: Path | str,
    *,
    vehicle: Vehicle = "car",
    speeds: Speeds = None,
    signal_delay_s: float = 12.0,
    u_turn_s: float = 20.0,
    turn_left_s: float = 0.0,
    turn_right_s: float = 0.0,
    driving_side: Literal["left", "right"] = "right",
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
        Seconds lost at a signalled place.
    u_turn_s, turn_left_s, turn_right_s
        Seconds lost in turning back, left and right.
    driving_side
        The side of the road on which one drives.
    """
    osm = _read_osm(path)
    passing = {n: _barrier_status(t, vehicle) for n, t in osm.special.items() if "barrier" in t}
    rows, node_of = _rows(osm, passing, vehicle, speeds)
    lon_lat = np.array([osm.places[node] for node in node_of]).reshape(-1, 2)
    ends = lon_lat[np.array([row[1:3] for row in rows], dtype=int).reshape(-1, 2)]
    lengths_m = GEOD.inv(*ends[:, 0].T, *ends[:, 1].T)[2]
    segments = [Segment(*row, float(x)) for row, x in zip(rows, lengths_m, strict=True)]
    parts = _parts(segments, range(len(segments)), parted_at=set())
    gates = {p for p, node in enumerate(node_of) if passing.get(node) == "local"}
    segments = _with_pockets(segments, parts, gates)
    on_open = {p for x in segments if not x.is_local for p in (x.tail, x.head)}
    matters = np.zeros(len(segments), dtype=bool)
    for part in parts:
        matters[part] = _sum_m(segments, part) >= MATTERS_M - SAME
    signals = {p for p, node in enumerate(node_of) if _is_signal(osm.special.get(node, {}))}
    place_of = _signalled_places(segments, signals)
    arcs = _arcs(segments, ends)
    said = [r for r in (_restriction(*relation, vehicle) for relation in osm.relations) if r]
    turns = [(r, _turns(r, osm, arcs, node_of, gates)) for r in said]
    courses = [course for r in said for course in _courses(r, osm.ways)]
    turned_at = {
        node
        for course in courses
        if arcs.of_way.keys() >= {course.entry, course.leave, *(way for way, _ in course.over)}
        for node in (course.first, course.last)
    }
    restricted = {p for p, node in enumerate(node_of) if node in turned_at}
    roads = Roads(
        segments=segments,
        ends=ends,
        node_of=node_of,
        parts=parts,
        matters=matters,
        tree=shapely.STRtree(shapely.linestrings(ends)),
        arcs=arcs,
        inner=set(range(len(node_of))) - on_open | gates,
        gates=gates,
        bends=_bends(segments, parts) - gates - signals - restricted,
        signals=signals,
        place_of=place_of,
        only_way=_only_way(osm, node_of, place_of),
        barred=_barred(turns, arcs, driving_side),
        delays=Delays(
            signal_s=signal_delay_s,
            u_turn_s=u_turn_s,
            turn_left_s=turn_left_s,
            turn_right_s=turn_right_s,
        ),
    )
    _lay_graph(roads)
    return roads


class Osm(NamedTuple):
    """What a file holds."""

    places: dict[int, tuple[float, float]]
    special: dict[int, Tags]  # tags of barriers and signals
    ways: dict[int, tuple[list[int], Tags, str | None]]  # nodes, tags, name
    relations: list[tuple[Tags, list[tuple[str, int, str]]]]  # restrictions: type, number, role


def _read_osm(path: Path | str) -> Osm:
    osm = Osm({}, {}, {}, [])
    for thing in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v.strip().lower() for tag in thing.tags}
        if thing.is_node():
            if not thing.location.valid():
                continue
            osm.places[thing.id] = thing.location.lon, thing.location.lat
            if "barrier" in tags or _is_signal(tags):
                osm.special[thing.id] = tags
        elif thing.is_way() and "highway" in tags and len(thing.nodes) > 1:
            nodes = [node.ref for node in thing.nodes]
            name = thing.tags.get("name") or thing.tags.get("ref")
            osm.ways[thing.id] = nodes, tags, name
        elif thing.is_relation() and tags.get("type") == "restriction":
            osm.relations.append((tags, [(m.type, m.ref, m.role) for m in thing.members]))
    return osm


def _rows(
    osm: Osm, passing: Mapping[int, str], vehicle: Vehicle, speeds: Speeds
) -> tuple[list[tuple], list[int]]:
    """Return the segments without their lengths, and the node of each point."""
    rows, node_of = [], []
    point_of: dict[int, int] = {}

    def point(node: int) -> int:
        if node not in point_of or passing.get(node) == "closed":
            point_of[node] = len(node_of)
            node_of.append(node)
        return point_of[node]

    for way, (nodes, tags, name) in osm.ways.items():
        status = _way_status(tags, vehicle)
        kph = _speeds_kph(tags, vehicle, speeds) if status != "closed" else (0.0, 0.0)
        if max(kph) > 0:
            driven = [way for way, v in zip(("forward", "backward"), kph, strict=True) if v > 0]
            has_limit = all(_limit_kph(tags, vehicle, way) is not None for way in driven)
            about = (status == "local", kph, (tags["highway"], name), has_limit)
            for a, b in itertools.pairwise(nodes):
                if a != b and a in osm.places and b in osm.places:
                    rows.append((way, point(a), point(b), *about))
    return rows, node_of


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


def _bends(segments: Sequence[Segment], parts: Iterable[Sequence[int]]) -> set[int]:
    """Return the points where two segments meet that differ in nothing."""
    meeting = defaultdict(list)
    for x in segments:
        about = (x.kind, x.is_local, x.has_limit)
        meeting[x.tail].append((about, *x.kph))
        meeting[x.head].append((about, *reversed(x.kph)))
    pairs = {point: those for point, those in meeting.items() if len(those) == 2}
    bends = {p for p, (one, (about, out, into)) in pairs.items() if one == (about, into, out)}
    for part in parts:  # a ring without a junction gets one
        if bends.issuperset(p for s in part for p in (segments[s].tail, segments[s].head)):
            bends.remove(segments[part[0]].tail)
    return bends


def _arcs(segments: Sequence[Segment], ends: np.ndarray) -> Arcs:
    """Return the arcs of segments."""
    pairs = [(x.tail, x.head) for x in segments]
    east, north = (ends[:, 1] - ends[:, 0]).T
    east = east * np.cos(np.radians(ends[:, :, 1].mean(axis=1)))  # headings are those on a sphere
    along_deg = np.where((east == 0) & (north == 0), np.nan, np.degrees(np.arctan2(east, north)))
    arcs = Arcs(
        tail=[p for tail, head in pairs for p in (tail, head)],
        head=[p for tail, head in pairs for p in (head, tail)],
        is_local=[x.is_local for x in segments for _ in (0, 1)],
        time_s=[x.length_m / (v / 3.6) if v else math.inf for x in segments for v in x.kph],
        heading_deg=np.stack([along_deg, along_deg + 180], axis=1).ravel().tolist(),
        leaving=defaultdict(list),
        arriving=defaultdict(list),
        of_way=defaultdict(list),
    )
    for arc, tail in enumerate(arcs.tail):
        if arcs.may_drive(arc):
            arcs.leaving[tail].append(arc)
            arcs.arriving[arcs.head[arc]].append(arc)
            arcs.of_way[segments[arc // 2].way].append(arc)
    return arcs


# --- Signals --------------------------------------------------------------------------------------


def _signalled_places(segments: Sequence[Segment], signals: set[int]) -> dict[int, int]:
    """Return the signalled place of each point that is in one, named by one of its signals."""
    roads = nx.Graph()
    for x in segments:
        known_m = roads.get_edge_data(x.tail, x.head, {"m": math.inf})["m"]
        roads.add_edge(x.tail, x.head, m=min(known_m, x.length_m))
    reach_m = ONE_PLACE_M + SAME
    away_m = {
        p: nx.single_source_dijkstra_path_length(roads, p, cutoff=reach_m, weight="m")
        for p in signals
    }
    together = nx.Graph()
    together.add_nodes_from(signals)
    for one, near_m in away_m.items():
        for other in near_m.keys() & signals - {one}:
            between = (
                p
                for p, m in near_m.items()
                if m + away_m[other].get(p, math.inf) <= near_m[other] + SAME
            )
            together.add_edges_from((one, p) for p in between)
    places = nx.connected_components(together)
    return {p: name for place in places for name in [min(place & signals)] for p in place}


def _only_way(osm: Osm, node_of: Sequence[int], place_of: Mapping[int, int]) -> dict[int, bool]:
    """Return the signals that stand alone and delay one direction: True for those who drive along."""
    said = {p: osm.special.get(node, {}) for p, node in enumerate(node_of) if p in place_of}
    said = {p: tags.get("traffic_signals:direction") for p, tags in said.items()}
    size = Counter(place_of.values())
    return {
        p: direction == "forward"
        for p, direction in said.items()
        if size[place_of[p]] == 1 and direction in ("forward", "backward")
    }


# --- Turns ----------------------------------------------------------------------------------------


class Restriction(NamedTuple):
    """A turn that is barred, or the only one allowed: from ways over a node or ways to ways."""

    kind: str
    entries: list[int]
    node: int | None
    ways: list[int]
    exits: list[int]


def _restriction(
    tags: Tags, members: Iterable[tuple[str, int, str]], vehicle: Vehicle
) -> Restriction | None:
    """Return what a relation says to a vehicle; None if nothing."""
    keys = [*(f"restriction:{key}" for key in OWN_KEYS[vehicle]), "restriction"]
    kind = next((tags[key] for key in keys if key in tags), "")
    excepted = {value.strip() for value in tags.get("except", "").split(";")}
    at_times = {"day_on", "day_off", "hour_on", "hour_off"}
    if (
        not kind.startswith(("no_", "only_"))
        or excepted & {*OWN_KEYS[vehicle]}
        or at_times & {*tags}
    ):
        return None
    of = defaultdict(list)
    for member in members:
        of[member[2], member[0]].append(member[1])
    entries, exits, ways, nodes = of["from", "w"], of["to", "w"], of["via", "w"], of["via", "n"]
    is_whole = (
        (len(entries) == 1 or (entries and kind == "no_entry"))
        and (len(exits) == 1 or (exits and kind == "no_exit"))
        and (len(nodes) == 1 if not ways else not nodes)
    )
    return Restriction(kind, entries, next(iter(nodes), None), ways, exits) if is_whole else None


class Course(NamedTuple):
    """Where a turn leads: from a way at its first node, over ways as drawn (1) or against it (-1), to a way."""

    entry: int
    first: int
    over: list[tuple[int, int]]
    last: int
    leave: int


def _courses(r: Restriction, ways: Mapping[int, tuple]) -> list[Course]:
    """Return the courses of a restriction that are clear.

    Ways lead, end to end, from an end of one way to an end of another, and in one way only.
    """
    pairs = list(itertools.product(r.entries, r.exits))
    if r.node is not None:
        return [Course(entry, r.node, [], r.node, leave) for entry, leave in pairs]
    courses = []
    for entry, leave in pairs:
        if any(way not in ways for way in (entry, *r.ways, leave)):
            continue
        starts, ends = ({ways[way][0][0], ways[way][0][-1]} for way in (entry, leave))
        clear = []
        for steps in itertools.product((1, -1), repeat=len(r.ways)):
            lines = [ways[way][0][::step] for way, step in zip(r.ways, steps, strict=True)]
            is_chain = all(one[-1] == other[0] for one, other in itertools.pairwise(lines))
            first, last = lines[0][0], lines[-1][-1]
            if is_chain and first in starts and last in ends:
                over = list(zip(r.ways, steps, strict=True))
                clear.append(Course(entry, first, over, last, leave))
        courses += clear if len(clear) == 1 else []
    return courses


def _turns(
    r: Restriction, osm: Osm, arcs: Arcs, node_of: Sequence[int], gates: set[int]
) -> list[History]:
    """Return the drives that a restriction speaks of, each as its arcs."""
    turns = []
    for course in _courses(r, osm.ways):
        into = [a for a in arcs.of_way[course.entry] if node_of[arcs.head[a]] == course.first]
        out = [a for a in arcs.of_way[course.leave] if node_of[arcs.tail[a]] == course.last]
        middle = _middle(course, osm, arcs, node_of)
        if r.kind == "no_u_turn" and course.entry == course.leave and not r.ways:
            turns += [(a, a ^ 1) for a in into if arcs.may_drive(a ^ 1)]
        elif len(into) == len(out) == 1 and middle is not None:
            turns.append((*into, *middle, *out))
    return [
        turn
        for turn in turns
        if all(
            arcs.head[a] == arcs.tail[b] and (arcs.head[a] not in gates or b == a ^ 1)
            for a, b in itertools.pairwise(turn)  # at a gate each road ends for itself
        )
    ]


def _middle(course: Course, osm: Osm, arcs: Arcs, node_of: Sequence[int]) -> list[int] | None:
    """Return the arcs over the ways of a course; None where some may not be driven."""
    middle: list[int] = []
    for way, step in course.over:
        driven = [a for a in arcs.of_way[way][::step] if a % 2 == (step < 0)]
        line = itertools.pairwise(osm.ways[way][0][::step])
        steps = [(node_of[arcs.tail[a]], node_of[arcs.head[a]]) for a in driven]
        if steps != [(a, b) for a, b in line if a != b]:
            return None
        middle += driven
    return middle


def _barred(
    turns: Iterable[tuple[Restriction, Sequence[History]]], arcs: Arcs, driving_side: str
) -> set[History]:
    """Return the arcs that may not be driven one right after the other."""
    across = "no_left_turn" if driving_side == "right" else "no_right_turn"
    barred: set[History] = set()
    allowed = defaultdict(set)
    for r, found in turns:
        for turn in found:
            if r.kind.startswith("only_"):
                allowed[turn[:-1]].add(turn[-1])
            else:
                barred.add(turn)
            if r.kind == across and not r.ways:
                barred.add((turn[0], turn[0] ^ 1))
    for way_in, exits in allowed.items():
        for k in range(1, len(way_in) + 1):
            there = way_in[:k]
            right = {way_in[k]} if k < len(way_in) else exits
            barred |= {(*there, a) for a in arcs.leaving[arcs.head[there[-1]]] if a not in right}
    return barred


# --- The graph ------------------------------------------------------------------------------------


def _lay_graph(roads: Roads) -> None:
    """Lay the graph of all drives that the rules allow, with `time_s` on its edges."""
    prefixes = {turn[:k] for turn in roads.barred for k in range(1, len(turn))}
    arcs = roads.arcs
    todo: list[Vertex] = []

    def vertex(history: History, phase: str) -> Vertex:
        """Return a vertex for a drive of which no more is kept than turns may ask for."""
        while len(history) > 1 and history not in prefixes:
            history = history[1:]
        if (history, phase) not in roads.graph:
            roads.graph.add_node((history, phase))
            roads.ends_of[history[-1]].append((history, phase))
            todo.append((history, phase))
        return history, phase

    for arc, time_s in enumerate(arcs.time_s):
        if time_s < math.inf:
            for phase in (START, END) if arcs.is_local[arc] else (OPEN,):
                vertex((arc,), phase)
    while todo:
        history, phase = before = todo.pop()
        for arc, phase_after in _onward(roads, history[-1], phase):
            longer = (*history, arc)
            if not any(longer[k:] in roads.barred for k in range(len(history))):
                time_s = _passing_s(roads, history[-1], arc) + arcs.time_s[arc]
                roads.graph.add_edge(before, vertex(longer, phase_after), time_s=time_s)


def _onward(roads: Roads, arc: int, phase: str) -> Iterator[tuple[int, str]]:
    """Return the arcs by which a drive may go on after an arc, barred turns aside, and its phase there."""
    point = roads.arcs.head[arc]
    for onto in roads.arcs.leaving[point]:
        is_back = onto == arc ^ 1
        if is_back and point in roads.bends:
            continue
        if roads.arcs.is_local[onto]:
            if point in roads.inner and phase == START:
                yield onto, START
            elif point in roads.inner or phase != END:
                yield onto, END
        elif phase == START or (phase == OPEN and (is_back or point not in roads.gates)):
            yield onto, OPEN  # before a gate one may turn back, as before any local road


def _passing_s(roads: Roads, arc: int, onto: int) -> float:
    """Return the seconds of passing a junction from one arc onto another."""
    point, delays = roads.arcs.head[arc], roads.delays
    if point in roads.bends:
        return 0.0
    passing_s = 0.0
    if point in roads.place_of and not _is_within_place(roads, onto):
        is_along = onto % 2 == 0
        passing_s += delays.signal_s * (roads.only_way.get(point, is_along) == is_along)
    if onto == arc ^ 1:
        return passing_s + delays.u_turn_s
    turn_deg = (roads.arcs.heading_deg[onto] - roads.arcs.heading_deg[arc] + 180) % 360 - 180
    if point in roads.gates or not abs(turn_deg) > STRAIGHT_ON_DEG:
        return passing_s  # a gate is a road without length, which has no heading
    return passing_s + (delays.turn_left_s if turn_deg < 0 else delays.turn_right_s)


def _is_within_place(roads: Roads, arc: int) -> bool:
    """Return whether the street that begins with an arc lies in one signalled place: short, and no ring."""
    begin, metres = roads.arcs.tail[arc], roads.segments[arc // 2].length_m
    while (end := roads.arcs.head[arc]) in roads.bends:
        (arc,) = (onto for onto in roads.arcs.leaving[end] if onto != arc ^ 1)
        metres += roads.segments[arc // 2].length_m
    is_one_place = roads.place_of.get(end) == roads.place_of[begin]
    return is_one_place and end != begin and metres <= ONE_PLACE_M + SAME


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
    times: dict[tuple[int, int], float] = {}
    with _graph_from_sites(roads, sites, demand, direction, access_kph) as graph:
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
    order = itertools.count()
    queue = [(0.0, j, next(order), ("site", j)) for j in range(len(sites))]
    found: dict[tuple, tuple[int, float]] = {}
    with _graph_from_sites(roads, sites, demand, direction, access_kph) as graph:
        while queue:
            time_s, j, _, vertex = heapq.heappop(queue)
            if vertex not in found:
                found[vertex] = j, time_s
                for v, edge in graph[vertex].items():
                    heapq.heappush(queue, (time_s + edge["time_s"], j, next(order), v))
    return [found.get(("demand", i)) for i in range(len(demand))]


@contextmanager
def _graph_from_sites(
    roads: Roads, sites: Sequence[Spot], demand: Sequence[Spot], direction: Direction, kph: float
) -> Iterator[nx.DiGraph]:
    """Give the graph, with vertices ("site", j) and ("demand", i), to be searched from sites."""
    named = {("site", j): spot for j, spot in enumerate(sites)}
    named |= {("demand", i): spot for i, spot in enumerate(demand)}
    leg_s = {v: spot.distance_m / (kph / 3.6) if kph else 0.0 for v, spot in named.items()}
    first, last = ("demand", "site") if direction == "to_station" else ("site", "demand")
    starts = {v: spot for v, spot in named.items() if v[0] == first and spot.segment is not None}
    ends = {v: spot for v, spot in named.items() if v[0] == last and spot.segment is not None}
    graph = roads.graph
    graph.add_nodes_from(named)
    for start, spot in starts.items():
        for vertex, time_s in _begun(roads, spot):
            graph.add_edge(start, vertex, time_s=time_s)
    last_edges = [
        (v, end, time_s) for end, spot in ends.items() for v, time_s in _last(roads, spot)
    ]
    last_edges += [
        (start, end, 0.0)
        for (start, a), (end, b) in itertools.product(starts.items(), ends.items())
        if a.point is not None and a.point == b.point
    ]
    for v, end, time_s in last_edges:
        known_s = graph.get_edge_data(v, end, {"time_s": math.inf})["time_s"]
        graph.add_edge(v, end, time_s=min(known_s, time_s))
    for v in starts.keys() | ends.keys():
        for _, _, edge in [*graph.in_edges(v, data=True), *graph.out_edges(v, data=True)]:
            edge["time_s"] += leg_s[v]
    yield graph.reverse(copy=False) if direction == "to_station" else graph
    graph.remove_nodes_from(named)


def _begun(roads: Roads, spot: Spot) -> list[tuple[Vertex, float]]:
    """Return the first vertices of drives that begin at a spot, and the seconds to there."""
    arcs, is_local = roads.arcs, roads.arcs.is_local
    if spot.point is None:
        on_local, first = START, _over(roads, spot)
    else:
        on_local = START if spot.point in roads.inner else END
        first = [(arc, 1.0) for arc in arcs.leaving[spot.point]]
    return [
        (((arc,), on_local if is_local[arc] else OPEN), left * arcs.time_s[arc])
        for arc, left in first
    ]


def _last(roads: Roads, spot: Spot) -> list[tuple[tuple, float]]:
    """Return the last vertices of drives that end at a spot, and the seconds from there.

    Those that end on an arc have their last vertex before it. Who begins on that arc too is
    already on it, and may have passed the spot: if by less than a millionth of a second, it is
    reached.
    """
    arcs, graph = roads.arcs, roads.graph
    if spot.point is not None:
        return [
            (vertex, 0.0)
            for arc in arcs.arriving[spot.point]
            for vertex in roads.ends_of[arc]
            if vertex[1] != END or spot.point in roads.inner
        ]
    found = [
        (before, edge["time_s"] - left * arcs.time_s[arc])
        for arc, left in _over(roads, spot)
        for vertex in roads.ends_of[arc]
        for before, _, edge in graph.in_edges(vertex, data=True)
    ]
    return [(before, max(time_s, 0.0)) for before, time_s in found if time_s >= -SAME]


def _over(roads: Roads, spot: Spot) -> list[tuple[int, float]]:
    """Return the arcs that lead over a spot, and what share of each is still ahead there."""
    both = [(2 * spot.segment, 1 - spot.share), (2 * spot.segment + 1, spot.share)]
    return [(arc, left) for arc, left in both if roads.arcs.may_drive(arc)]


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


def best_drives(
    time_s: np.ndarray,
    weights: Sequence[float],
    p: int,
    *,
    kept: Sequence[int] = (),
    excluded: Sequence[int] = (),
    cover_within_s: float | None = None,
) -> tuple[float, float]:
    """Return the least weighted drives in all and the shortest longest drive of at most `p` sites; infinite: none can.

    `time_s` holds needs x sites, infinite where no drive is. Needs that no site may serve are set aside; with
    `cover_within_s` those that a site is so near to need one so near.
    """
    usable = [j for j in range(time_s.shape[1]) if j not in set(excluded)]
    reached = [i for i, row in enumerate(time_s) if min(row[usable], default=math.inf) < math.inf]
    limit_s = [math.inf] * len(time_s)
    if cover_within_s is not None:
        limit_s = [
            cover_within_s if min(row[usable], default=math.inf) <= cover_within_s else math.inf
            for row in time_s
        ]
    least = shortest = math.inf
    free = [j for j in usable if j not in set(kept)]
    for n in range(p - len(kept) + 1):
        for plan in itertools.combinations(free, n):
            stations = [*kept, *plan]
            drives = [min(time_s[i][stations], default=math.inf) for i in reached]
            if any(t == math.inf or t > limit_s[i] for i, t in zip(reached, drives, strict=True)):
                continue
            total = math.fsum(weights[i] * t for i, t in zip(reached, drives, strict=True))
            least, shortest = min(least, total), min(shortest, max(drives, default=0.0))
    return least, shortest


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
