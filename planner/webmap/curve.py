"""The curve on the page: what each number of stations covers, and what no plan can beat."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.result import Result

DIGITS = 6
"""Shares are told with so many digits: far finer than a pixel, and than what is read out."""


def curve_parts(result: Result) -> tuple[dict[str, Any], dict[str, NDArray[np.int64]]]:
    """Return what the page is told about the curve: shares of all demand by number of stations, and which is the plan's."""
    curve = result.curve
    if curve is None or not curve.weight:
        return {"curve": None}, {}
    words = {
        "first": int(curve.n_stations[0]),
        "share": curve.share_covered.round(DIGITS).tolist(),
        "bound": curve.share_bound.round(DIGITS).tolist(),
        "chosen": int(result.plan.stations.size),
        "n_for_all": curve.n_for_all,
    }
    return {"curve": words}, {}
