"""Roads as rows, where there are more sites than are looked at together."""

from __future__ import annotations

import numpy as np
import pytest
import towns

from planner import roadrows
from planner.scenario import Direction
from planner.snapping import snap

GRID = {10 * i + j: (300 * j, 300 * i) for i in range(4) for j in range(4)}
STREETS = [([10 * i + j for j in range(4)], {}) for i in range(4)] + [
    ([10 * i + j for i in range(4)], {}) for j in range(4)
]


def test_blocks_and_pages_change_nothing(monkeypatch: pytest.MonkeyPatch):
    network = towns.network(GRID, STREETS)
    lon, lat = np.array([towns.degrees(130 * k, 37 * k) for k in range(7)]).T
    places = snap(network, lon, lat)
    is_candidate = np.arange(7) != 3

    def rows() -> roadrows.RoadRows:
        return roadrows.road_rows(
            network,
            places,
            is_candidate,
            max_drive_time_s=40.0,
            direction=Direction.FROM_STATION,
        )

    at_once = rows()
    assert len(at_once) > 5
    monkeypatch.setattr(roadrows, "SITES_AT_ONCE", 2)
    monkeypatch.setattr(roadrows, "PAGE", 5)
    in_blocks = rows()
    for name in ("indptr", "site", "length_m", "only_m"):
        assert np.array_equal(getattr(at_once, name), getattr(in_blocks, name))
    assert at_once.coverable_m == in_blocks.coverable_m
