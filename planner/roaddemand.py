"""Roads in a run: what a scenario asks of them, and how much of them its stations cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.coverage import Coverage
from planner.drivetimes import RoadTimes
from planner.inputs import Inputs
from planner.roadcover import RoadCover, road_cover
from planner.roadrows import RoadRows, coverage_with_roads, no_rows, road_rows
from planner.scenario import Goal, Scenario


def rows_of_roads(scenario: Scenario, inputs: Inputs) -> RoadRows:
    """Return the pieces of road that the plan has to cover, or is to cover most of; none where roads are no demand.

    Only the least pieces where all have to be covered and nothing else is asked of them.
    """
    on_roads, settings, rules = inputs.source, scenario.network, scenario.placement
    if not (scenario.demand.roads and isinstance(on_roads, RoadTimes) and settings):
        return no_rows(len(inputs.sites))
    fleet = scenario.fleets[0]
    covers_all = rules.goal is Goal.SET_COVERING and rules.min_share == 1.0
    return road_rows(
        on_roads.network,
        on_roads.site_places,
        ~inputs.sites.is_excluded,
        max_drive_time_s=fleet.max_drive_time_s,
        direction=fleet.direction,
        access_kph=settings.access_kph,
        only_least=covers_all and rules.stations is None,
    )


def with_roads(coverage: Coverage, roads: RoadRows, scenario: Scenario) -> Coverage:
    """Return which needs which sites cover, with pieces of road as further needs.

    Beside demand points pieces weigh nothing and only have to be covered; alone, their metres are what counts.
    """
    return coverage_with_roads(coverage, roads, counts=scenario.demand.file is None)


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
        is_candidate=~inputs.sites.is_excluded,
        max_drive_time_s=fleet.max_drive_time_s,
        direction=fleet.direction,
        access_kph=settings.access_kph,
    )
