"""Lists of stations: ids of sites, whatever else a table holds."""

from __future__ import annotations

import numpy as np
import openpyxl
import pytest
import towns

from planner.coordinates import Shifted, shifted_to
from planner.errors import PointsError
from planner.stationlists import read_station_list

SITES = towns.sites_at((0, 0), (1, 0), (2, 0))  # S00000 to S00002


@pytest.fixture
def read(tmp_path):
    def of(text, *, sites=SITES, encoding="utf-8", **more):
        (tmp_path / "list.csv").write_bytes(text.encode(encoding))
        return read_station_list(tmp_path / "list.csv", sites, file="list.csv", **more)

    return of


def called(*ids):
    sites = towns.sites_at(*((i, 0) for i in range(len(ids))))
    object.__setattr__(sites, "id", np.array(sorted(ids), dtype=object))
    return sites


def test_sites_come_by_position_whatever_their_order_in_the_list(read):
    found = read("id\nS00002\nS00000\n")
    assert found.stations.tolist() == [0, 2]
    assert found.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffid,name,kind,lon,lat\nS00001,驿站,bank,120.0,30.0\n",  # as the map exports it
        "编号;备注\nS00001;东\n",
        "id,lon,lat\nS00001,,nowhere\n",  # where they are is known already
    ],
)
def test_other_columns_do_not_matter(read, text):
    assert read(text).stations.tolist() == [1]


def test_the_ids_may_be_called_as_in_the_file_of_the_sites(read):
    assert read("host\nS00001\n", id_column="host").stations.tolist() == [1]
    assert read("id\nS00001\n", id_column="host").stations.tolist() == [1]


def test_a_list_may_be_a_sheet_of_excel(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id"], [7], [9]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    found = read_station_list(tmp_path / "list.xlsx", called("7", "8", "9"), file="list.xlsx")
    assert found.stations.tolist() == [0, 2]


def test_the_quote_that_keeps_a_spreadsheet_from_reading_a_formula_is_taken_away(read):
    sites = called("'quoted", "=1+1", "plain")
    assert read("id\n'=1+1\n", sites=sites).stations.tolist() == [list(sites.id).index("=1+1")]
    # an id that begins with a quote of its own keeps it
    assert read("id\n'quoted\n", sites=sites).stations.tolist() == [list(sites.id).index("'quoted")]


def test_a_site_named_twice_counts_once_and_is_told(read):
    found = read("id\nS00001\nS00002\nS00001\n")
    assert found.stations.tolist() == [1, 2]
    assert found.notes == ("list.csv: named more than once, counted once: S00001 (line 4)",)


def placed(*rows):
    return "id,lon,lat\n" + "".join(f"{i},{lon:.6f},{lat:.6f}\n" for i, lon, lat in rows)


NORTH_90_M, NORTH_110_M = 90 / 110_870, 110 / 110_870  # a degree of latitude at 31 N: 110.87 km
"""In degrees."""


def test_rows_farther_than_100_m_from_their_site_are_named(read):
    lon, lat = SITES.lon, SITES.lat
    near, far = ("S00000", lon[0], lat[0] + NORTH_90_M), ("S00001", lon[1], lat[1] + NORTH_110_M)
    assert read(placed(near)).notes == ()
    found = read(placed(near, far, ("S00002", lon[2], lat[2])))
    assert found.stations.tolist() == [0, 1, 2]
    (note,) = found.notes
    assert note == (
        "list.csv: farther than 100 m from the site of that id in sites.csv, whose place counts: "
        "S00001 (line 3, 110 m); do the ids mean the same?"
    )


def test_of_many_rows_elsewhere_five_are_named(read):
    sites = towns.sites_at(*((i, 0) for i in range(8)))
    moved = [(sites.id[i], sites.lon[i] + 0.01, sites.lat[i]) for i in range(8)]
    (note,) = read(placed(*moved), sites=sites).notes
    assert note.count("line ") == 5
    assert " and 3 more; do the ids" in note


def test_a_list_may_be_in_the_system_of_the_sites_or_in_wgs_84(read):
    lon, lat = shifted_to(Shifted.GCJ02, SITES.lon, SITES.lat)
    as_given = placed(*zip(SITES.id, lon, lat, strict=True))
    as_exported = placed(*zip(SITES.id, SITES.lon, SITES.lat, strict=True))
    assert "(line 2, " in read(as_given).notes[0]
    assert read(as_given, crs="gcj02").notes == ()
    assert read(as_exported, crs="gcj02").notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "id,经度,lng,纬度\nS00001,1,2,3\n",  # nobody knows which is which
        "id,lon,lat\nS00001,350000.0,3400000.0\n",  # not degrees
    ],
)
def test_places_that_cannot_be_told_are_not_compared(read, text):
    assert read(text).notes == ()


def test_every_row_that_names_no_site_is_told_with_the_nearest(read):
    with pytest.raises(PointsError) as caught:
        read("id,name\nS00001,a\nS000001,b\n,c\n幸福驿站,d\n")
    assert caught.value.file.name == "list.csv"
    assert caught.value.problems == [
        "line 3: S000001 is no site of sites.csv; did you mean S00001?",
        "line 4: id is missing",
        "line 5: 幸福驿站 is no site of sites.csv",
    ]


@pytest.mark.parametrize("text", ["", "id,name\n"])
def test_an_empty_list_is_refused(read, text):
    with pytest.raises(PointsError, match="names no station"):
        read(text)


def test_a_table_without_ids_is_refused(read):
    with pytest.raises(PointsError, match="no column id; columns there: 备注"):
        read("备注\nS00001\n")
