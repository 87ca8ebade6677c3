"""The network cache: what is kept equals what is read, what differs is read anew, and no damage gets through."""

from __future__ import annotations

import json
import logging
import mmap
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import grimp
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from towns import Town, is_drivable, osm_text, small_towns

from planner.errors import NetworkError
from planner.network import JunctionDelays, RoadNetwork
from planner.roads import VEHICLES, LineLayer, RoadRules, read_network
from planner.roads.cache import (
    LIMIT_BYTES,
    MAKERS,
    _remove_unused,
    cache_contents,
    cache_folder,
    cached_network,
    clear_cache,
)

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "yuhuan" / "roads.osm.pbf"
# a road with a name that isn't ASCII, a signal, a gate, a one-way road and a turn that is barred
NODES = {
    1: (0, 0),
    2: (300, 0, {"highway": "traffic_signals"}),
    3: (600, 0),
    4: (300, 300, {"barrier": "gate", "access": "private"}),
    5: (300, 600),
}
WAYS = [
    ([1, 2], {"name": "中山路"}),
    ([2, 3], {"oneway": "yes", "maxspeed": ""}),
    ([2, 4, 5], {"highway": "service"}),
]
RESTRICTION = (
    '<relation id="1"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>'
    '<member type="way" ref="11" role="to"/><tag k="type" v="restriction"/>'
    '<tag k="restriction" v="no_straight_on"/></relation></osm>'
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of a test; it isn't made yet."""
    monkeypatch.setenv("STATION_PLANNER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "networks"


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    """A file of a town."""
    path = tmp_path / "roads.osm"
    path.write_text(osm_text(NODES, WAYS).replace("</osm>", RESTRICTION), encoding="utf-8")
    return path


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.network"))


def differing(one: RoadNetwork, other: RoadNetwork) -> list[str]:
    """Return in which parts two networks differ: in a byte, a kind of number, the order of a summary."""
    return [
        part.name
        for part in fields(one)
        if _told(getattr(one, part.name)) != _told(getattr(other, part.name))
    ]


def _told(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if is_dataclass(value):
        return [(f.name, _told(getattr(value, f.name))) for f in fields(value)]
    if isinstance(value, dict):
        return [(name, type(inner), inner) for name, inner in value.items()]
    return type(value), value


def comes_from_the_file() -> RoadNetwork:
    raise AssertionError("the file was read")


def is_kept(path: Path, rules: RoadRules = RoadRules(), lines: LineLayer | None = None) -> bool:  # noqa: B008
    """Return whether a network is taken from the cache."""
    try:
        cached_network(path, comes_from_the_file, rules=rules, lines=lines)
    except AssertionError:
        return False
    return True


# --- What is kept is what is read ------------------------------------------------------------------


def test_a_second_reading_gives_an_equal_network_without_looking_into_the_file(
    roads: Path, folder: Path
):
    fresh = read_network(roads)
    kept = cached_network(roads, comes_from_the_file, rules=RoadRules(), lines=None)
    assert differing(fresh, kept) == []
    assert (fresh.names[1:], fresh.source.counts["turns_barred"]) == (("中山路",), 1)
    assert len(entries(folder)) == 1


@settings(max_examples=30)
@given(small_towns().filter(is_drivable))
def test_what_is_kept_equals_what_is_read(tmp_path_factory: pytest.TempPathFactory, town: Town):
    path = tmp_path_factory.mktemp("town") / "roads.osm"
    path.write_text(osm_text(*town), encoding="utf-8")
    fresh = read_network(path, cache=False)
    read_network(path)
    assert is_kept(path)
    assert differing(fresh, read_network(path)) == []


@pytest.mark.parametrize("vehicle", sorted(VEHICLES))
def test_the_county_is_kept_as_it_is_read(vehicle: str):
    fresh = read_network(DEMO, vehicle=vehicle)
    assert is_kept(DEMO, RoadRules(vehicle=VEHICLES[vehicle]))
    assert differing(fresh, read_network(DEMO, vehicle=vehicle)) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["br_porto_alegre", "cn_bengbu_2017", "ad_andorra_2021"])
def test_real_networks_are_kept_as_they_are_read(shared: Path, name: str):
    path = shared / "realdata" / "roads" / f"{name}.osm.pbf"
    fresh = read_network(path)
    assert is_kept(path)
    assert differing(fresh, read_network(path)) == []


def road_lines(path: Path) -> Path:
    """Write two roads, one behind the other, as a layer."""
    lines = [[[120.0, 30.0], [120.01, 30.0]], [[120.01, 30.0], [120.01, 30.01]]]
    features = [
        {
            "type": "Feature",
            "properties": {"class": "residential", "name": f"Road {i}"},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for i, line in enumerate(lines)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_road_lines_are_kept_as_they_are_read(tmp_path: Path):
    path = road_lines(tmp_path / "roads.geojson")
    fresh = read_network(path)
    assert is_kept(path)
    assert differing(fresh, read_network(path)) == []


def test_the_summary_names_the_file_that_was_asked_for(roads: Path, tmp_path: Path):
    read_network(roads)
    copy = shutil.copy(roads, tmp_path / "copy.osm")
    assert is_kept(Path(copy))
    assert read_network(copy).source.file == str(copy)


def test_arrays_are_mapped_and_loops_over_them_are_compiled_once_for_both(roads: Path):
    fresh, kept = read_network(roads), read_network(roads)
    for part in fields(RoadNetwork):
        one, other = getattr(fresh, part.name), getattr(kept, part.name)
        if isinstance(other, np.ndarray):
            assert isinstance(other.base, mmap.mmap), part.name
            assert numba.typeof(one) == numba.typeof(other), part.name
            assert not one.flags.writeable
            assert not other.flags.writeable


def test_a_network_stays_whole_when_its_entry_is_removed(roads: Path, folder: Path):
    fresh, kept = read_network(roads), read_network(roads)
    clear_cache()
    assert entries(folder) == []
    assert differing(fresh, kept) == []


# --- What differs is read anew ---------------------------------------------------------------------


CAR = VEHICLES["car"]


@pytest.mark.parametrize(
    "rules",
    [
        RoadRules(vehicle=VEHICLES["ebike"]),
        RoadRules(vehicle=replace(CAR, top_kph=30.0)),
        RoadRules(vehicle=replace(CAR, closed_barriers=CAR.closed_barriers | {"gate"})),
        RoadRules(vehicle=replace(CAR, class_kph=dict(CAR.class_kph) | {"service": 13.0})),
        RoadRules(speeds="limits"),
        RoadRules(speeds={"residential": 21.0}),
        RoadRules(delays=JunctionDelays(signal_s=13.0)),
        RoadRules(merge_ends_m=1.0),
        RoadRules(driving_side="left"),
    ],
)
def test_other_rules_make_another_network(roads: Path, rules: RoadRules):
    read_network(roads)
    assert is_kept(roads)
    assert not is_kept(roads, rules)


@pytest.mark.parametrize(
    "lines",
    [
        LineLayer(layer="a"),
        LineLayer(crs="EPSG:4326"),
        LineLayer(columns={"class": "kind"}),
        LineLayer(where="kind > 1"),
        LineLayer(one_way=True),
    ],
)
def test_lines_read_in_another_way_make_another_network(roads: Path, lines: LineLayer):
    read_network(roads)
    assert is_kept(roads)
    assert not is_kept(roads, lines=lines)


def test_another_byte_makes_another_network(roads: Path):
    before = read_network(roads)
    roads.write_text(roads.read_text(encoding="utf-8").replace('"36"', '"18"'), encoding="utf-8")
    assert not is_kept(roads)
    assert read_network(roads).edge_time_s.sum() > before.edge_time_s.sum()


@pytest.mark.parametrize("name", ["roads.dbf", "roads.prj"])
def test_another_byte_beside_a_shapefile_makes_another_network(
    roads: Path, tmp_path: Path, name: str
):
    network = read_network(roads, cache=False)
    shape = tmp_path / "roads.shp"
    for part in (shape, tmp_path / "roads.dbf", tmp_path / "roads.prj"):
        part.write_text(part.name)
    cached_network(shape, lambda: network, rules=RoadRules(), lines=None)
    assert is_kept(shape)
    (tmp_path / name).write_text("other")
    assert not is_kept(shape)


def test_what_sqlite_has_not_yet_put_into_a_geopackage_makes_another_network(
    roads: Path, tmp_path: Path
):
    network = read_network(roads, cache=False)
    package = tmp_path / "roads.gpkg"
    package.write_text("pages")
    cached_network(package, lambda: network, rules=RoadRules(), lines=None)
    assert is_kept(package)
    (tmp_path / "roads.gpkg-wal").write_text("another page")
    assert not is_kept(package)


def test_a_file_that_changes_while_it_is_read_is_not_kept(roads: Path, folder: Path):
    network = read_network(roads, cache=False)

    def read() -> RoadNetwork:
        roads.write_text("something else")
        return network

    cached_network(roads, read, rules=RoadRules(), lines=None)
    assert entries(folder) == []


def test_all_modules_that_make_networks_count_as_makers():
    graph = grimp.build_graph("planner", exclude_type_checking_imports=True)
    used = graph.find_upstream_modules("planner.roads", as_package=True)
    assert {module.split(".")[1] for module in used} <= set(MAKERS)


def test_an_edit_of_the_program_and_another_version_read_anew(
    roads: Path, folder: Path, tmp_path: Path
):
    copy = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "planner", copy / "planner", ignore=shutil.ignore_patterns("__pycache__", "data")
    )

    def n_entries_after_reading() -> int:
        code = f"from planner.roads import read_network; read_network({str(roads)!r})"
        plain = {"PYTHONHASHSEED": "random", "NUMBA_DISABLE_JIT": "1"}  # compiling takes longer
        environment = os.environ | plain | {"PYTHONPATH": str(copy)}
        subprocess.run([sys.executable, "-c", code], env=environment, cwd=copy, check=True)
        return len(entries(folder))

    assert n_entries_after_reading() == 1
    assert n_entries_after_reading() == 1
    with (copy / "planner" / "roads" / "vehicles.py").open("a") as text:
        text.write("# edited\n")
    assert n_entries_after_reading() == 2
    told = copy / "station_planner-99.0.dist-info" / "METADATA"
    told.parent.mkdir()
    told.write_text("Metadata-Version: 2.1\nName: station-planner\nVersion: 99.0\n")
    assert n_entries_after_reading() == 3


# --- Damage ----------------------------------------------------------------------------------------


def flipped(at: int) -> Callable[[Path], None]:
    def flip(entry: Path) -> None:
        content = bytearray(entry.read_bytes())
        content[at] ^= 1
        entry.write_bytes(content)

    return flip


def cut(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-100])


def cut_short(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:20])


def lengthened(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes() + bytes(64))


def emptied(entry: Path) -> None:
    entry.write_bytes(b"")


def zeroed(entry: Path) -> None:
    entry.write_bytes(bytes(entry.stat().st_size))


def foreign(entry: Path) -> None:
    entry.write_bytes(b"PK\x03\x04" + bytes(1000))


def linked_to_itself(entry: Path) -> None:
    entry.unlink()
    entry.symlink_to(entry)


def of_another_network(entry: Path) -> None:
    read_network(DEMO)
    other = next(e for e in entries(entry.parent) if e != entry)
    other.replace(entry)


DAMAGES = [
    *(cut, cut_short, lengthened, emptied, zeroed, foreign, linked_to_itself, of_another_network),
    *(flipped(at) for at in (0, 7, 8, 16, 20, 28, 40, 100, -1, -500)),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_made_anew(
    roads: Path, folder: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
):
    fresh = read_network(roads)
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    damage(entry)
    with caplog.at_level(logging.INFO, "planner"):
        assert not is_kept(roads)
        assert differing(fresh, read_network(roads)) == []
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert f"{entry}: " in caplog.text
    assert entry.read_bytes() == sound
    assert is_kept(roads)


def test_every_flipped_byte_is_found(roads: Path, folder: Path):
    read_network(roads)
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    for at in range(0, len(sound), 13):
        flipped(at)(entry)
        assert not is_kept(roads), at
        entry.write_bytes(sound)
    assert is_kept(roads)


def test_a_folder_in_place_of_an_entry_does_no_harm(roads: Path, folder: Path):
    fresh = read_network(roads)
    (entry,) = entries(folder)
    entry.unlink()
    entry.mkdir()
    assert differing(fresh, read_network(roads)) == []
    assert list(folder.iterdir()) == [entry]


def test_an_entry_that_may_not_be_read_is_made_anew(roads: Path, folder: Path):
    fresh = read_network(roads)
    (entry,) = entries(folder)
    entry.chmod(0)
    if os.access(entry, os.R_OK):
        pytest.skip("may read all")
    assert differing(fresh, read_network(roads)) == []
    assert is_kept(roads)


# --- The folder ------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_no_error_and_said_once(
    roads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STATION_PLANNER_CACHE", str(tmp_path / "file"))
    fresh = read_network(roads, cache=False)
    with caplog.at_level(logging.INFO, "planner.roads.cache"):
        for _ in range(3):
            assert differing(fresh, read_network(roads)) == []
    said = [record.getMessage() for record in caplog.records if "kept there" in record.message]
    assert said == [f"{tmp_path / 'file' / 'networks'}: networks can't be kept there (Not a directory)"]  # fmt: skip


def test_a_folder_that_may_only_be_read_still_serves(roads: Path, folder: Path):
    read_network(roads)
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("may write everywhere")
        assert is_kept(roads)
        assert read_network(roads, speeds="limits").n_nodes > 0
        assert len(entries(folder)) == 1
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("value", ["", "off", "OFF", " "])
def test_the_cache_can_be_switched_off(
    roads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATION_PLANNER_CACHE", value)
    read_network(roads)
    assert not is_kept(roads)
    assert list(tmp_path.iterdir()) == [roads]
    assert (cache_contents().folder, cache_contents().n_entries) == (None, 0)
    assert clear_cache().n_entries == 0


def test_a_reading_can_do_without_the_cache(roads: Path, folder: Path):
    read_network(roads, cache=False)
    assert not folder.exists()


def test_without_a_word_networks_are_in_the_user_s_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("STATION_PLANNER_CACHE")
    found = cache_folder()
    assert found is not None
    assert found.name == "networks"
    assert "station-planner" in found.parts


def test_a_file_without_roads_is_refused_each_time_and_not_kept(tmp_path: Path, folder: Path):
    path = tmp_path / "roads.osm"
    path.write_text('<osm version="0.6"></osm>')
    for _ in range(2):
        with pytest.raises(NetworkError, match="no way in it has a highway tag"):
            read_network(path)
    assert not folder.exists()


def test_contents_are_counted_and_removed_and_other_files_stay(roads: Path, folder: Path):
    read_network(roads)
    read_network(roads, speeds="limits")
    (folder / "notes.txt").write_text("mine")
    (folder / "0123.unfinished").write_bytes(bytes(10))  # of a writer that was killed
    size = sum(entry.stat().st_size for entry in entries(folder)) + 10
    told = cache_contents()
    assert (told.folder, told.n_entries, told.size_bytes) == (folder, 2, size)
    assert clear_cache() == told
    assert list(folder.iterdir()) == [folder / "notes.txt"]
    assert cache_contents().size_bytes == 0


def test_entries_not_used_for_longest_go_first(roads: Path, folder: Path):
    all_speeds = [None, "limits", {"service": 13.0}]
    made: list[Path] = []
    for i, speeds in enumerate(all_speeds):
        read_network(roads, speeds=speeds)
        (new,) = set(entries(folder)) - set(made)
        made.append(new)
        os.utime(new, (i, i))
    assert is_kept(roads)  # the first is used, and so the latest now
    size = sum(entry.stat().st_size for entry in made)
    _remove_unused(folder, limit_bytes=size, limit_entries=3)
    assert entries(folder) == sorted(made)  # exactly as large may be
    _remove_unused(folder, limit_bytes=size - 1, limit_entries=3)
    assert entries(folder) == sorted([made[0], made[2]])
    _remove_unused(folder, limit_bytes=size, limit_entries=1)
    assert entries(folder) == [made[0]]
    _remove_unused(folder, limit_bytes=0, limit_entries=1)
    assert entries(folder) == [made[0]]  # the latest stays, however large


def test_the_limit_is_two_gigabytes():
    assert LIMIT_BYTES == 2 * 10**9


def test_what_a_killed_writer_left_goes_in_its_turn(roads: Path, folder: Path):
    read_network(roads)
    left = folder / "0123.unfinished"
    left.write_bytes(bytes(10))
    os.utime(left, (0, 0))
    _remove_unused(folder, limit_bytes=LIMIT_BYTES, limit_entries=1)
    assert not left.exists()
    assert is_kept(roads)


# --- Several at once -------------------------------------------------------------------------------


def test_writers_of_one_entry_do_each_other_no_harm(roads: Path, folder: Path):
    fresh = read_network(roads, cache=False)
    both_are_reading = threading.Barrier(8)
    found: list[RoadNetwork] = []

    def read() -> RoadNetwork:
        both_are_reading.wait(30)  # nobody has written anything yet
        return fresh

    def ask() -> None:
        found.append(cached_network(roads, read, rules=RoadRules(), lines=None))

    writers = [threading.Thread(target=ask) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [differing(fresh, network) for network in found] == [[]] * 8
    assert list(folder.iterdir()) == entries(folder)
    assert len(entries(folder)) == 1
    assert is_kept(roads)


def test_processes_that_read_at_once_leave_one_sound_entry(folder: Path):
    code = f"from planner.roads import read_network; print(read_network({str(DEMO)!r}).n_edges)"
    readers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
        for _ in range(2)
    ]
    said = {reader.communicate(timeout=120)[0] for reader in readers}
    assert said == {f"{read_network(DEMO, cache=False).n_edges}\n".encode()}
    assert list(folder.iterdir()) == entries(folder)
    assert len(entries(folder)) == 1
    assert is_kept(DEMO)
