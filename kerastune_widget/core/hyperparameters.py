"""Everything a run is started with: an immutable, JSON-able set of named values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import HyperparameterError, did_you_mean
from .control import ControlSpec
from .text import Text

_UNKNOWN = Text(
    en="Unknown hyperparameter {name!r}; accepted are {accepted}.{hint}",
    zh="没有名为 {name!r} 的超参数；可用的有 {accepted}。{hint}",
)


class Hyperparameters(Mapping[str, Any]):
    """Read as a mapping (``h["learning_rate"]``) or by attribute (``h.learning_rate``).

    The names are those of the session's controls, so a new control file needs no change here.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"Hyperparameters never change; use .replace({name}={value!r}) for a new set.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __reduce__(self) -> tuple[type[Hyperparameters], tuple[dict[str, Any]]]:
        return (type(self), (dict(self._values),))

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"Hyperparameters({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    def replace(self, **values: Any) -> Hyperparameters:
        """Return a new set with ``values`` in place of the old ones."""
        return Hyperparameters({**self._values, **values})

    def changed_from(self, other: Mapping[str, Any]) -> dict[str, Any]:
        """Return the names whose value here differs from ``other``, with the value here."""
        return {name: value for name, value in self.items() if name not in other or other[name] != value}

    def to_json(self) -> str:
        """Return the values as a JSON object, keys sorted."""
        return json.dumps(self._values, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Hyperparameters:
        """Read what ``to_json`` wrote.

        Raises:
            HyperparameterError: If ``text`` is not a JSON object.
        """
        try:
            values = json.loads(text)
        except ValueError as error:
            raise HyperparameterError(f"Hyperparameters must be a JSON object; received {text[:80]!r}.") from error
        if not isinstance(values, dict):
            raise HyperparameterError(f"Hyperparameters must be a JSON object; received {type(values).__name__}.")
        return cls(values)


def check_hyperparameters(given: Mapping[str, Any], specs: Mapping[str, ControlSpec]) -> dict[str, Any]:
    """Return ``given`` in normal form.

    Args:
        given: Values by name, as a caller wrote them.
        specs: The controls that exist, by name.

    Raises:
        HyperparameterError: For an unknown name (the nearest is named) or a value that its control refuses.
    """
    for name in given:
        if name not in specs:
            hint = did_you_mean(name, specs)
            raise HyperparameterError(_UNKNOWN.filled(name=name, accepted=", ".join(specs), hint=hint))
    return {name: specs[name].check(value) for name, value in given.items()}
