"""Journeys: how places hang on the states of a network, so that searches can run between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.rows import entries, starts
from planner.scenario import Direction
from planner.search import Task, attached
from planner.snapping import Places
from planner.states import States, states_of
from planner.units import grid, mps


def task_between(
    network: RoadNetwork,
    site_places: Places,
    demand_places: Places,
    *,
    direction: Direction,
    access_kph: float,
) -> Task:
    """Return the searches from every site to every demand point.

    Parameters
    ----------
    network
        Roads to drive on.
    site_places, demand_places
        Where the points meet roads; those off network take no part.
    direction
        Whether demand drives to the site, or somebody from the site to the demand. Searches begin at the sites either
        way; against the drive in the first case.
    access_kph
        Speed between a point and the road, in km/h; 0: that leg takes no time.
    """
    states = states_of(network)
    site_leg_s, demand_leg_s = legs_s(site_places, access_kph), legs_s(demand_places, access_kph)
    is_to_station = direction is Direction.TO_STATION
    at_site, at_demand = (ends_of, begins_of) if is_to_station else (begins_of, ends_of)
    seeds, source_edges = at_site(network, states, site_places)
    targets, point_edges = at_demand(network, states, demand_places)
    sign = 1.0 if is_to_station else -1.0
    n_sites = len(site_places)
    seeds_s = seeds.time_s + site_leg_s[seeds.row]
    targets_s = targets.time_s + demand_leg_s[targets.row]
    sources_s, points_s = sign * source_edges.time_s, sign * point_edges.time_s
    return Task(
        graph=states.graph(is_reversed=is_to_station),
        seeds=attached(seeds.row, seeds.item, seeds_s, n_sites),
        targets=attached(targets.item, targets.row, targets_s, states.n_states),
        source_edges=attached(source_edges.row, source_edges.item, sources_s, n_sites),
        points_on_edge=attached(point_edges.item, point_edges.row, points_s, network.n_edges),
        source_leg_s=site_leg_s,
        point_leg_s=demand_leg_s,
    )


def legs_s(places: Places, access_kph: float) -> NDArray[np.float64]:
    """Return how long the way between each point and the road takes, in seconds."""
    if access_kph == 0.0:
        return np.zeros(len(places))
    return grid(np.where(places.is_off_network, 0.0, places.access_m) / mps(access_kph))


@dataclass(frozen=True, slots=True, eq=False)
class Hooks:
    """Which states or edges each place hangs on, and the seconds in between.

    Attributes
    ----------
    row
        Place of each hook.
    item
        The state or edge.
    time_s
        Seconds between place and state; of an edge, from its tail to the place.
    edge
        The edge driven in between, -1 where there is none.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int32]
    time_s: NDArray[np.float64]
    edge: NDArray[np.int32]

    def __add__(self, more: Hooks) -> Hooks:
        return Hooks(
            np.concatenate([self.row, more.row]),
            np.concatenate([self.item, more.item]),
            np.concatenate([self.time_s, more.time_s]),
            np.concatenate([self.edge, more.edge]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _OnEdges:
    """Places within streets, once for each edge of the street."""

    place: NDArray[np.int64]
    edge: NDArray[np.int32]
    from_tail_s: NDArray[np.float64]
    to_head_s: NDArray[np.float64]


def _on_edges(network: RoadNetwork, places: Places) -> _OnEdges:
    """Return where the places within streets lie on the edges there."""
    within = np.flatnonzero((places.street >= 0) & (places.node < 0))
    first_edge = starts(network.edge_street, network.n_streets)
    which, edge = entries(first_edge, places.street[within])
    place = within[which]
    # Measured from the last node of the street, so that both edges of a street share the same rounded number.
    last_s = grid((1.0 - places.share[place]) * network.edge_time_s[edge])
    first_s = network.edge_time_s[edge] - last_s
    is_forward = network.edge_is_forward[edge]
    return _OnEdges(
        place,
        edge.astype(np.int32),
        np.where(is_forward, first_s, last_s),
        np.where(is_forward, last_s, first_s),
    )


def begins_of(network: RoadNetwork, states: States, places: Places) -> tuple[Hooks, Hooks]:
    """Return the states that a drive from each place comes to, and the edges it begins on."""
    on = _on_edges(network, places)
    at_node = np.flatnonzero(places.node >= 0)
    here = states.of_node[places.node[at_node]].astype(np.int32)
    # A delay is for who passes a junction, not for a drive that starts there: it begins on the arcs and edges out.
    delayed = np.flatnonzero(states.arc_delay_s > 0.0)
    delayed = delayed[np.argsort(states.arc_tail[delayed], kind="stable")]
    which, entry = entries(starts(states.arc_tail[delayed], states.n_states), here)
    arc = delayed[entry]
    edge = states.arc_edge[arc]
    leads_on = states.arc_head[arc] >= 0
    onto_states = (
        Hooks(on.place, states.start_state[on.edge], on.to_head_s, on.edge)
        + Hooks(at_node, here, np.zeros(at_node.size), np.full(at_node.size, -1, dtype=np.int32))
        + Hooks(
            at_node[which[leads_on]],
            states.arc_head[arc[leads_on]],
            network.edge_time_s[edge[leads_on]],
            edge[leads_on],
        )
    )
    onto_edges = Hooks(on.place, on.edge, on.from_tail_s, on.edge) + Hooks(
        at_node[which], edge, np.zeros(edge.size), edge
    )
    return onto_states, onto_edges


def ends_of(network: RoadNetwork, states: States, places: Places) -> tuple[Hooks, Hooks]:
    """Return the states that a drive to each place comes from, and the edges it ends on."""
    on = _on_edges(network, places)
    which, arc = entries(starts(states.arc_edge, network.n_edges), on.edge)
    at_node = np.flatnonzero(places.node >= 0)
    at_which, state = entries(states.of_node, places.node[at_node])
    onto_edge_s = states.arc_delay_s[arc] + on.from_tail_s[which]
    from_states = Hooks(on.place[which], states.arc_tail[arc], onto_edge_s, on.edge[which]) + Hooks(
        at_node[at_which],
        state.astype(np.int32),
        np.zeros(state.size),
        np.full(state.size, -1, dtype=np.int32),
    )
    return from_states, Hooks(on.place, on.edge, on.from_tail_s, on.edge)
