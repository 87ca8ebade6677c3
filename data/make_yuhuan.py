"""Make data/yuhuan/: a county like Yuhuan, its roads and points invented from published facts.

What the county is made of stands in the tables below: where the townships lie, how many people
they have, what the villages are called, and a coast, hills and main roads drawn by hand. The rest
is grown from them with a fixed seed, so that equal programs give equal files:

1. land and heights on a raster, from the drawn coast and ridges;
2. main roads as drawn; bridges where they leave the land, tunnels where they meet a ridge;
3. a place for every village, joined to the main roads by the easiest path over the land;
4. streets, grown along a field of directions that follows towns, roads, shores and slopes;
5. a graph of it all, thinned until it looks lived in, with alleys, one-ways, signals and gates;
6. couriers and hosts along the streets.

    python data/make_yuhuan.py [--out data/yuhuan]
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import osmium
import shapely
import shapely.ops
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

SEED: Final = 331083
DATE: Final = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
GENERATOR: Final = "station-planner data/make_yuhuan.py (synthetic)"

# -------------------- facts: townships, villages, people

RESIDENTS: Final = 644_014  # census of 1 November 2020
COURIERS: Final = 9_000  # assumption: couriers, riders and ride-hail drivers
DEMAND_POINTS: Final = 2_400

# Name, longitude, latitude, people on the register (published); a guess at residents for each of
# them, before scaling to the census; a guess at the town's radius in metres; an invented turn of
# its streets in degrees; then the published names of communities and villages (村 is left out).
TOWNSHIPS_TABLE: Final = """
    玉城街道 121.244 28.149 110080 1.60 2150 14: 县前社区 西门社区 垟青社区 西溪社区 东门社区
        石井社区 县东社区 玉潭社区 解放塘社区 南门社区 双港社区 城南社区 上段 环城 章家 渔岙
        前塘垟 后塘垟 塘里 小水埠 后蛟 环东 环礁 南山 北山 小普竹 外马道 西滩 西青塘 江岩 上岙
        中段 白岩 城东 犁头咀 三水 三潭 玉兴 环峰 青峰 西青岭 港湾 金港 城中 玉善 北城 九山
    坎门街道 121.251 28.093 67244 1.30 1450 -22: 红旗社区 灯塔社区 海城社区 振兴社区 胡沙头社区
        后沙社区 海港社区 坎门社区 鹰东社区 里澳社区 东沙社区 渝汇社区 海都社区 双龙 水龙 双丰
        东安 花岩礁 黄门
    大麦屿街道 121.169 28.092 58339 1.70 1450 31: 大麦屿社区 铁龙头社区 双峰社区 刘园社区
        龙山社区 鲜叠社区 庆澜社区 新园 岗仔头 新塘 小麦屿 五一 小古顺 十五亩 岙里 古顺 环海
        长山嘴 里墩 陡门头 普南 火叉口 下青塘 连屿 杨家 曾家 外叶 龙湾 高升 福山 丰山 福源 丰城
        联丰 峰阳
    清港镇 121.305 28.274 51359 1.75 1500 -8: 同善居委会 清港 下湫 上湫 双郏塘 徐斗 徐都 扫帚山
        垟心 鹤新 坦浦 王家 翻身 凡宏 盐业 凡海 苔山 下凡 上凡 垟根 樟岙 前赵 芳斗 茶头 礁西 清华
        学苑 东升 荣幸
    楚门镇 121.310 28.232 51990 1.70 1650 24: 湖滨社区 北渚社区 南浦社区 龙王 筠岗 中山 胡新 吴家
        前排 直塘 小王 三联 蒲田 马山 东西 彭宅 田岙 筠岭 应家 塘垟岙 东兴岙
    干江镇 121.351 28.172 22096 1.00 800 -35: 下栈头 干江 盐盘 老傲前 下礁门 上礁门 垟坑 甸山头
        上栈头 白马岙 垟岭 木杓头 炮台 双兴 滨海
    沙门镇 121.379 28.237 25737 1.35 1000 8: 乌岩 水桶岙 泗边 沙门 大岙里 都墩 白岭下 小闾 双斗
        瑶坑 安人 灵门 南山岙 日岙 滨港 桐林 龙联 岳鑫
    芦浦镇 121.231 28.198 18427 1.05 850 -12: 漩门 道头 隔岭 小塘岩 大塘 金山 井头 分水 红山 芦北
        芦岙 西塘
    龙溪镇 121.318 28.199 17672 1.00 750 40: 花岩浦 小山外 小密溪 山外张 大密溪 梅岙 山里 塘厂
        东港 凤凰 龙兴 邱岭
    鸡山乡 121.398 28.090 7465 0.60 400 20: 鸡南 鸡北 洋屿 火车 披山 后岙
    海山乡 121.160 28.230 7518 0.65 400 -15: 茅坦 横床 南滩 大青 小青 虹田 海山
    玉环经济开发区 121.233 28.240 3000 1.60 1200 5: 新城社区
"""

# Villages on islands are set by hand; all others find a place on their township's plains.
ISLAND_VILLAGES_TABLE: Final = """
    鸡南 121.3985,28.0870  鸡北 121.3950,28.0945  后岙 121.4055,28.0925  洋屿 121.3715,28.1085
    火车 121.3660,28.0705  披山 121.5010,28.0855  海山 121.1605,28.2290  茅坦 121.1540,28.2345
    南滩 121.1675,28.2250  虹田 121.1655,28.2355  横床 121.1790,28.2520  大青 121.1735,28.2040
    小青 121.1590,28.1985
"""

# -------------------- drawn by hand: coast, hills, works

COAST_TABLE: Final = """
    玉环岛: 121.197,28.211 121.205,28.2145 121.216,28.2155 121.228,28.214 121.240,28.213
        121.252,28.2115 121.262,28.209 121.270,28.2055 121.2745,28.202 121.2745,28.197
        121.268,28.192 121.261,28.190 121.266,28.184 121.268,28.177 121.273,28.170 121.280,28.166
        121.277,28.160 121.283,28.154 121.292,28.151 121.295,28.144 121.288,28.140 121.279,28.137
        121.278,28.132 121.286,28.126 121.294,28.122 121.298,28.115 121.294,28.110 121.284,28.107
        121.279,28.101 121.283,28.096 121.291,28.091 121.287,28.085 121.280,28.081 121.274,28.077
        121.268,28.073 121.261,28.0755 121.257,28.082 121.251,28.0865 121.245,28.083
        121.242,28.077 121.237,28.072 121.229,28.069 121.223,28.063 121.215,28.059 121.207,28.062
        121.203,28.068 121.198,28.070 121.194,28.064 121.187,28.056 121.179,28.052 121.172,28.055
        121.168,28.061 121.162,28.068 121.156,28.073 121.150,28.078 121.147,28.085 121.151,28.092
        121.147,28.099 121.142,28.106 121.140,28.114 121.144,28.120 121.153,28.122 121.161,28.125
        121.168,28.131 121.160,28.134 121.155,28.137 121.156,28.143 121.162,28.148 121.170,28.152
        121.180,28.153 121.183,28.158 121.178,28.163 121.183,28.168 121.191,28.170 121.200,28.173
        121.199,28.178 121.190,28.180 121.186,28.185 121.189,28.191 121.194,28.197 121.195,28.205
    楚门半岛: 121.268,28.345 121.392,28.345 121.388,28.331 121.393,28.321 121.400,28.313
        121.396,28.306 121.385,28.303 121.377,28.299 121.380,28.293 121.391,28.290 121.402,28.284
        121.413,28.277 121.411,28.270 121.402,28.265 121.393,28.259 121.397,28.250 121.396,28.242
        121.389,28.235 121.385,28.229 121.391,28.224 121.402,28.219 121.406,28.213 121.399,28.208
        121.390,28.205 121.384,28.198 121.387,28.190 121.381,28.184 121.372,28.180 121.371,28.172
        121.377,28.163 121.372,28.155 121.365,28.150 121.361,28.142 121.355,28.138 121.348,28.141
        121.345,28.149 121.339,28.154 121.335,28.160 121.330,28.166 121.325,28.173 121.317,28.177
        121.312,28.184 121.304,28.187 121.302,28.194 121.297,28.199 121.289,28.203
        121.2855,28.208 121.281,28.2145 121.272,28.219 121.260,28.2215 121.248,28.223
        121.236,28.2245 121.226,28.226 121.219,28.230 121.215,28.238 121.218,28.247
        121.223,28.256 121.230,28.264 121.240,28.267 121.249,28.271 121.246,28.277 121.237,28.280
        121.239,28.287 121.248,28.291 121.258,28.292 121.268,28.290 121.271,28.296 121.265,28.303
        121.262,28.312 121.264,28.322 121.266,28.333
    茅埏岛: 121.149,28.233 121.152,28.238 121.158,28.241 121.165,28.240 121.171,28.237
        121.173,28.231 121.172,28.225 121.168,28.221 121.162,28.222 121.157,28.224 121.152,28.227
    横床岛: 121.174,28.250 121.176,28.255 121.181,28.256 121.184,28.252 121.182,28.248
        121.177,28.247
    大青岛: 121.169,28.204 121.172,28.207 121.176,28.206 121.178,28.203 121.175,28.201
        121.171,28.201
    小青岛: 121.157,28.198 121.159,28.2005 121.162,28.199 121.161,28.1965 121.158,28.196
    鸡山岛: 121.389,28.089 121.390,28.095 121.394,28.098 121.400,28.097 121.405,28.098
        121.410,28.094 121.409,28.089 121.404,28.085 121.399,28.0835 121.393,28.085
    洋屿: 121.367,28.108 121.369,28.112 121.374,28.112 121.376,28.108 121.372,28.105
    火车岛: 121.363,28.070 121.365,28.073 121.369,28.072 121.369,28.069 121.365,28.068
    披山岛: 121.496,28.083 121.497,28.088 121.502,28.091 121.506,28.088 121.505,28.083
        121.500,28.081
    大鹿岛: 121.424,28.160 121.426,28.165 121.431,28.167 121.433,28.162 121.429,28.158
    江岩岛: 121.187,28.238 121.189,28.241 121.192,28.239 121.190,28.236
    北港山: 121.122,28.160 121.124,28.163 121.127,28.161 121.125,28.158
    茅草屿: 121.196,28.2265 121.1975,28.228 121.199,28.227 121.198,28.2255
    乌龟屿: 121.140,28.215 121.1415,28.217 121.1435,28.2155 121.142,28.214
    横趾山: 121.418,28.235 121.420,28.238 121.423,28.236 121.421,28.234
    鸡冠礁: 121.427,28.290 121.428,28.2925 121.430,28.291 121.429,28.289
    西沙屿: 121.314,28.140 121.3155,28.142 121.318,28.141 121.317,28.139
    小门礁: 121.413,28.101 121.4145,28.103 121.4165,28.102 121.415,28.100
    黄礁: 121.250,28.0555 121.252,28.058 121.2545,28.0565 121.253,28.0545
    东矶屿: 121.455,28.128 121.457,28.131 121.461,28.130 121.460,28.127
    南排山: 121.300,28.066 121.302,28.069 121.306,28.068 121.304,28.065
