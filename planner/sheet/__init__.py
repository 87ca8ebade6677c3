"""The sheet: a page to print and pin to a wall, A3 or A4, as PDF and as a picture."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Final

from planner.fonts import chinese_font, font_settings, readable
from planner.result import Result
from planner.scenario import Language
from planner.sheet.canvas import Paper

__all__ = ["Paper", "write_sheet"]

DOTS_PER_INCH: Final = {Paper.A3: 150, Paper.A4: 200}
"""Of the picture; the PDF has lines and letters."""

SETTINGS: Final[dict[str, Any]] = {
    "pdf.fonttype": 3,  # letters one can search for, of fonts with and without outlines of TrueType
    "text.parse_math": False,  # names of data are no formulas
    "axes.unicode_minus": False,
}

_SAVED: Final[dict[str, dict[str, Any]]] = {
    # a date, or the version of the program, would make other bytes of the same result
    ".pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
    # packed a little less, in half the time
    ".png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 3}},
}
"""How each kind of file is written."""


def write_sheet(
    result: Result,
    *paths: Path,
    paper: Paper | str = Paper.A3,
    language: Language | str | None = None,
) -> None:
    """Write a result as a sheet, a file for each path; equal results give equal bytes.

    Parameters
    ----------
    result
        What was found.
    paths
        Where; each ends in ``.pdf`` or ``.png``.
    paper
        Size of the sheet, which lies on its long side.
    language
        Language of the sheet: that of the scenario if left out, and English where no font has Chinese letters.
    """
    from matplotlib.style import context

    from planner.sheet.layout import sheet_figure

    font = chinese_font()
    spoken = readable(Language(language or result.scenario.language), font, "sheet")
    paper = Paper(paper)
    bold = "bold" if font is None or font.has_bold else "normal"
    with context(["default", SETTINGS | font_settings(font)]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = sheet_figure(result, paper=paper, language=spoken, bold=bold)
        for path in paths:
            figure.savefig(path, dpi=DOTS_PER_INCH[paper], **_SAVED[path.suffix])
