"""Shapefiles: out of archives, and their text where they don't say its encoding."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import PointsError
from planner.pointfiles.encodings import decoded_all
from planner.pointfiles.rows import objects, shown

_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_UTF8_NAME: Final = 0x800
"""Set in an archive where a name is UTF-8; else it is in whatever encoding the maker's system had."""


def unzipped(path: Path, folder: Path) -> dict[str, Path]:
    """Return the shapefiles of an archive, unpacked into a folder under plain names, by their own names.

    GDAL reads archives too, but not names in a Chinese encoding, which Windows writes, nor folders in them.

    Raises
    ------
    PointsError
        If the archive can't be read.
    """
    found: dict[str, Path] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = {_name(info): info for info in archive.infolist() if not info.is_dir()}
            shapes = sorted(name for name in members if _is_shape(name))
            for i, shape in enumerate(shapes):
                stem = shape[: -len(".shp")]
                for name, info in members.items():
                    if name[: -len(".shp")] == stem and name[-4:].lower() in _PARTS:
                        target = folder / f"{i}{name[-4:].lower()}"
                        with archive.open(info) as packed, target.open("wb") as plain:
                            shutil.copyfileobj(packed, plain)
                found[stem if stem in found else PurePosixPath(stem).name] = folder / f"{i}.shp"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise PointsError(path, [f"can't be unpacked ({error})"]) from error
    return found


def _is_shape(name: str) -> bool:
    """Return whether a member of an archive is a shapefile; macOS puts a shadow beside each file."""
    return name.lower().endswith(".shp") and "__MACOSX" not in name


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    name = info.filename.encode("cp437")  # as zipfile takes it for
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def is_untold(file: Path, used: str | None) -> bool:
    """Return whether GDAL took text for Latin-1 only because nothing says its encoding."""
    return used == "ISO-8859-1" and not any(
        file.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")
    )


def text_of_shapefile(
    path: Path, fields: Mapping[str, NDArray[Any]], encoding: str | None = None
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Return fields that were read as Latin-1 in the encoding they are in, and what to say on it.

    Parameters
    ----------
    path
        What was read.
    fields
        Values by the name of their field, each byte of a text one letter of Latin-1.
    encoding
        The encoding; None: UTF-8 or GB18030, whichever it is.

    Raises
    ------
    PointsError
        If the text is not in the encoding, or in neither as far as one can see.
    """
    names = list(fields)
    columns = [name for name in names if fields[name].dtype == object]
    cells = [value for name in columns for value in fields[name]]
    texts = list(dict.fromkeys(text for text in [*names, *cells] if _is_odd(text)))
    if not texts:
        return dict(fields), ()
    found = decoded_all([text.encode("latin-1") for text in texts], encoding)
    if found is None and encoding is not None:
        raise PointsError(path, [f'can\'t be read: not in encoding "{encoding}"'])
    if found is None:
        why = f"doesn't say its encoding (no .cpg file), and reads like {shown(texts[0])}"
        raise PointsError(path, [f'{why}; say encoding = "gb18030"'])
    decoded, notes = found
    as_written = dict(zip(texts, decoded, strict=True))
    right = {
        name: _replaced(fields[name], as_written) if name in columns else fields[name]
        for name in names
    }
    return {as_written.get(name, name): values for name, values in right.items()}, notes


def _is_odd(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()


def _replaced(values: NDArray[np.object_], as_written: Mapping[str, str]) -> NDArray[np.object_]:
    return objects([as_written.get(v, v) if isinstance(v, str) else v for v in values])
