"""Who may drive where: access tags, one-ways, barriers."""

from __future__ import annotations

import pytest

from planner.roads.access import (
    Access,
    barrier_access,
    node_keys,
    way_access,
    way_directions,
    way_keys,
)
from planner.roads.vehicles import CAR, EBIKE, MOTORCYCLE, VEHICLES

SHUT, LOCAL, OPEN = Access.CLOSED, Access.LOCAL, Access.OPEN
BOTH, ALONG, AGAINST, NEITHER = (True, True), (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("tags", "car", "ebike"),
    [
        # classes
        ({}, OPEN, OPEN),
        ({"highway": "motorway"}, OPEN, SHUT),
        ({"highway": "motorway_link"}, OPEN, SHUT),
        ({"highway": "trunk_link"}, OPEN, OPEN),
        ({"highway": "road"}, OPEN, OPEN),
        ({"highway": "cycleway"}, SHUT, OPEN),
        ({"highway": "busway"}, SHUT, SHUT),
        ({"highway": "construction"}, SHUT, SHUT),
        ({"highway": "steps", "bicycle": "yes", "motor_vehicle": "yes"}, SHUT, SHUT),
        # classes that need a word of the vehicle's own; `access` is none
        ({"highway": "track"}, SHUT, SHUT),
        ({"highway": "track", "access": "yes"}, SHUT, SHUT),
        ({"highway": "track", "motor_vehicle": "yes"}, OPEN, SHUT),
        ({"highway": "track", "vehicle": "yes"}, OPEN, OPEN),
        ({"highway": "track", "motor_vehicle": "destination"}, SHUT, SHUT),
        ({"highway": "pedestrian", "bicycle": "yes"}, SHUT, OPEN),
        ({"highway": "path", "bicycle": "designated"}, SHUT, OPEN),
        ({"highway": "path", "motor_vehicle": "yes"}, SHUT, SHUT),
        ({"highway": "footway", "moped": "yes"}, SHUT, OPEN),
        ({"highway": "bridleway", "bicycle": "private"}, SHUT, SHUT),
        # what is no road whatever it allows
        ({"area": "yes"}, SHUT, SHUT),
        ({"area": "no"}, OPEN, OPEN),
        ({"highway": "service", "service": "emergency_access"}, SHUT, SHUT),
        ({"highway": "service", "service": "driveway"}, OPEN, OPEN),
        ({"route": "ferry"}, SHUT, SHUT),
        ({"motorroad": "yes"}, OPEN, SHUT),
        ({"motorroad": "no"}, OPEN, OPEN),
        # the most specific tag decides
        ({"access": "no"}, SHUT, SHUT),
        ({"access": "no", "motorcar": "yes"}, OPEN, SHUT),
        ({"access": "no", "vehicle": "yes"}, OPEN, OPEN),
        ({"access": "yes", "vehicle": "no"}, SHUT, SHUT),
        ({"motor_vehicle": "no", "motorcar": "private"}, LOCAL, OPEN),
        ({"motor_vehicle": "no"}, SHUT, OPEN),
        ({"bicycle": "no", "electric_bicycle": "yes"}, OPEN, OPEN),
        ({"bicycle": "no"}, OPEN, SHUT),
        ({"mofa": "no", "bicycle": "yes"}, OPEN, OPEN),
        ({"moped": "no"}, OPEN, SHUT),
        ({"moped": "yes", "mofa": "no"}, OPEN, SHUT),
        # on a cycleway the signs against mopeds speak of motor cycles
        ({"highway": "cycleway", "moped": "no", "mofa": "no"}, SHUT, OPEN),
        ({"highway": "cycleway", "moped": "no", "access": "no"}, SHUT, SHUT),
        ({"highway": "cycleway", "electric_bicycle": "no", "moped": "yes"}, SHUT, SHUT),
        # values
        ({"access": "private"}, LOCAL, LOCAL),
        ({"access": "customers"}, LOCAL, LOCAL),
        ({"access": "permissive"}, OPEN, OPEN),
        ({"access": "designated"}, OPEN, OPEN),
        ({"access": "agricultural"}, SHUT, SHUT),
        ({"access": "bus"}, SHUT, SHUT),
        ({"access": "foot"}, SHUT, SHUT),
        ({"bicycle": "dismount"}, OPEN, SHUT),
        ({"bicycle": "use_sidepath"}, OPEN, LOCAL),
        ({"access": "bicycle"}, SHUT, OPEN),
        ({"access": " PRIVATE "}, LOCAL, LOCAL),
        ({"access": "a word nobody knows"}, OPEN, OPEN),
        # of several the most open one
        ({"access": "no;destination"}, LOCAL, LOCAL),
        ({"access": "private; yes"}, OPEN, OPEN),
        ({"access": "no;forestry"}, SHUT, SHUT),
    ],
)
def test_tags_of_a_way_say_who_may_drive_there(tags, car, ebike):
    tags = {"highway": "residential"} | tags
    assert way_access(tags, CAR)[0] is car
    assert way_access(tags, EBIKE)[0] is ebike


