"""The rows of the run's CSV files, as they stand there."""

from __future__ import annotations

import csv
from collections.abc import Container
from pathlib import Path

from planner.verify.notes import Notes


def rows_of(notes: Notes, path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file; none, and a note, where it can't be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        notes.differ(path.name, [f"can't be read ({error})"])
        return []


def unquoted(text: str, known: Container[str]) -> str:
    """Return an id without the quote that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text not in known and text.startswith("'") else text
