"""The scenario of a saved run, and whether its input files are still those of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.inputs import files_of, sha256
from planner.scenario import Scenario, read_scenario
from planner.verify.notes import Notes, n_of
from planner.verify.values import at


def scenario_of(run: Path) -> Scenario:
    """Return the scenario that a run kept, its paths from where it was written first.

    Raises
    ------
    PlannerError
        The run doesn't say where that was, or the scenario can't be read.
    """
    try:
        log = json.loads((run / "log.json").read_text(encoding="utf-8"))
        folder = run / log["scenario_folder"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlannerError(
            f"{run / 'log.json'}: doesn't say where the scenario was; run the plan again"
        ) from error
    return read_scenario(run / "scenario.toml", folder=folder)


def check_inputs(notes: Notes, scenario: Scenario, said: Mapping[str, Any]) -> bool:
    """Note inputs that are not those of the run; return whether all are, so that it makes sense to go on."""
    entries = said.get("inputs")
    told = entries if isinstance(entries, list) else []
    was = {str(at(entry, "file")): str(at(entry, "sha256")) for entry in told}
    files = files_of(scenario)
    for file in files:
        checksum = sha256(scenario.resolve(file))
        if file not in was:
            notes.differ(file, ["is not among the inputs in result.json"])
        elif was[file] != checksum:
            changed = f"changed since the run (sha256 {checksum[:12]}…, then {was[file][:12]}…)"
            notes.differ(file, [changed])
    for file in sorted(set(was) - set(files)):
        notes.differ("result.json", [f"has the input {file}, which scenario.toml doesn't name"])
    if notes.differences:
        notes.checked.append("the inputs only: computing again makes sense with those of the run")
        return False
    notes.checked.append(f"the checksums of {n_of(len(files), 'input file')}")
    return True
