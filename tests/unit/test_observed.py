"""Measured drive times: read, compared, and the speeds that fit them best."""

import json

import numpy as np
import pytest
import towns
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.clock import Clock
from planner.demo import demo_scenarios
from planner.drives import drives_between
from planner.drivetimes import needs_of
from planner.errors import PlannerError
from planner.inputs import read_inputs
from planner.observed import observed_found, observed_lines
from planner.observed.accuracy import accuracy
from planner.observed.fit import LEAST_M, LEAST_PAIRS, Support, fit_of_drives
from planner.observed.pairs import Measured, read_measured
from planner.observed.speeds import proposal_of
from planner.scenario import Direction, read_scenario
from planner.snapping import snap

# Two roads of 3 km that cross in the middle, at (0, 0): a primary one from west to east (38 km/h) and a residential one from
# south to north (20 km/h); nothing is tagged with a limit but the last 1000 m in the north, secondary, 50 km/h.
NODES = {1: (-1500, 0), 2: (0, 0), 3: (1500, 0), 4: (0, -1500), 5: (0, 500), 6: (0, 1500)}
WAYS = [
    ([1, 2, 3], {"highway": "primary", "maxspeed": ""}),
    ([4, 2, 5], {"highway": "residential", "maxspeed": ""}),
    ([5, 6], {"highway": "secondary", "maxspeed": "50"}),
]
DEMAND = [("D1", -1000, 0), ("D2", 1000, 0), ("D3", 0, -1000), ("D4", 0, 400), ("D5", 0, 5000)]
HOSTS = [("S1", -200, 0), ("S2", 200, 0), ("S3", 0, 200), ("S4", 0, 1200)]
SCENARIO = """
[network]
file = "roads.osm"
access_kph = 0
{network}
[[fleets]]
vehicle = "{vehicle}"
direction = "{direction}"
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
"""


def asked(folder, *, network="", vehicle="car", direction="to_station", more=""):
    """Return the scenario of the crossing, and what its files hold."""
    (folder / "roads.osm").write_text(towns.osm_text(NODES, WAYS), encoding="utf-8")
    for name, rows in (("demand", DEMAND), ("hosts", HOSTS)):
        lines = [f"{i},{towns.degrees(x, y)[0]},{towns.degrees(x, y)[1]}" for i, x, y in rows]
        (folder / f"{name}.csv").write_text("\n".join(["id,lon,lat", *lines, ""]))
    text = SCENARIO.format(network=network, vehicle=vehicle, direction=direction) + more
    (folder / "town.toml").write_text(text, encoding="utf-8")
    scenario = read_scenario(folder / "town.toml")
    return scenario, read_inputs(scenario, Clock())


def measured(folder, text, **options):
    """Return what is found for a file of measured times."""
    scenario, inputs = asked(folder, **options)
    (folder / "times.csv").write_text(text, encoding="utf-8")
    return observed_found(scenario, inputs, folder / "times.csv")


def table(times):
    return "demand,site,drive_time_s\n" + "".join(f"{d},{s},{t}\n" for (d, s), t in times.items())


def our_times(scenario, inputs, *, limit_s=3600):
    """Return {(demand, site): seconds} of all drives of a scenario."""
    fleet = scenario.fleets[0].name
    times = inputs.source.within(needs_of(inputs.demand, fleet=fleet, max_drive_time_s=limit_s))
    demand, site = times.demand.id[times.need], times.sites.id[times.site]
    return dict(zip(zip(demand, site, strict=True), times.time_s.tolist(), strict=True))


# --- Reading ------------------------------------------------------------------------------------------


def test_ids_and_degrees_may_stand_in_one_file(tmp_path):
    _, inputs = asked(tmp_path)
    lon, lat = towns.degrees(-1000, 0)
    rows = f"D1,S1,,,,,75\n,,{lon},{lat},{lon},{lat},5\n\nD2,S2,,,,,80\n"
    path = tmp_path / "times.csv"
    path.write_text("demand,site,from_lon,from_lat,to_lon,to_lat,drive_time_s\n" + rows)
    read = read_measured(path, inputs.demand, inputs.sites, direction=Direction.TO_STATION)
    assert read.label.tolist() == ["D1 -> S1", "line 3", "D2 -> S2"]
    assert read.begin[0].tolist() == read.begin[1].tolist() == [lon, lat]
    assert read.time_s.tolist() == [75, 5, 80]
    assert read.weight.tolist() == [1, 1, 1]


