"""What users of other tools ran into with speeds: the cases of that family that are not in test_cases.py."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from test_cases import CASES, Answer, about, right, write_scenario


def drives_s(folder: Path, case: str, speeds: object) -> list[float]:
    """Return the drive time of each row of a case's od.csv, in seconds."""
    rows = pd.read_csv(CASES / case / "od.csv", dtype=str)
    for name, letter, end in (("demand", "D", "from"), ("sites", "S", "to")):
        points = rows[[f"{end}_lon", f"{end}_lat"]].set_axis(["lon", "lat"], axis=1)
        points.index = pd.Index([f"{letter}{i}" for i in range(len(rows))], name="id")
        points.to_csv(folder / f"{name}.csv")
    answer = Answer(
        write_scenario(
            folder, case, limit_s=3600, network={"speeds": speeds}, sites="sites.csv", goal="assess"
        )
    )
    pairs = answer.pairs()
    assert answer.summary["network"]["counts"]["ways_with_limit_of_zone"] == 2
    return [pairs[f"D{i}", f"S{i}"] for i in range(len(rows))]


def test_c12_zone_words_are_the_limit_of_their_country(tmp_path):
    expected = right("C12")
    # our residential streets are slower than the case thinks (20 km/h: 180 s), so the class is told here. No maxspeed:
    # 30 km/h. CN:urban and RO:urban are 50 km/h: min(0.85 x 50, 1.25 x 30) = 37.5 km/h.
    times_s = drives_s(tmp_path, "C12", {"residential": 30})
    assert len(times_s) == expected["rows"]
    assert all(map(math.isfinite, times_s)) is expected["finite"]
    low, high = expected["range_s"]
    assert all(low <= time_s <= high for time_s in times_s)
    assert times_s == [about(120), about(96), about(96)]


def test_c12_and_are_driven_as_fast_as_any_limit_where_limits_are_driven(tmp_path):
    low, high = right("C12")["range_s"]
    untagged_s, *zones_s = drives_s(tmp_path, "C12", "limits")
    assert zones_s == [about(72), about(72)]  # 1000 m at 50 km/h
    assert all(low <= time_s <= high for time_s in zones_s)
    assert untagged_s == about(180)  # the class default, as the README tells it


@pytest.mark.parametrize("vehicle", ["ebike", "motorcycle"])
def test_c12_no_vehicle_loses_a_road_to_a_word(tmp_path, vehicle):
    (tmp_path / "d.csv").write_text("id,lon,lat\nA,120.01036417,30.0045\nB,120.01036417,30.009\n")
    path = write_scenario(tmp_path, "C12", limit_s=3600, demand="d.csv", sites="d.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"car"', f'"{vehicle}"'), encoding="utf-8")
    pairs = Answer(path).pairs()
    # by its limit an e-bike drives 25 km/h at most; 1000 + 500 + 1000 m, the 500 m at 36 and 25 km/h
    speed, link = (25, 25) if vehicle == "ebike" else (50, 36)
    assert pairs["A", "B"] == about(2000 * 3.6 / speed + 500 * 3.6 / link)
