"""What the pictures of the notebooks have in common: colours, bare maps, a scale, Chinese letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt

from planner.fonts import chinese_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COVERED = "#0072b2"
UNCOVERED = "#d55e00"
EXISTING = "#56b4e9"
SELECTED = "#cc79a7"
ROAD = "#c4c4c4"
TEXT = "#333333"

_LETTERS = chinese_font()
plt.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.edgecolor": "#999999",
        "axes.grid": True,
        "axes.labelcolor": TEXT,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 11,
        "figure.constrained_layout.use": True,
        "font.family": [*([_LETTERS.name] if _LETTERS else []), "DejaVu Sans"],
        "font.size": 10,
        "grid.color": "#e6e6e6",
        "legend.frameon": False,
        "savefig.dpi": 110,
        "text.color": TEXT,
        "xtick.color": TEXT,
        "ytick.color": TEXT,
    }
)


def maps(n: int = 1, *, size: tuple[float, float] = (7.0, 7.0)) -> list[Axes]:
    """Return axes for maps side by side, without frame and ticks; of the given size in inches each."""
    _, axes = plt.subplots(1, n, figsize=(size[0] * n, size[1]), squeeze=False)
    for one in axes[0]:
        one.set_aspect("equal")
        one.set_axis_off()
    return list(axes[0])


def scale(axes: Axes, length_m: float) -> None:
    """Draw a bar as long as so many metres below the map, on the left; the map is in metres."""
    west, _ = axes.get_xlim()
    south, north = axes.get_ylim()
    x, y = west, south - 0.04 * (north - south)
    axes.set_ylim(y - 0.01 * (north - south), north)
    label = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    axes.plot([x, x + length_m], [y, y], color=TEXT, linewidth=2, solid_capstyle="butt")
    axes.annotate(label, (x + length_m / 2, y), (0, 3), textcoords="offset points", ha="center")


def show_around(axes: Axes, bounds: tuple[float, float, float, float], margin_m: float) -> None:
    """Show a box (west, south, east, north in metres) and so much around it."""
    west, south, east, north = bounds
    axes.set_xlim(west - margin_m, east + margin_m)
    axes.set_ylim(south - margin_m, north + margin_m)
