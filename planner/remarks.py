"""What a planner should know about the data before trusting a plan, in sentences."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.drivetimes import Nearest, Needs
from planner.inputs import Inputs
from planner.isochrones import MOST_STATIONS
from planner.points import Demand, Sites
from planner.scenario import Scenario
from planner.snapping import SHORT_COMPONENT_M, Places

_NAMED: Final = 5
"""Points named one by one; of more, only the number is told."""


def remarks_on(inputs: Inputs, needs: Needs, nearest_site: Nearest) -> tuple[str, ...]:
    """Return what is odd about the data, a sentence each.

    Parameters
    ----------
    inputs
        What was read.
    needs
        Who needs what.
    nearest_site
        For each need the nearest site that may be a station.
    """
    remarks = [
        f"{points.file}: {note}"
        for points in (inputs.demand, inputs.sites)
        for note in points.notes
    ]
    remarks += inputs.remarks
    if inputs.network is not None:
        remarks += inputs.network.source.warnings
    for points, places in (
        (inputs.demand, inputs.demand_places),
        (inputs.sites, inputs.site_places),
    ):
        if places is not None:
            remarks += _on_places(points, places)
    remarks += _on_reach(inputs, needs, nearest_site)
    return tuple(remarks)


def remarks_on_areas(scenario: Scenario, n_stations: int) -> tuple[str, ...]:
    """Return what is left out of the isochrones of a plan with so many stations, a sentence or none."""
    is_asked = scenario.network is not None and scenario.isochrones.minutes
    if not is_asked or n_stations <= MOST_STATIONS:
        return ()
    return (
        f"isochrones of {n_stations} stations are drawn together only: single ones are for at most {MOST_STATIONS}",
    )


def _on_places(points: Demand | Sites, places: Places) -> list[str]:
    what = "demand point" if isinstance(points, Demand) else "site"
    off, small = np.flatnonzero(places.is_off_network), np.flatnonzero(places.is_on_small_component)
    remarks = []
    if off.size:
        away = [f"{points.id[i]} ({_distance(places.access_m[i])})" for i in off]
        remarks.append(
            f"{points.file}: {off.size} of {_are(len(points), what)} off network, too far from every road: "
            f"{_some(away)}; raise max_access_m if that is wrong"
        )
    if small.size:
        remarks.append(
            f"{points.file}: {_are(small.size, what)} on roads of less than {SHORT_COMPONENT_M:g} m that no "
            f"other road meets: {_some(list(points.id[small]))}"
        )
    return remarks


def _on_reach(inputs: Inputs, needs: Needs, nearest_site: Nearest) -> list[str]:
    places = inputs.demand_places
    is_off = (
        np.zeros(len(needs), dtype=bool) if places is None else places.is_off_network[needs.point]
    )
    cut_off = (nearest_site.site < 0) & ~is_off
    too_far = (nearest_site.site >= 0) & (nearest_site.time_s > needs.max_drive_time_s)
    remarks = []
    if cut_off.any():
        remarks.append(
            f"{inputs.demand.file}: {_are(int(cut_off.sum()), 'demand point')} without a road to any site (islands, "
            f"one-way traps): {_some(_ids(inputs.demand, needs, cut_off))}"
        )
    if too_far.any():
        nearest = [
            f"{inputs.demand.id[needs.point[i]]} ({nearest_site.time_s[i]:.0f} s to {inputs.sites.id[nearest_site.site[i]]})"
            for i in np.flatnonzero(too_far)
        ]
        remarks.append(
            f"{inputs.demand.file}: {_are(int(too_far.sum()), 'demand point')} within reach of no site in time: "
            f"{_some(nearest)}"
        )
    return remarks


def _are(n: int, what: str) -> str:
    return f"{n} {what} is" if n == 1 else f"{n} {what}s are"


def _ids(demand: Demand, needs: Needs, of: NDArray[np.bool_]) -> list[str]:
    return list(demand.id[needs.point[of]])


def _distance(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.0f} km"


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
