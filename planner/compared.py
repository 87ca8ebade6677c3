"""What `compare` tells: runs side by side as lines, JSON, a table of demand points, and a page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.comparison import (
    CHANGES,
    FATES,
    Change,
    Changes,
    Comparison,
    Fate,
    all_ids,
    compare,
    rows_of,
)
from planner.runfolder import read_result
from planner.tables import write_csv
from planner.webmap import write_comparison
from planner.wholefolder import refuse_other, whole_folder
from planner.wording import (
    columns_of,
    counted,
    minutes_and_seconds,
    padded,
    percent,
    some,
)

if TYPE_CHECKING:
    import pandas as pd

FORMAT: Final = "station-planner/comparison/1"
SIGN: Final = "compare.json"
"""The file by which a folder of ours is known."""

N_POINTS: Final = 20
"""So many points whose drives change most the JSON names, to either side."""
N_TOLD: Final = 5
"""So many districts and points are told on the terminal."""


def compare_folders(folders: Sequence[Path]) -> Comparison:
    """Return what changes between saved runs, each called like its folder.

    Raises
    ------
    PlannerError
        There are fewer than two, a folder holds no whole result, or an input has changed since.
    """
    resolved = [folder.resolve() for folder in folders]
    return compare(
        [read_result(folder, with_areas=False) for folder in folders],
        names=[path.name or str(path) for path in resolved],
    )


def write_compared(found: Comparison, folder: Path) -> None:
    """Write compare.json, compare.csv and compare.html into a folder, whole or not at all.

    Parameters
    ----------
    found
        The runs, and what changes between them.
    folder
        Where; an older comparison there is replaced.

    Raises
    ------
    PlannerError
        The folder holds something else, or can't be written.
    """
    refuse_other(folder, sign=SIGN, what="comparison")
    text = json.dumps(comparison_json(found), ensure_ascii=False, indent=1, allow_nan=False)
    with whole_folder(folder) as fresh:
        (fresh / SIGN).write_text(text + "\n", encoding="utf-8", newline="\n")
        write_csv(fresh / "compare.csv", point_table(found))
        write_comparison(found, fresh / "compare.html")


def point_table(found: Comparison) -> pd.DataFrame:
    """Return the demand points of all runs, a row each, ordered by id.

    Columns ``id``, ``name``, ``district``, ``weight`` (those of the first run that has the point), then for each run, by its
    number from 1 on, ``station_1``, ``drive_time_s_1``, ``covered_1``; from the second on also ``change_2`` against the
    first run.
    """
    import pandas as pd

    ids = all_ids(*(changes.points["id"].to_numpy() for changes in found.changes))
    columns: dict[str, Any] = {"id": ids}
    for name in ("name", "district", "weight"):
        columns[name] = np.full(ids.size, None, dtype=object)
    for k, changes in enumerate(found.changes):
        points = changes.points
        row = rows_of(points["id"].to_numpy(), ids)
        has = row >= 0
        for name in ("name", "district", "weight"):
            is_open = has & np.array([value is None for value in columns[name]], dtype=bool)
            columns[name][is_open] = points[name].to_numpy()[row[is_open]]
        sides = [("first", 1)] if k == 0 else []
        for side, number in (*sides, ("later", k + 2)):
            columns |= _side(points, row, side, number)
        change = np.full(ids.size, "", dtype=object)
        change[has] = points["change"].to_numpy()[row[has]]
        columns[f"change_{k + 2}"] = change
    columns["weight"] = columns["weight"].astype(np.float64)
    return pd.DataFrame(columns)


def _side(points: pd.DataFrame, row: Any, side: str, number: int) -> dict[str, Any]:
    """Return what points have in one run; nothing where a row is -1."""
    has = row >= 0
    station, covered = (np.full(row.size, "", dtype=object) for _ in range(2))
    time_s = np.full(row.size, np.nan)
    is_there = points["change"].to_numpy() != (
        Change.ONLY_LATER if side == "first" else Change.ONLY_FIRST
    )
    told = np.where(points[f"covered_{side}"].to_numpy(), "true", "false").astype(object)
    station[has] = points[f"station_{side}"].to_numpy()[row[has]]
    time_s[has] = points[f"drive_time_s_{side}"].to_numpy()[row[has]]
    covered[has] = np.where(is_there, told, "")[row[has]]
    return {
        f"station_{number}": station,
        f"drive_time_s_{number}": time_s,
        f"covered_{number}": covered,
    }


# ---------------------------------------------------------------------------------------------
# For machines
# ---------------------------------------------------------------------------------------------


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values for JSON; None where a number is not known."""
    return {
        "format": FORMAT,
        "runs": [_plain(row) for row in found.runs.to_dict("records")],
        "changes": [_changes_json(changes) for changes in found.changes],
        "asked": [
            {
                "setting": row["setting"],
                "values": [row[f"{i + 1}"] for i in range(len(found.names))],
            }
            for row in found.asked.to_dict("records")
        ],
        "remarks": [
            {"kind": remark.kind, "sentence": remark.sentence()} for remark in found.remarks
        ],
    }


