"""What changes between runs: stations, who is covered, how far everyone drives, and what was asked differently."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.differences import Remark, remarks_on_pair
from planner.errors import PlannerError
from planner.figures import figures, left_out, slowest_needs
from planner.result import Result
from planner.scenario import Placement, scenario_toml

if TYPE_CHECKING:
    import folium
    import pandas as pd

Objects = NDArray[np.object_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Change(StrEnum):
    """What happens to a demand point from one run to another; each point is in one of these."""

    GAINED = "gained"
    """Covered in the later run only."""
    LOST = "lost"
    """Covered in the first run only."""
    FASTER = "faster"
    """Covered in both, with a shorter drive in the later one."""
    SLOWER = "slower"
    """Covered in both, with a longer drive in the later one."""
    SAME = "same"
    """Covered in both, and the drive takes as long."""
    UNCOVERED = "uncovered"
    """Covered in neither."""
    ONLY_LATER = "only_later"
    """No point of the first run has this id."""
    ONLY_FIRST = "only_first"
    """No point of the later run has this id."""


CHANGES = tuple(Change)


class Fate(StrEnum):
    """What becomes of a station from one run to another."""

    ADDED = "added"
    REMOVED = "removed"
    KEPT = "kept"


FATES = tuple(Fate)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """What changes from one run to another. Points and stations are matched by id.

    Attributes
    ----------
    first, later
        What the runs are called.
    points
        A row for each demand point of either run, ordered by id: ``id``, ``name``, ``district``, ``lon``, ``lat``,
        ``weight`` (that of the first run where it has the point), and for each run ``station_...`` (the one that serves
        it, or else the nearest), ``drive_time_s_...`` (NaN where no road leads there), ``covered_...``; ``change``.
        A point has the longest of its drives, one that is not covered before all others. A point without weight counts
        as covered.
    stations
        A row for each station of either run, ordered by id: ``id``, ``name``, ``kind``, ``lon``, ``lat``, ``change``.
    districts
        A row for each district: its ``n`` points, and for each run ``weight_...``, ``covered_weight_...``,
        ``share_covered_...``, ``mean_drive_time_s_...``. Those come first where the covered weight changes most, then
        where the mean drive does. No rows where no point has a district.
    """

    first: str
    later: str
    points: pd.DataFrame
    stations: pd.DataFrame
    districts: pd.DataFrame

    def total(self, change: Change) -> tuple[int, float]:
        """Return how many points change in one way, and their weight."""
        weight = self.points["weight"][self.points["change"] == change]
        return len(weight), float(weight.sum())

    def stations_that_are(self, fate: Fate) -> pd.DataFrame:
        """Return the stations that are added, removed or kept."""
        return self.stations[self.stations["change"] == fate]

    def shorter(self, n: int) -> pd.DataFrame:
        """Return the points whose drives get shortest by most, at most so many, with ``change_s`` below 0."""
        return self._changed(-1, n)

    def longer(self, n: int) -> pd.DataFrame:
        """Return the points whose drives get longest by most, at most so many, with ``change_s`` above 0."""
        return self._changed(1, n)

    def _changed(self, sign: int, n: int) -> pd.DataFrame:
        change_s = self.points["drive_time_s_later"] - self.points["drive_time_s_first"]
        changed = self.points.assign(change_s=change_s)[sign * change_s > 0]
        return changed.sort_values("change_s", ascending=sign < 0, kind="stable").head(n)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Some runs side by side, and what changes from the first of them to each other.

    Attributes
    ----------
    results
        The runs.
    names
        What they are called; no two alike.
    runs
        A row for each run: ``run`` (its name), ``scenario``, ``goal``, ``status``, and in numbers ``n_stations``,
        ``n_new``, ``standard_s``, ``share_covered``, ``covered_weight``, ``uncovered_n``, ``uncovered_weight``, ``mean_s``, ``p95_s``,
        ``longest_s``, ``objective``, ``bound``, ``roads_share_covered``; NaN for what is not known.
    changes
        From the first run to each of the others.
    asked
        A row for each setting that is not the same in all runs: ``setting``, then a column for each run, by its number
        from 1 on.
    remarks
        What keeps runs from being like the first, beside settings: other files, points matched by id only.
    """

    results: tuple[Result, ...]
    names: tuple[str, ...]
    runs: pd.DataFrame
    changes: tuple[Changes, ...]
    asked: pd.DataFrame
    remarks: tuple[Remark, ...]

    def between(self, first: int, later: int) -> Changes:
        """Return what changes from one run to another, by their positions."""
        return changes_between(
            self.results[first],
            self.results[later],
            names=(self.names[first], self.names[later]),
        )

    def map(self) -> folium.Map:
        """Return the map of all the runs, as a notebook shows it."""
        # a step up the floors, as with Result.map: nothing below the map depends on it
        from importlib import import_module

        comparison_map: folium.Map = import_module("planner.webmap").comparison_map(self)
        return comparison_map


