"""When a saved value is the same as one computed again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

from planner.verify.notes import shown, some

SUMS_AGREE: Final = 1e-9
"""Sums may differ by this share: they are added in another order. Times are on their grid and agree exactly."""


METRES_AGREE: Final = 0.0005
"""Lengths of road that end where a drive takes just so long may differ by so many metres: times are rounded."""


def are_metres_same(said: Any, right: float) -> bool:
    """Return whether two sums of metres of road are equal but for the rounding of times."""
    return is_number(said) and abs(said - right) <= max(METRES_AGREE, 1e-7 * abs(right))


def at(said: Any, *keys: str) -> Any:
    """Return what stands under some keys, each within the one before; None where nothing does."""
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_same(said: Any, right: Any) -> bool:
    """Return whether two values are equal: sums may differ by their rounding, all else not at all."""
    if is_number(said) and isinstance(right, float):
        return math.isclose(said, right, rel_tol=SUMS_AGREE)
    return type(said) is type(right) and bool(said == right)


def unequal(place: str, said: Any, right: Any) -> list[str]:
    """Return a sentence for each value that is not what it should be; values nobody computed again don't count.

    Parameters
    ----------
    place
        Where the value stands, as keys with dots between; empty for the whole file.
    said, right
        What was saved, and what it should be.
    """
    if isinstance(right, Mapping) and isinstance(said, Mapping):
        dot = f"{place}." if place else ""
        sentences = [
            sentence
            for key, value in right.items()
            for sentence in unequal(f"{dot}{key}", said.get(key), value)
        ]
        extra = sorted(set(said) - set(right)) if place else []
        return sentences + [f"{dot}{key} is not known" for key in extra]
    if _are_names(right) and _are_names(said):
        return _unequal_names(place, said, right)
    if is_same(said, right):
        return []
    return [f"{place} is {shown(said)}, and should be {shown(right)}"]


def _unequal_names(place: str, said: Sequence[str], right: Sequence[str]) -> list[str]:
    lost, more = [x for x in right if x not in said], [x for x in said if x not in right]
    if lost or more:
        lacks, has = f"{place} lacks {some(lost)}", f"{place} has {some(more)} wrongly"
        return [lacks] * bool(lost) + [has] * bool(more)
    return [] if said == right else [f"{place} is in another order, or names one twice"]


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)
