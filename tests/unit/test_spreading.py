from dataclasses import replace

import numpy as np
import pytest
import shapely
import towns

from planner.errors import PlannerError, PointsError
from planner.points import Demand, read_demand
from planner.run import survey_of
from planner.scenario import read_scenario
from planner.spreading import spread_over_roads


def area(west_m, south_m, east_m, north_m):
    return shapely.box(*towns.degrees(west_m, south_m), *towns.degrees(east_m, north_m))


def demand(*areas, weight=None, ids="ABCDEFG"):
    """Return demand of areas; a point at (5, 5) where one is None."""
    n = len(areas)
    inner = [towns.degrees(5, 5) if a is None else (a.centroid.x, a.centroid.y) for a in areas]
    return Demand(
        id=np.array(list(ids[:n]), dtype=object),
        lon=np.array([x for x, _ in inner]),
        lat=np.array([y for _, y in inner]),
        weight=np.full(n, 9.0) if weight is None else np.array(weight, dtype=float),
        name=np.array([f"name {i}" for i in range(n)], dtype=object),
        district=np.array([f"district {i}" for i in range(n)], dtype=object),
        area=np.array([*areas, None], dtype=object)[:n],
        file="demand.geojson",
    )


def metres(points):
    """Return where points are, in whole metres."""
    x = (points.lon - 120) * towns.EAST_M
    y = (points.lat - 30) * towns.NORTH_M
    return list(
        zip(np.round(x).astype(int).tolist(), np.round(y).astype(int).tolist(), strict=True)
    )


STRAIGHT = towns.network({1: (0, 0), 2: (2000, 0)}, [([1, 2], {})])


def test_weight_goes_to_points_in_the_middle_of_pieces_of_equal_length():
    # 450 m of road: three pieces of 150 m
    spread = spread_over_roads(demand(area(-50, -50, 450, 50)), STRAIGHT)
    assert spread.id.tolist() == ["A/1", "A/2", "A/3"]
    assert metres(spread) == [(75, 0), (225, 0), (375, 0)]
    assert spread.weight == pytest.approx([3, 3, 3], abs=1e-9)
    assert set(spread.name) == {"name 0"}
    assert set(spread.district) == {"district 0"}
    assert spread.area is None


@pytest.mark.parametrize(("east_m", "n"), [(199.9, 1), (200.1, 2), (399.9, 2), (400.1, 3)])
def test_a_piece_is_at_most_two_hundred_metres(east_m, n):
    assert len(spread_over_roads(demand(area(-50, -50, east_m, 50)), STRAIGHT)) == n


def test_weight_is_shared_by_metres():
    town = towns.network(
        {1: (0, 0), 2: (150, 0), 3: (0, 100), 4: (50, 100)}, [([1, 2], {}), ([3, 4], {})]
    )
    spread = spread_over_roads(demand(area(-10, -10, 200, 200), weight=[8]), town)
    assert sorted(spread.weight) == pytest.approx([2, 6], rel=1e-3)


def test_ids_have_as_many_digits_as_the_last_so_that_their_order_is_that_of_the_road():
    spread = spread_over_roads(demand(area(-50, -50, 2050, 50)), STRAIGHT)  # ten pieces
    assert spread.id.tolist() == [f"A/{k:02}" for k in range(1, 11)]
    assert metres(spread) == [(100 + 200 * k, 0) for k in range(10)]


def test_a_road_of_corners_is_followed():
    town = towns.network({1: (0, 0), 2: (100, 0), 3: (100, 300)}, [([1, 2, 3], {})])
    spread = spread_over_roads(demand(area(-50, -50, 500, 500)), town)
    assert metres(spread) == [(100, 0), (100, 200)]  # two pieces of 200 m


def test_points_stay_as_they_are_and_so_do_areas_without_a_road():
    given = demand(None, area(0, 500, 100, 600), area(-50, -50, 150, 50), weight=[1, 2, 3])
    spread = spread_over_roads(given, STRAIGHT)
    assert spread.id.tolist() == ["A", "B", "C/1"]
    assert spread.weight.tolist() == [1, 2, 3]
    assert metres(spread)[:2] == [(5, 5), (50, 550)]
    assert [a is not None for a in spread.area] == [False, True, False]
    assert spread.notes == (
        "the weight of 1 area (0.02 km2) is spread over 1 point on the roads within",
        "1 area without a road: B; a point inside stands for each",
    )


