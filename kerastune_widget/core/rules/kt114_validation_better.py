"""KT114 validation-better.

What it sees: at the end of the run validation loss stands clearly below training loss.
Why it matters: most often it is harmless: dropout and augmentation burden training only, and Keras's training loss is
    a mean over an epoch in which the model was still learning. Where neither explains it, the validation rows are
    easier, or known to the model.
When it is wrong: class weights and sample weights change the training loss alone; a small validation set can be easy
    by chance.
Source: UMLAUT (CHI 2021) looks for validation above training accuracy from the third epoch; the three explanations are
    those of A. Rosebrock (2019), "Why is my validation loss lower than my training loss?". 20% of the training loss
    is our own margin.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from ..curves import Curves, is_tiny, noise, read_curves, tail
from ..diagnosis import Evidence, Rule
from ..history import History
from ..signals import INFERENCE_LOSS
from ..task import validation_rows
from ..text import Text
from ._fixes import current, lower_dropout
from ._layers import of_model

Reason = Literal["dropout", "moving", "split", "unknown"]

FEWEST = 5  # epochs
BELOW = 0.2  # of the training loss
EXPLAINED = 0.5  # of the gap: what explains as much explains the finding
ERRORS = 3.0
PER_ROW = 2.0  # standard deviation of one row's loss over the mean loss: a few rows make most of a cross-entropy
NOISY_LAYERS = ("Gaussian", "Random", "AlphaDropout")  # in their classes' names: noise and augmentation

_DROPOUT = Text(
    en="Validation loss ({valid:.4g}) is below training loss ({train:.4g}), as it should be with dropout or "
    "augmentation: they burden training only.",
    zh="验证损失（{valid:.4g}）低于训练损失（{train:.4g}）；"
    "使用 dropout 或数据增强时本应如此，它们只会加重训练的负担。",
)
_MOVING = Text(
    en="Validation loss ({valid:.4g}) is below training loss ({train:.4g}) because Keras takes the training loss as a "
    "mean over the epoch, while the model was still learning fast.",
    zh="验证损失（{valid:.4g}）低于训练损失（{train:.4g}），"
    "因为 Keras 的训练损失是整轮的平均值，而模型在这一轮中仍在快速进步。",
)
_SPLIT = Text(
    en="Validation loss ({valid:.4g}) is clearly below training loss ({train:.4g}), and nothing in the model explains "
    "it: the validation rows are easier, or the model has seen them.",
    zh="验证损失（{valid:.4g}）明显低于训练损失（{train:.4g}），而模型中没有任何东西能解释："
    "验证样本更容易，或者模型已经见过它们。",
)
_SPLIT_ADVICE = Text(
    en="Shuffle before splitting, split by group where rows belong together, and look for rows that are in both sets.",
    zh="划分之前先打乱顺序；有关联的样本应整组划分；并查找同时出现在两个集合中的样本。",
)
_NOTHING_TO_DO = Text(
    en="Nothing needs to be done; compare the sets by evaluating the training rows in inference mode.",
    zh="无需处理；如要比较两个集合，请在推理模式下评估训练样本。",
)
_NOT_DROPOUT = Text(
    en="Dropout and the running mean are ruled out: in inference mode the training rows still have a loss of "
    "{inference:.4g}.",
    zh="不是 dropout 或整轮平均造成的：在推理模式下，训练样本的损失仍为 {inference:.4g}。",
)
_NOT_SPLIT = Text(
    en="An easier validation set is ruled out: in inference mode the training rows have a loss of {inference:.4g} too.",
    zh="不是验证集更容易：在推理模式下，训练样本的损失也只有 {inference:.4g}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a validation loss below the training loss, with what explains it."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated or is_tiny(history, curves.train):
        return None
    last = slice(-max(3, tail(curves.count) // 2), None)
    train, valid = float(np.median(curves.train[last])), float(np.median(curves.valid[last]))
    if train - valid < max(BELOW * abs(train), _chance(history, curves, valid)):
        return None
    inference = _in_inference_mode(history, curves.count + (last.start or 0))
    reason = _reason(history, curves, train, valid, inference)
    known = bool(np.isfinite(inference))
    out = {"split": (_NOT_DROPOUT,) * known, "dropout": (_NOT_SPLIT,) * known}.get(reason, ())
    message, advice = _WORDS[reason]
    return Evidence(
        {"train": train, "valid": valid, "inference": inference if known else valid},
        curves.span(last.start),
        ("val_loss", "loss"),
        lower_dropout(history) if reason == "dropout" else None,
        0.9 if known else 0.6,
        "warning" if reason == "split" else "info",
        out,
        message,
        advice,
    )


def _in_inference_mode(history: History, since: int) -> float:
    """Return the training rows' loss without dropout, measured after the epochs that are judged; NaN without any.

    In a run of a fraction of a second the probe gets to the first epochs only: what it saw there is long past.
    """
    measured = of_model(history, INFERENCE_LOSS)[1:][since:]
    measured = measured[~np.isnan(measured)]
    return float(np.median(measured)) if len(measured) else np.nan


def _chance(history: History, curves: Curves, valid: float) -> float:
    """Few rows may be easy ones by chance; and jitter is no gap."""
    rows = validation_rows(history)
    drawn = PER_ROW * abs(valid) / math.sqrt(rows) if rows else 0.0
    later = slice(-max(FEWEST, curves.count // 2), None)
    jitter = noise(curves.valid[later] - curves.train[later]) / math.sqrt(3.0)
    return ERRORS * max(drawn, jitter)


def _reason(history: History, curves: Curves, train: float, valid: float, inference: float) -> Reason:
    """Ask the probe first, then the curves, then what is known of the model."""
    gap = train - valid
    moving = float(np.median(-np.diff(curves.train)[-3:])) / 2  # the mean over an epoch lags by half of it
    if moving > EXPLAINED * gap:
        return "moving"
    if np.isfinite(inference):
        return "dropout" if train - inference > EXPLAINED * gap else "split"
    noisy = _burdened(history) if current(history, "class_weight") in (None, "none") else None
    return "unknown" if noisy is None else "dropout" if noisy else "split"


def _burdened(history: History) -> bool | None:
    """Whether something burdens training only; None when the model is unknown."""
    rates = current(history, "dropout")
    if any(rates.values()) if isinstance(rates, dict) else rates:
        return True
    if history.model is None:
        return None
    return any(layer.dropout or any(part in layer.kind for part in NOISY_LAYERS) for layer in history.model.layers)


_WORDS: dict[Reason, tuple[Text | None, Text | None]] = {
    "dropout": (_DROPOUT, _NOTHING_TO_DO),
    "moving": (_MOVING, _NOTHING_TO_DO),
    "split": (_SPLIT, _SPLIT_ADVICE),
    "unknown": (None, None),
}

DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT114 验证比训练好。

看到什么：运行结束时，验证损失明显低于训练损失。
为什么重要：多数情况下并无害处，
    dropout 和数据增强只会加重训练的负担，而 Keras 的训练损失是模型仍在学习的一整轮的平均值。
    如果两者都不能解释，就说明验证样本更容易，或者模型已经见过它们。
何时会错：类别权重和样本权重只改变训练损失；小的验证集可能碰巧比较容易。
来源：UMLAUT（CHI 2021）从第三轮起检查验证准确率是否高于训练准确率；
    三种解释出自 A. Rosebrock（2019），Why is my validation loss lower than my training loss?。
    训练损失的 20% 是我们自己的界限。
""",
)

RULE = Rule(
    code="KT114",
    name="validation-better",
    title=Text(en="Validation better than training", zh="验证比训练好"),
    severity="info",
    message=Text(
        en="Validation loss ({valid:.4g}) is clearly below training loss ({train:.4g}).",
        zh="验证损失（{valid:.4g}）明显低于训练损失（{train:.4g}）。",
    ),
    advice=Text(
        en="With dropout or augmentation this is expected. Without them, check how the rows were split and whether "
        "some are in both sets.",
        zh="使用 dropout 或数据增强时，这在意料之中。"
        "如果没有使用，请检查样本是如何划分的，是否有样本同时出现在两个集合中。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Evaluate the training rows in inference mode (model.evaluate): if their loss comes down to the validation "
        "loss, dropout or the running mean explains the gap; if not, look at the split.",
        zh="在推理模式下评估训练样本（model.evaluate）：如果损失降到与验证损失相当，"
        "差距就来自 dropout 或整轮平均；否则请检查数据划分。",
    ),
    rank=64,
)
