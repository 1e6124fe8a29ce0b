"""The data of a run as a script loads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.text import Text
from ..dataset import ArrayData, Data, Dataset, StreamData
from .code_printer import Bracketed, Expression, flat, literal, source

MOST_BYTES = 1 << 30
"""Arrays beyond this are not written beside a script; it says where to load them."""

_HELD_OUT = Text(
    en="The session held out {count} of {total} rows for validation; start.npz holds their numbers.",
    zh="会话从 {total} 行中留出 {count} 行用于验证；行号保存在 start.npz 中。",
)
_LOAD = Text(
    en="Return the arrays of the run by name: they are too large to be kept beside this script.",
    zh="按名称返回运行所用的数组：它们太大，无法与本脚本放在一起。",
)
_LOAD_HERE = Text(en="Put the code that loads your arrays here.", zh="请在此处写入加载数组的代码。")
_STREAM = {
    "training": Text(
        en="Return your training data, {source}, in batches of {size}: this script cannot hold them.",
        zh="返回训练数据（{source}，每批 {size} 个）：本脚本无法保存它们。",
    ),
    "validation": Text(
        en="Return your validation data, {source}: this script cannot hold them.",
        zh="返回验证数据（{source}）：本脚本无法保存它们。",
    ),
}
_STREAM_HERE = Text(en="Put the code that makes your data here.", zh="请在此处写入生成数据的代码。")


@dataclass
class DataCode:
    """How a script gets at its data.

    Attributes:
        lines: Statements.
        arrays: What data.npz is to hold, by name; empty for streams.
        held_out: What start.npz is to hold of the split, or None.
        training: Names of x, y and sample weights while training, as far as there are any; empty for a stream.
        validation: The source of ``validation_data=``; None without.
        rows: Training rows; None for a stream.
        nested: Whether x, y or weights are tuples or dicts of arrays.
    """

    lines: list[str] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    held_out: NDArray[Any] | None = None
    training: list[str] = field(default_factory=list)
    validation: str | None = None
    rows: int | None = None
    nested: bool = False

    @property
    def too_large(self) -> bool:
        """Whether the arrays are left to the user."""
        return sum(array.nbytes for array in self.arrays.values()) > MOST_BYTES


def data_code(dataset: Dataset, batch_size: int, language: str) -> DataCode:
    """Return how a script gets at the data of a session.

    Args:
        dataset: As runs read it.
        batch_size: In force at the start, for a stream.
        language: For comments.
    """
    code = DataCode()
    if dataset.held_out is not None and isinstance(dataset.validation, ArrayData):
        _write_split(code, dataset, language)
    else:
        _write_training(code, dataset, batch_size, language)
        _write_validation(code, dataset.validation, language)
    if code.arrays:
        code.lines[:0] = _loading(code, language)
    return code


def _write_split(code: DataCode, dataset: Dataset, language: str) -> None:
    training, validation = dataset.training, dataset.validation
    assert isinstance(training, ArrayData) and isinstance(validation, ArrayData) and dataset.held_out is not None
    if dataset.class_weight is not None and validation.sample_weight is None:
        training = replace(training, sample_weight=None)  # fit makes the weights anew
    whole = _joined(training, validation, dataset.held_out)
    parts = _parts(whole, ("x", "y", "weight"))
    code.nested = any(isinstance(part, dict | tuple) for _, part in parts)
    code.rows, code.held_out = training.rows, dataset.held_out
    code.lines += [_assigned(code, name, part) for name, part in parts]
    words = _HELD_OUT.get(language, count=validation.rows, total=whole.rows)
    code.lines += [f"# {words}", 'held_out = start["validation_rows"]']
    code.lines.append(f"kept = np.setdiff1d(np.arange({whole.rows}), held_out)")
    taken = "take({}, {})" if code.nested else "{}[{}]"
    for suffix, rows in (("train", "kept"), ("val", "held_out")):
        names = [f"{name}_{suffix}" for name, _ in parts]
        code.lines.append(f"{', '.join(names)} = {', '.join(taken.format(name, rows) for name, _ in parts)}")
    code.training = [f"{name}_train" for name, _ in parts]
    code.validation = _packed([f"{name}_val" for name, _ in parts])


def _write_training(code: DataCode, dataset: Dataset, batch_size: int, language: str) -> None:
    data = dataset.training
    if isinstance(data, StreamData):
        code.lines += _stream(data, "training", "train_data", batch_size, language)
        return
    parts = _parts(data, ("x_train", "y_train", "weight_train"))
    if dataset.class_weight is not None:
        parts = parts[:2]
    code.nested = any(isinstance(part, dict | tuple) for _, part in parts)
    code.rows = data.rows
    code.lines += [_assigned(code, name, part) for name, part in parts]
    code.training = [name for name, _ in parts]


def _write_validation(code: DataCode, data: Data | None, language: str) -> None:
    if isinstance(data, StreamData):
        code.lines += _stream(data, "validation", "val_data", data.batch_size, language)
        code.validation = "val_data"
    elif data is not None:
        parts = _parts(data, ("x_val", "y_val", "weight_val"))
        code.lines += [_assigned(code, name, part) for name, part in parts]
        code.validation = _packed([name for name, _ in parts])


def _loading(code: DataCode, language: str) -> list[str]:
    if not code.too_large:
        return ['data = np.load(HERE / "data.npz")']
    shapes = [f"    {name}: {array.dtype}{list(array.shape)}" for name, array in code.arrays.items()]
    docstring = [f'    """{_LOAD.get(language)}', "", *shapes, '    """']
    refusal = f"    raise NotImplementedError({flat(literal(_LOAD_HERE.get(language)))})"
    return ["", "def load_data():", *docstring, refusal, "", "", "data = load_data()"]


def _stream(data: StreamData, role: str, name: str, size: int, language: str) -> list[str]:
    words = _STREAM[role].get(language, source=data.source, size=size)
    refusal = f"    raise NotImplementedError({flat(literal(_STREAM_HERE.get(language)))})"
    function = f"make_{role}_data"
    return ["", f"def {function}():", f'    """{words}"""', refusal, "", "", f"{name} = {function}()"]


def _parts(data: ArrayData, names: tuple[str, str, str]) -> list[tuple[str, Any]]:
    every = zip(names, (data.x, data.y, data.sample_weight), strict=True)
    return [(name, part) for name, part in every if part is not None]


def _packed(names: list[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _assigned(code: DataCode, name: str, structure: Any) -> str:
    return source(_loaded(code, name, structure), before=f"{name} = ")


def _loaded(code: DataCode, name: str, structure: Any) -> Expression:
    if isinstance(structure, dict):
        parts = {key: _loaded(code, f"{name}_{_plain(key)}", part) for key, part in structure.items()}
        return Bracketed("{", tuple((f"{flat(literal(key))}: ", part) for key, part in parts.items()), "}")
    if isinstance(structure, list | tuple):
        inner = [_loaded(code, f"{name}_{index}", part) for index, part in enumerate(structure)]
        return Bracketed("(", tuple(("", part) for part in inner), ")")
    code.arrays[name] = structure
    return f'data["{name}"]'


def _plain(key: Any) -> str:
    return re.sub(r"\W", "_", str(key))


def _joined(training: ArrayData, validation: ArrayData, held_out: NDArray[Any]) -> ArrayData:
    """Put the rows back into the order in which the session was given them."""
    kept = np.setdiff1d(np.arange(training.rows + validation.rows), held_out)
    place = np.argsort(np.concatenate([kept, held_out]))

    def join(first: Any, second: Any) -> Any:
        if isinstance(first, Mapping):
            return {key: join(first[key], second[key]) for key in first}
        if isinstance(first, list | tuple):
            return tuple(join(a, b) for a, b in zip(first, second, strict=True))
        return None if first is None else np.concatenate([first, second])[place]

    return ArrayData(
        join(training.x, validation.x),
        join(training.y, validation.y),
        join(training.sample_weight, validation.sample_weight),
    )
