"""The numbers in result.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from planner.network import RoadNetwork
from planner.remarks import remarks_on, remarks_on_areas
from planner.verify.again import Again, mean_s
from planner.verify.notes import Notes, n_of
from planner.verify.streets import street_graph
from planner.verify.values import SUMS_AGREE, at, unequal


def check_summary(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Compare every number in result.json, but for how good the plan is said to be."""
    right = {
        "scenario": again.scenario.name,
        "goal": again.scenario.placement.goal.value,
        **_stations_in_numbers(again),
        "demand": None if again.scenario.demand.file is None else _demand_in_numbers(again),
        "drive_time_s": _drives_in_numbers(again, said),
        **({"roads": None} if again.roads is None else {}),
        "by_fleet": {again.fleet: {"share_covered": _or_none(again.share_covered)}},
        "network": _network_in_numbers(again.inputs.network),
        "remarks": [
            *remarks_on(again.inputs, again.needs, again.nearest_site),
            *remarks_on_areas(again.scenario, len(again.stations)),
        ],
    }
    for sentence in unequal("", said, right):  # one by one: all are named
        notes.differ("result.json", [sentence])
    notes.checked.append(
        f"{_count(right)} numbers and names in result.json, from the {n_of(len(again.stations), 'station')} in "
        "stations.csv alone"
    )


def _or_none(number: float) -> float | None:
    return None if math.isnan(number) else number


def _count(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_count(v) for v in value.values())
    return len(value) if isinstance(value, list) else 1


def _stations_in_numbers(again: Again) -> dict[str, Any]:
    return {
        "stations": [again.sites.id[i] for i in again.stations],
        "n_stations": len(again.stations),
        "n_new": len(set(again.stations) - set(again.must_be_station)),
    }


def _demand_in_numbers(again: Again) -> dict[str, Any]:
    ids, sites, places = again.demand.id, again.sites, again.inputs.demand_places
    nearest, is_covered, is_coverable = again.nearest_site, again.is_covered, again.is_coverable
    missed = [i for i, weight in enumerate(again.weight) if weight > 0 and not is_covered[i]]
    hopeless = [i for i in missed if not is_coverable[i]]
    cut_off = [i for i in hopeless if nearest.site[i] < 0]
    return {
        "n": len(ids),
        "weight": again.total_weight,
        "covered_n": len(ids) - len(missed),
        "covered_weight": again.covered_weight,
        "share_covered": again.share_covered,
        "uncovered": [ids[i] for i in missed],
        "uncoverable": [
            {
                "demand": ids[i],
                "fleet": again.fleet,
                "period": "all",
                "site": None if nearest.site[i] < 0 else sites.id[nearest.site[i]],
                "drive_time_s": None if nearest.site[i] < 0 else float(nearest.time_s[i]),
            }
            for i in hopeless
        ],
        "unreachable": [ids[i] for i in cut_off],
        "off_network": [ids[i] for i in cut_off if places is not None and places.street[i] < 0],
    }


def _drives_in_numbers(again: Again, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far the drives are from every point of weight that reaches a station, covered or not."""
    times_s = again.nearest_station.time_s.tolist()
    drives = [
        (time_s, weight)
        for time_s, weight in zip(times_s, again.weight, strict=True)
        if weight > 0 and not math.isnan(time_s)
    ]
    return {
        "mean": mean_s(drives),
        "median": _quantile(drives, 0.5, at(said, "drive_time_s", "median")),
        "p95": _quantile(drives, 0.95, at(said, "drive_time_s", "p95")),
        "max": max((time_s for time_s, _ in drives), default=None),
    }


def _quantile(drives: Sequence[tuple[float, float]], share: float, said: Any) -> float | None:
    """Return the least time that at least this share of the weight doesn't exceed.

    Where fractions of weights add up to the very share, rounding decides: then what was said is right if it is the time
    below or above.
    """
    if not drives:
        return None
    slack = 0.0 if all(weight.is_integer() for _, weight in drives) else SUMS_AGREE
    asked = share * math.fsum(weight for _, weight in drives)
    right, below = [], 0.0
    for time_s, weight in sorted(drives):
        up_to = below + weight
        if up_to >= asked * (1.0 - slack) and below < asked * (1.0 + slack):
            right.append(time_s)
        below = up_to
    return said if said in right else right[0]


def _network_in_numbers(network: RoadNetwork | None) -> dict[str, Any] | None:
    if network is None:
        return None
    graph = street_graph(network)
    return {
        "nodes": graph.number_of_nodes(),
        "edges": network.n_edges,
        "components": nx.number_connected_components(graph),
        "source_date": network.source.date,
        "length_m": math.fsum(network.street_length_m.tolist()),
        "counts": network.source.counts,
        "speeds_kph": network.source.speeds_kph,
    }
