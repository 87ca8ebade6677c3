"""Chains: outlines traced band by band, joined to rings where they go on from band to band, and made polygons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.compiled import kernel

CLOSED: Final = cast("int", np.int64(-1))
"""Stands for where a chain begins and leaves when it is a ring by itself."""
NOWHERE: Final = cast("int", np.int64(np.iinfo(np.int64).max))
"""Stands for a rank or a column where there is none."""
_CORNERS_AT_ONCE: Final = 1 << 20
"""So many corners are turned into degrees and handed to shapely before the next."""
_CORNERS_TOGETHER: Final = 1 << 22
"""Bands of fewer corners are put together: arrays of their own would leave memory in crumbs, which nobody gets back."""


class Chains(NamedTuple):
    """Parts of rings, each with the area that it goes round on its left, or whole rings.

    Attributes
    ----------
    start
        Chain i has the corners ``start[i]`` to ``start[i + 1] - 1``; that where it leaves is the first of the next chain.
    row, col
        Corners, in steps from the sheet's first node.
    label
        Whose area each chain goes round.
    begins, leaves
        Where it comes into the band and leaves it: equal numbers where one chain goes on as another; `CLOSED` where it is a ring.
    first, first_at
        The lowest rank of the places where it may begin as a ring, and the corner there; `NOWHERE` and 0 where there is none.
    west_col, west
        Column of its westernmost node, and the chain that ends the area to the west of that; `NOWHERE` and -1 where there is none.
    """

    start: NDArray[np.int64]
    row: NDArray[np.int64]
    col: NDArray[np.int64]
    label: NDArray[np.int32]
    begins: NDArray[np.int64]
    leaves: NDArray[np.int64]
    first: NDArray[np.int64]
    first_at: NDArray[np.int64]
    west_col: NDArray[np.int64]
    west: NDArray[np.int64]


class Rings(NamedTuple):
    """Rings of chains, ordered by the rank of where they begin.

    Attributes
    ----------
    chains
        What they are made of.
    follower
        The chain that each chain goes on as; itself where it is a ring.
    head
        The chain that each ring begins with, at that chain's ``first_at``.
    size
        How many corners each ring has.
    shell
        The ring itself, where it goes round an area; else that of the area in which it is a hole.
    """

    chains: Chains
    follower: NDArray[np.int64]
    head: NDArray[np.int64]
    size: NDArray[np.int64]
    shell: NDArray[np.int64]


def add_band(bands: list[Chains], band: Chains) -> None:
    """Put the chains of one more band behind those that are there."""
    bands.append(band)
    n_small = n_corners = 0
    while n_small < len(bands) and bands[-1 - n_small].row.size < _CORNERS_TOGETHER:
        n_corners += bands[-1 - n_small].row.size
        n_small += 1
    if n_corners >= _CORNERS_TOGETHER:
        bands[-n_small:] = [_together(bands[-n_small:])]


def rings_of_chains(bands: list[Chains]) -> Rings:
    """Return the rings that chains make, whatever the bands are that they were traced in.

    Parameters
    ----------
    bands
        The chains of each band; all that begin in one leave in one.
    """
    chains = _together(bands)
    follower = np.arange(chains.label.size)
    is_open = chains.leaves != CLOSED
    if is_open.any():
        at = np.flatnonzero(is_open)
        by_begin = at[np.argsort(chains.begins[at])]
        follower[at] = by_begin[np.searchsorted(chains.begins[by_begin], chains.leaves[at])]
    ring, head = _heads(follower, chains.first)
    order = np.argsort(chains.first[head])
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    ring, head = rank[ring], head[order]
    size = np.zeros(head.size, dtype=np.int64)
    np.add.at(size, ring, np.diff(chains.start))
    return Rings(chains, follower, head, size, _shells(chains, follower, ring, head))


def _together(bands: list[Chains]) -> Chains:
    """Return the chains of all bands as those of one."""
    if len(bands) == 1:
        return bands[0]
    n_corners = np.cumsum([0, *(band.row.size for band in bands)])
    n_chains = np.cumsum([0, *(band.label.size for band in bands)])
    shifted = [
        band._replace(
            start=band.start[:-1] + corner,
            first_at=band.first_at + corner,
            west=np.where(band.west < 0, -1, band.west + chain),
        )
        for band, corner, chain in zip(bands, n_corners[:-1], n_chains[:-1], strict=True)
    ]
    chains = Chains(*(np.concatenate(column) for column in zip(*shifted, strict=True)))
    return chains._replace(start=np.append(chains.start, n_corners[-1]))


@kernel
def _heads(
    follower: NDArray[np.int64], first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ring of each chain, and of each ring the chain of the lowest rank."""
    ring = np.full(follower.size, -1, np.int64)
    head = np.empty(follower.size, np.int64)
    n_rings = 0
    for chain in range(follower.size):
        if ring[chain] >= 0:
            continue
        head[n_rings] = chain
        here = chain
        while ring[here] < 0:
            ring[here] = n_rings
            if first[here] < first[head[n_rings]]:
                head[n_rings] = here
            here = follower[here]
        n_rings += 1
    return ring, head[:n_rings].copy()


