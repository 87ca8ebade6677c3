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
from planner.placement import Curve
from planner.plan import Status
from planner.points import Sites
from planner.roaddemand import curve_of_demand
from planner.run import survey_of
from planner.scenario import Goal, Scenario
from planner.tables import in_metres, write_csv
from planner.wording import counted, kilometres, percent

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
    def counts_metres(self) -> bool:
        """Whether roads alone are demand, so that metres are the weight."""
        return self.scenario.demand.file is None

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
        An input can't be used, or the last number is less than the stations that are kept.
    """
    rules, fleet = scenario.placement, scenario.fleets[0]
    survey = survey_of(scenario)
    asked = rules.stations if rules.goal is Goal.MAX_COVERING else None
    return ScenarioCurve(
        scenario=scenario,
        sites=survey.times.sites,
        curve=curve_of_demand(
            scenario, survey.inputs, survey.times, stations=stations, at_least=asked or 0
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
        counts_metres=found.counts_metres,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder / "curve.csv", curve_table(found))
        write_pictures(picture, folder / "curve.png", folder / "curve.svg")
    except OSError as error:
        raise PlannerError(f"{folder}: can't be written: {error.strerror or error}") from error


def curve_table(found: ScenarioCurve) -> pd.DataFrame:
    """Return the curve, a row for each number of stations, with the ids of the stations in the last column.

    Columns of weight are called ``covered_m``, ``gain_m`` and ``bound_m`` where metres of road are the weight.
    """
    ids = found.sites.id
    return in_metres(found.curve.to_frame(), counts_metres=found.counts_metres).assign(
        stations=["; ".join(ids[chosen].tolist()) for chosen in found.curve.stations]
    )


# ---------------------------------------------------------------------------------------------
# For machines
# ---------------------------------------------------------------------------------------------


def curve_json(found: ScenarioCurve) -> dict[str, Any]:
    """Return the curve as plain values for JSON."""
    told = found.curve
    points = in_metres(told.to_frame(), counts_metres=found.counts_metres).to_dict("records")
    weight, coverable = (
        ("length_m", "coverable_m") if found.counts_metres else ("weight", "coverable_weight")
    )
    return {
        "scenario": found.scenario.name,
        weight: told.weight,
        coverable: told.coverable_weight,
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
    heads = ("stations", "covered", "gain", "proven")
    rows = [_row(*heads, "of road" if found.counts_metres else None), *_rows(found)]
    return [*rows, "", *_sentences(found)]


def _row(n: str, covered: str, gain: str, proven: str, length: str | None) -> str:
    """Return a row of the table, with the covered length of road where there is one."""
    road = "" if length is None else f"  {length:>12}"
    return f"{n:>8}  {covered:>9}{road}  {gain:>9}  {proven}"


def _rows(found: ScenarioCurve) -> Iterator[str]:
    told = found.curve
    bound, gain = told.share_bound, told.gain / (told.weight or 1.0)
    for i in _told(found):
        proven = "best"
        if told.status[i] is not Status.OPTIMAL:
            proven = f"at most {percent(_up(float(bound[i])))}"
        covered = percent(float(told.share_covered[i]))
        length = kilometres(float(told.covered_weight[i])) if found.counts_metres else None
        yield _row(f"{told.n_stations[i]:,}", covered, percent(float(gain[i])), proven, length)


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


def _sentences(found: ScenarioCurve) -> Iterator[str]:
    """Yield what shares are of, from which number on all is covered, and how much is proven."""
    told = found.curve
    if found.counts_metres:
        yield f"Shares are of all {kilometres(told.weight)} of road."
    elif found.scenario.demand.roads:
        yield "The curve tells of demand points; how much of the roads is covered is no part of it."
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
