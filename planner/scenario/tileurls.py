"""Addresses of map tiles: which ones a map may ask for."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

PLACEHOLDERS: Final = ("{z}", "{x}", "{y}")

_SHIFTED_HOSTS: Final = (
    *("autonavi.com", "amap.com", "gaode.com", "google.cn", "gtimg.com", "map.qq.com"),
    *("baidu.com", "bdimg.com", "bdstatic.com", "geoq.cn", "arcgisonline.cn"),
)
"""Whose tiles are drawn in GCJ-02 or BD-09: some hundred metres off everything else on the map."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?&=%@+{}-]+")
"""Nothing in it can end an attribute, or part a rule of the page from the next."""
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def tile_url(value: str) -> str:
    """Return the address of tiles, checked: https, one host, and where zoom, column and row go.

    Raises
    ------
    ValueError
        It is none that a map may ask for.
    """
    problem = _problem(value)
    if problem:
        raise ValueError(problem)
    return value


def tile_origin(url: str) -> str:
    """Return scheme, host and port of an address that was checked: all that the page may ask for."""
    parts = urlsplit(url)
    return f"https://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def _problem(url: str) -> str | None:
    """Return what is wrong with an address; None where nothing is."""
    if not _PLAIN.fullmatch(url):
        return "has characters that no address of tiles needs; write them as %20 and the like"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address; it looks like https://tiles.example.org/{z}/{x}/{y}.png"
    if parts.scheme != "https":
        return "must begin with https://"
    if "@" in parts.netloc:
        return "must not hold a user or password"
    if not _HOST.fullmatch(host):
        return "must name one host, without placeholders"
    if any(host == shifted or host.endswith(f".{shifted}") for shifted in _SHIFTED_HOSTS):
        return (
            f"{host} draws in GCJ-02 or BD-09, some hundred metres off this map, which is in WGS 84; "
            "name tiles in WGS 84 or CGCS2000 (Tianditu for instance)"
        )
    return _problem_of_placeholders(parts)


def _problem_of_placeholders(parts: SplitResult) -> str | None:
    where = f"{parts.path}?{parts.query}"
    missing = [name for name in PLACEHOLDERS if where.count(name) != 1]
    if missing:
        return f"must hold {', '.join(missing)} once each: where zoom, column and row of a tile go"
    rest = where
    for name in PLACEHOLDERS:
        rest = rest.replace(name, "")
    if set("{}") & set(rest):
        return f"may hold {', '.join(PLACEHOLDERS)} and no other placeholder"
    return None
