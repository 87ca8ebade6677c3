"""The result folder: written whole or not at all, and read back."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from planner.clock import Clock, Stage
from planner.coverage import coverage_of
from planner.drivetimes import DriveTimes, Nearest, Needs
from planner.errors import PlannerError
from planner.inputs import Inputs, files_of, read_inputs
from planner.isochrones import areas_of_plan
from planner.placement import Curve
from planner.plan import Plan, Status, Then, serve
from planner.reasons import Said
from planner.result import Result
from planner.roadcover import RoadCover, WorstPoint
from planner.scenario import Goal, Scenario, SecondGoal, read_scenario, scenario_toml
from planner.sheet import write_sheet
from planner.stretches import Stretches
from planner.surroundings import read_surroundings
from planner.tables import FORMAT, METRES, METRES_IN_ALL, write_tables
from planner.webmap import write_map
from planner.wholefolder import refuse_other, whole_folder

_LIBRARIES: Final = (
    "numpy",
    "numba",
    "highspy",
    "osmium",
    "shapely",
    "pyproj",
    "folium",
    "matplotlib",
)
"""Those that numbers or drawings depend on; their versions stand in the log."""


_SAVED: Final = (
    *("need", "site", "time_s", "fleets", "periods"),
    *("need_demand", "need_fleet", "need_period", "need_weight", "need_max_drive_time_s"),
    *("nearest_station", "nearest_station_time_s", "nearest_site", "nearest_site_time_s"),
)
"""What times.npz must hold."""

_SAVED_OF_ROADS: Final = ("road_street", "road_begin", "road_end", "worst_place", "site_only_m")
"""What it holds besides, where there are roads."""


def write_result(result: Result, folder: Path, clock: Clock) -> None:
    """Write the result folder, whole or not at all.

    Parameters
    ----------
    result
        What was found.
    folder
        Where; an older result there is replaced.
    clock
        The stages so far; those of writing are added.

    Raises
    ------
    PlannerError
        The folder holds something else, or can't be written.
    """
    refuse_foreign(folder)
    folder = folder.resolve()
    with whole_folder(folder) as fresh:
        with clock.stage("write tables"):
            write_tables(result, fresh)
        with clock.stage("write map"):
            write_map(result, fresh / "map.html")
        with clock.stage("write sheet"):
            write_sheet(result, fresh / "sheet.pdf", fresh / "sheet.png")
        _write(fresh / "scenario.toml", scenario_toml(result.scenario))
        _write(
            fresh / "log.json",
            json.dumps(_log(result, folder, clock.stages), ensure_ascii=False, indent=1),
        )


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something else than a result.

    Raises
    ------
    PlannerError
        The folder, or a file of that name, is there and is neither empty nor a result.
    """
    refuse_other(folder, sign="result.json", what="result")


def refuse_inputs(folder: Path, scenario: Scenario) -> None:
    """Refuse a folder that holds files which the run reads: they would go with the older result.

    Raises
    ------
    PlannerError
        A file that the scenario names lies in the folder.
    """
    within = folder.resolve()
    inside = [f for f in files_of(scenario) if within in scenario.resolve(f).resolve().parents]
    if inside:
        raise PlannerError(
            f"{folder}: would be replaced, and {', '.join(inside)} is in it; name another folder with --out"
        )


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n" * (not text.endswith("\n")), encoding="utf-8", newline="\n")


def _log(result: Result, folder: Path, stages: Sequence[Stage]) -> dict[str, Any]:
    """Return what may differ from one run to the next: seconds, memory, versions, machine."""
    try:
        scenario_folder = os.path.relpath(result.scenario.folder, folder)
    except ValueError:  # on another drive
        scenario_folder = str(result.scenario.folder.resolve())
    return {
        "scenario_folder": Path(scenario_folder).as_posix(),
        "stages": [asdict(stage) for stage in stages],
        "sizes": {name: list(size) for name, size in result.plan.sizes.items()},
        "versions": {name: _version(name) for name in ("station-planner", *_LIBRARIES)},
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "processors": os.cpu_count(),
        },
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def read_summary(folder: Path) -> dict[str, Any]:
    """Return what result.json of a result folder holds.

    Raises
    ------
    PlannerError
        The folder holds no result of this format.
    """
    path = folder / "result.json"
    try:
        summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlannerError(
            f"{folder}: is no result folder; there is no result.json in it"
        ) from None
    except (OSError, ValueError) as error:
        raise PlannerError(f"{path}: can't be read ({error}); run the plan again") from error
    if not isinstance(summary, dict) or summary.get("format") != FORMAT:
        raise PlannerError(f"{path}: is not of the format {FORMAT}; run the plan again")
    return summary