def _changes_json(changes: Changes) -> dict[str, Any]:
    totals = {change: changes.total(change) for change in CHANGES}
    columns = ["id", "name", "drive_time_s_first", "drive_time_s_later", "change_s"]
    longer, shorter = (
        [_plain(row) for row in some_points[columns].to_dict("records")]
        for some_points in (changes.longer(N_POINTS), changes.shorter(N_POINTS))
    )
    return {
        "first": changes.first,
        "later": changes.later,
        "stations": {fate.value: changes.stations_that_are(fate)["id"].tolist() for fate in FATES},
        "demand": {
            change.value: {"n": n, "weight": weight} for change, (n, weight) in totals.items()
        },
        "districts": [_plain(row) for row in changes.districts.to_dict("records")],
        "longer": longer,
        "shorter": shorter,
    }


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row with None for what is no number."""
    return {
        str(key): None if isinstance(value, float) and math.isnan(value) else value
        for key, value in row.items()
    }


# ---------------------------------------------------------------------------------------------
# On a terminal
# ---------------------------------------------------------------------------------------------

_Row = Mapping[Any, Any]


def _number(key: str) -> Callable[[_Row], str]:
    return lambda run: _amount(run[key])


def _of_demand(key: str) -> Callable[[_Row], str]:
    return lambda run: "-" if math.isnan(run["share_covered"]) else _amount(run[key])


def _seconds(key: str) -> Callable[[_Row], str]:
    return lambda run: (
        "-" if math.isnan(run[key]) else minutes_and_seconds(run[key], limit_s=run["standard_s"])
    )


def _share(key: str) -> Callable[[_Row], str]:
    return lambda run: "-" if math.isnan(run[key]) else percent(run[key])


def _proof(run: _Row) -> str:
    if run["status"] != "feasible" or math.isnan(run["bound"]):
        return str(run["status"])
    return f"feasible, bound {_amount(run['bound'])}"


_FIGURES: Final[dict[str, Callable[[_Row], str]]] = {
    "goal": lambda run: str(run["goal"]),
    "status": _proof,
    "stations": _number("n_stations"),
    "new ones": _number("n_new"),
    "covered": _share("share_covered"),
    "not covered, places": _of_demand("uncovered_n"),
    "not covered, weight": _of_demand("uncovered_weight"),
    "mean drive": _seconds("mean_s"),
    "95 % within": _seconds("p95_s"),
    "longest drive": _seconds("longest_s"),
    "roads covered": _share("roads_share_covered"),
}
"""What is told of each run, by its label."""


def _amount(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:,.1f}".removesuffix(".0")


def comparison_lines(found: Comparison) -> list[str]:
    """Return the comparison in lines: the runs side by side, then what changes against the first."""
    lines = _table_lines(found)
    for changes in found.changes:
        lines += ["", f"{changes.later} against {changes.first}"]
        lines += [f"  {label:<22}{value}" for label, value in _change_rows(changes)]
    if len(found.asked):
        lines += ["", "Asked differently"]
        lines += [f"  {row}" for row in _asked_rows(found)]
    if found.remarks:
        lines += ["", "Not alike", *(f"  {remark.sentence()}" for remark in found.remarks)]
    return lines


def _table_lines(found: Comparison) -> list[str]:
    runs = found.runs.to_dict("records")
    rows = [["", *found.names]]
    rows += [[label, *(tell(run) for run in runs)] for label, tell in _FIGURES.items()]
    known = [row for row in rows if set(row[1:]) != {"-"}]
    widths = [max(columns_of(row[k]) for row in known) for k in range(len(rows[0]))]
    return [
        "  ".join(
            padded(cell, width) if k == 0 else " " * (width - columns_of(cell)) + cell
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in known
    ]


_POINTS: Final = {
    Change.GAINED: "gain cover",
    Change.LOST: "lose cover",
    Change.UNCOVERED: "covered in neither",
    Change.FASTER: "shorter drive",
    Change.SLOWER: "longer drive",
    Change.SAME: "as before",
}
"""How changes of points are told."""


def _change_rows(changes: Changes) -> Iterator[tuple[str, str]]:
    """Yield what changes from one run to another, as labels and values."""
    by_fate = {fate: changes.stations_that_are(fate) for fate in FATES}
    yield "stations", ", ".join(f"{len(rows):,} {fate.value}" for fate, rows in by_fate.items())
    for fate in (Fate.ADDED, Fate.REMOVED):
        if len(by_fate[fate]):
            yield f"  {fate.value}", some(map(_called, by_fate[fate].to_dict("records")))
    for change, label in _POINTS.items():
        n, weight = changes.total(change)
        if n or (len(changes.points) and change in (Change.GAINED, Change.LOST)):
            yield label, f"{counted(n, 'place')}, weight {_amount(weight)}"
    for label, points in (
        ("shorter by most", changes.shorter(N_TOLD)),
        ("longer by most", changes.longer(N_TOLD)),
    ):
        for point in points.to_dict("records"):
            yield label, f"{_signed_s(point['change_s'])}  {_called(point)}"
            label = ""
    label = "districts"
    for district in changes.districts.head(N_TOLD).to_dict("records"):
        told = _district(district)
        if told:
            yield label, told
            label = ""


def _called(row: _Row) -> str:
    return f"{row['name']} ({row['id']})" if row["name"] else str(row["id"])


def _signed_s(seconds: float) -> str:
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{minutes_and_seconds(abs(seconds))}"


def _district(row: _Row) -> str:
    """Return what changes in a district; empty where nothing does."""
    share = row["share_covered_later"] - row["share_covered_first"]
    drive_s = row["mean_drive_time_s_later"] - row["mean_drive_time_s_first"]
    told = []
    if share and not math.isnan(share):
        told.append(f"{100 * share:+.2f} points of cover")
    if round(drive_s if math.isfinite(drive_s) else 0.0):
        told.append(f"mean drive {_signed_s(drive_s)}")
    return f"{row['district'] or '(none)'}: {', '.join(told)}" if told else ""


def _asked_rows(found: Comparison) -> Iterator[str]:
    for row in found.asked.to_dict("records"):
        told = (f"{_setting(row[f'{i + 1}'])} in {name}" for i, name in enumerate(found.names))
        yield f"{row['setting']}: {', '.join(told)}"


def _setting(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
