import dataclasses
import json
import shutil

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from scenarios import write

from planner import runfolder
from planner.clock import Clock
from planner.errors import PlannerError
from planner.isochrones import TOGETHER
from planner.run import run, survey_of
from planner.runfolder import read_result, read_summary, write_result
from planner.scenario import read_scenario

FILES = [
    *("assignments.csv", "log.json", "map.html", "plan.gpkg", "result.json"),
    *("scenario.toml", "sheet.pdf", "sheet.png", "stations.csv", "stations.geojson", "times.npz"),
]
# A road of 2 km at 36 km/h, a station at each end, three demand points between; a fourth is 2.5 km away.
ROADS = """<osm version="0.6">
<node id="1" lat="30.0" lon="120.0"/><node id="2" lat="30.0" lon="120.02072834"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="maxspeed" v="36"/></way>
</osm>"""
DEMAND = """id,lon,lat,weight,name
D1,120.001,30,1,甲
D2,120.010,30,2,乙
D3,120.020,30,4,丙
D4,120.020,30.0225,8,丁
"""
HOSTS = "id,lon,lat,name\nS1,120.0,30,东站\nS2,120.02072834,30,西站\n"
SCENARIO = """
[network]
file = "roads.osm"
[[fleets]]
vehicle = "car"
max_drive_min = 4
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
goal = "max-covering"
stations = {stations}
"""


def town(folder, *, stations=1):
    folder.mkdir(parents=True, exist_ok=True)
    files = {"roads.osm": ROADS, "demand.csv": DEMAND, "hosts.csv": HOSTS}
    files |= {"town.toml": SCENARIO.format(stations=stations)}
    return read_scenario(write(folder, files) / "town.toml")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(town(tmp_path_factory.mktemp("town")))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# --- Whole or not at all --------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_made_with_those_above_it(result, tmp_path):
    folder = tmp_path / "结果 一" / "六月" / "方案"
    write_result(result, folder, Clock())
    assert names(folder) == FILES
    assert names(folder.parent) == ["方案"]  # nothing of the way there is left


def test_an_empty_folder_is_written_to(result, tmp_path):
    write_result(result, tmp_path, Clock())
    assert names(tmp_path) == FILES


def test_an_older_result_is_replaced_with_all_that_was_beside_it(result, tmp_path):
    folder = tmp_path / "out"
    write_result(result, folder, Clock())
    (folder / "stations.csv").write_text("old")
    (folder / "notes.txt").write_text("mine")
    write_result(result, folder, Clock())
    assert names(folder) == FILES
    assert (folder / "stations.csv").read_text(encoding="utf-8-sig").startswith("id,name")


