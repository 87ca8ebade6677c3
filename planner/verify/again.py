"""The run computed again, from its inputs and the stations in stations.csv alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.drivetimes import Nearest, Needs, needs_of
from planner.inputs import Inputs
from planner.points import Demand, Sites
from planner.scenario import Goal, Scenario
from planner.verify.cover import Covered, RoadAgain
from planner.verify.drives import drives_of_table, on_grid
from planner.verify.notes import Notes
from planner.verify.roads import cut_roads, drives_on_roads
from planner.verify.rows import rows_of, unquoted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Again:
    """The run computed again. There is one need for each demand point.

    Attributes
    ----------
    scenario, inputs
        What was asked, and what the files hold.
    stations
        Positions of the sites that stations.csv names.
    standard_s
        The longest drive that covers, in seconds.
    horizon_s
        How far the goal looks, in seconds: the standard, or farther.
    time_s
        Seconds of each pair of site and point as far as the goal looks.
    nearest_station, nearest_site
        For each point the nearest station, and the nearest site that may be one, however far.
    roads, covered, coverable
        The roads, and how much of them the stations cover and all sites could; None where drive times came from a table.
    """

    scenario: Scenario
    inputs: Inputs
    stations: tuple[int, ...]
    standard_s: float
    horizon_s: float
    time_s: dict[tuple[int, int], float]
    nearest_station: Nearest
    nearest_site: Nearest
    roads: RoadAgain | None
    covered: Covered | None
    coverable: Covered | None

    @property
    def demand(self) -> Demand:
        """The demand points."""
        return self.inputs.demand

    @property
    def sites(self) -> Sites:
        """The sites."""
        return self.inputs.sites

    @property
    def fleet(self) -> str:
        """Name of the fleet that drives."""
        return self.scenario.fleets[0].name

    @property
    def needs(self) -> Needs:
        """Who needs what."""
        return needs_of(self.demand, fleet=self.fleet, max_drive_time_s=self.standard_s)

    @property
    def must_be_station(self) -> list[int]:
        """Positions of the sites that every plan keeps: those that exist or are required."""
        kept: list[int] = np.flatnonzero(self.sites.is_existing | self.sites.is_required).tolist()
        return kept

    @property
    def is_covered(self) -> list[bool]:
        """Whether each point is within the standard of its nearest station."""
        return [t <= self.standard_s for t in self.nearest_station.time_s.tolist()]

    @property
    def is_coverable(self) -> list[bool]:
        """Whether each point is within the standard of a site that may be a station."""
        return [t <= self.standard_s for t in self.nearest_site.time_s.tolist()]

    @property
    def is_reachable(self) -> list[bool]:
        """Whether each point is within the horizon of a site that may be a station."""
        return [t <= self.horizon_s for t in self.nearest_site.time_s.tolist()]

    @property
    def weight(self) -> list[float]:
        """Weight of each point."""
        weights: list[float] = self.demand.weight.tolist()
        return weights

    @property
    def total_weight(self) -> float:
        """Weight of all points together."""
        return math.fsum(self.weight)

    @property
    def covered_weight(self) -> float:
        """Weight of the covered points together."""
        return self._weight_of(self.is_covered)

    @property
    def share_covered(self) -> float:
        """Covered part of the weight; NaN where roads alone are demand."""
        return self.covered_weight / self.total_weight if self.total_weight else math.nan

    @property
    def coverable_weight(self) -> float:
        """Weight of the coverable points together."""
        return self._weight_of(self.is_coverable)

    @property
    def counts_metres(self) -> bool:
        """Whether roads alone are demand, so that metres are the weight."""
        return self.scenario.demand.file is None

    @property
    def must_cover_all_roads(self) -> bool:
        """Whether every metre that a site could cover has to be covered."""
        rules = self.scenario.placement
        return (
            self.scenario.demand.roads
            and rules.goal is Goal.SET_COVERING
            and rules.min_share == 1.0
        )

    @property
    def to_cover(self) -> float:
        """All that can be covered: weight of points, or metres where roads alone are demand."""
        if self.counts_metres:
            return self.coverable.length_m if self.coverable else 0.0
        return self.coverable_weight

    @property
    def covered_in_all(self) -> float:
        """All that is covered: weight of points, or metres where roads alone are demand."""
        if self.counts_metres:
            return self.covered.length_m if self.covered else 0.0
        return self.covered_weight

    @property
    def in_all(self) -> float:
        """All there is: weight of points, or metres where roads alone are demand."""
        if self.counts_metres:
            return math.fsum(self.roads.network.street_length_m.tolist()) if self.roads else 0.0
        return self.total_weight

    def _weight_of(self, counts: Sequence[bool]) -> float:
        return math.fsum(w for w, c in zip(self.weight, counts, strict=True) if c)


def computed_again(notes: Notes, run: Path, scenario: Scenario, inputs: Inputs) -> Again:
    """Return the run computed again from the stations in stations.csv."""
    stations = _stations_of(notes, run, inputs.sites)
    standard_s = on_grid(scenario.fleets[0].max_drive_min * 60.0)
    roads = None
    if inputs.network is not None:
        cut = cut_roads(inputs, inputs.network)
        drives = drives_on_roads(scenario, inputs, cut)
        direction = scenario.fleets[0].direction
        roads = RoadAgain(roads=cut, drives=drives, limit_s=standard_s, direction=direction)
    else:
        assert scenario.drive_times is not None
        path = scenario.resolve(scenario.drive_times.file)
        drives = drives_of_table(path, inputs.demand, inputs.sites)
    horizon_s = max(standard_s, _horizon_s(scenario))
    listed = [] if inputs.listed is None else inputs.listed.tolist()
    may_be_station = sorted({*np.flatnonzero(~inputs.sites.is_excluded).tolist(), *listed})
    return Again(
        scenario=scenario,
        inputs=inputs,
        stations=stations,
        standard_s=standard_s,
        horizon_s=horizon_s,
        time_s=drives.within(horizon_s),
        nearest_station=drives.nearest(stations),
        nearest_site=drives.nearest(may_be_station),
        roads=roads,
        covered=None if roads is None else roads.covered_by(stations),
        coverable=None if roads is None else roads.covered_by([*{*may_be_station, *stations}]),
    )


def _horizon_s(scenario: Scenario) -> float:
    """Return how far the goal looks beyond the standard, in seconds: the covering goals not at all."""
    rules = scenario.placement
    if rules.goal not in (Goal.P_MEDIAN, Goal.P_CENTER):
        return 0.0
    return math.inf if rules.horizon_min is None else on_grid(rules.horizon_min * 60.0)


def _stations_of(notes: Notes, run: Path, sites: Sites) -> tuple[int, ...]:
    """Return the positions of the sites that stations.csv names."""
    position = {name: i for i, name in enumerate(sites.id)}
    names = [unquoted(row.get("id", ""), position) for row in rows_of(notes, run / "stations.csv")]
    unknown = [f"{name} is no site" for name in names if name not in position]
    twice = [f"{name} stands twice" for name in sorted(set(names)) if names.count(name) > 1]
    notes.differ("stations.csv", unknown + twice)
    return tuple(sorted({position[name] for name in names if name in position}))


def mean_s(drives: Sequence[tuple[float, float]]) -> float | None:
    """Return the mean of drives by weight, each drive given as seconds and weight; None where nothing weighs."""
    weight = math.fsum(w for _, w in drives)
    return math.fsum(t * w for t, w in drives) / weight if weight else None
