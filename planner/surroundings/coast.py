"""The sea inside a box, from lines of the coast that have land on their left."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""
_Points: TypeAlias = NDArray[np.float64]

_GOES_ON: Final = 0.1
"""A coast that ends this near to the box, in parts of its width or height, is led straight on to it."""
_SCRAP: Final = 0.01
"""A coast that ends inside the box and is no longer than this, in parts of its width and height, tells nothing."""
_GAP: Final = 0.1
"""A shore whose ends are no farther from each other, in parts of its length from north to south or west to east, is an island's."""
_HARMLESS: Final = 1e-4
"""Rings that can't be and are smaller than this part of the box are left out; a larger one means that nothing is known."""


def sea_of(coast: NDArray[np.object_], box: Box) -> NDArray[np.object_] | None:
    """Return the polygons of the sea in a box; None where there is no coast, or it contradicts itself.

    Parameters
    ----------
    coast
        Lines with land on their left and sea on their right, cut anywhere.
    box
        Where coasts are known.
    """
    rings, lines = _inside(coast, box)
    lines = [_led_on(line, box) for line in lines if not _is_scrap(line, box)]
    if not rings and not lines:
        return None
    shores = _closed_along(lines, box) if _are_whole(lines, box) else None
    if shores is None:
        return None
    # what is on the right of a ring that turns clockwise is inside it
    islands = [ring for ring in rings if _area(ring) > 0]
    lakes = [ring for ring in rings if _area(ring) < 0]
    if not lines and _size_of_largest(islands) > _size_of_largest(lakes):
        shores = [np.array([*_corners(box), _corners(box)[0]])]
    return _with_holes([*shores, *lakes], islands, box)


def _inside(coast: NDArray[np.object_], box: Box) -> tuple[list[_Points], list[_Points]]:
    """Return the rings of a coast inside a box, and the lines that come in and go out, or end."""
    if not coast.size:
        return [], []
    joined = shapely.line_merge(shapely.multilinestrings(coast), directed=True)
    points, chain = shapely.get_coordinates(shapely.get_parts(joined), return_index=True)
    chains = np.split(points, np.flatnonzero(np.diff(chain)) + 1)
    parts = [_closed(part, box) for points in chains for part in _cut(points, box)]
    is_ring = [bool((part[0] == part[-1]).all()) for part in parts]
    rings = [part for part, closed in zip(parts, is_ring, strict=True) if closed and len(part) > 3]
    return rings, [part for part, closed in zip(parts, is_ring, strict=True) if not closed]


def _closed(line: _Points, box: Box) -> _Points:
    """Return the shore of an island that lacks a little, where what was cut out ends there, as a ring."""
    gap, size = np.hypot(*(line[-1] - line[0])), np.ptp(line, axis=0).max()
    ends_inside = _clockwise(line[0], box) is None and _clockwise(line[-1], box) is None
    if 0 < gap <= _GAP * size and ends_inside:
        return np.concatenate([line, line[:1]])
    return line


def _cut(points: _Points, box: Box) -> list[_Points]:
    """Return the parts of a line inside a box, in their order; a ring inside it stays one."""
    west, south, east, north = box
    if ((points >= (west, south)) & (points <= (east, north))).all():
        return [points]
    tail, way = points[:-1], np.diff(points, axis=0)
    begin, end = np.zeros(len(tail)), np.ones(len(tail))
    for k, low, high in ((0, west, east), (1, south, north)):
        with np.errstate(divide="ignore", invalid="ignore"):
            at_low, at_high = (low - tail[:, k]) / way[:, k], (high - tail[:, k]) / way[:, k]
        first, last = np.fmin(at_low, at_high), np.fmax(at_low, at_high)
        stays = way[:, k] == 0
        is_in = (tail[:, k] >= low) & (tail[:, k] <= high)
        begin = np.where(stays, np.where(is_in, begin, 2.0), np.fmax(begin, first))
        end = np.where(stays, end, np.fmin(end, last))
    is_kept = begin < end
    # to the bit where a step lies inside as a whole
    starts = np.where(begin[:, None] > 0.0, tail + begin[:, None] * way, tail)
    stops = np.where(end[:, None] < 1.0, tail + end[:, None] * way, points[1:])
    goes_on = np.zeros(len(tail), dtype=bool)
    goes_on[1:] = is_kept[1:] & is_kept[:-1] & (end[:-1] == 1.0) & (begin[1:] == 0.0)
    is_ring = bool((points[0] == points[-1]).all())
    parts = [
        np.concatenate(
            [
                starts[run[:1]],
                points[run[1:]],
                stops[run[-1:]],
            ]
        )
        for run in np.split(np.arange(len(tail)), np.flatnonzero(~goes_on))
        if run.size and is_kept[run[0]]
    ]
    parts = [_pulled_to(part, box) for part in parts]
    # where a ring was begun inside the box, its last part leads on to its first
    if is_ring and len(parts) > 1 and (parts[0][0] == parts[-1][-1]).all():
        parts[0] = np.concatenate([parts.pop(), parts[0][1:]])
    return parts


