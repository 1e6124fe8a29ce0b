"""The curves of one run: its loss and one metric, training and validation, step by step.

Each curve's id is the name Keras gives the value (``loss``, ``val_accuracy``), with the run's prefix in front if it has
one (``2/loss``). Step ``i``, counted from 0, is drawn at ``i + 1``: the number of steps taken once it is done, so that
an epoch's last batch and its validation value stand on one vertical line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..control import ControlSpec
from ..diagnosis import Finding
from ..events import EpochEnded, StepsEnded
from ..history import Change, History
from ..plot import Annotation, Axis, Plot, PlotSpec, Role, Series, Span
from ..schedule import PlannedRates
from ..text import NO_TEXT, Text
from ..value_text import setting_title, setting_value
from ._rate_pane import RATE, plateau_annotations, rate_axis, rate_curves
from ._words import ENDINGS, in_sentence, is_share, title_of

SMOOTHING = 0.9

_ONE_DRAG = 0.02  # of the steps drawn: marks closer than this would be read as one

Numbers = tuple[NDArray[np.float32], NDArray[np.float32]]

_ROLES: dict[Role, Text] = {
    "training": Text(en="Training", zh="训练"),
    "validation": Text(en="Validation", zh="验证"),
}
_NOT_METRICS = ("loss", "lr", "learning_rate")


def build(
    history: History,
    *,
    metric: str | None = None,
    smoothing: float = SMOOTHING,
    log: bool = False,
    findings: Iterable[Finding] = (),
    prefix: str = "",
    run_title: Text = NO_TEXT,
    colour: int = 0,
    offset: int = 0,
    controls: Mapping[str, ControlSpec] | None = None,
    rates: bool = False,
    planned: PlannedRates | None = None,
) -> PlotSpec:
    """Describe the curves of ``history``.

    Args:
        history: The numbers of one run. Without per-step numbers the horizontal axis counts epochs.
        metric: Which metric to draw under the loss; None for the first that was recorded.
        smoothing: Weight of the past in the moving average drawn over per-step values, 0 up to 1 (excluded).
        log: Whether the loss starts with a logarithmic axis.
        findings: Those whose evidence to highlight.
        prefix: Goes in front of each curve's id, so that the curves of several runs can share a plot.
        run_title: Goes in front of each curve's title, for the same reason.
        colour: Place of the run in the palette.
        offset: Steps to move everything to the right by.
        controls: What can change in mid-run, by name, for how it is called; our own words when left out.
        rates: Whether to draw the learning rate below, too.
        planned: With ``rates``, what the rate was to do over the whole run: pale, below what it did.
    """
    ends = _ends(history, offset)
    panes = _panes(history, metric)
    curves = [
        _curve(history, name, pane, ends, prefix, run_title, colour, offset)
        for pane in panes
        for name in (pane, f"val_{pane}")
        if name == "loss" or name in history.steps or name in history.epochs
    ]
    axes = [Axis(pane, title_of(pane), log=log and pane == "loss", loggable=not is_share(pane)) for pane in panes]
    marks = [*_changes(history, offset, controls), *_ending(history, ends, offset)]
    if rates and _counts_steps(history):
        axes.append(rate_axis())
        title = _joined(run_title, title_of(RATE))
        curves += rate_curves(history, planned, prefix=_id(prefix, ""), title=title, colour=colour, offset=offset)
        marks += plateau_annotations(history, ends)
    return PlotSpec(
        name="training-curves",
        title=run_title,
        x_title=Text(en="Step", zh="步数") if _counts_steps(history) else Text(en="Epoch", zh="轮次"),
        axes=axes,
        series=curves,
        annotations=marks,
        spans=finding_spans(findings, ends, offset),
        epoch_ends=ends if _counts_steps(history) else (),
        smoothing=smoothing,
    )


def overlay(specs: Sequence[PlotSpec]) -> PlotSpec:
    """Lay the curves of several runs over each other; marks, spans and epochs are the last one's.

    Give each its own ``prefix``, ``run_title`` and ``colour`` when building them.
    """
    last = specs[-1]
    found = {axis.id: axis for spec in reversed(specs) for axis in spec.axes}
    axes = sorted(found.values(), key=lambda axis: axis.wide)
    curves = [curve for spec in specs for curve in spec.series]
    parts = {name: getattr(last, name) for name in ("name", "x_title", "annotations", "spans", "epoch_ends")}
    return PlotSpec(title=NO_TEXT, axes=axes, series=curves, smoothing=last.smoothing, **parts)


def metric_names(history: History) -> list[str]:
    """Return the metrics that can be drawn, in the order they were recorded."""
    names = [name.removeprefix("val_") for name in (*history.steps, *history.epochs)]
    return [name for name in dict.fromkeys(names) if name not in _NOT_METRICS]


def step_numbers(event: StepsEnded, prefix: str = "", offset: int = 0) -> dict[str, Numbers]:
    """Return what a chunk of steps adds to each curve, that of the learning rate included, by id."""
    return {
        _id(prefix, name): (_places(event.first_step + offset, len(values)), _values(values))
        for name, values in {**event.values, RATE: event.learning_rates}.items()
        if len(values)
    }


def epoch_numbers(event: EpochEnded, prefix: str = "", offset: int = 0) -> dict[str, Numbers]:
    """Return what the end of an epoch adds to each validation curve, by id."""
    x = np.array([event.last_step + offset], dtype=np.float32)
    return {_id(prefix, name): (x, _values([value])) for name, value in event.logs.items() if name.startswith("val_")}


def change_mark(change: Change, offset: int = 0, controls: Mapping[str, ControlSpec] | None = None) -> Annotation:
    """Return the vertical mark of a mid-run change."""
    title = setting_title(change.name, controls)
    old, new = (_said(change.name, value, controls) for value in (change.old, change.new))
    return Annotation(
        x=float(change.step + offset),
        text=Text(en=f"{in_sentence(title.en)} {old.en} → {new.en}", zh=f"{title.zh} {old.zh} → {new.zh}"),
    )


def finding_spans(findings: Iterable[Finding], epoch_ends: Sequence[int], offset: int = 0) -> list[Span]:
    """Return the stretch of steps that each finding's evidence covers; findings about the whole run have none."""
    starts = [offset, *epoch_ends]
    spans = []
    for finding in findings:
        if finding.span is None or finding.span[0] >= len(epoch_ends):
            continue
        first, last = finding.span[0], min(finding.span[1], len(epoch_ends) - 1)
        spans.append(Span(float(starts[first]), float(epoch_ends[last]), finding.severity))
    return spans


