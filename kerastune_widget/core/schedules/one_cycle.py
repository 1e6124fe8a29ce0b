"""One cycle (Smith, 2018, arXiv:1803.09820, 4 and 5): up, down, and far down; the momentum goes the other way.

Two bends as in fastai's ``fit_one_cycle``: half a cosine wave up, another down; or straight lines, as in the paper.
"""

from __future__ import annotations

import math

import numpy as np

from ..control import Choice, ControlSpec
from ..schedule import Numbers, Schedule
from ..text import Text
from ._parameters import share, toggle


def factor(
    step: Numbers, *, steps_per_epoch: int, total_steps: int, rise: float, start: float, end: float, shape: str
) -> Numbers:
    """Rise from ``start`` to 1 and fall to ``end`` at the end of the run."""
    top = max(rise * total_steps, 1e-9)
    up = np.minimum(step / top, 1.0)
    down = np.clip((step - top) / max(total_steps - top, 1e-9), 0.0, 1.0)
    if shape == "cosine":
        up, down = 0.5 - 0.5 * np.cos(math.pi * up), 0.5 - 0.5 * np.cos(math.pi * down)
    return np.where(step < top, start + (1.0 - start) * up, 1.0 + (end - 1.0) * down)


def momentum(
    step: Numbers,
    *,
    steps_per_epoch: int,
    total_steps: int,
    rise: float,
    shape: str,
    cycle_momentum: bool,
    momentum_high: float,
    momentum_low: float,
) -> Numbers | None:
    """Fall from high to low while the rate rises, and rise again while it falls."""
    if not cycle_momentum:
        return None
    top = max(rise * total_steps, 1e-9)
    up = np.minimum(step / top, 1.0)
    down = np.clip((step - top) / max(total_steps - top, 1e-9), 0.0, 1.0)
    if shape == "cosine":
        up, down = 0.5 - 0.5 * np.cos(math.pi * up), 0.5 - 0.5 * np.cos(math.pi * down)
    height = np.where(step < top, up, 1.0 - down)
    return momentum_high + (momentum_low - momentum_high) * height


_SHAPE = ControlSpec(
    name="shape",
    title=Text(en="Shape", zh="形状"),
    kind="choice",
    default="cosine",
    choices=(
        Choice("cosine", Text(en="cosine waves", zh="余弦波")),
        Choice("linear", Text(en="straight lines", zh="直线")),
    ),
    help=Text(en="How it rises and falls.", zh="上升和下降的方式。"),
)

_END = ControlSpec(
    name="end",
    title=Text(en="Ends at", zh="终点"),
    kind="log_slider",
    default=1e-5,
    minimum=1e-12,
    maximum=1.0,
    slider_range=(1e-6, 1.0),
    step=0.1,
    help=Text(en="The last rate, as a share of the rate that you set.", zh="最后的学习率，占设定学习率的比例。"),
)

SCHEDULE = Schedule(
    "one_cycle",
    Text(en="one cycle", zh="单周期"),
    factor,
    Text(
        en="The rate rises from 4% to what you set in the first 30% of the run, then falls to nearly nothing; the "
        "momentum (beta 1) goes the other way.",
        zh="学习率在前 30% 从 4% 升到设定值，然后降到接近零；动量（beta 1）则反向变化。",
    ),
    order=80,
    parameters=(
        share(
            "rise",
            Text(en="Rises for", zh="上升阶段"),
            Text(en="Share of the run in which the rate rises.", zh="学习率上升阶段占整个运行的比例。"),
            default=0.3,
        ),
        share(
            "start",
            Text(en="Starts at", zh="起点"),
            Text(en="The first rate, as a share of the rate that you set.", zh="最初的学习率，占设定学习率的比例。"),
            default=0.04,
        ),
        _END,
        _SHAPE,
        toggle(
            "cycle_momentum",
            Text(en="Move the momentum", zh="动量反向变化"),
            Text(
                en="Moves the momentum of SGD, or beta 1 of Adam and its like, against the rate; where there is none, "
                "it has no effect.",
                zh="让 SGD 的动量或 Adam 类优化器的 beta 1 与学习率反向变化；优化器没有动量时不起作用。",
            ),
            default=True,
        ),
        share(
            "momentum_high",
            Text(en="Highest momentum", zh="最高动量"),
            Text(en="The momentum at the first and the last step.", zh="第一步和最后一步的动量。"),
            default=0.95,
            maximum=0.9999,
        ),
        share(
            "momentum_low",
            Text(en="Lowest momentum", zh="最低动量"),
            Text(en="The momentum where the rate is highest.", zh="学习率最高时的动量。"),
            default=0.85,
            maximum=0.9999,
        ),
    ),
    momentum=momentum,
    warms_up=False,
)
