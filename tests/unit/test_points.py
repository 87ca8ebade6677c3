import csv as reader
import io
import zipfile
from collections import Counter

import geopandas
import numpy as np
import pytest
import shapely

from planner.errors import PointsError
from planner.points import check_against, read_demand, read_sites
from planner.scenario import DEMAND_COLUMNS, SITES_COLUMNS


@pytest.fixture
def csv(tmp_path):
    def csv(text, *, name="points.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return csv


def problems(read, source, **options):
    with pytest.raises(PointsError) as caught:
        read(source, **options)
    return caught.value.problems


def frame(ids=("A", "B"), x=(120.0, 121.0), y=(30.0, 31.0), crs="EPSG:4326", **columns):
    points = geopandas.points_from_xy(x, y)
    return geopandas.GeoDataFrame({"id": list(ids), **columns}, geometry=points, crs=crs)


# --- CSV: which column is which ---------------------------------------------------------------


def test_demand_takes_its_columns_by_name_and_fills_in_what_is_not_there(csv):
    demand = read_demand(csv("lat,colour,ID , Lon\n30,red,A,120\n"))
    assert demand.id.tolist() == ["A"]
    assert (demand.lon[0], demand.lat[0]) == (120, 30)
    assert demand.weight.tolist() == [1]
    assert demand.name.tolist() == demand.district.tolist() == [""]
    assert demand.file.endswith("points.csv")


def test_demand_has_weights_names_and_districts(csv):
    demand = read_demand(csv("id,lon,lat,weight,name,district\nA,120,30,2.5,玉环,楚门\n"))
    assert (demand.weight[0], demand.name[0], demand.district[0]) == (2.5, "玉环", "楚门")


def test_sites_have_all_that_the_format_offers(csv):
    text = (
        "id,lon,lat,name,kind,existing,required,excluded,services,opening_hours\n"
        "A,120,30,银行,bank,1,,no,water;rest,08:00-18:00\n"
    )
    sites = read_sites(csv(text))
    assert (sites.name[0], sites.kind[0]) == ("银行", "bank")
    assert (sites.services[0], sites.opening_hours[0]) == ("water;rest", "08:00-18:00")
    assert (sites.is_existing[0], sites.is_required[0], sites.is_excluded[0]) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("header", ["id,lng,latitude", "Id,LONGITUDE,Lat", "id,经度,纬度"])
def test_longitude_and_latitude_are_known_by_a_few_other_names(csv, header):
    demand = read_demand(csv(f"{header}\nA,120,30\n"))
    assert (demand.lon[0], demand.lat[0]) == (120, 30)


def test_columns_of_other_names_are_told(csv):
    columns = {"id": "编号", "lon": "X", "lat": "Y", "weight": "人数"}
    demand = read_demand(csv("编号,X,Y,人数\nA,120,30,7\n"), columns=columns)
    assert (demand.id[0], demand.lon[0], demand.weight[0]) == ("A", 120, 7)


@pytest.mark.parametrize(
    ("read", "names"), [(read_demand, DEMAND_COLUMNS), (read_sites, SITES_COLUMNS)]
)
def test_every_column_that_a_scenario_may_name_is_read(csv, read, names):
    values = {"lon": "120", "lat": "30", "weight": "1"}
    header = ",".join(f"x_{name}" for name in names)
    row = ",".join(values.get(name, "1") for name in names[: names.index("lat") + 1])
    rest = ",".join("0" if name == "excluded" else "1" for name in names[names.index("lat") + 1 :])
    read(csv(f"{header}\n{row},{rest}\n"), columns={name: f"x_{name}" for name in names})


def test_missing_columns_are_named_with_those_that_are_there(csv):
    assert problems(read_demand, csv("站名,经度,name\nA,120,x\n")) == [
        'no column id, lat; columns there: 站名, 经度, name; name yours with columns = { id = "…" }'
    ]


def test_a_column_that_was_told_and_is_not_there_is_missing_even_where_ours_is(csv):
    (problem,) = problems(read_demand, csv("id,lon,lat\nA,120,30\n"), columns={"id": "编号"})
    assert problem.startswith("no column 编号 (for id); columns there: id, lon, lat")


def test_a_column_of_ours_that_does_not_exist_is_an_error(csv):
    (problem,) = problems(read_demand, csv("id,lon,lat\nA,120,30\n"), columns={"wieght": "id"})
    assert problem.startswith("columns: wieght is none of ours; known are id, lon, lat, weight")


def test_a_column_that_is_there_twice_is_an_error(csv):
    assert problems(read_demand, csv("id,lon,lat,Lat\nA,120,30,31\n")) == [
        "column lat is there more than once"
    ]


def test_columns_of_later_versions_are_passed_over_aloud(csv, caplog):
    caplog.set_level("INFO")
    read_sites(csv("id,lon,lat,cost,capacity\nA,120,30,x,y\n"))
    assert "not used in this version: column cost, capacity" in caplog.text


# --- CSV: text --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_csv_reads_the_same(csv, encoding, end, separator):
    text = "id,lon,lat,name\nA,120,30,玉环\n".replace(",", separator).replace("\n", end)
    demand = read_demand(csv(text, encoding=encoding))
    assert (demand.id[0], demand.lon[0], demand.name[0]) == ("A", 120, "玉环")


def test_ids_stay_text_and_lose_only_outer_blanks(csv):
    demand = read_demand(csv("id,lon,lat\n001,120,30\n 1e3 ,120,30\nNA,120,30\n"))
    assert demand.id.tolist() == ["001", "1e3", "NA"]


def test_rows_without_anything_are_none_and_short_rows_end_in_empty_cells(csv):
    demand = read_demand(csv("\n\nid,lon,lat,name\n\nA,120,30\n,,,\n\nB,121,31,x\n\n"))
    assert demand.id.tolist() == ["A", "B"]
    assert demand.name.tolist() == ["", "x"]


def test_text_that_is_not_in_the_encoding_told_is_refused_by_line(csv):
    path = csv("id,lon,lat,name\nA,120,30,x\nB,121,31,楚门\n", encoding="gb18030")
    assert read_demand(path, encoding="gb18030").name.tolist() == ["x", "楚门"]
    assert problems(read_demand, path, encoding="ascii") == [
        'line 3 is not readable with encoding = "ascii"'
    ]


def test_c46_utf8_is_not_taken_for_gb18030(cases):
    sites = read_sites(cases / "C46" / "stations.csv")
    assert sites.name.tolist() == ["邮政银行", "中心小学", "骑手驿站"]


def test_c52_ids_stay_text(cases):
    sites = read_sites(cases / "C52" / "stations.csv", columns={"id": "station_id"})
    assert sites.id.tolist() == ["001", "002", "330110100200001"]


def test_c54_the_id_column_need_not_be_the_first(cases):
    assert read_sites(cases / "C54" / "stations.csv").id.tolist() == ["S1", "S2", "S3"]


# --- CSV: rows that can't be used -------------------------------------------------------------


def test_c01_a_swapped_row_is_refused_by_id_and_line(cases):
    assert problems(read_demand, cases / "C01" / "points.csv") == [
        "line 5 (D3): lat 120.01554625 is outside -90 to 90; lon and lat swapped?"
    ]


def test_all_faults_of_a_file_come_at_once_by_line(csv):
    text = (
        "id,lon,lat,weight\n"
        "A,120,30,1\n"
        "B,,30,1\n"
        "C,120,abc,1\n"
        "D,nan,inf,1\n"
        ",120,30,1\n"
        "A,120,30,-0.5\n"
        "F,120,30,\n"
        "G,120,30,many\n"
        "H,181,30,1\n"
        "I,0,0,1\n"
        'J,"120,5",30,nan\n'
        "K,120,30,1,5\n"
        "L,120,30,1000000000000\n"
        "M,120,30,1e308\n"
    )
    assert problems(read_demand, csv(text)) == [
        "line 3 (B): lon is missing",
        "line 4 (C): lat 'abc' is no number",
        "line 5 (D): lon 'nan' is no number; lat 'inf' is no number",
        "line 6: id is missing",
        "line 7 (A): weight -0.5 is negative",
        "line 7 (A): the same id as line 2",
        "line 8 (F): weight is missing",
        "line 9 (G): weight 'many' is no number",
        "line 10 (H): lon 181 is outside -180 to 180",
        "line 11 (I): lon and lat are both 0, which is in the sea off Africa; not known?",
        "line 12 (J): lon '120,5' is no number; write a point for the comma",
        "line 12 (J): weight 'nan' is no number",
        (
            'line 13 (K): 5 cells in 4 columns; put "quotes" round texts with a comma, semicolon or '
            "tab in them"
        ),
        "line 15 (M): weight 1e308 is above 1e+12; in a larger unit?",
    ]


def test_lines_are_those_an_editor_shows_whatever_stands_in_quotes(csv):
    text = '\nid,lon,lat,name\nA,120,30,"two\nlines"\n\nB,120,30,"a\r\nb\r\nc"\nC,x,30,\n'
    # 1 blank, 2 header, 3-4 A, 5 blank, 6-8 B, 9 C
    assert problems(read_demand, csv(text)) == ["line 9 (C): lon 'x' is no number"]


@pytest.mark.parametrize("n_before", [499, 500, 501, 1234])
def test_lines_are_right_beyond_a_block_of_rows(csv, n_before):
    good = "".join(f"P{i},120,30\n" for i in range(n_before))
    (problem,) = problems(read_demand, csv(f"id,lon,lat\n{good}\nZ,x,30\n"))
    assert problem.startswith(f"line {n_before + 3} (Z): ")


@pytest.mark.parametrize("text", ['A,120,30\n"B,120,30\nC,120,30\n', 'A,120,30\n"B"x,120,30\n'])
def test_a_quote_that_is_not_closed_is_told(csv, text):
    (problem,) = problems(read_demand, csv("id,lon,lat\n" + text))
    assert problem.endswith("is a quote missing?")


def test_the_limits_of_degrees_are_degrees_themselves(csv):
    demand = read_demand(csv("id,lon,lat\nA,180,90\nB,-180,-90\n"))
    assert demand.lon.tolist() == [180, -180]
    assert len(problems(read_demand, csv("id,lon,lat\nA,180.1,0\nB,0,-90.1\nC,1,1\n"))) == 2


def test_a_weight_of_0_is_a_weight_but_not_all_of_them(csv):
    assert read_demand(csv("id,lon,lat,weight\nA,120,30,0\nB,120,30,1\n")).weight[0] == 0
    assert problems(read_demand, csv("id,lon,lat,weight\nA,120,30,0\n")) == [
        "every weight is 0, so that nothing counts"
    ]


def test_a_file_with_every_row_swapped_gets_one_problem(csv):
    (problem,) = problems(read_demand, csv("id,lon,lat\nA,30,120\nB,31,121\n"))
    assert problem.startswith("lon and lat swapped? every row is out of range")
    assert 'columns = { lon = "lat", lat = "lon" }' in problem
    swapped = {"lon": "lat", "lat": "lon"}
    demand = read_demand(csv("id,lon,lat\nA,30,120\nB,31,121\n"), columns=swapped)
    assert demand.lon.tolist() == [120, 121]


def test_the_message_lists_twenty_problems_and_the_error_has_them_all(csv):
    rows = "".join(f"P{i:02},x,30\n" for i in range(57))
    with pytest.raises(PointsError) as caught:
        read_demand(csv(f"id,lon,lat\n{rows}"))
    assert len(caught.value.problems) == 57
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("points.csv: 57 problems")
    assert len(lines) == 1 + 20 + 1
    assert lines[-1] == "  … and 37 more"


def test_text_from_data_does_not_steer_the_terminal_or_flood_it(csv):
    with pytest.raises(PointsError) as caught:
        read_demand(csv(f"id,lon,lat\n\x1b[31mA{'a' * 1000},\x1b[2J{'b' * 1000},30\n"))
    assert "\x1b" not in str(caught.value)
    assert len(caught.value.problems[0]) < 200


# --- sites: yes and no ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *((word, True) for word in ("true", "TRUE", "1", "yes", "Yes", "是")),
        *((word, False) for word in ("false", "0", "no", "NO", "否", "", " ")),
    ],
)
def test_yes_and_no_are_understood_in_words_and_numbers(csv, word, meant):
    assert read_sites(csv(f"id,lon,lat,existing\nA,120,30,{word}\n")).is_existing[0] == meant


