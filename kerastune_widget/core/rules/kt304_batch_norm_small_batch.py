"""KT304 batch-norm-small-batch.

What it sees: batch normalisation with a batch of less than 16 rows, or with a last batch of a single row.
Why it matters: batch normalisation takes mean and spread from the batch; from a few rows both are mostly chance, so
    training is noisy, and the running values used for predictions differ from what training saw. A single row has no
    spread at all: a dense layer's output is then the same for every input.
When it is wrong: a convolution averages over all pixels of the batch, so that it needs fewer rows; frozen batch
    normalisation uses its stored values and is left out here.
Source: Ioffe and Szegedy (2015), "Batch Normalization"; Wu and He (2018), "Group Normalization", measure errors that
    rise from batches of 16 down and steeply below 8.
"""

from __future__ import annotations

from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..text import Text
from ._fixes import set_batch
from ._model import batch_size, graded, training_rows

FEW = 16  # rows
VERY_FEW = 8
USUAL = 32
_STEADIER = Text(
    en="Validation loss should come closer to training loss, with less noise.",
    zh="验证损失应更接近训练损失，噪声也更小。",
)
_LAST_ROW = (
    Text(
        en="{rows} rows in batches of {batch} leave a last batch of one row, whose spread is zero for {layer}.",
        zh="{rows} 个样本按 {batch} 个一批，最后一批只剩一个样本，对 {layer} 来说其标准差为零。",
    ),
    Text(en="Choose another batch size, or leave one row out.", zh="换一个批量大小，或去掉一个样本。"),
)


def check(history: History) -> Evidence | None:
    """Return evidence of batch statistics that are mostly chance."""
    model, batch, rows = history.model, batch_size(history), training_rows(history)
    layers = tuple(
        layer.name
        for layer in (model.layers if model else ())
        if layer.kind == "BatchNormalization" and layer.trainable
    )
    if not layers or batch is None:
        return None
    values = {"layer": layers[0], "batch": batch, "rows": rows or 0}
    if batch >= FEW:
        message, advice = _LAST_ROW
        alone = history.facts.get("training_rows") is not None and (rows or 0) > batch and (rows or 0) % batch == 1
        note: Severity = "info"
        return Evidence(values, severity=note, message=message, advice=advice, layers=layers) if alone else None
    return Evidence(values, fix=_fix(history, rows), confidence=0.8, severity=_severity(history, batch), layers=layers)


def _severity(history: History, batch: int) -> Severity:
    if batch == 1:
        return graded(history, "warning", failed="problem", poor="problem")
    return graded(history, "warning" if batch < VERY_FEW else "info", failed="warning", poor="warning", learnt="info")


def _fix(history: History, rows: int | None) -> Fix | None:
    return set_batch(history, USUAL, _STEADIER) if rows is None or rows >= 4 * USUAL else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT304 批归一化的批量太小。

看到什么：使用了批归一化，而每批不足 16 个样本，或者最后一批只有一个样本。
为什么重要：批归一化用当前批次的均值和标准差；样本太少时两者基本靠运气，
    训练因此充满噪声，而预测时使用的滑动平均值与训练时看到的也不一致。
    单个样本根本没有标准差：全连接层之后的输出对任何输入都一样。
何时会错：卷积层对批次内的所有像素求平均，因此需要的样本较少；
    被冻结的批归一化使用保存的数值，这里不予考虑。
来源：批归一化出自 Ioffe 和 Szegedy（2015）；
    Wu 和 He（2018）在提出组归一化时测得：批量从 16 开始减小，误差随之上升，低于 8 时急剧上升。
""",
)

RULE = Rule(
    code="KT304",
    name="batch-norm-small-batch",
    title=Text(en="Batch too small for batch normalisation", zh="批归一化的批量太小"),
    severity="warning",
    message=Text(
        en="{layer} takes mean and spread from batches of {batch} rows: mostly chance.",
        zh="{layer} 从每批 {batch} 个样本中计算均值和标准差：基本靠运气。",
    ),
    advice=Text(
        en="Use batches of 32 rows or more, or LayerNormalization or GroupNormalization instead.",
        zh="每批使用 32 个以上的样本，或改用 LayerNormalization 或 GroupNormalization。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Evaluate the training rows with model.evaluate: a loss far from the one shown in training means that the "
        "stored statistics are off.",
        zh="用 model.evaluate 评估训练样本：如果损失与训练中显示的相差很大，就说明保存的统计量不准。",
    ),
    rank=28,
    causes=("training-inference-mismatch", "oscillation", "underfitting", "no-better-than-trivial"),
)
