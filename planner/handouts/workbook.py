"""A handout as an Excel workbook: a page that sums up, and a sheet for each table."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xlsxwriter

from planner.answer import whole_seconds
from planner.handouts.content import Handout, Item, Kind, Table
from planner.handouts.words import heading, sheet, value
from planner.wording import columns_of, counted

LAST_ROW: Final = 1_048_576
"""Rows that a sheet can have, that of headings included."""
LONGEST_TEXT: Final = 32_767
"""Characters that a cell can hold, as Excel counts them: in units of UTF-16."""

_MADE: Final = datetime(2000, 1, 1)
"""Workbooks say when they were made; equal results are to give equal bytes."""
_IMPOSSIBLE: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML, and so a workbook, can't hold."""

_INK: Final = "#1f2933"
_BAR: Final = "#0b3c5d"
_RULE: Final = "#d9dee4"
_UNCOVERED: Final = "#d55e00"
_CREDIT: Final = "#52606d"
_PALE: Final = "#9fc9e3"
_FONTS: Final = {"zh": "Microsoft YaHei", "en": "Calibri"}
_SIZE: Final = 10
_NUMBERS: Final = {
    Kind.COUNT: "#,##0",
    Kind.SECONDS: "#,##0.0",
    Kind.SHARE: '[<0.9995]0.0%;[<1]"99.9%";0%',  # only all is 100
    Kind.METRES: "#,##0.0",
    Kind.KILOMETRES: "#,##0.0",
    Kind.DEGREES: "0.000000",
}
"""How numbers are shown; weights by how they are."""
_CLOCK: Final = "[m]:ss"
_DAY_S: Final = 86_400
"""Excel counts time in days."""
_NARROW: Final = 9
_WIDEST: Final = {Kind.TEXT: 42, Kind.FLAG: 42, Kind.LONG_TEXT: 100}
"""Columns are at least and at most so wide, in characters; only long texts go on below."""
_ONE_LINE: Final = 20
"""Longer headings go on on a second line."""
_HIGHEST: Final = 400
"""Points that a row may be high; Excel draws no higher ones than 409."""
_PAGE: Final = (26, 16, 16, 34)
"""Widths of the columns of the page that sums up."""
_A4: Final = 9


def write_workbook(told: Handout, path: Path, *, last_row: int = LAST_ROW) -> list[str]:
    """Write a handout as a workbook; what stands in the data is text or a number there, never a formula or a link.

    Parameters
    ----------
    told
        What is handed on.
    path
        The file; one that is there is replaced.
    last_row
        Rows of a sheet, that of headings included; a longer table goes on on further sheets.

    Returns
    -------
    list of str
        A sentence on each thing that a workbook can't hold as it is.
    """
    book = _Book(told, path)
    book.sum_up()
    for table in told.tables:
        book.add(table, per_sheet=last_row - 1)
    book.file.close()
    return book.texts.remarks()


class _Texts:
    """Makes texts fit for cells, and counts those that didn't."""

    def __init__(self) -> None:
        self.n_impossible = self.n_long = 0

    def fit(self, text: str) -> str:
        """Return a text as a cell can hold it; lines end as they do there."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        possible = _IMPOSSIBLE.sub("\ufffd", text)
        self.n_impossible += possible != text
        units = possible.encode("utf-16-le")
        if len(units) <= 2 * LONGEST_TEXT:
            return possible
        self.n_long += 1
        return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"

    def remarks(self) -> list[str]:
        """Return a sentence on each thing that didn't fit."""
        said = []
        if self.n_impossible:
            cells = counted(self.n_impossible, "text")
            said.append(
                f"{cells} with characters that no workbook can hold; \ufffd stands for them"
            )
        if self.n_long:
            cells = counted(self.n_long, "text")
            said.append(f"{cells} longer than {LONGEST_TEXT:,} characters; the rest is cut off")
        return said


