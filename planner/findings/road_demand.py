"""Findings on roads as demand: how much of them can be covered, and by whom alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.inputs import Inputs
from planner.roaddemand import rows_of_roads
from planner.scenario import Scenario


def road_demand_found(scenario: Scenario, inputs: Inputs) -> dict[str, Any] | None:
    """Return how much road can be covered, and which sites nobody can do without; None where roads are no demand."""
    if not scenario.demand.roads or inputs.network is None:
        return None
    pieces = rows_of_roads(scenario, inputs)
    order = np.argsort(-pieces.only_m, kind="stable")
    return {
        "length_m": inputs.network.length_m,
        "coverable_m": pieces.coverable_m,
        "n_pieces": len(pieces),
        "only_by": [
            {"site": inputs.sites.id[i], "length_m": float(pieces.only_m[i])}
            for i in order[pieces.only_m[order] > 0.0]
        ],
    }
