"""Sheets of Excel workbooks."""

from __future__ import annotations

import datetime as dt
import warnings
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles.columns import N_HEADING_ROWS, Columns, heading_in, rows_under
from planner.pointfiles.rows import Reading, Rows, as_text, no_rows, objects

_MOST_DIGITS: Final = 1e15
"""Excel keeps 15 digits of a number and makes zeros of the others."""
_ERRORS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
"""What a cell holds where its formula failed."""


class _Table(NamedTuple):
    """Rows of a sheet that have anything in them, with their numbers in the sheet."""

    number: list[int]
    cells: list[tuple[Any, ...]]


def sheet_rows(path: Path, reading: Reading) -> Rows:
    """Return the rows of a sheet.

    Raises
    ------
    PointsError
        If the workbook can't be read, nobody knows which sheet is meant, or columns are missing.
    """
    with _workbook(path) as book:
        sheet = _sheet(path, book, reading)
        table = _table(book[sheet])
    heading = _heading(path, table, reading)
    if heading is None:
        return no_rows(str(path), "row")
    first, columns, notes = heading
    number, cells = table.number[first:], table.cells[first:]
    values = {ours: [_cell(row, at) for row in cells] for ours, at in columns.where.items()}
    texts = {ours: objects([_text(value) for value in column]) for ours, column in values.items()}
    return rows_under(
        columns,
        texts,
        path=path,
        reading=reading,
        unit="row",
        number=number,
        fault=_broken(path, sheet, number, columns, values),
        notes=notes,
    )


@contextmanager
def _workbook(path: Path, *, formulas: bool = False) -> Iterator[Any]:
    """Open a workbook for reading, its values or its formulas."""
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise PointsError(path, ["reading it needs openpyxl; pip install openpyxl"]) from error
    broken = (
        InvalidFileException,
        zipfile.BadZipFile,
        ET.ParseError,
        KeyError,
        ValueError,
        OSError,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and checks that openpyxl doesn't know
            book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
            try:
                yield book
            finally:
                book.close()
    except broken as error:
        why = "can't be read as a workbook; open it in Excel and save it as .xlsx, or as CSV"
        raise PointsError(path, [f"{why} ({error})"]) from error


def _sheet(path: Path, book: Any, reading: Reading) -> str:
    """Return the sheet to read: the one that was named, or the only one that is shown and has anything in it."""
    names = book.sheetnames
    filled = [
        sheet.title
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" and any(_filled(sheet))
    ]
    if reading.sheet is not None and not (reading.is_second and len(filled) == 1):
        if reading.sheet in [sheet.title for sheet in book.worksheets]:
            return reading.sheet
        listed = ", ".join(names)
        raise PointsError(path, [f"sheet {reading.sheet} is not there; sheets there: {listed}"])
    if len(filled) > 1:
        listed = ", ".join(filled)
        raise PointsError(path, [f'several sheets ({listed}); say which with sheet = "…"'])
    return str((filled or names)[0])


def _filled(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Give the rows of a sheet that have anything in them, with their numbers."""
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(value is not None and value != "" for value in row):
            yield number, row


def _table(sheet: Any) -> _Table:
    rows = list(_filled(sheet))
    return _Table([number for number, _ in rows], [row for _, row in rows])


def _heading(
    path: Path, table: _Table, reading: Reading
) -> tuple[int, Columns, tuple[str, ...]] | None:
    """Return where the data begin, which columns they are in and what to say on it; None for an empty sheet."""
    told = None if reading.is_second else reading.heading_row
    last = N_HEADING_ROWS if told is None else told
    top = [i for i, number in enumerate(table.number) if (told or 1) <= number <= last]
    if not table.number:
        return None
    if not top:
        where = f"row {told} is" if told else f"rows 1 to {last} are"
        raise PointsError(path, [f"{where} empty; say heading_row, the row with the headings"])
    rows = [[_text(value) for value in table.cells[i]] for i in top]
    found = heading_in(path, rows, reading.needed_of_table, reading)
    at = top[found.position]
    notes = (f"row {table.number[at]} taken for the headings",) if found.position else ()
    return at + 1, found.columns, (*notes, *found.columns.notes)


def _cell(row: Sequence[Any], at: int) -> Any:
    return row[at] if at < len(row) else None


def _text(value: object) -> str:
    """Return a cell as text: dates as in ISO 8601, without a time that is midnight."""
    if isinstance(value, dt.datetime):
        day = value.time() == dt.time.min
        return value.date().isoformat() if day else value.isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else as_text(value)


# ---------------------------------------------------------------------------------------------
# Cells that can't be used
# ---------------------------------------------------------------------------------------------


def _broken(
    path: Path,
    sheet: str,
    number: Sequence[int],
    columns: Columns,
    values: dict[str, list[Any]],
) -> NDArray[np.object_]:
    """Return for each row what is wrong with its cells: formulas that failed or have no value, digits that are lost."""
    fault = np.full(len(number), "", dtype=object)
    for ours, column in values.items():
        for i, value in enumerate(column):
            if isinstance(value, str) and value in _ERRORS:
                fault[i] = f"{ours} is {value}, a formula that failed"
    for i, value in enumerate(values["id"]):
        if isinstance(value, int | float) and abs(value) >= _MOST_DIGITS:
            fault[i] = "id has more digits than Excel keeps in a number; write it as text"
    if any(value is None for column in values.values() for value in column):
        for i, ours in _without_value(path, sheet, number, columns, values):
            fault[i] = f"{ours} is a formula without a value; open the file in Excel and save it"
    return fault


def _without_value(
    path: Path,
    sheet: str,
    number: Sequence[int],
    columns: Columns,
    values: dict[str, list[Any]],
) -> list[tuple[int, str]]:
    """Return the empty cells that hold a formula: programs that don't compute write them so."""
    position = {n: i for i, n in enumerate(number)}
    found = []
    with _workbook(path, formulas=True) as book:
        for n, row in _filled(book[sheet]):
            i = position.get(n)
            if i is None:
                continue
            found += [
                (i, ours)
                for ours, at in columns.where.items()
                if values[ours][i] is None and str(_cell(row, at) or "").startswith("=")
            ]
    return found
