"""Findings on roads: what was read, left out, assumed and joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from planner.inputs import vehicle_of
from planner.network import RoadNetwork
from planner.roads.speeds import SHARE_OF_LIMIT, TIMES_CLASS
from planner.roads.vehicles import MANY_LANES_FACTOR, SINGLE_LANE_FACTOR
from planner.scenario import Scenario

_PREFIXES: Final = {
    "ways_dropped": "ways_out_",
    "ways_by_speed": "ways_",
    "turn_restrictions": "restrictions_",
    "barriers": "barriers_",
    "lines": "lines_",
    "ends": "ends_",
    "graph_edges": "edges_",
}
"""How the keys of counts begin that are told together; the first that fits."""
_SINGLE: Final = (
    *("ways_with_limit", "ways_with_assumed_speed", "ways_clipped", "signals", "turns_barred"),
    *("junctions", "streets", "edges", "components", "streets_local", "streets_local_as_pockets"),
)
"""Counts that are told one by one."""


def roads_found(scenario: Scenario, network: RoadNetwork) -> dict[str, Any]:
    """Return what the road file holds, what was made of it, and by which rules one drives."""
    counts = network.source.counts
    n_limited, n_assumed = (
        counts.get(f"ways_with_{what}", 0) for what in ("limit", "assumed_speed")
    )
    settings = scenario.network
    grouped = _grouped(counts)
    return {
        "file": settings.file if settings else network.source.file,
        "date": network.source.date,
        "vehicle": network.vehicle,
        "driving_side": network.driving_side,
        **_sizes(network),
        "ways_kept": n_limited + n_assumed,
        "share_with_assumed_speed": n_assumed / max(n_limited + n_assumed, 1),
        "ways_clipped": counts.get("ways_clipped", 0),
        **grouped,
        **_speeds(scenario, network),
        "streets_local": counts.get("streets_local", 0),
        "streets_local_as_pockets": counts.get("streets_local_as_pockets", 0),
        "signals": counts.get("signals", 0),
        "turns_barred": counts.get("turns_barred", 0),
        "delays_s": {k.removesuffix("_s"): s for k, s in asdict(network.delays).items()},
        "access_kph": settings.access_kph if settings else None,
        "max_access_m": settings.max_access_m if settings else None,
    }


def _grouped(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return counts by what they speak of; of keys that nobody knows here too, so that none gets lost. None that are 0."""
    groups: dict[str, dict[str, int]] = {name: {} for name in (*_PREFIXES, "other_counts")}
    for key, n in counts.items():
        if not n or key in _SINGLE:
            continue
        name = next((g for g, prefix in _PREFIXES.items() if key.startswith(prefix)), None)
        if name is None:
            groups["other_counts"][key] = n
        else:
            groups[name][key.removeprefix(_PREFIXES[name])] = n
    return groups


def _sizes(network: RoadNetwork) -> dict[str, Any]:
    """Return how large the network is, and how it hangs together."""
    length_m, street = network.street_length_m, network.edge_street
    is_one_way = np.bincount(street, minlength=network.n_streets) == 1
    component_m = network.component_length_m
    delayed = network.edge_delay_s > 0.0
    return {
        "length_m": network.length_m,
        "one_way_length_m": float(length_m[is_one_way].sum()),
        "local_length_m": float(length_m[network.street_is_local].sum()),
        "junctions": network.n_nodes,
        "streets": network.n_streets,
        "edges": network.n_edges,
        "component_length_m": component_m.tolist(),
        "length_beyond_longest_component_m": float(component_m[1:].sum()),
        "junctions_left_after_a_signal": int(np.unique(network.edge_tail[delayed]).size),
    }


def _speeds(scenario: Scenario, network: RoadNetwork) -> dict[str, Any]:
    """Return how fast one drives, and by what that is known."""
    length_m, has_limit = network.street_length_m, network.street_has_limit
    n = len(network.classes)
    by_class_m = np.bincount(network.street_class, length_m, minlength=n)
    limited_m = np.bincount(network.street_class, length_m * has_limit, minlength=n)
    used = [
        (network.classes[i], float(by_class_m[i]), float(limited_m[i]))
        for i in np.argsort(-by_class_m, kind="stable")
        if by_class_m[i] > 0.0
    ]
    speeds = network.source.speeds_kph
    settings = scenario.network
    as_limits = settings is not None and settings.speeds == "limits"
    return {
        "share_of_length_with_limit": float(length_m[has_limit].sum() / length_m.sum()),
        "length_by_class_m": {c: metres for c, metres, _ in used},
        "share_with_limit_by_class": {c: min(limit_m / m, 1.0) for c, m, limit_m in used},
        "speeds_kph": {c: speeds[c] for c, _, _ in used if c in speeds},
        "speed_of_limit": None if as_limits else SHARE_OF_LIMIT,
        "most_of_class_speed": None if as_limits else TIMES_CLASS,
        "surface_factors": dict(vehicle_of(scenario).surface_factors),
        "lanes_factors": {"many": MANY_LANES_FACTOR, "single": SINGLE_LANE_FACTOR},
    }
