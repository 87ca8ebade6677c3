"""Outlines: the area within a width of some lines, drawn on a grid of cells, each outline traced as rings that never touch.

Every node of the grid knows how far it is from the nearest line; an outline crosses the sides of the cells where that distance
passes the width (marching squares: Lorensen and Cline 1987, in the plane). All crossings are whole numbers on a fine grid
of degrees, and none lies on a node, so that rings are simple and disjoint whatever is drawn; and a ring of more lines goes
round one of fewer by construction, for each crossing moves outwards only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.geodesy import metres_per_degree

CELLS_PER_WIDTH: Final = 4.0
"""Cells are this part of the width. Below 0.7 of it each point of a line surely is inside; finer ones make rounder ends."""
_PER_DEGREE: Final = 1_000_000_000
"""Coordinates of outlines are whole numbers of 1e-9 degrees: nine decimals say them without loss."""
_HALF: Final = 512
_STEPS: Final = 2 * _HALF
"""Crossings are at even steps of a side, so that the middle of two of them is a step too."""
_UNITS: Final = 4096
"""Distances are kept in so many units per width, rounded up: a node that is kept inside is inside."""
_SIDE: Final = int(_UNITS / CELLS_PER_WIDTH)
"""A side of a cell in these units, more or less."""
_FAR: Final = np.uint16(65535)
_FIRST_LABEL: Final = np.int32(2)
"""Label of owner 0: that of -1 is 1, and 0 is outside of all."""
_TILE_BITS: Final = 5
_TILE: Final = 1 << _TILE_BITS
"""Nodes are kept in tiles of 32 x 32, and only tiles that lines come near to are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the nodes of the grid are: at whole multiples of two steps in degrees.

    Attributes
    ----------
    width_m
        How far from a line the area reaches, in metres.
    step_lon, step_lat
        A step in 1e-9 degrees; a cell is `_STEPS` by `_STEPS` of them.
    """

    width_m: float
    step_lon: int
    step_lat: int

    @property
    def cell_lon(self) -> float:
        """Degrees from node to node eastwards."""
        return _STEPS * self.step_lon / _PER_DEGREE

    @property
    def cell_lat(self) -> float:
        """Degrees from node to node northwards."""
        return _STEPS * self.step_lat / _PER_DEGREE


def grid_for(lat: NDArray[np.float64], *, width_m: float) -> Grid:
    """Return the grid for lines at some latitudes: its cells are nowhere larger than a quarter of the width."""
    nearest = np.abs(lat).min(initial=90.0), np.abs(lat).max(initial=0.0)
    east_m, north_m = metres_per_degree(np.array(nearest))
    cell_m = width_m / CELLS_PER_WIDTH
    per_step = cell_m / _STEPS * _PER_DEGREE
    return Grid(
        width_m=width_m,
        step_lon=max(int(per_step / east_m[0]), 1),
        step_lat=max(int(per_step / north_m.max()), 1),
    )


class _Segments(NamedTuple):
    """Straight pieces of lines: from where, by how much (degrees), metres per degree there, and whose they are."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    d_lon: NDArray[np.float64]
    d_lat: NDArray[np.float64]
    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    owner: NDArray[np.int32]


class _Sheet(NamedTuple):
    """Nodes of the grid that lines may come near to.

    Attributes
    ----------
    first_row, first_col
        The node at the south-western corner, counted from 0 degrees.
    tile
        Number of each tile, row by row; -1 where there is none.
    near
        For each node how far the nearest line is, in units; tile after tile.
    owner
        Whose line that is, the lowest of equally near ones; of one entry only where all lines are of one owner.
    """

    first_row: int
    first_col: int
    tile: NDArray[np.int32]
    near: NDArray[np.uint16]
    owner: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strokes:
    """Lines to draw.

    Attributes
    ----------
    start
        Line i has the points ``start[i]`` to ``start[i + 1] - 1``.
    lon, lat
        All points, WGS 84 degrees.
    owner
        Whose each line is: a number from -1 on.
    """

    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    owner: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlines:
    """Areas, one for each owner that has any.

    Attributes
    ----------
    owner
        Whose area, ascending.
    geometry
        MultiPolygons in WGS 84 degrees.
    """

    owner: NDArray[np.int32]
    geometry: NDArray[np.object_]


