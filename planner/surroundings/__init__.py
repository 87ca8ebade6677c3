"""What lies around the roads on a map: sea and water, names of places, districts. No number depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.scenario import Scenario
from planner.surroundings.coast import Box, sea_of
from planner.surroundings.kept import kept
from planner.surroundings.layers import Districts, no_districts, read_areas, read_districts
from planner.surroundings.osm import PlaceNames, no_names, read_osm_surroundings

__all__ = ["Box", "Districts", "PlaceNames", "Surroundings", "read_surroundings"]

_OSM_SUFFIXES: Final = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
_MOST_ROAD_IN_SEA: Final = 0.2
"""A coast that leaves more of the junctions in the sea than this is not the coast that it seems to be."""

_LARGER: Final = 5.0
"""An extract that says it covers more than so many times the width and height of its roads tells too much."""
_AIR: Final = 0.1
"""How far coasts are taken to be known around roads, in parts of their width and height, where nothing better is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What lies around the roads, in WGS 84 degrees.

    Attributes
    ----------
    sea
        Polygons of the sea, islands left out.
    sea_box
        Where it is known what is sea and what is land (west, south, east, north); None where no coast is known.
    water
        Polygons of rivers, lakes and other water on land; they may overlap.
    names
        Names of places, the most important first.
    districts
        Outlines of districts with their names.
    """

    sea: NDArray[np.object_]
    sea_box: Box | None
    water: NDArray[np.object_]
    names: PlaceNames
    districts: Districts


def read_surroundings(scenario: Scenario, network: RoadNetwork | None) -> Surroundings:
    """Return what the files of a scenario hold beside roads and points.

    Parameters
    ----------
    scenario
        What is asked.
    network
        Its roads, by which a coast is checked; None where drive times come from a table.

    Raises
    ------
    PlannerError
        A layer that the scenario names can't be used.
    """
    asked = scenario.map
    districts = no_districts() if asked.districts is None else read_districts(scenario)
    told = [read_areas(scenario, asked.water)] if asked.water is not None else []
    sea: NDArray[np.object_] | None = None
    box, names = None, no_names()
    if scenario.network is not None and network is not None:
        path = scenario.resolve(scenario.network.file)
        if _is_osm(path):
            extract = kept(path, read_osm_surroundings)
            told.append(extract.water)
            names = extract.names
            box = _known_box(extract.box, network.bounds)
            sea = sea_of(extract.coast, box)
            if sea is not None and _share_in(sea, network, box) > _MOST_ROAD_IN_SEA:
                sea = None
    return Surroundings(
        sea=np.empty(0, dtype=object) if sea is None else sea,
        sea_box=None if sea is None else box,
        water=np.concatenate([np.empty(0, dtype=object), *told]),
        names=names,
        districts=districts,
    )


def _is_osm(path: Path) -> bool:
    return path.name.lower().endswith(_OSM_SUFFIXES)


def _known_box(told: Box | None, roads: Box) -> Box:
    """Return where an extract tells the coast: what it says it covers, unless roads fill but a corner of that."""
    west, south, east, north = roads
    x, y = _AIR * (east - west), _AIR * (north - south)
    around = (west - x, south - y, east + x, north + y)
    if told is None:
        return around
    width, height = told[2] - told[0], told[3] - told[1]
    if _LARGER * (east - west) > width and _LARGER * (north - south) > height:
        return told
    low, high = np.maximum(told[:2], around[:2]), np.minimum(told[2:], around[2:])
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _share_in(sea: NDArray[np.object_], network: RoadNetwork, box: Box) -> float:
    """Return which share of some of the junctions inside a box lies in the sea."""
    import shapely

    west, south, east, north = box
    lon, lat = network.node_lon, network.node_lat
    inside = np.flatnonzero((lon > west) & (lon < east) & (lat > south) & (lat < north))
    some = inside[:: max(1, inside.size // 2000)]
    if not some.size:
        return 0.0
    shapely.prepare(sea)
    wet = shapely.contains_xy(sea[:, None], lon[some], lat[some]).any(axis=0)
    return float(wet.mean())
