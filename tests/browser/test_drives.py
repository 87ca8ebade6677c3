"""The search in the page finds what the library finds, on small random towns."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
import towns
from browser.towns import driven
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from planner.drivetimes import TableTimes, road_times
from planner.errors import NetworkError
from planner.journeys import task_between
from planner.result import Result
from planner.roadcover import covered_parts, spans_of
from planner.scenario import Direction
from planner.search import nearest
from planner.snapping import Places
from planner.timetables import TablePairs
from planner.units import grid
from planner.webmap.drives import TICKS, drive_parts, site_rows
from planner.webmap.ends import ends_of
from planner.webmap.pack import coordinates

pytestmark = pytest.mark.browser

ASSETS = files("planner.webmap") / "assets"
ASK = """([data, isOn, spots, limit]) => {
    const drives = drivesOf(data);
    const found = drives.nearest(Uint8Array.from(isOn));
    const told = (ticks) => (ticks === Infinity ? null : ticks);
    const onRoad = (spot) => drives.nearestOnRoad(...spot);
    return {
        row: Array.from(found.row), ticks: Array.from(found.ticks, told),
        spots: spots.map(onRoad).map(({ row, ticks }) => [row, told(ticks)]),
        parts: limit < 0 ? [] : Array.from(data.road_ways, (_, road) => drives.reachedParts(road, limit)),
    };
}"""


@pytest.fixture(scope="module")
def bare_page(chromium: Browser) -> Page:
    """Return an empty page that knows how to search drives."""
    page = chromium.new_page()
    sums = ASSETS.joinpath("polygons.js").read_text("utf-8").split("function sums")[1]
    scripts = [
        ASSETS.joinpath(name).read_text("utf-8")
        for name in ("ends.js", "near_ends.js", "drives.js")
    ]
    page.add_script_tag(content="\n".join([*scripts, f"function sums{sums}"]))
    return page


def at_junctions(result: Result, street: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return lines of two points, from junction to junction."""
    network = result.network
    if network is None:
        return (np.empty(0, dtype=np.int64),) * 3
    node = np.column_stack([network.street_tail[street], network.street_head[street]]).ravel()
    x, y = coordinates(network.node_lon[node]), coordinates(network.node_lat[node])
    return x, y, np.full(street.size, 2)


def told(result: Result, street: np.ndarray) -> tuple[dict[str, Any], np.ndarray]:
    """Return what the page is told, as it stands there once unpacked, and the sites it knows."""
    rows = site_rows(result)
    ends = ends_of(*at_junctions(result, street))
    words, numbers = drive_parts(result, rows, street, ends)
    demand = result.times.demand
    numbers |= {"road_back": ends.back, "end_x": ends.x, "end_y": ends.y}
    numbers |= {"demand_x": coordinates(demand.lon), "demand_y": coordinates(demand.lat)}
    lists = {name: np.asarray(values).tolist() for name, values in numbers.items()}
    return words | lists, rows


