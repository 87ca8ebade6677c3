import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from madefiles import workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from planner.errors import PointsError
from planner.pointfiles.rows import as_text
from planner.points import read_demand

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ids = texts.map(str.strip).filter(bool)


def is_cell(text):
    """Return whether a text may stand in a workbook, and is neither a formula nor a failed one."""
    return (
        not ILLEGAL_CHARACTERS_RE.search(text) and text[:1] not in ("=", "#") and "\r" not in text
    )


@st.composite
def tables(draw):
    """Rows of id, lon, lat, weight, name as dicts; any text that a cell may hold."""
    names = draw(st.lists(ids, min_size=1, max_size=12, unique=True))
    return [
        {
            "id": name,
            "lon": repr(draw(st.floats(1, 180))),
            "lat": repr(draw(st.floats(-90, 90))),
            "weight": repr(draw(st.floats(0.1, 1e9))),
            "name": draw(texts),
        }
        for name in names
    ]


def written(rows, columns=("id", "lon", "lat", "weight", "name"), delimiter=",", end="\r\n"):
    text = io.StringIO()
    writer = csv.DictWriter(
        text, columns, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(text, written_in="utf-8", **options):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demand.csv"
        path.write_bytes(text.encode(written_in))
        return read_demand(path, **options)


def values(demand):
    return [c.tolist() for c in (demand.id, demand.lon, demand.lat, demand.weight, demand.name)]


@given(tables(), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_is_read_by_id(rows, delimiter, end):
    rows_by_id = sorted(rows, key=lambda row: row["id"])
    demand = read(written(rows, delimiter=delimiter, end=end))
    assert demand.id.tolist() == [row["id"] for row in rows_by_id]
    assert demand.lon.tolist() == [float(row["lon"]) for row in rows_by_id]
    assert demand.weight.tolist() == [float(row["weight"]) for row in rows_by_id]
    assert demand.name.tolist() == [row["name"].strip() for row in rows_by_id]


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(rows, random):
    columns = ["id", "lon", "lat", "weight", "name"]
    expected = values(read(written(rows, columns)))
    random.shuffle(columns)
    random.shuffle(rows)
    assert values(read(written(rows, columns))) == expected


@given(tables())
def test_the_encoding_does_not_matter_when_told(rows):
    text = written(rows)
    assert values(read(text, "gb18030", encoding="gb18030")) == values(read(text))


def is_no_utf_8_by_chance(name):
    try:
        name.encode("gb18030").decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


# usual characters, and texts that can be told: 学 twice in GB18030 is ѧ twice in UTF-8
chinese = st.text(
    "邮政银行中心小学村社区党群服务驿站门镇玉市路街店", min_size=2, max_size=8
).filter(is_no_utf_8_by_chance)


@given(tables(), chinese, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_nor_does_it_when_not_told_where_names_are_chinese(rows, name, encoding):
    for i, row in enumerate(rows):
        row["id"], row["name"] = f"P{i}", f"{name}{i}"
    text = written(rows)
    assert values(read(text, encoding)) == values(read(text))


@given(tables(), st.data())
def test_a_fault_is_found_on_its_line_whatever_stands_before_it(rows, data):
    bad = data.draw(st.integers(0, len(rows) - 1))
    before = written(rows[:bad], end="\n")
    rows[bad]["lon"] = "east"
    with pytest.raises(PointsError) as caught:
        read(written(rows, end="\n"))
    (problem,) = caught.value.problems
    # lines as editors count them: \r\n, \n and \r end one
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert problem.startswith(f"line {line} (")


@given(tables())
def test_frames_go_out_and_come_back(rows):
    demand = read(written(rows))
    again = read_demand(demand.to_frame())
    assert values(again) == values(demand)
    assert np.array_equal(again.lat, demand.lat)


# decimals with as many digits as a workbook keeps
decimals = st.integers(-(10**14), 10**14).map(lambda n: n / 10**6)
cells = st.one_of(st.integers(-(10**14), 10**14), decimals, texts.filter(is_cell))


@given(st.lists(cells, min_size=1, max_size=6, unique_by=as_text))
def test_a_workbook_says_what_a_csv_of_the_same_texts_says(cells):
    rows = [
        {"id": f"P{i:02}", "lon": "120", "lat": "30", "weight": "1", "name": as_text(cell)}
        for i, cell in enumerate(cells)
    ]
    with TemporaryDirectory() as folder:
        header = ["id", "lon", "lat", "weight", "name"]
        filled = [[f"P{i:02}", 120, 30, 1, cell] for i, cell in enumerate(cells)]
        path = workbook(Path(folder) / "a.xlsx", [header, *filled])
        assert values(read_demand(path)) == values(read(written(rows)))
