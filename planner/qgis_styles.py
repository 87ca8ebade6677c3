"""How QGIS draws the layers of a plan: symbols, labels and legends, as QML."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

_INK: Final = "#1f2933"
_COVERED: Final = "#0072b2"
_UNCOVERED: Final = "#d55e00"
_EXISTING: Final = "#56b4e9"
_CHOSEN: Final = "#cc79a7"
_WHITE: Final = "#ffffff"
_SITE: Final = "#9aa5b1"
_AREA: Final = "#007054"
_NEAR: Final = "#3f9079"
_FAR: Final = "#c2ded5"
"""Areas of the fewest and of the most minutes; those between lie between."""
_AREA_OPACITY: Final = 0.6
"""Of the whole layer: areas that overlap don't add up."""

_QML_VERSION: Final = "3.22.0"
"""QGIS brings symbols of older versions up to date; these are as this one writes them."""

_WORDS: Final[dict[str, dict[str, str]]] = {
    "zh": {
        "stations": "驿站",
        "existing": "现有驿站",
        "new": "新建驿站",
        "sites": "候选点",
        "site": "候选点",
        "excluded": "排除的候选点",
        "demand": "需求点",
        "assignments": "由哪个驿站服务",
        "covered": "已覆盖",
        "not_covered": "未覆盖",
        "nearest": "未覆盖：最近的驿站",
        "uncovered": "未覆盖的需求点",
        "roads": "道路",
        "isochrones": "各驿站的等时圈",
        "isochrones_together": "全部驿站的等时圈",
        "within": "{n} 分钟内",
    },
    "en": {
        "stations": "Stations",
        "existing": "Existing station",
        "new": "New station",
        "sites": "Sites",
        "site": "Candidate site",
        "excluded": "Excluded site",
        "demand": "Demand",
        "assignments": "Who is served by which station",
        "covered": "Covered",
        "not_covered": "Not covered",
        "nearest": "Not covered: the nearest station",
        "uncovered": "Demand not covered",
        "roads": "Roads",
        "isochrones": "Isochrones of each station",
        "isochrones_together": "Isochrones of all stations",
        "within": "Within {n} min",
    },
}


class Style(NamedTuple):
    """A style that QGIS loads by itself.

    Attributes
    ----------
    name
        What the style is called in QGIS.
    qml
        The style, as XML.
    """

    name: str
    qml: str


def plan_styles(language: str, minutes: Iterable[float]) -> dict[str, Style]:
    """Return a style for each layer that a plan may have.

    Parameters
    ----------
    language
        ``zh`` or ``en``: of names and legends.
    minutes
        Longest drives of the isochrones.

    Returns
    -------
    dict
        By the name of the layer.
    """
    say = _WORDS[language]
    limits = sorted({float(value) for value in minutes})
    drawn = {
        "stations": _qml(_stations(say), labels=_station_labels()),
        "sites": _qml(_sites(say)),
        "demand": _qml(_demand(say)),
        "assignments": _qml(_assignments(say)),
        "uncovered": _qml(_uncovered()),
        "roads": _qml(_roads(say)),
        "isochrones": _qml(_areas(say, limits, is_outlined=False), opacity=_AREA_OPACITY),
        "isochrones_together": _qml(_areas(say, limits, is_outlined=True), opacity=_AREA_OPACITY),
    }
    return {layer: Style(name=say[layer], qml=qml) for layer, qml in drawn.items()}


# ---------------------------------------------------------------------------------------------
# The layers
# ---------------------------------------------------------------------------------------------


def _stations(say: dict[str, str]) -> ET.Element:
    """Return stations as discs, the larger the more they serve; those that stand already in another colour."""
    size = 'coalesce(scale_exp("weight_served", 0, maximum("weight_served"), 2.4, 6.4, 0.5), 2.4)'
    return _by_claim(
        "existing",
        (say["existing"], _marker(_EXISTING, outline=_INK, outline_mm=0.5, size_mm=3.4, size=size)),
        (say["new"], _marker(_CHOSEN, outline=_INK, outline_mm=0.3, size_mm=3.4, size=size)),
    )