def outlines(steps: list[Strokes], grid: Grid) -> list[Outlines]:
    """Return the areas round lines, as more and more of them are drawn.

    Parameters
    ----------
    steps
        Lines to draw one after the other.
    grid
        Where nodes are, and how far the areas reach.

    Returns
    -------
    list of Outlines
        For each step the areas round all lines drawn until then. Where there are several owners each has what is nearest to
        its lines: their areas meet, and don't overlap. Those of one owner only grow from step to step.
    """
    segments = [_segments(strokes) for strokes in steps]
    together = _Segments(*(np.concatenate(column) for column in zip(*segments, strict=True)))
    if together.lon.size == 0:
        none = Outlines(owner=np.empty(0, dtype=np.int32), geometry=np.empty(0, dtype=object))
        return [none for _ in steps]
    sheet = _blank(together, grid)
    found = []
    for piece in segments:
        _draw(sheet, piece, grid.cell_lon, grid.cell_lat, _reach_m(grid), _UNITS / grid.width_m)
        label = np.where(sheet.near <= _UNITS, sheet.owner + _FIRST_LABEL, np.int32(0))
        found.append(_polygons(_trace(sheet, label), sheet, grid))
    return found


def _segments(strokes: Strokes) -> _Segments:
    """Return the straight pieces of lines."""
    leads_on = np.ones(strokes.lon.size, dtype=bool)
    leads_on[strokes.start[1:] - 1] = False
    at = np.flatnonzero(leads_on)
    lon, lat = strokes.lon, strokes.lat
    d_lon, d_lat = lon[at + 1] - lon[at], lat[at + 1] - lat[at]
    east_m, north_m = metres_per_degree(lat[at] + d_lat / 2.0)
    owner = np.repeat(strokes.owner, np.diff(strokes.start) - 1)
    return _Segments(lon[at], lat[at], d_lon, d_lat, east_m, north_m, owner)


def _reach_m(grid: Grid) -> float:
    """Return how far from lines distances are worked out: to the neighbours of all nodes inside."""
    return grid.width_m * (1.0 + 1.01 / CELLS_PER_WIDTH)


def _blank(segments: _Segments, grid: Grid) -> _Sheet:
    """Return a sheet for some lines, with nothing drawn on it yet."""
    margin_lon, margin_lat = (
        _reach_m(grid) / per_degree for per_degree in (segments.east_m, segments.north_m)
    )
    bounds = []
    for at, by, margin, cell in (
        (segments.lat, segments.d_lat, margin_lat, grid.cell_lat),
        (segments.lon, segments.d_lon, margin_lon, grid.cell_lon),
    ):
        low, high = np.minimum(at, at + by) - margin, np.maximum(at, at + by) + margin
        bounds.append(
            (np.floor(low / cell).astype(np.int64), np.ceil(high / cell).astype(np.int64))
        )
    (south, north), (west, east) = bounds
    first_row, first_col = int(south.min()), int(west.min())
    n_rows = ((int(north.max()) - first_row) >> _TILE_BITS) + 1
    n_cols = ((int(east.max()) - first_col) >> _TILE_BITS) + 1
    tile = np.full((n_rows, n_cols), -1, dtype=np.int32)
    _mark(tile, south - first_row, north - first_row, west - first_col, east - first_col)
    is_there = tile == 0
    n_tiles = int(is_there.sum())
    tile[is_there] = np.arange(n_tiles)
    n_nodes = n_tiles * _TILE * _TILE
    is_of_one = segments.owner.min() == segments.owner.max()
    return _Sheet(
        first_row=first_row,
        first_col=first_col,
        tile=tile,
        near=np.full(n_nodes, _FAR, dtype=np.uint16),
        owner=np.full(1 if is_of_one else n_nodes, segments.owner[0], dtype=np.int32),
    )


