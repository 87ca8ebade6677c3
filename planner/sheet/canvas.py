"""A sheet of paper to draw on: millimetres from its upper left corner, texts that fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from planner.scenario import Language, Unit
from planner.sheet.symbols import INK
from planner.sheet.words import table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72


class Paper(StrEnum):
    """A size of paper."""

    A3 = "A3"
    A4 = "A4"


SIZE_MM: Final = {Paper.A3: (420.0, 297.0), Paper.A4: (297.0, 210.0)}
"""Width and height of a sheet on its long side."""
SHRINKS: Final = {Paper.A3: 1.0, Paper.A4: 0.76}
"""How letters and spaces shrink from A3; by less than the paper, so that they can be read."""

_CLOSES: Final = "，。；：、！？）」』”’％%,.;:!?)"
"""Letters that don't begin a line."""
_OPENS: Final = "（「『“‘("
"""Letters that don't end a line."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Canvas:
    """A sheet of paper to draw on. Sizes of letters (points) and lengths (mm) are those of A3, and shrink with the paper.

    Attributes
    ----------
    figure
        The sheet.
    page
        Axes over the whole sheet, in millimetres from its upper left corner.
    width, height
        Of the sheet, in mm.
    shrinks
        How letters and spaces shrink from A3.
    language
        Language of all words.
    bold
        Weight of bold letters; "normal" where the font has none.
    words
        Words of ours in that language.
    """

    figure: Figure
    page: Axes
    width: float
    height: float
    shrinks: float
    language: Language
    bold: str
    words: dict[str, str]

    def said(self, key: str, **values: object) -> str:
        """Return words of ours in the language of the sheet."""
        return self.words[key].format(**values)

    def mm(self, length: float) -> float:
        """Return a length of the A3 sheet on this one."""
        return length * self.shrinks

    def text(self, x: float, y: float, text: str, *, size: float, **more: Any) -> None:
        """Write a text on one line; `y` is its middle, and `x` its left end if nothing else is said."""
        is_bold = more.pop("is_bold", False)
        style = {"color": INK, "ha": "left", "va": "center_baseline"} | more
        weight = self.bold if is_bold else "normal"
        self.page.text(x, y, text, size=size * self.shrinks, weight=weight, **style)

    def box(self, x: float, y: float, width: float, height: float, **more: Any) -> None:
        """Draw a rectangle from its upper left corner."""
        from matplotlib.patches import Rectangle

        self.page.add_artist(Rectangle((x, y), width, height, **({"linewidth": 0} | more)))

    def line(self, x: tuple[float, float], y: tuple[float, float], **more: Any) -> None:
        """Draw a line; its width in points shrinks with the paper."""
        more["linewidth"] = more.get("linewidth", 0.6) * self.shrinks
        self.page.plot(x, y, **more)

    def width_of(self, text: str, size: float, *, is_bold: bool = False) -> float:
        """Return how wide a text is, in mm."""
        return width_mm(text, size * self.shrinks, self.bold if is_bold else "normal")

    def cut(self, text: str, width: float, size: float, *, is_bold: bool = False) -> str:
        """Return a text, with an ellipsis for what is over a width."""
        if self.width_of(text, size, is_bold=is_bold) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.width_of(f"{text[:middle]}…", size, is_bold=is_bold) <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return f"{text[:low].rstrip()}…"

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        *,
        width: float,
        size: float,
        n_lines: int = 12,
        is_bold: bool = False,
        color: str = INK,
    ) -> float:
        """Write a text on as many lines as it needs, at most some; return where the next thing may begin."""
        lines = list(self.wrapped(text, width, size, is_bold=is_bold))
        if len(lines) > n_lines:
            rest = "".join(lines[n_lines - 1 :])
            lines = [*lines[: n_lines - 1], self.cut(rest, width, size, is_bold=is_bold)]
        leading = size * self.shrinks * 1.45 * MM_PER_POINT
        for i, line in enumerate(lines):
            at = y + (i + 0.5) * leading
            self.text(x, at, line.strip(), size=size, is_bold=is_bold, color=color)
        return y + len(lines) * leading

    def wrapped(
        self, text: str, width: float, size: float, *, is_bold: bool = False
    ) -> Iterator[str]:
        """Yield a text in lines of at most some width: Chinese breaks anywhere, English between words."""
        line = ""
        for word in _words(text):
            longer = line + word
            if line and self.width_of(longer.rstrip(), size, is_bold=is_bold) > width:
                yield line
                longer = word.lstrip()
            line = longer
        if line:
            yield line


def _words(text: str) -> Iterator[str]:
    """Yield what stays together on a line: a word with the blank behind it, or a Chinese letter with its commas."""
    word = ""
    for letter in text:
        is_wide = unicodedata.east_asian_width(letter) in "WF"
        was_wide = bool(word) and unicodedata.east_asian_width(word[-1]) in "WF"
        breaks = word and (word[-1] == " " or is_wide or was_wide)
        if breaks and letter not in _CLOSES and letter != " " and word[-1] not in _OPENS:
            yield word
            word = ""
        word += letter
        if len(word) > 40:  # a name without blanks
            yield word
            word = ""
    if word:
        yield word


def width_mm(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide a text is, in mm, at a size in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight=weight)
    wide, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(wide) * MM_PER_POINT


def blank_sheet(paper: Paper, language: Language, bold: str, unit: Unit | None = None) -> Canvas:
    """Return an empty sheet; what weights of demand count says what they are called."""
    from matplotlib.figure import Figure

    width, height = SIZE_MM[paper]
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), facecolor="white")
    page = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    page.set_axis_off()
    page.set_xlim(0.0, width)
    page.set_ylim(height, 0.0)
    return Canvas(
        figure=figure,
        page=page,
        width=width,
        height=height,
        shrinks=SHRINKS[paper],
        language=language,
        bold=bold,
        words=table(language, unit),
    )
