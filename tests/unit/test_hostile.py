"""Names of all kinds in every file that is handed on: no formula, no markup, nothing that breaks, nothing lost."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas
import matplotlib as mpl
import numpy as np
import openpyxl
import pytest
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario
from hostile import HOSTILE
from matplotlib.text import Text

from planner import sheet
from planner.fonts import chinese_font, font_settings
from planner.handouts import Form, write_handout
from planner.inputs import InputFile, files_of
from planner.result import Result
from planner.scenario import Language
from planner.sheet import Paper, layout
from planner.tables import write_tables

pytestmark = pytest.mark.filterwarnings("ignore:Glyph .* missing from font")

NAMES = sorted(HOSTILE)
N = len(NAMES)
FORMULA = tuple("=+-@＝＋－＠\t\r")


@pytest.fixture(scope="module")
def result() -> Result:
    """Return a town in which every text is hostile, with every other site a station."""
    at = np.linspace(0, 0.0075, N)
    network = grid_network(6, lon=120.0, lat=30.0)
    object.__setattr__(network, "names", ("", *(NAMES * 2)[: len(network.names) - 1]))
    found = result_of(
        network=network,
        demand=make_demand(120 + at, 30 + at[::-1], name=NAMES, district=NAMES[::-1]),
        sites=make_sites(
            *(120 + at, 30 + at),
            ids=NAMES,
            name=NAMES,
            kind=NAMES,
            services=NAMES,
            hours=NAMES,
        ),
        stations=list(range(0, N, 2)),
        cut_off=(1,),
        off_network=(2,),
        asked=scenario(
            title={"zh": HOSTILE[1], "en": HOSTILE[3]},
            notice={"zh": HOSTILE[15], "en": HOSTILE[0]},
            map={"approval": HOSTILE[17]},
        ),
    )
    inputs = tuple(InputFile(file=name, sha256="0" * 64) for name in files_of(found.scenario))
    return replace(found, inputs=inputs)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def original(cell: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from reading a formula."""
    return cell[1:] if cell not in NAMES and cell.startswith("'") else cell


def test_the_tables_of_a_run_hold_every_name_and_no_formula(result: Result, tmp_path: Path):
    write_tables(result, tmp_path)
    stations = rows_of(tmp_path / "stations.csv")
    assert {len(row) for row in stations} == {len(stations[0])}
    assert [original(row[0]) for row in stations[1:]] == NAMES[::2]
    for table in ("stations.csv", "assignments.csv"):
        assert not [
            cell for row in rows_of(tmp_path / table) for cell in row if cell.startswith(FORMULA)
        ]
    layer = json.loads((tmp_path / "stations.geojson").read_text("utf-8"))
    assert [f["properties"]["name"] for f in layer["features"]] == NAMES[::2]
    summary = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert summary["stations"] == NAMES[::2]
    # GeoPackage ends a text at a NUL
    kept = geopandas.read_file(tmp_path / "plan.gpkg", layer="stations")["id"].tolist()
    assert kept == [name.partition("\0")[0] for name in NAMES[::2]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_holds_every_name_as_text(result: Result, tmp_path: Path, language: str):
    (path,) = write_handout(result, tmp_path, form=Form.XLSX, language=language).files
    with zipfile.ZipFile(path) as parts:
        xml = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")]
    assert not [part for part in xml if "<f>" in part or "hyperlink" in part]
    book = openpyxl.load_workbook(path)
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    told = {cell.value for cell in cells if cell.data_type == "s"}
    # XML has no control characters but tab and line breaks
    assert {re.sub(r"[\x00-\x08\x0b-\x1f]", "\ufffd", name) for name in NAMES} <= told


def test_the_tables_handed_on_hold_every_name_and_no_formula(result: Result, tmp_path: Path):
    files = write_handout(result, tmp_path / "csv", form=Form.CSV, language="zh").files
    cells = [cell for file in files for row in rows_of(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert set(NAMES) <= set(map(original, cells))


@pytest.mark.parametrize(("paper", "language"), [(Paper.A3, "zh"), (Paper.A4, "en")])
def test_no_name_steers_the_sheet_or_leaves_it(result: Result, paper: Paper, language: str):
    with mpl.rc_context(sheet.SETTINGS | font_settings(chinese_font())):
        figure = layout.sheet_figure(
            result,
            paper=paper,
            language=Language(language),
            bold="bold",
        )
        figure.draw_without_rendering()
        texts = [text for text in figure.findobj(Text) if text.get_text()]
        width, height = figure.bbox.width, figure.bbox.height
        for text in texts:
            box = text.get_window_extent()
            assert -1 <= box.x0 <= box.x1 <= width + 1, text.get_text()
            assert -1 <= box.y0 <= box.y1 <= height + 1, text.get_text()
    told = [text.get_text() for text in texts]
    assert not any(re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2028]", text) for text in told)
    assert any("window.__pwned" in text for text in told)
    assert not any(text.get_parse_math() for text in texts if "$" in text.get_text())
