"""Outlines: the area within a width of some lines, drawn on a grid of cells, each outline traced as rings that never touch.

Every node of the grid knows how far it is from the nearest line; an outline crosses the sides of the cells where that distance
passes the width (marching squares: Lorensen and Cline 1987, in the plane). All crossings are whole numbers on a fine grid
of degrees, and none lies on a node, so that rings are simple and disjoint whatever is drawn; and a ring of more lines goes
round one of fewer by construction, for each crossing moves outwards only. The grid is drawn band by band, from south to north, so
that memory holds the nodes of a band and the outlines, however large the whole is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from planner.chains import CLOSED, NOWHERE, Chains, add_band, polygons_of, rings_of_chains
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
TILES_AT_ONCE: Final = 2048
"""So many tiles are drawn before the next, or one row of them: some 25 MB."""


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
    """Straight pieces of lines, from south to north.

    Attributes
    ----------
    lon, lat, d_lon, d_lat
        From where, and by how much; degrees.
    east_m, north_m
        Metres per degree there.
    owner
        Whose they are.
    south, north, west, east
        Rows and columns of the grid, counted from 0 degrees, beyond which none of its nodes is near.
    northmost
        The largest of ``north`` so far.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    d_lon: NDArray[np.float64]
    d_lat: NDArray[np.float64]
    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    owner: NDArray[np.int32]
    south: NDArray[np.int64]
    north: NDArray[np.int64]
    west: NDArray[np.int64]
    east: NDArray[np.int64]
    northmost: NDArray[np.int64]


class _Sheet(NamedTuple):
    """Where all lines lie on the grid.

    Attributes
    ----------
    first_row, first_col
        The node at the south-western corner, counted from 0 degrees.
    n_tile_rows, n_tile_cols
        How many tiles there may be northwards and eastwards.
    first_owner, last_owner
        The least and the largest number of those whose lines there are.
    """

    first_row: int
    first_col: int
    n_tile_rows: int
    n_tile_cols: int
    first_owner: int
    last_owner: int


class _Band(NamedTuple):
    """Nodes of some rows of tiles that lines may come near to, and of the first row of nodes of the next band.

    Attributes
    ----------
    first_row, first_col
        The node at the south-western corner of the sheet, counted from 0 degrees.
    n_before
        Rows of nodes of the sheet before this band.
    n_rows
        Rows of nodes of this band; that behind them is the first of the next.
    tile
        Number of each tile, row by row, from the band's first row on; -1 where there is none.
    near
        For each node how far the nearest line is, in units; tile after tile.
    owner
        Whose line that is, the lowest of equally near ones; of one entry only where all lines are of one owner.
    """

    first_row: int
    first_col: int
    n_before: int
    n_rows: int
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


_NO_AREA: Final = Outlines(owner=np.empty(0, dtype=np.int32), geometry=np.empty(0, dtype=object))


def outlines(
    steps: list[Strokes], grid: Grid, *, tiles_at_once: int = TILES_AT_ONCE
) -> list[Outlines]:
    """Return the areas round lines, as more and more of them are drawn.

    Parameters
    ----------
    steps
        Lines to draw one after the other.
    grid
        Where nodes are, and how far the areas reach.
    tiles_at_once
        How much of the grid to keep in memory; the outlines don't depend on it.

    Returns
    -------
    list of Outlines
        For each step the areas round all lines drawn until then. Where there are several owners each has what is nearest to
        its lines: their areas meet, and don't overlap. Those of one owner only grow from step to step.
    """
    segments = [_segments(strokes, grid) for strokes in steps]
    if not any(piece.lon.size for piece in segments):
        return [_NO_AREA for _ in steps]
    sheet = _sheet(segments)
    traced: list[list[Chains]] = [[] for _ in steps]
    for band in _bands(sheet, segments, tiles_at_once):
        for piece, chains in zip(segments, traced, strict=True):
            some = _of_rows(piece, sheet.first_row + band.n_before, band.n_rows)
            _draw(band, some, grid.cell_lon, grid.cell_lat, _reach_m(grid), _UNITS / grid.width_m)
            label = np.where(band.near <= _UNITS, band.owner + _FIRST_LABEL, np.int32(0))
            add_band(chains, _trace(band, label))
    found = []
    while traced:  # what is made polygons is not kept
        found.append(_polygons(traced.pop(0), sheet, grid))
    return found


