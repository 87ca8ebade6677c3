"""The map: one HTML file that asks the network for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.result import Result
from planner.webmap.page import StationMap
from planner.webmap.route import DrawnRoute

if TYPE_CHECKING:
    import folium

__all__ = ["DrawnRoute", "map_html", "station_map", "write_map"]


def station_map(result: Result) -> folium.Map:
    """Return the map of a result, as a notebook shows it and as layers can be added to it.

    Vector layers, markers, tooltips and popups of folium work offline on it; plugins and tiles that load files from
    elsewhere don't, for the page lets nothing be fetched. Text that such layers carry is not escaped by folium: hand
    over only text you trust.
    """
    return StationMap(result)


def map_html(result: Result, *, route: DrawnRoute | None = None) -> str:
    """Return the whole page of the map; equal bytes for equal results.

    Parameters
    ----------
    result
        What was found.
    route
        A drive to draw besides, which the map then opens at.
    """
    return StationMap(result, route=route).html()


def write_map(result: Result, path: Path, *, route: DrawnRoute | None = None) -> None:
    """Write the page of the map to a file; the options are those of `map_html`."""
    path.write_text(map_html(result, route=route), encoding="utf-8", newline="\n")
