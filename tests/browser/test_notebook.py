"""Maps in notebooks: of a result, of roads alone, with isochrones and points, and with layers of analysts."""

from __future__ import annotations

import json
from pathlib import Path

import folium
import folium.plugins
import geopandas
import numpy as np
import pytest
from branca.colormap import LinearColormap
from browser.conftest import PHONE, Open, Seen
from browser.towns import grid_network, make_demand, make_sites, town
from shapely.geometry import Point, box

from planner.errors import PlannerError
from planner.isochrones import isochrones
from planner.webmap import station_map

pytestmark = pytest.mark.browser

NETWORK = grid_network(8, lon=121.2, lat=28.1)  # 1050 m square
SITES = make_sites(
    np.array([121.202, 121.208]),
    np.array([28.102, 28.107]),
    name=["银行<b>", "Shop"],
    kind=["bank", "shop"],
    existing=(1,),
)
DEMAND = make_demand(
    np.array([121.201, 121.204, 121.209]),
    np.array([28.101, 28.104, 28.109]),
    weight=np.array([3.0, 40.0, 5.0]),
    name=["甲", "乙", "丙"],
)


@pytest.fixture(scope="module")
def areas() -> geopandas.GeoDataFrame:
    return isochrones(NETWORK, SITES, [0.5, 1.0])


def notebook(shown: folium.Map) -> str:
    return (
        "<!DOCTYPE html><html data-ready='true'><meta charset='utf-8'>"
        f"<body>{shown._repr_html_()}</html>"
    )


def legend(seen: Seen) -> str:
    return seen.page.locator("#legend-body").text_content() or ""


# --- In a frame ---------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1200, PHONE[0]])
def test_a_notebook_shows_a_map_in_a_frame_of_its_own_height(open_map: Open, width: int):
    seen = open_map(notebook(station_map(town(n_side=12, n_demand=60))), size=(width, 900))
    frame = seen.page.frame_locator("iframe")
    frame.locator("html[data-ready=true]").wait_for(state="attached")
    assert seen.page.locator("iframe").bounding_box()["height"] == pytest.approx(640, abs=4)
    assert frame.locator("#map_stations").is_visible()
    frame.locator("#zoom-in").click()
    seen.page.wait_for_timeout(300)
    assert [url for url in seen.requests if not url.startswith(("about:", "file:", "data:"))] == []
    assert seen.complaints == []


def test_a_frame_may_be_made_as_high_as_one_likes():
    shown = station_map(town(n_side=12, n_demand=60))
    shown.get_root().height = "333px"
    assert 'height="333px"' in shown._repr_html_()


# --- Roads without a result ---------------------------------------------------------------------


def test_roads_alone_have_no_figures_no_table_no_legend_and_are_no_draft(open_map: Open):
    seen = open_map(NETWORK.map(language="en").get_root().render())
    km, n = NETWORK.length_m / 1000, NETWORK.n_nodes
    assert seen.text("#says-answer") == f"{km:.1f} km of road for cars, {n} junctions"
    assert seen.text("#title") == "roads.osm"
    for gone in (
        "#figures",
        "#split",
        "#lists",
        ".stations",
        ".search",
        "#legend",
        ".credit-draft",
    ):
        assert not seen.page.locator(gone).is_visible(), gone
    switches = seen.page.locator("#switches label").all_inner_texts()
    assert [said.strip() for said in switches] == ["Roads", "Names"]
    # the roads fill the map
    seen.page.wait_for_timeout(300)
    corners = seen.page.evaluate("""() => {
        const box = stationMap.map.getBounds();
        return [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()];
    }""")
    west, south, east, north = NETWORK.bounds
    assert corners[0] < south < north < corners[2]
    assert corners[1] < west < east < corners[3]
    assert corners[2] - corners[0] < 4 * (north - south)
    assert len(seen.requests) == 1
    assert seen.complaints == []


def test_points_and_isochrones_are_drawn_where_they_are_given(
    open_map: Open, areas: geopandas.GeoDataFrame
):
    shown = NETWORK.map(areas=areas, sites=SITES, demand=DEMAND, title="<i>t</i>", language="en")
    page = shown.get_root().render()
    assert "<i>t</i>" not in page
    assert "银行<b>" not in page
    seen = open_map(page)
    assert seen.text("#title") == "<i>t</i>"
    assert seen.page.locator("#stations tbody th").all_inner_texts() == ["Shop", "银行<b>"]
    said = legend(seen)
    for words in ("demand", "within 0:30 min", "within 1 min", "that of the selected site", "bank"):
        assert words in said
    assert "no road" not in said
    assert "0–" not in said
    switches = [text.strip() for text in seen.page.locator("#switches label").all_inner_texts()]
    assert switches == ["Sites", "Demand", "Isochrones", "Roads", "Names"]
    # a site tells what it is and nothing of drives; a place its weight
    seen.page.mouse.click(*seen.where("station", 0))
    card = seen.page.locator("#card")
    card.wait_for()
    assert "Site · no station yet" in card.inner_text()
    assert "Serves" not in card.inner_text()
    seen.page.keyboard.press("Escape")
    seen.page.mouse.click(*seen.where("place", 1))
    card.wait_for()
    assert "40" in card.inner_text()
    assert "covered" not in card.inner_text()
    seen.page.click("#language")
    assert "3.2 公里道路" not in seen.text("#says-answer")
    assert "公里道路（汽车）" in seen.text("#says-answer")
    assert seen.complaints == []


