"""Turn restrictions: what relations of OpenStreetMap forbid, as edges that may not be driven one after the other."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network import GATE
from planner.roads.vehicles import Vehicle

Tags = Mapping[str, str]
Step = tuple[int, int, int]
"""A way, and two nodes that follow one another on it."""

_WITH_TIMES: Final = ("day_on", "day_off", "hour_on", "hour_off")
_SEVERAL: Final = {"no_entry": "from", "no_exit": "to"}
"""Restrictions that may have several ways of one role."""
_BARS_U_TURN: Final = {"right": "no_left_turn", "left": "no_right_turn"}
"""Turning back crosses the traffic that comes towards one, as does a turn to that side."""


class Relation(NamedTuple):
    """A turn restriction as it is mapped.

    Attributes
    ----------
    kind
        ``no_left_turn``, ``only_straight_on`` and so on.
    from_ways, to_ways
        Ways on which a drive comes and goes.
    via_nodes, via_ways
        What lies between: a node, or one or more ways.
    """

    kind: str
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


class Restriction(NamedTuple):
    """A turn that is forbidden, or the only one allowed.

    Attributes
    ----------
    kind
        As mapped.
    from_way, node
        A drive comes over this way to this node,
    steps
        goes on over these pieces of ways (none where the restriction is at the node alone),
    to_way
        and would leave over this way.
    """

    kind: str
    from_way: int
    node: int
    steps: tuple[Step, ...]
    to_way: int

    @property
    def is_only(self) -> bool:
        """Whether all other turns are forbidden."""
        return self.kind.startswith("only_")

    @property
    def last_node(self) -> int:
        """The node where the drive would turn into ``to_way``."""
        return self.steps[-1][2] if self.steps else self.node


def relation_of(
    tags: Tags, members: Iterable[tuple[str, str, int]], vehicle: Vehicle
) -> tuple[Relation | None, str]:
    """Return the turn restriction that a relation is for a vehicle, or None, and what to count it as.

    Parameters
    ----------
    tags
        Tags of the relation.
    members
        Role, type (``n`` or ``w``) and number of each member.
    vehicle
        Who drives.
    """
    own = [key for key in vehicle.access_keys if key != "access"]
    keys = [*(f"restriction:{key}" for key in own), "restriction"]
    kind = next((tags[key] for key in keys if key in tags), None)
    is_conditional = any(f"{key}:conditional" in tags for key in keys)
    if kind is None:
        return None, "restrictions_conditional" if is_conditional else "restrictions_of_others"
    if any(key in tags for key in _WITH_TIMES):
        return None, "restrictions_conditional"
    if set(own) & {word.strip() for word in tags.get("except", "").split(";")}:
        return None, "restrictions_excepted"
    if not kind.startswith(("no_", "only_")):
        return None, "restrictions_unknown"
    by_role: dict[tuple[str, str], list[int]] = defaultdict(list)
    for role, of_type, number in members:
        by_role[role, of_type].append(number)
    relation = Relation(
        kind,
        *(
            tuple(by_role[member])
            for member in (("from", "w"), ("via", "n"), ("via", "w"), ("to", "w"))
        ),
    )
    return (relation, "") if _is_complete(relation) else (None, "restrictions_incomplete")


def _is_complete(relation: Relation) -> bool:
    several = _SEVERAL.get(relation.kind)
    n_from, n_to = len(relation.from_ways), len(relation.to_ways)
    has_via = len(relation.via_nodes) == 1 if relation.via_nodes else bool(relation.via_ways)
    return (
        has_via
        and not (relation.via_nodes and relation.via_ways)
        and (n_from == 1 or (n_from > 1 and several == "from"))
        and (n_to == 1 or (n_to > 1 and several == "to"))
    )


def restrictions_of(
    relations: Sequence[Relation], nodes_of: Mapping[int, Sequence[int]], counts: Counter[str]
) -> tuple[Restriction, ...]:
    """Return the turns that relations speak of.

    Parameters
    ----------
    relations
        Turn restrictions.
    nodes_of
        The nodes of those of their ways that are roads.
    counts
        What can't be used is counted here.
    """
    found = []
    for relation in relations:
        for from_way in relation.from_ways:
            for to_way in relation.to_ways:
                if from_way not in nodes_of or to_way not in nodes_of:
                    counts["restrictions_without_road"] += 1
                elif relation.via_nodes:
                    (node,) = relation.via_nodes
                    found.append(Restriction(relation.kind, from_way, node, (), to_way))
                elif not all(way in nodes_of for way in relation.via_ways):
                    counts["restrictions_without_road"] += 1
                elif steps := _steps(relation.via_ways, nodes_of, from_way, to_way):
                    found.append(Restriction(relation.kind, from_way, steps[0][1], steps, to_way))
                else:
                    counts["restrictions_unclear"] += 1
    return tuple(found)


def _steps(
    via: Sequence[int], nodes_of: Mapping[int, Sequence[int]], from_way: int, to_way: int
) -> tuple[Step, ...]:
    """Return the steps over all via ways from one way to the other, if there is one way to go."""
    walks = []
    for begin in {*_ends(nodes_of[from_way])}:
        here, left, steps = begin, list(via), []
        while left:
            onward = [way for way in left if here in _ends(nodes_of[way])]
            if len(onward) != 1:
                break
            (way,) = onward
            left.remove(way)
            nodes = list(nodes_of[way])
            nodes = nodes if nodes[0] == here else nodes[::-1]
            steps += [(way, a, b) for a, b in itertools.pairwise(nodes) if a != b]
            here = nodes[-1]
        if not left and here in _ends(nodes_of[to_way]):
            walks.append(tuple(steps))
    return walks[0] if len(walks) == 1 else ()


def _ends(nodes: Sequence[int]) -> tuple[int, int]:
    return nodes[0], nodes[-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EdgeEnds:
    """How edges begin and end.

    Attributes
    ----------
    tail, head
        Junctions at both ends.
    tail_id, second_id, head_id
        Numbers in the source of the first node, of the next one, and of the last.
    first_way, last_way
        Ways of the first piece and of the last.
    reverse
        The edge over the same street the other way; -1 where there is none.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    tail_id: NDArray[np.int64]
    second_id: NDArray[np.int64]
    head_id: NDArray[np.int64]
    first_way: NDArray[np.int64]
    last_way: NDArray[np.int64]
    reverse: NDArray[np.int32]


