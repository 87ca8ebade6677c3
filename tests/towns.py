"""Towns small enough to draw on paper, as OpenStreetMap files; and random ones for hypothesis.

Places are metres east and north of 120.0 E, 30.0 N, as in the cases. A road without maxspeed gets 36 km/h: read
with speeds="limits", 10 m take 1 s. Coordinates are kept to 1e-7 degrees, which is 1 cm.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from xml.sax.saxutils import quoteattr

import numpy as np
import oracles
from hypothesis import settings
from hypothesis import strategies as st

from planner.network import USUAL_DELAYS, JunctionDelays, RoadNetwork
from planner.points import Demand, Sites
from planner.roads import read_network

EAST_M: Final = 96_486.28
NORTH_M: Final = 110_852.43
"""Metres of a degree at 30.0 N, by the radii of curvature of the ellipsoid."""
FIRST_WAY: Final = 10

FEWER: Final = settings(max_examples=max(settings().max_examples // 3, 1))
"""A third of the examples, for each law of a file but the first: many laws say different things about the same code."""

Tags = Mapping[str, str]
Nodes = Mapping[int, tuple[Any, ...]]
"""Node number: (x_m, y_m) or (x_m, y_m, tags)."""
Ways = Sequence[tuple[Sequence[int], Tags]]
"""(node numbers, tags); ways are numbered from 10 on."""
Relations = Sequence[tuple[Sequence[tuple[str, str, int]], Tags]]
"""(members, tags); a member is its role, "node" or "way", and its number."""
T = TypeVar("T")


class Town(NamedTuple):
    """Nodes, ways and relations, as they come into an OpenStreetMap file."""

    nodes: Nodes
    ways: Ways
    relations: Relations = ()


def degrees(x_m: float, y_m: float = 0.0) -> tuple[float, float]:
    """Return longitude and latitude of a place in metres, as fine as OpenStreetMap has them."""
    return round(120.0 + x_m / EAST_M, 7), round(30.0 + y_m / NORTH_M, 7)


def osm_text(nodes: Nodes, ways: Ways, relations: Relations = ()) -> str:
    """Return a town as the text of an .osm file."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for node, (x_m, y_m, *tags) in nodes.items():
        lon, lat = degrees(x_m, y_m)
        inner = _tags_text(tags[0]) if tags else ""
        lines.append(f'<node id="{node}" lon="{lon:.7f}" lat="{lat:.7f}">{inner}</node>')
    for way, (refs, tags) in enumerate(ways, start=FIRST_WAY):
        all_tags = {"highway": "residential", "maxspeed": "36"} | dict(tags)
        refs_text = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{way}">{refs_text}{_tags_text(all_tags)}</way>')
    for relation, (members, tags) in enumerate(relations, start=1):
        all_tags = {"type": "restriction"} | dict(tags)
        members_text = "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for role, kind, ref in members
        )
        lines.append(f'<relation id="{relation}">{members_text}{_tags_text(all_tags)}</relation>')
    return "\n".join([*lines, "</osm>"])


def _tags_text(tags: Tags) -> str:
    """Return tags as XML; those of an empty value are left out, so that defaults can be taken away."""
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items() if v)


def _read(text: str, read: Callable[[Path], T]) -> T:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.osm"
        path.write_text(text, encoding="utf-8")
        return read(path)


def network(
    nodes: Nodes, ways: Ways, relations: Relations = (), *, vehicle: str = "car", **options: Any
) -> RoadNetwork:
    """Return the roads of a town as the planner reads them."""
    options = {"speeds": "limits"} | options
    text = osm_text(nodes, ways, relations)
    return _read(text, lambda path: read_network(path, vehicle=vehicle, **options))


def second_opinion(
    nodes: Nodes,
    ways: Ways,
    relations: Relations = (),
    *,
    vehicle: str = "car",
    delays: JunctionDelays = USUAL_DELAYS,
    **options: Any,
) -> Any:
    """Return the roads of a town as the oracle reads them."""
    options = {
        "speeds": "limits",
        "signal_delay_s": delays.signal_s,
        "u_turn_s": delays.u_turn_s,
        "turn_left_s": delays.turn_left_s,
        "turn_right_s": delays.turn_right_s,
    } | options
    text = osm_text(nodes, ways, relations)
    return _read(text, lambda path: oracles.read_roads(path, vehicle=vehicle, **options))


