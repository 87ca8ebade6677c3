"""Road lines of any layer to road networks: which column says what, which lines count, where they meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.coordinates import are_degrees, to_wgs84
from planner.errors import NetworkError
from planner.network import RoadNetwork, RoadSummary
from planner.roads.layers import FRAME, Layer, layer_of_frame, read_layer
from planner.roads.meanings import Meanings
from planner.roads.rules import LineLayer, RoadRules
from planner.roads.streets import network_of
from planner.roads.tagged import (
    CLASSES,
    LIST,
    TaggedLines,
    Texts,
    groups,
    pieces_of,
    points_once,
    road_class,
    tell_of_factors,
    texts,
)
from planner.scenario.near import did_you_mean, nearest
from planner.scenario.tables import ROAD_COLUMNS

if TYPE_CHECKING:
    import geopandas

_NAMED: Final = 8
"""Things named one by one; of more, only the number is told."""
_LINES: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)

_CLASS_COLUMNS: Final = ("highway", "fclass", "class", "link_type", "type", "road_class")
"""Columns that are taken for the class of road where none is named: the first in which one is known."""
_BOTH: Final = ("0", "B", "both", "no", "false", "FT+TF", "TF+FT", "two-way", "双向")
_ALONG: Final = ("1", "FT", "yes", "true", "along", "forward", "one-way", "one way", "单向", "正向")
_AGAINST: Final = ("-1", "TF", "against", "reverse", "backward", "逆向", "反向")
_DIRECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {word.lower(): "no" for word in (*_BOTH, "alternating")}
    | {word.lower(): "yes" for word in _ALONG}
    | {word.lower(): "-1" for word in _AGAINST}
    | {"reversible": "reversible"}
)
_BESIDE_B: Final[Mapping[str, str]] = MappingProxyType({"f": "yes", "t": "-1"})
"""Understood only where another line has B; else T may mean true."""
_WAYS: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {
        "no": frozenset({1, -1}),
        "yes": frozenset({1}),
        "-1": frozenset({-1}),
        "reversible": frozenset(),
    }
)
_NOT_HERE: Final = ("no", "f", "false")


def read_lines(path: Path, rules: RoadRules, lines: LineLayer) -> RoadNetwork:
    """Return the road network that the lines of a layer make.

    Parameters
    ----------
    path
        A layer that GDAL reads (GeoPackage, GeoJSON, shapefile also in a zip, FlatGeobuf, file geodatabase, ...), or
        GeoParquet.
    rules
        Who drives, and how.
    lines
        Which layer and which of its lines, their CRS, and which column says what. Columns that are called as tags of
        OpenStreetMap count as these tags. A column of speeds counts as ``maxspeed`` does: it says a limit, of which
        one drives a share, unless ``speeds`` is "limits"; 0 and nothing say none. Columns of node numbers say which
        ends are one junction, wherever they lie; without them ends at the same place are, and an end with a bend.

    Raises
    ------
    NetworkError
        The file can't be read, doesn't tell its CRS, lacks a column, or has no road for the vehicle.
    """
    return _network_of_layer(path, read_layer(path, lines), rules, lines)


def lines_of_frame(
    roads: geopandas.GeoDataFrame, rules: RoadRules, lines: LineLayer
) -> RoadNetwork:
    """Return the road network that the lines of a GeoDataFrame make.

    Parameters
    ----------
    roads
        The lines; rows are numbered from 1.
    rules, lines
        As for `read_lines`.

    Raises
    ------
    NetworkError
        The table has no CRS, lacks a column, or has no road for the vehicle.
    """
    return _network_of_layer(FRAME, layer_of_frame(FRAME, roads, lines), rules, lines)


def _network_of_layer(path: Path, layer: Layer, rules: RoadRules, lines: LineLayer) -> RoadNetwork:
    """Return the road network that the lines of a layer make; the path is what messages call it."""
    meanings, notes = Meanings(rules), _Notes(told=list(layer.told))
    pieces = pieces_of(
        _tagged(path, layer, lines, meanings.way_keys, notes), meanings, notes.counts
    )
    if pieces.tail.size == 0:
        raise NetworkError(path, [_why_empty(rules, notes)])
    _tell_of_lines(notes)
    summary = RoadSummary(
        file=str(path),
        date=None,
        counts={count: n for count, n in sorted(notes.counts.items()) if n},
        speeds_kph=meanings.class_speeds(),
        warnings=tuple(notes.told),
    )
    return network_of(pieces, rules=rules, source=summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notes:
    """What was found and assumed, in numbers and in sentences."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def _tagged(
    path: Path, layer: Layer, asked: LineLayer, keys: tuple[str, ...], notes: _Notes
) -> TaggedLines:
    """Return the lines of a layer with what its columns say of them, as tags."""
    columns = _Columns(
        path=path, values=layer.columns, n_rows=layer.number.size, named=asked.columns
    )
    columns.check()
    tags = _tags_called_so(columns, keys)
    tags["highway"] = _class_texts(columns, notes)
    tags["oneway"] = _directions(columns, asked, notes)
    tags |= _speeds(columns, notes)
    _tell_of_lists(tags, notes)
    _tell_of_classes(tags["highway"], notes)
    row, start, lon, lat = _shapes(path, layer, notes)
    tail, head = _node_numbers(columns)
    level = _levels(columns)
    return TaggedLines(
        start=start,
        lon=lon,
        lat=lat,
        way=layer.number[row],
        tail=None if tail is None else tail[row],
        head=None if head is None else head[row],
        tags={key: column[row] for key, column in tags.items()},
        level=None if level is None else level[row],
    )


