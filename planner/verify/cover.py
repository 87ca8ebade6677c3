"""How much road is covered, worked out again: street by street, from the times at the vertices of the cut roads."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.scenario import Direction
from planner.verify.drives import Drives
from planner.verify.roads import FRESH, CutRoads
from planner.verify.turns import Trail

SAME_S: Final = 1e-5
"""The longest drive may end between two ticks of 2^-20 s, where two slopes meet."""

Interval = tuple[float, float]
"""From and to, as shares of a street."""

_Chain = tuple[tuple[int, Trail], tuple[int, int]]
"""Layer and trail of an edge, and the first and last of its vertices."""


class _Slope(NamedTuple):
    """A part of a street over one of its edges: shares, and the drives from both ends, in seconds."""

    begin: float
    end: float
    begin_s: float
    end_s: float

    def at(self, share: float) -> float:
        """Return the drive from a share of the street."""
        if self.end == self.begin:
            return self.begin_s
        part = (share - self.begin) / (self.end - self.begin)
        return self.begin_s + part * (self.end_s - self.begin_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much road some stations cover.

    Attributes
    ----------
    parts
        The covered parts of each street, as shares of it, in order; a street without is not there.
    length_m
        Metres of all of them.
    worst_s
        The longest drive from any point of road that reaches a station, in seconds; NaN where none does.
    worst
        The points from where it takes that long, but for rounding: street and share.
    """

    parts: dict[int, list[Interval]]
    length_m: float
    worst_s: float
    worst: list[tuple[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadAgain:
    """All roads, cut at demand points and sites, to be covered again by any stations.

    Attributes
    ----------
    roads, drives
        The cut roads and the searches on them.
    limit_s
        The standard, in seconds.
    direction
        Whether drives go to the station or come from it.
    """

    roads: CutRoads
    drives: Drives
    limit_s: float
    direction: Direction

    @property
    def network(self) -> RoadNetwork:
        """The roads as they were read."""
        return self.roads.network

    def covered_by(self, stations: Sequence[int]) -> Covered:
        """Return what some sites cover as stations."""
        parts, far, metres = {}, [], []
        vertex_s = self.drives.from_nearest(stations)
        for street, edges in self._slopes(vertex_s, self.roads.chain.items()).items():
            parts[street] = _within(edges, self.limit_s)
            far += [(drive_s, street, share) for drive_s, share in _farthest(edges)]
            length_m = float(self.network.street_length_m[street])
            metres += [length_m * (end - begin) for begin, end in parts[street]]
        worst_s = max((drive_s for drive_s, _, _ in far), default=math.nan)
        return Covered(
            parts={street: found for street, found in parts.items() if found},
            length_m=math.fsum(metres),
            worst_s=worst_s,
            worst=[(street, share) for drive_s, street, share in far if drive_s > worst_s - SAME_S],
        )

    def metres_of_each(self, plans: Sequence[frozenset[int]]) -> list[float]:
        """Return the metres that each of some plans covers, put together from what each site covers by itself.

        From one plan to the next only streets are looked at that a site covers which is in one of the two.
        """
        chains = list(self.roads.chain.items())
        parts_of = {
            site: self._parts_alone(site, chains) for site in sorted(frozenset().union(*plans))
        }
        metres, told = dict[int, float](), list[float]()
        at_street: dict[int, set[int]] = defaultdict(set)
        before: frozenset[int] = frozenset()
        for plan in plans:
            changed = set[int]()
            for site in plan ^ before:
                for street in parts_of[site]:
                    at_street[street] ^= {site}
                    changed.add(street)
            for street in changed:
                here = [part for site in at_street[street] for part in parts_of[site][street]]
                share = math.fsum(end - begin for begin, end in merged(here, 0.0))
                metres[street] = share * float(self.network.street_length_m[street])
            told.append(math.fsum(metres.values()))
            before = plan
        return told

    def _parts_alone(self, site: int, chains: Sequence[_Chain]) -> dict[int, list[Interval]]:
        """Return the parts of each street that a site covers by itself, searched no farther than the standard."""
        vertex_s = self.drives.from_nearest([site], limit_s=self.limit_s)
        n_reached = np.concatenate([[0], np.cumsum(np.isfinite(vertex_s))])
        ends = np.array([chain for _, chain in chains]).reshape(-1, 2)
        near = np.flatnonzero(n_reached[ends[:, 1] + 1] > n_reached[ends[:, 0]])
        slopes = self._slopes(vertex_s, [chains[i] for i in near.tolist()])
        return {street: _within(edges, self.limit_s) for street, edges in slopes.items()}

    def _slopes(
        self, vertex_s: NDArray[np.float64], chains: Iterable[_Chain]
    ) -> dict[int, list[list[_Slope]]]:
        """Return the parts of each street over each of its edges, where a drive from there reaches a station."""
        network = self.network
        found: dict[int, list[list[_Slope]]] = defaultdict(list)
        is_road = ~network.is_gate & (network.street_length_m > 0.0)
        for edge, stops_s in self._stops(vertex_s, chains).items():
            street = int(network.edge_street[edge])
            if is_road[street]:
                slopes = list(self._over_edge(edge, stops_s))
                found[street] += [slopes] if slopes else []
        return found

    def _stops(
        self, vertex_s: NDArray[np.float64], chains: Iterable[_Chain]
    ) -> dict[int, NDArray[np.float64]]:
        """Return the drive between a station and each stop of each edge: its tail, the cuts, its head.

        Who sets out on an edge knows nothing of what lay before; who ends on it may have come in any way.
        """
        stops: dict[int, NDArray[np.float64]] = {}
        for (layer, trail), (first, last) in chains:
            if self.direction is Direction.TO_STATION and not (layer in FRESH and len(trail) == 1):
                continue
            edge, here = trail[-1], vertex_s[first : last + 1]
            stops[edge] = np.minimum(stops[edge], here) if edge in stops else here
        return stops

    def _over_edge(self, edge: int, stops_s: NDArray[np.float64]) -> Iterator[_Slope]:
        whole_s = float(self.network.edge_time_s[edge])
        is_forward = bool(self.network.edge_is_forward[edge])
        at_s = [0.0, *self.roads.cuts.get(edge, ()), whole_s]
        for k, (a, b) in enumerate(itertools.pairwise(at_s)):
            to_station = self.direction is Direction.TO_STATION
            near_s = float(stops_s[k + 1] if to_station else stops_s[k])
            if math.isinf(near_s):
                continue
            tail_s, head_s = (near_s + b - a, near_s) if to_station else (near_s, near_s + b - a)
            if is_forward:
                yield _Slope(a / whole_s, b / whole_s, tail_s, head_s)
            else:
                yield _Slope(1 - b / whole_s, 1 - a / whole_s, head_s, tail_s)


def _within(edges: Sequence[Sequence[_Slope]], limit_s: float) -> list[Interval]:
    """Return where on a street one of the drives over its edges is at most a time."""
    found = []
    for slope in itertools.chain(*edges):
        low, high = sorted([slope.begin_s, slope.end_s])
        if low > limit_s:
            continue
        share = 1.0 if high <= limit_s else (limit_s - low) / (high - low)
        size = share * (slope.end - slope.begin)
        if slope.begin_s <= slope.end_s:
            found.append((slope.begin, slope.begin + size))
        else:
            found.append((slope.end - size, slope.end))
    return merged(found, 0.0)


def merged(intervals: Sequence[Interval], gap: float) -> list[Interval]:
    """Return intervals in order, those that meet, or leave no more than a gap between them, made one."""
    one: list[Interval] = []
    for begin, end in sorted(intervals):
        if one and begin <= one[-1][1] + gap:
            one[-1] = one[-1][0], max(one[-1][1], end)
        else:
            one.append((begin, end))
    return one


def _farthest(edges: Sequence[Sequence[_Slope]]) -> Iterator[tuple[float, float]]:
    """Yield the drives, in seconds, from where they may be longest on a street, and the shares of it."""
    cuts = sorted({share for slope in itertools.chain(*edges) for share in slope[:2]})
    for begin, end in itertools.pairwise(cuts):
        middle = (begin + end) / 2
        here = [slope for slope in itertools.chain(*edges) if slope.begin <= middle <= slope.end]
        if (
            not here or end - begin < 1e-9
        ):  # thinner than any cut: the two edges round it each for itself
            continue
        at = [begin, end]
        for one, other in itertools.combinations(here, 2):
            apart = one.at(begin) - other.at(begin), one.at(end) - other.at(end)
            if apart[0] * apart[1] < 0.0:
                at.append(begin + (end - begin) * apart[0] / (apart[0] - apart[1]))
        yield from ((min(slope.at(share) for slope in here), share) for share in at)
