"""The page of several runs: what two of them have in common is packed once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.answer import Piece, whole_seconds
from planner.answer.words import LANGUAGES, count, duration
from planner.answer.words import SENTENCES as ANSWERS
from planner.comparison import CHANGES, FATES, Change, Changes, Comparison, rows_of
from planner.differences import remarks_on_pair
from planner.webmap import texts
from planner.webmap.comparison_texts import SENTENCES
from planner.webmap.comparison_texts import table as own_words
from planner.webmap.content import bounds, parts
from planner.webmap.pack import pack
from planner.webmap.page import SCRIPTS, STYLES, PageMap

_SCRIPTS: Final = (
    *SCRIPTS[:-1],
    "compare.js",
    "changes.js",
    "compared_panel.js",
    "swipe.js",
    SCRIPTS[-1],
)
"""The scripts of the map, and those that make it one of several runs before the last one starts it."""
N_LISTED: Final = 10
"""Points whose drives change most are listed, so many to either side."""

Numbers = dict[str, NDArray[np.int64]]


class ComparisonMap(PageMap):
    """The map of several runs: what changes, and two of them side by side."""

    def __init__(self, comparison: Comparison) -> None:
        boxes = np.array([bounds(result) for result in comparison.results])
        (south, west), (north, east) = boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)
        super().__init__(
            ((float(south), float(west)), (float(north), float(east))),
            comparison_content(comparison),
            scripts=_SCRIPTS,
            styles=(*STYLES, "compare.css"),
            body="compare.html",
        )


def comparison_content(comparison: Comparison) -> str:
    """Return all that the page is told, packed: each run as its own map is told it, and each pair of runs."""
    words_pool, numbers_pool = _Pool(), _Pool()
    runs = []
    for name, result in zip(comparison.names, comparison.results, strict=True):
        # areas would be most of the page; neither they nor trying out are what one compares here
        words, numbers = parts(replace(result, areas=None, curve=None, source=None))
        words["run"] = {"name": name, **_row(comparison, name)}
        words["tiles"] = None
        del words["ui"]
        runs.append({"texts": words_pool.keys(words), "arrays": numbers_pool.keys(numbers)})
    numbers_of_pairs: Numbers = {}
    pairs = []
    for a, b in permutations(range(len(runs)), 2):
        changes = comparison.between(a, b)
        pairs.append({"a": a, "b": b, **_pair(comparison, changes, a, b)})
        if a < b:
            numbers_of_pairs |= _rows(comparison, changes, a, b)
    first = comparison.results[0].scenario
    ui = {language: texts.table(language) | own_words(language) for language in LANGUAGES}
    told = {
        "language": str(first.language),
        "ui": ui,
        "pool": words_pool.values,
        "runs": runs,
        "pairs": pairs,
        "change_names": [change.value for change in CHANGES],
        "fate_names": [fate.value for fate in FATES],
    }
    return pack(told, numbers_pool.values | numbers_of_pairs)


class _Pool:
    """Values by keys; what is equal to a value of that name already there is kept once."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def keys(self, named: dict[str, Any]) -> dict[str, str]:
        """Return the key of each value by its name."""
        return {name: self._key(name, value) for name, value in named.items()}

    def _key(self, name: str, value: Any) -> str:
        k = 0
        while (key := f"{name}.{k}") in self.values:
            if _is_equal(self.values[key], value):
                return key
            k += 1
        self.values[key] = value
        return key


def _is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)


def _row(comparison: Comparison, name: str) -> dict[str, Any]:
    """Return the figures of a run as JSON has them; None for what is not known."""
    [row] = comparison.runs[comparison.runs["run"] == name].to_dict("records")
    return {
        str(key): None if isinstance(value, float) and math.isnan(value) else value
        for key, value in row.items()
        if key != "run"
    }


def _rows(comparison: Comparison, changes: Changes, a: int, b: int) -> Numbers:
    """Return of two runs which of their points and stations are the same, and what becomes of each."""
    first, later = comparison.results[a], comparison.results[b]
    key = f"pair_{a}_{b}_"
    ids, stations = changes.points["id"].to_numpy(), changes.stations["id"].to_numpy()
    numbers: Numbers = {
        f"{key}change": _codes(changes.points["change"], CHANGES),
        f"{key}fate": _codes(changes.stations["change"], FATES),
    }
    for side, result in (("a", first), ("b", later)):
        numbers[f"{key}point_{side}"] = rows_of(result.times.demand.id, ids)
        numbers[f"{key}station_{side}"] = rows_of(
            result.times.sites.id[result.plan.stations], stations
        )
    return numbers


