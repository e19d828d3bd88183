"""The example notebook runs."""

from pathlib import Path

import pytest
from conftest import PROGRAM

NOTEBOOK = Path(__file__).parents[1] / "examples/atlas.ipynb"


def test_the_example_notebook_runs(atlas_file, monkeypatch):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("ATLAS", str(atlas_file))
    monkeypatch.setenv("FEATURE_ATLAS_PROGRAM", PROGRAM)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("<table>" in output.get("data", {}).get("text/html", "") for output in outputs)
