"""How plots call the values that Keras names."""

from __future__ import annotations

from ..events import RunStatus
from ..text import Text

ENDINGS: dict[RunStatus | None, Text] = {
    "stopped": Text(en="stopped", zh="已停止"),
    "diverged": Text(en="diverged", zh="已发散"),
    "failed": Text(en="failed", zh="出错"),
}

_ACCURACY = Text(en="Accuracy", zh="准确率")
_ABSOLUTE = Text(en="Mean absolute error", zh="平均绝对误差")
_SQUARED = Text(en="Mean squared error", zh="均方误差")
_TITLES = {
    "loss": Text(en="Loss", zh="损失"),
    "accuracy": _ACCURACY,
    "acc": _ACCURACY,
    "binary_accuracy": _ACCURACY,
    "categorical_accuracy": _ACCURACY,
    "sparse_categorical_accuracy": _ACCURACY,
    "auc": Text(en="AUC", zh="AUC"),
    "precision": Text(en="Precision", zh="精确率"),
    "recall": Text(en="Recall", zh="召回率"),
    "f1_score": Text(en="F1 score", zh="F1 分数"),
    "mae": _ABSOLUTE,
    "mean_absolute_error": _ABSOLUTE,
    "mse": _SQUARED,
    "mean_squared_error": _SQUARED,
    "root_mean_squared_error": Text(en="Root mean squared error", zh="均方根误差"),
    "r2_score": Text(en="R² score", zh="R² 分数"),
    "learning_rate": Text(en="Learning rate", zh="学习率"),
    "batch_size": Text(en="Batch size", zh="批大小"),
    "dropout": Text(en="Dropout", zh="丢弃率"),
    "optimizer": Text(en="Optimizer", zh="优化器"),
    "weight_decay": Text(en="Weight decay", zh="权重衰减"),
    "momentum": Text(en="Momentum", zh="动量"),
    "l2": Text(en="L2", zh="L2"),
    "epochs": Text(en="Epochs", zh="轮数"),
}
_SHARES = ("acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "dice", "r2", "cosine", "sensitivity")


def title_of(name: str) -> Text:
    """Return how a value is called: a proper name for the usual ones, else Keras's own with its underscores opened."""
    if name in _TITLES:
        return _TITLES[name]
    plain = name.replace("_", " ").replace("{", "(").replace("}", ")")
    return Text(en=plain[:1].upper() + plain[1:], zh=plain)


def is_share(name: str) -> bool:
    """Tell whether a metric lives between 0 and 1 (or near), where a logarithmic axis says nothing."""
    return any(word in name for word in _SHARES)
