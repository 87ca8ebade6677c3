"""Roads as demand: plans for every metre against all plans there are, on roads that verify's own program covers."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import towns
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.coverage import Coverage
from planner.drivetimes import drive_times
from planner.junctionsites import with_junctions
from planner.placement import curve_of, place_on
from planner.plan import Status
from planner.roadcover import road_cover
from planner.roadrows import coverage_with_roads, road_rows
from planner.scenario import Direction, Goal
from planner.snapping import snap
from planner.units import grid
from planner.verify.cover import RoadAgain
from planner.verify.roads import cut_roads, drives_on_roads

DIRECTIONS = st.sampled_from(list(Direction))
STANDARDS = st.sampled_from([12.0, 30.0, 47.5, 90.0, 300.0])
SAME_M = 0.001


def roads_again(network, sites, standard_s, direction):
    """Return roads that verify's program covers: SciPy's Dijkstra on streets that are cut at sites."""
    scenario = SimpleNamespace(
        network=SimpleNamespace(access_kph=10.0), fleets=[SimpleNamespace(direction=direction)]
    )
    inputs = SimpleNamespace(site_places=sites, demand_places=sites.part(0, 0))
    roads = cut_roads(inputs, network)
    drives = drives_on_roads(scenario, inputs, roads)
    return RoadAgain(roads=roads, drives=drives, limit_s=grid(standard_s), direction=direction)


@st.composite
def towns_with_sites(draw, n_sites=5):
    """Draw roads with places for sites near them."""
    town = draw(towns.small_towns())
    assume(towns.is_drivable(town))
    network = towns.network(*town)
    sites = snap(network, *towns.lonlat(draw(towns.points(town))[:n_sites]))
    assume(not sites.is_off_network.all())
    return network, sites


def on_pieces(network, sites, standard_s, direction, *, only_least):
    """Return the coverage of pieces of road, their metres as weights."""
    every = np.ones(len(sites), dtype=bool)
    rows = road_rows(
        network,
        sites,
        every,
        max_drive_time_s=standard_s,
        direction=direction,
        only_least=only_least,
    )
    assume(not (rows.length_m < 0.01).any())  # for pieces so small lengths tell nothing
    nobody = Coverage(
        indptr=np.zeros(1, dtype=np.int64),
        site=np.zeros(0, dtype=np.int32),
        time_s=np.zeros(0),
        weight=np.zeros(0),
        n_sites=len(sites),
        is_kept=~every,
        is_excluded=~every,
    )
    return coverage_with_roads(nobody, rows, counts=True)


def subsets(n, sizes):
    return itertools.chain(*(itertools.combinations(range(n), k) for k in sizes))


@given(towns_with_sites(), DIRECTIONS, STANDARDS, st.data())
def test_stations_cover_what_cut_roads_say_and_leave_the_same_point_worst(
    town, direction, standard_s, data
):
    network, sites = town
    stations = data.draw(st.sets(st.integers(0, len(sites) - 1)))
    is_station = np.isin(np.arange(len(sites)), list(stations))
    mine = road_cover(
        network,
        sites,
        is_station=is_station,
        is_candidate=np.ones(len(sites), dtype=bool),
        max_drive_time_s=standard_s,
        direction=direction,
    )
    again = roads_again(network, sites, standard_s, direction)
    theirs = again.covered_by(sorted(stations))
    assert mine.covered_m == pytest.approx(theirs.length_m, abs=SAME_M)
    everywhere = again.covered_by(range(len(sites)))
    assert mine.coverable_m == pytest.approx(everywhere.length_m, abs=SAME_M)
    assert np.isnan(theirs.worst_s) == (mine.worst is None)
    if mine.worst is not None:
        assert mine.worst.drive_time_s == pytest.approx(theirs.worst_s, abs=1e-5)


@given(towns_with_sites(), DIRECTIONS, STANDARDS)
def test_as_few_stations_cover_every_metre_as_any_plan_needs(town, direction, standard_s):
    network, sites = town
    coverage = on_pieces(network, sites, standard_s, direction, only_least=True)
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    again = roads_again(network, sites, standard_s, direction)
    all_m = again.covered_by(range(len(sites))).length_m

    def covers_all(stations):
        return again.covered_by(stations).length_m >= all_m - SAME_M

    fewest = next(s for s in subsets(len(sites), range(len(sites) + 1)) if covers_all(s))
    assert plan.status is Status.OPTIMAL
    assert plan.stations.size == len(fewest)
    assert covers_all(plan.stations.tolist())


@towns.FEWER
@given(towns_with_sites(), DIRECTIONS, STANDARDS, st.integers(1, 3))
def test_no_plan_covers_more_metres_with_as_many_stations(town, direction, standard_s, n):
    network, sites = town
    coverage = on_pieces(network, sites, standard_s, direction, only_least=False)
    plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=n)
    again = roads_again(network, sites, standard_s, direction)
    most_m = max(again.covered_by(s).length_m for s in subsets(len(sites), range(n + 1)))
    assert plan.objective == pytest.approx(most_m, abs=SAME_M)
    covered_m = again.covered_by(plan.stations.tolist()).length_m
    assert covered_m == pytest.approx(most_m, abs=SAME_M)


@towns.FEWER
@given(towns_with_sites(), DIRECTIONS, STANDARDS)
def test_every_number_of_the_curve_covers_as_many_metres_as_any_plan(town, direction, standard_s):
    network, sites = town
    coverage = on_pieces(network, sites, standard_s, direction, only_least=False)
    curve = curve_of(coverage, stations=len(sites), weight=network.length_m)
    again = roads_again(network, sites, standard_s, direction)
    all_m = again.covered_by(range(len(sites))).length_m
    assert curve.coverable_weight == pytest.approx(all_m, abs=SAME_M)
    every_m = [
        (len(s), again.covered_by(s).length_m) for s in subsets(len(sites), range(len(sites) + 1))
    ]
    most_m = [max(m for size, m in every_m if size <= n) for n in curve.n_stations.tolist()]
    assert curve.covered_weight.tolist() == pytest.approx(most_m, abs=SAME_M)
    assert curve.bound.tolist() == pytest.approx(most_m, abs=SAME_M)
    assert curve.share_covered.tolist() == pytest.approx(
        [m / network.length_m for m in most_m], abs=1e-6
    )
    enough = min(size for size, m in every_m if m > all_m - SAME_M)
    assert curve.n_for_all == curve.n_for_all_bound == enough
    i = curve.n_stations.size // 2
    alone = place_on(coverage, goal=Goal.MAX_COVERING, stations=int(curve.n_stations[i]))
    told = curve.covered_weight[i], curve.bound[i]
    assert (alone.objective, alone.bound) == pytest.approx(told, rel=1e-9)


@towns.FEWER
@given(towns_with_sites(), DIRECTIONS, STANDARDS, st.data())
def test_what_sites_cover_by_themselves_is_together_what_they_cover(
    town, direction, standard_s, data
):
    network, sites = town
    again = roads_again(network, sites, standard_s, direction)
    plans = data.draw(st.lists(st.frozensets(st.integers(0, len(sites) - 1)), max_size=6))
    told = again.metres_of_each(plans)
    assert told == pytest.approx([again.covered_by(sorted(p)).length_m for p in plans], abs=SAME_M)


@towns.FEWER
@given(towns_with_sites(), DIRECTIONS, STANDARDS, st.sampled_from([0.3, 0.6, 0.9]))
def test_a_share_of_the_metres_takes_as_few_stations_as_any_plan(
    town, direction, standard_s, share
):
    network, sites = town
    coverage = on_pieces(network, sites, standard_s, direction, only_least=False)
    plan = place_on(coverage, goal=Goal.SET_COVERING, min_share=share)
    again = roads_again(network, sites, standard_s, direction)
    asked_m = share * again.covered_by(range(len(sites))).length_m
    covered_m = [
        (len(s), again.covered_by(s).length_m) for s in subsets(len(sites), range(len(sites) + 1))
    ]
    assume(not any(abs(m - asked_m) < SAME_M for _, m in covered_m))
    assert plan.stations.size == min(n for n, m in covered_m if m > asked_m)


@towns.FEWER
@given(
    towns.small_towns().filter(towns.is_drivable),
    DIRECTIONS,
    st.data(),
    st.sampled_from([30.0, 90.0]),
)
def test_junctions_are_sites_where_they_cover_what_no_host_does(town, direction, data, standard_s):
    network = towns.network(*town)
    demand, hosts = (data.draw(towns.points(town)) for _ in range(2))
    sites = towns.sites_at(*hosts)
    places = snap(network, *towns.lonlat(demand))
    found = with_junctions(
        sites,
        network,
        snap(network, sites.lon, sites.lat),
        places,
        max_drive_time_s=standard_s,
        direction=direction,
        access_kph=10.0,
        covers_roads=False,
    )
    points = towns.demand_at(*demand)
    by_hosts = drive_times(network, sites, points, max_drive_time_s=standard_s, direction=direction)
    is_left = ~np.isin(np.arange(len(points)), by_hosts.need)
    assert (found.kind != "junction").sum() == len(sites)
    at = towns.sites_of(network.node_lon, network.node_lat)
    by_junctions = drive_times(
        network, at, points, max_drive_time_s=standard_s, direction=direction
    )
    useful = by_junctions.site[is_left[by_junctions.need]]
    is_long = network.component_length_m[network.component] >= 500.0
    right = {f"J{i}" for i in network.node_id[useful[is_long[useful]]]}
    told = set(found.id[found.kind == "junction"])
    ids, n = np.unique(network.node_id, return_counts=True)
    assert told == right - {f"J{i}" for i in ids[n > 1]}  # at barriers there are several