"""
BORDER_LAT: Final = 28.322  # the county ends here; the land goes on
SEAWALLS: Final = ("楚门半岛", 121.2, 121.245)  # shore straight as built: outline, lon from, to

# Ridges: half width and height in metres, then the line.
RIDGES_TABLE: Final = """
    850 240: 121.208,28.186 121.217,28.170 121.207,28.150 121.193,28.130
    800 210: 121.200,28.108 121.216,28.094 121.222,28.080 121.214,28.066
    700 190: 121.262,28.168 121.271,28.150 121.269,28.136 121.274,28.122 121.272,28.110
    550 150: 121.281,28.094 121.283,28.087
    650 170: 121.172,28.060 121.184,28.066 121.190,28.076
    600 150: 121.152,28.112 121.163,28.121 121.172,28.135
    450 120: 121.201,28.209 121.212,28.206
    450 110: 121.256,28.183 121.262,28.176
    800 260: 121.272,28.340 121.276,28.318 121.284,28.302
    1000 330: 121.333,28.340 121.340,28.315 121.347,28.292 121.350,28.270 121.344,28.250
    600 180: 121.380,28.316 121.381,28.305 121.375,28.288
    600 160: 121.404,28.279 121.411,28.272
    800 230: 121.340,28.222 121.353,28.210 121.366,28.201 121.376,28.210 121.400,28.214
    550 170: 121.334,28.187 121.331,28.173
    600 150: 121.370,28.163 121.356,28.147
    600 150: 121.262,28.262 121.270,28.248
    450 110: 121.236,28.284 121.246,28.288
    280 70: 121.159,28.232 121.164,28.231
    260 70: 121.397,28.091 121.403,28.091
    300 90: 121.501,28.086 121.502,28.088
    300 90: 121.428,28.162 121.429,28.163
"""

# Works and port areas: wide, straight blocks. Radius in metres, turn in degrees.
WORKS: Final = (
    (121.157, 28.098, 1300, 35),
    (121.386, 28.25, 950, 4),
    (121.283, 28.284, 1200, -10),
    (121.367, 28.181, 750, -30),
    (121.266, 28.096, 800, -18),
    (121.25, 28.234, 1500, 6),
    (121.222, 28.248, 1300, 20),
    (121.246, 28.204, 800, -8),
    (121.226, 28.124, 1000, 18),
    (121.322, 28.29, 900, 5),
    (121.296, 28.24, 900, 10),
    (121.254, 28.125, 900, 6),
)

# Main roads: class, name, ref, then the line. Bridges and tunnels are found, not drawn.
MAIN_ROADS_TABLE: Final = """
    trunk 榴岛大道 G228: 121.298,28.324 121.297,28.305 121.290,28.290 121.290,28.272
        121.287,28.252 121.284,28.236 121.274,28.2285 121.259,28.2245 121.249,28.2175
        121.243,28.207 121.241,28.195 121.247,28.184 121.245,28.172 121.233,28.160 121.226,28.148
        121.219,28.132 121.207,28.117 121.190,28.106 121.174,28.100 121.160,28.094 121.152,28.084
    primary 泽坎线 S226: 121.365,28.324 121.366,28.300 121.364,28.280 121.369,28.262
        121.373,28.245 121.375,28.232 121.371,28.222 121.368,28.205 121.362,28.190 121.354,28.177
        121.346,28.166 121.337,28.1625 121.326,28.1605 121.300,28.157 121.283,28.158
        121.272,28.158 121.262,28.154 121.250,28.148 121.243,28.140 121.240,28.126 121.247,28.112
        121.250,28.097 121.2485,28.089
    primary 楚清大道: 121.303,28.290 121.306,28.274 121.309,28.252 121.310,28.232 121.309,28.214
        121.316,28.200 121.324,28.192 121.341,28.180 121.352,28.173
    primary 漩门大道: 121.312,28.222 121.298,28.212 121.287,28.2055 121.272,28.201 121.258,28.197
        121.247,28.184
    primary 珠港大道: 121.247,28.184 121.252,28.166 121.246,28.149 121.233,28.139 121.219,28.132
    primary 大坎公路: 121.160,28.094 121.176,28.085 121.200,28.085 121.222,28.094 121.236,28.098
        121.250,28.097
    primary 沙楚公路: 121.310,28.235 121.325,28.238 121.345,28.238 121.360,28.236 121.378,28.237
        121.389,28.239
    primary 清沙公路: 121.306,28.274 121.322,28.276 121.340,28.278 121.356,28.276 121.366,28.271
        121.386,28.261
    primary 滨港大道: 121.290,28.290 121.278,28.284 121.262,28.276 121.251,28.264 121.238,28.260
        121.229,28.250 121.224,28.239 121.230,28.2295 121.242,28.2275 121.259,28.2245
    secondary 新城大道: 121.229,28.250 121.236,28.243 121.252,28.239 121.272,28.238
        121.284,28.236 121.310,28.232
    secondary 苔山路: 121.262,28.276 121.256,28.282 121.251,28.286 121.244,28.284
    secondary 芦浦大道: 121.200,28.197 121.214,28.197 121.231,28.198 121.242,28.200
    secondary 西滩公路: 121.233,28.160 121.214,28.158 121.200,28.160 121.188,28.164
    secondary 古顺公路: 121.219,28.132 121.200,28.136 121.184,28.140 121.170,28.145
    secondary 鲜叠公路: 121.176,28.085 121.180,28.075 121.196,28.066 121.208,28.064
    secondary 龙干公路: 121.318,28.199 121.335,28.203 121.350,28.196 121.362,28.190
    secondary 沿海公路: 121.389,28.239 121.381,28.229 121.392,28.216 121.381,28.205
        121.378,28.194 121.366,28.184 121.366,28.174 121.370,28.163 121.361,28.154 121.352,28.151
        121.346,28.166
    secondary 湫礁公路: 121.262,28.276 121.264,28.268 121.276,28.256 121.287,28.252
    tertiary 坎门码头路: 121.262,28.084 121.266,28.080 121.269,28.0765 121.2705,28.0765
    tertiary 灵门路: 121.365,28.312 121.374,28.3165 121.385,28.315 121.393,28.312
    tertiary 芳斗路: 121.297,28.312 121.306,28.3145 121.316,28.3125 121.324,28.3135
    tertiary 小闾路: 121.386,28.261 121.398,28.268 121.404,28.269
    tertiary 桐林路: 121.366,28.300 121.373,28.2965 121.378,28.290 121.390,28.2875
    tertiary 海山环路: 121.155,28.228 121.161,28.227 121.168,28.226 121.169,28.232
        121.165,28.2365 121.158,28.237 121.153,28.233 121.155,28.228
    tertiary 鸡山环路: 121.392,28.0885 121.398,28.0865 121.404,28.088 121.4075,28.091
        121.404,28.0945 121.398,28.0945 121.394,28.094 121.392,28.0885
    unclassified 横床路: 121.1765,28.2495 121.179,28.252 121.1815,28.2535
    unclassified 大青路: 121.1720,28.2035 121.1742,28.2045 121.1757,28.2044
"""
RING_ROAD: Final = ("secondary", "环岛公路", 330)  # round 玉环岛, this many metres from the shore
MOTORWAY_TABLE: Final = """
    甬莞高速 G1523: 121.356,28.330 121.358,28.300 121.357,28.270 121.360,28.254 121.352,28.240
        121.333,28.222 121.312,28.2145 121.298,28.2185 121.276,28.219 121.255,28.209
        121.236,28.206 121.214,28.212 121.190,28.224 121.170,28.234 121.150,28.243 121.122,28.250
"""
INTERCHANGES: Final = (  # name, near which point of the motorway, and where its link meets a road
    ("沙门", 121.357, 28.264, 121.3685, 28.263),
    ("玉环", 121.305, 28.216, 121.298, 28.212),
    ("芦浦", 121.229, 28.2075, 121.231, 28.198),
    ("海山", 121.1655, 28.236, 121.165, 28.2365),
)
FERRIES: Final = (
    (
        "坎门至鸡山航线",
        "121.271,28.0765 121.285,28.070 121.330,28.072 121.370,28.082 121.392,28.0885",
    ),
)

# -------------------- how streets are classed, named, posted

CLASSES: Final = (
    "motorway motorway_link trunk primary secondary tertiary unclassified residential "
    "living_street service"
)
RANK: Final = {kind: rank for rank, kind in enumerate(CLASSES.split())}
# Speed limits by class in km/h, and on what share of the roads they are posted.
MAXSPEED: Final = {
    kind: (limit, share)
    for kind, limit, share in zip(
        CLASSES.split()[:8],
        (100, 40, 80, 60, 50, 40, 30, 30),
        (1.0, 1.0, 0.5, 0.35, 0.22, 0.12, 0.05, 0.06),
        strict=True,
    )
}
STREET_HEADS: Final = "玉海城港兴康长广振文新学湖东西南北中榴永安平泰和华景明双金龙凤松竹梅桂清前"
STREET_TAILS: Final = "兴城安乐宁泰康平昌盛源华丰明达富荣和园川塘浦桥山湾湖门岙"
CENTRE_HOURS: Final = "24/7,08:00-18:00,08:00-20:00,08:00-20:00"
# Hosts: kind, how many in all, how much likelier in a community than in a village of equal size,
# services, opening hours, how they are called; then what fills the gap in the name.
HOSTS_TABLE: Final = """
    hub 318 1.2 rest;water;charging 24/7,08:00-22:00 {stem}{which}服务点: 公园 菜市场 客运站 产业园
        物流园 文化广场 游客中心 渔港码头
    bank 130 6.0 rest;water 09:00-17:00 {which}{stem}支行: 农商银行 农业银行 工商银行 建设银行
        邮储银行 民泰银行
    shop 230 1.5 water;charging 24/7,07:00-23:00,08:00-22:00 {which}便利店{stem}店: 便民 好邻
        喜事多 海湾 家门口 小海豚 天天 老街
    supermarket 112 2.5 rest;water 08:00-22:00 {which}超市{stem}店: 惠万家 海之鲜 联心 百润
        金满 东海
