"""What a run changes about the user's model before it trains; the key that tunable copies are kept by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

MATCHED = "matched"
"""The value of the control "output" that changes it."""

STRUCTURAL = ("normalization", "output", "initializer")
"""Controls that shape the model: fixed when a run begins, for its branches too."""

MATCHED_OUTPUT = "matched_output"
"""The fact that says what "matched" means for the session's targets, so that a log alone can rebuild a run's model."""


@dataclass(frozen=True)
class OutputMatch:
    """The output that fits the targets.

    Attributes:
        units: Length of its last axis.
        activation: Keras's name of what acts on it last.
        loss: Keras's name of its loss.
    """

    units: int
    activation: str
    loss: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Structure:
    """How the copy that trains differs from the user's model.

    Attributes:
        inserted_dropout: Whether dropout stands after the hidden layers.
        normalization: Whether a Normalization layer stands in front.
        output: What the output is changed to; None: as built.
        initializer: What the kernels are drawn with: "as_built", "he" or "glorot".
    """

    inserted_dropout: bool = False
    normalization: bool = False
    output: OutputMatch | None = None
    initializer: str = "as_built"

    @property
    def traced(self) -> Structure:
        """What matters to a training step: not how the weights are drawn that it begins with."""
        return replace(self, initializer="as_built")

    @property
    def is_one_by_one(self) -> bool:
        """Whether its weights are those of the user's model, one by one."""
        return not self.differences

    @property
    def changes_layers(self) -> bool:
        """Whether its layers are not those of the user's model."""
        return self.inserted_dropout or not self.is_one_by_one

    @property
    def differences(self) -> tuple[str, ...]:
        """Names of the controls by which its weights mean something else than in the user's model."""
        changed = {"normalization": self.normalization, "output": self.output is not None}
        return tuple(name for name, is_changed in changed.items() if is_changed)


AS_BUILT = Structure()


def structure_of(values: Mapping[str, Any], facts: Mapping[str, Any], *, can_insert_dropout: bool) -> Structure:
    """Return the structure that a run's settings ask for.

    Args:
        values: Its hyperparameters; a log from before these controls lacks some.
        facts: What its history knows of model and data.
        can_insert_dropout: Whether the model takes inserted dropout.
    """
    match = facts.get(MATCHED_OUTPUT) if values.get("output") == MATCHED else None
    return Structure(
        inserted_dropout=can_insert_dropout and bool(values.get("dropout")),
        normalization=bool(values.get("normalization", False)),
        output=None if match is None else OutputMatch(**match),
        initializer=values.get("initializer", "as_built"),
    )


def facts_under(values: Mapping[str, Any], facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known of a run's model: as the user's, but for what its settings change.

    Args:
        values: Its hyperparameters.
        facts: What is known of the user's model and data.
    """
    match = facts.get(MATCHED_OUTPUT) if values.get("output") == MATCHED else None
    return facts if match is None else {**facts, "loss_name": match["loss"]}