def _curve(
    history: History,
    name: str,
    pane: str,
    ends: Sequence[int],
    prefix: str,
    run_title: Text,
    colour: int,
    offset: int,
) -> Series:
    role: Role = "training" if name == pane else "validation"
    by_step = name in history.steps or (role == "training" and _counts_steps(history))
    y = _values(history.steps.get(name, ()) if by_step else history.epochs.get(name, ()))
    x = _places(offset, len(y)) if by_step else np.asarray(ends[: len(y)], dtype=np.float32)
    return Series(
        id=_id(prefix, name),
        title=_joined(run_title, _ROLES[role]),
        axis=pane,
        role=role,
        mark="line" if by_step else "points",
        colour=colour,
        x=x,
        y=y[: len(x)],
        smooth=by_step,
    )


def _counts_steps(history: History) -> bool:
    return bool(history.steps) or bool(history.epoch_ends) or not history.epochs


def _ends(history: History, offset: int) -> list[int]:
    if _counts_steps(history):
        return [int(end) + offset for end in history.epoch_ends]
    return [epoch + 1 + offset for epoch in range(history.epoch_count)]


def _panes(history: History, metric: str | None) -> list[str]:
    names = metric_names(history)
    if metric is None:
        return ["loss", *names[:1]]
    return ["loss", metric] if metric in names else ["loss"]


def _changes(history: History, offset: int, controls: Mapping[str, ControlSpec] | None) -> list[Annotation]:
    """Make one mark of what a moving slider changes many times within a short stretch."""
    near = _ONE_DRAG * max((len(values) for values in history.steps.values()), default=0)
    merged: list[Change] = []
    newest: dict[str, int] = {}
    for change in history.changes:
        place = newest.get(change.name)
        if place is not None and change.step - merged[place].step <= near:
            first = merged[place]
            merged[place] = Change(first.step, first.epoch, first.name, first.old, change.new)
        else:
            newest[change.name] = len(merged)
            merged.append(change)
    return [change_mark(change, offset, controls) for change in merged if change.old != change.new]


def _ending(history: History, ends: Sequence[int], offset: int) -> list[Annotation]:
    if history.status not in ENDINGS:
        return []
    steps = max((len(values) for values in history.steps.values()), default=0)
    last = steps + offset if steps else ends[-1] if ends else offset
    return [Annotation(float(last), ENDINGS[history.status], kind="end")]


def _id(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def _places(first: int, count: int) -> NDArray[np.float32]:
    return np.arange(first + 1, first + count + 1, dtype=np.float32)


def _values(values: Any) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def _joined(run_title: Text, role: Text) -> Text:
    if run_title == NO_TEXT:
        return role
    return Text(en=f"{run_title.en} · {in_sentence(role.en)}", zh=f"{run_title.zh} · {role.zh}")


def _said(name: str, value: Any, controls: Mapping[str, ControlSpec] | None) -> Text:
    """Return a value in words, with no more digits than there is room for."""
    return setting_value(name, float(f"{value:.4g}") if isinstance(value, float) else value, controls)


PLOT = Plot(name="training-curves", title=Text(en="Training curves", zh="训练曲线"), build=build)
