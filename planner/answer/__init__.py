"""The answer in words, and how times are shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.answer import words
from planner.figures import Figures, LeftOut, figures, left_out
from planner.persons import is_too_small
from planner.plan import Status
from planner.result import Result
from planner.scenario import Goal, Unit

UNREACHABLE_S: Final = -1
"""Stands for "no road leads there" where times are packed as whole seconds."""


def whole_seconds(
    time_s: NDArray[np.float64], standard_s: NDArray[np.float64] | float
) -> NDArray[np.int64]:
    """Return times as whole seconds, -1 for NaN; what is over the standard stays over it."""
    rounded = np.where(time_s > standard_s, np.ceil(time_s), np.rint(time_s))
    return np.where(np.isnan(time_s), UNREACHABLE_S, rounded).astype(np.int64)


def steps_s(standard_s: float) -> list[int]:
    """Return the upper ends of the three steps that drives within the standard are coloured by, in seconds.

    Of five minutes: 2, 4 and 5 minutes. The first two are whole minutes, below three minutes half ones.
    """
    unit = 60 if standard_s >= 180 else 30 if standard_s >= 60 else 1
    first, second = (int(unit * round(share * standard_s / unit)) for share in (0.4, 0.8))
    return [first, second, math.floor(standard_s)]


def step_of(
    time_s: NDArray[np.float64], is_covered: NDArray[np.bool_], standard_s: float
) -> NDArray[np.int64]:
    """Return how each need is coloured: 0 to 2 covered, 3 over the standard, 4 cut off."""
    if not time_s.size:
        return np.zeros(0, dtype=np.int64)
    ends = steps_s(standard_s)[:2]
    step = np.searchsorted(ends, time_s, side="left")
    return np.where(is_covered, step, np.where(np.isnan(time_s), 4, 3)).astype(np.int64)


# ---------------------------------------------------------------------------------------------
# The answer in words
# ---------------------------------------------------------------------------------------------

Piece = str | dict[str, str]
"""A piece of a sentence: words of ours, or ``{"name": ...}`` with a text of the data."""


def answer(
    result: Result, found: Figures, left_out: LeftOut, language: str
) -> dict[str, list[Piece]]:
    """Return what map, tables and terminal say first.

    Returns
    -------
    dict
        ``answer``: the sentence; ``proof``: what is proven about it; ``rest``: what no site can cover. Each as
        pieces; the last may be empty.
    """
    return {
        "answer": list(_answer(result, found, language)),
        "proof": [_proof(result, found, left_out, language) + _proof_of_then(result, language)],
        "rest": [
            *_rest(result, found, left_out, language),
            *_rest_of_roads(result, found, language),
        ],
    }


def sentences(result: Result, language: str) -> dict[str, str]:
    """Return the answer as plain text: as `answer`, each part without blanks around it; empty where it says nothing."""
    parts = answer(result, figures(result), left_out(result), language)
    return {
        part: "".join(p if isinstance(p, str) else p["name"] for p in pieces).strip()
        for part, pieces in parts.items()
    }


def _answer(result: Result, found: Figures, language: str) -> Iterator[Piece]:
    say = words.SENTENCES[language]
    is_alone = result.scenario.demand.file is None
    share = result.roads.share_covered if is_alone and result.roads else found.share_covered
    values = {
        "stations": words.count(found.n_stations, "station", language),
        "n_stations": words.count(found.n_stations, "", language),
        "share": words.share(share),
        "what": say["of_roads" if is_alone else _what_demand_is(result)],
        "standard": words.duration(found.standard_s, language),
    }
    what = "planned"
    if result.plan.goal is Goal.ASSESS:
        what = _assessed(result, found)
    yield say[what].format(**values)
    if result.scenario.demand.roads and not is_alone and result.roads:
        yield say["roads_too"].format(share=words.share(result.roads.share_covered))
    longest_s, name = _farthest(result, found)
    if not math.isnan(longest_s):
        longest = int(whole_seconds(np.array([longest_s]), found.standard_s)[0])
        yield say["farthest"].format(longest=words.duration(longest, language))
    if name:
        yield say["name_opens"]
        yield {"name": name}
        yield say["name_closes"]
    yield say["stop"]


def _assessed(result: Result, found: Figures) -> str:
    """Return which stations an assessment looks at: those of a list, those that stand, or all sites."""
    if result.scenario.placement.stations_file is not None:
        return "assessed_list"
    return "assessed" if found.n_existing else "assessed_all"


def _what_demand_is(result: Result) -> str:
    return "of_persons" if result.scenario.demand.unit is Unit.PERSONS else "of_demand"


def _farthest(result: Result, found: Figures) -> tuple[float, str]:
    """Return the longest drive, in seconds, and from where: a demand point, or a road where roads alone are demand."""
    if found.farthest is not None:
        return found.longest_s, _name(result, found.farthest)
    if result.network is None or result.roads is None or result.roads.worst is None:
        return math.nan, ""
    worst, network = result.roads.worst, result.network
    return worst.drive_time_s, str(network.names[network.street_name[worst.street]])


def _proof(result: Result, found: Figures, left_out: LeftOut, language: str) -> str:
    """Return what is proven about the plan."""
    plan, say = result.plan, words.SENTENCES[language]
    if plan.status is Status.ASSESSED:
        return say[f"proof_{_assessed(result, found)}"]
    if plan.status is Status.INFEASIBLE:
        return say.get(f"infeasible_{plan.goal}", say["infeasible"])
    if plan.status is Status.UNDECIDED:
        return say["undecided"]
    counts_stations = plan.goal is Goal.SET_COVERING and plan.objective == plan.stations.size
    if plan.status is Status.FEASIBLE:
        return _proof_of_gap(result, found, language, counts_stations=counts_stations)
    if counts_stations and found.n_stations > 1:
        return say["optimal_stations"].format(fewer=words.count(found.n_stations - 1, "", language))
    covers_all = left_out.uncovered.size == left_out.uncoverable.size
    if plan.goal is Goal.MAX_COVERING and result.scenario.demand.file is None:
        return say["optimal_max"]
    if plan.goal is Goal.MAX_COVERING:
        return say["optimal_all" if covers_all else "optimal_max"]
    return say[_OPTIMAL.get(plan.goal, "optimal")]


_OPTIMAL: Final = {Goal.P_MEDIAN: "optimal_median", Goal.P_CENTER: "optimal_center"}
"""What is said of a proven plan that doesn't count stations or weight."""