def test_isochrones_without_their_sites_are_drawn_together(
    open_map: Open, areas: geopandas.GeoDataFrame
):
    seen = open_map(NETWORK.map(areas=areas.to_crs(3857), language="en").get_root().render())
    said = legend(seen)
    assert "within 1 min" in said
    assert "that of the selected site" not in said
    # around a point in the first area much is greener than land (#faf8f3)
    inside = areas.geometry.iloc[0].representative_point()
    greener = seen.page.evaluate(
        """([lon, lat]) => {
            const canvas = document.querySelector(".leaflet-ground-pane canvas");
            const from = canvas.getBoundingClientRect();
            const stage = document.getElementById("stage").getBoundingClientRect();
            const at = stationMap.map.latLngToContainerPoint([lat, lon]);
            const [x, y] = [stage.left + at.x - from.left, stage.top + at.y - from.top];
            const data = canvas.getContext("2d").getImageData(x - 20, y - 20, 40, 40).data;
            let n = 0;
            for (let i = 0; i < data.length; i += 4) n += data[i + 1] - data[i] > 15;
            return n / 1600;
        }""",
        [inside.x, inside.y],
    )
    assert greener > 0.2
    assert seen.complaints == []


@pytest.mark.parametrize(
    "frame",
    [
        geopandas.GeoDataFrame({"geometry": [box(0, 0, 1, 1)]}, crs=4326),
        geopandas.GeoDataFrame({"minutes": [5], "geometry": [box(0, 0, 1, 1)]}),
        geopandas.GeoDataFrame({"minutes": [5], "geometry": [Point(0, 0)]}, crs=4326),
    ],
    ids=["no minutes", "no crs", "points"],
)
def test_areas_of_another_shape_are_refused(frame: geopandas.GeoDataFrame):
    with pytest.raises(PlannerError, match=r"planner\.isochrones gives"):
        NETWORK.map(areas=frame)


# --- Layers of analysts -------------------------------------------------------------------------

POLYGON = {
    "type": "Feature",
    "properties": {"name": "a", "value": 3},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[121.2, 28.1], [121.21, 28.1], [121.21, 28.11], [121.2, 28.1]]],
    },
}
LAYERS = {
    "GeoJson": lambda: folium.GeoJson(
        POLYGON,
        name="polygon",
        style_function=lambda _: {"color": "red"},
        highlight_function=lambda _: {"weight": 5},
        tooltip=folium.GeoJsonTooltip(fields=["name", "value"], aliases=["Name", "Value"]),
        popup=folium.GeoJsonPopup(fields=["name"]),
        zoom_on_click=True,
    ),
    "GeoJson of points": lambda: folium.GeoJson(
        {"type": "Point", "coordinates": [121.205, 28.105]},
        marker=folium.CircleMarker(radius=6, fill=True),
    ),
    "GeoJson of a frame": lambda: folium.GeoJson(
        geopandas.GeoDataFrame({"n": [1]}, geometry=[box(121.2, 28.1, 121.21, 28.11)], crs=4326)
    ),
    "Marker": lambda: folium.Marker([28.105, 121.205], tooltip="t", popup="p"),
    "Marker with an icon": lambda: folium.Marker(
        [28.105, 121.205], icon=folium.Icon(color="green", icon="home", prefix="fa")
    ),
    "Marker with a text": lambda: folium.Marker(
        [28.105, 121.205], icon=folium.DivIcon(html="<b>here</b>")
    ),
    "Marker to drag": lambda: folium.Marker([28.105, 121.205], draggable=True),
    "CircleMarker": lambda: folium.CircleMarker([28.105, 121.205], radius=9, tooltip="t"),
    "Circle": lambda: folium.Circle([28.105, 121.205], radius=200, popup=folium.Popup("<i>p</i>")),
    "Polygon": lambda: folium.Polygon([[28.1, 121.2], [28.11, 121.2], [28.11, 121.21]], popup="p"),
    "PolyLine": lambda: folium.PolyLine(
        [[28.1, 121.2], [28.11, 121.21]], tooltip=folium.Tooltip("t")
    ),
    "Rectangle": lambda: folium.Rectangle([[28.1, 121.2], [28.11, 121.21]], fill=True),
    "ColorLine": lambda: folium.ColorLine(
        [[28.1, 121.2], [28.105, 121.205], [28.11, 121.21]], colors=[0, 1], nb_steps=4
    ),
    "ImageOverlay": lambda: folium.raster_layers.ImageOverlay(
        np.eye(3), bounds=[[28.1, 121.2], [28.11, 121.21]]
    ),
    "LatLngPopup": folium.LatLngPopup,
    "Popup as a frame": lambda: folium.Marker(
        [28.105, 121.205], popup=folium.Popup(folium.IFrame("<p>x</p>", width=99, height=99))
    ),
}


