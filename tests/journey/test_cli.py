"""Files in, files out: the program as a planner meets it."""

import csv
import json
import os
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import ROOT
from scenarios import called, write

import planner
from planner import runfolder

FILES = [
    *("assignments.csv", "log.json", "map.html", "plan.gpkg", "result.json"),
    *("scenario.toml", "sheet.pdf", "sheet.png", "stations.csv", "stations.geojson", "times.npz"),
]
# A road of 3 km at 36 km/h, 100 s a kilometre; the standard is two minutes, 1200 m.
# S1 at 0, D1 at 500 m, S2 and D2 at 1500 m, D3 at 2800 m, S3 at 3000 m: S2 and S3 cover all.
EAST = 0.01036417 / 1000  # degrees per metre at 30 N
ROADS = f"""<osm version="0.6">
<node id="1" lat="30.0" lon="120.0"/><node id="2" lat="30.0" lon="{120 + 3000 * EAST:.8f}"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="maxspeed" v="36"/></way>
</osm>"""
DEMAND = "id,lon,lat\n" + "".join(
    f"{name},{120 + east * EAST:.8f},30.0\n"
    for name, east in (("D1", 500), ("D2", 1500), ("D3", 2800))
)
HOSTS = "id,lon,lat,existing\n" + "".join(
    f"{name},{120 + east * EAST:.8f},30.0,{existing}\n"
    for name, east, existing in (("S1", 0, "yes"), ("S2", 1500, ""), ("S3", 3000, ""))
)
SCENARIO = """
[network]
file = "roads.osm"
access_kph = 0
speeds = "limits"
[[fleets]]
vehicle = "car"
max_drive_min = 2
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
"""


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A folder with a scenario of a town, in which the program is run."""
    folder = tmp_path / "town"
    folder.mkdir()
    monkeypatch.chdir(folder)
    files = {"roads.osm": ROADS, "demand.csv": DEMAND, "hosts.csv": HOSTS, "town.toml": SCENARIO}
    return write(folder, files)


def as_program(*arguments, **environment):
    """Run the program as a shell does."""
    command = "import sys; from planner.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", command, *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- Help, version, usage -------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command(flag):
    told = called(flag)
    assert told.exit_code == 0
    for command in (
        *("plan", "assess", "curve", "compare", "check"),
        *("verify", "map", "route", "demo", "init"),
    ):
        assert f"  {command} " in told.stdout


def test_version_is_that_of_the_package():
    assert called("--version").stdout == f"station-planner {version('station-planner')}\n"


def test_help_loads_nothing_heavy():
    code = (
        "import sys; import planner, planner.cli; from typer.main import get_command; get_command(planner.cli.app)\n"
        "print([m for m in ('numpy', 'pandas', 'numba', 'shapely', 'pydantic', 'folium', 'matplotlib') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Usage"),
        (("plam", "town.toml"), "No such command 'plam'"),
        (("plan",), "Missing argument"),
        (("plan", "nowhere.toml"), "'nowhere.toml' does not exist"),
        (("plan", "town.toml", "--outt", "x"), "No such option: --outt"),
        (("verify", "nowhere"), "'nowhere' does not exist"),
        (("check", "town.toml", "--observed", "no.csv"), "'no.csv' does not exist"),
        (("route", "."), "Missing argument 'demand'"),
        (("-v",), "Missing command"),
    ],
)
def test_wrong_usage_is_said_with_exit_code_2(town, arguments, said):
    told = called(*arguments)
    assert told.exit_code == 2
    assert said in told.output


# --- plan and assess ------------------------------------------------------------------------------


def test_plan_writes_the_result_folder_and_answers_in_a_sentence(town):
    told = called("plan", "town.toml")
    assert told.exit_code == 0
    # S1 stands already and is kept: three stations in all
    assert told.stdout.startswith("With 3 stations, 100% of demand is within 2 min")
    assert told.stdout.endswith(f"map: {Path('runs/town/map.html')}\n")
    assert told.stderr == ""
    assert names(town / "runs" / "town") == FILES


def test_plan_answers_in_json_with_what_result_json_holds(town):
    told = called("plan", "town.toml", "--json", "--out", "a")
    assert json.loads(told.stdout) == json.loads((town / "a" / "result.json").read_text("utf-8"))


def test_assess_chooses_no_station(town):
    told = called("assess", "town.toml", "--json")
    found = json.loads(told.stdout)
    assert (told.exit_code, found["status"], found["stations"]) == (0, "assessed", ["S1"])
    # S1 covers D1 only; S2 and S3 could cover the others
    assert found["demand"]["uncovered"] == ["D2", "D3"]
    assert found["demand"]["uncoverable"] == []


@pytest.mark.slow
def test_assess_takes_the_list_of_a_plan_less_one_station(town):
    called("plan", "town.toml")
    kept = (town / "runs" / "town" / "stations.csv").read_text("utf-8-sig").splitlines()
    (town / "less.csv").write_text("\n".join(r for r in kept if not r.startswith("S2")) + "\n")
    told = called("assess", "town.toml", "--stations", "less.csv", "--out", "less", "--json")
    assert (told.exit_code, told.stderr) == (0, "")
    found = json.loads(told.stdout)
    assert (found["stations"], found["n_new"], found["status"]) == (["S1", "S3"], 1, "assessed")
    # D1 is 500 m from S1, D3 200 m from S3; D2 1500 m from both
    assert found["demand"]["uncovered"] == ["D2"]
    assert found["drive_time_s"]["max"] == pytest.approx(150, abs=0.01)
    times = planner.read_result(town / "less").times
    plan = planner.plan_of(times, ["S1", "S3"])
    table = (town / "less" / "stations.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(table.splitlines()))
    served = [int((plan.station_of == site).sum()) for site in plan.stations]
    assert [int(row["n_served"]) for row in rows] == served == [1, 1]
    # the folder reproduces itself
    assert "less.csv" in [entry["file"] for entry in found["inputs"]]
    again = called("verify", "less")
    assert (again.exit_code, "the 2 of less.csv" in again.stdout) == (0, True)
    drawn = (town / "less" / "map.html").read_bytes()
    assert called("map", "less").exit_code == 0
    assert (town / "less" / "map.html").read_bytes() == drawn
    assert "S2" in called("compare", "runs/town", "less").stdout


def test_a_list_leaves_out_what_stands_and_takes_what_is_excluded(town):
    (town / "hosts.csv").write_text(
        HOSTS.replace("existing", "existing,excluded").replace(
            "S3,120.03109251,30.0,", "S3,120.03109251,30.0,,yes"
        )
    )
    (town / "list.csv").write_text("id\nS3\n")
    found = json.loads(called("assess", "town.toml", "--stations", "list.csv", "--json").stdout)
    assert (found["stations"], found["n_new"]) == (["S3"], 1)
    # D3 is covered by S3 alone: so it is not uncoverable, though S3 is excluded
    assert found["demand"]["uncovered"] == ["D1", "D2"]
    assert found["demand"]["uncoverable"] == []
    assert called("verify", "runs/town").exit_code == 0


def test_verify_holds_an_assessment_to_its_list(town):
    (town / "list.csv").write_text("id\nS1\nS3\n")
    called("assess", "town.toml", "--stations", "list.csv")
    table = town / "runs" / "town" / "stations.csv"
    table.write_text(table.read_text("utf-8-sig").replace("S3", "S2"), "utf-8-sig")
    told = called("verify", "runs/town")
    assert told.exit_code == 3
    assert "S2 is not in list.csv" in told.stdout
    assert "S3 is in list.csv, and left out" in told.stdout


def test_a_list_with_strangers_is_told_by_row_and_nothing_is_written(town):
    (town / "list.csv").write_text("id\nS1\nS1\nS22\n")
    told = called("assess", "town.toml", "--stations", "list.csv")
    assert told.exit_code == 3
    assert "list.csv: line 4: S22 is no site of hosts.csv; did you mean S2?" in told.stderr
    assert not (town / "runs").exists()


def test_a_list_in_the_folder_that_would_be_replaced_is_refused(town):
    called("plan", "town.toml")
    before = (town / "runs" / "town" / "result.json").read_bytes()
    told = called("assess", "town.toml", "--stations", "runs/town/stations.csv")
    assert told.exit_code == 3
    assert "would be replaced, and runs/town/stations.csv is in it" in told.stderr
    assert (town / "runs" / "town" / "result.json").read_bytes() == before


def test_out_may_have_blanks_chinese_and_folders_that_are_not_there(town):
    told = called("plan", "town.toml", "--out", "结果 一/方案 甲")
    assert told.exit_code == 0
    assert names(town / "结果 一" / "方案 甲") == FILES
    assert "结果 一" in told.stdout


def test_the_folder_one_stands_in_may_be_the_result_folder(town, monkeypatch):
    (town / "empty").mkdir()
    monkeypatch.chdir(town / "empty")
    assert called("plan", "../town.toml", "--out", ".").exit_code == 0
    assert names(town / "empty") == FILES


def test_the_scenario_kept_is_the_one_run_with_defaults_filled_in(town):
    called("plan", "town.toml")
    kept = tomllib.loads((town / "runs" / "town" / "scenario.toml").read_text("utf-8"))
    assert kept["network"]["max_access_m"] == 300
    assert kept["demand"]["file"] == "demand.csv"


def test_uncoverable_demand_is_a_note_and_no_failure(town):
    (town / "demand.csv").write_text(DEMAND + "D4,121.0,30.0\n")
    told = called("plan", "town.toml")
    assert told.exit_code == 0
    assert "note: demand.csv: 1 of 4 demand points are off network" in told.stderr
    assert "D4" not in called("plan", "town.toml", "-q").stderr


def test_what_cannot_be_is_infeasible_and_the_best_there_is_is_written(town):
    (town / "hosts.csv").write_text(HOSTS.replace("yes", ""))
    (town / "town.toml").write_text(SCENARIO + "stations = 1\n")
    told = called("plan", "town.toml")
    assert told.exit_code == 4
    assert "needs at least 2 stations; 1 is allowed" in told.stderr
    found = json.loads((town / "runs" / "town" / "result.json").read_text("utf-8"))
    # S2 covers two of three
    assert (found["status"], found["objective"], found["stations"]) == ("infeasible", None, ["S2"])
    assert names(town / "runs" / "town") == FILES


def test_nothing_found_in_time_is_undecided_or_better(town):
    (town / "town.toml").write_text(SCENARIO + "stations = 3\ntime_limit_s = 0.000001\n")
    assert called("plan", "town.toml").exit_code in (0, 4)
    assert names(town / "runs" / "town") == FILES


# --- Bad input ------------------------------------------------------------------------------------


def test_all_problems_of_a_scenario_are_told_at_once(town):
    (town / "town.toml").write_text(SCENARIO + 'goal = "max-covering"\nstationz = 2\n')
    told = called("plan", "town.toml")
    assert told.exit_code == 3
    assert told.stdout == ""
    assert told.stderr.splitlines() == [
        "error: town.toml: 2 problems",
        "  [placement] stationz: unknown; did you mean stations?",
        "  [placement] stations: is missing; max-covering needs to know how many there may be",
    ]


@pytest.mark.parametrize("command", ["plan", "assess", "check"])
def test_a_bad_row_is_named_by_file_line_and_id_and_nothing_is_written(town, command):
    (town / "demand.csv").write_text(DEMAND.replace("D2,120.01", "D2,twelve"))
    told = called(command, "town.toml")
    assert told.exit_code == 3
    assert told.stderr.startswith("error: demand.csv: line 3 (D2): lon 'twelve")
    assert not (town / "runs").exists()


def test_an_unreadable_road_file_is_named(town):
    (town / "roads.osm").write_text("<osm><node")
    told = called("plan", "town.toml")
    assert told.exit_code == 3
    assert told.stderr.startswith("error: roads.osm: not readable as OpenStreetMap data")


def test_a_traceback_comes_only_with_debug(town):
    (town / "demand.csv").write_text("id,lon,lat\n")
    plain, debug = called("plan", "town.toml"), called("plan", "town.toml", "--debug")
    assert plain.exit_code == debug.exit_code == 3
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert "no demand points in demand.csv" in plain.stderr


def test_an_error_of_ours_is_one_line_and_asks_for_debug(town):
    (town / "boom.py").write_text(
        "import planner.scenario\n"
        "def read_scenario(*a): raise ZeroDivisionError('by nought')\n"
        "planner.scenario.read_scenario = read_scenario\n"
        "from planner.cli import main\nmain()\n"
    )
    command = [sys.executable, "boom.py", "check", "town.toml"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "this should not have happened: ZeroDivisionError: by nought" in told.stderr
    told = subprocess.run([*command, "--debug"], capture_output=True, text=True, check=False)
    assert "Traceback" in told.stderr


@pytest.mark.parametrize(
    ("asked", "is_plain"),
    [
        ({"TERM": "xterm"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True),
        ({"TERM": "dumb"}, True),
    ],
)
def test_errors_on_a_terminal_are_red_unless_one_asks_for_none(town, asked, is_plain):
    pty = pytest.importorskip("pty")
    (town / "town.toml").write_text("nothing of use", encoding="utf-8")
    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | asked
    command = [sys.executable, str(ROOT / "cli.py"), "check", "town.toml", "-q"]  # -q: no bar
    subprocess.run(command, stderr=theirs, env=env, check=False)
    said = os.read(ours, 10_000)
    assert b"error: town.toml: not valid TOML" in said
    assert (b"\x1b" not in said) == is_plain


def test_a_folder_that_holds_something_else_is_refused_before_any_work(town):
    (town / "demand.csv").write_text("not read any more")
    told = called("plan", "town.toml", "--out", town)
    assert told.exit_code == 3
    assert "holds something that is no result; name another folder with --out" in told.stderr
    assert "demand" not in told.stderr


def test_a_folder_that_cannot_be_written_leaves_nothing(town):
    (town / "file").write_text("mine")
    before = names(town)
    told = called("plan", "town.toml", "--out", "file/out")
    assert told.exit_code == 3
    assert "can't be written" in told.stderr
    assert names(town) == before


def test_what_fails_while_writing_keeps_the_older_result(town, monkeypatch):
    called("plan", "town.toml")
    before = (town / "runs" / "town" / "result.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runfolder, "write_map", full)
    (town / "demand.csv").write_text(DEMAND + "D5,120.0,30.0\n")
    told = called("plan", "town.toml")
    assert (told.exit_code, "No space left" in told.stderr) == (3, True)
    assert (town / "runs" / "town" / "result.json").read_bytes() == before
    assert names(town / "runs") == ["town"]


# --- check ----------------------------------------------------------------------------------------


def test_check_tells_what_would_run_and_writes_nothing(town):
    before = names(town)
    told = called("check", "town.toml")
    assert told.exit_code == 0
    assert "  size                  3 needs x 3 sites, 4 pairs within 2 min" in told.stdout
    assert names(town) == before


def test_check_answers_in_json(town):
    found = json.loads(called("check", "town.toml", "--json").stdout)
    assert found["reach"]["coverable_n"] == 3
    assert found["would_run"]["goal"] == "set-covering"


# D1 lies at 500 m and S1 at 0: 50 s of ours; S2 at 1500 m: 100 s
TIMES = "demand,site,drive_time_s\nD1,S1,100\nD1,S2,200\nD2,S1,300\n"


def test_check_holds_drive_times_against_measured_ones(town):
    (town / "times.csv").write_text(TIMES)
    told = called("check", "town.toml", "--observed", "times.csv")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    measured = lines[lines.index("Measured drive times") :]
    assert measured[1:6] == [
        "  file                  times.csv",
        "  pairs                 3, of which 3 are compared",
        "  today                 in the median 50 % shorter than measured (-100 s)",
        "                        in the mean 50 % shorter than measured (-100 s)",
        "                        8 in 10 take 0.50 to 0.50 of the measured time",
    ]
    found = json.loads(called("check", "town.toml", "--observed", "times.csv", "--json").stdout)
    assert found["observed"]["accuracy"]["ratio"]["mean"] == pytest.approx(0.5, abs=1e-3)
    assert "observed" not in json.loads(called("check", "town.toml", "--json").stdout)


def test_measured_times_that_cannot_be_used_are_named_by_line(town):
    (town / "times.csv").write_text(TIMES.replace("D2,S1", "D9,S1").replace("200", "0"))
    told = called("check", "town.toml", "--observed", "times.csv")
    assert (told.exit_code, told.stdout) == (3, "")
    assert told.stderr.splitlines() == [
        "error: times.csv: 2 problems",
        "  line 3: drive_time_s 0 is not more than 0 seconds",
        "  line 4: demand 'D9' is no demand point of demand.csv",
    ]


def test_measured_times_in_the_coding_of_excel_are_read(town):
    (town / "times.csv").write_bytes(TIMES.replace("\n", "\r\n").encode("utf-8-sig"))
    assert called("check", "town.toml", "--observed", "times.csv").exit_code == 0


def test_what_data_hold_does_not_steer_the_terminal(town):
    (town / "hosts.csv").write_text(HOSTS.replace("S2", "S\x1b[2J"), encoding="utf-8")
    for arguments in (("check", "town.toml"), ("plan", "town.toml")):
        assert "\x1b" not in called(*arguments).stdout
    assert "\x1b" not in called("route", "runs/town", "D2").stdout


# --- route ------------------------------------------------------------------------------------------


def test_route_explains_the_drive_to_the_station_that_serves(town):
    called("plan", "town.toml")
    told = called("route", "runs/town", "D1")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "D1 -> S1: 50 s, within the standard of 2 min",
        "  to the road                   0 m  takes no time            0.0 s",
        "  (unnamed)      residential  500 m  36 km/h (from a limit)  50.0 s",
        "  from the road                 0 m  takes no time            0.0 s",
        "  sum                                                        50.0 s",
    ]


def test_route_answers_as_json_with_the_seconds_of_the_assignment(town):
    called("plan", "town.toml")
    assignments = (town / "runs" / "town" / "assignments.csv").read_text("utf-8-sig")
    told_s = {row.split(",")[0]: float(row.split(",")[4]) for row in assignments.splitlines()[1:]}
    for demand in ("D1", "D2", "D3"):
        found = json.loads(called("route", "runs/town", demand, "--json").stdout)
        assert found["drive_time_s"] == told_s[demand]
        assert sum(step["time_s"] for step in found["steps"]) == told_s[demand]


def test_route_writes_the_drive_as_geojson_and_on_the_map(town):
    called("plan", "town.toml")
    options = ("--site", "S3", "--geojson", "新/r.geojson", "--map", "新/r.html")
    told = called("route", "runs/town", "D1", *options)
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-2:] == ["geojson: 新/r.geojson", "map: 新/r.html"]
    assert told.stdout.startswith("D1 -> S3: 4 min 10 s, over the standard of 2 min")
    drawn = json.loads((town / "新" / "r.geojson").read_text("utf-8"))
    assert [f["geometry"]["type"] for f in drawn["features"]] == ["LineString"] * 3
    plain = (town / "runs" / "town" / "map.html").read_text("utf-8")
    page = (town / "新" / "r.html").read_text("utf-8")
    assert ("class Route" in page, "class Route" in plain) == (True, False)


def test_an_unknown_point_is_named_with_one_that_is_near(town):
    called("plan", "town.toml")
    told = called("route", "runs/town", "D11")
    assert told.exit_code == 3
    assert "error: demand.csv: no demand point 'D11'; did you mean D1?" in told.stderr


def test_a_point_without_a_drive_is_an_answer_but_nothing_to_draw(town):
    (town / "demand.csv").write_text(DEMAND + "D4,121.0,30.0\n")
    called("plan", "town.toml")
    told = called("route", "runs/town", "D4")
    assert told.exit_code == 0
    assert told.stdout.startswith("D4: no drive; D4 is off network, ")
    told = called("route", "runs/town", "D4", "--map", "r.html")
    assert told.exit_code == 3
    assert "error: there is no drive that could be drawn" in told.stderr
    assert not (town / "r.html").exists()


# --- verify and map -------------------------------------------------------------------------------


def test_verify_agrees_with_a_sound_run(town):
    called("plan", "town.toml")
    told = called("verify", "runs/town")
    assert told.exit_code == 0
    assert told.stdout.startswith("Computed again\n  - the checksums of 3 input files\n")
    assert told.stdout.endswith("\nEverything agrees.\n")


def test_verify_names_what_differs_with_exit_code_3(town):
    called("plan", "town.toml")
    path = town / "runs" / "town" / "assignments.csv"
    path.write_text(path.read_text("utf-8").replace("true", "false", 1), encoding="utf-8")
    told = called("verify", "runs/town")
    assert told.exit_code == 3
    assert "- assignments.csv: line 2, D1: covered is false, and should be true" in told.stdout
    assert told.stdout.endswith("\n1 thing differs.\n")
    found = json.loads(called("verify", "runs/town", "--json").stdout)
    assert len(found["differences"]) == 1


@pytest.mark.parametrize("command", [("verify",), ("map",), ("sheet",), ("route", "--", "D1")])
def test_a_folder_without_a_result_is_refused(town, command):
    told = called(command[0], ".", *command[1:])
    assert told.exit_code == 3
    assert "is no result folder; there is no result.json in it" in told.stderr


def test_the_map_is_drawn_again_with_the_same_bytes(town):
    called("plan", "town.toml")
    page = town / "runs" / "town" / "map.html"
    before = page.read_bytes()
    page.unlink()
    told = called("map", "runs/town")
    assert (told.exit_code, told.stdout) == (0, f"{Path('runs/town/map.html')}\n")
    assert page.read_bytes() == before
    assert called("map", "runs/town", "--out", "地 图/新.html").exit_code == 0
    assert (town / "地 图" / "新.html").read_bytes() == before


def test_the_sheet_is_drawn_again_with_the_same_bytes_and_on_other_paper(town):
    called("plan", "town.toml")
    folder = Path("runs", "town")
    before = {name: (folder / name).read_bytes() for name in ("sheet.pdf", "sheet.png")}
    told = called("sheet", "runs/town", "--out", "墙 上")
    names = [Path("墙 上") / name for name in before]
    assert (told.exit_code, told.stdout.split("\n")[:-1]) == (0, [str(name) for name in names])
    assert {name.name: name.read_bytes() for name in names} == before
    assert called("sheet", "runs/town", "--paper", "a4", "--language", "zh").exit_code == 0
    # 420 x 297 mm and 297 x 210 mm, in points
    assert b"/MediaBox [ 0 0 1190.5511811024 841.8897637795 ]" in before["sheet.pdf"]
    assert b"/MediaBox [ 0 0 841.8897637795 595.2755905512 ]" in (folder / "sheet.pdf").read_bytes()


def test_a_map_of_inputs_that_changed_is_refused(town):
    called("plan", "town.toml")
    (town / "demand.csv").write_text(DEMAND + "\n")
    told = called("map", "runs/town")
    assert told.exit_code == 3
    assert "demand.csv changed since this run; run the plan again" in told.stderr


def test_a_map_that_cannot_be_written_is_said_so(town):
    called("plan", "town.toml")
    told = called("map", "runs/town", "--out", "runs")
    assert told.exit_code == 3
    assert "error: runs: can't be written: " in told.stderr


# --- init -----------------------------------------------------------------------------------------


def test_init_writes_a_scenario_that_runs_once_its_files_are_filled_in(town):
    told = called("init", "新/neu")
    assert told.exit_code == 0
    assert names(town / "新" / "neu") == ["demand.csv", "hosts.csv", "scenario.toml"]
    folder = town / "新" / "neu"
    text = (folder / "scenario.toml").read_text("utf-8").replace("roads.osm.pbf", "roads.osm")
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    for name, rows in (("roads.osm", ROADS), ("demand.csv", DEMAND), ("hosts.csv", HOSTS)):
        (folder / name).write_text(rows)
    assert called("plan", folder / "scenario.toml").exit_code == 0


def test_commands_that_write_files_tell_machines_which(town):
    called("plan", "town.toml")
    for command, files in {
        ("map", "runs/town"): ["runs/town/map.html"],
        ("sheet", "runs/town", "--out", "paper"): ["paper/sheet.pdf", "paper/sheet.png"],
        ("tables", "runs/town"): ["runs/town/tables/plan.xlsx"],
        ("init", "new"): ["new/scenario.toml", "new/demand.csv", "new/hosts.csv"],
    }.items():
        told = json.loads(called(*command, "--json").stdout)
        assert [Path(file).as_posix() for file in told["files"]] == files
        assert all(Path(file).is_file() for file in files)


def test_init_overwrites_nothing(town):
    called("init", "neu")
    (town / "neu" / "demand.csv").write_text("mine")
    told = called("init", "neu")
    assert told.exit_code == 3
    assert "is there already" in told.stderr
    assert (town / "neu" / "demand.csv").read_text() == "mine"


# --- As a shell runs it ---------------------------------------------------------------------------


def test_the_answer_is_on_stdout_and_the_steps_are_on_stderr(town):
    told = as_program("plan", "town.toml", "-v", "--json")
    assert told.returncode == 0
    assert json.loads(told.stdout)["n_stations"] == 3  # nothing beside it
    steps = told.stderr.decode().splitlines()
    assert steps[0] == "read points"
    assert "choose stations" in steps
    assert not any(
        "Created" in step for step in steps
    )  # what libraries have to tell is not for planners


def test_text_is_utf_8_whatever_the_console(town):
    (town / "demand.csv").write_text(DEMAND.replace("D3", "丁"), encoding="utf-8")
    told = as_program("check", "town.toml", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert told.returncode == 0
    assert "(for 丁)" in told.stdout.decode("utf-8")
    (town / "demand.csv").write_text(DEMAND.replace("D3,120", "丁,x"), encoding="utf-8")
    told = as_program("check", "town.toml", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert "line 4 (丁)" in told.stderr.decode("utf-8")


def test_no_colour_goes_into_a_pipe(town):
    (town / "demand.csv").write_text("id,lon,lat\n")
    told = as_program("plan", "town.toml")
    assert told.returncode == 3  # so there is an error, which a console would show in red
    assert b"\x1b" not in told.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_an_interrupt_ends_with_130_and_leaves_nothing(town):
    (town / "wait.py").write_text(
        "import planner.scenario, signal, time\n"
        "def read_scenario(path):\n"
        "    print('reading', flush=True)\n"
        "    time.sleep(60)\n"
        "planner.scenario.read_scenario = read_scenario\n"
        # a shell that puts the tests into the background lets them, and all they start, ignore interrupts
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from planner.cli import main\nmain()\n"
    )
    program = subprocess.Popen(
        [sys.executable, "wait.py", "plan", "town.toml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout.readline() == "reading\n"
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 130
    assert said == "interrupted\n"
    assert not (town / "runs").exists()
