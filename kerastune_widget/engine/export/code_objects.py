"""Keras objects as the calls that make them; only what differs from Keras's defaults is written."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import keras
import numpy as np

from .code_printer import Bracketed, Expression, Verbatim, call, listed, literal

_PLACES: tuple[str, ...] = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "initializers",
    "regularizers",
)
_PLACES += ("constraints", "activations", "ops", "dtype_policies")


class Unwritable(Exception):
    """There is no source for an object; its text says why."""


@dataclass
class Borrowed:
    """What of the user's own a script names: it must be imported, or put in by hand.

    Attributes:
        imports: Names by the module that they can be imported from.
        missing: Names that live in a notebook only, each with what it is.
        policy: The dtype policy that the script sets for all layers.
    """

    imports: dict[str, set[str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    policy: str = "float32"

    def name_of(self, thing: Any) -> str:
        """Return the name of a class or function of the user's own, and note where it comes from.

        Raises:
            Unwritable: If it has no name of its own.
        """
        name = getattr(thing, "__qualname__", "")
        if not name.isidentifier():
            raise Unwritable(f"{name or type(thing).__name__} has no name that a script could import")
        module = getattr(thing, "__module__", None) or "__main__"
        if module == "__main__" or getattr(sys.modules.get(module), name, None) is not thing:
            self.missing[name] = "class" if isinstance(thing, type) else "function"
        else:
            self.imports.setdefault(module, set()).add(name)
        return name


def public_name(thing: Any) -> str | None:
    """Return the name that Keras publishes a class or function under, such as "keras.layers.Dense"; None for others."""
    name = getattr(thing, "__name__", "")
    if not (getattr(thing, "__module__", None) or "").startswith("keras."):
        return None
    for place in _PLACES:
        home: Any = keras
        for part in place.split("."):
            home = getattr(home, part, None)
        if getattr(home, name, None) is thing:
            return f"keras.{place}.{name}"
    return f"keras.{name}" if getattr(keras, name, None) is thing else None


def made(thing: Any, borrowed: Borrowed, *, force: Mapping[str, Any] | None = None, named: bool = False) -> Bracketed:
    """Return the call that makes a Keras object like ``thing``.

    Args:
        thing: A layer, loss, metric, optimizer, ...: anything with ``get_config``.
        borrowed: Notes what of the user's own is named.
        force: Arguments that take another value than in its configuration.
        named: Whether its name must stay, though Keras made it up.

    Raises:
        Unwritable: If its configuration does not tell how it was made.
    """
    try:
        config = {name: _own_part(thing, name, value) for name, value in thing.get_config().items()}
    except Exception as error:  # whatever the class of a user raises
        raise Unwritable(f"{type(thing).__name__} has no configuration") from error
    return constructed(type(thing), {**config, **(force or {})}, borrowed, named=named, written=force or ())


def constructed(
    kind: type, config: Mapping[str, Any], borrowed: Borrowed, *, named: bool = False, written: Collection[str] = ()
) -> Bracketed:
    """Return the call of ``kind`` with what ``config`` says and its defaults do not.

    Args:
        kind: The class.
        config: Arguments, as ``get_config`` gives them.
        borrowed: Notes what of the user's own is named.
        named: Whether the name must stay, though Keras made it up.
        written: Arguments to write in any case.

    Raises:
        Unwritable: If an argument cannot be written.
    """
    parameters = list(inspect.signature(kind).parameters.values())
    required = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    if any(name not in config for name in required):
        raise Unwritable(f"{kind.__name__} does not tell its {', '.join(required)}")
    usual = _usual(kind, config, required)
    if isinstance(usual.get("dtype"), dict):  # this thread may have another policy than the script will
        usual["dtype"] = _policy(borrowed.policy)
    differing = {
        name: value
        for name, value in config.items()
        if name not in (*required, "name") and (name in written or not _same(value, usual.get(name, _NOTHING)))
    }
    accepted = {p.name for p in parameters}
    if not any(p.kind is p.VAR_KEYWORD for p in parameters) and not set(differing) <= accepted:
        raise Unwritable(f"{kind.__name__} tells more than it takes")
    name = config.get("name")
    if isinstance(name, str) and (named or not _is_automatic(name, kind, parameters)):
        differing["name"] = name
    function = shortened(public_name(kind) or borrowed.name_of(kind))
    positional = [value_source(config[argument], borrowed) for argument in required]
    order = [p.name for p in parameters if p.name in differing]
    order += [argument for argument in differing if argument not in order]
    return call(function, *positional, **{key: value_source(differing[key], borrowed) for key in order})


def value_source(value: Any, borrowed: Borrowed) -> Expression:
    """Return the source of a value out of a configuration: plain, serialized by Keras, or a live object.

    Raises:
        Unwritable: If there is none.
    """
    if isinstance(value, Bracketed):
        return value
    if isinstance(value, dict) and "class_name" in value and "config" in value:
        return _serialized(value, borrowed)
    if isinstance(value, dict):
        parts = [(f"{literal(key)}: ", value_source(part, borrowed)) for key, part in value.items()]
        return Bracketed("{", tuple(parts), "}")
    if isinstance(value, list):
        return listed([value_source(part, borrowed) for part in value])
    if isinstance(value, tuple):
        return Bracketed("(", tuple(("", value_source(part, borrowed)) for part in value), ")")
    if isinstance(value, np.ndarray):
        return call("np.array", literal(value.tolist()), dtype=literal(str(value.dtype)))
    if hasattr(value, "get_config") and not isinstance(value, type):
        return made(value, borrowed, named=_is_renamed_metric(value))
    if callable(value):
        return shortened(public_name(value) or borrowed.name_of(value))
    try:
        return literal(value)
    except TypeError as error:
        raise Unwritable(str(error)) from error


def shortened(name: str) -> str:
    """Return a name as the script writes it, which imports ``layers`` from Keras."""
    return name.removeprefix("keras.") if name.startswith("keras.layers.") else name


def snake_case(name: str) -> str:
    """Return how Keras names an object of the class ``name``."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()


