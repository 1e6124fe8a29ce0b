"""Repeats, spreads and cross-validations: each run is the one that a person would get by hand, wherever it trains."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

import kerastune_widget as kt
from kerastune_widget.core.events import (
    EpochEnded,
    RepeatEnded,
    RepeatEvent,
    RepeatMoved,
    RepeatStarted,
    RunEnded,
    RunRequested,
    RunStarted,
)
from kerastune_widget.core.history import History, Leg
from kerastune_widget.core.repeat import RepeatRow
from kerastune_widget.core.spread import student
from kerastune_widget.engine import crew, local_pool
from kerastune_widget.engine.bench import Bench
from kerastune_widget.engine.cross_validation import CrossValidation
from kerastune_widget.engine.fingerprint import weights_fingerprint
from kerastune_widget.engine.local_pool import LocalPool, how_it_ended, last_words
from kerastune_widget.engine.parcel import pack, unpack
from kerastune_widget.engine.repeat_logged import LoggedRepeats
from kerastune_widget.engine.repeat_worker import train
from kerastune_widget.engine.trial import Trial
from kerastune_widget.errors import DataError, HyperparameterError, RunError, SessionBusyError
from tests.engine.models import CASES, Case, dense, images, sequential

SEEDS = [3, 4, 5]
EPOCHS = 2
DEADLY = 4


def dropout():
    return sequential(layers.Dense(8, activation="relu"), layers.Dropout(0.3))


def session_of(model=None, **options):
    keras.utils.set_random_seed(1)
    session = kt.Session(model or dropout(), images(), **{"validation_split": 0.25, "seed": 3, **options})
    session.set("epochs", EPOCHS)
    return session


def numbers(row):
    return row.status, dict(row.epochs), row.start_id, row.end_id


@pytest.fixture(scope="module")
def session():
    session = session_of()
    yield session
    session.close()


@pytest.fixture(scope="module")
def repeat(session):
    return session.repeat(seeds=SEEDS)


@pytest.fixture(scope="module")
def by_hand():
    """The same runs of another session, one by one."""
    session = session_of()
    runs = {seed: session.run(seed=seed, start="new") for seed in SEEDS}
    yield runs
    session.close()


def test_its_runs_are_those_by_hand(session, repeat, by_hand):
    assert (repeat.ended, repeat.planned, repeat.seeds, repeat.vary) == (
        True,
        3,
        tuple(SEEDS),
        ("weights", "order", "dropout"),
    )
    assert [row.seed for row in repeat.rows] == SEEDS
    for row, number in zip(repeat.rows, repeat.runs, strict=True):
        ours, theirs = session.find(number), by_hand[row.seed]
        assert (row.run, ours.repeat, row.status) == (number, repeat.number, "finished")
        np.testing.assert_array_equal(ours.steps["loss"], theirs.steps["loss"])
        assert {name: list(values) for name, values in row.epochs.items()} == theirs.history
        assert (row.start_id, row.end_id) == (theirs.start_id, weights_fingerprint(theirs.weights))
    assert len({row.end_id for row in repeat.rows}) == len(SEEDS)


def test_what_it_says(session, repeat):
    values = [row.epochs["val_accuracy"][-1] for row in repeat.rows]
    found = repeat.statistics()
    assert (repeat.metric, found.metric, found.count) == ("val_accuracy", "val_accuracy", 3)
    assert found.mean == pytest.approx(np.mean(values)) and found.sd == pytest.approx(np.std(values, ddof=1))
    losses = np.array([row.epochs["loss"] for row in repeat.rows])
    np.testing.assert_allclose(repeat.band("loss").mean, losses.mean(axis=0))
    assert session.noise_floor("val_loss") == repeat.statistics("val_loss").noise_floor > 0
    assert session.noise_floor("nothing") is None
    best = [min(row.epochs["val_loss"]) for row in repeat.rows]
    assert session.noise_floor("val_loss", best=True) == pytest.approx(
        student(len(best) - 1) * np.std(best, ddof=1) * 2**0.5
    )


def test_it_is_none_of_a_persons_own_runs():
    session = session_of()
    first, settings = session.run(), session.settings
    told = []
    with session.events.subscribe(RepeatEvent, told.append):
        repeat = session.repeat(2)
    assert [type(event) for event in told] == [RepeatStarted, RepeatMoved, RepeatMoved, RepeatEnded]
    assert {(event.kind, event.number) for event in told} == {("repeat", repeat.number)}
    assert session.settings == settings and repeat.seeds == (3, 4)
    again = session.run()
    assert again.start_id == first.start_id
    np.testing.assert_array_equal(again.steps["loss"], first.steps["loss"])
    session.close()


@pytest.mark.parametrize(
    ("vary", "one_start"), [(("weights",), False), (("order",), True), (("dropout",), True), (("subset",), True)]
)
def test_one_source_alone(session, vary, one_start):
    repeat = session.repeat(2, vary=vary)
    first, second = repeat.rows
    assert (first.start_id == second.start_id) == one_start
    assert first.end_id != second.end_id
    assert (repeat.runs == ()) == (vary == ("subset",))
    assert session.noise_floor("val_loss") != repeat.statistics("val_loss").noise_floor


def test_the_first_split_is_the_sessions_own(session, by_hand):
    """Its seed is the session's, so that it draws the same rows; another draws others."""
    repeat = session.repeat(seeds=[3, 9], vary=["weights", "order", "dropout", "split"])
    first, second = repeat.rows
    assert first.end_id == weights_fingerprint(by_hand[3].weights)
    assert {name: list(values) for name, values in first.epochs.items()} == by_hand[3].history
    assert second.epochs["val_loss"] != by_hand[3].history["val_loss"]


