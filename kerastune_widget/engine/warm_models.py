"""The tunable copies that a session keeps warm, and the choice of the loop that trains each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import keras

from ..core.text import Text
from .building import ensure_built
from .dataset import ArrayData, Dataset, example_rows
from .failure import one_line
from .keras_loop import KerasLoop
from .loop import Loop
from .memory import memory_limit
from .optimizers import OptimizerShelf
from .prepare import in_memory
from .template import ModelTemplate, Weights
from .tunable import TunableModel

LoopChoice = Literal["auto", "graph", "keras"]

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
    """Makes tunable copies when they are needed and keeps them: one as compiled, one with dropout inserted.

    Only the training thread calls it.
    """

    def __init__(
        self, template: ModelTemplate, shelf: OptimizerShelf, dataset: Dataset, seed: int, loop: LoopChoice
    ) -> None:
        self._template, self._shelf, self._seed, self._choice = template, shelf, seed, loop
        self.dataset, self._read = dataset, False
        self._made: dict[bool, tuple[TunableModel, Loop]] = {}
        self._tensors: tuple[Any, Any] | None = None

    def get(
        self, *, inserted_dropout: bool, batch_size: int, cancelled: Callable[[], bool]
    ) -> tuple[TunableModel, Loop]:
        """Return the copy and its loop, made on first use.

        Args:
            inserted_dropout: Which copy.
            batch_size: What to trace the first step for.
            cancelled: Asked while data are read into memory, whether to give up.
        """
        if not self._read:
            self.dataset = in_memory(self.dataset, cancelled)
            self._read = not cancelled()
        if inserted_dropout not in self._made:
            tunable = TunableModel(
                self._template, self._shelf, self._example(), seed=self._seed, inserted_dropout=inserted_dropout
            )
            loop = self._choose(tunable, batch_size)
            if not self._read:
                return tunable, loop  # the run ends before its first step; the next one reads anew
            self._made[inserted_dropout] = (tunable, loop)
        return self._made[inserted_dropout]

    def clear(self) -> None:
        """Let go of all copies and tensors."""
        self._made.clear()
        self._tensors = None

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
        return KerasLoop(tunable, self.dataset.training, self.dataset.validation, reason)

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
            self._tensors = (TensorData(training), None if validation is None else TensorData(validation))
        loop = GraphLoop(tunable, *self._tensors)
        loop.trace(batch_size)
        return loop
