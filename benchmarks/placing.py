"""Placement beside its peers: p-median, p-center, and the curve of all numbers of stations."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from benchmarks.instances import ROOT, SHARED
from benchmarks.programs import Floats, Program, Solved
from benchmarks.registry import (
    OURS,
    Answer,
    Case,
    Level,
    Limit,
    UnavailableError,
    Work,
    task,
)

if TYPE_CHECKING:
    from planner.coverage import Coverage
    from planner.placement import Curve
    from planner.plan import Plan

GUARD_S: Final = 120.0
"""So long everybody may take for one answer."""
PUBLISHED: Final = tuple(f"pmed{number}" for number in range(1, 41))
ALL_PUBLISHED: Final = "pmed1-40"
_SPOPT: Final = "spopt, HiGHS"
_CBC: Final = "spopt, CBC"
_PLAIN: Final = "HiGHS"


class Question(NamedTuple):
    """Whom to serve, by how many stations.

    Attributes
    ----------
    time_s
        Drive times, needs x sites.
    weight
        Weight of each need.
    stations
        How many stations.
    """

    time_s: Floats
    weight: Floats
    stations: int


class Square(NamedTuple):
    """Needs and sites in a square, some of them in clusters; drive times are whole."""

    n_needs: int
    n_sites: int
    stations: int


# -------------------- instances


def question(instance: str | Square) -> Question:
    """Return a published instance by its name, or a square's."""
    if isinstance(instance, Square):
        return _square(*instance)
    path = SHARED / "benchmarks" / "pmed" / f"{instance}.txt"
    if not path.is_file():
        raise UnavailableError(f"needs {path}")
    numbers = path.read_text().split()
    n, n_roads, stations = map(int, numbers[:3])
    roads = np.array(numbers[3 : 3 + 3 * n_roads], dtype=np.int64).reshape(-1, 3)
    # of a road told twice the last length counts
    length = {(min(a, b) - 1, max(a, b) - 1): float(c) for a, b, c in roads.tolist()}
    graph = csr_array((list(length.values()), np.array(list(length)).T), shape=(n, n))
    return Question(shortest_path(graph, directed=False), np.ones(n), stations)


def _square(n_needs: int, n_sites: int, stations: int) -> Question:
    rng = np.random.default_rng(1)
    centre = rng.random((12, 2))

    def points(n: int) -> Floats:
        n_near = int(0.6 * n)
        near = centre[rng.integers(12, size=n_near)] + 0.05 * rng.standard_normal((n_near, 2))
        return np.vstack([near % 1.0, rng.random((n - n_near, 2))])

    needs, sites = points(n_needs), points(n_sites)
    apart = np.hypot(*(needs[:, None] - sites[None]).transpose(2, 0, 1))
    return Question(
        np.rint(3600.0 * apart), rng.integers(1, 200, n_needs).astype(np.float64), stations
    )


def _prepare(instance: str | Square) -> None:
    question(PUBLISHED[0] if instance == ALL_PUBLISHED else instance)


# -------------------- answers


