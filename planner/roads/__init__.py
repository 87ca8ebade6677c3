"""Where road networks come from."""

from __future__ import annotations

from pathlib import Path

from planner.errors import NetworkError
from planner.network import USUAL_DELAYS, JunctionDelays, RoadNetwork
from planner.roads.rules import LineLayer, RoadRules
from planner.roads.speeds import Speeds
from planner.roads.vehicles import VEHICLES, Vehicle, vehicle_named

__all__ = ["VEHICLES", "LineLayer", "RoadRules", "Vehicle", "read_network"]

OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2")


def read_network(
    file: str | Path,
    *,
    vehicle: str | Vehicle = "car",
    speeds: Speeds = None,
    delays: JunctionDelays = USUAL_DELAYS,
    driving_side: str | None = None,
    merge_ends_m: float = 0.0,
    lines: LineLayer | None = None,
) -> RoadNetwork:
    """Return the roads of a file that a vehicle may use.

    Parameters
    ----------
    file
        An OpenStreetMap extract: ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    vehicle
        ``car``, ``motorcycle``, ``ebike``, or one of your own (``vehicle_like``).
    speeds
        km/h by highway class over the defaults; or "limits": tagged limits as they are.
    delays
        What passing a junction costs.
    driving_side
        ``left`` or ``right``; None: as in the place.
    merge_ends_m
        Ends of roads nearer to each other than this are one junction, in metres.
    lines
        How road lines are read, where the file holds such.

    Raises
    ------
    NetworkError
        The file isn't there, is of another kind, can't be read, or has no road for the vehicle.
    """
    path = Path(file)
    rules = RoadRules(
        vehicle=vehicle if isinstance(vehicle, Vehicle) else vehicle_named(vehicle),
        speeds=speeds,
        delays=delays,
        merge_ends_m=merge_ends_m,
        driving_side=driving_side,
    )
    if not path.name.lower().endswith(OSM_SUFFIXES):
        raise NetworkError(
            path, [f"not a road file that can be read; it may be {', '.join(OSM_SUFFIXES)}"]
        )
    if not path.is_file():
        raise NetworkError(path, ["there is no such file"])
    from planner.roads.osm import read_osm

    return read_osm(path, rules)
