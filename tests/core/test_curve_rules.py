"""The rules that ask more than the two losses: accuracies, the probe, the data, other runs. Found, and silent."""

import numpy as np
import pytest

from kerastune_widget.core.curves import accuracy, is_accuracy, read_curves
from kerastune_widget.core.data_profile import DataProfile, InputProfile, TargetProfile
from kerastune_widget.core.diagnosis import diagnose_history
from kerastune_widget.core.extrapolation import further_gain
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile
from kerastune_widget.core.rules.kt120_unstable_across_seeds import least_spread
from kerastune_widget.core.signals import COMMONEST_PREDICTION, INFERENCE_LOSS, MODEL, PREDICTION_SPREAD

SEEDS = range(6)
AT = np.arange(30)
FALL = np.exp(-AT / 6)
CLASSES = {"classes": 10, "loss_name": "sparse_categorical_crossentropy", "validation_rows": 1000}


def white(seed, values, share=0.01):
    return values * (1 + share * np.random.default_rng(seed).normal(size=len(values)))


def find(name, history):
    return next((one for one in diagnose_history(history) if one.name == name), None)


def names(history):
    return {one.name for one in diagnose_history(history)}


def with_targets(history_facts, **target):
    return {
        "facts": history_facts,
        "data": DataProfile(rows=1000, validation_rows=500, targets=(TargetProfile(**target),)),
    }


# Accuracy by any name


@pytest.mark.parametrize(
    "name", ["accuracy", "acc", "binary_accuracy", "sparse_categorical_accuracy", "out_accuracy", "accuracy_1", "Acc"]
)
def test_accuracy_is_read_by_any_of_its_names(name):
    history = History(epochs={"loss": [1, 2], name: [0.5, 0.75], f"val_{name}": [0.25, 0.5]})
    assert accuracy(history).tolist() == [0.5, 0.75]
    assert accuracy(history, "val_accuracy").tolist() == [0.25, 0.5]


@pytest.mark.parametrize("name", ["top_k_categorical_accuracy", "balanced_accuracy", "loss", "mae", "accumulated"])
def test_what_is_no_plain_accuracy_is_not_read_as_one(name):
    assert not is_accuracy(name)


def test_accuracies_of_several_outputs_are_averaged_and_per_cent_become_shares():
    two = History(epochs={"loss": [1.0], "a_accuracy": [0.5], "b_accuracy": [1.0]})
    assert accuracy(two).tolist() == [0.75]
    assert accuracy(History(epochs={"loss": [1.0, 1.0], "acc": [50.0, 80.0]})).tolist() == [0.5, 0.8]


def test_a_run_validated_now_and_then_is_read_on_those_epochs():
    valid = np.full(20, np.nan)
    valid[4::5] = [4, 3, 2, 1]
    curves = read_curves(History(epochs={"loss": np.arange(20.0), "val_loss": valid}))
    assert curves.valid.tolist() == [4, 3, 2, 1] and curves.train.tolist() == [4, 9, 14, 19]
    assert curves.span(0) == (4, 19)


# Overconfidence


