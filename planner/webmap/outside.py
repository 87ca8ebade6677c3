"""Layers that would load files from elsewhere: refused, for the page lets nothing be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import branca.element
import folium
from branca.colormap import ColorMap
from folium.raster_layers import ImageOverlay, VideoOverlay, WmsTileLayer

from planner.errors import PlannerError


def refuse_outside(page: branca.element.Figure) -> None:
    """Refuse layers that need files from elsewhere.

    Parameters
    ----------
    page
        The page, its children rendered already: then they have told which scripts and styles they need.

    Raises
    ------
    PlannerError
        Names the layers and what they need.
    """
    wanted = [f"{layer} needs {what}" for layer, what in _wanted(page)]
    if wanted:
        raise PlannerError(
            f"the map loads nothing from elsewhere, and {'; '.join(wanted)}. Leave these out: vector layers, markers, "
            "tooltips and popups of folium work (GeoJson with a style_function in the place of Choropleth)"
        )


def _wanted(page: branca.element.Figure) -> Iterator[tuple[str, str]]:
    """Yield layers with the address that each needs."""
    known: set[str] = set()
    legends = [type(element).__name__ for element in _inside(page) if isinstance(element, ColorMap)]
    for element in _inside(page):
        name = type(element).__name__
        files = [*getattr(element, "default_js", []), *getattr(element, "default_css", [])]
        if files:
            known.update(url for _, url in files)
            yield name, files[0][1]
        for url in _addresses(element):
            yield name, url
    for link in _inside(page.header):
        address = getattr(link, "url", None)
        if address and _is_outside(address) and address not in known:
            yield legends[0] if legends else "a layer", address


def _addresses(element: Any) -> Iterator[str]:
    """Yield addresses from which an element would load what it shows."""
    url: Any = None
    if isinstance(element, folium.TileLayer):
        url = element.tiles
    elif isinstance(element, ImageOverlay | VideoOverlay | WmsTileLayer):
        url = element.url
    elif isinstance(element, folium.CustomIcon):
        url = element.options.get("icon_url")
    elif isinstance(element, folium.GeoJson) and not element.embed:
        url = element.embed_link
    if isinstance(url, str) and _is_outside(url):
        yield url


def _is_outside(url: str) -> bool:
    return bool(url) and not url.startswith(("data:", "#"))


def _inside(element: Any) -> Iterator[Any]:
    """Yield all elements inside one."""
    for child in element._children.values():
        yield child
        yield from _inside(child)
