import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ScenarioError
from planner.scenario import (
    Direction,
    Fleet,
    Goal,
    JunctionDelay,
    Language,
    assessing,
    changed,
    read_scenario,
    scenario_toml,
)

NETWORK = '[network]\nfile = "roads.osm.pbf"\n'
DEMAND = '[demand]\nfile = "demand.csv"\n'
SITES = '[sites]\nfile = "hosts.csv"\n'
LEAST = NETWORK + DEMAND + SITES + "[placement]\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("roads.osm.pbf", "demand.csv", "hosts.csv", "stations.csv", "times.csv"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.fixture
def read(folder):
    def read(text):
        path = folder / "yuhuan.toml"
        path.write_text(text, encoding="utf-8")
        return read_scenario(path)

    return read


@pytest.fixture
def problems(read):
    def problems(text):
        with pytest.raises(ScenarioError) as caught:
            read(text)
        return caught.value.problems

    return problems


# --- defaults and values ---------------------------------------------------------------------


def test_four_tables_are_enough(read, folder):
    scenario = read(LEAST)
    assert scenario.name == "yuhuan"
    assert scenario.title is None
    assert scenario.language is Language.ZH
    assert scenario.timezone == "Asia/Shanghai"
    assert scenario.network.access_kph == 10
    assert scenario.network.max_access_m == 300
    assert scenario.network.junction_delay_s == JunctionDelay(signal=12)
    assert scenario.network.speeds == {}
    assert scenario.drive_times is None
    assert scenario.placement.goal is Goal.SET_COVERING
    assert scenario.placement.stations is None
    assert scenario.placement.min_share == 1
    assert scenario.placement.time_limit_s == 300
    assert (scenario.path, scenario.folder) == (folder / "yuhuan.toml", folder)


@pytest.mark.parametrize("none", ["", "fleets = []\n"])
def test_without_fleets_all_drive_cars_for_five_minutes_to_the_station(read, none):
    (fleet,) = read(none + LEAST).fleets
    assert fleet == Fleet(
        name="all", vehicle="car", max_drive_min=5, direction=Direction.TO_STATION
    )


def test_a_fleet_that_is_given_rides_ebikes_unless_it_says_otherwise(read):
    # as design.md has it: values shown are the defaults, and it shows vehicle = "ebike"
    assert read(LEAST + "[[fleets]]").fleets[0].vehicle == "ebike"
    assert read(LEAST + '[[fleets]]\nvehicle = "car"').fleets[0].vehicle == "car"


def test_a_fleet_may_drive_a_vehicle_of_the_scenarios_own(read):
    text = '[[fleets]]\nvehicle = "trike"\n[vehicles.trike]\nlike = "ebike"\ntop_kph = 15\n'
    scenario = read(LEAST + text)
    assert scenario.fleets[0].vehicle == "trike"
    assert scenario.vehicles["trike"].top_kph == 15


def test_the_standard_is_on_the_grid():
    assert Fleet(max_drive_min=4.1).max_drive_time_s == 246  # 4.1 * 60 = 245.99999999999997


def test_junction_delay_0_means_none_at_all(read):
    scenario = read(LEAST.replace(NETWORK, NETWORK + "junction_delay_s = 0\n"))
    assert scenario.network.junction_delay_s.signal == 0


def test_speeds_are_a_table_or_the_limits(read):
    table = read(LEAST.replace(NETWORK, NETWORK + "speeds = { residential = 25 }\n"))
    assert table.network.speeds == {"residential": 25}
    limits = read(LEAST.replace(NETWORK, NETWORK + 'speeds = "limits"\n'))
    assert limits.network.speeds == "limits"


def test_drive_times_may_stand_for_the_network(read):
    scenario = read(LEAST.replace(NETWORK, '[drive_times]\nfile = "times.csv"\n'))
    assert scenario.network is None
    assert scenario.drive_times.file == "times.csv"


