"""Roads as rows of the coverage: a finite number of pieces that stand for every metre of road, without sampling.

A street is cut wherever the reach of some site ends. Within a piece the same sites cover every point, so a piece is a row, and
its metres are its weight. Where all that can be covered has to be, most pieces say nothing new: next to each of them lies one that
fewer sites cover. They are never written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.coverage import Coverage
from planner.network import RoadNetwork
from planner.reaches import reaches
from planner.scenario import Direction
from planner.snapping import Places
from planner.units import grid

SITES_AT_ONCE: Final = 1_000
"""Reaches of so many sites are searched at a time."""
PAGE: Final = 1 << 21
"""So many reaches are kept in one piece, which is large enough to be given back as a whole: 50 MB."""
_REACH: Final = np.dtype([("street", "i4"), ("site", "i4"), ("begin", "f8"), ("end", "f8")])
_SEED: Final = 20260101
"""Of the random numbers that sum up to what tells sets of sites apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadRows:
    """Pieces of road, those that the same sites cover made one.

    Attributes
    ----------
    indptr, site
        The sites that cover piece i are ``site[indptr[i]:indptr[i + 1]]``, ascending; none is without.
    length_m
        Metres of each piece.
    coverable_m
        Metres that some site covers, of all road.
    only_m
        For each site the metres that it alone covers.
    """

    indptr: NDArray[np.int64]
    site: NDArray[np.int32]
    length_m: NDArray[np.float64]
    coverable_m: float
    only_m: NDArray[np.float64]

    def __len__(self) -> int:
        return self.length_m.size


class _Reaches(NamedTuple):
    """Parts of streets that a site covers: share of the street from and to, ordered by street."""

    street_start: NDArray[np.int64]
    site: NDArray[np.int32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]


def no_rows(n_sites: int) -> RoadRows:
    """Return no pieces of road."""
    return RoadRows(
        indptr=np.zeros(1, dtype=np.int64),
        site=np.zeros(0, dtype=np.int32),
        length_m=np.zeros(0),
        coverable_m=0.0,
        only_m=np.zeros(n_sites),
    )


def road_rows(
    network: RoadNetwork,
    sites: Places,
    is_candidate: NDArray[np.bool_],
    *,
    max_drive_time_s: float,
    direction: Direction,
    access_kph: float = 10.0,
    only_least: bool = False,
) -> RoadRows:
    """Return the pieces of road that the same sites cover.

    Parameters
    ----------
    network
        Roads of one vehicle.
    sites
        Where sites meet roads; those off network cover none.
    is_candidate
        Which of them may be stations.
    max_drive_time_s
        The standard, in seconds; exactly as long counts.
    direction
        Whether drives go to the station or come from it.
    access_kph
        Speed between a site and the road, in km/h; 0: that leg takes no time.
    only_least
        Whether to leave out pieces next to one that only some of their sites cover: to cover all pieces that are left is to
        cover all.
    """
    reaches = _reaches(network, sites, is_candidate, grid(max_drive_time_s), direction, access_kph)
    length_m = np.where(network.is_gate, 0.0, network.street_length_m)
    token = np.random.default_rng(_SEED).integers(1, 2**63, size=len(sites), dtype=np.uint64)
    indptr, site, row_m, coverable_m, only_m = _sweep(reaches, length_m, token, only_least)
    return RoadRows(
        indptr=indptr, site=site, length_m=row_m, coverable_m=float(coverable_m), only_m=only_m
    )


def _reaches(
    network: RoadNetwork,
    sites: Places,
    is_candidate: NDArray[np.bool_],
    limit_s: float,
    direction: Direction,
    access_kph: float,
) -> _Reaches:
    """Return the parts of streets that each site covers: from their ends, and round the sites on them."""
    pages = [np.empty(PAGE, _REACH)]
    n_of_street = np.zeros(network.n_streets, dtype=np.int64)
    n = 0
    # in blocks, for there are many millions, and to search for them takes much more memory than to keep them
    for first in range(0, len(sites), SITES_AT_ONCE):
        some = sites.part(first, first + SITES_AT_ONCE)
        found = reaches(network, some, limit_s=limit_s, direction=direction, access_kph=access_kph)
        site = found.site + np.int32(first)
        begin, end = found.parts(network, limit_s)
        kept = np.flatnonzero(is_candidate[site] & (begin <= end))
        street = network.edge_street[found.edge[kept]]
        n_of_street += np.bincount(street, minlength=network.n_streets)
        done = 0
        while done < kept.size:
            some_kept = slice(done, done + PAGE - n)
            rows = pages[-1][n : n + kept[some_kept].size]
            rows["street"], rows["site"] = street[some_kept], site[kept[some_kept]]
            rows["begin"], rows["end"] = begin[kept[some_kept]], end[kept[some_kept]]
            done, n = done + rows.size, n + rows.size
            if n == PAGE:
                pages.append(np.empty(PAGE, _REACH))
                n = 0
    start = np.concatenate([[0], np.cumsum(n_of_street)])
    n_reaches = int(start[-1])
    laid = _Reaches(start, np.empty(n_reaches, np.int32), np.empty(n_reaches), np.empty(n_reaches))
    free = start[:-1].copy()
    last = pages.pop()
    _lay(laid, free, last[:n])
    while pages:
        _lay(laid, free, pages.pop())
    return laid


