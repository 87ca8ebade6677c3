"""An independent reader of what the map's page carries."""

from __future__ import annotations

import base64
import json
import zlib
from itertools import accumulate
from typing import Any


def unpack(packed: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Read number by number, byte by byte."""
    blob = zlib.decompress(base64.b64decode(packed))
    size = int.from_bytes(blob[:4], "little")
    head = json.loads(blob[4 : 4 + size].decode("utf-8"))
    at, numbers = 4 + size, {}
    for name, n, n_bytes, way in head["arrays"]:
        body = blob[at : at + n_bytes]
        told = _columns(body, n) if way >= 2 else _varints(body)
        assert len(told) == n
        signed = [value // 2 if value % 2 == 0 else -(value + 1) // 2 for value in told]
        numbers[name] = list(accumulate(signed)) if way % 2 else signed
        at += n_bytes
    assert at == len(blob)
    return head["texts"], numbers


def _varints(body: bytes) -> list[int]:
    out, value, bits = [], 0, 0
    for byte in body:
        value |= (byte & 127) << bits
        bits += 7
        if byte < 128:
            out.append(value)
            value, bits = 0, 0
    return out


def _columns(body: bytes, n: int) -> list[int]:
    return [int.from_bytes(body[i::n], "little") for i in range(n)]
