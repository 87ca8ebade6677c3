"""Lines with tags, from layers and graphs, to road pieces: what repeats is one, what meets is joined."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.roads.access import Access
from planner.roads.ends import first_of_linked, near_pairs
from planner.roads.meanings import Meanings
from planner.roads.signals import Signal
from planner.roads.streets import RoadPieces
from planner.rows import row_of, starts
from planner.scenario.tables import ROAD_CLASSES

SAME_PLACE_M: Final = 0.001
"""Points of lines no farther apart than this, in metres, are the same: what is left of rounding."""
LIST: Final = ";"
"""Parts several values of a tag, as in OpenStreetMap."""

CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in ROAD_CLASSES}
    | {f"track_grade{i}": "track" for i in range(1, 6)}  # as Geofabrik spells them
)
"""Classes of road by how they are spelt."""

_OF_DIRECTION: Final = ("oneway", "maxspeed", "lanes")
"""Tags that two one-way lines may have different and yet be the two sides of one road."""
_EACH_WAY: Final = ("maxspeed", "lanes")
_ROUND: Final = ("roundabout", "circular")
_TURNED: Final = {"yes": "-1", "true": "-1", "1": "-1", "-1": "yes", "reverse": "yes"}
_SIDES: Final = {":forward": ":backward", ":left": ":right"}
_PLAIN: Final = ("string", "empty", "boolean", "integer", "floating")
_HASH_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_HASH_SEED: Final = 20_040_809

Texts = NDArray[np.object_]
"""Texts, or None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TaggedLines:
    """Lines on the map and what is said of them.

    Attributes
    ----------
    start, lon, lat
        Line i has the points ``start[i]`` to ``start[i + 1] - 1``, at least two; WGS 84 degrees.
    way
        Number of each line in the source.
    tail, head
        Numbers of the nodes at its ends; None: ends at the same place are one node.
    tags
        Texts by the keys of OpenStreetMap; None where there is none. Lists stay lists, those of classes too.
    level
        Number of the level that each line is on: inner points of lines on one level at the same place are one node.
        None where levels are not known: then only ends join lines.
    """

    start: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    way: NDArray[np.int64]
    tail: NDArray[np.int64] | None
    head: NDArray[np.int64] | None
    tags: Mapping[str, Texts]
    level: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return self.way.size


def pieces_of(lines: TaggedLines, meanings: Meanings, counts: Counter[str]) -> RoadPieces:
    """Return the pieces of road that lines make.

    Lines over the very same points with the same tags are one; two one-way ones drawn against each other are one
    two-way road. Ends with the same number are one node; where they have no numbers, ends at the same place are one, and
    so is an end with an inner point of another line.

    Parameters
    ----------
    lines
        The lines, roads or not.
    meanings
        What tags say to the vehicle.
    counts
        What is found is counted here.
    """
    lines = _with_classes(_each_once(lines, counts))
    road = _roads(lines, meanings, counts)
    lines, road = _some(lines, road >= 0), road[road >= 0]
    node, node_id = _nodes(lines, counts)
    line = row_of(lines.start)
    first = np.flatnonzero((line[1:] == line[:-1]) & (node[1:] != node[:-1]))
    counts["lines_without_length"] += len(lines) - np.unique(line[first]).size
    where = np.full(node_id.size, -1, dtype=np.int64)
    where[node[::-1]] = np.arange(node.size)[::-1]  # the first point that is there
    name, names = pd.factorize(_or(lines.tags.get("name"), lines.tags.get("ref"), len(lines)))
    return RoadPieces(
        node_id=node_id,
        node_lon=lines.lon[where],
        node_lat=lines.lat[where],
        signal=np.full(node_id.size, Signal.NONE, dtype=np.uint8),
        barrier=np.full(node_id.size, Access.OPEN, dtype=np.uint8),
        tail=node[first].astype(np.int32),
        head=node[first + 1].astype(np.int32),
        road=road[line[first]].astype(np.int32),
        name=(name + 1)[line[first]].astype(np.int32),
        way=lines.way[line[first]],
        roads=tuple(meanings.roads),
        names=("", *map(str, names)),
    )


# ---------------------------------------------------------------------------------------------
# Texts
# ---------------------------------------------------------------------------------------------


def texts(values: NDArray[Any]) -> Texts:
    """Return the values of a column as texts of tags: yes and no for booleans, lists parted by semicolons, else None.

    In a column of numbers 0 says nothing.
    """
    if values.dtype == object and pd.api.types.infer_dtype(values) not in _PLAIN:
        values = np.array([None, *map(_hashable, values)], dtype=object)[1:]
    code, known = pd.factorize(values)
    is_numbers = values.dtype.kind in "iuf"
    words = [None if is_numbers and value == 0 else text_of(value) for value in known.tolist()]
    return np.array([*words, None], dtype=object)[code]


