"""Whatever stands in the data: tables that are handed on hold it as text."""

import csv
import re

import openpyxl
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import FEWER

from planner.handouts.content import Handout, Kind, Table
from planner.handouts.workbook import write_workbook
from planner.tables import write_csv

STARTS = ["", "=", "+", "-", "@", "＝", "\t", "\r", "\n", "http://", "mailto:", "_x0041_", "'"]
TEXTS = st.builds(
    str.__add__,
    st.sampled_from(STARTS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
).map(lambda text: text.replace("\r\n", "\r"))


@settings(max_examples=max(FEWER.max_examples // 3, 1))
@given(st.lists(TEXTS, min_size=1, max_size=90))
def test_a_workbook_reads_back_every_text_as_text(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    table = Table("remarks", pd.DataFrame({"remark": texts}), {"remark": Kind.TEXT})
    says = {"answer": texts[0], "proof": "", "rest": ""}
    told = Handout(
        language="zh",
        title=texts[0],
        notice="",
        credit="",
        says=says,
        groups=(),
        tables=(table,),
        standard_s=1.0,
    )
    write_workbook(told, path)
    cells = [row[0] for row in openpyxl.load_workbook(path)["提示"].iter_rows(min_row=2)]
    unheld = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
    assert [cell.value or "" for cell in cells] == [
        unheld.sub("\ufffd", text.replace("\r", "\n")) for text in texts
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # n: an empty one
    assert not any(cell.hyperlink or cell.data_type == "f" for cell in cells)


@FEWER
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_no_cell_of_a_csv_file_begins_as_a_formula(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, pd.DataFrame({"name": [f"{text}x" for text in texts]}))
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = [row[0] for row in csv.reader(file)][1:]
    written = [f"{text}x".replace("\r", "\n") for text in texts]
    assert [cell.removeprefix("'") for cell in read] == [text.removeprefix("'") for text in written]
    assert not [cell for cell in read if cell[0] in "=+-@＝＋－＠\t\r\n"]
