"""The whole way from a scenario to a result folder, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.clock import Clock
from planner.drivetimes import DriveTimes, Nearest, needs_of
from planner.inputs import Inputs, read_inputs
from planner.isochrones import areas_of_plan
from planner.placement import Curve, coverage_for, place_on, reach_for
from planner.plan import Plan
from planner.remarks import remarks_on, remarks_on_areas
from planner.result import Result
from planner.roaddemand import cover_of_roads, curve_of_demand, rows_of_roads, with_roads
from planner.runfolder import refuse_foreign, refuse_inputs, write_result
from planner.scenario import Scenario
from planner.surroundings import Surroundings, read_surroundings


def run(scenario: Scenario, *, out: Path | str | None = None) -> Result:
    """Return all that a scenario asks for, and write the result folder where one is named.

    Parameters
    ----------
    scenario
        What is asked.
    out
        Result folder, written whole or not at all; an older result there is replaced. Left out: nothing is written.

    Raises
    ------
    PlannerError
        An input can't be used, or the folder can't be written.
    """
    if out is not None:
        refuse_foreign(Path(out))
        refuse_inputs(Path(out), scenario)
    clock = Clock()
    survey = survey_of(scenario, clock=clock)
    inputs, times, rules = survey.inputs, survey.times, scenario.placement
    with clock.stage("cut roads where reach ends"):
        pieces = rows_of_roads(scenario, inputs)
        coverage = with_roads(coverage_for(times, rules.goal), pieces, scenario)
    with clock.stage("choose stations"):
        plan = place_on(
            coverage,
            goal=rules.goal,
            reach=reach_for(times, rules.goal),
            stations=rules.stations,
            min_share=rules.min_share,
            then=rules.then,
            cover_all=rules.cover_all,
            listed=inputs.listed,
            time_limit_s=rules.time_limit_s,
        ).of_first(len(times.needs))
    with clock.stage("find the nearest station of everyone"):
        is_station = np.isin(np.arange(len(times.sites)), plan.stations)
        nearest_station = inputs.source.nearest(times.needs, is_station)
    with clock.stage("cover roads"):
        roads = cover_of_roads(scenario, inputs, plan.stations)
    with clock.stage("draw isochrones"):
        areas = areas_of_plan(scenario, inputs.network, inputs.site_places, plan.stations)
    result = Result(
        scenario=scenario,
        network=inputs.network,
        times=times,
        demand_places=inputs.demand_places,
        site_places=inputs.site_places,
        plan=plan,
        nearest_station=nearest_station,
        nearest_site=survey.nearest_site,
        inputs=inputs.files,
        roads=roads,
        only_m=pieces.only_m if scenario.demand.roads else None,
        remarks=survey.remarks + remarks_on_areas(scenario, plan.stations.size),
        areas=areas,
        curve=_by_number(survey, plan, clock),
        source=inputs.source,
        surroundings=survey.surroundings,
    )
    if out is not None:
        write_result(result, Path(out), clock)
    return result


def _by_number(survey: Survey, plan: Plan, clock: Clock) -> Curve | None:
    """Return what each number of stations covers, as far as that of the plan, where a scenario asks for it."""
    if not survey.scenario.placement.curve:
        return None
    with clock.stage("compare numbers of stations"):
        return curve_of_demand(
            survey.scenario,
            survey.inputs,
            survey.times,
            at_least=plan.stations.size,
            plan=plan,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """All that is known before stations are chosen.

    Attributes
    ----------
    scenario
        What is asked.
    inputs
        What the files hold.
    times
        Drive times within the standard, or as far as the goal looks.
    nearest_site
        For each need the nearest site that may be a station, however far.
    remarks
        What a planner should know about the data, in sentences.
    surroundings
        What lies around the roads, for the map.
    """

    scenario: Scenario
    inputs: Inputs
    times: DriveTimes
    nearest_site: Nearest
    remarks: tuple[str, ...]
    surroundings: Surroundings

    @property
    def standard_s(self) -> float:
        """The longest drive that covers, in seconds."""
        return max(fleet.max_drive_time_s for fleet in self.scenario.fleets)


def survey_of(scenario: Scenario, *, clock: Clock | None = None) -> Survey:
    """Return what a scenario's files say, read and checked, and the drive times: everything but the choice.

    Parameters
    ----------
    scenario
        What is asked.
    clock
        Keeps what took how long.
    """
    clock = clock or Clock()
    inputs = read_inputs(scenario, clock)
    with clock.stage("read water and names"):
        surroundings = read_surroundings(scenario, inputs.network)
    fleet = scenario.fleets[0]
    needs = needs_of(inputs.demand, fleet=fleet.name, max_drive_time_s=fleet.max_drive_time_s)
    with clock.stage("search drive times"):
        times = inputs.source.within(needs, horizon_s=scenario.placement.horizon_s)
        nearest_site = inputs.source.nearest(needs, inputs.may_be_station)
    return Survey(
        scenario=scenario,
        inputs=inputs,
        times=times,
        nearest_site=nearest_site,
        remarks=remarks_on(inputs, needs, nearest_site),
        surroundings=surroundings,
    )
