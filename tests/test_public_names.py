"""The front door: exact names, sorted, quick to import."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import kerastune_widget as kt
from kerastune_widget import errors

NAMES = [
    "DataError",
    "Diagnosis",
    "DiagnosisCallback",
    "Finding",
    "HyperparameterError",
    "KerasTuneError",
    "ModelError",
    "Run",
    "Session",
    "TuneWidget",
    "__version__",
    "audit",
    "compare",
    "diagnose",
    "lr_range_test",
]

HEAVY = {"tensorflow", "keras", "ipywidgets", "anywidget", "matplotlib", "pandas", "sklearn"}

IMPORT_ONLY = "import kerastune_widget as kt"
DIAGNOSE = f"{IMPORT_ONLY}; kt.diagnose({{'loss': [3, 2, 1, 1], 'val_loss': [1, 2, 3, 4]}})"


def modules_after(code: str) -> set[str]:
    """Run ``code`` in a fresh interpreter and return the names of the top packages it loaded."""
    report = f"{code}\nimport sys; print(*(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_names_are_exact_and_sorted() -> None:
    assert kt.__all__ == NAMES == sorted(NAMES)
    assert dir(kt) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_name_can_be_imported_and_is_documented(name: str) -> None:
    value = getattr(kt, name)
    assert name == "__version__" or inspect.getdoc(value)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'TuneWidgets'"):
        _ = kt.TuneWidgets


@pytest.mark.parametrize("code", [IMPORT_ONLY, DIAGNOSE], ids=["import", "diagnose"])
def test_loads_nothing_heavy(code: str) -> None:
    assert modules_after(code) & HEAVY == set()


def own_errors() -> list[type[BaseException]]:
    members = inspect.getmembers(errors, inspect.isclass)
    return [kind for _, kind in members if issubclass(kind, BaseException) and kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", own_errors(), ids=lambda kind: kind.__name__)
def test_error_is_ours_and_in_the_tree(kind: type[BaseException]) -> None:
    assert issubclass(kind, kt.KerasTuneError)
    assert kind.__name__ in (errors.__doc__ or "")
