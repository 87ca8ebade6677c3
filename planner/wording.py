"""How numbers, lists and sections are told on a terminal, in English."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

N_NAMED: Final = 5
"""Things named one by one on the terminal; of more, only the number is told. The JSON names all."""
_LABEL_WIDTH: Final = 22
"""Columns before the values."""
_LINE_WIDTH: Final = 60
"""Columns for the values, where there are many."""

Row = tuple[str, str]
"""Label and value."""
Section = tuple[str, Iterable[Row]]
"""Title and rows."""


def counted(n: int, what: str) -> str:
    """Return a number with what it counts: ``1 site``, ``2,404 sites``; ``entry`` becomes ``entries``."""
    if n == 1:
        return f"1 {what}"
    return f"{n:,} {what[:-1]}ies" if what.endswith("try") else f"{n:,} {what}s"


def some(names: Iterable[str], n_named: int = N_NAMED) -> str:
    """Return the first few of some names, and how many more there are."""
    told = list(names)
    more = len(told) - n_named
    return ", ".join(told[:n_named]) + (f" and {more:,} more" if more > 0 else "")


def kilometres(metres: float) -> str:
    """Return a length in kilometres: ``2,279.5 km``."""
    return f"{metres / 1000:,.1f} km"


def distance(metres: float) -> str:
    """Return a distance in metres, or in kilometres from 10 km on."""
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.0f} km"


def percent(share: float) -> str:
    """Return a share in percent; 100 % only where it is all, 0 % only where it is nothing."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(share, 0.0001), 0.9999):.2%}".replace("%", " %")


def minutes_and_seconds(seconds: float, *, limit_s: float = math.inf) -> str:
    """Return a duration in whole seconds: ``4 min 12 s``; what is over a limit stays over it."""
    whole = math.ceil(seconds) if seconds > limit_s else round(seconds)
    m, s = divmod(whole, 60)
    if not m:
        return f"{s} s"
    return f"{m:,} min {s} s" if s else f"{m:,} min"


def wrapped(label: str, words: Iterable[str]) -> Iterator[Row]:
    """Yield words, parted by commas, in as few rows as fit."""
    line = ""
    for word in words:
        if line and len(line) + len(word) + 2 > _LINE_WIDTH:
            yield label, line + ","
            label, line = "", ""
        line += f", {word}" if line else word
    if line:
        yield label, line


def section_lines(sections: Iterable[Section]) -> list[str]:
    """Return sections as lines, an empty one behind each section that has rows; others are left out."""
    lines = []
    for title, rows in sections:
        told = [f"  {label:<{_LABEL_WIDTH}}{value}" for label, value in rows]
        lines += [title, *told, ""] if told else []
    return lines


def padded(text: str, width: int) -> str:
    """Return a text filled up with blanks to so many columns of a terminal; Chinese characters take two."""
    return text + " " * (width - columns_of(text))


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def harmless(line: str) -> str:
    """Return a line with its control characters spelt out: data must not steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
