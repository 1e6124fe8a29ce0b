"""Schedules in a run, on both loops: what is planned is what is recorded, and what Keras's callbacks do."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.core.events import EpochEnded
from kerastune_widget.core.plateau import plateau_marks
from kerastune_widget.core.schedule import all_schedules
from kerastune_widget.engine.schedule_shelf import ScheduleShelf
from kerastune_widget.errors import HyperparameterError, RunError
from tests.engine import models
from tests.engine.models import images

OPTIONS = {"batch_size": 16, "shuffle": False}
RATE, EPOCHS = 0.02, 3


def dense(**options):
    keras.utils.set_random_seed(0)
    return models.dense(**options)


def session_of(optimizer=None, **options):
    return kt.Session(dense(optimizer=optimizer), images(), validation_data=images(30, seed=1), **options)


@pytest.fixture(scope="module")
def sessions():
    """One for each loop, for all tests here: a second one would be traced anew."""
    made = {loop: session_of(loop=loop) for loop in ("graph", "keras")}
    yield made
    for session in made.values():
        session.close()


@pytest.fixture(params=["graph", "keras"])
def session(request, sessions):
    """The session of one loop; a parametrized fixture of the module's scope is made anew for each of its cases."""
    return sessions[request.param]


def by_fit(optimizer, callbacks=(), epochs=EPOCHS, *, eagerly=False):
    """What ``fit`` makes of it: the trained weights, and its history."""
    model = dense(optimizer=optimizer)
    model.run_eagerly = eagerly
    options = {"validation_data": images(30, seed=1), "shuffle": False, "verbose": 0, "callbacks": list(callbacks)}
    history = model.fit(*images(), batch_size=16, epochs=epochs, **options).history
    return model.get_weights(), history


def assert_equal(run, weights, history):
    for ours, theirs in zip(run.weights, weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(run.history["loss"], np.asarray(history["loss"], "float32"))


PLANNED = [
    *all_schedules(),
    "cosine(warmup_epochs=0.5)",
    {"name": "piecewise", "boundaries": [1, 1.5], "levels": [0.5, 2]},
    "triangular(step_epochs=0.5, warmup_epochs=1)",
]


IN_FIT = ["one_cycle", "plateau", PLANNED[-2]]  # both loops take the factors from one place
ON_GRAPH = pytest.mark.parametrize("session", ["graph"], indirect=True)


def on(*pairs):
    """Parametrize by loop and something else."""
    cases = [(loop, case) for loop, given in pairs for case in given]
    return pytest.mark.parametrize(("session", "case"), cases, indirect=["session"], ids=str)


@on(("graph", PLANNED), ("keras", IN_FIT))
def test_what_is_planned_is_what_is_recorded(session, case):
    value = case
    given = {"schedule": value, "learning_rate": RATE, "epochs": EPOCHS, **OPTIONS}
    planned, run = session.planned_rates(**given), session.run(**given)
    np.testing.assert_array_equal(planned.rates, run.learning_rates)
    assert planned.steps_per_epoch * EPOCHS == len(planned.rates)
    assert planned.may_change == (value == "plateau")
    assert run.record().facts["scheduled"] == (value != "constant")


def test_what_is_planned_for_a_schedule_compiled_in():
    decay = keras.optimizers.schedules.CosineDecay(0.02, 9, warmup_target=0.1, warmup_steps=4)
    session = session_of(keras.optimizers.SGD(decay))
    given = {"epochs": EPOCHS, "learning_rate": 0.04, **OPTIONS}
    np.testing.assert_allclose(session.planned_rates(**given).rates, session.run(**given).learning_rates, rtol=1e-6)
    session.close()


def test_what_is_planned_with_a_hand_over():
    session = session_of()
    given = {"epochs": EPOCHS, "schedule": "cosine", "hand_over": "sgd(epoch=1, learning_rate=0.5)", **OPTIONS}
    planned, run = session.planned_rates(**given), session.run(**given)
    assert [change.name for change in run.changes] == ["optimizer", "learning_rate"]
    np.testing.assert_array_equal(planned.rates, run.learning_rates)
    session.close()


def test_a_stream_of_unknown_length_has_no_plan():
    def rows():
        yield from zip(*images(), strict=True)

    import tensorflow as tf

    signature = (tf.TensorSpec((64,), tf.float32), tf.TensorSpec((), tf.int32))
    session = kt.Session(dense(), tf.data.Dataset.from_generator(rows, output_signature=signature).batch(16))
    assert session.planned_rates() is None
    session.close()


def test_the_slider_multiplies_it_live(session):
    """A change between two steps scales what is left of the schedule."""
    plan = session.planned_rates(schedule="cosine", learning_rate=RATE, epochs=EPOCHS, **OPTIONS).rates
    halve = lambda event: session.set("learning_rate", RATE / 2) if event.epoch == 0 else None  # noqa: E731
    handle = session.events.subscribe(EpochEnded, halve)
    run = session.run(schedule="cosine", learning_rate=RATE, epochs=EPOCHS, **OPTIONS)
    handle.close()
    (change,) = run.changes
    expected = np.where(np.arange(len(plan)) < change.step, plan, plan / 2)
    np.testing.assert_allclose(run.learning_rates, expected, rtol=1e-6)
    assert 0 < change.step < len(plan)


# ---------------------------------------------------------------- plateau

PLATEAU = "plateau(patience=1, min_delta=0.05)"


@pytest.fixture(scope="module")
def plateau_by_fit():
    """What Keras's callback makes of it, for both loops."""
    callback = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1, min_delta=0.05)
    return by_fit(keras.optimizers.Adam(0.05), [callback], epochs=8)


