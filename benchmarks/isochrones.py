"""Isochrones of 78 stations for three limits, beside buffers of the same reached road."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.instances import N_STATIONS, ROOT, real_file
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

_MINUTES: Final = (3, 5, 10)
_WIDTH_M: Final = 40.0
_METRES_PER_DEGREE: Final = 111_320.0


def _instance(instance: str) -> tuple[Any, Any]:
    """Return the roads of an extract, and stations at some of their junctions."""
    import geopandas
    import shapely

    from planner.points import read_sites
    from planner.roads import read_network

    path = ROOT / "data" / "yuhuan" / "roads.osm.pbf"
    if instance != "yuhuan":
        path = real_file(f"roads/{instance}.osm.pbf")
    elif not path.is_file():
        raise UnavailableError(f"needs {path}")
    network = read_network(path, cache=False)
    at = np.random.default_rng(1).choice(network.n_nodes, N_STATIONS, replace=False)
    points = shapely.points(network.node_lon[at], network.node_lat[at])
    ids = [f"S{i:02d}" for i in range(N_STATIONS)]
    return network, read_sites(geopandas.GeoDataFrame({"id": ids}, geometry=points, crs=4326))


def _same_areas(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say for which minutes the square kilometres of all areas differ by more than a share."""
    return ", ".join(
        f"{name} {float(other[name]):.2f} instead of {float(ours[name]):.2f}"
        for name in ours
        if abs(float(other[name]) - float(ours[name])) > tolerance * float(ours[name])
    )


def _square_km(minutes: np.ndarray, square_m: np.ndarray) -> Answer:
    return {f"km2_{m}_min": float(square_m[minutes == m].sum()) / 1e6 for m in _MINUTES}


isochrones = task(
    name="isochrones",
    does="78 stations x 3, 5, 10 minutes, from the network to polygons",
    cases={
        Level.SMOKE: Case(name="yuhuan", instance="yuhuan"),
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
    from pyproj import Geod

    import planner

    network, sites = _instance(instance)

    def answer(found: Any) -> Answer:
        geod = Geod(ellps="WGS84")
        square_m = [abs(geod.geometry_area_perimeter(area)[0]) for area in found.geometry]
        return _square_km(found["minutes"].to_numpy(), np.array(square_m))

    return Work(lambda: planner.isochrones(network, sites, _MINUTES, width_m=_WIDTH_M), answer)


@isochrones.tool("buffer + union", tolerance=0.03)
def _(instance: str) -> Work:
    """Buffer the lines of the same reached road, then unite them: in a plane squeezed at the station's latitude."""
    import shapely

    import planner

    network, sites = _instance(instance)

    def run() -> tuple[np.ndarray, np.ndarray]:
        roads = planner.reached_roads(network, sites, _MINUTES)
        areas = []
        for road in roads.geometry:
            squeeze = np.cos(np.radians(road.bounds[1]))
            scale = np.array([_METRES_PER_DEGREE * squeeze, _METRES_PER_DEGREE])
            lines = shapely.transform(shapely.get_parts(road), lambda xy, scale=scale: xy * scale)
            areas.append(shapely.union_all(shapely.buffer(lines, _WIDTH_M)))
        return roads["minutes"].to_numpy(), np.array(areas)

    def answer(found: tuple[np.ndarray, np.ndarray]) -> Answer:
        return _square_km(found[0], shapely.area(found[1]))

    return Work(run, answer, warms_up=False)
