"""What all tags of a way say together: a road, how fast each way, and what to count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.roads.meanings import Meanings
from planner.roads.rules import RoadRules
from planner.roads.vehicles import CAR, VEHICLES, vehicle_like


def road_and_counted(tags, vehicle="car", speeds=None):
    """Return what tags make of a residential road, or of the class that they say, and what it is counted as."""
    rules = RoadRules(
        vehicle=VEHICLES[vehicle] if isinstance(vehicle, str) else vehicle, speeds=speeds
    )
    meanings = Meanings(rules)
    tags = {"highway": "residential"} | tags
    number, counted = meanings.way(tuple(map(tags.get, meanings.way_keys)))
    return (None if number < 0 else list(meanings.roads)[number]), counted


def speeds_of(tags, vehicle="car", speeds=None):
    """Return the speeds along and against a way, in km/h; 0: not that way."""
    road, _ = road_and_counted(tags, vehicle, speeds)
    return (0, 0) if road is None else (road.along_kph, road.against_kph)


@pytest.mark.parametrize(
    ("tags", "along", "against"),
    [
        # residential 20 km/h for cars, by limits 0.85 x limit up to 25
        ({}, 20, 20),
        ({"maxspeed": "20"}, 17, 17),
        ({"maxspeed:forward": "20"}, 17, 20),
        ({"maxspeed:backward": "20"}, 20, 17),
        ({"maxspeed:forward": "20", "maxspeed:backward": "10"}, 17, 8.5),
        ({"maxspeed": "20", "oneway": "yes"}, 17, 0),
        ({"maxspeed": "20", "oneway": "-1"}, 0, 17),
        # a limit of 0 closes a direction
        ({"maxspeed:forward": "0"}, 0, 20),
        ({"maxspeed:backward": "0"}, 20, 0),
        ({"maxspeed:backward": "0", "oneway": "yes"}, 20, 0),
        ({"maxspeed": "0", "maxspeed:forward": "20"}, 17, 0),
        ({"maxspeed:forward": "0", "oneway": "yes"}, 0, 0),
        ({"maxspeed": "0"}, 0, 0),
        # surface and lanes change the class speed
        ({"surface": "sett"}, 16, 16),
        ({"lanes": "4"}, 22, 22),
        ({"lanes": "1"}, 16, 16),
        ({"lanes:forward": "2", "lanes": "3"}, 22, 20),
        ({"lanes": "4", "surface": "gravel"}, 16.5, 16.5),
        # with a limit, only how far over the class speed it lifts: 1.25 x 10 and 1.25 x 22
        ({"surface": "sand", "maxspeed": "30"}, 12.5, 12.5),
        ({"surface": "sand", "maxspeed": "10"}, 8.5, 8.5),
        ({"lanes": "4", "maxspeed": "50"}, 27.5, 27.5),
        # lanes of a road that is one-way for the vehicle are all in its direction
        ({"lanes": "2"}, 20, 20),
        ({"lanes": "2", "oneway": "yes"}, 22, 0),
        ({"lanes": "2", "oneway": "-1"}, 0, 22),
        ({"lanes": "1", "oneway": "yes"}, 20, 0),
        # and it is still two-way where a limit closes a direction
        ({"lanes": "1", "maxspeed:backward": "0"}, 16, 0),
    ],
)
def test_a_way_is_driven_at_its_speed_in_each_direction(tags, along, against):
    assert speeds_of(tags) == pytest.approx((along, against))


@pytest.mark.parametrize(
    ("vehicle", "tags", "kph"),
    [
        ("motorcycle", {}, 22),
        ("motorcycle", {"lanes": "4"}, 24.2),
        ("motorcycle", {"surface": "dirt"}, 11),
        ("motorcycle", {"maxspeed": "40"}, 27.5),
        ("motorcycle", {"maxspeed": "40", "maxspeed:motorcycle": "20"}, 17),
        ("motorcycle", {"maxspeed": "40", "maxspeed:motorcar": "20"}, 27.5),
        ("motorcycle", {"highway": "trunk", "maxspeed": "200"}, 62.5),
        ("ebike", {"lanes": "4"}, 18),
        ("ebike", {"lanes": "1"}, 18),
        ("ebike", {"surface": "dirt"}, 9),
        ("ebike", {"maxspeed": "50"}, 22.5),
        ("ebike", {"highway": "trunk", "maxspeed": "50"}, 25),
    ],
)
def test_each_vehicle_has_speeds_of_its_own(vehicle, tags, kph):
    assert speeds_of(tags, vehicle) == pytest.approx((kph, kph))


@pytest.mark.parametrize(
    ("speeds", "tags", "kph"),
    [
        # what the scenario sets for a class is what is driven there
        ({"residential": 30}, {}, 30),
        ({"residential": 30}, {"surface": "sand", "lanes": "1"}, 30),
        ({"residential": 30}, {"maxspeed": "100"}, 37.5),
        ({"residential": 30}, {"maxspeed": "20"}, 17),
        ({"primary": 60}, {}, 20),
        ({"primary": 60}, {"surface": "sand"}, 10),
        # limits as they are, classes as in the table
        ("limits", {"maxspeed": "20", "surface": "sand"}, 20),
        ("limits", {"surface": "sand", "lanes": "1"}, 20),
        ("limits", {"maxspeed": "CN:urban"}, 50),
    ],
)
def test_the_scenario_sets_speeds(speeds, tags, kph):
    assert speeds_of(tags, speeds=speeds) == pytest.approx((kph, kph))


@pytest.mark.parametrize(
    ("tags", "counted"),
    [
        ({}, {"with_assumed_speed"}),
        ({"maxspeed": "50"}, {"with_limit"}),
        ({"maxspeed": "CN:urban"}, {"with_limit", "with_limit_of_zone"}),
        ({"maxspeed": "walk"}, {"with_limit", "with_limit_of_zone"}),
        ({"maxspeed": "signals"}, {"with_assumed_speed"}),
        # with a limit is a way that has one each way it is driven
        ({"maxspeed:forward": "50"}, {"with_assumed_speed"}),
        ({"maxspeed:forward": "50", "oneway": "yes"}, {"with_limit"}),
        ({"maxspeed:backward": "50", "oneway": "yes"}, {"with_assumed_speed"}),
        (
            {"maxspeed:forward": "50", "maxspeed:backward": "0"},
            {"with_limit", "closed_one_way_by_maxspeed_0"},
        ),
        ({"maxspeed:backward": "0"}, {"with_assumed_speed", "closed_one_way_by_maxspeed_0"}),
        ({"maxspeed:backward": "0", "oneway": "yes"}, {"with_assumed_speed"}),
        (
            {"maxspeed": "50", "maxspeed:conditional": "30 @ (22:00-06:00)"},
            {"with_limit", "with_conditional_limit"},
        ),
        (
            {"maxspeed:motorcar:conditional": "30 @ wet"},
            {"with_assumed_speed", "with_conditional_limit"},
        ),
        ({"maxspeed:hgv:conditional": "30 @ wet"}, {"with_assumed_speed"}),
        ({"surface": "sand"}, {"with_assumed_speed", "with_surface_factor"}),
        ({"surface": "asphalt"}, {"with_assumed_speed"}),
        ({"lanes": "4"}, {"with_assumed_speed", "with_lanes_factor"}),
        ({"lanes": "2"}, {"with_assumed_speed"}),
        # of what is no road, only why
        ({"maxspeed": "0", "surface": "sand"}, {"out_maxspeed_0"}),
        ({"access": "no", "maxspeed:conditional": "30 @ wet"}, {"out_access"}),
        ({"oneway": "reversible", "lanes": "4"}, {"out_reversible"}),
    ],
)
def test_what_was_made_of_a_way_is_counted(tags, counted):
    _, told = road_and_counted(tags)
    assert set(told) == {f"ways_{what}" for what in counted}
    assert len(set(told)) == len(told)


def test_factors_that_are_not_applied_are_not_counted():
    tags = {"surface": "sand", "lanes": "4"}
    own = vehicle_like("van", "car", speeds={"residential": 20})
    for road in (
        road_and_counted(tags, speeds="limits"),
        road_and_counted(tags, speeds={"residential": 20}),
        road_and_counted(tags, own),
    ):
        assert road[1] == ("ways_with_assumed_speed",)


def test_the_class_speeds_in_force_are_those_that_are_told_within_the_top_speed():
    own = vehicle_like("cargo", "ebike", speeds={"primary": 30}, top_kph=15)
    told = Meanings(RoadRules(vehicle=own, speeds={"service": 9})).class_speeds()
    assert told["primary"] == told["residential"] == 15
    assert told["service"] == 9
    assert told["footway"] == 8
    assert Meanings(RoadRules(vehicle=CAR)).class_speeds() == dict(CAR.class_kph)


TAGS = st.fixed_dictionaries(
    {"highway": st.sampled_from(["trunk", "residential", "service", "trunk_link", "cycleway"])},
    optional={
        "maxspeed": st.sampled_from(["50", "0", "CN:urban", "none", "30 mph", "40;20"]),
        "maxspeed:forward": st.sampled_from(["30", "0", "signals"]),
        "maxspeed:backward": st.sampled_from(["20", "0"]),
        "maxspeed:motor_vehicle:forward": st.sampled_from(["10", "60"]),
        "maxspeed:bicycle": st.sampled_from(["15"]),
        "lanes": st.sampled_from(["1", "2", "3", "4", "x"]),
        "lanes:forward": st.sampled_from(["1", "2"]),
        "lanes:backward": st.sampled_from(["1", "2"]),
        "surface": st.sampled_from(["sett", "sand", "asphalt"]),
        "oneway": st.sampled_from(["yes", "-1", "no"]),
    },
)
SPEEDS = st.sampled_from([None, "limits", {"trunk": 60.0, "primary": 55.0}])


def turned(tags):
    """Return the tags of a way drawn the other way round."""
    other = {"forward": "backward", "backward": "forward"}
    tags = {":".join(other.get(p, p) for p in key.split(":")): v for key, v in tags.items()}
    if "oneway" in tags:
        tags["oneway"] = {"yes": "-1", "-1": "yes"}.get(tags["oneway"], tags["oneway"])
    return tags


@given(TAGS, st.sampled_from(sorted(VEHICLES)), SPEEDS)
def test_speeds_turn_with_the_way(tags, vehicle, speeds):
    assert speeds_of(turned(tags), vehicle, speeds) == speeds_of(tags, vehicle, speeds)[::-1]
    assert set(road_and_counted(turned(tags), vehicle, speeds)[1]) == set(
        road_and_counted(tags, vehicle, speeds)[1]
    )


@given(TAGS, st.sampled_from(sorted(VEHICLES)), SPEEDS)
def test_a_vehicle_like_another_reads_ways_alike(tags, vehicle, speeds):
    own = vehicle_like("mine", vehicle)
    assert road_and_counted(tags, own, speeds) == road_and_counted(tags, vehicle, speeds)


@given(TAGS, st.sampled_from(sorted(VEHICLES)))
def test_no_speed_is_over_the_limit_or_the_top_speed(tags, vehicle):
    as_limits = speeds_of(tags | {"maxspeed": "36"}, vehicle, "limits")
    usual = speeds_of(tags | {"maxspeed": "36"}, vehicle)
    assert all(slow <= fast for slow, fast in zip(usual, as_limits, strict=True))
    assert max(as_limits) <= VEHICLES[vehicle].top_kph
