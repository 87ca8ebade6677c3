"""Isochrones of 78 stations for three limits, beside buffers of the same reached road and hulls of reached junctions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances import N_STATIONS, ROOT, real_file
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

if TYPE_CHECKING:
    from planner.network import RoadNetwork
    from planner.points import Sites

_MINUTES: Final = (3, 5, 10)
_LOOKED_AT_MIN: Final = 5
"""Of this isochrone it is told how much of the road is missed."""
_WIDTH_M: Final = 40.0
_METRES_PER_DEGREE: Final = 111_320.0


class Areas(NamedTuple):
    """Areas: of which station, within how many minutes."""

    station: NDArray[np.object_]
    minutes: NDArray[np.float64]
    area: NDArray[np.object_]


def _of_frame(frame: Any, area: NDArray[np.object_]) -> Areas:
    return Areas(frame["station"].to_numpy(), frame["minutes"].to_numpy(), area)


def _instance(instance: str) -> tuple[Any, Any]:
    """Return the roads of an extract, and stations at some of their junctions: 78, or as many as its name says."""
    import geopandas
    import shapely

    from planner.points import read_sites
    from planner.roads import read_network

    path = ROOT / "data" / "yuhuan" / "roads.osm.pbf"
    name, _, number = instance.partition(" ")
    n_stations = int(number or N_STATIONS)
    if name != "yuhuan":
        path = real_file(f"roads/{name}.osm.pbf")
    elif not path.is_file():
        raise UnavailableError(f"needs {path}")
    network = read_network(path, cache=False)
    at = np.random.default_rng(1).choice(network.n_nodes, n_stations, replace=False)
    points = shapely.points(network.node_lon[at], network.node_lat[at])
    ids = [f"S{i:02d}" for i in range(n_stations)]
    return network, read_sites(geopandas.GeoDataFrame({"id": ids}, geometry=points, crs=4326))


def _same_areas(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say for which minutes the square kilometres differ by more than a share, and whether road is missed."""
    said = [
        f"{name} {float(other[name]):.2f} instead of {float(ours[name]):.2f}"
        for name in ours
        if name.startswith("km2_")
        and abs(float(other[name]) - float(ours[name])) > tolerance * float(ours[name])
    ]
    if float(other["missed_share"]) > tolerance:
        said.append(f"{float(other['missed_share']):.1%} of the road missed")
    return ", ".join(said)


def _answer(network: RoadNetwork, sites: Sites, found: Areas) -> Answer:
    """Return square kilometres by minutes, and the share of reached road that lies outside.

    Parameters
    ----------
    network, sites
        The instance.
    found
        Areas, in degrees.
    """
    import shapely
    from pyproj import Geod

    import planner

    geod = Geod(ellps="WGS84")
    square_m = np.array([abs(geod.geometry_area_perimeter(area)[0]) for area in found.area])
    told = {f"km2_{m}_min": float(square_m[found.minutes == m].sum()) / 1e6 for m in _MINUTES}
    at = found.minutes == _LOOKED_AT_MIN
    area_of = dict(zip(found.station[at].tolist(), found.area[at], strict=True))
    roads = planner.reached_roads(network, sites, [_LOOKED_AT_MIN])
    lines = roads.geometry.to_numpy()
    within = np.array([area_of.get(station, shapely.Polygon()) for station in roads["station"]])
    outside = shapely.length(shapely.difference(lines, within)).sum()  # degrees, as the whole
    return told | {"missed_share": float(outside / shapely.length(lines).sum())}


isochrones = task(
    name="isochrones",
    does="78 stations x 3, 5, 10 minutes, from the network to polygons",
    cases={
        Level.SMOKE: Case(name="yuhuan, 5 stations", instance="yuhuan 5"),
        Level.SMALL: Case(name="yuhuan", instance="yuhuan"),
        Level.MEDIUM: Case(
            name="north Anhui",
            instance="cn_north_anhui_tile_2017",
            limits=(Limit(figure="cpu_s", at_most=1.5),),
        ),
    },
    judge=_same_areas,
)


@isochrones.tool(OURS)
def _(instance: str) -> Work:
    import planner

    network, sites = _instance(instance)
    return Work(
        lambda: planner.isochrones(network, sites, _MINUTES, width_m=_WIDTH_M),
        lambda found: _answer(network, sites, _of_frame(found, found.geometry.to_numpy())),
    )


@isochrones.tool("buffer + union", tolerance=0.03)
def _(instance: str) -> Work:
    """Buffer the lines of the same reached road, then unite them: in a plane squeezed at the station's latitude."""
    import shapely

    import planner

    network, sites = _instance(instance)

    def run() -> Areas:
        roads = planner.reached_roads(network, sites, _MINUTES)
        areas = []
        for road in roads.geometry:
            squeeze = np.cos(np.radians(road.bounds[1]))
            scale = np.array([_METRES_PER_DEGREE * squeeze, _METRES_PER_DEGREE])
            lines = shapely.transform(shapely.get_parts(road), lambda xy, scale=scale: xy * scale)
            area = shapely.union_all(shapely.buffer(lines, _WIDTH_M))
            areas.append(shapely.transform(area, lambda xy, scale=scale: xy / scale))
        return _of_frame(roads, np.array(areas))

    return Work(run, lambda found: _answer(network, sites, found), warms_up=False)


def _hulls(instance: str, hull: Callable[[Any], Any]) -> Work:
    """Search with networkx, and put a hull round the junctions found: the recipe of many notebooks."""
    import networkx as nx
    import shapely

    network, sites = _instance(instance)
    towards = network.to_networkx().reverse()
    at = {(x, y): node for node, (x, y) in _places_of(towards).items()}
    stations = [at[xy] for xy in zip(sites.lon.tolist(), sites.lat.tolist(), strict=True)]

    def run() -> Areas:
        rows = []
        place = _places_of(towards)
        for name, station in zip(sites.id.tolist(), stations, strict=True):
            time_s = nx.single_source_dijkstra_path_length(
                towards, station, cutoff=60.0 * _MINUTES[-1], weight="travel_time"
            )
            for limit in _MINUTES:
                near = [place[node] for node, found in time_s.items() if found <= 60.0 * limit]
                rows.append((name, limit, hull(shapely.multipoints(near))))
        return Areas(*map(np.array, zip(*rows, strict=True)))

    return Work(run, lambda found: _answer(network, sites, found), warms_up=False)


def _places_of(graph: Any) -> dict[int, tuple[float, float]]:
    return {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}


@isochrones.tool("convex hulls of nodes", tolerance=None)
def _(instance: str) -> Work:
    import shapely

    return _hulls(instance, shapely.convex_hull)


@isochrones.tool("concave hulls of nodes", tolerance=None)
def _(instance: str) -> Work:
    import shapely

    return _hulls(instance, lambda points: shapely.concave_hull(points, ratio=0.3))