def test_whole_numbers_are_good_where_fractions_are(read):
    scenario = read(LEAST + "[[fleets]]\nmax_drive_min = 6\n")
    assert isinstance(scenario.fleets[0].max_drive_min, float)


def test_files_lie_where_the_scenario_is(read, folder):
    scenario = read(LEAST)
    assert scenario.demand.file == "demand.csv"  # as written
    assert scenario.resolve(scenario.demand.file) == folder / "demand.csv"


def test_a_byte_order_mark_does_no_harm(folder):
    (folder / "a.toml").write_text(LEAST, encoding="utf-8-sig")
    assert read_scenario(folder / "a.toml").name == "a"


# --- both sides of every limit ---------------------------------------------------------------

ON_ROADS = LEAST.replace(DEMAND, "[demand]\nroads = true\n")
BESIDE_ROADS = LEAST.replace(DEMAND, DEMAND + "roads = true\n")
IN_NETWORK = LEAST.replace(NETWORK, NETWORK + "{}\n")
IN_FLEET = LEAST + "[[fleets]]\n{}\n"
IN_PLACEMENT = LEAST + "{}\n"


@pytest.mark.parametrize(
    ("where", "good", "bad", "why"),
    [
        (IN_NETWORK, "access_kph = 0", "access_kph = -0.1", "0, or a speed from"),
        (IN_NETWORK, "max_access_m = 0.1", "max_access_m = 0", "above 0"),
        (IN_NETWORK, "max_access_m = 1e9", "max_access_m = inf", "finite"),
        (IN_NETWORK, "junction_delay_s.signal = 0", "junction_delay_s.signal = -1", "at least 0"),
        (IN_NETWORK, "access_kph = 0.1", "access_kph = 0.09", "0, or a speed from 0.1 to 1000"),
        (IN_NETWORK, "access_kph = 1000", "access_kph = 1e300", "0, or a speed from 0.1 to 1000"),
        (IN_NETWORK, "speeds.road = 0.1", "speeds.road = 0.09", "at least 0.1"),
        (IN_NETWORK, "speeds.road = 1000", "speeds.road = 1001", "at most 1000"),
        (
            IN_NETWORK,
            "junction_delay_s.u_turn = 86400",
            "junction_delay_s.u_turn = 86401",
            "at most 86400",
        ),
        (IN_FLEET, "max_drive_min = 0.1", "max_drive_min = 0", "above 0"),
        (IN_FLEET, "max_drive_min = 1e5", "max_drive_min = 1e308", "at most 100000"),
        (IN_PLACEMENT, "stations = 1", "stations = 0", "at least 1"),
        (IN_PLACEMENT, "stations = 2", "stations = 2.0", "whole number"),
        (IN_PLACEMENT, "min_share = 0.01", "min_share = 0", "above 0"),
        (IN_PLACEMENT, "min_share = 1.0", "min_share = 1.01", "at most 1"),
        (IN_PLACEMENT, "time_limit_s = 0.1", "time_limit_s = 0", "above 0"),
    ],
)
def test_a_value_may_be_on_one_side_of_its_limit_only(read, problems, where, good, bad, why):
    read(where.format(good))
    (problem,) = problems(where.format(bad))
    assert why in problem
    assert bad.split(" = ")[0] in problem


@pytest.mark.parametrize("value", ["true", '"5"', "nan", "[5]", "2020-01-01"])
def test_a_number_is_a_number(problems, value):
    (problem,) = problems(IN_FLEET.format(f"max_drive_min = {value}"))
    assert problem.startswith("[[fleets]] max_drive_min: must be a")


