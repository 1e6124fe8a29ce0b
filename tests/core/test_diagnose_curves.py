"""Findings on synthetic curves: each pathology is named on many variations, healthy families stay silent."""

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.reading import diagnose

SEEDS = range(20)
LENGTHS = (8, 12, 20, 40, 100, 300)


def names(curves):
    return {finding.name for finding in diagnose(curves)}


def loud(curves):
    return {finding.name for finding in diagnose(curves) if finding.severity in ("problem", "warning")}


def draw(seed, lengths=LENGTHS):
    random = np.random.default_rng(seed)
    count = int(random.choice(lengths))
    return random, count, np.arange(1, count + 1) / count


def fall(random, at, top, floor):
    """A run's usual way down: exponential or hyperbolic, most of it within the first half."""
    pace = random.uniform(4, 12)
    return floor + (top - floor) * (np.exp(-pace * at) if random.random() < 0.5 else 1 / (1 + (pace * at) ** 2))


def jitter(random, values, share):
    """Noise in proportion to the level, half of the time correlated from epoch to epoch."""
    white = random.normal(size=len(values))
    keep = random.choice([0.0, 0.5])
    for at in range(1, len(white)):
        white[at] = keep * white[at - 1] + np.sqrt(1 - keep**2) * white[at]
    return values * (1 + share * white)


def healthy(seed):
    random, _, at = draw(seed)
    top = 10 ** random.uniform(-1, 4)
    floor = top * random.uniform(0.02, 0.4)
    train = fall(random, at, top, floor)
    valid = train * random.uniform(0.85, 1.0) + (top - floor) * random.uniform(0, 0.05) * at**0.3
    return {
        "loss": jitter(random, train, random.uniform(0, 0.03)),
        "val_loss": jitter(random, valid, random.uniform(0, 0.06)),
    }


def small_validation_set(seed):
    curves = healthy(seed)
    random = np.random.default_rng(seed + 1)
    return curves | {"val_loss": jitter(random, curves["val_loss"], random.uniform(0.1, 0.2))}


def no_validation(seed):
    return {"loss": healthy(seed)["loss"]}


def negative(seed):
    """A log-likelihood: the same shape, moved below zero."""
    curves = healthy(seed)
    shift = curves["loss"][0] * np.random.default_rng(seed).uniform(0.3, 3)
    return {name: values - shift for name, values in curves.items()}


def near_zero(seed):
    random, _, at = draw(seed)
    train = fall(random, at, 2.3, 0.0) * np.exp(-6 * at)
    return {"loss": train, "val_loss": train * random.uniform(1, 1.4), "accuracy": 1 - train / 3}


def rate_drop(seed):
    """A schedule cuts the rate at 60% of the run, and both losses drop at once."""
    random, _, at = draw(seed, (20, 40, 100))
    drop = 0.2 * (1 - np.exp(-30 * np.clip(at - 0.6, 0, 1)))
    train = fall(random, at, 2.0, 0.5) - drop
    return {"loss": jitter(random, train, 0.02), "val_loss": jitter(random, train + 0.05 * at, 0.03)}


def cycle(seed):
    random, count, at = draw(seed, (40, 100))
    train = fall(random, at, 2.0, 0.3) * (1 + 0.1 * np.sin(2 * np.pi * np.arange(count) / 10))
    return {"loss": jitter(random, train, 0.02), "val_loss": jitter(random, train * 1.05, 0.03)}


def creeping(seed):
    """Validation loss creeps up by 1% or 2% once it has flattened."""
    random, _, at = draw(seed, (20, 40, 100))
    train = fall(random, at, 2.0, 0.4)
    valid = fall(random, at, 1.9, 0.5) * (1 + random.uniform(0.01, 0.02) * np.clip(at - 0.5, 0, 1) * 2)
    return {"loss": jitter(random, train, 0.01), "val_loss": jitter(random, valid, 0.01)}


