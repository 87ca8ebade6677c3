"""The lines of parts of streets, cut where the parts begin and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.geodesy import metres_per_degree
from planner.network import RoadNetwork
from planner.rows import row_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadLines:
    """Lines, one after the other.

    Attributes
    ----------
    start
        Line i has the points ``start[i]`` to ``start[i + 1] - 1``.
    lon, lat
        All points, WGS 84 degrees.
    """

    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __len__(self) -> int:
        return self.start.size - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A network whose lines are measured, so that parts of its streets can be cut out.

    Attributes
    ----------
    network
        The roads.
    share
        How far along its street each point of a line is: 0 at the first one, 1 at the last.
    """

    network: RoadNetwork
    share: NDArray[np.float64]

    def lines(
        self,
        street: NDArray[np.int32],
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
    ) -> RoadLines:
        """Return the lines of parts of streets, given as shares, each at least two points long."""
        network = self.network
        start, lon, lat = _cut(
            network.shape_start,
            self.share,
            network.shape_lon,
            network.shape_lat,
            street,
            begin,
            end,
        )
        return RoadLines(start=start, lon=lon, lat=lat)


def measured(network: RoadNetwork) -> Measured:
    """Return a network with its lines measured: by radii of curvature, for which a street is short."""
    lon, lat, start = network.shape_lon, network.shape_lat, network.shape_start
    east_m, north_m = metres_per_degree((lat[:-1] + lat[1:]) / 2.0)
    step_m = np.zeros(lon.size)
    step_m[1:] = np.hypot(np.diff(lon) * east_m, np.diff(lat) * north_m)
    step_m[start[:-1]] = 0.0
    at_m = np.cumsum(step_m)
    first, last = start[:-1], start[1:] - 1
    line = row_of(start)
    length_m = (at_m[last] - at_m[first])[line]
    share = np.divide(
        at_m - at_m[first][line], length_m, out=np.zeros(lon.size), where=length_m > 0
    )
    share[last] = 1.0
    return Measured(network=network, share=np.clip(share, 0.0, 1.0))


@kernel
def _cut(
    start: NDArray[np.int64],
    share: NDArray[np.float64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    street: NDArray[np.int32],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return where each part's line starts, and the points of all: both its ends, and the points in between."""
    n = street.size
    line_start = np.zeros(n + 1, np.int64)
    for turn in range(2):  # first how many points, then which
        if turn == 1:
            out_lon, out_lat = np.empty(line_start[n]), np.empty(line_start[n])
        else:
            out_lon, out_lat = np.empty(0), np.empty(0)
        k = 0
        for i in range(n):
            first, last = start[street[i]], start[street[i] + 1] - 1
            p = first
            while p < last - 1 and share[p + 1] <= begin[i]:
                p += 1
            if turn == 1:
                whole = share[p + 1] - share[p]
                part = (begin[i] - share[p]) / whole if whole > 0.0 else 0.0
                out_lon[k] = lon[p] + part * (lon[p + 1] - lon[p])
                out_lat[k] = lat[p] + part * (lat[p + 1] - lat[p])
            k += 1
            while p < last - 1 and share[p + 1] < end[i]:
                p += 1
                if turn == 1:
                    out_lon[k] = lon[p]
                    out_lat[k] = lat[p]
                k += 1
            if turn == 1:
                whole = share[p + 1] - share[p]
                part = (end[i] - share[p]) / whole if whole > 0.0 else 1.0
                out_lon[k] = lon[p] + part * (lon[p + 1] - lon[p])
                out_lat[k] = lat[p] + part * (lat[p + 1] - lat[p])
            k += 1
            if turn == 0:
                line_start[i + 1] = k
    return line_start, out_lon, out_lat
