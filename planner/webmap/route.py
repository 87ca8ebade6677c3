"""One drive on the map: its line, its ends, and where it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.answer.words import LANGUAGES
from planner.routes import Route
from planner.webmap import texts
from planner.webmap.pack import coordinates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnRoute:
    """A drive to draw on the map.

    Attributes
    ----------
    route
        The drive.
    begin, end
        What the points at its ends are called.
    begin_lonlat, end_lonlat
        Where they are, WGS 84 degrees.
    """

    route: Route
    begin: str
    end: str
    begin_lonlat: tuple[float, float]
    end_lonlat: tuple[float, float]


def route_parts(drawn: DrawnRoute) -> tuple[dict[str, Any], dict[str, NDArray[np.int64]]]:
    """Return what the page is told about a drive: texts and arrays."""
    route = drawn.route
    ends = (drawn.begin_lonlat, drawn.end_lonlat)
    places = [(leg.place_lon, leg.place_lat) for leg in (route.begin, route.end)]
    # the first and the last point are those where it meets the road, also where no road is driven
    lon = np.concatenate([[places[0][0]], *(leg.lon for leg in route.legs), [places[1][0]]])
    lat = np.concatenate([[places[0][1]], *(leg.lat for leg in route.legs), [places[1][1]]])
    words = {
        "begin": drawn.begin,
        "end": drawn.end,
        "time_s": route.time_s,
        "ui": {language: texts.route_table(language) for language in LANGUAGES},
    }
    delays = [delay for delay in route.delays if delay.time_s > 0.0]
    return {"route": words}, {
        "route_x": coordinates(lon),
        "route_y": coordinates(lat),
        "route_end_x": coordinates(np.array([x for x, _ in ends])),
        "route_end_y": coordinates(np.array([y for _, y in ends])),
        "route_delay_x": coordinates(np.array([delay.lon for delay in delays])),
        "route_delay_y": coordinates(np.array([delay.lat for delay in delays])),
    }
