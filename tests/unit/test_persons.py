"""Few persons on the page: what its bytes hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario
from packed import unpack

from planner.webmap import map_html


def told(html: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Return the texts and numbers that a page was told."""
    packed = re.search('id="packed">([^<]*)<', html)
    assert packed is not None
    return unpack(packed[1])


def test_the_page_holds_neither_names_nor_ids_of_few_persons():
    result = result_of(
        network=None,
        demand=make_demand(
            120.0 + np.arange(5) / 1000,
            np.full(5, 30.0),
            weight=np.array([3.0, 4.0, 5.0, 40.0, 2.0]),
            name=[f"village {i}" for i in range(5)],
        ),
        sites=make_sites(np.array([120.0]), np.array([30.0]), name=["host"]),
        stations=[0],
        asked=scenario(
            demand={"file": "demand.csv", "unit": "persons"}, map={"fewest_persons": 10}
        ),
    )
    text = json.dumps(told(map_html(result))[0])
    assert [i for i in range(5) if f"village {i}" in text] == [3]
    assert [i for i in range(5) if f"D{i:05d}" in text] == [3]


def test_how_far_few_persons_are_from_the_road_is_not_told():
    result = result_of(
        network=grid_network(3, lon=120.0, lat=30.0),
        demand=make_demand(
            np.array([120.0, 120.001, 120.002]), np.full(3, 30.0), weight=np.array([3.0, 40.0, 9.0])
        ),
        sites=make_sites(np.array([120.0]), np.array([30.0])),
        stations=[0],
        off_network=(0, 1),
        asked=scenario(demand={"file": "demand.csv", "unit": "persons"}),
    )
    # the first joins another point; the second has enough persons for itself, and 9 join it
    numbers = told(map_html(result))[1]
    assert dict(zip(numbers["list_off_network"], numbers["off_network_m"], strict=True))[0] == -1
    alone = replace(result, scenario=scenario())
    assert told(map_html(alone))[1]["off_network_m"] == [812, 812]