def plain_map() -> folium.Map:
    return NETWORK.map(language="en")


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.slow
def test_layers_of_folium_work_without_a_network(open_map: Open, name: str):
    shown = plain_map()
    group = folium.FeatureGroup(name="theirs").add_to(shown)
    LAYERS[name]().add_to(shown if name == "LatLngPopup" else group)
    folium.LayerControl(collapsed=False).add_to(shown)
    open_and_close(open_map(shown.get_root().render()))


@pytest.mark.slow
def test_all_layers_of_folium_together_work_without_a_network(open_map: Open):
    shown = plain_map()
    for name, layer in LAYERS.items():
        if name not in ("LatLngPopup", "Popup as a frame"):
            layer().add_to(folium.FeatureGroup(name=name).add_to(shown))
    folium.LayerControl(collapsed=False).add_to(shown)
    seen = open_map(shown.get_root().render())
    assert seen.page.locator(".leaflet-control-layers label").count() == len(LAYERS) - 2
    open_and_close(seen)


def open_and_close(seen: Seen) -> None:
    """Open all tooltips and popups of a map, switch its layers, and ask that nothing was asked for or went wrong."""
    said = seen.page.evaluate("""() => {
        const said = [];
        map_stations.eachLayer((layer) => {
            for (const what of ["Tooltip", "Popup"]) {
                if (!layer[`get${what}`] || !layer[`get${what}`]() || !layer[`open${what}`]) continue;
                layer[`open${what}`]();
                said.push(layer[`get${what}`]().getElement().textContent.trim());
            }
        });
        return said;
    }""")
    assert all(said), said
    for box_ in seen.page.locator(".leaflet-control-layers input").all():
        box_.click()
        box_.click()
    seen.page.wait_for_timeout(200)
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "about:"))] == []
    assert seen.complaints == []


OUTSIDE = {
    "Draw": folium.plugins.Draw,
    "MarkerCluster": folium.plugins.MarkerCluster,
    "HeatMap": lambda: folium.plugins.HeatMap([[28.1, 121.2]]),
    "TileLayer": lambda: folium.TileLayer("OpenStreetMap"),
    "WmsTileLayer": lambda: folium.WmsTileLayer("https://example.org/wms", layers="a"),
    "ImageOverlay": lambda: folium.raster_layers.ImageOverlay(
        "https://example.org/a.png", bounds=[[28.1, 121.2], [28.11, 121.21]]
    ),
    "LinearColormap": lambda: LinearColormap(["red", "blue"]),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_layers_that_need_files_from_elsewhere_are_refused_by_name(name: str):
    shown = plain_map()
    OUTSIDE[name]().add_to(shown)
    with pytest.raises(PlannerError, match=f"loads nothing from elsewhere, and {name} needs http"):
        shown.get_root().render()


def test_a_file_beside_the_map_is_outside_too(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(POLYGON))
    shown = plain_map()
    folium.GeoJson(str(tmp_path / "a.json"), embed=False).add_to(shown)
    with pytest.raises(PlannerError, match=r"GeoJson needs .*a\.json"):
        shown.get_root().render()


def test_a_choropleth_is_refused_for_its_legend_and_told_what_works_in_its_place():
    shown = plain_map()
    frame = geopandas.GeoDataFrame(
        {"n": [1, 2], "v": [1.0, 2.0]},
        geometry=[box(121.2, 28.1, 121.21, 28.11), box(121.21, 28.1, 121.22, 28.11)],
        crs=4326,
    )
    folium.Choropleth(
        frame.to_json(), data=frame, columns=["n", "v"], key_on="feature.properties.n"
    ).add_to(shown)
    with pytest.raises(PlannerError, match="GeoJson with a style_function in the place of Chorop"):
        shown._repr_html_()


def test_a_map_of_roads_drawn_twice_is_the_same(areas: geopandas.GeoDataFrame):
    def page() -> str:
        return NETWORK.map(areas=areas, sites=SITES, demand=DEMAND).get_root().render()

    assert page() == page()
