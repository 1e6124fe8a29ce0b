"""Makes the checks of an audit, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from ...core.audit import AuditCheck, Outcome, named
from ...core.text import Text
from ...errors import HyperparameterError, KerasTuneError, did_you_mean
from ...quiet import expected_retracing
from ..failure import one_line
from ..seeding import seeded
from .check import Check, all_checks
from .subject import Subject

logger = logging.getLogger(__name__)

_FAILED = Text(en="The check could not be made: {error}", zh="无法完成这项检查：{error}")
_UNKNOWN = Text(
    en="There is no check {name!r}; there are {known}.{nearest}",
    zh="没有名为 {name!r} 的检查；可用的有 {known}。{nearest}",
)


def chosen_checks(names: Sequence[str] | None) -> Mapping[str, Check]:
    """Return the checks of these names, in the order to make them; None: all.

    Raises:
        HyperparameterError: For a name that no check has.
    """
    every = all_checks()
    for name in names or ():
        if name not in every:
            nearest = did_you_mean(str(name), every)
            raise HyperparameterError(_UNKNOWN.filled(name=name, known=", ".join(every), nearest=nearest))
    return {name: check for name, check in every.items() if names is None or name in names}


def perform(checks: Mapping[str, Check], subject: Subject, stopped: Callable[[], bool]) -> Iterator[AuditCheck]:
    """Make the checks; yield each outcome.

    Args:
        checks: Which, in order.
        subject: What to look at; it is put back after each.
        stopped: Asked between checks whether to end.
    """
    for check in checks.values():
        if stopped():
            return
        yield named(check.name, check.title, _outcome(check, subject))


def _outcome(check: Check, subject: Subject) -> Outcome:
    try:
        with expected_retracing(), seeded(subject.seed):  # models made here draw seeds; a person's generators stay
            return check.run(subject)
    except Exception as error:  # whatever layers, data or functions of the user's own raise
        logger.debug("The check %s failed", check.name, exc_info=True)
        why = error.text if isinstance(error, KerasTuneError) else Text.same(one_line(error))
        return Outcome("skipped", _FAILED.filled(error=why))
