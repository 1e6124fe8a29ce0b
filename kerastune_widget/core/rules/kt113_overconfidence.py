"""KT113 overconfidence.

What it sees: validation loss rises from its best, while validation accuracy holds or still improves.
Why it matters: the classes come out right as often as before, but the probabilities grow too sure; whoever uses them
    is misled, whoever only takes the likeliest class loses nothing.
When it is wrong: where accuracy stands near 100%, or moves in coarse steps on few rows, it cannot show that it suffers.
Source: Guo et al. (2017), "On Calibration of Modern Neural Networks": the likelihood overfits before accuracy does,
    and one temperature repairs most of it. Holding means within two binomial standard errors, or the accuracy's own
    jitter where that is larger.
"""

from __future__ import annotations

import numpy as np

from ..curves import accuracy, is_tiny, read_curves
from ..diagnosis import Evidence, Rule
from ..history import History
from ..rates import at_rest
from ..rise import accuracy_since, read_rise
from ..text import Text
from ._fixes import raise_dropout, stop_early
from ._outputs import first_of_outputs

FEWEST = 6  # epochs, as for overfitting
ERRORS = 2.0

_IMPROVES = Text(
    en="Harmful overfitting is ruled out: validation accuracy rose by {moved:.1%} since then.",
    zh="不是有害的过拟合：此后验证准确率又上升了 {moved:.1%}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a loss that rises where accuracy does not fall."""
    return first_of_outputs(history, _check, RULE.message)


def _check(history: History) -> Evidence | None:
    if not len(accuracy(history, "val_accuracy")):
        return None
    curves = at_rest(history, read_curves(history))
    if curves.count < FEWEST or not curves.validated or is_tiny(history, curves.valid):
        return None
    rise = read_rise(curves)
    moved, error = accuracy_since(history, curves, rise.best)
    if not rise.clear or np.isnan(moved) or moved < -ERRORS * error:
        return None
    improves = moved > ERRORS * error
    lowest = int(np.argmin(curves.valid))
    values = {
        "best": float(curves.valid[lowest]),
        "best_epoch": int(curves.at[lowest]) + 1,
        "last": float(curves.valid[-1]),
        "moved": moved,
    }
    fix = raise_dropout(history) or stop_early(history)
    out = (_IMPROVES,) if improves else ()
    return Evidence(values, curves.span(rise.best), ("val_loss",), fix, 0.85 if improves else 0.6, ruled_out=out)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT113 过于自信。

看到什么：验证损失从最好值上升，而验证准确率保持不变或仍在提高。
为什么重要：类别判对的次数并未减少，但概率越来越自信；
    使用概率的人会被误导，只取最可能类别的人则没有损失。
何时会错：准确率接近 100%，或样本太少、准确率只能一大步一大步地变化时，看不出它是否受损。
来源：Guo 等（2017），On Calibration of Modern Neural Networks，
    似然先于准确率过拟合，而一个温度参数就能修复大部分。
    保持不变指变化在两个二项标准误差之内；如果准确率自身的波动更大，则以波动为准。
""",
)

RULE = Rule(
    code="KT113",
    name="overconfidence",
    title=Text(en="Overconfidence", zh="过于自信"),
    severity="info",
    message=Text(
        en="Validation loss rose from {best:.4g} (epoch {best_epoch}) to {last:.4g}, while validation accuracy held "
        "({moved:+.1%}): the probabilities are too sure.",
        zh="验证损失从 {best:.4g}（第 {best_epoch} 轮）升到 {last:.4g}，而验证准确率没有变差（{moved:+.1%}）："
        "概率过于自信。",
    ),
    advice=Text(
        en="If probabilities matter, use label smoothing, scale the outputs with a temperature found on validation "
        "rows, or stop near epoch {best_epoch}; if only the class matters, nothing needs to be done.",
        zh="如果概率重要，请使用标签平滑，用在验证样本上求得的温度缩放输出，或在第 {best_epoch} 轮附近停止；"
        "如果只看类别，则无需处理。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Compare the mean of the largest predicted probability with the accuracy on validation rows: if it is far "
        "above, the model is too sure.",
        zh="在验证样本上比较最大预测概率的平均值与准确率：如果前者高出很多，模型就过于自信。",
    ),
    rank=61,
    hides=("healthy", "no-clear-pattern"),
)
