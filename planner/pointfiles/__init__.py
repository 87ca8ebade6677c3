"""Files of points and areas as rows, not yet checked: CSV, Excel, any layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.errors import PointsError
from planner.pointfiles.rows import Reading, Rows, cut, numbers

if TYPE_CHECKING:
    import geopandas

__all__ = ["Reading", "Rows", "cut", "numbers", "read_rows"]

_TABLES: Final = (".csv", ".tsv", ".txt")
_WORKBOOKS: Final = (".xlsx", ".xlsm")
_OTHER_WORKBOOKS: Final = (".xls", ".xlsb", ".ods", ".et")
_PARQUET: Final = (".parquet", ".geoparquet", ".feather")


def read_rows(source: Path | str | geopandas.GeoDataFrame, reading: Reading) -> Rows:
    """Return the rows of a file or of a GeoDataFrame, in their order.

    Raises
    ------
    PointsError
        If the file can't be read, has not the columns, or nobody knows its CRS.
    """
    if not isinstance(source, str | Path):
        from planner.pointfiles.layers import frame_rows

        return frame_rows(source, reading)
    path = Path(source)
    suffix = path.suffix.lower()
    _check_there(path, suffix)
    if not reading.is_second:
        _check_options(path, suffix, reading)
    if suffix in _WORKBOOKS:
        from planner.pointfiles.sheets import sheet_rows

        return sheet_rows(path, reading)
    if suffix in _TABLES:
        from planner.pointfiles.tables import table_rows

        return table_rows(path, reading)
    from planner.pointfiles.layers import layer_rows, parquet_rows

    return (parquet_rows if suffix in _PARQUET else layer_rows)(path, reading)


def _check_options(path: Path, suffix: str, reading: Reading) -> None:
    """Refuse options that are for files of another kind."""
    problems = []
    if reading.sheet is not None and suffix not in _WORKBOOKS:
        problems.append(f'sheet = "{reading.sheet}" is for Excel files; leave it out')
    if reading.heading_row is not None and suffix not in _WORKBOOKS + _TABLES:
        problems.append("heading_row is for tables, and this is a layer; leave it out")
    if reading.layer is not None and suffix in _WORKBOOKS + _TABLES:
        problems.append(f'layer = "{reading.layer}" is for files with layers; leave it out')
    if problems:
        raise PointsError(path, problems)


def _check_there(path: Path, suffix: str) -> None:
    if not path.exists():
        raise PointsError(path, ["is not there"])
    if path.is_dir() and suffix != ".gdb":
        raise PointsError(path, ["is a folder, not a file"])
    if suffix in _OTHER_WORKBOOKS:
        raise PointsError(
            path, [f"{suffix} is not read; open it and save it as .xlsx, or as CSV (UTF-8)"]
        )
