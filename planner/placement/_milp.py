"""The only module that talks to HiGHS: linear programs with whole-number variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

SEED: Final = 1
"""HiGHS breaks ties by chance; with one seed and one thread equal programs give equal answers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constraint:
    """Rows of the program: ``low <= matrix @ x <= high``.

    Attributes
    ----------
    matrix
        Sparse, rows x variables.
    low, high
        Bounds of every row.
    """

    matrix: csr_array
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What the solver found.

    Attributes
    ----------
    x
        The best values found; None where none were.
    bound
        What no values can go below; infinite where no values meet the rows.
    stopped_by
        ``"time"`` or ``"nodes"`` where a limit struck before the proof, else None.
    """

    x: NDArray[np.float64] | None
    bound: float
    stopped_by: str | None


def minimize(
    cost: NDArray[np.float64],
    constraints: list[Constraint],
    *,
    n_whole: int,
    start: NDArray[np.float64] | None,
    gap: float,
    time_limit_s: float,
    max_nodes: int,
) -> Answer:
    """Return the least ``cost @ x`` over 0 <= x <= 1, or the best found when a limit strikes.

    Parameters
    ----------
    cost
        Cost of each variable.
    constraints
        What x has to meet.
    n_whole
        So many variables, from the first on, are 0 or 1; the others lie between.
    start
        Values that meet the rows, to begin from; None: there are none.
    gap
        Difference between cost and bound at which the answer counts as proven; just under the step between two costs
        where these are whole numbers.
    time_limit_s
        Guard, in seconds.
    max_nodes
        Number of branches after which to stop.

    Returns
    -------
    Answer
        Values, bound, and what stopped the solver.
    """
    solver = _SilentHighs()
    options = {
        "threads": 1,
        "random_seed": SEED,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": gap,
        "time_limit": max(time_limit_s, 0.0),
        "mip_max_nodes": max_nodes,
        "presolve": "off",  # with it 1.16 takes a start for better than it is, and claims plans that are none
        "mip_heuristic_effort": 0.0,  # the searches of _search find better plans in less time
    }
    for name, setting in options.items():
        solver.setOptionValue(name, setting)
    solver.passModel(_highs_lp(cost, constraints, n_whole))
    if start is not None:
        solver.setSolution(start.size, np.arange(start.size, dtype=np.int32), start)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Answer(x=None, bound=np.inf, stopped_by=None)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    stopped = {
        highspy.HighsModelStatus.kTimeLimit: "time",
        highspy.HighsModelStatus.kSolutionLimit: "nodes",
    }
    return Answer(
        x=np.asarray(solver.getSolution().col_value) if found else None,
        bound=float(info.mip_dual_bound),
        stopped_by=stopped.get(status),
    )


class _SilentHighs(highspy.Highs):  # type: ignore[misc]
    """HiGHS that prints nothing: the banner comes when the constructor sets up callbacks, before options can be set."""

    def enableCallbacks(self) -> None:  # noqa: N802 (the name is HiGHS's)
        """Switch output off first."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def _highs_lp(
    cost: NDArray[np.float64], constraints: list[Constraint], n_whole: int
) -> highspy.HighsLp:
    """Return the program as HiGHS takes it."""
    matrix = vstack([constraint.matrix for constraint in constraints], format="csr")
    n_rows = [constraint.matrix.shape[0] for constraint in constraints]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = cost.size, matrix.shape[0]
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = np.zeros(cost.size), np.ones(cost.size)
    lp.row_lower_ = np.repeat([constraint.low for constraint in constraints], n_rows)
    lp.row_upper_ = np.repeat([constraint.high for constraint in constraints], n_rows)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    whole, between = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [whole] * n_whole + [between] * (cost.size - n_whole)
    return lp
