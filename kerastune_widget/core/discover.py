"""One loader for every plug-in folder: one file, one part."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Part = TypeVar("Part")


def discover(package: ModuleType, constant: str, kind: type[Part], key: str = "name") -> dict[str, Part]:
    """Import each public module of ``package`` and collect its part.

    Args:
        package: A folder whose modules not starting with ``_`` each define ``constant``.
        constant: Name of the module constant, such as ``"RULE"``.
        kind: The type that each part must have.
        key: The attribute of the part to key the result by.

    Returns:
        The parts by key, in the order of their module names.

    Raises:
        TypeError: If a module lacks the constant or it is of another type.
        ValueError: If two modules claim the same key.
    """
    found: dict[str, Part] = {}
    owner: dict[str, str] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        part = getattr(module, constant, None)
        if not isinstance(part, kind):
            raise TypeError(f"{module.__name__} must define {constant}, a {kind.__name__}; found {part!r}.")
        name = str(getattr(part, key))
        if name in found:
            raise ValueError(f"{key} {name!r} is claimed by both {owner[name]} and {info.name}.")
        found[name], owner[name] = part, info.name
    return found
