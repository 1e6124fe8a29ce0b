"""What the structure of a run rules out, refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.text import Text
from ..errors import HyperparameterError, ModelError
from .structure import STRUCTURAL, Structure

_BRANCH = Text(
    en="A branch goes on with the model of its run, so {name} stays {present!r}; received {name}={value!r}. Start a "
    "run of its own to change it.",
    zh="分支沿用原运行的模型，因此 {name} 保持为 {present!r}；收到的是 {name}={value!r}。"
    "如要更改，请开始一次新的运行。",
)
_ADOPT = Text(
    en="Run {number} trained with {names}, which your model does not have: its weights would not mean the same there. "
    "Use run.model, which contains it.",
    zh="第 {number} 次运行使用了 {names}，而你的模型没有，它的权重在其中含义不同。请使用已包含它的 run.model。",
)


def refuse_in_branch(given: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Refuse hyperparameters that would give a branch another model than its run has.

    Args:
        given: What the branch is to change.
        present: What is in force where it begins; a log from before these controls lacks some.

    Raises:
        HyperparameterError: If one of them shapes the model and differs.
    """
    for name in STRUCTURAL:
        if name in given and given[name] != present.get(name, given[name]):
            raise HyperparameterError(_BRANCH.filled(name=name, present=present[name], value=given[name]))


def refuse_to_adopt(structure: Structure, number: int) -> None:
    """Refuse weights that mean something else in the user's model.

    Args:
        structure: How the copy that trained differs from it.
        number: Of the run, for the message.

    Raises:
        ModelError: If it differs in its input or output.
    """
    if structure.differences:
        raise ModelError(_ADOPT.filled(number=number, names=" + ".join(structure.differences)))