def _sites(say: dict[str, str]) -> ET.Element:
    """Return sites as small grey discs; those that may not become a station as crosses."""
    return _by_claim(
        "is_excluded",
        (
            say["excluded"],
            _marker(_SITE, shape="cross2", outline=_SITE, outline_mm=0.3, size_mm=1.6),
        ),
        (say["site"], _marker(_SITE, outline=_WHITE, outline_mm=0.1, size_mm=1.4)),
    )


def _demand(say: dict[str, str]) -> ET.Element:
    """Return demand as small discs, covered and not."""
    return _by_claim(
        "covered",
        (say["covered"], _marker(_COVERED, outline=_WHITE, outline_mm=0.1, size_mm=1.6)),
        (say["not_covered"], _marker(_UNCOVERED, outline=_WHITE, outline_mm=0.1, size_mm=2.0)),
    )


def _uncovered() -> ET.Element:
    """Return the places that no station covers as crosses."""
    cross = _marker(_UNCOVERED, shape="cross2", outline=_UNCOVERED, outline_mm=0.7, size_mm=2.6)
    return _renderer("singleSymbol", [cross])


def _assignments(say: dict[str, str]) -> ET.Element:
    """Return lines to the station that serves; dashed ones to the nearest where none does."""
    return _by_claim(
        "covered",
        (say["covered"], _line(_INK, width_mm=0.12)),
        (say["nearest"], _line(_UNCOVERED, width_mm=0.2, dash="dash")),
    )


def _roads(say: dict[str, str]) -> ET.Element:
    """Return roads in two colours, covered and not."""
    return _by_claim(
        "covered",
        (say["covered"], _line(_COVERED, width_mm=0.26)),
        (say["not_covered"], _line(_UNCOVERED, width_mm=0.4)),
    )


def _areas(say: dict[str, str], limits: Sequence[float], *, is_outlined: bool) -> ET.Element:
    """Return areas, the fewer minutes the darker, and on top; the outermost with an outline if asked for."""
    symbols, ranges = [], ET.Element("ranges")
    for i, (lower, upper) in enumerate(itertools.pairwise([0.0, *limits])):
        share = i / max(len(limits) - 1, 1)
        has_outline = is_outlined and i == len(limits) - 1
        symbols.append(_fill(_between(_NEAR, _FAR, share), outline=_AREA if has_outline else None))
        ranges.append(
            _element(
                "range",
                lower=f"{lower!r}",
                upper=f"{upper!r}",
                symbol=str(i),
                label=say["within"].format(n=f"{upper:g}"),
                render="true",
            )
        )
    renderer = _renderer(
        "graduatedSymbol", symbols, attr="minutes", graduatedMethod="GraduatedColor"
    )
    renderer.insert(0, ranges)
    renderer.set("enableorderby", "1")
    order = ET.SubElement(renderer, "orderby")
    clause = ET.SubElement(order, "orderByClause", {"asc": "0", "nullsFirst": "0"})
    clause.text = '"minutes"'
    return renderer


def _between(one: str, other: str, share: float) -> str:
    """Return a colour on the way from one to another."""
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in pairs)


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color[1:]))


# ---------------------------------------------------------------------------------------------
# QML
# ---------------------------------------------------------------------------------------------


def _qml(renderer: ET.Element, *, labels: ET.Element | None = None, opacity: float = 1.0) -> str:
    """Return a style as text."""
    root = _element(
        "qgis",
        version=_QML_VERSION,
        styleCategories="Symbology|Labeling|Rendering",
        labelsEnabled="0" if labels is None else "1",
    )
    root.append(renderer)
    if labels is not None:
        root.append(labels)
    ET.SubElement(root, "layerOpacity").text = f"{opacity:g}"
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode")


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, attributes)


def _renderer(kind: str, symbols: Iterable[ET.Element], **attributes: str) -> ET.Element:
    """Return a renderer with its symbols, which are called by their numbers."""
    renderer = ET.Element(
        "renderer-v2", {"type": kind, "symbollevels": "0", "enableorderby": "0", **attributes}
    )
    together = ET.SubElement(renderer, "symbols")
    for i, symbol in enumerate(symbols):
        symbol.set("name", str(i))
        together.append(symbol)
    return renderer