@kernel
def _mark(
    tile: NDArray[np.int32],
    south: NDArray[np.int64],
    north: NDArray[np.int64],
    west: NDArray[np.int64],
    east: NDArray[np.int64],
) -> None:
    """Mark the tiles that boxes of nodes lie in with 0."""
    for i in range(south.size):
        for row in range(south[i] >> _TILE_BITS, (north[i] >> _TILE_BITS) + 1):
            for col in range(west[i] >> _TILE_BITS, (east[i] >> _TILE_BITS) + 1):
                tile[row, col] = 0


@kernel
def _node(tile: NDArray[np.int32], row: int, col: int) -> int:
    """Return where a node is kept; it has to be on a tile."""
    at = int(tile[row >> _TILE_BITS, col >> _TILE_BITS])
    inner = ((row & (_TILE - 1)) << _TILE_BITS) + (col & (_TILE - 1))
    return (at << (2 * _TILE_BITS)) + inner


@kernel
def _draw(
    sheet: _Sheet,
    segments: _Segments,
    cell_lon: float,
    cell_lat: float,
    reach_m: float,
    per_m: float,
) -> None:
    """Let each node near some pieces of line know how far the nearest one is."""
    tile, near, owner = sheet.tile, sheet.near, sheet.owner
    square_reach = reach_m * reach_m
    for i in range(segments.lon.size):
        east_m, north_m = segments.east_m[i], segments.north_m[i]
        dx, dy = segments.d_lon[i] * east_m, segments.d_lat[i] * north_m
        square = dx * dx + dy * dy
        # rows and columns in metres from where the piece begins
        row_m, col_m = cell_lat * north_m, cell_lon * east_m
        y0 = (sheet.first_row * cell_lat - segments.lat[i]) * north_m
        x0 = (sheet.first_col * cell_lon - segments.lon[i]) * east_m
        first_row = int(np.ceil((min(dy, 0.0) - reach_m - y0) / row_m))
        last_row = int(np.floor((max(dy, 0.0) + reach_m - y0) / row_m))
        for row in range(first_row, last_row + 1):
            y = y0 + row * row_m
            begin, end = 0.0, 1.0  # the part of the piece that may be within reach of the row
            if dy != 0.0:
                a, b = (y - reach_m) / dy, (y + reach_m) / dy
                begin, end = max(min(a, b), 0.0), min(max(a, b), 1.0)
            west, east = min(begin * dx, end * dx), max(begin * dx, end * dx)
            first_col = int(np.ceil((west - reach_m - x0) / col_m))
            last_col = int(np.floor((east + reach_m - x0) / col_m))
            for col in range(first_col, last_col + 1):
                x = x0 + col * col_m
                along = 0.0
                if square > 0.0:
                    along = min(max((x * dx + y * dy) / square, 0.0), 1.0)
                away_x, away_y = x - along * dx, y - along * dy
                square_away = away_x * away_x + away_y * away_y
                if square_away > square_reach:
                    continue
                away = np.uint16(np.ceil(np.sqrt(square_away) * per_m))
                at = _node(tile, row, col)
                if away > near[at]:
                    continue
                if owner.size > 1 and (away < near[at] or segments.owner[i] < owner[at]):
                    owner[at] = segments.owner[i]
                near[at] = away


class _Rings(NamedTuple):
    """Closed rings, with the area on their left.

    Attributes
    ----------
    start
        Ring i has the corners ``start[i]`` to ``start[i + 1] - 1``.
    row, col
        Corners in steps from the sheet's first node.
    label
        Whose area each ring goes round: owners, plus 2.
    shell
        The ring itself, where it goes round an area; else that of the area in which it is a hole.
    """

    start: NDArray[np.int64]
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    label: NDArray[np.int32]
    shell: NDArray[np.int64]


