import json
import threading
import time

import numpy as np
import pytest

from kerastune_widget.core.history import History
from kerastune_widget.core.plot import Annotation, Span
from kerastune_widget.core.plots.training_curves import build, overlay
from kerastune_widget.core.text import Text
from kerastune_widget.ui.chart import ChartArea, LiveChart


class Page:
    """Stands in for a page: receives what a chart sends and keeps the numbers, as chart/messages.js does."""

    def __init__(self, chart, monkeypatch):
        self.messages, self.curves, self.gaps = [], {}, 0
        self._chart, self._sequence = chart, None
        monkeypatch.setattr(chart, "send", self._receive)

    def say(self, kind):
        self._chart._handle_custom_msg({"kind": kind}, [])

    def _receive(self, content, buffers):
        self.messages.append(content)
        numbers = np.frombuffer(buffers[0], dtype=np.float32)
        if content["kind"] == "whole":
            self.curves = {part["id"]: np.empty((2, 0), "f4") for part in content["spec"]["series"]}
        elif content["sequence"] != self._sequence + 1:
            self.gaps += 1
        if content["kind"] == "delta" and "spec" in content:
            starts = {part["id"]: part["start"] for part in content["curves"]}
            self.curves = {
                name: self.curves[name] if start else np.empty((2, 0), "f4") for name, start in starts.items()
            }
        self._sequence = content["sequence"]
        for part in content["curves"]:
            count, held = part["count"], self.curves[part["id"]]
            self.gaps += held.shape[1] != part["start"]
            self.curves[part["id"]] = np.hstack([held, numbers[: 2 * count].reshape(2, count)])
            numbers = numbers[2 * count :]


@pytest.fixture
def chart():
    made = LiveChart()
    yield made
    made.close()


@pytest.fixture
def area():
    made = ChartArea(patience=0.05)
    yield made
    made.close()


def spec_after(steps):
    return build(History(steps={"loss": np.arange(steps, dtype=float)}))


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_a_page_is_answered_with_the_whole(chart, monkeypatch):
    page = Page(chart, monkeypatch)
    chart.show(spec_after(5))
    chart.append("loss", [6, 7], [5, 6])
    page.curves.clear()
    page.say("ready")
    assert chart.ready
    assert page.messages[-1]["kind"] == "whole"
    assert page.curves["loss"][1].tolist() == [0, 1, 2, 3, 4, 5, 6]
    page.say("resync")
    assert [message["kind"] for message in page.messages] == ["whole", "delta", "whole", "whole"]
    assert page.curves["loss"].shape == (2, 7)


def test_a_picked_epoch_is_handed_on(chart):
    picked = []
    chart._handle_custom_msg({"kind": "pick", "run": 3, "epoch": 7}, [])
    chart.on_pick(lambda run, epoch: picked.append((run, epoch)))
    chart._handle_custom_msg({"kind": "pick", "run": 3, "epoch": 7}, [])
    chart._handle_custom_msg({"kind": "pick", "run": "3", "epoch": None}, [])
    assert picked == [(3, 7)]


@pytest.mark.parametrize("wrong", [None, "0.1", float("nan"), float("inf"), [0.1]])
def test_a_picked_position_is_handed_on(chart, wrong):
    picked = []
    chart._handle_custom_msg({"kind": "pickX", "x": 0.5}, [])
    chart.on_pick_x(picked.append)
    chart._handle_custom_msg({"kind": "pickX", "x": 0.25}, [])
    chart._handle_custom_msg({"kind": "pickX", "x": wrong}, [])
    assert picked == [0.25]


def test_a_page_that_listens_keeps_up_with_runs_that_come_and_go(chart, monkeypatch):
    page = Page(chart, monkeypatch)
    specs = {n: build(History(steps={"loss": np.arange(n, dtype=float)}), prefix=str(n), colour=n) for n in (5, 7)}
    chart.show(specs[5])
    chart.show(overlay([specs[5], specs[7]]))
    chart.append("5/loss", [6], [0.5])
    chart.show(overlay([specs[7]]))
    assert {name: numbers.shape[1] for name, numbers in page.curves.items()} == {"7/loss": 7}
    assert page.gaps == 0
    assert [message["kind"] for message in page.messages] == ["whole", "delta", "delta", "delta"]


@pytest.mark.parametrize("content", [{}, {"kind": "other"}, "ready", None])
def test_other_messages_are_ignored(chart, monkeypatch, content):
    page = Page(chart, monkeypatch)
    chart._handle_custom_msg(content, [])
    assert page.messages == [] and not chart.ready


