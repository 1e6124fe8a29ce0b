"""From the arguments of ``kt.audit`` to a subject: model and data in every form that they may come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ...core.text import Text
from ...errors import DataError, HyperparameterError, ModelError, NotAModelError
from ..arrays import flatten
from ..building import ensure_built
from ..checks import check_fits_model
from ..dataset import ArrayData, Data, Dataset, StreamData, read_data
from ..failure import one_line
from ..seeding import seeded
from ..structure_layers import is_layered
from ..template import ModelTemplate
from .rereading import Reading, Rereading, compare_readings, joined_readings, reading_of
from .subject import Subject

MOST_ROWS = 4096
"""Most rows of a stream that are read to compare two readings."""

MOST_BYTES = 1 << 28
"""Most bytes of it; one batch at a time is held."""

_NOT_BUILT = Text(
    en="{name!r} has no weights yet. Call it once on a few rows, model(x[:2]), or give a function that builds it.",
    zh="{name!r} 还没有权重。请先用几行数据调用一次 model(x[:2])，或传入构建它的函数。",
)
_NO_MODEL = Text(
    en="An audit takes a keras.Model or a function that returns one; received {kind}.",
    zh="审查需要 keras.Model 或返回模型的函数；收到的是 {kind}。",
)
_BAD_STEPS = Text(
    en="time_steps must be a whole number above 0, or several; received {value!r}.",
    zh="time_steps 必须是大于 0 的整数，或若干个这样的整数；收到的是 {value!r}。",
)
_BAD_ROWS = Text(en="rows must be 2 or more; received {value!r}.", zh="rows 必须不小于 2；收到的是 {value!r}。")


def make_subject(
    model: Any, data: Any, validation_data: Any, *, rows: int, seed: int, time_steps: Any = None
) -> Subject:
    """Read model and data.

    Args:
        model: A Keras model, or a function without arguments that returns one.
        data: All that ``Session`` takes, or a function without arguments that returns it, or that returns a pair
            ``(x, y), (x_val, y_val)``.
        validation_data: Likewise, or None.
        rows: Most rows to look at.
        seed: For whatever is drawn.
        time_steps: One sequence length, or several, that the person means to predict on; or None.

    Raises:
        ModelError: If the model is none, or has no weights and cannot be copied.
        DataError: If the data cannot be read, or do not fit the model.
        HyperparameterError: If ``rows`` or ``time_steps`` are refused.
    """
    _check_rows(rows)
    steps = _steps(time_steps)
    template, uncopied = _template(model, seed)
    example = template.example if template is not None else _looked_at(model, seed)
    parts = _read(data, validation_data, example)
    training, validation = parts[0], parts[1] if len(parts) > 1 else None
    if template is not None:
        check_fits_model(template, training, "training")
        if validation is not None:
            check_fits_model(template, validation, "validation")
    subject = Subject(
        example,
        training,
        validation,
        rereading=_rereading(data, validation_data, example, parts, seed),
        template=template,
        uncopied=uncopied,
        rows=rows,
        seed=seed,
        time_steps=steps,
    )
    subject.model = _built(subject, template)
    _try_out(subject)
    return subject


def subject_of_session(
    template: ModelTemplate, dataset: Callable[[], Dataset], *, rows: int, time_steps: Any = None, seed: int = 0
) -> Callable[[], Subject]:
    """Return what makes the subject of a session's model and data; refused arguments are refused at once.

    Args:
        template: The session's.
        dataset: Gives the session's data.
        rows: Most rows to look at.
        time_steps: As for ``make_subject``.
        seed: For whatever is drawn.

    Raises:
        HyperparameterError: If ``rows`` or ``time_steps`` are refused.
    """
    _check_rows(rows)
    steps = _steps(time_steps)

    def make() -> Subject:
        data = dataset()
        parts = [part for part in (data.training, data.validation) if part is not None]
        reread = _rereading(None, None, template.example, parts, seed)
        subject = Subject(
            template.example, data.training, data.validation, reread, template, rows=rows, seed=seed, time_steps=steps
        )
        subject.model = _built(subject, template)
        _try_out(subject)
        return subject

    return make


def _check_rows(rows: Any) -> None:
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 2:
        raise HyperparameterError(_BAD_ROWS.filled(value=rows))


def _template(model: Any, seed: int) -> tuple[ModelTemplate | None, str]:
    try:
        return ModelTemplate(model, seed), ""
    except NotAModelError:
        raise
    except ModelError as error:  # not compiled, say: then all checks but one can be made
        return None, str(error)


def _looked_at(model: Any, seed: int) -> Any:
    if isinstance(model, keras.Model):
        return model
    with seeded(seed):
        made = model() if callable(model) else model
    if not isinstance(made, keras.Model):
        raise NotAModelError(_NO_MODEL.filled(kind=type(made).__name__))
    return made


def _built(subject: Subject, template: ModelTemplate | None) -> Any:
    """Return the model itself if it has weights; else a copy that has, so that the user's stays as it is."""
    model = subject.model
    if model.built and (model.weights or not is_layered(model)):
        return model
    if template is None:
        raise ModelError(_NOT_BUILT.filled(name=model.name))
    copy = template.fresh(subject.seed)
    with seeded(subject.seed):
        ensure_built(copy, subject.x)
    return copy


