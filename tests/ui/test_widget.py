"""The workbench as a whole: publisher, sharing, closing, and TuneWidget over a session."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from kerastune_widget.core.events import EpochEnded, Event, EventBus, RunEnded, SettingChanged
from kerastune_widget.errors import KerasTuneError
from kerastune_widget.ui.publisher import Batch, Publisher
from kerastune_widget.ui.workbench import Workbench
from kerastune_widget.widget import TuneWidget
from tests.ui.fake_session import FakeSession, steps_ended


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def curve(bench: Workbench, name: str = "loss") -> Any:
    """Return the curve of this name of the newest run on the chart."""
    return [curve for curve in bench.curves.chart.spec().series if curve.id.split("/")[-1] == name][-1]


def test_a_storm_of_events_arrives_whole_while_sliders_move() -> None:
    session = FakeSession(script=False)
    bench = Workbench(session)
    session.begin(epochs=1)
    moving = threading.Event()

    def drag() -> None:
        slider = bench.controls.rows["learning_rate"].field.slider
        place = 0
        while not moving.is_set():
            slider.set_state({"value": 10 ** (-5 + place % 100 / 25)})
            place += 1
            time.sleep(0.001)

    hand = threading.Thread(target=drag)
    hand.start()
    chunks = [steps_ended(1, 3 * number, 3) for number in range(5000)]
    for number, chunk in enumerate(chunks):
        session.emit(chunk)
        if number % 50 == 0:
            session.emit(SettingChanged(1, step=3 * number, name="learning_rate", old=0.1, new=0.2))
            time.sleep(0.002)
    session.emit(RunEnded(1))
    moving.set()
    hand.join()
    bench.flush()
    expected = np.concatenate([chunk.values["loss"] for chunk in chunks]).astype(np.float32)
    np.testing.assert_array_equal(curve(bench).x, np.arange(1, 15001))
    np.testing.assert_array_equal(curve(bench).y, expected)
    bench.close()


def test_two_workbenches_follow_one_session() -> None:
    session = FakeSession(pace=0.0)
    first, second = Workbench(session), Workbench(session, "zh")
    first.controls.rows["learning_rate"].field.text.value = "0.02"
    assert wait_until(lambda: second.controls.rows["learning_rate"].field.text.value == "0.02")
    second.buttons.run.click()
    session.wait()
    for bench in (first, second):
        bench.flush()
        assert len(curve(bench).x) == 470
        assert not bench.buttons.run.disabled
    first.close()
    assert second.publishing
    second.close()


def test_a_click_from_another_thread_works() -> None:
    session = FakeSession(pace=0.0)
    bench = Workbench(session)
    subshell = threading.Thread(target=bench.buttons.run.click)
    subshell.start()
    subshell.join()
    assert wait_until(lambda: "Finished" in bench.progress.text.value)
    assert wait_until(lambda: not bench.buttons.run.disabled)
    bench.close()


def test_a_second_run_replaces_the_first_on_the_chart() -> None:
    session = FakeSession(pace=0.0)
    bench = Workbench(session)
    session.run(epochs=3)
    bench.flush()
    session.run(epochs=2)
    bench.flush()
    assert len(curve(bench).x) == 94
    session.continue_run(1)
    session.wait()
    bench.flush()
    assert len(curve(bench).x) == 141
    assert len(curve(bench, "val_accuracy").x) == 3
    bench.close()


def test_the_metric_can_be_chosen_and_starts_with_the_first_that_is_not_loss() -> None:
    session = FakeSession(pace=0.0)
    bench = Workbench(session)
    session.run(epochs=1)
    bench.flush()
    assert bench.curves.metric.value == "accuracy"
    bench.curves.metric.value = "top_k"
    assert len(curve(bench, "top_k").x) == 47
    bench.close()


def test_the_chart_follows_a_model_without_metrics() -> None:
    session = FakeSession(script=False)
    bench = Workbench(session)
    session.begin()
    chunk = steps_ended(1, 0, 10)
    session.emit(type(chunk)(1, 0, 0, {"loss": chunk.values["loss"]}, chunk.learning_rates))
    session.emit(EpochEnded(1, epoch=0, last_step=10, logs={"loss": 1.0, "val_loss": 2.0}))
    bench.flush()
    assert len(curve(bench).x) == 10
    assert list(curve(bench, "val_loss").y) == [2.0]
    assert bench.curves.metric.layout.display == "none"
    bench.close()


def test_the_first_point_comes_at_once() -> None:
    session = FakeSession(script=False)
    bench = Workbench(session)
    session.begin()
    time.sleep(0.05)
    session.emit(steps_ended(1, 0, 5))
    start = time.monotonic()
    assert wait_until(lambda: any(len(one.x) for one in bench.curves.chart.spec().series))
    assert time.monotonic() - start < 0.1
    bench.close()


def test_at_most_ten_drawings_a_second_and_none_when_idle() -> None:
    bus, drawn = EventBus(), []
    publisher = Publisher(bus, lambda batch: drawn.append(batch) is not None)
    for number in range(300):
        bus.publish(steps_ended(1, number, 1))
        time.sleep(0.002)
    time.sleep(0.15)
    assert sum(len(batch.events) for batch in drawn) == 300
    assert 4 <= len(drawn) <= 14
    before = len(drawn)
    time.sleep(0.3)
    assert len(drawn) == before
    publisher.close()


def test_a_drawing_that_fails_stops_nothing() -> None:
    bus, drawn = EventBus(), []

    def draw(batch: Batch) -> bool:
        drawn.append(batch)
        raise ValueError("no")

    publisher = Publisher(bus, draw)
    bus.publish(Event(1))
    assert wait_until(lambda: len(drawn) == 1)
    bus.publish(Event(1))
    assert wait_until(lambda: len(drawn) == 2)
    publisher.close()


def test_closing_ends_the_publisher_and_every_widget() -> None:
    session = FakeSession(script=False)
    before = set(_instances)
    bench = Workbench(session)
    bench.close()
    bench.close()
    assert not bench.publishing
    assert set(_instances) - before == set()
    session.begin()
    assert not session.closed


def test_a_publisher_nobody_holds_is_collected_with_its_thread() -> None:
    class Owner:
        def __init__(self, bus: EventBus) -> None:
            self.publisher = Publisher(bus, self.draw)

        def draw(self, batch: Batch) -> bool:
            return False

    bus = EventBus()
    owner = Owner(bus)
    thread, trace = owner.publisher._thread, weakref.ref(owner)
    bus.publish(Event(1))
    time.sleep(0.05)
    del owner
    gc.collect()
    thread.join(2)
    assert trace() is None
    assert not thread.is_alive()
    assert bus._handlers == []


@pytest.fixture
def widget(monkeypatch: pytest.MonkeyPatch) -> Iterator[TuneWidget]:
    engine: Any = ModuleType("kerastune_widget.engine.session")
    engine.Session = lambda model, data, *, validation_data=None, **options: FakeSession(pace=0.0, **options)
    monkeypatch.setitem(sys.modules, "kerastune_widget.engine.session", engine)
    widget = TuneWidget(object(), object(), chunk=20)
    yield widget
    widget.close()


def test_the_widget_runs_without_a_browser(widget: TuneWidget) -> None:
    run = widget.run(epochs=2)
    assert run.status == "finished"
    assert len(curve(widget._workbench).x) == 94
    assert "Finished: 2 epochs" in widget._workbench.progress.text.value


def test_the_widget_draws_a_figure_of_any_run(widget: TuneWidget) -> None:
    first = widget.run(epochs=2)
    widget.run(epochs=1)
    lines = {line.get_gid(): len(line.get_xdata()) for line in widget.figure(first).axes[0].get_lines()}
    assert lines["1/loss"] == 94
    lines = {line.get_gid(): len(line.get_xdata()) for line in widget.figure().axes[0].get_lines()}
    assert lines["2/loss"] == 47


def test_the_widget_saves_what_it_shows(widget: TuneWidget, tmp_path: Path) -> None:
    widget.run(epochs=1)
    widget.save_figure(tmp_path / "curves.svg")
    assert ">Accuracy<" in (tmp_path / "curves.svg").read_text("utf-8")
    with pytest.raises(KerasTuneError, match=r"received '.*curves\.bmp'"):
        widget.save_figure(str(tmp_path / "curves.bmp"))


def test_the_widget_speaks_another_language_at_any_time(widget: TuneWidget) -> None:
    widget.language = "zh"
    assert widget.language == "zh"
    with pytest.raises(KerasTuneError, match="language must be one of"):
        widget.language = "fr"
    with pytest.raises(KerasTuneError, match="language must be one of"):
        TuneWidget(object(), object(), language="chinese")


def test_the_widget_reads_well_as_plain_text(widget: TuneWidget) -> None:
    assert repr(widget) == "<TuneWidget: 0 runs>"
    widget.run(epochs=1)
    assert repr(widget) == "<TuneWidget: 1 run, last finished>"
    assert "application/vnd.jupyter.widget-view+json" in widget._repr_mimebundle_()


def test_closing_the_widget_closes_the_session(widget: TuneWidget) -> None:
    widget.close()
    widget.close()
    assert widget.session.closed
    assert not widget._workbench.publishing