def heavy_dropout(seed):
    """Training loss is measured with dropout: above the validation loss throughout."""
    random, _, at = draw(seed)
    train = fall(random, at, 2.4, 0.6)
    return {"loss": jitter(random, train, 0.03), "val_loss": jitter(random, train * 0.5, 0.03)}


FAMILIES = (
    healthy,
    small_validation_set,
    no_validation,
    negative,
    near_zero,
    rate_drop,
    cycle,
    creeping,
    heavy_dropout,
)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_healthy_families_stay_silent(family):
    told = [loud(family(seed)) for seed in range(60)]
    assert sum(map(bool, told)) <= 1, [(seed, names) for seed, names in enumerate(told) if names]


def test_two_hundred_healthy_runs_raise_no_problem_and_hardly_a_warning():
    found = [finding for seed in range(1000, 1200) for finding in diagnose(healthy(seed))]
    assert not [finding for finding in found if finding.severity == "problem"]
    assert sum(finding.severity == "warning" for finding in found) < 4


@pytest.mark.parametrize("seed", SEEDS)
def test_a_good_run_is_healthy_or_still_learning_and_nothing_else(seed):
    assert names(healthy(seed)) <= {"healthy", "still-learning"}
    assert len(names(healthy(seed))) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_validation_loss_that_turns_up_is_overfitting(seed):
    random, _, at = draw(seed)
    train = fall(random, at, 2.0, 0.02)
    turn = random.uniform(0.15, 0.5)
    valid = fall(random, np.minimum(at, turn), 2.0, 0.4) + random.uniform(0.4, 1.5) * np.clip(at - turn, 0, 1)
    curves = {"loss": jitter(random, train, 0.02), "val_loss": jitter(random, valid, 0.03)}
    assert "overfitting" in names(curves)
    assert not names(curves) & {"healthy", "still-learning", "too-early"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wide_gap_that_stays_is_overfitting_though_validation_loss_never_rises(seed):
    random, count, at = draw(seed, (20, 40, 100))
    valid = fall(random, at * 2, 2.3, random.uniform(0.5, 0.9))
    curves = {
        "loss": 2.3 * np.exp(-8 * at),
        "val_loss": jitter(random, valid, 0.01),
        "accuracy": 1 - 0.9 * np.exp(-8 * at),
        "val_accuracy": np.full(count, 0.82),
    }
    assert "overfitting" in names(curves)
    assert "overfitting" in names({name: curves[name] for name in ("loss", "val_loss")})


@pytest.mark.parametrize("seed", SEEDS)
def test_training_loss_that_stays_is_underfitting(seed):
    random, _, at = draw(seed)
    level = random.uniform(0.5, 5)
    train = level * (1 - random.uniform(0, 0.04) * (1 - np.exp(-10 * at)))
    curves = {"loss": jitter(random, train, 0.01), "val_loss": jitter(random, train * 1.02, 0.01)}
    assert "underfitting" in names(curves)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_steady_fall_to_the_end_is_still_learning(seed):
    random, _, at = draw(seed)
    train = 2.3 - random.uniform(0.6, 1.6) * at
    curves = {"loss": jitter(random, train, 0.01), "val_loss": jitter(random, train * 1.03, 0.01)}
    assert names(curves) == {"still-learning"}


@pytest.mark.parametrize("status", ["running", "paused", "stopped"])
def test_still_learning_does_not_nag_a_run_that_was_not_meant_to_end_here(status):
    curves = {"loss": np.linspace(2.3, 1.0, 12), "val_loss": np.linspace(2.3, 1.1, 12)}
    assert names(History(epochs=curves, status=status)) == {"healthy"}


@pytest.mark.parametrize("seed", SEEDS)
def test_both_flat_far_from_a_good_fit_is_a_plateau(seed):
    random, _, at = draw(seed, (20, 40, 100, 300))
    floor = random.uniform(1.3, 1.7)
    train = floor + (2.3 - floor) * np.exp(-20 * at)
    curves = {"loss": jitter(random, train, 0.004), "val_loss": jitter(random, train * 1.03, 0.004)}
    assert names(curves) == {"plateau"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_far_above_its_start_is_diverging(seed):
    random, _, at = draw(seed)
    train = 2.3 * np.exp(random.uniform(2, 30) * at)
    assert names({"loss": jitter(random, train, 0.2), "val_loss": jitter(random, train, 0.2)}) == {"diverging"}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("count", [1, 2, 5, 30])
def test_a_loss_that_is_no_number_is_diverging_at_once(bad, count):
    train = np.append(np.linspace(2.3, 1.0, count)[:-1], bad)
    assert names({"loss": train, "val_loss": train}) == {"diverging"}


def test_a_run_that_was_learning_and_fell_back_to_chance_is_diverging():
    train = np.concatenate((2.3 * np.exp(-np.arange(12) / 3), np.full(8, 2.31)))
    assert names({"loss": train, "val_loss": train * 1.02}) == {"diverging"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_jumping_loss_is_oscillation(seed):
    random, count, at = draw(seed, (12, 20, 40, 100))
    train = fall(random, at, 2.3, 0.8)
    shaken = train * np.exp(random.uniform(0.45, 0.7) * random.normal(size=count))
    assert "oscillation" in names({"loss": shaken, "val_loss": shaken * random.uniform(0.9, 1.1, count)})


@pytest.mark.parametrize("seed", SEEDS)
def test_validation_falling_alone_is_a_data_problem(seed):
    random, _, at = draw(seed)
    level = random.uniform(0.5, 3)
    curves = {"loss": jitter(random, np.full(len(at), level), 0.01)}
    curves["val_loss"] = jitter(random, level * (1.3 - random.uniform(0.5, 0.9) * at), 0.02)
    assert "data-problem" in names(curves)
    assert "underfitting" not in names(curves)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_rising_is_named(seed):
    random, _, at = draw(seed)
    rise = 1 + random.uniform(0.4, 1.4) * at
    assert "rising-together" in names(
        {"loss": jitter(random, rise, 0.02), "val_loss": jitter(random, 1.1 * rise, 0.02)}
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hair_of_steady_progress_is_too_slow_not_underfitting(seed):
    random, _, at = draw(seed)
    valid = 2.3 - random.uniform(0.002, 0.1) * at
    curves = {"loss": jitter(random, valid, 0.004), "val_loss": jitter(random, valid, 1e-5)}
    assert names(curves) == {"learning-too-slow"}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_three_epochs_are_too_early(count):
    train = np.linspace(2.0, 1.0, count)
    assert names({"loss": train, "val_loss": train[::-1]}) == {"too-early"}


@pytest.mark.parametrize("seed", range(100))
def test_there_is_always_a_verdict_and_no_warning_of_numpy(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 40))
    kinds = (random.normal(size=count), 10 ** random.uniform(-300, 300, count), np.zeros(count), np.full(count, 7.0))
    curves = {"loss": kinds[seed % 4], "val_loss": kinds[int(random.integers(4))]}
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        assert diagnose(curves)


@pytest.mark.parametrize("steps", [True, False])
def test_a_long_run_that_learns_by_heart_is_not_diverging(steps: bool) -> None:
    """Thousands of epochs bring the loss down a thousandfold; its noise there is no loss of control."""
    noise = np.random.default_rng(0).lognormal(0, 0.8, 1500)
    loss = 1.7 * np.exp(-np.arange(1500) / 12) + 0.0008 * noise
    history = History(
        epochs={"loss": tuple(loss), "accuracy": tuple(1 - 0.4 * np.minimum(1, loss)), "val_loss": tuple(0.4 + loss)},
        steps={"loss": np.concatenate([[2.2, 2.1], loss.repeat(3)])} if steps else {},
        epoch_ends=tuple(range(3, 4503, 3)) if steps else (),
        status="running",
        planned_epochs=5000,
    )
    assert "diverging" not in names(history)
