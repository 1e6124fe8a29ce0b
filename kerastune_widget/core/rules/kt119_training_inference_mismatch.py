"""KT119 training-inference-mismatch.

What it sees: on the same training rows the loss in inference mode is far above the training loss of the same epoch.
    Only where nobody measured that: validation accuracy is exactly the same in every epoch, while training accuracy
    rose far above it; not over fewer than 100 rows, nor at a validation accuracy of 0.8 or above (our own margins).
Why it matters: the model that is used differs from the model that is trained; batch normalisation does so when its
    moving averages do not fit its batches.
When it is wrong: in the first epochs the moving averages are still on their way; class weights change the training
    loss only. Validation rows of other classes than the training rows look alike.
Source: TheDeepChecker (2023) takes a relative difference of 0.5 between both losses as wrong. Keras's running mean and
    dropout can only explain a training loss that is higher, never one that is lower. Ioffe (2017), "Batch
    Renormalization", on moving averages with small batches.
"""

from __future__ import annotations

import numpy as np

from ..curves import Numbers, accuracy, accuracy_at_end, ending, noise, read_curves, size
from ..diagnosis import Evidence, Fix, Rule, Severity
from ..history import History
from ..signals import INFERENCE_LOSS
from ..task import judged_by_few
from ..text import Text
from ._fixes import current, number, set_batch
from ._layers import of_model

FEWEST = 3  # epochs: before, moving averages have seen too little
ABOVE = 0.5  # of the training loss
OF_START = 0.05  # of all that can be learnt: beside a training loss near zero, half as much again is nothing
SAMPLED = 4.0  # standard deviations of what jumps from epoch to epoch, in either loss
USUAL_BATCH = 32
STILL = 0.5  # of the gap that was probed
SHRINKING = 0.5  # of the gap three epochs before: moving averages that are on their way
SETTLED_STEPS = 500  # five times what Keras's moving averages (momentum 0.99) look back
SETTLED_EPOCHS = 10  # where nobody counted the steps
SAME_EPOCHS = 5  # with an accuracy that is equal to the last row
FAR_ABOVE = 0.15  # of accuracy
GOOD_ACCURACY = 0.8  # one class is hardly ever so common

