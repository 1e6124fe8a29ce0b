"""KT101 overfitting.

What it sees: validation loss stands clearly above its best while training loss went on falling; or it has
    stopped improving far above a training loss that covers much more of the way (a large gap that stays); or every
    epoch of the end gets far fewer validation rows right than training rows, and no more than before. In a run of four
    or five epochs, only three rises in a row to 20% above the best.
Why it matters: from its best epoch on, the model memorises its training rows instead of learning what holds for
    new ones.
When it is wrong: a validation set of a few dozen rows moves by chance; sets that were not drawn alike show a gap
    that is no overfitting; a gap that comes and goes from epoch to epoch is left to oscillation. Where validation
    accuracy still improves, the rule leaves the word to overconfidence, as long as the loss is below where it began.
    Where the rate is known to cycle, only epochs with low rates are read.
Source: the ratio and range-normalised rise after smoothing are the two thresholds that read real labelled histories
    best (after OverfitGuard, Li et al. 2024, arXiv 2401.10359); 10% over the best is the margin of SageMaker
    Debugger's Overfit rule; 0.1 of accuracy is AutoTrainer's (ICSE 2021); a rise must also beat three standard errors
    of the validation loss. That half the rise will do where training loss is less than half of validation loss, that
    30% of what was learnt does not carry over, and that less will do where training loss is a small part of validation
    loss, are our own margins, set on small real runs (digits, breast cancer, wine, diabetes), and so are the 15 points
    of accuracy beyond two standard errors that need no loss. It is a problem from half of the result lost.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, accuracy, accuracy_at_end, ending, is_tiny, noise, read_curves, still_gains, tail
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..rates import at_rest
from ..rise import ERRORS, Rise, accuracy_since, error_of_rise, read_rise
from ..task import judging_rows
from ..text import Text
from ._fixes import raise_dropout, raise_l2, set_epochs, stop_early
from ._outputs import first_of_outputs

FEWEST = 6  # epochs: three to learn in, three to get worse in
CLIMBS = 3  # epochs in a row that will do in a shorter run,
FAR = 0.2  # when they lead so far above the best
GAP_OF_LEARNT = 0.3
GAP_BY_HEART = 0.2
GAP_OF_ACCURACY = 0.1
BY_HEART = 0.1  # training loss of validation loss, from which the lesser loss gap will do
WORTH_WAITING = 0.2  # of the level in the last third: what a model that knows its rows by heart must still gain
BARELY = 0.1  # of the loss at the start: a model that learnt less is underfitted, whatever its validation loss does
GROSS = 0.5  # of the best, and of what had been learnt by then: half of the result is lost
MILD = 1.5  # times the least rise,
PLAIN = 0.2  # unless it is so much of the best
STAYS = 0.5  # of the gap is left in the best of the last epochs,
JUMPS = 0.25  # or no jump from epoch to epoch is so much of it
LAG = 0.15  # of accuracy, beyond chance: what needs no loss to be seen
STILL_COMES = 0.05  # of validation accuracy, from the earlier to the later half
SEEN_RISE = 0.15  # of the best, three epochs ago or more: a person sees a rise, not a level

_GAP = Text(
    en="Validation loss stays at {last:.4g} while training loss went down to {train:.4g}: what is learnt now does not "
    "carry over to new rows.",
    zh="训练损失已降到 {train:.4g}，验证损失却停在 {last:.4g}：现在学到的内容不能推广到新样本。",
)
_LAGS = Text(
    en="The model gets {known:.1%} of the training rows right and {new:.1%} of the validation rows, which hardly "
    "rises: much of what it learnt holds for its own rows only.",
    zh="模型在训练样本上的准确率为 {known:.1%}，在验证样本上只有 {new:.1%}，而且几乎不再上升："
    "学到的很多内容只对训练样本成立。",
)
_NOT_CHANCE = Text(
    en="Chance is ruled out: validation loss rose by {rise:.2g}; three standard errors of that are {noise:.2g}.",
    zh="不是偶然：验证损失上升了 {rise:.2g}，而它的三个标准误差为 {noise:.2g}。",
)
_NOT_THE_SPLIT = Text(
    en="Sets that merely differ are ruled out: they would differ from the first epoch on, yet validation loss was as "
    "low as {best:.4g} in epoch {best_epoch}.",
    zh="不只是两个数据集不同：那样从第一轮起就会有差距，而验证损失在第 {best_epoch} 轮曾低至 {best:.4g}。",
)
_NOT_ONLY_SURE = Text(
    en="Mere overconfidence is ruled out: validation accuracy fell too, by {lost:.1%}.",
    zh="不只是过于自信：验证准确率也下降了 {lost:.1%}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a lasting rise, else of a large gap that stays."""
    return first_of_outputs(history, _check, RULE.message)


