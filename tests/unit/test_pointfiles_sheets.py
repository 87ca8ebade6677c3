"""Excel: which sheet, which row has the headings, what cells say."""

import datetime as dt
import sys

import openpyxl
import pytest
import tomli_w
from madefiles import HEADINGS, ROWS, problems, workbook

from planner.points import read_demand, read_sites
from planner.run import survey_of
from planner.scenario import read_scenario

OURS = ["id", "lon", "lat"]


@pytest.fixture
def sheet(tmp_path):
    def sheet(*rows, **more):
        return workbook(tmp_path / "表.xlsx", rows, **more)

    return sheet


def with_formula(path, cell):
    """Write a formula into a cell, as programs do that don't compute its value."""
    book = openpyxl.load_workbook(path)
    book.active[cell] = "=1+1"
    book.save(path)
    return path


# --- what a sheet holds -----------------------------------------------------------------------


def test_a_sheet_is_read_like_a_csv(sheet):
    sites = read_sites(sheet(HEADINGS, *ROWS))
    assert sites.id.tolist() == ["001", "002"]
    assert sites.name.tolist() == ["邮政银行", "中心小学"]
    assert sites.lon.tolist() == [120, 120.01]
    assert sites.file.endswith("表.xlsx")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("001", "001"),
        (10, "10"),
        (10.0, "10"),
        (1.5, "1.5"),
        (330110100200001, "330110100200001"),
        (True, "true"),
        (dt.datetime(2024, 5, 1), "2024-05-01"),
        (dt.datetime(2024, 5, 1, 8, 30), "2024-05-01 08:30:00"),
        (dt.time(8, 30), "08:30:00"),
        (" A ", "A"),
    ],
)
def test_cells_are_told_as_people_see_them(sheet, value, text):
    demand = read_demand(sheet([*OURS, "name"], ["P", 120, 30, value], [value, 120, 30, "x"]))
    assert text in demand.id.tolist()
    assert text in demand.name.tolist()


def test_coordinates_may_be_text(sheet):
    assert read_demand(sheet(OURS, ["A", " 120.5", "30"])).lon[0] == 120.5


def test_empty_rows_are_none_and_short_rows_end_in_empty_cells(sheet):
    demand = read_demand(sheet([*OURS, "name"], [], ["A", 120, 30], [None, "", None], ["B", 1, 2]))
    assert demand.id.tolist() == ["A", "B"]
    assert demand.name.tolist() == ["", ""]


@pytest.mark.parametrize("rows", [[], [OURS]])
def test_an_empty_sheet_has_no_points(sheet, rows):
    assert problems(read_demand, sheet(*rows)) == ["no demand points in 表.xlsx"]


def test_coordinates_are_wgs84_unless_told_otherwise(sheet):
    path = sheet(["id", "x", "y"], ["A", 500000, 3320113])
    assert read_demand(path, crs="EPSG:4549").lon[0] == pytest.approx(120)


# --- headings ---------------------------------------------------------------------------------


def test_merged_titles_above_the_headings_are_passed_over_aloud(sheet):
    path = sheet(["驿站一览表"], ["2024年5月"], [], HEADINGS, *ROWS)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:D1")
    book.save(path)
    sites = read_sites(path)
    assert sites.id.tolist() == ["001", "002"]
    assert sites.notes[0] == "row 4 taken for the headings"


def test_headings_may_stand_in_two_rows(sheet):
    path = sheet(
        ["编号", "名称", "坐标", None], [None, None, "经度", "纬度"], ["001", "a", 120, 30]
    )
    book = openpyxl.load_workbook(path)
    for cells in ("A1:A2", "B1:B2", "C1:D1"):  # 坐标 stands over both
        book.active.merge_cells(cells)
    book.save(path)
    sites = read_sites(path)
    assert (sites.id[0], sites.name[0], sites.lon[0], sites.lat[0]) == ("001", "a", 120, 30)


@pytest.mark.parametrize(("n_above", "is_found"), [(19, True), (20, False)])
def test_headings_are_looked_for_in_the_first_twenty_rows_of_the_sheet(sheet, n_above, is_found):
    path = sheet(["title"], *[[]] * (n_above - 1), OURS, ["A", 120, 30])
    if is_found:
        assert read_demand(path).id.tolist() == ["A"]
    else:
        assert problems(read_demand, path)[0].startswith("no column id, lon, lat; columns there: t")
    assert read_demand(path, heading_row=n_above + 1).id.tolist() == ["A"]


def test_the_row_of_the_headings_may_be_told(sheet):
    path = sheet(OURS, ["A", 120, 30], [], OURS, ["B", 121, 31])
    assert read_demand(path, heading_row=4).id.tolist() == ["B"]
    assert problems(read_demand, path, heading_row=3) == [
        "row 3 is empty; say heading_row, the row with the headings"
    ]
    (problem,) = problems(read_demand, path, heading_row=2)
    assert problem.startswith("no column id, lon, lat; columns there: A, 120, 30")


# --- which sheet ------------------------------------------------------------------------------


def test_of_several_sheets_one_is_to_be_named(sheet):
    path = sheet(OURS, ["A", 120, 30], other=[OURS, ["B", 121, 31]])
    assert problems(read_demand, path) == [
        'several sheets (Sheet1, other); say which with sheet = "…"'
    ]
    assert read_demand(path, sheet="other").id.tolist() == ["B"]
    assert problems(read_demand, path, sheet="Other") == [
        "sheet Other is not there; sheets there: Sheet1, other"
    ]


