"""KT407 not-finite-data.

What it sees: inputs or targets of training rows hold values that are NaN or infinite.
Why it matters: one such value makes the loss NaN, the gradients NaN, and after one step every weight NaN.
When it is wrong: a model that masks or replaces missing values on its own can live with them; its loss stays finite.
Source: AutoTrainer (ICSE 2021) and TheDeepChecker check the data first when a loss is NaN; Keras's
    TerminateOnNaN stops such a run without a reason.
"""

from __future__ import annotations

import numpy as np

from ..data_profile import TargetProfile
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._data import input_words
from ._outcome import outcome

_HELD = Text(
    en="The loss stayed finite all the same, so that something in the model seems to take care of them.",
    zh="不过损失始终是有限值，看来模型中有某个部分会处理它们。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of values that are no numbers."""
    if history.data is None:
        return None
    parts: list[tuple[int, Text]] = [(entry.not_finite, input_words(entry)) for entry in history.data.inputs]
    parts += [(target.not_finite, _target_words(target)) for target in history.data.targets]
    bad = [(count, where) for count, where in parts if count]
    if not bad:
        return None
    held = _stayed_finite(history)
    return Evidence(
        {"count": sum(count for count, _ in bad), "where": bad[0][1]},
        confidence=0.7 if held else 1.0,
        severity="warning" if held else "problem",
        ruled_out=(_HELD,) if held else (),
    )


def _target_words(target: TargetProfile) -> Text:
    if not target.name:
        return Text(en="the targets", zh="目标")
    return Text(en=f'target "{Text.same(target.name).en}"', zh=f"目标“{Text.same(target.name).zh}”")


def _stayed_finite(history: History) -> bool:
    loss = history.series("loss")
    return len(loss) > 0 and bool(np.isfinite(loss).all()) and outcome(history) != "failed"


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT407 数据含非有限值。

看到什么：训练样本的输入或目标中有 NaN 或无穷大。
为什么重要：只要有一个这样的值，损失就会变成 NaN，梯度也是 NaN，一步之后所有权重都成为 NaN。
何时会错：自己会屏蔽或填补缺失值的模型可以容忍它们，其损失始终是有限值。
来源：损失为 NaN 时，AutoTrainer（ICSE 2021）和 TheDeepChecker 都先检查数据；
    Keras 的 TerminateOnNaN 只会停止训练，不会说明原因。
""",
)

RULE = Rule(
    code="KT407",
    name="not-finite-data",
    title=Text(en="NaN in the data", zh="数据含非有限值"),
    severity="problem",
    message=Text(
        en="Values of the training data that are NaN or infinite: {count}, the first of them in {where}.",
        zh="训练数据中有 {count} 个 NaN 或无穷大的值，最先出现在{where}中。",
    ),
    advice=Text(
        en="Find where they come from (division by zero, logarithm of zero, empty cells); drop those rows or fill in "
        "the training median, with a column that says what was missing.",
        zh="找出它们的来源（除以零、对零取对数、空单元格）；"
        "删除这些样本，或用训练集的中位数填补，并增加一列标明哪些值原本缺失。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train on the rows without such values only: if the loss stays finite, they were it.",
        zh="只用不含这些值的样本训练：如果损失保持有限，原因就是它们。",
    ),
    rank=10,
    causes=(
        "diverging",
        "dying-relu",
        "exploding-gradients",
        "learning-rate-too-high",
        "learning-too-slow",
        "no-better-than-trivial",
        "underfitting",
    ),
)
