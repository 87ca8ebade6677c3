"""Result: all that one run found."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import DriveTimes, Nearest, TimeSource
from planner.errors import PlannerError
from planner.inputs import InputFile
from planner.isochrones import StationAreas
from planner.network import RoadNetwork
from planner.placement import Curve
from planner.plan import Plan
from planner.roadcover import RoadCover
from planner.scenario import Scenario
from planner.snapping import Places
from planner.surroundings import Surroundings

if TYPE_CHECKING:
    import folium
    import geopandas


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
        Drive times within the standard, or as far as the goal looks, with needs, demand and sites.
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
    roads
        How much of all road is covered; None where drive times came from a table.
    only_m
        For each site the metres of road that it alone covers, where roads are demand; else None.
    remarks
        What a planner should know about the data, in sentences.
    areas
        Areas within minutes of the stations; None where none are asked for, or there are no roads.
    curve
        The share covered for each number of stations; None where not asked for.
    source
        Where drive times come from, for more of them; None where nobody will ask.
    surroundings
        Water, names of places and districts, for maps; None where nobody looked.
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
    roads: RoadCover | None = None
    only_m: NDArray[np.float64] | None = None
    remarks: tuple[str, ...] = ()
    areas: StationAreas | None = None
    curve: Curve | None = None
    source: TimeSource | None = None
    surroundings: Surroundings | None = None

    # The steps up the floors: people ask a result for its map and its tables. Nothing below depends on them.

    def map(self) -> folium.Map:
        """Return the map of the result, as a notebook shows it and as layers can be added to it."""
        station_map: folium.Map = import_module("planner.webmap").station_map(self)
        return station_map

    def summary(self) -> dict[str, Any]:
        """Return the numbers of the result, as result.json holds them."""
        numbers: dict[str, Any] = import_module("planner.tables").summary(self)
        return numbers

    def stations_frame(self) -> geopandas.GeoDataFrame:
        """Return the stations as points in WGS 84, a row each, as `Plan.stations_frame` does."""
        return self.plan.stations_frame(self.times)

    def demand_frame(self) -> geopandas.GeoDataFrame:
        """Return the needs as points in WGS 84, a row each, with the station of each, however far.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns as those of `Plan.demand_frame`, with access_m (metres to the road; off network, to the nearest one)
            and left_out: empty for whoever is covered or weighs nothing, else ``uncovered`` (another site would do),
            ``uncoverable`` (no site is near enough), ``unreachable`` (no road leads to a site) or ``off_network`` (no
            road is near).
        """
        frame: geopandas.GeoDataFrame = import_module("planner.tables").demand_layer(self)
        return frame

    def roads_frame(self) -> geopandas.GeoDataFrame:
        """Return all roads as lines in WGS 84, cut where cover ends: name, class, covered, length_m.

        Raises
        ------
        PlannerError
            There are no roads: drive times came from a table.
        """
        if self.network is None or self.roads is None:
            raise PlannerError("there are no roads: drive times came from a table")
        frame: geopandas.GeoDataFrame = import_module("planner.tables").road_table(self)
        return frame
