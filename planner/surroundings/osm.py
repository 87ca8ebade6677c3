"""Water, coast and names of places in an OpenStreetMap file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from planner.errors import NetworkError
from planner.surroundings.coast import Box

_WATER: Final = (
    ("natural", "water"),
    ("waterway", "riverbank"),
    ("waterway", "dock"),
    ("landuse", "reservoir"),
    ("landuse", "basin"),
)
_COAST: Final = ("natural", "coastline")
PLACES: Final = {
    **dict.fromkeys(("city",), 0),
    **dict.fromkeys(("town", "borough"), 1),
    **dict.fromkeys(("suburb", "village", "island"), 2),
    **dict.fromkeys(("quarter", "neighbourhood", "hamlet", "islet"), 3),
}
"""Which places have their name on a map, the most important first."""
_NODES_AND_WAYS: Final = osmium.osm.NODE | osmium.osm.WAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaceNames:
    """Names of places, by rank, then by population, then by name.

    Attributes
    ----------
    zh, en
        The name in Chinese and in English; the local one where there is none.
    rank
        0 for cities to 3 for hamlets.
    lon, lat
        WGS 84 degrees.
    """

    zh: NDArray[np.object_]
    en: NDArray[np.object_]
    rank: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OsmSurroundings:
    """What an extract holds beside roads.

    Attributes
    ----------
    coast
        Lines of the coast as they are drawn, with land on their left.
    water
        Polygons of water on land.
    names
        Names of places.
    box
        What the extract says it covers (west, south, east, north); None where it says nothing.
    """

    coast: NDArray[np.object_]
    water: NDArray[np.object_]
    names: PlaceNames
    box: Box | None


def no_names() -> PlaceNames:
    """Return no names."""
    return _names([])


def read_osm_surroundings(path: Path) -> OsmSurroundings:
    """Return water, coast and names of an ``.osm.pbf`` or ``.osm`` file, compressed or not.

    Raises
    ------
    NetworkError
        The file can't be read.
    """
    try:
        found = _Found()
        found.look_through(path)
        return OsmSurroundings(
            coast=_array([line for way in found.coast for line in found.lines.get(way, ())]),
            water=_polygons(found),
            names=_names(found.places),
            box=_box(path),
        )
    except (RuntimeError, osmium.InvalidLocationError) as error:  # for what osmium can't parse
        raise NetworkError(path, [f"not readable as OpenStreetMap data ({error})"]) from error


class _Found:
    """A file as it is being looked through: which ways matter, then their lines."""

    def __init__(self) -> None:
        self.coast: list[int] = []
        self.closed: list[int] = []
        self.relations: list[list[int]] = []
        self.places: list[tuple[int, float, str, str, float, float]] = []
        self.lines: dict[int, list[Any]] = defaultdict(list)

    def look_through(self, path: Path) -> None:
        """Find what is tagged as water, coast or place; then read the lines of the ways among it."""
        tagged = osmium.filter.TagFilter(*_WATER, _COAST, *(("place", kind) for kind in PLACES))
        for thing in osmium.FileProcessor(str(path)).with_filter(tagged):
            if thing.is_node():
                self._place(thing)
            elif thing.is_way():
                self._way(thing)
            elif thing.tags.get("type") == "multipolygon" and _is_water(thing.tags):
                self.relations.append([m.ref for m in thing.members if m.type == "w"])
        ways = {*self.coast, *self.closed, *(way for ways in self.relations for way in ways)}
        if not ways:
            return
        maker, told, plain = osmium.geom.WKBFactory(), [], []
        located = osmium.FileProcessor(str(path), _NODES_AND_WAYS).with_locations()
        only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        for way in located.with_filter(only_ways).with_filter(osmium.filter.IdFilter(ways)):
            try:
                told.append(maker.create_linestring(way))
                plain.append(way.id)
            except (osmium.InvalidLocationError, RuntimeError):
                self.lines[way.id] = list(_parts(way))
        for way_id, line in zip(plain, shapely.from_wkb(told), strict=True):
            self.lines[way_id] = [line]

    def _place(self, node: Any) -> None:
        get = node.tags.get
        name = get("name") or get("name:zh") or get("name:en")
        rank = PLACES.get(get("place"))
        if name and rank is not None and node.location.valid():
            zh, en = get("name:zh") or name, get("name:en") or name
            persons = _number(get("population"))
            self.places.append((rank, -persons, zh, en, node.lon, node.lat))

    def _way(self, way: Any) -> None:
        if way.tags.get("natural") == "coastline":
            self.coast.append(way.id)
        elif _is_water(way.tags) and way.is_closed():
            self.closed.append(way.id)


def _is_water(tags: Any) -> bool:
    return any(tags.get(key) == value for key, value in _WATER)


def _number(text: str | None) -> float:
    try:
        return float((text or "0").replace(",", "").replace(" ", ""))
    except ValueError:
        return 0.0


def _parts(way: Any) -> Iterator[Any]:
    """Yield the lines of a way that can't be drawn whole: the file lacks nodes of it, or all are at one place."""
    part: list[tuple[float, float]] = []
    for node in [*way.nodes, None]:
        if node is not None and node.location.valid():
            part.append((node.lon, node.lat))
            continue
        if len(set(part)) > 1:
            yield shapely.LineString(part)
        part = []


def _polygons(found: _Found) -> NDArray[np.object_]:
    """Return the polygons of closed ways and of relations, as far as their rings are closed."""
    rings = [line for way in found.closed for line in found.lines.get(way, ())]
    whole = _array([shapely.Polygon(r.coords) for r in rings if r.is_closed and len(r.coords) > 3])
    several = [
        shapely.GeometryCollection([line for way in ways for line in found.lines.get(way, ())])
        for ways in found.relations
    ]
    parts = shapely.get_parts(shapely.build_area(_array(several)))
    areas = np.concatenate([whole, parts])
    areas = np.where(shapely.is_valid(areas), areas, shapely.buffer(areas, 0))
    return np.asarray(shapely.get_parts(areas[~shapely.is_empty(areas)]), dtype=object)


def _names(places: list[tuple[int, float, str, str, float, float]]) -> PlaceNames:
    columns = list(zip(*sorted(places), strict=True)) or [()] * 6
    return PlaceNames(
        zh=np.array(columns[2], dtype=object),
        en=np.array(columns[3], dtype=object),
        rank=np.array(columns[0], dtype=np.int64),
        lon=np.array(columns[4], dtype=np.float64),
        lat=np.array(columns[5], dtype=np.float64),
    )


def _box(path: Path) -> Box | None:
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def _array(shapes: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