@pytest.mark.parametrize("name", ["letter.txt", "town.toml"])
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(result, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(PlannerError, match="holds something that is no result; name another"):
        write_result(result, tmp_path, Clock())
    assert names(tmp_path) == [name]


def test_a_folder_that_nobody_can_have_is_refused_before_any_work(tmp_path):
    with pytest.raises(PlannerError, match="can't be written: File name too long"):
        runfolder.refuse_foreign(tmp_path / ("x" * 300))


def test_a_file_in_the_place_of_the_folder_is_refused(result, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(PlannerError, match="holds something that is no result"):
        write_result(result, tmp_path / "out", Clock())
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_said_so(result, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(PlannerError, match="can't be written"):
        write_result(result, tmp_path / "file" / "out", Clock())
    assert names(tmp_path) == ["file"]


def test_what_fails_in_the_middle_leaves_the_older_result_as_it_was(result, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    write_result(result, folder, Clock())
    before = {name: (folder / name).read_bytes() for name in FILES}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runfolder, "write_map", full)
    with pytest.raises(PlannerError, match="No space left on device"):
        write_result(result, folder, Clock())
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    assert names(tmp_path) == ["out"]


def test_an_interrupt_leaves_nothing(result, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runfolder, "write_map", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_result(result, tmp_path / "out", Clock())
    assert names(tmp_path) == []


def test_what_a_killed_run_left_behind_does_no_harm(result, tmp_path):
    (tmp_path / ".out.new").mkdir()
    (tmp_path / ".out.new" / "stations.csv").write_text("half")
    write_result(result, tmp_path / "out", Clock())
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == FILES


# --- Equal inputs give equal bytes ------------------------------------------------------------------


def test_equal_inputs_give_equal_bytes_of_every_file_but_the_log(tmp_path):
    run(town(tmp_path / "a"), out=tmp_path / "a" / "out")
    run(town(tmp_path / "b"), out=tmp_path / "b" / "out")
    a, b = tmp_path / "a" / "out", tmp_path / "b" / "out"
    differ = [name for name in FILES if (a / name).read_bytes() != (b / name).read_bytes()]
    assert differ in ([], ["log.json"])


def test_the_order_of_rows_changes_only_the_checksums(tmp_path):
    run(town(tmp_path / "a"), out=tmp_path / "a" / "out")
    scenario = town(tmp_path / "b")
    head, *rows = DEMAND.splitlines()
    (tmp_path / "b" / "demand.csv").write_text("\n".join([head, *reversed(rows)]), encoding="utf-8")
    run(scenario, out=tmp_path / "b" / "out")
    a, b = tmp_path / "a" / "out", tmp_path / "b" / "out"
    for name in ("assignments.csv", "stations.csv", "stations.geojson", "times.npz", "plan.gpkg"):
        assert (a / name).read_bytes() == (b / name).read_bytes()


def test_the_log_tells_what_took_how_long_and_with_what(result, tmp_path):
    write_result(result, tmp_path, Clock())
    log = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert [stage["name"] for stage in log["stages"]] == [
        "write tables",
        "write map",
        "write sheet",
    ]
    assert set(log["versions"]) > {"station-planner", "numpy", "highspy"}


# --- Read back --------------------------------------------------------------------------------------


def assert_equal(one, two):
    """Two values of frozen types are equal, field by field and array by array."""
    if dataclasses.is_dataclass(one):
        assert type(one) is type(two)
        for field in dataclasses.fields(one):
            if field.name not in ("file", "path", "folder", "sizes"):
                assert_equal(getattr(one, field.name), getattr(two, field.name))
    elif isinstance(one, np.ndarray):
        assert one.dtype == two.dtype
        np.testing.assert_array_equal(one, two)
    elif isinstance(one, tuple) and one and dataclasses.is_dataclass(one[0]):
        assert len(one) == len(two)
        for a, b in zip(one, two, strict=True):
            assert_equal(a, b)
    else:
        assert one == two


def test_what_is_read_back_equals_what_was_written(tmp_path):
    scenario = town(tmp_path)
    written = run(scenario, out=tmp_path / "runs" / "a")
    read = read_result(tmp_path / "runs" / "a")
    assert read.scenario.model_dump(exclude={"path", "folder"}) == scenario.model_dump(
        exclude={"path", "folder"}
    )
    for part in ("network", "times", "demand_places", "site_places", "plan", "inputs", "remarks"):
        assert_equal(getattr(written, part), getattr(read, part))
    for part in ("nearest_station", "nearest_site"):
        assert_equal(getattr(written, part), getattr(read, part))


@pytest.mark.parametrize(
    "asked",
    [
        'goal = "set-covering"\nthen = "p-median"',
        'goal = "p-center"\nstations = 2\nhorizon_min = 30',
    ],
)
def test_what_the_models_of_drives_found_is_read_back_too(tmp_path, asked):
    town(tmp_path)
    path = tmp_path / "town.toml"
    path.write_text(path.read_text().partition("[placement]")[0] + f"[placement]\n{asked}\n")
    one = run(read_scenario(path), out=tmp_path / "out")
    two = read_result(tmp_path / "out")
    assert two.plan.objective == one.plan.objective
    assert two.times.time_s.tolist() == one.times.time_s.tolist()
    assert (two.plan.then is None) == (one.plan.then is None)
    if one.plan.then is not None:
        assert two.plan.then.goal is one.plan.then.goal
        assert (two.plan.then.objective, two.plan.then.bound) == (
            one.plan.then.objective,
            one.plan.then.bound,
        )


def test_a_run_that_moved_with_its_inputs_is_read(tmp_path):
    run(town(tmp_path / "here"), out=tmp_path / "here" / "runs" / "a")
    (tmp_path / "here").rename(tmp_path / "there")
    assert read_result(tmp_path / "there" / "runs" / "a").plan.stations.tolist() == [1]


@pytest.mark.parametrize("name", ["demand.csv", "hosts.csv", "roads.osm"])
def test_an_input_that_changed_since_is_refused_by_name(tmp_path, name):
    run(town(tmp_path), out=tmp_path / "out")
    path = tmp_path / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(PlannerError, match=f"{name} changed since this run; run the plan again"):
        read_result(tmp_path / "out")


def test_an_input_that_is_gone_is_refused_by_name(tmp_path):
    run(town(tmp_path), out=tmp_path / "out")
    (tmp_path / "hosts.csv").unlink()
    with pytest.raises(PlannerError, match=r"hosts\.csv is not there"):
        read_result(tmp_path / "out")


def test_a_folder_without_a_result_is_refused(tmp_path):
    with pytest.raises(PlannerError, match=r"there is no result\.json in it"):
        read_summary(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "can't be read"),
        ('{"format": "else"}', "is not of the format"),
        pytest.param("[]", "is not of"),
    ],
)
def test_a_result_of_another_kind_is_refused(tmp_path, text, why):
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(PlannerError, match=why):
        read_summary(tmp_path)


@pytest.fixture(scope="module")
def a_result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a_result")
    run(town(folder), out=folder / "out")
    return folder


@pytest.fixture
def whole(a_result, tmp_path):
    """A result folder to do harm to."""
    shutil.copytree(a_result, tmp_path / "copy")
    return tmp_path / "copy" / "out"


@pytest.mark.parametrize("name", ["log.json", "times.npz"])
def test_a_result_that_is_not_whole_is_refused(tmp_path, name):
    run(town(tmp_path), out=tmp_path / "out")
    (tmp_path / "out" / name).unlink()
    with pytest.raises(PlannerError, match="is not whole"):
        read_result(tmp_path / "out")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stations", None),
        ("stations", 5),
        ("stations", ["X"]),
        ("objective", "many"),
        ("status", "great"),
        ("roads", 5),
        ("roads", {}),
        ("inputs", {}),
        ("remarks", 1),
        ("reasons", None),
    ],
)
def test_a_result_that_somebody_changed_is_refused_by_name(whole, key, value):
    summary = json.loads((whole / "result.json").read_text(encoding="utf-8"))
    (whole / "result.json").write_text(json.dumps(summary | {key: value}), encoding="utf-8")
    with pytest.raises(PlannerError, match=r"result\.json.* (as it was written|no sites)|changed"):
        read_result(whole)


