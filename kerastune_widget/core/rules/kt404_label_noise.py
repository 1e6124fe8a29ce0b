"""KT404 label-noise.

What it sees: rows whose class differs from that of most of their neighbours, and about as often in the middle of the
    classes, where neighbours agree with each other, as at their borders; or labels that the nearest rows tell nothing
    of, while a run learns them by heart and gains nothing on new rows.
Why it matters: wrong labels set a ceiling to accuracy; a model with room to spare learns them by heart, late in the
    run, and gets worse on new rows.
When it is wrong: what counts as near is measured on the inputs as they are, which says little about pictures, sound or
    words; where classes truly overlap everywhere the same numbers appear, and only better features would help.
Source: Northcutt, Jiang and Chuang (2021), "Confident learning"; Wilson (1972) edits rows that their neighbours
    outvote; Arpit et al. (2017) and Zhang et al. (2017) on networks that learn patterns first and wrong labels last.
"""

from __future__ import annotations

import numpy as np

from ..curves import accuracy, accuracy_at_end, smooth
from ..data_profile import DataProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..task import validation_rows
from ..text import Text
from ._data import gap_of_accuracy, is_classified, only_target

FEWEST = 60  # rows
SKILL = 0.45  # how far neighbours beat chance, from which on the middle of the classes can be told from their borders
LOW_SKILL = 0.2
SOME_SKILL = 0.1
NOISE = 0.07  # disagreement inside the classes; of clean data sets below 0.04
LEAST = 0.03  # what it must exceed by two standard errors
EVERYWHERE = 0.6  # of the overall disagreement; classes that overlap at their borders have 0.0 to 0.4
ALIKE = 0.85  # where neighbours tell less; classes that overlap smoothly have 0.5 to 0.75
RATHER_ALIKE = 0.75
HEAVY = 0.15
REFUTED = 0.4  # of the noise: a run with fewer errors than this has found the labels consistent
ERRORS = 3.0  # standard errors of a difference of accuracies
BY_HEART = 0.15  # training accuracy beyond validation accuracy
FELL = 0.03  # of validation accuracy since its best

