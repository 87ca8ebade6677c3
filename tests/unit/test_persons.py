"""Few persons on the page: what its bytes hold."""

from __future__ import annotations

import base64
import re
import zlib

import numpy as np
from browser.towns import make_demand, make_sites, result_of, scenario

from planner.webmap import map_html


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
    packed = re.search('id="packed">([^<]*)<', map_html(result))
    assert packed is not None
    told = zlib.decompress(base64.b64decode(packed[1])).decode("latin1")
    assert [i for i in range(5) if f"village {i}" in told] == [3]
    assert [i for i in range(5) if f"D{i:05d}" in told] == [3]
