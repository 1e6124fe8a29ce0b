"""The same seed gives the same numbers, bit for bit, whatever happened before and wherever the run goes on."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kerastune_widget as kt
from kerastune_widget.core.events import EpochEnded, RunPaused, StepsEnded
from tests.engine.same_again import BATCH, EPOCHS, KINDS, SEED, Jitter, digest, numbers, session

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def log_dir(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(kind)


@pytest.fixture(scope="module")
def ours(kind: str, log_dir: Path) -> Iterator[kt.Session]:
    one = session(kind, log_dir=log_dir)
    yield one
    one.close()


@pytest.fixture(scope="module")
def first(ours: kt.Session) -> kt.Run:
    """The run that all others are held against: the first of its session, its model cold."""
    return ours.run(epochs=EPOCHS, batch_size=BATCH)


def assert_equal(run: kt.Run, expected: kt.Run) -> None:
    for found, wanted in zip(numbers(run), numbers(expected), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_warm_and_after_other_runs(ours: kt.Session, first: kt.Run) -> None:
    other = ours.run(epochs=2, batch_size=4, seed=SEED + 1, optimizer="sgd", start="new", dropout=0.5)
    assert not np.array_equal(other.weights[0], first.weights[0])
    again = ours.run(epochs=EPOCHS, batch_size=BATCH, seed=SEED, optimizer="adam", start="model")
    assert_equal(again, first)


def test_new_weights_from_the_seed(ours: kt.Session, first: kt.Run) -> None:
    runs = [ours.run(epochs=1, batch_size=BATCH, seed=seed, start="new") for seed in (8, 9, 8)]
    assert_equal(runs[2], runs[0])
    assert not np.array_equal(runs[1].start_weights[0], runs[0].start_weights[0])


def test_after_pause_and_resume(ours: kt.Session, first: kt.Run) -> None:
    paused: list[int] = []

    def hold(event: StepsEnded) -> None:
        if event.epoch == 1 and not paused:
            ours.pause()

    def go_on(event: RunPaused) -> None:
        paused.append(event.run)
        ours.resume()

    with ours.events.subscribe(StepsEnded, hold), ours.events.subscribe(RunPaused, go_on):
        run = ours.run(epochs=EPOCHS, batch_size=BATCH, seed=SEED, start="model")
    assert paused
    assert_equal(run, first)


def test_a_branch(ours: kt.Session, first: kt.Run) -> None:
    branch = ours.branch(first, 1, epochs=EPOCHS - 1)
    ours.wait()
    assert_equal(branch, first)


def test_stopped_and_reloaded(kind: str, ours: kt.Session, first: kt.Run, log_dir: Path) -> None:
    with ours.events.subscribe(EpochEnded, lambda event: ours.stop()):
        part = ours.run(epochs=EPOCHS, batch_size=BATCH, seed=SEED, start="model")
    assert part.epochs == 1
    ours.close()
    loaded = session(kind, log_dir=log_dir)
    run = loaded.find(part.number)
    loaded.continue_run(EPOCHS - 1, run)
    loaded.wait()
    again = loaded.run(epochs=EPOCHS, batch_size=BATCH, seed=SEED, start="model")
    assert_equal(again, first)
    assert_equal(run, first)
    assert run.environment == again.environment is not None
    loaded.close()


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_another_process_and_the_other_loop(loop: str, kind: str, first: kt.Run) -> None:
    assert elsewhere()[kind, loop] == digest(first)


@cache
def elsewhere() -> dict[tuple[str, str], str]:
    """Train everything in a process of its own; return the digests by kind of model and loop."""
    command = [sys.executable, "-m", "tests.engine.same_again"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return {(line[0], line[1]): line[2] for line in lines if len(line) == 3}


def jittered() -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), Jitter(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_draws_without_a_generator_go_by_the_dropout_seed_and_leave_the_users_alone() -> None:
    keras.utils.set_random_seed(3)
    expected = float(keras.random.uniform(()))
    keras.utils.set_random_seed(3)
    state, numpy_state = random.getstate(), np.random.get_state()[1].copy()
    one = kt.Session(jittered(), (np.ones((8, 3), "float32"), np.ones(8)))
    runs = [one.run(epochs=1, dropout_seed=seed) for seed in (1, 2, 1)]
    assert runs[0].history == runs[2].history != runs[1].history
    keras.utils.set_random_seed(3)
    assert random.getstate() == state and np.array_equal(np.random.get_state()[1], numpy_state)
    assert float(keras.random.uniform(())) == expected


def test_each_source_of_chance_has_a_seed_of_its_own() -> None:
    model = lambda: keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])  # noqa: E731

    def build() -> keras.Model:
        made = model()
        made.compile("sgd", "mse")
        return made

    x = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
    one = kt.Session(build, (x, x[:, 0]))
    run = lambda **seeds: one.run(epochs=2, batch_size=4, start="new", **seeds)  # noqa: E731
    base = run(seed=3)
    assert run(seed=9, weights_seed=3, order_seed=3, dropout_seed=3).history == base.history
    for name in ("weights_seed", "order_seed", "dropout_seed"):
        other = run(seed=3, **{name: 4})
        same_start = np.array_equal(other.start_weights[0], base.start_weights[0])
        assert other.history != base.history and same_start == (name != "weights_seed"), name
        assert other.hyperparameters["seed"] == 3  # weights of a seed of their own need no new one for the run
    assert one.controls["order_seed"].hidden and one.settings["order_seed"] is None


@keras.saving.register_keras_serializable("same_again")
class Disturbed(keras.layers.Dense):
    """Another thread draws from Python's numbers just before this layer's seeds are drawn: each time another amount."""

    draws = count(1)

    def __init__(self, units: int, **options: Any) -> None:
        thread = Thread(target=lambda: [random.random() for _ in range(next(self.draws))])
        thread.start()
        thread.join()
        super().__init__(units, **options)


def disturbed() -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), Disturbed(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("source", [disturbed, disturbed()], ids=["function", "model"])
def test_what_other_threads_draw_changes_nothing(source: Any) -> None:
    x = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
    one = kt.Session(source, (x, x[:, 0]))
    first, again, other = (one.run(epochs=2, start="new", seed=seed) for seed in (5, 5, 6))
    assert first.start_id == again.start_id != other.start_id
    assert_equal(again, first)


def test_a_builder_that_sets_a_seed_has_its_way() -> None:
    def build() -> keras.Model:
        keras.utils.set_random_seed(7)
        return disturbed()

    one = kt.Session(build, (np.ones((8, 3), "float32"), np.ones(8)))
    assert one.run(epochs=1, start="new", seed=1).start_id == one.run(epochs=1, start="new", seed=2).start_id


def strange() -> keras.Model:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(_unseeded), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def _unseeded(inputs: tf.Tensor) -> tf.Tensor:
    return inputs + tf.random.normal(tf.shape(inputs))


def test_strict_mode_is_the_same_on_both_loops_and_over_with_the_run() -> None:
    data = (np.random.default_rng(0).normal(size=(8, 3)).astype("float32"), np.ones(8))
    modes = [{"strict": False}, {"strict": True}, {"strict": True, "loop": "keras"}]
    runs = [kt.Session(jittered, data, **mode).run(epochs=2, batch_size=3) for mode in modes]
    assert_equal(runs[1], runs[2])
    np.testing.assert_allclose(runs[1].history["loss"], runs[0].history["loss"], rtol=1e-5)
    assert [run.environment.strict for run in runs] == [False, True, True]
    tf.random.set_seed(None)
    tf.random.normal(())  # without a seed: TensorFlow would refuse it in strict mode


def test_strict_mode_refuses_what_no_seed_governs() -> None:
    tf.random.set_seed(None)
    one = kt.Session(strange, (np.ones((8, 3), "float32"), np.ones(8)), strict=True)
    with pytest.raises(kt.KerasTuneError, match="seed"):
        one.run(epochs=1)