def test_spread_by_source(session):
    spread = session.spread(2, ["weights", "order", "subset"], epochs=1, metric="val_loss")
    assert spread.ended and spread.sources == ("weights", "order", "subset") and spread.planned == 6
    assert session.spreads[-1] is spread and spread.number == len(session.spreads)
    everything = [*session.repeats, *spread.repeats]
    assert len({repeat.number for repeat in everything}) == len(everything)
    deviations = [np.std([row.epochs["val_loss"][-1] for row in one.rows], ddof=1) for one in spread.repeats]
    assert [row.sd for row in spread.rows] == pytest.approx(deviations)
    shares = np.square(deviations) / np.square(deviations).sum()
    assert [row.share for row in spread.rows] == pytest.approx(shares)


# ---------------------------------------------------------------- where it is trained


class FarAway(Executor):
    """Workers on another computer, where our files are not."""

    def __init__(self):
        self.threads = ThreadPoolExecutor(2)

    def submit(self, fn, name, source, trial):
        assert fn is train
        return self.threads.submit(fn, name, "/nowhere/parcel" if isinstance(source, str) else source, trial)


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), FarAway], ids=["threads", "far away"])
def test_an_executor_gives_the_numbers_of_runs_in_sequence(session, repeat, make):
    there = session.repeat(seeds=SEEDS, executor=make())
    assert there.runs == () and not there.notices
    assert [numbers(row) for row in there.rows] == [numbers(row) for row in repeat.rows]


TRAVELLING = {
    "subclassed": CASES["subclassed"],
    "own metric": CASES["own metric"],
    "class weights": CASES["class weights"],
    "lambda loss": Case(lambda: dense(loss=lambda true, predicted: keras.ops.mean(predicted**2, axis=-1)), images),
}


@pytest.mark.parametrize("name", TRAVELLING)
def test_what_travels_to_a_worker_trains_as_here(name):
    pytest.importorskip("cloudpickle")
    case = TRAVELLING[name]
    session = kt.Session(case.model(), case.data(), **case.options)
    schedule = {"schedule": lambda epoch: 0.1 / (epoch + 1)} if name == "lambda loss" else {}
    here = session.run(seed=5, start="new", epochs=1, **schedule)
    bench = Bench(unpack(pack(session._subject_of(session._warm.dataset))))
    there = bench.train(Trial(0, dict(here.hyperparameters)))
    assert (there.status, there.error) == ("finished", "")
    assert (there.start_id, there.end_id) == (here.start_id, weights_fingerprint(here.weights))
    assert {name: list(values) for name, values in there.epochs.items()} == here.history
    bench.close()
    assert bench.train(Trial(0, dict(here.hyperparameters))).status == "stopped"
    session.close()


