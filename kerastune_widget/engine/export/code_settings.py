"""What settings beyond the usual need in a script: penalties and clipping."""

from __future__ import annotations

from typing import Any

from ...core.text import Text
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
