"""Findings as a planner reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.findings.road_lines import road_sections
from planner.scenario import Goal
from planner.snapping import SHORT_COMPONENT_M
from planner.wording import (
    Row,
    Section,
    counted,
    distance,
    kilometres,
    percent,
    section_lines,
    some,
    wrapped,
)

_GOALS: Final = {
    Goal.SET_COVERING: "the fewest stations that cover all who can be covered",
    Goal.MAX_COVERING: "the best places for a number of stations",
    Goal.P_MEDIAN: "the places for a number of stations from which drives are shortest in all",
    Goal.P_CENTER: "the places for a number of stations with the shortest longest drive",
    Goal.ASSESS: "the stations that stand, as they are",
}


def finding_lines(found: Mapping[str, Any]) -> list[str]:
    """Return findings as lines for a terminal, in sections."""
    sections: list[Section] = [
        *(road_sections(found["roads"]) if found["roads"] else []),
        *(
            [("Drive times", [("file", found["drive_times"]["file"])])]
            if found["drive_times"]
            else []
        ),
        *([("Demand", _demand_rows(found["demand"]))] if found["demand"] else []),
        *(
            [("Roads as demand", _road_demand_rows(found["road_demand"]))]
            if found["road_demand"]
            else []
        ),
        ("Sites", _site_rows(found["sites"])),
        *([("Reach", _reach_rows(found["reach"], found["demand"]))] if found["demand"] else []),
        ("What would run", _run_rows(found["would_run"])),
    ]
    remarks = [f"  - {remark}" for remark in found["remarks"]] or ["  nothing"]
    return [*section_lines(sections), "What is odd", *remarks]


def _demand_rows(demand: Mapping[str, Any]) -> Iterator[Row]:
    yield from _file_rows(demand)
    yield "points", f"{demand['n']:,}, of weight {demand['weight']:,g}"
    if demand["n_without_weight"]:
        yield "without weight", counted(demand["n_without_weight"], "point")
    districts = demand["weight_by_district"]
    if districts:
        heaviest = sorted(districts.items(), key=lambda kw: (-kw[1], kw[0]))
        yield "districts", f"{len(districts)}: {some(f'{k} {w:,g}' for k, w in heaviest)}"
    yield from _place_rows(demand)


def _road_demand_rows(roads: Mapping[str, Any]) -> Iterator[Row]:
    yield "roads", kilometres(roads["length_m"])
    share = roads["coverable_m"] / roads["length_m"] if roads["length_m"] else 1.0
    yield "can be covered", f"{kilometres(roads['coverable_m'])}, {percent(share)}"
    yield "cut into", f"{counted(roads['n_pieces'], 'piece')} that have to be looked at"
    only = [f"{site['site']} ({kilometres(site['length_m'])})" for site in roads["only_by"]]
    if only:
        yield "can't be spared", f"{len(only)}, the only site for some road: {some(only)}"


def _site_rows(sites: Mapping[str, Any]) -> Iterator[Row]:
    yield from _file_rows(sites)
    if sites["existing_file"]:
        yield "and stations of", sites["existing_file"]
    yield "sites", f"{sites['n']:,}"
    if sites["n_by_kind"]:
        kinds = [f"{k} {n:,}" for k, n in sites["n_by_kind"].items()]
        without = sites["n_without_kind"]
        yield from wrapped("kinds", [*kinds, f"none {without:,}"] if without else kinds)
    yield (
        "marked",
        f"{sites['existing']} existing, {sites['required']} required, {sites['excluded']} excluded",
    )
    yield from _place_rows(sites)


def _file_rows(points: Mapping[str, Any]) -> Iterator[Row]:
    """Yield how a file was read: its kind, what the scenario tells of it, and what was guessed or converted."""
    yield "file", f"{points['file']} ({points['format']})"
    for key, value in points["told"].items():
        if isinstance(value, dict):
            yield from wrapped(
                "columns told", [f"{ours} from {its}" for ours, its in value.items()]
            )
        else:
            yield f"{key.replace('_', ' ')} told", str(value)
    label = "read so"
    for note in points["notes"]:
        yield label, note
        label = ""


def _place_rows(points: Mapping[str, Any]) -> Iterator[Row]:
    off, small = points["off_network"], points["on_small_components"]
    spots, access = points["shared_spots"], points["access_m"]
    if spots:
        yield (
            "at one spot",
            f"{points['n_at_a_shared_spot']:,} share theirs with another one: {some(map('+'.join, spots), 3)}",
        )
    if access:
        yield (
            "way to the road",
            f"{access['median']:g} m in the median, {access['p95']:g} m for 95 in 100, at most {access['max']:g} m",
        )
    if off:
        yield (
            "off network",
            f"{len(off)}: {some(f'''{p['id']} ({distance(p['access_m'])})''' for p in off)}",
        )
    if small:
        yield (
            "on short roads",
            f"{len(small)} on roads of less than {SHORT_COMPONENT_M:g} m that no other meets: {some(small)}",
        )


def _reach_rows(reach: Mapping[str, Any], demand: Mapping[str, Any]) -> Iterator[Row]:
    yield "standard", f"{reach['standard_s'] / 60:g} min"
    yield (
        "can be covered",
        f"{counted(reach['coverable_n'], 'demand point')}, {percent(reach['share_coverable'])} of the weight",
    )
    far = [
        f"{u['demand']} ({u['drive_time_s']:.0f} s to {u['site']})" for u in reach["uncoverable"]
    ]
    if far:
        yield "too far", f"{len(far)}: {some(far)}"
    off = {point["id"] for point in demand["off_network"]}
    cut_off = [name for name in reach["unreachable"] if name not in off]
    if cut_off:
        yield "no road to a site", f"{len(cut_off)}: {some(cut_off)}"
    spread = reach["sites_per_point"]
    if spread and spread["min"] == spread["max"]:
        yield "sites within reach", f"{spread['min']} for every point"
    elif spread:
        yield (
            "sites within reach",
            f"{spread['min']} to {spread['max']} for a point, {spread['median']:g} in the median",
        )
    only = [f"{site} (for {some(points, 2)})" for site, points in reach["only_site_of"].items()]
    if only:
        yield "can't be spared", f"{len(only)}, the only site for some: {some(only)}"
    idle = reach["sites_that_cover_nobody"]
    if idle:
        yield "cover nobody", f"{counted(len(idle), 'site')}: {some(idle)}"


def _run_rows(would_run: Mapping[str, Any]) -> Iterator[Row]:
    limit = would_run["stations"]
    listed = would_run["stations_file"]
    what = f"the stations that {listed} names" if listed else _GOALS[Goal(would_run["goal"])]
    yield "goal", f"{would_run['goal']}: {what}"
    if listed:
        yield "stations", f"{would_run['n_listed']}"
    if limit is not None:
        yield (
            "stations",
            f"at most {limit}" if would_run["goal"] == Goal.SET_COVERING else f"{limit}",
        )
    if (would_run["min_share"] or 1.0) < 1.0:
        yield "to cover", f"{percent(would_run['min_share'])} of the weight that can be covered"
    if would_run["cover_all"]:
        yield "to cover", "everyone who can be covered"
    if would_run["then"]:
        yield (
            "then",
            f"{would_run['then']}: of these plans the one from which drives are shortest in all",
        )
    way = "to the station" if would_run["direction"] == "to_station" else "from the station"
    yield "who drives", f"{would_run['fleet']}, {would_run['max_drive_min']:g} min {way}"
    farthest = would_run["pairs_within_min"]
    how_far = "however far" if farthest is None else f"within {farthest:g} min"
    needs, sites = counted(would_run["n_needs"], "need"), counted(would_run["n_sites"], "site")
    yield "size", f"{needs} x {sites}, {counted(would_run['n_pairs'], 'pair')} {how_far}"
