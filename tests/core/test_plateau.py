"""The plateau schedule tells what it waited for, and remembers nothing between two looks."""

from __future__ import annotations

import pytest

from kerastune_widget.core.history import Change, History
from kerastune_widget.core.plateau import plateau_marks

LOSSES = [1.0, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.4]
VALUE = "plateau(patience=2, cooldown=1, lowest=0.5)"


def history(losses=LOSSES, value=VALUE, **parts):
    return History(
        epochs={"loss": [3.0] * len(losses), "val_loss": losses}, hyperparameters={"schedule": value}, **parts
    )


def test_what_it_made_of_each_epoch():
    marks = plateau_marks(history())
    expected = ["best", "best", "waited", "cut", "waited", "lowest", "lowest", "best", "waited"]
    assert [mark.action for mark in marks] == expected
    assert [mark.waited for mark in marks] == [0, 0, 1, 2, 1, 2, 3, 0, 1]
    assert [mark.factor for mark in marks] == [1, 1, 1, *([0.5] * 6)]
    assert [mark.best for mark in marks] == [1, *([0.5] * 6), 0.4, 0.4]


def test_a_cut_is_followed_by_cooling():
    marks = plateau_marks(history(value="plateau(patience=1, cooldown=2)"))
    assert [mark.action for mark in marks][2:6] == ["cut", "cooled", "cut", "cooled"]


def test_it_says_so_in_a_sentence():
    marks = plateau_marks(history())
    assert marks[2].sentence.get("en") == "Epoch 3: val_loss 0.6 is no better than 0.5; waited 1 of 2."
    assert "waited 2 of 2, the rate was cut to 0.5" in marks[3].sentence.get("en")
    assert "降至设定值的 0.5 倍" in marks[3].sentence.get("zh")
    assert all(mark.sentence.get("en") != mark.sentence.get("zh") for mark in marks)


def test_the_part_says_the_same_as_the_whole():
    whole = plateau_marks(history())
    for epochs in range(len(LOSSES)):
        assert plateau_marks(history(LOSSES[:epochs])) == whole[:epochs]


def test_without_validation_it_watches_the_training_loss():
    marks = plateau_marks(History(epochs={"loss": LOSSES}, hyperparameters={"schedule": VALUE}))
    assert {mark.monitor for mark in marks} == {"loss"} and len(marks) == len(LOSSES)


def test_a_branch_is_watched_from_where_it_began():
    change = Change(6, 3, "schedule", "constant", VALUE)
    marks = plateau_marks(history(changes=(change,)))
    assert [(mark.epoch, mark.action) for mark in marks][:3] == [(3, "best"), (4, "waited"), (5, "cut")]


@pytest.mark.parametrize("value", ["constant", "cosine(alpha=0.5)"])
def test_no_plateau_no_marks(value):
    assert plateau_marks(history(value=value)) == ()


def test_a_value_that_is_missing_is_no_improvement():
    marks = plateau_marks(history([float("nan"), 0.5, float("nan")]))
    assert [mark.action for mark in marks] == ["waited", "best", "waited"]


def test_more_of_an_accuracy_is_better():
    accuracy = {"val_accuracy": [0.5, 0.7, 0.6, 0.7], "val_loss": [1.0, 2.0, 3.0, 4.0]}
    marks = plateau_marks(History(epochs=accuracy, hyperparameters={"schedule": "plateau(monitor='val_accuracy')"}))
    assert [mark.action for mark in marks] == ["best", "best", "waited", "waited"]
    assert {mark.monitor for mark in marks} == {"val_accuracy"}