@kernel
def _shells(
    chains: Chains,
    follower: NDArray[np.int64],
    ring: NDArray[np.int64],
    head: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return for each ring the one that goes round the area in which it is a hole; itself where it is no hole."""
    shell = np.arange(head.size)
    for turn in range(head.size):
        twice_the_area, west = 0, head[turn]
        here = head[turn]
        while True:
            following = follower[here]
            for k in range(chains.start[here], chains.start[here + 1]):
                is_last = k + 1 == chains.start[here + 1]
                then = chains.start[following] if is_last else k + 1
                twice_the_area += chains.col[k] * chains.row[then]
                twice_the_area -= chains.col[then] * chains.row[k]
            if chains.west_col[here] < chains.west_col[west]:
                west = here
            here = following
            if here == head[turn]:
                break
        if twice_the_area < 0:
            shell[turn] = ring[chains.west[west]]
    for turn in range(head.size):  # to the west of a hole may be another one
        while shell[shell[turn]] != shell[turn]:
            shell[turn] = shell[shell[turn]]
    return shell


def polygons_of(
    rings: Rings,
    *,
    lon: tuple[int, int, int],
    lat: tuple[int, int, int],
) -> tuple[NDArray[np.int32], NDArray[np.object_]]:
    """Return the areas that rings go round: labels, ascending, and a MultiPolygon for each.

    Parameters
    ----------
    rings
        Outlines of all areas.
    lon, lat
        How steps become degrees: how many there are before the sheet's first node, how much each is, and how much a degree is.
    """
    n_rings = rings.head.size
    label = rings.chains.label[rings.head]
    is_hole = rings.shell != np.arange(n_rings)
    order = np.lexsort((np.arange(n_rings), is_hole, rings.shell, label))
    owner, first_ring = np.unique(label[order], return_index=True)
    ring_start = np.append(first_ring, n_rings)
    corner_start = np.append(0, np.cumsum(rings.size[order] + 1))[ring_start]
    geometry = np.empty(owner.size, dtype=object)
    for first, last in _portions(corner_start):
        some = order[ring_start[first] : ring_start[last]]
        geometry[first:last] = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON,
            _corners(rings, some, corner_start[last] - corner_start[first], lon, lat),
            (
                np.append(0, np.cumsum(rings.size[some] + 1)),
                np.append(np.flatnonzero(~is_hole[some]), some.size),
                np.append(0, np.cumsum(~is_hole[some]))[
                    ring_start[first : last + 1] - ring_start[first]
                ],
            ),
        )
    return owner, geometry


def _portions(start: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Return the first and the last of some areas, and so on, each time with not many more corners than fit at once.

    Parameters
    ----------
    start
        Where the corners of each area start, and behind it where the last one's end.
    """
    portion = start[:-1] // _CORNERS_AT_ONCE
    first = np.flatnonzero(np.append(True, portion[1:] != portion[:-1])).tolist()
    yield from zip(first, [*first[1:], portion.size], strict=True)


@kernel
def _corners(
    rings: Rings,
    which: NDArray[np.int64],
    n: int,
    lon: tuple[int, int, int],
    lat: tuple[int, int, int],
) -> NDArray[np.float64]:
    """Return the n corners of some rings in degrees, one ring after the other, the first of each again as its last."""
    chains, follower = rings.chains, rings.follower
    corners = np.empty((n, 2))
    at = 0
    for ring in which:
        here, k = rings.head[ring], chains.first_at[rings.head[ring]]
        for _ in range(rings.size[ring] + 1):
            corners[at, 0] = (lon[0] + chains.col[k]) * lon[1] / lon[2]
            corners[at, 1] = (lat[0] + chains.row[k]) * lat[1] / lat[2]
            at += 1
            k += 1
            if k == chains.start[here + 1]:
                here = follower[here]
                k = chains.start[here]
    return corners
