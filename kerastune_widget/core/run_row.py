"""One row of the table of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .control import ControlSpec
from .diagnosis import Severity
from .events import RunStatus
from .json_number import json_number
from .plots._words import in_sentence
from .text import Text
from .training import Parent, ProofPart
from .value_text import setting_title, setting_value


@dataclass(frozen=True)
class Score:
    """One metric of one run.

    Attributes:
        best: Its best value; NaN when none was taken or its name does not tell which way is better.
        last: The last value that was taken; NaN when none was.
        epoch: After how many epochs it was best; None when there is no best.
    """

    best: float = math.nan
    last: float = math.nan
    epoch: int | None = None


@dataclass(frozen=True)
class RunRow:
    """One run in the table.

    Attributes:
        number: 1 for the session's first run.
        name: What a person called it; may be empty.
        title: Its name, else its number in words.
        note: What a person wrote about it; may be empty.
        pinned: Whether a person wants it to stay in sight.
        parent: Where it was branched from; None for a run of its own.
        sweep: Number of its sweep, or None.
        proof: Which part of a proof it is, or None.
        status: How it stands.
        settings: The settings that differ from the defaults, by name.
        settings_text: The same in words, such as "learning rate 0.01 · batch size 64".
        changes: How often a setting changed in mid-run.
        metric: Which metric the table shows.
        score: That metric.
        loss: The validation loss, else the training loss.
        verdict: Title of the diagnosis's first finding, else how the run ended if not well; may be empty.
        severity: That finding's severity; "problem" for a run that failed; else None.
        seconds: Time spent training.
        epochs: Epochs that ended.
        planned: Epochs asked for; None when unknown.
        has_weights: Whether it can be continued or adopted.
        kept_epochs: After how many epochs a branch can begin, ascending.
        best: Whether no other run in the table is better by the metric.
    """

    number: int
    name: str
    title: Text
    note: str
    pinned: bool
    parent: Parent | None
    sweep: int | None
    proof: ProofPart | None
    status: RunStatus
    settings: Mapping[str, Any]
    settings_text: Text
    changes: int
    metric: str
    score: Score
    loss: Score
    verdict: Text
    severity: Severity | None
    seconds: float
    epochs: int
    planned: int | None
    has_weights: bool
    kept_epochs: Sequence[int]
    best: bool = False

    @cached_property
    def _described(self) -> dict[str, Any]:
        names = ("number", "name", "note", "pinned", "sweep", "status", "changes", "metric", "epochs", "has_weights")
        return {
            **{name: getattr(self, name) for name in names},
            "parent": None if self.parent is None else vars(self.parent),
            "proof": None if self.proof is None else vars(self.proof),
            "settings": _words(self.settings_text),
            "best": json_number(self.score.best),
            "best_epoch": self.score.epoch,
            "last": json_number(self.score.last),
            "best_loss": json_number(self.loss.best),
            "last_loss": json_number(self.loss.last),
            "is_best": self.best,
            "verdict": _words(self.verdict),
            "severity": self.severity or "",
            "seconds": json_number(self.seconds),
            "planned": self.epochs if self.planned is None else self.planned,
            "kept": list(self.kept_epochs),
        }

    def to_json(self) -> dict[str, Any]:
        """Return what the table shows as JSON-able values.

        Texts are ``{"en": ..., "zh": ...}``, ``settings`` is one of them, missing numbers None, epochs count from 1;
        ``best``, ``best_epoch`` and ``last`` are those of the metric, ``is_best`` says whether the run is.
        """
        return dict(self._described)


def settings_text(settings: Mapping[str, Any], controls: Mapping[str, ControlSpec] | None = None) -> Text:
    """Return settings in words, such as "learning rate 0.01 · batch size 64".

    Args:
        settings: Values by name.
        controls: What can be set, by name, for how settings and values are called; our own words when left out.
    """
    parts = [(setting_title(name, controls), setting_value(name, value, controls)) for name, value in settings.items()]
    return Text(
        en=" · ".join(f"{in_sentence(title.en)} {value.en}" for title, value in parts),
        zh=" · ".join(f"{title.zh} {value.zh}" for title, value in parts),
    )


def _words(text: Text) -> dict[str, str]:
    return {"en": text.get("en"), "zh": text.get("zh")}
