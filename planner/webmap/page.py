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
from planner.webmap.outside import refuse_outside
from planner.webmap.route import DrawnRoute

SCRIPTS: Final = (
    "unpack.js",
    "words.js",
    "world.js",
    "ends.js",
    "near_ends.js",
    "roads.js",
    "cover.js",
    "polygons.js",
    "surroundings.js",
    "areas.js",
    "demand.js",
    "stations.js",
    "drives.js",
    "whatif.js",
    "reach.js",
    "spot.js",
    "tiles.js",
    "layers.js",
    "card.js",
    "sight.js",
    "persons.js",
    "panel.js",
    "curve.js",
    "kinds.js",
    "districts.js",
    "search.js",
    "address.js",
    "print.js",
    "main.js",
)
"""Our scripts in the order they run in; they share one scope."""
STYLES: Final = ("page.css", "curve.css")
"""Our styles, those below win."""
_ROUTE_SCRIPT: Final = "route.js"
"""Comes before the last one where there is a drive to show."""

NOTEBOOK_HEIGHT: Final = "640px"
"""Of the frame that a notebook shows the page in."""

_ASSETS: Final = files("planner.webmap") / "assets"
_LEAFLET: Final = files("js_lib_leaflet") / "static" / "js_lib_leaflet"


class PageMap(folium.Map):  # type: ignore[misc]
    """A folium map that stands in a page of ours and asks the network for nothing.

    Parameters
    ----------
    box
        South-western and north-eastern corner of what it is about, as (lat, lon).
    packed
        What the page is told.
    scripts
        Our scripts in the order they run in.
    styles, body
        Our styles, and the template of the page.
    pictures_from
        The one origin that pictures may come from: that of the tiles; empty: none.
    """

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

    def __init__(
        self,
        box: tuple[tuple[float, float], tuple[float, float]],
        packed: str,
        *,
        scripts: tuple[str, ...],
        styles: tuple[str, ...] = STYLES,
        body: str = "page.html",
        pictures_from: str = "",
    ) -> None:
        (south, west), (north, east) = box
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
        Page(self, packed, scripts=scripts, styles=styles, body=body, pictures_from=pictures_from)

    def html(self) -> str:
        """Return the whole page."""
        return str(self.get_root().render())


class StationMap(PageMap):
    """The map of a result."""

    def __init__(self, result: Result, *, route: DrawnRoute | None = None) -> None:
        tiles = result.scenario.map.tiles
        super().__init__(
            bounds(result),
            content(result, route=route),
            scripts=_scripts(route),
            pictures_from=tile_origin(tiles.url) if tiles else "",
        )


class Page(branca.element.Figure):  # type: ignore[misc]
    """One HTML file: Leaflet, our scripts and styles, the packed data, and what folium layers add.

    Only what this page was made with runs: each script is let in by its checksum, nothing may be fetched but pictures from
    the one origin that is named.
    """

    def __init__(
        self,
        page_map: PageMap,
        packed: str,
        *,
        scripts: tuple[str, ...],
        styles: tuple[str, ...],
        body: str,
        pictures_from: str = "",
    ) -> None:
        super().__init__(height=NOTEBOOK_HEIGHT)
        self._id = "page"
        self._packed = packed
        self._scripts, self._styles, self._body = scripts, styles, body
        self._pictures_from = pictures_from
        self.add_child(page_map)

    def render(self, **kwargs: Any) -> str:
        """Return the HTML of the page."""
        for child in self._children.values():
            child.render(**kwargs)
        refuse_outside(self)
        header, html = self.header.render(**kwargs), self.html.render(**kwargs)
        scripts = {
            "trouble": _asset("trouble.js"),
            "leaflet": _without_source_map(_LEAFLET.joinpath("leaflet.js").read_text("utf-8")),
            "stand_ins": _asset("stand_ins.js"),
            "layers": self.script.render(**kwargs),
            "ours": _in_one_scope(_asset(name) for name in self._scripts),
        }
        added = re.findall(r"<script>(.*?)</script>", header + html, flags=re.DOTALL)
        return _TEMPLATES.get_template(self._body).render(
            header=header,
            html=html,
            scripts=scripts,
            policy=_policy([*scripts.values(), *added], self._pictures_from),
            leaflet_css=_leaflet_css(),
            css="".join(_asset(name) for name in self._styles),
            packed=self._packed,
            map_id=next(iter(self._children.values())).get_name(),
            no_scripts=texts.NO_SCRIPTS,
            troubles={"too-old": texts.OLD_BROWSER, "damaged": texts.DAMAGED},
        )


def _scripts(route: DrawnRoute | None) -> tuple[str, ...]:
    return SCRIPTS if route is None else (*SCRIPTS[:-1], _ROUTE_SCRIPT, SCRIPTS[-1])


def _asset(name: str) -> str:
    return _ASSETS.joinpath(name).read_text("utf-8")


_TEMPLATES: Final = jinja2.Environment(
    autoescape=False,  # noqa: S701 (what is filled in is ours, or harmless wherever it stands)
    keep_trailing_newline=True,
    loader=jinja2.FunctionLoader(_asset),
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
            "frame-src data:",  # popups of folium; these rules hold in there too
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
