"""What settings beyond the usual need in a script: penalties, clipping, schedules, the best epoch's weights."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

from ...core.schedule import all_schedules
from ...core.text import Text
from ..early_stopping import MONITORED
from ..optimizers import CLIPPING, OptimizerRecipe
from ..penalty import KERNELS
from .code_printer import flat, literal

_PENALTY = Text(
    en="An L2 penalty on every kernel, in place of the model's own.",
    zh="对每个核权重施加 L2 惩罚，取代模型自带的正则化。",
)
_SET_PENALTY = Text(
    en="Put an L2 penalty on every kernel; None stands for the model's own.",
    zh="对每个核权重施加 L2 惩罚；None 表示模型自带的正则化。",
)
_RATE = Text(
    en="Multiplies the learning rate by a factor for each position in the run.", zh="按运行中的位置为学习率乘上系数。"
)
_BEST = Text(
    en="Keeps the weights of the epoch with the lowest loss, over several calls of fit.",
    zh="在多次 fit 之间保留损失最低一轮的权重。",
)
_RETRACE = "model.train_function = model.test_function = None"


def penalty_lines(values: list[Any], language: str) -> list[str]:
    """Return what puts the first of the values of ``l2`` on the kernels, and lets later ones be put there."""
    if all(value is None for value in values):
        return []
    named = f"weight.name in {flat(literal(KERNELS))}"
    if len(set(values)) == 1:
        return [
            f"# {_PENALTY.get(language)}",
            "for weight in model.trainable_weights:",
            f"    if {named}:",
            f"        weight.regularizer = keras.regularizers.L2({values[0]!r})",
        ]
    return [
        "kernels = [",
        "    weight",
        "    for weight in model.trainable_weights",
        f"    if {named}",
        "]",
        "own_penalties = [kernel.regularizer for kernel in kernels]",
        "",
        "",
        "def set_l2(strength):",
        f'    """{_SET_PENALTY.get(language)}"""',
        "    penalty = None if strength is None else keras.regularizers.L2(strength)",
        "    for kernel, own in zip(kernels, own_penalties):",
        "        kernel.regularizer = penalty or own",
        f"    {_RETRACE}",
        "",
        "",
        f"set_l2({values[0]!r})",
    ]


def clipping_lines(old: OptimizerRecipe, new: OptimizerRecipe) -> list[str]:
    """Return what lets the optimizer clip as another recipe says."""
    place = "model.optimizer" if new.loss_scaling is None else "model.optimizer.inner_optimizer"
    moved = [name for name in CLIPPING if old.config.get(name) != new.config.get(name)]
    return [*(f"{place}.{name} = {new.config.get(name)!r}" for name in moved), _RETRACE]


def schedule_lines(names: Iterable[str], language: str) -> list[str]:
    """Return the functions of some schedules, and the callback that follows them."""
    functions = [line for name in dict.fromkeys(names) for line in _factor(name, language)]
    return [
        *functions,
        "",
        "class ScheduledRate(keras.callbacks.Callback):",
        f'    """{_RATE.get(language)}"""',
        "",
        "    def __init__(self, rate, factor, epochs):",
        "        super().__init__()",
        "        self.rate, self.factor, self.epochs, self.epoch = rate, factor, epochs, 0",
        "",
        "    def on_epoch_begin(self, epoch, logs=None):",
        "        self.epoch = epoch",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        '        steps = self.params["steps"]',
        "        progress = min(1.0, (self.epoch * steps + batch) / (self.epochs * steps))",
        "        self.model.optimizer.learning_rate = self.rate * self.factor(progress)",
        "",
    ]


def factor_name(schedule: str) -> str:
    """Return what the function of a schedule is called in a script."""
    return f"{schedule}_factor"


def _factor(name: str, language: str) -> list[str]:
    """Return the source of a schedule's function, its words in the script's language."""
    schedule = all_schedules()[name]
    text = textwrap.dedent(inspect.getsource(schedule.factor))
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    body = text.splitlines()[function.body[1].lineno - 1 :]
    return ["", f"def {factor_name(name)}(progress):", f'    """{schedule.help.get(language)}"""', *body, ""]


def best_weights_lines(language: str) -> list[str]:
    """Return the callback that remembers the weights of the best epoch."""
    best, other = MONITORED
    return [
        "",
        "class BestWeights(keras.callbacks.Callback):",
        f'    """{_BEST.get(language)}"""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.lowest, self.weights = None, None",
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        f'        loss = logs.get("{best}", logs["{other}"])',
        "        if self.lowest is None or loss < self.lowest:",
        "            self.lowest, self.weights = loss, self.model.get_weights()",
        "",
    ]
