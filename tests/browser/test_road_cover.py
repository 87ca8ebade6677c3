"""Roads as demand on the map, opened in a browser without a network: what is drawn where, read from the canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
import towns
from browser.conftest import Open, Seen

from planner.run import run
from planner.scenario import read_scenario
from planner.webmap import map_html

pytestmark = pytest.mark.browser

# A road of 2,000 m to the east, 10 m/s, with a host at its west end: of 100 s it covers 1,000 m, the far end is 200 s away.
TOWN = """
language = "{language}"
[network]
file = "roads.osm"
speeds = "limits"
access_kph = 0
[[fleets]]
vehicle = "car"
max_drive_min = {minutes}
[demand]
{demand}
[sites]
file = "hosts.csv"
[placement]
"""
COVERED, OPEN = (42, 138, 130), (213, 94, 0)
"""The colours of the legend: #2a8a82 and #d55e00."""
OVER = (168, 67, 0)
"""The colour of what is marked as over the standard: #a84300."""
GROUND, MARKS = 0, 1
MIDDLE, EAST_END = (1000, 0), (2000, 0)

COLOURS = """([which, lat, lon]) => {
    const canvas = document.querySelectorAll("#stage canvas")[which];
    const box = canvas.getBoundingClientRect();
    const at = window.stationMap.map.latLngToContainerPoint([lat, lon]);
    const stage = document.getElementById("stage").getBoundingClientRect();
    const scale = canvas.width / box.width;
    const [x, y] = [(stage.left + at.x - box.left) * scale, (stage.top + at.y - box.top) * scale];
    const { data } = canvas.getContext("2d").getImageData(Math.round(x) - 3, Math.round(y) - 3, 7, 7);
    const found = [];
    for (let i = 0; i < data.length; i += 4) found.push([data[i], data[i + 1], data[i + 2]]);
    return found;
}"""
"""Colours of the pixels at most three from a place."""

LISTEN = """() => {
    window.written = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const { a, d, e, f } = this.getTransform();
        const [box, stage] = [this.canvas, document.getElementById("stage")].map((it) => it.getBoundingClientRect());
        const scale = box.width / this.canvas.width;
        window.written.push({
            text,
            x: box.left - stage.left + (a * x + e) * scale,
            y: box.top - stage.top + (d * y + f) * scale,
        });
        return draw.apply(this, arguments);
    };
}"""
"""Keep what is written on canvases from now on, and where on the map."""


def town_html(
    folder: Path, *, minutes: float = 100 / 60, demand: str = "roads = true", language: str = "en"
) -> str:
    """Return the map of a run on one road."""
    nodes = {1: (0, 0), 2: EAST_END}
    (folder / "roads.osm").write_text(towns.osm_text(nodes, [([1, 2], {})]), encoding="utf-8")
    for name, metres in (("hosts", (0, 0)), ("demand", (500, 0))):
        lon, lat = towns.degrees(*metres)
        (folder / f"{name}.csv").write_text(f"id,lon,lat\nP1,{lon},{lat}\n", encoding="utf-8")
    text = TOWN.format(minutes=minutes, demand=demand, language=language)
    (folder / "town.toml").write_text(text, encoding="utf-8")
    return map_html(run(read_scenario(folder / "town.toml")))


def look_at(seen: Seen, metres: tuple[float, float] = MIDDLE, *, zoom: int = 15) -> None:
    """Look at a place; the view is there at once."""
    lon, lat = towns.degrees(*metres)
    seen.page.evaluate(
        "([lat, lon, zoom]) => window.stationMap.map.setView([lat, lon], zoom, { animate: false })",
        [lat, lon, zoom],
    )
    seen.settle()


def is_drawn(seen: Seen, color: tuple[int, int, int], x_m: float, *, canvas: int = GROUND) -> bool:
    """Return whether something is drawn in a colour on the road so many metres from its west end."""
    lon, lat = towns.degrees(x_m, 0)
    pixels = seen.page.evaluate(COLOURS, [canvas, lat, lon])
    return any(max(abs(a - b) for a, b in zip(p, color, strict=True)) < 30 for p in pixels)


@pytest.fixture
def seen(open_map: Open, tmp_path: Path) -> Seen:
    found = open_map(town_html(tmp_path))
    look_at(found)
    return found


