"""What can go wrong in a way that a planner can mend."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


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

    n_shown: ClassVar[int | None] = None
    """How many problems the message lists; None: all."""

    def __init__(self, file: Path | str, problems: list[str]) -> None:
        self.file = Path(file)
        self.problems = problems
        name = _plain(str(file))
        if len(problems) == 1:
            super().__init__(f"{name}: {_plain(problems[0])}")
        else:
            shown = [_plain(problem) for problem in problems[: self.n_shown]]
            n_more = len(problems) - len(shown)
            lines = [*shown, f"… and {n_more} more"] if n_more else shown
            super().__init__(
                "\n".join([f"{name}: {len(problems)} problems", *(f"  {line}" for line in lines)])
            )


def _plain(text: str) -> str:
    """Return a text with its control characters spelt out: data must not steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class ScenarioError(InputError):
    """A scenario file asks for something that can't be."""


class PointsError(InputError):
    """A file of demand points or sites can't be used as it is."""

    n_shown = 20


class NetworkError(InputError):
    """A road file can't be used as it is."""


class PlacementError(PlannerError):
    """The question to a placement model makes no sense."""
