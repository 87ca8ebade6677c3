"""Tables of a result to hand on: an Excel workbook, CSV or GeoParquet, in Chinese or English."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.errors import PlannerError
from planner.handouts.content import Handout, Kind, Table, handout
from planner.handouts.words import heading, value
from planner.layerfiles import put
from planner.result import Result
from planner.tables import layers, write_csv

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Form", "Written", "write_handout"]

_LAYERS = ("stations", "demand", "roads", "isochrones", "isochrones_together")
"""Layers that are handed on as GeoParquet."""


class Form(StrEnum):
    """In which form tables are handed on."""

    XLSX = "xlsx"
    """One workbook."""
    CSV = "csv"
    """A file for each table."""
    PARQUET = "parquet"
    """A GeoParquet file for each layer, for analysts: columns as in ``plan.gpkg``."""


class Written(NamedTuple):
    """What was written.

    Attributes
    ----------
    files
        The files.
    notes
        A sentence on each thing that the form can't hold as it is.
    """

    files: list[Path]
    notes: list[str]


def write_handout(result: Result, folder: Path, *, form: Form, language: str) -> Written:
    """Write the tables of a result into a folder; files of their names that are there are replaced.

    Parameters
    ----------
    result
        What was found.
    folder
        Where; it need not be there.
    form
        Workbook, CSV or GeoParquet.
    language
        ``zh`` or ``en``: of headings and words. GeoParquet has none.

    Raises
    ------
    PlannerError
        The folder is a result folder, whose own tables must stay; or a package for this form is missing.
    OSError
        The files can't be written.
    """
    if (folder / "result.json").exists():
        raise PlannerError(f"{folder}: is a result folder; name another one with --out")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as made:
        if form is Form.PARQUET:
            notes = _write_layers(result, Path(made))
        else:
            told = handout(result, language)
            notes = (_write_workbook if form is Form.XLSX else _write_texts)(told, Path(made))
        files = sorted(Path(made).iterdir())
        for file in files:
            put(file, folder / file.name)
    return Written([folder / file.name for file in files], notes)


def _write_workbook(told: Handout, folder: Path) -> list[str]:
    from planner.handouts.workbook import write_workbook

    path = folder / "plan.xlsx"
    return [f"{path.name}: {remark}" for remark in write_workbook(told, path)]


def _write_texts(told: Handout, folder: Path) -> list[str]:
    """Write each table as CSV, and the figures as another one."""
    write_csv(folder / "summary.csv", _summary(told))
    for table in told.tables:
        write_csv(folder / f"{table.key}.csv", _with_words(table, told.language))
    return []


def _summary(told: Handout) -> pd.DataFrame:
    """Return sentences and figures as two columns of text."""
    import pandas as pd

    said = {"scenario": told.title, "notice": told.notice, **told.says}
    rows = [(heading(key, told.language), text) for key, text in said.items() if text]
    for group in told.groups:
        rows += [
            (
                _label(item.key, item.kind, told.language),
                "" if item.value is None else str(item.value),
            )
            for item in group.items
            if item.key != "scenario"
        ]
    return pd.DataFrame(rows, columns=[heading(key, told.language) for key in ("item", "value")])


def _label(key: str, kind: Kind, language: str) -> str:
    """Return the label of a figure, with its unit where that is seconds."""
    label = heading(key, language)
    if kind is not Kind.SECONDS:
        return label
    blank = " " if language == "en" else ""
    return label + blank + value("seconds", language)


def _with_words(table: Table, language: str) -> pd.DataFrame:
    """Return a table with headings and words in a language."""
    words = np.array([value("no", language), value("yes", language)], dtype=object)
    frame = table.frame[[*table.kinds]].copy()
    for key, kind in table.kinds.items():
        if kind is Kind.FLAG:
            frame[key] = words[frame[key].to_numpy().astype(int)]
    return frame.rename(columns={key: heading(key, language) for key in table.kinds})


def _write_layers(result: Result, folder: Path) -> list[str]:
    """Write layers as GeoParquet; those without rows are left out."""
    for name, layer in layers(result).items():
        if name in _LAYERS and len(layer):
            try:
                layer.to_parquet(folder / f"{name}.parquet", index=False, schema_version="1.1.0")
            except ImportError as error:
                raise PlannerError(
                    "writing GeoParquet needs pyarrow; pip install pyarrow"
                ) from error
    return []
