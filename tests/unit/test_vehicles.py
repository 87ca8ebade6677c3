"""Vehicles: the known ones, and those of one's own."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import towns
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PlannerError
from planner.inputs import vehicle_of
from planner.roads.vehicles import (
    CAR,
    EBIKE,
    MOTORCYCLE,
    VEHICLES,
    Vehicle,
    vehicle_like,
    vehicle_named,
)
from planner.scenario.tables import ROAD_CLASSES, Scenario, VehicleSettings
from planner.scenario.tables import VEHICLES as NAMES

LINE = {1: (0, 0), 2: (1000, 0), 3: (2000, 0)}


def test_the_vehicles_are_those_a_scenario_may_name():
    assert set(VEHICLES) == set(NAMES)
    assert [vehicle_named(name).name for name in NAMES] == list(NAMES)


def test_a_vehicle_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(PlannerError, match="no vehicle 'tram'; there are car, motorcycle, ebike"):
        vehicle_named("tram")


def test_the_classes_are_those_a_scenario_may_name():
    assert {c for vehicle in VEHICLES.values() for c in vehicle.class_kph} == set(ROAD_CLASSES)


def test_a_motorcycle_uses_what_a_car_uses_but_for_motorways():
    assert set(CAR.class_kph) - set(MOTORCYCLE.class_kph) == {"motorway", "motorway_link"}
    assert set(MOTORCYCLE.class_kph) <= set(CAR.class_kph)
    assert MOTORCYCLE.top_kph == math.inf
    assert EBIKE.top_kph == 25


# --- Of one's own ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VEHICLES)
def test_like_another_without_a_change_is_the_other(name):
    assert replace(vehicle_like("mine", name), name=name) == VEHICLES[name]
    assert vehicle_like("mine", VEHICLES[name]) == vehicle_like("mine", name)


@given(
    st.sampled_from(sorted(VEHICLES)),
    st.dictionaries(st.sampled_from(ROAD_CLASSES), st.floats(1, 100)),
    st.sets(st.sampled_from(ROAD_CLASSES)),
)
def test_what_is_told_holds_and_the_rest_is_like_the_other(like, speeds, closed):
    closed -= speeds.keys()
    own, base = vehicle_like("mine", like, speeds=speeds, closed=closed), VEHICLES[like]
    assert set(own.class_kph) == (set(base.class_kph) | set(speeds)) - closed
    assert {c: own.class_kph[c] for c in speeds} == speeds
    for c in own.class_kph.keys() - own.told_classes:
        assert own.class_kph[c] == base.class_kph[c]
    assert own.classes_on_permission == base.classes_on_permission - set(speeds)


def test_a_speed_holds_for_the_links_of_the_class_above_unless_they_have_one_of_their_own():
    own = vehicle_like("van", "car", speeds={"primary": 30, "secondary": 29, "primary_link": 28})
    assert own.class_kph["trunk_link"] == 30
    assert own.class_kph["primary_link"] == 28
    assert own.class_kph["secondary_link"] == 28  # like tertiary, as a car's
    assert own.told_classes == {"primary", "trunk_link", "secondary", "primary_link"}


def test_a_link_that_may_not_be_used_is_not_opened_by_the_class_below():
    assert "motorway_link" not in vehicle_like("fast", "motorcycle", speeds={"trunk": 60}).class_kph


def test_a_vehicle_like_one_of_ones_own_keeps_what_was_told():
    first = vehicle_like("van", "car", speeds={"primary": 30}, surfaces={"sett": 0.7})
    second = vehicle_like("truck", first, closed=["residential"], top_kph=80)
    assert second.class_kph["primary"] == 30
    assert second.told_classes == first.told_classes
    assert second.surface_factors["sett"] == 0.7
    assert (second.name, second.top_kph) == ("truck", 80)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"like": "tram"}, "no vehicle 'tram'"),
        ({"speeds": {"residental": 20}}, "residental is no class of roads; did you mean resid"),
        ({"closed": ["steps"]}, "steps is no class of roads$"),
        ({"speeds": {"trunk": 50}, "closed": ["trunk"]}, "trunk is closed and has a speed"),
        ({"speeds": {"trunk": 0}}, "trunk must be more than 0, not 0"),
        ({"top_kph": -1}, "top_kph must be more than 0, not -1"),
        ({"surfaces": {"sand": math.nan}}, "sand must be more than 0, not nan"),
    ],
)
def test_what_can_not_be_is_refused(options, message):
    with pytest.raises(PlannerError, match=message):
        vehicle_like("mine", **({"like": "car"} | options))


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(PlannerError) as caught:
        vehicle_like("mine", "car", speeds={"a": 1, "trunk": 2}, closed=["trunk"], top_kph=0)
    assert str(caught.value).count(";") == 2
    assert str(caught.value).startswith("vehicle 'mine': ")


# --- On roads -------------------------------------------------------------------------------------


def times_s(ways, vehicle: Vehicle, **options):
    """Return the time over each street of a line of roads, in seconds; 1 km at 36 km/h takes 100 s."""
    network = towns.network(LINE, ways, vehicle=vehicle, **{"speeds": None} | options)
    assert network.vehicle == vehicle.name
    return sorted({round(t) for t in network.edge_time_s})


NO_LIMIT = {"maxspeed": ""}


def test_an_own_speed_is_driven_whatever_the_surface_and_the_lanes():
    tags = {**NO_LIMIT, "highway": "primary", "surface": "sand", "lanes": "1"}
    own = vehicle_like("van", "car", speeds={"primary": 36})
    assert times_s([([1, 2], tags)], own) == [100]
    assert times_s([([1, 2], tags)], own, speeds={"primary": 72}) == [100]
    # a car's 38 x 0.5 x 0.8 = 15.2 km/h
    assert times_s([([1, 2], tags)], CAR) == [237]


def test_a_class_that_the_other_may_not_use_is_opened_by_a_speed():
    footway = [([1, 2], {**NO_LIMIT, "highway": "footway"}), ([2, 3], NO_LIMIT)]
    assert times_s(footway, EBIKE) == [200]  # residential: 18 km/h
    walker = vehicle_like("walker", "ebike", speeds={"footway": 6}, top_kph=6)
    assert times_s(footway, walker) == [600]
    car = vehicle_like("cart", "car", speeds={"cycleway": 18})
    cycleway = [([1, 2], {**NO_LIMIT, "highway": "cycleway"})]
    assert times_s(cycleway, car) == [200]
    # it is a road as any other: closed where a tag says so
    shut = [([1, 2], {**NO_LIMIT, "highway": "cycleway", "motor_vehicle": "no"}), ([2, 3], {})]
    assert times_s(shut, car, speeds="limits") == [100]


def test_a_closed_class_is_no_road():
    ways = [([1, 2], {"highway": "trunk"}), ([2, 3], {})]
    assert towns.network(LINE, ways, vehicle=CAR).length_m == pytest.approx(2000, abs=1)
    own = vehicle_like("tricycle", "car", closed=["trunk"])
    network = towns.network(LINE, ways, vehicle=own)
    assert network.length_m == pytest.approx(1000, abs=1)
    assert network.source.counts["ways_out_class"] == 1


def test_own_tags_decide_about_access_one_ways_and_limits():
    own = vehicle_like(
        "cargo", "ebike", access=["cargo_bike", "bicycle"], one_ways=["oneway:cargo"]
    )
    shut = [([1, 2], {"cargo_bike": "no", "bicycle": "yes"}), ([2, 3], {"access": "no"})]
    # the second is open: `access` is none of its tags
    network = towns.network(LINE, shut, vehicle=own)
    assert network.shape_way[0] == towns.FIRST_WAY + 1
    assert network.n_streets == 1
    ways = [([1, 2], {"oneway": "yes"}), ([2, 3], {"oneway:cargo": "yes"})]
    assert towns.network(LINE, ways, vehicle=own).n_edges == 3
    # 36 km/h for all, 18 for it: 200 s
    slow = [([1, 2], {"maxspeed:cargo_bike": "18"})]
    assert times_s(slow, own, speeds="limits") == [200]


def test_an_own_top_speed_and_surface_hold():
    own = vehicle_like("slow", "ebike", top_kph=12, surfaces={"sand": 0.25, "asphalt": 0.9})
    assert times_s([([1, 2], NO_LIMIT)], own) == [300]
    # 18 x 0.25 = 4.5 km/h
    assert times_s([([1, 2], {**NO_LIMIT, "surface": "sand"})], own) == [800]
    quick = vehicle_like("quick", "ebike", top_kph=45)
    assert times_s([([1, 2], {"maxspeed": "45"})], quick, speeds="limits") == [80]


# --- In a scenario --------------------------------------------------------------------------------


def scenario_of(vehicle, **vehicles):
    """Return a scenario whose fleet drives a vehicle."""
    return Scenario.model_validate(
        {
            "name": "town",
            "network": {"file": "roads.osm"},
            "fleets": [{"vehicle": vehicle}],
            "vehicles": vehicles,
            "demand": {"file": "demand.csv"},
            "sites": {"file": "sites.csv"},
            "placement": {},
            "path": "town.toml",
            "folder": ".",
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_fleet_drives_a_known_vehicle(name):
    assert vehicle_of(scenario_of(name)) is VEHICLES[name]


def test_a_fleet_drives_a_vehicle_of_the_scenarios_own_with_all_that_is_told():
    told = {
        "like": "ebike",
        "top_kph": 20.0,
        "speeds": {"footway": 6.0},
        "closed": ["trunk"],
        "access": ["bicycle", "access"],
        "one_ways": ["oneway"],
        "surfaces": {"sett": 0.6},
    }
    assert set(told) == set(VehicleSettings.model_fields)
    vehicle = vehicle_of(scenario_of("cargo", cargo=told))
    assert vehicle == vehicle_like("cargo", **told)
    assert vehicle.name == "cargo"
    assert vehicle.top_kph == 20
    assert vehicle.class_kph["footway"] == 6
    assert "trunk" not in vehicle.class_kph
    assert vehicle.access_keys == ("bicycle", "access")
    assert vehicle.oneway_keys == ("oneway",)
    assert vehicle.surface_factors["sett"] == 0.6
