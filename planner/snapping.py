"""Places: where points meet roads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.geodesy import metres_per_degree, step_lengths
from planner.network import RoadNetwork
from planner.rows import entries, row_of, starts

SHORT_COMPONENT_M: Final = 500.0
"""Points prefer roads of components at least this long, in metres: others are mostly loose ends of a map."""
AT_JUNCTION_M: Final = 0.01
"""A place this near to a street's end is at the junction: coordinates in OpenStreetMap are no finer."""
EQUALLY_NEAR_M: Final = 0.001
"""Streets whose distances differ by less are equally near: of ways drawn upon each other rounding decides nothing."""


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
        The junction, where the place is at a street's end (the gate, where one stands there); else -1.
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

    def part(self, first: int, last: int) -> Places:
        """Return the places of points first to last - 1."""
        columns = {field.name: getattr(self, field.name)[first:last] for field in fields(self)}
        return Places(**columns)

    def where(self, is_kept: NDArray[np.bool_]) -> Places:
        """Return the places of some points."""
        return Places(**{field.name: getattr(self, field.name)[is_kept] for field in fields(self)})

    def joined(self, more: Places) -> Places:
        """Return these places with some more behind them."""
        return Places(
            **{
                field.name: np.concatenate([getattr(self, field.name), getattr(more, field.name)])
                for field in fields(self)
            }
        )

    @property
    def is_off_network(self) -> NDArray[np.bool_]:
        """Whether no road was near enough."""
        return self.street < 0


def junctions(network: RoadNetwork) -> Places:
    """Return the places of all junctions of a network, in their order."""
    n, street = network.n_nodes, np.arange(network.n_streets, dtype=np.int32)
    street_at = np.empty(n, dtype=np.int32)
    is_tail = np.zeros(n, dtype=bool)
    street_at[network.street_head] = street
    street_at[network.street_tail] = street
    is_tail[network.street_tail] = True
    return Places(
        street=street_at,
        share=np.where(is_tail, 0.0, 1.0),
        node=np.arange(n, dtype=np.int32),
        access_m=np.zeros(n),
        is_on_small_component=network.component_length_m[network.component] < SHORT_COMPONENT_M,
        lon=network.node_lon,
        lat=network.node_lat,
    )


class _StreetIndex(NamedTuple):
    """Finds streets near points. Its plane squeezes degrees of longitude, so that it is right in the middle of the network.

    It only says which streets may be near; how near they are is worked out for each.
    """

    tree: shapely.STRtree
    squeeze: float

    @classmethod
    def of(cls, network: RoadNetwork) -> _StreetIndex:
        """Return the index of all streets of a network."""
        squeeze = float(np.cos(np.radians(network.shape_lat.mean())))
        xy = np.column_stack([network.shape_lon * squeeze, network.shape_lat])
        lines = shapely.linestrings(xy, indices=row_of(network.shape_start))
        return cls(shapely.STRtree(lines), squeeze)

    def within(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], reach_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all pairs of point and street that may be within reach of each other."""
        d_lat = 1.01 * reach_m / metres_per_degree(lat)[1]
        m_east = metres_per_degree(np.minimum(np.abs(lat) + d_lat, 89.9))[0]
        x, d_x = lon * self.squeeze, 1.01 * reach_m / m_east * self.squeeze
        point, street = self.tree.query(shapely.box(x - d_x, lat - d_lat, x + d_x, lat + d_lat))
        return point, street

    def nearest(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return for each point a street that is nearest in the plane, or almost so on the ground."""
        street: NDArray[np.int64] = self.tree.nearest(shapely.points(lon * self.squeeze, lat))
        return street


class _Feet(NamedTuple):
    """The nearest spot on a street for each point: its street (-1: none), step of the line, share of it, distance."""

    street: NDArray[np.int64]
    step: NDArray[np.int64]
    share: NDArray[np.float64]
    distance_m: NDArray[np.float64]


def snap(
    network: RoadNetwork,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    max_access_m: float = 300.0,
) -> Places:
    """Return the nearest place on a road for each point.

    Parameters
    ----------
    network
        The roads of one vehicle.
    lon, lat
        Points, WGS 84 degrees.
    max_access_m
        How far from a road a point may be, in metres; exactly as far counts.

    Returns
    -------
    Places
        On a component of at least 500 m of street where one is within reach, else on a smaller one, else off network.
        Of streets equally near (to a millimetre: ways may lie upon each other) the one of the lowest way.
    """
    component = network.component[network.street_tail]
    is_short = network.component_length_m[component] < SHORT_COMPONENT_M
    streets = _StreetIndex.of(network)
    reach_m = np.full(lon.size, max_access_m)
    point, street = streets.within(lon, lat, reach_m)
    is_road = ~network.is_gate[street]  # a gate is the end of the roads there
    point, street = point[is_road], street[is_road]
    on_long, on_short = (
        _feet(network, point[of_kind], street[of_kind], lon, lat, reach_m)
        for of_kind in (~is_short[street], is_short[street])
    )
    left = on_long.street < 0
    feet = _Feet(*(np.where(left, b, a) for a, b in zip(on_long, on_short, strict=True)))
    is_on_small_component = left & (on_short.street >= 0)
    access_m = feet.distance_m.copy()
    off = np.flatnonzero(feet.street < 0)
    access_m[off] = _distance_to_any(network, streets, lon[off], lat[off])
    return _places(network, feet, access_m, is_on_small_component)


def _feet(
    network: RoadNetwork,
    point: NDArray[np.int64],
    candidate: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    reach_m: NDArray[np.float64],
) -> _Feet:
    """Return the nearest spot of each point among its candidate streets, given as pairs."""
    return _feet_among(
        np.column_stack([lon, lat]),
        np.column_stack([*metres_per_degree(lat), np.radians(np.tan(np.radians(lat)))]),
        point,
        candidate,
        network.shape_way,
        network.shape_start,
        network.shape_lon,
        network.shape_lat,
        reach_m,
    )


