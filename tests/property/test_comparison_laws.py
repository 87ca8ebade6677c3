"""Laws of comparing runs, on towns with any stations."""

from __future__ import annotations

from collections import Counter

import numpy as np
from browser.towns import make_demand, make_sites, result_of
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.comparison import Change, Fate, changes_between, compare
from planner.figures import figures

N_POINTS, N_SITES = 14, 6
_RNG = np.random.default_rng(3)
DEMAND = make_demand(
    120 + _RNG.uniform(0, 0.06, N_POINTS),
    30 + _RNG.uniform(0, 0.06, N_POINTS),
    weight=np.rint(_RNG.gamma(2, 5, N_POINTS)),
    district=[f"T{i % 3}" for i in range(N_POINTS)],
)
SITES = make_sites(120 + _RNG.uniform(0, 0.06, N_SITES), 30 + _RNG.uniform(0, 0.06, N_SITES))
stations = st.lists(st.integers(0, N_SITES - 1), min_size=1, max_size=N_SITES, unique=True)


def town(chosen):
    return result_of(
        network=None, demand=DEMAND, sites=SITES, stations=sorted(chosen), cut_off=(2,)
    )


def between(first, later):
    return changes_between(town(first), town(later), names=("first", "later"))


@settings(max_examples=40)
@given(stations, stations)
def test_points_and_weight_gained_and_lost_are_what_cover_changes_by(first, later):
    changes = between(first, later)
    before, after = figures(town(first)), figures(town(later))
    (n_gained, gained), (n_lost, lost) = map(changes.total, (Change.GAINED, Change.LOST))
    assert n_gained - n_lost == after.n_covered - before.n_covered
    assert gained - lost == after.covered_weight - before.covered_weight


@settings(max_examples=40)
@given(stations, stations)
def test_every_point_has_one_change_and_every_station_one_fate(first, later):
    changes = between(first, later)
    assert sum(changes.total(change)[0] for change in Change) == N_POINTS
    counts = {fate: len(changes.stations_that_are(fate)) for fate in Fate}
    assert counts[Fate.KEPT] + counts[Fate.REMOVED] == len(first)
    assert counts[Fate.KEPT] + counts[Fate.ADDED] == len(later)


@settings(max_examples=40)
@given(stations, stations)
def test_the_other_way_round_all_is_turned(first, later):
    turned = {"gained": "lost", "faster": "slower", "lost": "gained", "slower": "faster"}
    there, back = between(first, later), between(later, first)
    assert [turned.get(c, c) for c in there.points["change"]] == back.points["change"].tolist()
    assert there.longer(99)["id"].tolist() == back.shorter(99)["id"].tolist()
    swapped = {"added": "removed", "removed": "added", "kept": "kept"}
    assert [swapped[c] for c in there.stations["change"]] == back.stations["change"].tolist()


@settings(max_examples=40)
@given(stations, stations)
def test_with_more_stations_nobody_loses_and_no_drive_gets_longer(first, more):
    changes = between(first, set(first) | set(more))
    assert changes.total(Change.LOST)[0] == changes.total(Change.SLOWER)[0] == 0
    assert len(changes.longer(99)) == 0


@settings(max_examples=40)
@given(stations, stations)
def test_districts_add_up_to_the_whole(first, later):
    districts = between(first, later).districts
    for side, chosen in (("first", first), ("later", later)):
        assert districts[f"covered_weight_{side}"].sum() == figures(town(chosen)).covered_weight
    assert districts["n"].sum() == N_POINTS


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["a", "b", "a (1)", "a (2)", "a (1)'"]), min_size=2, max_size=4))
def test_no_two_runs_are_called_alike_and_who_was_alone_keeps_the_name(names):
    called = compare([town([0])] * len(names), names=names).names
    assert len(set(called)) == len(names)
    alone = [name for name, n in Counter(names).items() if n == 1]
    assert all(called[names.index(name)] == name for name in alone)
