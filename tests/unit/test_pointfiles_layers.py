"""Layers: encodings of shapefiles, archives, KML, GeoParquet; areas and points of several parts."""

import sys

import geopandas
import numpy as np
import pytest
import shapely
from madefiles import (
    frame,
    kml,
    parts_of,
    placemark,
    problems,
    shapefile,
    shapes,
    zipped,
)

from planner.coordinates import Shifted, shifted_to
from planner.pointfiles.areas import area_km2, points_inside
from planner.points import read_demand, read_sites

NAMES = ["邮政银行", "中心小学"]


# --- text of shapefiles -----------------------------------------------------------------------


@pytest.mark.parametrize(("cpg", "encoding"), [("GBK", "gbk"), ("936", "gbk"), ("UTF-8", "utf-8")])
def test_a_shapefile_that_says_its_encoding_is_read_in_it(tmp_path, cpg, encoding):
    points = frame(名称=NAMES)
    sites = read_sites(shapefile(tmp_path, "a", points, encoding=encoding, cpg=cpg))
    assert sites.name.tolist() == NAMES
    assert sites.notes == ("columns by their usual names: 名称 taken for name",)


def test_the_language_byte_of_a_table_says_its_encoding(tmp_path):
    path = shapefile(tmp_path, "a", frame(name=NAMES), encoding="gbk")
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    content[29] = 0x4D  # code page 936
    path.with_suffix(".dbf").write_bytes(content)
    sites = read_sites(path)
    assert sites.name.tolist() == NAMES
    assert sites.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_shapefile_that_says_nothing_is_read_in_what_it_is(tmp_path, encoding):
    sites = read_sites(shapefile(tmp_path, "a", frame(名称=NAMES), encoding=encoding))
    assert sites.name.tolist() == NAMES
    assert any("taken for GB18030" in note for note in sites.notes) is (encoding == "gb18030")


def test_a_guess_at_the_encoding_is_told_with_a_sample(tmp_path):
    sites = read_sites(shapefile(tmp_path, "a", frame(名称=NAMES), encoding="gb18030"))
    assert sites.notes[0] == (
        "text is not UTF-8 and taken for GB18030 ('名称, 邮政银行, 中心小学'); else say encoding = \"…\""
    )


@pytest.mark.parametrize("cpg", [None, "UTF-8", "ISO-8859-1"])
def test_the_encoding_that_was_told_goes_before_what_a_shapefile_says(tmp_path, cpg):
    path = shapefile(tmp_path, "a", frame(name=NAMES), encoding="gbk", cpg=cpg)
    assert read_sites(path, encoding="gb18030").name.tolist() == NAMES
    assert read_sites(path, encoding="gb18030").notes == ()


@pytest.mark.parametrize("encoding", [None, "gb18030", "gbk"])
def test_every_byte_of_a_chinese_text_comes_through(tmp_path, encoding):
    names = ["堃银行", "邮政丂丄中心"]  # bytes from 0x80 on, which Latin-1 has no letters for
    path = shapefile(tmp_path, "a", frame(name=names), encoding="gb18030")
    assert read_sites(path, encoding=encoding).name.tolist() == names


def test_latin_1_is_believed_where_it_is_said(tmp_path):
    path = shapefile(tmp_path, "a", frame(name=["café", "b"]), encoding="latin-1", cpg="ISO-8859-1")
    assert read_sites(path).name.tolist() == ["café", "b"]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("café", "latin-1"), ("서울특별시 강남구", "euc-kr"), ("Köln", "latin-1")],
)
def test_text_that_nobody_can_tell_is_refused(tmp_path, name, encoding):
    path = shapefile(tmp_path, "a", frame(name=[name, "b"]), encoding=encoding)
    (problem,) = problems(read_sites, path)
    assert problem.startswith("doesn't say its encoding (no .cpg file), and reads like ")
    assert read_sites(path, encoding=encoding).name.tolist() == [name, "b"]


def test_a_text_that_was_cut_within_a_character_ends_before_it(tmp_path):
    # names of fields have 10 bytes: of 站点名称 in UTF-8 that is three characters and a byte
    path = shapefile(tmp_path, "a", frame(xxxxxxxxxx=NAMES), encoding="utf-8")
    table = path.with_suffix(".dbf")
    content = table.read_bytes().replace(b"x" * 10, "站点名称".encode()[:10])
    table.write_bytes(content)
    sites = read_sites(path, columns={"name": "站点名"})
    assert sites.name.tolist() == NAMES
    assert sites.notes == ("1 text ends within a character, which is left out",)


# --- archives ---------------------------------------------------------------------------------


