"""What is kept of an extract beside its roads."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import shapely

from planner.roads.cache import clear_cache
from planner.surroundings.kept import SUFFIX, kept
from planner.surroundings.osm import OsmSurroundings, PlaceNames

FOUND = OsmSurroundings(
    coast=shapely.linestrings([[(0, 0), (1, 2)], [(3, 3), (4, 5)]]),
    water=np.array([shapely.Point(0, 0).buffer(2) - shapely.Point(0, 0).buffer(1)], dtype=object),
    names=PlaceNames(
        zh=np.array(["城", ""], dtype=object),
        en=np.array(["a\nb", "c"], dtype=object),
        rank=np.array([0, 2]),
        lon=np.array([120.0, 121.0]),
        lat=np.array([30.0, 31.0]),
    ),
    box=(0.0, 1.0, 2.0, 3.0),
)
NOTHING = OsmSurroundings(
    coast=np.empty(0, dtype=object),
    water=np.empty(0, dtype=object),
    names=PlaceNames(
        zh=np.empty(0, dtype=object),
        en=np.empty(0, dtype=object),
        rank=np.empty(0, dtype=np.int64),
        lon=np.empty(0),
        lat=np.empty(0),
    ),
    box=None,
)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STATION_PLANNER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "networks"


@pytest.fixture
def extract(tmp_path):
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"some bytes")
    return path


def unread(path):
    raise AssertionError(path)


def assert_equal(a, b):
    for part in fields(OsmSurroundings):
        one, two = getattr(a, part.name), getattr(b, part.name)
        if part.name == "names":
            for column in fields(PlaceNames):
                assert list(getattr(one, column.name)) == list(getattr(two, column.name))
        elif part.name == "box":
            assert one == two
        else:
            assert len(one) == len(two)
            assert shapely.equals_exact(one, two).all()


@pytest.mark.parametrize("found", [FOUND, NOTHING])
def test_what_is_kept_is_what_was_read(cache, extract, found):
    assert kept(extract, lambda _: found) is found
    assert_equal(kept(extract, unread), found)


def test_another_file_is_read(cache, extract):
    kept(extract, lambda _: FOUND)
    extract.write_bytes(b"other bytes")
    assert kept(extract, lambda _: NOTHING) is NOTHING


def test_a_damaged_entry_is_made_anew(cache, extract):
    kept(extract, lambda _: FOUND)
    (entry,) = cache.glob(f"*{SUFFIX}")
    whole = entry.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:200] + b"!!!!" + whole[204:]):
        entry.write_bytes(damaged)
        assert_equal(kept(extract, lambda _: FOUND), FOUND)
    assert_equal(kept(extract, unread), FOUND)


def test_clearing_the_cache_takes_it_along(cache, extract):
    kept(extract, lambda _: FOUND)
    assert list(cache.iterdir())
    clear_cache()
    assert not list(cache.iterdir())


def test_nothing_is_kept_where_that_is_switched_off(tmp_path, extract, monkeypatch):
    monkeypatch.setenv("STATION_PLANNER_CACHE", "off")
    assert kept(extract, lambda _: FOUND) is FOUND
    assert kept(extract, lambda _: NOTHING) is NOTHING
