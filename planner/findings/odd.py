"""What looks odd: what a planner would want to know before trusting a plan; a sentence each, and only where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from planner.coverage import coverage_of
from planner.findings.points import FAR_FROM_ROAD_M, same_spots
from planner.findings.reach import covers_nobody
from planner.network import RoadNetwork
from planner.points import Demand, Sites
from planner.roads.vehicles import LINKS
from planner.run import Survey
from planner.scenario import Scenario
from planner.snapping import SHORT_COMPONENT_M, Places
from planner.wording import counted, kilometres, percent, some

MANY: Final = 0.05
"""A share of points above this is many."""
SHIFTED_SHARE: Final = 0.5
"""Where more than this share of the points is far from roads, it may be their coordinates."""
HEAVY_SHARE: Final = 0.5
"""A demand point of more than this share of all weight decides the plan alone."""
LARGE_PART: Final = 0.1
"""A second component of more than this share of all metres is large: a bridge may be missing."""
SCATTERED_SHARE: Final = 0.2
"""With more than this share of the metres on small components the lines may not be joined."""
FEW_ROADS_M: Final = 1_000.0
"""A network of fewer metres is hardly one."""
FEW_WAYS: Final = 0.05
"""A vehicle that may use fewer than this share of the ways may be the wrong one."""
IDLE_SHARE: Final = 0.5
"""Where more than this share of the sites cover nobody, sites and demand may not belong together."""


def odd_things(scenario: Scenario, survey: Survey) -> list[str]:
    """Return what looks odd about the data beyond what every run remarks, a sentence each."""
    inputs = survey.inputs
    found: list[str] = []
    if inputs.network is not None:
        found += _about_roads(scenario, inputs.network)
        found += _about_classes(scenario, inputs.network)
    for points, places in (
        (inputs.demand, inputs.demand_places),
        (inputs.sites, inputs.site_places),
    ):
        found += _about_spots(points)
        if places is not None:
            found += _about_access(points, places)
    found += _about_weights(inputs.demand)
    found += _about_sites(inputs.sites, inputs.site_places)
    return [*found, *_about_reach(survey)]


def _about_roads(scenario: Scenario, network: RoadNetwork) -> Iterator[str]:
    counts, file = network.source.counts, _road_file(scenario, network)
    n_kept = counts.get("ways_with_limit", 0) + counts.get("ways_with_assumed_speed", 0)
    n_out = sum(n for key, n in counts.items() if key.startswith("ways_out_"))
    if network.length_m < FEW_ROADS_M:
        yield f"{file}: only {network.length_m:,.0f} m of road for a {network.vehicle}; is it the right file, and vehicle?"
    elif n_kept < FEW_WAYS * (n_kept + n_out):
        yield (
            f"{file}: a {network.vehicle} may use only {n_kept:,} of {counted(n_kept + n_out, 'way')}; "
            "is it the right vehicle?"
        )
    component_m = network.component_length_m
    if component_m.size > 1 and component_m[1] > LARGE_PART * component_m.sum():
        yield (
            f"{file}: the roads fall into large parts that no road joins: {some(map(kilometres, component_m), 2)}; "
            "is a bridge missing, or a ferry the only way?"
        )
    small_m = float(component_m[component_m < SHORT_COMPONENT_M].sum())
    if small_m > SCATTERED_SHARE * component_m.sum():
        yield (
            f"{file}: {percent(small_m / component_m.sum())} of the roads are in pieces of less than "
            f"{SHORT_COMPONENT_M:g} m that no other road meets; do lines miss each other by a little (merge_ends_m)?"
        )


def _about_classes(scenario: Scenario, network: RoadNetwork) -> Iterator[str]:
    """Tell of speeds for classes that no road has; a speed counts for the links of the class above too."""
    settings = scenario.network
    if settings is None or settings.speeds == "limits":
        return
    told = dict(settings.speeds)
    used = {network.classes[i] for i in np.unique(network.street_class)}
    used |= {c for link, c in LINKS.items() if link in used}
    without = [c for c in told if c not in used]
    if without:
        yield f"{settings.file}: no road is {some(without)}, for which speeds are told"


def _about_spots(points: Demand | Sites) -> Iterator[str]:
    spots = same_spots(points)
    n = sum(map(len, spots))
    if n > MANY * len(points):
        most = spots[0]
        yield (
            f"{points.file}: {n:,} of {counted(len(points), _what(points))} lie at the very same spot as another one, "
            f"{most.size:,} of them at one ({some(points.id[most], 3)}); are these places, or middles of areas?"
        )


def _about_access(points: Demand | Sites, places: Places) -> Iterator[str]:
    is_far = places.access_m > FAR_FROM_ROAD_M
    n_far, n = int(is_far.sum()), len(points)
    if n_far > SHIFTED_SHARE * n:
        yield (
            f"{points.file}: {n_far:,} of {counted(n, _what(points))} are more than {FAR_FROM_ROAD_M:g} m from every road; "
            'are they in another system (crs = "gcj02" or "bd09"), or roads missing?'
        )
    elif (n_on := int((is_far & ~places.is_off_network).sum())) > MANY * n:
        farthest = np.argsort(
            -np.where(places.is_off_network, -1.0, places.access_m), kind="stable"
        )
        yield (
            f"{points.file}: {n_on:,} of {counted(n, _what(points))} are {FAR_FROM_ROAD_M:g} m or more from the road they "
            f"are put on ({some(points.id[farthest[:n_on]], 3)}); are roads missing?"
        )


def _about_weights(demand: Demand) -> Iterator[str]:
    if not len(demand):
        return
    total, heaviest = float(demand.weight.sum()), int(np.argmax(demand.weight))
    share = float(demand.weight[heaviest]) / total if total else 0.0
    if len(demand) > 2 and share > HEAVY_SHARE:
        yield f"{demand.file}: {demand.id[heaviest]} alone has {percent(share)} of all weight; is that right?"
    n_nothing = int((demand.weight == 0.0).sum())
    if n_nothing > MANY * len(demand):
        yield f"{demand.file}: {n_nothing:,} of {counted(len(demand), 'demand point')} weigh nothing, and no plan minds them"


def _about_sites(sites: Sites, places: Places | None) -> Iterator[str]:
    n_without = int((sites.kind == "").sum())
    if 0 < n_without < len(sites):
        yield (
            f"{sites.file}: {counted(n_without, 'site')} without a kind, where others have one: "
            f"{some(sites.id[sites.kind == ''])}"
        )
    if places is None:
        return
    for what, is_marked in (("existing", sites.is_existing), ("required", sites.is_required)):
        off = sites.id[is_marked & places.is_off_network]
        if off.size:
            yield (
                f"{sites.file}: {counted(off.size, f'{what} site')} off network: {some(off)}; "
                "such a station is kept, and nobody can drive there"
            )


def _about_reach(survey: Survey) -> Iterator[str]:
    idle, n = covers_nobody(coverage_of(survey.times)), int((~survey.times.sites.is_excluded).sum())
    if len(survey.times.demand) and idle.sum() > IDLE_SHARE * n:
        yield (
            f"{survey.inputs.sites.file}: {idle.sum():,} of {counted(n, 'site')} have no demand within the standard; "
            "do sites and demand belong together?"
        )


def _road_file(scenario: Scenario, network: RoadNetwork) -> str:
    return scenario.network.file if scenario.network else network.source.file


def _what(points: Demand | Sites) -> str:
    return "demand point" if isinstance(points, Demand) else "site"
