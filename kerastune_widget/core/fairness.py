"""Whether two runs can be compared fairly: the same data, start and batches, one knob."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .course import Course
from .plots._words import run_title
from .seeds import SEEDS, seeds_of
from .setting_difference import NOT_KNOBS, SettingDifference
from .text import Text

Verdict = Literal["fair", "unfair", "repeat", "same"]

_FAIR = Text(en="Fair: only {knob} differs", zh="公平：只有{knob}不同")
_UNFAIR = Text(en="Not fair: {reasons}", zh="不公平：{reasons}")
_REPEAT = Text(en="A repetition: only the seed differs", zh="重复运行：只有随机种子不同")
_SAME = Text(en="Nothing differs between them", zh="两者没有任何不同")

_DATA = Text(en="other data", zh="数据不同")
_DATA_LONG = Text(
    en="They were trained on different data. Train both in one session, with the same data and split.",
    zh="两次运行的数据不同。请在同一个会话中，用相同的数据和划分训练两者。",
)
_MODEL = Text(en="other model", zh="模型不同")
_MODEL_LONG = Text(
    en="Model, loss or the optimizer that it was compiled with differ. Train both in one session, with one model.",
    zh="模型、损失函数或编译时的优化器不同。请在同一个会话中，用同一个模型训练两者。",
)
_START = Text(en="other start weights", zh="起始权重不同")
_START_LONG = Text(
    en='They began with different weights. Run again with start="same", or start a sweep, which shares one start.',
    zh='两次运行的起始权重不同。请用 start="same" 再运行一次，或使用扫描：扫描中的运行共用同一起点。',
)
_SEED = Text(en="other seed", zh="随机种子不同")
_SEED_LONG = Text(
    en="Their seeds differ ({first} and {second}), so batches came in another order. Run again with the same seed.",
    zh="随机种子不同（{first} 和 {second}），因此批次顺序不同。请用相同的种子再运行一次。",
)
_REPEAT_LONG = Text(
    en="Only the seed differs ({first} and {second}): the difference shows what chance does, not what a setting does.",
    zh="只有随机种子不同（{first} 和 {second}）：差异体现的是随机性，而不是某个设置的作用。",
)
_OWN_SEED_LONG = Text(
    en="Their {name} differs ({first} and {second}). Run again with the same one.",
    zh="{name}不同（{first} 和 {second}）。请用相同的种子再运行一次。",
)
_OWN_REPEAT_LONG = Text(
    en="Only the {name} differs ({first} and {second}): the difference shows what chance does, not what a setting "
    "does.",
    zh="只有{name}不同（{first} 和 {second}）：差异体现的是随机性，而不是某个设置的作用。",
)
_KNOBS = Text(en="{count} settings differ: {names}", zh="有 {count} 个设置不同：{names}")
_KNOBS_LONG = Text(
    en="{count} settings differ: {values}. Nobody can tell which one made the difference: change one at a time.",
    zh="有 {count} 个设置不同：{values}。无法判断差异来自哪一个：请一次只改一个。",
)
_NO_KNOB = Text(
    en="Settings, start, data and batches are the same, so any difference is numerical noise. Change one setting.",
    zh="设置、起点、数据和批次都相同，任何差异都只是数值误差。请改变一个设置。",
)
_TOO_EARLY = Text(en="no epoch in common yet", zh="还没有共同完成的轮次")
_TOO_EARLY_LONG = Text(
    en="There is no epoch yet that both have ended. Wait for it, or train longer.",
    zh="还没有两者都完成的轮次。请等待，或训练更长时间。",
)
_BATCHES = Text(
    en="Batches necessarily differ: with another batch size, an epoch has other batches and another number of steps.",
    zh="批次必然不同：批大小不同，每轮的批次和步数也就不同。",
)
_ORDER = Text(
    en="Batches necessarily come in another order: that is what shuffling changes.",
    zh="批次顺序必然不同：这正是打乱顺序所改变的。",
)
_LENGTH = Text(
    en="They were trained for {first} and {second} epochs; they are compared after epoch {epochs}, which both have.",
    zh="两者分别训练了 {first} 轮和 {second} 轮；以两者都有的第 {epochs} 轮为准进行比较。",
)
_BRANCHED = Text(
    en="They are one run up to epoch {epochs} and are compared from there on.",
    zh="前 {epochs} 轮是同一次运行，从此处开始比较。",
)
_UNKNOWN_DATA = Text(
    en="Whether both saw the same data is not known: a stream has no fingerprint.",
    zh="无法确认两者的数据是否相同：数据流没有指纹。",
)
_UNKNOWN_START = Text(
    en="Whether both began with the same weights is not known: at least one start was not recorded.",
    zh="无法确认两者的起始权重是否相同：至少有一个起点没有记录。",
)
_STANDING = {
    "failed": Text(en="{run} failed.", zh="{run}出错了。"),
    "diverged": Text(en="{run} diverged.", zh="{run}发散了。"),
    "interrupted": Text(en="{run} was interrupted.", zh="{run}被中断了。"),
    "running": Text(en="{run} is still training.", zh="{run}仍在训练。"),
    "paused": Text(en="{run} is paused.", zh="{run}已暂停。"),
    "waiting": Text(en="{run} is waiting.", zh="{run}正在等待。"),
}


@dataclass(frozen=True)
class Reason:
    """Why a comparison is not fair.

    Attributes:
        code: "data", "model", "start", "seed", "settings" or "epochs".
        short: A few words for the headline.
        text: A sentence or two that say what to do.
    """

    code: str
    short: Text
    text: Text


@dataclass(frozen=True)
class Fairness:
    """How fair a comparison is.

    Attributes:
        verdict: "fair", "unfair", "repeat" (only the seed differs) or "same" (nothing does).
        headline: The verdict in a few words.
        reasons: What makes it unfair, gravest first; of a repetition or of the same run twice, what that means.
        notes: What is worth knowing all the same.
        same_data: Whether both saw the same data; None when that is not known.
        same_start: Whether both began with the same weights; None when that is not known.
        same_order: Whether batches came in the same order.
    """

    verdict: Verdict
    headline: Text
    reasons: tuple[Text, ...]
    notes: tuple[Text, ...]
    same_data: bool | None
    same_start: bool | None
    same_order: bool


def judge(first: Course, second: Course, settings: Sequence[SettingDifference], shared: int, epochs: int) -> Fairness:
    """Return how fair it is to compare two runs.

    Args:
        first: A run.
        second: Another run.
        settings: In which settings they differ.
        shared: Epochs they have in common because one branched from the other; 0 for runs of their own.
        epochs: The last epoch that both have ended.
    """
    by_name = {one.name: one for one in settings}
    knobs = [one for one in settings if one.name not in NOT_KNOBS]
    same_data = _equal(first.run.data_id, second.run.data_id)
    same_model = _equal(*(str(one.record.facts.get("model_id", "")) for one in (first, second)))
    same_start = True if shared else _equal(first.run.start_id, second.run.start_id)
    chance = _differing_seeds(first, second, by_name)
    reasons = _reasons(chance, knobs, (same_data, same_model, same_start), epochs > shared)
    verdict, headline, texts = _verdict(reasons, chance, knobs)
    return Fairness(
        verdict,
        headline,
        texts,
        tuple(_notes(first, second, by_name, same_data, same_start, shared, epochs)),
        same_data,
        same_start,
        not {"shuffle", "batch_size"} & by_name.keys() and (not chance or _order_seed(first) == _order_seed(second)),
    )


def _differing_seeds(
    first: Course, second: Course, by_name: Mapping[str, SettingDifference]
) -> list[SettingDifference]:
    """Return the settings that make the runs draw differently: a source of its own seed may draw just the same."""
    settings = first.own_settings, second.own_settings
    if not all("seed" in one for one in settings):
        return [by_name[name] for name in SEEDS if name in by_name]
    differ = [one != other for one, other in zip(*map(seeds_of, settings), strict=True)]
    if not any(differ):
        return []
    if all(differ) and "seed" in by_name:
        return [by_name["seed"]]
    own = [by_name[name] for name, other in zip(SEEDS[1:], differ, strict=True) if other and name in by_name]
    return own or [by_name["seed"]]


def _order_seed(one: Course) -> int | None:
    settings = one.own_settings
    return seeds_of(settings).order if "seed" in settings else None


def _seed_text(one: SettingDifference, of_run: Text, of_source: Text) -> Text:
    """Return a sentence on two seeds: those of the runs, or those of one source of chance."""
    text = of_run if one.name == "seed" else of_source
    return text.filled(name=one.word, first=one.side(0), second=one.side(1))


def _equal(first: str, second: str) -> bool | None:
    return first == second if first and second else None


def _reasons(
    chance: Sequence[SettingDifference],
    knobs: Sequence[SettingDifference],
    same: tuple[bool | None, bool | None, bool | None],
    comparable: bool,
) -> list[Reason]:
    """Return what makes a comparison unfair, gravest first; ``same`` tells of data, model and start."""
    grounds = (
        Reason("data", _DATA, _DATA_LONG),
        Reason("model", _MODEL, _MODEL_LONG),
        Reason("start", _START, _START_LONG),
    )
    reasons = [reason for reason, equal in zip(grounds, same, strict=True) if equal is False]
    reasons += [Reason("seed", _SEED, _seed_text(one, _SEED_LONG, _OWN_SEED_LONG)) for one in chance[:1]]
    if len(knobs) > 1:
        names, values = enumerated([one.word for one in knobs]), enumerated([one.text for one in knobs], "; ", "；")
        count = len(knobs)
        reasons.append(
            Reason("settings", _KNOBS.filled(count=count, names=names), _KNOBS_LONG.filled(count=count, values=values))
        )
    if not comparable:
        reasons.append(Reason("epochs", _TOO_EARLY, _TOO_EARLY_LONG))
    return reasons


def _verdict(
    reasons: Sequence[Reason], chance: Sequence[SettingDifference], knobs: Sequence[SettingDifference]
) -> tuple[Verdict, Text, tuple[Text, ...]]:
    codes = {reason.code for reason in reasons}
    if chance and not knobs and codes <= {"seed", "start"}:  # the seed may have drawn the start
        return "repeat", _REPEAT, (_seed_text(chance[0], _REPEAT_LONG, _OWN_REPEAT_LONG),)
    if reasons:
        shorts = enumerated([reason.short for reason in reasons], "; ", "；")
        return "unfair", _UNFAIR.filled(reasons=shorts), tuple(reason.text for reason in reasons)
    if not knobs:
        return "same", _SAME, (_NO_KNOB,)
    return "fair", _FAIR.filled(knob=knobs[0].word), ()


def _notes(
    first: Course,
    second: Course,
    by_name: dict[str, SettingDifference],
    same_data: bool | None,
    same_start: bool | None,
    shared: int,
    epochs: int,
) -> list[Text]:
    """Return what is worth knowing though it makes nothing unfair."""
    counts = first.record.epoch_count, second.record.epoch_count
    notes = [_BRANCHED.filled(epochs=shared)] if shared else []
    notes += [_BATCHES] if "batch_size" in by_name else [_ORDER] if "shuffle" in by_name else []
    notes += (
        [_LENGTH.filled(first=counts[0], second=counts[1], epochs=epochs)] if counts[0] != counts[1] and epochs else []
    )
    notes += [_UNKNOWN_DATA] if same_data is None else []
    notes += [_UNKNOWN_START] if same_start is None else []
    for one in (first, second):
        standing = _STANDING.get(one.run.status)
        notes += [standing.filled(run=run_title(one.run.number, one.run.name))] if standing else []
    return notes


def enumerated(texts: Sequence[Text], between: str = ", ", chinese: str = "、") -> Text:
    """Return ``texts`` one after the other, as one text."""
    return Text(en=between.join(text.en for text in texts), zh=chinese.join(text.zh for text in texts))
