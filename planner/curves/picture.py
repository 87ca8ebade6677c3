"""The curve as a picture, readable on a slide."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.answer.words import duration, share
from planner.fonts import chinese_font, font_settings, readable
from planner.placement import Curve
from planner.plan import Status
from planner.scenario import Language, Title
from planner.wording import harmless

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES: Final = (9.6, 5.4)
DOTS_PER_INCH: Final = 200
"""1920 x 1080 dots: a slide."""

INK: Final = "#1f2933"
FAINT: Final = "#616e7c"
GRID: Final = "#e4e7eb"
COVERED: Final = "#0072b2"
POSSIBLE: Final = "#56b4e9"
ASKED: Final = "#d55e00"
"""Colours that the colour-blind tell apart, those of the map."""

MOST: Final = 0.9
"""The headline says how many stations cover this part of all that can be covered."""

SETTINGS: Final[dict[str, Any]] = {
    "svg.hashsalt": "station-planner",  # equal curves give equal bytes
    "svg.fonttype": "path",
    "font.size": 13,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "text.parse_math": False,  # titles of data are no formulas
    "axes.unicode_minus": False,
}

WORDS: Final[dict[Language, dict[str, str]]] = {
    Language.EN: {
        "share": "Share of demand within {standard}",
        "number": "Number of stations",
        "headline": "{n_most} stations cover {most} of all that can be covered; the rest takes {n_more} more",
        "headline_all": "With {n} stations all that can be covered is",
        "headline_none": "No site covers any demand",
        "headline_part": "{n} stations cover {share} of demand",
        "best": "Each number has its own plan, proven best",
        "open": "Proven best for {n_proven} of {n_all} numbers; the band is what is not ruled out",
        "all": "{n}: all that can be covered",
        "all_proven": "proven: {fewer} can't",
        "all_open": "proven: fewer than {fewest} can't",
        "asked": "{n} asked for: {share}",
        "coverable": "{share} can be covered",
        "share_of_road": "Share of all {km} km of road within {standard}",
        "headline_of_road": "{n_most} stations cover {most} of all road that can be covered; the rest takes {n_more} more",
        "headline_all_of_road": "With {n} stations all road that can be covered is",
        "headline_none_of_road": "No site covers any road",
        "headline_part_of_road": "{n} stations cover {share} of all road",
        "all_of_road": "{n}: all that can be covered, {km} km",
        "asked_of_road": "{n} asked for: {share}, {km} km",
    },
    Language.ZH: {
        "share": "{standard}内覆盖的需求",
        "number": "驿站数量",
        "headline": "{n_most} 个驿站覆盖可覆盖需求的 {most}；其余还需 {n_more} 个",
        "headline_all": "{n} 个驿站覆盖全部可覆盖的需求",
        "headline_none": "没有候选点能覆盖任何需求",
        "headline_part": "{n} 个驿站覆盖 {share} 的需求",
        "best": "每个数量各有一个方案，均已证明最优",
        "open": "{n_all} 个数量中 {n_proven} 个已证明最优；浅色带是尚未排除的范围",
        "all": "{n} 个：覆盖全部可覆盖的需求",
        "all_proven": "已证明 {fewer} 个不够",
        "all_open": "已证明少于 {fewest} 个不够",
        "asked": "方案要求 {n} 个：{share}",
        "coverable": "{share} 可以覆盖",
        "share_of_road": "{standard}内覆盖的道路（占全部 {km} 公里）",
        "headline_of_road": "{n_most} 个驿站覆盖可覆盖道路的 {most}；其余还需 {n_more} 个",
        "headline_all_of_road": "{n} 个驿站覆盖全部可覆盖的道路",
        "headline_none_of_road": "没有候选点能覆盖任何道路",
        "headline_part_of_road": "{n} 个驿站覆盖 {share} 的道路",
        "all_of_road": "{n} 个：覆盖全部可覆盖的道路，{km} 公里",
        "asked_of_road": "方案要求 {n} 个：{share}，{km} 公里",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """What is drawn.

    Attributes
    ----------
    curve
        What each number of stations covers.
    asked
        The number of stations that the scenario asks for, marked; None: no mark.
    standard_s
        The longest drive that covers, in seconds.
    language
        Language of the labels; English where no font has Chinese letters.
    title, name
        What the scenario is called.
    notice
        What must be said about the data.
    counts_metres
        Whether what is covered is road, in metres, and no demand points.
    """

    curve: Curve
    asked: int | None
    standard_s: float
    language: Language
    title: Title | None
    name: str
    notice: Title | None
    counts_metres: bool = False

    def said(self, key: str, **values: object) -> str:
        """Return words of ours in the language of the picture; those for roads where it is of roads."""
        words = WORDS[self.language]
        of_road = f"{key}_of_road"
        told = words[of_road] if self.counts_metres and of_road in words else words[key]
        return told.format(**values)

    def text_of(self, title: Title | None) -> str:
        """Return a text of the scenario in the language of the picture, or else in the other."""
        both = ("", "") if title is None else (title.zh or "", title.en or "")
        first, second = both if self.language is Language.ZH else both[::-1]
        return harmless(first or second)


def write_pictures(picture: Picture, *paths: Path) -> None:
    """Write the curve as pictures, each of the kind that its file's ending says; equal curves give equal bytes."""
    from matplotlib.style import context

    font = chinese_font()
    picture = replace(picture, language=readable(picture.language, font, "picture"))
    fonts = font_settings(font) | {
        "figure.titleweight": "bold" if font is None or font.has_bold else "normal",
    }
    with context(["default", SETTINGS | fonts]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = _figure(picture)
        for path in paths:
            # a date, or the version of the program, would make other bytes of the same curve
            metadata = (
                {"Software": None} if path.suffix == ".png" else {"Date": None, "Creator": None}
            )
            figure.savefig(path, dpi=DOTS_PER_INCH, metadata=metadata)


def _figure(picture: Picture) -> Figure:
    """Return the picture: headline, curve with its band, marks, and what must be said about the data."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, facecolor="white")
    axes = figure.add_axes((0.085, 0.16, 0.885, 0.615))
    figure.suptitle(_headline(picture), x=0.03, y=0.94, ha="left", va="center", size=17)
    figure.text(0.03, 0.862, _proof(picture), size=12, color=FAINT)
    named = [picture.text_of(picture.title) or harmless(picture.name)]
    figure.text(
        0.97,
        0.022,
        "  ·  ".join(part for part in (*named, picture.text_of(picture.notice)) if part),
        size=8.5,
        color=FAINT,
        ha="right",
        wrap=True,
    )
    _draw_frame(axes, picture)
    _draw_curve(axes, picture)
    for height, (n, color, lines) in zip((0.30, 0.09), _marks(picture), strict=False):
        _draw_mark(axes, picture, n=n, color=color, text="\n".join(lines), height=height)
    return figure


def _headline(picture: Picture) -> str:
    """Return what the picture says."""
    told = picture.curve
    n, last = told.n_for_all, int(told.n_stations[-1])
    if told.coverable_weight == 0.0:
        return picture.said("headline_none")
    if last < n:
        covered = share(float(told.share_covered[-1]))
        return picture.said("headline_part", n=f"{last:,}", share=covered)
    n_most = int(told.n_stations[np.searchsorted(told.share_of_coverable, MOST)])
    if n_most >= n:
        return picture.said("headline_all", n=f"{n:,}")
    return picture.said(
        "headline", n_most=f"{n_most:,}", most=f"{MOST:.0%}", n_more=f"{n - n_most:,}"
    )


def _proof(picture: Picture) -> str:
    """Return how much is proven."""
    status = picture.curve.status
    n_proven = sum(one is Status.OPTIMAL for one in status)
    if n_proven == len(status):
        return picture.said("best")
    return picture.said("open", n_proven=f"{n_proven:,}", n_all=f"{len(status):,}")


def _marks(picture: Picture) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the numbers of stations that are marked, with their colours and labels."""
    told = picture.curve
    n, fewest = told.n_for_all, told.n_for_all_bound
    if n in told.n_stations:
        lines = [picture.said("all", n=f"{n:,}", km=_km(told.coverable_weight))]
        if n == fewest > 1:
            lines.append(picture.said("all_proven", fewer=f"{n - 1:,}"))
        elif n > fewest > 1:
            lines.append(picture.said("all_open", fewest=f"{fewest:,}"))
        yield n, COVERED, lines
    if picture.asked is not None:
        at = told.n_stations == picture.asked
        values = {
            "n": f"{picture.asked:,}",
            "share": share(float(told.share_covered[at][0])),
            "km": _km(float(told.covered_weight[at][0])),
        }
        yield picture.asked, ASKED, [picture.said("asked", **values)]


def _km(metres: float) -> str:
    """Return metres in kilometres, without the unit."""
    return f"{metres / 1000:,.1f}"


def _draw_frame(axes: Axes, picture: Picture) -> None:
    """Draw axes with little ink, and how much could be covered at most."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    told = picture.curve
    top = told.coverable_weight / told.weight if told.weight else 1.0
    last = int(told.n_stations[-1])
    axes.set_xlim(0, max(last, 2) * 1.02)
    axes.set_ylim(0, (top or 1.0) * 1.1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.grid(axis="y", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=12)
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.set_xlabel(picture.said("number"), size=12, loc="right")
    standard = duration(picture.standard_s, picture.language)
    said = picture.said("share", standard=standard, km=_km(told.weight))
    axes.set_title(said, size=12, color=FAINT, loc="left")
    axes.axhline(top, color=FAINT, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        picture.said("coverable", share=share(top)),
        xy=(0, top),
        xytext=(4, 4),
        textcoords="offset points",
        size=11,
        color=FAINT,
    )


def _draw_curve(axes: Axes, picture: Picture) -> None:
    """Draw the shares covered as a line, and up to the bounds as a band."""
    told = picture.curve
    n, covered, bound = told.n_stations, told.share_covered, told.share_bound
    if n[0] == 1:  # no stations cover nothing
        n, covered, bound = (np.concatenate([[0], part]) for part in (n, covered, bound))
    axes.fill_between(n, covered, bound, color=POSSIBLE, alpha=0.45, linewidth=0)
    axes.plot(
        n,
        covered,
        color=COVERED,
        linewidth=2.6,
        marker="o" if n.size <= 40 else None,
        markersize=5,
        solid_capstyle="round",
        clip_on=False,
    )


def _draw_mark(
    axes: Axes, picture: Picture, *, n: int, color: str, text: str, height: float
) -> None:
    """Mark a number of stations: a dot, a line down to the axis, and a label beside it at some height."""
    told = picture.curve
    covered = float(told.share_covered[told.n_stations == n][0])
    is_right = n > axes.get_xlim()[1] / 2
    axes.plot([n, n], [0, covered], color=color, linewidth=1.2, linestyle=(0, (1, 2)))
    axes.plot(
        [n],
        [covered],
        "o",
        color=color,
        markersize=10,
        mec="white",
        mew=1.5,
        clip_on=False,
        zorder=5,
    )
    axes.annotate(
        text,
        xy=(n, height),
        xycoords=("data", "axes fraction"),
        xytext=(-7 if is_right else 7, 0),
        textcoords="offset points",
        ha="right" if is_right else "left",
        color=color,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        size=12,
        linespacing=1.35,
    )
