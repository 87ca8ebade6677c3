"""Findings on roads as a planner reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.wording import Row, Section, counted, kilometres, percent, some, wrapped

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
_LINES: Final = {
    "read": "read",
    "out_without_geometry": "without geometry: left out",
    "out_other_geometry": "whose geometry is no line: left out",
    "out_beyond_crs": "beyond where the CRS is valid: left out",
    "repeated": "over the same points as another one that says the same: left out",
    "joined_as_two_way": "roads drawn once for each direction: one two-way road each",
    "of_several_ways": "made of several ways, whose pieces are lost",
    "without_length": "without length",
}
_ENDS: Final = {
    "merged": "joined to another one near by",
    "joined_on_the_way": "joined to a bend of another road",
    "coincident": "pairs at the same spot that are not connected",
}
_SPEEDS: Final = {
    "with_surface_factor": "a class speed changed by the surface",
    "with_lanes_factor": "a class speed changed by the number of lanes",
    "with_limit_of_zone": "a limit that a kind of zone names (CN:urban, ...), from our table of countries",
    "with_conditional_limit": "a limit that holds only at times, not applied",
    "closed_one_way_by_maxspeed_0": "one direction closed by maxspeed 0",
}
_PASSED: Final = {"open": "open", "local": "for local drives only", "closed": "closed"}
_RESTRICTIONS: Final = {
    "applied": "applied",
    "without_road": "not applied: of ways that are no roads for the vehicle",
    "unclear": "not applied: which turn they mean is unclear",
    "at_barriers": "not applied: a barrier parts their ways",
    "conditional": "not applied: they hold only at times",
    "excepted": "not applied: the vehicle is excepted",
    "of_others": "not applied: they are for other vehicles",
    "unknown": "not applied: of an unknown kind",
    "incomplete": "not applied: a member is missing",
}
_OTHER: Final = {
    "crossings_not_joined": "places where lines share a bend and none ends, not joined",
}
_DELAYS: Final = {
    "signal": "a signal",
    "u_turn": "turning back",
    "turn_left": "a turn to the left",
    "turn_right": "a turn to the right",
}


def road_sections(roads: Mapping[str, Any]) -> list[Section]:
    """Return what was found on roads, in sections."""
    return [
        ("Roads", _road_rows(roads)),
        ("Speeds", _speed_rows(roads)),
        ("Junctions", _junction_rows(roads)),
    ]


def _road_rows(roads: Mapping[str, Any]) -> Iterator[Row]:
    yield "file", roads["file"]
    yield "data of", roads["date"] or "the file doesn't say"
    yield "vehicle", f"{roads['vehicle']}, on the {roads['driving_side']}"
    yield (
        "length",
        f"{kilometres(roads['length_m'])} of street"
        + _if_any_km(roads["one_way_length_m"], ", {} of it one-way"),
    )
    sizes = ("junction", roads["junctions"]), ("street", roads["streets"])
    edges = counted(roads["edges"], "directed edge")
    yield "graph", ", ".join([*(counted(n, what) for what, n in sizes), edges])
    yield "hangs together", _parts(roads)
    yield "ways taken", f"{roads['ways_kept']:,}"
    yield from _told_apart("ways left out", roads["ways_dropped"], _REASONS, otherwise="none")
    if roads["ways_clipped"]:
        yield (
            "ways cut short",
            f"{roads['ways_clipped']:,}, some of their nodes are not in the file",
        )
    yield from _told_apart("lines", roads["lines"], _LINES)
    yield from _told_apart("edges of the graph", roads["graph_edges"], _LINES)
    yield from _told_apart("ends of roads", roads["ends"], _ENDS)
    yield (
        "local streets",
        f"{roads['streets_local']:,} that serve only the start or end of a drive"
        + _if_any_km(roads["local_length_m"], " ({})")
        + _if_any(roads["streets_local_as_pockets"], ", {} of them as others reach them only so"),
    )
    yield from _told_apart("also counted", roads["other_counts"], _OTHER)
    if roads["access_kph"] is not None:
        yield "between point, road", _access(roads)


def _parts(roads: Mapping[str, Any]) -> str:
    lengths_m = roads["component_length_m"]
    if len(lengths_m) == 1:
        return "all of it"
    longest = f"in {len(lengths_m):,} parts: {some(map(kilometres, lengths_m))}"
    return (
        f"{longest}; {kilometres(roads['length_beyond_longest_component_m'])} not with the longest"
    )


def _access(roads: Mapping[str, Any]) -> str:
    kph = roads["access_kph"]
    speed = f"at {kph:g} km/h" if kph else "that takes no time"
    return f"{speed}, at most {roads['max_access_m']:g} m"


def _speed_rows(roads: Mapping[str, Any]) -> Iterator[Row]:
    yield (
        "speeds",
        f"assumed from the class for {_whole_percent(roads['share_with_assumed_speed'])} of ways, from their limit for the rest",
    )
    yield (
        "limits tagged",
        f"for {percent(roads['share_of_length_with_limit'])} of the length; the speed of the rest is assumed",
    )
    if roads["speed_of_limit"] is None:
        yield "a limit means", "driving as fast as it says"
    else:
        share, most = roads["speed_of_limit"], roads["most_of_class_speed"]
        yield (
            "a limit means",
            f"driving at {_whole_percent(share)} of it, at most {most:g} times the class speed",
        )
    label = "by class"
    for road_class, metres in roads["length_by_class_m"].items():
        kph = roads["speeds_kph"].get(road_class)
        limited = roads["share_with_limit_by_class"][road_class]
        yield (
            label,
            f"{road_class:<16}{kilometres(metres):>12}"
            + (f"  {kph:g} km/h" if kph is not None else "")
            + (f", limits tagged for {percent(limited)}" if limited else ""),
        )
        label = ""
    yield from _told_apart("ways with", roads["ways_by_speed"], _SPEEDS)
    if "with_surface_factor" in roads["ways_by_speed"]:
        factors = sorted(roads["surface_factors"].items(), key=lambda told: (-told[1], told[0]))
        yield from wrapped("surface factors", [f"{s} {f:g}" for s, f in factors])
    if "with_lanes_factor" in roads["ways_by_speed"]:
        factors = roads["lanes_factors"]
        yield (
            "lanes factors",
            f"{factors['many']:g} with two or more a direction, {factors['single']:g} where both share one",
        )


def _junction_rows(roads: Mapping[str, Any]) -> Iterator[Row]:
    yield (
        "traffic signals",
        f"{roads['signals']:,}"
        + _if_any(
            roads["junctions_left_after_a_signal"],
            "; junctions where a drive waits for one as it leaves: {} (once for all signals of a place)",
        ),
    )
    delays = [f"{_DELAYS.get(k, k)} {s:g} s" for k, s in roads["delays_s"].items() if s]
    yield from wrapped("delays", delays or ["none"])
    yield from _told_apart("barriers", roads["barriers"], _PASSED, otherwise="none")
    yield from _told_apart(
        "turn restrictions", roads["turn_restrictions"], _RESTRICTIONS, otherwise="none"
    )
    if roads["turns_barred"]:
        yield "turns barred", f"{roads['turns_barred']:,}"


def _told_apart(
    label: str, counts: Mapping[str, int], words: Mapping[str, str], *, otherwise: str = ""
) -> Iterator[Row]:
    """Yield a row for each kind of thing counted, the most frequent first; kinds without words of ours by their key."""
    if not counts and otherwise:
        yield label, otherwise
    for kind, n in sorted(counts.items(), key=lambda kn: (-kn[1], kn[0])):
        yield label, f"{words.get(kind, kind.replace('_', ' '))}: {n:,}"
        label = ""


def _whole_percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _if_any(n: int, words: str) -> str:
    return words.format(f"{n:,}") if n else ""


def _if_any_km(metres: float, words: str) -> str:
    return words.format(kilometres(metres)) if metres else ""