def _by_claim(column: str, *both: tuple[str, ET.Element]) -> ET.Element:
    """Return a renderer for a column of yes and no: what the legend says and how it is drawn, yes first."""
    renderer = _renderer("categorizedSymbol", [symbol for _, symbol in both], attr=column)
    categories = ET.Element("categories")
    for i, (value, (label, _)) in enumerate(zip(("true", "false"), both, strict=True)):
        categories.append(
            _element(
                "category", value=value, type="bool", symbol=str(i), label=label, render="true"
            )
        )
    renderer.insert(0, categories)
    return renderer


def _symbol(kind: str, layer: str, options: dict[str, str]) -> ET.Element:
    """Return a symbol of one symbol layer."""
    symbol = _element("symbol", type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    inner = ET.SubElement(
        symbol, "layer", {"class": layer, "enabled": "1", "locked": "0", "pass": "0"}
    )
    inner.append(_map(options))
    return symbol


def _map(options: dict[str, str]) -> ET.Element:
    """Return options as QGIS writes them."""
    together = _element("Option", type="Map")
    for name, value in options.items():
        together.append(_element("Option", type="QString", name=name, value=value))
    return together


def _marker(
    color: str,
    *,
    shape: str = "circle",
    outline: str,
    outline_mm: float,
    size_mm: float,
    size: str | None = None,
) -> ET.Element:
    """Return a symbol for points; `size` is an expression that QGIS works out for each of them."""
    symbol = _symbol(
        "marker",
        "SimpleMarker",
        {
            "name": shape,
            "color": _color(color),
            "outline_color": _color(outline),
            "outline_style": "solid",
            "outline_width": f"{outline_mm:g}",
            "outline_width_unit": "MM",
            "size": f"{size_mm:g}",
            "size_unit": "MM",
            "scale_method": "diameter",
        },
    )
    if size is not None:
        symbol[0].append(_data_defined("size", size))
    return symbol


def _data_defined(name: str, expression: str) -> ET.Element:
    """Return a property of a symbol that an expression decides."""
    holder = ET.Element("data_defined_properties")
    together = ET.SubElement(holder, "Option", {"type": "Map"})
    together.append(_element("Option", type="QString", name="name", value=""))
    properties = ET.SubElement(together, "Option", {"type": "Map", "name": "properties"})
    one = ET.SubElement(properties, "Option", {"type": "Map", "name": name})
    one.append(_element("Option", type="bool", name="active", value="true"))
    one.append(_element("Option", type="QString", name="expression", value=expression))
    one.append(_element("Option", type="int", name="type", value="3"))
    together.append(_element("Option", type="QString", name="type", value="collection"))
    return holder


def _line(color: str, *, width_mm: float, dash: str = "solid") -> ET.Element:
    options = {
        "line_color": _color(color),
        "line_width": f"{width_mm:g}",
        "line_width_unit": "MM",
        "line_style": dash,
        "capstyle": "round",
        "joinstyle": "round",
    }
    return _symbol("line", "SimpleLine", options)


def _fill(color: str, *, outline: str | None) -> ET.Element:
    options = {
        "color": _color(color),
        "style": "solid",
        "outline_color": _color(outline or color),
        "outline_style": "no" if outline is None else "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return _symbol("fill", "SimpleFill", options)


def _station_labels() -> ET.Element:
    """Return labels beside the stations: their names, or ids where they have none."""
    labeling = _element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", {"calloutType": "simple"})
    text = _element(
        "text-style",
        fieldName='coalesce(nullif("name", \'\'), "id")',
        isExpression="1",
        fontSize="8",
        fontSizeUnit="Point",
        textColor=_color(_INK),
        textOpacity="1",
    )
    text.append(
        _element(
            "text-buffer",
            bufferDraw="1",
            bufferSize="0.8",
            bufferSizeUnits="MM",
            bufferColor=_color(_WHITE),
            bufferOpacity="0.85",
        )
    )
    settings.append(text)
    settings.append(  # around the point, where there is room
        _element("placement", placement="6", offsetType="1", dist="0.5", distUnits="MM")
    )
    settings.append(_element("rendering", drawLabels="1", displayAll="0", obstacle="1"))
    return labeling


def _color(color: str) -> str:
    """Return a colour as QGIS writes it: red, green, blue, opacity."""
    return ",".join(map(str, (*_rgb(color), 255)))