def test_ends_are_those_of_the_direction(tmp_path):
    _, inputs = asked(tmp_path)
    (tmp_path / "times.csv").write_text("demand;site;drive_time_s;weight\nD1;S1;75;3\n")
    ends = {}
    for direction in Direction:
        read = read_measured(
            tmp_path / "times.csv", inputs.demand, inputs.sites, direction=direction
        )
        ends[direction] = read.label[0], read.begin.tolist(), read.end.tolist()
        assert read.weight.tolist() == [3]
    to, back = ends[Direction.TO_STATION], ends[Direction.FROM_STATION]
    assert (to[0], back[0]) == ("D1 -> S1", "S1 -> D1")
    assert (to[1], to[2]) == (back[2], back[1])


def test_all_problems_are_told_by_line(tmp_path):
    text = "demand,site,drive_time_s,weight\nD1,S1,60,1\nD9,S1,60,1\nD1,,60,1\nD1,S1,0,1\nD1,S1,-3,1\nD1,S1,soon,0\n"
    with pytest.raises(PlannerError) as raised:
        measured(tmp_path, text)
    assert str(raised.value).splitlines()[1:] == [
        "  line 3: demand 'D9' is no demand point of demand.csv",
        "  line 4: site is missing",
        "  line 5: drive_time_s 0 is not more than 0 seconds",
        "  line 6: drive_time_s -3 is not more than 0 seconds",
        "  line 7: drive_time_s 'soon' is no number",
        "  line 7: weight 0 is not more than 0",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "demand,drive_time_s\nD1,60\n",
            "no column demand and site (or from_lon, from_lat, to_lon, to_lat); it has demand, drive_time_s",
        ),
        ("demand,site,seconds\nD1,S1,60\n", "no column drive_time_s; it has demand, site, seconds"),
        ("demand,site,drive_time_s\n", "holds no measured drive time"),
        (
            "from_lon,from_lat,to_lon,to_lat,drive_time_s\n30,120,30,121,60\n",
            "line 2: from_lon, from_lat 30, 120 are no degrees",
        ),
    ],
)
def test_what_is_no_table_of_measured_times_is_refused(tmp_path, text, said):
    with pytest.raises(PlannerError, match=r"times\.csv") as raised:
        measured(tmp_path, text)
    assert said in str(raised.value)


def test_a_scenario_with_a_table_has_no_roads_to_compare(tmp_path):
    asked(tmp_path)
    (tmp_path / "table.csv").write_text(table({("D1", "S1"): 60}))
    text = SCENARIO.format(network="", vehicle="car", direction="to_station")
    rest = '[drive_times]\nfile = "table.csv"\n[[fleets]]' + text.partition("[[fleets]]")[2]
    (tmp_path / "table.toml").write_text(rest)
    scenario = read_scenario(tmp_path / "table.toml")
    with pytest.raises(PlannerError, match="its drive times come from a table"):
        observed_found(scenario, read_inputs(scenario, Clock()), tmp_path / "table.csv")


# --- Comparing ----------------------------------------------------------------------------------------


def pairs(*measured_s, weight=None):
    n = len(measured_s)
    return Measured(
        label=np.array([f"pair {i}" for i in range(n)], dtype=object),
        begin=np.zeros((n, 2)),
        end=np.zeros((n, 2)),
        time_s=np.array(measured_s, dtype=float),
        weight=np.ones(n) if weight is None else np.array(weight, dtype=float),
    )


def test_bias_and_spread_of_five_pairs():
    found = accuracy(np.array([50.0, 90, 100, 110, 150]), pairs(100, 100, 100, 100, 100))
    # ratios 0.5, 0.9, 1.0, 1.1, 1.5; away from their median by 0.5, 0.1, 0, 0.1, 0.5
    assert found["ratio"] == pytest.approx(
        {"mean": 1.0, "median": 1.0, "p10": 0.5, "p90": 1.5, "mad": 0.1}
    )
    assert found["difference_s"] == pytest.approx(
        {"mean": 0, "median": 0, "p10": -50, "p90": 50, "mad": 10}
    )
    assert found["rank_correlation"] is None  # the measured ones are all alike


