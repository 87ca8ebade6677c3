"""What the files of a scenario hold: points, roads or a table of drive times."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.clock import Clock
from planner.drivetimes import RoadTimes, TableTimes, TimeSource, road_times
from planner.errors import PlannerError, PointsError
from planner.junctionsites import with_junctions
from planner.network import JunctionDelays, RoadNetwork
from planner.offsets import offset_remarks
from planner.points import Demand, Sites, check_against, no_demand, read_demand, read_sites
from planner.roads import LineLayer, read_network
from planner.roads.vehicles import Vehicle, vehicle_like, vehicle_named
from planner.scenario import NetworkSettings, Scenario, Spread
from planner.snapping import Places
from planner.spreading import spread_over_roads
from planner.stationlists import StationList, read_station_list
from planner.timetables import read_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
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
class Inputs:
    """What the files of a scenario hold, read and checked.

    Attributes
    ----------
    demand, sites
        The points.
    network
        The roads; None where drive times come from a table.
    source
        Where drive times come from: the points on the roads, or the table.
    files
        The files read.
    remarks
        Sentences on points far from all roads, or off them by what Chinese maps shift, and on the list of stations.
    listed
        Positions of the sites that the scenario lists as the stations to assess; None where it lists none.
    """

    demand: Demand
    sites: Sites
    network: RoadNetwork | None
    source: TimeSource
    files: tuple[InputFile, ...]
    remarks: tuple[str, ...]
    listed: NDArray[np.int32] | None = None

    @property
    def may_be_station(self) -> NDArray[np.bool_]:
        """Whether each site may be a station: it is not excluded, or is listed as one all the same."""
        return ~self.sites.is_excluded | np.isin(
            np.arange(len(self.sites)), [] if self.listed is None else self.listed
        )

    @property
    def demand_places(self) -> Places | None:
        """Where demand meets roads; None where there are none."""
        return self.source.demand_places if isinstance(self.source, RoadTimes) else None

    @property
    def site_places(self) -> Places | None:
        """Where sites meet roads; None where there are none."""
        return self.source.site_places if isinstance(self.source, RoadTimes) else None


def read_inputs(scenario: Scenario, clock: Clock) -> Inputs:
    """Return what the files of a scenario hold.

    Raises
    ------
    PlannerError
        With all problems of demand and sites together, or those of the roads or the table.
    """
    with clock.stage("read points"):
        demand, sites = _read_points(scenario)
    remarks: list[str] = []
    network: RoadNetwork | None = None
    source: TimeSource
    if scenario.network is not None:
        with clock.stage("read roads"):
            network = _read_roads(scenario, scenario.network)
        for points in (demand, sites):
            remarks += check_against(points, network.bounds)
        if scenario.demand.spread is Spread.ROADS:
            with clock.stage("spread demand over roads"):
                demand = spread_over_roads(demand, network)
        with clock.stage("put points on roads"):
            source = on_roads = _on_roads(scenario, scenario.network, network, sites, demand)
            remarks += offset_remarks(network, demand, on_roads.demand_places)
            remarks += offset_remarks(network, sites, on_roads.site_places)
        if scenario.sites.roads:
            with clock.stage("find junctions that may be stations"):
                sites = _with_junctions(scenario, scenario.network, on_roads)
                source = _on_roads(scenario, scenario.network, network, sites, demand)
    elif scenario.drive_times is not None:
        if scenario.demand.spread is Spread.ROADS:
            raise PlannerError(f'{scenario.path}: demand: spread = "roads" needs roads ([network])')
        with clock.stage("read drive times"):
            table = scenario.resolve(scenario.drive_times.file)
            pairs = read_pairs(table, demand, sites)
        source = TableTimes(demand=demand, sites=sites, pairs=pairs)
    else:
        raise PlannerError(f"{scenario.path}: neither [network] nor [drive_times] is there")
    listed = _read_listed(scenario, sites)
    return Inputs(
        demand=demand,
        sites=sites,
        network=network,
        source=source,
        files=tuple(_checksums(scenario)),
        remarks=(*remarks, *(listed.notes if listed else ())),
        listed=listed.stations if listed else None,
    )


def _read_points(scenario: Scenario) -> tuple[Demand, Sites]:
    """Return demand and sites; if both files have problems, tell of both."""
    hosts = scenario.sites
    problems: list[PointsError] = []
    try:
        demand = _read_demand(scenario)
    except PointsError as error:
        problems.append(error)
    try:
        sites = read_sites(
            scenario.resolve(hosts.file),
            crs=hosts.crs,
            layer=hosts.layer,
            encoding=hosts.encoding,
            columns=hosts.columns,
            sheet=hosts.sheet,
            heading_row=hosts.heading_row,
            existing=None if hosts.existing is None else scenario.resolve(hosts.existing),
        )
    except PointsError as error:
        problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise PlannerError("\n".join(map(str, problems))) from problems[0]
    # messages and results name files as the scenario does, wherever it lies
    return replace(demand, file=scenario.demand.file or ""), replace(sites, file=hosts.file)


def _read_demand(scenario: Scenario) -> Demand:
    asked = scenario.demand
    if asked.file is None:
        return no_demand()
    return read_demand(
        scenario.resolve(asked.file),
        crs=asked.crs,
        layer=asked.layer,
        encoding=asked.encoding,
        columns=asked.columns,
        sheet=asked.sheet,
        heading_row=asked.heading_row,
    )


def _read_listed(scenario: Scenario, sites: Sites) -> StationList | None:
    file = scenario.placement.stations_file
    if file is None:
        return None
    theirs = scenario.sites.columns.get("id")
    return read_station_list(
        scenario.resolve(file), sites, file=file, id_column=theirs, crs=scenario.sites.crs
    )


def _on_roads(
    scenario: Scenario,
    settings: NetworkSettings,
    network: RoadNetwork,
    sites: Sites,
    demand: Demand,
) -> RoadTimes:
    return road_times(
        network,
        sites,
        demand,
        direction=scenario.fleets[0].direction,
        access_kph=settings.access_kph,
        max_access_m=settings.max_access_m,
    )


def _with_junctions(scenario: Scenario, settings: NetworkSettings, source: RoadTimes) -> Sites:
    fleet = scenario.fleets[0]
    return with_junctions(
        source.sites,
        source.network,
        source.site_places,
        source.demand_places,
        max_drive_time_s=fleet.max_drive_time_s,
        direction=fleet.direction,
        access_kph=settings.access_kph,
        covers_roads=scenario.demand.roads,
    )


def vehicle_of(scenario: Scenario) -> Vehicle:
    """Return what the fleet drives: a known vehicle, or one of the scenario's own."""
    name = scenario.fleets[0].vehicle
    own = scenario.vehicles.get(name)
    if own is None:
        return vehicle_named(name)
    return vehicle_like(
        name,
        own.like,
        top_kph=own.top_kph,
        speeds=own.speeds,
        closed=own.closed,
        access=own.access,
        one_ways=own.one_ways,
        surfaces=own.surfaces,
    )


