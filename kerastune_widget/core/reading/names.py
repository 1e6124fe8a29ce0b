"""The names that people give to columns become Keras's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .numbers import Cells, to_numbers

_TRAINING = ("train", "training")
_VALIDATION = ("val", "valid", "validation", "eval", "evaluation", "dev")
_TEST = ("test", "testing")
_ROLES = (*_TRAINING, *_VALIDATION, *_TEST)
_WHOLE = {"avg", "average", "mean", "epoch", "total", "running"}  # beside "loss" alone: it is the loss all the same
_LOSS = {"loss", "losses"}
_ACCURACY = {"acc", "accs", "ac", "accuracy", "accuracies"}
_SPREAD = {"std", "standard", "abs", "absolute"}  # before "dev": a deviation, no set of data
_SEPARATOR = re.compile(r"[\W_]+")
_CAMEL = re.compile(rf"^((?i:{'|'.join(sorted(_ROLES, key=len, reverse=True))}))(?=[A-Z])")


@dataclass(frozen=True)
class Naming:
    """What each column is.

    Attributes:
        columns: The file's name of each curve, by Keras's name.
        aside: Columns that hold numbers and are no curve of this run: scores on a test set, a second loss.
        rival: The training loss by another name that stands beside "loss" where there is no validation loss; None
            where there is none.
        test: The column of a test set that is read as validation, for want of one; None where there is none.
    """

    columns: Mapping[str, str]
    aside: tuple[str, ...] = ()
    rival: str | None = None
    test: str | None = None


@dataclass(frozen=True)
class _Candidate:
    """A column, the name that it would have in Keras, and how plainly it says so (least first)."""

    raw: str
    target: str
    place: int
    role: str = ""


def keras_names(columns: Mapping[str, Cells]) -> Naming:
    """Say which column is which curve.

    ``train_loss``, ``Training Loss``, ``avg_loss``, ``Loss`` are ``loss``; ``valid_loss``, ``Validation Loss`` are
    ``val_loss``; the same goes for every metric, and ``acc`` behind such a prefix is ``accuracy``. Keras's own names
    win: where two columns would have one name, the other is put aside. Beside ``loss``, losses and metrics of several
    outputs are called by these, and stay. Columns of a test set are validation only where nothing else is, and a
    constant one is a score, no curve.

    Args:
        columns: The numeric ones, by the names that the file gives them.
    """
    read = [_read(raw, columns) for raw in columns]
    validated = any(each.role in _VALIDATION and _has_numbers(columns[each.raw]) for each in read)
    tests = {each.raw for each in read if each.role in _TEST and (validated or not _moves(columns[each.raw]))}
    taken: dict[str, _Candidate] = {}
    for each in sorted(read, key=lambda candidate: candidate.place):
        if each.raw not in tests:
            taken.setdefault(each.target, each)
    chosen = {each.raw: each for each in taken.values()}
    from_tests = [each for each in taken.values() if each.role in _TEST]
    return Naming(
        columns={chosen[raw].target: raw for raw in columns if raw in chosen},
        aside=tuple(raw for raw in columns if raw not in chosen),
        rival=None if "val_loss" in taken or "loss" not in taken else _rival(taken["loss"], read, columns),
        test=min(from_tests, key=lambda each: each.target != "val_loss").raw if from_tests else None,
    )


def would_be(name: str, columns: Mapping[str, object]) -> str:
    """Return the name that a column would have in Keras, were it the only one that claims it."""
    return _read(name, columns).target


def _rival(loss: _Candidate, read: list[_Candidate], columns: Mapping[str, Cells]) -> str | None:
    others = [each.raw for each in read if each.target == "loss" and each.role in _TRAINING and each.raw != loss.raw]
    return next((raw for raw in others if loss.role not in _TRAINING and _moves(columns[raw])), None)


def _read(raw: str, columns: Mapping[str, object]) -> _Candidate:
    if _is_keras_own(raw, columns):
        return _Candidate(raw, raw, 0, "val" if raw.startswith("val_") else "")
    words, place = _plain(_words(raw))
    role = _role(words)
    base = words[1:] if role and words[0] == role else words[:-1] if role else words
    name = _spelled(base, columns)
    if not role:
        shown = name if name in ("loss", "accuracy", "acc", "learning_rate") or not _is_plain(raw) else raw
        return _Candidate(raw, shown, place + (0 if shown == raw else 1))
    target = name if role in _TRAINING else f"val_{name}"
    return _Candidate(raw, target, place + (0 if target == raw else 2 + _ROLES.index(role)), role)


def _role(words: list[str]) -> str:
    """Return the word that says which data a curve is of; empty where none does."""
    if len(words) < 2 or (words[-1] == "dev" and words[-2] in _SPREAD and words[0] not in _ROLES):
        return ""
    return next((word for word in (words[0], words[-1]) if word in _ROLES), "")


def _is_keras_own(raw: str, columns: Mapping[str, object]) -> bool:
    if raw.lower() in ("loss", "val_loss"):
        return raw.islower()
    if f"val_{raw}" in columns or (raw.startswith("val_") and raw[4:] in columns):
        return True
    return any(raw.startswith(f"{output}_") for output in _outputs(columns))


def _outputs(columns: Mapping[str, object]) -> list[str]:
    """Return the outputs of the model, where these may be the losses of several.

    Keras names none beside ``loss`` where there is one output, and with validation each has a ``val_`` beside it. That
    all are called by words for sets of data, or for a whole, is not to be believed: "train_loss", "eval_loss".
    """
    if "loss" not in columns or "val_loss" in columns:
        return []
    outputs = [name.removesuffix("_loss") for name in columns if name.endswith("_loss")]
    believed = len(outputs) > 1 and any(not set(_words(output)) <= {*_ROLES, *_WHOLE} for output in outputs)
    return outputs if believed else []


def _words(raw: str) -> list[str]:
    return [word.lower() for word in _SEPARATOR.split(_CAMEL.sub(r"\1 ", raw)) if word]


def _plain(words: list[str]) -> tuple[list[str], int]:
    """Leave out what Lightning adds to a name ("_epoch", "_step") and what is said of a mean over the epoch."""
    place = 0
    if len(words) > 1 and words[-1] in ("epoch", "step") and (words[0] in _ROLES or words[0] in _LOSS):
        place += 40 if words[-1] == "step" else 0
        words = words[:-1]
    core = [word for word in words if word not in _WHOLE]
    if len(core) < len(words) and _LOSS & set(core) and set(core) <= {*_LOSS, *_ROLES}:
        return core, place + 20
    return words, place


def _spelled(base: list[str], columns: Mapping[str, object]) -> str:
    name = "_".join(base)
    if name in _LOSS:
        return "loss"
    if name in _ACCURACY:
        return "acc" if "acc" in columns else "accuracy"
    return "learning_rate" if base[:1] == ["lr"] and len(base) > 1 else name  # Lightning's "lr-Adam"


def _is_plain(raw: str) -> bool:
    return raw == raw.lower() and not re.search(r"\s", raw)


def _has_numbers(cells: Cells) -> bool:
    return bool(np.isfinite(to_numbers(cells)).any())


def _moves(cells: Cells) -> bool:
    values = [value for value in to_numbers(cells) if np.isfinite(value)]
    return len(set(values)) > 1
