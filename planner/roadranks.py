"""Ranks: how roads of each class are drawn, on maps and sheets alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

RANKS: Final = {
    "motorway": 5,
    "trunk": 5,
    "primary": 4,
    "secondary": 3,
    "tertiary": 2,
    "unclassified": 1,
    "residential": 1,
    "living_street": 1,
    "road": 1,
}
"""From paths (0, all others) to motorways (5)."""


def ranks_of_classes(classes: Sequence[str]) -> NDArray[np.int64]:
    """Return the rank of each class of road; links like their road."""
    return np.array([RANKS.get(name.removesuffix("_link"), 0) for name in classes], dtype=np.int64)
