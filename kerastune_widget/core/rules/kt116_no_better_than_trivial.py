"""KT116 no-better-than-trivial.

What it sees: the score on the judging rows is no better than what the commonest class, or the mean of the targets,
    would get without looking at the inputs; or all rows get the same prediction.
Why it matters: such a run has found nothing in the inputs, however far its loss came down from a bad start.
When it is wrong: with rare classes a useful ranking can hide behind a majority's accuracy (the loss is asked as well,
    and an area under the ROC curve clearly above 0.5 is better than guessing). Class weights move the threshold: with
    them only one prediction for nearly all rows counts. Targets may simply not depend on the inputs.
Source: Deepchecks compares with such a model offline; Karpathy's "Recipe for Training Neural Networks" asks for an
    input-independent baseline first. Accuracy must exceed it by 2.5 binomial standard errors; a loss must be 3% below
    it, and more where few rows judge; an area under the ROC curve must exceed 0.6, and more likewise (our own margins).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..curves import Curves, Numbers, accuracy_at_end, ending, gain_at_end, last_trend, read_curves, size, smooth
from ..diagnosis import Evidence, Rule, Severity
from ..extrapolation import further_gain
from ..history import History
from ..signals import COMMONEST_PREDICTION, PREDICTION_SPREAD
from ..task import FEW_ROWS, Task, measure_of, read_task
from ..text import Text
from ._fixes import current
from ._layers import lately, of_model
from ._outputs import first_of_outputs

FEWEST = 4  # epochs
SURE = 10  # epochs: some networks rest at chance for a while before they learn
LEAST_GAIN = 0.03  # of the trivial loss
ERRORS = 2.5  # standard errors: the last epochs are several looks at the same rows
BY_HEART = 0.2  # of the way to perfection, on training rows alone
TELLS_APART = 0.1  # of the area under the ROC curve, beyond guessing
_AUC = re.compile(r"(?:^|_)auc(?:_\d+)?$")
SAME_CLASS = 0.98  # share of rows
RARE = 0.9  # share of the commonest class beyond which predicting it always is no wonder
HARDLY_VARIES = 0.05  # of the targets' standard deviation: an explained variance of a quarter of a per cent
HARDLY_FALLS = 0.01  # of the level at the end
STILL_FALLS = 0.03  # of the level at the end: a run on its way gets its time

ACCURACY = Text(en="accuracy", zh="准确率")
LOSS = Text(en="loss", zh="损失")
ERROR = Text(en="error", zh="误差")
R_SQUARED = Text(en="R squared", zh="R 平方")

_ONE_CLASS = Text(
    en="The model gives {share:.0%} of the training rows the same class.",
    zh="模型把 {share:.0%} 的训练样本都判为同一类。",
)
_THE_MEAN = Text(
    en="The model's predictions vary by only {share:.1%} of the targets' spread: it has settled on their mean.",
    zh="模型的预测值只在目标离散程度的 {share:.1%} 之内变化：它只学会了目标的均值。",
)
_BY_HEART = Text(
    en="On new rows the {measure} is {value:.4g}, no better than the {trivial:.4g} of a model that never looks at the "
    "inputs, though training rows are known far better.",
    zh="在新样本上，{measure}为 {value:.4g}，不比从不看输入的模型（{trivial:.4g}）更好，尽管训练样本学得好得多。",
)
_BY_HEART_ADVICE = Text(
    en="Nothing that was learnt carries over: check that validation rows belong to the same task and have the right "
    "labels, then regularise or take a smaller model.",
    zh="学到的东西完全不能推广：先检查验证样本是否属于同一任务、标签是否正确，再加强正则化或换用更小的模型。",
)


@dataclass(frozen=True)
class Score:
    """One score beside the trivial model's.

    Attributes:
        better: Whether it is clearly better.
        gained: Share of the way from the trivial model to perfection.
    """

    measure: Text
    value: float
    trivial: float
    better: bool
    gained: float


def check(history: History) -> Evidence | None:
    """Return evidence that nothing was found in the inputs."""
    return first_of_outputs(history, _check, RULE.message)


def _check(history: History) -> Evidence | None:
    curves, task = read_curves(history), read_task(history)
    if (
        not curves.count
        or history.epoch_count < max(FEWEST, (history.planned_epochs or 0) // 10)
        or _on_its_way(curves, task)
        or _ranks(history, task)
    ):
        return None
    train = _score(history, curves, task, validation=False)
    judged = _score(history, curves, task, validation=True) or train
    if judged is not None and not judged.better:
        return _evidence(history, curves, judged, train)
    return _collapsed(history, curves, task) if judged is None else None


def _on_its_way(curves: Curves, task: Task) -> bool:
    """A loss that falls towards the trivial one from above is not on its way anywhere else."""
    if not _falls(curves):
        return False
    last, coming = gain_at_end(curves.judged), further_gain(curves.judged)
    ahead = coming * (1.0 + coming / last + (coming / last) ** 2)  # as many epochs again as it had
    return not ending(curves.judged) - ahead > task.trivial_loss


def _falls(curves: Curves) -> bool:
    return last_trend(curves.judged).falls(STILL_FALLS * size(float(curves.judged[-1])), errors=4.0)


def _score(history: History, curves: Curves, task: Task, validation: bool) -> Score | None:
    """Accuracy counts where there is one; where the loss can be held against something too, it may speak for the run.

    A majority of 95% is hard to beat by accuracy, but a model that ranks rows well has a lower loss.
    """
    rows = task.validation_rows if validation else task.rows
    accuracy = accuracy_at_end(history, "val_accuracy" if validation else "accuracy")
    loss = _loss_score(history, curves, task, rows, validation)
    weighted = current(history, "class_weight") in ("own", "balanced")  # which moves the threshold of accuracy
    weighted = weighted and not lately(of_model(history, COMMONEST_PREDICTION)) >= SAME_CLASS
    if np.isnan(accuracy) or "accuracy" not in task.trivial or weighted:
        return None if weighted else loss
    trivial = max(task.trivial["accuracy"], 1.0 / (task.classes or np.inf))
    trivial = max(trivial, task.validation_majority) if validation else trivial
    error = np.sqrt(trivial * (1.0 - trivial) / rows) if rows else 0.01
    better = accuracy > trivial + ERRORS * error or (loss is not None and loss.better)
    gained = (accuracy - trivial) / (1.0 - trivial) if trivial < 1.0 else 0.0
    return Score(ACCURACY, accuracy, trivial, bool(better), gained)


def _ranks(history: History, task: Task) -> bool:
    """Whether rows are told apart, though not at the threshold that accuracy takes: the area under the ROC curve."""
    if lately(of_model(history, COMMONEST_PREDICTION)) >= SAME_CLASS:
        return False
    names = [name for name in history.epochs if _AUC.search(name)]
    judging = [name for name in names if name.startswith("val_")] or names
    rows = (task.validation_rows if judging and judging[0].startswith("val_") else task.rows) or FEW_ROWS
    values = [history.series(name)[np.isfinite(history.series(name))][-3:] for name in judging]
    least = 0.5 + max(TELLS_APART, ERRORS * 0.5 / float(np.sqrt(rows)))
    return any(len(auc) and float(np.median(auc)) > least for auc in values)


def _loss_score(history: History, curves: Curves, task: Task, rows: int | None, validation: bool) -> Score | None:
    prefix = "val_" if validation else ""
    explained = history.series(f"{prefix}r2_score")
    explained = explained[np.isfinite(explained)]
    if len(explained) >= FEWEST:
        best = float(smooth(explained).max())
        return Score(R_SQUARED, best, 0.0, best > LEAST_GAIN, best)
    values, measure, shown = _judging_curve(history, curves, task, validation)
    trivial = task.trivial.get(measure, np.nan)
    if not len(values) or not trivial > 0:
        return None
    best = float(smooth(values).min()) if validation else ending(values)
    least = LEAST_GAIN + (0.5 / np.sqrt(rows) if rows and validation else 0.0)
    gained = 1.0 - best / trivial
    return Score(shown, best, trivial, bool(gained > least), gained)


def _judging_curve(history: History, curves: Curves, task: Task, validation: bool) -> tuple[Numbers, str, Text]:
    """A metric of regression is free of penalties; else the loss, unless a penalty is known to be part of it."""
    prefix = "val_" if validation else ""
    metrics = (("mean_squared_error", ("mean_squared_error", "mse")), ("mean_absolute_error", ("mae",)))
    for measure, names in metrics if task.classes is None else ():
        for name in (measure, *names):
            values = history.series(prefix + name)
            if len(values) and np.isfinite(values).all():
                return values, measure, ERROR
    usable = curves.valid if validation else curves.train
    return (np.empty(0) if task.penalized else usable), measure_of(task.loss, task.classes), LOSS


def _evidence(history: History, curves: Curves, judged: Score, train: Score | None) -> Evidence:
    by_heart = train is not None and train.gained > BY_HEART
    values = {"measure": judged.measure, "value": judged.value, "trivial": judged.trivial}
    severity = "warning" if train is None or train.better else _sure(history, curves)
    message, advice = (_BY_HEART, _BY_HEART_ADVICE) if by_heart else (None, None)
    return Evidence(values, None, curves.names[::-1], None, 0.9, severity, message=message, advice=advice)


def _sure(history: History, curves: Curves) -> Severity:
    """A run that learns at all, however slowly, may yet get there."""
    parts = (curves.train, curves.judged)
    falling = any(last_trend(part).falls(HARDLY_FALLS * size(ending(part)), errors=2.0) for part in parts)
    return "warning" if history.epoch_count < SURE or falling else "problem"


def _collapsed(history: History, curves: Curves, task: Task) -> Evidence | None:
    """The probe saw one prediction for all rows, and nothing else is known that the run could be held against."""
    common, spread = (lately(of_model(history, name)) for name in (COMMONEST_PREDICTION, PREDICTION_SPREAD))
    if common >= SAME_CLASS and not task.majority >= RARE:
        share, message = common, _ONE_CLASS
    elif spread < HARDLY_VARIES:
        share, message = spread, _THE_MEAN
    else:
        return None
    values = {"measure": LOSS, "value": float(curves.judged[-1]), "trivial": float(curves.judged[-1]), "share": share}
    return Evidence(values, None, curves.names[::-1], None, 0.85, _sure(history, curves), message=message)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT116 不比瞎猜好。

看到什么：在评判用的样本上，成绩并不比不看输入、一律猜最常见的类别或目标均值更好；
    或者所有样本得到的预测都相同。
为什么重要：不管损失从糟糕的起点降下来多少，这样的训练都没有从输入中发现任何规律。
何时会错：类别稀少时，有用的排序可能被多数类的准确率掩盖（所以同时也看损失；
    ROC 曲线下面积明显高于 0.5，也算比瞎猜好）；类别权重会移动判定阈值，
    使用类别权重时，只有几乎所有样本的预测都相同才算数；目标也可能本来就与输入无关。
来源：Deepchecks 会离线与这样的模型比较；
    Karpathy 的 Recipe for Training Neural Networks 要求先做一个与输入无关的基线。
    准确率须超出基线 2.5 个二项标准误差；损失须比基线低 3%，评判样本少时还要更低；
    ROC 曲线下面积须高于 0.6，样本少时还要更高（这些是我们自己的界限）。
""",
)

RULE = Rule(
    code="KT116",
    name="no-better-than-trivial",
    title=Text(en="No better than guessing", zh="不比瞎猜好"),
    severity="problem",
    message=Text(
        en="The {measure} is {value:.4g}, no better than the {trivial:.4g} of a model that never looks at the inputs.",
        zh="{measure}为 {value:.4g}，不比从不看输入的模型（{trivial:.4g}）更好。",
    ),
    advice=Text(
        en="Check that the labels belong to their rows, that inputs are scaled, and that output layer and loss fit the "
        "targets; then try another learning rate.",
        zh="检查标签与样本是否对应、输入是否已缩放、输出层和损失是否与目标匹配；然后再尝试别的学习率。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train on 20 rows only: a model that learns them by heart can learn, and the fault is in the data; one that "
        "cannot has a fault in itself.",
        zh="只用 20 个样本训练：能记住它们的模型具备学习能力，问题出在数据上；连它们都记不住的模型，自身就有问题。",
    ),
    rank=72,
    hides=("healthy", "still-learning", "plateau", "no-clear-pattern"),
)
