"""What is handed on: the tables of a result with their kinds of columns, before anything is written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.answer import sentences
from planner.answer.hosts import host_in_chinese, services_in_chinese
from planner.figures import figures, left_out
from planner.handouts.remarks import in_chinese
from planner.handouts.words import value, value_or_own
from planner.result import Result
from planner.scenario import Title
from planner.tables import assignment_table, station_table

if TYPE_CHECKING:
    import pandas as pd

_OF_OPENSTREETMAP: Final = (".pbf", ".osm", ".gz", ".bz2", ".graphml")
"""Endings of road files whose roads come from OpenStreetMap."""


class Kind(StrEnum):
    """What the cells of a column hold, and so how they are shown."""

    TEXT = "text"
    LONG_TEXT = "long text"
    FLAG = "flag"
    COUNT = "count"
    WEIGHT = "weight"
    SECONDS = "seconds"
    SHARE = "share"
    METRES = "metres"
    KILOMETRES = "kilometres"
    DEGREES = "degrees"


class Table(NamedTuple):
    """A table.

    Attributes
    ----------
    key
        What it is called inside: ``stations``, ...
    frame
        Its rows; columns by their keys.
    kinds
        What each column holds, in order.
    """

    key: str
    frame: pd.DataFrame
    kinds: dict[str, Kind]


class Item(NamedTuple):
    """A line of the summary: what it is, its value (None where there is none) and how that is shown."""

    key: str
    value: str | float | None
    kind: Kind


class Group(NamedTuple):
    """Lines of the summary that belong together, under a title."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handout:
    """All that is handed on of a result, in one language.

    Attributes
    ----------
    language
        ``zh`` or ``en``.
    title, notice
        What the plan is called, and what must be said about its data (empty: nothing).
    credit
        Whose roads these are; empty where that is not known.
    says
        The answer in sentences: ``answer``, ``proof``, ``rest``.
    groups
        The figures.
    tables
        Stations, districts, assignments, uncovered places, sources, remarks, as far as there is anything to tell.
    standard_s
        The longest drive that covers, in seconds.
    """

    language: str
    title: str
    notice: str
    credit: str
    says: dict[str, str]
    groups: tuple[Group, ...]
    tables: tuple[Table, ...]
    standard_s: float


def handout(result: Result, language: str) -> Handout:
    """Return all that is handed on of a result, in a language (``zh`` or ``en``)."""
    scenario = result.scenario
    tables = [_stations(result, language)]
    if len(result.times.needs):
        tables += [
            _districts(result, language),
            _assignments(result, language),
            _uncovered(result, language),
        ]
    tables += [_sources(result, language), *_remarks(result, language)]
    return Handout(
        language=language,
        title=_in(scenario.title, language) or scenario.name,
        notice=_in(scenario.notice, language),
        credit=value("osm", language) if _is_of_openstreetmap(result) else "",
        says=sentences(result, language),
        groups=tuple(_groups(result, language)),
        tables=tuple(tables),
        standard_s=figures(result).standard_s,
    )


def _in(text: Title | None, language: str) -> str:
    """Return a text of the scenario in a language, the other one standing in for it; empty where there is none."""
    if text is None:
        return ""
    first, second = (text.zh, text.en) if language == "zh" else (text.en, text.zh)
    return first or second or ""


# ---------------------------------------------------------------------------------------------
# The summary
# ---------------------------------------------------------------------------------------------


def _groups(result: Result, language: str) -> Iterator[Group]:
    """Yield the figures of the summary."""
    yield Group(value("about", language), tuple(_about(result, language)))
    found, left = figures(result), left_out(result)
    yield Group(
        value("of_stations", language),
        (
            Item("n_stations", found.n_stations, Kind.COUNT),
            Item("n_new", found.n_stations - found.n_existing, Kind.COUNT),
            Item("n_existing", found.n_existing, Kind.COUNT),
        ),
    )
    if len(result.times.needs):
        yield Group(
            value("of_demand", language),
            (
                Item("share_covered", found.share_covered, Kind.SHARE),
                Item("n", found.n_points, Kind.COUNT),
                Item("weight", found.weight, Kind.WEIGHT),
                Item("covered_n", found.n_covered, Kind.COUNT),
                Item("covered_weight", found.covered_weight, Kind.WEIGHT),
                Item("uncovered_n", left.uncovered.size, Kind.COUNT),
                Item("uncovered_weight", found.weight - found.covered_weight, Kind.WEIGHT),
                Item("uncoverable_n", left.uncoverable.size, Kind.COUNT),
                Item("unreachable_n", left.unreachable.size, Kind.COUNT),
            ),
        )
        yield Group(
            value("of_drives", language),
            (
                Item("mean_s", _number(found.mean_s), Kind.SECONDS),
                Item("median_s", _number(found.median_s), Kind.SECONDS),
                Item("p95_s", _number(found.p95_s), Kind.SECONDS),
                Item("longest_s", _number(found.longest_s), Kind.SECONDS),
            ),
        )
    if result.roads is not None and result.network is not None:
        yield Group(value("of_roads", language), tuple(_of_roads(result)))