def turned_up(seed, moved):
    """Validation loss turns up after a third of the run, while its accuracy moves by ``moved``."""
    rises = np.clip((AT - 10) / 19, 0, 1)
    return History(
        epochs={
            "loss": white(seed, 2 * np.exp(-AT / 5)),
            "val_loss": white(seed + 1, 0.6 + 1.5 * np.exp(-AT / 3) + 0.6 * rises),
            "accuracy": 1 - 0.8 * np.exp(-AT / 5),
            "val_accuracy": 0.8 - 0.5 * np.exp(-AT / 2.5) + moved * rises,
        },
        facts=CLASSES,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_that_rises_under_a_growing_accuracy_is_overconfidence_in_place_of_overfitting(seed):
    found = names(turned_up(seed, 0.08))
    assert "overconfidence" in found and "overfitting" not in found
    assert find("overconfidence", turned_up(seed, 0.08)).severity == "info"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_that_rises_under_a_falling_accuracy_is_overfitting_alone(seed):
    found = diagnose_history(turned_up(seed, -0.1))
    assert "overfitting" in {one.name for one in found} and "overconfidence" not in {one.name for one in found}
    assert any("accuracy fell" in words for words in found[0].ruled_out())


def test_where_accuracy_just_holds_both_are_said_and_none_is_a_problem():
    found = diagnose_history(turned_up(0, 0.0))
    assert {"overfitting", "overconfidence"} <= {one.name for one in found}
    assert "problem" not in {one.severity for one in found}


# Validation better than training


def better(seed=0, inference=None, model=None, rows=1000, share=0.5):
    train = 0.6 + FALL
    probed = {} if inference is None else {INFERENCE_LOSS: {MODEL: np.append(1.7, inference * train)}}
    return History(
        epochs={"loss": white(seed, train), "val_loss": white(seed + 1, share * train)},
        facts={"validation_rows": rows},
        signals=probed,
        model=model,
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "inference, model, severity, word",
    [
        (0.55, None, "info", "dropout"),
        (0.95, None, "warning", "easier"),
        (None, None, "info", "clearly below"),
        (None, ModelProfile(layers=(LayerProfile("d", "Dropout", dropout=0.5),)), "info", "dropout"),
        (None, ModelProfile(layers=(LayerProfile("d", "Dense"),)), "warning", "easier"),
    ],
)
def test_a_validation_loss_below_is_explained_by_what_is_known(seed, inference, model, severity, word):
    found = find("validation-better", better(seed, inference, model))
    assert found.severity == severity and word in found.message()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_probe_saw_early_tells_nothing_of_the_end(seed):
    dropout = ModelProfile(layers=(LayerProfile("d", "Dropout", dropout=0.5),))
    history = better(seed, 0.95, dropout)
    history.signals[INFERENCE_LOSS][MODEL][4:] = np.nan
    found = find("validation-better", history)
    assert found.severity == "info" and "dropout" in found.message()


def test_a_running_mean_explains_a_steep_fall():
    train = 100 * 0.6 ** AT[:8]
    found = find("validation-better", History(epochs={"loss": train, "val_loss": train * 0.75}))
    assert "mean over the epoch" in found.message()


def test_a_small_gap_and_a_gap_on_few_rows_are_no_finding():
    assert find("validation-better", better(share=0.9)) is None
    assert find("validation-better", better(rows=12, share=0.7)) is None


# Metric against loss


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "metric, values",
    [("accuracy", 0.2 + 0.5 * FALL), ("mape", 200 - 100 * FALL), ("r2_score", -1 + FALL), ("auc", 0.4 + 0.4 * FALL)],
)
def test_a_metric_that_gets_worse_as_the_loss_falls_disagrees(seed, metric, values):
    curves = {"loss": white(seed, 0.5 + 2 * FALL), metric: white(seed + 1, values)}
    found = find("metric-disagrees", History(epochs=curves))
    assert found.severity == "warning" and metric in found.message()


def test_a_metric_that_stays_at_zero_disagrees():
    history = History(epochs={"loss": 0.3 + 2 * FALL, "accuracy": np.zeros(30)})
    assert "stayed at 0" in find("metric-disagrees", history).message()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "metric, values",
    [
        ("accuracy", 0.9 - 0.5 * FALL),
        ("accuracy", np.full(30, 0.95)),
        ("mae", 0.2 + FALL),
        ("recall", 0.3 + 0.5 * FALL),
        ("lr", 1e-3 * FALL),
        ("whatever", FALL),
    ],
)
def test_metrics_that_agree_or_cannot_be_compared_say_nothing(seed, metric, values):
    curves = {"loss": white(seed, 0.5 + 2 * FALL), metric: white(seed + 1, values)}
    assert find("metric-disagrees", History(epochs=curves)) is None


