"""Normalization: a layer in front that gives every feature mean 0 and spread 1 (LeCun et al., 1998)."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ..structure_input import why_no_normalization
from ._base import Control, Subject


def specify(subject: Subject) -> ControlSpec:
    """Off, as the model was built; a model that it cannot stand in front of says why."""
    return ControlSpec(
        name="normalization",
        title=Text(en="Normalise inputs", zh="输入标准化"),
        kind="toggle",
        default=False,
        effect="run",
        help=Text(
            en="A Normalization layer in front of the copy that trains, adapted on the training rows: each feature "
            "gets mean 0 and spread 1. run.model contains it and takes raw inputs.",
            zh="在训练副本前面加一个 Normalization 层，用训练数据适配：每个特征的均值为 0、标准差为 1。"
            "run.model 包含这一层，直接接受原始输入。",
        ),
        advanced=True,
        disabled=why_no_normalization(subject.model),
    )


CONTROL = Control("normalization", 160, specify)