# --- what is wrong, where, and what to do ----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LEAST + "min_shar = 1", "[placement] min_shar: unknown; did you mean min_share?"),
        (
            LEAST + "max_drive_min = 5",
            "[placement] max_drive_min: unknown; did you mean [[fleets]] max_drive_min?",
        ),
        ('langauge = "en"\n' + LEAST, "langauge: unknown; did you mean language?"),
        (
            'path = "x"\n' + LEAST,
            "path: unknown; known are name, title, notice, language, timezone,",
        ),
        (LEAST + "[placment]", "[placment]: unknown; did you mean [placement]?"),
        (
            LEAST.replace(NETWORK, NETWORK + "speeds = { residental = 3 }\n"),
            "[network] speeds.residental: unknown; did you mean residential?",
        ),
        (
            LEAST.replace(DEMAND, DEMAND + 'columns = { wieght = "人数" }\n'),
            "[demand] columns.wieght: unknown; did you mean weight?",
        ),
        (
            LEAST.replace(SITES, SITES + 'columns = { foo = "人数" }\n'),
            "[sites] columns.foo: unknown; known are id, lon, lat, name, kind, existing,",
        ),
        (
            LEAST + 'goal = "set-coverng"',
            (
                "[placement] goal: must be one of set-covering, max-covering, p-median, p-center, assess, "
                'not "set-coverng"; did you mean set-covering?'
            ),
        ),
        (
            LEAST.replace(NETWORK, NETWORK + 'speeds = "limit"\n'),
            (
                '[network] speeds: must be a table, such as { residential = 25 }, or "limits", '
                'not "limit"; did you mean limits?'
            ),
        ),
        (
            LEAST.replace(NETWORK, NETWORK + "junction_delay_s = 5\n"),
            (
                "[network] junction_delay_s: must be a table, such as { signal = 12, u_turn = 20 }, "
                "or 0 for none at all, not 5"
            ),
        ),
        (
            LEAST + '[fleets]\nname = "riders"',
            "[[fleets]]: must be a list of tables, written [[fleets]], not",
        ),
        (
            'timezone = "Asia/Shangai"\n' + LEAST,
            "timezone: 'Asia/Shangai' is no time zone; did you mean Asia/Shanghai?",
        ),
        (
            LEAST.replace(DEMAND, DEMAND + 'crs = "4549"\n'),
            '[demand] crs: must be "wgs84", "gcj02", "bd09" or "EPSG:n", not \'4549\'',
        ),
        (
            LEAST.replace(DEMAND, DEMAND + 'encoding = "gbx"\n'),
            "[demand] encoding: 'gbx' is no encoding; usual ones are",
        ),
        (
            LEAST.replace(NETWORK, ""),
            "[network]: is missing (or [drive_times], a table of drive times from elsewhere)",
        ),
        (
            LEAST + '[drive_times]\nfile = "times.csv"',
            "[drive_times]: not together with [network]; leave one of the two out",
        ),
        (LEAST.replace(DEMAND, ""), "[demand]: is missing"),
        (LEAST.replace(DEMAND, "[demand]\n"), "[demand] file: is missing"),
        (
            LEAST + "[[fleets]]\n[[fleets]]\n",
            "[[fleets]]: one plan takes one fleet in this version, not 2",
        ),
        (
            LEAST + '[[fleets]]\nvehicle = "ebiek"',
            '[[fleets]] vehicle: must be one of car, motorcycle, ebike, not "ebiek"; did you mean ebike?',
        ),
        (
            LEAST + '[vehicles.trike]\nlike = "bike"',
            '[vehicles.trike] like: must be one of car, motorcycle, ebike, not "bike"; did you mean ebike?',
        ),
        (LEAST + "[vehicles.trike]\n", "[vehicles.trike] like: is missing"),
        (
            LEAST + '[vehicles.car]\nlike = "ebike"',
            "[vehicles] car: is known already; give yours another name",
        ),
        (
            LEAST + '[vehicles.trike]\nlike = "ebike"\ntop_kmh = 20',
            "[vehicles.trike] top_kmh: unknown; did you mean top_kph?",
        ),
        (
            LEAST + '[vehicles.trike]\nlike = "ebike"\nspeeds = { resident = 20 }',
            "[vehicles.trike] speeds.resident: unknown; did you mean residential?",
        ),
        (
            LEAST + '[vehicles.trike]\nlike = "ebike"\nclosed = ["cycle_way"]',
            "[vehicles.trike] closed: cycle_way is no class of roads; did you mean cycleway?",
        ),
        (
            LEAST.replace(NETWORK, NETWORK + "columns = { sped = 'v' }\n"),
            "[network] columns.sped: unknown; did you mean speed?",
        ),
        (
            LEAST + 'goal = "p-median"',
            "[placement] stations: is missing; p-median needs to know how many there may be",
        ),
        (
            LEAST + 'goal = "p-center"\nstations = 2\nmin_share = 0.9',
            "[placement] min_share: not used by goal p-center (only by set-covering)",
        ),
        (
            LEAST + 'goal = "p-center"\nstations = 2\nthen = "p-median"',
            "[placement] then: not used by goal p-center (only by set-covering)",
        ),
        (
            LEAST + 'then = "p-center"',
            "[placement] then: must be one of p-median, not",
        ),
        (
            LEAST + 'then = "p-median"\nmin_share = 0.9',
            "[placement] then: goes with min_share = 1 only",
        ),
        (
            LEAST + "cover_all = true",
            "[placement] cover_all: not used by goal set-covering (only by p-median and p-center)",
        ),
        (
            LEAST + 'goal = "p-median"\nstations = 2\nhorizon_min = 4.9',
            "[placement] horizon_min: must be at least max_drive_min, which is 5",
        ),
        (
            LEAST + 'stations_file = "demand.csv"',
            "[placement] stations_file: not used by goal set-covering (only by assess)",
        ),
        (
            LEAST + 'goal = "assess"\nstations_file = "demad.csv"',
            "[placement] stations_file: demad.csv is not there",
        ),
        (
            LEAST + 'goal = "assess"\nstations_file = 78',
            "[placement] stations_file: must be text, not 78",
        ),
        (
            LEAST.replace(NETWORK, NETWORK + "one_way = 1\n"),
            "[network] one_way: must be true or false, not 1",
        ),
        (
            ON_ROADS + 'then = "p-median"',
            "[placement] then: is about drives of demand points; give demand.file, or leave it out",
        ),
        (
            ON_ROADS + 'goal = "p-median"\nstations = 2',
            "[demand] roads: not used by goal p-median; leave it out",
        ),
        (
            BESIDE_ROADS + 'goal = "max-covering"\nstations = 2',
            "[demand] roads: with max-covering metres count only where no demand file is given",
        ),
        (
            BESIDE_ROADS + "min_share = 0.9",
            "[placement] min_share: is a share of the weight of points or of metres, not of both",
        ),
        (
            LEAST + f'goal = "assess"\nstations_file = "{"a" * 5_000}.csv"',
            f"[placement] stations_file: {'a' * 40}… is no file name",
        ),
    ],
)
def test_a_problem_is_told_with_its_place_and_remedy(problems, text, expected):
    (problem,) = problems(text)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LEAST.replace(NETWORK, NETWORK + "ferries = false\n"), "[network] ferries"),
        (LEAST.replace(NETWORK, NETWORK + 'closures = "x"\n'), "[network] closures"),
        (LEAST.replace(SITES, SITES + 'columns = { cost = "a" }\n'), "[sites] columns.cost"),
        (LEAST + "backup = 1", "[placement] backup"),
        (LEAST + "budget = 1", "[placement] budget"),
        (LEAST + "min_separation_m = 1", "[placement] min_separation_m"),
        (LEAST + "[[fleets]]\nshare = 0.7", "[[fleets]] share"),
        (LEAST + '[[fleets]]\nservices = ["charging"]', "[[fleets]] services"),
        (LEAST + '[[periods]]\nname = "night"', "[periods]"),
    ],
)
def test_what_a_later_version_knows_is_told_from_what_is_misspelt(problems, text, place):
    (problem,) = problems(text)
    assert problem.startswith(f"{place}: ")
    assert "not supported in this version" in problem
    assert "did you mean" not in problem


