"""The names that people give to columns: what becomes Keras's, what is left alone, what is refused and how."""

import pytest

from kerastune_widget.core.reading import diagnose, read_history
from kerastune_widget.errors import HistoryError

DOWN = [2.0, 1.5, 1.1, 0.9, 0.8, 0.75]
VALID = [2.1, 1.6, 1.3, 1.1, 1.0, 0.97]
UP = [0.3, 0.5, 0.6, 0.65, 0.7, 0.72]


@pytest.mark.parametrize(
    "name",
    [
        "loss", "Loss", "LOSS", "losses", "train_loss", "training_loss", "Train Loss", "Training Loss", "trainLoss",
        "train_losses", "train/loss", "Loss/train", "loss_train", "train-loss", "avg_loss", "Average Loss", "mean_loss",
        "avg_train_loss", "total_loss", "epoch_loss", "train_loss_epoch", "train_loss_step",
    ],
)  # fmt: skip
def test_a_training_loss_by_any_of_its_names_is_the_loss(name):
    assert read_history({name: DOWN}).epochs == {"loss": DOWN}


@pytest.mark.parametrize(
    "name",
    [
        "val_loss", "Val_Loss", "valid_loss", "validation_loss", "Val Loss", "Validation Loss", "eval_loss", "dev_loss",
        "valLoss", "val/loss", "Loss/val", "loss_val", "val_losses", "avg_val_loss", "test_loss", "Test Loss",
    ],
)  # fmt: skip
def test_a_validation_loss_by_any_of_its_names_is_the_validation_loss(name):
    assert read_history({"train_loss": DOWN, name: VALID}).epochs == {"loss": DOWN, "val_loss": VALID}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["train_acc", "valid_accuracy"], ["accuracy", "val_accuracy"]),
        (["train_acc", "val_acc"], ["accuracy", "val_accuracy"]),
        (["Training Accuracy", "Validation Accuracy"], ["accuracy", "val_accuracy"]),
        (["Accuracy", "Val_Accuracy"], ["accuracy", "val_accuracy"]),
        (["acc", "val_acc"], ["acc", "val_acc"]),
        (["acc", "test_acc"], ["acc", "val_acc"]),
        (["train_f1", "valid_f1"], ["f1", "val_f1"]),
        (["train_balanced_acc", "valid_balanced_acc"], ["balanced_acc", "val_balanced_acc"]),
        (["IoU", "Val IoU"], ["iou", "val_iou"]),
        (["Learning Rate", "mean_squared_error"], ["learning_rate", "mean_squared_error"]),
        (["lr-Adam", "lr_seen"], ["learning_rate", "learning_rate"]),
    ],
)  # fmt: skip
def test_metrics_go_the_way_of_the_losses(given, read):
    assert list(read_history({"train_loss": DOWN, **dict.fromkeys(given, UP)}).epochs) == list(
        dict.fromkeys(["loss", *read])
    )


def test_names_of_keras_stay_whatever_they_contain():
    curves = dict.fromkeys(
        ["loss", "As_AUC", "test_loss", "valid_acc", "val_loss", "val_As_AUC", "val_test_loss", "val_valid_acc"], DOWN
    )
    assert read_history(curves).epochs == curves


@pytest.mark.parametrize(
    "names",
    [
        ["loss", "eval_loss", "main_loss"],
        ["loss", "train_loss", "main_loss", "train_acc", "main_acc"],
        ["loss", "test_loss", "age_loss", "test_mae", "std_dev"],
        ["loss", "total_loss", "first_loss", "mean_loss"],
        ["loss", "std_dev"],
    ],
)
def test_several_outputs_keep_their_names_beside_a_loss(names):
    history = read_history(dict.fromkeys(names, DOWN))
    assert list(history.epochs) == names and not history.facts


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["loss", "eval_loss", "eval_acc"], ["loss", "val_loss", "val_accuracy"]),  # one output has no loss of its own
        (["loss", "eval_loss", "train_loss"], ["loss", "val_loss"]),
        (["loss", "eval_loss", "avg_loss"], ["loss", "val_loss"]),
        (["loss", "val_loss", "eval_loss", "box_loss"], ["loss", "val_loss", "box_loss"]),  # without a val_ beside it
        (["train_loss", "eval_loss", "box_loss"], ["loss", "val_loss", "box_loss"]),
        (["train_loss", "loss_dev", "f1_dev"], ["loss", "val_loss", "val_f1"]),
    ],
)
def test_what_can_be_no_outputs_is_read_as_files_have_it(given, read):
    assert list(read_history(dict.fromkeys(given, DOWN)).epochs) == read


