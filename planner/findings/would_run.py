"""What would run: the question, and how large it is."""

from __future__ import annotations

import math
from typing import Any

from planner.run import Survey
from planner.scenario import Goal, Scenario


def would_run(scenario: Scenario, survey: Survey) -> dict[str, Any]:
    """Return what would be asked of the placement model."""
    rules, fleet, times = scenario.placement, scenario.fleets[0], survey.times
    farthest_s = max(fleet.max_drive_time_s, rules.horizon_s)
    return {
        "goal": rules.goal.value,
        "stations": rules.stations,
        "stations_file": rules.stations_file,
        "n_listed": None if survey.inputs.listed is None else survey.inputs.listed.size,
        "min_share": rules.min_share if rules.goal is Goal.SET_COVERING else None,
        "then": None if rules.then is None else rules.then.value,
        "cover_all": rules.cover_all,
        "fleet": fleet.name,
        "max_drive_min": fleet.max_drive_min,
        "direction": fleet.direction.value,
        "n_needs": len(times.needs),
        "n_sites": int(survey.inputs.may_be_station.sum()),
        "n_pairs": times.time_s.size,
        "pairs_within_min": None if math.isinf(farthest_s) else farthest_s / 60,
    }