# No better than a trivial model

NOISE = {"kind": "regression", "trivial": {"mean_squared_error": 1.0, "mean_absolute_error": 0.8}}
SQUARED = {"loss_name": "mean_squared_error", "validation_rows": 500, "training_rows": 1000}


@pytest.mark.parametrize("seed", SEEDS)
def test_pure_noise_is_not_healthy_however_far_its_loss_fell(seed):
    """Targets around 20: the loss falls four hundredfold, and only the mean was learnt."""
    curves = {"loss": white(seed, 1 + 400 * FALL**3, 0.02), "val_loss": white(seed + 1, 1.02 + 400 * FALL**3, 0.03)}
    history = History(epochs=curves, **with_targets(SQUARED, **NOISE))
    assert find("no-better-than-trivial", history).severity in ("warning", "problem")
    assert not names(history) & {"healthy", "still-learning"}


def test_noise_learnt_by_heart_is_no_better_on_new_rows():
    curves = {"loss": 1.0 * np.exp(-AT / 10), "val_loss": 1.0 + AT / 40}
    found = find("no-better-than-trivial", History(epochs=curves, **with_targets(SQUARED, **NOISE)))
    assert found.severity == "warning" and "On new rows" in found.message()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_regression_that_explains_a_fifth_is_better(seed):
    curves = {"loss": white(seed, 0.75 + 5 * FALL**3), "val_loss": white(seed, 0.8 + 5 * FALL**3, 0.03)}
    assert find("no-better-than-trivial", History(epochs=curves, **with_targets(SQUARED, **NOISE))) is None


def classifier(share, loss, trivial=0.95, entropy=0.2):
    curves = {
        "loss": white(0, loss + FALL**9),
        "val_loss": white(1, loss + FALL**9),
        "accuracy": np.full(30, share),
        "val_accuracy": np.full(30, share),
    }
    target = {
        "kind": "binary",
        "classes": 2,
        "counts": (round(1000 * trivial), round(1000 * (1 - trivial))),
        "trivial": {"accuracy": trivial, "cross_entropy": entropy},
    }
    return History(epochs=curves, **with_targets({"loss_name": "binary_crossentropy", "classes": 2}, **target))


def test_a_majority_is_guessed_unless_the_loss_knows_better():
    assert find("no-better-than-trivial", classifier(0.95, 0.2)).severity == "problem"
    assert find("no-better-than-trivial", classifier(0.95, 0.12)) is None
    assert find("no-better-than-trivial", classifier(0.99, 0.3)) is None


def test_chance_among_balanced_classes_needs_no_data():
    flat = {"loss": np.full(20, 2.303), "val_loss": np.full(20, 2.304), "val_accuracy": np.full(20, 0.105)}
    assert find("no-better-than-trivial", History(epochs=flat, facts=CLASSES)) is not None
    learnt = flat | {"val_accuracy": np.full(20, 0.3)}
    assert find("no-better-than-trivial", History(epochs=learnt, facts=CLASSES)) is None


@pytest.mark.parametrize(
    "signal, value, word", [(COMMONEST_PREDICTION, 1.0, "100%"), (PREDICTION_SPREAD, 0.01, "mean")]
)
def test_one_prediction_for_all_is_seen_by_the_probe(signal, value, word):
    probed = {signal: {MODEL: np.full(31, value)}}
    assert word in find("no-better-than-trivial", History(epochs={"loss": 1 + FALL**3}, signals=probed)).message()


def test_a_run_that_is_on_its_way_gets_its_time():
    loss = 2.303 - 0.05 * AT[:8]
    curves = {"loss": loss, "val_loss": loss, "val_accuracy": np.full(8, 0.1)}
    assert find("no-better-than-trivial", History(epochs=curves, facts=CLASSES)) is None


# Validation set, first loss, inference mode, seeds