def test_other_words_for_yes_and_no_are_refused(csv):
    assert problems(read_sites, csv("id,lon,lat,required\nA,120,30,maybe\n")) == [
        "line 2 (A): required is 'maybe'; write true or false"
    ]


def test_a_site_is_not_kept_and_left_out_at_once(csv):
    text = "id,lon,lat,existing,required,excluded\nA,120,30,1,0,1\nB,120,30,0,1,1\nC,120,30,1,1,0\n"
    assert problems(read_sites, csv(text)) == [
        "line 2 (A): existing and excluded at once",
        "line 3 (B): required and excluded at once",
    ]


# --- sites: a further file of stations that stand ---------------------------------------------


def test_existing_stations_come_along_and_mark_the_hosts_they_are(csv):
    hosts = csv("id,lon,lat,name\nA,120,30,bank\nC,120.01,30,shop\n", name="hosts.csv")
    # 0.0005 degrees of longitude at 30 N are 48 m
    stand = csv("id,lon,lat,name\nB,120.02,30,hub\nA,120.0005,30,x\n", name="stations.csv")
    sites = read_sites(hosts, existing=stand)
    assert sites.id.tolist() == ["A", "B", "C"]
    assert sites.is_existing.tolist() == [True, True, False]
    assert sites.name.tolist() == ["bank", "hub", "shop"]
    assert sites.lon.tolist() == [120, 120.02, 120.01]
    assert sites.file == str(hosts)


