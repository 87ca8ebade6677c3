"""Drives: the edges behind a drive time, one after the other."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.journeys import Hooks, begins_of, ends_of, legs_s
from planner.network import RoadNetwork
from planner.rows import starts
from planner.search import Graph, attached, nearest_of_states
from planner.snapping import Places
from planner.states import States, states_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drive:
    """The fastest drive between two places.

    Attributes
    ----------
    edge
        The edges driven, in order.
    delay_s
        Seconds until each is driven: signals and turns.
    from_s, to_s
        Where on each edge the drive comes onto it and leaves it, in seconds from its tail.
    begin_leg_s, end_leg_s
        Access legs, in seconds.
    """

    edge: NDArray[np.int64]
    delay_s: NDArray[np.float64]
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]
    begin_leg_s: float
    end_leg_s: float

    @property
    def time_s(self) -> float:
        """The drive time in seconds, on the grid."""
        on_roads_s = float(self.delay_s.sum() + (self.to_s - self.from_s).sum())
        return self.begin_leg_s + on_roads_s + self.end_leg_s


def drives_between(
    network: RoadNetwork,
    places: Places,
    begin: NDArray[np.integer],
    end: NDArray[np.integer],
    *,
    access_kph: float,
) -> list[Drive | None]:
    """Return the fastest drives between pairs of places, in the order of the pairs; None where there is none.

    Of drives equally fast the one over an edge that both places are on, else one of the fewest edges.

    Parameters
    ----------
    network
        Roads to drive on.
    places
        Where points meet roads; no drive begins or ends at one off network.
    begin, end
        Positions in ``places`` of where each drive begins and ends.
    access_kph
        Speed between a point and the road, in km/h; 0: that leg takes no time.
    """
    leg_s = legs_s(places, access_kph)
    # one search for each place on that side which has fewer
    is_reversed = np.unique(end).size < np.unique(begin).size
    search = _Search.of(network, places, is_reversed=is_reversed)
    near, far = (end, begin) if is_reversed else (begin, end)
    found: list[Drive | None] = [None] * near.size
    for source in np.unique(near).tolist():
        label = search.label(source)
        for pair in np.flatnonzero(near == source).tolist():
            steps = search.steps(label, source, int(far[pair]))
            if steps is not None:
                found[pair] = _drive(steps, float(leg_s[begin[pair]]), float(leg_s[end[pair]]))
    return found


class _Step(NamedTuple):
    """An edge driven, or a part of it: as in `Drive`."""

    edge: int
    delay_s: float
    from_s: float
    to_s: float


def _drive(steps: list[_Step], begin_leg_s: float, end_leg_s: float) -> Drive:
    columns = np.array(steps, dtype=np.float64).reshape(-1, 4)
    return Drive(
        edge=columns[:, 0].astype(np.int64),
        delay_s=columns[:, 1],
        from_s=columns[:, 2],
        to_s=columns[:, 3],
        begin_leg_s=begin_leg_s,
        end_leg_s=end_leg_s,
    )


class _Hook(NamedTuple):
    """A state or edge that a place hangs on, the seconds in between, and the edge driven there (-1: none)."""

    item: int
    time_s: float
    edge: int


class _Hooked:
    """The hooks of each place."""

    def __init__(self, hooks: Hooks, n_places: int) -> None:
        order = np.argsort(hooks.row, kind="stable")
        self._start = starts(hooks.row, n_places)
        self._item, self._time_s, self._edge = (
            column[order] for column in (hooks.item, hooks.time_s, hooks.edge)
        )

    def of(self, place: int) -> list[_Hook]:
        """Return the hooks of one place."""
        row = slice(self._start[place], self._start[place + 1])
        columns = (self._item[row], self._time_s[row], self._edge[row])
        return [_Hook(*hook) for hook in zip(*(c.tolist() for c in columns), strict=True)]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Search:
    """Searches from the one end of drives to their other ends: near is where a search begins, far where it comes to.

    Attributes
    ----------
    network, states
        Where to drive.
    near, far
        The states that places hang on, on either side.
    begin_edges, end_edges
        The edges that drives from places begin on, and that drives to places end on.
    is_reversed
        Whether searches run against the drive.
    """

    network: RoadNetwork
    states: States
    near: _Hooked
    far: _Hooked
    begin_edges: _Hooked
    end_edges: _Hooked
    is_reversed: bool

    @classmethod
    def of(cls, network: RoadNetwork, places: Places, *, is_reversed: bool) -> _Search:
        """Return the searches between places."""
        states, n = states_of(network), len(places)
        begins, begin_edges = begins_of(network, states, places)
        ends, end_edges = ends_of(network, states, places)
        near, far = (ends, begins) if is_reversed else (begins, ends)
        return cls(
            network=network,
            states=states,
            near=_Hooked(near, n),
            far=_Hooked(far, n),
            begin_edges=_Hooked(begin_edges, n),
            end_edges=_Hooked(end_edges, n),
            is_reversed=is_reversed,
        )

    @cached_property
    def graph(self) -> Graph:
        """The arcs in the direction of the search."""
        return self.states.graph(is_reversed=self.is_reversed)

    @cached_property
    def arcs_into(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The arcs by the state that the search comes to over them: where each row starts, and the arcs."""
        arc = np.flatnonzero(self.states.arc_head >= 0)
        into = (self.states.arc_tail if self.is_reversed else self.states.arc_head)[arc]
        return starts(into, self.states.n_states), arc[np.argsort(into, kind="stable")]

    def label(self, source: int) -> NDArray[np.float64]:
        """Return the seconds between a place and each state."""
        hooks = self.near.of(source)
        item = np.array([hook.item for hook in hooks], dtype=np.int32)
        time_s = np.array([hook.time_s for hook in hooks], dtype=np.float64)
        seeds = attached(np.zeros(item.size, dtype=np.int64), item, time_s, 1)
        return nearest_of_states(self.graph, seeds)[0]

    def steps(self, label: NDArray[np.float64], source: int, target: int) -> list[_Step] | None:
        """Return the steps of the fastest drive between two places, in the order of the drive; None where there is none."""
        begin, end = (target, source) if self.is_reversed else (source, target)
        on_edges = [
            _Step(b.item, 0.0, b.time_s, e.time_s)
            for b in self.begin_edges.of(begin)
            for e in self.end_edges.of(end)
            if b.item == e.item and b.time_s <= e.time_s
        ]
        over_one = min(on_edges, key=lambda step: step.to_s - step.from_s, default=None)
        last = min(self.far.of(target), key=lambda h: label[h.item] + h.time_s, default=None)
        over_states_s = np.inf if last is None else float(label[last.item]) + last.time_s
        if over_one is not None and over_one.to_s - over_one.from_s <= over_states_s:
            return [over_one]
        if last is None or over_states_s == np.inf:
            return None
        first, arcs = self._way(label, source, last.item)
        begins, ends = (last, first) if self.is_reversed else (first, last)
        return [*self._first(begins), *map(self._whole, arcs), *self._last(ends, end)]

    def _way(self, label: NDArray[np.float64], source: int, state: int) -> tuple[_Hook, list[int]]:
        """Return the hook of the source from which a state is reached as soon as its label says, and the arcs between."""
        seeds: dict[int, _Hook] = {}
        for hook in self.near.of(source):
            held = seeds.get(hook.item)
            if held is None or hook.time_s < held.time_s:
                seeds[hook.item] = hook
        onward = self._states_behind(label, seeds, state)
        here = next(reversed(onward))
        first, arcs = seeds[here], []
        heads = self.states.arc_tail if self.is_reversed else self.states.arc_head
        while (arc := onward[here]) >= 0:
            arcs.append(arc)
            here = int(heads[arc])
        return first, arcs[::-1] if self.is_reversed else arcs

    def _states_behind(
        self, label: NDArray[np.float64], seeds: dict[int, _Hook], state: int
    ) -> dict[int, int]:
        """Return states from which a search came to a state, each with the arc onwards (-1: none); the last is a seed.

        Sums on the grid are exact: an arc was driven where its time is just the difference of two labels. Looked for
        breadth first, for arcs may take no time and lead in rings.
        """
        start, arcs = self.arcs_into
        tails = self.states.arc_head if self.is_reversed else self.states.arc_tail
        onward, queue = {state: -1}, deque([state])
        while True:
            here = queue.popleft()
            label_s = label[here]
            if here in seeds and seeds[here].time_s == label_s:
                onward[here] = onward.pop(here)
                return onward
            for arc in arcs[start[here] : start[here + 1]].tolist():
                before = int(tails[arc])
                if before not in onward and label[before] + self.states.arc_time_s[arc] == label_s:
                    onward[before] = arc
                    queue.append(before)

    def _whole(self, arc: int) -> _Step:
        edge = int(self.states.arc_edge[arc])
        time_s = float(self.network.edge_time_s[edge])
        return _Step(edge, float(self.states.arc_delay_s[arc]), 0.0, time_s)

    def _first(self, hook: _Hook) -> list[_Step]:
        """Return the edge on which a drive begins, if it begins on one."""
        if hook.edge < 0:
            return []
        time_s = float(self.network.edge_time_s[hook.edge])
        return [_Step(hook.edge, 0.0, time_s - hook.time_s, time_s)]

    def _last(self, hook: _Hook, end: int) -> list[_Step]:
        """Return the edge on which a drive ends, if it ends on one."""
        if hook.edge < 0:
            return []
        to_s = next(h.time_s for h in self.end_edges.of(end) if h.item == hook.edge)
        return [_Step(hook.edge, hook.time_s - to_s, 0.0, to_s)]
