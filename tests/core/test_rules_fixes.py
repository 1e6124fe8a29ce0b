"""What rules offer to change, and what they know beyond the two curves of a plain history."""

import numpy as np
import pytest

from kerastune_widget.core.history import Change, History
from kerastune_widget.core.reading import diagnose

OVERFITTED = {"loss": 2 * np.exp(-np.arange(20) / 4), "val_loss": 1 + np.abs(np.arange(20) - 6) / 10}
FLAT = {"loss": np.tile([2.30, 2.31], 5), "val_loss": np.tile([2.31, 2.30], 5)}
GOOD = {"loss": 0.1 + 2 * np.exp(-np.arange(20) / 2), "val_loss": 0.12 + 2 * np.exp(-np.arange(20) / 2)}


def first(curves, **others):
    return diagnose(History(epochs=curves, **others))[0]


def named(name, curves, **others):
    """The finding of one rule, whatever others see in the same run."""
    return next(finding for finding in diagnose(History(epochs=curves, **others)) if finding.name == name)


@pytest.mark.parametrize(
    ("dropout", "value"),
    [
        (None, 0.3),
        (0.0, 0.3),
        (0.2, 0.4),
        (0.4, 0.5),
        ({"one": 0.1, "two": 0.5}, {"one": 0.3, "two": 0.5}),
    ],
)
def test_overfitting_offers_more_dropout(dropout, value):
    fix = first(OVERFITTED, hyperparameters={"dropout": dropout, "epochs": 20}).fix
    assert (fix.control, fix.value) == ("dropout", value)
    assert fix.label.en.startswith("Dropout → ")


@pytest.mark.parametrize("dropout", [0.5, 0.7, {"one": 0.5}])
def test_where_dropout_is_at_its_ceiling_overfitting_offers_to_stop_at_the_best_epoch(dropout):
    fix = first(OVERFITTED, hyperparameters={"dropout": dropout, "epochs": 20}).fix
    assert (fix.control, fix.value) == ("epochs", 7)


def test_overfitting_points_at_the_best_epoch():
    finding = first(OVERFITTED)
    assert finding.name == "overfitting"
    assert finding.span == (6, 19)
    assert finding.series == ("val_loss", "loss")
    assert finding.evidence["best_epoch"] == 7
    assert "epoch 7" in finding.message("en") and "第 7 轮" in finding.message("zh")


@pytest.mark.parametrize(("rate", "value"), [(10.0, 1.0), (1e-3, 1e-4)])
def test_diverging_offers_a_tenth_of_the_rate(rate, value):
    fix = named("diverging", {"loss": [2.3, np.nan]}, hyperparameters={"learning_rate": rate}).fix
    assert (fix.control, fix.value) == ("learning_rate", value)


def test_a_fix_starts_from_the_rate_set_last():
    change = Change(step=5, epoch=0, name="learning_rate", old=1e-3, new=1.0)
    settings = {"learning_rate": 1e-3}
    fix = named("diverging", {"loss": [2.3, np.nan]}, hyperparameters=settings, changes=[change]).fix
    assert fix.value == 0.1


def test_a_run_lost_within_its_first_epoch_is_told_before_any_epoch_ends():
    steps = {"loss": np.array([2.3, 50.0, np.nan])}
    assert first({}, steps=steps, status="running").name == "diverging"
    assert first({}, steps={"loss": np.array([2.3])}, status="running").name == "too-early"


def test_steps_tell_a_run_that_was_thrown_up_from_one_that_has_learnt():
    """The curves of rate 10 on digits: after the first epoch they look like any fall followed by a floor."""
    curves = {"loss": [31.1] + [2.47] * 14, "val_loss": [2.42] * 15}
    steps = {"loss": np.array([2.35, 32.7, 1080.0] + [2.47] * 700)}
    known = {"learning_rate": 10.0, "optimizer": "sgd", "batch_size": 32}
    assert first(curves, steps=steps).name == "diverging"
    assert first(curves, hyperparameters=known).name == "diverging"
    assert first(curves | {"accuracy": [0.09] * 15}).name == "diverging"


