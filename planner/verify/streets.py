"""How long streets are, measured again, and which of them hang together."""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from planner.network import RoadNetwork
from planner.verify.notes import Notes, n_of


def check_lengths(notes: Notes, network: RoadNetwork) -> None:
    """Measure every street again, as a line on the ellipsoid."""
    geod = Geod(ellps="WGS84")
    differs = []
    for street, said_m in enumerate(network.street_length_m.tolist()):
        line = slice(network.shape_start[street], network.shape_start[street + 1])
        metres = geod.line_length(network.shape_lon[line], network.shape_lat[line])
        if abs(metres - said_m) > 1e-6 * metres + 1e-6:
            differs.append(f"street {street} is {metres:.3f} m long, not {said_m:.3f}")
    notes.differ(network.source.file, differs)
    notes.checked.append(
        f"the lengths of {n_of(network.n_streets, 'street')}, {network.length_m / 1000:.1f} km"
    )


def street_graph(network: RoadNetwork) -> nx.Graph:
    """Return junctions joined by streets, whichever way these lead."""
    graph = nx.Graph()
    graph.add_edges_from(
        zip(network.street_tail.tolist(), network.street_head.tolist(), strict=True)
    )
    return graph


def metres_together(network: RoadNetwork) -> NDArray[np.float64]:
    """Return for each junction how many metres of street hang together with it."""
    begin_m = np.bincount(
        network.street_tail, weights=network.street_length_m, minlength=network.n_nodes
    )
    metres = np.zeros(network.n_nodes)
    for nodes in map(list, nx.connected_components(street_graph(network))):
        metres[nodes] = begin_m[nodes].sum()
    return metres
