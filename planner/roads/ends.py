"""Ends of roads that lie together: joined to one junction where that is asked, else counted and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.errors import NetworkError
from planner.network import RoadSummary
from planner.roads.restrictions import Restriction

if TYPE_CHECKING:
    from planner.roads.streets import RoadPieces

SAME_SPOT_M: Final = 0.01
"""Nodes no farther apart than this, in metres, lie at the same spot: coordinates of OpenStreetMap are as fine."""
_NAMED: Final = 3
"""Pairs named one by one; of more, only the number is told."""
_WGS84: Final = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Merged:
    """Pieces whose ends were joined.

    Attributes
    ----------
    pieces
        The pieces; those that came to lie in one point are gone.
    n_ends
        Ends that became part of another one.
    n_pieces
        Pieces that are gone.
    """

    pieces: RoadPieces
    n_ends: int
    n_pieces: int


def with_ends_merged(
    pieces: RoadPieces, merge_ends_m: float, source: RoadSummary
) -> tuple[RoadPieces, RoadSummary]:
    """Return pieces with their ends joined as asked, and what was read with what was joined, and what lies apart, told.

    Parameters
    ----------
    pieces
        Roads cut at every point; the pieces of a way follow one another.
    merge_ends_m
        Ends nearer to each other than this become one junction, in metres; 0: none.
    source
        What was read.

    Raises
    ------
    NetworkError
        No road is longer than that.
    """
    merged = merge_ends(pieces, merge_ends_m)
    if merged.pieces.tail.size == 0:
        why = f"merge_ends_m = {merge_ends_m:g} leaves no road: all are shorter"
        raise NetworkError(source.file, [why])
    apart = coincident_ends(merged.pieces)
    told = list(source.warnings)
    if merged.n_ends:
        told.append(
            f"{_n(merged.n_ends, 'end')} of roads joined to another one nearer than {merge_ends_m:g} m"
            + f"; {_n(merged.n_pieces, 'piece')} of road between them left out"
            * (merged.n_pieces > 0)
        )
    if len(apart):
        named = [_pair(merged.pieces, *pair) for pair in apart[:_NAMED].tolist()]
        more = f" and {len(apart) - _NAMED:,} more" if len(apart) > _NAMED else ""
        told.append(
            f"{_n(len(apart), 'pair')} of road ends at the same spot not connected: {'; '.join(named)}{more}; "
            "where they are one junction, say merge_ends_m = 0.1"
        )
    counts = {"ends_coincident": len(apart), "ends_merged": merged.n_ends}
    return merged.pieces, replace(source, counts=source.counts | counts, warnings=tuple(told))


def merge_ends(pieces: RoadPieces, merge_ends_m: float) -> Merged:
    """Return pieces with ends that lie near each other joined.

    An end is a node at which a way begins or ends. Ends nearer to each other than ``merge_ends_m`` are one, and so are
    those that others link in steps shorter than that. They are where the first of them is, by the order of nodes.

    Parameters
    ----------
    pieces
        Roads cut at every point; the pieces of a way follow one another.
    merge_ends_m
        Ends nearer to each other than this are joined, in metres; 0: none.
    """
    if merge_ends_m <= 0.0:
        return Merged(pieces=pieces, n_ends=0, n_pieces=0)
    end = _ends(pieces)
    one, other, apart_m = near_pairs(pieces.node_lon[end], pieces.node_lat[end], merge_ends_m)
    is_near = apart_m < merge_ends_m
    first = first_of_linked(one[is_near], other[is_near], end.size)
    onto = np.arange(pieces.node_id.size)
    onto[end] = end[first]
    n_ends = int((first != np.arange(end.size)).sum())
    tail, head = onto[pieces.tail], onto[pieces.head]
    stays = tail != head
    stays |= pieces.tail == pieces.head
    return Merged(
        pieces=_at_other_nodes(pieces, onto, stays),
        n_ends=n_ends,
        n_pieces=int((~stays).sum()),
    )


def coincident_ends(pieces: RoadPieces) -> NDArray[np.int64]:
    """Return the pairs of nodes where ways end at the same spot and no piece of road links them.

    Parameters
    ----------
    pieces
        Roads cut at every point; the pieces of a way follow one another.

    Returns
    -------
    NDArray
        A row for each pair, the earlier node first; in order.
    """
    end = _ends(pieces)
    one, other, _ = near_pairs(pieces.node_lon[end], pieces.node_lat[end], SAME_SPOT_M)
    n = pieces.node_id.size
    code = np.sort(end[one] * n + end[other])  # ends ascend, and so the earlier one stands first
    is_near = np.zeros(n, dtype=bool)
    is_near[end[one]] = is_near[end[other]] = True
    link = np.flatnonzero(is_near[pieces.tail] & is_near[pieces.head])
    tail, head = pieces.tail[link].astype(np.int64), pieces.head[link].astype(np.int64)
    code = code[~np.isin(code, np.minimum(tail, head) * n + np.maximum(tail, head))]
    return np.column_stack([code // n, code % n])


def near_pairs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], within_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of points no farther apart than some metres, and how far they are.

    Parameters
    ----------
    lon, lat
        Points, WGS 84 degrees.
    within_m
        Greatest distance in a straight line, in metres: over some metres that is the distance on the ground.

    Returns
    -------
    one, other, apart_m
        Positions of the points of each pair, the lower first.
    """
    xyz = _in_space(lon, lat)
    # a hair more, as the tree compares squares
    pair = cKDTree(xyz).query_pairs(within_m * (1 + 1e-9), output_type="ndarray").astype(np.int64)
    pair = np.sort(pair, axis=1)
    apart_m = np.linalg.norm(xyz[pair[:, 0]] - xyz[pair[:, 1]], axis=1)
    return pair[:, 0], pair[:, 1], apart_m


