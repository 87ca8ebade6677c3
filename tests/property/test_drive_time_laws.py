"""Laws of drive times, on small random towns."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
import towns
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.drivetimes import drive_times, needs_of, road_times
from planner.network import JunctionDelays, RoadNetwork
from planner.snapping import snap

FOREVER_S = 1e6
VEHICLES = st.sampled_from(["car", "ebike", "motorcycle"])
DIRECTIONS = st.sampled_from(["to_station", "from_station"])
SAME_S = 1e-3

# a U-turn of 3 s is quicker than going round the block, one of 20 s mostly not
DELAYS = st.builds(
    JunctionDelays,
    signal_s=st.sampled_from([12.0, 12.0, 0.0]),
    u_turn_s=st.sampled_from([20.0, 20.0, 3.0, 0.0]),
    turn_left_s=st.sampled_from([0.0, 0.0, 7.0]),
    turn_right_s=st.sampled_from([0.0, 0.0, 2.0, 30.0]),
)
RULES = st.fixed_dictionaries(
    {
        "delays": DELAYS,
        "driving_side": st.sampled_from(["right", "left"]),
        "speeds": st.sampled_from(["limits", None, {"residential": 30.0}]),
    }
)

Pairs = dict[tuple[int, int], float]


def times(network: RoadNetwork, demand, sites, *, limit_s=FOREVER_S, **options) -> Pairs:
    """Return {(demand, site): seconds}; points are in metres."""
    found = drive_times(
        network,
        towns.sites_at(*sites),
        towns.demand_at(*demand),
        max_drive_time_s=limit_s,
        **options,
    )
    ends = zip(found.need.tolist(), found.site.tolist(), strict=True)
    pairs = dict(zip(ends, found.time_s.tolist(), strict=True))
    assert len(pairs) == found.time_s.size  # no pair twice
    return pairs


@st.composite
def settled(draw: st.DrawFn, *, only_nodes: bool = False):
    """Return a town, its network, demand and sites; no point is right at a barrier that parts roads."""
    town = draw(towns.small_towns())
    vehicle = draw(VEHICLES)
    roads = towns.second_opinion(*town, vehicle=vehicle)
    assume(roads.segments)
    demand, sites = (
        towns.off_barriers(town, roads, draw(towns.points(town, only_nodes=only_nodes)))
        for _ in range(2)
    )
    return town, vehicle, demand, sites


# --- A second opinion -----------------------------------------------------------------------------


@given(settled(), DIRECTIONS, RULES)
def test_drive_times_are_those_that_networkx_finds(town, direction, rules):
    streets, vehicle, demand, sites = town
    roads = towns.second_opinion(*streets, vehicle=vehicle, **rules)
    network = towns.network(*streets, vehicle=vehicle, **rules)
    mine = times(network, demand, sites, direction=direction)
    theirs = oracles.drive_times(
        roads,
        oracles.snap(roads, *towns.lonlat(sites)),
        oracles.snap(roads, *towns.lonlat(demand)),
        direction=direction,
    )
    assert mine.keys() == theirs.keys()
    assert mine == pytest.approx(theirs, abs=SAME_S)


@towns.FEWER
@given(settled())
def test_streets_are_as_long_and_fall_into_as_many_parts_as_the_raw_graph(town):
    streets, vehicle, _, _ = town
    roads = towns.second_opinion(*streets, vehicle=vehicle)
    network = towns.network(*streets, vehicle=vehicle)
    metres = [length for _, length in oracles.components(roads)]
    assert network.component_length_m.tolist() == pytest.approx(metres, abs=1e-6)
    assert network.length_m == pytest.approx(oracles.length_m(roads), abs=1e-6)


@towns.FEWER
@given(settled())
def test_points_are_as_far_from_the_road_as_the_oracle_says(town):
    streets, vehicle, demand, sites = town
    roads = towns.second_opinion(*streets, vehicle=vehicle)
    network = towns.network(*streets, vehicle=vehicle)
    lon, lat = towns.lonlat([*demand, *sites])
    mine, theirs = snap(network, lon, lat), oracles.snap(roads, lon, lat)
    assert mine.is_off_network.tolist() == [spot.segment is None for spot in theirs]
    assert mine.is_on_small_component.tolist() == [spot.on_small_component for spot in theirs]
    # of roads equally near, to a millimetre, the lowest way is taken
    far_m = [spot.distance_m for spot in theirs]
    assert mine.access_m.tolist() == pytest.approx(far_m, abs=0.0011)


# --- The standard -----------------------------------------------------------------------------------


@towns.FEWER
@given(settled(), DIRECTIONS, st.floats(0, 200))
def test_a_longer_standard_keeps_every_pair_and_its_time(town, direction, standard_s):
    streets, vehicle, demand, sites = town
    network = towns.network(*streets, vehicle=vehicle)
    short, long = (
        times(network, demand, sites, limit_s=limit_s, direction=direction)
        for limit_s in (standard_s, 2 * standard_s)
    )
    assert short.items() <= long.items()
    assert all(s > standard_s for pair, s in long.items() if pair not in short)


# --- Directions ---------------------------------------------------------------------------------------


@towns.FEWER
@given(settled(), st.floats(1, 200))
def test_who_drives_from_a_to_b_is_all_that_direction_says(town, standard_s):
    streets, vehicle, a, b = town
    network = towns.network(*streets, vehicle=vehicle)
    there = times(network, a, b, limit_s=standard_s)
    same = times(network, b, a, limit_s=standard_s, direction="from_station")
    assert {(j, i): s for (i, j), s in there.items()} == same


TURNED = {"yes": "-1", "-1": "yes", "no": "no", "": ""}


# In these two laws nothing knows left from right, and nobody waits at signals: who comes to a signalled place waits on leaving it,
# and who begins there does not.
UNDIRECTED = {"maxspeed:forward": "", "maxspeed:motorcar:backward": ""}
NO_WAITING = JunctionDelays(signal_s=0)


@towns.FEWER
@given(settled(), DIRECTIONS)
def test_streets_turned_round_swap_the_directions(town, direction):
    streets, vehicle, demand, sites = town
    ways = [(refs, tags | UNDIRECTED) for refs, tags in streets.ways]
    turned = [(refs, tags | {"oneway": TURNED[tags["oneway"]]}) for refs, tags in ways]
    other = "to_station" if direction == "from_station" else "from_station"
    one, back = (
        times(
            towns.network(streets.nodes, roads, vehicle=vehicle, delays=NO_WAITING),
            demand,
            sites,
            direction=way,
        )
        for roads, way in ((ways, direction), (turned, other))
    )
    assert one.keys() == back.keys()
    assert one == pytest.approx(back, abs=SAME_S)


@towns.FEWER
@given(settled())
def test_without_one_ways_both_directions_take_as_long(town):
    streets, vehicle, demand, sites = town
    ways = [(refs, tags | UNDIRECTED | {"oneway": ""}) for refs, tags in streets.ways]
    network = towns.network(streets.nodes, ways, vehicle=vehicle, delays=NO_WAITING)
    there, back = (
        times(network, demand, sites, direction=d) for d in ("to_station", "from_station")
    )
    assert there.keys() == back.keys()
    assert there == pytest.approx(back, abs=SAME_S)


# --- Order ----------------------------------------------------------------------------------------------


@towns.FEWER
@given(settled(), st.randoms(use_true_random=False))
def test_relabelled_points_have_relabelled_times(town, random):
    streets, vehicle, demand, sites = town
    network = towns.network(*streets, vehicle=vehicle)
    i, j = (random.sample(range(len(points)), len(points)) for points in (demand, sites))
    before = times(network, demand, sites)
    after = times(network, [demand[k] for k in i], [sites[k] for k in j])
    assert {(i[a], j[b]): s for (a, b), s in after.items()} == before


@towns.FEWER
@given(settled())
def test_pairs_come_ordered_by_site_and_then_by_need(town):
    streets, vehicle, demand, sites = town
    network = towns.network(*streets, vehicle=vehicle)
    found = drive_times(
        network, towns.sites_at(*sites), towns.demand_at(*demand), max_drive_time_s=FOREVER_S
    )
    pairs = list(zip(found.site.tolist(), found.need.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


# --- The nearest ----------------------------------------------------------------------------------------


@towns.FEWER
@given(settled(), DIRECTIONS, st.data())
def test_the_nearest_is_the_first_of_the_least_pairs(town, direction, data):
    streets, vehicle, demand, sites = town
    is_candidate = np.array([data.draw(st.booleans()) for _ in sites], dtype=bool)
    network = towns.network(*streets, vehicle=vehicle)
    points = towns.demand_at(*demand)
    on_roads = road_times(network, towns.sites_at(*sites), points, direction=direction)
    needs = needs_of(points, fleet="all", max_drive_time_s=1.0)  # however far
    found = on_roads.nearest(needs, is_candidate)
    pairs = times(network, demand, sites, direction=direction)
    for i in range(len(demand)):
        of_sites = [(s, j) for (k, j), s in pairs.items() if k == i and is_candidate[j]]
        least_s, site = min(of_sites, default=(np.nan, -1))
        assert found.site[i] == site
        assert found.time_s[i] == least_s or (np.isnan(found.time_s[i]) and site == -1)


# --- What times are ---------------------------------------------------------------------------------------


@towns.FEWER
@given(settled())
def test_times_are_on_the_grid_and_never_negative_nor_without_end(town):
    streets, vehicle, demand, sites = town
    found = np.array([*times(towns.network(*streets, vehicle=vehicle), demand, sites).values()])
    assert (found >= 0).all()
    assert np.isfinite(found).all()
    assert (found * 2**20 % 1 == 0).all()


@towns.FEWER
@given(settled(only_nodes=True), DIRECTIONS)
def test_who_is_at_the_station_is_there(town, direction):
    streets, vehicle, demand, _ = town
    network = towns.network(*streets, vehicle=vehicle)
    on_road = ~snap(network, *towns.lonlat(demand)).is_off_network
    pairs = times(network, demand, demand, direction=direction, access_kph=0.0)
    assert [pairs.get((i, i)) for i in np.flatnonzero(on_road)] == [0.0] * int(on_road.sum())


def openly(streets: towns.Town) -> towns.Town:
    """Return a town without private roads, gates and signals: there drives can be put together."""
    nodes = {node: (x, y, {}) for node, (x, y, *_) in streets.nodes.items()}
    return towns.Town(nodes, [(refs, dict(tags) | {"access": ""}) for refs, tags in streets.ways])


@towns.FEWER
@given(settled(only_nodes=True))
def test_on_open_roads_a_stop_on_the_way_makes_no_drive_shorter(town):
    streets, vehicle, stops, _ = town
    network = towns.network(*openly(streets), vehicle=vehicle)
    pairs = times(network, stops, stops, access_kph=0.0)
    for (a, b), first_s in pairs.items():
        for (b_again, c), second_s in pairs.items():
            if b == b_again:
                assert pairs[a, c] <= first_s + second_s


@towns.FEWER
@given(settled(only_nodes=True), st.data(), st.booleans())
def test_another_road_makes_no_drive_longer(town, data, is_oneway):
    streets, vehicle, demand, sites = town
    streets = openly(streets)
    ends = st.permutations(sorted(streets.nodes)).map(lambda nodes: nodes[:2])
    more = (data.draw(ends), {"oneway": "yes" if is_oneway else ""})
    before, after = (
        towns.network(streets.nodes, ways, vehicle=vehicle)
        for ways in (streets.ways, [*streets.ways, more])
    )
    # points at a junction that stays theirs: others would meet the new road
    demand, sites = (
        [
            point
            for point, old, new in zip(
                points, place_ids(before, points), place_ids(after, points), strict=True
            )
            if old is not None and old == new
        ]
        for points in (demand, sites)
    )
    short, long = (times(network, demand, sites, access_kph=0.0) for network in (after, before))
    assert long.keys() <= short.keys()
    assert all(short[pair] <= s + SAME_S for pair, s in long.items())


def place_ids(network: RoadNetwork, points) -> list[int | None]:
    """Return the number of the junction that each point is at."""
    nodes = snap(network, *towns.lonlat(points)).node.tolist()
    return [None if node < 0 else int(network.node_id[node]) for node in nodes]


@towns.FEWER
@given(settled(), st.floats(1.0, 30.0), DIRECTIONS)
def test_a_signal_costs_its_delay_for_each_time_it_is_passed(town, delay_s, direction):
    streets, vehicle, demand, sites = town
    without, with_delay = (
        times(
            towns.network(*streets, vehicle=vehicle, delays=JunctionDelays(signal_s=s)),
            demand,
            sites,
            direction=direction,
        )
        for s in (0.0, delay_s)
    )
    assert without.keys() == with_delay.keys()
    n_signals = sum(
        1 for _, _, tags in streets.nodes.values() if tags.get("highway") == "traffic_signals"
    )
    for pair, s in without.items():
        assert s <= with_delay[pair] <= s + n_signals * delay_s + SAME_S


@towns.FEWER
@given(settled(), st.sampled_from([5.0, 10.0, 36.0]))
def test_access_takes_its_distance_by_its_speed_at_either_end(town, kph):
    streets, vehicle, demand, sites = town
    network = towns.network(*streets, vehicle=vehicle)
    demand_m, sites_m = (snap(network, *towns.lonlat(p)).access_m for p in (demand, sites))
    bare, whole = (times(network, demand, sites, access_kph=s) for s in (0.0, kph))
    assert bare.keys() == whole.keys()
    for (i, j), s in bare.items():
        legs_s = (demand_m[i] + sites_m[j]) / (kph / 3.6)
        assert whole[i, j] == pytest.approx(s + legs_s, abs=1e-5)