class _Book:
    """The workbook while it is written: its formats, each made once, and its texts."""

    def __init__(self, told: Handout, path: Path) -> None:
        self.told, self.language, self.texts = told, told.language, _Texts()
        self.file = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {
                    "font_name": _FONTS[told.language],
                    "font_size": _SIZE,
                    "font_color": _INK,
                },
            },
        )
        self.file.set_properties(
            {"title": self.texts.fit(told.title)[:255], "created": _MADE, "author": ""}
        )
        self.formats: dict[str, Any] = {}

    def format(self, **properties: Any) -> Any:
        """Return a format."""
        key = repr(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(properties)
        return self.formats[key]

    # -----------------------------------------------------------------------------------------
    # The page that sums up
    # -----------------------------------------------------------------------------------------

    def sum_up(self) -> None:
        """Add the page: title, the answer in sentences, the figures."""
        told, page = self.told, self.file.add_worksheet(sheet("summary", self.language))
        page.hide_gridlines(2)
        page.set_paper(_A4)
        page.fit_to_pages(1, 1)
        page.set_footer("&C&A")
        for column, width in enumerate(_PAGE):
            page.set_column(column, column, width)
        lines: list[tuple[str, dict[str, Any]]] = [
            (told.title, {"bold": True, "font_size": 16, "font_color": _BAR}),
            (told.notice, {"italic": True, "font_color": "#7a3b1d"}),
            (told.says["answer"], {"bold": True, "font_size": 13}),
            (told.says["proof"], {"font_size": 11}),
            (told.says["rest"], {"font_size": 11, "font_color": _UNCOVERED}),
        ]
        row = 0
        for text, properties in lines:
            if text:
                self._paragraph(page, row, text, properties)
                row += 1
        for group in told.groups:
            row += 1
            title = self.format(bold=True, font_color="#ffffff", bg_color=_BAR)
            page.set_row(row, 18)
            for column in range(len(_PAGE)):
                page.write_string(row, column, "" if column else group.title, title)
            for item in group.items:
                row += 1
                self._item(page, row, item)
            row += 1
        if told.credit:
            page.write_string(row + 1, 0, told.credit, self.format(font_size=8, font_color=_CREDIT))

    def _paragraph(self, page: Any, row: int, text: str, properties: dict[str, Any]) -> None:
        """Write a text across the page, as high as its lines."""
        size = properties.get("font_size", _SIZE)
        per_line = sum(_PAGE) * _SIZE / size * 0.95
        fit = self.texts.fit(text)
        n_lines = max(1, math.ceil(columns_of(fit) / per_line))
        form = self.format(text_wrap=True, valign="vcenter", **properties)
        page.merge_range(row, 0, row, len(_PAGE) - 1, "", form)
        page.write_string(row, 0, fit, form)
        page.set_row(row, min(n_lines * size * 1.45 + 6, _HIGHEST))

    def _item(self, page: Any, row: int, item: Item) -> None:
        """Write a figure: its label, and its value; drives as minutes and seconds, and beside them as seconds."""
        rule = {"bottom": 1, "bottom_color": _RULE, "align": "left"}
        for column in range(len(_PAGE)):
            page.write_blank(row, column, None, self.format(**rule))
        page.write_string(row, 0, heading(item.key, self.language), self.format(**rule))
        if item.value is None:
            page.write_string(row, 1, "–", self.format(**rule))
        elif isinstance(item.value, str):
            page.write_string(row, 1, self.texts.fit(item.value), self.format(**rule))
        elif item.kind is Kind.SECONDS and math.isfinite(item.value):
            unit = value("second", self.language)
            clock = self._clock(np.array([item.value]))[0]
            page.write_number(row, 1, clock, self.format(num_format=_CLOCK, bold=True, **rule))
            seconds = self.format(num_format=f'#,##0.0 "{unit}"', **rule)
            page.write_number(row, 2, item.value, seconds)
        elif math.isfinite(item.value):
            shown = _number_format(item.kind, [item.value])
            page.write_number(row, 1, item.value, self.format(num_format=shown, bold=True, **rule))

    def _clock(self, time_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return times as Excel counts them, in whole seconds; what is over the standard stays over it. NaN stays."""
        whole = whole_seconds(time_s, self.told.standard_s)
        return np.where(np.isnan(time_s), np.nan, whole / _DAY_S)

    # -----------------------------------------------------------------------------------------
    # The tables
    # -----------------------------------------------------------------------------------------

    def add(self, table: Table, *, per_sheet: int) -> None:
        """Add a table: on one sheet, or on as many as its rows need."""
        name = sheet(table.key, self.language)
        n_sheets = max(1, math.ceil(len(table.frame) / per_sheet))
        for i in range(n_sheets):
            page = self.file.add_worksheet(name if i == 0 else f"{name} {i + 1}")
            rows = table.frame.iloc[i * per_sheet : (i + 1) * per_sheet]
            self._fill(page, rows, table.kinds)

    def _fill(self, page: Any, rows: pd.DataFrame, kinds: dict[str, Kind]) -> None:
        """Fill a sheet with rows under their headings."""
        page.freeze_panes(1, 1)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_footer("&L&A&R&P / &N")
        page.set_row(0, 34)
        at = 0
        for key, kind in kinds.items():
            cells = rows[key].to_numpy()
            self._column(page, at, key, cells, kind)
            at += 1
            if kind is Kind.SECONDS:
                self._clock_column(page, at, key, cells)
                at += 1
        for row, n_lines in enumerate(_lines(rows, kinds), start=1):
            if n_lines > 1:  # not every program finds out by itself
                page.set_row(row, min(n_lines * _SIZE * 1.45, _HIGHEST))
        page.autofilter(0, 0, len(rows), at - 1)

    def _head(self, page: Any, at: int, text: str) -> None:
        page.write_string(
            0,
            at,
            text,
            self.format(
                bold=True,
                font_color="#ffffff",
                bg_color=_BAR,
                text_wrap=True,
                valign="vcenter",
                border=1,
                border_color=_RULE,
            ),
        )

    def _column(
        self, page: Any, at: int, key: str, cells: np.ndarray[Any, Any], kind: Kind
    ) -> None:
        """Write a column of a table: heading and cells, empty where there is nothing."""
        title = heading(key, self.language)
        self._head(page, at, title)
        rule = {"bottom": 1, "bottom_color": _RULE, "valign": "top"}
        if kind in _WIDEST:
            texts = self._words(cells) if kind is Kind.FLAG else [self.texts.fit(t) for t in cells]
            form = self.format(align="left", indent=1, text_wrap=kind is Kind.LONG_TEXT, **rule)
            _write(page, page.write_string, at, [text or None for text in texts], form)
            widest = _WIDEST[kind]
            longest = max((columns_of(text[:widest]) for text in {*texts}), default=0)
            page.set_column(at, at, min(_width(title, longest), widest))
        else:
            numbers = cells.astype(float)
            form = self.format(num_format=_number_format(kind, numbers), **rule)
            _write_numbers(page, at, numbers, form)
            page.set_column(at, at, _width(title, 9))
        if key == "covered":
            no = {"type": "cell", "criteria": "==", "value": f'"{value("no", self.language)}"'}
            no["format"] = self.format(font_color=_UNCOVERED, bold=True)
            page.conditional_format(1, at, max(len(cells), 1), at, no)
        if kind is Kind.SHARE:
            bar = {"type": "data_bar", "bar_color": _PALE}
            ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
            page.conditional_format(1, at, max(len(cells), 1), at, bar | ends)

    def _clock_column(self, page: Any, at: int, key: str, cells: np.ndarray[Any, Any]) -> None:
        """Write drives in minutes and seconds beside those in seconds."""
        seconds, clock = (value(unit, self.language) for unit in ("seconds", "clock"))
        title = heading(key, self.language).replace(seconds, clock)
        self._head(page, at, title)
        form = self.format(num_format=_CLOCK, bottom=1, bottom_color=_RULE, valign="top")
        _write_numbers(page, at, self._clock(cells.astype(float)), form)
        page.set_column(at, at, _width(title, _NARROW))

    def _words(self, cells: np.ndarray[Any, Any]) -> list[str]:
        yes, no = value("yes", self.language), value("no", self.language)
        return [yes if cell else no for cell in cells]


def _lines(rows: pd.DataFrame, kinds: dict[str, Kind]) -> list[int]:
    """Return how many lines the long texts of each row take; none where a table has no such texts."""
    long = [key for key, kind in kinds.items() if kind is Kind.LONG_TEXT]
    width = 0.95 * _WIDEST[Kind.LONG_TEXT]
    texts = rows[long].to_numpy().tolist() if long else []
    return [max(math.ceil(columns_of(text) / width) for text in row) for row in texts]


def _write(
    page: Any, write: Callable[..., Any], at: int, cells: Sequence[str | float | None], form: Any
) -> None:
    """Write the cells of a column below its heading; empty ones where there is nothing."""
    for row, cell in enumerate(cells, start=1):
        if cell is None:
            page.write_blank(row, at, None, form)
        else:
            write(row, at, cell, form)


def _write_numbers(page: Any, at: int, numbers: np.ndarray[Any, Any], form: Any) -> None:
    cells = [number if math.isfinite(number) else None for number in numbers.tolist()]
    _write(page, page.write_number, at, cells, form)


def _number_format(kind: Kind, numbers: Sequence[float] | np.ndarray[Any, Any]) -> str:
    """Return how numbers of a kind are shown; weights with decimals only where one has some."""
    if kind is not Kind.WEIGHT:
        return _NUMBERS[kind]
    whole = np.asarray(numbers, dtype=float)
    return "#,##0" if np.array_equal(whole, np.rint(whole)) else "#,##0.00"


def _width(title: str, longest: int) -> int:
    """Return the width of a column: as its cells need, with a long heading on two lines."""
    heading_width = columns_of(title)
    if heading_width > _ONE_LINE:
        heading_width = math.ceil(heading_width / 2) + 4
    return max(_NARROW, longest + 3, heading_width + 3)
