"""Isochrones: the areas within given minutes of stations, drawn round the road that is reached, cut exactly where time is up."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import PlannerError
from planner.network import RoadNetwork
from planner.outlines import Grid, Strokes, grid_for, outlines
from planner.points import Sites
from planner.reaches import reaches
from planner.roadcover import covered_parts, parts_by_station, spans_of
from planner.roadlines import Measured, measured
from planner.rows import row_of
from planner.scenario import Direction, Scenario
from planner.snapping import Places, snap
from planner.stretches import joined
from planner.units import minutes as seconds_of

if TYPE_CHECKING:
    import geopandas

MOST_STATIONS: Final = 500
"""Of more stations than this a plan has no single areas, only those together: they would fill memory, and nobody looks at each."""
STATIONS_AT_ONCE: Final = 256
"""So many stations are searched from and drawn before the next, so that memory does not grow with their number."""

TOGETHER: Final = -1
"""Stands for the station where an area is that of all of them."""


class By(StrEnum):
    """Whose areas to draw."""

    STATION = "station"
    """One for each station, whatever others reach."""
    TOGETHER = "together"
    """One for all stations: from where any of them is reached."""
    NEAREST = "nearest"
    """One for each station, of the roads to which it is the nearest: they meet, and don't overlap."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Areas:
    """Areas within minutes, ordered by station and then by minutes; none where no road is reached.

    Attributes
    ----------
    station
        Position of the station; `TOGETHER` where the area is that of all.
    minutes
        The longest drive.
    reached_m
        Metres of road reached; each street counts once.
    geometry
        MultiPolygons, WGS 84 degrees.
    """

    station: NDArray[np.int32]
    minutes: NDArray[np.float64]
    reached_m: NDArray[np.float64]
    geometry: NDArray[np.object_]

    def __len__(self) -> int:
        return self.station.size

    def to_frame(self, station_id: NDArray[np.object_]) -> geopandas.GeoDataFrame:
        """Return the areas as a table: station, minutes, reached_m, geometry.

        Parameters
        ----------
        station_id
            Ids of the stations by their positions; all together have the empty one.
        """
        import geopandas

        ids = np.append(station_id, [""]).astype(object)
        return geopandas.GeoDataFrame(
            {
                "station": ids[self.station],  # the last one where it is -1
                "minutes": self.minutes,
                "reached_m": self.reached_m.round(3),
            },
            geometry=self.geometry,
            crs=4326,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StationAreas:
    """The areas of a plan.

    Attributes
    ----------
    each
        Those of each station, by its position among the sites; none where there are more than `MOST_STATIONS`.
    together
        Those of all stations together.
    """

    each: Areas
    together: Areas


def isochrones(
    network: RoadNetwork,
    sites: Sites,
    minutes: Iterable[float] = (3, 5, 10),
    *,
    width_m: float = 40.0,
    by: By | str = By.STATION,
    direction: Direction | str = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> geopandas.GeoDataFrame:
    """Return the areas within minutes of stations.

    An area is what lies within a width of the road that is reached, and road is cut exactly where time is up. So every metre
    reached is inside, nothing is inside that is farther from it than the width and a cell of the grid (a quarter of the width), and
    blocks that no road is reached in stay holes.

    Parameters
    ----------
    network
        Roads to drive on.
    sites
        The stations.
    minutes
        Longest drives; exactly as long counts. An area of fewer minutes lies in that of more, but for those of `By.NEAREST`,
        of which only all together do: more minutes may bring a road of another station nearer.
    width_m
        How far an area reaches to each side of a reached road, in metres.
    by
        Whether each station has an area of its own (``station``), all have one (``together``), or each has that of the roads to
        which it is the nearest (``nearest``).
    direction
        Whether drives go to the station or come from it.
    access_kph
        Speed between a station and the road, in km/h; 0: that leg takes no time. The points of the road have none.
    max_access_m
        Farther from a road than this, in metres, a station is off network: it has no area.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns station (its id; empty where all are together), minutes, reached_m (metres of road, each street counted once)
        and geometry (MultiPolygons, EPSG:4326); ordered by station and minutes. No row where no road is reached.

    Raises
    ------
    PlannerError
        Minutes or width make no sense.
    """
    places = snap(network, sites.lon, sites.lat, max_access_m=max_access_m)
    areas = areas_of(
        network,
        places,
        minutes,
        width_m=width_m,
        by=By(by),
        direction=Direction(direction),
        access_kph=access_kph,
    )
    return areas.to_frame(sites.id)


def reached_roads(
    network: RoadNetwork,
    sites: Sites,
    minutes: Iterable[float] = (3, 5, 10),
    *,
    by: By | str = By.STATION,
    direction: Direction | str = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
) -> geopandas.GeoDataFrame:
    """Return the road within minutes of stations, as lines that end exactly where time is up.

    Parameters
    ----------
    network, sites, minutes, by, direction, access_kph, max_access_m
        As for `isochrones`.

    Returns
    -------
    geopandas.GeoDataFrame
        As that of `isochrones`, with MultiLineStrings.
    """
    limits = _checked(minutes)
    places = snap(network, sites.lon, sites.lat, max_access_m=max_access_m)
    found = _reached(network, places, limits, By(by), Direction(direction), access_kph)
    lines = measured(network)
    rows: list[_Row] = []
    for limit, reached in zip(limits, found, strict=True):
        for station in np.unique(reached.station).tolist():
            parts = reached.of(station)
            rows.append((station, limit, parts.length_m(network), _multi_line(lines, parts)))
    return _areas(rows).to_frame(sites.id)


def areas_of(
    network: RoadNetwork,
    stations: Places,
    minutes: Iterable[float],
    *,
    width_m: float,
    by: By,
    direction: Direction,
    access_kph: float,
) -> Areas:
    """Return the areas within minutes of places on roads.

    Parameters
    ----------
    network
        Roads to drive on.
    stations
        Where the stations meet roads; those off network have no area.
    minutes, width_m, by, direction, access_kph
        As for `isochrones`.

    Raises
    ------
    PlannerError
        Minutes or width make no sense.
    """
    limits = _checked(minutes)
    if not (math.isfinite(width_m) and width_m >= 1.0):
        raise PlannerError(f"width_m must be at least 1 metre, not {width_m}")
    grid = grid_for(network.shape_lat, width_m=width_m)
    lines = measured(network)
    at_once = STATIONS_AT_ONCE if by is By.STATION else max(len(stations), 1)
    rows: list[_Row] = []
    for first in range(0, len(stations), at_once):
        some = stations.part(first, first + at_once)
        found = _reached(network, some, limits, by, direction, access_kph)
        drawn = _drawn(network, found, limits, by, grid, lines)
        rows += [(station + first * (by is By.STATION), *row) for station, *row in drawn]
    return _areas(rows)


def _drawn(
    network: RoadNetwork,
    found: list[_Reached],
    limits: list[float],
    by: By,
    grid: Grid,
    lines: Measured,
) -> Iterator[_Row]:
    """Return the areas of road that is reached within each of some minutes."""
    new = _only_new(found, network.n_streets)
    everybody = np.unique(found[-1].station).tolist()
    drawings = [new] if by is By.NEAREST else [[step.of(s) for step in new] for s in everybody]
    for steps in drawings:
        drawn = outlines([_strokes(lines, step) for step in steps], grid)
        for limit, reached, areas in zip(limits, found, drawn, strict=True):
            for station, geometry in zip(areas.owner.tolist(), areas.geometry, strict=True):
                yield station, limit, reached.of(station).length_m(network), geometry


def areas_of_plan(
    scenario: Scenario,
    network: RoadNetwork | None,
    sites: Places | None,
    stations: NDArray[np.integer],
) -> StationAreas | None:
    """Return the areas of stations that a scenario asks for; None where it asks for none, or there are no roads.

    Of more than `MOST_STATIONS` stations only the areas together are drawn.

    Parameters
    ----------
    scenario
        Says which minutes, how wide, which way the drives go.
    network, sites
        The roads, and where sites meet them; None where drive times came from a table.
    stations
        Positions of the stations among the sites.
    """
    asked = scenario.isochrones
    if network is None or sites is None or scenario.network is None or not asked.minutes:
        return None
    is_station = np.isin(np.arange(len(sites)), stations)
    all_stations = sites.where(is_station)
    single = all_stations if len(all_stations) <= MOST_STATIONS else all_stations.part(0, 0)
    each, together = (
        areas_of(
            network,
            places,
            asked.minutes,
            width_m=asked.width_m,
            by=by,
            direction=scenario.fleets[0].direction,
            access_kph=scenario.network.access_kph,
        )
        for by, places in ((By.STATION, single), (By.TOGETHER, all_stations))
    )
    at_site = np.flatnonzero(is_station).astype(np.int32)[each.station]
    return StationAreas(each=replace(each, station=at_site), together=together)


_Row = tuple[int, float, float, shapely.Geometry]
"""Station, minutes, metres, geometry."""


def _areas(rows: list[_Row]) -> Areas:
    """Return rows as areas, ordered by station and minutes."""
    rows = sorted(rows, key=lambda row: row[:2])
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [row[3] for row in rows]
    return Areas(
        station=np.array([row[0] for row in rows], dtype=np.int32),
        minutes=np.array([row[1] for row in rows], dtype=float),
        reached_m=np.array([row[2] for row in rows], dtype=float),
        geometry=geometry,
    )


def _checked(minutes: Iterable[float]) -> list[float]:
    """Return the longest drives in minutes, ascending, each once.

    Raises
    ------
    PlannerError
        There are none, or one makes no sense.
    """
    limits = sorted({float(value) for value in minutes})
    if not limits or not all(math.isfinite(limit) and limit > 0.0 for limit in limits):
        told = ", ".join(f"{limit:g}" for limit in limits) or "none"
        raise PlannerError(f"minutes must be one or more numbers above 0, not {told}")
    return limits


class _Reached(NamedTuple):
    """Parts of streets that are reached: of which station (`TOGETHER`: of any), from where to where as shares.

    Ordered by station, street and place; those of one station don't overlap.
    """

    station: NDArray[np.int32]
    street: NDArray[np.int32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_] | slice) -> _Reached:
        """Return some of the parts."""
        return _Reached(self.station[kept], self.street[kept], self.begin[kept], self.end[kept])

    def of(self, station: int) -> _Reached:
        """Return the parts of one station."""
        return self.where(slice(*np.searchsorted(self.station, [station, station + 1])))

    def length_m(self, network: RoadNetwork) -> float:
        """Return the metres of all parts."""
        return float((network.street_length_m[self.street] * (self.end - self.begin)).sum())


def _reached(
    network: RoadNetwork,
    stations: Places,
    limits: list[float],
    by: By,
    direction: Direction,
    access_kph: float,
) -> list[_Reached]:
    """Return the road that is reached within each of some minutes."""
    limits_s = [seconds_of(limit) for limit in limits]
    if by is By.STATION:
        found = _reached_by_each(network, stations, limits_s, direction, access_kph)
    else:
        spans = spans_of(network, stations, direction=direction, access_kph=access_kph)
        found = []
        for limit_s in limits_s:
            if by is By.TOGETHER:
                parts = covered_parts(spans, limit_s)
                station = np.full(parts.street.size, TOGETHER, dtype=np.int32)
            else:
                station, parts = parts_by_station(spans, limit_s)
            order = np.argsort(station, kind="stable")
            found.append(
                _Reached(station[order], parts.street[order], parts.begin[order], parts.end[order])
            )
    return [reached.where(network.street_length_m[reached.street] > 0.0) for reached in found]


def _reached_by_each(
    network: RoadNetwork,
    stations: Places,
    limits_s: list[float],
    direction: Direction,
    access_kph: float,
) -> list[_Reached]:
    """Return the road that each station reaches within each of some times, from one search for each."""
    every = reaches(
        network, stations, limit_s=limits_s[-1], direction=direction, access_kph=access_kph
    )
    row = every.site.astype(np.int64) * network.n_streets + network.edge_street[every.edge]
    found = []
    for limit_s in limits_s:
        of_row, begin, end = joined(row, *every.parts(network, limit_s))
        station, street = np.divmod(of_row, network.n_streets)
        found.append(_Reached(station.astype(np.int32), street.astype(np.int32), begin, end))
    return found


def _only_new(steps: list[_Reached], n_streets: int) -> list[_Reached]:
    """Return of each step what isn't, as it is, in the one before."""
    new = steps[:1]
    for before, after in itertools.pairwise(steps):
        known, row = (x.station.astype(np.int64) * n_streets + x.street for x in (before, after))
        at = np.minimum(np.searchsorted(known, row), known.size - 1)
        is_known = np.zeros(row.size, dtype=bool)
        if known.size:
            is_known = (known[at] == row) & (before.begin[at] == after.begin)
            is_known &= before.end[at] == after.end
        new.append(after.where(~is_known))
    return new


def _strokes(lines: Measured, reached: _Reached) -> Strokes:
    """Return the lines of parts of streets, each its station's."""
    road = lines.lines(reached.street, reached.begin, reached.end)
    return Strokes(start=road.start, lon=road.lon, lat=road.lat, owner=reached.station)


def _multi_line(lines: Measured, reached: _Reached) -> shapely.MultiLineString:
    """Return the lines of parts of streets as one geometry."""
    road = lines.lines(reached.street, reached.begin, reached.end)
    points = np.column_stack([road.lon, road.lat])
    return shapely.multilinestrings(shapely.linestrings(points, indices=row_of(road.start)))