@pytest.mark.parametrize(
    ("tags", "motorcycle"),
    [
        # classes: those of a car without motorways
        ({}, OPEN),
        ({"highway": "motorway"}, SHUT),
        ({"highway": "motorway", "motorcycle": "yes"}, SHUT),
        ({"highway": "motorway_link"}, SHUT),
        ({"highway": "trunk"}, OPEN),
        ({"highway": "trunk_link"}, OPEN),
        ({"highway": "living_street"}, OPEN),
        ({"highway": "cycleway"}, SHUT),
        ({"highway": "cycleway", "moped": "yes"}, SHUT),
        ({"motorroad": "yes"}, SHUT),
        ({"motorroad": "no"}, OPEN),
        # on permission
        ({"highway": "track"}, SHUT),
        ({"highway": "track", "access": "yes"}, SHUT),
        ({"highway": "track", "motorcycle": "yes"}, OPEN),
        ({"highway": "track", "motorcar": "yes"}, SHUT),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, OPEN),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, SHUT),
        ({"highway": "path", "motorcycle": "yes"}, SHUT),
        ({"highway": "footway", "motorcycle": "yes"}, SHUT),
        # the most specific tag decides
        ({"motor_vehicle": "no", "motorcycle": "yes"}, OPEN),
        ({"motor_vehicle": "yes", "motorcycle": "no"}, SHUT),
        ({"access": "no", "motor_vehicle": "destination"}, LOCAL),
        ({"access": "no", "vehicle": "yes"}, OPEN),
        ({"vehicle": "no"}, SHUT),
        ({"access": "private"}, LOCAL),
        ({"motorcar": "no"}, OPEN),
        ({"moped": "no", "mofa": "no", "bicycle": "no"}, OPEN),
        # roads for bicycles are none for motor vehicles
        ({"access": "bicycle"}, SHUT),
        ({"vehicle": "bicycle;foot"}, SHUT),
        ({"vehicle": "bicycle;destination"}, LOCAL),
    ],
)
def test_tags_of_a_way_say_whether_motorcycles_may_drive_there(tags, motorcycle):
    assert way_access({"highway": "residential"} | tags, MOTORCYCLE)[0] is motorcycle


@pytest.mark.parametrize("value", ["no", "forestry", "military", "psv", "taxi", "hov", "hgv"])
def test_roads_for_others_are_closed(value):
    assert way_access({"highway": "primary", "access": value}, CAR) == (SHUT, "access")


@pytest.mark.parametrize(
    "value",
    [
        *("private", "destination", "customers", "delivery", "residents", "permit", "employees"),
        *("members", "staff", "visitors", "guests"),
    ],
)
def test_roads_for_a_few_are_local(value):
    assert way_access({"highway": "service", "access": value}, EBIKE) == (LOCAL, "")


@pytest.mark.parametrize(
    ("tags", "vehicle", "reason"),
    [
        ({"highway": "steps"}, CAR, "class"),
        ({"highway": "track"}, CAR, "class"),
        ({"highway": "residential", "route": "ferry"}, CAR, "ferry"),
        ({"highway": "service", "area": "yes"}, CAR, "area"),
        ({"highway": "service", "service": "emergency_access"}, CAR, "emergency_access"),
        ({"highway": "trunk", "motorroad": "yes"}, EBIKE, "motorroad"),
        ({"highway": "trunk", "motorroad": "yes"}, MOTORCYCLE, "motorroad"),
        ({"highway": "motorway"}, MOTORCYCLE, "class"),
        ({"highway": "service", "access": "no"}, CAR, "access"),
    ],
)
def test_a_closed_way_says_why(tags, vehicle, reason):
    assert way_access(tags, vehicle) == (SHUT, reason)


