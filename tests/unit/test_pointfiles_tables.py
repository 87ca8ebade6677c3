"""Text tables: which encoding, which row has the headings, which column is which."""

import pytest
from madefiles import frame, problems

from planner.pointfiles.columns import USUAL
from planner.pointfiles.encodings import looks_chinese
from planner.points import read_demand, read_sites
from planner.scenario import DEMAND_COLUMNS, SITES_COLUMNS


@pytest.fixture
def csv(tmp_path):
    def csv(text, *, name="points.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return csv


# --- encodings --------------------------------------------------------------------------------

CHINESE = "id,lon,lat,name\nA,120,30,邮政银行\nB,121,31,楚门中心小学\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_text_is_read_right_without_being_told_its_encoding(csv, encoding):
    demand = read_demand(csv(CHINESE, encoding=encoding))
    assert demand.name.tolist() == ["邮政银行", "楚门中心小学"]


def test_only_a_guess_at_the_encoding_is_told(csv):
    assert read_demand(csv(CHINESE)).notes == ()
    assert read_demand(csv(CHINESE, encoding="utf-16")).notes == ()
    assert read_demand(csv(CHINESE, encoding="gb18030"), encoding="gb18030").notes == ()
    (note,) = read_demand(csv(CHINESE, encoding="gb18030")).notes
    assert note.startswith("text is not UTF-8 and taken for GB18030 ('A,120,30,邮政银行, B,121,31")
    assert note.endswith('; else say encoding = "…"')


def test_utf8_that_is_gb18030_too_is_utf8(csv):
    text = "id,lon,lat,name\nA,120,30,邮政银行\n"
    assert text.encode().decode("gb18030")  # no error, but other characters
    assert read_demand(csv(text)).name[0] == "邮政银行"


def test_the_encoding_that_was_told_goes_before_any_guess(csv):
    path = csv(CHINESE)
    assert read_demand(path, encoding="gb18030").name[0] == "邮政银行".encode().decode("gb18030")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Müllerstraße 5, Köln", "latin-1"),  # each letter with the next makes a rare character
        ("강남구 역삼동 우체국 은행 편의점 주유소", "euc-kr"),
        ("東京都千代田区 郵便局 コンビニ 図書館", "shift-jis"),
        ("臺北市信義區市府路郵局便利商店圖書館", "big5"),
    ],
)
def test_text_in_other_encodings_is_refused_rather_than_read_wrong(csv, name, encoding):
    path = csv(f'id,lon,lat,name\nA,120,30,x\nB,121,31,"{name}"\n', encoding=encoding)
    path.read_bytes().decode("gb18030")  # it would pass
    assert problems(read_demand, path) == [
        'line 3 is not UTF-8; say encoding = "gb18030" if it comes from a Chinese Excel'
    ]
    assert read_demand(path, encoding=encoding).name.tolist() == ["x", name]


def test_text_looks_chinese_where_half_of_it_is_usual_characters():
    usual, rare = "银行", "龘齉"
    assert looks_chinese(usual + rare)  # 2 of 4
    assert not looks_chinese(usual + rare + "麤")  # 2 of 5
    assert not looks_chinese("银")  # one may be chance
    assert not looks_chinese(usual + "\ue000")  # nobody writes such characters
    assert looks_chinese("ABC, 银行\r\n\t1")


# --- headings ---------------------------------------------------------------------------------


def test_titles_above_the_headings_are_passed_over_aloud(csv):
    demand = read_demand(csv("一览表,,\n\nid,lon,lat\nA,120,30\n"))
    assert demand.id.tolist() == ["A"]
    assert demand.notes == ("line 3 taken for the headings",)
    assert problems(read_demand, csv("一览表,,\n\nid,lon,lat\nA,x,30\n"))[0].startswith(
        "line 4 (A)"
    )


def test_a_title_without_separators_says_nothing_about_them(csv):
    assert read_demand(csv("stations of 2024\nid;lon;lat\nA;120;30\n")).id.tolist() == ["A"]


