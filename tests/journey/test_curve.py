"""`curve` as a planner meets it: files in, files and an answer out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import towns
from scenarios import BY_TABLE, ROADS_ALONE, along_the_road, called, write

NAMES = ["curve.csv", "curve.png", "curve.svg"]
# Seconds by a table; five minutes are 300 s.
#
#        weight   S1   S2   S3   S4
#   D1      5      9    9    -    -
#   D2      4      9    -    9    -
#   D3      3      -    9    9    -
#   D4      1      -    -    -  300
#   D5      7      -    -    -  301    beyond the standard: no site covers it
#
# One station covers 9 (S1), two all but D4 (12 of 13), three all that can be covered.
FILES = {
    "demand.csv": "id,lon,lat,weight\nD1,121,28,5\nD2,121,28,4\nD3,121,28,3\nD4,121,28,1\nD5,121,28,7\n",
    "hosts.csv": "id,lon,lat,existing,excluded\nS1,121,28,,\nS2,121,28,,\nS3,121,28,,\nS4,121,28,,\n",
    "times.csv": "demand,site,drive_time_s\nD1,S1,9\nD1,S2,9\nD2,S1,9\nD2,S3,9\nD3,S2,9\nD3,S3,9\nD4,S4,300\nD5,S4,301\n",
    "town.toml": BY_TABLE,
}


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A folder with a scenario, in which the program is run."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, FILES)


def changed(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_curve_writes_a_table_and_pictures_and_tells_each_number(town):
    told = called("curve", "town.toml")
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "stations    covered       gain  proven",
        "       1    45.00 %    45.00 %  best",
        "       2    60.00 %    15.00 %  best",
        "       3    65.00 %     5.00 %  best",
        "",
        "3 stations cover all that can be covered (65.00 %); proven: 2 can't.",
        "Each number has a plan of its own: the best 11 stations may be without some of the best 10.",
        f"picture: {Path('runs/town-curve/curve.png')}",
    ]
    folder = town / "runs" / "town-curve"
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    assert [(row["covered_weight"], row["gain"]) for row in rows_of(folder / "curve.csv")] == [
        ("9.0", "9.0"),
        ("12.0", "3.0"),
        ("13.0", "1.0"),
    ]


def test_json_is_all_there_is_on_stdout(town):
    told = json.loads(called("curve", "town.toml", "--json").stdout)
    assert [point["covered_weight"] for point in told["curve"]] == [9, 12, 13]
    assert [point["bound"] for point in told["curve"]] == [9, 12, 13]
    assert told["curve"][0]["stations"] == ["S1"]


def test_to_says_where_the_curve_ends_and_out_where_it_goes(town):
    told = called("curve", "town.toml", "--to", 2, "--out", "那里/curve")
    assert told.exit_code == 0
    assert len(rows_of(town / "那里" / "curve" / "curve.csv")) == 2
    assert "3 stations cover all that can be covered" in told.stdout


def test_equal_inputs_give_equal_bytes(town):
    for folder in ("one", "two"):
        called("curve", "town.toml", "--out", folder)
    for name in NAMES:
        assert (town / "one" / name).read_bytes() == (town / "two" / name).read_bytes()


def test_kept_stations_begin_the_curve_and_excluded_ones_are_never_in(town):
    changed(town / "hosts.csv", "S3,121,28,,", "S3,121,28,yes,")
    changed(town / "hosts.csv", "S4,121,28,,", "S4,121,28,,yes")
    told = json.loads(called("curve", "town.toml", "--json").stdout)
    assert [point["stations"] for point in told["curve"]] == [["S3"], ["S1", "S3"]]


def test_an_assessment_may_be_asked_what_more_stations_would_cover(town):
    changed(town / "town.toml", "[placement]", '[placement]\ngoal = "assess"')
    assert "3 stations cover all that can be covered" in called("curve", "town.toml").stdout


@pytest.mark.parametrize(
    ("last", "existing", "code", "said"),
    [
        (1, True, 3, "begins with 2 stations (those kept); it can't end with 1"),
        (0, False, 2, "Invalid value for '--to'"),
    ],
)
def test_an_end_before_the_beginning_is_said(town, last, existing, code, said):
    if existing:
        changed(town / "hosts.csv", "S3,121,28,,", "S3,121,28,yes,")
        changed(town / "hosts.csv", "S2,121,28,,", "S2,121,28,yes,")
    told = called("curve", "town.toml", "--to", last)
    assert told.exit_code == code
    assert said in told.stderr
    assert not (town / "runs").exists()


def test_a_folder_that_cannot_be_written_is_said(town):
    told = called("curve", "town.toml", "--out", "times.csv/x")
    assert told.exit_code == 3
    assert "can't be written" in told.stderr


def test_a_run_that_asks_for_it_has_the_curve_and_verifies(town):
    changed(town / "town.toml", "[placement]", "[placement]\ncurve = true")
    assert called("plan", "town.toml").exit_code == 0
    result = json.loads((town / "runs" / "town" / "result.json").read_text(encoding="utf-8"))
    assert [point["covered_weight"] for point in result["curve"]] == [9, 12, 13]
    assert called("verify", "runs/town").exit_code == 0


def test_a_run_that_does_not_ask_has_none(town):
    assert json.loads(called("plan", "town.toml", "--json").stdout)["curve"] is None


def test_an_assessment_has_no_use_for_the_key(town):
    changed(town / "town.toml", "[placement]", '[placement]\ngoal = "assess"\ncurve = true')
    told = called("plan", "town.toml")
    assert told.exit_code == 3
    assert "[placement] curve: not used by goal assess" in told.stderr


@pytest.mark.slow
def test_the_county_that_comes_along_is_proven_number_by_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    county = Path(__file__).parents[2] / "data" / "yuhuan" / "seventy-eight.toml"
    told = json.loads(called("curve", county, "--json", "--out", "county").stdout)
    points = told["curve"]
    assert [point["n_stations"] for point in points] == list(range(1, 79))
    assert {point["status"] for point in points} == {"optimal"}
    assert told["n_for_all"] == told["n_for_all_bound"] == 72  # what `demo` says too
    covered = [point["covered_weight"] for point in points]
    assert covered == sorted(covered)
    assert covered[-1] == covered[71] == told["coverable_weight"]
    # the optima of three numbers, as max covering finds them alone
    assert (covered[9], covered[35], covered[39]) == (5423, 8256, 8444)


# A road of 1,000 m, 100 s long, with hosts at its west end, in its middle and at its east end; and 1,100 m on an island.
# Of 40 s W covers 0 to 400 m, M 100 to 900 m, E 600 to 1,000 m: one host covers 800 m of 2,100 m at most, two 900 m, three 1,000 m. (The
# roads come out 0.03 % shorter than they are drawn, so that shares are a hair larger.)
@pytest.fixture
def roads(town):
    """The folder with a scenario in which roads alone are demand."""
    nodes = {1: (0, 0), 2: (1000, 0), 3: (0, 5000), 4: (1100, 5000)}
    ways = [([1, 2], {}), ([3, 4], {})]
    files = {"roads.osm": towns.osm_text(nodes, ways), "town.toml": ROADS_ALONE}
    return write(town, files | {"hosts.csv": along_the_road(W=0, M=500, E=1000)})


def test_where_roads_alone_are_demand_metres_count_and_shares_are_of_all_road(roads):
    told = called("curve", "town.toml")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[:-1] == [
        "stations    covered       of road       gain  proven",
        "       1    38.10 %        0.8 km    38.10 %  best",
        "       2    42.87 %        0.9 km     4.76 %  best",
        "       3    47.63 %        1.0 km     4.76 %  best",
        "",
        "Shares are of all 2.1 km of road.",
        "3 stations cover all that can be covered (47.63 %); proven: 2 can't.",
        "Each number has a plan of its own: the best 11 stations may be without some of the best 10.",
    ]
    rows = rows_of(roads / "runs" / "town-curve" / "curve.csv")
    assert list(rows[0])[1:6] == [
        "covered_m",
        "share_covered",
        "share_of_coverable",
        "gain_m",
        "bound_m",
    ]
    assert [float(row["covered_m"]) for row in rows] == pytest.approx([800, 900, 1000], abs=0.5)


def test_json_names_metres(roads):
    told = json.loads(called("curve", "town.toml", "--json").stdout)
    assert (told["length_m"], told["coverable_m"]) == pytest.approx((2100, 1000), abs=1)
    assert not {"weight", "coverable_weight"} & told.keys()
    first, second, _ = told["curve"]
    assert first["stations"] == ["M"]
    assert first["covered_m"] == first["bound_m"] == pytest.approx(800, abs=0.5)
    assert first["share_covered"] == first["covered_m"] / told["length_m"]
    assert second["gain_m"] == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize("placement", ["", 'goal = "max-covering"\nstations = 2'])
def test_a_run_on_roads_alone_has_the_curve_and_verifies(roads, placement):
    changed(roads / "town.toml", "[placement]", f"[placement]\n{placement}\ncurve = true")
    assert called("plan", "town.toml").exit_code == 0
    result = json.loads((roads / "runs" / "town" / "result.json").read_text(encoding="utf-8"))
    said = [point["covered_m"] for point in result["curve"]]
    assert said == pytest.approx([800, 900, 1000], abs=0.5)
    n = result["n_stations"]
    at_plan = result["curve"][n - 1]
    assert at_plan["covered_m"] == pytest.approx(result["roads"]["covered_m"], abs=1e-6)
    assert at_plan["share_covered"] == pytest.approx(result["roads"]["share_covered"], rel=1e-9)
    assert called("verify", "runs/town").exit_code == 0


def test_points_and_metres_have_no_curve_together(roads):
    lon, lat = towns.degrees(50)
    (roads / "points.csv").write_text(f"id,lon,lat\nP,{lon},{lat}\n", encoding="utf-8")
    changed(roads / "town.toml", "roads = true", 'file = "points.csv"\nroads = true')
    told = called("curve", "town.toml")
    assert told.exit_code == 0
    assert "how much of the roads is covered is no part of it" in told.stdout
    changed(roads / "town.toml", "[placement]", "[placement]\ncurve = true")
    told = called("plan", "town.toml")
    assert told.exit_code == 3
    assert "tells of points or of metres, not of both" in told.stderr


@pytest.mark.slow
@pytest.mark.shared
def test_numbers_of_huainan_are_those_of_max_covering_alone(tmp_path, monkeypatch, shared):
    monkeypatch.chdir(tmp_path)
    pois = shared / "realdata" / "poi" / "cn_huainan_poi_2017.csv"
    rows = [f"P{i},{row['lon']},{row['lat']}" for i, row in enumerate(rows_of(pois))]
    (tmp_path / "hosts.csv").write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    network = shared / "realdata" / "roads" / "cn_huainan_2017.osm.pbf"
    text = f"[network]\nfile = '{network}'\n[demand]\nroads = true\n[sites]\nfile = 'hosts.csv'\n"
    (tmp_path / "town.toml").write_text(f"{text}[placement]\n", encoding="utf-8")
    told = json.loads(called("curve", "town.toml", "--json").stdout)
    fewest = json.loads(called("plan", "town.toml", "--json").stdout)
    assert told["n_for_all"] == told["n_for_all_bound"] == fewest["objective"] == fewest["bound"]
    assert told["length_m"] == pytest.approx(fewest["roads"]["length_m"], rel=1e-12)
    for n in (1, 7, 20, 33, 50):
        asked = f'{text}[placement]\ngoal = "max-covering"\nstations = {n}\n'
        (tmp_path / "most.toml").write_text(asked, encoding="utf-8")
        most = json.loads(called("plan", "most.toml", "--json").stdout)
        point = told["curve"][n - 1]
        assert (point["status"], most["status"]) == ("optimal", "optimal")
        assert point["covered_m"] == pytest.approx(most["objective"], rel=1e-9)
        assert point["bound_m"] == pytest.approx(most["bound"], rel=1e-9)
        assert point["share_covered"] == pytest.approx(most["roads"]["share_covered"], rel=1e-9)
