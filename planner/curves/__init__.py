"""What `curve` tells: the share covered for each number of stations, as lines, JSON, a table and a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.curves.picture import Picture, write_pictures
from planner.errors import PlannerError
from planner.placement import Curve, curve
from planner.plan import Status
from planner.points import Sites
from planner.run import survey_of
from planner.scenario import Goal, Scenario
from planner.tables import write_csv
from planner.wording import counted, percent

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ScenarioCurve",
    "curve_json",
    "curve_lines",
    "curve_table",
    "scenario_curve",
    "write_curve",
]

N_TOLD: Final = 10
"""So many numbers of stations from the first on are told on the terminal; then every so-manieth."""

KNEES: Final = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Where the curve first covers such a part of all that can be covered, it is told too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioCurve:
    """The curve of a scenario.

    Attributes
    ----------
    scenario
        What was asked.
    sites
        Places that may become a station.
    curve
        What each number of stations covers.
    standard_s
        The longest drive that covers, in seconds.
    """

    scenario: Scenario
    sites: Sites
    curve: Curve
    standard_s: float

    @property
    def asked(self) -> int | None:
        """The number of stations that the scenario asks for, where the curve comes so far."""
        n = self.scenario.placement.stations
        return n if n is not None and n in self.curve.n_stations else None


def scenario_curve(scenario: Scenario, *, stations: int | None = None) -> ScenarioCurve:
    """Return what each number of stations covers in a scenario, whatever its goal.

    Parameters
    ----------
    scenario
        What is asked: roads, demand, sites, standard.
    stations
        The last number of stations. None: as many as cover all that can be covered, or as max covering asks for where
        that is more.

    Raises
    ------
    PlannerError
        An input can't be used, the last number is less than the stations that are kept, or roads alone are demand.
    """
    if scenario.demand.file is None:
        raise PlannerError(
            f"{scenario.path}: [demand] names no file, and the curve tells of demand points only"
        )
    rules, fleet = scenario.placement, scenario.fleets[0]
    survey = survey_of(scenario)
    asked = rules.stations if rules.goal is Goal.MAX_COVERING else None
    return ScenarioCurve(
        scenario=scenario,
        sites=survey.times.sites,
        curve=curve(
            survey.times,
            stations=stations,
            at_least=asked or 0,
            time_limit_s=rules.time_limit_s,
        ),
        standard_s=fleet.max_drive_time_s,
    )


def write_curve(found: ScenarioCurve, folder: Path) -> None:
    """Write the curve into a folder: curve.csv, curve.png and curve.svg; other files there stay.

    Raises
    ------
    PlannerError
        The folder can't be written.
    """
    scenario = found.scenario
    picture = Picture(
        curve=found.curve,
        asked=found.asked,
        standard_s=found.standard_s,
        language=scenario.language,
        title=scenario.title,
        name=scenario.name,
        notice=scenario.notice,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder / "curve.csv", curve_table(found))
        write_pictures(picture, folder / "curve.png", folder / "curve.svg")
    except OSError as error:
        raise PlannerError(f"{folder}: can't be written: {error.strerror or error}") from error


def curve_table(found: ScenarioCurve) -> pd.DataFrame:
    """Return the curve, a row for each number of stations, with the ids of the stations in the last column."""
    ids = found.sites.id
    return found.curve.to_frame().assign(
        stations=["; ".join(ids[chosen].tolist()) for chosen in found.curve.stations]
    )


# ---------------------------------------------------------------------------------------------
# For machines
# ---------------------------------------------------------------------------------------------


def curve_json(found: ScenarioCurve) -> dict[str, Any]:
    """Return the curve as plain values for JSON."""
    told = found.curve
    points = told.to_frame().to_dict("records")
    return {
        "scenario": found.scenario.name,
        "weight": told.weight,
        "coverable_weight": told.coverable_weight,
        "n_for_all": told.n_for_all,
        "n_for_all_bound": told.n_for_all_bound,
        "stopped_by": told.stopped_by,
        "curve": [
            point | {"stations": found.sites.id[chosen].tolist()}
            for point, chosen in zip(points, told.stations, strict=True)
        ],
    }


# ---------------------------------------------------------------------------------------------
# On a terminal
# ---------------------------------------------------------------------------------------------


def curve_lines(found: ScenarioCurve) -> list[str]:
    """Return the curve in lines: numbers of stations that tell something, and what is proven about them."""
    rows = [("stations", "covered", "gain", "proven"), *_rows(found)]
    return [
        *(f"{n:>8}  {covered:>9}  {gain:>9}  {proven}" for n, covered, gain, proven in rows),
        "",
        *_sentences(found.curve),
    ]


def _rows(found: ScenarioCurve) -> Iterator[tuple[str, str, str, str]]:
    told = found.curve
    bound, gain = told.share_bound, told.gain / (told.weight or 1.0)
    for i in _told(found):
        proven = "best"
        if told.status[i] is not Status.OPTIMAL:
            proven = f"at most {percent(_up(float(bound[i])))}"
        covered = float(told.share_covered[i])
        yield f"{told.n_stations[i]:,}", percent(covered), percent(float(gain[i])), proven


def _up(share: float) -> float:
    """Return a share rounded up to what is told of it, so that it remains a bound."""
    return min(math.ceil(share * 10_000) / 10_000, 1.0)


def _told(found: ScenarioCurve) -> list[int]:
    """Return which points are told, ascending: the first few, then round numbers, knees and ends."""
    told = found.curve
    n, last = told.n_stations, told.n_stations.size - 1
    knees = np.searchsorted(told.share_of_coverable, KNEES).tolist()
    marked = np.flatnonzero(np.isin(n, [found.asked or 0, told.n_for_all])).tolist()
    every = np.flatnonzero(n % N_TOLD == 0).tolist()
    points = {*range(min(N_TOLD, last + 1)), *every, *knees, *marked, last}
    return sorted(i for i in points if i <= last)


def _sentences(told: Curve) -> Iterator[str]:
    """Yield from which number on all is covered, and how much is proven."""
    n, at_least = told.n_for_all, told.n_for_all_bound
    coverable = percent(told.coverable_weight / told.weight) if told.weight else "all"
    proof = f"proven: {n - 1} can't" if n == at_least else f"fewer than {at_least} can't"
    end = "" if n == at_least == 0 else f"; {proof}"
    yield f"{counted(n, 'station')} cover all that can be covered ({coverable}){end}."
    n_open = sum(status is not Status.OPTIMAL for status in told.status)
    if n_open:
        yield f"Not proven best for {n_open} of {counted(len(told.status), 'number')} of stations."
    if told.stopped_by:
        yield "The time limit stopped the proofs; give time_limit_s more."
    yield "Each number has a plan of its own: the best 11 stations may be without some of the best 10."
