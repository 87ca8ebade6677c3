"""Drive times in towns of streets: from stations to all in reach, many to many, and the nearest station."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances import Streets, folder, kept, streets
from benchmarks.registry import (
    OURS,
    Answer,
    Case,
    Level,
    Limit,
    UnavailableError,
    Work,
    same_pairs,
    same_times,
    task,
)

if TYPE_CHECKING:
    from planner.search import Task as SearchTask

LIMIT_S: Final = 300.0
_CELLS: Final = 50_000_000
"""A dense block of times that scipy fills has at most so many cells, so that memory is bounded."""
TWO_THREADS: Final = "ours, 2 threads"
STATES: Final = "ours, states only"
_SIZES: Final = {
    Level.SMOKE: ("900", 900),
    Level.SMALL: ("10k", 10_000),
    Level.MEDIUM: ("100k", 100_000),
    Level.LARGE: ("1M", 1_000_000),
}


def _cases(targets_s: dict[Level, float], *limits: Limit) -> dict[Level, Case]:
    return {
        level: Case(
            name=name,
            instance=n_nodes,
            limits=(*_at_most(targets_s.get(level)), *(limits if level else ())),
        )
        for level, (name, n_nodes) in _SIZES.items()
    }


def _at_most(seconds: float | None) -> tuple[Limit, ...]:
    return () if seconds is None else (Limit(figure="cpu_s", at_most=seconds),)


def _prepare(n_nodes: int) -> None:
    streets(n_nodes)


class Pairs(NamedTuple):
    """Source, point, seconds."""

    source: NDArray[np.integer]
    point: NDArray[np.integer]
    time_s: NDArray[np.float64]


def _answer(pairs: Pairs, town: Streets) -> Answer:
    return {
        "source": pairs.source,
        "point": pairs.point,
        "time_s": pairs.time_s,
        "limit_s": LIMIT_S,
        "n_points": town.x.size,
        "n_pairs": pairs.point.size,
    }


# -------------------- ours


def search_task(town: Streets, stations: NDArray[np.int64]) -> SearchTask:
    """Return the searches to stations in a town: every junction is a point, none lies on a street."""
    from planner.search import Attached, Graph, Task, attached

    towards = town.towards
    n, m = town.x.size, towards.nnz
    graph = Graph(towards.indptr.astype(np.int64), towards.indices.astype(np.int32), towards.data)
    every = np.arange(n, dtype=np.int32)

    def none(n_rows: int) -> Attached:
        return Attached(np.zeros(n_rows + 1, np.int64), np.empty(0, np.int32), np.empty(0))

    return Task(
        graph=graph,
        seeds=attached(np.arange(stations.size), stations, np.zeros(stations.size), stations.size),
        targets=Attached(np.arange(n + 1, dtype=np.int64), every, np.zeros(n)),
        source_edges=none(stations.size),
        points_on_edge=none(m),
        source_leg_s=np.zeros(stations.size),
        point_leg_s=np.zeros(n),
    )


def _our_pairs(town: Streets, stations: NDArray[np.int64], n_threads: int) -> Work:
    from planner.search import pairs_within

    searches = search_task(town, stations)
    return Work(
        lambda: pairs_within(searches, limit_s=LIMIT_S, n_threads=n_threads),
        lambda found: _answer(Pairs(*found), town),
    )


# -------------------- peers


def _scipy_pairs(town: Streets, stations: NDArray[np.int64]) -> Work:
    from scipy.sparse.csgraph import dijkstra

    towards = town.towards
    rows_at_once = max(1, _CELLS // town.x.size)

    def run() -> Pairs:
        parts = []
        for first in range(0, stations.size, rows_at_once):
            some = stations[first : first + rows_at_once]
            dense = dijkstra(towards, indices=some, limit=LIMIT_S)
            source, point = np.nonzero(np.isfinite(dense))
            parts.append(Pairs(source + first, point, dense[source, point]))
        return Pairs(*map(np.concatenate, zip(*parts, strict=True)))

    return Work(run, lambda found: _answer(found, town))


def _networkx_graph(town: Streets) -> Any:
    import networkx as nx

    return nx.from_scipy_sparse_array(town.towards, create_using=nx.DiGraph)


def _networkx_pairs(town: Streets, stations: NDArray[np.int64]) -> Work:
    import networkx as nx

    graph = _networkx_graph(town)

    def run() -> list[dict[int, float]]:
        reach = nx.single_source_dijkstra_path_length
        return [reach(graph, s, cutoff=LIMIT_S) for s in stations.tolist()]

    return Work(run, lambda found: _answer(_of_dicts(found), town), warms_up=False)


def _networkx_ego_graphs(town: Streets, stations: NDArray[np.int64]) -> Work:
    """Cut out the part of the graph in reach, as many notebooks do; which times, it doesn't tell."""
    import networkx as nx

    graph = _networkx_graph(town)

    def run() -> list[Any]:
        return [
            nx.ego_graph(graph, s, radius=LIMIT_S, distance="weight") for s in stations.tolist()
        ]

    return Work(
        run,
        lambda found: {"n_pairs": sum(part.number_of_nodes() for part in found)},
        warms_up=False,
    )


