"""The widget on runs that were read from a log: they are shown, nothing offers to train, trouble is told."""

from __future__ import annotations

import logging
import shutil
import time

import keras
import pytest

import kerastune_widget as kt
from kerastune_widget import errors
from tests.engine.models import dropout, images

DATA = images()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    session = kt.Session(dropout(), DATA, validation_split=0.2, log_dir=folder)
    session.run(epochs=3)
    session.run(epochs=2, learning_rate=0.1)
    session.close()
    return folder


@pytest.fixture
def folder(written, tmp_path):
    shutil.copytree(written, tmp_path / "log")
    return tmp_path / "log"


def hidden(widget):
    return widget.layout.display == "none"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_runs_without_data_are_shown_and_nothing_offers_to_train(folder, language, caplog):
    saved = kt.Session.load(folder)
    with caplog.at_level(logging.WARNING, "kerastune_widget"):
        widget = kt.TuneWidget.from_session(saved, language)
        bench = widget._workbench
        bench.flush()
        widget.language = "zh" if language == "en" else "en"
        saved.label(1, name="good")
        bench.flush()
    assert caplog.records == [], "no panel stumbles over a session that cannot train"
    assert widget.session is saved and repr(widget) == "<TuneWidget: 2 runs, last finished>"
    assert hidden(bench.buttons.widget) and hidden(bench.sweep.widget) and hidden(bench.checkpoints.widget)
    assert all(button.disabled for button in (bench.buttons.run, bench.buttons.more, bench.buttons.stop))
    assert not bench.curves.chart.spec().series == []
    assert hidden(bench.log_notices.widget)
    assert widget.figure(saved.runs[0]) is not None
    with pytest.raises(errors.RunError, match="without data"):
        widget.run()
    widget.close()
    assert saved.runs[0].name == "good"


def test_a_loaded_session_trains_on_in_the_widget_and_outlives_it(folder):
    session = kt.Session.load(folder, data=DATA, validation_split=0.2)
    widget = kt.TuneWidget.from_session(session)
    assert not hidden(widget._workbench.buttons.widget)
    assert widget.run(epochs=1).number == 3
    widget.close()
    assert session.run(epochs=1).number == 4
    session.close()


def test_a_damaged_run_is_told_in_the_language_chosen(folder):
    (folder / "runs" / "0001" / "run.json").write_text("<script>")
    widget = kt.TuneWidget.from_session(kt.Session.load(folder))
    shown = widget._workbench.log_notices.widget
    assert "Run 1 of the log is damaged" in shown.value and not hidden(shown)
    widget.language = "zh"
    assert "第 1 次运行已损坏" in shown.value
    widget.close()


def test_a_run_that_cannot_be_written_is_told_while_it_trains(tmp_path):
    keras.utils.set_random_seed(0)
    widget = kt.TuneWidget(dropout(), DATA, log_dir=tmp_path / "log")
    session, shown = widget.session, widget._workbench.log_notices.widget
    run = session.start(epochs=100_000)
    while run.epochs < 2:
        assert session.training
    shutil.rmtree(tmp_path / "log" / "runs")
    while not session.log_notices:
        assert session.training
    widget._workbench.flush()
    assert "is not being written" in shown.value and not hidden(shown)
    session.stop()
    session.wait()
    while session.log_notices:
        time.sleep(0.01)
    widget._workbench.flush()
    assert shown.value == "" and hidden(shown), "it was written whole at its end"
    widget.close()
