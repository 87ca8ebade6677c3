"""What hosts are and what they offer, in Chinese and English."""

from __future__ import annotations

import re
from typing import Final

HOSTS: Final[dict[str, tuple[str, str]]] = {
    "bank": ("银行", "bank"),
    "shop": ("商店", "shop"),
    "supermarket": ("超市", "supermarket"),
    "community": ("村社服务中心", "service centre"),
    "post": ("邮政快递", "post office"),
    "fuel": ("加油站", "filling station"),
    "food": ("餐饮", "restaurant"),
    "health": ("医疗", "health care"),
    "school": ("学校", "school"),
    "junction": ("路口", "junction"),
    "other": ("其他场所", "other host"),
}
"""(Chinese, English) by kind, as the map groups them."""

SERVICES: Final[dict[str, tuple[str, str]]] = {
    "rest": ("休息", "rest"),
    "water": ("饮水", "water"),
    "charging": ("充电", "charging"),
    "shelter": ("避雨", "shelter"),
    "toilet": ("厕所", "toilet"),
    "food": ("餐食", "food"),
    "wifi": ("无线网络", "Wi-Fi"),
    "repair": ("维修", "repair"),
    "first_aid": ("急救", "first aid"),
}
"""(Chinese, English) by the word in which files say it."""

_OTHER_WORDS: Final = {
    "hub": "community",
    "convenience": "shop",
    "store": "shop",
    "post_office": "post",
}
"""Other words for kinds."""


def host_in_chinese(kind: str) -> str:
    """Return what a kind of host is called in Chinese; one that nobody knows as it stands."""
    key = kind.strip().casefold()
    key = _OTHER_WORDS.get(key, key)
    return HOSTS[key][0] if key in HOSTS else kind


def services_in_chinese(services: str) -> str:
    """Return a list of services in Chinese; those that nobody knows as they stand."""
    named = (service.strip() for service in re.split("[;,；，]", services))
    return "；".join(SERVICES[s.casefold()][0] if s.casefold() in SERVICES else s for s in named)
