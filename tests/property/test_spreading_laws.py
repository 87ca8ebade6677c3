import itertools
import math
from fractions import Fraction

import numpy as np
import shapely
import towns
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.errors import NetworkError
from planner.points import Demand
from planner.spreading import spread_over_roads

METRE = 1e-5
"""A metre in degrees, or a little more."""
corners = st.tuples(st.floats(-100, 500), st.floats(-100, 400))
weights = st.one_of(st.floats(0, 1e6), st.integers(1, 10**6).map(float))


@st.composite
def areas(draw):
    """Return the area round some corners, in degrees."""
    places = draw(st.lists(corners, min_size=3, max_size=6))
    shape = shapely.MultiPoint([towns.degrees(*place) for place in places]).convex_hull
    assume(shape.geom_type == "Polygon")
    return shape


@st.composite
def spreads(draw):
    """Return demand of a few areas, a town and the demand spread over its roads."""
    town = draw(towns.small_towns())
    try:
        network = towns.network(*town)
    except NetworkError:  # no road is left that a car may use
        assume(False)
    shapes = draw(st.lists(areas(), min_size=1, max_size=3))
    n = len(shapes)
    demand = Demand(
        id=np.array([f"T{i}" for i in range(n)], dtype=object),
        lon=np.array([s.centroid.x for s in shapes]),
        lat=np.array([s.centroid.y for s in shapes]),
        weight=np.array(draw(st.lists(weights, min_size=n, max_size=n))),
        name=np.full(n, "", dtype=object),
        district=np.full(n, "", dtype=object),
        area=np.array([*shapes, None], dtype=object)[:n],
        file="demand.geojson",
    )
    return demand, network, spread_over_roads(demand, network)


def pieces_of(spread, name):
    return np.array([i == name or i.startswith(f"{name}/") for i in spread.id])


@given(spreads())
def test_weight_is_kept_exactly_in_any_order_and_ids_are_unique(case):
    demand, _, spread = case
    assert spread.id.tolist() == sorted(set(spread.id))
    for name, weight in zip(demand.id, demand.weight.tolist(), strict=True):
        parts = spread.weight[pieces_of(spread, name)].tolist()
        assert sum(map(Fraction, parts)) == Fraction(weight)
        assert sum(parts) == sum(reversed(parts)) == math.fsum(parts) == weight
        assert min(parts) >= 0


@towns.FEWER
@given(spreads())
def test_every_point_is_in_its_area_and_on_a_road_if_there_is_one(case):
    demand, network, spread = case
    corners = np.column_stack([network.shape_lon, network.shape_lat])
    roads = shapely.union_all(
        [
            shapely.LineString(corners[a:b])
            for (a, b), is_gate in zip(
                itertools.pairwise(network.shape_start), network.is_gate, strict=True
            )
            if not is_gate
        ]
    )
    for name, shape in zip(demand.id, demand.area, strict=True):
        for i in np.flatnonzero(pieces_of(spread, name)):
            point = shapely.Point(spread.lon[i], spread.lat[i])
            assert shape.distance(point) < METRE
            assert spread.id[i] == name or roads.distance(point) < METRE / 100
        if name in spread.id:  # so it stays whole
            assert roads.intersection(shape).length < METRE
