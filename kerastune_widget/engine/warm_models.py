"""The tunable copies that a session keeps warm, and the choice of the loop that trains each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import keras
import numpy as np

from ..core.text import Text
from .building import ensure_built
from .class_weights import own_choice, weights_of
from .dataset import ArrayData, Dataset, example_rows
from .failure import one_line
from .keras_loop import KerasLoop
from .loop import Loop
from .memory import memory_limit
from .optimizers import OptimizerShelf
from .prepare import in_memory
from .structure import Structure
from .structure_input import normalization_statistics
from .structure_start import Layout, layout_of
from .template import ModelTemplate, Weights
from .tunable import TunableModel, forget_oldest
from .unseeded import UnseededDraws

LoopChoice = Literal["auto", "graph", "keras"]

MOST_WARM = 4
"""Copies kept warm: each holds its variables and its traces."""

_ASKED = Text(en="Keras loop: asked for.", zh="Keras 循环：按要求使用。")
_BACKEND = Text(
    en="Keras loop: the graph loop needs the TensorFlow backend.",
    zh="Keras 循环：图内循环需要 TensorFlow 后端。",
)
_EAGER = Text(en="Keras loop: the model was compiled to run eagerly.", zh="Keras 循环：模型以即时模式编译。")
_OWN_FIT = Text(en="Keras loop: the model has a fit() of its own.", zh="Keras 循环：模型自定义了 fit()。")
_STREAM = Text(
    en="Keras loop: the data come as a stream: made batch by batch, changing from pass to pass, or too large.",
    zh="Keras 循环：数据以流的形式到来：逐批生成、每遍不同或过大。",
)
_LARGE = Text(
    en="Keras loop: the data are too large to copy into TensorFlow.", zh="Keras 循环：数据太大，无法复制到 TensorFlow。"
)

_FIT_METHODS = ("fit", "make_train_function")


def _untraceable(error: Exception) -> Text:
    line = one_line(error)[:160]
    return Text(
        en=f"Keras loop: the training step cannot run inside the graph loop ({line}).",
        zh=f"Keras 循环：该训练步无法在图内循环中执行（{line}）。",
    )


class WarmModels:
    """Makes tunable copies when they are needed and keeps a few: one for each structure used of late.

    Only the training thread calls it.
    """

    def __init__(
        self, template: ModelTemplate, shelf: OptimizerShelf, dataset: Dataset, seed: int, loop: LoopChoice
    ) -> None:
        self._template, self._shelf, self._seed, self._choice = template, shelf, seed, loop
        self.dataset, self._read = dataset, False
        self._made: dict[Structure, tuple[TunableModel, Loop]] = {}
        self._layouts: dict[Structure, Layout] = {}
        self._statistics: Weights | None = None
        self._tensors: tuple[Any, Any] | None = None
        self.unseeded = UnseededDraws()

    def like(self) -> WarmModels:
        """Return another one with copies of its own, that shares the data with this one."""
        other = WarmModels(self._template, self._shelf, self.dataset, self._seed, self._choice)
        other._read, other._tensors, other._statistics = self._read, self._tensors, self._statistics
        return other

    def get(
        self,
        structure: Structure,
        *,
        batch_size: int,
        cancelled: Callable[[], bool],
        goes_on_from: Weights | None = None,
    ) -> tuple[TunableModel, Loop]:
        """Return the copy and its loop, made on first use.

        Args:
            structure: Which copy.
            batch_size: What to trace the first step for.
            cancelled: Asked while data are read into memory, whether to give up.
            goes_on_from: The weights that training goes on from; None for a fresh run.
        """
        self.read(cancelled)
        key, statistics = structure.traced, self._statistics_for(structure, goes_on_from, cancelled)
        if key in self._made and not _equal(self._made[key][0].statistics, statistics):
            del self._made[key]  # the log of other data: its traces hold other numbers as constants
        if key not in self._made:
            tunable = TunableModel(
                self._template,
                self._shelf,
                self._example(),
                seed=self._seed,
                structure=structure,
                statistics=statistics,
                unseeded=self.unseeded,
            )
            loop = self._choose(tunable, batch_size)
            if not self._read or cancelled():
                return tunable, loop  # the run ends before its first step; the next one reads anew
            self._made[key] = (tunable, loop)
            forget_oldest(self._made, MOST_WARM, keep=key)
        return self._made[key]

    def read(self, cancelled: Callable[[], bool]) -> Dataset:
        """Return the data set, read into memory where that can be; afterwards it is.

        Args:
            cancelled: Asked while data are read, whether to give up.
        """
        if not self._read:
            self.dataset = in_memory(self.dataset, cancelled)
            self._read = not cancelled()
        return self.dataset

    def _statistics_for(self, structure: Structure, weights: Weights | None, cancelled: Callable[[], bool]) -> Weights:
        if not structure.normalization:
            return []
        if weights is None:
            return self.statistics(cancelled)
        return [weight for slot, weight in zip(self.layout(structure), weights, strict=True) if slot.is_statistic]

    def statistics(self, cancelled: Callable[[], bool] = lambda: False) -> Weights:
        """Return the weights of a Normalization layer that has seen all training rows.

        Args:
            cancelled: Asked while a stream is read, whether to give up.
        """
        if self._statistics is None:
            shape = self._template.built_example(self._example()[0]).inputs[0].shape
            measured = normalization_statistics(shape, self.dataset.training, cancelled)
            if cancelled():
                return measured
            self._statistics = measured
        return self._statistics

    def layout(self, structure: Structure) -> Layout:
        """Return what each weight of a copy is; without a copy that trains."""
        key = structure.traced
        if key in self._made:
            return self._made[key][0].layout
        if key not in self._layouts:
            x = self._example()[0]
            model, origins = self._template.make(self._seed, key, x=x)
            ensure_built(model, x)
            self._layouts[key] = layout_of(model, origins)
        return self._layouts[key]

    def clear(self) -> None:
        """Let go of all copies and tensors."""
        self._made.clear()
        self._layouts.clear()
        self._tensors = None

    def own_weights(self) -> Weights:
        """Return the weights that the user's model came with; of one that had none, those drawn for the session."""
        own = self._template.came_with
        return self.draw_weights(self._seed) if own is None else own

    def draw_weights(self, seed: int) -> Weights:
        """Return initial weights drawn under ``seed``; what is frozen or was adapted to data keeps its values."""
        model = self._template.fresh(seed)
        ensure_built(model, self._example()[0])
        drawn: Weights = model.get_weights()
        own = self._template.came_with
        if own is None:
            return drawn
        layers = model._flatten_layers(include_self=False)
        kept = {id(w) for layer in layers if not layer.trainable or hasattr(layer, "adapt") for w in layer.weights}
        return [old if id(w) in kept else new for w, old, new in zip(model.weights, own, drawn, strict=True)]

    def _example(self) -> Any:
        return example_rows(self._template.fixed_batch_size, self.dataset.training)

    def _choose(self, tunable: TunableModel, batch_size: int) -> Loop:
        reason = self._why_not_graph(tunable)
        if reason is None:
            try:
                return self._graph_loop(tunable, batch_size)
            except Exception as error:  # whatever tracing raises, fit may still manage; if not, fit says why
                if self._choice == "graph":
                    raise
                reason = _untraceable(error)
        weights = weights_of(self.dataset)
        return KerasLoop(tunable, self.dataset.training, self.dataset.validation, reason, weights)

    def _why_not_graph(self, tunable: TunableModel) -> Text | None:
        parts = [part for part in (self.dataset.training, self.dataset.validation) if part is not None]
        if self._choice == "keras":
            return _ASKED
        if keras.backend.backend() != "tensorflow":
            return _BACKEND
        if tunable.model.run_eagerly:
            return _EAGER
        if any(getattr(type(tunable.model), name) is not getattr(keras.Model, name) for name in _FIT_METHODS):
            return _OWN_FIT
        sizes = [part.nbytes for part in parts if isinstance(part, ArrayData)]
        if len(sizes) < len(parts):
            return _STREAM
        return _LARGE if sum(sizes) > memory_limit() else None

    def _graph_loop(self, tunable: TunableModel, batch_size: int) -> Loop:
        from .graph_loop import GraphLoop, TensorData

        if self._tensors is None:
            training, validation = self.dataset.training, self.dataset.validation
            assert isinstance(training, ArrayData) and (validation is None or isinstance(validation, ArrayData))
            weights = weights_of(self.dataset)
            self._tensors = (TensorData(training, weights), None if validation is None else TensorData(validation))
        loop = GraphLoop(tunable, *self._tensors)
        loop.trace(batch_size, own_choice(self.dataset))
        return loop


def _equal(first: Weights, second: Weights) -> bool:
    return len(first) == len(second) and all(np.array_equal(*pair) for pair in zip(first, second, strict=True))
