"""The roads as the page draws them: simplified, sorted, without what nobody can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.roadranks import ranks_of_classes
from planner.webmap.pack import coordinates

TOLERANCE_M: Final = 2.0
"""How far a drawn road may lie beside the real one: two pixels at the closest zoom but one."""

METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Road lines to draw, by rank and then by place on a curve that keeps neighbours together.

    Attributes
    ----------
    street
        The street of each line; of several drawn upon each other the first.
    rank
        How each line is drawn, 0 to 5.
    name, names
        Its name as a position in ``names``; 0 is "no name".
    n_points
        Points of each line.
    x, y
        All points, one line after the other, in 1e-5 degrees.
    """

    street: NDArray[np.int64]
    rank: NDArray[np.int64]
    name: NDArray[np.int64]
    names: list[str]
    n_points: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]


def ground(network: RoadNetwork) -> Ground:
    """Return the road lines to draw."""
    x, y, start = _simplified(network)
    x, y, start = _without_repeats(x, y, start)
    n_points = np.diff(start)
    ranks = ranks_of_classes(network.classes)
    rank = ranks[network.street_class]
    seen = n_points > 1
    seen[seen] = _first_of_equals(x, y, start, np.flatnonzero(seen))
    rows = np.flatnonzero(seen)
    rows = rows[np.lexsort((_curve(x[start[rows]], y[start[rows]]), rank[rows]))]
    points = _ranges(start[rows], n_points[rows])
    used, name = np.unique(np.append(0, network.street_name[rows]), return_inverse=True)
    return Ground(
        street=rows,
        rank=rank[rows],
        name=name[1:].astype(np.int64),
        names=[network.names[i] for i in used],
        n_points=n_points[rows],
        x=x[points],
        y=y[points],
    )


def _simplified(
    network: RoadNetwork,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the street lines without the points that lie on the way, and where each line starts."""
    middle = np.cos(np.radians(network.shape_lat.mean())) if network.shape_lat.size else 1.0
    scale = np.array([METRES_PER_DEGREE * middle, METRES_PER_DEGREE])
    metres = np.column_stack([network.shape_lon, network.shape_lat]) * scale
    line_of = np.repeat(np.arange(network.n_streets), np.diff(network.shape_start))
    lines = shapely.linestrings(metres, indices=line_of)
    lines = shapely.simplify(lines, TOLERANCE_M, preserve_topology=False)
    kept, line_of = shapely.get_coordinates(lines, return_index=True)
    start = np.searchsorted(line_of, np.arange(network.n_streets + 1))
    degrees = kept / scale
    return coordinates(degrees[:, 0]), coordinates(degrees[:, 1]), start


def _without_repeats(
    x: NDArray[np.int64], y: NDArray[np.int64], start: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the lines without points that rounding laid on the one before."""
    moves = np.ones(x.size, dtype=bool)
    moves[1:] = (np.diff(x) != 0) | (np.diff(y) != 0)
    moves[start[:-1]] = True
    new_start: NDArray[np.int64] = np.append(0, np.cumsum(moves))[start]
    return x[moves], y[moves], new_start


def _first_of_equals(
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    start: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which lines are not drawn already by an earlier one, forwards or backwards."""
    seen: set[bytes] = set()
    first = np.zeros(rows.size, dtype=bool)
    xy = np.column_stack([x, y])
    for i, row in enumerate(rows):
        line = xy[start[row] : start[row + 1]]
        key = min(line.tobytes(), line[::-1].tobytes())
        first[i] = key not in seen
        seen.add(key)
    return first


def _curve(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return positions along a Z-order curve, by which neighbours mostly stay neighbours."""
    code = np.zeros(x.size, dtype=np.int64)
    dx, dy = x - x.min(initial=0), y - y.min(initial=0)
    for bit in range(26):
        code |= (dx >> bit & 1) << (2 * bit)
        code |= (dy >> bit & 1) << (2 * bit + 1)
    return code


def _ranges(start: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return start[0], start[0] + 1, ..., then the same of start[1], and so on."""
    end = np.cumsum(length)
    first = np.repeat(start - (end - length), length)
    return first + np.arange(first.size)
