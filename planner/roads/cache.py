"""Networks once read, kept in the user's cache folder: a second reading takes a moment.

An entry is one file: a preamble, a header in JSON, and the arrays as they lie in memory, which are mapped and not copied.
Its name says what made it: the bytes of the road file, the rules, and the program. So an entry is never out of date, and
one that is damaged is made anew. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import mmap
import os
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from planner.errors import PlannerError
from planner.network import JunctionDelays, RoadNetwork, RoadSummary
from planner.roads.rules import LineLayer, RoadRules

logger = logging.getLogger(__name__)

VARIABLE: Final = "STATION_PLANNER_CACHE"
"""Environment variable that names another cache folder; empty or "off": nothing is kept."""
LIMIT_BYTES: Final = 2_000_000_000
"""Entries not used for longest are removed where all are larger than this together: six networks of 1M junctions."""
LIMIT_ENTRIES: Final = 200
"""As many entries at most, so that looking through them takes a millisecond, however small they are."""
MAKERS: Final = (
    *("roads", "network", "search", "scenario", "pointfiles", "coordinates", "geodesy", "rows"),
    *("compiled", "units", "errors"),
)
"""Modules and packages of the planner whose text decides what a network is."""

_LIBRARIES: Final = (
    *("station-planner", "geopandas", "networkx", "numpy", "osmium", "pyogrio", "pyproj"),
    *("scipy", "shapely"),
)
_SUFFIX: Final = ".network"
_OTHER_SUFFIX: Final = ".surroundings"
"""What is kept of extracts beside their roads; it counts and goes like networks."""
UNFINISHED: Final = ".unfinished"
"""How the name of a file ends that is being written."""
_MAGIC: Final = b"\x93ROADS\x00\x01"
_ALIGNED_TO: Final = 64


class _Preamble(NamedTuple):
    """How an entry begins: sizes in bytes, and checksums (CRC-32) of header and arrays."""

    magic: bytes
    header_size: int
    header_sum: int
    arrays_size: int
    arrays_sum: int


_PREAMBLE: Final = struct.Struct("<8sQLQL")


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheContents:
    """What is kept.

    Attributes
    ----------
    folder
        Where; None where nothing is kept.
    n_entries, size_bytes
        How many networks, and how large all files are together.
    """

    folder: Path | None
    n_entries: int
    size_bytes: int

    @classmethod
    def of(cls, folder: Path | None, files: list[_File]) -> CacheContents:
        """Return what some files are together."""
        return cls(
            folder=folder,
            n_entries=sum(file.path.endswith(_SUFFIX) for file in files),
            size_bytes=sum(file.size for file in files),
        )


def cached_network(
    path: Path, read: Callable[[], RoadNetwork], *, rules: RoadRules, lines: LineLayer | None
) -> RoadNetwork:
    """Return the network of a road file as it is kept, or read it and keep it.

    Parameters
    ----------
    path
        The road file.
    read
        Reads it.
    rules, lines
        All that the network depends on beside the file.

    Returns
    -------
    RoadNetwork
        Equal to what ``read`` returns. If it was kept, its arrays are mapped into memory.
    """
    folder = cache_folder()
    if folder is None:
        return read()
    try:
        before, key = _state(path), _key(path, rules, lines)
    except OSError:
        return read()  # which says what is wrong with the file
    entry = folder / f"{key}{_SUFFIX}"
    kept = _opened(entry, key)
    if kept is not None:
        logger.info("%s: roads taken from the cache (%s)", path, entry)
        # the same bytes may have been read under another name
        return replace(kept, source=replace(kept.source, file=str(path)))
    network = read()
    try:
        if _state(path) == before:
            _keep(network, entry, key)
            _remove_unused(folder, limit_bytes=LIMIT_BYTES, limit_entries=LIMIT_ENTRIES)
    except OSError as error:
        _say_not_kept(folder, error.strerror or str(error))
    return network


def cache_folder() -> Path | None:
    """Return the folder that networks are kept in; None where nothing is kept."""
    named = os.environ.get(VARIABLE)
    if named is None:
        return user_cache_path("station-planner") / "networks"
    return Path(named) / "networks" if named.strip().lower() not in ("", "off") else None


def cache_contents() -> CacheContents:
    """Return what is kept."""
    folder = cache_folder()
    return CacheContents.of(folder, [] if folder is None else _files(folder))


def clear_cache() -> CacheContents:
    """Remove all that is kept; return what that was.

    Raises
    ------
    PlannerError
        A file can't be removed.
    """
    folder = cache_folder()
    files = [] if folder is None else _files(folder)
    for file in files:
        try:
            Path(file.path).unlink(missing_ok=True)
        except OSError as error:
            raise PlannerError(f"{file.path}: can't be removed: {error.strerror}") from error
    return CacheContents.of(folder, files)


# --- What an entry is called ----------------------------------------------------------------------


def _key(path: Path, rules: RoadRules, lines: LineLayer | None) -> str:
    """Return a checksum of all that decides what the network is."""
    told = [
        "".join(path.suffixes[-2:]).lower(),
        *(f"{beside.suffix} {_sha256(beside)}" for beside in _parts(path)),
        _told(rules),
        _told(lines),
        _PROGRAM,
    ]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _parts(path: Path) -> list[Path]:
    """Return the files that a road file consists of."""
    if path.suffix.lower() in (".shp", ".gml"):  # .dbf, .prj, .cpg, .xsd and others belong to it
        return sorted(p for p in path.parent.iterdir() if p.stem == path.stem and p.is_file())
    logs = (path.with_name(path.name + end) for end in ("-wal", "-journal"))  # of SQLite
    return [path, *(log for log in logs if log.is_file())]


def _state(path: Path) -> list[tuple[int, int]]:
    """Return what changes when a road file is written."""
    found = [part.stat() for part in _parts(path)]
    return [(status.st_size, status.st_mtime_ns) for status in found]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(value: object) -> str:
    """Return a value as text that is the same in every process; ``repr`` of a set isn't."""
    if is_dataclass(value):
        parts = [f"{f.name}={_told(getattr(value, f.name))}" for f in fields(value)]
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_told(k)}: {_told(v)}" for k, v in value.items()) + "}"
    if isinstance(value, frozenset | set):
        return "{" + ", ".join(sorted(map(_told, value))) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_told, value)) + "]"
    return repr(value)


