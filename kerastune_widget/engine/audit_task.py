"""An audit as work on a session's training thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from ..core.events import AuditEnded, AuditMoved, AuditStarted, Event
from ..core.text import Text
from .audit.audit import Audit
from .audit.auditor import perform
from .audit.check import Check
from .audit.subject import Subject
from .commands import CommandQueue, Stop


class AuditTask:
    """The work of one audit.

    Args:
        audit: Where its outcomes go.
        checks: What to check, in order.
        subject: Makes what to look at, on the training thread.
        publish: Told its events.
    """

    busy: ClassVar[Text] = Text(
        en="Audit {number} is going on. Wait for it (session.wait()) or stop it (session.stop()) before starting "
        "anything else.",
        zh="第 {number} 次审查尚未结束。请等它结束（session.wait()）或将它停止（session.stop()），再开始别的。",
    )

    def __init__(
        self,
        audit: Audit,
        checks: Mapping[str, Check],
        subject: Callable[[], Subject],
        publish: Callable[[Event], None],
    ) -> None:
        self._audit, self._checks, self._subject, self._publish = audit, checks, subject, publish

    @property
    def number(self) -> int:
        """That of the audit."""
        return self._audit.number

    def begin(self) -> None:
        """Tell that it is to come."""
        self._publish(AuditStarted(0, number=self.number))

    def work(self, commands: CommandQueue) -> None:
        """Make all checks, or as many as there is time for until it is stopped."""
        stopped: Callable[[], bool] = lambda: commands.holds(Stop)  # noqa: E731
        for check in perform(self._checks, self._subject(), stopped):
            self._audit._add(check)
            self._publish(AuditMoved(0, number=self.number))

    def end(self, error: BaseException | None) -> None:
        """Tell that it ended."""
        self._audit._end(error)
        self._publish(AuditEnded(0, number=self.number))
