"""Sea and water of real extracts, held to where their roads are and to places that anybody knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from conftest import SHARED

from planner.network import RoadNetwork
from planner.roads import read_network
from planner.scenario import Scenario
from planner.surroundings import Surroundings, read_surroundings

pytestmark = [pytest.mark.shared, pytest.mark.slow]

ROADS = SHARED / "realdata" / "roads"


def around(name: str) -> tuple[Surroundings, RoadNetwork]:
    path = ROADS / f"{name}.osm.pbf"
    asked = Scenario.model_validate(
        {
            "name": name,
            "network": {"file": str(path)},
            "demand": {"file": "demand.csv"},
            "sites": {"file": "sites.csv"},
            "placement": {},
            "path": Path(),
            "folder": Path(),
        }
    )
    network = read_network(path)
    return read_surroundings(asked, network), network


def is_in(areas: np.ndarray, lon: float, lat: float) -> bool:
    return bool(shapely.contains_xy(areas, lon, lat).any())


@pytest.mark.parametrize(
    ("name", "share_sea", "on_land", "at_sea"),
    [
        # Nassau; the Tongue of the Ocean, and the bank in the south-west of Andros
        ("bs_bahamas_tile_2018", 0.857, (-77.343, 25.06), [(-77.5, 24.6), (-78.25, 24.0)]),
        # Belmopan; the sea between the barrier reef and the mainland
        ("bz_belize_2015", 0.630, (-88.767, 17.25), [(-88.0, 17.3)]),
        # the palace; Port Hercule, and the open sea
        ("mc_monaco_2021", 0.503, (7.4203, 43.7314), [(7.4255, 43.7352), (7.44, 43.735)]),
        # the railway station; the bay of Kaisaniemi
        ("fi_helsinki_core_2019", 0.062, (24.9414, 60.1719), [(24.9425, 60.1785)]),
        ("jp_ajishima_island_2017", 0.667, (141.475, 38.265), [(141.46, 38.25)]),
    ],
)
def test_land_is_land_and_sea_is_sea(name, share_sea, on_land, at_sea):
    found, network = around(name)
    assert found.sea_box is not None
    west, south, east, north = found.sea_box
    size = (east - west) * (north - south)
    assert float(shapely.area(found.sea).sum()) / size == pytest.approx(share_sea, abs=0.01)
    assert not is_in(found.sea, *on_land)
    assert all(is_in(found.sea, *place) for place in at_sea)
    # roads run on land, but for bridges and piers
    shapely.prepare(found.sea)
    wet = shapely.contains_xy(found.sea[:, None], network.node_lon, network.node_lat).any(axis=0)
    assert wet.mean() < 0.005


def test_inland_there_are_rivers_lakes_and_towns_and_no_sea():
    found, _ = around("cn_north_anhui_tile_2017")
    assert found.sea_box is None
    assert len(found.sea) == 0
    assert is_in(found.water, 116.93, 32.39)  # Wabu lake
    assert "怀远县" in found.names.zh
    assert (np.diff(found.names.rank) >= 0).all()
