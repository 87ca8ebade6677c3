"""What took how long, for the log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the run.

    Attributes
    ----------
    name
        What was done.
    seconds
        How long it took.
    peak_mb
        The most memory the process had used by its end, in MB; None where the system doesn't tell.
    """

    name: str
    seconds: float
    peak_mb: float | None


@dataclass(slots=True)
class Clock:
    """Keeps the stages of a run as they end, and tells of each as it begins (to the log, at level INFO)."""

    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        logger.info("%s", name)
        begun = time.perf_counter()
        yield
        seconds = time.perf_counter() - begun
        self.stages.append(Stage(name=name, seconds=round(seconds, 3), peak_mb=_peak_mb()))


def _peak_mb() -> float | None:
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    per_mb = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return round(peak / per_mb, 1)
