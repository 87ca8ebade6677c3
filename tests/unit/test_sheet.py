"""The sheet to print: what it says, what it draws where, and that it is always the same."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from browser.towns import (
    ISLET,
    POND,
    SEA,
    WITHIN,
    by_the_sea,
    grid_network,
    make_demand,
    make_sites,
    names,
    persons,
    result_of,
    scenario,
    town,
    village,
)
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from pyproj import Geod

from planner import sheet
from planner.fonts import chinese_font, font_settings
from planner.persons import shown_demand
from planner.placement import Curve
from planner.plan import Status
from planner.result import Result
from planner.run import run
from planner.scenario import Language, read_scenario
from planner.sheet import Paper, cells, layout, marks, symbols, view, words, write_sheet
from planner.sheet.canvas import SIZE_MM, blank_sheet

# names of data are in Chinese, and a system need not have letters for them
pytestmark = pytest.mark.filterwarnings("ignore:Glyph .* missing from font")

ASSETS = Path(sheet.__file__).parents[1] / "webmap" / "assets"
EAST = 1 / (111_320.0 * np.cos(np.radians(30.0)))  # degrees per metre at 30 N, as in the towns


def street(**more: object) -> Result:
    """Return a road of 2 km with a station at its beginning and four points: three within five minutes at 6 m/s.

    D0 to D2 are 60 s, 180 s and 270 s from H0; D3 is 351 s away, D4 is cut off. Their weights are 1, 2, 3, 4, 10.
    """
    east = np.array([360.0, 1080.0, 1620.0, 2106.0, 500.0])
    names = ["甲村", "乙村", "丙村", "海山乡码头", "外岛"]
    return result_of(
        network=grid_network(6, lon=120.0, lat=30.0),
        demand=make_demand(
            120.0 + east * EAST,
            np.array([30.0, 30.0, 30.0, 30.0, 30.02]),
            weight=np.array([1.0, 2.0, 3.0, 4.0, 10.0]),
            name=more.pop("names", names),
            district=["东镇"] * 5,
        ),
        sites=make_sites(
            np.array([120.0, 120.0]),
            np.array([30.0, 30.01]),
            name=more.pop("hosts", ["总站", "分站"]),
            existing=(0,),
        ),
        stations=more.pop("stations", [0]),
        cut_off=(4,),
        **more,
    )


def drawn(result: Result, language: str = "en", paper: Paper = Paper.A3, **more: object) -> Figure:
    with mpl.rc_context(sheet.SETTINGS | font_settings(chinese_font())):
        told = {"bold": "bold"} | more
        return layout.sheet_figure(result, paper=paper, language=Language(language), **told)


def seen_of(result: Result, *, width: float, height: float, margin: float = 10.0) -> view.View:
    shown = shown_demand(result.times.demand, result.scenario)
    return view.view_of(result, shown, width=width, height=height, margin=margin, shrinks=1.0)


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


# --- What it says -------------------------------------------------------------------------------


def test_it_says_the_answer_the_proof_and_the_five_figures():
    # 6 of 20 in weight are covered; the mean drive is (60 + 2 x 180 + 3 x 270 + 4 x 351) / 10 = 263.4 s
    texts = texts_of(drawn(street()))
    said = " ".join(texts)
    assert (
        "With 1 station, 30.0% of demand is within 5 min; the farthest drive takes 5 min 51 s (海山乡码头)."
        in said
    )
    assert "Proven: there is no better plan." in texts
    for figure in ("30.0%", "1", "14", "4 min 23 s", "5 min 51 s"):
        assert figure in texts
    assert "2 of 5 places" in texts
    assert "0 new, 1 existing" in texts


def test_the_table_and_the_map_number_stations_by_what_they_serve():
    # S0 is at D0, D1, D2; S1 serves nobody, for it is farther from all
    texts = texts_of(drawn(street(stations=[0, 1])))
    assert texts.index("总站") < texts.index("分站")
    # served, mean ((60 + 360 + 810) / 6 = 205 s), farthest
    assert texts[texts.index("总站") + 1 :][:3] == ["6", "3:25", "4:30"]
    assert texts[texts.index("分站") + 1 :][:3] == ["0", "–", "–"]
    assert texts.count("1") == 2  # in the table and on the map
    assert "Stations" in texts


def test_more_stations_than_fit_are_counted():
    result = town(n_sites=60, n_stations=60)
    texts = texts_of(drawn(result))
    title = next(text for text in texts if text.startswith("Stations: the "))
    n = int(re.findall(r"\d+", title)[0])
    assert 20 < n < 60
    assert title == f"Stations: the {n} that serve most, of 60"
    numbers = [int(text) for text in texts if text.isdigit()]
    assert numbers.count(n) >= 2
    assert n + 1 not in numbers


@pytest.mark.parametrize(
    ("approval", "said"),
    [
        (None, "Internal draft"),
        ("浙S(2026)12号", "Map approval no. 浙S(2026)12号"),
        ("a\u202eb\n", "Map approval no. ab"),
    ],
)
def test_it_is_a_draft_until_it_is_approved(approval: str | None, said: str):
    texts = texts_of(drawn(street(asked=scenario(map={"approval": approval}))))
    assert said in texts  # in the bar
    assert any(text.startswith(f"{said}  ·  ") for text in texts)  # at the foot
    assert ("Internal draft" in texts) is (approval is None)


def test_it_credits_openstreetmap_and_dates_the_roads():
    assert "Road data of 2026-10-01  ·  © OpenStreetMap contributors (ODbL)" in texts_of(
        drawn(street())
    )


def test_drive_times_of_a_table_have_no_roads_to_credit():
    table = street()
    only_times = result_of(
        network=None, demand=table.times.demand, sites=table.times.sites, stations=[0]
    )
    texts = texts_of(drawn(only_times))
    assert "Drive times come from a table; there are no roads to draw" in texts
    assert not any("OpenStreetMap" in text for text in texts)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_the_rules_are_not_met_it_says_so_and_without_stations_too(language: str):
    texts = texts_of(drawn(street(stations=[], status=Status.INFEASIBLE), language))
    none = {"zh": "没有驿站。", "en": "There are no stations."}[language]
    proof = {"zh": "已证明在允许的", "en": "Proven: the stations allowed"}[language]
    assert none in texts
    assert any(text.startswith(proof) for text in texts)


def test_a_world_of_nothing_is_drawn_too():
    nothing = result_of(
        network=None,
        demand=make_demand(np.zeros(0), np.zeros(0)),
        sites=make_sites(np.zeros(0), np.zeros(0)),
        stations=[],
    )
    assert "There are no stations." in texts_of(drawn(nothing))


def test_a_result_with_a_curve_shows_it_with_the_number_chosen_marked():
    told = Curve(
        n_stations=np.array([1, 2]),
        covered_weight=np.array([6.0, 6.0]),
        bound=np.array([6.0, 10.0]),
        stations=(np.array([0], dtype=np.int32), np.array([0, 1], dtype=np.int32)),
        weight=20.0,
        coverable_weight=10.0,
        n_for_all=2,
        n_for_all_bound=2,
        stopped_by=None,
    )
    figure = drawn(replace(street(), curve=told))
    assert "Number of stations, and demand covered" in texts_of(figure)
    lines = [line.get_xydata().tolist() for line in figure.axes[-2].lines]
    # from no stations on; one of them is chosen, and covers 6 of 20
    assert lines == [[[0, 0], [1, 0.3], [2, 0.3]], [[1, 0.3]]]
    assert "Number of stations, and demand covered" not in texts_of(drawn(street()))


ROADS = """<osm version="0.6">
<node id="1" lat="30.0" lon="120.0"/><node id="2" lat="30.0" lon="120.04144"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="maxspeed" v="36"/><tag k="name" v="海路"/></way>
</osm>"""


def test_roads_as_demand_have_figures_a_legend_and_a_worst_point_of_their_own(tmp_path: Path):
    # 3998.6 m at 36 km/h, a station at the beginning; 150 s reach 1500 m, the far end is 399.9 s away
    (tmp_path / "roads.osm").write_text(ROADS, encoding="utf-8")
    (tmp_path / "hosts.csv").write_text("id,lon,lat,name\nS,120.0,30.0,站\n", encoding="utf-8")
    (tmp_path / "a.toml").write_text(
        "[network]\nfile = 'roads.osm'\nspeeds = 'limits'\n[demand]\nroads = true\n[sites]\nfile = 'hosts.csv'\n"
        "[[fleets]]\nvehicle = 'car'\nmax_drive_min = 2.5\n[placement]\ngoal = 'set-covering'\n",
        encoding="utf-8",
    )
    figure = drawn(run(read_scenario(tmp_path / "a.toml")))
    texts = texts_of(figure)
    for said in ("37.5%", "of 4 km", "2.5 km", "1.5 km", "6 min 40 s", "海路: farthest 6 min 40 s"):
        assert said in texts, said
    assert "road within 2 min 30 s" in texts
    assert "km alone" in texts
    colors = [patch.get_edgecolor() for patch in figure.axes[1].patches]
    for color in (symbols.COVERED_ROAD, symbols.OPEN_ROAD):
        assert to_rgba(color) in colors


def test_all_words_are_there_in_both_languages():
    pairs = [*words.WORDS.values(), *words.PERSONS.values()]
    assert all(zh and en for zh, en in pairs)
    fields = [[sorted(re.findall(r"\{(\w+)\}", text)) for text in both] for both in pairs]
    assert all(zh == en for zh, en in fields)
    assert set(words.PERSONS) < set(words.WORDS)


# --- Texts of data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^2$", "$x^2$"),
        ("a\u202eb\x1b[31m\u200fc\x00", "ab[31mc"),
        ("two\r\nlines\tof  it", "two lines of it"),
        ("\ud800x", "x"),
        (None, ""),
        ("村" * 30, "村" * 9 + "…"),  # 20 columns: nine letters of two, and the ellipsis
        ("x" * 20, "x" * 20),
        ("x" * 21, "x" * 19 + "…"),
    ],
)
def test_texts_of_data_are_made_fit_to_print(text: str | None, shown: str):
    assert words.clean(text, 20) == shown


def test_no_text_of_the_data_steers_the_sheet(tmp_path: Path):
    evil = ["$\\frac{", "\x1b[2J\u202e", "x" * 5000, "\ud800", "$a$ $b_{c}$"]
    asked = scenario(title={"en": "$\\undefined{$ " + "W" * 900}, notice={"en": "n\u2028" * 300})
    result = street(names=evil, hosts=["$\\sqrt$" * 40, "\u0007" * 9], asked=asked)
    write_sheet(result, tmp_path / "a.png", tmp_path / "a.pdf", language="en")
    texts = texts_of(drawn(result))
    assert max(map(len, texts)) < 300
    assert not any(re.search(r"[\x00-\x1f\u202e\u2028]", text) for text in texts)


# --- Where things are ---------------------------------------------------------------------------


@pytest.mark.parametrize(("paper", "language"), [(Paper.A3, "zh"), (Paper.A4, "en")])
def test_all_texts_lie_on_the_sheet_and_those_of_the_column_in_it(paper: Paper, language: str):
    figure = drawn(town(n_side=6, n_demand=20, n_stations=18), language, paper)
    width = figure.bbox.width
    column = layout.MARGIN + layout.COLUMN_WIDTH
    column_end = (
        column * blank_sheet(paper, Language.EN, "bold").shrinks / SIZE_MM[paper][0] * width
    )
    page, chart = figure.axes[0], figure.axes[-1]
    for text in figure.findobj(Text):
        if not text.get_text():
            continue
        box = text.get_window_extent()
        frame = chart.bbox if text.axes is chart else figure.bbox
        assert box.x0 >= frame.x0
        assert box.x1 <= frame.x1 + 1
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1
        y = text.get_position()[1]
        in_column = text.axes is page and text.get_position()[0] < column
        if in_column and 25 < y < SIZE_MM[paper][1] - 20:
            assert box.x1 <= column_end + 1, text.get_text()


def test_the_map_shows_all_demand_and_stations_with_a_margin():
    result = town(n_side=12, n_demand=60)
    seen = seen_of(result, width=300.0, height=200.0)
    sites, stations = result.times.sites, result.plan.stations
    for points in (
        (result.times.demand.lon, result.times.demand.lat),
        (sites.lon[stations], sites.lat[stations]),
    ):
        x, y = seen.x(points[0]), seen.y(points[1])
        assert min(x.min(), 300 - x.max()) >= 10 - 1e-9
        assert min(y.min(), 200 - y.max()) >= 10 - 1e-9


def test_the_scale_is_that_of_the_ellipsoid():
    result = street()
    seen = seen_of(result, width=300.0, height=200.0)
    lon, lat = result.times.demand.lon, result.times.demand.lat
    _, _, metres = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[4], lat[4])
    mm = np.hypot(seen.x(lon[4]) - seen.x(lon[0]), seen.y(lat[4]) - seen.y(lat[0]))
    assert mm / seen.mm_per_m == pytest.approx(metres, rel=1e-4)


def test_what_comes_first_has_room_and_what_would_cover_it_has_not():
    room = marks.Room()
    assert room.take((0, 0, 10, 4))
    assert not room.take((9.9, 3.9, 20, 8))
    assert room.take((10, 0, 20, 4))  # edges may touch
    assert room.take((0, 4, 10, 8))


def test_demand_falls_into_the_nearest_cell_and_one_point_without_cover_colours_it():
    # middles at (0, 0) and (10, 0); the row above begins half a cell further, at (5, 8.66)
    x, y = np.array([1.0, 4.0, 6.0, 5.0, 5.0]), np.array([0.0, 0.0, 0.0, 2.0, 4.0])
    weight = np.array([3.0, 1.0, 1.0, 5.0, 1.0])
    time_s = np.array([60.0, 200.0, 290.0, 400.0, np.nan])
    step = np.array([0, 1, 2, symbols.OVER, symbols.CUT_OFF])
    found = cells.cells_of(
        x[:3], y[:3], weight[:3], time_s[:3], step[:3], apart=10.0, standard_s=300.0
    )
    # the first two together: (3 x 60 + 200) / 4 = 95 s, within two minutes; the third alone is over four
    assert found.x.tolist() == [0.0, 10.0]
    assert found.step.tolist() == [0, 2]
    found = cells.cells_of(x, y, weight, time_s, step, apart=10.0, standard_s=300.0)
    # the fourth is 5.39 from both middles below and 6.66 from that above: to the left; the fifth goes above, 4.66 to 6.4
    assert list(zip(found.x, found.y.round(2), found.step, strict=True)) == [
        (0.0, 0.0, symbols.OVER),
        (10.0, 0.0, 2),
        (5.0, 8.66, symbols.CUT_OFF),
    ]


def test_hatching_stays_inside_its_cell():
    for is_crossed in (False, True):
        lines = cells.hatching(2.0, is_crossed=is_crossed)
        assert len(lines) == (6 if is_crossed else 3)
        # the circle inside a hexagon with corners 2 from its middle has a radius of 1.73
        assert np.hypot(*lines.reshape(-1, 2).T).max() < 1.73


# --- What lies around ----------------------------------------------------------------------------


def far_out(**more: object) -> Result:
    """Return the village by the sea with a point on its island and one beyond where the coast is known."""
    result = by_the_sea(**more)
    demand = result.times.demand
    lon = np.array([120.0, 120.001, 120.002, *AWAY])
    return replace(result, times=replace(result.times, demand=replace(demand, lon=lon)))


AWAY = (120.0205, 119.96)  # the coast is known from 119.97 to 120.03


def colors_at(result: Result, *places: tuple[float, float]) -> list[str]:
    """Return the colours that the sheet has at places, given in degrees."""
    figure = drawn(result)
    axes, seen = figure.axes[1], map_of(figure, result)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    dots = np.asarray(canvas.buffer_rgba())
    at = axes.transData.transform([(seen.x(lon), seen.y(lat)) for lon, lat in places])
    return [to_hex(dots[int(len(dots) - up), int(across)] / 255) for across, up in at]


def map_of(figure: Figure, result: Result) -> view.View:
    axes = figure.axes[1]
    width, height = axes.get_xlim()[1], axes.get_ylim()[1]
    return seen_of(result, width=width, height=height, margin=11.0)


def test_sea_is_sea_and_land_is_land():
    nowhere = (119.965, 30.0)
    assert colors_at(far_out(), SEA, (120.0175, 30.0005), POND, ISLET, WITHIN, nowhere) == [
        symbols.WATER,
        symbols.LAND,
        symbols.WATER,
        symbols.LAND,
        symbols.WATER,
        symbols.BEYOND,
    ]


def test_without_a_coast_ponds_are_drawn_and_no_sea():
    unknown = far_out()
    unknown = replace(
        unknown,
        surroundings=replace(unknown.surroundings, sea=unknown.surroundings.sea[:0], sea_box=None),
    )
    assert colors_at(unknown, SEA, POND) == [symbols.BEYOND, symbols.WATER]


def test_names_come_from_borders_and_places_in_the_language_of_the_sheet_and_once():
    told = names(
        ("大城", "Big City", 0, 120.01, 30.003),
        ("甲区", "甲区", 2, 120.004, 29.9965),
        ("远方", "Far Away", 1, 121.0, 30.0),
    )
    result = far_out(names=told)
    for language, name in (("zh", "大城"), ("en", "Big City")):
        written = [text.get_text() for text in drawn(result, language).axes[1].texts]
        assert {name, "甲区", "乙区"} <= set(written)
        assert written.count("甲区") == 1
        assert not {"远方", "Far Away"} & set(written)


def test_borders_are_drawn_over_a_light_edge():
    figure = drawn(far_out())
    edges = [patch.get_edgecolor() for patch in figure.axes[1].patches]
    assert [edge for edge in edges if edge in (symbols.BORDER, symbols.BORDER_HALO)] == [
        symbols.BORDER_HALO,
        symbols.BORDER,
    ] * 2


# --- Few persons --------------------------------------------------------------------------------


def test_where_weights_are_persons_it_says_so():
    texts = texts_of(drawn(village([20.0, 30.0], **persons())))
    assert {
        "of people covered",
        "people not covered",
        "People",
        "people who drive farthest",
    } <= set(texts)
    assert "of demand covered" not in texts
    texts = texts_of(drawn(village([20.0, 30.0], **persons()), "zh"))
    assert {"人员已覆盖", "未覆盖人数", "服务人数"} <= set(texts)


def test_few_persons_have_neither_a_name_nor_a_place_of_their_own():
    # the last two join, 300 m and 500 m from the station, at 300 + 200 x 4 / 7; the first stands for itself
    result = village([20.0, 3.0, 4.0], metres=[-400.0, 300.0, 500.0], **persons(5))
    figure = drawn(result)
    texts = texts_of(figure)
    assert "村0号" in texts
    assert not any("村1号" in text or "村2号" in text for text in texts)
    assert "farthest 1 min 23 s" in texts  # 500 m at 6 m a second
    seen = map_of(figure, result)
    shown = shown_demand(result.times.demand, result.scenario)
    assert shown.lon[1] == shown.lon[2] == pytest.approx(120.0 + (300 + 800 / 7) * EAST)
    dots = np.concatenate(
        [c.get_offsets() for c in figure.axes[1].collections if isinstance(c, PathCollection)]
    )
    assert {round(float(x), 6) for x in dots[:, 0]} == {
        round(float(seen.x(lon)), 6) for lon in shown.lon
    }
    worst = figure.axes[1].lines[0].get_xdata()[0]
    assert worst == pytest.approx(seen.x(shown.lon[2]))


# --- The same as ever, and as the map ------------------------------------------------------------


def test_equal_results_give_equal_bytes(tmp_path: Path):
    for name in ("a", "b"):
        write_sheet(street(), tmp_path / f"{name}.pdf", tmp_path / f"{name}.png")
    for ending in ("pdf", "png"):
        first, second = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("a", "b"))
        assert first == second
        assert b"Date" not in first


def test_without_a_chinese_font_it_is_in_english_and_a_hint_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(sheet, "chinese_font", lambda: None)
    for language in ("zh", "en"):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            write_sheet(street(), tmp_path / f"{language}.pdf", language=language)
        assert ("so the sheet is labelled in English" in caplog.text) is (language == "zh")
    assert (tmp_path / "zh.pdf").read_bytes() == (tmp_path / "en.pdf").read_bytes()


def test_colours_and_roads_are_those_of_the_map():
    scripts = "".join(
        (ASSETS / f"{name}.js").read_text("utf-8")
        for name in ("demand", "roads", "cover", "layers", "surroundings")
    )

    def listed(name: str) -> object:
        found = re.search(rf"{name}\W+= (\[.*?\]);|\b{name}: (\[.*?\])", scripts)
        assert found is not None
        return json.loads(found[1] or found[2])

    assert listed("STEP_COLORS") == list(symbols.STEP_COLORS)
    for name in ("width", "growth", "from", "cased", "thin", "casing", "fill"):
        ours = {"width": "WIDTH_PX"}.get(name, name.upper())
        assert listed(name) == list(getattr(symbols, f"ROAD_{ours}")), name
    of_places = scripts[scripts.index("PLACE_NAMES = {") :]
    assert json.loads(of_places[of_places.index("from: ") + 6 :].split("]")[0] + "]") == list(
        symbols.PLACE_FROM
    )
    assert all(f'"{color}"' in of_places for color in symbols.PLACE_COLOR)
    for color in (
        symbols.LAND,
        symbols.BEYOND,
        symbols.WATER,
        symbols.SHORE,
        symbols.COVERED_ROAD,
        symbols.OPEN_ROAD,
    ):
        assert f'"{color}"' in scripts
    areas = (ASSETS / "areas.js").read_text("utf-8")
    assert f"outermost: {symbols.ISOCHRONE_OUTERMOST}," in areas
    assert f"inside: {symbols.ISOCHRONE_INSIDE}," in areas
