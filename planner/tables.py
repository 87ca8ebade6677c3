"""Tables of a result: result.json, CSV, GeoJSON, GeoPackage, times.npz."""

from __future__ import annotations

import json
import math
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.figures import Figures, figures, left_out
from planner.frames import DEGREE_DECIMALS, at_demand, need_rows, station_rows
from planner.isochrones import StationAreas
from planner.layerfiles import write_layers
from planner.network import RoadNetwork
from planner.placement import Curve
from planner.plan import Then
from planner.points import Sites
from planner.qgis_styles import plan_styles
from planner.result import Result
from planner.scenario import Goal
from planner.stretches import uncovered_parts

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

FORMAT: Final = "station-planner/result/1"
_FORMULA: Final = re.compile(r"[=+\-@＝＋－＠\t\n]")
"""What a spreadsheet takes for the beginning of a formula; Chinese ones also where it is of full width."""
METRES: Final = {"covered_weight": "covered_m", "gain": "gain_m", "bound": "bound_m"}
METRES_IN_ALL: Final = {"weight": "length_m", "coverable_weight": "coverable_m"}
"""What columns of a curve, and its sums, are called where metres of road are the weight."""


def write_tables(result: Result, folder: Path) -> None:
    """Write all tables of a result into a folder that is there."""
    text = json.dumps(summary(result), ensure_ascii=False, indent=1, allow_nan=False)
    _write_text(folder / "result.json", text + "\n")
    write_csv(folder / "stations.csv", station_table(result))
    write_csv(folder / "assignments.csv", assignment_table(result))
    _write_text(folder / "stations.geojson", _stations_geojson(result))
    styles = plan_styles(result.scenario.language, result.scenario.isochrones.minutes)
    write_layers(folder / "plan.gpkg", layers(result), styles)
    _write_times(folder / "times.npz", result)


def summary(result: Result) -> dict[str, Any]:
    """Return the numbers of a result as result.json holds them: plain values, None where there is none."""
    plan, network, curve = result.plan, result.network, result.curve
    needs, sites = result.times.needs, result.times.sites
    found, counts_metres = figures(result), result.scenario.demand.file is None
    is_new = ~(sites.is_existing | sites.is_required)[plan.stations]
    return {
        "format": FORMAT,
        "scenario": result.scenario.name,
        "goal": plan.goal.value,
        "status": plan.status.value,
        "reasons": list(plan.reasons),
        "reasons_zh": [reason.zh for reason in plan.why],
        "stations": sites.id[plan.stations].tolist(),
        "n_stations": found.n_stations,
        "n_new": int(is_new.sum()),
        "objective": _number(plan.objective, is_whole=plan.goal is Goal.SET_COVERING),
        "bound": _number(plan.bound, is_whole=plan.goal is Goal.SET_COVERING),
        "gap": _number(plan.gap),
        "stopped_by": plan.stopped_by,
        "then": None if plan.then is None else _then(plan.then),
        "demand": None if counts_metres else _demand(result, found),
        "drive_time_s": {
            "mean": _number(found.mean_s),
            "median": _number(found.median_s),
            "p95": _number(found.p95_s),
            "max": _number(found.longest_s),
        },
        "roads": _roads(result),
        "by_fleet": {
            fleet: {"share_covered": _share(result, needs.fleet == i)}
            for i, fleet in enumerate(needs.fleets)
        },
        "network": None if network is None else _network(network),
        "curve": None if curve is None else curve_rows(curve, sites, counts_metres=counts_metres),
        "curve_for_all": None
        if curve is None
        else _curve_for_all(curve, counts_metres=counts_metres),
        "remarks": list(result.remarks),
        "inputs": [{"file": f.file, "sha256": f.sha256} for f in result.inputs],
    }


def _then(then: Then) -> dict[str, Any]:
    """Return what the plan is best at beside its goal."""
    return {
        "goal": then.goal.value,
        "objective": then.objective,
        "bound": then.bound,
        "gap": then.gap,
    }