def test_a_weight_counts_as_so_many_pairs():
    light = accuracy(np.array([50.0, 80, 80, 120]), pairs(100, 100, 100, 90))
    heavy = accuracy(np.array([50.0, 80, 120]), pairs(100, 100, 90, weight=[1, 2, 1]))
    assert heavy["ratio"] == pytest.approx(light["ratio"])


@pytest.mark.parametrize(
    ("ours", "correlation"), [((1, 2, 3), 1.0), ((3, 2, 1), -1.0), ((1, 3, 2), 0.5)]
)
def test_ranks_are_compared(ours, correlation):
    # of 1, 3, 2 against 1, 2, 3: 1 - 6 * (0 + 1 + 1) / (3 * 8) = 0.5
    found = accuracy(np.array(ours, dtype=float), pairs(10, 20, 30))
    assert found["rank_correlation"] == pytest.approx(correlation)


def test_no_pair_has_no_accuracy():
    assert accuracy(np.empty(0), pairs()) is None


def test_pairs_are_told_with_those_that_have_no_drive(tmp_path):
    # D1 to S1: 800 m at 38 km/h are 75.8 s
    found = measured(tmp_path, table({("D1", "S1"): 100, ("D5", "S1"): 60}))
    assert (found["n_pairs"], found["n_compared"]) == (2, 1)
    assert found["off_network"] == ["D5 -> S1"]
    assert found["unreachable"] == []
    assert found["accuracy"]["ratio"]["median"] == pytest.approx(0.758, abs=1e-3)
    (worst,) = found["worst"]
    assert worst["pair"] == "D1 -> S1"
    assert worst["measured_s"] == 100
    assert found["by_road"][0]["support"] == "too_little"
    assert (found["toml"], found["accuracy_with_speeds"]) == (None, None)


def test_no_pair_with_a_drive_is_told_plainly(tmp_path):
    found = measured(tmp_path, table({("D5", "S1"): 60}))
    assert found["accuracy"] is None
    assert observed_lines(found) == [
        "Measured drive times",
        f"  file                  {tmp_path / 'times.csv'}",
        "  pairs                 1, of which 0 are compared",
        "  off network           1: D5 -> S1",
    ]


# --- Fitting ------------------------------------------------------------------------------------------

CROSSING = towns.network(NODES, WAYS, speeds=None)
SPOTS = [(x, 0) for x in range(-1400, 1500, 400)] + [(0, y) for y in range(-1400, 1500, 400)]
PLACES = snap(CROSSING, *towns.lonlat(SPOTS))
BEGIN, END = np.divmod(np.arange(len(SPOTS) ** 2), len(SPOTS))
DRIVES = drives_between(CROSSING, PLACES, BEGIN, END, access_kph=10.0)
KINDS = ["primary", "residential", "secondary"]


def seconds_by_class(drive):
    """Return the seconds that a drive spends on each class, in plain words."""
    on = dict.fromkeys(KINDS, 0.0)
    for edge, a, b in zip(drive.edge, drive.from_s, drive.to_s, strict=True):
        on[CROSSING.classes[CROSSING.street_class[CROSSING.edge_street[edge]]]] += b - a
    return on


def truth(drives, factors):
    """Return how long drives take where each class takes so many times as long."""
    return [
        d.time_s + sum((factors[c] - 1) * s for c, s in seconds_by_class(d).items()) for d in drives
    ]


@settings(max_examples=50)
@given(
    st.fixed_dictionaries({c: st.floats(0.4, 3.0) for c in KINDS}),
    st.sets(st.integers(0, len(DRIVES) - 1), min_size=60, max_size=120),
)
def test_the_fit_finds_the_factors_that_measured_times_were_made_with(factors, rows):
    drives = [d for i in sorted(rows) if (d := DRIVES[i]) is not None and d.time_s > 0]
    fits = fit_of_drives(CROSSING, drives, pairs(*truth(drives, factors)), told=frozenset())
    assert {fit.road_class for fit in fits} <= set(KINDS)
    for fit in fits:
        if fit.support is Support.FITTED:
            # one more drive of a second pulls a little towards 1
            assert fit.time_factor == pytest.approx(factors[fit.road_class], rel=0.02)
            assert fit.n_pairs >= LEAST_PAIRS
            assert fit.length_m >= LEAST_M


