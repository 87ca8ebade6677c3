"""A count of the roads of an OpenStreetMap file, way by way, to hold against what was read.

It follows "The rules of the road" in ARCHITECTURE.md, stated here once more, and shares no line with `planner` nor with
`oracles.py`: pyosmium gives ways, nodes and relations, pyproj their metres, scipy the components, and NetworkX the drives.
No streets are made: a *piece* lies between two consecutive nodes of a way, and points are where pieces end.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import networkx as nx
import numpy as np
import osmium
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Tags = Mapping[str, str]
Step = tuple[int, bool]
"""A piece, and whether it is driven as drawn."""

# --- The rules ----------------------------------------------------------------------------------

# fmt: off
CLASSES: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "road", "cycleway", "track", "pedestrian", "path", "bridleway", "footway",
)
KPH: Final = {
    "car": (80, 50, 38, 32, 28, 25, 20, 10, 12, 20, None, 12, 6, None, None, None),
    "motorcycle": (None, 50, 38, 33, 30, 27, 22, 12, 14, 22, None, 14, 6, None, None, None),
    "ebike": (None, 22, 20, 20, 20, 20, 18, 12, 12, 18, 18, 12, 6, 12, 12, 8),
}
LINK_OF: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
BY_INVITATION: Final = {"track", "pedestrian", "path", "bridleway", "footway"}
KEYS: Final = {
    "car": ["motorcar", "motor_vehicle", "vehicle", "access"],
    "motorcycle": ["motorcycle", "motor_vehicle", "vehicle", "access"],
    "ebike": ["electric_bicycle", "bicycle", "mofa", "moped", "vehicle", "access"],
}
ONE_WAY_KEYS: Final = {
    "car": ["motorcar", "motor_vehicle", "vehicle"],
    "motorcycle": ["motorcycle", "motor_vehicle", "vehicle"],
    "ebike": ["bicycle", "vehicle"],
}
SHUT: Final = ["no", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi", "hov", "hgv", "goods", "coach", "tourist_bus", "dismount", "foot"]
FOR_SOME: Final = ["private", "destination", "customers", "delivery", "residents", "permit", "employees", "members", "staff", "visitors", "guests", "use_sidepath"]
STOPS_CARS: Final = ["bollard", "block", "planter", "jersey_barrier", "debris", "log", "bus_trap", "sump_buster"]
STOPS_MOTORS: Final = ["motorcycle_barrier"]
STOPS_ALL: Final = ["cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile", "wall", "fence", "guard_rail", "hedge", "hedge_bank", "city_wall", "retaining_wall", "ditch"]
WITH_KEY: Final = ["gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate", "chain"]
STOPPED_BY: Final = {
    "car": {*STOPS_CARS, *STOPS_MOTORS, *STOPS_ALL},
    "motorcycle": {*STOPS_MOTORS, *STOPS_ALL},
    "ebike": {*STOPS_ALL},
}
ROUGH: Final = {
    0.8: ["sett", "paving_stones", "cobblestone", "unhewn_cobblestone", "metal", "wood"],
    0.75: ["compacted", "fine_gravel", "gravel", "pebblestone", "unpaved"],
    0.5: ["ground", "dirt", "earth", "grass", "grass_paver", "mud", "sand", "woodchips", "snow", "ice", "rock"],
}
WITH_LANES: Final = {"trunk", "primary", "secondary", "tertiary", "unclassified", "residential"}
ZONES: Final = {  # those that stand in the files
    "ad:urban": 50, "br:urban": 50, "de:urban": 50, "de:rural": 100, "fr:urban": 50, "li:urban": 50,
}
# fmt: on
GEOD: Final = Geod(ellps="WGS84")


def clean(value: str) -> str:
    return value.strip().lower()


def said(value: str, vehicle: str) -> str:
    """Return whether an access value says "open", "local" or "closed"."""
    shut = SHUT if vehicle == "ebike" else [*SHUT, "bicycle"]
    words = [clean(word) for word in value.split(";")]
    if all(word in shut for word in words):
        return "closed"
    return "local" if all(word in shut or word in FOR_SOME for word in words) else "open"


def access(tags: Tags, vehicle: str, *, but: Iterable[str] = ()) -> tuple[str | None, str]:
    """Return the tag that decides who may pass, and what it says."""
    for key in KEYS[vehicle]:
        if key in tags and key not in but:
            return key, said(tags[key], vehicle)
    return None, "open"


def class_kph(road_class: str, vehicle: str) -> float | None:
    """Return the speed of a class; None where it is no road."""
    plain = road_class.removesuffix("_link")
    if plain == road_class:
        return dict(zip(CLASSES, KPH[vehicle], strict=True)).get(plain)
    if plain not in LINK_OF or (plain == "motorway" and vehicle != "car"):
        return None
    return KPH[vehicle][LINK_OF.index(plain) + 1]


def road_status(tags: Tags, vehicle: str) -> str:
    """Return "open" or "local" for a way that is a road, else why it is none."""
    road_class = tags["highway"]
    if class_kph(road_class, vehicle) is None:
        return "class"
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("area") == "yes":
        return "area"
    if tags.get("service") == "emergency_access":
        return "emergency"
    if tags.get("motorroad") == "yes" and vehicle != "car":
        return "motorroad"
    key, status = access(tags, vehicle, but=("mofa", "moped") if road_class == "cycleway" else ())
    if road_class in BY_INVITATION and (key in (None, "access") or status != "open"):
        return "class"
    return status


def barrier_status(tags: Tags, vehicle: str) -> str:
    """Return whether a barrier is "open", "local" or "closed"."""
    key, status = access(tags, vehicle)
    if key is not None:
        return status
    if tags.get("locked") == "yes":
        return "local"
    if tags["barrier"] in STOPPED_BY[vehicle]:
        return "closed"
    for_others = [key for key in ("foot", "bicycle") if clean(tags.get(key, "no")) != "no"]
    if vehicle != "ebike" and tags["barrier"] in WITH_KEY:
        return "local" if for_others or tags["barrier"] == "chain" else "open"
    return "open"


def directions(tags: Tags, vehicle: str) -> tuple[bool, bool]:
    """Return whether one drives along a way, and against it."""
    keys = [*(f"oneway:{key}" for key in ONE_WAY_KEYS[vehicle]), "oneway"]
    value = next((clean(tags[key]) for key in keys if key in tags), None)
    lanes = [tags.get(f"cycleway{side}", "") for side in ("", ":left", ":right", ":both")]
    has_contraflow = any(lane.startswith("opposite") for lane in lanes)
    if vehicle == "ebike" and has_contraflow and "oneway:bicycle" not in tags:
        return True, True
    if value is None:
        value = "yes" if tags.get("junction") in ("roundabout", "circular") else "no"
        value = "yes" if tags["highway"] == "motorway" else value
    if value == "reversible":
        return False, False
    return value not in ("-1", "reverse"), value not in ("yes", "true", "1")


def said_kph(value: str) -> float | None:
    """Return the limit that a value says, in km/h; None where it says none."""
    found = []
    for part in re.split("[;,|]", clean(value)):
        part = part.strip()
        number = re.fullmatch(r"(\d+(?:\.\d+)?) ?(km/h|kmh|kph|mph|knots)?", part)
        zone = re.fullmatch(r"(?:[a-z]{2}:)?zone:?(\d+)|zone:(\d+)", part)
        if number:
            found.append(float(number[1]) * {"mph": 1.609344, "knots": 1.852}.get(number[2], 1.0))
        elif zone:
            found.append(float(zone[1] or zone[2]))
        elif part == "walk":
            found.append(6.0)
        elif part == "living_street" or part.endswith(":living_street"):
            found.append(10.0)
        elif part in ZONES:
            found.append(float(ZONES[part]))
    return min(found, default=None)


def limit_kph(tags: Tags, vehicle: str, *, is_along: bool) -> float | None:
    """Return the limit of a way in one direction, in km/h."""
    way = "forward" if is_along else "backward"
    own = [f"maxspeed:{key}" for key in KEYS[vehicle] if key != "access"]
    keys = [name for key in [*own, "maxspeed"] for name in (f"{key}:{way}", key)]
    keys += ["maxspeed:type", "zone:maxspeed", "source:maxspeed"]
    limits = (said_kph(tags[key]) for key in keys if key in tags)
    return next((kph for kph in limits if kph is not None), None)


def rough(tags: Tags) -> float:
    """Return the factor of the surface."""
    surface = clean(tags.get("surface", ""))
    return next((factor for factor, words in ROUGH.items() if surface in words), 1.0)


def wide(tags: Tags, vehicle: str, *, is_along: bool, is_two_way: bool) -> float:
    """Return the factor of the lanes in one direction."""
    if vehicle == "ebike" or tags["highway"] not in WITH_LANES:
        return 1.0
    told = [tags.get("lanes:forward" if is_along else "lanes:backward", ""), tags.get("lanes", "")]
    own, both = (int(text) if text.strip().isdigit() else None for text in told)
    if own is None and both is not None:
        own = both // 2 if is_two_way else both
    if own is not None and own >= 2:
        return 1.1
    return 0.8 if is_two_way and both == 1 else 1.0


def drive_kph(tags: Tags, vehicle: str, *, is_along: bool, is_two_way: bool) -> float:
    """Return how fast one drives, in km/h; 0: not at all."""
    limit = limit_kph(tags, vehicle, is_along=is_along)
    usual = class_kph(tags["highway"], vehicle)
    usual *= rough(tags) * wide(tags, vehicle, is_along=is_along, is_two_way=is_two_way)
    kph = usual if limit is None else min(0.85 * limit, 1.25 * usual)
    return min(kph, 25.0) if vehicle == "ebike" else kph


# --- What the file holds --------------------------------------------------------------------------


class Way(NamedTuple):
    """A way with a highway tag, as it is in the file."""

    number: int
    nodes: list[int]
    tags: dict[str, str]


class Relation(NamedTuple):
    """A turn restriction, as it is in the file: members are role, type and number."""

    number: int
    tags: dict[str, str]
    members: list[tuple[str, str, int]]


@dataclass(frozen=True)
class OsmFile:
    """The ways with a highway tag, where their nodes are, the tags of signals and barriers, and restrictions."""

    ways: list[Way]
    ferries: int
    """Ways without a highway tag that are ferries."""
    place: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    relations: list[Relation]
    told_date: str
    """The time in the header; empty where it tells none."""
    newest: dict[int, str]
    """When each way was changed last; empty where that isn't told."""


