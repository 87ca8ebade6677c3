"""Words of the terminal."""

import pytest

from planner.wording import (
    columns_of,
    counted,
    distance,
    harmless,
    kilometres,
    minutes_and_seconds,
    padded,
    percent,
    section_lines,
    some,
    wrapped,
)


@pytest.mark.parametrize(
    ("n", "what", "told"),
    [(0, "site", "0 sites"), (1, "site", "1 site"), (2404, "pair", "2,404 pairs"), (2, "entry", "2 entries")],
)  # fmt: skip
def test_what_is_counted_comes_in_ones_and_many(n, what, told):
    assert counted(n, what) == told


def test_of_many_names_the_first_are_told():
    assert some(["a", "b"], 2) == "a, b"
    assert some(map(str, range(1007))) == "0, 1, 2, 3, 4 and 1,002 more"


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0 %"), (1e-9, "0.01 %"), (0.5, "50.00 %"), (0.999999, "99.99 %"), (1, "100 %")],
)
def test_only_all_is_100_percent_and_only_nothing_is_none(share, told):
    assert percent(share) == told


def test_lengths_and_distances():
    assert kilometres(2_279_482) == "2,279.5 km"
    assert (distance(9_318.4), distance(10_000)) == ("9,318 m", "10 km")


@pytest.mark.parametrize(
    ("seconds", "limit_s", "told"),
    [
        (0.4, 300, "0 s"),
        (59.6, 300, "1 min"),
        (251.7, 300, "4 min 12 s"),
        (300.0, 300, "5 min"),
        (300.2, 300, "5 min 1 s"),  # over the limit stays over it
        (4000, 300, "66 min 40 s"),
    ],
)
def test_durations_are_minutes_and_whole_seconds(seconds, limit_s, told):
    assert minutes_and_seconds(seconds, limit_s=limit_s) == told


def test_many_words_go_on_in_the_next_line():
    words = [f"word{i:02d}" for i in range(9)]
    first, second = wrapped("label", words)
    # seven of eight columns fit into 60, and the comma
    assert first == ("label", ", ".join(words[:7]) + ",")
    assert second == ("", "word07, word08")
    assert list(wrapped("label", [])) == []


def test_sections_without_rows_are_left_out():
    sections = [("One", [("a", "b")]), ("Two", iter([]))]
    assert section_lines(sections) == ["One", f"  {'a':<22}b", ""]


def test_chinese_takes_two_columns():
    assert columns_of("虹田路 2") == 8
    assert padded("虹田路", 8) == "虹田路  "
    assert padded("虹田路", 2) == "虹田路"


def test_control_characters_are_spelt_out():
    assert harmless("a\x1b[2J\u202e虹") == "a\\x1b[2J\\u202e虹"
