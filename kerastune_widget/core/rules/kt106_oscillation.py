"""KT106 oscillation.

What it sees: training loss jumps from epoch to epoch by a large part of all it has learnt, and does not calm down;
    or validation loss alone does.
Why it matters: the steps overshoot, so where the run ends is a matter of luck.
When it is wrong: light oscillation is normal; a cyclic learning rate with a period of few epochs moves the curve on
    purpose (where the rate is known, the rule is silent then).
Source: the classroom table (strong oscillation asks for a larger batch). One fifth of the level is BTTackler's
    std/mean > 0.2; one twentieth of the whole fall is our own margin, for a jump that is large only beside a loss near
    zero hurts nobody. Validation loss alone may jump by twice that, since small validation sets do, and is a note;
    beyond half of its level, beside a calm training loss, it is a warning, and the moving averages of batch
    normalisation, unless the model is known to have none, are the usual suspect; over fewer than 100 rows it stays a
    note. These are our own margins. Training loss alone, below its start, is a note: a generator whose epochs are not
    alike does that.
"""

from __future__ import annotations

import numpy as np

from ..curves import Curves, Numbers, ending, is_tiny, noise, read_curves, size
from ..diagnosis import Evidence, Rule
from ..history import History
from ..rates import cycles
from ..task import judged_by_few
from ..text import Text
from ._fixes import double_batch, scale_learning_rate

FEWEST = 8  # epochs: a zigzag of three teeth
OF_LEVEL = 0.2
OF_FALL = 0.05
TURNS = 0.4  # of the epochs: as many as of pure chance would be two thirds
CALM = 1 / 3  # of the other curve's jumps
WILD = 0.5  # of the level, in validation loss alone

_ALONE = Text(
    en="Over the last {epochs} epochs validation loss jumped by about {jump:.3g} from epoch to epoch, at a level of "
    "{last:.3g}, while training loss went its way calmly.",
    zh="最近 {epochs} 轮，验证损失在相邻两轮之间跳动约 {jump:.3g}，而其水平约为 {last:.3g}；训练损失却很平稳。",
)
_ALONE_ADVICE = Text(
    en="The model may behave differently in use than in training, or few rows validate. If it has batch normalisation, "
    "suspect the moving averages first: take larger batches, a momentum of 0.9 or a lower learning rate. Check that "
    "validation inputs are prepared like training inputs.",
    zh="模型在推理时的行为可能与训练时不同，或者验证样本太少。如果使用了批归一化，首先怀疑它的移动平均："
    "请增大批量、把 momentum 设为 0.9 或降低学习率。再检查验证输入与训练输入的预处理是否一致。",
)
_PREPARED_ADVICE = Text(
    en="Check that validation inputs are prepared like training inputs, and validate on more rows; then take a lower "
    "learning rate.",
    zh="检查验证输入与训练输入的预处理是否一致，并增加验证样本；然后再降低学习率。",
)
_FEW_ADVICE = Text(
    en="Few rows validate, so their loss jumps by chance: validate on more of them, or cross-validate.",
    zh="验证样本很少，损失会随机跳动：请增加验证样本，或使用交叉验证。",
)
_NOT_THE_ROWS = Text(
    en="A small validation set is ruled out: training loss jumps as well, by {jump:.3g}.",
    zh="不是验证集太小：训练损失也在跳动，幅度为 {jump:.3g}。",
)


def check(history: History) -> Evidence | None:
    """Return evidence of strong jumps in the later half."""
    curves = read_curves(history)
    if curves.count < FEWEST or is_tiny(history, curves.train) or cycles(history):
        return None
    for name, values, factor in (("loss", curves.train, 1.0), ("val_loss", curves.valid, 2.0)):
        settled = _since_last_change(history, values)
        if len(settled) >= FEWEST // 2 + 2 and _jumps(settled, _reach(curves, values), factor):
            return _evidence(history, curves, name, settled)
    return None


