"""The page around the map: a folium map of ours in a figure of ours."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import Any, ClassVar, Final

import branca.element
import folium
import folium.template
import jinja2

from planner.result import Result
from planner.scenario import tile_origin
from planner.webmap import texts
from planner.webmap.content import bounds, content
from planner.webmap.route import DrawnRoute

SCRIPTS: Final = (
    "unpack.js",
    "words.js",
    "world.js",
    "roads.js",
    "cover.js",
    "polygons.js",
    "surroundings.js",
    "areas.js",
    "demand.js",
    "stations.js",
    "tiles.js",
    "layers.js",
    "card.js",
    "persons.js",
    "panel.js",
    "kinds.js",
    "districts.js",
    "search.js",
    "address.js",
    "main.js",
)
"""Our scripts in the order they run in; they share one scope."""
_ROUTE_SCRIPT: Final = "route.js"
"""Comes before the last one where there is a drive to show."""

_ASSETS: Final = files("planner.webmap") / "assets"
_LEAFLET: Final = files("js_lib_leaflet") / "static" / "js_lib_leaflet"


class StationMap(folium.Map):  # type: ignore[misc]
    """The map of a result: a folium map that stands in a page of ours and asks the network for nothing."""

    default_js: ClassVar[list[tuple[str, str]]] = []
    default_css: ClassVar[list[tuple[str, str]]] = []

    # only the script: place and size of the map are up to the page
    _template = folium.template.Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                ...{{ this.options|tojavascript }}
            });
            {%- if this.objects_to_stay_in_front %}
            {{ this.get_name() }}.on("overlayadd", function () {
                {%- for layer in this.objects_to_stay_in_front %}
                {{ layer.get_name() }}.bringToFront();
                {%- endfor %}
            });
            {%- endif %}
        {% endmacro %}
        """)

    def __init__(self, result: Result, *, route: DrawnRoute | None = None) -> None:
        (south, west), (north, east) = bounds(result)
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=11,
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.25,
            wheel_px_per_zoom_level=90,
        )
        self.options |= {"min_zoom": 4, "max_zoom": 18}  # folium keeps its arguments for tiles
        self._name, self._id = "map", "stations"
        tiles = result.scenario.map.tiles
        Page(
            self,
            content(result, route=route),
            scripts=_scripts(route),
            pictures_from=tile_origin(tiles.url) if tiles else "",
        )

    def html(self) -> str:
        """Return the whole page."""
        return str(self.get_root().render())


class Page(branca.element.Figure):  # type: ignore[misc]
    """One HTML file: Leaflet, our scripts and styles, the packed data, and what folium layers add.

    Only what this page was made with runs: each script is let in by its checksum, nothing may be fetched but pictures from
    the one origin that is named.
    """

    def __init__(
        self,
        station_map: StationMap,
        packed: str,
        *,
        scripts: tuple[str, ...],
        pictures_from: str = "",
    ) -> None:
        super().__init__()
        self._id = "page"
        self._packed = packed
        self._scripts = scripts
        self._pictures_from = pictures_from
        self.add_child(station_map)

    def render(self, **kwargs: Any) -> str:
        """Return the HTML of the page."""
        for child in self._children.values():
            child.render(**kwargs)
        header, html = self.header.render(**kwargs), self.html.render(**kwargs)
        scripts = {
            "leaflet": _without_source_map(_LEAFLET.joinpath("leaflet.js").read_text("utf-8")),
            "stand_ins": _asset("stand_ins.js"),
            "layers": self.script.render(**kwargs),
            "ours": _in_one_scope(_asset(name) for name in self._scripts),
        }
        added = re.findall(r"<script>(.*?)</script>", header + html, flags=re.DOTALL)
        return _TEMPLATE.render(
            header=header,
            html=html,
            scripts=scripts,
            policy=_policy([*scripts.values(), *added], self._pictures_from),
            leaflet_css=_leaflet_css(),
            css=_asset("page.css"),
            packed=self._packed,
            map_id=next(iter(self._children.values())).get_name(),
            old_browser=texts.OLD_BROWSER,
        )


def _scripts(route: DrawnRoute | None) -> tuple[str, ...]:
    return SCRIPTS if route is None else (*SCRIPTS[:-1], _ROUTE_SCRIPT, SCRIPTS[-1])


def _asset(name: str) -> str:
    return _ASSETS.joinpath(name).read_text("utf-8")


_TEMPLATE: Final = jinja2.Environment(autoescape=False, keep_trailing_newline=True).from_string(  # noqa: S701
    _asset("page.html")
)


def _in_one_scope(scripts: Any) -> str:
    return '(() => {\n"use strict";\n' + "\n".join(scripts) + "})();\n"


def _policy(scripts: list[str], pictures_from: str) -> str:
    """Return a content security policy that lets only these scripts run and nothing be fetched but pictures of one origin."""
    hashes = sorted({f"'sha256-{_sha256(script)}'" for script in scripts})
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(hashes)}",
            "style-src 'unsafe-inline'",
            f"img-src data: blob: {pictures_from}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _without_source_map(script: str) -> str:
    return re.sub(r"\n//# sourceMappingURL=.*\s*$", "\n", script)


def _leaflet_css() -> str:
    """Return Leaflet's styles with its pictures inside."""
    css = _LEAFLET.joinpath("leaflet.css").read_text("utf-8")
    css = css.replace("behavior: url(#default#VML);", "")
    return re.sub(
        r"url\(images/([\w-]+\.png)\)",
        lambda found: f"url({_picture(found[1])})",
        css,
    )


def _picture(name: str) -> str:
    data = _LEAFLET.joinpath("images", name).read_bytes()
    return f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"