def _demand(result: Result, found: Figures) -> dict[str, Any]:
    """Return how much demand is covered, and who isn't."""
    ids, missing = result.times.demand.id, left_out(result)
    return {
        "n": found.n_points,
        "weight": found.weight,
        "covered_n": found.n_covered,
        "covered_weight": found.covered_weight,
        "share_covered": found.share_covered,
        "uncovered": ids[missing.uncovered].tolist(),
        "uncoverable": _uncoverable(result),
        "unreachable": ids[missing.unreachable].tolist(),
        "off_network": ids[missing.off_network].tolist(),
    }


def _network(network: RoadNetwork) -> dict[str, Any]:
    """Return how large the network is, and what it was read from."""
    return {
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "components": int(network.component_length_m.size),
        "source_date": network.source.date,
        "length_m": network.length_m,
        "counts": network.source.counts,
        "speeds_kph": network.source.speeds_kph,
    }


def _roads(result: Result) -> dict[str, Any] | None:
    """Return how much of all road is covered, and which stations alone cover some, the most metres first."""
    roads, sites, stations = result.roads, result.times.sites, result.plan.stations
    if roads is None:
        return None
    worst = roads.worst
    numbers: dict[str, Any] = {
        "length_m": roads.length_m,
        "coverable_m": roads.coverable_m,
        "covered_m": roads.covered_m,
        "share_covered": roads.share_covered,
        "worst": None
        if worst is None
        else {
            "lon": round(worst.lon, DEGREE_DECIMALS),
            "lat": round(worst.lat, DEGREE_DECIMALS),
            "drive_time_s": worst.drive_time_s,
            "fleet": result.times.needs.fleets[0],
        },
    }
    if result.only_m is not None:
        only_m = result.only_m[stations]
        order = np.argsort(-only_m, kind="stable")
        numbers["only_by"] = [
            {"station": sites.id[stations[i]], "length_m": float(only_m[i])}
            for i in order[only_m[order] > 0.0]
        ]
    return numbers


def curve_rows(curve: Curve, sites: Sites, *, counts_metres: bool) -> list[dict[str, Any]]:
    """Return the curve as result.json holds it: plain values, a row for each number of stations."""
    columns = ["n_stations", "covered_weight", "share_covered", "bound", "status"]
    frame = curve.to_frame()[columns]
    rows = in_metres(frame, counts_metres=counts_metres).to_dict("records")
    return [
        {**{str(k): v for k, v in row.items()}, "stations": sites.id[chosen].tolist()}
        for row, chosen in zip(rows, curve.stations, strict=True)
    ]


def _curve_for_all(curve: Curve, *, counts_metres: bool) -> dict[str, Any]:
    """Return what result.json tells of the stations that cover all."""
    sums = {"weight": curve.weight, "coverable_weight": curve.coverable_weight}
    return {
        "n_stations": curve.n_for_all,
        "bound": curve.n_for_all_bound,
        "stopped_by": curve.stopped_by,
        **{METRES_IN_ALL[key] if counts_metres else key: value for key, value in sums.items()},
    }


def in_metres(curve: pd.DataFrame, *, counts_metres: bool) -> pd.DataFrame:
    """Return the table of a curve with the unit in its names, where metres of road are the weight."""
    return curve.rename(columns=METRES) if counts_metres else curve


def _number(value: float | None, *, is_whole: bool = False) -> float | int | None:
    """Return a number for JSON: None for what is none."""
    if value is None or math.isnan(value):
        return None
    return round(value) if is_whole else float(value)


def _share(result: Result, of: NDArray[np.bool_]) -> float | None:
    weight = result.times.needs.weight
    total = float(weight[of].sum())
    return float(weight[of & result.plan.is_covered].sum()) / total if total else None


