"""A fault: a small change of a healthy program that spoils it, with the findings that should name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from kerastune_widget.core.discover import discover

from .recipe import Recipe

HEALTHY = "healthy"
"""What the runs of a program without fault are filed under."""

Names = frozenset[str]


@dataclass(frozen=True)
class Fault:
    """One fault, in the manner of DeepCrime's mutation operators.

    Attributes:
        name: Its name, as in its file's name.
        shows: What should be found: by pathology, the names of the findings that count as having found it. Nearly
            always that is the pathology's own name; others count where a person would be sent to the same place.
        root: Names that are right as the first finding of the run.
        programs: The programs that it is put into: at least three of each half, and up to three of the fresh set.
        inject: Returns the faulty training.
        fact: Whether it is a fact of data or configuration that is worth saying whether or not the result suffers.
            Faults that are none count only where they do harm.
        loss_tells: Whether the faulty run's loss is of the healthy one's scale, so that a higher one is harm.
    """

    name: str
    shows: Mapping[str, Names]
    root: Names
    programs: tuple[str, ...]
    inject: Callable[[Recipe], Recipe]
    fact: bool = field(default=False, kw_only=True)
    loss_tells: bool = field(default=True, kw_only=True)


def named(*names: str) -> dict[str, Names]:
    """Return pathologies that only their own names find."""
    return {name: frozenset({name}) for name in names}


def either(pathology: str, *others: str) -> dict[str, Names]:
    """Return one pathology that several names find."""
    return {pathology: frozenset({pathology, *others})}


@cache
def all_faults() -> dict[str, Fault]:
    """Return every fault in ``faults``, by name."""
    from . import faults

    return discover(faults, "FAULT", Fault)
