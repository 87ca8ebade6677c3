"""Why a drive of a saved run takes as long as it does: found, and told in words, as JSON and as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import PlannerError
from planner.points import Demand, Sites
from planner.result import Result
from planner.routes import AccessLeg, Delay, DelayKind, Leg, Route, route_of
from planner.scenario import Direction
from planner.scenario.near import did_you_mean, nearest
from planner.snapping import Places
from planner.webmap import DrawnRoute
from planner.wording import columns_of, distance, minutes_and_seconds, padded

_DELAYS: Final = {
    DelayKind.SIGNAL: "traffic signal",
    DelayKind.U_TURN: "turning back",
    DelayKind.TURN_LEFT: "turn to the left",
    DelayKind.TURN_RIGHT: "turn to the right",
}
_MAX_NAME: Final = 40
"""Columns for the name of a road; longer ones stand out."""


class NoDrive(StrEnum):
    """Why there is no drive."""

    DEMAND_OFF_NETWORK = "demand_off_network"
    SITE_OFF_NETWORK = "site_off_network"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explained:
    """One drive of a run.

    Attributes
    ----------
    result
        The run.
    point
        Position of the demand point.
    site
        Position of the site; None where no station can be reached.
    route
        The drive, in its direction; None where there is none.
    why_not
        Why there is none.
    """

    result: Result
    point: int
    site: int | None
    route: Route | None
    why_not: NoDrive | None

    @property
    def direction(self) -> Direction:
        """Whether the drive goes to the site or comes from it."""
        return self.result.scenario.fleets[0].direction

    @property
    def standard_s(self) -> float:
        """The longest drive that covers the point, in seconds."""
        needs = self.result.times.needs
        return float(needs.max_drive_time_s[needs.point == self.point][0])

    def drawn(self) -> DrawnRoute:
        """Return the drive as the map draws it.

        Raises
        ------
        PlannerError
            There is no drive.
        """
        route = _there(self)
        begin, end = _ends(self)
        return DrawnRoute(
            route=route,
            begin=begin.label,
            end=end.label,
            begin_lonlat=(begin.lon, begin.lat),
            end_lonlat=(end.lon, end.lat),
        )


@dataclass(frozen=True, slots=True)
class _End:
    """A point at an end of a drive."""

    id: str
    name: str
    lon: float
    lat: float

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def told(self) -> str:
        return f"{self.id} {self.name}".strip()


def explained(result: Result, demand_id: str, *, site_id: str | None = None) -> Explained:
    """Return a drive of a run, with all that it consists of.

    Parameters
    ----------
    result
        The run.
    demand_id
        The demand point.
    site_id
        The site; left out, the station that serves the point, or the nearest one.

    Raises
    ------
    PlannerError
        Drive times come from a table, or there is no such point or site.
    """
    network, places = result.network, _places(result)
    if network is None or places is None:
        raise PlannerError("the drive times of this run come from a table: no road to show")
    demand, sites = result.times.demand, result.times.sites
    point = _position(demand, demand_id, "demand point")
    site = _station_of(result, point) if site_id is None else _position(sites, site_id, "site")
    if result.demand_places is not None and result.demand_places.is_off_network[point]:
        return _without_drive(result, point, site, NoDrive.DEMAND_OFF_NETWORK)
    if site is None:
        return _without_drive(result, point, site, NoDrive.UNREACHABLE)
    if places.is_off_network[site]:
        return _without_drive(result, point, site, NoDrive.SITE_OFF_NETWORK)
    begin, end = site, len(sites) + point
    if result.scenario.fleets[0].direction is Direction.TO_STATION:
        begin, end = end, begin
    settings = result.scenario.network
    access_kph = settings.access_kph if settings else 0.0
    route = route_of(network, places, begin, end, access_kph=access_kph)
    why_not = NoDrive.UNREACHABLE if route is None else None
    return Explained(result=result, point=point, site=site, route=route, why_not=why_not)


def _without_drive(result: Result, point: int, site: int | None, why_not: NoDrive) -> Explained:
    return Explained(result=result, point=point, site=site, route=None, why_not=why_not)


def _places(result: Result) -> Places | None:
    """Return the places of sites and, behind them, of demand."""
    if result.site_places is None or result.demand_places is None:
        return None
    parts = result.site_places, result.demand_places
    return Places(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Places)
        }
    )


def _position(points: Demand | Sites, name: str, what: str) -> int:
    at: NDArray[np.int64] = np.flatnonzero(points.id == name)
    if not at.size:
        near = did_you_mean(nearest(name, points.id))
        raise PlannerError(f"{points.file}: no {what} {name!r}{near}")
    return int(at[0])


def _station_of(result: Result, point: int) -> int | None:
    """Return the station that serves a point, or the nearest one; None where none can be reached."""
    plan, needs = result.plan, result.times.needs
    need = np.flatnonzero(needs.point == point)[0]
    station = plan.station_of[need] if plan.is_covered[need] else result.nearest_station.site[need]
    return int(station) if station >= 0 else None


def _there(found: Explained) -> Route:
    """Return the drive, or refuse where there is none."""
    if found.route is None:
        raise PlannerError("there is no drive that could be drawn")
    return found.route


def _ends(found: Explained) -> list[_End]:
    """Return both ends of the drive in its direction; the demand point alone where there is no site."""
    times = found.result.times
    ends = [_end(times.demand, found.point)]
    if found.site is not None:
        ends.append(_end(times.sites, found.site))
    return ends if found.direction is Direction.TO_STATION else ends[::-1]


def _end(points: Demand | Sites, i: int) -> _End:
    return _End(str(points.id[i]), str(points.name[i]), float(points.lon[i]), float(points.lat[i]))


# ---------------------------------------------------------------------------------------------
# In words
# ---------------------------------------------------------------------------------------------


def explained_lines(found: Explained) -> list[str]:
    """Return a drive as lines for a terminal: from where to where, then all its parts, then their sum."""
    ends = " -> ".join(end.told for end in _ends(found))
    if found.route is None:
        return [f"{ends}: no drive; {_why_not(found)}"]
    route, standard_s = found.route, found.standard_s
    time_s = route.time_s
    standard = minutes_and_seconds(standard_s)
    is_within = "within" if time_s <= standard_s else "over"
    told = minutes_and_seconds(time_s, limit_s=standard_s)
    rows = [*_rows(route), ("sum", "", "", "", f"{time_s:.1f} s")]
    head = f"{ends}: {told}, {is_within} the standard of {standard}"
    return [head, *_table(rows)]


def _why_not(found: Explained) -> str:
    result, settings = found.result, found.result.scenario.network
    limit = f" (max_access_m is {settings.max_access_m:g})" if settings else ""
    demand, sites = result.times.demand, result.times.sites
    if found.why_not is NoDrive.DEMAND_OFF_NETWORK and result.demand_places is not None:
        away = distance(float(result.demand_places.access_m[found.point]))
        return f"{demand.id[found.point]} is off network, {away} from the nearest road{limit}"
    if found.site is None:
        return "no road leads to a station (islands, one-way traps)"
    if found.why_not is NoDrive.SITE_OFF_NETWORK and result.site_places is not None:
        away = distance(float(result.site_places.access_m[found.site]))
        return f"{sites.id[found.site]} is off network, {away} from the nearest road{limit}"
    return "no road leads there (islands, one-way traps)"


_Row = tuple[str, str, str, str, str]
"""What, class, metres, speed, seconds."""


def _rows(route: Route) -> Iterator[_Row]:
    yield _access_row("to the road", route.begin, route.access_kph)
    for step in route.steps:
        if isinstance(step, Delay):
            yield _DELAYS[step.kind], "", "", "", f"{step.time_s:.1f} s"
        else:
            yield _leg_row(step)
    yield _access_row("from the road", route.end, route.access_kph)


def _access_row(what: str, leg: AccessLeg, kph: float) -> _Row:
    speed = f"{kph:g} km/h" if kph else "takes no time"
    return what, "", f"{leg.length_m:,.0f} m", speed, f"{leg.time_s:.1f} s"


def _leg_row(leg: Leg) -> _Row:
    road_class = f"{leg.road_class}, local" if leg.is_local else leg.road_class
    source = "from a limit" if leg.has_limit else "assumed"
    speed = f"{leg.kph:.1f}".removesuffix(".0")
    return (
        leg.name or "(unnamed)",
        road_class,
        f"{leg.length_m:,.0f} m",
        f"{speed} km/h ({source})",
        f"{leg.time_s:.1f} s",
    )


def _table(rows: list[_Row]) -> list[str]:
    """Return rows as lines, in columns; metres and seconds to the right."""
    width = [max(columns_of(cell) for cell in column) for column in zip(*rows, strict=True)]
    width[0] = min(width[0], _MAX_NAME)
    return [
        f"  {padded(what, width[0])}  {padded(road_class, width[1])}  {metres:>{width[2]}}  "
        f"{padded(speed, width[3])}  {seconds:>{width[4]}}"
        for what, road_class, metres, speed, seconds in rows
    ]


# ---------------------------------------------------------------------------------------------
# For machines
# ---------------------------------------------------------------------------------------------


def explained_json(found: Explained) -> dict[str, Any]:
    """Return a drive as plain values for JSON; None where there is none."""
    route, times = found.route, found.result.times
    return {
        "demand": _end_json(_end(times.demand, found.point)),
        "site": None if found.site is None else _end_json(_end(times.sites, found.site)),
        "direction": found.direction.value,
        "standard_s": found.standard_s,
        "drive_time_s": None if route is None else route.time_s,
        "is_within_standard": route is not None and route.time_s <= found.standard_s,
        "why_not": None if found.why_not is None else found.why_not.value,
        "length_m": None if route is None else route.length_m,
        "steps": [] if route is None else list(_step_values(route)),
    }


def _end_json(end: _End) -> dict[str, Any]:
    return {"id": end.id, "name": end.name, "lon": end.lon, "lat": end.lat}


def _step_values(route: Route) -> Iterator[dict[str, Any]]:
    """Yield all parts of a drive in its order; their seconds sum up to the drive time."""
    yield _access_values(route.begin, route.access_kph)
    for step in route.steps:
        if isinstance(step, Delay):
            where = {"lon": step.lon, "lat": step.lat}
            yield {"kind": step.kind.value, "time_s": step.time_s, **where}
        else:
            yield {
                "kind": "road",
                "name": step.name,
                "class": step.road_class,
                "is_local": step.is_local,
                "has_limit": step.has_limit,
                "length_m": step.length_m,
                "kph": round(step.kph, 3),
                "time_s": step.time_s,
            }
    yield _access_values(route.end, route.access_kph)


def _access_values(leg: AccessLeg, kph: float) -> dict[str, Any]:
    return {"kind": "access", "length_m": leg.length_m, "kph": kph, "time_s": leg.time_s}


def explained_geojson(found: Explained) -> dict[str, Any]:
    """Return a drive as GeoJSON: a feature for each part, in the order of the drive; longitude first.

    Raises
    ------
    PlannerError
        There is no drive.
    """
    route = _there(found)
    begin, end = _ends(found)
    shapes = [
        _shape([(begin.lon, begin.lat), (route.begin.place_lon, route.begin.place_lat)]),
        *(
            _shape(list(zip(step.lon.tolist(), step.lat.tolist(), strict=True)))
            if isinstance(step, Leg)
            else {"type": "Point", "coordinates": [step.lon, step.lat]}
            for step in route.steps
        ),
        _shape([(route.end.place_lon, route.end.place_lat), (end.lon, end.lat)]),
    ]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": values, "geometry": shape}
            for values, shape in zip(_step_values(route), shapes, strict=True)
        ],
    }


def _shape(points: list[tuple[float, float]]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}
