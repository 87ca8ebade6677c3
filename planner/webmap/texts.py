"""All words of the page, in Chinese and English; those of the answer stand in `planner.answer.words`."""

from __future__ import annotations

from typing import Final

from planner.answer.hosts import HOSTS, SERVICES
from planner.answer.words import LANGUAGES, TIMES
from planner.scenario import Unit

UI: Final[dict[str, tuple[str, str]]] = {
    # title bar
    "language_other": ("EN", "中文"),
    "language_switch": ("Switch to English", "切换为中文"),
    "print": ("打印", "Print"),
    "panel": ("结果", "Results"),
    "map": ("地图", "Map"),
    "sheet_open": ("展开详情", "Show details"),
    "sheet_close": ("收起详情", "Hide details"),
    # figures
    "share_covered": ("需求已覆盖", "covered"),
    "stations": ("驿站", "stations"),
    "stations_split": ("新建 {new}，现有 {existing}", "{new} new, {existing} existing"),
    "not_covered": ("未覆盖需求", "not covered"),
    "not_covered_places": ("{n} / {all} 处", "{n} of {all} places"),
    "mean": ("平均车程", "mean drive"),
    "p95": ("95% 在此以内", "95% within"),
    "longest": ("最远车程", "longest drive"),
    "roads_covered": ("道路已覆盖", "of road covered"),
    "roads_uncovered": ("未覆盖道路", "of road not covered"),
    "roads_of": ("共 {km} 公里", "of {km} km"),
    "roads_coverable": ("候选点可覆盖", "within reach of sites"),
    "worst_point": ("道路上最远一点", "farthest point of road"),
    "by_drive": ("按车程划分的需求", "Demand by drive time"),
    **TIMES,
    # the curve
    "curve": ("驿站数量与覆盖率", "Stations and what they cover"),
    "curve_axis": ("驿站数量", "stations"),
    "curve_reads": ("{n} 个驿站：{share}", "{n} stations: {share}"),
    "curve_reads_one": ("{n} 个驿站：{share}", "{n} station: {share}"),
    "curve_bound": ("（最多 {share}）", " (at most {share})"),
    "curve_next": ("，再增一个多 {points} 个百分点", ", the next one adds {points} points"),
    "curve_next_none": ("，再增一个不会更多", ", the next one adds nothing"),
    "curve_plan": ("本方案", "this plan"),
    "curve_key_best": ("能覆盖到的", "best found"),
    "curve_key_bound": ("不可能超过", "cannot be beaten"),
    # layers
    "layers": ("图层", "Layers"),
    "layer_roads": ("道路", "Roads"),
    "layer_cover": ("道路：是否覆盖", "Roads: covered or not"),
    "layer_isochrones": ("等时圈", "Isochrones"),
    "layer_demand": ("已覆盖的需求", "Demand covered"),
    "layer_uncovered": ("未覆盖的需求", "Demand not covered"),
    "layer_stations": ("驿站", "Stations"),
    "layer_sites": ("未选的候选点", "Sites not chosen"),
    "layer_districts": ("区划界线", "District borders"),
    "layer_tiles": ("底图", "Base map"),
    "layer_names": ("地名与路名", "Names"),
    # search
    "search": ("查找驿站、地点…", "Find a station or place…"),
    "search_label": ("查找驿站、地点", "Find a station or place"),
    "search_none": ("没有找到", "Nothing found"),
    "search_more": ("另有 {n} 个，请输入更多文字", "and {n} more: type on to find them"),
    "is_station": ("驿站", "station"),
    "is_site": ("候选点", "site"),
    "is_place": ("需求点", "demand"),
    "is_district": ("区域", "district"),
    # table
    "table": ("驿站一览", "Stations"),
    "table_hint": (
        "点击表头排序，点击一行在图上查看",
        "Click a heading to sort, a row to see it on the map",
    ),
    "col_name": ("名称", "Name"),
    "col_kind": ("类型", "Kind"),
    "col_served": ("服务", "Served"),
    "col_mean": ("平均", "Mean"),
    "col_road": ("独自覆盖道路", "Road it alone covers"),
    "col_farthest": ("最远", "Farthest"),
    "col_time_unit": ("分:秒", "min:s"),
    "kinds": ("按依托场所筛选", "Filter by kind of host"),
    # by district
    "by_district": ("按区域", "By district"),
    "district_name": ("区域", "District"),
    "district_demand": ("需求", "Demand"),
    "district_share": ("覆盖", "Covered"),
    "district_open": ("未覆盖", "Not"),
    "district_farthest": ("最远", "Farthest"),
    "district_none": ("未注明", "not told"),
    # lists
    "lists": ("没有覆盖到的地方", "Where there is no cover"),
    "list_coverable": ("可以覆盖，但本方案没有", "Could be covered, but this plan does not"),
    "list_too_far": ("任何候选点都太远", "Too far from every candidate site"),
    "list_cut_off": ("无路可达", "No road leads there"),
    "list_off_network": ("附近没有道路", "No road is near"),
    "list_more": ("另有 {n} 处", "and {n} more"),
    "list_all_covered": ("所有需求都已覆盖。", "All demand is covered."),
    "nearest_station": ("最近驿站", "Nearest station"),
    "nearest_site": ("最近候选点", "Nearest candidate site"),
    "off_by": ("距最近的道路 {m} 米", "{m} m to the nearest road"),
    # card
    "card_close": ("关闭", "Close"),
    "card_zoom": ("放大到此处", "Zoom to it"),
    "card_station": ("驿站", "Station"),
    "card_existing": ("现有", "existing"),
    "card_new": ("新建", "new"),
    "card_always": ("全天开放", "open 24 hours"),
    "card_id": ("编号", "Id"),
    "card_kind": ("依托场所", "Host"),
    "card_services": ("服务", "Services"),
    "card_hours": ("开放时间", "Hours"),
    "card_served": ("服务需求", "Serves"),
    "card_places": ("服务地点", "Places"),
    "card_places_value": ("{n} 处", "{n}"),
    "card_farthest_place": ("最远地点", "Farthest place"),
    "card_mean": ("平均车程", "Mean drive"),
    "card_farthest": ("最远车程", "Farthest drive"),
    "card_only": ("仅靠它覆盖", "Covered by it alone"),
    "card_only_road": ("仅靠它覆盖的道路", "Road covered by it alone"),
    "card_only_none": ("无：其他驿站也能覆盖", "none: others cover it too"),
    "card_demand": ("需求点", "Demand"),
    "card_weight": ("需求量", "Weight"),
    "card_district": ("所属区域", "District"),
    "card_drive": ("车程", "Drive"),
    "card_served_by": ("服务驿站", "Served by"),
    "card_group": ("合并显示的地点", "Shown together"),
    "card_group_drive": ("{least}至{most}", "{least} to {most}"),
    "places_together": ("{n} 处合并", "{n} places together"),
    "card_covered": ("已覆盖", "covered"),
    "card_uncovered": ("未覆盖", "not covered"),
    "card_site": ("未选的候选点", "Site not chosen"),
    "card_closed": ("已停用（试算）", "Switched off to try"),
    "card_would_add": ("若启用，新增覆盖", "Would add cover of"),
    "card_close_station": ("试算：停用此站", "Try without it"),
    "card_open": ("试算：启用此点", "Try it as a station"),
    "card_reopen": ("恢复此站", "Switch on again"),
    "card_spot": ("地图上的一点", "Spot on the map"),
    "card_spot_unnamed": ("无名道路", "Road without a name"),
    "card_spot_off": ("附近没有道路", "No road near"),
    "card_spot_no_road": ("{m} 米内没有可行驶的道路。", "There is no drivable road within {m} m."),
    "card_spot_to_road": ("到道路", "To the road"),
    "card_spot_metres": ("{m} 米", "{m} m"),
    # what if
    "what_if": ("试算", "What if"),
    "no_what_if_persons": (
        "人数过少的地点合并显示，因此本图不能试算。",
        "Places of few persons are shown merged, so that nothing can be tried here.",
    ),
    "no_what_if_size": (
        "路网过大，本图不能试算。",
        "The road network is too large for a page to try other stations.",
    ),
    "what_if_changes": (
        "停用 {closed} 个，新增 {opened} 个",
        "{closed} switched off, {opened} switched on",
    ),
    "what_if_share": ("需求已覆盖", "covered"),
    "what_if_longest": ("最远车程", "longest drive"),
    "what_if_mean": ("平均车程", "mean drive"),
    "what_if_stations": ("驿站", "stations"),
    "what_if_same": ("不变", "unchanged"),
    "what_if_undo": ("撤销", "Undo"),
    "what_if_reset": ("恢复原方案", "Back to the plan"),
    "what_if_export": ("导出 CSV", "Export CSV"),
    "what_if_before": ("原方案（试算前）", "The plan, before these changes"),
    "points": ("{d} 个百分点", "{d} points"),
    "worst": ("最远 {time}", "farthest {time}"),
    # legend
    "legend": ("图例", "Legend"),
    "legend_drive_to": ("到驿站的车程", "Drive to a station"),
    "legend_drive_from": ("从驿站出发的车程", "Drive from a station"),
    "legend_roads": ("道路", "Roads"),
    "legend_road_covered": ("{standard}内可达", "within {standard}"),
    "legend_road_open": ("超出 {standard}，或无路可达", "beyond {standard}, or no way"),
    "legend_isochrones_to": ("等时圈：到驿站", "Isochrones: to a station"),
    "legend_isochrones_from": ("等时圈：从驿站出发", "Isochrones: from a station"),
    "legend_own_area": ("选中的驿站自己的范围", "that of the selected station"),
    "minutes_within": ("{n} 分钟内", "within {n} min"),
    "legend_station": ("驿站（大小表示服务量）", "Station (size: demand served)"),
    "stations_on_map": ("驿站", "Stations"),
    "legend_existing": ("现有驿站", "Existing station"),
    "legend_site": ("未选的候选点", "Site not chosen"),
    "legend_closed": ("试算中停用的驿站", "Station switched off to try"),
    "legend_always": ("全天开放", "Open 24 hours"),
    **{f"kind_{kind}": pair for kind, pair in HOSTS.items()},
    **{f"service_{service}": pair for service, pair in SERVICES.items()},
    # foot
    "draft": ("内部草案", "Internal draft"),
    "approval": ("审图号：{number}", "Map approval no. {number}"),
    "data_of": ("道路数据：{date}", "Road data of {date}"),
    "no_roads": (
        "车程来自表格，图上没有道路。",
        "Drive times come from a table; there are no roads to draw.",
    ),
    "credit": ("© OpenStreetMap 贡献者（ODbL）", "© OpenStreetMap contributors (ODbL)"),
    "printed": ("打印于 {date}", "Printed {date}"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "whole": ("显示全图", "Show everything"),
    "station_of_n": ("{n} 个", "{n}"),
    # amounts of demand
    "weight": ("{n}", "{n}"),
}
"""Words of the page, (Chinese, English); ``{…}`` is filled in by the page."""

PERSONS_UI: Final[dict[str, tuple[str, str]]] = {
    "weight": ("{n} 人", "{n} persons"),
    "weight_unit": ("人", "persons"),
    "share_covered": ("人员已覆盖", "of people covered"),
    "not_covered": ("未覆盖人数", "people not covered"),
    "legend_station": ("驿站（大小表示服务人数）", "Station (size: people served)"),
    "by_drive": ("按车程划分的人员", "People by drive time"),
    "layer_demand": ("已覆盖的人员", "People covered"),
    "layer_uncovered": ("未覆盖的人员", "People not covered"),
    "list_all_covered": ("所有人员都已覆盖。", "Everybody is covered."),
    "card_demand": ("人员所在地", "People"),
    "card_weight": ("人数", "People"),
    "card_served": ("服务人数", "People served"),
    "is_place": ("人员", "people"),
    "district_demand": ("人数", "People"),
}
"""What it says instead, and besides, where demand is persons."""

ROUTE_UI: Final[dict[str, tuple[str, str]]] = {
    "legend_route": ("一趟车程：{time}", "One drive: {time}"),
    "legend_delay": ("在此等候", "Waits here"),
}
"""Words that a page with one drive has besides."""

PLAIN_UI: Final[dict[str, tuple[str, str]]] = {
    "roads_said": (
        "{km} 公里道路（{vehicle}），{n} 个路口",
        "{km} km of road for {vehicle}, {n} junctions",
    ),
    "vehicle_car": ("汽车", "cars"),
    "vehicle_motorcycle": ("摩托车", "motorcycles"),
    "vehicle_ebike": ("电动自行车", "e-bikes"),
    "layer_demand": ("需求", "Demand"),
    "layer_stations": ("候选点", "Sites"),
    "search": ("查找候选点、地点…", "Find a site or place…"),
    "search_label": ("查找候选点、地点", "Find a site or place"),
    "is_station": ("候选点", "site"),
    "table": ("候选点一览", "Sites"),
    "card_station": ("候选点", "Site"),
    "card_new": ("未设站", "no station yet"),
    "legend_plain_demand": ("需求点", "demand"),
    "legend_isochrones_to": ("等时圈", "Isochrones"),
    "legend_own_area": ("选中的候选点自己的范围", "that of the selected site"),
    "legend_station": ("候选点", "Sites"),
    "stations_on_map": ("候选点", "Sites"),
}
"""Words that a page without a result has besides, or instead."""

OLD_BROWSER: Final = (
    "这个浏览器版本过旧，无法显示地图。请使用 2020 年 10 月以后的 Chrome、Edge 或 360 浏览器（内核 86 以上），或 Firefox 113 以上版本。",
    "This browser is too old to show the map. Please use Chrome or Edge 86 (October 2020) or newer, or Firefox 113 or newer.",
)
NO_SCRIPTS: Final = (
    "这个浏览器不允许运行脚本，无法显示地图。",
    "This browser lets no scripts run, which the map needs.",
)
DAMAGED: Final = (
    "这个文件不完整或已损坏，无法显示地图。请重新复制。",
    "This file is incomplete or damaged, so that the map can't be shown. Please copy it again.",
)


def table(language: str, unit: Unit | None = None) -> dict[str, str]:
    """Return the words of the page in a language, for what weights of demand count."""
    return _column(UI | (PERSONS_UI if unit is Unit.PERSONS else {}), language)


def route_table(language: str) -> dict[str, str]:
    """Return the words that a page with one drive has besides, in a language."""
    return _column(ROUTE_UI, language)


def plain_table(language: str) -> dict[str, str]:
    """Return the words that a page without a result has besides, or instead, in a language."""
    return _column(PLAIN_UI, language)


def _column(both: dict[str, tuple[str, str]], language: str) -> dict[str, str]:
    column = LANGUAGES.index(language)
    return {key: pair[column] for key, pair in both.items()}
