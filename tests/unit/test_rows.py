"""Sparse rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.rows import entries, row_of, starts


def test_rows_without_entries_start_where_the_next_one_does():
    # rows 0, 1 and 4 are empty; row 2 has three entries, row 3 one
    assert starts(np.array([2, 2, 2, 3]), 5).tolist() == [0, 0, 0, 3, 4, 4]


def test_no_entries_at_all():
    assert starts(np.empty(0, dtype=np.int32), 2).tolist() == [0, 0, 0]
    assert row_of(np.array([0, 0, 0])).tolist() == []
    assert starts(np.empty(0, dtype=np.int32), 0).tolist() == [0]


def test_entries_come_row_after_row_and_a_row_may_come_twice():
    # row 0: entries 0 and 1; row 1: none; row 2: entry 2
    start = np.array([0, 2, 2, 3])
    which, entry = entries(start, np.array([2, 0, 1, 0]))
    assert which.tolist() == [0, 1, 1, 3, 3]
    assert entry.tolist() == [2, 0, 1, 0, 1]


@given(st.lists(st.integers(0, 6), max_size=20))
def test_the_rows_of_entries_are_those_they_came_from(rows):
    rows = np.array(sorted(rows), dtype=np.int64)
    assert row_of(starts(rows, 7)).tolist() == rows.tolist()


@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(0, 4), max_size=6))
def test_listing_rows_is_looking_at_each_in_turn(rows, wanted):
    start = starts(np.array(sorted(rows), dtype=np.int64), 5)
    which, entry = entries(start, np.array(wanted, dtype=np.int64))
    by_hand = [(i, e) for i, row in enumerate(wanted) for e in range(start[row], start[row + 1])]
    assert list(zip(which.tolist(), entry.tolist(), strict=True)) == by_hand
