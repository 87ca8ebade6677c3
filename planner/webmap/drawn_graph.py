"""The graph of a network numbered as its roads are drawn, so that little of it has to be told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.network import RoadNetwork
from planner.rows import entries, starts
from planner.states import States


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnGraph:
    """Edges and states of a network in the order of its drawn roads.

    Attributes
    ----------
    edge
        Edges in their new order: those of the drawn roads, then all others; of each street along its line first.
    edge_number
        New number of each edge.
    road
        Street of each edge in the new order, as a position among the drawn roads and then the others.
    ways
        Of each street in that order: 1 where it is driven along its line, 2: against it, 3: both, 0: not at all.
    tail, head
        In the new order the ends of roads where each edge begins and ends; 0 where it isn't drawn.
    state_number
        New number of each state: those at end 0, at end 1, and so on, then those at none.
    first_state
        Number of the first state of each end, and of the first at none.
    """

    edge: NDArray[np.int64]
    edge_number: NDArray[np.int64]
    road: NDArray[np.int64]
    ways: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    state_number: NDArray[np.int64]
    first_state: NDArray[np.int64]


def drawn_graph(
    network: RoadNetwork,
    states: States,
    street: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> DrawnGraph:
    """Return the graph in the order of drawn roads.

    Parameters
    ----------
    network, states
        Roads, and where drives on them can be.
    street, ends
        Of each drawn road its street, and the numbers of its first and its last end.
    """
    others = np.setdiff1d(np.arange(network.n_streets), street)
    order = np.concatenate([street, others])
    first_edge = starts(network.edge_street, network.n_streets)
    road, edge = (k.astype(np.int64) for k in entries(first_edge, order))
    is_forward = network.edge_is_forward[edge]
    ends_of = np.vstack([ends.reshape(-1, 2), np.zeros((others.size, 2), dtype=np.int64)])
    tail = ends_of[road, np.where(is_forward, 0, 1)]
    head = ends_of[road, np.where(is_forward, 1, 0)]
    edge_number = np.empty(edge.size, dtype=np.int64)
    edge_number[edge] = np.arange(edge.size)

    n_ends = int(ends.max(initial=-1)) + 1
    arc_edge = edge_number[states.arc_edge]
    is_drawn = road[arc_edge] < street.size
    leads_on = is_drawn & (states.arc_head >= 0)
    at_state = np.concatenate([states.arc_tail[is_drawn], states.arc_head[leads_on]])
    at_end = np.concatenate([tail[arc_edge[is_drawn]], head[arc_edge[leads_on]]])
    end_of = np.full(states.n_states, n_ends, dtype=np.int64)
    end_of[at_state] = at_end
    state_number = np.empty(states.n_states, dtype=np.int64)
    state_number[np.argsort(end_of, kind="stable")] = np.arange(states.n_states)
    return DrawnGraph(
        edge=edge,
        edge_number=edge_number,
        road=road,
        ways=np.bincount(road, np.where(is_forward, 1, 2), minlength=order.size).astype(np.int64),
        tail=tail,
        head=head,
        state_number=state_number,
        first_state=starts(np.sort(end_of), n_ends + 1)[:-1],
    )
