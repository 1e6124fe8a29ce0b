"""The probe: looks into a network on one fixed batch, in inference mode, and moves nothing that training depends on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import keras
import numpy as np

from ..core import signals
from ..core.model_profile import ModelProfile
from ..core.profile_model import profile_model
from ..core.text import NO_TEXT, Text
from .dataset import ArrayData, Data
from .failure import one_line

Signals = dict[str, dict[str, float]]
"""Numbers by signal (see ``core.signals``) and layer."""

Found = TypeVar("Found")

BATCH_ROWS = 64
SAMPLE_ROWS = 256
_MOST_BYTES = 2**25  # of the sample; rows of large pictures are fewer

_BACKEND = Text(en="No probe: it needs the TensorFlow backend.", zh="没有探针：它需要 TensorFlow 后端。")
_EAGER = Text(en="No probe: the model was compiled to run eagerly.", zh="没有探针：模型以即时模式编译。")
_OWN_STEP = Text(
    en="No probe: the model has a train_step of its own, whose loss the probe cannot know.",
    zh="没有探针：模型自定义了 train_step，探针无法得知它的损失。",
)
_FAILED = Text(en="No probe: it cannot look into this model ({why}).", zh="没有探针：无法观察这个模型的内部（{why}）。")


class ProbeRows:
    """The rows that the probe looks at, the same for a whole session.

    Args:
        data: The training data; of a stream, the first batch.
        seed: Draws the rows.
        fixed_size: The batch size that the model insists on, if any.

    Attributes:
        batch: ``(x, y)`` for gradients and activations, NumPy.
        sample: ``(x, y)`` for the loss in inference mode; None for a stream, of which a batch says too little.
    """

    def __init__(self, data: Data, seed: int, fixed_size: int | None = None) -> None:
        arrays = data if isinstance(data, ArrayData) else ArrayData(*data.example)
        most = max(1, min(SAMPLE_ROWS, int(_MOST_BYTES / max(1, arrays.nbytes / arrays.rows))))
        drawn = np.random.default_rng([seed, 0x9E3779B9]).permutation(arrays.rows)
        self.batch = arrays.take(drawn[: fixed_size or min(most, BATCH_ROWS)]).packed()[:2]
        self.sample = arrays.take(drawn[: fixed_size or most]).packed()[:2] if data is arrays else None


class Probe:
    """Measures one model. It is traced on first use; whatever goes wrong turns it off, and ``reason`` says why.

    The loss is the compiled one without sample and class weights, penalties of the layers included.

    Args:
        model: A compiled, built Keras model; the probe keeps it.
        rows: Makes the rows to look at.
        profile: What the model is; None to look itself.
        constants: Tells what a trace takes for constants; when that changes, the model is traced anew.

    Attributes:
        reason: Why it measures nothing; empty while it does.
        cost: Least seconds that a measurement took; None until one did.
        seconds_per_epoch: What an epoch of this model took lately; None until known.
    """

    def __init__(
        self,
        model: Any,
        rows: Callable[[], ProbeRows],
        profile: ModelProfile | None = None,
        constants: Callable[[], object] = lambda: None,
    ) -> None:
        self._model, self._rows, self._profile, self._constants = model, rows, profile, constants
        self._traced_with: object = None
        self._measure: Any = None
        self._read: Any = None
        self._names: list[tuple[str, str]] = []
        self.reason = _why_not(model)
        self.cost: float | None = None
        self.seconds_per_epoch: float | None = None

    @property
    def off(self) -> bool:
        """Whether it cannot measure this model."""
        return self.reason is not NO_TEXT

    @property
    def ready(self) -> bool:
        """Whether it is traced, so that it answers quickly."""
        return self._measure is not None and self._traced_with == self._constants()

    def weights(self) -> list[Any] | None:
        """Return the trained weights as they are now, for ``measure`` to compare with; no copy is made."""
        return self._or_off(self._trained_weights)

    def measure(self, before: Sequence[Any] | None = None) -> Signals | None:
        """Return what there is to see now; None when it is off.

        Args:
            before: What ``weights`` gave before the last step; None when that is not known.
        """
        return None if self.off else self._or_off(lambda: self._measured(before))

    def measure_at(self, start: Sequence[Any]) -> Signals | None:
        """Return what there was to see when all weights were ``start``; they are put back as they are.

        Args:
            start: What ``all_weights`` gave.
        """
        now = self.all_weights()
        if now is None:
            return None
        try:
            self._or_off(lambda: self._assign(start))
            return self.measure()
        finally:
            self._assign(now)

    def all_weights(self) -> list[Any] | None:
        """Return all weights as they are now, those included that training moves by other means than gradients."""
        return self._or_off(lambda: [weight.value.read_value() for weight in self._model.weights])

    def _or_off(self, act: Callable[[], Found]) -> Found | None:
        """Return what ``act`` returns; whatever goes wrong turns the probe off: it must never cost a run."""
        try:
            return act()
        except Exception as error:  # of whatever kind
            self._turn_off(_FAILED.filled(why=one_line(error)[:160]))
            return None

    def _measured(self, before: Sequence[Any] | None) -> Signals:
        if not self.ready:
            self._trace()
        numbers = self._measure(*(self._trained_weights() if before is None else before)).numpy()
        return self._by_signal(numbers, known_update=before is not None)

    def _trained_weights(self) -> list[Any]:
        read: list[Any] = self._read() if self._read is not None else [v.read_value() for v in trained(self._model)]
        return read

    def _assign(self, values: Sequence[Any]) -> None:
        for weight, value in zip(self._model.weights, values, strict=True):
            weight.value.assign(value)

    def _turn_off(self, reason: Text) -> None:
        self.reason, self._measure, self._read = reason, None, None

    def _by_signal(self, numbers: Any, *, known_update: bool) -> Signals:
        found: Signals = {}
        for (signal, layer), number in zip(self._names, numbers, strict=True):
            known = known_update or signal != signals.UPDATE_RATIO
            found.setdefault(signal, {})[layer] = float(number) if known else math.nan
        return found

    def _trace(self) -> None:
        from .probe_trace import trace, trace_reading

        rows = self._rows()
        profile = self._profile or profile_model(self._model) or ModelProfile()
        self._traced_with = self._constants()
        self._measure = trace(self._model, rows.batch, rows.sample, profile, self._names)
        self._read = trace_reading(trained(self._model))


def trained(model: Any) -> list[Any]:
    """Return the variables behind the weights that training moves by gradients."""
    return [weight.value for weight in model.trainable_weights]


def _why_not(model: Any) -> Text:
    if keras.backend.backend() != "tensorflow":
        return _BACKEND
    if model.run_eagerly:
        return _EAGER
    if any(
        getattr(type(model), name) is not getattr(keras.Model, name) for name in ("train_step", "make_train_function")
    ):
        return _OWN_STEP
    return NO_TEXT