@pytest.mark.parametrize("names_in", [None, "gb18030", "utf-8"])
@pytest.mark.parametrize("stem", ["sites", "数据/驿站"])
def test_a_zipped_shapefile_is_read_whatever_it_is_called(tmp_path, stem, names_in):
    path = shapefile(tmp_path, "a", frame(name=NAMES), encoding="gb18030", cpg="GBK")
    archive = zipped(tmp_path / "a.zip", parts_of(path, stem), names_in=names_in)
    assert read_sites(archive).name.tolist() == NAMES


def test_without_a_cpg_file_in_the_archive_the_encoding_is_guessed(tmp_path):
    path = shapefile(tmp_path, "a", frame(name=NAMES), encoding="gb18030")
    sites = read_sites(zipped(tmp_path / "a.zip", parts_of(path, "x")))
    assert sites.name.tolist() == NAMES
    assert sites.notes[0].startswith("text is not UTF-8")


def test_of_several_shapefiles_in_an_archive_one_is_to_be_named(tmp_path):
    one = shapefile(tmp_path, "a", frame(["A", "B"]), encoding="utf-8")
    two = shapefile(tmp_path, "b", frame(["C", "D"]), encoding="utf-8")
    files = parts_of(one, "驿站") | parts_of(two, "sub/需求")
    shadow = tmp_path / "shadow"
    shadow.write_bytes(b"x")
    archive = zipped(tmp_path / "c.zip", files | {"__MACOSX/._x.shp": shadow}, names_in="gb18030")
    (problem,) = problems(read_demand, archive)
    assert problem == 'several layers (需求, 驿站); say which with layer = "…"'
    assert read_demand(archive, layer="需求").id.tolist() == ["C", "D"]


def test_other_layers_in_an_archive_are_read_too(tmp_path):
    frame().to_file(tmp_path / "a.geojson")
    archive = zipped(tmp_path / "a.zip", {"a.geojson": tmp_path / "a.geojson"})
    assert read_demand(archive).id.tolist() == ["A", "B"]


def test_what_is_no_archive_is_refused_in_one_line(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"x")
    (problem,) = problems(read_demand, tmp_path / "a.zip")
    assert problem.startswith("can't be unpacked (")


# --- KML --------------------------------------------------------------------------------------


def data(**values):
    inner = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in values.items())
    return f"<ExtendedData>{inner}</ExtendedData>"


def test_places_of_a_kml_are_called_by_their_marks(tmp_path):
    path = kml(
        tmp_path / "a.kml",
        placemark("邮政银行", 120, 30, mark="001"),
        placemark("中心小学", 121, 31, mark="002"),
    )
    sites = read_sites(path)
    assert (sites.id.tolist(), sites.name.tolist()) == (["001", "002"], NAMES)
    assert sites.lon.tolist() == [120, 121]
    assert sites.notes == ()


def test_places_of_a_kml_without_marks_are_called_by_their_names_aloud(tmp_path):
    path = kml(tmp_path / "a.kml", placemark("b", 120, 30, mark="001"), placemark("a", 121, 31))
    sites = read_sites(path)
    assert sites.id.tolist() == sites.name.tolist() == ["a", "b"]
    assert sites.notes == ("places have no ids; their names are taken",)


@pytest.mark.parametrize("mark", ["", "x1"])
def test_a_field_of_a_kml_that_is_called_id_is_the_id(tmp_path, mark):
    place = placemark("a", 120, 30, mark=mark, data=data(id="007", weight=5))
    demand = read_demand(kml(tmp_path / "a.kml", place))
    assert (demand.id[0], demand.weight[0]) == ("007", 5)


def test_a_kml_that_gdal_wrote_is_read_back(tmp_path):
    points = frame(["001", "2"], 人数=["3", "4"], 类型=["x", "y"])
    for driver in ("KML", "LIBKML"):
        points.to_file(tmp_path / f"{driver}.kml", driver=driver)
        demand = read_demand(tmp_path / f"{driver}.kml")
        assert (demand.id.tolist(), demand.weight.tolist()) == (["001", "2"], [3, 4])


def test_data_of_a_kml_with_names_of_as_many_letters_are_told_apart(tmp_path):
    told = data(人数=5, 街道="楚门镇", **{"R&amp;D": 1})
    demand = read_demand(kml(tmp_path / "a.kml", placemark("a", 120, 30, data=told)))
    assert (demand.weight[0], demand.district[0]) == (5, "楚门镇")
    demand = read_demand(tmp_path / "a.kml", columns={"weight": "R&D"})
    assert demand.weight[0] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_kml_is_read_in_the_encoding_it_declares(tmp_path, encoding):
    path = kml(tmp_path / "a.kml", placemark("邮政银行", 120, 30))
    text = path.read_text("utf-8").replace("UTF-8", encoding.removesuffix("-sig"))
    path.write_bytes(text.encode(encoding))
    assert read_sites(path).name.tolist() == ["邮政银行"]
    if encoding == "gbk":
        path.write_bytes(text.replace("gbk", "utf-8").encode("gbk"))
        assert problems(read_sites, path) == ["can't be read: its text is not utf-8"]


