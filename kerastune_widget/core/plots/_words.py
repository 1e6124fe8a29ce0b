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
    "clipnorm": Text(en="Gradient clipping", zh="梯度裁剪"),
    "class_weight": Text(en="Class weights", zh="类别权重"),
    "early_stopping": Text(en="Early stopping", zh="早停"),
    "monitor": Text(en="Watched metric", zh="监视的指标"),
    "min_delta": Text(en="Least improvement", zh="最小改进量"),
    "restore_best": Text(en="Keep the best weights", zh="保留最好的权重"),
    "hand_over": Text(en="Hand over to", zh="中途换用优化器"),
    "schedule": Text(en="Schedule", zh="学习率计划"),
    "epochs": Text(en="Epochs", zh="轮数"),
    "seed": Text(en="Seed", zh="随机种子"),
    "weights_seed": Text(en="Weights seed", zh="权重种子"),
    "order_seed": Text(en="Batch order seed", zh="批次顺序种子"),
    "dropout_seed": Text(en="Dropout seed", zh="dropout 种子"),
    "shuffle": Text(en="Shuffling", zh="打乱顺序"),
    "start": Text(en="Start", zh="起始权重"),
    "normalization": Text(en="Input normalisation", zh="输入标准化"),
    "output": Text(en="Output and loss", zh="输出与损失"),
    "initializer": Text(en="Initializer", zh="初始化方法"),
}
_SHARES = ("acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "dice", "r2", "cosine", "sensitivity")


def title_of(name: str) -> Text:
    """Return how a value is called: a proper name for the usual ones, else Keras's own with its underscores opened."""
    if name in _TITLES:
        return _TITLES[name]
    plain = name.replace("_", " ").replace("{", "(").replace("}", ")")
    return Text(en=plain[:1].upper() + plain[1:], zh=plain)


def value_title(name: str) -> Text:
    """Return how one of Keras's values is called, a validation value told from a training value."""
    if not name.startswith("val_"):
        return title_of(name)
    title = title_of(name.removeprefix("val_"))
    return Text(en=f"Validation {in_sentence(title.en)}", zh=f"验证{title.zh}")


def run_title(number: int, name: str = "") -> Text:
    """Return what a run is called: the name that a person gave it, else its number."""
    return Text.same(name) if name else Text(en=f"Run {number}", zh=f"第 {number} 次运行")


def in_sentence(title: str) -> str:
    """Lower the first letter, but not that of an abbreviation or a name such as L2."""
    return title if title[1:2].isupper() or title[1:2].isdigit() else title[:1].lower() + title[1:]


def is_share(name: str) -> bool:
    """Tell whether a metric lives between 0 and 1 (or near), where a logarithmic axis says nothing."""
    return any(word in name for word in _SHARES)