def read_result(folder: Path, *, with_areas: bool = True) -> Result:
    """Return the result in a folder, with roads and points read again from the files that made it.

    Drive times are the saved ones; only isochrones and what lies around are drawn again.

    Parameters
    ----------
    folder
        The result folder.
    with_areas
        Whether to draw isochrones, which takes longest.

    Raises
    ------
    PlannerError
        The folder holds no whole result, or an input has changed since or isn't there any more.
    """
    summary = read_summary(folder)
    try:
        log = json.loads((folder / "log.json").read_text(encoding="utf-8"))
        scenario_folder = folder / log["scenario_folder"]
        with (folder / "times.npz").open("rb") as file, np.load(file) as archive:
            saved = {name: archive[name] for name in _SAVED}
            saved |= {name: archive[name] for name in _SAVED_OF_ROADS if name in archive}
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        # numpy takes junk for pickled objects, and advises to load them
        why = "times.npz is damaged" if "pickle" in str(error) else error
        raise PlannerError(f"{folder}: is not whole ({why}); run the plan again") from error
    scenario = read_scenario(folder / "scenario.toml", folder=scenario_folder)
    inputs = read_inputs(scenario, Clock())
    with _as_written(folder):
        was = {entry["file"]: entry["sha256"] for entry in summary["inputs"]}
    changed = [f.file for f in inputs.files if was.get(f.file) != f.sha256]
    if changed:
        raise PlannerError(
            f"{folder}: {', '.join(changed)} changed since this run; run the plan again"
        )
    times = _times(saved, inputs)
    with _as_written(folder):
        plan, roads = _plan(summary, times), _roads(summary, saved)
        curve = _curve(summary, times, counts_metres=scenario.demand.file is None)
        remarks = tuple(map(str, summary["remarks"]))
    return Result(
        scenario=scenario,
        network=inputs.network,
        times=times,
        demand_places=inputs.demand_places,
        site_places=inputs.site_places,
        plan=plan,
        nearest_station=Nearest(
            site=saved["nearest_station"], time_s=saved["nearest_station_time_s"]
        ),
        nearest_site=Nearest(site=saved["nearest_site"], time_s=saved["nearest_site_time_s"]),
        inputs=inputs.files,
        roads=roads,
        only_m=saved.get("site_only_m"),
        remarks=remarks,
        areas=areas_of_plan(scenario, inputs.network, inputs.site_places, plan.stations)
        if with_areas
        else None,
        source=inputs.source,
        curve=curve,
        surroundings=read_surroundings(scenario, inputs.network),
    )


def _times(saved: dict[str, NDArray[Any]], inputs: Inputs) -> DriveTimes:
    """Return the drive times as they were saved, of points that were read again."""
    needs = Needs(
        point=saved["need_demand"],
        fleet=saved["need_fleet"],
        period=saved["need_period"],
        weight=saved["need_weight"],
        max_drive_time_s=saved["need_max_drive_time_s"],
        fleets=tuple(saved["fleets"].tolist()),
        periods=tuple(saved["periods"].tolist()),
    )
    return DriveTimes(
        need=saved["need"],
        site=saved["site"],
        time_s=saved["time_s"],
        needs=needs,
        demand=inputs.demand,
        sites=inputs.sites,
    )


@contextmanager
def _as_written(folder: Path) -> Iterator[None]:
    """Tell of a result.json that somebody has changed."""
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        path = folder / "result.json"
        raise PlannerError(
            f"{path}: is not as it was written ({error}); run the plan again"
        ) from error


def _number(value: object) -> float | None:
    """Return a number as it was saved, whole or not, or none."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise TypeError(f"{value!r} is no number")


def _roads(summary: dict[str, Any], saved: dict[str, Any]) -> RoadCover | None:
    said = summary["roads"]
    if said is None:
        return None
    worst = said["worst"]
    return RoadCover(
        length_m=float(said["length_m"]),
        coverable_m=float(said["coverable_m"]),
        covered_m=float(said["covered_m"]),
        covered=Stretches(
            street=saved["road_street"], begin=saved["road_begin"], end=saved["road_end"]
        ),
        worst=None
        if worst is None
        else WorstPoint(
            street=int(saved["worst_place"][0]),
            share=float(saved["worst_place"][1]),
            lon=float(worst["lon"]),
            lat=float(worst["lat"]),
            drive_time_s=float(worst["drive_time_s"]),
        ),
    )


def _curve(summary: dict[str, Any], times: DriveTimes, *, counts_metres: bool) -> Curve | None:
    """Return the curve as it was saved; None where none was, or by a version that kept less of it."""
    rows, for_all = summary.get("curve"), summary.get("curve_for_all")
    if not rows or not for_all:
        return None
    names = METRES | METRES_IN_ALL
    key = names if counts_metres else {name: name for name in names}
    return Curve(
        n_stations=np.array([row["n_stations"] for row in rows], dtype=np.int64),
        covered_weight=np.array([row[key["covered_weight"]] for row in rows], dtype=np.float64),
        bound=np.array([row[key["bound"]] for row in rows], dtype=np.float64),
        stations=tuple(_positions(row["stations"], times) for row in rows),
        weight=for_all[key["weight"]],
        coverable_weight=for_all[key["coverable_weight"]],
        n_for_all=for_all["n_stations"],
        n_for_all_bound=for_all["bound"],
        stopped_by=for_all["stopped_by"],
    )


def _positions(names: Sequence[str], times: DriveTimes) -> NDArray[np.int32]:
    """Return the positions of stations in the sites, in the order of their names."""
    position = {site: i for i, site in enumerate(times.sites.id)}
    unknown = [site for site in names if site not in position]
    if unknown:
        raise PlannerError(
            f"result.json names stations that are no sites: {', '.join(map(str, unknown[:5]))}"
        )
    return np.array([position[site] for site in names], dtype=np.int32)


def _plan(summary: dict[str, Any], times: DriveTimes) -> Plan:
    stations = _positions(summary["stations"], times)
    station_of, drive_time_s = serve(coverage_of(times), stations)
    then = summary.get("then")
    return Plan(
        goal=Goal(summary["goal"]),
        stations=stations,
        station_of=station_of,
        drive_time_s=drive_time_s,
        status=Status(summary["status"]),
        objective=_number(summary["objective"]),
        bound=_number(summary["bound"]),
        stopped_by=summary["stopped_by"],
        why=tuple(
            Said(en=en, zh=zh)
            for en, zh in zip(
                summary["reasons"], summary.get("reasons_zh", summary["reasons"]), strict=True
            )
        ),
        then=then
        and Then(
            goal=SecondGoal(then["goal"]),
            objective=float(then["objective"]),
            bound=float(then["bound"]),
        ),
    )
