"""What an analyst takes into a notebook: plans, results and networks as tables with geometries."""

import numpy as np
import pandas as pd
import pytest
import towns

from planner.drivetimes import DriveTimes
from planner.errors import PlacementError, PlannerError
from planner.placement import greedy, place, plan_of
from planner.points import read_demand, read_sites
from planner.run import run
from planner.scenario import changed, read_scenario

# A road of 2 km at 36 km/h: 10 m take 1 s. S1 stands at its west end, S2 at its east end, S3 on its own road, which is
# too far from everyone. D3 is 1900 m east of S1, D4 has no road near, D5 is on the road of S3, 1500 m from it.
ROADS = {1: (0, 0), 2: (2000, 0), 3: (0, 9000), 4: (1500, 9000)}
WAYS = [([1, 2], {}), ([3, 4], {})]
SCENARIO = """
network = { file = "roads.osm", junction_delay_s = 0, speeds = "limits" }
fleets = [{ vehicle = "car", max_drive_min = 2 }]
demand = { file = "demand.csv" }
sites = { file = "hosts.csv" }
placement = { goal = "max-covering", stations = 1 }
"""


def row(name, x_m, y_m, *more):
    return ",".join([name, *map(str, towns.degrees(x_m, y_m)), *more])


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    (folder / "roads.osm").write_text(towns.osm_text(ROADS, WAYS))
    demand = [
        row("D1", 100, 0, "1", "甲"),
        row("D2", 1000, 0, "2", "乙"),
        row("D3", 1900, 0, "4", "乙"),
        row("D4", 0, 4000, "8", ""),
        row("D5", 1500, 9000, "1", ""),
    ]
    hosts = [row("S1", 0, 0), row("S2", 2000, 0), row("S3", 0, 9000)]
    (folder / "demand.csv").write_text(
        "\n".join(["id,lon,lat,weight,district", *demand]), encoding="utf-8"
    )
    (folder / "hosts.csv").write_text("\n".join(["id,lon,lat", *hosts]))
    (folder / "town.toml").write_text(SCENARIO)
    return read_scenario(folder / "town.toml")


@pytest.fixture(scope="module")
def result(scenario):
    return run(scenario)


def about(seconds):
    return pytest.approx(seconds, abs=0.05, nan_ok=True)


# --- Results ----------------------------------------------------------------------------------------


def test_the_stations_of_a_result_are_points_with_whom_they_serve(result):
    # S2 covers D2 (1000 m: 100 s) and D3 (100 m: 10 s): 6 of the weight, S1 only 3
    stations = result.stations_frame()
    assert stations.crs == "EPSG:4326"
    (station,) = stations.to_dict("records")
    assert (station["id"], station["n_served"], station["weight_served"]) == ("S2", 2, 6)
    assert station["mean_drive_time_s"] == about((2 * 100 + 4 * 10) / 6)
    assert station["max_drive_time_s"] == about(100)
    assert (station["geometry"].x, station["geometry"].y) == towns.degrees(2000)


def test_the_demand_of_a_result_tells_who_is_left_out_and_why(result):
    demand = result.demand_frame().set_index("demand")
    assert demand["left_out"].to_dict() == {
        "D1": "uncovered",  # 1900 m: 190 s; S1 would do
        "D2": "",
        "D3": "",
        "D4": "off_network",
        "D5": "uncoverable",  # S3 is 150 s away
    }
    assert demand["covered"].tolist() == [False, True, True, False, False]
    # how far the nearest station is, also beyond the standard
    assert demand["drive_time_s"].tolist() == about([190, 100, 10, np.nan, np.nan])
    assert demand["station"].tolist() == ["S2", "S2", "S2", "", ""]
    assert demand["district"].tolist() == ["甲", "乙", "乙", "", ""]
    assert demand["weight"].tolist() == [1, 2, 4, 8, 1]
    assert demand.loc["D3", "geometry"].x == towns.degrees(1900)[0]
    assert demand.loc["D4", "access_m"] == pytest.approx(4000, rel=1e-3)


