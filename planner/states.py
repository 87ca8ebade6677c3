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

from planner.approaches import Approaches, approaches_of, turn_delays_s, turns_back
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
    numbers = _Numbers.of(network, approaches)
    tail, head = network.edge_tail, network.edge_head
    edge, state = entries(numbers.of_node, tail)
    approach, phase = numbers.approach_and_phase(state, tail[edge])
    goes = _may_go(network, approaches, approach, edge)
    edge, state, phase, approach = edge[goes], state[goes], phase[goes], approach[goes]

    delay_s = network.edge_delay_s[edge]
    came = np.flatnonzero(approach >= 0)
    before = approaches.edge[approach[came]].astype(np.int64)
    delay_s[came] += turn_delays_s(network, edge[came], before)
    comes_to = numbers.first_state(approaches.after(approach, edge), head[edge])
    alone = approaches.of_edge.astype(np.int64)
    return States(
        of_node=numbers.of_node,
        start_state=numbers.first_state(alone, head).astype(np.int32),
        arc_tail=state.astype(np.int32),
        arc_edge=edge.astype(np.int32),
        arc_head=_heads(network, numbers.is_inner, edge, phase, comes_to).astype(np.int32),
        arc_delay_s=delay_s,
        arc_time_s=delay_s + network.edge_time_s[edge],
    )


def _may_go(
    network: RoadNetwork,
    approaches: Approaches,
    approach: NDArray[np.int64],
    edge: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return whether a drive may go, and might want to, from each approach (-1: none) onto an edge."""
    goes = ~approaches.is_barred(approach, edge)
    came = np.flatnonzero(approach >= 0)
    before = approaches.edge[approach[came]].astype(np.int64)
    goes[came] &= ~(approaches.never_back[before] & turns_back(network, edge[came], before))
    return goes


def _heads(
    network: RoadNetwork,
    is_inner: NDArray[np.bool_],
    edge: NDArray[np.int64],
    phase: NDArray[np.int64],
    comes_to: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the states that arcs reach; -1 where a drive may go onto the edge only to end there.

    Parameters
    ----------
    is_inner
        Whether a junction has local roads only.
    edge, phase
        Edge driven, and whether the drive came into local roads before (1) or begins in them (0).
    comes_to
        The first state of the approach at the head.
    """
    from_open, to_open = ~is_inner[network.edge_tail[edge]], ~is_inner[network.edge_head[edge]]
    is_local = network.street_is_local[network.edge_street[edge]]
    ends_there = to_open & is_local & (from_open | (phase == 1))
    comes_in = np.where(from_open, 1, phase)
    return np.where(ends_there, -1, comes_to + np.where(to_open, 0, comes_in))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Numbers:
    """How states are numbered: by junction; there those without an approach first; of each the one that may leave first.

    Attributes
    ----------
    of_node
        As in `States`.
    is_inner
        Whether a junction has local roads only, and so two states of each kind.
    state_of
        The first state of each approach.
    approach_at, first_at
        The approaches in the order of their junctions, and where those of each junction begin.
    """

    of_node: NDArray[np.int64]
    is_inner: NDArray[np.bool_]
    state_of: NDArray[np.int64]
    approach_at: NDArray[np.int64]
    first_at: NDArray[np.int64]

    @classmethod
    def of(cls, network: RoadNetwork, approaches: Approaches) -> _Numbers:
        """Return how the states of a network are numbered."""
        is_inner = np.ones(network.n_nodes, dtype=bool)  # no open road meets there
        for ends in (network.street_tail, network.street_head):
            is_inner[ends[~network.street_is_local]] = False
        n_phases = np.where(is_inner, 2, 1)
        at = network.edge_head[approaches.edge]
        approach_at, first_at = np.argsort(at, kind="stable"), starts(at, network.n_nodes)
        of_node = np.concatenate([[0], np.cumsum(n_phases * (1 + np.diff(first_at)))])
        rank = np.empty(at.size, dtype=np.int64)
        rank[approach_at] = np.arange(at.size) - first_at[at[approach_at]]
        return cls(
            of_node=of_node,
            is_inner=is_inner,
            state_of=of_node[at] + (1 + rank) * n_phases[at],
            approach_at=approach_at,
            first_at=first_at,
        )

    def approach_and_phase(
        self, state: NDArray[np.int64], node: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the approach of each state of a junction (-1: none), and whether it can't leave local roads (1)."""
        turn, phase = np.divmod(state - self.of_node[node], np.where(self.is_inner[node], 2, 1))
        approach = np.full(state.size, -1, dtype=np.int64)
        has_approach = turn > 0
        first = self.first_at[node[has_approach]]
        approach[has_approach] = self.approach_at[first + turn[has_approach] - 1]
        return approach, phase

    def first_state(
        self, approach: NDArray[np.int64], node: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Return the first state of each approach (-1: none) at a junction."""
        state = self.of_node[node]
        has_approach = approach >= 0
        state[has_approach] = self.state_of[approach[has_approach]]
        return state