def test_a_zipped_kml_is_read(tmp_path):
    path = kml(tmp_path / "a.kml", placemark("a", 120, 30))
    archive = zipped(tmp_path / "a.kmz", {"doc.kml": path})
    assert read_sites(archive).id.tolist() == ["a"]
    archive.write_bytes(b"x")
    assert problems(read_sites, archive)[0].startswith("can't be unpacked (")


def test_of_several_folders_of_a_kml_one_is_to_be_named(tmp_path):
    path = kml(tmp_path / "a.kml", placemark("a", 120, 30), folder="one")
    text = path.read_text().replace("</Document>", "<Folder><name>two</name>{}</Folder></Document>")
    path.write_text(text.replace("{}", placemark("b", 121, 31)))
    assert problems(read_demand, path) == ['several layers (one, two); say which with layer = "…"']
    assert read_demand(path, layer="two").id.tolist() == ["b"]


def test_how_a_kml_is_drawn_is_no_column(tmp_path):
    path = kml(tmp_path / "a.kml", placemark("a", 120, 30, data=data(人=5)))
    (problem,) = problems(read_demand, path, columns={"weight": "x"})
    assert "columns there: Name, description, 人, id; " in problem


# --- GeoParquet -------------------------------------------------------------------------------


def test_geoparquet_is_read_and_where_pyarrow_is_missing_the_remedy_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    frame(["001", "2"], crs="EPSG:4490").to_parquet(path)
    assert read_demand(path).id.tolist() == ["001", "2"]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert problems(read_demand, path) == ["reading it needs pyarrow; pip install pyarrow"]


def test_a_parquet_without_geometry_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    frame().drop(columns="geometry").to_parquet(path)
    (problem,) = problems(read_demand, path)
    assert problem.startswith("can't be read as a layer of points (")


# --- several points ---------------------------------------------------------------------------


def test_of_several_points_the_most_central_one_is_taken_aloud():
    cross = shapely.MultiPoint([(120, 30), (120.4, 30.1), (120.2, 30.0), (120.3, 30.2)])
    tie = shapely.MultiPoint([(121, 31), (122, 31)])
    demand = read_demand(shapes(cross, tie, shapely.MultiPoint([(123, 31)])))
    assert demand.lon.tolist() == [120.2, 121, 123]
    assert demand.notes == ("2 rows are several points: the most central one is taken",)


# --- areas ------------------------------------------------------------------------------------

# 0.01 degrees at 30 N: 964.86 m by 1108.52 m
U_SHAPE = shapely.Polygon([(0, 0), (5, 0), (5, 5), (4, 5), (4, 1), (1, 1), (1, 5), (0, 5)])
BOW_TIE = shapely.Polygon([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01)])


@pytest.mark.parametrize("read", [read_sites, read_demand])
def test_an_area_is_at_its_best_point_inside(read):
    points = read(shapes(shapely.transform(U_SHAPE, lambda xy: xy / 1000 + [120, 30])))
    x, y = (points.lon[0] - 120) * 1000, (points.lat[0] - 30) * 1000
    # the largest circle sits where an arm meets the foot, 0.58 from three sides
    assert shapely.Point(x, y).distance(U_SHAPE.exterior) == pytest.approx(0.55, abs=0.06)
    assert U_SHAPE.contains(shapely.Point(x, y))
    assert not U_SHAPE.contains(U_SHAPE.centroid)
    assert points.notes == ("1 area of 0.14 km2 in all; a point inside stands for each",)


def test_the_point_is_in_the_largest_part_of_an_area_aloud():
    small, large = shapely.box(120, 30, 120.001, 30.001), shapely.box(121, 30, 121.00231, 30.002)
    demand = read_demand(shapes(shapely.MultiPolygon([small, large])))
    assert (demand.lon[0], demand.lat[0]) == pytest.approx((121.00115, 30.001), abs=1e-4)
    assert demand.notes[0].endswith(
        "a point inside stands for each (1 of several parts: in the largest)"
    )


def test_only_demand_keeps_its_areas_and_only_where_there_are_any():
    area = shapely.box(120, 30, 120.01, 30.01)
    demand = read_demand(shapes(shapely.Point(120, 30), area))
    assert demand.area.tolist() == [None, area]
    assert read_demand(frame()).area is None
    assert demand.to_frame().columns.tolist() == ["id", "weight", "name", "district", "geometry"]


def test_areas_go_along_with_their_ids():
    areas = [shapely.box(120 + i, 30, 120.01 + i, 30.01) for i in range(3)]
    layer = shapes(*areas)
    layer["id"] = ["c", "a", "b"]
    demand = read_demand(layer)
    assert demand.area.tolist() == [areas[1], areas[2], areas[0]]
    assert all(
        a.contains(shapely.Point(x, y))
        for a, x, y in zip(demand.area, demand.lon, demand.lat, strict=True)
    )
    assert not demand.area.flags.writeable


