"""What looks odd: each sentence where it holds, and none where it does not."""

import pytest
import towns

from planner.findings.odd import odd_things
from planner.run import survey_of
from planner.scenario import read_scenario

# A road of 2 km from west to east, and another one of 2 km that crosses it at 1000 m; both drive at 36 km/h.
NODES = {1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (1000, -1000), 5: (1000, 1000)}
WAYS = [([1, 2, 3], {}), ([4, 2, 5], {})]
DEMAND = [(f"D{i}", 100 * i, 5, "1") for i in range(1, 7)]
HOSTS = [("S1", 300, 5, "bank"), ("S2", 900, 5, "bank")]


def odd(folder, *, nodes=NODES, ways=WAYS, demand=DEMAND, hosts=HOSTS, columns="kind", more=""):
    """Return what looks odd about a town, whose files are named roads.osm, demand.csv and hosts.csv."""
    (folder / "roads.osm").write_text(towns.osm_text(nodes, ways), encoding="utf-8")
    for name, rows, last in (("demand", demand, "weight"), ("hosts", hosts, columns)):
        lines = [f"id,lon,lat,{last}"]
        for row, x, y, value in rows:
            lon, lat = towns.degrees(x, y)
            lines.append(f"{row},{lon:.7f},{lat:.7f},{value}")
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "town.toml").write_text(
        f'[network]\nfile = "roads.osm"\n{more}\n[demand]\nfile = "demand.csv"\n'
        '[sites]\nfile = "hosts.csv"\n[placement]\n'
    )
    scenario = read_scenario(folder / "town.toml")
    return odd_things(scenario, survey_of(scenario))


def test_nothing_is_odd_about_a_sound_town(tmp_path):
    assert odd(tmp_path) == []


def test_hardly_any_road(tmp_path):
    ways = [([1, 2], {})]  # 1000 m are enough, 999 m are not
    assert odd(tmp_path, nodes=NODES | {2: (1000.5, 0)}, ways=ways) == []
    (said,) = odd(tmp_path, nodes=NODES | {2: (999, 0)}, ways=ways)
    assert said == "roads.osm: only 999 m of road for a car; is it the right file, and vehicle?"


def test_a_vehicle_that_may_use_hardly_any_way(tmp_path):
    paths = [([1, 4], {"highway": "path"})] * 39
    (said,) = odd(tmp_path, ways=[*WAYS, *paths])  # 2 of 41 are 4.9 %
    assert said == "roads.osm: a car may use only 2 of 41 ways; is it the right vehicle?"
    assert odd(tmp_path, ways=[*WAYS, *paths[:38]]) == []  # 2 of 40


def test_roads_in_two_large_parts(tmp_path):
    nodes = NODES | {8: (0, 3000), 9: (500, 3000)}
    (said,) = odd(tmp_path, nodes=nodes, ways=[*WAYS, ([8, 9], {})])  # 0.5 of 4.5 km
    assert said.startswith(
        "roads.osm: the roads fall into large parts that no road joins: 4.0 km, 0.5 km;"
    )
    nodes[9] = (400, 3000)
    assert odd(tmp_path, nodes=nodes, ways=[*WAYS, ([8, 9], {})]) == []


def test_roads_that_do_not_meet(tmp_path):
    # eleven pieces of 100 m beside 4 km: 1.1 of 5.1 km; nine are 0.9 of 4.9, less than a fifth
    nodes, ways = dict(NODES), list(WAYS)
    for i in range(11):
        nodes |= {100 + i: (300 * i, 3000), 200 + i: (300 * i + 100, 3000)}
        ways.append(([100 + i, 200 + i], {}))
    (said,) = odd(tmp_path, nodes=nodes, ways=ways)
    assert said.startswith("roads.osm: 21.5")
    assert "of the roads are in pieces of less than 500 m that no other road meets" in said
    assert odd(tmp_path, nodes=nodes, ways=ways[:-2]) == []