def _codes(values: Iterable[str], names: Sequence[str]) -> NDArray[np.int64]:
    """Return the positions of some values among their names."""
    position = {name: k for k, name in enumerate(names)}
    return np.array([position[value] for value in values], dtype=np.int64)


def _pair(comparison: Comparison, changes: Changes, a: int, b: int) -> dict[str, Any]:
    """Return what is said of two runs."""
    names = (comparison.names[a], comparison.names[b])
    results = (comparison.results[a], comparison.results[b])
    remarks = list(remarks_on_pair(*results, names=names))
    totals = {change.value: changes.total(change) for change in CHANGES}
    position = {name: i for i, name in enumerate(changes.points["id"])}
    return {
        "says": {
            language: {
                "answer": list(_answer(comparison, changes, a, b, language)),
                "proof": [_points(changes, language)] if len(changes.points) else [],
                "rest": [],
            }
            for language in LANGUAGES
        },
        "totals": {name: {"n": n, "weight": weight} for name, (n, weight) in totals.items()},
        "fates": {fate.value: len(changes.stations_that_are(fate)) for fate in FATES},
        "districts": [
            {key: None if value != value else value for key, value in row.items()}
            for row in changes.districts.to_dict("records")
        ],
        "shorter": [position[name] for name in changes.shorter(N_LISTED)["id"]],
        "longer": [position[name] for name in changes.longer(N_LISTED)["id"]],
        "asked": [
            [row["setting"], _setting(row[f"{a + 1}"]), _setting(row[f"{b + 1}"])]
            for row in comparison.asked.to_dict("records")
            if row[f"{a + 1}"] != row[f"{b + 1}"]
        ],
        "remarks": {
            language: [remark.sentence(language) for remark in remarks] for language in LANGUAGES
        },
    }


def _setting(value: Any) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _answer(
    comparison: Comparison, changes: Changes, a: int, b: int, language: str
) -> Iterator[Piece]:
    """Yield what the page says first: how many stations, what they cover, how far one drives."""
    say = SENTENCES[language]
    before, after = comparison.runs.iloc[a], comparison.runs.iloc[b]
    first, later = {"name": changes.first}, {"name": changes.later}
    n_more = int(after["n_stations"] - before["n_stations"])
    yield later
    yield say["has"].format(stations=count(int(after["n_stations"]), "station", language))
    by = say["more_by" if n_more > 0 else "fewer_by"].format(n=count(abs(n_more), "", language))
    if language == "zh":
        yield from (
            (say["more"], first, by) if n_more else (say["as_many"], first, say["as_many_end"])
        )
    else:
        yield from (say["more"], by if n_more else say["as_many"], first, say["as_many_end"])
    yield from _cover(before, after, language)
    if len(changes.points):
        yield _drive(_shown_s(after) - _shown_s(before), language)
    yield say["stop"]


def _cover(before: Any, after: Any, language: str) -> Iterator[str]:
    """Yield what is covered, and how much more or less than before: demand, or else roads."""
    say = SENTENCES[language]
    for key, what in (("share_covered", "of_demand"), ("roads_share_covered", "of_roads")):
        was, now = float(before[key]), float(after[key])
        if math.isnan(was) or math.isnan(now):
            continue
        yield say["covers"].format(share=_percent(now), what=ANSWERS[language][what])
        points = 100 * (round(now, 4) - round(was, 4))
        change = "covers_same" if now == was else "covers_more" if points > 0 else "covers_less"
        yield say[change].format(points=f"{abs(points):.2f}")
        return


def _percent(share: float) -> str:
    """Return a share as a percentage of two digits; only all is 100, and only nothing is 0."""
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    return f"{100 * min(max(share, 0.0001), 0.9999):.2f}%"


def _shown_s(run: Any) -> float:
    """Return the mean drive of a run in whole seconds, as it is shown; NaN where nobody reaches a station."""
    mean_s = float(run["mean_s"])
    if math.isnan(mean_s):
        return mean_s
    return float(whole_seconds(np.array([mean_s]), float(run["standard_s"]))[0])


def _drive(more_s: float, language: str) -> str:
    """Return how much longer or shorter the mean drive is; nothing where one of them is not known."""
    say = SENTENCES[language]
    if math.isnan(more_s):
        return ""
    if not more_s:
        return say["as_long"]
    time = duration(abs(more_s), language)
    return say["shorter" if more_s < 0 else "longer"].format(time=time)


def _points(changes: Changes, language: str) -> str:
    """Return how many points win, lose, drive shorter and longer."""
    counts = {
        change.value: count(changes.total(change)[0], "", language)
        for change in (Change.GAINED, Change.LOST, Change.FASTER, Change.SLOWER)
    }
    return SENTENCES[language]["points"].format(**counts)