@pytest.mark.parametrize("rows, severity", [(12, "warning"), (60, "info"), (100, None), (5000, None)])
def test_few_validation_rows_are_named_before_training_too(rows, severity):
    found = find("validation-too-small", History(facts={"validation_rows": rows, "classes": 3}))
    assert (found and found.severity) == severity


def test_accuracies_tell_how_many_rows_there_are():
    right = np.array([20, 25, 29, 31, 33, 34, 35, 34, 33, 35])
    curves = {"loss": 1 / (1 + AT[:10]), "val_loss": 1 / (1 + AT[:10])}
    found = find("validation-too-small", History(epochs=curves | {"val_accuracy": np.float32(right / 36)}))
    assert found.evidence["rows"] == 36
    rounded = History(epochs=curves | {"val_accuracy": np.round(np.linspace(0.5, 0.8, 10), 2)})
    assert find("validation-too-small", rounded) is None


@pytest.mark.parametrize("first, severity", [(2.4, None), (4.0, None), (6.0, "info"), (60.0, "warning")])
def test_a_first_loss_is_held_against_guessing_among_the_classes(first, severity):
    history = History(signals={INFERENCE_LOSS: {MODEL: (first,)}}, facts=CLASSES)
    found = find("bad-initial-loss", history)
    assert (found and found.severity) == severity


def test_the_first_steps_tell_where_nothing_was_probed_and_large_inputs_are_blamed():
    steps = {"loss": np.array([80.0, 60.0, 40.0, 5.0])}
    data = DataProfile(rows=100, inputs=(InputProfile(minimum=0, maximum=255, mean=90, spread=60),))
    found = find("bad-initial-loss", History(epochs={"loss": [30.0, 2.0]}, steps=steps, facts=CLASSES, data=data))
    assert found.evidence["first"] == 80 and "255" in found.advice()


def test_a_first_loss_with_penalties_has_no_yardstick():
    model = ModelProfile(layers=(LayerProfile("d", "Dense", l2=0.1),))
    history = History(signals={INFERENCE_LOSS: {MODEL: (60.0,)}}, facts=CLASSES, model=model)
    assert find("bad-initial-loss", history) is None


@pytest.mark.parametrize("times, found", [(0.6, False), (1.0, False), (1.2, False), (2.5, True)])
def test_inference_mode_may_be_better_than_training_but_not_worse(times, found):
    train = 0.4 + 2 * FALL
    history = History(epochs={"loss": train}, signals={INFERENCE_LOSS: {MODEL: np.append(2.3, times * train)}})
    assert (find("training-inference-mismatch", history) is not None) == found


@pytest.mark.parametrize(
    "repeats, found",
    [
        ((0.40, 0.41, 0.42), False),
        ((0.40, 0.44, 0.37, 0.42, 0.39), False),
        ((0.42, 1.2, 0.75, 0.5, 0.98), True),
        ((0.4, np.nan, 0.41), True),
        ((0.4, 2.29, 0.41), True),
        ((0.4, 1.2), False),
        ((0.0004, 0.002, 0.001, 0.0015), False),
    ],
)
def test_seeds_that_end_apart_are_unstable(repeats, found):
    history = History(epochs={"loss": 0.4 + 1.9 * FALL}, facts={"repeats": repeats})
    assert (find("unstable-across-seeds", history) is not None) == found


def test_the_least_spread_is_rarely_above_the_truth():
    random = np.random.default_rng(0)
    for count in (3, 5, 10):
        above = np.mean([least_spread(random.normal(size=count)) > 1 for _ in range(2000)])
        assert 0.03 < above < 0.07


# What more epochs would bring


@pytest.mark.parametrize("pace", [1.0, 2.0, 4.0])
def test_the_gain_to_come_of_an_exponential_decay_is_right(pace):
    at = np.arange(1, 91) / 90
    truth = np.exp(-pace) - np.exp(-pace * 4 / 3)
    assert further_gain(np.exp(-pace * at)) == pytest.approx(truth, rel=0.25)


