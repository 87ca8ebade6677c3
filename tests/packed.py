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
