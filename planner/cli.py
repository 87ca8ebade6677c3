"""Commands: each reads, calls one function, and says where the answer is."""

import logging
import sys
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from planner.console import (
    BAD_INPUT,
    NO_PLAN,
    Options,
    options,
    plain_errors,
    progress,
    say,
    say_unexpected,
    tell,
    tell_json,
    write,
    write_json,
    writing,
)

if TYPE_CHECKING:
    from planner.result import Result
    from planner.scenario import Scenario
    from planner.verify import Verification

_ANYWHERE: Final = ("-v", "--verbose", "-q", "--quiet", "--debug")
"""Flags that may also stand behind the command."""


_LONGEST_MIN: Final = 100_000
"""Of isochrones; as in scenarios."""


class _Commands(TyperGroup):
    """The commands; flags that hold for all of them are taken wherever they stand."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the flags to the front, as far as arguments are no names of files (behind ``--``)."""
        end = args.index("--") if "--" in args else len(args)
        flags = [arg for arg in args[:end] if arg in _ANYWHERE]
        others = [arg for arg in args[:end] if arg not in _ANYWHERE]
        return super().parse_args(ctx, flags + others + args[end:])


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: at once, and the same in every console
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Places rest stations so that everyone is within minutes of one, and proves how good the plan is.",
)

tools = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(tools, name="tools", help="Commands for single cases.")

ScenarioFile = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="Scenario file (TOML).", show_default=False),
]
RunFolder = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, help="Result folder.", show_default=False)
]


def _out(words: str, *, file_okay: bool = True) -> Any:
    """Return the option that says where results go, which may be left out."""
    return typer.Option("--out", "-o", file_okay=file_okay, help=words, show_default=False)


