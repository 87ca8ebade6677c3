"""Graphs of NetworkX and OSMnx to road networks and back."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from planner.coordinates import are_degrees, to_wgs84
from planner.errors import NetworkError
from planner.network import USUAL_DELAYS, JunctionDelays, RoadNetwork, RoadSummary
from planner.roads.access import Access
from planner.roads.meanings import Meanings
from planner.roads.rules import RoadRules
from planner.roads.signals import Signal
from planner.roads.streets import RoadPieces, components, network_of
from planner.roads.tagged import (
    LIST,
    TaggedLines,
    is_mixed,
    pieces_of,
    points_once,
    tell_of_factors,
    text_of,
    texts,
    turned,
)
from planner.rows import starts
from planner.units import grid

OURS: Final = "station_planner"
"""Attribute of a graph that we made: what its nodes and edges don't carry, as JSON."""
_GEOMETRY: Final = "geometry"


def read_graphml(path: Path, rules: RoadRules) -> RoadNetwork:
    """Return the roads of a GraphML file that a vehicle may use.

    Parameters
    ----------
    path
        A file as OSMnx of any version saves it, in degrees or projected; or one saved so from a graph of ours.
    rules
        Who drives, and how.

    Raises
    ------
    NetworkError
        The file can't be read, or has no road for the vehicle.
    """
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except (ParseError, nx.NetworkXError, ValueError, KeyError) as error:
        raise NetworkError(path, [f"not readable as GraphML ({error})"]) from error
    return network_of_graph(graph, rules, file=str(path))


def network_of_graph(
    graph: nx.Graph, rules: RoadRules | None = None, *, file: str | None = None
) -> RoadNetwork:
    """Return the roads of a graph that a vehicle may use.

    Parameters
    ----------
    graph
        A graph of OSMnx or like one: nodes with ``x`` and ``y``, edges with tags of OpenStreetMap and a ``geometry``,
        straight where they have none; one edge for each direction, or an undirected graph. Or one that we made:
        then it carries all that the network is, and must fit the rules.
    rules
        Who drives, and how; None: a car by the usual rules, or as the graph was made.
    file
        The file it comes from, if any.

    Raises
    ------
    NetworkError
        The graph lacks what is needed, or has no road for the vehicle.
    """
    if OURS in graph.graph:
        return _network_again(graph, rules, file)
    rules, name = rules or RoadRules(), file or "graph"
    meanings, counts = Meanings(rules), Counter[str]()
    nodes = _Nodes.of(graph, name)
    lines, told = _lines(graph, nodes, meanings.way_keys, counts)
    pieces = pieces_of(lines, meanings, counts)
    if pieces.tail.size == 0:
        n = graph.number_of_edges()
        raise NetworkError(name, [f"none of its {n:,} edges is a road for a {rules.vehicle.name}"])
    pieces = _with_node_tags(graph, nodes, pieces, meanings, counts)
    created = str(graph.graph.get("created_date", ""))[:10]
    summary = RoadSummary(
        file=name,
        date=created or None,
        counts={count: n for count, n in sorted(counts.items()) if n},
        speeds_kph=meanings.class_speeds(),
        warnings=tuple(told),
    )
    return network_of(pieces, rules=rules, source=summary)


# ---------------------------------------------------------------------------------------------
# Graphs of others
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Nodes:
    """The nodes of a graph.

    Attributes
    ----------
    position
        Position of each node by its label.
    number
        Number of each node: the label where all are whole numbers.
    lon, lat
        Where they are, in degrees.
    crs
        CRS that the graph is in.
    """

    position: Mapping[Any, int]
    number: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    crs: pyproj.CRS

    @classmethod
    def of(cls, graph: nx.Graph, file: str) -> _Nodes:
        """Return the nodes of a graph."""
        labels = list(graph.nodes)
        try:
            xy = np.array(
                [(float(d["x"]), float(d["y"])) for _, d in graph.nodes(data=True)], dtype=float
            ).reshape(-1, 2)
        except (KeyError, TypeError, ValueError) as error:
            raise NetworkError(
                file, ["its nodes need numbers x and y; is it a graph of OSMnx?"]
            ) from error
        crs = _crs(graph, xy, file)
        lon, lat = to_wgs84(xy[:, 0].copy(), xy[:, 1].copy(), crs)
        if not (np.isfinite(lon) & np.isfinite(lat) & are_degrees(lon, lat)).all():
            raise NetworkError(
                file, [f"x and y of some nodes are not in its crs, {crs.to_string()[:40]}"]
            )
        return cls(
            position={label: i for i, label in enumerate(labels)},
            number=_numbers(labels),
            lon=lon,
            lat=lat,
            crs=crs,
        )