@pytest.mark.parametrize(
    ("goal", "key", "is_used"),
    [
        ("set-covering", "stations = 3", True),
        ("set-covering", "min_share = 0.9", True),
        ("set-covering", "time_limit_s = 9", True),
        ("max-covering", "time_limit_s = 9", True),
        ("set-covering", "curve = true", True),
        ("max-covering", "curve = false", True),
        ("assess", "curve = true", False),
        ("max-covering", "min_share = 0.9", False),
        ("assess", "stations = 3", False),
        ("assess", "min_share = 0.9", False),
        ("assess", "time_limit_s = 9", False),
    ],
)
def test_a_key_that_the_goal_does_not_use_is_an_error(read, problems, goal, key, is_used):
    stations = "stations = 2\n" if goal == "max-covering" else ""
    text = f'{LEAST}goal = "{goal}"\n{stations}{key}\n'
    if is_used:
        read(text)
    else:
        (problem,) = problems(text)
        assert problem.startswith(f"[placement] {key.split()[0]}: not used by goal {goal}")


def test_max_covering_must_know_how_many_stations(read, problems):
    (problem,) = problems(LEAST + 'goal = "max-covering"')
    assert problem.startswith("[placement] stations: is missing")
    assert read(LEAST + 'goal = "max-covering"\nstations = 5').placement.stations == 5


