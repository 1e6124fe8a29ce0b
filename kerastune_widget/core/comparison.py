"""Two runs side by side: what differed, whether comparing them is fair, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import KerasTuneError
from .control import ControlSpec
from .course import follow, shared_epochs
from .environment import environment_differences
from .fairness import Verdict, enumerated, judge
from .json_number import json_number
from .metric_comparison import Difference, MetricComparison, compare_metrics
from .plots._words import run_title
from .setting_difference import SettingDifference, differing_settings
from .spread import Spread
from .text import Text
from .training import RunLike

_ONCE = Text(
    en="No repeated runs yet: train each again with other seeds to see what chance does.",
    zh="还没有重复运行：请用其他随机种子各再训练几次，以了解随机性的影响。",
)

_PLACES = Text(
    en="They were trained in different places: {differences}. Part of the difference may come from that.",
    zh="两次运行的训练环境不同：{differences}。差异可能有一部分来自于此。",
)
_NO_RUN = Text(
    en="compare takes two runs, such as session.runs[0] and session.find(2); received {given}.",
    zh="compare 需要两次运行，例如 session.runs[0] 和 session.find(2)；收到的是 {given}。",
)
_METRIC = Text(
    en="{metric} after epoch {epoch}: {first} and {second} ({change}){winner}.",
    zh="{metric}，第 {epoch} 轮后：{first} 和 {second}（{change}）{winner}。",
)
_WINNER = Text(en="; {run} is better", zh="；{run}更好")
_BEST = Text(
    en="{metric} at its best: {first} (epoch {first_epoch}) and {second} (epoch {second_epoch}){winner}.",
    zh="{metric}最佳值：{first}（第 {first_epoch} 轮）和 {second}（第 {second_epoch} 轮）{winner}。",
)
_SPREAD = Text(
    en="Over repeated runs: {first} and {second}. {judgement}",
    zh="多次重复运行：{first} 和 {second}。{judgement}",
)
_GROUP = Text(en="{mean} ± {sd} ({count} runs)", zh="{mean} ± {sd}（{count} 次运行）")
_ALONE = Text(en="{mean} (1 run)", zh="{mean}（1 次运行）")
_EXCEEDS = Text(
    en="The difference exceeds their spread (95% interval {low} to {high}).",
    zh="差异超出了重复运行之间的波动（95% 区间 {low} 至 {high}）。",
)
_WITHIN = Text(
    en="The difference may be chance (95% interval {low} to {high}).",
    zh="差异可能只是随机波动（95% 区间 {low} 至 {high}）。",
)


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side. ``print`` it to read it in English; ``report("zh")`` gives Chinese.

    Attributes:
        first: Number of the first run.
        second: Number of the second run.
        first_title: What the first run is called.
        second_title: What the second run is called.
        verdict: "fair", "unfair", "repeat" (only the seed differs) or "same" (nothing does).
        headline: The verdict in a few words.
        reasons: Why it is not fair, each with what to do; gravest first. Of a repetition or of the same run twice,
            what that means.
        notes: What is worth knowing all the same.
        settings: In which settings they differ, mid-run changes included; for branches, from the branching on.
        same_data: Whether both saw the same data; None when that is not known.
        same_start: Whether both began with the same weights; None when that is not known.
        same_order: Whether batches came in the same order.
        shared_epochs: Epochs they have in common because one branched from the other, or both from a third.
        epochs: After how many epochs they are compared: the last one that both have ended.
        metrics: How each metric differs, validation first.
        environment: In what the places differ where they were trained, one statement each; empty when in nothing, or
            when that is not known.
    """

    first: int
    second: int
    first_title: Text
    second_title: Text
    verdict: Verdict
    headline: Text
    reasons: tuple[Text, ...]
    notes: tuple[Text, ...]
    settings: tuple[SettingDifference, ...]
    same_data: bool | None
    same_start: bool | None
    same_order: bool
    shared_epochs: int
    epochs: int
    metrics: tuple[MetricComparison, ...]
    environment: tuple[Text, ...] = ()

    @property
    def fair(self) -> bool:
        """Whether exactly one knob differs, and neither data, start nor batch order."""
        return self.verdict == "fair"

    def describe(self, metric: MetricComparison) -> tuple[Text, ...]:
        """Return what is to be said of one metric: last value, best value and, once there are repeated runs, spread."""
        return tuple(self._sentences(metric))

    def report(self, language: str = "en") -> str:
        """Return everything in words, one line a statement."""
        differences = [one.text for one in self.settings]
        metrics = [line for metric in self.metrics for line in self.describe(metric)]
        lines = [self.headline, *self.reasons, *self.notes, *differences, *metrics]
        return "\n".join(line.get(language) for line in lines)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON-able values: texts as ``{"en": ..., "zh": ...}``, missing numbers as None."""
        return {
            **{name: getattr(self, name) for name in ("first", "second", "verdict", "fair", "shared_epochs", "epochs")},
            **{name: getattr(self, name) for name in ("same_data", "same_start", "same_order")},
            **{name: _words(getattr(self, name)) for name in ("first_title", "second_title", "headline")},
            **{name: [_words(text) for text in getattr(self, name)] for name in ("reasons", "notes", "environment")},
            "settings": [_setting(one) for one in self.settings],
            "metrics": [
                {**_metric(one), "text": [_words(text) for text in self.describe(one)]} for one in self.metrics
            ],
        }

    def __str__(self) -> str:
        return self.report()

    def _sentences(self, metric: MetricComparison) -> Iterator[Text]:
        yield _METRIC.filled(metric=metric.title, epoch=self.epochs, **self._numbers(metric.last))
        if metric.best is not None:
            yield _BEST.filled(
                metric=metric.title,
                first_epoch=metric.best.first_epoch,
                second_epoch=metric.best.second_epoch,
                **self._numbers(metric.best),
            )
        if metric.spread.exceeds is not None:
            yield _spread_text(metric.spread)

    def _numbers(self, difference: Difference) -> dict[str, Any]:
        titles = {"first": self.first_title, "second": self.second_title}
        winner = Text(en="", zh="") if difference.winner is None else _WINNER.filled(run=titles[difference.winner])
        change = _signed(difference.change)
        return {
            "first": _short(difference.first),
            "second": _short(difference.second),
            "change": change,
            "winner": winner,
        }


def compare(
    first: RunLike,
    second: RunLike,
    runs: Sequence[RunLike] = (),
    *,
    controls: Mapping[str, ControlSpec] | None = None,
) -> Comparison:
    """Compare two runs: what differed, whether it is fair, and what came of it.

    A fair comparison has the same data, the same start weights, the same batch order, and one setting that differs.
    Runs of one trunk (a branch and its parent, two branches of one run) are compared from where they part.

    Args:
        first: A run, as a rule the older one.
        second: Another run.
        runs: All runs of the session (``session.runs``): those that repeat one of the two with another seed tell
            whether the difference exceeds chance, and a branch's ancestors are looked up among them.
        controls: What can be set, by name, for how settings and values are called; our own words when left out.

    Raises:
        KerasTuneError: If one of the two is no run.

    Example:
        >>> print(kt.compare(session.runs[0], session.runs[1], session.runs))
    """
    for given in (first, second):
        if not hasattr(given, "record") or not hasattr(given, "hyperparameters"):
            raise KerasTuneError(_NO_RUN.filled(given=repr(given)[:80]))
    ours, theirs = follow(first), follow(second)
    shared = shared_epochs(ours, theirs, runs)
    epochs = min(ours.record.epoch_count, theirs.record.epoch_count)
    settings = differing_settings(ours, theirs, ours.step_after(shared), controls)
    fairness = judge(ours, theirs, settings, shared, epochs)
    if fairness.same_start:  # then it does not matter how the start was asked for
        settings = [one for one in settings if one.name != "start"]
    places = _places(first, second)
    if places:
        fairness = replace(
            fairness, notes=(*fairness.notes, _PLACES.filled(differences=enumerated(places, "; ", "；")))
        )
    others = [follow(run) for run in runs if run.number not in (first.number, second.number)] if epochs else []
    metrics = compare_metrics(ours, theirs, epochs, others) if epochs else []
    if metrics and all(one.spread.exceeds is None for one in metrics):
        fairness = replace(fairness, notes=(*fairness.notes, _ONCE))
    return Comparison(
        first=first.number,
        second=second.number,
        first_title=run_title(first.number, first.name),
        second_title=run_title(second.number, second.name),
        settings=tuple(settings),
        shared_epochs=shared,
        epochs=epochs,
        metrics=tuple(metrics),
        environment=places,
        **vars(fairness),
    )


def _places(first: RunLike, second: RunLike) -> tuple[Text, ...]:
    """Return in what the environments of two runs differ; other data or another model is told elsewhere."""
    places = [run.environment.about(data_id="", model_id="") for run in (first, second) if run.environment is not None]
    return environment_differences(*places) if len(places) == 2 else ()


def _spread_text(spread: Spread) -> Text:
    low, high = (_signed(math.nan if end is None else end) for end in (spread.low, spread.high))
    judgement = (_EXCEEDS if spread.exceeds else _WITHIN).filled(low=low, high=high)
    groups = (
        _group(spread.first_mean, spread.first_sd, len(spread.first_runs)),
        _group(spread.second_mean, spread.second_sd, len(spread.second_runs)),
    )
    return _SPREAD.filled(first=groups[0], second=groups[1], judgement=judgement)


def _group(mean: float, deviation: float | None, count: int) -> Text:
    if deviation is None:
        return _ALONE.filled(mean=_short(mean))
    return _GROUP.filled(mean=_short(mean), sd=_short(deviation), count=count)


def _short(number: float) -> str:
    return f"{number:.4g}"


def _signed(number: float) -> str:
    return f"{number:+.4g}".replace("-", "−") if math.isfinite(number) else _short(number)


def _words(text: Text) -> dict[str, str]:
    return {"en": text.get("en"), "zh": text.get("zh")}


def _setting(one: SettingDifference) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": _words(one.title),
        "values": [one.first, one.second],
        "changes": [[vars(change) for change in side] for side in (one.first_changes, one.second_changes)],
        "sides": [_words(one.side(0)), _words(one.side(1))],
        "text": _words(one.text),
    }


def _metric(one: MetricComparison) -> dict[str, Any]:
    spread = {name: json_number(value) for name, value in vars(one.spread).items()}
    return {
        "name": one.name,
        "title": _words(one.title),
        "last": _difference(one.last),
        "best": None if one.best is None else _difference(one.best),
        "spread": {**spread, "exceeds": one.spread.exceeds},
    }


def _difference(one: Difference) -> dict[str, Any]:
    numbers = {name: json_number(value) for name, value in vars(one).items()}
    return {**numbers, "change": json_number(one.change)}