def test_an_outline_that_crosses_itself_is_mended_aloud():
    demand = read_demand(shapes(BOW_TIE, shapely.box(121, 30, 121.01, 30.01)))
    assert demand.notes[0] == "1 outline crosses itself and is mended: all that it encloses counts"
    # two triangles of half the box together: 964.86 m x 1108.52 m / 2 = 0.535 km2
    assert area_km2(demand.area[:1])[0] == pytest.approx(0.535, abs=0.001)
    assert demand.area[0].contains(shapely.Point(120.002, 30.005))
    assert demand.area[0].contains(shapely.Point(120.008, 30.005))
    assert demand.area[0].contains(shapely.Point(demand.lon[0], demand.lat[0]))


def test_a_hole_is_no_part_of_an_area():
    box = shapely.box(120, 30, 120.01, 30.01)
    hole = shapely.box(120.002, 30.002, 120.008, 30.008)  # 0.36 of it
    ring = shapely.Polygon(box.exterior, [hole.exterior])
    demand = read_demand(shapes(ring))
    assert ring.contains(shapely.Point(demand.lon[0], demand.lat[0]))
    for turned in (ring, shapely.orient_polygons(ring, exterior_cw=True)):
        size = area_km2(np.array([turned, box, None], dtype=object))
        assert size[0] / size[1] == pytest.approx(0.64, abs=1e-4)
        assert size[2] == 0


@pytest.mark.parametrize("width", [1e-2, 1e-6, 1e-11])
def test_a_sliver_has_a_point_inside(width):
    sliver = shapely.Polygon([(120, 30), (121, 30.5), (121 + width, 30.5), (120 + width, 30)])
    x, y = points_inside(np.array([sliver], dtype=object))
    assert sliver.distance(shapely.Point(x[0], y[0])) < 1e-12


def test_areas_are_converted_corner_by_corner():
    lon, lat = (np.array(v) for v in ([120.0, 120.01, 120.01, 120.0], [30.0, 30.0, 30.01, 30.01]))
    moved = shapely.Polygon(zip(*shifted_to(Shifted.GCJ02, lon, lat), strict=True))
    demand = read_demand(shapes(moved), crs="gcj02")
    corners = shapely.get_coordinates(demand.area[0])[:4]
    assert corners == pytest.approx(np.column_stack([lon, lat]), abs=1e-9)
    assert demand.notes[0] == "converted from GCJ-02 to WGS 84"
    metres = shapes(shapely.box(500000, 3320000, 501000, 3321000), crs="EPSG:4549")
    assert area_km2(read_demand(metres).area)[0] == pytest.approx(1.0, abs=1e-3)


def test_an_area_that_reaches_outside_its_crs_is_a_fault():
    # the middle of its box is in the zone, one corner nowhere
    odd = shapely.Polygon([(500000, 3320000), (-1e30, 3320000), (1e30, 3321000)])
    layer = shapes(odd, shapely.box(500000, 3320000, 501000, 3321000), crs="EPSG:4549")
    (problem,) = problems(read_demand, layer)
    assert problem.startswith("row 1 (A): ")
    assert problem.endswith("outside the CRS")


def test_the_frame_of_areas_is_left_as_it_was():
    layer = shapes(BOW_TIE, crs="EPSG:4326")
    before = layer.copy()
    read_demand(layer, crs="gcj02")
    assert geopandas.GeoSeries(layer.geometry).equals(geopandas.GeoSeries(before.geometry))


# --- CRS --------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", None])
def test_shifted_degrees_call_themselves_wgs84_if_anything(crs):
    lon, lat = shifted_to(Shifted.BD09, np.array([120.0]), np.array([30.0]))
    demand = read_demand(frame(["A"], lon, lat, crs=crs), crs="bd09")
    assert (demand.lon[0], demand.lat[0]) == pytest.approx((120, 30), abs=1e-9)
    assert demand.notes == ("converted from BD-09 to WGS 84",)


def test_metres_are_in_no_shifted_system():
    (problem,) = problems(read_demand, frame(crs="EPSG:4549"), crs="gcj02")
    assert problem == "is in EPSG:4549, but crs = gcj02 was asked; leave crs out"


def test_a_conversion_that_moves_nothing_needs_no_word():
    assert read_demand(frame(crs="EPSG:4490")).notes == ()
    outside = frame(["A"], [2.35], [48.85])
    assert read_demand(outside, crs="gcj02").notes == ()
    metres = frame(["A"], [500000], [3320113], crs="EPSG:4549")
    assert read_demand(metres).notes == ("converted from EPSG:4549 to WGS 84",)
