"""What was read of an extract beside its roads, kept where networks are: a second reading takes a moment.

An entry is one ``.npz`` file of plain arrays. Its name says what made it: the bytes of the extract and the program. One
that is damaged is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.roads.cache import UNFINISHED, cache_folder
from planner.surroundings.osm import OsmSurroundings, PlaceNames

logger = logging.getLogger(__name__)

SUFFIX: Final = ".surroundings"
_LIBRARIES: Final = ("station-planner", "numpy", "osmium", "shapely")
_DAMAGES: Final = (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile, zlib.error)


def kept(path: Path, read: Callable[[Path], OsmSurroundings]) -> OsmSurroundings:
    """Return what an extract holds beside roads, as it is kept; or read it and keep it."""
    folder = cache_folder()
    if folder is None:
        return read(path)
    try:
        before, key = _state(path), _key(path)
    except OSError:
        return read(path)  # which says what is wrong with the file
    entry = folder / f"{key}{SUFFIX}"
    try:
        found = _opened(entry)
    except FileNotFoundError:
        pass
    except _DAMAGES as error:
        logger.info("%s: damaged, is made anew (%s)", entry, error)
    else:
        with suppress(OSError):  # a folder that one may only read
            os.utime(entry)
        return found
    found = read(path)
    with suppress(OSError):
        if _state(path) == before:
            _keep(found, entry)
    return found


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _key(path: Path) -> str:
    """Return a checksum of all that decides what is found."""
    with path.open("rb") as file:
        told = [
            hashlib.file_digest(file, "sha256").hexdigest(),
            "".join(path.suffixes[-2:]).lower(),
        ]
    return hashlib.sha256("\n".join([*told, _PROGRAM]).encode()).hexdigest()[:40]


def _program() -> str:
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):  # a checkout
            digest.update(version(name).encode())
    for text in sorted(Path(__file__).parent.glob("*.py")):
        with suppress(OSError):
            digest.update(text.read_bytes())
    return digest.hexdigest()


_PROGRAM: Final = _program()


def _opened(entry: Path) -> OsmSurroundings:
    with entry.open("rb") as file, np.load(file) as archive:
        columns = {name: archive[name] for name in archive.files}
    names = {part: columns[f"name_{part}"] for part in ("rank", "lon", "lat")}
    box = columns["box"].tolist()
    return OsmSurroundings(
        coast=_shapes(shapely.GeometryType.LINESTRING, columns, "coast"),
        water=_shapes(shapely.GeometryType.POLYGON, columns, "water"),
        names=PlaceNames(zh=_texts(columns["name_zh"]), en=_texts(columns["name_en"]), **names),
        box=(box[0], box[1], box[2], box[3]) if box else None,
    )


def _keep(found: OsmSurroundings, entry: Path) -> None:
    """Write an entry: whole, or not at all."""
    names = found.names
    columns = {
        **_columns(found.coast, "coast"),
        **_columns(found.water, "water"),
        "name_zh": _bytes(names.zh),
        "name_en": _bytes(names.en),
        "name_rank": names.rank,
        "name_lon": names.lon,
        "name_lat": names.lat,
        "box": np.array(found.box or (), dtype=np.float64),
    }
    entry.parent.mkdir(parents=True, exist_ok=True)
    unfinished = entry.with_name(token_hex(8) + UNFINISHED)
    try:
        with unfinished.open("xb") as file:
            np.savez(file, allow_pickle=False, **columns)
        unfinished.replace(entry)
    finally:
        unfinished.unlink(missing_ok=True)


def _columns(shapes: NDArray[np.object_], name: str) -> dict[str, NDArray[Any]]:
    if not len(shapes):
        return {f"{name}_points": np.empty((0, 2))}
    _, points, offsets = shapely.to_ragged_array(shapes, include_z=False)
    return {f"{name}_points": points} | {f"{name}_{k}": at for k, at in enumerate(offsets)}


def _shapes(
    kind: shapely.GeometryType, columns: dict[str, NDArray[Any]], name: str
) -> NDArray[np.object_]:
    points = columns[f"{name}_points"]
    if not len(points):
        return np.empty(0, dtype=object)
    depth = 1 if kind == shapely.GeometryType.LINESTRING else 2
    offsets = tuple(columns[f"{name}_{k}"] for k in range(depth))
    return np.asarray(shapely.from_ragged_array(kind, points, offsets), dtype=object)


def _bytes(texts: NDArray[np.object_]) -> NDArray[np.uint8]:
    """Return texts as bytes, parted by zeros, which no XML and no text of OpenStreetMap holds."""
    return np.frombuffer("\0".join(texts).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _texts(told: NDArray[np.uint8]) -> NDArray[np.object_]:
    text = told.tobytes().decode("utf-8", "surrogatepass")
    return np.array(text.split("\0") if text else [], dtype=object)
