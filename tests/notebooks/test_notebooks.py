"""Every notebook runs from top to bottom, without a browser, without a person and without a word on standard error."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_PER_CELL = 300


class OwnKernel(AsyncKernelManager):
    """Starts the Python that runs the tests, whatever kernels are installed elsewhere."""

    @property
    def kernel_spec(self) -> Any:
        """How to start it."""
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])


def execute(notebook: Any) -> Any:
    """Run all cells; an error in one is raised here."""
    client = NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_manager_class=OwnKernel)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    ours = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    return client.execute(env={**ours, "PYTHONPATH": path})  # TensorFlow as talkative as a user's


def outputs(notebook: Any) -> list[Any]:
    """Return the outputs of all cells."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert outputs(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_runs_unattended(path: Path) -> None:
    done = execute(nbformat.read(path, as_version=4))
    said = [output.text for output in outputs(done) if output.get("name") == "stderr"]
    assert said == []


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS
