"""Marks of mid-run changes stay readable."""

from __future__ import annotations

import numpy as np

from kerastune_widget.core.history import Change, History
from kerastune_widget.core.plots.training_curves import PLOT


def marks(changes, steps=1000):
    history = History(steps={"loss": np.ones(steps)}, changes=[Change(step, 0, *rest) for step, *rest in changes])
    return [(mark.x, mark.text.en) for mark in PLOT.build(history).annotations]


def test_a_dragged_slider_leaves_one_mark_from_where_it_began_to_where_it_ended():
    drag = [(100 + index, "learning_rate", index / 10, (index + 1) / 10) for index in range(10)]
    assert marks(drag) == [(100.0, "learning rate 0 → 1")]


def test_changes_far_apart_and_of_other_settings_keep_marks_of_their_own():
    changes = [(100, "dropout", 0.1, 0.2), (105, "learning_rate", 0.1, 0.2), (500, "dropout", 0.2, 0.3)]
    assert [x for x, _ in marks(changes)] == [100.0, 105.0, 500.0]


def test_a_drag_that_ends_where_it_began_leaves_none():
    assert marks([(10, "dropout", 0.1, 0.5), (12, "dropout", 0.5, 0.1)]) == []
