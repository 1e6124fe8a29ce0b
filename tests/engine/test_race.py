"""A race: runs that fit would make of each optimizer, from one start over the same batches."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from kerastune_widget.core.events import RangeTestMoved, RunStarted
from kerastune_widget.core.race import RACERS
from kerastune_widget.errors import HyperparameterError, SessionBusyError
from tests.engine.test_settings_controls import OPTIONS, assert_equal, by_fit, dense, session_of, skewed

EPOCHS = 2


@pytest.fixture(scope="module")
def session():
    session = session_of(dense(), skewed())
    yield session
    session.close()


def test_each_run_is_that_of_fit_with_the_optimizer(session):
    rates = {"sgd(momentum=0.5)": 0.2, "adam": 0.01}
    race = session.race(list(rates), rates=rates, sensitivity=(0.1, 1), epochs=EPOCHS, **OPTIONS)
    assert (race.ended, race.tuned, race.planned, race.rates) == (True, False, 4, rates)
    runs = [session.find(number) for number in race.runs]
    assert [run.hyperparameters["optimizer"] for run in runs] == [*rates, *rates]
    assert [run.hyperparameters["learning_rate"] for run in runs] == pytest.approx([0.2, 0.01, 0.02, 0.001])
    assert len({run.start_id for run in runs}) == 1
    for run, optimizer in zip(
        runs, (keras.optimizers.SGD(0.2, momentum=0.5), keras.optimizers.Adam(0.01)), strict=False
    ):
        model = dense(optimizer=optimizer)
        assert_equal(run, model, by_fit(model, skewed(), epochs=EPOCHS))
    assert [row.run for row in race.rows] == [run.number for run in runs[:2]]
    assert {row.metric for row in race.rows} == {"val_accuracy"}
    assert [row.best for row in race.rows] == [max(run.history["val_accuracy"]) for run in runs[:2]]
    assert [rate for rate, _ in race.rows[0].sensitivity] == pytest.approx([0.02, 0.2])


def test_shuffled_batches_come_in_the_same_order(session):
    """The same optimizer under two names takes the same steps."""
    race = session.race(["sgd_momentum", "sgd(momentum=0.9)"], rates="common", learning_rate=0.1, epochs=EPOCHS)
    first, second = (session.find(number) for number in race.runs)
    np.testing.assert_array_equal(first.steps["loss"], second.steps["loss"])
    assert race.rates == {"sgd_momentum": 0.1, "sgd(momentum=0.9)": 0.1}
    rows = race.rows
    session.continue_run(3, run=first)
    session.wait()
    assert first.epochs == EPOCHS + 3 and race.rows == rows


def test_tuned_rates_come_from_range_tests(session):
    before = session.settings
    plan = {"steps": 30, "repeats": 1}
    race = session.race(["sgd", "adam"], range_test=plan, metric="val_loss", epochs=1, **OPTIONS)
    assert race.tuned and race.test in session.range_tests and race.test.ended
    for optimizer, notice in zip(race.optimizers, [*race.notices, None, None], strict=False):
        found = race.test.find(optimizer).rate
        assert race.rates[optimizer] == found or notice is not None
    assert [row.rate for row in race.rows] == [race.rates[name] for name in ("sgd", "adam")]
    assert {row.metric for row in race.rows} == {"val_loss"}
    assert session.settings == before and session.races[-1] is race


def test_stop_ends_it_and_settings_act_later():
    session = session_of(dense(), skewed())

    def interfere(event):
        session.set("learning_rate", 0.5)
        with pytest.raises(SessionBusyError):
            session.start_race()
        session.stop()

    with session.events.subscribe(RunStarted, interfere):
        race = session.start_race(["sgd", "adam"], rates="common", epochs=500, learning_rate=0.01, **OPTIONS)
        session.wait()
    assert race.ended and len(race.runs) == 1 and not session.training
    run = session.find(race.runs[0])
    assert run.status == "stopped" and not run.changes and session.settings["learning_rate"] == 0.5
    session.close()


def test_stop_ends_it_before_its_first_run():
    session = session_of(dense(), skewed())
    with session.events.subscribe(RangeTestMoved, lambda event: session.stop()):
        race = session.start_race(["sgd", "adam"], epochs=1, **OPTIONS)
        assert race.testing and not race.rates
        session.wait()
    assert (race.ended, race.testing, race.runs, race.rows) == (True, False, (), ())
    session.close()


def test_by_default_the_line_from_sgd_to_adamw_and_your_own(session):
    assert session._racers(None) == list(RACERS)
    assert session_of(dense(optimizer=keras.optimizers.Lion(1e-3)))._racers(None) == [*RACERS, "lion"]


REFUSED = {
    "no optimizers": ({"optimizers": []}, "list of one optimizer or more"),
    "a name alone": ({"optimizers": "sgd"}, "list of one optimizer or more"),
    "an unknown one": ({"optimizers": ["sdg"]}, "Did you mean 'sgd'"),
    "no such rates": ({"rates": "best"}, "rates must be"),
    "a rate is missing": ({"optimizers": ["sgd", "adam"], "rates": {"sgd": 0.1}}, "no rate for adam"),
    "a rate below 0": ({"optimizers": ["sgd"], "rates": {"sgd": -1}}, "learning_rate must be"),
    "a factor below 0": ({"sensitivity": (0.1, -1)}, "numbers above 0"),
    "no factors": ({"sensitivity": "0.1x"}, "numbers above 0"),
    "no such metric": ({"metric": "val_acc"}, "Did you mean 'val_accuracy'"),
    "nothing to test": ({"rates": "common", "range_test": {}}, "is for rates"),
    "no such option": ({"range_test": {"step": 3}}, "Did you mean 'steps'"),
    "no epochs": ({"epochs": 0}, "epochs"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(session, name):
    given, words = REFUSED[name]
    with pytest.raises(HyperparameterError, match=words):
        session.start_race(**given)
    assert not session.training
