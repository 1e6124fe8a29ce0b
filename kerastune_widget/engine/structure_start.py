"""Initial weights that runs of different structures share as far as they can, so that a comparison stays fair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from .fingerprint import weights_fingerprint
from .seeding import derived_seed
from .structure_build import Origin, Origins, initializer_for
from .structure_layers import drawn_layers, kernel_of, output_layers
from .template import Weights

_ADDED = 1 << 20  # what is added draws by numbers that no weight of the user's model has

Role = Literal["", "kernel", "output kernel", "bias"]
Key = tuple[str, Origin]


@dataclass(frozen=True)
class Slot:
    """One weight of a copy.

    Attributes:
        origin: Where it comes from.
        shape: Its shape.
        dtype: Its type.
        role: What the control makes of it: drawn (a kernel), set to zero ("bias") or left alone ("").
        initializer: What its own layer draws it with, for one with a role.
    """

    origin: Origin
    shape: tuple[int, ...]
    dtype: str
    role: Role = ""
    initializer: Any = None

    @property
    def is_statistic(self) -> bool:
        """Whether it is part of a Normalization layer put in front."""
        return isinstance(self.origin, str) and self.origin.startswith("normalization.")

    @property
    def is_own(self) -> bool:
        """Whether the user's model has it too."""
        return isinstance(self.origin, int)

    @property
    def number(self) -> int:
        """Its place among the weights of what it comes from."""
        return self.origin if isinstance(self.origin, int) else int(self.origin.rpartition(".")[2])

    def key(self, initializer: str) -> Key:
        """Return what is equal for the same values, under a value of the control."""
        return (initializer if self.role else "as_built", self.origin)

    def draw(self, name: str, seed: int) -> NDArray[Any]:
        """Return its first values: as its layer draws them, or as the control says."""
        if self.role == "bias" and name != "as_built":
            return np.zeros(self.shape, self.dtype)
        own, index = self.initializer, self.number + (0 if self.is_own else _ADDED)
        if name != "as_built":
            drawing = initializer_for(name, of_output=self.role == "output kernel")(seed=derived_seed(seed, index))
        else:
            config = own.get_config()
            reseeded = {"seed": derived_seed(seed, index)} if config.get("seed", 0) is None else {}
            drawing = type(own).from_config({**config, **reseeded})
        return np.asarray(keras.ops.convert_to_numpy(drawing(self.shape, dtype=self.dtype)))


Layout = Sequence[Slot]


def layout_of(model: Any, origins: Origins | None) -> Layout:
    """Return what each weight of a built model is.

    Args:
        model: A copy of the user's model.
        origins: Of its weights; None when they are those of the user's model, one by one.
    """
    roles: dict[int, tuple[Role, Any]] = {}
    outputs = output_layers(model)
    for layer in drawn_layers(model):
        of_kernel: Role = "output kernel" if id(layer) in outputs else "kernel"
        roles[id(kernel_of(layer))] = (of_kernel, layer.kernel_initializer)
        if getattr(layer, "bias", None) is not None:
            roles[id(layer.bias)] = ("bias", layer.bias_initializer)
    return [
        Slot(
            index if origins is None else origins[index],
            tuple(weight.shape),
            keras.backend.standardize_dtype(weight.dtype),
            *roles.get(id(weight), ("", None)),
        )
        for index, weight in enumerate(model.weights)
    ]


class Start:
    """What some runs begin with: the user's model's weights, and for each structure what it adds or draws anew.

    That is drawn once, by the seed, and remembered, so that every run with this start and one structure begins alike,
    and two structures differ in nothing but what makes them differ.

    Args:
        own: Returns the weights of the user's model as built.
        seed: Draws what a structure adds.
        identity: Fingerprint of those weights, where it is known.
    """

    def __init__(self, own: Callable[[], Weights], seed: int, identity: str = "") -> None:
        self._own, self._seed, self._identity = own, seed, identity
        self._known: dict[Key, NDArray[Any]] = {}

    @cached_property
    def own(self) -> Weights:
        """The weights of the user's model as built."""
        return self._own()

    @cached_property
    def identity(self) -> str:
        """Fingerprint of what its runs share, whatever their structure."""
        return self._identity or weights_fingerprint(self.own)

    def know(self, layout: Layout, initializer: str, weights: Weights) -> None:
        """Take over the weights that a run began with; what it never had comes from elsewhere."""
        for slot, weight in zip(layout, weights, strict=True):
            self._known[slot.key(initializer)] = weight

    def weights(self, layout: Layout, initializer: str, statistics: Callable[[], Weights]) -> Weights:
        """Return what a copy begins with.

        Args:
            layout: Of its weights.
            initializer: The value of that control.
            statistics: Returns the weights of a Normalization layer adapted to the training data.
        """
        measured = statistics() if any(slot.is_statistic for slot in layout) else []
        weights = []
        for slot in layout:
            key = slot.key(initializer)
            if slot.is_statistic:
                self._known[key] = measured[slot.number]
            elif key not in self._known:
                shared = key[0] == "as_built" and slot.is_own
                self._known[key] = self.own[slot.number] if shared else slot.draw(initializer, self._seed)
            weights.append(self._known[key])
        return weights
