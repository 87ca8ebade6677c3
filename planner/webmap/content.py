"""All that the page is told about a result: texts, and arrays of whole numbers."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.answer import answer, step_of, steps_s, whole_seconds
from planner.answer.words import LANGUAGES, share
from planner.figures import Figures, LeftOut, figures, left_out, slowest_needs
from planner.network import RoadNetwork
from planner.persons import ShownDemand, shown_demand
from planner.points import Sites
from planner.result import Result
from planner.rows import entries, starts
from planner.scenario import Title
from planner.webmap import texts
from planner.webmap.areas import area_parts
from planner.webmap.curve import curve_parts
from planner.webmap.drives import drive_parts, site_rows, why_no_what_if
from planner.webmap.ends import Ends, between_ends, ends_of
from planner.webmap.ground import Ground, ground
from planner.webmap.pack import coordinates, pack
from planner.webmap.route import DrawnRoute, route_parts
from planner.webmap.surroundings import surrounding_parts

SHARES_PER_LINE: Final = 1000
"""Where the cover of a drawn road ends is told in such parts of it."""

Numbers = dict[str, NDArray[np.int64]]
"""Arrays by the name the page knows them by."""


def content(result: Result, *, route: DrawnRoute | None = None) -> str:
    """Return all that the page is told, packed; the page of a drive is told about it besides."""
    return pack(*parts(result, route=route))


def parts(result: Result, *, route: DrawnRoute | None = None) -> tuple[dict[str, Any], Numbers]:
    """Return all that the page is told, texts and arrays by their names."""
    found, left = figures(result), left_out(result)
    scenario = result.scenario
    shown = shown_demand(result.times.demand, scenario)
    words: dict[str, Any] = {
        "is_plain": False,
        "language": str(scenario.language),
        "ui": {language: texts.table(language, scenario.demand.unit) for language in LANGUAGES},
        "title": _both(scenario.title, scenario.name),
        "notice": _both(scenario.notice, ""),
        "says": {language: answer(result, found, left, language) for language in LANGUAGES},
        "reasons": [{"zh": reason.zh, "en": reason.en} for reason in result.plan.why],
        "figures": _figures(result, found),
        "direction": str(scenario.fleets[0].direction),
        "approval": scenario.map.approval or "",
        "tiles": scenario.map.tiles.model_dump() if scenario.map.tiles else None,
        "why_no_what_if": why_no_what_if(result),
    }
    numbers: Numbers = {}
    rows = site_rows(result)
    lines = None if result.network is None else ground(result.network)
    for more_words, more_numbers in (
        _stations(result, rows),
        _demand(result, shown, found.standard_s),
        _left_out(result, shown, left),
        _roads(result, lines),
        _drives(result, rows, lines),
        area_parts(result),
        curve_parts(result),
        surrounding_parts(result),
        *([route_parts(route)] if route else []),
    ):
        words |= more_words
        numbers |= more_numbers
    return words, numbers


def bounds(result: Result) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the south-western and north-eastern corners of demand and stations, as (lat, lon)."""
    sites, stations = result.times.sites, result.plan.stations
    demand = shown_demand(result.times.demand, result.scenario)
    lat = np.concatenate([demand.lat, sites.lat[stations]])
    lon = np.concatenate([demand.lon, sites.lon[stations]])
    if not lat.size and result.network is not None:
        lat, lon = result.network.node_lat, result.network.node_lon
    if not lat.size:
        return (0.0, 0.0), (0.0, 0.0)
    return (float(lat.min()), float(lon.min())), (float(lat.max()), float(lon.max()))


def _both(text: Title | None, otherwise: str) -> dict[str, str]:
    """Return a text of the scenario in both languages, one standing in for the other."""
    zh, en = (text.zh, text.en) if text else (None, None)
    return {"zh": zh or en or otherwise, "en": en or zh or otherwise}


def _figures(result: Result, found: Figures) -> dict[str, Any]:
    """Return the figures of the panel; times in whole seconds, -1 for none."""
    standard_s = found.standard_s

    def seconds(value: float) -> int:
        return int(whole_seconds(np.array([value]), standard_s)[0])

    needs, time_s = result.times.needs, result.nearest_station.time_s
    step = step_of(time_s, result.plan.is_covered, standard_s)
    by_step = np.bincount(step, needs.weight, minlength=5)
    return {
        "weight": found.weight,
        "uncovered_weight": found.weight - found.covered_weight,
        "share": share(found.share_covered),
        "n_points": found.n_points,
        "n_uncovered": found.n_points - found.n_covered,
        "n_stations": found.n_stations,
        "n_existing": found.n_existing,
        "mean_s": seconds(found.mean_s),
        "p95_s": seconds(found.p95_s),
        "longest_s": seconds(found.longest_s),
        "standard_s": standard_s if np.isfinite(standard_s) else 0,
        "steps_s": steps_s(standard_s) if np.isfinite(standard_s) else [0, 0, 0],
        "weight_by_step": by_step.tolist(),
        "farthest": -1 if found.farthest is None else int(needs.point[found.farthest]),
    }