def read_osm(path: Path) -> OsmFile:
    """Return what a file holds."""
    ways, ferries, place, node_tags, relations, newest = [], 0, {}, {}, [], {}
    wanted = osmium.filter.KeyFilter("highway", "route", "barrier", "type")
    for thing in osmium.FileProcessor(str(path)).with_locations().with_filter(wanted):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            node_tags[thing.id] = tags
        elif thing.is_way() and "highway" in tags:
            ways.append(Way(thing.id, [node.ref for node in thing.nodes], tags))
            newest[thing.id] = thing.timestamp.isoformat() if thing.timestamp.year > 2003 else ""
            for node in thing.nodes:
                if node.location.valid():
                    place[node.ref] = node.location.lon, node.location.lat
        elif thing.is_way():
            ferries += tags.get("route") == "ferry"
        elif tags.get("type") == "restriction":
            members = [(member.role, member.type, member.ref) for member in thing.members]
            relations.append(Relation(thing.id, tags, members))
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        told_date = reader.header().get("osmosis_replication_timestamp")
    return OsmFile(ways, ferries, place, node_tags, relations, told_date, newest)


# --- The roads of a vehicle -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Pieces:
    """The roads of one vehicle, cut at every node; where nobody passes a barrier each piece ends at a point of its own."""

    file: OsmFile
    vehicle: str
    ways: list[Way]
    kind: list[tuple]
    """Of each way: class, status, speed along and against, whether these come from limits, name."""
    way: NDArray[np.int64]
    """Position in `ways` of the way of each piece."""
    nodes: NDArray[np.int64]
    """Numbers of the two nodes of each piece."""
    ends: NDArray[np.int64]
    """The two points of each piece."""
    point_node: NDArray[np.int64]
    """Number of the node at each point."""
    out: Counter[str]
    """Ways that are no roads, by reason."""

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        at = np.array([[self.file.place[n] for n in pair] for pair in self.nodes.tolist()])
        return np.asarray(GEOD.inv(*at[:, 0].T, *at[:, 1].T)[2])

    @cached_property
    def goes(self) -> NDArray[np.bool_]:
        """Whether each piece is driven along, and against."""
        return np.array([(kind[2] > 0, kind[3] > 0) for kind in self.kind])[self.way]

    @cached_property
    def part(self) -> NDArray[np.int64]:
        """The component of each piece, the longest first."""
        return parts(self.ends, self.length_m)

    @cached_property
    def gates(self) -> NDArray[np.bool_]:
        """Whether there is a barrier at each point that local drives pass."""
        statuses = self.barriers
        return np.array([statuses.get(n) == "local" for n in self.point_node.tolist()])

    @cached_property
    def barriers(self) -> dict[int, str]:
        """What a barrier is to the vehicle, for each node of a road that has one."""
        on_roads = set(self.nodes.ravel().tolist())
        return {
            number: barrier_status(tags, self.vehicle)
            for number, tags in self.file.node_tags.items()
            if "barrier" in tags and number in on_roads
        }

    @cached_property
    def signals(self) -> set[int]:
        """The nodes of roads where a signal stands."""
        on_roads = set(self.nodes.ravel().tolist())
        tags_of = self.file.node_tags.items()
        return {n for n, t in tags_of if t.get("highway") == "traffic_signals" and n in on_roads}

    @cached_property
    def is_local(self) -> NDArray[np.bool_]:
        """Whether each piece serves only the start or the end of a drive: by its tags, or in a pocket."""
        local = np.array([kind[1] == "local" for kind in self.kind])[self.way]
        is_open = np.flatnonzero(~local)
        ends = self.ends[is_open]
        at_gate = self.gates[ends]  # open roads on both sides of a gate aren't joined by it
        apart = np.arange(2 * is_open.size).reshape(-1, 2) + self.point_node.size
        open_part = parts(np.where(at_gate, apart, ends), self.length_m[is_open])
        longest: dict[int, int] = {}
        for whole, part in sorted(
            set(zip(self.part[is_open].tolist(), open_part.tolist(), strict=True))
        ):
            longest.setdefault(whole, part)  # parts are numbered from the longest
        in_pocket = [
            longest[w] != p
            for w, p in zip(self.part[is_open].tolist(), open_part.tolist(), strict=True)
        ]
        local[is_open[np.array(in_pocket, dtype=bool)]] = True
        return local

    @cached_property
    def degree(self) -> NDArray[np.int64]:
        """How many pieces end at each point."""
        return np.bincount(self.ends.ravel(), minlength=self.point_node.size)

    @cached_property
    def is_junction(self) -> NDArray[np.bool_]:
        """Whether each point is a junction; a ring without one has none here."""
        is_one = self.degree != 2
        special = self.signals | {n for n, status in self.barriers.items() if status != "open"}
        special |= {n for turn in restrictions(self)[0] for n in turn.junctions}
        is_one |= np.isin(self.point_node, list(special))
        meeting: dict[int, list[tuple]] = defaultdict(list)
        for piece, (tail, head) in enumerate(self.ends.tolist()):
            road_class, status, along, against, *more = self.kind[self.way[piece]]
            about = (road_class, status, *more)
            meeting[tail].append((about, along, against))
            meeting[head].append((about, against, along))
        for point, those in meeting.items():
            if len(those) == 2 and not is_one[point]:
                (one, out, into), (other, other_out, other_into) = those
                is_one[point] = one != other or (out, into) != (other_into, other_out)
        return is_one


