"""Stretches: parts of streets, what is left without some, and their lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.geodesy import step_lengths
from planner.network import RoadNetwork
from planner.roadlines import measured
from planner.rows import row_of
from planner.snapping import Places

_Row = TypeVar("_Row", np.int32, np.int64)


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
        cut = measured(network).lines(self.street, self.begin, self.end)
        lines: NDArray[np.object_] = shapely.linestrings(
            np.column_stack([cut.lon, cut.lat]), indices=row_of(cut.start)
        )
        return lines

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


def together(parts: Stretches) -> Stretches:
    """Return parts with those that meet made one, and those of no length left out."""
    street, begin, end = joined(parts.street, parts.begin, parts.end)
    return Stretches(street=street, begin=begin, end=end)


def joined(
    row: NDArray[_Row], begin: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[_Row], NDArray[np.float64], NDArray[np.float64]]:
    """Return parts of rows (of streets, say) with those that meet made one, and those of no length left out.

    Ordered by row and place.
    """
    kept = begin < end
    row, begin, end = row[kept], begin[kept], end[kept]
    if not row.size:
        return row, begin, end
    order = np.lexsort((begin, row))
    row, begin, end = row[order], begin[order], end[order]
    # the rank of an end stands for it, that of later rows behind all of earlier ones: one running maximum does for all
    value, rank = np.unique(end, return_inverse=True)
    reached = value[np.maximum.accumulate(row.astype(np.int64) * value.size + rank) % value.size]
    is_new = np.ones(row.size, dtype=bool)
    is_new[1:] = (row[1:] != row[:-1]) | (begin[1:] > reached[:-1])
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], row.size) - 1
    return row[first], begin[first], reached[last]


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
    return together(parts)


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
