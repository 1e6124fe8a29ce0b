"""The same events around ``model.fit``, for what the graph loop can't take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .class_weights import Weights
from .dataset import ArrayData, Data, steps_per_epoch
from .loop import Chunk, Epoch, Tick
from .seeding import epoch_order
from .tunable import TunableModel, mean_metrics

_PUBLISH_SECONDS = 0.05


class ArrayBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Arrays in batches, in our own order, so that a seed means the same on both loops."""

    def __init__(self, data: ArrayData, epoch: Epoch) -> None:
        super().__init__()
        self._data, self._size, self._first = data, epoch.batch_size, epoch.first_step
        self._order = epoch_order(data.rows, seed=epoch.seed, epoch=epoch.number, shuffle=epoch.shuffle)

    def __len__(self) -> int:
        return math.ceil(self._data.rows / self._size) - self._first

    def __getitem__(self, index: int) -> Any:
        start = (index + self._first) * self._size
        return self._data.take(self._order[start : start + self._size]).packed()


class KerasLoop:
    """Trains a tunable model with ``fit``, an epoch a call.

    Args:
        tunable: What to train.
        training: The training data, arrays or a stream.
        validation: The validation data, or None.
        reason: Why not the graph loop.
        weights: Tells the weights of the training rows by choice; None when the data's own are the only ones.
    """

    kind: Literal["keras"] = "keras"

    def __init__(
        self,
        tunable: TunableModel,
        training: Data,
        validation: Data | None,
        reason: Text,
        weights: Weights | None = None,
    ) -> None:
        self._tunable, self._training, self._validation = tunable, training, validation
        self.reason, self._weights = reason, weights

    def begin(self) -> None:
        """Nothing to get ready."""

    def steps_per_epoch(self, batch_size: int) -> int | None:
        """Return the steps in one epoch; None when the stream does not tell."""
        return steps_per_epoch(self._training, batch_size)

    def seconds_per_step(self, batch_size: int) -> None:
        """Return None: steps of ``fit`` are not timed here."""

    def train(self, epoch: Epoch, tick: Tick) -> dict[str, float] | None:
        """Train one epoch with ``fit``; ``tick`` runs in its callback."""
        callback = _TickCallback(tick, self._rows_after(epoch), self._kept_metrics(epoch), self._scheduled(epoch))
        steps = self.steps_per_epoch(epoch.batch_size)
        if epoch.before_last is not None and steps is not None:
            callback.call_before(steps - epoch.first_step - 1, epoch.before_last)
        callback.most_steps = epoch.ends_before
        optimizer = self._tunable.model.optimizer
        finalize = optimizer.finalize_variable_values
        optimizer.finalize_variable_values = lambda *_: None  # averaged weights are for the end of a run, not an epoch
        try:
            history = self._tunable.model.fit(
                self._batches(epoch),
                epochs=epoch.number + 1,
                initial_epoch=epoch.number,
                shuffle=False,
                verbose=0,
                callbacks=[callback],
            )
        finally:
            optimizer.finalize_variable_values = finalize
        if not callback.flush() and epoch.first_step + callback.steps != self.steps_per_epoch(epoch.batch_size):
            return None
        return {name: float(values[-1]) for name, values in history.history.items()}

    def validate(self, batch_size: int, tick: Tick) -> dict[str, float] | None:
        """Evaluate on the validation data."""
        data = self._validation
        if data is None:
            return {}
        stop = _StopCallback(tick)
        if isinstance(data, ArrayData):
            names = ("x", "y", "sample_weight")
            arguments: dict[str, Any] = dict(zip(names, data.packed(), strict=False)) | {"batch_size": batch_size}
        else:
            arguments = {"x": data.batches(None)}
        try:
            logs = self._tunable.model.evaluate(**arguments, verbose=0, return_dict=True, callbacks=[stop])
        except _Interrupted:
            return None
        return _numbers(logs)

    def _rows_after(self, epoch: Epoch) -> Callable[[int], int]:
        """Rows of the epoch seen after so many steps of ``fit``; a stream's last batch is taken for a full one."""
        size = epoch.batch_size
        if isinstance(self._training, ArrayData):
            rows = self._training.rows
            return lambda steps: min((epoch.first_step + steps) * size, rows)
        return lambda steps: steps * size

    def _kept_metrics(self, epoch: Epoch) -> list[NDArray[Any]]:
        """The metrics of an epoch that is entered in the middle: ``fit`` would begin them anew."""
        if epoch.first_step == 0 or not isinstance(self._training, ArrayData):
            return []
        return [np.array(keras.ops.convert_to_numpy(v)) for v in self._tunable.model.metrics_variables]

    def _scheduled(self, epoch: Epoch) -> Callable[[int], None] | None:
        """What sets the rate before a step of ``fit``; None when it stays as it is."""
        if epoch.schedule is None:
            return None
        steps, momentum = self.steps_per_epoch(epoch.batch_size), self._tunable.momentum_variable
        factors, momenta = epoch.factors(steps), epoch.momenta(steps)

        def set_rate(step: int) -> None:
            place = min(epoch.first_step + step, len(factors) - 1)
            self._tunable.rate_variable.assign(self._tunable.rates(factors[place : place + 1])[0])
            if momenta is not None and momentum is not None:
                momentum.assign(momenta[place])

        return set_rate

    def _batches(self, epoch: Epoch) -> Any:
        if not isinstance(self._training, ArrayData):
            return self._training.batches(epoch.batch_size)
        weights = self._training.sample_weight if self._weights is None else self._weights(epoch.class_weight)
        return ArrayBatches(replace(self._training, sample_weight=weights), epoch)


