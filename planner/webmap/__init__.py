"""The map: one HTML file that asks the network for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.comparison import Comparison
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.result import Result
from planner.webmap.comparison import ComparisonMap
from planner.webmap.page import SCRIPTS, PageMap, StationMap
from planner.webmap.plain import plain_content
from planner.webmap.route import DrawnRoute

if TYPE_CHECKING:
    import folium
    import geopandas

__all__ = [
    "DrawnRoute",
    "comparison_html",
    "comparison_map",
    "map_html",
    "network_map",
    "station_map",
    "write_comparison",
    "write_map",
]


def station_map(result: Result) -> folium.Map:
    """Return the map of a result, as a notebook shows it and as layers can be added to it.

    Vector layers, markers, tooltips and popups of folium work offline on it. Plugins and tiles that load files from
    elsewhere can't, for the page lets nothing be fetched: a PlannerError says so when the map is shown or saved. Text that such layers carry is not escaped by folium: hand
    over only text you trust.
    """
    return StationMap(result)


def network_map(
    network: RoadNetwork,
    *,
    areas: geopandas.GeoDataFrame | None = None,
    sites: Sites | None = None,
    demand: Demand | None = None,
    title: str | None = None,
    language: str = "zh",
) -> folium.Map:
    """Return the map of roads, without a result; see `RoadNetwork.map`."""
    packed, box = plain_content(
        network, areas=areas, sites=sites, demand=demand, title=title, language=language
    )
    return PageMap(box, packed, scripts=SCRIPTS)


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


def comparison_map(comparison: Comparison) -> folium.Map:
    """Return the map of several runs, as a notebook shows it; layers can be added as to that of one."""
    return ComparisonMap(comparison)


def comparison_html(comparison: Comparison) -> str:
    """Return the whole page of several runs; equal bytes for equal runs."""
    return ComparisonMap(comparison).html()


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the page of several runs to a file."""
    path.write_text(comparison_html(comparison), encoding="utf-8", newline="\n")
