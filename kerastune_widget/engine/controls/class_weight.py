"""Class weights: how much the rows of each class count in the loss."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.text import Text
from ..checks import is_classification
from ..class_weights import BALANCED, NONE, OWN, own_choice
from ..dataset import ArrayData, class_labels
from ._base import Control, Subject

_TITLES = {
    NONE: Text(en="none", zh="无"),
    OWN: Text(en="as given", zh="按给定值"),
    BALANCED: Text(en="balanced", zh="平衡"),
}
_STREAM = Text(en="A stream of batches cannot be weighed anew.", zh="无法为数据流重新加权。")
_NOT_CLASSES = Text(
    en="The targets are not one class a row, so there are no classes to weigh.",
    zh="目标不是每行一个类别，因此没有可加权的类别。",
)
_OWN_WEIGHTS = Text(
    en="The data have sample weights of their own, which class weights do not go together with.",
    zh="数据自带样本权重，不能再同时使用类别权重。",
)


def specify(subject: Subject) -> ControlSpec:
    """Start with the weights that the session was given, or none."""
    own = own_choice(subject.dataset)
    choices = (NONE, *((OWN,) if own == OWN else ()), BALANCED)
    return ControlSpec(
        name="class_weight",
        title=Text(en="Class weights", zh="类别权重"),
        kind="choice",
        default=own,
        choices=tuple(Choice(name, _TITLES[name]) for name in choices),
        effect="epoch",
        help=Text(
            en="Balanced: rare classes count as much as frequent ones in the training loss. Validation is not weighed.",
            zh="“平衡”让稀少的类别在训练损失中与常见类别同等重要。验证不加权。",
        ),
        disabled=_why_not(subject, own),
        advanced=True,
    )


def _why_not(subject: Subject, own: str) -> Text | None:
    training = subject.dataset.training
    if not isinstance(training, ArrayData):
        return _STREAM
    if not is_classification(subject.template) or class_labels(training.y) is None:
        return _NOT_CLASSES
    return _OWN_WEIGHTS if own == NONE and training.sample_weight is not None else None


CONTROL = Control("class_weight", 130, specify)
