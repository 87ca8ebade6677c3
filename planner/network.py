"""RoadNetwork: the roads that one vehicle may use, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import folium
    import geopandas
    import networkx as nx

    from planner.points import Demand, Sites
    from planner.roads.speeds import Speeds
    from planner.roads.vehicles import Vehicle

GATE: Final = -1
"""Stands for the way of a street that is a gate: it has no length, and leads from the gate to a road that ends there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JunctionDelays:
    """What passing a junction costs.

    Attributes
    ----------
    signal_s
        Seconds that a junction with traffic signals delays a drive through it.
    u_turn_s
        Seconds that turning back at a junction onto the same street takes.
    turn_left_s, turn_right_s
        Seconds that a turn to either side takes.
    """

    signal_s: float = 12.0
    u_turn_s: float = 20.0
    turn_left_s: float = 0.0
    turn_right_s: float = 0.0


USUAL_DELAYS: Final = JunctionDelays()
"""What junctions cost where nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoadNetwork:
    """The roads that one vehicle may use, and how fast.

    A *street* runs between two junctions (nodes); it has one or two directed *edges*. All per-street and per-edge
    arrays are read-only. Coordinates are WGS 84 degrees.

    Attributes
    ----------
    vehicle
        Who drives: ``car``, ``motorcycle``, ``ebike`` or a vehicle of the scenario's own.
    node_lon, node_lat
        Where each junction is.
    node_id
        Number of the node in the source. Copies of one node at a barrier share it.
    street_tail, street_head
        First and last junction of each street.
    street_length_m
        Length on the ellipsoid, in metres.
    street_class, classes
        Class of road as a position in ``classes``.
    street_name, names
        Name as a position in ``names``; position 0 is "no name".
    street_is_local
        Whether the street serves only the start or the end of a drive.
    street_has_limit
        Whether the speed comes from a tagged limit; else it is assumed from the class.
    shape_start, shape_lon, shape_lat
        The line of street i is ``shape_lon[shape_start[i]:shape_start[i + 1]]``, and so on.
    shape_way
        Number of the way in the source that leads from each point of a line to the next; `GATE` where it is a gate.
    edge_street, edge_is_forward, edge_time_s
        Street of each directed edge, whether it runs along its line, and its running time in seconds on the grid.
        Ordered by street, forward first.
    edge_delay_s
        Delay of a drive that leaves a junction over the edge, having come to it over another one: traffic signals.
    barred_start, barred_edge
        Edges that may not be driven one right after the other: row i is
        ``barred_edge[barred_start[i]:barred_start[i + 1]]``, at least two edges, each beginning where the one before ends.
    delays
        What turns cost.
    driving_side
        ``left`` or ``right``.
    component
        Weakly connected component of each node, the longest first (by metres of street).
    component_length_m
        Metres of street in each component.
    source
        What was read, kept, dropped, assumed.
    """

    vehicle: str
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    node_id: NDArray[np.int64]
    street_tail: NDArray[np.int32]
    street_head: NDArray[np.int32]
    street_length_m: NDArray[np.float64]
    street_class: NDArray[np.uint8]
    street_name: NDArray[np.int32]
    street_is_local: NDArray[np.bool_]
    street_has_limit: NDArray[np.bool_]
    shape_start: NDArray[np.int64]
    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    shape_way: NDArray[np.int64]
    edge_street: NDArray[np.int32]
    edge_is_forward: NDArray[np.bool_]
    edge_time_s: NDArray[np.float64]
    edge_delay_s: NDArray[np.float64]
    barred_start: NDArray[np.int64]
    barred_edge: NDArray[np.int32]
    delays: JunctionDelays
    driving_side: str
    component: NDArray[np.int32]
    component_length_m: NDArray[np.float64]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    source: RoadSummary

    @property
    def n_nodes(self) -> int:
        """Number of junctions."""
        return self.node_lon.size

    @property
    def n_streets(self) -> int:
        """Number of streets."""
        return self.street_tail.size

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return self.edge_street.size

    @property
    def edge_tail(self) -> NDArray[np.int32]:
        """Junction that each edge leaves."""
        street = self.edge_street
        return np.where(self.edge_is_forward, self.street_tail[street], self.street_head[street])

    @property
    def edge_head(self) -> NDArray[np.int32]:
        """Junction that each edge reaches."""
        street = self.edge_street
        return np.where(self.edge_is_forward, self.street_head[street], self.street_tail[street])

    @property
    def is_gate(self) -> NDArray[np.bool_]:
        """Whether each street is a gate."""
        is_gate: NDArray[np.bool_] = self.shape_way[self.shape_start[:-1]] == GATE
        return is_gate

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The box round all streets: west, south, east, north, in degrees."""
        lon, lat = self.shape_lon, self.shape_lat
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def length_m(self) -> float:
        """Metres of street, each counted once."""
        return float(self.street_length_m.sum())

    def to_frame(self) -> geopandas.GeoDataFrame:
        """Return the streets as lines in WGS 84, a row each, in their order.

        `to_networkx` carries all of a network and comes back without loss; this is to look at, to merge and to export.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns name (empty where there is none), class, length_m, forward_s and backward_s (seconds along the line
            and against it; NaN where that isn't driven), has_limit (a limit is tagged), local (only for the start or the
            end of a drive) and geometry. A gate is a line of no length.
        """
        import geopandas
        import shapely

        time_s = np.full((2, self.n_streets), np.nan)
        time_s[(~self.edge_is_forward).astype(int), self.edge_street] = self.edge_time_s
        points = np.column_stack([self.shape_lon, self.shape_lat])
        line = np.repeat(np.arange(self.n_streets), np.diff(self.shape_start))
        return geopandas.GeoDataFrame(
            {
                "name": np.array(self.names, dtype=object)[self.street_name],
                "class": np.array(self.classes, dtype=object)[self.street_class],
                "length_m": self.street_length_m,
                "forward_s": time_s[0],
                "backward_s": time_s[1],
                "has_limit": self.street_has_limit,
                "local": self.street_is_local,
            },
            geometry=shapely.linestrings(points, indices=line),
            crs=4326,
        )

    # Steps up the floors: people ask a network for its graph and its map. Nothing below depends on them.

    @classmethod
    def from_frame(
        cls,
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
        """Return the roads of a GeoDataFrame of lines, read as a layer of a file is.

        Parameters
        ----------
        roads
            Lines with a CRS, a row each. Columns called as tags of OpenStreetMap are these tags.
        columns
            Our names (``class``, ``name``, ``direction``, ``speed``, ``speed_back``, ``tail``, ``head``) with those of the
            table. With tail and head, equal numbers are one junction; without them ends at the same place are.
        one_way
            Whether lines without a column for the direction are one-way as drawn.
        vehicle, speeds, delays, driving_side, merge_ends_m
            As for `read_network`.

        Raises
        ------
        NetworkError
            The table has no CRS, lacks a column, or has no road for the vehicle.
        """
        network: RoadNetwork = import_module("planner.roads").network_from_frame(
            roads,
            vehicle=vehicle,
            columns=columns,
            one_way=one_way,
            speeds=speeds,
            delays=delays,
            driving_side=driving_side,
            merge_ends_m=merge_ends_m,
        )
        return network

    @classmethod
    def from_networkx(
        cls,
        graph: nx.Graph,
        *,
        vehicle: str | Vehicle | None = None,
        speeds: Speeds = None,
        delays: JunctionDelays | None = None,
        driving_side: str | None = None,
        merge_ends_m: float = 0.0,
    ) -> RoadNetwork:
        """Return the roads of a graph: of OSMnx, like one of these, or one that `to_networkx` made.

        Parameters
        ----------
        graph
            Nodes with ``x`` and ``y``; edges with tags of OpenStreetMap and a ``geometry``, one for each direction.
            Speeds come from the tags by our rules, whatever ``speed_kph`` and ``travel_time`` say.
        vehicle, speeds, delays, driving_side, merge_ends_m
            As for `read_network`. A graph that `to_networkx` made carries them and takes no others.

        Raises
        ------
        NetworkError
            The graph lacks what is needed, or has no road for the vehicle.
        """
        network: RoadNetwork = import_module("planner.roads").network_from_graph(
            graph,
            vehicle=vehicle,
            speeds=speeds,
            delays=delays,
            driving_side=driving_side,
            merge_ends_m=merge_ends_m,
        )
        return network

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the roads as a graph that OSMnx understands; `from_networkx` makes the same network of it again."""
        graph: nx.MultiDiGraph = import_module("planner.roads.graphs").graph_of(self)
        return graph

    def map(
        self,
        *,
        areas: geopandas.GeoDataFrame | None = None,
        sites: Sites | None = None,
        demand: Demand | None = None,
        title: str | None = None,
        language: str = "zh",
    ) -> folium.Map:
        """Return a map of the roads, as a notebook shows it and as layers can be added to it.

        Parameters
        ----------
        areas
            Isochrones to draw, as `isochrones` gives them: minutes, geometry, and the ids of stations. Those of the same minutes
            are drawn together; a selected site shows its own.
        sites, demand
            Points to draw; demand in one colour, for nothing is known yet about drives.
        title
            What the map is called; the name of the road file if left out.
        language
            The language it opens in: ``zh`` or ``en``.

        Raises
        ------
        PlannerError
            The areas are not as `isochrones` gives them.
        """
        drawn: folium.Map = import_module("planner.webmap").network_map(
            self, areas=areas, sites=sites, demand=demand, title=title, language=language
        )
        return drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadSummary:
    """What was taken from a road file, what was left, and what was assumed.

    Attributes
    ----------
    file
        The file as named in the scenario.
    date
        Date of the data where the file tells it (ISO), else None.
    counts
        Numbers by what was counted: ways kept and dropped by reason, barriers by what they were taken for,
        one-ways, clipped ways, speeds assumed, and so on. Keys are stable snake_case words.
    speeds_kph
        The class speeds used, in km/h.
    warnings
        Sentences a planner should read.
    """

    file: str
    date: str | None
    counts: dict[str, int]
    speeds_kph: dict[str, float]
    warnings: tuple[str, ...] = field(default=())
