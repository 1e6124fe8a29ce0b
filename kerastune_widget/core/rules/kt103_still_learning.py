"""KT103 still-learning.

What it sees: the run has ended while its loss (validation loss where there is one) was still falling.
Why it matters: more epochs would have given a better model for nothing but time.
When it is wrong: a schedule that ends on a tiny learning rate leaves little to gain from the same rate again.
Source: the classroom table (both fall: go on) and Google's Deep Learning Tuning Playbook ("increase the number of
    steps if the best is at the end"). 5% of the level and 2% of the whole fall within the last third are our own
    margins: below them another third as long gains less than anyone would see. The gain to come is extrapolated as an
    exponential decay, the most careful of the usual laws (Domhan et al. 2015 compare eleven).
"""

from __future__ import annotations

import math

import numpy as np

from ..curves import FEWEST_EPOCHS, ending, gain_at_end, is_tiny, last_trend, read_curves, size, still_gains, tail
from ..diagnosis import Evidence, Rule
from ..extrapolation import further_gain
from ..history import History
from ..rates import epoch_rates
from ..text import Text
from ._fixes import current, set_epochs

MORE = 1.5  # times the epochs so far
WORTH = 0.02  # of the level: the least that another third should bring
COOLED = 0.01  # of the highest rate: a schedule that has come to its end

_NOT_NOISE = Text(
    en="Chance is ruled out: the fall of {gain:.2g} is more than three standard errors.",
    zh="不是偶然：{gain:.2g} 的降幅超过三个标准误差。",
)


def check(history: History) -> Evidence | None:
    """Return evidence that the end of an ended run still improved."""
    curves = read_curves(history)
    judged = curves.judged
    ended = history.status in (None, "finished")
    if not ended or curves.count < FEWEST_EPOCHS or is_tiny(history, judged):
        return None
    coming = further_gain(judged)
    if not still_gains(curves) or last_trend(curves.train).rises() or coming < WORTH * size(ending(judged)):
        return None
    span = curves.span(-tail(curves.count))
    values = {
        "gain": gain_at_end(judged),
        "coming": coming,
        "span": span[1] - span[0] + 1,
        "last": float(judged[-1]),
        "more": _more(history, history.epoch_count),
    }
    fix = set_epochs(history, _more(history, history.epoch_count))
    return Evidence(values, span, curves.names[::-1], fix, 0.5 if _cooled(history) else 0.8, ruled_out=(_NOT_NOISE,))


def _cooled(history: History) -> bool:
    rates = epoch_rates(history)
    return bool(len(rates) and rates[-1] < COOLED * np.nanmax(rates))


def _more(history: History, count: int) -> int:
    asked = current(history, "epochs")
    known = [count, asked] if isinstance(asked, int) else [count]
    return math.ceil(MORE * max(known))


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT103 仍在学习。

看到什么：运行结束时，损失（有验证损失时看验证损失）仍在下降。
为什么重要：再多训练几轮就能得到更好的模型，代价只是时间。
何时会错：如果学习率计划以极小的学习率收尾，再用同样的学习率训练下去收益很小。
来源：教学中常用的损失曲线对照表（两条都在下降：继续训练），
    以及 Google 的 Deep Learning Tuning Playbook（最好的结果出现在末尾时，应增加训练步数）。
    最后三分之一的降幅达到当前水平的 5% 和总降幅的 2%，是我们自己的界限：
    低于它们时，再训练同样长的时间，收益也小到无人能察觉。
    今后的收益按指数衰减外推，这是常用规律中最谨慎的一种（Domhan 等，2015，比较了十一种）。
""",
)

RULE = Rule(
    code="KT103",
    name="still-learning",
    title=Text(en="Still learning", zh="仍在学习"),
    severity="info",
    message=Text(
        en="The run ended while still improving: loss fell by about {gain:.2g} within the last {span} epochs, "
        "to {last:.4g}. Another {span} epochs should take off {coming:.2g} more or so.",
        zh="训练结束时仍在进步：最后 {span} 轮损失又下降了约 {gain:.2g}，降到 {last:.4g}。"
        "再训练 {span} 轮，预计还能下降约 {coming:.2g}。",
    ),
    advice=Text(
        en="Train longer, about {more} epochs in all, and watch where validation loss stops falling.",
        zh="延长训练，总共约 {more} 轮，并观察验证损失在哪里停止下降。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train half as long again from the same start and see whether the loss goes on falling.",
        zh="从同样的起点再多训练一半的轮数，看损失是否继续下降。",
    ),
    rank=85,
    hides=("healthy", "plateau", "no-clear-pattern"),
)