"""

LON0: Final = 121.27
LAT0: Final = 28.19
METRES: Final = np.array([98_183.0, 110_830.0])  # of one degree of longitude and latitude here
CELL: Final = 40.0  # metres of the raster
WEST_SOUTH: Final = (np.array([121.105, 28.03]) - (LON0, LAT0)) * METRES
SHAPE: Final = (900, 1010)  # rows from south to north, columns from west to east


def entries(table: str) -> list[tuple[list[str], str]]:
    """Return the rows of a table: the words before the colon, and the text after it."""
    rows: list[tuple[list[str], str]] = []
    for line in table.strip().splitlines():
        head, colon, rest = line.rpartition(":")
        if colon:
            rows.append((head.split(), rest))
        else:
            rows[-1] = (rows[-1][0], rows[-1][1] + line)
    return rows


@dataclass(frozen=True, slots=True)
class Township:
    """A township: where it is, its people, and how its town is built."""

    name: str
    lonlat: tuple[float, float]
    residents: float  # a guess; all together are as many as the census counted
    town_m: float
    tilt_deg: float
    villages: list[str]


def read_townships() -> list[Township]:
    """Return the townships as the table has them, with residents scaled to the census."""
    rows = [
        (name, [float(x) for x in numbers], text.split())
        for (name, *numbers), text in entries(TOWNSHIPS_TABLE)
    ]
    scale = RESIDENTS / sum(people * pull for _, (_, _, people, pull, _, _), _ in rows)
    return [
        Township(
            name,
            (lon, lat),
            scale * people * pull,
            town_m,
            tilt,
            [v if v.endswith(("社区", "居委会")) else v + "村" for v in villages],
        )
        for name, (lon, lat, people, pull, town_m, tilt), villages in rows
    ]


def to_plane(lonlat: np.ndarray) -> np.ndarray:
    """Return metres east and north of the county's middle."""
    return (np.asarray(lonlat, float) - (LON0, LAT0)) * METRES


def to_lonlat(xy: np.ndarray) -> np.ndarray:
    """Return degrees, rounded as OpenStreetMap stores them."""
    return np.round(np.asarray(xy) / METRES + (LON0, LAT0), 7)


def drawn(text: str) -> np.ndarray:
    """Return a hand-drawn line in metres."""
    return to_plane(np.array([pair.split(",") for pair in text.split()], float))


TOWNSHIPS: Final = read_townships()
COAST: Final = {head[0]: drawn(text) for head, text in entries(COAST_TABLE)}
RIDGES: Final = [(float(w), float(top), drawn(text)) for (w, top), text in entries(RIDGES_TABLE)]
MAIN_ROADS: Final = [(*head, drawn(text)) for head, text in entries(MAIN_ROADS_TABLE)]
MOTORWAY: Final = next((*head, drawn(text)) for head, text in entries(MOTORWAY_TABLE))
ISLAND_VILLAGES: Final = dict(
    zip(
        ISLAND_VILLAGES_TABLE.split()[::2],
        drawn(" ".join(ISLAND_VILLAGES_TABLE.split()[1::2])),
        strict=True,
    )
)


def rounded(xy: np.ndarray, times: int = 3) -> np.ndarray:
    """Return the line with its corners cut (Chaikin), ends kept."""
    for _ in range(times):
        near, far = 0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]
        xy = np.vstack([xy[:1], np.stack([near, far], 1).reshape(-1, 2)[1:-1], xy[-1:]])
    return xy


