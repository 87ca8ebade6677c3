"""The process that a measurement is made in: ``python -m benchmarks.worker TASK LEVEL TOOL FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.measure import measure_work
from benchmarks.registry import Level, UnavailableError, load_tasks


def main(task_name: str, level_name: str, tool_name: str, folder: str) -> None:
    """Measure in this process and leave figures and answer in a folder."""
    into = Path(folder)
    task, level = load_tasks()[task_name], Level[level_name]
    instance = task.cases[level].instance
    try:
        if tool_name:
            work = task.tools[tool_name].set_up(instance)
            figures, answer = measure_work(work, is_smoke=level is Level.SMOKE)
            np.savez(into / "answer.npz", **answer)
        else:
            task.prepare(instance)
            figures = {}
            np.savez(into / "answer.npz")
    except UnavailableError as missing:
        figures = {"unavailable": str(missing)}
    except ModuleNotFoundError as missing:
        figures = {"unavailable": f"{missing.name} is not installed"}
    (into / "figures.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