def parts(ends: NDArray[np.int64], length_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the component of each pair of linked points, numbered from the longest."""
    names, ends = np.unique(ends, return_inverse=True)
    tail, head = ends.reshape(-1, 2).T
    links = coo_array((np.ones(tail.size), (tail, head)), shape=(names.size, names.size))
    label = connected_components(links, directed=False)[1][tail]
    order = np.argsort(-np.bincount(label, weights=length_m), kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    return rank[label]


def pieces_of(file: OsmFile, vehicle: str) -> Pieces:
    """Return the roads of one vehicle."""
    ways, kinds, way_of, nodes, ends, point_node = [], [], [], [], [], []
    out: Counter[str] = Counter({"ferry": file.ferries})
    point_of: dict[int, int] = {}
    closed = {
        number
        for number, tags in file.node_tags.items()
        if "barrier" in tags and barrier_status(tags, vehicle) == "closed"
    }

    def point(node: int) -> int:
        if node in closed or node not in point_of:
            point_of[node] = len(point_node)
            point_node.append(node)
        return point_of[node]

    for way in file.ways:
        kind = road_kind(way.tags, vehicle)
        if isinstance(kind, str):
            out[kind] += 1
            continue
        ways.append(way)
        kinds.append(kind)
        for a, b in itertools.pairwise(way.nodes):
            if a != b and a in file.place and b in file.place:
                way_of.append(len(ways) - 1)
                nodes.append((a, b))
                ends.append((point(a), point(b)))
    arrays = (np.array(column, dtype=np.int64) for column in (way_of, nodes, ends, point_node))
    return Pieces(file, vehicle, ways, kinds, *arrays, out)


def road_kind(tags: Tags, vehicle: str) -> tuple | str:
    """Return class, status, speeds along and against, whether these come from limits, and name; or why a way is no road."""
    status = road_status(tags, vehicle)
    if status not in ("open", "local"):
        return status
    goes = directions(tags, vehicle)
    if not any(goes):
        return "reversible"
    speeds = [
        drive_kph(tags, vehicle, is_along=is_along, is_two_way=all(goes)) if may else 0.0
        for is_along, may in zip((True, False), goes, strict=True)
    ]
    if not any(speeds):
        return "limit 0"
    driven = [is_along for is_along, kph in zip((True, False), speeds, strict=True) if kph]
    has_limit = all(limit_kph(tags, vehicle, is_along=way) is not None for way in driven)
    return tags["highway"], status, *speeds, has_limit, tags.get("name") or tags.get("ref") or ""


# --- Turn restrictions ------------------------------------------------------------------------------


class Turn(NamedTuple):
    """A restriction that speaks of roads: at which nodes, and what became of it."""

    relation: int
    kind: str
    junctions: tuple[int, ...]
    outcome: str
    drives: tuple[tuple[Step, ...], ...]
    """The drives that it speaks of, as pieces; several for turning back."""


def restrictions(pieces: Pieces) -> tuple[list[Turn], Counter[str]]:
    """Return the restrictions between roads, and how many there are of each outcome, pairs of from and to counted singly."""
    own = [key for key in KEYS[pieces.vehicle] if key != "access"]
    turns, outcomes = [], Counter()
    of_way: dict[int, list[int]] = defaultdict(list)
    for piece, way in enumerate(pieces.way.tolist()):
        of_way[pieces.ways[way].number].append(piece)
    nodes_of = {way.number: way.nodes for way in pieces.ways}
    for relation in pieces.file.relations:
        kind, outcome = kind_of(relation, own)
        if outcome:
            outcomes[outcome] += 1
            continue
        ways = {
            role: [n for r, t, n in relation.members if (r, t) == (role, "w")]
            for role in ("from", "via", "to")
        }
        nodes = [n for r, t, n in relation.members if (r, t) == ("via", "n")]
        for from_way, to_way in itertools.product(ways["from"], ways["to"]):
            if not {from_way, to_way, *ways["via"]} <= nodes_of.keys():
                outcomes["no road"] += 1
                continue
            walk = nodes or walk_over(ways["via"], nodes_of, from_way, to_way)
            if not walk:
                outcomes["unclear"] += 1
                continue
            turn = turn_of(pieces, of_way, kind, from_way, walk, ways["via"], to_way)
            turns.append(turn._replace(relation=relation.number))
            outcomes[turn.outcome] += 1
    return turns, outcomes


def kind_of(relation: Relation, own: Sequence[str]) -> tuple[str, str]:
    """Return the kind of a restriction, and why it counts for nothing, if so."""
    tags = relation.tags
    keys = [*(f"restriction:{key}" for key in own), "restriction"]
    kind = next((tags[key] for key in keys if key in tags), "")
    if not kind:
        return "", "conditional" if any(f"{key}:conditional" in tags for key in keys) else "others"
    if {"day_on", "day_off", "hour_on", "hour_off"} & tags.keys():
        return kind, "conditional"
    if {clean(word) for word in tags.get("except", "").split(";")} & set(own):
        return kind, "excepted"
    if not kind.startswith(("no_", "only_")):
        return kind, "unknown"
    n = Counter((role, kind_of_member) for role, kind_of_member, _ in relation.members)
    from_fits = n["from", "w"] == 1 or (n["from", "w"] > 1 and kind == "no_entry")
    to_fits = n["to", "w"] == 1 or (n["to", "w"] > 1 and kind == "no_exit")
    via_fits = (n["via", "n"], n["via", "w"]) == (1, 0) or (not n["via", "n"] and n["via", "w"] > 0)
    return kind, "" if from_fits and to_fits and via_fits else "incomplete"


def walk_over(
    via: Sequence[int], nodes_of: Mapping[int, list[int]], from_way: int, to_way: int
) -> list[int]:
    """Return the nodes of the walk over all via ways from an end of one way to one of the other, if there is just one."""
    walks = []
    for order in itertools.permutations(via):
        for turned in itertools.product((1, -1), repeat=len(via)):
            lines = [nodes_of[way][::step] for way, step in zip(order, turned, strict=True)]
            meet = all(a[-1] == b[0] for a, b in itertools.pairwise(lines))
            begins = lines[0][0] in (nodes_of[from_way][0], nodes_of[from_way][-1])
            ends = lines[-1][-1] in (nodes_of[to_way][0], nodes_of[to_way][-1])
            if meet and begins and ends:
                nodes = [node for line in lines for node in line]
                walks.append([n for i, n in enumerate(nodes) if i == 0 or n != nodes[i - 1]])
    return walks[0] if len(walks) == 1 else []


def turn_of(
    pieces: Pieces,
    of_way: Mapping[int, list[int]],
    kind: str,
    from_way: int,
    walk: Sequence[int],
    via: Sequence[int],
    to_way: int,
) -> Turn:
    """Return a restriction as drives over pieces; its number is set by the caller."""

    def steps(way: int, *, out_of: int | None = None, into: int | None = None) -> list[Step]:
        found = []
        for piece in of_way[way]:
            tail, head = pieces.nodes[piece].tolist()
            for a, b, is_along in ((tail, head, True), (head, tail, False)):
                if (
                    out_of in (None, a)
                    and into in (None, b)
                    and pieces.goes[piece][int(not is_along)]
                ):
                    found.append((piece, is_along))
        return found

    def turn(outcome: str, *drives: tuple[Step, ...]) -> Turn:
        return Turn(0, kind, (walk[0], walk[-1]), outcome, drives)

    come, go = steps(from_way, into=walk[0]), steps(to_way, out_of=walk[-1])
    if kind == "no_u_turn" and from_way == to_way and len(walk) == 1:
        back = [
            ((piece, along), (piece, not along))
            for piece, along in come
            if pieces.goes[piece].all()
        ]
        return turn("applied", *back) if back else turn("no road")
    between = [
        [step for way in via for step in steps(way, out_of=a, into=b)]
        for a, b in itertools.pairwise(walk)
    ]
    if not (come and go and all(between)):
        return turn("no road")
    if len(come) > 1 or len(go) > 1:
        return turn("unclear")
    if any(pieces.barriers.get(node, "open") != "open" for node in walk):
        return turn("barrier")
    return turn("applied", (*come, *(one[0] for one in between), *go))


# --- Drives -----------------------------------------------------------------------------------------


class Spot(NamedTuple):
    """A place on a piece: the share of it that lies behind whoever drives along it."""

    piece: int
    share: float


def seconds(pieces: Pieces, step: Step) -> float:
    """Return how long a piece takes from end to end."""
    piece, is_along = step
    kph = pieces.kind[pieces.way[piece]][2 if is_along else 3]
    return float(pieces.length_m[piece]) / (kph / 3.6)


def barred_rows(pieces: Pieces, *, crosses: str) -> set[tuple[Step, ...]]:
    """Return the rows of steps that restrictions forbid; `crosses` is the turn that crosses the traffic."""
    barred: set[tuple[Step, ...]] = set()
    allowed: dict[tuple[Step, ...], set[Step]] = defaultdict(set)
    for turn in restrictions(pieces)[0]:
        for drive in turn.drives:
            piece, is_along = drive[0]
            if turn.kind.startswith("only_"):
                for i in range(1, len(drive)):
                    allowed[drive[:i]].add(drive[i])
            else:
                barred.add(drive)
            if turn.kind == crosses and len(drive) == 2 and pieces.goes[piece].all():
                barred.add((drive[0], (piece, not is_along)))
    ways_out = steps_out(pieces)
    for so_far, onward in allowed.items():
        here = ends_at(pieces, so_far[-1])
        barred |= {(*so_far, step) for step in ways_out[here] if step not in onward}
    return barred


def steps_out(pieces: Pieces) -> dict[int, list[Step]]:
    """Return the steps that leave each point."""
    found: dict[int, list[Step]] = defaultdict(list)
    for piece, (tail, head) in enumerate(pieces.ends.tolist()):
        along, against = pieces.goes[piece].tolist()
        if along:
            found[tail].append((piece, True))
        if against:
            found[head].append((piece, False))
    return found


def ends_at(pieces: Pieces, step: Step) -> int:
    """Return the point to which a step leads."""
    return int(pieces.ends[step[0], int(step[1])])


def drive_graph(pieces: Pieces, *, u_turn_s: float, crosses: str = "no_left_turn") -> nx.DiGraph:
    """Return the graph of all drives over open roads, signals left aside.

    Its nodes are the steps behind a drive, as far back as a restriction may ask; an edge leads on over one more step, and takes
    the time of that step, with `u_turn_s` for turning back, which is done at junctions only.
    """
    barred = barred_rows(pieces, crosses=crosses)
    beginnings = {row[:n] for row in barred for n in range(1, len(row))}
    ways_out = steps_out(pieces)
    graph = nx.DiGraph()
    fresh = [(step,) for out in ways_out.values() for step in out if not pieces.is_local[step[0]]]
    graph.add_nodes_from(fresh)
    while fresh:
        behind = fresh.pop()
        here = ends_at(pieces, behind[-1])
        for step in () if pieces.gates[here] else ways_out[here]:
            row = (*behind, step)
            is_back = step[0] == behind[-1][0] and step[1] != behind[-1][1]
            if pieces.is_local[step[0]] or (is_back and not pieces.is_junction[here]):
                continue
            if any(row[i:] in barred for i in range(len(row))):
                continue
            after = next((row[i:] for i in range(len(row)) if row[i:] in beginnings), (step,))
            if after not in graph:
                fresh.append(after)
            time_s = seconds(pieces, step) + (u_turn_s if is_back else 0.0)
            graph.add_edge(behind, after, time_s=time_s)
    return graph


def drive_s(pieces: Pieces, graph: nx.DiGraph, start: Spot, ends: Sequence[Spot]) -> list[float]:
    """Return the seconds of the fastest drive from one spot to others on other pieces; infinity where there is none."""
    for step, share in ((True, 1 - start.share), (False, start.share)):
        begin = (start.piece, step)
        if pieces.goes[start.piece, int(not step)]:
            graph.add_edge("start", (begin,), time_s=share * seconds(pieces, begin))
    reached_s = nx.single_source_dijkstra_path_length(graph, "start", weight="time_s")
    graph.remove_node("start")
    del reached_s["start"]
    at_end_s: dict[Step, float] = {}
    for behind, time_s in reached_s.items():
        at_end_s[behind[-1]] = min(time_s, at_end_s.get(behind[-1], np.inf))
    return [
        min(
            at_end_s.get((end.piece, step), np.inf) - left * seconds(pieces, (end.piece, step))
            for step, left in ((True, 1 - end.share), (False, end.share))
            if pieces.goes[end.piece, int(not step)]
        )
        for end in ends
    ]


# --- Figures ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What a road network of a file comes to."""

    length_m: float
    part_m: list[float]
    """Metres of each component, the longest first."""
    junctions: int
    streets: int
    edges: int
    ends: int
    """Junctions where a road ends."""
    one_way_m: float
    local_m: float
    signals: int
    barriers: dict[str, int]
    ways: int
    clipped: int
    out: dict[str, int]
    restrictions: dict[str, int]


def figures(pieces: Pieces) -> Figures:
    """Return the figures of the roads of one vehicle."""
    part_m = np.bincount(pieces.part, weights=pieces.length_m)
    at_junction = pieces.is_junction[pieces.ends]
    has_junction = np.zeros(part_m.size, dtype=bool)
    has_junction[pieces.part[at_junction.any(axis=1)]] = True
    rings = int((~has_junction).sum())  # they have a junction all the same
    ring_edges = sum(
        int(pieces.goes[np.argmax(pieces.part == p)].sum()) for p in np.flatnonzero(~has_junction)
    )
    # at a gate each road has an end of its own, linked to the gate both ways
    links = int(pieces.degree[pieces.gates].sum())
    missing = [
        way
        for way in pieces.ways
        if len(way.nodes) > 1 and not pieces.file.place.keys() >= set(way.nodes)
    ]
    return Figures(
        length_m=float(pieces.length_m.sum()),
        part_m=part_m.tolist(),
        junctions=int(pieces.is_junction.sum()) + rings + links,
        streets=int(at_junction.sum()) // 2 + rings + links,
        edges=int((at_junction & pieces.goes).sum()) + ring_edges + 2 * links,
        ends=int((pieces.degree == 1).sum()),
        one_way_m=float(pieces.length_m[pieces.goes.sum(axis=1) == 1].sum()),
        local_m=float(pieces.length_m[pieces.is_local].sum()),
        signals=len(pieces.signals),
        barriers=dict(Counter(pieces.barriers.values())),
        ways=len(pieces.ways),
        clipped=len(missing),
        out=dict(+pieces.out),
        restrictions=dict(restrictions(pieces)[1]),
    )


# --- Another filter -----------------------------------------------------------------------------------

PLAIN_CLASSES: Final = {*CLASSES[:10], *(f"{name}_link" for name in LINK_OF)}
NO_STREETS: Final = ["alley", "driveway", "parking", "parking_aisle", "emergency_access", "private"]


def plain_drive(file: OsmFile) -> tuple[float, list[float]]:
    """Return the directed metres of the filter "Drive" that the README of the real data tells, and the metres of its components.

    It is OSMnx's: it leaves private roads, driveways, alleys and parking lots out, and takes none on permission. Both directions
    of a two-way road count.
    """
    nodes, n_ways = [], []
    for way in file.ways:
        tags = way.tags
        is_out = (
            tags["highway"] not in PLAIN_CLASSES
            or tags.get("access") in ("private", "no")
            or "no" in (tags.get("motor_vehicle"), tags.get("motorcar"))
            or tags.get("area") == "yes"
            or tags.get("service") in NO_STREETS
        )
        is_one_way = tags.get("oneway") in ("yes", "true", "1", "-1", "reverse")
        is_one_way |= tags.get("junction") == "roundabout"
        for a, b in () if is_out else itertools.pairwise(way.nodes):
            if a != b and a in file.place and b in file.place:
                nodes.append((a, b))
                n_ways.append(1 if is_one_way else 2)
    at = np.array([[file.place[n] for n in pair] for pair in nodes])
    length_m = np.asarray(GEOD.inv(*at[:, 0].T, *at[:, 1].T)[2])
    part = parts(np.array(nodes), length_m)
    return float((length_m * n_ways).sum()), np.bincount(part, weights=length_m).tolist()