def _pulled_to(part: _Points, box: Box) -> _Points:
    """Return a part with ends that rounding left beside the box right on it."""
    west, south, east, north = box
    part = part.copy()
    for i in (0, -1):
        for k, sides in ((0, (west, east)), (1, (south, north))):
            for side in sides:
                if abs(part[i, k] - side) < 1e-9:
                    part[i, k] = side
    return part


def _is_scrap(line: _Points, box: Box) -> bool:
    """Return whether a line is a short end of something that lies outside of what was cut out."""
    west, south, east, north = box
    size = np.ptp(line, axis=0) / (east - west, north - south)
    return bool((size < _SCRAP).all()) and not _are_whole([line], box)


def _led_on(line: _Points, box: Box) -> _Points:
    """Return a line with its ends led on straight to the nearest side of the box, where that is near."""
    first, last = _on_side(line[0], box), _on_side(line[-1], box)
    return np.concatenate([first, line, last])


def _on_side(point: _Points, box: Box) -> _Points:
    """Return the point of the box straight beside another that is near; none if it is on the box, or far."""
    west, south, east, north = box
    x, y = point
    if x in (west, east) or y in (south, north):
        return np.empty((0, 2))
    ways = [
        ((x - west) / (east - west), (west, y)),
        ((east - x) / (east - west), (east, y)),
        ((y - south) / (north - south), (x, south)),
        ((north - y) / (north - south), (x, north)),
    ]
    share, side = min(ways)
    return np.array([side]) if share <= _GOES_ON else np.empty((0, 2))


def _are_whole(lines: list[_Points], box: Box) -> bool:
    """Return whether all lines come from the box and lead to it."""
    return all(_clockwise(line[i], box) is not None for line in lines for i in (0, -1))


def _clockwise(point: _Points, box: Box) -> float | None:
    """Return how far round a box a point on it is, clockwise from the north-west, 4 for once; None where it is not on it."""
    west, south, east, north = box
    x, y = point
    if y == north:
        return float((x - west) / (east - west))
    if x == east:
        return float(1 + (north - y) / (north - south))
    if y == south:
        return float(2 + (east - x) / (east - west))
    if x == west:
        return float(3 + (y - south) / (north - south))
    return None


def _corners(box: Box) -> list[tuple[float, float]]:
    west, south, east, north = box
    return [(west, north), (east, north), (east, south), (west, south)]


def _closed_along(lines: list[_Points], box: Box) -> list[_Points] | None:
    """Return the rings round the sea that lines leave on their right, closed along the box; None if they don't fit.

    Where a line goes out, sea follows clockwise along the box, up to where the next line comes in.
    """
    events = sorted(
        (_clockwise(line[i], box) or 0.0, is_end, k)
        for k, line in enumerate(lines)
        for i, is_end in ((0, False), (-1, True))
    )
    follows: dict[int, tuple[int, list[tuple[float, float]]]] = {}
    for (at, is_end, k), (next_at, next_is_end, m) in pairwise([*events, *events[:1]]):
        if is_end == next_is_end:
            return None
        if is_end:
            follows[k] = m, _corners_between(at, next_at, box)
    rings: list[_Points] = []
    left = set(range(len(lines)))
    while left:
        k = first = min(left)
        ring: list[_Points] = []
        while k in left:
            left.remove(k)
            following, corners = follows[k]
            ring += [lines[k], np.array(corners).reshape(-1, 2)]
            k = following
        if k != first:
            return None
        rings.append(np.concatenate([*ring, ring[0][:1]]))
    return rings


def _corners_between(at: float, until: float, box: Box) -> list[tuple[float, float]]:
    """Return the corners passed on the way clockwise along a box."""
    until = until if until >= at else until + 4
    corners = _corners(box)
    return [corners[k % 4] for k in range(int(np.floor(at)) + 1, int(np.ceil(until)))]


def _area(ring: _Points) -> float:
    """Return the area within a ring, in square degrees; negative where it turns clockwise."""
    x, y = (ring - ring[0]).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def _size_of_largest(rings: list[_Points]) -> float:
    return max((abs(_area(ring)) for ring in rings), default=0.0)


def _with_holes(
    shells: list[_Points], islands: list[_Points], box: Box
) -> NDArray[np.object_] | None:
    """Return the shells without the islands in each, as polygons; None where an island of some size is on land.

    Islands may touch each other and the shore, as they do in data.
    """
    west, south, east, north = box
    least = _HARMLESS * (east - west) * (north - south)
    shells = sorted(shells, key=lambda shell: abs(_area(shell)))
    first = np.array([island[0] for island in islands]).reshape(-1, 2)
    home = np.full(len(islands), -1)
    sizes = np.array([_area(island) for island in islands])
    for k, shell in enumerate(shells):
        polygon = shapely.Polygon(shell)
        shapely.prepare(polygon)
        free = np.flatnonzero((home < 0) & (sizes < abs(_area(shell))))
        home[free[shapely.contains_xy(polygon, first[free, 0], first[free, 1])]] = k
    if (sizes[home < 0] > least).any():
        return None
    polygons = np.empty(len(shells), dtype=object)
    for k, shell in enumerate(shells):
        polygons[k] = shapely.Polygon(shell, [islands[i] for i in np.flatnonzero(home == k)])
    return polygons
