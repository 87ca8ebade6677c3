"""What the tags of ways and nodes say to one vehicle, each combination worked out once."""

from __future__ import annotations

from collections.abc import Mapping

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
from planner.roads.speeds import limit_kph, speed_kph
from planner.roads.streets import Road


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
        self.way_keys = ("maxspeed", *way_keys(rules.vehicle))
        self.node_keys = node_keys(rules.vehicle)
        self.roads: dict[Road, int] = {}
        self._ways: dict[tuple[str | None, ...], tuple[int, str]] = {}

    def way(self, values: tuple[str | None, ...]) -> tuple[int, str]:
        """Return the road that tag values (of ``way_keys``) make, or -1, and what to count it as."""
        meaning = self._ways.get(values)
        if meaning is None:
            road, reason = self._road(_tags(self.way_keys, values))
            number = -1 if road is None else self.roads.setdefault(road, len(self.roads))
            meaning = self._ways[values] = number, reason
        return meaning

    def barrier(self, values: tuple[str | None, ...]) -> Access:
        """Return how far a barrier with tag values (of ``node_keys``) can be passed."""
        return barrier_access(_tags(self.node_keys, values), self.rules.vehicle)

    def _road(self, tags: Tags) -> tuple[Road | None, str]:
        vehicle, speeds = self.rules.vehicle, self.rules.speeds
        open_to, reason = way_access(tags, vehicle)
        if open_to is Access.CLOSED:
            return None, f"ways_out_{reason}"
        along, against = way_directions(tags, vehicle)
        if not (along or against):
            return None, "ways_out_reversible"
        road_class, maxspeed = tags["highway"], tags.get("maxspeed")
        kph = speed_kph(road_class, maxspeed, vehicle, speeds)
        if kph == 0.0:
            return None, "ways_out_maxspeed_0"
        has_limit = limit_kph(maxspeed) is not None
        is_local = open_to is Access.LOCAL
        road = Road(road_class, is_local, kph if along else 0.0, kph if against else 0.0, has_limit)
        return road, "ways_with_limit" if has_limit else "ways_with_assumed_speed"

    def class_speeds(self) -> dict[str, float]:
        """Return the class speeds in force, in km/h."""
        vehicle, speeds = self.rules.vehicle, self.rules.speeds
        return {c: speed_kph(c, None, vehicle, speeds) for c in vehicle.class_kph}


def _tags(keys: tuple[str, ...], values: tuple[str | None, ...]) -> Mapping[str, str]:
    return {key: value for key, value in zip(keys, values, strict=True) if value is not None}
