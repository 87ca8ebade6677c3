"""Where roads meet: ends of drawn roads, each told once, so that roads and drives can speak of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """Ends of roads, numbered as they first appear: the first of road 0, its last, the first of road 1, and so on.

    Attributes
    ----------
    of_road
        Number of the first and of the last end of each road: roads x 2.
    x, y
        Where each end is, in 1e-5 degrees.
    """

    of_road: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]

    @property
    def back(self) -> NDArray[np.int64]:
        """How far back from the newest number each end is, road after road; 0: it is a new one.

        Roads that are drawn one after the other mostly lie together, so these are small numbers.
        """
        number = self.of_road.ravel()
        known = np.append(0, np.maximum.accumulate(number) + 1)[:-1]
        return known - number


def ends_of(x: NDArray[np.int64], y: NDArray[np.int64], n_points: NDArray[np.int64]) -> Ends:
    """Return the ends of lines; ends at the same place are one.

    Parameters
    ----------
    x, y
        All points, one line after the other.
    n_points
        Points of each line, at least one.
    """
    last = np.cumsum(n_points) - 1
    at = np.column_stack([last - n_points + 1, last]).ravel()
    places = np.column_stack([x[at], y[at]])
    _, first, which = np.unique(places, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(order.size)
    place = at[first[order]]
    return Ends(of_road=number[which.reshape(-1)].reshape(-1, 2), x=x[place], y=y[place])


def between_ends(n_points: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which points of lines are no end."""
    last = np.cumsum(n_points) - 1
    between = np.ones(int(n_points.sum()), dtype=bool)
    between[last] = False
    between[last - n_points + 1] = False
    return between