def _about(result: Result, language: str) -> Iterator[Item]:
    """Yield what was asked, and what is proven."""
    scenario, plan = result.scenario, result.plan
    fleet = scenario.fleets[0]
    yield Item("scenario", scenario.name, Kind.TEXT)
    yield Item("goal", value(plan.goal, language), Kind.TEXT)
    yield Item("status", value(plan.status, language), Kind.TEXT)
    if plan.gap is not None:
        yield Item("gap", plan.gap, Kind.SHARE)
    yield Item("standard_s", figures(result).standard_s, Kind.SECONDS)
    yield Item("direction", value(fleet.direction, language), Kind.TEXT)
    if result.network is not None:
        yield Item("vehicle", value_or_own(fleet.vehicle, language), Kind.TEXT)


def _of_roads(result: Result) -> Iterator[Item]:
    """Yield how much road is covered, and how far its farthest point is."""
    assert result.network is not None
    assert result.roads is not None
    roads = result.roads
    yield Item("road_share", roads.share_covered, Kind.SHARE)
    yield Item("road_km", roads.length_m / 1000, Kind.KILOMETRES)
    yield Item("road_covered_km", roads.covered_m / 1000, Kind.KILOMETRES)
    if roads.worst is not None:
        yield Item("worst_s", roads.worst.drive_time_s, Kind.SECONDS)
    yield Item("road_date", result.network.source.date, Kind.TEXT)


def _number(number: float) -> float | None:
    return None if math.isnan(number) else number


# ---------------------------------------------------------------------------------------------
# The tables
# ---------------------------------------------------------------------------------------------


def _stations(result: Result, language: str) -> Table:
    """Return the stations, by id."""
    sites, stations = result.times.sites, result.plan.stations
    frame = station_table(result)
    frame.insert(3, "services", sites.services[stations])
    if language == "zh":
        frame["kind"] = frame["kind"].map(host_in_chinese)
        frame["services"] = frame["services"].map(services_in_chinese)
    frame.insert(4, "opening_hours", sites.opening_hours[stations])
    kinds = {
        **dict.fromkeys(("id", "name", "kind", "services", "opening_hours"), Kind.TEXT),
        "lon": Kind.DEGREES,
        "lat": Kind.DEGREES,
        "existing": Kind.FLAG,
        "n_served": Kind.COUNT,
        "weight_served": Kind.WEIGHT,
        "mean_drive_time_s": Kind.SECONDS,
        "max_drive_time_s": Kind.SECONDS,
    }
    if result.only_m is not None:
        frame["only_road_m"] = result.only_m[stations]
        kinds["only_road_m"] = Kind.METRES
    return Table("stations", frame, kinds)


def _districts(result: Result, language: str) -> Table:
    """Return the districts of the demand, by name: how much of each is covered, and how far its drives are.

    Drives are weighted, over all that can reach a station, covered or not.
    """
    import pandas as pd

    demand, needs, plan = result.times.demand, result.times.needs, result.plan
    nearest = result.nearest_station
    names, of_point = np.unique(demand.district.astype(str), return_inverse=True)
    n = names.size

    def added(of: NDArray[np.integer], what: NDArray[Any] | None = None) -> NDArray[Any]:
        sums: NDArray[Any] = np.bincount(of, what, minlength=n)
        return sums

    of_need = of_point[needs.point]
    weight = added(of_need, needs.weight)
    covered_weight = added(of_need[plan.is_covered], needs.weight[plan.is_covered])
    n_points, n_missed = added(of_point), added(of_point[left_out(result).uncovered])
    drives = (nearest.site >= 0) & (needs.weight > 0)
    drive_weight = added(of_need[drives], needs.weight[drives])
    total_s = added(of_need[drives], needs.weight[drives] * nearest.time_s[drives])
    mean_s, longest_s = np.full(n, np.nan), np.full(n, np.nan)
    np.divide(total_s, drive_weight, out=mean_s, where=drive_weight > 0)
    np.fmax.at(longest_s, of_need[drives], nearest.time_s[drives])
    share = np.ones(n)
    np.divide(covered_weight, weight, out=share, where=weight > 0)
    frame = pd.DataFrame(
        {
            "district": [name or value("no_district", language) for name in names.tolist()],
            "n": n_points,
            "weight": weight,
            "share_covered": share,
            "covered_n": n_points - n_missed,
            "covered_weight": covered_weight,
            "uncovered_n": n_missed,
            "uncovered_weight": weight - covered_weight,
            "mean_drive_time_s": mean_s,
            "max_drive_time_s": longest_s,
        }
    )
    kinds = {
        "district": Kind.TEXT,
        "n": Kind.COUNT,
        "weight": Kind.WEIGHT,
        "share_covered": Kind.SHARE,
        "covered_n": Kind.COUNT,
        "covered_weight": Kind.WEIGHT,
        "uncovered_n": Kind.COUNT,
        "uncovered_weight": Kind.WEIGHT,
        "mean_drive_time_s": Kind.SECONDS,
        "max_drive_time_s": Kind.SECONDS,
    }
    return Table("districts", frame, kinds)


