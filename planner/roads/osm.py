"""OpenStreetMap files to road networks: ways, nodes, signals and barriers become road pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
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
from planner.roads.access import (
    Access,
    Tags,
    barrier_access,
    node_keys,
    way_access,
    way_directions,
    way_keys,
)
from planner.roads.speeds import Speeds, limit_kph, speed_kph
from planner.roads.streets import Road, RoadPieces, network_of
from planner.roads.vehicles import Vehicle

_FIRST_YEAR: Final = "2004"
"""OpenStreetMap began then: earlier timestamps mean that the file has none."""
_WAYS_AT_ONCE: Final = 20_000
"""Ways whose text is held in memory together."""
_NODES_AND_WAYS: Final = osmium.osm.NODE | osmium.osm.WAY
_ESCAPED: Final = re.compile("%([0-9a-f]+)%")


def read_osm(
    path: Path, *, vehicle: Vehicle, speeds: Speeds = None, signal_delay_s: float = 12.0
) -> RoadNetwork:
    """Return the roads of an OpenStreetMap file that a vehicle may use.

    Parameters
    ----------
    path
        An ``.osm.pbf`` or ``.osm`` file; nodes come before ways, as is usual.
    vehicle
        Who drives.
    speeds
        km/h by highway class over the defaults, or "limits" for limits as they are.
    signal_delay_s
        Delay of a drive through a traffic signal, in seconds.

    Raises
    ------
    NetworkError
        The file can't be read, or has no road for the vehicle.
    """
    reading = _Reading(meanings=_Meanings(vehicle, speeds))
    try:
        date = reading.read(path)
    except RuntimeError as error:  # what osmium raises for what it can't parse
        raise NetworkError(path, [f"not readable as OpenStreetMap data ({error})"]) from error
    if not reading.way_id:
        raise NetworkError(path, [reading.why_empty()])
    pieces = _pieces(reading, signal_delay_s)
    if pieces.tail.size == 0:
        raise NetworkError(
            path, ["its ways refer to nodes that are not in the file before them; sort it"]
        )
    summary = RoadSummary(
        file=str(path),
        date=date,
        counts=dict(sorted(reading.counts.items())),
        speeds_kph=dict(reading.meanings.class_speeds()),
        warnings=tuple(reading.warnings),
    )
    return network_of(pieces, vehicle=vehicle.name, source=summary)


class _Meanings:
    """What tags say to a vehicle, each combination worked out once."""

    def __init__(self, vehicle: Vehicle, speeds: Speeds) -> None:
        self.vehicle = vehicle
        self.speeds = speeds
        self.way_keys = ("maxspeed", *way_keys(vehicle))
        self.node_keys = node_keys(vehicle)
        self.roads: dict[Road, int] = {}
        self._ways: dict[tuple[str | None, ...], tuple[int, str]] = {}

    def way(self, values: tuple[str | None, ...]) -> tuple[int, str]:
        """Return the road that tag values (of ``way_keys``) make, or -1, and what to count it as."""
        meaning = self._ways.get(values)
        if meaning is None:
            road, reason = self._road(_tags(self.way_keys, values))
            number = -1 if road is None else self.roads.setdefault(road, len(self.roads))
            meaning = self._ways[values] = number, reason
        return meaning

    def _road(self, tags: Tags) -> tuple[Road | None, str]:
        open_to, reason = way_access(tags, self.vehicle)
        if open_to is Access.CLOSED:
            return None, f"ways_out_{reason}"
        along, against = way_directions(tags, self.vehicle)
        if not (along or against):
            return None, "ways_out_reversible"
        road_class, maxspeed = tags["highway"], tags.get("maxspeed")
        kph = speed_kph(road_class, maxspeed, self.vehicle, self.speeds)
        if kph == 0.0:
            return None, "ways_out_maxspeed_0"
        road = Road(road_class, open_to is Access.LOCAL, along, against, kph)
        is_assumed = limit_kph(maxspeed) is None
        return road, "ways_with_assumed_speed" if is_assumed else "ways_with_limit"

    def class_speeds(self) -> list[tuple[str, float]]:
        """Return the class speeds in force, in km/h."""
        return [(c, speed_kph(c, None, self.vehicle, self.speeds)) for c in self.vehicle.class_kph]


def _tags(keys: tuple[str, ...], values: tuple[str | None, ...]) -> Tags:
    return {key: value for key, value in zip(keys, values, strict=True) if value is not None}


@dataclass(slots=True)
class _Reading:
    """A file as it is being read: columns that grow, a row for each way that is a road.

    Osmium filters the ways, finds where their nodes are, and writes them out as text (its OPL format); the text is read
    here. That takes less than half the time of asking for each node of each way in Python.
    """

    meanings: _Meanings
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    way_id: list[int] = field(default_factory=list)
    way_road: list[int] = field(default_factory=list)
    way_name: list[int] = field(default_factory=list)
    way_size: list[int] = field(default_factory=list)
    nodes: list[NDArray[np.float64]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    meaning_of: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    signals: list[int] = field(default_factory=list)
    barriers: dict[int, Access] = field(default_factory=dict)
    newest: str = ""

    def read(self, path: Path) -> str | None:
        """Read a file to its end; return the date of its data where it tells one (ISO)."""
        for node in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(
            osmium.filter.KeyFilter("highway", "barrier")
        ):
            self._node(node.id, node.tags.get)
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
            self.signals.append(number)
        if get("barrier"):
            keys = self.meanings.node_keys
            tags = _tags(keys, tuple(map(get, keys)))
            self.barriers[number] = barrier_access(tags, self.meanings.vehicle)

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
        road, reason, name = meaning
        if reason:
            self.counts[reason] += 1
        if reason == "ways_out_maxspeed_0":
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

    def _meaning(self, told: str) -> tuple[int, str, int]:
        """Return the road that the tags of an OPL line make, or -1; what to count it as, if at all; and its name."""
        get = dict(_key_and_value(tag) for tag in told[1:].split(",")).get
        if get("highway") is None:
            return -1, "ways_out_ferry" if get("route") == "ferry" else "", 0
        road, reason = self.meanings.way(tuple(map(get, self.meanings.way_keys)))
        name = get("name") or get("ref") or ""
        return road, reason, self.names.setdefault(name, len(self.names)) if road >= 0 else 0

    def why_empty(self) -> str:
        """Return why no road was found."""
        n_seen = sum(n for reason, n in self.counts.items() if reason.startswith("ways_out"))
        if n_seen == 0:
            return "no way in it has a highway tag; is it an extract of OpenStreetMap with roads?"
        return f"none of its {n_seen} highway ways is a road for a {self.meanings.vehicle.name}"


def _write_ways(reader: osmium.io.Reader, text: Path) -> None:
    """Write all ways with a highway or route tag as lines of text, with where their nodes are."""
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    file = osmium.io.File(str(text), "opl,locations_on_ways=true,add_metadata=timestamp")
    with osmium.SimpleWriter(file) as writer:
        only_ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        osmium.apply(
            reader, locations, only_ways, osmium.filter.KeyFilter("highway", "route"), writer
        )


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


def _pieces(reading: _Reading, signal_delay_s: float) -> RoadPieces:
    """Return the pieces between consecutive nodes of all roads."""
    size = np.array(reading.way_size)
    way = np.repeat(np.arange(size.size), size)
    points = np.concatenate(reading.nodes)
    ref, lonlat = points[:, 0].astype(np.int64), points[:, 1:]
    is_located = ~np.isnan(lonlat[:, 0])
    goes_on = (way[1:] == way[:-1]) & (ref[1:] != ref[:-1]) & is_located[1:] & is_located[:-1]
    tail = np.flatnonzero(goes_on)
    ends = np.concatenate([tail, tail + 1])
    node_id, first, node = np.unique(ref[ends], return_index=True, return_inverse=True)
    lonlat = lonlat[ends]
    barrier = np.full(node_id.size, int(Access.OPEN), dtype=np.uint8)
    barriers = sorted((i, int(a)) for i, a in reading.barriers.items() if _has(node_id, i))
    for number, access in barriers:
        barrier[np.searchsorted(node_id, number)] = access
        reading.counts[f"barriers_{Access(access).name.lower()}"] += 1
    signals = np.intersect1d(node_id, np.array(reading.signals, dtype=np.int64))
    reading.counts["signals"] = signals.size
    delay_s = np.zeros(node_id.size)
    delay_s[np.searchsorted(node_id, signals)] = signal_delay_s
    return RoadPieces(
        node_id=node_id,
        node_lon=lonlat[first, 0],
        node_lat=lonlat[first, 1],
        is_signal=np.isin(node_id, signals),
        delay_s=delay_s,
        barrier=barrier,
        tail=node[: tail.size].astype(np.int32),
        head=node[tail.size :].astype(np.int32),
        road=np.array(reading.way_road, dtype=np.int32)[way[tail]],
        name=np.array(reading.way_name, dtype=np.int32)[way[tail]],
        way=np.array(reading.way_id, dtype=np.int64)[way[tail]],
        roads=tuple(reading.meanings.roads),
        names=tuple(reading.names),
    )


def _has(sorted_ids: NDArray[np.int64], number: int) -> bool:
    position = np.searchsorted(sorted_ids, number)
    return bool(position < sorted_ids.size and sorted_ids[position] == number)
