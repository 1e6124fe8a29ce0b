"""Parameters that several schedules have in common."""

from __future__ import annotations

from ..control import ControlSpec
from ..text import Text

_LONGEST = 1e6
_SHOWN_EPOCHS = (0.5, 50.0)


def epochs(name: str, title: Text, help: Text, default: float | None = None) -> ControlSpec:
    """Return a length in epochs, above 0; with the default None it may be None: the whole run."""
    return ControlSpec(
        name=name,
        title=title,
        kind="slider",
        default=default,
        minimum=1e-6,
        maximum=_LONGEST,
        slider_range=_SHOWN_EPOCHS,
        step=0.5,
        help=help,
        optional=default is None,
        suggested=5.0 if default is None else None,
    )


def share(name: str, title: Text, help: Text, default: float, maximum: float = 1.0) -> ControlSpec:
    """Return a share of the learning rate (or of the run), 0 to ``maximum``."""
    return ControlSpec(
        name=name,
        title=title,
        kind="slider",
        default=default,
        minimum=0.0,
        maximum=maximum,
        step=0.01,
        help=help,
    )


def toggle(name: str, title: Text, help: Text, *, default: bool = False) -> ControlSpec:
    """Return a switch."""
    return ControlSpec(name=name, title=title, kind="toggle", default=default, help=help)


DECAY_EPOCHS = epochs(
    "decay_epochs",
    Text(en="Decay epochs", zh="衰减轮数"),
    Text(
        en="How long the decay takes, in epochs; switched off: the whole run.", zh="衰减用多少轮；不启用则为整个运行。"
    ),
)

ALPHA = share(
    "alpha",
    Text(en="Lowest share (alpha)", zh="最低比例（alpha）"),
    Text(
        en="The rate at the lowest point, as a share of the rate that you set.",
        zh="最低点的学习率，占设定学习率的比例。",
    ),
    default=0.01,
)

STAIRCASE = toggle(
    "staircase",
    Text(en="Staircase", zh="阶梯式"),
    Text(
        en="Falls at once at the end of each decay length, which must be shorter than the run, and not steadily.",
        zh="每过一个衰减长度一次性下降，而不是连续下降；衰减长度应短于整个运行。",
    ),
)

BASE = share(
    "base",
    Text(en="Low point", zh="低点"),
    Text(
        en="The rate at the low points, as a share of the rate that you set, which is that of the first peak.",
        zh="低点的学习率，占设定学习率的比例；设定的学习率是第一个峰值。",
    ),
    default=0.25,
)

HALF_CYCLE = epochs(
    "step_epochs",
    Text(en="Half a cycle", zh="半周期"),
    Text(
        en="Epochs from a low point to a peak; Smith advises 2 to 10.",
        zh="从低点到峰值的轮数；Smith 建议 2 到 10 轮。",
    ),
    default=2.0,
)
