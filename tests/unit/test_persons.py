"""Few persons on the page: what its bytes hold."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace

import numpy as np
from browser.towns import grid_network, make_demand, make_sites, result_of, scenario

from planner.webmap import map_html


def told(html: str) -> bytes:
    """Return what a page was told, unpacked."""
    packed = re.search('id="packed">([^<]*)<', html)
    assert packed is not None
    return zlib.decompress(base64.b64decode(packed[1]))


def unpacked(html: str) -> dict[str, list[int]]:
    """Return the numbers that a page was told."""
    everything = told(html)
    size = int.from_bytes(everything[:4], "little")
    numbers, at = {}, 4 + size
    for name, n, n_bytes in json.loads(everything[4:at])["arrays"]:
        numbers[name] = varints(everything[at : at + n_bytes])
        assert len(numbers[name]) == n
        at += n_bytes
    return numbers


def varints(data: bytes) -> list[int]:
    """Return whole numbers from zigzag varints of their differences."""
    numbers, last, zigzag, bits = [], 0, 0, 0
    for byte in data:
        zigzag |= (byte & 127) << bits
        bits += 7
        if byte < 128:
            last += (zigzag >> 1) ^ -(zigzag & 1)
            numbers.append(last)
            zigzag = bits = 0
    return numbers


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
    text = told(map_html(result)).decode("latin1")
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
    numbers = unpacked(map_html(result))
    assert dict(zip(numbers["list_off_network"], numbers["off_network_m"], strict=True))[0] == -1
    alone = replace(result, scenario=scenario())
    assert list(unpacked(map_html(alone))["off_network_m"]) == [812, 812]
