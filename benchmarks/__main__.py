"""Run benchmarks: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.measure import FailedError, Measurer, in_own_process, measurements
from benchmarks.registry import (
    OURS,
    Level,
    Measurement,
    Task,
    Tool,
    UnavailableError,
    Work,
    load_tasks,
)
from benchmarks.table import as_markdown, as_text, rows

DEFAULT_SIZES: Final = ("small", "medium")


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for and print the table; 1 where a tool failed or answers differ."""
    asked = _parser().parse_args(arguments)
    tasks = [task for name, task in load_tasks().items() if not asked.task or name in asked.task]
    levels = (
        [Level.SMOKE]
        if asked.smoke
        else [Level[size.upper()] for size in asked.size or DEFAULT_SIZES]
    )
    measure = in_own_process(peers_python=asked.peers_python)
    jobs = [(task, level) for task in tasks for level in levels if level in task.cases]
    # in a smoke run nobody reads the times, so two tasks may run at once
    with ThreadPoolExecutor(2 if asked.smoke else 1) as pool:
        done = pool.map(lambda job: _measure_case(*job, asked.tool, measure), jobs)
        found = [measurement for case in done for measurement in case]
    cases = {(task.name, task.cases[level].name): task.cases[level] for task, level in jobs}
    table = rows(found, cases)
    print(as_markdown(table) if asked.markdown else as_text(table))
    if asked.json:
        report = {"machine": _machine(), "measurements": [asdict(m) for m in found]}
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    wrong = [m for m in found if m.is_wrong]
    for m in wrong:
        print(f"wrong: {m.task}, {m.size}, {m.tool}: {m.remark}", file=sys.stderr)
    return 1 if wrong else 0


def _measure_case(
    task: Task, level: Level, wanted: list[str], measure: Measurer
) -> list[Measurement]:
    """Return the measurements of a task in one size; one that says why where there is no instance."""
    tools = [t for t in task.tools.values() if not wanted or t.name in (OURS, *wanted)]
    print(f"{task.name}, {task.cases[level].name} ...", file=sys.stderr)
    make = Tool(name="", set_up=_nothing, tolerance=None, largest=Level.LARGE)
    size = task.cases[level].name
    try:
        measure(task, level, make)
    except UnavailableError as missing:
        return [Measurement(task=task.name, size=size, tool="", remark=f"skipped: {missing}")]
    except FailedError as failure:
        remark = f"no instance: {failure}"
        return [Measurement(task=task.name, size=size, tool="", remark=remark, is_wrong=True)]
    return measurements(task, level, tools, measure)


def _nothing(_: object) -> Work:
    return Work(run=dict, answer=dict)


def _machine() -> dict[str, str | int | None]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--task", action="append", choices=load_tasks(), help="this one only; may be repeated"
    )
    parser.add_argument(
        "--size",
        action="append",
        choices=["small", "medium", "large"],
        help="this one only; may be repeated; small and medium where left out",
    )
    parser.add_argument(
        "--tool", action="append", default=[], help="this one beside ours only; may be repeated"
    )
    parser.add_argument(
        "--smoke", action="store_true", help="smallest sizes once; compares answers, not times"
    )
    parser.add_argument("--json", type=Path, help="file to write all figures to")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument(
        "--peers-python",
        default=os.environ.get("BENCHMARKS_PEERS_PYTHON", ""),
        help="interpreter of another environment, for peers missing in this one "
        "(or the environment variable BENCHMARKS_PEERS_PYTHON)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