def deadly_model():
    """Return a session whose model takes its process with it when built under one seed, and a layer of its own."""
    parent, fatal = os.getpid(), random.Random(DEADLY).random()

    class Doubled(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    def build():
        if random.random() == fatal and os.getpid() != parent:
            os._exit(3)
        return sequential(layers.Dense(8, activation="relu"), Doubled(), layers.Dropout(0.3))

    return build


def test_a_worker_that_dies_costs_its_run_only():
    """And what a notebook defines is known to workers."""
    pytest.importorskip("cloudpickle")
    session = session_of(deadly_model())
    here = session.repeat(seeds=SEEDS)
    there = session.repeat(seeds=SEEDS, workers=2)
    for ours, theirs in zip(here.rows, there.rows, strict=True):
        if ours.seed == DEADLY:
            assert theirs.status == "failed" and "exit code 3" in theirs.reason.en and "退出码 3" in theirs.reason.zh
        else:
            assert numbers(theirs) == numbers(ours)
    assert here.statistics().lost == 0 and there.statistics().lost == 1
    session.close()


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sys.stdout.buffer.write(bytes([3, 0, 0, 0, 0, 0, 0, 0]) + b'abc')", "cannot be read here"),
        ("sys.exit('out of luck')", "exit code 1; its last words: out of luck"),
    ],
    ids=["unreadable", "gone"],
)
def test_what_a_process_does_wrong_costs_its_call_only(monkeypatch, program, said):
    monkeypatch.setattr(local_pool, "_PROGRAM", f"import sys; sys.stdin.buffer.read(8); {program}")
    pool = LocalPool(1)
    for call in (pool.submit(os.getpid), pool.submit(os.getpid)):
        with pytest.raises(RunError, match=said):
            call.result(timeout=60)
    pool.shutdown()
    assert pool.pids == ()


def test_a_process_ends_with_whoever_asks_and_by_no_interrupt():
    pool = LocalPool(1)
    assert pool.submit(os.getsid, 0).result(timeout=120) != os.getsid(0)
    with pytest.raises(RuntimeError, match="SystemExit: enough"):
        pool.submit(sys.exit, "enough").result(timeout=120)
    (process,) = pool._processes
    going_on = pool.submit(time.sleep, 300)
    process.stdin.flush()
    while not going_on.running():
        time.sleep(0.01)
    time.sleep(0.1)  # it has been sent
    process.stdin.close()
    with pytest.raises(RunError, match="died"):
        going_on.result(timeout=60)
    pool.shutdown()


@pytest.mark.parametrize(
    ("code", "said"), [(-9, "SIGKILL; if nobody"), (-2, "SIGINT"), (-40, "signal 40"), (3, "exit code 3")]
)
def test_how_a_process_ended(code, said):
    assert said in how_it_ended(code).en and ("memory" in how_it_ended(code).en) == (code == -9)


def test_last_words():
    lines = [
        b"a\n",
        b"b\n",
        b"2026-01-01 00:00:00.1: I tensorflow/core: AVX2\n",
        b"\n",
        b"c\n",
        b"I0000 00 x\n",
        b"d\n",
    ]
    assert last_words(lines) == "b | c | d" and last_words([]) == ""


class Cancelled(Executor):
    """One that somebody closes meanwhile."""

    def submit(self, fn, /, *args):
        future = Future()
        if args[-1].place:
            future.set_result(fn(*args))
        else:
            future.cancel()
        return future


def test_a_cancelled_run_is_a_lost_run(session, repeat):
    there = session.repeat(seeds=SEEDS[:2], executor=Cancelled())
    assert there.rows[0].status == "failed" and "cancelled" in there.rows[0].reason.en
    assert numbers(there.rows[1]) == numbers(repeat.rows[1])


class KilledWorker(Exception):
    """As Dask calls it."""


class Broken(Executor):
    """Python's own pool after one of its processes has died, or Dask's after some have."""

    def __init__(self, error):
        self.error = error

    def submit(self, fn, /, *args):
        future = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize("error", [BrokenProcessPool(), KilledWorker()], ids=["pool", "Dask"])
def test_a_broken_pool_is_replaced(session, repeat, monkeypatch, error):
    monkeypatch.setattr(crew, "LocalPool", ThreadPoolExecutor)
    there = session.repeat(seeds=SEEDS, executor=Broken(error))
    assert [numbers(row) for row in there.rows] == [numbers(row) for row in repeat.rows]
    assert "pool of our own" in there.notices[0].en


def test_dask(session, repeat, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "local_directory": str(tmp_path)}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        there = session.repeat(seeds=SEEDS[:2], executor=client.get_executor())
    assert [numbers(row) for row in there.rows] == [numbers(row) for row in repeat.rows[:2]]


# ---------------------------------------------------------------- folds