def test_whoever_no_road_joins_to_a_site_is_unreachable(scenario):
    excluded = {"columns": {"excluded": "lon"}}  # not a column of yes and no
    with pytest.raises(PlannerError, match="write true or false"):
        run(changed(scenario, {"sites": excluded}))
    hosts = scenario.folder / "two.csv"
    hosts.write_text("\n".join(["id,lon,lat", row("S1", 0, 0), row("S2", 2000, 0)]))
    two = run(changed(scenario, {"sites": {"file": "two.csv"}}))
    left_out = two.demand_frame().set_index("demand")["left_out"]
    assert left_out["D5"] == "unreachable"
    assert left_out["D4"] == "off_network"


def test_the_roads_of_a_result_are_cut_where_cover_ends(result):
    # S2 covers 1200 m of its road (120 s); 800 m of it and the 1500 m of the other are left: 9 km farther north a degree
    # east is shorter by 9 km / 6371 km x tan 30, which is 1.2 m of 1500
    roads = result.roads_frame()
    by_cover = roads.groupby("covered")["length_m"].sum()
    assert by_cover[True] == pytest.approx(1200, abs=0.5)
    assert by_cover[False] == pytest.approx(2298.8, abs=0.5)


def test_the_summary_of_a_result_is_that_of_its_file(result):
    summary = result.summary()
    assert summary["stations"] == ["S2"]
    assert summary["demand"]["covered_weight"] == 6
    assert summary["demand"]["uncovered"] == ["D1", "D4", "D5"]


def test_a_result_without_roads_has_none_to_show(scenario):
    (scenario.folder / "times.csv").write_text("demand,site,drive_time_s\nD1,S1,60\n")
    table = changed(
        scenario, {"network": None, "fleets": None, "drive_times": {"file": "times.csv"}}
    )
    with pytest.raises(PlannerError, match="no roads"):
        run(table).roads_frame()


# --- Plans ------------------------------------------------------------------------------------------

TABLE = pd.DataFrame(
    {
        "demand": ["D1", "D2", "D3", "D3"],
        "site": ["A", "A", "A", "B"],
        "drive_time_s": [10.0, 100, 290, 20],
        "weight": [1.0, 2, 4, 4],
    }
)


def times(*, horizon_s=np.inf):
    return DriveTimes.from_frame(TABLE, max_drive_time_s=150, horizon_s=horizon_s)


def test_a_plan_tells_the_nearest_station_beyond_the_standard_as_far_as_drives_are_known():
    far, near = times(), times(horizon_s=0)
    plan = plan_of(far, ["A"])
    demand = plan.demand_frame(far)
    assert demand["station"].tolist() == ["A", "A", "A"]
    assert demand["drive_time_s"].tolist() == [10, 100, 290]
    assert demand["covered"].tolist() == [True, True, False]
    assert plan.share_covered(far) == 3 / 7
    demand = plan_of(near, ["A"]).demand_frame(near)
    assert demand["station"].tolist() == ["A", "A", ""]
    assert np.isnan(demand["drive_time_s"][2])


def test_points_that_nobody_placed_have_no_geometry():
    found = times()
    plan = place(found, goal="set-covering")
    assert plan.stations_frame(found).geometry.isna().tolist() == [True, True]
    assert plan.demand_frame(found).geometry.isna().tolist() == [True] * 3
    stations = plan.stations_frame(found)
    assert stations["weight_served"].tolist() == [3, 4]
    assert stations["mean_drive_time_s"].tolist() == [(10 + 2 * 100) / 3, 20]


