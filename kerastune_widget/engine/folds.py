"""Dealing the rows of a data set out to folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..errors import DataError, HyperparameterError, RunError, did_you_mean
from .dataset import ArrayData, class_labels
from .failure import one_line
from .trial import Cut

KINDS = ("auto", "plain", "stratified", "grouped", "time")

_NO_FOLDS = Text(
    en="folds must be a whole number, 2 or more; received {value!r}.",
    zh="folds 必须是不小于 2 的整数；收到的是 {value!r}。",
)
_NO_KIND = Text(
    en="kind must be one of {accepted}; received {value!r}.{hint}",
    zh="kind 必须是 {accepted} 之一；收到的是 {value!r}。{hint}",
)
_GROUPS = Text(
    en='groups, one for each row, and kind="grouped" belong together; received kind={kind!r} and groups {given}.',
    zh='groups（每行一个组）与 kind="grouped" 必须同时使用；收到的是 kind={kind!r}，groups {given}。',
)
_GIVEN, _MISSING = Text(en="given", zh="已给出"), Text(en="missing", zh="未给出")
_GROUP_ROWS = Text(
    en="groups must have one entry for each of the {rows} rows; received shape {shape}.",
    zh="groups 必须为 {rows} 行中的每一行给出一个组；收到的形状是 {shape}。",
)
_NO_CLASSES = Text(
    en='kind="stratified" needs one class for each row; these targets have none. Take "plain".',
    zh='kind="stratified" 要求每行有一个类别；现有目标没有类别。请使用 "plain"。',
)
_NOT_DEALT = Text(
    en="The {rows} rows cannot be dealt out to {folds} folds: {why}",
    zh="无法将 {rows} 行分成 {folds} 折：{why}",
)
_NO_SKLEARN = Text(
    en='Folds are dealt out by scikit-learn, which is not installed: pip install "kerastune-widget[folds]".',
    zh='折由 scikit-learn 划分，但它尚未安装：pip install "kerastune-widget[folds]"。',
)


def refuse_folds(folds: Any, kind: Any, groups: Any) -> None:
    """Refuse what makes no folds, whatever the data.

    Raises:
        HyperparameterError: If ``folds`` is below 2, ``kind`` unknown, or groups and kind do not go together.
        RunError: If scikit-learn is not installed.
    """
    if isinstance(folds, bool) or not isinstance(folds, int) or folds < 2:
        raise HyperparameterError(_NO_FOLDS.filled(value=folds))
    if kind not in KINDS:
        hint = did_you_mean(str(kind), KINDS)
        raise HyperparameterError(_NO_KIND.filled(accepted=list(KINDS), value=kind, hint=hint))
    if kind != "auto" and (kind == "grouped") != (groups is not None):
        raise HyperparameterError(_GROUPS.filled(kind=kind, given=_MISSING if groups is None else _GIVEN))
    try:
        import sklearn.model_selection  # noqa: F401
    except ImportError as error:
        raise RunError(_NO_SKLEARN) from error


def kind_of(kind: str, data: ArrayData, groups: Any, *, classes: bool) -> str:
    """Return how rows are dealt out: for "auto", by groups where there are some, else by classes, else at random."""
    if kind != "auto":
        return kind
    if groups is not None:
        return "grouped"
    return "stratified" if classes and class_labels(data.y) is not None else "plain"


def deal(data: ArrayData, folds: int, kind: str, groups: Any = None, *, seed: int) -> list[Cut]:
    """Return the rows that train and judge in each fold.

    Args:
        data: All rows.
        folds: How many.
        kind: "plain" (shuffled), "stratified" (shuffled, classes in equal shares), "grouped" (a group is never on both
            sides), "time" (each fold is judged by what comes after all that it is trained on).
        groups: For "grouped", one for each row: numbers or text.
        seed: Shuffles.

    Raises:
        DataError: If the rows are too few, or have no classes or groups to be dealt out by.
    """
    from sklearn import model_selection

    labels = class_labels(data.y) if kind == "stratified" else None
    if kind == "stratified" and labels is None:
        raise DataError(_NO_CLASSES)
    by = None if groups is None else _checked(groups, data.rows)
    splitter = {
        "plain": lambda: model_selection.KFold(folds, shuffle=True, random_state=seed),
        "stratified": lambda: model_selection.StratifiedKFold(folds, shuffle=True, random_state=seed),
        "grouped": lambda: model_selection.GroupKFold(folds),
        "time": lambda: model_selection.TimeSeriesSplit(folds),
    }[kind]()
    try:
        dealt: Sequence[tuple[Any, Any]] = list(splitter.split(np.empty(data.rows), labels, by))
    except ValueError as error:
        raise DataError(_NOT_DEALT.filled(rows=data.rows, folds=folds, why=one_line(error))) from error
    return [Cut(np.sort(training), np.sort(held)) for training, held in dealt]


def _checked(groups: Any, rows: int) -> NDArray[Any]:
    by = np.asarray(groups)
    if by.shape != (rows,):
        raise DataError(_GROUP_ROWS.filled(rows=rows, shape=by.shape))
    return by
