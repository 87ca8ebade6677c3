import csv
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import towns
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scenarios import write

from planner.drivetimes import drive_times
from planner.errors import PlannerError, ScenarioError
from planner.network import JunctionDelays
from planner.run import run
from planner.scenario import Direction, read_scenario
from planner.snapping import snap
from planner.verify import verify
from planner.verify.roads import cut_roads, drives_on_roads

M_EAST = 0.01036417 / 1000  # degrees per metre at 30 N, where all towns lie
M_NORTH = 1 / 110_852.4


def osm(nodes, ways, turns=()):
    """Roads: nodes are {number: (east_m, north_m, tags)}, ways are {number: (nodes, tags)}.

    A turn is (what is restricted, from way, via node or list of ways, to way).
    """

    def tags(of):
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in of.items())

    lines = [
        f'<node id="{n}" lat="{30 + north * M_NORTH:.8f}" lon="{120 + east * M_EAST:.8f}">{tags(of)}</node>'
        for n, (east, north, of) in nodes.items()
    ] + [
        f'<way id="{w}">{"".join(f"""<nd ref="{n}"/>""" for n in refs)}{tags(of)}</way>'
        for w, (refs, of) in ways.items()
    ]
    for n, (kind, entry, via, leave) in enumerate(turns, start=1):
        over = [("node", via)] if isinstance(via, int) else [("way", way) for way in via]
        members = [("from", "way", entry), *(("via", *of) for of in over), ("to", "way", leave)]
        inner = "".join(f'<member role="{r}" type="{t}" ref="{m}"/>' for r, t, m in members)
        of = {"type": "restriction", "restriction": kind}
        lines.append(f'<relation id="{n}">{inner}{tags(of)}</relation>')
    return f'<osm version="0.6">{"".join(lines)}</osm>'


def points(spots, columns=""):
    """A CSV of {id: (east_m, north_m, more cells ...)}."""
    rows = [
        ",".join([name, f"{120 + e * M_EAST:.8f}", f"{30 + n * M_NORTH:.8f}", *map(str, more)])
        for name, (e, n, *more) in spots.items()
    ]
    return "\n".join([f"id,lon,lat{columns}", *rows, ""])


SETTINGS = """
[network]
file = "roads.osm"
access_kph = {access_kph}
junction_delay_s = {delay_s}
speeds = "limits"
[[fleets]]
vehicle = "car"
max_drive_min = {minutes}
direction = "{direction}"
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
{placement}
"""


def written(
    folder,
    roads,
    demand,
    hosts,
    *,
    placement="",
    minutes=2,
    direction="to_station",
    access_kph=0,
    delay_s=0,
):
    """The scenario of a town, written and read."""
    text = SETTINGS.format(
        placement=placement,
        minutes=minutes,
        direction=direction,
        access_kph=access_kph,
        delay_s=delay_s,
    )
    files = {"roads.osm": roads, "demand.csv": demand, "hosts.csv": hosts, "town.toml": text}
    return read_scenario(write(folder, files) / "town.toml")


