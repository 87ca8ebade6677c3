"""How fast: tagged limits, class speeds, surfaces, lanes, what a scenario sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.roads.speeds import (
    Limit,
    class_speed_kph,
    conditional_keys,
    lanes_factor,
    limit_keys,
    limit_of,
    speed_keys,
    speed_kph,
    surface_factor,
    tagged_limit,
    takes_factors,
)
from planner.roads.vehicles import CAR, EBIKE, MOTORCYCLE, SURFACE_FACTORS, VEHICLES, vehicle_like

MPH = 1.609344


def kph_of(text):
    """Return the limit that a text says, in km/h."""
    limit = limit_of(text)
    return None if limit is None else limit.kph


# --- Limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50.0),
        ("7.5", 7.5),
        ("0", 0.0),
        ("1", 1.0),
        ("0.99", None),
        ("0.000000000000000000000000001", None),
        ("1000", 1000.0),
        ("1001", None),
        ("9" * 400, None),
        ("50 km/h", 50.0),
        ("50km/h", 50.0),
        ("50 kmh", 50.0),
        ("50 kph", 50.0),
        ("30 mph", 30 * MPH),
        ("30mph", 30 * MPH),
        ("30 MPH", 30 * MPH),
        ("10 knots", 18.52),
        (" 60 ", 60.0),
        # of several the lowest; words among them don't count
        ("60;40", 40.0),
        ("50,60", 50.0),
        ("80|60|60", 60.0),
        ("120|100|", 100.0),
        ("60; signals", 60.0),
        ("40;20 mph", 20 * MPH),
        ("50;walk", 6.0),
        ("CN:rural;60", 60.0),
        ("CN:urban;60", 50.0),
        ("50;0", 0.0),
        # zones and words with a number
        ("CN:urban", 50.0),
        ("cn:rural", 70.0),
        ("DE:zone:30", 30.0),
        ("walk", 6.0),
        ("living_street", 10.0),
        ("DE:living_street", 10.0),
        # other words say none
        (None, None),
        ("", None),
        (";", None),
        ("none", None),
        ("signals", None),
        ("variable", None),
        ("sign", None),
        ("implicit", None),
        ("DE:motorway", None),
        ("XX:urban", None),
        ("-50", None),
        ("fifty", None),
        ("1e3", None),
        ("50.", None),
        ("٥٠", None),  # digits, but not ours
        ("50 km", None),
        ("30 @ (22:00-06:00)", None),
    ],
)
def test_a_text_says_a_limit_in_kmh_or_none(text, kph):
    assert kph_of(text) == (None if kph is None else pytest.approx(kph, abs=1e-12))


def test_a_limit_says_whether_it_is_that_of_a_zone():
    assert limit_of("50") == Limit(50.0, is_of_zone=False)
    assert limit_of("CN:urban") == Limit(50.0, is_of_zone=True)
    assert limit_of("CN:urban;40") == Limit(40.0, is_of_zone=False)
    assert limit_of("CN:urban;60") == Limit(50.0, is_of_zone=True)


PARTS = st.sampled_from(
    ["50", "7.5", "30 mph", "10 knots", "CN:urban", "walk", "none", "signals", "", "0", "DE:30"]
)


@given(st.lists(PARTS, min_size=1, max_size=5), st.sampled_from(";,|"))
def test_the_limit_of_a_list_is_the_least_of_its_parts(parts, separator):
    said = [kph for part in parts if (kph := kph_of(part)) is not None]
    assert kph_of(separator.join(parts)) == min(said, default=None)


@given(st.floats(1, 300).map(lambda kph: round(kph, 3)), st.sampled_from(["", " km/h", " mph"]))
def test_a_number_is_itself_in_its_unit(number, unit):
    assert kph_of(f"{number:.3f}{unit}") == pytest.approx(number * (MPH if "mph" in unit else 1))


def both_ways(tags, vehicle=CAR):
    """Return the limits along a way and against it, in km/h."""
    limits = [tagged_limit(tags, vehicle, backward=backward) for backward in (False, True)]
    return tuple(None if limit is None else limit.kph for limit in limits)


@pytest.mark.parametrize(
    ("tags", "limits"),
    [
        ({}, (None, None)),
        ({"maxspeed": "50"}, (50, 50)),
        ({"maxspeed:forward": "70"}, (70, None)),
        ({"maxspeed:backward": "70"}, (None, 70)),
        ({"maxspeed": "50", "maxspeed:forward": "70"}, (70, 50)),
        ({"maxspeed": "50", "maxspeed:forward": "70", "maxspeed:backward": "80"}, (70, 80)),
        # the vehicle's own first, the most specific of them first of all
        ({"maxspeed": "50", "maxspeed:motorcar": "40"}, (40, 40)),
        ({"maxspeed:forward": "50", "maxspeed:motorcar": "40"}, (40, 40)),
        ({"maxspeed:motorcar": "40", "maxspeed:motorcar:backward": "30"}, (40, 30)),
        ({"maxspeed:motor_vehicle": "40", "maxspeed:motorcar": "60"}, (60, 60)),
        ({"maxspeed:motor_vehicle:forward": "40", "maxspeed:motorcar": "60"}, (60, 60)),
        ({"maxspeed:vehicle": "40", "maxspeed": "60"}, (40, 40)),
        ({"maxspeed:access": "40", "maxspeed": "60"}, (60, 60)),
        ({"maxspeed:hgv": "40", "maxspeed": "60"}, (60, 60)),
        ({"maxspeed:bicycle": "20", "maxspeed": "60"}, (60, 60)),
        # what the limit is for comes last, in this order
        ({"maxspeed:type": "DE:urban", "zone:maxspeed": "DE:30"}, (50, 50)),
        ({"zone:maxspeed": "DE:30", "source:maxspeed": "DE:rural"}, (30, 30)),
        ({"source:maxspeed": "DE:rural"}, (100, 100)),
        ({"maxspeed": "60", "source:maxspeed": "DE:urban"}, (60, 60)),
        ({"maxspeed:backward": "60", "source:maxspeed": "DE:urban"}, (50, 60)),
        # one that says none is gone over
        ({"maxspeed": "none", "source:maxspeed": "DE:rural"}, (100, 100)),
        ({"maxspeed": "signals", "maxspeed:type": "sign"}, (None, None)),
        ({"maxspeed:forward": "signals", "maxspeed": "60"}, (60, 60)),
        ({"maxspeed:motorcar": "none", "maxspeed": "60"}, (60, 60)),
        # limits that hold at times, by lane or in the wet don't count
        ({"maxspeed:conditional": "30 @ (22:00-06:00)"}, (None, None)),
        ({"maxspeed:lanes": "80|60", "maxspeed:wet": "60", "maxspeed:advised": "40"}, (None, None)),
        # 0 is a limit
        ({"maxspeed": "50", "maxspeed:backward": "0"}, (50, 0)),
    ],
)
def test_the_first_tag_that_says_a_limit_counts(tags, limits):
    assert both_ways(tags) == limits


def test_each_vehicle_heeds_limits_of_its_own():
    tags = {"maxspeed": "60", "maxspeed:motorcycle": "50", "maxspeed:bicycle": "20"}
    assert both_ways(tags, CAR) == (60, 60)
    assert both_ways(tags, MOTORCYCLE) == (50, 50)
    assert both_ways(tags, EBIKE) == (20, 20)
    assert both_ways({"maxspeed": "60", "maxspeed:mofa": "25"}, EBIKE) == (25, 25)
    assert both_ways({"maxspeed": "60", "maxspeed:motor_vehicle": "50"}, EBIKE) == (60, 60)


def turned(tags):
    """Return the tags of a way drawn the other way round."""
    other = {"forward": "backward", "backward": "forward"}
    return {":".join(other.get(p, p) for p in key.split(":")): v for key, v in tags.items()}


LIMIT_TAGS = st.dictionaries(
    st.sampled_from([*limit_keys(CAR, backward=False), *limit_keys(CAR, backward=True)]), PARTS
)


@given(LIMIT_TAGS)
def test_limits_turn_with_the_way(tags):
    assert both_ways(turned(tags)) == both_ways(tags)[::-1]


@pytest.mark.parametrize("vehicle", VEHICLES.values(), ids=VEHICLES)
def test_every_tag_that_decides_about_speed_is_among_those_that_are_read(vehicle):
    keys = set(speed_keys(vehicle))
    assert {*limit_keys(vehicle, backward=True), *limit_keys(vehicle, backward=False)} <= keys
    assert {"maxspeed", "zone:maxspeed", "surface", "maxspeed:conditional"} <= keys
    assert f"maxspeed:{vehicle.access_keys[0]}:conditional" in conditional_keys(vehicle)
    assert ("lanes:backward" in keys) == (vehicle is not EBIKE)
    assert not any("access" in key for key in keys)


# --- Class speeds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("road_class", "car", "motorcycle", "ebike"),
    [
        ("trunk", 50, 50, 22),
        ("primary", 38, 38, 20),
        ("secondary", 32, 33, 20),
        ("tertiary", 28, 30, 20),
        ("unclassified", 25, 27, 20),
        ("residential", 20, 22, 18),
        ("living_street", 10, 12, 12),
        ("service", 12, 14, 12),
        ("road", 20, 22, 18),
        ("track", 12, 14, 12),
        ("pedestrian", 6, 6, 6),
        # a link drives like the class below
        ("trunk_link", 38, 38, 20),
        ("primary_link", 32, 33, 20),
        ("secondary_link", 28, 30, 20),
        ("tertiary_link", 25, 27, 20),
    ],
)
def test_every_class_has_a_speed(road_class, car, motorcycle, ebike):
    assert class_speed_kph(road_class, CAR, None) == car
    assert class_speed_kph(road_class, MOTORCYCLE, None) == motorcycle
    assert class_speed_kph(road_class, EBIKE, "limits") == ebike


def test_motorways_and_cycleways_have_a_speed_for_who_may_use_them():
    assert class_speed_kph("motorway", CAR, None) == 80
    assert class_speed_kph("motorway_link", CAR, None) == 50
    assert class_speed_kph("cycleway", EBIKE, None) == 18
    assert class_speed_kph("path", EBIKE, None) == class_speed_kph("bridleway", EBIKE, None) == 12
    assert class_speed_kph("footway", EBIKE, None) == 8


def test_a_speed_set_for_a_class_holds_for_the_links_of_the_class_above():
    assert class_speed_kph("trunk_link", CAR, {"primary": 60}) == 60
    assert class_speed_kph("primary", CAR, {"primary": 60}) == 60
    assert class_speed_kph("trunk", CAR, {"primary": 60}) == 50
    # and one for the link itself goes before it
    assert class_speed_kph("trunk_link", CAR, {"primary": 60, "trunk_link": 44}) == 44


def test_what_is_told_for_the_vehicle_goes_before_what_is_told_for_all():
    own = vehicle_like("van", "car", speeds={"primary": 44})
    assert class_speed_kph("primary", own, {"primary": 60, "secondary": 50}) == 44
    assert class_speed_kph("trunk_link", own, {"primary": 60}) == 44
    assert class_speed_kph("secondary", own, {"primary": 60, "secondary": 50}) == 50
    assert class_speed_kph("residential", own, {"primary": 60}) == 20


def test_surface_and_lanes_change_no_speed_that_is_told_and_none_with_limits():
    own = vehicle_like("van", "car", speeds={"primary": 44})
    assert takes_factors("primary", CAR, None)
    assert takes_factors("primary", CAR, {"secondary": 30})
    assert takes_factors("secondary", own, None)
    assert not takes_factors("primary", CAR, {"primary": 30})
    assert not takes_factors("trunk_link", CAR, {"primary": 30})
    assert not takes_factors("primary", own, None)
    assert not takes_factors("trunk_link", own, None)
    assert not takes_factors("primary", CAR, "limits")


@pytest.mark.parametrize(
    ("surface", "factor"),
    [
        (None, 1),
        ("asphalt", 1),
        ("concrete", 1),
        ("paved", 1),
        ("chipseal", 1),
        ("a word nobody knows", 1),
        ("sett", 0.8),
        ("paving_stones", 0.8),
        ("cobblestone", 0.8),
        ("unhewn_cobblestone", 0.8),
        ("metal", 0.8),
        ("wood", 0.8),
        ("compacted", 0.75),
        ("fine_gravel", 0.75),
        ("gravel", 0.75),
        ("pebblestone", 0.75),
        ("unpaved", 0.75),
        ("ground", 0.5),
        ("dirt", 0.5),
        ("earth", 0.5),
        ("grass", 0.5),
        ("grass_paver", 0.5),
        ("mud", 0.5),
        ("sand", 0.5),
        ("woodchips", 0.5),
        ("snow", 0.5),
        ("ice", 0.5),
        ("rock", 0.5),
        (" Gravel ", 0.75),
        ("asphalt;gravel", 1),
    ],
)
def test_a_surface_has_a_factor(surface, factor):
    tags = {} if surface is None else {"surface": surface}
    assert {surface_factor(tags, vehicle) for vehicle in VEHICLES.values()} == {factor}


def test_no_surface_is_known_that_the_rules_do_not_name():
    assert len(SURFACE_FACTORS) == 6 + 5 + 11
    own = vehicle_like("scooter", "ebike", surfaces={"sett": 0.6, "tartan": 1.2})
    assert surface_factor({"surface": "sett"}, own) == 0.6
    assert surface_factor({"surface": "tartan"}, own) == 1.2
    assert surface_factor({"surface": "gravel"}, own) == 0.75


@pytest.mark.parametrize(
    ("tags", "two_way", "one_way"),
    [
        # factors along and against a two-way road, and along a one-way one
        ({}, (1, 1), 1),
        ({"lanes": "1"}, (0.8, 0.8), 1),
        ({"lanes": "2"}, (1, 1), 1.1),
        ({"lanes": "3"}, (1, 1), 1.1),
        ({"lanes": "4"}, (1.1, 1.1), 1.1),
        ({"lanes": "3", "lanes:forward": "2"}, (1.1, 1), 1.1),
        ({"lanes:forward": "2"}, (1.1, 1), 1.1),
        ({"lanes:backward": "2"}, (1, 1.1), 1),
        ({"lanes": "4", "lanes:forward": "1", "lanes:backward": "3"}, (1, 1.1), 1),
        ({"lanes": "1", "lanes:forward": "2"}, (1.1, 0.8), 1.1),
        ({"lanes": " 4 "}, (1.1, 1.1), 1.1),
        # what is no whole number says nothing
        ({"lanes": "1.5"}, (1, 1), 1),
        ({"lanes": "2;3"}, (1, 1), 1),
        ({"lanes": "many"}, (1, 1), 1),
        ({"lanes": "0"}, (1, 1), 1),
        ({"lanes": "4", "lanes:forward": "?"}, (1.1, 1.1), 1.1),
        ({"lanes:psv": "2", "lanes": "2"}, (1, 1), 1.1),
    ],
)
def test_lanes_have_a_factor_in_each_direction(tags, two_way, one_way):
    for road_class in ("primary", "residential"):
        tags = {**tags, "highway": road_class}
        both = tuple(
            lanes_factor(tags, CAR, backward=way, is_two_way=True) for way in (False, True)
        )
        assert both == two_way
        assert lanes_factor(tags, MOTORCYCLE, backward=False, is_two_way=False) == one_way
        assert lanes_factor(tags, EBIKE, backward=False, is_two_way=False) == 1


@pytest.mark.parametrize(
    ("road_class", "factor"),
    [
        ("motorway", 1),
        ("trunk", 1.1),
        ("primary", 1.1),
        ("secondary", 1.1),
        ("tertiary", 1.1),
        ("unclassified", 1.1),
        ("residential", 1.1),
        ("service", 1),
        ("living_street", 1),
        ("trunk_link", 1),
    ],
)
def test_lanes_count_on_some_classes(road_class, factor):
    tags = {"highway": road_class, "lanes": "4"}
    assert lanes_factor(tags, CAR, backward=True, is_two_way=True) == factor


# --- Speeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "car", "ebike"),
    [
        # residential: a car's class speed is 20, an e-bike's 18; 0.85 x 20 = 17, 1.25 x 20 = 25, 1.25 x 18 = 22.5
        (None, 20.0, 18.0),
        (20, 17.0, 17.0),
        (30, 25.0, 22.5),  # 0.85 x 30 = 25.5
        (29, 24.65, 22.5),
        (10, 8.5, 8.5),
        (0, 0.0, 0.0),
    ],
)
def test_a_limit_and_the_class_bound_the_speed(limit, car, ebike):
    assert speed_kph(20.0, limit, CAR, as_limits=False) == pytest.approx(car)
    assert speed_kph(18.0, limit, EBIKE, as_limits=False) == pytest.approx(ebike)


@pytest.mark.parametrize(
    ("limit", "car", "ebike"), [(None, 20, 20), (20, 20, 20), (90, 90, 25), (0, 0, 0)]
)
def test_limits_are_driven_as_they_are_where_the_scenario_says_so(limit, car, ebike):
    assert speed_kph(20.0, limit, CAR, as_limits=True) == car
    assert speed_kph(20.0, limit, EBIKE, as_limits=True) == ebike


def test_an_ebike_never_goes_faster_than_25():
    assert speed_kph(90.0, 120.0, EBIKE, as_limits=False) == 25
    assert speed_kph(90.0, None, EBIKE, as_limits=False) == 25
    assert speed_kph(20.0, 25.0, EBIKE, as_limits=True) == 25
    assert speed_kph(20.0, 24.0, EBIKE, as_limits=True) == 24
    assert speed_kph(90.0, None, MOTORCYCLE, as_limits=False) == 90


@given(
    st.floats(1, 130),
    st.floats(0, 200),
    st.sampled_from([0.5, 0.75, 0.8, 0.88, 1.0, 1.1, 3.0]),
    st.booleans(),
    st.sampled_from(list(VEHICLES.values())),
)
def test_no_factor_lifts_a_speed_over_the_limit(by_class, limit, factor, as_limits, vehicle):
    assert speed_kph(by_class * factor, limit, vehicle, as_limits=as_limits) <= limit


@given(st.floats(1, 130), st.floats(1, 130), st.floats(0, 200), st.booleans())
def test_a_faster_class_is_never_slower(one, other, limit, is_tagged):
    limit = limit if is_tagged else None
    slow, fast = sorted([one, other])
    assert speed_kph(slow, limit, CAR, as_limits=False) <= speed_kph(
        fast, limit, CAR, as_limits=False
    )
