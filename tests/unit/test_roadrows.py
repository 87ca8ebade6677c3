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


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("back", ["36", "31"])
def test_a_site_leaves_no_gap_where_it_stands(direction: Direction, back: str):
    # On each of 40 streets one site by the road, which reaches at least 500 m to both sides in 60 s, and 150 m on one that stands
    # 100 m off: with 36 s to the road it reaches 240 m at most, all within the reach of the first. Were the shares of the first one
    # on the two edges a rounding apart, the second would be the only one to cover what lies between.
    nodes = {10 * k + i: (2000 * i, 1000 * k) for k in range(40) for i in (0, 1)}
    tags = {"maxspeed:forward": "36", "maxspeed:backward": back}
    network = towns.network(nodes, [([10 * k, 10 * k + 1], tags) for k in range(40)])
    near = [(700 + 13.7 * k, 1000 * k) for k in range(40)]
    far = [(x + 150, y + 100) for x, y in near]
    places = snap(network, *towns.lonlat(near + far))
    for only_least in (False, True):
        rows = roadrows.road_rows(
            network,
            places,
            np.ones(80, dtype=bool),
            max_drive_time_s=60.0,
            direction=direction,
            only_least=only_least,
        )
        assert len(rows) == (40 if only_least else 80)
        assert (rows.only_m[:40] > 500.0).all()
        assert not rows.only_m[40:].any()
