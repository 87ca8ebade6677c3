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


@given(st.lists(st.integers(-(2**30), 2**30)), st.dictionaries(st.text(), st.text()))
def test_what_is_packed_comes_back(values: list[int], texts: dict[str, str]):
    assert unpack(pack(texts, {"a": values})) == (texts, {"a": values})


@given(st.text())
def test_no_text_shows_in_what_is_packed(text: str):
    assert set(pack({"name": text}, {})) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    )


def test_coordinates_are_rounded_to_a_metre():
    assert coordinates(np.array([121.234564, -30.000006])).tolist() == [12123456, -3000001]