def _check(history: History) -> Evidence | None:
    curves = at_rest(history, read_curves(history))
    if not curves.validated or is_tiny(history, curves.valid) or (curves.count < FEWEST and not _climbs(curves)):
        return None
    rise = read_rise(curves)
    if not _learnt_nothing(curves):
        if rise.clear or curves.count < FEWEST:
            return _risen(history, curves, rise)
        if _gap_stays(history, curves):
            return _gaping(history, curves, rise)
    return _lagging(history, curves, rise) if _lags(history, curves) else None


def _climbs(curves: Curves) -> bool:
    """In a run of four or five epochs: up and up since the best one, far, while training loss fell and fell."""
    best = int(np.argmin(curves.valid))
    since, train = np.diff(curves.valid[best:]), np.diff(curves.train[best:])
    far = curves.valid[-1] - curves.valid[best] > FAR * abs(curves.valid[best])
    return len(since) >= CLIMBS and bool((since > 0).all() and (train < 0).all() and far)


def _learnt_nothing(curves: Curves) -> bool:
    """Losses below zero have no level that a fall could be held against; then only noise may be no fall."""
    fell = curves.start - ending(curves.train)
    return fell < (BARELY * curves.start if ending(curves.train) > 0 else 3.0 * noise(curves.train))


def _risen(history: History, curves: Curves, rise: Rise) -> Evidence | None:
    """A model that grew surer and better is another rule's matter, unless it knew more before it began."""
    moved, error = accuracy_since(history, curves, rise.best)
    if moved > 2.0 * error and rise.lowest + rise.height < curves.start:
        return None
    worse = moved < -2.0 * error
    out = [_NOT_CHANCE] + [_NOT_THE_SPLIT] * _came_down(curves, rise) + [_NOT_ONLY_SURE] * worse
    noisy = ERRORS * error_of_rise(curves.valid)
    more = {"rise": rise.height, "noise": noisy, "lost": -moved if worse else 0.0}
    severity = _severity(curves, rise, holds=not np.isnan(moved) and not worse)
    confidence = min(1.0, 0.5 + rise.height / (6 * rise.least))
    return _evidence(history, curves, rise, confidence, severity, more, tuple(out))


def _severity(curves: Curves, rise: Rise, holds: bool) -> Severity:
    learnt = curves.start - rise.lowest
    if rise.height > GROSS * max(abs(rise.lowest), learnt) and not holds:
        return "problem"
    mild = rise.height < min(MILD * rise.least, max(PLAIN * abs(rise.lowest), rise.least))
    mild = mild and curves.count >= FEWEST  # a shorter one rose far, or nothing was said
    return "info" if mild else "warning"


def _came_down(curves: Curves, rise: Rise) -> bool:
    return curves.start - rise.lowest > rise.height


def _gaping(history: History, curves: Curves, rise: Rise) -> Evidence:
    seen = not np.isnan(accuracy_at_end(history, "val_accuracy"))
    lowest = int(np.argmin(curves.valid))
    rose = curves.count - 1 - lowest >= CLIMBS and curves.valid[-1] > (1.0 + SEEN_RISE) * curves.valid[lowest] > 0
    return _evidence(history, curves, rise, 0.7, "warning" if seen else "info", {}, message=None if rose else _GAP)


def _lagging(history: History, curves: Curves, rise: Rise) -> Evidence:
    shares = {"known": accuracy_at_end(history), "new": accuracy_at_end(history, "val_accuracy")}
    return _evidence(history, curves, rise, 0.7, "warning", shares, message=_LAGS)


def _lags(history: History, curves: Curves) -> bool:
    """Whether every epoch of the end knows the training rows far better, however little this log saw it learn."""
    known, new = accuracy(history), accuracy(history, "val_accuracy")
    if not len(known) == len(new) == history.epoch_count >= FEWEST or not np.isfinite(new).all():
        return False
    end, half = tail(len(new)), len(new) // 2
    lost = float(np.median(known[-end:]) - new[-end:].max())
    comes = float(np.median(new[-half:]) - np.median(new[:half])) > STILL_COMES or new[-1] - new[0] > STILL_COMES
    worse = float(curves.valid[-tail(curves.count) :].min()) > ending(curves.train)
    return worse and not comes and lost > LAG + _chance_gap(history)