@kernel
def _crossing(near_one: np.uint16, near_other: np.uint16, label_one: int, label_other: int) -> int:
    """Return the step at which an outline crosses the side of a cell, counted from the one node of it to the other."""
    one, other = int(np.int64(near_one)), int(np.int64(near_other))
    if label_one > 0 and label_other > 0:  # as if each line were straight behind its node
        half_step = _HALF * (other - one + _SIDE) // (2 * _SIDE)
        return 2 * min(max(half_step, 1), _HALF - 1)
    inside, outside = (one, other) if label_one > 0 else (other, one)
    # whole numbers: a nearer line moves it outwards or not at all, whatever is rounded
    half_step = _HALF * (_UNITS - inside) // (outside - inside)
    step = 2 * min(max(half_step, 1), _HALF - 1)
    return step if label_one > 0 else _STEPS - step


_WEST_OR_SOUTH: Final = (0, 1, 3, 0)
_EAST_OR_NORTH: Final = (1, 2, 2, 3)
"""Corners at the ends of each side of a cell."""
_Four = tuple[int, int, int, int]
"""Something of the corners of a cell, anticlockwise from the south-western one."""


@kernel
def _cell(tile: NDArray[np.int32], row: int, col: int) -> _Four:
    """Return where the nodes at the corners of a cell are kept."""
    south_west = _node(tile, row, col)
    if (row & (_TILE - 1)) < _TILE - 1 and (col & (_TILE - 1)) < _TILE - 1:
        return south_west, south_west + 1, south_west + _TILE + 1, south_west + _TILE
    return (
        south_west,
        _node(tile, row, col + 1),
        _node(tile, row + 1, col + 1),
        _node(tile, row + 1, col),
    )


@kernel
def _labels(label: NDArray[np.int32], nodes: _Four) -> _Four:
    """Return whose the corners of a cell are."""
    return (
        int(label[nodes[0]]),
        int(label[nodes[1]]),
        int(label[nodes[2]]),
        int(label[nodes[3]]),
    )


@kernel
def _corner(
    near: NDArray[np.uint16], nodes: _Four, labels: _Four, row: int, col: int, side: int
) -> tuple[int, int]:
    """Return where outlines cross a side of a cell, as row and column in steps. Sides: south, east, north, west."""
    low, high = _WEST_OR_SOUTH[side], _EAST_OR_NORTH[side]
    step = _crossing(near[nodes[low]], near[nodes[high]], labels[low], labels[high])
    north, east = row * _STEPS, col * _STEPS
    if side & 1:
        return north + step, east + _STEPS * (side == 1)
    return north + _STEPS * (side == 2), east + step


@kernel
def _way_out(corners: _Four, side: int) -> int:
    """Return the side over which an outline leaves a cell that it came into over another one.

    The area is on its left: the corner of that side's number belongs to it. Of two pairs of equal corners that face each other the
    lower label is one piece, so that what is outside of all never is cut in two.
    """
    own, ahead = corners[side], corners[(side + 1) & 3]
    behind = corners[(side + 3) & 3]
    if behind != own and corners[(side + 2) & 3] == own and (behind != ahead or own < ahead):
        return (side + 1) & 3
    last = side
    while corners[(last + 3) & 3] == own:
        last = (last + 3) & 3
    return (last + 3) & 3


@kernel
def _has_joint(corners: _Four) -> bool:
    """Return whether more than two areas meet within a cell."""
    n_sides = 0
    for side in range(4):
        n_sides += corners[side] != corners[(side + 1) & 3]
    return n_sides > 2 and corners[0] != corners[2] and corners[1] != corners[3]


