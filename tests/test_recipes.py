"""The recipes in CONTRIBUTING.md work as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerastune_widget.core.diagnosis import Rule, diagnose_history
from kerastune_widget.core.history import History
from kerastune_widget.core.plot import Plot, PlotSpec
from kerastune_widget.core.range_test import RangeCurve
from kerastune_widget.core.schedule import Schedule, run_schedule
from kerastune_widget.core.suggestion import SuggestionMethod
from kerastune_widget.engine.audit.check import Check
from kerastune_widget.engine.audit.subject import Subject
from kerastune_widget.engine.controls._base import Control
from kerastune_widget.engine.dataset import ArrayData

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"```python\n# (\S+)\.py\n(.*?)```", TEXT, flags=re.DOTALL))
RISING = History(epochs={"loss": [5, 4, 3, 2, 1], "val_loss": [1, 2, 3, 4, 5]})


def follow(path: str) -> dict[str, Any]:
    """Run a recipe as if it were the file that its first line names."""
    name = path.replace("/", ".")
    space: dict[str, Any] = {"__name__": name, "__package__": name.rpartition(".")[0]}
    exec(compile(RECIPES[path], path, "exec"), space)
    return space


def test_there_is_one_for_each_kind_of_part() -> None:
    folders = [Path(path).parent.name for path in RECIPES]
    assert folders == ["rules", "controls", "plots", "schedules", "suggestions", "checks"]


def test_rule() -> None:
    rule = follow("kerastune_widget/core/rules/kt190_last_epoch_worst")["RULE"]
    assert isinstance(rule, Rule)
    (finding,) = diagnose_history(RISING, [rule])
    assert finding.message() == "Validation loss ended at its highest: 5."


def test_control() -> None:
    control = follow("kerastune_widget/engine/controls/learning_rate")["CONTROL"]
    assert isinstance(control, Control)


def test_plot() -> None:
    plot = follow("kerastune_widget/core/plots/generalisation_gap")["PLOT"]
    assert isinstance(plot, Plot)
    spec = plot.build(RISING)
    assert isinstance(spec, PlotSpec)
    assert list(spec.series[0].y) == pytest.approx([-4, -2, 0, 2, 4])


def test_schedule() -> None:
    schedule = follow("kerastune_widget/core/schedules/linear")["SCHEDULE"]
    assert isinstance(schedule, Schedule)
    ours = run_schedule("linear", 10, {"linear": schedule})
    assert ours.factors(np.array([0, 10, 20, 30]), 2) == pytest.approx([1, 0.505, 0.01, 0.01])
    name, arguments = ours.keras(0.1, 2) or ("", {})
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    assert [float(theirs(step)) for step in (0, 10, 30)] == pytest.approx([0.1, 0.0505, 0.001])


def test_suggestion() -> None:
    method = follow("kerastune_widget/core/suggestions/least")["METHOD"]
    assert isinstance(method, SuggestionMethod)
    curve = RangeCurve("adam", 32, 0, np.array([0.01, 0.1, 1.0]), np.array([2.0, 1.0, 3.0]))
    assert method.suggest([curve, curve]).rate == pytest.approx(0.1)


def test_check_of_the_audit() -> None:
    check = follow("kerastune_widget/engine/audit/checks/same_row")["CHECK"]
    assert isinstance(check, Check)
    noisy = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x + np.arange(len(x))[:, None])])
    for model, verdict in (
        (keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]), "equal"),
        (noisy, "different"),
    ):
        assert check.run(Subject(model, ArrayData(np.ones((4, 2), "float32")))).verdict == verdict
