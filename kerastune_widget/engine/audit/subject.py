"""What an audit looks at: a model, some rows of data, and ways to call the one with the other that leave no trace."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from ...core.agreement import TOLERANCES, Agreement, agreement
from ..arrays import flatten, take
from ..dataset import ArrayData, Data
from ..template import ModelTemplate
from .kept import kept, layers_of
from .recording import Record, recording
from .recurrence import Traced, quick_recurrence
from .rereading import Rereading

Mode = Literal["predict", "call", "training"]
"""As ``model.predict`` calls a model, as ``model(x)`` does, or as a training step does."""

MODES: tuple[Mode, ...] = ("predict", "call")

Arrays = list[NDArray[Any]]


@dataclass
class Subject:
    """A model under audit and its data.

    Attributes:
        model: A built model: the user's own, which is put back after each look; or the copy made of a function.
        training: The training data.
        validation: The validation data, or None.
        rereading: Two readings of what the user's function or stream gives; None for arrays in memory.
        template: Makes compiled copies; None when the model cannot be copied or is not compiled.
        uncopied: Why there is no template.
        rows: Most rows to look at.
        seed: For whatever is drawn.
        time_steps: Sequence lengths that the person means to predict on; empty when none was given.
        unsettled: Why answers differ from call to call, "state", "random" or "default" (see ``Cause``), by mode, as
            found by the checks so far.
    """

    model: Any
    training: Data
    validation: Data | None = None
    rereading: Callable[[], Rereading] | None = None
    template: ModelTemplate | None = None
    uncopied: str = ""
    rows: int = 32
    seed: int = 0
    time_steps: tuple[int, ...] = ()
    unsettled: dict[Mode, set[str]] = field(default_factory=dict)
    _repeats: dict[Mode, bool] = field(default_factory=dict)
    _traced: Traced = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The least exact type that a layer computes in, as far as rounding is concerned."""
        used = {str(layer.compute_dtype) for layer in layers_of(self.model)} & set(TOLERANCES)
        return max(used or {"float32"}, key=lambda name: TOLERANCES[name])

    @property
    def fixed_batch_size(self) -> int | None:
        """The batch size that the model was built for, if it insists on one."""
        inputs = getattr(self.model, "inputs", None)
        return keras.tree.flatten(inputs)[0].shape[0] if inputs else None

    @property
    def recurrent(self) -> list[Any]:
        """Its recurrent layers."""
        return [layer for layer in layers_of(self.model) if isinstance(layer, keras.layers.RNN)]

    @property
    def x(self) -> Any:
        """Inputs of a few rows, nested as the model takes them."""
        return self.batch(self.fixed_batch_size or self.rows)[0]

    def batch(self, count: int, data: Data | None = None) -> tuple[Any, ...]:
        """Return the first rows ``(x[, y[, sample_weight]])``; from the first again where a fixed size asks for more.

        Args:
            count: How many; as many as there are when there are fewer, and the model takes any number.
            data: Of what; None for the training data.
        """
        source = self.training if data is None else data
        parts = source.packed() if isinstance(source, ArrayData) else source.example
        available = int(flatten(parts[0])[0].shape[0])
        fixed = self.fixed_batch_size
        wanted = count if fixed is not None else min(count, available)
        return tuple(take(part, np.arange(wanted) % available) for part in parts)

    def answer(self, x: Any, mode: Mode = "predict") -> Arrays:
        """Call the model step by step, not as a graph; return its outputs. What it moves stays moved.

        Args:
            x: Inputs, nested as the model takes them.
            mode: How to call it.
        """
        tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, x)
        with quick_recurrence(self._traced):
            outputs = self._called(tensors, mode)
        return [np.array(keras.ops.convert_to_numpy(leaf)) for leaf in flatten(outputs)]

    def _called(self, tensors: Any, mode: Mode) -> Any:
        if mode == "training":
            return self.model(tensors, training=True)
        if mode == "call":
            return self.model(tensors)
        if _has_own_predict_step(self.model):
            return self.model.predict_step((tensors,))
        return self.model(tensors, training=False)

    def recorded(self, x: Any, mode: Mode = "predict") -> tuple[Arrays, list[Record]]:
        """Return what ``answer`` does, and what each layer did for it."""
        with recording() as records:
            outputs = self.answer(x, mode)
        return outputs, records

    def agree(self, first: Arrays, second: Arrays) -> Agreement:
        """Compare outputs."""
        return agreement(first, second, self.dtype)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put the model back as it was, and Python's and NumPy's random numbers too."""
        python, numpy = random.getstate(), np.random.get_state()
        try:
            with kept(self.model):
                yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)

    def repeats_itself(self, mode: Mode) -> bool:
        """Whether two calls from the same state, seeds included, give the same."""
        if mode not in self._repeats:
            x, answers = self.x, []
            for _ in range(2):
                with self.kept():
                    answers.append(self.answer(x, mode))
            self._repeats[mode] = self.agree(*answers).within_rounding
        return self._repeats[mode]


def _has_own_predict_step(model: Any) -> bool:
    own = getattr(type(model), "predict_step", None)
    return own is not getattr(keras.Model, "predict_step", None) and keras.backend.backend() != "jax"
