"""The page as text: what stands in it, and what doesn't."""

from __future__ import annotations

import dataclasses
import re
from importlib.resources import files

import numpy as np
import pytest
from browser.towns import grid_network, make_demand, make_sites, result_of, town

from planner.webmap import map_html
from planner.webmap.ground import ground

ASSETS = [file for file in (files("planner.webmap") / "assets").iterdir() if file.is_file()]


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(town())


def test_no_text_of_the_data_stands_in_the_page():
    result = result_of(
        network=None,
        demand=make_demand(np.array([120.0]), np.array([30.0]), name=["<marquee>{{ x }}"]),
        sites=make_sites(np.array([120.0]), np.array([30.0]), name=["${1+1}`"], kind=["银行甲"]),
        stations=[0],
    )
    page = map_html(result)
    assert "<marquee>" not in page
    assert "{{ x }}" not in page
    assert "银行甲" not in page
    assert "${1+1}" not in page


def test_nothing_is_loaded_from_elsewhere(html: str):
    assert re.findall(r"<(?:link|iframe|object|embed|base)\b", html) == []
    assert re.findall(r"<(?:script|img)\b[^>]*\bsrc=", html) == []
    urls = re.findall(r"url\((.*?)\)", html)
    assert urls
    assert all(url.strip("\"'").startswith(("data:", "#")) for url in urls if "+" not in url)


def test_only_scripts_of_the_page_may_run(html: str):
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    script_src = re.search(r"script-src (.*?);", policy[1])
    assert script_src is not None
    assert all(source.startswith("'sha256-") for source in script_src[1].split())


@pytest.mark.parametrize("asset", ASSETS, ids=lambda file: file.name)
def test_assets_keep_to_what_chromium_86_knows(asset):
    newer = {
        "js": r"\?\?=|\|\|=|&&=|\.at\(-|structuredClone|findLast|hasOwn\(|toSorted|toReversed|roundRect"
        r"|letterSpacing|static \{|replaceAll\(/|Array\.fromAsync|groupBy",
        "css": r":has\(|:is\(|:where\(|\binset:|aspect-ratio|color-mix|\d[sdl]v[hw]\b|@layer|@container",
        "html": r"<dialog|\binert\b|popover",
    }[asset.name.rpartition(".")[2]]
    assert re.findall(newer, asset.read_text("utf-8")) == []


@pytest.mark.parametrize("asset", ASSETS, ids=lambda file: file.name)
def test_assets_never_make_html_of_texts(asset):
    text = asset.read_text("utf-8")
    if asset.name == "stand_ins.js":
        return  # folium's own popups are HTML
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)


def test_a_straight_road_keeps_two_points_and_a_bent_one_three():
    network = grid_network(2, lon=120.0, lat=30.0)
    lines = ground(network)
    assert lines.n_points.max() <= 3
    assert lines.n_points.min() >= 2
    assert lines.rank.size == network.n_streets == 4


def test_a_road_drawn_twice_is_drawn_once():
    one = grid_network(2, lon=120.0, lat=30.0)
    twice = np.concatenate([np.arange(4), [0]])
    first, last = one.shape_start[0], one.shape_start[1]
    again = {
        name: np.concatenate([getattr(one, name), getattr(one, name)[first:last][::-1]])
        for name in ("shape_lon", "shape_lat", "shape_way")
    }
    both = dataclasses.replace(
        one,
        **again,
        shape_start=np.append(one.shape_start, one.shape_start[-1] + last - first),
        **{
            name: getattr(one, name)[twice]
            for name in (
                *("street_tail", "street_head", "street_length_m", "street_class"),
                *("street_name", "street_is_local"),
            )
        },
    )
    assert both.n_streets == 5
    assert ground(both).rank.size == 4


def test_main_roads_come_last_so_that_they_lie_above():
    lines = ground(grid_network(12, lon=120.0, lat=30.0))
    assert (np.diff(lines.rank) >= 0).all()
    # classes primary, secondary, tertiary, residential
    assert set(lines.rank.tolist()) == {4, 3, 2, 1}
