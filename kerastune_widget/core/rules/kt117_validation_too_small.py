"""KT117 validation-too-small.

What it sees: few rows validate, so that the score's standard error is larger than the differences that matter; where
    nobody says how many, accuracies that are all whole fractions of a small number tell.
Why it matters: settings are chosen, and the best epoch kept, by a number that is mostly luck of the draw.
When it is wrong: rows of images or sequences with many labels each count more than once; a difference between runs on
    the same rows is surer than each score alone.
Source: the standard error of a share is the square root of p(1-p)/n; of a mean squared error of normal errors about
    the square root of 2/n. One hundred rows are where it passes 4 points at 80% accuracy, 14% of a squared error. Five
    different fractions of one number are no chance, nor three that come back.
"""

from __future__ import annotations

import math

import numpy as np

from ..curves import FEWEST_EPOCHS, Numbers, accuracy, accuracy_at_end, noise
from ..diagnosis import Evidence, Rule
from ..history import History
from ..task import FEW_ROWS, classifies, judging_rows, validation_rows
from ..text import Text

FEW = FEW_ROWS
VERY_FEW = 30
TYPICAL = 0.8  # accuracy, when none is known yet

_REGRESSION = Text(
    en="Only {rows} rows validate, so the validation loss is uncertain by about {error:.0%} of itself.",
    zh="只有 {rows} 个样本用于验证，因此验证损失约有 {error:.0%} 的不确定性。",
)
_INFERRED = Text(
    en="All validation accuracies are whole fractions of {rows}, so that about {rows} rows seem to validate: each is "
    "uncertain by about {error:.1%} (one standard error).",
    zh="所有验证准确率都能写成 {rows} 分之几，看来只有 {rows} 个左右的样本用于验证："
    "每个准确率约有 {error:.1%} 的不确定性（一个标准误差）。",
)
_JITTER = Text(
    en="A restless model is ruled out: validation accuracy jumps by {jitter:.1%} from epoch to epoch, no more than "
    "{rows} rows make it jump by chance ({error:.1%}).",
    zh="不是模型不稳：验证准确率在相邻两轮之间跳动 {jitter:.1%}，不超过 {rows} 个样本偶然造成的幅度（{error:.1%}）。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a validation set that cannot tell one run from another."""
    rows = judging_rows(history)
    if not rows or rows >= FEW:
        return None
    shares = classifies(history) or not validation_rows(history)  # else no accuracy told how many
    error = _error_of_share(history, rows) if shares else math.sqrt(2.0 / rows)
    values = {"rows": rows, "error": error, "enough": _enough(history, shares)}
    jitter = noise(_measured(history))
    explained = shares and 0 < jitter <= error
    return Evidence(
        values | {"jitter": jitter},
        None,
        tuple(name for name in ("val_loss",) if name in history.epochs),
        None,
        0.9 if validation_rows(history) else 0.7,
        "warning" if rows < VERY_FEW else "info",
        (_JITTER,) if explained else (),
        (None if validation_rows(history) else _INFERRED) if shares else _REGRESSION,
    )


def _measured(history: History) -> Numbers:
    values = accuracy(history, "val_accuracy")
    return values[np.isfinite(values)][-max(FEWEST_EPOCHS, len(values) // 2) :]


def _error_of_share(history: History, rows: int) -> float:
    share = accuracy_at_end(history, "val_accuracy")
    share = TYPICAL if np.isnan(share) else min(max(share, 1.0 / rows), 1.0 - 1.0 / rows)
    return math.sqrt(share * (1.0 - share) / rows)


def _enough(history: History, shares: bool) -> int:
    """Rows that bring the error to 2 points of accuracy, or to a tenth of a squared error."""
    share = accuracy_at_end(history, "val_accuracy") if shares else np.nan
    share = TYPICAL if np.isnan(share) else min(max(share, 0.5), 0.95)
    return math.ceil(share * (1.0 - share) / 0.02**2 / 50) * 50 if shares else 200


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT117 验证集太小。

看到什么：用于验证的样本很少，成绩的标准误差大于值得关心的差别；
    如果不知道有多少样本，而所有准确率都能写成同一个小整数分之几，也能看出来。
为什么重要：选择设置、保留最好的一轮，凭的都是一个多半靠运气的数字。
何时会错：一个样本带有许多标签（图像、序列）时，它不止算一次；
    在同样的样本上比较两次训练，差别比单个成绩更可靠。
来源：比例的标准误差是 p(1-p)/n 的平方根；误差服从正态分布时，均方误差的相对标准误差约为 2/n 的平方根。
    五个不同的准确率都能写成同一个数分之几，或三个反复出现的准确率如此，都不是偶然。
    少于一百个样本时，80% 准确率的误差超过 4 个百分点，均方误差的误差超过 14%。
""",
)

RULE = Rule(
    code="KT117",
    name="validation-too-small",
    title=Text(en="Validation set too small", zh="验证集太小"),
    severity="info",
    message=Text(
        en="Only {rows} rows validate, so validation accuracy is uncertain by about {error:.1%} (one standard error).",
        zh="只有 {rows} 个样本用于验证，因此验证准确率约有 {error:.1%} 的不确定性（一个标准误差）。",
    ),
    advice=Text(
        en="Do not choose between runs by smaller differences. Validate on about {enough} rows, or use k-fold "
        "cross-validation and compare means.",
        zh="不要根据更小的差别在不同训练之间取舍。请用约 {enough} 个样本验证，或使用 k 折交叉验证并比较平均值。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Draw another {rows} rows for validation and repeat the run: the scores will differ by about {error:.1%}.",
        zh="另取 {rows} 个样本用于验证并重复一次：成绩会相差约 {error:.1%}。",
    ),
    rank=59,
    causes=("validation-better",),
)
