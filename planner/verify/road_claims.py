"""What result.json and times.npz say of the roads: metres, parts, the worst point, who alone covers some."""

from __future__ import annotations

import math
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from pyproj import Geod

from planner.network import RoadNetwork
from planner.verify.again import Again
from planner.verify.cover import SAME_S, Covered, Interval, RoadAgain, merged
from planner.verify.notes import Notes, n_of, shown
from planner.verify.values import METRES_AGREE, are_metres_same, at, is_number

_PLACES_AGREE_M: Final = 1.0
"""Where the worst point is may be told so many metres beside it: its degrees are rounded, and slopes may be flat."""
_TRIED_ALONE: Final = 3
"""Of stations that alone cover some road so many are left out for a try: each costs a search."""


def check_roads(notes: Notes, run: Path, again: Again, said: Mapping[str, Any]) -> None:
    """Compare what is said of the roads, metre by metre, with the roads covered again."""
    if again.roads is None or again.covered is None or again.coverable is None:
        return
    roads = said.get("roads")
    length_m = math.fsum(again.roads.network.street_length_m.tolist())
    right = {
        "length_m": length_m,
        "coverable_m": again.coverable.length_m,
        "covered_m": again.covered.length_m,
    }
    for key, metres in right.items():
        if not are_metres_same(at(roads, key), metres):
            notes.differ(
                "result.json",
                [f"roads.{key} is {shown(at(roads, key))}, and should be {metres:.3f}"],
            )
    share = again.covered.length_m / length_m if length_m else 1.0
    if not _near(at(roads, "share_covered"), share, 1e-7):
        notes.differ("result.json", [f"roads.share_covered should be {share:.9f}"])
    _check_worst(notes, again, again.covered, roads)
    try:
        with (run / "times.npz").open("rb") as file, np.load(file) as archive:
            columns = [archive[f"road_{name}"].tolist() for name in ("street", "begin", "end")]
        notes.differ("times.npz", _wrong_parts(again.roads, again.covered, columns))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        notes.differ("times.npz", [f"tells no parts of roads ({error})"])
    n_parts = sum(map(len, again.covered.parts.values()))
    notes.checked.append(
        f"{again.covered.length_m / 1000:.3f} km of covered road of {again.coverable.length_m / 1000:.3f} km that sites could "
        f"cover, in {n_of(n_parts, 'part')}, each end to {METRES_AGREE * 1000:g} mm; and the worst point of all roads"
    )
    if again.scenario.demand.roads:
        _check_alone(notes, again, again.roads, again.coverable, roads)


def _near(said: Any, right: float, within: float) -> bool:
    return is_number(said) and abs(said - right) <= within


def _check_worst(notes: Notes, again: Again, covered: Covered, roads: Any) -> None:
    worst = at(roads, "worst")
    if math.isnan(covered.worst_s):
        if worst is not None:
            notes.differ("result.json", ["roads.worst is told, and no road reaches a station"])
        return
    if not _near(at(worst, "drive_time_s"), covered.worst_s, SAME_S):
        told = shown(at(worst, "drive_time_s"))
        notes.differ(
            "result.json",
            [f"roads.worst.drive_time_s is {told}, and should be {covered.worst_s:.6f}"],
        )
    lon, lat = at(worst, "lon"), at(worst, "lat")
    is_there = (
        is_number(lon)
        and is_number(lat)
        and any(
            _apart_m(again.inputs.network, (lon, lat), street, share) <= _PLACES_AGREE_M
            for street, share in covered.worst
        )
    )
    if not is_there:
        notes.differ("result.json", ["roads.worst is not where the drive is longest"])
    if at(worst, "fleet") != again.fleet:
        notes.differ("result.json", [f"roads.worst.fleet should be {again.fleet}"])


def _apart_m(
    network: RoadNetwork | None, told: tuple[float, float], street: int, share: float
) -> float:
    """Return how far a point is from a share of a street, in metres."""
    assert network is not None
    geod = Geod(ellps="WGS84")
    line = slice(network.shape_start[street], network.shape_start[street + 1])
    lon, lat = network.shape_lon[line], network.shape_lat[line]
    at_m = np.concatenate([[0.0], np.cumsum(geod.line_lengths(lon, lat))])
    here = (float(np.interp(share * at_m[-1], at_m, degrees)) for degrees in (lon, lat))
    return float(geod.inv(told[0], told[1], next(here), next(here))[2])


def _wrong_parts(roads: RoadAgain, covered: Covered, columns: list[list[Any]]) -> list[str]:
    """Return the streets whose covered parts are saved otherwise than found again."""
    saved: dict[int, list[Interval]] = defaultdict(list)
    for street, begin, end in zip(*columns, strict=True):
        saved[int(street)].append((float(begin), float(end)))
    wrong = []
    for street in sorted(saved.keys() | covered.parts.keys()):
        metres = float(roads.network.street_length_m[street]) or 1.0
        one, other = (
            [
                (begin * metres, end * metres)
                for begin, end in merged(parts.get(street, []), METRES_AGREE / metres)
                if (end - begin) * metres > METRES_AGREE
            ]
            for parts in (saved, covered.parts)
        )
        is_same = len(one) == len(other) and all(
            abs(a - b) <= METRES_AGREE
            for x, y in zip(one, other, strict=True)
            for a, b in zip(x, y, strict=True)
        )
        if not is_same:
            wrong.append(f"street {street} is covered at {_told(other)}, not at {_told(one)}")
    return wrong


def _told(parts: list[Interval]) -> str:
    return ", ".join(f"{a:.3f} to {b:.3f} m" for a, b in parts) or "no part"


def _check_alone(
    notes: Notes, again: Again, roads: RoadAgain, coverable: Covered, said: Any
) -> None:
    """Leave out the stations that alone cover most, one by one: just their metres must be lost."""
    told = at(said, "only_by")
    alone = {
        str(at(entry, "station")): at(entry, "length_m")
        for entry in (told if isinstance(told, list) else [])
    }
    candidates = {*np.flatnonzero(~again.sites.is_excluded).tolist(), *again.stations}
    tried = [i for i in again.stations if again.sites.id[i] in alone]
    tried.sort(key=lambda i: -float(alone[str(again.sites.id[i])]))
    names = [str(again.sites.id[i]) for i in tried[:_TRIED_ALONE]]
    for i, name in zip(tried, names, strict=False):
        lost_m = coverable.length_m - roads.covered_by(sorted(candidates - {i})).length_m
        if not are_metres_same(alone[name], lost_m):
            wrong = f"roads.only_by says {shown(alone[name])} m of {name}, and it is {lost_m:.3f}"
            notes.differ("result.json", [wrong])
    if names:
        notes.checked.append(f"how much road nobody but {', '.join(names)} could cover")
