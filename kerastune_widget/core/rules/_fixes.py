"""Changes of one control that rules offer; None when the control is unknown or cannot go further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..diagnosis import Fix
from ..history import History
from ..text import Text

DROPOUT_CEILING = 0.5  # beyond it UMLAUT (CHI'21) calls dropout too high
DROPOUT_STEP = 0.2
DROPOUT_START = 0.3  # middle of the usual 0.2 to 0.5
L2_START = 1e-4  # the weight decay of most published networks since AlexNet (2012) is 1e-4 to 5e-4
CLIP_START = 1.0  # the threshold of Pascanu et al. (2013) most in use
PATIENCE = 5  # epochs

_LESS_GAP = Text(
    en="Validation loss should stay near its best while training loss falls less far.",
    zh="验证损失应保持在最好值附近，而训练损失降得少一些。",
)
_STEADIER = Text(en="The loss should come down more steadily, and further.", zh="损失应下降得更平稳，也降得更低。")
_FASTER = Text(en="The loss should fall much faster in the first epochs.", zh="最初几轮的损失应明显降得更快。")


def current(history: History, control: str) -> Any:
    """Return the value that ``control`` has now: the last mid-run change, else what the run began with."""
    changed = [change.new for change in history.changes if change.name == control]
    return changed[-1] if changed else history.hyperparameters.get(control)


def number(history: History, control: str) -> float | None:
    """Return the current value of ``control`` when it is a positive number, else None."""
    value = current(history, control)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if usable else None


def set_control(history: History, control: str, value: Any, label: Text, expected: Text) -> Fix | None:
    """Offer ``value`` for a control that the run has, that can be set, and that stands at another value."""
    disabled = control in history.facts.get("disabled_controls", ())
    if disabled or control not in history.hyperparameters or current(history, control) == value:
        return None
    return Fix(control, value, label, expected)


def scale_learning_rate(history: History, factor: float) -> Fix | None:
    """Offer the current learning rate times ``factor``."""
    rate = number(history, "learning_rate")
    return None if rate is None else set_learning_rate(history, rate * factor)


def set_learning_rate(history: History, value: float) -> Fix | None:
    """Offer a learning rate."""
    value, rate = float(f"{value:.6g}"), number(history, "learning_rate")
    if rate is None:
        return None
    label = Text(en=f"Learning rate → {value:g}", zh=f"学习率 → {value:g}")
    return set_control(history, "learning_rate", value, label, _FASTER if value > rate else _STEADIER)


def double_batch(history: History) -> Fix | None:
    """Offer twice the batch size, as long as an epoch still has four steps."""
    batch, rows = number(history, "batch_size"), history.facts.get("training_rows")
    if batch is None or (rows is not None and batch * 8 > rows):
        return None
    return set_batch(history, int(batch) * 2, _STEADIER)


def set_batch(history: History, value: int, expected: Text) -> Fix | None:
    """Offer a batch size."""
    if number(history, "batch_size") is None:
        return None
    return set_control(
        history, "batch_size", value, Text(en=f"Batch size → {value}", zh=f"批量大小 → {value}"), expected
    )


def set_epochs(history: History, value: int) -> Fix | None:
    """Offer ``value`` epochs."""
    asked = number(history, "epochs")
    if asked is None or value < 1:
        return None
    expected = Text(en="The loss should go on falling in the added epochs.", zh="在增加的轮次里，损失应继续下降。")
    fewer = Text(
        en="The run should end near its best epoch, before validation loss rises.",
        zh="训练应在最好的一轮附近结束，赶在验证损失上升之前。",
    )
    label = Text(en=f"Epochs → {value}", zh=f"训练轮数 → {value}")
    return set_control(history, "epochs", value, label, expected if value > asked else fewer)


def raise_dropout(history: History) -> Fix | None:
    """Offer more dropout, up to the ceiling; a model without any gets some."""
    if "dropout" not in history.hyperparameters or "dropout" in history.facts.get("disabled_controls", ()):
        return None
    return _set_dropout(current(history, "dropout"), _more, _LESS_GAP)


def lower_dropout(history: History) -> Fix | None:
    """Offer at most ``DROPOUT_STEP`` where dropout is beyond the ceiling."""
    rates = current(history, "dropout")
    expected = Text(en="Training loss should fall further, and faster.", zh="训练损失应降得更低、更快。")
    return _set_dropout(rates, _less, expected) if rates else None


def raise_l2(history: History) -> Fix | None:
    """Offer an L2 penalty, ten times the present one."""
    strength = number(history, "l2")
    value = L2_START if strength is None else float(f"{10 * strength:.6g}")
    return set_control(history, "l2", value, Text(en=f"L2 → {value:g}", zh=f"L2 → {value:g}"), _LESS_GAP)


def clip_gradients(history: History) -> Fix | None:
    """Offer a bound on the norm of each gradient."""
    if number(history, "clipnorm") is not None:
        return None
    label = Text(en=f"Clip gradients at norm {CLIP_START:g}", zh=f"梯度范数裁剪到 {CLIP_START:g}")
    return set_control(history, "clipnorm", CLIP_START, label, _STEADIER)


def stop_early(history: History) -> Fix | None:
    """Offer to end a run that has not improved for some epochs."""
    if number(history, "early_stopping") is not None:
        return None
    label = Text(en=f"Early stopping → {PATIENCE} epochs", zh=f"早停 → {PATIENCE} 轮")
    expected = Text(
        en="The run should end soon after its best epoch and keep the weights of that epoch.",
        zh="训练应在最好的一轮之后不久结束，并保留那一轮的权重。",
    )
    return set_control(history, "early_stopping", PATIENCE, label, expected)


def use_schedule(history: History) -> Fix | None:
    """Offer a learning rate that falls along a cosine; a model with a schedule of its own keeps it."""
    if current(history, "schedule") != "constant" or history.facts.get("scheduled"):
        return None
    label = Text(en="Schedule → cosine decay", zh="学习率计划 → 余弦衰减")
    expected = Text(
        en="The loss should come down once more towards the end of the run.", zh="训练接近结束时，损失应再次下降。"
    )
    return set_control(history, "schedule", "cosine", label, expected)


def normalize_inputs(history: History) -> Fix | None:
    """Offer a Normalization layer in front of the model."""
    label = Text(en="Add a Normalization layer", zh="加入 Normalization 层")
    return set_control(history, "normalization", True, label, _FASTER)


def balance_classes(history: History) -> Fix | None:
    """Offer weights that let every class count alike."""
    label = Text(en="Class weights → balanced", zh="类别权重 → 平衡")
    expected = Text(
        en="Rare classes should be predicted more often; plain accuracy may fall a little.",
        zh="稀少的类别应被预测得更多；普通准确率可能略有下降。",
    )
    return set_control(history, "class_weight", "balanced", label, expected)


def match_output(history: History) -> Fix | None:
    """Offer the output activation and loss that go with the targets."""
    label = Text(en="Use the output and loss that fit", zh="换用匹配的输出与损失")
    expected = Text(
        en="The model should leave the level of chance within a few epochs.", zh="模型应在几轮之内脱离随机猜测的水平。"
    )
    return set_control(history, "output", "matched", label, expected)


def use_initializer(history: History, name: str) -> Fix | None:
    """Offer an initialiser, "he" or "glorot", for all kernels."""
    shown = {"he": "He", "glorot": "Glorot"}[name]
    label = Text(en=f"Initializer → {shown}", zh=f"初始化 → {shown}")
    return set_control(history, "initializer", name, label, _FASTER)


def use_optimizer(history: History, name: str, shown: str) -> Fix | None:
    """Offer another optimizer by Keras's name."""
    label = Text(en=f"Optimizer → {shown}", zh=f"优化器 → {shown}")
    return set_control(history, "optimizer", name, label, _FASTER)


def shuffle_rows(history: History) -> Fix | None:
    """Offer a new order of the rows in each epoch."""
    label = Text(en="Shuffle each epoch", zh="每轮打乱顺序")
    return set_control(history, "shuffle", True, label, _STEADIER)


def _more(rate: float | None) -> float:
    return DROPOUT_START if not rate else max(rate, min(DROPOUT_CEILING, round(rate + DROPOUT_STEP, 3)))


def _less(rate: float | None) -> float:
    return DROPOUT_STEP if rate and rate > DROPOUT_CEILING else rate or 0.0


def _set_dropout(rates: Any, change: Any, expected: Text) -> Fix | None:
    parts = isinstance(rates, Mapping)
    value = {name: change(rate) for name, rate in rates.items()} if parts else change(rates)
    if value == rates:
        return None
    shown = f"{next(iter(value.values())):g}" if parts and len(set(value.values())) == 1 else _shown(value)
    return Fix("dropout", value, Text(en=f"Dropout → {shown}", zh=f"Dropout → {shown}"), expected)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{name} {rate:g}" for name, rate in value.items())
    return f"{value:g}"
