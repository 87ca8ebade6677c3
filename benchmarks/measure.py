"""One measurement: a tool set up, warmed up, run and measured, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.registry import Answer, Case, Level, Measurement, Task, Tool, UnavailableError, Work

ROOT: Final = Path(__file__).parents[1]
LONG_ENOUGH_S: Final = 2.0
"""Work is repeated for about this long, and the least figures count: noise only adds."""
FEWEST_REPEATS: Final = 5
"""Longer work is repeated so often, too, unless that would take longer than the next."""
TOO_LONG_S: Final = 10.0
MOST_REPEATS: Final = 100
GUARD_S: Final = 1800
"""A measurement that takes longer is given up."""

Measured = tuple[dict[str, float], Answer]
Measurer = Callable[[Task, Level, Tool], Measured]
"""Measures a tool; raises UnavailableError or FailedError."""


class FailedError(Exception):
    """A tool broke off; the text is the last that it said."""


def measure_work(work: Work, *, is_smoke: bool = False) -> Measured:
    """Return the figures of some work, and its answer.

    Parameters
    ----------
    work
        What to do.
    is_smoke
        Do it once only: nobody reads the figures.
    """
    if work.warms_up and not is_smoke:
        work.run()
    figures = {"cpu_s": np.inf, "wall_s": np.inf}
    spent_s = 0.0
    for n in range(1, MOST_REPEATS + 1):
        found = None  # else the memory of two answers would count
        cpu_s, wall_s = _cpu_s(), time.perf_counter()
        found = work.run()
        cpu_s, wall_s = _cpu_s() - cpu_s, time.perf_counter() - wall_s
        figures = {
            "cpu_s": min(figures["cpu_s"], cpu_s),
            "wall_s": min(figures["wall_s"], wall_s),
        }
        spent_s += wall_s
        enough_s = LONG_ENOUGH_S if n >= FEWEST_REPEATS else TOO_LONG_S
        if spent_s > enough_s or is_smoke or not work.warms_up:
            break
    figures["peak_mb"] = _peak_mb()
    answer = work.answer(found)
    numbers = {key: float(value) for key, value in answer.items() if np.ndim(value) == 0}
    return numbers | figures, answer


def _cpu_s() -> float:
    """Return the seconds of processor time of this process and the children that it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> float:
    """Return the largest memory of this process, or of its largest child where that is more.

    Not ``ru_maxrss`` of the process itself: a new process inherits that of the one it was made by.
    """
    largest_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if status.is_file():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        largest_kb = max(largest_kb, int(lines["VmHWM"].split()[0]))
    else:
        largest_kb = max(largest_kb, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return largest_kb / 1024


def in_own_process(python: str = sys.executable, peers_python: str = "") -> Measurer:
    """Return a measurer that starts a new process for each measurement.

    Parameters
    ----------
    python
        Interpreter to run them by.
    peers_python
        Interpreter of another environment, for tools that are missing in the first.
    """

    def measure(task: Task, level: Level, tool: Tool) -> Measured:
        try:
            return _ask(python, task, level, tool)
        except UnavailableError:
            if not peers_python:
                raise
            return _ask(peers_python, task, level, tool)

    return measure


def _ask(python: str, task: Task, level: Level, tool: Tool) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        command = [python, "-m", "benchmarks.worker", task.name, level.name, tool.name, folder]
        # one thread each, unless a tool is told otherwise
        settings = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        try:
            done = subprocess.run(
                command,
                env=os.environ | settings,
                capture_output=True,
                text=True,
                timeout=GUARD_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FailedError(f"not done in {GUARD_S} s") from None
        if not (into / "figures.json").is_file():
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise FailedError(said[-1])
        told = json.loads((into / "figures.json").read_text())
        if "unavailable" in told:
            raise UnavailableError(told["unavailable"])
        with np.load(into / "answer.npz") as arrays:
            return told, dict(arrays)


def in_this_process(task: Task, level: Level, tool: Tool) -> Measured:
    """Measure a tool here: for tests."""
    return measure_work(tool.set_up(task.cases[level].instance), is_smoke=level is Level.SMOKE)


def measurements(
    task: Task, level: Level, tools: list[Tool], measure: Measurer
) -> list[Measurement]:
    """Return what some tools take for a task, their answers compared with those of the first.

    Parameters
    ----------
    task, level
        What to do, in which size.
    tools
        Who does it; the first one's answer is what the others should say.
    measure
        How to measure.
    """
    case = task.cases[level]
    found: list[Measurement] = []
    ours: Answer | None = None
    for tool in tools:
        measurement, answer = _measured(task, level, case, tool, measure)
        if answer is not None and ours is None:
            ours = answer
        elif answer is not None and ours is not None and tool.tolerance is not None:
            difference = task.judge(ours, answer, tool.tolerance)
            if difference:
                measurement = Measurement(
                    task=task.name,
                    size=case.name,
                    tool=tool.name,
                    figures=measurement.figures,
                    remark=f"differs from {tools[0].name}: {difference}",
                    is_wrong=True,
                )
        found.append(measurement)
    return found


def _measured(
    task: Task, level: Level, case: Case, tool: Tool, measure: Measurer
) -> tuple[Measurement, Answer | None]:
    what: dict[str, Any] = {"task": task.name, "size": case.name, "tool": tool.name}
    if level > tool.largest:
        return Measurement(**what, remark="skipped: takes too long at this size"), None
    try:
        figures, answer = measure(task, level, tool)
    except UnavailableError as missing:
        return Measurement(**what, remark=f"skipped: {missing}"), None
    except FailedError as failure:
        return Measurement(**what, remark=f"failed: {failure}", is_wrong=True), None
    return Measurement(**what, figures=figures), answer