def agrees(seen: dict[str, Any], rows: np.ndarray, result: Result, is_on: np.ndarray) -> None:
    expected = result.source.nearest(result.times.needs, is_on)
    row_of = np.full(is_on.size + 1, -1)
    row_of[rows] = np.arange(rows.size)
    assert seen["row"] == row_of[expected.site].tolist()
    ticks = [None if np.isnan(s) else s * TICKS for s in expected.time_s]
    assert seen["ticks"] == ticks


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw roads, sites and demand, which sites are stations, and spots on the roads."""
    town = draw(towns.small_towns())
    delays = draw(st.sampled_from([towns.USUAL_DELAYS, towns.JunctionDelays(turn_left_s=9.0)]))
    try:
        network = towns.network(*town, delays=delays)
    except NetworkError:
        reject()
    sites, demand = draw(towns.points(town)), draw(towns.points(town))
    streets = np.flatnonzero(~network.is_gate)
    assume(streets.size)
    spot = st.tuples(st.integers(0, streets.size - 1), st.floats(0.05, 0.95))
    return {
        "network": network,
        "streets": streets,
        "sites": towns.sites_at(*sites),
        "demand": towns.demand_at(*demand),
        "direction": draw(st.sampled_from(list(Direction))),
        "stations": sorted(draw(st.sets(st.integers(0, len(sites) - 1)))),
        "is_on": np.array(draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites)))),
        "spots": draw(st.lists(spot, max_size=4)),
    }


@pytest.mark.slow
@settings(
    max_examples=max(settings().max_examples // 2, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(asked=questions())
def test_the_page_finds_the_stations_that_the_library_finds(bare_page: Page, asked: dict[str, Any]):
    network, direction, is_on = asked["network"], asked["direction"], asked["is_on"]
    source = road_times(network, asked["sites"], asked["demand"], direction=direction)
    result = driven(source, direction, asked["stations"])
    data, rows = told(result, asked["streets"])
    is_station = [bool(is_on[site]) for site in rows]
    limit_s = 30.0
    seen = bare_page.evaluate(ASK, [data, is_station, asked["spots"], limit_s * TICKS])
    agrees(seen, rows, result, is_on)

    on_roads = source.site_places.where(is_on)
    line, share = [s[0] for s in asked["spots"]], [s[1] for s in asked["spots"]]
    n = len(line)
    spots = Places(
        street=asked["streets"][line].astype(np.int32),
        share=np.array(share, dtype=float),
        node=np.full(n, -1, dtype=np.int32),
        access_m=np.zeros(n),
        is_on_small_component=np.zeros(n, dtype=bool),
        lon=np.zeros(n),
        lat=np.zeros(n),
    )
    task = task_between(network, on_roads, spots, direction=direction, access_kph=10.0)
    site, time_s = nearest(task)
    position = np.append(np.flatnonzero(is_on), -1)
    for (row, ticks), at, seconds in zip(seen["spots"], site, time_s, strict=True):
        assert (rows[row] if row >= 0 else -1) == position[at]
        assert ticks == (None if np.isnan(seconds) else seconds * TICKS)

    spans = spans_of(network, on_roads, direction=direction, access_kph=10.0)
    covered = covered_parts(spans, limit_s)
    for road, street in enumerate(asked["streets"]):
        mine = covered.street == street
        parts = joined(seen["parts"][road])
        expected = joined(zip(covered.begin[mine], covered.end[mine], strict=True))
        assert len(parts) == len(expected)
        assert np.allclose(parts, expected, atol=1e-6)


def joined(parts: Iterable[tuple[float, float]]) -> np.ndarray:
    """Return parts of a street in order; what a tick of the clock parts, or makes, is no more than the grid of times."""
    tick = 1e-7
    out: list[list[float]] = []
    for begin, end in parts:
        if out and begin - out[-1][1] < tick:
            out[-1][1] = end
        elif end - begin > tick:
            out.append([begin, end])
    return np.array(out).reshape(-1, 2)


def test_ticks_are_rounded_as_the_library_rounds(bare_page: Page):
    ticks = [0.0, 0.49, 0.5, 0.51, 1.5, 2.5, 7.0, 13_761_695.5, 13_761_696.5]
    found = bare_page.evaluate("(ticks) => ticks.map(nearestTick)", ticks)
    assert found == (grid(np.array(ticks) / TICKS) * TICKS).tolist()


def test_a_table_of_times_is_searched_too(bare_page: Page):
    rng = np.random.default_rng(3)
    point, site = (grid.ravel() for grid in np.meshgrid(np.arange(8), np.arange(5)))
    kept = rng.random(point.size) < 0.7
    time_s = rng.integers(1, 9, point.size) * 15.0 + 2**-20
    pairs = TablePairs(point[kept].astype(np.int32), site[kept].astype(np.int32), time_s[kept])
    demand = towns.demand_at(*[(10.0 * i, 0.0) for i in range(8)])
    sites = towns.sites_at(*[(10.0 * i, 5.0) for i in range(5)])
    source = TableTimes(demand=demand, sites=sites, pairs=pairs)
    result = driven(source, Direction.TO_STATION, [3])
    data, rows = told(result, np.empty(0, dtype=np.int64))
    for _ in range(12):
        is_on = rng.random(5) < 0.5
        seen = bare_page.evaluate(ASK, [data, [bool(is_on[s]) for s in rows], [], -1])
        agrees(seen, rows, result, is_on)