def _proof_of_then(result: Result, language: str) -> str:
    """Return what is proven about what the plan is best at beside its goal; empty where that is nothing."""
    then, say = result.plan.then, words.SENTENCES[language]
    if then is None:
        return ""
    blank = " " if language == "en" else ""
    key = "then_optimal" if then.objective == then.bound else "then_feasible"
    return blank + say[key].format(gap=words.share(then.gap))


def _proof_of_gap(result: Result, found: Figures, language: str, *, counts_stations: bool) -> str:
    """Return how far the plan may be from the best there is."""
    plan, say = result.plan, words.SENTENCES[language]
    if plan.bound is None or plan.objective is None:
        return say["feasible"]
    if counts_stations:
        bound = math.ceil(plan.bound)
        return say["feasible_stations" if bound > 1 else "feasible_no_bound"].format(
            spare=words.count(found.n_stations - bound, "", language),
            too_few=words.count(bound - 1, "", language),
        )
    of_all = found.weight
    if result.scenario.demand.file is None and result.roads:
        of_all = result.roads.length_m
    if plan.goal is Goal.MAX_COVERING and of_all:
        more = 100 * (plan.bound - plan.objective) / of_all
        return say["feasible_max"].format(more=f"{math.ceil(more * 10) / 10:.1f}")
    if plan.goal is Goal.P_MEDIAN:
        return say["feasible_median"].format(gap=words.share(plan.gap or 0.0))
    if plan.goal is Goal.P_CENTER:
        return say["feasible_center"].format(bound=words.duration(plan.bound, language))
    return say["feasible_gap"].format(gap=words.share(plan.gap or 0.0))


def _rest(result: Result, found: Figures, left_out: LeftOut, language: str) -> Iterator[Piece]:
    """Yield how many places no site can cover, and how many of them no road leads to."""
    n, n_cut_off = left_out.uncoverable.size, left_out.unreachable.size
    if not n:
        return
    say = words.SENTENCES[language]
    by = "_table" if result.network is None else ""  # without roads none can be missing
    yield say[f"rest_all_cut_off{by}" if n == n_cut_off else "rest"].format(
        places=words.count(n, "place", language),
        standard=words.duration(found.standard_s, language),
    )
    if 0 < n_cut_off < n:
        yield say[f"rest_cut_off{by}"].format(n=words.count(n_cut_off, "", language))
    yield say["stop"]


def _rest_of_roads(result: Result, found: Figures, language: str) -> Iterator[Piece]:
    """Yield how much road no site can cover, where roads are demand."""
    roads, say = result.roads, words.SENTENCES[language]
    if roads is None or not result.scenario.demand.roads:
        return
    beyond_m = roads.length_m - roads.coverable_m
    if beyond_m >= 50.0:
        yield say["rest_roads"].format(
            km=f"{beyond_m / 1000:,.1f}",
            share=words.share(beyond_m / roads.length_m),
            standard=words.duration(found.standard_s, language),
        )


def _name(result: Result, need: int) -> str:
    """Return what a place is called; nothing where so few persons are that it is not told apart."""
    demand, point = result.times.demand, result.times.needs.point[need]
    if is_too_small(demand, result.scenario)[point]:
        return ""
    return str(demand.name[point]) or str(demand.id[point])
