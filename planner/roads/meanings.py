"""What the tags of ways and nodes say to one vehicle, each combination worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planner.roads.access import (
    Access,
    Tags,
    barrier_access,
    node_keys,
    way_access,
    way_directions,
    way_keys,
)
from planner.roads.rules import RoadRules
from planner.roads.speeds import (
    Limit,
    class_speed_kph,
    conditional_keys,
    lanes_factor,
    speed_keys,
    speed_kph,
    surface_factor,
    tagged_limit,
    takes_factors,
)
from planner.roads.streets import Road


class _Drive(NamedTuple):
    """How one drives along a way or against it: how fast (0: not at all), and what made the speed."""

    kph: float
    limit: Limit | None = None
    surface: float = 1.0
    lanes: float = 1.0


Meaning = tuple[int, tuple[str, ...]]
"""Number of a road, or -1 where a way is none, and what to count the way as."""


class Meanings:
    """What tags say to a vehicle.

    Attributes
    ----------
    rules
        Who drives, and how.
    way_keys, node_keys
        The tags of ways and of nodes that matter.
    roads
        What was found so far, and the number of each.
    """

    def __init__(self, rules: RoadRules) -> None:
        self.rules = rules
        self.way_keys = (*way_keys(rules.vehicle), *speed_keys(rules.vehicle))
        self.node_keys = node_keys(rules.vehicle)
        self.roads: dict[Road, int] = {}
        self._conditional_keys = conditional_keys(rules.vehicle)
        self._ways: dict[tuple[str | None, ...], Meaning] = {}

    def way(self, values: tuple[str | None, ...]) -> Meaning:
        """Return the road that tag values (of ``way_keys``) make, or -1, and what to count it as."""
        meaning = self._ways.get(values)
        if meaning is None:
            road, counted = self._road(_tags(self.way_keys, values))
            number = -1 if road is None else self.roads.setdefault(road, len(self.roads))
            meaning = self._ways[values] = number, counted
        return meaning

    def barrier(self, values: tuple[str | None, ...]) -> Access:
        """Return how far a barrier with tag values (of ``node_keys``) can be passed."""
        return barrier_access(_tags(self.node_keys, values), self.rules.vehicle)

    def _road(self, tags: Tags) -> tuple[Road | None, tuple[str, ...]]:
        vehicle = self.rules.vehicle
        open_to, reason = way_access(tags, vehicle)
        if open_to is Access.CLOSED:
            return None, (f"ways_out_{reason}",)
        may = way_directions(tags, vehicle)
        if not any(may):
            return None, ("ways_out_reversible",)
        drives = [
            _Drive(0.0) if not may[way] else self._drive(tags, backward=bool(way), may=may)
            for way in (0, 1)
        ]
        driven = [drive for drive in drives if drive.kph > 0.0]
        if not driven:
            return None, ("ways_out_maxspeed_0",)
        has_limit = all(drive.limit for drive in driven)
        road = Road(
            tags["highway"],
            is_local=open_to is Access.LOCAL,
            along_kph=drives[0].kph,
            against_kph=drives[1].kph,
            has_limit=has_limit,
        )
        is_counted = {
            "ways_with_limit": has_limit,
            "ways_with_assumed_speed": not has_limit,
            "ways_with_limit_of_zone": any(d.limit and d.limit.is_of_zone for d in driven),
            "ways_with_conditional_limit": any(key in tags for key in self._conditional_keys),
            "ways_with_surface_factor": any(d.surface != 1.0 for d in driven),
            "ways_with_lanes_factor": any(d.lanes != 1.0 for d in driven),
            "ways_closed_one_way_by_maxspeed_0": len(driven) < sum(may),
        }
        return road, tuple(what for what, counts in is_counted.items() if counts)

    def _drive(self, tags: Tags, *, backward: bool, may: tuple[bool, bool]) -> _Drive:
        """Return how one drives along a way, or against it."""
        vehicle, speeds = self.rules.vehicle, self.rules.speeds
        road_class = tags["highway"]
        by_class = class_speed_kph(road_class, vehicle, speeds)
        surface = lanes = 1.0
        if takes_factors(road_class, vehicle, speeds):
            surface = surface_factor(tags, vehicle)
            lanes = lanes_factor(tags, vehicle, backward=backward, is_two_way=all(may))
        limit = tagged_limit(tags, vehicle, backward=backward)
        kph = speed_kph(
            by_class * surface * lanes,
            None if limit is None else limit.kph,
            vehicle,
            as_limits=speeds == "limits",
        )
        return _Drive(kph, limit, surface, lanes)

    def class_speeds(self) -> dict[str, float]:
        """Return the class speeds in force, in km/h."""
        vehicle, speeds = self.rules.vehicle, self.rules.speeds
        return {
            c: min(class_speed_kph(c, vehicle, speeds), vehicle.top_kph) for c in vehicle.class_kph
        }


def _tags(keys: tuple[str, ...], values: tuple[str | None, ...]) -> Mapping[str, str]:
    return {key: value for key, value in zip(keys, values, strict=True) if value is not None}
