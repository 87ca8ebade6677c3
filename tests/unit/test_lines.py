"""Road lines: which column says what, which lines count, where they meet."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pytest
import towns
from shapely import LineString, MultiLineString, Point

from planner.errors import NetworkError
from planner.network import JunctionDelays, RoadNetwork
from planner.roads import LineLayer, read_network

A, B, C = (0, 0), (1000, 0), (2000, 0)
NO_DELAYS = JunctionDelays(signal_s=0, u_turn_s=0)


def line(*places):
    return LineString([towns.degrees(*place) for place in places])


@pytest.fixture
def read(tmp_path):
    """Write lines with columns to a layer, and read it as roads."""

    def written_and_read(lines, values=None, /, *, file="roads.gpkg", crs="EPSG:4326", **asked):
        frame = geopandas.GeoDataFrame(values or {"number": range(len(lines))}, geometry=lines)
        frame.set_crs(crs).to_file(tmp_path / file, engine="pyogrio")
        speeds = asked.pop("speeds", "limits")
        merge_ends_m = asked.pop("merge_ends_m", 0.0)
        return read_network(
            tmp_path / file,
            lines=LineLayer(**asked),
            speeds=speeds,
            merge_ends_m=merge_ends_m,
            cache=False,
        )

    return written_and_read


def ways_driven(network):
    """Return where one can drive, as pairs of kilometres east."""
    east = np.rint((network.node_lon - 120.0) * towns.EAST_M / 1000).astype(int)
    return sorted(
        zip(east[network.edge_tail].tolist(), east[network.edge_head].tolist(), strict=True)
    )


def told(network):
    return " | ".join(network.source.warnings)


def classes(network):
    return {network.classes[i] for i in network.street_class}


def components(network):
    return network.component_length_m.size


# --- Tables -----------------------------------------------------------------------------------------


def test_the_lines_of_a_table_are_the_roads_that_they_are_in_a_file(tmp_path):
    roads = geopandas.GeoDataFrame(
        {"type": ["primary", "residential"], "way": ["FT", "B"], "kmh": [60, 30], "label": "x"},
        geometry=[line(A, B), line(B, C)],
        crs=4326,
    )
    columns = {"class": "type", "direction": "way", "speed": "kmh", "name": "label"}
    before = roads.copy()
    network = RoadNetwork.from_frame(roads, columns=columns, speeds="limits", delays=NO_DELAYS)
    assert roads.equals(before)
    assert ways_driven(network) == [(0, 1), (1, 2), (2, 1)]
    # 1000 m at 60 km/h and at 30 km/h
    assert sorted(network.edge_time_s) == pytest.approx([60, 120, 120], abs=0.05)
    roads.to_file(tmp_path / "roads.gpkg", engine="pyogrio")
    layer = LineLayer(columns=columns)
    filed = read_network(
        tmp_path / "roads.gpkg", lines=layer, speeds="limits", delays=NO_DELAYS, cache=False
    )
    assert network.edge_time_s.tolist() == filed.edge_time_s.tolist()
    assert network.names == filed.names


def test_a_table_of_lines_may_be_in_any_crs_but_has_to_tell_it():
    roads = geopandas.GeoDataFrame({"oneway": ["yes"]}, geometry=[line(A, B)], crs=4326)
    network = RoadNetwork.from_frame(roads.to_crs(32651))
    assert ways_driven(network) == [(0, 1)]
    with pytest.raises(NetworkError, match="GeoDataFrame: has no CRS"):
        RoadNetwork.from_frame(roads.set_crs(None, allow_override=True))
    with pytest.raises(NetworkError, match="lanez"):
        RoadNetwork.from_frame(roads, columns={"class": "lanez"})


# --- Geometry -------------------------------------------------------------------------------------


def test_ends_at_the_same_place_are_one_junction(read):
    network = read([line(A, B), line(B, C)], {"name": ["x", "y"]})
    assert ways_driven(network) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    # 1000 m at 25 km/h, the class speed of unclassified roads
    assert network.edge_time_s == pytest.approx([144.0] * 4, abs=0.05)


def test_the_parts_of_a_multi_line_are_lines_of_their_own(read):
    far = line((0, 500), (1000, 500))
    network = read([MultiLineString([line(A, B), line(B, C)]), MultiLineString([far])])
    assert components(network) == 2
    assert network.length_m == pytest.approx(3000, abs=0.1)


def test_heights_are_dropped(read):
    high = LineString([(*towns.degrees(*A), 10.0), (*towns.degrees(*B), 900.0)])
    assert read([high]).length_m == pytest.approx(1000, abs=0.1)


def test_rows_that_are_no_lines_are_left_out_and_told(read):
    network = read([line(A, B), None, LineString(), Point(120, 30)], file="roads.geojson")
    assert network.n_streets == 1
    assert network.source.counts["lines_out_without_geometry"] == 2
    assert network.source.counts["lines_out_other_geometry"] == 1
    assert "2 rows without geometry: left out" in told(network)
    assert "1 row whose geometry is no line: left out" in told(network)


def test_an_end_at_a_bend_of_another_line_joins_it(read):
    network = read([line(A, B, C), line(B, (1000, 700))])
    assert components(network) == 1
    assert network.n_nodes == 4
    assert "1 place where lines end at a bend of another one: joined" in told(network)


def test_an_end_between_the_bends_of_another_line_does_not(read):
    assert components(read([line(A, C), line(B, (1000, 700))])) == 2


def test_lines_that_share_a_bend_are_a_bridge_where_nothing_tells(read):
    network = read([line(A, B, C), line((1000, -500), B, (1000, 500))])
    assert components(network) == 2
    assert "1 place where lines share a bend and none ends: not joined" in told(network)


@pytest.mark.parametrize(
    ("bridge", "n"), [(["F", "F"], 1), (["F", "T"], 2), (["T", "T"], 1), ([None, "no"], 1)]
)
def test_lines_that_share_a_bend_meet_where_both_are_on_one_level(read, bridge, n):
    cross = [line(A, B, C), line((1000, -500), B, (1000, 500))]
    network = read(cross, {"bridge": bridge, "tunnel": ["F", "F"], "layer": [0, 0]})
    assert components(network) == n
    assert "share a bend" not in told(network)


@pytest.mark.parametrize(("metres", "n"), [(0.0005, 1), (0.002, 2)])
def test_places_are_the_same_up_to_a_millimetre(read, metres, n):
    lon, lat = 120.0 + 1000 / towns.EAST_M, 30.0
    near = LineString([(lon + metres / towns.EAST_M, lat), towns.degrees(*C)])
    network = read([LineString([towns.degrees(*A), (lon, lat)]), near])
    assert components(network) == n


def test_ends_near_each_other_are_joined_if_asked(read):
    lines = [line(A, B), line((1003, 0), C)]
    assert components(read(lines)) == 2
    joined = read(lines, merge_ends_m=5.0)
    assert components(joined) == 1
    assert joined.source.counts["ends_merged"] == 1


def test_a_line_all_at_one_place_is_no_road(read):
    network = read([line(A, B), line(C, C)])
    assert network.n_streets == 1
    assert network.source.counts["lines_without_length"] == 1


def test_a_point_told_twice_in_a_row_does_no_harm(read):
    network = read([line(A, A, B, B, C, C)])
    assert network.shape_lon.size == 3


# --- Lines over one another -----------------------------------------------------------------------


def test_lines_drawn_once_each_way_are_one_two_way_road(read):
    bend = (500, 200)
    network = read([line(A, bend, B), line(B, bend, A)], {"name": ["x", "x"]}, one_way=True)
    assert (network.n_streets, network.n_edges) == (1, 2)
    assert "1 road drawn once for each direction" in told(network)


def test_both_sides_of_a_road_keep_their_own_limit(read):
    columns = {"oneway": ["yes", "yes"], "maxspeed": ["36", "72"], "highway": ["primary"] * 2}
    network = read([line(A, B), line(B, A)], columns)
    # 1000 m at 36 and at 72 km/h
    assert sorted(network.edge_time_s) == pytest.approx([50, 100], abs=0.05)
    east = np.where(network.edge_is_forward, 1, -1)
    east *= np.sign(
        network.node_lon[network.street_head[0]] - network.node_lon[network.street_tail[0]]
    ).astype(int)
    assert network.edge_time_s[east == 1] == pytest.approx(100, abs=0.05)


def test_a_line_drawn_against_itself_by_its_tag_is_the_other_side_too(read):
    columns = {"oneway": ["yes", "-1"], "highway": ["primary", "primary"]}
    network = read([line(A, B), line(A, B)], columns)
    assert (network.n_streets, network.n_edges) == (1, 2)


def test_lines_of_other_classes_are_roads_of_their_own(read):
    network = read([line(A, B), line(B, A)], {"highway": ["primary", "service"]}, one_way=True)
    assert (network.n_streets, network.n_edges) == (2, 2)


def test_a_line_that_comes_twice_counts_once(read):
    network = read([line(A, B), line(B, A), line(A, B)])
    assert network.length_m == pytest.approx(1000, abs=0.1)
    assert network.source.counts["lines_repeated"] == 2


def test_a_motorway_that_is_one_way_unsaid_stays_so_when_its_line_comes_the_other_way_round(read):
    columns = {"highway": ["motorway", "motorway"], "oneway": [None, None]}
    network = read([line(A, B), line(B, A)], columns)
    assert (network.n_streets, network.n_edges) == (1, 2)  # one each way
    network = read([line(A, B), line(A, B)], columns)
    assert ways_driven(network) == [(0, 1)]


# --- Directions -----------------------------------------------------------------------------------


def test_lines_are_two_way_where_nothing_tells_and_it_is_said(read):
    network = read([line(A, B)], {"highway": ["motorway"]})
    assert ways_driven(network) == [(0, 1), (1, 0)]
    assert "no column tells the direction: all lines are two-way" in told(network)


def test_lines_are_one_way_as_drawn_if_asked(read):
    assert ways_driven(read([line(B, A)], one_way=True)) == [(1, 0)]


@pytest.mark.parametrize("lines", [[line(A, B), line(B, C)], [line(B, C), line(A, B)]])
def test_a_one_way_road_that_goes_on_is_one_street_in_whatever_order_its_lines_come(read, lines):
    network = read(lines, one_way=True)
    assert (network.n_nodes, network.n_streets, ways_driven(network)) == (2, 1, [(0, 2)])


BOTH, ALONG, AGAINST = [(0, 1), (1, 0)], [(0, 1)], [(1, 0)]


@pytest.mark.parametrize(
    ("value", "driven"),
    [
        *((v, BOTH) for v in (0, "0", "B", "both", "no", False, "FT+TF", "双向", None, 0.0)),
        *((v, ALONG) for v in (1, "1", 1.0, "FT", "yes", True, "true", "along", "单向", "正向")),
        *((v, AGAINST) for v in (-1, "-1", "TF", "reverse", "against", "逆向")),
    ],
)
def test_a_direction_is_understood(read, value, driven):
    network = read([line(A, B)], {"way": [value]}, columns={"direction": "way"})
    assert ways_driven(network) == driven


@pytest.mark.parametrize(("value", "driven"), [("F", ALONG), ("T", AGAINST)])
def test_f_and_t_are_from_and_to_beside_b(read, value, driven):
    far = line((0, 50_000), (1000, 50_000))
    network = read([line(A, B), far], {"oneway": [value, "B"], "fclass": ["primary"] * 2})
    near = network.node_lat[network.edge_tail] < 30.1
    east = (network.node_lon[network.edge_head] - network.node_lon[network.edge_tail])[near]
    assert [(0, 1) if e > 0 else (1, 0) for e in east] == driven


@pytest.mark.parametrize("values", [["T", "F"], ["N", "B"], ["2", "1"]])
def test_a_direction_that_may_mean_either_is_refused_with_what_is_understood(read, values):
    with pytest.raises(NetworkError) as caught:
        read([line(A, B), line(B, C)], {"way": values}, columns={"direction": "way"})
    assert f"{values[0]} (1)" in str(caught.value)
    assert "understood are 0, B, both" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "driven"), [("no;yes", ALONG), ("['no', '-1']", AGAINST), ("[False, True]", ALONG)]
)
def test_a_road_that_was_several_is_driven_where_all_of_them_may_be(read, value, driven):
    assert ways_driven(read([line(A, B)], {"oneway": [value]})) == driven


# --- Classes, speeds, tags ------------------------------------------------------------------------


def test_without_a_class_all_are_unclassified_and_it_is_said(read):
    network = read([line(A, B)], {"type": ["pipe"]})
    assert classes(network) == {"unclassified"}
    assert "no column tells the class of road (type names none): all are unclassified" in told(
        network
    )


@pytest.mark.parametrize(
    "column", ["highway", "fclass", "class", "link_type", "type", "road_class", "FCLASS"]
)
def test_usual_columns_are_taken_for_the_class(read, column):
    network = read([line(A, B)], {column: ["secondary"]})
    assert classes(network) == {"secondary"}
    assert (f"the class of road is taken from column {column}" in told(network)) == (
        column != "highway"
    )


def test_a_class_that_is_none_is_left_out_by_name(read):
    lines = [line(A, B), line(B, C), line(B, (0, 900))]
    network = read(
        lines, {"kind": ["primary", "centroid_connector", None]}, columns={"class": "kind"}
    )
    assert network.n_streets == 1
    assert "left out, as no class of road: centroid_connector (1), nothing (1)" in told(network)


def test_of_several_classes_the_first_that_is_one_counts_and_it_is_said(read):
    kinds = [
        "['primary_link', 'tertiary']",
        "busway;secondary",
        "highway.residential",
        "track_grade2",
    ]
    lines = [line((0, y), (1000, y)) for y in range(0, 400, 100)]
    network = read(lines, {"highway": kinds})
    # a track is no road for a car without a tag that says so
    assert classes(network) == {"primary_link", "secondary", "residential"}
    assert "2 lines made of several ways" in told(network)


def test_where_no_line_is_a_road_it_is_said_why(read):
    with pytest.raises(NetworkError, match=r"none of its 1 lines is a road for a car.*rail \(1\)"):
        read([line(A, B)], {"kind": ["rail"]}, columns={"class": "kind"})


@pytest.mark.parametrize(
    ("speed", "seconds"),
    [
        (36, 100),
        (36.0, 100),
        ("36", 100),
        ("72 km/h", 50),
        ("72;36", 100),
        (0, 144),
        (None, 144),
        ("0", 144),
    ],
)
def test_a_column_of_speeds_says_the_limit(read, speed, seconds):
    # 1000 m; where none is told at 25 km/h, as unclassified
    network = read([line(A, B)], {"kph": [speed]}, columns={"speed": "kph"})
    assert network.edge_time_s == pytest.approx([seconds] * 2, abs=0.05)
    assert ("1 of 1 lines have no speed in column kph" in told(network)) == (seconds == 144)


def test_a_limit_is_driven_at_a_share_unless_limits_are_asked_for(read):
    network = read([line(A, B)], {"kph": [20]}, columns={"speed": "kph"}, speeds=None)
    assert network.edge_time_s == pytest.approx([1000 / (0.85 * 20 / 3.6)] * 2, abs=0.1)


def test_the_way_back_may_have_a_speed_of_its_own(read):
    columns = {"ab": [36, 36], "ba": [72, 0]}
    lines = [line(A, B), line((0, 900), (1000, 900))]
    network = read(lines, columns, columns={"speed": "ab", "speed_back": "ba"})
    times = sorted(network.edge_time_s.tolist())
    assert times == pytest.approx([50, 100, 100, 144], abs=0.05)  # 0 says none: 25 km/h


def test_columns_called_as_tags_are_tags(read):
    columns = {
        "highway": ["residential"] * 4,
        "access": ["private", "no", None, None],
        "MAXSPEED": [None, None, "36", None],
        "name": [None, None, "Elm", None],
        "ref": ["x", "x", "x", "G1"],
    }
    network = read([line((0, y), (1000, y)) for y in (0, 100, 200, 300)], columns)
    assert network.source.counts["ways_out_access"] == 1
    assert network.street_is_local.sum() == 1
    assert sorted(network.names[i] for i in network.street_name) == ["Elm", "G1", "x"]
    assert network.edge_time_s.min() == pytest.approx(100, abs=0.05)


def test_a_maxspeed_of_0_closes_the_road_as_text_and_says_nothing_as_a_number(read):
    lines = [line(A, B), line((0, 900), (1000, 900))]
    network = read(lines, {"maxspeed": ["0", "50"]})
    assert network.n_streets == 1
    assert "1 line with maxspeed=0: taken as closed" in told(network)
    assert read(lines, {"maxspeed": [0, 50]}).n_streets == 2


def test_columns_that_are_not_there_are_named_all_together(read):
    with pytest.raises(NetworkError) as caught:
        read([line(A, B)], {"kph": [30]}, columns={"speed": "kmh", "tail": "a", "kind": "b"})
    assert len(caught.value.problems) == 4
    assert any("column kmh (speed) is not there" in p and "kph" in p for p in caught.value.problems)
    assert any("tail is named and head is not" in p for p in caught.value.problems)
    assert any("kind is no column of road lines" in p for p in caught.value.problems)


# --- Node numbers ---------------------------------------------------------------------------------

NUMBERS = {"tail": "a", "head": "b"}


def test_ends_with_one_number_are_one_junction_wherever_they_lie(read):
    network = read([line(A, B), line((1007, 0), C)], {"a": [1, 2], "b": [2, 3]}, columns=NUMBERS)
    assert components(network) == 1
    assert sorted(network.node_id.tolist()) == [1, 3]  # the road merely goes on at 2
    assert network.length_m == pytest.approx(2000, abs=0.1)


def test_ends_with_different_numbers_are_not_even_at_one_place_and_it_is_told(read):
    lines, numbers = [line(A, B), line(B, C)], {"a": [1, 20], "b": [2, 3]}
    network = read(lines, numbers, columns=NUMBERS)
    assert components(network) == 2
    assert "nodes 2 and 20" in told(network)
    assert components(read(lines, numbers, columns=NUMBERS, merge_ends_m=0.1)) == 1


@pytest.mark.parametrize("kind", [str, float])
def test_node_numbers_may_be_texts_and_fractions_of_nothing(read, kind):
    numbers = {"a": [kind(1), kind(2)], "b": [kind(2), kind(3)]}
    assert components(read([line(A, B), line(B, C)], numbers, columns=NUMBERS)) == 1
    words = {"a": ["n1", "n2"], "b": ["n2", "n3"]}
    assert components(read([line(A, B), line(B, C)], words, columns=NUMBERS)) == 1


def test_an_end_without_a_number_is_refused(read):
    with pytest.raises(NetworkError, match=r"1 end of lines without a node number \(row 2\)"):
        read([line(A, B), line(B, C)], {"a": ["1", None], "b": ["2", "3"]}, columns=NUMBERS)


# --- Conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["roads.gpkg", "roads.geojson", "roads.fgb", "roads.shp"])
def test_a_condition_picks_lines(read, file):
    lines = [line(A, B), line(B, C)]
    network = read(
        lines, {"lanes": [1, 3], "kind": ["a", "b"]}, file=file, where="lanes > 1 AND kind = 'b'"
    )
    assert ways_driven(network) == [(1, 2), (2, 1)]


def test_a_condition_that_makes_no_sense_is_refused(read):
    with pytest.raises(NetworkError, match="is not understood; it is a condition as in SQL"):
        read([line(A, B)], {"lanes": [1]}, where="lanes > > 1")


def test_a_condition_that_nothing_meets_is_refused(read):
    with pytest.raises(NetworkError, match="none that meets the condition of where"):
        read([line(A, B)], {"lanes": [1]}, where="lanes > 1")


# --- CRS ------------------------------------------------------------------------------------------


def test_metres_are_converted(read):
    frame = geopandas.GeoSeries([line(A, B), line(B, C)], crs=4326).to_crs("EPSG:4549")
    network = read(list(frame), crs="EPSG:4549")
    assert network.length_m == pytest.approx(2000, abs=0.1)
    assert components(network) == 1


def test_a_layer_without_crs_is_refused_unless_it_is_told(tmp_path):
    save_without_crs(tmp_path / "roads.shp", line(A, B))
    with pytest.raises(
        NetworkError, match=r'has no CRS \(120, 30 may be degrees\); say crs = "wgs84"'
    ):
        read_network(tmp_path / "roads.shp", cache=False)
    network = read_network(tmp_path / "roads.shp", lines=LineLayer(crs="wgs84"), cache=False)
    assert network.length_m == pytest.approx(1000, abs=0.1)


def save_without_crs(path, road):
    geopandas.GeoSeries([road], crs=4326).to_file(path)
    path.with_suffix(".prj").unlink()


def test_a_crs_that_is_not_the_layers_own_is_refused(tmp_path):
    geopandas.GeoSeries([line(A, B)], crs=4326).to_file(tmp_path / "roads.gpkg")
    with pytest.raises(NetworkError, match="but crs = EPSG:4549 was asked"):
        read_network(tmp_path / "roads.gpkg", lines=LineLayer(crs="EPSG:4549"), cache=False)


def test_shifted_degrees_are_brought_back(tmp_path):
    from planner.coordinates import Shifted, shifted_to

    xy = np.array([towns.degrees(*A), towns.degrees(*B)])
    shifted = np.column_stack(shifted_to(Shifted.GCJ02, xy[:, 0], xy[:, 1]))
    geopandas.GeoSeries([LineString(shifted)], crs=4326).to_file(tmp_path / "roads.gpkg")
    network = read_network(tmp_path / "roads.gpkg", lines=LineLayer(crs="gcj02"), cache=False)
    assert np.sort(network.node_lon) == pytest.approx(xy[:, 0], abs=1e-9)
    assert network.node_lat == pytest.approx([30.0, 30.0], abs=1e-9)


def test_numbers_that_are_no_degrees_are_refused(tmp_path):
    road = LineString([(500_000, 3_300_000), (501_000, 3_300_000)])
    save_without_crs(tmp_path / "roads.shp", road)
    with pytest.raises(NetworkError, match=r'are not degrees; say crs = "EPSG:n"'):
        read_network(tmp_path / "roads.shp", cache=False)
    with pytest.raises(NetworkError, match=r'500000, 3300000 are not degrees; say crs = "EPSG:n"'):
        read_network(tmp_path / "roads.shp", lines=LineLayer(crs="wgs84"), cache=False)


# --- Files ----------------------------------------------------------------------------------------


def save(path: Path, columns=None, **options):
    columns = columns or {"name": ["解放路", "Elm"]}
    frame = geopandas.GeoDataFrame(columns, geometry=[line(A, B), line(B, C)], crs=4326)
    frame.to_file(path, engine="pyogrio", **options)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".fgb", ".sqlite", ".gml", ".tab"])
def test_layers_of_many_kinds_are_the_same_roads(tmp_path, suffix):
    save(tmp_path / f"roads{suffix}", driver="SQLite" if suffix == ".sqlite" else None)
    for part in sorted(tmp_path.iterdir()):  # a shapefile is several files
        part.rename(tmp_path / f"路 网!;{part.suffix}")
    network = read_network(tmp_path / f"路 网!;{suffix}", cache=False)
    assert ways_driven(network) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert {network.names[i] for i in network.street_name} == {"解放路", "Elm"}


def test_a_file_geodatabase_is_a_folder(tmp_path):
    save(tmp_path / "roads.gdb", driver="OpenFileGDB")
    assert read_network(tmp_path / "roads.gdb").n_streets == 2


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_a_shapefile_that_tells_no_encoding_is_read_all_the_same(tmp_path, encoding):
    save(tmp_path / "roads.shp", {"name": ["解放路中段", "人民大道东"]}, encoding=encoding)
    (tmp_path / "roads.cpg").unlink()
    network = read_network(tmp_path / "roads.shp", cache=False)
    assert {network.names[i] for i in network.street_name} == {"解放路中段", "人民大道东"}


def test_a_shapefile_in_a_zip_may_be_one_of_several_and_in_a_folder(tmp_path):
    save(tmp_path / "roads.shp")
    geopandas.GeoSeries([Point(120, 30)], crs=4326).to_file(tmp_path / "nodes.shp")
    with zipfile.ZipFile(tmp_path / "town.zip", "w") as archive:
        for path in sorted(tmp_path.glob("*.*")):
            if path.suffix != ".zip":
                archive.write(path, f"folder/{path.name}")
    assert read_network(tmp_path / "town.zip", cache=False).n_streets == 2
    named = read_network(tmp_path / "town.zip", lines=LineLayer(layer="roads"), cache=False)
    assert named.n_streets == 2
    with pytest.raises(NetworkError, match="layer road is not there; did you mean roads"):
        read_network(tmp_path / "town.zip", lines=LineLayer(layer="road"), cache=False)


def test_of_several_layers_of_lines_one_is_to_be_named(tmp_path):
    save(tmp_path / "town.gpkg", layer="streets")
    save(tmp_path / "town.gpkg", layer="rivers")
    with pytest.raises(NetworkError, match=r"several layers \(streets, rivers\); say which"):
        read_network(tmp_path / "town.gpkg", cache=False)
    assert read_network(tmp_path / "town.gpkg", lines=LineLayer(layer="streets"), cache=False)


def test_a_layer_without_lines_is_refused(tmp_path):
    geopandas.GeoSeries([Point(120, 30)], crs=4326).to_file(tmp_path / "town.gpkg", layer="p")
    with pytest.raises(NetworkError, match="no layer with lines; layers there: p"):
        read_network(tmp_path / "town.gpkg", cache=False)


@pytest.mark.parametrize("file", ["roads.gpkg", "roads.zip", "roads.shp", "roads.geojson"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, file):
    (tmp_path / file).write_bytes(b"PK\x03\x04 no such thing")
    with pytest.raises(NetworkError):
        read_network(tmp_path / file, cache=False)


def test_parquet_is_read_with_lists_and_conditions(tmp_path):
    pytest.importorskip("pyarrow")
    frame = geopandas.GeoDataFrame(
        {"highway": [["primary", "trunk"], ["secondary"]], "kind": ["a", "b"], "n": [1, 2]},
        geometry=[line(A, B), line(B, C)],
        crs=4326,
    )
    frame.to_parquet(tmp_path / "roads.parquet")
    network = read_network(tmp_path / "roads.parquet", cache=False)
    assert classes(network) == {"primary", "secondary"}
    where = LineLayer(where="n > 1 AND kind LIKE 'B'")
    network = read_network(tmp_path / "roads.parquet", lines=where, cache=False)
    assert ways_driven(network) == [(1, 2), (2, 1)]
    assert set(network.shape_way.tolist()) == {2}


def test_parquet_without_pyarrow_is_refused_with_the_remedy(tmp_path, monkeypatch):
    def missing(path):
        raise ImportError("no pyarrow")

    monkeypatch.setattr(geopandas, "read_parquet", missing)
    (tmp_path / "roads.parquet").write_bytes(b"PAR1")
    with pytest.raises(NetworkError, match="pip install pyarrow"):
        read_network(tmp_path / "roads.parquet", cache=False)


def test_options_of_lines_are_refused_for_other_files(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text(towns.osm_text({1: A, 2: B}, [([1, 2], {})]), encoding="utf-8")
    with pytest.raises(NetworkError, match="are for road lines; leave them out"):
        read_network(path, lines=LineLayer(one_way=True))
    assert read_network(path, lines=LineLayer()).n_streets == 1
