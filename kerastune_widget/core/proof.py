"""Whether a fix helped: pairs of runs, one without and one with it, judged by what each run ends with.

What judges: the validation loss, or the training loss without validation data. A fix that changes what the loss counts
is judged by something that means the same on both sides: class weights by the mean recall of the classes (balanced
accuracy: Brodersen et al., 2010, ICPR), another output, loss or penalty by the accuracy, or for regression by the root
mean squared error.

A run's value is the mean over its last epochs, three at most and no more than a quarter of them, for a single epoch is
noisy; of a run that stopped early and keeps its best epoch, the mean over that epoch and its neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .history import History
from .improvement import monitored
from .metric_direction import best_epoch, direction, epoch_values
from .paired_difference import Effect, PairedDifference, paired
from .plots._words import in_sentence, value_title
from .text import NO_TEXT, Text

Verdict = Literal["helped", "no clear effect", "made it worse", "not finished"]

LAST = 3  # epochs, at most
BALANCED, ACCURACY, ERROR = "balanced_accuracy", "accuracy", "root_mean_squared_error"
"""Names of the scores that a run can be judged by; see ``Trained.scores``."""

CHANGES_LOSS = ("class_weight", "output", "l2")
"""Controls after whose change a loss counts something else."""

VERDICTS: dict[Verdict, Text] = {
    "helped": Text(en="Helped", zh="有帮助"),
    "no clear effect": Text(en="No clear effect", zh="没有明显效果"),
    "made it worse": Text(en="Made it worse", zh="反而变差"),
    "not finished": Text(en="Not finished", zh="未完成"),
}
_VERDICT_OF: dict[Effect, Verdict] = {"better": "helped", "worse": "made it worse", "unclear": "no clear effect"}
_SCORES = {BALANCED: Text(en="mean recall of the classes", zh="各类平均召回率")}

_JUDGED = Text(
    en="{metric} {mean} with the fix (95% interval: {interval}; better in {wins} of {count} pairs)",
    zh="采用后{metric}{mean}（95% 区间：{interval}；{count} 对中有 {wins} 对更好）",
)
_SAME = Text(en="{metric} exactly the same with and without the fix", zh="采用前后{metric}完全相同")
_LOST = Text(
    en="{metric}: no number in {before} of {count} runs without the fix, in {after} of {count} with it",
    zh="{metric}：未采用时 {count} 次中有 {before} 次不是有效数值，采用后 {count} 次中有 {after} 次",
)
_BESIDE = Text(en="{metric} {mean}", zh="{metric}{mean}")
_CHANCE = Text(en="chance alone can do that", zh="随机性就足以造成这种差异")
_AGREE = Text(
    en="all pairs agree, but differ too much to be sure: more pairs would tell",
    zh="各对方向一致，但差异太大，还不能确定：增加对数可以得出结论",
)
_LITTLE = Text(en="too little to matter", zh="差异小到没有实际意义")
_LOSS_CHANGED = Text(
    en="not judged by the loss, which the fix itself changes", zh="不按损失判断，因为该改动本身改变了损失"
)
_SHORT = Text(en="compared over {epochs} of {planned} epochs", zh="仅比较 {planned} 轮中的前 {epochs} 轮")
_STOPPED = Text(en="stopped after {done} of {count} pairs", zh="在 {count} 对中完成 {done} 对后停止")


@dataclass(frozen=True)
class Trained:
    """What one run of a pair came to.

    Attributes:
        history: Its numbers.
        scores: What its final weights get on the rows that judge, where that could be measured: "accuracy" and
            "balanced_accuracy" of a classifier, "root_mean_squared_error" of a regression.
    """

    history: History
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ProofResult:
    """What a proof came to.

    Attributes:
        verdict: "helped", "no clear effect", "made it worse" or "not finished".
        judged: The metric that judged; None when not finished.
        beside: Other metrics worth knowing.
        notes: What else to say, without capital and full stop.
    """

    verdict: Verdict
    judged: PairedDifference | None = None
    beside: tuple[PairedDifference, ...] = ()
    notes: tuple[Text, ...] = ()

    def word(self, language: str = "en") -> str:
        """Return the verdict in a word or two."""
        return VERDICTS[self.verdict].get(language)

    def detail(self, language: str = "en") -> str:
        """Return the numbers behind the verdict, with the interval."""
        told = self._told(language)
        return told[:1].upper() + told[1:]

    def sentence(self, language: str = "en") -> str:
        """Return verdict and numbers."""
        return f"{self.word(language)}{'：' if language == 'zh' else ': '}{self._told(language)}"

    def _told(self, language: str) -> str:
        parts = [] if self.judged is None else [_words(self.judged)]
        parts += [_BESIDE.filled(metric=_title(one.metric), mean=one.amount(one.mean)) for one in self.beside]
        told = [part.get(language) for part in (*parts, *self.notes)]
        return ("；" if language == "zh" else "; ").join(told) + ("。" if language == "zh" else ".")


def judge_proof(
    control: str, pairs: Sequence[tuple[Trained, Trained]], *, epochs: int | None = None, planned: int | None = None
) -> ProofResult:
    """Judge a fix by pairs of runs without and with it.

    Args:
        control: Which control the fix sets.
        pairs: At least two.
        epochs: How long the runs are.
        planned: How long the run was that the fix is for; None when there was none.
    """
    name = _judging(control, [run for pair in pairs for run in pair])
    judged = paired(name, [(value_of(before, name), value_of(after, name)) for before, after in pairs])
    notes = [*_doubts(judged)]
    notes += [_LOSS_CHANGED] if control in CHANGES_LOSS and not name.endswith("loss") else []
    notes += [_SHORT.filled(epochs=epochs, planned=planned)] if epochs and planned and epochs < planned else []
    beside = _beside(name, pairs)
    return ProofResult(_VERDICT_OF[judged.effect], judged, beside, tuple(notes))


def unfinished(done: int, count: int, error: Text = NO_TEXT) -> ProofResult:
    """Return the result of a proof that ended before its last pair.

    Args:
        done: Pairs that both ended.
        count: Pairs that were to be run.
        error: What went wrong; empty when a person stopped it.
    """
    return ProofResult("not finished", notes=(error if error.en else _STOPPED.filled(done=done, count=count),))


def value_of(run: Trained, name: str) -> float:
    """Return what a run ends with: a score, or a metric over its last epochs; NaN when it has no number there."""
    if run.history.status == "diverged":
        return math.nan
    if name in run.scores:
        return float(run.scores[name])
    values = epoch_values(run.history, name)
    if not len(values):
        return math.nan
    few = max(1, min(LAST, len(values) // 4))
    end = len(values)
    best = _restored_epoch(run.history)
    if best is not None:
        end = min(end, best + 1 + few // 2)
    return float(values[max(0, end - few) : end].mean())


def _restored_epoch(history: History) -> int | None:
    """Return the place of the epoch whose weights early stopping put back; None when it does not do so."""
    settings = history.hyperparameters
    if settings.get("early_stopping") is None or not settings.get("restore_best", True):
        return None
    watched = monitored(history.epochs, settings.get("monitor")) or _loss(history)
    return best_epoch(watched, epoch_values(history, watched))


def _judging(control: str, runs: Sequence[Trained]) -> str:
    """Return the metric that judges all runs."""
    going = [run for run in runs if run.history.status != "diverged"]
    common = _common(going or runs)
    fair = {"class_weight": (BALANCED, ACCURACY)}.get(control, (ACCURACY, ERROR)) if control in CHANGES_LOSS else ()
    scores = [name for name in fair if going and all(name in run.scores for run in going)]
    usual = [name for name in common if not name.endswith("loss") and direction(name) is not None]
    losses = [name for name in ("val_loss", "loss") if name in common]
    names = [*scores, *(usual if control in CHANGES_LOSS else ()), *losses]
    return next(iter(names), "loss")


def _common(runs: Iterable[Trained]) -> list[str]:
    """Return the metrics that every run recorded, of validation if there is one."""
    recorded = [run.history.epochs for run in runs if run.history.epochs]
    names = [name for name in recorded[0] if all(name in epochs for epochs in recorded)] if recorded else []
    validation = [name for name in names if name.startswith("val_")]
    return validation or names


def _beside(judging: str, pairs: Sequence[tuple[Trained, Trained]]) -> tuple[PairedDifference, ...]:
    """Return the accuracy, or the like, where something else judges."""
    runs = [run for pair in pairs for run in pair]
    names = [ACCURACY] if judging == BALANCED else [name for name in _common(runs) if not name.endswith("loss")]
    for name in names:
        other = paired(name, [(value_of(before, name), value_of(after, name)) for before, after in pairs])
        if name != judging and judging != ACCURACY and other.finite and direction(name) is not None:
            return (other,)
    return ()


def _doubts(judged: PairedDifference) -> list[Text]:
    """Return why an effect that is there by the numbers is not called one."""
    ends = judged.interval
    if judged.effect != "unclear" or ends is None or not judged.mean:
        return []
    sure = not ends[0] <= 0.0 <= ends[1]
    if sure or all(judged.is_small(end) for end in ends):
        return [_LITTLE]
    return [_AGREE if len(judged.before) in (judged.wins, judged.losses) else _CHANCE]


def _words(judged: PairedDifference) -> Text:
    metric, count = _title(judged.metric), len(judged.before)
    ends = judged.interval
    if ends is None:
        before, after = judged.lost
        return _LOST.filled(metric=metric, before=before, after=after, count=count)
    if judged.before == judged.after:
        return _SAME.filled(metric=metric)
    mean, interval = judged.amount(judged.mean), judged.between(*ends)
    return _JUDGED.filled(metric=metric, mean=mean, interval=interval, wins=judged.wins, count=count)


def _title(metric: str) -> Text:
    title = _SCORES.get(metric) or value_title(metric)
    return Text(en=in_sentence(title.en), zh=title.zh)


def _loss(history: History) -> str:
    return "val_loss" if "val_loss" in history.epochs else "loss"
