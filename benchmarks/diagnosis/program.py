"""A healthy program: a small training that does what its author wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kerastune_widget.core.discover import discover

from .recipe import Recipe

Half = Literal["tuning", "held_out", "fresh"]
HALVES: tuple[Half, ...] = ("tuning", "held_out", "fresh")


@dataclass(frozen=True)
class Program:
    """One healthy program.

    Attributes:
        name: Its name, as in its file's name.
        half: "tuning" when its runs may be looked at while rules are written; no data set is in two of the sets.
        data: What it learns from, in a few words.
        recipe: Makes its training.
    """

    name: str
    half: Half
    data: str
    recipe: Callable[[], Recipe]


@cache
def all_programs() -> dict[str, Program]:
    """Return every program in ``programs``, by name."""
    from . import programs

    return discover(programs, "PROGRAM", Program)