def test_one_id_at_two_places_is_an_error(csv):
    hosts = csv("id,lon,lat\nA,120,30\n", name="hosts.csv")
    stand = csv("id,lon,lat\nA,120.0006,30\n", name="stations.csv")  # 58 m
    assert problems(read_sites, hosts, existing=stand) == [
        f"A is 58 m from where {stand} has it; one id, one place"
    ]


def test_a_station_that_stands_can_not_be_excluded(csv):
    hosts = csv("id,lon,lat,excluded\nA,120,30,1\n", name="hosts.csv")
    stand = csv("id,lon,lat\nA,120,30\n", name="stations.csv")
    assert problems(read_sites, hosts, existing=stand) == [
        f"A is excluded, but stands already ({stand})"
    ]
    stand = csv("id,lon,lat,excluded\nB,120,30,1\n", name="stations.csv")
    assert problems(read_sites, hosts, existing=stand) == [
        "line 2 (B): existing and excluded at once"
    ]


def test_options_are_for_the_first_file_where_the_second_is_otherwise(csv, cases):
    hosts = csv("编号,x,y\nA,500000,3320113\n", name="hosts.csv", encoding="gb18030")
    columns = {"id": "编号", "lon": "x", "lat": "y"}
    sites = read_sites(
        hosts,
        crs="EPSG:4549",
        encoding="gb18030",
        columns=columns,
        existing=cases / "C82" / "站点 数据!" / "#1" / "stations.geojson",
    )
    assert sites.id.tolist() == ["A", "S1", "S2"]
    assert sites.lon == pytest.approx([120, 120, 120.01036417], abs=1e-8)


