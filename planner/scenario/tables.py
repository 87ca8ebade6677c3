"""What a scenario may ask: its tables, their keys with defaults and units, and checks of single values."""

from __future__ import annotations

import codecs
import math
import re
import zoneinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
)

from planner.scenario.near import did_you_mean, nearest
from planner.scenario.tileurls import tile_url
from planner.units import minutes

# ---------------------------------------------------------------------------------------------
# Choices
# ---------------------------------------------------------------------------------------------


class Language(StrEnum):
    """The language the map opens in."""

    ZH = "zh"
    EN = "en"


class Direction(StrEnum):
    """Which way the drives go."""

    TO_STATION = "to_station"
    FROM_STATION = "from_station"


class Side(StrEnum):
    """A side of the road."""

    LEFT = "left"
    RIGHT = "right"


class Spread(StrEnum):
    """What stands for an area of demand."""

    INSIDE = "inside"
    ROADS = "roads"


class Unit(StrEnum):
    """What weights of demand count."""

    PERSONS = "persons"


class Goal(StrEnum):
    """What a plan is to be best at."""

    SET_COVERING = "set-covering"
    MAX_COVERING = "max-covering"
    P_MEDIAN = "p-median"
    P_CENTER = "p-center"
    ASSESS = "assess"


class SecondGoal(StrEnum):
    """What a plan is to be best at beside its goal, among those that are as good at that."""

    P_MEDIAN = "p-median"


VEHICLES: Final = ("car", "motorcycle", "ebike")
"""Vehicles that are known without being told; a scenario may add its own."""

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

ROAD_COLUMNS: Final = ("class", "name", "direction", "speed", "speed_back", "tail", "head")
"""What a layer of road lines may have beside the lines."""

DEMAND_COLUMNS: Final = ("id", "lon", "lat", "weight", "name", "district")
DISTRICTS_COLUMNS: Final = ("name",)
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
        near = nearest(value, zoneinfo.available_timezones())
        msg = f"{value!r} is no time zone{did_you_mean(near)}"
        raise ValueError(msg) from None
    return value


def _folder_name(value: str) -> str:
    """Return a name that can be a folder on any system: results go to ``runs/<name>``."""
    if re.search(r'[\x00-\x1f<>:"/\\|?*]', value) or value.strip(" .") != value or not value:
        msg = f"{value!r} can't name a folder (runs/<name>); leave out / \\ : * ? \" < > | and outer dots and blanks"
        raise ValueError(msg)
    return value


def _known_crs(value: str) -> str:
    if value.lower() not in ("wgs84", "gcj02", "bd09") and not re.fullmatch(
        r"EPSG:\d+", value, re.IGNORECASE
    ):
        msg = f'must be "wgs84", "gcj02", "bd09" or "EPSG:n", not {value!r}'
        raise ValueError(msg)
    return value


def _known_encoding(value: str) -> str:
    try:
        codecs.lookup(value)
    except (LookupError, ValueError):
        msg = f'{value!r} is no encoding; usual ones are "utf-8" and "gb18030"'
        raise ValueError(msg) from None
    return value


def _kph_or_0(value: float) -> float:
    if value != 0 and not 0.1 <= value <= 1_000:
        msg = f"must be 0, or a speed from 0.1 to 1000 km/h, not {value:g}"
        raise ValueError(msg)
    return value


def _zero_is_no_delay(value: object) -> object:
    if value == 0 and not isinstance(value, bool):
        return {"signal": 0, "u_turn": 0}
    return value


def _nothing_is_none(value: object) -> object:
    return None if value == {} else value


