"""Networks: the same roads whichever file they come from, and whole after a way there and back."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import fields
from pathlib import Path

import geopandas
import numpy as np
import pytest
import towns
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

import planner
from planner.network import JunctionDelays, RoadNetwork
from planner.roads import read_network

NO_DELAYS = JunctionDelays(signal_s=0.0, u_turn_s=0.0)
FAR_S = 1e5


@given(towns.small_towns(), st.sampled_from(["car", "ebike"]), st.sampled_from(["limits", None]))
def test_a_network_goes_to_a_graph_and_back_without_loss(town, vehicle, speeds):
    if not towns.is_drivable(town, vehicle):
        return
    network = towns.network(*town, vehicle=vehicle, speeds=speeds)
    again = RoadNetwork.from_networkx(network.to_networkx())
    for field in fields(network):
        one, other = getattr(network, field.name), getattr(again, field.name)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, field.name
            assert np.array_equal(one, other), field.name
        else:
            assert one == other, field.name


@towns.FEWER
@given(towns.small_towns(), st.sampled_from(["car", "ebike"]), st.booleans())
def test_roads_as_lines_are_driven_as_fast_as_roads_of_openstreetmap(town, vehicle, turns):
    plain = {node: place[:2] for node, place in town.nodes.items()}  # lines tell of no barriers
    # lines may be turned round below, so their limits are the same both ways
    ways = [
        (refs, {k: v for k, v in tags.items() if not k.endswith(("forward", "backward"))})
        for refs, tags in town.ways
    ]
    town = town._replace(nodes=plain, ways=ways, relations=())
    if not towns.is_drivable(town, vehicle):
        return
    asked = {"vehicle": vehicle, "delays": NO_DELAYS}
    of_osm = towns.network(*town, **asked)
    of_lines = network_of_lines(town, turns=turns, **asked)
    one, other = times(of_osm, of_osm), times(of_lines, of_osm)
    assert one.keys() == other.keys()
    assert list(one.values()) == pytest.approx([other[pair] for pair in one], abs=1e-3)


@towns.FEWER
@given(towns.small_towns(), st.sampled_from([(0.001, 1.0), (0.0, 150.0), (150.0, 200.0)]))
def test_the_wider_ends_are_joined_the_fewer_parts_there_are(town, metres):
    # without barriers: one that comes to a junction parts what met there
    plain = {node: place[:2] for node, place in town.nodes.items()}
    town = town._replace(nodes=plain, relations=())
    if not towns.is_drivable(town):
        return
    try:
        less, more = (towns.network(*town, merge_ends_m=m) for m in metres)
    except planner.NetworkError:  # all roads are shorter than that
        return
    assert more.component_length_m.size <= less.component_length_m.size
    assert more.source.counts["ends_merged"] >= less.source.counts["ends_merged"]


def network_of_lines(town, *, turns, **asked):
    """Return the roads of a town written as lines, each from one node to the next; every other one turned round."""
    lines, rows = [], []
    for refs, tags in town.ways:
        for tail, head in itertools.pairwise(refs):
            row = {"highway": "residential", "maxspeed": "36"} | dict(tags)
            row = {key: value or None for key, value in row.items()}
            ends = [towns.degrees(*town.nodes[node]) for node in (tail, head)]
            if turns and len(lines) % 2:
                ends.reverse()
                row["oneway"] = {"yes": "-1", "-1": "yes"}.get(row.get("oneway"), row.get("oneway"))
            lines.append(LineString(ends))
            rows.append(row)
    frame = geopandas.GeoDataFrame(rows, geometry=lines, crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.geojson"
        frame.to_file(path, engine="pyogrio", COORDINATE_PRECISION=9)
        return read_network(path, speeds="limits", cache=False, **asked)


def times(network, places):
    """Return the drive times between the junctions of some network, on another one."""
    demand = towns.demand_of(places.node_lon, places.node_lat)
    sites = towns.sites_of(places.node_lon, places.node_lat)
    found = planner.drive_times(network, sites, demand, max_drive_time_s=FAR_S)
    pairs = zip(found.needs.point[found.need].tolist(), found.site.tolist(), strict=True)
    return dict(zip(pairs, found.time_s.tolist(), strict=True))
