"""Proofs: pairs that differ in the fix alone, an honest verdict, and nothing of a person's own that changes."""

import keras
import numpy as np
import pytest
from keras import layers

from kerastune_widget.core.diagnosis import Fix
from kerastune_widget.core.events import StepsEnded
from kerastune_widget.core.text import NO_TEXT
from kerastune_widget.engine.dataset import ArrayData
from kerastune_widget.engine.final_scores import final_scores
from kerastune_widget.engine.proof import FEWEST_EPOCHS, MOST_SECONDS, affordable_epochs, comes_trained, planned_epochs
from kerastune_widget.engine.session import Session
from kerastune_widget.engine.template import ModelTemplate
from kerastune_widget.errors import HyperparameterError, RunError, SessionBusyError
from tests.engine import models

SHARED = ("learning_rate", "batch_size", "optimizer", "epochs", "shuffle", "start")


def fix(control, value):
    return Fix(control, value, NO_TEXT)


def make_session(model=None, data=None, **options):
    keras.utils.set_random_seed(3)
    return Session(model or models.dense(), data or models.images(100), validation_split=0.4, **options)


@pytest.fixture(scope="module")
def session():
    """A session with one run of its own; tests may prove what they like."""
    session = make_session()
    session.run(epochs=4, learning_rate=1e-5)
    return session


def test_the_runs_of_a_pair_differ_in_the_fix_alone(session):
    proof = session.prove(fix("learning_rate", 0.05), session.runs[0], seeds=2)
    runs = proof.started
    assert [(run.proof.proof, run.proof.fixed) for run in runs] == [(proof.number, side) for side in (False, True) * 2]
    assert [run.hyperparameters["learning_rate"] for run in runs] == [1e-5, 0.05] * 2
    assert [run.hyperparameters["seed"] for run in runs] == [0, 0, 1, 1]
    for first, second in (runs[:2], runs[2:]):
        assert first.start_id == second.start_id
        differing = {name for name, value in first.hyperparameters.items() if second.hyperparameters[name] != value}
        assert differing == {"learning_rate"}
        assert first.steps["loss"][0] == second.steps["loss"][0]  # the same batch, seen by the same weights
    assert runs[0].start_id != runs[2].start_id
    assert all(run in session.runs for run in runs)
    assert session.proofs[-1] is proof


def test_a_fix_that_helps(session):
    proof = session.prove(fix("learning_rate", 0.01), session.runs[0], epochs=8)
    assert proof.verdict == "helped"
    assert proof.result.judged.metric == "val_loss"
    assert proof.sentence().startswith("Helped: validation loss")
    assert proof.sentence("zh").startswith("有帮助：")
    assert "Helped" in repr(proof)


def test_a_fix_that_changes_nothing(session):
    assert session.prove(fix("early_stopping", 500), session.runs[0], seeds=2).verdict == "no clear effect"


def test_a_fix_that_harms(session):
    assert session.prove(fix("learning_rate", 1e5), session.runs[0]).verdict == "made it worse"


def test_scores_are_taken_where_the_fix_changes_the_loss(session):
    proof = session.prove(fix("l2", 1.0), session.runs[0], seeds=2)
    assert proof.result.judged.metric == "accuracy"
    accuracies = [run.history["val_accuracy"][-1] for run in proof.started]
    assert [run.scores["accuracy"] for run in proof.started] == pytest.approx(accuracies)


def test_a_persons_own_runs_and_settings_stay_as_they_are(session):
    own = session.run(epochs=2)
    settings, rate = session.settings, session.settings["learning_rate"]
    proof = session.start_proof(fix("learning_rate", 0.05), own, seeds=2)
    session.set("learning_rate", 0.02)
    session.wait()
    assert session.settings == settings.replace(learning_rate=0.02)
    assert {run.hyperparameters["learning_rate"] for run in proof.started} == {rate, 0.05}
    session.continue_run(epochs=1)
    session.wait()
    assert own.epochs == 3
    assert [(change.name, change.new) for change in own.changes] == [("learning_rate", 0.02)]
    session.set("learning_rate", rate)
    assert session.run(epochs=1).start_id == own.start_id


def test_without_a_run_it_starts_from_the_settings(session):
    session.set("batch_size", 16)
    proof = session.prove(fix("batch_size", 8), seeds=2, epochs=1)
    assert [run.hyperparameters["batch_size"] for run in proof.started] == [16, 8] * 2
    assert (proof.run, proof.before, proof.epochs) == (None, 16, 1)
    session.set("batch_size", 8)
    again = session.prove(fix("batch_size", 8), seeds=2, epochs=1)
    session.set("batch_size", session.defaults["batch_size"])
    assert again.before == session.defaults["batch_size"]


def test_stop_ends_it(session):
    count = len(session.runs)
    proof = session.start_proof(fix("learning_rate", 0.05), session.runs[0], epochs=100_000)
    with session.events.subscribe(StepsEnded, lambda _: session.stop()):
        assert session.wait(30)
    assert proof.ended
    assert proof.verdict == "not finished"
    assert proof.sentence() == "Not finished: stopped after 0 of 3 pairs."
    assert len(session.runs) == count + 1


class Fragile(keras.Model):
    """Breaks at a rate over 1."""

    def __init__(self):
        super().__init__()
        self.out = layers.Dense(4, activation="softmax")

    def call(self, x):
        return self.out(x)

    def train_step(self, data):
        if float(self.optimizer.learning_rate) > 1:
            raise ZeroDivisionError("too quick")
        return super().train_step(data)


