"""The column beside the map: the answer, five figures, legend, curve, table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.answer import Piece, answer, step_of, steps_s, whole_seconds
from planner.answer.words import duration, share
from planner.figures import Figures, LeftOut
from planner.frames import Served
from planner.plan import Status
from planner.result import Result
from planner.scenario import Direction
from planner.sheet.canvas import Canvas
from planner.sheet.cells import hatching
from planner.sheet.marks import draw_circles
from planner.sheet.symbols import (
    BAR,
    COVERED_ROAD,
    CUT_OFF,
    EXISTING,
    ISOCHRONE,
    ISOCHRONE_INSIDE,
    ISOCHRONE_OUTERMOST,
    LAND,
    LINE,
    OPEN_ROAD,
    OVER,
    SOFT,
    STEP_COLORS,
    UNCOVERED,
    WORST,
    WORST_OVER,
)
from planner.sheet.words import amount, clean, clock, minutes

Mark = Callable[[float, float], None]
"""Draws a symbol of the legend with its middle at a point."""

_REASONS: Final = 3
"""So many reasons why the rules can't be met are told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """What the column tells about.

    Attributes
    ----------
    result, found, left_out, served
        The result, and its numbers.
    order
        The stations in the order of the table.
    """

    result: Result
    found: Figures
    left_out: LeftOut
    served: Served
    order: NDArray[np.int64]

    @property
    def is_of_roads(self) -> bool:
        """Whether roads alone are demand."""
        return self.result.scenario.demand.file is None and self.result.roads is not None


def draw_column(canvas: Canvas, told: Told, *, x: float, y: float, width: float, low: float) -> int:
    """Draw the column from some height down to another; return how many stations the table names."""
    y = _draw_answer(canvas, told, x, y, width)
    y = _draw_figures(canvas, told, x, y + canvas.mm(3.0), width)
    y = _draw_legend(canvas, told, x, y + canvas.mm(3.0), width)
    if told.result.curve is not None and low - y > canvas.mm(60.0):
        y = _draw_curve(canvas, told, x, y + canvas.mm(3.0), width)
    return _draw_table(canvas, told, x, y + canvas.mm(3.5), width, low)


def _draw_answer(canvas: Canvas, told: Told, x: float, y: float, width: float) -> float:
    result = told.result
    says = answer(result, told.found, told.left_out, canvas.language)
    y = canvas.paragraph(x, y, _plain(says["answer"]), width=width, size=13.5, is_bold=True)
    indent = canvas.mm(3.0)
    begin = y = y + canvas.mm(1.5)
    y = canvas.paragraph(x + indent, y, _plain(says["proof"]), width=width - indent, size=10.0)
    for reason in result.plan.why[:_REASONS]:
        y = canvas.paragraph(
            x + indent,
            y,
            clean(reason.in_language(canvas.language), 400),
            width=width - indent,
            size=8.5,
            n_lines=2,
            color=SOFT,
        )
    canvas.box(x, begin, canvas.mm(0.9), y - begin, facecolor=STEP_COLORS[0])
    rest = _plain(says["rest"])
    if rest:
        y = canvas.paragraph(x, y + canvas.mm(1.5), rest, width=width, size=9.0, color=SOFT)
    return y


def _plain(pieces: list[Piece]) -> str:
    return "".join(p if isinstance(p, str) else clean(p["name"], 40) for p in pieces).strip()


# ---------------------------------------------------------------------------------------------
# Figures
# ---------------------------------------------------------------------------------------------

Figure = tuple[str, str, str, str]
"""Value, what it is, what more there is to say, colour."""


def _draw_figures(canvas: Canvas, told: Told, x: float, y: float, width: float) -> float:
    """Draw five figures, three above two."""
    shown = list(_road_figures(canvas, told) if told.is_of_roads else _figures(canvas, told))
    for row, figures in enumerate((shown[:3], shown[3:])):
        step = width / (3 if row == 0 else 2)
        has_more = any(more for _, _, more, _ in figures)
        for i, (value, what, more, color) in enumerate(figures):
            left, room = x + i * step, step - canvas.mm(2.0)
            size = _fitting(canvas, value, room, 19.0 if row == 0 else 14.0)
            canvas.text(left, y + canvas.mm(4.0), value, size=size, is_bold=True, color=color)
            canvas.text(left, y + canvas.mm(9.8), canvas.cut(what, room, 8.5), size=8.5, color=SOFT)
            if more:
                cut = canvas.cut(more, room, 7.5)
                canvas.text(left, y + canvas.mm(13.4), cut, size=7.5, color=SOFT)
        y += canvas.mm(16.5 if has_more else 13.0)
    return y


def _fitting(canvas: Canvas, text: str, width: float, size: float) -> float:
    """Return the size at which a text fits into a width."""
    return min(size, size * width / max(canvas.width_of(text, size, is_bold=True), 1e-9))


def _figures(canvas: Canvas, told: Told) -> Iterator[Figure]:
    found, said = told.found, canvas.said
    missing = found.n_points - found.n_covered
    places = said("uncovered_places", n=f"{missing:,}", all=f"{found.n_points:,}")
    yield share(found.share_covered), said("share"), "", STEP_COLORS[0]
    yield f"{found.n_stations:,}", said("stations"), _split(canvas, found), BAR
    uncovered = amount(found.weight - found.covered_weight)
    yield uncovered, said("uncovered"), places if missing else "", UNCOVERED
    yield _time(canvas, found.mean_s, found), said("mean"), "", BAR
    yield _time(canvas, found.longest_s, found), said("longest"), "", BAR


def _road_figures(canvas: Canvas, told: Told) -> Iterator[Figure]:
    roads, found, said = told.result.roads, told.found, canvas.said
    assert roads is not None

    def km(metres: float) -> str:
        return said("km", km=f"{metres / 1000:,.1f}" if metres < 1e5 else f"{metres / 1000:,.0f}")

    of = said("roads_of", km=f"{roads.length_m / 1000:,.0f}")
    worst_s = math.nan if roads.worst is None else roads.worst.drive_time_s
    yield share(roads.share_covered), said("roads_share"), of, STEP_COLORS[0]
    yield f"{found.n_stations:,}", said("stations"), _split(canvas, found), BAR
    yield km(roads.length_m - roads.covered_m), said("roads_uncovered"), "", UNCOVERED
    yield km(roads.coverable_m), said("roads_coverable"), "", BAR
    yield _time(canvas, worst_s, found), said("worst_point"), "", BAR


def _split(canvas: Canvas, found: Figures) -> str:
    if not found.n_existing:
        return ""
    new = f"{found.n_stations - found.n_existing:,}"
    return canvas.said("split", new=new, existing=f"{found.n_existing:,}")


def _time(canvas: Canvas, seconds: float, found: Figures) -> str:
    shown = int(whole_seconds(np.array([seconds]), found.standard_s)[0])
    return duration(shown if shown >= 0 else math.nan, canvas.language)


# ---------------------------------------------------------------------------------------------
# Legend
# ---------------------------------------------------------------------------------------------


def _draw_legend(canvas: Canvas, told: Told, x: float, y: float, width: float) -> float:
    """Draw what colours and symbols mean, in two columns."""
    y = _heading(canvas, canvas.said("legend"), x, y, width)
    row = canvas.mm(5.0)
    steps = list(_steps(canvas, told))
    if steps:
        goes = told.result.scenario.fleets[0].direction
        key = "drive_from" if goes is Direction.FROM_STATION else "drive_to"
        canvas.text(x, y + row / 2, canvas.said(key), size=8.0, color=SOFT)
        y = _draw_keys(canvas, steps, x, y + row, width)
    return _draw_keys(canvas, list(_symbols(canvas, told)), x, y, width)


def _draw_keys(
    canvas: Canvas, keys: list[tuple[Mark, str]], x: float, y: float, width: float
) -> float:
    """Draw keys of the legend, down one column and then the other."""
    row, size = canvas.mm(5.0), 8.5
    n_rows = math.ceil(len(keys) / 2)
    for i, (mark, text) in enumerate(keys):
        left = x + (i // n_rows) * width / 2
        middle = y + (i % n_rows + 0.5) * row
        mark(left + canvas.mm(2.5), middle)
        shown = canvas.cut(text, width / 2 - canvas.mm(7.5), size)
        canvas.text(left + canvas.mm(6.5), middle, shown, size=size)
    return y + n_rows * row


def _steps(canvas: Canvas, told: Told) -> Iterator[tuple[Mark, str]]:
    """Yield the colours of drive times with the share of demand that each has."""
    result, standard_s = told.result, told.found.standard_s
    needs = result.times.needs
    if not len(needs):
        return
    step = step_of(result.nearest_station.time_s, result.plan.is_covered, standard_s)
    weight = np.bincount(step, needs.weight, minlength=len(STEP_COLORS))
    first, second, last = (minutes(end) for end in steps_s(standard_s))
    texts = [
        canvas.said("range", a="0", b=first),
        canvas.said("range", a=first, b=second),
        canvas.said("range", a=second, b=last),
        canvas.said("over", b=last),
        canvas.said("no_road"),
    ]
    for k, text in enumerate(texts):
        if k < OVER or weight[k] > 0:
            part = share(float(weight[k] / told.found.weight)) if told.found.weight else "–"
            yield _swatch(canvas, k), f"{text}  {part}"


def _swatch(canvas: Canvas, step: int) -> Mark:
    def mark(x: float, y: float) -> None:
        wide, high = canvas.mm(5.0), canvas.mm(3.4)
        canvas.box(x - wide / 2, y - high / 2, wide, high, facecolor=STEP_COLORS[step])
        if step < OVER:
            return
        for at in (-0.25, 0.25):
            for (x0, y0), (x1, y1) in hatching(high * 0.6, is_crossed=step == CUT_OFF):
                along = (x + at * wide + x0, x + at * wide + x1)
                canvas.line(along, (y - y0, y - y1), color="white", linewidth=0.7)

    return mark


def _symbols(canvas: Canvas, told: Told) -> Iterator[tuple[Mark, str]]:
    result, found = told.result, told.found
    standard = duration(found.standard_s, canvas.language)
    if result.scenario.demand.roads and result.roads is not None:
        yield _stroke(canvas, COVERED_ROAD), canvas.said("road_covered", standard=standard)
        yield _stroke(canvas, OPEN_ROAD), canvas.said("road_open", standard=standard)
    elif result.areas is not None and len(result.areas.together):
        ends = np.unique(result.areas.together.minutes)
        for k, end in enumerate(ends):
            text = canvas.said("isochrone", n=minutes(60.0 * float(end)))
            yield _tone(canvas, ends.size - k), text
    if found.n_stations:
        yield _disc(canvas, is_existing=False), canvas.said("new")
    if found.n_existing:
        yield _disc(canvas, is_existing=True), canvas.said("existing")
    is_road = result.scenario.demand.roads and result.roads is not None
    if found.farthest is not None or is_road:
        longest_s = found.longest_s
        if is_road and result.roads is not None and result.roads.worst is not None:
            longest_s = result.roads.worst.drive_time_s
        color = WORST_OVER if longest_s > found.standard_s else WORST
        yield _ring(canvas, color), canvas.said("worst_road_key" if is_road else "worst_key")


def _stroke(canvas: Canvas, color: str) -> Mark:
    def mark(x: float, y: float) -> None:
        half = canvas.mm(2.5)
        canvas.line((x - half, x + half), (y, y), color=color, linewidth=2.4)

    return mark


def _tone(canvas: Canvas, n_upon: int) -> Mark:
    """Return the tone that so many areas upon each other have."""
    rest = (1 - ISOCHRONE_OUTERMOST) * (1 - ISOCHRONE_INSIDE) ** (n_upon - 1)

    def mark(x: float, y: float) -> None:
        wide, high = canvas.mm(5.0), canvas.mm(3.4)
        at = (x - wide / 2, y - high / 2, wide, high)
        canvas.box(*at, facecolor=LAND, edgecolor=LINE, linewidth=0.5)
        canvas.box(*at, facecolor=(*ISOCHRONE, 1 - rest))

    return mark


def _disc(canvas: Canvas, *, is_existing: bool) -> Mark:
    def mark(x: float, y: float) -> None:
        r = canvas.mm(1.5)
        rings = [(x, y, r * 1.6, EXISTING), (x, y, r * 1.2, "white")] if is_existing else []
        draw_circles(canvas.page, [*rings, (x, y, r if is_existing else r * 1.2, BAR)])

    return mark


def _ring(canvas: Canvas, color: str) -> Mark:
    def mark(x: float, y: float) -> None:
        r = canvas.mm(1.7)
        draw_circles(canvas.page, [(x, y, r, color), (x, y, r * 0.6, "white")])

    return mark


# ---------------------------------------------------------------------------------------------
# Curve and table
# ---------------------------------------------------------------------------------------------


def _heading(canvas: Canvas, text: str, x: float, y: float, width: float) -> float:
    """Write a heading with a line above it; return where what follows begins."""
    canvas.line((x, x + width), (y, y), color=LINE, linewidth=0.8)
    canvas.text(
        x, y + canvas.mm(3.4), canvas.cut(text, width, 9.5, is_bold=True), size=9.5, is_bold=True
    )
    return y + canvas.mm(6.2)


def _draw_curve(canvas: Canvas, told: Told, x: float, y: float, width: float) -> float:
    """Draw what each number of stations covers; what no plan can beat is a band above it."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    curve = told.result.curve
    assert curve is not None
    y = _heading(canvas, canvas.said("curve"), x, y, width)
    high, left = canvas.mm(30.0), canvas.mm(9.0)
    axes = canvas.figure.add_axes(
        (
            (x + left) / canvas.width,
            1 - (y + high) / canvas.height,
            (width - left - canvas.mm(2.0)) / canvas.width,
            high / canvas.height,
        )
    )
    n = np.concatenate([[0], curve.n_stations])
    covered, bound = (np.append(0.0, v) for v in (curve.share_covered, curve.share_bound))
    begin = 0 if curve.n_stations[0] == 1 else 1  # no stations cover nothing
    axes.fill_between(
        n[begin:], covered[begin:], bound[begin:], color=EXISTING, alpha=0.45, linewidth=0
    )
    axes.plot(n[begin:], covered[begin:], color=STEP_COLORS[0], linewidth=1.8 * canvas.shrinks)
    chosen = np.flatnonzero(curve.n_stations == told.found.n_stations)
    if chosen.size and told.result.plan.status is not Status.ASSESSED:
        at = float(curve.share_covered[chosen[0]])
        size = 5 * canvas.shrinks
        axes.plot(
            [told.found.n_stations], [at], "o", color=OPEN_ROAD, markersize=size, clip_on=False
        )
    axes.set_xlim(0, max(float(n[-1]), 2.0))
    axes.set_ylim(0, 1.04)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.tick_params(length=0, labelsize=7 * canvas.shrinks, labelcolor=SOFT, pad=2)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.spines[["left", "top", "right"]].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    return y + high + canvas.mm(5.0)


