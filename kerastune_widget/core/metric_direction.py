"""Which way a metric should go, and which epoch was its best."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .curves import align
from .history import History

Direction = Literal["up", "down"]

# Words in the names that Keras and its users give; the last one in a name tells what is measured.
_UP = (
    "acc|auc|precision|recall|f1|fbeta|iou|io_u|dice|jaccard|r2|cosine|similarity|sensitivity|specificity|kappa|mcc|"
    "correlation|score|top_k|hit|true_p|true_n|bleu|psnr|ssim|ndcg"
)
_DOWN = (
    "loss|error|mae|mse|rmse|mape|msle|entropy|divergence|hinge|poisson|log_?cosh|perplexity|deviance|false_p|false_n|"
    "brier|distance"
)
_WORD = re.compile(f"(?P<up>{_UP})|(?P<down>{_DOWN})")


def direction(name: str) -> Direction | None:
    """Return whether more or less of a metric is better; None when its name does not tell."""
    found = list(_WORD.finditer(name.lower()))
    return ("up" if found[-1]["up"] else "down") if found else None


def better(name: str, first: float, second: float) -> int | None:
    """Return 0 or 1 for the better value of a metric; None when equal, not finite both, or the name does not tell.

    A value that is not finite loses against one that is: such a run diverged.
    """
    finite = np.isfinite(first), np.isfinite(second)
    if not any(finite) or (all(finite) and (first == second or direction(name) is None)):
        return None
    if not all(finite):
        return 0 if finite[0] else 1
    return int((second > first) == (direction(name) == "up"))


def epoch_values(history: History, name: str) -> NDArray[np.float64]:
    """Return one value an epoch, NaN where it was not taken."""
    return align(history.series(name), history.epoch_count)


def best_epoch(name: str, values: NDArray[np.float64]) -> int | None:
    """Return the place of the best among ``values``, the first of equals; None when there is none or no direction."""
    finite = np.isfinite(values)
    way = direction(name)
    if way is None or not finite.any():
        return None
    return int(
        np.argmax(np.where(finite, values, -np.inf)) if way == "up" else np.argmin(np.where(finite, values, np.inf))
    )


def last_value(values: NDArray[np.float64]) -> float:
    """Return the last value that was taken, which may be infinite; NaN when none was."""
    taken = values[~np.isnan(values)]
    return float(taken[-1]) if len(taken) else float("nan")


def metric_order(names: list[str]) -> list[str]:
    """Return the names of metrics without doubles: validation first, then in the order given; no learning rates."""
    kept = [name for name in dict.fromkeys(names) if name not in ("lr", "learning_rate")]
    return sorted(kept, key=lambda name: not name.startswith("val_"))
