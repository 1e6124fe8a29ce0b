"""The training loop inside the TensorFlow graph: a chunk of ``model.train_step`` in one ``tf.function``.

Bit for bit equal to ``fit(shuffle=False)`` on the same rows in the same order, several times faster on small models
(no Python between steps), and the learning rate comes in as a vector, so moving it costs nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ..core.text import Text
from .class_weights import Weights
from .dataset import ArrayData
from .loop import Chunk, Epoch, Tick
from .pace import Pace
from .seeding import epoch_order
from .tunable import MOST_KEPT, TunableModel, forget_oldest, mean_metrics

_REASON = Text(
    en="Graph loop: the data fit in memory, so whole chunks of steps run inside TensorFlow.",
    zh="图内循环：数据可放入内存，整段训练步都在 TensorFlow 图内执行。",
)
_RATE = "learning rate"  # with a space: no metric can be called so


class TensorData:
    """Arrays as tensors, made once for a session and shared by all its loops.

    Args:
        data: The arrays.
        weights: Tells the weights of the rows by choice; None when the data's own are the only ones.
    """

    def __init__(self, data: ArrayData, weights: Weights | None = None) -> None:
        self.rows, self._weights = data.rows, weights
        self.packed = keras.tree.map_structure(tf.convert_to_tensor, data.packed())
        self._weighted: dict[str, TensorData] = {}

    def weighted(self, choice: str) -> TensorData:
        """Return the same rows, weighted as the control ``class_weight`` says."""
        if self._weights is None:
            return self
        if choice not in self._weighted:
            made, weights = copy(self), self._weights(choice)
            own = () if weights is None else (keras.tree.map_structure(tf.convert_to_tensor, weights),)
            made.packed = (*self.packed[:2], *own)
            self._weighted[choice] = made
        return self._weighted[choice]

    def batch(self, rows: Any) -> Any:
        """Return the given rows of every tensor."""
        return keras.tree.map_structure(lambda tensor: tf.gather(tensor, rows), self.packed)


class GraphLoop:
    """Trains a tunable model on data in memory.

    Args:
        tunable: What to train.
        training: The training data.
        validation: The validation data, or None.
    """

    kind: Literal["graph"] = "graph"
    reason = _REASON

    def __init__(self, tunable: TunableModel, training: TensorData, validation: TensorData | None) -> None:
        self._tunable, self._training, self._validation = tunable, training, validation
        self._train_chunks: dict[Any, _TracedChunk] = {}
        self._validation_chunks: dict[Any, _TracedChunk] = {}
        self.pace, self._validation_pace = Pace(), Pace()

    def trace(self, batch_size: int, class_weight: str) -> None:
        """Trace the training step now, to learn whether it can run inside the graph."""
        self._train_chunk(batch_size, class_weight).trace()

    def begin(self) -> None:
        """Take a short first chunk, so that the first point shows soon."""
        self.pace.begin_run()

    def steps_per_epoch(self, batch_size: int) -> int:
        """Return the steps in one epoch, a partial last batch included."""
        return math.ceil(self._training.rows / batch_size)

    def seconds_per_step(self, batch_size: int) -> float | None:
        """Return how long a step takes, as far as training has shown; None when it has not."""
        return self.pace.known(batch_size)

    def train(self, epoch: Epoch, tick: Tick) -> dict[str, float] | None:
        """Train one epoch in chunks; between two of them, ``tick``."""
        order = epoch_order(self._training.rows, seed=epoch.seed, epoch=epoch.number, shuffle=epoch.shuffle)
        rows, total = tf.constant(order), self.steps_per_epoch(epoch.batch_size)
        factors, momenta = epoch.factors(total), epoch.momenta(total)
        step, table = epoch.first_step, None
        total = total if epoch.ends_before is None else min(total, epoch.ends_before)
        while step < total:
            steps = self.pace.steps(epoch.batch_size, total - step)
            alone = epoch.before_last is not None and step == total - 1
            if epoch.before_last is not None:
                steps = min(steps, max(1, total - step - 1))
                if alone:
                    epoch.before_last()
            chunk = self._train_chunk(epoch.batch_size, epoch.class_weight)
            coming = slice(step, step + steps)
            rates = self._tunable.rates(factors[coming])
            pace = Pace() if alone else self.pace  # a single step tells little of the time that many take
            table = chunk.run(pace, rows, step, epoch.batch_size, rates, None if momenta is None else momenta[coming])
            step += steps
            if not tick(chunk.chunk(table)) and step < total:
                return None
        return self._train_chunk(epoch.batch_size, epoch.class_weight).logs(table) if table is not None else {}

    def validate(self, batch_size: int, tick: Tick) -> dict[str, float] | None:
        """Evaluate in chunks; between two of them, ``tick``."""
        if self._validation is None:
            return {}
        chunk = self._chunk_for_validation(self._validation, batch_size)
        rows = tf.range(self._validation.rows)
        total, step, table = math.ceil(self._validation.rows / batch_size), 0, None
        while step < total:
            steps = self._validation_pace.steps(batch_size, total - step)
            table = chunk.run(self._validation_pace, rows, step, batch_size, np.zeros(steps))
            step += steps
            if step < total and not tick(None):
                return None
        return chunk.logs(table) if table is not None else {}

    def _train_chunk(self, batch_size: int, class_weight: str) -> _TracedChunk:
        size, data = _static_size(self._training.rows, batch_size), self._training.weighted(class_weight)
        key = (self._tunable.trace_key, size, id(data))
        if key not in self._train_chunks:
            self._train_chunks[key] = _TracedChunk(partial(self._train_function, data, size))
            forget_oldest(self._train_chunks, MOST_KEPT, keep=None)
        return self._train_chunks[key]

    def _chunk_for_validation(self, data: TensorData, batch_size: int) -> _TracedChunk:
        size = _static_size(data.rows, batch_size)
        key = (self._tunable.penalized, size)
        if key not in self._validation_chunks:
            self._validation_chunks[key] = _TracedChunk(partial(self._validation_function, size))
            forget_oldest(self._validation_chunks, MOST_KEPT, keep=None)
        return self._validation_chunks[key]

    def _train_function(self, data: TensorData, static_size: int | None, names: list[str]) -> Any:
        model, rate, momentum = self._tunable.model, self._tunable.rate_variable, self._tunable.momentum_variable
        watched = mean_metrics(model)

        @tf.autograph.experimental.do_not_convert
        def take_step(batch: Any) -> dict[str, Any]:
            before = {name: (mean.total + 0.0, mean.count + 0.0) for name, mean in watched.items()}
            logs = model.train_step(batch)
            last = model._loss_tracker.last
            values = {"loss": logs["loss"] if last is None else last}
            for name, mean in watched.items():
                if name in logs:
                    total, count = before[name]
                    values[name] = tf.math.divide_no_nan(mean.total - total, mean.count - count)
            return _row(values, logs)

        if model.jit_compile:
            take_step = tf.function(take_step, jit_compile=True, reduce_retracing=True)

        @tf.autograph.experimental.do_not_convert
        def train_step(batch: Any, learning_rate: Any, moved: Any) -> dict[str, Any]:
            rate.assign(learning_rate)
            if momentum is not None:
                momentum.assign(moved)
            current = tf.cast(tf.convert_to_tensor(model.optimizer.learning_rate), tf.float32)
            return {_RATE: current, **take_step(batch)}

        return _chunk_function(data, train_step, static_size, names, model.reset_metrics)

    def _validation_function(self, static_size: int | None, names: list[str]) -> Any:
        model = self._tunable.model

        @tf.autograph.experimental.do_not_convert
        def test_step(batch: Any, *_: Any) -> dict[str, Any]:
            return _row({}, model.test_step(batch))

        if model.jit_compile:
            test_step = tf.function(test_step, jit_compile=True, reduce_retracing=True)
        assert self._validation is not None
        return _chunk_function(self._validation, test_step, static_size, names, model.reset_metrics)


class _TracedChunk:
    """One traced function, with the names of the columns that it returns."""

    def __init__(self, make: Callable[[list[str]], Any]) -> None:
        self._names: list[str] = []
        self._make = make
        self._function: Any = None

    def run(
        self, pace: Pace, rows: Any, first: int, batch_size: int, rates: Any, momenta: Any = None
    ) -> NDArray[np.float32]:
        """Take as many steps as there are rates; return a table of shape (steps, columns), float32."""
        self.trace()
        start = time.perf_counter()
        vectors = np.asarray(rates, np.float32), np.zeros(len(rates)) if momenta is None else momenta
        table: NDArray[np.float32] = self._function(
            rows, np.int32(first), np.int32(batch_size), *vectors, np.bool_(first == 0)
        ).numpy()
        pace.measured(batch_size, len(rates), time.perf_counter() - start)
        return table

    def trace(self) -> None:
        """Trace unless that was done."""
        if self._function is None:
            function = self._make(self._names)
            function.get_concrete_function()
            self._function = function

    def chunk(self, table: NDArray[np.float32]) -> Chunk:
        """Return the per-step values of a table."""
        columns = {name: table[:, index].astype(np.float64) for index, name in enumerate(self._names)}
        values = {name[len("step ") :]: column for name, column in columns.items() if name.startswith("step ")}
        return Chunk(values, columns[_RATE])

    def logs(self, table: NDArray[np.float32]) -> dict[str, float]:
        """Return Keras's running logs after the last step of a table."""
        return {
            name[len("log ") :]: float(table[-1, index])
            for index, name in enumerate(self._names)
            if name.startswith("log ")
        }


