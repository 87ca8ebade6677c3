"""A saved run computed again in another way, for someone who doesn't trust us.

Nothing here comes from the modules that made the run's numbers: not the searches, not how places hang on roads, not the
placement, the figures or the tables. Drive times come from SciPy's Dijkstra on a graph in which streets are *cut* at
every place. All else follows from stations.csv and these times in plain loops. What is shared are the readers of
files; where points meet roads and how long streets are is measured again in other ways.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Proj
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from planner.clock import Clock
from planner.drivetimes import Nearest, needs_of
from planner.errors import PlannerError
from planner.inputs import Inputs, files_of, read_inputs, sha256
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.remarks import remarks_on
from planner.runfolder import read_summary
from planner.scenario import Direction, Goal, Scenario, read_scenario
from planner.snapping import Places

_NAMED: Final = 5
"""Differences of one kind named one by one; of more, only the number is told."""
_SOURCES_AT_ONCE: Final = 32
"""Searches whose results are held in memory together: each takes a row as long as the graph has vertices."""
_TICKS_PER_S: Final = 2**20
"""Times are whole numbers of 2^-20 s."""
_SUMS_AGREE: Final = 1e-9
"""Sums may differ by this share: they are added in another order. Times are on their grid and agree exactly."""
_METRES_AGREE: Final = 1e-3
"""Distances in the plane may differ by this share from those on the ellipsoid, 100 km from the middle of the roads."""
_DECIMALS: Final = {"lon": 7, "lat": 7, "access_m": 3}
"""Columns that the tables give with so many decimals."""
_DENSE_DEGREES: Final = 0.001
"""Some 100 m: over that distance straight in degrees and straight in a plane differ by a tenth of a millimetre."""
_SHORT_M: Final = 500.0
"""Points prefer roads that hang together with at least this many metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was computed again, and where it differs.

    Attributes
    ----------
    checked
        What was computed again and how, in sentences with numbers.
    trusted
        What was not, in sentences.
    differences
        What differs, in sentences that name the file; empty where all agrees.
    """

    checked: tuple[str, ...]
    trusted: tuple[str, ...]
    differences: tuple[str, ...]


def verify(run: Path) -> Verification:
    """Return what a saved run's numbers are when they are computed again in an independent way.

    Parameters
    ----------
    run
        Result folder of ``plan`` or ``assess``.

    Raises
    ------
    PlannerError
        The folder holds no result, or a scenario that can't be read.
    """
    said = read_summary(run)
    scenario = _scenario_of(run)
    notes = _Notes()
    if _check_inputs(notes, scenario, said):
        inputs = read_inputs(scenario, Clock())
        if inputs.network is not None:
            _check_lengths(notes, inputs.network)
            _check_places(notes, scenario, inputs, inputs.network)
        again = _again(notes, run, scenario, inputs)
        _check_times(notes, run, again)
        _check_rules(notes, again)
        _check_bound(notes, again, said)
        _check_summary(notes, again, said)
        _check_tables(notes, run, again)
        notes.trusted += [
            "how the tags of roads become access and speeds: the road file is read by the same reader"
            if inputs.network is not None
            else "the drive times in the table",
            "map.html and plan.gpkg: they are drawn from these numbers",
        ]
    return Verification(
        checked=tuple(notes.checked),
        trusted=tuple(notes.trusted),
        differences=tuple(notes.differences),
    )


@dataclass(slots=True)
class _Notes:
    """What was checked and what differs, as it is found."""

    checked: list[str] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def differ(self, file: str, sentences: Sequence[str]) -> None:
        """Note differences of one kind in one file, the first few by name."""
        self.differences += [f"{file}: {sentence}" for sentence in sentences[:_NAMED]]
        if len(sentences) > _NAMED:
            self.differences.append(f"{file}: and {len(sentences) - _NAMED} more like these")


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _scenario_of(run: Path) -> Scenario:
    """Return the scenario that a run kept, its paths from where it was written first."""
    try:
        log = json.loads((run / "log.json").read_text(encoding="utf-8"))
        folder = run / log["scenario_folder"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlannerError(
            f"{run / 'log.json'}: doesn't say where the scenario was; run the plan again"
        ) from error
    return read_scenario(run / "scenario.toml", folder=folder)


# ---------------------------------------------------------------------------------------------
# Inputs
# ---------------------------------------------------------------------------------------------


def _check_inputs(notes: _Notes, scenario: Scenario, said: Mapping[str, Any]) -> bool:
    """Note inputs that are not those of the run; return whether all are, so that it makes sense to go on."""
    entries = said.get("inputs")
    told = entries if isinstance(entries, list) else []
    was = {str(_at(entry, "file")): str(_at(entry, "sha256")) for entry in told}
    files = files_of(scenario)
    for file in files:
        checksum = sha256(scenario.resolve(file))
        if file not in was:
            notes.differ(file, ["is not among the inputs in result.json"])
        elif was[file] != checksum:
            notes.differ(
                file,
                [f"changed since the run (sha256 {checksum[:12]}…, then {was[file][:12]}…)"],
            )
    for file in sorted(set(was) - set(files)):
        notes.differ("result.json", [f"has the input {file}, which scenario.toml doesn't name"])
    if notes.differences:
        notes.checked.append("the inputs only: computing again makes sense with those of the run")
        return False
    notes.checked.append(f"the checksums of {_n(len(files), 'input file')}")
    return True


# ---------------------------------------------------------------------------------------------
# Roads: lengths and places measured again
# ---------------------------------------------------------------------------------------------


def _check_lengths(notes: _Notes, network: RoadNetwork) -> None:
    """Measure every street again, as a line on the ellipsoid."""
    geod = Geod(ellps="WGS84")
    differs = []
    for street in range(network.n_streets):
        line = slice(network.shape_start[street], network.shape_start[street + 1])
        metres = geod.line_length(network.shape_lon[line], network.shape_lat[line])
        if abs(metres - network.street_length_m[street]) > 1e-6 * metres + 1e-6:
            differs.append(
                f"street {street} is {metres:.3f} m long, not {network.street_length_m[street]:.3f}"
            )
    notes.differ(network.source.file, differs)
    notes.checked.append(
        f"the lengths of {_n(network.n_streets, 'street')}, {network.length_m / 1000:.1f} km"
    )


def _check_places(notes: _Notes, scenario: Scenario, inputs: Inputs, network: RoadNetwork) -> None:
    """Measure again how far points are from roads, in a plane: a transverse Mercator through the middle of the roads."""
    assert scenario.network is not None
    west, south, east, north = network.bounds
    plane = Proj(proj="tmerc", lon_0=(west + east) / 2, lat_0=(south + north) / 2, ellps="WGS84")
    lines = _lines(network, plane)
    n_points = 0
    for points, places in (
        (inputs.demand, inputs.demand_places),
        (inputs.sites, inputs.site_places),
    ):
        assert places is not None
        spots = shapely.points(*plane(points.lon, points.lat))
        is_near = np.hypot(shapely.get_x(spots), shapely.get_y(spots)) < 100_000.0
        at = np.flatnonzero(is_near)
        nearest_m = _nearest_m(network, lines, spots[at])
        notes.differ(
            points.file,
            _misplaced(points, places, at, nearest_m, scenario.network.max_access_m)
            + _beside_the_road(points, places, lines, plane),
        )
        n_points += at.size
    notes.checked.append(
        f"where {_n(n_points, 'point')} meet roads: the nearest, within {scenario.network.max_access_m:g} m (measured in a plane)"
    )


def _lines(network: RoadNetwork, plane: Proj) -> NDArray[np.object_]:
    """Return the streets in a plane. What is straight between two points in degrees bends there: so they are dense."""
    degrees = np.column_stack([network.shape_lon, network.shape_lat])
    street = np.repeat(np.arange(network.n_streets), np.diff(network.shape_start))
    lines = shapely.linestrings(degrees, indices=street)
    is_long = shapely.length(lines) > _DENSE_DEGREES
    lines[is_long] = shapely.segmentize(lines[is_long], _DENSE_DEGREES)
    in_plane: NDArray[np.object_] = shapely.transform(
        lines, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1]))
    )
    return in_plane


def _nearest_m(
    network: RoadNetwork, lines: NDArray[np.object_], spots: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far spots are from the nearest street that hangs together with 500 m, and from any other."""
    graph = nx.Graph()
    graph.add_edges_from(
        zip(network.street_tail.tolist(), network.street_head.tolist(), strict=True)
    )
    metres = np.zeros(network.n_nodes)
    np.add.at(metres, network.street_tail, network.street_length_m)
    is_short = np.zeros(network.n_nodes, dtype=bool)
    for nodes in nx.connected_components(graph):
        together = list(nodes)
        is_short[together] = metres[together].sum() < _SHORT_M
    of_street = is_short[network.street_tail]
    found = []
    for some in (lines[~of_street], lines[of_street]):
        distance_m = np.full(spots.size, np.inf)
        if some.size and spots.size:
            (which, _), away = shapely.STRtree(some).query_nearest(
                spots, all_matches=False, return_distance=True
            )
            distance_m[which] = away
        found.append(distance_m)
    return found[0], found[1]


