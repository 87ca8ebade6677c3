"""How fast: tagged limits, class speeds, surfaces, lanes, what a scenario sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from planner.roads.vehicles import MANY_LANES_FACTOR, SINGLE_LANE_FACTOR, Vehicle, told_kph
from planner.roads.zones import zone_kph

Speeds = Mapping[str, float] | Literal["limits"] | None
"""km/h by highway class over the defaults; or "limits": limits as they are; or the defaults."""

SHARE_OF_LIMIT: Final = 0.85
"""Drives in towns reach about this share of the limit (assumption; printed with every result)."""
TIMES_CLASS: Final = 1.25
"""A limit lifts a road's speed over its class by at most this factor (assumption)."""

LOWEST_LIMIT_KPH: Final = 1.0
HIGHEST_LIMIT_KPH: Final = 1_000.0
"""Numbers beyond say no limit; but 0 closes a road."""

_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(km/h|kmh|kph|mph|knots)?")
_KPH: Final = {"mph": 1.609344, "knots": 1.852}
_LIST: Final = re.compile(r"[;,|]")
_WHOLE: Final = re.compile(r"[0-9]+")
_AFTER: Final = ("maxspeed:type", "zone:maxspeed", "source:maxspeed")
"""Where a limit is looked for last: they tell why it is what it is."""
_ONLY_ZONES: Final = ("maxspeed:type", "source:maxspeed")
"""Where a mere number is no limit: a year, perhaps."""


class Limit(NamedTuple):
    """A tagged speed limit.

    Attributes
    ----------
    kph
        The limit in km/h; 0 closes the road.
    is_of_zone
        Whether the tag names a kind of zone, whose limit is taken from a table.
    """

    kph: float
    is_of_zone: bool


# ---------------------------------------------------------------------------------------------
# Limits
# ---------------------------------------------------------------------------------------------


def limit_of(text: str | None) -> Limit | None:
    """Return the limit that the text of a tag says, or None where it says none.

    Parameters
    ----------
    text
        ``50``, ``30 mph``, ``CN:urban``, ``60;40`` (the lowest counts); None where not tagged.
    """
    if text is None:
        return None
    limits = [_limit(part.strip()) for part in _LIST.split(text.lower())]
    return min((limit for limit in limits if limit), default=None)


def _limit(word: str) -> Limit | None:
    number = _NUMBER.fullmatch(word)
    if number:
        kph = float(number[1]) * _KPH.get(number[2] or "", 1.0)
        is_odd = 0.0 < kph < LOWEST_LIMIT_KPH or kph > HIGHEST_LIMIT_KPH
        return None if is_odd else Limit(kph, is_of_zone=False)
    of_zone = zone_kph(word)
    return None if of_zone is None else Limit(of_zone, is_of_zone=True)


def tagged_limit(tags: Mapping[str, str], vehicle: Vehicle, *, backward: bool) -> Limit | None:
    """Return the limit of a way in one direction, or None where none is tagged.

    Parameters
    ----------
    tags
        Tags of the way.
    vehicle
        Who drives: a limit of its own goes before that for all.
    backward
        Whether the limit against the way is asked for, not along it.
    """
    for key in limit_keys(vehicle, backward=backward):
        limit = limit_of(tags.get(key))
        if limit and (limit.is_of_zone or key not in _ONLY_ZONES):
            return limit
    return None


def limit_keys(vehicle: Vehicle, *, backward: bool) -> tuple[str, ...]:
    """Return the tags that may say the limit in one direction; the first that does counts."""
    way = "backward" if backward else "forward"
    stems = [f"maxspeed:{key}" for key in _own_keys(vehicle)] + ["maxspeed"]
    return (*(key for stem in stems for key in (f"{stem}:{way}", stem)), *_AFTER)


def conditional_keys(vehicle: Vehicle) -> tuple[str, ...]:
    """Return the tags of limits that hold only at times; they are counted and not applied."""
    stems = ["maxspeed", *(f"maxspeed:{key}" for key in _own_keys(vehicle))]
    ways = ("", ":forward", ":backward")
    return tuple(f"{stem}{way}:conditional" for stem in stems for way in ways)


def _own_keys(vehicle: Vehicle) -> list[str]:
    return [key for key in vehicle.access_keys if key != "access"]


def speed_keys(vehicle: Vehicle) -> tuple[str, ...]:
    """Return the tags of ways that the speed of a vehicle depends on."""
    limits = [key for backward in (False, True) for key in limit_keys(vehicle, backward=backward)]
    lanes = ("lanes", "lanes:forward", "lanes:backward") if vehicle.lanes_classes else ()
    return (*dict.fromkeys(limits), *conditional_keys(vehicle), "surface", *lanes)


# ---------------------------------------------------------------------------------------------
# Class speeds
# ---------------------------------------------------------------------------------------------


def class_speed_kph(road_class: str, vehicle: Vehicle, speeds: Speeds) -> float:
    """Return the speed of a class of roads before any factor, in km/h.

    What is told for the vehicle goes before what the scenario tells for all, and that before our table.
    """
    by_table = vehicle.class_kph[road_class]
    if road_class in vehicle.told_classes or speeds is None or speeds == "limits":
        return by_table
    return told_kph(road_class, speeds, by_table)


def takes_factors(road_class: str, vehicle: Vehicle, speeds: Speeds) -> bool:
    """Return whether surface and lanes change the speed of a class: not one that the scenario tells, nor with limits."""
    if speeds == "limits" or road_class in vehicle.told_classes:
        return False
    return told_kph(road_class, speeds or {}, 0.0) == 0.0


def surface_factor(tags: Mapping[str, str], vehicle: Vehicle) -> float:
    """Return what the surface of a way makes of its class speed."""
    return vehicle.surface_factors.get(tags.get("surface", "").strip().lower(), 1.0)


def lanes_factor(
    tags: Mapping[str, str], vehicle: Vehicle, *, backward: bool, is_two_way: bool
) -> float:
    """Return what the lanes of a way make of its class speed in one direction.

    Parameters
    ----------
    tags
        Tags of the way, ``highway`` among them.
    vehicle
        Who drives.
    backward
        Whether the direction is against the way.
    is_two_way
        Whether the vehicle may drive both ways there.
    """
    if tags["highway"] not in vehicle.lanes_classes:
        return 1.0
    n_all = _whole(tags.get("lanes"))
    n_lanes = _whole(tags.get("lanes:backward" if backward else "lanes:forward"))
    if n_lanes is None and n_all is not None:
        n_lanes = n_all // 2 if is_two_way else n_all
    if n_lanes is not None and n_lanes >= 2:
        return MANY_LANES_FACTOR
    return SINGLE_LANE_FACTOR if is_two_way and n_all == 1 else 1.0


def _whole(text: str | None) -> int | None:
    """Return the whole number that a text is, or None."""
    return int(text) if text and _WHOLE.fullmatch(text := text.strip()) else None


def speed_kph(by_class: float, limit: float | None, vehicle: Vehicle, *, as_limits: bool) -> float:
    """Return how fast a vehicle drives, in km/h; 0 where the limit closes the road.

    Parameters
    ----------
    by_class
        Class speed of the road with its factors, in km/h.
    limit
        Its limit in km/h; None where none is tagged.
    vehicle
        Who drives.
    as_limits
        Whether one drives as fast as the limit says.
    """
    if limit is None:
        speed = by_class
    elif as_limits:
        speed = limit
    else:
        speed = min(SHARE_OF_LIMIT * limit, TIMES_CLASS * by_class)
    return min(speed, vehicle.top_kph)