def _hashable(value: object) -> object:
    return LIST.join(_words(value)) if isinstance(value, list | tuple | set | np.ndarray) else value


def text_of(value: object) -> str | None:
    """Return a value as the text of a tag, or None where it says nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, list | tuple | set | np.ndarray):
        return LIST.join(_words(value)) or None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            return LIST.join(_words(ast.literal_eval(text))) or None
        except (ValueError, SyntaxError):
            return text
    return {"True": "yes", "False": "no", "": None, "nan": None, "None": None}.get(text, text)


def is_mixed(value: Any) -> bool:
    """Return whether a value is a list of different things; nothing beside something is different too."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return False
    is_list = isinstance(value, list | tuple | set | np.ndarray)
    return is_list and len({text_of(part) for part in value}) > 1


def _words(values: Any) -> list[str]:
    """Return the texts of several values, each once."""
    return list(dict.fromkeys(word for value in values if (word := text_of(value))))


def road_class(text: str | None) -> str:
    """Return the class of road that a text names, of several the first that is one; else what it names."""
    if text is None:
        return "nothing"
    words = [word.strip().lower().replace(" ", "_") for word in text.split(LIST)]
    words = [word.removeprefix("highway.") for word in words]  # as SUMO spells them
    return next((CLASSES[word] for word in words if word in CLASSES), words[0])


def tell_of_factors(tags: Mapping[str, Texts], noun: str) -> list[str]:
    """Tell how many lines list several surfaces or numbers of lanes, from which no factor of speed follows."""
    lists = [
        np.array([text is not None and LIST in text for text in tags[key]], dtype=bool)
        for key in ("surface", "lanes")
        if key in tags
    ]
    n = int(np.any(lists, axis=0).sum()) if lists else 0
    told = f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
    return [f"{told} of several surfaces or numbers of lanes: no speed follows"] if n else []


def _with_classes(lines: TaggedLines) -> TaggedLines:
    """Return lines whose highway is a class of road, where it names one."""
    return replace(lines, tags={**lines.tags, "highway": _classes(lines.tags["highway"])})


def _classes(told: Texts) -> Texts:
    class_of = {text: road_class(text) for text in pd.unique(told)}
    return np.array([None, *(class_of[text] for text in told)], dtype=object)[1:]


def _or(one: Texts | None, other: Texts | None, n: int) -> Texts:
    """Return one of two texts, the first where it is there."""
    nothing = np.full(n, None, dtype=object)
    one, other = (nothing if column is None else column for column in (one, other))
    return np.where(pd.isna(one), other, one)