@kernel
def _feet_among(
    lonlat: NDArray[np.float64],
    metric: NDArray[np.float64],
    point: NDArray[np.int64],
    candidate: NDArray[np.int64],
    way: NDArray[np.int64],
    start: NDArray[np.int64],
    shape_lon: NDArray[np.float64],
    shape_lat: NDArray[np.float64],
    reach_m: NDArray[np.float64],
) -> _Feet:
    """Return the nearest spot of each point among its candidate streets.

    The metric of a point is metres per degree eastwards and northwards there, and by what share the first shrinks with each
    degree to the north.
    """
    n = lonlat.shape[0]
    street = np.full(n, -1, np.int64)
    step = np.full(n, -1, np.int64)
    share = np.full(n, np.nan)
    distance_m = np.full(n, np.inf)
    least_m = np.full(n, np.inf)
    for turn in range(
        2
    ):  # first how near the nearest street is, then which of the equally near ones to take
        for pair in range(point.size):
            p = point[pair]
            s = candidate[pair]
            for k in range(start[s], start[s + 1] - 1):
                north, dy = shape_lat[k] - lonlat[p, 1], shape_lat[k + 1] - shape_lat[k]
                east, dx = shape_lon[k] - lonlat[p, 0], shape_lon[k + 1] - shape_lon[k]
                along = 0.0
                away = 0.0
                for _ in range(
                    2
                ):  # the plane that is right halfway to the spot, which is known the second time
                    halfway = 0.5 * (north + along * dy)
                    m_east = metric[p, 0] * (1.0 - halfway * metric[p, 2])
                    m_north = metric[p, 1]
                    square = (dx * m_east) ** 2 + (dy * m_north) ** 2
                    if square > 0.0:
                        ahead = -(east * dx * m_east**2 + north * dy * m_north**2) / square
                        along = min(max(ahead, 0.0), 1.0)
                    away = np.hypot((east + along * dx) * m_east, (north + along * dy) * m_north)
                if away > reach_m[p]:
                    continue
                if turn == 0:
                    least_m[p] = min(least_m[p], away)
                elif away <= least_m[p] + EQUALLY_NEAR_M:
                    held = step[p]
                    if held < 0 or (way[k], away, k) < (way[held], distance_m[p], held):
                        street[p] = s
                        step[p] = k
                        share[p] = along
                        distance_m[p] = away
    return _Feet(street, step, share, distance_m)


def _distance_to_any(
    network: RoadNetwork,
    streets: _StreetIndex,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far each point is from the nearest street, in metres, however far."""
    if lon.size == 0:
        return np.empty(0)
    no_limit = np.full(lon.size, np.inf)
    near = streets.nearest(lon, lat)
    reach_m = _feet(network, np.arange(lon.size), near, lon, lat, no_limit).distance_m
    return _feet(network, *streets.within(lon, lat, reach_m), lon, lat, reach_m).distance_m


def _metres_along(
    network: RoadNetwork,
    street: NDArray[np.int64],
    step: NDArray[np.int64],
    along: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far along its street each spot is, in metres."""
    which, point = entries(network.shape_start, street)
    start = starts(which, street.size)
    step_m = step_lengths(network.shape_lon[point], network.shape_lat[point], start)
    at = start[:-1] + step - network.shape_start[street]
    before_m = np.concatenate([[0.0], np.cumsum(step_m)])
    along_m: NDArray[np.float64] = before_m[at] - before_m[start[:-1]] + along * step_m[at]
    return along_m


def _places(
    network: RoadNetwork,
    feet: _Feet,
    access_m: NDArray[np.float64],
    is_on_small_component: NDArray[np.bool_],
) -> Places:
    """Return the places at the feet of points."""
    on = np.flatnonzero(feet.street >= 0)
    street, step, along = feet.street[on], feet.step[on], feet.share[on]
    length_m = network.street_length_m[street]
    at_m = _metres_along(network, street, step, along)
    is_at_tail = at_m <= AT_JUNCTION_M
    is_at_head = ~is_at_tail & (length_m - at_m <= AT_JUNCTION_M)
    share = np.where(is_at_tail, 0.0, np.where(is_at_head, 1.0, at_m / np.maximum(length_m, 1e-9)))
    node = np.where(
        is_at_tail,
        network.street_tail[street],
        np.where(is_at_head, network.street_head[street], -1),
    )

    shape_lon, shape_lat = network.shape_lon, network.shape_lat
    n = feet.street.size
    gate_at = np.arange(network.n_nodes)
    gate_at[network.street_head[network.is_gate]] = network.street_tail[network.is_gate]
    node = np.where(node >= 0, gate_at[node], -1)
    return Places(
        street=feet.street.astype(np.int32),
        share=_spread(share, on, np.full(n, np.nan)),
        node=_spread(node, on, np.full(n, -1, dtype=np.int32)),
        access_m=access_m,
        is_on_small_component=is_on_small_component,
        lon=_spread(_between(shape_lon, step, along), on, np.full(n, np.nan)),
        lat=_spread(_between(shape_lat, step, along), on, np.full(n, np.nan)),
    )


def _between(
    degrees: NDArray[np.float64], step: NDArray[np.int64], along: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the coordinates a share along some steps of lines."""
    return degrees[step] + along * (degrees[step + 1] - degrees[step])


_T = TypeVar("_T", bound=np.generic)


def _spread(values: NDArray[Any], at: NDArray[np.int64], column: NDArray[_T]) -> NDArray[_T]:
    """Return a column with values put in at some positions."""
    column[at] = values
    return column
