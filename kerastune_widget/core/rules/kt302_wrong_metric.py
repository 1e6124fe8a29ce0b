"""KT302 wrong-metric.

What it sees: a metric that does not go with the targets; accuracy where quantities are predicted, an accuracy of the
    wrong kind, or no measure of classes at all where classes are predicted.
Why it matters: the model may train well or badly, the number that you watch does not show it; accuracy on quantities
    counts exact hits and stays near zero, the wrong kind of accuracy can stay near one.
When it is wrong: rounded quantities, ratings from 1 to 5 say, can be hit exactly, and then accuracy is rough but no
    nonsense.
Source: the documentation of Keras's metrics; AutoTrainer (ICSE 2021) and UMLAUT (CHI 2021) judge by accuracy alone, so
    a wrong one misleads them as it misleads people; TheDeepChecker compares the course of loss and metric instead.
"""

from __future__ import annotations

from ..diagnosis import SEVERITIES, Evidence, Rule, Severity
from ..history import History
from ..profile_compile import EXACT
from ..text import Text
from ._model import ACCURACY, BINARY, CATEGORICAL, DIFFERENCE, SPARSE, Head, heads

_QUANTITIES = (
    Text(
        en="Accuracy counts outputs that equal their target; for quantities, as those of {layer}, it says nothing.",
        zh="准确率统计的是与目标完全相等的输出；对 {layer} 输出的数值来说，它说明不了什么。",
    ),
    Text(
        en="Watch mean_absolute_error: it has the unit of the targets.",
        zh="请看 mean_absolute_error：它与目标的单位相同。",
    ),
)
_EQUAL = (
    Text(
        en="keras.metrics.Accuracy counts outputs that equal the class number; probabilities hardly ever do.",
        zh="keras.metrics.Accuracy 统计与类别编号完全相等的输出，而概率几乎不会恰好相等。",
    ),
    Text(en='Compile with metrics=["accuracy"].', zh='请用 metrics=["accuracy"] 编译。'),
)
_OTHER_KIND = (
    Text(
        en="{metric} is not the accuracy for these targets and this output ({layer}, {units} units): it is wrong.",
        zh="{metric} 与这里的目标和输出（{layer}，{units} 个单元）不配：它的数值是错的。",
    ),
    Text(
        en='Compile with metrics=["accuracy"]; Keras then takes the kind that fits.',
        zh='请用 metrics=["accuracy"] 编译，Keras 会选用合适的一种。',
    ),
)
_NO_MEASURE = (
    Text(
        en="Classes are predicted, but only {metric} is watched, which does not count how many are right.",
        zh="预测的是类别，却只看 {metric}，它不统计有多少个预测正确。",
    ),
    Text(en='Add metrics=["accuracy"] to compile.', zh='编译时加上 metrics=["accuracy"]。'),
)


def check(history: History) -> Evidence | None:
    """Return evidence of a metric that says nothing."""
    found = [(head, fault) for head in heads(history) for fault in [_fault(head)] if fault is not None]
    if not found:
        return None
    head, (severity, (message, advice), metric) = min(found, key=lambda pair: SEVERITIES.index(pair[1][0]))
    return Evidence(
        {"metric": metric, "layer": head.output.layer or "?", "units": head.units, "loss": head.output.loss},
        series=tuple(name for name in (metric, f"val_{metric}") if name in history.epochs),
        confidence=0.9 if head.target is not None else 0.7,
        severity=severity,
        message=message,
        advice=advice,
        layers=(head.output.layer,) if head.output.layer else (),
    )


def _fault(head: Head) -> tuple[Severity, tuple[Text, Text], str] | None:
    classes = head.output.loss in CATEGORICAL + SPARSE + BINARY
    accuracy = next((metric for metric in head.output.metrics if metric in ACCURACY), None)
    if EXACT in head.output.metrics and classes:
        return "warning", _EQUAL, EXACT
    if accuracy is not None:
        other = next((metric for metric in head.output.metrics if _is_of_other_kind(head, metric)), None)
        return _on_quantities(head, accuracy) or (("warning", _OTHER_KIND, other) if other else None)
    metrics = head.output.metrics
    if classes and metrics and set(metrics) <= set(DIFFERENCE) and head.kind not in ("regression", ""):
        return "info", _NO_MEASURE, metrics[0]
    return None


def _on_quantities(head: Head, metric: str) -> tuple[Severity, tuple[Text, Text], str] | None:
    """An autoencoder's targets are quantities too, but nobody goes by its accuracy for long: a note will do."""
    differs = head.output.loss in DIFFERENCE
    if head.kind == "regression":
        return ("warning" if differs and head.units <= 1 else "info"), _QUANTITIES, metric
    if head.kind == "" and differs and head.units == 1 and head.output.activation in ("linear", "relu"):
        return "warning", _QUANTITIES, metric
    if head.kind in ("classes", "binary") and differs and not head.single:
        return "info", _QUANTITIES, metric
    return None


def _is_of_other_kind(head: Head, metric: str) -> bool:
    if head.output.loss not in CATEGORICAL + SPARSE + BINARY:
        return False
    if metric == "categorical_accuracy":
        return head.units == 1 or head.output.loss in SPARSE
    if metric == "sparse_categorical_accuracy":
        return head.output.loss in CATEGORICAL or head.kind == "one_hot"
    return metric == "binary_accuracy" and head.output.activation == "softmax" and head.units > 2


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT302 指标不合适。

看到什么：指标与目标不配：预测数值却看准确率，
    用错了准确率的种类，或者预测类别却没有任何衡量类别的指标。
为什么重要：模型训练得好还是不好，您看的那个数字反映不出来；
    对数值使用准确率，统计的是完全相等的次数，始终接近零；用错种类的准确率则可能始终接近一。
何时会错：取整的数值，例如 1 到 5 的评分，可以恰好命中，这时准确率虽然粗略，但并非毫无意义。
来源：Keras 指标的文档；AutoTrainer（ICSE 2021）和 UMLAUT（CHI 2021）只凭准确率判断，
    错误的指标会像误导人一样误导它们；TheDeepChecker 则比较损失与指标的走势。
""",
)

RULE = Rule(
    code="KT302",
    name="wrong-metric",
    title=Text(en="Wrong metric", zh="指标不合适"),
    severity="warning",
    message=Text(
        en="{metric} does not go with the loss {loss} and its targets.", zh="{metric} 与损失 {loss} 及其目标不配。"
    ),
    advice=Text(en="Choose the metric by what the targets are.", zh="根据目标的类型来选择指标。"),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Predict ten rows and compare them with their targets by eye, to see whether {metric} says the same.",
        zh="预测十个样本，亲眼与目标对照，看 {metric} 说的与您看到的是否一致。",
    ),
    rank=29,
    causes=("metric-disagrees",),
)
