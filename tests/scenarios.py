"""Scenarios as files in a folder, and the program called on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import towns
from click.testing import Result
from typer.testing import CliRunner

from planner.cli import app

BY_TABLE: Final = """
[drive_times]
file = "times.csv"
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
"""
"""Drive times from a table; the placement follows."""

ROADS_ALONE: Final = """
[network]
file = "roads.osm"
speeds = "limits"
access_kph = 0
[[fleets]]
vehicle = "car"
max_drive_min = 0.6666666666666666
[demand]
roads = true
[sites]
file = "hosts.csv"
[placement]
"""
"""Every metre of road as demand, and 40 s as the standard; the placement follows."""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write texts as files of these names, and return their folder."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def along_the_road(**east_m: float) -> str:
    """Return places so many metres east of the beginning of a road, as a table by id."""
    rows = [",".join(map(str, (name, *towns.degrees(x_m)))) for name, x_m in east_m.items()]
    return "\n".join(["id,lon,lat", *rows, ""])


def called(*arguments: object) -> Result:
    """Call the program in this process, and return what it said and its exit code."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
