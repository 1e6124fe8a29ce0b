"""Runs that differ by chance, or by their fold, only: their rows as they come in, and what those say."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.metric_direction import metric_order
from ..core.repeat import Band, RepeatRow, RepeatStatistics, band, compared_metric, statistics_of
from ..core.text import NO_TEXT, Text
from ..errors import RunError
from .background import Background
from .fingerprint import weights_fingerprint
from .run import Run
from .trial import Outcome

_FAILED = Text(en="It failed: {error}", zh="运行出错：{error}")
_DIVERGED = Text(en="It diverged: its loss was no longer a finite number.", zh="运行发散：损失不再是有限数。")
_STOPPED = Text(en="It was stopped before its end.", zh="运行在结束之前被停止。")
_FAILED_ALL = Text.same("{error}")
_ALL_FAILED = Text(en="All runs failed. The first: {reason}", zh="所有运行都失败了。第一次：{reason}")


class Repeated(Background):
    """The rows of one repeat or cross-validation. Made by a ``Session``; safe to read from any thread.

    Args:
        number: 1 for the session's first of its kind.
        planned: How many runs there are to be.
        metric: What the table shows, by Keras's name; None for the first metric of the validation data, or the loss.
        overlap: See ``statistics_of``.
    """

    def __init__(self, number: int, planned: int, metric: str | None, overlap: float = 0.0) -> None:
        super().__init__(number)
        self._planned, self._asked, self._overlap = planned, metric, overlap
        self._rows: dict[int, RepeatRow] = {}
        self._started: list[Run] = []
        self._notices: list[Text] = []

    @property
    def planned(self) -> int:
        """How many runs there are to be."""
        return self._planned

    @property
    def metric(self) -> str:
        """What its table shows, by Keras's name."""
        return compared_metric(self._asked, self.rows)

    @property
    def metrics(self) -> tuple[str, ...]:
        """All that its runs measured, validation first; empty until one has ended."""
        return tuple(metric_order([name for row in self.rows for name in row.epochs]))

    @property
    def rows(self) -> tuple[RepeatRow, ...]:
        """One for each run that has ended, in the order of seeds or folds."""
        with self._lock:
            return tuple(self._rows[place] for place in sorted(self._rows))

    @property
    def runs(self) -> tuple[int, ...]:
        """Numbers of those started so far that are among the session's runs; empty for runs on other data."""
        with self._lock:
            return tuple(run.number for run in self._started)

    @property
    def notices(self) -> tuple[Text, ...]:
        """What is worth knowing, such as that a worker died."""
        with self._lock:
            return tuple(self._notices)

    @property
    def ended(self) -> bool:
        """Whether no further run of it will come."""
        with self._lock:
            return self._over and len(self._rows) >= len(self._started)

    def statistics(self, metric: str | None = None) -> RepeatStatistics:
        """Return mean, standard deviation, 95% interval, best and worst of what the runs came to.

        Args:
            metric: By Keras's name; None for the table's.
        """
        rows = self.rows
        return statistics_of(compared_metric(metric or self._asked, rows), rows, self._overlap)

    def band(self, metric: str | None = None) -> Band:
        """Return the mean at each epoch, and one standard deviation to both sides.

        Args:
            metric: By Keras's name; None for the table's.
        """
        rows = self.rows
        return band([row.epochs for row in rows], compared_metric(metric or self._asked, rows))

    def raise_if_failed(self) -> None:
        """Raise what ended all of it, if anything did.

        Raises:
            RunError: If it failed, or every single run did.
        """
        self._raise_if_failed(_FAILED_ALL)
        rows = self.rows
        if rows and all(row.status == "failed" for row in rows):
            raise RunError(_ALL_FAILED.filled(reason=rows[0].reason))

    # ---------------------------------------------------------------- for whoever performs it

    def _begin(self, run: Run) -> None:
        with self._lock:
            self._started.append(run)

    def _notice(self, text: Text) -> None:
        with self._lock:
            self._notices.append(text)

    def _take(self, place: int, row: RepeatRow) -> None:
        with self._lock:
            self._rows[place] = row

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._exception = error


def row_of_run(run: Run, seed: int, end_id: str | None = None) -> RepeatRow:
    """Return the row of a run of the session that has ended.

    Args:
        run: Which.
        seed: What its repeat gave it.
        end_id: Fingerprint of the weights that it ended with; None to take it now.
    """
    epochs = {name: tuple(float(value) for value in values) for name, values in run.record().epochs.items()}
    if end_id is None:
        end_id = weights_fingerprint(run.weights) if run.has_weights else ""
    reason = _reason(run.status, run.error)
    return RepeatRow(seed, run.number, run.status, epochs, run.seconds, reason, start_id=run.start_id, end_id=end_id)


def row_of_outcome(outcome: Outcome, seed: int, fold: int | None = None) -> RepeatRow:
    """Return the row of a trial."""
    reason = _reason(outcome.status, outcome.error)
    ids = {"start_id": outcome.start_id, "end_id": outcome.end_id}
    return RepeatRow(seed, None, outcome.status, outcome.epochs, outcome.seconds, reason, fold, **ids)


def _reason(status: str, error: Text | str) -> Text:
    said = Text.same(error) if isinstance(error, str) else error
    reasons = {"failed": _FAILED.filled(error=said), "diverged": _DIVERGED, "stopped": _STOPPED}
    return reasons.get(status, NO_TEXT)


def numbered(made: Sequence[Repeated]) -> int:
    """Return the number of the next one."""
    return made[-1].number + 1 if made else 1