def _gap_stays(history: History, curves: Curves) -> bool:
    valid, train = ending(curves.valid), ending(curves.train)
    gap, learnt = valid - train, curves.start - train
    by_heart = 0 < train < BY_HEART * valid
    improving = still_gains(curves, WORTH_WAITING if by_heart else 0.05)
    if improving or gap <= 0.5 * abs(valid) or learnt <= 0.2 * abs(curves.start):
        return False
    if _comes_and_goes(curves, gap):
        return False
    lost = accuracy_at_end(history) - accuracy_at_end(history, "val_accuracy")
    wide = gap > (GAP_BY_HEART if by_heart else GAP_OF_LEARNT) * learnt
    if np.isnan(lost):
        return wide
    return lost > max(GAP_OF_ACCURACY * (0.5 if wide else 1.0), _chance_gap(history))


def _comes_and_goes(curves: Curves, gap: float) -> bool:
    """Whether single epochs lose most of the gap, by jumps: what is known by heart is so in every epoch."""
    end = curves.valid[-tail(curves.count) :]
    return float(end.min()) - ending(curves.train) < STAYS * gap and noise(end) > JUMPS * gap


def _chance_gap(history: History) -> float:
    """Two standard errors of the validation accuracy."""
    rows = judging_rows(history)
    share = accuracy_at_end(history, "val_accuracy")
    return 2.0 * float(np.sqrt(max(share * (1 - share), 0.0) / rows)) if rows else 0.0


def _evidence(
    history: History,
    curves: Curves,
    rise: Rise,
    confidence: float,
    severity: Severity,
    more: dict[str, float],
    ruled_out: tuple[Text, ...] = (),
    message: Text | None = None,
) -> Evidence:
    """Return what is seen, in the numbers of the curve itself, which a person reads beside it."""
    lowest = int(np.argmin(curves.valid))
    epoch = int(curves.at[lowest]) + 1
    values = {
        "best": float(curves.valid[lowest]),
        "best_epoch": epoch,
        "last": float(curves.valid[-1]),
        "train": float(curves.train[-1]),
    }
    span, fix = curves.span(rise.best), _fix(history, epoch)
    names = ("val_loss", "loss")
    return Evidence(values | more, span, names, fix, confidence, severity, ruled_out, message)


def _fix(history: History, best: int) -> Fix | None:
    return raise_dropout(history) or raise_l2(history) or stop_early(history) or set_epochs(history, best)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT101 过拟合。

看到什么：验证损失明显高于它的最好值，而训练损失仍在继续下降；
    或者验证损失已不再改善，停在远高于训练损失的地方，而训练损失的降幅要大得多（差距很大且一直存在）；
    或者末尾每一轮的验证准确率都远低于训练准确率，而且不再提高。
    只有四五轮的运行，则须连续上升三轮，并比最好值高出 20%。
为什么重要：从最好的那一轮起，模型是在死记训练样本，而不是学习对新样本同样成立的规律。
何时会错：只有几十个样本的验证集会随机波动；
    两个数据集的抽取方式不同时，也会出现并非过拟合的差距；时有时无的差距归入剧烈振荡。
    验证准确率仍在提高、而损失仍低于起点时，本规则让位给过于自信。
    已知学习率循环变化时，只看学习率低的那些轮次。
来源：损失之比，以及平滑后按变化范围归一化的升幅，是判读真实的带标注历史最准的两个阈值，
    参照 OverfitGuard（Li 等，2024，arXiv 2401.10359）；
    比最好值高出 10% 是 SageMaker Debugger 的 Overfit 规则的界限；
    准确率相差 0.1 是 AutoTrainer（ICSE 2021）的界限；升幅还必须超过验证损失的三个标准误差。
    训练损失不到验证损失一半时升幅减半即可，学到的内容有 30% 不能推广，以及训练损失只占验证损失一小部分时可以更低，
    这些是我们自己的界限，根据小型真实训练（digits、breast cancer、wine、diabetes）定出；
    不看损失时，准确率相差 15 个百分点（另加两个标准误差）也是我们自己的界限。
    成果损失一半以上才算严重问题。
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
        en="Stop near epoch {best_epoch} (EarlyStopping with restore_best_weights=True goes back to its weights), "
        "raise dropout or L2, augment or add training data, or take a smaller model.",
        zh="在第 {best_epoch} 轮附近停止（EarlyStopping 加上 restore_best_weights=True 会恢复当时的权重），"
        "提高 dropout 或 L2，增强或增加训练数据，或换用更小的模型。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again with more dropout, from the same start: if validation loss stays lower, the rows were "
        "being memorised.",
        zh="从同样的起点、用更高的 dropout 再训练一次：如果验证损失保持得更低，就说明模型在死记样本。",
    ),
    rank=60,
    hides=("healthy", "still-learning", "plateau", "no-clear-pattern"),
    causes=("no-better-than-trivial",),
)