def _try_out(subject: Subject) -> None:
    try:
        with subject.kept():
            subject.answer(subject.x)
    except Exception as error:
        raise DataError(f"The model cannot be called on these data: {one_line(error)}") from error


def _steps(asked: Any) -> tuple[int, ...]:
    found = () if asked is None else (asked,) if isinstance(asked, int) else tuple(asked)
    if any(not isinstance(one, int) or isinstance(one, bool) or one < 1 for one in found):
        raise HyperparameterError(_BAD_STEPS.filled(value=asked))
    return found


def _read(data: Any, validation_data: Any, model: Any) -> list[Data]:
    given = data() if _is_function(data) else data
    held_out = validation_data() if _is_function(validation_data) else validation_data
    if _is_function(data) and held_out is None and _is_pair(given, model):
        given, held_out = given
    training = read_data(given, "data", model=model)
    return [training] if held_out is None else [training, read_data(held_out, "validation_data", model=model)]


def _is_function(data: Any) -> bool:
    return callable(data) and not hasattr(data, "element_spec") and not isinstance(data, keras.utils.PyDataset)


def _is_pair(given: Any, model: Any) -> bool:
    """Whether a function returned training and validation data, not x and y of several arrays each."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        return False
    if any(hasattr(part, "element_spec") or isinstance(part, keras.utils.PyDataset) for part in given):
        return True
    if not all(isinstance(part, tuple | list) and 1 < len(part) <= 3 for part in given):
        return False
    if not all(hasattr(one, "shape") for part in given for one in keras.tree.flatten(part)):
        return False
    counts = [{leaf.shape[0] for leaf in flatten(part)} for part in given]
    inputs = getattr(model, "inputs", None)
    return all(len(count) == 1 for count in counts) and (counts[0] != counts[1] or inputs is None or len(inputs) == 1)


def _rereading(
    data: Any, validation_data: Any, model: Any, parts: list[Data], seed: int
) -> Callable[[], Rereading] | None:
    """Return what compares two readings of data that are not simply there; None for arrays."""
    of_function = _is_function(data) or _is_function(validation_data)
    if not of_function and all(isinstance(part, ArrayData) for part in parts):
        return None

    def reread() -> list[Reading]:
        again = _read(data, validation_data, model) if of_function else parts
        return [reading_of(part) if isinstance(part, ArrayData) else _taken(part) for part in again]

    def compare() -> Rereading:
        first, second = reread(), reread()
        what, share = compare_readings(first, second)
        seedable = of_function and what != "none" and _seedable(reread, seed)
        moved = [one for one, other in zip(first, second, strict=True) if not one.equals(other)]
        return Rereading(what, share, of_function, seedable, all(one.stream for one in moved))

    return compare


def _seedable(reread: Callable[[], list[Reading]], seed: int) -> bool:
    readings = []
    for _ in range(2):
        with seeded(seed):
            readings.append(reread())
    return compare_readings(*readings)[0] == "none"


def _taken(stream: StreamData) -> Reading:
    """Return what a stream begins with, of its rows no more than their hashes."""
    read: list[Reading] = []
    rows, size = 0, 0
    for batch in _each(stream.batches(None)):
        if rows >= MOST_ROWS or size >= MOST_BYTES:
            return joined_readings(read, cut=True)
        parts = tuple(batch) if isinstance(batch, tuple | list) else (batch,)
        held = ArrayData(*(keras.tree.map_structure(np.asarray, part) for part in parts))
        read.append(reading_of(held))
        rows, size = rows + held.rows, size + held.nbytes
    return joined_readings(read, cut=False)


def _each(batches: Any) -> Any:
    if isinstance(batches, keras.utils.PyDataset):
        return (batches[place] for place in range(batches.num_batches or 0))
    return iter(batches)
