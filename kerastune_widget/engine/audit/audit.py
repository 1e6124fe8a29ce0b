"""An audit, going on or ended: which checks there are to be, and what came of those that were made."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.audit import AuditCheck, report, report_html, summary
from ...core.text import Language, Text
from ..background import Background


class Audit(Background):
    """Why a model answers differently from one time to the next: what was measured, check by check.

    Made by ``kt.audit`` and ``Session.audit``; safe to read from any thread.

    Args:
        number: 1 for the session's first.
        titles: Of the checks to be made, by name, in order.

    Example:
        >>> audit = kt.audit(model, (x, y))
        >>> print(audit)
        >>> [finding.layers for finding in audit.findings]
    """

    def __init__(self, number: int, titles: dict[str, Text]) -> None:
        super().__init__(number)
        self._titles = titles
        self._checks: list[AuditCheck] = []

    @property
    def planned(self) -> Sequence[Text]:
        """The titles of all checks that are to be made, in order."""
        return tuple(self._titles.values())

    @property
    def checks(self) -> tuple[AuditCheck, ...]:
        """The checks made so far, with their outcomes."""
        with self._lock:
            return tuple(self._checks)

    @property
    def findings(self) -> tuple[AuditCheck, ...]:
        """The checks that found a reason to answer differently; dropout that acts in training only is none."""
        return tuple(check for check in self.checks if check.is_finding)

    def find(self, name: str) -> AuditCheck | None:
        """Return the check of this name, such as "predict_twice"; None when it was not made (yet)."""
        return next((check for check in self.checks if check.name == name), None)

    def report(self, language: Language = "en") -> str:
        """Return all checks in words, a paragraph each: verdict, cause and fix.

        Args:
            language: "en" or "zh".
        """
        return report(self.checks, language)

    def __str__(self) -> str:
        return self.report()

    def _repr_html_(self) -> str:
        return report_html(self.checks)

    def __repr__(self) -> str:
        made = f"{len(self.checks)} of {len(self._titles)} checks: " if not self.ended else ""
        return f"<Audit {self.number}: {made}{summary(self.checks).get('en')}>"

    # ---------------------------------------------------------------- for whoever performs it

    def _add(self, check: AuditCheck) -> None:
        with self._lock:
            self._checks.append(check)
