"""KML: names of data as they are, and which of them are ids."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles.rows import as_text

SUFFIXES: Final = (".kml", ".kmz")

_NAME: Final = re.compile(
    r"""(<(?:\w+:)?(?:Data|SimpleData|SimpleField)\b[^>]*?\bname\s*=\s*)(["'])(.*?)\2"""
)
"""Where the name of some data stands."""
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["'][^>]*\?>""")
_HEX: Final = "hex_"
"""Begins a name that is written in hexadecimal."""
_DRAWING: Final = frozenset(
    (
        *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude"),
        *("visibility", "drawOrder", "icon", "snippet"),
    )
)
"""Fields that GDAL makes of how places are drawn."""


@contextmanager
def readable_kml(path: Path) -> Iterator[dict[str, Path]]:
    """Give a copy of a KML that GDAL reads without loss, by the name "".

    GDAL writes underscores for the letters of Chinese names of data, so that 人数 and 名称 become one. In the copy they are in
    hexadecimal.

    Raises
    ------
    PointsError
        If the file can't be read.
    """
    content = _content(path)
    declared = _DECLARED.match(content)
    body = content[declared.end() :] if declared else content
    encoding = declared[1].decode("ascii") if declared else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise PointsError(path, [f"can't be read: its text is not {encoding}"]) from error
    with tempfile.TemporaryDirectory(prefix="station-planner-") as folder:
        copy = Path(folder) / "layer.kml"
        copy.write_text(_NAME.sub(_in_hex, text), encoding="utf-8")
        yield {"": copy}


def _content(path: Path) -> bytes:
    """Return the text of a KML, or of the one in a KMZ."""
    try:
        if path.suffix.lower() != ".kmz":
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            inner = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            return archive.read(inner[0]) if inner else b""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise PointsError(path, [f"can't be unpacked ({error})"]) from error


def _in_hex(found: re.Match[str]) -> str:
    before, quote, name = found.groups()
    return f"{before}{quote}{_HEX}{unescape(name).encode().hex()}{quote}"


def fields_of_kml(
    fields: Mapping[str, NDArray[Any]],
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Return the fields of a readable copy that are data, by their names, and what to say on them.

    The id is a field of that name, else the mark of a place (its attribute ``id``), else its name.
    """
    data = {
        bytes.fromhex(name.removeprefix(_HEX)).decode(): values
        for name, values in fields.items()
        if name.startswith(_HEX)
    }
    own = {
        name: values
        for name, values in fields.items()
        if not name.startswith(_HEX) and name not in _DRAWING
    }
    marks = own.pop("id", np.empty(0, dtype=object))
    kept = {name: values for name, values in own.items() if name not in data} | data
    if any(name.strip().casefold() == "id" for name in data):
        return kept, ()
    if marks.size and all(as_text(mark) for mark in marks):
        return kept | {"id": marks}, ()
    if "Name" not in own:
        return kept, ()
    return kept | {"id": own["Name"]}, ("places have no ids; their names are taken",)
