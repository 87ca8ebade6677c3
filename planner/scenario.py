"""Scenario: what a planner asks, read from a TOML file and checked completely."""

from __future__ import annotations

import codecs
import difflib
import json
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import tomli_w
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
)

from planner.errors import ScenarioError
from planner.units import minutes

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# ---------------------------------------------------------------------------------------------
# Choices
# ---------------------------------------------------------------------------------------------


class Language(StrEnum):
    """The language the map opens in."""

    ZH = "zh"
    EN = "en"


class Vehicle(StrEnum):
    """What a fleet drives."""

    CAR = "car"
    EBIKE = "ebike"


class Direction(StrEnum):
    """Which way the drives go."""

    TO_STATION = "to_station"
    FROM_STATION = "from_station"


class Goal(StrEnum):
    """What a plan is to be best at."""

    SET_COVERING = "set-covering"
    MAX_COVERING = "max-covering"
    ASSESS = "assess"


ROAD_CLASSES: Final = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "cycleway",
    "track",
    "pedestrian",
    "path",
    "bridleway",
    "footway",
    "motorway_link",
    "trunk_link",
    "primary_link",
    "secondary_link",
    "tertiary_link",
)
"""Highway classes that may have a speed of their own."""

DEMAND_COLUMNS: Final = ("id", "lon", "lat", "weight", "name", "district")
SITES_COLUMNS: Final = (
    *("id", "lon", "lat", "name", "kind", "existing", "required", "excluded"),
    *("services", "opening_hours"),
)

# ---------------------------------------------------------------------------------------------
# Checks of single values
# ---------------------------------------------------------------------------------------------


def _known_timezone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = _nearest(value, zoneinfo.available_timezones())
        msg = f"{value!r} is no time zone{_did_you_mean(near)}"
        raise ValueError(msg) from None
    return value


def _folder_name(value: str) -> str:
    """Return a name that can be a folder on any system: results go to ``runs/<name>``."""
    if re.search(r'[\x00-\x1f<>:"/\\|?*]', value) or value.strip(" .") != value or not value:
        msg = f"{value!r} can't name a folder (runs/<name>); leave out / \\ : * ? \" < > | and outer dots and blanks"
        raise ValueError(msg)
    return value


def _known_crs(value: str) -> str:
    if value.lower() in ("gcj02", "bd09"):
        msg = f"{value} is not supported in this version; convert the file to WGS 84 first"
        raise ValueError(msg)
    if value.lower() != "wgs84" and not re.fullmatch(r"EPSG:\d+", value, re.IGNORECASE):
        msg = f'must be "wgs84" or "EPSG:n", not {value!r}'
        raise ValueError(msg)
    return value


def _known_encoding(value: str) -> str:
    try:
        codecs.lookup(value)
    except (LookupError, ValueError):
        msg = f'{value!r} is no encoding; usual ones are "utf-8" and "gb18030"'
        raise ValueError(msg) from None
    return value


def _zero_is_no_delay(value: object) -> object:
    return {"signal": 0} if value == 0 and not isinstance(value, bool) else value


def _nothing_is_none(value: object) -> object:
    return None if value == {} else value


def _one_default_fleet(value: object) -> object:
    return [{"vehicle": "car"}] if value == [] else value


