"""Layers of areas that a map draws: districts with their names, water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles import Reading, Rows, read_rows
from planner.pointfiles.areas import areas_in_wgs84
from planner.scenario import MapLayer, Scenario

_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Districts:
    """Outlines of districts, in the order of their file.

    Attributes
    ----------
    name
        What each is called; empty where it has no name.
    area
        Its polygons, in WGS 84 degrees.
    """

    name: NDArray[np.object_]
    area: NDArray[np.object_]


def no_districts() -> Districts:
    """Return no districts."""
    return Districts(name=np.empty(0, dtype=object), area=np.empty(0, dtype=object))


def read_districts(scenario: Scenario) -> Districts:
    """Return the districts that a scenario names.

    Raises
    ------
    PointsError
        The layer can't be read, has no column of names, or holds something that is no area.
    """
    layer = scenario.map.districts
    if layer is None:
        return no_districts()
    rows = _rows(scenario, layer, needed=("name",), columns=layer.columns)
    return Districts(name=rows.text.get("name", np.empty(0, dtype=object)), area=_areas(rows))


def read_areas(scenario: Scenario, layer: MapLayer) -> NDArray[np.object_]:
    """Return the areas of a layer in WGS 84 degrees.

    Raises
    ------
    PointsError
        The layer can't be read, or holds something that is no area.
    """
    return _areas(_rows(scenario, layer, needed=(), columns={}))


def _rows(
    scenario: Scenario, layer: MapLayer, *, needed: tuple[str, ...], columns: dict[str, Any]
) -> Rows:
    path = scenario.resolve(layer.file)
    if path.suffix.lower() in _TABLES:
        raise PointsError(
            path, ["is a table; outlines stand in a layer, such as .gpkg or .geojson"]
        )
    reading = Reading(
        needed=needed,
        optional=(),
        crs=layer.crs,
        layer=layer.layer,
        encoding=layer.encoding,
        columns=columns,
    )
    return read_rows(path, reading)


def _areas(rows: Rows) -> NDArray[np.object_]:
    """Return the areas of rows; refuse what is none."""
    if not len(rows):
        return np.empty(0, dtype=object)
    area = np.full(len(rows), None, dtype=object) if rows.area is None else rows.area
    moved = areas_in_wgs84(area, rows.crs)
    problems = [
        f"{rows.unit} {number}: {fault or 'is no area in the CRS'}"
        for number, fault, shape in zip(rows.number, rows.fault, moved, strict=True)
        if shape is None
    ]
    if problems:
        raise PointsError(rows.file, problems)
    return moved
