"""Stretches: parts of streets, what is left without some, and their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.geodesy import step_lengths
from planner.network import RoadNetwork
from planner.rows import row_of
from planner.snapping import Places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretches:
    """Parts of streets.

    Attributes
    ----------
    street
        Street of each part, ascending.
    begin, end
        Where it begins and ends, as shares of the street.
    """

    street: NDArray[np.int32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]

    def length_m(self, network: RoadNetwork) -> NDArray[np.float64]:
        """Return the metres of each part."""
        length: NDArray[np.float64] = network.street_length_m[self.street] * (self.end - self.begin)
        return length

    def where(self, is_kept: NDArray[np.bool_] | NDArray[np.integer]) -> Stretches:
        """Return some of the parts: those at some positions, or where it is true."""
        return Stretches(
            street=self.street[is_kept], begin=self.begin[is_kept], end=self.end[is_kept]
        )

    def joined_with(self, more: Stretches) -> Stretches:
        """Return these parts with some more behind them."""
        return Stretches(
            street=np.concatenate([self.street, more.street]),
            begin=np.concatenate([self.begin, more.begin]),
            end=np.concatenate([self.end, more.end]),
        )

    def lines(self, network: RoadNetwork) -> NDArray[np.object_]:
        """Return the line of each part, cut out of that of its street, WGS 84 degrees."""
        at_m = _along_m(network)
        first, last = network.shape_start[self.street], network.shape_start[self.street + 1] - 1
        whole_m = at_m[last] - at_m[first]
        begin_m, end_m = at_m[first] + self.begin * whole_m, at_m[first] + self.end * whole_m
        inner_first = np.searchsorted(at_m, begin_m, side="right")
        # the lines lie one behind the other, and points of no step between them are in the middle of none
        inner_first = np.clip(inner_first, first + 1, last)
        inner_last = np.clip(np.searchsorted(at_m, end_m, side="left"), inner_first, last)
        return _polylines(
            network,
            points_at(network, self.street, self.begin),
            points_at(network, self.street, self.end),
            inner_first,
            inner_last,
        )

    def ends(self, network: RoadNetwork) -> Places:
        """Return the places at both ends of each part; those at the end of a street are at its junction."""
        street, share = np.tile(self.street, 2), np.concatenate([self.begin, self.end])
        node = np.where(
            share == 0.0,
            network.street_tail[street],
            np.where(share == 1.0, network.street_head[street], -1),
        )
        lon, lat = points_at(network, street, share)
        return Places(
            street=street,
            share=share,
            node=node.astype(np.int32),
            access_m=np.zeros(street.size),
            is_on_small_component=np.zeros(street.size, dtype=bool),
            lon=lon,
            lat=lat,
        )


def joined(parts: Stretches) -> Stretches:
    """Return parts with those that meet made one, and those of no length left out."""
    kept = parts.begin < parts.end
    if not kept.any():
        return Stretches(street=parts.street[kept], begin=parts.begin[kept], end=parts.end[kept])
    street, begin, end = parts.street[kept], parts.begin[kept], parts.end[kept]
    order = np.lexsort((begin, street))
    street, begin, end = street[order], begin[order], end[order]
    # the rank of an end stands for it, that of later streets behind all of earlier ones: one running maximum does for all
    value, rank = np.unique(end, return_inverse=True)
    reached = value[np.maximum.accumulate(street.astype(np.int64) * value.size + rank) % value.size]
    is_new = np.ones(street.size, dtype=bool)
    is_new[1:] = (street[1:] != street[:-1]) | (begin[1:] > reached[:-1])
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], street.size) - 1
    return Stretches(street=street[first], begin=begin[first], end=reached[last])


def uncovered_parts(network: RoadNetwork, covered: Stretches) -> Stretches:
    """Return the parts of road that are left where some are taken away; gates, which have no length, are no part.

    Parameters
    ----------
    network
        Roads.
    covered
        Parts taken away, as `covered_parts` gives them.
    """
    street = np.flatnonzero(~network.is_gate).astype(np.int32)
    begin = np.concatenate([np.zeros(street.size), covered.end])
    end = np.concatenate([covered.begin, np.ones(street.size)])
    of_begin = np.concatenate([street, covered.street])
    of_end = np.concatenate([covered.street, street])
    by_begin, by_end = np.lexsort((begin, of_begin)), np.lexsort((end, of_end))
    parts = Stretches(street=of_begin[by_begin], begin=begin[by_begin], end=end[by_end])
    return joined(parts)


def points_at(
    network: RoadNetwork, street: NDArray[np.integer], share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where some shares of some streets are, WGS 84 degrees.

    Parameters
    ----------
    network
        Roads.
    street, share
        A street for each point, and how far along it: 0 at its first node, 1 at its last.
    """
    at_m = _along_m(network)
    first, last = network.shape_start[street], network.shape_start[street + 1] - 1
    here_m = at_m[first] + share * (at_m[last] - at_m[first])
    step = np.clip(np.searchsorted(at_m, here_m, side="right") - 1, first, last - 1)
    step_m = at_m[step + 1] - at_m[step]
    part = np.clip((here_m - at_m[step]) / np.where(step_m > 0.0, step_m, 1.0), 0.0, 1.0)
    part[share >= 1.0] = 1.0

    def between(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = degrees[step] + part * (degrees[step + 1] - degrees[step])
        return found

    return between(network.shape_lon), between(network.shape_lat)


def _along_m(network: RoadNetwork) -> NDArray[np.float64]:
    """Return how far along all lines, laid one behind the other, each point is, in metres."""
    metres = step_lengths(network.shape_lon, network.shape_lat, network.shape_start)
    return np.concatenate([[0.0], np.cumsum(metres)[:-1]])


def _polylines(
    network: RoadNetwork,
    begin: tuple[NDArray[np.float64], NDArray[np.float64]],
    end: tuple[NDArray[np.float64], NDArray[np.float64]],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
) -> NDArray[np.object_]:
    """Return lines from begin to end over the points of street lines from first to before last."""
    size = last - first
    start = np.concatenate([[0], np.cumsum(size + 2)])
    line = row_of(start)
    columns = []
    for degrees, at_begin, at_end in zip(
        (network.shape_lon, network.shape_lat), begin, end, strict=True
    ):
        inner = np.arange(line.size) - (start[:-1] + 1 - first)[line]
        column = degrees[np.clip(inner, 0, degrees.size - 1)]
        column[start[:-1]], column[start[1:] - 1] = at_begin, at_end
        columns.append(column)
    lines: NDArray[np.object_] = shapely.linestrings(np.column_stack(columns), indices=line)
    return lines