def test_sheets_that_are_empty_or_hidden_are_no_choice(sheet):
    path = sheet([], points=[OURS, ["A", 120, 30]], words=[["x"]])
    book = openpyxl.load_workbook(path)
    book["words"].sheet_state = "hidden"
    book.save(path)
    assert read_demand(path).id.tolist() == ["A"]
    assert problems(read_demand, path, sheet="words")[0].startswith("no column id, lon, lat")


def test_a_scenario_names_sheet_and_row(sheet, tmp_path):
    path = sheet(["title"], OURS, ["A", 120, 30], hosts=[[], OURS, ["B", 120, 30]])
    (tmp_path / "times.csv").write_text("demand,site,drive_time_s\nA,B,1\n")
    scenario = {
        "drive_times": {"file": "times.csv"},
        "demand": {"file": path.name, "sheet": "Sheet1", "heading_row": 2},
        "sites": {"file": path.name, "sheet": "hosts", "heading_row": 2},
        "placement": {},
    }
    (tmp_path / "a.toml").write_text(tomli_w.dumps(scenario), encoding="utf-8")
    inputs = survey_of(read_scenario(tmp_path / "a.toml")).inputs
    assert (inputs.demand.id.tolist(), inputs.sites.id.tolist()) == (["A"], ["B"])


# --- cells that can't be used -----------------------------------------------------------------


def test_faults_are_told_by_the_rows_of_the_sheet(sheet):
    path = sheet(["title"], [], OURS, ["A", 120, 30], [], ["B", "east", 30], ["A", 120, 30])
    assert problems(read_demand, path) == [
        "row 6 (B): lon 'east' is no number",
        "row 7 (A): the same id as row 4",
    ]


def test_a_row_of_sums_is_refused_with_the_remedy(sheet):
    path = sheet([*OURS, "weight"], ["A", 120, 30, 2], ["合计", None, None, 2])
    assert problems(read_demand, path) == ["row 3 (合计): looks like a row of sums; delete it"]


@pytest.mark.parametrize(("cell", "ours"), [("A3", "id"), ("B3", "lon"), ("D3", "name")])
def test_a_formula_without_a_value_is_a_fault(sheet, cell, ours):
    path = sheet([*OURS, "name"], ["A", 120, 30, "a"], ["B", 121, 31, "b"])
    told = problems(read_demand, with_formula(path, cell))
    assert any(
        f"{ours} is a formula without a value; open the file in Excel and save it" in sentence
        for sentence in told
    )
    assert all(sentence.startswith("row 3") for sentence in told)


def test_a_formula_in_a_column_of_others_is_nobodys_fault(sheet):
    path = sheet([*OURS, "name", "sum"], ["A", 120, 30, None, 1])
    assert read_demand(with_formula(path, "E2")).id.tolist() == ["A"]


def test_text_that_begins_like_a_formula_is_text(sheet):
    path = sheet([*OURS, "name"], ["A", 120, 30, None], ["B", 120, 30, "x"])
    book = openpyxl.load_workbook(path)
    book.active["D3"].value, book.active["D3"].data_type = "=x", "s"
    book.save(path)
    assert read_demand(path).name.tolist() == ["", "=x"]


def test_a_formula_that_failed_is_a_fault(sheet):
    path = sheet([*OURS, "name"], ["A", "#N/A", 30, "a"], ["B", 120, 30, "#REF!"])
    assert problems(read_demand, path) == [
        "row 2 (A): lon is #N/A, a formula that failed",
        "row 3 (B): name is #REF!, a formula that failed",
    ]


@pytest.mark.parametrize(("number", "is_lost"), [(10**15 - 1, False), (10**15, True)])
def test_an_id_of_more_digits_than_a_number_keeps_is_a_fault(sheet, number, is_lost):
    path = sheet(OURS, [number, 120, 30])
    if not is_lost:
        assert read_demand(path).id.tolist() == [str(number)]
    else:
        (problem,) = problems(read_demand, path)
        assert problem.endswith("id has more digits than Excel keeps in a number; write it as text")
    assert read_demand(sheet(OURS, [str(number), 120, 30])).id.tolist() == [str(number)]


# --- files that can't be read -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".xlsb", ".et"])
def test_other_workbooks_are_refused_with_the_remedy(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"x")
    assert problems(read_demand, path) == [
        f"{suffix} is not read; open it and save it as .xlsx, or as CSV (UTF-8)"
    ]


def test_what_is_no_workbook_inside_is_refused_in_one_line(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0 an old one")
    (problem,) = problems(read_demand, path)
    assert problem.startswith("can't be read as a workbook; open it in Excel and save it as .xlsx")
    assert "\n" not in problem


def test_where_openpyxl_is_missing_the_remedy_is_told(sheet, monkeypatch):
    path = sheet(OURS, ["A", 120, 30])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert problems(read_demand, path) == ["reading it needs openpyxl; pip install openpyxl"]


def test_what_a_file_says_of_its_size_is_not_believed(sheet):
    import zipfile

    path = sheet(OURS, ["A", 120, 30], ["B", 121, 31])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    page = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:C3"' in parts[page]
    parts[page] = parts[page].replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1:A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read_demand(path).id.tolist() == ["A", "B"]
