"""Speed limits that hold by law in a kind of place, by country, for tags such as ``CN:urban``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

WALK_KPH: Final = 6.0
"""What ``walk`` is taken for."""
LIVING_STREET_KPH: Final = 10.0
"""What ``living_street`` is taken for in every country."""

_MILE_KM: Final = 1.609344
_IN_MILES: Final = frozenset({"gb", "uk", "im", "je", "gg", "us", "pr"})
"""Countries where the number of a zone is in miles an hour: a ``GB:zone20`` is one of 20 mph."""
_NUMBERED: Final = re.compile(r"(?:([a-z]{2})(?:-[a-z0-9]{1,3})?:)?(?:zone:?)?([0-9]+)")
_NAMED: Final = re.compile(r"([a-z]{2})(-[a-z0-9]{1,3})?:([a-z_]+)")


def _miles(**limits: float) -> dict[str, float]:
    return {zone: mph * _MILE_KM for zone, mph in limits.items()}


_GB_NATIONAL: Final = _miles(nsl_restricted=30, nsl_single=60, nsl_dual=70)

_KPH: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        # Europe, west and south
        "ad": {"urban": 50, "rural": 90},
        "at": {"urban": 50, "rural": 100, "trunk": 100, "motorway": 130, "bicycle_road": 30},
        "be": {"urban": 50, "rural": 90, "trunk": 120, "motorway": 120, "cyclestreet": 30},
        "be-bru": {"urban": 30, "rural": 70},
        "be-vlg": {"rural": 70},
        "ch": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120},
        "cy": {"urban": 50, "rural": 80, "motorway": 100},
        "de": {"urban": 50, "rural": 100, "bicycle_road": 30},  # motorways have none
        "es": {"urban": 50, "rural": 90, "trunk": 90, "motorway": 120},
        "fr": {"urban": 50, "rural": 80, "trunk": 110, "motorway": 130},
        "gb": {**_miles(urban=30, builtup=30, rural=60, motorway=70), **_GB_NATIONAL},
        "gb-wls": _miles(urban=20, builtup=20, nsl_restricted=20),
        "gr": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "ie": {"urban": 50, "rural": 80, "national": 100, "trunk": 100, "motorway": 120},
        "it": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "li": {"urban": 50, "rural": 80},
        "lu": {"urban": 50, "rural": 90, "motorway": 130},
        "mc": {"urban": 50},
        "mt": {"urban": 50, "rural": 80},
        "nl": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 100},
        "pt": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 120},
        "sm": {"urban": 50, "rural": 70},
        # Europe, north
        "dk": {"urban": 50, "rural": 80, "trunk": 80, "motorway": 130},
        "ee": {"urban": 50, "rural": 90},
        "fi": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 120},
        "is": {"urban": 50, "rural": 90},
        "lt": {"urban": 50, "rural": 90, "trunk": 120, "motorway": 130},
        "lv": {"urban": 50, "rural": 90},
        "no": {"urban": 50, "rural": 80},
        "se": {"urban": 50, "rural": 70, "motorway": 110},
        # Europe, middle and east
        "al": {"urban": 40, "rural": 80, "trunk": 90, "motorway": 110},
        "ba": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 130},
        "bg": {"urban": 50, "rural": 90, "trunk": 120, "motorway": 140},
        "by": {"urban": 60, "rural": 90, "motorway": 110},
        "cz": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130, "urban_motorway": 80},
        "hr": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "hu": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "md": {"urban": 50, "rural": 90, "motorway": 110},
        "me": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 130},
        "mk": {"urban": 50, "rural": 80, "trunk": 110, "motorway": 130},
        "pl": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 140},
        "ro": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 130},
        "rs": {"urban": 50, "rural": 80, "trunk": 100, "motorway": 130},
        "ru": {"urban": 60, "rural": 90, "motorway": 110},
        "si": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "sk": {"urban": 50, "rural": 90, "motorway": 130, "urban_motorway": 90},
        "tr": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "ua": {"urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
        "xk": {"urban": 50, "rural": 80, "motorway": 130},
        # Asia
        "am": {"urban": 60, "rural": 90, "motorway": 110},
        "az": {"urban": 60, "rural": 90, "motorway": 110},
        "cn": {"urban": 50, "rural": 70, "motorway": 120},
        "ge": {"urban": 60, "rural": 90, "motorway": 110},
        "hk": {"urban": 50, "rural": 50},
        "id": {"urban": 50, "rural": 80, "motorway": 100},
        "il": {"urban": 50, "rural": 80, "motorway": 110},
        "in": {"urban": 70, "rural": 70, "motorway": 120},
        "jp": {"urban": 60, "rural": 60, "national": 60, "motorway": 100, "express": 100},
        "kr": {"urban": 50, "rural": 60, "trunk": 90, "motorway": 100},
        "kz": {"urban": 60, "rural": 100, "motorway": 140},
        "my": {"urban": 60, "rural": 90, "motorway": 110},
        "sg": {"urban": 50, "rural": 50},
        "th": {"urban": 80, "rural": 90, "motorway": 120},
        "tw": {"urban": 50, "rural": 50},
        # The Americas; the law of the United States sets none, nor do the rules of every province of Canada alike
        "ar": {"urban": 40, "rural": 110, "trunk": 120, "motorway": 130},
        "br": {"urban": 40, "rural": 100, "motorway": 110},
        "cl": {"urban": 50, "rural": 100, "motorway": 120},
        "co": {"urban": 50, "rural": 90, "motorway": 120},
        "mx": {"urban": 50, "rural": 80, "motorway": 110},
        "uy": {"urban": 45, "rural": 90},
        # Africa and Oceania
        "au": {"urban": 50, "rural": 100},
        "ma": {"urban": 60, "rural": 100, "motorway": 120},
        "nz": {"urban": 50, "rural": 100, "motorway": 100},
        "za": {"urban": 60, "rural": 100, "motorway": 120},
    }
)
"""km/h for cars by country (or a part of it) and zone, as the law of 2025 has it to our knowledge: assumptions.

The law of some countries tells more kinds of road apart than the tags; there the usual one stands. A limit that is tagged
as a number goes before, ``[network] speeds`` and ``[vehicles.NAME] speeds`` set what a class of road makes of it.
"""
_SAME: Final = MappingProxyType({"uk": "gb", "fl": "li"})
"""Other names of countries that stand in tags."""


def zone_kph(word: str) -> float | None:
    """Return the limit that a word stands for, in km/h, or None where it stands for none.

    Parameters
    ----------
    word
        A kind of zone, in lower case: ``cn:urban``, ``de:zone:30``, ``de:30``, ``zone30``, ``walk``.
    """
    numbered = _NUMBERED.fullmatch(word)
    if numbered:
        return float(numbered[2]) * (_MILE_KM if numbered[1] in _IN_MILES else 1.0)
    named = _NAMED.fullmatch(word)
    zone = named[3] if named else word
    if zone == "walk":
        return WALK_KPH
    if zone == "living_street":
        return LIVING_STREET_KPH
    if not named:
        return None
    country, part = _SAME.get(named[1], named[1]), named[2] or ""
    for place in (country + part, country):
        if zone in _KPH.get(place, {}):
            return float(_KPH[place][zone])
    return None