def test_the_name_of_keras_wins_and_the_other_is_no_metric():
    history = read_history({"train_loss": UP, "loss": DOWN, "valid_loss": UP, "val_loss": VALID})
    assert history.epochs == {"loss": DOWN, "val_loss": VALID} and not history.facts


def test_a_training_loss_beside_a_loss_and_no_validation_is_a_doubt_that_is_said():
    diagnosis = diagnose({"train_loss": UP, "loss": DOWN})
    assert read_history({"train_loss": UP, "loss": DOWN}).epochs == {"loss": DOWN}
    assert "'loss' is judged as the training loss" in diagnosis.notes[0].get()
    assert "'train_loss'" in diagnosis.notes[0].get("zh")


class TestTestSets:
    def test_one_is_validation_where_there_is_no_other_and_that_is_said(self):
        history = read_history({"train_loss": DOWN, "test_loss": VALID, "test_acc": UP})
        assert history.epochs == {"loss": DOWN, "val_loss": VALID, "val_accuracy": UP}
        assert "'test_loss' is read as one" in diagnose(history).notes[0].get()

    def test_one_beside_validation_is_left_out(self):
        history = read_history({"train_loss": DOWN, "val_acc": UP, "test_loss": VALID, "test_acc": UP})
        assert list(history.epochs) == ["loss", "val_accuracy"] and not history.facts

    def test_one_score_repeated_is_no_curve(self):
        assert list(read_history({"train_loss": DOWN, "test_loss": [0.4] * 6}).epochs) == ["loss"]

    def test_one_score_at_the_end_is_no_curve(self):
        curves = {"loss": DOWN, "test_loss": 0.4, "val_loss": 0.3, "best_val_loss": 0.2}
        assert list(read_history(curves).epochs) == ["loss"]


def test_constant_settings_do_not_pass_for_epochs():
    history = read_history({"epochs": [200] * 6, "epoch": [1, 2, 3, 4, 5, 6], "train_loss": DOWN})
    assert list(history.epochs) == ["loss"] and not history.facts


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (["los", "val_loss"], "'val_loss' is there, but"),
        (["los", "accuracy"], "Did you mean 'los'"),
        (["box_loss", "val_box_loss"], "Name the column of the training loss 'loss'"),
        (["min_loss", "max_loss"], "Name the column"),
        (["g_loss", "d_loss"], "Name the column"),
        (["valid_loss"], "'valid_loss' is there, but"),
        (["accuracy", "class"], "no 'loss'. diagnose accepts"),
    ],
)
def test_no_loss_is_refused_with_a_hint_that_is_right(given, hint):
    with pytest.raises(HistoryError) as caught:
        read_history(dict.fromkeys(given, DOWN))
    assert hint in str(caught.value) and all(repr(name) in str(caught.value) for name in given)
    assert "train_loss" in caught.value.text.get("zh")


def test_an_unreadable_loss_is_refused_by_the_name_that_it_has():
    with pytest.raises(HistoryError, match=r"'Train Loss' cannot be read: .*'high'"):
        read_history({"Train Loss": ["high"]})
    with pytest.raises(HistoryError, match="'valid_loss' cannot be read: it has 6 values where 'loss' has 1"):
        read_history({"train_loss": [1.0], "valid_loss": DOWN})
