import csv
import hashlib
import json
import math
import zipfile
from dataclasses import replace
from datetime import datetime

import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest
from scenarios import write
from towns import osm_text

from planner.answer import sentences
from planner.errors import PlannerError
from planner.handouts import Form, write_handout
from planner.handouts.content import Handout, Kind, Table, handout
from planner.handouts.words import heading, sheet, value
from planner.handouts.workbook import write_workbook
from planner.plan import Status
from planner.reasons import Said
from planner.run import run
from planner.scenario import Goal, read_scenario
from planner.tables import summary, write_csv

SCENARIO = """
title = { zh = "小城", en = "Small town" }
notice = { zh = "样例", en = "Sample" }
[drive_times]
file = "times.csv"
[[fleets]]
name = "riders"
max_drive_min = 5
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "assess"
"""
# Seconds by a table; five minutes are 300 s. A and B stand, C may be built.
#
#       district  weight    A      B     C
#   P1    east       1      0    100     -    covered by A
#   P2    east       2      -    100     -    covered by B
#   P3    west       4      -    300     -    covered by B in exactly the standard
#   P4    west       8      -  300.4   200    C would cover it
#   P5    west      16      -    301     -    too far from all
#   P6               32     -      -     -    no road
#   P7    east       0    600      -     -    weighs nothing: counts as covered
DEMAND = """\
id,lon,lat,weight,name,district
P1,121.1,28.1,1,=1+1,东
P2,121.2,28.1,2,http://example.org,东
P3,121.3,28.1,4,007,西
P4,121.4,28.1,8,丁,西
P5,121.5,28.1,16,戊,西
P6,121.6,28.1,32,己,
P7,121.7,28.1,0,庚,东
"""
HOSTS = """\
id,lon,lat,name,kind,services,opening_hours,existing
A,121.1,28.1,@甲,银行,rest,24/7,yes
B,121.2,28.1,,shop,,,yes
C,121.3,28.1,丙,,,,
"""
TIMES = """\
demand,site,drive_time_s
P1,A,0
P1,B,100
P2,B,100
P3,B,300
P4,B,300.4
P4,C,200
P5,B,301
P7,A,600
"""
FILES = {"demand.csv": DEMAND, "hosts.csv": HOSTS, "times.csv": TIMES, "s.toml": SCENARIO}


def answered(folder, files):
    return run(read_scenario(write(folder, files) / "s.toml"))


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return answered(tmp_path_factory.mktemp("inputs"), FILES)


def tables_of(result, language="zh"):
    return {table.key: table for table in handout(result, language).tables}


def rows_of(table, *columns):
    frame = table.frame[[*columns]].astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def book_of(result, folder, language="zh"):
    (path,) = write_handout(result, folder, form=Form.XLSX, language=language).files
    return openpyxl.load_workbook(path)


def column_of(page, title):
    (column,) = (cells for cells in page.iter_cols() if cells[0].value == title)
    return column[1:]


# --- What the tables hold ------------------------------------------------------------------------


def test_districts_add_up_what_is_covered_and_how_far_drives_are(result):
    found = rows_of(
        tables_of(result)["districts"],
        *("district", "n", "weight", "share_covered", "covered_n", "covered_weight"),
        *("uncovered_n", "uncovered_weight", "mean_drive_time_s", "max_drive_time_s"),
    )
    # west: 4 of 28 in weight; (300 x 4 + 300.4 x 8 + 301 x 16) / 28 s; east: P7 weighs nothing, and is not counted in drives
    assert found == [
        ("（未注明）", 1, 32, 0, 0, 0, 1, 32, None, None),
        ("东", 3, 3, 1, 3, 3, 0, 0, pytest.approx(200 / 3), 100),
        ("西", 3, 28, 1 / 7, 1, 4, 2, 24, pytest.approx(8419.2 / 28), 301),
    ]


def test_districts_come_to_what_the_result_tells(result):
    frame = tables_of(result)["districts"].frame
    told = summary(result)["demand"]
    assert frame[["n", "covered_n", "weight", "covered_weight"]].sum().tolist() == [
        told[key] for key in ("n", "covered_n", "weight", "covered_weight")
    ]


def test_who_is_not_covered_is_told_with_the_reason_and_what_is_nearest(result):
    found = rows_of(
        tables_of(result, "en")["uncovered"],
        *("demand", "weight", "reason", "site", "site_time_s", "nearest_station", "station_time_s"),
    )
    near_b = pytest.approx(300.4, abs=1e-6)  # on the grid of times
    assert found == [
        ("P4", 8, "could be covered, but this plan does not", "C", 200, "B", near_b),
        ("P5", 16, "too far from every candidate site", "B", 301, "B", 301),
        ("P6", 32, "no road leads there", "", None, "", None),
    ]


