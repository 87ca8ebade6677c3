"""Roads as rows: the pieces are those that the reach of each site by itself cuts streets into."""

import itertools

import numpy as np
import pytest
import towns
from hypothesis import given
from hypothesis import strategies as st
from property.test_road_cover_laws import DIRECTIONS, stations_in_towns

from planner.roadcover import covered_parts, spans_of
from planner.roadrows import road_rows

STANDARDS = st.sampled_from([15.0, 40.0, 75.5, 200.0])


def one_by_one(network, sites, direction, standard_s):
    """Return the metres by the set of sites that cover them, from what each site covers by itself."""
    parts = []
    for i in range(len(sites)):
        alone = sites.part(i, i + 1)
        parts.append(covered_parts(spans_of(network, alone, direction=direction), standard_s))
    metres = {}
    for street in np.flatnonzero(~network.is_gate).tolist():
        mine = [
            [(b, e) for s, b, e in zip(p.street, p.begin, p.end, strict=True) if s == street]
            for p in parts
        ]
        cuts = sorted({0.0, 1.0, *(x for part in mine for pair in part for x in pair)})
        for a, b in itertools.pairwise(cuts):
            middle = (a + b) / 2
            who = frozenset(
                i for i, part in enumerate(mine) if any(x <= middle <= y for x, y in part)
            )
            metres[who] = metres.get(who, 0.0) + (b - a) * network.street_length_m[street]
    metres.pop(frozenset(), None)
    return {who: m for who, m in metres.items() if m > 1e-4}


def sets(rows):
    return {
        frozenset(rows.site[a:b].tolist()): float(m)
        for a, b, m in zip(rows.indptr[:-1], rows.indptr[1:], rows.length_m, strict=True)
    }


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, STANDARDS)
def test_the_pieces_are_those_of_each_site_by_itself(town, direction, standard_s):
    network, sites = town
    everyone = np.ones(len(sites), dtype=bool)
    rows = road_rows(network, sites, everyone, max_drive_time_s=standard_s, direction=direction)
    told = {who: m for who, m in sets(rows).items() if m > 1e-4}
    expected = one_by_one(network, sites, direction, standard_s)
    assert told.keys() == expected.keys()
    assert told == {who: pytest.approx(m, abs=1e-3) for who, m in expected.items()}
    assert len(sets(rows)) == len(rows)  # equal pieces are one row
    assert rows.coverable_m == pytest.approx(sum(expected.values()), abs=1e-2)
    for i in range(len(sites)):
        assert rows.only_m[i] == pytest.approx(expected.get(frozenset({i}), 0.0), abs=1e-2)


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, STANDARDS)
def test_who_covers_the_least_pieces_covers_all(town, direction, standard_s):
    network, sites = town
    everyone = np.ones(len(sites), dtype=bool)
    ask = {"max_drive_time_s": standard_s, "direction": direction}
    all_sets = sets(road_rows(network, sites, everyone, **ask))
    least = sets(road_rows(network, sites, everyone, only_least=True, **ask))
    assert least.keys() <= all_sets.keys()
    assert all(any(few <= who for few in least) for who in all_sets)


@towns.FEWER
@given(stations_in_towns(), DIRECTIONS, STANDARDS, st.data())
def test_sites_that_are_no_candidates_are_in_no_piece(town, direction, standard_s, data):
    network, sites = town
    flags = data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites)))
    rows = road_rows(
        network, sites, np.array(flags), max_drive_time_s=standard_s, direction=direction
    )
    assert all(flags[i] for i in rows.site.tolist())
