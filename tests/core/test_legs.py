"""A run's legs are cut as its history is."""

from __future__ import annotations

import pytest

from kerastune_widget.core.history import History, Leg
from kerastune_widget.core.history_json import history_from_json, history_to_json


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