def test_cross_validation_is_what_it_is_by_hand(session):
    x, y = images()
    found = session.cross_validate(2, seed=8, weights_seed=2)
    assert found.kind == "stratified" and found.folds == 2 and session.cross_validations == (found,)
    assert found.out_of_fold.shape == (len(x), 4)
    for fold, held in enumerate(found.held_out):
        rest = np.setdiff1d(np.arange(len(x)), held)
        alone = kt.Session(dropout(), (x[rest], y[rest]), validation_data=(x[held], y[held]), seed=3)
        run = alone.run(epochs=EPOCHS, seed=8, weights_seed=2, start="new")
        row = found.rows[fold]
        assert (row.fold, row.end_id) == (fold, weights_fingerprint(run.weights))
        assert {name: list(values) for name, values in row.epochs.items()} == run.history
        np.testing.assert_array_equal(found.out_of_fold[held], run.model.predict(x[held], verbose=0))
        alone.close()
    assert found.scores == tuple(row.epochs["val_accuracy"][-1] for row in found.rows)


def test_the_overlap_of_folds_in_order_of_time():
    """Nadeau and Bengio's n2 / n1: held-out rows over training rows, which differ from fold to fold."""
    found = CrossValidation(1, 2, "time", "loss")
    found._deal([np.array([2]), np.array([3])], 4, [np.arange(2), np.arange(3)])
    for place, loss in enumerate((1.0, 2.0)):
        found._take(place, RepeatRow(0, epochs={"loss": (loss,)}))
    statistics = found.statistics("loss")
    reach = student(1) * statistics.sd * np.sqrt(1 / 2 + (1 / 2 + 1 / 3) / 2)
    assert statistics.high - statistics.mean == pytest.approx(reach)


def test_rows_that_no_fold_was_judged_by():
    found = CrossValidation(1, 2, "time", None)
    assert found.out_of_fold is None
    found._deal([np.array([2, 3]), np.array([4, 5])], 6)
    found._predicted(1, {"kind": np.ones((2, 3), "float32"), "count": np.array([[7], [8]])})
    found._predicted(0, None)  # it failed
    predicted = found.out_of_fold
    assert np.isnan(predicted["kind"][:4]).all() and (predicted["kind"][4:] == 1).all()
    assert predicted["kind"].dtype == np.float32 and predicted["count"][4:, 0].tolist() == [7, 8]


# ---------------------------------------------------------------- what goes wrong


def test_stop_ends_it():
    session = session_of()

    def interfere(event):
        with pytest.raises(SessionBusyError):
            session.start_repeat()
        session.stop()

    with session.events.subscribe(RunStarted, interfere):
        repeat = session.start_repeat(3, epochs=500)
        session.wait()
    assert repeat.ended and [row.status for row in repeat.rows] == ["stopped"] and not session.training
    with session.events.subscribe(RepeatStarted, lambda event: session.stop()):
        apart = session.start_repeat(3, vary=["subset"], epochs=500)
        with pytest.raises(SessionBusyError, match="Repeated runs"):
            session.run()
        session.stop()
        session.wait()
    assert apart.ended and len(apart.rows) < 3 and session.run(epochs=1).status == "finished"
    session.close()


def test_data_that_cannot_be_sent(session):
    def build():
        keep = session  # holds threads and locks
        return sequential(layers.Dense(8)) if keep else None

    refused = session_of(build)
    with pytest.raises(RunError, match="cannot be sent to another process"):
        try:
            refused.repeat(2, workers=1)
        except kt.ModelError as error:
            raise RunError(error.text) from error
    assert not refused.training and refused.repeats[0].ended and refused.repeats[0].error is not None
    refused.close()


def test_a_failing_run_is_a_row():
    """And when all of them fail, whoever waits is told."""
    failed = session_of(failing())
    with pytest.raises(RunError, match="All runs failed"):
        failed.repeat(2)
    assert [row.status for row in failed.repeats[0].rows] == ["failed", "failed"]
    assert all("no such thing" in row.reason.en for row in failed.repeats[0].rows)
    failed.close()


def failing():
    class Fails(layers.Layer):
        def call(self, inputs, training=False):
            if training:
                raise ValueError("no such thing")
            return inputs

    def build():
        return sequential(layers.Dense(8), Fails())

    return build