def test_noise_averages_out():
    rng = np.random.default_rng(3)
    factors = {"primary": 1.4, "residential": 0.8, "secondary": 1.2}
    drives = [d for d in DRIVES if d.time_s > 0]
    noisy = np.array(truth(drives, factors)) * np.exp(rng.normal(0, 0.15, len(drives)))
    fits = fit_of_drives(CROSSING, drives, pairs(*noisy), told=frozenset())
    found = {fit.road_class: fit.time_factor for fit in fits}
    assert found == pytest.approx(factors, rel=0.1)


def test_a_road_with_little_support_is_left_as_it_is():
    rows = [
        i for i, d in enumerate(DRIVES) if d.time_s > 0 and seconds_by_class(d)["secondary"] == 0
    ]
    factors = {"primary": 1.5, "residential": 1.0, "secondary": 1.0}
    far = next(d for d in DRIVES if seconds_by_class(d)["secondary"] > 20)
    drives = [*(DRIVES[i] for i in rows), far]
    fits = {
        f.road_class: f
        for f in fit_of_drives(CROSSING, drives, pairs(*truth(drives, factors)), told=frozenset())
    }
    assert fits["secondary"].support is Support.TOO_LITTLE
    assert fits["secondary"].time_factor == 1.0
    assert fits["primary"].time_factor == pytest.approx(1.5, rel=0.01)
    assert fits["secondary"].has_limit


def test_a_factor_that_cannot_be_is_not_believed():
    factors = {"primary": 9.0, "residential": 1.0, "secondary": 1.0}
    drives = [d for d in DRIVES if d.time_s > 0]
    fits = {
        f.road_class: f
        for f in fit_of_drives(CROSSING, drives, pairs(*truth(drives, factors)), told=frozenset())
    }
    assert fits["primary"].support is Support.IMPLAUSIBLE
    assert fits["primary"].time_factor == 1.0


def test_a_link_is_fitted_with_the_class_whose_speed_it_has():
    ways = [
        ([1, 2], {"highway": "primary", "maxspeed": "", "name": "A"}),
        ([2, 3], {"highway": "trunk_link", "maxspeed": ""}),
    ]
    network = towns.network(NODES, ways, speeds=None)
    places = snap(network, *towns.lonlat([(-1400, 0), (1400, 0)]))
    drives = drives_between(network, places, np.array([0]), np.array([1]), access_kph=10.0)
    (fit,) = fit_of_drives(network, drives, pairs(300), told=frozenset())
    assert (fit.road_class, round(fit.kph, 3)) == ("primary", 38)
    apart = fit_of_drives(network, drives, pairs(300), told=frozenset({"trunk_link"}))
    assert {fit.road_class for fit in apart} == {"primary", "trunk_link"}


# --- Speeds to paste ----------------------------------------------------------------------------------

SLOWER = "speeds = { primary = 25 }"


def of_slower(folder, **options):
    """Return what is found where primary roads are driven at 25 km/h in truth."""
    scenario, inputs = asked(folder, network=SLOWER)
    times = our_times(scenario, inputs)
    return measured(folder, table(times), **options)


def test_the_speed_of_the_truth_is_proposed_and_fits(tmp_path):
    found = of_slower(tmp_path)
    assert found["speeds"]["primary"] == pytest.approx(25, abs=0.3)
    assert found["speeds"]["residential"] == pytest.approx(20, abs=0.3)
    assert "secondary" not in found["speeds"]  # a limit decides there
    assert found["toml"].startswith("[network]\nspeeds = { ")
    before, after = found["accuracy"]["ratio"], found["accuracy_with_speeds"]["ratio"]
    assert before["mean"] < 0.9
    assert after["mean"] == pytest.approx(1, abs=0.01)
    assert after["mad"] < before["mad"]


def test_what_is_proposed_can_be_pasted(tmp_path):
    found = of_slower(tmp_path)
    line = found["toml"].partition("\n")[2]
    again = measured(tmp_path, (tmp_path / "times.csv").read_text(), network=line)
    assert again["accuracy"] == found["accuracy_with_speeds"]


