"""The nearest site of every junction, against a drive from each junction on its own."""

import numpy as np
import oracles
import pytest

import planner
from planner.points import Sites


def sites_at(lon, lat):
    n = len(lon)
    no_text, no = np.full(n, "", dtype=object), np.zeros(n, dtype=bool)
    return Sites(
        id=np.array([f"S{i}" for i in range(n)], dtype=object),
        lon=np.array(lon),
        lat=np.array(lat),
        name=no_text,
        kind=no_text,
        services=no_text,
        opening_hours=no_text,
        is_existing=no,
        is_required=no,
        is_excluded=no,
        file="sites",
    )


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
@pytest.mark.parametrize("vehicle", ["car", "ebike"])
def test_every_junction_of_a_town_knows_its_nearest_site(cases, direction, vehicle):
    # C20: a private way between two junctions, a public one around, and a private spur.
    # C09: a roundabout that runs one way.
    for case in ("C20", "C09"):
        file = cases / case / "network.osm"
        network = planner.read_network(file, vehicle=vehicle, speeds="limits")
        sites = sites_at(network.node_lon[[0, -1]], network.node_lat[[0, -1]])
        found = planner.nearest_of_junctions(network, sites, direction=direction)

        roads = oracles.read_roads(file, vehicle=vehicle, speeds="limits")
        spots = oracles.snap(roads, network.node_lon, network.node_lat)
        right = oracles.nearest(
            roads, oracles.snap(roads, sites.lon, sites.lat), spots, direction=direction
        )
        assert found.time_s == pytest.approx([time for _, time in right], abs=1e-3)
        assert found.time_s[[0, -1]].tolist() == [0.0, 0.0]  # the sites stand there


def test_of_equally_near_sites_the_first_is_named(cases):
    network = planner.read_network(cases / "C20" / "network.osm")
    twice = sites_at(network.node_lon[[0, 0]], network.node_lat[[0, 0]])
    assert set(planner.nearest_of_junctions(network, twice).site.tolist()) == {0}