@pytest.mark.parametrize("name", ["../x", "a/b", "a:b", "", " x", "x.", "a\\u0007b"])
def test_a_name_must_be_able_to_name_the_result_folder(problems, name):
    (problem,) = problems(f'name = "{name}"\n{LEAST}')
    assert problem.startswith("name: ")


def test_missing_files_are_all_named_with_where_they_were_looked_for(problems, folder):
    text = LEAST.replace("roads.osm.pbf", "road.osm.pbf").replace("hosts.csv", "none/h.csv")
    assert problems(text) == [
        (
            f"[network] file: road.osm.pbf is not there (looked in {folder}); "
            "did you mean roads.osm.pbf?"
        ),
        f"[sites] file: none/h.csv is not there (looked in {folder})",
    ]


def test_a_folder_is_no_file(problems):
    assert problems(LEAST.replace("demand.csv", ".")) == [
        "[demand] file: . is a folder, not a file"
    ]


def test_a_backslash_in_a_path_gets_a_hint(problems):
    # "\b" is a backspace in TOML
    (problem,) = problems(LEAST.replace("demand.csv", r"data\b.csv"))
    assert "'single quotes'" in problem
    (problem,) = problems(LEAST.replace("demand.csv", r"data\x.csv"))
    assert "'single quotes'" in problem


def test_all_problems_come_at_once_in_the_order_of_the_format(problems):
    text = """
        langage = "zh"
        [placement]
        goal = "assess"
        stations = 0
        min_shar = 1
        [sites]
        file = "hosts.csv"
        [network]
        file = "none.osm"
        access_kph = "fast"
        [[fleets]]
        vehicle = "cra"
        [[fleets]]
        max_drive_min = -1
    """
    places = [problem.partition(":")[0] for problem in problems(text)]
    assert places == [
        "langage",
        "[network] access_kph",
        "[network] file",
        "[[fleets]] max_drive_min",
        "[[fleets]] vehicle",
        "[[fleets]]",
        "[demand]",
        "[placement] stations",
        "[placement] min_shar",
        "[placement] stations",
    ]


def test_c80_a_misspelt_setting_in_an_unknown_table_is_named(cases):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(cases / "C80" / "bad.toml")
    assert "[coverage] limt_min: unknown; did you mean [[fleets]] max_drive_min?" in (
        caught.value.problems
    )
    assert caught.value.problems[0].startswith("[coverage]: unknown; known are ")


def test_a_syntax_error_is_told_with_line_and_column(problems):
    (problem,) = problems('name = "a"\nlanguage zh\n')
    assert problem.startswith("not valid TOML: ")
    assert "line 2, column 10" in problem


