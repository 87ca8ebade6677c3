"""What is wrong with a scenario file: all of it at once, each problem with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from planner.scenario.near import did_you_mean, nearest
from planner.scenario.tables import (
    DEMAND_COLUMNS,
    DISTRICTS_COLUMNS,
    ROAD_CLASSES,
    ROAD_COLUMNS,
    SITES_COLUMNS,
    VEHICLES,
    DemandSettings,
    DistrictLayer,
    DriveTimesSettings,
    Fleet,
    Goal,
    IsochroneSettings,
    JunctionDelay,
    MapLayer,
    MapSettings,
    NetworkSettings,
    Placement,
    Scenario,
    SitesSettings,
    Tiles,
    Title,
    VehicleSettings,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


Problem = tuple[str, str]
"""Place (``placement.goal``) and sentence."""

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "": Scenario,
    "title": Title,
    "notice": Title,
    "network": NetworkSettings,
    "network.junction_delay_s": JunctionDelay,
    "drive_times": DriveTimesSettings,
    "fleets": Fleet,
    "vehicles": VehicleSettings,
    "demand": DemandSettings,
    "sites": SitesSettings,
    "placement": Placement,
    "isochrones": IsochroneSettings,
    "map": MapSettings,
    "map.districts": DistrictLayer,
    "map.water": MapLayer,
    "map.tiles": Tiles,
}
"""The tables by their place."""

_NOT_IN_FILE: Final = ("path", "folder")

_LATER_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "": ("periods",),
    "network": ("ferries", "closures"),
    "fleets": ("share", "services"),
    "demand.columns": (),
    "sites.columns": ("cost", "capacity"),
    "placement": ("backup", "budget", "min_separation_m"),
}
"""Keys of the full scenario format that this version doesn't know yet."""

_OTHER_WORDS: Final = {
    "limit": "fleets.max_drive_min",
    "limit_min": "fleets.max_drive_min",
    "minutes": "fleets.max_drive_min",
    "standard": "fleets.max_drive_min",
    "n_stations": "placement.stations",
    "share": "placement.min_share",
    "time_limit": "placement.time_limit_s",
    "model": "placement.goal",
}
"""What people write for a key of ours."""

_P_MODELS: Final = (Goal.P_MEDIAN, Goal.P_CENTER)
_USED_BY: Final = {
    "stations": (Goal.SET_COVERING, Goal.MAX_COVERING, *_P_MODELS),
    "stations_file": (Goal.ASSESS,),
    "min_share": (Goal.SET_COVERING,),
    "then": (Goal.SET_COVERING,),
    "cover_all": _P_MODELS,
    "horizon_min": _P_MODELS,
    "time_limit_s": (Goal.SET_COVERING, Goal.MAX_COVERING, *_P_MODELS),
    "curve": (Goal.SET_COVERING, Goal.MAX_COVERING),
}
UNUSED_BY: Final = {
    goal: [key for key, goals in _USED_BY.items() if goal not in goals] for goal in Goal
}
"""Keys of ``[placement]`` that a goal has no use for."""

_HINTS: Final = {
    "title": 'such as { zh = "驿站", en = "Stations" }',
    "network.junction_delay_s": "such as { signal = 12, u_turn = 20 }, or 0 for none at all",
    "network.columns": 'such as { speed = "SPEED_KPH" }',
    "vehicles": 'written [vehicles.NAME], such as { like = "ebike", top_kph = 20 }',
    "network.speeds": 'such as { residential = 25 }, or "limits"',
    "notice": 'such as { zh = "数据为虚构", en = "Synthetic data" }',
    "fleets": "written [[fleets]]",
    "isochrones.minutes": "such as [3, 5]",
    "demand.columns": 'such as { id = "编号" }',
    "sites.columns": 'such as { id = "编号" }',
    "map.districts": 'such as "districts.gpkg"',
    "map.districts.columns": 'such as { name = "名称" }',
    "map.water": 'such as "water.gpkg"',
    "map.tiles": 'such as { url = "https://tiles.example.org/{z}/{x}/{y}.png", credit = "Whose they are" }',
}