def _since_last_change(history: History, values: Numbers) -> Numbers:
    """A mid-run change moves the curve by design; only what came after it may be called restless."""
    changed = max((change.epoch for change in history.changes), default=0)
    return values[max(changed + 1 if changed else 0, len(values) // 2) :] if len(values) else values


def _reach(curves: Curves, values: Numbers) -> float:
    """Return how far the curve came down, from its start to the level around which it jumps."""
    return max(curves.start, float(np.median(values[:3]))) - float(np.median(values[len(values) // 2 :]))


def _jumps(settled: Numbers, reach: float, factor: float) -> bool:
    jitter = noise(settled)
    turns = np.mean(np.diff(settled)[1:] * np.diff(settled)[:-1] < 0)
    return bool(
        jitter > factor * OF_LEVEL * size(float(np.median(settled)))
        and jitter > factor * OF_FALL * reach
        and turns >= TURNS
    )


def _evidence(history: History, curves: Curves, name: str, settled: Numbers) -> Evidence:
    """One curve that jumps alone tells less: validation loss over few rows does, and a generator that runs dry."""
    alone = name == "val_loss"
    values = {"jump": noise(settled), "last": ending(settled), "epochs": len(settled)}
    fix = double_batch(history) or scale_learning_rate(history, 0.3)
    span = curves.span(-len(settled))
    if alone and _wild(curves, settled):
        few = judged_by_few(history)
        advice = _FEW_ADVICE if few else _PREPARED_ADVICE if _is_without_norm(history) else _ALONE_ADVICE
        return Evidence(values, span, (name,), None, 0.7, "info" if few else "warning", (), _ALONE, advice)
    calm = alone or (_calm(curves.valid[-len(settled) :], settled) and settled.max() <= curves.start)
    out = () if calm else (_NOT_THE_ROWS,) * curves.validated
    return Evidence(values, span, (name,), fix, 0.6 if calm else 0.8, "info" if calm else "warning", out)


def _is_without_norm(history: History) -> bool:
    layers = history.model.layers if history.model is not None else ()
    return bool(layers) and not any(layer.kind == "BatchNormalization" for layer in layers)


def _calm(other: Numbers, settled: Numbers) -> bool:
    return len(other) > 0 and noise(other) < CALM * noise(settled)


def _wild(curves: Curves, settled: Numbers) -> bool:
    """Validation loss is thrown about beyond what rows that are few could do, and training goes on smoothly."""
    train = curves.train[-len(settled) :]
    return noise(settled) > WILD * size(float(np.median(settled))) and _calm(train, settled)


DOCUMENTATION = Text(
    en=__doc__,
    zh="""KT106 剧烈振荡。

看到什么：训练损失在相邻两轮之间大幅跳动，幅度占到全部所学的很大一部分，而且没有平静下来；或只有验证损失如此。
为什么重要：步子迈过了头，最后停在哪里全凭运气。
何时会错：轻微振荡是正常的；周期只有几轮的循环学习率会有意让曲线起伏（学习率已知时，本规则此时不出声）。
来源：教学中常用的损失曲线对照表（剧烈振荡需要更大的批量）。
    当前水平的五分之一出自 BTTackler 的界限（标准差与均值之比大于 0.2）；
    总降幅的二十分之一是我们自己的界限，因为只是相对于接近零的损失才显得大的跳动并无害处。
    只有验证损失跳动时，允许的幅度加倍，因为小的验证集本来就会如此，而且只作提示；
    如果超过当前水平的一半而训练损失很平稳，则作警告，最常见的原因是批归一化的移动平均（已知模型没有批归一化时除外）；
    验证样本少于 100 个时，仍只作提示。这些是我们自己的界限。
    只有训练损失跳动、又低于初始值时，只作提示：各轮数据不一致的生成器就会这样。
""",
)

RULE = Rule(
    code="KT106",
    name="oscillation",
    title=Text(en="Strong oscillation", zh="剧烈振荡"),
    severity="warning",
    message=Text(
        en="Over the last {epochs} epochs the loss jumped by about {jump:.3g} from epoch to epoch, "
        "at a level of {last:.3g}.",
        zh="最近 {epochs} 轮，损失在相邻两轮之间跳动约 {jump:.3g}，而其水平约为 {last:.3g}。",
    ),
    advice=Text(
        en="Take a larger batch or a lower learning rate; a schedule that lowers the rate calms the end of the run.",
        zh="增大批量或降低学习率；逐步降低学习率的计划可以让训练后期平稳下来。",
    ),
    check=check,
    documentation=DOCUMENTATION,
    experiment=Text(
        en="Train again with twice the batch size, or a third of the learning rate, from the same start: steps "
        "that overshot jump less.",
        zh="从同样的起点、用两倍的批量或三分之一的学习率再训练一次：如果是步子过大，跳动就会减小。",
    ),
    rank=65,
    hides=("healthy", "plateau", "no-clear-pattern"),
)
