"""What users of other tools ran into, through the front door: a scenario file in, a result folder out.

Each case lies in tests/cases with its source and the right value, which is read from there. Where a case lets two
behaviours pass, the name of the test says which one is ours.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomli_w
import towns
from packed import unpack
from typer.testing import CliRunner

from planner.cli import app
from planner.errors import InputError, PointsError
from planner.run import run
from planner.runfolder import read_result
from planner.scenario import read_scenario
from planner.webmap import map_html
from planner.webmap.pack import COORDINATES_PER_DEGREE

CASES = Path(__file__).parent / "cases"
# time = length / maxspeed, nothing lost at junctions nor on the way to the road
AS_IN_THE_CASES = {"speeds": "limits", "junction_delay_s": 0, "access_kph": 0}


def right(case: str) -> dict[str, Any]:
    """Return the right values that a case tells."""
    text = (CASES / case / "expected.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", text, flags=re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def about(seconds: float) -> Any:
    return pytest.approx(seconds, rel=0.01)  # as the cases allow


# --- Scenarios ----------------------------------------------------------------------------------


def write_scenario(
    folder: Path,
    case: str,
    *,
    limit_s: float = 300,
    network: dict[str, Any] | None = None,
    demand: str | dict[str, Any] = "demand.csv",
    sites: str | dict[str, Any] = "stations.csv",
    direction: str = "to_station",
    **placement: Any,
) -> Path:
    """Write a scenario on the files of a case; files written by the test itself go before them."""

    def table(asked: str | dict[str, Any]) -> dict[str, Any]:
        asked = {"file": asked} if isinstance(asked, str) else asked
        is_here = (folder / asked["file"]).is_file()
        return asked | {"file": str((folder if is_here else CASES / case) / asked["file"])}

    scenario = {
        "network": AS_IN_THE_CASES | table({"file": "network.osm"} | (network or {})),
        "fleets": [{"vehicle": "car", "max_drive_min": limit_s / 60, "direction": direction}],
        "demand": table(demand),
        "sites": table(sites),
        "placement": placement,
    }
    path = folder / "scenario.toml"
    path.write_text(tomli_w.dumps(scenario), encoding="utf-8")
    return path


def write_table_scenario(
    folder: Path, case: str, costs: str = "cost_s.csv", *, limit_s: float = 300, **placement: Any
) -> Path:
    """Write a scenario on a table of costs: made long, and with points that lie anywhere."""
    folder.mkdir(exist_ok=True)
    wide = pd.read_csv(CASES / case / costs, index_col="demand_id")
    long = wide.rename_axis("demand").reset_index()
    long = long.melt("demand", var_name="site", value_name="drive_time_s")
    long.to_csv(folder / "times.csv", index=False)
    weights, required = CASES / case / "weights.csv", CASES / case / "required.csv"
    demand = pd.DataFrame({"id": wide.index, "lon": 120.0, "lat": 30.0})
    demand["lon"] += np.arange(len(demand)) / 1000
    if weights.exists():
        demand = demand.merge(pd.read_csv(weights), left_on="id", right_on="demand_id")
    demand.to_csv(folder / "demand.csv", index=False)
    sites = pd.DataFrame({"id": wide.columns, "lon": 120.0, "lat": 30.01})
    sites["lon"] += np.arange(len(sites)) / 1000
    if required.exists() and placement.pop("with_required", True):
        sites["required"] = sites["id"].isin(pd.read_csv(required)["station_id"])
    sites.to_csv(folder / "sites.csv", index=False)
    scenario = {
        "drive_times": {"file": "times.csv"},
        "fleets": [{"vehicle": "car", "max_drive_min": limit_s / 60}],
        "demand": {"file": "demand.csv"},
        "sites": {"file": "sites.csv"},
        "placement": placement,
    }
    path = folder / "scenario.toml"
    path.write_text(tomli_w.dumps(scenario), encoding="utf-8")
    return path


class Answer:
    """A result folder, read back."""

    def __init__(self, scenario: Path) -> None:
        folder = scenario.parent / "out"
        self.folder = folder
        self.result = run(read_scenario(scenario), out=folder)
        self.summary = strict_json(folder / "result.json")
        self.stations = pd.read_csv(folder / "stations.csv", dtype={"id": str})
        table = pd.read_csv(folder / "assignments.csv", dtype={"demand": str, "station": str})
        self.assignments = table.set_index("demand")

    def drive_s(self, demand: str) -> float:
        return float(self.assignments.loc[demand, "drive_time_s"])

    def covered(self) -> list[str]:
        return self.assignments.index[self.assignments["covered"]].tolist()

    def pairs(self) -> dict[tuple[str, str], float]:
        """Return the drive times of all pairs within the standard, by ids."""
        saved = np.load(self.folder / "times.npz")
        demand = saved["demand_id"][saved["need_demand"][saved["need"]]]
        ids = zip(demand.tolist(), saved["site_id"][saved["site"]].tolist(), strict=True)
        return dict(zip(ids, saved["time_s"].tolist(), strict=True))


def strict_json(path: Path) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{path.name} holds {word}, which is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def write_points(folder: Path, name: str, *metres: tuple[float, float]) -> None:
    """Write points D0, D1, ... at metres."""
    lines = [f"D{i},{lon},{lat}" for i, (lon, lat) in enumerate(towns.degrees(*m) for m in metres)]
    (folder / name).write_text("\n".join(["id,lon,lat", *lines]), encoding="utf-8")


# --- Snapping -----------------------------------------------------------------------------------


def test_c01_a_row_with_lat_and_lon_swapped_is_refused_by_line_and_id(tmp_path):
    expected = right("C01")
    (tmp_path / "s.csv").write_text("id,lat,lon\nS1,30.00001804,120.0\n", encoding="utf-8")
    scenario = write_scenario(tmp_path, "C01", demand="points.csv", sites="s.csv")
    told = command("plan", scenario, "--out", tmp_path / "out")
    assert told.exit_code == 3
    assert f"line {expected['rejected_lines'][0]} ({expected['rejected_ids'][0]})" in told.stderr
    assert "swapped?" in told.stderr
    assert not any(f"line {line} " in told.stderr for line in (2, 3, 4))
    assert not (tmp_path / "out").exists()


def test_c01_columns_are_taken_by_name_and_not_by_place(tmp_path):
    rows = (CASES / "C01" / "points.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "s.csv").write_text("\n".join(rows[:2]), encoding="utf-8")
    (tmp_path / "d.csv").write_text("\n".join([rows[0], *rows[2:4]]), encoding="utf-8")
    answer = Answer(write_scenario(tmp_path, "C01", demand="d.csv", sites="s.csv"))
    assert answer.drive_s("D1") == about(right("C01")["D1_s"])
    assert answer.drive_s("D2") == about(right("C01")["D2_s"])


def test_c03_a_point_across_the_water_is_off_network_with_its_distance(tmp_path):
    expected = right("C03")
    answer = Answer(write_scenario(tmp_path, "C03", network={"max_access_m": 500}))
    demand = answer.summary["demand"]
    assert demand["off_network"] == expected["unsnapped_ids"]
    assert demand["uncovered"] == expected["unsnapped_ids"]
    assert (demand["covered_n"], demand["n"]) == (expected["covered"], expected["total"])
    for point, metres in expected["snap_m"].items():
        assert answer.assignments.loc[point, "access_m"] == pytest.approx(metres, abs=15)
        assert np.isnan(answer.drive_s(point))
        assert any(point in remark and "2,500 m" in remark for remark in answer.summary["remarks"])


def test_c05_points_meet_the_middle_of_a_long_road(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C05"))
    assert answer.drive_s("D1") == about(right("C05")["D1_s"])
    assert answer.drive_s("D2") == about(right("C05")["D2_s"])
    assert answer.drive_s("D2") - answer.drive_s("D1") == pytest.approx(20, abs=0.1)


def test_c84_a_station_beside_a_footpath_is_on_the_road(tmp_path):
    expected = right("C84")
    answer = Answer(write_scenario(tmp_path, "C84"))
    assert answer.result.site_places.access_m[0] == about(expected["snap_m"]["S1"])
    assert answer.drive_s("D1") == about(expected["D1_s"])
    assert answer.summary["demand"]["covered_n"] == expected["covered"]


# --- Direction, speed, topology -----------------------------------------------------------------


@pytest.mark.parametrize("way", ["to", "from"])
def test_c07_riders_drive_to_the_station_and_response_teams_from_it(tmp_path, way):
    expected = right("C07")[way]
    scenario = write_scenario(tmp_path, "C07", limit_s=120, direction=f"{way}_station")
    answer = Answer(scenario)
    assert answer.covered() == expected["covered"]
    assert answer.drive_s("D1") == about(expected["D1_s"])
    assert answer.drive_s("D2") == about(expected["D2_s"])


@pytest.mark.parametrize("way", ["to", "from"])
def test_c09_a_roundabout_is_one_way_without_saying_so(tmp_path, way):
    answer = Answer(write_scenario(tmp_path, "C09", direction=f"{way}_station"))
    assert answer.drive_s("D1") == about(right("C09")[f"{way}_s"])


def test_c10_miles_an_hour_are_no_kilometres(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C10"))
    assert answer.drive_s("D1") == about(right("C10")["D1_s"])
    assert answer.summary["demand"]["covered_n"] == right("C10")["covered"]


def test_c14_a_limit_of_0_closes_the_road_and_is_told(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C14"))
    assert answer.drive_s("D1") == about(right("C14")["D1_s"])
    warned = [r for r in answer.summary["remarks"] if f"way {right('C14')['warn_way']} " in r]
    assert warned == ["way 10 has maxspeed=0: taken as closed"]


def test_c16_times_are_added_before_streets_are_joined(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C16", limit_s=100, goal="assess"))
    assert answer.drive_s("D1") == about(right("C16")["D1_s"])
    assert answer.summary["demand"]["covered_n"] == right("C16")["covered"]
    # it can be covered by no site: so it is named, with the time it would take
    (far,) = answer.summary["demand"]["uncoverable"]
    assert (far["demand"], far["site"]) == ("D1", "S1")
    assert far["drive_time_s"] == about(110)


def test_c18_loops_and_segments_without_length_do_no_harm(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C18"))
    assert answer.drive_s("D1") == about(right("C18")["D1_s"])


# --- Access, unreachable ------------------------------------------------------------------------


def test_c20_private_roads_serve_the_last_metres_and_not_the_way_through(tmp_path):
    pairs = Answer(write_scenario(tmp_path, "C20")).pairs()
    assert pairs["D1", "S1"] == about(right("C20")["D1_S1_s"])
    assert pairs["D1", "S2"] == about(right("C20")["D1_S2_s"][0])


def test_c22_a_private_gate_is_driven_round(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C22"))
    assert answer.drive_s("D1") == about(right("C22")["D1_s"])
    assert answer.summary["network"]["counts"]["barriers_local"] == 1


def test_c26_unreachable_is_an_empty_cell_and_null_and_no_number(tmp_path):
    expected = right("C26")
    answer = Answer(write_scenario(tmp_path, "C26"))
    demand = answer.summary["demand"]
    assert demand["unreachable"] == ["D2"]
    assert len(demand["unreachable"]) == expected["unreachable"]
    assert demand["uncoverable"][0]["drive_time_s"] is expected["D2_s"]
    assert demand["uncoverable"][0]["site"] is None
    assert answer.summary["drive_time_s"]["mean"] == about(expected["mean_reachable_s"])
    assert answer.summary["drive_time_s"]["max"] == about(expected["mean_reachable_s"])
    text = (answer.folder / "assignments.csv").read_text(encoding="utf-8-sig")
    (row,) = [line for line in text.splitlines() if line.startswith("D2")]
    assert row.split(",")[:6] == ["D2", "all", "all", "", "", "false"]
    strict_json(answer.folder / "stations.geojson")
    strict_json(answer.folder / "log.json")


def test_c56_who_is_at_the_station_already_drives_0_s(tmp_path):
    expected = right("C56")
    answer = Answer(write_scenario(tmp_path, "C56"))
    assert answer.drive_s("D1") == expected["D1_s"]
    assert answer.covered() == ["D1", "D2"]
    assert answer.summary["demand"]["covered_n"] == expected["covered"]
    assert answer.summary["drive_time_s"]["mean"] == about(expected["mean_s"])


# --- Files of points ----------------------------------------------------------------------------


def test_c36_places_without_geometry_are_refused_by_id(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0))
    scenario = write_scenario(
        tmp_path,
        "C36",
        network={"file": str(CASES / "C05" / "network.osm")},
        sites="stations.geojson",
    )
    with pytest.raises(PointsError) as caught:
        run(read_scenario(scenario))
    told = caught.value.problems
    assert len(told) == len(right("C36")["skipped_ids"])
    for site in right("C36")["skipped_ids"]:
        assert any(f"({site})" in sentence for sentence in told)


def test_c38_empty_files_are_refused_in_a_line_each_and_no_map_is_written(tmp_path):
    scenario = write_scenario(tmp_path, "C38", demand="demand.geojson")
    told = command("plan", scenario, "--out", tmp_path / "out")
    assert told.exit_code == 3
    assert "no stations in stations.csv" in told.stderr
    assert "no demand points in demand.geojson" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 2
    assert "Traceback" not in told.stderr
    assert not list(tmp_path.rglob("*.html"))


def test_c50_of_several_layers_one_is_to_be_named(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    roads = {"file": str(CASES / "C05" / "network.osm")}
    unnamed = write_scenario(tmp_path, "C50", network=roads, sites="data.gpkg")
    told = command("plan", unnamed, "--out", tmp_path / "out")
    assert told.exit_code == 3
    assert all(layer in told.stderr for layer in right("C50")["layers"])
    named = {"file": "data.gpkg", "layer": "stations"}
    answer = Answer(write_scenario(tmp_path, "C50", network=roads, sites=named, goal="assess"))
    assert answer.summary["n_stations"] == right("C50")["with_layer"]


def test_c52_ids_stay_the_text_they_are(tmp_path):
    expected = right("C52")
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    answer = Answer(
        write_scenario(
            tmp_path,
            "C52",
            network={"file": str(CASES / "C05" / "network.osm")},
            sites={"file": "stations.csv", "columns": {"id": "station_id"}},
            limit_s=60,
        )
    )
    # within 60 s, which is 600 m, of a point there is only its own site
    assert answer.summary["stations"] == expected["csv_ids"]
    text = (answer.folder / "stations.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in text[1:]] == expected["csv_ids"]
    wanted = (CASES / "C52" / "required.csv").read_text(encoding="utf-8").split()[1:]
    assert len(set(wanted) & set(answer.stations["id"])) == expected["matched"]


def test_c54_the_id_is_the_column_of_that_name_wherever_it_stands(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    roads = {"file": str(CASES / "C05" / "network.osm")}
    answer = Answer(write_scenario(tmp_path, "C54", network=roads, limit_s=60))
    assert answer.stations["id"].tolist() == right("C54")["ids"]
    assert answer.stations["name"].tolist() == ["邮政银行", "中心小学", "骑手驿站"]


# --- Models -------------------------------------------------------------------------------------


def test_c57_who_cannot_be_covered_is_named_with_the_best_time_and_set_aside(tmp_path):
    expected = right("C57")
    answer = Answer(write_table_scenario(tmp_path, "C57"))
    assert answer.summary["stations"] == expected["rest"]
    assert answer.summary["status"] == "optimal"
    far = answer.summary["demand"]["uncoverable"]
    assert {row["demand"]: row["drive_time_s"] for row in far} == expected["uncoverable"]
    assert far[0]["site"] == "B"
    assert answer.summary["demand"]["uncovered"] == ["D4"]
    told = command("plan", tmp_path / "scenario.toml", "--out", tmp_path / "again")
    assert told.exit_code == 0  # uncoverable demand is no failure, but is told
    assert "D4" in told.stderr


def test_c57_a_drive_of_exactly_the_limit_covers(tmp_path):
    answer = Answer(write_table_scenario(tmp_path, "C57", limit_s=310))
    assert answer.summary["stations"] == right("C57")["at_310"]
    assert answer.summary["demand"]["uncoverable"] == []


def test_c59_a_hole_in_the_table_is_no_drive(tmp_path):
    expected = right("C59")
    asked = {"goal": "p-median", "limit_s": 300}
    two = Answer(write_table_scenario(tmp_path / "2", "C59", stations=2, **asked))
    assert two.summary["stations"] == expected["p2"]["set"]
    assert (two.summary["objective"], two.summary["status"]) == (270, "optimal")
    one = Answer(write_table_scenario(tmp_path / "1", "C59", stations=1, **asked))
    assert (one.summary["objective"], one.summary["status"]) == (None, "infeasible")
    (reason,) = one.summary["reasons"]
    assert reason.endswith("at least 2 stations; 1 is allowed. No site serves two of D2, D3.")
    (in_chinese,) = one.summary["reasons_zh"]
    assert in_chinese.endswith(
        "至少需要 2 个驿站，只允许 1 个。没有候选点能同时服务其中两处：D2、D3。"
    )
    assert read_result(one.folder).plan.why == one.result.plan.why
    told = command("plan", tmp_path / "1" / "scenario.toml", "--out", tmp_path / "again")
    assert told.exit_code == 4
    assert "D2, D3" in told.stderr


def test_c63_the_farthest_counts_whatever_it_weighs_and_drives_in_all_count_by_weight(tmp_path):
    expected = right("C63")
    center = Answer(write_table_scenario(tmp_path / "c", "C63", goal="p-center", stations=1))
    assert center.summary["stations"] == expected["pcenter"]["set"]
    assert center.summary["objective"] == expected["pcenter"]["max_s"]
    median = Answer(write_table_scenario(tmp_path / "m", "C63", goal="p-median", stations=1))
    assert median.summary["stations"] == expected["pmedian"]["set"]
    assert median.summary["objective"] == expected["pmedian"]["total"]
    assert center.summary["status"] == median.summary["status"] == "optimal"


@pytest.mark.parametrize("asked", [{"goal": "p-median", "stations": 1}, {"then": "p-median"}])
def test_c65_of_equally_few_stations_those_with_the_least_time_in_all(tmp_path, asked):
    for i, costs in enumerate(["cost_s.csv", "cost_s_reordered.csv"]):
        answer = Answer(write_table_scenario(tmp_path / str(i), "C65", costs, **asked))
        assert answer.summary["stations"] == right("C65")["set_both"]
        told = answer.summary["then"] or answer.summary
        assert (told["objective"], told["bound"]) == (550, 550)


def test_c61_a_required_station_is_kept_and_counts(tmp_path):
    expected = right("C61")
    asked = {"goal": "max-covering", "stations": 2}
    answer = Answer(write_table_scenario(tmp_path, "C61", **asked))
    assert answer.summary["stations"] == expected["set"]
    assert answer.summary["objective"] == expected["covered_weight"]
    assert answer.summary["demand"]["covered_weight"] == expected["covered_weight"]
    assert answer.summary["n_new"] == 1
    free = Answer(write_table_scenario(tmp_path / "free", "C61", with_required=False, **asked))
    assert free.summary["demand"]["covered_weight"] == expected["free_weight"]


def test_c65_of_equally_good_plans_one_is_chosen_whatever_the_order_of_the_table(tmp_path):
    expected = right("C65")
    chosen = [
        Answer(write_table_scenario(tmp_path / str(i), "C65", costs)).summary["stations"]
        for i, costs in enumerate(["cost_s.csv", "cost_s_reordered.csv"] * 3)
    ]
    assert (
        chosen == [expected["set_both"]] * 6
    )  # of as few stations those with the least total time


def test_c65_equal_inputs_give_equal_bytes(tmp_path):
    scenario = write_table_scenario(tmp_path, "C65")
    first = Answer(scenario).folder
    told = {p.name: p.read_bytes() for p in first.iterdir() if p.name != "log.json"}
    again = Answer(scenario).folder
    assert {p.name: p.read_bytes() for p in again.iterdir() if p.name != "log.json"} == told


def test_c67_the_plan_is_proven_best_where_greedy_takes_one_more(tmp_path):
    expected = right("C67")
    answer = Answer(write_table_scenario(tmp_path, "C67"))
    assert answer.summary["stations"] == expected["set"]
    told = [answer.summary[key] for key in ("status", "objective", "bound", "gap")]
    assert told == ["optimal", expected["size"], expected["size"], 0.0]


def test_c69_people_in_two_catchments_count_once(tmp_path):
    expected = right("C69")
    answer = Answer(write_scenario(tmp_path, "C69", limit_s=105, goal="assess"))
    demand = answer.summary["demand"]
    assert demand["covered_weight"] == expected["covered_weight"]
    assert demand["weight"] == expected["total"]
    assert demand["uncovered"] == ["D3"]
    # the catchments overlap
    weight = {"D1": 30, "D2": 30, "D3": 40}
    catchments = dict.fromkeys(expected["by_station"], 0)
    for point, station in answer.pairs():
        catchments[station] += weight[point]
    assert catchments == expected["by_station"]
    # but everyone is served by one station
    assert answer.stations["weight_served"].sum() == expected["covered_weight"]
    assert answer.pairs()["D1", "S2"] == about(100)
    assert answer.pairs()["D2", "S2"] == about(50)


# --- Map and exports ----------------------------------------------------------------------------


def inline_scripts(page: str) -> list[str]:
    found = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)
    return [
        text
        for attributes, text in found
        if "type=" not in attributes or "javascript" in attributes
    ]


def carried(page: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Return what the page carries: texts, and arrays by their names."""
    (packed,) = re.findall(r'<script type="text/plain" id="packed">(.*?)</script>', page)
    return unpack(packed)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to parse scripts")