def compare(results: Sequence[Result], *, names: Sequence[str] | None = None) -> Comparison:
    """Return what changes between runs.

    Parameters
    ----------
    results
        Two runs or more; all are compared with the first.
    names
        What to call them; the names of their scenarios if left out. Where two are alike, a number is added.

    Raises
    ------
    PlannerError
        There are fewer than two runs, or not a name for each.
    """
    import pandas as pd

    if len(results) < 2:
        raise PlannerError(f"to compare takes two runs or more, and there is {len(results)}")
    if names is not None and len(names) != len(results):
        raise PlannerError(f"there are {len(results)} runs, and {len(names)} names for them")
    called = _distinct(names or [result.scenario.name for result in results])
    first, others = results[0], range(1, len(results))
    return Comparison(
        results=tuple(results),
        names=called,
        runs=pd.DataFrame(
            [{"run": name, **_run(result)} for name, result in zip(called, results, strict=True)]
        ),
        changes=tuple(
            changes_between(first, results[i], names=(called[0], called[i])) for i in others
        ),
        asked=_asked(results),
        remarks=tuple(
            remark
            for i in others
            for remark in remarks_on_pair(first, results[i], names=(called[0], called[i]))
        ),
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of which no two are alike: a number is added to those that were."""
    n_of, seen, out = Counter(names), Counter[str](), list[str]()
    for name in names:
        seen[name] += 1
        called = name if n_of[name] == 1 else f"{name} ({seen[name]})"
        while called in out or (called != name and called in n_of):
            called += "'"
        out.append(called)
    return tuple(out)


def _run(result: Result) -> dict[str, Any]:
    """Return the figures of a run by the names of the columns."""
    found, plan, sites = figures(result), result.plan, result.times.sites
    is_new = ~(sites.is_existing | sites.is_required)[plan.stations]
    has_demand = result.scenario.demand.file is not None
    nothing = float("nan")
    return {
        "scenario": result.scenario.name,
        "goal": plan.goal.value,
        "status": plan.status.value,
        "n_stations": found.n_stations,
        "n_new": int(is_new.sum()),
        "standard_s": found.standard_s,
        "share_covered": found.share_covered if has_demand else nothing,
        "covered_weight": found.covered_weight,
        "uncovered_n": found.n_points - found.n_covered,
        "uncovered_weight": found.weight - found.covered_weight,
        "mean_s": found.mean_s,
        "p95_s": found.p95_s,
        "longest_s": found.longest_s,
        "objective": nothing if plan.objective is None else float(plan.objective),
        "bound": nothing if plan.bound is None else float(plan.bound),
        "roads_share_covered": nothing if result.roads is None else result.roads.share_covered,
    }


# ---------------------------------------------------------------------------------------------
# From one run to another
# ---------------------------------------------------------------------------------------------


def changes_between(first: Result, later: Result, *, names: tuple[str, str]) -> Changes:
    """Return what changes from one run to another.

    Parameters
    ----------
    first, later
        The runs.
    names
        What they are called.
    """
    points = _points(first, later)
    return Changes(
        first=names[0],
        later=names[1],
        points=points,
        stations=_stations(first, later),
        districts=_districts(first, later, points),
    )


def rows_of(ids: Objects, union: Objects) -> Whole:
    """Return the position of each of some ids in the ids of a run; -1 where it is not there."""
    position = {name: i for i, name in enumerate(ids.tolist())}
    return np.array([position.get(name, -1) for name in union.tolist()], dtype=np.int64)


def all_ids(*ids: Objects) -> Objects:
    """Return the ids of several runs, each once, ascending."""
    together = sorted(set().union(*(some.tolist() for some in ids)))
    out = np.empty(len(together), dtype=object)
    out[:] = together
    return out


def _points(first: Result, later: Result) -> pd.DataFrame:
    """Return the demand points of either run with what they have in each."""
    import pandas as pd

    runs = (first, later)
    ids = all_ids(first.times.demand.id, later.times.demand.id)
    rows = [rows_of(run.times.demand.id, ids) for run in runs]
    drives = [_drives(run, row) for run, row in zip(runs, rows, strict=True)]
    table: dict[str, Any] = {"id": ids}
    for column in ("name", "district", "lon", "lat"):  # as the later run has them
        table[column] = _of_either(column, runs[::-1], rows[::-1], ids.size)
    weights = [_weight(run) for run in runs]
    table["weight"] = np.where(rows[0] >= 0, _at(weights[0], rows[0]), _at(weights[1], rows[1]))
    for suffix, (station, time_s, is_covered) in zip(("first", "later"), drives, strict=True):
        table[f"station_{suffix}"] = station
        table[f"drive_time_s_{suffix}"] = time_s
        table[f"covered_{suffix}"] = is_covered
    table["change"] = _change(rows, drives)
    return pd.DataFrame(table)


Drives = tuple[Objects, Floats, NDArray[np.bool_]]
"""For each point its station, its drive in seconds, and whether it is covered."""


def _drives(result: Result, rows: Whole) -> Drives:
    """Return what some demand points of a run have; points that it has not (row -1) have nothing."""
    plan, nearest, n = result.plan, result.nearest_station, len(result.times.demand)
    has = rows >= 0
    station, time_s = np.full(rows.size, "", dtype=object), np.full(rows.size, np.nan)
    is_covered = np.zeros(rows.size, dtype=bool)
    if n:
        need = slowest_needs(result)[rows[has]]
        site = np.where(plan.is_covered, plan.station_of, nearest.site)[need]
        ids = np.append(result.times.sites.id, "")  # the last one for those that reach none
        station[has] = ids[site]
        time_s[has] = np.where(plan.is_covered, plan.drive_time_s, nearest.time_s)[need]
        is_covered[has] = ~np.isin(np.arange(n), left_out(result).uncovered)[rows[has]]
    return station, time_s, is_covered


def _weight(result: Result) -> Floats:
    needs = result.times.needs
    weight = np.bincount(needs.point, needs.weight, minlength=len(result.times.demand))
    return weight.astype(np.float64)  # without points they would be whole numbers


def _at(values: Floats, rows: Whole) -> Floats:
    return np.append(values, np.nan)[rows]


def _of_either(column: str, runs: Sequence[Result], rows: Sequence[Whole], n: int) -> Any:
    """Return a column of the demand as the first of some runs has it that has the point."""
    out = np.empty(n, dtype=getattr(runs[0].times.demand, column).dtype)
    for run, row in list(zip(runs, rows, strict=True))[::-1]:
        out[row >= 0] = getattr(run.times.demand, column)[row[row >= 0]]
    return out


def _change(rows: Sequence[Whole], drives: Sequence[Drives]) -> Objects:
    """Return what happens to each point."""
    (_, before_s, was), (_, after_s, is_now) = drives
    change = np.full(rows[0].size, Change.SAME.value, dtype=object)
    change[after_s < before_s] = Change.FASTER.value
    change[after_s > before_s] = Change.SLOWER.value
    change[~was & ~is_now] = Change.UNCOVERED.value
    change[~was & is_now] = Change.GAINED.value
    change[was & ~is_now] = Change.LOST.value
    change[rows[0] < 0] = Change.ONLY_LATER.value
    change[rows[1] < 0] = Change.ONLY_FIRST.value
    return change


def _stations(first: Result, later: Result) -> pd.DataFrame:
    import pandas as pd

    runs = (first, later)
    ids = all_ids(*(run.times.sites.id[run.plan.stations] for run in runs))
    rows = [rows_of(run.times.sites.id[run.plan.stations], ids) for run in runs]
    table: dict[str, Any] = {"id": ids}
    for column in ("name", "kind", "lon", "lat"):
        values = np.empty(ids.size, dtype=getattr(later.times.sites, column).dtype)
        for run, row in zip(runs, rows, strict=True):
            of_stations = getattr(run.times.sites, column)[run.plan.stations]
            values[row >= 0] = of_stations[row[row >= 0]]
        table[column] = values
    fate = np.full(ids.size, Fate.KEPT.value, dtype=object)
    fate[rows[0] < 0] = Fate.ADDED.value
    fate[rows[1] < 0] = Fate.REMOVED.value
    return pd.DataFrame(table | {"change": fate})


def _districts(first: Result, later: Result, points: pd.DataFrame) -> pd.DataFrame:
    """Return what each district has in each run, those with the biggest changes first."""
    import pandas as pd

    # a point is in the district that the later run puts it in
    names = sorted(set(points["district"])) if (points["district"] != "").any() else []
    position = {name: i for i, name in enumerate(names)}
    of_point = points["district"].map(position).to_numpy(dtype=np.int64, na_value=-1)
    table: dict[str, Any] = {
        "district": np.array(names, dtype=object),
        "n": np.bincount(of_point[of_point >= 0], minlength=len(names)),
    }
    for suffix, run in (("first", first), ("later", later)):
        of_row = of_point[rows_of(points["id"].to_numpy(), run.times.demand.id)]
        weight, covered, mean_s = _by_district(run, of_row, len(names))
        table[f"weight_{suffix}"] = weight
        table[f"covered_weight_{suffix}"] = covered
        table[f"share_covered_{suffix}"] = _parts(covered, weight)
        table[f"mean_drive_time_s_{suffix}"] = mean_s
    found = pd.DataFrame(table)
    cover = (found["covered_weight_later"] - found["covered_weight_first"]).abs()
    drive = (found["mean_drive_time_s_later"] - found["mean_drive_time_s_first"]).abs()
    order = np.lexsort((-drive.fillna(0.0), -cover))
    return found.iloc[order].reset_index(drop=True)


def _by_district(
    result: Result, district: Whole, n_districts: int
) -> tuple[Floats, Floats, Floats]:
    """Return the weight of each district, how much of it is covered, and the mean drive of those who reach a station."""
    if not n_districts:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    needs, plan, near = result.times.needs, result.plan, result.nearest_station
    of = district[needs.point]

    def summed(values: Floats) -> Floats:
        return np.bincount(of, values, minlength=n_districts).astype(np.float64)

    reaches = near.site >= 0
    total_s = summed(np.where(reaches, needs.weight * np.nan_to_num(near.time_s), 0.0))
    return (
        summed(needs.weight),
        summed(np.where(plan.is_covered, needs.weight, 0.0)),
        _parts(total_s, summed(np.where(reaches, needs.weight, 0.0))),
    )


def _parts(part: Floats, whole: Floats) -> Floats:
    parts: Floats = np.divide(part, whole, out=np.full(part.size, np.nan), where=whole > 0)
    return parts


# ---------------------------------------------------------------------------------------------
# What was asked
# ---------------------------------------------------------------------------------------------

_NAMES = ("name", "title", "notice", "language", "timezone")
"""Settings that change no number."""


def _asked(results: Sequence[Result]) -> pd.DataFrame:
    """Return the settings that are not the same in all runs."""
    import pandas as pd

    settings = [dict(_settings(tomllib.loads(scenario_toml(r.scenario)))) for r in results]
    keys = dict.fromkeys(key for told in settings for key in told)
    rows = [
        {"setting": key, **{f"{i + 1}": told.get(key) for i, told in enumerate(settings)}}
        for key in keys
        if any(told.get(key) != settings[0].get(key) for told in settings)
        and not _is_usual(key, settings)
    ]
    columns = ["setting", *(f"{i + 1}" for i in range(len(results)))]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _is_usual(key: str, settings: Sequence[dict[str, Any]]) -> bool:
    """Return whether a rule of the goal has its usual value wherever a run has a use for it."""
    table, _, name = key.partition(".")
    if table != "placement" or name not in Placement.model_fields:
        return False
    usual = Placement.model_fields[name].default
    return all(told.get(key, usual) in (usual, None) for told in settings)


def _settings(table: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the settings of a scenario with their places: ``fleets[0].vehicle``."""
    for key, value in table.items():
        place = f"{within}.{key}" if within else key
        if place in _NAMES:
            continue
        if isinstance(value, dict):
            yield from _settings(value, place)
        elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
            for i, part in enumerate(value):
                yield from _settings(part, f"{place}[{i}]")
        else:
            yield place, value
