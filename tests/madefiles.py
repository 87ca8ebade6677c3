"""Files as people bring them: workbooks, zipped shapefiles, KML, text in Chinese encodings."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest

from planner.errors import PointsError

HEADINGS = ["编号", "名称", "经度", "纬度"]
"""Usual headings, and rows to go under them."""
ROWS = [["001", "邮政银行", 120.0, 30.0], ["002", "中心小学", 120.01, 30.01]]


def problems(read: Any, source: Any, **options: Any) -> list[str]:
    """Return what is wrong with a source, sentence by sentence."""
    with pytest.raises(PointsError) as caught:
        read(source, **options)
    return caught.value.problems


def frame(
    ids: Sequence[Any] = ("A", "B"),
    x: Sequence[float] = (120.0, 121.0),
    y: Sequence[float] = (30.0, 31.0),
    crs: str | None = "EPSG:4326",
    **columns: Any,
) -> geopandas.GeoDataFrame:
    """Return points."""
    points = geopandas.points_from_xy(x, y)
    return geopandas.GeoDataFrame({"id": list(ids), **columns}, geometry=points, crs=crs)


def shapes(*geometries: Any, crs: str | None = "EPSG:4326", **columns: Any) -> Any:
    """Return geometries with the ids A, B, C, ..."""
    ids = [chr(ord("A") + i) for i in range(len(geometries))]
    return geopandas.GeoDataFrame({"id": ids, **columns}, geometry=list(geometries), crs=crs)


def workbook(path: Path, rows: Sequence[Sequence[Any]], **more: Sequence[Sequence[Any]]) -> Path:
    """Write a workbook with a sheet of rows, and further sheets by name."""
    book = openpyxl.Workbook()
    for i, (name, cells) in enumerate({"Sheet1": rows, **more}.items()):
        sheet = book.active if i == 0 else book.create_sheet()
        sheet.title = name
        for row in cells:
            sheet.append(list(row))
    book.save(path)
    return path


def shapefile(
    folder: Path,
    name: str,
    points: geopandas.GeoDataFrame,
    *,
    encoding: str,
    cpg: str | None = None,
) -> Path:
    """Write a shapefile with text in an encoding; with a .cpg file only where its text is given, and a language byte of 0.

    GDAL knows few encodings for writing, but Latin-1: each byte of the text is one of its letters.
    """
    path = folder / f"{name}.shp"
    points = points.rename(columns=lambda name: name.encode(encoding).decode("latin-1"))
    for column in points.columns.drop("geometry"):
        points[column] = [
            v.encode(encoding).decode("latin-1") if isinstance(v, str) else v
            for v in points[column]
        ]
    points.to_file(path, encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[29] = 0
    table.write_bytes(content)
    return path


def zipped(path: Path, files: Mapping[str, Path], *, names_in: str | None = None) -> Path:
    """Write an archive of files by the names they get there; with names in an encoding as Windows writes them."""
    raw = {name: name.encode(names_in or "utf-8") for name in files}
    # of as many letters as the name has bytes, for zipfile would say that a name is UTF-8
    instead = {
        name: f"{i:_>{len(raw[name])}}" if names_in else name for i, name in enumerate(files)
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, file in files.items():
            archive.write(file, instead[name])
    if names_in is not None:
        content = path.read_bytes()
        for name in files:
            content = content.replace(instead[name].encode(), raw[name])
        path.write_bytes(content)
    return path


def parts_of(shape: Path, stem: str) -> dict[str, Path]:
    """Return the files of a shapefile by the names they get in an archive."""
    return {f"{stem}{part.suffix}": part for part in sorted(shape.parent.glob(f"{shape.stem}.*"))}


def kml(path: Path, *places: str, folder: str = "stations") -> Path:
    """Write a KML of placemarks."""
    inner = "".join(places)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Folder><name>{folder}</name>{inner}</Folder></Document></kml>",
        encoding="utf-8",
    )
    return path


def placemark(name: str, lon: float, lat: float, *, mark: str = "", data: str = "") -> str:
    """Return a placemark; with a mark (the attribute id) or further data where given."""
    told = f' id="{mark}"' if mark else ""
    point = f"<Point><coordinates>{lon},{lat},0</coordinates></Point>"
    return f"<Placemark{told}><name>{name}</name>{data}{point}</Placemark>"
