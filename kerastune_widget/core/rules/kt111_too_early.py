"""KT111 too-early.

What it sees: fewer than four epochs have ended.
Why it matters: two or three points make any story look true; a verdict on them would be a guess.
When it is wrong: one epoch over millions of rows can be a whole training run; look at the steps then.
Source: two epochs against two are the least that shows a trend together with its noise; UMLAUT (CHI 2021) judges
    after one rising epoch and so calls every real history overfitted.
"""

from __future__ import annotations

from ..curves import FEWEST_EPOCHS
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text
from ._fixes import current, set_epochs

ENOUGH = 10  # epochs from which every rule can speak


def check(history: History) -> Evidence | None:
    """Return evidence that there is too little evidence."""
    count = history.epoch_count
    started = count > 0 or any(len(values) for values in history.steps.values())
    if not started or count >= FEWEST_EPOCHS:
        return None
    short = history.status not in ("running", "paused", "waiting") and (current(history, "epochs") or ENOUGH) < ENOUGH
    return Evidence({"epochs": count, "enough": ENOUGH}, fix=set_epochs(history, ENOUGH) if short else None)


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
    rank=60,
    hides=("healthy", "still-learning", "no-clear-pattern"),
)