_HARD = Text(
    en="{disagreement:.0%} of the rows have another class than most of their neighbours (chance: {chance:.0%}), and "
    "hardly fewer where neighbours agree with each other: labels may be wrong, or the inputs say too little.",
    zh="{disagreement:.0%} 的样本与其多数近邻类别不同（随机时为 {chance:.0%}），在近邻彼此一致的地方也几乎同样多："
    "也许标签有误，也许输入包含的信息太少。",
)
_RANDOM = Text(
    en="The nearest rows tell as little about a row's class as chance ({disagreement:.0%} differ, chance "
    "{chance:.0%}); training rows are learnt by heart, and on new rows nothing is gained. Labels may belong to other "
    "rows.",
    zh="最近的样本对类别的提示与随机无异（{disagreement:.0%} 不同，随机时为 {chance:.0%}）；"
    "训练样本被死记硬背，在新样本上却毫无收获。标签也许对应的是别的样本。",
)
_RANDOM_ADVICE = Text(
    en="Check that inputs and targets were shuffled, sorted and filtered together; print a few rows with their labels.",
    zh="检查输入和目标是否一起打乱、排序和筛选；打印几个样本及其标签看一看。",
)
_NOT_BORDERS = Text(
    en="Not the borders of the classes: among the rows whose neighbours agree most, {inside:.0%} differ as well.",
    zh="不是类别边界的问题：在近邻最一致的那些样本中，也有 {inside:.0%} 与近邻不同。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of labels that do not belong to their rows."""
    data, target = history.data, only_target(history)
    if data is None or target is None or not is_classified(history, target) or _is_looked_up(history):
        return None
    if data.neighbour_disagreement is None or data.inner_disagreement is None or data.rows < FEWEST:
        return None
    chance = data.neighbour_chance or 0.0
    skill = 1.0 - data.neighbour_disagreement / chance if chance > 0 else 0.0
    inside, overall = data.inner_disagreement, data.neighbour_disagreement
    if not _is_refuted(history, inside):
        if _is_noisy(data) and _is_everywhere(skill, inside, overall):
            sure = skill > SKILL and (_has_ceiling(history, inside) or _forgets(history))
            return _evidence(data, "warning", 0.9 if sure else 0.75 if skill > SKILL else 0.6, None)
        if SOME_SKILL < skill <= SKILL and inside >= max(HEAVY, RATHER_ALIKE * overall):
            kept = _forgets(history) or (inside >= ALIKE * overall and gap_of_accuracy(history) > BY_HEART)
            severity: Severity = "warning" if kept else "info"
            return _evidence(data, severity, 0.5 if kept else 0.3, _HARD)
    if skill <= SOME_SKILL and _only_by_heart(history, data, target.trivial.get("accuracy", np.nan)):
        return _evidence(data, "warning", 0.5, _RANDOM)
    return None


def _is_looked_up(history: History) -> bool:
    """Token numbers near each other are no words near each other."""
    layers = history.model.layers if history.model is not None else ()
    return any(layer.kind == "Embedding" for layer in layers)


def _is_noisy(data: DataProfile) -> bool:
    inside = data.inner_disagreement or 0.0
    error = np.sqrt(inside * (1.0 - inside) / max(min(data.sampled, 800) / 3, 1))
    return bool(inside >= NOISE and inside - 2.0 * error > LEAST)


def _is_everywhere(skill: float, inside: float, overall: float) -> bool:
    """The less neighbours tell, the more alike must be what they say inside the classes and at their borders."""
    if skill > SKILL:
        return inside >= EVERYWHERE * overall
    return skill > LOW_SKILL and inside >= max(HEAVY, ALIKE * overall)


def _is_refuted(history: History, noise: float) -> bool:
    """Whether the model agrees with the labels oftener than it could if so many were wrong."""
    known = [accuracy_at_end(history, name) for name in ("accuracy", "val_accuracy")]
    return bool(np.isfinite(known[1]) and np.nanmin(known) > 1.0 - REFUTED * noise)


def _has_ceiling(history: History, noise: float) -> bool:
    return accuracy_at_end(history) < 1.0 - 0.5 * noise


def _forgets(history: History) -> bool:
    """Whether validation accuracy was better before the training rows were learnt by heart."""
    judged = accuracy(history, "val_accuracy")
    judged = smooth(judged[np.isfinite(judged)])
    return bool(gap_of_accuracy(history) > BY_HEART and len(judged) and judged.max() - judged[-1] > FELL)


def _only_by_heart(history: History, data: DataProfile, trivial: float) -> bool:
    """Whether training rows are known clearly better than chance, and new ones are not."""
    train, judged = accuracy_at_end(history), accuracy_at_end(history, "val_accuracy")
    rows = validation_rows(history) or data.rows / 5
    error = np.sqrt(trivial * (1.0 - trivial) * (1.0 / max(data.rows, 1) + 1.0 / max(rows, 1)))
    known = max(0.05, ERRORS * error)
    return bool(min(train - trivial, train - judged) > known and judged < trivial + max(0.05, error))


def _evidence(data: DataProfile, severity: Severity, confidence: float, message: Text | None) -> Evidence:
    values = {
        "disagreement": data.neighbour_disagreement,
        "inside": data.inner_disagreement,
        "chance": data.neighbour_chance,
    }
    return Evidence(
        values,
        confidence=confidence,
        severity=severity,
        ruled_out=(_NOT_BORDERS,) if message is None else (),
        message=message,
        advice=_RANDOM_ADVICE if message is _RANDOM else None,
    )


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT404 标签有噪声。

看到什么：样本的类别与其多数近邻不同，而且在近邻彼此一致的类别中央，
    这种情况与在类别边界上几乎同样常见；或者最近的样本对标签毫无提示，
    而训练只是死记硬背，在新样本上没有任何收获。
为什么重要：错误的标签给准确率设定了上限；容量有余的模型会在训练后期把它们背下来，在新样本上反而变差。
何时会错：近邻是按原始输入衡量的，对图片、声音或文字说明不了多少；
    类别如果真的处处重叠，数字也会如此，那时只有更好的特征才有帮助。
来源：Northcutt、Jiang 与 Chuang（2021）的 Confident learning；
    Wilson（1972）剔除被近邻否决的样本；
    Arpit 等（2017）和 Zhang 等（2017）发现网络先学规律，最后才背错误的标签。
""",
)

RULE = Rule(
    code="KT404",
    name="label-noise",
    title=Text(en="Labels look wrong", zh="标签有噪声"),
    severity="warning",
    message=Text(
        en="{disagreement:.0%} of the rows have another class than most of their neighbours, {inside:.0%} even where "
        "these agree with each other: about as many labels are probably wrong.",
        zh="{disagreement:.0%} 的样本与其多数近邻类别不同，即使在近邻彼此一致的地方也有 {inside:.0%}："
        "大约有这么多的标签是错的。",
    ),
    advice=Text(
        en="Look at the rows whose label the model finds least likely and correct them; until then stop early, "
        "regularise more, and smooth the labels in the loss.",
        zh="查看模型认为标签最不可能的那些样本并加以改正；在此之前应早停、加强正则化，并在损失中使用标签平滑。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Leave out the rows whose neighbours disagree with their label and train again: if validation accuracy "
        "rises, labels were wrong.",
        zh="去掉与近邻类别不同的样本再训练：如果验证准确率上升，说明标签确实有误。",
    ),
    rank=18,
    causes=(
        "data-problem",
        "metric-disagrees",
        "no-better-than-trivial",
        "overconfidence",
        "overfitting",
        "plateau",
        "underfitting",
    ),
)