def _program() -> str:
    """Return a checksum of the program, the libraries and the kind of machine."""
    told = [*(f"{name} {_version(name)}" for name in _LIBRARIES), sys.byteorder]
    digest = hashlib.sha256("\n".join(told).encode())
    here = Path(__file__).parents[1]
    for maker in MAKERS:
        for text in sorted([here / f"{maker}.py", *(here / maker).rglob("*.py")]):
            with suppress(OSError):  # installed without text: then the version says enough
                digest.update(text.relative_to(here).as_posix().encode() + text.read_bytes())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a checkout
        return ""


_PROGRAM: Final = _program()
"""Taken when the program is loaded: its text may be edited while it runs."""


# --- Reading an entry -----------------------------------------------------------------------------


def _opened(entry: Path, key: str) -> RoadNetwork | None:
    """Return the network of an entry; None where there is none or it is damaged."""
    try:
        with entry.open("rb") as file:
            is_empty = os.fstat(file.fileno()).st_size == 0
            mapped = None if is_empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.info("%s: can't be read, is made anew (%s)", entry, error)
        return None
    header = None if mapped is None else _header(mapped, key)
    if mapped is None or header is None:
        logger.info("%s: damaged, is made anew", entry)
        return None
    with suppress(OSError):  # a folder that one may only read
        os.utime(entry)
    return _network(mapped, header)


def _header(mapped: mmap.mmap, key: str) -> dict[str, Any] | None:
    """Return the header of an entry; None where a byte of the entry is wrong or the entry is another one."""
    if len(mapped) < _PREAMBLE.size:
        return None
    preamble = _Preamble(*_PREAMBLE.unpack_from(mapped))
    begin = _arrays_begin(preamble.header_size)
    if preamble.magic != _MAGIC or len(mapped) != begin + preamble.arrays_size:
        return None
    with memoryview(mapped) as view:
        header = bytes(view[_PREAMBLE.size : begin])
        if zlib.crc32(header) != preamble.header_sum:
            return None
        if zlib.crc32(view[begin:]) != preamble.arrays_sum:
            return None
    told: dict[str, Any] = json.loads(header.decode("utf-8", "surrogatepass"))
    return told | {"begin": begin} if told["key"] == key else None


