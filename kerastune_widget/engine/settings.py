"""A session's settings: the controls that there are, and the value that each has now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from ..core.control import ControlSpec
from ..core.discover import discover
from ..core.hyperparameters import Hyperparameters, check_hyperparameters
from . import controls as control_folder
from .controls._base import Control, Subject
from .optimizers import own_recipe


class Settings:
    """Checks what is to be set and remembers what was.

    Attributes:
        controls: What can be set, by name, in the order to show it.
        specs: The same, as a person meets it.
        defaults: What the settings were at first.
        now: What they are.

    Args:
        subject: The model and data that the controls describe themselves for.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        parts = discover(control_folder, "CONTROL", Control).values()
        self.controls = {part.name: part for part in sorted(parts, key=lambda part: part.order)}
        self.specs: dict[str, ControlSpec] = {name: part.specify(subject) for name, part in self.controls.items()}
        self.defaults = self.now = Hyperparameters({name: spec.default for name, spec in self.specs.items()})

    def checked(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``given`` in normal form; an optimizer made by hand is put on the shelf, its rate beside it.

        Raises:
            HyperparameterError: For an unknown name or a refused value.
        """
        given = dict(given)
        if isinstance(given.get("optimizer"), keras.optimizers.Optimizer):
            given = {"learning_rate": own_recipe(given["optimizer"]).base_rate, **given}
            given["optimizer"] = self._subject.shelf.add(given["optimizer"]).name
            self.specs["optimizer"] = self.controls["optimizer"].specify(self._subject)
        return check_hyperparameters(given, self.specs)

    def completed(self, name: str, value: Any) -> Any:
        """Take the parts that a dict leaves out from the present setting."""
        parts = self.specs[name].parts if name in self.specs else ()
        if not isinstance(value, dict) or not parts:
            return value
        present = self.now[name]
        return {**(present if isinstance(present, dict) else dict.fromkeys(parts, present)), **value}

    def effect(self, name: str, together_with: Mapping[str, Any]) -> str:
        """Return when ``name`` acts on a run going on; a rate that comes with an optimizer acts when that does."""
        return "epoch" if "optimizer" in together_with else self.specs[name].effect
