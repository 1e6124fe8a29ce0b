"""Every notebook runs from top to bottom, without a browser, without a person and without a word on standard error."""

from __future__ import annotations

import ast
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
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(path for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
TWINS = sorted((FOLDER / "zh").glob("*.ipynb"))
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


def name(path: Path) -> str:
    """Return how a test calls a notebook."""
    return path.relative_to(FOLDER).as_posix()


class WithoutLanguage(ast.NodeTransformer):
    """Takes out of code what it says about the language."""

    def visit_keyword(self, node: ast.keyword) -> ast.keyword | None:
        return None if node.arg == "language" else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        return ast.Attribute(node.value, "text", node.ctx) if node.attr in ("en", "zh") else node


def code(notebook: Any) -> list[str]:
    """Return what the code cells do, whatever language they and their comments speak."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return [ast.dump(WithoutLanguage().visit(ast.parse(cell))) for cell in cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert outputs(notebook) == []
    assert all(cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_runs_unattended(path: Path) -> None:
    done = execute(nbformat.read(path, as_version=4))
    said = [output.text for output in outputs(done) if output.get("name") == "stderr"]
    assert said == []


@pytest.mark.parametrize("path", TWINS, ids=name)
def test_the_chinese_twin_has_the_same_cells(path: Path) -> None:
    twin, original = (nbformat.read(one, as_version=4) for one in (path, FOLDER / path.name))
    assert [cell.cell_type for cell in twin.cells] == [cell.cell_type for cell in original.cells]
    assert code(twin) == code(original)


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS and TWINS