def test_the_gain_to_come_never_exceeds_the_last_one():
    straight = 10 - np.arange(30) / 10
    assert further_gain(straight) == pytest.approx(1.0, rel=0.1)
    assert further_gain(straight[::-1]) == 0.0
    late = np.concatenate((np.full(20, 5.0), 5 - np.arange(10) / 5))
    assert further_gain(late) < 2.5


def test_one_long_epoch_is_judged_by_its_steps():
    steps = {"loss": white(0, 0.3 + 2 * np.exp(-np.arange(2000) / 300), 0.1)}
    found = find("too-early", History(epochs={"loss": [0.6], "val_loss": [0.4]}, steps=steps))
    assert "training itself works" in found.message()
    flat = {"loss": white(0, np.full(2000, 2.3), 0.1)}
    assert "works" not in find("too-early", History(epochs={"loss": [2.3]}, steps=flat)).message()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cyclic_rate_moves_the_loss_by_design(seed):
    wave = 0.5 + 0.5 * np.cos(np.pi * np.arange(40))
    loss = white(seed, (0.4 + 2 * np.exp(-np.arange(40) / 8)) * (1 + 0.8 * wave))
    curves = {"loss": loss, "val_loss": loss * 1.05}
    assert "oscillation" in names(History(epochs=curves))
    assert "oscillation" not in names(History(epochs=curves | {"learning_rate": 1e-3 + 1e-2 * wave}))


@pytest.mark.parametrize("seed", SEEDS)
def test_validation_that_falls_alone_in_the_later_half_is_a_data_problem(seed):
    train = np.concatenate((np.linspace(2.3, 1.0, 20), np.full(20, 1.0)))
    valid = np.concatenate((np.linspace(2.3, 1.6, 20), np.linspace(1.6, 0.7, 20)))
    curves = {"loss": white(seed, train, 0.005), "val_loss": white(seed + 1, valid, 0.02)}
    found = find("data-problem", History(epochs=curves))
    assert found is not None and found.span == (20, 39)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_that_may_be_known_makes_a_rule_fail(seed):
    """Any mixture of huge, tiny, constant and missing values, of any length, with and without what else is known."""
    random = np.random.default_rng(seed)
    count = int(random.choice([1, 2, 3, 5, 9, 30, 200]))

    def series(length):
        kinds = (
            random.normal(size=length),
            10 ** random.uniform(-300, 300, length),
            np.full(length, random.choice([0.0, 1.0, -3.0])),
            random.random(length),
            np.where(random.random(length) < 0.5, np.nan, random.random(length)),
        )
        return kinds[random.integers(len(kinds))]

    keys = ["loss", "val_loss", "accuracy", "val_acc", "a_loss", "val_a_loss", "a_mae", "b_loss", "b_mae", "lr", "auc"]
    probed = (INFERENCE_LOSS, COMMONEST_PREDICTION, PREDICTION_SPREAD)
    target = TargetProfile(kind="classes", classes=3, counts=(1, 0, 5), trivial={"accuracy": 1.0, "cross_entropy": 0.0})
    history = History(
        epochs={key: series(count) for key in keys if key == "loss" or random.random() < 0.7},
        steps={"loss": series(count * 7)} if random.random() < 0.5 else {},
        signals={name: {MODEL: series(count + 1)} for name in probed if random.random() < 0.5},
        facts=CLASSES | {"repeats": series(4), "training_rows": 7} if random.random() < 0.5 else {},
        data=DataProfile(rows=7, validation_rows=2, targets=(target,)) if random.random() < 0.5 else None,
        model=ModelProfile(layers=(LayerProfile("bn", "BatchNormalization"),)) if random.random() < 0.5 else None,
    )
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        found = diagnose_history(history)
    assert found and all(0 < one.confidence <= 1 for one in found)
    for one in found:
        assert "{" not in one.message("zh") + one.experiment("en") + one.advice("zh") + "".join(one.ruled_out())
