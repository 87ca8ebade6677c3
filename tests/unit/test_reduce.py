"""Reductions take out what cannot matter, and only where they are valid."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.coverage import Coverage
from planner.placement._reduce import VALID, Ask, Core, merged, parts, reduce


def town(*rows: str, weight=None, kept="", excluded="", n_sites=None) -> Coverage:
    """A coverage from the letters of the sites that cover each need."""
    n = n_sites or max([ord(site) - 64 for row in rows for site in row], default=0)
    names = [chr(65 + j) for j in range(n)]
    return Coverage(
        indptr=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        site=np.array([ord(site) - 65 for row in rows for site in sorted(row)], dtype=np.int32),
        time_s=np.zeros(sum(map(len, rows))),
        weight=np.ones(len(rows)) if weight is None else np.array(weight, dtype=np.float64),
        n_sites=n,
        is_kept=np.array([name in kept for name in names], dtype=bool),
        is_excluded=np.array([name in excluded for name in names], dtype=bool),
    )


def left(core: Core) -> dict[str, float]:
    """The weights of the rows left, by the letters of their sites."""
    ends = itertools.pairwise(core.rows.indptr)
    names = ["".join(chr(65 + core.site[j]) for j in core.rows.column[a:b]) for a, b in ends]
    assert len(set(names)) == len(names)
    return dict(zip(names, core.rows.weight.tolist(), strict=True))


def fixed(core: Core) -> str:
    return "".join(chr(65 + site) for site in core.fixed)


RING = ("AB", "BC", "CD", "DE", "AE")  # nothing about a ring of five can be reduced


@pytest.mark.parametrize("ask", list(Ask))
def test_identical_rows_are_one_with_the_sum_of_their_weights(ask):
    core = reduce(town(*RING, "AB", "AB", weight=[1, 2, 3, 4, 5, 10, 20]), ask)
    assert left(core) == {"AB": 31, "BC": 2, "CD": 3, "DE": 4, "AE": 5}


@pytest.mark.parametrize("ask", list(Ask))
def test_rows_that_a_kept_site_covers_are_out_and_so_is_the_site(ask):
    core = reduce(town(*RING, "AF", "F", kept="F"), ask)
    assert set(left(core)) == set(RING)
    assert fixed(core) == "F"


@pytest.mark.parametrize("ask", list(Ask))
def test_excluded_sites_are_no_columns(ask):
    core = reduce(town(*(row + "F" for row in RING), "F", excluded="F"), ask)
    assert set(left(core)) == set(RING)


def test_rows_of_weight_0_stay_only_where_all_has_to_be_covered():
    coverage = town(*RING, weight=[1, 0, 1, 1, 1])
    assert left(reduce(coverage, Ask.COVER_ALL)) == dict(zip(RING, [1, 0, 1, 1, 1], strict=True))
    for ask in (Ask.COVER_SHARE, Ask.COVER_MOST):
        assert "BC" not in left(reduce(coverage, ask))


def test_a_row_that_holds_all_columns_of_another_is_out_where_all_has_to_be_covered():
    # ABD holds AB; in the two other questions ABD may be covered where AB is not
    coverage = town(*RING, "ABD")
    assert set(left(reduce(coverage, Ask.COVER_ALL))) == set(RING)
    for ask in (Ask.COVER_SHARE, Ask.COVER_MOST):
        assert set(left(reduce(coverage, ask))) == {*RING, "ABD"}


@pytest.mark.parametrize("ask", list(Ask))
def test_a_column_with_no_rows_but_those_of_another_is_out(ask):
    # F covers AB and BC, as B does
    core = reduce(town("ABF", "BCF", *RING[2:]), ask)
    assert set(left(core)) == set(RING)


@pytest.mark.parametrize("ask", list(Ask))
def test_of_equal_columns_the_lowest_position_stays(ask):
    core = reduce(town(*(row.replace("A", "AF").replace("E", "EG") for row in RING)), ask)
    assert core.site.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("ask", list(Ask))
def test_columns_that_cover_nothing_are_out(ask):
    assert reduce(town(*RING, n_sites=9), ask).site.tolist() == [0, 1, 2, 3, 4]


def test_the_only_column_of_a_row_is_chosen_where_all_has_to_be_covered():
    # F is alone on a row, and covers AF too
    coverage = town(*RING, "F", "AF")
    core = reduce(coverage, Ask.COVER_ALL)
    assert fixed(core) == "F"
    assert set(left(core)) == set(RING)
    core = reduce(coverage, Ask.COVER_MOST)
    assert fixed(core) == ""
    assert "F" in left(core)


def test_reductions_go_on_until_nothing_changes():
    # B has no rows but those of A; then A is alone on its row, which leaves C alone on the last, and so on
    core = reduce(town("AB", "AC", "CD", "DE"), Ask.COVER_ALL)
    assert core.rows.n_rows == 0
    assert core.stations(np.zeros(0, dtype=np.int32)).tolist() == [0, 3]


def test_every_reduction_says_for_what_it_is_valid():
    assert VALID["row dominance"] == {Ask.COVER_ALL} == VALID["essential columns"]
    assert VALID["column dominance"] == set(Ask) == VALID["identical rows"]
    assert VALID["weightless rows"] == {Ask.COVER_SHARE, Ask.COVER_MOST}


def test_sizes_are_told_for_the_log():
    core = reduce(town(*RING, "AB", "", n_sites=7), Ask.COVER_MOST)
    assert core.sizes["given"] == (7, 7)
    assert core.sizes["open"] == (6, 7)
    assert core.sizes["identical rows"] == (5, 7)
    assert core.sizes["core"] == (5, 5)


def test_parts_share_no_column():
    # two rings of five beside each other
    other = tuple("".join(chr(ord(site) + 5) for site in row) for row in RING)
    core = reduce(town(*other, *RING), Ask.COVER_ALL)
    assert [columns.tolist() for columns in parts(core.rows)] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_what_stays_of_a_coverage_as_it_is_computed_by_sets():
    # the same definitions, with Python sets, on coverages of which most rows and columns matter
    for seed in range(40):
        rng = np.random.default_rng(seed)
        covers = rng.random((40, 12)) < 0.25
        rows = ["".join(chr(65 + j) for j in np.flatnonzero(row)) for row in covers]
        core = reduce(town(*rows, n_sites=12), Ask.COVER_MOST)
        sets = {frozenset(row) for row in rows} - {frozenset()}
        rows_of = {site: {row for row in sets if site in row} for site in "ABCDEFGHIJKL"}
        stays = {
            a
            for a in rows_of
            if rows_of[a]
            and not any(
                rows_of[a] < rows_of[b] or (rows_of[a] == rows_of[b] and b < a)
                for b in rows_of
                if b != a
            )
        }
        assert {chr(65 + site) for site in core.site} == stays
        expected = {}
        for row in rows:
            name = "".join(site for site in row if site in stays)
            if name:
                expected[name] = expected.get(name, 0) + 1
        assert left(core) == expected


def test_rows_are_merged_by_their_columns_and_not_by_their_hash():
    # each of 20,000 rows comes twice, 20,000 rows apart
    n = 20_000
    column = np.stack([np.arange(n), np.arange(n) + n], axis=1).astype(np.int32).ravel()
    core = reduce(
        Coverage(
            indptr=np.arange(0, 4 * n + 1, 2, dtype=np.int64),
            site=np.concatenate([column, column]),
            time_s=np.zeros(4 * n),
            weight=np.ones(2 * n),
            n_sites=2 * n,
            is_kept=np.zeros(2 * n, dtype=bool),
            is_excluded=np.zeros(2 * n, dtype=bool),
        ),
        Ask.COVER_MOST,
    )
    assert core.open_rows.n_rows == n
    assert set(core.open_rows.weight.tolist()) == {2.0}


def test_no_rows_stay_no_rows():
    for ask in Ask:
        core = reduce(town(n_sites=3, kept="B"), ask)
        assert core.rows.n_rows == 0
        assert fixed(core) == "B"
        assert merged(core.rows).n_rows == 0
        assert parts(core.rows) == []