# ---------------------------------------------------------------------------------------------
# Geometries
# ---------------------------------------------------------------------------------------------


def _shapes(
    path: Path, layer: Layer, notes: _Notes
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the row of each line, where each starts in a list of points, and the degrees of these."""
    kind = shapely.get_type_id(layer.shapes)
    is_there = (kind >= 0) & ~shapely.is_empty(layer.shapes)
    is_line = is_there & np.isin(kind, _LINES)
    row = np.flatnonzero(is_line)
    parts, of = shapely.get_parts(layer.shapes[row], return_index=True)
    points, line = shapely.get_coordinates(parts, return_index=True)
    lon, lat = _degrees(path, layer, points)
    fits = np.bincount(line[np.isnan(lon)], minlength=parts.size) == 0
    notes.counts.update(
        lines_read=layer.number.size,
        lines_out_without_geometry=int((~is_there).sum()),
        lines_out_other_geometry=int((is_there & ~is_line).sum()),
        lines_out_beyond_crs=int((~fits).sum()),
    )
    is_fine = fits[line]
    rank = np.cumsum(fits) - 1
    start, lon, lat = points_once(rank[line[is_fine]], lon[is_fine], lat[is_fine], int(fits.sum()))
    return row[of][fits], start, lon, lat


def _degrees(
    path: Path, layer: Layer, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points as WGS 84 degrees; NaN where they lie outside the CRS."""
    lon, lat = to_wgs84(points[:, 0].copy(), points[:, 1].copy(), layer.crs)
    odd = np.flatnonzero(np.isfinite(lon) & ~are_degrees(lon, lat))
    if odd.size:
        x, y = points[odd[0]]
        raise NetworkError(path, [f'{x:.10g}, {y:.10g} are not degrees; say crs = "EPSG:n"'])
    is_finite = np.isfinite(lon) & np.isfinite(lat)
    return np.where(is_finite, lon, np.nan), np.where(is_finite, lat, np.nan)


# ---------------------------------------------------------------------------------------------
# Columns
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Columns:
    """The columns of a layer.

    Attributes
    ----------
    path, n_rows
        The file, and how many rows it has.
    values
        Values by column.
    named
        Our names with those of the file.
    """

    path: Path
    n_rows: int
    values: Mapping[str, NDArray[Any]]
    named: Mapping[str, str]

    def called(self, *names: str) -> str | None:
        """Return which column is called by the first of some names that one is called by, in capitals or not."""
        there = {name.casefold(): name for name in self.values} | {n: n for n in self.values}
        return next(
            (there[n] for name in names for n in (name, name.casefold()) if n in there), None
        )

    def of(self, ours: str) -> NDArray[Any] | None:
        """Return the column that was named for something; None where none was."""
        theirs = self.called(self.named[ours]) if ours in self.named else None
        return None if theirs is None else self.values[theirs]

    def check(self) -> None:
        """Refuse names of columns that are not there, and halves of what belongs together."""
        listed = ", ".join(self.values) or "none"
        problems = []
        for ours, theirs in self.named.items():
            if ours not in ROAD_COLUMNS:
                near = did_you_mean(nearest(ours, ROAD_COLUMNS))
                problems.append(f"columns: {ours} is no column of road lines{near}")
            elif self.called(theirs) is None:
                near = did_you_mean(nearest(theirs, self.values))
                problems.append(
                    f"column {theirs} ({ours}) is not there{near}; columns there: {listed}"
                )
        for one, other in (("tail", "head"), ("head", "tail"), ("speed_back", "speed")):
            if one in self.named and other not in self.named:
                problems.append(f"columns: {one} is named and {other} is not; name both")
        if problems:
            raise NetworkError(self.path, problems)


def _tags_called_so(columns: _Columns, keys: tuple[str, ...]) -> dict[str, Texts]:
    """Return the columns that are called as tags; a colon may be an underscore."""
    tags = {}
    for key in (*keys, "name", "ref"):
        column = columns.called(key, key.replace(":", "_"))
        if column is not None:
            tags[key] = texts(columns.values[column])
    name = columns.of("name")
    return tags if name is None else tags | {"name": texts(name)}


def _class_texts(columns: _Columns, notes: _Notes) -> Texts:
    """Return what the columns say about the class of each row."""
    if "class" in columns.named:
        column = columns.called(columns.named["class"])
    else:
        there = [name for name in map(columns.called, _CLASS_COLUMNS) if name is not None]
        column = next((c for c in there if _knows_a_class(columns.values[c])), None)
        if column is None:
            tried = f" ({', '.join(there)} names none)" if there else ""
            notes.told.append(f"no column tells the class of road{tried}: all are unclassified")
            return np.full(columns.n_rows, "unclassified", dtype=object)
        if column.casefold() != "highway":
            notes.told.append(f"the class of road is taken from column {column}")
    assert column is not None
    return texts(columns.values[column])


def _tell_of_classes(told: Texts, notes: _Notes) -> None:
    """Tell which rows name no class of road."""
    class_of = {text: road_class(text) for text in pd.unique(told)}
    odd = Counter(word for word in map(class_of.get, told) if word not in CLASSES)
    if odd:
        by_size = sorted(odd.items(), key=lambda kn: (-kn[1], kn[0]))
        named = [f"{word} ({n:,})" for word, n in by_size]
        notes.told.append(f"left out, as no class of road: {_some(named)}")


def _knows_a_class(values: NDArray[Any]) -> bool:
    return any(road_class(word) in CLASSES for word in pd.unique(texts(values)))


def _directions(columns: _Columns, asked: LineLayer, notes: _Notes) -> Texts:
    """Return the direction of each row as the tag ``oneway`` says it."""
    column = columns.named.get("direction") or "oneway"
    name = columns.called(column)
    if name is None:
        what = "one-way as drawn" if asked.one_way else "two-way"
        notes.told.append(f"no column tells the direction: all lines are {what}")
        return np.full(columns.n_rows, "yes" if asked.one_way else "no", dtype=object)
    words = texts(columns.values[name].astype(object))  # where 0 says something
    known = dict(_DIRECTIONS)
    found = {part for word in pd.unique(words) if word for part in _parts(word)}
    if "b" in found:
        known |= _BESIDE_B
    if odd := found - set(known):
        counted = Counter(word for word in words if word and odd & set(_parts(word)))
        named = [f"{word} ({n:,})" for word, n in sorted(counted.items())]
        why = f"column {name} (direction) says {_some(named)}; understood are {', '.join(_BOTH)} for both ways, "
        why += f"{', '.join(_ALONG)} along the line, {', '.join(_AGAINST)} against it, and F and T beside B"
        raise NetworkError(columns.path, [why])
    # what is not told is as OpenStreetMap has it, unless the column was named
    untold = "no" if "direction" in columns.named else None
    of_word = {word: _oneway(word, known) for word in pd.unique(words) if word}
    return np.array([of_word.get(word, untold) for word in words], dtype=object)


def _parts(word: str) -> list[str]:
    return [part.strip().lower() for part in word.split(LIST)]


def _oneway(word: str, known: Mapping[str, str]) -> str:
    """Return what a direction is as a tag: of a road that was several, the ways that all of them may be driven."""
    ways = frozenset.intersection(*(_WAYS[known[part]] for part in _parts(word)))
    return next(tag for tag, these in _WAYS.items() if these == ways)


def _speeds(columns: _Columns, notes: _Notes) -> dict[str, Texts]:
    """Return the named columns of speeds as tags of limits."""
    speed, back = (
        None if values is None else texts(values)
        for values in (columns.of("speed"), columns.of("speed_back"))
    )
    if speed is None:
        return {}
    for column in (speed, back):
        if column is not None:
            column[column == "0"] = None
    n_untold = int(pd.isna(speed).sum() if back is None else (pd.isna(speed) & pd.isna(back)).sum())
    if n_untold:
        notes.told.append(
            f"{n_untold:,} of {columns.n_rows:,} lines have no speed in column {columns.named['speed']}: "
            "driven as fast as their class"
        )
    if back is None:
        return {"maxspeed": speed}
    nothing = np.full(columns.n_rows, None, dtype=object)
    return {"maxspeed": nothing, "maxspeed:forward": speed, "maxspeed:backward": back}


def _node_numbers(
    columns: _Columns,
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | tuple[None, None]:
    """Return the numbers of the nodes at both ends of each row, if they are told; texts are numbered."""
    tail, head = columns.of("tail"), columns.of("head")
    if tail is None or head is None:
        return None, None
    both = np.concatenate([tail, head])
    lacking = np.flatnonzero(pd.isna(both))
    if lacking.size:
        n = f"{_n(lacking.size, 'end')} of lines"
        row = int(lacking[0]) % columns.n_rows + 1
        raise NetworkError(
            columns.path, [f"{n} without a node number (row {row}); name no tail and head"]
        )
    if both.dtype.kind not in "iu":
        whole = pd.to_numeric(pd.Series(both), errors="coerce").to_numpy()
        is_whole = np.isfinite(whole).all() and (whole == np.rint(whole)).all()
        both = whole if is_whole else pd.factorize(both)[0] + 1
    numbers = both.astype(np.int64)
    return numbers[: tail.size], numbers[tail.size :]


def _levels(columns: _Columns) -> NDArray[np.int64] | None:
    """Return the level of each row, if bridges and tunnels are told."""
    told = [columns.called(name) for name in ("bridge", "tunnel")]
    layer = columns.called("layer")
    if None in told:
        return None
    found = [texts(columns.values[name]) for name in told if name is not None]
    levels = [np.array([_is_yes(word) for word in column]) for column in found]
    if layer is not None:
        column = texts(columns.values[layer])
        levels.append(np.array(["0" if word is None else word for word in column], dtype=object))
    return groups(levels, columns.n_rows)


def _is_yes(word: str | None) -> bool:
    return word is not None and word.lower() not in _NOT_HERE


# ---------------------------------------------------------------------------------------------
# What is told
# ---------------------------------------------------------------------------------------------


def _tell_of_lists(tags: Mapping[str, Texts], notes: _Notes) -> None:
    """Tell how many lines were several ways once."""
    columns = [tags[key] for key in ("highway", "maxspeed") if key in tags]
    is_list = [
        any(word is not None and LIST in word for word in row) for row in zip(*columns, strict=True)
    ]
    notes.counts["lines_of_several_ways"] = sum(is_list)
    if any(is_list):
        notes.told.append(
            f"{_n(sum(is_list), 'line')} made of several ways, whose pieces are lost: of their classes the first counts, "
            "of their limits the lowest"
        )
    notes.told.extend(tell_of_factors(tags, "line"))


def _tell_of_lines(notes: _Notes) -> None:
    """Tell which lines were left out, which were joined, and which may have to be."""
    for count, noun, what in (
        ("lines_out_without_geometry", "row", "without geometry: left out"),
        ("lines_out_other_geometry", "row", "whose geometry is no line: left out"),
        ("lines_out_beyond_crs", "line", "beyond where the CRS is valid: left out"),
        ("ways_out_maxspeed_0", "line", "with maxspeed=0: taken as closed"),
        (
            "lines_repeated",
            "line",
            "over the same points as another one that says the same: left out",
        ),
        ("lines_joined_as_two_way", "road", "drawn once for each direction: one two-way road each"),
        ("ends_joined_on_the_way", "place", "where lines end at a bend of another one: joined"),
        (
            "crossings_not_joined",
            "place",
            "where lines share a bend and none ends: not joined, for nothing tells bridges and tunnels from junctions",
        ),
    ):
        if n := notes.counts[count]:
            notes.told.append(f"{_n(n, noun)} {what}")


def _why_empty(rules: RoadRules, notes: _Notes) -> str:
    n = notes.counts["lines_read"]
    why = f"none of its {n:,} lines is a road for a {rules.vehicle.name}"
    return "; ".join([why, *notes.told])


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
