"""The curve in lines, as JSON, as a table, and as pictures."""

from __future__ import annotations

import csv
import dataclasses
import json
import logging
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from scenarios import BY_TABLE, write

from planner import fonts
from planner.curves import (
    curve_json,
    curve_lines,
    curve_table,
    picture,
    scenario_curve,
    write_curve,
)
from planner.errors import PlannerError
from planner.placement import Curve
from planner.scenario import Language, read_scenario

# Seconds by a table; five minutes are 300 s. A covers P1, B covers P2 and P3, C covers P3; nobody covers P4.
FILES = {
    "demand.csv": "id,lon,lat,weight\nP1,121,28,4\nP2,121,28,3\nP3,121,28,2\nP4,121,28,1\n",
    "hosts.csv": 'id,lon,lat,name\n"=A",121,28,a\nB,121,28,b\nC,121,28,c\n',
    "times.csv": "demand,site,drive_time_s\nP1,=A,9\nP2,B,300\nP3,B,9\nP3,C,9\nP4,C,301\n",
}
HEAD = """
title = {{ zh = "玉环 $x_1$ 驿站", en = "Stations of $x_1$" }}
notice = {{ en = "Synthetic\\u001b[31m data" }}
language = "{language}"
"""
MOST_3 = 'goal = "max-covering"\nstations = 3'


def asked(folder, *, language="en", placement=""):
    scenario = HEAD.format(language=language) + BY_TABLE + placement
    return read_scenario(write(folder, FILES | {"town.toml": scenario}) / "town.toml")


@pytest.fixture
def found(tmp_path):
    return scenario_curve(asked(tmp_path, placement=MOST_3))


def long_curve(n, *, first=1, n_open=0):
    """A curve of so many points, of which the last few are not proven."""
    numbers = np.arange(first, first + n)
    covered = 100.0 * (1 - 0.9 ** np.arange(1, n + 1))
    bound = covered.copy()
    if n_open:
        bound[-n_open:] = 100.0
    return Curve(
        n_stations=numbers,
        covered_weight=covered,
        bound=bound,
        stations=tuple(np.arange(k, dtype=np.int32) for k in numbers),
        weight=200.0,
        coverable_weight=100.0,
        n_for_all=first + n + 20,
        n_for_all_bound=first + n + 10,
        stopped_by="time" if n_open else None,
    )


def test_the_goal_of_the_scenario_does_not_matter(tmp_path):
    curves = [
        scenario_curve(asked(tmp_path, placement=f'goal = "{goal}"')).curve
        for goal in ("set-covering", "assess")
    ]
    assert [curve.covered_weight.tolist() for curve in curves] == [[5, 9], [5, 9]]


def test_the_curve_goes_on_to_the_number_that_max_covering_asks_for(found):
    assert found.curve.n_stations.tolist() == [1, 2, 3]
    assert found.asked == 3


def test_an_upper_limit_of_set_covering_does_not_lengthen_the_curve(tmp_path):
    found = scenario_curve(asked(tmp_path, placement="stations = 3"))
    assert found.curve.n_stations.tolist() == [1, 2]
    assert found.asked is None


def test_json_holds_all_that_is_known(found):
    told = curve_json(found)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["curve"][0] == {
        "n_stations": 1,
        "covered_weight": 5.0,
        "share_covered": 0.5,
        "share_of_coverable": 5 / 9,
        "gain": 5.0,
        "bound": 5.0,
        "gap": 0.0,
        "status": "optimal",
        "stations": ["B"],
    }
    assert [point["stations"] for point in told["curve"]][1] == ["=A", "B"]
    del told["curve"]
    assert told == {
        "scenario": "town",
        "weight": 10.0,
        "coverable_weight": 9.0,
        "n_for_all": 2,
        "n_for_all_bound": 2,
        "stopped_by": None,
    }


def test_lines_tell_each_number_and_what_is_proven(found):
    assert curve_lines(found) == [
        "stations    covered       gain  proven",
        "       1    50.00 %    50.00 %  best",
        "       2    90.00 %    40.00 %  best",
        "       3    90.00 %        0 %  best",
        "",
        "2 stations cover all that can be covered (90.00 %); proven: 1 can't.",
        "Each number has a plan of its own: the best 11 stations may be without some of the best 10.",
    ]


