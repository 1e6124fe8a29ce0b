"""A run's curves in one sentence, for those who hear the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.events import RunStatus
from ..core.history import History
from ..core.metric_direction import best_epoch, epoch_values
from ..core.plots._words import in_sentence, run_title, value_title
from ..core.text import Language, Text

_LEVEL = 0.005  # a change of less than this share is none

_TRAINING = Text(en="{run}, epoch {epoch} of {epochs}: {values}", zh="{run}，第 {epoch} 轮，共 {epochs} 轮：{values}")
_ENDS: dict[RunStatus | None, Text] = {
    "finished": Text(en="{run} finished after {count}: {values}", zh="{run}已完成，共 {epoch} 轮：{values}"),
    "stopped": Text(en="{run} stopped after {count}: {values}", zh="{run}已停止，共 {epoch} 轮：{values}"),
    "diverged": Text(en="{run} diverged after {count}: {values}", zh="{run}已发散，共 {epoch} 轮：{values}"),
    "failed": Text(en="{run} failed after {count}: {values}", zh="{run}出错，共 {epoch} 轮：{values}"),
    "interrupted": Text(en="{run} was cut off after {count}: {values}", zh="{run}已中断，共 {epoch} 轮：{values}"),
}
_NOTHING = Text(en="no values yet", zh="尚无数值")
_BEST = Text(en="best so far", zh="目前最好")
_BEST_WAS = Text(en="best {value} in epoch {epoch}", zh="最好为第 {epoch} 轮的 {value}")
_TRENDS = {
    "falling": Text(en="falling", zh="在下降"),
    "rising": Text(en="rising", zh="在上升"),
    "level": Text(en="level", zh="持平"),
}


def describe(number: int, name: str, record: History, language: Language) -> str:
    """Say how a run stands: its loss and where it goes, its validation metric and whether that is the best so far.

    Args:
        number: Number of the run.
        name: What a person called it; empty for nothing.
        record: Its numbers.
        language: "en" or "zh".
    """
    values = [part for part in (_loss(record, language), _validation(record, language)) if part]
    epoch = record.epoch_count
    return _ENDS.get(record.status, _TRAINING).get(
        language,
        run=run_title(number, name).get(language),
        epoch=epoch,
        epochs=max(record.planned_epochs or epoch, epoch),
        count="1 epoch" if epoch == 1 else f"{epoch} epochs",
        values=("；" if language == "zh" else "; ").join(values) or _NOTHING.get(language),
    )


def _loss(record: History, language: Language) -> str:
    values = epoch_values(record, "loss")
    if not len(values):
        return ""
    return _listed([f"{_title('loss', language)} {values[-1]:.3g}", *_trend(values[-2:], language)], language)


def _trend(pair: NDArray[np.float64], language: Language) -> list[str]:
    """Say where the last of two values went."""
    if len(pair) < 2 or not np.isfinite(pair).all():
        return []
    before, now = pair
    level = abs(now - before) <= _LEVEL * abs(before)
    return [_TRENDS["level" if level else "falling" if now < before else "rising"].get(language)]


def _validation(record: History, language: Language) -> str:
    names = [name for name in record.epochs if name.startswith("val_")]
    name = next((name for name in names if name != "val_loss"), next(iter(names), None))
    if name is None:
        return ""
    values = epoch_values(record, name)
    best = best_epoch(name, values)
    said = [f"{_title(name, language)} {values[-1]:.3g}"]
    if best == len(values) - 1:
        said.append(_BEST.get(language))
    elif best is not None:
        said.append(_BEST_WAS.get(language, value=f"{values[best]:.3g}", epoch=best + 1))
    return _listed(said, language)


def _title(name: str, language: Language) -> str:
    title = value_title(name).get(language)
    return in_sentence(title) if language == "en" else title


def _listed(parts: list[str], language: Language) -> str:
    return ("，" if language == "zh" else ", ").join(parts)