def _numbers(labels: list[Any]) -> NDArray[np.int64]:
    """Return the labels as numbers if they are some, else 1, 2, ..."""
    if all(isinstance(label, int | np.integer) for label in labels) or all(
        isinstance(label, str) and label.removeprefix("-").isdecimal() for label in labels
    ):
        return np.array([int(label) for label in labels], dtype=np.int64)
    return np.arange(1, len(labels) + 1)


def _crs(graph: nx.Graph, xy: NDArray[np.float64], file: str) -> pyproj.CRS:
    """Return the CRS of a graph; degrees where it tells none and its numbers may be such."""
    told = graph.graph.get("crs")
    if isinstance(told, str) and told.startswith("{"):
        told = ast.literal_eval(told)
    if isinstance(told, Mapping):  # as old versions have it
        told = told.get("init", told)
    if told is None:
        if not are_degrees(xy[:, 0], xy[:, 1]).all():
            raise NetworkError(file, ["has no crs, and x and y of its nodes are not degrees"])
        told = "EPSG:4326"
    try:
        return pyproj.CRS.from_user_input(told)
    except pyproj.exceptions.CRSError as error:
        raise NetworkError(file, [f"its crs {told} is unknown"]) from error


def _lines(
    graph: nx.Graph, nodes: _Nodes, keys: tuple[str, ...], counts: Counter[str]
) -> tuple[TaggedLines, list[str]]:
    """Return the edges as lines with tags, and what was assumed."""
    u, v, edges = _edges(graph, nodes)
    column = {
        key: texts(_objects([edge.get(key) for edge in edges]))
        for key in (*keys, "name", "ref", "reversed")
    }
    told = _tell_of_lists(edges, keys, counts) + tell_of_factors(column, "edge")
    is_untold = np.array([word is None for word in column["highway"]], dtype=bool)
    if is_untold.any():
        told.append(f"{is_untold.sum():,} edges without highway: taken as unclassified")
        column["highway"] = np.where(is_untold, "unclassified", column["highway"])
    tags = turned(column, column.pop("reversed") == "yes")
    if graph.is_directed():
        tags["oneway"] = np.full(len(edges), "yes", dtype=object)
    else:
        tags["oneway"] = np.where(tags["oneway"] == "yes", "yes", "no").astype(object)
    start, lon, lat = _shapes(edges, u, v, nodes)
    lines = TaggedLines(
        start=start,
        lon=lon,
        lat=lat,
        way=np.array([_way(edge.get("osmid"), i) for i, edge in enumerate(edges, 1)], np.int64),
        tail=nodes.number[u],
        head=nodes.number[v],
        tags=tags,
    )
    return lines, told


def _edges(
    graph: nx.Graph, nodes: _Nodes
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Mapping[str, Any]]]:
    """Return where edges begin and end, as positions, and what they carry."""
    ends, edges = [], []
    for u, v, edge in graph.edges(data=True):
        pair = nodes.position[u], nodes.position[v]
        if not graph.is_directed() and (edge.get("from"), edge.get("to")) == (v, u) != (u, v):
            pair = pair[::-1]  # OSMnx keeps there which way it led
        ends.append(pair)
        edges.append(edge)
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], edges