def test_assignments_are_by_district_and_name_the_station(result):
    found = rows_of(
        tables_of(result)["assignments"], "district", "demand", "station", "station_name", "covered"
    )
    assert found == [
        ("", "P6", "", "", False),
        ("东", "P1", "A", "@甲", True),
        ("东", "P2", "B", "", True),
        ("东", "P7", "A", "@甲", False),
        ("西", "P3", "B", "", True),
        ("西", "P4", "B", "", False),
        ("西", "P5", "B", "", False),
    ]


@pytest.mark.parametrize(
    ("language", "kinds", "offered"),
    [
        ("zh", ["村社服务中心", "银行", "茶馆"], ["休息；饮水", "", "充电；唱歌"]),
        ("en", ["hub", "Bank", "茶馆"], ["rest;water", "", "charging, 唱歌"]),
    ],
)
def test_hosts_and_what_they_offer_have_chinese_words_in_chinese_tables(
    result, language, kinds, offered
):
    as_given = {"kind": ["hub", "Bank", "茶馆"], "services": ["rest;water", "", "charging, 唱歌"]}
    sites = replace(
        result.times.sites, **{k: np.array(v, dtype=object) for k, v in as_given.items()}
    )
    plan = replace(result.plan, stations=np.arange(3))
    told = replace(result, plan=plan, times=replace(result.times, sites=sites))
    frame = handout(told, language).tables[0].frame
    assert frame["kind"].tolist() == kinds
    assert frame["services"].tolist() == offered


@pytest.mark.parametrize(("language", "period"), [("zh", "全部"), ("en", "all")])
def test_the_only_period_has_a_word_and_fleets_their_names(result, language, period):
    told = rows_of(tables_of(result, language)["assignments"], "fleet", "period")
    assert set(told) == {("riders", period)}


def test_sources_have_their_checksums_and_what_they_hold(result):
    found = rows_of(tables_of(result, "en")["sources"], "file", "role", "licence", "sha256")
    assert found == [
        (name, role, "as its provider says", hashlib.sha256(FILES[name].encode()).hexdigest())
        for name, role in (
            ("times.csv", "drive times"),
            ("demand.csv", "demand"),
            ("hosts.csv", "candidate sites"),
        )
    ]


def test_lists_of_stations_and_layers_of_the_map_are_sources_too(tmp_path):
    square = {"type": "Polygon", "coordinates": [[[121, 28], [122, 28], [122, 29], [121, 28]]]}
    feature = {"type": "Feature", "properties": {"name": "东"}, "geometry": square}
    layer = json.dumps({"type": "FeatureCollection", "features": [feature]})
    asked = 'stations_file = "list.csv"\n[map]\ndistricts = "d.geojson"\nwater = "w.geojson"\n'
    files = {"s.toml": SCENARIO + asked, "list.csv": "id\nB\nC\n"}
    found = answered(tmp_path, FILES | files | {"d.geojson": layer, "w.geojson": layer})
    assert rows_of(tables_of(found, "en")["sources"], "file", "role")[3:] == [
        ("list.csv", "stations to assess"),
        ("d.geojson", "borders of districts"),
        ("w.geojson", "water"),
    ]
    assert rows_of(tables_of(found)["stations"], "id") == [("B",), ("C",)]


def test_remarks_and_reasons_are_handed_on(result):
    reasoned = replace(
        result,
        plan=replace(result.plan, why=(Said(en="why not", zh="为什么不行"),)),
        remarks=("way 12 has maxspeed=0: taken as closed", "look here"),
    )
    assert rows_of(tables_of(reasoned)["remarks"], "remark") == [
        ("为什么不行",),
        ("道路 12 标注 maxspeed=0：视为封闭",),
        ("look here",),
    ]
    in_english = rows_of(tables_of(reasoned, "en")["remarks"], "remark")
    assert in_english == [("why not",), *((remark,) for remark in reasoned.remarks)]
    assert "remarks" not in tables_of(replace(reasoned, plan=result.plan, remarks=()))


def test_every_word_there_may_be_is_known_in_both_languages(result):
    for language in ("zh", "en"):
        told = handout(result, language)
        for key in (
            *(k for t in told.tables for k in t.kinds),
            *(i.key for g in told.groups for i in g.items),
        ):
            assert heading(key, language)
        for choice in (*Goal, *Status):
            assert value(choice, language)


