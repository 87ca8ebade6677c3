"""Scenario files: read, checked, and written as run."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from planner.errors import ScenarioError
from planner.scenario.problems import UNUSED_BY, problems_of
from planner.scenario.tables import Goal, Placement, Scenario


def read_scenario(path: Path | str, *, folder: Path | str | None = None) -> Scenario:
    """Return the scenario in a TOML file, checked completely.

    Parameters
    ----------
    path
        The scenario file.
    folder
        Where relative paths start; the folder of the file if left out. (A scenario kept with its results names files
        from where it was written first.)

    Returns
    -------
    Scenario
        With defaults filled in and paths as written.

    Raises
    ------
    ScenarioError
        With all problems of the file, each with its place.
    """
    path = Path(path)
    base = path.parent if folder is None else Path(folder)
    table = {"name": path.stem} | _parse(path)
    problems = problems_of(table, base)
    if problems:
        raise ScenarioError(path, problems)
    return Scenario.model_validate(table | {"path": path, "folder": base})


def scenario_toml(scenario: Scenario) -> str:
    """Return the scenario as run, as TOML: defaults filled in, paths as written.

    Reading it back with the same folder gives an equal scenario; equal scenarios give equal texts.
    """
    table = _without_empty(scenario.model_dump(mode="json", exclude_none=True))
    unused = UNUSED_BY[scenario.placement.goal]
    if scenario.network is None:
        del table["isochrones"]
    table["placement"] = {k: v for k, v in table["placement"].items() if k not in unused}
    return tomli_w.dumps(table)


def assessing(scenario: Scenario, *, stations: Path | None = None) -> Scenario:
    """Return the same question for given stations: none is chosen.

    Parameters
    ----------
    scenario
        What was asked.
    stations
        A table of them, by id; left out: those that the scenario lists for an assessment, else those that stand.
    """
    listed = scenario.placement.stations_file
    if stations is not None:
        listed = _from_folder(stations, scenario.folder)
    return scenario.model_copy(
        update={"placement": Placement(goal=Goal.ASSESS, stations_file=listed)}
    )


def _from_folder(file: Path, folder: Path) -> str:
    """Return a file as a scenario in a folder would name it."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on another drive
        return file.resolve().as_posix()


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return the question of a scenario with some of it changed, checked like a file.

    Parameters
    ----------
    scenario
        What was asked; left as it is.
    changes
        As the scenario file would have it: keys of a table that is there already are replaced one by one, anything else
        as a whole; None takes a key out. ``{"placement": {"goal": "assess", "stations": None}}``

    Returns
    -------
    Scenario
        Relative paths start where those of the first scenario do.

    Raises
    ------
    ScenarioError
        With all problems, each with its place.
    """
    table = _merged(scenario.model_dump(mode="json", exclude_unset=True), changes)
    problems = problems_of(table, scenario.folder)
    if problems:
        raise ScenarioError(scenario.path, problems)
    return Scenario.model_validate(table | {"path": scenario.path, "folder": scenario.folder})


def _merged(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with changes in it, tables within tables too."""
    merged = dict(table)
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return {key: value for key, value in merged.items() if value is not None}


def _without_empty(table: dict[str, Any]) -> dict[str, Any]:
    inner = {k: _without_empty(v) if isinstance(v, dict) else v for k, v in table.items()}
    return {k: v for k, v in inner.items() if v != {}}


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ScenarioError(path, [f"can't be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ScenarioError(path, [f"line {line} is not UTF-8; save the file as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        hint = "; write paths with / or in 'single quotes'" if "\\" in str(error) else ""
        raise ScenarioError(path, [f"not valid TOML: {error}{hint}"]) from error
