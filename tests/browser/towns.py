"""Towns made in code, with a whole result about them: roads, demand, sites, a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.coverage import coverage_of
from planner.drivetimes import (
    DriveTimes,
    Nearest,
    Needs,
    RoadTimes,
    TableTimes,
    needs_of,
    road_times,
)
from planner.network import JunctionDelays, RoadNetwork, RoadSummary
from planner.plan import Goal, Plan, Status, planned
from planner.points import Demand, Sites
from planner.result import Result
from planner.scenario import Direction, Scenario
from planner.snapping import Places
from planner.surroundings import Districts, PlaceNames, Surroundings

KINDS = ["bank", "supermarket", "community_centre", "post_office", "fuel", "商店", ""]
DISTRICTS = ["玉城街道", "坎门街道", "楚门镇", "Chumen"]
METRES_PER_DEGREE = 111_320.0
METRES_EAST = METRES_PER_DEGREE * np.cos(np.radians(30.0))


def scenario(*, goal: str = "set-covering", name: str = "town", **more: object) -> Scenario:
    """Return a scenario of one fleet of cars and five minutes."""
    table = {
        "name": name,
        "network": {"file": "roads.osm"},
        "demand": {"file": "demand.csv"},
        "sites": {"file": "sites.csv"},
        "placement": {"goal": goal} | ({"stations": 3} if goal == "max-covering" else {}),
        "path": Path("town.toml"),
        "folder": Path(),
    }
    return Scenario.model_validate(table | more)


def grid_network(n: int, *, lon: float, lat: float, step_m: float = 150.0) -> RoadNetwork:
    """Return a town of n by n junctions, every fifth street a main road."""
    i, j = np.divmod(np.arange(n * n), n)
    wobble = np.random.default_rng(1).normal(0, step_m / 9, size=(2, n * n))
    node_lon = lon + (j * step_m + wobble[0]) / METRES_PER_DEGREE / np.cos(np.radians(lat))
    node_lat = lat + (i * step_m + wobble[1]) / METRES_PER_DEGREE
    across = np.flatnonzero(j < n - 1)
    along = np.flatnonzero(i < n - 1)
    tail = np.concatenate([across, along]).astype(np.int32)
    head = np.concatenate([across + 1, along + n]).astype(np.int32)
    line = np.concatenate([i[across], j[along]])
    road_class = np.where(
        line % 20 == 10, 0, np.where(line % 10 == 5, 1, np.where(line % 5 == 0, 2, 3))
    )
    bend = np.random.default_rng(2).normal(0, step_m / 12 / METRES_PER_DEGREE, size=(2, tail.size))
    shape_lon = np.column_stack(
        [node_lon[tail], (node_lon[tail] + node_lon[head]) / 2 + bend[0], node_lon[head]]
    )
    shape_lat = np.column_stack(
        [node_lat[tail], (node_lat[tail] + node_lat[head]) / 2 + bend[1], node_lat[head]]
    )
    m = tail.size
    return RoadNetwork(
        vehicle="car",
        node_lon=node_lon,
        node_lat=node_lat,
        node_id=np.arange(n * n),
        street_tail=tail,
        street_head=head,
        street_length_m=np.full(m, step_m),
        street_class=road_class.astype(np.uint8),
        street_name=np.where(road_class < 3, 1 + line % 40, 0).astype(np.int32),
        street_is_local=np.zeros(m, dtype=bool),
        street_has_limit=np.zeros(m, dtype=bool),
        shape_way=np.repeat(np.arange(m), 3),
        shape_start=np.arange(0, 3 * m + 1, 3),
        shape_lon=shape_lon.ravel(),
        shape_lat=shape_lat.ravel(),
        edge_street=np.repeat(np.arange(m, dtype=np.int32), 2),
        edge_is_forward=np.tile([True, False], m),
        edge_time_s=np.full(2 * m, step_m / 8),
        edge_delay_s=np.zeros(2 * m),
        barred_start=np.zeros(1, dtype=np.int64),
        barred_edge=np.empty(0, dtype=np.int32),
        delays=JunctionDelays(),
        driving_side="right",
        component=np.zeros(n * n, dtype=np.int32),
        component_length_m=np.array([m * step_m]),
        classes=("primary", "secondary", "tertiary", "residential"),
        names=("", *(f"第{k + 1}大道" if k % 2 else f"Avenue {k + 1}" for k in range(40))),
        source=RoadSummary(file="roads.osm", date="2026-10-01", counts={}, speeds_kph={}),
    )


def texts(values: list[str]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def result_of(
    *,
    network: RoadNetwork | None,
    demand: Demand,
    sites: Sites,
    stations: list[int],
    speed_mps: float = 6.0,
    max_drive_time_s: float = 300.0,
    cut_off: tuple[int, ...] = (),
    off_network: tuple[int, ...] = (),
    status: Status = Status.OPTIMAL,
    bound: float | None = None,
    asked: Scenario | None = None,
) -> Result:
    """Return a result in which every drive is a straight line at one speed.

    Points that are cut off, or off network, reach no site.
    """
    n, asked = len(demand), asked or scenario()
    metres = np.array([METRES_PER_DEGREE * np.cos(np.radians(30.0)), METRES_PER_DEGREE])
    from_xy = np.column_stack([demand.lon, demand.lat]) * metres
    to_xy = np.column_stack([sites.lon, sites.lat]) * metres
    time_s = np.column_stack(
        [np.hypot(*(from_xy - xy).T) / speed_mps for xy in to_xy] or [np.zeros((n, 0))]
    ).reshape(n, len(sites))
    time_s = np.rint(time_s * 2**20) / 2**20
    time_s[[*cut_off, *off_network]] = np.inf
    needs = Needs(
        point=np.arange(n, dtype=np.int32),
        fleet=np.zeros(n, dtype=np.int32),
        period=np.zeros(n, dtype=np.int32),
        weight=demand.weight,
        max_drive_time_s=np.full(n, max_drive_time_s),
        fleets=("all",),
    )
    site, need = np.nonzero(max_drive_time_s >= time_s.T)
    times = DriveTimes(
        need=need.astype(np.int32),
        site=site.astype(np.int32),
        time_s=time_s[need, site],
        needs=needs,
        demand=demand,
        sites=sites,
    )
    near = nearest(time_s, np.array(stations, dtype=np.int32))
    covered = near.time_s <= max_drive_time_s
    plan = Plan(
        goal=Goal(str(asked.placement.goal)),
        stations=np.array(stations, dtype=np.int32),
        station_of=np.where(covered, near.site, -1).astype(np.int32),
        drive_time_s=np.where(covered, near.time_s, np.nan),
        status=status,
        objective=float(len(stations)) if status in (Status.OPTIMAL, Status.FEASIBLE) else None,
        bound=float(len(stations)) if bound is None else bound,
    )
    places = Places(
        street=np.where(np.isin(np.arange(n), off_network), -1, 0).astype(np.int32),
        share=np.full(n, 0.5),
        node=np.full(n, -1, dtype=np.int32),
        access_m=np.where(np.isin(np.arange(n), off_network), 812.0, 10.0),
        is_on_small_component=np.zeros(n, dtype=bool),
        lon=demand.lon,
        lat=demand.lat,
    )
    return Result(
        scenario=asked,
        network=network,
        times=times,
        demand_places=places if network else None,
        site_places=None,
        plan=plan,
        nearest_station=near,
        nearest_site=nearest(time_s, np.flatnonzero(~sites.is_excluded)),
        inputs=(),
    )


def nearest(time_s: NDArray[np.float64], sites: NDArray[np.integer]) -> Nearest:
    """Return the nearest of some sites to each need."""
    if not sites.size or not time_s.size:
        n = time_s.shape[0]
        return Nearest(site=np.full(n, -1, dtype=np.int32), time_s=np.full(n, np.nan))
    best = time_s[:, sites].argmin(axis=1)
    found = time_s[np.arange(time_s.shape[0]), sites[best]]
    reached = np.isfinite(found)
    return Nearest(
        site=np.where(reached, sites[best], -1).astype(np.int32),
        time_s=np.where(reached, found, np.nan),
    )


def make_demand(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    weight: NDArray[np.float64] | None = None,
    name: list[str] | None = None,
    district: list[str] | None = None,
) -> Demand:
    n = len(lon)
    return Demand(
        id=texts([f"D{i:05d}" for i in range(n)]),
        lon=np.asarray(lon, dtype=float),
        lat=np.asarray(lat, dtype=float),
        weight=np.ones(n) if weight is None else weight,
        name=texts(name or [""] * n),
        district=texts(district or [""] * n),
        file="demand.csv",
    )


def make_sites(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    ids: list[str] | None = None,
    name: list[str] | None = None,
    kind: list[str] | None = None,
    services: list[str] | None = None,
    hours: list[str] | None = None,
    existing: tuple[int, ...] = (),
) -> Sites:
    n = len(lon)
    return Sites(
        id=texts(ids or [f"H{i:03d}" for i in range(n)]),
        lon=np.asarray(lon, dtype=float),
        lat=np.asarray(lat, dtype=float),
        name=texts(name or [""] * n),
        kind=texts(kind or [""] * n),
        services=texts(services or [""] * n),
        opening_hours=texts(hours or [""] * n),
        is_existing=np.isin(np.arange(n), existing),
        is_required=np.zeros(n, dtype=bool),
        is_excluded=np.zeros(n, dtype=bool),
        file="sites.csv",
    )


def town(
    *,
    n_side: int = 40,
    n_demand: int = 900,
    n_sites: int = 40,
    n_stations: int = 18,
    with_roads: bool = True,
    asked: Scenario | None = None,
    status: Status = Status.OPTIMAL,
    bound: float | None = None,
    speed_mps: float = 4.0,
) -> Result:
    """Return a result on a grid town at 121.2 E, 28.1 N, with every kind of trouble in it."""
    rng = np.random.default_rng(7)
    network = grid_network(n_side, lon=121.2, lat=28.1)
    lon0, lon1 = network.node_lon.min(), network.node_lon.max()
    lat0, lat1 = network.node_lat.min(), network.node_lat.max()
    at = np.clip(rng.normal(0.45, 0.22, size=(2, n_demand)), 0, 1)
    demand = make_demand(
        lon0 + at[0] * (lon1 - lon0),
        lat0 + at[1] * (lat1 - lat0),
        weight=np.rint(rng.gamma(2.0, 12.0, n_demand)),
        name=[f"{i}号村" if i % 5 == 0 else "" for i in range(n_demand)],
        district=[DISTRICTS[2 * (x > 0.45) + (y > 0.45)] for x, y in at.T],
    )
    at = np.clip(rng.normal(0.45, 0.2, size=(2, n_sites)), 0.02, 0.98)
    sites = make_sites(
        lon0 + at[0] * (lon1 - lon0),
        lat0 + at[1] * (lat1 - lat0),
        name=[f"骑手驿站{i}" if i % 4 else f"Rest station {i}" for i in range(n_sites)],
        kind=[KINDS[i % len(KINDS)] for i in range(n_sites)],
        services=["rest;water;charging" if i % 2 else "" for i in range(n_sites)],
        hours=["24/7" if i % 6 == 0 else "08:00-20:00" for i in range(n_sites)],
        existing=(0, 5, 9),
    )
    return result_of(
        network=network if with_roads else None,
        demand=demand,
        sites=sites,
        stations=spread(demand, sites, n_stations),
        speed_mps=speed_mps,
        cut_off=(3, 4),
        off_network=(6,),
        status=status,
        bound=bound,
        asked=asked,
    )


def spread(demand: Demand, sites: Sites, n_stations: int) -> list[int]:
    """Return sites far from each other, the existing ones first."""
    chosen = [int(i) for i in np.flatnonzero(sites.is_existing)]
    xy = np.column_stack([sites.lon, sites.lat])
    while len(chosen) < n_stations:
        far = np.min([np.hypot(*(xy - xy[i]).T) for i in chosen or [0]], axis=0)
        chosen.append(int(far.argmax()))
    return sorted(set(chosen))


def driven(
    source: RoadTimes | TableTimes,
    direction: Direction,
    stations: list[int],
    *,
    max_drive_time_s: float = 60.0,
    **more: object,
) -> Result:
    """Return a result whose drives are those of a source, as a run would find them for these stations."""
    needs = needs_of(source.demand, fleet="all", max_drive_time_s=max_drive_time_s)
    is_station = np.isin(np.arange(len(source.sites)), stations)
    times = source.within(needs)
    plan = planned(coverage_of(times), np.array(stations, dtype=np.int32), goal=Goal.ASSESS)
    on_roads = source if isinstance(source, RoadTimes) else None
    fleet = {"name": "all", "max_drive_min": max_drive_time_s / 60, "direction": str(direction)}
    return Result(
        scenario=scenario(fleets=[fleet], **more),
        network=on_roads.network if on_roads else None,
        times=times,
        demand_places=on_roads.demand_places if on_roads else None,
        site_places=on_roads.site_places if on_roads else None,
        plan=plan,
        nearest_station=source.nearest(needs, is_station),
        nearest_site=source.nearest(needs, ~source.sites.is_excluded),
        inputs=(),
        source=source,
    )


def driven_town(*, stations: list[int] | None = None, **more: object) -> Result:
    """Return the grid town with drives along its roads."""
    like = town(n_side=24, n_demand=500, n_sites=24, n_stations=9)
    assert like.network is not None
    source = road_times(like.network, like.times.sites, like.times.demand)
    chosen = like.plan.stations.tolist() if stations is None else stations
    return driven(source, Direction.TO_STATION, chosen, max_drive_time_s=120.0, **more)


def village(persons: list[float], *, metres: list[float] | None = None, **table: object) -> Result:
    """Return places along one road, 100 m from each other if not told, the first at the only station; 6 m a second."""
    east = np.array(metres or 100.0 * np.arange(len(persons))) / METRES_EAST
    return result_of(
        network=grid_network(4, lon=120.0, lat=30.0),
        demand=make_demand(
            120.0 + east,
            np.full(len(persons), 30.0),
            weight=np.array(persons, dtype=float),
            name=[f"村{i}号" for i in range(len(persons))],
        ),
        sites=make_sites(np.array([120.0]), np.array([30.0]), name=["总站"], kind=["bank"]),
        stations=[0],
        asked=scenario(**table),
    )


def persons(least: int | None = None, **more: object) -> dict[str, object]:
    settings = {} if least is None else {"fewest_persons": least}
    return {"demand": {"file": "demand.csv", "unit": "persons"}, "map": settings | more}


def names(*told: tuple[str, str, int, float, float]) -> PlaceNames:
    zh, en, rank, lon, lat = zip(*told, strict=True) if told else ([],) * 5
    return PlaceNames(
        zh=np.array(zh, dtype=object),
        en=np.array(en, dtype=object),
        rank=np.array(rank, dtype=np.int64),
        lon=np.array(lon, dtype=float),
        lat=np.array(lat, dtype=float),
    )


def polygons(*shapes: shapely.Polygon) -> np.ndarray:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def by_the_sea(*, box: bool = True, **more: object) -> Result:
    """Return a village of 400 m, with an island in the sea in the east, and a pond with an islet in the west."""
    told = more.pop("names", names())
    found = village([20.0] * 5, **more)
    sea = shapely.box(120.01, 29.98, 120.03, 30.02) - shapely.box(120.017, 29.998, 120.021, 30.002)
    pond = shapely.box(119.99, 29.996, 119.996, 30.004) - shapely.box(
        119.992, 29.999, 119.994, 30.001
    )
    around = Surroundings(
        sea=polygons(sea) if box else polygons(),
        sea_box=(119.97, 29.98, 120.03, 30.02) if box else None,
        # the second lies in the first
        water=polygons(pond, shapely.box(119.9945, 29.997, 119.9955, 30.003)),
        names=told,
        districts=Districts(
            name=np.array(["甲区", "乙区"], dtype=object),
            area=polygons(
                shapely.box(119.985, 29.99, 120.0, 30.01), shapely.box(120.0, 29.99, 120.025, 30.01)
            ),
        ),
    )
    return replace(found, surroundings=around)


SEA, ISLAND, POND, ISLET, WITHIN = (
    (120.013, 29.994),
    (120.019, 30.0),
    (119.991, 29.998),
    (119.993, 30.0),
    (119.995, 30.0),
)
