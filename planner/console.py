"""The console: what commands say, where, and with which exit code."""

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

import typer

BAD_INPUT: Final = 3
NO_PLAN: Final = 4
INTERRUPTED: Final = 130


class Options(NamedTuple):
    """How much to tell, whatever the command."""

    verbose: bool = False
    quiet: bool = False
    debug: bool = False


options: ContextVar[Options] = ContextVar("options", default=Options())  # noqa: B039 (never changes)
"""What was asked on the line."""


def say_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Tell of an error of ours in a line; with --debug as it is."""
    if options.get().debug:
        sys.__excepthook__(kind, error, trace)
        return
    say(
        f"error: this should not have happened: {kind.__name__}: {error}\n"
        "Run it again with --debug, and show us what it says.",
        color="red",
    )


def say(text: str, *, color: str | None = None) -> None:
    """Say something beside the answer, on stderr."""
    if color is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        typer.echo(text, err=True)
    else:
        typer.secho(text, err=True, fg=color)


def tell(lines: Iterable[str]) -> None:
    """Tell the answer in lines; what data hold can't steer the terminal."""
    from planner.wording import harmless

    for line in lines:
        typer.echo(harmless(line))


def tell_json(value: Any) -> None:
    """Tell the answer as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def write(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file, into folders that need not be there."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong in writing into a PlannerError."""
    from planner.errors import PlannerError

    try:
        yield
    except OSError as error:
        raise PlannerError(f"{path}: can't be written: {error.strerror or error}") from error


def write_json(value: Any, path: Path) -> None:
    """Write a value to a file as JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a PlannerError into its message and exit code 3, Ctrl+C into 130; with --debug show the traceback."""
    from planner.errors import PlannerError

    try:
        yield
    except PlannerError as error:
        if options.get().debug:
            traceback.print_exc()
        else:
            say(f"error: {error}", color="red")
        raise typer.Exit(BAD_INPUT) from None
    except (KeyboardInterrupt, SystemError) as error:
        # numba turns an interrupt that comes while it calls a kernel into a SystemError
        if not isinstance(error.__cause__ or error, KeyboardInterrupt):
            raise
        say("interrupted")
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def progress() -> Iterator[None]:
    """Show the step that runs, on a terminal only."""
    asked = options.get()
    if asked.quiet or asked.verbose or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    steps = logging.getLogger("planner.clock")
    with Console(stderr=True).status("...") as status:
        handler = _StatusHandler(status)
        steps.addHandler(handler)
        steps.setLevel(logging.INFO)
        steps.propagate = False
        try:
            yield
        finally:
            steps.removeHandler(handler)
            steps.propagate = True
            steps.setLevel(logging.NOTSET)


class _StatusHandler(logging.Handler):
    """Puts the latest message into a status line."""

    def __init__(self, status: Any) -> None:
        super().__init__(logging.INFO)
        self.status = status

    def emit(self, record: logging.LogRecord) -> None:
        self.status.update(f"{record.getMessage()} ...")