def _network(mapped: mmap.mmap, header: dict[str, Any]) -> RoadNetwork:
    """Return the network of a sound entry. Its arrays are read-only, since the mapping is."""
    arrays: dict[str, Any] = {
        name: np.ndarray(shape, np.dtype(dtype), mapped, header["begin"] + at)
        for name, (dtype, shape, at) in header["arrays"].items()
    }
    values = {name: _as_tuples(value) for name, value in header["values"].items()}
    values["delays"] = JunctionDelays(**values["delays"])
    values["source"] = RoadSummary(**values["source"])
    return RoadNetwork(**arrays, **values)


def _as_tuples(value: Any) -> Any:
    """Return a value with tuples for the lists that JSON has instead."""
    if isinstance(value, dict):
        return {name: _as_tuples(inner) for name, inner in value.items()}
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


# --- Writing an entry -----------------------------------------------------------------------------


def _keep(network: RoadNetwork, entry: Path, key: str) -> None:
    """Write an entry: whole, or not at all."""
    columns = {f.name: getattr(network, f.name) for f in fields(network)}
    arrays = {n: np.ascontiguousarray(a) for n, a in columns.items() if isinstance(a, np.ndarray)}
    values = {n: _plain(v) for n, v in columns.items() if n not in arrays}
    begin_of, size = _layout(arrays)
    told = {
        "key": key,
        "arrays": {n: (a.dtype.str, a.shape, begin_of[n]) for n, a in arrays.items()},
        "values": values,
    }
    header = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    header = header.ljust(_arrays_begin(len(header)) - _PREAMBLE.size)
    arrays_sum = 0
    for piece in _pieces(arrays):
        arrays_sum = zlib.crc32(piece, arrays_sum)
    preamble = _Preamble(_MAGIC, len(header), zlib.crc32(header), size, arrays_sum)
    entry.parent.mkdir(parents=True, exist_ok=True)
    unfinished = entry.with_name(token_hex(8) + UNFINISHED)
    try:
        with unfinished.open("xb") as file:
            file.write(_PREAMBLE.pack(*preamble) + header)
            for piece in _pieces(arrays):
                file.write(piece)
        unfinished.replace(entry)
    finally:
        unfinished.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _arrays_begin(header_size: int) -> int:
    """Return where the arrays begin."""
    return _aligned(_PREAMBLE.size + header_size)


def _aligned(position: int) -> int:
    return -(-position // _ALIGNED_TO) * _ALIGNED_TO


def _layout(arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, int], int]:
    """Return where each array begins behind the first, and the size of all."""
    begin_of, size = {}, 0
    for name, array in arrays.items():
        begin_of[name] = size
        size = _aligned(size + array.nbytes)
    return begin_of, size


def _pieces(arrays: Mapping[str, NDArray[Any]]) -> Iterator[memoryview | bytes]:
    """Yield the bytes of arrays, each filled up so that the next is aligned."""
    for array in arrays.values():
        yield array.reshape(-1).view(np.uint8).data
        yield bytes(_aligned(array.nbytes) - array.nbytes)


@cache
def _say_not_kept(folder: Path, why: str) -> None:
    """Say that networks can't be kept; once for each reason."""
    logger.info("%s: networks can't be kept there (%s)", folder, why)


# --- Removing entries -----------------------------------------------------------------------------


class _File(NamedTuple):
    """A file of the cache; the least of some is the one not used for longest."""

    used_ns: int
    path: str
    size: int


def _files(folder: Path) -> list[_File]:
    """Return the entries, and what writers that were killed have left."""
    found = []
    with suppress(FileNotFoundError), os.scandir(folder) as items:
        for item in items:
            if item.name.endswith((_SUFFIX, _OTHER_SUFFIX, UNFINISHED)) and item.is_file():
                with suppress(FileNotFoundError):  # another process has removed it
                    status = item.stat()
                    found.append(_File(status.st_mtime_ns, item.path, status.st_size))
    return found


def _remove_unused(folder: Path, *, limit_bytes: int, limit_entries: int) -> None:
    """Remove entries not used for longest, until the others are within the limits; the latest one stays."""
    files = _files(folder)
    size, n = sum(file.size for file in files), len(files)
    if size <= limit_bytes and n <= limit_entries:
        return
    for file in sorted(files)[:-1]:
        logger.info("%s: removed, for more is kept than may be", file.path)
        Path(file.path).unlink(missing_ok=True)
        size, n = size - file.size, n - 1
        if size <= limit_bytes and n <= limit_entries:
            return
