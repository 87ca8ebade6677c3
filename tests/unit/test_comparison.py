"""What changes between runs, worked out by hand on a town of eight points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenarios import write

import planner
from planner.comparison import CHANGES, Change, Fate, compare
from planner.errors import PlannerError
from planner.run import run
from planner.scenario import read_scenario

# Seconds by a table; five minutes are 300 s.
#
#        weight  district    A     B     C
#   P1      1    north       9    20     -     A: 9     B: 20    slower
#   P2      2    north     200     5     -     A: 200   B: 5     faster
#   P3      4    north       9     9     -                       same
#   P4      8    south       -   300     -     A: -     B: 300   gained
#   P5     16    south     300   301     -     A: 300   B: 301   lost
#   P6     32    south       -     -     9     reached by C only
#   P7      0    south       -     -     -     weighs nothing
TIMES = """demand,site,drive_time_s
P1,A,9
P1,B,20
P2,A,200
P2,B,5
P3,A,9
P3,B,9
P4,B,300
P5,A,300
P5,B,301
P6,C,9
"""
WEIGHTS = (1, 2, 4, 8, 16, 32, 0)
DEMAND = "id,lon,lat,weight,name,district\n" + "".join(
    f"P{i + 1},121.{i},28.1,{weight},Place {i + 1},{'north' if i < 3 else 'south'}\n"
    for i, weight in enumerate(WEIGHTS)
)
HOSTS = "id,lon,lat,name,existing\nA,121,28,Alpha,{a}\nB,121,28,Beta,{b}\nC,121,28,Gamma,{c}\n"
SCENARIO = """
[drive_times]
file = "times.csv"
[[fleets]]
name = "all"
max_drive_min = {minutes}
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "assess"
"""


@pytest.fixture
def assessed(tmp_path):
    """Return what some stations of the town cover, in a folder of their own."""

    def result(stations, *, minutes=5, demand=DEMAND, hosts=HOSTS, times=TIMES):
        folder = tmp_path / f"town{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        is_station = {site.lower(): "yes" if site in stations else "" for site in "ABC"}
        files = {
            "demand.csv": demand,
            "hosts.csv": hosts.format(**is_station),
            "times.csv": times,
            "town.toml": SCENARIO.format(minutes=minutes),
        }
        return run(read_scenario(write(folder, files) / "town.toml"))

    return result


def totals(changes):
    return {change.value: changes.total(change) for change in CHANGES if changes.total(change)[0]}


def test_each_point_is_in_the_change_it_has(assessed):
    (changes,) = compare([assessed("A"), assessed("B")]).changes
    by_id = dict(zip(changes.points["id"], changes.points["change"], strict=True))
    assert by_id == {
        "P1": "slower",
        "P2": "faster",
        "P3": "same",
        "P4": "gained",
        "P5": "lost",
        "P6": "uncovered",
        "P7": "same",  # what weighs nothing lacks nothing
    }
    assert totals(changes) == {
        "gained": (1, 8.0),
        "lost": (1, 16.0),
        "faster": (1, 2.0),
        "slower": (1, 1.0),
        "same": (2, 4.0),
        "uncovered": (1, 32.0),
    }


def test_a_point_tells_station_and_drive_on_both_sides(assessed):
    points = compare([assessed("A"), assessed("B")]).changes[0].points.set_index("id")
    assert points.loc["P1", ["station_first", "station_later"]].tolist() == ["A", "B"]
    assert points.loc["P1", ["drive_time_s_first", "drive_time_s_later"]].tolist() == [9, 20]
    # P5 is over the standard: its nearest station is told all the same; P4 reaches A by no road
    assert points.loc["P5", ["station_later", "drive_time_s_later"]].tolist() == ["B", 301]
    assert points.loc["P4", "station_first"] == ""
    assert np.isnan(points.loc["P4", "drive_time_s_first"])


def test_stations_are_added_removed_and_kept(assessed):
    (changes,) = compare([assessed("AC"), assessed("BC")]).changes
    assert {fate: changes.stations_that_are(fate)["name"].tolist() for fate in Fate} == {
        "added": ["Beta"],
        "removed": ["Alpha"],
        "kept": ["Gamma"],
    }


def test_districts_come_by_how_much_their_cover_changes(assessed):
    (changes,) = compare([assessed("A"), assessed("B")]).changes
    south, north = changes.districts.to_dict("records")
    # south: 16 of 56 before, 8 after; north is covered, and its mean drive 445 / 7 s before, 66 / 7 s after
    assert south["district"] == "south"
    assert (south["n"], south["weight_first"], south["weight_later"]) == (4, 56, 56)
    assert (south["covered_weight_first"], south["covered_weight_later"]) == (16, 8)
    assert south["share_covered_later"] == 8 / 56
    assert north["share_covered_first"] == north["share_covered_later"] == 1.0
    assert north["mean_drive_time_s_first"] == pytest.approx(445 / 7)
    assert north["mean_drive_time_s_later"] == pytest.approx(66 / 7)


def test_without_districts_there_are_no_rows_of_them(assessed):
    plain = "id,lon,lat\n" + "".join(f"P{i},121.{i},28.1\n" for i in range(1, 8))
    (changes,) = compare([assessed("A", demand=plain), assessed("B", demand=plain)]).changes
    assert len(changes.districts) == 0


def test_the_longest_and_shortest_changes_come_first_covered_or_not(assessed):
    (changes,) = compare([assessed("A"), assessed("B")]).changes
    assert changes.longer(9)[["id", "change_s"]].to_numpy().tolist() == [["P1", 11], ["P5", 1]]
    assert changes.longer(1)["id"].tolist() == ["P1"]
    assert changes.shorter(9)[["id", "change_s"]].to_numpy().tolist() == [["P2", -195]]


def test_runs_stand_side_by_side(assessed):
    found = compare([assessed("A"), assessed("B"), assessed("ABC")], names=["a", "b", "all"])
    runs = found.runs.set_index("run")
    assert runs["covered_weight"].tolist() == [23, 15, 63]
    assert runs["uncovered_n"].tolist() == [2, 2, 0]
    assert runs["n_stations"].tolist() == [1, 1, 3]
    assert runs["n_new"].tolist() == [0, 0, 0]
    assert runs.loc["all", "longest_s"] == 300
    assert [(c.first, c.later) for c in found.changes] == [("a", "b"), ("a", "all")]
    assert found.between(1, 2).total(Change.GAINED) == (2, 48.0)


def test_points_are_matched_by_id_and_those_of_one_run_only_told(assessed):
    fewer = DEMAND.replace("P2,121.1,28.1,2,Place 2,north\n", "") + "Q,121.9,28.1,64,New,east\n"
    times = "".join(line for line in TIMES.splitlines(True) if not line.startswith("P2"))
    found = compare([assessed("A"), assessed("A", demand=fewer, times=times)], names=["x", "y"])
    (changes,) = found.changes
    points = changes.points.set_index("id")
    assert points.loc["P2", "change"] == "only_first"
    assert points.loc["Q", ["change", "weight", "district"]].tolist() == ["only_later", 64, "east"]
    assert found.remarks[0].sentence() == (
        "The demand differs. Points matched by id: 6; only in x: 1; only in y: 1."
    )
    assert found.remarks[0].sentence("zh").startswith("两次的需求点不同：按编号对上 6 处")
    files = {r.values["file"] for r in found.remarks if r.kind == "file"}
    assert files == {"demand.csv", "times.csv"}


def test_changes_are_weighed_as_in_the_first_run_and_that_is_told(assessed):
    heavier = DEMAND.replace("P4,121.3,28.1,8", "P4,121.3,28.1,800")
    found = compare([assessed("A"), assessed("B", demand=heavier)])
    assert found.changes[0].total(Change.GAINED) == (1, 8.0)
    assert "with another weight in town (2): 1;" in found.remarks[0].sentence()


def test_points_and_stations_that_moved_are_told(assessed):
    # 0.0001 degrees of latitude are 11 m, 0.000001 are 11 cm
    moved = DEMAND.replace("121.0,28.1,", "121.0,28.1001,")
    nudged = DEMAND.replace("121.0,28.1,", "121.0,28.100001,")
    hosts = HOSTS.replace("B,121,28,", "B,121,28.1,")
    kinds = [
        [remark.kind for remark in compare([assessed("AB"), other]).remarks]
        for other in (
            assessed("AB", demand=moved),
            assessed("AB", demand=nudged),
            assessed("AB", hosts=hosts),
        )
    ]
    assert kinds == [["moved", "file"], ["file"], ["sites_moved", "file"]]


def test_another_standard_is_told_and_stands_among_what_was_asked(assessed):
    found = compare([assessed("A"), assessed("A", minutes=2)], names=["five", "two"])
    assert found.remarks[0].sentence() == (
        "The standards differ: 5 min in five, 2 min in two; covered is not the same in both."
    )
    assert found.asked.to_numpy().tolist() == [["fleets[0].max_drive_min", 5.0, 2.0]]
    assert found.changes[0].total(Change.LOST) == (2, 18.0)  # P2 and P5


def test_equal_runs_have_nothing_to_tell(assessed):
    first = assessed("AB")
    found = compare([first, first])
    assert found.remarks == ()
    assert len(found.asked) == 0
    assert set(totals(found.changes[0])) == {"same", "uncovered"}
    assert len(found.changes[0].longer(9)) == len(found.changes[0].shorter(9)) == 0


def test_names_that_are_alike_get_numbers(assessed):
    result = assessed("A")
    assert compare([result, result]).names == ("town (1)", "town (2)")
    assert compare([result] * 3, names=["a", "b", "a"]).names == ("a (1)", "b", "a (2)")
    assert len(set(compare([result] * 3, names=["a", "a", "a (1)"]).names)) == 3


def test_one_run_is_not_compared_nor_are_names_missing(assessed):
    result = assessed("A")
    with pytest.raises(PlannerError, match="takes two runs or more, and there is 1"):
        compare([result])
    with pytest.raises(PlannerError, match="2 runs, and 1 names"):
        compare([result, result], names=["a"])


def test_a_point_of_several_needs_has_its_slowest_and_an_uncovered_one_before(assessed):
    result = assessed("A")
    n = len(result.times.demand)
    # a second fleet drives as the first but from P1 (100 s, covered) and P2 (not covered, though near)
    needs = result.times.needs
    twice = {
        name: np.concatenate([getattr(needs, name)] * 2)
        for name in ("point", "fleet", "period", "weight", "max_drive_time_s")
    }
    near, plan = result.nearest_station, result.plan
    time_s, station_of = np.tile(near.time_s, 2), np.tile(plan.station_of, 2)
    time_s[[n, n + 1]] = [100.0, 50.0]
    station_of[n + 1] = -1
    double = replace(
        result,
        times=replace(result.times, needs=replace(needs, **twice)),
        nearest_station=replace(near, site=np.tile(near.site, 2), time_s=time_s),
        nearest_site=replace(
            result.nearest_site,
            site=np.tile(result.nearest_site.site, 2),
            time_s=np.tile(result.nearest_site.time_s, 2),
        ),
        plan=replace(
            plan, station_of=station_of, drive_time_s=np.where(station_of < 0, np.nan, time_s)
        ),
    )
    points = compare([result, double]).changes[0].points.set_index("id")
    assert points.loc["P1", ["drive_time_s_later", "change"]].tolist() == [100.0, "slower"]
    assert points.loc["P2", ["drive_time_s_later", "change"]].tolist() == [50.0, "lost"]


def test_it_is_offered_at_the_top():
    assert planner.compare is compare
