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
def test_weight_is_kept_exactly_in_any_order(case):
    demand, _, spread = case
    for name, weight in zip(demand.id, demand.weight.tolist(), strict=True):
        parts = spread.weight[pieces_of(spread, name)].tolist()
        assert sum(map(Fraction, parts)) == Fraction(weight)
        assert sum(parts) == sum(reversed(parts)) == math.fsum(parts) == weight
        assert min(parts) >= 0


@given(spreads())
def test_every_point_is_in_its_area_and_on_a_road(case):
    demand, network, spread = case
    starts = network.shape_start
    lines = [
        shapely.LineString(np.column_stack([network.shape_lon[a:b], network.shape_lat[a:b]]))
        for a, b in itertools.pairwise(starts)
    ]
    roads = shapely.union_all(lines)
    for name, shape in zip(demand.id, demand.area, strict=True):
        for i in np.flatnonzero(pieces_of(spread, name)):
            point = shapely.Point(spread.lon[i], spread.lat[i])
            assert shape.distance(point) < METRE
            if spread.id[i] != name:
                assert roads.distance(point) < METRE / 100


@given(spreads())
def test_ids_are_unique_and_in_order(case):
    _, _, spread = case
    assert spread.id.tolist() == sorted(set(spread.id))


@given(spreads())
def test_an_area_stays_whole_only_where_it_has_no_road(case):
    demand, network, spread = case
    starts = network.shape_start
    for name, shape in zip(demand.id, demand.area, strict=True):
        within = [
            shapely.intersection(
                shapely.LineString(
                    np.column_stack([network.shape_lon[a:b], network.shape_lat[a:b]])
                ),
                shape,
            ).length
            for a, b, is_gate in zip(starts[:-1], starts[1:], network.is_gate, strict=True)
            if not is_gate
        ]
        if name in spread.id:
            assert max(within, default=0) < METRE
        else:
            assert max(within) > 0
