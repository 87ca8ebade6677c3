"""Routes: one drive explained, leg by leg, with the seconds that each takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.approaches import turn_degrees, turns_back
from planner.drives import Drive, drives_between
from planner.geodesy import step_lengths
from planner.network import RoadNetwork
from planner.snapping import Places, snap

SAME_KPH: Final = 0.05
"""Speeds that differ by less are one: times of short edges are rounded."""


class DelayKind(StrEnum):
    """Why a drive waits at a junction."""

    SIGNAL = "signal"
    U_TURN = "u_turn"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A delay at a junction.

    Attributes
    ----------
    kind
        What it is.
    time_s
        How long it takes, in seconds; turning back is told also where it takes no time.
    lon, lat
        Where, WGS 84 degrees.
    """

    kind: DelayKind
    time_s: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leg:
    """A stretch of road of one name, class and speed.

    Attributes
    ----------
    name, road_class
        Of the road; the name is empty where it has none.
    has_limit
        Whether its speed comes from a tagged limit; else it is assumed from the class.
    is_local
        Whether it serves only the start or the end of a drive.
    length_m, time_s
        How long it is, and how long the drive over it takes, in seconds.
    lon, lat
        Its line in the direction of the drive, WGS 84 degrees.
    """

    name: str
    road_class: str
    has_limit: bool
    is_local: bool
    length_m: float
    time_s: float
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @property
    def kph(self) -> float:
        """How fast the drive goes, in km/h."""
        return self.length_m / self.time_s * 3.6


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLeg:
    """The way between a point and the road.

    Attributes
    ----------
    length_m, time_s
        How long it is, and how long it takes, in seconds.
    place_lon, place_lat
        Where it meets the road, WGS 84 degrees.
    """

    length_m: float
    time_s: float
    place_lon: float
    place_lat: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """The fastest drive between two points.

    Attributes
    ----------
    begin, end
        The ways to the road, and from it.
    access_kph
        How fast these go, in km/h; 0: they take no time.
    steps
        Legs and delays, in the order of the drive.
    """

    begin: AccessLeg
    end: AccessLeg
    access_kph: float
    steps: tuple[Leg | Delay, ...]

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The stretches of road."""
        return tuple(step for step in self.steps if isinstance(step, Leg))

    @property
    def delays(self) -> tuple[Delay, ...]:
        """The delays at junctions."""
        return tuple(step for step in self.steps if isinstance(step, Delay))

    @property
    def time_s(self) -> float:
        """The drive time in seconds: exactly the sum of all parts."""
        return self.begin.time_s + sum(step.time_s for step in self.steps) + self.end.time_s

    @property
    def length_m(self) -> float:
        """Metres of road, without the access legs."""
        return sum(leg.length_m for leg in self.legs)


def route_between(
    network: RoadNetwork,
    begin: tuple[float, float],
    end: tuple[float, float],
    *,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> Route | None:
    """Return the fastest drive between two points, or None where there is none.

    Parameters
    ----------
    network
        Roads to drive on.
    begin, end
        Where the drive begins and ends: longitude and latitude, WGS 84 degrees.
    access_kph
        Speed between a point and the road, in km/h; 0: that leg takes no time.
    max_access_m
        Farther from a road than this, in metres, a point is off network: no drive begins or ends there.
    """
    lon, lat = np.array([begin, end], dtype=np.float64).T
    places = snap(network, lon, lat, max_access_m=max_access_m)
    return route_of(network, places, 0, 1, access_kph=access_kph)


def route_of(
    network: RoadNetwork, places: Places, begin: int, end: int, *, access_kph: float
) -> Route | None:
    """Return the fastest drive between two places, or None where there is none.

    Parameters
    ----------
    network
        Roads to drive on.
    places
        Where points meet roads.
    begin, end
        Positions in ``places``.
    access_kph
        As for `route_between`.
    """
    pair = np.array([begin]), np.array([end])
    (drive,) = drives_between(network, places, *pair, access_kph=access_kph)
    if drive is None:
        return None
    return Route(
        begin=_access_leg(places, begin, drive.begin_leg_s),
        end=_access_leg(places, end, drive.end_leg_s),
        access_kph=access_kph,
        steps=tuple(_steps(network, drive)),
    )


def _access_leg(places: Places, place: int, time_s: float) -> AccessLeg:
    return AccessLeg(
        length_m=float(places.access_m[place]),
        time_s=time_s,
        place_lon=float(places.lon[place]),
        place_lat=float(places.lat[place]),
    )


def _steps(network: RoadNetwork, drive: Drive) -> list[Leg | Delay]:
    """Return legs and delays of a drive; edges that take no time are left out."""
    steps: list[Leg | Delay] = []
    for i in range(drive.edge.size):
        steps += _delays(network, drive, i)
        leg = _leg(network, drive, i)
        if leg is None:
            continue
        last = steps[-1] if steps else None
        if isinstance(last, Leg) and _is_same_road(last, leg):
            steps[-1] = _joined(last, leg)
        else:
            steps.append(leg)
    return steps


def _delays(network: RoadNetwork, drive: Drive, i: int) -> list[Delay]:
    """Return what delays a drive at the junction before one of its edges."""
    edge, delay_s = int(drive.edge[i]), float(drive.delay_s[i])
    is_back = i > 0 and bool(turns_back(network, drive.edge[i : i + 1], drive.edge[i - 1 : i])[0])
    node = network.edge_tail[edge]
    lon, lat = float(network.node_lon[node]), float(network.node_lat[node])
    signal_s = float(network.edge_delay_s[edge]) if delay_s else 0.0
    delays = []
    if signal_s:
        delays.append(Delay(kind=DelayKind.SIGNAL, time_s=signal_s, lon=lon, lat=lat))
    if is_back:
        kind = DelayKind.U_TURN
        delays.append(Delay(kind=kind, time_s=delay_s - signal_s, lon=lon, lat=lat))
    elif delay_s > signal_s:
        degrees = turn_degrees(network, drive.edge[i : i + 1], drive.edge[i - 1 : i])[0]
        kind = DelayKind.TURN_LEFT if degrees < 0.0 else DelayKind.TURN_RIGHT
        delays.append(Delay(kind=kind, time_s=delay_s - signal_s, lon=lon, lat=lat))
    return delays


def _leg(network: RoadNetwork, drive: Drive, i: int) -> Leg | None:
    """Return one edge of a drive, or the part of it that is driven, as a leg; None where it takes no time."""
    edge = int(drive.edge[i])
    from_s, to_s = float(drive.from_s[i]), float(drive.to_s[i])
    if to_s <= from_s:
        return None
    street = network.edge_street[edge]
    edge_s = float(network.edge_time_s[edge])
    lon, lat = _line(network, edge, from_s / edge_s, to_s / edge_s)
    return Leg(
        name=network.names[network.street_name[street]],
        road_class=network.classes[network.street_class[street]],
        has_limit=bool(network.street_has_limit[street]),
        is_local=bool(network.street_is_local[street]),
        length_m=float(network.street_length_m[street]) * (to_s - from_s) / edge_s,
        time_s=to_s - from_s,
        lon=lon,
        lat=lat,
    )


def _line(
    network: RoadNetwork, edge: int, begin: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the line of an edge between two shares of it, in the direction of the drive."""
    street = network.edge_street[edge]
    points = slice(network.shape_start[street], network.shape_start[street + 1])
    lon, lat = network.shape_lon[points], network.shape_lat[points]
    step_m = step_lengths(lon, lat, np.array([0, lon.size]))
    at = np.concatenate([[0.0], np.cumsum(step_m[:-1])])
    at /= at[-1]
    if not network.edge_is_forward[edge]:
        lon, lat, at = lon[::-1], lat[::-1], 1.0 - at[::-1]
    shares = np.concatenate([[begin], at[(at > begin) & (at < end)], [end]])
    return np.interp(shares, at, lon), np.interp(shares, at, lat)


def _is_same_road(one: Leg, other: Leg) -> bool:
    def road(leg: Leg) -> tuple[str, str, bool, bool]:
        return leg.name, leg.road_class, leg.has_limit, leg.is_local

    return road(one) == road(other) and abs(one.kph - other.kph) < SAME_KPH


def _joined(one: Leg, other: Leg) -> Leg:
    """Return two legs as one."""
    return Leg(
        name=one.name,
        road_class=one.road_class,
        has_limit=one.has_limit,
        is_local=one.is_local,
        length_m=one.length_m + other.length_m,
        time_s=one.time_s + other.time_s,
        lon=np.concatenate([one.lon, other.lon[1:]]),
        lat=np.concatenate([one.lat, other.lat[1:]]),
    )