def _uncoverable(result: Result) -> list[dict[str, Any]]:
    """Return the needs of positive weight that no site covers, each with its nearest site."""
    needs, demand, sites = result.times.needs, result.times.demand, result.times.sites
    nearest = result.nearest_site
    is_far = ~(nearest.time_s <= needs.max_drive_time_s) & ~result.plan.is_covered
    return [
        {
            "demand": demand.id[needs.point[i]],
            "fleet": needs.fleets[needs.fleet[i]],
            "period": needs.periods[needs.period[i]],
            "site": sites.id[nearest.site[i]] if nearest.site[i] >= 0 else None,
            "drive_time_s": _number(float(nearest.time_s[i])),
        }
        for i in np.flatnonzero(is_far & (needs.weight > 0))
    ]


def station_table(result: Result) -> pd.DataFrame:
    """Return the stations, a row each: where they are, whom they serve, how far those drive (seconds)."""
    plan = result.plan
    return station_rows(result.times, plan.stations, plan.station_of, plan.drive_time_s)


def assignment_table(result: Result) -> pd.DataFrame:
    """Return the needs, a row each: the station that serves it, or else the nearest one, and the drive (seconds)."""
    times, plan, places = result.times, result.plan, result.demand_places
    nearest = result.nearest_station
    rows = need_rows(
        times,
        np.where(plan.is_covered, plan.station_of, nearest.site),
        np.where(plan.is_covered, plan.drive_time_s, nearest.time_s),
        plan.is_covered,
    )
    access_m = np.nan if places is None else places.access_m[times.needs.point].round(3)
    return rows.assign(access_m=access_m)


def demand_layer(result: Result) -> geopandas.GeoDataFrame:
    """Return the needs as points: all of `assignment_table`, who they are, and why they are left out if they are."""
    missing, needs = left_out(result), result.times.needs
    why = np.full(len(result.times.demand), "", dtype=object)
    for group in fields(missing):  # each holds the next, so that the narrowest one stands
        why[getattr(missing, group.name)] = group.name
    rows = assignment_table(result)
    rows["left_out"] = np.where(result.plan.is_covered, "", why[needs.point])
    return at_demand(rows, result.times)


