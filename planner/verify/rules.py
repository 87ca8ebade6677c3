"""The rules that a scenario sets for its stations."""

from __future__ import annotations

import numpy as np

from planner.scenario import Goal
from planner.verify.again import Again
from planner.verify.notes import Notes


def check_rules(notes: Notes, again: Again) -> None:
    """Note stations that break a rule: existing ones are kept, excluded ones are none, there are not too many."""
    sites, rules, stations = again.sites, again.scenario.placement, set(again.stations)
    if again.inputs.listed is not None:
        _check_list(notes, again, set(again.inputs.listed.tolist()))
        return
    must = again.must_be_station
    broken = [
        f"{sites.id[i]} is excluded, and is a station"
        for i in again.stations
        if sites.is_excluded[i]
    ]
    if rules.goal is Goal.ASSESS:
        stand = sites.is_existing if sites.is_existing.any() else ~sites.is_excluded
        right = set(np.flatnonzero(stand).tolist())
        broken += [f"{sites.id[i]} doesn't stand" for i in sorted(stations - right)]
        broken += [f"{sites.id[i]} stands, and is left out" for i in sorted(right - stations)]
    else:
        broken += [
            f"{sites.id[i]} stands already or is required, and is not kept"
            for i in must
            if i not in stations
        ]
    notes.differ("stations.csv", broken)
    limit = rules.stations
    if limit is not None and len(stations) > max(limit, len(must)):
        notes.differ("stations.csv", [f"has {len(stations)} stations; {limit} are allowed"])
    notes.checked.append(
        f"the rules: {len(must)} existing and required stations kept, none of {int(sites.is_excluded.sum())} excluded "
        f"sites taken" + ("" if limit is None else f", {len(stations)} of at most {limit} stations")
    )


def _check_list(notes: Notes, again: Again, listed: set[int]) -> None:
    """Note where the stations are not those that the scenario lists."""
    file, stations = again.scenario.placement.stations_file, set(again.stations)
    broken = [f"{again.sites.id[i]} is not in {file}" for i in sorted(stations - listed)]
    broken += [f"{again.sites.id[i]} is in {file}, and left out" for i in sorted(listed - stations)]
    notes.differ("stations.csv", broken)
    notes.checked.append(f"the rules: the stations are the {len(listed)} of {file}, no other ones")
