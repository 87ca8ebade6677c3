"""The tables for people: assignments.csv, stations.csv and stations.geojson, cell by cell."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from planner.verify.again import Again, mean_s
from planner.verify.notes import Notes, n_of, shown
from planner.verify.rows import rows_of, unquoted
from planner.verify.values import SUMS_AGREE, is_number, is_same

_DECIMALS: Final = {"lon": 7, "lat": 7, "access_m": 3}
"""Columns that the tables give with so many decimals."""


def check_tables(notes: Notes, run: Path, again: Again) -> None:
    """Compare every row of the tables for people."""
    assignments, stations = _assignments(again), _stations(again)
    _compare_csv(notes, run / "assignments.csv", assignments, key="demand")
    _compare_csv(notes, run / "stations.csv", stations, key="id")
    _compare_geojson(notes, run / "stations.geojson", stations)
    notes.checked.append(
        f"every cell of {n_of(len(assignments), 'row')} in assignments.csv and {len(stations)} in stations.csv and "
        "stations.geojson"
    )


def _assignments(again: Again) -> list[dict[str, Any]]:
    """Return the rows of assignments.csv."""
    nearest, places = again.nearest_station, again.inputs.demand_places
    access_m = [None] * len(again.demand) if places is None else places.access_m.tolist()
    rows = zip(
        again.demand.id,
        nearest.site.tolist(),
        nearest.time_s.tolist(),
        again.is_covered,
        access_m,
        strict=True,
    )
    return [
        {
            "demand": name,
            "fleet": again.fleet,
            "period": "all",
            "station": again.sites.id[station] if station >= 0 else "",
            "drive_time_s": seconds if station >= 0 else None,
            "covered": covered,
            "access_m": access,
        }
        for name, station, seconds, covered, access in rows
    ]


def _stations(again: Again) -> list[dict[str, Any]]:
    """Return the rows of stations.csv."""
    sites, nearest = again.sites, again.nearest_station
    served: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for station, seconds, weight, covered in zip(
        nearest.site.tolist(), nearest.time_s.tolist(), again.weight, again.is_covered, strict=True
    ):
        if covered:
            served[station].append((seconds, weight))
    return [
        {
            "id": sites.id[i],
            "name": sites.name[i],
            "kind": sites.kind[i],
            "lon": _degrees(sites.lon[i]),
            "lat": _degrees(sites.lat[i]),
            "existing": bool(sites.is_existing[i]),
            "n_served": len(served[i]),
            "weight_served": math.fsum(weight for _, weight in served[i]),
            "mean_drive_time_s": mean_s(served[i]),
            "max_drive_time_s": max((time_s for time_s, _ in served[i]), default=None),
        }
        for i in again.stations
    ]


def _degrees(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _compare_csv(notes: Notes, path: Path, right: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Compare the rows of a CSV file with those it should have, in their order."""
    said = rows_of(notes, path)
    row_of = {row[key]: row for row in right}
    names = [unquoted(row.get(key, ""), row_of) for row in said]
    if names != list(row_of):
        lacks = [name for name in row_of if name not in names]
        wrong = [name for name in names if name not in row_of]
        notes.differ(
            path.name,
            [f"the row of {name} is missing" for name in lacks]
            + [f"the row of {name} should not be there" for name in wrong]
            or ["its rows are in another order, or one stands twice"],
        )
    differs = [
        f"line {line}, {name}: {column} is {row.get(column, '') or 'empty'}, and should be {_cell(value)}"
        for line, (name, row) in enumerate(zip(names, said, strict=True), start=2)
        for column, value in row_of.get(name, {}).items()
        if not _is_cell(column, row.get(column, ""), value)
    ]
    notes.differ(path.name, differs)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "empty" if value is None or value == "" else str(value)


def _is_cell(column: str, text: str, value: Any) -> bool:
    """Return whether a cell of a CSV file says a value.

    Texts that look like formulas have a quote before them, and their lines end alike.
    """
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, str):
        value = "\n".join(re.split("\r\n?", value))
        return text in (value, f"'{value}")
    try:
        return _is_told(column, float(text), value)
    except ValueError:
        return False


def _is_told(column: str, said: Any, value: Any) -> bool:
    """Return whether a value is the one it should be, as near as its column tells it."""
    if not (is_number(said) and is_number(value)):
        return is_same(said, value)
    if column in _DECIMALS:
        return abs(said - value) <= 0.51 * 10.0 ** -_DECIMALS[column]
    return math.isclose(said, value, rel_tol=SUMS_AGREE)


def _compare_geojson(notes: Notes, path: Path, right: Sequence[Mapping[str, Any]]) -> None:
    """Compare stations.geojson with the stations as they should be."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        said = [_row_of_feature(feature) for feature in features]
    except (OSError, ValueError, KeyError, TypeError) as error:
        notes.differ(path.name, [f"can't be read ({error})"])
        return
    if [row["id"] for row in said] != [row["id"] for row in right]:
        notes.differ(path.name, ["has other stations than stations.csv, or another order"])
        return
    differs = [
        f"{row['id']}: {column} is {shown(row.get(column))}, and should be {shown(value)}"
        for row, should in zip(said, right, strict=True)
        for column, value in should.items()
        if not _is_told(column, row.get(column), value)
    ]
    notes.differ(path.name, differs)


def _row_of_feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return a feature as a row: its properties, and where it is."""
    geometry = feature["geometry"]
    lon, lat = (None, None) if geometry is None else geometry["coordinates"]
    return {**feature["properties"], "id": feature["id"], "lon": lon, "lat": lat}
