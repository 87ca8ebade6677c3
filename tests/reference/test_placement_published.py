"""Published instances with known optima, and the same models given whole to a solver."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist

from planner.coverage import Coverage
from planner.placement import place_on
from planner.plan import check_plan
from planner.scenario import Goal


def coverage_of(distance: np.ndarray, weight: np.ndarray, *, reach: float) -> Coverage:
    """Needs x sites within reach; the distance stands for the drive time."""
    need, site = np.nonzero(distance <= reach)
    return Coverage(
        indptr=np.searchsorted(need, np.arange(distance.shape[0] + 1)).astype(np.int64),
        site=site.astype(np.int32),
        time_s=distance[need, site],
        weight=weight.astype(np.float64),
        n_sites=distance.shape[1],
        is_kept=np.zeros(distance.shape[1], dtype=bool),
        is_excluded=np.zeros(distance.shape[1], dtype=bool),
    )


def known(shared: Path, *names: str) -> list[dict[str, str]]:
    rows = csv.DictReader((shared / "benchmarks" / "known_optima.csv").read_text().splitlines())
    return [row for row in rows if row["instance"] in names]


def matrix(coverage: Coverage) -> csr_array:
    ones = np.ones(coverage.site.size)
    return csr_array(
        (ones, coverage.site, coverage.indptr), shape=(coverage.n_needs, coverage.n_sites)
    )


# --- whole models: nothing reduced, merged or searched before ------------------------------------


def fewest_by_solver(coverage: Coverage) -> float:
    coverable = matrix(coverage)[np.flatnonzero(coverage.is_coverable)]
    every_need_covered = LinearConstraint(coverable, lb=1)
    m = coverage.n_sites
    return milp(
        np.ones(m), constraints=every_need_covered, integrality=np.ones(m), bounds=Bounds(0, 1)
    ).fun


def most_by_solver(coverage: Coverage, stations: int) -> float:
    n, m = coverage.n_needs, coverage.n_sites
    covered = LinearConstraint(hstack([matrix(coverage), -eye_array(n)]), lb=0)
    so_many = LinearConstraint(np.repeat([[1.0, 0.0]], [m, n], axis=1), ub=stations)
    return -milp(
        np.concatenate([np.zeros(m), -coverage.weight]),
        constraints=[covered, so_many],
        integrality=np.repeat([1, 0], [m, n]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    ).fun


def least_by_solver(distance: np.ndarray, weight: np.ndarray, stations: int) -> float:
    """The p-median with a variable for each pair: each need at one site, only at stations, so many of them."""
    n, m = distance.shape
    pair = np.arange(n * m)
    each_once = csr_array((np.ones(n * m), (pair // m, m + pair)), shape=(n, m + n * m))
    at_stations = hstack(
        [csr_array((np.ones(n * m), (pair, pair % m)), shape=(n * m, m)), -eye_array(n * m)]
    )
    return milp(
        np.concatenate([np.zeros(m), (weight[:, None] * distance).ravel()]),
        constraints=[
            LinearConstraint(each_once, lb=1, ub=1),
            LinearConstraint(at_stations, lb=0),
            LinearConstraint(np.repeat([[1.0, 0.0]], [m, n * m], axis=1), ub=stations),
        ],
        integrality=np.repeat([1, 0], [m, n * m]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    ).fun


@pytest.mark.parametrize("seed", range(3))
def test_medians_are_as_good_as_the_whole_model_given_to_a_solver(seed):
    rng = np.random.default_rng(seed)
    distance = cdist(rng.random((60, 2)), rng.random((25, 2))) * 1000
    weight = rng.random(60) * 50
    reach = coverage_of(distance, weight, reach=np.inf)
    for stations in (2, 5, 9):
        plan = place_on(reach, goal=Goal.P_MEDIAN, stations=stations)
        assert plan.status == "optimal"
        right = least_by_solver(distance, weight, stations)
        assert plan.objective == pytest.approx(right, rel=1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_plans_are_as_good_as_the_whole_model_given_to_a_solver(seed):
    rng = np.random.default_rng(seed)
    distance = cdist(rng.random((250, 2)), rng.random((60, 2)))
    coverage = coverage_of(distance, rng.integers(1, 50, 250), reach=0.15)
    fewest = place_on(coverage, goal=Goal.SET_COVERING)
    assert (fewest.status, fewest.objective) == ("optimal", round(fewest_by_solver(coverage)))
    for stations in (3, 8, 15):
        most = place_on(coverage, goal=Goal.MAX_COVERING, stations=stations)
        assert most.status == "optimal"
        assert most.objective == round(most_by_solver(coverage, stations))


# --- published optima ----------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("name", ["SJC324"])
def test_sao_jose_dos_campos_is_proven_at_the_published_value(shared, name):
    x, y, weight = np.loadtxt(shared / "benchmarks" / "mclp" / f"{name}.txt", skiprows=1)[:, :3].T
    xy = np.column_stack([x, y])
    optima = known(shared, name)
    assert len(optima) >= 5
    for row in optima:
        stations, reach = row["p_or_radius"].split(";")
        coverage = coverage_of(cdist(xy, xy), weight, reach=float(reach))
        plan = place_on(coverage, goal=Goal.MAX_COVERING, stations=int(stations))
        assert (plan.objective, plan.status) == (float(row["best_known"]), "optimal")
        assert check_plan(plan, coverage) == []


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SJC402", "SJC500", "SJC708", "SJC818"])
def test_the_larger_ones_are_proven_too(shared, name):
    test_sao_jose_dos_campos_is_proven_at_the_published_value(shared, name)


@pytest.mark.shared
def test_swain_takes_as_few_stations_as_the_whole_model(shared):
    _, x, y, weight = np.loadtxt(shared / "benchmarks" / "swain" / "swain55.txt", skiprows=1).T
    xy = np.column_stack([x, y])
    for reach in (5.0, 10.0, 15.0):
        coverage = coverage_of(cdist(xy, xy), weight, reach=reach)
        plan = place_on(coverage, goal=Goal.SET_COVERING)
        assert (plan.status, plan.objective) == ("optimal", round(fewest_by_solver(coverage)))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["scpe1", pytest.param("scpe2", marks=pytest.mark.slow)])
def test_set_covers_of_equal_costs_have_the_published_size(shared, name):
    # rows and columns, then the costs (all 1), then for each row a count and its columns from 1 on
    packed = (shared / "benchmarks" / "scp" / f"{name}.txt.gz").read_bytes()
    numbers = iter(map(int, gzip.decompress(packed).split()))
    n_rows, n_columns = next(numbers), next(numbers)
    assert {next(numbers) for _ in range(n_columns)} == {1}
    rows = [sorted(next(numbers) - 1 for _ in range(next(numbers))) for _ in range(n_rows)]
    coverage = Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.concatenate(rows).astype(np.int32),
        time_s=np.zeros(sum(map(len, rows))),
        weight=np.ones(n_rows),
        n_sites=n_columns,
        is_kept=np.zeros(n_columns, dtype=bool),
        is_excluded=np.zeros(n_columns, dtype=bool),
    )
    plan = place_on(coverage, goal=Goal.SET_COVERING)
    assert plan.objective == float(known(shared, name)[0]["best_known"])
    assert plan.status == "optimal"


def pmed(shared: Path, number: int) -> tuple[np.ndarray, int]:
    """The shortest ways of an OR-Library network, and p; of a road told twice the last length counts."""
    text = (shared / "benchmarks" / "pmed" / f"pmed{number}.txt").read_text().split()
    n, n_roads, p = map(int, text[:3])
    roads = np.array(text[3 : 3 + 3 * n_roads], dtype=np.int64).reshape(-1, 3)
    length = {(min(a, b) - 1, max(a, b) - 1): float(c) for a, b, c in roads.tolist()}
    graph = csr_array((list(length.values()), np.array(list(length)).T), shape=(n, n))
    return shortest_path(graph, directed=False), p


def is_proven_as_published(shared: Path, number: int, goal: Goal, problem: str) -> None:
    distance, p = pmed(shared, number)
    (row,) = [row for row in known(shared, f"pmed{number}") if row["problem"] == problem]
    coverage = coverage_of(distance, np.ones(len(distance)), reach=np.inf)
    plan = place_on(coverage, goal=goal, stations=p)
    assert (plan.objective, plan.status) == (float(row["best_known"]), "optimal")
    assert check_plan(plan, coverage) == []


@pytest.mark.shared
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 10])
def test_medians_of_networks_are_proven_at_the_published_value(shared, number):
    is_proven_as_published(shared, number, Goal.P_MEDIAN, "p-median")


@pytest.mark.shared
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 8, 10, 14])
def test_centers_of_networks_are_proven_at_the_published_value(shared, number):
    is_proven_as_published(shared, number, Goal.P_CENTER, "p-center")


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 41))
def test_all_centers_of_networks_are_proven_too(shared, number):
    is_proven_as_published(shared, number, Goal.P_CENTER, "p-center")


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 41))
def test_all_medians_of_networks_are_proven_too(shared, number):
    is_proven_as_published(shared, number, Goal.P_MEDIAN, "p-median")


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["pr226", "pr264", "pr299", "pr439"])
def test_centers_of_cities_are_proven_at_the_published_value(shared, name):
    text = (shared / "benchmarks" / "tsplib" / f"{name}.tsp").read_text()
    lines = text.partition("NODE_COORD_SECTION")[2].partition("EOF")[0].split("\n")
    xy = np.array([line.split()[1:3] for line in lines if line.strip()], dtype=np.float64)
    coverage = coverage_of(cdist(xy, xy), np.ones(len(xy)), reach=np.inf)
    optima = [row for row in known(shared, name) if row["problem"] == "p-center"]
    assert len(optima) == 4
    for row in optima:
        plan = place_on(coverage, goal=Goal.P_CENTER, stations=int(row["p_or_radius"]))
        assert plan.status == "optimal"
        assert abs(plan.objective - float(row["best_known"])) <= 0.5  # published as whole numbers


@pytest.mark.shared
@pytest.mark.slow
def test_a_million_needs_of_200_sites_are_proven(shared, tmp_path):
    out = tmp_path / "planar.npz"
    maker = shared / "generators" / "planar.py"
    subprocess.run([sys.executable, maker, "1000000", "200", out], check=True, capture_output=True)
    made = np.load(out)
    need = np.repeat(np.arange(made["weight"].size), np.diff(made["indptr"]))
    offset = made["demand_xy"][need] - made["sites_xy"][made["indices"]]
    coverage = Coverage(
        indptr=made["indptr"].astype(np.int64),
        site=made["indices"],
        time_s=np.hypot(*offset.T),
        weight=made["weight"].astype(np.float64),
        n_sites=200,
        is_kept=np.zeros(200, dtype=bool),
        is_excluded=np.zeros(200, dtype=bool),
    )
    for goal in (Goal.SET_COVERING, Goal.MAX_COVERING):
        plan = place_on(coverage, goal=goal, stations=78 if goal is Goal.MAX_COVERING else None)
        assert plan.status == "optimal"
        assert check_plan(plan, coverage) == []
