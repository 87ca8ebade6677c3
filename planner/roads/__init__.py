"""Where road networks come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.errors import NetworkError
from planner.network import USUAL_DELAYS, JunctionDelays, RoadNetwork
from planner.roads.cache import cached_network
from planner.roads.rules import LineLayer, RoadRules
from planner.roads.speeds import Speeds
from planner.roads.vehicles import VEHICLES, Vehicle, vehicle_like, vehicle_named

if TYPE_CHECKING:
    import geopandas
    import networkx as nx

__all__ = [
    "VEHICLES",
    "LineLayer",
    "RoadRules",
    "Vehicle",
    "network_from_frame",
    "network_from_graph",
    "read_network",
    "vehicle_like",
]

OSM_SUFFIXES: Final = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
GRAPH_SUFFIXES: Final = (".graphml",)
LINE_SUFFIXES: Final = (
    *(".gpkg", ".geojson", ".json", ".shp", ".zip", ".parquet", ".geoparquet", ".fgb", ".gdb"),
    *(".gml", ".kml", ".sqlite", ".tab", ".mif"),
)
_NOT_KEPT: Final = (".gdb", ".tab", ".mif")
"""Layers in several files: what stands beside the one that is named may change unseen."""
_KINDS: Final = (
    f"not a road file that can be read; it may be OpenStreetMap ({', '.join(OSM_SUFFIXES)}), a graph of OSMnx "
    f"({', '.join(GRAPH_SUFFIXES)}) or a layer of lines ({', '.join(LINE_SUFFIXES)})"
)


def read_network(
    file: str | Path,
    *,
    vehicle: str | Vehicle = "car",
    speeds: Speeds = None,
    delays: JunctionDelays = USUAL_DELAYS,
    driving_side: str | None = None,
    merge_ends_m: float = 0.0,
    lines: LineLayer | None = None,
    cache: bool = True,
) -> RoadNetwork:
    """Return the roads of a file that a vehicle may use.

    Parameters
    ----------
    file
        An OpenStreetMap extract (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``), a graph of OSMnx (``.graphml``), or
        a layer of road lines (``.gpkg``, ``.geojson``, ``.shp`` also in a ``.zip``, ``.parquet``, ``.fgb`` and others).
    vehicle
        ``car``, ``motorcycle``, ``ebike``, or one of your own (``vehicle_like``).
    speeds
        km/h by highway class over the defaults; or "limits": tagged limits as they are.
    delays
        What passing a junction costs.
    driving_side
        ``left`` or ``right``; None: as in the place.
    merge_ends_m
        Ends of roads nearer to each other than this are one junction, in metres.
    lines
        How road lines are read, where the file holds such.
    cache
        Whether to keep the network in the user's cache folder, and to take it from there when it is read again.

    Raises
    ------
    NetworkError
        The file isn't there, is of another kind, can't be read, or has no road for the vehicle.
    """
    path = Path(file)
    rules = RoadRules(
        vehicle=_vehicle(vehicle),
        speeds=speeds,
        delays=delays,
        merge_ends_m=merge_ends_m,
        driving_side=driving_side,
    )
    name = path.name.lower()
    if not name.endswith((*OSM_SUFFIXES, *GRAPH_SUFFIXES, *LINE_SUFFIXES)):
        raise NetworkError(path, [_KINDS])
    if not path.exists():
        raise NetworkError(path, ["there is no such file"])
    if path.is_dir() and not name.endswith(".gdb"):
        raise NetworkError(path, ["is a folder, not a file"])
    if lines not in (None, LineLayer()) and not name.endswith(LINE_SUFFIXES):
        raise NetworkError(
            path, ["layer, crs, columns, where and one_way are for road lines; leave them out"]
        )

    def read() -> RoadNetwork:
        return _read(path, rules, lines or LineLayer())

    if cache and not name.endswith(_NOT_KEPT):
        return _read_only(cached_network(path, read, rules=rules, lines=lines))
    return _read_only(read())


def _read(path: Path, rules: RoadRules, lines: LineLayer) -> RoadNetwork:
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        from planner.roads.osm import read_osm

        return read_osm(path, rules)
    if name.endswith(GRAPH_SUFFIXES):
        from planner.roads.graphs import read_graphml

        return read_graphml(path, rules)
    from planner.roads.lines import read_lines

    return read_lines(path, rules, lines)


def network_from_graph(
    graph: nx.Graph,
    *,
    vehicle: str | Vehicle | None = None,
    speeds: Speeds = None,
    delays: JunctionDelays | None = None,
    driving_side: str | None = None,
    merge_ends_m: float = 0.0,
) -> RoadNetwork:
    """Return the roads of a graph that a vehicle may use: `RoadNetwork.from_networkx` says more.

    Raises
    ------
    NetworkError
        The graph lacks what is needed, or has no road for the vehicle.
    """
    from planner.roads.graphs import network_of_graph

    asked = (vehicle, speeds, delays, driving_side, merge_ends_m or None)
    if all(option is None for option in asked):
        return _read_only(network_of_graph(graph))
    rules = RoadRules(
        vehicle=_vehicle(vehicle or "car"),
        speeds=speeds,
        delays=delays or USUAL_DELAYS,
        merge_ends_m=merge_ends_m,
        driving_side=driving_side,
    )
    return _read_only(network_of_graph(graph, rules))


def network_from_frame(
    roads: geopandas.GeoDataFrame,
    *,
    vehicle: str | Vehicle = "car",
    columns: Mapping[str, str] | None = None,
    one_way: bool = False,
    speeds: Speeds = None,
    delays: JunctionDelays = USUAL_DELAYS,
    driving_side: str | None = None,
    merge_ends_m: float = 0.0,
) -> RoadNetwork:
    """Return the roads of a GeoDataFrame that a vehicle may use: `RoadNetwork.from_frame` says more.

    Raises
    ------
    NetworkError
        The table has no CRS, lacks a column, or has no road for the vehicle.
    """
    from planner.roads.lines import lines_of_frame

    rules = RoadRules(
        vehicle=_vehicle(vehicle),
        speeds=speeds,
        delays=delays,
        merge_ends_m=merge_ends_m,
        driving_side=driving_side,
    )
    return _read_only(
        lines_of_frame(roads, rules, LineLayer(columns=columns or {}, one_way=one_way))
    )


def _vehicle(asked: str | Vehicle) -> Vehicle:
    """Return a vehicle, also where it is asked for by its name."""
    return asked if isinstance(asked, Vehicle) else vehicle_named(asked)


def _read_only(network: RoadNetwork) -> RoadNetwork:
    """Return a network whose arrays can't be written to, so that loops over them are compiled once for all networks."""
    for part in fields(network):
        column = getattr(network, part.name)
        if isinstance(column, np.ndarray):
            column.setflags(write=False)
    return network
