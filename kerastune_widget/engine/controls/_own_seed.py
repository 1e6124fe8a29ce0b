"""What the seeds of single sources of chance have in common: each follows the run's seed until it is given."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Subject


def own_seed(name: str, title: Text, help_: Text, subject: Subject) -> ControlSpec:
    """Describe the seed of one source; code and the labs set it, no row of the panel does."""
    return ControlSpec(
        name=name,
        title=title,
        kind="integer",
        default=None,
        minimum=0,
        maximum=2**31 - 1,
        effect="run",
        help=help_,
        optional=True,
        suggested=subject.seed,
        hidden=True,
    )
