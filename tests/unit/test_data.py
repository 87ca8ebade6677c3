"""The shipped county is the one that its README speaks of."""

import hashlib
import re
from pathlib import Path

import pytest

from planner.roads import read_network
from planner.scenario import read_scenario

DATA = Path(__file__).parents[2] / "data"
ROWS = re.findall(
    r"^\| `(yuhuan/[^`]+)` .*`([0-9a-f]{64})` \|$",
    (DATA / "README.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)


def test_every_file_has_a_row():
    files = {path.relative_to(DATA).as_posix() for path in (DATA / "yuhuan").iterdir()}
    assert {name for name, _ in ROWS} == files


@pytest.mark.parametrize(("name", "sha256"), ROWS)
def test_a_file_has_the_checksum_that_is_told(name, sha256):
    assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize("name", ["fewest.toml", "seventy-eight.toml"])
def test_the_maps_say_in_both_languages_that_the_county_is_synthetic(name):
    notice = read_scenario(DATA / "yuhuan" / name).notice
    assert "合成" in notice.zh
    assert "synthetic" in notice.en


def test_the_county_is_as_large_as_its_readme_says():
    network = read_network(DATA / "yuhuan" / "roads.osm.pbf")
    assert 10_000 <= network.n_nodes <= 20_000
    assert network.length_m == pytest.approx(2_280_000, rel=1e-3)
    # main island, peninsula and Haishan hang together; Jishan and two islets lie apart
    assert network.component_length_m.size == 4