def _objects(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return values as a column, lists among them too."""
    told = list(values)
    column = np.empty(len(told), dtype=object)
    for i, value in enumerate(told):
        column[i] = value
    return column


def _way(osmid: Any, otherwise: int) -> int:
    """Return the number of the first way of an edge."""
    first = (text_of(osmid) or "").split(LIST)[0]
    return int(first) if first.isdecimal() else otherwise


def _shapes(
    edges: list[Mapping[str, Any]], u: NDArray[np.int64], v: NDArray[np.int64], nodes: _Nodes
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the lines of edges, from node to node, as starts and points."""
    drawn = np.array(
        [i for i, edge in enumerate(edges) if edge.get(_GEOMETRY) is not None], np.int64
    )
    shapes = _objects(_shape(edges[i][_GEOMETRY]) for i in drawn)
    points, line = shapely.get_coordinates(shapes, return_index=True)
    lon, lat = to_wgs84(points[:, 0].copy(), points[:, 1].copy(), nodes.crs)
    start = starts(line, drawn.size)
    if drawn.size:
        first, last = start[:-1], start[1:] - 1

        def away(at: NDArray[np.int64], node: NDArray[np.int64]) -> NDArray[np.float64]:
            return np.hypot(lon[at] - nodes.lon[node[drawn]], lat[at] - nodes.lat[node[drawn]])

        is_against = away(first, v) + away(last, u) < away(first, u) + away(last, v)
        at = np.arange(line.size)
        at = np.where(is_against[line], first[line] + last[line] - at, at)
        lon, lat = lon[at], lat[at]
    everyone = np.arange(len(edges))
    whose = np.concatenate([everyone, drawn[line], everyone])
    order = np.argsort(whose, kind="stable")
    return points_once(
        whose[order],
        np.concatenate([nodes.lon[u], lon, nodes.lon[v]])[order],
        np.concatenate([nodes.lat[u], lat, nodes.lat[v]])[order],
        len(edges),
    )


def _shape(geometry: Any) -> Any:
    return shapely.from_wkt(geometry) if isinstance(geometry, str) else geometry


def _tell_of_lists(
    edges: list[Mapping[str, Any]], keys: tuple[str, ...], counts: Counter[str]
) -> list[str]:
    """Count edges made of several ways that differ in what matters, and tell of them."""
    counts["edges_read"] = len(edges)
    matters = frozenset(keys)
    counts["edges_of_several_ways"] = n = sum(
        any(key in matters and is_mixed(value) for key, value in edge.items()) for edge in edges
    )
    if not n:
        return []
    why = f"{n:,} of {len(edges):,} edges made of several ways, whose pieces are lost: of their classes the first counts"
    return [f"{why}, of their limits the lowest; the OpenStreetMap extract itself tells them apart"]


def _with_node_tags(
    graph: nx.Graph, nodes: _Nodes, pieces: RoadPieces, meanings: Meanings, counts: Counter[str]
) -> RoadPieces:
    """Return pieces with the signals and barriers that nodes of a graph carry."""
    signal, barrier = pieces.signal.copy(), pieces.barrier.copy()
    at = dict(zip(pieces.node_id.tolist(), range(pieces.node_id.size), strict=True))
    for number, (_, tags) in zip(nodes.number.tolist(), graph.nodes(data=True), strict=True):
        node = at.get(number)
        if node is None:
            continue
        if tags.get("highway") == "traffic_signals":
            signal[node] = Signal.ALL
            counts["signals"] += 1
        if text_of(tags.get("barrier")) is not None:
            told = tuple(text_of(tags.get(key)) for key in meanings.node_keys)
            barrier[node] = access = meanings.barrier(told)
            counts[f"barriers_{Access(access).name.lower()}"] += 1
    return replace(pieces, signal=signal, barrier=barrier)


# ---------------------------------------------------------------------------------------------
# Graphs of ours
# ---------------------------------------------------------------------------------------------


def graph_of(network: RoadNetwork) -> nx.MultiDiGraph:
    """Return a road network as a graph that OSMnx understands and that carries all of it.

    Parameters
    ----------
    network
        The roads.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are numbered 0, 1, ... and carry ``x``, ``y``, ``osmid`` and ``street_count``. Edges lead the way one
        drives and carry ``osmid``, ``highway``, ``name`` (where there is one), ``length`` (metres), ``geometry``,
        ``oneway``, ``reversed``, ``speed_kph``, ``travel_time`` (seconds), and beside these ``street`` (its number),
        ``ways`` (way of each point of the line), ``is_local``, ``has_limit`` and ``signal_s``.
    """
    rest = {
        "vehicle": network.vehicle,
        "driving_side": network.driving_side,
        "delays": asdict(network.delays),
        "classes": network.classes,
        "names": network.names,
        "barred": _barred(network),
        "source": asdict(network.source),
    }
    graph = nx.MultiDiGraph(
        crs="epsg:4326",
        simplified=True,
        created_with="station-planner",
        **{OURS: json.dumps(rest, ensure_ascii=False)},
    )
    ends = np.concatenate([network.street_tail, network.street_head])
    n_streets = np.bincount(ends, minlength=network.n_nodes)
    columns = (network.node_lon, network.node_lat, network.node_id, n_streets)
    for node, (x, y, osmid, count) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        graph.add_node(node, x=x, y=y, osmid=osmid, street_count=count)
    tail, head = network.edge_tail.tolist(), network.edge_head.tolist()
    for edge, carried in enumerate(_edges_of(network)):
        graph.add_edge(tail[edge], head[edge], **carried)
    return graph


def _edges_of(network: RoadNetwork) -> Iterable[dict[str, Any]]:
    """Yield what each edge carries."""
    start = network.shape_start
    line = np.repeat(np.arange(network.n_streets), np.diff(start))
    lonlat = np.column_stack([network.shape_lon, network.shape_lat])
    shapes = shapely.linestrings(lonlat, indices=line)
    n_edges = np.bincount(network.edge_street, minlength=network.n_streets)
    for edge, street in enumerate(network.edge_street.tolist()):
        is_forward = bool(network.edge_is_forward[edge])
        length_m = float(network.street_length_m[street])
        time_s = float(network.edge_time_s[edge])
        ways = network.shape_way[start[street] : start[street + 1]].tolist()
        several = list(dict.fromkeys(ways[:-1]))
        name = network.names[network.street_name[street]]
        yield {
            "osmid": several[0] if len(several) == 1 else several,
            "highway": network.classes[network.street_class[street]],
            **({"name": name} if name else {}),
            "length": length_m,
            _GEOMETRY: shapes[street] if is_forward else shapes[street].reverse(),
            "oneway": bool(n_edges[street] == 1),
            "reversed": not is_forward,
            "speed_kph": length_m / time_s * 3.6 if time_s else 0.0,
            "travel_time": time_s,
            "street": street,
            "ways": ways,
            "is_local": bool(network.street_is_local[street]),
            "has_limit": bool(network.street_has_limit[street]),
            "signal_s": float(network.edge_delay_s[edge]),
        }


def _barred(network: RoadNetwork) -> list[list[tuple[int, bool]]]:
    """Return the edges that may not be driven one right after the other, as streets and whether along them."""
    street, forward = network.edge_street.tolist(), network.edge_is_forward.tolist()
    rows = np.split(network.barred_edge, network.barred_start[1:-1])
    return [[(street[i], forward[i]) for i in row.tolist()] for row in rows if row.size]


def _network_again(graph: nx.Graph, rules: RoadRules | None, file: str | None) -> RoadNetwork:
    """Return the network that a graph of ours carries; nodes and edges that were taken out are gone."""
    try:
        rest = json.loads(graph.graph[OURS])
        source = RoadSummary(**rest["source"] | {"warnings": tuple(rest["source"]["warnings"])})
        delays = JunctionDelays(**rest["delays"])
        _refuse_other(rules, rest, delays, file)
        carried = _Carried.by(graph)
        network = _built(carried, rest, delays, source)
    except (KeyError, TypeError, ValueError, AttributeError, SyntaxError) as error:
        why = f"was made by station-planner, but something that it carried is gone or changed ({error!r})"
        remedy = f"remove its attribute {OURS} to read it as any other graph"
        raise NetworkError(file or "graph", [f"{why}; {remedy}"]) from error
    return network if file is None else replace(network, source=replace(source, file=file))


def _refuse_other(
    rules: RoadRules | None, rest: Mapping[str, Any], delays: JunctionDelays, file: str | None
) -> None:
    """Refuse rules that are not those the graph was made by: its times can't be changed any more."""
    if rules is None:
        return
    odd = {
        f"vehicle {rules.vehicle.name}": rules.vehicle.name != rest["vehicle"],
        "speeds": bool(rules.speeds),
        "delays at junctions": rules.delays not in (USUAL_DELAYS, delays),
        "driving_side": rules.driving_side not in (None, rest["driving_side"]),
        "merge_ends_m": rules.merge_ends_m > 0.0,
    }
    asked = [what for what, is_odd in odd.items() if is_odd]
    if asked:
        why = f"carries the drive times of a {rest['vehicle']}, so that {', '.join(asked)} can't be asked for"
        raise NetworkError(file or "graph", [f"{why}; read the file that it was made from"])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Carried:
    """What nodes and edges of a graph of ours carry, in the order of the network.

    Attributes
    ----------
    nodes
        Of each node that an edge meets.
    tail, head
        Positions of the nodes of each edge.
    edges
        Of each edge; those of a street one after the other, the one along it first.
    """

    nodes: list[Mapping[str, Any]]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    edges: list[Mapping[str, Any]]

    @classmethod
    def by(cls, graph: nx.Graph) -> _Carried:
        """Return what a graph carries."""
        by_street = sorted(
            graph.edges(data=True), key=lambda e: (int(e[2]["street"]), _is_true(e[2]["reversed"]))
        )
        met = {node for u, v, _ in by_street for node in (u, v)}
        nodes = [(node, data) for node, data in graph.nodes(data=True) if node in met]
        position = {node: i for i, (node, _) in enumerate(nodes)}
        return cls(
            nodes=[data for _, data in nodes],
            tail=np.array([position[u] for u, _, _ in by_street], dtype=np.int64),
            head=np.array([position[v] for _, v, _ in by_street], dtype=np.int64),
            edges=[data for _, _, data in by_street],
        )

    def of_nodes(self, key: str, kind: type[Any]) -> NDArray[Any]:
        """Return a column of the nodes."""
        return np.array([kind(node[key]) for node in self.nodes], dtype=kind)

    def of_edges(self, key: str, read: Callable[[Any], Any], kind: type[Any]) -> NDArray[Any]:
        """Return a column of the edges."""
        return np.array([read(edge[key]) for edge in self.edges], dtype=kind)


def _is_true(value: object) -> bool:
    """Return a truth that a file may have as text."""
    return value == "True" if isinstance(value, str) else bool(value)


def _built(
    carried: _Carried, rest: Mapping[str, Any], delays: JunctionDelays, source: RoadSummary
) -> RoadNetwork:
    street_said = carried.of_edges("street", int, np.int64)
    forward = ~carried.of_edges("reversed", _is_true, np.bool_)
    _, first, street = np.unique(street_said, return_index=True, return_inverse=True)
    along = forward[first]
    tail = np.where(along, carried.tail[first], carried.head[first]).astype(np.int32)
    head = np.where(along, carried.head[first], carried.tail[first]).astype(np.int32)
    shapes = [_shape(carried.edges[edge][_GEOMETRY]) for edge in first]
    points = [
        shapely.get_coordinates(s)[:: 1 if ahead else -1]
        for s, ahead in zip(shapes, along, strict=True)
    ]
    shape = np.concatenate(points)
    ways = [_listed(carried.edges[edge]["ways"]) for edge in first]
    classes, names = list(rest["classes"]), list(rest["names"])
    road_class = _positions((carried.edges[edge]["highway"] for edge in first), classes)
    road_name = _positions((carried.edges[edge].get("name", "") for edge in first), names)
    length_m = carried.of_edges("length", float, np.float64)[first]
    component, component_length_m = components(tail, head, length_m, len(carried.nodes))
    barred = _barred_again(rest["barred"], street_said, forward)
    return RoadNetwork(
        vehicle=rest["vehicle"],
        node_lon=carried.of_nodes("x", float),
        node_lat=carried.of_nodes("y", float),
        node_id=carried.of_nodes("osmid", int).astype(np.int64),
        street_tail=tail,
        street_head=head,
        street_length_m=length_m,
        street_class=road_class.astype(np.uint8),
        street_name=road_name.astype(np.int32),
        street_is_local=carried.of_edges("is_local", _is_true, np.bool_)[first],
        street_has_limit=carried.of_edges("has_limit", _is_true, np.bool_)[first],
        shape_start=np.cumsum([0, *map(len, points)], dtype=np.int64),
        shape_lon=shape[:, 0].copy(),
        shape_lat=shape[:, 1].copy(),
        shape_way=np.concatenate(ways).astype(np.int64),
        edge_street=street.astype(np.int32),
        edge_is_forward=forward,
        edge_time_s=grid(carried.of_edges("travel_time", float, np.float64)),
        edge_delay_s=grid(carried.of_edges("signal_s", float, np.float64)),
        barred_start=np.cumsum([0, *map(len, barred)], dtype=np.int64),
        barred_edge=np.array([edge for row in barred for edge in row], dtype=np.int32),
        delays=delays,
        driving_side=rest["driving_side"],
        component=component,
        component_length_m=component_length_m,
        classes=tuple(classes),
        names=tuple(names),
        source=source,
    )


def _listed(value: Any) -> list[int]:
    return list(ast.literal_eval(value)) if isinstance(value, str) else list(value)


def _positions(values: Iterable[str], known: list[str]) -> NDArray[np.int64]:
    """Return where values are in a list; new ones are added to it."""
    at = {value: i for i, value in enumerate(known)}
    positions = [at.setdefault(value, len(at)) for value in values]
    known[:] = at
    return np.array(positions, dtype=np.int64)


def _barred_again(
    said: list[list[tuple[int, bool]]], street: NDArray[np.int64], forward: NDArray[np.bool_]
) -> list[list[int]]:
    """Return the edges that may not be driven one after the other; rows of which one is gone are gone."""
    pairs = zip(street.tolist(), forward.tolist(), strict=True)
    edge_of = {pair: edge for edge, pair in enumerate(pairs)}
    rows = [[edge_of.get((i, ahead), -1) for i, ahead in row] for row in said]
    return [row for row in rows if -1 not in row]
