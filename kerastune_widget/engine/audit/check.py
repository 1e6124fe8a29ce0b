"""One check of an audit, and all that there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...core.audit import Outcome
from ...core.discover import discover
from ...core.text import Text
from .subject import Subject


@dataclass(frozen=True)
class Check:
    """A comparison that says whether, and why, a model answers differently.

    Attributes:
        name: As the module that holds it.
        order: Where it stands among the others; those that explain the later ones come first.
        title: What is compared with what.
        run: Measures it; whatever it raises makes the check skipped, with the error as the reason.
    """

    name: str
    order: int
    title: Text
    run: Callable[[Subject], Outcome]


def all_checks() -> dict[str, Check]:
    """Return all checks by name, in the order to make them."""
    from . import checks

    return dict(sorted(discover(checks, "CHECK", Check).items(), key=lambda item: item[1].order))
