"""What is promised of a repeated run, where it was trained, and what strict mode costs."""

from __future__ import annotations

import pytest

from kerastune_widget.core.events import StrictCostMeasured
from kerastune_widget.core.strict_cost import StrictCost
from kerastune_widget.core.text import Text
from kerastune_widget.ui.panels.same_again import SameAgainPanel
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


@pytest.fixture
def panel(bench: Workbench) -> SameAgainPanel:
    return bench.reproducibility.section(SameAgainPanel)


def test_it_tells_what_holds_and_what_cannot_be_promised(bench: Workbench, panel: SameAgainPanel) -> None:
    holds, cannot = panel._promises.value.split("Cannot be promised")
    assert "same numbers to the last bit" in holds and "✖" not in holds
    assert "On other hardware" in cannot and "✔" not in cannot
    assert "3.12.1" in panel._record.value and "keras==3.13.0" in panel._record.value
    bench.language = "zh"
    assert "无法保证" in panel._promises.value and "训练环境" in panel._record.value


def test_what_strict_mode_costs_is_measured(bench: Workbench, panel: SameAgainPanel, session: FakeSession) -> None:
    panel.measure.click()
    bench.flush()
    assert session.calls[-1] == ("start_strict_cost",) and "Measuring" in panel._line.value
    assert panel.measure.disabled and bench.buttons.run.disabled
    session.strict_costs[-1].ended, session.strict_costs[-1].result = True, StrictCost((0.001,), (0.0015,), 40)
    session.events.publish(StrictCostMeasured(0, 1))
    bench.flush()
    assert "1.50 times as long" in panel._line.value
    assert not panel.measure.disabled and not bench.buttons.run.disabled


def test_a_measurement_that_failed_says_why(bench: Workbench, panel: SameAgainPanel, session: FakeSession) -> None:
    panel.measure.click()
    session.strict_costs[-1].ended, session.strict_costs[-1].error = True, Text(en="No <way>.", zh="不行。")
    session.events.publish(StrictCostMeasured(0, 1))
    bench.flush()
    assert "No &lt;way&gt;." in panel._note.value
