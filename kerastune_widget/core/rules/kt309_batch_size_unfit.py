"""KT309 batch-size-unfit.

What it sees: so large a batch for so few rows that the whole run takes only some dozens of steps; or a batch of one or
    two rows in a run that does not learn. Where few rows come in batches of 32 or less, it is epochs that are missing:
    a note before training.
Why it matters: the weights move once a step, so that a few dozen steps of the usual rate lead nowhere; with one or two
    rows each step follows their noise rather than the data.
When it is wrong: the whole data set as one batch is sound with many epochs or a large rate; a batch of one or two is
    sound with a small rate, only slow.
Source: the count is arithmetic; that 50 and 100 steps are few is our own margin (Adam moves a weight by about its rate
    a step: 100 steps of 0.001 are 0.1). Masters and Luschi (2018) find batches of 2 to 32 good, from 1 on with smaller
    rates; McCandlish et al. (2018) measure the noise.
"""

from __future__ import annotations

import math

from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..text import Text
from ._fixes import current, set_batch, set_epochs
from ._model import batch_size, graded, training_rows
from ._outcome import outcome

FEW_STEPS = 5  # an epoch
SHORT = 50  # steps in all
SOME = 100
TINY = 2  # rows
ENOUGH_ROWS = 200
USUAL = 32
_SOONER = Text(en="The loss should fall much further in the same epochs.", zh="在相同的轮数里，损失应降得低得多。")
_STEADIER = Text(
    en="The loss should fall more steadily, and each epoch should be faster.", zh="损失应下降得更平稳，每轮也更快。"
)
_FEW_EPOCHS = (
    Text(
        en="{rows} rows in batches of {batch}, {epochs} epochs: {updates} steps in all are few to learn in.",
        zh="{rows} 个样本、批大小 {batch}，{epochs} 轮一共只有 {updates} 步，不足以学习。",
    ),
    Text(
        en="Train for more epochs: a hundred steps or more.",
        zh="请多训练一些轮次，至少一百步。",
    ),
)
_NOISY = (
    Text(
        en="Each step follows {batch} of {rows} rows: mostly their noise.",
        zh="每一步只依据 {rows} 个样本中的 {batch} 个：基本是它们的噪声。",
    ),
    Text(en="Use batches of 16 to 64, or a smaller learning rate.", zh="批量大小请用 16 到 64，或降低学习率。"),
)


def check(history: History) -> Evidence | None:
    """Return evidence of too few steps, or of too noisy ones."""
    batch, rows = batch_size(history), training_rows(history)
    if batch is None or rows is None:
        return None
    steps = math.ceil(rows / batch) if "batch_size" in history.hyperparameters else history.facts["steps_per_epoch"]
    epochs = current(history, "epochs") or history.planned_epochs or history.epoch_count
    values = {"batch": batch, "rows": rows, "steps": steps, "epochs": epochs, "updates": steps * epochs}
    if batch <= TINY and rows >= ENOUGH_ROWS:
        return _noisy(history, values)
    if steps >= FEW_STEPS or not 0 < steps * epochs < SOME:
        return None
    short, small = steps * epochs < SHORT, batch <= USUAL  # a usual batch of few rows: epochs are what is missing
    before: Severity = "warning" if short and not small else "info"
    severity = graded(history, before, failed="warning", poor="warning", learnt="info")
    if small:
        message, advice = _FEW_EPOCHS
        fix = set_epochs(history, math.ceil(SOME / steps)) if history.epoch_count else None
        return Evidence(values, None, _curves(history), fix, 0.6, severity, message=message, advice=advice)
    return Evidence(values, series=_curves(history), fix=_fix(history, rows, batch), confidence=0.8, severity=severity)


def _noisy(history: History, values: dict[str, int]) -> Evidence | None:
    if outcome(history) not in ("failed", "poor"):
        return None
    message, advice = _NOISY
    severity: Severity = "warning"
    fix = set_batch(history, USUAL, _STEADIER)
    return Evidence(values, None, _curves(history), fix, 0.6, severity, message=message, advice=advice)


def _curves(history: History) -> tuple[str, ...]:
    return tuple(name for name in ("loss", "val_loss") if name in history.epochs)


def _fix(history: History, rows: int, batch: int) -> Fix | None:
    """Offer ten steps an epoch at least, in batches that are a power of two."""
    value = min(USUAL, 2 ** int(math.log2(max(rows / 10, 1))))
    return set_batch(history, value, _SOONER) if value < batch else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT309 批量大小不合适。

看到什么：样本这么少，批量却这么大，整个运行只有几十步；或者每批只有一两个样本，而训练没有效果。
    样本很少而批量不超过 32 时，缺的是训练轮数，训练之前只作提示。
为什么重要：权重每步只移动一次，用通常的学习率走几十步到不了哪里；
    每批只有一两个样本时，每一步跟随的是它们的噪声而不是数据的规律。
何时会错：轮数很多或学习率很大时，把整个数据集作为一批也是可以的；
    学习率很小时，每批一两个样本也可以，只是很慢。
来源：步数是简单的算术；把 50 步和 100 步看作太少，是我们自己的界限，
    因为 Adam 每步让权重移动大约一个学习率：0.001 的 100 步是 0.1。
    Masters 和 Luschi（2018）发现批量为 2 到 32 时效果好，为 1 时需要更小的学习率；
    McCandlish 等（2018）测量了这种噪声。
""",
)

RULE = Rule(
    code="KT309",
    name="batch-size-unfit",
    title=Text(en="Batch size does not fit", zh="批量大小不合适"),
    severity="warning",
    message=Text(
        en="{rows} rows in batches of {batch} are {steps} steps an epoch, {updates} in all {epochs} epochs.",
        zh="{rows} 个样本按 {batch} 个一批，每轮只有 {steps} 步，{epochs} 轮总共 {updates} 步。",
    ),
    advice=Text(en="Use a smaller batch, 32 say, or many more epochs.", zh="请减小批量，例如 32，或大大增加训练轮数。"),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train with batches of 32 for as many epochs, all else equal, and compare the losses at the end.",
        zh="其他一切不变，用 32 的批量训练同样的轮数，再比较最后的损失。",
    ),
    rank=34,
    causes=(
        "learning-too-slow",
        "underfitting",
        "still-learning",
        "no-better-than-trivial",
        "oscillation",
        "plateau",
        "data-problem",
        "validation-better",
    ),
)
