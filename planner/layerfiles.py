"""Files of layers for a GIS: GeoPackage and GeoJSON, written whole or not at all, equal bytes for equal layers."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.errors import PlannerError
from planner.qgis_styles import Style

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

KINDS: Final = (".gpkg", ".geojson")
"""Endings of the files that can be written."""
_FIXED_DATE: Final = "2000-01-01T00:00:00Z"
"""GeoPackages say when they were made; equal layers are to give equal bytes."""
_WHILE_WRITING: Final = MappingProxyType(
    {"OGR_CURRENT_DATE": _FIXED_DATE, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
)
"""What GDAL is told meanwhile. It need not wait for the disk after each layer: the file is put in its place once it is whole."""
_GEOMETRY: Final = "geom"
"""The column of geometries."""
POINTS_AT_ONCE: Final = 1 << 22
"""Points of a layer that are written together: of each several copies are made."""
_DECIMALS: Final = 9
"""Of degrees in GeoJSON: as many as outlines have."""


def check_kind(path: Path) -> None:
    """Refuse a file of a kind that can't be written.

    Raises
    ------
    PlannerError
        The file doesn't end as those that can.
    """
    if path.suffix.lower() not in KINDS:
        raise PlannerError(f"{path}: must end in {' or '.join(KINDS)}")


def write_layers(
    path: Path,
    layers: Mapping[str, geopandas.GeoDataFrame],
    styles: Mapping[str, Style] = MappingProxyType({}),
    *,
    points_at_once: int = POINTS_AT_ONCE,
) -> None:
    """Write layers into one GeoPackage; those without rows are left out.

    Parameters
    ----------
    path
        The file; one that is there is replaced.
    layers
        By their names.
    styles
        How QGIS draws layers when it opens the file, by their names.
    points_at_once
        Rows of a layer are written together as long as they have fewer points than this.
    """
    import pyogrio

    pyogrio.set_gdal_config_options(dict(_WHILE_WRITING))
    try:
        with TemporaryDirectory() as folder:  # for GDAL a path with a ! means something else
            plain = Path(folder) / "layers.gpkg"
            written = [name for name, layer in layers.items() if len(layer)]
            for name in written:
                for i, rows in enumerate(_portions(layers[name], points_at_once)):
                    pyogrio.write_dataframe(
                        rows,
                        plain,
                        layer=name,
                        driver="GPKG",
                        append=i > 0,
                        GEOMETRY_NAME=_GEOMETRY,
                    )
            styled = {name: styles[name] for name in written if name in styles}
            if styled:
                table = _style_table(styled)
                pyogrio.write_dataframe(
                    table,
                    plain,
                    layer="layer_styles",
                    driver="GPKG",
                    FID="id",
                    DATETIME_PRECISION="MILLISECOND",  # as GeoPackages have to have it
                )
            put(plain, path)
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_WHILE_WRITING))


def _portions(
    layer: geopandas.GeoDataFrame, points_at_once: int
) -> Iterator[geopandas.GeoDataFrame]:
    """Return the rows of a layer, some after the other where they have many points."""
    import shapely

    n_points = np.cumsum(shapely.get_num_coordinates(layer.geometry.to_numpy()))
    first = np.flatnonzero(np.diff(n_points // points_at_once, prepend=-1))
    for begin, end in itertools.pairwise([*first.tolist(), len(layer)]):
        yield layer.iloc[begin:end]


def _style_table(styles: Mapping[str, Style]) -> pd.DataFrame:
    """Return styles as rows of the table in which QGIS looks for them, each the default of its layer.

    It has no geometry. QGIS doesn't show it as a layer; other programs list it as a table.
    """
    import pandas as pd

    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": _GEOMETRY,
            "styleName": style.name,
            "styleQML": style.qml,
            "styleSLD": "",
            "useAsDefault": True,
            "description": "station-planner",
            "owner": "",
            "ui": "",
        }
        for layer, style in styles.items()
    ]
    return pd.DataFrame(rows).assign(update_time=pd.Timestamp(_FIXED_DATE))


def write_geojson(path: Path, name: str, layer: geopandas.GeoDataFrame) -> None:
    """Write a layer in WGS 84 as GeoJSON (RFC 7946) under a name; a file that is there is replaced."""
    import pyogrio

    with TemporaryDirectory() as folder:
        plain = Path(folder) / f"{name}.geojson"
        pyogrio.write_dataframe(
            layer, plain, driver="GeoJSON", RFC7946="YES", COORDINATE_PRECISION=_DECIMALS
        )
        put(plain, path)


def put(made: Path, path: Path) -> None:
    """Put a file where it belongs, so that nobody ever sees half of it."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        shutil.copyfile(made, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
