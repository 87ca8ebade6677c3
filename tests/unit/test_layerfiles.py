"""Layers in files for a GIS."""

from __future__ import annotations

import geopandas
import pyogrio
import shapely
from geopandas.testing import assert_geodataframe_equal

from planner.layerfiles import write_layers


def test_a_layer_written_some_rows_after_the_other_is_the_layer(tmp_path):
    # 5 points each, but for one that is nowhere
    areas = [shapely.box(x, 30, x + 0.1, 31) for x in (120, 121, 122, 123)]
    layer = geopandas.GeoDataFrame(
        {"name": list("abcde")}, geometry=[*areas[:2], None, *areas[2:]], crs=4326
    )
    files = [tmp_path / f"{points_at_once}.gpkg" for points_at_once in (1, 10, 1000)]
    for file in files:
        write_layers(file, {"areas": layer}, points_at_once=int(file.stem))
        assert pyogrio.list_layers(file)[:, 0].tolist() == ["areas"]
        found = geopandas.read_file(file)
        assert_geodataframe_equal(found, layer)
        # by the index of the file
        assert geopandas.read_file(file, bbox=(122.5, 30, 124, 31))["name"].tolist() == ["e"]