def _assignments(result: Result, language: str) -> Table:
    """Return the needs by district, and in each by id: who serves them, or else who is nearest."""
    demand, sites, needs = result.times.demand, result.times.sites, result.times.needs
    frame = assignment_table(result)
    # what nobody named: the only fleet, the only period
    frame[["fleet", "period"]] = frame[["fleet", "period"]].replace("all", value("all", language))
    frame.insert(0, "district", demand.district[needs.point])
    frame.insert(2, "name", demand.name[needs.point])
    frame.insert(3, "weight", needs.weight)
    station = np.where(result.plan.is_covered, result.plan.station_of, result.nearest_station.site)
    frame.insert(
        list(frame.columns).index("station") + 1, "station_name", _names(sites.name, station)
    )
    kinds = dict.fromkeys(map(str, frame.columns), Kind.TEXT) | {
        "weight": Kind.WEIGHT,
        "drive_time_s": Kind.SECONDS,
        "covered": Kind.FLAG,
        "access_m": Kind.METRES,
    }
    return Table("assignments", frame.sort_values("district", kind="stable"), kinds)


def _names(name: NDArray[np.object_], at: NDArray[np.integer]) -> NDArray[np.object_]:
    """Return names by position; empty where there is none (-1)."""
    names: NDArray[np.object_] = np.append(name, [""]).astype(object)[at]
    return names


def _uncovered(result: Result, language: str) -> Table:
    """Return the needs without cover: those that could have it first, the heaviest first; with the nearest there is."""
    import pandas as pd

    demand, sites, needs = result.times.demand, result.times.sites, result.times.needs
    station, site, left = result.nearest_station, result.nearest_site, left_out(result)
    need = np.flatnonzero((needs.weight > 0) & ~result.plan.is_covered)
    point = needs.point[need]
    # each list holds the next
    deeper = (left.uncoverable, left.unreachable, left.off_network)
    depth = np.sum([np.isin(point, points) for points in deeper], axis=0)
    order = np.lexsort((-needs.weight[need], depth))
    need, point, depth = need[order], point[order], depth[order]
    reasons = [value(key, language) for key in ("coverable", "too_far", "cut_off", "off_network")]
    places = result.demand_places
    frame = pd.DataFrame(
        {
            "demand": demand.id[point],
            "name": demand.name[point],
            "district": demand.district[point],
            "weight": needs.weight[need],
            "reason": np.array(reasons, dtype=object)[depth],
            "site": _names(sites.id, site.site[need]),
            "site_name": _names(sites.name, site.site[need]),
            "site_time_s": site.time_s[need],
            "nearest_station": _names(sites.id, station.site[need]),
            "nearest_station_name": _names(sites.name, station.site[need]),
            "station_time_s": station.time_s[need],
            "access_m": np.nan if places is None else places.access_m[point].round(3),
        }
    )
    kinds = dict.fromkeys(map(str, frame.columns), Kind.TEXT) | {
        "weight": Kind.WEIGHT,
        "site_time_s": Kind.SECONDS,
        "station_time_s": Kind.SECONDS,
        "access_m": Kind.METRES,
    }
    return Table("uncovered", frame, kinds)


def _sources(result: Result, language: str) -> Table:
    """Return the files that the result comes from, as the scenario names them."""
    import pandas as pd

    scenario, network = result.scenario, result.network
    drawn = scenario.map
    roles = {
        "network": scenario.network and scenario.network.file,
        "drive_times": scenario.drive_times and scenario.drive_times.file,
        "demand_points": scenario.demand.file,
        "sites": scenario.sites.file,
        "existing_stations": scenario.sites.existing,
        "listed_stations": scenario.placement.stations_file,
        "district_borders": drawn.districts and drawn.districts.file,
        "water": drawn.water and drawn.water.file,
    }
    told = [role for role, file in roles.items() if file is not None]
    rows = []
    for role, source in zip(told, result.inputs, strict=True):
        is_osm = role == "network" and _is_of_openstreetmap(result)
        date = network.source.date if role == "network" and network is not None else None
        rows.append(
            {
                "file": source.file,
                "role": value(role, language),
                "date": date or "",
                "licence": value("osm" if is_osm else "provider", language),
                "sha256": source.sha256,
            }
        )
    kinds = dict.fromkeys(("file", "role", "date"), Kind.TEXT)
    kinds |= dict.fromkeys(("licence", "sha256"), Kind.LONG_TEXT)
    return Table("sources", pd.DataFrame(rows, columns=[*kinds]), kinds)


def _is_of_openstreetmap(result: Result) -> bool:
    settings = result.scenario.network
    return settings is not None and Path(settings.file).suffix.lower() in _OF_OPENSTREETMAP


def _remarks(result: Result, language: str) -> Iterator[Table]:
    """Yield what a planner should know about the plan and the data; nothing where there is nothing."""
    import pandas as pd

    on_data = map(in_chinese, result.remarks) if language == "zh" else result.remarks
    remarks = [*(why.in_language(language) for why in result.plan.why), *on_data]
    if remarks:
        yield Table("remarks", pd.DataFrame({"remark": remarks}), {"remark": Kind.LONG_TEXT})
