"""The side of the road that is driven on, by place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def driving_side_at(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> str:
    """Return the side that is driven on where some roads are: ``left`` or ``right``."""
    return "right"