@kernel
def _lay(laid: _Reaches, free: NDArray[np.int64], rows: NDArray[np.void]) -> None:
    """Lay some reaches where their streets have the next free places."""
    for row in rows:
        at = free[row["street"]]
        laid.site[at] = row["site"]
        laid.begin[at] = row["begin"]
        laid.end[at] = row["end"]
        free[row["street"]] += 1


class _Set(NamedTuple):
    """The sites that cover a piece, as a sparse set: members, where each is among them, how many reaches hold it, when it changed."""

    member: NDArray[np.int32]
    place: NDArray[np.int32]
    held_by: NDArray[np.int32]
    changed: NDArray[np.int64]


class _Table(NamedTuple):
    """Rows found so far: a hash table of sums of tokens, and for each row its sum, metres and where its sites end."""

    slot: NDArray[np.int64]
    token: NDArray[np.uint64]
    length_m: NDArray[np.float64]
    end: NDArray[np.int64]


@kernel
def _empty_table(n_slots: int) -> _Table:
    """Return a table with room for half as many rows as it has slots, a power of two."""
    return _Table(
        np.full(n_slots, -1, np.int64),
        np.empty(n_slots // 2, np.uint64),
        np.empty(n_slots // 2, np.float64),
        np.empty(n_slots // 2, np.int64),
    )


@kernel
def _slot(table: _Table, total: np.uint64) -> int:
    """Return the slot of a sum of tokens: that of its row, or a free one."""
    mask = table.slot.size - 1
    at = np.int64(total & np.uint64(mask))
    while table.slot[at] >= 0 and table.token[table.slot[at]] != total:
        at = (at + 1) & mask
    return int(at)


@kernel
def _with_rows(table: _Table, n_rows: int) -> _Table:
    """Return a table of n rows with room for one more: the same, or one twice as large."""
    if n_rows < table.token.size:
        return table
    larger = _empty_table(2 * table.slot.size)
    larger.length_m[:n_rows] = table.length_m[:n_rows]
    larger.end[:n_rows] = table.end[:n_rows]
    for row in range(n_rows):
        larger.token[row] = table.token[row]
        larger.slot[_slot(larger, table.token[row])] = row
    return larger


@kernel
def _has(sites: _Set, n: int, site: int) -> bool:
    """Return whether a site is among the n members."""
    return bool(sites.place[site] < n and sites.member[sites.place[site]] == site)


@kernel
def _events(at: NDArray[np.float64], order: NDArray[np.int64], first: int, position: float) -> int:
    """Return the first of some ordered events that is not at a position."""
    last = first
    while last < order.size and at[order[last]] == position:
        last += 1
    return last


@kernel
def _change(
    sites: _Set,
    n: int,
    came: NDArray[np.int32],
    went: NDArray[np.int32],
    token: NDArray[np.uint64],
    turn: int,
) -> tuple[int, int, np.uint64]:
    """Count reaches that begin and end; return how many sites come in, how many go, and by what the sum changes."""
    for site in came:
        sites.held_by[site] += 1
    for site in went:
        sites.held_by[site] -= 1
    n_in = n_out = 0
    more = np.uint64(0)
    for site in came:  # twice in it where two of its reaches begin at one spot
        is_new = sites.held_by[site] > 0 and not _has(sites, n, site)
        if is_new and sites.changed[site] != turn:
            sites.changed[site] = turn
            n_in += 1
            more += token[site]
    for site in went:
        is_gone = sites.held_by[site] == 0 and _has(sites, n, site)
        if is_gone and sites.changed[site] != turn:
            sites.changed[site] = turn
            n_out += 1
            more -= token[site]
    return n_in, n_out, more


@kernel
def _replace(sites: _Set, n: int, came: NDArray[np.int32], went: NDArray[np.int32]) -> int:
    """Take out of n members those that no reach holds, put in those that came; return how many are there."""
    for site in went:
        if sites.held_by[site] == 0 and _has(sites, n, site):
            n -= 1
            moved = sites.member[n]
            sites.member[sites.place[site]] = moved
            sites.place[moved] = sites.place[site]
    for site in came:
        if sites.held_by[site] > 0 and not _has(sites, n, site):
            sites.member[n] = site
            sites.place[site] = n
            n += 1
    return n


@kernel
def _row(table: _Table, n_rows: int, total: np.uint64) -> int:
    """Return the row of a sum of tokens: one of n, or n where it is new."""
    at = _slot(table, total)
    if table.slot[at] < 0:
        table.slot[at] = n_rows
        table.token[n_rows] = total
        table.length_m[n_rows] = 0.0
    return int(table.slot[at])


@kernel
def _with_room(column: NDArray[np.int32], n: int, more: int) -> NDArray[np.int32]:
    """Return a column of n entries with room for more."""
    if n + more <= column.size:
        return column
    wider = np.empty(2 * column.size + more, np.int32)
    wider[:n] = column[:n]
    return wider


@kernel
def _sweep(
    reaches: _Reaches,
    length_m: NDArray[np.float64],
    token: NDArray[np.uint64],
    only_least: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64], float, NDArray[np.float64]]:
    """Return the pieces of all streets as rows of sites, their metres, coverable metres, and those of one site only.

    Goes along each street from one end of a reach to the next. The sites of a piece, which is open at both ends, are known by the
    sum of their tokens; pieces of equal sums are one row.
    """
    n_sites = token.size
    table = _empty_table(1024)
    sites = _Set(
        np.empty(n_sites, np.int32),
        np.zeros(n_sites, np.int32),
        np.zeros(n_sites, np.int32),
        np.zeros(n_sites, np.int64),
    )
    row_site = np.empty(1024, np.int32)
    only_m = np.zeros(n_sites)
    coverable_m = 0.0
    zero = 0 * n_sites  # for a plain 0 numba would compile the kernels that take it once more
    n_rows = n_entries = turn = zero
    for street in range(length_m.size):
        here = slice(reaches.street_start[street], reaches.street_start[street + 1])
        site, begin, end = reaches.site[here], reaches.begin[here], reaches.end[here]
        if length_m[street] == 0.0:
            continue
        by_begin, by_end = np.argsort(begin, kind="mergesort"), np.argsort(end, kind="mergesort")
        first_begin = first_end = n = zero
        total = np.uint64(0)
        gains_only = False
        piece_m = position = 0.0
        while first_end < site.size:
            before = position
            position = end[by_end[first_end]]
            if first_begin < site.size:
                position = min(position, begin[by_begin[first_begin]])
            piece_m += (position - before) * length_m[street]
            last_begin = _events(begin, by_begin, first_begin, position)
            last_end = _events(end, by_end, first_end, position)
            came, went = site[by_begin[first_begin:last_begin]], site[by_end[first_end:last_end]]
            first_begin, first_end = last_begin, last_end
            turn += 1
            n_in, n_out, more = _change(sites, n, came, went, token, turn)
            if n_in == 0 and n_out == 0:
                continue
            loses_only = n_in == 0 and n_out < n
            if n > 0:
                coverable_m += piece_m
                if n == 1:
                    only_m[sites.member[0]] += piece_m
                if not only_least or not (gains_only or loses_only):
                    table = _with_rows(table, n_rows)
                    row = _row(table, n_rows, total)
                    table.length_m[row] += piece_m
                    if row == n_rows:
                        row_site = _with_room(row_site, n_entries, n)
                        row_site[n_entries : n_entries + n] = np.sort(sites.member[:n])
                        n_entries += n
                        table.end[row] = n_entries
                        n_rows += 1
            gains_only = n_out == 0 and n > 0
            n = _replace(sites, n, came, went)
            total += more
            piece_m = 0.0
    indptr = np.zeros(n_rows + 1, np.int64)
    indptr[1:] = table.end[:n_rows]
    return indptr, row_site[:n_entries].copy(), table.length_m[:n_rows].copy(), coverable_m, only_m


def coverage_with_roads(points: Coverage, roads: RoadRows, *, counts: bool) -> Coverage:
    """Return a coverage with pieces of road as further needs, behind the points.

    Parameters
    ----------
    points
        Which needs of points which sites cover.
    roads
        Pieces of road, of the same sites.
    counts
        Whether metres are weight; else a piece has none and only has to be covered.
    """
    time_s = np.zeros(points.site.size + roads.site.size)  # what is not written to takes no memory
    time_s[: points.site.size] = points.time_s
    return Coverage(
        indptr=np.concatenate([points.indptr, points.indptr[-1] + roads.indptr[1:]]),
        site=np.concatenate([points.site, roads.site]) if points.site.size else roads.site,
        time_s=time_s,
        weight=np.concatenate([points.weight, roads.length_m if counts else np.zeros(len(roads))]),
        n_sites=points.n_sites,
        is_kept=points.is_kept,
        is_excluded=points.is_excluded,
    )