@kernel
def _joint(
    near: NDArray[np.uint16], nodes: _Four, labels: _Four, row: int, col: int
) -> tuple[int, int]:
    """Return where areas meet within a cell: in its middle, or on the straight outline of all of them together."""
    n, sum_row, sum_col = 0, 0, 0
    for side in range(4):
        if (labels[side] == 0) != (labels[(side + 1) & 3] == 0):
            r, c = _corner(near, nodes, labels, row, col, side)
            n += 1
            sum_row += r
            sum_col += c
    if n == 2:
        return sum_row // 2, sum_col // 2
    return row * _STEPS + _HALF, col * _STEPS + _HALF


class _Found(NamedTuple):
    """What is known of the outlines so far.

    Attributes
    ----------
    is_done
        Of a node whose neighbour to the east is another's: whether the outline between them is traced.
    west_ring
        Of a node whose neighbour to the west is another's: the outline between them.
    row, col
        Corners of all rings traced.
    """

    is_done: NDArray[np.bool_]
    west_ring: NDArray[np.int32]
    row: NDArray[np.int64]
    col: NDArray[np.int64]


@kernel
def _count(tile: NDArray[np.int32], label: NDArray[np.int32]) -> tuple[int, int]:
    """Return how many sides of cells outlines cross, each counted once for both who share it, and how many rings may be."""
    n_sides = n_east = 0
    for tile_row in range(tile.shape[0]):
        for tile_col in range(tile.shape[1]):
            first = int(tile[tile_row, tile_col]) << (2 * _TILE_BITS)
            for inner in range(_TILE * _TILE if first >= 0 else 0):
                node = first + inner
                own = label[node]
                if own == 0:  # nodes that are somebody's have neighbours on all sides
                    continue
                row, col = inner >> _TILE_BITS, inner & (_TILE - 1)
                east, west, north, south = node + 1, node - 1, node + _TILE, node - _TILE
                if row in (0, _TILE - 1) or col in (0, _TILE - 1):
                    row += tile_row << _TILE_BITS
                    col += tile_col << _TILE_BITS
                    east, west = _node(tile, row, col + 1), _node(tile, row, col - 1)
                    north, south = _node(tile, row + 1, col), _node(tile, row - 1, col)
                n_east += label[east] != own
                n_sides += (label[east] != own) + (label[west] != own)
                n_sides += (label[north] != own) + (label[south] != own)
    return n_sides, n_east


@kernel
def _follow(
    sheet: _Sheet,
    label: NDArray[np.int32],
    found: _Found,
    n: int,
    ring: int,
    first_row: int,
    first_col: int,
) -> tuple[int, int, int]:
    """Trace the ring that runs north between a node and its neighbour to the east; write its corners behind n others.

    Returns how many corners there are then, and the westernmost node that the ring runs north of.
    """
    tile, near = sheet.tile, sheet.near
    row, col, side = first_row, first_col, 0
    west_row, west_col = row, col
    while True:
        nodes = _cell(tile, row, col)
        labels = _labels(label, nodes)
        found.row[n], found.col[n] = _corner(near, nodes, labels, row, col, side)
        n += 1
        if side == 0:
            found.is_done[nodes[0]] = True
            if col < west_col:
                west_row, west_col = row, col
        elif side == 2:
            found.west_ring[nodes[2]] = ring
        if _has_joint(labels):
            found.row[n], found.col[n] = _joint(near, nodes, labels, row, col)
            n += 1
        side = _way_out(labels, side)
        row += (side == 2) - (side == 0)
        col += (side == 1) - (side == 3)
        side = (side + 2) & 3
        if side == 0 and row == first_row and col == first_col:
            return n, west_row, west_col