def test_a_station_that_serves_nobody_has_no_drives():
    found = times()
    both = DriveTimes.from_frame(TABLE.iloc[[0, 3]], max_drive_time_s=15)
    stations = plan_of(both, ["A", "B"]).stations_frame(both)
    assert stations["n_served"].tolist() == [1, 0]
    assert np.isnan(stations["mean_drive_time_s"][1])
    assert np.isnan(stations["max_drive_time_s"][1])
    assert plan_of(found, []).stations_frame(found).empty


def test_given_stations_are_the_plan_by_id_and_by_position():
    found = times()
    assert plan_of(found, ["B"]).station_of.tolist() == [-1, -1, 1]
    by_id, by_position = plan_of(found, ["B", "A", "A"]), plan_of(found, np.array([1, 0]))
    assert by_id.stations.tolist() == by_position.stations.tolist() == [0, 1]
    assert (by_id.status, by_id.objective, by_id.bound) == ("assessed", None, None)


@pytest.mark.parametrize("stations", [["A", "C"], np.array([0, 2]), np.array([-1])])
def test_a_station_that_is_no_site_is_refused(stations):
    with pytest.raises(PlacementError, match=r"no site: (C|2|-1);"):
        plan_of(times(), stations)


def test_greed_takes_what_covers_most_of_the_rest():
    # A covers 3 and B 4: B first; then A has the other 3
    assert greedy(times()).tolist() == [1, 0]
    assert greedy(times(), stations=1).tolist() == [1]


# --- Tables of times for points with places -----------------------------------------------------------


def test_a_table_of_times_speaks_of_points_that_are_known():
    at = {"lon": [120.0, 120.1, 120.2], "lat": [30.0] * 3}
    demand = read_demand(_points(at, id=["D1", "D2", "D3"], weight=[5, 6, 7]))
    sites = read_sites(_points(at, id=["A", "B", "Z"], existing=[False, True, False]))
    found = DriveTimes.from_frame(TABLE, max_drive_time_s=150, demand=demand, sites=sites)
    plan = place(found, goal="assess")
    frame = plan.demand_frame(found)
    assert frame["weight"].tolist() == [5, 6, 7]  # those of the points, not of the table
    assert frame["covered"].tolist() == [False, False, True]  # B stands
    assert frame.geometry.x.tolist() == [120.0, 120.1, 120.2]
    assert len(found.sites) == 3


def test_a_table_of_times_that_names_an_unknown_point_is_refused():
    demand = read_demand(_points({"lon": [120.0], "lat": [30.0]}, id=["D1"]))
    with pytest.raises(PlannerError, match="'D2' is no demand point"):
        DriveTimes.from_frame(TABLE, max_drive_time_s=150, demand=demand)


def _points(at, **columns):
    import geopandas

    place = geopandas.points_from_xy(at["lon"], at["lat"])
    return geopandas.GeoDataFrame(columns, geometry=place, crs=4326)


# --- Networks ----------------------------------------------------------------------------------------


def test_the_streets_of_a_network_are_lines_with_seconds_each_way():
    ways = [([1, 2], {"name": "东街"}), ([2, 3], {"oneway": "yes"}), ([3, 4], {"oneway": "-1"})]
    network = towns.network({1: (0, 0), 2: (1000, 0), 3: (1000, 500), 4: (0, 500)}, ways)
    streets = network.to_frame()
    assert streets.crs == "EPSG:4326"
    assert len(streets) == network.n_streets
    first, second, third = streets.to_dict("records")
    assert (first["name"], first["class"], second["name"]) == ("东街", "residential", "")
    assert first["length_m"] == pytest.approx(1000, abs=0.05)
    assert [first["forward_s"], first["backward_s"]] == about([100, 100])
    assert [second["forward_s"], second["backward_s"]] == about([50, np.nan])
    assert sorted([third["forward_s"], third["backward_s"]], key=np.isnan) == about([100, np.nan])
    assert list(first["geometry"].coords) == [towns.degrees(0), towns.degrees(1000)]
    assert streets["has_limit"].all()
    assert not streets["local"].any()