def test_junk_in_place_of_times_is_refused_without_numpys_advice(whole):
    (whole / "times.npz").write_bytes(b"junk")
    with pytest.raises(PlannerError, match=r"times\.npz is damaged") as caught:
        read_result(whole)
    assert "pickle" not in str(caught.value)


def test_times_that_were_cut_short_are_refused(tmp_path):
    run(town(tmp_path), out=tmp_path / "out")
    (tmp_path / "out" / "times.npz").write_bytes(b"PK\x03\x04 half")
    with pytest.raises(PlannerError, match="is not whole"):
        read_result(tmp_path / "out")


def test_the_folder_of_where_one_stands_can_be_named(tmp_path, monkeypatch):
    scenario = town(tmp_path / "in")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    run(scenario, out=".")
    assert names(tmp_path / "out") == FILES


# --- Isochrones -----------------------------------------------------------------------------------


def test_the_geopackage_has_the_areas_of_each_station_and_of_all(result, tmp_path):
    write_result(result, tmp_path / "out", Clock())
    each, together = (
        pyogrio.read_dataframe(tmp_path / "out" / "plan.gpkg", layer=layer)
        for layer in ("isochrones", "isochrones_together")
    )
    (station,) = result.times.sites.id[result.plan.stations]
    assert each["station"].tolist() == [station, station]
    assert each["minutes"].tolist() == together["minutes"].tolist() == [3, 5]
    # 36 km/h are driven at 85 %, and a residential road at 25 km/h at most: 1250 m in 3 minutes, all of it in 5
    assert each["reached_m"].tolist() == pytest.approx([1250, 2000], abs=0.5)
    assert "station" not in together
    assert together.geometry.geom_equals(each.geometry).all()
    assert each.crs == "EPSG:4326"


