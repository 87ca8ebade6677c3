"""Times on a grid that sums keep to exactly."""

from __future__ import annotations

from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

TICKS_PER_S: Final = float(2**20)
"""A tick is 2^-20 s: sums of gridded times below 2^32 s are exact in any order."""


@overload
def grid(seconds: float) -> float: ...
@overload
def grid(seconds: NDArray[np.float64]) -> NDArray[np.float64]: ...
def grid(seconds: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Return times rounded to the grid of 2^-20 s, in seconds."""
    gridded = np.rint(np.multiply(seconds, TICKS_PER_S)) / TICKS_PER_S
    return gridded if isinstance(gridded, np.ndarray) else float(gridded)


def minutes(value: float) -> float:
    """Return minutes as seconds on the grid: 4.1 minutes are 246 s."""
    return grid(value * 60.0)


@overload
def mps(kph: float) -> float: ...
@overload
def mps(kph: NDArray[np.float64]) -> NDArray[np.float64]: ...
def mps(kph: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
    """Return a speed in metres per second."""
    return kph / 3.6