def test_long_curves_are_thinned_out_and_bounds_rounded_up(found):
    told = dataclasses.replace(found, curve=long_curve(60, n_open=2))
    lines = curve_lines(told)
    numbers = [int(line.split()[0]) for line in lines[1 : lines.index("")]]
    # the first ten and every tenth; 1 - 0.9^n passes 50 % at 7, 75 % at 14, 90 % at 22, 95 % at 29, 99 % at 44
    assert numbers == [*range(1, 11), 14, 20, 22, 29, 30, 40, 44, 50, 60]
    assert lines[len(numbers)].endswith("at most 50.00 %")
    assert "81 stations cover all that can be covered (50.00 %); fewer than 71 can't." in lines
    assert "Not proven best for 2 of 60 numbers of stations." in lines
    assert "The time limit stopped the proofs; give time_limit_s more." in lines


def test_where_nothing_can_be_covered_no_station_covers_all_of_it(tmp_path):
    scenario = asked(tmp_path)
    (tmp_path / "times.csv").write_text("demand,site,drive_time_s\nP4,C,301\n")
    found = scenario_curve(scenario)
    assert "0 stations cover all that can be covered (0 %)." in curve_lines(found)
    write_curve(found, tmp_path / "out")
    assert (tmp_path / "out" / "curve.png").is_file()


def test_the_table_is_for_spreadsheets_and_holds_no_formula(found, tmp_path):
    write_curve(found, tmp_path / "new" / "out")
    text = (tmp_path / "new" / "out" / "curve.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    assert [row["n_stations"] for row in rows] == ["1", "2", "3"]
    assert [row["stations"] for row in rows] == ["B", "'=A; B", "'=A; B"]
    assert [float(row["share_covered"]) for row in rows] == [0.5, 0.9, 0.9]
    assert list(rows[0]) == curve_table(found).columns.tolist()


def test_equal_curves_give_equal_bytes(found, tmp_path):
    for folder in ("one", "two"):
        write_curve(found, tmp_path / folder)
    for name in ("curve.csv", "curve.png", "curve.svg"):
        one, two = (tmp_path / folder / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), name


def test_pictures_are_a_slide_in_size_and_whole_files(found, tmp_path):
    write_curve(found, tmp_path)
    png = (tmp_path / "curve.png").read_bytes()
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1920, 1080)
    assert ET.parse(tmp_path / "curve.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_other_files_of_the_folder_stay_and_a_file_in_its_place_is_named(found, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    write_curve(found, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    with pytest.raises(PlannerError, match=r"mine\.txt: can't be written"):
        write_curve(found, tmp_path / "mine.txt")


# --- what the picture says ------------------------------------------------------------------------


def drawn(found, *, language=Language.EN, curve=None):
    scenario = found.scenario
    return picture.Picture(
        curve=curve or found.curve,
        asked=found.asked,
        standard_s=found.standard_s,
        language=language,
        title=scenario.title,
        name=scenario.name,
        notice=scenario.notice,
    )


def texts_of(figure):
    (axes,) = figure.axes
    named = [axes.get_title(loc="left"), axes.get_xlabel(), figure.get_suptitle()]
    return named + [text.get_text() for text in (*figure.texts, *axes.texts)]


def test_the_picture_says_what_the_curve_does(found):
    said = texts_of(picture._figure(drawn(found)))
    assert "With 2 stations all that can be covered is" in said  # 1 covers 5 of 9, less than 90 %
    assert "Each number has its own plan, proven best" in said
    assert "Share of demand within 5 min" in said
    assert "90.0% can be covered" in said
    assert "2: all that can be covered\nproven: 1 can't" in said
    assert "3 asked for: 90.0%" in said
    assert "Stations of $x_1$  ·  Synthetic\\x1b[31m data" in said  # nothing of data is obeyed


def test_the_picture_speaks_chinese(found):
    said = texts_of(picture._figure(drawn(found, language=Language.ZH)))
    assert "2 个驿站覆盖全部可覆盖的需求" in said
    assert "5 分钟内覆盖的需求" in said
    assert "玉环 $x_1$ 驿站  ·  Synthetic\\x1b[31m data" in said


def test_the_picture_of_an_open_curve_shows_the_band(found):
    told = drawn(found, curve=long_curve(30, n_open=5))
    figure = picture._figure(told)
    assert "30 stations cover 47.9% of demand" in texts_of(figure)
    said = "Proven best for 25 of 30 numbers; the band is what is not ruled out"
    assert said in texts_of(figure)
    (band,) = figure.axes[0].collections
    assert band.get_paths()[0].vertices[:, 1].max() == 0.5


def test_the_headline_says_what_most_takes(found):
    curve = dataclasses.replace(long_curve(30), n_for_all=30, n_for_all_bound=28)
    said = texts_of(picture._figure(drawn(found, curve=curve)))
    assert "22 stations cover 90% of all that can be covered; the rest takes 8 more" in said
    assert "30: all that can be covered\nproven: fewer than 28 can't" in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            Language.EN,
            [
                "Share of all 0.2 km of road within 5 min",
                "22 stations cover 90% of all road that can be covered; the rest takes 8 more",
                "30: all that can be covered, 0.1 km\nproven: fewer than 28 can't",
                "3 asked for: 13.5%, 0.0 km",  # 27.1 m
            ],
        ),
        (
            Language.ZH,
            [
                "5 分钟内覆盖的道路（占全部 0.2 公里）",
                "22 个驿站覆盖可覆盖道路的 90%；其余还需 8 个",
                "30 个：覆盖全部可覆盖的道路，0.1 公里\n已证明少于 28 个不够",
                "方案要求 3 个：13.5%，0.0 公里",
            ],
        ),
    ],
)
def test_a_picture_of_roads_speaks_of_kilometres(found, language, said):
    curve = dataclasses.replace(long_curve(30), n_for_all=30, n_for_all_bound=28)
    told = dataclasses.replace(drawn(found, language=language, curve=curve), counts_metres=True)
    assert set(said) <= set(texts_of(picture._figure(told)))


