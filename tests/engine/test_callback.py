"""The diagnosis in a plain ``fit``: what it says, and that it changes nothing."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core import signals
from tests.engine.models import CASES, dense, functional, images, sequential, two_inputs_and_outputs

X, Y = images()


def fitted(model, callbacks=(), x=X, y=Y, **options):
    """Train as a script does; everything random follows one seed."""
    keras.utils.set_random_seed(1)
    settings = {"epochs": 2, "batch_size": 16, "verbose": 0, **options}
    return model.fit(x, y, callbacks=list(callbacks), **settings)


def built(make):
    keras.utils.set_random_seed(0)
    return make()


def random_layers():
    return sequential(
        layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(8, "tanh")
    )


def unbuilt():
    model = keras.Sequential([layers.Dense(8, "relu"), layers.Dropout(0.3), layers.Dense(4, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


CHANGES_NOTHING = {
    "not built yet": (unbuilt, (X, Y)),
    "random layers": (random_layers, (X, Y)),
    "several outputs": (functional, two_inputs_and_outputs()),
    "own train_step": (CASES["own train_step"].model, (X, Y)),
}


@pytest.mark.parametrize("name", CHANGES_NOTHING)
def test_fit_is_the_same_with_and_without_it(name, capsys):
    make, data = CHANGES_NOTHING[name]
    plain, watched = built(make), built(make)
    expected = fitted(plain, x=data[0], y=data[1], validation_data=data)
    callback = kt.DiagnosisCallback(data, data)
    history = fitted(watched, [callback], x=data[0], y=data[1], validation_data=data)
    assert repr(history.history) == repr(expected.history)
    for ours, theirs in zip(watched.variables, plain.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=ours.path)
    for ours, theirs in zip(watched.optimizer.variables, plain.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy(), err_msg=ours.path)
    assert bool(callback.history().signals) == (name != "own train_step")


@pytest.fixture(scope="module")
def watched():
    """A finished ``fit``, its callback, and the losses of its batches taken one by one."""
    model = built(lambda: dense(optimizer=keras.optimizers.SGD(0.1)))
    start = model.get_weights()
    callback = kt.DiagnosisCallback((X, Y), (X, Y), print=False)
    history = fitted(model, [callback], shuffle=False, batch_size=35, epochs=3, validation_data=(X, Y))
    model.set_weights(start)
    losses = []
    for first in (0, 35) * 3:
        model.reset_metrics()
        losses.append(model.train_on_batch(X[first : first + 35], Y[first : first + 35])[0])
    return model, start, callback, history, losses


def test_its_history_has_the_curves_and_the_loss_of_each_batch(watched):
    _, _, callback, fit, losses = watched
    history = callback.history()
    assert {name: list(values) for name, values in history.epochs.items()} == fit.history
    np.testing.assert_allclose(history.steps["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(history.learning_rates, [0.1] * 6, rtol=1e-6)
    assert tuple(history.epoch_ends) == (2, 4, 6)
    assert (history.planned_epochs, history.status) == (3, "finished")


def test_it_knows_model_data_and_settings(watched):
    history = watched[2].history()
    assert [layer.kind for layer in history.model.layers] == ["Dense", "Dense"]
    assert history.data.rows == 70 and history.data.validation_rows == 70
    assert history.hyperparameters["epochs"] == 3


def test_it_probes_the_start_and_every_epoch_of_a_short_fit(watched):
    model, start, callback, fit, _ = watched
    found = callback.history().signals
    assert all(len(values) == 4 for layers_ in found.values() for values in layers_.values())
    model.set_weights(start)
    loss = found[signals.INFERENCE_LOSS][signals.MODEL]
    assert loss[0] == pytest.approx(model.evaluate(X, Y, verbose=0)[0], rel=1e-5)
    assert loss[-1] == pytest.approx(fit.history["val_loss"][-1], rel=1e-5)  # the same rows, the same weights
    assert all(ratios[-1] > 0 and np.isnan(ratios[0]) for ratios in found[signals.UPDATE_RATIO].values())


def test_its_findings_are_those_of_its_history(watched):
    callback = watched[2]
    assert callback.findings and isinstance(callback.findings, kt.Diagnosis)
    assert [one.code for one in callback.findings] == [one.code for one in kt.diagnose(callback.history())]


def test_it_says_what_is_new_once_and_everything_at_the_end(capsys):
    fitted(built(dense), [kt.DiagnosisCallback((X * 1000, Y))], x=X * 1000, epochs=4)
    said = capsys.readouterr().out
    middle, end = said.split("Diagnosis at the end (epochs trained: 4):")
    assert middle.index("Before training:") < middle.index("KT401") and middle.count("PROBLEM: Inputs") <= 1
    assert end.index("KT401") < end.index("Because of")


def test_it_speaks_chinese_or_nothing(capsys):
    fitted(built(dense), [kt.DiagnosisCallback(language="zh")])
    assert "2 轮之后的诊断：" in capsys.readouterr().out
    quiet = kt.DiagnosisCallback(print=False)
    fitted(built(dense), [quiet])
    assert capsys.readouterr().out == "" and quiet.findings


def test_without_data_there_are_curves_and_the_model():
    callback = kt.DiagnosisCallback(print=False)
    fitted(built(dense), [callback])
    history = callback.history()
    assert history.epoch_count == 2 and len(history.model.layers) == 2
    assert history.signals == {} and history.data is None


def test_it_can_stop_training(capsys):
    huge = built(lambda: dense(optimizer=keras.optimizers.SGD(1e4)))
    callback = kt.DiagnosisCallback(stop_on="problem")
    history = fitted(huge, [callback], epochs=30)
    assert len(history.history["loss"]) < 30 and callback.findings.worst == "problem"
    assert 'stop_on="problem"' in capsys.readouterr().out


def test_a_second_fit_begins_anew(watched):
    callback = kt.DiagnosisCallback((X, Y), print=False)
    model = built(dense)
    fitted(model, [callback], epochs=3)
    fitted(model, [callback], epochs=1)
    assert callback.history().epoch_count == 1 and callback.history().planned_epochs == 1


def test_data_that_cannot_be_read_cost_no_training(capsys):
    history = fitted(built(dense), [kt.DiagnosisCallback(data=object())])
    assert len(history.history["loss"]) == 2 and "left out" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [{"stop_on": "info"}, {"every": 0}, {"every": True}, {"every": 1.5}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(kt.HyperparameterError, match=next(iter(wrong))):
        kt.DiagnosisCallback(**wrong)


def test_every_so_many_epochs(capsys):
    fitted(built(lambda: dense(optimizer=keras.optimizers.SGD(1e4))), [kt.DiagnosisCallback(every=3)], epochs=7)
    said = capsys.readouterr().out
    assert "After epoch 3:" in said and not any(f"After epoch {epoch}:" in said for epoch in (1, 2, 4, 5, 7))


class Augmented(keras.utils.PyDataset):
    """Draws from NumPy's own generator whenever it is read."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return X[:16] + np.random.normal(size=(16, 64)), Y[:16]


def test_looking_at_a_generator_takes_none_of_its_random_numbers():
    losses = []
    for callbacks in ([], [kt.DiagnosisCallback(Augmented(workers=0), print=False)]):
        model = built(dense)
        np.random.seed(5)
        losses.append(model.fit(Augmented(workers=0), epochs=2, verbose=0, callbacks=callbacks).history["loss"])
    assert losses[0] == losses[1]


class OwnLosses(keras.Model):
    """A training step that reports losses of its own names, as adversarial networks do."""

    def train_step(self, data):
        return {"d_loss": keras.ops.mean(self(data[0])), "g_loss": keras.ops.mean(self(data[0]))}


def test_a_training_step_without_a_loss_is_no_alarm(capsys):
    inputs = keras.Input(X.shape[1:])
    model = OwnLosses(inputs, layers.Dense(1)(layers.Flatten()(inputs)))
    model.compile("adam")
    callback = kt.DiagnosisCallback()
    fitted(model, [callback], epochs=4)
    assert not callback.findings and "reports no 'loss'" in capsys.readouterr().out
