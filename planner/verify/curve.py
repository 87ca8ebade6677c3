"""What each number of stations is said to cover, where the scenario asks for it."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from planner.verify.again import Again
from planner.verify.notes import Notes, n_of, shown
from planner.verify.values import (
    METRES_AGREE,
    SUMS_AGREE,
    are_metres_same,
    is_number,
    unequal,
)

_KEYS: Final = {"n_stations", "covered_weight", "share_covered", "bound", "status", "stations"}
_METRES: Final = {"covered_weight": "covered_m", "bound": "bound_m"}
_METRES_IN_ALL: Final = {"weight": "length_m", "coverable_weight": "coverable_m"}
"""What keys are called where metres of road are the weight."""
_SHARES_AGREE: Final = 1e-7
"""Shares of metres may differ by so much, as the metres do."""


_KEYS_FOR_ALL: Final = {"n_stations", "bound", "stopped_by", "weight", "coverable_weight"}


def check_curve(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Compare what the stations of each point cover, and note what its bound claims against all reason."""
    rows = said.get("curve")
    if not again.scenario.placement.curve:
        for key in ("curve", "curve_for_all"):
            notes.differ("result.json", unequal(key, said.get(key), None))
        return
    names = _METRES if again.counts_metres else {}
    keys = {key: names.get(key, key) for key in _KEYS}
    if not (isinstance(rows, list) and rows and all(_is_point(row, keys) for row in rows)):
        notes.differ("result.json", [f"curve is {shown(rows)}, and should be a list of points"])
        return
    problems = list(_wrong_order(again, rows, keys))
    for row, covered in zip(rows, _covered(again, rows), strict=True):
        problems += _wrong_point(again, covered, row, keys)
    problems += _wrong_for_all(again, rows, said, keys)
    for problem in problems:  # one by one: all are named
        notes.differ("result.json", [problem])
    notes.checked.append(
        f"what {n_of(len(rows), 'number')} of stations cover, each from its stations alone"
    )
    notes.trusted.append("the bounds of the curve: they are the solver's word")


def _covered(again: Again, rows: list[Mapping[str, Any]]) -> list[float]:
    """Return what the stations of each point cover: weight of demand points, or metres where roads alone are demand."""
    position = {name: i for i, name in enumerate(again.sites.id)}
    plans = [frozenset(position[s] for s in row["stations"] if s in position) for row in rows]
    if again.counts_metres:
        assert again.roads is not None
        return again.roads.metres_of_each(plans)
    covers: dict[int, set[int]] = defaultdict(set)
    for site, point in again.time_s:
        covers[site].add(point)
    points = (set[int]().union(*(covers[site] for site in plan)) for plan in plans)
    return [math.fsum(again.weight[i] for i in some) for some in points]


def _is_point(row: Any, keys: Mapping[str, str]) -> bool:
    """Return whether a row has what a point has, each of its kind."""
    return (
        isinstance(row, Mapping)
        and set(row) == set(keys.values())
        and all(is_number(row[keys[key]]) for key in ("n_stations", "covered_weight", "bound"))
        and isinstance(row["stations"], list)
        and all(isinstance(name, str) for name in row["stations"])
    )


def _wrong_order(
    again: Again, rows: list[Mapping[str, Any]], keys: Mapping[str, str]
) -> Iterator[str]:
    """Yield where the numbers of stations don't follow each other, or more stations are said to cover less."""
    first = max(len(again.must_be_station), 1)
    numbers = [row["n_stations"] for row in rows]
    if numbers != list(range(first, first + len(rows))):
        yield f"curve has the numbers {shown(numbers)}, and should count up from {first}"
    for row, following in itertools.pairwise(rows):
        for key in (keys["covered_weight"], keys["bound"]):
            if following[key] < row[key]:
                yield f"curve: {key} falls behind {row['n_stations']} stations"
    n, covered = len(again.stations), again.covered_in_all
    slack = METRES_AGREE if again.counts_metres else 0.0
    at_plan = [row[keys["covered_weight"]] for row in rows if row["n_stations"] == max(n, first)]
    if not at_plan or at_plan[0] < covered * (1.0 - SUMS_AGREE) - slack:
        yield f"curve: {n} stations of the plan cover {covered:g}, and the curve tells less"


