"""Reaches: how far along single edges each of some sites is reached, for any time up to a limit, from one search for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.journeys import task_between
from planner.network import RoadNetwork
from planner.rows import row_of
from planner.scenario import Direction
from planner.search import attached, pairs_within
from planner.snapping import Places
from planner.states import states_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reaches:
    """Drives over one edge each between its points and a site.

    Along an edge a drive takes least at one point, and from there on longer by what the edge takes: against the edge where
    drives go to the site, along it where they come from it. An edge that a site is on has several reaches.

    Attributes
    ----------
    site, edge
        Whose reach, over which edge.
    near_s
        Where the drive takes least, in seconds from the tail of the edge.
    least_s
        What it takes from there, in seconds.
    own_share
        Where the sites are that the last reaches lie round, as shares of their streets; NaN for those at junctions.
    direction
        Whether drives go to the site or come from it.
    """

    site: NDArray[np.int32]
    edge: NDArray[np.int32]
    near_s: NDArray[np.float64]
    least_s: NDArray[np.float64]
    own_share: NDArray[np.float64]
    direction: Direction

    def parts(
        self, network: RoadNetwork, limit_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the part of its street that each reach covers, begin and end as shares; where it is none begin is above end.

        Parameters
        ----------
        network
            The roads.
        limit_s
            Longest drive in seconds, at most the limit that was searched; exactly as long counts.
        """
        left_s = limit_s - self.least_s
        is_beyond = left_s < 0.0
        sign = -1.0 if self.direction is Direction.TO_STATION else 1.0
        near = _share(network, self.edge, self.near_s)
        own = near[near.size - self.own_share.size :]
        np.copyto(
            own, self.own_share, where=~np.isnan(self.own_share)
        )  # on both edges: no gap there
        far = _share(network, self.edge, self.near_s + sign * left_s)
        del left_s  # there may be many millions
        begin = np.minimum(near, far)
        end = np.maximum(near, far, out=near)
        begin[is_beyond], end[is_beyond] = 1.0, 0.0
        return begin, end


def reaches(
    network: RoadNetwork,
    sites: Places,
    *,
    limit_s: float,
    direction: Direction,
    access_kph: float = 10.0,
) -> Reaches:
    """Return how far along edges each site is reached: from their ends, and round the sites on them.

    Parameters
    ----------
    network
        Roads of one vehicle.
    sites
        Where sites meet roads; those off network reach nothing.
    limit_s
        Longest drive to look for, in seconds.
    direction
        Whether drives go to the site or come from it.
    access_kph
        Speed between a site and the road, in km/h; 0: that leg takes no time. The points of the road have none.

    Returns
    -------
    Reaches
        Those from the ends of edges ordered by site, then those round sites ordered by site.
    """
    states, n_edges = states_of(network), network.n_edges
    task = task_between(
        network, sites, sites.part(0, 0), direction=direction, access_kph=access_kph
    )
    is_to_station = direction is Direction.TO_STATION
    if is_to_station:
        every = np.arange(n_edges, dtype=np.int32)
        state, edge, delay_s = states.start_state, every, np.zeros(n_edges)
    else:
        state, edge, delay_s = states.arc_tail, states.arc_edge, states.arc_delay_s
    nothing = np.empty(0, dtype=np.int64)
    task = task._replace(
        targets=attached(state, edge, delay_s, states.n_states),
        points_on_edge=attached(nothing, nothing, np.empty(0), n_edges),
        point_leg_s=np.zeros(n_edges),
    )
    site, reached, beyond_s = pairs_within(task, limit_s=limit_s)
    own = task.source_edges
    own_site = row_of(own.start)
    end_s = network.edge_time_s[reached] if is_to_station else np.zeros(reached.size)
    return Reaches(
        site=np.concatenate([site, own_site.astype(np.int32)]),
        edge=np.concatenate([reached, own.item]),
        near_s=np.concatenate([end_s, own.time_s if is_to_station else -own.time_s]),
        least_s=np.concatenate([beyond_s, task.source_leg_s[own_site]]),
        own_share=np.where(sites.node[own_site] < 0, sites.share[own_site], np.nan),
        direction=direction,
    )


def _share(
    network: RoadNetwork, edge: NDArray[np.integer], position_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of its street that a position on an edge is, given in seconds from its tail.

    Seconds are exact, so both are taken from the first node: equal places on the two edges of a street have equal shares.
    """
    whole_s = np.where(network.edge_time_s > 0.0, network.edge_time_s, 1.0)[edge]
    share = position_s.copy()
    np.subtract(whole_s, share, out=share, where=~network.edge_is_forward[edge])
    share /= whole_s
    return np.clip(share, 0.0, 1.0, out=share)
