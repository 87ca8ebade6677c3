"""Every metre of road: what spans say of a point is what a drive from there takes."""

import itertools

import numpy as np
import pytest
import towns
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from planner.errors import NetworkError
from planner.journeys import task_between
from planner.roadcover import covered_parts, parts_by_station, spans_of, worst_point
from planner.scenario import Direction
from planner.search import nearest
from planner.snapping import Places, snap
from planner.stretches import uncovered_parts

DIRECTIONS = st.sampled_from(list(Direction))
NEARLY_S = 1e-5  # a point's time is rounded to the grid, and its share of a street too


def on_roads(network, street, share):
    """Return places within streets, as if points lay there."""
    n = len(street)
    return Places(
        street=np.array(street, dtype=np.int32),
        share=np.array(share, dtype=float),
        node=np.full(n, -1, dtype=np.int32),
        access_m=np.zeros(n),
        is_on_small_component=np.zeros(n, dtype=bool),
        lon=np.zeros(n),
        lat=np.zeros(n),
    )


@st.composite
def stations_in_towns(draw):
    """Draw roads and stations on them: at junctions and within streets."""
    try:
        network = towns.network(*draw(towns.small_towns()))
    except NetworkError:
        reject()
    n = draw(st.integers(1, 4))
    street = draw(st.lists(st.integers(0, network.n_streets - 1), min_size=n, max_size=n))
    assume(not network.is_gate[street].any())
    share = [draw(st.sampled_from([0.25, 0.5, 0.75, 0.3])) for _ in range(n)]
    within = on_roads(network, street, share)
    corner = draw(st.integers(0, network.n_nodes - 1))
    at = snap(network, network.node_lon[[corner]], network.node_lat[[corner]])
    return network, Places(
        **{
            name: np.concatenate([getattr(within, name), getattr(at, name)])
            for name in Places.__slots__
        }
    )


def drive_s(network, stations, places, direction):
    """Return the drive between each place and its nearest station, by the search that points are served with."""
    task = task_between(network, stations, places, direction=direction, access_kph=10.0)
    return np.nan_to_num(nearest(task)[1], nan=np.inf)


def by_spans(spans, k, part):
    """Return what a span says of a point that lies a part of the way along it."""

    def between(begin_s, end_s):
        return begin_s + part * (end_s - begin_s) if np.isfinite(begin_s) else np.inf

    along = between(spans.along_begin_s[k], spans.along_end_s[k])
    return min(along, between(spans.against_begin_s[k], spans.against_end_s[k]))


