"""What a road network depends on beside its file: who drives, how fast, what junctions cost, how lines are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from planner.network import USUAL_DELAYS, JunctionDelays
from planner.roads.speeds import Speeds
from planner.roads.vehicles import CAR, Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRules:
    """How roads are driven on.

    Attributes
    ----------
    vehicle
        Who drives.
    speeds
        km/h by highway class over the defaults; or "limits": tagged limits as they are.
    delays
        What passing a junction costs.
    merge_ends_m
        Ends of roads nearer to each other than this are one junction, in metres; 0: only ends at one and the same node.
    driving_side
        ``left`` or ``right``; None: as in the place.
    """

    vehicle: Vehicle = CAR
    speeds: Speeds = None
    delays: JunctionDelays = USUAL_DELAYS
    merge_ends_m: float = 0.0
    driving_side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLayer:
    """How road lines are read from a layer.

    Attributes
    ----------
    layer
        Layer of a file with several.
    crs
        CRS of the lines; None: as the file tells.
    columns
        Our names (``class``, ``name``, ``direction``, ``speed``, ``speed_back``, ``tail``, ``head``) with those of the file.
    where
        Which lines count: a condition on their columns, as in SQL.
    one_way
        Whether lines without a column for the direction are one-way as drawn.
    """

    layer: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    where: str | None = None
    one_way: bool = False
