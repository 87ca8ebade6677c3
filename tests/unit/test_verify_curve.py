"""The curve in result.json is computed again, from the stations of each point alone."""

from __future__ import annotations

import json
import shutil

import pytest
import towns
from scenarios import BY_TABLE, ROADS_ALONE, along_the_road, write

from planner.run import run
from planner.runfolder import read_result
from planner.scenario import read_scenario, scenario_toml
from planner.verify import verify

# Seconds by a table; five minutes are 300 s. A stands, X is excluded.
#
#        weight    A     B     C     X
#   P1      1      9     -     -     -
#   P2      2      -   300     9     -
#   P3      4      -     9     -     -
#   P4      8      -     -     9     9
#   P5     16      -   301     -     9    only an excluded site is within reach
#
# With A alone 1 of 31; with C too 11; with B and C 15, which is all that can be covered.
FILES = {
    "demand.csv": "id,lon,lat,weight\n"
    + "".join(f"P{i},121.{i},28.1,{2 ** (i - 1)}\n" for i in range(1, 6)),
    "hosts.csv": "id,lon,lat,existing,excluded\nA,121,28,yes,\nB,121,28,,\nC,121,28,,\nX,121,28,,yes\n",
    "times.csv": "demand,site,drive_time_s\nP1,A,9\nP2,B,300\nP2,C,9\nP3,B,9\nP4,C,9\nP4,X,9\nP5,B,301\nP5,X,9\n",
    "town.toml": BY_TABLE + 'goal = "max-covering"\nstations = 2\ncurve = true\n',
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("town"), FILES)
    run(read_scenario(folder / "town.toml"), out=folder / "run")
    return folder / "run"


@pytest.fixture
def saved(sound, tmp_path):
    shutil.copytree(sound.parent, tmp_path / "town")
    return tmp_path / "town" / "run"


def told(folder):
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def changed(folder, change):
    result = told(folder)
    change(result)
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return verify(folder).differences


def silent_values(folder):
    """The places of values of the curve that may be changed without a word of `verify`."""
    sound = told(folder)
    silent = []
    for i, row in enumerate(sound["curve"]):
        for key, value in row.items():
            wrong = json.loads(json.dumps(sound))
            wrong["curve"][i][key] = (
                [*value[:-1], "X"]
                if isinstance(value, list)
                else "feasible"
                if isinstance(value, str)
                else value + 0.001
            )
            (folder / "result.json").write_text(json.dumps(wrong), encoding="utf-8")
            if not verify(folder).differences:
                silent.append((i, key))
    return silent


def test_result_json_tells_what_each_number_of_stations_covers(sound):
    assert told(sound)["curve"] == [
        {
            "n_stations": n,
            "covered_weight": weight,
            "share_covered": weight / 31,
            "bound": weight,
            "status": "optimal",
            "stations": stations,
        }
        for n, weight, stations in [(1, 1, ["A"]), (2, 11, ["A", "C"]), (3, 15, ["A", "B", "C"])]
    ]


def test_a_sound_curve_agrees(sound):
    checked = verify(sound)
    assert checked.differences == ()
    assert "what 3 numbers of stations cover, each from its stations alone" in checked.checked
    assert "the bounds of the curve: they are the solver's word" in checked.trusted


def test_every_value_of_the_curve_is_computed_again(saved):
    assert silent_values(saved) == []


@pytest.mark.parametrize(
    ("row", "change", "named"),
    [
        (1, {"bound": 10.0}, "bound is 10.0, and the plan beats it with 11.0"),
        (1, {"stations": ["A", "A"]}, "names 2 stations, or one twice"),
        (1, {"stations": ["A", "B", "C"]}, "names 3 stations, or one twice"),
        (1, {"stations": ["C", "B"]}, "leaves out a kept station, or has one that may be none"),
        (1, {"stations": "A"}, "should be a list of points"),
        (1, {"n_stations": 3}, "has the numbers [1, 3, 3], and should count up from 1"),
        (2, {"covered_weight": 9.0}, "covered_weight falls behind 2 stations"),
        (1, {"covered_weight": 1.0}, "2 stations of the plan cover 11, and the curve tells less"),
    ],
)
def test_what_cannot_be_is_named(saved, row, change, named):
    differences = changed(saved, lambda result: result["curve"][row].update(change))
    assert any(named in difference for difference in differences)


def test_a_curve_that_is_missing_or_not_asked_for_is_named(saved):
    (difference,) = changed(saved, lambda result: result.update(curve=None))
    assert difference == "result.json: curve is null, and should be a list of points"


# A road of 1,000 m, 100 s long, with hosts at both ends and in the middle: of 40 s they cover 400, 800 and 400 m of it.
@pytest.fixture
def on_roads(tmp_path):
    files = {
        "roads.osm": towns.osm_text({1: (0, 0), 2: (1000, 0)}, [([1, 2], {})]),
        "hosts.csv": along_the_road(W=0, M=500, E=1000),
        "town.toml": ROADS_ALONE + "curve = true\n",
    }
    write(tmp_path, files)
    run(read_scenario(tmp_path / "town.toml"), out=tmp_path / "run")
    return tmp_path / "run"


def test_metres_of_the_curve_are_covered_again(on_roads):
    checked = verify(on_roads)
    assert checked.differences == ()
    assert "what 3 numbers of stations cover, each from its stations alone" in checked.checked
    sound = told(on_roads)
    assert [row["stations"] for row in sound["curve"]] == [["M"], ["E", "M"], ["E", "M", "W"]]
    assert silent_values(on_roads) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n_stations": 2, "bound": 2}, "tells of 2 stations, and 2 don't cover all"),
        ({"n_stations": 4}, "tells of 4 stations, and 3 cover all"),
        ({"bound": 4}, "4 to 3 stations are no numbers in this order"),
        ({"more": 1}, "should have bound, coverable_weight, n_stations, stopped_by, weight"),
        ({"stopped_by": "lunch"}, 'stopped_by is "lunch", which is none'),
        ({"weight": 30.0}, "curve_for_all: weight is 30.0"),
        ({"coverable_weight": 16.0}, "curve_for_all: coverable_weight is 16.0"),
    ],
)
def test_how_many_cover_all_must_fit_the_points(saved, change, named):
    differences = changed(saved, lambda result: result["curve_for_all"].update(change))
    assert any(named in difference for difference in differences)


def test_the_scenario_kept_asks_for_the_curve_again_and_a_result_read_back_has_it(saved):
    result = read_result(saved)
    assert "curve = true" in scenario_toml(result.scenario)
    found, back = run(read_scenario(saved.parent / "town.toml")).curve, result.curve
    assert [chosen.tolist() for chosen in back.stations] == [
        chosen.tolist() for chosen in found.stations
    ]
    assert back.to_frame().equals(found.to_frame())
    for name in ("weight", "coverable_weight", "n_for_all", "n_for_all_bound", "stopped_by"):
        assert getattr(back, name) == getattr(found, name)


def test_a_curve_saved_without_what_covers_all_is_not_read_back(saved):
    result = told(saved)
    del result["curve_for_all"]
    (saved / "result.json").write_text(json.dumps(result), encoding="utf-8")
    assert read_result(saved).curve is None
