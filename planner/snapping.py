"""Places: where points meet roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where each point meets a road.

    Attributes
    ----------
    street
        Street of each point; -1 off network.
    share
        How far along the street, 0 at its first node, 1 at its last; NaN off network.
    node
        The junction, where the place is at a street's end; else -1.
    access_m
        Metres on the ground between the point and its place; off network, to the nearest road.
    is_on_small_component
        Whether only a component shorter than 500 m was within reach.
    lon, lat
        The place itself, WGS 84 degrees; NaN off network.
    """

    street: NDArray[np.int32]
    share: NDArray[np.float64]
    node: NDArray[np.int32]
    access_m: NDArray[np.float64]
    is_on_small_component: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __len__(self) -> int:
        return self.street.size

    @property
    def is_off_network(self) -> NDArray[np.bool_]:
        """Whether no road was near enough."""
        return self.street < 0
