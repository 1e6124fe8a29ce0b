"""What can be set of an optimizer beside its learning rate, as a person meets it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from ..core.control import ControlSpec, Kind
from ..core.text import NO_TEXT, Text

_NEARLY_ONE = 0.999999  # Keras divides by 1 minus it
_LARGEST = 1e6


def _parameter(name: str, title: Text, kind: Kind, help: Text, **more: Any) -> ControlSpec:
    return ControlSpec(name, title, kind, None, effect="epoch", help=help, **more)


def _share(name: str, title: Text, help: Text, **more: Any) -> ControlSpec:
    """Return a share from 0 to nearly 1, such as a momentum."""
    return _parameter(name, title, "slider", help, **{"minimum": 0.0, "maximum": _NEARLY_ONE, "step": 0.001, **more})


def _amount(name: str, title: Text, help: Text, span: tuple[float, float], **more: Any) -> ControlSpec:
    limits = {"minimum": 0.0, "maximum": _LARGEST, "slider_range": span}
    return _parameter(name, title, "log_slider", help, **{**limits, **more})


def _toggle(name: str, title: Text, help: Text, **more: Any) -> ControlSpec:
    return _parameter(name, title, "toggle", help, **more)


_CLIPPED = Text(
    en="One clipping at a time: the control “Clip gradients” takes the place of this one.",
    zh="同一时刻只用一种裁剪：设置“梯度裁剪”后，它将取代此项。",
)

_KNOWN: tuple[ControlSpec, ...] = (
    _share(
        "momentum",
        Text(en="Momentum", zh="动量"),
        Text(
            en="How much of the last step goes into the next; 0 is none, 0.9 is usual (Polyak, 1964).",
            zh="上一步有多少带入下一步；0 为没有，常用 0.9（Polyak，1964）。",
        ),
        maximum=1.0,
    ),
    _toggle(
        "nesterov",
        Text(en="Nesterov", zh="Nesterov 动量"),
        Text(
            en="Looks ahead along the momentum before it corrects the step (Nesterov, 1983); needs a momentum.",
            zh="先沿动量方向向前看，再修正这一步（Nesterov，1983）；需要动量不为 0。",
        ),
    ),
    _share(
        "rho",
        Text(en="Rho", zh="Rho"),
        Text(
            en="How long the running mean of squared gradients remembers; nearer 1 is longer.",
            zh="梯度平方的滑动平均记忆多久；越接近 1 记得越久。",
        ),
    ),
    _share(
        "beta_1",
        Text(en="Beta 1", zh="Beta 1"),
        Text(
            en="How long the running mean of gradients remembers, a momentum (Kingma & Ba, 2015).",
            zh="梯度滑动平均记忆多久，相当于动量（Kingma 和 Ba，2015）。",
        ),
    ),
    _share(
        "beta_2",
        Text(en="Beta 2", zh="Beta 2"),
        Text(
            en="How long the running mean of squared gradients remembers (Kingma & Ba, 2015).",
            zh="梯度平方的滑动平均记忆多久（Kingma 和 Ba，2015）。",
        ),
    ),
    _amount(
        "epsilon",
        Text(en="Epsilon", zh="Epsilon"),
        Text(
            en="Keeps the division by small gradients in bounds; larger makes steps more like those of SGD.",
            zh="避免除以过小的梯度；越大，更新越接近 SGD。",
        ),
        (1e-10, 1.0),
        maximum=1e3,
    ),
    _toggle(
        "amsgrad",
        Text(en="AMSGrad", zh="AMSGrad"),
        Text(
            en="Divides by the largest squared gradient so far, not by the present mean (Reddi et al., 2018).",
            zh="除以迄今最大的梯度平方，而不是当前平均（Reddi 等，2018）。",
        ),
        advanced=True,
    ),
    _toggle(
        "centered",
        Text(en="Centered", zh="中心化"),
        Text(
            en="Divides by the variance of the gradients instead of their squares.",
            zh="除以梯度的方差，而不是梯度的平方。",
        ),
        advanced=True,
    ),
    _amount(
        "initial_accumulator_value",
        Text(en="Initial accumulator", zh="累加器初值"),
        Text(
            en="What the sum of squared gradients begins with; larger makes the first steps smaller.",
            zh="梯度平方累加的初值；越大，最初的更新越小。",
        ),
        (1e-6, 1.0),
        advanced=True,
    ),
    _amount(
        "l1_regularization_strength",
        Text(en="L1 strength", zh="L1 强度"),
        Text(en="Pulls weights to exactly 0.", zh="把权重拉向恰好为 0。"),
        (1e-6, 1.0),
        advanced=True,
    ),
    _amount(
        "l2_regularization_strength",
        Text(en="L2 strength", zh="L2 强度"),
        Text(en="Pulls weights towards 0.", zh="把权重拉向 0。"),
        (1e-6, 1.0),
        advanced=True,
    ),
    _amount(
        "clip_threshold",
        Text(en="Clip threshold", zh="裁剪阈值"),
        Text(
            en="Longest update, as the root mean square of its parts (Shazeer & Stern, 2018).",
            zh="更新量的均方根上限（Shazeer 和 Stern，2018）。",
        ),
        (1e-2, 1e2),
        advanced=True,
    ),
    _toggle(
        "relative_step",
        Text(en="Rate by step", zh="按步数定学习率"),
        Text(
            en="Takes a rate that falls with the steps where the learning rate is larger.",
            zh="当学习率更大时，改用随步数下降的学习率。",
        ),
        advanced=True,
    ),
    _parameter(
        "warmup_steps",
        Text(en="Warm-up (steps)", zh="预热（步）"),
        "integer",
        Text(en="Steps over which the rate rises from 0.", zh="学习率从 0 升起所用的步数。"),
        minimum=0,
        maximum=10**9,
        advanced=True,
    ),
    _amount(
        "weight_decay",
        Text(en="Weight decay", zh="权重衰减"),
        Text(
            en="Shrinks all weights by this share of the learning rate at each step, apart from the gradient "
            "(Loshchilov & Hutter, 2019).",
            zh="每一步按此值乘学习率缩小所有权重，与梯度无关（Loshchilov 和 Hutter，2019）。",
        ),
        (1e-6, 1.0),
        suggested=0.004,
    ),
    _amount(
        "global_clipnorm",
        Text(en="Clip the whole gradient", zh="裁剪整体梯度"),
        Text(
            en=f"All gradients together are shortened to this norm when they are longer. {_CLIPPED.en}",
            zh=f"所有梯度合在一起的范数超过此值时按比例缩短。{_CLIPPED.zh}",
        ),
        (1e-2, 1e2),
        minimum=1e-6,
        suggested=1.0,
        advanced=True,
    ),
    _amount(
        "clipvalue",
        Text(en="Clip each value", zh="按值裁剪"),
        Text(
            en=f"No part of a gradient is larger than this. {_CLIPPED.en}",
            zh=f"梯度的每个分量都不超过此值。{_CLIPPED.zh}",
        ),
        (1e-3, 1e2),
        minimum=1e-6,
        suggested=0.5,
        advanced=True,
    ),
    _toggle(
        "use_ema",
        Text(en="Average the weights (EMA)", zh="权重滑动平均（EMA）"),
        Text(
            en="Keeps a running mean of the weights, which takes their place at the end (Polyak & Juditsky, 1992).",
            zh="保存权重的滑动平均，并在结束时用它取代权重（Polyak 和 Juditsky，1992）。",
        ),
    ),
    _share(
        "ema_momentum",
        Text(en="Decay of the average", zh="滑动平均的衰减率"),
        Text(
            en="How long the mean of the weights remembers; nearer 1 is longer.",
            zh="权重的平均记忆多久；越接近 1 记得越久。",
        ),
        shown_with="use_ema",
    ),
    _parameter(
        "ema_overwrite_frequency",
        Text(en="Take the average over every (steps)", zh="每隔多少步采用平均"),
        "integer",
        Text(
            en="Puts the mean in the place of the weights every so many steps; none: at the end only.",
            zh="每隔这么多步用平均值取代权重；无：只在结束时。",
        ),
        minimum=1,
        maximum=10**9,
        suggested=100,
        shown_with="use_ema",
        advanced=True,
    ),
)


def parameters_of(kind: type, config: Mapping[str, Any]) -> tuple[ControlSpec, ...]:
    """Return what can be set of an optimizer beside its rate, each starting at what it is.

    Args:
        kind: The class of the optimizer.
        config: Arguments of its constructor that are other than their defaults, or all of them.
    """
    defaults = {**config, **_constructor(kind)}
    found = []
    for spec in (spec for spec in _KNOWN if spec.name in defaults):
        usual = defaults[spec.name]
        default = config.get(spec.name, usual)
        if _fits(spec, default) or (default is None and usual is None):
            found.append(replace(spec, default=_plain(spec, default), optional=usual is None))
    return tuple(found)


@cache
def _constructor(kind: type) -> Mapping[str, Any]:
    """Return the parameters of a constructor that have a default, with it."""
    parameters = inspect.signature(kind).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not one.empty}


def _fits(spec: ControlSpec, value: Any) -> bool:
    """Whether a value is one that the control can show: not, say, a schedule or a tensor of a user's own class."""
    if spec.kind == "toggle" or isinstance(value, bool):
        return spec.kind == "toggle" and isinstance(value, bool)
    return isinstance(value, int | float)


