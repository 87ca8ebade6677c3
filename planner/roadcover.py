"""Roads as demand: how far every metre of road is from a station, exactly, and where it is farthest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.journeys import task_between
from planner.network import RoadNetwork
from planner.rows import row_of, starts
from planner.scenario import Direction
from planner.search import Task, nearest_of_states
from planner.snapping import Places
from planner.states import States, states_of
from planner.stretches import Stretches, joined, points_at
from planner.units import grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spans:
    """Stretches of street with the drive between each of their points and the nearest station.

    A street is cut where stations are, so that a drive over either of its edges takes a time that is linear along a span.
    The drive of a point is the shorter one of the two.

    Attributes
    ----------
    street
        Street of each span, ascending.
    begin, end
        Where it begins and ends, as shares of the street (0 at its first node).
    along_begin_s, along_end_s
        Drive over the edge that runs along the street, from both ends of the span, in seconds; infinite where there is
        no such edge, or no station to reach.
    against_begin_s, against_end_s
        The same over the edge that runs against it.
    """

    street: NDArray[np.int32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    along_begin_s: NDArray[np.float64]
    along_end_s: NDArray[np.float64]
    against_begin_s: NDArray[np.float64]
    against_end_s: NDArray[np.float64]

    def __len__(self) -> int:
        return self.street.size


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPoint:
    """The point of all roads that can reach a station from which the drive is longest.

    On a one-way road it is the limit towards its beginning.

    Attributes
    ----------
    street, share
        Where it is.
    lon, lat
        The same, WGS 84 degrees.
    drive_time_s
        Its drive, in seconds.
    """

    street: int
    share: float
    lon: float
    lat: float
    drive_time_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadCover:
    """How much of all road is covered.

    Attributes
    ----------
    length_m, coverable_m, covered_m
        Metres in all, those that some site could cover, and those that stations do. Each street counts once.
    covered
        The parts of road that are covered.
    worst
        The farthest point of all that can reach a station; None where none can.
    """

    length_m: float
    coverable_m: float
    covered_m: float
    covered: Stretches
    worst: WorstPoint | None

    @property
    def share_covered(self) -> float:
        """Covered part of all road."""
        return self.covered_m / self.length_m if self.length_m else 1.0


def road_cover(
    network: RoadNetwork,
    sites: Places,
    *,
    is_station: NDArray[np.bool_],
    is_candidate: NDArray[np.bool_],
    max_drive_time_s: float,
    direction: Direction,
    access_kph: float = 10.0,
) -> RoadCover:
    """Return how much of all road stations cover.

    Parameters
    ----------
    network
        Roads of one vehicle.
    sites
        Where sites meet roads.
    is_station, is_candidate
        Which of them are stations, and which may be one.
    max_drive_time_s
        The standard, in seconds; exactly as long counts.
    direction, access_kph
        As for `spans_of`.
    """

    def covered_by(some: NDArray[np.bool_]) -> tuple[Spans, Stretches]:
        spans = spans_of(network, sites.where(some), direction=direction, access_kph=access_kph)
        parts = covered_parts(spans, max_drive_time_s)
        return spans, parts.where(~network.is_gate[parts.street])  # gates have no length

    spans, covered = covered_by(is_station)
    coverable = covered_by(is_candidate | is_station)[1]
    return RoadCover(
        length_m=network.length_m,
        coverable_m=float(coverable.length_m(network).sum()),
        covered_m=float(covered.length_m(network).sum()),
        covered=covered,
        worst=worst_point(network, spans),
    )


def spans_of(
    network: RoadNetwork, stations: Places, *, direction: Direction, access_kph: float = 10.0
) -> Spans:
    """Return how far every point of every road is from the nearest of some stations.

    Parameters
    ----------
    network
        Roads of one vehicle.
    stations
        Where stations meet roads; those off network take no part.
    direction
        Whether drives go to the station or come from it.
    access_kph
        Speed between a station and the road, in km/h; 0: that leg takes no time. The points of the road have none.
    """
    nobody = stations.part(0, 0)
    task = task_between(network, stations, nobody, direction=direction, access_kph=access_kph)
    label, _ = nearest_of_states(task.graph, task.seeds)
    beyond_s = _beyond(network, states_of(network), label, direction)
    spans = _uncut(network, beyond_s, direction)
    return _cut_at_stations(network, spans, stations, task, beyond_s, direction)


def _beyond(
    network: RoadNetwork, states: States, label: NDArray[np.float64], direction: Direction
) -> NDArray[np.float64]:
    """Return what a drive takes beyond each edge: from its head on, or until it is entered; in seconds."""
    if direction is Direction.TO_STATION:
        return label[states.start_state]
    until_s = np.full(network.n_edges, np.inf)
    np.minimum.at(until_s, states.arc_edge, label[states.arc_tail] + states.arc_delay_s)
    return until_s


def _both_edges(
    network: RoadNetwork, of_edge: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a number of the edge along each street and of the one against it; infinite where there is none."""
    both = []
    for is_forward in (True, False):
        column = np.full(network.n_streets, np.inf)
        edge = np.flatnonzero(network.edge_is_forward == is_forward)
        column[network.edge_street[edge]] = of_edge[edge]
        both.append(column)
    return both[0], both[1]