def test_a_file_that_is_not_utf8_is_told_with_its_line(folder):
    (folder / "a.toml").write_bytes(b'language = "zh"\nname = "' + "玉环".encode("gbk") + b'"\n')
    with pytest.raises(ScenarioError, match="line 2 is not UTF-8; save the file as UTF-8"):
        read_scenario(folder / "a.toml")


def test_a_scenario_that_is_not_there_is_a_scenario_error(folder):
    with pytest.raises(ScenarioError, match="can't be read: No such file"):
        read_scenario(folder / "none.toml")


def test_control_characters_in_keys_do_not_reach_the_terminal(folder):
    (folder / "a.toml").write_text('"\\u001b[31m" = 1\n' + LEAST, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(folder / "a.toml")
    assert "\x1b" not in str(caught.value)
    assert r"\x1b[31m" in str(caught.value)


KEYS_AND_VALUES = """
    name title language timezone network drive_times fleets demand sites placement periods file zh en
    speeds junction_delay_s signal u_turn vehicle car ebike max_drive_min columns id crs encoding goal
    assess stations min_share path folder limits coverage residential
"""
WORDS = st.sampled_from(KEYS_AND_VALUES.split())
ANYTHING = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5) | WORDS | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(WORDS, ANYTHING, max_size=8))
def test_any_table_is_refused_in_words_with_places(table):
    # too little is ever there to be a scenario: files are missing
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.toml"
        path.write_text(tomli_w.dumps(table), encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            read_scenario(path)
    assert all(": " in problem and "\n" not in problem for problem in caught.value.problems)
    assert not any("Input should" in problem for problem in caught.value.problems)


# --- the scenario as run ---------------------------------------------------------------------

FULL = """
    name = "yuhuan-78"
    title = { zh = "玉环市新就业群体驿站", en = "Yuhuan \\"rest\\" stations" }
    language = "en"
    timezone = "Europe/Paris"
    [network]
    file = "./roads.osm.pbf"
    access_kph = 0
    max_access_m = 250.5
    junction_delay_s = { signal = 7 }
    speeds = { residential = 25, primary = 33.3 }
    [[fleets]]
    name = "riders"
    vehicle = "ebike"
    max_drive_min = 4.1
    direction = "from_station"
    [demand]
    file = "demand.csv"
    crs = "EPSG:4549"
    encoding = "gb18030"
    columns = { id = "编号" }
    [sites]
    file = "hosts.csv"
    existing = "stations.csv"
    layer = "hosts"
    [placement]
    stations = 78
    min_share = 0.995
    time_limit_s = 60
"""


@pytest.mark.parametrize(
    "text",
    [
        LEAST,
        FULL,
        LEAST + 'goal = "max-covering"\nstations = 3',
        LEAST + 'goal = "assess"',
        LEAST.replace(NETWORK, NETWORK + 'speeds = "limits"\njunction_delay_s = 0\n'),
        LEAST.replace(NETWORK, '[drive_times]\nfile = "times.csv"\n'),
        "[title]\n" + LEAST,
    ],
)
def test_the_scenario_as_run_reads_back_equal_and_writes_the_same_bytes(read, text):
    scenario = read(text)
    written = scenario_toml(scenario)
    again = read(written)
    assert again == scenario
    assert scenario_toml(again) == written


def test_the_scenario_as_run_has_its_defaults_and_paths_as_written(read):
    table = tomllib.loads(scenario_toml(read(FULL.replace("max_access_m = 250.5\n", ""))))
    assert table["network"]["max_access_m"] == 300
    assert table["network"]["file"] == "./roads.osm.pbf"
    assert table["fleets"][0]["max_drive_min"] == 4.1
    assert "path" not in table
    assert "folder" not in table


def test_a_scenario_kept_elsewhere_reads_with_the_folder_it_was_written_in(read, folder, tmp_path):
    scenario = read(LEAST)
    kept = tmp_path / "runs" / "yuhuan" / "scenario.toml"
    kept.parent.mkdir(parents=True)
    kept.write_text(scenario_toml(scenario), encoding="utf-8")
    again = read_scenario(kept, folder=folder)
    assert again.model_copy(update={"path": scenario.path}) == scenario


def test_assessing_drops_the_rules_of_choosing_and_nothing_else(read):
    scenario = read(FULL)
    assessed = assessing(scenario)
    assert read(scenario_toml(assessed)) == assessed
    assert assessed.placement.goal is Goal.ASSESS
    assert assessed.placement.stations is None
    assert assessed.model_copy(update={"placement": scenario.placement}) == scenario


# --- isochrones ------------------------------------------------------------------------------


def test_isochrones_of_three_and_five_minutes_are_drawn_unless_others_are_asked_for(read):
    asked = read(LEAST).isochrones
    assert (asked.minutes, asked.width_m) == ((3.0, 5.0), 40.0)
    asked = read(LEAST + "[isochrones]\nminutes = [2.5, 10]\nwidth_m = 1").isochrones
    assert (asked.minutes, asked.width_m) == ((2.5, 10.0), 1.0)
    assert read(LEAST + "[isochrones]\nminutes = []").isochrones.minutes == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("minutes = 5", "[isochrones] minutes: must be a list, such as [3, 5], not 5"),
        ("minutes = [3, 0]", "[isochrones] minutes: must be above 0, such as [3, 5], not 0"),
        ("minutes = [-1]", "[isochrones] minutes: must be above 0, such as [3, 5], not -1"),
        ('minutes = ["3"]', '[isochrones] minutes: must be a number, such as [3, 5], not "3"'),
        ("width_m = 0.5", "[isochrones] width_m: must be at least 1, not 0.5"),
        ("width_m = inf", "[isochrones] width_m: must be a finite number, not inf"),
        ("width = 40", "[isochrones] width: unknown; did you mean width_m?"),
    ],
)
def test_isochrones_that_make_no_sense_are_told(problems, line, problem):
    assert problems(LEAST + "[isochrones]\n" + line) == [problem]


