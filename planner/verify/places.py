"""Where points meet roads, measured again in a plane."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from planner.inputs import Inputs
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.scenario import Scenario
from planner.snapping import Places
from planner.verify.notes import Notes, n_of
from planner.verify.streets import metres_together

_PLANE_M: Final = 100_000.0
"""How far from the middle of the roads the plane is true enough to measure in."""
_METRES_AGREE: Final = 1e-3
"""Distances in the plane may differ by this share from those on the ellipsoid, as far out as that."""
_DENSE_DEGREES: Final = 0.001
"""Some 100 m: over that distance straight in degrees and straight in a plane differ by a tenth of a millimetre."""
_SHORT_M: Final = 500.0
"""Points prefer roads that hang together with at least this many metres."""


def check_places(notes: Notes, scenario: Scenario, inputs: Inputs, network: RoadNetwork) -> None:
    """Measure again how far points are from roads, in a plane: a transverse Mercator through the middle of the roads."""
    assert scenario.network is not None
    max_access_m = scenario.network.max_access_m
    west, south, east, north = network.bounds
    plane = Proj(proj="tmerc", lon_0=(west + east) / 2, lat_0=(south + north) / 2, ellps="WGS84")
    lines = _lines(network, plane)
    is_short = metres_together(network)[network.street_tail] < _SHORT_M
    n_points = 0
    for points, places in (
        (inputs.demand, inputs.demand_places),
        (inputs.sites, inputs.site_places),
    ):
        assert places is not None
        x, y = plane(points.lon, points.lat)
        near = np.flatnonzero(np.hypot(x, y) < _PLANE_M)
        spots = shapely.points(x[near], y[near])
        long_m, short_m = _distance_m(lines[~is_short], spots), _distance_m(lines[is_short], spots)
        notes.differ(
            points.file,
            _misplaced(points, places, near, (long_m, short_m), max_access_m)
            + _beside_the_road(points, places, lines, plane),
        )
        n_points += near.size
    notes.checked.append(
        f"where {n_of(n_points, 'point')} meet roads: the nearest, within {max_access_m:g} m (measured in a plane)"
    )


def _lines(network: RoadNetwork, plane: Proj) -> NDArray[np.object_]:
    """Return the streets in a plane. What is straight between two points in degrees bends there: so they are dense."""
    degrees = np.column_stack([network.shape_lon, network.shape_lat])
    street = np.repeat(np.arange(network.n_streets), np.diff(network.shape_start))
    lines = shapely.linestrings(degrees, indices=street)
    is_long = shapely.length(lines) > _DENSE_DEGREES
    lines[is_long] = shapely.segmentize(lines[is_long], _DENSE_DEGREES)
    in_plane: NDArray[np.object_] = shapely.transform(
        lines, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1]))
    )
    return in_plane


def _distance_m(lines: NDArray[np.object_], spots: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far each spot is from the nearest line; infinitely far where there is none."""
    distance_m = np.full(spots.size, np.inf)
    if lines.size and spots.size:
        (spot, _), away_m = shapely.STRtree(lines).query_nearest(
            spots, all_matches=False, return_distance=True
        )
        distance_m[spot] = away_m
    return distance_m


def _misplaced(
    points: Demand | Sites,
    places: Places,
    near: NDArray[np.intp],
    nearest_m: tuple[NDArray[np.float64], NDArray[np.float64]],
    max_access_m: float,
) -> list[str]:
    """Return sentences on points that don't meet the nearest road that counts, or do though none is near.

    Parameters
    ----------
    points, places
        The points, and where they meet roads.
    near
        Positions of the points to judge.
    nearest_m
        How far each of these is from the nearest road that is long enough to count, and from the nearest that isn't.
    max_access_m
        How far from a road a point may be.
    """
    sentences = []
    limits_m = [max_access_m + sign * _tolerance_m(max_access_m) for sign in (-1, 1)]
    for i, long_m, short_m in zip(near, *nearest_m, strict=True):
        # at the very limit either answer is right
        rights = [_right(long_m, short_m, limit_m) for limit_m in limits_m]
        said_m, is_said_off = places.access_m[i], places.is_off_network[i]
        if not any(
            abs(right_m - said_m) <= _tolerance_m(right_m) and is_off == is_said_off
            for right_m, is_off in rights
        ):
            right_m, is_off = rights[0]
            sentences.append(
                f"{points.id[i]} is {'off' if is_off else 'on'} the network, {right_m:.2f} m from the road, "
                f"not {'off' if is_said_off else 'on'} it and {said_m:.2f} m away"
            )
    return sentences


def _right(long_m: float, short_m: float, limit_m: float) -> tuple[float, bool]:
    """Return how far a point is from the road that counts for it, and whether it is off the network."""
    for metres in (long_m, short_m):
        if metres <= limit_m:
            return metres, False
    return min(long_m, short_m), True


def _tolerance_m(metres: float) -> float:
    return 0.01 + _METRES_AGREE * metres


def _beside_the_road(
    points: Demand | Sites, places: Places, lines: NDArray[np.object_], plane: Proj
) -> list[str]:
    """Return sentences on places that don't lie at their share of their street."""
    on = np.flatnonzero(~places.is_off_network)
    street = lines[places.street[on]]
    there = shapely.line_interpolate_point(street, places.share[on], normalized=True)
    spot = shapely.points(*plane(places.lon[on], places.lat[on]))
    away_m = shapely.distance(there, spot)
    is_beside = away_m > 0.05 + _METRES_AGREE * shapely.length(street)
    return [
        f"{points.id[on[i]]} meets the road {away_m[i]:.2f} m beside its place on the street"
        for i in np.flatnonzero(is_beside)
    ]