@pytest.mark.parametrize(
    ("tags", "car", "ebike"),
    [
        ({}, BOTH, BOTH),
        ({"oneway": "yes"}, ALONG, ALONG),
        ({"oneway": "true"}, ALONG, ALONG),
        ({"oneway": "1"}, ALONG, ALONG),
        ({"oneway": "-1"}, AGAINST, AGAINST),
        ({"oneway": "reverse"}, AGAINST, AGAINST),
        ({"oneway": "reversible"}, NEITHER, NEITHER),
        ({"oneway": "no"}, BOTH, BOTH),
        ({"oneway": "alternating"}, BOTH, BOTH),
        ({"oneway": " Yes "}, ALONG, ALONG),
        # the most specific tag decides
        ({"oneway": "yes", "oneway:motorcar": "no"}, BOTH, ALONG),
        ({"oneway": "no", "oneway:motor_vehicle": "yes"}, ALONG, BOTH),
        ({"oneway": "no", "oneway:vehicle": "-1"}, AGAINST, AGAINST),
        ({"oneway": "yes", "oneway:bicycle": "no"}, ALONG, BOTH),
        ({"oneway:bicycle": "yes"}, BOTH, ALONG),
        # what runs one way without saying so
        ({"junction": "roundabout"}, ALONG, ALONG),
        ({"junction": "circular"}, ALONG, ALONG),
        ({"junction": "roundabout", "oneway": "no"}, BOTH, BOTH),
        ({"junction": "roundabout", "oneway": "-1"}, AGAINST, AGAINST),
        ({"junction": "yes"}, BOTH, BOTH),
        ({"highway": "motorway"}, ALONG, ALONG),
        ({"highway": "motorway", "oneway": "no"}, BOTH, BOTH),
        ({"highway": "motorway_link"}, BOTH, BOTH),
        # contraflow lanes are for cycles, unless their own one-way says otherwise
        ({"oneway": "yes", "cycleway": "opposite"}, ALONG, BOTH),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, ALONG, BOTH),
        ({"oneway": "yes", "cycleway:right": "opposite_track"}, ALONG, BOTH),
        ({"oneway": "yes", "cycleway:both": "opposite"}, ALONG, BOTH),
        ({"oneway": "yes", "cycleway": "lane"}, ALONG, ALONG),
        ({"oneway": "yes", "cycleway": "opposite", "oneway:bicycle": "yes"}, ALONG, ALONG),
    ],
)
def test_tags_say_which_way_one_may_drive(tags, car, ebike):
    tags = {"highway": "residential"} | tags
    assert way_directions(tags, CAR) == car
    assert way_directions(tags, EBIKE) == ebike


@pytest.mark.parametrize(
    ("tags", "motorcycle"),
    [
        ({}, BOTH),
        ({"oneway": "yes"}, ALONG),
        ({"oneway": "-1"}, AGAINST),
        ({"oneway": "reversible"}, NEITHER),
        ({"oneway": "yes", "oneway:motorcycle": "no"}, BOTH),
        ({"oneway:motor_vehicle": "no", "oneway:motorcycle": "-1"}, AGAINST),
        ({"oneway": "no", "oneway:motor_vehicle": "yes"}, ALONG),
        ({"oneway:vehicle": "yes", "oneway:motor_vehicle": "no"}, BOTH),
        ({"oneway": "yes", "oneway:motorcar": "no"}, ALONG),
        ({"oneway": "yes", "oneway:bicycle": "no"}, ALONG),
        ({"oneway": "yes", "cycleway": "opposite"}, ALONG),
        ({"junction": "roundabout"}, ALONG),
    ],
)
def test_tags_say_which_way_motorcycles_may_drive(tags, motorcycle):
    assert way_directions({"highway": "residential"} | tags, MOTORCYCLE) == motorcycle