def _of_dicts(found: list[dict[int, float]]) -> Pairs:
    source = np.repeat(np.arange(len(found)), [len(times) for times in found])
    point = np.fromiter((p for times in found for p in times), dtype=np.int64)
    return Pairs(source, point, np.fromiter((t for f in found for t in f.values()), dtype=float))


def _pandana_network(town: Streets) -> Any:
    """Return the streets in pandana, contracted; that takes longer than the searches and isn't measured."""
    import pandana
    import pandas as pd

    towards = town.towards.tocoo()
    return pandana.Network(
        pd.Series(town.x),
        pd.Series(town.y),
        pd.Series(towards.row.astype(np.int64)),
        pd.Series(towards.col.astype(np.int64)),
        pd.DataFrame({"time_s": towards.data}),
        twoway=False,
    )


def _pandana_pairs(town: Streets, stations: NDArray[np.int64]) -> Work:
    network = _pandana_network(town)
    position = {int(node): i for i, node in enumerate(stations.tolist())}

    def answer(found: Any) -> Answer:
        source = np.array([position[node] for node in found.iloc[:, 0].tolist()])
        pairs = Pairs(source, found.iloc[:, 1].to_numpy(), found.iloc[:, 2].to_numpy(dtype=float))
        return _answer(pairs, town)

    return Work(lambda: network.nodes_in_range(stations, LIMIT_S), answer)


class _Library:
    """The kernel once more in C++: what a compiler that knows the language well makes of it."""

    def __init__(self) -> None:
        source = Path(__file__).parent / "peers" / "dijkstra.cpp"
        compiler = shutil.which("g++")
        if compiler is None:
            raise UnavailableError("g++ is not installed")

        def compile_into(path: Path) -> None:
            command = [compiler, "-O3", "-std=c++17", "-shared", "-fPIC", "-o", path, source]
            subprocess.run(command, check=True, capture_output=True)

        library = kept(folder() / f"dijkstra-{source.stat().st_mtime_ns}.so", compile_into)
        self.functions = ctypes.CDLL(str(library))
        self.functions.pairs_within.restype = ctypes.c_int64
        self.functions.nearest.restype = None

    @staticmethod
    def graph(town: Streets) -> list[NDArray[Any]]:
        towards = town.towards
        return [
            towards.indptr.astype(np.int64),
            towards.indices.astype(np.int32),
            np.ascontiguousarray(towards.data),
        ]

    @staticmethod
    def at(array: NDArray[Any]) -> ctypes.c_void_p:
        return array.ctypes.data_as(ctypes.c_void_p)


def _cpp_pairs(town: Streets, stations: NDArray[np.int64], n_pairs: int) -> Work:
    library = _Library()
    graph = library.graph(town)
    sources = stations.astype(np.int32)

    def run() -> Pairs:
        counts = np.empty(sources.size, np.int32)
        point, time_s = np.empty(n_pairs, np.int32), np.empty(n_pairs)
        found = library.functions.pairs_within(
            *map(library.at, graph),
            ctypes.c_int64(town.x.size),
            library.at(sources),
            ctypes.c_int64(sources.size),
            ctypes.c_double(LIMIT_S),
            ctypes.c_int64(n_pairs),
            library.at(counts),
            library.at(point),
            library.at(time_s),
        )
        source = np.repeat(np.arange(sources.size, dtype=np.int32), counts)
        return Pairs(source, point[:found], time_s[:found])

    return Work(run, lambda found: _answer(found, town))


# -------------------- tasks

stations = task(
    name="stations",
    does="78 stations: all junctions within 300 s towards each",
    cases=_cases({Level.SMALL: 0.01, Level.MEDIUM: 0.02, Level.LARGE: 0.04}),
    prepare=_prepare,
    judge=same_pairs,
)
candidates = task(
    name="candidates",
    does="2,000 candidates: all pairs within 300 s, sparse",
    cases=_cases(
        {Level.SMALL: 0.14, Level.MEDIUM: 0.28, Level.LARGE: 0.36},
        Limit(figure="cpu_s", at_most=1.5, of="C++ -O3"),
        Limit(figure="wall_s", at_most=0.55, of=OURS, tool=TWO_THREADS),
    ),
    prepare=_prepare,
    judge=same_pairs,
)
nearest_station = task(
    name="nearest",
    does="the nearest of 78 stations of every junction, however far",
    cases=_cases(
        {},
        Limit(figure="cpu_s", at_most=1.0, of="scipy"),
        Limit(figure="cpu_s", at_most=1.0, of="scipy", tool=STATES),
    ),
    prepare=_prepare,
    judge=same_times,
)
_PANDANA_S: Final = 0.5
"""pandana keeps times as whole milliseconds, and a drive is some hundred streets long at most."""