_NORMALIZED = Text(
    en="Batch normalisation ({layer}) uses its moving averages here: take batches of at least 32, a momentum of 0.9, "
    "or another normalisation (LayerNormalization, GroupNormalization).",
    zh="批归一化（{layer}）在推理时使用它的移动平均：请使用不小于 32 的批量、0.9 的 momentum，"
    "或换用别的归一化（LayerNormalization、GroupNormalization）。",
)
_NOT_DROPOUT = Text(
    en="Dropout and Keras's running mean are ruled out: they would put the training loss above {inference:.4g}, not "
    "below it.",
    zh="不是 dropout 或 Keras 的整轮平均造成的：那样训练损失会高于 {inference:.4g}，而不是低于它。",
)
_ONE_CLASS = Text(
    en="Validation accuracy is exactly {share:.2%} in every one of {epochs} epochs, while training accuracy rose to "
    "{known:.1%}: in use, the model seems to give all rows the same class.",
    zh="连续 {epochs} 轮的验证准确率完全相同，都是 {share:.2%}，而训练准确率已升到 {known:.1%}："
    "推理时模型似乎把所有样本都判为同一类。",
)
_ONE_CLASS_ADVICE = Text(
    en="Predict some training rows: if they come out wrong too, a layer acts differently in use, most often batch "
    "normalisation; if they are right, validation rows are prepared otherwise or belong to other classes.",
    zh="对部分训练样本做预测：如果结果也不对，就是某一层在推理时行为不同，最常见的是批归一化；"
    "如果结果正确，就是验证样本的预处理不一致，或属于别的类别。",
)
_EXPECTED = Text(
    en="Training rows in inference mode should come as low as the training loss.",
    zh="训练样本在推理模式下的损失应降到与训练损失相当。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of a model that is worse in use than in training, on the rows it was trained on."""
    measured = np.isfinite(of_model(history, INFERENCE_LOSS)[1:]).any()
    return _on_same_rows(history) if measured else _one_class(history)


def _one_class(history: History) -> Evidence | None:
    """Without a probe: validation accuracy never moves by a single row while training rows are learnt."""
    known, new = accuracy(history), accuracy(history, "val_accuracy")
    moving = history.series("val_loss")
    if not len(known) == len(new) == len(moving) >= SAME_EPOCHS or not np.isfinite([known, new, moving]).all():
        return None
    share = float(new[-1])
    learnt = accuracy_at_end(history) - share > FAR_ABOVE and np.median(known[-3:]) > float(known[0])
    if (
        judged_by_few(history)
        or np.ptp(new) > 0
        or not np.ptp(moving) > 0
        or not 0 < share < GOOD_ACCURACY
        or not learnt
    ):
        return None
    layers = _batch_norms(history)
    values = {"known": accuracy_at_end(history), "share": share, "epochs": len(new)}
    names = ("val_loss", "loss")
    words = {"layer": layers[0] if layers else ""}
    return Evidence(values | words, None, names, None, 0.7, "warning", (), _ONE_CLASS, _ONE_CLASS_ADVICE, layers)


def _on_same_rows(history: History) -> Evidence | None:
    train = history.series("loss")
    probed = of_model(history, INFERENCE_LOSS)[1:][: len(train)]
    train = train[: len(probed)]
    both = np.flatnonzero(np.isfinite(probed) & np.isfinite(train))
    if len(train) < FEWEST or len(both) < FEWEST or current(history, "class_weight") not in (None, "none"):
        return None
    last = both[-3:]
    trained, inference = float(np.median(train[last])), float(np.median(probed[last]))
    start = size(read_curves(history).start)
    jitter = max(noise(train[both]), noise(probed[both]))
    if inference - trained < max(ABOVE * abs(trained), OF_START * start, SAMPLED * jitter):
        return None
    if _shrinks(probed[both] - train[both]) or _is_over(history, int(last[-1]), trained, inference):
        return None
    return _evidence(history, (int(last[0]), int(last[-1])), trained, inference, start)


def _shrinks(gap: Numbers) -> bool:
    return len(gap) >= 6 and bool(np.median(gap[-3:]) < SHRINKING * np.median(gap[-6:-3]))


def _is_over(history: History, probed: int, trained: float, inference: float) -> bool:
    """Whether validation, which is in inference mode, has come down since the probe last looked in a fast run."""
    valid = history.series("val_loss")[probed + 1 :]
    valid = valid[np.isfinite(valid)]
    return len(valid) > 0 and ending(valid) - trained < STILL * (inference - trained)


def _settled(history: History) -> bool:
    steps = history.epoch_ends[-1] if len(history.epoch_ends) else None
    return history.epoch_count >= SETTLED_EPOCHS if steps is None else steps >= SETTLED_STEPS


def _evidence(history: History, span: tuple[int, int], trained: float, inference: float, start: float) -> Evidence:
    layers = _batch_norms(history)
    gross = inference > 0.8 * start and trained < 0.5 * start
    severity: Severity = "problem" if gross and len(accuracy(history)) and _settled(history) else "warning"
    values = {"train": trained, "inference": inference, "layer": layers[0] if layers else ""}
    advice = _NORMALIZED if layers else None
    return Evidence(
        values, span, ("loss",), _fix(history, layers), 0.9, severity, (_NOT_DROPOUT,), None, advice, layers
    )


def _batch_norms(history: History) -> tuple[str, ...]:
    layers = history.model.layers if history.model is not None else ()
    return tuple(layer.name for layer in layers if layer.kind == "BatchNormalization")


def _fix(history: History, layers: tuple[str, ...]) -> Fix | None:
    batch = number(history, "batch_size")
    return set_batch(history, USUAL_BATCH, _EXPECTED) if layers and batch and batch < USUAL_BATCH else None


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT119 训练与推理不一致。

看到什么：对同样的训练样本，推理模式下的损失远高于同一轮的训练损失。
    只有在没有测量时：每一轮的验证准确率完全相同，而训练准确率已远高于它；
    验证样本少于 100 个，或验证准确率达到 0.8 时除外（这是我们自己的界限）。
为什么重要：实际使用的模型与训练时的模型不同；批归一化的移动平均与各批数据不符时就会这样。
何时会错：最初几轮，移动平均还没有到位；类别权重只改变训练损失。
    验证样本的类别与训练样本不同时，看起来也是这样。
来源：TheDeepChecker（2023）把两者 0.5 的相对差视为错误。
    Keras 的整轮平均和 dropout 只能解释更高的训练损失，不能解释更低的。
    Ioffe（2017）的 Batch Renormalization 讨论了小批量时的移动平均。
""",
)

RULE = Rule(
    code="KT119",
    name="training-inference-mismatch",
    title=Text(en="Training and inference differ", zh="训练与推理不一致"),
    severity="warning",
    message=Text(
        en="On the training rows the loss is {inference:.4g} in inference mode, but {train:.4g} in training.",
        zh="对训练样本，推理模式下的损失为 {inference:.4g}，而训练时只有 {train:.4g}。",
    ),
    advice=Text(
        en="Look for layers that act differently in training: batch normalisation, or a layer of your own that reads "
        "the argument training.",
        zh="查找训练时行为不同的层：批归一化，或读取参数 training 的自定义层。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Evaluate a few training batches with training=True and with training=False: the layer whose output differs "
        "most is the one.",
        zh="分别以 training=True 和 training=False 计算几批训练样本：输出相差最大的那一层就是原因所在。",
    ),
    rank=56,
    causes=("overfitting", "data-problem", "no-better-than-trivial"),
)