def test_a_plateau_is_that_of_keras(session, plateau_by_fit):
    weights, history = plateau_by_fit
    run = session.run(schedule=PLATEAU, learning_rate=0.05, epochs=8, **OPTIONS)
    assert_equal(run, weights, history)
    ends = [end - 1 for end in run.record().epoch_ends]
    np.testing.assert_array_equal(run.learning_rates[ends], np.asarray(history["learning_rate"], "float32"))
    marks = plateau_marks(run.record())
    assert {"best", "cut"} <= {mark.action for mark in marks} and len(marks) == 8


@ON_GRAPH
def test_a_plateau_goes_on_exactly(session):
    """Continued in the middle, branched in the middle: as if it had been trained in one go."""
    given = {"schedule": PLATEAU, "learning_rate": 0.05, **OPTIONS}
    whole = session.run(epochs=6, **given)
    parted = session.run(epochs=3, **given)
    session.continue_run(3)
    branch = session.branch(whole, 2, epochs=4) if session.wait() else None
    session.wait()
    for other in (parted, branch):
        np.testing.assert_array_equal(other.learning_rates, whole.learning_rates)
        np.testing.assert_array_equal(other.weights[0], whole.weights[0])
        assert plateau_marks(other.record()) == plateau_marks(whole.record())


# ---------------------------------------------------------------- momentum


class MovedMomentum(keras.callbacks.Callback):
    """Sets rate and momentum as attributes before each step, as one would without a graph."""

    def __init__(self, rates, momenta, name):
        super().__init__()
        self.rates, self.momenta, self.name, self.step = rates, momenta, name, 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rates[self.step]
        setattr(self.model.optimizer, self.name, float(self.momenta[self.step]))
        self.step += 1


OPTIMIZERS = {
    "nesterov": (lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "momentum"),
    "rmsprop": (lambda: keras.optimizers.RMSprop(0.01, momentum=0.5), "momentum"),
    "adam": (lambda: keras.optimizers.Adam(0.01), "beta_1"),
    "nadam": (lambda: keras.optimizers.Nadam(0.01), "beta_1"),
    "lamb": (lambda: keras.optimizers.Lamb(0.01), "beta_1"),
}