def test_appending_while_the_page_asks_again_and_again_arrives_whole(chart, monkeypatch):
    page = Page(chart, monkeypatch)
    chart.show(spec_after(0))
    done = threading.Event()

    def ask():
        while not done.is_set():
            page.say("resync")

    asking = threading.Thread(target=ask)
    asking.start()
    for n in range(3000):
        chart.append_many({"loss": ([n + 1], [n])})
    done.set()
    asking.join()
    assert page.gaps == 0
    assert page.curves["loss"][1].tolist() == list(range(3000))


def test_marks_and_spans_are_told(chart, monkeypatch):
    page = Page(chart, monkeypatch)
    chart.show(spec_after(5))
    chart.annotate(Annotation(2, Text(en="a", zh="甲")))
    chart.annotate(Annotation(3, Text(en="b", zh="乙")))
    chart.set_spans([Span(1, 2, "warning")])
    chart.set_epoch_ends([5])
    assert [mark["text"]["zh"] for mark in page.messages[2]["annotations"]] == ["甲", "乙"]
    assert page.messages[3]["spans"][0]["severity"] == "warning"
    assert page.messages[4]["epoch_ends"] == [5]


def test_the_saved_state_holds_no_numbers(chart):
    def size():
        state = chart.get_state()
        return len(json.dumps({name: value for name, value in state.items() if name not in ("_esm", "_css")}))

    before = size()
    chart.show(spec_after(20_000))
    assert size() == before < 1000


def test_the_module_is_served_from_the_package_and_asks_nobody(chart):
    assert "export default { render }" in chart._esm
    assert ".kerastune-chart" in chart._css
    assert "http" not in chart._esm.replace("http://www.w3.org/2000/svg", "") + chart._css


def test_a_change_of_language_touches_neither_numbers_nor_choices(chart, monkeypatch):
    page = Page(chart, monkeypatch)
    chart.show(spec_after(5))
    chart.view = {"smoothing": 0.5}
    chart.language = "zh"
    assert len(page.messages) == 1
    assert chart.get_state()["language"] == "zh" and chart.view == {"smoothing": 0.5}


def test_names_do_not_shadow_those_of_the_base_classes():
    for kind in (LiveChart, ChartArea):
        inherited = set().union(*(vars(base) for base in kind.__mro__[1:]))
        ours = {name for name, part in vars(kind).items() if getattr(part, "__module__", "") == kind.__module__}
        assert ours & inherited <= {"__init__", "close"}


def test_stills_take_over_when_no_page_answers_and_leave_when_one_does(area):
    assert area._image.layout.display == "none"
    area.show(spec_after(5))
    until(lambda: area._image.value)
    assert bytes(area._image.value).startswith(b"\x89PNG") and area._image.layout.display is None
    area._chart._handle_custom_msg({"kind": "ready"}, [])
    assert area.ready
    assert (area._image.value, area._image.layout.display) == (b"", "none")
    area.append_many({"loss": ([6], [1])})
    assert area._painter._timer is None


def test_no_stills_for_a_page_that_answers_in_time(area):
    area._chart._handle_custom_msg({"kind": "ready"}, [])
    area.show(spec_after(5))
    time.sleep(0.3)
    assert area._image.value == b"" and area._timer is None


def test_nothing_runs_before_there_are_numbers(area):
    area.show(spec_after(0))
    area.set_language("zh")
    assert area._timer is None


def test_the_last_still_shows_the_last_numbers(area, monkeypatch):
    painted = []
    monkeypatch.setattr("kerastune_widget.ui.still.draw", lambda spec, language: (spec, language))
    monkeypatch.setattr("kerastune_widget.ui.still.to_png", lambda drawn: painted.append(drawn) or b"png")
    area.show(spec_after(5))
    until(lambda: painted)
    for n in range(6, 50):
        area.append_many({"loss": ([n], [n])})
    area.set_language("zh")
    until(lambda: len(painted) == 2)
    assert len(painted[-1][0].series[0].x) == 49 and painted[-1][1] == "zh"


def test_a_run_too_short_for_patience_still_leaves_a_picture():
    area = ChartArea(patience=60)
    area.finish()
    assert area._image.value == b""
    area.show(spec_after(5))
    area.finish()
    assert bytes(area._image.value).startswith(b"\x89PNG")
    area.close()


def test_a_failing_painter_is_logged_once_and_gives_up(area, monkeypatch, caplog):
    def fail(spec, language):
        raise RuntimeError("no matplotlib")

    monkeypatch.setattr("kerastune_widget.ui.still.draw", fail)
    area.show(spec_after(5))
    until(lambda: area._painter._closed)
    area.finish()
    assert caplog.text.count("RuntimeError: no matplotlib") == 1


def test_closing_stops_everything():
    area = ChartArea(patience=0.05)
    area.show(spec_after(5))
    area.close()
    time.sleep(0.2)
    assert area._image.value == b"" and area.comm is None and area._chart.comm is None
    area.append_many({"loss": ([6], [1])})
