"""Runs as TensorBoard event files, one folder a run.

The files are written record by record with TensorFlow's own event format, because ``tf.summary`` stamps everything with
the time of writing: here each number keeps the time when it came about.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...core.course import follow
from ...core.history import History
from ...core.training import RunLike
from ...core.value_text import setting_value

_FORMAT = "brain.Event:2"


def to_tensorboard(runs: Sequence[RunLike], folder: str | os.PathLike[str], *, steps: bool = True) -> Path:
    """Write one sub-folder a run (``run-3``), to be read with ``tensorboard --logdir folder``; return ``folder``.

    Scalars are named ``epoch/val_loss`` (over epochs) and ``step/loss`` (over steps), both counted from 1; settings,
    changes in mid-run and the diagnosis stand under Text. Writing again replaces what was written before.

    Args:
        runs: Which runs.
        folder: Made if need be.
        steps: Whether to write the numbers of each step too.
    """
    root = Path(folder)
    for run in runs:
        place = root / f"run-{run.number}"
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("events.out.tfevents.*.kerastune"):
            old.unlink()
        _write(run, place / f"events.out.tfevents.{int(run.started_at)}.kerastune", steps)
    return root


def _write(run: RunLike, path: Path, steps: bool) -> None:
    import tensorflow as tf

    record = run.record()
    clock = _Clock(run, record)
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(tf.compat.v1.Event(wall_time=run.started_at, file_version=_FORMAT).SerializeToString())
        for name, text in _texts(run):
            writer.write(_text_event(tf, run.started_at, name, text))
        for step, wall_time, values in (*_epochs(record, clock), *(_steps(record, clock) if steps else ())):
            scalars = [tf.compat.v1.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
            event = tf.compat.v1.Event(wall_time=wall_time, step=step, summary=tf.compat.v1.Summary(value=scalars))
            writer.write(event.SerializeToString())


class _Clock:
    """Tells about when a step was taken: steps are spread evenly over the time spent training."""

    def __init__(self, run: RunLike, record: History) -> None:
        self._began, self._seconds = run.started_at, run.seconds
        self._first = record.branch_step
        self._own = max(1, _count(record) - record.branch_step)

    def at(self, step: int) -> float:
        return self._began + self._seconds * max(0, step - self._first) / self._own


def _count(record: History) -> int:
    return max((len(values) for values in (*record.steps.values(), record.learning_rates)), default=0)


def _epochs(record: History, clock: _Clock) -> Iterator[tuple[int, float, dict[str, float]]]:
    for place in range(record.epoch_count):
        values = {
            f"epoch/{name}": float(series[place]) for name, series in record.epochs.items() if place < len(series)
        }
        step = int(record.epoch_ends[place]) if place < len(record.epoch_ends) else place + 1
        yield place + 1, clock.at(step), values


def _steps(record: History, clock: _Clock) -> Iterator[tuple[int, float, dict[str, float]]]:
    series = {f"step/{name}": values for name, values in record.steps.items()}
    series["step/learning_rate"] = record.learning_rates
    for place in range(_count(record)):
        values = {name: float(one[place]) for name, one in series.items() if place < len(one)}
        yield place + 1, clock.at(place + 1), values


def _texts(run: RunLike) -> Iterator[tuple[str, str]]:
    """Yield what stands under Text, in Markdown."""
    course = follow(run)
    if run.name or run.note:
        yield "run", f"**{run.name}**\n\n{run.note}"
    yield "settings", _table(course.own_settings)
    changes = course.changes_after(course.record.branch_step)
    if changes:
        yield "changes", "\n".join(f"- epoch {one.epoch + 1}: {one.name} {one.old} → {one.new}" for one in changes)
    if run.findings:
        yield "diagnosis", "\n\n".join(f"**{one.title()}**: {one.message()} {one.advice()}" for one in run.findings)


def _table(settings: Mapping[str, Any]) -> str:
    lines = [f"| {name} | {setting_value(name, value).get('en')} |" for name, value in settings.items()]
    return "\n".join(["| setting | value |", "|---|---|", *lines])


def _text_event(tf: Any, wall_time: float, name: str, text: str) -> Any:
    plugin = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="text")
    value = tf.compat.v1.Summary.Value(
        tag=name,
        tensor=tf.make_tensor_proto([text.encode()], dtype=tf.string),
        metadata=tf.compat.v1.SummaryMetadata(plugin_data=plugin),
    )
    summary = tf.compat.v1.Summary(value=[value])
    return tf.compat.v1.Event(wall_time=wall_time, step=0, summary=summary).SerializeToString()
