"""How good the plan is said to be: its status, objective, bound and gap, and what counting alone proves of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from planner.scenario import Goal
from planner.verify.again import Again
from planner.verify.notes import Notes, n_of, shown, some
from planner.verify.values import (
    METRES_AGREE,
    SUMS_AGREE,
    are_metres_same,
    is_number,
    is_same,
    unequal,
)


def check_bound(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Prove again what counting alone can prove: that fewer stations can't do, or none can cover more."""
    rules, bound = again.scenario.placement, said.get("bound")
    trust = (
        f"the bound of {shown(bound)}, and with it how good the plan is: it is the solver's word"
    )
    if rules.goal is Goal.ASSESS:
        return
    if rules.goal is Goal.SET_COVERING and rules.min_share == 1.0 and not again.counts_metres:
        needed = _needed(again)
        notes.checked.append(
            f"that it takes at least {n_of(needed, 'station')}: so many are kept, or needed by demand points no two of "
            "which share a site"
        )
        claims = [n for n in (said.get("objective"), bound) if is_number(n)]
        if said.get("status") == "optimal" and any(n < needed for n in claims):
            wrong = f"{min(claims)} stations are said to do; it takes {needed}"
            notes.differ("result.json", [wrong])
        if is_number(bound) and needed >= bound:
            return
        trust += f" (counting proves {needed} only)"
    if rules.goal is Goal.MAX_COVERING:
        most, unit = again.to_cover, "metres" if again.counts_metres else "weight"
        notes.checked.append(
            f"that no plan covers more than {most:,g} of {unit}: no site is near the rest"
        )
        if is_same(bound, most):
            return
    if rules.goal in (Goal.P_MEDIAN, Goal.P_CENTER):
        least = _drives(again, again.nearest_site.time_s.tolist())
        notes.checked.append(
            f"that no plan does better than {least:,g} s: it would be that with a station at every site"
        )
        if is_same(bound, least):
            return
        trust += f" (a station at every site proves {least:,g} s only)"
    notes.trusted.append(trust)


