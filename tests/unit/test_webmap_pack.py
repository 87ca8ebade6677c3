"""Packed data read back by an independent reader of the format."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from packed import unpack

from planner.webmap.pack import coordinates, pack


def test_two_small_arrays_are_as_short_as_can_be():
    # steps 1, -1, 64: zigzag 2, 1, 128: one byte, one byte, two bytes
    _, numbers = unpack(pack({}, {"a": [1, 0, 64], "b": []}))
    assert numbers == {"a": [1, 0, 64], "b": []}


@given(st.lists(st.integers(1 - 2**31, 2**31 - 1)), st.dictionaries(st.text(), st.text()))
def test_what_is_packed_comes_back(values: list[int], texts: dict[str, str]):
    assert unpack(pack(texts, {"a": values})) == (texts, {"a": values})


@given(st.lists(st.text("ab一😀\ud800", max_size=3), min_size=30, max_size=60))
def test_long_lists_of_texts_come_back(some: list[str]):
    texts = {"of": {"id": some * 4}}
    whole = [text.replace("\ud800", "?") for text in some * 4]  # no letter by itself
    assert unpack(pack(texts, {"a": [1]})) == ({"of": {"id": whole}}, {"a": [1]})


def test_a_way_is_chosen_that_the_numbers_are_short_in():
    running = np.arange(5000)  # all steps are the same
    drawn = np.random.default_rng(1).integers(
        0, 2**15, 5000
    )  # zigzag: 2 bytes each, no rule in them
    assert len(pack({}, {"a": running})) < 200
    assert len(pack({}, {"a": drawn})) < 4 / 3 * 2 * 5000 + 200


@given(st.text())
def test_no_text_shows_in_what_is_packed(text: str):
    assert set(pack({"name": text}, {})) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    )


def test_coordinates_are_rounded_to_a_metre():
    assert coordinates(np.array([121.234564, -30.000006])).tolist() == [12123456, -3000001]
