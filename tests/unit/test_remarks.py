import pytest

from planner.run import survey_of
from planner.scenario import read_scenario

# A road of 2 km, and one of 400 m beside it that no other road meets. Coordinates: 1 km is 0.01036417 degrees.
ROADS = """<osm version="0.6">
<node id="1" lat="30.0" lon="120.0"/><node id="2" lat="30.0" lon="120.02072834"/>
<node id="3" lat="30.01" lon="120.0"/><node id="4" lat="30.01" lon="120.00414567"/>
<node id="5" lat="30.0" lon="120.03"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="11"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="12"><nd ref="2"/><nd ref="5"/><tag k="highway" v="residential"/><tag k="maxspeed" v="0"/></way>
</osm>"""
SCENARIO = """
[network]
file = "roads.osm"
access_kph = 0
[[fleets]]
vehicle = "car"
max_drive_min = {minutes}
[demand]
file = "demand.csv"
[sites]
file = "hosts.csv"
[placement]
"""


@pytest.fixture
def remarks(tmp_path):
    def remarks(demand, hosts, *, minutes=10):
        (tmp_path / "roads.osm").write_text(ROADS)
        for name, spots in (("demand", demand), ("hosts", hosts)):
            rows = [f"{i},{lon},{lat}" for i, (lon, lat) in spots.items()]
            (tmp_path / f"{name}.csv").write_text("\n".join(["id,lon,lat", *rows, ""]))
        (tmp_path / "town.toml").write_text(SCENARIO.format(minutes=minutes))
        told = survey_of(read_scenario(tmp_path / "town.toml")).remarks
        return [sentence.replace(f"{tmp_path}/", "") for sentence in told]

    return remarks


ON_ROAD = (120.001, 30.0)
AT_END = (120.02072834, 30.0)


def test_where_all_is_well_only_the_roads_have_something_to_say(remarks):
    assert remarks({"D1": ON_ROAD}, {"S1": AT_END}) == ["way 12 has maxspeed=0: taken as closed"]


def test_points_off_network_are_named_with_how_far_they_are(remarks):
    # 0.0225 degrees of latitude are 2494 m
    _, demand = remarks({"D1": ON_ROAD, "D2": (120.01, 29.9775)}, {"S1": AT_END})
    assert "demand.csv: 1 of 2 demand points are off network, too far from every road" in demand
    assert "D2 (2,494 m); raise max_access_m if that is wrong" in demand
    _, sites = remarks({"D1": ON_ROAD}, {"S1": AT_END, "S2": (120.01, 29.9775)})
    assert "hosts.csv: 1 of 2 sites are off network" in sites


def test_of_many_points_five_are_named(remarks):
    away = {f"D{i}": (120.01, 29.97) for i in range(1, 8)}
    _, sentence = remarks({"D0": ON_ROAD, **away}, {"S1": AT_END})
    assert "D5 (3,326 m) and 2 more; raise" in sentence
    assert "D6" not in sentence


def test_points_on_a_short_road_by_itself_are_named_and_so_is_that_no_site_is_reached(remarks):
    _, short, cut_off = remarks({"D1": ON_ROAD, "D2": (120.001, 30.01)}, {"S1": AT_END})
    assert (
        "demand.csv: 1 demand point is on roads of less than 500 m that no other road meets: D2"
        in short
    )
    assert "1 demand point is without a road to any site (islands, one-way traps): D2" in cut_off


def test_a_point_off_network_is_not_said_twice(remarks):
    told = remarks({"D1": ON_ROAD, "D2": (120.01, 29.9775)}, {"S1": AT_END})
    assert sum("D2" in sentence for sentence in told) == 1


def test_points_too_far_from_every_site_are_named_with_the_nearest(remarks):
    # a residential road without a limit: 20 km/h, 1 km takes 180 s; D1 has 1904 m to go
    _, sentence = remarks({"D1": ON_ROAD, "D2": AT_END}, {"S1": AT_END}, minutes=5)
    assert "1 demand point is within reach of no site in time: D1 (343 s to S1)" in sentence
    assert len(remarks({"D1": ON_ROAD}, {"S1": AT_END}, minutes=6)) == 1  # 360 s are enough


def test_points_another_town_away_are_told_from_swapped_ones(remarks):
    told = remarks({"D1": ON_ROAD, "D2": (121.0, 30.0)}, {"S1": AT_END})
    assert any("farther than 50 km from all roads: D2 (" in sentence for sentence in told)