# --- The workbook ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_has_a_sheet_for_each_table_and_reads_back_as_it_was(
    result, tmp_path, language
):
    book = book_of(result, tmp_path, language)
    told = handout(result, language)
    assert book.sheetnames == [
        sheet(key, language) for key in ("summary", *(t.key for t in told.tables))
    ]
    for table in told.tables:
        page = book[sheet(table.key, language)]
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref == page.dimensions
        for key, kind in table.kinds.items():
            read = [cell.value for cell in column_of(page, heading(key, language))]
            if kind is Kind.FLAG:
                words = {True: value("yes", language), False: value("no", language)}
                assert read == [words[flag] for flag in table.frame[key]]
            elif kind in (Kind.TEXT, Kind.LONG_TEXT):
                assert [text or "" for text in read] == table.frame[key].tolist()
            else:
                right = table.frame[key].tolist()
                assert read == [
                    None if math.isnan(n) else pytest.approx(n, rel=1e-14) for n in right
                ]


def test_drives_stand_in_minutes_and_seconds_beside_and_over_the_standard_stays_over(
    result, tmp_path
):
    page = book_of(result, tmp_path)["未覆盖"]
    cells = column_of(page, "到最近驿站（分:秒）")
    # 300.4 s would be 5:00, which covers: so 5:01
    assert [cell.value and cell.value.total_seconds() for cell in cells] == [301, 301, None]
    assert {cell.number_format for cell in cells if cell.value} == {"[m]:ss"}


def test_the_page_that_sums_up_says_the_answer_and_the_figures(result, tmp_path):
    page = book_of(result, tmp_path)["摘要"]
    cells = {row[0].value: row[1].value for row in page.iter_rows() if row[0].value}
    says = sentences(result, "zh")
    assert list(cells)[:5] == ["小城", "样例", says["answer"], says["proof"], says["rest"]]
    assert cells["状态"] == "评估，没有选址"
    assert (cells["驿站总数"], cells["其中现有"]) == (2, 2)
    assert (cells["需求点数"], cells["未覆盖点数"]) == (7, 3)
    assert cells["覆盖率"] == pytest.approx(7 / 63)
    assert cells["最远车程"].total_seconds() == 301


def test_text_is_never_a_formula_or_a_link(result, tmp_path):
    (path,) = write_handout(result, tmp_path, form=Form.XLSX, language="zh").files
    with zipfile.ZipFile(path) as parts:
        sheets = {n: parts.read(n).decode() for n in parts.namelist() if n.endswith(".xml")}
    assert "1+1" in sheets["xl/sharedStrings.xml"]
    assert not [name for name, xml in sheets.items() if "<f>" in xml or "hyperlink" in xml]
    names = column_of(openpyxl.load_workbook(path)["服务关系"], "名称")
    kinds = {cell.value: cell.data_type for cell in names}
    assert [kinds[text] for text in ("=1+1", "http://example.org", "007")] == ["s", "s", "s"]


def test_equal_results_give_equal_bytes_of_every_form(result, tmp_path):
    for form in Form:
        one, other = (
            write_handout(result, tmp_path / name, form=form, language="zh").files
            for name in (f"{form}1", f"{form}2")
        )
        assert [f.name for f in one] == [f.name for f in other] != []
        assert [f.read_bytes() for f in one] == [f.read_bytes() for f in other]


def test_the_workbook_does_not_tell_when_it_was_made(result, tmp_path):
    book = book_of(result, tmp_path)
    assert book.properties.created == book.properties.modified == datetime(2000, 1, 1)


def told_of(texts):
    """Return a handout of one table of one column."""
    table = Table("remarks", pd.DataFrame({"remark": texts}), {"remark": Kind.TEXT})
    says = {"answer": "a", "proof": "", "rest": ""}
    return Handout(
        language="en",
        title="t",
        notice="",
        credit="",
        says=says,
        groups=(),
        tables=(table,),
        standard_s=300.0,
    )


def read_again(texts, folder, **options):
    path = folder / "a.xlsx"
    notes = write_workbook(told_of(texts), path, **options)
    book = openpyxl.load_workbook(path)
    return {
        n: [row[0].value for row in book[n].iter_rows(min_row=2)] for n in book.sheetnames[1:]
    }, notes


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(tmp_path):
    found, _ = read_again(["a", "b", "c", "d", "e"], tmp_path, last_row=3)
    assert found == {"Remarks": ["a", "b"], "Remarks 2": ["c", "d"], "Remarks 3": ["e"]}
    found, _ = read_again(["a", "b"], tmp_path, last_row=3)  # exactly as many as fit
    assert found == {"Remarks": ["a", "b"]}


def test_what_no_cell_can_hold_is_told(tmp_path):
    fits, too_long = "字" * 32_767, "😀" * 16_384  # of two units each: one too many
    found, notes = read_again([fits, too_long, "a\x01b\ufffe", "x\r\ny"], tmp_path)
    assert found["Remarks"] == [fits, "😀" * 16_383 + "…", "a\ufffdb\ufffd", "x\ny"]
    assert notes == [
        "1 text with characters that no workbook can hold; \ufffd stands for them",
        "1 text longer than 32,767 characters; the rest is cut off",
    ]


