"""In which settings two runs differ, from the start or from where one branched off the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .control import ControlSpec
from .course import Course
from .history import Change
from .plots._words import in_sentence
from .seeds import SEEDS
from .text import NO_TEXT, Text
from .value_text import setting_title, setting_value

NOT_KNOBS = ("epochs", *SEEDS, "start")
"""Settings that are judged by what they lead to: epochs trained, batch order and start weights."""

_MOST_TOLD = 2  # changes of one setting; more are a slider that was played with
_CHANGED = Text(en=" → {value} (epoch {epoch})", zh=" → {value}（第 {epoch} 轮）")
_OFTEN = Text(en=", changed {count} times, last to {value}", zh="，改动 {count} 次，最后为 {value}")
_AGAINST = Text(en="{title} {first} against {second}", zh="{title} {first} 对 {second}")


@dataclass(frozen=True)
class SettingDifference:
    """One setting in which two runs differ.

    Attributes:
        name: Which.
        title: How it is called.
        first: Its value in the first run, where the two begin to be compared.
        second: Likewise in the second run.
        first_changes: How it changed in mid-run after that.
        second_changes: Likewise in the second run.
        controls: What can be set, by name, for how values are called; our own words when left out.
    """

    name: str
    title: Text
    first: Any
    second: Any
    first_changes: tuple[Change, ...] = ()
    second_changes: tuple[Change, ...] = ()
    controls: Mapping[str, ControlSpec] | None = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> Text:
        """Both values in words, such as "learning rate 0.001 against 0.01"."""
        return _AGAINST.filled(title=self.word, first=self.side(0), second=self.side(1))

    @property
    def word(self) -> Text:
        """What it is called within a sentence."""
        return Text(en=in_sentence(self.title.en), zh=self.title.zh)

    def side(self, place: int) -> Text:
        """Return the value in one of the runs, 0 or 1, in words, with its changes in mid-run."""
        value, changes = ((self.first, self.first_changes), (self.second, self.second_changes))[place]
        if len(changes) > _MOST_TOLD:
            tail = _OFTEN.filled(count=len(changes), value=self._said(changes[-1].new))
        else:
            tail = _joined([_CHANGED.filled(value=self._said(one.new), epoch=one.epoch + 1) for one in changes])
        return _joined([self._said(value), tail])

    def _said(self, value: Any) -> Text:
        return setting_value(self.name, value, self.controls)


def differing_settings(
    first: Course, second: Course, step: int = 0, controls: Mapping[str, ControlSpec] | None = None
) -> list[SettingDifference]:
    """Return the settings in which two runs differ from step ``step`` on, mid-run changes included.

    How many epochs were asked for is none of them: runs are compared at an epoch that both have.

    Args:
        first: A run.
        second: Another run.
        step: Steps that both have in common.
        controls: What can be set, by name, for how settings and values are called; our own words when left out.
    """
    ours, theirs = first.settings_at(step), second.settings_at(step)
    changes = [_by_name(one.changes_after(step)) for one in (first, second)]
    resized = ours.get("batch_size") != theirs.get("batch_size")
    found = []
    for name in dict.fromkeys((*ours, *theirs, *changes[0], *changes[1])):
        if name == "epochs":
            continue
        first_changes, second_changes = (tuple(part.get(name, ())) for part in changes)
        alike = _course(first_changes, resized) == _course(second_changes, resized)
        if alike and ours.get(name) == theirs.get(name):
            continue
        sides = (ours.get(name), theirs.get(name), first_changes, second_changes)
        found.append(SettingDifference(name, setting_title(name, controls), *sides, controls))
    return found


def _by_name(changes: Sequence[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.name, []).append(change)
    return found


def _course(changes: Sequence[Change], resized: bool) -> list[Any]:
    """Return when a setting changed to what; with batches of other sizes, only epochs can be the same."""
    return [(change.epoch if resized else change.step, change.new) for change in changes]


def _joined(parts: Sequence[Text]) -> Text:
    return Text(en="".join(part.en for part in parts), zh="".join(part.zh for part in parts)) if parts else NO_TEXT
