"""Isochrones from files to a file: what the command does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.clock import Clock
from planner.errors import PlannerError
from planner.isochrones import By, areas_of
from planner.layerfiles import write_geojson, write_layers
from planner.points import Sites, check_against, read_sites
from planner.qgis_styles import Style, plan_styles
from planner.roads import read_network
from planner.scenario import Direction
from planner.snapping import Places, snap
from planner.wording import counted, distance, kilometres, some

if TYPE_CHECKING:
    import geopandas


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnAreas:
    """Areas that were drawn.

    Attributes
    ----------
    frame
        The areas, as `isochrones` gives them.
    n_stations
        How many stations there are.
    remarks
        What a planner should know about the stations, in sentences.
    """

    frame: geopandas.GeoDataFrame
    n_stations: int
    remarks: tuple[str, ...]


def draw_areas(
    roads: Path,
    stations: Path,
    *,
    minutes: Sequence[float],
    vehicle: str = "car",
    by: By = By.STATION,
    width_m: float = 40.0,
    direction: Direction = Direction.TO_STATION,
    access_kph: float = 10.0,
    max_access_m: float = 300.0,
    crs: str | None = None,
    clock: Clock | None = None,
) -> DrawnAreas:
    """Return the areas within minutes of the stations of a file.

    Parameters
    ----------
    roads
        Road file, as for `read_network`.
    stations
        File of stations, as for `read_sites`.
    minutes, by, width_m, direction, access_kph, max_access_m
        As for `isochrones`.
    vehicle
        Who drives.
    crs
        System of the stations, as for `read_sites`.
    clock
        Keeps what took how long.

    Raises
    ------
    PlannerError
        A file can't be read, minutes or width make no sense, or no station has an area.
    """
    clock = clock or Clock()
    with clock.stage("read points"):
        sites = read_sites(stations, crs=crs)
    with clock.stage("read roads"):
        network = read_network(roads, vehicle=vehicle)
    remarks = check_against(sites, network.bounds)
    with clock.stage("draw isochrones"):
        places = snap(network, sites.lon, sites.lat, max_access_m=max_access_m)
        areas = areas_of(
            network,
            places,
            minutes,
            width_m=width_m,
            by=by,
            direction=direction,
            access_kph=access_kph,
        )
        frame = areas.to_frame(sites.id)
    remarks += _without_area(sites, places, max_access_m)
    if not len(frame):
        raise PlannerError(
            f"{stations}: no station has an area; {'; '.join(remarks) or 'all roads are farther than the minutes'}"
        )
    return DrawnAreas(frame=frame, n_stations=len(sites), remarks=tuple(remarks))


def _without_area(sites: Sites, places: Places, max_access_m: float) -> list[str]:
    """Return a sentence on the stations that are off network; none where all are on it."""
    off = np.flatnonzero(places.is_off_network)
    if not off.size:
        return []
    named = some(f"{sites.id[i]} ({distance(places.access_m[i])})" for i in off)
    stations = counted(off.size, "station")
    return [f"{stations} farther than {max_access_m:g} m from every road, without an area: {named}"]


def write_areas(drawn: DrawnAreas, path: Path) -> None:
    """Write areas as GeoJSON or as a layer of a GeoPackage, as the file ends; one that is there is replaced."""
    if path.suffix.lower() == ".geojson":
        write_geojson(path, "isochrones", drawn.frame)
    else:
        write_layers(path, {"isochrones": drawn.frame}, {"isochrones": _style(drawn)})


def _style(drawn: DrawnAreas) -> Style:
    """Return how QGIS draws the areas: as those of a plan, of each station or of all together."""
    styles = plan_styles("en", drawn.frame["minutes"])
    return styles["isochrones_together" if _are_together(drawn) else "isochrones"]


def _are_together(drawn: DrawnAreas) -> bool:
    return bool((drawn.frame["station"] == "").all())


def area_lines(drawn: DrawnAreas, out: Path) -> list[str]:
    """Return what was drawn in lines: a row for each number of minutes, and the file."""
    frame = drawn.frame
    lines = []
    for minutes, rows in frame.groupby("minutes"):
        metres = rows["reached_m"]
        road = kilometres(metres.sum())
        if (rows["station"] == "").all():
            lines.append(f"{minutes:g} min: {road} of road within reach")
            continue
        each = f", {kilometres(metres.mean())} on average" if len(rows) > 1 else ""
        lines.append(f"{minutes:g} min: {counted(len(rows), 'area')}, {road} of road in all{each}")
    return [*lines, f"areas: {out}"]


def area_json(drawn: DrawnAreas, out: Path) -> dict[str, Any]:
    """Return what was drawn as plain values: the file, and a row for each area."""
    columns = ("station", "minutes", "reached_m")
    return {
        "file": str(out),
        "stations": drawn.n_stations,
        "areas": drawn.frame[[*columns]].to_dict("records"),
        "remarks": list(drawn.remarks),
    }