@given(stations_in_towns(), DIRECTIONS, st.data())
def test_a_span_says_of_each_of_its_points_what_a_drive_from_there_takes(town, direction, data):
    network, stations = town
    spans = spans_of(network, stations, direction=direction)
    k = data.draw(st.integers(0, len(spans) - 1))
    assume(not network.is_gate[spans.street[k]])
    part = data.draw(st.floats(0.01, 0.99))
    share = spans.begin[k] + part * (spans.end[k] - spans.begin[k])
    (took_s,) = drive_s(network, stations, on_roads(network, [spans.street[k]], [share]), direction)
    assert by_spans(spans, k, part) == pytest.approx(took_s, abs=NEARLY_S)


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS)
def test_spans_are_all_streets_cut_at_stations(town, direction):
    network, stations = town
    spans = spans_of(network, stations, direction=direction)
    assert np.unique(spans.street).tolist() == list(range(network.n_streets))
    same = spans.street[1:] == spans.street[:-1]
    assert (spans.begin[1:][same] == spans.end[:-1][same]).all()
    assert (spans.begin[np.append(True, ~same)] == 0).all()
    assert (spans.end[np.append(~same, True)] == 1).all()


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, st.sampled_from([20.0, 47.5, 90.0, 300.0]), st.data())
def test_points_of_covered_parts_are_covered_and_no_others(town, direction, standard_s, data):
    network, stations = town
    covered = covered_parts(spans_of(network, stations, direction=direction), standard_s)
    left = uncovered_parts(network, covered)
    parts = data.draw(st.sampled_from([covered, left]))
    assume(parts.street.size)
    k = data.draw(st.integers(0, parts.street.size - 1))
    assume(not network.is_gate[parts.street[k]])
    part = data.draw(st.sampled_from([0.001, 0.2, 0.5, 0.9, 0.999]))
    share = parts.begin[k] + part * (parts.end[k] - parts.begin[k])
    (took_s,) = drive_s(network, stations, on_roads(network, [parts.street[k]], [share]), direction)
    if parts is covered:
        assert took_s <= standard_s + NEARLY_S
    else:
        assert took_s > standard_s - NEARLY_S


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, st.sampled_from([20.0, 47.5, 300.0]))
def test_covered_and_uncovered_metres_are_all_metres(town, direction, standard_s):
    network, stations = town
    covered = covered_parts(spans_of(network, stations, direction=direction), standard_s)
    left = uncovered_parts(network, covered)
    together = covered.length_m(network).sum() + left.length_m(network).sum()
    assert together == pytest.approx(network.length_m, rel=1e-9)
    for parts in (covered, left):
        assert (parts.begin < parts.end).all()
        same = parts.street[1:] == parts.street[:-1]
        assert (parts.end[:-1][same] < parts.begin[1:][same]).all()


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS)
def test_a_longer_standard_covers_no_less(town, direction):
    network, stations = town
    spans = spans_of(network, stations, direction=direction)
    metres = [covered_parts(spans, s).length_m(network).sum() for s in (10, 30, 60, 120, 600)]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(metres))


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, st.data())
def test_no_point_that_can_reach_a_station_is_farther_than_the_worst(town, direction, data):
    network, stations = town
    spans = spans_of(network, stations, direction=direction)
    worst = worst_point(network, spans)
    street = data.draw(st.integers(0, network.n_streets - 1))
    assume(not network.is_gate[street])
    share = data.draw(st.floats(0.001, 0.999))
    (took_s,) = drive_s(network, stations, on_roads(network, [street], [share]), direction)
    if np.isfinite(took_s):
        assert worst is not None
        assert took_s <= worst.drive_time_s + NEARLY_S


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS)
def test_the_drive_near_the_worst_point_is_as_long_as_told(town, direction):
    network, stations = town
    worst = worst_point(network, spans_of(network, stations, direction=direction))
    assume(worst is not None)
    # just beyond a station on a one-way road the drive jumps; so the longer one of both sides
    beside = np.clip([worst.share - 1e-6, worst.share + 1e-6], 1e-6, 1 - 1e-6)
    took_s = drive_s(network, stations, on_roads(network, [worst.street] * 2, beside), direction)
    assert took_s.max() == pytest.approx(worst.drive_time_s, abs=1e-3)


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, st.sampled_from([20.0, 47.5, 90.0, 300.0]), st.data())
def test_parts_by_station_belong_to_the_station_that_a_drive_goes_to(
    town, direction, standard_s, data
):
    network, stations = town
    station, parts = parts_by_station(spans_of(network, stations, direction=direction), standard_s)
    assume(station.size)
    k = data.draw(st.integers(0, station.size - 1))
    assume(not network.is_gate[parts.street[k]])
    part = data.draw(st.sampled_from([0.001, 0.2, 0.5, 0.9, 0.999]))
    share = parts.begin[k] + part * (parts.end[k] - parts.begin[k])
    place = on_roads(network, [parts.street[k]], [share])
    own = stations.part(int(station[k]), int(station[k]) + 1)
    (took_s,) = drive_s(network, stations, place, direction)
    (own_s,) = drive_s(network, own, place, direction)
    assert took_s <= standard_s + NEARLY_S
    assert own_s == pytest.approx(took_s, abs=NEARLY_S)


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, st.sampled_from([20.0, 47.5, 300.0]))
def test_parts_by_station_are_the_covered_parts_and_do_not_overlap(town, direction, standard_s):
    network, stations = town
    spans = spans_of(network, stations, direction=direction)
    covered = covered_parts(spans, standard_s)
    _, parts = parts_by_station(spans, standard_s)
    assert parts.length_m(network).sum() == pytest.approx(covered.length_m(network).sum(), abs=1e-6)
    same = parts.street[1:] == parts.street[:-1]
    assert (parts.end[:-1][same] <= parts.begin[1:][same] + 1e-12).all()
