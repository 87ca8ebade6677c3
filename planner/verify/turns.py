"""Turns between edges: which are barred, and what they cost."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from planner.network import RoadNetwork

Trail = tuple[int, ...]
"""The edges behind a drive as far as they matter: the last one, and more while a turn over several may be barred."""

_STRAIGHT_DEGREES = 45.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turns:
    """What turns ask of a drive.

    Attributes
    ----------
    network
        The roads.
    barred
        Rows of edges that may not be driven one right after the other, by their last edge.
    begun
        All beginnings of these rows.
    """

    network: RoadNetwork
    barred: dict[int, list[Trail]]
    begun: frozenset[Trail]

    @classmethod
    def of(cls, network: RoadNetwork) -> Turns:
        """Return the turns of a network."""
        barred: dict[int, list[Trail]] = defaultdict(list)
        begun = set()
        for i in range(network.barred_start.size - 1):
            row = tuple(
                network.barred_edge[network.barred_start[i] : network.barred_start[i + 1]].tolist()
            )
            barred[row[-1]].append(row[:-1])
            begun |= {row[:n] for n in range(1, len(row))}
        return cls(network=network, barred=barred, begun=frozenset(begun))

    @property
    def matter(self) -> bool:
        """Whether it matters anywhere how a drive came to a junction. Nobody turns back where nothing is barred."""
        delays = self.network.delays
        return bool(self.barred or delays.turn_left_s or delays.turn_right_s)

    def may_go(self, trail: Trail, edge: int) -> bool:
        """Return whether a drive may go on onto an edge."""
        rows = self.barred.get(edge, ())
        return all(trail[len(trail) - len(row) :] != row for row in rows if len(row) <= len(trail))

    def after(self, trail: Trail, edge: int) -> Trail:
        """Return the trail once a drive has gone on onto an edge."""
        longer = (*trail, edge)
        for n in range(len(longer), 1, -1):
            if longer[-n:] in self.begun:
                return longer[-n:]
        return (edge,)

    def seconds(self, before: int, edge: int) -> float:
        """Return how long turning from one edge onto another takes."""
        network, delays = self.network, self.network.delays
        is_same_street = network.edge_street[before] == network.edge_street[edge]
        if is_same_street and network.edge_is_forward[before] != network.edge_is_forward[edge]:
            return delays.u_turn_s
        if not delays.turn_left_s and not delays.turn_right_s:
            return 0.0
        cross, dot = self._turn(before, edge)
        degrees = math.degrees(math.atan2(cross, dot))
        if degrees > _STRAIGHT_DEGREES:
            return delays.turn_left_s
        return delays.turn_right_s if degrees < -_STRAIGHT_DEGREES else 0.0

    def _turn(self, before: int, edge: int) -> tuple[float, float]:
        """Return sine and cosine of a turn, to the left positive, up to a factor; straight on where a step has no length."""
        (x, y), (u, v) = self._step(before, is_last=True), self._step(edge, is_last=False)
        if x == y == 0.0 or u == v == 0.0:
            return 0.0, 1.0
        return x * v - y * u, x * u + y * v

    def _step(self, edge: int, *, is_last: bool) -> tuple[float, float]:
        """Return the last or the first step of an edge, eastwards and northwards."""
        network = self.network
        street, is_forward = int(network.edge_street[edge]), bool(network.edge_is_forward[edge])
        begin, end = int(network.shape_start[street]), int(network.shape_start[street + 1])
        at = end - 2 if is_last == is_forward else begin
        lon, lat = network.shape_lon, network.shape_lat
        east = float(lon[at + 1] - lon[at]) * math.cos(math.radians(float(lat[at])))
        north = float(lat[at + 1] - lat[at])
        return (east, north) if is_forward else (-east, -north)
