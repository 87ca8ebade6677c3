"""Drive times held against measured ones: how far off they are, and which speeds would fit best."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.clock import Clock
from planner.drives import Drive, drives_between
from planner.errors import NetworkError, PlannerError
from planner.inputs import Inputs, read_inputs
from planner.network import RoadNetwork
from planner.observed.accuracy import accuracy
from planner.observed.fit import RoadFit, fit_by_road
from planner.observed.lines import observed_lines
from planner.observed.pairs import Measured, read_measured
from planner.observed.speeds import Proposal, proposal_of, with_speeds
from planner.scenario import Scenario
from planner.snapping import snap

__all__ = ["observed_found", "observed_lines"]

N_WORST = 5
"""Pairs that are named as the worst."""


def observed_found(scenario: Scenario, inputs: Inputs, path: Path) -> dict[str, Any]:
    """Return how our drive times compare with measured ones, as plain values for JSON.

    Parameters
    ----------
    scenario
        Whose drive times they are: its direction, speeds, delays and access legs.
    inputs
        What its files hold.
    path
        CSV with ``demand`` and ``site`` (ids) or ``from_lon``, ``from_lat``, ``to_lon``, ``to_lat`` (WGS 84 degrees, in the
        direction of the drive), and ``drive_time_s`` (measured, seconds); optional: ``weight``.

    Raises
    ------
    PlannerError
        The scenario has no roads, or the file can't be used; all its problems together.
    """
    network = inputs.network
    if network is None or scenario.network is None:
        raise PlannerError(
            f"{scenario.path}: its drive times come from a table; --observed speaks of drives on roads"
        )
    measured = read_measured(
        path, inputs.demand, inputs.sites, direction=scenario.fleets[0].direction
    )
    drives, is_off = _drives(network, measured, scenario)
    is_driven = np.array([drive is not None for drive in drives], dtype=bool)
    compared = measured.part(np.flatnonzero(is_driven))
    driven = [drive for drive in drives if drive is not None]
    time_s = _times_s(driven)

    def search(other: RoadNetwork) -> list[Drive]:
        return [drive for drive in _drives(other, compared, scenario)[0] if drive is not None]

    fits = fit_by_road(network, driven, compared, told=_told_classes(scenario), search=search)
    proposal = proposal_of(scenario, fits)
    return {
        "file": str(path),
        "n_pairs": len(measured),
        "n_compared": len(compared),
        "off_network": measured.label[is_off].tolist(),
        "unreachable": measured.label[~is_driven & ~is_off].tolist(),
        "accuracy": accuracy(time_s, compared),
        "worst": _worst(time_s, compared),
        "by_road": [_fit_values(fit) for fit in fits],
        **_proposed(scenario, proposal, compared),
    }


def _drives(
    network: RoadNetwork, measured: Measured, scenario: Scenario
) -> tuple[list[Drive | None], NDArray[np.bool_]]:
    """Return our drives of measured pairs, and which of them begin or end off network."""
    settings = scenario.network
    if settings is None:  # the caller has asked
        return [], np.zeros(0, dtype=bool)
    lonlat = np.concatenate([measured.begin, measured.end])
    spots, at = np.unique(lonlat, axis=0, return_inverse=True)
    begin, end = at.reshape(2, -1)
    places = snap(network, *spots.T.copy(), max_access_m=settings.max_access_m)
    drives = drives_between(network, places, begin, end, access_kph=settings.access_kph)
    is_off: NDArray[np.bool_] = places.is_off_network[begin] | places.is_off_network[end]
    return drives, is_off


def _times_s(drives: list[Drive]) -> NDArray[np.float64]:
    return np.array([drive.time_s for drive in drives], dtype=np.float64)


def _told_classes(scenario: Scenario) -> frozenset[str]:
    """Return the classes whose speed the scenario tells, for the network or for the vehicle."""
    settings, own = scenario.network, scenario.vehicles.get(scenario.fleets[0].vehicle)
    speeds = {} if settings is None or settings.speeds == "limits" else settings.speeds
    return frozenset(speeds) | frozenset(own.speeds if own else ())


def _worst(time_s: NDArray[np.float64], measured: Measured) -> list[dict[str, Any]]:
    """Return the pairs with the largest differences, in seconds."""
    off_s = np.abs(time_s - measured.time_s)
    return [
        {
            "pair": measured.label[i],
            "drive_time_s": float(time_s[i]),
            "measured_s": float(measured.time_s[i]),
        }
        for i in np.argsort(-off_s, kind="stable")[:N_WORST].tolist()
    ]


def _fit_values(fit: RoadFit) -> dict[str, Any]:
    return {
        "class": fit.road_class,
        "has_limit": fit.has_limit,
        "n_pairs": fit.n_pairs,
        "length_m": fit.length_m,
        "kph": fit.kph,
        "time_factor": fit.time_factor,
        "speed_factor": 1.0 / fit.time_factor,
        "kph_that_fits": fit.kph / fit.time_factor,
        "support": fit.support.value,
    }


def _proposed(scenario: Scenario, proposal: Proposal, measured: Measured) -> dict[str, Any]:
    """Return the speeds that fit best, as the scenario would tell them, and how drive times compare with them."""
    found: dict[str, Any] = {
        "speeds": dict(proposal.speeds),
        "toml": proposal.toml,
        "accuracy_with_speeds": None,
        "remarks": list(proposal.remarks),
    }
    if not proposal.speeds:
        return found
    changed = with_speeds(scenario, proposal)
    try:
        network = read_inputs(changed, Clock()).network
    except NetworkError as error:  # a graph that carries its drive times takes no other speeds
        return found | {"speeds": {}, "toml": None, "remarks": [*proposal.remarks, str(error)]}
    if network is None:
        return found
    drives, _ = _drives(network, measured, changed)
    times: Mapping[int, float] = {i: d.time_s for i, d in enumerate(drives) if d is not None}
    rows = np.array(list(times), dtype=np.int64)
    time_s = np.array(list(times.values()), dtype=np.float64)
    return found | {"accuracy_with_speeds": accuracy(time_s, measured.part(rows))}
