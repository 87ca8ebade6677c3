"""Folders of ours: written whole or not at all, and never in place of something else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.errors import PlannerError


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to, and put it where it belongs once all is written.

    Parameters
    ----------
    folder
        Where it belongs; an older one there is replaced. Where writing fails, it stays as it was.

    Raises
    ------
    PlannerError
        The folder can't be written.
    """
    folder = folder.resolve()
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    try:
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir(parents=True)
        yield fresh
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except OSError as error:
        raise PlannerError(f"{folder}: can't be written: {error.strerror or error}") from error
    finally:
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)


def refuse_other(folder: Path, *, sign: str, what: str) -> None:
    """Refuse a folder that holds something else than what is to be written.

    Parameters
    ----------
    folder
        Where it is to be written.
    sign
        File by which an older one is known.
    what
        What it is to hold: ``result``.

    Raises
    ------
    PlannerError
        The folder, or a file of that name, is there and is neither empty nor one of these; or nobody may look.
    """
    try:
        is_free = not folder.exists() or (
            folder.is_dir() and ((folder / sign).is_file() or not any(folder.iterdir()))
        )
    except OSError as error:
        raise PlannerError(f"{folder}: can't be written: {error.strerror or error}") from error
    if not is_free:
        raise PlannerError(
            f"{folder}: holds something that is no {what}; name another folder with --out"
        )