def test_both_languages_have_the_same_words():
    english, chinese = picture.WORDS[Language.EN], picture.WORDS[Language.ZH]
    assert english.keys() == chinese.keys()


def test_without_a_chinese_font_the_labels_are_english_and_a_hint_is_given(
    found, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(picture, "chinese_font", lambda: None)
    for name, language in (("zh.svg", Language.ZH), ("en.svg", Language.EN)):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            picture.write_pictures(drawn(found, language=language), tmp_path / name)
        assert ("install one" in caplog.text) is (language is Language.ZH)
    assert (tmp_path / "zh.svg").read_bytes() == (tmp_path / "en.svg").read_bytes()


def test_a_file_that_is_no_font_is_passed_over(tmp_path, monkeypatch):
    from matplotlib import font_manager

    broken = tmp_path / "NotoSansCJK-Regular.ttc"
    broken.write_text("no font")
    latin = font_manager.findfont("DejaVu Sans")
    pretends = tmp_path / "simhei.ttf"
    pretends.write_bytes(Path(latin).read_bytes())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(broken), str(pretends)])
    assert fonts.chinese_font() is None


@pytest.mark.parametrize("has_bold", [True, False])
def test_a_font_with_our_letters_is_found_by_the_name_of_its_file(tmp_path, monkeypatch, has_bold):
    from matplotlib import font_manager

    plain = Path(font_manager.findfont("DejaVu Sans"))
    files = {plain: tmp_path / "wqy-zenhei.ttf"}
    if has_bold:
        files[plain.with_stem("DejaVuSans-Bold")] = tmp_path / "WQY-ZenHei-Bold.ttf"
    for latin, file in files.items():
        file.write_bytes(latin.read_bytes())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [*map(str, files.values())])
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(fonts, "_LETTERS", "abc")
    assert fonts.chinese_font() == fonts.Font(name="DejaVu Sans", has_bold=has_bold)
