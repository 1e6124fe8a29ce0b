"""Looks on while a model is called: what went into each layer, what came out, what it was told and what it changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ...core.agreement import agreement
from .kept import own_variables

Arrays = list[NDArray[Any] | None]


@dataclass
class Record:
    """One call of one layer.

    Attributes:
        layer: The layer; the model itself is one too.
        parent: Place, in the list of records, of the call that this one is part of; None for the model's own.
        arguments: What it was called with, as tensors.
        training: Whether it was in training mode, told so or by what it is part of.
        inputs: Its inputs as arrays; None for what could not be read.
        outputs: Its outputs likewise.
        changed: Its own variables, seeds left out, that the call changed.
        drew: Whether the call moved one of its own seeds.
    """

    layer: Any
    parent: int | None
    arguments: tuple[tuple[Any, ...], dict[str, Any]]
    training: bool = False
    inputs: Arrays = field(default_factory=list)
    outputs: Arrays = field(default_factory=list)
    changed: tuple[str, ...] = ()
    drew: bool = False

    @property
    def name(self) -> str:
        """The layer's name."""
        return str(self.layer.name)

    def again(self, training: bool) -> Arrays:
        """Call the layer alone on the same inputs; return its outputs.

        Args:
            training: What to tell it.
        """
        args, kwargs = self.arguments
        return _arrays(self.layer(*args, **{**kwargs, "training": training}))

    def rows(self, place: int, of: int) -> Record:
        """Return the record as if one row had been called alone, where arrays have a row for each.

        Args:
            place: Number of the row.
            of: Rows in the batch.
        """
        cut: Callable[[Arrays], Arrays] = lambda arrays: [_row(array, place, of) for array in arrays]  # noqa: E731
        return Record(
            self.layer,
            self.parent,
            self.arguments,
            self.training,
            cut(self.inputs),
            cut(self.outputs),
            self.changed,
            self.drew,
        )


def _row(array: NDArray[Any] | None, place: int, of: int) -> NDArray[Any] | None:
    return None if array is None or array.ndim == 0 or array.shape[0] != of else array[place : place + 1]


@contextmanager
def recording() -> Iterator[list[Record]]:
    """Record all calls of layers on this thread; what happens inside a recurrent layer counts as its own.

    Calls of layers pass through one method of Keras's base class, which is replaced for as long as this lasts. The
    caller holds the process's turn for training, so that no two do it at once.
    """
    records: list[Record] = []
    stack: list[int] = []
    mine, original = threading.get_ident(), keras.layers.Layer.__call__

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        inside = records[stack[-1]].layer if stack else None
        if threading.get_ident() != mine or isinstance(inside, keras.layers.RNN):
            return original(layer, *args, **kwargs)
        record = _begin(layer, args, kwargs, records, stack)
        own, seeds = _own_values(layer), _seed_values(layer)
        try:
            outputs = original(layer, *args, **kwargs)
        finally:
            stack.pop()
        record.outputs = _arrays(outputs)
        after = _own_values(layer)
        record.changed = tuple(name.split()[1] for name, value in after.items() if _moved(own.get(name), value))
        record.drew = any(_moved(*pair) for pair in zip(seeds, _seed_values(layer), strict=False))
        return outputs

    keras.layers.Layer.__call__ = call
    try:
        yield records
    finally:
        keras.layers.Layer.__call__ = original


def _begin(layer: Any, args: Any, kwargs: Any, records: list[Record], stack: list[int]) -> Record:
    parent = stack[-1] if stack else None
    told = kwargs.get("training")
    rest = {name: value for name, value in kwargs.items() if name != "training"}
    record = Record(layer, parent, (args, rest))
    record.training = bool(told) if told is not None else parent is not None and records[parent].training
    record.inputs = _arrays((args, rest))
    stack.append(len(records))
    records.append(record)
    return record


def _arrays(nested: Any) -> Arrays:
    return [_array(leaf) for leaf in keras.tree.flatten(nested) if leaf is not None and not isinstance(leaf, str)]


def _array(leaf: Any) -> NDArray[Any] | None:
    try:
        return np.array(keras.ops.convert_to_numpy(leaf))
    except Exception:  # symbolic inside a traced function, ragged, or nothing that Keras knows
        return None


def _own_values(layer: Any) -> dict[str, NDArray[Any] | None]:
    return {f"{place} {one.name}": _array(one) for place, one in enumerate(own_variables(layer))}


def _seed_values(layer: Any) -> Arrays:
    return [_array(generator.state) for generator in layer._seed_generators]


def _moved(before: NDArray[Any] | None, after: NDArray[Any] | None) -> bool:
    return before is not None and after is not None and not np.array_equal(before, after)


def sources(first: Sequence[Record], second: Sequence[Record], dtype: str = "float32") -> list[tuple[Record, Record]]:
    """Return the calls where two recordings part: same inputs, other outputs, and nothing inside them to blame.

    Args:
        first: A recording.
        second: Another of the same model or a copy of it, layer by layer in the same order.
        dtype: What was computed in; what differs by rounding only is taken for the same.

    Returns:
        Pairs of records, in the order of the calls; empty when the two are not layer by layer alike.
    """
    if [type(one.layer) for one in first] != [type(one.layer) for one in second]:
        return []
    found = [place for place, pair in enumerate(zip(first, second, strict=True)) if _parts(*pair, dtype)]
    blamed = {ancestor for place in found for ancestor in _ancestors(first, place)}
    return [(first[place], second[place]) for place in found if place not in blamed]


def _parts(first: Record, second: Record, dtype: str) -> bool:
    return _alike(first.inputs, second.inputs, dtype) and not _alike(first.outputs, second.outputs, dtype)


def _alike(first: Arrays, second: Arrays, dtype: str) -> bool:
    if len(first) != len(second):
        return False
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if one is not None and other is not None]
    return agreement([one for one, _ in pairs], [other for _, other in pairs], dtype).within_rounding


def _ancestors(records: Sequence[Record], place: int) -> Iterator[int]:
    parent = records[place].parent
    while parent is not None:
        yield parent
        parent = records[parent].parent
