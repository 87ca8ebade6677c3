"""Sparse rows: row i has the entries start[i] to start[i + 1] - 1 of some arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def starts(row: NDArray[np.integer], n_rows: int) -> NDArray[np.int64]:
    """Return where each row starts among entries sorted by row, and behind it where the last one ends."""
    start = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=n_rows), out=start[1:])
    return start


def row_of(start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of each entry."""
    return np.repeat(np.arange(start.size - 1), np.diff(start))


def entries(
    start: NDArray[np.int64], rows: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the entries of some rows, one row after the other.

    Parameters
    ----------
    start
        Where each row starts.
    rows
        Rows to list; a row may come twice.

    Returns
    -------
    which, entry
        For each entry found, the position in ``rows`` that brought it, and the entry.
    """
    size = start[rows + 1] - start[rows]
    which = np.repeat(np.arange(rows.size), size)
    entry = np.arange(which.size) + np.repeat(start[rows] - (np.cumsum(size) - size), size)
    return which, entry