def points_once(
    line: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64], n_lines: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return lines without points that repeat the one before, as starts, longitudes and latitudes.

    Parameters
    ----------
    line
        Line of each point, ascending.
    lon, lat
        The points.
    n_lines
        How many lines there are. One that is all at one place keeps two points: a line has two ends.
    """
    moves = np.append(True, (line[1:] != line[:-1]) | (np.diff(lon) != 0) | (np.diff(lat) != 0))
    times = moves[: line.size].astype(np.int64)
    is_dot = (np.bincount(line[times > 0], minlength=n_lines) == 1)[line]
    times[is_dot & (times > 0)] = 2
    return starts(np.repeat(line, times), n_lines), np.repeat(lon, times), np.repeat(lat, times)


# ---------------------------------------------------------------------------------------------
# What the lines are
# ---------------------------------------------------------------------------------------------


def groups(columns: Iterable[NDArray[Any]], n: int) -> NDArray[np.int64]:
    """Return a number for each of n rows, equal for rows that are equal in all columns; in order of the first ones."""
    group = np.zeros(n, dtype=np.int64)
    for column in columns:
        code, known = pd.factorize(column)
        group = pd.factorize(group * (len(known) + 1) + code + 1)[0].astype(np.int64)
    return group


def _roads(lines: TaggedLines, meanings: Meanings, counts: Counter[str]) -> NDArray[np.int64]:
    """Return the road that each line is, or -1."""
    n = len(lines)
    nothing = np.full(n, None, dtype=object)
    columns = [lines.tags.get(key, nothing) for key in meanings.way_keys]
    group = groups((column for column in columns if column is not nothing), n)
    _, first, size = np.unique(group, return_index=True, return_counts=True)
    road_of = np.empty(first.size, dtype=np.int64)
    for i, (at, times) in enumerate(zip(first.tolist(), size.tolist(), strict=True)):
        road_of[i], counted = meanings.way(tuple(column[at] for column in columns))
        for what in counted:
            counts[what] += times
    return road_of[group]


def _some(lines: TaggedLines, stays: NDArray[np.bool_]) -> TaggedLines:
    """Return some of the lines."""
    point = np.repeat(stays, np.diff(lines.start))
    return replace(
        lines,
        start=starts(row_of(lines.start)[point], len(lines))[
            np.concatenate([np.flatnonzero(stays), [len(lines)]])
        ],
        lon=lines.lon[point],
        lat=lines.lat[point],
        way=lines.way[stays],
        tail=None if lines.tail is None else lines.tail[stays],
        head=None if lines.head is None else lines.head[stays],
        tags={key: column[stays] for key, column in lines.tags.items()},
        level=None if lines.level is None else lines.level[stays],
    )


# ---------------------------------------------------------------------------------------------
# Lines over the same points
# ---------------------------------------------------------------------------------------------


def _each_once(lines: TaggedLines, counts: Counter[str]) -> TaggedLines:
    """Return the lines with those over the same points and with the same tags once, and both sides of a road as one."""
    path, is_turned = _paths(lines)
    is_shared = np.bincount(path)[path] > 1
    if not is_shared.any():
        return lines
    lines = replace(lines, tags=_in_one_order(lines.tags, path, is_shared))
    tags = _turned_tags(lines, is_shared, is_turned)
    same = groups((path, *tags.values()), len(lines))
    is_first = np.zeros(len(lines), dtype=bool)
    is_first[np.unique(same, return_index=True)[1]] = True
    counts["lines_repeated"] += int((~is_first).sum())
    one, other = _sides(path, tags, is_shared & is_first)
    counts["lines_joined_as_two_way"] += one.size
    stays = is_first.copy()
    stays[other] = False
    lines = replace(lines, tags=_two_way(tags, one, other))
    return _some(_reversed(lines, is_turned & is_shared), stays)


def _paths(lines: TaggedLines) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return which lines go over the same points, either way, and which of them against the first one that does."""
    line = row_of(lines.start)
    _, place = np.unique(lines.lon + 1j * lines.lat, return_inverse=True)
    size = np.diff(lines.start)
    code = np.random.default_rng(_HASH_SEED).integers(2**64, size=place.size, dtype=np.uint64)
    power = np.cumprod(np.full(size.max(initial=1), _HASH_BASE))
    at = np.arange(line.size) - lines.start[line]
    along, against = (
        np.add.reduceat(code[place] * power[i], lines.start[:-1]) for i in (at, size[line] - 1 - at)
    )
    is_down = along > against
    columns = [size, np.minimum(along, against), np.maximum(along, against)]
    if lines.tail is not None and lines.head is not None:
        columns += [
            np.where(is_down, lines.head, lines.tail),
            np.where(is_down, lines.tail, lines.head),
        ]
    path = groups(columns, len(lines))
    first = np.unique(path, return_index=True)[1]
    return path, is_down != is_down[first][path]


def _in_one_order(
    tags: Mapping[str, Texts], path: NDArray[np.int64], is_shared: NDArray[np.bool_]
) -> dict[str, Texts]:
    """Return tags in which lines over the same points list the same words in one order, that of the first line.

    Of a street that several ways were merged to, each side lists them as one drives.
    """
    same = dict(tags)
    for key, column in tags.items():
        code, known = pd.factorize(column)
        is_list = np.array([*(LIST in text for text in known), False])[code]
        first: dict[tuple[int, frozenset[str]], str] = {}
        same[key] = column.copy()
        for i in np.flatnonzero(is_list & is_shared).tolist():
            words = frozenset(column[i].split(LIST))
            same[key][i] = first.setdefault((int(path[i]), words), column[i])
    return same


def _turned_tags(
    lines: TaggedLines, is_shared: NDArray[np.bool_], is_turned: NDArray[np.bool_]
) -> dict[str, Texts]:
    """Return the tags as they are for lines the other way round; directions of shared lines are spelt out."""
    n = len(lines)
    nothing = np.full(n, None, dtype=object)
    tags = {"oneway": nothing} | dict(lines.tags)
    highway, junction = _classes(tags["highway"]), tags.get("junction", nothing)
    is_implied = (highway == "motorway") | np.isin(junction.astype(str), _ROUND)
    told = np.array([None if word is None else word.lower() for word in tags["oneway"]], object)
    told = np.where(pd.isna(told), np.where(is_implied, "yes", "no"), told)
    told = np.where(np.isin(told.astype(str), ("true", "1")), "yes", told)
    told = np.where(told == "reverse", "-1", told)
    tags["oneway"] = np.where(is_shared, told, tags["oneway"])
    return turned(tags, is_shared & is_turned)


def turned(tags: Mapping[str, Texts], which: NDArray[np.bool_]) -> dict[str, Texts]:
    """Return tags as they are for lines the other way round, for some of the lines."""
    other = dict(tags)
    nothing = np.full(which.size, None, dtype=object)
    for key in tags:
        if key.startswith("oneway"):
            other[key] = np.array([_TURNED.get(word, word) for word in tags[key]], dtype=object)
        for side, opposite in _SIDES.items():
            stem = key.removesuffix(side).removesuffix(opposite)
            if stem != key:
                other[stem + side] = tags.get(stem + opposite, nothing)
                other[stem + opposite] = tags.get(stem + side, nothing)
    return {key: np.where(which, other[key], tags.get(key, nothing)) for key in other}


