"""Places where so few persons are that a map must not tell them apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.points import Demand
from planner.scenario import Scenario, Unit

_PATIENCE: Final = 40
"""After so many turns groups join whatever is nearest: pairs alone can take as many turns as there are places."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownDemand:
    """The demand points as a map may show them, in their order; those of a group share all but their numbers.

    Attributes
    ----------
    group
        Which points are shown as one: the lowest position of each group.
    is_merged
        Whether the point is too small to be shown as such, or shown with such points.
    id, name, district
        Texts of the group; a group of small places only has ids of its own and no name.
    lon, lat
        Where the group stands, in WGS 84 degrees.
    """

    group: NDArray[np.int64]
    is_merged: NDArray[np.bool_]
    id: NDArray[np.object_]
    name: NDArray[np.object_]
    district: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def shown_demand(demand: Demand, scenario: Scenario) -> ShownDemand:
    """Return demand as a map may show it.

    Where weights count persons, each place with fewer than ``fewest_persons`` joins the place or group nearest to it,
    within its district where all of it has as many. One with enough persons keeps its place and its texts when others
    join it; places that are all too small stand at their weighted middle.
    """
    if is_too_small(demand, scenario).any():
        least = scenario.map.fewest_persons
        return _of_groups(demand, groups_of(demand, least), least)
    return ShownDemand(
        group=np.arange(len(demand)),
        is_merged=np.zeros(len(demand), dtype=bool),
        id=demand.id,
        name=demand.name,
        district=demand.district,
        lon=demand.lon,
        lat=demand.lat,
    )


def is_too_small(demand: Demand, scenario: Scenario) -> NDArray[np.bool_]:
    """Return which places have so few persons that they are not told apart."""
    if scenario.demand.unit is not Unit.PERSONS:
        return np.zeros(len(demand), dtype=bool)
    return demand.weight < scenario.map.fewest_persons


def groups_of(demand: Demand, least: float) -> NDArray[np.int64]:
    """Return the lowest position in the group of each point, so that no group weighs less than this.

    Equal inputs give equal groups. All demand is one group where it weighs less together.
    """
    plane = np.column_stack([demand.lon * np.cos(np.radians(demand.lat.mean())), demand.lat])
    district = _numbered(demand.district.astype(str))
    weight_in = np.bincount(district, demand.weight)
    # first within districts that are large enough, then what is left over with anybody
    apart = np.where(weight_in[district] >= least, district, -1)
    group = np.arange(len(demand))
    for fence in np.unique(apart[apart >= 0]):
        inside = np.flatnonzero(apart == fence)
        group[inside] = inside[_joined(plane[inside], demand.weight[inside], least)]
    place = _numbered(group)
    middle = _middles(plane, demand.weight, place)
    weight = np.bincount(place, demand.weight).astype(np.float64)
    joined = _joined(middle, weight, least)[place]
    return np.unique(joined, return_index=True)[1][joined]


def _joined(
    plane: NDArray[np.float64], weight: NDArray[np.float64], least: float
) -> NDArray[np.int64]:
    """Return a number for each place, the same for those that join.

    A group too small joins the nearest one where that is large enough, or where it is in turn the nearest one of that.
    """
    group = np.arange(weight.size)
    for turn in count():
        group = _numbered(group)
        of_group = np.bincount(group, weight)
        small = np.flatnonzero(of_group < least)
        if not small.size or of_group.size == 1:
            break
        nearest = np.full(of_group.size, -1, dtype=np.int64)
        nearest[small] = _nearest_other(_middles(plane, weight, group), small)
        joins = (nearest[nearest[small]] == small) | (nearest[nearest[small]] < 0)
        if turn >= _PATIENCE or not joins.any():
            joins[:] = True
        links = coo_array(
            (np.ones(joins.sum()), (small[joins], nearest[small[joins]])),
            shape=(of_group.size, of_group.size),
        )
        group = connected_components(links, directed=False)[1].astype(np.int64)[group]
    return group


def _numbered(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return for each value its position among the different ones, in their order."""
    position: NDArray[np.int64] = np.unique(values, return_inverse=True)[1].reshape(-1)
    return position


def _nearest_other(middle: NDArray[np.float64], of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the nearest other place of each; of equally near ones the lowest."""
    n = min(len(middle), 4)
    away, found = cKDTree(middle).query(middle[of], k=n)
    away[found == of[:, None]] = np.inf
    order = np.lexsort((found, away), axis=1)
    return np.asarray(np.take_along_axis(found, order[:, :1], axis=1)[:, 0], dtype=np.int64)


def _middles(
    plane: NDArray[np.float64], weight: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the weighted middle of each group; where nobody is, the plain one."""
    of_group = np.bincount(group, weight)
    share = np.where(of_group[group] > 0, weight, 1.0)
    total = np.bincount(group, share)
    return np.column_stack([np.bincount(group, share * column) / total for column in plane.T])


def _of_groups(demand: Demand, group: NDArray[np.int64], least: float) -> ShownDemand:
    """Return the points of groups, each with the texts and the place of its group."""
    n, place = len(demand), _numbered(group)
    middle = _middles(np.column_stack([demand.lon, demand.lat]), demand.weight, place)[place]
    # the heaviest of a group speaks for it if it has enough persons
    order = np.lexsort((np.arange(n), -demand.weight, group))
    lead = order[np.unique(group[order], return_index=True)[1]][place]
    speaks = demand.weight[lead] >= least
    sign = "+"
    while any(str(name).startswith(sign) for name in demand.id):
        sign += "+"
    return ShownDemand(
        group=group,
        is_merged=(np.bincount(group, minlength=n)[group] > 1) | ~speaks,
        id=np.where(speaks, demand.id[lead], _texts(f"{sign}{k + 1}" for k in place)),
        name=np.where(speaks, demand.name[lead], ""),
        district=demand.district[lead],
        lon=np.where(speaks, demand.lon[lead], middle[:, 0]),
        lat=np.where(speaks, demand.lat[lead], middle[:, 1]),
    )


def _texts(values: Iterable[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)
