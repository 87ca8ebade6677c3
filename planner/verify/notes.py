"""What was checked and what differs, noted in sentences as it is found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_NAMED: Final = 5
"""Differences of one kind named one by one; of more, only the number is told."""


@dataclass(slots=True)
class Notes:
    """What was checked, what is taken on trust and what differs, as it is found."""

    checked: list[str] = field(default_factory=list)
    trusted: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    def differ(self, file: str, sentences: Sequence[str]) -> None:
        """Note differences of one kind in one file, the first few by name."""
        self.differences += [f"{file}: {sentence}" for sentence in sentences[:_NAMED]]
        if len(sentences) > _NAMED:
            self.differences.append(f"{file}: and {len(sentences) - _NAMED} more like these")


def n_of(n: int, what: str) -> str:
    """Return a number of things in words: "1 station", "2 stations"."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def some(names: Sequence[str]) -> str:
    """Return the first few of some names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def shown(value: Any) -> str:
    """Return a value as JSON writes it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."