def test_a_folder_read_back_has_the_same_areas(result, tmp_path):
    write_result(result, tmp_path / "out", Clock())
    again = read_result(tmp_path / "out").areas
    for one, other in ((result.areas.each, again.each), (result.areas.together, again.together)):
        assert one.station.tolist() == other.station.tolist()
        assert (shapely.to_wkb(one.geometry) == shapely.to_wkb(other.geometry)).all()


def test_the_areas_of_each_station_stand_at_its_position_among_the_sites(tmp_path):
    found = run(town(tmp_path, stations=2))
    assert found.areas.each.station.tolist() == [0, 0, 1, 1]
    alone = run(town(tmp_path, stations=1))
    assert np.unique(alone.areas.each.station).tolist() == alone.plan.stations.tolist()
    assert np.unique(alone.areas.together.station).tolist() == [TOGETHER]


def test_no_minutes_are_no_areas(tmp_path):
    scenario = town(tmp_path)
    with scenario.path.open("a") as file:
        file.write("[isochrones]\nminutes = []\n")
    result = run(read_scenario(scenario.path), out=tmp_path / "out")
    assert result.areas is None
    layers = pyogrio.list_layers(tmp_path / "out" / "plan.gpkg")[:, 0].tolist()
    assert not {"isochrones", "isochrones_together"} & {*layers}


# --- What lies around -----------------------------------------------------------------------------


def with_districts(folder):
    """Return the town with two districts, and its network file with a pond and a place in it."""
    town(folder)
    shapes = [shapely.box(119.99, 29.99, 120.01, 30.01), shapely.box(120.01, 29.99, 120.03, 30.01)]
    layer = geopandas.GeoDataFrame({"name": ["东区", "西区"]}, geometry=shapes, crs=4326)
    layer.to_file(folder / "districts.gpkg")
    pond = """<node id="3" lat="30.001" lon="120.001"><tag k="place" v="town"/><tag k="name" v="镇"/></node>
<node id="4" lat="30.002" lon="120.001"/><node id="5" lat="30.002" lon="120.002"/><way id="10">"""
    ring = '<way id="11"><nd ref="3"/><nd ref="4"/><nd ref="5"/><nd ref="3"/><tag k="natural" v="water"/></way></osm>'
    roads = ROADS.replace('<way id="10">', pond).replace("</osm>", ring)
    (folder / "roads.osm").write_text(roads, encoding="utf-8")
    with (folder / "town.toml").open("a") as file:
        file.write('[map]\ndistricts = "districts.gpkg"\n')
    return read_scenario(folder / "town.toml")


def test_what_lies_around_is_read_again_with_a_saved_run(tmp_path):
    written = run(with_districts(tmp_path), out=tmp_path / "out").surroundings
    read = read_result(tmp_path / "out").surroundings
    for found in (written, read):
        assert list(found.names.zh) == ["镇"]
        assert list(found.districts.name) == ["东区", "西区"]
        assert float(shapely.area(found.water).sum()) == pytest.approx(0.5e-6)
    files = [entry["file"] for entry in read_summary(tmp_path / "out")["inputs"]]
    assert "districts.gpkg" in files


def test_no_number_depends_on_what_lies_around(tmp_path):
    plain = read_summary_of(town(tmp_path / "a"), tmp_path / "plain")
    drawn = read_summary_of(with_districts(tmp_path / "a"), tmp_path / "drawn")
    for summary in (plain, drawn):
        del summary["inputs"]
    assert plain == drawn


def read_summary_of(scenario, folder):
    run(scenario, out=folder)
    return read_summary(folder)


def test_a_layer_that_cannot_be_used_is_told_before_anything_is_chosen(tmp_path):
    scenario = with_districts(tmp_path)
    (tmp_path / "districts.gpkg").write_text("no layer")
    with pytest.raises(PlannerError, match=r"districts\.gpkg"):
        survey_of(scenario)
