"""Every metre of road within five minutes of a station: the fewest stations, beside the same rows in HiGHS and beside points."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.instances import ROOT, real_file
from benchmarks.programs import Program
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

if TYPE_CHECKING:
    from planner.coverage import Coverage
    from planner.network import RoadNetwork
    from planner.roadrows import RoadRows
    from planner.snapping import Places

STANDARD_S: Final = 300.0
APART_M: Final = 100.0
"""So far apart are the points that stand for a road where it is sampled."""
GUARD_S: Final = 300.0
"""So long the solver may take."""
_YUHUAN: Final = "yuhuan"
_JUNCTIONS: Final = "junctions"


class Town(NamedTuple):
    """Roads, and where sites meet them."""

    network: RoadNetwork
    sites: Places


class Answered(NamedTuple):
    """Stations, and how many it takes at least."""

    stations: NDArray[np.integer]
    bound: float


def _town(instance: str) -> Town:
    from planner.roads import read_network
    from planner.snapping import junctions, snap

    if instance == _YUHUAN:
        roads = ROOT / "data" / "yuhuan" / "roads.osm.pbf"
        hosts = ROOT / "data" / "yuhuan" / "hosts.csv"
    else:
        roads = real_file("roads/cn_north_anhui_tile_2017.osm.pbf")
        hosts = real_file("poi/cn_north_anhui_poi_2017.csv")
    if not roads.is_file():
        raise UnavailableError(f"needs {roads}")
    network = read_network(roads, cache=False)
    with hosts.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    lon, lat = (np.array([float(row[name]) for row in rows]) for name in ("lon", "lat"))
    places = snap(network, lon, lat)
    if instance == _JUNCTIONS:
        every = junctions(network)
        places = places.joined(every.where(~every.is_on_small_component))
    return Town(network, places)


def _rows(town: Town, *, only_least: bool) -> RoadRows:
    from planner.roadrows import road_rows
    from planner.scenario import Direction

    return road_rows(
        town.network,
        town.sites,
        ~town.sites.is_off_network,
        max_drive_time_s=STANDARD_S,
        direction=Direction.TO_STATION,
        only_least=only_least,
    )


def _missed_km(town: Town, stations: NDArray[np.integer]) -> float:
    """Return the kilometres that some station could cover and these don't, exactly."""
    from planner.roadcover import road_cover
    from planner.scenario import Direction

    cover = road_cover(
        town.network,
        town.sites,
        is_station=np.isin(np.arange(len(town.sites)), stations),
        is_candidate=~town.sites.is_off_network,
        max_drive_time_s=STANDARD_S,
        direction=Direction.TO_STATION,
    )
    return (cover.coverable_m - cover.covered_m) / 1000.0


def _told(town: Town, found: Answered) -> Answer:
    return {
        "n_stations": found.stations.size,
        "bound": found.bound,
        "missed_km": _missed_km(town, found.stations),
    }