def barred_edges(
    restrictions: Sequence[Restriction],
    edges: EdgeEnds,
    *,
    driving_side: str,
    counts: Counter[str],
) -> list[tuple[int, ...]]:
    """Return the edges that may not be driven one right after the other, in order.

    Parameters
    ----------
    restrictions
        Turns that are forbidden, or the only ones allowed.
    edges
        How the edges of the network begin and end.
    driving_side
        ``left`` or ``right``: where the turn across the traffic is forbidden, turning back is too.
    counts
        What is applied and what can't be is counted here.
    """
    if not restrictions:
        return []
    near = _Near.of(restrictions, edges)
    barred: set[tuple[int, ...]] = set()
    allowed: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for restriction in restrictions:
        drives, count = near.drives(restriction)
        counts[count] += 1
        for drive in drives:
            if restriction.is_only:
                for i in range(1, len(drive)):
                    allowed[drive[:i]].add(drive[i])
            else:
                barred.add(drive)
            back = int(edges.reverse[drive[0]])
            is_across = restriction.kind == _BARS_U_TURN[driving_side] and len(drive) == 2
            if is_across and back >= 0:
                barred.add((drive[0], back))
    for so_far, onward in allowed.items():
        junction = int(edges.head[so_far[-1]])
        barred |= {(*so_far, edge) for edge in near.out_of[junction] if edge not in onward}
    return sorted(barred)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Near:
    """The edges near turn restrictions, to be looked up.

    Attributes
    ----------
    edges
        How all edges begin and end.
    onto, from_
        Edges that come to a node over a way, and that leave a node over a way.
    beginning
        Edges by the step they begin with.
    out_of
        Edges out of each junction.
    junctions
        Numbers of the nodes that are junctions.
    """

    edges: EdgeEnds
    onto: Mapping[tuple[int, int], list[int]]
    from_: Mapping[tuple[int, int], list[int]]
    beginning: Mapping[Step, int]
    out_of: Mapping[int, list[int]]
    junctions: frozenset[int]

    @classmethod
    def of(cls, restrictions: Sequence[Restriction], edges: EdgeEnds) -> _Near:
        """Return the edges near some restrictions."""
        at = {r.node for r in restrictions} | {b for r in restrictions for _, _, b in r.steps}
        numbers = np.array(sorted(at), dtype=np.int64)
        onto: dict[tuple[int, int], list[int]] = defaultdict(list)
        from_: dict[tuple[int, int], list[int]] = defaultdict(list)
        beginning: dict[Step, int] = {}
        out_of: dict[int, list[int]] = defaultdict(list)
        for edge in np.flatnonzero(np.isin(edges.head_id, numbers)).tolist():
            onto[int(edges.head_id[edge]), int(edges.last_way[edge])].append(edge)
        for edge in np.flatnonzero(np.isin(edges.tail_id, numbers)).tolist():
            way, tail = int(edges.first_way[edge]), int(edges.tail_id[edge])
            from_[tail, way].append(edge)
            beginning[way, tail, int(edges.second_id[edge])] = edge
            if way != GATE:  # who stands before a gate may be there for it
                out_of[int(edges.tail[edge])].append(edge)
        junctions = frozenset({node for node, _ in onto} | {node for node, _ in from_})
        return cls(
            edges=edges,
            onto=onto,
            from_=from_,
            beginning=beginning,
            out_of=out_of,
            junctions=junctions,
        )

    def drives(self, restriction: Restriction) -> tuple[list[tuple[int, ...]], str]:
        """Return the drives that a restriction speaks of, as edges, and what to count it as."""
        come = self.onto.get((restriction.node, restriction.from_way), [])
        go = self.from_.get((restriction.last_node, restriction.to_way), [])
        is_back = restriction.from_way == restriction.to_way and not restriction.steps
        if restriction.kind == "no_u_turn" and is_back:
            back = self.edges.reverse
            turns: list[tuple[int, ...]] = [
                (edge, int(back[edge])) for edge in come if back[edge] >= 0
            ]
            return turns, "restrictions_applied" if turns else "restrictions_without_road"
        starts = [step for step in restriction.steps if step[1] in self.junctions]
        between = [self.beginning.get(step, -1) for step in starts]
        if not come or not go or -1 in between:
            return [], "restrictions_without_road"
        if len(come) > 1 or len(go) > 1:
            return [], "restrictions_unclear"
        drive = (*come, *between, *go)
        ends = zip(self.edges.head[list(drive[:-1])], self.edges.tail[list(drive[1:])], strict=True)
        if any(head != tail for head, tail in ends):
            return [], "restrictions_at_barriers"
        return [drive], "restrictions_applied"