def test_speeds_for_a_class_that_no_road_has(tmp_path):
    speeds = "speeds = { residential = 20, trunk = 50 }"
    assert odd(tmp_path, more=speeds) == ["roads.osm: no road is trunk, for which speeds are told"]
    # a link is driven at the speed of the class below
    links = [*WAYS, ([1, 4], {"highway": "trunk_link"}), ([3, 4], {"highway": "trunk"})]
    assert odd(tmp_path, ways=links, more="speeds = { primary = 30, trunk = 50 }") == []


@pytest.mark.parametrize(("n_twins", "is_odd"), [(0, False), (2, True)])
def test_points_at_the_very_same_spot(tmp_path, n_twins, is_odd):
    twins = [(f"T{i}", 700, 5, "1") for i in range(n_twins)]
    said = odd(tmp_path, demand=[*DEMAND, *twins])
    assert bool(said) is is_odd
    if is_odd:
        assert said[0].startswith(
            "demand.csv: 2 of 8 demand points lie at the very same spot as another one, 2 of them at one (T0, T1);"
        )


def test_many_points_far_from_their_road(tmp_path):
    far = [*DEMAND, ("D8", 300, 150, "1")]  # one of seven
    (said,) = odd(tmp_path, demand=far)
    assert said.startswith(
        "demand.csv: 1 of 7 demand points are 100 m or more from the road they are put on (D8)"
    )
    few = [(f"D{i:02d}", 40 * i, 5, "1") for i in range(1, 20)]
    assert odd(tmp_path, demand=[*few, ("D99", 300, 150, "1")]) == []  # one of twenty


def test_most_points_far_from_all_roads_may_be_in_another_system(tmp_path):
    shifted = [(name, x, y + 450, weight) for name, x, y, weight in DEMAND]
    said = odd(tmp_path, demand=shifted)
    assert said[0].startswith(
        "demand.csv: 6 of 6 demand points are more than 100 m from every road"
    )
    assert 'crs = "gcj02"' in said[0]


def test_a_point_of_more_than_half_of_all_weight(tmp_path):
    heavy = [*DEMAND, ("D9", 650, 5, "7")]  # 7 of 13
    assert odd(tmp_path, demand=heavy) == [
        "demand.csv: D9 alone has 53.85 % of all weight; is that right?"
    ]
    assert odd(tmp_path, demand=[*DEMAND, ("D9", 650, 5, "6")]) == []  # just half


def test_points_that_weigh_nothing(tmp_path):
    (said,) = odd(tmp_path, demand=[*DEMAND, ("D9", 650, 5, "0")])
    assert said == "demand.csv: 1 of 7 demand points weigh nothing, and no plan minds them"


def test_sites_without_a_kind_where_others_have_one(tmp_path):
    hosts = [*HOSTS, ("S3", 500, 5, "")]
    assert odd(tmp_path, hosts=hosts) == [
        "hosts.csv: 1 site without a kind, where others have one: S3"
    ]
    assert odd(tmp_path, hosts=[(*host[:3], "") for host in hosts]) == []


def test_required_sites_off_network(tmp_path):
    hosts = [("S1", 300, 5, "no"), ("S2", 900, 5, "no"), ("S3", 2500, 900, "yes")]
    (said,) = odd(tmp_path, hosts=hosts, columns="required")
    assert said.startswith("hosts.csv: 1 required site off network: S3;")
    (said,) = odd(tmp_path, hosts=hosts, columns="existing")
    assert said.startswith("hosts.csv: 1 existing site off network: S3;")


def test_sites_that_have_no_demand_near_them(tmp_path):
    # five minutes of cars at 36 km/h x 0.85 are 2.5 km: what is cut off is out of reach
    nodes = NODES | {8: (9000, 0), 9: (9300, 0)}
    hosts = [("S1", 300, 5, "bank"), ("S2", 9100, 5, "bank"), ("S3", 9200, 5, "bank")]
    (said,) = odd(tmp_path, nodes=nodes, ways=[*WAYS, ([8, 9], {})], hosts=hosts)
    assert said.startswith("hosts.csv: 2 of 3 sites have no demand within the standard;")