def _polygons(chains: list[Chains], sheet: _Sheet, grid: Grid) -> Outlines:
    """Return what was traced, band by band, as MultiPolygons, one for each owner."""
    if not any(band.label.size for band in chains):
        return _NO_AREA
    rings = rings_of_chains(chains)
    chains.clear()
    label, geometry = polygons_of(
        rings,
        lon=(sheet.first_col * _STEPS, grid.step_lon, _PER_DEGREE),
        lat=(sheet.first_row * _STEPS, grid.step_lat, _PER_DEGREE),
    )
    return Outlines(owner=(label - _FIRST_LABEL).astype(np.int32), geometry=geometry)


def _segments(strokes: Strokes, grid: Grid) -> _Segments:
    """Return the straight pieces of lines."""
    leads_on = np.ones(strokes.lon.size, dtype=bool)
    leads_on[strokes.start[1:] - 1] = False
    at = np.flatnonzero(leads_on)
    lon, lat = strokes.lon, strokes.lat
    d_lon, d_lat = lon[at + 1] - lon[at], lat[at + 1] - lat[at]
    east_m, north_m = metres_per_degree(lat[at] + d_lat / 2.0)
    owner = np.repeat(strokes.owner, np.diff(strokes.start) - 1)
    rows = _nodes_near(lat[at], d_lat, _reach_m(grid) / north_m, grid.cell_lat)
    cols = _nodes_near(lon[at], d_lon, _reach_m(grid) / east_m, grid.cell_lon)
    order = np.argsort(rows[0], kind="stable")
    return _Segments(
        lon=lon[at][order],
        lat=lat[at][order],
        d_lon=d_lon[order],
        d_lat=d_lat[order],
        east_m=east_m[order],
        north_m=north_m[order],
        owner=owner[order],
        south=rows[0][order],
        north=rows[1][order],
        west=cols[0][order],
        east=cols[1][order],
        northmost=np.maximum.accumulate(rows[1][order]),
    )


