"""The schedule's preview, and the rate under the curves of a run: one is what the other becomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.events import EpochEnded, RunEnded, RunStarted, StepsEnded
from kerastune_widget.core.history import Leg
from kerastune_widget.core.schedule import PlannedRates
from kerastune_widget.core.text import Text
from kerastune_widget.errors import HyperparameterError
from kerastune_widget.ui.panels.schedule_preview import SchedulePreviewPanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import STEPS_PER_EPOCH, FakeSession


@pytest.fixture
def preview(bench: Workbench) -> SchedulePreviewPanel:
    return bench.lab.section(SchedulePreviewPanel)


def rates(panel: SchedulePreviewPanel) -> np.ndarray:
    return panel.chart.spec().series[0].y


def test_it_draws_the_settings_at_once_and_follows_them(
    bench: Workbench, session: FakeSession, preview: SchedulePreviewPanel
) -> None:
    assert set(rates(preview).tolist()) == {np.float32(0.001)}
    for name, value in (("schedule", "cosine"), ("learning_rate", 0.1), ("epochs", 3)):
        session.set(name, value)
    bench.flush()
    np.testing.assert_array_equal(rates(preview), session.planned_rates().rates.astype(np.float32))
    assert list(preview.chart.spec().epoch_ends) == [47, 94, 141]
    assert "Cosine decay: The learning rate falls from 0.1 to" in preview._text.value
    session.set("schedule", "cosine(warmup_epochs=2)")
    bench.language = "zh"
    bench.flush()
    assert "余弦衰减（预热 2 轮）：学习率在 3 轮中从 0.1 降到" in preview._text.value


def test_a_moved_momentum_has_a_pane_of_its_own(
    bench: Workbench, session: FakeSession, preview: SchedulePreviewPanel
) -> None:
    session.set("schedule", "piecewise")
    bench.flush()
    assert [axis.id for axis in preview.chart.spec().axes] == ["learning_rate", "momentum"]


def test_a_button_beside_the_schedule_opens_it(bench: Workbench) -> None:
    assert bench.lab.preview in bench.controls.rows["schedule"].widget.children
    bench.lab.preview.click()
    assert bench.lab.fold.toggle.value and bench.lab.folds[SchedulePreviewPanel].toggle.value
    assert bench.lab.section(SchedulePreviewPanel).planned is not None


def test_nothing_is_worked_out_while_nothing_changes(
    bench: Workbench, session: FakeSession, preview: SchedulePreviewPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(session, "planned_rates", lambda: asked.append(1))
    session.finish()
    bench.flush()
    assert not asked
    session.set("epochs", 4)
    bench.flush()
    bench.flush()
    assert len(asked) == 1


def test_it_says_when_there_is_nothing_to_draw(
    bench: Workbench, session: FakeSession, preview: SchedulePreviewPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> PlannedRates:
        raise HyperparameterError(Text(en="The <levels> are too few.", zh="数值太少。"))

    monkeypatch.setattr(session, "planned_rates", lambda: None)
    session.set("epochs", 4)
    bench.flush()
    assert "not known yet" in preview._text.value and preview.chart.layout.display == "none"
    monkeypatch.setattr(session, "planned_rates", refuse)
    session.set("epochs", 5)
    bench.flush()
    assert "The &lt;levels&gt; are too few." in preview._text.value and 'role="alert"' in preview._text.value
    monkeypatch.undo()
    session.set("epochs", 6)
    bench.flush()
    assert preview.chart.layout.display is None and "alert" not in preview._text.value


def train(session: FakeSession, count: int, first: int = 0) -> None:
    """Let the active run take steps at the rates that were planned."""
    run = session.active
    planned = session.planned_rates(**run.hyperparameters).rates[first : first + count]
    session.emit(StepsEnded(run.number, first, first // STEPS_PER_EPOCH, {"loss": np.ones(count)}, planned))


def curve(bench: Workbench, name: str) -> np.ndarray:
    return next(series.y for series in bench.curves.chart.spec().series if series.id == name)


def panes(bench: Workbench) -> list[str]:
    return [axis.id for axis in bench.curves.chart.spec().axes]


def test_the_rate_of_a_run_follows_its_plan_live(bench: Workbench, session: FakeSession) -> None:
    session.set("schedule", "cosine")
    session.begin(10)
    train(session, 10)
    bench.flush()
    assert panes(bench) == ["loss", "learning_rate"]
    planned = curve(bench, "1/planned_learning_rate")
    assert len(planned) == 470
    train(session, 7, first=10)
    bench.flush()
    np.testing.assert_array_equal(curve(bench, "1/learning_rate"), planned[:17])
    session.emit(RunEnded(1, status="stopped"))
    bench.flush()
    assert len(curve(bench, "1/planned_learning_rate")) == 17


def test_a_branch_has_a_plan_from_its_fork_on_and_a_continued_run_has_none(
    bench: Workbench, session: FakeSession
) -> None:
    session.settings = session.settings.replace(schedule="cosine", epochs=4)
    session.finish(4)
    branch = session.branch(1, 2, epochs=2)
    session.emit(RunStarted(2, dict(session.settings), STEPS_PER_EPOCH, 2, 4))
    train(session, 10, first=2 * STEPS_PER_EPOCH)
    bench.flush()
    drawn = {series.id: series for series in bench.curves.chart.spec().series}
    planned, own = drawn["2/planned_learning_rate"], drawn["2/learning_rate"]
    assert planned.x[0] == 2 * STEPS_PER_EPOCH + 1 and planned.x[-1] == 4 * STEPS_PER_EPOCH
    np.testing.assert_array_equal(own.y[-10:], planned.y[:10])
    assert "1/planned_learning_rate" not in drawn
    branch._history = replace(branch._history, legs=(Leg(0, 4), Leg(2, 4), Leg(3, 4)))
    bench.curves.rebuild()
    assert not any("planned" in series.id for series in bench.curves.chart.spec().series)


def test_a_plain_run_shows_what_it_always_did(bench: Workbench, session: FakeSession) -> None:
    session.finish()
    bench.flush()
    assert panes(bench) == ["loss", "accuracy"]
    assert not any("learning_rate" in series.id for series in bench.curves.chart.spec().series)


def test_a_plateau_gives_its_reasons_while_it_trains(bench: Workbench, session: FakeSession) -> None:
    session.settings = session.settings.replace(schedule="plateau(patience=1)")
    session.begin(10)
    for epoch, loss in enumerate((1.0, 2.0)):
        train(session, STEPS_PER_EPOCH, first=epoch * STEPS_PER_EPOCH)
        ended = EpochEnded(
            1, epoch=epoch, last_step=(epoch + 1) * STEPS_PER_EPOCH, logs={"loss": loss, "val_loss": loss}
        )
        session.emit(ended)
        bench.flush()
    (cut,) = (mark for mark in bench.curves.chart.spec().annotations if mark.axis == "learning_rate")
    assert (cut.x, cut.kind) == (94, "change") and "cut" in cut.text.en