Out = Annotated[Path | None, _out("Folder for the results; runs/<name> if left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]


def main() -> None:
    """Run the program; exit codes as documented whatever happens."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.excepthook = say_unexpected
    typer.main.get_command(app)()  # app() would put a hook of its own there


def _say_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"station-planner {version('station-planner')}")
        raise typer.Exit


@app.callback()
def _take_options(
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Tell each step. (Like -q and --debug: anywhere on the line.)"
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Answers and errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
    version: Annotated[  # noqa: ARG001 (its callback does all)
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    options.set(Options(verbose=verbose, quiet=quiet, debug=debug))
    level = logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    if verbose:
        logging.getLogger("planner").setLevel(logging.INFO)


@app.command()
def plan(scenario: ScenarioFile, out: Out = None, as_json: AsJson = False) -> None:
    """Choose stations for a scenario."""
    from planner.scenario import read_scenario

    with plain_errors():
        _run_and_tell(read_scenario(scenario), out, as_json=as_json)


@app.command()
def assess(
    scenario: ScenarioFile,
    stations: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Assess these instead, whatever stands: a table with the ids of sites, as the map exports it.",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Tell how well the stations that stand cover, or those of a list; choose none."""
    from planner.scenario import assessing, read_scenario

    with plain_errors():
        asked = assessing(read_scenario(scenario), stations=stations)
        _run_and_tell(asked, out, as_json=as_json)


@app.command()
def check(
    scenario: ScenarioFile,
    observed: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Compare drive times with those measured (CSV: demand, site, drive_time_s).",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read and check all inputs; choose nothing.

    Tells what the files hold, what was left out, assumed and converted, who can be covered, what would run, and what is odd
    about the data. With measured drive times it also tells how far off ours are, and which speeds would fit best.
    """
    from planner.findings import finding_lines, findings
    from planner.run import survey_of
    from planner.scenario import read_scenario

    with plain_errors(), progress():
        asked = read_scenario(scenario)
        survey = survey_of(asked)
        found = findings(asked, survey)
        if observed is not None:
            from planner.observed import observed_found

            found |= {"observed": observed_found(asked, survey.inputs, observed)}
    if as_json:
        tell_json(found)
        return
    tell(finding_lines(found))
    if observed is not None:
        from planner.observed import observed_lines

        tell(["", *observed_lines(found["observed"])])


@app.command()
def curve(
    scenario: ScenarioFile,
    to: Annotated[
        int | None,
        typer.Option(
            "--to",
            min=1,
            help="The last number of stations; as many as cover all if left out.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        _out("Folder for curve.csv, curve.png and curve.svg; runs/<name>-curve if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what each number of stations covers, from the first to those that cover all.

    Each number has the best plan found, what no plan can beat, and what it gains over the number before. The goal of the
    scenario does not matter. Where roads alone are demand, their metres count.
    """
    from planner.curves import curve_json, curve_lines, scenario_curve, write_curve
    from planner.scenario import read_scenario

    with plain_errors(), progress():
        asked = read_scenario(scenario)
        folder = out or Path("runs") / f"{asked.name}-curve"
        found = scenario_curve(asked, stations=to)
        write_curve(found, folder)
    if as_json:
        tell_json(curve_json(found))
    else:
        tell([*curve_lines(found), f"picture: {folder / 'curve.png'}"])


@app.command()
def verify(run: RunFolder, as_json: AsJson = False) -> None:
    """Compute a saved run again in another way; say what differs.

    For someone who doesn't trust us: other searches on other graphs, and every number from the stations alone. Exit
    code 3 where something differs.
    """
    from planner.verify import verify as verify_run

    with plain_errors(), progress():
        checked = verify_run(run)
    if as_json:
        tell_json(asdict(checked))
    else:
        typer.echo("\n".join(_verified_lines(checked)))
    if checked.differences:
        raise typer.Exit(BAD_INPUT)


def _verified_lines(found: "Verification") -> list[str]:
    n = len(found.differences)
    return [
        *("Computed again", *(f"  - {sentence}" for sentence in found.checked), ""),
        *("Taken on trust", *(f"  - {sentence}" for sentence in found.trusted), ""),
        *(["Differs", *(f"  - {sentence}" for sentence in found.differences), ""] if n else []),
        f"{n} {'thing differs' if n == 1 else 'things differ'}." if n else "Everything agrees.",
    ]


@app.command(name="map")
def map_again(
    run: RunFolder,
    out: Annotated[Path | None, _out("File to write; map.html of the run if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw the map of a saved run again."""
    from planner.runfolder import read_result
    from planner.webmap import write_map

    with plain_errors(), progress():
        path = out or run / "map.html"
        result = read_result(run)
        write(path, partial(write_map, result))
    _tell_files([path], as_json=as_json)


class _Form(StrEnum):
    """In which form tables are handed on: as in `planner.handouts`, whose import costs time."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


class _Paper(StrEnum):
    """Sizes of paper: as in `planner.sheet`, whose modules cost time to import."""

    A3 = "A3"
    A4 = "A4"


class _Language(StrEnum):
    """Languages: as in scenarios, whose module costs time to import."""

    ZH = "zh"
    EN = "en"


@app.command()
def tables(
    run: RunFolder,
    form: Annotated[
        _Form,
        typer.Option(
            "--format",
            "-f",
            help="A workbook (xlsx), a CSV file for each table, or GeoParquet layers for analysts (parquet).",
        ),
    ] = _Form.XLSX,
    language: Annotated[
        _Language | None,
        typer.Option(help="Of headings; that of the scenario if left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        _out("Folder for the files; tables in that of the run if left out.", file_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the tables of a saved run to hand on: a workbook, CSV or GeoParquet, in Chinese or English."""
    from planner.handouts import Form, write_handout
    from planner.runfolder import read_result

    with plain_errors(), progress():
        result = read_result(run)
        spoken = str(language or result.scenario.language)
        folder = out or run / "tables"
        with writing(folder):
            written = write_handout(result, folder, form=Form(form), language=spoken)
    for note in written.notes:
        say(f"note: {note}", color="yellow")
    files = [str(file) for file in written.files]
    tell_json({"files": files, "notes": written.notes}) if as_json else tell(files)


@app.command()
def sheet(
    run: RunFolder,
    out: Annotated[
        Path | None, _out("Folder for sheet.pdf and sheet.png; that of the run if left out.")
    ] = None,
    paper: Annotated[
        _Paper, typer.Option(case_sensitive=False, help="Size of the paper.")
    ] = _Paper.A3,
    language: Annotated[
        _Language | None,
        typer.Option(help="Language; that of the scenario if left out.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw the sheet of a saved run again: a page to print, as PDF and as a picture."""
    from planner.runfolder import read_result
    from planner.sheet import write_sheet

    with plain_errors(), progress():
        folder = out or run
        result = read_result(run)
        pdf, png = folder / "sheet.pdf", folder / "sheet.png"
        write(pdf, lambda path: write_sheet(result, path, png, paper=paper, language=language))
    _tell_files([pdf, png], as_json=as_json)


@app.command()
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Two result folders or more; the others are compared with the first.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder for compare.html, compare.csv and compare.json."),
    ] = Path("runs/compare"),
    as_json: AsJson = False,
) -> None:
    """Tell what changes between saved runs: figures, stations, who wins and loses cover; and draw them on one page."""
    if len(runs) < 2:
        raise typer.BadParameter("to compare takes two runs or more", param_hint="RUNS")
    from planner.compared import (
        compare_folders,
        comparison_json,
        comparison_lines,
        write_compared,
    )

    with plain_errors(), progress():
        found = compare_folders(runs)
        write_compared(found, out)
    if as_json:
        tell_json(comparison_json(found))
    else:
        tell([*comparison_lines(found), "", f"map: {out / 'compare.html'}"])


@app.command()
def route(
    run: RunFolder,
    demand: Annotated[str, typer.Argument(help="Id of a demand point.", show_default=False)],
    site: Annotated[
        str | None,
        typer.Option(
            help="Id of a site; the station that serves the point if left out.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    geojson: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write the drive as GeoJSON too.", show_default=False),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", dir_okay=False, help="Draw the map with this drive too.", show_default=False
        ),
    ] = None,
) -> None:
    """Explain one drive of a saved run: its roads, speeds and delays, and how they add up."""
    from planner.explained import explained, explained_geojson, explained_json, explained_lines
    from planner.runfolder import read_result
    from planner.webmap import write_map

    with plain_errors(), progress():
        found = explained(read_result(run), demand, site_id=site)
    tell_json(explained_json(found)) if as_json else tell(explained_lines(found))
    with plain_errors(), progress():
        if geojson is not None:
            write(geojson, partial(write_json, explained_geojson(found)))
        if map_file is not None:
            write(map_file, partial(write_map, found.result, route=found.drawn()))
    if not as_json:
        tell(f"{what}: {path}" for what, path in (("geojson", geojson), ("map", map_file)) if path)


class _Direction(StrEnum):
    """Which way drives go: as in scenarios, whose module costs time to import."""

    TO_STATION = "to_station"
    FROM_STATION = "from_station"


def _minutes(text: str) -> list[float]:
    """Return numbers parted by commas."""
    try:
        found = [float(word) for word in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(0.0 < number <= _LONGEST_MIN for number in found):
        message = f"{text!r} must be numbers above 0 parted by commas, such as 3,5,10; none above {_LONGEST_MIN:,}"
        raise typer.BadParameter(message, param_hint="--minutes")
    return found


@app.command()
def isochrones(
    network: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="Road file.", show_default=False),
    ],
    stations: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="File of stations.", show_default=False),
    ],
    minutes: Annotated[
        str, typer.Option(help="Longest drives in minutes, parted by commas.")
    ] = "3,5,10",
    vehicle: Annotated[str, typer.Option(help="Who drives: car, motorcycle or ebike.")] = "car",
    together: Annotated[
        bool, typer.Option("--together", help="One area of all stations together.")
    ] = False,
    nearest: Annotated[
        bool,
        typer.Option(
            "--nearest", help="Areas that don't overlap: each place to its nearest station."
        ),
    ] = False,
    width_m: Annotated[
        float,
        typer.Option(min=1.0, help="How far areas reach to each side of a road, in metres."),
    ] = 40.0,
    direction: Annotated[
        _Direction, typer.Option(help="Whether drives go to the station or come from it.")
    ] = _Direction.TO_STATION,
    crs: Annotated[
        str | None,
        typer.Option(
            help="System of the stations: wgs84, gcj02, bd09 or EPSG:n.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", dir_okay=False, help="File: .gpkg or .geojson.")
    ] = Path("isochrones.gpkg"),
    as_json: AsJson = False,
) -> None:
    """Draw the areas within minutes of stations."""
    if together and nearest:
        raise typer.BadParameter("not together with --together", param_hint="--nearest")
    limits = _minutes(minutes)
    from planner.areafiles import area_json, area_lines, draw_areas, write_areas
    from planner.isochrones import By
    from planner.layerfiles import check_kind
    from planner.scenario import Direction

    with plain_errors(), progress():
        check_kind(out)
        drawn = draw_areas(
            network,
            stations,
            minutes=limits,
            vehicle=vehicle,
            by=By.TOGETHER if together else By.NEAREST if nearest else By.STATION,
            width_m=width_m,
            direction=Direction(direction),
            crs=crs,
        )
        write(out, partial(write_areas, drawn))
    if not options.get().quiet:
        for remark in drawn.remarks:
            say(f"note: {remark}", color="yellow")
    tell_json(area_json(drawn, out)) if as_json else tell(area_lines(drawn, out))


@app.command()
def demo(
    out: Annotated[Path | None, _out("Folder for the results; runs/yuhuan if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan the county that comes along, and draw its map."""
    from planner.demo import demo_scenarios
    from planner.run import run
    from planner.scenario import read_scenario

    with plain_errors():
        fewest, best_78 = map(read_scenario, demo_scenarios())
        _run_and_tell(fewest, out or Path("runs/yuhuan"), as_json=as_json)
        if not as_json:
            with progress():
                result = run(best_78)
            typer.echo(f"The best {best_78.placement.stations}: {_sentence(result)}")


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(file_okay=False, help="Folder to begin in.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Write a commented scenario to start from."""
    from planner.template import write_template

    with plain_errors():
        _tell_files(write_template(folder), as_json=as_json)
    if not as_json:
        typer.echo(
            f"Put roads.osm.pbf beside them, fill in demand.csv and hosts.csv, "
            f"then: station-planner check {folder / 'scenario.toml'}"
        )


@tools.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell where road networks once read are kept, and how many.

    STATION_PLANNER_CACHE names another folder; "off" keeps none.
    """
    from planner.roads.cache import cache_contents, clear_cache

    with plain_errors():
        kept = clear_cache() if clear else cache_contents()
    if as_json:
        tell_json(asdict(kept) | {"folder": kept.folder and str(kept.folder)})
    elif kept.folder is None:
        typer.echo("No networks are kept: STATION_PLANNER_CACHE is off.")
    else:
        n = kept.n_entries
        typer.echo(
            f"{kept.folder}\n{n} {'network' if n == 1 else 'networks'}, "
            f"{kept.size_bytes / 1e6:.1f} MB{', removed' if clear else ''}"
        )


def _run_and_tell(scenario: "Scenario", out: Path | None, *, as_json: bool) -> None:
    """Run a scenario, write its folder, tell the answer, and leave with the exit code it asks for."""
    from planner.plan import Status
    from planner.run import run
    from planner.tables import summary

    folder = out or Path("runs") / scenario.name
    with progress():
        result = run(scenario, out=folder)
    if not options.get().quiet:
        for remark in result.remarks:
            say(f"note: {remark}", color="yellow")
    if as_json:
        tell_json(summary(result))
    else:
        typer.echo(_sentence(result))
        typer.echo(f"map: {folder / 'map.html'}")
    if result.plan.status in (Status.INFEASIBLE, Status.UNDECIDED):
        for reason in result.plan.reasons:
            say(reason, color="red")
        raise typer.Exit(NO_PLAN)


def _tell_files(files: list[Path], *, as_json: bool) -> None:
    """Say which files were written."""
    written = [str(file) for file in files]
    tell_json({"files": written}) if as_json else tell(written)


def _sentence(result: "Result") -> str:
    from planner.answer import sentences

    return " ".join(said for said in sentences(result, "en").values() if said)