def _static_size(rows: int, batch_size: int) -> int | None:
    """Return the batch size when all batches have it.

    ``fit`` then traces it as a constant, and TensorFlow may order sums otherwise than with an open size.
    """
    return batch_size if rows % batch_size == 0 else None


def _chunk_function(
    data: TensorData,
    take_step: Callable[..., Any],
    static_size: int | None,
    names: list[str],
    reset_metrics: Callable[[], None],
) -> Any:
    """Return a ``tf.function`` that takes as many steps as there are rates.

    The signature leaves the number of steps open, so that no chunk length traces again.
    """

    @tf.function(
        input_signature=[
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((), tf.int32),
            tf.TensorSpec((), tf.int32),
            tf.TensorSpec((None,), tf.float32),
            tf.TensorSpec((None,), tf.float64),
            tf.TensorSpec((), tf.bool),
        ]
    )
    def run_chunk(rows: Any, first: Any, batch_size: Any, rates: Any, momenta: Any, fresh: Any) -> Any:
        if fresh:
            reset_metrics()
        steps = tf.shape(rates)[0]
        table = tf.TensorArray(tf.float32, steps)
        for step in tf.range(steps):
            start = (first + step) * batch_size
            taken = rows[start : tf.minimum(start + batch_size, tf.shape(rows)[0])]
            if static_size is not None:
                taken.set_shape((static_size,))
            row = take_step(data.batch(taken), rates[step], momenta[step])
            names[:] = list(row)
            table = table.write(step, tf.stack([tf.cast(value, tf.float32) for value in row.values()]))
        return table.stack()

    return run_chunk


def _row(values: dict[str, Any], logs: dict[str, Any]) -> dict[str, Any]:
    """Name the columns: "step …" for what this batch gave, "log …" for Keras's running values."""
    logs = {name: value for name, value in logs.items() if tf.convert_to_tensor(value).shape.rank == 0}
    steps = {**logs, **values} if values else {}
    return {
        **{f"step {name}": value for name, value in steps.items()},
        **{f"log {name}": value for name, value in logs.items()},
    }