def _sides(
    path: NDArray[np.int64], tags: Mapping[str, Texts], counts_in: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of one-way lines, one along a path and one against it, that differ in nothing else; in order."""
    n = path.size
    kind = groups((path, *(tags[key] for key in tags if key not in _OF_DIRECTION)), n)
    oneway = tags["oneway"]
    n_lines, n_along, n_against = (
        np.bincount(kind[counts_in & which], minlength=n)
        for which in (np.ones(n, dtype=bool), oneway == "yes", oneway == "-1")
    )
    is_pair = (n_lines == 2) & (n_along == 1) & (n_against == 1)
    member = np.flatnonzero(counts_in & is_pair[kind])
    member = member[np.argsort(kind[member], kind="stable")]
    one, other = member[::2], member[1::2]
    order = np.argsort(one)
    return one[order], other[order]


def _two_way(
    tags: dict[str, Texts], one: NDArray[np.int64], other: NDArray[np.int64]
) -> dict[str, Texts]:
    """Return tags in which the first line of each pair speaks for both."""
    tags = {key: column.copy() for key, column in tags.items()}
    is_along = tags["oneway"][one] == "yes"
    along, against = np.where(is_along, one, other), np.where(is_along, other, one)
    for key in _EACH_WAY:
        if key not in tags:
            continue
        differ = np.array(tags[key][one] != tags[key][other], dtype=bool)
        for side, which in ((":forward", along), (":backward", against)):
            column = tags.setdefault(key + side, np.full(tags[key].size, None, dtype=object))
            column[one[differ]] = tags[key][which[differ]]
        tags[key][one[differ]] = None
    tags["oneway"][one] = "no"
    return tags


def _reversed(lines: TaggedLines, turns: NDArray[np.bool_]) -> TaggedLines:
    """Return the lines, some the other way round; their tags are so already."""
    line = row_of(lines.start)
    point = np.arange(line.size)
    mirrored = lines.start[line] + lines.start[line + 1] - 1 - point
    point = np.where(turns[line], mirrored, point)
    tail, head = lines.tail, lines.head
    if tail is not None and head is not None:
        tail, head = np.where(turns, head, tail), np.where(turns, tail, head)
    return replace(lines, lon=lines.lon[point], lat=lines.lat[point], tail=tail, head=head)


# ---------------------------------------------------------------------------------------------
# Nodes
# ---------------------------------------------------------------------------------------------


def _nodes(lines: TaggedLines, counts: Counter[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the node of each point, numbered by its first one, and the number of each node in the source."""
    is_end = np.zeros(lines.lon.size, dtype=bool)
    is_end[lines.start[:-1]] = is_end[lines.start[1:] - 1] = True
    if lines.tail is None or lines.head is None:
        node = pd.factorize(_by_place(lines, is_end, counts))[0].astype(np.int64)
        return node, np.arange(1, node.max(initial=-1) + 2)
    number = np.concatenate([lines.tail, lines.head])
    told = np.empty(lines.lon.size, dtype=np.int64)
    told[~is_end] = number.max(initial=0) + 1 + np.arange(int((~is_end).sum()))
    told[lines.start[:-1]], told[lines.start[1:] - 1] = lines.tail, lines.head
    node, node_id = pd.factorize(told)
    return node.astype(np.int64), np.asarray(node_id, dtype=np.int64)


def _by_place(
    lines: TaggedLines, is_end: NDArray[np.bool_], counts: Counter[str]
) -> NDArray[np.int64]:
    """Return a number for each point, equal for those that are one node."""
    lonlat, place = np.unique(lines.lon + 1j * lines.lat, return_inverse=True)
    one, other, _ = near_pairs(lonlat.real, lonlat.imag, SAME_PLACE_M)
    spot = first_of_linked(one, other, lonlat.size)[place]
    has_end, has_inner = np.zeros((2, lonlat.size), dtype=bool)
    has_end[spot[is_end]] = True
    has_inner[spot[~is_end]] = True
    counts["ends_joined_on_the_way"] += int((has_end & has_inner).sum())
    alone = lonlat.size + np.arange(spot.size)
    is_inner = ~has_end[spot]
    if lines.level is None:
        crossed = np.unique((spot * len(lines) + row_of(lines.start))[is_inner]) // len(lines)
        counts["crossings_not_joined"] += int((np.bincount(crossed, minlength=1) > 1).sum())
    else:
        level = lines.level[row_of(lines.start)]
        alone = lonlat.size + groups((spot, level), spot.size)
    return np.where(is_inner, alone, spot)
