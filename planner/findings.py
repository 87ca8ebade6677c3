"""Findings: what a scenario's files hold and what would run, told before anything is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage, coverage_of
from planner.inputs import vehicle_of
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.run import Survey
from planner.scenario import Goal, Scenario
from planner.snapping import SHORT_COMPONENT_M, Places

_NAMED: Final = 5
"""Things named one by one on the terminal; of more, only the number is told. The JSON names all."""
_LABEL_WIDTH: Final = 22
"""Columns before the values."""
_OUT: Final = "ways_out_"
"""Begins the counts of ways that are no roads, by reason."""
_REASONS: Final = {
    "class": "no road for the vehicle by its class (path, steps, construction, ...)",
    "access": "closed by access tags",
    "ferry": "ferry",
    "area": "area",
    "emergency_access": "emergency access only",
    "motorroad": "motor road",
    "reversible": "reversible",
    "maxspeed_0": "maxspeed 0",
}
_SPEEDS: Final = {
    "with_surface_factor": "a class speed changed by the surface",
    "with_lanes_factor": "a class speed changed by the number of lanes",
    "with_limit_of_zone": "a limit that a kind of zone names (CN:urban, ...), from our table of countries",
    "with_conditional_limit": "a limit that holds only at times, not applied",
    "closed_one_way_by_maxspeed_0": "one direction closed by maxspeed 0",
}
_PASSED: Final = {"open": "open", "local": "for local drives only", "closed": "closed"}
_GOALS: Final = {
    Goal.SET_COVERING: "the fewest stations that cover all who can be covered",
    Goal.MAX_COVERING: "the best places for a number of stations",
    Goal.ASSESS: "the stations that stand, as they are",
}


def findings(scenario: Scenario, survey: Survey) -> dict[str, Any]:
    """Return what the files hold, what can be covered and what would run, as plain values for JSON.

    Parameters
    ----------
    scenario
        What is asked.
    survey
        What its files say.

    Returns
    -------
    dict
        ``roads`` (None where drive times come from a table), ``drive_times`` (None where they come from roads),
        ``demand``, ``sites``, ``reach``, ``would_run``, ``remarks``.
    """
    inputs = survey.inputs
    table = scenario.drive_times
    return {
        "scenario": scenario.name,
        "roads": None if inputs.network is None else _roads(scenario, inputs.network),
        "drive_times": None if table is None else {"file": table.file},
        "demand": _demand(scenario, inputs.demand, inputs.demand_places),
        "sites": _sites(scenario, inputs.sites, inputs.site_places),
        "reach": _reach(survey),
        "would_run": _would_run(scenario, survey),
        "remarks": list(survey.remarks),
    }


def _roads(scenario: Scenario, network: RoadNetwork) -> dict[str, Any]:
    counts = network.source.counts
    n_limited, n_assumed = (
        counts.get(f"ways_with_{what}", 0) for what in ("limit", "assumed_speed")
    )
    used = {network.classes[i] for i in np.unique(network.street_class)}
    return {
        "file": scenario.network.file if scenario.network else network.source.file,
        "date": network.source.date,
        "vehicle": network.vehicle,
        "length_m": network.length_m,
        "junctions": network.n_nodes,
        "streets": network.n_streets,
        "edges": network.n_edges,
        "component_length_m": network.component_length_m.tolist(),
        "ways_kept": n_limited + n_assumed,
        "share_with_assumed_speed": n_assumed / max(n_limited + n_assumed, 1),
        "ways_dropped": _of_kind(counts, _OUT),
        "ways_clipped": counts.get("ways_clipped", 0),
        "share_of_length_with_limit": _share_of_length_with_limit(network),
        "ways_by_speed": {
            what: counts[f"ways_{what}"] for what in _SPEEDS if counts.get(f"ways_{what}")
        },
        "surface_factors": dict(vehicle_of(scenario).surface_factors),
        "speeds_kph": {c: kph for c, kph in network.source.speeds_kph.items() if c in used},
        "streets_local": counts.get("streets_local", 0),
        "streets_local_as_pockets": counts.get("streets_local_as_pockets", 0),
        "barriers": _of_kind(counts, "barriers_"),
        "signals": counts.get("signals", 0),
    }


def _share_of_length_with_limit(network: RoadNetwork) -> float:
    length_m = network.street_length_m
    return float(length_m[network.street_has_limit].sum() / length_m.sum())


def _of_kind(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    """Return the counts whose keys begin alike, without that beginning; none that are 0."""
    return {k.removeprefix(prefix): n for k, n in counts.items() if k.startswith(prefix) and n}


def _demand(scenario: Scenario, demand: Demand, places: Places | None) -> dict[str, Any]:
    weights: Counter[str] = Counter()
    for district, weight in zip(demand.district, demand.weight.tolist(), strict=True):
        weights[district] += weight
    return {
        "file": scenario.demand.file,
        "n": len(demand),
        "weight": float(demand.weight.sum()),
        "weight_by_district": {k: float(weights[k]) for k in sorted(weights) if k},
        **_on_roads(demand, places),
    }


def _sites(scenario: Scenario, sites: Sites, places: Places | None) -> dict[str, Any]:
    kinds = Counter(sites.kind.tolist())
    return {
        "file": scenario.sites.file,
        "n": len(sites),
        "n_by_kind": {k: n for k, n in sorted(kinds.items(), key=lambda kn: (-kn[1], kn[0])) if k},
        "existing": int(sites.is_existing.sum()),
        "required": int(sites.is_required.sum()),
        "excluded": int(sites.is_excluded.sum()),
        **_on_roads(sites, places),
    }


def _on_roads(points: Demand | Sites, places: Places | None) -> dict[str, Any]:
    """Return which points are off network, the farthest first, and which are on small components."""
    if places is None:
        return {"off_network": [], "on_small_components": []}
    off = np.flatnonzero(places.is_off_network)
    off = off[np.argsort(-places.access_m[off], kind="stable")]
    return {
        "off_network": [
            {"id": points.id[i], "access_m": round(float(places.access_m[i]), 1)} for i in off
        ],
        "on_small_components": points.id[places.is_on_small_component].tolist(),
    }


def _reach(survey: Survey) -> dict[str, Any]:
    """Return who can be covered at all, by how many sites, and which sites nobody can do without."""
    times, nearest = survey.times, survey.nearest_site
    demand, sites = times.demand, times.sites
    cover = coverage_of(times)
    n_covering = _n_covering(cover)
    is_missed = (n_covering == 0) & (cover.weight > 0)
    is_cut_off = nearest.site < 0
    total = float(cover.weight.sum())
    return {
        "standard_s": float(times.needs.max_drive_time_s.max()),
        "coverable_n": int(len(demand) - is_missed.sum()),
        "share_coverable": float(cover.weight[~is_missed].sum()) / total if total else 1.0,
        "uncoverable": [
            {
                "demand": demand.id[i],
                "site": sites.id[nearest.site[i]],
                "drive_time_s": float(nearest.time_s[i]),
            }
            for i in np.flatnonzero(is_missed & ~is_cut_off)
        ],
        "unreachable": demand.id[is_missed & is_cut_off].tolist(),
        "sites_per_point": _spread(n_covering[n_covering > 0]),
        "only_site_of": _only_site_of(cover, n_covering, demand, sites),
    }


def _n_covering(cover: Coverage) -> NDArray[np.int64]:
    """Return how many sites that may be a station cover each need."""
    row = np.repeat(np.arange(cover.n_needs), np.diff(cover.indptr))
    counts: NDArray[np.int64] = np.bincount(
        row[~cover.is_excluded[cover.site]], minlength=cover.n_needs
    )
    return counts


def _spread(counts: NDArray[np.int64]) -> dict[str, float] | None:
    if not counts.size:
        return None
    return {
        "min": int(counts.min()),
        "median": float(np.median(counts)),
        "max": int(counts.max()),
    }


def _only_site_of(
    cover: Coverage, n_covering: NDArray[np.int64], demand: Demand, sites: Sites
) -> dict[str, list[str]]:
    """Return the sites that are the only one for some demand points, each with these points."""
    row = np.repeat(np.arange(cover.n_needs), np.diff(cover.indptr))
    is_alone = ~cover.is_excluded[cover.site] & (n_covering[row] == 1) & (cover.weight[row] > 0)
    only: dict[str, list[str]] = {}
    for site, need in sorted(
        zip(cover.site[is_alone].tolist(), row[is_alone].tolist(), strict=True)
    ):
        only.setdefault(sites.id[site], []).append(demand.id[need])
    return only


def _would_run(scenario: Scenario, survey: Survey) -> dict[str, Any]:
    rules, fleet, times = scenario.placement, scenario.fleets[0], survey.times
    return {
        "goal": rules.goal.value,
        "stations": rules.stations,
        "min_share": rules.min_share if rules.goal is Goal.SET_COVERING else None,
        "fleet": fleet.name,
        "max_drive_min": fleet.max_drive_min,
        "direction": fleet.direction.value,
        "n_needs": len(times.needs),
        "n_sites": int((~times.sites.is_excluded).sum()),
        "n_pairs": times.time_s.size,
    }


# ---------------------------------------------------------------------------------------------
# As a planner reads it
# ---------------------------------------------------------------------------------------------


def finding_lines(found: Mapping[str, Any]) -> list[str]:
    """Return findings as lines for a terminal, in sections."""
    sections = [
        *([("Roads", _road_rows(found["roads"]))] if found["roads"] else []),
        *(
            [("Drive times", [("file", found["drive_times"]["file"])])]
            if found["drive_times"]
            else []
        ),
        ("Demand", _demand_rows(found["demand"])),
        ("Sites", _site_rows(found["sites"])),
        ("Reach", _reach_rows(found["reach"], found["demand"])),
        ("What would run", _run_rows(found["would_run"], found["reach"])),
    ]
    lines = []
    for title, rows in sections:
        lines += [title, *(f"  {label:<{_LABEL_WIDTH}}{value}" for label, value in rows), ""]
    remarks = [f"  - {remark}" for remark in found["remarks"]] or ["  nothing"]
    return [*lines, "What is odd", *remarks]


_Line = tuple[str, str]
"""Label and value."""


def _road_rows(roads: Mapping[str, Any]) -> Iterator[_Line]:
    lengths_m = roads["component_length_m"]
    yield "file", roads["file"]
    yield "data of", roads["date"] or "the file doesn't say"
    yield "vehicle", roads["vehicle"]
    yield "length", f"{_km(roads['length_m'])} of street"
    sizes = ("junction", roads["junctions"]), ("street", roads["streets"])
    edges = _n(roads["edges"], "directed edge")
    yield "graph", ", ".join([*(_n(n, what) for what, n in sizes), edges])
    yield (
        "hangs together",
        "all of it"
        if len(lengths_m) == 1
        else f"in {len(lengths_m)} parts: {_some(map(_km, lengths_m))}",
    )
    yield "ways taken", f"{roads['ways_kept']:,}"
    yield from _told_apart("ways left out", roads["ways_dropped"], _REASONS)
    if roads["ways_clipped"]:
        yield (
            "ways cut short",
            f"{roads['ways_clipped']:,}, some of their nodes are not in the file",
        )
    yield (
        "speeds",
        f"assumed from the class for {roads['share_with_assumed_speed']:.0%} of ways, from their limit for the rest",
    )
    yield (
        "limits tagged",
        f"for {_percent(roads['share_of_length_with_limit'])} of the length; the speed of the rest is assumed",
    )
    if roads["ways_by_speed"]:
        yield from _told_apart("ways with", roads["ways_by_speed"], _SPEEDS)
    if "with_surface_factor" in roads["ways_by_speed"]:
        factors = sorted(roads["surface_factors"].items(), key=lambda told: (-told[1], told[0]))
        yield from _wrapped("surface factors", [f"{s} {f:g}" for s, f in factors])
    speeds = sorted(roads["speeds_kph"].items(), key=lambda speed: -speed[1])
    yield from _wrapped("km/h without a limit", [f"{c} {kph:g}" for c, kph in speeds])
    yield (
        "local streets",
        f"{roads['streets_local']:,} that serve only the start or end of a drive"
        + _if_any(roads["streets_local_as_pockets"], ", {} of them as others reach them only so"),
    )
    yield from _told_apart("barriers", roads["barriers"], _PASSED)
    yield "traffic signals", f"{roads['signals']:,}"


def _told_apart(label: str, counts: Mapping[str, int], words: Mapping[str, str]) -> Iterator[_Line]:
    """Yield a line for each kind of thing counted, the most frequent first."""
    if not counts:
        yield label, "none"
    for kind, n in sorted(counts.items(), key=lambda kn: (-kn[1], kn[0])):
        yield label, f"{words.get(kind, kind)}: {n:,}"
        label = ""


def _wrapped(label: str, words: Iterable[str]) -> Iterator[_Line]:
    """Yield words in as few lines as fit into 60 columns."""
    line = ""
    for word in words:
        if line and len(line) + len(word) + 2 > 60:
            yield label, line + ","
            label, line = "", ""
        line += f", {word}" if line else word
    if line:
        yield label, line


def _demand_rows(demand: Mapping[str, Any]) -> Iterator[_Line]:
    yield "file", demand["file"]
    yield "points", f"{demand['n']:,}, of weight {demand['weight']:,g}"
    districts = demand["weight_by_district"]
    if districts:
        heaviest = sorted(districts.items(), key=lambda kw: (-kw[1], kw[0]))
        yield "districts", f"{len(districts)}: {_some(f'{k} {w:,g}' for k, w in heaviest)}"
    yield from _place_rows(demand)


def _site_rows(sites: Mapping[str, Any]) -> Iterator[_Line]:
    yield "file", sites["file"]
    yield "sites", f"{sites['n']:,}"
    if sites["n_by_kind"]:
        yield from _wrapped("kinds", [f"{k} {n:,}" for k, n in sites["n_by_kind"].items()])
    yield (
        "marked",
        f"{sites['existing']} existing, {sites['required']} required, {sites['excluded']} excluded",
    )
    yield from _place_rows(sites)


def _place_rows(points: Mapping[str, Any]) -> Iterator[_Line]:
    off, small = points["off_network"], points["on_small_components"]
    if off:
        yield (
            "off network",
            f"{len(off)}: {_some(f'''{p['id']} ({_away(p['access_m'])})''' for p in off)}",
        )
    if small:
        yield (
            "on short roads",
            f"{len(small)} on roads of less than {SHORT_COMPONENT_M:g} m that no other meets: {_some(small)}",
        )


def _reach_rows(reach: Mapping[str, Any], demand: Mapping[str, Any]) -> Iterator[_Line]:
    yield "standard", f"{reach['standard_s'] / 60:g} min"
    yield (
        "can be covered",
        f"{_n(reach['coverable_n'], 'demand point')}, {_percent(reach['share_coverable'])} of the weight",
    )
    far = [
        f"{u['demand']} ({u['drive_time_s']:.0f} s to {u['site']})" for u in reach["uncoverable"]
    ]
    if far:
        yield "too far", f"{len(far)}: {_some(far)}"
    off = {point["id"] for point in demand["off_network"]}
    cut_off = [name for name in reach["unreachable"] if name not in off]
    if cut_off:
        yield "no road to a site", f"{len(cut_off)}: {_some(cut_off)}"
    spread = reach["sites_per_point"]
    if spread and spread["min"] == spread["max"]:
        yield "sites within reach", f"{spread['min']} for every point"
    elif spread:
        yield (
            "sites within reach",
            f"{spread['min']} to {spread['max']} for a point, {spread['median']:g} in the median",
        )
    only = [f"{site} (for {_some(points, 2)})" for site, points in reach["only_site_of"].items()]
    if only:
        yield "can't be spared", f"{len(only)}, the only site for some: {_some(only)}"


def _percent(share: float) -> str:
    """Return a share in percent; 100 % only where it is all."""
    return "100 %" if share >= 1.0 else f"{min(share, 0.9999):.2%}".replace("%", " %")


def _run_rows(would_run: Mapping[str, Any], reach: Mapping[str, Any]) -> Iterator[_Line]:
    limit = would_run["stations"]
    yield "goal", f"{would_run['goal']}: {_GOALS[Goal(would_run['goal'])]}"
    if limit is not None:
        yield (
            "stations",
            f"{limit}" if would_run["goal"] == Goal.MAX_COVERING else f"at most {limit}",
        )
    if (would_run["min_share"] or 1.0) < 1.0:
        yield "to cover", f"{_percent(would_run['min_share'])} of the weight that can be covered"
    way = "to the station" if would_run["direction"] == "to_station" else "from the station"
    yield "who drives", f"{would_run['fleet']}, {would_run['max_drive_min']:g} min {way}"
    standard = f"{reach['standard_s'] / 60:g} min"
    needs, sites = _n(would_run["n_needs"], "need"), _n(would_run["n_sites"], "site")
    yield "size", f"{needs} x {sites}, {_n(would_run['n_pairs'], 'pair')} within {standard}"


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _km(metres: float) -> str:
    return f"{metres / 1000:,.1f} km"


def _away(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.0f} km"


def _if_any(n: int, words: str) -> str:
    return words.format(f"{n:,}") if n else ""


def _some(names: Iterable[str], n_named: int = _NAMED) -> str:
    """Return the first few of some names, and how many more there are."""
    told = list(names)
    more = len(told) - n_named
    return ", ".join(told[:n_named]) + (f" and {more:,} more" if more > 0 else "")