def _stations(result: Result, rows: NDArray[np.int64]) -> tuple[dict[str, Any], Numbers]:
    """Return the sites that the page knows; what stations serve is told of those of the plan, which come first."""
    sites, stations, needs = result.times.sites, result.plan.stations, result.times.needs
    row_of = np.full(len(sites), -1, dtype=np.int64)
    row_of[stations] = np.arange(stations.size)
    served = np.flatnonzero(result.plan.station_of >= 0)
    row = row_of[result.plan.station_of[served]]
    time_s, weight, n = result.plan.drive_time_s[served], needs.weight[served], stations.size
    heavy = weight > 0
    sum_s = np.bincount(row, time_s * weight, minlength=n)
    sum_weight = np.bincount(row, weight, minlength=n)
    mean_s = np.divide(sum_s, sum_weight, out=np.full(n, np.nan), where=sum_weight > 0)
    longest_s = np.full(n, -np.inf)
    np.maximum.at(longest_s, row[heavy], time_s[heavy])
    longest_s[np.isinf(longest_s)] = np.nan
    farthest = np.full(n, -1, dtype=np.int64)
    at_end = heavy & (time_s == longest_s[row])
    farthest[row[at_end][::-1]] = needs.point[served[at_end]][::-1]
    columns = {
        "id": text_list(sites.id[rows]),
        "name": text_list(sites.name[rows]),
        "kind": text_list(sites.kind[rows]),
        "services": text_list(sites.services[rows]),
        "hours": text_list(sites.opening_hours[rows]),
        "weight": sum_weight.tolist(),
        "only": _only(result, row_of).tolist(),
    }
    only_m = (
        {}
        if result.only_m is None
        else {"station_only_m": np.rint(result.only_m[stations]).astype(np.int64)}
    )
    return {"stations": columns}, {
        **only_m,
        "station_x": coordinates(sites.lon[rows]),
        "station_y": coordinates(sites.lat[rows]),
        "station_existing": sites.is_existing[rows].astype(np.int64),
        "station_n": np.bincount(row, minlength=n),
        "station_mean": whole_seconds(mean_s, np.inf),
        "station_longest": whole_seconds(longest_s, np.inf),
        "station_farthest": farthest,
    }