def test_speeds_that_are_told_already_are_kept(tmp_path):
    found = of_slower(tmp_path, network="speeds = { trunk = 44, primary = 30 }")
    assert found["speeds"]["trunk"] == 44
    assert found["speeds"]["primary"] == pytest.approx(25, abs=0.3)


def test_limits_as_they_are_take_no_class_speeds(tmp_path):
    found = of_slower(tmp_path, network='speeds = "limits"')
    assert found["toml"] is None
    assert found["remarks"] == [
        'speeds = "limits" is told: class speeds instead would change roads with a limit too'
    ]


def test_a_vehicle_of_ones_own_gets_its_speeds(tmp_path):
    own = '[vehicles."cargo bike"]\nlike = "ebike"\nspeeds = { primary = 19 }\n'
    found = measured(tmp_path, table(slow_times(tmp_path, own)), vehicle="cargo bike", more=own)
    assert found["toml"].startswith('[vehicles."cargo bike"]\nspeeds = { primary = ')
    assert found["accuracy_with_speeds"]["ratio"]["mean"] == pytest.approx(1, abs=0.02)


def slow_times(folder, own):
    """Return the drive times of a vehicle that takes a quarter longer."""
    scenario, inputs = asked(folder, vehicle="cargo bike", more=own)
    return {pair: 1.25 * time_s for pair, time_s in our_times(scenario, inputs).items()}


def test_no_speed_above_what_the_vehicle_can_is_proposed(tmp_path):
    scenario, inputs = asked(tmp_path, vehicle="ebike")
    fast = {pair: 0.5 * time_s for pair, time_s in our_times(scenario, inputs).items()}
    found = measured(tmp_path, table(fast), vehicle="ebike")
    assert found["speeds"]["primary"] == 25
    assert "ebike: at most 25 km/h; primary, residential would fit faster" in found["remarks"]


def test_nothing_fitted_proposes_nothing(tmp_path):
    scenario, _ = asked(tmp_path)
    assert proposal_of(scenario, []).toml is None


# --- As a planner reads it ------------------------------------------------------------------------------


def test_a_planner_reads(tmp_path):
    found = of_slower(tmp_path)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    lines = observed_lines(found)
    assert lines[0] == "Measured drive times"
    assert "  pairs                 16, of which 16 are compared" in lines
    assert any("shorter than measured" in line for line in lines)
    assert any(line.startswith("  by class of road      primary ") for line in lines)
    assert any(
        line.endswith("secondary, limit tagged      40.0 km/h, left as it is: less than 5 pairs or 1 km (4 pairs, 2.8 km)")
        for line in lines
    )  # fmt: skip
    assert lines[-2] == "[network]"
    assert lines[-1].startswith("speeds = { ")


# --- The county -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "noise", "near"),
    [(300, 0.0, 0.001), pytest.param(1000, 0.1, 0.06, marks=pytest.mark.slow)],
)
def test_speeds_of_the_county_are_found_again(tmp_path, n, noise, near):
    """Drives take other roads where these are slower: in several rounds the fit comes to the ones of the truth."""
    scenario = read_scenario(demo_scenarios()[0])
    speeds = {"tertiary": 22.0, "secondary": 26.0, "residential": 17.0}
    network = scenario.network.model_copy(update={"speeds": speeds})
    slower = scenario.model_copy(update={"network": network})
    times = our_times(slower, read_inputs(slower, Clock()), limit_s=600)
    rng = np.random.default_rng(5)
    chosen = [list(times)[i] for i in rng.choice(len(times), n, replace=False)]
    noisy = {pair: times[pair] * float(np.exp(rng.normal(0, noise))) for pair in chosen}
    (tmp_path / "times.csv").write_text(table({p: s for p, s in noisy.items() if s > 0}))
    found = observed_found(scenario, read_inputs(scenario, Clock()), tmp_path / "times.csv")
    assert {c: found["speeds"][c] for c in speeds} == pytest.approx(speeds, rel=near)
    before, after = found["accuracy"]["ratio"], found["accuracy_with_speeds"]["ratio"]
    assert abs(after["median"] - 1) < 0.02 < abs(before["median"] - 1)
