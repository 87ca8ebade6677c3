"""Why a plan does not meet the rules of its goal, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

N_NAMED: Final = 5
"""Needs named in a reason; of more, only the number is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words in both languages: a reason, or the duty that a reason begins with.

    Attributes
    ----------
    en, zh
        The same in English and in Chinese.
    """

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the words in a language (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


ALL_COVERABLE: Final = Said(en="All coverable demand", zh="覆盖全部可覆盖的需求")
COVERING_ALL: Final = Said(en="Covering all coverable demand", zh="覆盖全部可覆盖的需求")
REACHING_ALL: Final = Said(
    en="Reaching all demand that can be reached", zh="服务全部有路可达的需求"
)


def share_of_coverable(share: float) -> Said:
    """Return the duty to cover a share of the coverable demand."""
    return Said(
        en=f"A share of {share:g} of the coverable demand",
        zh=f"覆盖可覆盖需求的 {100 * share:g}%",
    )


def too_many_kept(n_kept: int, allowed: int) -> Said:
    """Return that more stations are kept than there may be."""
    return Said(
        en=f"{n_kept} stations are kept; {allowed} {_are(allowed)} allowed.",
        zh=f"必须保留的驿站有 {n_kept} 个，只允许 {allowed} 个。",
    )


def needs_more(duty: Said, at_least: int, allowed: int, *, apart: Sequence[str] = ()) -> Said:
    """Return that a duty takes more stations than there may be.

    Parameters
    ----------
    duty
        What the plan has to do.
    at_least, allowed
        How many stations it takes at least, and how many there may be.
    apart
        Needs no two of which one site can serve, by name: so that anyone can see it.
    """
    stations = "station" if at_least == 1 else "stations"
    en = f"{duty.en} needs at least {at_least} {stations}; {allowed} {_are(allowed)} allowed."
    zh = f"{duty.zh}至少需要 {at_least} 个驿站，只允许 {allowed} 个。"
    if apart:
        named, more = apart[:N_NAMED], len(apart) - N_NAMED
        names_en = ", ".join(named) + (f" and {more} more" if more > 0 else "")
        names_zh = "、".join(named) + (f" 等 {len(apart)} 处" if more > 0 else "")
        en += f" No site serves two of {names_en}."
        zh += f"没有候选点能同时服务其中两处：{names_zh}。"
    return Said(en=en, zh=zh)


def is_open(duty: Said, at_least: int, found: int, allowed: int) -> Said:
    """Return that a duty may take more stations than there may be, or not: nobody knows.

    Parameters
    ----------
    duty
        What the plan has to do.
    at_least, found, allowed
        How many stations it takes at least, how many were found to do, and how many there may be.
    """
    return Said(
        en=f"{duty.en} needs {at_least} to {found} stations; {allowed} {_are(allowed)} allowed, and no plan with so few was "
        "found, nor a proof that there is none.",
        zh=f"{duty.zh}需要 {at_least} 至 {found} 个驿站，只允许 {allowed} 个；没有找到这么少的方案，也没有证明不存在。",
    )


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