def _uncut(network: RoadNetwork, beyond_s: NDArray[np.float64], direction: Direction) -> Spans:
    """Return a span for each street, for drives that leave it."""
    whole_s = beyond_s + network.edge_time_s
    near_along, near_against = _both_edges(network, beyond_s)
    far_along, far_against = _both_edges(network, whole_s)
    if direction is Direction.TO_STATION:  # near is the head
        along, against = (far_along, near_along), (near_against, far_against)
    else:  # near is the tail
        along, against = (near_along, far_along), (far_against, near_against)
    return Spans(
        street=np.arange(network.n_streets, dtype=np.int32),
        begin=np.zeros(network.n_streets),
        end=np.ones(network.n_streets),
        along_begin_s=along[0],
        along_end_s=along[1],
        against_begin_s=against[0],
        against_end_s=against[1],
    )


def _cut_at_stations(
    network: RoadNetwork,
    spans: Spans,
    stations: Places,
    task: Task,
    beyond_s: NDArray[np.float64],
    direction: Direction,
) -> Spans:
    """Return the spans with those streets cut that stations are on, and drives that stay on the street counted."""
    own = task.source_edges
    station, edge = row_of(own.start), own.item
    sign = 1.0 if direction is Direction.TO_STATION else -1.0
    at_s, leg_s = sign * own.time_s, task.source_leg_s[station]
    street = network.edge_street[edge]
    is_cut = np.zeros(network.n_streets, dtype=bool)
    is_cut[street] = True
    pieces = [_column(spans, ~is_cut)]
    order = np.argsort(street, kind="stable")
    start = starts(street, network.n_streets)
    edges_of = starts(network.edge_street, network.n_streets)
    for s in np.flatnonzero(is_cut).tolist():
        here = order[start[s] : start[s + 1]]
        cut = stations.share[station[here]][stations.node[station[here]] < 0]
        share = np.unique(np.concatenate([[0.0, 1.0], cut]))
        column = np.full((4, share.size - 1), np.inf)
        for e in range(edges_of[s], edges_of[s + 1]):
            on_e = here[edge[here] == e]
            column[2 * (not network.edge_is_forward[e]) :][:2] = _on_cut_edge(
                network, e, share, at_s[on_e], leg_s[on_e], beyond_s[e], direction
            )
        pieces.append(np.vstack([np.full(share.size - 1, float(s)), share[:-1], share[1:], column]))
    table = np.hstack(pieces)
    table = table[:, np.lexsort((table[1], table[0]))]
    return Spans(
        street=table[0].astype(np.int32),
        begin=table[1],
        end=table[2],
        along_begin_s=table[3],
        along_end_s=table[4],
        against_begin_s=table[5],
        against_end_s=table[6],
    )


