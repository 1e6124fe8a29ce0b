"""The table of a race: pure arithmetic on histories."""

from __future__ import annotations

import math

import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.race import Raced, race_level, race_metric, race_rows


def raced(optimizer, values, run=1, rate=0.1, metric="val_accuracy", status="finished"):
    return Raced(optimizer, run, rate, History(epochs={metric: values, "loss": [1.0] * len(values)}, status=status))


FIRST = [
    raced("sgd", [0.1, 0.3, 0.5], run=1),
    raced("adam", [0.6, 0.9, 0.8], run=2),
    raced("rmsprop", [0.4, 0.7, 0.7], run=3),
]


def test_best_epoch_level_and_epochs_to_it():
    rows = race_rows("val_accuracy", FIRST)
    assert [row.optimizer for row in rows] == ["sgd", "adam", "rmsprop"]
    assert [(row.best, row.best_epoch) for row in rows] == [(0.5, 3), (0.9, 2), (0.7, 2)]
    assert {row.level for row in rows} == {0.7}
    assert [row.epochs_to_level for row in rows] == [None, 2, 2]


def test_less_is_better_of_a_loss():
    first = [raced(name, values, metric="val_loss") for name, values in (("sgd", [3, 2]), ("adam", [1, 1.5]))]
    rows = race_rows("val_loss", first)
    assert [(row.best, row.level, row.epochs_to_level) for row in rows] == [(2, 1, None), (1, 1, 1)]


@pytest.mark.parametrize(
    ("bests", "level"), [([0.1, 0.2, 0.3, 0.4], 0.3), ([0.1, None, 0.3], 0.3), ([0.5], 0.5), ([None], None), ([], None)]
)
def test_the_level_is_what_the_last_of_the_better_half_reached(bests, level):
    assert race_level("accuracy", bests) == level


def test_sensitivity_is_by_rate_and_a_diverged_run_is_no_number():
    others = [
        raced("sgd", [0.2, 0.4], run=4, rate=0.01),
        raced("sgd", [0.9, math.nan], run=5, rate=1.0, status="diverged"),
        raced("adam", [0.1], run=6, rate=1.0),
    ]
    row = race_rows("val_accuracy", FIRST, others)[0]
    assert [rate for rate, _ in row.sensitivity] == [0.01, 0.1, 1.0]
    assert [best for _, best in row.sensitivity[:2]] == [0.4, 0.5]
    assert math.isnan(row.sensitivity[2][1])


def test_one_that_never_had_a_number():
    rows = race_rows("val_accuracy", [raced("sgd", [math.nan]), raced("adam", [0.5])])
    assert (rows[0].best, rows[0].best_epoch, rows[0].epochs_to_level) == (None, None, None)
    assert rows[1].epochs_to_level == 1
    assert race_rows("val_accuracy", [raced("sgd", [])])[0].level is None


def test_the_loss_judges_where_no_run_has_the_metric():
    histories = [one.history for one in FIRST]
    assert race_metric("val_accuracy", histories) == "val_accuracy"
    assert race_metric("val_auc", histories) == "loss"
    assert race_metric("val_auc", []) == "val_auc"