def trust_then(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Note that the bound of the second objective is taken on trust, where there is one."""
    if again.scenario.placement.then is not None and isinstance(said.get("then"), Mapping):
        bound = shown(said["then"].get("bound"))
        notes.trusted.append(
            f"the bound of {bound} s on drives in all with as few stations: it is the solver's word"
        )


def _needed(again: Again) -> int:
    """Return a number of stations that it takes whatever anybody computes.

    Points no two of which share a site need a station each, beside the kept ones. They are picked one by one, those
    within reach of few sites first.
    """
    taken = set(again.must_be_station)
    needed, weight = len(taken), again.weight
    covers: dict[int, set[int]] = defaultdict(set)
    for site, point in again.time_s:
        if not again.sites.is_excluded[site] and weight[point] > 0:
            covers[point].add(site)
    for point in sorted(covers, key=lambda p: (len(covers[p]), p)):
        if covers[point].isdisjoint(taken):
            taken |= covers[point]
            needed += 1
    return needed


def check_claims(notes: Notes, again: Again, said: Mapping[str, Any]) -> None:
    """Note what the status, objective, bound and gap in result.json claim against all reason."""
    status, objective, bound = said.get("status"), said.get("objective"), said.get("bound")
    goal, problems = again.scenario.placement.goal, []
    if (status == "assessed") != (goal is Goal.ASSESS):
        problems.append(f"status is {status}, with goal {goal.value}")
    elif status in ("optimal", "feasible"):
        right = _objective(again)
        is_right = are_metres_same if again.counts_metres else is_same
        if is_number(objective) and is_right(objective, right):
            problems += _broken_bound(goal, status, float(objective), bound)
        else:
            problems.append(f"objective is {shown(objective)}, and should be {shown(right)}")
        problems += _left_uncovered(again) + _left_unreached(again)
    elif status in ("infeasible", "undecided", "assessed"):
        if objective is not None:
            problems.append(f"objective is {shown(objective)}, and should be null ({status})")
        if status != "assessed" and not said.get("reasons"):
            problems.append(f"status is {status}, without reasons")
        if status == "assessed" and bound is not None:
            problems.append(f"bound is {shown(bound)}, and should be null ({status})")
    else:
        problems.append(f"status is {shown(status)}, which is none")
    if said.get("stopped_by") not in (None, "time"):
        problems.append(f"stopped_by is {shown(said.get('stopped_by'))}, which stops nothing")
    problems += unequal("gap", said.get("gap"), _gap(objective, bound))
    problems += _wrong_then(again, status, said.get("then"))
    for problem in problems:  # one by one: all are named
        notes.differ("result.json", [problem])


def _objective(again: Again) -> float | int:
    goal = again.scenario.placement.goal
    if goal is Goal.SET_COVERING:
        return len(again.stations)
    if goal is Goal.MAX_COVERING:
        return again.covered_in_all
    return _drives(again, again.nearest_station.time_s.tolist())


def _drives(again: Again, drives_s: Sequence[float]) -> float:
    """Return the longest drive of those who can be reached, or the sum of weight x drive, as the goal counts."""
    counts = zip(drives_s, again.weight, again.is_reachable, strict=True)
    drives = [(math.inf if math.isnan(t) else t, w) for t, w, reachable in counts if reachable]
    if again.scenario.placement.goal is Goal.P_CENTER:
        return max((t for t, _ in drives), default=0.0)
    return math.fsum(t * w for t, w in drives)


def _gap(objective: Any, bound: Any) -> float | None:
    if not (is_number(objective) and is_number(bound)):
        return None
    return float(abs(objective - bound) / max(abs(objective), 1e-9))


def _broken_bound(goal: Goal, status: str, objective: float, bound: Any) -> list[str]:
    """Return what is wrong about a bound: a plan can't beat it, and meets it where it is optimal."""
    if not is_number(bound):
        return [f"bound is {shown(bound)}, and should be a number ({status})"]
    slack = SUMS_AGREE * abs(objective)
    ahead = objective - bound if goal is Goal.MAX_COVERING else bound - objective
    if ahead > slack:
        return [f"bound is {bound}, and the plan beats it with {objective}"]
    if (abs(objective - bound) <= slack) != (status == "optimal"):
        return [f"status is {status}, with objective {objective} and bound {bound}"]
    return []


def _left_uncovered(again: Again) -> list[str]:
    """Return whether less is covered than has to be."""
    rules = again.scenario.placement
    if rules.goal is not Goal.SET_COVERING and not rules.cover_all:
        return []
    asked, covered = rules.min_share * again.to_cover, again.covered_in_all
    unit = "metres" if again.counts_metres else "weight"
    wrong = []
    slack = METRES_AGREE if again.counts_metres else SUMS_AGREE * asked
    if covered < asked - slack:
        wrong.append(f"the stations cover {covered:g} of {unit}, and {asked:g} is asked for")
    if again.must_cover_all_roads and again.covered and again.coverable:
        left_m = again.coverable.length_m - again.covered.length_m
        if left_m > METRES_AGREE:
            wrong.append(f"the stations leave {left_m:.3f} m of road that sites could cover")
    return wrong


def _left_unreached(again: Again) -> list[str]:
    """Return whom no station reaches within the horizon although a site would, where all have to be reached."""
    if again.scenario.placement.goal not in (Goal.P_MEDIAN, Goal.P_CENTER):
        return []
    reached = [t <= again.horizon_s for t in again.nearest_station.time_s.tolist()]
    lost = [
        again.demand.id[i]
        for i, (has, could) in enumerate(zip(reached, again.is_reachable, strict=True))
        if could and not has
    ]
    return [f"no station reaches {some(lost)}, and a site would"] * bool(lost)


def _wrong_then(again: Again, status: Any, said: Any) -> list[str]:
    """Return what is wrong about the second objective: the weighted drives in all of those who are covered."""
    if again.scenario.placement.then is None or status not in ("optimal", "feasible"):
        return [] if said is None else [f"then is {shown(said)}, and should be null"]
    if not isinstance(said, Mapping) or not is_number(said.get("bound")):
        return [f"then is {shown(said)}, and should have an objective and a bound"]
    counts = zip(again.nearest_station.time_s.tolist(), again.weight, again.is_covered, strict=True)
    total = math.fsum(t * w for t, w, covered in counts if covered)
    problems = unequal("then.objective", said.get("objective"), total)
    problems += unequal("then.gap", said.get("gap"), _gap(said.get("objective"), said["bound"]))
    if said["bound"] > total * (1.0 + SUMS_AGREE):
        problems.append(f"then.bound is {said['bound']}, and the plan beats it with {total}")
    return problems