@pytest.mark.parametrize(("n_above", "is_found"), [(19, True), (20, False)])
def test_headings_are_looked_for_in_the_first_twenty_rows(csv, n_above, is_found):
    path = csv("title,,\n" * n_above + "id,lon,lat\nA,120,30\n")
    if is_found:
        assert read_demand(path).id.tolist() == ["A"]
    else:
        assert problems(read_demand, path)[0].startswith("no column id, lon, lat; columns there: t")
    assert read_demand(path, heading_row=n_above + 1).id.tolist() == ["A"]


def test_the_row_of_the_headings_may_be_told(csv):
    path = csv("id,lon,lat\nA,120,30\nid,lon,lat\nB,121,31\n")
    demand = read_demand(path, heading_row=3)
    assert demand.id.tolist() == ["B"]
    assert demand.notes == ()  # it was told
    (problem,) = problems(read_demand, path, heading_row=2)
    assert problem.startswith("no column id, lon, lat; columns there: A, 120, 30")


def test_a_broken_quote_is_told_by_line_wherever_it_is(csv):
    good = "A,120,30\n" * 30
    for text, line in (
        ('id,lon,lat\nA,120,30\n"B"x,1,1\n', 3),
        (f'id,lon,lat\n{good}"B"x,1\n', 32),
    ):
        (problem,) = problems(read_demand, csv(text))
        assert problem.startswith(f"line {line} can't be read")


# --- columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "编号,经度,纬度",
        "站点编号,经度,纬度",
        "STATION_ID,Lng,Latitude",
        "序号,经度,纬度",
        "code,long,lat",
    ],
)
def test_columns_are_known_by_usual_names_and_what_was_taken_is_told(csv, header):
    demand = read_demand(csv(f"{header}\nA,120,30\n"))
    assert (demand.id[0], demand.lon[0], demand.lat[0]) == ("A", 120, 30)
    (note,) = demand.notes
    assert note.startswith(f"columns by their usual names: {header.split(',')[0]} taken for id, ")


def test_our_own_names_need_no_word(csv):
    assert read_demand(csv("ID,Lon,LAT\nA,120,30\n")).notes == ()


def test_our_own_names_go_before_usual_ones(csv):
    demand = read_demand(csv("编号,id,lon,lat,经度,人口,weight\nX,A,120,30,1,7,2\n"))
    assert (demand.id[0], demand.lon[0], demand.weight[0]) == ("A", 120, 2)
    assert demand.notes == ()


def test_a_number_of_the_row_is_an_id_only_where_there_is_no_other(csv):
    assert read_demand(csv("序号,站点编号,经度,纬度\n1,A,120,30\n")).id.tolist() == ["A"]


def test_of_two_usual_names_neither_is_taken(csv):
    path = csv("编号,站点编号,经度,纬度\n1,A,120,30\n")
    assert problems(read_demand, path) == [
        'columns 编号 and 站点编号 may both be id; say which with columns = { id = "编号" }'
    ]
    assert read_demand(path, columns={"id": "站点编号"}).id.tolist() == ["A"]


def test_a_column_that_was_told_is_not_guessed_for_another_one(csv):
    path = csv("人口,lon,lat\n7,120,30\n")
    demand = read_demand(path, columns={"id": "人口"})
    assert (demand.id[0], demand.weight[0]) == ("7", 1)


def test_width_of_letters_does_not_matter(csv):
    demand = read_demand(csv("ｉｄ,ｌｏｎ,lat,镇（街道）\nA,120,30,楚门镇\n"))
    assert (demand.id[0], demand.district[0]) == ("A", "楚门镇")


def test_all_of_a_chinese_table_of_hosts_is_understood(csv):
    text = (
        "编号,名称,类型,经度,纬度,服务内容,营业时间,是否已建,是否必选,是否排除\n"
        "A,农商行,bank,120,30,rest;water,08:00-18:00,是,否,否\n"
    )
    sites = read_sites(csv(text))
    told = [sites.name[0], sites.kind[0], sites.services[0], sites.opening_hours[0]]
    assert told == ["农商行", "bank", "rest;water", "08:00-18:00"]
    assert (sites.is_existing[0], sites.is_required[0], sites.is_excluded[0]) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("crs", "is_taken"), [("EPSG:4549", True), ("gcj02", True), ("wgs84", False), (None, False)]
)
def test_x_and_y_are_coordinates_only_where_the_crs_is_told(csv, crs, is_taken):
    place = "500000,3320113" if crs == "EPSG:4549" else "120,30"
    path = csv(f"id,x,y\nA,{place}\n")
    if is_taken:
        assert read_demand(path, crs=crs).lon[0] == pytest.approx(120, abs=0.01)
    else:
        assert problems(read_demand, path, crs=crs)[0].startswith("no column lon, lat; ")