# --- nothing there ----------------------------------------------------------------------------


def test_c38_a_file_without_rows_is_told_in_one_line(cases):
    folder = cases / "C38"
    assert problems(read_sites, folder / "stations.csv") == ["no stations in stations.csv"]
    assert problems(read_demand, folder / "demand.geojson") == [
        "no demand points in demand.geojson"
    ]
    assert problems(read_sites, folder / "demand.geojson") == ["no stations in demand.geojson"]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "id,lon,lat", "id,lon,lat\n,,\n"])
def test_an_empty_csv_has_no_demand_points(csv, text):
    assert problems(read_demand, csv(text)) == ["no demand points in points.csv"]


def test_a_frame_without_rows_has_no_demand_points():
    assert problems(read_demand, frame().iloc[:0]) == ["no demand points in GeoDataFrame"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PointsError, match=r"none\.gpkg: is not there"):
        read_demand(tmp_path / "none.gpkg")
    assert problems(read_demand, tmp_path) == ["is a folder, not a file"]


# --- layers -----------------------------------------------------------------------------------


def test_c36_null_and_empty_geometries_are_refused_by_id(cases):
    # the case allows to skip them with a note too; we refuse: a station that is lost on the way is a wrong plan
    assert problems(read_sites, cases / "C36" / "stations.geojson") == [
        "row 2 (S2): has no geometry",
        "row 3 (S3): has no geometry",
    ]


