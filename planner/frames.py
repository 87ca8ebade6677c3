"""Stations and demand as tables: where they are, whom a station serves, how far everyone drives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import DriveTimes

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

DEGREE_DECIMALS: Final = 7
"""Degrees are told to a centimetre."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Served:
    """What each of some stations serves.

    Attributes
    ----------
    n, weight
        Needs it serves within the standard, and their weight.
    mean_s, longest_s
        Their drives by weight, and the longest, in seconds; NaN where there is none.
    """

    n: NDArray[np.int64]
    weight: NDArray[np.float64]
    mean_s: NDArray[np.float64]
    longest_s: NDArray[np.float64]


def served_by(
    times: DriveTimes,
    stations: NDArray[np.int32],
    station_of: NDArray[np.int32],
    drive_time_s: NDArray[np.float64],
) -> Served:
    """Return what each station serves; the options are those of `station_rows`."""
    needs, n_sites = times.needs, len(times.sites)
    served = np.flatnonzero(station_of >= 0)
    station, weight, time_s = station_of[served], needs.weight[served], drive_time_s[served]
    weight_served = np.bincount(station, weight, minlength=n_sites)[stations].astype(np.float64)
    total_s = np.bincount(station, weight * time_s, minlength=n_sites)[stations]
    longest_s = np.full(n_sites, np.nan)
    np.fmax.at(longest_s, station, time_s)
    mean_s = np.full(stations.size, np.nan)
    np.divide(total_s, weight_served, out=mean_s, where=weight_served > 0)
    return Served(
        n=np.bincount(station, minlength=n_sites)[stations],
        weight=weight_served,
        mean_s=mean_s,
        longest_s=longest_s[stations],
    )


def station_rows(
    times: DriveTimes,
    stations: NDArray[np.int32],
    station_of: NDArray[np.int32],
    drive_time_s: NDArray[np.float64],
) -> pd.DataFrame:
    """Return stations, a row each: where they are, whom they serve, how far those drive.

    Parameters
    ----------
    times
        Who and where needs and sites are.
    stations
        Positions of the stations.
    station_of, drive_time_s
        For each need the station that serves it (-1: none does), and the drive in seconds.

    Returns
    -------
    pandas.DataFrame
        Columns id, name, kind, lon, lat, existing, n_served (needs), weight_served, mean_drive_time_s (by weight) and
        max_drive_time_s; NaN where nobody is served.
    """
    import pandas as pd

    sites, served = times.sites, served_by(times, stations, station_of, drive_time_s)
    return pd.DataFrame(
        {
            "id": sites.id[stations],
            "name": sites.name[stations],
            "kind": sites.kind[stations],
            "lon": sites.lon[stations].round(DEGREE_DECIMALS),
            "lat": sites.lat[stations].round(DEGREE_DECIMALS),
            "existing": sites.is_existing[stations],
            "n_served": served.n,
            "weight_served": served.weight,
            "mean_drive_time_s": served.mean_s,
            "max_drive_time_s": served.longest_s,
        }
    )


def need_rows(
    times: DriveTimes,
    station: NDArray[np.int32],
    drive_time_s: NDArray[np.float64],
    is_covered: NDArray[np.bool_],
) -> pd.DataFrame:
    """Return needs, a row each, with the station that serves each, or else the nearest one, and the drive.

    Parameters
    ----------
    times
        Who and where needs and sites are.
    station, drive_time_s
        For each need the station (-1: none is reachable), and the drive in seconds.
    is_covered
        Whether that is within the standard.

    Returns
    -------
    pandas.DataFrame
        Columns demand, fleet, period, station (ids; empty where there is none), drive_time_s and covered.
    """
    import pandas as pd

    needs, is_reached = times.needs, station >= 0
    ids = np.full(len(needs), "", dtype=object)
    ids[is_reached] = times.sites.id[station[is_reached]]
    return pd.DataFrame(
        {
            "demand": times.demand.id[needs.point],
            "fleet": np.array(needs.fleets, dtype=object)[needs.fleet],
            "period": np.array(needs.periods, dtype=object)[needs.period],
            "station": ids,
            "drive_time_s": drive_time_s,
            "covered": is_covered,
        }
    )


def at_stations(rows: pd.DataFrame) -> geopandas.GeoDataFrame:
    """Return the rows of `station_rows` as points in WGS 84; without one where nobody knows the place."""
    plain = rows.drop(columns=["lon", "lat"])
    return _at(plain, rows["lon"].to_numpy(), rows["lat"].to_numpy())


def at_demand(rows: pd.DataFrame, times: DriveTimes) -> geopandas.GeoDataFrame:
    """Return the rows of `need_rows` with name, district and weight, as points in WGS 84.

    Ordered as the needs. Without a point where nobody knows the place.
    """
    demand, needs = times.demand, times.needs
    described = rows.copy()
    described.insert(1, "name", demand.name[needs.point])
    described.insert(2, "district", demand.district[needs.point])
    described.insert(3, "weight", needs.weight)
    return _at(described, demand.lon[needs.point], demand.lat[needs.point])


def _at(
    rows: pd.DataFrame, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> geopandas.GeoDataFrame:
    """Return rows at places; None where a place is NaN."""
    import geopandas

    point = np.asarray(geopandas.points_from_xy(lon, lat), dtype=object)
    point[np.isnan(lon)] = None
    return geopandas.GeoDataFrame(rows, geometry=point, crs=4326)
