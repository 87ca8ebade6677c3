"""Ends of roads told by how near they are to a place: most drives go on from one of the nearest."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.rows import entries, starts
from planner.webmap.ends import Ends

ENDS_PER_CELL: Final = 2
"""So many ends are in a square of the grid, on average."""
FAR: Final = -1
"""The rank of an end that lies neither in the square of the place nor in one beside it."""


def side_of(ends: Ends) -> int:
    """Return how wide the squares of the grid are, in 1e-5 degrees."""
    if not ends.x.size:
        return 1
    area = float(np.ptp(ends.x) + 1) * float(np.ptp(ends.y) + 1)
    return int(np.ceil(np.sqrt(area * ENDS_PER_CELL / ends.x.size)))


def ranks_of(
    ends: Ends,
    side: int,
    x: NDArray[np.int64],
    y: NDArray[np.int64],
    place: NDArray[np.integer],
    end: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return how many ends are nearer to a place than some end; ``near_ends.js`` finds the end again.

    Parameters
    ----------
    ends
        All ends.
    side
        How wide the squares of the grid are.
    x, y
        Where places are, in 1e-5 degrees.
    place, end
        Pairs of a place and an end, which may be none of all.

    Returns
    -------
    NDArray
        For each pair the rank of the end among those in the square of the place and the eight around it, the nearest first
        (in degrees, whatever those are on the ground), of equally near ones the first; `FAR` where it isn't there.
    """
    if not ends.x.size or not x.size:
        return np.full(place.size, FAR)
    columns, rows = ends.x // side, ends.y // side
    west, south = columns.min(), rows.min()
    n_columns, n_rows = columns.max() - west + 1, rows.max() - south + 1
    cell = (rows - south) * n_columns + columns - west
    by_cell = np.argsort(cell, kind="stable")
    cell_start = starts(cell[by_cell], int(n_columns * n_rows))

    dx, dy = (k.ravel() for k in np.meshgrid([-1, 0, 1], [-1, 0, 1]))
    column = (x // side - west)[:, None] + dx
    row = (y // side - south)[:, None] + dy
    is_there = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
    whose = np.nonzero(is_there)[0]
    which, at = entries(cell_start, (row * n_columns + column)[is_there])
    of_place, near = whose[which], by_cell[at]
    far = (ends.x[near] - x[of_place]) ** 2 + (ends.y[near] - y[of_place]) ** 2
    order = np.lexsort((near, far, of_place))
    rank = np.arange(order.size) - starts(of_place, x.size)[of_place[order]]

    n = ends.x.size + 1
    key = of_place[order] * n + near[order]
    asked = place.astype(np.int64) * n + end
    by_key = np.argsort(key)
    found = np.searchsorted(key[by_key], asked)
    # one more behind the last, which is nobody's
    key, rank = np.append(key[by_key], -1)[found], np.append(rank[by_key], FAR)[found]
    return np.where(key == asked, rank, FAR)