class _Interrupted(Exception):
    """Ends an evaluation early; never leaves this file."""


class _StopCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Lets Stop and Pause act while a long evaluation runs."""

    def __init__(self, tick: Tick) -> None:
        super().__init__()
        self._tick, self._last = tick, time.perf_counter()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Let commands act now and then."""
        if time.perf_counter() - self._last > _PUBLISH_SECONDS:
            self._last = time.perf_counter()
            if not self._tick(None):
                raise _Interrupted


class _TickCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Turns Keras's running means into batch values and ticks about 20 times a second."""

    def __init__(
        self,
        tick: Tick,
        rows_after: Callable[[int], int],
        kept_metrics: list[NDArray[Any]],
        set_rate: Callable[[int], None] | None,
    ) -> None:
        super().__init__()
        self._tick, self._rows_after, self._kept_metrics = tick, rows_after, kept_metrics
        self._set_rate = set_rate
        self._means: set[str] = set()
        self._rows: list[dict[str, float]] = []
        self._rates: list[float] = []
        self._before: dict[str, float] = {}
        self._last, self._alive = 0.0, True
        self._awaited: tuple[int, Callable[[], None]] | None = None
        self.steps = 0
        self.most_steps: int | None = None

    def call_before(self, step: int, act: Callable[[], None]) -> None:
        """Have ``act`` called before a step of this epoch, counted from 0."""
        self._awaited = (step, act)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Take the metrics up again in the middle of an epoch, after ``fit`` has reset them."""
        self._means = {"loss", *mean_metrics(self.model)}
        if self._kept_metrics:
            for variable, value in zip(self.model.metrics_variables, self._kept_metrics, strict=True):
                variable.assign(value)
            self._before = _numbers(self.model.get_metrics_result())

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate that is scheduled, and note that of the step; a schedule of the model's moves on after it."""
        if self._awaited is not None and self._awaited[0] == batch:
            self._awaited[1]()
        if self._set_rate is not None:
            self._sync()
            self._set_rate(batch)
        self._rates.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take down a step."""
        running = _numbers(logs or {})
        seen, now = self._rows_after(batch), self._rows_after(batch + 1)
        values = {
            name: (mean * now - self._before.get(name, 0.0) * seen) / (now - seen) if name in self._means else mean
            for name, mean in running.items()
        }
        self._rows.append(values)
        self._before = running
        self.steps += 1
        if time.perf_counter() - self._last >= _PUBLISH_SECONDS:
            self.flush()
        if self.steps == self.most_steps:
            self.model.stop_training = True

    def flush(self) -> bool:
        """Hand over what was taken down; return False when training is to end."""
        if self._alive:
            self._sync()
            self._alive = self._tick(self._chunk() if self._rows else None)
            self.model.stop_training = not self._alive
        self._rows, self._rates, self._last = [], [], time.perf_counter()
        return self._alive

    def _sync(self) -> None:
        """Let JAX write its state back, so that a variable can be read and assigned."""
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()

    def _chunk(self) -> Chunk:
        names = self._rows[-1]
        values = {name: np.array([row.get(name, math.nan) for row in self._rows]) for name in names}
        return Chunk(values, np.array(self._rates))


def _numbers(logs: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in logs.items() if np.ndim(value) == 0}