# --- CSV -----------------------------------------------------------------------------------------


def csv_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_has_headings_and_words_in_the_language_and_no_formulas(result, tmp_path):
    files = write_handout(result, tmp_path / "new" / "folder", form=Form.CSV, language="zh").files
    assert [f.stem for f in files] == sorted(
        ["summary", "stations", "districts", "assignments", "uncovered", "sources", "remarks"]
    )
    told = {f.stem: csv_of(f) for f in files}
    assert told["stations"][0][:9] == (
        ["编号", "名称", "依托场所", "服务", "开放时间", "经度", "纬度", "现有", "服务地点数"]
    )
    assert told["stations"][1][:9] == [
        "A",
        "'@甲",
        "银行",
        "休息",
        "24/7",
        "121.1",
        "28.1",
        "是",
        "1",
    ]
    by_id = {row[1]: row[2] for row in told["assignments"]}
    assert (by_id["P1"], by_id["P3"]) == ("'=1+1", "007")
    assert ["结论", sentences(result, "zh")["answer"]] in told["summary"]
    assert ["最远车程（秒）", "301.0"] in told["summary"]


@pytest.mark.parametrize(
    "text", ["=1", "+x", "-x", "@x", "＝1", "＋x", "－x", "＠x", "\tx", "\rx", "\nx"]
)
def test_whatever_a_spreadsheet_may_take_for_a_formula_has_an_apostrophe(tmp_path, text):
    write_csv(tmp_path / "a.csv", pd.DataFrame({"name": [text], "n": [-1.5]}))
    assert csv_of(tmp_path / "a.csv")[1:] == [["'" + text.replace("\r", "\n"), "-1.5"]]


def test_a_bare_carriage_return_begins_no_row(tmp_path):
    # quoted only where it stands for a line's end: else what follows it would be a row of its own, and a formula
    write_csv(tmp_path / "a.csv", pd.DataFrame({"name": ["a\r=1+1"], "n": [1]}))
    assert csv_of(tmp_path / "a.csv")[1:] == [["a\n=1+1", "1"]]


# --- Roads, GeoParquet ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_roads(tmp_path_factory):
    """A town of one road of a kilometre, a station at one end, and a hamlet 5 km from it."""
    files = {
        "roads.osm": osm_text({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})]),
        "demand.csv": "id,lon,lat,weight\nD1,120.001,30,1\nD2,120.001,30.05,1\n",
        "hosts.csv": "id,lon,lat,existing\nS1,120,30,yes\n",
        "s.toml": '[network]\nfile = "roads.osm"\n[demand]\nfile = "demand.csv"\n[sites]\n'
        'file = "hosts.csv"\n[placement]\ngoal = "assess"\n[isochrones]\nminutes = [2]\n',
    }
    return answered(tmp_path_factory.mktemp("roads"), files)


def test_layers_are_geoparquet_in_wgs_84(on_roads, tmp_path):
    files = write_handout(on_roads, tmp_path, form=Form.PARQUET, language="zh").files
    assert [f.stem for f in files] == (
        ["demand", "isochrones", "isochrones_together", "roads", "stations"]
    )
    for file in files:
        told = json.loads(pyarrow.parquet.read_schema(file).metadata[b"geo"])
        assert told["version"].startswith("1.")
        assert geopandas.read_parquet(file).crs == "EPSG:4326"
    demand = geopandas.read_parquet(tmp_path / "demand.parquet")
    assert list(demand.columns) == ["id", "weight", "name", "district", "covered", "geometry"]
    assert demand["covered"].tolist() == [True, False]


def test_roads_of_openstreetmap_are_credited_and_roads_are_summed_up(on_roads, tmp_path):
    page = book_of(on_roads, tmp_path, "en")["Summary"]
    assert [row[0].value for row in page.iter_rows()][-1].startswith("© OpenStreetMap contributors")
    assert "OpenStreetMap" in tables_of(on_roads, "en")["sources"].frame["licence"].iloc[0]
    told = handout(on_roads, "en")
    items = {item.key: item.value for group in told.groups for item in group.items}
    assert items["road_km"] == pytest.approx(1, abs=0.001)
    assert (items["road_share"], items["vehicle"], items["uncovered_n"]) == (1, "car", 1)
    assert rows_of(tables_of(on_roads, "en")["uncovered"], "demand", "reason") == [
        ("D2", "no road is near")
    ]


def test_a_result_folder_keeps_its_own_tables(result, tmp_path):
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(PlannerError, match="is a result folder; name another one with --out"):
        write_handout(result, tmp_path, form=Form.CSV, language="zh")
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
