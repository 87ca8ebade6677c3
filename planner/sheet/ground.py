"""What lies under everything: land round roads, isochrones, roads by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from planner.network import RoadNetwork
from planner.result import Result
from planner.roadranks import ranks_of_classes
from planner.sheet.symbols import (
    COVERED_ROAD,
    ISOCHRONE,
    ISOCHRONE_INSIDE,
    ISOCHRONE_OUTERMOST,
    LAND,
    OPEN_ROAD,
    ROAD_CASED,
    ROAD_CASING,
    ROAD_FILL,
    ROAD_FROM,
    ROAD_GROWTH,
    ROAD_THIN,
    ROAD_WIDTH_PX,
)
from planner.sheet.view import View
from planner.stretches import Stretches, uncovered_parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

Lines = NDArray[np.object_]
"""Lines of shapely, in mm."""

LAND_REACH_M: Final = 300.0
"""So far to each side of a road, or round demand, is land."""
_LAND_CELL_MM: Final = 0.8
_SEEN_MM: Final = 0.12
"""What is shorter than this nobody sees."""
_PLAIN_MM: Final = 0.03
"""How far a drawn line may lie beside the real one."""
_POINTS_PER_PATH: Final = 4000


def roads_on(view: View, network: RoadNetwork) -> list[Lines]:
    """Return the roads that are seen on the map, those of each rank, in mm."""
    ranks = ranks_of_classes(network.classes)
    rank = ranks[network.street_class]
    x, y = view.x(network.shape_lon), view.y(network.shape_lat)
    lines, street = _seen(view, x, y, network.shape_start)
    return [lines[rank[street] == r] for r in range(6)]


def _seen(
    view: View, x: NDArray[np.float64], y: NDArray[np.float64], start: NDArray[np.int64]
) -> tuple[Lines, NDArray[np.int64]]:
    """Return those of some lines that are on the map and long enough to be seen, and their rows."""
    first = start[:-1]
    if not first.size:
        return np.empty(0, dtype=object), np.zeros(0, dtype=np.int64)
    west, east = np.minimum.reduceat(x, first), np.maximum.reduceat(x, first)
    south, north = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    is_on = (east > 0) & (west < view.width) & (north > 0) & (south < view.height)
    is_long = np.maximum(east - west, north - south) > _SEEN_MM
    rows = np.flatnonzero(is_on & is_long)
    line_of = np.repeat(np.arange(first.size), np.diff(start))
    taken = (is_on & is_long)[line_of]
    lines = shapely.linestrings(
        np.column_stack([x[taken], y[taken]]), indices=np.searchsorted(rows, line_of[taken])
    )
    return shapely.simplify(lines, _PLAIN_MM, preserve_topology=False), rows


def draw_land(axes: Axes, view: View, roads: list[Lines], points: NDArray[np.float64]) -> None:
    """Draw lighter ground round roads and demand, so that where people live stands out.

    Parameters
    ----------
    axes
        Of the map, in mm.
    view
        What it shows.
    roads
        Those that are seen, by rank.
    points
        Demand, a row of (x, y) each, in mm.
    """
    lines = np.concatenate(roads) if roads else np.empty(0, dtype=object)
    dense = shapely.get_coordinates(shapely.segmentize(lines, _LAND_CELL_MM))
    xy = np.concatenate([dense, points])
    nx, ny = (int(np.ceil(side / _LAND_CELL_MM)) + 1 for side in (view.width, view.height))
    cells = np.rint(xy / _LAND_CELL_MM).astype(np.int64)
    is_on = ((cells >= 0) & (cells < [nx, ny])).all(axis=1)
    if not is_on.any():
        return
    is_free = np.ones((ny, nx), dtype=bool)
    is_free[cells[is_on, 1], cells[is_on, 0]] = False
    far_mm = distance_transform_edt(is_free) * _LAND_CELL_MM
    reach = max(LAND_REACH_M * view.mm_per_m, view.px(12.0))
    x, y = (np.arange(n) * _LAND_CELL_MM for n in (nx, ny))
    axes.contourf(x, y, far_mm, levels=[-1.0, reach], colors=[LAND])


def draw_isochrones(axes: Axes, view: View, result: Result) -> None:
    """Draw the areas of all stations together, the largest first."""
    if result.areas is None:
        return
    together = result.areas.together
    outermost = together.minutes.max(initial=0.0)
    for i in np.argsort(-together.minutes, kind="stable"):
        shape = shapely.transform(together.geometry[i], view.xy)
        shape = shapely.simplify(shape, 3 * _PLAIN_MM, preserve_topology=False)
        shape = shapely.clip_by_rect(shape, -1, -1, view.width + 1, view.height + 1)
        # rings that run the other way round are holes
        rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shape)))
        if rings.size:
            is_out = together.minutes[i] == outermost
            alpha = ISOCHRONE_OUTERMOST if is_out else ISOCHRONE_INSIDE
            draw_rings(axes, rings, color=ISOCHRONE, alpha=alpha, linewidth=0)


def draw_rings(axes: Axes, rings: Lines, **more: Any) -> None:
    """Draw rings as one shape."""
    from matplotlib.patches import PathPatch

    axes.add_artist(PathPatch(_path(rings), joinstyle="round", **more))


def draw_thin_roads(axes: Axes, view: View, roads: list[Lines]) -> None:
    """Draw the roads that are too narrow for edges."""
    for rank, lines in enumerate(roads):
        if ROAD_FROM[rank] <= view.zoom < ROAD_CASED[rank]:
            _stroke(axes, lines, color=ROAD_THIN[rank], width=view.points(0.8))


def draw_cased_roads(axes: Axes, view: View, roads: list[Lines]) -> None:
    """Draw the roads that are wide enough for edges."""
    ranks = [r for r in range(6) if view.zoom >= max(ROAD_CASED[r], ROAD_FROM[r])]
    for extra, colors in ((1.8, ROAD_CASING), (0.0, ROAD_FILL)):
        for rank in ranks:
            width = view.points(_width_px(rank, view.zoom) + extra)
            _stroke(axes, roads[rank], color=colors[rank], width=width)


def draw_cover(axes: Axes, view: View, result: Result) -> None:
    """Draw which road is covered and which is not, cut where that changes."""
    network, roads = result.network, result.roads
    if network is None or roads is None:
        return
    for parts, color in (
        (roads.covered, COVERED_ROAD),
        (uncovered_parts(network, roads.covered), OPEN_ROAD),
    ):
        lines = shapely.simplify(
            _lines_of(parts, view, network), _PLAIN_MM, preserve_topology=False
        )
        width = 1.0 if view.zoom < 11 else max(1.5, 0.6 * _width_px(1, view.zoom))
        _stroke(axes, lines, color=color, width=view.points(width))


def _lines_of(parts: Stretches, view: View, network: RoadNetwork) -> Lines:
    lines: Lines = shapely.transform(parts.lines(network), view.xy)
    return lines


def _width_px(rank: int, zoom: float) -> float:
    return float(max(1.6, ROAD_WIDTH_PX[rank] * ROAD_GROWTH[rank] ** (zoom - 14)))


def _stroke(axes: Axes, lines: Lines, *, color: str, width: float) -> None:
    """Draw lines in one colour, many in one path."""
    from matplotlib.patches import PathPatch

    n_points = shapely.get_num_coordinates(lines)
    part = np.cumsum(n_points) // _POINTS_PER_PATH
    ends = [*np.flatnonzero(np.diff(part)) + 1, lines.size]
    begin = 0
    for end in ends:
        if end > begin:
            axes.add_artist(
                PathPatch(
                    _path(lines[begin:end]),
                    fill=False,
                    edgecolor=color,
                    linewidth=width,
                    capstyle="round",
                    joinstyle="round",
                )
            )
        begin = end


def _path(lines: Lines) -> Path:
    """Return lines as one path."""
    from matplotlib.path import Path

    xy, line = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(xy), Path.LINETO, dtype=np.uint8)
    codes[np.flatnonzero(np.diff(line, prepend=-1))] = Path.MOVETO
    return Path(xy, codes)