REFUSED = {
    "one run": ({"count": 1}, "count must be"),
    "no number": ({"count": "5"}, "count must be"),
    "a seed twice": ({"seeds": [1, 1]}, "different whole numbers"),
    "a seed below 0": ({"seeds": [1, -1]}, "different whole numbers"),
    "an unknown source": ({"vary": ["weight"]}, "Did you mean 'weights'"),
    "a name alone": ({"vary": "weights"}, "vary must be some of"),
    "no source": ({"vary": []}, "vary must be some of"),
    "no such metric": ({"metric": "val_acc"}, "Did you mean 'val_accuracy'"),
    "a seed that varies": ({"weights_seed": 7}, "weights_seed cannot be held at 7"),
    "the start of another run": ({"start": "same"}, "start must be"),
    "both": ({"workers": 2, "executor": ThreadPoolExecutor(1)}, "not both"),
    "no workers": ({"workers": 0}, "workers must be"),
    "no executor": ({"executor": "dask"}, "executor must be"),
    "a pool that forks": (
        {"executor": ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))},
        "workers=2",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(session, name):
    given, words = REFUSED[name]
    before = session.repeats
    with pytest.raises(HyperparameterError, match=words):
        session.start_repeat(**given)
    assert not session.training and session.repeats == before


def test_a_split_that_is_not_drawn_is_no_source():
    data = {"validation_split": 0.0, "validation_data": images(20, seed=1)}
    for options in (data, {"shuffle_split": False}):
        session = session_of(**options)
        with pytest.raises(HyperparameterError, match="Make the session with"):
            session.start_repeat(vary=["split"])
        assert session.start_spread(2, epochs=1).sources == ("weights", "order", "dropout", "subset")
        session.stop()
        session.close()


def test_a_model_that_came_trained_keeps_its_weights():
    model = dropout()
    model.fit(*images(), verbose=0)
    session = session_of(model)
    repeat = session.repeat(2, epochs=1)
    assert len({row.start_id for row in repeat.rows}) == 1 and len({row.end_id for row in repeat.rows}) == 2
    assert "came trained" in repeat.notices[0].en
    session.close()


def test_folds_of_a_trained_model_begin_anew():
    """What it came with may have seen the rows that a fold is judged by."""
    model = dropout()
    model.fit(*images(), verbose=0)
    session = session_of(model)
    found = session.cross_validate(2, epochs=1)
    kept = session.cross_validate(2, epochs=1, start="model", metric="val_loss")
    own = weights_fingerprint(model.get_weights())
    assert own not in {row.start_id for row in found.rows} and not found.notices
    assert {row.start_id for row in kept.rows} == {own} and "they have seen" in kept.notices[0].en
    assert kept.metric == "val_loss"
    session.close()


def test_a_metric_that_no_fold_has_is_refused(session):
    with pytest.raises(HyperparameterError, match="Did you mean 'val_accuracy'"):
        session.cross_validate(2, metric="val_acuracy")
    without = session_of(validation_split=0.0)
    assert without._judging("val_accuracy") == "val_accuracy"  # a fold has what the session has not
    without.close()


def test_the_noise_floor_is_of_most_runs():
    session = session_of()
    three = session.repeat(seeds=SEEDS, epochs=1)
    session.repeat(2, epochs=1)
    session.repeat(seeds=[1, 2, 3, 4], epochs=1, vary=["weights", "order", "dropout", "split"])
    assert session.noise_floor("loss") == three.statistics("loss").noise_floor
    assert not [kind for kind, _ in session.events._handlers if kind is RunEnded]
    session.close()


def test_streams_have_no_folds():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return images(16, seed=index)

    session = kt.Session(dropout(), Batches())
    with pytest.raises(DataError, match="as arrays"):
        session.cross_validate(3, epochs=1)
    assert session.cross_validations[0].ended and not session.training
    session.close()


def test_a_log_knows_them(tmp_path):
    session = session_of(log_dir=tmp_path)
    first = session.run()
    repeat = session.repeat(2)
    session.close()
    loaded = kt.Session.load(tmp_path, dropout(), images(), validation_split=0.25, seed=3)
    assert [loaded.find(number).repeat for number in repeat.runs] == [repeat.number] * 2
    assert loaded.noise_floor("val_loss") == repeat.statistics("val_loss").noise_floor > 0
    assert loaded.run(epochs=1).start_id == first.start_id
    assert loaded.repeat(2, epochs=1).number == repeat.number + 1
    assert [one.number for one in loaded.repeats] == [repeat.number, repeat.number + 1]
    for session_read in (loaded, kt.Session.load(tmp_path)):
        known = session_read.repeats[0]
        assert known.ended and (known.seeds, known.runs, known.vary) == (repeat.seeds, repeat.runs, repeat.vary)
        assert known.statistics() == repeat.statistics()
        assert [dict(row.epochs) for row in known.rows] == [dict(row.epochs) for row in repeat.rows]
    assert session_read.noise_floor("val_loss") == loaded.noise_floor("val_loss")
    loaded.delete(repeat.runs[0])
    assert loaded.repeats[0].seeds == repeat.seeds[1:]
    loaded.undo_delete()
    assert loaded.repeats[0].seeds == repeat.seeds
    loaded.close()


