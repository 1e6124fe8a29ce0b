"""KT111 too-early.

What it sees: fewer than four epochs have ended.
Why it matters: two or three points make any story look true; a verdict on them would be a guess.
When it is wrong: one epoch over millions of rows can be a whole training run; look at the steps then.
Source: two epochs against two are the least that shows a trend together with its noise; UMLAUT (CHI 2021) judges
    after one rising epoch and so calls every real history overfitted.
"""

from __future__ import annotations

import numpy as np

from ..curves import FEWEST_EPOCHS
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import current, set_epochs

ENOUGH = 10  # epochs from which every rule can speak
LONG = 400  # steps that show by themselves how training goes
FELL = 0.1  # of the loss of the first steps: less is no fall
ERRORS = 4.0

_BY_STEPS = Text(
    en="Epochs so far: {epochs}, too few for a verdict on new rows; but over {steps} steps training loss fell from "
    "{first:.4g} to {last:.4g}, so training itself works.",
    zh="目前只有 {epochs} 轮，还不足以判断对新样本的表现；"
    "但经过 {steps} 步，训练损失已从 {first:.4g} 降到 {last:.4g}，说明训练本身是有效的。",
)


def check(history: History) -> Evidence | None:
    """Return evidence that there is too little evidence."""
    count = history.epoch_count
    started = count > 0 or any(len(values) for values in history.steps.values())
    if not started or count >= FEWEST_EPOCHS:
        return None
    short = history.status not in ("running", "paused", "waiting") and (current(history, "epochs") or ENOUGH) < ENOUGH
    values = {"epochs": count, "enough": ENOUGH}
    fell = _fall_by_steps(history)
    fix = set_epochs(history, ENOUGH) if short else None
    return Evidence(values | (fell or {}), fix=fix, message=_BY_STEPS if fell else None)


def _fall_by_steps(history: History) -> dict[str, float] | None:
    """Where one epoch is long, its steps tell more than its mean: the first twentieth beside the last."""
    losses = np.asarray(history.steps.get("loss", ()), dtype=np.float64)
    if len(losses) < LONG or not np.isfinite(losses).all():
        return None
    part = len(losses) // 20
    first, last = losses[:part], losses[-part:]
    error = float(np.sqrt((first.var() + last.var()) / part))
    fell = float(first.mean() - last.mean())
    if fell < max(FELL * abs(float(first.mean())), ERRORS * error):
        return None
    return {"steps": len(losses), "first": float(first.mean()), "last": float(last.mean())}


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT111 为时尚早。

看到什么：结束的轮次还不到四轮。
为什么重要：两三个点可以让任何说法都像是真的；据此下结论只是猜测。
何时会错：在几百万个样本上训练一轮，可能就是完整的训练；这时请看每一步的曲线。
来源：用两轮比两轮，是能同时看出趋势和噪声的最低要求；
    UMLAUT（CHI 2021）只要有一轮上升就下结论，因此把每一段真实历史都判为过拟合。
""",
)

RULE = Rule(
    code="KT111",
    name="too-early",
    title=Text(en="Too early to say", zh="为时尚早"),
    severity="info",
    message=Text(
        en="Epochs so far: {epochs}. That is too few for a verdict.",
        zh="目前只有 {epochs} 轮，还不足以下结论。",
    ),
    advice=Text(
        en="Let it run for about {enough} epochs.",
        zh="请训练到 {enough} 轮左右再看。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train to {enough} epochs and look again.",
        zh="训练到 {enough} 轮再看。",
    ),
    rank=90,
    hides=("healthy", "still-learning", "no-clear-pattern"),
)
