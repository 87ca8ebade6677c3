from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tomli_w
import towns

from planner.coordinates import Shifted, shifted_to
from planner.offsets import offset_remarks
from planner.points import read_demand, read_sites
from planner.roads import read_network
from planner.run import survey_of
from planner.scenario import read_scenario
from planner.snapping import snap

COUNTY = Path(__file__).parents[2] / "data" / "yuhuan"
MAKER = {Shifted.GCJ02: "Amap or Tencent", Shifted.BD09: "Baidu"}


@pytest.fixture(scope="module")
def county():
    return read_network(COUNTY / "roads.osm.pbf", vehicle="car")


def remarks(network, points):
    return offset_remarks(network, points, snap(network, points.lon, points.lat))


def moved(points, system):
    lon, lat = shifted_to(system, points.lon, points.lat)
    return replace(points, lon=lon, lat=lat, file="hosts.csv")


# --- the county -------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "read"), [("hosts.csv", read_sites), ("demand.csv", read_demand)])
def test_points_where_they_belong_need_no_word(county, file, read):
    assert remarks(county, read(COUNTY / file)) == ()


@pytest.mark.parametrize(("system", "shift_m"), [(Shifted.GCJ02, "547"), (Shifted.BD09, "1,103")])
def test_points_from_chinese_maps_are_told_with_the_remedy(county, system, shift_m):
    points = moved(read_sites(COUNTY / "hosts.csv"), system)
    (remark,) = remarks(county, points)
    assert remark == (
        f"hosts.csv: points lie off the roads the way {system.title} shifts, by about {shift_m} m; "
        f'if they come from {MAKER[system]} say crs = "{system}"'
    )


@pytest.mark.parametrize("n", [5, 20, 100])
def test_places_strewn_at_random_are_not_taken_for_shifted(county, n):
    random = np.random.default_rng(n)
    for _ in range(5):
        points = towns.sites_of(random.uniform(121.1, 121.4, n), random.uniform(28.05, 28.3, n))
        assert remarks(county, points) == ()


def test_a_planner_is_told_with_all_else_that_is_odd(county, tmp_path):
    points = moved(read_sites(COUNTY / "hosts.csv"), Shifted.GCJ02)
    rows = zip(points.id, points.lon, points.lat, strict=True)
    lines = ["id,lon,lat", *(f"{i},{lon},{lat}" for i, lon, lat in rows)]
    (tmp_path / "hosts.csv").write_text("\n".join(lines))
    scenario = {
        "network": {"file": str(COUNTY / "roads.osm.pbf")},
        "fleets": [{"vehicle": "car", "max_drive_min": 5}],
        "demand": {"file": str(COUNTY / "demand.csv")},
        "sites": {"file": "hosts.csv"},
        "placement": {},
    }
    (tmp_path / "a.toml").write_text(tomli_w.dumps(scenario))
    told = survey_of(read_scenario(tmp_path / "a.toml")).remarks
    assert sum('say crs = "gcj02"' in remark for remark in told) == 1
    scenario["sites"]["crs"] = "gcj02"
    (tmp_path / "a.toml").write_text(tomli_w.dumps(scenario))
    told = survey_of(read_scenario(tmp_path / "a.toml")).remarks
    assert "hosts.csv: converted from GCJ-02 to WGS 84" in told
    assert not any("say crs" in remark for remark in told)


# --- a small town -----------------------------------------------------------------------------

# roads every 600 m to the north, 20 km long
ROADS = towns.network(
    {i: (0 if i % 2 else 20_000, 600 * (i // 2)) for i in range(8)},
    [([2 * k + 1, 2 * k], {}) for k in range(4)],
)


def beside_roads(n):
    """Return sites on the roads, a kilometre and more from each other."""
    return towns.sites_at(*[(500 + 1300.0 * (i // 2), 1200 * (i % 2)) for i in range(n)])


def test_of_few_places_nothing_is_said():
    for n, is_said in ((9, False), (10, True)):
        points = moved(beside_roads(n), Shifted.GCJ02)
        assert len(remarks(ROADS, points)) == is_said


def test_neighbours_count_once():
    points = moved(towns.sites_at(*[(500.0 + i, 30.0) for i in range(50)]), Shifted.GCJ02)
    assert remarks(ROADS, points) == ()


@pytest.mark.parametrize(("away_m", "is_said"), [(25.0, False), (25.1, True)])
def test_places_by_the_road_are_not_looked_at_further(away_m, is_said):
    points = moved(beside_roads(12), Shifted.GCJ02)
    places = snap(ROADS, points.lon, points.lat)
    places = replace(places, access_m=np.full(12, away_m + 100.0))
    assert offset_remarks(ROADS, points, places)
    # 7 places at this distance are more than half of them
    places = replace(places, access_m=np.array([away_m] * 7 + [1000.0] * 5))
    assert bool(offset_remarks(ROADS, points, places)) == is_said


def test_outside_china_nothing_is_said():
    points = towns.sites_of(np.linspace(2.0, 3.0, 20), np.full(20, 48.0))
    assert offset_remarks(ROADS, points, snap(ROADS, points.lon, points.lat)) == ()


# --- real places ------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("system", [None, *Shifted])
@pytest.mark.parametrize("name", ["poi", "places"])
def test_real_places_are_told_when_shifted_and_only_then(shared, system, name):
    network = read_network(
        shared / "realdata" / "roads" / "cn_north_anhui_tile_2017.osm.pbf", vehicle="car"
    )
    places = read_sites(
        shared / "realdata" / "poi" / f"cn_north_anhui_{name}_2017.csv", columns={"id": "osm_id"}
    )
    if system is None:
        assert remarks(network, places) == ()
    else:
        (remark,) = remarks(network, moved(places, system))
        assert f'say crs = "{system}"' in remark