def test_isochrones_need_roads(read, problems):
    table = LEAST.replace(NETWORK, '[drive_times]\nfile = "times.csv"\n')
    told = problems(table + "[isochrones]\nminutes = [3]")
    assert told == ["[isochrones]: needs roads ([network]); leave it out"]
    assert "isochrones" not in tomllib.loads(scenario_toml(read(table)))
    assert tomllib.loads(scenario_toml(read(LEAST)))["isochrones"] == {
        "minutes": [3.0, 5.0],
        "width_m": 40.0,
    }


# --- What if ----------------------------------------------------------------------------------------


def test_a_scenario_is_changed_key_by_key_and_checked(read):
    asked = read(LEAST + 'goal = "max-covering"\nstations = 7\ntime_limit_s = 9\n')
    fewer = changed(asked, {"placement": {"stations": 5}, "sites": {"existing": "stations.csv"}})
    assert (fewer.placement.stations, fewer.placement.time_limit_s) == (5, 9)
    assert (fewer.sites.file, fewer.sites.existing) == ("hosts.csv", "stations.csv")
    assert fewer.resolve("hosts.csv") == asked.resolve("hosts.csv")
    assert (asked.placement.stations, asked.sites.existing) == (7, None)
    assert changed(asked, {}) == asked


def test_none_takes_a_key_out_of_a_scenario(read):
    asked = read(LEAST + 'goal = "max-covering"\nstations = 7\n')
    with pytest.raises(ScenarioError, match="stations"):
        changed(asked, {"placement": {"goal": "assess"}})
    assert changed(asked, {"placement": {"goal": "assess", "stations": None}}) == assessing(asked)


def test_a_change_that_no_file_may_say_is_refused_with_its_place(read):
    asked = read(LEAST + 'goal = "set-covering"\n')
    with pytest.raises(ScenarioError) as caught:
        changed(asked, {"placement": {"stationz": 5}, "sites": {"existing": "nowhere.csv"}})
    told = " | ".join(caught.value.problems)
    assert "[sites] existing" in told
    assert "[placement] stationz" in told


