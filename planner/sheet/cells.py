"""Demand on the sheet's map: cells coloured by drive time, dots where there is room."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.answer import step_of, steps_s
from planner.figures import slowest_needs
from planner.persons import ShownDemand
from planner.result import Result
from planner.sheet.symbols import CUT_OFF, OVER, STEP_COLORS
from planner.sheet.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS: Final = math.sqrt(3) / 2
"""How far rows of cells are apart, for cells one apart in a row."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Hexagons with demand in them.

    Attributes
    ----------
    x, y
        Their middles, in mm.
    apart
        How far neighbours are apart, in mm.
    step
        How each is coloured: covered demand by its mean drive; a single point without cover shows.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    apart: float
    step: NDArray[np.int64]


def draw_demand(
    axes: Axes, view: View, result: Result, shown: ShownDemand, standard_s: float
) -> None:
    """Draw all demand where it is shown, each point by its slowest need."""
    needs, plan = result.times.needs, result.plan
    need = slowest_needs(result)
    if not need.size:
        return
    time_s = result.nearest_station.time_s[need]
    step = step_of(time_s, plan.is_covered[need], standard_s)
    x, y = view.x(shown.lon), view.y(shown.lat)
    stands = shown.group == np.arange(shown.group.size)
    spacing = _spacing(x[stands], y[stands])
    if spacing > view.px(11.0):
        # the worst of those that are shown together
        np.maximum.at(step, shown.group, step.copy())
        _draw_dots(axes, view, x[stands], y[stands], step[stands])
        return
    weight = np.bincount(needs.point, needs.weight, minlength=x.size).astype(np.float64)
    apart = min(view.px(14.0), max(view.px(6.0), 2.2 * spacing))
    _draw_cells(
        axes, view, cells_of(x, y, weight, time_s, step, apart=apart, standard_s=standard_s)
    )


def cells_of(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    time_s: NDArray[np.float64],
    step: NDArray[np.int64],
    *,
    apart: float,
    standard_s: float,
) -> Cells:
    """Return the cells that points fall into, each point into the nearest.

    Parameters
    ----------
    x, y
        Points, in mm.
    weight, time_s, step
        Weight of each, its drive in seconds, and how it is coloured.
    apart
        How far neighbouring cells are apart, in mm.
    standard_s
        The longest drive that covers, in seconds.
    """
    row, column = _hexagon(x / apart, y / apart)
    key, cell = np.unique(np.column_stack([row, column]), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    worst = np.zeros(len(key), dtype=np.int64)
    np.maximum.at(worst, cell, step)
    is_covered = step < OVER
    counts = np.where(is_covered, np.maximum(weight, 1e-9), 0.0)
    total = np.bincount(cell, counts, minlength=len(key))
    total_s = np.bincount(cell, counts * np.nan_to_num(time_s), minlength=len(key))
    mean_s = np.divide(total_s, total, out=np.zeros(len(key)), where=total > 0)
    by_mean = np.searchsorted(steps_s(standard_s)[:2], mean_s, side="left")
    return Cells(
        x=(key[:, 1] + (key[:, 0] & 1) / 2) * apart,
        y=key[:, 0].astype(np.float64) * _ROWS * apart,
        apart=apart,
        step=np.where(worst >= OVER, worst, by_mean),
    )


def _hexagon(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column of the nearest middle of a hexagon; neighbours are 1 apart, odd rows half a step on."""
    below = np.floor(y / _ROWS).astype(np.int64)
    rows = np.stack([below, below + 1])
    columns = np.rint(x - (rows & 1) / 2).astype(np.int64)
    far = (columns + (rows & 1) / 2 - x) ** 2 + (rows * _ROWS - y) ** 2
    nearer = far.argmin(axis=0)
    at = np.arange(x.size)
    return rows[nearer, at], columns[nearer, at]


def _spacing(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return how far apart neighbouring points typically are, in mm."""
    if x.size < 2:
        return math.inf
    xy = np.column_stack([x, y])
    gap = cKDTree(xy).query(xy, k=2)[0][:, 1]
    gap = gap[gap > 0]
    return float(np.median(gap)) if gap.size else math.inf


def _draw_cells(axes: Axes, view: View, cells: Cells) -> None:
    from matplotlib.collections import LineCollection, PolyCollection

    angle = np.pi / 3 * np.arange(6) + np.pi / 6
    radius = cells.apart / math.sqrt(3) * 0.97
    corners = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    for step, color in enumerate(STEP_COLORS):
        middles = np.column_stack([cells.x, cells.y])[cells.step == step]
        if not len(middles):
            continue
        shapes = middles[:, None, :] + corners
        alpha = 0.82 if step < OVER else 1.0
        axes.add_collection(PolyCollection(shapes, facecolors=color, linewidths=0, alpha=alpha))
        if step >= OVER:
            lines = hatching(radius, is_crossed=step == CUT_OFF)
            shapes = (middles[:, None, None, :] + lines).reshape(-1, 2, 2)
            axes.add_collection(
                LineCollection(list(shapes), colors="white", linewidths=view.points(1.0), alpha=0.8)
            )


def hatching(radius: float, *, is_crossed: bool) -> NDArray[np.float64]:
    """Return slanted lines over a hexagon, (n, 2, 2) from its middle; crossed where no road leads."""
    along, across = np.array([1.0, 1.0]) / math.sqrt(2), np.array([-1.0, 1.0]) / math.sqrt(2)
    inner = 0.8 * radius  # inside the hexagon whatever way it lies
    offsets = np.array([-0.5, 0.0, 0.5]) * radius
    half = np.sqrt(inner**2 - offsets**2)
    lines = np.stack(
        [
            offsets[:, None] * across - half[:, None] * along,
            offsets[:, None] * across + half[:, None] * along,
        ],
        axis=1,
    )
    return np.concatenate([lines, lines * [-1.0, 1.0]]) if is_crossed else lines


def _draw_dots(
    axes: Axes, view: View, x: NDArray[np.float64], y: NDArray[np.float64], step: NDArray[np.int64]
) -> None:
    size = view.points(7.0)
    for k, color in enumerate(STEP_COLORS):
        at = step == k
        is_open = k == CUT_OFF
        axes.scatter(
            x[at],
            y[at],
            s=size**2,
            facecolors="white" if is_open else color,
            edgecolors=color if is_open else "#5f8ba6" if k == 2 else "white",
            linewidths=view.points(2.0 if is_open else 1.0),
        )
        if k >= OVER:  # a cross, so that it isn't colour alone
            axes.scatter(
                x[at],
                y[at],
                s=(size * 0.6) ** 2,
                marker="x",
                color=color if is_open else "white",
                linewidths=view.points(1.3),
            )
