import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import PointsError
from planner.points import read_demand

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ids = texts.map(str.strip).filter(bool)


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