_FILES: Final = (
    "network.file",
    "drive_times.file",
    "demand.file",
    "sites.file",
    "sites.existing",
    "placement.stations_file",
    "map.districts",
    "map.districts.file",
    "map.water",
    "map.water.file",
)


def problems_of(table: Mapping[str, Any], folder: Path) -> list[str]:
    """Return all that is wrong with a scenario file, by table in the order of the file format.

    Parameters
    ----------
    table
        What the file says.
    folder
        Where relative paths start.
    """
    return _in_order(
        [*_value_problems(table), *_rule_problems(table), *_file_problems(table, folder)]
    )


def _value_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is unknown, missing, or not of its kind."""
    for key in _NOT_IN_FILE:
        if key in table:
            yield from _unknown(key, table[key])
    known = {k: v for k, v in table.items() if k not in _NOT_IN_FILE}
    try:
        Scenario.model_validate(known | {"path": Path(), "folder": Path()})
    except ValidationError as error:
        for detail in error.errors():
            yield from _value_problem(detail)
    yield from _unknown_names(table, "network.speeds", ROAD_CLASSES)
    yield from _unknown_names(table, "network.columns", ROAD_COLUMNS)
    for name in _vehicles(table):
        yield from _unknown_names(table, f"vehicles.{name}.speeds", ROAD_CLASSES)
    yield from _unknown_names(table, "demand.columns", DEMAND_COLUMNS)
    yield from _unknown_names(table, "sites.columns", SITES_COLUMNS)
    yield from _unknown_names(table, "map.districts.columns", DISTRICTS_COLUMNS)


def _value_problem(detail: ErrorDetails) -> Iterator[Problem]:
    # numbers in a place count fleets, "table" and "limits" are our tags of the two kinds of speeds
    loc = [str(part) for part in detail["loc"] if not isinstance(part, int)]
    if loc[:2] == ["network", "speeds"]:
        loc = [part for part in loc if part not in ("table", "limits")]
    place, kind, value = ".".join(loc), detail["type"], detail["input"]
    if kind == "extra_forbidden":
        yield from _unknown(place, value)
    elif kind == "missing":
        yield place, "is missing"
    elif kind == "value_error":
        yield place, str(detail["ctx"]["error"])
    else:
        hint = f", {_HINTS[place]}" if place in _HINTS else ""
        near = nearest(value, _choices(detail)) if isinstance(value, str) else None
        yield place, f"{_must_be(detail)}{hint}, not {_shown(value)}{did_you_mean(near)}"


def _must_be(detail: ErrorDetails) -> str:
    ctx = detail.get("ctx", {})
    sentences = {
        "string_type": "must be text",
        "string_too_short": "must be text of at least one letter",
        "float_type": "must be a number",
        "finite_number": "must be a finite number",
        "int_type": "must be a whole number",
        "bool_type": "must be true or false",
        "model_type": "must be a table",
        "dict_type": "must be a table",
        "tuple_type": "must be a list" + " of tables" * (detail["loc"] == ("fleets",)),
        "greater_than": f"must be above {ctx.get('gt', 0):g}",
        "greater_than_equal": f"must be at least {ctx.get('ge', 0):g}",
        "less_than_equal": f"must be at most {ctx.get('le', 0):g}",
        "enum": f"must be one of {', '.join(_choices(detail))}",
        "literal_error": "must be a table",
    }
    return sentences.get(detail["type"], detail["msg"])


def _choices(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))


def _unknown(place: str, value: object) -> Iterator[Problem]:
    """Yield an unknown key with the nearest known one, and what an unknown table holds."""
    table, _, key = place.rpartition(".")
    rows = value if isinstance(value, list) else [value]
    inner = {k: v for row in rows if isinstance(row, dict) for k, v in row.items()}
    is_table = all(isinstance(row, dict) for row in rows) and value != []
    where = f"{place}." if is_table and not table else place
    if key in _LATER_KEYS.get(table, ()):
        yield where, "not supported in this version; leave it out"
        return
    yield where, f"unknown{_suggestion(table, key, is_table=is_table)}"
    for inner_key, inner_value in inner.items():
        yield from _unknown(f"{place}.{inner_key}", inner_value)


def _unknown_names(
    table: Mapping[str, Any], place: str, known: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield the keys of a free table that are none of the known names."""
    names = _at(table, place)
    for name in names if isinstance(names, dict) else ():
        if name in _LATER_KEYS.get(place, ()):
            yield f"{place}.{name}", "not supported in this version; leave it out"
        elif name not in known:
            near = did_you_mean(nearest(name, known)) or f"; known are {', '.join(known)}"
            yield f"{place}.{name}", f"unknown{near}"


