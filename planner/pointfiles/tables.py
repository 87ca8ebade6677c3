"""Tables in text files: CSV with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from planner.errors import PointsError
from planner.pointfiles.columns import N_HEADING_ROWS, Columns, heading_in, rows_under
from planner.pointfiles.encodings import read_text
from planner.pointfiles.rows import Reading, Rows, no_rows, objects

_ROWS_AT_ONCE: Final = 500
"""Few enough to stay below the garbage collector's threshold and in the cache: ten times faster than 10,000."""
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")

_SEPARATORS: Final = "a comma, semicolon or tab in them"


def table_rows(path: Path, reading: Reading) -> Rows:
    """Return the rows of a CSV.

    Raises
    ------
    PointsError
        If its text or its quotes can't be read, or columns are missing.
    """
    text, notes = read_text(path, reading.encoding)
    if not text.strip():
        return no_rows(str(path), "line")
    heading = _heading(path, text, reading)
    if heading is None:
        return no_rows(str(path), "line")
    reader = _reader(text)
    try:
        while reader.line_num < heading.last_line:
            next(reader)
        where = heading.columns.where
        number, cells, too_long = _cells(reader, heading.n_cells, list(where.values()))
    except csv.Error as error:
        raise _unreadable(path, reader, error) from error
    texts = dict(zip(where, map(objects, cells), strict=True))
    fault = np.full(len(number), "", dtype=object)
    for i, n_cells in too_long.items():
        fault[i] = (
            f'{n_cells} cells in {heading.n_cells} columns; put "quotes" round texts with {_SEPARATORS}'
        )
    return rows_under(
        heading.columns,
        texts,
        path=path,
        reading=reading,
        unit="line",
        number=number,
        fault=fault,
        notes=(*notes, *heading.notes),
    )


class _Heading(NamedTuple):
    """The row with the headings: the line it ends on, how many cells it has, which columns they are, what to say on it."""

    last_line: int
    n_cells: int
    columns: Columns
    notes: tuple[str, ...]


def _heading(path: Path, text: str, reading: Reading) -> _Heading | None:
    """Return the headings: in the row that was told, else in the first one that names the needed columns."""
    told = None if reading.is_second else reading.heading_row
    rows = list(islice(_filled_rows(path, text, told or 1), N_HEADING_ROWS if told is None else 1))
    if not rows:
        return None
    found = heading_in(path, [row for _, row in rows], reading.needed_of_table, reading)
    last_line, row = rows[found.position]
    notes = (f"line {last_line} taken for the headings",) if found.position else ()
    return _Heading(last_line, len(row), found.columns, (*notes, *found.columns.notes))


def _filled_rows(path: Path, text: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that have anything in them, from a line on, each with the line it ends on."""
    reader = _reader(text)
    try:
        for row in reader:
            if reader.line_num >= first_line and any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise _unreadable(path, reader, error) from error


def _unreadable(path: Path, reader: Any, error: csv.Error) -> PointsError:
    why = f"line {reader.line_num} can't be read ({error}); is a quote missing?"
    return PointsError(path, [why])


def _reader(text: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)


def _delimiter(text: str) -> str:
    """Return comma, semicolon or tab, whichever the first line with any of them has most of."""
    lines = (line for line in io.StringIO(text, newline="") if set(line) & set(",;\t"))
    return max(",;\t", key=next(lines, "").count)


def _cells(
    reader: Any, n_columns: int, wanted: list[int]
) -> tuple[list[int], list[list[str]], dict[int, int]]:
    """Return line numbers, the trimmed cells of some columns, and the rows longer than the header with their lengths.

    In blocks of rows: columns of a block come at once, and only a block with odd rows is looked at row by row.
    """
    number: list[int] = []
    cells: list[list[str]] = [[] for _ in wanted]
    too_long: dict[int, int] = {}
    first_line = reader.line_num + 1
    while block := list(islice(reader, _ROWS_AT_ONCE)):
        lines: Sequence[int] = range(first_line, first_line + len(block))
        if reader.line_num != lines[-1]:
            lines = _first_lines(block, first_line)
        first_line = reader.line_num + 1
        if not all(map(any, block)) or set(map(len, block)) != {n_columns}:
            kept = [(row, line) for row, line in zip(block, lines, strict=True) if any(row)]
            lines = [line for _, line in kept]
            too_long |= {
                len(number) + i: len(row) for i, (row, _) in enumerate(kept) if any(row[n_columns:])
            }
            block = [row[:n_columns] + [""] * (n_columns - len(row)) for row, _ in kept]
        number.extend(lines)
        columns = list(zip(*block, strict=True)) or [()] * n_columns
        for column, i in zip(cells, wanted, strict=True):
            column.extend(map(str.strip, columns[i]))
    return number, cells, too_long


def _first_lines(block: list[list[str]], first_line: int) -> list[int]:
    """Return the line each row begins on, where some texts have line breaks in them."""
    n_lines = [1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row) for row in block]
    return list(accumulate(n_lines[:-1], initial=first_line))