def _nodes_near(
    at: NDArray[np.float64], by: NDArray[np.float64], margin: NDArray[np.float64], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last row, or column, of nodes that may be near pieces of line."""
    low, high = np.minimum(at, at + by) - margin, np.maximum(at, at + by) + margin
    return np.floor(low / cell).astype(np.int64), np.ceil(high / cell).astype(np.int64)


def _reach_m(grid: Grid) -> float:
    """Return how far from lines distances are worked out: to the neighbours of all nodes inside."""
    return grid.width_m * (1.0 + 1.01 / CELLS_PER_WIDTH)


def _sheet(steps: list[_Segments]) -> _Sheet:
    """Return the sheet for some lines."""
    some = [piece for piece in steps if piece.lon.size]
    first_row = min(int(piece.south.min()) for piece in some)
    first_col = min(int(piece.west.min()) for piece in some)
    last_row = max(int(piece.north.max()) for piece in some)
    last_col = max(int(piece.east.max()) for piece in some)
    return _Sheet(
        first_row=first_row,
        first_col=first_col,
        n_tile_rows=((last_row - first_row) >> _TILE_BITS) + 1,
        n_tile_cols=((last_col - first_col) >> _TILE_BITS) + 1,
        first_owner=min(int(piece.owner.min()) for piece in some),
        last_owner=max(int(piece.owner.max()) for piece in some),
    )


def _bands(sheet: _Sheet, steps: list[_Segments], tiles_at_once: int) -> Iterator[_Band]:
    """Return the bands of a sheet from south to north, with nothing drawn on them yet."""
    n_tiles = np.zeros(sheet.n_tile_rows + 1)
    for piece in steps:
        n_cols = (piece.east - sheet.first_col >> _TILE_BITS) + 1
        n_cols -= piece.west - sheet.first_col >> _TILE_BITS
        np.add.at(n_tiles, piece.south - sheet.first_row >> _TILE_BITS, n_cols)
        np.add.at(n_tiles, (piece.north - sheet.first_row >> _TILE_BITS) + 1, -n_cols)
    # so many at most: several pieces may be near one tile
    n_tiles = np.minimum(np.cumsum(n_tiles[:-1]), sheet.n_tile_cols)
    band = ((np.cumsum(n_tiles) - n_tiles) // tiles_at_once).astype(np.int64)
    first = np.flatnonzero(np.diff(band, prepend=-1)).tolist()
    for begin, end in zip(first, [*first[1:], sheet.n_tile_rows], strict=True):
        yield _blank(sheet, steps, begin, end)


def _blank(sheet: _Sheet, steps: list[_Segments], begin: int, end: int) -> _Band:
    """Return the band of some rows of tiles, with nothing drawn on it yet."""
    n_before, n_rows = begin << _TILE_BITS, (end - begin) << _TILE_BITS
    tile = np.full((end - begin + 1, sheet.n_tile_cols), -1, dtype=np.int32)
    for piece in steps:
        some = _of_rows(piece, sheet.first_row + n_before, n_rows)
        _mark(tile, some, sheet.first_row + n_before, n_rows, sheet.first_col)
    is_there = tile == 0
    n_tiles = int(is_there.sum())
    tile[is_there] = np.arange(n_tiles)
    n_nodes = n_tiles * _TILE * _TILE
    is_of_one = sheet.first_owner == sheet.last_owner
    return _Band(
        first_row=sheet.first_row,
        first_col=sheet.first_col,
        n_before=n_before,
        n_rows=n_rows,
        tile=tile,
        near=np.full(n_nodes, _FAR, dtype=np.uint16),
        owner=np.full(1 if is_of_one else n_nodes, sheet.first_owner, dtype=np.int32),
    )


def _of_rows(segments: _Segments, first: int, n_rows: int) -> _Segments:
    """Return the pieces that may be near some rows of nodes, and the one behind them; others too, where long ones are there."""
    begin = np.searchsorted(segments.northmost, first)
    end = np.searchsorted(segments.south, first + n_rows, side="right")
    some: list[Any] = [column[begin:end] for column in segments]
    return _Segments(*some)


@kernel
def _mark(
    tile: NDArray[np.int32], segments: _Segments, first_row: int, n_rows: int, first_col: int
) -> None:
    """Mark the tiles that pieces of line may be near to with 0, up to the row of nodes behind those of a band."""
    for i in range(segments.lon.size):
        south, north = segments.south[i] - first_row, segments.north[i] - first_row
        west, east = segments.west[i] - first_col, segments.east[i] - first_col
        for row in range(max(south, 0) >> _TILE_BITS, (min(north, n_rows) >> _TILE_BITS) + 1):
            for col in range(west >> _TILE_BITS, (east >> _TILE_BITS) + 1):
                tile[row, col] = 0


@kernel
def _node(tile: NDArray[np.int32], row: int, col: int) -> int:
    """Return where a node is kept; it has to be on a tile."""
    at = int(tile[row >> _TILE_BITS, col >> _TILE_BITS])
    inner = ((row & (_TILE - 1)) << _TILE_BITS) + (col & (_TILE - 1))
    return (at << (2 * _TILE_BITS)) + inner


@kernel
def _draw(
    band: _Band,
    segments: _Segments,
    cell_lon: float,
    cell_lat: float,
    reach_m: float,
    per_m: float,
) -> None:
    """Let each node near some pieces of line know how far the nearest one is."""
    tile, near, owner = band.tile, band.near, band.owner
    south, north = band.n_before, band.n_before + band.n_rows
    square_reach = reach_m * reach_m
    for i in range(segments.lon.size):
        east_m, north_m = segments.east_m[i], segments.north_m[i]
        dx, dy = segments.d_lon[i] * east_m, segments.d_lat[i] * north_m
        square = dx * dx + dy * dy
        # rows and columns in metres from where the piece begins
        row_m, col_m = cell_lat * north_m, cell_lon * east_m
        y0 = (band.first_row * cell_lat - segments.lat[i]) * north_m
        x0 = (band.first_col * cell_lon - segments.lon[i]) * east_m
        first_row = max(int(np.ceil((min(dy, 0.0) - reach_m - y0) / row_m)), south)
        last_row = min(int(np.floor((max(dy, 0.0) + reach_m - y0) / row_m)), north)
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
                at = _node(tile, row - south, col)
                if away > near[at]:
                    continue
                if owner.size > 1 and (away < near[at] or segments.owner[i] < owner[at]):
                    owner[at] = segments.owner[i]
                near[at] = away


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


_SOUTH: Final = cast("int", np.int64(0))
_NORTH: Final = cast("int", np.int64(2))
"""Sides of a cell; as int64, for kernels are compiled once more for each plain number that they are given."""
_Crossing = tuple[int, int, int]
"""Where an outline comes into a cell: row, column, side."""


class _Found(NamedTuple):
    """What is known of the outlines in a band so far.

    Attributes
    ----------
    is_done
        Of a node whose neighbour to the east is another's: whether the outline between them is traced.
    west_chain
        Of a node whose neighbour to the west is another's: the outline between them.
    chains
        All that is traced, but for what is to the west.
    west_row
        Row of the westernmost node of each chain.
    n
        How many chains are traced, as the only entry.
    """

    is_done: NDArray[np.bool_]
    west_chain: NDArray[np.int32]
    chains: Chains
    west_row: NDArray[np.int64]
    n: NDArray[np.int64]


@kernel
def _n_nodes(tile: NDArray[np.int32], tile_row: int, tile_col: int) -> int:
    """Return how many nodes of a tile a band has: all, none where it isn't there, the first row of those behind the band."""
    if tile[tile_row, tile_col] < 0:
        return 0
    return _TILE if tile_row == tile.shape[0] - 1 else _TILE * _TILE


@kernel
def _count(tile: NDArray[np.int32], label: NDArray[np.int32], n_rows: int) -> tuple[int, int]:
    """Return how many sides of cells outlines cross, each counted once for both who share it, and how many chains may be."""
    n_sides = n_most = 0
    for tile_row in range(tile.shape[0]):
        for tile_col in range(tile.shape[1]):
            first = int(tile[tile_row, tile_col]) << (2 * _TILE_BITS)
            for inner in range(_n_nodes(tile, tile_row, tile_col)):
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
                    north = _node(tile, row + 1, col) if row < n_rows else node
                    south = _node(tile, row - 1, col) if row > 0 else node
                    n_most += label[west] != own and row == n_rows
                n_most += label[east] != own
                n_sides += (label[east] != own) + (label[west] != own)
                n_sides += (label[north] != own) + (label[south] != own)
    return n_sides, n_most


@kernel
def _rank(band: _Band, row: int, col: int) -> int:
    """Return where a node comes among those of the whole sheet, tile after tile: it says which corner a ring begins with."""
    row += band.n_before
    tile = (row >> _TILE_BITS) * int(band.tile.shape[1]) + (col >> _TILE_BITS)
    inner = ((row & (_TILE - 1)) << _TILE_BITS) + (col & (_TILE - 1))
    return (tile << (2 * _TILE_BITS)) + inner


@kernel
def _over_line(band: _Band, row: int, col: int, side: int) -> int:
    """Return a number for an outline that runs over a row of nodes between two of them, into a cell over a side of it."""
    n_cols = int(band.tile.shape[1]) << _TILE_BITS
    return 2 * ((band.n_before + row) * n_cols + col) + (side == _NORTH)


@kernel
def _follow(
    band: _Band, label: NDArray[np.int32], found: _Found, begin: _Crossing, from_where: int
) -> None:
    """Trace the outline that comes into a cell over one of its sides, until it closes or leaves the band.

    ``from_where`` is the number of where it comes into the band, `CLOSED` if it begins within.
    """
    tile, near, chains = band.tile, band.near, found.chains
    row, col, side = begin
    chain = found.n[0]
    n = chains.start[chain]
    chains.begins[chain] = from_where
    while True:
        nodes = _cell(tile, row, col)
        labels = _labels(label, nodes)
        sheet_row = band.n_before + row
        chains.row[n], chains.col[n] = _corner(near, nodes, labels, sheet_row, col, side)
        chains.label[chain] = labels[side]
        if side == 0:
            found.is_done[nodes[0]] = True
            rank = _rank(band, row, col)
            if rank < chains.first[chain]:
                chains.first[chain], chains.first_at[chain] = rank, n
            if col < chains.west_col[chain]:
                chains.west_col[chain], found.west_row[chain] = col, row
        elif side == 2:
            found.west_chain[nodes[2]] = chain
        n += 1
        if _has_joint(labels):
            chains.row[n], chains.col[n] = _joint(near, nodes, labels, sheet_row, col)
            n += 1
        side = _way_out(labels, side)
        row += (side == 2) - (side == 0)
        col += (side == 1) - (side == 3)
        side = (side + 2) & 3
        if row < 0:
            found.west_chain[_node(tile, row + 1, col + 1)] = chain
            chains.leaves[chain] = _over_line(band, row + 1, col, _NORTH)
            break
        if row == band.n_rows:
            chains.leaves[chain] = _over_line(band, row, col, _SOUTH)
            break
        if (row, col, side) == begin:
            break
    chains.start[chain + 1] = n
    found.n[0] += 1


@kernel
def _trace(band: _Band, label: NDArray[np.int32]) -> Chains:
    """Return the outlines in a band, of the areas that nodes of equal labels stand for; 0 is outside of all."""
    tile = band.tile
    n_sides, n_most = _count(tile, label, band.n_rows)
    n_corners = 2 * n_sides if band.owner.size > 1 else n_sides
    chains = Chains(
        np.zeros(n_most + 1, np.int64),
        np.empty(n_corners, np.int64),
        np.empty(n_corners, np.int64),
        np.empty(n_most, np.int32),
        np.full(n_most, CLOSED),
        np.full(n_most, CLOSED),
        np.full(n_most, NOWHERE),
        np.zeros(n_most, np.int64),
        np.full(n_most, NOWHERE),
        np.full(n_most, np.int64(-1)),
    )
    found = _Found(
        np.zeros(label.size, np.bool_),
        np.full(label.size, -1, np.int32),
        chains,
        np.empty(n_most, np.int64),
        np.zeros(1, np.int64),
    )
    _trace_from_lines(band, label, found)
    for tile_row in range(tile.shape[0] - 1):
        for tile_col in range(tile.shape[1]):
            first = int(tile[tile_row, tile_col]) << (2 * _TILE_BITS)
            for inner in range(_n_nodes(tile, tile_row, tile_col)):
                node = first + inner
                if label[node] == 0 or found.is_done[node]:
                    continue
                row = (tile_row << _TILE_BITS) + (inner >> _TILE_BITS)
                col = (tile_col << _TILE_BITS) + (inner & (_TILE - 1))
                is_inner = (inner & (_TILE - 1)) < _TILE - 1
                if label[node] == label[node + 1 if is_inner else _node(tile, row, col + 1)]:
                    continue
                _follow(band, label, found, (row, col, _SOUTH), CLOSED)
    n = found.n[0]
    for chain in range(n):
        if chains.west_col[chain] < NOWHERE:
            chains.west[chain] = _chain_to_the_west(
                tile, label, found.west_chain, found.west_row[chain], chains.west_col[chain]
            )
    n_corners = chains.start[n]
    return Chains(
        chains.start[: n + 1],
        chains.row[:n_corners].copy(),
        chains.col[:n_corners].copy(),
        chains.label[:n],
        chains.begins[:n],
        chains.leaves[:n],
        chains.first[:n],
        chains.first_at[:n],
        chains.west_col[:n],
        chains.west[:n],
    )


@kernel
def _trace_from_lines(band: _Band, label: NDArray[np.int32], found: _Found) -> None:
    """Trace the outlines that come into a band over its first row of nodes, or the next band's."""
    tile = band.tile
    for row in np.array([0, band.n_rows]):
        for tile_col in range(tile.shape[1]):
            if tile[row >> _TILE_BITS, tile_col] < 0:
                continue
            for col in range(tile_col << _TILE_BITS, (tile_col + 1) << _TILE_BITS):
                own = label[_node(tile, row, col)]
                if own == 0:
                    continue
                if row == 0 and label[_node(tile, row, col + 1)] != own:
                    line = _over_line(band, row, col, _SOUTH)
                    _follow(band, label, found, (row, col, _SOUTH), line)
                if row > 0 and label[_node(tile, row, col - 1)] != own:
                    line = _over_line(band, row, col - 1, _NORTH)
                    _follow(band, label, found, (row - 1, col - 1, _NORTH), line)


@kernel
def _chain_to_the_west(
    tile: NDArray[np.int32],
    label: NDArray[np.int32],
    west_chain: NDArray[np.int32],
    row: int,
    col: int,
) -> int:
    """Return the outline where the area of a node ends to the west of it."""
    own = label[_node(tile, row, col)]
    while label[_node(tile, row, col - 1)] == own:
        col -= 1
    return int(west_chain[_node(tile, row, col)])