def test_c50_a_layer_is_never_taken_silently(cases):
    path = cases / "C50" / "data.gpkg"
    assert problems(read_sites, path) == [
        'several layers (boundary, stations); say which with layer = "…"'
    ]
    assert read_sites(path, layer="stations").id.tolist() == ["S1", "S2", "S3"]
    assert problems(read_sites, path, layer="statons") == [
        "layer statons is not there; layers there: boundary, stations"
    ]


def test_a_layer_without_geometry_is_not_a_choice(tmp_path, csv):
    import pyogrio

    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame().drop(columns="geometry"), path, layer="notes")
    assert problems(read_demand, path) == ["no layer with geometry; layers there: notes"]
    frame().to_file(path, layer="demand", mode="a")
    assert read_demand(path).id.tolist() == ["A", "B"]
    assert problems(read_demand, path, layer="notes")[0].startswith("layer notes has no geometry")


def test_c82_paths_may_hold_anything_a_folder_may(cases, tmp_path):
    folder = cases / "C82" / "站点 数据!" / "#1"
    assert len(read_sites(folder / "stations.geojson")) == 2
    odd = tmp_path / "a b!c;d#e%f?g"
    odd.mkdir()
    frame().to_file(tmp_path / "x.shp")
    for part in tmp_path.glob("x.*"):
        part.rename(odd / part.name)
    assert read_demand(odd / "x.shp").id.tolist() == ["A", "B"]


def test_a_zipped_shapefile_is_read(tmp_path):
    frame().to_file(tmp_path / "x.shp")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in tmp_path.glob("x.*"):
            archive.write(part, part.name)
    (tmp_path / "x.zip").write_bytes(content.getvalue())
    assert read_demand(tmp_path / "x.zip").id.tolist() == ["A", "B"]


def test_what_is_no_layer_is_refused_in_one_line(csv):
    (problem,) = problems(read_demand, csv("{", name="a.geojson"))
    assert problem.startswith("can't be read as a layer of points (")
    assert "\n" not in problem


def test_shapes_that_are_neither_points_nor_areas_are_refused_by_row():
    shapes = [
        shapely.Point(120, 30, 5),
        shapely.MultiPoint([(121, 31)]),
        shapely.box(120, 30, 121, 31),
        shapely.LineString([(120, 30), (121, 31)]),
        None,
        shapely.Point(),
        shapely.from_wkt("MULTIPOINT (EMPTY)"),
        shapely.from_wkt("POLYGON ((120 30, 121 31, 120 30, 120 30))"),
        shapely.GeometryCollection([shapely.Point(120, 30)]),
        shapely.Point(float("inf"), 30),
    ]
    points = geopandas.GeoDataFrame({"id": list("ABCDEFGHIJ")}, geometry=shapes, crs="EPSG:4326")
    assert read_demand(points.iloc[:2]).lon.tolist() == [120, 121]
    assert problems(read_demand, points) == [
        "row 4 (D): is a LineString; only points and areas are taken",
        "row 5 (E): has no geometry",
        "row 6 (F): has an empty geometry",
        "row 7 (G): has an empty geometry",
        "row 8 (H): is an area without extent",
        "row 9 (I): is a GeometryCollection; only points and areas are taken",
        "row 10 (J): has coordinates that are no numbers",
    ]


