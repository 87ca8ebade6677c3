"""How far drive times are from measured ones: bias and spread."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from planner.figures import quantile
from planner.observed.pairs import Measured


def accuracy(time_s: NDArray[np.float64], measured: Measured) -> dict[str, Any] | None:
    """Return how drive times compare with measured ones, by weight; None where there is no pair.

    Returns
    -------
    dict
        ``ratio`` is ours by the measured one, ``difference_s`` ours less the measured one: ``mean``, ``median``, ``p10``,
        ``p90``, and ``mad``, the median of how far they are from their median. ``rank_correlation`` is Spearman's; None
        where there are fewer than three pairs or all are alike.
    """
    if not time_s.size:
        return None
    weight = measured.weight
    return {
        "ratio": _spread(time_s / measured.time_s, weight),
        "difference_s": _spread(time_s - measured.time_s, weight),
        "rank_correlation": _rank_correlation(time_s, measured.time_s, weight),
    }


def _spread(values: NDArray[np.float64], weight: NDArray[np.float64]) -> dict[str, float]:
    median = quantile(values, weight, 0.5)
    return {
        "mean": float(np.average(values, weights=weight)),
        "median": median,
        "p10": quantile(values, weight, 0.1),
        "p90": quantile(values, weight, 0.9),
        "mad": quantile(np.abs(values - median), weight, 0.5),
    }


def _rank_correlation(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], weight: NDArray[np.float64]
) -> float | None:
    if ours.size < 3:
        return None
    one, other = (rankdata(column) for column in (ours, theirs))
    one, other = (rank - np.average(rank, weights=weight) for rank in (one, other))
    spread = math.sqrt(float((weight * one**2).sum()) * float((weight * other**2).sum()))
    return float((weight * one * other).sum()) / spread if spread else None