def build_fragile():
    model = Fragile()
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def test_a_run_that_fails_ends_it():
    session = make_session(build_fragile)
    session.set("epochs", 1)
    with pytest.raises(RunError, match="too quick"):
        session.prove(fix("learning_rate", 10.0))
    (proof,) = session.proofs
    assert len(proof.runs) == 2
    assert proof.verdict == "not finished"
    assert "run 2 failed" in proof.sentence()
    assert "第 2 次运行出错" in proof.sentence("zh")


@pytest.mark.parametrize(
    ("wrong", "options", "said"),
    [
        ("normalization", {}, "takes a Fix"),
        (fix("learning_rate", 0.05), {"seeds": 1}, "at least 2 seeds"),
        (fix("learning_rate", -1.0), {}, "learning_rate must be"),
        (fix("momentum", 0.9), {}, "momentum"),
        (fix("learning_rate", 1e-5), {}, "nothing to prove"),
        (fix("learning_rate", 0.05), {"epochs": 0}, "epochs must be"),
    ],
)
def test_what_cannot_be_proved_is_refused(session, wrong, options, said):
    count = len(session.proofs)
    with pytest.raises(HyperparameterError, match=said):
        session.start_proof(wrong, session.runs[0], **options)
    assert len(session.proofs) == count


def test_one_thing_at_a_time(session):
    session.start(epochs=100_000)
    with pytest.raises(SessionBusyError):
        session.start_proof(fix("learning_rate", 0.05))
    session.stop()
    session.wait()


def test_a_model_that_comes_trained_starts_as_it_came():
    model = models.dense()
    assert not comes_trained(ModelTemplate(model))
    model.fit(*models.images(), verbose=0)
    assert comes_trained(ModelTemplate(model))
    session = make_session(model)
    session.set("epochs", 1)
    proof = session.prove(fix("learning_rate", 0.05), seeds=2)
    for run in proof.started:
        assert all(map(np.array_equal, run.start_weights, model.get_weights()))


class Past:
    """As much of a run as tells how long it was."""

    def __init__(self, epochs, seconds, status="finished"):
        self.epochs, self.seconds, self.status = epochs, seconds, status


def test_its_runs_are_as_long_as_the_run_as_far_as_there_is_time():
    assert planned_epochs(Past(80, 8.0), 10) == 80
    assert planned_epochs(Past(3, 1.0, "diverged"), 10) == 10
    assert planned_epochs(None, 500) == 20
    assert affordable_epochs(Past(80, 8.0), 80, 6) == 80
    assert affordable_epochs(Past(80, 80.0), 80, 6) == MOST_SECONDS / 6
    assert affordable_epochs(Past(80, 8000.0), 80, 6) == FEWEST_EPOCHS


@pytest.mark.parametrize("layer", [layers.Dense(3, activation="softmax"), layers.Dense(3)])
def test_scores_are_those_of_scikit_learn(layer):
    from sklearn.metrics import accuracy_score, balanced_accuracy_score

    random = np.random.default_rng(0)
    x, y = random.normal(size=(300, 5)).astype("float32"), random.choice(3, 300, p=(0.8, 0.15, 0.05))
    model = keras.Sequential([keras.Input((5,)), layer])
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss="sparse_categorical_crossentropy" if layer.activation.__name__ == "softmax" else logits)
    found = final_scores(model, ArrayData(x, y), classification=True, batch_size=None)
    guess = model.predict(x, verbose=0).argmax(-1)
    assert found["accuracy"] == pytest.approx(accuracy_score(y, guess))
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(y, guess))


@pytest.mark.parametrize(("logits", "threshold"), [(True, 0.0), (False, 0.5)])
def test_two_classes_of_one_output_are_told_apart_by_its_activation(logits, threshold):
    x = np.random.default_rng(0).normal(size=(200, 5)).astype("float32")
    y = (x[:, 0] > 1).astype("float32")
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1, activation=None if logits else "sigmoid")])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=logits))
    found = final_scores(model, ArrayData(x, y), classification=True, batch_size=None)
    assert found["accuracy"] == pytest.approx(np.mean((model.predict(x, verbose=0)[:, 0] > threshold) == y))


def test_a_regression_has_an_error_and_several_outputs_have_nothing():
    x, y = np.ones((20, 5), "float32"), np.linspace(0, 1, 20)[:, None]
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
    model.compile(loss="mse")
    error = np.sqrt(np.mean((model.predict(x, verbose=0) - y) ** 2))
    found = final_scores(model, ArrayData(x, y), classification=None, batch_size=None)
    assert found == {"root_mean_squared_error": pytest.approx(error)}
    assert final_scores(model, ArrayData(x, (y, y)), classification=None, batch_size=None) == {}


def test_its_runs_are_known_again_in_a_log(tmp_path):
    session = make_session(log_dir=tmp_path)
    session.run(epochs=1)
    session.prove(fix("learning_rate", 0.05), 1, seeds=2)
    parts = [run.proof for run in session.runs]
    session.close()
    again = Session.load(tmp_path, models.dense(), models.images(100), validation_split=0.4)
    assert [run.proof for run in again.runs] == parts
    assert again.proofs == ()
    assert again.start_proof(fix("learning_rate", 0.05), 1, seeds=2).number == 2
    again.stop()
    again.close()


def test_static_findings_follow_the_settings():
    x, y = models.images()
    session = make_session(data=(1000 * x, y))
    assert "input-scale" in [finding.name for finding in session.findings]
    found = next(finding for finding in session.findings if finding.name == "input-scale")
    session.set(found.fix.control, found.fix.value)
    assert "input-scale" not in [finding.name for finding in session.findings]
    assert not session.runs
