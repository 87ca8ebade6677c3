"""What each number of stations is said to cover, where the scenario asks for it."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.verify.again import Again
from planner.verify.notes import Notes, n_of, shown
from planner.verify.values import SUMS_AGREE, is_number, is_same, unequal

_KEYS: Final = {"n_stations", "covered_weight", "share_covered", "bound", "status", "stations"}


_KEYS_FOR_ALL: Final = {"n_stations", "bound", "stopped_by", "weight", "coverable_weight"}


def check_curve(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Compare what the stations of each point cover, and note what its bound claims against all reason."""
    rows = said.get("curve")
    if not again.scenario.placement.curve:
        for key in ("curve", "curve_for_all"):
            notes.differ("result.json", unequal(key, said.get(key), None))
        return
    if not (isinstance(rows, list) and rows and all(_is_point(row) for row in rows)):
        notes.differ("result.json", [f"curve is {shown(rows)}, and should be a list of points"])
        return
    covers: dict[str, set[int]] = defaultdict(set)
    for site, point in again.time_s:
        covers[again.sites.id[site]].add(point)
    problems = [*_wrong_order(again, rows), *_wrong_for_all(again, covers, rows, said)]
    for row in rows:
        problems += _wrong_point(again, covers, row)
    for problem in problems:  # one by one: all are named
        notes.differ("result.json", [problem])
    notes.checked.append(
        f"what {n_of(len(rows), 'number')} of stations cover, each from its stations alone"
    )
    notes.trusted.append("the bounds of the curve: they are the solver's word")


def _is_point(row: Any) -> bool:
    """Return whether a row has what a point has, each of its kind."""
    return (
        isinstance(row, Mapping)
        and set(row) == _KEYS
        and all(is_number(row[key]) for key in ("n_stations", "covered_weight", "bound"))
        and isinstance(row["stations"], list)
        and all(isinstance(name, str) for name in row["stations"])
    )


def _wrong_order(again: Again, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield where the numbers of stations don't follow each other, or more stations are said to cover less."""
    first = max(len(again.must_be_station), 1)
    numbers = [row["n_stations"] for row in rows]
    if numbers != list(range(first, first + len(rows))):
        yield f"curve has the numbers {shown(numbers)}, and should count up from {first}"
    for row, following in itertools.pairwise(rows):
        for key in ("covered_weight", "bound"):
            if following[key] < row[key]:
                yield f"curve: {key} falls behind {row['n_stations']} stations"
    n, covered = len(again.stations), again.covered_weight
    at_plan = [row["covered_weight"] for row in rows if row["n_stations"] == max(n, first)]
    if not at_plan or at_plan[0] < covered * (1.0 - SUMS_AGREE):
        yield f"curve: {n} stations of the plan cover {covered:g}, and the curve tells less"


def _wrong_for_all(
    again: Again,
    covers: Mapping[str, set[int]],
    rows: list[Mapping[str, Any]],
    said: Mapping[str, Any],
) -> Iterator[str]:
    """Yield where the number of stations that cover all contradicts the points of the curve."""
    told = said.get("curve_for_all")
    if not (isinstance(told, Mapping) and set(told) == _KEYS_FOR_ALL):
        yield f"curve_for_all is {shown(told)}, and should have {', '.join(sorted(_KEYS_FOR_ALL))}"
        return
    if told["stopped_by"] not in (None, "time"):
        yield f"curve_for_all: stopped_by is {shown(told['stopped_by'])}, which is none"
    n, bound = told["n_stations"], told["bound"]
    if not (is_number(n) and is_number(bound) and bound <= n):
        yield f"curve_for_all: {shown(bound)} to {shown(n)} stations are no numbers in this order"
        return
    may_be = zip(again.sites.id, again.sites.is_excluded, strict=True)
    coverable: set[int] = set().union(*(covers.get(name, set()) for name, out in may_be if not out))
    everything = math.fsum(again.weight[i] for i in coverable)
    for key, value in {"weight": again.total_weight, "coverable_weight": everything}.items():
        yield from unequal(f"curve_for_all: {key}", told[key], value)
    for row in rows:
        covers_all = row["covered_weight"] >= everything * (1.0 - SUMS_AGREE)
        if covers_all is not (row["n_stations"] >= n):
            how = "cover all" if covers_all else "don't cover all"
            yield f"curve_for_all: tells of {n} stations, and {row['n_stations']} {how}"


def _wrong_point(
    again: Again, covers: Mapping[str, set[int]], row: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what is wrong with one point."""
    n, names, sites = row["n_stations"], row["stations"], again.sites
    place = f"curve: with {n} stations"
    may_be = {name for name, out in zip(sites.id, sites.is_excluded, strict=True) if not out}
    kept = {sites.id[i] for i in again.must_be_station}
    if len(names) > n or len(set(names)) < len(names):
        yield f"{place}: names {len(names)} stations, or one twice"
    if not kept <= set(names) <= may_be:
        yield f"{place}: leaves out a kept station, or has one that may be none"
    points: set[int] = set().union(*(covers.get(name, set()) for name in names))
    covered = math.fsum(again.weight[i] for i in points)
    right = {"covered_weight": covered, "share_covered": covered / again.total_weight}
    for key, value in right.items():
        yield from unequal(f"{place}: {key}", row[key], value)
    is_met = is_same(row["bound"], covered)
    if row["bound"] < covered and not is_met:
        yield f"{place}: bound is {row['bound']}, and the plan beats it with {covered}"
    if row["status"] != ("optimal" if is_met else "feasible"):
        yield f"{place}: status is {shown(row['status'])}, with bound {row['bound']}"
