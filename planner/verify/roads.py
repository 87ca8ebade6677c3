"""Roads as a graph in which streets are cut at every place."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.inputs import Inputs
from planner.network import RoadNetwork
from planner.scenario import Direction, Scenario
from planner.snapping import Places
from planner.verify.drives import Drives, Graph, drives_in, on_grid

_BEGINNING, _OPEN, _ENDING = range(3)
"""The parts of a drive: on the local roads it begins in, on the open network, on the local roads it ends in."""


def drives_on_roads(scenario: Scenario, inputs: Inputs, network: RoadNetwork) -> Drives:
    """Return the drives on roads: out of every place that may begin one, into every place that may end one."""
    site_places, demand_places = inputs.site_places, inputs.demand_places
    assert scenario.network is not None
    assert site_places is not None
    assert demand_places is not None
    roads = _cut_roads(network, (site_places, demand_places))
    kph = scenario.network.access_kph
    if scenario.fleets[0].direction is Direction.TO_STATION:
        point = [roads.begin(demand_places, i, kph) for i in range(len(demand_places))]
        site = [roads.end(site_places, i, kph) for i in range(len(site_places))]
        return drives_in(roads.graph, site=site, point=point, is_turned=True)
    site = [roads.begin(site_places, i, kph) for i in range(len(site_places))]
    point = [roads.end(demand_places, i, kph) for i in range(len(demand_places))]
    return drives_in(roads.graph, site=site, point=point)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _CutRoads:
    """Roads cut at every place. A drive goes through its parts in order; so there is a layer of vertices for each part.

    Junctions that an open road meets are in the middle layer only. All others have local roads only: they are in the
    first and in the last. No arc leads back from a later layer to an earlier one.

    Attributes
    ----------
    network, graph
        The roads, and the graph.
    junction
        Vertex of a layer and a junction.
    cut
        Vertex of a layer, an edge and the seconds from its tail.
    leaving
        Arcs out of each junction vertex as they are for a drive that begins there: without delay.
    edges
        The edges of each street.
    """

    network: RoadNetwork
    graph: Graph
    junction: dict[tuple[int, int], int]
    cut: dict[tuple[int, int, float], int]
    leaving: dict[int, list[tuple[int, float]]]
    edges: dict[int, list[int]]

    def begin(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that begin at a place."""
        start, leg_s = self.graph.vertex(), _leg_s(places, i, kph)
        for vertex in self._vertices(places, i, (_BEGINNING, _OPEN)):
            self.graph.join(start, vertex, leg_s)
            for onward, seconds in self.leaving.get(vertex, ()):
                self.graph.join(start, onward, leg_s + seconds)
        return start

    def end(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that end at a place."""
        goal, leg_s = self.graph.vertex(), _leg_s(places, i, kph)
        for vertex in self._vertices(places, i, (_BEGINNING, _OPEN, _ENDING)):
            self.graph.join(vertex, goal, leg_s)
        return goal

    def _vertices(self, places: Places, i: int, layers: Sequence[int]) -> list[int]:
        """Return where a place is in some layers: nowhere if it is off network."""
        street, node = int(places.street[i]), int(places.node[i])
        if street < 0:
            return []
        if node >= 0:
            at = [self.junction.get((layer, node)) for layer in layers]
        else:
            share = float(places.share[i])
            at = [
                self.cut.get((layer, edge, _from_tail_s(self.network, edge, share)))
                for layer in layers
                for edge in self.edges[street]
            ]
        return [vertex for vertex in at if vertex is not None]


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


def _cut_roads(network: RoadNetwork, both: Sequence[Places]) -> _CutRoads:
    """Return the roads cut at all places."""
    roads = _CutRoads(
        network=network,
        graph=Graph(),
        junction={},
        cut={},
        leaving=defaultdict(list),
        edges=defaultdict(list),
    )
    for edge, street in enumerate(network.edge_street.tolist()):
        roads.edges[street].append(edge)
    cuts: dict[int, set[float]] = defaultdict(set)
    for places in both:
        for i in np.flatnonzero((places.street >= 0) & (places.node < 0)):
            for edge in roads.edges[int(places.street[i])]:
                cuts[edge].add(_from_tail_s(network, edge, float(places.share[i])))
    is_open = ~network.street_is_local
    meets_open = {
        *network.street_tail[is_open].tolist(),
        *network.street_head[is_open].tolist(),
    }
    for node in range(network.n_nodes):
        for layer in (_OPEN,) if node in meets_open else (_BEGINNING, _ENDING):
            roads.junction[layer, node] = roads.graph.vertex()
    tails, heads = network.edge_tail.tolist(), network.edge_head.tolist()
    for edge, street in enumerate(network.edge_street.tolist()):
        ends = tails[edge], heads[edge]
        for layer in (_OPEN,) if is_open[street] else (_BEGINNING, _ENDING):
            _lay(roads, layer, edge, ends, sorted(cuts.get(edge, ())))
    return roads


def _lay(
    roads: _CutRoads, layer: int, edge: int, ends: tuple[int, int], positions: Sequence[float]
) -> None:
    """Lay an edge into a layer of the graph, cut at some positions (seconds from its tail).

    Local roads of the first layer lead out to the open network, those of the last layer come in from there.
    """
    tail, head = ends
    junction, whole_s = roads.junction, float(roads.network.edge_time_s[edge])
    comes_from = (layer, _OPEN) if layer == _ENDING else (layer,)
    goes_to = (layer, _OPEN) if layer == _BEGINNING else (layer,)
    first = next((junction[at, tail] for at in comes_from if (at, tail) in junction), None)
    last = next((junction[at, head] for at in goes_to if (at, head) in junction), None)
    stops = [(first, 0.0)]
    for position in positions:
        vertex = roads.cut[layer, edge, position] = roads.graph.vertex()
        stops.append((vertex, position))
    stops.append((last, whole_s))
    for (here, at_s), (onward, until_s) in itertools.pairwise(stops):
        if here is None or onward is None:
            continue
        delay_s = 0.0
        if here == first:
            roads.leaving[first].append((onward, until_s))
            delay_s = float(roads.network.edge_delay_s[edge])
        roads.graph.join(here, onward, delay_s + until_s - at_s)