def test_a_logged_run_counts_as_at_the_end_of_its_own_epochs_however_it_goes_on(tmp_path):
    session = session_of(dense(), log_dir=tmp_path)
    number = session.repeat(3).runs[1]
    before, floor = told_by(session), session.noise_floor("val_loss")
    session.close()
    loaded = kt.Session.load(tmp_path, dense(), images(), validation_split=0.25, seed=3)
    assert floor is not None and [status for status, *_ in before] == ["finished"] * 3
    seen = []
    kinds = RunRequested, RunStarted, EpochEnded
    listening = [loaded.events.subscribe(kind, lambda _: seen.append(told_by(loaded))) for kind in kinds]
    loaded.continue_run(2, run=number)
    loaded.wait()
    assert len(seen) >= 4 and all(told == before for told in seen)
    assert loaded.find(number).epochs == EPOCHS + 2 and told_by(loaded) == before
    assert loaded.noise_floor("val_loss") == floor
    for one in listening:
        one.close()
    loaded.close()


def told_by(session):
    return [(row.status, dict(row.epochs), row.reason) for row in session.repeats[0].rows]


def logged_run(seed, status="finished", losses=(2.0, 1.0), legs=(0,), restored=False):
    legs = tuple(Leg(first, 2, restored and first == 0) for first in legs)
    run = SimpleNamespace(repeat=1, number=seed, status=status, epochs=len(losses), seconds=1.0, error="", start_id="")
    run.hyperparameters = {"seed": seed, "epochs": 2}
    run.record = lambda: History({"loss": losses}, status=run.status, legs=legs)
    return run


@pytest.mark.parametrize(
    ("given", "status", "losses"),
    [
        ({"status": "waiting"}, "finished", [2.0, 1.0]),
        ({"status": "running", "legs": (0, 2)}, "finished", [2.0, 1.0]),
        ({"status": "failed", "legs": (0, 2)}, "finished", [2.0, 1.0]),
        ({"status": "stopped", "legs": (0, 2), "losses": (2.0, 1.0, 0.5)}, "finished", [2.0, 1.0]),
        ({"status": "running", "legs": (0, 1), "losses": (2.0,)}, "running", [2.0]),
        ({"status": "finished", "legs": (0, 1), "losses": (2.0, 1.0, 0.5)}, "finished", [2.0, 1.0]),
        ({"status": "running", "legs": (0, 1), "losses": (2.0, 1.0), "restored": True}, "finished", [2.0]),
        ({"status": "waiting", "losses": (2.0,), "restored": True}, "finished", [2.0]),
        ({"status": "stopped"}, "stopped", [2.0, 1.0]),
        ({"status": "failed", "losses": (2.0,)}, "failed", [2.0]),
        ({"status": "diverged"}, "diverged", [2.0, 1.0]),
    ],
)
def test_how_a_logged_run_stood_at_the_end_of_its_own_epochs(given, status, losses):
    (repeat,) = LoggedRepeats().among([logged_run(1), logged_run(2, **given)])
    row = repeat.rows[1]
    assert (row.status, list(row.epochs["loss"])) == (status, losses)
    assert bool(row.reason.en) == (status in ("failed", "diverged", "stopped"))


def test_a_logged_run_that_was_broken_off_counts_once_it_went_on_to_its_end():
    logged, run = LoggedRepeats(), logged_run(2, "stopped", (2.0,))
    runs = [logged_run(1), run]
    assert logged.among(runs) is logged.among(runs) and logged.among(runs)[0].statistics("loss").count == 1
    run.status = "running"
    assert logged.among(runs)[0].rows[1].status == "running"
    run.__dict__.update(logged_run(2, "finished", (2.0, 0.5), (0, 1)).__dict__)
    assert logged.among(runs)[0].rows[1].value("loss") == 0.5


def test_whoever_asks_for_logged_repeats_meanwhile_gets_those_of_the_runs_asked_for():
    class Interrupted(LoggedRepeats):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if asking:
                asking.pop()
                heard.append(self.among(runs))  # as another thread may, between any two stores

    asking, heard, runs = [], [], [logged_run(1), logged_run(2)]
    logged = Interrupted()
    asking.append(True)
    assert [repeat.runs for repeat in logged.among(runs)] == [repeat.runs for repeat in heard[0]] == [(1, 2)]
