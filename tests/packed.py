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
        numbers[name] = _numbers(blob[at : at + n_bytes], n, way)
        at += n_bytes
    for path, n, n_bytes, way in head["columns"]:
        holder = head["texts"]
        for key in path[:-1]:
            holder = holder[key]
        before, whole = "", []
        shared = _numbers(blob[at : at + n_bytes], n, way)
        for kept, rest in zip(shared, holder[path[-1]], strict=True):
            before = before[:kept] + rest
            whole.append(before)
        holder[path[-1]] = whole
        at += n_bytes
    assert at == len(blob)
    return head["texts"], numbers


def _numbers(body: bytes, n: int, way: int) -> list[int]:
    told = _columns(body, n) if way >= 2 else _varints(body)
    assert len(told) == n
    signed = [value // 2 if value % 2 == 0 else -(value + 1) // 2 for value in told]
    return list(accumulate(signed)) if way % 2 else signed


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
