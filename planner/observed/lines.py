"""Drive times held against measured ones, as a planner reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.observed.fit import LEAST_M, LEAST_PAIRS, Support
from planner.wording import Row, counted, kilometres, section_lines, some


def observed_lines(found: Mapping[str, Any]) -> list[str]:
    """Return how drive times compare with measured ones, as lines for a terminal."""
    lines = section_lines([("Measured drive times", _rows(found))])
    if found["toml"]:
        lines += ["Speeds that fit best, to paste into the scenario", ""]
        lines += [*found["toml"].split("\n"), ""]
    return lines[:-1]


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
    yield "file", found["file"]
    yield "pairs", f"{found['n_pairs']:,}, of which {found['n_compared']:,} are compared"
    for what, names in (("off network", "off_network"), ("no road leads there", "unreachable")):
        if found[names]:
            yield what, f"{len(found[names])}: {some(found[names])}"
    if found["accuracy"] is None:
        return
    yield from _accuracy_rows("today", found["accuracy"])
    label = "worst"
    for pair in found["worst"]:
        times = f"{pair['drive_time_s']:,.0f} s here, {pair['measured_s']:,.0f} s measured"
        yield label, f"{pair['pair']}: {times}"
        label = ""
    label = "by class of road"
    for fit in found["by_road"]:
        yield label, _fit(fit)
        label = ""
    if found["accuracy_with_speeds"]:
        yield from _accuracy_rows("with speeds below", found["accuracy_with_speeds"])
    label = "mind"
    for remark in found["remarks"]:
        yield label, remark
        label = ""


def _accuracy_rows(label: str, accuracy: Mapping[str, Any]) -> Iterator[Row]:
    ratio, off_s = accuracy["ratio"], accuracy["difference_s"]
    yield label, f"in the median {_bias(ratio['median'])} ({off_s['median']:+,.0f} s)"
    yield "", f"in the mean {_bias(ratio['mean'])} ({off_s['mean']:+,.0f} s)"
    yield "", f"8 in 10 take {ratio['p10']:.2f} to {ratio['p90']:.2f} of the measured time"
    away = f"{ratio['mad']:.2f} ({off_s['mad']:,.0f} s)"
    yield "", f"half of them are within {away} of the median"
    if accuracy["rank_correlation"] is not None:
        yield "", f"their order agrees to {accuracy['rank_correlation']:.2f} (rank correlation)"


def _bias(ratio: float) -> str:
    """Return a bias in words: 0.8 is 20 % shorter than measured."""
    percent = round(abs(ratio - 1.0) * 100)
    if percent == 0:
        return "as long as measured"
    return f"{percent} % {'longer' if ratio > 1.0 else 'shorter'} than measured"


def _fit(fit: Mapping[str, Any]) -> str:
    name = f"{fit['class']}, limit tagged" if fit["has_limit"] else fit["class"]
    on = f"{counted(fit['n_pairs'], 'pair')}, {kilometres(fit['length_m'])}"
    now = f"{name:<28}{fit['kph']:5.1f} km/h"
    if fit["support"] == Support.TOO_LITTLE:
        return (
            f"{now}, left as it is: less than {LEAST_PAIRS} pairs or {LEAST_M / 1000:g} km ({on})"
        )
    if fit["support"] == Support.IMPLAUSIBLE:
        return f"{now}, left as it is: no plausible speed fits ({on})"
    return f"{now}, {fit['kph_that_fits']:.1f} fits best: {fit['speed_factor']:.2f} times as fast ({on})"
