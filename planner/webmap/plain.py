"""The map of roads without a result: what an analyst wants to look at on the way to one."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.answer.words import LANGUAGES
from planner.errors import PlannerError
from planner.isochrones import TOGETHER, Areas, StationAreas
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.webmap import texts
from planner.webmap.areas import TOLERANCE_DEGREES, parts_of_areas
from planner.webmap.content import Numbers, road_parts, spacing, text_list
from planner.webmap.pack import coordinates, pack

if TYPE_CHECKING:
    import geopandas

Corners = tuple[tuple[float, float], tuple[float, float]]


def plain_content(
    network: RoadNetwork,
    *,
    sites: Sites | None,
    demand: Demand | None,
    areas: geopandas.GeoDataFrame | None,
    title: str | None,
    language: str,
) -> tuple[str, Corners]:
    """Return all that the page of roads is told, packed, and the corners of what it is about, as (lat, lon).

    Raises
    ------
    PlannerError
        The areas are not as `isochrones` gives them.
    """
    drawn = None if areas is None else _areas_of(areas, sites)
    box = _box(network, sites, demand, drawn)
    words: dict[str, Any] = {
        "is_plain": True,
        "box": box,
        "language": language,
        "ui": {one: texts.table(one) | texts.plain_table(one) for one in LANGUAGES},
        "title": dict.fromkeys(LANGUAGES, title or PurePath(network.source.file).name),
        "notice": dict.fromkeys(LANGUAGES, ""),
        "says": {one: _says(network, one) for one in LANGUAGES},
        "reasons": [],
        # no drive is known: all demand has the first colour, and nothing is farthest
        "figures": {"farthest": -1, "n_existing": 0, "standard_s": 0, "steps_s": [0, 0, 0]},
        "direction": "to_station",
        "approval": "",
        **dict.fromkeys(("road_cover", "drives", "curve", "surroundings", "tiles")),
    }
    numbers: Numbers = {}
    own = sites if sites is not None else None
    for more_words, more_numbers in (
        _sites(own),
        _demand(demand),
        road_parts(network),
        parts_of_areas(
            drawn, np.arange(0 if own is None else len(own)), 0 if own is None else len(own)
        ),
    ):
        words |= more_words
        numbers |= more_numbers
    return pack(words, numbers), box


def _says(network: RoadNetwork, language: str) -> dict[str, list[str]]:
    words = texts.plain_table(language)
    vehicle = words.get(f"vehicle_{network.vehicle}", network.vehicle)
    km = (
        f"{network.length_m / 1000:,.0f}"
        if network.length_m >= 1e5
        else f"{network.length_m / 1000:,.1f}"
    )
    said = words["roads_said"].format(km=km, vehicle=vehicle, n=f"{network.n_nodes:,}")
    return {"answer": [said], "proof": [], "rest": []}


def _sites(sites: Sites | None) -> tuple[dict[str, Any], Numbers]:
    names = ("id", "name", "kind", "services")
    columns = {name: [] if sites is None else text_list(getattr(sites, name)) for name in names}
    n = len(columns["id"])
    none = np.zeros(n, dtype=np.int64)
    lon, lat = (np.zeros(0), np.zeros(0)) if sites is None else (sites.lon, sites.lat)
    hours = [] if sites is None else text_list(sites.opening_hours)
    return {"stations": columns | {"hours": hours, "weight": [0] * n, "only": [0] * n}}, {
        "station_x": coordinates(lon),
        "station_y": coordinates(lat),
        "station_existing": none if sites is None else sites.is_existing.astype(np.int64),
        "station_n": none,
        "station_mean": none - 1,
        "station_longest": none - 1,
        "station_farthest": none - 1,
    }


def _demand(demand: Demand | None) -> tuple[dict[str, Any], Numbers]:
    if demand is None:
        lon, lat, weight = np.zeros(0), np.zeros(0), np.zeros(0)
        ids, names, districts = np.zeros(0, object), np.zeros(0, object), np.zeros(0, object)
    else:
        lon, lat, weight = demand.lon, demand.lat, demand.weight
        ids, names, districts = demand.id, demand.name, demand.district
    none = np.zeros(lon.size, dtype=np.int64)
    per_unit = min(1000.0, 2**30 / max(float(weight.max(initial=0)), 1.0))
    found, district = np.unique(np.array(text_list(districts), dtype=str), return_inverse=True)
    empty = np.zeros(0, dtype=np.int64)
    words = {
        "demand": {"id": text_list(ids), "name": text_list(names)},
        "districts": found.tolist(),
        "weight_unit": per_unit,
        "spacing": spacing(lon, lat),
        "nearest_sites": [],
    }
    return words, {
        "demand_x": coordinates(lon),
        "demand_y": coordinates(lat),
        "demand_weight": np.rint(weight * per_unit).astype(np.int64),
        "demand_time": none,
        "demand_step": none,
        "demand_station": none - 1,
        "demand_district": district.astype(np.int64).reshape(-1),
        **{f"list_{name}": empty for name in ("coverable", "too_far", "cut_off", "off_network")},
        "too_far_time": empty,
    }


def _areas_of(frame: geopandas.GeoDataFrame, sites: Sites | None) -> StationAreas:
    """Return areas of a table by station, and all of the same minutes together."""
    if "minutes" not in frame.columns or frame.crs is None:
        raise PlannerError(
            "areas: needs the columns minutes and geometry and a CRS, as planner.isochrones gives them"
        )
    frame = frame.to_crs(4326)
    shapes = frame.geometry.to_numpy()
    kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not np.isin(shapely.get_type_id(shapes[kept]), (3, 6)).all():
        raise PlannerError(
            "areas: holds other things than polygons, which planner.isochrones gives"
        )
    minutes = frame["minutes"].to_numpy(dtype=np.float64)[kept]
    shapes = shapes[kept]
    ends = np.unique(minutes)
    # as fine as they are drawn: the union is much quicker
    plain = shapely.simplify(shapes, TOLERANCE_DEGREES, preserve_topology=False)
    plain = shapely.make_valid(plain, method="structure", keep_collapsed=False)
    together = [shapely.union_all(plain[minutes == end]) for end in ends]
    position = {} if sites is None else {site: i for i, site in enumerate(sites.id.tolist())}
    ids = frame["station"].to_numpy()[kept] if "station" in frame.columns else [""] * minutes.size
    station = np.array([position.get(i, TOGETHER) for i in ids], dtype=np.int32)
    is_own = station != TOGETHER
    order = np.lexsort((minutes[is_own], station[is_own]))
    return StationAreas(
        each=_areas(station[is_own][order], minutes[is_own][order], shapes[is_own][order]),
        together=_areas(
            np.full(ends.size, TOGETHER, dtype=np.int32), ends, np.array(together, dtype=object)
        ),
    )


def _areas(
    station: NDArray[np.int32], minutes: NDArray[np.float64], shapes: NDArray[np.object_]
) -> Areas:
    return Areas(
        station=station, minutes=minutes, reached_m=np.zeros(minutes.size), geometry=shapes
    )


def _box(
    network: RoadNetwork, sites: Sites | None, demand: Demand | None, areas: StationAreas | None
) -> Corners:
    """Return the corners of sites, demand and areas, or else of the roads, as (lat, lon)."""
    lon = [points.lon for points in (sites, demand) if points is not None]
    lat = [points.lat for points in (sites, demand) if points is not None]
    if areas is not None and len(areas.together):
        west, south, east, north = shapely.total_bounds(areas.together.geometry)
        lon.append(np.array([west, east]))
        lat.append(np.array([south, north]))
    if not sum(map(len, lon)):
        west, south, east, north = network.bounds
        return (south, west), (north, east)
    all_lon, all_lat = np.concatenate(lon), np.concatenate(lat)
    return (float(all_lat.min()), float(all_lon.min())), (
        float(all_lat.max()),
        float(all_lon.max()),
    )
