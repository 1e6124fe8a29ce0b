"""The range test: the rates rise as planned, the losses are true, and afterwards everything is exactly as before."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.events import Event, RangeTestEnded, RangeTestEvent, RangeTestMoved, RangeTestStarted
from kerastune_widget.engine.optimizers import shipped_optimizers
from kerastune_widget.errors import DataError, HyperparameterError, RunError, SessionBusyError
from tests.engine import models
from tests.engine.models import images, sequential

SHORT = {"steps": 10, "repeats": 2, "low": 1e-4}


def tiny(**options):
    """Random layers, statistics that move and a partial last batch: all that there is to put back."""
    keras.utils.set_random_seed(0)
    return sequential(layers.Dense(4), layers.BatchNormalization(), layers.Dropout(0.3), **options)


def session_of(model=None, **options):
    return kt.Session(model or tiny(), images(40), validation_data=images(20, seed=1), **options)


@pytest.fixture(scope="module")
def session():
    with_run = session_of()
    with_run.run(epochs=1)
    yield with_run
    with_run.close()


def assert_equal(first, second):
    for ours, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def assert_same_run(first, second):
    assert first.history == second.history
    assert_equal(first.weights, second.weights)
    assert_equal(first.model.optimizer.variables, second.model.optimizer.variables)


# ---------------------------------------------------------------- everything is as before


def state_of(session):
    """The warm copy that runs train, everything of it that training moves."""
    [(tunable, _)] = session._runner._warm._made.values()
    state = tunable.state()
    return [*state.weights, *state.optimizer_variables, *state.metrics, *state.seeds]


@pytest.mark.parametrize("optimizer", shipped_optimizers())
def test_nothing_moves_with_any_optimizer_twice_in_a_row(session, optimizer):
    run = session.run(optimizer=optimizer, epochs=2)
    before = state_of(session)
    curves = []
    for _ in range(2):
        test = session.range_test(optimizers=[optimizer], **SHORT)
        assert_equal(state_of(session), before)
        curves.append(test.curves)
    for first, second in zip(*curves, strict=True):
        assert_equal((first.rates, first.losses), (second.rates, second.losses))
    assert_equal(session.run(optimizer=optimizer, epochs=2).weights, run.weights)


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_runs_before_and_after_equal_those_without(loop):
    plain, tested = session_of(loop=loop), session_of(loop=loop)
    tested.range_test(**SHORT)
    for session in (plain, tested):
        session.run(epochs=2, learning_rate=0.02)
    assert_same_run(plain.runs[0], tested.runs[0])
    tested.range_test(optimizers=["sgd", "adam"], **SHORT)
    for session in (plain, tested):
        session.continue_run(1)
        session.wait()
    assert_same_run(plain.runs[0], tested.runs[0])


def test_neither_the_users_model_nor_the_session_changes(session):
    model = tiny()
    own = session_of(model)
    variables = [np.array(variable) for variable in (*model.variables, *model.optimizer.variables)]
    settings = own.settings
    own.range_test(**SHORT, learning_rate=0.5, dropout=0.1)
    assert_equal([np.array(variable) for variable in (*model.variables, *model.optimizer.variables)], variables)
    assert own.settings == settings
    assert own.runs == () and own.active is None and not own.training
    assert own.run(epochs=1).number == 1


def test_what_is_set_meanwhile_acts_on_the_run_that_is_continued():
    runs = []
    for tests in (False, True):
        session = session_of()
        session.run(epochs=1)
        started = session.start_range_test(**SHORT) if tests else None
        session.set("learning_rate", 0.3)
        session.wait()
        assert started is None or started.ended
        session.continue_run(1)
        session.wait()
        runs.append(session.runs[0])
    assert_same_run(*runs)
    assert runs[1].changes[0].new == 0.3


# ---------------------------------------------------------------- what it does


def by_hand(model, rates, *, rows, batch_size):
    """The oracle: Keras's own step at each rate, over the rows in their order, again and again."""
    x, y = rows
    losses = []
    for rate in rates:
        start = batch_size * (len(losses) % -(-len(x) // batch_size))
        model.optimizer.learning_rate = rate
        model.reset_metrics()
        batch = x[start : start + batch_size], y[start : start + batch_size]
        losses.append(model.train_on_batch(*batch, return_dict=True)["loss"])
    return losses


@pytest.mark.parametrize("loop", ["graph", "keras"])
def test_the_losses_are_those_of_training_at_each_rate(loop):
    session = kt.Session(models.dense(), images(), loop=loop)
    test = session.range_test(steps=12, repeats=1, low=1e-4, high=0.1, shuffle=False, batch_size=16)
    model = models.dense()
    model.set_weights(session.run(epochs=1, learning_rate=1e-12, batch_size=70).weights)
    [curve] = test.curves
    np.testing.assert_array_equal(curve.rates, np.geomspace(1e-4, 0.1, 12).astype("float32"))
    np.testing.assert_allclose(curve.losses, by_hand(model, curve.rates, rows=images(), batch_size=16), rtol=1e-4)
    assert (curve.optimizer, curve.batch_size, curve.seed, curve.status) == ("adam", 16, 0, "finished")


def test_both_loops_draw_the_same_curves():
    tests = []
    for loop in ("graph", "keras"):
        keras.utils.set_random_seed(0)
        tests.append(kt.Session(models.dense(), images(), loop=loop).range_test(**SHORT, high=0.1))
    for first, second in zip(tests[0].curves, tests[1].curves, strict=True):
        np.testing.assert_array_equal(first.rates, second.rates)
        np.testing.assert_allclose(first.losses, second.losses, rtol=1e-4)


def test_repeats_have_weights_and_batches_of_their_own_but_the_first(session):
    test = session.range_test(steps=10, repeats=3, high=0.01)
    firsts = [curve.losses[0] for curve in test.curves]
    assert len(set(firsts)) == 3
    run = session.run(epochs=1, start="same", seed=test.curves[0].seed, learning_rate=1e-6)
    assert run.steps["loss"][0] == firsts[0]
    assert [curve.seed for curve in test.curves] == [session.settings["seed"] + repeat for repeat in range(3)]


def test_repeats_of_a_model_that_came_trained_keep_its_weights():
    model = models.dense()
    model.fit(*images(), verbose=0)
    session = kt.Session(model, images())
    test = session.range_test(steps=10, repeats=2, low=1e-9, high=1e-8, batch_size=70)
    np.testing.assert_allclose(test.curves[0].losses, test.curves[1].losses, rtol=1e-5)


def test_each_pass_has_the_same_batches(session):
    test = session.range_test(steps=10, repeats=1, low=1e-9, high=1e-8, batch_size=20, dropout=0.0)
    [curve] = test.curves
    assert curve.batches == 2
    np.testing.assert_allclose(curve.losses, np.resize(curve.losses[:2], 10), rtol=1e-3)


def test_several_optimizers_and_batch_sizes_in_one_go(session):
    test = session.range_test(optimizers=["sgd", "adam"], batch_sizes=[8, 20], steps=10, repeats=1)
    pairs = [("sgd", 8), ("sgd", 20), ("adam", 8), ("adam", 20)]
    assert [(curve.optimizer, curve.batch_size) for curve in test.curves] == pairs
    assert [(result.optimizer, result.batch_size) for result in test.results] == pairs
    assert test.planned == 4 and test.find("adam", 20) is test.results[3] and test.find("adam") is test.results[2]
    assert test.find("lion") is None


def test_an_optimizer_with_a_schedule_of_its_own_is_tested_at_the_planned_rates():
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 4, warmup_target=0.1, warmup_steps=2)  # 0 first and last
    session = kt.Session(models.dense(optimizer=keras.optimizers.Adam(schedule)), images())
    [curve] = session.range_test(steps=12, repeats=1, low=1e-5, high=1e-2).curves
    np.testing.assert_allclose(curve.rates, np.geomspace(1e-5, 1e-2, 12), rtol=1e-5)
    after = session.run(epochs=1, batch_size=30).learning_rates
    np.testing.assert_allclose(after, [float(schedule(step)) for step in range(len(after))], rtol=1e-6)


def test_data_that_can_be_read_once_only():
    rows = iter(zip(*images(40), strict=True))
    signature = tuple(tf.TensorSpec(one.shape[1:], one.dtype) for one in images(40))
    once = tf.data.Dataset.from_generator(lambda: rows, output_signature=signature).batch(20)
    with pytest.raises(DataError, match="begins anew") as error:
        kt.lr_range_test(tiny(), once, steps=10, repeats=1)
    assert "从头开始" in error.value.text.get("zh")


def test_linear_spacing(session):
    [curve] = session.range_test(steps=10, repeats=1, low=0.001, high=0.01, spacing="linear").curves
    np.testing.assert_allclose(curve.rates, np.linspace(0.001, 0.01, 10), rtol=1e-6)


def test_a_loss_that_explodes_ends_the_curve_early():
    session = kt.Session(tiny(optimizer=keras.optimizers.SGD(0.1)), images(40))
    test = session.range_test(steps=60, repeats=1, low=1e-3, high=1e6)
    [curve] = test.curves
    assert curve.status == "diverged"
    assert len(curve.rates) == len(curve.losses) < 60


def test_the_length_follows_data_and_time(session):
    steps_per_epoch = 2  # 40 rows, 32 a batch
    test = session.range_test(repeats=2, low=1e-7, high=1e-6)
    assert [len(curve.rates) for curve in test.curves] == [int(22.5 / 2 * steps_per_epoch)] * 2
    hasty = session.range_test(repeats=2, low=1e-7, high=1e-6, seconds=1e-6)
    assert [len(curve.rates) for curve in hasty.curves] == [10, 10]


def test_the_function_without_a_session():
    model = models.dense()
    test = kt.lr_range_test(model, images(), optimizers=["adam"], steps=40, repeats=2, low=1e-4, high=10, seed=3)
    assert test.ended and [curve.seed for curve in test.curves] == [3, 4]
    assert 1e-4 < test.rate < 1 and test.rate == test.results[0].suggestions[0].rate
    assert int(model.optimizer.iterations) == 0
    assert test.plot().axes[0].get_xscale() == "log"


# ---------------------------------------------------------------- as a session tells it


def test_events_and_the_busy_session(session):
    heard: list[tuple[Event, bool]] = []
    refusals = []

    def hear(event):
        heard.append((event, session.training))
        if isinstance(event, RangeTestMoved) and not refusals:
            for start in (session.start, session.start_range_test):
                with pytest.raises(SessionBusyError) as error:
                    start()
                refusals.append(str(error.value))

    with session.events.subscribe(RangeTestEvent, hear):
        test = session.start_range_test(optimizers=["sgd", "adam"], **SHORT)
        assert session.wait(60)
    kinds = [type(event) for event, _ in heard]
    assert kinds[0] is RangeTestStarted and kinds[-1] is RangeTestEnded and set(kinds[1:-1]) == {RangeTestMoved}
    assert {event.number for event, _ in heard} == {test.number} and {event.run for event, _ in heard} == {0}
    assert [training for _, training in heard] == [True] * (len(heard) - 1) + [False]
    assert len(refusals) == 2 and f"Range test {test.number} is going on" in refusals[0]
    assert session.range_tests[-1] is test


def test_stop_ends_it_and_leaves_everything_as_it_was(session):
    before = state_of(session)

    def stop(_):
        session.stop()

    with session.events.subscribe(RangeTestMoved, stop):
        test = session.start_range_test(steps=5000, repeats=2, high=1e-3)
        assert session.wait(60)
    assert test.ended and test.error is None and test.results == () and test.rate is None
    assert test.curves[-1].status == "stopped"
    assert_equal(state_of(session), before)
    assert session.run(epochs=1).status == "finished"


class Failing(keras.Sequential):
    """Raises in its third step, wherever it is."""

    def train_step(self, data):
        if int(self.optimizer.iterations) == 2:
            raise ValueError("no third step")
        return super().train_step(data)


def test_a_failing_step_is_told_and_the_session_goes_on():
    model = Failing([keras.Input((64,)), layers.Dense(4, activation="softmax")])
    model.compile("sgd", loss="sparse_categorical_crossentropy", run_eagerly=True)
    session = kt.Session(model, images(64))
    with pytest.raises(RunError, match="no third step") as error:
        session.range_test(steps=10)
    assert isinstance(error.value.__cause__, ValueError)
    assert "no third step" in session.range_tests[0].error.en
    assert not session.training and session.run(epochs=1).number == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"low": 0.0}, "from 1e-12 to 1e6"),
        ({"low": 1.0, "high": 0.1}, "rise from low to high"),
        ({"high": float("inf")}, "from 1e-12 to 1e6"),
        ({"steps": 9}, "from 10"),
        ({"repeats": 0}, "from 1 to 20"),
        ({"seconds": -1}, "above 0"),
        ({"spacing": "cubic"}, "'exponential', 'linear'"),
        ({"optimizers": []}, "at least one"),
        ({"optimizers": ["adamm"]}, "Did you mean 'adam'"),
        ({"batch_sizes": [0]}, "from 1 to"),
        ({"learning_rat": 1}, "Did you mean 'learning_rate'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_happens(session, options, words):
    count = len(session.range_tests)
    with pytest.raises(HyperparameterError, match=words):
        session.start_range_test(**options)
    assert len(session.range_tests) == count and not session.training


def test_data_that_do_not_fit_are_refused_by_the_function_too():
    with pytest.raises(DataError):
        kt.lr_range_test(models.dense(), (np.zeros((5, 3)), np.zeros(5)))
