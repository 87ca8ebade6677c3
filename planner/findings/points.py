"""Findings on demand and sites: what the files hold, and where the points meet roads."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.points import Demand, Sites
from planner.scenario import DemandSettings, Scenario, SitesSettings
from planner.snapping import Places

SAME_SPOT_DEGREES: Final = 1e-7
"""Points nearer than this lie at the very same spot: a centimetre, and no file is finer."""
FAR_FROM_ROAD_M: Final = 100.0
"""From here on a point is told to be far from its road, in metres: house numbers are nearer."""
_FORMATS: Final = {
    ".csv": "CSV",
    ".tsv": "CSV",
    ".txt": "CSV",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "Shapefile",
    ".zip": "zipped layer",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".fgb": "FlatGeobuf",
    ".gdb": "file geodatabase",
}


def demand_found(scenario: Scenario, demand: Demand, places: Places | None) -> dict[str, Any]:
    """Return what the file of demand points holds."""
    weights: Counter[str] = Counter()
    for district, weight in zip(demand.district, demand.weight.tolist(), strict=True):
        weights[district] += weight
    heaviest = int(np.argmax(demand.weight))
    total = float(demand.weight.sum())
    return {
        **_file(scenario.demand, demand),
        "n": len(demand),
        "weight": total,
        "weight_by_district": {k: float(weights[k]) for k in sorted(weights) if k},
        "n_without_weight": int((demand.weight == 0.0).sum()),
        "heaviest": {
            "id": demand.id[heaviest],
            "weight": float(demand.weight[heaviest]),
            "share": float(demand.weight[heaviest]) / total if total else 0.0,
        },
        **_where(demand, places),
    }


def sites_found(scenario: Scenario, sites: Sites, places: Places | None) -> dict[str, Any]:
    """Return what the file of sites holds."""
    kinds = Counter(sites.kind.tolist())
    return {
        **_file(scenario.sites, sites),
        "existing_file": scenario.sites.existing,
        "n": len(sites),
        "n_by_kind": {k: n for k, n in sorted(kinds.items(), key=lambda kn: (-kn[1], kn[0])) if k},
        "n_without_kind": kinds[""],
        "existing": int(sites.is_existing.sum()),
        "required": int(sites.is_required.sum()),
        "excluded": int(sites.is_excluded.sum()),
        **_where(sites, places),
    }


def _file(settings: DemandSettings | SitesSettings, points: Demand | Sites) -> dict[str, Any]:
    """Return how a file was read: as told, and as guessed."""
    file = settings.file or ""
    suffix = PurePath(file).suffix.lower()
    return {
        "file": file,
        "format": _FORMATS.get(suffix, suffix.removeprefix(".")),
        "told": {
            key: value
            for key in ("layer", "sheet", "heading_row", "encoding", "crs", "columns")
            if (value := getattr(settings, key, None))
        },
        "notes": list(points.notes),
    }


def _where(points: Demand | Sites, places: Places | None) -> dict[str, Any]:
    """Return which points share a spot, which are off network, the farthest first, and which are on small components."""
    spots = same_spots(points)
    found: dict[str, Any] = {
        "n_at_a_shared_spot": sum(map(len, spots)),
        "shared_spots": [points.id[spot].tolist() for spot in spots],
    }
    if places is None:
        return found | {"off_network": [], "on_small_components": [], "access_m": None}
    off = np.flatnonzero(places.is_off_network)
    off = off[np.argsort(-places.access_m[off], kind="stable")]
    return found | {
        "off_network": [
            {"id": points.id[i], "access_m": round(float(places.access_m[i]), 1)} for i in off
        ],
        "on_small_components": points.id[places.is_on_small_component].tolist(),
        "access_m": _access(places),
    }


def _access(places: Places) -> dict[str, float] | None:
    """Return how far the points that are on the network lie from their road, in metres."""
    access_m = places.access_m[~places.is_off_network]
    if not access_m.size:
        return None
    return {
        "median": round(float(np.median(access_m)), 1),
        "p95": round(float(np.quantile(access_m, 0.95)), 1),
        "max": round(float(access_m.max()), 1),
        "n_far": int((access_m > FAR_FROM_ROAD_M).sum()),
    }


def same_spots(points: Demand | Sites) -> list[NDArray[np.int64]]:
    """Return the groups of points that lie at the very same spot, the largest first."""
    here = ~np.isnan(points.lon)
    cells = np.rint(np.column_stack([points.lon[here], points.lat[here]]) / SAME_SPOT_DEGREES)
    row = np.flatnonzero(here)
    _, spot, n = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    spot = spot.reshape(-1)
    order = np.argsort(spot, kind="stable")
    groups = np.split(row[order], np.cumsum(n)[:-1])
    return sorted((g for g in groups if g.size > 1), key=lambda g: (-g.size, g[0]))
