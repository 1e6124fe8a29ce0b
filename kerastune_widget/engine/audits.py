"""The audits that a session offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..core.events import EventBus
from ..core.text import Text
from .audit.audit import Audit
from .audit.auditor import chosen_checks
from .audit.making import subject_of_session
from .audit_task import AuditTask
from .launcher import Launcher
from .template import ModelTemplate

_FAILED = Text(en="Audit {number} failed: {error}", zh="第 {number} 次审查失败：{error}")


class SessionAudits:
    """Audits of a ``Session``: why its model answers differently from one time to the next."""

    events: EventBus
    _audits: list[Audit]
    _launcher: Launcher
    _template: ModelTemplate

    if TYPE_CHECKING:
        _warm: Any

        def wait(self, timeout: float | None = None) -> bool:
            """Wait until no run is going on."""

        def _refuse_if_busy(self) -> None: ...

    @property
    def audits(self) -> tuple[Audit, ...]:
        """All audits so far, oldest first."""
        return tuple(self._audits)

    def start_audit(
        self, *, rows: int = 32, time_steps: int | Sequence[int] | None = None, checks: Sequence[str] | None = None
    ) -> Audit:
        """Measure why your model answers differently from one time to the next, in the background; return at once.

        It looks at the model that the session was given, which is put back exactly as it was after each check; do not
        use it meanwhile. ``stop`` ends the audit.

        Args:
            rows: Most rows of the training data to look at, 2 or more.
            time_steps: Sequence lengths that you mean to predict on, for recurrent models; those of the validation
                data are looked at in any case.
            checks: Names of the checks to make; None for all.

        Raises:
            HyperparameterError: For a check that there is not, or refused numbers.
            SessionBusyError: If a run or something else is going on.
        """
        chosen = chosen_checks(checks)
        subject = subject_of_session(self._template, lambda: self._warm.dataset, rows=rows, time_steps=time_steps)
        publish: Callable[[Any], None] = lambda event: self.events.publish(event)  # noqa: E731
        with self._launcher.lock:
            self._refuse_if_busy()
            titles = {name: check.title for name, check in chosen.items()}
            audit = Audit(self._audits[-1].number + 1 if self._audits else 1, titles)
            self._audits.append(audit)
            task = AuditTask(audit, chosen, subject, publish)
            self._launcher.launch(iter([task]), takes_settings=False, aside=True)
        return audit

    def audit(self, **options: Any) -> Audit:
        """Make an audit, wait for its end and return it; arguments as for ``start_audit``.

        Raises:
            RunError: If the model cannot be looked at; the cause is chained to it.

        Example:
            >>> print(session.audit())
        """
        audit = self.start_audit(**options)
        self.wait()
        audit._raise_if_failed(_FAILED)
        return audit