def _only(result: Result, row_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weight that each station covers and no other does."""
    times, needs = result.times, result.times.needs
    covers = (row_of[times.site] >= 0) & (times.time_s <= needs.max_drive_time_s[times.need])
    need, row = times.need[covers], row_of[times.site[covers]]
    alone = np.bincount(need, minlength=len(needs))[need] == 1
    only = np.zeros(result.plan.stations.size)
    np.add.at(only, row[alone], needs.weight[need[alone]])
    return only


def _demand(
    result: Result, shown: ShownDemand, standard_s: float
) -> tuple[dict[str, Any], Numbers]:
    """Return the demand points, each by its slowest need; where few persons are they share place and texts."""
    demand, needs, plan = result.times.demand, result.times.needs, result.plan
    near = result.nearest_station
    need = slowest_needs(result)
    row_of = np.full(len(result.times.sites) + 1, -1, dtype=np.int64)
    row_of[plan.stations] = np.arange(plan.stations.size)
    weight = np.bincount(needs.point, needs.weight, minlength=len(demand))
    is_whole = np.array_equal(weight, np.rint(weight))
    # as fine as whole numbers below 2^30 can tell
    per_unit = min(1.0 if is_whole else 1000.0, 2**30 / max(float(weight.max(initial=0)), 1.0))
    stands = shown.group == np.arange(len(demand))
    districts, district = np.unique(_array(shown.district), return_inverse=True)
    words = {
        "demand": {"id": text_list(shown.id), "name": text_list(shown.name)},
        "districts": text_list(districts),
        "weight_unit": per_unit,
        "spacing": spacing(shown.lon[stands], shown.lat[stands]),
    }
    groups = {"demand_group": shown.group} if shown.is_merged.any() else {}
    return words, groups | {
        "demand_x": coordinates(shown.lon),
        "demand_y": coordinates(shown.lat),
        "demand_weight": np.rint(weight * per_unit).astype(np.int64),
        "demand_time": whole_seconds(near.time_s[need], standard_s),
        "demand_step": step_of(near.time_s[need], plan.is_covered[need], standard_s),
        "demand_station": row_of[near.site[need]],
        "demand_district": district.astype(np.int64).reshape(-1),
    }


def spacing(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> float:
    """Return how far apart neighbouring demand points typically are, in degrees of latitude."""
    if lon.size < 2:
        return 0.01
    points = np.column_stack([lon * np.cos(np.radians(lat.mean())), lat])
    gap = cKDTree(points).query(points, k=2)[0][:, 1]
    gap = gap[gap > 0]
    return float(np.median(gap)) if gap.size else 0.01


def _left_out(result: Result, shown: ShownDemand, left: LeftOut) -> tuple[dict[str, Any], Numbers]:
    """Return the points without cover, each under its reason, the heaviest first."""
    needs, sites, near = result.times.needs, result.times.sites, result.nearest_site
    n_points = len(result.times.demand)
    weight = np.bincount(needs.point, needs.weight, minlength=n_points)
    need_of = np.zeros(n_points, dtype=np.int64)
    need_of[needs.point[::-1]] = np.arange(len(needs))[::-1]

    def listed(points: NDArray[np.int64], without: NDArray[np.int64]) -> NDArray[np.int64]:
        rest = np.setdiff1d(points, without)
        return rest[np.argsort(-weight[rest], kind="stable")]

    too_far = listed(left.uncoverable, left.unreachable)
    off_network = listed(left.off_network, left.off_network[:0])
    need = need_of[too_far]
    numbers: Numbers = {
        "list_coverable": listed(left.uncovered, left.uncoverable),
        "list_too_far": too_far,
        "list_cut_off": listed(left.unreachable, left.off_network),
        "list_off_network": off_network,
        "too_far_time": whole_seconds(near.time_s[need], needs.max_drive_time_s[need]),
    }
    if result.demand_places is not None:
        access_m = np.nan_to_num(result.demand_places.access_m[off_network], nan=-1, posinf=-1)
        # how far a place is from the road would tell more of it than a group may
        access_m[shown.is_merged[off_network]] = -1.0
        numbers["off_network_m"] = np.rint(access_m).astype(np.int64)
    return {"nearest_sites": [_site_name(sites, i) for i in near.site[need]]}, numbers


def _site_name(sites: Sites, i: int) -> str:
    return (str(sites.name[i]) or str(sites.id[i])) if i >= 0 else ""


def _roads(result: Result, lines: Ground | None) -> tuple[dict[str, Any], Numbers]:
    if result.network is None or lines is None:
        return {"roads": None}, {}
    words, numbers = _lines(result.network, lines)
    more_words, more_numbers = _road_cover(result, lines.street)
    return words | more_words, numbers | more_numbers


def road_parts(network: RoadNetwork) -> tuple[dict[str, Any], Numbers]:
    """Return what the page is told about roads alone."""
    return _lines(network, ground(network))


def _lines(network: RoadNetwork, lines: Ground) -> tuple[dict[str, Any], Numbers]:
    return {"roads": {"names": lines.names, "date": network.source.date}}, {
        "road_rank": lines.rank,
        "road_name": lines.name,
        **_points(lines),
    }


def _points(lines: Ground) -> Numbers:
    """Return the points of roads: the ends once, and from point to point the steps to those between."""
    ends = _ends(lines)
    is_between = between_ends(lines.n_points)
    return {
        "road_n": lines.n_points,
        "road_back": ends.back,
        "end_x": ends.x,
        "end_y": ends.y,
        "road_dx": np.diff(lines.x, prepend=0)[is_between],
        "road_dy": np.diff(lines.y, prepend=0)[is_between],
    }


def _ends(lines: Ground) -> Ends:
    return ends_of(lines.x, lines.y, lines.n_points)


def _drives(
    result: Result, rows: NDArray[np.int64], lines: Ground | None
) -> tuple[dict[str, Any], Numbers]:
    if lines is None:
        none = np.empty(0, dtype=np.int64)
        return drive_parts(result, rows, none, ends_of(none, none, none))
    return drive_parts(result, rows, lines.street, _ends(lines))


def _road_cover(result: Result, street: NDArray[np.int64]) -> tuple[dict[str, Any], Numbers]:
    """Return which parts of the drawn streets are covered, and the worst point of all.

    The parts of each street one after the other, from and to in shares of it.
    """
    roads = result.roads
    if result.network is None or roads is None:
        return {"road_cover": None}, {}
    start = starts(roads.covered.street, result.network.n_streets)
    _, part = entries(start, street)
    worst = roads.worst
    at_worst = np.array([[], []] if worst is None else [[worst.lon], [worst.lat]])
    words = {
        "road_cover": {
            "is_demand": result.scenario.demand.roads,
            "is_alone": result.scenario.demand.file is None,
            "share": share(roads.share_covered),
            "length_m": round(roads.length_m),
            "coverable_m": round(roads.coverable_m),
            "uncovered_m": round(roads.length_m - roads.covered_m),
            "worst_s": _shown_s(math.nan if worst is None else worst.drive_time_s, result),
            "per_line": SHARES_PER_LINE,
        }
    }
    return words, {
        "cover_n": np.diff(start)[street],
        "cover_begin": np.rint(roads.covered.begin[part] * SHARES_PER_LINE).astype(np.int64),
        "cover_end": np.rint(roads.covered.end[part] * SHARES_PER_LINE).astype(np.int64),
        "worst_x": coordinates(at_worst[0]),
        "worst_y": coordinates(at_worst[1]),
    }


def _shown_s(time_s: float, result: Result) -> int:
    """Return a time in whole seconds, -1 for none; what is over the standard stays over it."""
    standard_s = max(fleet.max_drive_time_s for fleet in result.scenario.fleets)
    return int(whole_seconds(np.array([time_s]), standard_s)[0])


def text_list(column: NDArray[Any]) -> list[str]:
    """Return texts as plain ones; empty where there is none."""
    return ["" if text is None else str(text) for text in column]


def _array(column: NDArray[Any]) -> NDArray[np.str_]:
    return np.array(text_list(column), dtype=str)
