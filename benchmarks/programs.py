"""Linear programs as somebody writes them down from a textbook, in HiGHS: the peer of what is reduced and bounded first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]


class Solved(NamedTuple):
    """Values (none where none were found), whether they are proven best, and what no values can go below."""

    x: Floats
    is_proven: bool
    bound: float


class Program:
    """A program for HiGHS with its own presolve and heuristics, in one thread."""

    def __init__(self) -> None:
        import highspy

        self._highs = highspy
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("mip_rel_gap", 0.0)

    def solve(
        self,
        cost: Floats,
        rows: csr_array,
        low: Floats,
        high: Floats,
        *,
        n_whole: int,
        time_limit_s: float,
    ) -> Solved:
        """Return the least ``cost @ x`` with ``low <= rows @ x <= high`` and 0 <= x <= 1.

        Parameters
        ----------
        cost, rows, low, high
            The program.
        n_whole
            So many variables, from the first on, are 0 or 1.
        time_limit_s
            When to stop, in seconds.
        """
        highs, n = self._highs, cost.size
        lp = highs.HighsLp()
        lp.num_col_, lp.num_row_ = n, rows.shape[0]
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(n), np.ones(n)
        lp.row_lower_, lp.row_upper_ = low, high
        lp.a_matrix_.format_ = highs.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = n, rows.shape[0]
        lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.indptr, rows.indices
        lp.a_matrix_.value_ = rows.data
        whole, between = highs.HighsVarType.kInteger, highs.HighsVarType.kContinuous
        lp.integrality_ = [whole] * n_whole + [between] * (n - n_whole)
        self._solver.setOptionValue("time_limit", max(time_limit_s, 0.1))
        self._solver.passModel(lp)
        self._solver.run()
        info = self._solver.getInfo()
        is_found = info.primal_solution_status == highs.SolutionStatus.kSolutionStatusFeasible
        return Solved(
            x=np.asarray(self._solver.getSolution().col_value) if is_found else np.empty(0),
            is_proven=self._solver.getModelStatus() == highs.HighsModelStatus.kOptimal,
            bound=float(info.mip_dual_bound),
        )
