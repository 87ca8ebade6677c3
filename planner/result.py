"""Result: all that one run found."""

from __future__ import annotations

from dataclasses import dataclass

from planner.drivetimes import DriveTimes, Nearest
from planner.network import RoadNetwork
from planner.plan import Plan
from planner.scenario import Scenario
from planner.snapping import Places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InputFile:
    """A file that the run read.

    Attributes
    ----------
    file
        As written in the scenario.
    sha256
        Checksum of its bytes.
    """

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """All that one run found.

    Attributes
    ----------
    scenario
        What was asked.
    network
        The roads; None where drive times came from a table.
    times
        Drive times within the standard, with needs, demand and sites.
    demand_places, site_places
        Where the points meet roads; None where drive times came from a table.
    plan
        The stations chosen.
    nearest_station
        For each need the nearest station, however far.
    nearest_site
        For each need the nearest site that may be a station, however far.
    inputs
        The files read.
    """

    scenario: Scenario
    network: RoadNetwork | None
    times: DriveTimes
    demand_places: Places | None
    site_places: Places | None
    plan: Plan
    nearest_station: Nearest
    nearest_site: Nearest
    inputs: tuple[InputFile, ...]
