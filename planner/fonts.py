"""A font of the system that has Chinese letters, for pictures and sheets."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final, NamedTuple

from planner.scenario import Language

_log = logging.getLogger(__name__)

_KNOWN: Final = (
    *("NotoSansCJK", "NotoSansSC", "SourceHanSans", "msyh", "PingFang", "Hiragino Sans GB"),
    *("HarmonyOS_Sans_SC", "wqy-microhei", "wqy-zenhei", "STHeiti", "simhei", "Deng"),
    *("DroidSansFallback", "simsun", "Songti", "uming", "ukai", "Arial Unicode", "unifont"),
)
"""How files of fonts with Chinese letters begin, the best to read on a slide first."""

_LETTERS: Final = "驿站覆盖需求"

_BOLD: Final = 600
"""Weight from which on a font is bold."""


class Font(NamedTuple):
    """A font as matplotlib knows it.

    Attributes
    ----------
    name
        Name of its family.
    has_bold
        Whether there is a bold one too.
    """

    name: str
    has_bold: bool


def chinese_font() -> Font | None:
    """Return a font with Chinese letters; None where the system has none.

    The files are looked for anew each time: matplotlib's own list doesn't notice a font that came later.
    """
    from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager

    files = sorted(map(Path, findSystemFonts()), key=lambda file: (file.name, file))
    for beginning in _KNOWN:
        family = [
            file
            for file in files
            if file.name.lower().startswith(beginning.lower()) and _has_letters(file)
        ]
        if family:
            known = {Path(font.fname) for font in fontManager.ttflist}
            for file in family:
                if file not in known:
                    fontManager.addfont(file)
            plain = next((file for file in family if "bold" not in file.name.lower()), family[0])
            name = FontProperties(fname=plain).get_name()
            weights = [font.weight for font in fontManager.ttflist if font.name == name]
            has_bold = any(isinstance(weight, int) and weight >= _BOLD for weight in weights)
            return Font(name=name, has_bold=has_bold)
    return None


def readable(language: Language, font: Font | None, what: str) -> Language:
    """Return the language that labels can be drawn in: English, with a hint, where no font has Chinese letters.

    Parameters
    ----------
    language
        The language asked for.
    font
        A font with Chinese letters, if there is one.
    what
        What is drawn: "picture", for instance.
    """
    if font is not None or language is not Language.ZH:
        return language
    _log.warning(
        "no font with Chinese letters was found, so the %s is labelled in English; "
        "install one (Noto Sans CJK, for instance) and draw it again",
        what,
    )
    return Language.EN


def font_settings(font: Font | None) -> dict[str, Any]:
    """Return matplotlib's settings for a font, with one behind it for letters that it lacks."""
    return {"font.family": [font.name, "DejaVu Sans"] if font else ["DejaVu Sans"]}


def _has_letters(file: Path) -> bool:
    """Return whether a file of a font has the letters that we need."""
    from matplotlib.ft2font import FT2Font

    try:
        with file.open("rb") as opened:
            font = FT2Font(opened)
            return all(font.get_char_index(ord(letter)) for letter in _LETTERS)
    except (OSError, RuntimeError):  # damaged, or of a kind that FreeType doesn't read
        return False
