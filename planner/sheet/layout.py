"""The whole sheet, on one page: a bar, a column and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.figures import figures, left_out, station_figures
from planner.frames import Served
from planner.persons import shown_demand
from planner.result import Result
from planner.scenario import Language
from planner.sheet.canvas import Canvas, Paper, blank_sheet
from planner.sheet.cells import draw_demand
from planner.sheet.column import Told, draw_column
from planner.sheet.ground import (
    draw_cased_roads,
    draw_cover,
    draw_isochrones,
    draw_land,
    draw_thin_roads,
    roads_on,
)
from planner.sheet.marks import (
    Room,
    discs_of,
    draw_scale,
    draw_stations,
    draw_worst,
    take_room_for_discs,
    worst_place,
)
from planner.sheet.names import draw_names
from planner.sheet.surroundings import (
    draw_borders,
    draw_known_land,
    draw_unknown,
    draw_water,
)
from planner.sheet.symbols import BAR, BEYOND, LINE, SOFT
from planner.sheet.view import view_of
from planner.sheet.words import clean, in_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# in mm on A3
MARGIN: Final = 10.0
BAR_HEIGHT: Final = 15.0
NOTICE_HEIGHT: Final = 7.0
FOOT_HEIGHT: Final = 6.0
COLUMN_WIDTH: Final = 98.0
GAP: Final = 6.0


def sheet_figure(result: Result, *, paper: Paper, language: Language, bold: str) -> Figure:
    """Return the sheet of a result; `bold` is the weight of bold letters."""
    canvas = blank_sheet(paper, language, bold, result.scenario.demand.unit)
    margin = canvas.mm(MARGIN)
    wide = canvas.width - 2 * margin
    _draw_bar(canvas, result, margin, wide)
    top = margin + canvas.mm(BAR_HEIGHT)
    notice = in_language(result.scenario.notice, language)
    if notice:
        high = canvas.mm(NOTICE_HEIGHT)
        canvas.box(margin, top, wide, high, facecolor="#fff4d6")
        left = margin + canvas.mm(4.0)
        shown = canvas.cut(notice, wide - canvas.mm(8.0), 9.5)
        canvas.text(left, top + high / 2, shown, size=9.5, color="#5c4300")
        top += high
    top += canvas.mm(4.0)
    low = canvas.height - margin - canvas.mm(FOOT_HEIGHT)
    served = station_figures(result)
    told = Told(
        result=result,
        found=figures(result),
        left_out=left_out(result),
        served=served,
        order=_order(result, served),
    )
    column = canvas.mm(COLUMN_WIDTH)
    n_named = draw_column(canvas, told, x=margin, y=top, width=column, low=low)
    left = margin + column + canvas.mm(GAP)
    axes = _map_axes(canvas, left, top, canvas.width - margin - left, low - top)
    _draw_map(canvas, axes, told, n_named)
    _draw_foot(canvas, result, margin, canvas.height - margin)
    return canvas.figure


def _order(result: Result, served: Served) -> NDArray[np.int64]:
    """Return the stations in the order of the table: those that serve most first."""
    if result.scenario.demand.file is None and result.only_m is not None:
        return np.argsort(-result.only_m[result.plan.stations], kind="stable")
    return np.argsort(-served.weight, kind="stable")


def _status(canvas: Canvas, result: Result) -> str:
    """Return under which number the map was approved, or that it is a draft."""
    number = clean(result.scenario.map.approval, 60)
    return canvas.said("approval", number=number) if number else canvas.said("draft")


def _draw_bar(canvas: Canvas, result: Result, margin: float, wide: float) -> None:
    high = canvas.mm(BAR_HEIGHT)
    middle = margin + high / 2
    canvas.box(margin, margin, wide, high, facecolor=BAR)
    pad = canvas.mm(5.0)
    status = _status(canvas, result)
    room = canvas.width_of(status, 11.0)
    canvas.text(margin + wide - pad, middle, status, size=11.0, ha="right", color="white")
    title = in_language(result.scenario.title, canvas.language) or clean(result.scenario.name)
    title = canvas.cut(title, wide - room - 4 * pad, 22.0, is_bold=True)
    canvas.text(margin + pad, middle, title, size=22.0, is_bold=True, color="white")


def _draw_foot(canvas: Canvas, result: Result, margin: float, low: float) -> None:
    """Draw what the data are and whose."""
    middle = low - canvas.mm(1.5)
    network = result.network
    words = [_status(canvas, result), clean(result.scenario.name, 60)]
    rights = [canvas.said("no_roads")]
    if network is not None:
        date = clean(network.source.date, 24)
        rights = [canvas.said("data_of", date=date)] if date else []
        rights.append(canvas.said("credit"))
    canvas.text(margin, middle, "  ·  ".join(words), size=8.0, color=SOFT)
    right = canvas.width - margin
    canvas.text(right, middle, "  ·  ".join(rights), ha="right", size=8.0, color=SOFT)


def _map_axes(canvas: Canvas, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes for the map, in mm from its lower left corner."""
    axes = canvas.figure.add_axes(
        (
            left / canvas.width,
            1 - (top + height) / canvas.height,
            width / canvas.width,
            height / canvas.height,
        )
    )
    axes.set_xlim(0.0, width)
    axes.set_ylim(0.0, height)
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(BEYOND)
    for spine in axes.spines.values():
        spine.set_color(LINE)
    return axes


def _draw_map(canvas: Canvas, axes: Axes, told: Told, n_named: int) -> None:
    result = told.result
    width, height = axes.get_xlim()[1], axes.get_ylim()[1]
    shown, around = shown_demand(result.times.demand, result.scenario), result.surroundings
    view = view_of(
        result, shown, width=width, height=height, margin=canvas.mm(11.0), shrinks=canvas.shrinks
    )
    points = np.column_stack([view.x(shown.lon), view.y(shown.lat)])
    roads = [] if result.network is None else roads_on(view, result.network)
    is_of_roads = result.scenario.demand.roads and result.roads is not None
    if around is not None and around.sea_box is not None:
        draw_known_land(axes, view)
        draw_water(axes, view, around)
        draw_unknown(axes, view, around.sea_box)
    else:
        draw_land(axes, view, roads, points)
        if around is not None:
            draw_water(axes, view, around)
    if not is_of_roads:
        draw_isochrones(axes, view, result)
    if roads:
        draw_thin_roads(axes, view, roads)
    draw_demand(axes, view, result, shown, told.found.standard_s)
    if roads:
        draw_cased_roads(axes, view, roads)
    if is_of_roads:
        draw_cover(axes, view, result)
    if around is not None:
        draw_borders(axes, view, around.districts)
    # who comes first has room: stations, what is worst, districts, places
    room = Room()
    discs = discs_of(view, result, told.served, told.order, n_named)
    draw_stations(axes, view, result, discs)
    draw_scale(
        axes, canvas, view, room, np.concatenate([points, np.column_stack([discs.x, discs.y])])
    )
    worst = worst_place(canvas, view, result, shown, told.found)
    if worst is not None:
        draw_worst(axes, canvas, view, worst, discs, room)
    take_room_for_discs(discs, view, room)
    draw_names(axes, canvas, view, result, shown, room)
