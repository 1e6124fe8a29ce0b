"""The promise of ``to_code``: a plain script that gives the run's own curve."""

from __future__ import annotations

import ast
import json
import runpy
import shutil
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.events import StepsEnded
from kerastune_widget.errors import RunError
from tests.engine.models import CASES, images, own_loss, sequential, two_inputs_and_outputs

RUN_IT = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['history']))"


def played(run, folder, change=lambda text: text, **options):
    """Write the run's script, run it here, and return the history that it made."""
    path = run.save_code(folder, **options)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return runpy.run_path(str(path))["history"]


def assert_same_curve(run, history):
    epochs = run.epochs
    assert set(history) == set(run.history)
    for name, values in run.history.items():
        assert len(history[name]) == epochs
        np.testing.assert_allclose(history[name], values, rtol=2e-5, atol=1e-6, err_msg=name)


def assert_is_plain(text):
    """It parses, names nothing of ours, and is laid out as ruff would."""
    tree = ast.parse(text)
    assert "kerastune_widget" not in text
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in ("exec", "eval")]
    if ruff := shutil.which("ruff", path=str(sys.executable).rsplit("/", 1)[0]):
        rest = ["--isolated", "--stdin-filename", "train.py", "-"]
        formatted = subprocess.run([ruff, "format", *rest], input=text, capture_output=True, text=True, check=True)
        assert formatted.stdout == text
        linted = subprocess.run([ruff, "check", *rest], input=text, capture_output=True, text=True)
        assert linted.returncode == 0, linted.stdout


def session_of(model, data=None, **options):
    data = images() if data is None else data
    return kt.Session(model, data, **{"validation_data": data[:2], "probe": False, **options})


@pytest.fixture(autouse=True)
def every_step_is_a_chunk(monkeypatch):
    """So that a setting acts on the step that a test says, in the Keras loop."""
    monkeypatch.setattr("kerastune_widget.engine.keras_loop._PUBLISH_SECONDS", 0.0)


def changing(session, at, **start):
    """Run, and set things while it trains: ``at`` maps a step to settings; a chunk must end there or later."""
    waiting = dict(at)

    def act(event):
        for step in [step for step in waiting if event.first_step + len(event.learning_rates) >= step]:
            for name, value in waiting.pop(step).items():
                session.set(name, value)

    with session.events.subscribe(StepsEnded, act):
        run = session.run(**start)
    assert not waiting
    return run