def road_table(result: Result) -> geopandas.GeoDataFrame:
    """Return all roads as lines, cut where cover ends: name, class, whether it is covered, metres."""
    import geopandas

    network, roads = result.network, result.roads
    assert network is not None
    assert roads is not None
    parts = roads.covered.joined_with(uncovered_parts(network, roads.covered))
    n_covered = roads.covered.street.size
    order = np.lexsort((parts.begin, parts.street))
    is_covered = (np.arange(parts.street.size) < n_covered)[order]
    parts = parts.where(order)
    return geopandas.GeoDataFrame(
        {
            "name": np.array(network.names, dtype=object)[network.street_name[parts.street]],
            "class": np.array(network.classes, dtype=object)[network.street_class[parts.street]],
            "covered": is_covered,
            "length_m": parts.length_m(network).round(3),
        },
        geometry=parts.lines(network),
        crs=4326,
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table for spreadsheets: with a byte-order mark, true and false as such, no formulas."""
    harmless = table.copy()
    for column in harmless.columns:
        if harmless[column].dtype == bool:
            harmless[column] = np.where(harmless[column], "true", "false")
        elif not np.issubdtype(table[column].to_numpy().dtype, np.number):
            harmless[column] = [_harmless(text) for text in table[column]]
    harmless.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, or for several rows; numbers stay as they are."""
    text = text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # a bare \r would end a row: nothing quotes it
    if not _FORMULA.match(text) or re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return text
    return "'" + text


def _stations_geojson(result: Result) -> str:
    """Return the stations as GeoJSON: longitude first, strict JSON."""
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "properties": {k: _plain(v) for k, v in row.items() if k not in ("lon", "lat")},
            "geometry": None
            if math.isnan(row["lon"])
            else {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        }
        for row in station_table(result).to_dict("records")
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def layers(result: Result) -> dict[str, geopandas.GeoDataFrame]:
    """Return the plan as layers: stations, sites, demand, assignments as lines, uncovered, isochrones."""
    import geopandas
    import shapely

    times, plan, areas = result.times, result.plan, result.areas
    demand, sites = times.demand, times.sites
    assignments = assignment_table(result)
    stations = station_table(result)
    point, station = (
        times.needs.point,
        np.where(plan.is_covered, plan.station_of, result.nearest_station.site),
    )
    drawn = np.flatnonzero(station >= 0)
    ends = np.stack(
        [
            np.column_stack([demand.lon[point[drawn]], demand.lat[point[drawn]]]),
            np.column_stack([sites.lon[station[drawn]], sites.lat[station[drawn]]]),
        ],
        axis=1,
    )
    lines = geopandas.GeoDataFrame(
        assignments.iloc[drawn], geometry=shapely.linestrings(ends), crs=4326
    )
    uncovered = left_out(result).uncovered
    demand_layer = demand.to_frame().reset_index(drop=True)
    is_covered = ~np.isin(np.arange(len(demand)), uncovered)
    demand_layer.insert(demand_layer.columns.get_loc("geometry"), "covered", is_covered)
    return {
        "stations": geopandas.GeoDataFrame(
            stations.drop(columns=["lon", "lat"]),
            geometry=shapely.points(sites.lon[plan.stations], sites.lat[plan.stations]),
            crs=4326,
        ),
        "sites": sites.to_frame().reset_index(drop=True),
        "demand": demand_layer,
        "assignments": lines,
        "uncovered": demand_layer.iloc[uncovered].drop(columns="covered"),
        **({} if result.roads is None else {"roads": road_table(result)}),
        **({} if areas is None else _isochrone_layers(areas, sites.id)),
    }


def _isochrone_layers(
    areas: StationAreas, site_id: NDArray[np.object_]
) -> dict[str, geopandas.GeoDataFrame]:
    """Return the areas of each station, unless they are too many to draw, and those of all stations together."""
    together = {"isochrones_together": areas.together.to_frame(site_id).drop(columns="station")}
    if len(areas.together) and not len(areas.each):
        return together
    return {"isochrones": areas.each.to_frame(site_id)} | together


def _write_times(path: Path, result: Result) -> None:
    """Write the sparse drive times and the nearest station and site of each need."""
    times, needs = result.times, result.times.needs
    np.savez_compressed(
        path,
        need=times.need,
        site=times.site,
        time_s=times.time_s,
        need_demand=needs.point,
        need_fleet=needs.fleet,
        need_period=needs.period,
        need_weight=needs.weight,
        need_max_drive_time_s=needs.max_drive_time_s,
        fleets=np.array(needs.fleets, dtype=str),
        periods=np.array(needs.periods, dtype=str),
        demand_id=times.demand.id.astype(str),
        site_id=times.sites.id.astype(str),
        nearest_station=result.nearest_station.site,
        nearest_station_time_s=result.nearest_station.time_s,
        nearest_site=result.nearest_site.site,
        nearest_site_time_s=result.nearest_site.time_s,
        **_saved_roads(result),  # type: ignore[arg-type]
    )


def _saved_roads(result: Result) -> dict[str, NDArray[Any]]:
    """Return the parts of road that are covered, and the metres of each site alone, by the names of times.npz."""
    if result.roads is None:
        return {}
    covered = result.roads.covered
    worst = result.roads.worst
    saved: dict[str, NDArray[Any]] = {
        "road_street": covered.street,
        "road_begin": covered.begin,
        "road_end": covered.end,
        "worst_place": np.array([] if worst is None else [worst.street, worst.share]),
    }
    return saved if result.only_m is None else saved | {"site_only_m": result.only_m}