# --- the map ---------------------------------------------------------------------------------


def with_tiles(url):
    return f"{LEAST}[map.tiles]\nurl = '{url}'\ncredit = 'Whose'\n"


def test_the_map_is_a_draft_without_tiles_unless_told(read):
    told = read(LEAST).map
    assert (told.approval, told.districts, told.water, told.tiles) == (None, None, None, None)
    assert told.fewest_persons == 10


def test_districts_may_be_told_by_their_file_alone(read, folder):
    (folder / "d.gpkg").touch()
    short = read(LEAST + '[map]\ndistricts = "d.gpkg"\n')
    long = read(LEAST + '[map.districts]\nfile = "d.gpkg"\n')
    assert short == long
    assert read(scenario_toml(short)) == short


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example.org/{z}/{x}/{y}.png",
        "https://t0.tianditu.gov.cn/DataServer?T=vec_w&x={x}&y={y}&l={z}&tk=1a2b",
        "https://tiles.example.org:8443/a%20b/{z}/{y}/{x}@2x.webp",
    ],
)
def test_tiles_come_from_one_https_host(read, url):
    assert read(with_tiles(url)).map.tiles.url == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://tiles.example.org/{z}/{x}/{y}.png", "must begin with https://"),
        ("//tiles.example.org/{z}/{x}/{y}.png", "must begin with https://"),
        ("https://tiles.example.org/{z}/{x}.png", "must hold {y} once each"),
        ("https://tiles.example.org/{z}/{x}/{y}/{y}.png", "must hold {y} once each"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "must name one host"),
        ("https:///{z}/{x}/{y}.png", "must name one host"),
        ("https://*/{z}/{x}/{y}.png", "characters that no address"),
        ("https://tiles.example.org:port/{z}/{x}/{y}.png", "is no address"),
        ("https://me:secret@example.org/{z}/{x}/{y}.png", "user or password"),
        ("https://tiles.example.org/{z}/{x}/{y}{r}.png", "no other placeholder"),
        ("https://tiles.example.org/{z}/{x}/{y}.png; script-src *", "characters that no address"),
        ('https://tiles.example.org/{z}/{x}/{y}.png"><script>', "characters that no address"),
        ("https://tiles.example.org/{z}/{x}/{y}.png\u202e", "characters that no address"),
        ("https://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}", "GCJ-02 or BD-09"),
        ("https://MAPS.google.cn/vt?x={x}&y={y}&z={z}", "GCJ-02 or BD-09"),
    ],
)
def test_tiles_that_a_map_may_not_ask_for_are_refused(problems, url, why):
    (problem,) = problems(with_tiles(url))
    assert problem.startswith("[map] tiles.url: ")
    assert why in problem


def test_what_weights_count_is_persons_or_nothing(read, problems):
    persons = LEAST.replace(DEMAND, DEMAND + 'unit = "persons"\n')
    assert read(persons).demand.unit == "persons"
    assert "must be one of persons" in problems(persons.replace("persons", "tons"))[0]


@pytest.mark.parametrize("goal", list(Goal))
def test_no_goal_refuses_a_key_of_the_map(read, goal):
    rules = f'goal = "{goal}"\n' + "stations = 3\n" * (goal != Goal.ASSESS)
    assert read(LEAST + rules + '[map]\napproval = "7"\n').map.approval == "7"


def test_an_assessment_of_a_list_names_it_from_the_folder_of_the_scenario(read):
    asked = read(LEAST)
    inside, beside = asked.folder / "list.csv", asked.folder.parent / "other" / "list.csv"
    assert assessing(asked, stations=inside).placement.stations_file == "list.csv"
    assert assessing(asked, stations=beside).placement.stations_file == "../other/list.csv"
    # without one it keeps the list that it has
    listed = assessing(asked, stations=inside)
    assert assessing(listed) == listed
    assert assessing(asked).placement.stations_file is None