def _only_the_file(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


def _one_default_fleet(value: object) -> object:
    return [{"vehicle": "car"}] if value == [] else value


Text = Annotated[str, Strict(), Field(min_length=1)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Above0 = Annotated[Number, Field(gt=0)]
AtLeast0 = Annotated[Number, Field(ge=0)]
Minutes = Annotated[Number, Field(gt=0, le=100_000)]
Delay = Annotated[Number, Field(ge=0, le=86_400)]
Kph = Annotated[Number, Field(ge=0.1, le=1_000)]
KphOr0 = Annotated[Number, AfterValidator(_kph_or_0)]
Factor = Annotated[Number, Field(ge=0.01, le=100)]
Crs = Annotated[Text, AfterValidator(_known_crs)]
Encoding = Annotated[Text, AfterValidator(_known_encoding)]
SpeedTable = Annotated[dict[str, Kph], Tag("table")]
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

    signal: Delay = 12.0
    """Seconds that a junction with traffic signals delays a drive through it."""
    u_turn: Delay = 20.0
    """Seconds that turning back at a junction takes."""
    turn_left: Delay = 0.0
    """Seconds that a turn to the left takes."""
    turn_right: Delay = 0.0
    """Seconds that a turn to the right takes."""


class NetworkSettings(_Table):
    """The roads, and how they are driven on."""

    file: Text
    """Road file, as written."""
    layer: Text | None = None
    """Layer of a file of road lines with several."""
    crs: Crs | None = None
    """CRS of road lines: ``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; None: the file's own."""
    columns: dict[str, Text] = {}
    """Columns of road lines: our names with those of the file."""
    where: Text | None = None
    """Which road lines count: a condition on their columns, as in SQL."""
    one_way: Annotated[bool, Strict()] = False
    """Whether road lines without a column for the direction are one-way as drawn."""
    merge_ends_m: AtLeast0 = 0.0
    """Ends of roads nearer to each other than this are one junction, in metres."""
    driving_side: Side | None = None
    """The side of the road that is driven on; None: as in the place."""
    access_kph: KphOr0 = 10.0
    """Speed between a point and the road, in km/h; 0: that leg takes no time."""
    max_access_m: Above0 = 300.0
    """Points farther than this from every road are off network, in metres; exactly as far counts as near."""
    junction_delay_s: Annotated[JunctionDelay, BeforeValidator(_zero_is_no_delay)] = JunctionDelay()
    """Delays at junctions, in seconds; 0 in the file: none at all."""
    speeds: Speeds = {}
    """Speeds by highway class over the defaults, in km/h; or ``"limits"``: drive as fast as tagged."""


class VehicleSettings(_Table):
    """A vehicle of the scenario's own: like a known one but for what is said here."""

    like: Text
    """The vehicle whose rules it takes over."""
    top_kph: Kph | None = None
    """It never drives faster than this, in km/h."""
    speeds: dict[str, Kph] = {}
    """Speeds by highway class over those of ``like``, in km/h."""
    closed: tuple[Text, ...] = ()
    """Highway classes that it may not use."""
    access: tuple[Text, ...] | None = None
    """Tags that decide about access, the most specific first."""
    one_ways: tuple[Text, ...] | None = None
    """Tags that decide about one-ways, the most specific first."""
    surfaces: dict[str, Factor] = {}
    """Factors on the speed by surface over those of ``like``."""


class DriveTimesSettings(_Table):
    """A table of drive times from elsewhere, instead of roads."""

    file: Text
    """CSV with demand, site and drive_time_s (seconds), as written."""


class Fleet(_Table):
    """Who drives, in what, and how long at most."""

    name: Text = "all"
    """What the fleet is called."""
    vehicle: Text = "ebike"
    """What it drives: a known vehicle, or one of ``[vehicles]``."""
    max_drive_min: Minutes = 5.0
    """The standard in minutes; a drive of exactly this long covers."""
    direction: Direction = Direction.TO_STATION
    """Whether drives go to the station (riders) or come from it (response teams)."""

    @property
    def max_drive_time_s(self) -> float:
        """The standard in seconds, on the grid."""
        return minutes(self.max_drive_min)


class DemandSettings(_Table):
    """Where the couriers are."""

    file: Text | None = None
    """Table or layer of points or areas, as written; None: the roads alone are demand."""
    roads: Annotated[bool, Strict()] = False
    """Whether every metre of road is demand too."""
    crs: Crs | None = None
    """``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV."""
    layer: Text | None = None
    """Layer of a file with several."""
    sheet: Text | None = None
    """Sheet of a workbook with several."""
    heading_row: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Row of a sheet that names the columns, from 1; None: the first that does."""
    encoding: Encoding | None = None
    """Encoding of the text; None: as the file says, else UTF-8 or GB18030, whichever it is."""
    columns: dict[str, Text] = {}
    """Our column names with those of the file."""
    spread: Spread = Spread.INSIDE
    """What stands for an area: a point inside it, or points all along its roads."""
    unit: Unit | None = None
    """What weights count: ``persons``; None: nothing in particular."""


class SitesSettings(_Table):
    """Places that may become a station."""

    file: Text
    """Table or layer of points, as written."""
    roads: Annotated[bool, Strict()] = False
    """Whether junctions may become stations too, where they cover what no other site does."""
    existing: Text | None = None
    """A further file, of stations that stand already and are always kept, as written."""
    crs: Crs | None = None
    """``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; None: the file's own, WGS 84 for CSV."""
    layer: Text | None = None
    """Layer of a file with several."""
    sheet: Text | None = None
    """Sheet of a workbook with several."""
    heading_row: Annotated[int, Strict(), Field(ge=1)] | None = None
    """Row of a sheet that names the columns, from 1; None: the first that does."""
    encoding: Encoding | None = None
    """Encoding of the text; None: as the file says, else UTF-8 or GB18030, whichever it is."""
    columns: dict[str, Text] = {}
    """Our column names with those of the file."""


class Placement(_Table):
    """What the plan is to be best at, and its rules."""

    goal: Goal = Goal.SET_COVERING
    """The placement model, or ``assess``: the existing stations as they are."""
    stations: Annotated[int, Strict(), Field(ge=1)] | None = None
    """How many stations in all, existing and required ones included; for set covering an upper limit."""
    stations_file: Text | None = None
    """Assess: a table of the stations to look at, by id, as written; None: those that stand."""
    min_share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    """Set covering: the share of the coverable weight to cover, from above 0 to 1."""
    then: SecondGoal | None = None
    """Set covering: of the plans with the fewest stations, the best one at this."""
    cover_all: Annotated[bool, Strict()] = False
    """p-median and p-center: whether everyone who can be covered has to be."""
    horizon_min: Minutes | None = None
    """p-median and p-center: the longest drive looked at, in minutes; None: however long."""
    time_limit_s: Above0 = 300.0
    """Guard on the search, in seconds."""
    curve: Annotated[bool, Strict()] = False
    """Whether result.json tells the share covered for each number of stations too."""

    @property
    def horizon_s(self) -> float:
        """How far the goal looks beyond the standard, in seconds: 0 for the covering goals."""
        if self.goal not in (Goal.P_MEDIAN, Goal.P_CENTER):
            return 0.0
        return math.inf if self.horizon_min is None else minutes(self.horizon_min)


class IsochroneSettings(_Table):
    """Areas within minutes of the stations."""

    minutes: tuple[Minutes, ...] = (3.0, 5.0)
    """Longest drives; none: no areas are drawn."""
    width_m: Annotated[Number, Field(ge=1)] = 40.0
    """How far an area reaches to each side of a reached road, in metres."""


class MapLayer(_Table):
    """A layer of areas that the map draws."""

    file: Text
    """Layer of areas, as written."""
    crs: Crs | None = None
    """``wgs84``, ``gcj02``, ``bd09`` or ``EPSG:n``; None: the file's own."""
    layer: Text | None = None
    """Layer of a file with several."""
    encoding: Encoding | None = None
    """Encoding of the text; None: as the file says, else UTF-8 or GB18030, whichever it is."""


class DistrictLayer(MapLayer):
    """A layer of districts."""

    columns: dict[str, Text] = {}
    """Our column names with those of the file."""


class Tiles(_Table):
    """Pictures of a base map that a page asks for while it is looked at."""

    url: Annotated[Text, AfterValidator(tile_url)]
    """Where they are, in WGS 84: https, with ``{z}``, ``{x}`` and ``{y}``."""
    credit: Text
    """Whose they are, as it has to be told on the map."""


class MapSettings(_Table):
    """What the map shows and tells; no number depends on it."""

    approval: Text | None = None
    """The number under which the map was approved; None: it calls itself an internal draft."""
    districts: Annotated[DistrictLayer | None, BeforeValidator(_only_the_file)] = None
    """Borders of districts with their names."""
    water: Annotated[MapLayer | None, BeforeValidator(_only_the_file)] = None
    """Water beside what an OpenStreetMap extract holds."""
    tiles: Tiles | None = None
    """A base map from elsewhere; None: the page asks the network for nothing."""
    fewest_persons: Annotated[int, Strict(), Field(ge=1)] = 10
    """Where demand is persons: places with fewer are shown together with their neighbours."""


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
        Fleet(vehicle="car"),
    )
    """Who drives: one fleet in this version."""
    vehicles: dict[str, VehicleSettings] = {}
    """Vehicles beside the known ones, by name."""
    demand: DemandSettings
    """Where the couriers are."""
    sites: SitesSettings
    """Places that may become a station."""
    placement: Placement
    """What the plan is to be best at."""
    isochrones: IsochroneSettings = IsochroneSettings()
    """Areas to draw; there are none where drive times come from a table."""
    map: MapSettings = MapSettings()
    """What the map shows and tells."""
    path: Path = Field(exclude=True)
    """The scenario file."""
    folder: Path = Field(exclude=True)
    """Where relative paths start."""

    def resolve(self, file: str) -> Path:
        """Return where a file that the scenario names is."""
        return self.folder / file
