"""Output: activation, units and loss as built, or those that fit the targets."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.text import NO_TEXT, Text
from ..structure import OutputMatch
from ..structure_output import match_output
from ._base import Control, Subject

_TITLE = Text(en="fit to the targets", zh="与目标匹配")
_HELP = Text(
    en="The activation of the last layer, its units and the loss: yours, or those that the targets call for{which}. "
    "Losses of the two are not on one scale: compare a metric.",
    zh="最后一层的激活函数、单元数以及损失函数：保持原样，或按训练目标选择{which}。两者的损失量纲不同，请比较指标。",
)
_WHICH = Text(en=" ({units} × {activation}, {loss})", zh="（{units} × {activation}，{loss}）")


def specify(subject: Subject) -> ControlSpec:
    """As built; a model whose output fits already, or whose targets do not tell, says so."""
    match = match_output(subject.model, subject.dataset)
    which = _WHICH.filled(**match.to_dict()) if isinstance(match, OutputMatch) else NO_TEXT
    return ControlSpec(
        name="output",
        title=Text(en="Output and loss", zh="输出与损失"),
        kind="choice",
        default="as_built",
        choices=(Choice("as_built", Text(en="as built", zh="保持原样")), Choice("matched", _TITLE)),
        effect="run",
        help=_HELP.filled(which=which),
        advanced=True,
        disabled=None if isinstance(match, OutputMatch) else match,
    )


CONTROL = Control("output", 170, specify)
