"""A run that was read from a log: its numbers are in memory, its weights stay on disk until they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.data_profile import DataProfile
from ...core.events import Event
from ...core.history import History
from ...core.hyperparameters import Hyperparameters
from ...core.text import Text
from ...errors import KerasTuneError, RunError
from ..checkpoints import Checkpoint
from ..recorder import Recorder
from ..run import Run, RunSource
from ..state_file import load_arrays, load_state
from ..template import Weights
from .header import End
from .reader import SavedRun

Shapes = Sequence[tuple[int, ...]]
ShapesOf = Callable[[Mapping[str, Any], Mapping[str, Any]], Shapes | None]

_OTHER_MODEL = Text(
    en="Run {number} was trained on a model of another shape, so its weights do not fit this session's. Load the log "
    "with the model that it was written for.",
    zh="第 {number} 次运行所用模型的形状不同，它的权重与本会话的模型不符。请用写日志时的模型来加载。",
)
_UNREADABLE = Text(
    en="The weights of run {number} cannot be read: {file} is damaged ({why}). Its curves are not affected.",
    zh="无法读取第 {number} 次运行的权重：{file} 已损坏（{why}）。它的曲线不受影响。",
)


@dataclass(frozen=True)
class Fit:
    """What weights must be like to be of use to a session.

    Attributes:
        shapes_of: Returns those of the weights of a run with these hyperparameters and facts; None when not known.
        check_settings: Raises ``KerasTuneError`` for hyperparameters that the session does not know.
        defaults: What the session's settings are at first; a log that is older than a control goes by them.
    """

    shapes_of: ShapesOf = lambda settings, facts: None
    check_settings: Callable[[Mapping[str, Any]], object] = lambda settings: None
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def completed(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings with the session's defaults for those that the log does not name."""
        return {**self.defaults, **settings}

    def accepts(self, settings: Mapping[str, Any]) -> bool:
        """Whether the session knows these hyperparameters."""
        try:
            self.check_settings(settings)
        except KerasTuneError:
            return False
        return True


class LoggedRun(Run):
    """A run read from a log. One that is continued in this session keeps its new weights as any other run does.

    Args:
        saved: What the log says.
        source: Makes things of it that need the session.
        fit: What its weights must be like.
    """

    def __init__(self, saved: SavedRun, source: RunSource, fit: Fit) -> None:
        header = saved.header
        self._saved, self._fit = saved, fit
        self._end: Checkpoint | None = None
        self._position: End | None = None
        start_settings = Hyperparameters(fit.completed(header.start_settings))
        prefix = _prefix(saved, start_settings) if header.parent is not None else None
        settings = Hyperparameters(fit.completed(header.hyperparameters))
        super().__init__(header.number, settings, header.facts, source, prefix=prefix, parent=header.parent)
        self.start_settings = start_settings
        self.name, self.note, self.pinned = header.name, header.note, header.pinned
        self.sweep = None if header.sweep is None else header.sweep.number
        self.proof, self.repeat = header.proof, header.repeat
        self.model_profile = header.model
        self.start_id, self.data_id, self.started_at = header.start_id, header.data_id, header.started_at
        self.environment = header.environment
        for event in saved.events:
            self.take_down(event)
        self.seconds = getattr(saved.events[-1], "seconds", 0.0)
        self.ended.set()
        self._position = self._last_position()

    def _last_position(self) -> End | None:
        """Return where it ended, if its weights of then are there and this session can go on from them."""
        ends = self._saved.header.ends
        if not ends or self.status == "interrupted" or not self._fit.accepts(ends[-1].values):
            return None
        return self._completed(ends[-1]) if self._saved.folder.end(ends[-1].step).exists() else None

    @property
    def positions(self) -> list[End]:
        """The ends of epochs at which its weights are on disk, so that it can be branched there."""
        ends = [end for end in self._saved.header.ends if end.epoch and not end.step_in_epoch and self._kept(end)]
        return [self._completed(end) for end in ends]

    def _completed(self, end: End) -> End:
        return replace(end, values=self._fit.completed(end.values))

    def _kept(self, end: End) -> bool:
        in_course = end.epoch <= self.epochs and self.record().epoch_ends[end.epoch - 1] == end.step
        return in_course and self._fit.accepts(end.values) and self._saved.folder.end(end.step).exists()

    @property
    def end(self) -> Checkpoint | None:
        """How it stood when its training ended last; read from disk on first use.

        Raises:
            RunError: If the file is damaged or of another model.
        """
        if self._end is None and self._position is not None:
            self._end = self.checkpoint(self._position)
        return self._end

    @end.setter
    def end(self, end: Checkpoint | None) -> None:
        if end is not None:
            self._position = None  # from now on memory knows better
        self._end = end

    def data_profile(self, *, wait: bool) -> DataProfile | None:
        """Return what its data looked like, as far as the log says."""
        return self._saved.header.data

    @property
    def has_weights(self) -> bool:
        """Whether its trained weights are in memory or on disk."""
        return self._end is not None or self._position is not None

    @property
    def final_settings(self) -> dict[str, Any]:
        """The hyperparameters in force at its end, mid-run changes included; empty when that is not known."""
        known = self._end or self._position
        return dict(known.values) if known is not None else {}

    @property
    def held_bytes(self) -> int:
        """Bytes that its weights take in memory."""
        return 0 if self._end is None else self._end.state.nbytes

    @property
    def start_weights(self) -> Weights | None:
        """The weights that its history begins with; read from disk on first use, None if they are not there."""
        if self._start_weights is None and self._saved.folder.start.exists():
            arrays = self._read(load_arrays, self._saved.folder.start)
            self._start_weights = self._fitting([arrays[f"weights_{index}"] for index in range(len(arrays))])
        return self._start_weights

    def checkpoint(self, position: End) -> Checkpoint:
        """Read how it stood at one of its ends.

        Raises:
            RunError: If the file is damaged or of another model.
        """
        state = self._read(load_state, self._saved.folder.end(position.step))
        self._fitting(state.weights)
        return Checkpoint(state, position.values, position.epoch, position.step, position.step_in_epoch)

    def _read(self, load: Callable[..., Any], path: Any) -> Any:
        try:
            return load(path)
        except Exception as error:  # a damaged archive fails in more ways than can be named
            raise RunError(_UNREADABLE.filled(number=self.number, file=path, why=error)) from error

    def _fitting(self, weights: Weights) -> Weights:
        shapes = self._fit.shapes_of(self.hyperparameters, self._saved.header.facts)
        if shapes is not None and [weight.shape for weight in weights] != list(shapes):
            raise RunError(_OTHER_MODEL.filled(number=self.number))
        return weights


def _prefix(saved: SavedRun, start_settings: Hyperparameters) -> History:
    recorder = Recorder(start_settings, saved.header.facts)
    _replay(recorder, saved.prefix)
    return replace(recorder.history(), legs=saved.header.legs)


def _replay(recorder: Recorder, events: Iterable[Event]) -> None:
    for event in events:
        recorder.add(event)
