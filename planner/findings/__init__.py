"""Findings: what a scenario's files hold and what would run, told before anything is chosen."""

from __future__ import annotations

from typing import Any

from planner.findings.lines import finding_lines
from planner.findings.odd import odd_things
from planner.findings.points import demand_found, sites_found
from planner.findings.reach import reach_found
from planner.findings.road_demand import road_demand_found
from planner.findings.roads import roads_found
from planner.findings.would_run import would_run
from planner.run import Survey
from planner.scenario import Scenario

__all__ = ["finding_lines", "findings"]


def findings(scenario: Scenario, survey: Survey) -> dict[str, Any]:
    """Return what the files hold, what can be covered and what would run, as plain values for JSON.

    Parameters
    ----------
    scenario
        What is asked.
    survey
        What its files say.

    Returns
    -------
    dict
        ``roads`` (None where drive times come from a table), ``drive_times`` (None where they come from roads),
        ``demand`` (None where no file is given), ``road_demand`` (None where roads are no demand), ``sites``, ``reach``, ``would_run``, ``remarks``.
    """
    inputs = survey.inputs
    table = scenario.drive_times
    return {
        "scenario": scenario.name,
        "roads": None if inputs.network is None else roads_found(scenario, inputs.network),
        "drive_times": None if table is None else {"file": table.file},
        "demand": None
        if scenario.demand.file is None
        else demand_found(scenario, inputs.demand, inputs.demand_places),
        "road_demand": road_demand_found(scenario, inputs),
        "sites": sites_found(scenario, inputs.sites, inputs.site_places),
        "reach": reach_found(survey),
        "would_run": would_run(scenario, survey),
        "remarks": [*survey.remarks, *odd_things(scenario, survey)],
    }
