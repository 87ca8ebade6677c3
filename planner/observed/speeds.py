"""Speeds that fit measured drive times, as a scenario tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.inputs import vehicle_of
from planner.observed.fit import RoadFit, Support
from planner.roads.speeds import TIMES_CLASS
from planner.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Class speeds to put into a scenario.

    Attributes
    ----------
    speeds
        km/h by class, those that the scenario tells already included; empty where there is nothing to propose.
    vehicle
        The vehicle of the scenario's own whose speeds they are; None: they are those of ``[network]``.
    remarks
        What is to be known about them, in sentences.
    """

    speeds: Mapping[str, float]
    vehicle: str | None
    remarks: tuple[str, ...]

    @property
    def toml(self) -> str | None:
        """The lines to paste; None where there is nothing to propose."""
        if not self.speeds:
            return None
        table = "[network]" if self.vehicle is None else f"[vehicles.{_key(self.vehicle)}]"
        told = ", ".join(f"{c} = {kph:g}" for c, kph in self.speeds.items())
        return f"{table}\nspeeds = {{ {told} }}"


def _key(name: str) -> str:
    """Return a name as a key of TOML."""
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def proposal_of(scenario: Scenario, fits: list[RoadFit]) -> Proposal:
    """Return the class speeds that fit best: those of roads without a limit, for a limit decides on others.

    Parameters
    ----------
    scenario
        Where speeds may be told already.
    fits
        What fits best for each kind of road.
    """
    settings, name = scenario.network, scenario.fleets[0].vehicle
    own = scenario.vehicles.get(name)
    as_limits = settings is not None and settings.speeds == "limits"
    told: Mapping[str, float] = {}
    if own is not None:
        told = own.speeds
    elif settings is not None and settings.speeds != "limits":
        told = settings.speeds
    fitted = [fit for fit in fits if fit.support is Support.FITTED]
    assumed = [fit for fit in fitted if not fit.has_limit]
    if as_limits and own is None:
        remark = (
            'speeds = "limits" is told: class speeds instead would change roads with a limit too'
        )
        return Proposal(speeds={}, vehicle=None, remarks=(remark,) if assumed else ())
    top_kph = vehicle_of(scenario).top_kph
    new = {fit.road_class: _rounded(min(fit.kph / fit.time_factor, top_kph)) for fit in assumed}
    at_top = [fit.road_class for fit in assumed if fit.kph / fit.time_factor > top_kph]
    remarks = []
    if at_top:
        remarks.append(f"{name}: at most {top_kph:g} km/h; {', '.join(at_top)} would fit faster")
    if len(fitted) > len(assumed):
        remarks.append(
            "a limit decides on the roads that have one; a class speed changes them only where "
            f"{TIMES_CLASS:g} times that is less"
        )
    if new:
        remarks.append("a class speed that is told is not changed by surface and lanes any more")
    return Proposal(
        speeds={**told, **new} if new else {},
        vehicle=None if own is None else name,
        remarks=tuple(remarks),
    )


def _rounded(kph: float) -> float:
    """Return a speed as finely as it can be meant: to a tenth."""
    return max(round(kph, 1), 0.1)


def with_speeds(scenario: Scenario, proposal: Proposal) -> Scenario:
    """Return a scenario that tells the proposed speeds."""
    if proposal.vehicle is not None:
        own = scenario.vehicles[proposal.vehicle].model_copy(
            update={"speeds": dict(proposal.speeds)}
        )
        return scenario.model_copy(
            update={"vehicles": {**scenario.vehicles, proposal.vehicle: own}}
        )
    settings = scenario.network
    if settings is None:
        return scenario
    changed = settings.model_copy(update={"speeds": dict(proposal.speeds)})
    return scenario.model_copy(update={"network": changed})
