"""Demand of areas spread over their roads: couriers are on the streets, not at the middle of a township."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.geodesy import step_lengths
from planner.network import RoadNetwork
from planner.pointfiles.areas import area_km2
from planner.pointfiles.checks import inner_points_note
from planner.points import Demand, ordered
from planner.rows import row_of, starts
from planner.wording import counted, some

LONGEST_PIECE_M: Final = 200.0
"""A point stands for at most so many metres of street, and lies in their middle: nobody is farther than 100 m from one."""
_TOUCH_M: Final = 0.01
"""Shorter bits of street within an area are where it only touches one."""


class _Pieces(NamedTuple):
    """Pieces of street within areas, ordered by area and street: the area, metres, and the middle."""

    area: NDArray[np.int64]
    length_m: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def spread_over_roads(demand: Demand, network: RoadNetwork) -> Demand:
    """Return demand with each area's weight spread over the streets within it.

    Parameters
    ----------
    demand
        Points and areas. Points stay as they are, and so do areas without a street.
    network
        The roads; streets for local drives count too.

    Returns
    -------
    Demand
        Ordered by id. The points of area ``A`` are ``A/1``, ``A/2`` and so on, with as many digits as the last; each weighs as
        much of the area's weight as its share of the metres is, and together they weigh exactly what the area does.

    Raises
    ------
    PointsError
        If such an id is already another one's.
    """
    if demand.area is None:
        note = "no row is an area, so that there is nothing to spread over roads"
        return replace(demand, notes=(*demand.notes, note))
    pieces = _pieces(demand.area, network)
    n_pieces = np.bincount(pieces.area, minlength=len(demand))
    is_spread = n_pieces > 0
    staying = _part(demand, np.flatnonzero(~is_spread))
    points = _points(demand, pieces, n_pieces)
    _check_ids(demand, staying["id"], points["id"])
    columns = ordered(**{name: np.concatenate([staying[name], points[name]]) for name in staying})
    is_left = np.array([a is not None for a in columns["area"]])
    if not is_left.any():
        del columns["area"]
    return Demand(**columns, file=demand.file, notes=_notes(demand, is_spread, int(n_pieces.sum())))


def _notes(demand: Demand, is_spread: NDArray[np.bool_], n_points: int) -> tuple[str, ...]:
    """Return the notes on demand, with how areas are spread in the place of how they were read."""
    assert demand.area is not None
    notes = [note for note in demand.notes if note != inner_points_note(demand.area)]
    n = int(is_spread.sum())
    if n:
        km2 = float(area_km2(demand.area[is_spread]).sum())
        notes.append(
            f"the weight of {counted(n, 'area')} ({km2:,.2f} km2) is spread over {counted(n_points, 'point')} on the roads within"
        )
    is_area = np.array([a is not None for a in demand.area])
    left = demand.id[is_area & ~is_spread]
    if left.size:
        notes.append(
            f"{counted(left.size, 'area')} without a road: {some(left)}; a point inside stands for each"
        )
    return tuple(notes)


def _part(demand: Demand, at: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    names = ("id", "lon", "lat", "weight", "name", "district", "area")
    return {name: getattr(demand, name)[at] for name in names}


def _points(
    demand: Demand, pieces: _Pieces, n_pieces: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Return the points in the middle of pieces, as columns of demand."""
    start = np.concatenate([[0], np.cumsum(n_pieces)])
    turn = np.arange(pieces.area.size) - start[pieces.area] + 1
    ids = [
        f"{demand.id[a]}/{k:0{len(str(n_pieces[a]))}}"
        for a, k in zip(pieces.area.tolist(), turn.tolist(), strict=True)
    ]
    columns = _part(demand, pieces.area)
    return columns | {
        "id": np.array(ids, dtype=object),
        "lon": pieces.lon,
        "lat": pieces.lat,
        "weight": _weights(demand.weight, pieces, start),
        "area": np.full(len(ids), None, dtype=object),
    }