Text = Annotated[str, Strict(), Field(min_length=1)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Above0 = Annotated[Number, Field(gt=0)]
AtLeast0 = Annotated[Number, Field(ge=0)]
Crs = Annotated[Text, AfterValidator(_known_crs)]
Encoding = Annotated[Text, AfterValidator(_known_encoding)]
SpeedTable = Annotated[dict[str, Above0], Tag("table")]
OnlyLimits = Annotated[Literal["limits"], Tag("limits")]
Speeds = Annotated[
    SpeedTable | OnlyLimits, Discriminator(lambda v: "limits" if isinstance(v, str) else "table")
]

# ---------------------------------------------------------------------------------------------
# The tables of the file
# ---------------------------------------------------------------------------------------------


class _Table(BaseModel):
    """A table of the scenario file: strict and unchangeable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Table):
    """A text of the map in its two languages."""

    zh: Text | None = None
    """In Chinese."""
    en: Text | None = None
    """In English."""


class JunctionDelay(_Table):
    """What passing a junction costs."""

    signal: AtLeast0 = 12.0
    """Seconds that a traffic signal delays a drive through it."""


class NetworkSettings(_Table):
    """The roads, and how they are driven on."""

    file: Text
    """Road file, as written."""
    access_kph: AtLeast0 = 10.0
    """Speed between a point and the road, in km/h; 0: that leg takes no time."""
    max_access_m: Above0 = 300.0
    """Points farther than this from every road are off network, in metres; exactly as far counts as near."""
    junction_delay_s: Annotated[JunctionDelay, BeforeValidator(_zero_is_no_delay)] = JunctionDelay()
    """Delays at junctions, in seconds; 0 in the file: none at all."""
    speeds: Speeds = {}
    """Speeds by highway class over the defaults, in km/h; or ``"limits"``: drive as fast as tagged."""


class DriveTimesSettings(_Table):
    """A table of drive times from elsewhere, instead of roads."""

    file: Text
    """CSV with demand, site and drive_time_s (seconds), as written."""


class Fleet(_Table):
    """Who drives, in what, and how long at most."""

    name: Text = "all"
    """What the fleet is called."""
    vehicle: Vehicle = Vehicle.EBIKE
    """What it drives."""
    max_drive_min: Above0 = 5.0
    """The standard in minutes; a drive of exactly this long covers."""
    direction: Direction = Direction.TO_STATION
    """Whether drives go to the station (riders) or come from it (response teams)."""

    @property
    def max_drive_time_s(self) -> float:
        """The standard in seconds, on the grid."""
        return minutes(self.max_drive_min)


class DemandSettings(_Table):
    """Where the couriers are."""

    file: Text
    """Table or layer of points, as written."""
    crs: Crs | None = None
    """``wgs84`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV."""
    layer: Text | None = None
    """Layer of a file with several."""
    encoding: Encoding | None = None
    """Encoding of the text; None: UTF-8, or as the file says."""
    columns: dict[str, Text] = {}
    """Our column names with those of the file."""


class SitesSettings(_Table):
    """Places that may become a station."""

    file: Text
    """Table or layer of points, as written."""
    existing: Text | None = None
    """A further file, of stations that stand already and are always kept, as written."""
    crs: Crs | None = None
    """``wgs84`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV."""
    layer: Text | None = None
    """Layer of a file with several."""
    encoding: Encoding | None = None
    """Encoding of the text; None: UTF-8, or as the file says."""
    columns: dict[str, Text] = {}
    """Our column names with those of the file."""


class Placement(_Table):
    """What the plan is to be best at, and its rules."""

    goal: Goal = Goal.SET_COVERING
    """The placement model, or ``assess``: the existing stations as they are."""
    stations: Annotated[int, Strict(), Field(ge=1)] | None = None
    """How many stations in all, existing and required ones included; for set covering an upper limit."""
    min_share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    """Set covering: the share of the coverable weight to cover, from above 0 to 1."""
    time_limit_s: Above0 = 300.0
    """Guard on the search, in seconds."""


class Scenario(_Table):
    """What a planner asks; made by `read_scenario`, which checks it."""

    name: Annotated[Text, AfterValidator(_folder_name)]
    """Names the result folder; the file's stem where not given."""
    title: Annotated[Title | None, BeforeValidator(_nothing_is_none)] = None
    """What the map is called; None: the name."""
    notice: Title | None = None
    """What the map must say about its data: that they are synthetic, for instance."""
    language: Language = Language.ZH
    """The language the map opens in."""
    timezone: Annotated[Text, AfterValidator(_known_timezone)] = "Asia/Shanghai"
    """Time zone of hours and dates (IANA name)."""
    network: NetworkSettings | None = None
    """The roads; None where drive times come from a table."""
    drive_times: DriveTimesSettings | None = None
    """Drive times from a table; None where they are driven on roads."""
    fleets: Annotated[tuple[Fleet, ...], BeforeValidator(_one_default_fleet)] = (
        Fleet(vehicle=Vehicle.CAR),
    )
    """Who drives: one fleet in this version."""
    demand: DemandSettings
    """Where the couriers are."""
    sites: SitesSettings
    """Places that may become a station."""
    placement: Placement
    """What the plan is to be best at."""
    path: Path = Field(exclude=True)
    """The scenario file."""
    folder: Path = Field(exclude=True)
    """Where relative paths start."""

    def resolve(self, file: str) -> Path:
        """Return where a file that the scenario names is."""
        return self.folder / file


# ---------------------------------------------------------------------------------------------
# Reading and writing
# ---------------------------------------------------------------------------------------------


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
    problems = [*_value_problems(table), *_rule_problems(table), *_file_problems(table, base)]
    if problems:
        raise ScenarioError(path, _in_order(problems))
    return Scenario.model_validate(table | {"path": path, "folder": base})


def scenario_toml(scenario: Scenario) -> str:
    """Return the scenario as run, as TOML: defaults filled in, paths as written.

    Reading it back with the same folder gives an equal scenario; equal scenarios give equal texts.
    """
    table = _without_empty(scenario.model_dump(mode="json", exclude_none=True))
    unused = _UNUSED_BY[scenario.placement.goal]
    table["placement"] = {k: v for k, v in table["placement"].items() if k not in unused}
    return tomli_w.dumps(table)


def assessing(scenario: Scenario) -> Scenario:
    """Return the same question for the stations that stand: none is chosen."""
    return scenario.model_copy(update={"placement": Placement(goal=Goal.ASSESS)})


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


# ---------------------------------------------------------------------------------------------
# All problems at once, each with its place
# ---------------------------------------------------------------------------------------------

Problem = tuple[str, str]
"""Place (``placement.goal``) and sentence."""

_MODELS: Final[dict[str, type[_Table]]] = {
    "": Scenario,
    "title": Title,
    "notice": Title,
    "network": NetworkSettings,
    "network.junction_delay_s": JunctionDelay,
    "drive_times": DriveTimesSettings,
    "fleets": Fleet,
    "demand": DemandSettings,
    "sites": SitesSettings,
    "placement": Placement,
}
"""The tables by their place."""

_NOT_IN_FILE: Final = ("path", "folder")

_LATER_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "": ("periods", "isochrones"),
    "network": ("merge_ends_m", "ferries", "closures"),
    "network.junction_delay_s": ("u_turn", "turn_left", "turn_right"),
    "fleets": ("share", "services"),
    "demand": ("roads", "sheet"),
    "demand.columns": (),
    "sites": ("roads", "sheet"),
    "sites.columns": ("cost", "capacity"),
    "placement": ("backup", "budget", "min_separation_m"),
}
"""Keys of the full scenario format that this version doesn't know yet."""

