"""All words of the tables that are handed on, in Chinese and English."""

from __future__ import annotations

from typing import Final

from planner.answer.words import LANGUAGES

_SHEETS: Final[dict[str, tuple[str, str]]] = {
    "summary": ("摘要", "Summary"),
    "stations": ("驿站", "Stations"),
    "districts": ("区域", "Districts"),
    "assignments": ("服务关系", "Assignments"),
    "uncovered": ("未覆盖", "Not covered"),
    "sources": ("数据来源", "Sources"),
    "remarks": ("提示", "Remarks"),
}
"""What tables are called."""

_HEADINGS: Final[dict[str, tuple[str, str]]] = {
    "item": ("项目", "Item"),
    "value": ("数值", "Value"),
    "id": ("编号", "Id"),
    "name": ("名称", "Name"),
    "kind": ("依托场所", "Host"),
    "services": ("服务", "Services"),
    "opening_hours": ("开放时间", "Hours"),
    "lon": ("经度", "Longitude"),
    "lat": ("纬度", "Latitude"),
    "existing": ("现有", "Existing"),
    "n_served": ("服务地点数", "Places served"),
    "weight_served": ("服务需求", "Demand served"),
    "mean_drive_time_s": ("平均车程（秒）", "Mean drive (s)"),
    "max_drive_time_s": ("最远车程（秒）", "Farthest drive (s)"),
    "only_road_m": ("独自覆盖道路（米）", "Road it alone covers (m)"),
    "district": ("所属区域", "District"),
    "n": ("需求点数", "Demand points"),
    "weight": ("需求量", "Weight"),
    "covered_n": ("已覆盖点数", "Points covered"),
    "covered_weight": ("已覆盖需求", "Weight covered"),
    "share_covered": ("覆盖率", "Share covered"),
    "uncovered_n": ("未覆盖点数", "Points not covered"),
    "uncovered_weight": ("未覆盖需求", "Weight not covered"),
    "demand": ("需求点", "Demand point"),
    "fleet": ("车队", "Fleet"),
    "period": ("时段", "Period"),
    "station": ("驿站编号", "Station id"),
    "station_name": ("驿站名称", "Station"),
    "drive_time_s": ("车程（秒）", "Drive (s)"),
    "covered": ("已覆盖", "Covered"),
    "access_m": ("距道路（米）", "To the road (m)"),
    "reason": ("原因", "Reason"),
    "station_time_s": ("到最近驿站（秒）", "To the nearest station (s)"),
    "nearest_station": ("最近驿站编号", "Nearest station id"),
    "nearest_station_name": ("最近驿站", "Nearest station"),
    "site": ("最近候选点编号", "Nearest site id"),
    "site_name": ("最近候选点", "Nearest candidate site"),
    "site_time_s": ("到最近候选点（秒）", "To the nearest site (s)"),
    "file": ("文件", "File"),
    "role": ("内容", "Holds"),
    "date": ("数据日期", "Date of the data"),
    "licence": ("许可与署名", "Licence and credit"),
    "sha256": ("校验值（SHA-256）", "Checksum (SHA-256)"),
    "remark": ("提示", "Remark"),
    # the summary's items
    "answer": ("结论", "Answer"),
    "proof": ("证明", "Proof"),
    "rest": ("不能覆盖", "Out of reach"),
    "notice": ("说明", "Notice"),
    "scenario": ("方案", "Scenario"),
    "goal": ("目标", "Goal"),
    "status": ("状态", "Status"),
    "standard_s": ("标准车程", "Longest drive that covers"),
    "vehicle": ("车辆", "Vehicle"),
    "direction": ("方向", "Direction"),
    "n_stations": ("驿站总数", "Stations"),
    "n_new": ("其中新建", "of them new"),
    "n_existing": ("其中现有", "of them existing"),
    "bound": ("已证明的界限", "Proven bound"),
    "gap": ("与最优的差距上限", "At most off the best by"),
    "uncoverable_n": ("任何候选点都够不到", "Out of reach of every site"),
    "unreachable_n": ("其中无路可达", "of them by no road"),
    "mean_s": ("平均车程", "Mean drive"),
    "median_s": ("中位车程", "Median drive"),
    "p95_s": ("95% 在此以内", "95% within"),
    "longest_s": ("最远车程", "Longest drive"),
    "road_km": ("道路总长（公里）", "Road in all (km)"),
    "road_covered_km": ("已覆盖道路（公里）", "Road covered (km)"),
    "road_share": ("道路覆盖率", "Share of road covered"),
    "worst_s": ("道路上最远一点", "Farthest point of road"),
    "road_date": ("道路数据日期", "Date of the road data"),
}
"""Headings of columns and labels of the summary, by their keys."""