def complaints(seen: Seen) -> list[str]:
    """Return what the page complained about, but for our looking at its canvases so often."""
    return [said for said in seen.complaints if not said.startswith("Canvas2D")]


def test_road_within_the_standard_is_green_and_the_rest_orange(seen: Seen):
    for x_m in (150, 500, 950):
        assert is_drawn(seen, COVERED, x_m)
        assert not is_drawn(seen, OPEN, x_m)
    for x_m in (1050, 1400, 1850):
        assert is_drawn(seen, OPEN, x_m)
        assert not is_drawn(seen, COVERED, x_m)
    assert complaints(seen) == []


def test_the_layer_can_be_switched_off_and_on_and_its_legend_with_it(seen: Seen):
    assert seen.page.is_checked("#layer-cover")
    seen.page.uncheck("#layer-cover")
    assert not any(is_drawn(seen, color, x) for color in (COVERED, OPEN) for x in (500, 1400))
    assert "within 1 min 40 s" not in seen.text("#legend-body")
    seen.page.check("#layer-cover")
    assert is_drawn(seen, COVERED, 500)
    assert is_drawn(seen, OPEN, 1400)
    assert complaints(seen) == []


def test_the_legend_has_the_colours_that_are_drawn_in_both_languages(seen: Seen):
    def entries() -> dict[str, str]:
        rows = seen.page.locator("#legend-body li:has(i.line)")
        colors = rows.locator("i.line").evaluate_all(
            "(all) => all.map((i) => getComputedStyle(i).backgroundColor)"
        )
        return dict(zip([t.strip() for t in rows.all_text_contents()], colors, strict=True))

    green, orange = (f"rgb{color}" for color in (COVERED, OPEN))
    assert entries() == {
        "within 1 min 40 s": green,
        "beyond 1 min 40 s, or no way": orange,
    }
    seen.page.click("#language")
    assert entries() == {"1 分 40 秒内可达": green, "超出 1 分 40 秒，或无路可达": orange}


def written(seen: Seen) -> list[dict[str, object]]:
    """Return what is written on the map when its layer of roads is drawn anew."""
    seen.page.evaluate(LISTEN)
    seen.page.uncheck("#layer-cover")
    seen.page.evaluate("() => { window.written = []; }")
    seen.page.check("#layer-cover")
    told: list[dict[str, object]] = seen.page.evaluate("() => window.written")
    return told


def test_the_farthest_point_of_all_road_is_marked_at_its_place_with_its_time(seen: Seen):
    (label,) = [one for one in written(seen) if "farthest" in str(one["text"])]
    assert label["text"] == "farthest 3 min 20 s"
    lon, lat = towns.degrees(*EAST_END)
    at = seen.page.evaluate(
        """([lat, lon]) => {
            const { x, y } = window.stationMap.map.latLngToContainerPoint([lat, lon]);
            return [x, y];
        }""",
        [lat, lon],
    )
    assert is_drawn(seen, OVER, 2000, canvas=MARKS)
    # above the point, in the middle
    assert abs(float(label["x"]) - at[0]) < 3
    assert 5 < at[1] - float(label["y"]) < 40
    seen.page.evaluate("() => { window.written = []; }")
    seen.page.uncheck("#layer-cover")
    assert (
        seen.page.evaluate("() => window.written.filter((one) => one.text.includes('farthest'))")
        == []
    )


def test_where_all_road_is_covered_nothing_is_orange(open_map: Open, tmp_path: Path):
    seen = open_map(town_html(tmp_path, minutes=4))
    look_at(seen)
    assert all(is_drawn(seen, COVERED, x) for x in (500, 1400, 1950))
    assert not any(is_drawn(seen, OPEN, x) for x in (500, 1400, 1950))


def test_beside_demand_points_the_layer_is_off_where_roads_are_no_demand(
    open_map: Open, tmp_path: Path
):
    seen = open_map(town_html(tmp_path, demand='file = "demand.csv"'))
    look_at(seen)
    assert not seen.page.is_checked("#layer-cover")
    assert not is_drawn(seen, OPEN, 1400)
    seen.page.check("#layer-cover")
    assert is_drawn(seen, OPEN, 1400)
    assert is_drawn(seen, COVERED, 300)
