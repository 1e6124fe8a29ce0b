"""Every schedule is a pure function that a script can contain, and a run's legs are cut as its history is."""

from __future__ import annotations

import ast
import inspect
import textwrap

import numpy as np
import pytest

from kerastune_widget.core.history import History, Leg
from kerastune_widget.core.history_json import history_from_json, history_to_json
from kerastune_widget.core.schedule import CONSTANT, all_schedules
from kerastune_widget.core.text import LANGUAGES


@pytest.mark.parametrize("name", all_schedules())
def test_a_schedule(name):
    schedule = all_schedules()[name]
    factors = [schedule.factor(progress) for progress in np.linspace(0, 1, 101).tolist()]
    assert all(isinstance(factor, float) and 0 < factor <= 1 for factor in factors)
    assert all(schedule.title.get(language) and schedule.help.get(language) for language in LANGUAGES)
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(schedule.factor))).body
    used = {node.id for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Name)}
    assert used <= {"progress", "math", "float", "min", "max"}
    assert ast.get_docstring(function)


def test_constant_is_the_first():
    assert next(iter(all_schedules())) == CONSTANT


def legs_of(*legs):
    epochs = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0]}
    return History(epochs=epochs, epoch_ends=(2, 4, 6, 8, 10), legs=[Leg(*leg) for leg in legs])


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        (2, [Leg(0, 8)]),
        (3, [Leg(0, 8, True)]),
        (4, [Leg(0, 8, True), Leg(3, 8)]),
        (5, [Leg(0, 8, True), Leg(3, 8, True)]),
    ],
)
def test_a_branch_takes_over_what_was_put_back_by_then(epochs, expected):
    assert list(legs_of((0, 8, True), (3, 8, True)).up_to(epochs, {}).legs) == expected


def test_legs_come_back_from_json():
    history = legs_of((0, 8, True), (3, 8))
    assert list(history_from_json(history_to_json(history)).legs) == list(history.legs)