def _weights(
    weight: NDArray[np.float64], pieces: _Pieces, start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of each piece in the weight of its area.

    Sums of weights from the first piece on are rounded to a grid as fine as the area's weight allows; so the weights add up to it
    exactly, in any order.
    """
    before = np.concatenate([[0.0], np.cumsum(pieces.length_m)])
    first, last = start[pieces.area], start[pieces.area + 1]
    share_to = (before[1:] - before[first]) / (before[last] - before[first])
    share_to[last - 1 == np.arange(last.size)] = 1.0
    whole = weight[pieces.area]
    grain = np.spacing(whole)
    sum_to = np.minimum(np.round(share_to * whole / grain) * grain, whole)
    sum_before = np.concatenate([[0.0], sum_to[:-1]])
    sum_before[first == np.arange(first.size)] = 0.0
    shares: NDArray[np.float64] = sum_to - sum_before
    return shares


def _check_ids(demand: Demand, staying: NDArray[Any], new: NDArray[Any]) -> None:
    twice = sorted(set(staying.tolist()) & set(new.tolist()))
    if twice:
        why = f"points on the roads of areas get the ids of rows that are there: {some(twice)}"
        raise PointsError(demand.file, [f"{why}; call these rows something else"])


# ---------------------------------------------------------------------------------------------
# Streets within areas
# ---------------------------------------------------------------------------------------------


def _pieces(area: NDArray[np.object_], network: RoadNetwork) -> _Pieces:
    """Return the pieces of street within each area."""
    at, lines = _lines_within(area, network)
    xy, line_of_corner = shapely.get_coordinates(lines, return_index=True)
    start = starts(line_of_corner, len(lines))
    step_m = step_lengths(xy[:, 0], xy[:, 1], start) if len(lines) else np.empty(0)
    length_m = np.bincount(line_of_corner, step_m, minlength=len(lines))
    n = np.where(length_m < _TOUCH_M, 0, np.ceil(length_m / LONGEST_PIECE_M)).astype(np.int64)
    line = np.repeat(np.arange(n.size), n)
    turn = np.arange(line.size) - np.repeat(np.cumsum(n) - n, n)
    before_m = np.concatenate([[0.0], np.cumsum(step_m)])
    middle_m = before_m[start[line]] + (turn + 0.5) * length_m[line] / n[line]
    step = np.searchsorted(before_m, middle_m, side="right") - 1
    # no step goes on from the end of a line, to which rounding might lead
    step = np.clip(step, start[line], start[line + 1] - 2)
    along = np.clip((middle_m - before_m[step]) / np.maximum(step_m[step], _TOUCH_M / 1e6), 0, 1)
    middle = xy[step] + along[:, np.newaxis] * (xy[step + 1] - xy[step])
    return _Pieces(
        area=at[line], length_m=length_m[line] / n[line], lon=middle[:, 0], lat=middle[:, 1]
    )


def _lines_within(
    area: NDArray[np.object_], network: RoadNetwork
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the parts of streets within areas, as lines, each with its area; ordered by area and street."""
    roads = np.flatnonzero(~network.is_gate)
    xy = np.column_stack([network.shape_lon, network.shape_lat])
    streets = shapely.linestrings(xy, indices=row_of(network.shape_start))[roads]
    tree = shapely.STRtree(streets)
    at, street = tree.query(area, predicate="intersects")
    order = np.lexsort((street, at))
    at, street = at[order], street[order]
    inner_at, inner_street = tree.query(area, predicate="covers")
    is_whole = np.isin(at * len(streets) + street, inner_at * len(streets) + inner_street)
    within = streets[street]
    within[~is_whole] = shapely.intersection(within[~is_whole], area[at[~is_whole]])
    parts, of = shapely.get_parts(within, return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    is_line &= ~shapely.is_empty(parts)
    return at[of[is_line]], parts[is_line]
