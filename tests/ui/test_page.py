"""Keys, and what is said aloud."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import kerastune_widget
from kerastune_widget.core.events import EpochEnded, RunEnded, RunStatus
from kerastune_widget.core.history import History
from kerastune_widget.ui.bundle import bundle
from kerastune_widget.ui.spoken import describe
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession, steps_ended

FOLDER = Path(kerastune_widget.__file__).parent / "ui" / "static" / "page"


@pytest.fixture
def said(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sentences: list[str] = []
    monkeypatch.setattr(bench.page.helper, "send", lambda content: sentences.append(content["text"]))
    return sentences


def press(bench: Workbench, name: Any) -> None:
    bench.page.helper._handle_custom_msg({"kind": "key", "name": name}, [])
    bench.flush()


def calls(session: FakeSession) -> list[str]:
    return [call[0] for call in session.calls]


def test_keys_do_what_the_buttons_do(bench: Workbench, session: FakeSession) -> None:
    press(bench, "run")
    assert calls(session) == ["start"]
    press(bench, "stop")
    assert calls(session) == ["start", "stop"]


def test_a_key_whose_button_is_disabled_does_nothing(bench: Workbench, session: FakeSession) -> None:
    for name in ("pause", "stop", "more", None, 3):
        press(bench, name)
    assert session.calls == []
    session.begin()
    bench.flush()
    press(bench, "run")
    assert session.calls == []
    press(bench, "pause")
    assert calls(session) == ["pause"]


def test_the_end_is_told_at_once_and_the_rest_not_too_often(
    bench: Workbench, session: FakeSession, said: list[str]
) -> None:
    session.begin(epochs=20)
    for epoch in range(15):
        session.emit(steps_ended(1, 10 * epoch, 10, epoch))
        session.emit(EpochEnded(1, epoch=epoch, last_step=10 * epoch + 10, logs={"loss": 1.0 / (epoch + 1)}))
        bench.flush()
    assert [sentence.split(":")[0] for sentence in said] == ["Run 1, epoch 1 of 20"]
    session.emit(RunEnded(1, status="stopped"))
    bench.flush()
    assert said[1:] == ["Run 1 stopped after 15 epochs: loss 0.0667, falling"]


def test_it_speaks_the_language_of_the_widget(bench: Workbench, session: FakeSession, said: list[str]) -> None:
    bench.language = "zh"
    assert bench.page.helper.language == "zh"
    session.begin(epochs=2)
    session.emit(EpochEnded(1, epoch=0, last_step=10, logs={"loss": 0.5, "val_accuracy": 0.9}))
    bench.flush()
    assert said == ["第 1 次运行，第 1 轮，共 2 轮：损失 0.5；验证准确率 0.9，目前最好"]


def sentence(status: RunStatus = "running", name: str = "", **epochs: list[float]) -> str:
    return describe(3, name, History(epochs=epochs, planned_epochs=10, status=status), "en")


@pytest.mark.parametrize(
    ("losses", "trend"),
    [([0.5], ""), ([0.5, 0.41], ", falling"), ([0.5, 0.6], ", rising"), ([0.5, 0.5001], ", level")],
)
def test_it_says_where_the_loss_goes(losses: list[float], trend: str) -> None:
    assert sentence(loss=losses) == f"Run 3, epoch {len(losses)} of 10: loss {losses[-1]:.3g}{trend}"


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("val_accuracy", [0.8, 0.87], "validation accuracy 0.87, best so far"),
        ("val_accuracy", [0.9, 0.87], "validation accuracy 0.87, best 0.9 in epoch 1"),
        ("val_loss", [0.9, 0.5], "validation loss 0.5, best so far"),
        ("val_oddity", [0.9, 0.5], "validation oddity 0.5"),
    ],
)
def test_it_says_whether_the_metric_is_the_best_so_far(name: str, values: list[float], words: str) -> None:
    assert sentence(loss=[1.0, float("nan")], **{name: values}) == f"Run 3, epoch 2 of 10: loss nan; {words}"


def test_it_says_how_a_run_ended_and_what_it_is_called() -> None:
    assert sentence("finished", loss=[1.0]) == "Run 3 finished after 1 epoch: loss 1"
    assert sentence("failed", name="{a}") == "{a} failed after 0 epochs: no values yet"


def test_the_page_s_part_is_one_module_that_asks_nobody() -> None:
    code = bundle(FOLDER)
    assert re.findall(r"^(?:import|export) .*", code, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:function|const) (\w+)", code, re.MULTILINE)
    assert len(names) == len(set(names)) > 10
    assert "http" not in code