def _column(spans: Spans, is_kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return some spans as rows of a table."""
    columns = (
        *(spans.street, spans.begin, spans.end, spans.along_begin_s, spans.along_end_s),
        *(spans.against_begin_s, spans.against_end_s),
    )
    return np.vstack([column[is_kept] for column in columns])


def _on_cut_edge(
    network: RoadNetwork,
    edge: int,
    share: NDArray[np.float64],
    at_s: NDArray[np.float64],
    leg_s: NDArray[np.float64],
    beyond_s: float,
    direction: Direction,
) -> NDArray[np.float64]:
    """Return the drives from both ends of each span over one edge, begin and end.

    Parameters
    ----------
    share
        Where the street is cut.
    at_s, leg_s
        Stations on the edge: seconds from its tail, and the leg beyond the road.
    beyond_s
        What a drive that leaves the edge takes beyond it.
    """
    is_forward, whole_s = bool(network.edge_is_forward[edge]), float(network.edge_time_s[edge])
    to_last_s = grid((1.0 - share) * whole_s)  # rounded as places are
    position_s = whole_s - to_last_s if is_forward else to_last_s
    is_to_station = direction is Direction.TO_STATION
    near_is_end = is_forward == is_to_station
    near_s = position_s[1:] if near_is_end else position_s[:-1]
    if is_to_station:
        gone = at_s[None, :] < near_s[:, None]  # behind: nobody turns round
        own_s, out_s = at_s[None, :] - near_s[:, None], whole_s - near_s
    else:
        gone = at_s[None, :] > near_s[:, None]
        own_s, out_s = near_s[:, None] - at_s[None, :], near_s
    own_s = np.where(gone, np.inf, own_s + leg_s[None, :]).min(axis=1, initial=np.inf)
    near_drive_s = np.minimum(own_s, out_s + beyond_s)
    far_drive_s = near_drive_s + np.abs(np.diff(position_s))
    both = (far_drive_s, near_drive_s) if near_is_end else (near_drive_s, far_drive_s)
    return np.vstack(both)


def covered_parts(spans: Spans, max_drive_time_s: float) -> Stretches:
    """Return the parts of road from which the drive is at most a time; exactly as long counts.

    Parameters
    ----------
    spans
        How far every point of every road is.
    max_drive_time_s
        The standard, in seconds.

    Returns
    -------
    Stretches
        As few as possible: parts that meet are one. Ordered by street and place; parts of no length are left out.
    """
    low, high = [], []
    for at_begin, at_end in (
        (spans.along_begin_s, spans.along_end_s),
        (spans.against_begin_s, spans.against_end_s),
    ):
        first, last = _within(at_begin, at_end, max_drive_time_s)
        size = spans.end - spans.begin
        low.append(spans.begin + first * size)
        high.append(np.where(last == 1.0, spans.end, spans.begin + last * size))
    street = np.concatenate([spans.street, spans.street])
    begin, end = np.concatenate(low), np.concatenate(high)
    return joined(Stretches(street=street, begin=begin, end=end))


def _within(
    at_begin: NDArray[np.float64], at_end: NDArray[np.float64], limit_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the part of each span, as shares of it, where a drive that is linear along it is at most a time.

    Where there is none the first share is above the last.
    """
    is_there = np.isfinite(at_begin) & np.isfinite(at_end)
    begin_s, end_s = np.where(is_there, at_begin, 0.0), np.where(is_there, at_end, 0.0)
    slope = end_s - begin_s
    crossing = (limit_s - begin_s) / np.where(slope == 0.0, 1.0, slope)
    first = np.where((begin_s > limit_s) & (slope < 0.0), crossing, 0.0)
    last = np.where((end_s > limit_s) & (slope > 0.0), crossing, 1.0)
    is_beyond = ~is_there | (np.minimum(begin_s, end_s) > limit_s)
    return np.where(is_beyond, 1.0, first), np.where(is_beyond, 0.0, last)


def worst_point(network: RoadNetwork, spans: Spans) -> WorstPoint | None:
    """Return the point from which the drive to a station is longest, among all that can reach one; None where none can.

    Of points that are equally far the one on the lowest street.
    """
    along = np.maximum(spans.along_begin_s, spans.along_end_s)
    against = np.maximum(spans.against_begin_s, spans.against_end_s)
    has_both = np.isfinite(along) & np.isfinite(against)
    x, y = (
        np.where(has_both, spans.along_begin_s, 0.0),
        np.where(has_both, spans.against_begin_s, 0.0),
    )
    slope_x = np.where(has_both, spans.along_end_s, 0.0) - x
    slope_y = np.where(has_both, spans.against_end_s, 0.0) - y
    apart = slope_x - slope_y
    meets = np.clip((y - x) / np.where(apart == 0.0, 1.0, apart), 0.0, 1.0)
    both_s = np.minimum(x + meets * slope_x, y + meets * slope_y)
    one_s = np.where(np.isfinite(along), along, np.where(np.isfinite(against), against, -np.inf))
    at_begin = np.where(
        np.isfinite(along),
        spans.along_begin_s >= spans.along_end_s,
        spans.against_begin_s >= spans.against_end_s,
    )
    drive_s = np.where(has_both, both_s, one_s)
    drive_s[network.is_gate[spans.street]] = -np.inf
    if not np.isfinite(drive_s).any():
        return None
    k = int(drive_s.argmax())
    part = meets[k] if has_both[k] else float(not at_begin[k])
    share = float(spans.begin[k] + part * (spans.end[k] - spans.begin[k]))
    street = int(spans.street[k])
    lon, lat = points_at(network, np.array([street]), np.array([share]))
    return WorstPoint(
        street=street,
        share=share,
        lon=float(lon[0]),
        lat=float(lat[0]),
        drive_time_s=float(drive_s[k]),
    )
