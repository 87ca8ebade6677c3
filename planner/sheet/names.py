"""Names on the sheet's map, each where it has room: districts, places, demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.persons import ShownDemand
from planner.pointfiles.areas import points_inside
from planner.result import Result
from planner.scenario import Language
from planner.sheet.canvas import MM_PER_POINT, Canvas, width_mm
from planner.sheet.marks import Room
from planner.sheet.symbols import PLACE_AIR, PLACE_COLOR, PLACE_FROM, PLACE_PX
from planner.sheet.view import View
from planner.sheet.words import clean
from planner.surroundings import Districts, Surroundings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMES: Final = 120
"""So many names of demand are tried, the heaviest first, and so many of places are written."""
_MOST_TRIED: Final = 500
"""So many names of places are tried."""
_DEMAND_FROM: Final = 12.5
"""From this zoom on names of demand are written where there are names of places too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a name is written.

    Attributes
    ----------
    size
        Of its letters, in points of A3.
    color
        Of its letters.
    air
        How much room is kept free beside it, in mm of A3.
    is_bold
        Whether its letters are bold; then it may stand farther from its place.
    """

    size: float
    color: str
    air: float = 0.5
    is_bold: bool = False


_DISTRICT: Final = Style(size=11.0, color="#26333f", is_bold=True)
_DEMAND: Final = Style(size=7.0, color="#465462", air=3.0)

Named = tuple[str, float, float]
"""A text and where it belongs, in mm."""


def draw_names(
    axes: Axes, canvas: Canvas, view: View, result: Result, shown: ShownDemand, room: Room
) -> None:
    """Draw names of districts, of places, and of the heaviest demand, where there is room; none twice.

    Districts have them inside their borders, or else in the middle of their demand.
    """
    around, needs = result.surroundings, result.times.needs
    weight = np.bincount(needs.point, needs.weight, minlength=shown.group.size).astype(np.float64)
    x, y = view.x(shown.lon), view.y(shown.lat)
    drawn: set[str] = set()
    districts = _bordered(view, around.districts) if around is not None else []
    for name, middle_x, middle_y in districts or _districts(shown.district, weight, x, y):
        if name in drawn:
            continue
        if _name(axes, canvas, view, room, name, middle_x, middle_y, _DISTRICT):
            drawn.add(name)
    n_places = 0
    if around is not None:
        n_places = _draw_places(axes, canvas, view, around, room, drawn)
    if n_places and view.zoom < _DEMAND_FROM:
        return
    is_named = np.array([bool(name) for name in shown.name], dtype=bool) & view.sees(x, y)
    heaviest = np.argsort(-weight, kind="stable")
    for i in heaviest[is_named[heaviest]][:_MOST_NAMES]:
        name = clean(shown.name[i], 22)
        if name not in drawn and _name(axes, canvas, view, room, name, x[i], y[i], _DEMAND):
            drawn.add(name)


def _bordered(view: View, districts: Districts) -> list[Named]:
    """Return the districts that have borders and a name."""
    if not len(districts.area):
        return []
    lon, lat = points_inside(districts.area)
    x, y = view.x(lon), view.y(lat)
    names = [clean(name, 24) for name in districts.name]
    return [(name, x[i], y[i]) for i, name in enumerate(names) if name]


def _districts(
    district: NDArray[np.object_],
    weight: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> Iterator[Named]:
    """Yield the districts of demand, each in the middle of its own, the heaviest first."""
    names = np.array([clean(name, 24) for name in district], dtype=str)
    found, of = np.unique(names, return_inverse=True)
    of = of.reshape(-1)
    counts = np.maximum(weight, 1e-9)
    total = np.bincount(of, counts, minlength=found.size)
    middle = [np.bincount(of, counts * v, minlength=found.size) / total for v in (x, y)]
    for d in np.argsort(-np.bincount(of, weight, minlength=found.size), kind="stable"):
        if found[d]:
            yield str(found[d]), float(middle[0][d]), float(middle[1][d])


def _draw_places(
    axes: Axes, canvas: Canvas, view: View, around: Surroundings, room: Room, drawn: set[str]
) -> int:
    """Draw names of places, the most important first; return how many."""
    names = around.names
    texts = names.en if canvas.language is Language.EN else names.zh
    x, y = view.x(names.lon), view.y(names.lat)
    seen = view.sees(x, y) & (np.array(PLACE_FROM)[names.rank] <= view.zoom)
    n = 0
    for i in np.flatnonzero(seen)[:_MOST_TRIED]:
        name, rank = clean(texts[i], 24), int(names.rank[i])
        if not name or name in drawn:
            continue
        # fewer of them where they have only just come up
        air_px = PLACE_AIR[rank] + max(0.0, 12 * (PLACE_FROM[rank] + 2 - view.zoom))
        style = Style(
            size=0.75 * PLACE_PX[rank],
            color=PLACE_COLOR[rank],
            air=view.px(air_px) / canvas.shrinks,
            is_bold=rank < 2,
        )
        if _name(axes, canvas, view, room, name, x[i], y[i], style):
            drawn.add(name)
            n += 1
            if n == _MOST_NAMES:
                break
    return n


def _name(
    axes: Axes,
    canvas: Canvas,
    view: View,
    room: Room,
    name: str,
    x: float,
    y: float,
    style: Style,
) -> bool:
    """Write a name with a light edge, beside its place where something stands there already.

    Say false where there is no room.
    """
    from matplotlib.patheffects import withStroke

    points = style.size * canvas.shrinks
    weight = canvas.bold if style.is_bold else "normal"
    air = canvas.mm(style.air)
    half = width_mm(name, points, weight) / 2 + air
    high = points * MM_PER_POINT * 0.65 + air / 2
    steps = (0, 1.6, -1.6, 3.0, -3.0, 4.4, -4.4) if style.is_bold else (0, 1.6, -1.6)
    for away in steps:
        at = y + away * high
        if room.take((x - half, at - high, x + half, at + high), within=view):
            effect = withStroke(linewidth=2.4 * canvas.shrinks, foreground="white", alpha=0.9)
            axes.text(
                x,
                at,
                name,
                size=points,
                weight=weight,
                color=style.color,
                path_effects=[effect],
                ha="center",
                va="center_baseline",
                zorder=4,
            )
            return True
    return False
