"""What stands on the sheet's map: stations with their numbers, the worst place, scale and north."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.answer import whole_seconds
from planner.answer.words import duration
from planner.figures import Figures
from planner.frames import Served
from planner.persons import ShownDemand, is_too_small
from planner.result import Result
from planner.sheet.canvas import MM_PER_POINT, Canvas, width_mm
from planner.sheet.symbols import BAR, EXISTING, INK, WORST, WORST_OVER
from planner.sheet.view import View
from planner.sheet.words import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Room:
    """Boxes that are taken, so that labels don't cover each other: left, lower, right, upper, in mm."""

    taken: list[Box] = field(default_factory=list)

    def take(self, box: Box, *, within: View | None = None) -> bool:
        """Take a box and say true if nothing is in its way, and it lies on the map."""
        left, lower, right, upper = box
        if within is not None and (
            left < 0 or lower < 0 or right > within.width or upper > within.height
        ):
            return False
        if any(left < b[2] and right > b[0] and lower < b[3] and upper > b[1] for b in self.taken):
            return False
        self.taken.append(box)
        return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Discs:
    """Stations as they are drawn.

    Attributes
    ----------
    x, y, radius
        In mm.
    number
        The row of each in the table, from 1; 0 where the table doesn't come so far.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    radius: NDArray[np.float64]
    number: NDArray[np.int64]


def discs_of(
    view: View, result: Result, served: Served, order: NDArray[np.int64], n_numbered: int
) -> Discs:
    """Return the stations as they are drawn: as large as what they serve, numbered in an order."""
    sites, at = result.times.sites, result.plan.stations
    x, y = view.x(sites.lon[at]), view.y(sites.lat[at])
    heaviest = max(float(served.weight.max(initial=0.0)), 1e-9)
    room = min(1.3, max(0.65, _typical_gap(x, y) / view.px(50.0)))
    radius = (6.5 + 4.5 * np.sqrt(served.weight / heaviest)) * view.px(1.0) * room
    number = np.zeros(at.size, dtype=np.int64)
    number[order[:n_numbered]] = np.arange(1, min(n_numbered, at.size) + 1)
    # wide enough for its number
    least = np.where(number > 0, view.px(6.6), view.px(3.5))
    return Discs(x=x, y=y, radius=np.maximum(radius, least), number=number)


def _typical_gap(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    from scipy.spatial import cKDTree

    if x.size < 2:
        return math.inf
    xy = np.column_stack([x, y])
    return float(np.median(cKDTree(xy).query(xy, k=2)[0][:, 1]))


def draw_stations(axes: Axes, view: View, result: Result, discs: Discs) -> None:
    """Draw the stations, small ones first; those that stand already have a ring."""
    is_existing = result.times.sites.is_existing[result.plan.stations]
    circles: list[tuple[float, float, float, str]] = []
    for i in np.lexsort((np.arange(discs.x.size), discs.radius)):
        x, y, r = (float(v[i]) for v in (discs.x, discs.y, discs.radius))
        px = view.px(1.0)
        rings = [(r + 1.5 * px, "white"), (r, BAR)]
        if is_existing[i]:
            rings = [
                (r + 4 * px, "white"),
                (r + 2.6 * px, EXISTING),
                (r + 0.4 * px, "white"),
                (r, BAR),
            ]
        circles += [(x, y, radius, color) for radius, color in rings]
    draw_circles(axes, circles)
    for i in np.flatnonzero(discs.number):
        text = str(discs.number[i])
        axes.text(
            discs.x[i],
            discs.y[i],
            text,
            size=min(discs.radius[i] * (1.5 if len(text) < 3 else 1.1) / MM_PER_POINT, 11.0),
            color="white",
            ha="center",
            va="center_baseline",
            clip_on=True,
        )


def draw_circles(axes: Axes, circles: list[tuple[float, float, float, str]]) -> None:
    """Draw filled circles, each (x, y, radius, colour), one after the other."""
    from matplotlib.collections import EllipseCollection

    if circles:
        x, y, radius, colors = zip(*circles, strict=True)
        width = 2 * np.array(radius)
        axes.add_collection(
            EllipseCollection(
                width,
                width,
                np.zeros(width.size),
                units="xy",
                offsets=np.column_stack([x, y]),
                offset_transform=axes.transData,
                facecolors=colors,
                linewidths=0,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worst:
    """The farthest place, marked on the map.

    Attributes
    ----------
    x, y
        Where it is, in mm.
    text
        What is written there.
    is_over
        Whether it is beyond the standard.
    """

    x: float
    y: float
    text: str
    is_over: bool


def worst_place(
    canvas: Canvas, view: View, result: Result, shown: ShownDemand, found: Figures
) -> Worst | None:
    """Return the farthest place: of the roads where they are demand, else of the demand points.

    One with too few persons to be told apart has no name, and stands where it is shown.
    """
    if result.scenario.demand.roads and result.roads is not None:
        worst = result.roads.worst
        if worst is None or result.network is None:
            return None
        name = result.network.names[result.network.street_name[worst.street]]
        lon, lat, time_s = worst.lon, worst.lat, worst.drive_time_s
    elif found.farthest is not None:
        point = result.times.needs.point[found.farthest]
        is_small = is_too_small(result.times.demand, result.scenario)[point]
        name = "" if is_small else shown.name[point]
        lon, lat, time_s = shown.lon[point], shown.lat[point], found.longest_s
    else:
        return None
    whole_s = int(whole_seconds(np.array([time_s]), found.standard_s)[0])
    values = {"name": clean(name, 24), "time": duration(whole_s, canvas.language)}
    return Worst(
        x=float(view.x(lon)),
        y=float(view.y(lat)),
        text=canvas.said("worst_named" if values["name"] else "worst", **values),
        is_over=bool(time_s > found.standard_s),
    )


def draw_worst(
    axes: Axes, canvas: Canvas, view: View, worst: Worst, discs: Discs, room: Room
) -> None:
    """Draw the farthest place as a ring with a flag above or below it, where it hides fewer stations."""
    from matplotlib.patches import FancyBboxPatch

    color = WORST_OVER if worst.is_over else WORST
    size = 9.5 * canvas.shrinks
    half = width_mm(worst.text, size, canvas.bold) / 2 + view.px(7.0)
    high, px = view.px(20.0), view.px(1.0)
    x = min(max(worst.x, half + 2 * px), view.width - half - 2 * px)
    away = view.px(14.0) + high / 2
    middle = _freer(view, discs, x, (worst.y + away, worst.y - away), half, high / 2)
    room.taken += [
        (x - half, middle - high / 2, x + half, middle + high / 2),
        (worst.x - 7 * px, worst.y - 7 * px, worst.x + 7 * px, worst.y + 7 * px),
    ]
    axes.plot([worst.x, x], [worst.y, middle], color=color, linewidth=view.points(2.0), zorder=5)
    circles = [
        (worst.x, worst.y, 7 * px, "white"),
        (worst.x, worst.y, 5.5 * px, color),
        (worst.x, worst.y, 3.5 * px, "white"),
    ]
    draw_circles(axes, circles)
    axes.collections[-1].set_zorder(6)
    axes.add_artist(
        FancyBboxPatch(
            (x - half, middle - high / 2),
            2 * half,
            high,
            boxstyle=f"round,pad=0,rounding_size={3 * px}",
            facecolor=color,
            edgecolor="white",
            linewidth=view.points(2.0),
            zorder=6,
        )
    )
    axes.text(
        x,
        middle,
        worst.text,
        size=size,
        weight=canvas.bold,
        color="white",
        ha="center",
        va="center_baseline",
        zorder=7,
    )


def _freer(
    view: View, discs: Discs, x: float, heights: tuple[float, ...], half: float, half_high: float
) -> float:
    """Return that of some heights at which a flag lies on the map and hides the fewest stations."""

    def n_hidden(y: float) -> int:
        is_near = (np.abs(discs.x - x) < half + discs.radius) & (
            np.abs(discs.y - y) < half_high + discs.radius
        )
        is_on = half_high < y < view.height - half_high
        return int(is_near.sum()) + (0 if is_on else 1 + discs.x.size)

    return min(heights, key=n_hidden)


def take_room_for_discs(discs: Discs, view: View, room: Room) -> None:
    """Take the room that stations stand in."""
    for x, y, r in zip(discs.x, discs.y, discs.radius + view.px(2.0), strict=True):
        room.taken.append((x - r, y - r, x + r, y + r))


def draw_scale(
    axes: Axes, canvas: Canvas, view: View, room: Room, busy: NDArray[np.float64]
) -> None:
    """Draw a scale bar of round metres, and an arrow to the north, in the corner where least is.

    Parameters
    ----------
    axes, canvas, view, room
        What is drawn on.
    busy
        Points that are better seen, a row of (x, y) each, in mm.
    """
    longest_m = canvas.mm(60.0) / view.mm_per_m
    tens = 10.0 ** math.floor(math.log10(longest_m))
    metres = next(k * tens for k in (5, 2, 1) if k * tens <= longest_m)
    length, high, pad = metres * view.mm_per_m, canvas.mm(10.5), canvas.mm(2.5)
    wide = length + canvas.mm(14.0)
    box = _free_corner(view, wide + 2 * pad, high + 2 * pad, busy)
    left, low = box[0] + pad, box[1] + pad
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    size = 8.0 * canvas.shrinks
    north = left + length + canvas.mm(10.0)
    room.taken.append(box)
    _plate(axes, box)
    style: dict[str, Any] = {"color": INK, "zorder": 9}
    for k in range(2):  # one half dark, one half light
        axes.fill_between(
            [left + k * length / 2, left + (k + 1) * length / 2],
            low,
            low + canvas.mm(1.4),
            facecolor=INK if k == 0 else "white",
            edgecolor=INK,
            linewidth=0.6 * canvas.shrinks,
            zorder=9,
        )
    middle = low + canvas.mm(5.5)
    axes.text(left, middle, "0", size=size, ha="center", va="center_baseline", **style)
    axes.text(left + length, middle, text, size=size, ha="center", va="center_baseline", **style)
    tip, foot, half = low + canvas.mm(6.0), low - canvas.mm(0.5), canvas.mm(1.8)
    axes.fill(
        [north, north + half, north, north - half], [tip, foot, foot + half * 0.6, foot], **style
    )
    above = tip + canvas.mm(2.2)
    said = canvas.said("north")
    axes.text(
        north,
        above,
        said,
        size=size,
        weight=canvas.bold,
        ha="center",
        va="center_baseline",
        **style,
    )


def _free_corner(view: View, wide: float, high: float, busy: NDArray[np.float64]) -> Box:
    """Return the box in a corner of the map with the fewest points in it; the lower left one where they are equal."""

    def n_in(box: Box) -> int:
        left, lower, right, upper = box
        x, y = busy[:, 0], busy[:, 1]
        return int(((x > left) & (x < right) & (y > lower) & (y < upper)).sum())

    boxes = [
        (left, lower, left + wide, lower + high)
        for lower in (0.0, view.height - high)
        for left in (0.0, view.width - wide)
    ]
    return min(boxes, key=n_in)


def _plate(axes: Axes, box: Box) -> None:
    from matplotlib.patches import Rectangle

    left, lower, right, upper = box
    axes.add_artist(
        Rectangle(
            (left, lower),
            right - left,
            upper - lower,
            color="white",
            alpha=0.85,
            zorder=8,
            linewidth=0,
        )
    )
