"""What can go wrong in a way that a planner can mend."""

from __future__ import annotations

from pathlib import Path


class PlannerError(Exception):
    """Something about the input, or about what was asked, is wrong.

    The message says what, where, and what to do about it.
    """


class InputError(PlannerError):
    """A file can't be used as it is.

    Attributes
    ----------
    file
        The file.
    problems
        All that is wrong with it, one sentence each.
    """

    def __init__(self, file: Path | str, problems: list[str]) -> None:
        self.file = Path(file)
        self.problems = problems
        if len(problems) == 1:
            super().__init__(f"{file}: {problems[0]}")
        else:
            super().__init__("\n".join([f"{file}: {len(problems)} problems", *(f"  {p}" for p in problems)]))


class ScenarioError(InputError):
    """A scenario file asks for something that can't be."""


class PointsError(InputError):
    """A file of demand points or sites can't be used as it is."""


class NetworkError(InputError):
    """A road file can't be used as it is."""


class PlacementError(PlannerError):
    """The question to a placement model makes no sense."""
