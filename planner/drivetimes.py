"""Drive times between many demand points and many sites: sparse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.points import Demand, Sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Needs:
    """Demand points with what each needs: the rows of the coverage.

    Attributes
    ----------
    point
        Position of the demand point of each need.
    fleet, period
        Positions in ``fleets`` and ``periods``.
    weight
        How much each need counts.
    max_drive_time_s
        The standard of each need, in seconds.
    fleets, periods
        Names.
    """

    point: NDArray[np.int32]
    fleet: NDArray[np.int32]
    period: NDArray[np.int32]
    weight: NDArray[np.float64]
    max_drive_time_s: NDArray[np.float64]
    fleets: tuple[str, ...]
    periods: tuple[str, ...] = ("all",)

    def __len__(self) -> int:
        return self.point.size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DriveTimes:
    """Drive times of the reachable pairs within a limit.

    Attributes
    ----------
    need, site
        Positions of the pair; ordered by site and then by need, no pair twice.
    time_s
        Its drive time in seconds, on the grid.
    needs, demand, sites
        What the positions stand for.
    """

    need: NDArray[np.int32]
    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
    needs: Needs
    demand: Demand
    sites: Sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearest:
    """The nearest of some sites to each need, however far.

    Attributes
    ----------
    site
        Position of the site, the lowest where several are equally near; -1 where none is reachable.
    time_s
        Drive time in seconds; NaN where none is reachable.
    """

    site: NDArray[np.int32]
    time_s: NDArray[np.float64]