_VALUES: Final[dict[str, tuple[str, str]]] = {
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "clock": ("（分:秒）", "(min:s)"),
    "seconds": ("（秒）", "(s)"),
    "second": ("秒", "s"),
    "all": ("全部", "all"),
    "no_district": ("（未注明）", "(not given)"),
    # groups of the summary
    "about": ("方案", "Scenario"),
    "of_stations": ("驿站", "Stations"),
    "of_demand": ("需求", "Demand"),
    "of_drives": ("车程", "Drives"),
    "of_roads": ("道路", "Roads"),
    # goals
    "set-covering": ("用最少的驿站覆盖", "fewest stations that cover"),
    "max-covering": ("用给定数量的驿站覆盖最多", "most covered by a number of stations"),
    "p-median": ("总车程最短", "shortest drives in all"),
    "p-center": ("最远车程最短", "shortest longest drive"),
    "assess": ("评估现有驿站", "the stations as they stand"),
    # status
    "optimal": ("最优（已证明）", "optimal (proven)"),
    "feasible": ("可行，尚未证明最优", "a plan, not proven best"),
    "infeasible": ("要求无法满足（已证明）", "the rules can't be met (proven)"),
    "undecided": ("尚无定论", "undecided"),
    "assessed": ("评估，没有选址", "assessed, nothing chosen"),
    # vehicles and directions
    "car": ("汽车", "car"),
    "motorcycle": ("摩托车", "motorcycle"),
    "ebike": ("电动自行车", "e-bike"),
    "to_station": ("前往驿站", "to the station"),
    "from_station": ("从驿站出发", "from the station"),
    # why a place is not covered
    "coverable": ("可以覆盖，但本方案没有", "could be covered, but this plan does not"),
    "too_far": ("任何候选点都太远", "too far from every candidate site"),
    "cut_off": ("无路可达", "no road leads there"),
    "off_network": ("附近没有道路", "no road is near"),
    # what files hold
    "network": ("道路", "roads"),
    "drive_times": ("车程表", "drive times"),
    "demand_points": ("需求点", "demand"),
    "sites": ("候选点", "candidate sites"),
    "existing_stations": ("现有驿站", "stations that stand"),
    "listed_stations": ("评估名单", "stations to assess"),
    "district_borders": ("区域边界", "borders of districts"),
    "water": ("水域", "water"),
    # licences
    "osm": (
        "© OpenStreetMap 贡献者，ODbL 许可（openstreetmap.org/copyright）",
        "© OpenStreetMap contributors, ODbL (openstreetmap.org/copyright)",
    ),
    "provider": ("以数据提供方为准", "as its provider says"),
}
"""Words in cells."""


def sheet(key: str, language: str) -> str:
    """Return what a table is called."""
    return _SHEETS[key][LANGUAGES.index(language)]


def heading(key: str, language: str) -> str:
    """Return the heading of a column, or the label of an item."""
    return _HEADINGS[key][LANGUAGES.index(language)]


def value(key: str, language: str) -> str:
    """Return the words for a value."""
    return _VALUES[key][LANGUAGES.index(language)]


def value_or_own(key: str, language: str) -> str:
    """Return the words for a value that may be the scenario's own, such as a vehicle: then as it stands."""
    return value(key, language) if key in _VALUES else key
