"""What ``run.json`` says of a run: everything but its events and weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...core.data_profile import DataProfile
from ...core.environment import Environment
from ...core.history import Leg
from ...core.model_profile import ModelProfile
from ...core.training import Parent, ProofPart
from ..class_weights import BALANCED, NONE, OWN
from ..structure import MATCHED_OUTPUT, OutputMatch
from .fields import Fields
from .profiles import profile_values, read_profile
from .strict_json import from_json, to_document

Read = Callable[[Fields, str], object]


def _amount_or_none(fields: Fields, name: str) -> object:
    return fields.amount(name) if fields.has(name) else None


def _whole_or_none(fields: Fields, name: str) -> object:
    return fields.whole(name, 1) if fields.has(name) else None


def _seed_or_none(fields: Fields, name: str) -> object:
    return fields.whole(name) if fields.has(name) else None


def _text_or_none(fields: Fields, name: str) -> object:
    return fields.text(name) if fields.has(name) else None


def _class_weight(fields: Fields, name: str) -> object:
    return fields.one_of(name, (NONE, OWN, BALANCED))


def _output_match(fields: Fields, name: str) -> object:
    return read_profile(OutputMatch, fields.raw(name))


SETTINGS: dict[str, Read] = {
    "learning_rate": Fields.amount,
    "batch_size": Fields.whole,
    "optimizer": Fields.text,
    "seed": Fields.whole,
    "weights_seed": _seed_or_none,
    "order_seed": _seed_or_none,
    "dropout_seed": _seed_or_none,
    "shuffle": Fields.flag,
    "l2": _amount_or_none,
    "clipnorm": _amount_or_none,
    "class_weight": _class_weight,
    "early_stopping": _whole_or_none,
    "monitor": Fields.text,
    "min_delta": Fields.amount,
    "restore_best": Fields.flag,
    "hand_over": _text_or_none,
    "schedule": Fields.text,
    "normalization": Fields.flag,
    "output": Fields.text,
    "initializer": Fields.text,
}
_FACTS: dict[str, Read] = {
    "training_rows": Fields.whole,
    "validation_rows": Fields.whole,
    "classes": Fields.whole,
    "parameters": Fields.whole,
    "loss_name": Fields.text,
    "scheduled": Fields.flag,
    MATCHED_OUTPUT: _output_match,
}


@dataclass(frozen=True)
class Labels:
    """What a person can say of a run."""

    name: str
    note: str
    pinned: bool


@dataclass(frozen=True)
class Membership:
    """The sweep that a run belongs to.

    Attributes:
        number: The sweep's number.
        name: The control that it varies.
        values: All its values.
    """

    number: int
    name: str
    values: Sequence[Any]


@dataclass(frozen=True)
class End:
    """How a run stood when its training ended; a run that was continued has several.

    Attributes:
        values: The hyperparameters in force.
        epoch: Epochs that ended.
        step: Steps taken.
        step_in_epoch: Steps taken since the last epoch ended.
    """

    values: Mapping[str, Any]
    epoch: int
    step: int
    step_in_epoch: int


@dataclass(frozen=True)
class Header:
    """Everything that ``run.json`` says of a run that is not in its events; most fields are those of ``Run``.

    Attributes:
        deleted_at: When a person deleted it, in seconds since 1970; None if it is not deleted.
        ends: How it stood each time its training ended, as far as its weights could be written.
        model: How its model was built and compiled; None when unknown.
        data: What its data look like; None when unknown.
        legs: Of a branch, the legs that it took over.
        environment: Where it was trained; None when unknown.
    """

    number: int
    hyperparameters: Mapping[str, Any]
    start_settings: Mapping[str, Any]
    facts: Mapping[str, Any]
    started_at: float
    parent: Parent | None = None
    sweep: Membership | None = None
    proof: ProofPart | None = None
    repeat: int | None = None
    start_id: str = ""
    data_id: str = ""
    name: str = ""
    note: str = ""
    pinned: bool = False
    deleted_at: float | None = None
    ends: tuple[End, ...] = ()
    model: ModelProfile | None = None
    data: DataProfile | None = None
    legs: Sequence[Leg] = ()
    environment: Environment | None = None

    def labelled(self, labels: Labels, deleted_at: float | None) -> Header:
        """Return the same with what a person says of it now."""
        return replace(self, name=labels.name, note=labels.note, pinned=labels.pinned, deleted_at=deleted_at)

    def ended(self, end: End) -> Header:
        """Return the same with one more end; one at the same step is replaced."""
        return replace(self, ends=(*(other for other in self.ends if other.step != end.step), end))


def header_bytes(header: Header) -> bytes:
    """Return the content of ``run.json``."""
    parent, sweep = header.parent, header.sweep
    return to_document(
        {
            "number": header.number,
            "name": header.name,
            "note": header.note,
            "pinned": header.pinned,
            "deleted_at": header.deleted_at,
            "started_at": header.started_at,
            "hyperparameters": header.hyperparameters,
            "start_settings": header.start_settings,
            "parent": parent and {"run": parent.run, "epochs": parent.epochs},
            "sweep": sweep and {"number": sweep.number, "name": sweep.name, "values": list(sweep.values)},
            "proof": header.proof and asdict(header.proof),
            "repeat": header.repeat,
            "start_id": header.start_id,
            "data_id": header.data_id,
            "facts": header.facts,
            "ends": [asdict(end) for end in header.ends],
            "legs": [leg._asdict() for leg in header.legs],
            "model": header.model and profile_values(header.model),
            "data": header.data and profile_values(header.data),
            "environment": header.environment and profile_values(header.environment),
        }
    )


def parse_header(content: bytes) -> Header:
    """Read what ``header_bytes`` wrote.

    Raises:
        ValueError: If it is no JSON.
        LogError: If a field is missing or wrong.
    """
    fields = Fields(from_json(content))
    number = fields.whole("number", 1)
    return Header(
        number=number,
        hyperparameters=_settings(fields, "hyperparameters"),
        start_settings=_settings(fields, "start_settings"),
        facts=_facts(fields),
        started_at=fields.amount("started_at"),
        parent=_parent(fields.fields("parent"), number) if fields.has("parent") else None,
        sweep=_membership(fields.fields("sweep")) if fields.has("sweep") else None,
        proof=_proof(fields.fields("proof")) if fields.has("proof") else None,
        repeat=fields.whole("repeat", 1) if fields.has("repeat") else None,
        start_id=fields.text("start_id"),
        data_id=fields.text("data_id"),
        name=fields.text("name"),
        note=fields.text("note"),
        pinned=fields.flag("pinned"),
        deleted_at=fields.amount("deleted_at") if fields.has("deleted_at") else None,
        ends=tuple(_end(Fields(values)) for values in fields.items("ends")),
        legs=tuple(_leg(Fields(values)) for values in fields.items("legs")) if fields.has("legs") else (),
        model=read_profile(ModelProfile, fields.raw("model")) if fields.has("model") else None,
        data=read_profile(DataProfile, fields.raw("data")) if fields.has("data") else None,
        environment=read_profile(Environment, fields.raw("environment")) if fields.has("environment") else None,
    )


def _settings(fields: Fields, name: str) -> dict[str, Any]:
    """Read settings, those that rules and plots count on checked."""
    inside = fields.fields(name)
    inside.whole("epochs", 1)
    for known, read in SETTINGS.items():
        if inside.has(known):
            read(inside, known)
    return fields.mapping(name)


def _facts(fields: Fields) -> dict[str, Any]:
    inside = fields.fields("facts")
    for known, read in _FACTS.items():
        if inside.has(known):
            read(inside, known)
    return fields.mapping("facts")


def _parent(fields: Fields, number: int) -> Parent:
    return Parent(fields.whole("run", 1, number - 1), fields.whole("epochs", 1))


def _membership(fields: Fields) -> Membership:
    return Membership(fields.whole("number", 1), fields.text("name"), fields.items("values"))


def _proof(fields: Fields) -> ProofPart:
    return ProofPart(fields.whole("proof", 1), fields.flag("fixed"), fields.whole("seed"))


def _end(fields: Fields) -> End:
    epoch, step = fields.whole("epoch"), fields.whole("step")
    return End(_settings(fields, "values"), epoch, step, fields.whole("step_in_epoch"))


def _leg(fields: Fields) -> Leg:
    return Leg(fields.whole("first_epoch"), fields.whole("scheduled_epochs", 1), fields.flag("restored"))
