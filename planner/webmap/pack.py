"""Numbers and texts packed for the page: small, and harmless wherever they stand."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

COORDINATES_PER_DEGREE: Final = 100_000
"""Coordinates are whole numbers of 1e-5 degrees, about a metre."""

LONG_LIST: Final = 100
"""In lists of at least so many texts what repeats is left out."""
STEPS: Final = 1
"""In this way the differences from one number to the next are told (the first one from 0), not the numbers."""
PLANES: Final = 2
"""In this way bytes of equal rank stand together, which is short for numbers by chance; else numbers are varints."""
WAYS: Final = (STEPS, 0, STEPS | PLANES, PLANES)
"""How an array may be told; in each way 2k stands for k, and 2k - 1 for -k (zigzag)."""


def pack(texts: Mapping[str, Any], numbers: Mapping[str, ArrayLike]) -> str:
    """Return texts and whole numbers as one base64 text; ``unpack.js`` reads it.

    Parameters
    ----------
    texts
        Anything JSON can hold.
    numbers
        One-dimensional arrays of whole numbers below 2^31.

    Returns
    -------
    str
        Base64 of the deflated: length of the head as 4 bytes, head (JSON), then arrays, each in the way that deflates
        best (`WAYS`). The head has the texts; name, size, bytes and way of each array; and where in the texts long lists
        of them stand, with size, bytes and way of an array that comes behind all others: how many letters of each
        text are those of the one before, which are left out.
    """
    bodies: list[bytes] = []

    def told(values: NDArray[Any]) -> tuple[int, int, int]:
        way, body = _shortest(values)
        bodies.append(body)
        return values.size, len(body), way

    arrays = [[name, *told(np.asarray(values))] for name, values in numbers.items()]
    columns: list[list[Any]] = []
    short = _without_repeats(
        texts, (), lambda path, shared: columns.append([path, *told(np.array(shared))])
    )
    head = {"texts": short, "arrays": arrays, "columns": columns}
    head_text = json.dumps(head, ensure_ascii=False, allow_nan=False)
    head_bytes = head_text.encode("utf-8", errors="replace")
    blob = b"".join([len(head_bytes).to_bytes(4, "little"), head_bytes, *bodies])
    return base64.b64encode(zlib.compress(blob, 9)).decode("ascii")


def coordinates(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return degrees as whole numbers of 1e-5 degrees."""
    return np.rint(degrees * COORDINATES_PER_DEGREE).astype(np.int64)


def _without_repeats(
    value: Any, path: tuple[str, ...], tell: Callable[[tuple[str, ...], list[int]], None]
) -> Any:
    """Return texts with the letters that a text of a long list shares with the one before left out.

    Parameters
    ----------
    value, path
        Texts, and the keys that lead to them.
    tell
        Takes the path of each long list, and how many letters each of its texts shares.
    """
    if isinstance(value, Mapping):
        return {key: _without_repeats(v, (*path, key), tell) for key, v in value.items()}
    is_long = isinstance(value, list) and len(value) >= LONG_LIST
    if not is_long or not all(isinstance(text, str) for text in value):
        return value
    shared = [_n_shared(*pair) for pair in pairwise(["", *value])]
    tell(path, shared)
    return [text[n:] for text, n in zip(value, shared, strict=True)]


def _n_shared(one: str, other: str) -> int:
    """Return how many letters two texts share at their beginning, as far as each is one for a browser too."""
    n = 0
    for a, b in zip(one, other, strict=False):
        if a != b or a > "\uffff":
            break
        n += 1
    return n


def _shortest(values: NDArray[Any]) -> tuple[int, bytes]:
    """Return the way that deflates best, and the numbers written so; of equally good ways the first."""
    whole: NDArray[np.int64] = values.astype(np.int64)
    best_way, best, least = 0, b"", math.inf
    for way in WAYS:
        told = whole - np.concatenate([[0], whole[:-1]]) if way & STEPS else whole
        zigzag = (told << 1) ^ (told >> 63)
        if zigzag.max(initial=0) >> 32:
            continue  # a step too long for the page
        body = _planes(zigzag) if way & PLANES else _varints(zigzag)
        size = len(zlib.compress(body, 6))
        if size < least:
            best_way, best, least = way, body, size
    return best_way, best


def _varints(zigzag: NDArray[np.int64]) -> bytes:
    """Return numbers below 2^32 as varints: seven bits a byte, the lowest first."""
    n_bytes = np.ones(zigzag.size, dtype=np.int64)
    for bits in range(7, 35, 7):
        n_bytes += zigzag >> bits > 0
    end = np.cumsum(n_bytes)
    out = np.zeros(int(end[-1]) if end.size else 0, dtype=np.uint8)
    for k in range(5):
        has_byte = n_bytes > k
        more = np.where(n_bytes > k + 1, 0x80, 0)
        byte = ((zigzag >> (7 * k)) & 0x7F) | more
        out[(end - n_bytes + k)[has_byte]] = byte[has_byte]
    return out.tobytes()


def _planes(zigzag: NDArray[np.int64]) -> bytes:
    """Return the lowest bytes of all numbers, then the next ones, as far as any number goes."""
    n_planes = (int(zigzag.max(initial=0)).bit_length() + 7) // 8
    return b"".join((zigzag >> (8 * k)).astype(np.uint8).tobytes() for k in range(n_planes))
