"""States: where a drive is, and what of its past decides how it may go on.

A junction where an open road meets is one state. A junction of local roads only (those that serve the start or the end of a
drive, never the way through) is two: one for drives that begin in there and may still leave, one for drives that came in from
an open road and end in there. Where turns matter, each approach has states of its own beside these. An *arc* leads from a
state onto an edge, and mostly on to a state at its head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.approaches import approaches_of, turn_delays_s
from planner.network import RoadNetwork
from planner.rows import entries, starts
from planner.search import Graph


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class States:
    """The states of a network and the arcs out of them.

    Attributes
    ----------
    of_node
        The states of junction v are ``range(of_node[v], of_node[v + 1])``; a drive that begins at v is in the first.
    start_state
        For each edge the state at its head that a drive which begins on the edge comes to.
    arc_tail, arc_edge
        State left and edge driven of each arc, ordered by edge.
    arc_head
        State reached; -1 where a drive may go onto the edge only to end there (a local road between two open ones).
    arc_delay_s
        Seconds until the edge is driven: signals and turns.
    arc_time_s
        Seconds until its head: delay and running time.
    """

    of_node: NDArray[np.int64]
    start_state: NDArray[np.int32]
    arc_tail: NDArray[np.int32]
    arc_edge: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    arc_delay_s: NDArray[np.float64]
    arc_time_s: NDArray[np.float64]

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.of_node[-1])

    def graph(self, *, is_reversed: bool) -> Graph:
        """Return the arcs as rows by the state they leave, or turned round."""
        leads_on = self.arc_head >= 0
        tail, head = self.arc_tail[leads_on], self.arc_head[leads_on]
        if is_reversed:
            tail, head = head, tail
        order = np.argsort(tail, kind="stable")
        time_s = self.arc_time_s[leads_on]
        return Graph(starts(tail, self.n_states), head[order], time_s[order])


def states_of(network: RoadNetwork) -> States:
    """Return the states of a network.

    Parameters
    ----------
    network
        The roads of one vehicle.
    """
    approaches = approaches_of(network)
    tail, head = network.edge_tail, network.edge_head
    is_inner = np.ones(network.n_nodes, dtype=bool)  # no open road meets there
    for ends in (network.street_tail, network.street_head):
        is_inner[ends[~network.street_is_local]] = False
    n_phases = np.where(is_inner, 2, 1)
    at = head[approaches.edge]
    by_node, first = np.argsort(at, kind="stable"), starts(at, network.n_nodes)
    of_node = np.concatenate([[0], np.cumsum(n_phases * (1 + np.diff(first)))])
    rank = np.empty(at.size, dtype=np.int64)
    rank[by_node] = np.arange(at.size) - first[at[by_node]]
    state_of = of_node[at] + (1 + rank) * n_phases[at]  # the first state of each approach

    edge, state = entries(of_node, tail)
    turn, phase = np.divmod(state - of_node[tail[edge]], n_phases[tail[edge]])
    approach = np.full(edge.size, -1, dtype=np.int64)
    has_approach = turn > 0
    approach[has_approach] = by_node[first[tail[edge[has_approach]]] + turn[has_approach] - 1]
    if approaches.barred.size:
        may_go = ~approaches.is_barred(approach, edge)
        edge, state, phase, approach = edge[may_go], state[may_go], phase[may_go], approach[may_go]

    begins_at = _first_state(approaches.after(approach, edge), state_of, of_node[head[edge]])
    comes_in = ~is_inner[tail[edge]] & is_inner[head[edge]]
    last_phase = np.where(comes_in, 1, np.where(is_inner[head[edge]], phase, 0))
    is_local = network.street_is_local[network.edge_street[edge]]
    from_open, onto_open = ~is_inner[tail[edge]], ~is_inner[head[edge]]
    ends_there = onto_open & is_local & (from_open | (phase == 1))
    delay_s = network.edge_delay_s[edge]
    came = np.flatnonzero(approach >= 0)
    delay_s[came] += turn_delays_s(
        network, edge[came], approaches.edge[approach[came]].astype(np.int64)
    )
    alone = approaches.of_edge.astype(np.int64)
    return States(
        of_node=of_node,
        start_state=_first_state(alone, state_of, of_node[head]).astype(np.int32),
        arc_tail=state.astype(np.int32),
        arc_edge=edge.astype(np.int32),
        arc_head=np.where(ends_there, -1, begins_at + last_phase).astype(np.int32),
        arc_delay_s=delay_s,
        arc_time_s=delay_s + network.edge_time_s[edge],
    )


def _first_state(
    approach: NDArray[np.int64], state_of: NDArray[np.int64], otherwise: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the first state of each approach; where there is none, that of the junction."""
    state = otherwise.copy()
    has_approach = approach >= 0
    state[has_approach] = state_of[approach[has_approach]]
    return state