@kernel
def _trace(sheet: _Sheet, label: NDArray[np.int32]) -> _Rings:
    """Return the outlines of the areas that nodes of equal labels stand for; 0 is outside of all."""
    tile = sheet.tile
    n_sides, n_most = _count(tile, label)
    n_corners = 2 * n_sides if sheet.owner.size > 1 else n_sides
    found = _Found(
        np.zeros(label.size, np.bool_),
        np.full(label.size, -1, np.int32),
        np.empty(n_corners, np.int64),
        np.empty(n_corners, np.int64),
    )
    start, of_label = np.zeros(n_most + 1, np.int64), np.empty(n_most, np.int32)
    west_row, west_col = np.empty(n_most, np.int64), np.empty(n_most, np.int64)
    n = n_rings = 0
    for tile_row in range(tile.shape[0]):
        for tile_col in range(tile.shape[1]):
            first = int(tile[tile_row, tile_col]) << (2 * _TILE_BITS)
            for inner in range(_TILE * _TILE if first >= 0 else 0):
                node = first + inner
                if label[node] == 0 or found.is_done[node]:
                    continue
                row = (tile_row << _TILE_BITS) + (inner >> _TILE_BITS)
                col = (tile_col << _TILE_BITS) + (inner & (_TILE - 1))
                is_inner = (inner & (_TILE - 1)) < _TILE - 1
                if label[node] == label[node + 1 if is_inner else _node(tile, row, col + 1)]:
                    continue
                n, west_row[n_rings], west_col[n_rings] = _follow(
                    sheet, label, found, n, n_rings, row, col
                )
                of_label[n_rings] = label[node]
                n_rings += 1
                start[n_rings] = n
    start, of_label = start[: n_rings + 1], of_label[:n_rings]
    shell = np.arange(n_rings)
    for ring in range(n_rings):
        here = slice(start[ring], start[ring + 1])
        if _twice_the_area(found.row[here], found.col[here]) < 0:
            row, col = west_row[ring], west_col[ring]
            shell[ring] = _ring_to_the_west(tile, label, found.west_ring, row, col)
    for ring in range(n_rings):  # to the west of a hole may be another one
        while shell[shell[ring]] != shell[ring]:
            shell[ring] = shell[shell[ring]]
    return _Rings(start, found.row[:n], found.col[:n], of_label, shell)


@kernel
def _ring_to_the_west(
    tile: NDArray[np.int32],
    label: NDArray[np.int32],
    west_ring: NDArray[np.int32],
    row: int,
    col: int,
) -> int:
    """Return the ring where the area of a node ends to the west of it."""
    own = label[_node(tile, row, col)]
    while label[_node(tile, row, col - 1)] == own:
        col -= 1
    return int(west_ring[_node(tile, row, col)])


@kernel
def _twice_the_area(row: NDArray[np.int64], col: NDArray[np.int64]) -> int:
    """Return twice the area of a ring: above 0 where it runs anticlockwise."""
    area = 0
    for k in range(row.size):
        before = k - 1 if k > 0 else row.size - 1
        area += col[before] * row[k] - col[k] * row[before]
    return area


def _polygons(rings: _Rings, sheet: _Sheet, grid: Grid) -> Outlines:
    """Return rings as MultiPolygons, one for each owner."""
    n_rings = rings.shell.size
    is_hole = rings.shell != np.arange(n_rings)
    order = np.lexsort((np.arange(n_rings), is_hole, rings.shell, rings.label))
    size = np.diff(rings.start)[order]
    first = np.cumsum(size) - size
    corner = np.repeat(rings.start[:-1][order] - first, size) + np.arange(size.sum())
    lon = (sheet.first_col * _STEPS + rings.col[corner]) * grid.step_lon / _PER_DEGREE
    lat = (sheet.first_row * _STEPS + rings.row[corner]) * grid.step_lat / _PER_DEGREE
    linear = shapely.linearrings(
        np.column_stack([lon, lat]), indices=np.repeat(np.arange(n_rings), size)
    )
    is_shell = ~is_hole[order]
    polygons = shapely.polygons(linear, indices=np.cumsum(is_shell) - 1)
    owner, area = np.unique(rings.label[order][is_shell], return_inverse=True)
    geometry = shapely.multipolygons(polygons, indices=area)
    return Outlines(owner=(owner - _FIRST_LABEL).astype(np.int32), geometry=np.atleast_1d(geometry))
