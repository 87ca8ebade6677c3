"""The notebooks are kept without outputs, and do what their texts say."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

# What each draws, and what it prints that its text relies on.
SHOWN = {
    "01-isochrones": (4, ["to the station:", "times the area that is reached"]),
    "02-how-good-is-todays-network": (4, ["no road to any station, though to a host"]),
    "03-placing-stations": (3, ["both cover the same: True", "numbers proven: True"]),
    "04-your-own-data": (2, ["existing is 'perhaps'; write true or false"]),
}


def test_every_notebook_is_told_of():
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in NOTEBOOKS} == set(SHOWN)
    assert [name for name in SHOWN if f"({name}.ipynb)" not in table] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]] == []
    assert [cell["id"] for cell in cells if cell["metadata"]] == []


@pytest.mark.notebook
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom_and_shows_what_it_says(path):
    outputs = executed(path)
    n_pictures, phrases = SHOWN[path.stem]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == n_pictures
    printed = "".join(o["text"] for o in outputs if o.get("name") == "stdout")
    assert [phrase for phrase in phrases if phrase not in printed] == []
    complaints = "".join(o["text"] for o in outputs if o.get("name") == "stderr")
    # where there is no font with Chinese letters, matplotlib says so
    assert [line for line in complaints.splitlines() if "missing from" not in line] == []


@pytest.mark.notebook
def test_lines_and_graph_are_the_same_roads_in_the_notebook():
    table = next(
        output["data"]["text/plain"]
        for output in executed(FOLDER / "04-your-own-data.ipynb")
        if "barred turns" in output.get("data", {}).get("text/plain", "")
    )
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:]}
    assert rows["lines"] == rows["graph"]
    assert rows["file"] != rows["lines"]


@cache
def executed(path):
    """Return the outputs of a notebook run in its folder."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]