def same_number(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say where the fewest stations contradict each other, or leave more kilometres out than the tolerance."""
    said = []
    if float(other["n_stations"]) < float(ours["bound"]):
        said.append(f"{other['n_stations']} stations, where {ours['bound']} are needed")
    if float(other["bound"]) > float(ours["n_stations"]):
        said.append(f"at least {other['bound']} stations, where {ours['n_stations']} do")
    if float(other["missed_km"]) > tolerance:
        said.append(f"{float(other['missed_km']):.3g} km missed")
    return ", ".join(said)


def _coverage(rows: RoadRows, n_sites: int) -> Coverage:
    from planner.coverage import Coverage

    no = np.zeros(n_sites, dtype=bool)
    return Coverage(
        indptr=rows.indptr,
        site=rows.site,
        time_s=np.zeros(rows.site.size),
        weight=np.zeros(len(rows)),
        n_sites=n_sites,
        is_kept=no,
        is_excluded=no,
    )


def _fewest(rows: RoadRows, n_sites: int) -> Answered:
    from planner.placement import set_covering

    plan = set_covering(_coverage(rows, n_sites))
    assert plan.bound is not None
    return Answered(plan.stations, plan.bound)


def _by_highs(indptr: NDArray[np.int64], site: NDArray[np.int32], n_sites: int) -> Answered:
    """Return the fewest sites by a program as it is: a row for each piece or point."""
    n = indptr.size - 1
    covers = csr_array((np.ones(site.size), site, indptr), shape=(n, n_sites))
    x, _, bound = Program().solve(
        np.ones(n_sites),
        covers,
        np.ones(n),
        np.full(n, np.inf),
        n_whole=n_sites,
        time_limit_s=GUARD_S,
    )
    chosen = np.flatnonzero(x > 0.5) if x.size else np.arange(n_sites)
    return Answered(chosen, float(np.ceil(bound - 1e-6)))


cutting = task(
    name="roads, rows",
    does="from sites on roads to the pieces that stand for every metre",
    cases={
        Level.SMALL: Case(name="yuhuan", instance=_YUHUAN),
        Level.MEDIUM: Case(name="north Anhui, hosts", instance="hosts"),
        Level.LARGE: Case(name="north Anhui, junctions", instance=_JUNCTIONS),
    },
    judge=lambda *_: "",
)


@cutting.tool(OURS)
def _(instance: str) -> Work:
    town = _town(instance)
    return Work(
        lambda: _rows(town, only_least=True),
        lambda rows: {"n_rows": len(rows), "n_pairs": rows.site.size},
    )


covering = task(
    name="roads, all",
    does="from the pieces to the fewest stations that cover every coverable metre",
    cases={
        Level.SMOKE: Case(name="yuhuan", instance=_YUHUAN),
        Level.SMALL: Case(name="yuhuan", instance=_YUHUAN),
        Level.MEDIUM: Case(
            name="north Anhui, hosts",
            instance="hosts",
            limits=(Limit(figure="cpu_s", at_most=1.0), Limit(figure="peak_mb", at_most=500)),
        ),
        Level.LARGE: Case(
            name="north Anhui, junctions",
            instance=_JUNCTIONS,
            limits=(Limit(figure="cpu_s", at_most=10.0), Limit(figure="peak_mb", at_most=1000)),
        ),
    },
    judge=same_number,
)


@covering.tool(OURS)
def _(instance: str) -> Work:
    town = _town(instance)
    rows = _rows(town, only_least=True)
    return Work(lambda: _fewest(rows, len(town.sites)), lambda found: _told(town, found))


@covering.tool("HiGHS, the same rows", tolerance=1e-6)
def _(instance: str) -> Work:
    town = _town(instance)
    rows = _rows(town, only_least=True)
    return Work(
        lambda: _by_highs(rows.indptr, rows.site, len(town.sites)),
        lambda found: _told(town, found),
        warms_up=False,
    )


@covering.tool("HiGHS, all pieces", tolerance=1e-6, largest=Level.MEDIUM)
def _(instance: str) -> Work:
    town = _town(instance)
    rows = _rows(town, only_least=False)
    return Work(
        lambda: _by_highs(rows.indptr, rows.site, len(town.sites)),
        lambda found: _told(town, found),
        warms_up=False,
    )


@covering.tool("HiGHS, points", tolerance=None, largest=Level.MEDIUM)
def _(instance: str) -> Work:
    """Put a point on every hundred metres and cover those; drives to them are found by our own search, not measured."""
    town = _town(instance)
    need, site = _pairs_of_points(town)
    order = np.lexsort((site, need))
    names, row = np.unique(need[order], return_inverse=True)
    indptr = np.searchsorted(row, np.arange(names.size + 1)).astype(np.int64)

    return Work(
        lambda: _by_highs(indptr, site[order], len(town.sites)),
        lambda found: _told(town, found),
        warms_up=False,
    )


def _pairs_of_points(town: Town) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return points on roads and the sites within the standard of each."""
    from planner.journeys import task_between
    from planner.scenario import Direction
    from planner.search import pairs_within

    task_of = task_between(
        town.network,
        town.sites,
        _points(town.network),
        direction=Direction.TO_STATION,
        access_kph=10.0,
    )
    site, need, _ = pairs_within(task_of, limit_s=STANDARD_S)
    return need, site


def _points(network: RoadNetwork) -> Any:
    """Return places in the middle of pieces of equal length, none longer than a hundred metres."""
    from planner.snapping import Places
    from planner.stretches import points_at

    length_m = np.where(network.is_gate, 0.0, network.street_length_m)
    n_pieces = np.ceil(length_m / APART_M).astype(np.int64)
    street = np.repeat(np.arange(network.n_streets, dtype=np.int32), n_pieces)
    first = np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    share = (np.arange(street.size) - first + 0.5) / n_pieces[street]
    lon, lat = points_at(network, street, share)
    return Places(
        street=street,
        share=share,
        node=np.full(street.size, -1, dtype=np.int32),
        access_m=np.zeros(street.size),
        is_on_small_component=np.zeros(street.size, dtype=bool),
        lon=lon,
        lat=lat,
    )