def same_optimum(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say where one is better than the other calls proven; least objectives are best."""
    mine, its = float(ours["objective"]), float(other["objective"])
    slack = tolerance * max(abs(mine), 1.0)
    if ours["is_proven"] and its < mine - slack:
        return f"{its:g} is better than {mine:g}, which is called proven"
    if other["is_proven"] and its > mine + slack:
        return f"{its:g} is called proven, and {mine:g} is better"
    if other["is_proven"] and its < mine - slack:
        return f"{its:g} is proven, and {mine:g} isn't as good"
    return ""


def _objective(asked: Question, goal: str, chosen: NDArray[np.integer]) -> float:
    nearest_s = asked.time_s[:, chosen].min(axis=1)
    return float(nearest_s.max() if goal == "p-center" else asked.weight @ nearest_s)


# -------------------- ours


def _coverage(asked: Question) -> Coverage:
    from planner.coverage import Coverage

    n, m = asked.time_s.shape
    return Coverage(
        indptr=np.arange(n + 1, dtype=np.int64) * m,
        site=np.tile(np.arange(m, dtype=np.int32), n),
        time_s=asked.time_s.ravel(),
        weight=asked.weight,
        n_sites=m,
        is_kept=np.zeros(m, dtype=bool),
        is_excluded=np.zeros(m, dtype=bool),
    )


def _told(plan: Plan) -> Answer:
    objective, gap = plan.objective, plan.gap
    assert objective is not None
    assert gap is not None
    return {"objective": objective, "gap": gap, "is_proven": plan.status == "optimal"}


def _our_work(goal: str, instance: str | Square) -> Work:
    from planner.placement import place_on
    from planner.scenario import Goal

    place = partial(place_on, goal=Goal(goal))
    if instance == ALL_PUBLISHED:
        return _all_published(goal, place)
    asked = question(instance)
    coverage = _coverage(asked)
    return Work(lambda: place(coverage, stations=asked.stations), _told)


def _all_published(goal: str, place: Callable[..., Plan]) -> Work:
    """Measure all 40 in a row: tells how many values aren't as published, how many aren't proven, the longest time."""
    with (SHARED / "benchmarks" / "known_optima.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["problem"] == goal]
    best = {row["instance"]: float(row["best_known"]) for row in rows}
    asked = {name: question(name) for name in PUBLISHED}

    def run() -> tuple[dict[str, Plan], float]:
        plans, longest_s = {}, 0.0
        for name, one in asked.items():
            start_s = time.process_time()
            plans[name] = place(_coverage(one), stations=one.stations)
            longest_s = max(longest_s, time.process_time() - start_s)
        return plans, longest_s

    def answer(found: tuple[dict[str, Plan], float]) -> Answer:
        plans, longest_s = found
        return {
            "n_missed": sum(plan.objective != best[name] for name, plan in plans.items()),
            "n_open": sum(plan.status != "optimal" for plan in plans.values()),
            "longest_cpu_s": longest_s,
        }

    return Work(run, answer, warms_up=False)


# -------------------- peers


def _spopt_work(goal: str, solver: str, instance: str | Square) -> Work:
    """Measure all that spopt does: the model for PuLP, and the solver."""
    import pulp
    from spopt.locate import PCenter, PMedian

    if solver not in pulp.listSolvers(onlyAvailable=True):
        raise UnavailableError(f"PuLP has no {solver} here")
    asked = question(instance)

    def run() -> Any:
        solve = pulp.getSolver(solver, msg=False, timeLimit=GUARD_S)
        # it can't say which sites are chosen where the solver found none
        if goal == "p-center":
            made = PCenter.from_cost_matrix(asked.time_s, p_facilities=asked.stations)
        else:
            made = PMedian.from_cost_matrix(asked.time_s, asked.weight, p_facilities=asked.stations)
        return made.solve(solve, results=False)

    def answer(made: Any) -> Answer:
        variables = made.fac_vars
        is_in = np.array([(variable.value() or 0.0) > 0.5 for variable in variables])
        if not is_in.any():
            return {"objective": np.inf, "is_proven": False}
        chosen = np.flatnonzero(is_in)
        # PuLP calls a model optimal where the solver stopped at its limit with a plan; sol_status tells the two apart
        is_proven = made.problem.sol_status == pulp.LpSolutionOptimal
        return {"objective": _objective(asked, goal, chosen), "is_proven": is_proven}

    return Work(run, answer, warms_up=False)


def _plain_median(instance: str | Square) -> Work:
    """Write a variable for each site and each pair: everybody is served once, by a station."""
    from scipy.sparse import coo_array, eye_array, hstack, kron, vstack

    asked = question(instance)
    n, m = asked.time_s.shape

    def run() -> Solved:
        cost = np.concatenate([np.zeros(m), (asked.weight[:, None] * asked.time_s).ravel()])
        number = hstack([np.ones((1, m)), coo_array((1, n * m))])
        once = hstack([coo_array((n, m)), kron(eye_array(n), np.ones((1, m)))])
        by_station = hstack([kron(np.ones((n, 1)), eye_array(m)), -eye_array(n * m)])
        rows = vstack([number, once, by_station]).tocsr()
        low = np.concatenate([[asked.stations], np.ones(n), np.zeros(n * m)])
        high = np.concatenate([[asked.stations], np.ones(n), np.ones(n * m)])
        return Program().solve(cost, rows, low, high, n_whole=m, time_limit_s=GUARD_S)

    def answer(found: Solved) -> Answer:
        if not found.x.size:
            return {"objective": np.inf, "is_proven": False}
        chosen = np.flatnonzero(found.x[:m] > 0.5)
        return {"objective": _objective(asked, "p-median", chosen), "is_proven": found.is_proven}

    return Work(run, answer, warms_up=False)


def _plain_center(instance: str | Square) -> Work:
    """Halve the drive times there are: each is a set covering as it is."""
    asked = question(instance)
    n, m = asked.time_s.shape

    def run() -> tuple[NDArray[np.int64], bool]:
        until_s = time.monotonic() + GUARD_S
        lengths = np.unique(asked.time_s[asked.time_s >= asked.time_s.min(axis=1).max()])
        low, high = 0, lengths.size - 1
        chosen, is_proven = np.arange(m), True
        while low < high:
            middle = (low + high) // 2
            rows = csr_array((asked.time_s <= lengths[middle]).astype(np.float64))
            x, is_done, _ = Program().solve(
                np.ones(m),
                rows,
                np.ones(n),
                np.full(n, np.inf),
                n_whole=m,
                time_limit_s=until_s - time.monotonic(),
            )
            if x.size and round(float(x.sum())) <= asked.stations:
                high, chosen = middle, np.flatnonzero(x > 0.5)
            else:
                low, is_proven = middle + 1, is_proven and is_done
        return chosen, is_proven

    def answer(found: tuple[NDArray[np.int64], bool]) -> Answer:
        return {"objective": _objective(asked, "p-center", found[0]), "is_proven": found[1]}

    return Work(run, answer, warms_up=False)


# -------------------- p-median and p-center

_ALL_RIGHT: Final = (Limit(figure="n_missed", at_most=0), Limit(figure="n_open", at_most=0))


def _cases(longest_s: float) -> dict[Level, Case]:
    each = Limit(figure="cpu_s", at_most=longest_s)
    of_all = Limit(figure="longest_cpu_s", at_most=longest_s)
    return {
        Level.SMOKE: Case(name="60 x 25", instance=Square(60, 25, 5)),
        Level.SMALL: Case(name="pmed1", instance="pmed1", limits=(each,)),
        Level.MEDIUM: Case(name="pmed6", instance="pmed6", limits=(each,)),
        Level.LARGE: Case(name=ALL_PUBLISHED, instance=ALL_PUBLISHED, limits=(of_all, *_ALL_RIGHT)),
    }


medians = task(
    name="p-median",
    does="the least weighted drives in all, from drive times to a proven plan",
    cases=_cases(120.0),
    prepare=_prepare,
    judge=same_optimum,
)
centers = task(
    name="p-center",
    does="the shortest longest drive, from drive times to a proven plan",
    cases=_cases(30.0),
    prepare=_prepare,
    judge=same_optimum,
)
hard_centers = task(
    name="p-center, hard",
    does="the shortest longest drive of very many; a plan and a gap",
    cases={
        Level.LARGE: Case(name="20k x 1k", instance=Square(20_000, 1_000, 78)),
    },
    prepare=_prepare,
    judge=same_optimum,
)
for _task, _goal in ((medians, "p-median"), (centers, "p-center"), (hard_centers, "p-center")):
    _task.tool(OURS)(partial(_our_work, _goal))
medians.tool(_PLAIN, largest=Level.MEDIUM)(_plain_median)
centers.tool(_PLAIN, largest=Level.MEDIUM)(_plain_center)
hard_centers.tool(_PLAIN)(_plain_center)
for _task, _goal in ((medians, "p-median"), (centers, "p-center")):
    for _name, _solver in ((_SPOPT, "HiGHS"), (_CBC, "PULP_CBC_CMD")):
        _task.tool(_name, largest=Level.MEDIUM)(partial(_spopt_work, _goal, _solver))


# -------------------- the curve


def _covered(instance: str | Square) -> Coverage:
    """Return which needs which sites cover: of the county, or within ten minutes in a square."""
    if isinstance(instance, Square):
        from dataclasses import replace

        asked = question(instance)
        near = csr_array(asked.time_s <= 600.0)
        kept = _coverage(asked)
        return replace(
            kept,
            indptr=near.indptr.astype(np.int64),
            site=near.indices.astype(np.int32),
            time_s=asked.time_s[near.nonzero()],
        )
    path = ROOT / "data" / instance / "fewest.toml"
    if not path.is_file():
        raise UnavailableError(f"needs {path}")
    from planner.coverage import coverage_of
    from planner.run import survey_of
    from planner.scenario import read_scenario

    return coverage_of(survey_of(read_scenario(path)).times)


def _same_curve(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say for how many numbers of stations both call something else proven."""
    both = ours["is_proven"] & other["is_proven"]
    apart = np.abs(ours["covered"] - other["covered"]) > tolerance * ours["covered"]
    n = int(np.count_nonzero(both & apart))
    return f"{n} of {both.size} numbers cover something else" if n else ""


curves = task(
    name="curve",
    does="what each number of stations covers, with a bound on each",
    cases={
        Level.SMOKE: Case(name="60 x 25", instance=Square(60, 25, 0)),
        Level.SMALL: Case(name="300 x 60", instance=Square(300, 60, 0)),
        Level.MEDIUM: Case(name="yuhuan", instance="yuhuan"),
    },
    judge=_same_curve,
)


def _of_curve(curve: Curve) -> Answer:
    return {
        "covered": curve.covered_weight,
        "is_proven": curve.bound <= curve.covered_weight * (1 + 1e-9),
        "n_numbers": curve.n_stations.size,
    }


@curves.tool(OURS)
def _(instance: str | Square) -> Work:
    from planner.placement import curve_of

    coverage = _covered(instance)
    return Work(lambda: curve_of(coverage), _of_curve)


@curves.tool("ours, one by one")
def _(instance: str | Square) -> Work:
    """Solve a max covering for each number of stations that the curve tells of."""
    from planner.placement import curve_of, max_covering

    coverage = _covered(instance)
    numbers = curve_of(coverage).n_stations.tolist()

    def answer(plans: list[Plan]) -> Answer:
        return {
            "covered": np.array([plan.objective for plan in plans]),
            "is_proven": np.array([plan.status == "optimal" for plan in plans]),
        }

    return Work(
        lambda: [max_covering(coverage, stations=n) for n in numbers], answer, warms_up=False
    )


@curves.tool("HiGHS, one by one", largest=Level.SMALL)
def _(instance: str | Square) -> Work:
    """Write a variable for each site and each need, for one number of stations after the other."""
    from scipy.sparse import coo_array, eye_array, hstack, vstack

    from planner.placement import curve_of

    coverage = _covered(instance)
    numbers = curve_of(coverage).n_stations.tolist()
    n, m = coverage.n_needs, coverage.n_sites
    covers = csr_array((np.ones(coverage.site.size), coverage.site, coverage.indptr), shape=(n, m))

    def run() -> list[Solved]:
        cost = np.concatenate([np.zeros(m), -coverage.weight])
        number = hstack([np.ones((1, m)), coo_array((1, n))])
        rows = vstack([hstack([covers, -eye_array(n)]), number]).tocsr()
        low, high = np.zeros(n + 1), np.full(n + 1, np.inf)
        found = []
        for stations in numbers:
            high[-1] = stations
            found.append(Program().solve(cost, rows, low, high, n_whole=m, time_limit_s=GUARD_S))
        return found

    def answer(found: list[Solved]) -> Answer:
        covered = [one.x[m:] @ coverage.weight if one.x.size else 0.0 for one in found]
        return {
            "covered": np.array(covered),
            "is_proven": np.array([one.is_proven for one in found]),
        }

    return Work(run, answer, warms_up=False)