def _read_roads(scenario: Scenario, settings: NetworkSettings) -> RoadNetwork:
    delay = settings.junction_delay_s
    return read_network(
        scenario.resolve(settings.file),
        vehicle=vehicle_of(scenario),
        speeds=settings.speeds,
        delays=JunctionDelays(
            signal_s=delay.signal,
            u_turn_s=delay.u_turn,
            turn_left_s=delay.turn_left,
            turn_right_s=delay.turn_right,
        ),
        driving_side=settings.driving_side,
        merge_ends_m=settings.merge_ends_m,
        lines=LineLayer(
            layer=settings.layer,
            crs=settings.crs,
            columns=settings.columns,
            where=settings.where,
            one_way=settings.one_way,
        ),
    )


def files_of(scenario: Scenario) -> list[str]:
    """Return the files that a scenario names, as written."""
    tables = (scenario.network, scenario.drive_times, scenario.demand, scenario.sites)
    files = [table.file for table in tables if table is not None and table.file is not None]
    lists = (scenario.sites.existing, scenario.placement.stations_file)
    layers = [layer.file for layer in (scenario.map.districts, scenario.map.water) if layer]
    return files + [file for file in lists if file] + layers


def _checksums(scenario: Scenario) -> list[InputFile]:
    return [
        InputFile(file=file, sha256=sha256(scenario.resolve(file))) for file in files_of(scenario)
    ]


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