@pytest.mark.parametrize(
    ("tags", "motorcycle"),
    [
        ({"barrier": "gate"}, OPEN),
        ({"barrier": "bollard"}, OPEN),
        ({"barrier": "block"}, OPEN),
        ({"barrier": "sump_buster"}, OPEN),
        ({"barrier": "motorcycle_barrier"}, SHUT),
        ({"barrier": "cycle_barrier"}, SHUT),
        ({"barrier": "kissing_gate"}, SHUT),
        ({"barrier": "motorcycle_barrier", "motorcycle": "yes"}, OPEN),
        ({"barrier": "bollard", "motor_vehicle": "no"}, SHUT),
        ({"barrier": "bollard", "motorcar": "no"}, OPEN),
        ({"barrier": "gate", "vehicle": "private"}, LOCAL),
        ({"barrier": "bollard", "locked": "yes"}, LOCAL),
    ],
)
def test_tags_of_a_barrier_say_whether_motorcycles_pass(tags, motorcycle):
    assert barrier_access(tags, MOTORCYCLE) is motorcycle


@pytest.mark.parametrize(
    ("tags", "car", "ebike"),
    [
        ({"barrier": "gate"}, OPEN, OPEN),
        ({"barrier": "lift_gate"}, OPEN, OPEN),
        ({"barrier": "toll_booth"}, OPEN, OPEN),
        ({"barrier": "kerb"}, OPEN, OPEN),
        ({"barrier": "bollard"}, SHUT, OPEN),
        ({"barrier": "planter"}, SHUT, OPEN),
        ({"barrier": "bus_trap"}, SHUT, OPEN),
        ({"barrier": "motorcycle_barrier"}, SHUT, OPEN),
        ({"barrier": "wall"}, SHUT, SHUT),
        ({"barrier": "hedge"}, SHUT, SHUT),
        ({"barrier": "chain"}, LOCAL, OPEN),
        ({"barrier": "chain", "motor_vehicle": "yes"}, OPEN, OPEN),
        ({"barrier": "gate", "bicycle": "yes"}, LOCAL, OPEN),
        ({"barrier": "swing_gate", "foot": "yes"}, LOCAL, OPEN),
        ({"barrier": "gate", "foot": "no"}, OPEN, OPEN),
        ({"barrier": "toll_booth", "foot": "yes"}, OPEN, OPEN),
        ({"barrier": "gate", "foot": "yes", "access": "yes"}, OPEN, OPEN),
        ({"barrier": "cycle_barrier"}, SHUT, SHUT),
        ({"barrier": "stile"}, SHUT, SHUT),
        ({"barrier": "full-height_turnstile"}, SHUT, SHUT),
        # an access tag comes before what the barrier is
        ({"barrier": "bollard", "motor_vehicle": "yes"}, OPEN, OPEN),
        ({"barrier": "bollard", "bicycle": "no"}, SHUT, SHUT),
        ({"barrier": "gate", "access": "private"}, LOCAL, LOCAL),
        ({"barrier": "gate", "access": "no"}, SHUT, SHUT),
        ({"barrier": "gate", "access": "no", "bicycle": "yes"}, SHUT, OPEN),
        # a lock says private, where no access tag says more
        ({"barrier": "gate", "locked": "yes"}, LOCAL, LOCAL),
        ({"barrier": "block", "locked": "yes"}, LOCAL, LOCAL),
        ({"barrier": "gate", "locked": "no"}, OPEN, OPEN),
        ({"barrier": "gate", "locked": "yes", "access": "yes"}, OPEN, OPEN),
    ],
)
def test_tags_of_a_barrier_say_who_passes(tags, car, ebike):
    assert barrier_access(tags, CAR) is car
    assert barrier_access(tags, EBIKE) is ebike


@pytest.mark.parametrize("vehicle", VEHICLES.values(), ids=VEHICLES)
def test_every_tag_that_decides_is_among_those_that_are_read(vehicle):
    # osm.py reads only these: a tag that decides and is not among them would never be heeded
    motors, cycles = {"motor_vehicle", "vehicle", "access"}, {"bicycle", "moped"}
    decides = cycles if vehicle is EBIKE else motors
    assert decides | {"highway", "area", "junction", "cycleway:both"} <= set(way_keys(vehicle))
    assert decides | {"barrier", "locked"} <= set(node_keys(vehicle))
    assert ("oneway:bicycle" in way_keys(vehicle)) == vehicle.is_cycle
