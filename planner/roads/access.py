"""Who may drive where: access tags, one-ways, barriers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from planner.roads.vehicles import Vehicle

Tags = Mapping[str, str]


class Access(IntEnum):
    """How far a road is open; the more open, the greater."""

    CLOSED = 0
    LOCAL = 1
    OPEN = 2


_CLOSED: Final = frozenset(
    {
        "no",
        "agricultural",
        "forestry",
        "emergency",
        "military",
        "bus",
        "psv",
        "taxi",
        "hov",
        "hgv",
        "goods",
        "coach",
        "tourist_bus",
        "dismount",
        "foot",
    }
)
_LOCAL: Final = frozenset(
    {
        "private",
        "destination",
        "customers",
        "delivery",
        "residents",
        "permit",
        "employees",
        "members",
        "staff",
        "visitors",
        "guests",
        "use_sidepath",  # who has an address there may come to it
    }
)
_WAY_KEYS: Final = (
    "highway",
    "route",
    "area",
    "service",
    "motorroad",
    "junction",
    "cycleway",
    "cycleway:left",
    "cycleway:right",
    "cycleway:both",
)
_NODE_KEYS: Final = ("barrier", "locked", "foot", "bicycle")
_GATES: Final = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate", "chain"}
)
"""Barriers that somebody opens; where they name only walkers or cyclists, motor vehicles need a key."""


def way_keys(vehicle: Vehicle) -> tuple[str, ...]:
    """Return the tags of ways that access for a vehicle depends on."""
    return (*_WAY_KEYS, *vehicle.access_keys, *vehicle.oneway_keys)


def node_keys(vehicle: Vehicle) -> tuple[str, ...]:
    """Return the tags of nodes that passing a barrier depends on."""
    return (*_NODE_KEYS, *vehicle.access_keys)


def _meaning(value: str, vehicle: Vehicle) -> Access:
    """Return what an access value says; of several, parted by semicolons, the most open."""
    closed = _CLOSED if vehicle.is_cycle else _CLOSED | {"bicycle"}
    words = [word.strip() for word in value.lower().split(";")]
    return max(
        Access.CLOSED if word in closed else Access.LOCAL if word in _LOCAL else Access.OPEN
        for word in words
    )


def _deciding(tags: Tags, keys: tuple[str, ...]) -> str | None:
    """Return the most specific of some tags that is present."""
    return next((key for key in keys if key in tags), None)


def way_access(tags: Tags, vehicle: Vehicle) -> tuple[Access, str]:
    """Return how far a way is open to a vehicle, and the reason where it is closed.

    Parameters
    ----------
    tags
        Tags of the way, ``highway`` among them.
    vehicle
        Who drives.

    Returns
    -------
    access, reason
        The reason is one word for the summary; empty where the way is open or local.
    """
    road_class = tags["highway"]
    if road_class not in vehicle.class_kph:
        return Access.CLOSED, "class"
    if tags.get("route") == "ferry":
        return Access.CLOSED, "ferry"
    if tags.get("area") == "yes":
        return Access.CLOSED, "area"
    if tags.get("service") == "emergency_access":
        return Access.CLOSED, "emergency_access"
    if tags.get("motorroad") == "yes" and not vehicle.may_use_motorroads:
        return Access.CLOSED, "motorroad"
    keys = vehicle.access_keys
    if road_class == "cycleway":
        keys = tuple(key for key in keys if key not in vehicle.cycleway_ignores)
    key = _deciding(tags, keys)
    access = _meaning(tags[key], vehicle) if key else Access.OPEN
    if road_class in vehicle.classes_on_permission and (
        key in (None, "access") or access is not Access.OPEN
    ):
        return Access.CLOSED, "class"
    return access, "access" if access is Access.CLOSED else ""


def way_directions(tags: Tags, vehicle: Vehicle) -> tuple[bool, bool]:
    """Return whether a vehicle may drive along a way, and whether against it."""
    key = _deciding(tags, vehicle.oneway_keys)
    if vehicle.is_cycle and key != "oneway:bicycle" and _has_contraflow(tags):
        return True, True
    if key is None:
        is_implied = tags.get("junction") in ("roundabout", "circular")
        return True, not (is_implied or tags["highway"] == "motorway")
    value = tags[key].lower().strip()
    if value in ("yes", "true", "1"):
        return True, False
    if value in ("-1", "reverse"):
        return False, True
    if value == "reversible":
        return False, False
    return True, True


def _has_contraflow(tags: Tags) -> bool:
    keys = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(key, "").startswith("opposite") for key in keys)


def barrier_access(tags: Tags, vehicle: Vehicle) -> Access:
    """Return how far a barrier on a node can be passed by a vehicle.

    Parameters
    ----------
    tags
        Tags of the node, ``barrier`` among them.
    vehicle
        Who drives.
    """
    key = _deciding(tags, vehicle.access_keys)
    if key:
        return _meaning(tags[key], vehicle)
    if tags.get("locked") == "yes":
        return Access.LOCAL
    if tags["barrier"] in vehicle.closed_barriers:
        return Access.CLOSED
    return Access.LOCAL if _is_shut_to_motors(tags) and not vehicle.is_cycle else Access.OPEN


def _is_shut_to_motors(tags: Tags) -> bool:
    """Return whether a barrier that says nothing of motor vehicles is one that they need a key for."""
    names_others = any(
        key in tags and tags[key].strip().lower() != "no" for key in ("foot", "bicycle")
    )
    return tags["barrier"] == "chain" or (tags["barrier"] in _GATES and names_others)
