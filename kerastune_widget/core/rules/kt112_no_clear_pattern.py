"""KT112 no-clear-pattern.

What it sees: the curves fit none of the patterns that we know, neither a fault nor a good run. It says where training
    loss fell and validation loss is no lower than after its first epoch.
Why it matters: an honest "cannot tell" is better than the nearest guess.
When it is wrong: more epochs or a larger validation set often make a pattern show.
Source: the verdict that is left when every other rule is silent; it gives way to all of them. That 2% of the first
    epoch's loss is a fall is our own margin.
"""

from __future__ import annotations

from ..curves import FEWEST_EPOCHS, Curves, ending, read_curves, size
from ..diagnosis import Evidence, Rule
from ..history import History
from ..text import Text

MOVED = 0.02  # of its first epoch

_APART = Text(
    en="Training loss fell from {first:.4g} to {train:.4g}, but validation loss stands at {level:.4g}, no lower than "
    "after its first epoch ({began:.4g}): what was learnt since then does not show on new rows.",
    zh="训练损失从 {first:.4g} 降到 {train:.4g}，但验证损失停在 {level:.4g}，并不比第一轮之后（{began:.4g}）更低："
    "此后学到的内容在新样本上没有体现。",
)


def check(history: History) -> Evidence | None:
    """Return evidence that there are curves to read, and no more."""
    curves = read_curves(history)
    if not curves.count or history.epoch_count < FEWEST_EPOCHS:
        return None
    values = {"epochs": curves.count, "last": float(curves.judged[-1])}
    values |= {"first": float(curves.train[0]), "train": float(curves.train[-1])}
    values |= {"began": float(curves.judged[0]), "level": ending(curves.judged)}
    return Evidence(values, None, curves.names, None, 0.5, message=_APART if _apart(curves) else None)


def _apart(curves: Curves) -> bool:
    """Whether training loss came down and validation loss did not."""
    if not curves.validated:
        return False
    fell = [float(part[0]) - ending(part) > MOVED * size(float(part[0])) for part in (curves.train, curves.valid)]
    return fell == [True, False]


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT112 没有明显的规律。

看到什么：曲线不符合我们所知的任何一种模式，既不像有问题，也不像训练良好。
    如果训练损失下降了，而验证损失并不比第一轮之后更低，它会指出。
为什么重要：诚实地说“看不出来”，胜过给出最接近的猜测。
何时会错：增加轮次或增大验证集后，规律往往就会显现。
来源：其他规则都没有发现时剩下的结论；它会让位给任何其他发现。
    降到比第一轮的损失低 2% 才算下降，这是我们自己的界限。
""",
)

RULE = Rule(
    code="KT112",
    name="no-clear-pattern",
    title=Text(en="No clear pattern", zh="没有明显的规律"),
    severity="info",
    message=Text(
        en="After {epochs} epochs, at a loss of {last:.4g}, the curves show no pattern that we would put a name to.",
        zh="训练了 {epochs} 轮，损失为 {last:.4g}，曲线没有呈现出可以命名的规律。",
    ),
    advice=Text(
        en="Train somewhat longer or on a larger validation set, and repeat the run to see whether it looks the same.",
        zh="再多训练一些轮次或增大验证集，并重复一次训练，看结果是否相同。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Repeat the run with another seed: what shows up again is a pattern, what does not was chance.",
        zh="换一个随机种子重复一次：再次出现的是规律，不再出现的只是偶然。",
    ),
    rank=99,
    verdict=True,
)
