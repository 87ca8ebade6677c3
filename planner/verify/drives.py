"""Drives from sites to demand points, searched by SciPy's Dijkstra on a graph."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.drivetimes import Nearest
from planner.points import Demand, Sites

_SOURCES_AT_ONCE: Final = 32
"""Searches whose results are held in memory together: each takes a row as long as the graph has vertices."""
_TICKS_PER_S: Final = 2**20
"""Times are whole numbers of 2^-20 s."""


def on_grid(seconds: float) -> float:
    """Return a time on the grid of 2^-20 s."""
    return round(seconds * _TICKS_PER_S) / _TICKS_PER_S


@dataclass(slots=True)
class Graph:
    """A graph as it grows: vertices are numbered, arcs have seconds."""

    n_vertices: int = 0
    arcs: dict[tuple[int, int], float] = field(default_factory=dict)

    def vertex(self) -> int:
        """Return a new vertex."""
        self.n_vertices += 1
        return self.n_vertices - 1

    def join(self, tail: int, head: int, seconds: float) -> None:
        """Lay an arc; of arcs between the same two vertices the fastest counts."""
        self.arcs[tail, head] = min(seconds, self.arcs.get((tail, head), math.inf))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drives:
    """A graph to search from sites to demand points; a drive's seconds are the least sum of arcs between the two.

    Attributes
    ----------
    tail, head, seconds
        The arcs, each pair of vertices once, ordered by both. An arc may take no time.
    n_vertices
        Number of vertices.
    site, point
        The vertex of each site and of each demand point.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    seconds: NDArray[np.float64]
    n_vertices: int
    site: NDArray[np.int64]
    point: NDArray[np.int64]

    @property
    def matrix(self) -> csr_array:
        """The arcs as SciPy takes them: what is written down is an arc, even where it takes no time."""
        row = np.concatenate([[0], np.cumsum(np.bincount(self.tail, minlength=self.n_vertices))])
        return csr_array((self.seconds, self.head, row), shape=(self.n_vertices, self.n_vertices))

    def within(self, limit_s: float) -> dict[tuple[int, int], float]:
        """Return the seconds of all pairs of site and point at most a time apart."""
        matrix = self.matrix
        found: dict[tuple[int, int], float] = {}
        for first in range(0, self.site.size, _SOURCES_AT_ONCE):
            some = self.site[first : first + _SOURCES_AT_ONCE]
            time_s = dijkstra(matrix, indices=some, limit=limit_s)[:, self.point]
            site, point = np.nonzero(np.isfinite(time_s) & (time_s <= limit_s))
            pairs = zip((site + first).tolist(), point.tolist(), strict=True)
            found.update(zip(pairs, time_s[site, point].tolist(), strict=True))
        return found

    def from_nearest(self, of: Sequence[int], *, limit_s: float = math.inf) -> NDArray[np.float64]:
        """Return the seconds between each vertex and the nearest of some sites; infinite where none is that near."""
        if not of:
            return np.full(self.n_vertices, np.inf)
        time_s: NDArray[np.float64] = dijkstra(
            self.matrix, indices=self.site[list(of)], min_only=True, limit=limit_s
        )
        return time_s

    def nearest(self, of: Sequence[int]) -> Nearest:
        """Return the nearest of some sites to each point, however far; of equally near ones the lowest."""
        if not of:
            nobody = np.full(self.point.size, -1, dtype=np.int32)
            return Nearest(site=nobody, time_s=np.full(self.point.size, np.nan))
        time_s = self.from_nearest(of)
        owner = self._owners(of, time_s)[self.point]
        is_reached = owner < self.site.size
        return Nearest(
            site=np.where(is_reached, owner, -1).astype(np.int32),
            time_s=np.where(is_reached, time_s[self.point], np.nan),
        )

    def _owners(self, of: Sequence[int], time_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the lowest of some sites that each vertex is nearest to; where none is, a number above all sites.

        The arcs that some quickest drive takes hand on where it comes from.
        """
        with np.errstate(invalid="ignore"):
            is_taken = np.isfinite(time_s[self.tail]) & (
                time_s[self.tail] + self.seconds == time_s[self.head]
            )
        taken = np.flatnonzero(is_taken)
        taken = taken[np.argsort(time_s[self.tail[taken]], kind="stable")]
        arcs = list(zip(self.tail[taken].tolist(), self.head[taken].tolist(), strict=True))
        owner = [self.site.size] * self.n_vertices
        for site in of:
            owner[self.site[site]] = site
        is_changing = True
        while is_changing:  # once, and again where arcs without length bring a lower one late
            is_changing = False
            for tail, head in arcs:
                if owner[tail] < owner[head]:
                    owner[head], is_changing = owner[tail], True
        return np.array(owner, dtype=np.int64)


def drives_in(
    graph: Graph, *, site: Sequence[int], point: Sequence[int], is_turned: bool = False
) -> Drives:
    """Return the drives in a graph that has grown.

    Parameters
    ----------
    graph
        Its arcs lead from sites to demand points.
    site, point
        The vertex of each site and of each demand point.
    is_turned
        Whether the arcs lead from demand points to sites instead.
    """
    ends = np.array(list(graph.arcs), dtype=np.int64).reshape(-1, 2)
    seconds = np.array(list(graph.arcs.values()), dtype=np.float64)
    tail, head = (ends[:, ::-1] if is_turned else ends).T
    order = np.lexsort((head, tail))
    return Drives(
        tail=tail[order],
        head=head[order],
        seconds=seconds[order],
        n_vertices=graph.n_vertices,
        site=np.array(site, dtype=np.int64),
        point=np.array(point, dtype=np.int64),
    )


def drives_of_table(path: Path, demand: Demand, sites: Sites) -> Drives:
    """Return the drives in a table from elsewhere: one arc for each row that has a time."""
    graph = Graph()
    site = {name: graph.vertex() for name in sites.id}
    point = {name: graph.vertex() for name in demand.id}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cell = {key.strip(): value.strip() for key, value in row.items() if key and value}
            if cell.get("drive_time_s"):
                seconds = on_grid(float(cell["drive_time_s"]))
                graph.join(site[cell["site"]], point[cell["demand"]], seconds)
    return drives_in(graph, site=list(site.values()), point=list(point.values()))
