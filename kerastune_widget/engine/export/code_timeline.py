"""What was in force when: a run's epochs in stretches of ``fit``, and what changed within them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from ...core.hand_over import EPOCH, read_hand_over
from ...core.history import Change, History, Leg
from ...core.schedule import CONSTANT
from ...core.seeds import SEEDS

_SPLITTING: tuple[str, ...] = ("batch_size", "optimizer", "shuffle", *SEEDS)
_SPLITTING += ("l2", "clipnorm", "class_weight", "early_stopping", "schedule")
_SPLITTING += ("monitor", "min_delta", "restore_best")
"""What acts on the next epoch; ``fit`` must be called anew for it."""


@dataclass(frozen=True)
class Stretch:
    """Some epochs that one call of ``fit`` trains.

    Attributes:
        first_epoch: Counted from 0.
        end_epoch: The first one after them.
        values: The hyperparameters in force at its first step.
        changed: What differs from the stretch before, by name: the value there and the value here.
        begins: Whether the run was started, branched or continued here.
        watched: Whether early stopping may have ended it.
        restores: Whether the weights of the best epoch are put back at its end.
        scheduled_epochs: Epochs that a schedule of the learning rate spans.
    """

    first_epoch: int
    end_epoch: int
    values: Mapping[str, Any]
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    begins: bool = True
    watched: bool = False
    restores: bool = False
    scheduled_epochs: int = 1


@dataclass(frozen=True)
class Move:
    """A setting that took a new value at a step.

    Attributes:
        step: The first step with it, counted from 0 over the whole run.
        name: "learning_rate" or "dropout".
        value: The new value.
        optimizer: The optimizer in force.
    """

    step: int
    name: str
    value: Any
    optimizer: str


@dataclass(frozen=True)
class Timeline:
    """The course of a run.

    Attributes:
        stretches: In order, at least one.
        moves: In order.
        left_out: Steps of an epoch that did not end.
        planned: Epochs that the only stretch was to have, when early stopping may have ended it before.
    """

    stretches: tuple[Stretch, ...]
    moves: tuple[Move, ...]
    left_out: int = 0
    planned: int | None = None

    @property
    def epochs(self) -> int:
        """Epochs in all."""
        return self.stretches[-1].end_epoch

    def values_of(self, name: str) -> list[Any]:
        """Return every value that a setting had, the first one first."""
        first = [self.stretches[0].values[name]]
        moved = [move.value for move in self.moves if move.name == name]
        return first + moved + [stretch.values[name] for stretch in self.stretches[1:]]


def timeline(settings: Mapping[str, Any], history: History, *, inserted_dropout: bool = False) -> Timeline:
    """Return the course of a run up to its last whole epoch; of one that has none, as it was planned.

    Args:
        settings: In force at its first step.
        history: What was recorded.
        inserted_dropout: Whether dropout was put into the model; it then changes at a branching only.
    """
    splitters = (*_SPLITTING, "dropout") if inserted_dropout else _SPLITTING
    epochs = history.epoch_count
    if not epochs:
        return _as_planned(settings, max(1, history.planned_epochs or 1))
    ends = tuple(history.epoch_ends)
    changes = [change for change in history.changes if change.step < ends[-1] and change.name in settings]
    values, stretches, moves = dict(settings), [Stretch(0, epochs, dict(settings))], []
    for step, group in groupby(changes, key=lambda change: change.step):
        together = list(group)
        before = dict(values)
        values.update({change.name: change.new for change in together})
        splitting = [change.name for change in together if change.name in splitters]
        if splitting and step in ends[:-1]:
            _split(stretches, ends.index(step) + 1, before, values, splitting)
        elif splitting and step == 0:
            stretches = [Stretch(0, epochs, dict(values))]
        moves += _moves(together, values)
    steps = len(history.learning_rates) or ends[-1]
    stretches = _by_legs(stretches, settings, changes, history)
    planned = history.planned_epochs if len(stretches) == 1 and stretches[0].watched else None
    return Timeline(tuple(stretches), tuple(moves), max(0, steps - ends[-1]), planned)


def _as_planned(settings: Mapping[str, Any], epochs: int) -> Timeline:
    watched, restores = _watches(settings), bool(settings.get("restore_best", True))
    whole = Stretch(0, epochs, dict(settings), scheduled_epochs=epochs)
    hand_over = read_hand_over(settings.get("hand_over"))
    if hand_over is None or hand_over.when != EPOCH or hand_over.epoch >= epochs:
        return Timeline((replace(whole, watched=watched, restores=watched and restores),), ())
    rate = settings["learning_rate"] if hand_over.learning_rate is None else hand_over.learning_rate
    values = {**settings, "optimizer": hand_over.optimizer, "learning_rate": rate}
    changed = {"optimizer": (settings["optimizer"], hand_over.optimizer)}
    rest = replace(whole, first_epoch=hand_over.epoch, values=values, changed=changed, begins=False)
    last = replace(rest, watched=watched, restores=watched and restores)
    return Timeline((replace(whole, end_epoch=hand_over.epoch), last), ())


def _by_legs(
    stretches: list[Stretch], settings: Mapping[str, Any], changes: Sequence[Change], history: History
) -> list[Stretch]:
    """Part the stretches where the run was continued or branched, if that says when watching or a schedule began."""
    legs = history.legs
    if not legs or not any(_depends_on_legs(stretch.values) for stretch in stretches):
        return stretches
    for leg in legs:
        place = next((i for i, s in enumerate(stretches) if s.first_epoch < leg.first_epoch < s.end_epoch), None)
        if place is not None:
            step, old = history.epoch_ends[leg.first_epoch - 1], stretches[place]
            values = {**settings, **{change.name: change.new for change in changes if change.step <= step}}
            first = replace(old, end_epoch=leg.first_epoch)
            stretches[place : place + 1] = [first, Stretch(leg.first_epoch, old.end_epoch, values)]
    found = [_in_leg(stretch, legs, history.epoch_count) for stretch in stretches]
    over = len(legs) == len(found) == 1 and history.status == "finished"
    return [replace(one, watched=one.restores or (over and _watches(one.values))) for one in found]


def _watches(values: Mapping[str, Any]) -> bool:
    return values["early_stopping"] is not None


def _depends_on_legs(values: Mapping[str, Any]) -> bool:
    return _watches(values) or values["schedule"] != CONSTANT


def _in_leg(stretch: Stretch, legs: Sequence[Leg], epochs: int) -> Stretch:
    known = [leg for leg in legs if leg.first_epoch <= stretch.first_epoch]
    if not known:
        return stretch
    leg, end = known[-1], min((leg.first_epoch for leg in legs[len(known) :]), default=epochs)
    return replace(
        stretch,
        begins=leg.first_epoch == stretch.first_epoch,
        restores=leg.restored and end == stretch.end_epoch,
        scheduled_epochs=leg.scheduled_epochs,
    )


def _split(
    stretches: list[Stretch], epoch: int, before: Mapping[str, Any], values: Mapping[str, Any], names: list[str]
) -> None:
    last = stretches.pop()
    stretches.append(Stretch(last.first_epoch, epoch, last.values, last.changed))
    changed = {name: (before[name], values[name]) for name in names}
    stretches.append(Stretch(epoch, last.end_epoch, dict(values), changed))


def _moves(together: list[Change], values: Mapping[str, Any]) -> list[Move]:
    """Return what a callback must do; a new optimizer is made with its rate."""
    anew = any(change.name == "optimizer" for change in together)
    names = ("dropout",) if anew else ("learning_rate", "dropout")
    last = {change.name: change for change in together if change.name in names}
    return [Move(change.step, change.name, change.new, values["optimizer"]) for change in last.values()]
