"""Speed limits of zones, by country."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.roads.zones import zone_kph

MPH = 1.609344


@pytest.mark.parametrize(
    ("word", "kph"),
    [
        ("cn:urban", 50),
        ("cn:rural", 70),
        ("cn:motorway", 120),
        ("de:urban", 50),
        ("de:rural", 100),
        ("de:bicycle_road", 30),
        ("at:motorway", 130),
        ("ch:rural", 80),
        ("li:urban", 50),
        ("fr:rural", 80),
        ("mc:urban", 50),
        ("ad:urban", 50),
        ("pt:rural", 90),
        ("fi:rural", 80),
        ("ro:urban", 50),
        ("ru:urban", 60),
        ("jp:rural", 60),
        ("hk:urban", 50),
        ("br:urban", 40),
        ("za:rural", 100),
        # in miles
        ("gb:nsl_single", 60 * MPH),
        ("gb:nsl_dual", 70 * MPH),
        ("gb:motorway", 70 * MPH),
        ("gb:urban", 30 * MPH),
        ("uk:nsl_single", 60 * MPH),
        # parts of a country, where the law is another one; else that of the country
        ("be:rural", 90),
        ("be-vlg:rural", 70),
        ("be-wal:rural", 90),
        ("gb-wls:nsl_restricted", 20 * MPH),
        ("gb-sct:nsl_restricted", 30 * MPH),
        # other names
        ("fl:urban", 50),
        # numbers
        ("de:zone:30", 30),
        ("de:zone30", 30),
        ("de:30", 30),
        ("zone:20", 20),
        ("zone20", 20),
        ("xx:zone30", 30),
        ("gb:zone20", 20 * MPH),
        ("gb:20", 20 * MPH),
        # words
        ("walk", 6),
        ("de:walk", 6),
        ("living_street", 10),
        ("ru:living_street", 10),
        ("xx:living_street", 10),
        # none
        ("de:motorway", None),
        ("de:zone", None),
        ("us:urban", None),
        ("xx:urban", None),
        ("urban", None),
        ("zone", None),
        ("none", None),
        ("signals", None),
        ("sign", None),
        ("", None),
        ("cn:", None),
        (":urban", None),
        ("cn: urban", None),
        ("https://de:30", None),
    ],
)
def test_a_word_stands_for_a_limit_or_for_none(word, kph):
    assert zone_kph(word) == (None if kph is None else pytest.approx(kph))


COUNTRIES = (
    *("ad", "ar", "at", "au", "be", "bg", "br", "by", "ch", "cl", "cn", "cz", "de", "dk", "ee"),
    *("es", "fi", "fr", "gb", "gr", "hk", "hr", "hu", "ie", "in", "it", "jp", "kr", "li", "lt"),
    *("lu", "lv", "mc", "mx", "nl", "no", "nz", "pl", "pt", "ro", "ru", "se", "sg", "si", "sk"),
    *("tr", "tw", "ua", "za"),
)


@pytest.mark.parametrize("country", COUNTRIES)
def test_towns_are_no_faster_than_the_open_road(country):
    urban, rural = zone_kph(f"{country}:urban"), zone_kph(f"{country}:rural")
    assert urban is not None
    assert 40 <= urban <= 70
    if country != "mc":  # all town
        assert rural is not None
        assert urban <= rural <= 110


@given(st.text())
def test_any_other_word_says_none_and_does_no_harm(word):
    kph = zone_kph(word)
    assert kph is None or kph >= 0