def test_c72_names_that_look_like_script_are_only_names(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    answer = Answer(write_scenario(tmp_path, "C72", limit_s=60))
    assert answer.summary["n_stations"] == right("C72")["markers"]
    page = map_html(answer.result)
    assert page == (answer.folder / "map.html").read_text(encoding="utf-8")
    scripts = inline_scripts(page)
    assert scripts
    for i, script in enumerate(scripts):
        path = tmp_path / f"script{i}.js"
        path.write_text(script, encoding="utf-8")
        parsed = subprocess.run(
            ["node", "--check", path], check=False, capture_output=True, text=True
        )
        assert parsed.returncode == 0, parsed.stderr
    assert "back`tick" not in page
    assert "20190221" not in page
    assert "站点" not in page
    texts, _ = carried(page)
    assert {"back`tick ${1+1}", r"C:\20190221\站点"} <= {*texts["stations"]["name"]}


@pytest.mark.slow
def test_c74_a_map_of_many_points_is_a_small_file_with_all_of_them(tmp_path):
    expected = right("C74")
    maker = CASES / "C74" / "make_points.py"
    subprocess.run([sys.executable, maker], cwd=tmp_path, check=True)
    # most of the points are farther from the road of C05 than anyone would look for one
    network = {"file": str(CASES / "C05" / "network.osm")}
    stations = str(CASES / "C05" / "stations.csv")
    answer = Answer(write_scenario(tmp_path, "C74", network=network, sites=stations))
    page = (answer.folder / "map.html").read_text(encoding="utf-8")
    assert len(page.encode("utf-8")) <= expected["max_mb"] * 1e6
    assert page.count("L.marker(") == 0
    texts, numbers = carried(page)
    assert len(texts["demand"]["id"]) == expected["points"]
    assert len(numbers["demand_x"]) == len(numbers["demand_y"]) == expected["points"]
    assert COORDINATES_PER_DEGREE <= 1_000_000  # six decimals at most
    assert answer.summary["demand"]["n"] == expected["points"]


def test_c76_longitude_comes_first_in_data_and_latitude_in_the_map(tmp_path):
    write_points(tmp_path, "demand.csv", (0, 0), (1000, 0), (2000, 0))
    answer = Answer(write_scenario(tmp_path, "C76", limit_s=60))
    for feature in strict_json(answer.folder / "stations.geojson")["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert int(lon) == right("C76")["geojson_first"]
        assert int(lat) == 30
    assert answer.stations["lon"].between(120, 120.03).all()
    assert answer.stations["lat"].between(30, 30.001).all()
    centre = answer.result.map().location
    assert int(centre[0]) == right("C76")["html_center_first"]
    assert int(centre[1]) == 120


# --- Settings and paths -------------------------------------------------------------------------


def test_c80_a_misspelt_setting_is_refused_by_name(tmp_path):
    told = command("plan", CASES / "C80" / "bad.toml", "--out", tmp_path / "out")
    assert told.exit_code == 3
    assert all(name in told.stderr for name in right("C80")["error_names"])
    assert not (tmp_path / "out").exists()


def test_c80_and_where_it_is_nearly_right_the_right_one_is_named(tmp_path):
    scenario = write_scenario(tmp_path, "C80")
    text = scenario.read_text(encoding="utf-8").replace("max_drive_min", "max_drve_min")
    scenario.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"max_drve_min: unknown; did you mean max_drive_min\?"):
        read_scenario(scenario)


def c82_scenario(folder: Path) -> Path:
    write_points(folder, "demand.csv", (0, 0), (1000, 0))
    return write_scenario(
        folder,
        "C82",
        network={"file": str(CASES / "C05" / "network.osm")},
        sites="站点 数据!/#1/stations.geojson",
        limit_s=60,
    )


def test_c82_paths_with_blanks_exclamation_marks_and_chinese_are_read(tmp_path):
    out = tmp_path / "输出 图" / "结果 #1"
    told = command("plan", c82_scenario(tmp_path), "--out", out)
    assert told.exit_code == 0, told.stderr
    assert strict_json(out / "result.json")["n_stations"] == right("C82")["stations"]
    assert (out / "map.html").is_file()


def test_c82_and_such_folders_are_written_to(tmp_path):
    out = tmp_path / "输出!图"
    told = command("plan", c82_scenario(tmp_path), "--out", out)
    assert told.exit_code == 0, told.stderr
    assert (out / "plan.gpkg").is_file()
    page = tmp_path / "输出 图" / "地图.html"
    told = command("map", out, "--out", page)
    assert told.exit_code == 0, told.stderr
    assert page.read_bytes() == (out / "map.html").read_bytes()