def test_no_usual_name_stands_for_two_of_our_columns():
    names = [name for groups in USUAL.values() for group in groups for name in group]
    assert len(names) == len(set(names))
    assert not set(names) & set(USUAL)
    assert set(USUAL) == set(DEMAND_COLUMNS) | set(SITES_COLUMNS)


# --- guessed weights --------------------------------------------------------------------------


def test_a_population_is_taken_for_the_weight_aloud(csv):
    demand = read_demand(csv("id,lon,lat,population\nA,120,30,7\n"))
    assert demand.weight[0] == 7
    assert demand.notes == ("columns by their usual names: population taken for weight",)


@pytest.mark.parametrize(("n_empty", "is_taken"), [(2, True), (3, False)])
def test_a_guessed_weight_that_most_rows_lack_is_none(csv, n_empty, is_taken):
    rows = "".join(f"P{i},120,30,{'' if i < n_empty else 9}\n" for i in range(4))
    path = csv(f"id,lon,lat,population\n{rows}")
    if is_taken:  # then each row that lacks it is a fault
        assert len(problems(read_demand, path)) == n_empty
    else:
        demand = read_demand(path)
        assert demand.weight.tolist() == [1, 1, 1, 1]
        assert demand.notes[-1] == "3 of 4 rows have no weight, so that every row counts as 1"


def test_a_weight_that_was_told_is_never_given_up(csv):
    path = csv("id,lon,lat,population\nA,120,30,\nB,120,30,\nC,120,30,1\n")
    assert len(problems(read_demand, path, columns={"weight": "population"})) == 2


# --- rows of sums -----------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["合计", "总 计", "小计：", "Total", "SUM"])
def test_a_row_of_sums_is_refused_with_the_remedy(csv, word):
    assert problems(read_demand, csv(f"id,lon,lat,weight\nA,120,30,2\n{word},,,2\n")) == [
        f"line 3 ({word}): looks like a row of sums; delete it"
    ]
    assert problems(read_demand, csv(f"id,name,lon,lat\nA,a,120,30\n,{word},,\n")) == [
        "line 3: looks like a row of sums; delete it"
    ]


@pytest.mark.parametrize(("weight", "is_sum"), [("5", True), ("5.1", False)])
def test_a_row_without_an_id_that_weighs_as_much_as_all_above_is_one_of_sums(csv, weight, is_sum):
    path = csv(f"id,lon,lat,weight\nA,120,30,2\nB,120,30,3\n,,,{weight}\n")
    assert (
        problems(read_demand, path) == ["line 4: looks like a row of sums; delete it"]
    ) is is_sum


def test_a_place_called_total_is_a_place(csv):
    assert read_sites(csv("id,name,lon,lat\nA,Total,120,30\n")).name.tolist() == ["Total"]


# --- options that are for other files ---------------------------------------------------------


def test_options_that_are_for_other_files_are_errors(csv, tmp_path):
    table = csv("id,lon,lat\nA,120,30\n")
    assert problems(read_demand, table, sheet="a", layer="b") == [
        'sheet = "a" is for Excel files; leave it out',
        'layer = "b" is for files with layers; leave it out',
    ]
    frame().to_file(tmp_path / "a.gpkg")
    assert problems(read_demand, tmp_path / "a.gpkg", heading_row=1) == [
        "heading_row is for tables, and this is a layer; leave it out"
    ]


def test_options_for_the_first_file_do_not_bind_the_second(csv, tmp_path):
    hosts = csv("t,,\nid,lon,lat\nA,120,30\n", name="hosts.csv")
    stand = csv("编号,lon,lat\nB,120.1,30\n", name="stations.csv")
    sites = read_sites(hosts, heading_row=2, existing=stand)
    assert sites.id.tolist() == ["A", "B"]
    assert sites.notes == ("stations.csv: columns by their usual names: 编号 taken for id",)
