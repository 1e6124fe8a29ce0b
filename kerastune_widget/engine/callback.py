"""The diagnosis in a plain ``fit``: a Keras callback that watches, measures and says what it finds."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

import keras
import numpy as np

from ..core.diagnosis import SEVERITIES, Diagnosis, Finding, Severity
from ..core.events import EpochEnded, RunEnded, RunStarted, RunStatus, StepsEnded
from ..core.history import History
from ..core.profile_data import profile_any
from ..core.profile_model import profile_model
from ..core.reading import diagnose
from ..core.report import report_text
from ..core.text import NO_TEXT, Language, Text
from ..errors import HyperparameterError
from .batch_means import BatchMeans
from .dataset import ArrayData, Data, read_data
from .failure import one_line
from .probe import Probe, ProbeRows
from .recorder import Recorder
from .run_probe import RunProbe
from .seeding import seeded

logger = logging.getLogger(__name__)

_SHARE = 0.02  # of the time so far that diagnosing between epochs may take, unless `every` asks for more
_USUAL_BATCHES = (32, 64, 128, 256, 16, 8, 512, 1024, 4, 2, 1, 2048)

_STOP_ON = Text(
    en='stop_on must be "problem", "warning" or None; received {received!r}.',
    zh='stop_on 必须是 "problem"、"warning" 或 None；收到的是 {received!r}。',
)
_EVERY = Text(
    en="every must be a whole number of epochs, 1 or more, or None; received {received!r}.",
    zh="every 必须是不小于 1 的整数（轮数）或 None；收到的是 {received!r}。",
)
_NEWS = Text(en="[kerastune] After epoch {epoch}:", zh="[kerastune] 第 {epoch} 轮之后：")
_AT_FIRST = Text(en="[kerastune] Before training:", zh="[kerastune] 训练之前：")
_AT_LAST = Text(
    en="[kerastune] Diagnosis at the end (epochs trained: {epochs}):", zh="[kerastune] {epochs} 轮之后的诊断："
)
_NO_LOSS = Text(
    en="[kerastune] The training step reports no 'loss', so that its curves cannot be diagnosed.",
    zh="[kerastune] 训练步骤没有报告 loss，无法诊断其曲线。",
)
_STOPPED = Text(
    en='[kerastune] Training stops here, as stop_on="{severity}" asks for.',
    zh='[kerastune] 按 stop_on="{severity}" 的要求，训练到此停止。',
)
_NO_DATA = Text(
    en="[kerastune] data could not be read, so it is left out of the diagnosis: {why}",
    zh="[kerastune] 无法读取 data，诊断将不考虑数据：{why}",
)

Method = TypeVar("Method", bound=Callable[..., None])


def _harmless(method: Method) -> Method:
    """Let whatever goes wrong in ``method`` go into Python's log: it must not disturb training."""

    @wraps(method)
    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception:
            logger.warning("DiagnosisCallback.%s failed; training goes on.", method.__name__, exc_info=True)

    return cast(Method, watched)


class DiagnosisCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Diagnoses a plain ``model.fit`` while it trains, in any script.

    Prints each new warning or problem once, after the epoch that showed it, and the whole diagnosis at the end, root
    causes first. It changes nothing: weights, random numbers and logs are those of a ``fit`` without it. With data, it
    also looks into the network now and then (gradients, dead units, the loss in inference mode; TensorFlow backend),
    in up to 3% of the time. The loss that it measures so has no sample or class weights.

    Args:
        data: What ``fit`` trains on: ``(x, y)`` of arrays (with ``validation_split``, all but the last part), or a
            ``tf.data.Dataset`` (one that shuffles goes on from another order once it has been looked at). None: curves
            and model only.
        validation_data: What it validates on, likewise.
        language: "en" or "zh", of what is printed.
        every: Diagnose after every so many epochs; None for as often as costs next to nothing.
        print: Whether to print; else read ``findings``.
        stop_on: "problem" or "warning" stops training once a finding is that bad; None never does.

    Raises:
        HyperparameterError: For a ``stop_on`` or ``every`` that is none of these.

    Example:
        >>> diagnosis = kt.DiagnosisCallback(data=(x, y))
        >>> model.fit(x, y, validation_split=0.2, epochs=20, callbacks=[diagnosis])
        >>> diagnosis.findings[0].advice()
    """

    def __init__(
        self,
        data: Any = None,
        validation_data: Any = None,
        *,
        language: Language = "en",
        every: int | None = None,
        print: bool = True,
        stop_on: Severity | None = None,
    ) -> None:
        super().__init__()
        NO_TEXT.get(language)  # refuses an unknown language
        if stop_on not in ("problem", "warning", None):
            raise HyperparameterError(_STOP_ON.filled(received=stop_on))
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise HyperparameterError(_EVERY.filled(received=every))
        self._data, self._validation = data, validation_data
        self._language, self._every, self._prints, self._stop_on = language, every, print, stop_on
        self._profile: Any = None
        self._unbuilt = False
        self._looked_at: Any = None
        self._rows: Data | None = None
        self._probe: Probe | None = None
        self._probed: Any = None
        self._note_weights: Callable[[], None] | None = None
        self._steps = BatchMeans()
        self._rates: list[float] = []
        self._first_epoch: int | None = None
        self._steps_per_epoch: int | None = None
        self._said: dict[str, int] = {}
        self._begin_anew(planned=None)

    # ---------------------------------------------------------------- what it found

    @property
    def findings(self) -> Diagnosis:
        """What there is to say of the training so far, root causes first."""
        record = self.history()
        if self._lossless(record):
            record = History(model=record.model, data=record.data)
        if not record.epochs and record.model is None and record.data is None:
            return Diagnosis()
        return diagnose(record)

    def history(self) -> History:
        """Return the numbers of the training so far: curves, steps, signals of the probe, model and data."""
        return self._with_settings(self._recorder.history())

    # ---------------------------------------------------------------- what Keras calls

    @_harmless
    def on_train_begin(self, logs: Any = None) -> None:
        """Look at model and data, and measure the start."""
        self._begin_anew(planned=(self.params or {}).get("epochs"))
        self._profile = profile_model(self.model)
        self._read_data()
        self._run_probe = RunProbe(self._probe_of_model(), 1, self._recorder.add)
        self._unbuilt = not (self.model.built and self.model.weights)
        if not self._unbuilt:  # else it gets its weights in its first step
            self._run_probe.begin()
            self._run_probe.chunk_ended()
        self._began = time.perf_counter()
        self._say_news(self.findings, _AT_FIRST)

    @_harmless
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the rate, and whether this epoch will be probed."""
        self._first_epoch = epoch if self._first_epoch is None else self._first_epoch
        self._rates.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))
        self._steps.begin()
        remaining = max(1, (self._planned or 1) - epoch)
        self._note_weights = self._run_probe.choose(time.perf_counter() - self._began, remaining)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Note the weights before an epoch's last step."""
        last = (self.params or {}).get("steps") or self._steps_per_epoch
        if self._note_weights is not None and last and batch == last - 1:
            self._note_before_last()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the loss of the batch."""
        self._steps.add(batch, logs)

    @_harmless
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Take down the epoch, look into the network, and say what is new."""
        self._tell_steps()
        if self._unbuilt:
            self._unbuilt, self._profile = False, profile_model(self.model)
        self._run_probe.epoch_ended(self._epochs + 1)
        numbers = {name: float(value) for name, value in (logs or {}).items() if np.ndim(value) == 0}
        self._recorder.add(EpochEnded(1, epoch=self._epochs, last_step=self._taken, logs=numbers))
        self._epochs += 1
        if self._is_due():
            self._diagnose_now(_NEWS.filled(epoch=epoch + 1))

    @_harmless
    def on_train_end(self, logs: Any = None) -> None:
        """Say the whole diagnosis."""
        self._recorder.add(RunEnded(1, status=self._how_it_ended(logs)))
        if self._prints and self._lossless(self.history()):
            self._say(_NO_LOSS.get(self._language))
        elif self._prints:
            findings, head = self.findings, _AT_LAST.get(self._language, epochs=self._epochs)
            self._say(f"{head}\n{report_text(findings, self._language)}")

    # ---------------------------------------------------------------- how it is done

    def _begin_anew(self, planned: int | None) -> None:
        self._planned = planned
        self._recorder = Recorder({"epochs": planned or 1}, {})
        self._recorder.add(RunStarted(1, epochs=planned or 1, loop="keras"))
        self._run_probe = RunProbe(None, 1, self._recorder.add)
        self._note_weights = None
        self._steps, self._rates = BatchMeans(), []
        self._first_epoch = self._steps_per_epoch = None
        self._epochs = self._taken = 0
        self._said = {}
        self._began, self._diagnosing = time.perf_counter(), 0.0

    def _read_data(self) -> None:
        if self._data is None or self._looked_at is not None:
            return
        with seeded(0):  # a generator of the user's may draw from Python's and NumPy's numbers
            self._looked_at = profile_any(self._data, self._validation)
            try:
                self._rows = read_data(self._data, "data", model=self.model)
            except Exception as error:  # a data set of whatever kind that fit can read
                if self._looked_at is None and self._prints:
                    self._say(_NO_DATA.get(self._language, why=one_line(error)))

    def _probe_of_model(self) -> Probe | None:
        rows = self._rows
        if rows is None:
            return None
        if self._probe is None or self._probed is not self.model:
            inputs = getattr(self.model, "inputs", None)
            fixed = keras.tree.flatten(inputs)[0].shape[0] if inputs else None
            self._probe, self._probed = Probe(self.model, lambda: ProbeRows(rows, 0, fixed)), self.model
        return self._probe

    @_harmless
    def _note_before_last(self) -> None:
        if self._note_weights is not None and getattr(self.model, "steps_per_execution", 1) == 1:
            self._note_weights()

    def _tell_steps(self) -> None:
        values = self._steps.values()
        count = self._steps.count
        self._steps_per_epoch = count
        if values and getattr(self.model, "steps_per_execution", 1) == 1:
            rates = np.full(count, self._rates[-1] if self._rates else math.nan)
            self._recorder.add(StepsEnded(1, self._taken, self._epochs, values, rates))
        self._taken += count

    def _with_settings(self, record: History) -> History:
        settings: dict[str, Any] = {"epochs": self._planned} if self._planned else {}
        if size := self._batch_size():
            settings["batch_size"] = size
        facts: dict[str, Any] = {"scheduled": True} if self._is_scheduled() else {}
        known = {"model": self._profile, "data": self._looked_at, "planned_epochs": self._planned}
        return replace(record, hyperparameters=settings, facts=facts, **known)

    @staticmethod
    def _lossless(record: History) -> bool:
        """Whether a training step of the user's own never told its loss."""
        return bool(record.epochs) and "loss" not in record.epochs

    def _is_scheduled(self) -> bool:
        optimizer = getattr(self.model, "optimizer", None)
        own = getattr(optimizer, "_learning_rate", None)
        return isinstance(own, keras.optimizers.schedules.LearningRateSchedule) or len(set(self._rates)) > 1

    def _batch_size(self) -> int | None:
        """Return the batch size that steps and rows tell; None when they leave it open."""
        steps = (self.params or {}).get("steps") or self._steps_per_epoch
        rows = self._rows
        if rows is None or not steps:
            return None
        if not isinstance(rows, ArrayData):
            return rows.batch_size
        return next((size for size in _USUAL_BATCHES if math.ceil(rows.rows / size) == steps), None)

    def _how_it_ended(self, logs: Any) -> RunStatus:
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            return "diverged"
        return (
            "finished" if self._planned is None or self._first_epoch is None or self._reached_its_end() else "stopped"
        )

    def _reached_its_end(self) -> bool:
        return (self._first_epoch or 0) + self._epochs >= (self._planned or 0)

    def _is_due(self) -> bool:
        if self._every is not None:
            return self._epochs % self._every == 0
        return self._diagnosing <= _SHARE * (time.perf_counter() - self._began) or self._epochs <= 2

    def _diagnose_now(self, head: Text) -> None:
        began = time.perf_counter()
        self._say_news(self.findings, head)
        self._diagnosing += time.perf_counter() - began

    def _say_news(self, findings: Diagnosis, head: Text) -> None:
        bad = [finding for finding in findings if finding.severity in ("problem", "warning")]
        news = [finding for finding in bad if self._is_news(finding)]
        self._said |= {finding.code: SEVERITIES.index(finding.severity) for finding in news}
        if news and self._prints:
            self._say(f"{head.get(self._language)}\n{report_text(news, self._language)}")
        self._stop_if_asked(findings.worst)

    def _is_news(self, finding: Finding) -> bool:
        """Whether it was never said, or never as bad as now."""
        return SEVERITIES.index(finding.severity) < self._said.get(finding.code, len(SEVERITIES))

    def _stop_if_asked(self, worst: Severity) -> None:
        if self._stop_on is not None and SEVERITIES.index(worst) <= SEVERITIES.index(self._stop_on):
            self.model.stop_training = True
            if self._prints:
                self._say(_STOPPED.get(self._language, severity=self._stop_on))

    def _say(self, words: str) -> None:
        print(f"\n{words}", flush=True)  # on a line of its own: fit's progress bar leaves its line open