def _draw_table(canvas: Canvas, told: Told, x: float, y: float, width: float, low: float) -> int:
    """Draw as many stations as fit, and return how many."""
    n, row, size = told.order.size, canvas.mm(4.25), 8.0
    n_rows = max(0, min(n, int((low - y - canvas.mm(6.2)) / row) - 1))
    key = "table" if n_rows == n else "table_top"
    y = _heading(canvas, canvas.said(key, n=f"{n_rows:,}", all=f"{n:,}"), x, y, width)
    if n == 0:
        canvas.text(x, y + row / 2, canvas.said("no_stations"), size=size)
    if n_rows == 0:
        return 0
    only_m = told.result.only_m if told.is_of_roads else None
    titles, columns = _columns(canvas, told, only_m)
    right = [x + width - canvas.mm(k) for k in (29.0, 14.5, 0.0)][3 - len(titles) :]
    name_left = x + canvas.mm(7.0)
    name_width = (right[0] if right else x + width) - canvas.mm(15.0) - name_left
    canvas.text(name_left, y + row / 2, canvas.said("name"), size=7.5, color=SOFT)
    for at, title in zip(right, titles, strict=True):
        canvas.text(at, y + row / 2, title, size=7.5, color=SOFT, ha="right")
    sites, stations = told.result.times.sites, told.result.plan.stations
    for k, i in enumerate(told.order[:n_rows]):
        middle = y + (k + 1.5) * row
        if k % 2 == 0:
            canvas.box(x, middle - row / 2, width, row, facecolor="#f4f6f8")
        site = stations[i]
        name = clean(sites.name[site], 60) or clean(sites.id[site], 60)
        color = STEP_COLORS[0] if sites.is_existing[site] else BAR
        canvas.text(
            x + canvas.mm(5.0), middle, str(k + 1), size=size, is_bold=True, ha="right", color=color
        )
        canvas.text(name_left, middle, canvas.cut(name, name_width, size), size=size)
        for at, column in zip(right, columns, strict=True):
            canvas.text(at, middle, column[i], size=size, ha="right")
    return n_rows


def _columns(
    canvas: Canvas, told: Told, only_m: NDArray[np.float64] | None
) -> tuple[list[str], list[list[str]]]:
    """Return the columns of the table behind the name: their titles, and a text for each station."""
    served = told.served
    if told.is_of_roads:
        if only_m is None:
            return [], []
        only = only_m[told.result.plan.stations] / 1000
        return [canvas.said("only_m")], [[f"{km:,.1f}" for km in only.tolist()]]
    return [canvas.said("served"), canvas.said("mean_s"), canvas.said("longest_s")], [
        [amount(w) for w in served.weight.tolist()],
        [clock(s) for s in served.mean_s.tolist()],
        [clock(s) for s in served.longest_s.tolist()],
    ]
