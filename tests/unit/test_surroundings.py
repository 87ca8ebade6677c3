"""What an extract and layers hold beside roads: water, names, districts."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from browser.towns import grid_network, scenario

from planner.errors import NetworkError, PointsError
from planner.inputs import files_of
from planner.surroundings import Surroundings, read_surroundings
from planner.surroundings.osm import read_osm_surroundings

SQUARE = {1: (0, 0), 2: (3, 0), 3: (3, 3), 4: (0, 3), 5: (1, 1), 6: (2, 1), 7: (2, 2), 8: (1, 2)}
"""Nodes in thousandths of a degree from 120 E, 30 N: a square, and one inside it."""
SHORE = {9: (2.5, -1), 10: (2.5, 11)}
"""A coast that leads northwards, with the sea in the east."""


def osm(tmp_path: Path, *things: str, places: str = "", box: str = "") -> Path:
    nodes = "".join(
        f'<node id="{i}" lon="{120 + x / 1000}" lat="{30 + y / 1000}"/>'
        for i, (x, y) in (SQUARE | SHORE).items()
    )
    path = tmp_path / "roads.osm"
    path.write_text(
        f'<osm version="0.6" generator="test">{box}{nodes}{places}{"".join(things)}</osm>',
        encoding="utf-8",
    )
    return path


def way(number: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
    return f'<way id="{number}">{refs}{tagged(tags)}</way>'


def tagged(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())


def place(number: int, **tags: str) -> str:
    return f'<node id="{number}" lon="120.001" lat="30.001">{tagged(tags)}</node>'


def size(areas: np.ndarray) -> float:
    """Return the size of areas, in squares of a thousandth of a degree."""
    return round(float(shapely.area(areas).sum()) * 1e6, 6)


@pytest.mark.parametrize(
    ("tags", "is_water"),
    [
        ({"natural": "water"}, True),
        ({"landuse": "reservoir"}, True),
        ({"landuse": "basin"}, True),
        ({"waterway": "riverbank"}, True),
        ({"natural": "wood"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_closed_ways_are_water_by_their_tags(tmp_path, tags, is_water):
    found = read_osm_surroundings(osm(tmp_path, way(1, [1, 2, 3, 4, 1], **tags)))
    assert size(found.water) == (9 if is_water else 0)


def test_a_way_that_is_not_closed_is_no_water(tmp_path):
    found = read_osm_surroundings(osm(tmp_path, way(1, [1, 2, 3, 4], natural="water")))
    assert len(found.water) == 0


def test_a_relation_is_put_together_from_parts_and_has_holes(tmp_path):
    members = "".join(
        f'<member type="way" ref="{i}" role="{role}"/>'
        for i, role in ((1, "outer"), (2, "outer"), (3, "inner"))
    )
    relation = f'<relation id="1">{members}{tagged({"type": "multipolygon", "natural": "water"})}</relation>'
    ways = [way(1, [1, 2, 3]), way(2, [1, 4, 3]), way(3, [5, 6, 7, 8, 5])]
    assert size(read_osm_surroundings(osm(tmp_path, *ways, relation)).water) == 9 - 1


def test_a_coast_with_nodes_that_were_cut_off_comes_in_parts(tmp_path):
    found = read_osm_surroundings(
        osm(
            tmp_path,
            way(1, [1, 2, 99, 3, 4], natural="coastline"),
            way(2, [98, 97], natural="coastline"),
        )
    )
    assert [len(shapely.get_coordinates(line)) for line in found.coast] == [2, 2]


def test_names_come_by_rank_then_population_in_both_languages(tmp_path):
    places = (
        place(21, place="village", name="小村")
        + place(22, place="town", name="甲镇", population="9,000")
        + place(23, place="town", name="乙镇", population="20000", **{"name:en": "Yi"})
        + place(24, place="city", name="Stadt", **{"name:zh": "城"})
        + place(25, place="town")
        + place(26, place="farm", name="Farm")
        + place(27, natural="water", name="no place")
        + place(28, place="city", name="Nowhere").replace("lat=", "lat='91' was=")
    )
    names = read_osm_surroundings(osm(tmp_path, places=places)).names
    assert list(names.zh) == ["城", "乙镇", "甲镇", "小村"]
    assert list(names.en) == ["Stadt", "Yi", "甲镇", "小村"]
    assert list(names.rank) == [0, 1, 1, 2]


def test_a_file_that_is_no_openstreetmap_is_told(tmp_path):
    path = tmp_path / "roads.osm.pbf"
    path.write_bytes(b"no such thing")
    with pytest.raises(NetworkError, match="not readable"):
        read_osm_surroundings(path)


# ---------------------------------------------------------------------------------------------
# With roads
# ---------------------------------------------------------------------------------------------

BOUNDS = '<bounds minlon="120.0" minlat="30.0" maxlon="120.01" maxlat="30.01"/>'


def around(tmp_path: Path, *things: str, lon: float, box: str = BOUNDS) -> Surroundings:
    """Return what lies around a town whose roads reach 390 m eastwards (0.0039 degrees) from a longitude."""
    osm(tmp_path, *things, box=box)
    network = grid_network(6, lon=lon, lat=30.004, step_m=75.0)
    return read_surroundings(scenario(folder=tmp_path), network)


def coast(nodes: list[int]) -> str:
    return way(1, nodes, natural="coastline")


def test_the_sea_is_known_within_what_the_extract_covers(tmp_path):
    found = around(tmp_path, coast([9, 10]), lon=119.9985)
    assert found.sea_box == (120.0, 30.0, 120.01, 30.01)
    assert size(found.sea) == 75


def test_a_coast_that_puts_the_roads_into_the_sea_is_not_believed(tmp_path):
    found = around(tmp_path, coast([9, 10]), lon=120.003)
    assert found.sea_box is None
    assert len(found.sea) == 0


def test_an_extract_that_says_it_covers_half_the_world_is_known_around_its_roads_only(tmp_path):
    half = '<bounds minlon="0" minlat="0" maxlon="180" maxlat="90"/>'
    found = around(tmp_path, coast([9, 10]), lon=119.9985, box=half)
    assert found.sea_box is not None
    west, south, east, north = found.sea_box
    assert 119.99 < west < 119.9985 < 120.0025 < east < 120.01
    assert 30.0 < south < 30.004 < north < 30.01


def test_without_an_extract_there_is_nothing_around(tmp_path):
    network = grid_network(3, lon=120.0, lat=30.0)
    found = read_surroundings(scenario(folder=tmp_path, network={"file": "roads.gpkg"}), network)
    assert (len(found.water), len(found.names.zh), found.sea_box) == (0, 0, None)


# ---------------------------------------------------------------------------------------------
# Layers
# ---------------------------------------------------------------------------------------------


def layer(tmp_path: Path, file: str, *, crs: int = 4326, **columns: list[object]) -> Path:
    shapes = [shapely.box(120, 30, 120.01, 30.01), shapely.box(120.01, 30, 120.02, 30.01)]
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=4326)
    frame.to_crs(crs).to_file(tmp_path / file)
    return tmp_path / file


def told(tmp_path: Path, **settings: object) -> Surroundings:
    return read_surroundings(
        scenario(folder=tmp_path, network={"file": "roads.gpkg"}, map=settings), None
    )


def test_districts_come_with_their_names_in_wgs_84(tmp_path):
    layer(tmp_path, "districts.gpkg", crs=32651, 名称=["甲", "乙"])
    found = told(tmp_path, districts="districts.gpkg").districts
    assert list(found.name) == ["甲", "乙"]
    assert np.allclose(shapely.bounds(found.area)[0], [120, 30, 120.01, 30.01], atol=1e-6)


def test_the_column_of_names_may_be_told(tmp_path):
    layer(tmp_path, "d.geojson", label=["a", "b"])
    districts = {"file": "d.geojson", "columns": {"name": "label"}, "crs": "wgs84"}
    assert list(told(tmp_path, districts=districts).districts.name) == ["a", "b"]
    with pytest.raises(PointsError, match="no column name; columns there: label"):
        told(tmp_path, districts="d.geojson")


def test_water_needs_no_column(tmp_path):
    layer(tmp_path, "water.gpkg", depth=[1, 2])
    assert size(told(tmp_path, water="water.gpkg").water) == 200


@pytest.mark.parametrize(
    ("file", "why"), [("points.gpkg", "row 1: is no area"), ("d.csv", "is a table")]
)
def test_what_is_no_area_is_refused(tmp_path, file, why):
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[shapely.Point(120, 30)], crs=4326)
    if file.endswith(".csv"):
        (tmp_path / file).write_text("name\na\n")
    else:
        frame.to_file(tmp_path / file)
    with pytest.raises(PointsError, match=why):
        told(tmp_path, districts=file)


def test_layers_of_the_map_are_among_the_files_of_a_run():
    asked = scenario(map={"districts": "d.gpkg", "water": {"file": "w.gpkg", "layer": "x"}})
    assert files_of(asked)[-2:] == ["d.gpkg", "w.gpkg"]
