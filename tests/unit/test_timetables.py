"""Drive times from a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import towns

from planner.errors import InputError
from planner.timetables import pairs_of_table, points_of_table, read_pairs

DEMAND = towns.demand_at((0, 0), (1, 0))  # D00000, D00001
SITES = towns.sites_at((0, 0), (1, 0), (2, 0))  # S00000 to S00002
HEADER = "demand,site,drive_time_s\n"


@pytest.fixture
def read(tmp_path):
    def of(text, encoding="utf-8"):
        path = tmp_path / "times.csv"
        path.write_bytes(text.encode(encoding))
        return read_pairs(path, DEMAND, SITES)

    return of


def problems(read, text):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.file.name == "times.csv"
    return caught.value.problems


def triplets(pairs):
    return list(zip(*(column.tolist() for column in pairs), strict=True))


def test_pairs_come_ordered_by_site_and_then_by_point(read):
    rows = "D00001,S00002,7\nD00001,S00000,5\nD00000,S00002,6.5\n"
    assert triplets(read(HEADER + rows)) == [(1, 0, 5.0), (0, 2, 6.5), (1, 2, 7.0)]


def test_an_empty_time_is_unreachable_and_none_at_all_too(read):
    assert triplets(read(HEADER + "D00000,S00000,\nD00001,S00000, \n")) == []
    assert triplets(read(HEADER)) == []


def test_a_time_of_0_is_a_drive(read):
    assert triplets(read(HEADER + "D00000,S00000,0\n")) == [(0, 0, 0.0)]


def test_times_are_put_on_the_grid(read):
    assert triplets(read(HEADER + "D00000,S00000,300.00000000000006\n")) == [(0, 0, 300.0)]
    assert triplets(read(HEADER + "D00000,S00000,300.0004\n"))[0][2] > 300.0


def test_other_columns_their_order_blanks_and_a_byte_order_mark_do_no_harm(read):
    text = "\ufeffdrive_time_s, site ,note,demand\n5, S00001 ,x,D00000\n"
    assert triplets(read(text)) == [(0, 1, 5.0)]


def test_every_bad_row_is_named_by_its_line(read):
    text = HEADER + (
        "D00000,S00000,1\n"
        "D9,S00000,1\n"
        "D00000,X,1\n"
        "D00000,S00001,soon\n"
        "D00000,S00002,-1\n"
        "D00001,S00002,inf\n"
        "D00001,S00000,nan\n"
        "D00000,S00000,2\n"
        "D00001,S00001,6000001\n"
    )
    told = problems(read, text)
    assert "line 3: demand 'D9' is no demand point of demand.csv" in told
    assert "line 4: site 'X' is no site of sites.csv" in told
    assert (
        "line 5: drive_time_s 'soon' is no time in seconds, 0 or more and at most 6000000" in told
    )
    assert "line 6: drive_time_s '-1' is no time in seconds, 0 or more and at most 6000000" in told
    assert "line 7: drive_time_s 'inf' is no time in seconds, 0 or more and at most 6000000" in told
    assert "line 8: drive_time_s 'nan' is no time in seconds, 0 or more and at most 6000000" in told
    assert "line 9: demand 'D00000' has a second time for the same site" in told
    assert (
        "line 10: drive_time_s '6000001' is no time in seconds, 0 or more and at most 6000000"
        in told
    )
    assert len(told) == 8


def test_a_pair_that_comes_twice_is_told_also_where_blanks_differ(read):
    assert problems(read, HEADER + "D00000,S00000,1\nD00000,S00000,1\n") == [
        "line 3: demand 'D00000' has a second time for the same site"
    ]
    assert problems(read, HEADER + "D00000,S00000,1\n D00000,S00000 ,2\n")


def test_of_many_problems_twenty_are_told_and_the_rest_is_counted(read):
    told = problems(read, HEADER + "D9,S00000,1\n" * 25)
    # 25 unknown points, 24 of them twice: 49 problems
    assert len(told) == 21
    assert told[-1] == "and 29 more"


def test_missing_columns_are_named_with_those_there_are(read):
    assert problems(read, "from,site,seconds\nD00000,S00000,1\n") == [
        "no column demand and no column drive_time_s; it has from, site, seconds"
    ]


@pytest.mark.parametrize("text", ["", HEADER + 'D00000,"S00000,1\n'])
def test_what_is_no_table_is_refused(read, text):
    assert "can't be read as a table of drive times" in problems(read, text)[0]


def test_another_encoding_is_refused_and_not_guessed(tmp_path):
    path = tmp_path / "times.csv"
    path.write_bytes((HEADER + "骑手,S00000,1\n").encode("gb18030"))
    with pytest.raises(InputError, match="can't be read as a table of drive times"):
        read_pairs(path, DEMAND, SITES)


def test_ids_are_text_whatever_the_frame_holds():
    sites = towns.sites_at((0, 0))
    sites.id[0] = "7"
    table = pd.DataFrame({"demand": ["D00001"], "site": [7], "drive_time_s": [3]})
    assert triplets(pairs_of_table(table, DEMAND, sites, file="table")) == [(1, 0, 3.0)]


def test_the_points_of_a_table_are_those_it_names_in_order():
    table = pd.DataFrame(
        {
            "demand": ["b", "a", "b"],
            "site": ["S2", "S1", "S1"],
            "drive_time_s": [1, np.nan, 2],
            "weight": [5, 3, 9],
        }
    )
    demand, sites = points_of_table(table)
    assert demand.id.tolist() == ["a", "b"]
    assert demand.weight.tolist() == [3, 5]  # the first row of a point counts
    assert sites.id.tolist() == ["S1", "S2"]
    assert points_of_table(table.drop(columns="weight"))[0].weight.tolist() == [1, 1]
