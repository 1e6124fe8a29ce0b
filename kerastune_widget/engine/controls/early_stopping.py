"""Early stopping: a run ends when its validation loss has not fallen for some epochs (Prechelt, 1998)."""

from __future__ import annotations

from ...core.control import ControlSpec
from ...core.text import Text
from ._base import Control, Subject

_USUAL = 5
_HELP = Text(
    en="Ends the run after this many epochs without a lower validation loss, and keeps the weights of the best epoch.",
    zh="验证损失连续这么多轮没有降低时结束运行，并保留最好一轮的权重。",
)
_TRAINING_HELP = Text(
    en="Ends the run after this many epochs without a lower training loss (there are no validation data), and keeps "
    "the weights of the best epoch.",
    zh="训练损失（没有验证数据）连续这么多轮没有降低时结束运行，并保留最好一轮的权重。",
)


def specify(subject: Subject) -> ControlSpec:
    """Off; the number is Keras's ``patience``."""
    return ControlSpec(
        name="early_stopping",
        title=Text(en="Early stopping", zh="早停"),
        kind="integer",
        default=None,
        minimum=1,
        maximum=1000,
        effect="epoch",
        help=_TRAINING_HELP if subject.dataset.validation is None else _HELP,
        optional=True,
        advanced=True,
        suggested=_USUAL,
    )


CONTROL = Control("early_stopping", 140, specify)
