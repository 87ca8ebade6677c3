"""Packed data read back by an independent reader of the format."""

from __future__ import annotations

import base64
import json
import zlib
from itertools import accumulate
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.webmap.pack import coordinates, pack


def unpack(packed: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Read number by number, byte by byte."""
    blob = zlib.decompress(base64.b64decode(packed))
    size = int.from_bytes(blob[:4], "little")
    head = json.loads(blob[4 : 4 + size].decode("utf-8"))
    at, numbers = 4 + size, {}
    for name, n, n_bytes in head["arrays"]:
        body, steps, value, bits = blob[at : at + n_bytes], [], 0, 0
        for byte in body:
            value |= (byte & 127) << bits
            bits += 7
            if byte < 128:
                steps.append(value // 2 if value % 2 == 0 else -(value + 1) // 2)
                value, bits = 0, 0
        assert len(steps) == n
        numbers[name] = list(accumulate(steps))
        at += n_bytes
    assert at == len(blob)
    return head["texts"], numbers


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
