"""Laws of places with few persons: a map never tells them apart."""

from __future__ import annotations

import numpy as np
from browser.towns import make_demand, scenario
from hypothesis import given
from hypothesis import strategies as st

from planner.persons import ShownDemand, shown_demand
from planner.points import Demand

LEAST = st.integers(1, 30)


@st.composite
def populations(draw: st.DrawFn) -> Demand:
    """Return places near each other, often at the same spot, in up to three districts."""
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 25), st.integers(0, 2)),
            min_size=1,
            max_size=40,
        )
    )
    x, y, persons, district = np.array(spots).T
    return make_demand(
        120.0 + x / 1000,
        30.0 + y / 1000,
        weight=persons.astype(float),
        name=[f"n{i}" for i in range(x.size)],
        district=[f"d{k}" for k in district],
    )


def shown(demand: Demand, least: int) -> ShownDemand:
    asked = scenario(
        demand={"file": "demand.csv", "unit": "persons"}, map={"fewest_persons": least}
    )
    return shown_demand(demand, asked)


def persons_by(key: list[object], demand: Demand) -> dict[object, float]:
    persons: dict[object, float] = {}
    for k, weight in zip(key, demand.weight, strict=True):
        persons[k] = persons.get(k, 0.0) + weight
    return persons


@given(populations(), LEAST)
def test_no_position_and_no_text_stands_for_fewer_persons_than_asked(demand: Demand, least: int):
    found = shown(demand, least)
    together = min(least, demand.weight.sum())
    for key in (
        list(zip(found.lon, found.lat, strict=True)),
        found.group.tolist(),
        found.id.tolist(),
        found.district.tolist(),
    ):
        persons = persons_by(key, demand)
        assert min(persons.values()) >= together
        assert sum(persons.values()) == demand.weight.sum()
    own_name = found.name == demand.name
    assert (demand.weight[own_name] >= least).all()


@given(populations(), LEAST)
def test_who_has_enough_persons_stays_where_it_is(demand: Demand, least: int):
    found = shown(demand, least)
    is_large = demand.weight >= least
    for part in ("lon", "lat", "id", "name", "district"):
        assert (getattr(found, part)[is_large] == getattr(demand, part)[is_large]).all()


@given(populations(), LEAST)
def test_a_group_keeps_to_its_district_where_that_has_enough_persons(demand: Demand, least: int):
    found = shown(demand, least)
    before, after = (persons_by(list(d.district), demand) for d in (demand, found))
    if min(before.values()) >= least:
        assert before == after


@given(populations(), LEAST)
def test_equal_demand_is_shown_equally(demand: Demand, least: int):
    one, two = shown(demand, least), shown(demand, least)
    for part in ("group", "lon", "lat", "id"):
        assert (getattr(one, part) == getattr(two, part)).all()


def test_without_persons_nothing_is_merged():
    demand = make_demand(np.array([120.0, 120.1]), np.array([30.0, 30.0]))
    found = shown_demand(demand, scenario())
    assert not found.is_merged.any()
    assert found.lon is demand.lon


def test_small_places_stand_at_their_weighted_middle():
    # 6 at 0, 3 at 0.003 degrees: the middle of all is at 0.001
    demand = make_demand(
        np.array([120.0, 120.003]), np.array([30.0, 30.0]), weight=np.array([6.0, 3.0])
    )
    found = shown(demand, 9)
    assert np.allclose(found.lon, 120.001)
    assert list(found.id) == ["+1", "+1"]
    assert list(found.name) == ["", ""]
