"""What each vehicle may use and how fast it goes: tables only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    surface_factors
        What a surface makes of the class speed; 1 for those that are not here.
    lanes_classes
        Classes whose speed the number of lanes changes.
    told_classes
        Classes whose speed was told for this very vehicle: neither factors nor the speeds of a network change it.
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
    surface_factors: Mapping[str, float]
    lanes_classes: frozenset[str] = frozenset()
    told_classes: frozenset[str] = frozenset()


def _with_links(class_kph: dict[str, float]) -> Mapping[str, float]:
    links = {link: class_kph[below] for link, below in LINKS.items()}
    return MappingProxyType(class_kph | links)


def _without_motorways(class_kph: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType({c: kph for c, kph in class_kph.items() if c != "motorway_link"})


_STOPS_WHEELS: Final = frozenset(
    {"cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile"}
)
_STOPS_ALL: Final = _STOPS_WHEELS | {
    "wall",
    "fence",
    "guard_rail",
    "hedge",
    "hedge_bank",
    "city_wall",
    "retaining_wall",
    "ditch",
}
_STOPS_MOTORS: Final = frozenset({"motorcycle_barrier"})
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
    }
)

_SURFACES: Final[Mapping[float, tuple[str, ...]]] = MappingProxyType(
    {
        0.8: (
            *("sett", "paving_stones", "cobblestone", "unhewn_cobblestone"),
            *("metal", "wood"),
        ),
        0.75: ("compacted", "fine_gravel", "gravel", "pebblestone", "unpaved"),
        0.5: (
            *("ground", "dirt", "earth", "grass", "grass_paver", "mud", "sand", "woodchips"),
            *("snow", "ice", "rock"),
        ),
    }
)
SURFACE_FACTORS: Final[Mapping[str, float]] = MappingProxyType(
    {surface: factor for factor, surfaces in _SURFACES.items() for surface in surfaces}
)
"""What a surface makes of the class speed (assumption); asphalt, concrete, other paved and unknown ones: 1."""

MANY_LANES_FACTOR: Final = 1.1
"""With at least two lanes in a direction one drives faster than the class says (assumption)."""
SINGLE_LANE_FACTOR: Final = 0.8
"""Where both directions share one lane one drives slower (assumption)."""
_LANES_CLASSES: Final = frozenset(
    {"trunk", "primary", "secondary", "tertiary", "unclassified", "residential"}
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
    closed_barriers=_STOPS_ALL | _STOPS_MOTORS | _STOPS_CARS,
    top_kph=math.inf,
    surface_factors=SURFACE_FACTORS,
    lanes_classes=_LANES_CLASSES,
)

_MOTORCYCLE_KPH: Final = _with_links(
    {
        "trunk": 50.0,
        "primary": 38.0,
        "secondary": 33.0,
        "tertiary": 30.0,
        "unclassified": 27.0,
        "residential": 22.0,
        "living_street": 12.0,
        "service": 14.0,
        "road": 22.0,
        "track": 14.0,
        "pedestrian": 6.0,
    }
)

MOTORCYCLE: Final = Vehicle(
    name="motorcycle",
    class_kph=_without_motorways(_MOTORCYCLE_KPH),
    classes_on_permission=frozenset({"track", "pedestrian"}),
    access_keys=("motorcycle", "motor_vehicle", "vehicle", "access"),
    oneway_keys=("oneway:motorcycle", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    may_use_motorroads=False,
    closed_barriers=_STOPS_ALL | _STOPS_MOTORS,
    top_kph=math.inf,
    surface_factors=SURFACE_FACTORS,
    lanes_classes=_LANES_CLASSES,
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
    class_kph=_without_motorways(_EBIKE_KPH),
    classes_on_permission=frozenset({"track", "pedestrian", "path", "bridleway", "footway"}),
    access_keys=("electric_bicycle", "bicycle", "mofa", "moped", "vehicle", "access"),
    cycleway_ignores=frozenset({"mofa", "moped"}),
    oneway_keys=("oneway:bicycle", "oneway:vehicle", "oneway"),
    may_use_motorroads=False,
    is_cycle=True,
    closed_barriers=_STOPS_ALL,
    top_kph=25.0,  # GB 17761
    surface_factors=SURFACE_FACTORS,
)

VEHICLES: Final[Mapping[str, Vehicle]] = MappingProxyType(
    {vehicle.name: vehicle for vehicle in (CAR, MOTORCYCLE, EBIKE)}
)
_CLASSES: Final = frozenset[str]().union(*(vehicle.class_kph for vehicle in VEHICLES.values()))


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


def vehicle_like(
    name: str,
    like: str | Vehicle,
    *,
    top_kph: float | None = None,
    speeds: Mapping[str, float] = MappingProxyType({}),
    closed: Iterable[str] = (),
    access: Iterable[str] | None = None,
    one_ways: Iterable[str] | None = None,
    surfaces: Mapping[str, float] = MappingProxyType({}),
) -> Vehicle:
    """Return a vehicle of one's own: like a known one but for what is said here.

    Parameters
    ----------
    name
        What it is called.
    like
        The vehicle whose rules it takes over.
    top_kph
        It never drives faster than this, in km/h; None: as fast as the other.
    speeds
        Speeds by highway class over those of the other, in km/h; they hold for the links of the class above too, unless
        these have one of their own. No surface and no number of lanes changes them. A class named here is a road like
        any other, even where the other vehicle may not use it or needs a tag that says so.
    closed
        Highway classes that it may not use. Each stands for itself: ``trunk`` leaves ``trunk_link`` open.
    access
        Tags that decide about access, the most specific first; None: those of the other.
    one_ways
        Tags that decide about one-ways, the most specific first; None: those of the other.
    surfaces
        Factors on the class speed by surface over those of the other.

    Raises
    ------
    PlannerError
        There is no vehicle ``like``, no such class, or a class is closed and has a speed.
    """
    base = like if isinstance(like, Vehicle) else vehicle_named(like)
    shut = frozenset(closed)
    _check_own(name, speeds, shut, {"top_kph": top_kph, **speeds, **surfaces})
    class_kph = {c: told_kph(c, speeds, kph) for c, kph in base.class_kph.items()}
    class_kph.update(speeds)
    return replace(
        base,
        name=name,
        class_kph=MappingProxyType({c: kph for c, kph in class_kph.items() if c not in shut}),
        classes_on_permission=base.classes_on_permission - speeds.keys(),
        told_classes=base.told_classes | {c for c in class_kph if _teller(c, speeds)},
        top_kph=base.top_kph if top_kph is None else top_kph,
        access_keys=base.access_keys if access is None else tuple(access),
        oneway_keys=base.oneway_keys if one_ways is None else tuple(one_ways),
        surface_factors=MappingProxyType({**base.surface_factors, **surfaces}),
    )


def told_kph(road_class: str, speeds: Mapping[str, float], otherwise: float) -> float:
    """Return the speed told for a class, or for a link that of the class below; else another one, in km/h."""
    teller = _teller(road_class, speeds)
    return speeds[teller] if teller else otherwise


def _teller(road_class: str, speeds: Mapping[str, float]) -> str | None:
    """Return which of some speeds holds for a class."""
    return next((c for c in (road_class, LINKS.get(road_class)) if c in speeds), None)


def _check_own(
    name: str,
    speeds: Mapping[str, float],
    shut: frozenset[str],
    numbers: Mapping[str, float | None],
) -> None:
    from planner.scenario.near import did_you_mean, nearest  # brings pydantic, which takes its time

    problems = [
        f"{road_class} is no class of roads{did_you_mean(nearest(road_class, _CLASSES))}"
        for road_class in sorted({*speeds, *shut} - _CLASSES)
    ]
    problems += [f"{c} is closed and has a speed" for c in sorted(shut & speeds.keys())]
    problems += [
        f"{what} must be more than 0, not {number:g}"
        for what, number in numbers.items()
        if number is not None and not number > 0
    ]
    if problems:
        raise PlannerError(f"vehicle '{name}': {'; '.join(problems)}")