# --- ids in layers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ids", [[10, 2], [10.0, 2.0], ["10", "2"], np.array([10, 2], dtype="uint8")]
)
@pytest.mark.parametrize("suffix", [None, "gpkg", "geojson", "shp"])
def test_ids_that_are_numbers_are_written_without_a_fraction(tmp_path, ids, suffix):
    points = frame(ids)
    if suffix is not None:
        points.to_file(tmp_path / f"points.{suffix}")
        points = tmp_path / f"points.{suffix}"
    assert read_demand(points).id.tolist() == ["10", "2"]


def test_long_numbers_keep_all_their_digits(tmp_path):
    frame([330110100200001, 9007199254740993]).to_file(tmp_path / "a.gpkg")
    assert read_demand(tmp_path / "a.gpkg").id.tolist() == ["330110100200001", "9007199254740993"]


@pytest.mark.parametrize("ids", [["b", "a"], [7, 3]])
def test_ids_beside_the_properties_of_geojson_are_ids(csv, ids):
    import json

    features = [
        {
            "type": "Feature",
            "id": name,
            "properties": {"weight": 2},
            "geometry": {"type": "Point", "coordinates": [120, 30]},
        }
        for name in ids
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    demand = read_demand(csv(text, name="a.geojson"))
    assert demand.id.tolist() == sorted(map(str, ids))
    assert demand.weight.tolist() == [2, 2]


def test_numbers_that_gdal_gives_itself_are_no_ids(tmp_path):
    for name in ("a.geojson", "a.gpkg"):
        frame(kind="x").drop(columns="id").to_file(tmp_path / name)
        (problem,) = problems(read_demand, tmp_path / name)
        assert problem.startswith("no column id; columns there: kind; ")


def test_a_frame_may_have_its_ids_in_the_index():
    assert read_demand(frame().set_index("id")).id.tolist() == ["A", "B"]


def test_missing_values_in_a_layer_are_missing():
    points = frame([None, "B"], weight=[1.0, np.nan], name=[None, float("nan")])
    assert problems(read_demand, points) == [
        "row 1: id is missing",
        "row 2 (B): weight is missing",
    ]
    points = frame(name=[None, float("nan")])
    assert read_demand(points).name.tolist() == ["", ""]


def test_yes_and_no_in_a_layer_may_be_booleans_or_numbers(tmp_path):
    points = frame(existing=[True, False], required=[0, 1], excluded=[None, 0.0])
    points.to_file(tmp_path / "a.gpkg")
    for source in (points, tmp_path / "a.gpkg"):
        sites = read_sites(source)
        assert sites.is_existing.tolist() == [True, False]
        assert sites.is_required.tolist() == [False, True]
        assert sites.is_excluded.tolist() == [False, False]


# --- CRS --------------------------------------------------------------------------------------


def test_c42_a_layer_without_crs_is_refused_and_read_when_told(cases):
    path = cases / "C42" / "stations.shp"
    (problem,) = problems(read_sites, path)
    assert problem.startswith("has no CRS, and 500000, 3320115.398 are not degrees; say crs = ")
    sites = read_sites(path, crs="EPSG:4549")
    assert (sites.lon[0], sites.lat[0]) == pytest.approx((120, 30.00001804), abs=1e-6)
    (problem,) = problems(read_sites, path, crs="wgs84")
    assert problem.startswith("no row has degrees (the first 500000, 3320115.39")


def test_a_frame_without_crs_is_refused_even_if_its_numbers_may_be_degrees():
    (problem,) = problems(read_demand, frame(crs=None))
    assert problem.startswith('has no CRS (120, 30 may be degrees); say crs = "wgs84" if so')
    assert read_demand(frame(crs=None), crs="wgs84").lon.tolist() == [120, 121]


def test_other_crs_are_converted_with_east_first():
    # EPSG:4549 is north-first in the register; 500 km east is its meridian, 120 E
    demand = read_demand(frame(["A"], [500000], [3320113], crs="EPSG:4549"))
    assert (demand.lon[0], demand.lat[0]) == pytest.approx((120, 29.9999964), abs=1e-6)


def test_a_crs_that_contradicts_the_file_is_an_error(tmp_path):
    frame(crs="EPSG:4490").to_file(tmp_path / "a.gpkg")
    assert problems(read_demand, tmp_path / "a.gpkg", crs="EPSG:4549") == [
        "is in EPSG:4490, but crs = EPSG:4549 was asked; leave crs out"
    ]
    assert len(read_demand(tmp_path / "a.gpkg", crs="epsg:4490")) == 2


def test_csv_and_geojson_are_wgs84_unless_told_otherwise(csv):
    text = "id,lon,lat\nA,500000,3320113\nB,500010,3320113\n"
    (problem,) = problems(read_demand, csv(text))
    assert problem == 'no row has degrees (the first 500000, 3320113); say crs = "EPSG:n"'
    assert read_demand(csv(text), crs="EPSG:4549").lon[0] == pytest.approx(120)
    text = (
        '{"type": "Feature", "properties": {"id": "A"},'
        ' "geometry": {"type": "Point", "coordinates": [500000, 3320113]}}'
    )
    path = csv(text, name="a.geojson")
    assert problems(read_demand, path)[0].startswith("no row has degrees")
    assert read_demand(path, crs="EPSG:4549").lon[0] == pytest.approx(120)


@pytest.mark.parametrize("name", ["EPSG:99999", "nonsense"])
def test_an_unknown_crs_is_an_error(csv, name):
    (problem,) = problems(read_demand, csv("id,lon,lat\nA,120,30\n"), crs=name)
    assert problem == f'crs {name} is unknown; say "wgs84", "gcj02", "bd09" or "EPSG:n"'


def test_a_point_outside_its_crs_is_told_by_row():
    points = frame(["A", "B"], [500000, 1e30], [3320113, 1e30], crs="EPSG:4549")
    (problem,) = problems(read_demand, points)
    assert problem.startswith("row 2 (B): ")


# --- what comes back --------------------------------------------------------------------------


def test_points_are_ordered_by_id_as_plain_text_and_read_only(csv):
    demand = read_demand(
        csv("id,lon,lat,weight\nb,121,31,2\n10,122,32,3\nB,123,33,4\n2,124,34,5\n")
    )
    assert demand.id.tolist() == ["10", "2", "B", "b"]
    assert demand.lon.tolist() == [122, 124, 123, 121]
    assert demand.weight.tolist() == [3, 5, 4, 2]
    for column in (demand.id, demand.lon, demand.lat, demand.weight, demand.name):
        assert not column.flags.writeable


def test_the_frame_is_left_as_it_was():
    points = frame(["b", "a"], weight=[1, 2])
    before = points.copy()
    read_demand(points)
    assert points.equals(before)


def test_points_go_back_to_frames(csv):
    demand = read_demand(csv("id,lon,lat,weight,name,district\nB,121,31,2,b,x\nA,120,30,1,a,y\n"))
    points = demand.to_frame()
    assert points.crs == "EPSG:4326"
    assert points["id"].tolist() == ["A", "B"]
    assert points.geometry.x.tolist() == [120, 121]
    again = read_demand(points)
    assert again.weight.tolist() == [1, 2]
    assert again.district.tolist() == ["y", "x"]
    sites = read_sites(csv("id,lon,lat,kind,existing\nA,120,30,bank,1\n"))
    again = read_sites(sites.to_frame())
    assert (again.kind[0], again.is_existing[0]) == ("bank", True)


def test_some_points_are_taken_by_position_or_where_it_is_true():
    sites = read_sites(frame(["c", "a", "b"], [120, 121, 122], [30] * 3, kind=["z", "x", "y"]))
    assert sites.where(np.array([2, 0, 2])).id.tolist() == ["a", "c"]  # ordered, each once
    assert sites.where(sites.kind == "y").id.tolist() == ["b"]
    assert sites.where(sites.kind == "y").kind.tolist() == ["y"]
    assert not sites.where(np.array([0])).id.flags.writeable
    assert len(sites.where(np.zeros(3, dtype=bool))) == 0
    demand = read_demand(frame(["c", "a", "b"], [120, 121, 122], [30] * 3, weight=[3, 1, 2]))
    assert demand.where(demand.weight > 1).weight.tolist() == [2, 3]


# --- against the roads ------------------------------------------------------------------------

ROADS = (120.0, 28.0, 121.0, 29.0)


def test_points_near_the_roads_need_no_word(csv):
    # 0.5 degrees of longitude at 28.5 N are 49 km, 0.52 are 51 km
    assert check_against(read_demand(csv("id,lon,lat\nA,121.5,28.5\n")), ROADS) == []


def test_some_points_far_from_the_roads_are_named(csv):
    demand = read_demand(csv("id,lon,lat\nA,120,28\nB,121.52,28.5\nC,116.4,39.9\n"))
    (sentence,) = check_against(demand, ROADS)
    assert sentence.startswith(
        f"{demand.file}: farther than 50 km from all roads: B (51 km), C (1,"
    )


def test_points_that_are_all_far_from_the_roads_are_an_error(csv):
    demand = read_demand(csv("id,lon,lat\nA,116.4,39.9\nB,116.5,39.9\n"))
    with pytest.raises(PointsError, match=r"all 2 points .* nearest one B .* check crs and roads"):
        check_against(demand, ROADS)


def test_points_that_would_be_near_the_roads_swapped_are_told_so(csv):
    urumqi = (87.0, 43.0, 88.0, 44.0)
    demand = read_demand(csv("id,lon,lat\nA,43.8,87.6\n"))  # both in range, so not seen at reading
    with pytest.raises(PointsError, match=r"lon and lat swapped\?$"):
        check_against(demand, urumqi)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cn_huainan_poi_2017", "value"),
        ("cn_north_anhui_poi_2017", "value"),
        ("cn_north_anhui_places_2017", "place"),
    ],
)
def test_real_tables_are_read_row_by_row(shared, name, kind):
    path = shared / "realdata" / "poi" / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["osm_id"]: row for row in reader.DictReader(file)}
    sites = read_sites(path, columns={"id": "osm_id", "kind": kind})
    assert sites.id.tolist() == sorted(rows)
    assert sites.name.tolist() == [rows[i]["name"].strip() for i in sorted(rows)]
    assert sites.lon.tolist() == [float(rows[i]["lon"]) for i in sorted(rows)]
    assert Counter(sites.kind) == Counter(row[kind] for row in rows.values())


@pytest.mark.shared
def test_of_real_places_hardly_any_has_a_population_so_all_count_as_one(shared):
    path = shared / "realdata" / "poi" / "cn_north_anhui_places_2017.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(reader.DictReader(file))
    n_without = sum(not row["population"] for row in rows)
    demand = read_demand(path)
    assert demand.weight.sum() == len(rows)
    assert demand.notes[-1].startswith(f"{n_without} of {len(rows):,} rows have no weight")


@pytest.mark.shared
def test_a_real_grid_of_cells_is_read(shared):
    grid = shared / "realdata" / "demand" / "br_poa_hexgrid.csv"
    demand = read_demand(grid, columns={"weight": "population"})
    assert len(demand) == grid.read_bytes().count(b"\n") - 1
    assert "89a901291abffff" in demand.id


def test_a_plain_csv_needs_neither_pandas_nor_geopandas(cases):
    import subprocess
    import sys

    code = (
        "import sys; from planner.points import read_sites; read_sites(sys.argv[1]); "
        "print(sorted({'pandas', 'geopandas', 'pyproj', 'shapely'} & set(sys.modules)))"
    )
    path = cases / "C54" / "stations.csv"
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=cases.parents[1],
    )
    assert run.stdout.strip() == "[]"
