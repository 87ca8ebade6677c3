"""The map: one HTML file that asks the network for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.result import Result
from planner.webmap.page import StationMap

if TYPE_CHECKING:
    import folium

__all__ = ["map_html", "station_map", "write_map"]


def station_map(result: Result) -> folium.Map:
    """Return the map of a result, as a notebook shows it and as layers can be added to it.

    Vector layers, markers, tooltips and popups of folium work offline on it; plugins and tiles that load files from
    elsewhere don't, for the page lets nothing be fetched. Text that such layers carry is not escaped by folium: hand
    over only text you trust.
    """
    return StationMap(result)


def map_html(result: Result) -> str:
    """Return the whole page of the map; equal bytes for equal results."""
    return StationMap(result).html()


def write_map(result: Result, path: Path) -> None:
    """Write the page of the map to a file."""
    path.write_text(map_html(result), encoding="utf-8", newline="\n")
