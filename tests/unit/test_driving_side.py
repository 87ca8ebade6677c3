"""The side of the road that is driven on, by place: cities on both sides of where it changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.roads.driving_side import driving_side_at

LEFT = {
    "London": (-0.13, 51.51),
    "Dover": (1.31, 51.13),
    "Belfast": (-5.93, 54.6),
    "Dublin": (-6.26, 53.35),
    "Lerwick": (-1.15, 60.15),
    "Douglas": (-4.48, 54.15),
    "Saint Helier": (-2.11, 49.19),
    "Valletta": (14.51, 35.9),
    "Nicosia": (33.36, 35.17),
    "Tokyo": (139.69, 35.69),
    "Naha": (127.68, 26.21),
    "Tsushima": (129.29, 34.2),
    "Ishigaki": (124.16, 24.34),
    "Nemuro": (145.58, 43.33),
    "Wakkanai": (141.67, 45.41),
    "Hong Kong Central": (114.158, 22.282),
    "Tin Shui Wai": (114.0, 22.46),
    "Sheung Shui": (114.128, 22.502),
    "Lok Ma Chau": (114.065, 22.512),
    "Lo Wu": (114.113, 22.528),
    "Tung Chung": (113.94, 22.29),
    "Macau": (113.544, 22.198),
    "Coloane": (113.56, 22.12),
    "Bangkok": (100.5, 13.75),
    "Mae Sot": (98.572, 16.713),
    "Mae Sai": (99.876, 20.428),
    "Nong Khai": (102.742, 17.878),
    "Mukdahan": (104.72, 16.545),
    "Aranyaprathet": (102.5, 13.69),
    "Ranong": (98.633, 9.966),
    "Hat Yai": (100.474, 7.009),
    "Kuala Lumpur": (101.69, 3.14),
    "Johor Bahru": (103.76, 1.49),
    "Singapore": (103.85, 1.29),
    "Sandakan": (118.12, 5.84),
    "Bandar Seri Begawan": (114.94, 4.89),
    "Jakarta": (106.83, -6.2),
    "Melonguane": (126.68, 4.0),
    "Dili": (125.57, -8.56),
    "Port Moresby": (147.15, -9.44),
    "Karachi": (67.01, 24.86),
    "Gwadar": (62.33, 25.13),
    "Quetta": (66.99, 30.18),
    "Peshawar": (71.58, 34.01),
    "Delhi": (77.21, 28.61),
    "Leh": (77.58, 34.16),
    "Kathmandu": (85.32, 27.72),
    "Thimphu": (89.64, 27.47),
    "Gangtok": (88.61, 27.33),
    "Moreh": (94.3, 24.25),
    "Dhaka": (90.41, 23.81),
    "Teknaf": (92.3, 20.86),
    "Colombo": (79.86, 6.93),
    "Male": (73.51, 4.17),
    "Port Blair": (92.74, 11.67),
    "Nairobi": (36.82, -1.29),
    "Mandera": (41.86, 3.937),
    "Kampala": (32.58, 0.32),
    "Kisoro": (29.69, -1.28),
    "Kigoma": (29.63, -4.88),
    "Ndola": (28.64, -12.96),
    "Livingstone": (25.86, -17.85),
    "Katima Mulilo": (24.27, -17.5),
    "Rundu": (19.77, -17.93),
    "Windhoek": (17.08, -22.56),
    "Maputo": (32.58, -25.97),
    "Cape Town": (18.42, -33.93),
    "Maseru": (27.48, -29.31),
    "Port Louis": (57.5, -20.16),
    "Victoria, Seychelles": (55.45, -4.62),
    "Jamestown": (-5.72, -15.93),
    "Nassau": (-77.34, 25.06),
    "Freeport": (-78.7, 26.53),
    "Matthew Town": (-73.67, 20.95),
    "Cockburn Town": (-71.14, 21.46),
    "Kingston": (-76.79, 17.97),
    "George Town": (-81.38, 19.29),
    "Charlotte Amalie": (-64.93, 18.34),
    "Road Town": (-64.62, 18.43),
    "The Valley": (-63.05, 18.22),
    "Basseterre": (-62.73, 17.3),
    "Saint John's": (-61.85, 17.12),
    "Plymouth, Montserrat": (-62.2, 16.75),
    "Roseau": (-61.39, 15.3),
    "Castries": (-60.99, 14.01),
    "Kingstown": (-61.22, 13.16),
    "Saint George's": (-61.75, 12.05),
    "Bridgetown": (-59.61, 13.1),
    "Port of Spain": (-61.51, 10.66),
    "Hamilton": (-64.78, 32.29),
    "Lethem": (-59.8, 3.38),
    "Albina": (-54.05, 5.497),
    "Paramaribo": (-55.2, 5.85),
    "Stanley": (-57.85, -51.7),
    "Sydney": (151.21, -33.87),
    "Hobart": (147.33, -42.88),
    "Perth": (115.86, -31.95),
    "Auckland": (174.76, -36.85),
    "Honiara": (159.95, -9.43),
    "Nauru": (166.93, -0.53),
    "Tarawa": (172.98, 1.33),
    "Kiritimati": (-157.4, 1.98),
    "Suva": (178.44, -18.14),
    "Nuku'alofa": (-175.2, -21.14),
    "Apia": (-171.77, -13.83),
    "Funafuti": (179.2, -8.52),
    "Rarotonga": (-159.78, -21.21),
    "Alofi": (-169.92, -19.05),
}

RIGHT = {
    "Calais": (1.86, 50.95),
    "Cherbourg": (-1.62, 49.64),
    "Brest": (-4.49, 48.39),
    "Torshavn": (-6.77, 62.01),
    "Gibraltar": (-5.35, 36.14),
    "Monaco": (7.42, 43.74),
    "Porto": (-8.61, 41.15),
    "Ragusa": (14.73, 36.93),
    "Anamur": (32.83, 36.08),
    "Latakia": (35.78, 35.52),
    "Busan": (129.08, 35.18),
    "Jeju": (126.53, 33.5),
    "Korsakov": (142.79, 46.63),
    "Yuzhno-Kurilsk": (145.86, 44.03),
    "Hualien": (121.6, 23.98),
    "Futian": (114.02, 22.535),
    "Futian checkpoint": (114.068, 22.521),
    "Luohu": (114.117, 22.537),
    "Shatoujiao": (114.231, 22.557),
    "Shekou": (113.915, 22.485),
    "Nan'ao": (114.477, 22.537),
    "Zhuhai": (113.553, 22.255),
    "Gongbei": (113.549, 22.219),
    "Wanzai": (113.525, 22.2),
    "Hengqin": (113.53, 22.135),
    "Guangzhou": (113.26, 23.13),
    "Yuhuan": (121.23, 28.14),
    "Kawthaung": (98.553, 9.983),
    "Myawaddy": (98.508, 16.689),
    "Tachileik": (99.88, 20.451),
    "Vientiane": (102.605, 17.967),
    "Savannakhet": (104.752, 16.556),
    "Thakhek": (104.807, 17.4),
    "Poipet": (102.564, 13.657),
    "Koh Kong": (102.984, 11.615),
    "Phu Quoc": (103.97, 10.22),
    "Bongao": (119.77, 5.03),
    "General Santos": (125.17, 6.11),
    "Koror": (134.48, 7.34),
    "Port Vila": (168.32, -17.73),
    "Noumea": (166.45, -22.27),
    "Zahedan": (60.86, 29.5),
    "Chabahar": (60.64, 25.29),
    "Spin Boldak": (66.4, 31.01),
    "Jalalabad": (70.45, 34.43),
    "Kashgar": (75.99, 39.47),
    "Burang": (81.18, 30.29),
    "Yadong": (88.91, 27.49),
    "Tamu": (94.31, 24.21),
    "Sittwe": (92.9, 20.15),
    "Maungdaw": (92.37, 20.82),
    "Mogadishu": (45.34, 2.04),
    "Bula Hawa": (41.9, 3.93),
    "Moyale, Ethiopia": (39.05, 3.55),
    "Juba": (31.58, 4.85),
    "Kigali": (30.06, -1.94),
    "Goma": (29.22, -1.68),
    "Bujumbura": (29.36, -3.38),
    "Lubumbashi": (27.48, -11.66),
    "Kasumbalesa": (27.79, -12.21),
    "Ondjiva": (15.74, -17.07),
    "Moroni": (43.25, -11.7),
    "Mamoudzou": (45.23, -12.78),
    "Antananarivo": (47.52, -18.91),
    "Saint-Denis": (55.45, -20.88),
    "Miami": (-80.19, 25.76),
    "Santiago de Cuba": (-75.82, 20.02),
    "Baracoa": (-74.5, 20.35),
    "Cap-Haitien": (-72.2, 19.76),
    "San Juan": (-66.11, 18.47),
    "Culebra": (-65.3, 18.31),
    "Marigot": (-63.08, 18.07),
    "Oranjestad": (-62.98, 17.48),
    "Pointe-a-Pitre": (-61.53, 16.24),
    "Fort-de-France": (-61.06, 14.61),
    "Guiria": (-62.3, 10.57),
    "Ciudad Guayana": (-62.64, 8.35),
    "Bonfim": (-59.83, 3.36),
    "Saint-Laurent-du-Maroni": (-54.03, 5.5),
    "Belize City": (-88.19, 17.5),
    "Pago Pago": (-170.7, -14.28),
    "Mata-Utu": (-176.17, -13.28),
    "Majuro": (171.38, 7.1),
    "Papeete": (-149.57, -17.54),
    "Columbus": (-83.0, 39.96),
    "Porto Alegre": (-51.23, -30.03),
}


def side_of(*lonlat):
    lon, lat = np.array(lonlat).T
    return driving_side_at(lon, lat)


@pytest.mark.parametrize("city", LEFT)
def test_left(city):
    assert side_of(LEFT[city]) == "left"


@pytest.mark.parametrize("city", RIGHT)
def test_right(city):
    assert side_of(RIGHT[city]) == "right"


def test_the_place_is_where_most_of_the_roads_are():
    futian, central = RIGHT["Futian"], LEFT["Hong Kong Central"]
    assert side_of(futian, futian, central) == "right"
    assert side_of(futian, central, central) == "left"


def test_all_of_futian_is_on_the_right():
    lon, lat = np.meshgrid(np.linspace(113.997, 114.04, 20), np.linspace(22.517, 22.55, 20))
    spots = zip(lon.ravel(), lat.ravel(), strict=True)
    assert {side_of(spot) for spot in spots} == {"right"}


@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=9),
    st.randoms(),
)
def test_a_side_there_is_everywhere_whatever_the_order_of_the_roads(spots, random):
    side = side_of(*spots)
    assert side in ("left", "right")
    random.shuffle(spots)
    assert side_of(*spots) == side