def digits_session():
    """The quickstart's model and data."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    x_train, x_val, y_train, y_val = train_test_split(x / 16, y, test_size=0.2, random_state=0)
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return kt.Session(model, (x_train, y_train), validation_data=(x_val, y_val))


def test_the_quickstart_as_a_program_of_its_own(tmp_path):
    run = digits_session().run(epochs=4)
    path = run.save_code(tmp_path / "run")
    assert_is_plain(path.read_text(encoding="utf-8"))
    command = [sys.executable, "-c", RUN_IT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same_curve(run, json.loads(done.stdout.strip().splitlines()[-1]))
    assert 'layers.Dense(64, activation="relu"),' in run.to_code()


def test_changes_within_and_between_epochs(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.2)), loop="keras")
    at = {
        2: {"learning_rate": 3e-2},
        7: {"dropout": 0.6},
        8: {"batch_size": 8, "shuffle": False},
        24: {"dropout": 0.0},
        28: {"optimizer": "rmsprop", "shuffle": True},
        35: {"dropout": 0.3, "learning_rate": 1e-3},
    }
    run = changing(session, at, epochs=7, batch_size=16)
    changed = {change.name for change in run.changes}
    assert changed == {"learning_rate", "dropout", "batch_size", "shuffle", "optimizer"}
    middles = [change for change in run.changes if change.step not in (0, *run.record().epoch_ends)]
    assert {"learning_rate", "dropout"} <= {change.name for change in middles}
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


def test_functional_with_two_inputs_and_outputs(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(CASES["several inputs and outputs"].model(), two_inputs_and_outputs())
    run = session.run(epochs=3, batch_size=16)
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


def joined():
    """Shared layers, operations, a nested model and two inputs without names."""
    first, second = keras.Input((32,)), keras.Input((32,))
    shared = layers.Dense(8, activation="relu", kernel_initializer="he_normal", kernel_regularizer="l2")
    inside = keras.Sequential([keras.Input((8,)), layers.Dropout(0.3), layers.Dense(8, activation="tanh")])
    difference = shared(first) - shared(second)
    mixed = keras.ops.mean(keras.ops.stack([inside(difference), difference * 2], axis=1), axis=1)
    part = layers.Dropout(0.1)(mixed)[:, 1:]
    outputs = layers.Dense(4, activation="softmax")(part)
    model = keras.Model([first, second], outputs, name="joined")
    return model


def test_shared_layers_operations_and_models_inside(tmp_path):
    keras.utils.set_random_seed(0)
    model = joined()
    loss = keras.losses.SparseCategoricalCrossentropy(name="entropy")
    metrics = [keras.metrics.SparseTopKCategoricalAccuracy(2), keras.metrics.sparse_categorical_crossentropy]
    model.compile(keras.optimizers.AdamW(2e-2, clipnorm=1.0), loss=loss, metrics=metrics)
    x, y = images()
    session = session_of(model, ((x[:, :32], x[:, 32:]), y))
    run = session.run(epochs=2, batch_size=16)
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


@pytest.mark.parametrize("shuffle_split", [True, False])
def test_rows_held_out(shuffle_split, tmp_path):
    keras.utils.set_random_seed(0)
    model = sequential(layers.Dense(16, activation="relu"))
    session = kt.Session(model, images(), validation_split=0.25, shuffle_split=shuffle_split, seed=3)
    run = session.run(epochs=2, batch_size=16)
    text = run.to_code()
    assert_is_plain(text)
    assert 'x = data["x"]' in text
    assert_same_curve(run, played(run, tmp_path))


ALIKE = (
    "other dropouts",
    "LSTM",
    "batch normalization",
    "sample weights",
    "class weights",
    "schedule",
    "mixed bfloat16",
    "own loss",
    "own metric",
    "own train_step",
    "subclassed",
)


@pytest.mark.parametrize("name", ALIKE)
def test_models_of_many_kinds(name, tmp_path):
    keras.utils.set_random_seed(0)
    case = CASES[name]
    run = session_of(case.model(), case.data(), **case.options).run(epochs=2, batch_size=16, learning_rate=0.02)
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


def unseeded():
    return sequential(
        layers.Reshape((8, 8)),
        layers.Bidirectional(layers.SimpleRNN(4, dropout=0.3, return_sequences=True)),
        layers.SpatialDropout1D(0.2),
        layers.SimpleRNN(6, dropout=0.2, recurrent_dropout=0.3),
        layers.GaussianNoise(0.1),
    )


def test_random_layers_without_seeds_of_their_own(tmp_path):
    keras.utils.set_random_seed(0)
    run = changing(session_of(unseeded()), {2: {"dropout": 0.5}}, epochs=3, batch_size=16, seed=11)
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


def masked():
    inputs = keras.Input((64,), dtype="int32")
    hidden = layers.Embedding(5, 4, mask_zero=True)(inputs)
    hidden = layers.SimpleRNN(4, activation=doubled)(hidden)
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(hidden))
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def doubled(x):
    return 2 * keras.ops.tanh(x)


def test_masks_and_an_own_activation(tmp_path):
    keras.utils.set_random_seed(0)
    x, y = images()
    run = session_of(masked, (np.abs(x).astype("int32"), y)).run(epochs=2, batch_size=16)
    text = run.to_code()
    assert_is_plain(text)
    assert "from tests.engine.test_to_code import doubled" in text and "keras.ops" not in text
    assert_same_curve(run, played(run, tmp_path))


def test_inserted_dropout(tmp_path):
    keras.utils.set_random_seed(0)
    run = session_of(sequential(layers.Dense(16, activation="relu"))).run(epochs=2, batch_size=16, dropout=0.4)
    text = run.to_code()
    assert "layers.Dropout(0.4, seed=" in text
    assert_same_curve(run, played(run, tmp_path))


def test_a_schedule_whose_rate_moves(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(CASES["schedule"].model())
    run = changing(session, {3: {"learning_rate": 5e-2}}, epochs=4, batch_size=16, learning_rate=2e-2)
    assert_is_plain(run.to_code())
    assert_same_curve(run, played(run, tmp_path))


def test_averaged_weights_over_several_calls_of_fit(tmp_path):
    keras.utils.set_random_seed(0)
    run = changing(session_of(CASES["averaged weights"].model()), {3: {"batch_size": 8}}, epochs=4, batch_size=16)
    assert {change.name for change in run.changes} == {"batch_size"}
    assert_same_curve(run, played(run, tmp_path))


def test_a_branch_of_a_branch(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.2)))
    root = changing(session, {3: {"learning_rate": 2e-2}}, epochs=4, batch_size=16)
    session.branch(root, 2, epochs=2, batch_size=8, dropout=0.5)
    session.wait()
    branch = session.runs[-1]
    session.branch(branch, 3, epochs=2, optimizer="sgd_momentum", learning_rate=0.05, seed=9)
    session.wait()
    twig = session.runs[-1]
    assert twig.record().branch_step > 0 and twig.epochs > 3
    for number, run in enumerate((root, branch, twig)):
        assert_is_plain(run.to_code())
        assert_same_curve(run, played(run, tmp_path / str(number)))


def test_seeds_by_source_of_chance(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.4)))
    seeds = {"seed": 4, "weights_seed": 5, "order_seed": 6, "dropout_seed": 7}
    root = session.run(epochs=2, batch_size=16, start="new", **seeds)
    branch = session.branch(root, 1, epochs=2, order_seed=8, seed=3)
    session.wait()
    for number, run in enumerate((root, branch)):
        assert_is_plain(run.to_code())
        assert_same_curve(run, played(run, tmp_path / str(number)))


def test_dropout_inserted_at_a_branch(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(sequential(layers.Dense(16, activation="relu")))
    root = session.run(epochs=2, batch_size=16)
    session.branch(root, 1, epochs=2, dropout=0.4)
    session.wait()
    assert_same_curve(session.runs[-1], played(session.runs[-1], tmp_path))


def test_a_continued_run_and_one_that_was_stopped(tmp_path):
    keras.utils.set_random_seed(0)
    session = session_of(sequential(layers.Dense(16, activation="relu"), layers.Dropout(0.2)), loop="keras")

    def stop_in_third_epoch(event):
        if event.first_step >= 12:
            session.stop()

    with session.events.subscribe(StepsEnded, stop_in_third_epoch):
        run = session.run(epochs=50, batch_size=16)
    assert run.status == "stopped"
    stopped = played(run, tmp_path / "stopped")
    assert_same_curve(run, stopped)
    session.set("epochs", 2)
    session.continue_run()
    session.wait()
    assert_same_curve(run, played(run, tmp_path / "continued"))


def test_a_run_that_has_not_ended_an_epoch_is_written_as_planned():
    session = session_of(sequential(layers.Dense(4)), loop="keras")

    def stop(event):
        session.stop()

    with session.events.subscribe(StepsEnded, stop):
        run = session.run(epochs=9, batch_size=1)
    assert run.epochs == 0
    assert "EPOCHS = 9" in run.to_code()


def test_a_policy_for_all_layers(tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        keras.utils.set_random_seed(0)
        session = session_of(sequential(layers.Dense(8, activation="relu"), layers.Dropout(0.2)))
        run = session.run(epochs=2, batch_size=16)
    finally:
        keras.config.set_dtype_policy("float32")
    text = run.to_code()
    assert_is_plain(text)
    assert 'keras.config.set_dtype_policy("mixed_float16")' in text and "LossScaleOptimizer" in text
    try:
        assert_same_curve(run, played(run, tmp_path))
    finally:
        keras.config.set_dtype_policy("float32")


def test_own_model_has_a_marked_place(tmp_path):
    keras.utils.set_random_seed(0)

    def build():
        model = joined_in_secret()
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    run = session_of(build).run(epochs=2, batch_size=16)
    text = run.to_code()
    assert_is_plain(text)
    assert "def build_model():" in text

    with pytest.raises(NotImplementedError, match="makes your model"):
        played(run, tmp_path)
    own_code = "from tests.engine.test_to_code import joined_in_secret\n    return joined_in_secret()"

    def put_in(text):
        refusal = next(line for line in text.splitlines() if "raise NotImplementedError" in line)
        return text.replace(refusal.strip(), own_code)

    assert_same_curve(run, played(run, tmp_path, put_in))


def joined_in_secret():
    """A model that no configuration tells."""
    inputs = keras.Input((64,))
    hidden = layers.Dropout(0.25)(layers.Dense(8, activation=lambda x: keras.ops.relu(x) * 0.5)(inputs))
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(hidden))


def test_functions_of_a_notebook_have_a_marked_place(tmp_path):
    def notebook_loss(y_true, y_pred):
        return own_loss(y_true, y_pred)

    notebook_loss.__module__, notebook_loss.__qualname__ = "__main__", "notebook_loss"
    keras.utils.set_random_seed(0)
    run = session_of(sequential(layers.Dense(8), loss=notebook_loss)).run(epochs=2, batch_size=16)
    text = run.to_code()
    refusal = 'raise NotImplementedError("Put notebook_loss here, then delete this line.")'
    assert refusal in text
    own_code = "from tests.engine.models import own_loss as notebook_loss"
    assert_is_plain(text.replace(refusal, own_code))
    assert_same_curve(run, played(run, tmp_path, lambda text: text.replace(refusal, own_code)))


def test_data_streams_have_a_marked_place(tmp_path):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            x, y = images()
            return x[index * 16 : index * 16 + 16], y[index * 16 : index * 16 + 16]

    keras.utils.set_random_seed(0)
    session = kt.Session(sequential(layers.Dense(8), layers.Dropout(0.1)), Batches(), validation_data=Batches())
    run = session.run(epochs=2)
    text = run.to_code()
    assert_is_plain(text)
    Batches.__module__ = "batches"
    sys.modules["batches"] = SimpleNamespace(Batches=Batches)

    def put_in(text):
        refusal = next(line for line in text.splitlines() if "raise NotImplementedError" in line)
        return text.replace(refusal.strip(), "from batches import Batches\n    return Batches()")

    assert_same_curve(run, played(run, tmp_path, put_in))


def test_tf_data_read_into_memory_is_written_out(tmp_path):
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    data = tf.data.Dataset.from_tensor_slices(images()).batch(16)
    run = kt.Session(sequential(layers.Dense(8)), data).run(epochs=2)
    assert_same_curve(run, played(run, tmp_path))


def test_arrays_too_large_have_a_marked_place(tmp_path, monkeypatch):
    monkeypatch.setattr("kerastune_widget.engine.export.code_data.MOST_BYTES", 1000)
    keras.utils.set_random_seed(0)
    run = kt.Session(sequential(layers.Dense(8)), images(), validation_split=0.2).run(epochs=2, batch_size=16)
    text = run.to_code()
    assert_is_plain(text)

    def put_in(text):
        refusal = next(line for line in text.splitlines() if "raise NotImplementedError" in line)
        own = "from tests.engine.models import images\n    return dict(zip('xy', images()))"
        return text.replace(refusal.strip(), own)

    history = played(run, tmp_path, put_in)
    assert not (tmp_path / "data.npz").exists()
    assert_same_curve(run, history)


def test_comments_in_chinese():
    run = session_of(sequential(layers.Dense(8))).run(epochs=1, batch_size=16)
    text = run.to_code(language="zh")
    assert_is_plain(text)
    assert "# 训练" in text
    statements = [
        [line for line in words.split("\n") if '"""' not in line and not line.strip().startswith("#")][4:]
        for words in (text, run.to_code())
    ]
    assert statements[0][statements[0].index("import math") :] == statements[1][statements[1].index("import math") :]


def test_no_start_weights_no_files(tmp_path):
    session = session_of(sequential(layers.Dense(8)))
    run = session.run(epochs=1, batch_size=16)
    run.let_go()
    assert "model.fit" in run.to_code()
    with pytest.raises(RunError, match="no start weights"):
        run.save_code(tmp_path)