_NOTHING = object()


def _policy(name: str) -> Any:
    return keras.saving.serialize_keras_object(keras.dtype_policies.DTypePolicy(name))


def _own_part(thing: Any, name: str, value: Any) -> Any:
    """Return a function or object of the user's own that ``thing`` holds, rather than what its configuration tells."""
    held = getattr(thing, name, None)
    if isinstance(held, FunctionType):
        return value if public_name(held) else held
    own = hasattr(held, "get_config") and not type(held).__module__.startswith("keras.")
    return held if own and isinstance(value, dict) else value


def _usual(kind: type, config: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    """Return the configuration of an object that was given nothing but what it must be given."""
    given = {name: 0.0 if isinstance(config[name], Verbatim) else config[name] for name in required}
    if isinstance(config.get("name"), str):
        given["name"] = config["name"]  # else Keras would count one more "dense" in the user's own session
    try:
        return dict(kind.from_config(given).get_config())  # type: ignore[attr-defined]
    except Exception:  # then everything is written
        return {}


def _same(value: Any, usual: Any) -> bool:
    if isinstance(value, list | tuple) and isinstance(usual, list | tuple):
        return len(value) == len(usual) and all(map(_same, value, usual))
    if isinstance(value, np.ndarray) or isinstance(usual, np.ndarray):
        return bool(np.array_equal(value, usual)) if usual is not _NOTHING else False
    return bool(value == usual)


def _is_automatic(name: str, kind: type, parameters: list[inspect.Parameter]) -> bool:
    default = next((p.default for p in parameters if p.name == "name"), None)
    if isinstance(default, str):
        return name == default
    return re.fullmatch(rf"{re.escape(snake_case(kind.__name__))}(_\d+)?", name) is not None


def _is_renamed_metric(value: Any) -> bool:
    """Whether Keras numbered a metric ("auc_1"), whose name is what it is logged under."""
    return isinstance(value, keras.metrics.Metric) and re.search(r"_\d+$", value.name) is not None


def _serialized(value: Mapping[str, Any], borrowed: Borrowed) -> Expression:
    kind, config = value["class_name"], value["config"]
    if kind == "DTypePolicy":
        return literal(config["name"])
    if kind == "__numpy__":
        return value_source(np.array(config["value"], config["dtype"]), borrowed)
    if kind == "__tuple__":
        return value_source(tuple(value.get("items", ())), borrowed)
    home: Any = sys.modules.get("keras")
    for part in str(value.get("module") or "nowhere").split(".")[1:]:
        home = getattr(home, part, None)
    found = getattr(home, kind, None) if str(value.get("module")).startswith("keras") else None
    if not isinstance(found, type) or not isinstance(config, dict):
        raise Unwritable(f"{kind} is not one of Keras's own")
    short = snake_case(kind)
    if value["module"] in ("keras.initializers", "keras.regularizers") and _goes_by(short, found, config):
        return literal(short)
    return constructed(found, config, borrowed)


def _goes_by(short: str, kind: type, config: Mapping[str, Any]) -> bool:
    """Whether Keras makes the same object of the word ``short``, such as "he_normal"."""
    home: Any = keras.initializers if issubclass(kind, keras.initializers.Initializer) else keras.regularizers
    try:
        known: Any = home.get(short)
    except ValueError:
        return False
    return type(known) is kind and bool(known.get_config() == dict(config))  # type: ignore[attr-defined]
