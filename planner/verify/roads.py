"""Roads as a graph in which streets are cut at every place, and a drive knows how it came."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.inputs import Inputs
from planner.network import RoadNetwork
from planner.scenario import Direction, Scenario
from planner.snapping import Places
from planner.verify.drives import Drives, Graph, drives_in, on_grid
from planner.verify.turns import Trail, Turns

_BEGINNING, _OPEN, _ENDING = range(3)
"""The parts of a drive: on the local roads it begins in, on the open network, on the local roads it ends in."""
FRESH: Final = (_BEGINNING, _OPEN)
"""Those that a drive may be in when it sets out."""


def drives_on_roads(scenario: Scenario, inputs: Inputs, roads: CutRoads) -> Drives:
    """Return the drives on cut roads: out of every place that may begin one, into every place that may end one."""
    site_places, demand_places = inputs.site_places, inputs.demand_places
    assert scenario.network is not None
    assert site_places is not None
    assert demand_places is not None
    kph = scenario.network.access_kph
    if scenario.fleets[0].direction is Direction.TO_STATION:
        point = [roads.begin(demand_places, i, kph) for i in range(len(demand_places))]
        site = [roads.end(site_places, i, kph) for i in range(len(site_places))]
        return drives_in(roads.graph, site=site, point=point, is_turned=True)
    site = [roads.begin(site_places, i, kph) for i in range(len(site_places))]
    point = [roads.end(demand_places, i, kph) for i in range(len(demand_places))]
    return drives_in(roads.graph, site=site, point=point)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutRoads:
    """Roads cut at every place. A drive goes through its parts in order; so there is a layer of vertices for each part.

    Junctions that an open road meets are in the middle layer only. All others have local roads only: they are in the
    first and in the last. No arc leads back from a later layer to an earlier one. Each edge is a chain of vertices of its own for
    each trail that it may be the end of: from where it is entered, over the places on it, to where it is left.

    Attributes
    ----------
    network, turns, graph
        The roads, what turns ask, and the graph.
    out_of
        Edges out of each junction.
    meets_open
        Junctions that an open road meets.
    cuts
        Where each edge is cut, in seconds from its tail.
    edges
        Edges of each street.
    chain
        First and last vertex of a chain, by layer and trail; those in between, one for each cut, are numbered on from the first.
    place
        Vertices of a place, by layer, edge and seconds from its tail; that of the drives that may begin there first.
    junction
        Vertex of who is at a junction and may end there, by layer and junction.
    """

    network: RoadNetwork
    turns: Turns
    graph: Graph
    out_of: dict[int, list[int]]
    meets_open: frozenset[int]
    cuts: dict[int, list[float]]
    edges: dict[int, list[int]]
    chain: dict[tuple[int, Trail], tuple[int, int]] = field(default_factory=dict)
    place: dict[tuple[int, int, float], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    junction: dict[tuple[int, int], int] = field(default_factory=dict)

    def begin(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that begin at a place."""
        start, leg_s = self.graph.vertex(), _leg_s(places, i, kph)
        street, node = int(places.street[i]), int(places.node[i])
        if street >= 0 and node >= 0:
            layer = _OPEN if node in self.meets_open else _BEGINNING
            self.graph.join(start, self.at(layer, node), leg_s)
            for onto, edge in self.ways_on(layer, node):
                self.graph.join(start, self.chain[onto, (edge,)][0], leg_s)
        elif street >= 0:
            for layer, edge in itertools.product((_BEGINNING, _OPEN), self.edges[street]):
                here = self.place.get((layer, edge, self._position_s(places, i, edge)))
                if here:
                    self.graph.join(start, here[0], leg_s)
        return start

    def end(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that end at a place."""
        goal, leg_s = self.graph.vertex(), _leg_s(places, i, kph)
        street, node = int(places.street[i]), int(places.node[i])
        for layer in (_BEGINNING, _OPEN, _ENDING) if street >= 0 else ():
            if node >= 0:
                self.graph.join(self.at(layer, node), goal, leg_s)
                continue
            for edge in self.edges[street]:
                for here in self.place.get((layer, edge, self._position_s(places, i, edge)), ()):
                    self.graph.join(here, goal, leg_s)
        return goal

    def _position_s(self, places: Places, i: int, edge: int) -> float:
        return _from_tail_s(self.network, edge, float(places.share[i]))

    def at(self, layer: int, node: int) -> int:
        """Return the vertex of a junction in a layer."""
        if (layer, node) not in self.junction:
            self.junction[layer, node] = self.graph.vertex()
        return self.junction[layer, node]

    def ways_on(self, layer: int, node: int) -> Iterator[tuple[int, int]]:
        """Yield the edges on which a drive in a layer may leave a junction, and the layer it is in then."""
        if node not in self.meets_open:
            yield from ((layer, edge) for edge in self.out_of[node])
        elif layer != _ENDING:
            for edge in self.out_of[node]:
                is_local = self.network.street_is_local[self.network.edge_street[edge]]
                yield (_ENDING if is_local else _OPEN), edge

    def lay(self, layer: int, trail: Trail) -> tuple[int, int]:
        """Return both ends of the chain of an edge with a trail; lay it if it isn't there."""
        if (layer, trail) not in self.chain:
            edge = trail[-1]
            stops = [(self.graph.vertex(), 0.0)]
            for position in self.cuts.get(edge, ()):
                stops.append((self.graph.vertex(), position))
                self.place[layer, edge, position].append(stops[-1][0])
            stops.append((self.graph.vertex(), float(self.network.edge_time_s[edge])))
            for (here, at_s), (onward, until_s) in itertools.pairwise(stops):
                self.graph.join(here, onward, until_s - at_s)
            self.chain[layer, trail] = stops[0][0], stops[-1][0]
        return self.chain[layer, trail]


def _leg_s(places: Places, i: int, kph: float) -> float:
    """Return the seconds between a point and the road."""
    if not kph or places.street[i] < 0:
        return 0.0
    return on_grid(float(places.access_m[i]) / (kph / 3.6))


def _from_tail_s(network: RoadNetwork, edge: int, share: float) -> float:
    """Return how far along an edge a share of its street is, in seconds.

    The seconds to the street's last point are rounded, the others are the rest of the edge's time.
    """
    whole_s = float(network.edge_time_s[edge])
    to_last_s = on_grid((1.0 - share) * whole_s)
    return whole_s - to_last_s if network.edge_is_forward[edge] else to_last_s


def cut_roads(inputs: Inputs, network: RoadNetwork) -> CutRoads:
    """Return the roads cut at all places of sites and demand points."""
    both = [places for places in (inputs.site_places, inputs.demand_places) if places is not None]
    edges, out_of = defaultdict(list), defaultdict(list)
    for edge, (street, tail) in enumerate(
        zip(network.edge_street.tolist(), network.edge_tail.tolist(), strict=True)
    ):
        edges[street].append(edge)
        out_of[tail].append(edge)
    cuts: dict[int, set[float]] = defaultdict(set)
    for places in both:
        for i in np.flatnonzero((places.street >= 0) & (places.node < 0)):
            for edge in edges[int(places.street[i])]:
                cuts[edge].add(_from_tail_s(network, edge, float(places.share[i])))
    is_open = ~network.street_is_local
    roads = CutRoads(
        network=network,
        turns=Turns.of(network),
        graph=Graph(),
        out_of=out_of,
        meets_open=frozenset(network.street_tail[is_open].tolist())
        | frozenset(network.street_head[is_open].tolist()),
        cuts={edge: sorted(positions) for edge, positions in cuts.items()},
        edges=edges,
    )
    for edge, street in enumerate(network.edge_street.tolist()):
        for layer in (_OPEN,) if is_open[street] else (_BEGINNING, _ENDING):
            roads.lay(layer, (edge,))
    _join_at_junctions(roads)
    return roads


def _join_at_junctions(roads: CutRoads) -> None:
    """Join the end of every chain to all chains that a drive may go on to.

    Where no turn matters they are joined over one vertex for each junction and layer. Else each is joined to each, and a trail that
    has to be longer brings a chain of its own.
    """
    heads, to_do = roads.network.edge_head.tolist(), list(roads.chain)
    left: dict[tuple[int, int], int] = {}
    while to_do:
        came_in, trail = to_do.pop()
        node, (_, last) = heads[trail[-1]], roads.chain[came_in, trail]
        if came_in == _ENDING and node in roads.meets_open:
            continue
        layer = _OPEN if node in roads.meets_open else came_in
        roads.graph.join(last, roads.at(layer, node), 0.0)
        if not roads.turns.matter:
            left[layer, node] = roads.at(layer, node)
            continue
        for onto, edge in roads.ways_on(layer, node):
            if not roads.turns.may_go(trail, edge):
                continue
            longer = roads.turns.after(trail, edge)
            if (onto, longer) not in roads.chain:
                to_do.append((onto, longer))
            delay_s = float(roads.network.edge_delay_s[edge]) + roads.turns.seconds(trail[-1], edge)
            roads.graph.join(last, roads.lay(onto, longer)[0], delay_s)
    for (layer, node), here in left.items():
        for onto, edge in roads.ways_on(layer, node):
            delay_s = float(roads.network.edge_delay_s[edge])
            roads.graph.join(here, roads.chain[onto, (edge,)][0], delay_s)
