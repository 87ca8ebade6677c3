"""What there is to measure: tasks, the sizes they come in, the tools that do them, and the targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np

OURS: Final = "ours"
"""Name of the tool that all others are compared with."""

Answer = Mapping[str, Any]
"""What a tool found: arrays and numbers by name. Numbers may be figures of a table, too."""


class Level(IntEnum):
    """How large an instance is; what that means is up to the task."""

    SMOKE = 0
    SMALL = 1
    MEDIUM = 2
    LARGE = 3


class UnavailableError(Exception):
    """A tool or an instance isn't there; the text says what is missing. The measurement is skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A target: a figure of a tool that should be no more than this.

    Attributes
    ----------
    figure
        ``cpu_s``, ``wall_s``, ``peak_mb``, or a number in the answer.
    at_most
        The figure, or with ``of`` its multiple of the same figure of another tool.
    of
        The other tool.
    tool
        Whose figure.
    """

    figure: str
    at_most: float
    of: str = ""
    tool: str = OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A task in one size.

    Attributes
    ----------
    name
        What the table calls the size.
    instance
        What the task is given: a number of nodes, a file.
    limits
        Targets.
    """

    name: str
    instance: Any
    limits: tuple[Limit, ...] = ()


class Work(NamedTuple):
    """A tool set up and ready to go.

    Attributes
    ----------
    run
        What is measured.
    answer
        Makes an answer of what ``run`` returned; not measured.
    warms_up
        Whether ``run`` is called once before it is measured (kernels compile, caches fill).
    """

    run: Callable[[], Any]
    answer: Callable[[Any], Answer]
    warms_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A way to do a task.

    Attributes
    ----------
    name
        What the table calls it.
    set_up
        Takes an instance, prepares all that isn't measured. Raises UnavailableError where the tool is missing.
    tolerance
        How far its numbers may be from ours; None: its answer is another one by nature and isn't compared.
    largest
        It isn't run on larger instances than these: it takes too long.
    """

    name: str
    set_up: Callable[[Any], Work]
    tolerance: float | None
    largest: Level


Judge = Callable[[Answer, Answer, float], str]
"""Takes our answer, another one and a tolerance; says where they differ, "" where they agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do, in several sizes, with several tools.

    Attributes
    ----------
    name, does
        What it is called, and what that is.
    cases
        Its sizes.
    prepare
        Makes what is missing of an instance and keeps it; called once before the tools.
    judge
        Compares two answers.
    tools
        Who does it; the one called "ours" comes first.
    """

    name: str
    does: str
    cases: Mapping[Level, Case]
    prepare: Callable[[Any], None]
    judge: Judge
    tools: dict[str, Tool] = field(default_factory=dict)

    def tool(
        self, name: str, *, tolerance: float | None = 1e-6, largest: Level = Level.LARGE
    ) -> Callable[[Callable[[Any], Work]], Callable[[Any], Work]]:
        """Return a decorator that registers a function from instance to Work as a tool."""

        def register(set_up: Callable[[Any], Work]) -> Callable[[Any], Work]:
            self.tools[name] = Tool(name=name, set_up=set_up, tolerance=tolerance, largest=largest)
            return set_up

        return register


TASKS: Final[dict[str, Task]] = {}
"""All tasks that modules of this package have registered."""


def task(
    *,
    name: str,
    does: str,
    cases: Mapping[Level, Case],
    judge: Judge,
    prepare: Callable[[Any], None] = lambda _: None,
) -> Task:
    """Return a new task, registered."""
    made = Task(name=name, does=does, cases=cases, prepare=prepare, judge=judge)
    TASKS[name] = made
    return made


def load_tasks() -> dict[str, Task]:
    """Return all tasks of this package, registered by importing their modules."""
    from benchmarks import (  # noqa: F401
        drive_times,
        isochrones,
        main_job,
        placing,
        reading,
        roads_covered,
        webmap,
    )

    return TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one tool took for one task in one size.

    Attributes
    ----------
    task, size, tool
        What was measured; size is the name of the case.
    figures
        ``cpu_s``, ``wall_s``, ``peak_mb`` and the numbers in the answer; empty where nothing was measured.
    remark
        Why nothing was measured, or how the answer differs from ours; "" where all is well.
    is_wrong
        Whether the tool failed or its answer differs; a skipped tool isn't wrong.
    """

    task: str
    size: str
    tool: str
    figures: Mapping[str, float] = field(default_factory=dict)
    remark: str = ""
    is_wrong: bool = False


def same_pairs(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say where pairs differ: keys ``source``, ``point``, ``time_s`` and the limit ``limit_s``.

    A pair that only one has must be as near to the limit as the tolerance.
    """
    limit_s, n = float(ours["limit_s"]), int(ours["n_points"])
    keys, times = [], []
    for answer in (ours, other):
        key = np.asarray(answer["source"], dtype=np.int64) * n + answer["point"]
        order = np.argsort(key)
        keys.append(key[order])
        times.append(np.asarray(answer["time_s"])[order])
        if np.any(np.diff(keys[-1]) == 0):
            return "a pair comes twice"
    for one, its_times, another, whose in (
        (keys[0], times[0], keys[1], "lacks"),
        (keys[1], times[1], keys[0], "has besides"),
    ):
        alone = its_times[~np.isin(one, another)]
        clear = alone[np.abs(alone - limit_s) > tolerance]
        if clear.size:
            return f"{whose} {clear.size} pairs of {keys[0].size}"
    _, mine, its = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    return _differing(times[0][mine], times[1][its], tolerance)


def same_times(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say where the times of all points differ: key ``time_s``, infinity where unreachable."""
    return _differing(np.asarray(ours["time_s"]), np.asarray(other["time_s"]), tolerance)


def _differing(ours: np.ndarray, other: np.ndarray, tolerance: float) -> str:
    if ours.shape != other.shape:
        return f"{other.size} times instead of {ours.size}"
    is_same = ours == other
    apart = np.abs(np.subtract(ours, other, where=~is_same, out=np.zeros(ours.shape)))
    is_same |= apart <= tolerance
    if is_same.all():
        return ""
    worst = apart[~is_same].max()
    return f"{(~is_same).sum()} of {ours.size} times differ, by up to {worst:.3g} s"