def _misplaced(
    points: Demand | Sites,
    places: Places,
    at: NDArray[np.intp],
    nearest_m: tuple[NDArray[np.float64], NDArray[np.float64]],
    max_access_m: float,
) -> list[str]:
    """Return sentences on points that don't meet the nearest road that counts, or do though none is near."""
    sentences = []
    for i, long_m, short_m in zip(at, *nearest_m, strict=True):
        limit_m = max_access_m
        if abs(long_m - limit_m) < _tolerance_m(limit_m):  # at the very limit either is right
            limit_m = long_m if not places.is_off_network[i] else 0.0
        is_on_long, is_on_short = long_m <= limit_m, short_m <= max_access_m
        right_m = long_m if is_on_long else short_m if is_on_short else min(long_m, short_m)
        is_off = not (is_on_long or is_on_short)
        if abs(right_m - places.access_m[i]) > _tolerance_m(right_m):
            sentences.append(
                f"{points.id[i]} is {right_m:.2f} m from the road, not {places.access_m[i]:.2f}"
            )
        elif is_off != places.is_off_network[i] and abs(right_m - max_access_m) > _tolerance_m(
            right_m
        ):
            sentences.append(
                f"{points.id[i]} is {'off' if is_off else 'on'} the network, {right_m:.2f} m away"
            )
    return sentences


def _tolerance_m(metres: float) -> float:
    return 0.01 + _METRES_AGREE * metres


def _beside_the_road(
    points: Demand | Sites, places: Places, lines: NDArray[np.object_], plane: Proj
) -> list[str]:
    """Return sentences on places that don't lie at their share of their street."""
    on = np.flatnonzero(~places.is_off_network)
    there = shapely.line_interpolate_point(
        lines[places.street[on]], places.share[on], normalized=True
    )
    spot = shapely.points(*plane(places.lon[on], places.lat[on]))
    away_m = shapely.distance(there, spot)
    is_off = away_m > 0.05 + _METRES_AGREE * shapely.length(lines[places.street[on]])
    return [
        f"{points.id[on[i]]} meets the road {away_m[i]:.2f} m beside its place on the street"
        for i in np.flatnonzero(is_off)
    ]


