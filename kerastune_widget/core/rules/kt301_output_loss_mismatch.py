"""KT301 output-loss-mismatch.

What it sees: the last layer, its activation, the loss and the targets do not go together; softmax over a single unit,
    a cross-entropy that is given something other than probabilities, targets that the last activation cannot reach,
    too few units, integer labels where columns are expected, outputs and targets that count unlike numbers a row,
    which broadcasting lets pass in a difference, and the like. What is certain comes before faults of the data.
Why it matters: training runs and a loss is shown, but it measures the wrong thing, so the model learns little or
    nothing, and no other setting helps.
When it is wrong: a loss of your own may have its reasons, so only losses of Keras are judged; where labels and outputs
    are meant otherwise than their numbers suggest (codes that are quantities, say), the milder forms may be intended.
Source: the documentation of Keras's losses for what each expects; UMLAUT (CHI 2021), AutoTrainer (ICSE 2021) and
    DeepDiagnosis (ICSE 2022) check parts of it; Humbatova et al. (ICSE 2020) find wrong losses and output activations
    among the commonest faults of deep-learning programs; how each pair trains was tried on Keras 3.
"""

from __future__ import annotations

from ..diagnosis import SEVERITIES, Evidence, Rule, Severity
from ..history import History
from ..text import Text
from ._fixes import current, match_output
from ._model import Head, heads
from ._outcome import outcome
from ._output_case import Case
from ._output_oddities import ODDITIES
from ._output_problems import PROBLEMS

CERTAIN = 9  # the rank of what spoils every run: before the data, which may be as bad


def check(history: History) -> Evidence | None:
    """Return evidence of the output that fits least."""
    if current(history, "output") == "matched":
        return None
    found = [(head, case) for head in heads(history) for case in [_find_case(head)] if case is not None]
    if not found:
        return None
    head, case = min(found, key=lambda pair: SEVERITIES.index(pair[1].severity))
    return Evidence(
        _values(head),
        fix=match_output(history) if case.fixable and len(heads(history)) == 1 else None,
        confidence=0.95 if case.certain else 0.8,
        severity=_severity(history, case),
        message=case.message,
        advice=case.advice,
        layers=tuple(dict.fromkeys(head.output.layer for head, _ in found if head.output.layer)),
        rank=CERTAIN if case.certain else None,
    )


def _find_case(head: Head) -> Case | None:
    return next((case for case in (*PROBLEMS, *ODDITIES) if case.applies(head)), None)


def _values(head: Head) -> dict[str, object]:
    target = head.target
    return {
        "layer": head.output.layer or "?",
        "units": head.units,
        "activation": head.output.activation or "?",
        "loss": head.output.loss,
        "targets": head.kind,
        "classes": head.classes,
        "columns": target.columns if target else 0,
        "given": head.output.numbers or 0,
        "wanted": (target.numbers or 0) if target else 0,
        "low": target.minimum if target else 0.0,
        "high": target.maximum if target else 0.0,
    }


def _severity(history: History, case: Case) -> Severity:
    """A run that learnt all the same is not spoiled; a pair that is merely slow matters where little was learnt."""
    came_out = outcome(history)
    if case.severity == "problem" and not case.certain and came_out == "learnt":
        return "warning"
    if case.severity == "info" and came_out in ("failed", "poor"):
        return "warning"
    return case.severity


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT301 输出与损失不匹配。

看到什么：最后一层、它的激活函数、损失函数和目标互相不配：对单个单元做 softmax，
    交叉熵收到的不是概率，目标超出了最后一个激活函数的取值范围，
    单元太少，需要多列目标的地方给了整数标签，
    输出与目标每个样本的数目不同（按差值计算的损失会因广播而放过它），等等。
    确定无疑的情况排在数据问题之前。
为什么重要：训练照样进行，也显示损失，但衡量的是错误的东西，
    模型因此学到的很少，甚至什么也没学到，调整其他设置也无济于事。
何时会错：自定义的损失可能有其道理，所以只判断 Keras 自带的损失；
    如果标签和输出的含义与数字看上去的不同（例如编号本身就是数量），较轻的几种情况可能是有意为之。
来源：每种损失需要什么，依据 Keras 损失函数的文档；
    UMLAUT（CHI 2021）、AutoTrainer（ICSE 2021）和 DeepDiagnosis（ICSE 2022）各检查其中一部分；
    Humbatova 等（ICSE 2020）发现损失和输出激活函数用错是深度学习程序中最常见的错误之一；
    每种组合的训练效果都在 Keras 3 上试验过。
""",
)

RULE = Rule(
    code="KT301",
    name="output-loss-mismatch",
    title=Text(en="Output and loss do not fit", zh="输出与损失不匹配"),
    severity="problem",
    message=Text(
        en="{layer} with {units} units and activation {activation} does not fit the loss {loss} and its targets.",
        zh="{layer}（{units} 个单元，激活函数 {activation}）与损失 {loss} 及其目标不匹配。",
    ),
    advice=Text(
        en="Choose the last layer and the loss by what the targets are.",
        zh="根据目标的类型来选择最后一层和损失函数。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Change the last layer and the loss to a pair that fits and train again from the same start: accuracy, or "
        "the error in the targets' own unit, tells which is better; the two losses cannot be compared.",
        zh="把最后一层和损失换成匹配的一对，从相同的起点再训练一次："
        "用准确率或以目标自身单位计的误差来判断哪个更好；两种损失的数值不能互相比较。",
    ),
    rank=20,
    causes=(
        "wrong-metric",
        "vanishing-gradients",
        "saturation",
        "overfitting",
        "underfitting",
        "diverging",
        "oscillation",
        "data-problem",
        "rising-together",
        "bad-initial-loss",
        "no-better-than-trivial",
        "metric-disagrees",
        "learning-too-slow",
        "learning-rate-too-high",
        "validation-better",
        "plateau",
        "still-learning",
        "exploding-gradients",
        "dying-relu",
    ),
)
