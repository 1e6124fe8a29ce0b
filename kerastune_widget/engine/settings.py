"""A session's settings: the controls that there are, and the value that each has now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from ..core.control import ControlSpec
from ..core.discover import discover
from ..core.hyperparameters import Hyperparameters, check_hyperparameters
from ..core.schedule import run_schedule
from . import controls as control_folder
from .controls._base import Control, Subject
from .optimizers import own_recipe
from .schedule_shelf import ScheduleShelf


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
            given["optimizer"] = self._put_on_shelf(given["optimizer"])
        if isinstance(given.get("hand_over"), keras.optimizers.Optimizer):
            rate = own_recipe(given["hand_over"]).base_rate
            given["hand_over"] = {"name": self._put_on_shelf(given["hand_over"]), "learning_rate": rate}
        if callable(given.get("schedule")) and self.specs["schedule"].disabled is None:
            given = self._with_own_schedule(given)
        checked = check_hyperparameters(given, self.specs)
        if "schedule" in checked:
            run_schedule(checked["schedule"], 1, self.schedules.known)
        if "optimizer" in checked:
            self._subject.shelf.refuse_unmakable(checked["optimizer"])
        return checked

    def _put_on_shelf(self, optimizer: Any) -> str:
        """Take in an optimizer made by hand; return what the controls call it from now on."""
        name = self._subject.shelf.add(optimizer).name
        self.specs |= {control: self.controls[control].specify(self._subject) for control in ("optimizer", "hand_over")}
        return name

    def _with_own_schedule(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Put a schedule of a person's own on the shelf; return what is given with its name and its rate."""
        rate = given.get("learning_rate", self.now["learning_rate"])
        epochs = given.get("epochs", self.now["epochs"])
        name, base_rate = self.schedules.add(given["schedule"], rate, epochs)
        self.specs["schedule"] = self.controls["schedule"].specify(self._subject)
        return {"learning_rate": base_rate, **given, "schedule": name}

    @property
    def schedules(self) -> ScheduleShelf:
        """The schedules to choose from."""
        return self._subject.schedules

    def completed(self, name: str, value: Any) -> Any:
        """Take the parts that a dict leaves out from the present setting."""
        parts = self.specs[name].parts if name in self.specs else ()
        if not isinstance(value, dict) or not parts:
            return value
        present = self.now[name]
        return {**(present if isinstance(present, dict) else dict.fromkeys(parts, present)), **value}

    def effect(self, name: str, together_with: Mapping[str, Any]) -> str:
        """Return when ``name`` acts on a run going on; a rate that comes with another setting acts when that does."""
        if name == "learning_rate" and "schedule" in together_with:
            return self.specs["schedule"].effect
        return "epoch" if "optimizer" in together_with else self.specs[name].effect