def _plain(spec: ControlSpec, value: Any) -> Any:
    whole = value is None or spec.kind in ("toggle", "integer")
    return value if whole else float(value)


_HELP = {
    "sgd": Text(
        en="A step down the gradient of each batch (Robbins & Monro, 1951).",
        zh="沿每个批次的梯度下降一步（Robbins 和 Monro，1951）。",
    ),
    "sgd_momentum": Text(
        en="Steps gather speed where gradients agree (Polyak, 1964).",
        zh="梯度方向一致时，更新逐渐加速（Polyak，1964）。",
    ),
    "sgd_nesterov": Text(
        en="Momentum that looks ahead before it corrects itself (Nesterov, 1983).",
        zh="先向前看再修正的动量（Nesterov，1983）。",
    ),
    "adagrad": Text(
        en="Divides by the sum of all squared gradients: rare features learn fast, and all slow down "
        "(Duchi et al., 2011).",
        zh="除以历次梯度平方之和：稀有特征学得快，但整体越来越慢（Duchi 等，2011）。",
    ),
    "adadelta": Text(
        en="Adagrad with a fading memory that finds its own scale; rates near 1 are usual (Zeiler, 2012).",
        zh="带遗忘的 Adagrad，自行确定步幅；学习率常接近 1（Zeiler，2012）。",
    ),
    "rmsprop": Text(
        en="Divides by a running mean of squared gradients (Tieleman & Hinton, 2012).",
        zh="除以梯度平方的滑动平均（Tieleman 和 Hinton，2012）。",
    ),
    "adam": Text(
        en="RMSprop with momentum, both corrected for their start at 0 (Kingma & Ba, 2015).",
        zh="RMSprop 加动量，并对零初值做偏差修正（Kingma 和 Ba，2015）。",
    ),
    "adamax": Text(
        en="Adam with the largest gradient in place of the mean of squares (Kingma & Ba, 2015).",
        zh="用最大梯度代替平方平均的 Adam（Kingma 和 Ba，2015）。",
    ),
    "nadam": Text(en="Adam with Nesterov momentum (Dozat, 2016).", zh="带 Nesterov 动量的 Adam（Dozat，2016）。"),
    "adamw": Text(
        en="Adam whose weight decay is kept apart from the gradient (Loshchilov & Hutter, 2019).",
        zh="权重衰减与梯度分离的 Adam（Loshchilov 和 Hutter，2019）。",
    ),
    "lion": Text(
        en="Follows the sign of a momentum: steps of one size, small rates (Chen et al., 2023).",
        zh="只取动量的符号：步幅一致，学习率宜小（Chen 等，2023）。",
    ),
    "lamb": Text(
        en="Adam with a rate for each layer, for large batches (You et al., 2020).",
        zh="逐层调整学习率的 Adam，适合大批次（You 等，2020）。",
    ),
    "adafactor": Text(
        en="Adam that keeps little in memory (Shazeer & Stern, 2018).",
        zh="占用内存很少的 Adam（Shazeer 和 Stern，2018）。",
    ),
    "ftrl": Text(
        en="For sparse linear models, with L1 that reaches 0 (McMahan et al., 2013).",
        zh="适合稀疏线性模型，L1 可使权重恰为 0（McMahan 等，2013）。",
    ),
}


def help_of(name: str) -> Text:
    """Return one sentence on an optimizer that Keras ships; nothing on one that we have no sentence for.

    Args:
        name: As the control calls it.
    """
    return _HELP.get(name, NO_TEXT)
