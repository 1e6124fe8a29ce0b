import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.metric_direction import best_epoch, better, direction, epoch_values, last_value, metric_order

UP = [
    "accuracy",
    "val_sparse_categorical_accuracy",
    "auc_1",
    "precision",
    "recall",
    "f1_score",
    "mean_io_u",
    "r2_score",
    "cosine_similarity",
    "true_positives",
    "loss_head_accuracy",
]
DOWN = [
    "loss",
    "val_loss",
    "mae",
    "mean_squared_error",
    "root_mean_squared_error",
    "kl_divergence",
    "binary_crossentropy",
    "hinge",
    "log_cosh",
    "false_negatives",
    "accuracy_head_loss",
]


@pytest.mark.parametrize("name", UP)
def test_more_is_better(name):
    assert direction(name) == "up"


@pytest.mark.parametrize("name", DOWN)
def test_less_is_better(name):
    assert direction(name) == "down"


def test_a_name_that_tells_nothing_has_no_best():
    assert direction("my_number") is None
    assert best_epoch("my_number", np.array([1.0, 2.0])) is None
    assert better("my_number", 1.0, 2.0) is None


@pytest.mark.parametrize(("name", "best"), [("val_loss", 2), ("val_accuracy", 1)])
def test_best_epoch_follows_the_direction_and_skips_gaps(name, best):
    assert best_epoch(name, np.array([np.nan, 5.0, 1.0, np.inf if name == "val_loss" else 2.0, 1.0])) == best


def test_no_value_has_no_best():
    assert best_epoch("loss", np.array([np.nan, np.nan])) is None
    assert best_epoch("loss", np.empty(0)) is None


def test_better_knows_direction_equality_and_divergence():
    assert better("loss", 1.0, 2.0) == 0 and better("accuracy", 1.0, 2.0) == 1
    assert better("loss", 1.0, 1.0) is None
    assert better("loss", np.nan, 1.0) == 1 and better("loss", 1.0, np.inf) == 0
    assert better("loss", np.nan, np.nan) is None


def test_a_metric_of_every_second_epoch_stands_at_its_epochs():
    history = History(epochs={"loss": [4, 3, 2, 1], "val_loss": [3, 1]})
    values = epoch_values(history, "val_loss")
    np.testing.assert_array_equal(values, [np.nan, 3, np.nan, 1])
    assert best_epoch("val_loss", values) == 3
    assert last_value(values) == 1 and np.isnan(last_value(np.array([np.nan])))


def test_order_is_validation_first_without_doubles_and_rates():
    assert metric_order(["loss", "mae", "val_loss", "val_mae", "loss", "learning_rate"]) == [
        "val_loss",
        "val_mae",
        "loss",
        "mae",
    ]
