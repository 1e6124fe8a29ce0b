"""The reproducibility lab and its audit: the button, the progress, and a line for each check."""

from __future__ import annotations

import html
import re

import pytest

from kerastune_widget.core.events import RunEnded
from kerastune_widget.core.text import Text
from kerastune_widget.ui.panels.audit import AuditPanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession
from tests.ui.test_panels_language import english, walk


def panel(bench: Workbench) -> AuditPanel:
    return bench.reproducibility.section(AuditPanel)


def items(bench: Workbench) -> list[str]:
    return re.findall(r"<li .*?</li>", panel(bench).lines.value)


def plain(item: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", item))


def test_the_lab_costs_next_to_nothing_until_it_is_opened(bench: Workbench) -> None:
    assert len(list(walk(bench.reproducibility.widget))) == 3
    bench.reproducibility.fold.toggle.set_state({"value": True})
    assert bench.reproducibility.folds[AuditPanel].toggle.value is False
    assert panel(bench).widget in list(walk(bench.reproducibility.widget))


def test_the_button_starts_and_nothing_else_does_meanwhile(bench: Workbench, session: FakeSession) -> None:
    panel(bench).start.click()
    assert session.calls == [("start_audit", {})]
    bench.flush()
    assert "Audit 1 · running" in bench.header._title.value
    assert "Check 1 of 4: The same input twice" in panel(bench)._status.value
    assert (bench.buttons.run.disabled, panel(bench).start.disabled, panel(bench).stop.disabled) == (True, True, False)
    assert "kerastune-training" not in bench.controls.widget._dom_classes
    session.grow_audit(3)
    bench.flush()
    assert "3 of 4 checks" in bench.progress.text.value
    assert bench.progress.bar.value == 0.75
    panel(bench).stop.click()
    assert session.calls[-1] == ("stop",)
    session.end_audit()
    bench.flush()
    assert "Stopped after 3 of 4 checks." in panel(bench)._status.value
    assert (bench.buttons.run.disabled, panel(bench).start.disabled, panel(bench).stop.disabled) == (False, False, True)


def test_while_a_run_trains_none_can_be_started(bench: Workbench, session: FakeSession) -> None:
    panel(bench)
    session.begin()
    bench.flush()
    assert panel(bench).start.disabled
    session.emit(RunEnded(1))
    bench.flush()
    assert not panel(bench).start.disabled


def test_each_check_has_a_line_with_verdict_cause_and_fix(
    bench: Workbench, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(bench.page.helper, "send", lambda content: said.append(content.get("text", "")))
    panel(bench).begin()
    session.grow_audit(4)
    session.end_audit()
    bench.flush()
    twice, mode, batch, saved = items(bench)
    assert "kerastune-audit-finding" in twice
    for words in ("✖", "The same input twice", "different", "'lstm' (LSTM) keeps its state.", "Fix", "Reset it."):
        assert words in plain(twice)
    assert "kerastune-audit-expected" in mode and "different, as intended" in plain(mode)
    assert "kerastune-audit-rounding" in batch and "equal within rounding (2e-07)" in plain(batch)
    assert "kerastune-audit-skipped" in saved and "Too large &lt;here&gt;." in saved
    assert said[-1] == "1 of 4 checks found a reason to answer differently."
    assert said[-1] in panel(bench)._status.value


def test_an_audit_that_fails_says_why(bench: Workbench, session: FakeSession) -> None:
    panel(bench).begin()
    session.end_audit(Text(en="No <weights>.", zh="没有权重。"))
    bench.flush()
    assert 'role="alert">No &lt;weights&gt;.<' in panel(bench)._status.value
    assert "ready" in bench.header._title.value


def test_everything_is_translated(bench: Workbench, session: FakeSession) -> None:
    panel(bench).begin()
    bench.language = "zh"
    session.grow_audit(2)
    bench.flush()
    assert english(bench) == set()
    session.grow_audit(2)
    session.end_audit()
    bench.flush()
    assert english(bench) == set()
    assert "解决办法" in panel(bench).lines.value
