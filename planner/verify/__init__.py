"""A saved run computed again in another way, for someone who doesn't trust us.

Nothing here comes from the modules that made the run's numbers: not the searches, not how places hang on roads, not the
placement, the figures or the tables. Drive times come from SciPy's Dijkstra on a graph in which streets are *cut* at
every place. All else follows from stations.csv and these times in plain loops. What is shared are the readers of
files; where points meet roads and how long streets are is measured again in other ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.clock import Clock
from planner.inputs import read_inputs
from planner.runfolder import read_summary
from planner.verify.again import computed_again
from planner.verify.bound import check_bound, check_claims, trust_then
from planner.verify.curve import check_curve
from planner.verify.inputs import check_inputs, scenario_of
from planner.verify.notes import Notes
from planner.verify.places import check_places
from planner.verify.road_claims import check_roads
from planner.verify.rules import check_rules
from planner.verify.streets import check_lengths
from planner.verify.summary import check_summary
from planner.verify.tables import check_tables
from planner.verify.times import check_times

__all__ = ["Verification", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was computed again, and where it differs.

    Attributes
    ----------
    checked
        What was computed again and how, in sentences with numbers.
    trusted
        What was not, in sentences.
    differences
        What differs, in sentences that name the file; empty where all agrees.
    """

    checked: tuple[str, ...]
    trusted: tuple[str, ...]
    differences: tuple[str, ...]


def verify(run: Path) -> Verification:
    """Return what a saved run's numbers are when they are computed again in an independent way.

    Parameters
    ----------
    run
        Result folder of ``plan`` or ``assess``.

    Raises
    ------
    PlannerError
        The folder holds no result, or a scenario that can't be read.
    """
    said = read_summary(run)
    scenario = scenario_of(run)
    notes = Notes()
    if check_inputs(notes, scenario, said):
        inputs = read_inputs(scenario, Clock())
        if inputs.network is not None:
            check_lengths(notes, inputs.network)
            check_places(notes, scenario, inputs, inputs.network)
        again = computed_again(notes, run, scenario, inputs)
        check_times(notes, run, again)
        check_rules(notes, again)
        check_bound(notes, again, said)
        trust_then(notes, again, said)
        check_summary(notes, again, said)
        check_roads(notes, run, again, said)
        check_claims(notes, again, said)
        check_curve(notes, again, said)
        check_tables(notes, run, again)
        notes.trusted += [
            "how the tags of roads become access and speeds: the road file is read by the same reader"
            if inputs.network is not None
            else "the drive times in the table",
            "map.html and plan.gpkg: they are drawn from these numbers",
        ]
    return Verification(
        checked=tuple(notes.checked),
        trusted=tuple(notes.trusted),
        differences=tuple(notes.differences),
    )
