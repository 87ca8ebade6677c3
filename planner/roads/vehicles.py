"""What each vehicle may use and how fast it goes: tables only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from planner.errors import PlannerError

LINKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "motorway_link": "trunk",
        "trunk_link": "primary",
        "primary_link": "secondary",
        "secondary_link": "tertiary",
        "tertiary_link": "unclassified",
    }
)
"""A link drives like the class below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """The law and the speeds for one kind of vehicle.

    Attributes
    ----------
    name
        As in scenario files.
    class_kph
        Speed by highway class, in km/h; classes that are not here are never roads for it.
    classes_on_permission
        Classes that count only where a tag of the vehicle's own opens them.
    access_keys
        Tags that decide about access, the most specific first.
    cycleway_ignores
        Those of them that are not heeded on a cycleway.
    oneway_keys
        Tags that decide about one-ways, the most specific first.
    may_use_motorroads
        Whether ``motorroad=yes`` is open to it.
    is_cycle
        Whether contraflow cycle lanes are open to it.
    closed_barriers
        Barriers that stop it where no access tag says otherwise.
    top_kph
        It never drives faster than this, in km/h.
    """

    name: str
    class_kph: Mapping[str, float]
    classes_on_permission: frozenset[str]
    access_keys: tuple[str, ...]
    cycleway_ignores: frozenset[str] = frozenset()
    oneway_keys: tuple[str, ...]
    may_use_motorroads: bool = True
    is_cycle: bool = False
    closed_barriers: frozenset[str]
    top_kph: float


def _with_links(class_kph: dict[str, float]) -> Mapping[str, float]:
    links = {link: class_kph[below] for link, below in LINKS.items()}
    return MappingProxyType(class_kph | links)


_STOPS_WHEELS: Final = frozenset(
    {"cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile"}
)
_STOPS_CARS: Final = frozenset(
    {
        "bollard",
        "block",
        "planter",
        "jersey_barrier",
        "debris",
        "log",
        "bus_trap",
        "sump_buster",
        "motorcycle_barrier",
    }
)

CAR: Final = Vehicle(
    name="car",
    class_kph=_with_links(
        {
            "motorway": 80.0,
            "trunk": 50.0,
            "primary": 38.0,
            "secondary": 32.0,
            "tertiary": 28.0,
            "unclassified": 25.0,
            "residential": 20.0,
            "living_street": 10.0,
            "service": 12.0,
            "road": 20.0,
            "track": 12.0,
            "pedestrian": 6.0,
        }
    ),
    classes_on_permission=frozenset({"track", "pedestrian"}),
    access_keys=("motorcar", "motor_vehicle", "vehicle", "access"),
    oneway_keys=("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    closed_barriers=_STOPS_WHEELS | _STOPS_CARS,
    top_kph=math.inf,
)

_EBIKE_KPH: Final = _with_links(
    {
        "trunk": 22.0,
        "primary": 20.0,
        "secondary": 20.0,
        "tertiary": 20.0,
        "unclassified": 20.0,
        "residential": 18.0,
        "living_street": 12.0,
        "service": 12.0,
        "road": 18.0,
        "cycleway": 18.0,
        "track": 12.0,
        "pedestrian": 6.0,
        "path": 12.0,
        "bridleway": 12.0,
        "footway": 8.0,
    }
)

EBIKE: Final = Vehicle(
    name="ebike",
    class_kph=MappingProxyType({k: v for k, v in _EBIKE_KPH.items() if k != "motorway_link"}),
    classes_on_permission=frozenset({"track", "pedestrian", "path", "bridleway", "footway"}),
    access_keys=("electric_bicycle", "bicycle", "mofa", "moped", "vehicle", "access"),
    cycleway_ignores=frozenset({"mofa", "moped"}),
    oneway_keys=("oneway:bicycle", "oneway:vehicle", "oneway"),
    may_use_motorroads=False,
    is_cycle=True,
    closed_barriers=_STOPS_WHEELS,
    top_kph=25.0,  # GB 17761
)

VEHICLES: Final[Mapping[str, Vehicle]] = MappingProxyType({"car": CAR, "ebike": EBIKE})


def vehicle_named(name: str) -> Vehicle:
    """Return a known vehicle.

    Raises
    ------
    PlannerError
        There is none of that name.
    """
    if name not in VEHICLES:
        raise PlannerError(f"no vehicle '{name}'; there are {', '.join(VEHICLES)}")
    return VEHICLES[name]
