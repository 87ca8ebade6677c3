"""What would run: the question, and how large it is."""

from __future__ import annotations

from typing import Any

from planner.run import Survey
from planner.scenario import Goal, Scenario


def would_run(scenario: Scenario, survey: Survey) -> dict[str, Any]:
    """Return what would be asked of the placement model."""
    rules, fleet, times = scenario.placement, scenario.fleets[0], survey.times
    return {
        "goal": rules.goal.value,
        "stations": rules.stations,
        "min_share": rules.min_share if rules.goal is Goal.SET_COVERING else None,
        "fleet": fleet.name,
        "max_drive_min": fleet.max_drive_min,
        "direction": fleet.direction.value,
        "n_needs": len(times.needs),
        "n_sites": int((~times.sites.is_excluded).sum()),
        "n_pairs": times.time_s.size,
    }
