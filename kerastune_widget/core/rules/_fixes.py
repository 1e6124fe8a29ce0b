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


def current(history: History, control: str) -> Any:
    """Return the value that ``control`` has now: the last mid-run change, else what the run began with."""
    changed = [change.new for change in history.changes if change.name == control]
    return changed[-1] if changed else history.hyperparameters.get(control)


def number(history: History, control: str) -> float | None:
    """Return the current value of ``control`` when it is a positive number, else None."""
    value = current(history, control)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if usable else None


def scale_learning_rate(history: History, factor: float) -> Fix | None:
    """Offer the current learning rate times ``factor``."""
    rate = number(history, "learning_rate")
    if rate is None:
        return None
    value = float(f"{rate * factor:.6g}")
    return Fix("learning_rate", value, Text(en=f"Learning rate → {value:g}", zh=f"学习率 → {value:g}"))


def double_batch(history: History) -> Fix | None:
    """Offer twice the batch size, as long as an epoch still has four steps."""
    batch, rows = number(history, "batch_size"), history.facts.get("training_rows")
    if batch is None or (rows is not None and batch * 8 > rows):
        return None
    value = int(batch) * 2
    return Fix("batch_size", value, Text(en=f"Batch size → {value}", zh=f"批量大小 → {value}"))


def set_epochs(history: History, value: int) -> Fix | None:
    """Offer ``value`` epochs."""
    if number(history, "epochs") in (None, float(value)) or value < 1:
        return None
    return Fix("epochs", value, Text(en=f"Epochs → {value}", zh=f"训练轮数 → {value}"))


def raise_dropout(history: History) -> Fix | None:
    """Offer more dropout, up to the ceiling; a model without any gets some."""
    if "dropout" not in history.hyperparameters:
        return None
    return _set_dropout(current(history, "dropout"), _more)


def lower_dropout(history: History) -> Fix | None:
    """Offer at most ``DROPOUT_STEP`` where dropout is beyond the ceiling."""
    rates = current(history, "dropout")
    return _set_dropout(rates, _less) if rates else None


def _more(rate: float | None) -> float:
    return DROPOUT_START if not rate else max(rate, min(DROPOUT_CEILING, round(rate + DROPOUT_STEP, 3)))


def _less(rate: float | None) -> float:
    return DROPOUT_STEP if rate and rate > DROPOUT_CEILING else rate or 0.0


def _set_dropout(rates: Any, change: Any) -> Fix | None:
    parts = isinstance(rates, Mapping)
    value = {name: change(rate) for name, rate in rates.items()} if parts else change(rates)
    if value == rates:
        return None
    shown = f"{next(iter(value.values())):g}" if parts and len(set(value.values())) == 1 else _shown(value)
    return Fix("dropout", value, Text(en=f"Dropout → {shown}", zh=f"Dropout → {shown}"))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{name} {rate:g}" for name, rate in value.items())
    return f"{value:g}"
