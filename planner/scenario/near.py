"""Words that are nearly right: what somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like another one, if any is like it."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.65)), None)


def did_you_mean(near: str | None) -> str:
    """Return the question whether a word was meant, to be put behind a sentence; nothing where there is none."""
    return f"; did you mean {near}?" if near else ""