def _rule_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what doesn't go together."""
    if "network" not in table and "drive_times" not in table:
        yield "network", "is missing (or [drive_times], a table of drive times from elsewhere)"
    if "network" in table and "drive_times" in table:
        yield "drive_times", "not together with [network]; leave one of the two out"
    yield from _road_demand_problems(table)
    if "network" not in table and "isochrones" in table:
        yield "isochrones", "needs roads ([network]); leave it out"
    yield from _vehicle_problems(table)
    fleets = table.get("fleets")
    if isinstance(fleets, list) and len(fleets) > 1:
        yield "fleets", f"one plan takes one fleet in this version, not {len(fleets)}"
    placement = table.get("placement")
    if not isinstance(placement, dict):
        return
    goal = placement.get("goal", Goal.SET_COVERING)
    if goal not in list(Goal):
        return
    if goal in (Goal.MAX_COVERING, *_P_MODELS) and "stations" not in placement:
        yield "placement.stations", f"is missing; {goal} needs to know how many there may be"
    if "then" in placement and placement.get("min_share", 1) != 1:
        yield "placement.then", "goes with min_share = 1 only; leave one of the two out"
    yield from _horizon_problems(placement, fleets)
    for key in UNUSED_BY[goal]:
        if key in placement:
            used_by = " and ".join(_USED_BY[key])
            yield f"placement.{key}", f"not used by goal {goal} (only by {used_by}); leave it out"


def _road_demand_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what doesn't go together where roads are demand, or junctions sites."""
    has_file, roads = _at(table, "demand.file") is not None, _at(table, "demand.roads") is True
    if isinstance(table.get("demand"), dict) and not has_file and not roads:
        yield "demand.file", "is missing (or roads = true, where every metre of road is demand)"
    for place, is_asked in (("demand", roads), ("sites", _at(table, "sites.roads") is True)):
        if is_asked and "network" not in table:
            yield f"{place}.roads", "needs roads ([network]); leave it out"
    goal = _at(table, "placement.goal") or Goal.SET_COVERING
    if not roads:
        return
    if has_file and _at(table, "placement.curve") is True:
        yield (
            "placement.curve",
            "tells of points or of metres, not of both; leave it out, or demand.file or demand.roads",
        )
    if not has_file and _at(table, "placement.then") is not None:
        yield (
            "placement.then",
            "is about drives of demand points; give demand.file, or leave it out",
        )
    if goal in (Goal.P_MEDIAN, Goal.P_CENTER):
        yield "demand.roads", f"not used by goal {goal}; leave it out"
    if goal == Goal.MAX_COVERING and has_file:
        yield (
            "demand.roads",
            "with max-covering metres count only where no demand file is given; leave one of the two out",
        )
    if has_file and _at(table, "placement.min_share") not in (None, 1, 1.0):
        yield (
            "placement.min_share",
            "is a share of the weight of points or of metres, not of both; leave out demand.file or demand.roads",
        )


def _horizon_problems(placement: Mapping[str, Any], fleets: object) -> Iterator[Problem]:
    """Yield a horizon nearer than the standard."""
    horizon = placement.get("horizon_min")
    fleet = fleets[0] if isinstance(fleets, list) and fleets else {}
    standard = fleet.get("max_drive_min", 5) if isinstance(fleet, dict) else 5
    if not isinstance(horizon, int | float) or not isinstance(standard, int | float):
        return
    if horizon < standard:
        yield "placement.horizon_min", f"must be at least max_drive_min, which is {standard:g}"


