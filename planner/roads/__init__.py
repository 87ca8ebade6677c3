"""Where road networks come from."""

from __future__ import annotations

from pathlib import Path

from planner.errors import NetworkError
from planner.network import RoadNetwork
from planner.roads.speeds import Speeds
from planner.roads.vehicles import VEHICLES

__all__ = ["VEHICLES", "read_network"]

OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm")


def read_network(
    file: str | Path,
    *,
    vehicle: str = "car",
    speeds: Speeds = None,
    signal_delay_s: float = 12.0,
) -> RoadNetwork:
    """Return the roads of a file that a vehicle may use.

    Parameters
    ----------
    file
        An OpenStreetMap extract: ``.osm.pbf`` or ``.osm``.
    vehicle
        ``car`` or ``ebike``.
    speeds
        km/h by highway class over the defaults; or "limits": tagged limits as they are.
    signal_delay_s
        Delay of a drive through a traffic signal, in seconds.

    Raises
    ------
    NetworkError
        The file isn't there, is of another kind, can't be read, or has no road for the vehicle.
    """
    path = Path(file)
    if vehicle not in VEHICLES:
        raise NetworkError(path, [f"no vehicle '{vehicle}'; there are {', '.join(VEHICLES)}"])
    if not path.name.lower().endswith(OSM_SUFFIXES):
        raise NetworkError(
            path, [f"not a road file that can be read; it may be {', '.join(OSM_SUFFIXES)}"]
        )
    if not path.is_file():
        raise NetworkError(path, ["there is no such file"])
    from planner.roads.osm import read_osm

    return read_osm(path, vehicle=VEHICLES[vehicle], speeds=speeds, signal_delay_s=signal_delay_s)