@on(("graph", OPTIMIZERS), ("keras", ["nesterov", "adam"]))
def test_momentum_moves_as_if_set_by_hand(session, case):
    make, attribute = OPTIMIZERS[case]
    given = {"optimizer": make(), "schedule": "one_cycle", "epochs": 2, **OPTIONS}
    planned = session.planned_rates(**given)
    run = session.run(**given)
    np.testing.assert_array_equal(planned.rates, run.learning_rates)
    callback = MovedMomentum(planned.rates, planned.momentum, attribute)
    weights, history = by_fit(make(), [callback], epochs=2, eagerly=True)
    np.testing.assert_allclose(run.history["loss"], history["loss"], rtol=1e-4)
    for ours, theirs in zip(run.weights, weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
    assert isinstance(getattr(run.model.optimizer, attribute), float)


@pytest.fixture(scope="module")
def momentum_by_fit():
    """An epoch with a momentum that stands still, for both loops."""
    return by_fit(keras.optimizers.SGD(0.1, momentum=0.9), epochs=1)


def test_a_moved_momentum_leaves_nothing_behind(session, momentum_by_fit):
    given = {"optimizer": keras.optimizers.SGD(0.1, momentum=0.9), "epochs": 1, **OPTIONS}
    session.run(schedule="one_cycle", **given)
    assert_equal(session.run(schedule="constant", **given), *momentum_by_fit)


@ON_GRAPH
def test_an_optimizer_without_momentum_keeps_none(session):
    given = {"optimizer": "sgd", "learning_rate": 0.1, "epochs": 1, **OPTIONS}
    assert session.planned_rates(schedule="one_cycle", **given).momentum is None
    run = session.run(schedule="one_cycle", **given)
    other = session.run(schedule="one_cycle(cycle_momentum=False)", **given)
    np.testing.assert_array_equal(run.weights[0], other.weights[0])


# ---------------------------------------------------------------- a person's own


def halve(epoch):
    return 0.04 * 0.5**epoch


def shrink(epoch, lr):
    return lr * 0.9


def fall(step):
    return 0.02 / (1 + step)


@ON_GRAPH
@pytest.mark.parametrize(("function", "first"), [(halve, 0.04), (shrink, 0.009)])
def test_a_function_of_the_epoch_is_that_of_keras(session, function, first):
    session.set("learning_rate", 0.01)
    run = session.run(schedule=function, epochs=EPOCHS, **OPTIONS)
    callback = keras.callbacks.LearningRateScheduler(function)
    _, history = by_fit(keras.optimizers.Adam(0.01), [callback])
    np.testing.assert_allclose(
        run.learning_rates[:: len(run.learning_rates) // EPOCHS], history["learning_rate"], rtol=1e-6
    )
    np.testing.assert_allclose(run.history["loss"], history["loss"], rtol=1e-5)
    assert run.hyperparameters["learning_rate"] == pytest.approx(first, rel=1e-6)


@ON_GRAPH
@pytest.mark.parametrize(
    "own", [fall, keras.optimizers.schedules.InverseTimeDecay(0.02, 1, 1.0)], ids=["step", "keras"]
)
def test_a_function_of_the_step(session, own):
    run = session.run(schedule=own, epochs=EPOCHS, **OPTIONS)
    np.testing.assert_allclose(run.learning_rates, [fall(step) for step in range(len(run.learning_rates))], rtol=1e-6)
    assert run.hyperparameters["learning_rate"] == 0.02
    planned = session.planned_rates(schedule=own, epochs=EPOCHS, **OPTIONS)
    np.testing.assert_array_equal(planned.rates, run.learning_rates)


@ON_GRAPH
def test_a_function_goes_by_its_name(session):
    session.set("schedule", halve)
    name = session.settings["schedule"]
    assert name.startswith("halve_") and session.settings["learning_rate"] == 0.04
    session.set("schedule", lambda epoch: 0.04 * 0.5**epoch)
    assert session.settings["schedule"].startswith("own_")
    session.set("schedule", halve)
    assert session.settings["schedule"] == name
    assert [choice.value for choice in session.controls["schedule"].choices].count(name) == 1
    session.set("schedule", "constant")


def dropping(after):
    return lambda step: 0.1 if step < after else 0.01


class Fading(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 / (1 + step)


def test_two_that_only_begin_alike_are_two():
    shelf = ScheduleShelf()
    late = [shelf.add(dropping(after), 0.1)[0] for after in (300, 400, 300, 5_000, 6_000)]
    assert late[0] == late[2] and len({*late}) == 4
    assert shelf.own[late[0]].rates.until(301)[-1] == 0.01 and shelf.own[late[1]].rates.until(301)[-1] == 0.1
    code = [shelf.add(eval(f"lambda step: 0.1 if step < {after} else 0.01"), 0.1)[0] for after in (9_000, 9_001, 9_000)]
    assert code[0] == code[2] != code[1]
    decays = [keras.optimizers.schedules.PiecewiseConstantDecay([after], [0.1, 0.01]) for after in (9_000, 9_001)]
    assert shelf.add(decays[0], 0.1)[0] == shelf.add(decays[0], 0.1)[0] != shelf.add(decays[1], 0.1)[0]
    assert shelf.add(Fading(), 0.1) == shelf.add(Fading(), 0.1)


@ON_GRAPH
def test_one_that_begins_at_nothing_is_scaled_by_its_peak(session):
    rising = session.run(schedule=lambda step: 0.01 * min(step, 8), epochs=EPOCHS, **OPTIONS)
    assert rising.hyperparameters["learning_rate"] == 0.08 and rising.learning_rates[:2].tolist() == [
        0,
        np.float32(0.01),
    ]


REFUSED = {
    "no number": (lambda epoch: "fast", "returned 'fast'"),
    "not finite": (lambda epoch: float("nan"), "returned nan"),
    "negative": (lambda step: -0.1, "for step 0 it returned -0.1"),
    "an error": (lambda epoch: {}[epoch], "raised KeyError"),
    "an error later on": (lambda epoch: [0.1, 0.01][epoch], "for epoch 2 it raised IndexError"),
    "an error at a later step": (lambda step: {0: 0.1, 1: 0.1, 2: 0.1}[step], "for step 3 it raised KeyError"),
    "nothing": (lambda step: 0.0, "above 0 somewhere"),
    "levels that do not fit": ({"name": "piecewise", "boundaries": (1,)}, "as many levels as epochs"),
    "no such parameter": ("cosine(rate=1)", "no parameter 'rate'"),
    "no such schedule": ("cosin", "Did you mean 'cosine'"),
}


@ON_GRAPH
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_before_training(session, name):
    value, words = REFUSED[name]
    before = len(session.runs)
    with pytest.raises(HyperparameterError, match=words) as error:
        session.start(schedule=value, epochs=EPOCHS)
    assert len(session.runs) == before and error.value.text.get("zh") != error.value.text.get("en")


def test_a_plateau_goes_on_from_a_log(tmp_path):
    given = {"schedule": "plateau(patience=2, min_delta=10.0)", "learning_rate": 0.05, **OPTIONS}
    session = session_of(log_dir=tmp_path)
    whole = session.run(epochs=5, **given)
    session.run(epochs=2, **given)
    session.close()
    session = session_of(log_dir=tmp_path)
    run = session.continue_run(3)
    session.wait()
    assert [mark.action for mark in plateau_marks(run.record())] == ["best", "waited", "cut", "waited", "cut"]
    np.testing.assert_array_equal(run.learning_rates, whole.learning_rates)
    session.close()


def test_a_function_in_a_log_of_another_session(tmp_path):
    """Its numbers are there; its schedule is known again once the function was given again."""
    session = session_of(log_dir=tmp_path)
    session.run(schedule=halve, epochs=2, **OPTIONS)
    session.close()
    session = session_of(log_dir=tmp_path)
    (run,) = session.runs
    assert run.hyperparameters["schedule"].startswith("halve_") and not run.has_weights
    np.testing.assert_allclose(run.learning_rates[-1], 0.02, rtol=1e-6)
    with pytest.raises(HyperparameterError, match="must be one of"):
        session.use_settings(run)
    with pytest.raises(RunError, match="followed the schedule 'halve_"):
        run.to_code()
    session.set("schedule", halve)
    session.use_settings(run)
    assert session.settings["schedule"] == run.hyperparameters["schedule"]
    assert "halve" in run.to_code()
    session.close()
