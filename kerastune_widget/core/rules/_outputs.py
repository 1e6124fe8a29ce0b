"""Rules on models with several outputs: the whole first, then each output by its own curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..diagnosis import Evidence
from ..history import History
from ..outputs import output_histories
from ..text import Text

_PREFIX = Text(en='Output "{output}": ', zh="输出“{output}”：")


def first_of_outputs(history: History, check: Callable[[History], Evidence | None], message: Text) -> Evidence | None:
    """Return what ``check`` finds in the whole run, else in the first output that shows it, which is then named.

    Args:
        history: The numbers of one run.
        check: Reads one pair of losses.
        message: What the rule says where the evidence brings no message of its own.
    """
    found = check(history)
    if found is not None:
        return found
    for output, own in output_histories(history).items():
        found = check(own)
        if found is not None:
            return _named(found, output, found.message or message)
    return None


def _named(evidence: Evidence, output: str, message: Text) -> Evidence:
    return replace(
        evidence,
        values={**evidence.values, "output": output},
        series=tuple(_full_name(name, output) for name in evidence.series),
        message=Text(en=_PREFIX.en + message.en, zh=_PREFIX.zh + message.zh),
    )


def _full_name(name: str, output: str) -> str:
    return f"val_{output}_{name.removeprefix('val_')}" if name.startswith("val_") else f"{output}_{name}"
