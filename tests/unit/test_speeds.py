"""How fast: maxspeed, class defaults, what a scenario sets."""

from __future__ import annotations

import pytest

from planner.roads.speeds import limit_kph, speed_kph
from planner.roads.vehicles import CAR, EBIKE


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("50", 50.0),
        ("7.5", 7.5),
        ("0", 0.0),
        ("50 km/h", 50.0),
        ("50km/h", 50.0),
        ("50 kph", 50.0),
        ("30 mph", 30 * 1.609344),
        ("30mph", 30 * 1.609344),
        ("30 MPH", 30 * 1.609344),
        ("10 knots", 18.52),
        (" 60 ", 60.0),
        # of several the lowest; words among them don't count
        ("60;40", 40.0),
        ("60; signals", 60.0),
        ("40;20 mph", 20 * 1.609344),
        # words are untagged
        (None, None),
        ("", None),
        ("none", None),
        ("walk", None),
        ("CN:urban", None),
        ("-50", None),
        ("50,60", None),
        ("fifty", None),
        ("1e3", None),
    ],
)
def test_a_tagged_limit_in_kmh(text, kph):
    assert limit_kph(text) == (None if kph is None else pytest.approx(kph, abs=1e-12))


@pytest.mark.parametrize(
    ("road_class", "car", "ebike"),
    [
        ("trunk", 50, 22),
        ("primary", 38, 20),
        ("secondary", 32, 20),
        ("tertiary", 28, 20),
        ("unclassified", 25, 20),
        ("residential", 20, 18),
        ("living_street", 10, 12),
        ("service", 12, 12),
        ("road", 20, 18),
        ("track", 12, 12),
        ("pedestrian", 6, 6),
        # a link drives like the class below
        ("trunk_link", 38, 20),
        ("primary_link", 32, 20),
        ("secondary_link", 28, 20),
        ("tertiary_link", 25, 20),
    ],
)
def test_an_untagged_road_has_the_speed_of_its_class(road_class, car, ebike):
    for maxspeed in (None, "CN:urban"):
        assert speed_kph(road_class, maxspeed, CAR, None) == car
        assert speed_kph(road_class, maxspeed, EBIKE, None) == ebike


def test_motorways_and_cycleways_have_a_speed_for_who_may_use_them():
    assert speed_kph("motorway", None, CAR, None) == 80
    assert speed_kph("motorway_link", None, CAR, None) == 50
    assert speed_kph("cycleway", None, EBIKE, None) == 18
    assert speed_kph("path", None, EBIKE, None) == speed_kph("bridleway", None, EBIKE, None) == 12
    assert speed_kph("footway", None, EBIKE, None) == 8


@pytest.mark.parametrize(
    ("maxspeed", "speeds", "car", "ebike"),
    [
        # residential: a car's class speed is 20, an e-bike's 18; 0.85 x 20 = 17, 1.25 x 20 = 25, 1.25 x 18 = 22.5
        ("20", None, 17.0, 17.0),
        ("30", None, 25.0, 22.5),  # 0.85 x 30 = 25.5
        ("29", None, 24.65, 22.5),
        ("10", None, 8.5, 8.5),
        ("0", None, 0.0, 0.0),
        # the class speed of the scenario takes the place of ours
        (None, {"residential": 30}, 30.0, 25.0),
        ("100", {"residential": 30}, 37.5, 25.0),
        ("20", {"residential": 30}, 17.0, 17.0),
        (None, {"primary": 60}, 20.0, 18.0),
        # limits as they are
        ("20", "limits", 20.0, 20.0),
        ("90", "limits", 90.0, 25.0),
        (None, "limits", 20.0, 18.0),
        ("0", "limits", 0.0, 0.0),
    ],
)
def test_a_limit_and_the_scenario_bound_the_speed(maxspeed, speeds, car, ebike):
    assert speed_kph("residential", maxspeed, CAR, speeds) == pytest.approx(car)
    assert speed_kph("residential", maxspeed, EBIKE, speeds) == pytest.approx(ebike)


def test_a_speed_set_for_a_class_holds_for_the_links_of_the_class_above():
    assert speed_kph("trunk_link", None, CAR, {"primary": 60}) == 60
    assert speed_kph("primary", None, CAR, {"primary": 60}) == 60
    assert speed_kph("trunk", None, CAR, {"primary": 60}) == 50
    # and one for the link itself goes before it
    assert speed_kph("trunk_link", None, CAR, {"primary": 60, "trunk_link": 44}) == 44


def test_an_ebike_never_goes_faster_than_25():
    assert speed_kph("trunk", "120", EBIKE, {"trunk": 90}) == 25
    assert speed_kph("trunk", "25", EBIKE, "limits") == 25
    assert speed_kph("trunk", "24", EBIKE, "limits") == 24
