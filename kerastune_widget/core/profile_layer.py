"""One Keras layer as plain values, read from its attributes; Keras itself is never imported."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .model_profile import LayerProfile

Value = TypeVar("Value")

_ACTIVATION_KINDS = {
    "ReLU": "relu",
    "Relu": "relu",
    "Relu6": "relu6",
    "LeakyReLU": "leaky_relu",
    "LeakyRelu": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
}  # the first letters of the others are told apart well enough by ``snake_case``
_ACTIVATION_OPERATIONS = {
    *("sigmoid", "softmax", "log_softmax", "tanh", "elu", "selu", "celu", "gelu", "glu", "silu", "softplus", "mish"),
    *("softsign", "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "exp", "sparsemax", "squareplus"),
}
_SAME_ACTIVATION = {"swish": "silu", "exp": "exponential", "softmax_v": "softmax"}
_KERNELS = ("kernel", "embeddings", "depthwise_kernel")
_INITIALIZERS = ("kernel_initializer", "embeddings_initializer", "depthwise_initializer")
_REGULARIZERS = ("kernel_regularizer", "embeddings_regularizer", "depthwise_regularizer")
_NORMALIZING = re.compile(r"Normali[sz]ation|BatchNorm|LayerNorm|GroupNorm|InstanceNorm|RMSNorm", re.IGNORECASE)
_BORDERS = {"GlorotUniform": 1.8, "HeUniform": 1.8, "LecunUniform": 1.8} | dict.fromkeys(
    ("GlorotNormal", "HeNormal", "LecunNormal", "TruncatedNormal"), 2.4
)  # in standard deviations: the square root of 3, and 2 / 0.88, with some room for chance
_ENOUGH = 200  # entries
_SAMPLE = 100_000  # entries of a kernel that its spread is measured on


def attempt(read: Callable[[], Value], otherwise: Value) -> Value:
    """Return what ``read`` returns, or ``otherwise`` when it raises: models of others hold anything."""
    try:
        return read()
    except Exception:
        return otherwise


def snake_case(name: str) -> str:
    """Return a class's name as Keras writes it in lower case: "MeanSquaredError" as "mean_squared_error"."""
    apart = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()


def kind_of(layer: Any) -> str:
    """Return the name of its class."""
    return type(layer).__name__


def comes_with_keras(thing: Any) -> bool:
    """Return whether it comes with Keras or TensorFlow, so that its name says what it does."""
    module = getattr(thing, "__module__", None) or type(thing).__module__
    return str(module).split(".")[0] in ("keras", "tf_keras", "tensorflow", "tensorflow_addons")


def plain(config: Any) -> dict[str, Any]:
    """Return the numbers and strings of a configuration."""
    items = config.items() if isinstance(config, Mapping) else ()
    numbers = {str(name): attempt(value.item, None) if hasattr(value, "item") else value for name, value in items}
    return {name: value for name, value in numbers.items() if isinstance(value, bool | int | float | str)}


def size_of(weights: Any) -> int:
    """Return how many numbers these weights hold."""
    return sum(attempt(lambda weight=weight: math.prod(weight.shape), 0) for weight in weights or ())  # type: ignore[misc]


def profile_layer(layer: Any, name: str, sources: tuple[str, ...] | None) -> LayerProfile:
    """Return one layer as plain values; a wrapped one is described by what it wraps, under the wrapper's name."""
    inner = _unwrapped(layer)
    cell = getattr(inner, "cell", None) or inner
    kernel = _first(cell, _KERNELS)
    initializer = _first(cell, _INITIALIZERS)
    regularizer = _first(cell, _REGULARIZERS)
    weights: list[Any] = attempt(lambda: list(layer.weights), [])
    kind = kind_of(inner)
    sample = attempt(lambda: _sample(kernel), None)
    return LayerProfile(
        name=name,
        kind=kind,
        activation=attempt(lambda: activation_of(inner), ""),
        units=attempt(lambda: _units(layer, inner, cell, kernel), None),
        parameters=size_of(weights),
        trainable=attempt(lambda: bool(layer.trainable) and (not weights or bool(layer.trainable_weights)), True),
        initializer=kind_of(initializer) if initializer is not None else "",
        initializer_config=attempt(lambda: plain(initializer.get_config()), {}) if initializer is not None else {},
        l1=attempt(lambda: float(getattr(regularizer, "l1", 0.0) or 0.0), 0.0),
        l2=attempt(lambda: float(getattr(regularizer, "l2", 0.0) or 0.0), 0.0),
        dropout=attempt(lambda: _dropout(inner, kind), None),
        normalizes=bool(_NORMALIZING.search(kind)),
        rescales=kind in ("Rescaling", "Normalization"),
        weight_spread=None if sample is None else float(sample.std()),
        fan_in=attempt(lambda: _fan_in(kernel, kind), None),
        untrained=None if sample is None else _is_untrained(sample, kind_of(initializer)),
        sources=sources,
    )