@stations.tool(OURS)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _our_pairs(town, town.stations, 1)


@stations.tool(TWO_THREADS)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _our_pairs(town, town.stations, 2)


@stations.tool("scipy")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _scipy_pairs(town, town.stations)


@stations.tool("networkx")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _networkx_pairs(town, town.stations)


@stations.tool("networkx ego_graph", tolerance=None)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _networkx_ego_graphs(town, town.stations)


@stations.tool("pandana", tolerance=_PANDANA_S)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _pandana_pairs(town, town.stations)


@stations.tool("C++ -O3")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _cpp_pairs(town, town.stations, n_pairs=1 << 19)


@candidates.tool(OURS)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _our_pairs(town, town.candidates, 1)


@candidates.tool(TWO_THREADS)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _our_pairs(town, town.candidates, 2)


@candidates.tool("scipy")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _scipy_pairs(town, town.candidates)


@candidates.tool("networkx")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _networkx_pairs(town, town.candidates)


@candidates.tool("pandana", tolerance=_PANDANA_S)
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _pandana_pairs(town, town.candidates)


@candidates.tool("C++ -O3")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    return _cpp_pairs(town, town.candidates, n_pairs=1 << 22)


@nearest_station.tool(OURS)
def _(n_nodes: int) -> Work:
    from planner.search import nearest

    town = streets(n_nodes)
    searches = search_task(town, town.stations)
    return Work(
        lambda: nearest(searches),
        lambda found: {"time_s": np.where(found[0] < 0, np.inf, found[1])},
    )


@nearest_station.tool(STATES)
def _(n_nodes: int) -> Work:
    from planner.search import nearest_of_states

    town = streets(n_nodes)
    searches = search_task(town, town.stations)
    return Work(
        lambda: nearest_of_states(searches.graph, searches.seeds),
        lambda found: {"time_s": found[0]},
    )


@nearest_station.tool("scipy")
def _(n_nodes: int) -> Work:
    from scipy.sparse.csgraph import dijkstra

    town = streets(n_nodes)
    towards = town.towards
    return Work(
        lambda: dijkstra(towards, indices=town.stations, min_only=True, return_predecessors=True),
        lambda found: {"time_s": found[0]},
    )


@nearest_station.tool("networkx")
def _(n_nodes: int) -> Work:
    import networkx as nx

    town = streets(n_nodes)
    graph = _networkx_graph(town)
    sources = set(town.stations.tolist())

    def answer(found: dict[int, float]) -> Answer:
        time_s = np.full(town.x.size, np.inf)
        time_s[list(found)] = list(found.values())
        return {"time_s": time_s}

    return Work(
        lambda: nx.multi_source_dijkstra_path_length(graph, sources), answer, warms_up=False
    )


@nearest_station.tool("pandana", tolerance=_PANDANA_S)
def _(n_nodes: int) -> Work:
    import pandas as pd

    town = streets(n_nodes)
    # drives to the station: streets as they are, since pandana searches from every junction
    turned = Streets(
        x=town.x,
        y=town.y,
        time_s=town.towards,
        stations=town.stations,
        candidates=town.candidates,
    )
    network = _pandana_network(turned)
    at = town.stations
    far_s = 1e5

    def run() -> Any:
        network.set_pois("stations", far_s, 1, pd.Series(town.x[at]), pd.Series(town.y[at]))
        return network.nearest_pois(far_s, "stations", num_pois=1)

    return Work(
        run, lambda found: {"time_s": found.iloc[:, 0].to_numpy(dtype=float)}, warms_up=False
    )


@nearest_station.tool("C++ -O3")
def _(n_nodes: int) -> Work:
    town = streets(n_nodes)
    library = _Library()
    graph = library.graph(town)
    sources = town.stations.astype(np.int32)

    def run() -> NDArray[np.float64]:
        time_s, source = np.empty(town.x.size), np.empty(town.x.size, np.int32)
        library.functions.nearest(
            *map(library.at, graph),
            ctypes.c_int64(town.x.size),
            library.at(sources),
            ctypes.c_int64(sources.size),
            library.at(time_s),
            library.at(source),
        )
        return time_s

    return Work(run, lambda found: {"time_s": found})
