"""Towns of streets as arrays, and where real files are: the instances that tasks are measured on."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.registry import UnavailableError

ROOT: Final = Path(__file__).parents[1]
SHARED: Final = ROOT.parent / "shared"
N_STATIONS: Final = 78
N_CANDIDATES: Final = 2_000
_TICKS_PER_S: Final = 2.0**20
"""As in planner.units, which an interpreter of peers needn't have."""

_BLOCK_M: Final = 110.0
_SPEED_KPH: Final = np.array([55.0, 45.0, 35.0, 25.0])
"""Main roads, collectors, minor collectors, back streets."""
_DELAY_S: Final = np.array([1.5, 2.5, 3.0, 3.0])
_IS_MISSING: Final = np.array([0.0, 0.02, 0.08, 0.25])
_IS_ONE_WAY: Final = np.array([0.0, 0.0, 0.05, 0.12])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """A town of streets.

    Attributes
    ----------
    x, y
        Where junctions are, in metres.
    time_s
        Drive times between neighbours in seconds, on the planner's grid; from row to column.
    stations, candidates
        Positions of junctions.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    time_s: csr_array
    stations: NDArray[np.int64]
    candidates: NDArray[np.int64]

    @property
    def towards(self) -> csr_array:
        """Drive times turned round: a search in it from a station finds the drives to the station."""
        return self.time_s.T.tocsr()


def folder() -> Path:
    """Return the folder that instances are kept in from run to run."""
    named = os.environ.get("BENCHMARKS_FOLDER")
    path = Path(named) if named else Path(tempfile.gettempdir()) / "station-planner-benchmarks"
    path.mkdir(parents=True, exist_ok=True)
    return path


def kept(path: Path, make: Callable[[Path], None]) -> Path:
    """Return a file of that folder, made where it isn't there.

    Whoever makes one does so in a folder of its own: a half-made file is never seen, and two
    programs that make the same one don't meet.
    """
    if not path.is_file():
        with tempfile.TemporaryDirectory(dir=path.parent) as beside:
            made = Path(beside) / path.name
            make(made)
            made.replace(path)
    return path


def streets(n_nodes: int) -> Streets:
    """Return a town of about so many junctions, of ``../shared`` where that is there, else of our own."""
    with np.load(kept(_streets_file(n_nodes), lambda path: _make_streets(n_nodes, path))) as a:
        matrix = csr_array((a["time_s"], a["head"], a["start"]), shape=(a["x"].size,) * 2)
        return Streets(
            x=a["x"],
            y=a["y"],
            time_s=matrix,
            stations=a["stations"],
            candidates=a["candidates"],
        )


def streets_pbf(n_nodes: int) -> Path:
    """Return a file of a town as OpenStreetMap data; only ``../shared`` makes one."""
    generator = _shared_generator()
    if generator is None:
        raise UnavailableError("needs ../shared/generators/streets.py")

    def make(path: Path) -> None:
        generator.write_pbf(str(path), *generator.streets(n_nodes))

    return kept(folder() / f"streets-{n_nodes}.osm.pbf", make)


def real_file(name: str) -> Path:
    """Return a file below ``../shared/realdata``."""
    path = SHARED / "realdata" / name
    if not path.is_file():
        raise UnavailableError(f"needs {path}")
    return path


def _streets_file(n_nodes: int) -> Path:
    maker = "own" if _shared_generator() is None else "shared"
    return folder() / f"streets-{maker}-{n_nodes}.npz"


def _shared_generator() -> ModuleType | None:
    path = SHARED / "generators" / "streets.py"
    spec = importlib.util.spec_from_file_location("shared_streets", path)
    if not path.is_file() or spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _make_streets(n_nodes: int, path: Path) -> None:
    generator = _shared_generator()
    x, y, matrix = town(n_nodes) if generator is None else generator.streets(n_nodes)
    rng = np.random.default_rng(1)
    np.savez(
        path,
        x=x,
        y=y,
        start=matrix.indptr.astype(np.int32),
        head=matrix.indices.astype(np.int32),
        time_s=np.rint(matrix.data * _TICKS_PER_S) / _TICKS_PER_S,
        stations=rng.choice(x.size, min(N_STATIONS, x.size), replace=False),
        candidates=rng.choice(x.size, min(N_CANDIDATES, x.size), replace=False),
    )


def town(n_nodes: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64], csr_array]:
    """Return the junctions of a town and the seconds between neighbours.

    A shaken grid of blocks with four classes of road, one-way streets, missing pieces, and a channel that only main
    roads cross; the largest part in which all can reach all.

    Parameters
    ----------
    n_nodes
        Junctions before pieces go missing.
    seed
        Equal seeds give equal towns.
    """
    rng = np.random.default_rng(seed)
    side = round(float(np.sqrt(n_nodes)))
    row, column = np.divmod(np.arange(side * side), side)
    x, y = (k * _BLOCK_M + rng.normal(0.0, 0.18 * _BLOCK_M, k.size) for k in (column, row))
    east, north = np.flatnonzero(column < side - 1), np.flatnonzero(row < side - 1)
    tail = np.concatenate([east, north])
    head = np.concatenate([east + 1, north + side])
    line = np.concatenate([row[east], column[north]])  # the road's number, counted from the edge
    road = np.select([line % 24 == 0, line % 8 == 0, line % 4 == 0], [0, 1, 2], 3)
    is_there = rng.random(tail.size) >= _IS_MISSING[road]
    channel = (np.arange(tail.size) < east.size) & (column[tail] == int(0.6 * side))
    is_there &= ~channel | (road == 0)
    tail, head, road = tail[is_there], head[is_there], road[is_there]
    is_one_way = rng.random(tail.size) < _IS_ONE_WAY[road]
    is_flipped = rng.random(tail.size) < 0.5
    tail, head = np.where(is_flipped, head, tail), np.where(is_flipped, tail, head)
    metres = np.hypot(x[tail] - x[head], y[tail] - y[head]) * rng.uniform(1.0, 1.12, tail.size)
    seconds = metres / (_SPEED_KPH[road] / 3.6) + _DELAY_S[road]
    back = ~is_one_way
    matrix = coo_array(
        (
            np.concatenate([seconds, seconds[back]]),
            (np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]])),
        ),
        shape=(x.size, x.size),
    ).tocsr()
    label = connected_components(matrix, directed=True, connection="strong")[1]
    largest = np.flatnonzero(label == np.argmax(np.bincount(label)))
    matrix = matrix[largest][:, largest]
    matrix.sort_indices()
    return x[largest], y[largest], matrix
