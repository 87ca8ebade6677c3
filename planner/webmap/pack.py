"""Numbers and texts packed for the page: small, and harmless wherever they stand."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

COORDINATES_PER_DEGREE: Final = 100_000
"""Coordinates are whole numbers of 1e-5 degrees, about a metre."""


def pack(texts: Mapping[str, Any], numbers: Mapping[str, ArrayLike]) -> str:
    """Return texts and whole numbers as one base64 text; ``unpack.js`` reads it.

    Parameters
    ----------
    texts
        Anything JSON can hold.
    numbers
        One-dimensional arrays of whole numbers below 2^31; each is kept as its differences from one to the next.

    Returns
    -------
    str
        Base64 of the deflated: length of the head as 4 bytes, head (JSON: texts, and name, size and bytes of each
        array), then the arrays as zigzag varints.
    """
    bodies = {name: _varints(np.asarray(values)) for name, values in numbers.items()}
    arrays = [[name, np.size(numbers[name]), len(body)] for name, body in bodies.items()]
    head = json.dumps({"texts": texts, "arrays": arrays}, ensure_ascii=False, allow_nan=False)
    head_bytes = head.encode("utf-8", errors="replace")
    blob = b"".join([len(head_bytes).to_bytes(4, "little"), head_bytes, *bodies.values()])
    return base64.b64encode(zlib.compress(blob, 9)).decode("ascii")


def coordinates(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return degrees as whole numbers of 1e-5 degrees."""
    return np.rint(degrees * COORDINATES_PER_DEGREE).astype(np.int64)


def _varints(values: NDArray[Any]) -> bytes:
    """Return the differences of whole numbers as zigzag varints: seven bits a byte, the lowest first."""
    whole: NDArray[np.int64] = values.astype(np.int64)
    steps = whole - np.concatenate([[0], whole[:-1]])
    zigzag = (steps << 1) ^ (steps >> 63)
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