# ---------------------------------------------------------------------------------------------
# Drives: a graph in which streets are cut at the places
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Growing:
    """A graph as it grows: vertices are numbered, arcs are rows of tail, head and seconds."""

    n_vertices: int = 0
    arcs: list[tuple[int, int, float]] = field(default_factory=list)

    def vertex(self) -> int:
        """Return a new vertex."""
        self.n_vertices += 1
        return self.n_vertices - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drives:
    """A graph to search from sites to demand points; a drive's seconds are the least sum of arcs between the two.

    Attributes
    ----------
    tail, head, seconds
        The arcs, each pair of vertices once. An arc may take no time.
    n_vertices
        Number of vertices.
    site, point
        The vertex of each site and of each demand point.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    seconds: NDArray[np.float64]
    n_vertices: int
    site: NDArray[np.int64]
    point: NDArray[np.int64]

    @property
    def matrix(self) -> csr_array:
        """The arcs as SciPy takes them: what is written down is an arc, even where it takes no time."""
        row = np.concatenate([[0], np.cumsum(np.bincount(self.tail, minlength=self.n_vertices))])
        return csr_array((self.seconds, self.head, row), shape=(self.n_vertices, self.n_vertices))

    def within(self, limit_s: float) -> dict[tuple[int, int], float]:
        """Return the seconds of all pairs of site and point at most a time apart."""
        matrix = self.matrix
        found: dict[tuple[int, int], float] = {}
        for first in range(0, self.site.size, _SOURCES_AT_ONCE):
            some = self.site[first : first + _SOURCES_AT_ONCE]
            time_s = dijkstra(matrix, indices=some, limit=limit_s)[:, self.point]
            site, point = np.nonzero(time_s <= limit_s)
            pairs = zip((site + first).tolist(), point.tolist(), strict=True)
            found.update(zip(pairs, time_s[site, point].tolist(), strict=True))
        return found

    def nearest(self, of: Sequence[int]) -> Nearest:
        """Return the nearest of some sites to each point, however far; of equally near ones the lowest."""
        n_points = self.point.size
        if not of:
            nobody = np.full(n_points, -1, dtype=np.int32)
            return Nearest(site=nobody, time_s=np.full(n_points, np.nan))
        time_s = dijkstra(self.matrix, indices=self.site[list(of)], min_only=True)
        # the arcs that some quickest drive takes hand on who it comes from
        with np.errstate(invalid="ignore"):
            is_taken = np.isfinite(time_s[self.tail]) & (
                time_s[self.tail] + self.seconds == time_s[self.head]
            )
        taken = np.flatnonzero(is_taken)
        taken = taken[np.argsort(time_s[self.tail[taken]], kind="stable")]
        arcs = list(zip(self.tail[taken].tolist(), self.head[taken].tolist(), strict=True))
        nobody_yet = self.site.size
        owner = [nobody_yet] * self.n_vertices
        for site in of:
            owner[self.site[site]] = site
        is_changing = True
        while is_changing:  # once, and again where arcs without length bring a lower one late
            is_changing = False
            for tail, head in arcs:
                if owner[tail] < owner[head]:
                    owner[head], is_changing = owner[tail], True
        site_of = np.array([owner[v] for v in self.point.tolist()], dtype=np.int32)
        is_reached = site_of < nobody_yet
        return Nearest(
            site=np.where(is_reached, site_of, -1).astype(np.int32),
            time_s=np.where(is_reached, time_s[self.point], np.nan),
        )


def _drives(
    growing: _Growing, site: Sequence[int], point: Sequence[int], *, is_turned: bool = False
) -> _Drives:
    """Return a graph that has grown; of arcs between the same two vertices the fastest counts."""
    tail, head, seconds = (
        np.array([arc[k] for arc in growing.arcs], dtype=kind)
        for k, kind in enumerate((np.int64, np.int64, np.float64))
    )
    if is_turned:
        tail, head = head, tail
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    is_first = (np.diff(tail, prepend=-1) != 0) | (np.diff(head, prepend=-1) != 0)
    return _Drives(
        tail=tail[is_first],
        head=head[is_first],
        seconds=seconds[is_first],
        n_vertices=growing.n_vertices,
        site=np.array(site, dtype=np.int64),
        point=np.array(point, dtype=np.int64),
    )


def _drives_of_table(path: Path, demand: Demand, sites: Sites) -> _Drives:
    """Return the drives in a table from elsewhere: one arc for each row that has a time."""
    growing = _Growing()
    site_vertex = {name: growing.vertex() for name in sites.id}
    point_vertex = {name: growing.vertex() for name in demand.id}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cell = {key.strip(): value.strip() for key, value in row.items() if key and value}
            if cell.get("drive_time_s"):
                seconds = _grid(float(cell["drive_time_s"]))
                growing.arcs.append(
                    (site_vertex[cell["site"]], point_vertex[cell["demand"]], seconds)
                )
    return _drives(growing, list(site_vertex.values()), list(point_vertex.values()))


def _grid(seconds: float) -> float:
    return round(seconds * _TICKS_PER_S) / _TICKS_PER_S


def _drives_on_roads(scenario: Scenario, inputs: Inputs, network: RoadNetwork) -> _Drives:
    """Return the drives on roads: out of every place that may begin one, into every place that may end one."""
    site_places, demand_places = inputs.site_places, inputs.demand_places
    assert scenario.network is not None
    assert site_places is not None
    assert demand_places is not None
    roads = _cut_roads(network, (site_places, demand_places))
    kph = scenario.network.access_kph
    if scenario.fleets[0].direction is Direction.TO_STATION:
        point = [roads.begin(demand_places, i, kph) for i in range(len(demand_places))]
        site = [roads.end(site_places, i, kph) for i in range(len(site_places))]
        return _drives(roads.growing, site, point, is_turned=True)
    site = [roads.begin(site_places, i, kph) for i in range(len(site_places))]
    point = [roads.end(demand_places, i, kph) for i in range(len(demand_places))]
    return _drives(roads.growing, site, point)


_BEGINNING, _OPEN, _ENDING = range(3)
"""The parts of a drive: on the local roads it begins in, on the open network, on the local roads it ends in."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _CutRoads:
    """Roads cut at every place. A drive goes through its parts in order; so there is a layer of vertices for each part.

    Junctions that an open road meets are in the middle layer only. All others have local roads only: they are in the
    first and in the last. No arc leads back from a later layer to an earlier one.

    Attributes
    ----------
    network, growing
        The roads, and the graph.
    junction
        Vertex of a layer and a junction.
    cut
        Vertex of a layer, an edge and the seconds from its tail.
    leaving
        Arcs out of each junction vertex as they are for a drive that begins there: without delay.
    edges
        The edges of each street.
    """

    network: RoadNetwork
    growing: _Growing
    junction: dict[tuple[int, int], int]
    cut: dict[tuple[int, int, float], int]
    leaving: dict[int, list[tuple[int, float]]]
    edges: dict[int, list[int]]

    def begin(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that begin at a place."""
        start, leg_s = self.growing.vertex(), _leg_s(places, i, kph)
        for vertex in self._vertices(places, i, (_BEGINNING, _OPEN)):
            self.growing.arcs.append((start, vertex, leg_s))
            for onward, seconds in self.leaving.get(vertex, ()):
                self.growing.arcs.append((start, onward, leg_s + seconds))
        return start

    def end(self, places: Places, i: int, kph: float) -> int:
        """Return a vertex for the drives that end at a place."""
        goal, leg_s = self.growing.vertex(), _leg_s(places, i, kph)
        for vertex in self._vertices(places, i, (_BEGINNING, _OPEN, _ENDING)):
            self.growing.arcs.append((vertex, goal, leg_s))
        return goal

    def _vertices(self, places: Places, i: int, layers: Sequence[int]) -> list[int]:
        """Return where a place is in some layers: nowhere if it is off network."""
        street, node = int(places.street[i]), int(places.node[i])
        if street < 0:
            return []
        if node >= 0:
            return [
                self.junction[layer, node] for layer in layers if (layer, node) in self.junction
            ]
        keys = [
            (layer, edge, _from_tail_s(self.network, edge, float(places.share[i])))
            for layer in layers
            for edge in self.edges[street]
        ]
        return [self.cut[key] for key in keys if key in self.cut]


def _leg_s(places: Places, i: int, kph: float) -> float:
    """Return the seconds between a point and the road."""
    return _grid(float(places.access_m[i]) / (kph / 3.6)) if kph and places.street[i] >= 0 else 0.0


def _from_tail_s(network: RoadNetwork, edge: int, share: float) -> float:
    """Return how far along an edge a share of its street is, in seconds.

    The seconds to the street's last point are rounded, the others are the rest of the edge's time.
    """
    whole_s = float(network.edge_time_s[edge])
    to_last_s = _grid((1.0 - share) * whole_s)
    return whole_s - to_last_s if network.edge_is_forward[edge] else to_last_s


def _cut_roads(network: RoadNetwork, both: Sequence[Places]) -> _CutRoads:
    """Return the roads cut at all places."""
    roads = _CutRoads(
        network=network,
        growing=_Growing(),
        junction={},
        cut={},
        leaving=defaultdict(list),
        edges=defaultdict(list),
    )
    for edge, street in enumerate(network.edge_street.tolist()):
        roads.edges[street].append(edge)
    cuts: dict[int, set[float]] = defaultdict(set)
    for places in both:
        for i in np.flatnonzero((places.street >= 0) & (places.node < 0)):
            for edge in roads.edges[int(places.street[i])]:
                cuts[edge].add(_from_tail_s(network, edge, float(places.share[i])))
    is_open = set()
    for tail, head, is_local in _ends_of_streets(network):
        if not is_local:
            is_open |= {tail, head}
    for node in range(network.n_nodes):
        for layer in (_OPEN,) if node in is_open else (_BEGINNING, _ENDING):
            roads.junction[layer, node] = roads.growing.vertex()
    tails, heads = network.edge_tail.tolist(), network.edge_head.tolist()
    for edge, street in enumerate(network.edge_street.tolist()):
        ends = tails[edge], heads[edge]
        for layer in (_BEGINNING, _ENDING) if network.street_is_local[street] else (_OPEN,):
            _lay(roads, layer, edge, ends, sorted(cuts.get(edge, ())))
    return roads


def _ends_of_streets(network: RoadNetwork) -> list[tuple[int, int, bool]]:
    return list(
        zip(
            network.street_tail.tolist(),
            network.street_head.tolist(),
            network.street_is_local.tolist(),
            strict=True,
        )
    )


def _lay(
    roads: _CutRoads, layer: int, edge: int, ends: tuple[int, int], positions: Sequence[float]
) -> None:
    """Lay an edge into a layer of the graph, cut at some positions (seconds from its tail).

    Local roads of the first layer lead out to the open network, those of the last layer come in from there.
    """
    tail, head = ends
    junction, whole_s = roads.junction, float(roads.network.edge_time_s[edge])
    comes_from = (layer, _OPEN) if layer == _ENDING else (layer,)
    goes_to = (layer, _OPEN) if layer == _BEGINNING else (layer,)
    first = next((junction[at, tail] for at in comes_from if (at, tail) in junction), None)
    last = next((junction[at, head] for at in goes_to if (at, head) in junction), None)
    stops = [(first, 0.0)]
    for position in positions:
        vertex = roads.cut[layer, edge, position] = roads.growing.vertex()
        stops.append((vertex, position))
    stops.append((last, whole_s))
    for (here, at_s), (onward, until_s) in itertools.pairwise(stops):
        if here is None or onward is None:
            continue
        delay_s = 0.0
        if here == first:
            roads.leaving[first].append((onward, until_s))
            delay_s = float(roads.network.node_delay_s[tail])
        roads.growing.arcs.append((here, onward, delay_s + until_s - at_s))


# ---------------------------------------------------------------------------------------------
# The plan, from stations.csv alone
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Again:
    """The run computed again. There is one need for each demand point.

    Attributes
    ----------
    scenario, inputs
        What was asked, and what the files hold.
    stations
        Positions of the sites that stations.csv names.
    standard_s
        The longest drive that covers, in seconds.
    time_s
        Seconds of each pair of site and point within the standard.
    nearest_station, nearest_site
        For each point the nearest station, and the nearest site that may be one, however far.
    """

    scenario: Scenario
    inputs: Inputs
    stations: tuple[int, ...]
    standard_s: float
    time_s: dict[tuple[int, int], float]
    nearest_station: Nearest
    nearest_site: Nearest

    @property
    def demand(self) -> Demand:
        """The demand points."""
        return self.inputs.demand

    @property
    def sites(self) -> Sites:
        """The sites."""
        return self.inputs.sites

    @property
    def is_covered(self) -> list[bool]:
        """Whether each point is within the standard of its nearest station."""
        return [t <= self.standard_s for t in self.nearest_station.time_s.tolist()]

    @property
    def is_coverable(self) -> list[bool]:
        """Whether each point is within the standard of a site that may be a station."""
        return [t <= self.standard_s for t in self.nearest_site.time_s.tolist()]

    @property
    def weight(self) -> list[float]:
        """Weight of each point."""
        weights: list[float] = self.demand.weight.tolist()
        return weights

    def weight_of(self, counts: Sequence[bool]) -> float:
        """Return the weight of some points together."""
        return math.fsum(w for w, c in zip(self.weight, counts, strict=True) if c)


def _again(notes: _Notes, run: Path, scenario: Scenario, inputs: Inputs) -> _Again:
    """Return the run computed again from the stations in stations.csv."""
    stations = _stations_of(notes, run, inputs.sites)
    if inputs.network is not None:
        drives = _drives_on_roads(scenario, inputs, inputs.network)
    else:
        assert scenario.drive_times is not None
        path = scenario.resolve(scenario.drive_times.file)
        drives = _drives_of_table(path, inputs.demand, inputs.sites)
    standard_s = _grid(scenario.fleets[0].max_drive_min * 60.0)
    may_be_station = np.flatnonzero(~inputs.sites.is_excluded).tolist()
    return _Again(
        scenario=scenario,
        inputs=inputs,
        stations=stations,
        standard_s=standard_s,
        time_s=drives.within(standard_s),
        nearest_station=drives.nearest(stations),
        nearest_site=drives.nearest(may_be_station),
    )


def _stations_of(notes: _Notes, run: Path, sites: Sites) -> tuple[int, ...]:
    """Return the positions of the sites that stations.csv names."""
    position = {name: i for i, name in enumerate(sites.id)}
    names = [_unquoted(row.get("id", ""), position) for row in _rows(notes, run / "stations.csv")]
    unknown = [f"{name} is no site" for name in names if name not in position]
    twice = [f"{name} stands twice" for name in sorted(set(names)) if names.count(name) > 1]
    notes.differ("stations.csv", unknown + twice)
    return tuple(sorted({position[name] for name in names if name in position}))


def _rows(notes: _Notes, path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file; none, and a note, where it can't be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        notes.differ(path.name, [f"can't be read ({error})"])
        return []


def _unquoted(text: str, known: Mapping[str, int]) -> str:
    """Return an id without the quote that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text not in known and text.startswith("'") else text


def _check_rules(notes: _Notes, again: _Again) -> None:
    """Note stations that break a rule: existing ones are kept, excluded ones are none, there are not too many."""
    sites, rules, stations = again.sites, again.scenario.placement, set(again.stations)
    must = np.flatnonzero(sites.is_existing | sites.is_required).tolist()
    broken = [
        f"{sites.id[i]} is excluded, and is a station"
        for i in again.stations
        if sites.is_excluded[i]
    ]
    if rules.goal is Goal.ASSESS:
        stand = sites.is_existing if sites.is_existing.any() else ~sites.is_excluded
        right = set(np.flatnonzero(stand).tolist())
        broken += [f"{sites.id[i]} doesn't stand" for i in sorted(stations - right)]
        broken += [f"{sites.id[i]} stands, and is left out" for i in sorted(right - stations)]
    else:
        broken += [
            f"{sites.id[i]} stands already or is required, and is not kept"
            for i in must
            if i not in stations
        ]
    notes.differ("stations.csv", broken)
    limit = rules.stations
    if limit is not None and len(stations) > max(limit, len(must)):
        notes.differ("stations.csv", [f"has {len(stations)} stations; {limit} are allowed"])
    notes.checked.append(
        f"the rules: {len(must)} existing and required stations kept, none of {int(sites.is_excluded.sum())} excluded "
        f"sites taken" + ("" if limit is None else f", {len(stations)} of at most {limit} stations")
    )


def _check_bound(notes: _Notes, again: _Again, said: Mapping[str, Any]) -> None:
    """Prove again what counting alone can prove: that fewer stations can't do, or none can cover more."""
    rules, bound = again.scenario.placement, said.get("bound")
    if rules.goal is Goal.ASSESS:
        return
    trust = (
        f"the bound of {_shown(bound)}, and with it how good the plan is: it is the solver's word"
    )
    if rules.goal is Goal.SET_COVERING and rules.min_share == 1.0:
        needed = _needed(again)
        notes.checked.append(
            f"that it takes at least {_n(needed, 'station')}: so many are kept, or needed by demand points no two of which "
            "share a site"
        )
        claims = [n for n in (said.get("objective"), bound) if _is_number(n)]
        if said.get("status") == "optimal" and any(n < needed for n in claims):
            notes.differ(
                "result.json", [f"{min(claims)} stations are said to do; it takes {needed}"]
            )
        if _is_number(bound) and needed >= bound:
            return
        trust += f" (counting proves {needed} only)"
    if rules.goal is Goal.MAX_COVERING:
        most = again.weight_of(again.is_coverable)
        notes.checked.append(
            f"that no plan covers more than {most:,g} of weight: no site is near the rest"
        )
        if _is_number(bound) and _is_same(bound, most):
            return
    notes.trusted.append(trust)


def _needed(again: _Again) -> int:
    """Return a number of stations that it takes whatever anybody computes.

    Points no two of which share a site need a station each, beside the kept ones. They are picked one by one, those
    within reach of few sites first.
    """
    sites, weight = again.sites, again.weight
    taken = set(np.flatnonzero(sites.is_existing | sites.is_required).tolist())
    needed = len(taken)
    covers: dict[int, set[int]] = defaultdict(set)
    for site, point in again.time_s:
        if not sites.is_excluded[site] and weight[point] > 0:
            covers[point].add(site)
    for point in sorted(covers, key=lambda p: (len(covers[p]), p)):
        if covers[point].isdisjoint(taken):
            taken |= covers[point]
            needed += 1
    return needed


# ---------------------------------------------------------------------------------------------
# times.npz
# ---------------------------------------------------------------------------------------------


def _check_times(notes: _Notes, run: Path, again: _Again) -> None:
    """Compare the saved drive times, pair by pair and exactly."""
    try:
        with (run / "times.npz").open("rb") as file, np.load(file) as archive:
            saved = {name: archive[name] for name in archive.files}
        _compare_times(notes, saved, again)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        notes.differ("times.npz", [f"can't be read or is not whole ({error})"])


def _compare_times(notes: _Notes, saved: Mapping[str, NDArray[Any]], again: _Again) -> None:
    sites, demand = again.sites, again.demand
    n = len(demand)
    needs = needs_of(demand, fleet=again.scenario.fleets[0].name, max_drive_time_s=again.standard_s)
    right: dict[str, NDArray[Any] | list[str]] = {
        "demand_id": demand.id.tolist(),
        "site_id": sites.id.tolist(),
        "need_demand": needs.point,
        "need_fleet": needs.fleet,
        "need_period": needs.period,
        "need_weight": needs.weight,
        "need_max_drive_time_s": needs.max_drive_time_s,
        "fleets": list(needs.fleets),
        "periods": list(needs.periods),
    }
    wrong = [name for name, values in right.items() if not np.array_equal(saved[name], values)]
    notes.differ("times.npz", [f"{name} is not what the inputs say" for name in wrong])
    pairs = list(zip(saved["site"].tolist(), saved["need"].tolist(), strict=True))
    said = dict(zip(pairs, saved["time_s"].tolist(), strict=True))
    if len(said) < len(pairs):
        notes.differ("times.npz", [f"{len(pairs) - len(said)} pairs stand twice"])
    differs = []
    for site, point in sorted(said.keys() | again.time_s.keys()):
        a, b = said.get((site, point)), again.time_s.get((site, point))
        if a != b:
            known = 0 <= site < len(sites) and 0 <= point < n
            who = f"{demand.id[point]} and {sites.id[site]}" if known else f"{point} and {site}"
            differs.append(f"between {who} it says {_seconds(a)}, and it is {_seconds(b)}")
    notes.differ("times.npz", differs)
    for name, nearest in (
        ("nearest_station", again.nearest_station),
        ("nearest_site", again.nearest_site),
    ):
        same = (saved[name] == nearest.site) & np.array(
            [
                a == b or (a != a and b != b)
                for a, b in zip(
                    saved[f"{name}_time_s"].tolist(), nearest.time_s.tolist(), strict=True
                )
            ]
        )
        notes.differ(
            "times.npz",
            [
                f"{name} of {demand.id[i]} is {_site(sites, nearest.site[i])} ({_seconds(nearest.time_s[i])})"
                for i in np.flatnonzero(~same)
            ],
        )
    notes.checked.append(
        f"{_n(len(again.time_s), 'drive time')} of {_n(n, 'demand point')} and {_n(len(sites), 'site')} within {again.standard_s:g} s, and the "
        "nearest station and site of everyone (SciPy's Dijkstra on streets cut at the places; equal to 2^-20 s)"
    )


def _seconds(value: float | None) -> str:
    none = "no such drive" if value is None else "not reachable"
    return none if value is None or math.isnan(value) else f"{value:.6f} s"


def _site(sites: Sites, position: int) -> str:
    return str(sites.id[position]) if position >= 0 else "none"


# ---------------------------------------------------------------------------------------------
# result.json
# ---------------------------------------------------------------------------------------------


def _check_summary(notes: _Notes, again: _Again, said: Mapping[str, Any]) -> None:
    """Compare every number in result.json."""
    times_s = again.nearest_station.time_s
    drives = [
        (t, w)
        for t, w in zip(times_s.tolist(), again.weight, strict=True)
        if w > 0 and not math.isnan(t)
    ]
    right = {
        "scenario": again.scenario.name,
        "goal": again.scenario.placement.goal.value,
        **_stations_in_numbers(again),
        "demand": _demand_in_numbers(again),
        "drive_time_s": {
            "mean": _mean(drives),
            "median": _quantile(drives, 0.5, _at(said, "drive_time_s", "median")),
            "p95": _quantile(drives, 0.95, _at(said, "drive_time_s", "p95")),
            "max": max((t for t, _ in drives), default=None),
        },
        "roads": None,
        "by_fleet": {again.scenario.fleets[0].name: {"share_covered": _share(again)}},
        "network": _network_in_numbers(again.inputs.network),
        "remarks": list(remarks_on(again.inputs, _needs(again), again.nearest_site)),
    }
    for sentence in _unequal("", dict(said), right) + _broken_claims(again, said):
        notes.differ("result.json", [sentence])
    n_numbers = _count(right)
    notes.checked.append(
        f"{n_numbers} numbers and names in result.json, from the {_n(len(again.stations), 'station')} in stations.csv alone"
    )


def _needs(again: _Again) -> Any:
    return needs_of(
        again.demand,
        fleet=again.scenario.fleets[0].name,
        max_drive_time_s=again.standard_s,
    )


def _stations_in_numbers(again: _Again) -> dict[str, Any]:
    sites = again.sites
    is_new = ~(sites.is_existing | sites.is_required)
    return {
        "stations": [sites.id[i] for i in again.stations],
        "n_stations": len(again.stations),
        "n_new": sum(bool(is_new[i]) for i in again.stations),
    }


def _demand_in_numbers(again: _Again) -> dict[str, Any]:
    ids, sites, places = again.demand.id, again.sites, again.inputs.demand_places
    nearest = again.nearest_site
    counts = [w > 0 for w in again.weight]
    missed = [i for i, c in enumerate(again.is_covered) if counts[i] and not c]
    hopeless = [i for i in missed if not again.is_coverable[i]]
    cut_off = [i for i in hopeless if nearest.site[i] < 0]
    total, covered = math.fsum(again.weight), again.weight_of(again.is_covered)
    fleet = again.scenario.fleets[0].name
    return {
        "n": len(ids),
        "weight": total,
        "covered_n": len(ids) - len(missed),
        "covered_weight": covered,
        "share_covered": covered / total,
        "uncovered": [ids[i] for i in missed],
        "uncoverable": [
            {
                "demand": ids[i],
                "fleet": fleet,
                "period": "all",
                "site": None if nearest.site[i] < 0 else sites.id[nearest.site[i]],
                "drive_time_s": None if nearest.site[i] < 0 else float(nearest.time_s[i]),
            }
            for i in hopeless
        ],
        "unreachable": [ids[i] for i in cut_off],
        "off_network": [ids[i] for i in cut_off if places is not None and places.street[i] < 0],
    }


def _network_in_numbers(network: RoadNetwork | None) -> dict[str, Any] | None:
    if network is None:
        return None
    graph = nx.Graph()
    graph.add_edges_from((tail, head) for tail, head, _ in _ends_of_streets(network))
    return {
        "nodes": graph.number_of_nodes(),
        "edges": network.n_edges,
        "components": nx.number_connected_components(graph),
        "source_date": network.source.date,
        "length_m": math.fsum(network.street_length_m.tolist()),
        "counts": network.source.counts,
        "speeds_kph": network.source.speeds_kph,
    }


def _share(again: _Again) -> float | None:
    total = math.fsum(again.weight)
    return again.weight_of(again.is_covered) / total if total else None


def _mean(drives: Sequence[tuple[float, float]]) -> float | None:
    weight = math.fsum(w for _, w in drives)
    return math.fsum(t * w for t, w in drives) / weight if drives else None


def _quantile(drives: Sequence[tuple[float, float]], share: float, said: Any) -> float | None:
    """Return the least time that at least this share of the weight doesn't exceed.

    Where fractions of weights add up to the very share, rounding decides: then what was said is right if it is the time
    below or above.
    """
    if not drives:
        return None
    slack = 0.0 if all(weight.is_integer() for _, weight in drives) else _SUMS_AGREE
    asked = share * math.fsum(weight for _, weight in drives)
    right, below = [], 0.0
    for time_s, weight in sorted(drives):
        up_to = below + weight
        if up_to >= asked * (1.0 - slack) and below < asked * (1.0 + slack):
            right.append(time_s)
        below = up_to
    return said if said in right else right[0]


def _at(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


def _unequal(place: str, said: Any, right: Any) -> list[str]:
    """Return a sentence for each value that is not what it should be; values nobody computed again don't count."""
    if isinstance(right, Mapping) and isinstance(said, Mapping):
        dot = f"{place}." if place else ""
        found = [_unequal(f"{dot}{key}", said.get(key), value) for key, value in right.items()]
        extra = sorted(set(said) - set(right)) if place else []
        return [s for some in found for s in some] + [f"{dot}{key} is not known" for key in extra]
    if isinstance(right, list) and isinstance(said, list) and _are_names([*said, *right]):
        lost, more = [x for x in right if x not in said], [x for x in said if x not in right]
        if lost or more:
            return [f"{place} lacks {_some(lost)}"] * bool(lost) + [
                f"{place} has {_some(more)} wrongly"
            ] * bool(more)
        return [] if said == right else [f"{place} is in another order, or names one twice"]
    return (
        []
        if _is_same(said, right)
        else [f"{place} is {_shown(said)}, and should be {_shown(right)}"]
    )


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _are_names(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _is_same(said: Any, right: Any) -> bool:
    """Return whether two values are equal: sums may differ by their rounding, all else not at all."""
    if isinstance(said, bool) or isinstance(right, bool) or said is None or right is None:
        return said is right
    if isinstance(said, int | float) and isinstance(right, float):
        return math.isclose(said, right, rel_tol=_SUMS_AGREE)
    return type(said) is type(right) and said == right


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _count(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_count(v) for v in value.values())
    return len(value) if isinstance(value, list) else 1


def _broken_claims(again: _Again, said: Mapping[str, Any]) -> list[str]:
    """Return what the status, objective and bound in result.json claim against all reason."""
    status, objective, bound = said.get("status"), said.get("objective"), said.get("bound")
    rules, problems = again.scenario.placement, []
    if (status == "assessed") != (rules.goal is Goal.ASSESS):
        problems.append(f"status is {status}, with goal {rules.goal.value}")
    elif status in ("optimal", "feasible"):
        right = _objective(again)
        if not _is_same(objective, right):
            problems.append(f"objective is {_shown(objective)}, and should be {_shown(right)}")
        else:
            problems += _broken_bounds(rules.goal, status, float(right), bound)
        problems += _left_uncovered(again)
    elif status in ("infeasible", "undecided", "assessed"):
        if objective is not None:
            problems.append(f"objective is {_shown(objective)}, and should be null ({status})")
        if status != "assessed" and not said.get("reasons"):
            problems.append(f"status is {status}, without reasons")
        if status == "assessed" and bound is not None:
            problems.append(f"bound is {_shown(bound)}, and should be null ({status})")
    else:
        problems.append(f"status is {_shown(status)}, which is none")
    if said.get("stopped_by") not in (None, "time"):
        problems.append(f"stopped_by is {_shown(said.get('stopped_by'))}, which stops nothing")
    return problems + _unequal("gap", said.get("gap"), _gap(objective, bound))


def _gap(objective: Any, bound: Any) -> float | None:
    if not (_is_number(objective) and _is_number(bound)):
        return None
    return float(abs(objective - bound) / max(abs(objective), 1e-9))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _objective(again: _Again) -> float | int:
    if again.scenario.placement.goal is Goal.SET_COVERING:
        return len(again.stations)
    return again.weight_of(again.is_covered)


def _broken_bounds(goal: Goal, status: str, objective: float, bound: Any) -> list[str]:
    """Return what is wrong about a bound: a plan can't beat it, and meets it where it is optimal."""
    if not _is_number(bound):
        return [f"bound is {_shown(bound)}, and should be a number ({status})"]
    slack = _SUMS_AGREE * abs(objective)
    ahead = bound - objective if goal is Goal.SET_COVERING else objective - bound
    if ahead > slack:
        return [f"bound is {bound}, and the plan beats it with {objective}"]
    if (abs(objective - bound) <= slack) != (status == "optimal"):
        return [f"status is {status}, with objective {objective} and bound {bound}"]
    return []


def _left_uncovered(again: _Again) -> list[str]:
    """Return whether a set covering covers less than it has to."""
    rules = again.scenario.placement
    if rules.goal is not Goal.SET_COVERING:
        return []
    asked = rules.min_share * again.weight_of(again.is_coverable)
    covered = again.weight_of(again.is_covered)
    if covered >= asked * (1.0 - _SUMS_AGREE):
        return []
    return [f"the stations cover {covered:g} of weight, and {asked:g} is asked for"]


# ---------------------------------------------------------------------------------------------
# The tables
# ---------------------------------------------------------------------------------------------


def _check_tables(notes: _Notes, run: Path, again: _Again) -> None:
    """Compare every row of the tables for people."""
    assignments, stations = _assignments(again), _station_rows(again)
    _compare_rows(notes, run / "assignments.csv", assignments, key="demand")
    _compare_rows(notes, run / "stations.csv", stations, key="id")
    _compare_geojson(notes, run / "stations.geojson", stations)
    notes.checked.append(
        f"every cell of {_n(len(assignments), 'row')} in assignments.csv and {len(stations)} in stations.csv and stations.geojson"
    )


def _assignments(again: _Again) -> list[dict[str, Any]]:
    """Return the rows of assignments.csv."""
    nearest, places = again.nearest_station, again.inputs.demand_places
    access_m = [None] * len(again.demand) if places is None else places.access_m.tolist()
    rows = zip(
        again.demand.id,
        nearest.site.tolist(),
        nearest.time_s.tolist(),
        again.is_covered,
        access_m,
        strict=True,
    )
    return [
        {
            "demand": name,
            "fleet": again.scenario.fleets[0].name,
            "period": "all",
            "station": again.sites.id[station] if station >= 0 else "",
            "drive_time_s": seconds if station >= 0 else None,
            "covered": covered,
            "access_m": access,
        }
        for name, station, seconds, covered, access in rows
    ]


def _station_rows(again: _Again) -> list[dict[str, Any]]:
    """Return the rows of stations.csv."""
    sites, rows = again.sites, []
    served: dict[int, list[tuple[float, float]]] = defaultdict(list)
    nearest = again.nearest_station
    for station, seconds, weight, covered in zip(
        nearest.site.tolist(), nearest.time_s.tolist(), again.weight, again.is_covered, strict=True
    ):
        if covered:
            served[station].append((seconds, weight))
    for i in again.stations:
        weight = math.fsum(w for _, w in served[i])
        rows.append(
            {
                "id": sites.id[i],
                "name": sites.name[i],
                "kind": sites.kind[i],
                "lon": _number(sites.lon[i]),
                "lat": _number(sites.lat[i]),
                "existing": bool(sites.is_existing[i]),
                "n_served": len(served[i]),
                "weight_served": weight,
                "mean_drive_time_s": _mean(served[i]) if weight else None,
                "max_drive_time_s": max((t for t, _ in served[i]), default=None),
            }
        )
    return rows


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _compare_rows(
    notes: _Notes, path: Path, right: Sequence[Mapping[str, Any]], *, key: str
) -> None:
    """Compare the rows of a CSV file with those it should have, in their order."""
    said = _rows(notes, path)
    names = {row[key]: n for n, row in enumerate(right)}
    told = [_unquoted(row.get(key, ""), names) for row in said]
    if told != list(names):
        lacks = [name for name in names if name not in told]
        wrong = [name for name in told if name not in names]
        notes.differ(
            path.name,
            [f"the row of {name} is missing" for name in lacks]
            + [f"the row of {name} should not be there" for name in wrong]
            or ["its rows are in another order, or one stands twice"],
        )
    differs = [
        f"line {line}, {name}: {column} is {row.get(column, '') or 'empty'}, and should be {_cell(value)}"
        for line, (name, row) in enumerate(zip(told, said, strict=True), start=2)
        if name in names
        for column, value in right[names[name]].items()
        if not _is_cell(column, row.get(column, ""), value)
    ]
    notes.differ(path.name, differs)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "empty" if value is None or value == "" else str(value)


def _is_cell(column: str, text: str, value: Any) -> bool:
    """Return whether a cell of a CSV file says a value; texts that look like formulas have a quote before them."""
    if value is None or isinstance(value, bool):
        return text == ("" if value is None else str(value).lower())
    if isinstance(value, str):
        return text in (value, f"'{value}")
    try:
        return _is_number_told(column, float(text), value)
    except ValueError:
        return False


def _is_number_told(column: str, said: float, value: float) -> bool:
    if column in _DECIMALS:
        return abs(said - value) <= 0.51 * 10.0 ** -_DECIMALS[column]
    return math.isclose(said, value, rel_tol=_SUMS_AGREE)


def _compare_geojson(notes: _Notes, path: Path, right: Sequence[Mapping[str, Any]]) -> None:
    """Compare stations.geojson with the stations as they should be."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        said = [_station_told(feature) for feature in features]
    except (OSError, ValueError, KeyError, TypeError) as error:
        notes.differ(path.name, [f"can't be read ({error})"])
        return
    if [row["id"] for row in said] != [row["id"] for row in right]:
        notes.differ(path.name, ["has other stations than stations.csv, or another order"])
        return
    notes.differ(
        path.name,
        [
            f"{row['id']}: {column} is {_shown(row.get(column))}, and should be {_shown(value)}"
            for row, should in zip(said, right, strict=True)
            for column, value in should.items()
            if not _is_told(column, row.get(column), value)
        ],
    )


def _station_told(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feature as a row: its properties, and where it is."""
    geometry = feature["geometry"]
    lon, lat = (None, None) if geometry is None else geometry["coordinates"]
    return {**feature["properties"], "id": feature["id"], "lon": lon, "lat": lat}


def _is_told(column: str, said: Any, value: Any) -> bool:
    if _is_number(said) and _is_number(value):
        return _is_number_told(column, said, value)
    return type(said) is type(value) and bool(said == value)