def first_of_linked(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return for each of n things the first one that links, over any number of steps, lead to."""
    links = coo_array((np.ones(one.size, dtype=bool), (one, other)), shape=(n, n))
    label = connected_components(links, directed=False)[1]
    _, first = np.unique(label, return_index=True)
    leader: NDArray[np.int64] = first[label]
    return leader


def _ends(pieces: RoadPieces) -> NDArray[np.int64]:
    """Return the nodes at which a way begins or ends, ascending."""
    goes_on = (pieces.way[1:] == pieces.way[:-1]) & (pieces.tail[1:] == pieces.head[:-1])
    begins = np.concatenate([[True], ~goes_on])[: pieces.way.size]
    ends = np.concatenate([~goes_on, [True]])[: pieces.way.size]
    is_end = np.zeros(pieces.node_id.size, dtype=bool)
    is_end[pieces.tail[begins]] = is_end[pieces.head[ends]] = True
    return np.flatnonzero(is_end)


def _in_space(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points of the ellipsoid as x, y and z from the centre of the earth, in metres."""
    along, up = np.radians(lon), np.radians(lat)
    from_axis_m = _WGS84.a / np.sqrt(1.0 - _WGS84.es * np.sin(up) ** 2)
    return np.column_stack(
        [
            from_axis_m * np.cos(up) * np.cos(along),
            from_axis_m * np.cos(up) * np.sin(along),
            from_axis_m * (1.0 - _WGS84.es) * np.sin(up),
        ]
    )


def _at_other_nodes(
    pieces: RoadPieces, onto: NDArray[np.int64], stays: NDArray[np.bool_]
) -> RoadPieces:
    """Return some of the pieces with each node moved onto another one; nodes without a piece are left out."""
    node, ends = np.unique(
        onto[np.concatenate([pieces.tail[stays], pieces.head[stays]])], return_inverse=True
    )
    signal, barrier = pieces.signal.copy(), pieces.barrier.copy()
    np.bitwise_or.at(signal, onto, pieces.signal)
    np.minimum.at(barrier, onto, pieces.barrier)
    n = int(stays.sum())
    return replace(
        pieces,
        node_id=pieces.node_id[node],
        node_lon=pieces.node_lon[node],
        node_lat=pieces.node_lat[node],
        signal=signal[node],
        barrier=barrier[node],
        tail=ends[:n].astype(np.int32),
        head=ends[n:].astype(np.int32),
        road=pieces.road[stays],
        name=pieces.name[stays],
        way=pieces.way[stays],
        restrictions=_at_other_ids(pieces, onto),
    )


def _at_other_ids(pieces: RoadPieces, onto: NDArray[np.int64]) -> tuple[Restriction, ...]:
    """Return the restrictions with the numbers of nodes that were joined to others."""
    moved = np.flatnonzero(onto != np.arange(onto.size))
    id_of = dict(
        zip(pieces.node_id[moved].tolist(), pieces.node_id[onto[moved]].tolist(), strict=True)
    )
    if not id_of:
        return pieces.restrictions
    return tuple(
        restriction._replace(
            node=id_of.get(restriction.node, restriction.node),
            steps=tuple((way, id_of.get(a, a), id_of.get(b, b)) for way, a, b in restriction.steps),
        )
        for restriction in pieces.restrictions
    )


def _pair(pieces: RoadPieces, one: int, other: int) -> str:
    return (
        f"nodes {pieces.node_id[one]} and {pieces.node_id[other]} at "
        f"{pieces.node_lon[one]:.6f}, {pieces.node_lat[one]:.6f}"
    )


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
