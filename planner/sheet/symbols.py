"""Colours of the sheet: those of the map."""

from __future__ import annotations

from typing import Final

INK: Final = "#1f2933"
SOFT: Final = "#52606d"
LINE: Final = "#d9dee4"
BAR: Final = "#0b3c5d"
BEYOND: Final = "#edebe5"
LAND: Final = "#faf8f3"
WATER: Final = "#dbe9f4"
SHORE: Final = "#b4cfe4"
BORDER: Final = (94 / 255, 79 / 255, 115 / 255, 0.75)
BORDER_HALO: Final = (1.0, 1.0, 1.0, 0.55)
EXISTING: Final = "#56b4e9"
WORST: Final = "#1f2933"
WORST_OVER: Final = "#a84300"
UNCOVERED: Final = "#b34a00"

STEP_COLORS: Final = ("#0072b2", "#62aedb", "#c3dcea", "#d55e00", "#7a3b1d")
"""Demand by drive time: three steps within the standard, beyond it, and where no road leads."""
OVER: Final = 3
CUT_OFF: Final = 4

COVERED_ROAD: Final = "#2a8a82"
OPEN_ROAD: Final = "#d55e00"
"""Roads as demand, covered and not."""

ISOCHRONE: Final = (0 / 255, 112 / 255, 84 / 255)
ISOCHRONE_OUTERMOST: Final = 0.2
ISOCHRONE_INSIDE: Final = 0.22
"""How much an area adds to what it lies on."""

# by rank, from paths to motorways
ROAD_WIDTH_PX: Final = (1.0, 1.7, 2.6, 3.6, 4.6, 5.4)
ROAD_GROWTH: Final = (1.5, 1.5, 1.42, 1.4, 1.38, 1.38)
ROAD_FROM: Final = (13.0, 0.0, 0.0, 0.0, 0.0, 0.0)
ROAD_CASED: Final = (16.0, 15.0, 14.0, 13.0, 11.0, 10.5)
ROAD_THIN: Final = ("#e3ddd2", "#ddd6c9", "#c9c0b0", "#b9ae9b", "#a89c88", "#a89c88")
ROAD_CASING: Final = ("#d8d1c5", "#d0c8ba", "#c4baa9", "#b5aa98", "#a3977f", "#9a8c70")
ROAD_FILL: Final = ("#ffffff", "#ffffff", "#ffffff", "#ffffff", "#fffaf0", "#fff1cc")

# names of places, from cities to hamlets
PLACE_FROM: Final = (4.0, 8.5, 10.75, 13.0)
PLACE_AIR: Final = (10.0, 8.0, 10.0, 12.0)
PLACE_PX: Final = (15.0, 13.0, 12.0, 11.0)
PLACE_COLOR: Final = ("#1f2933", "#26333f", "#3a4856", "#465462")
