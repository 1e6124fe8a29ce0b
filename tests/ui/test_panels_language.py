"""Language: switched at any time, everything translated, nothing lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded
from kerastune_widget.core.text import Text
from kerastune_widget.errors import RunError
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, overfitting, steps_ended

PROPER_NAMES = {
    "KerasTune",
    "MB",
    "TensorFlow",
    "Python",
    "Adam",
    "SGD",
    "RMSprop",
    "NaN",
    "EN",
    "English",
    "KT",
    "top",  # the metric's own name
    "dropout",  # layers' own names
    "traceback",
}
TEXT_TRAITS = ("description", "tooltip", "placeholder", "tooltips", "titles", "_options_labels")


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(script=False, notices=[Text(en="3 inputs are NaN.", zh="有 3 个输入为 NaN。")])


def walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def texts(widget: Any) -> Iterator[str]:
    """Return what a person can see or hear of one widget."""
    for name in TEXT_TRAITS:
        value = getattr(widget, name, None) or ()
        yield from [value] if isinstance(value, str) else value
    if type(widget).__name__ == "HTML" and "<style>" not in widget.value:
        yield from re.findall(r'(?:aria-label|title)="([^"]*)"', widget.value)
        yield re.sub(r"<(pre|code)>.*?</\1>", "", widget.value, flags=re.DOTALL)


def english(bench: Workbench) -> set[str]:
    """Return the English words left over."""
    found = set()
    for widget in walk(bench.root):
        for text in texts(widget):
            plain = html.unescape(re.sub(r"<[^>]*>", " ", text))
            found |= set(re.findall(r"[A-Za-z]{2,}", plain))
    return found - PROPER_NAMES


def live_through(session: FakeSession, bench: Workbench) -> None:
    session.begin(epochs=1)
    session.emit(steps_ended(1, 0, 47))
    session.runs[-1].findings = [overfitting(0.5, span=(0, 0))]
    session.emit(EpochEnded(1, epoch=0, last_step=47, logs={"loss": 1.0, "val_loss": 2.0}))
    bench.flush()


def test_everything_visible_is_translated(bench: Workbench, session: FakeSession) -> None:
    bench.language = "zh"
    assert english(bench) == set()
    live_through(session, bench)
    assert english(bench) == set()
    session.emit(RunEnded(1, status="failed", error="", traceback="x"))
    bench.flush()
    assert english(bench) == set()


def test_a_switch_in_the_middle_translates_what_is_there(bench: Workbench, session: FakeSession) -> None:
    live_through(session, bench)
    bench.language = "zh"
    assert english(bench) == set()
    assert bench.curves.chart._chart.language == "zh"


def test_an_error_beside_a_control_is_translated(bench: Workbench) -> None:
    bench.controls.rows["learning_rate"].field.text.value = "快"
    bench.language = "zh"
    assert "“学习率”必须是" in bench.controls.rows["learning_rate"]._note.value
    assert english(bench) == set()


def test_a_refusal_under_the_buttons_is_translated(bench: Workbench) -> None:
    def refuse() -> None:
        raise RunError(Text(en="There is no run to continue.", zh="没有可以继续的运行。"))

    bench.buttons._send(bench.buttons.more, refuse)
    assert "There is no run to continue." in bench.buttons._message.value
    bench.language = "zh"
    assert "没有可以继续的运行。" in bench.buttons._message.value
    assert english(bench) == set()


def test_why_a_finding_matters_is_translated(bench: Workbench, session: FakeSession) -> None:
    live_through(session, bench)
    why = bench.diagnosis.cards["KT101"]._documentation
    assert "<b>What it sees. </b>Validation loss rises, training loss falls.</p>" in why.value
    bench.language = "zh"
    assert "<b>看到什么：</b>验证损失上升，训练损失下降。</p>" in why.value
    assert english(bench) == set()


def test_switching_keeps_every_value_and_sets_nothing(bench: Workbench, session: FakeSession) -> None:
    bench.controls.rows["optimizer"].field.widget.value = "sgd"
    bench.controls.rows["learning_rate"].field.text.value = "0.02"
    live_through(session, bench)
    bench.curves.metric.value = "top_k"
    calls, settings = list(session.calls), session.settings
    for language in ("zh", "en", "zh"):
        bench.header.languages.value = language
    assert bench.language == "zh"
    assert (session.calls, session.settings) == (calls, settings)
    assert bench.controls.rows["optimizer"].field.widget.value == "sgd"
    assert bench.controls.rows["learning_rate"].field.text.value == "0.02"
    assert bench.curves.metric.value == "top_k"
    assert {curve.axis for curve in bench.curves.chart.spec().series} == {"loss", "top_k"}


def test_the_switch_and_the_property_agree(bench: Workbench) -> None:
    bench.language = "zh"
    assert bench.header.languages.value == "zh"
    bench.header.languages.value = "en"
    assert bench.language == "en"
