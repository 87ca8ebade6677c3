"""A commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from planner.errors import PlannerError
from planner.scenario import DEMAND_COLUMNS, SITES_COLUMNS

_SCENARIO: Final = """\
# What to plan, and with what. Paths are relative to this file.
# See what is in your files first:   station-planner check scenario.toml
# Then plan:                         station-planner plan scenario.toml

# title = { zh = "驿站布点", en = "Rest stations" }   # what the map is called
# language = "zh"                                     # the language the map opens in: zh or en

[network]
file = "roads.osm.pbf"         # an extract of OpenStreetMap that reaches some kilometres beyond the demand
# access_kph = 10              # speed between a point and the road; 0: that leg takes no time
# max_access_m = 300           # points farther from every road are off network
# junction_delay_s = { signal = 12 }
# speeds = { residential = 25 }     # km/h by class over the defaults; or "limits": as fast as tagged

[[fleets]]
name = "riders"
vehicle = "ebike"              # car, motorcycle or ebike
max_drive_min = 5              # a drive of exactly this long covers
direction = "to_station"       # or "from_station"

[demand]
file = "demand.csv"            # id, lon, lat; if you have them: weight, name, district
# columns = { id = "编号", lon = "经度", lat = "纬度" }    # your names of the columns
# unit = "persons"             # weights count persons: then the map tells no place with fewer than [map] fewest_persons

[sites]
file = "hosts.csv"             # id, lon, lat; if you have them: name, kind, existing, required, excluded, ...
# existing = "stations.csv"    # stations that stand already: always kept

[placement]
goal = "set-covering"          # the fewest stations that cover everyone who can be covered;
                               # or "max-covering": the best places for a number of them; "p-median": drives
                               # shortest in all; "p-center": the farthest drive shortest; or "assess"
# stations = 78                # how many in all, or at most (set-covering)
# min_share = 1.0              # set-covering: the share of the coverable weight to cover
# then = "p-median"            # set-covering: of the plans with the fewest, the one with the shortest drives
# cover_all = true             # p-median, p-center: and everyone who can be covered is
# horizon_min = 30             # p-median, p-center: look no farther than this; saves memory on large networks
# stations_file = "list.csv"   # assess: these sites (column id), whatever stands; the map exports such a list
# curve = true                 # result.json tells what each number of stations covers too

# [isochrones]
# minutes = [3, 5]             # areas within so many minutes, on the map and in plan.gpkg; []: none
# width_m = 40                 # how far they reach to each side of a reached road

# [map]                        # what the map shows and tells; no number depends on it
# approval = "浙S(2026)12号"   # 审图号; without it the map calls itself an internal draft
# districts = "districts.gpkg" # borders with their names (column name)
# water = "water.gpkg"         # areas of water beside those of an OpenStreetMap extract
# tiles = { url = "https://tiles.example.org/{z}/{x}/{y}.png", credit = "Whose they are" }   # asked for while one looks
# fewest_persons = 10          # with unit = "persons": places with fewer are shown together with their neighbours
"""


def write_template(folder: Path) -> list[Path]:
    """Write a commented scenario and two empty tables into a folder; return their paths.

    Raises
    ------
    PlannerError
        One of the files is there already (nothing is written), or the folder can't be written.
    """
    texts = {
        "scenario.toml": _SCENARIO,
        "demand.csv": ",".join(DEMAND_COLUMNS) + "\n",
        "hosts.csv": ",".join(SITES_COLUMNS) + "\n",
    }
    there = [name for name in texts if (folder / name).exists()]
    if there:
        raise PlannerError(f"{folder}: {', '.join(there)} is there already; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"  # a mark for Chinese Excel
            (folder / name).write_text(text, encoding=encoding, newline="\n")
    except OSError as error:
        raise PlannerError(f"{folder}: can't be written: {error.strerror or error}") from error
    return [folder / name for name in texts]