def restriction(
    kind: str, entry: int, via: int | Sequence[int], leave: int, **tags: str
) -> tuple[Sequence[tuple[str, str, int]], Tags]:
    """Return a restriction as a relation; via is a node, or a list of ways."""
    kind_of_via, over = ("node", [via]) if isinstance(via, int) else ("way", via)
    middle = [("via", kind_of_via, number) for number in over]
    members = [("from", "way", entry), *middle, ("to", "way", leave)]
    return members, {"restriction": kind} | tags


# --- Points -------------------------------------------------------------------------------------


def _texts(n: int) -> np.ndarray:
    return np.full(n, "", dtype=object)


def demand_of(lon: Sequence[float], lat: Sequence[float], weight: Any = None) -> Demand:
    """Return demand points D00000, D00001, ... at degrees."""
    n = len(lon)
    return Demand(
        id=np.array([f"D{i:05d}" for i in range(n)], dtype=object),
        lon=np.asarray(lon, dtype=float),
        lat=np.asarray(lat, dtype=float),
        weight=np.ones(n) if weight is None else np.asarray(weight, dtype=float),
        name=_texts(n),
        district=_texts(n),
        file="demand.csv",
    )


def sites_of(lon: Sequence[float], lat: Sequence[float], **flags: Any) -> Sites:
    """Return sites S00000, S00001, ... at degrees; flags are is_existing, is_required, is_excluded."""
    n = len(lon)
    marked = {
        name: np.asarray(flags.get(name, np.zeros(n)), dtype=bool)
        for name in ("is_existing", "is_required", "is_excluded")
    }
    return Sites(
        id=np.array([f"S{i:05d}" for i in range(n)], dtype=object),
        lon=np.asarray(lon, dtype=float),
        lat=np.asarray(lat, dtype=float),
        name=_texts(n),
        kind=_texts(n),
        services=_texts(n),
        opening_hours=_texts(n),
        file="sites.csv",
        **marked,
    )


