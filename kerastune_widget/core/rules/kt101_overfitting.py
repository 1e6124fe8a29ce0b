"""KT101 overfitting.

What it sees: validation loss stands clearly above its best while training loss went on falling; or it has
    stopped improving far above a training loss that covers much more of the way (a large gap that stays).
Why it matters: from its best epoch on, the model memorises its training rows instead of learning what holds for
    new ones.
When it is wrong: a validation set of a few dozen rows moves by chance; sets that were not drawn alike show a gap
    that is no overfitting; a classifier's validation loss may rise because it grows too sure while its accuracy
    still improves.
Source: the ratio and range-normalised rise after smoothing are the two thresholds that read real labelled histories
    best (after OverfitGuard, FSE 2023); 10% over the best is the margin of SageMaker Debugger's Overfit rule; 0.1 of
    accuracy is AutoTrainer's (ICSE 2021); a rise must also beat the noise of the validation loss itself. That 30% of
    what was learnt does not carry over, and that less will do where training loss is a small part of validation
    loss, are our own margins, set on small real runs (digits, breast cancer, wine, diabetes).
"""

from __future__ import annotations

import numpy as np

from ..curves import (
    Curves,
    accuracy_at_end,
    clear_rise,
    ending,
    is_tiny,
    last_trend,
    read_curves,
    size,
    smooth,
    still_gains,
    trend,
)
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import raise_dropout, set_epochs

FEWEST = 6  # epochs: three to learn in, three to get worse in
LASTING = 3  # epochs since the best; one rising epoch is chance
GAP_OF_LEARNT = 0.3
GAP_OF_ACCURACY = 0.1
MEMORISED = 1 / 3  # training loss of validation loss, from which half the accuracy gap will do
BY_HEART = 0.1  # training loss of validation loss, from which a third of the loss gap will do
WORTH_WAITING = 0.2  # of the level in the last third: what a model that knows its rows by heart must still gain
BARELY = 0.1  # of the loss at the start: a model that learnt less is underfitted, whatever its validation loss does


def check(history: History) -> Evidence | None:
    """Return evidence of a lasting rise, else of a large gap that stays."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated or is_tiny(history, curves.valid):
        return None
    if curves.start - ending(curves.train) < BARELY * size(curves.start):
        return None
    calm = smooth(curves.valid)
    best = int(np.argmin(calm))
    rise = _last(curves) - float(calm[best])
    least = clear_rise(curves)
    if _rose(curves, best, rise, least):
        return _evidence(history, curves, best, min(1.0, 0.5 + rise / (6 * least)))
    if _gap_stays(history, curves):
        return _evidence(history, curves, best, 0.7)
    return None


def _last(curves: Curves) -> float:
    """Level at the end, the lower of two readings, so that one bad last epoch does not count."""
    return min(float(smooth(curves.valid)[-1]), ending(curves.valid))


def _rose(curves: Curves, best: int, rise: float, least: float) -> bool:
    if curves.count - 1 - best < LASTING or rise < least:
        return False
    since = slice(best, None)
    below = ending(curves.train) < ending(curves.valid)
    turned_back = trend(curves.valid[since]).falls() and last_trend(curves.valid).falls()
    return below and not trend(curves.train[since]).rises(errors=2.0) and not turned_back


def _gap_stays(history: History, curves: Curves) -> bool:
    valid, train = ending(curves.valid), ending(curves.train)
    gap, learnt = valid - train, curves.start - train
    by_heart = 0 < train < BY_HEART * valid
    improving = still_gains(curves, WORTH_WAITING if by_heart else 0.05)
    if improving or gap <= 0.5 * abs(valid) or learnt <= 0.2 * abs(curves.start):
        return False
    lost = accuracy_at_end(history) - accuracy_at_end(history, "val_accuracy")
    memorised = 0 < train < MEMORISED * valid
    if np.isnan(lost):
        return gap > GAP_OF_LEARNT * learnt * (MEMORISED if by_heart else 1.0)
    return lost > max(GAP_OF_ACCURACY * (0.5 if memorised else 1.0), _chance_gap(history))


def _chance_gap(history: History) -> float:
    """Two standard errors of the validation accuracy."""
    rows, accuracy = history.facts.get("validation_rows"), accuracy_at_end(history, "val_accuracy")
    return 2.0 * float(np.sqrt(max(accuracy * (1 - accuracy), 0.0) / rows)) if rows else 0.0


def _evidence(history: History, curves: Curves, best: int, confidence: float) -> Evidence:
    """Return what is seen, in the numbers of the curve itself, which a person reads beside it."""
    lowest = int(np.argmin(curves.valid))
    values = {
        "best": float(curves.valid[lowest]),
        "best_epoch": lowest + 1,
        "last": float(curves.valid[-1]),
        "train": float(curves.train[-1]),
    }
    fix = raise_dropout(history) or set_epochs(history, lowest + 1)
    return Evidence(values, (best, curves.count - 1), ("val_loss", "loss"), fix, confidence)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT101 过拟合。

看到什么：验证损失明显高于它的最好值，而训练损失仍在继续下降；
    或者验证损失已不再改善，停在远高于训练损失的地方，而训练损失的降幅要大得多（差距很大且一直存在）。
为什么重要：从最好的那一轮起，模型是在死记训练样本，而不是学习对新样本同样成立的规律。
何时会错：只有几十个样本的验证集会随机波动；
    两个数据集的抽取方式不同时，也会出现并非过拟合的差距；
    分类器的验证损失可能因为预测过于自信而上升，而准确率仍在提高。
来源：损失之比，以及平滑后按变化范围归一化的升幅，是判读真实的带标注历史最准的两个阈值（参照 OverfitGuard，FSE 2023）；
    比最好值高出 10% 是 SageMaker Debugger 的 Overfit 规则的界限；
    准确率相差 0.1 是 AutoTrainer（ICSE 2021）的界限；升幅还必须超过验证损失自身的噪声。
    学到的内容有 30% 不能推广，以及训练损失只占验证损失一小部分时可以更低，
    这两条是我们自己的界限，根据小型真实训练（digits、breast cancer、wine、diabetes）定出。
""",
)

RULE = Rule(
    code="KT101",
    name="overfitting",
    title=Text(en="Overfitting", zh="过拟合"),
    severity="warning",
    message=Text(
        en="Validation loss came no lower than {best:.4g} (epoch {best_epoch}) and is {last:.4g} now, "
        "while training loss went down to {train:.4g}.",
        zh="验证损失最低只到 {best:.4g}（第 {best_epoch} 轮），现在是 {last:.4g}，而训练损失已降到 {train:.4g}。",
    ),
    advice=Text(
        en="Stop near epoch {best_epoch} (early stopping keeps those weights), raise dropout or L2, augment or add "
        "training data, or take a smaller model.",
        zh="在第 {best_epoch} 轮附近停止（早停会保留当时的权重），提高 dropout 或 L2，"
        "增强或增加训练数据，或换用更小的模型。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    rank=20,
    hides=("healthy", "still-learning", "plateau", "no-clear-pattern"),
)
