"""Which source of chance makes runs differ: one varied at a time, the others held fixed, and what to do about it.

Source: Saltelli et al. (2008), "Global Sensitivity Analysis: The Primer", chapter 1 (one factor at a time), and
Bouthillier et al. (2021), "Accounting for Variance in Machine Learning Benchmarks", MLSys 3, who vary the sources of
chance in training one by one. Shares are of the sum of the variances: what sources do together, beyond the sum, is not
seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .text import Text

TITLES = {
    "weights": Text(en="initial weights", zh="初始权重"),
    "order": Text(en="batch order", zh="批次顺序"),
    "dropout": Text(en="dropout and other random layers", zh="dropout 等随机层"),
    "split": Text(en="which rows are held out", zh="验证集的划分"),
    "subset": Text(en="which nine tenths of the training rows", zh="训练数据取哪九成"),
}
"""What each source is called."""

ADVICE = {
    "weights": Text(
        en="Average the predictions of several runs, warm the learning rate up, or try another initializer; report the "
        "mean over seeds, never the best seed.",
        zh="对多次运行的预测取平均，为学习率加上预热，或换一种初始化方法；报告多个种子的平均值，而不要只报告最好的种子。",
    ),
    "order": Text(
        en="Let the learning rate fall towards the end, or take larger batches: the last batches then pull the weights "
        "less far.",
        zh="让学习率在末尾下降，或增大批次：这样最后几个批次对权重的牵动会更小。",
    ),
    "dropout": Text(
        en="Train for longer at a falling learning rate, or lower the dropout rate; averaging several runs helps, too.",
        zh="以逐渐下降的学习率训练更久，或降低 dropout 率；对多次运行取平均也有帮助。",
    ),
    "split": Text(
        en="The rows that judge are too few to tell models apart: hold out more, or cross-validate and compare on the "
        "same folds.",
        zh="用于评判的样本太少，难以分辨模型的优劣：请增大验证集，或使用交叉验证并在相同的折上比较。",
    ),
    "subset": Text(
        en="Which rows are trained on matters: more data would help, or augmentation, or stronger regularization.",
        zh="训练用到哪些样本影响很大：更多数据、数据增强或更强的正则化会有帮助。",
    ),
}
"""What to do where a source makes most of the spread."""


@dataclass(frozen=True)
class SourceRow:
    """What one source of chance does to a metric.

    Attributes:
        source: "weights", "order", "dropout", "split" or "subset".
        values: What its runs came to; NaN for one without a number.
        sd: Their sample standard deviation (n - 1); None of fewer than two.
        share: Its variance over the sum of the variances of all sources, 0 to 1; None while that is not known.
        title: What it is called.
        advice: What to do where it makes most of the spread.
    """

    source: str
    values: tuple[float, ...]
    sd: float | None
    share: float | None
    title: Text
    advice: Text


def source_rows(by_source: Mapping[str, Sequence[float]]) -> tuple[SourceRow, ...]:
    """Return a row for each source, in the order given.

    Args:
        by_source: What the runs of each source came to, at least two finite values for a share.
    """
    shares = shares_of(by_source)
    return tuple(
        SourceRow(name, tuple(values), _sd(values), shares[name], TITLES[name], ADVICE[name])
        for name, values in by_source.items()
    )


def shares_of(by_source: Mapping[str, Sequence[float]]) -> dict[str, float | None]:
    """Return each source's share of the summed variance, 0 to 1; None where it has fewer than two finite values."""
    deviations = {name: _sd(values) for name, values in by_source.items()}
    total = sum(sd**2 for sd in deviations.values() if sd is not None)
    return {name: None if sd is None else sd**2 / total if total else 0.0 for name, sd in deviations.items()}


def _sd(values: Sequence[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.std(finite, ddof=1)) if len(finite) > 1 else None
