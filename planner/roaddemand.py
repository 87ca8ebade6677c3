"""Roads in a run: what a scenario asks of them, and how much of them its stations cover."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage, coverage_of
from planner.drivetimes import DriveTimes, RoadTimes
from planner.inputs import Inputs
from planner.placement import Curve, curve_of
from planner.plan import Plan
from planner.roadcover import RoadCover, road_cover
from planner.roadrows import RoadRows, coverage_with_roads, no_rows, road_rows
from planner.scenario import Goal, Scenario


def rows_of_roads(scenario: Scenario, inputs: Inputs) -> RoadRows:
    """Return the pieces of road that the plan has to cover, or is to cover most of; none where roads are no demand.

    Only the least pieces where all have to be covered and nothing else is asked of them.
    """
    rules = scenario.placement
    covers_all = rules.goal is Goal.SET_COVERING and rules.min_share == 1.0
    return _rows(scenario, inputs, only_least=covers_all and rules.stations is None)


def _rows(scenario: Scenario, inputs: Inputs, *, only_least: bool) -> RoadRows:
    on_roads, settings = inputs.source, scenario.network
    if not (scenario.demand.roads and isinstance(on_roads, RoadTimes) and settings):
        return no_rows(len(inputs.sites))
    fleet = scenario.fleets[0]
    return road_rows(
        on_roads.network,
        on_roads.site_places,
        inputs.may_be_station,
        max_drive_time_s=fleet.max_drive_time_s,
        direction=fleet.direction,
        access_kph=settings.access_kph,
        only_least=only_least,
    )


def with_roads(coverage: Coverage, roads: RoadRows, scenario: Scenario) -> Coverage:
    """Return which needs which sites cover, with pieces of road as further needs.

    Beside demand points pieces weigh nothing and only have to be covered; alone, their metres are what counts.
    """
    return coverage_with_roads(coverage, roads, counts=scenario.demand.file is None)


def curve_of_demand(
    scenario: Scenario,
    inputs: Inputs,
    times: DriveTimes,
    *,
    stations: int | None = None,
    at_least: int = 0,
    plan: Plan | None = None,
) -> Curve:
    """Return what each number of stations covers: weight of demand points, or metres where roads alone are demand.

    Shares of metres are of all road, that which no site covers included.

    Parameters
    ----------
    scenario, inputs, times
        What is asked, what the files hold, and the drive times within the standard.
    stations, at_least, plan
        As for `curve_of`.
    """
    coverage, weight = coverage_of(times), None
    if scenario.demand.file is None:
        pieces = _rows(scenario, inputs, only_least=False)
        coverage = with_roads(coverage, pieces, scenario)
        weight = _all_metres(inputs, pieces)
    return curve_of(
        coverage,
        stations=stations,
        at_least=at_least,
        plan=plan,
        weight=weight,
        time_limit_s=scenario.placement.time_limit_s,
    )


def _all_metres(inputs: Inputs, pieces: RoadRows) -> float:
    """Return the metres of all road; where the pieces are all of it, their sum, which is rounded otherwise."""
    in_all, in_pieces = inputs.network.length_m if inputs.network else 0.0, pieces.length_m
    coverable = math.fsum(in_pieces.tolist())
    return coverable if math.isclose(in_all, coverable, rel_tol=1e-9) else in_all


def cover_of_roads(
    scenario: Scenario, inputs: Inputs, stations: NDArray[np.int32]
) -> RoadCover | None:
    """Return how much of all road some stations cover, exactly; None where drive times came from a table.

    Parameters
    ----------
    scenario, inputs
        What is asked, and what the files hold.
    stations
        Positions of the stations among the sites.
    """
    on_roads, settings = inputs.source, scenario.network
    if not (isinstance(on_roads, RoadTimes) and settings):
        return None
    fleet = scenario.fleets[0]
    return road_cover(
        on_roads.network,
        on_roads.site_places,
        is_station=np.isin(np.arange(len(inputs.sites)), stations),
        is_candidate=inputs.may_be_station,
        max_drive_time_s=fleet.max_drive_time_s,
        direction=fleet.direction,
        access_kph=settings.access_kph,
    )
