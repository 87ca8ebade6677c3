"""Measurements as one aligned table, with ratios and targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from benchmarks.registry import OURS, Case, Limit, Measurement

HEADS: Final = (
    "task", "size", "tool", "CPU s", "wall s", "peak MB", "CPU / ours", "target", "reached?",
)  # fmt: skip
_UNITS: Final = {
    "cpu_s": "s CPU",
    "longest_cpu_s": "s CPU each",
    "wall_s": "s wall",
    "peak_mb": "MB peak",
    "map_mb": "MB map",
    "page_mb": "MB",
    "ready_s": "s CPU until ready",
    "first_ms": "ms the first click",
    "n_missed": "values missed",
    "n_open": "unproven",
}


def rows(
    measurements: Sequence[Measurement], cases: Mapping[tuple[str, str], Case]
) -> list[tuple[str, ...]]:
    """Return the cells of a table, a row for each measurement.

    Parameters
    ----------
    measurements
        What was measured.
    cases
        For each task and size its case, which knows the targets.
    """
    by_tool = {(m.task, m.size, m.tool): m for m in measurements}
    table = []
    for m in measurements:
        ours = by_tool.get((m.task, m.size, OURS))
        limits = [x for x in cases[m.task, m.size].limits if x.tool == m.tool]
        peers = {
            tool: x for (task, size, tool), x in by_tool.items() if (task, size) == (m.task, m.size)
        }
        table.append(
            (
                m.task,
                m.size,
                m.tool,
                _number(m.figures.get("cpu_s")),
                _number(m.figures.get("wall_s")),
                _number(m.figures.get("peak_mb")),
                _number(ratio(m, ours)),
                "; ".join(map(_target, limits)),
                m.remark or "; ".join(reached(limit, m, peers) for limit in limits),
            )
        )
    return table


def ratio(measurement: Measurement, ours: Measurement | None) -> float | None:
    """Return the processor time of a measurement as a multiple of ours; None where one lacks."""
    if ours is None or not (ours.figures and measurement.figures):
        return None
    return measurement.figures["cpu_s"] / ours.figures["cpu_s"]


def reached(limit: Limit, measurement: Measurement, peers: Mapping[str, Measurement]) -> str:
    """Say whether a target is reached: yes, or no and by how much it is missed, or that nobody knows."""
    figure = measurement.figures.get(limit.figure)
    at_most = limit.at_most
    if limit.of:
        other = peers.get(limit.of)
        at_most *= other.figures.get(limit.figure, float("nan")) if other else float("nan")
    if figure is None or at_most != at_most:
        return "?"
    if figure <= at_most:
        return "yes" if not limit.of else f"yes ({figure / at_most * limit.at_most:.2f} x)"
    if limit.of:
        return f"no ({figure / at_most * limit.at_most:.2f} x)"
    if at_most == 0.0:
        return f"no ({figure:g})"
    return f"no ({figure / at_most:.2f} x the target)"


def _target(limit: Limit) -> str:
    if limit.of:
        return f"≤ {limit.at_most:g} x {limit.of} ({_UNITS[limit.figure]})"
    return f"≤ {limit.at_most:g} {_UNITS[limit.figure]}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.5f}"


def as_text(table: Iterable[tuple[str, ...]]) -> str:
    """Return cells as lines with aligned columns."""
    lines = [HEADS, *table]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    is_number = {3, 4, 5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i in is_number else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(table: Iterable[tuple[str, ...]]) -> str:
    """Return cells as a table for README.md."""
    lines = [HEADS, ("---",) * 3 + ("---:",) * 4 + ("---",) * 2, *table]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