def lonlat(points: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the longitudes and latitudes of points in metres."""
    pairs = np.array([degrees(*point) for point in points]).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def demand_at(*points: tuple[float, float], weight: Any = None) -> Demand:
    """Return demand points at metres."""
    return demand_of(*lonlat(points), weight)


def sites_at(*points: tuple[float, float], **flags: Any) -> Sites:
    """Return sites at metres."""
    return sites_of(*lonlat(points), **flags)


# --- Random towns -------------------------------------------------------------------------------

CROSSINGS: Final = [
    (0, 0),
    (131, 8),
    (247, -13),
    (158, 21),
    (402, 5),
    (-9, 122),
    (118, 139),
    (143, 113),
    (266, 128),
    (387, 117),
    (14, 251),
    (143, 262),
    (101, 171),
    (255, 269),
    (391, 244),
]
"""Places of nodes, in metres: a bent grid, so that no three lie on a line, some of them less than 50 m apart."""
_PLAIN: Final[Tags] = {}


@st.composite
def small_towns(draw: st.DrawFn) -> Town:
    """Return small street maps with all that makes routing hard.

    Ways go from one node to another as they like: one-ways, private roads, parallel roads, loops, segments without
    length, islands, gates, bollards, signals and restrictions of turns. No way goes over a segment twice: who stands on
    such a segment may be on the way there or on the way back, and nothing says which.
    """
    n = draw(st.integers(2, len(CROSSINGS)))
    signal = {"highway": "traffic_signals"}
    node_tags = st.sampled_from(
        [
            *([_PLAIN] * 8),
            signal,
            signal,
            signal | {"traffic_signals:direction": "forward"},
            signal | {"traffic_signals:direction": "backward"},
            {"barrier": "gate", "access": "private"},
            {"barrier": "gate"},
            {"barrier": "bollard"},
            {"barrier": "motorcycle_barrier"},
            {"barrier": "lift_gate", "locked": "yes"},
            {"barrier": "gate", "access": "private", "highway": "traffic_signals"},
        ]
    )
    nodes: dict[int, tuple[Any, ...]] = {
        node: (*place, draw(node_tags)) for node, place in enumerate(CROSSINGS[:n], start=1)
    }
    ways = draw(st.one_of(st.lists(_ways(n), min_size=1, max_size=7), _blocks(n)))
    nodes, ways = _with_twins(nodes, ways, draw(st.sets(st.integers(0, 6), max_size=2)))
    relations = draw(st.lists(_restrictions(ways), max_size=4))
    return Town(nodes, ways, [r for r in relations if not _turns_at_a_gate(nodes, *r)])


def _ways(n: int) -> st.SearchStrategy[tuple[list[int], Tags]]:
    refs = st.lists(st.integers(1, n), min_size=2, max_size=7).map(_once)
    return st.tuples(refs, _way_tags())


def _blocks(n: int) -> st.SearchStrategy[list[tuple[list[int], Tags]]]:
    """Return many short ways, so that most turns lead from one way to another."""
    pairs = st.tuples(st.integers(1, n), st.integers(1, n)).filter(lambda ends: ends[0] != ends[1])
    refs = pairs.map(list)
    return st.lists(st.tuples(refs, _way_tags()), min_size=3, max_size=12)


def _way_tags() -> st.SearchStrategy[Tags]:
    def choice(key: str, *values: str) -> st.SearchStrategy[tuple[str, str]]:
        return st.tuples(st.just(key), st.sampled_from(values))

    return st.tuples(
        choice("highway", "residential", "residential", "service", "secondary", "cycleway"),
        choice("maxspeed", "36", "36", "18", "", "20 mph; 40", "CN:urban"),
        choice("maxspeed:forward", "", "", "", "18"),
        choice("maxspeed:motorcar:backward", "", "", "", "72"),
        choice("surface", "", "", "", "gravel"),
        choice("lanes", "", "", "", "1", "4"),
        choice("oneway", "", "", "", "yes", "-1"),
        choice("access", "", "", "", "private", "no"),
        choice("oneway:bicycle", "", "", "", "no"),
        choice("name", "", "", "A", "B"),
    ).map(dict)


_KINDS: Final = [
    "no_left_turn",
    "no_right_turn",
    "no_straight_on",
    "no_u_turn",
    "no_entry",
    "no_exit",
    "only_straight_on",
    "only_left_turn",
    "only_right_turn",
    "only_u_turn",
]


@st.composite
def _restrictions(draw: st.DrawFn, ways: Ways) -> tuple[Sequence[tuple[str, str, int]], Tags]:
    """Return restrictions that lead over a node or over ways, most of them clear."""
    numbers = range(FIRST_WAY, FIRST_WAY + len(ways))
    at = {way: set(refs) for way, (refs, _) in zip(numbers, ways, strict=True)}
    entry = draw(st.sampled_from(numbers))
    kind, tags = draw(st.sampled_from(_KINDS)), draw(_restriction_tags())
    via: int | list[int] = draw(st.sampled_from(sorted(at[entry])))
    leave = draw(st.sampled_from([way for way in numbers if via in at[way]]))
    if draw(st.integers(0, 2)) == 0:
        ends = {way: {refs[0], refs[-1]} for way, (refs, _) in zip(numbers, ways, strict=True)}
        via, last = [], entry
        for _ in range(draw(st.integers(1, 2))):
            onward = [way for way in numbers if ends[way] & ends[last] and way not in via]
            if onward:
                last = draw(st.sampled_from(onward))
                via.append(last)
        leave = draw(st.sampled_from([way for way in numbers if ends[way] & ends[last]]))
    members, tags = restriction(kind, entry, via, leave, **tags)
    more = draw(st.sampled_from(["", "", "from", "to"]))
    if more:
        members = [*members, (more, "way", draw(st.sampled_from(numbers)))]
    return members, tags


def _turns_at_a_gate(nodes: Nodes, members: Sequence[tuple[str, str, int]], tags: Tags) -> bool:
    """Return whether a restriction tells who comes to a gate to turn back there: may one end at the gate then?"""
    of = {role: number for role, _, number in members}
    is_node = ("via", "node", of["via"]) in members
    return is_node and of["from"] == of["to"] and "barrier" in nodes[of["via"]][2]


def _restriction_tags() -> st.SearchStrategy[Tags]:
    """Return tags of a restriction beside what it restricts, none most of the time."""
    return st.sampled_from(
        [
            *([_PLAIN] * 8),
            {"except": "bicycle"},
            {"except": "psv;motorcar"},
            {"restriction:motorcycle": "none"},
            {"hour_on": "07:00"},
            {"restriction": "", "restriction:conditional": "no_left_turn @ (Mo-Fr)"},
            {"restriction": "", "restriction:vehicle": "no_right_turn"},
        ]
    )


def _once(refs: list[int]) -> list[int]:
    """Return a walk up to where it would go over a segment again."""
    seen: set[frozenset[int]] = set()
    for i, segment in enumerate(map(frozenset, itertools.pairwise(refs))):
        if segment in seen:
            return refs[: i + 1]
        if len(segment) == 2:
            seen.add(segment)
    return refs


def _with_twins(
    nodes: dict[int, tuple[Any, ...]], ways: list[tuple[list[int], Tags]], where: set[int]
) -> tuple[Nodes, Ways]:
    """Return a town in which some two-way roads begin with two plain nodes at one spot."""
    twins = {}
    for i in where:
        if i < len(ways) and not ways[i][1]["oneway"] and nodes[ways[i][0][0]][2] is _PLAIN:
            (first, *others), tags = ways[i]
            twins[100 + i] = nodes[first]
            ways = [*ways[:i], ([first, 100 + i, *others], tags), *ways[i + 1 :]]
    return nodes | twins, ways


def points(
    town: Town, *, max_size: int = 5, only_nodes: bool = False
) -> st.SearchStrategy[list[tuple[float, float]]]:
    """Return lists of points: at nodes of the town, and anywhere about it."""
    at_nodes = st.sampled_from(sorted({place[:2] for place in town.nodes.values()}))
    span = st.floats(-150.0, 500.0).map(lambda x: round(x, 1))
    anywhere = at_nodes if only_nodes else st.one_of(at_nodes, st.tuples(span, span))
    return st.lists(anywhere, min_size=1, max_size=max_size)


def is_drivable(town: Town, vehicle: str = "car") -> bool:
    """Return whether a vehicle may use some road of a town."""
    return bool(second_opinion(*town, vehicle=vehicle).segments)


def networks() -> st.SearchStrategy[RoadNetwork]:
    """Return the road networks of small towns, for cars."""
    return small_towns().filter(is_drivable).map(lambda town: network(*town))


def off_barriers(town: Town, roads: Any, places: list[tuple[float, float]]) -> list[Any]:
    """Return the points that don't meet the road at a bollard, nor beside a gate.

    At a bollard each road ends for itself, and of the ends of one way nothing says which one is meant. A gate is a
    road of its own, and within millimetres of being as near as the road that leads up to it either may be taken.
    """
    spots = oracles.snap(roads, *lonlat(places))
    return [
        place for place, spot in zip(places, spots, strict=True) if _is_clear(town, roads, spot)
    ]


def _is_clear(town: Town, roads: Any, spot: oracles.Spot) -> bool:
    if spot.segment is None:
        return True
    x = roads.segments[spot.segment]
    ends = [(spot.share * x.length_m, x.tail), ((1 - spot.share) * x.length_m, x.head)]
    near = [roads.node_of[end] for metres, end in ends if metres < 1.0]
    barriers = [town.nodes[node][2].get("barrier") for node in near]
    if spot.point is None:
        return not any(barriers)
    return not {"bollard", "motorcycle_barrier"} & {*barriers}