def stepped(xy: np.ndarray, step_m: float = 20.0) -> np.ndarray:
    """Return the line with a vertex about every step, ends kept."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    n = max(2, round(along[-1] / step_m) + 1)
    at = np.linspace(0, along[-1], n)
    return np.column_stack([np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1])])


def length_m(xy: np.ndarray) -> float:
    """Return the length of a line in metres."""
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def cells(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column of the raster cell of each point."""
    col, row = ((np.atleast_2d(xy) - WEST_SOUTH) // CELL).astype(int).T
    return row.clip(0, SHAPE[0] - 1), col.clip(0, SHAPE[1] - 1)


def centres() -> np.ndarray:
    """Return the middle of every raster cell, as rows x columns x 2."""
    row, col = np.indices(SHAPE)
    return np.stack([col, row], -1) * CELL + CELL / 2 + WEST_SOUTH


def noise(rng: np.random.Generator, wave_m: float) -> np.ndarray:
    """Return a smooth random raster with mean 0 and deviation 1."""
    raw = ndimage.gaussian_filter(rng.standard_normal(SHAPE), wave_m / CELL)
    return raw / raw.std()


# -------------------- 1 land and heights


def roughened(
    ring: np.ndarray, rng: np.random.Generator, seawall: tuple[float, float] | None
) -> np.ndarray:
    """Return a closed shore with coves between the drawn points; seawalls stay straight."""
    for share in (0.16, 0.13, 0.11, 0.09):
        ahead = np.roll(ring, -1, axis=0)
        along = ahead - ring
        out = np.column_stack([along[:, 1], -along[:, 0]])
        swing = rng.normal(0, share, len(ring))
        lon = to_lonlat(np.minimum(ring, ahead))
        is_straight = lon[:, 1] > BORDER_LAT
        if seawall is not None:
            is_straight |= (lon[:, 0] > seawall[0]) & (lon[:, 0] < seawall[1])
        swing[is_straight] = 0
        middle = (ring + ahead) / 2 + out * swing[:, None]
        ring = np.stack([ring, middle], 1).reshape(-1, 2)
    return ring


def make_land(rng: np.random.Generator) -> dict[str, shapely.Polygon]:
    """Return the land by name, in metres, as valid polygons."""
    land = {}
    for name, ring in COAST.items():
        seawall = SEAWALLS[1:] if name == SEAWALLS[0] else None
        shape = shapely.Polygon(roughened(ring, rng, seawall)).buffer(12).buffer(-24).buffer(12)
        parts = shapely.get_parts(shape)
        largest = parts[np.argmax(shapely.area(parts))]
        land[name] = shapely.Polygon(largest.exterior).simplify(6)
    return land


@dataclass(frozen=True, slots=True)
class Ground:
    """The county as a raster: the outline a cell is part of (0: sea), its height, its wobble."""

    part: np.ndarray
    height_m: np.ndarray
    wobble: np.ndarray


def make_ground(land: dict[str, shapely.Polygon], rng: np.random.Generator) -> Ground:
    """Return the raster of land and heights."""
    middle = centres().reshape(-1, 2)
    part = np.zeros(len(middle), int)
    for i, shape in enumerate(land.values(), 1):
        shapely.prepare(shape)
        west, south, east, north = shape.bounds
        inside = np.all((middle > (west, south)) & (middle < (east, north)), axis=1)
        inside[inside] = shapely.contains_xy(shape, *middle[inside].T)
        part[inside] = i
    wobble = noise(rng, 600)
    height = np.zeros(len(middle))
    for width, top, line in RIDGES:
        ridge = cKDTree(stepped(rounded(line, 2)))
        near = ridge.query(middle, distance_upper_bound=3 * width)[0] / (
            width * (1 + 0.22 * wobble.ravel())
        )
        height = np.maximum(height, top * np.exp(-(near**2)))
    height = height.reshape(SHAPE) * (1 + 0.15 * noise(rng, 200))
    part = part.reshape(SHAPE)
    return Ground(part=part, height_m=np.where(part > 0, height.clip(0), 0), wobble=wobble)


# -------------------- 2 main roads


@dataclass(slots=True)
class Road:
    """A road as drawn or grown: its line in metres and what is known about it."""

    xy: np.ndarray
    kind: str
    name: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    level: int = (
        0  # above 0 on a bridge, below in a tunnel; such roads meet others at their ends only
    )
    is_grown: bool = False  # a street of stage 4, which may be changed or left out


def split_levels(road: Road, ground: Ground, tunnel_m: float) -> list[Road]:
    """Return the road in pieces: on the ground, on bridges over water, in tunnels under hills."""
    row, col = cells(road.xy)
    level = np.where(ground.height_m[row, col] > tunnel_m, -1, 0)
    is_wet = ndimage.binary_dilation(ground.part[row, col] == 0)
    level[is_wet] = 1
    cuts = np.flatnonzero(np.diff(level)) + 1
    runs = np.split(np.arange(len(level)), cuts)
    for run in runs:  # what is too short for a bridge or tunnel is a culvert or a cutting
        if len(run) < (4 if level[run[0]] > 0 else 8):
            level[run] = 0
    cuts = np.flatnonzero(np.diff(level)) + 1
    bounds = [0, *cuts.tolist(), len(level) - 1]
    pieces = []
    for start, stop in pairwise(bounds):
        at = int(level[start])
        tags = dict(road.tags)
        if at:
            tags |= {"bridge": "yes", "layer": "1"} if at > 0 else {"tunnel": "yes", "layer": "-1"}
        pieces.append(Road(road.xy[start : stop + 1], road.kind, road.name, tags, at))
    return pieces


def ring_road(island: shapely.Polygon) -> Road:
    """Return the road round the main island, along its shore."""
    kind, name, inland_m = RING_ROAD
    inside = island.buffer(-inland_m - 500).buffer(500)
    largest = max(shapely.get_parts(inside), key=lambda part: part.area)
    return Road(stepped(rounded(np.array(largest.exterior.simplify(120).coords))), kind, name)


def join_ends(roads: list[Road], nearer_m: float = 250.0) -> None:
    """Lead the ends of drawn roads on to the road they almost meet."""
    for i, road in enumerate(roads):
        others = np.vstack([other.xy for j, other in enumerate(roads) if j != i])
        near = cKDTree(others)
        if np.array_equal(road.xy[0], road.xy[-1]):
            continue
        for end in (0, -1):
            gap_m, at = near.query(road.xy[end])
            if 0 < gap_m < nearer_m:
                spur = stepped(np.array([road.xy[end], others[at]]))
                parts = [spur[:0:-1], road.xy] if end == 0 else [road.xy, spur[1:]]
                road.xy = np.vstack(parts)


def main_roads(land: dict[str, shapely.Polygon], ground: Ground) -> list[Road]:
    """Return the drawn roads and the ring road, in pieces by level."""
    roads = [ring_road(land["玉环岛"])]
    for kind, name, *ref, line in MAIN_ROADS:
        tags = ({"ref": ref[0]} if ref else {}) | (
            {"lanes": "4"} if kind in ("trunk", "primary") else {}
        )
        roads.append(Road(stepped(rounded(line)), kind, name, tags))
    for name, _, _, lon, lat in INTERCHANGES:
        roads.append(Road(to_plane(np.array([[lon, lat]])), "primary", f"{name}互通连接线"))
    links = [road for road in roads if len(road.xy) == 1]
    roads = [road for road in roads if len(road.xy) > 1]
    join_ends(roads)
    roads += [interchange_link(link, roads) for link in links]
    return [
        piece
        for road in roads
        for piece in split_levels(road, ground, 170 if road.name == RING_ROAD[1] else 110)
    ]


def toll_place(name: str) -> tuple[np.ndarray, int]:
    """Return where an interchange has its toll booth and which motorway vertex it serves."""
    middle = stepped(rounded(MOTORWAY[2]))
    _, lon, lat, to_lon, to_lat = next(row for row in INTERCHANGES if row[0] == name)
    at = int(np.argmin(np.hypot(*(middle - to_plane([lon, lat])).T)))
    along = middle[at + 1] - middle[at - 1]
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    side = np.sign(across @ (to_plane([to_lon, to_lat]) - middle[at])) or 1.0
    return middle[at] + 190 * side * across, at


def interchange_link(link: Road, roads: list[Road]) -> Road:
    """Return the road from a toll booth to the nearest vertex of the road drawn for it."""
    start, _ = toll_place(link.name.removesuffix("互通连接线"))
    vertices = np.vstack([road.xy for road in roads])
    end = vertices[np.argmin(np.hypot(*(vertices - link.xy[0]).T))]
    bend = (start + end) / 2 + 0.12 * np.array([end[1] - start[1], start[0] - end[0]])
    return Road(stepped(rounded(np.array([start, bend, end]))), link.kind, link.name)


def motorway_roads() -> list[Road]:
    """Return both carriageways, on viaducts throughout, and the ramps, split where they meet."""
    name, ref, line = MOTORWAY
    middle = stepped(rounded(line))
    along = np.gradient(middle, axis=0)
    right = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(*along.T)[:, None]
    ways = {+1: middle + 14 * right, -1: (middle - 14 * right)[::-1]}
    cuts: dict[int, set[int]] = {+1: {0, len(middle) - 1}, -1: {0, len(middle) - 1}}
    ramps = []
    for place, *_ in INTERCHANGES:
        toll, at = toll_place(place)
        for side, way in ways.items():
            here = at if side > 0 else len(middle) - 1 - at
            for off, is_exit in ((-26, True), (26, False)):
                node = min(max(here + off, 3), len(middle) - 4)
                cuts[side].add(node)
                drift = way[min(node + 9, len(way) - 1)] - way[node]
                drift = way[node] + (drift if is_exit else -drift)
                line = np.array([way[node], drift, 0.35 * drift + 0.65 * toll, toll])
                line = stepped(rounded(line if is_exit else line[::-1]), 30)
                tags = {"oneway": "yes", "bridge": "yes", "layer": "3"}
                ramps.append(Road(line, "motorway_link", f"{place}互通匝道", tags, 3))
    tags = {"ref": ref, "oneway": "yes", "lanes": "3", "bridge": "viaduct", "layer": "2"}
    roads = []
    for side, way in ways.items():
        for a, b in pairwise(sorted(cuts[side])):
            roads.append(Road(way[a : b + 1], "motorway", name, dict(tags), 2))
    return roads + ramps


# -------------------- 3 villages and the roads to them


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community: its name, its township's position, where it is, its people."""

    name: str
    township: int
    xy: np.ndarray
    people: int

    @property
    def stem(self) -> str:
        """The name without what kind of place it is."""
        return self.name.removesuffix("社区").removesuffix("居委会").removesuffix("村")

    @property
    def is_community(self) -> bool:
        """Whether it is a part of a town."""
        return not self.name.endswith("村")


def make_places(ground: Ground, roads: list[Road], rng: np.random.Generator) -> list[Place]:
    """Return all 222 villages and communities, spread over the low land of their townships."""
    seats = to_plane([t.lonlat for t in TOWNSHIPS])
    reach = np.array([2200.0 + t.town_m for t in TOWNSHIPS])
    middle = centres()
    low = (ground.height_m < 28) & (ndimage.distance_transform_edt(ground.part > 0) > 4)
    low &= middle[..., 1] < to_plane([LON0, BORDER_LAT])[1] - 700
    row, col = np.nonzero(low)
    spots = middle[row, col]
    part = ground.part[row, col]
    far = np.hypot(*(spots[:, None] - seats).transpose(2, 0, 1)) / reach
    far[part[:, None] != ground.part[cells(seats)][None, :]] = np.inf
    nearest = far.argmin(axis=1)
    main = cKDTree(np.vstack([road.xy for road in roads if road.level == 0]))
    off_main, _ = main.query(spots)
    places: list[Place] = []
    taken = [np.array([0.0, -1e6])]
    for i, township in enumerate(TOWNSHIPS):
        names = township.villages
        share = rng.lognormal(0, 0.35, len(names)) * np.where(
            [n.endswith("村") for n in names], 1, 2.2
        )
        people = np.round(township.residents * share / share.sum()).astype(int)
        for name, n_people in zip(names, people, strict=True):
            stem = name.removesuffix("村")
            if stem in ISLAND_VILLAGES:
                xy = ISLAND_VILLAGES[stem]
            else:
                mine = np.flatnonzero((nearest == i) & np.isfinite(far[:, i]))
                distance = far[mine, i] * reach[i]
                in_town = distance < 0.95 * township.town_m
                mine = mine[
                    in_town if not name.endswith("村") else distance > 0.55 * township.town_m
                ]
                tries = rng.choice(mine, 40)
                gap, _ = cKDTree(taken).query(spots[tries])
                xy = spots[tries[np.argmax(gap - 0.25 * off_main[tries])]] + rng.uniform(-15, 15, 2)
            taken.append(xy)
            places.append(Place(name, i, xy, int(n_people)))
    return places


BLOCK: Final = 2  # cells of the raster to a step of a path, either way


def walking_grid(ground: Ground, rng: np.random.Generator) -> coo_array:
    """Return the effort between neighbouring blocks of land: more uphill, on heights, at random."""
    in_county = centres()[..., 1] < to_plane([LON0, BORDER_LAT])[1]
    part = np.where(in_county, ground.part, 0)[::BLOCK, ::BLOCK]
    height_m = ground.height_m[::BLOCK, ::BLOCK]
    slope = np.hypot(*np.gradient(height_m, CELL * BLOCK))
    effort = 1 + 18 * slope + (height_m / 60) ** 2
    effort *= np.exp(0.9 * noise(rng, 350)[::BLOCK, ::BLOCK])
    number = np.arange(part.size).reshape(part.shape)
    steps = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = np.s_[: -down or None, max(0, -right) : -right if right > 0 else None]
        b = np.s_[down:, max(0, right) : right if right < 0 else None]
        ok = (part[a] > 0) & (part[a] == part[b])
        cost = np.hypot(down, right) * (effort[a] + effort[b])
        steps.append(np.stack([cost[ok], number[a][ok], number[b][ok]]))
    cost, heads, tails = np.hstack(steps)
    return coo_array((cost, (heads.astype(int), tails.astype(int))), (part.size,) * 2)


def easiest_paths(
    ground: Ground, roads: list[Road], places: list[Place], rng: np.random.Generator
) -> list[Road]:
    """Return roads that join every village to a main road by the easiest way over land."""
    n_cols = SHAPE[1] // BLOCK

    def block_of(xy: np.ndarray) -> np.ndarray:
        row, col = cells(xy)
        return row // BLOCK * n_cols + col // BLOCK

    vertices = np.vstack([road.xy for road in roads if road.level == 0])
    sources, first = np.unique(block_of(vertices), return_index=True)
    meets = dict(zip(sources.tolist(), vertices[first], strict=True))
    grid = walking_grid(ground, rng).tocsr()
    before = dijkstra(grid, False, sources, return_predecessors=True, min_only=True)[1]
    steps: dict[int, int] = {}
    for cell in block_of(np.array([place.xy for place in places])).tolist():
        while cell not in steps and before[cell] >= 0:
            steps[cell] = cell = int(before[cell])
    n_into = Counter(steps.values())
    paths = []
    for start in sorted(cell for cell in steps if n_into[cell] != 1):
        chain = [start]
        while chain[-1] in steps and (len(chain) == 1 or n_into[chain[-1]] == 1):
            chain.append(steps[chain[-1]])
        middle = (np.array([(c % n_cols, c // n_cols) for c in chain]) + 0.5) * CELL * BLOCK
        at = zip(chain, middle + WEST_SOUTH, strict=True)
        line = np.array([meets.get(cell, xy) for cell, xy in at])
        line[1:-1] = ndimage.uniform_filter1d(line, 5, axis=0, mode="nearest")[1:-1]
        kind = "tertiary" if len(chain) > 9 or rng.random() < 0.4 else "unclassified"
        paths.append(Road(stepped(rounded(line, 2)), kind))
    return paths


# -------------------- 4 streets


@dataclass(frozen=True, slots=True)
class Fabric:
    """How streets want to run: direction (a complex number, angle times four) and spacing."""

    turn: np.ndarray
    town_m: np.ndarray  # spacing of town streets and lanes; inf where none grow
    plain_m: np.ndarray  # spacing of the roads between the fields
    collector_m: np.ndarray  # spacing of the tertiary roads in and around towns
    core: np.ndarray  # 1 in the middle of a town, falling to 0 outside


def directions(
    ground: Ground, inland_m: np.ndarray, roads: list[Road], rng: np.random.Generator
) -> np.ndarray:
    """Return the directions that slopes, shores, roads and chance give to streets."""
    slope_y, slope_x = np.gradient(ndimage.gaussian_filter(ground.height_m, 4), CELL)
    steep = np.hypot(slope_x, slope_y).clip(0, 0.3)
    shore_y, shore_x = np.gradient(ndimage.gaussian_filter(inland_m, 5), CELL)
    turn = 0.35 * np.exp(1j * (1.2 * noise(rng, 1500) + 0.5 * noise(rng, 350)))
    turn += 5 * steep * np.exp(4j * np.arctan2(slope_y, slope_x))
    turn += 0.8 * np.exp(-((inland_m / 450) ** 2)) * np.exp(4j * np.arctan2(shore_y, shore_x))
    return turn + road_pull(roads)


def settlements(places: list[Place], rng: np.random.Generator) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield what pulls streets into order.

    That is: where, radius, pull, turn, spacing in the middle, how much wider it is towards the
    edge, and how many radii away the edge lies.
    """
    for t in TOWNSHIPS:
        yield to_plane(t.lonlat), t.town_m, 1.1, np.radians(t.tilt_deg), 92, 75, 1.1
    for lon, lat, radius, tilt in WORKS:
        yield to_plane([lon, lat]), radius, 1.6, np.radians(tilt), 215, 0, 1.0
    for place in places:
        radius = (150 + 2.6 * place.people**0.5) * rng.uniform(0.85, 1.2)
        yield place.xy, radius, 0.5, rng.uniform(0, np.pi / 2), rng.uniform(72, 98), 0, 1.0


def make_fabric(
    ground: Ground, roads: list[Road], places: list[Place], rng: np.random.Generator
) -> Fabric:
    """Return the directions and spacings of streets all over the county."""
    middle = centres()
    inland_m = ndimage.distance_transform_edt(ground.part > 0) * CELL
    turn = directions(ground, inland_m, roads, rng)
    town_m, core = np.full(SHAPE, np.inf), np.zeros(SHAPE)
    ragged = (1 + 0.22 * ground.wobble + 0.16 * noise(rng, 250)).clip(0.45, 1.7)
    for xy, radius, pull, tilt, gap_m, wider_m, edge in settlements(places, rng):
        row, col = (int(i[0]) for i in cells(xy))
        reach = int(3.5 * radius / CELL) + 2
        here = np.s_[max(row - reach, 0) : row + reach, max(col - reach, 0) : col + reach]
        share = np.hypot(*(middle[here] - xy).transpose(2, 0, 1)) / ragged[here] / radius
        turn[here] += pull * np.exp(-(share**2) / 0.8) * np.exp(4j * tilt)
        spacing = np.where(share < edge, gap_m + wider_m * share**2, np.inf)
        town_m[here] = np.minimum(town_m[here], spacing)
        if edge > 1:
            core[here] = np.maximum(core[here], np.exp(-((share / 0.55) ** 2)))
    near_town = ndimage.gaussian_filter(np.isfinite(town_m) * 1.0, 8)
    smooth = ndimage.gaussian_filter(turn.real, 1.5) + 1j * ndimage.gaussian_filter(turn.imag, 1.5)
    closed = (ground.height_m > 38) | (inland_m < 70)
    closed |= middle[..., 1] > to_plane([LON0, BORDER_LAT])[1] - 120
    rough = closed | (ground.height_m > 22) | (inland_m < 160)
    return Fabric(
        turn=smooth,
        town_m=np.where(closed, np.inf, town_m),
        plain_m=np.where(rough, np.inf, 430 + 90 * ground.wobble.clip(-1, 2)),
        collector_m=np.where(closed | (near_town < 0.25), np.inf, 520 - 190 * core),
        core=core,
    )


def road_pull(roads: list[Road]) -> np.ndarray:
    """Return the direction of the nearest road, weaker the farther it is."""
    vertices = np.vstack([road.xy for road in roads])
    along = np.vstack([np.gradient(road.xy, axis=0) for road in roads])
    distance, at = cKDTree(vertices).query(centres().reshape(-1, 2), distance_upper_bound=1500)
    found = np.isfinite(distance)
    pull = np.zeros(len(found), complex)
    angle = np.arctan2(along[at[found], 1], along[at[found], 0])
    pull[found] = 1.5 * np.exp(-((distance[found] / 420) ** 2)) * np.exp(4j * angle)
    return pull.reshape(SHAPE)


class Trail:
    """All street vertices so far with their directions, found by neighbourhood."""

    SIZE: Final = 60.0

    def __init__(self) -> None:
        """Start without streets."""
        self.boxes: dict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(
            list
        )

    def add(self, xy: np.ndarray) -> None:
        """Remember a line's vertices."""
        along = np.gradient(xy, axis=0)
        along /= np.hypot(*along.T)[:, None] + 1e-9
        for (x, y), (dx, dy) in zip(xy.tolist(), along.tolist(), strict=True):
            self.boxes[int(x // self.SIZE), int(y // self.SIZE)].append((x, y, dx, dy))

    def near(self, x: float, y: float, radius: float) -> list[tuple[float, float, float, float]]:
        """Return the vertices within a radius."""
        found = []
        for i in range(int((x - radius) // self.SIZE), int((x + radius) // self.SIZE) + 1):
            for j in range(int((y - radius) // self.SIZE), int((y + radius) // self.SIZE) + 1):
                found += [
                    v
                    for v in self.boxes.get((i, j), ())
                    if (v[0] - x) ** 2 + (v[1] - y) ** 2 <= radius**2
                ]
        return found


STEP: Final = 20.0


def trace(
    start: tuple[float, float],
    way: complex,
    spacing: np.ndarray,
    fabric: Fabric,
    trail: Trail,
    longest_m: float,
) -> list[tuple[float, float]]:
    """Return the vertices of a street that follows the field to a neighbour or off its ground."""
    (x, y), line = start, [start]
    while True:
        row, col = int((y - WEST_SOUTH[1]) // CELL), int((x - WEST_SOUTH[0]) // CELL)
        gap = spacing[row, col]
        if not np.isfinite(gap):
            return line
        axis = complex(fabric.turn[row, col])
        axis = (axis / (abs(axis) or 1)) ** 0.25
        way = max(
            (axis * turn for turn in (1, 1j, -1, -1j)), key=lambda c: (c * way.conjugate()).real
        )
        nx, ny = x + STEP * way.real, y + STEP * way.imag
        done = len(line) * STEP > longest_m
        if len(line) > 2:
            reach = trail.near(nx, ny, 0.55 * gap)
            done |= any(abs(dx * way.real + dy * way.imag) > 0.72 for _, _, dx, dy in reach)
        if done:
            goals = [
                (abs(v[0] - x + (v[1] - y) * 1j), v)
                for v in trail.near(x, y, max(0.8 * gap, 45))
                if (v[0] - x) * way.real + (v[1] - y) * way.imag
                > 0.4 * abs(v[0] - x + (v[1] - y) * 1j)
            ]
            return [*line, min(goals)[1][:2]] if goals else line
        x, y = nx, ny
        line.append((x, y))


def grow(
    kind: str,
    spacing: np.ndarray,
    fabric: Fabric,
    trail: Trail,
    seeds: list[np.ndarray],
    longest_m: tuple[float, float],
    rng: np.random.Generator,
) -> list[Road]:
    """Return the streets that fill the ground of finite spacing, grown out of given lines."""
    queue = deque(seeds)
    grown: list[Road] = []
    while queue:
        xy = queue.popleft()
        since = rng.uniform(0.3, 1) * 100
        for i in range(len(xy)):
            row, col = cells(xy[i])
            gap = float(spacing[row[0], col[0]])
            since += STEP
            if not np.isfinite(gap) or since < gap * rng.uniform(0.85, 1.2):
                continue
            since = 0.0
            step = xy[min(i + 1, len(xy) - 1)] - xy[max(i - 1, 0)]
            along = complex(*step) / (abs(complex(*step)) or 1)
            x, y = map(float, xy[i])
            limit = rng.uniform(*longest_m)
            for side in (1j, -1j):
                way = along * side
                ahead = trail.near(x + 40 * way.real, y + 40 * way.imag, 0.62 * gap)
                if any(abs(dx * way.real + dy * way.imag) > 0.72 for _, _, dx, dy in ahead):
                    continue
                line = np.array(trace((x, y), way, spacing, fabric, trail, limit))
                if len(line) < 3 or length_m(line) < 0.45 * min(gap, 120):
                    continue
                trail.add(line)
                grown.append(Road(line, kind, is_grown=True))
                queue.append(line)
    return grown


def make_streets(
    fabric: Fabric, roads: list[Road], places: list[Place], rng: np.random.Generator
) -> list[Road]:
    """Return collectors, field roads and streets, each kind grown between the ones before."""
    trail = Trail()
    ground_lines = [road.xy for road in roads if road.level == 0]
    for line in ground_lines:
        trail.add(line)
    collectors = grow(
        "tertiary", fabric.collector_m, fabric, trail, ground_lines, (1200, 4000), rng
    )
    lines = ground_lines + [road.xy for road in collectors]
    field_roads = grow("unclassified", fabric.plain_m, fabric, trail, lines, (500, 2600), rng)
    lines += [road.xy for road in field_roads]
    lines += [place.xy + np.array([[-10.0, 0], [10, 0]]) for place in places]
    streets = grow("residential", fabric.town_m, fabric, trail, lines, (250, 1300), rng)
    return collectors + field_roads + streets


def class_and_name(
    roads: list[Road], fabric: Fabric, places: list[Place], rng: np.random.Generator
) -> None:
    """Give grown roads their final class by where they run, and a name to most."""
    near_place = cKDTree([place.xy for place in places])
    names: dict[int, list[str]] = {}
    for i in range(len(TOWNSHIPS)):
        pairs = [a + b for a in STREET_HEADS for b in STREET_TAILS if a != b]
        names[i] = [pairs[k] for k in rng.permutation(len(pairs))]
    used: set[str] = set()
    for road in roads:
        if road.name or road.kind in ("trunk", "primary", "secondary"):
            continue
        row, col = cells(road.xy)
        core, size = float(fabric.core[row, col].mean()), length_m(road.xy)
        gap = float(np.median(fabric.town_m[row, col]))
        if road.is_grown:
            road.kind = class_of(road.kind, core, size, gap, rng)
        place = places[int(near_place.query(road.xy[0])[1])]
        if road.kind == "service" or rng.random() < (0.12 if core > 0.2 else 0.45):
            continue
        ending = (
            "大道"
            if road.kind == "secondary"
            else "路"
            if RANK[road.kind] < RANK["residential"]
            else str(rng.choice(["路", "街", "巷", "弄"], p=[0.45, 0.2, 0.25, 0.1]))
        )
        own = [
            place.stem + turn + ending
            for turn in ("", "东", "西", "南", "北", "中", "一", "二", "三")
        ]
        free = [] if core > 0.2 else [name for name in own if name not in used]
        road.name = free[0] if free else names[place.township].pop() + ending
        used.add(road.name)


def class_of(kind: str, core: float, size_m: float, gap_m: float, rng: np.random.Generator) -> str:
    """Return the class of a grown road by nearness to a town's middle, length and spacing."""
    if kind == "tertiary":
        return (
            "secondary"
            if size_m > 1500 or (core > 0.1 and size_m > 900 and rng.random() < 0.6)
            else "tertiary"
        )
    if kind == "unclassified":
        return "tertiary" if size_m > 650 else "unclassified"
    if size_m > 620 and rng.random() < 0.6:
        return "tertiary"
    if gap_m > 180:  # works
        return str(rng.choice(["residential", "unclassified", "service"], p=[0.5, 0.3, 0.2]))
    lanes = [0.86, 0.09, 0.05, 0.0] if core > 0.3 else [0.68, 0.15, 0.07, 0.10]
    return str(rng.choice(["residential", "living_street", "service", "unclassified"], p=lanes))


# -------------------- 5 the graph


ALLEYS: Final = 1_000_000  # roads without a line of their own are numbered from here
ROUNDABOUTS: Final = 2_000_000


@dataclass(slots=True)
class Edge:
    """A piece of road between two nodes."""

    u: int
    v: int
    xy: np.ndarray
    road: int  # position of its road: pieces of one road make one way
    kind: str
    name: str
    tags: dict[str, str]
    level: int = 0
    is_grown: bool = False

    @property
    def is_oneway(self) -> bool:
        """Whether it may only be driven along."""
        return self.tags.get("oneway") == "yes" or self.tags.get("junction") == "roundabout"


@dataclass(slots=True)
class Graph:
    """Nodes, where they are, and the edges between them."""

    xy: list[np.ndarray]
    edges: list[Edge]
    tags: dict[int, dict[str, str]] = field(default_factory=dict)  # of nodes: signals, gates

    def degree(self) -> np.ndarray:
        """Return how many road ends meet at each node."""
        ends = [n for e in self.edges for n in (e.u, e.v)]
        return np.bincount(ends, minlength=len(self.xy))

    def parts(self, is_directed: bool = False) -> np.ndarray:
        """Return the number of the component of each node (strong ones if directed)."""
        pairs = {(e.u, e.v) for e in self.edges} | {
            (e.v, e.u) for e in self.edges if not e.is_oneway
        }
        u, v = np.array(sorted(pairs)).T
        matrix = coo_array((np.ones(len(u)), (u, v)), (len(self.xy),) * 2).tocsr()
        return connected_components(matrix, is_directed, connection="strong")[1]

    def add_node(self, xy: np.ndarray) -> int:
        """Add a node and return its position."""
        self.xy.append(np.asarray(xy, float))
        return len(self.xy) - 1


def piece_along(piece: shapely.LineString, line: shapely.LineString) -> np.ndarray:
    """Return the vertices of a piece of a line in the order of the line."""
    xy = shapely.get_coordinates(piece)
    early, late = (line.project(piece.interpolate(share, normalized=True)) for share in (0.4, 0.6))
    return xy if early <= late else xy[::-1]


def make_graph(roads: list[Road]) -> Graph:
    """Return the graph of roads: cut wherever they meet on the ground, else joined at ends."""
    flat = [i for i, road in enumerate(roads) if road.level == 0]
    lines = [shapely.LineString(roads[i].xy) for i in flat]
    pieces = shapely.get_parts(shapely.unary_union(lines))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece_at, line_at = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=0.05)
    owner: dict[int, int] = {}
    for piece, line in sorted(zip(piece_at.tolist(), line_at.tolist(), strict=True)):
        road = flat[line]
        if piece not in owner or RANK[roads[road].kind] < RANK[roads[owner[piece]].kind]:
            owner[piece] = road
    graph, numbers = Graph([], []), {}

    def node(xy: np.ndarray) -> int:
        key = (round(float(xy[0]), 1), round(float(xy[1]), 1))
        if key not in numbers:
            numbers[key] = graph.add_node(xy)
        return numbers[key]

    shapes = [(i, road.xy) for i, road in enumerate(roads) if road.level]
    for piece, at in sorted(owner.items()):
        shapes.append((at, piece_along(pieces[piece], shapely.LineString(roads[at].xy))))
    for at, xy in shapes:
        r, ends = roads[at], (node(xy[0]), node(xy[-1]))
        graph.edges.append(Edge(*ends, xy, at, r.kind, r.name, dict(r.tags), r.level, r.is_grown))
    return graph


def merge_close_nodes(graph: Graph, nearer_m: float) -> None:
    """Make one node of nodes closer than this; of two roads between the same, keep the greater."""
    xy = np.array(graph.xy)
    fixed = {n for e in graph.edges if e.kind.startswith("motorway") for n in (e.u, e.v)}
    pairs = [
        (a, b) for a, b in cKDTree(xy).query_pairs(nearer_m) if a not in fixed and b not in fixed
    ]
    a, b = np.array(sorted(pairs)).reshape(-1, 2).T
    part = connected_components(
        coo_array((np.ones(len(a)), (a, b)), (len(xy),) * 2).tocsr(), False
    )[1]
    size = np.bincount(part)
    centre = np.column_stack([np.bincount(part, xy[:, i]) / size for i in (0, 1)])
    kept: dict[tuple[int, int, int], Edge] = {}
    for e in sorted(graph.edges, key=lambda e: RANK[e.kind]):
        e.u, e.v = int(part[e.u]), int(part[e.v])
        e.xy = e.xy.copy()
        e.xy[0], e.xy[-1] = centre[e.u], centre[e.v]
        apart = round(length_m(e.xy) / 60) if e.level == 0 else 10_000 + e.level
        if e.u == e.v and length_m(e.xy) < 150:
            continue
        kept.setdefault((min(e.u, e.v), max(e.u, e.v), apart), e)
    graph.xy, graph.edges = list(centre), list(kept.values())


def drop(graph: Graph, positions: set[int]) -> None:
    """Take edges out."""
    graph.edges = [e for i, e in enumerate(graph.edges) if i not in positions]


def drop_crossings(graph: Graph) -> None:
    """Take out the smaller of two ground roads that cross without a junction."""
    flat = [i for i, e in enumerate(graph.edges) if e.level == 0]
    lines = [shapely.LineString(graph.edges[i].xy) for i in flat]
    first, second = shapely.STRtree(lines).query(lines, predicate="crosses")
    gone: set[int] = set()
    for a, b in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if a < b and not gone & {flat[a], flat[b]}:
            gone.add(
                max(
                    flat[a],
                    flat[b],
                    key=lambda i: (RANK[graph.edges[i].kind], -length_m(graph.edges[i].xy)),
                )
            )
    drop(graph, gone)


def thin(graph: Graph, rng: np.random.Generator) -> None:
    """Turn many crossings into T-junctions by leaving out streets that nothing hangs on."""
    u, v = np.array([(e.u, e.v) for e in graph.edges]).T
    weight = np.array([1 + RANK[e.kind] * 10 + rng.random() * 9 for e in graph.edges])
    order = np.lexsort((weight, np.maximum(u, v), np.minimum(u, v)))
    low, high = np.minimum(u, v)[order], np.maximum(u, v)[order]
    first = np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)]
    tree = minimum_spanning_tree(
        coo_array((weight[order][first], (low[first], high[first])), (len(graph.xy),) * 2).tocsr()
    ).tocoo()
    needed = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    degree, gone = graph.degree(), set()
    for i in rng.permutation(len(graph.edges)).tolist():
        e = graph.edges[i]
        if (
            not e.is_grown
            or RANK[e.kind] <= RANK["tertiary"]
            or (min(e.u, e.v), max(e.u, e.v)) in needed
        ):
            continue
        ends = sorted((degree[e.u], degree[e.v]))
        chance = {(4, 4): 0.6, (3, 4): 0.22, (3, 3): 0.06}.get(
            (min(ends[0], 4), min(ends[1], 4)), 0
        )
        if rng.random() < chance:
            gone.add(i)
            degree[[e.u, e.v]] -= 1
    drop(graph, gone)


def prune(graph: Graph, shorter_m: float, chance: float, rng: np.random.Generator) -> None:
    """Take out blind ends: all shorter ones, of the others some."""
    degree = graph.degree()
    gone = {
        i
        for i, e in enumerate(graph.edges)
        if e.is_grown
        and min(degree[e.u], degree[e.v]) == 1
        and (
            length_m(e.xy) < shorter_m
            or rng.random() < (0.9 if RANK[e.kind] <= RANK["tertiary"] else chance)
        )
    }
    drop(graph, gone)


def keep_islands(graph: Graph) -> None:
    """Keep the components that a drawn road belongs to, and number nodes anew."""
    part = graph.parts()
    drawn_names = {name for _, name, *_ in MAIN_ROADS}
    kept = {int(part[e.u]) for e in graph.edges if e.name in drawn_names}
    graph.edges = [e for e in graph.edges if part[e.u] in kept]
    used = sorted({n for e in graph.edges for n in (e.u, e.v)})
    number = {n: i for i, n in enumerate(used)}
    graph.xy = [graph.xy[n] for n in used]
    for e in graph.edges:
        e.u, e.v = number[e.u], number[e.v]


def alley_from(e: Edge, rng: np.random.Generator) -> tuple[int, np.ndarray] | None:
    """Return a vertex of a street and the line of a blind alley that leaves it there, if it can."""
    k = int(np.clip(round(rng.uniform(0.3, 0.7) * (len(e.xy) - 1)), 1, max(1, len(e.xy) - 2)))
    if len(e.xy) < 3 or min(length_m(e.xy[: k + 1]), length_m(e.xy[k:])) < 22:
        return None
    along = (e.xy[k + 1] - e.xy[k - 1]) / np.hypot(*(e.xy[k + 1] - e.xy[k - 1]))
    across = np.array([-along[1], along[0]]) * rng.choice([-1, 1])
    swing, size_m = rng.normal(0, 0.22, 2), rng.uniform(40, 125)
    half = e.xy[k] + size_m * 0.5 * (across + swing[0] * along)
    tip = e.xy[k] + size_m * (across + swing.sum() * along)
    return k, rounded(np.array([e.xy[k], half, tip]), 2)


def add_alleys(graph: Graph, n_alleys: int, ground: Ground, rng: np.random.Generator) -> None:
    """Let blind alleys and drives run from the middle of streets into the blocks."""
    lines = [shapely.LineString(e.xy) for e in graph.edges]
    tree = shapely.STRtree(lines)
    size_m = np.array([length_m(e.xy) for e in graph.edges])
    is_small = np.array([RANK[e.kind] >= RANK["residential"] for e in graph.edges])
    chance = (
        size_m * np.where(is_small, 1, 0.35) * (size_m > 70) * [e.is_grown for e in graph.edges]
    )
    new: list[Edge] = []
    gone: set[int] = set()
    grown: list[shapely.LineString] = []
    for i in rng.choice(len(lines), n_alleys * 3, p=chance / chance.sum()).tolist():
        found = alley_from(graph.edges[i], rng) if i not in gone else None
        if found is None or len(grown) == n_alleys:
            continue
        e, (k, alley) = graph.edges[i], found
        line, tip = shapely.LineString(alley), cells(alley[-1])
        is_blocked = ground.part[tip][0] == 0 or ground.height_m[tip][0] > 60
        near = set(tree.query(line, predicate="dwithin", distance=18).tolist())
        if is_blocked or near - {i} or any(line.dwithin(other, 18) for other in grown):
            continue
        grown.append(line)
        gone.add(i)
        here, end = graph.add_node(alley[0]), graph.add_node(alley[-1])
        kinds = ["service", "service", "residential", "living_street"]
        kind = "service" if e.kind == "unclassified" else str(rng.choice(kinds))
        new += [replace(e, v=here, xy=e.xy[: k + 1], tags=dict(e.tags))]
        new += [replace(e, u=here, xy=e.xy[k:], tags=dict(e.tags))]
        new += [Edge(here, end, alley, ALLEYS + len(grown), kind, "", {})]
    drop(graph, gone)
    graph.edges += new


def simplify(graph: Graph, tolerance_m: float) -> None:
    """Leave out vertices that don't show."""
    for e in graph.edges:
        e.xy = shapely.get_coordinates(shapely.LineString(e.xy).simplify(tolerance_m))


def add_roundabouts(graph: Graph, n_wanted: int) -> None:
    """Turn some large crossings of main roads into roundabouts, driven counter-clockwise."""
    arms: dict[int, list[Edge]] = defaultdict(list)
    for e in graph.edges:
        arms[e.u].append(e)
        arms[e.v].append(e)
    radius, done = 24.0, [np.array([1e7, 1e7])]
    for n in sorted(arms, key=lambda n: (-len(arms[n]), sum(RANK[e.kind] for e in arms[n]), n)):
        mine, centre = arms[n], graph.xy[n]
        is_fit = len(mine) >= 4 and all(
            e.level == 0 and length_m(e.xy) > 90 and e.u != e.v for e in mine
        )
        is_fit = is_fit and min(RANK[e.kind] for e in mine) == RANK["secondary"]
        if len(done) > n_wanted or not is_fit or min(np.hypot(*(centre - c)) for c in done) < 1800:
            continue
        done.append(centre)
        around = []
        for e in mine:
            line = shapely.LineString(e.xy if e.u == n else e.xy[::-1])
            xy = shapely.get_coordinates(shapely.ops.substring(line, radius, line.length))
            angle = float(np.arctan2(*(xy[0] - centre)[::-1]))
            xy[0] = centre + radius * np.array([np.cos(angle), np.sin(angle)])
            rim = graph.add_node(xy[0])
            if e.u == n:
                e.u, e.xy = rim, xy
            else:
                e.v, e.xy = rim, xy[::-1]
            around.append((angle % (2 * np.pi), rim))
        around.sort()
        for (a, u), (b, v) in zip(
            around, [*around[1:], (around[0][0] + 2 * np.pi, around[0][1])], strict=True
        ):
            turn = np.linspace(a, b, max(3, int((b - a) / 0.5)))
            arc = centre + radius * np.column_stack([np.cos(turn), np.sin(turn)])
            arc[0], arc[-1] = graph.xy[u], graph.xy[v]
            graph.edges.append(
                Edge(u, v, arc, ROUNDABOUTS + n, "secondary", "", {"junction": "roundabout"})
            )


def add_oneways(graph: Graph, fabric: Fabric, rng: np.random.Generator) -> None:
    """Make some town streets one-way, none that would shut anybody in."""
    chosen: dict[int, bool] = {}
    for e in graph.edges:
        row, col = cells(e.xy.mean(axis=0))
        if e.is_grown and e.kind != "service" and e.road not in chosen:
            chosen[e.road] = bool(fabric.core[row, col][0] > 0.3 and rng.random() < 0.17)
        if chosen.get(e.road, False) and e.is_grown:
            e.tags["oneway"] = "yes"
    weak = graph.parts()
    while True:
        strong = graph.parts(is_directed=True)
        main = {int(w): int(np.bincount(strong[weak == w]).argmax()) for w in np.unique(weak)}
        trapped = [
            e
            for e in graph.edges
            if e.is_grown
            and e.tags.get("oneway")
            and {int(strong[e.u]), int(strong[e.v])} != {main[int(weak[e.u])]}
        ]
        if not trapped:
            return
        for e in trapped:
            del e.tags["oneway"]


def add_limits(graph: Graph, rng: np.random.Generator) -> None:
    """Post speed limits on a part of the roads."""
    posted: dict[int, bool] = {}
    for e in graph.edges:
        limit, share = MAXSPEED.get(e.kind, (0, 0.0))
        if posted.setdefault(e.road, bool(rng.random() < share)) and limit:
            e.tags["maxspeed"] = str(limit)


def add_signals_and_gates(
    graph: Graph, n_signals: int, fabric: Fabric, rng: np.random.Generator
) -> None:
    """Put signals on the busiest crossings, toll booths on links, gates before some drives."""
    ranks: dict[int, list[int]] = defaultdict(list)
    for e in graph.edges:
        for n in (e.u, e.v):
            ranks[n].append(RANK[e.kind] if e.level == 0 and "junction" not in e.tags else -9)
    row, col = cells(np.array(graph.xy))
    core = fabric.core[row, col]
    busy = [
        n
        for n, r in ranks.items()
        if len(r) >= 3 and min(r) >= 0 and sorted(r)[2] <= RANK["tertiary"] and core[n] > 0.08
    ]
    busy.sort(key=lambda n: (sum(sorted(ranks[n])[:3]) - 2 * core[n] - len(ranks[n]), n))
    placed: list[np.ndarray] = [np.array([1e7, 1e7])]
    for n in busy:
        if len(placed) <= n_signals and cKDTree(placed).query(graph.xy[n])[0] > 130:
            graph.tags[n] = {"highway": "traffic_signals"}
            placed.append(graph.xy[n])
    for place, *_ in INTERCHANGES:
        toll = int(cKDTree(np.array(graph.xy)).query(toll_place(place)[0])[1])
        graph.tags[toll] = {"barrier": "toll_booth", "name": f"{place}收费站"}
    for e in list(graph.edges):
        if e.road < ALLEYS or e.kind != "service" or len(e.xy) < 3 or rng.random() > 0.3:
            continue
        gate = graph.add_node(e.xy[1])
        is_private = rng.random() < 0.25
        tags = {"access": "private"} if is_private else {}
        graph.tags[gate] = {"barrier": str(rng.choice(["gate", "lift_gate"]))} | tags
        graph.edges.append(replace(e, u=gate, xy=e.xy[1:], tags=e.tags | tags))
        e.v, e.xy = gate, e.xy[:2]


# -------------------- 6 couriers and hosts


class Sides:
    """Finds spots beside the streets of a place."""

    def __init__(self, graph: Graph, ground: Ground, places: list[Place]) -> None:
        """Sort the streets by the place they are nearest to on the same land."""
        small = [e for e in graph.edges if e.level == 0 and RANK[e.kind] > RANK["trunk"]]
        self.lines = [e.xy for e in small if not e.tags.keys() & {"access", "junction"}]
        self.size_m = np.array([length_m(xy) for xy in self.lines])
        ranks = [RANK[e.kind] for e in small if not e.tags.keys() & {"access", "junction"}]
        self.is_main = np.array(ranks) <= RANK["tertiary"]
        middle = np.array([xy.mean(axis=0) for xy in self.lines])
        home = np.array([place.xy for place in places])
        self.distance_m, owner = cKDTree(home).query(middle)
        owner = np.where(ground.part[cells(middle)] == ground.part[cells(home)][owner], owner, -1)
        self.of_place = [np.flatnonzero(owner == i) for i in range(len(places))]
        raised = [shapely.LineString(e.xy) for e in graph.edges if e.kind.startswith("motorway")]
        self.motorway, self.ground, self.places = shapely.union_all(raised), ground, places

    def spot(
        self,
        place: int,
        away_m: tuple[float, float],
        rng: np.random.Generator,
        *,
        spread_m: float,
        main_pull: float = 1.0,
    ) -> np.ndarray:
        """Return a spot on land, this far from a street of a place; main streets may pull more."""
        mine = self.of_place[place]
        weight = self.size_m[mine] * (np.exp(-((self.distance_m[mine] / spread_m) ** 2)) + 1e-4)
        weight = weight * np.where(self.is_main[mine], main_pull, 1)
        for _ in range(60):
            if len(mine) == 0:  # an island without a road
                xy = self.places[place].xy + rng.normal(0, 110, 2)
            else:
                line = self.lines[rng.choice(mine, p=weight / weight.sum())]
                k = rng.integers(len(line) - 1)
                along = line[k + 1] - line[k]
                across = np.array([-along[1], along[0]]) / np.hypot(*along) * rng.choice([-1, 1])
                away = away_m[0] + (away_m[1] - away_m[0]) * rng.beta(1, 2.2)
                xy = line[k] + rng.random() * along + away * across
            is_land = self.ground.part[cells(xy)][0] > 0
            if is_land and self.motorway.distance(shapely.Point(xy)) > 150:
                break
        return xy


def make_demand(sides: Sides, fabric: Fabric, rng: np.random.Generator) -> list[list[object]]:
    """Return the demand points: where couriers are, in whole numbers that sum to the total."""
    people = np.array([place.people for place in sides.places], float)
    n_points = np.maximum(3, np.round(DEMAND_POINTS * people / people.sum())).astype(int)
    rows: list[list[object]] = []
    pull = []
    for i, place in enumerate(sides.places):
        for k in range(n_points[i]):
            away_m = (10.0, 120.0)
            spread_m = 2200.0 if rng.random() < 0.12 else 260 + 4.5 * place.people**0.5
            if k and rng.random() < 0.06:  # farms, fish ponds, quarries
                away_m, spread_m = (110.0, 420.0), rng.choice([spread_m, 1e5])
            xy = sides.spot(i, away_m, rng, spread_m=spread_m)
            busy = (0.6 + 1.2 * fabric.core[cells(xy)][0]) * rng.lognormal(0, 0.5)
            pull.append(people[i] / n_points[i] * busy)
            name, district = f"{place.name} {k + 1}", TOWNSHIPS[place.township].name
            rows.append([f"D{len(rows) + 1:04d}", *degrees(xy), 1, name, district])
    share = np.array(pull) / sum(pull)
    for row, extra in zip(rows, rng.multinomial(COURIERS - len(rows), share).tolist(), strict=True):
        row[3] = 1 + extra
    return rows


def make_hosts(sides: Sides, rng: np.random.Generator) -> list[list[object]]:
    """Return the hosts: a centre for each village and community, then other hubs, banks, shops."""
    rows: list[list[object]] = []

    def add(kind: str, name: str, xy: np.ndarray, services: str, hours: str) -> None:
        opening = str(rng.choice(hours.split(",")))
        place = [f"H{len(rows) + 1:03d}", *degrees(xy)]
        rows.append([*place, name, kind, "false", services, opening])

    for i, place in enumerate(sides.places):
        xy = sides.spot(i, (10, 35), rng, spread_m=130)
        add("hub", f"{place.name}党群服务中心", xy, "rest;water;charging", CENTRE_HOURS)
    people = np.array([place.people for place in sides.places], float)
    has_streets = np.array([len(streets) > 8 for streets in sides.of_place])
    is_town = np.array([place.is_community for place in sides.places])
    for (kind, n_wanted, town_pull, services, hours, called), fillings in entries(HOSTS_TABLE):
        pull = people**0.8 * np.where(is_town, float(town_pull), 1) * has_streets
        while sum(row[4] == kind for row in rows) < int(n_wanted):
            i = int(rng.choice(len(people), p=pull / pull.sum()))
            name = called.format(stem=sides.places[i].stem, which=rng.choice(fillings.split()))
            if all(row[3] != name for row in rows):
                xy = sides.spot(i, (10, 45), rng, spread_m=420, main_pull=4.0)
                add(kind, name, xy, services, hours)
    return rows


# -------------------- files


def make_ways(graph: Graph) -> list[list[Edge]]:
    """Return the edges in ways: pieces of one road with equal tags, one behind the other."""
    groups: dict[tuple[object, ...], list[Edge]] = defaultdict(list)
    for e in graph.edges:
        groups[e.road, e.kind, e.name, e.level, tuple(sorted(e.tags.items()))].append(e)
    ways = []
    for key in sorted(groups, key=repr):
        after = defaultdict(list)
        for e in groups[key]:
            after[e.u].append(e)
        heads = Counter(e.v for e in groups[key])
        left = {id(e) for e in groups[key]}
        for e in sorted(
            groups[key], key=lambda e: (heads[e.u] == 1 and len(after[e.u]) == 1, e.u, e.v)
        ):
            way: list[Edge] = []
            step: Edge | None = e
            while step is not None and id(step) in left:
                left.remove(id(step))
                way.append(step)
                step = next((f for f in after[step.v] if id(f) in left), None)
            if way:
                ways.append(way)
    return ways


class Extract:
    """The nodes and ways of an OpenStreetMap extract, numbered from 1 as they come."""

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: list[tuple[list[float], dict[str, str]]] = []
        self.ways: list[tuple[list[int], dict[str, str]]] = []

    def node(self, xy: np.ndarray, **tags: str) -> int:
        """Add a node and return its number."""
        self.nodes.append((to_lonlat(xy).tolist(), tags))
        return len(self.nodes)

    def way(self, refs: list[int], **tags: str) -> None:
        """Add a way."""
        self.ways.append((refs, tags))

    def save(self, path: Path) -> None:
        """Write all of it, with one date on everything."""
        corners = np.array([lonlat for lonlat, _ in self.nodes])
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        header.add_box(osmium.osm.Box(*corners.min(0).tolist(), *corners.max(0).tolist()))
        path.unlink(missing_ok=True)
        known = {"version": 1, "timestamp": DATE}
        mutable = osmium.osm.mutable
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for i, (lonlat, tags) in enumerate(self.nodes, 1):
                writer.add_node(mutable.Node(id=i, location=tuple(lonlat), tags=tags, **known))
            for i, (refs, tags) in enumerate(self.ways, 1):
                writer.add_way(mutable.Way(id=i, nodes=refs, tags=tags, **known))


def add_roads(extract: Extract, graph: Graph) -> None:
    """Add the roads, with what stands on their nodes, and the ferries between them."""
    numbers = [extract.node(xy, **graph.tags.get(n, {})) for n, xy in enumerate(graph.xy)]
    for way in make_ways(graph):
        refs = [numbers[way[0].u]]
        for e in way:
            refs += [extract.node(xy) for xy in e.xy[1:-1]] + [numbers[e.v]]
        name = {"name": way[0].name} if way[0].name else {}
        extract.way(refs, highway=way[0].kind, **name, **way[0].tags)
    flat = sorted({n for e in graph.edges if e.level == 0 for n in (e.u, e.v)})
    quays = cKDTree(np.array(graph.xy)[flat])
    for name, text in FERRIES:
        line = drawn(text)
        start, end = (numbers[flat[int(quays.query(xy)[1])]] for xy in (line[0], line[-1]))
        between = [extract.node(xy) for xy in line[1:-1]]
        extract.way([start, *between, end], route="ferry", name=name, motor_vehicle="yes")


def with_quays(land: dict[str, shapely.Polygon], graph: Graph) -> dict[str, shapely.Polygon]:
    """Return the land, a little wider where a road on the ground touches the shore."""
    lines = [shapely.LineString(e.xy) for e in graph.edges if e.level == 0]
    whole = shapely.union_all(list(land.values()))
    shapely.prepare(whole)
    quays = shapely.union_all([line.buffer(15) for line in lines if not whole.contains(line)])
    wider = {}
    for name, shape in land.items():
        parts = shapely.get_parts(shape.union(quays))
        wider[name] = shapely.Polygon(max(parts, key=lambda part: part.area).exterior)
    return wider


def add_coast_and_names(
    extract: Extract, land: dict[str, shapely.Polygon], places: list[Place]
) -> None:
    """Add the coastline, land on its left, and the names of islands, towns and villages."""
    for name, shape in land.items():
        coords = np.array(shapely.orient_polygons(shape).exterior.coords)
        ring = [extract.node(xy) for xy in coords[:-1]]
        extract.way([*ring, ring[0]], natural="coastline")
        if name != SEAWALLS[0]:
            middle = shapely.get_coordinates(shape.representative_point())[0]
            extract.node(middle, place="island", name=name)
    city = to_plane([121.236, 28.137])
    extract.node(city, place="city", name="玉环市", population=str(RESIDENTS))
    for i, t in enumerate(TOWNSHIPS):
        people = str(sum(p.people for p in places if p.township == i))
        kind = "suburb" if t.name.endswith(("街道", "区")) else "town"
        extract.node(to_plane(t.lonlat), place=kind, name=t.name, population=people)
    for p in places:
        kind = "neighbourhood" if p.is_community else "village"
        extract.node(p.xy, place=kind, name=p.name, population=str(p.people))


def degrees(xy: np.ndarray) -> list[float]:
    """Return longitude and latitude as the tables have them."""
    return np.round(to_lonlat(xy), 6).tolist()


def write_table(path: Path, columns: str, rows: list[list[object]]) -> None:
    """Write rows as CSV that Chinese Excel reads."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns.split(), *rows])


def make_network(
    ground: Ground, roads: list[Road], fabric: Fabric, rng: np.random.Generator
) -> Graph:
    """Return the graph of all roads, thinned and furnished."""
    graph = make_graph(roads)
    merge_close_nodes(graph, 13)
    drop_crossings(graph)
    prune(graph, 40, 0.0, rng)
    thin(graph, rng)
    prune(graph, 45, 0.5, rng)
    prune(graph, 45, 0.1, rng)
    keep_islands(graph)
    add_alleys(graph, int(0.13 * len(graph.xy)), ground, rng)
    simplify(graph, 2.5)
    drop_crossings(graph)
    keep_islands(graph)
    add_roundabouts(graph, 9)
    add_oneways(graph, fabric, rng)
    add_limits(graph, rng)
    add_signals_and_gates(graph, 120, fabric, rng)
    return graph


def main() -> None:
    """Make the county and write its three files."""
    parser = argparse.ArgumentParser(description="Make the synthetic county of data/yuhuan/.")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "yuhuan", help="folder to write to"
    )
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    land = make_land(rng)
    ground = make_ground(land, rng)
    roads = main_roads(land, ground)
    places = make_places(ground, roads, rng)
    roads += easiest_paths(ground, roads, places, rng)
    fabric = make_fabric(ground, roads, places, rng)
    roads += make_streets(fabric, roads, places, rng)
    class_and_name(roads, fabric, places, rng)
    graph = make_network(ground, roads + motorway_roads(), fabric, rng)
    extract = Extract()
    add_roads(extract, graph)
    add_coast_and_names(extract, with_quays(land, graph), places)
    extract.save(out / "roads.osm.pbf")
    sides = Sides(graph, ground, places)
    demand, hosts = make_demand(sides, fabric, rng), make_hosts(sides, rng)
    write_table(out / "demand.csv", "id lon lat weight name district", demand)
    columns = "id lon lat name kind existing services opening_hours"
    write_table(out / "hosts.csv", columns, hosts)


if __name__ == "__main__":
    main()
