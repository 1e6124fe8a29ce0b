"""What to install elsewhere so that runs can be reproduced there."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import Any

import keras

from ..version import __version__
from .template import ModelTemplate

_OURS = "kerastune_widget"
_DISTRIBUTION = "kerastune-widget"
_FIRST = (_OURS, "keras", "numpy")


def kinds_of(*data: Any) -> frozenset[type]:
    """Return the types that data as a user gave them are made of: arrays, tables, streams.

    Args:
        *data: As for ``Session``; None counts for nothing.
    """
    return frozenset(type(part) for part in _flat(data))


def requirements(template: ModelTemplate, kinds: Iterable[type]) -> str:
    """Return pinned requirements, one ``package==version`` a line, the version of Python in a comment.

    Args:
        template: The model: what its layers, loss, metrics and optimizer are made of is among them.
        kinds: The types of the data.
    """
    roots = dict.fromkeys([*_FIRST, keras.backend.backend(), *sorted(_roots([*_things(template), *kinds]))])
    known = packages_distributions()
    lines: list[str] = []
    missing: list[str] = []
    for root in roots:
        pin = _pin(root, known.get(root, ()))
        (missing if pin is None else lines).append(root if pin is None else pin)
    notes = [f"# {root}: code of your own, on no package index" for root in missing]
    header = f"# Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return "\n".join([header, *dict.fromkeys(lines), *notes]) + "\n"


def _roots(things: Iterable[Any]) -> set[str]:
    """Return the top modules that things come from, those of the standard library and the notebook left out."""
    modules = {getattr(thing, "__module__", "") or "" for thing in things}
    roots = {module.partition(".")[0] for module in modules}
    return {root for root in roots if root and root != "__main__" and root not in sys.stdlib_module_names}


def _things(template: ModelTemplate) -> Iterator[Any]:
    """Return the classes and functions that a model is made of."""
    model = template.example
    for layer in model._flatten_layers():
        yield from type(layer).__mro__  # a layer of the notebook's may build on one of a package
    if template.function is not None:
        yield template.function
    compiled = getattr(getattr(model, "_compile_config", None), "config", {})
    for part in (model.optimizer, *_flat(compiled.values())):
        yield part if hasattr(part, "__qualname__") else type(part)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Mapping):
            yield from _flat(value.values())
        elif isinstance(value, list | tuple):
            yield from _flat(value)
        elif value is not None:
            yield value


def _pin(root: str, distributions: Iterable[str]) -> str | None:
    """Return ``package==version`` for a top module; None when no package has it."""
    if root == _OURS:
        return f"{_DISTRIBUTION}=={__version__}"
    names = sorted(distributions, key=lambda name: (_normal(name) != _normal(root), len(name)))
    for name in names:
        try:
            return f"{_normal(name)}=={version(name)}"
        except PackageNotFoundError:
            continue
    return None


def _normal(name: str) -> str:
    """Return a package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()