def _wrong_for_all(
    again: Again, rows: list[Mapping[str, Any]], said: Mapping[str, Any], keys: Mapping[str, str]
) -> Iterator[str]:
    """Yield where the number of stations that cover all contradicts the points of the curve."""
    told = said.get("curve_for_all")
    names = _METRES_IN_ALL if again.counts_metres else {}
    wanted = {names.get(key, key) for key in _KEYS_FOR_ALL}
    if not (isinstance(told, Mapping) and set(told) == wanted):
        yield f"curve_for_all is {shown(told)}, and should have {', '.join(sorted(wanted))}"
        return
    if told["stopped_by"] not in (None, "time"):
        yield f"curve_for_all: stopped_by is {shown(told['stopped_by'])}, which is none"
    n, bound = told["n_stations"], told["bound"]
    if not (is_number(n) and is_number(bound) and bound <= n):
        yield f"curve_for_all: {shown(bound)} to {shown(n)} stations are no numbers in this order"
        return
    may_be = zip(again.sites.id, again.sites.is_excluded, strict=True)
    everywhere = {"stations": [name for name, out in may_be if not out]}
    (everything,) = _covered(again, [everywhere])
    slack = METRES_AGREE if again.counts_metres else 0.0
    for key, value in {"weight": again.in_all, "coverable_weight": everything}.items():
        name = names.get(key, key)
        if again.counts_metres and not are_metres_same(told[name], value):
            yield f"curve_for_all: {name} is {shown(told[name])}, and should be {value:.3f}"
        elif not again.counts_metres:
            yield from unequal(f"curve_for_all: {key}", told[key], value)
    for row in rows:
        covers_all = row[keys["covered_weight"]] >= everything * (1.0 - SUMS_AGREE) - slack
        if covers_all is not (row["n_stations"] >= n):
            how = "cover all" if covers_all else "don't cover all"
            yield f"curve_for_all: tells of {n} stations, and {row['n_stations']} {how}"


def _wrong_point(
    again: Again, covered: float, row: Mapping[str, Any], keys: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is wrong with one point, whose stations cover so much."""
    n, names, sites = row["n_stations"], row["stations"], again.sites
    place = f"curve: with {n} stations"
    may_be = {name for name, out in zip(sites.id, sites.is_excluded, strict=True) if not out}
    kept = {sites.id[i] for i in again.must_be_station}
    if len(names) > n or len(set(names)) < len(names):
        yield f"{place}: names {len(names)} stations, or one twice"
    if not kept <= set(names) <= may_be:
        yield f"{place}: leaves out a kept station, or has one that may be none"
    said, bound = row[keys["covered_weight"]], row[keys["bound"]]
    share = covered / again.in_all if again.in_all else 1.0
    if not again.counts_metres:
        yield from unequal(f"{place}: covered_weight", said, covered)
        yield from unequal(f"{place}: share_covered", row["share_covered"], share)
    elif not are_metres_same(said, covered):
        yield f"{place}: covered_m is {said}, and should be {covered:.3f}"
    elif not (
        is_number(row["share_covered"]) and abs(row["share_covered"] - share) <= _SHARES_AGREE
    ):
        yield f"{place}: share_covered is {shown(row['share_covered'])}, and should be {share:.9f}"
    if bound < said:
        yield f"{place}: bound is {bound}, and the plan beats it with {said}"
    if row["status"] != ("optimal" if bound == said else "feasible"):
        yield f"{place}: status is {shown(row['status'])}, with bound {bound}"
