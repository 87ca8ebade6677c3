"""Road files by kind: compressed ones are the same roads, damaged ones are refused in a sentence."""

from __future__ import annotations

import bz2
import gzip

import numpy as np
import pytest
import towns

from planner.errors import NetworkError
from planner.roads import read_network

TOWN = towns.osm_text(
    {i: (37 * i % 1000, 91 * i % 1000) for i in range(1, 200)},
    [([i, i + 1], {"name": f"Road {i}"}) for i in range(1, 199)],
).encode()
PACKED = {".osm.gz": gzip.compress(TOWN), ".osm.bz2": bz2.compress(TOWN)}


def roads(path):
    return read_network(path, cache=False)


@pytest.mark.parametrize("suffix", PACKED)
def test_a_compressed_extract_is_the_same_roads(tmp_path, suffix):
    (tmp_path / "town.osm").write_bytes(TOWN)
    (tmp_path / f"town{suffix}").write_bytes(PACKED[suffix])
    plain, packed = roads(tmp_path / "town.osm"), roads(tmp_path / f"town{suffix}")
    assert packed.names == plain.names
    assert np.array_equal(packed.edge_time_s, plain.edge_time_s)
    assert np.array_equal(packed.node_id, plain.node_id)
    assert packed.source.counts == plain.source.counts


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("damage", ["cut short", "changed within", "empty"])
def test_a_damaged_extract_is_refused_by_name(tmp_path, suffix, damage):
    packed = PACKED[suffix]
    (tmp_path / f"town{suffix}").write_bytes(
        {
            "cut short": packed[: len(packed) // 2],
            "changed within": packed[:100] + bytes(50) + packed[150:],
            "empty": b"",
        }[damage]
    )
    with pytest.raises(NetworkError, match=f"town{suffix}: (not readable as OpenStreetMap|no way)"):
        roads(tmp_path / f"town{suffix}")


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    (tmp_path / "roads.gpkg").mkdir()
    with pytest.raises(NetworkError, match="is a folder, not a file"):
        roads(tmp_path / "roads.gpkg")
    with pytest.raises(NetworkError, match="there is no such file"):
        roads(tmp_path / "roads.shp")


def test_other_kinds_are_refused_with_what_can_be_read(tmp_path):
    (tmp_path / "roads.docx").write_bytes(b"")
    with pytest.raises(NetworkError, match=r"\.osm\.pbf.*\.graphml.*\.gpkg"):
        roads(tmp_path / "roads.docx")


@pytest.mark.shared
def test_a_bz2_extract_of_others_is_read(shared):
    network = roads(shared / "realdata" / "roads" / "us_west_oakland.osm.bz2")
    # what its README counted with other rules: 47 nodes, 106 directed edges, alleys and driveways apart
    assert network.n_nodes > 30
    assert network.component_length_m.size >= 1
    assert -122.4 < network.bounds[0] < network.bounds[2] < -122.2
