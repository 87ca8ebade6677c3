"""What keeps two runs from being alike: other points, other files, another standard; a sentence each, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.geodesy import metres_per_degree
from planner.points import Demand, Sites
from planner.result import Result

MOVED_M: Final = 1.0
"""Points of one id that lie farther apart than this lie elsewhere."""

_SENTENCES: Final = {
    "only_in_one": (
        "两次的需求点不同：按编号对上 {n} 处；只在“{first}”中有 {n_first} 处，只在“{later}”中有 {n_later} 处。",
        "The demand differs. Points matched by id: {n}; only in {first}: {n_first}; only in {later}: {n_later}.",
    ),
    "weights": (
        "有 {n} 处需求点的需求量不同；对比时采用“{first}”的需求量。",
        "Demand points with another weight in {later}: {n}; changes are weighed as in {first}.",
    ),
    "moved": (
        "有 {n} 处需求点编号相同，位置却不同（“{first}”与“{later}”）。",
        "Demand points of the same id that lie elsewhere in {later} than in {first}: {n}.",
    ),
    "sites_moved": (
        "有 {n} 个驿站编号相同，位置却不同（“{first}”与“{later}”）。",
        "Stations of the same id that stand elsewhere in {later} than in {first}: {n}.",
    ),
    "standard": (
        "标准不同：“{first}”为 {first_min} 分钟，“{later}”为 {later_min} 分钟；“已覆盖”的含义因此不同。",
        "The standards differ: {first_min} min in {first}, {later_min} min in {later}; covered is not the same in both.",
    ),
    "fleet": (
        "车队不同：“{first}”为 {first_is}，“{later}”为 {later_is}。",
        "The fleets differ: {first_is} in {first}, {later_is} in {later}.",
    ),
    "file": (
        "“{first}”与“{later}”所用的 {file} 内容不同。",
        "{file} is not the same file in {first} and in {later}.",
    ),
}
"""What is said of each, (Chinese, English)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing in which two runs are not alike.

    Attributes
    ----------
    kind
        What it is about: a key of machines.
    values
        The numbers and names that the sentence is filled with.
    """

    kind: str
    values: Mapping[str, str]

    def sentence(self, language: str = "en") -> str:
        """Return it in Chinese (``zh``) or English (``en``)."""
        zh, en = _SENTENCES[self.kind]
        return (zh if language == "zh" else en).format(**self.values)


def remarks_on_pair(first: Result, later: Result, *, names: tuple[str, str]) -> Iterator[Remark]:
    """Yield what keeps two runs from being alike, what concerns all points first.

    Parameters
    ----------
    first, later
        The runs.
    names
        What they are called.
    """
    called = {"first": names[0], "later": names[1]}
    for kind, values in (
        *_on_fleets(first, later),
        *_on_demand(first.times.demand, later.times.demand),
        *_on_sites(first, later),
        *_on_files(first, later),
    ):
        yield Remark(kind=kind, values=called | values)


Found = Iterator[tuple[str, dict[str, str]]]


def _on_fleets(first: Result, later: Result) -> Found:
    fleets = [
        {f.name: (f.max_drive_min, f"{f.vehicle}, {f.direction}") for f in run.scenario.fleets}
        for run in (first, later)
    ]
    standards, drivers = (
        [sorted({fleet[k] for fleet in some.values()}) for some in fleets] for k in (0, 1)
    )
    if standards[0] != standards[1]:
        told = [", ".join(f"{minutes:g}" for minutes in some) for some in standards]
        yield "standard", {"first_min": told[0], "later_min": told[1]}
    if drivers[0] != drivers[1]:
        told = ["; ".join(map(str, some)) for some in drivers]
        yield "fleet", {"first_is": told[0], "later_is": told[1]}


def _on_demand(first: Demand, later: Demand) -> Found:
    common, i, j = np.intersect1d(
        first.id.astype(str), later.id.astype(str), assume_unique=True, return_indices=True
    )
    n_first, n_later = len(first) - common.size, len(later) - common.size
    if n_first or n_later:
        counts = {"n": common.size, "n_first": n_first, "n_later": n_later}
        yield "only_in_one", {key: f"{n:,}" for key, n in counts.items()}
    n_other = int((first.weight[i] != later.weight[j]).sum())
    if n_other:
        yield "weights", {"n": f"{n_other:,}"}
    n_moved = int(_is_elsewhere(first, i, later, j).sum())
    if n_moved:
        yield "moved", {"n": f"{n_moved:,}"}


def _on_sites(first: Result, later: Result) -> Found:
    runs = (first, later)
    ids, others = (run.times.sites.id[run.plan.stations].astype(str) for run in runs)
    _, i, j = np.intersect1d(ids, others, assume_unique=True, return_indices=True)
    rows = [run.plan.stations[k] for run, k in zip(runs, (i, j), strict=True)]
    n_moved = int(_is_elsewhere(first.times.sites, rows[0], later.times.sites, rows[1]).sum())
    if n_moved:
        yield "sites_moved", {"n": f"{n_moved:,}"}


def _is_elsewhere(
    first: Demand | Sites,
    i: NDArray[np.integer],
    later: Demand | Sites,
    j: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Return whether points of two runs lie at different places."""
    east_m, north_m = metres_per_degree(first.lat[i])
    dx, dy = first.lon[i] - later.lon[j], first.lat[i] - later.lat[j]
    is_far: NDArray[np.bool_] = np.hypot(dx * east_m, dy * north_m) > MOVED_M
    return is_far


def _on_files(first: Result, later: Result) -> Found:
    was = {entry.file: entry.sha256 for entry in first.inputs}
    for entry in later.inputs:
        if was.get(entry.file, entry.sha256) != entry.sha256:
            yield "file", {"file": entry.file}
