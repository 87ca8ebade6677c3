"""Plan: the stations chosen, whom each one serves, and what is proven about the choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.scenario import Goal


class Status(StrEnum):
    """What is proven about a plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNDECIDED = "undecided"
    ASSESSED = "assessed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The stations chosen and whom each one serves.

    Attributes
    ----------
    goal
        What the plan is to be best at.
    stations
        Positions of the chosen sites, ascending.
    station_of
        For each need the station that serves it: the nearest that covers it, the lowest position where several are
        equally near; -1 where none covers it.
    drive_time_s
        For each need its drive to that station, in seconds; NaN where none covers it.
    status
        Whether the plan is proven best.
    objective, bound
        What the plan achieves, and what no plan can beat; None where the goal has none, or where the rules of the goal
        are not met.
    stopped_by
        ``"time"`` where the time guard struck, else None.
    reasons
        Why the plan is infeasible or undecided, in sentences.
    sizes
        Rows and columns before and after each reduction, for the log.
    """

    goal: Goal
    stations: NDArray[np.int32]
    station_of: NDArray[np.int32]
    drive_time_s: NDArray[np.float64]
    status: Status
    objective: float | None
    bound: float | None
    stopped_by: str | None = None
    reasons: tuple[str, ...] = ()
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_covered(self) -> NDArray[np.bool_]:
        """Whether some station covers each need."""
        return self.station_of >= 0

    @property
    def gap(self) -> float | None:
        """How far the objective may be from the best there is, as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-9)


def serve(
    coverage: Coverage, stations: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return for each need the nearest station that covers it, and the drive time in seconds.

    Parameters
    ----------
    coverage
        Which needs which sites cover, unreduced.
    stations
        Positions of the chosen sites.

    Returns
    -------
    station_of, drive_time_s
        Position of the station, -1 where none covers the need; its drive time, NaN where none does. Of equally near
        ones the lowest position.
    """
    is_station = np.zeros(coverage.n_sites, dtype=bool)
    is_station[stations] = True
    row = np.repeat(np.arange(coverage.n_needs, dtype=np.int64), np.diff(coverage.indptr))
    chosen = np.flatnonzero(is_station[coverage.site])
    order = np.lexsort((coverage.site[chosen], coverage.time_s[chosen], row[chosen]))
    row, pair = row[chosen][order], chosen[order]
    first = np.flatnonzero(np.diff(row, prepend=-1) != 0)
    station_of = np.full(coverage.n_needs, -1, dtype=np.int32)
    drive_time_s = np.full(coverage.n_needs, np.nan)
    station_of[row[first]] = coverage.site[pair[first]]
    drive_time_s[row[first]] = coverage.time_s[pair[first]]
    return station_of, drive_time_s