def test_a_road_that_only_touches_an_area_is_not_within():
    spread = spread_over_roads(demand(area(2000, 0, 2100, 100)), STRAIGHT)
    assert spread.id.tolist() == ["A"]


def test_a_road_along_the_border_belongs_to_both_sides():
    # as far as degrees can say: the border is the road itself
    lat = STRAIGHT.shape_lat[0]
    (west, _), (east, north) = towns.degrees(0, 0), towns.degrees(150, 100)
    north_of, south_of = shapely.box(west, lat, east, north), shapely.box(west, 29.999, east, lat)
    assert spread_over_roads(demand(north_of, south_of), STRAIGHT).id.tolist() == ["A/1", "B/1"]


def test_local_roads_count_and_gates_do_not():
    gate = {"barrier": "gate", "access": "private"}
    nodes = {1: (0, 0), 2: (100, 0, gate), 3: (150, 0), 4: (0, 50)}
    town = towns.network(nodes, [([1, 2, 3], {}), ([1, 4], {"access": "private"})])
    assert town.is_gate.any()
    assert town.street_is_local.any()
    spread = spread_over_roads(demand(area(-50, -50, 500, 500), weight=[4]), town)
    # 100 m and 50 m on either side of the gate, 50 m of private road
    assert sorted(metres(spread)) == [(0, 25), (50, 0), (125, 0)]
    assert sorted(spread.weight) == pytest.approx([1, 1, 2], rel=1e-3)


def test_areas_of_several_parts_are_spread_over_the_roads_of_all():
    parts = shapely.MultiPolygon([area(0, -50, 100, 50), area(500, -50, 600, 50)])
    spread = spread_over_roads(demand(parts), STRAIGHT)
    assert sorted(metres(spread)) == [(50, 0), (550, 0)]


def test_an_id_that_another_row_has_is_an_error():
    given = demand(area(-50, -50, 150, 50), None)
    given = replace(given, id=np.array(["A", "A/1"], dtype=object))
    with pytest.raises(PointsError, match=r"the ids of rows that are there: A/1; call these rows"):
        spread_over_roads(given, STRAIGHT)


def test_demand_without_areas_is_left_with_a_word():
    given = towns.demand_at((0, 0))
    spread = spread_over_roads(given, STRAIGHT)
    assert spread.id.tolist() == given.id.tolist()
    assert spread.notes == ("no row is an area, so that there is nothing to spread over roads",)


def test_how_areas_were_read_is_no_longer_told(tmp_path):
    import geopandas

    layer = geopandas.GeoDataFrame(
        {"编号": ["A"]}, geometry=[area(-50, -50, 150, 50)], crs="EPSG:4326"
    )
    spread = spread_over_roads(read_demand(layer), STRAIGHT)
    assert spread.notes == (
        "columns by their usual names: 编号 taken for id",
        "the weight of 1 area (0.02 km2) is spread over 1 point on the roads within",
    )


def test_an_area_without_weight_gives_points_without_weight():
    spread = spread_over_roads(demand(area(-50, -50, 450, 50), None, weight=[0, 1]), STRAIGHT)
    assert spread.weight.tolist() == [0, 0, 0, 1]


def test_without_roads_there_is_nothing_to_spread_over(tmp_path):
    (tmp_path / "a.csv").write_text("id,lon,lat\nA,120,30\n")
    (tmp_path / "times.csv").write_text("demand,site,drive_time_s\nA,A,1\n")
    scenario = (
        '[drive_times]\nfile = "times.csv"\n[demand]\nfile = "a.csv"\nspread = "roads"\n'
        '[sites]\nfile = "a.csv"\n[placement]\n'
    )
    (tmp_path / "a.toml").write_text(scenario)
    with pytest.raises(PlannerError, match=r'spread = "roads" needs roads'):
        survey_of(read_scenario(tmp_path / "a.toml"))