def test_steps_show_what_the_first_epoch_taught():
    curves = {"loss": [0.31, 0.30] * 5, "val_loss": [0.31, 0.30] * 5}
    assert first(curves).name == "underfitting"
    assert (
        first(curves, steps={"loss": np.linspace(2.3, 0.3, 900)}, hyperparameters={"batch_size": 32}).name == "healthy"
    )


def test_no_better_than_chance_is_not_called_healthy():
    """Shuffled labels: training loss falls by heart, validation loss only from a bad start to chance."""
    at = np.arange(25)
    guessing = {"loss": 1.2 + 0.25 * np.exp(-at / 10), "val_loss": 1.40 + 0.02 * np.exp(-at)}
    facts = {"classes": 4, "loss_name": "sparse_categorical_crossentropy"}
    findings = {finding.name for finding in diagnose(History(epochs=guessing, facts=facts))}
    assert not findings & {"healthy", "still-learning"}


def test_a_rate_far_too_low_is_named_even_where_noise_hides_the_fall():
    assert first(FLAT, hyperparameters={"learning_rate": 1e-6, "optimizer": "adam"}).name == "learning-too-slow"
    assert first(FLAT, hyperparameters={"learning_rate": 1e-3, "optimizer": "adam"}).name == "underfitting"


def test_underfitting_suspects_the_setting_that_is_out_of_line():
    for settings, value in (({"learning_rate": 1e-3, "dropout": 0.8}, 0.2), ({"learning_rate": 0.9}, 0.09)):
        assert named("underfitting", FLAT, hyperparameters=settings).fix.value == value
    assert first(FLAT, hyperparameters={"learning_rate": 1e-3, "dropout": 0.2}).fix is None


def test_an_accurate_model_is_not_underfitted_wherever_its_history_begins():
    accurate = {"accuracy": np.full(10, 0.95), "val_accuracy": np.full(10, 0.94)}
    fine_tuned = {"loss": np.full(10, 0.20), "val_loss": np.full(10, 0.21)}
    assert "underfitting" not in {finding.name for finding in diagnose(fine_tuned | accurate)}


def test_a_dropout_raised_in_mid_run_is_no_divergence():
    loss = np.concatenate((2.3 * np.exp(-np.arange(10) / 3), np.full(10, 2.0)))
    valid = 0.2 + 2 * np.exp(-np.arange(20) / 3)
    change = Change(step=400, epoch=9, name="dropout", old=0.0, new=0.9)
    assert first({"loss": loss, "val_loss": valid}).name == "diverging"
    raised = diagnose(History(epochs={"loss": loss, "val_loss": valid}, changes=[change]))
    assert all(finding.severity in ("good", "info") for finding in raised)


def test_a_restart_of_the_rate_is_no_fault():
    at = np.arange(20)
    loss = np.where(at < 13, 2 * np.exp(-at / 4), 0.3 + (at - 13) * 0.03)
    history = {"loss": loss, "val_loss": loss + 0.05}
    rates = np.concatenate((np.linspace(0.1, 0, 130), np.linspace(0.01, 0.1, 70)))
    assert "rising-together" in {finding.name for finding in diagnose(history)}
    known = History(epochs=history, learning_rates=rates, facts={"scheduled": True})
    assert "rising-together" not in {finding.name for finding in diagnose(known)}


def test_batches_are_doubled_only_while_an_epoch_keeps_its_steps():
    curves = {"loss": np.tile([2.0, 0.5, 1.7, 0.7], 5)}
    known = {"batch_size": 32, "learning_rate": 0.01}
    many, few = {"training_rows": 1500}, {"training_rows": 100}
    assert named("oscillation", curves, hyperparameters=known, facts=many).fix.value == 64
    assert named("oscillation", curves, hyperparameters=known, facts=few).fix.control == "learning_rate"


def test_problems_come_first():
    order = [
        finding.severity for finding in diagnose({"loss": 1 + np.arange(20) / 15, "val_loss": 1 + np.arange(20) / 15})
    ]
    assert order[0] == "problem"
    assert order == sorted(order, key=("problem", "warning", "info", "good").index)


def test_a_good_run_says_so_with_its_numbers():
    finding = first(GOOD)
    assert finding.name == "healthy" and finding.severity == "good" and finding.fix is None
    assert "2.1" in finding.message("en") and "0.1" in finding.message("zh")