_LATER_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "placement.goal": ("p-median", "p-center"),
    "fleets.vehicle": ("motorcycle",),
}

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

_USED_BY: Final = {
    "stations": (Goal.SET_COVERING, Goal.MAX_COVERING),
    "min_share": (Goal.SET_COVERING,),
    "time_limit_s": (Goal.SET_COVERING, Goal.MAX_COVERING),
}
_UNUSED_BY: Final = {
    goal: [key for key, goals in _USED_BY.items() if goal not in goals] for goal in Goal
}

_HINTS: Final = {
    "title": 'such as { zh = "驿站", en = "Stations" }',
    "network.junction_delay_s": "such as { signal = 12 }, or 0 for none at all",
    "network.speeds": 'such as { residential = 25 }, or "limits"',
    "notice": 'such as { zh = "数据为虚构", en = "Synthetic data" }',
    "fleets": "written [[fleets]]",
    "demand.columns": 'such as { id = "编号" }',
    "sites.columns": 'such as { id = "编号" }',
}

_FILES: Final = (
    "network.file",
    "drive_times.file",
    "demand.file",
    "sites.file",
    "sites.existing",
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
    yield from _unknown_names(table, "demand.columns", DEMAND_COLUMNS)
    yield from _unknown_names(table, "sites.columns", SITES_COLUMNS)


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
    elif isinstance(value, str) and value in _LATER_VALUES.get(place, ()):
        yield place, f"{value} is not supported in this version; {_must_be(detail)}"
    elif kind == "value_error":
        yield place, str(detail["ctx"]["error"])
    else:
        hint = f", {_HINTS[place]}" if place in _HINTS else ""
        near = _nearest(value, _choices(detail)) if isinstance(value, str) else None
        yield place, f"{_must_be(detail)}{hint}, not {_shown(value)}{_did_you_mean(near)}"


def _must_be(detail: ErrorDetails) -> str:
    ctx = detail.get("ctx", {})
    sentences = {
        "string_type": "must be text",
        "string_too_short": "must be text of at least one letter",
        "float_type": "must be a number",
        "finite_number": "must be a finite number",
        "int_type": "must be a whole number",
        "model_type": "must be a table",
        "dict_type": "must be a table",
        "tuple_type": "must be a list of tables",
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
            near = _did_you_mean(_nearest(name, known)) or f"; known are {', '.join(known)}"
            yield f"{place}.{name}", f"unknown{near}"


def _rule_problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what doesn't go together."""
    if "network" not in table and "drive_times" not in table:
        yield "network", "is missing (or [drive_times], a table of drive times from elsewhere)"
    if "network" in table and "drive_times" in table:
        yield "drive_times", "not together with [network]; leave one of the two out"
    fleets = table.get("fleets")
    if isinstance(fleets, list) and len(fleets) > 1:
        yield "fleets", f"one plan takes one fleet in this version, not {len(fleets)}"
    placement = table.get("placement")
    if not isinstance(placement, dict):
        return
    goal = placement.get("goal", Goal.SET_COVERING)
    if goal not in list(Goal):
        return
    if goal == Goal.MAX_COVERING and "stations" not in placement:
        yield "placement.stations", "is missing; max-covering needs to know how many there may be"
    for key in _UNUSED_BY[goal]:
        if key in placement:
            used_by = " and ".join(_USED_BY[key])
            yield f"placement.{key}", f"not used by goal {goal} (only by {used_by}); leave it out"


def _file_problems(table: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """Yield the files that are not there."""
    for place in _FILES:
        file = _at(table, place)
        if not isinstance(file, str) or not file:
            continue
        if not file.isprintable():
            yield place, f"{file!r} is no file name; write paths with / or in 'single quotes'"
            continue
        if (folder / file).is_file():
            continue
        if (folder / file).is_dir():
            yield place, f"{file} is a folder, not a file"
            continue
        around = (folder / file).parent
        names = [p.name for p in around.iterdir()] if around.is_dir() else []
        near = _did_you_mean(_nearest(Path(file).name, names))
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
    header = f"[[{table}]]" if table == "fleets" else f"[{table}]"
    return f"{header} {key}".rstrip()


def _suggestion(table: str, key: str, *, is_table: bool) -> str:
    """Return what an unknown key may have been meant to be: one of its table, one of elsewhere, or a list."""
    here = _keys_of(table) if table in _MODELS else []
    if is_table:
        here = [k for k in here if k in _MODELS]
    near = _nearest(key, here)
    if near:
        return _did_you_mean(near if table else _place(near))
    if not is_table:
        anywhere = {k: f"{place}.{k}" for place in _MODELS if place for k in _keys_of(place)}
        places = _OTHER_WORDS | anywhere | {k: k for k in _keys_of("")}
        near = _nearest(key, places)
    if near:
        return _did_you_mean(_place(places[near]))
    return f"; known are {', '.join(here)}" if here else ""


def _keys_of(table: str) -> list[str]:
    return [k for k in _MODELS[table].model_fields if k not in _NOT_IN_FILE]


def _nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.65)), None)


def _did_you_mean(near: str | None) -> str:
    return f"; did you mean {near}?" if near else ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 60 else f"{text[:57]}..."