def _vehicles(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vehicles of a scenario's own, as written."""
    own = table.get("vehicles")
    return {k: v for k, v in own.items() if isinstance(v, dict)} if isinstance(own, dict) else {}


def _vehicle_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield vehicles that nobody knows, and known ones that are told anew."""
    own = _vehicles(table)
    fleets = table.get("fleets")
    for fleet in fleets if isinstance(fleets, list) else ():
        vehicle = fleet.get("vehicle") if isinstance(fleet, dict) else None
        if isinstance(vehicle, str) and vehicle not in (*VEHICLES, *own):
            yield "fleets.vehicle", _no_vehicle(vehicle, (*VEHICLES, *own))
    for name, vehicle in own.items():
        if name in VEHICLES:
            yield f"vehicles.{name}", "is known already; give yours another name"
        like = vehicle.get("like")
        if isinstance(like, str) and like not in VEHICLES:
            yield f"vehicles.{name}.like", _no_vehicle(like, VEHICLES)
        closed = vehicle.get("closed")
        for road_class in closed if isinstance(closed, list) else ():
            if isinstance(road_class, str) and road_class not in ROAD_CLASSES:
                near = did_you_mean(nearest(road_class, ROAD_CLASSES))
                yield f"vehicles.{name}.closed", f"{road_class} is no class of roads{near}"


def _no_vehicle(name: str, known: tuple[str, ...]) -> str:
    near = did_you_mean(nearest(name, known))
    return f"must be one of {', '.join(known)}, not {_shown(name)}{near}"


def _file_problems(table: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """Yield the files that are not there."""
    for place in _FILES:
        file = _at(table, place)
        if not isinstance(file, str) or not file:
            continue
        if not file.isprintable():
            yield place, f"{file!r} is no file name; write paths with / or in 'single quotes'"
            continue
        try:
            is_there = (folder / file).is_file()
        except OSError as error:  # a name that is too long
            yield place, f"{file[:40]}… is no file name ({error.strerror})"
            continue
        if is_there:
            continue
        if (folder / file).is_dir():
            yield place, f"{file} is a folder, not a file"
            continue
        around = (folder / file).parent
        names = [p.name for p in around.iterdir()] if around.is_dir() else []
        near = did_you_mean(nearest(Path(file).name, names))
        yield place, f"{file} is not there (looked in {folder.absolute()}){near}"


def _at(table: Mapping[str, Any], place: str) -> object:
    found: object = table
    for key in place.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _in_order(problems: list[Problem]) -> list[str]:
    """Return the sentences with their places, by table in the order of the file format."""
    tables = [*Scenario.model_fields]

    def table_of(problem: Problem) -> int:
        table = problem[0].partition(".")[0]
        return tables.index(table) if table in tables else -1

    return [f"{_place(place)}: {text}" for place, text in sorted(problems, key=table_of)]


def _place(place: str) -> str:
    """Return a place as a planner sees it in the file: ``[placement] goal``."""
    table, dot, key = place.partition(".")
    if not dot and table not in _MODELS:
        return table
    if table == "vehicles" and "." in key:
        name, _, key = key.partition(".")
        table = f"vehicles.{name}"
    header = f"[[{table}]]" if table == "fleets" else f"[{table}]"
    return f"{header} {key}".rstrip()


def _suggestion(table: str, key: str, *, is_table: bool) -> str:
    """Return what an unknown key may have been meant to be: one of its table, one of elsewhere, or a list."""
    table = "vehicles" if table.startswith("vehicles.") else table
    here = _keys_of(table) if table in _MODELS else []
    if is_table:
        here = [k for k in here if k in _MODELS]
    near = nearest(key, here)
    if near:
        return did_you_mean(near if table else _place(near))
    if not is_table:
        anywhere = {k: f"{place}.{k}" for place in _MODELS if place for k in _keys_of(place)}
        places = _OTHER_WORDS | anywhere | {k: k for k in _keys_of("")}
        near = nearest(key, places)
    if near:
        return did_you_mean(_place(places[near]))
    return f"; known are {', '.join(here)}" if here else ""


def _keys_of(table: str) -> list[str]:
    return [k for k in _MODELS[table].model_fields if k not in _NOT_IN_FILE]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else f"{text[:57]}..."
