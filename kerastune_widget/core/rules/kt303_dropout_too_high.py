"""KT303 dropout-too-high.

What it sees: dropout of more than half of the units, or dropout behind the output layer, where it strikes out the
    answers themselves.
Why it matters: with most units gone at each step the rest carry too little for the loss to fall; a struck-out answer
    is a wrong one, whatever the network has learnt.
When it is wrong: very wide layers can live with more than half; that is why it is only a note where the run learns.
Source: Srivastava et al., "Dropout" (JMLR 2014) use 0.5 in hidden layers and find that fewer units kept need a wider
    layer; UMLAUT (CHI 2021) speaks above 0.5. That 0.65 and 0.8 weigh more is our own grading.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..model_profile import ModelProfile
from ..text import Text
from ._fixes import DROPOUT_CEILING, lower_dropout
from ._model import dropout_rates, graded, receivers

HIGH = 0.65  # about a third of the units is left
EXTREME = 0.8  # a fifth is left
_BEHIND = (
    Text(
        en="Dropout of {rate:g} stands behind the output layer {layer} and strikes out answers at random.",
        zh="输出层 {layer} 之后有比例为 {rate:g} 的 Dropout，会随机抹去答案本身。",
    ),
    Text(en="Move it in front of {layer}, or leave it away.", zh="把它移到 {layer} 之前，或者去掉。"),
)


def check(history: History) -> Evidence | None:
    """Return evidence of too much dropout, or of dropout in the wrong place."""
    rates = dropout_rates(history)
    behind = _behind_outputs(history.model, rates) if history.model is not None else {}
    if behind:
        layer, rate = max(behind.items(), key=lambda item: item[1])
        message, advice = _BEHIND
        grade = graded(history, "problem", learnt="warning")
        return Evidence({"rate": rate, "layer": layer}, severity=grade, message=message, advice=advice, layers=(layer,))
    worst = max(rates.values(), default=0.0)
    if worst <= DROPOUT_CEILING:
        return None
    layers = tuple(
        sorted((name for name in rates if name and rates[name] > DROPOUT_CEILING), key=lambda name: -rates[name])
    )
    return Evidence(
        {"rate": worst, "left": 1.0 - worst, "layer": layers[0] if layers else ""},
        series=tuple(name for name in ("loss",) if name in history.epochs),
        fix=lower_dropout(history),
        confidence=0.8 if worst >= HIGH else 0.6,
        severity=_severity(history, worst),
        layers=layers,
    )


def _severity(history: History, rate: float) -> Severity:
    if rate >= EXTREME:
        return graded(history, "warning", failed="problem", poor="problem", learnt="info")
    return graded(history, "warning" if rate >= HIGH else "info", failed="warning", poor="warning", learnt="info")


def _behind_outputs(model: ModelProfile, rates: dict[str, float]) -> dict[str, float]:
    """Return by output layer the rate of the dropout that acts on what it gives."""
    joined, found = receivers(model), {}
    for output in model.outputs:
        after = joined.get(output.layer, [])
        while len(after) == 1:
            if after[0].kind == "Dropout" and rates.get(after[0].name, rates.get("", 0.0)):
                found[output.layer] = rates.get(after[0].name, rates.get("", 0.0))
            after = joined[after[0].name]
    return found


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT303 Dropout 过高。

看到什么：Dropout 丢掉了一半以上的单元，或者放在输出层之后，抹去的是答案本身。
为什么重要：每一步都丢掉大部分单元，剩下的不足以让损失下降；
    答案被抹去就是错误的答案，无论网络学到了什么。
何时会错：很宽的层丢掉一半以上也能承受；因此只要训练有效果，这里只作提示。
来源：Srivastava 等的 Dropout（JMLR 2014）在隐藏层使用 0.5，
    并发现保留的单元越少，层就要越宽；UMLAUT（CHI 2021）在高于 0.5 时报告。
    0.65 和 0.8 更严重，这是我们自己的分级。
""",
)

RULE = Rule(
    code="KT303",
    name="dropout-too-high",
    title=Text(en="Dropout too high", zh="Dropout 过高"),
    severity="warning",
    message=Text(
        en="Dropout is {rate:g}: at each step only {left:.0%} of the units are left to learn.",
        zh="Dropout 为 {rate:g}：每一步只剩 {left:.0%} 的单元在学习。",
    ),
    advice=Text(
        en="Use 0.2 to 0.5, or make the layer wider in proportion.", zh="请使用 0.2 到 0.5，或者按比例把层加宽。"
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Set dropout to 0 and train again from the same start: if training loss falls much further, it was that.",
        zh="把 Dropout 设为 0，从相同的起点再训练一次：如果训练损失降得低得多，就是 Dropout 拖住了它。",
    ),
    rank=26,
    causes=(
        "underfitting",
        "validation-better",
        "training-inference-mismatch",
        "no-better-than-trivial",
        "data-problem",
        "learning-too-slow",
        "plateau",
    ),
)
