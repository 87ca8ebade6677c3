"""How fast: maxspeed, class defaults, what a scenario sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from planner.roads.vehicles import LINKS, Vehicle

Speeds = Mapping[str, float] | Literal["limits"] | None
"""km/h by highway class over the defaults; or "limits": limits as they are; or the defaults."""

SHARE_OF_LIMIT: Final = 0.85
"""Drives in towns reach about this share of the limit (assumption; printed with every result)."""
TIMES_CLASS: Final = 1.25
"""A limit lifts a road's speed over its class by at most this factor (assumption)."""

_LIMIT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?$")
_KPH: Final = {"mph": 1.609344, "knots": 1.852}


def limit_kph(value: str | None) -> float | None:
    """Return a tagged speed limit in km/h, or None where it is no number.

    Parameters
    ----------
    value
        Text of the tag ``maxspeed``: ``50``, ``30 mph``, ``60;40`` (the lowest counts); None where not tagged.
    """
    if value is None:
        return None
    limits = [_LIMIT.fullmatch(part.strip().lower()) for part in value.split(";")]
    numbers = [float(m[1]) * _KPH.get(m[2] or "", 1.0) for m in limits if m]
    return min(numbers) if numbers else None


def speed_kph(road_class: str, maxspeed: str | None, vehicle: Vehicle, speeds: Speeds) -> float:
    """Return how fast a vehicle drives on a road, in km/h; 0 where the limit closes it.

    Parameters
    ----------
    road_class
        Highway class, one of ``vehicle.class_kph``.
    maxspeed
        Text of the tag, None where not tagged.
    vehicle
        Who drives.
    speeds
        What the scenario sets.
    """
    by_class = vehicle.class_kph[road_class]
    limit = limit_kph(maxspeed)
    if limit == 0.0:
        return 0.0
    if speeds == "limits":
        speed = by_class if limit is None else limit
    else:
        given = speeds or {}
        by_class = given.get(road_class, given.get(LINKS.get(road_class, ""), by_class))
        speed = by_class if limit is None else min(SHARE_OF_LIMIT * limit, TIMES_CLASS * by_class)
    return min(speed, vehicle.top_kph)
