"""KT405 leakage.

What it sees: validation rows that equal a training row, beyond what rows repeat inside training, or that lie far nearer
    to a training row than training rows lie to each other. Where 30% and more repeat on both sides, rows seem to have
    been copied before the split.
Why it matters: on rows that it was trained on a model can look as good as it likes; what it does with new ones stays
    unknown.
When it is wrong: rows of a few discrete features repeat by nature; windows of a series overlap, which is why such
    rows count only as far as training rows do not do the same among themselves. Leakage explains results that are too
    good: where the run came out badly and validation loss is above twice the training loss and 0.8 of the start, it
    is a warning at most, and stands behind the causes.
Source: Kapoor and Narayanan (2023) found leakage in 17 fields of science; Deepchecks mixes training and test for the
    same reason; cleanlab calls rows near duplicates within 0.13 of the median distance. The 30%, the factor of two
    and the 0.8 are our own margins.
"""

from __future__ import annotations

import numpy as np

from ..curves import ending, read_curves
from ..data_profile import DataProfile
from ..diagnosis import Evidence, Rule, Severity
from ..history import History
from ..text import Text
from ._outcome import outcome

MUCH = 0.25
SOME = 0.02
MUCH_NEAR = 0.2
SOME_NEAR = 0.05
ERRORS = 3.0
FEWEST = 3  # rows
COPIES = 0.3  # of training rows that equal another: more than a few discrete features explain
FAR_WORSE = 2.0  # times the training loss: rows that were seen should do as well
HARDLY = 0.8  # of the start: next to nothing carries over
LAST = 57  # after what may cause a failure
FEW_ROWS = 20  # as many may be all there are, as in exclusive or

_NEAR = Text(
    en="{near:.0%} of the validation rows lie far nearer to a training row than training rows lie to each other, as "
    "altered copies do.",
    zh="{near:.0%} 的验证样本离某个训练样本极近，远远近于训练样本之间的距离，就像稍加改动的副本。",
)
_COPIED = Text(
    en="{shared:.0%} of the validation rows are also training rows, and {duplicates:.0%} of the training rows repeat "
    "each other: rows seem to have been copied before they were split.",
    zh="{shared:.0%} 的验证样本同时也是训练样本，而 {duplicates:.0%} 的训练样本彼此重复：样本看来是先复制、后划分的。",
)
_BY_NATURE = Text(
    en="Rows do not repeat by nature: inside training only {duplicates:.1%} equal another row.",
    zh="并非样本本来就会重复：训练集内部只有 {duplicates:.1%} 的样本与另一个相同。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of validation rows that training has seen."""
    data = history.data
    if data is None or data.shared is None or not data.validation_rows:
        return None
    near = data.near_shared or 0.0
    values = {"shared": data.shared, "duplicates": data.duplicates, "near": near, "rows": data.validation_rows}
    equal = _severity_of_equal(data)
    if equal:
        flattered = not _is_worse_on_new_rows(history)  # leakage makes results too good; these are not
        place = None if flattered else LAST
        severity: Severity = equal if flattered or equal == "info" else "warning"
        return Evidence(values, confidence=0.95, severity=severity, ruled_out=(_BY_NATURE,), rank=place)
    if data.shared >= COPIES and data.duplicates >= COPIES and _is_continuous(data):
        return Evidence(values, confidence=0.7, severity="warning", message=_COPIED)
    if near >= SOME_NEAR and near * data.validation_rows >= FEWEST:
        severity = "warning" if near >= MUCH_NEAR else "info"
        return Evidence(values, confidence=0.7 if near >= MUCH_NEAR else 0.4, severity=severity, message=_NEAR)
    return None


def _is_worse_on_new_rows(history: History) -> bool:
    """Whether validation loss stands far above training loss all the same, about where the run began or above."""
    curves = read_curves(history)
    if curves.count < FEWEST or not curves.validated:
        return False
    valid, train = ending(curves.valid), ending(curves.train)
    return outcome(history) in ("failed", "poor") and valid > max(FAR_WORSE * train, HARDLY * curves.start) > 0


def _severity_of_equal(data: DataProfile) -> Severity | None:
    """Judge what is shared beyond the share of rows that repeat inside training."""
    rows, shared, usual = data.validation_rows or 0, data.shared or 0.0, data.duplicates
    error = float(np.sqrt(max(usual, 1.0 / max(data.sampled, 1)) * (1.0 - usual) / max(rows, 1)))
    beyond = shared - usual
    if beyond <= max(SOME, ERRORS * error) or beyond * rows < FEWEST:
        return None
    if data.rows < FEW_ROWS:
        return "info"
    return "problem" if beyond > MUCH and usual < shared / 2 else "warning"


def _is_continuous(data: DataProfile) -> bool:
    return any(not entry.whole_numbers for entry in data.inputs) and sum(entry.features for entry in data.inputs) > 3


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT405 数据泄漏。

看到什么：与训练样本完全相同的验证样本，超出训练集内部重复的程度；
    或者验证样本离某个训练样本的距离远远小于训练样本之间的距离。
    如果两边都有 30% 以上的样本重复，样本看来是先复制、后划分的。
为什么重要：在训练过的样本上，模型的表现可以要多好有多好；它对新样本如何，仍然不得而知。
何时会错：只有几个离散特征的样本本来就会重复；时间序列的窗口会相互重叠，
    因此只有超出训练样本之间同类现象的部分才算数。泄漏只能解释过好的结果：
    如果训练效果很差，验证损失高于训练损失的两倍和初始值的 0.8 倍，就至多作警告，排在可能的原因之后。
来源：Kapoor 与 Narayanan（2023）在 17 个科学领域中发现了泄漏；
    Deepchecks 出于同样的理由检查训练集与测试集的混合；
    cleanlab 把距离在中位数 0.13 倍以内的样本称为近似重复。
    30%、两倍和 0.8 倍是我们自己的界限。
""",
)

RULE = Rule(
    code="KT405",
    name="leakage",
    title=Text(en="Validation rows are in training", zh="数据泄漏"),
    severity="warning",
    message=Text(
        en="{shared:.0%} of the {rows} validation rows are also training rows: validation is better than new rows "
        "will be.",
        zh="{rows} 个验证样本中有 {shared:.0%} 同时也是训练样本：验证结果会好于真正的新样本。",
    ),
    advice=Text(
        en="Drop repeated rows first, then split; keep all rows of one person, document or series on one side, and "
        "make augmented or oversampled copies of training rows only.",
        zh="先去掉重复的样本再划分；同一个人、同一篇文档或同一条序列的样本应全部放在同一侧，"
        "数据增强和过采样只用于训练样本。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Judge the trained model on the validation rows that training lacks: if the result is worse, it was "
        "flattered.",
        zh="只用训练集中没有的验证样本评判训练好的模型：如果结果变差，原来的结果就是虚高。",
    ),
    rank=14,
    causes=("validation-better",),
)
