"""The map's page: how large it is, and what a browser has to do until it can be read and until it answers."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances import folder, streets_pbf
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

if TYPE_CHECKING:
    from planner.points import Demand, Sites
    from planner.result import Result

N_SITES: Final = 1_000
N_STATIONS: Final = 78
_N_NODES: Final = {"small": 900, "50k": 19_300, "200k": 76_600}
"""Junctions of the towns, so many that they have 30,000 and 120,000 roads."""
_N_DEMAND: Final = {"small": 600, "50k": 20_000, "200k": 80_000}
_ARGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_CLICKS: Final = 5


def result_of(instance: str) -> Result:
    """Return a whole result on a town: drives along its roads, and stations drawn by lot."""
    from planner.coverage import coverage_of
    from planner.drivetimes import needs_of, road_times
    from planner.plan import Goal, planned
    from planner.result import Result
    from planner.roads import read_network
    from planner.scenario import Scenario

    network = read_network(streets_pbf(_N_NODES[instance]))
    rng = np.random.default_rng(2)
    n_sites = min(N_SITES, network.n_nodes // 4)
    demand = _demand(*_near_roads(network, _N_DEMAND[instance], rng), rng)
    sites = _sites(*_near_roads(network, n_sites, rng))
    source = road_times(network, sites, demand)
    needs = needs_of(demand, fleet="all", max_drive_time_s=300.0)
    times = source.within(needs)
    stations = np.sort(rng.choice(n_sites, min(N_STATIONS, n_sites // 3), replace=False))
    plan = planned(coverage_of(times), stations.astype(np.int32), goal=Goal.ASSESS)
    asked = {
        "name": "town",
        "network": {"file": "roads.osm.pbf"},
        "demand": {"file": "demand.csv"},
        "sites": {"file": "sites.csv"},
        "placement": {"goal": "assess"},
        "path": Path("town.toml"),
        "folder": Path(),
    }
    return Result(
        scenario=Scenario.model_validate(asked),
        network=network,
        times=times,
        demand_places=source.demand_places,
        site_places=source.site_places,
        plan=plan,
        nearest_station=source.nearest(needs, np.isin(np.arange(n_sites), stations)),
        nearest_site=source.nearest(needs, ~sites.is_excluded),
        inputs=(),
        source=source,
    )


def _near_roads(
    network: Any, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places some 20 m beside points of roads."""
    at = rng.integers(0, network.shape_lon.size, n)
    lon = network.shape_lon[at] + rng.normal(0, 2e-4, n)
    return lon, network.shape_lat[at] + rng.normal(0, 2e-4, n)


def _texts(values: list[str]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _demand(lon: NDArray[np.float64], lat: NDArray[np.float64], rng: np.random.Generator) -> Demand:
    from planner.points import Demand

    n = lon.size
    # in rows as tables of villages are: one district after the other
    district = (np.argsort(np.argsort(lat)) * 11) // n
    rows = np.lexsort((lon, district))
    return Demand(
        id=_texts([f"D{i:05d}" for i in range(n)]),
        lon=lon[rows],
        lat=lat[rows],
        weight=np.rint(rng.gamma(2.0, 12.0, n)),
        name=_texts([f"{i}号村" if i % 5 == 0 else "" for i in range(n)]),
        district=_texts([f"第{k}街道" for k in district[rows]]),
        file="demand.csv",
    )


def _sites(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Sites:
    from planner.points import Sites

    n = lon.size
    kinds = ("bank", "supermarket", "community_centre", "post_office")
    no = np.zeros(n, dtype=bool)
    return Sites(
        id=_texts([f"H{i:04d}" for i in range(n)]),
        lon=lon,
        lat=lat,
        name=_texts([f"骑手驿站{i}" for i in range(n)]),
        kind=_texts([kinds[i % len(kinds)] for i in range(n)]),
        services=_texts(["rest;water;charging" if i % 2 else "" for i in range(n)]),
        opening_hours=_texts(["24/7" if i % 6 == 0 else "08:00-20:00" for i in range(n)]),
        is_existing=np.arange(n) % 40 == 0,
        is_required=no,
        is_excluded=no,
        file="sites.csv",
    )
