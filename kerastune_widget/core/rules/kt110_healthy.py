"""KT110 healthy.

What it sees: training loss has fallen clearly, and validation loss, where there is one, followed and stands near its
    best.
    Neither may training loss have come back up, nor validation loss have stood where its first epoch left it, unless
    that was down already.
Why it matters: to know that nothing needs to be done is worth as much as a warning.
When it is wrong: curves cannot show leakage between the sets, wrong labels or a metric that misses the point.
Source: the classroom table (both fall: go on). It gives way to every other finding.
"""

from __future__ import annotations

import numpy as np

from ..curves import (
    FEWEST_EPOCHS,
    Curves,
    accuracy,
    accuracy_at_end,
    chance_loss,
    clear_rise,
    ending,
    is_tiny,
    noise,
    read_curves,
    size,
    smooth,
)
from ..diagnosis import Evidence, Rule
from ..history import History
from ..rise import ERRORS, error_of_rise, read_rise
from ..text import Text

FELL = 0.1  # of the start (of chance where it is known), on both curves: as much as underfitting lacks
GIVEN_BACK = 0.25  # of what was learnt; from three times as much it is divergence
DOWN = 0.5  # of the start: what an easy task is down to after its first epoch
GOOD_ACCURACY = 0.8
GAINED = 0.1  # of accuracy
MOVED = 0.02  # of its first epoch
CREPT = 0.05  # of the best validation loss: so much is worth a word

_CREEPS = Text(
    en="Training loss fell from {first:.4g} to {train:.4g}, and the run holds up at {last:.4g}; but validation loss "
    "has crept up from {best:.4g} in epoch {best_epoch}, so more epochs will not help.",
    zh="训练损失从 {first:.4g} 降到 {train:.4g}，目前在 {last:.4g}；"
    "但验证损失已从第 {best_epoch} 轮的 {best:.4g} 缓慢上升，再多训练也无益。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a run that learnt and holds up."""
    curves = read_curves(history)
    if curves.count < FEWEST_EPOCHS or not np.isfinite(history.series("loss")[-1:]).all():
        return None
    if not (_learnt(history, curves) and _holds_up(history, curves)) or _given_back(history, curves):
        return None
    values = {"first": curves.start, "train": float(curves.train[-1]), "last": float(curves.judged[-1])}
    crept = _crept(curves) if curves.validated and not is_tiny(history, curves.valid) else {}
    return Evidence(values | crept, None, curves.names[::-1], None, 0.8, message=_CREEPS if crept else None)


def _crept(curves: Curves) -> dict[str, float]:
    """Return since when validation loss rises: too little for overfitting, but no chance either."""
    rise, best = read_rise(curves), int(np.argmin(curves.valid))
    sure = rise.height > max(ERRORS * error_of_rise(curves.valid), CREPT * size(rise.lowest))
    if not (rise.lasting and sure):
        return {}
    return {"best": float(curves.valid[best]), "best_epoch": int(curves.at[best]) + 1}


def _learnt(history: History, curves: Curves) -> bool:
    last, lowest = ending(curves.train), float(smooth(curves.train).min())
    if not np.ptp(curves.train) > 0 or not _shows_in_accuracy(history):
        return False
    kept = last - lowest < max(GIVEN_BACK * (curves.start - lowest), 3.0 * noise(curves.train))
    return is_tiny(history, curves.train) or (kept and curves.start - last > FELL * size(curves.start, last))


def _shows_in_accuracy(history: History) -> bool:
    """Whether accuracy, where there is one, is good or has grown: a loss alone may fall for another reason."""
    both = [shares[np.isfinite(shares)] for shares in (accuracy(history), accuracy(history, "val_accuracy"))]
    last = [(float(np.median(shares[-3:])), float(shares.min())) for shares in both if len(shares)]
    return not last or any(end >= GOOD_ACCURACY or end - least > GAINED for end, least in last)


def _given_back(history: History, curves: Curves) -> bool:
    """Whether late in the run training loss stood above its start again, or stays at twice what it had come down to."""
    if is_tiny(history, curves.train):
        return False
    late = curves.train[len(curves.train) // 2 :]
    if late.max() > curves.start:
        return True
    lost = ending(curves.train) - float(smooth(curves.train).min())
    return curves.train.min() > 0 and lost > max(0.5 * ending(curves.train), 3.0 * noise(late))


def _moved(history: History, curves: Curves) -> bool:
    """Whether validation loss came down since its first epoch, or was down by then."""
    first, last = float(curves.valid[0]), ending(curves.valid)
    down = last < DOWN * curves.start or accuracy_at_end(history, "val_accuracy") >= GOOD_ACCURACY
    return bool(down or first - last > MOVED * size(first))


def _holds_up(history: History, curves: Curves) -> bool:
    if not curves.validated or is_tiny(history, curves.valid):
        return True
    reference = curves.start if np.isnan(chance_loss(history)) else chance_loss(history)
    if reference - ending(curves.valid) < FELL * size(reference):
        return False
    if curves.valid.min() > 0 and not _moved(history, curves):
        return False
    rise = min(float(smooth(curves.valid)[-1]), ending(curves.valid)) - float(smooth(curves.valid).min())
    return rise <= clear_rise(curves)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT110 状态良好。

看到什么：训练损失已明显下降；有验证损失时，它也随之下降，并接近自己的最好值。
    训练损失也没有回升；验证损失也不是从第一轮起就停在原处，除非那时已经很低。
为什么重要：知道什么都不必做，与一条警告同样有价值。
何时会错：曲线看不出两个数据集之间的泄漏、错误的标签或不切题的指标。
来源：教学中常用的损失曲线对照表（两条都在下降：继续训练）。有任何其他发现时，它都会让位。
""",
)

RULE = Rule(
    code="KT110",
    name="healthy",
    title=Text(en="Healthy", zh="状态良好"),
    severity="good",
    message=Text(
        en="Training loss fell from {first:.4g} to {train:.4g}, and the run holds up at {last:.4g}.",
        zh="训练损失从 {first:.4g} 降到 {train:.4g}，目前稳定在 {last:.4g}。",
    ),
    advice=Text(
        en="Nothing needs fixing. Keep the weights of the best epoch, or try one change and compare.",
        zh="无需修正。保留最好一轮的权重，或只改动一处再作比较。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Repeat the run with another seed: a healthy one ends at about the same loss.",
        zh="换一个随机种子重复一次：健康的训练会停在差不多的损失上。",
    ),
    rank=95,
    verdict=True,
    hides=("no-clear-pattern",),
)
