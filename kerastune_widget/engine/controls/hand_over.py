"""Hand-over: the run goes on with another optimizer, at an epoch or when it stalls (Keskar & Socher, 2017)."""

from __future__ import annotations

from ...core.control import Choice, ControlSpec
from ...core.hand_over import EPOCH, STALL, USUAL_EPOCH, USUAL_PATIENCE
from ...core.text import Text
from ..monitored import monitor_choices, usual_monitor
from ._base import Control, Subject

_SUGGESTED = "sgd_momentum"


def specify(subject: Subject) -> ControlSpec:
    """Off; offers every optimizer to go on with."""
    parameters = _parameters(subject)
    choices = tuple(Choice(one.value, one.title, parameters, one.help) for one in subject.shelf.choices())
    return ControlSpec(
        name="hand_over",
        title=Text(en="Hand over to", zh="中途换用优化器"),
        kind="choice",
        default=None,
        choices=choices,
        effect="epoch",
        help=Text(
            en="Goes on with this optimizer, its state fresh, from an epoch on or when the watched metric stalls: Adam "
            "is quick at first, SGD often generalises better in the end.",
            zh="从某一轮起，或监视的指标停滞时，换用此优化器（状态重新开始）：Adam 起步快，SGD 最终往往泛化更好。",
        ),
        optional=True,
        advanced=True,
        suggested=_SUGGESTED if any(one.value == _SUGGESTED for one in choices) else choices[0].value,
    )


def _parameters(subject: Subject) -> tuple[ControlSpec, ...]:
    return (
        ControlSpec(
            "when",
            Text(en="When", zh="何时"),
            "choice",
            EPOCH,
            choices=(
                Choice(EPOCH, Text(en="after so many epochs", zh="若干轮之后")),
                Choice(STALL, Text(en="when the metric stalls", zh="指标停滞时")),
            ),
            help=Text(en="What it waits for.", zh="等待什么。"),
        ),
        ControlSpec(
            "epoch",
            Text(en="After (epochs)", zh="之后（轮）"),
            "integer",
            USUAL_EPOCH,
            minimum=1,
            maximum=100_000,
            help=Text(en="How many epochs the first optimizer trains.", zh="第一个优化器训练多少轮。"),
            shown_with="when",
            shown_for=(EPOCH,),
        ),
        ControlSpec(
            "patience",
            Text(en="Patience (epochs)", zh="耐心（轮）"),
            "integer",
            USUAL_PATIENCE,
            minimum=1,
            maximum=1000,
            help=Text(
                en="Epochs without improvement that count as a stall; give it less than early stopping has.",
                zh="连续多少轮没有改进算停滞；应比早停的耐心小。",
            ),
            shown_with="when",
            shown_for=(STALL,),
        ),
        ControlSpec(
            "monitor",
            Text(en="Watched metric", zh="监视的指标"),
            "choice",
            usual_monitor(subject.dataset),
            choices=monitor_choices(subject.template, subject.dataset),
            help=Text(en="What is to stall.", zh="哪个指标停滞。"),
            shown_with="when",
            shown_for=(STALL,),
        ),
        ControlSpec(
            "min_delta",
            Text(en="Least improvement", zh="最小改进量"),
            "log_slider",
            0.0,
            minimum=0.0,
            maximum=1e6,
            slider_range=(1e-6, 1.0),
            help=Text(en="A change of no more than this counts as none.", zh="变化不超过此值时不算改进。"),
            shown_with="when",
            shown_for=(STALL,),
        ),
        ControlSpec(
            "learning_rate",
            Text(en="Learning rate then", zh="之后的学习率"),
            "log_slider",
            None,
            minimum=1e-12,
            maximum=1e6,
            slider_range=(1e-6, 10.0),
            help=Text(
                en="The rate from then on; none: it stays. SGD usually takes a larger one than Adam.",
                zh="此后的学习率；无：保持不变。SGD 通常需要比 Adam 更大的学习率。",
            ),
            optional=True,
            suggested=0.01,
        ),
    )


CONTROL = Control("hand_over", 160, specify)
