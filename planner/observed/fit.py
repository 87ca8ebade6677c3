"""The factors on the time of each kind of road that fit measured drive times best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from planner.drives import Drive
from planner.network import RoadNetwork
from planner.observed.pairs import Measured
from planner.roads.vehicles import LINKS
from planner.units import grid

LEAST_PAIRS: Final = 5
LEAST_M: Final = 1_000.0
"""A kind of road on fewer drives, or on fewer metres of them, is left as it is: chance would decide."""
PRIOR_S: Final = 1.0
"""For each kind of road the fit counts one more drive, of this many seconds, that took just as long as ours: where drives do not
tell two kinds apart, they change alike."""
N_ROUNDS: Final = 3
"""Where roads turn out slower, drives take others: so often they are searched with what fitted before, and fitted again."""
MOST_FACTOR: Final = 4.0
"""No road takes more than so many times as long as we say, nor less than that part of it: then something else is wrong."""


class Support(StrEnum):
    """Whether a factor can be believed."""

    FITTED = "fitted"
    TOO_LITTLE = "too_little"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadFit:
    """A kind of road in measured drives.

    Attributes
    ----------
    road_class
        Class whose speed it is driven at: a link has that of the class below.
    has_limit
        Whether the speed comes from tagged limits.
    n_pairs, length_m
        How many of the drives use it, and metres of it on all of them.
    kph
        How fast we drive there, in km/h.
    time_factor
        What the time on it must be multiplied with to fit best; 1 where it can't be said.
    support
        Whether it can be said.
    """

    road_class: str
    has_limit: bool
    n_pairs: int
    length_m: float
    kph: float
    time_factor: float
    support: Support


def fit_by_road(
    network: RoadNetwork,
    drives: list[Drive],
    measured: Measured,
    *,
    told: frozenset[str],
    search: Callable[[RoadNetwork], list[Drive]],
) -> list[RoadFit]:
    """Return the kinds of road in measured drives, the most driven on first, with the factors that fit best.

    Parameters
    ----------
    network
        The roads.
    drives
        Our drives on them.
    measured
        The measured drives, in the same order.
    told
        Classes with a speed of their own: links among them don't drive like the class below.
    search
        Finds our drives in a network where times are others.
    """
    roads, road_of_street = _roads(network, told)
    fits = fit_of_drives(network, drives, measured, told=told)
    for _ in range(N_ROUNDS - 1):
        factor_of = {(fit.road_class, fit.has_limit): fit.time_factor for fit in fits}
        factor = np.array([factor_of.get(road, 1.0) for road in roads])
        if (factor == 1.0).all():
            break
        edge_s = grid(network.edge_time_s * factor[road_of_street[network.edge_street]])
        fitting = replace(network, edge_time_s=edge_s)
        fits = fit_of_drives(network, search(fitting), measured, told=told, driven_on=fitting)
    return fits


def fit_of_drives(
    network: RoadNetwork,
    drives: list[Drive],
    measured: Measured,
    *,
    told: frozenset[str],
    driven_on: RoadNetwork | None = None,
) -> list[RoadFit]:
    """Return the factors that fit best if drives take these roads.

    Non-negative least squares (Lawson and Hanson 1974) of the seconds driven on each kind of road to the measured seconds,
    after access legs and delays, which are kept. A drive of t seconds is let be off by the root of t, as many small chances
    add up to.

    Parameters
    ----------
    network
        The roads, whose times the factors are to be multiplied with.
    drives, measured, told
        As for `fit_by_road`.
    driven_on
        The same roads with other times, which the drives were searched on; None: they were searched on ``network``.
    """
    roads, road_of_street = _roads(network, told)
    pair = np.repeat(np.arange(len(drives)), [drive.edge.size for drive in drives])
    edge = np.concatenate([np.empty(0, dtype=np.int64), *(drive.edge for drive in drives)])
    driven_s = np.concatenate([np.empty(0), *(drive.to_s - drive.from_s for drive in drives)])
    edge_s, street = (driven_on or network).edge_time_s[edge], network.edge_street[edge]
    share = np.divide(driven_s, edge_s, out=np.zeros(edge.size), where=edge_s > 0.0)
    on_roads_s = np.zeros(len(drives))
    np.add.at(on_roads_s, pair, driven_s)
    rest_s = np.array([drive.time_s for drive in drives], dtype=np.float64) - on_roads_s
    driven_s = share * network.edge_time_s[edge]
    seconds, metres = np.zeros((2, len(drives), len(roads)))
    np.add.at(seconds, (pair, road_of_street[street]), driven_s)
    np.add.at(metres, (pair, road_of_street[street]), share * network.street_length_m[street])
    n_pairs, length_m = (metres > 0.0).sum(axis=0), metres.sum(axis=0)
    support = [
        Support.FITTED if n >= LEAST_PAIRS and m >= LEAST_M else Support.TOO_LITTLE
        for n, m in zip(n_pairs.tolist(), length_m.tolist(), strict=True)
    ]
    factor = _factors(seconds, rest_s, measured, support)
    total_s = seconds.sum(axis=0)
    return [
        RoadFit(
            road_class=roads[k][0],
            has_limit=roads[k][1],
            n_pairs=int(n_pairs[k]),
            length_m=float(length_m[k]),
            kph=float(length_m[k] / total_s[k] * 3.6),
            time_factor=float(factor[k]),
            support=support[k],
        )
        for k in np.argsort(-length_m, kind="stable").tolist()
        if n_pairs[k]
    ]


def _roads(
    network: RoadNetwork, told: frozenset[str]
) -> tuple[list[tuple[str, bool]], NDArray[np.int64]]:
    """Return the kinds of road, and which of them each street is."""
    like = [c if c in told else LINKS.get(c, c) for c in network.classes]
    roads = sorted({(c, has_limit) for c in like for has_limit in (False, True)})
    number = {road: k for k, road in enumerate(roads)}
    table = np.array([[number[c, False], number[c, True]] for c in like], dtype=np.int64)
    return roads, table[network.street_class, network.street_has_limit.astype(np.int64)]


def _factors(
    seconds: NDArray[np.float64],
    rest_s: NDArray[np.float64],
    measured: Measured,
    support: list[Support],
) -> NDArray[np.float64]:
    """Return the factor of each road; marks those as implausible that come out so, and fits the others without them."""
    factor = np.ones(len(support))
    while True:
        fitted = np.array([s is Support.FITTED for s in support], dtype=bool)
        factor[:] = 1.0
        if not fitted.any():
            return factor
        fixed_s = rest_s + seconds[:, ~fitted].sum(axis=1)
        # a row more for each road: PRIOR_S seconds on it take PRIOR_S seconds
        root = np.sqrt(measured.weight / measured.time_s)
        prior = np.eye(int(fitted.sum())) * np.sqrt(PRIOR_S)
        matrix = np.vstack([seconds[:, fitted] * root[:, None], prior])
        wanted = np.concatenate([(measured.time_s - fixed_s) * root, np.diag(prior)])
        factor[fitted], _ = nnls(matrix, wanted)
        is_odd = fitted & ((factor > MOST_FACTOR) | (factor < 1.0 / MOST_FACTOR))
        if not is_odd.any():
            return factor
        for k in np.flatnonzero(is_odd).tolist():
            support[k] = Support.IMPLAUSIBLE
