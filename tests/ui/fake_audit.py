"""An audit without Keras: four checks, one of each verdict, and what a test expects of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kerastune_widget.core.audit import AuditCheck
from kerastune_widget.core.events import AuditEnded, AuditMoved, AuditStarted, EventBus
from kerastune_widget.core.text import Text

TWICE = Text(en="The same input twice", zh="同一输入预测两次")
MODE = Text(en="Prediction against training", zh="预测与训练对比")
BATCH = Text(en="A batch of 1 against many", zh="单行批次与多行批次对比")
SAVED = Text(en="Saved and loaded again", zh="保存后重新加载")
CAUSE = Text(en="'lstm' (LSTM) keeps its state.", zh="“dropout”会保留状态。")
FIX = Text(en="Reset it.", zh="请重置它。")
CHECKS = (
    AuditCheck("predict_twice", TWICE, "different", CAUSE, FIX, ("lstm",), 0.3),
    AuditCheck(
        "training_mode", MODE, "different", Text(en="As it should.", zh="这是正常的。"), expected=True, size=0.1
    ),
    AuditCheck("batch_size", BATCH, "rounding", size=2e-7),
    AuditCheck("save_and_load", SAVED, "skipped", Text(en="Too large <here>.", zh="太大。")),
)


@dataclass
class FakeAudit:
    """Makes as many checks as it is told to."""

    number: int
    planned: tuple[Text, ...] = (TWICE, MODE, BATCH, SAVED)
    checks: list[AuditCheck] = field(default_factory=list)
    ended: bool = False
    error: Text | None = None


class FakeAudits:
    """What a fake session knows of audits."""

    events: EventBus
    calls: list[tuple[Any, ...]]
    audits: list[FakeAudit]

    @property
    def auditing(self) -> bool:
        return any(not audit.ended for audit in self.audits)

    def start_audit(self, **options: Any) -> FakeAudit:
        self.calls.append(("start_audit", options))
        self._refuse_if_busy()  # type: ignore[attr-defined]
        self.audits.append(FakeAudit(len(self.audits) + 1))
        self.events.publish(AuditStarted(0, number=len(self.audits)))
        return self.audits[-1]

    def grow_audit(self, checks: int = 1) -> None:
        """Let the newest audit make more checks."""
        audit = self.audits[-1]
        audit.checks = list(CHECKS[: len(audit.checks) + checks])
        self.events.publish(AuditMoved(0, number=audit.number))

    def end_audit(self, error: Text | None = None) -> None:
        """Let the newest audit end, as it is or with an error."""
        self.audits[-1].ended, self.audits[-1].error = True, error
        self.events.publish(AuditEnded(0, number=self.audits[-1].number))