# One road of 3 km at 36 km/h, which is 100 s a kilometre; two minutes are 1200 m.
#
#   S1    D1        D2,S2          D3 S3         (D4 is 2.5 km north of the road's end: off network)
#   0    500        1500        2800 3000 m
#
# S2 covers D1 (100 s) and D2 (0 s), S3 covers D3 (20 s): two stations, no plan has fewer.
ROAD = osm(
    {1: (0, 0, {}), 2: (3000, 0, {})},
    {10: ([1, 2], {"highway": "residential", "maxspeed": "36"})},
)
DEMAND = points(
    {"D1": (500, 0, 1), "D2": (1500, 0, 2), "D3": (2800, 0, 4), "D4": (3000, 2500, 8)}, ",weight"
)
HOSTS = points(
    {
        "S1": (0, 0, "=1+1", "", ""),
        "S2": (1500, 0, "银行", "", ""),
        "S3": (3000, 0, "shop", "", ""),
        "S4": (2790, 0, "closed", "", "yes"),
    },
    ",name,existing,excluded",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound run of the road, and the folder of its inputs."""
    folder = tmp_path_factory.mktemp("town")
    run(written(folder, ROAD, DEMAND, HOSTS), out=folder / "out")
    return folder


@pytest.fixture
def saved(sound, tmp_path):
    """A copy of the sound run to tamper with: the result folder, inputs beside it."""
    shutil.copytree(sound, tmp_path / "town")
    return tmp_path / "town" / "out"


def changed(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def with_times(run, change):
    with np.load(run / "times.npz") as archive:
        saved = {name: archive[name] for name in archive.files}
    change(saved)
    np.savez_compressed(run / "times.npz", **saved)


# --- What is sound agrees -----------------------------------------------------------------------


def test_a_sound_run_agrees_and_says_what_was_checked(sound):
    found = verify(sound / "out")
    assert found.differences == ()
    # S1-D1, S2-D1, S2-D2, S3-D3, and S4, which is excluded but a site: D3 1 s
    assert any(s.startswith("5 drive times of 4 demand points and 4 sites") for s in found.checked)
    assert any("at least 2 stations" in s for s in found.checked)  # D1 or D2, and D3, share no site
    assert not any(
        "bound" in s for s in found.trusted
    )  # counting proves it: no need to trust anyone


def test_a_drive_of_no_time_is_a_drive(sound):
    with np.load(sound / "out" / "times.npz") as times:
        assert 0.0 in times["time_s"]  # D2 is at S2
    assert verify(sound / "out").differences == ()


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
@pytest.mark.parametrize(
    "placement",
    [
        'goal = "set-covering"',
        'goal = "set-covering"\nthen = "p-median"',
        'goal = "max-covering"\nstations = 1',
        'goal = "p-median"\nstations = 2',
        'goal = "p-median"\nstations = 2\ncover_all = true\nhorizon_min = 6',
        'goal = "p-median"\nstations = 1\ncover_all = true',
        'goal = "p-center"\nstations = 2',
        'goal = "assess"',
    ],
)
def test_every_goal_and_direction_agrees(tmp_path, placement, direction):
    town = written(tmp_path, ROAD, DEMAND, HOSTS, placement=placement, direction=direction)
    run(town, out=tmp_path / "out")
    assert verify(tmp_path / "out").differences == ()


def test_a_plan_with_too_few_stations_agrees_as_infeasible(tmp_path):
    run(written(tmp_path, ROAD, DEMAND, HOSTS, placement="stations = 1"), out=tmp_path / "out")
    assert (
        json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))["status"] == "infeasible"
    )
    assert verify(tmp_path / "out").differences == ()


def test_existing_stations_in_a_file_of_their_own_agree(tmp_path):
    (tmp_path / "stand.csv").write_text(points({"S0": (10, 0)}))
    town = written(tmp_path, ROAD, DEMAND, HOSTS)
    text = (tmp_path / "town.toml").read_text()
    (tmp_path / "town.toml").write_text(
        text.replace('"hosts.csv"', '"hosts.csv"\nexisting = "stand.csv"')
    )
    run(read_scenario(tmp_path / "town.toml"), out=tmp_path / "out")
    assert verify(tmp_path / "out").differences == ()
    assert town.sites.existing is None


def test_a_town_that_drive_times_from_a_table_serve_agrees(tmp_path):
    (tmp_path / "times.csv").write_text(
        "demand,site,drive_time_s\nD1,S1,100\nD1,S2,\nD2,S1,120.0000001\nD2,S2,119.5\nD3,S4,7\n"
    )
    written(tmp_path, ROAD, DEMAND, HOSTS)
    text = (tmp_path / "town.toml").read_text()
    rest = text.partition("[[fleets]]")[2]
    (tmp_path / "town.toml").write_text(f'[drive_times]\nfile = "times.csv"\n[[fleets]]{rest}')
    run(read_scenario(tmp_path / "town.toml"), out=tmp_path / "out")
    found = verify(tmp_path / "out")
    assert found.differences == ()
    assert any(
        s.startswith("4 drive times") for s in found.checked
    )  # 120.0000001 s is 120 on the grid
    assert "the drive times in the table" in found.trusted


# A block of 300 m streets round a compound. Lanes L are private: a drive may begin or end there, not pass.
#
#   1 ---- 2 ---- 3        2-5 is a private lane between open roads, 5-8 leads into a dead end behind a gate
#   |      L      |        (node 7), and 3-6 is one way south. Signals at 1, 2 and 6.
#   4 ---- 5 ---- 6
#          |
#          7 (gate)
#          |
#          8
BLOCK = osm(
    {
        1: (0, 300, {"highway": "traffic_signals"}),
        2: (300, 300, {}),
        3: (600, 300, {}),
        4: (0, 0, {}),
        5: (300, 0, {}),
        6: (600, 0, {"highway": "traffic_signals"}),
        7: (300, -100, {"barrier": "gate", "access": "private"}),
        8: (300, -200, {}),
    },
    {
        10: ([1, 2, 3], {"highway": "residential", "maxspeed": "36"}),
        11: ([4, 5, 6], {"highway": "residential", "maxspeed": "36"}),
        12: ([1, 4], {"highway": "residential", "maxspeed": "36"}),
        13: ([3, 6], {"highway": "residential", "maxspeed": "36", "oneway": "yes"}),
        14: ([2, 5], {"highway": "service", "maxspeed": "36", "access": "private"}),
        15: ([5, 7, 8], {"highway": "service", "maxspeed": "36"}),
    },
)
EVERYWHERE = {
    f"{x:03.0f}{y:+04.0f}": (x, y)
    for x, y in [
        *((x, y) for x in (0, 70, 300, 450, 600) for y in (0, 300)),
        *((300, y) for y in (-200, -150, -100, -40, 60, 150, 290)),
        *((0, 120), (600, 120), (600, 200)),
    ]
}


@pytest.mark.parametrize("access_kph", [0, 10])
@pytest.mark.parametrize("direction", ["to_station", "from_station"])
def test_lanes_gates_signals_and_one_ways_agree(tmp_path, direction, access_kph):
    demand = points({f"D{name}": spot for name, spot in EVERYWHERE.items()})
    hosts = points({f"S{name}": (x + 3, y + 2) for name, (x, y) in EVERYWHERE.items()})
    town = written(
        tmp_path,
        BLOCK,
        demand,
        hosts,
        direction=direction,
        access_kph=access_kph,
        delay_s="{ signal = 12 }",
    )
    run(town, out=tmp_path / "out")
    assert verify(tmp_path / "out").differences == ()


def test_a_drive_that_begins_at_a_signal_begins_with_no_short_cut(tmp_path):
    roads = BLOCK.replace(
        'lon="120.00310925">', 'lon="120.00310925"><tag k="highway" v="traffic_signals"/>', 1
    )
    assert roads != BLOCK  # a signal at node 2
    demand, hosts = points({"D": (300, 300)}), points({"S": (450, 0)})
    # over 3 and 6: 300 + 300 + 150 m are 75 s, with no signal on the way but 6 (12 s); the lane would be 45 s
    result = run(
        written(tmp_path, roads, demand, hosts, delay_s="{ signal = 12 }"), out=tmp_path / "out"
    )
    assert verify(tmp_path / "out").differences == ()
    assert result.nearest_station.time_s[0] == pytest.approx(87, abs=0.1)


# The same block with all lanes open. From 1 one may not turn right at 2 into the lane, from 4 over 5 and the lane
# not left at 2, and who comes from 3 to 6 may only go on to the west. Signals at 6 and 20 m before it.
TURNS = osm(
    {
        1: (0, 300, {}),
        2: (300, 300, {}),
        3: (600, 300, {}),
        4: (0, 0, {}),
        5: (300, 0, {}),
        6: (600, 0, {"highway": "traffic_signals"}),
        7: (580, 0, {"highway": "traffic_signals"}),
        8: (300, -200, {}),
        9: (900, 0, {}),
    },
    {
        way: (refs, {"highway": "residential", "maxspeed": "36", "name": f"Street {way}"})
        for way, refs in {
            10: [1, 2],
            11: [2, 3],
            12: [4, 5],
            13: [5, 7, 6],
            14: [1, 4],
            15: [3, 6],
            16: [2, 5],
            17: [5, 8],
            18: [6, 9],
        }.items()
    },
    [
        ("no_right_turn", 10, 2, 16),
        ("no_left_turn", 12, [16], 10),
        ("only_right_turn", 15, 6, 13),
    ],
)


@pytest.mark.parametrize("direction", ["to_station", "from_station"])
@pytest.mark.parametrize(
    "delay_s",
    [0, "{ signal = 12, u_turn = 3, turn_left = 7, turn_right = 2 }"],
)
def test_turns_agree(tmp_path, direction, delay_s):
    demand = points({f"D{name}": spot for name, spot in EVERYWHERE.items()})
    hosts = points({f"S{name}": (x + 3, y + 2) for name, (x, y) in EVERYWHERE.items()})
    town = written(tmp_path, TURNS, demand, hosts, direction=direction, delay_s=delay_s)
    run(town, out=tmp_path / "out")
    assert verify(tmp_path / "out").differences == ()


@pytest.mark.parametrize(
    ("u_turn_s", "seconds"),
    [
        (3, 83),  # on to 3, back, and left at 2: 50 + 300 + 300 + 150 m
        (30, 100),  # by 1, 4 and 5: 250 + 300 + 300 + 150 m
    ],
)
def test_who_may_not_turn_right_turns_back_or_goes_round(tmp_path, u_turn_s, seconds):
    demand, hosts = points({"D": (250, 300)}), points({"S": (300, 150)})
    delay_s = f"{{ signal = 0, u_turn = {u_turn_s} }}"
    result = run(written(tmp_path, TURNS, demand, hosts, delay_s=delay_s), out=tmp_path / "out")
    assert result.nearest_station.time_s[0] == pytest.approx(seconds, abs=0.1)
    assert verify(tmp_path / "out").differences == ()


@settings(max_examples=30)
@given(
    st.data(),
    towns.small_towns(),
    st.builds(
        JunctionDelays,
        signal_s=st.sampled_from([12.0, 0.0]),
        u_turn_s=st.sampled_from([20.0, 3.0, 0.0]),
        turn_left_s=st.sampled_from([0.0, 7.0]),
        turn_right_s=st.sampled_from([0.0, 2.0, 30.0]),
    ),
    st.sampled_from(["to_station", "from_station"]),
)
def test_in_random_towns_drives_on_cut_streets_take_as_long_to_the_tick(
    data, town, delays, direction
):
    assume(towns.is_drivable(town))
    network = towns.network(*town, delays=delays)
    demand, sites = (data.draw(towns.points(town)) for _ in range(2))
    said = drive_times(
        network,
        towns.sites_at(*sites),
        towns.demand_at(*demand),
        max_drive_time_s=1e6,
        direction=direction,
    )
    scenario = SimpleNamespace(
        network=SimpleNamespace(access_kph=10.0),
        fleets=[SimpleNamespace(direction=Direction(direction))],
    )
    inputs = SimpleNamespace(
        site_places=snap(network, *towns.lonlat(sites)),
        demand_places=snap(network, *towns.lonlat(demand)),
    )
    pairs = zip(said.site.tolist(), said.need.tolist(), strict=True)
    again = drives_on_roads(scenario, inputs, cut_roads(inputs, network)).within(1e6)
    assert dict(zip(pairs, said.time_s.tolist(), strict=True)) == again


# --- What was tampered with is found and named ----------------------------------------------------


def test_a_drive_time_that_is_a_tick_off_is_named(saved):
    def change(times):
        times["time_s"] = times["time_s"] + np.where(
            np.arange(times["time_s"].size) == 1, 2.0**-20, 0
        )

    with_times(saved, change)
    (difference,) = verify(saved).differences
    assert difference.startswith("times.npz: between D1 and S2 it says 100.00")


def test_a_drive_time_that_is_missing_or_made_up_is_named(saved):
    def change(times):
        times["need"] = times["need"].copy()
        times["need"][0] = 2  # D1 - S1 becomes D3 - S1, which is far beyond the standard

    with_times(saved, change)
    differences = verify(saved).differences
    assert any("between D1 and S1 it says no such drive, and it is 50" in d for d in differences)
    assert any(
        "between D3 and S1 it says 50" in d and "it is no such drive" in d for d in differences
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("need_weight", 7.0),
        ("need_max_drive_time_s", 121.0),
        ("nearest_station", 1),
        ("nearest_station_time_s", 1.0),
        ("nearest_site", 0),
        ("nearest_site_time_s", 2.0),
        ("demand_id", "DX"),
        ("site_id", "SX"),
        ("fleets", "nobody"),
        ("periods", "night"),
    ],
)
def test_every_other_column_of_times_is_compared(saved, name, value):
    def change(times):
        times[name] = times[name].copy()
        times[name][-1] = value

    with_times(saved, change)
    assert any(
        d.startswith("times.npz: ") and name.removesuffix("_time_s") in d
        for d in verify(saved).differences
    )


def test_times_that_cannot_be_read_are_named(saved):
    (saved / "times.npz").write_bytes(b"PK\x03\x04 no more")
    assert verify(saved).differences[0].startswith("times.npz: can't be read or is not whole")
    (saved / "times.npz").unlink()
    assert verify(saved).differences[0].startswith("times.npz: can't be read or is not whole")


def test_a_station_that_was_swapped_is_named(saved):
    changed(saved / "stations.csv", "S3,shop", "S1,shop")
    differences = verify(saved).differences
    assert "result.json: stations lacks S1" in differences
    assert "result.json: stations has S3 wrongly" in differences
    # D3 is 280 s from S1 and 130 s from S2: no longer covered
    assert any(d.startswith("result.json: demand.uncovered lacks D3") for d in differences)
    assert any(
        d.startswith("assignments.csv: line 4, D3: station is S3, and should be S2")
        for d in differences
    )


def test_a_station_that_is_none_stands_twice_or_is_excluded_is_named(saved):
    rows = (saved / "stations.csv").read_text("utf-8-sig").splitlines()
    more = [rows[2], rows[2].replace("S3", "S9"), rows[2].replace("S3", "S4")]
    (saved / "stations.csv").write_text("\n".join([*rows, *more, ""]), encoding="utf-8-sig")
    differences = verify(saved).differences
    assert {
        "stations.csv: S9 is no site",
        "stations.csv: S3 stands twice",
        "stations.csv: S4 is excluded, and is a station",
    } <= set(differences)


def test_a_station_that_stands_and_was_not_kept_is_named(tmp_path):
    hosts = HOSTS.replace("=1+1,", "=1+1,yes")
    run(written(tmp_path, ROAD, DEMAND, hosts), out=tmp_path / "out")
    lines = (tmp_path / "out" / "stations.csv").read_text("utf-8-sig").splitlines()
    without = [line for line in lines if not line.startswith("S1,")]
    assert len(without) == len(lines) - 1
    (tmp_path / "out" / "stations.csv").write_text("\n".join([*without, ""]), "utf-8-sig")
    assert (
        "stations.csv: S1 stands already or is required, and is not kept"
        in verify(tmp_path / "out").differences
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        (
            "assignments.csv",
            "D3,all,all,S3",
            "D3,all,all,S2",
            "line 4, D3: station is S2, and should be S3",
        ),
        (
            "assignments.csv",
            ",true,",
            ",false,",
            "line 2, D1: covered is false, and should be true",
        ),
        (
            "assignments.csv",
            "D4,all,all,,,",
            "D4,all,all,,3.0,",
            "line 5, D4: drive_time_s is 3.0, and should be empty",
        ),
        ("assignments.csv", "D2,all", "D9,all", "the row of D2 is missing"),
        ("stations.csv", "银行", "银杏", "line 2, S2: name is 银杏, and should be 银行"),
        ("stations.csv", ",false,2,", ",false,3,", "line 2, S2: n_served is 3, and should be 2"),
        (
            "stations.csv",
            ",false,2,3.0,",
            ",false,2,3.5,",
            "line 2, S2: weight_served is 3.5, and should be 3",
        ),
        ("stations.geojson", "银行", "银杏", 'S2: name is "银杏", and should be "银行"'),
        (
            "stations.geojson",
            '"id": "S3"',
            '"id": "S1"',
            "has other stations than stations.csv, or another order",
        ),
        ("stations.geojson", "120.03", "120.04", "S3: lon is 120.04"),
        ("stations.geojson", "{", "", "can't be read"),
    ],
)
def test_a_cell_that_was_changed_is_named(saved, file, old, new, named):
    changed(saved / file, old, new)
    (difference, *_) = [d for d in verify(saved).differences if d.startswith(f"{file}: ")]
    assert named in difference


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, (*path, i))
    else:
        yield path, value


def test_every_number_of_the_result_is_computed_again(saved):
    path = saved / "result.json"
    sound = path.read_text(encoding="utf-8")
    silent = []
    for place, value in leaves(json.loads(sound)):
        if place == ("format",):
            continue
        told = json.loads(sound)
        at = told
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = "else" if isinstance(value, str) or value is None else value + 0.001
        path.write_text(json.dumps(told), encoding="utf-8")
        if not verify(saved).differences:
            silent.append(place)
    assert silent == []


def test_a_number_that_is_missing_is_named(saved):
    told = json.loads((saved / "result.json").read_text(encoding="utf-8"))
    del told["demand"]["covered_n"], told["gap"]
    (saved / "result.json").write_text(json.dumps(told), encoding="utf-8")
    assert "result.json: demand.covered_n is null, and should be 3" in verify(saved).differences
    assert "result.json: gap is null, and should be 0.0" in verify(saved).differences


@pytest.mark.parametrize(
    ("status", "objective", "bound", "named"),
    [
        ("optimal", 2, 1, "status is optimal, with objective 2.0 and bound 1"),
        ("feasible", 2, 2, "status is feasible, with objective 2.0 and bound 2"),
        ("feasible", 2, 3, "bound is 3, and the plan beats it with 2.0"),
        ("feasible", 2, None, "bound is null, and should be a number (feasible)"),
        ("optimal", 1, 1, "objective is 1, and should be 2"),
        ("infeasible", 2, 2, "objective is 2, and should be null (infeasible)"),
        ("undecided", None, 2, "status is undecided, without reasons"),
        ("assessed", None, None, "status is assessed, with goal set-covering"),
        ("great", 2, 2, 'status is "great", which is none'),
    ],
)
def test_a_claim_against_all_reason_is_named(saved, status, objective, bound, named):
    told = json.loads((saved / "result.json").read_text(encoding="utf-8"))
    told |= {"status": status, "objective": objective, "bound": bound}
    (saved / "result.json").write_text(json.dumps(told), encoding="utf-8")
    assert f"result.json: {named}" in verify(saved).differences


@pytest.mark.parametrize("goal", ["p-median", "p-center"])
def test_a_claim_about_drives_against_all_reason_is_named(tmp_path, goal):
    town = written(tmp_path, ROAD, DEMAND, HOSTS, placement=f'goal = "{goal}"\nstations = 2')
    run(town, out=tmp_path / "out")
    path = tmp_path / "out" / "result.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    right = told["objective"]
    path.write_text(json.dumps(told | {"objective": right - 1, "bound": right - 1}))
    assert (
        f"result.json: objective is {right - 1}, and should be {right}"
        in verify(tmp_path / "out").differences
    )
    path.write_text(json.dumps(told | {"bound": right + 1, "gap": 1 / right}))
    assert (
        f"result.json: bound is {right + 1}, and the plan beats it with {right}"
        in verify(tmp_path / "out").differences
    )


def test_a_second_objective_against_all_reason_is_named(tmp_path):
    town = written(tmp_path, ROAD, DEMAND, HOSTS, placement='then = "p-median"')
    run(town, out=tmp_path / "out")
    path = tmp_path / "out" / "result.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    total = told["then"]["objective"]
    for key, wrong in (("objective", total + 1), ("bound", total + 1), ("gap", 0.5)):
        path.write_text(json.dumps(told | {"then": told["then"] | {key: wrong}}))
        assert any(
            s.startswith(f"result.json: then.{key} is {wrong}")
            for s in verify(tmp_path / "out").differences
        )
    path.write_text(json.dumps(told | {"then": None}))
    assert any("then is null" in s for s in verify(tmp_path / "out").differences)


def test_stations_that_leave_somebody_uncovered_who_could_be_are_named(saved):
    lines = (saved / "stations.csv").read_text("utf-8-sig").splitlines()
    (saved / "stations.csv").write_text("\n".join([*lines[:2], ""]), encoding="utf-8-sig")
    # D1 and D2 weigh 3, D3 weighs 4
    assert (
        "result.json: the stations cover 3 of weight, and 7 is asked for"
        in verify(saved).differences
    )


def test_a_scenario_that_was_changed_after_the_run_shows(saved):
    changed(saved / "scenario.toml", "max_drive_min = 2.0", "max_drive_min = 1.0")
    differences = verify(saved).differences
    assert "times.npz: need_max_drive_time_s is not what the inputs say" in differences
    assert any(
        "between D1 and S2" in d for d in differences
    )  # 100 s are no longer within the standard


def test_more_stations_than_allowed_are_named(saved):
    changed(saved / "scenario.toml", "[placement]", "[placement]\nstations = 1")
    assert "stations.csv: has 2 stations; 1 are allowed" in verify(saved).differences


@pytest.mark.parametrize("file", ["demand.csv", "hosts.csv", "roads.osm"])
def test_an_input_that_changed_is_named_and_nothing_else_is_computed(saved, file):
    path = saved.parent / file
    path.write_bytes(path.read_bytes() + b"\n")
    found = verify(saved)
    (difference,) = found.differences
    assert difference.startswith(f"{file}: changed since the run")
    assert found.checked == ("the inputs only: computing again makes sense with those of the run",)


def test_an_input_that_is_gone_is_named(saved):
    (saved.parent / "hosts.csv").unlink()
    with pytest.raises(ScenarioError, match=r"hosts\.csv is not there"):
        verify(saved)


def test_a_folder_that_holds_no_result_is_refused(tmp_path):
    with pytest.raises(PlannerError, match="is no result folder"):
        verify(tmp_path)


def test_a_run_that_does_not_say_where_its_scenario_was_is_refused(saved):
    (saved / "log.json").write_text("{}")
    with pytest.raises(PlannerError, match="doesn't say where the scenario was"):
        verify(saved)


def test_many_differences_of_a_kind_are_counted(saved):
    with (saved / "assignments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (saved / "assignments.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "fleet": "x", "period": "y"} for row in rows)
    of_file = [d for d in verify(saved).differences if d.startswith("assignments.csv")]
    assert len(of_file) == 6
    assert of_file[-1] == "assignments.csv: and 3 more like these"


def test_counting_proves_a_max_covering_that_covers_all_there_is_to_cover(tmp_path):
    placement = 'goal = "max-covering"\nstations = {}'
    for stations, is_trusted in ((2, False), (1, True)):
        folder = tmp_path / str(stations)
        folder.mkdir()
        town = written(folder, ROAD, DEMAND, HOSTS, placement=placement.format(stations))
        run(town, out=folder / "out")
        found = verify(folder / "out")
        # D4 is off network: 1 + 2 + 4 of weight are left
        assert any("no plan covers more than 7 of weight" in s for s in found.checked)
        assert any("the bound of" in s for s in found.trusted) is is_trusted
        assert found.differences == ()


def test_a_bound_with_nothing_to_prove_it_is_said_to_be_taken_on_trust(tmp_path):
    # each of three stations covers two of three points, no two of which share no site: counting proves 1, it takes 2
    (tmp_path / "times.csv").write_text(
        "demand,site,drive_time_s\n"
        + "".join(f"D{d},S{s},9\n" for d in "123" for s in "123" if d != s)
    )
    written(tmp_path, ROAD, DEMAND.replace("D4", "D3x"), HOSTS)
    text = (tmp_path / "town.toml").read_text().partition("[[fleets]]")[2]
    (tmp_path / "town.toml").write_text(f'[drive_times]\nfile = "times.csv"\n[[fleets]]{text}')
    result = run(read_scenario(tmp_path / "town.toml"), out=tmp_path / "out")
    assert (result.plan.stations.size, result.plan.status) == (2, "optimal")
    found = verify(tmp_path / "out")
    assert found.differences == ()
    assert any("the bound of 2" in s and "counting proves 1 only" in s for s in found.trusted)
