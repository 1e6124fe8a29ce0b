"""What may be asked of a run while it trains, in the imperative, and the queue that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Condition
from typing import Any


@dataclass(frozen=True)
class SetHyperparameter:
    """Give a hyperparameter a new value, as soon as its effect allows.

    Attributes:
        name: Which.
        value: The new value, checked.
        effect: When it acts: "step" or "epoch".
    """

    name: str
    value: Any
    effect: str


@dataclass(frozen=True)
class Pause:
    """Stand still, keeping all state."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class Stop:
    """End the run, keeping what it learned."""


Command = SetHyperparameter | Pause | Resume | Stop


class CommandQueue:
    """Commands from any thread to the training thread, in order."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._commands: list[Command] = []

    def put(self, command: Command) -> None:
        """Add a command; returns at once."""
        with self._condition:
            self._commands.append(command)
            self._condition.notify_all()

    def holds(self, kind: type[Command]) -> bool:
        """Whether a command of this kind has come in; it stays."""
        with self._condition:
            return any(isinstance(command, kind) for command in self._commands)

    def take(self, *, wait: bool = False) -> list[Command]:
        """Return what has come in, oldest first.

        Args:
            wait: Whether to wait until something has.
        """
        with self._condition:
            while wait and not self._commands:
                self._condition.wait()
            taken, self._commands = self._commands, []
        return taken
