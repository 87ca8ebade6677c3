"""Ends of roads that lie together: joined where asked, else counted and told."""

from __future__ import annotations

import pytest
import towns

from planner.errors import NetworkError
from planner.roads import read_network


def apart(metres, *, merge_ends_m=0.0, **options):
    """Return two roads of a kilometre in a row, whose ends are some metres apart."""
    nodes = {1: (0, 0), 2: (1000, 0), 20: (1000 + metres, 0), 3: (2000 + metres, 0)}
    ways = [([1, 2], {}), ([20, 3], {})]
    return towns.network(nodes, ways, merge_ends_m=merge_ends_m, **options)


def n_components(network):
    return network.component_length_m.size


def test_ends_apart_stay_apart_unless_asked():
    assert n_components(apart(0)) == n_components(apart(4)) == 2


@pytest.mark.parametrize(("metres", "n"), [(4.9, 1), (5.1, 2)])
def test_ends_nearer_than_asked_are_one(metres, n):
    network = apart(metres, merge_ends_m=5.0)
    assert n_components(network) == n
    assert network.source.counts["ends_merged"] == 2 - n


def test_ends_that_others_link_are_one_at_the_first_of_them():
    # 4 m steps from 2 to 20 to 21 to 22: 12 m from the first to the last
    nodes = {1: (0, 0), 2: (1000, 0), 20: (1004, 0), 21: (1008, 0), 22: (1012, 0)}
    nodes |= {i + 100: (50 * i, 500) for i in (20, 21, 22)}
    ways = [([1, 2], {}), *(([i, i + 100], {"name": str(i)}) for i in (20, 21, 22))]
    network = towns.network(nodes, ways, merge_ends_m=5.0)
    assert n_components(network) == 1
    (hub,) = (network.node_id == 2).nonzero()[0]
    assert (network.node_lon[hub], network.node_lat[hub]) == towns.degrees(1000, 0)
    assert not set(network.node_id.tolist()) & {20, 21, 22}
    assert network.source.counts["ends_merged"] == 3


def test_a_bend_is_no_end_and_is_not_joined():
    # the second road ends 1 m from a bend of the first
    nodes = {1: (0, 0), 2: (500, 0), 3: (1000, 100), 4: (500, 1), 5: (500, 500)}
    network = towns.network(nodes, [([1, 2, 3], {}), ([4, 5], {})], merge_ends_m=5.0)
    assert n_components(network) == 2


def test_the_drive_goes_on_over_ends_that_were_joined():
    network = apart(0, merge_ends_m=0.1)
    assert network.n_streets == 1
    assert network.edge_time_s == pytest.approx([200, 200], abs=0.01)  # 2 km at 36 km/h


def test_a_road_shorter_than_asked_between_two_ends_is_left_out_and_told():
    nodes = {1: (0, 0), 2: (1000, 0), 3: (1003, 0), 4: (2003, 0)}
    ways = [([1, 2], {}), ([2, 3], {"name": "short"}), ([3, 4], {})]
    network = towns.network(nodes, ways, merge_ends_m=5.0)
    assert network.length_m == pytest.approx(
        2003, abs=0.1
    )  # 4 is as far as ever from the node at 1000
    assert "short" not in {network.names[i] for i in network.street_name}
    assert "1 piece of road between them left out" in network.source.warnings[-1]


def test_a_ring_shorter_than_asked_stays():
    nodes = {1: (0, 0), 2: (1000, 0), 3: (1001, 0), 4: (1000, 1)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3, 4, 2], {})], merge_ends_m=5.0)
    assert network.n_streets == 2


def test_a_signal_and_a_gate_stay_where_their_ends_are_joined():
    nodes = {1: (0, 0), 2: (1000, 0), 20: (1000, 0, {"highway": "traffic_signals"}), 3: (2000, 0)}
    ways = [([1, 2], {}), ([20, 3], {})]
    assert towns.network(nodes, ways, merge_ends_m=1.0).edge_delay_s.max() == 12.0
    nodes[20] = (1000, 0, {"barrier": "bollard"})
    assert n_components(towns.network(nodes, ways, merge_ends_m=1.0)) == 2


def test_a_turn_that_is_forbidden_stays_so_where_its_node_was_joined(tmp_path):
    # from 1 over 2 = 20 to 3, and not to 4
    nodes = {1: (0, 0), 2: (1000, 0), 20: (1000, 0), 3: (2000, 0), 4: (1000, 900)}
    ways = [([1, 2], {"name": "a"}), ([20, 3], {"name": "b"}), ([20, 4], {"name": "c"})]
    relation = (
        '<relation id="1"><member type="way" ref="10" role="from"/><member type="node" ref="20" role="via"/>'
        '<member type="way" ref="12" role="to"/><tag k="type" v="restriction"/>'
        '<tag k="restriction" v="no_left_turn"/></relation></osm>'
    )
    path = tmp_path / "town.osm"
    path.write_text(towns.osm_text(nodes, ways).replace("</osm>", relation), encoding="utf-8")
    network = read_network(path, merge_ends_m=1.0)
    assert network.source.counts["restrictions_applied"] == 1
    names = [
        network.names[network.street_name[network.edge_street[e]]] for e in network.barred_edge
    ]
    # the turn, and turning back, which crosses the same traffic
    assert sorted(zip(names[::2], names[1::2], strict=True)) == [("a", "a"), ("a", "c")]


def test_where_all_roads_are_shorter_than_asked_it_is_said():
    with pytest.raises(NetworkError, match="merge_ends_m = 2000 leaves no road"):
        apart(0, merge_ends_m=2000.0)


# --- What is told ---------------------------------------------------------------------------------


def test_ends_at_the_same_spot_are_counted_and_told_with_the_remedy():
    network = apart(0)
    assert network.source.counts["ends_coincident"] == 1
    (told,) = network.source.warnings
    assert told.startswith("1 pair of road ends at the same spot not connected: nodes 2 and 20 at ")
    assert "merge_ends_m" in told


@pytest.mark.parametrize(("metres", "n"), [(0.009, 1), (0.021, 0)])
def test_the_same_spot_is_a_centimetre_wide(metres, n):
    assert apart(metres).source.counts["ends_coincident"] == n


def test_ends_that_a_road_without_length_links_are_not_told():
    nodes = {1: (0, 0), 2: (1000, 0), 20: (1000, 0), 3: (2000, 0)}
    ways = [([1, 2], {}), ([2, 20], {}), ([20, 3], {})]
    counts = towns.network(nodes, ways).source.counts
    assert (counts["ends_coincident"], counts["components"]) == (0, 1)


def test_nothing_is_told_of_a_network_that_hangs_together():
    nodes = {1: (0, 0), 2: (1000, 0), 3: (2000, 0)}
    network = towns.network(nodes, [([1, 2], {}), ([2, 3], {})], merge_ends_m=5.0)
    assert network.source.warnings == ()
    assert (network.source.counts["ends_merged"], network.source.counts["ends_coincident"]) == (
        0,
        0,
    )
