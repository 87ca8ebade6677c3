"""OpenStreetMap files to road networks: ways, nodes, signals and barriers become road pieces."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray

from planner.errors import NetworkError
from planner.network import RoadNetwork, RoadSummary
from planner.roads.access import Access
from planner.roads.meanings import Meanings
from planner.roads.restrictions import Relation, Restriction, relation_of, restrictions_of
from planner.roads.rules import RoadRules
from planner.roads.signals import Signal, signal_of
from planner.roads.streets import RoadPieces, network_of

_FIRST_YEAR: Final = "2004"
"""OpenStreetMap began then: earlier timestamps mean that the file has none."""
_WAYS_AT_ONCE: Final = 20_000
"""Ways whose text is held in memory together."""
_NODES_AND_WAYS: Final = osmium.osm.NODE | osmium.osm.WAY
_NODES_AND_RELATIONS: Final = osmium.osm.NODE | osmium.osm.RELATION
_ESCAPED: Final = re.compile("%([0-9a-f]+)%")


def read_osm(path: Path, rules: RoadRules) -> RoadNetwork:
    """Return the roads of an OpenStreetMap file that a vehicle may use.

    Parameters
    ----------
    path
        An ``.osm.pbf`` or ``.osm`` file, compressed or not; nodes come before ways, as is usual.
    rules
        Who drives, and how.

    Raises
    ------
    NetworkError
        The file can't be read, or has no road for the vehicle.
    """
    reading = _Reading(meanings=Meanings(rules))
    try:
        date = reading.read(path)
    except (RuntimeError, osmium.InvalidLocationError) as error:  # for what osmium can't parse
        raise NetworkError(path, [f"not readable as OpenStreetMap data ({error})"]) from error
    if not reading.way_id:
        raise NetworkError(path, [reading.why_empty()])
    # the pieces in no variable, so that they are gone as soon as they are joined to streets
    return network_of(_pieces(reading, path), rules=rules, source=_summary(reading, path, date))


@dataclass(slots=True)
class _Reading:
    """A file as it is being read: columns that grow, a row for each way that is a road.

    Osmium filters the ways, finds where their nodes are, and writes them out as text (its OPL format); the text is read
    here. That takes less than half the time of asking for each node of each way in Python.
    """

    meanings: Meanings
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    way_id: list[int] = field(default_factory=list)
    way_road: list[int] = field(default_factory=list)
    way_name: list[int] = field(default_factory=list)
    way_size: list[int] = field(default_factory=list)
    nodes: list[NDArray[np.float64]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    meaning_of: dict[str, tuple[int, tuple[str, ...], int]] = field(default_factory=dict)
    signals: dict[int, Signal] = field(default_factory=dict)
    barriers: dict[int, Access] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    newest: str = ""

    def read(self, path: Path) -> str | None:
        """Read a file to its end; return the date of its data where it tells one (ISO)."""
        for thing in osmium.FileProcessor(str(path), _NODES_AND_RELATIONS).with_filter(
            osmium.filter.KeyFilter("highway", "barrier", "type")
        ):
            if thing.is_node():
                self._node(thing.id, thing.tags.get)
            elif thing.tags.get("type") == "restriction":
                members = [(member.role, member.type, member.ref) for member in thing.members]
                self._relation({tag.k: tag.v for tag in thing.tags}, members)
        with TemporaryDirectory() as folder, osmium.io.Reader(str(path), _NODES_AND_WAYS) as reader:
            text = Path(folder) / "ways.opl"
            _write_ways(reader, text)
            with text.open(encoding="utf-8", newline="\n") as lines:
                while block := list(islice(lines, _WAYS_AT_ONCE)):
                    self._ways(block)
            told: str = reader.header().get("osmosis_replication_timestamp")
        date = told[:10] or self.newest[:10]
        return date if date >= _FIRST_YEAR else None

    def _node(self, number: int, get: Callable[[str], str | None]) -> None:
        if get("highway") == "traffic_signals":
            self.signals[number] = signal_of(get("traffic_signals:direction"))
        if get("barrier"):
            self.barriers[number] = self.meanings.barrier(tuple(map(get, self.meanings.node_keys)))

    def _relation(self, tags: dict[str, str], members: list[tuple[str, str, int]]) -> None:
        relation, count = relation_of(tags, members, self.meanings.rules.vehicle)
        if relation is None:
            self.counts[count] += 1
        else:
            self.relations.append(relation)

    def _ways(self, lines: list[str]) -> None:
        """Take in those ways of some lines that are roads."""
        shapes = [shape for line in lines if (shape := self._way(*line.split(" ")))]
        points = _points(",".join(shapes))
        self.nodes.append(points)
        is_missing = np.isnan(points[:, 1])
        if is_missing.any():
            way = np.repeat(np.arange(len(shapes)), self.way_size[-len(shapes) :])
            self.counts["ways_clipped"] += np.unique(way[is_missing]).size

    def _way(self, number: str, *rest: str) -> str:
        """Take a way in if it is a road, and return its nodes; else return nothing."""
        changed, told, shape = rest[-3:]
        meaning = self.meaning_of.get(told)
        if meaning is None:
            meaning = self.meaning_of[told] = self._meaning(told)
        road, counted, name = meaning
        for what in counted:
            self.counts[what] += 1
        if counted == ("ways_out_maxspeed_0",):
            self.warnings.append(f"way {number[1:]} has maxspeed=0: taken as closed")
        size = shape.count("n")
        if road < 0 or size < 2:
            return ""
        self.way_id.append(int(number[1:]))
        self.way_road.append(road)
        self.way_name.append(name)
        self.way_size.append(size)
        self.newest = max(self.newest, changed[1:])
        return shape.strip()[1:]

    def _meaning(self, told: str) -> tuple[int, tuple[str, ...], int]:
        """Return the road that the tags of an OPL line make, or -1; what to count it as; and its name."""
        get = dict(_key_and_value(tag) for tag in told[1:].split(",")).get
        if get("highway") is None:
            return -1, ("ways_out_ferry",) if get("route") == "ferry" else (), 0
        road, counted = self.meanings.way(tuple(map(get, self.meanings.way_keys)))
        name = get("name") or get("ref") or ""
        return road, counted, self.names.setdefault(name, len(self.names)) if road >= 0 else 0

    def forget_ways(self) -> None:
        """Let go of all ways, of which there may be millions."""
        self.way_id, self.way_road, self.way_name, self.way_size = [], [], [], []
        self.nodes, self.names, self.meaning_of = [], {}, {}

    def why_empty(self) -> str:
        """Return why no road was found."""
        n_seen = sum(n for reason, n in self.counts.items() if reason.startswith("ways_out"))
        if n_seen == 0:
            return "no way in it has a highway tag; is it an extract of OpenStreetMap with roads?"
        return (
            f"none of its {n_seen} highway ways is a road for a {self.meanings.rules.vehicle.name}"
        )


def _write_ways(reader: osmium.io.Reader, text: Path) -> None:
    """Write all ways with a highway or route tag as lines of text, with where their nodes are."""
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    file = osmium.io.File(str(text), "opl,locations_on_ways=true,add_metadata=timestamp")
    writer = osmium.SimpleWriter(file)
    only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
    try:
        osmium.apply(
            reader, locations, only_ways, osmium.filter.KeyFilter("highway", "route"), writer
        )
        writer.close()
    except Exception:
        # Its destructor tries once more, fails again, and ends the process: so it must never run.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))
        raise


def _key_and_value(tag: str) -> tuple[str, str]:
    """Return a tag of an OPL line; characters with a meaning there stand as hexadecimal numbers between per cents."""
    key, _, value = tag.partition("=")
    if "%" in tag:
        return _ESCAPED.sub(_character, key), _ESCAPED.sub(_character, value)
    return key, value


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))


def _points(shapes: str) -> NDArray[np.float64]:
    """Return the nodes of OPL ways as rows of number, longitude and latitude: ``n17x121.2y28.1,n18xy,...``.

    NaN where the file lacks the node. Numbers up to 2^53 are exact.
    """
    told = shapes.replace("n", "").replace("xy", ",nan,nan").replace("x", ",").replace("y", ",")
    return np.fromstring(told, sep=",").reshape(-1, 3)


def _summary(reading: _Reading, path: Path, date: str | None) -> RoadSummary:
    return RoadSummary(
        file=str(path),
        date=date,
        counts=dict(sorted(reading.counts.items())),
        speeds_kph=reading.meanings.class_speeds(),
        warnings=tuple(reading.warnings),
    )


def _pieces(reading: _Reading, path: Path) -> RoadPieces:
    """Return the pieces between consecutive nodes of all roads; the reading forgets its ways, so that they are held once."""
    size = np.array(reading.way_size)
    way = np.repeat(np.arange(size.size, dtype=np.int32), size)
    points = np.concatenate(reading.nodes)
    reading.nodes.clear()
    ref = points[:, 0].astype(np.int64)
    is_located = ~np.isnan(points[:, 1])
    goes_on = (way[1:] == way[:-1]) & (ref[1:] != ref[:-1]) & is_located[1:] & is_located[:-1]
    if not goes_on.any():
        raise NetworkError(
            path, ["its ways refer to nodes that are not in the file before them; sort it"]
        )
    tail = np.flatnonzero(goes_on)
    is_end = np.append(goes_on, False) | np.append(False, goes_on)
    node_id, first, node_of_end = np.unique(ref[is_end], return_index=True, return_inverse=True)
    node = np.zeros(ref.size, dtype=np.int32)
    node[is_end] = node_of_end
    lonlat = points[is_end, 1:][first]
    del points, node_of_end
    signal = _at_nodes(node_id, reading.signals, Signal.NONE)
    reading.counts["signals"] = int((signal != Signal.NONE).sum())
    no_barrier = max(Access) + 1
    passing = _at_nodes(node_id, reading.barriers, no_barrier)
    for access in Access:
        if n := int((passing == access).sum()):
            reading.counts[f"barriers_{access.name.lower()}"] = n
    pieces = RoadPieces(
        node_id=node_id,
        node_lon=lonlat[:, 0].copy(),
        node_lat=lonlat[:, 1].copy(),
        signal=signal,
        barrier=np.where(passing == no_barrier, Access.OPEN, passing).astype(np.uint8),
        tail=node[tail],
        head=node[tail + 1],
        road=np.array(reading.way_road, dtype=np.int32)[way[tail]],
        name=np.array(reading.way_name, dtype=np.int32)[way[tail]],
        way=np.array(reading.way_id, dtype=np.int64)[way[tail]],
        roads=tuple(reading.meanings.roads),
        names=tuple(reading.names),
        restrictions=_restrictions(reading, ref),
    )
    reading.forget_ways()
    return pieces


def _at_nodes(
    node_id: NDArray[np.int64], values: Mapping[int, int], otherwise: int
) -> NDArray[np.uint8]:
    """Return a value for each node: of those that have none, another."""
    column = np.full(node_id.size, otherwise, dtype=np.uint8)
    number = np.array(list(values), dtype=np.int64)
    value = np.array(list(values.values()), dtype=np.uint8)
    at = np.searchsorted(node_id, number)
    is_there = at < node_id.size
    is_there[is_there] = node_id[at[is_there]] == number[is_there]
    column[at[is_there]] = value[is_there]
    return column


def _restrictions(reading: _Reading, ref: NDArray[np.int64]) -> tuple[Restriction, ...]:
    """Return the turns that the relations read speak of."""
    named = {way for r in reading.relations for way in (*r.from_ways, *r.via_ways, *r.to_ways)}
    start = np.concatenate([[0], np.cumsum(reading.way_size)])
    nodes_of = {
        way: ref[start[i] : start[i + 1]].tolist()
        for i, way in enumerate(reading.way_id)
        if way in named
    }
    return restrictions_of(reading.relations, nodes_of, reading.counts)