def activation_of(layer: Any) -> str:
    """Return the name of what acts on the layer's output; "linear" for nothing, "" for what cannot be known."""
    kind = kind_of(layer)
    if kind in _ACTIVATION_KINDS:
        return _ACTIVATION_KINDS[kind]
    cell = getattr(layer, "cell", None) or layer
    if hasattr(cell, "activation"):
        return _activation_name(cell.activation)
    if kind == "Softmax" and getattr(layer, "axis", -1) != -1:
        return ""  # shares along another axis than that of the classes
    if kind == "Softmax" or (not hasattr(layer, "weights") and snake_case(kind) in _ACTIVATION_OPERATIONS):
        return _SAME_ACTIVATION.get(snake_case(kind), snake_case(kind))
    known = comes_with_keras(type(layer)) and hasattr(layer, "weights") and kind != "Lambda"
    return "linear" if known else ""


def _activation_name(activation: Any) -> str:
    if activation is None:
        return "linear"
    if not hasattr(activation, "__name__"):
        return activation_of(activation)
    if not comes_with_keras(activation):
        return ""
    name = re.sub(r"_v\d+$", "", activation.__name__)  # TensorFlow's own functions carry their version
    return _SAME_ACTIVATION.get(name, name)


def _unwrapped(layer: Any) -> Any:
    for name in ("forward_layer", "layer"):
        inner = getattr(layer, name, None)
        if inner is not None and hasattr(inner, "weights"):
            return _unwrapped(inner)
    return layer


def _first(owner: Any, names: tuple[str, ...]) -> Any:
    found = (attempt(lambda name=name: getattr(owner, name), None) for name in names)  # type: ignore[misc]
    return next((value for value in found if value is not None), None)


def _units(layer: Any, inner: Any, cell: Any, kernel: Any) -> int | None:
    named = _first(inner, ("units", "filters", "output_dim")) or _first(cell, ("units", "filters"))
    if named is None and hasattr(inner, "depthwise_kernel"):
        named = math.prod(inner.depthwise_kernel.shape[-2:])
    if named is None and kernel is not None:
        named = kernel.shape[-1]
    if named is None:
        return None
    both = hasattr(layer, "forward_layer") and getattr(layer, "merge_mode", None) == "concat"
    return int(named) * (2 if both else 1)


def _dropout(inner: Any, kind: str) -> float | None:
    rate = getattr(inner, "rate", None) if "Dropout" in kind else getattr(inner, "dropout", None)
    return None if rate is None or isinstance(rate, bool) or callable(rate) else float(np.asarray(rate))


def _sample(kernel: Any) -> NDArray[np.float64] | None:
    if kernel is None:
        return None
    size = math.prod(kernel.shape)
    few = kernel[: max(1, int(kernel.shape[0]) * _SAMPLE // size)] if size > 10 * _SAMPLE else kernel
    values = np.asarray(few).ravel()
    return values[:: max(1, len(values) // _SAMPLE)].astype(np.float64) if len(values) else None


def _is_untrained(sample: NDArray[np.float64], initializer: str) -> bool | None:
    """Entries drawn evenly, or from a normal distribution cut off, end at a sharp border; trained ones have tails."""
    border = next((limit for part, limit in _BORDERS.items() if part in initializer), None)
    if border is None or len(sample) < _ENOUGH or not sample.std() > 0:
        return None
    return bool(np.abs(sample).max() < border * sample.std())


def _fan_in(kernel: Any, kind: str) -> int | None:
    if kernel is None or kind == "Embedding" or len(kernel.shape) < 2:
        return None
    shape = [int(length) for length in kernel.shape]
    if kind.startswith("Depthwise") or kind.startswith("Separable"):
        return math.prod(shape[:-2])
    if kind.endswith("Transpose"):
        return math.prod(shape[:-2]) * shape[-1]
    return math.prod(shape[:-1])
