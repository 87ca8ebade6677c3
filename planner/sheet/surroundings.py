"""What lies around the roads: land and sea where a coast is known, other water, borders of districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.sheet.ground import Lines, draw_rings
from planner.sheet.symbols import BEYOND, BORDER, BORDER_HALO, LAND, SHORE, WATER
from planner.sheet.view import View
from planner.surroundings import Box, Districts, Surroundings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHORES_FROM: Final = 10.0
"""From this zoom on shores have a line."""
CLOSE: Final = 12.0
"""From this zoom on borders are broader, with dashes and dots."""
_FADE_PX: Final = 48.0
_FADE_SHARE: Final = 0.12
"""Land and sea fade over so much where the extract ends, and at most over this share of it."""
_FADE_STEPS: Final = 8
_SEEN_MM: Final = 0.3
"""Water smaller than this nobody sees."""
_PLAIN_MM: Final = 0.06
"""How far a drawn shore or border may lie beside the real one."""
_OUTSIDE_MM: Final = 3.0
"""So far beyond the map shores and borders go on, so that no line shows where they are cut."""


def draw_known_land(axes: Axes, view: View) -> None:
    """Draw land everywhere; water and what nobody knows come on top of it."""
    from matplotlib.patches import Rectangle

    axes.add_artist(Rectangle((0.0, 0.0), view.width, view.height, color=LAND, linewidth=0))


def draw_water(axes: Axes, view: View, around: Surroundings) -> None:
    """Draw the sea, rivers and lakes with their shores."""
    for areas in (around.sea, around.water):
        rings = _rings_on(view, areas)
        if not rings.size:
            continue
        # filled after their lines, so that none is left where lakes overlap
        if view.zoom >= SHORES_FROM:
            draw_rings(axes, rings, fill=False, edgecolor=SHORE, linewidth=view.points(2.0))
        draw_rings(axes, rings, color=WATER, linewidth=0)


def draw_unknown(axes: Axes, view: View, known: Box) -> None:
    """Let land and sea fade where the extract ends: what comes behind it, nobody knows.

    Parameters
    ----------
    axes, view
        Of the map.
    known
        Where it is known what is sea and what is land.
    """
    west, south, east, north = known
    left, right, low, high = view.x(west), view.x(east), view.y(south), view.y(north)
    fade = min(view.px(_FADE_PX), _FADE_SHARE * (right - left), _FADE_SHARE * (high - low))
    if max(left, low, view.width - right, view.height - high) <= -fade:
        return
    # frames upon each other, so that no seams show; what is left of the ground grows evenly inwards
    out = _OUTSIDE_MM
    edge = (left - out, low - out, right + out, high + out)
    all_of_it = (
        min(left, 0.0) - out,
        min(low, 0.0) - out,
        max(right, view.width) + out,
        max(high, view.height) + out,
    )
    for k in range(_FADE_STEPS + 1):
        inwards = fade * k / _FADE_STEPS
        hole = (left + inwards, low + inwards, right - inwards, high - inwards)
        outer = edge if k else all_of_it
        rings = shapely.get_rings([shapely.box(*outer), shapely.box(*hole, ccw=False)])
        draw_rings(axes, rings, color=BEYOND, alpha=1 / (k + 0.5) if k else 1.0, linewidth=0)


def draw_borders(axes: Axes, view: View, districts: Districts) -> None:
    """Draw the borders of districts."""
    is_close = view.zoom >= CLOSE
    halo, width = (5.0, 1.8) if is_close else (3.5, 1.3)
    dashes = (9, 4, 2, 4) if is_close else (6, 3)
    for area in districts.area:
        rings = _rings_on(view, np.array([area], dtype=object))
        if not rings.size:
            continue
        draw_rings(axes, rings, fill=False, edgecolor=BORDER_HALO, linewidth=view.points(halo))
        # dashes are told in widths of their line
        style = (0, [dash / width for dash in dashes])
        draw_rings(
            axes,
            rings,
            fill=False,
            edgecolor=BORDER,
            linewidth=view.points(width),
            linestyle=style,
        )


def _rings_on(view: View, areas: NDArray[np.object_]) -> Lines:
    """Return the rings of some areas that are seen on the map, in mm; holes turn the other way round."""
    parts = shapely.get_parts(areas)
    if not parts.size:
        return np.empty(0, dtype=object)
    west, south, east, north = shapely.bounds(parts).T
    left, right, low, high = view.x(west), view.x(east), view.y(south), view.y(north)
    is_on = (right > 0) & (left < view.width) & (high > 0) & (low < view.height)
    is_large = np.maximum(right - left, high - low) > _SEEN_MM
    shapes = shapely.transform(parts[is_on & is_large], view.xy)
    shapes = shapely.simplify(shapes, _PLAIN_MM, preserve_topology=False)
    out = _OUTSIDE_MM
    shapes = shapely.clip_by_rect(shapes, -out, -out, view.width + out, view.height + out)
    rings: Lines = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shapes)))
    return rings
